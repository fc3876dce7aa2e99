//! How much of an order may still go back, and when (v2-api section 8: one year, fifty parts, a minute between parts).

use recondesk_domain::{Category, Fen, Finding, Instant};
use serde::{Deserialize, Serialize};

use crate::RemoteState;

/// A refund is possible within this many seconds of the payment (申请退款: 一年).
pub const YEAR_S: i64 = 365 * 86_400;
/// At most so many refunds of one order.
pub const MAX_PARTS: u16 = 50;
/// Two refunds of one order are at least so many seconds apart.
pub const MIN_GAP_S: i64 = 60;
/// What WeChat Pay said of the order counts for so many seconds.
pub const FRESH_S: i64 = 60;

/// Stands for refunds that WeChat Pay says there are and does not list: APIv3 is asked about known numbers alone.
pub const UNLISTED: &str = "unlisted";

/// A refund of the order as WeChat Pay lists it, or as it is under way from here.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RefundPart {
    /// `out_refund_no`.
    pub number: String,
    /// Its amount.
    pub amount: Fen,
    /// What became of it.
    pub state: RemoteState,
    /// When it was sent from here; unknown for refunds made elsewhere.
    pub sent_at: Option<Instant>,
}

/// What WeChat Pay says of an order, together with what is under way from here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderFacts {
    /// When it was asked.
    pub asked_at: Instant,
    /// True when the customer's money was taken (SUCCESS or REFUND).
    pub is_paid: bool,
    /// 订单金额.
    pub paid: Fen,
    /// Part of it that was a coupon.
    pub coupon: Fen,
    /// When it was paid.
    pub paid_at: Option<Instant>,
    /// `transaction_id`.
    pub transaction_id: String,
    /// All refunds, also those made elsewhere.
    pub parts: Vec<RefundPart>,
}

/// Why a refund is not possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LimitError {
    /// Nothing was paid.
    #[error("the order is not paid")]
    NotPaid,
    /// Nothing or less.
    #[error("a refund is at least one fen")]
    NotPositive,
    /// More than is left.
    #[error("only {0} yuan are left")]
    OverRemainder(Fen),
    /// Paid more than a year ago.
    #[error("paid more than a year ago")]
    OverOneYear,
    /// Fifty refunds exist.
    #[error("the order has fifty refunds already")]
    TooManyParts,
    /// The last one was sent less than a minute ago.
    #[error("the refund before was sent less than a minute ago, wait until {0}")]
    TooSoon(Instant),
    /// The answer about the order is too old, or from the future.
    #[error("what is known of the order is too old")]
    Stale,
    /// Amounts that no order has.
    #[error("the amounts do not add up")]
    Sum,
    /// The order was refunded by another way since a person last decided.
    #[error("{then} yuan of the order were refunded when this was decided, {now} yuan are now")]
    Changed {
        /// What had gone back, or was on its way, when a person decided.
        then: Fen,
        /// What has by now.
        now: Fen,
    },
}

impl OrderFacts {
    /// Joins what is known here of a refund to what WeChat Pay lists: one that is listed keeps the listed state.
    pub fn join_local(&mut self, local: RefundPart) {
        match self
            .parts
            .iter_mut()
            .find(|part| part.number == local.number)
        {
            Some(part) => part.sent_at = part.sent_at.max(local.sent_at),
            None => self.parts.push(local),
        }
    }

    /// What went back or is on its way, `number` aside; `None` beyond 64 bits.
    #[must_use]
    pub fn refunded_but(&self, number: &str) -> Option<Fen> {
        self.parts
            .iter()
            .filter(|part| part.state.counts() && part.number != number)
            .try_fold(Fen::ZERO, |sum, part| sum.checked_add(part.amount))
    }

    /// What may still go back under `number`; never below nothing.
    #[must_use]
    pub fn left_for(&self, number: &str) -> Option<Fen> {
        let left = self.paid.checked_sub(self.refunded_but(number)?)?;
        Some(left.max(Fen::ZERO))
    }

    /// True while the answer counts; a clock that was put back makes it old, not young.
    #[must_use]
    pub const fn is_fresh(&self, now: Instant) -> bool {
        let age = now.unix().saturating_sub(self.asked_at.unix());
        age >= 0 && age < FRESH_S
    }
}

/// Whether the order has no refund, `number` aside, that a person did not know of when deciding about it.
///
/// A refund made at the platform's own page, or by another system, may be the very one that is about to be sent:
/// nobody but a person can tell. What was closed since is no change: it moved no money.
///
/// # Errors
/// [`LimitError::Changed`] with both sums, [`LimitError::Sum`] beyond 64 bits.
pub fn check_seen(seen: &[RefundPart], facts: &OrderFacts, number: &str) -> Result<(), LimitError> {
    let is_new = |part: &&RefundPart| {
        let was_there = |known: &RefundPart| {
            known.number == part.number && known.state.counts() && known.amount >= part.amount
        };
        part.state.counts() && part.number != number && !seen.iter().any(was_there)
    };
    if !facts.parts.iter().any(|part| is_new(&part)) {
        return Ok(());
    }
    let then = seen
        .iter()
        .filter(|part| part.state.counts() && part.number != number)
        .try_fold(Fen::ZERO, |sum, part| sum.checked_add(part.amount));
    match (then, facts.refunded_but(number)) {
        (Some(then), Some(now)) => Err(LimitError::Changed { then, now }),
        _ => Err(LimitError::Sum),
    }
}

/// What of `total` a case is about, so that the case is over once it went back: all of it where the customer paid
/// and got nothing for it, otherwise what is at stake.
#[must_use]
pub fn owed(finding: &Finding, total: Fen) -> Fen {
    let is_for_nothing = matches!(
        finding.category,
        Category::PaidNotBooked
            | Category::PaidAfterClose
            | Category::BookedNotFulfilled
            | Category::WOnlyPay
            | Category::PayPendingW
            | Category::MSetAside
            | Category::DupPay
    );
    if is_for_nothing {
        total
    } else {
        finding.at_stake().min(total)
    }
}

/// Whether a refund of `amount` under `number` may be sent now.
///
/// # Errors
/// [`LimitError`], the most lasting reason first.
pub fn check_refund(
    facts: &OrderFacts,
    number: &str,
    amount: Fen,
    now: Instant,
) -> Result<(), LimitError> {
    if !facts.is_paid {
        return Err(LimitError::NotPaid);
    }
    if amount <= Fen::ZERO {
        return Err(LimitError::NotPositive);
    }
    let left = facts.left_for(number).ok_or(LimitError::Sum)?;
    if amount > left {
        return Err(LimitError::OverRemainder(left));
    }
    if facts.paid_at.is_some_and(|at| now > at.plus(YEAR_S)) {
        return Err(LimitError::OverOneYear);
    }
    let others = || facts.parts.iter().filter(|part| part.number != number);
    if others().count() >= usize::from(MAX_PARTS) {
        return Err(LimitError::TooManyParts);
    }
    if !facts.is_fresh(now) {
        return Err(LimitError::Stale);
    }
    let last = others().filter_map(|part| part.sent_at).max();
    match last.map(|at| at.plus(MIN_GAP_S)) {
        Some(until) if now < until => Err(LimitError::TooSoon(until)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Instant = Instant::from_unix(1_800_000_000);

    fn facts() -> OrderFacts {
        OrderFacts {
            asked_at: NOW,
            is_paid: true,
            paid: Fen::new(129_900),
            coupon: Fen::ZERO,
            paid_at: Some(NOW.plus(-86_400)),
            transaction_id: String::new(),
            parts: Vec::new(),
        }
    }

    fn part(number: &str, fen: i64, state: RemoteState) -> RefundPart {
        RefundPart {
            number: number.to_owned(),
            amount: Fen::new(fen),
            state,
            sent_at: None,
        }
    }

    #[test]
    fn no_more_than_the_remainder_goes_back() {
        let mut facts = facts();
        facts.parts = vec![
            part("a", 20_000, RemoteState::Success),
            part("b", 50_000, RemoteState::Closed),
        ];

        let left = Fen::new(109_900);
        assert_eq!(check_refund(&facts, "c", left, NOW), Ok(()));
        let more = Fen::new(109_901);
        assert_eq!(
            check_refund(&facts, "c", more, NOW),
            Err(LimitError::OverRemainder(left))
        );
        // The same number is the same refund: it does not stand in its own way.
        assert_eq!(check_refund(&facts, "a", Fen::new(129_900), NOW), Ok(()));
    }

    #[test]
    fn a_year_fifty_parts_and_a_minute_are_kept() {
        let one = Fen::new(1);
        let mut old = facts();
        old.paid_at = Some(NOW.plus(-YEAR_S));
        assert_eq!(check_refund(&old, "x", one, NOW), Ok(()));
        old.paid_at = Some(NOW.plus(-YEAR_S - 1));
        assert_eq!(
            check_refund(&old, "x", one, NOW),
            Err(LimitError::OverOneYear)
        );

        let mut many = facts();
        many.parts = (0..50)
            .map(|n| part(&n.to_string(), 1, RemoteState::Success))
            .collect();
        assert_eq!(
            check_refund(&many, "x", one, NOW),
            Err(LimitError::TooManyParts)
        );
        assert_eq!(check_refund(&many, "7", one, NOW), Ok(()));

        let mut soon = facts();
        soon.parts = vec![part("a", 1, RemoteState::Processing)];
        soon.parts[0].sent_at = Some(NOW.plus(-59));
        assert_eq!(
            check_refund(&soon, "x", one, NOW),
            Err(LimitError::TooSoon(NOW.plus(1)))
        );
    }

    #[test]
    fn a_refund_that_nobody_knew_of_is_a_change_and_the_own_one_is_none() {
        let mut facts = facts();
        facts.parts = vec![
            part("a", 20_000, RemoteState::Success),
            part("own", 50_000, RemoteState::Processing),
            part("b", 1, RemoteState::Closed),
        ];
        let seen = [part("a", 20_000, RemoteState::Processing)];
        assert_eq!(check_seen(&seen, &facts, "own"), Ok(()));

        facts.parts.push(part("hand", 500, RemoteState::Success));
        let (then, now) = (Fen::new(20_000), Fen::new(20_500));
        assert_eq!(
            check_seen(&seen, &facts, "own"),
            Err(LimitError::Changed { then, now })
        );
        // One that was under way here came to nothing, and another of the same sum was made elsewhere.
        let seen = [
            part("a", 20_000, RemoteState::Success),
            part("given up", 500, RemoteState::Processing),
        ];
        let (then, now) = (Fen::new(20_500), Fen::new(20_500));
        assert_eq!(
            check_seen(&seen, &facts, "own"),
            Err(LimitError::Changed { then, now })
        );
    }

    #[test]
    fn a_payment_for_nothing_is_owed_whole_a_difference_as_such() {
        let mut finding = Finding::new(Category::PaidNotBooked);
        finding.bill = Some(Fen::new(700));
        assert_eq!(owed(&finding, Fen::new(1_000)), Fen::new(1_000));
        finding.category = Category::AmountDiff;
        finding.merchant = Some(Fen::new(600));
        assert_eq!(owed(&finding, Fen::new(1_000)), Fen::new(100));
    }

    #[test]
    fn a_clock_that_was_put_back_does_not_make_an_answer_young() {
        let facts = facts();
        for (at, fresh) in [(-1, false), (0, true), (59, true), (60, false)] {
            assert_eq!(facts.is_fresh(NOW.plus(at)), fresh, "{at}");
        }
    }
}
