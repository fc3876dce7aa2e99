//! Combined orders (合单): placed, paid, told and closed as a whole, while each part is a payment of its own.

use std::sync::Arc;

use super::customer;
use super::ledger::{MerchantLedger, SandboxOrder, SandboxOrderState};
use super::numbers::NumberSource;
use super::order_rules::{CloseRefusal, PlaceRefusal};
use super::server::Shared;
use recondesk_domain::{Fen, Instant};

/// What the parts of a combined order have in common.
#[derive(Debug, Clone)]
pub(crate) struct CombinedRecord {
    /// The numbers of the parts, in the order they were named.
    pub(crate) parts: Vec<String>,
    /// The request that made it (repeat rule).
    request: String,
}

impl MerchantLedger {
    /// The orders that are paid and told together with this number: the parts of a combined order, or the one order.
    pub(crate) fn together(&self, number: &str) -> Vec<SandboxOrder> {
        let whole = match self.orders.get(number) {
            Some(order) if order.part_of.is_empty() => return vec![order.clone()],
            Some(part) => part.part_of.as_str(),
            None => number,
        };
        let record = self.combined.get(whole);
        let numbers = record.into_iter().flat_map(|record| &record.parts);
        numbers
            .filter_map(|part| self.orders.get(part).cloned())
            .collect()
    }

    /// True for the number of an order, of a part, or of a combined order.
    pub(crate) fn knows(&self, number: &str) -> bool {
        self.orders.contains_key(number) || self.combined.contains_key(number)
    }

    /// What the customer sees of a number: an order, or a combined one as one sum.
    pub(crate) fn shown(&self, number: &str) -> Option<SandboxOrder> {
        if !self.combined.contains_key(number) {
            return self.orders.get(number).cloned();
        }
        let parts = self.together(number);
        let goods: Vec<&str> = parts.iter().map(|part| part.body.as_str()).collect();
        let first = parts.first()?;
        Some(SandboxOrder {
            out_trade_no: number.to_owned(),
            transaction_id: String::new(),
            body: goods.join("；"),
            amount: sum(&parts)?,
            ..first.clone()
        })
    }

    /// Closes what is over of an order, or of the parts of a combined one.
    pub(crate) fn expire_together(&mut self, number: &str, now: Instant) {
        let parts: Vec<String> = self
            .together(number)
            .into_iter()
            .map(|part| part.out_trade_no)
            .collect();
        for part in parts {
            self.expire(&part, now);
        }
    }

    /// The customer pays an order, or all parts of a combined one at once.
    pub(crate) fn pay(
        &mut self,
        number: &str,
        now: Instant,
        numbers: &mut NumberSource,
    ) -> Result<Vec<SandboxOrder>, String> {
        self.expire_together(number, now);
        let parts = self.together(number);
        if let Some(part) = parts
            .first()
            .filter(|_| !self.combined.contains_key(number))
            && !part.part_of.is_empty()
        {
            return Err(format!(
                "the order is a part of {}, which is paid as a whole",
                part.part_of
            ));
        }
        if let Some(part) = parts
            .iter()
            .find(|part| !part.part_of.is_empty() && part.state != SandboxOrderState::NotPay)
        {
            return Err(format!(
                "the part {} is {}",
                part.out_trade_no,
                part.state.wire()
            ));
        }
        if parts.is_empty() {
            return Err(format!("there is no order {number}"));
        }
        parts
            .iter()
            .map(|part| self.pay_one(&part.out_trade_no, now, numbers))
            .collect()
    }
}

fn sum(parts: &[SandboxOrder]) -> Option<Fen> {
    let mut amounts = parts.iter().map(|part| part.amount);
    amounts.try_fold(Fen::ZERO, Fen::checked_add)
}

/// Places a combined order; the very same request again is the same order.
pub(crate) fn place(
    shared: &Arc<Shared>,
    mch_id: &str,
    (number, request): (&str, String),
    parts: Vec<SandboxOrder>,
    now: Instant,
) -> Result<(), PlaceRefusal> {
    let placed = shared.with_book(mch_id, |book| {
        book.expire_together(number, now);
        if let Some(known) = book.combined.get(number) {
            let states: Vec<SandboxOrderState> = book
                .together(number)
                .iter()
                .map(|part| part.state)
                .collect();
            return if states.iter().any(|state| state.is_paid()) {
                Err(PlaceRefusal::Paid)
            } else if states.contains(&SandboxOrderState::Closed) {
                Err(PlaceRefusal::Closed)
            } else if known.request != request {
                Err(PlaceRefusal::Different)
            } else {
                Ok(false)
            };
        }
        if book.knows(number) || parts.iter().any(|part| book.knows(&part.out_trade_no)) {
            return Err(PlaceRefusal::Different);
        }
        let record = CombinedRecord {
            parts: parts.iter().map(|part| part.out_trade_no.clone()).collect(),
            request,
        };
        book.combined.insert(number.to_owned(), record);
        for part in parts {
            book.orders.insert(part.out_trade_no.clone(), part);
        }
        Ok(true)
    });
    if placed.unwrap_or(Err(PlaceRefusal::NoBook))? {
        customer::pay_later(shared, mch_id, number);
    }
    Ok(())
}

/// Closes a combined order: the request must name every part; none is closed where one cannot be.
pub(crate) fn close(
    shared: &Shared,
    mch_id: &str,
    number: &str,
    named: &[&str],
) -> Result<(), CloseRefusal> {
    let closed = shared.with_book(mch_id, |book| {
        let record = book.combined.get(number).ok_or(CloseRefusal::NoOrder)?;
        let parts = record.parts.clone();
        let are_all =
            parts.len() == named.len() && parts.iter().all(|part| named.contains(&part.as_str()));
        if !are_all {
            return Err(CloseRefusal::State);
        }
        for part in &parts {
            match book.orders.get(part).map(|order| order.state) {
                Some(SandboxOrderState::Success | SandboxOrderState::Refund) => {
                    return Err(CloseRefusal::Paid);
                }
                Some(SandboxOrderState::UserPaying) => return Err(CloseRefusal::Paying),
                _ => {}
            }
        }
        for part in &parts {
            if let Some(order) = book.orders.get_mut(part) {
                order.state = SandboxOrderState::Closed;
            }
        }
        Ok(())
    });
    closed.unwrap_or(Err(CloseRefusal::NoBook))
}
