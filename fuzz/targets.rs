//! What each fuzz target does with its bytes; the integration tests run the same over the kept corpus.
//!
//! A target fails by panicking: on any input that makes the program panic, and where two ways of reading disagree.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each target is a program of its own and uses one of these"
)]

use std::path::Path;
use std::sync::LazyLock;

use recondesk_adapters::vault::SystemVault;
use recondesk_app::jobs::check;
use recondesk_app::jobs::intake::{self, ProofBills};
use recondesk_app::jobs::lookup::explain;
use recondesk_app::jobs::notify::messages;
use recondesk_app::{Failure, Silent};
use recondesk_domain::{BillDate, MchId, MerchantProfile, ProfileId, Secret, SecretKind};
use recondesk_intake::{KnownContext, Mapping, RecordKind};
use recondesk_ports::{
    BillExpect, Book, BookDay, Ports, Source, TableQuery, Unwatched, Vault as _, VaultError,
};
use wechatpay_codec::bill::{
    BillBlock, BillError, BillReader, Certificate, Digests, Expect, Layout, Tally, line_blocks,
    sniff,
};
use wechatpay_codec::{lab, selftest, v2, v3};

/// Larger inputs find nothing that smaller ones do not.
const LARGEST: usize = 1 << 20;

/// Trade bills: in one piece, in pieces and in joined blocks, all must say the same.
pub fn bill(bytes: &[u8]) {
    if bytes.len() > LARGEST {
        return;
    }
    let told = check::check(Source::from_bytes("bill.csv", bytes.to_vec()), &Silent);
    if let Err(failure) = &told {
        has_words(failure);
    }
    let kind = sniff(bytes);
    assert!(!kind.zh().is_empty() && !kind.en().is_empty());
    if bytes.starts_with(b"\x1f\x8b") {
        return;
    }
    let whole = certificate(bytes, bytes.len().max(1));
    for piece in [1, 7, 4096] {
        if piece > 1 || bytes.len() < 4096 {
            assert_eq!(whole, certificate(bytes, piece), "in pieces of {piece}");
        }
    }
    if let Some(whole) = whole {
        let joined = joined(bytes, 97).expect("it was read in one piece");
        assert_eq!(whole.verdict, joined.verdict, "{:?}", joined.reasons);
        assert_eq!(told.map(|told| told.verdict).ok(), Some(whole.verdict));
    }
}

fn certificate(bytes: &[u8], piece: usize) -> Option<Certificate> {
    let mut reader = BillReader::new(1);
    for piece in bytes.chunks(piece) {
        reader.push(piece).ok()?;
    }
    let (layout, block) = reader.finish().ok()?;
    Some(judged(&layout, &block.tally))
}

fn joined(bytes: &[u8], target: usize) -> Option<Certificate> {
    let opened = Layout::open(bytes).ok()?;
    let mut whole = Tally::default();
    let rows = bytes.get(opened.bytes..)?;
    for part in line_blocks(rows, opened.lines + 1, opened.bytes as u64, target) {
        let mut block = BillBlock::default();
        let at = (part.first_line, part.first_offset);
        opened
            .layout
            .parse_block(part.bytes, at.0, at.1, 1, &mut block);
        whole.absorb(block.tally);
    }
    Some(judged(&opened.layout, &whole))
}

fn judged(layout: &Layout, tally: &Tally) -> Certificate {
    Certificate::new(layout, tally, &Expect::default(), Digests::default())
}

/// Merchant files in any format: chosen, previewed, refused.
pub fn order_file(bytes: &[u8]) {
    if bytes.len() > LARGEST {
        return;
    }
    let source = || Source::from_bytes("orders", bytes.to_vec());
    for kind in [RecordKind::Orders, RecordKind::Refunds] {
        let chosen = match intake::propose(&mut source(), Some(kind), ProofBills::Given(&[])) {
            Ok(chosen) => chosen,
            Err(failure) => {
                has_words(&failure);
                continue;
            }
        };
        let known = KnownContext::default();
        if let Err(failure) = intake::preview(source(), (&chosen.mapping, &known), &Silent) {
            has_words(&failure);
        }
    }
}

/// Workbooks, which are ZIP archives with XML inside.
pub fn xlsx(bytes: &[u8]) {
    order_file(bytes);
}

/// ZIP archives that are no workbooks, and bytes that only begin like one.
pub fn zip(bytes: &[u8]) {
    order_file(bytes);
    bill(bytes);
}

/// The XML of APIv2, wherever it comes from.
pub fn xml(bytes: &[u8]) {
    if let Ok(params) = v2::xml::read(bytes) {
        // A name or character that XML does not have is refused by the writer, too.
        if let Ok(written) = v2::xml::write(&params) {
            let again = v2::xml::read(&written).expect("what was written is read");
            assert_eq!(params, again);
        }
        let key = Secret::new(b"192006250b4c09247ec02edce69f6a2d".to_vec());
        drop(v2::notify::RefundNotice::open(bytes, &key));
    }
    let error = BillError::read(bytes);
    assert!(!error.zh().is_empty() && !error.en().is_empty());
    for message in messages(bytes) {
        let _length = message.body().len();
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        drop(explain::explain(text));
    }
    drop(lab::paste::take_apart(bytes));
}

/// The JSON of APIv3.
pub fn json(bytes: &[u8]) {
    drop(v3::Transaction::read(bytes));
    drop(v3::Refund::read(bytes));
    drop(v3::BillTicket::read(bytes));
    if let Ok(bill) = v3::SealedBill::read(bytes) {
        assert!(!bill.parts.is_empty());
    }
    if let Ok(order) = v3::CombinedOrder::read(bytes) {
        let total = order.total().expect("the parts add up");
        let parts = order.parts.iter().filter_map(|part| part.total);
        assert!(parts.into_iter().all(|part| part <= total));
    }
    drop(v3::flat_fields(bytes));
    drop(v3::SignInformation::from_answer(bytes));
    if let Ok(notice) = v3::notify::Envelope::read(bytes) {
        let key = Secret::new(b"a7cde1ZJB1kG2e7VfTs3jQzaWizur8Gb".to_vec());
        drop(notice.open(&key));
    }
    for message in messages(bytes) {
        let _length = message.body().len();
    }
}

/// Column mappings that a person wrote.
pub fn mapping(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    match Mapping::from_toml(text) {
        Ok(mapping) => {
            let again = Mapping::from_toml(&mapping.to_toml()).expect("what was written is read");
            assert_eq!(mapping, again);
        }
        Err(error) => assert!(!error.zh().is_empty() && !error.to_string().is_empty()),
    }
}

/// Files of signing vectors.
pub fn vectors(bytes: &[u8]) {
    if bytes.len() <= LARGEST {
        drop(selftest::run(bytes));
    }
}

/// The head of a sealed vault, behind its magic: opened without the passphrase it was sealed by.
pub fn vault(bytes: &[u8]) {
    // What a vault may ask of the computer is bounded; here it must be little, or nothing else would be tried.
    let ask = |at: usize| {
        bytes.get(at..at + 4).map_or(0, |four| {
            four.iter()
                .rev()
                .fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte))
        })
    };
    if (65..=1 << 21).contains(&ask(8)) || (3..=64).contains(&ask(12)) {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("vault");
    lay(&file, bytes);
    let ask = Box::new(|_| Some(Secret::new("passphrase".to_owned())));
    let vault = SystemVault::new("fuzz".to_owned(), file, ask);
    match vault.get(ProfileId(1), SecretKind::V2Key) {
        Ok(None) | Err(VaultError::Locked | VaultError::Broken(_)) => {}
        Ok(Some(_)) => panic!("a key out of nothing"),
        Err(other @ (VaultError::Lost | VaultError::NoPassphrase | VaultError::Full)) => {
            panic!("{other} of a new vault")
        }
    }
}

/// Puts a file of a target's bytes where the program will open it.
#[expect(clippy::disallowed_methods, reason = "the file the target opens")]
fn lay(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).expect("a file");
}

/// A workspace with a bill and orders, as file names and bytes.
static WORKSPACE: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    {
        let ports = recondesk_adapters::open(Some(folder.path())).expect("a workspace");
        let profile = MerchantProfile::new("shop", "1900000109");
        let now = ports.clock.now();
        let id = ports
            .records
            .add_profile(&profile, recondesk_ports::Author::program(now))
            .expect("a profile");
        let bill = include_bytes!("corpus/bill/all27.csv").to_vec();
        let expect = BillExpect {
            mch_id: MchId::new("1900000109"),
            ..BillExpect::default()
        };
        let source = Source::from_bytes("bill.csv", bill);
        ports
            .books
            .import_bill(id, source, &expect, &Unwatched)
            .expect("a bill");
    }
    let mut files = Vec::new();
    collect(folder.path(), folder.path(), &mut files);
    files.sort();
    files
});

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(root, &path, files);
        } else if let (Ok(name), Ok(bytes)) = (path.strip_prefix(root), std::fs::read(&path)) {
            files.push((name.to_string_lossy().into_owned(), bytes));
        }
    }
}

/// One file of a workspace written over from some place on; then everything is read. The first byte chooses the file,
/// two more the place.
pub fn workspace(bytes: &[u8]) {
    let Some((head, patch)) = bytes.split_first_chunk::<3>() else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let chosen = usize::from(head[0]) % WORKSPACE.len();
    for (at, (name, content)) in WORKSPACE.iter().enumerate() {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        let mut content = content.clone();
        if at == chosen {
            let from = usize::from(u16::from_le_bytes([head[1], head[2]])) % (content.len() + 1);
            let to = (from + patch.len()).min(content.len());
            content.splice(from..to, patch.iter().copied());
        }
        lay(&path, &content);
    }
    let Ok(ports) = recondesk_adapters::open(Some(folder.path())) else {
        return;
    };
    read_all(&ports);
}

/// Reads what there is; damage is an error, never a panic.
fn read_all(ports: &Ports) {
    let Ok(Some((id, _))) = ports.records.profile("shop") else {
        return;
    };
    drop(ports.books.evidence(id));
    let day = BillDate::parse("2026-03-08").expect("a day");
    for book in [
        Book::Pays,
        Book::Refunds,
        Book::Orders,
        Book::MerchantRefunds,
    ] {
        let query = TableQuery::default();
        let Ok(list) = ports.books.list(
            BookDay {
                profile: id,
                book,
                day,
            },
            &query,
            &Unwatched,
        ) else {
            continue;
        };
        let first: Vec<_> = list.ids.iter().copied().take(200).collect();
        drop(ports.books.rows(&first));
    }
    for import in ports.books.imports(id).unwrap_or_default() {
        drop(ports.books.raw_file(import.import, &mut |_| ()));
    }
}

fn has_words(failure: &Failure) {
    assert!(!failure.title.zh.is_empty() && !failure.title.en.is_empty());
    assert!(!failure.code.is_empty());
}
