//! A file that is read once more, in another way: what its earlier reading entered and this one has not is taken back.
//!
//! A person who mends the mapping corrects what was read, and adds nothing. Only where both readings may be right, a
//! deposit and a balance in the columns of one row, do both stand.

use std::collections::BTreeSet;

use crate::books::catalog::Catalog;
use recondesk_intake::{Column, Mapping, RecordKind};
use recondesk_ports::{BooksError, ImportRecord, OrdersTarget};
use serde_json::Value;

/// The header of the column that a mapping takes the numbers of its rows from.
pub(super) fn number_of(mapping: &Mapping) -> Option<&str> {
    let column = match mapping.kind {
        RecordKind::Orders => Column::OutTradeNo,
        RecordKind::Refunds => Column::OutRefundNo,
    };
    mapping.columns.get(&column).map(String::as_str)
}

/// The imports of the same file that a reading by this mapping replaces.
pub(super) fn earlier(
    catalog: &dyn Catalog,
    OrdersTarget { profile, mapping }: OrdersTarget<'_>,
    sha256: &[u8; 32],
) -> Result<BTreeSet<u32>, BooksError> {
    let kind = super::orders::kind_word(mapping.kind);
    let number = number_of(mapping);
    let replaces = |record: &ImportRecord| {
        let before = fact(record, "number");
        let Some(before) = before.as_str() else {
            // Made before the number was kept: nobody can tell what it was.
            return false;
        };
        // The column of before is another number now, or the same.
        Some(before) == number || mapping.columns.values().any(|header| header == before)
    };
    let imports = catalog.imports(profile)?.into_iter();
    Ok(imports
        .filter(|record| record.kind == kind && record.sha256 == *sha256)
        .filter(replaces)
        .map(|record| record.import)
        .collect())
}

/// True for an import whose rows a later reading of the same file took back.
pub(super) fn is_withdrawn(
    catalog: &dyn Catalog,
    record: &ImportRecord,
) -> Result<bool, BooksError> {
    let own = Value::from(record.import);
    let later = catalog.imports(record.profile)?;
    Ok(later
        .iter()
        .filter(|other| other.import > record.import && other.sha256 == record.sha256)
        .any(|other| {
            fact(other, "re_read")
                .as_array()
                .is_some_and(|list| list.contains(&own))
        }))
}

fn fact(record: &ImportRecord, name: &str) -> Value {
    let facts: Value = serde_json::from_str(&record.facts).unwrap_or_default();
    facts.get(name).cloned().unwrap_or_default()
}
