//! What a run says of one row, of a pair of rows, or of the day.

use super::{
    Category, Fen, Instant, MchId, OrderNo, OutRefundNo, OutTradeNo, RefundId, RowRef,
    SuggestedAction, TransactionId,
};

/// A second thing to know of a finding; the category is what decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tag {
    /// Another category that also applies, but comes later in the precedence.
    Also(Category),
    /// Matched by WeChat Pay's number: the merchant's number differs.
    Key2,
    /// Key hit, but another identifier disagrees.
    IdConflict,
    /// The bill of the day before is not in the archive.
    NoBillOfDayBefore,
    /// Matched only by a suggestion that a person must confirm.
    Suggested,
    /// Of several payments for one thing this is the one to keep.
    Keep,
    /// The money is not there for the category's step, or the merchant is giving it back already: to be reviewed.
    Hold,
}

impl Tag {
    /// The stable word of exports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Also(category) => category.code(),
            Self::Key2 => "KEY2",
            Self::IdConflict => "ID_CONFLICT",
            Self::NoBillOfDayBefore => "NO_BILL_OF_DAY_BEFORE",
            Self::Suggested => "SUGGESTED",
            Self::Keep => "KEEP",
            Self::Hold => "HOLD",
        }
    }
}

/// One finding: one line of the findings table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Primary category.
    pub category: Category,
    /// Further things that apply.
    pub tags: Vec<Tag>,
    /// Merchant order number; empty when the finding is of a day or a bill.
    pub out_trade_no: OutTradeNo,
    /// Sub-merchant of a service provider: its orders have numbers of their own; empty otherwise.
    pub sub_mch_id: MchId,
    /// Business order number, where the merchant has one.
    pub order_no: OrderNo,
    /// WeChat Pay order number.
    pub transaction_id: TransactionId,
    /// Merchant refund number, for refunds.
    pub out_refund_no: OutRefundNo,
    /// WeChat Pay refund number.
    pub refund_id: RefundId,
    /// Amount in the WeChat book.
    pub bill: Option<Fen>,
    /// Amount in the merchant book.
    pub merchant: Option<Fen>,
    /// When it was paid (or refunded): the bill's time, else the merchant's.
    pub paid_at: Option<Instant>,
    /// Row of the bill.
    pub bill_row: Option<RowRef>,
    /// Row of the merchant's file.
    pub order_row: Option<RowRef>,
    /// Facts in key=value form that explain the finding: `minutes=34`, `from=18:04:10`.
    pub detail: String,
}

impl Finding {
    /// A finding with nothing but its category.
    #[must_use]
    pub fn new(category: Category) -> Self {
        Self {
            category,
            tags: Vec::new(),
            out_trade_no: OutTradeNo::EMPTY,
            sub_mch_id: MchId::EMPTY,
            order_no: OrderNo::EMPTY,
            transaction_id: TransactionId::EMPTY,
            out_refund_no: OutRefundNo::EMPTY,
            refund_id: RefundId::EMPTY,
            bill: None,
            merchant: None,
            paid_at: None,
            bill_row: None,
            order_row: None,
            detail: String::new(),
        }
    }

    /// True for the payment to keep of several for one thing.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.category == Category::DupPay && self.tags.contains(&Tag::Keep)
    }

    /// What is suggested for this finding: the step of its category, unless its own facts forbid it.
    #[must_use]
    pub fn action(&self) -> SuggestedAction {
        if self.is_kept() {
            SuggestedAction::Keep
        } else if self.tags.contains(&Tag::Hold) {
            SuggestedAction::Review
        } else {
            self.category.action()
        }
    }

    /// The sum at stake: the larger of the two books' amounts, or their distance when both are known and
    /// differ; of a fee its difference alone; nothing for a payment that is kept.
    #[must_use]
    pub fn at_stake(&self) -> Fen {
        if self.is_kept() {
            return Fen::ZERO;
        }
        if let Some(difference) = self.fee_difference() {
            return difference;
        }
        match (self.bill, self.merchant) {
            (Some(w), Some(m))
                if w != m
                    && !matches!(
                        self.category,
                        Category::PaidNotBooked
                            | Category::PaidAfterClose
                            | Category::BookedNotFulfilled
                            | Category::DupPay
                    ) =>
            {
                w.checked_sub(m).unwrap_or(w).abs()
            }
            (Some(w), _) => w.abs(),
            (None, Some(m)) => m.abs(),
            (None, None) => Fen::ZERO,
        }
    }

    /// What a fee of the bill is away from the one expected, in whole fen, a part of one counting whole; `None` for
    /// a finding that is about no fee, or tells no fees.
    fn fee_difference(&self) -> Option<Fen> {
        if !matches!(
            self.category,
            Category::FeeRate | Category::FeeCalc | Category::FeeRefund
        ) {
            return None;
        }
        let fact = |wanted: &str| -> Option<i64> {
            let mut facts = self
                .detail
                .split(' ')
                .filter_map(|fact| fact.split_once('='));
            let (_, value) = facts.find(|(name, _)| *name == wanted)?;
            value.parse().ok()
        };
        let apart = fact("fee")?.checked_sub(fact("expected")?)?.checked_abs()?;
        let whole = apart.checked_add(super::Fee::UNITS_PER_FEN.checked_sub(1)?)?;
        Some(Fen::new(whole.checked_div(super::Fee::UNITS_PER_FEN)?))
    }

    /// Stable key of the case this finding belongs to (rule X9): it survives re-runs and re-imports.
    ///
    /// `mch_id / book kind / number / category family`, the sub-merchant behind the merchant where there is one; the
    /// day is not part of it. A finding without any number (of a day, of a bill) goes by the first fact of its detail,
    /// which names the day.
    #[must_use]
    pub fn case_key(&self, mch_id: &str) -> String {
        let family = self.category.family();
        let (kind, number) = if !self.out_refund_no.is_empty() {
            ("refund", self.out_refund_no.as_str())
        } else if !self.out_trade_no.is_empty() {
            ("pay", self.out_trade_no.as_str())
        } else if !self.transaction_id.is_empty() {
            ("pay", self.transaction_id.as_str())
        } else {
            let first = self.detail.split_once(' ');
            ("day", first.map_or(self.detail.as_str(), |(fact, _)| fact))
        };
        case_key(mch_id, self.sub_mch_id.as_str(), kind, number, family)
    }
}

/// The key of a case by its parts; see [`Finding::case_key`].
#[must_use]
pub fn case_key(mch_id: &str, sub_mch_id: &str, kind: &str, number: &str, family: &str) -> String {
    if sub_mch_id.is_empty() {
        format!("{mch_id}/{kind}/{number}/{family}")
    } else {
        format!("{mch_id}:{sub_mch_id}/{kind}/{number}/{family}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_fee_only_its_difference_is_at_stake() {
        for (category, detail, stake) in [
            (
                Category::FeeRate,
                "rate=5400 contract=6000 fee=54000 expected=60000",
                6,
            ),
            (Category::FeeCalc, "fee=13001 expected=12000 rate=6000", 2),
            (
                Category::FeeRefund,
                "fee=-6000 expected=-60000 rate=6000",
                54,
            ),
            (Category::FeeRate, "rate=5400 contract=6000", 10_100),
            (Category::FeeCalc, "fee=x expected=1", 10_100),
            (Category::WOnlyPay, "fee=1 expected=9000", 10_100),
        ] {
            let mut finding = Finding::new(category);
            finding.bill = Some(Fen::new(10_100));
            finding.detail = detail.to_owned();
            assert_eq!(finding.at_stake(), Fen::new(stake), "{detail}");
        }
    }
}
