//! What the bills of a day say of themselves and of each other: B01 to B09, before any order is looked at.

use serde::Deserialize;

use crate::Failure;
use recondesk_domain::{BillDate, BillState, Category, Finding, fingerprint};
use recondesk_ports::{Books, BooksError, ImportRecord, Standing};
use wechatpay_codec::bill::BillReader;

/// The part of a stored certificate that is read here.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct NoteFacts {
    reasons: Vec<ReasonFacts>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ReasonFacts {
    code: String,
    effect: String,
    en: String,
}

/// Why bills of the day are no evidence (B01 to B06, B08).
pub(super) fn quarantined(
    day: BillDate,
    of_day: &[&ImportRecord],
) -> Result<Vec<Finding>, Failure> {
    let mut out = Vec::new();
    for import in of_day {
        if import.standing != Standing::Quarantined {
            continue;
        }
        let facts: NoteFacts = import.read_facts()?;
        for reason in facts.reasons {
            let category = Category::meant_by(&reason.code).next();
            if let Some(category) = category.filter(|_| reason.effect != "notice") {
                out.push(note(
                    category,
                    day,
                    &format!("file={} {}", import.name, reason.en),
                ));
            }
        }
    }
    Ok(out)
}

/// A bill that took the place of another one of the same day and kind (B07).
pub(super) fn changed(day: BillDate, of_day: &[&ImportRecord]) -> Vec<Finding> {
    let counting = |kind: &str| {
        of_day
            .iter()
            .find(|import| import.kind == kind && import.standing == Standing::Verified)
    };
    let mut out = Vec::new();
    for kind in ["bill.all", "bill.success", "bill.refund"] {
        let Some(now) = counting(kind) else {
            continue;
        };
        let before = of_day
            .iter()
            .filter(|import| import.kind == kind && import.standing == Standing::Replaced)
            .max_by_key(|import| import.import);
        if let Some(before) = before {
            let facts = format!(
                "kind={kind} rows={} rows_before={} file={} file_before={}",
                now.rows, before.rows, now.name, before.name
            );
            out.push(note(Category::BillChanged, day, &facts));
        }
    }
    out
}

/// An ALL bill beside the bills of payments and of refunds that holds other rows than they do (B09, I13).
///
/// # Errors
/// When an archived bill cannot be read.
pub(super) fn set_diff(
    books: &dyn Books,
    day: BillDate,
    of_day: &[&ImportRecord],
) -> Result<Option<Finding>, Failure> {
    let counting = |kind: &str| {
        of_day
            .iter()
            .find(|import| import.kind == kind && import.standing == Standing::Verified)
    };
    let (Some(all), Some(success), Some(refund)) = (
        counting("bill.all"),
        counting("bill.success"),
        counting("bill.refund"),
    ) else {
        return Ok(None);
    };
    let whole = RowSet::read(books, all)?;
    let pays = RowSet::read(books, success)?;
    let refunds = RowSet::read(books, refund)?;
    if whole.pays == pays.pays && whole.refunds == refunds.refunds {
        return Ok(None);
    }
    let facts = format!(
        "payments={}/{} refunds={}/{}",
        whole.pays.rows, pays.pays.rows, whole.refunds.rows, refunds.refunds.rows
    );
    Ok(Some(note(Category::BillSetDiff, day, &facts)))
}

/// A finding of the whole day; the day comes first, because its case goes by that.
fn note(category: Category, day: BillDate, facts: &str) -> Finding {
    let mut finding = Finding::new(category);
    finding.detail = format!("day={day} {facts}");
    finding
}

/// The rows of one state as a set, whatever their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct StateDigest {
    rows: u64,
    sum: u64,
}

impl StateDigest {
    /// A row by what identifies it in I13; its state is the book it is in.
    fn take(&mut self, transaction_id: &[u8], refund_id: &[u8]) {
        let mut name = [transaction_id, b"/", refund_id].concat();
        let first = fingerprint(&name);
        // Twice, the second time salted by the first: a sum of plain fingerprints may collide by chance.
        name.extend_from_slice(&first.to_le_bytes());
        self.rows = self.rows.saturating_add(1);
        self.sum = self
            .sum
            .wrapping_add(fingerprint(&name).wrapping_mul(first | 1));
    }
}

/// The payments that stand and the refunds of one bill.
#[derive(Debug, Default)]
struct RowSet {
    pays: StateDigest,
    refunds: StateDigest,
}

impl RowSet {
    fn read(books: &dyn Books, import: &ImportRecord) -> Result<Self, Failure> {
        let mut out = Self::default();
        let mut reader = BillReader::new(import.import);
        let mut fault = None;
        books.raw_file(import.import, &mut |bytes| {
            if fault.is_none() {
                fault = reader.push(bytes).err();
                let (pays, refunds) = reader.take_rows();
                out.take(&pays, &refunds);
            }
        })?;
        if let Some(fault) = fault {
            return Err(BooksError::Bill(Box::new(fault)).into());
        }
        let (_, rest) = reader
            .finish()
            .map_err(|fault| BooksError::Bill(Box::new(fault)))?;
        out.take(&rest.pays, &rest.refunds);
        Ok(out)
    }

    fn take(&mut self, pays: &[recondesk_domain::WPay], refunds: &[recondesk_domain::WRefund]) {
        for w in pays.iter().filter(|w| w.state == BillState::Success) {
            self.pays.take(w.transaction_id.as_bytes(), b"");
        }
        for w in refunds {
            self.refunds
                .take(w.transaction_id.as_bytes(), w.refund_id.as_bytes());
        }
    }
}
