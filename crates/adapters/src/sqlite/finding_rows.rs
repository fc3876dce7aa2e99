//! Findings as rows of their table: how they are written, and how its columns are read.

use crate::sqlite::session::{FromValue, Row, SessionTransaction, ValueRef, insert_rows};

use super::DbError;
use recondesk_domain::{Category, Fen, Finding, Instant, RowRef, Tag, Text};
use recondesk_ports::RunId;

/// What is read of a finding `f`, in the order of [`read_finding`].
pub(super) const FINDING: &str = "f.category, f.tags, f.out_trade_no, f.sub_mch_id, f.order_no, f.transaction_id, \
     f.out_refund_no, f.refund_id, f.bill_fen, f.merchant_fen, f.paid_at, f.bill_import, f.bill_line, f.bill_offset, \
     f.order_import, f.order_line, f.order_offset, f.detail";

/// Enters findings of a run with their cases; the first of them is the `first`-th of the run.
pub(super) fn insert_findings(
    tx: &SessionTransaction<'_>,
    run: RunId,
    first: i64,
    findings: &[Finding],
    cases: &[i64],
) -> Result<(), DbError> {
    const HEAD: &str = "INSERT INTO finding (run, seq, category, tags, out_trade_no, order_no,
         transaction_id, out_refund_no, refund_id, bill_fen, merchant_fen, paid_at, bill_import,
         bill_line, bill_offset, order_import, order_line, order_offset, detail, case_id, sub_mch_id)";
    const WIDTH: usize = 21;
    let tags: Vec<String> = findings.iter().map(|it| tags_text(&it.tags)).collect();
    let mut rows = Vec::with_capacity(findings.len().saturating_mul(WIDTH));
    let each = findings.iter().zip(cases).zip(&tags);
    for (seq, ((finding, case), tags)) in (first..).zip(each) {
        let number = |number: Option<i64>| number.map_or(ValueRef::Null, ValueRef::Integer);
        let place = |row: Option<RowRef>| {
            let offset = row.map(|row| i64::try_from(row.offset).unwrap_or(i64::MAX));
            [
                number(row.map(|row| row.import.into())),
                number(row.map(|row| row.line.into())),
                number(offset),
            ]
        };
        rows.extend([ValueRef::Integer(run.0), ValueRef::Integer(seq)]);
        rows.extend([
            ValueRef::Text(finding.category.name()),
            ValueRef::Text(tags),
            ValueRef::Text(finding.out_trade_no.as_str()),
            ValueRef::Text(finding.order_no.as_str()),
            ValueRef::Text(finding.transaction_id.as_str()),
            ValueRef::Text(finding.out_refund_no.as_str()),
            ValueRef::Text(finding.refund_id.as_str()),
            number(finding.bill.map(Fen::get)),
            number(finding.merchant.map(Fen::get)),
            number(finding.paid_at.map(Instant::unix)),
        ]);
        rows.extend(place(finding.bill_row));
        rows.extend(place(finding.order_row));
        rows.extend([
            ValueRef::Text(&finding.detail),
            ValueRef::Integer(*case),
            ValueRef::Text(finding.sub_mch_id.as_str()),
        ]);
    }
    insert_rows(tx, HEAD, WIDTH, &rows)
}

/// Reads the columns of [`FINDING`], the first of which stands at `at`. By their places: to look names up takes longer
/// than all the rest.
pub(super) fn read_finding(row: Row<'_>, at: usize) -> Result<Finding, DbError> {
    let at = |place: usize| at.saturating_add(place);
    Ok(Finding {
        category: read_category(row.text(at(0))?)?,
        tags: read_tags(row.text(at(1))?)?,
        out_trade_no: row.get(at(2))?,
        sub_mch_id: row.get(at(3))?,
        order_no: row.get(at(4))?,
        transaction_id: row.get(at(5))?,
        out_refund_no: row.get(at(6))?,
        refund_id: row.get(at(7))?,
        bill: row.get::<_, Option<i64>>(at(8))?.map(Fen::new),
        merchant: row.get::<_, Option<i64>>(at(9))?.map(Fen::new),
        paid_at: row.get::<_, Option<i64>>(at(10))?.map(Instant::from_unix),
        bill_row: read_row_ref(row, at(11))?,
        order_row: read_row_ref(row, at(14))?,
        detail: row.get(at(17))?,
    })
}

/// A category by its stable name.
pub(super) fn read_category(name: &str) -> Result<Category, DbError> {
    Category::parse(name).ok_or_else(|| DbError::broken(format!("category {name}")))
}

impl<const N: usize> FromValue for Text<N> {
    fn from_value(value: ValueRef<'_>) -> Option<Self> {
        match value {
            ValueRef::Text(text) => Self::new(text),
            _ => None,
        }
    }
}

/// The place of a row: import, line and offset, from the column `at` on.
fn read_row_ref(row: Row<'_>, at: usize) -> Result<Option<RowRef>, DbError> {
    let Some(import) = row.get::<_, Option<u32>>(at)? else {
        return Ok(None);
    };
    let line: Option<u32> = row.get(at.saturating_add(1))?;
    let offset: Option<i64> = row.get(at.saturating_add(2))?;
    Ok(Some(RowRef {
        import,
        line: line.unwrap_or(0),
        offset: u64::try_from(offset.unwrap_or(0)).unwrap_or(0),
    }))
}

/// Tags by stable words; a category by its name, because both sides of P06 share a code.
fn tags_text(tags: &[Tag]) -> String {
    let words: Vec<&str> = tags
        .iter()
        .map(|tag| match tag {
            Tag::Also(category) => category.name(),
            other @ (Tag::Key2
            | Tag::IdConflict
            | Tag::NoBillOfDayBefore
            | Tag::Suggested
            | Tag::Keep
            | Tag::Hold) => other.word(),
        })
        .collect();
    words.join(",")
}

fn read_tags(text: &str) -> Result<Vec<Tag>, DbError> {
    const PLAIN: [Tag; 6] = [
        Tag::Key2,
        Tag::IdConflict,
        Tag::NoBillOfDayBefore,
        Tag::Suggested,
        Tag::Keep,
        Tag::Hold,
    ];
    text.split(',')
        .filter(|word| !word.is_empty())
        .map(|word| match PLAIN.iter().find(|tag| tag.word() == word) {
            Some(tag) => Ok(*tag),
            None => read_category(word).map(Tag::Also),
        })
        .collect()
}
