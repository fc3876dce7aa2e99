//! A file that is read once more, in another way: what its earlier reading entered and this one has not is taken back.
//!
//! A person who mends the mapping corrects what was read, and adds nothing. Only where both readings may be right, a
//! deposit and a balance in the columns of one row, do both stand.

use std::collections::BTreeSet;

use crate::books::catalog::Catalog;
use recondesk_intake::{Column, Mapping, RecordKind};
use recondesk_ports::{BooksError, ImportRecord, OrdersTarget, StoreError};
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
    let replaces = |record: &ImportRecord| -> Result<bool, StoreError> {
        let before = fact(record, "number")?;
        let Some(before) = before.as_ref().and_then(Value::as_str) else {
            // Made before the number was kept: nobody can tell what it was.
            return Ok(false);
        };
        // The column of before is another number now, or the same.
        Ok(Some(before) == number || mapping.columns.values().any(|header| header == before))
    };
    let mut out = BTreeSet::new();
    for record in catalog.imports(profile)? {
        if record.kind == kind && record.sha256 == *sha256 && replaces(&record)? {
            out.insert(record.import);
        }
    }
    Ok(out)
}

/// True for an import whose rows a later reading of the same file took back.
pub(super) fn is_withdrawn(
    catalog: &dyn Catalog,
    record: &ImportRecord,
) -> Result<bool, BooksError> {
    let own = Value::from(record.import);
    let later = catalog.imports(record.profile)?;
    for other in &later {
        if other.import > record.import && other.sha256 == record.sha256 {
            let taken_back = fact(other, "re_read")?;
            let list = taken_back.as_ref().and_then(Value::as_array);
            if list.is_some_and(|list| list.contains(&own)) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

fn fact(record: &ImportRecord, name: &str) -> Result<Option<Value>, StoreError> {
    let facts: Value = record.read_facts()?;
    Ok(facts.get(name).cloned())
}
