//! P09: two successful payments for one business order, under different numbers, also across days.
//!
//! Only pairs whose order may have sister numbers wait here, a few thousand at a time.

use std::collections::{BTreeMap, BTreeSet};

use recondesk_domain::{
    BillDate, BillState, Fen, FulfilStatus, Instant, MOrder, MchId, OrderNo, OutTradeNo,
    TransactionId, WPay,
};

use super::ReconcileError;
use super::context::Context;
use super::judge::{Origin, disagree};
use super::match_archive::CHUNK;
use super::pair::{OrderPair, PaidAgain, settle};
use super::returned::Returned;
use super::run::Run;

/// A pair that waits for its business order.
struct PendingPair {
    w: WPay,
    m: MOrder,
    origin: Origin,
    own_bill: bool,
    own_order: bool,
    key2: bool,
    carried: Option<Fen>,
    returned: Fen,
}

impl PendingPair {
    fn business(&self) -> BusinessKey {
        let shop = if self.w.sub_mch_id.is_empty() {
            self.m.sub_mch_id
        } else {
            self.w.sub_mch_id
        };
        (shop, self.m.order_no)
    }

    const fn pair(&self) -> OrderPair<'_> {
        OrderPair {
            w: &self.w,
            m: &self.m,
            origin: self.origin,
            own_bill: self.own_bill,
            own_order: self.own_order,
            key2: self.key2,
            carried: self.carried,
            returned: self.returned,
        }
    }
}

/// The pairs that wait.
pub(super) struct PendingPairs {
    /// Some order has a business number other than its own.
    enabled: bool,
    held: Vec<PendingPair>,
}

impl PendingPairs {
    pub(super) const fn new(enabled: bool) -> Self {
        Self {
            enabled,
            held: Vec::new(),
        }
    }

    /// True when the business order of this pair has to be looked at.
    pub(super) fn wants(&self, pair: &OrderPair<'_>) -> bool {
        pair.own_bill
            && pair.w.state == BillState::Success
            && !pair.m.order_no.is_empty()
            // Two numbers that met by WeChat Pay's number are sisters, whatever else the books hold.
            && (self.enabled || pair.w.out_trade_no != pair.m.out_trade_no)
    }

    pub(super) fn push(&mut self, pair: &OrderPair<'_>) {
        self.held.push(PendingPair {
            w: *pair.w,
            m: *pair.m,
            origin: pair.origin,
            own_bill: pair.own_bill,
            own_order: pair.own_order,
            key2: pair.key2,
            carried: pair.carried,
            returned: pair.returned,
        });
    }

    pub(super) fn is_full(&self) -> bool {
        self.held.len() >= CHUNK
    }
}

/// Settles the pairs that wait, now that their sister numbers are known.
pub(super) fn settle_pending(
    context: &Context<'_>,
    run: &mut Run<'_>,
) -> Result<(), ReconcileError> {
    let held = std::mem::take(&mut run.pending.held);
    if held.is_empty() {
        return Ok(());
    }
    let twice = paid_twice(context, &held)?;
    for pending in &held {
        let twice = twice.get(&pending.business());
        let twice = twice.filter(|twice| twice.numbers.contains(&pending.w.out_trade_no));
        // A payment that went back in full is no longer one of several.
        let twice = twice.filter(|_| !run.refunds.is_returned(&pending.w));
        let again = twice.map(|twice| PaidAgain {
            why: &twice.why,
            is_kept: twice
                .kept
                .contains(&(pending.w.out_trade_no, pending.w.transaction_id)),
            may_be_parts: twice.may_be_parts,
        });
        settle(context, run, &pending.pair(), again)?;
    }
    Ok(())
}

/// A business order of one sub-merchant; each numbers its own.
type BusinessKey = (MchId, OrderNo);

/// What is known of one business order: its numbers, each with the order that has it.
#[derive(Default)]
struct BusinessOrder {
    numbers: BTreeMap<OutTradeNo, Option<MOrder>>,
}

/// Both numbers of a payment.
type PaymentKey = (OutTradeNo, TransactionId);

/// A payment that stands, of one of the numbers of a business order.
#[derive(Clone, Copy)]
struct SisterPayment {
    number: OutTradeNo,
    transaction: TransactionId,
    amount: Fen,
    time: Instant,
    /// Paid before the day: only what came later can be one too many.
    is_old: bool,
}

impl SisterPayment {
    const fn key(&self) -> PaymentKey {
        (self.number, self.transaction)
    }
}

/// Why a business order counts as paid more than once.
struct PaidTwice {
    /// The numbers whose payments are for the same thing.
    numbers: BTreeSet<OutTradeNo>,
    /// The payments to keep.
    kept: BTreeSet<PaymentKey>,
    /// Why, as a fact of the findings.
    why: String,
    /// The merchant booked each payment in full, and they are no haste of one evening: instalments, or one too many.
    may_be_parts: bool,
}

impl BusinessOrder {
    /// Judges the payments of the numbers: parts that the merchant booked one by one, each under its own number and
    /// with an amount of its own, are a deposit and a balance and no double.
    fn judge(&self, paid: &[SisterPayment], window_s: i64) -> Option<PaidTwice> {
        let numbers: BTreeSet<OutTradeNo> = paid.iter().map(|one| one.number).collect();
        if numbers.len() < 2 {
            return None;
        }
        let alone = |one: &SisterPayment, same: fn(&SisterPayment, &SisterPayment) -> bool| {
            paid.iter().filter(|other| same(one, other)).count() == 1
        };
        let is_part = |one: &&SisterPayment| {
            let order = self.numbers.get(&one.number).copied().flatten();
            order.is_some_and(|m| m.is_booked() && m.amount == one.amount)
                && alone(one, |a, b| a.number == b.number)
                && alone(one, |a, b| a.amount == b.amount)
        };
        let (parts, doubles): (Vec<&SisterPayment>, Vec<&SisterPayment>) =
            paid.iter().partition(is_part);
        let doubles: BTreeSet<OutTradeNo> = doubles.iter().map(|one| one.number).collect();
        let is_single = doubles.len() == 1;
        let numbers = match doubles.len() {
            0 => return None,
            // A payment that nobody booked competes with all that are booked.
            1 => numbers,
            _ if parts.is_empty() => numbers,
            _ => doubles.clone(),
        };
        let list: Vec<&str> = numbers.iter().map(OutTradeNo::as_str).collect();
        let why = format!("numbers={}", list.join(","));
        let rivals = paid.iter().filter(|one| numbers.contains(&one.number));
        let mut kept: BTreeSet<PaymentKey> = if is_single {
            parts.iter().map(|one| one.key()).collect()
        } else {
            let first = rivals.clone().min_by_key(|one| self.rank(one));
            first.map(SisterPayment::key).into_iter().collect()
        };
        // The run of the day speaks of its own payments alone: it must name one that goes back.
        if rivals
            .clone()
            .all(|one| one.is_old || kept.contains(&one.key()))
        {
            kept.clear();
        }
        let rivals: Vec<&SisterPayment> = rivals.collect();
        // One that nobody booked, of an order with a sum that no other has, may be a lost balance as well as a double.
        let has_own_sum = |one: &SisterPayment| {
            let order = self.numbers.get(&one.number).copied().flatten();
            order.is_some_and(|m| m.amount == one.amount) && alone(one, |a, b| a.amount == b.amount)
        };
        let mut unbooked = paid.iter().filter(|one| doubles.contains(&one.number));
        let may_be_parts = self.may_be_parts(&rivals, window_s)
            || is_single && !parts.is_empty() && unbooked.all(has_own_sum);
        Some(PaidTwice {
            numbers,
            kept,
            why,
            may_be_parts,
        })
    }

    /// True for equal sums that the merchant booked one by one, more than two of them or far from each other: only a
    /// person can tell instalments from a customer who paid again.
    fn may_be_parts(&self, rivals: &[&SisterPayment], window_s: i64) -> bool {
        let is_booked = |one: &&SisterPayment| {
            let order = self.numbers.get(&one.number).copied().flatten();
            order.is_some_and(|m| m.is_booked() && m.amount == one.amount)
        };
        let numbers: BTreeSet<OutTradeNo> = rivals.iter().map(|one| one.number).collect();
        if numbers.len() < rivals.len() || !rivals.iter().all(is_booked) {
            return false;
        }
        let mut times: Vec<Instant> = rivals.iter().map(|one| one.time).collect();
        times.sort_unstable();
        let are_apart = times
            .windows(2)
            .all(|pair| matches!(pair, [a, b] if a.distance(*b) >= window_s));
        rivals.len() > 2 || are_apart
    }

    /// Which of several payments is kept: one of an earlier day, of a delivered order, of a booked one, the first.
    fn rank(&self, one: &SisterPayment) -> (bool, bool, bool, Instant, PaymentKey) {
        let order = self.numbers.get(&one.number).copied().flatten();
        let is_delivered = order.is_some_and(|m| m.fulfil_status == FulfilStatus::Fulfilled);
        let is_booked = order.is_some_and(|m| m.is_booked());
        (!one.is_old, !is_delivered, !is_booked, one.time, one.key())
    }
}

/// The business orders among these that were paid more than once, each with the facts.
fn paid_twice(
    context: &Context<'_>,
    held: &[PendingPair],
) -> Result<BTreeMap<BusinessKey, PaidTwice>, ReconcileError> {
    let mut orders = BTreeMap::<BusinessKey, BusinessOrder>::new();
    for held in held {
        let numbers = &mut orders.entry(held.business()).or_default().numbers;
        numbers.insert(held.m.out_trade_no, Some(held.m));
        numbers.entry(held.w.out_trade_no).or_insert(None);
    }
    add_sisters(context, &mut orders)?;
    orders.retain(|_, order| order.numbers.len() > 1);
    let numbers: BTreeSet<OutTradeNo> = orders
        .values()
        .flat_map(|order| order.numbers.keys().copied())
        .collect();
    let numbers: Vec<OutTradeNo> = numbers.into_iter().collect();
    if numbers.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut paid = standing(&context.evidence.pays_by_number(&numbers, context.date)?);
    paid.sort_by_key(|w| (w.out_trade_no, w.transaction_id));
    paid.dedup_by_key(|w| (w.out_trade_no, w.transaction_id));
    // What went back in full is kept by nobody.
    let several: Vec<OutTradeNo> = paid.iter().map(|w| w.out_trade_no).collect();
    let returned = Returned::of(context, &several)?;
    paid.retain(|w| w.amount <= Fen::ZERO || returned.of_payment(w) < w.amount);
    let mut out = BTreeMap::new();
    let window_s = i64::from(context.input.rules.dup_refund_minutes).saturating_mul(60);
    for ((shop, name), order) in orders {
        let of_order = |w: &&WPay| {
            order.numbers.contains_key(&w.out_trade_no) && !disagree(&w.sub_mch_id, &shop)
        };
        let sisters: Vec<SisterPayment> = order
            .numbers
            .keys()
            .flat_map(|number| payments_of(&paid, *number))
            .filter(of_order)
            .map(|w| SisterPayment {
                number: w.out_trade_no,
                transaction: w.transaction_id,
                amount: w.amount,
                time: w.time,
                is_old: w.time < context.start,
            })
            .collect();
        if let Some(twice) = order.judge(&sisters, window_s) {
            out.insert((shop, name), twice);
        }
    }
    Ok(out)
}

/// The payments of a number among payments in the order of their numbers.
fn payments_of(paid: &[WPay], number: OutTradeNo) -> impl Iterator<Item = &WPay> {
    let first = paid.partition_point(|w| w.out_trade_no < number);
    let rest = paid.iter().skip(first);
    rest.take_while(move |w| w.out_trade_no == number)
}

/// Adds the other numbers of the business orders, of any day.
fn add_sisters(
    context: &Context<'_>,
    orders: &mut BTreeMap<BusinessKey, BusinessOrder>,
) -> Result<(), ReconcileError> {
    let mut shops = BTreeMap::<OrderNo, Vec<MchId>>::new();
    for (shop, name) in orders.keys() {
        shops.entry(*name).or_default().push(*shop);
    }
    let names: Vec<OrderNo> = shops.keys().copied().collect();
    // The first number of a renumbered order is often the business number itself.
    let bases: Vec<OutTradeNo> = names
        .iter()
        .filter_map(|name| OutTradeNo::new(name.as_str()))
        .collect();
    let mut sisters = context.evidence.orders_of_business(&names)?;
    sisters.extend(
        context
            .evidence
            .orders_by_number(&bases)?
            .into_iter()
            .flatten(),
    );
    for m in sisters {
        for shop in shops.get(&m.order_no).into_iter().flatten() {
            if disagree(&m.sub_mch_id, shop) {
                continue;
            }
            if let Some(order) = orders.get_mut(&(*shop, m.order_no)) {
                let known = order.numbers.entry(m.out_trade_no).or_insert(None);
                known.get_or_insert(m);
            }
        }
    }
    Ok(())
}

/// Successful payments that were not reversed.
pub(super) fn standing(rows: &[(BillDate, WPay)]) -> Vec<WPay> {
    let gone: BTreeSet<(OutTradeNo, TransactionId)> = rows
        .iter()
        .filter(|(_, w)| w.state == BillState::Revoked)
        .map(|(_, w)| (w.out_trade_no, w.transaction_id))
        .collect();
    rows.iter()
        .filter(|(_, w)| {
            w.state == BillState::Success && !gone.contains(&(w.out_trade_no, w.transaction_id))
        })
        .map(|&(_, w)| w)
        .collect()
}
