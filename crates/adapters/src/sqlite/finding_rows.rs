//! Findings as rows of their table: how one is written, and how its columns are read.

use crate::sqlite::session::{FromValue, Row, Statement, Transaction, ValueRef, params};

use super::DbError;
use recondesk_domain::{Category, Fen, Finding, Instant, RowRef, Tag, Text};
use recondesk_ports::RunId;

/// What is read of a finding `f`, in the order of [`read_finding`].
pub(super) const FINDING: &str = "f.category, f.tags, f.out_trade_no, f.sub_mch_id, f.order_no, f.transaction_id, \
     f.out_refund_no, f.refund_id, f.bill_fen, f.merchant_fen, f.paid_at, f.bill_import, f.bill_line, f.bill_offset, \
     f.order_import, f.order_line, f.order_offset, f.detail";

/// Writes findings of a run.
pub(super) struct FindingInsert<'a>(Statement<'a>);

impl<'a> FindingInsert<'a> {
    pub(super) fn new(tx: &'a Transaction<'_>) -> Result<Self, DbError> {
        Ok(Self(tx.prepare_cached(
            "INSERT INTO finding (run, seq, category, tags, out_trade_no, order_no,
                 transaction_id, out_refund_no, refund_id, bill_fen, merchant_fen, paid_at,
                 bill_import, bill_line, bill_offset, order_import, order_line, order_offset,
                 detail, case_id, sub_mch_id)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,
                 ?18, ?19, ?20, ?21)",
        )?))
    }

    pub(super) fn row(
        &mut self,
        run: RunId,
        (seq, case): (i64, i64),
        finding: &Finding,
    ) -> Result<(), DbError> {
        let offset =
            |row: Option<RowRef>| row.map(|row| i64::try_from(row.offset).unwrap_or(i64::MAX));
        self.0.execute(params![
            run.0,
            seq,
            finding.category.name(),
            tags_text(&finding.tags),
            finding.out_trade_no.as_str(),
            finding.order_no.as_str(),
            finding.transaction_id.as_str(),
            finding.out_refund_no.as_str(),
            finding.refund_id.as_str(),
            finding.bill.map(Fen::get),
            finding.merchant.map(Fen::get),
            finding.paid_at.map(Instant::unix),
            finding.bill_row.map(|row| row.import),
            finding.bill_row.map(|row| row.line),
            offset(finding.bill_row),
            finding.order_row.map(|row| row.import),
            finding.order_row.map(|row| row.line),
            offset(finding.order_row),
            finding.detail,
            case,
            finding.sub_mch_id.as_str(),
        ])?;
        Ok(())
    }
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
            other => other.word(),
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
