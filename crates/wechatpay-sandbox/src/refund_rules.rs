//! The rules of refunds, the same whichever API asks.

use std::sync::Arc;

use super::ledger::{MerchantLedger, SandboxOrder, SandboxRefund};
use super::notify;
use super::server::Shared;
use recondesk_domain::{ApiVersion, Fen, Instant};

const YEAR_S: i64 = 365 * 86_400;
const MAX_PARTS: usize = 50;

/// A refund that is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RequestedRefund<'a> {
    /// WeChat Pay's number of the order; it wins over the merchant's.
    pub(crate) transaction_id: Option<&'a str>,
    /// The merchant's number of the order.
    pub(crate) out_trade_no: Option<&'a str>,
    /// The merchant's number of the refund.
    pub(crate) number: &'a str,
    /// Amount of the order, as the request says.
    pub(crate) total: Fen,
    /// Amount of the refund.
    pub(crate) amount: Fen,
    /// Where the outcome is told.
    pub(crate) notify_url: &'a str,
    /// Who asked.
    pub(crate) api: ApiVersion,
}

/// Why a refund is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefundRefusal {
    /// The number is not one.
    Number,
    /// The order is unknown or not paid.
    NoOrder,
    /// The amounts differ from the order's, or from an earlier request with this number.
    Mismatch,
    /// Paid more than a year ago.
    Overdue,
    /// All was refunded.
    NothingLeft,
    /// More than what is left.
    TooMuch,
    /// More than fifty parts.
    TooMany,
    /// Too soon after the last one.
    TooSoon,
    /// Not enough money in the account.
    NoMoney,
    /// There is no book for this merchant.
    NoBook,
}

/// True for what may be a merchant number of a refund.
pub(crate) fn is_refund_number(number: &str) -> bool {
    !number.is_empty()
        && number.len() <= 64
        && number
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_-|*@".contains(&b))
}

/// Accepts a refund. The very same request again is the same refund, whatever the state.
pub(crate) fn refund(
    shared: &Arc<Shared>,
    mch_id: &str,
    wish: &RequestedRefund<'_>,
) -> Result<(SandboxOrder, SandboxRefund), RefundRefusal> {
    if !is_refund_number(wish.number) {
        return Err(RefundRefusal::Number);
    }
    let done = shared.with_book(mch_id, |book| {
        let order = book
            .order(wish.transaction_id, wish.out_trade_no)
            .filter(|order| order.state.is_paid())
            .cloned()
            .ok_or(RefundRefusal::NoOrder)?;
        if let Some(known) = book.refunds.get_mut(wish.number) {
            let same = known.out_trade_no == order.out_trade_no
                && known.amount == wish.amount
                && wish.total == order.amount;
            if !same {
                return Err(RefundRefusal::Mismatch);
            }
            known.requests = known.requests.saturating_add(1);
            return Ok((order, known.clone()));
        }
        let refund = accept(shared, book, &order, wish)?;
        tell_outcome(shared, mch_id, wish);
        Ok((order, refund))
    });
    done.unwrap_or(Err(RefundRefusal::NoBook))
}

/// Sends the notification of a new refund once it has an outcome, to an address on this computer.
fn tell_outcome(shared: &Arc<Shared>, mch_id: &str, wish: &RequestedRefund<'_>) {
    if notify::target(wish.notify_url).is_ok() {
        tokio::spawn(notify::refund_outcome(
            Arc::clone(shared),
            mch_id.to_owned(),
            wish.number.to_owned(),
            wish.notify_url.to_owned(),
        ));
    }
}

/// Checks a new refund against the order and the rules, and enters it.
fn accept(
    shared: &Shared,
    book: &mut MerchantLedger,
    order: &SandboxOrder,
    wish: &RequestedRefund<'_>,
) -> Result<SandboxRefund, RefundRefusal> {
    let now = shared.now();
    if wish.total != order.amount {
        return Err(RefundRefusal::Mismatch);
    }
    let paid_at = order.paid_at.unwrap_or(order.created_at);
    if now > paid_at.plus(YEAR_S) {
        return Err(RefundRefusal::Overdue);
    }
    let rest = order
        .amount
        .checked_sub(book.refunded(&order.out_trade_no))
        .unwrap_or(Fen::ZERO);
    if rest == Fen::ZERO {
        return Err(RefundRefusal::NothingLeft);
    }
    if wish.amount > rest {
        return Err(RefundRefusal::TooMuch);
    }
    let before = book.refunds(&order.out_trade_no);
    if before.len() >= MAX_PARTS {
        return Err(RefundRefusal::TooMany);
    }
    let rules = shared.rules();
    if let Some(last) = before.last()
        && now < last.accepted_at.plus(rules.refund_gap_s)
    {
        return Err(RefundRefusal::TooSoon);
    }
    shared.with_rules(|rules| match &mut rules.balance_fen {
        Some(left) if *left < wish.amount.get() => Err(RefundRefusal::NoMoney),
        Some(left) => {
            *left = left.saturating_sub(wish.amount.get());
            Ok(())
        }
        None => Ok(()),
    })?;
    let refund = SandboxRefund {
        out_refund_no: wish.number.to_owned(),
        refund_id: refund_id(shared, now),
        out_trade_no: order.out_trade_no.clone(),
        amount: wish.amount,
        accepted_at: now,
        settles_at: now.plus(rules.refund_settles_s),
        outcome: rules.refund_outcome,
        elsewhere: false,
        api: wish.api,
        requests: 1,
    };
    book.refund(refund.clone())
        .map_err(|_error| RefundRefusal::Number)?;
    Ok(refund)
}

/// A number as WeChat Pay gives to refunds.
pub(crate) fn refund_id(shared: &Shared, now: Instant) -> String {
    shared.with_numbers(|numbers| {
        format!(
            "5030{}{}{}",
            numbers.digits(6),
            now.day().compact(),
            numbers.digits(11)
        )
    })
}
