//! P09: two successful payments for one business order, under different numbers, also across days.
//!
//! Only pairs whose order may have sister numbers wait here, a few thousand at a time.

use std::collections::{BTreeMap, BTreeSet};

use recondesk_domain::{
    BillDate, BillState, Fen, MOrder, OrderNo, OutTradeNo, TransactionId, WPay,
};

use super::ReconcileError;
use super::context::Context;
use super::judge::Origin;
use super::match_archive::CHUNK;
use super::pair::{Pair, settle};
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
}

impl PendingPair {
    const fn pair(&self) -> Pair<'_> {
        Pair {
            w: &self.w,
            m: &self.m,
            origin: self.origin,
            own_bill: self.own_bill,
            own_order: self.own_order,
            key2: self.key2,
            carried: self.carried,
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
    pub(super) fn wants(&self, pair: &Pair<'_>) -> bool {
        pair.own_bill
            && pair.w.state == BillState::Success
            && !pair.m.order_no.is_empty()
            // Two numbers that met by WeChat Pay's number are sisters, whatever else the books hold.
            && (self.enabled || pair.w.out_trade_no != pair.m.out_trade_no)
    }

    pub(super) fn push(&mut self, pair: &Pair<'_>) {
        self.held.push(PendingPair {
            w: *pair.w,
            m: *pair.m,
            origin: pair.origin,
            own_bill: pair.own_bill,
            own_order: pair.own_order,
            key2: pair.key2,
            carried: pair.carried,
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
        let why = twice.get(&pending.m.order_no).map(String::as_str);
        settle(context, run, &pending.pair(), why)?;
    }
    Ok(())
}

/// The business orders among these that were paid more than once, each with the facts.
fn paid_twice(
    context: &Context<'_>,
    held: &[PendingPair],
) -> Result<BTreeMap<OrderNo, String>, ReconcileError> {
    let mut sisters = BTreeMap::<OrderNo, BTreeSet<OutTradeNo>>::new();
    for held in held {
        let numbers = sisters.entry(held.m.order_no).or_default();
        numbers.insert(held.m.out_trade_no);
        numbers.insert(held.w.out_trade_no);
    }
    let names: Vec<OrderNo> = sisters.keys().copied().collect();
    for order in context.evidence.orders_of_business(&names)? {
        sisters
            .entry(order.order_no)
            .or_default()
            .insert(order.out_trade_no);
    }
    // The first number of a renumbered order is often the business number itself.
    let bases: Vec<OutTradeNo> = sisters
        .iter()
        .filter_map(|(name, numbers)| {
            OutTradeNo::new(name.as_str()).filter(|base| !numbers.contains(base))
        })
        .collect();
    for base in context
        .evidence
        .orders_by_number(&bases)?
        .into_iter()
        .flatten()
    {
        sisters
            .entry(base.order_no)
            .or_default()
            .insert(base.out_trade_no);
    }
    sisters.retain(|_, numbers| numbers.len() > 1);
    let numbers: Vec<OutTradeNo> = sisters.values().flatten().copied().collect();
    if numbers.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut paid = BTreeMap::<OutTradeNo, BTreeSet<TransactionId>>::new();
    for w in standing(&context.evidence.pays_by_number(&numbers, context.date)?) {
        paid.entry(w.out_trade_no)
            .or_default()
            .insert(w.transaction_id);
    }
    Ok(sisters
        .into_iter()
        .filter_map(|(name, numbers)| {
            let paid: Vec<&str> = numbers
                .iter()
                .filter(|number| paid.contains_key(number))
                .map(OutTradeNo::as_str)
                .collect();
            (paid.len() > 1).then(|| (name, format!("numbers={}", paid.join(","))))
        })
        .collect())
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
