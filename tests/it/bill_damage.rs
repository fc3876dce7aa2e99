//! Damaged bills by the thousand: none crashes the program, none hangs it, none is certified in silence; and what is
//! legal though odd is certified as ever. `RECONDESK_DAMAGED_BILLS=10000` runs that many, a few hundred run always.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::sync::mpsc;
use std::time::Duration;

use fastrand::Rng;
use recondesk::app::Silent;
use recondesk::app::jobs::check;
use recondesk::domain::{BillDate, BillState, MchId};
use recondesk::ports::Source;
use recondesk::wechat::bill::{
    BillBlock, BillForm, BillReader, Certificate, Digests, Effect, Expect, Layout, Tally, Verdict,
    line_blocks,
};

use super::bill_layouts::{bill, pay, refund};
use crate::damage::{self, BillDamage, Trace, legal};
use crate::support::process;

const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/bills");
/// How many damaged bills run when nobody asks for more.
const SHORT: usize = 400;
/// Longest time of a processor that one file may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a bill says of one row: what its totals cover, what they do not, and by what a copy is known (P10).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct RowContent {
    covered: (u8, [i64; 6]),
    uncovered: String,
    key: String,
}

/// What a bill says.
#[derive(Debug, Clone, PartialEq, Eq)]
struct BillContent {
    rows: Vec<RowContent>,
    merchants: Vec<(String, u64)>,
    days: Vec<(i32, u64)>,
}

impl BillContent {
    fn covered(&self) -> Vec<&(u8, [i64; 6])> {
        let mut all: Vec<_> = self.rows.iter().map(|row| &row.covered).collect();
        all.sort();
        all
    }

    fn copies(&self) -> usize {
        let mut keys: Vec<_> = self.rows.iter().map(|row| &row.key).collect();
        keys.sort();
        keys.dedup();
        self.rows.len() - keys.len()
    }
}

fn plain(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    if bytes.starts_with(b"\x1f\x8b")
        && flate2::read::MultiGzDecoder::new(bytes)
            .read_to_end(&mut out)
            .is_ok()
    {
        return out;
    }
    bytes.to_vec()
}

/// Reads what a bill says, in one piece.
fn facts(bytes: &[u8]) -> Option<BillContent> {
    let mut reader = BillReader::new(1);
    reader.push(&plain(bytes)).ok()?;
    let (_, block) = reader.finish().ok()?;
    let mut rows = Vec::new();
    for row in &block.pays {
        rows.push(RowContent {
            covered: (
                row.state as u8,
                [row.settled.get(), 0, 0, row.fee.get(), row.amount.get(), 0],
            ),
            uncovered: format!(
                "{} {} {} {} {}",
                row.appid, row.sub_mch_id, row.time, row.coupon, row.is_cny
            ),
            key: format!(
                "{} {} {}",
                row.out_trade_no, row.transaction_id, row.state as u8
            ),
        });
    }
    for row in &block.refunds {
        let (settled, asked, coupon) = (row.settled.get(), row.amount.get(), row.coupon.get());
        rows.push(RowContent {
            covered: (
                BillState::Refund as u8,
                [0, settled, coupon, row.fee.get(), 0, asked],
            ),
            uncovered: format!(
                "{} {} {} {} {}",
                row.appid, row.sub_mch_id, row.time, row.state as u8, row.is_cny
            ),
            key: format!(
                "{} {} {} {}",
                row.out_trade_no, row.transaction_id, row.out_refund_no, row.refund_id
            ),
        });
    }
    rows.sort();
    let mut merchants: Vec<_> = block
        .tally
        .merchants
        .iter()
        .map(|m| (m.mch_id.to_string(), m.rows))
        .collect();
    merchants.sort();
    let days = block
        .tally
        .days
        .iter()
        .map(|(day, count)| (*day, count.pays + count.refunds));
    Some(BillContent {
        rows,
        merchants,
        days: days.collect(),
    })
}

/// The same bill read in small blocks that are joined, as the import does on all cores, must be judged the same.
fn certificate_of_blocks(bytes: &[u8], target: usize) -> Option<Certificate> {
    let bytes = plain(bytes);
    let opened = Layout::open(&bytes).ok()?;
    let mut whole = Tally::default();
    whole.lines = u64::from(opened.lines);
    whole.bytes = opened.bytes as u64;
    let rows = &bytes[opened.bytes..];
    for part in line_blocks(rows, opened.lines + 1, opened.bytes as u64, target) {
        let mut block = BillBlock::default();
        opened.layout.parse_block(
            part.bytes,
            part.first_line,
            part.first_offset,
            1,
            &mut block,
        );
        whole.absorb(block.tally);
    }
    Some(Certificate::new(
        &opened.layout,
        &whole,
        &Expect::default(),
        Digests::default(),
    ))
}

/// What became of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
enum FileOutcome {
    /// Not read, with the reason.
    Refused(String),
    /// Read, but no evidence.
    NoEvidence,
    /// Certified; with what it told beside that.
    Certified { told: Vec<String> },
}

fn outcome(bytes: &[u8]) -> FileOutcome {
    let source = Source::from_bytes("bill.csv", bytes.to_vec());
    match check::check(source, &Silent) {
        Err(failure) => {
            assert!(!failure.title.zh.is_empty() && !failure.title.en.is_empty());
            FileOutcome::Refused(failure.code.to_owned())
        }
        Ok(certificate) => {
            assert_eq!(
                certificate.verdict == Verdict::Verified,
                certificate
                    .reasons
                    .iter()
                    .all(|r| r.effect == Effect::Notice)
            );
            let parts = certificate_of_blocks(bytes, 700).unwrap();
            assert_eq!(
                parts.verdict, certificate.verdict,
                "in blocks: {:?}",
                parts.reasons
            );
            if certificate.verdict == Verdict::Verified {
                assert_eq!(parts.sums, certificate.sums);
                let told = certificate.reasons.iter().map(|r| r.code.to_owned());
                FileOutcome::Certified {
                    told: told.collect(),
                }
            } else {
                FileOutcome::NoEvidence
            }
        }
    }
}

/// What a damaged bill that is certified does to what the bill says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum DamageEffect {
    /// Refused or quarantined.
    Caught,
    /// Certified and told beside it: an unknown state, a copy of a row.
    Told,
    /// Certified, and nothing that counts differs.
    SameBill,
    /// Certified with another number, name or time: no total covers these.
    Uncovered,
}

/// The verdict on a bill of which merchant and day are known, as on every import.
fn verdict_where_expected(original: &BillContent, damaged: &[u8]) -> Verdict {
    let mut reader = BillReader::new(1);
    reader.push(&plain(damaged)).unwrap();
    let (layout, block) = reader.finish().unwrap();
    let expect = Expect {
        mch_id: original
            .merchants
            .first()
            .and_then(|(mch_id, _)| MchId::new(mch_id)),
        day: original
            .days
            .first()
            .and_then(|(day, _)| BillDate::from_number(*day)),
        ..Expect::default()
    };
    Certificate::new(&layout, &block.tally, &expect, Digests::default()).verdict
}

fn judge(original: &BillContent, damaged: &[u8], trace: Trace) -> Result<DamageEffect, String> {
    let told = match outcome(damaged) {
        FileOutcome::Refused(_) | FileOutcome::NoEvidence => return Ok(DamageEffect::Caught),
        FileOutcome::Certified { told } => told,
    };
    if trace == Trace::Always {
        return Err("certified without a whole summary".to_owned());
    }
    let now = facts(damaged).ok_or("certified, but not to be read")?;
    if now == *original {
        return Ok(DamageEffect::SameBill);
    }
    // An unknown state, amounts that the documents rule out, a copy of a row (P10 when the day is compared).
    let is_told = told.iter().any(|code| code == "P15" || code == "B06");
    if is_told || now.copies() > original.copies() {
        return Ok(DamageEffect::Told);
    }
    if now.merchants != original.merchants || now.days != original.days {
        // Whose bill it is and of which day is known where it is imported.
        if verdict_where_expected(original, damaged) == Verdict::Refused {
            return Ok(DamageEffect::Caught);
        }
        return Err("certified with rows of other days or merchants".to_owned());
    }
    let is_covered = now.covered() == original.covered();
    match (is_covered, trace) {
        (true, Trace::Text) => Ok(DamageEffect::Uncovered),
        (true, Trace::Sure | Trace::Always) => {
            Err("certified with other numbers, names or times".to_owned())
        }
        (false, _) => Err(format!("certified with other sums or rows; told {told:?}")),
    }
}

/// The sound bills that are damaged: the published samples that add up, and one of each layout.
fn originals() -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for name in [
        "all24_legacy_doc_2014-11-10.csv",
        "all27_ordinary_bom_crlf_2019-02-19.csv",
        "refund26_legacy_serviceprovider_2018-08-21.csv",
        "success18_legacy_2018-04-18.csv",
        "success20_real_bom_crlf_2019-11-03.csv",
    ] {
        all.push((
            name.to_owned(),
            std::fs::read(format!("{SAMPLES}/{name}")).unwrap(),
        ));
    }
    let rows = [
        pay("A1"),
        pay("A2"),
        refund("A2"),
        pay("A3"),
        refund("A3"),
        pay("A4"),
    ];
    for form in [
        BillForm::All27,
        BillForm::Success20,
        BillForm::Refund29,
        BillForm::All24,
        BillForm::Success18,
        BillForm::Refund26,
    ] {
        all.push((format!("{form:?}"), bill(form, &rows)));
    }
    all.push(("varied".to_owned(), varied()));
    all
}

/// A bill whose rows all have other amounts, with vouchers, returned fees and sub-merchants.
fn varied() -> Vec<u8> {
    use recondesk::sandbox::scenario::{Anomaly, Scenario, bill_lines};
    use recondesk::wechat::bill::BillPrinter;

    let mut scene = Scenario::new(BillDate::parse("2026-03-08").unwrap(), 11, 24);
    scene.twists = Vec::<Anomaly>::new();
    let mut printer = BillPrinter::new(BillForm::All27);
    let mut out = Vec::new();
    printer.header(&mut out);
    for deal in scene.deals() {
        bill_lines(&scene, &deal, &mut printer, &mut out).unwrap();
    }
    printer.summary(&mut out);
    out
}

/// One case, to be run by a thread that may be given up.
struct DamageCase {
    kind: BillDamage,
    original: usize,
    bytes: Vec<u8>,
}

/// Runs cases on a thread of their own; a case that does not end is named.
fn run(
    cases: &[DamageCase],
    originals: &[(String, Vec<u8>)],
) -> Vec<(Result<DamageEffect, String>, Duration)> {
    let sound: Vec<BillContent> = originals
        .iter()
        .map(|(_, bytes)| facts(bytes).unwrap())
        .collect();
    let work: Vec<(BillContent, Vec<u8>, Trace)> = cases
        .iter()
        .map(|case| {
            (
                sound[case.original].clone(),
                case.bytes.clone(),
                case.kind.trace,
            )
        })
        .collect();
    let (send, receive) = mpsc::sync_channel(cases.len());
    std::thread::Builder::new()
        .name("damaged bills".to_owned())
        .spawn(move || {
            for (original, bytes, trace) in work {
                let began = process::thread_time();
                let seen = std::panic::catch_unwind(|| judge(&original, &bytes, trace))
                    .unwrap_or_else(|panic| {
                        let words = panic.downcast_ref::<String>().map_or("", String::as_str);
                        Err(format!("panic: {words}"))
                    });
                if send
                    .send((seen, process::thread_time().checked_sub(began).unwrap()))
                    .is_err()
                {
                    return;
                }
            }
        })
        .unwrap();
    cases
        .iter()
        .map(|case| {
            receive.recv_timeout(PATIENCE * 12).unwrap_or_else(|_| {
                panic!(
                    "hangs: {} of {}",
                    case.kind.name, originals[case.original].0
                )
            })
        })
        .collect()
}

fn wanted(flag: &str, short: usize) -> usize {
    std::env::var(flag)
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(short)
}

/// Damaged bills, kind by kind in turn; every fifth is damaged twice.
fn cases(kinds: &[BillDamage], originals: &[(String, Vec<u8>)], count: usize) -> Vec<DamageCase> {
    let mut rng = Rng::with_seed(20_260_308);
    let mut all = Vec::new();
    for at in 0.. {
        if all.len() >= count {
            break;
        }
        let kind = kinds[at % kinds.len()];
        let original = rng.usize(..originals.len());
        let Some(mut bytes) = (kind.make)(&originals[original].1, &mut rng) else {
            continue;
        };
        let mut kind = kind;
        let second = damage::bytes::KINDS[rng.usize(..damage::bytes::KINDS.len())];
        if rng.u8(..5) == 0
            && let Some(more) = (second.make)(&bytes, &mut rng)
        {
            bytes = more;
            if second.trace == Trace::Text && kind.trace == Trace::Sure {
                kind.trace = Trace::Text;
            }
        }
        if bytes != originals[original].1 {
            all.push(DamageCase {
                kind,
                original,
                bytes,
            });
        }
    }
    all
}

/// Keeps what was found, for looking at, where a person asks for it.
#[expect(clippy::disallowed_methods, reason = "the file a person looks at")]
fn keep(case: &DamageCase, number: usize) {
    if let Some(folder) = std::env::var_os("RECONDESK_DAMAGE_FOLDER") {
        let name = format!("{number}-{}.csv", case.kind.name.replace([' ', '/'], "-"));
        std::fs::write(std::path::Path::new(&folder).join(name), &case.bytes).unwrap();
    }
}

#[test]
fn no_damaged_bill_is_certified_in_silence() {
    let kinds = damage::kinds();
    assert!(kinds.len() >= 60);
    let originals = originals();
    for (name, bytes) in &originals {
        assert!(
            matches!(outcome(bytes), FileOutcome::Certified { .. }),
            "{name}"
        );
    }
    let count = wanted("RECONDESK_DAMAGED_BILLS", SHORT);
    let cases = cases(&kinds, &originals, count);
    let results = run(&cases, &originals);

    let mut table: BTreeMap<DamageEffect, usize> = BTreeMap::new();
    let mut failures = Vec::new();
    let mut per_kind: BTreeMap<&str, usize> = BTreeMap::new();
    let mut longest = Duration::ZERO;
    for (number, (case, (seen, took))) in cases.iter().zip(results).enumerate() {
        *per_kind.entry(case.kind.name).or_default() += 1;
        longest = longest.max(took);
        match seen {
            Ok(seen) => *table.entry(seen).or_default() += 1,
            Err(why) => {
                keep(case, number);
                failures.push(format!(
                    "{number}: {} of {}: {why}",
                    case.kind.name, originals[case.original].0
                ));
            }
        }
    }
    println!(
        "{} damaged bills of {} kinds: {table:?}, {} accepted in silence or worse, longest {longest:?}, {}",
        cases.len(),
        per_kind.len(),
        failures.len(),
        process::peak()
    );
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(longest < PATIENCE);
    // Other tests of this program run beside the short form.
    if count > SHORT
        && let Some(peak) = process::peak_bytes()
    {
        assert!(peak < 512 << 20, "{peak} bytes");
    }
    assert!(per_kind.len() >= 60, "{}", per_kind.len());
    assert!(
        count <= 10 * SHORT || per_kind.len() == kinds.len(),
        "a kind never applied"
    );
}

#[test]
fn what_is_legal_though_odd_is_certified_and_says_the_same() {
    let originals = originals();
    let count = wanted("RECONDESK_DAMAGED_BILLS", SHORT) / 4;
    let mut rng = Rng::with_seed(7);
    let mut per_kind: BTreeMap<&str, usize> = BTreeMap::new();
    let mut failures = Vec::new();
    for number in 0..count {
        let kind = legal::KINDS[number % legal::KINDS.len()];
        for (name, original) in &originals {
            let Some(bytes) = (kind.make)(original, &mut rng) else {
                continue;
            };
            *per_kind.entry(kind.name).or_default() += 1;
            let (sound, now) = (facts(original), facts(&bytes));
            let outcome = outcome(&bytes);
            let is_certified = matches!(outcome, FileOutcome::Certified { .. });
            if !is_certified || sound != now {
                keep(
                    &DamageCase {
                        kind,
                        original: 0,
                        bytes,
                    },
                    number,
                );
                failures.push(format!("{} of {name}: {outcome:?}", kind.name));
            }
        }
    }
    failures.dedup();
    println!(
        "{} odd bills of {} legal kinds, {} refused",
        per_kind.values().sum::<usize>(),
        per_kind.len(),
        failures.len()
    );
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert_eq!(per_kind.len(), legal::KINDS.len());
}
