//! What the archive knows of orders whose money went back: what was paid, every refund of it, and what WeChat Pay told.
//!
//! Sub-merchants of one service provider may use the same number; each of them has an order of its own then.

use std::collections::{BTreeMap, BTreeSet};

use recondesk_domain::{
    BillDate, BillState, Fen, MOrder, MRefund, MchId, OutTradeNo, TransactionId, WPay, WRefund,
};

use super::business::standing;
use super::context::Context;
use super::refunds::{is_accepted, key_of};
use super::{LiveRefund, ReconcileError};

/// What the archive knows of one order whose money went back.
#[derive(Debug, Clone, Default)]
pub(super) struct ArchivedOrder {
    pub(super) order: Option<MOrder>,
    /// Amount paid, if the payment is in the archive.
    pub(super) paid: Option<Fen>,
    /// All refund rows up to the day, oldest first, copies left out.
    pub(super) history: Vec<(BillDate, WRefund)>,
    /// A payment of it has a state that the program does not know: what was paid is not known.
    pub(super) is_unclear: bool,
    /// Refunds that WeChat Pay told of and no bill has.
    heard: Vec<LiveRefund>,
}

impl ArchivedOrder {
    /// What was paid and stands; `None` where no bill has the payment.
    pub(super) const fn paid(&self) -> Option<Fen> {
        self.paid
    }

    /// What went back, or is on its way back, by word of WeChat Pay alone.
    pub(super) fn heard(&self) -> Fen {
        let each = self.heard.iter().map(LiveRefund::returned);
        each.fold(Fen::ZERO, |sum, fen| {
            sum.checked_add(fen).unwrap_or(Fen::new(i64::MAX))
        })
    }

    /// True when WeChat Pay itself told of the merchant's refund.
    pub(super) fn hears(&self, m: &MRefund) -> bool {
        let mut heard = self.heard.iter();
        heard.any(|live| live.out_refund_no == m.out_refund_no)
    }

    /// Σ of the refunds by which money went back or is on its way.
    pub(super) fn accepted(&self, context: &Context<'_>) -> Result<Fen, ReconcileError> {
        let mut sum = self.heard();
        for (_, w) in self.history.iter().filter(|(_, w)| is_accepted(context, w)) {
            sum = sum.checked_add(w.amount).ok_or(ReconcileError::Overflow)?;
        }
        Ok(sum)
    }

    /// Other refunds of the same amount shortly before or after (R08).
    pub(super) fn twins<'f>(
        &'f self,
        context: &'f Context<'_>,
        w: &'f WRefund,
    ) -> impl Iterator<Item = &'f WRefund> {
        let window = i64::from(context.input.rules.dup_refund_minutes).saturating_mul(60);
        let others = self.history.iter().map(|(_, other)| other);
        others.filter(move |other| {
            other.out_refund_no != w.out_refund_no
                && other.amount == w.amount
                && other.time.distance(w.time) <= window
                && is_accepted(context, other)
        })
    }
}

/// Where the day's own refund rows of some orders come from.
#[derive(Clone, Copy)]
pub(super) enum Today<'r> {
    /// They are asked for like those of earlier days.
    Asked,
    /// They are at hand: all there are, copies left out.
    Given(&'r [&'r [WRefund]]),
}

/// What the archive knows of some orders, in the order of their numbers.
pub(super) struct ArchiveFacts {
    numbers: Vec<OutTradeNo>,
    each: Vec<ArchivedOrder>,
    /// Numbers that several sub-merchants use: each has an order of its own.
    shops: BTreeMap<(OutTradeNo, MchId), ArchivedOrder>,
}

impl ArchiveFacts {
    fn about(numbers: &[OutTradeNo]) -> Self {
        let mut numbers = numbers.to_vec();
        numbers.sort_unstable();
        numbers.dedup();
        let each = vec![ArchivedOrder::default(); numbers.len()];
        Self {
            numbers,
            each,
            shops: BTreeMap::new(),
        }
    }

    /// The facts of one of the orders; `shop` is its sub-merchant, empty for none or one that is not known.
    pub(super) fn of(&self, number: &OutTradeNo, shop: &MchId) -> Option<&ArchivedOrder> {
        if let Some(facts) = self.shops.get(&(*number, *shop)) {
            return Some(facts);
        }
        let at = self.numbers.binary_search(number).ok()?;
        self.each.get(at)
    }

    /// The facts of all orders.
    pub(super) fn each(&self) -> impl Iterator<Item = &ArchivedOrder> {
        let parted: BTreeSet<OutTradeNo> = self.shops.keys().map(|place| place.0).collect();
        let numbers = self.numbers.iter().zip(&self.each);
        let whole = numbers.filter(move |(number, _)| !parted.contains(*number));
        whole.map(|(_, facts)| facts).chain(self.shops.values())
    }

    /// Orders under another number than their payment's are met by the number of the payment, as the payments are (KEY2).
    fn meet_by_payment(
        &mut self,
        context: &Context<'_>,
        pays: &[(BillDate, WPay)],
    ) -> Result<(), ReconcileError> {
        let lacks_order = |number: &OutTradeNo| {
            let at = self.numbers.binary_search(number).ok();
            at.and_then(|at| self.each.get(at))
                .is_some_and(|facts| facts.order.is_none())
        };
        let mut numbers: Vec<(OutTradeNo, TransactionId)> = pays
            .iter()
            .map(|(_, w)| (w.out_trade_no, w.transaction_id))
            .filter(|(number, payment)| !payment.is_empty() && lacks_order(number))
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        if numbers.is_empty() {
            return Ok(());
        }
        let payments: Vec<TransactionId> = numbers.iter().map(|(_, payment)| *payment).collect();
        let orders = context.evidence.orders_by_transaction(&payments)?;
        for ((number, _), order) in numbers.iter().zip(orders) {
            let at = self.numbers.binary_search(number).ok();
            if let Some(facts) = at.and_then(|at| self.each.get_mut(at)) {
                facts.order = facts.order.or(order);
            }
        }
        Ok(())
    }

    /// Sets apart what sub-merchants have under the same number.
    fn part_shops(
        &mut self,
        context: &Context<'_>,
        pays: &[(BillDate, WPay)],
    ) -> Result<(), ReconcileError> {
        let mut shops = BTreeMap::<OutTradeNo, BTreeSet<MchId>>::new();
        for (_, w) in pays.iter().filter(|(_, w)| !w.sub_mch_id.is_empty()) {
            shops
                .entry(w.out_trade_no)
                .or_default()
                .insert(w.sub_mch_id);
        }
        shops.retain(|_, shops| shops.len() > 1);
        if shops.is_empty() {
            return Ok(());
        }
        let numbers: Vec<OutTradeNo> = shops.keys().copied().collect();
        let orders = context.evidence.orders_of_numbers(&numbers)?;
        for (number, shops) in shops {
            let whole = self.of(&number, &MchId::EMPTY).cloned().unwrap_or_default();
            for shop in shops {
                let mut mine = orders.iter().filter(|m| m.out_trade_no == number);
                let order = mine.find(|m| m.sub_mch_id == shop).copied();
                // An order that names no sub-merchant may be any one's.
                let order = order.or(whole.order.filter(|m| m.sub_mch_id.is_empty()));
                let facts = ArchivedOrder {
                    order,
                    ..ArchivedOrder::default()
                };
                self.shops.insert((number, shop), facts);
            }
        }
        Ok(())
    }

    /// Where a row of an order belongs: to all of its number, and to its sub-merchant where several have that number.
    fn places(
        &mut self,
        number: &OutTradeNo,
        shop: &MchId,
    ) -> impl Iterator<Item = &mut ArchivedOrder> {
        let at = self.numbers.binary_search(number).ok();
        let whole = at.and_then(|at| self.each.get_mut(at));
        let own = self.shops.get_mut(&(*number, *shop));
        whole.into_iter().chain(own)
    }
}

/// Asks the archive about some orders.
pub(super) fn archive_facts(
    context: &Context<'_>,
    numbers: &[OutTradeNo],
    today: Today<'_>,
) -> Result<ArchiveFacts, ReconcileError> {
    let evidence = context.evidence;
    let mut out = ArchiveFacts::about(numbers);
    let orders = evidence.orders_by_number(&out.numbers)?;
    for (facts, order) in out.each.iter_mut().zip(orders) {
        facts.order = order;
    }
    let pays = evidence.pays_by_number(&out.numbers, context.date)?;
    out.meet_by_payment(context, &pays)?;
    out.part_shops(context, &pays)?;
    for (_, w) in &pays {
        for facts in out.places(&w.out_trade_no, &w.sub_mch_id) {
            facts.paid = facts.paid.or(Some(Fen::ZERO));
            facts.is_unclear |= matches!(w.state, BillState::Unknown | BillState::Refund);
        }
    }
    let mut counted = BTreeSet::new();
    for w in standing(&pays) {
        if !counted.insert((w.out_trade_no, w.transaction_id)) {
            continue;
        }
        for facts in out.places(&w.out_trade_no, &w.sub_mch_id) {
            let sum = facts.paid.unwrap_or(Fen::ZERO).checked_add(w.amount);
            facts.paid = Some(sum.ok_or(ReconcileError::Overflow)?);
        }
    }
    let (last, given) = match today {
        Today::Asked => (context.date, &[][..]),
        Today::Given(rows) => (context.date.plus(-1), rows),
    };
    let archived = evidence.refunds_of_orders(&out.numbers, last)?;
    let given = given.iter().copied().flatten();
    let own = given.map(|w| (context.date, *w));
    for (bill, w) in archived.into_iter().chain(own) {
        for facts in out.places(&w.out_trade_no, &w.sub_mch_id) {
            facts.history.push((bill, w));
        }
    }
    for facts in out.each.iter_mut().chain(out.shops.values_mut()) {
        facts
            .history
            .sort_by_key(|(bill, w)| (*bill, w.time, w.out_refund_no, w.refund_id, w.row));
        let mut seen = BTreeSet::new();
        facts.history.retain(|(_, w)| seen.insert(key_of(w)));
    }
    for live in context.live.values() {
        if live.returned() == Fen::ZERO {
            continue;
        }
        // An answer names the payment, not the sub-merchant.
        let paid = |(_, w): &&(BillDate, WPay)| w.transaction_id == live.transaction_id;
        let shop = pays.iter().find(paid).map(|(_, w)| w.sub_mch_id);
        let shop = shop.unwrap_or(MchId::EMPTY);
        for facts in out.places(&live.out_trade_no, &shop) {
            let mut rows = facts.history.iter();
            if !rows.any(|(_, w)| w.out_refund_no == live.out_refund_no) {
                facts.heard.push(*live);
            }
        }
    }
    Ok(out)
}
