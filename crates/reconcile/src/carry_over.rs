//! The passes that look after the payment pool: what was open is cleared, expires, or stays (X4 to X7).

use std::collections::BTreeMap;

use recondesk_domain::{Category, Fen, MOrder, OutTradeNo, Tag, TransactionId, WPay};

use super::context::Context;
use super::judge::{Origin, describe};
use super::ledger::{Placement, RowKind};
use super::match_archive::{CHUNK, unused_orders};
use super::pair::{OrderPair, settle};
use super::pool_ledger::PoolExit;
use super::returned::Returned;
use super::run::Run;
use super::{PoolItem, PoolKind, PoolSide, ReconcileError};

/// The items of one kind and side that are open on the day, in stable order.
pub(super) fn open_items(context: &Context<'_>, kind: PoolKind, side: PoolSide) -> Vec<PoolItem> {
    let mut items: Vec<PoolItem> = context
        .input
        .pool
        .iter()
        .filter(|item| item.kind == kind && item.side == side && item.entered < context.date)
        .copied()
        .collect();
    items.sort_unstable();
    items.dedup();
    items
}

/// Since when an item has waited, as a fact of its finding.
pub(super) fn entered(item: &PoolItem) -> String {
    format!("entered={}", item.entered)
}

/// Before the join: payments of earlier days that waited for an order.
pub(super) fn clear_payments(
    context: &Context<'_>,
    run: &mut Run<'_>,
) -> Result<(), ReconcileError> {
    let items = open_items(context, PoolKind::Pay, PoolSide::Wechat);
    for chunk in items.chunks(CHUNK) {
        let orders = orders_of_items(context, chunk)?;
        let numbers: Vec<OutTradeNo> = chunk.iter().map(|item| item.out_trade_no).collect();
        let rows = context.evidence.pays_by_number(&numbers, context.date)?;
        let returned = Returned::of(context, &numbers)?;
        for (item, order) in chunk.iter().zip(orders) {
            run.pool.open(item)?;
            let row = rows.iter().map(|(_, w)| w).find(|w| {
                w.out_trade_no == item.out_trade_no && w.transaction_id == item.transaction_id
            });
            let w = row.copied().unwrap_or_else(|| item.payment());
            let waited = WaitedPayment {
                item,
                w: &w,
                returned: returned.of_payment(&w),
            };
            let exit = clear_payment(context, run, &waited, order.as_ref())?;
            run.pool.end(item, exit)?;
        }
    }
    Ok(())
}

/// A payment of the pool, its row of the bill, and what of it went back since.
struct WaitedPayment<'r> {
    item: &'r PoolItem,
    w: &'r WPay,
    returned: Fen,
}

fn clear_payment(
    context: &Context<'_>,
    run: &mut Run<'_>,
    waited: &WaitedPayment<'_>,
    order: Option<&MOrder>,
) -> Result<PoolExit, ReconcileError> {
    let &WaitedPayment { item, w, returned } = waited;
    if let Some(m) = order {
        let pair = OrderPair {
            w,
            m,
            origin: Origin::Pool,
            own_bill: false,
            own_order: false,
            key2: m.out_trade_no != w.out_trade_no,
            carried: Some(item.amount),
            returned,
        };
        let category = settle(context, run, &pair, None)?;
        run.unmatched.met_by_pool.insert(m.out_trade_no, category);
        return Ok(PoolExit::Cleared);
    }
    if w.amount > Fen::ZERO && returned >= w.amount {
        let finding = describe(Category::BalancedAfter, Some(w), None);
        let placement = Placement::carried(item.amount);
        run.ledger.enter(RowKind::Pay, finding, placement)?;
        return Ok(PoolExit::Cleared);
    }
    let (category, exit) = if item.is_expired(&context.bill_days, context.date) {
        (Category::WOnlyPay, PoolExit::Expired)
    } else {
        (Category::PayPendingW, PoolExit::Stays)
    };
    let mut finding = describe(category, Some(w), None);
    finding.detail = entered(item);
    run.ledger
        .enter(RowKind::Pay, finding, Placement::carried(item.amount))?;
    Ok(exit)
}

/// The orders of payments in the pool, by both numbers, of any day.
fn orders_of_items(
    context: &Context<'_>,
    items: &[PoolItem],
) -> Result<Vec<Option<MOrder>>, ReconcileError> {
    let numbers: Vec<OutTradeNo> = items.iter().map(|item| item.out_trade_no).collect();
    let mut orders = context.evidence.orders_by_number(&numbers)?;
    orders.resize(items.len(), None);
    let open: Vec<TransactionId> = items
        .iter()
        .zip(&orders)
        .filter(|(item, order)| order.is_none() && !item.transaction_id.is_empty())
        .map(|(item, _)| item.transaction_id)
        .collect();
    if open.is_empty() {
        return Ok(orders);
    }
    let unused = unused_orders(context, &open)?;
    for (item, order) in items.iter().zip(&mut orders) {
        if order.is_none() {
            *order = unused.get(&item.transaction_id).copied();
        }
    }
    Ok(orders)
}

/// Orders of the pool that wait for a payment, by number.
pub(super) fn open_orders(
    context: &Context<'_>,
    run: &mut Run<'_>,
) -> Result<BTreeMap<OutTradeNo, PoolItem>, ReconcileError> {
    let mut out = BTreeMap::new();
    for item in open_items(context, PoolKind::Pay, PoolSide::Merchant) {
        run.pool.open(&item)?;
        if let Some(double) = out.insert(item.out_trade_no, item) {
            run.pool.end(&double, PoolExit::Cleared)?;
        }
    }
    Ok(out)
}

/// After the join: orders of the pool that no payment of the day met.
pub(super) fn clear_orders(context: &Context<'_>, run: &mut Run<'_>) -> Result<(), ReconcileError> {
    let waiting = std::mem::take(&mut run.unmatched.pool_orders);
    let items: Vec<PoolItem> = waiting.into_values().collect();
    for chunk in items.chunks(CHUNK) {
        let numbers: Vec<OutTradeNo> = chunk.iter().map(|item| item.out_trade_no).collect();
        let mut orders = context.evidence.orders_by_number(&numbers)?;
        orders.resize(chunk.len(), None);
        let rows = context.evidence.pays_by_number(&numbers, context.date)?;
        let rows = super::business::standing(&rows);
        for (item, order) in chunk.iter().zip(orders) {
            let m = order.unwrap_or_else(|| item.order());
            let w = rows.iter().find(|w| w.out_trade_no == item.out_trade_no);
            let exit = clear_order(context, run, item, &m, w)?;
            run.pool.end(item, exit)?;
        }
    }
    Ok(())
}

fn clear_order(
    context: &Context<'_>,
    run: &mut Run<'_>,
    item: &PoolItem,
    m: &MOrder,
    w: Option<&WPay>,
) -> Result<PoolExit, ReconcileError> {
    let placement = Placement::carried(item.amount);
    if let Some(w) = w {
        let pair = OrderPair {
            w,
            m,
            origin: Origin::Pool,
            own_bill: false,
            own_order: false,
            key2: false,
            carried: Some(item.amount),
            returned: Fen::ZERO,
        };
        settle(context, run, &pair, None)?;
        return Ok(PoolExit::Cleared);
    }
    if !m.pay_status.is_paid() {
        // The merchant took it back: nothing is due on either side.
        run.ledger
            .place(RowKind::Pay, Category::Unpaid, placement)?;
        return Ok(PoolExit::Cleared);
    }
    let (category, exit) = if item.is_expired(&context.bill_days, context.date) {
        (Category::MOnlyPay, PoolExit::Expired)
    } else {
        (Category::PayPendingM, PoolExit::Stays)
    };
    let mut finding = describe(category, None, Some(m));
    finding.detail = entered(item);
    if exit == PoolExit::Expired && !context.has_bill_of(item.entered.prev()) {
        finding.tags.push(Tag::NoBillOfDayBefore);
    }
    run.ledger.enter(RowKind::Pay, finding, placement)?;
    Ok(exit)
}
