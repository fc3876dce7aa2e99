//! What a run concluded, in figures: per category, per book, the pool, the coverage, the identities.
//!
//! Everything here is plain data for the store and the screens; `proof.rs` fills it.

use serde::{Deserialize, Serialize};

use recondesk_domain::{BillDate, BillState, Category, Fee, Fen, Finding, Instant, WPay, WRefund};

use super::{PoolItem, PoolKind, PoolSide, ReconcileError};

/// A number of rows and their sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CountedSum {
    /// Rows.
    pub count: u64,
    /// Their sum.
    pub fen: Fen,
}

/// One category of one book kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryLine {
    /// The category.
    pub category: Category,
    /// Rows of the bill of the day.
    pub wechat: CountedSum,
    /// Rows of the merchant's book of the day.
    pub merchant: CountedSum,
    /// Items of the pool that today brought here (not rows of the day), by the amount they carried.
    pub carried: CountedSum,
    /// Lines of the findings table.
    pub findings: u64,
    /// Sum at stake of those lines.
    pub at_stake: Fen,
}

/// A term of the equation that explains why the books differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DifferenceTerm {
    /// The category that brings it.
    pub category: Category,
    /// WeChat minus merchant within the category.
    pub fen: Fen,
}

/// Payments or refunds: both books by category.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BookSummary {
    /// Categories with at least one row, carried item or finding, in order of report.
    pub lines: Vec<CategoryLine>,
    /// Rows of the bill of the day.
    pub wechat: CountedSum,
    /// Rows of the merchant's book of the day, what is unpaid on both sides left out.
    pub merchant: CountedSum,
    /// WeChat − merchant = Σ of these, exactly; categories that bring nothing are left out.
    pub difference: Vec<DifferenceTerm>,
}

impl BookSummary {
    /// The line of a category, if it occurs.
    #[must_use]
    pub fn line(&self, category: Category) -> Option<&CategoryLine> {
        self.lines.iter().find(|line| line.category == category)
    }
}

/// Roll-forward of the pool (I15) for one kind and side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolRoll {
    /// Payments or refunds.
    pub kind: PoolKind,
    /// The book that has the items.
    pub side: PoolSide,
    /// Open at the beginning.
    pub opening: CountedSum,
    /// Came in today.
    pub new: CountedSum,
    /// Left because the other side came, or because nothing is due any more.
    pub cleared: CountedSum,
    /// Left because the limit was over; raised as findings.
    pub expired: CountedSum,
    /// Open at the end.
    pub closing: CountedSum,
}

/// A stretch of the day in which the bill has payments and the merchant has no order (K01).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hole {
    /// Time of the first payment.
    pub from: Instant,
    /// Time of the last one.
    pub to: Instant,
    /// The payments.
    pub sums: CountedSum,
}

/// The two books over the 24 hours, in 96 cells of 15 minutes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Coverage {
    /// Payment rows of the bill per cell.
    pub wechat: Vec<u32>,
    /// Orders of the merchant per cell of their pay time.
    pub merchant: Vec<u32>,
    /// Where the merchant's book has a hole.
    pub holes: Vec<Hole>,
}

/// I6: what the day brings to the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct NetSettlement {
    /// Σ 应结订单金额.
    pub settled: Fen,
    /// Of it the rows of reversed payments (REVOKED): a bill repeats the sum there, and no money comes by them.
    #[serde(default)]
    pub reversed: Fen,
    /// Σ 退款金额.
    pub refunded: Fen,
    /// Σ 手续费 in 10⁻⁵ yuan, returned fees negative.
    pub fees: i64,
    /// 应结净额 = settled − reversed − refunded − fees, in 10⁻⁵ yuan.
    pub net: i64,
}

impl NetSettlement {
    pub(super) fn take_pay(&mut self, w: &WPay) -> Result<(), ReconcileError> {
        let settled = self.settled.checked_add(w.settled);
        self.settled = settled.ok_or(ReconcileError::Overflow)?;
        if w.state == BillState::Revoked {
            let reversed = self.reversed.checked_add(w.settled);
            self.reversed = reversed.ok_or(ReconcileError::Overflow)?;
        }
        self.take_fee(w.fee)
    }

    pub(super) fn take_refund(&mut self, w: &WRefund) -> Result<(), ReconcileError> {
        let refunded = self.refunded.checked_add(w.settled);
        self.refunded = refunded.ok_or(ReconcileError::Overflow)?;
        self.take_fee(w.fee)
    }

    fn take_fee(&mut self, fee: Fee) -> Result<(), ReconcileError> {
        let fees = self.fees.checked_add(fee.get());
        self.fees = fees.ok_or(ReconcileError::Overflow)?;
        Ok(())
    }
}

/// A named check with its figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunIdentity {
    /// `I14`, `I15`, …
    pub id: String,
    /// What it is of: `wechat.pay.count`, `merchant.refund.fen`, `pool.pay.wechat.count`, …
    pub subject: String,
    /// As counted at the source.
    pub expected: i64,
    /// As the run has it.
    pub actual: i64,
}

impl RunIdentity {
    /// True when both agree.
    #[must_use]
    pub const fn holds(&self) -> bool {
        self.expected == self.actual
    }
}

/// The figures of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunSummary {
    /// The business day.
    pub day: BillDate,
    /// False when there is no verified bill (K02).
    pub has_bill: bool,
    /// True when delivery is known of at least one paid order, so that P03 can be found.
    pub fulfilment_known: bool,
    /// True when the row fees were judged (F02, F03); false when the day's fees as a whole follow
    /// another rule than the one enforced, so that judging single rows would be noise.
    pub fees_judged: bool,
    /// Length of the cut-off window, in minutes.
    pub cut_off_minutes: u32,
    /// Payments.
    pub pays: BookSummary,
    /// Refunds.
    pub refunds: BookSummary,
    /// Findings of the bill, the coverage and the day: no rows of a book.
    pub day_findings: Vec<CategoryLine>,
    /// The pool, one entry per kind and side that occurs.
    pub pool: Vec<PoolRoll>,
    /// Categories that apply to findings beside the deciding one, and how often; not part of any sum.
    pub tags: Vec<(Category, u64)>,
    /// Both books over the day.
    pub coverage: Coverage,
    /// Settlement of the day.
    pub net: NetSettlement,
    /// I14, I15, I6, I16, each with its figures; only I16 can fail in a run that ended.
    pub identities: Vec<RunIdentity>,
}

/// The one-minute morning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Headline {
    /// Rows of the bill.
    pub rows: u64,
    /// Of these in agreement, be it across midnight.
    pub matched: u64,
    /// Rows of either book that wait for the other on the other side of midnight.
    pub cross_day: u64,
    /// Findings that need a person.
    pub to_work: u64,
    /// Sum at stake of them.
    pub at_stake: Fen,
}

impl RunSummary {
    /// Every line of both books and of the day, payments first.
    pub fn lines(&self) -> impl Iterator<Item = &CategoryLine> {
        let books = self.pays.lines.iter().chain(&self.refunds.lines);
        books.chain(&self.day_findings)
    }

    /// `48,213 rows, 48,190 matched; 19 across days; 4 to work, ¥1,288.00 at stake`.
    #[must_use]
    pub fn headline(&self) -> Headline {
        let mut out = Headline {
            rows: self
                .pays
                .wechat
                .count
                .saturating_add(self.refunds.wechat.count),
            ..Headline::default()
        };
        for line in self.lines() {
            if line.category.is_matched() {
                out.matched = out.matched.saturating_add(line.wechat.count);
            } else if line.category.is_in_transit() {
                let rows = line.wechat.count.saturating_add(line.merchant.count);
                out.cross_day = out.cross_day.saturating_add(rows);
            }
            if line.category.severity().needs_person() {
                out.to_work = out.to_work.saturating_add(line.findings);
                out.at_stake = out
                    .at_stake
                    .checked_add(line.at_stake)
                    .unwrap_or(out.at_stake);
            }
        }
        out
    }

    /// True when nothing needs a person.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.headline().to_work == 0
    }
}

/// Result of a run, the findings aside, which went to the sink.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunOutcome {
    /// SHA-256 over inputs, rules and pool: equal for equal runs (rule X9).
    pub run_id: [u8; 32],
    /// The figures.
    pub summary: RunSummary,
    /// The pool at the end of the day, in its stable order.
    pub pool: Vec<PoolItem>,
    /// Rows that agreed across days (`MATCHED_XDAY`, `MATCHED_LATE`): open cases with the same number
    /// close themselves (rule X7). In the order of findings.
    pub cleared: Vec<Finding>,
}
