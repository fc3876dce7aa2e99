//! What all sources together say of the money of one order: paid, gone back, on its way back, left. Pure.
//!
//! Bills say what was when they were made; a believed notification or answer of WeChat Pay is newer and goes before.

use super::collect::OrderRecord;
use super::refund_facts::{RefundFact, RefundFate, accepted, refunds, sums};
use recondesk_domain::{BillState, Fen, Instant, MOrder, PayStatus, RefundStatus, TransactionId};
use recondesk_ports::Observation;
use std::collections::BTreeSet;

/// State of an unkept answer: WeChat Pay does not have the order.
pub const NOT_FOUND: &str = "ORDERNOTEXIST";

/// A payment that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaidFact {
    /// 微信支付订单号; empty where it is not told.
    pub transaction_id: String,
    /// When, where it is told.
    pub at: Option<Instant>,
    /// 订单金额.
    pub amount: Fen,
    /// The amount on other bases: settled, and without coupons.
    pub other: [Fen; 2],
    /// What of it has gone back or is on its way back.
    pub gone: Fen,
}

/// How WeChat Pay's newest word on the order itself reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderWord {
    /// It has said nothing.
    Nothing,
    /// Paid, nothing refunded.
    Paid,
    /// Paid, and a refund was asked for.
    Refunded,
    /// Reversed: the money is back with the customer.
    Revoked,
    /// Not paid, closed or failed.
    NotPaid,
    /// The customer is about to pay.
    Paying,
    /// It has no such order.
    NotFound,
}

impl OrderWord {
    fn of(state: &str) -> Self {
        match state {
            "SUCCESS" => Self::Paid,
            "REFUND" => Self::Refunded,
            "REVOKED" => Self::Revoked,
            "NOTPAY" | "CLOSED" | "PAYERROR" => Self::NotPaid,
            "USERPAYING" | "ACCEPT" => Self::Paying,
            NOT_FOUND => Self::NotFound,
            _ => Self::Nothing,
        }
    }
}

/// Sums of the refunds of an order, by what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RefundSums {
    /// With the customer.
    pub done: Fen,
    /// On their way.
    pub going: Fen,
    /// Confirmed here and not sent yet: WeChat Pay does not know of them.
    pub ready: Fen,
    /// Sent from here, and for now not taken over by WeChat Pay.
    pub refused: Fen,
    /// Out of the merchant's account, and not with the customer (CHANGE, ABNORMAL).
    pub stuck: Fen,
    /// Closed or failed: no money moved.
    pub failed: Fen,
}

/// The money of one order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderMoney {
    /// Payments that count, the first one first.
    pub payments: Vec<PaidFact>,
    /// True when a payment was reversed.
    pub revoked: bool,
    /// Its refunds.
    pub refunds: RefundSums,
    /// WeChat Pay's newest word on the order.
    pub word: OrderWord,
    /// What the merchant booked as refunded; `None` where its books say nothing of refunds.
    pub booked_refunds: Option<Fen>,
    /// Refunds that the merchant made or is making and WeChat Pay does not know.
    pub claims: Fen,
    /// Of these what the merchant itself still calls processing.
    pub claims_going: Fen,
    /// True when a bill has the order in a state that the program does not know.
    pub unknown_state: bool,
    /// True when every payment stands under an order row of its own amount: a deposit and a balance.
    pub each_booked: bool,
}

impl OrderMoney {
    /// Adds up what is known.
    #[must_use]
    pub fn of(record: &OrderRecord) -> Self {
        let mut seen: Vec<&Observation> = record
            .observations
            .iter()
            .chain(&record.answers)
            .filter(|seen| seen.is_believed())
            .collect();
        seen.sort_by_key(|seen| seen.at);
        let about_order = |seen: &&&Observation| {
            seen.refund_id.is_empty() && seen.out_refund_no.is_empty() && !seen.state.is_empty()
        };
        let newest = seen.iter().rev().find(about_order);
        let word = newest.map_or(OrderWord::Nothing, |seen| OrderWord::of(&seen.state));
        let billed = record.pays.iter().filter(|kept| !kept.superseded);
        let billed = billed.map(|kept| kept.row.time).max();
        let is_older = newest.is_some_and(|seen| billed.is_some_and(|paid| seen.at <= paid));
        // "Not paid" before the payment says nothing of it.
        let word = match word {
            OrderWord::NotPaid | OrderWord::NotFound | OrderWord::Paying if is_older => {
                OrderWord::Nothing
            }
            word => word,
        };
        let refunds = refunds(record, &seen);
        let gone: Vec<(String, Fen)> = refunds
            .iter()
            .filter(|one| one.fate != RefundFate::Failed)
            .map(|one| (one.transaction_id.clone(), one.amount))
            .collect();
        let (claims, claims_going) = claims(record, &refunds);
        let (mut payments, revoked) = payments(record, &seen, word);
        share(&mut payments, &gone);
        Self {
            revoked,
            refunds: sums(&refunds),
            word,
            booked_refunds: booked_refunds(record, &refunds),
            claims,
            claims_going,
            unknown_state: unknown_state(record),
            each_booked: each_booked(record, &payments),
            payments,
        }
    }

    /// All that was paid.
    #[must_use]
    pub fn paid(&self) -> Fen {
        total(self.payments.iter().map(|paid| paid.amount))
    }

    /// What WeChat Pay moved, or is moving.
    #[must_use]
    pub fn moved(&self) -> Fen {
        total([self.refunds.done, self.refunds.going, self.refunds.stuck])
    }

    /// What went back or has left the merchant's account for it.
    #[must_use]
    pub fn back(&self) -> Fen {
        total([
            self.refunds.done,
            self.refunds.going,
            self.refunds.ready,
            self.refunds.refused,
            self.refunds.stuck,
        ])
    }

    /// What the merchant still has of it; never below nothing.
    #[must_use]
    pub fn left(&self) -> Fen {
        let left = self.paid().checked_sub(self.back()).unwrap_or(Fen::ZERO);
        left.max(Fen::ZERO)
    }

    /// What is left when the merchant's own refunds have arrived, too.
    #[must_use]
    pub fn free(&self) -> Fen {
        let free = self.left().checked_sub(self.claims);
        free.unwrap_or(Fen::ZERO).max(Fen::ZERO)
    }

    /// True when all that is left is being given back by the merchant already.
    #[must_use]
    pub fn is_claimed(&self) -> bool {
        self.claims > Fen::ZERO && self.free() == Fen::ZERO
    }

    /// True when WeChat Pay says that something was refunded, and nobody knows how much.
    #[must_use]
    pub fn is_refund_unknown(&self) -> bool {
        self.word == OrderWord::Refunded && self.refunds == RefundSums::default()
    }

    /// Payments of which something is left.
    pub fn standing(&self) -> impl Iterator<Item = &PaidFact> {
        self.payments.iter().filter(|paid| paid.gone < paid.amount)
    }
}

/// A sum; one that no account could hold counts as the largest.
pub(super) fn total(amounts: impl IntoIterator<Item = Fen>) -> Fen {
    amounts.into_iter().fold(Fen::ZERO, |sum, amount| {
        sum.checked_add(amount).unwrap_or(Fen::new(i64::MAX))
    })
}

/// Payments that count, and whether one was reversed: rows of bills, else what WeChat Pay said itself.
fn payments(record: &OrderRecord, seen: &[&Observation], word: OrderWord) -> (Vec<PaidFact>, bool) {
    let live = || record.pays.iter().filter(|kept| !kept.superseded);
    let reversed: BTreeSet<TransactionId> = live()
        .filter(|kept| kept.row.state == BillState::Revoked)
        .map(|kept| kept.row.transaction_id)
        .collect();
    let mut rows: Vec<_> = live()
        .filter(|kept| kept.row.state == BillState::Success)
        .filter(|kept| !reversed.contains(&kept.row.transaction_id))
        .map(|kept| kept.row)
        .collect();
    rows.sort_by_key(|row| (row.transaction_id, row.time));
    rows.dedup_by_key(|row| row.transaction_id);
    rows.sort_by_key(|row| (row.time, row.transaction_id));
    let is_revoked = !reversed.is_empty() || word == OrderWord::Revoked;
    if word == OrderWord::Revoked {
        return (Vec::new(), true);
    }
    if !rows.is_empty() {
        let paid = rows.into_iter().map(|row| PaidFact {
            transaction_id: row.transaction_id.to_string(),
            at: Some(row.time),
            amount: row.amount,
            other: [
                row.settled,
                row.amount.checked_sub(row.coupon).unwrap_or(row.amount),
            ],
            gone: Fen::ZERO,
        });
        return (paid.collect(), is_revoked);
    }
    let told = seen.iter().rev().find(|seen| {
        seen.refund_id.is_empty()
            && seen.out_refund_no.is_empty()
            && matches!(seen.state.as_str(), "SUCCESS" | "REFUND")
    });
    let told = told.filter(|_| matches!(word, OrderWord::Paid | OrderWord::Refunded));
    let paid = told.and_then(|seen| {
        seen.amount.map(|amount| PaidFact {
            transaction_id: seen.transaction_id.clone(),
            at: seen.happened_at,
            amount,
            other: [amount; 2],
            gone: Fen::ZERO,
        })
    });
    (paid.into_iter().collect(), is_revoked)
}

/// Takes each refund from its payment, and what names none from the ones that have something left.
fn share(payments: &mut [PaidFact], gone: &[(String, Fen)]) {
    for (number, amount) in gone {
        let mut rest = *amount;
        let named = payments
            .iter()
            .position(|paid| !number.is_empty() && paid.transaction_id == *number);
        let from = named.map_or(0..payments.len(), |at| at..at.saturating_add(1));
        for paid in payments.get_mut(from).unwrap_or_default() {
            let room = paid.amount.checked_sub(paid.gone).unwrap_or(Fen::ZERO);
            let part = rest.min(room).max(Fen::ZERO);
            paid.gone = paid.gone.checked_add(part).unwrap_or(paid.amount);
            rest = rest.checked_sub(part).unwrap_or(Fen::ZERO);
        }
    }
}

/// True when a bill has a row of a state that the program does not know, and none that says paid.
fn unknown_state(record: &OrderRecord) -> bool {
    let mut rows = record.pays.iter().filter(|kept| !kept.superseded);
    let unknown = |state: BillState| matches!(state, BillState::Unknown | BillState::Refund);
    rows.clone().any(|kept| unknown(kept.row.state))
        && !rows.any(|kept| kept.row.state == BillState::Success)
}

/// Refunds of the merchant that WeChat Pay does not know: all, and those that the merchant calls processing.
fn claims(record: &OrderRecord, known: &[RefundFact]) -> (Fen, Fen) {
    let back = accepted(known);
    let mut rows = record
        .merchant_refunds
        .iter()
        .filter(|kept| !kept.superseded)
        .map(|kept| &kept.row)
        .peekable();
    if rows.peek().is_none() {
        let beyond = booked_refunds(record, known).and_then(|booked| booked.checked_sub(back));
        return (beyond.unwrap_or(Fen::ZERO).max(Fen::ZERO), Fen::ZERO);
    }
    let rows: Vec<_> = rows.collect();
    let mut free: Vec<Fen> = known
        .iter()
        .filter(|one| one.fate != RefundFate::Failed && !rows.iter().any(|own| is_row_of(own, one)))
        .map(|one| one.amount)
        .collect();
    let (mut all, mut going) = (Vec::new(), Vec::new());
    for own in rows {
        let stands = matches!(own.status, RefundStatus::Success | RefundStatus::Processing);
        if !stands || known.iter().any(|one| is_row_of(own, one)) {
            continue;
        }
        // The same refund under another number.
        if let Some(at) = free.iter().position(|amount| *amount == own.amount) {
            free.remove(at);
            continue;
        }
        all.push(own.amount);
        if own.status == RefundStatus::Processing {
            going.push(own.amount);
        }
    }
    (total(all), total(going))
}

/// True when a row of the merchant's list is this refund.
fn is_row_of(own: &recondesk_domain::MRefund, one: &RefundFact) -> bool {
    one.out_refund_no == own.out_refund_no.as_str()
        || (!own.refund_id.is_empty() && one.refund_id == own.refund_id.as_str())
}

/// What the merchant booked as refunded: its running total, else its refund rows, else its state.
fn booked_refunds(record: &OrderRecord, refunds: &[RefundFact]) -> Option<Fen> {
    let back = accepted(refunds);
    let order = record.order();
    // A refund of unknown size is the one that WeChat Pay made.
    if back > Fen::ZERO && order.is_some_and(MOrder::is_refund_unsized) {
        return Some(back);
    }
    if let Some(total) = order.and_then(|order| order.refund_total) {
        return Some(total);
    }
    // A refund that the merchant still calls processing is booked once WeChat Pay has it: only its state is old.
    let is_made = |own: &recondesk_domain::MRefund| {
        let mut made = refunds.iter().filter(|one| one.fate != RefundFate::Failed);
        made.any(|one| is_row_of(own, one))
    };
    let rows: Vec<_> = record
        .merchant_refunds
        .iter()
        .filter(|kept| !kept.superseded)
        .filter(|kept| match kept.row.status {
            RefundStatus::Success => true,
            RefundStatus::Processing => is_made(&kept.row),
            RefundStatus::Closed | RefundStatus::Abnormal => false,
        })
        .collect();
    if !rows.is_empty() {
        return Some(total(rows.iter().map(|kept| kept.row.amount)));
    }
    if record.merchant_refunds.iter().any(|kept| !kept.superseded) {
        return Some(Fen::ZERO);
    }
    // "Refunded" says not how much: a part that went back may be what it means.
    order
        .filter(|order| order.pay_status == PayStatus::Refunded)
        .map(|order| if back > Fen::ZERO { back } else { order.amount })
}

/// True when each of several payments has an order row of its own amount.
fn each_booked(record: &OrderRecord, payments: &[PaidFact]) -> bool {
    let mut orders: Vec<&MOrder> = record
        .orders
        .iter()
        .filter(|kept| !kept.superseded)
        .map(|kept| &kept.row)
        .collect();
    payments.len() > 1
        && payments.iter().all(|paid| {
            let own = orders.iter().position(|order| {
                order.amount == paid.amount
                    && (order.transaction_id.is_empty()
                        || order.transaction_id.as_str() == paid.transaction_id)
            });
            own.map(|at| orders.remove(at)).is_some()
        })
}
