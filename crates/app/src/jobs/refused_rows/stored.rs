//! What is stored beside the refused rows of an import: rows that were mended already, later imports, rows of the same order.

use std::collections::BTreeSet;

use crate::Failure;
use recondesk_intake::{RecordKind, Reject};
use recondesk_ports::{BookRow, Books, ImportRecord, StoreError};

/// Lines of an original that were mended and stored already, as the files of mended rows say.
pub(super) fn mended_lines(
    books: &dyn Books,
    record: &ImportRecord,
    imports: &[ImportRecord],
) -> Result<BTreeSet<u32>, Failure> {
    let end = mended_end(record);
    let mut out = BTreeSet::new();
    for mended in imports {
        if mended.kind != record.kind || !mended.name.ends_with(&end) {
            continue;
        }
        let mut bytes = Vec::new();
        books.raw_file(mended.import, &mut |piece| bytes.extend_from_slice(piece))?;
        let mut rows = csv::ReaderBuilder::new()
            .flexible(true)
            .from_reader(bytes.as_slice());
        for row in rows.byte_records().map_while(Result::ok) {
            let line = row.get(0).and_then(|cell| std::str::from_utf8(cell).ok());
            out.extend(line.and_then(|line| line.parse::<u32>().ok()));
        }
    }
    Ok(out)
}

/// How the name of a file of mended rows ends: it names the original by its digest.
fn mended_end(record: &ImportRecord) -> String {
    let (head, _) = record.sha256.split_at(8);
    let digest = head
        .iter()
        .fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    format!("_补正_{digest:016x}.csv")
}

pub(super) fn mended_name(record: &ImportRecord) -> String {
    let stem = record
        .name
        .rsplit_once('.')
        .map_or(&*record.name, |cut| cut.0);
    format!("{stem}{}", mended_end(record))
}

/// True where a later import has a row of this number.
pub(super) fn is_replaced(
    books: &dyn Books,
    record: &ImportRecord,
    reject: &Reject,
) -> Result<bool, Failure> {
    for number in reject.numbers() {
        if stored(books, record, &number)?.any(|import| import > record.import) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// True where the same import stored another row of this number.
pub(super) fn has_sibling(
    books: &dyn Books,
    record: &ImportRecord,
    number: &str,
) -> Result<bool, Failure> {
    Ok(stored(books, record, number)?.any(|import| import == record.import))
}

/// The imports that stored a row of this number in the merchant's own books.
fn stored(
    books: &dyn Books,
    record: &ImportRecord,
    number: &str,
) -> Result<impl Iterator<Item = u32>, Failure> {
    let profile = record.profile;
    let found = books.find(number)?.into_iter();
    Ok(found
        .filter(move |place| place.profile == profile)
        .filter_map(|place| match place.row {
            BookRow::Order(order) => Some(order.row.import),
            BookRow::MerchantRefund(refund) => Some(refund.row.import),
            BookRow::Pay(_) | BookRow::Refund(_) => None,
        }))
}

pub(super) fn kind_of(record: &ImportRecord) -> Option<RecordKind> {
    match record.kind.as_str() {
        "orders" => Some(RecordKind::Orders),
        "refunds" => Some(RecordKind::Refunds),
        _ => None,
    }
}

pub(super) fn fact(record: &ImportRecord, name: &str) -> Result<Option<u64>, StoreError> {
    let facts: serde_json::Value = record.read_facts()?;
    Ok(facts.get(name).and_then(serde_json::Value::as_u64))
}
