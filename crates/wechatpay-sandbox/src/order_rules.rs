//! The rules of placing and closing orders, the same whichever API asks.

use std::sync::Arc;

use super::customer;
use super::ledger::{SandboxOrder, SandboxOrderState};
use super::server::Shared;
use recondesk_domain::Instant;

/// Why an order is not placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PlaceRefusal {
    /// It is paid.
    Paid,
    /// It is closed: a new number is needed.
    Closed,
    /// The number was used with other parameters.
    Different,
    /// There is no book for this merchant.
    NoBook,
}

/// Places an order; the very same request again is the same order.
pub(crate) fn place(
    shared: &Arc<Shared>,
    mch_id: &str,
    order: SandboxOrder,
    now: Instant,
) -> Result<(), PlaceRefusal> {
    let number = order.out_trade_no.clone();
    let placed = shared.with_book(mch_id, |book| {
        book.expire(&number, now);
        match book.orders.get(&number) {
            None => {
                book.orders.insert(number.clone(), order);
                Ok(true)
            }
            Some(known) if known.state.is_paid() => Err(PlaceRefusal::Paid),
            Some(known)
                if matches!(
                    known.state,
                    SandboxOrderState::Closed | SandboxOrderState::Revoked
                ) =>
            {
                Err(PlaceRefusal::Closed)
            }
            Some(known) if known.request != order.request => Err(PlaceRefusal::Different),
            Some(_) => Ok(false),
        }
    });
    let is_new = placed.unwrap_or(Err(PlaceRefusal::NoBook))?;
    if is_new {
        customer::pay_later(shared, mch_id, &number);
    }
    Ok(())
}

/// Why an order is not closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CloseRefusal {
    /// There is none.
    NoOrder,
    /// It is paid.
    Paid,
    /// The customer is paying.
    Paying,
    /// Its state does not allow it.
    State,
    /// There is no book for this merchant.
    NoBook,
}

/// Closes an unpaid order; closing twice is the same as once.
pub(crate) fn close(shared: &Shared, mch_id: &str, number: &str) -> Result<(), CloseRefusal> {
    let closed = shared.with_book(mch_id, |book| {
        let order = book.orders.get_mut(number).ok_or(CloseRefusal::NoOrder)?;
        match order.state {
            SandboxOrderState::Success | SandboxOrderState::Refund => Err(CloseRefusal::Paid),
            SandboxOrderState::UserPaying => Err(CloseRefusal::Paying),
            SandboxOrderState::Revoked => Err(CloseRefusal::State),
            // What was started with the customer's code is reversed, never closed.
            _ if order.is_code_pay() => Err(CloseRefusal::State),
            // A part is closed with the whole alone.
            _ if !order.part_of.is_empty() => Err(CloseRefusal::State),
            SandboxOrderState::NotPay | SandboxOrderState::PayError | SandboxOrderState::Closed => {
                order.state = SandboxOrderState::Closed;
                Ok(())
            }
        }
    });
    closed.unwrap_or(Err(CloseRefusal::NoBook))
}
