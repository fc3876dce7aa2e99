//! The pass over what the join left over: rows of one book whose partner is on another day, under another number, or
//! nowhere.
//!
//! The archive is asked in chunks; what is found in no book becomes P04, P05, P06, or one of K01 to K05.

use std::collections::{BTreeMap, BTreeSet};

use recondesk_domain::{
    BillState, Category, Finding, MOrder, OutTradeNo, Tag, TransactionId, WPay,
};

use super::business::{settle_pending, standing};
use super::carry_over;
use super::category_set::CategorySet;
use super::context::Context;
use super::foreign::place_strangers;
use super::judge::{Origin, describe, iso, tags_of};
use super::ledger::{Placement, RowKind};
use super::pair::{OrderPair, ReversedOrder, judge_alone, offer, settle, settle_reversed};
use super::pool_ledger::PoolExit;
use super::returned::Returned;
use super::run::{Run, UnmatchedPayment};
use super::{PoolItem, ReconcileError};

/// Numbers asked of the archive at a time.
pub(super) const CHUNK: usize = 4_096;

/// The order of a number of any day, and how it was found.
struct FoundOrder {
    order: MOrder,
    key2: bool,
    /// A row of the day's merchant book.
    own: bool,
    /// Already counted there, because the join has read it.
    counted: bool,
}

/// Settles all that the join left over: payments against the orders of any day, then orders against older bills, then
/// what stands in one book only.
pub(super) fn settle_unmatched(
    context: &Context<'_>,
    run: &mut Run<'_>,
) -> Result<(), ReconcileError> {
    run.unmatched.pool_orders = carry_over::open_orders(context, run)?;
    let mut nowhere = Vec::new();
    let payments = std::mem::take(&mut run.unmatched.payments);
    let mut search = OrderSearch::new(&run.unmatched.orders);
    let mut named = BTreeSet::new();
    for chunk in payments.chunks(CHUNK) {
        run.ledger.advance(0)?;
        let found = search.find(context, chunk)?;
        for (payment, found) in chunk.iter().zip(found) {
            let Some(found) = found else {
                nowhere.push(*payment);
                continue;
            };
            // Two payments of one number meet one order: it counts once.
            let own = found.own && (found.key2 || named.insert(found.order.out_trade_no));
            if own && !found.counted {
                run.ledger.see_merchant(RowKind::Pay, found.order.amount)?;
            }
            settle_found(context, run, payment, &FoundOrder { own, ..found })?;
        }
    }
    settle_pending(context, run)?;
    let taken = search.taken;
    run.unmatched
        .orders
        .retain(|m| !taken.contains(&m.out_trade_no));
    settle_old_reversals(context, run)?;
    place_other_shops(context, run, &mut nowhere)?;
    place_set_aside(context, run, &mut nowhere)?;
    place_strangers(context, run, &mut nowhere)?;
    settle_orders(context, run)?;
    place_nowhere(context, run, nowhere)
}

/// Payments of sub-merchants that the profile does not name: somebody else's customers, counted and not listed (K05).
fn place_other_shops(
    context: &Context<'_>,
    run: &mut Run<'_>,
    nowhere: &mut Vec<UnmatchedPayment>,
) -> Result<(), ReconcileError> {
    let mut rest = Vec::with_capacity(nowhere.len());
    for payment in nowhere.drain(..) {
        let w = &payment.w;
        if !context.is_other_shop(&w.sub_mch_id) {
            rest.push(payment);
            continue;
        }
        let placement = Placement::wechat(w.amount);
        run.ledger
            .place(RowKind::Pay, Category::WOtherShop, placement)?;
    }
    *nowhere = rest;
    Ok(())
}

/// Payments whose order stands in a file of the merchant, refused or left out: nobody has to look for its owner (K04).
fn place_set_aside(
    context: &Context<'_>,
    run: &mut Run<'_>,
    nowhere: &mut Vec<UnmatchedPayment>,
) -> Result<(), ReconcileError> {
    let mut known = BTreeMap::new();
    for chunk in nowhere.chunks(CHUNK) {
        let numbers: Vec<OutTradeNo> = chunk.iter().map(|payment| payment.w.out_trade_no).collect();
        let found = context.evidence.set_aside(&numbers)?;
        known.extend(
            numbers
                .into_iter()
                .zip(found)
                .filter_map(|(number, row)| Some((number, row?))),
        );
    }
    if known.is_empty() {
        return Ok(());
    }
    let mut rest = Vec::with_capacity(nowhere.len());
    for payment in nowhere.drain(..) {
        let w = &payment.w;
        let Some(row) = known
            .get(&w.out_trade_no)
            .filter(|_| w.state == BillState::Success)
        else {
            rest.push(payment);
            continue;
        };
        let mut finding = describe(Category::MSetAside, Some(w), None);
        let how = if row.refused { "refused" } else { "left_out" };
        finding.detail = format!("set_aside={how} import={} line={}", row.import, row.line);
        if !row.refused {
            // The file says that it is not WeChat Pay's, and WeChat Pay has its payment: paid twice, perhaps.
            finding.tags.push(Tag::Hold);
        }
        run.watch.coverage.pay(w.time, true);
        run.ledger
            .enter(RowKind::Pay, finding, Placement::wechat(w.amount))?;
    }
    *nowhere = rest;
    Ok(())
}

/// Settles a payment against the order that was found for it.
fn settle_found(
    context: &Context<'_>,
    run: &mut Run<'_>,
    payment: &UnmatchedPayment,
    found: &FoundOrder,
) -> Result<(), ReconcileError> {
    let waited = run.unmatched.pool_orders.remove(&found.order.out_trade_no);
    if let Some(item) = &waited {
        run.pool.end(item, PoolExit::Cleared)?;
    }
    let pair = OrderPair {
        origin: if waited.is_some() {
            Origin::Pool
        } else {
            Origin::Bill
        },
        own_order: found.own,
        key2: found.key2,
        carried: waited.map(|item| item.amount),
        ..OrderPair::of_day(&payment.w, &found.order)
    };
    if payment.again.is_some() {
        settle(context, run, &pair, payment.again)?;
        return Ok(());
    }
    offer(context, run, pair)
}

/// Looks for the orders of payments: pass 1 over all days, then pass 2 over the day's own orders and over all days.
struct OrderSearch {
    /// The day's orders without a payment, by the number of WeChat Pay that they carry.
    own: BTreeMap<TransactionId, MOrder>,
    /// What the join has read, which is met by its own rows or not at all.
    read: BTreeSet<OutTradeNo>,
    /// Orders that were found by pass 2.
    taken: BTreeSet<OutTradeNo>,
}

impl OrderSearch {
    fn new(orders: &[MOrder]) -> Self {
        let mut own = BTreeMap::new();
        let mut shared = BTreeSet::new();
        for m in orders.iter().filter(|m| !m.transaction_id.is_empty()) {
            if own.insert(m.transaction_id, *m).is_some() {
                shared.insert(m.transaction_id);
            }
        }
        // One payment for several orders is none of theirs alone: that is for a person to say.
        own.retain(|number, _| !shared.contains(number));
        Self {
            own,
            read: orders.iter().map(|m| m.out_trade_no).collect(),
            taken: BTreeSet::new(),
        }
    }

    /// The order of each payment, where there is one.
    fn find(
        &mut self,
        context: &Context<'_>,
        chunk: &[UnmatchedPayment],
    ) -> Result<Vec<Option<FoundOrder>>, ReconcileError> {
        let numbers: Vec<OutTradeNo> = chunk.iter().map(|payment| payment.w.out_trade_no).collect();
        let mut orders = context.evidence.orders_by_number(&numbers)?;
        orders.resize(chunk.len(), None);
        let by_number = orders.into_iter().zip(chunk).map(|(order, payment)| {
            let order = order.filter(|_| !payment.foreign_number);
            order.map(|order| FoundOrder {
                own: is_own(context, &order),
                order,
                key2: false,
                counted: false,
            })
        });
        let mut found: Vec<Option<FoundOrder>> = by_number.collect();
        let mut open = Vec::new();
        for (payment, slot) in chunk.iter().zip(&mut found) {
            if slot.is_some() || payment.w.transaction_id.is_empty() {
                continue;
            }
            if let Some(order) = self.own.remove(&payment.w.transaction_id) {
                self.taken.insert(order.out_trade_no);
                *slot = Some(FoundOrder {
                    order,
                    key2: true,
                    own: true,
                    counted: true,
                });
            } else {
                open.push(payment.w.transaction_id);
            }
        }
        if open.is_empty() {
            return Ok(found);
        }
        let mut elsewhere = unused_orders(context, &open)?;
        elsewhere.retain(|_, m| !self.read.contains(&m.out_trade_no));
        for (payment, slot) in chunk.iter().zip(&mut found) {
            if slot.is_none()
                && let Some(order) = elsewhere.remove(&payment.w.transaction_id)
                && self.taken.insert(order.out_trade_no)
            {
                *slot = Some(FoundOrder {
                    own: is_own(context, &order),
                    order,
                    key2: true,
                    counted: false,
                });
            }
        }
        Ok(found)
    }
}

/// Orders that carry these numbers and have no payment under their own number: a row is consumed by the first match.
pub(super) fn unused_orders(
    context: &Context<'_>,
    transactions: &[TransactionId],
) -> Result<BTreeMap<TransactionId, MOrder>, ReconcileError> {
    let evidence = context.evidence;
    let mut orders: BTreeMap<TransactionId, MOrder> = evidence
        .orders_by_transaction(transactions)?
        .into_iter()
        .flatten()
        .map(|order| (order.transaction_id, order))
        .collect();
    let numbers: Vec<OutTradeNo> = orders.values().map(|m| m.out_trade_no).collect();
    if !numbers.is_empty() {
        let used: BTreeSet<OutTradeNo> = evidence
            .pays_by_number(&numbers, context.date)?
            .into_iter()
            .map(|(_, w)| w.out_trade_no)
            .collect();
        orders.retain(|_, m| !used.contains(&m.out_trade_no));
    }
    Ok(orders)
}

/// Reversed payments whose order is not among the day's candidates.
fn settle_old_reversals(context: &Context<'_>, run: &mut Run<'_>) -> Result<(), ReconcileError> {
    let rows = std::mem::take(&mut run.unmatched.reversed);
    let numbers: Vec<OutTradeNo> = rows.iter().map(|w| w.out_trade_no).collect();
    let orders = context.evidence.orders_by_number(&numbers)?;
    let orders: BTreeMap<OutTradeNo, MOrder> = orders
        .into_iter()
        .flatten()
        .map(|m| (m.out_trade_no, m))
        .collect();
    for group in rows.chunk_by(|a, b| a.out_trade_no == b.out_trade_no) {
        let order = group.first().and_then(|w| orders.get(&w.out_trade_no));
        let order = order.map(|m| ReversedOrder {
            m,
            own: is_own(context, m),
        });
        if let Some(order) = order.filter(|order| order.own) {
            run.ledger.see_merchant(RowKind::Pay, order.m.amount)?;
        }
        settle_reversed(run, group, order)?;
    }
    Ok(())
}

/// The day's orders that no payment of the day met: an earlier bill, the window, or P05.
pub(super) fn settle_orders(
    context: &Context<'_>,
    run: &mut Run<'_>,
) -> Result<(), ReconcileError> {
    let orders = std::mem::take(&mut run.unmatched.orders);
    // Without a bill only what may have crossed midnight is worth a look into older ones.
    let near = context.start.plus(context.tolerance_s);
    for chunk in orders.chunks(CHUNK) {
        run.ledger.advance(0)?;
        let numbers: Vec<OutTradeNo> = chunk
            .iter()
            .filter(|m| context.has_bill || m.paid_at.is_some_and(|paid| paid <= near))
            .map(|m| m.out_trade_no)
            .collect();
        let earlier = earlier_pays(context, &numbers)?;
        let found: Vec<OutTradeNo> = earlier.keys().copied().collect();
        let returned = Returned::of(context, &found)?;
        for m in chunk {
            if !m.pay_status.is_paid() {
                let placement = Placement::merchant(m.amount);
                run.ledger
                    .place(RowKind::Pay, Category::Unpaid, placement)?;
            } else if let Some(w) = earlier.get(&m.out_trade_no) {
                let pair = OrderPair {
                    origin: Origin::Order,
                    own_bill: false,
                    returned: returned.of_payment(w),
                    ..OrderPair::of_day(w, m)
                };
                settle(context, run, &pair, None)?;
            } else {
                order_alone(context, run, m)?;
            }
        }
    }
    Ok(())
}

fn order_alone(context: &Context<'_>, run: &mut Run<'_>, m: &MOrder) -> Result<(), ReconcileError> {
    let placement = Placement::merchant(m.amount);
    if !context.has_bill {
        return run
            .ledger
            .place(RowKind::Pay, Category::WCoverage, placement);
    }
    let time = m.paid_at.unwrap_or(m.created_at);
    if context.in_window(time) {
        run.pool.enter(&PoolItem::of_order(m, time, context.date))?;
        let finding = describe(Category::PayPendingM, None, Some(m));
        return run.ledger.enter(RowKind::Pay, finding, placement);
    }
    let mut finding = describe(Category::MOnlyPay, None, Some(m));
    if !context.has_bill_of(context.date.prev()) {
        finding.tags.push(Tag::NoBillOfDayBefore);
    }
    run.ledger.enter(RowKind::Pay, finding, placement)
}

/// Payments without an order anywhere: a hole of the merchant's book, the window, or P04.
fn place_nowhere(
    context: &Context<'_>,
    run: &mut Run<'_>,
    mut rows: Vec<UnmatchedPayment>,
) -> Result<(), ReconcileError> {
    for time in rows.iter().filter_map(UnmatchedPayment::paid_at) {
        run.watch.coverage.pay(time, false);
    }
    // A day of which the merchant's book has nothing at all is one hole, however short.
    let has_orders = context.evidence.has_orders_of(context.date);
    let is_blank = !has_orders && run.watch.coverage.is_blank();
    let least = if is_blank {
        1
    } else {
        context.input.rules.hole_payments
    };
    let mut holes = run.watch.coverage.find_holes(least);
    rows.sort_by_key(|payment| {
        let w = &payment.w;
        (w.time, w.out_trade_no, w.transaction_id)
    });
    for payment in &rows {
        let w = &payment.w;
        let applies = judge_alone(context, run, payment);
        let hole = payment.paid_at().and_then(|time| holes.at(time));
        if let Some(hole) = hole {
            hole.sums.take(w.amount)?;
            let placement = Placement::wechat(w.amount);
            run.ledger
                .place(RowKind::Pay, Category::MCoverage, placement)?;
        } else {
            place_single(context, run, payment, applies)?;
        }
    }
    for hole in holes.all() {
        let mut finding = Finding::new(Category::MCoverage);
        finding.bill = Some(hole.sums.fen);
        finding.paid_at = Some(hole.from);
        finding.detail = format!(
            "from={} to={} count={}",
            iso(hole.from),
            iso(hole.to),
            hole.sums.count
        );
        run.ledger
            .enter(RowKind::Pay, finding, Placement::default())?;
    }
    run.watch.coverage.keep(holes);
    Ok(())
}

fn place_single(
    context: &Context<'_>,
    run: &mut Run<'_>,
    payment: &UnmatchedPayment,
    applies: CategorySet,
) -> Result<(), ReconcileError> {
    let w = &payment.w;
    if run.refunds.is_returned(w) {
        // Nobody has the order, and its money went back: nothing is due to anybody.
        let finding = describe(Category::BalancedAfter, Some(w), None);
        let placement = Placement::wechat(w.amount);
        return run.ledger.enter(RowKind::Pay, finding, placement);
    }
    // A repeated number or an unknown state decides; a fee is only a remark here.
    let deciding = applies
        .primary()
        .filter(|c| matches!(c, Category::DupPay | Category::UnknownState));
    let category = match deciding {
        Some(category) => category,
        None if context.in_window(w.time) => Category::PayPendingW,
        None => Category::WOnlyPay,
    };
    let mut finding = describe(category, Some(w), None);
    finding.tags = if deciding.is_some() {
        tags_of(applies, false)
    } else {
        applies.ranked().map(Tag::Also).collect()
    };
    if category == Category::DupPay && payment.again.is_some_and(|again| again.is_kept) {
        finding.tags.push(Tag::Keep);
    }
    if category == Category::PayPendingW {
        run.pool.enter(&PoolItem::of_payment(w, context.date))?;
    }
    run.ledger
        .enter(RowKind::Pay, finding, Placement::wechat(w.amount))
}

/// True when an order found by its number counts in the day's merchant book: not when it was paid on
/// another day, whose book has it.
fn is_own(context: &Context<'_>, m: &MOrder) -> bool {
    !m.pay_status.is_paid() || m.paid_at.is_none_or(|paid| context.contains(paid))
}

/// The payment that stands for each of these numbers in the bills before the day.
pub(super) fn earlier_pays(
    context: &Context<'_>,
    numbers: &[OutTradeNo],
) -> Result<BTreeMap<OutTradeNo, WPay>, ReconcileError> {
    let mut rows = context
        .evidence
        .pays_by_number(numbers, context.date.prev())?;
    rows.sort_by_key(|(bill, w)| (*bill, w.time, w.transaction_id, w.row));
    let mut out: BTreeMap<OutTradeNo, WPay> = BTreeMap::new();
    for w in standing(&rows) {
        out.entry(w.out_trade_no).or_insert(w);
    }
    // A payment that was reversed and nothing else: P12 against a paid order.
    for (_, w) in rows.iter().filter(|(_, w)| w.state == BillState::Revoked) {
        out.entry(w.out_trade_no).or_insert(*w);
    }
    Ok(out)
}
