//! The identities of one bill: I1 and I2 against its summary, I3 and I4 in its rows, I6 over its sums.

use serde::Serialize;

use super::block::{RowFault, Sums, Tally};
use super::bounds::BoundBreak;
use super::column::BillColumn;
use super::layout::Layout;
use super::summary::{Summary, SummaryCell, SummaryColumn};
use recondesk_domain::{Fee, Fen, MoneyError};

/// How many lines an identity names.
const MAX_LINES: usize = 20;

/// A check that was made, with what was expected and found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Identity {
    /// `I1` to `I4`.
    pub id: &'static str,
    /// What is compared: the summary's own name, or the relation.
    pub name: String,
    /// True when it holds.
    pub holds: bool,
    /// I1, I2: the summary's value. I3, I4: the relation that each row must satisfy.
    pub expected: String,
    /// I1, I2: what the rows give. I3, I4: number of rows that break it.
    pub actual: String,
    /// Expected minus actual, or why it cannot be computed.
    pub difference: String,
    /// Rows that may explain it, the first few lines.
    pub lines: Vec<u32>,
    /// The column that the bill would need to add this total up, where it has none.
    #[serde(skip)]
    pub lacks: Option<BillColumn>,
    /// I3, I4: for the same rows least, most and actual value in fen.
    pub breaks: Vec<(u32, i64, i64, i64)>,
}

/// Every identity that the bill allows to check.
pub(super) fn identities(layout: &Layout, tally: &Tally) -> Vec<Identity> {
    let mut out = Vec::new();
    if let Some(summary) = tally.summary() {
        let cells = summary.cells.iter();
        out.extend(cells.filter_map(|cell| against_summary(layout, tally, cell)));
    }
    if layout.has(BillColumn::Amount) && layout.has(BillColumn::Coupon) {
        let (count, breaks) = (tally.bounds.pay_count, &tally.bounds.pays);
        out.push(in_rows(
            "I3",
            "0 ≤ 订单金额 − 应结订单金额 ≤ 代金券金额",
            count,
            breaks,
        ));
    }
    if layout.has(BillColumn::RefundAsked) && layout.has(BillColumn::RefundCoupon) {
        let (count, breaks) = (tally.bounds.refund_count, &tally.bounds.refunds);
        out.push(in_rows(
            "I4",
            "退款金额 ≤ 申请退款金额，0 ≤ 充值券退款金额 ≤ 退款金额",
            count,
            breaks,
        ));
    }
    if layout.has(BillColumn::Refunded) {
        let (count, breaks) = (tally.bounds.mixed_count, &tally.bounds.mixed);
        out.push(in_rows("I4", APART, count, breaks));
    }
    out
}

/// Refund rows print 0.00 as the order's amounts, payment rows as the refund's.
const APART: &str = "付款行无退款金额，退款行无订单金额";

fn against_summary(layout: &Layout, tally: &Tally, cell: &SummaryCell) -> Option<Identity> {
    let sums = &tally.sums;
    let money = |sum: Fen| compare(cell, sum.get(), Fen::parse_yuan, Fen::get, Fen::new);
    let mut identity = match cell.column {
        SummaryColumn::Count => {
            let rows = i64::try_from(tally.rows).unwrap_or(i64::MAX);
            let read = |text: &str| Fen::parse_fen(text).map(Fen::get);
            compare(cell, rows, read, |count| count, |count| count)
        }
        SummaryColumn::Settled => money(sums.settled),
        SummaryColumn::Refunded => money(sums.refunded),
        SummaryColumn::RefundCoupon => money(sums.refund_coupon),
        SummaryColumn::Fee => {
            let read = |text: &str| Fee::parse_yuan_bytes(text.as_bytes());
            compare(cell, sums.fee.get(), read, Fee::get, Fee::new)
        }
        // Without the column the settled amounts stand for it: none is above its order's, so equal sums prove each.
        SummaryColumn::Amount => money(sums.amount),
        SummaryColumn::RefundAsked => money(sums.refund_asked),
        SummaryColumn::Unknown => return None,
    };
    identity.lacks = Summary::column_lacked(cell.column, layout);
    if !identity.holds {
        let bad = tally.problems.iter();
        let bad = bad.filter(|problem| RowFault::is_of_row(problem.fault));
        identity.lines = bad.map(|problem| problem.line).take(MAX_LINES).collect();
    }
    Some(identity)
}

fn compare<T: std::fmt::Display>(
    cell: &SummaryCell,
    actual: i64,
    read: impl Fn(&str) -> Result<T, MoneyError>,
    units: impl Fn(T) -> i64,
    show: impl Fn(i64) -> T,
) -> Identity {
    let expected = read(&cell.text).map(units);
    let (holds, difference) = match expected {
        Ok(expected) => (
            expected == actual,
            expected
                .checked_sub(actual)
                .map_or_else(String::new, |difference| show(difference).to_string()),
        ),
        Err(why) => (false, why.to_string()),
    };
    Identity {
        id: if cell.column == SummaryColumn::Count {
            "I1"
        } else {
            "I2"
        },
        name: cell.name.clone(),
        holds,
        expected: cell.text.chars().take(64).collect(),
        actual: show(actual).to_string(),
        difference,
        lines: Vec::new(),
        lacks: None,
        breaks: Vec::new(),
    }
}

fn in_rows(id: &'static str, relation: &str, count: u64, breaks: &[BoundBreak]) -> Identity {
    Identity {
        id,
        name: relation.to_owned(),
        holds: count == 0,
        expected: relation.to_owned(),
        actual: count.to_string(),
        difference: count.to_string(),
        lines: breaks.iter().map(|row| row.line).collect(),
        lacks: None,
        breaks: breaks
            .iter()
            .map(|row| (row.line, row.least.get(), row.most.get(), row.actual.get()))
            .collect(),
    }
}

/// I6: 应结净额 = Σ应结订单金额 − Σ退款金额 − Σ手续费; `None` beyond 64 bits.
pub(super) fn net(sums: &Sums) -> Option<Fee> {
    let fen = sums.settled.checked_sub(sums.refunded)?;
    let units = fen.get().checked_mul(Fee::UNITS_PER_FEN)?;
    units.checked_sub(sums.fee.get()).map(Fee::new)
}
