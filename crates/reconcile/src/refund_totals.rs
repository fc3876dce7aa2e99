//! Refunds where the merchant keeps a running total on the order: matched per order, the sum of all
//! archived refund rows up to the day against that total.
//!
//! A merchant without any refund data goes the same way, with nothing to compare but the order's status.

use std::collections::BTreeMap;

use recondesk_domain::{
    BillDate, Category, Fen, Finding, Instant, MOrder, MchId, OutTradeNo, PayStatus, WRefund,
};

use super::ReconcileError;
use super::archive_facts::{ArchivedOrder, Today, archive_facts};
use super::category_set::CategorySet;
use super::context::Context;
use super::judge::{Relation, tags_of};
use super::ledger::{Placement, RowKind};
use super::refund_words::explain;
use super::refunds::{
    ORDERS, agreed, clear_payment_case, clear_refunds_before, is_accepted, is_closed, judge_order,
    judge_row, judge_state, key_of, relation, went_back,
};
use super::run::Run;

/// One order: the day's rows, and the sums of both books.
struct OrderTotals<'r> {
    rows: &'r [WRefund],
    facts: &'r ArchivedOrder,
    order: Option<&'r MOrder>,
    /// Σ accepted refunds of the bills up to and including the day.
    sum: Fen,
    /// The same before the day.
    before: Fen,
    /// The merchant's running total.
    total: Fen,
}

impl<'r> OrderTotals<'r> {
    const fn new(rows: &'r [WRefund], facts: &'r ArchivedOrder, order: Option<&'r MOrder>) -> Self {
        Self {
            rows,
            facts,
            order,
            sum: Fen::ZERO,
            before: Fen::ZERO,
            total: Fen::ZERO,
        }
    }

    /// Adds both books up.
    fn add_up(&mut self, context: &Context<'_>) -> Result<(), ReconcileError> {
        let accepted = |(_, w): &&(BillDate, WRefund)| is_accepted(context, w);
        for (bill, w) in self.facts.history.iter().filter(accepted) {
            let sum = self.sum.checked_add(w.amount);
            self.sum = sum.ok_or(ReconcileError::Overflow)?;
            if *bill < context.date {
                let before = self.before.checked_add(w.amount);
                self.before = before.ok_or(ReconcileError::Overflow)?;
            }
        }
        let total = self.order.and_then(|m| m.refund_total);
        self.total = total.unwrap_or(Fen::ZERO);
        Ok(())
    }

    /// True when the merchant's refund book of the day has it; an order without any refund of the merchant's is no row
    /// of that book.
    fn is_own(&self, context: &Context<'_>) -> bool {
        let of_day = |m: &MOrder| m.refund_at.is_none_or(|at| context.contains(at));
        context.has_refund_totals && self.order.is_some_and(of_day) && self.total != Fen::ZERO
    }
}

/// Orders whose total changed on the day and that are not yet settled.
type ChangedTotals<'m> = BTreeMap<(OutTradeNo, MchId), &'m MOrder>;

/// Reconciles the refund book of this shape.
pub(super) fn by_total(
    context: &Context<'_>,
    run: &mut Run<'_>,
    rows: &[WRefund],
) -> Result<(), ReconcileError> {
    let totals = if context.has_refund_totals {
        context.evidence.orders_refunded(context.date)?
    } else {
        Vec::new()
    };
    let mut changed: ChangedTotals<'_> = totals
        .iter()
        .map(|m| ((m.out_trade_no, m.sub_mch_id), m))
        .collect();
    let mut start = 0;
    let mut orders: Vec<&[WRefund]> = Vec::new();
    for group in rows.chunk_by(|a, b| place_of(a) == place_of(b)) {
        orders.push(group);
        start = usize::saturating_add(start, group.len());
        if orders.len() == ORDERS || start == rows.len() {
            run.ledger.advance(0)?;
            settle_groups(context, run, &std::mem::take(&mut orders), &mut changed)?;
        }
    }
    let mut silent: Vec<&MOrder> = changed.into_values().collect();
    silent.sort_by_cached_key(|m| m.out_trade_no.fingerprint());
    for chunk in silent.chunks(ORDERS) {
        run.ledger.advance(0)?;
        let numbers: Vec<OutTradeNo> = chunk.iter().map(|m| m.out_trade_no).collect();
        let facts = archive_facts(context, &numbers, Today::Given(&[]))?;
        for m in chunk {
            if let Some(facts) = facts.of(&m.out_trade_no, &m.sub_mch_id) {
                settle_total(context, run, OrderTotals::new(&[], facts, Some(m)))?;
            }
        }
    }
    super::untimed_refunds::raise(context, run, rows)
}

/// The order of a refund row: its number and its sub-merchant.
const fn place_of(w: &WRefund) -> (OutTradeNo, MchId) {
    (w.out_trade_no, w.sub_mch_id)
}

fn settle_groups(
    context: &Context<'_>,
    run: &mut Run<'_>,
    groups: &[&[WRefund]],
    changed: &mut ChangedTotals<'_>,
) -> Result<(), ReconcileError> {
    let firsts = groups.iter().filter_map(|rows| rows.first());
    let numbers: Vec<OutTradeNo> = firsts.map(|w| w.out_trade_no).collect();
    let facts = archive_facts(context, &numbers, Today::Given(groups))?;
    for rows in groups {
        let Some((number, shop)) = rows.first().map(place_of) else {
            continue;
        };
        let Some(facts) = facts.of(&number, &shop) else {
            continue;
        };
        let own = changed.remove(&(number, shop));
        let own = own.or_else(|| changed.remove(&(number, MchId::EMPTY)));
        let own = own.or_else(|| {
            // A bill without sub-merchants speaks of the only order of that number.
            let only = facts.order.filter(|_| shop.is_empty())?;
            changed.remove(&(number, only.sub_mch_id))
        });
        // An order under another number than its payment's.
        let own = own.or_else(|| {
            let met = facts.order?;
            changed.remove(&(met.out_trade_no, met.sub_mch_id))
        });
        let order = own.or(facts.order.as_ref());
        settle_total(context, run, OrderTotals::new(rows, facts, order))?;
    }
    Ok(())
}

fn settle_total(
    context: &Context<'_>,
    run: &mut Run<'_>,
    mut view: OrderTotals<'_>,
) -> Result<(), ReconcileError> {
    view.add_up(context)?;
    let OrderTotals {
        rows, facts, order, ..
    } = view;
    let mut applies = CategorySet::default();
    let marks = judge_order(context, run, facts)?;
    for w in rows {
        let mark = marks.get(&key_of(w)).copied().unwrap_or(CategorySet::NONE);
        applies.join(mark);
        judge_row(context, run, w, facts, &mut applies);
        judge_closed(context, w, &view, &mut applies);
        if order.is_some_and(|m| m.is_cny != w.is_cny) {
            applies.add(Category::CurrencyDiff);
        }
    }
    let time = order.and_then(|m| m.refund_at);
    // Parts whose sum is the merchant's own total are what it wanted.
    if context.has_refund_totals && view.sum == view.total {
        applies.remove(Category::DupRefundSuspect);
    }
    clear_payment_case(context, run, facts)?;
    let went_back = went_back(context, facts)?;
    let is_others = |w: &WRefund| context.is_other_shop(&w.sub_mch_id);
    let apart = if order.is_none() && rows.iter().any(is_others) {
        Some(Category::WOtherShop)
    } else {
        compare(context, &view, time)
    };
    if let Some(category) = apart.filter(|apart| !went_back || *apart != Category::WOnlyRefund) {
        applies.add(category);
    }
    judge_state(context, rows.iter(), &mut applies);
    let late = relation_of(context, &view, time);
    let category = match applies.primary() {
        Some(category) => category,
        None if !context.has_bill && view.sum != view.total => Category::WCoverage,
        None if went_back => Category::BalancedAfter,
        None => agreed(late),
    };
    place_total(context, run, &view, category, applies)
}

/// R06: closed at WeChat Pay, but the merchant's total still has it.
fn judge_closed(context: &Context<'_>, w: &WRefund, view: &OrderTotals<'_>, out: &mut CategorySet) {
    // Without a total the order's own state says that all was refunded.
    let is_refunded =
        |m: &MOrder| matches!(m.pay_status, PayStatus::Refunded | PayStatus::Refunding);
    let by_state = view.sum == Fen::ZERO && view.order.is_some_and(is_refunded);
    let is_unsized = view.order.is_some_and(MOrder::is_refund_unsized);
    let is_booked = if context.has_refund_totals && !is_unsized {
        view.total > view.sum
    } else {
        by_state
    };
    if is_closed(context, w) && is_booked {
        out.add(Category::RefundClosed);
    }
}

/// R01, R02 or R03 of an order, if the sums disagree.
fn compare(
    context: &Context<'_>,
    view: &OrderTotals<'_>,
    time: Option<Instant>,
) -> Option<Category> {
    if !context.has_refund_totals {
        let refunded = view
            .order
            .is_some_and(|m| matches!(m.pay_status, PayStatus::Refunded | PayStatus::Refunding));
        return (!refunded && view.sum != Fen::ZERO).then_some(Category::WOnlyRefund);
    }
    // A refund of unknown size is the one that WeChat Pay made.
    if view.sum != Fen::ZERO && view.order.is_some_and(MOrder::is_refund_unsized) {
        return None;
    }
    // What WeChat Pay told of refunds that no bill has yet explains the rest.
    let told = view.sum.checked_add(view.facts.heard());
    if told == Some(view.total) {
        return None;
    }
    // A total that changed after the day has later refunds in it, which that day will judge.
    let changed_later = time.is_some_and(|at| at >= context.end);
    if view.sum == view.total || (changed_later && view.total > view.sum) || !context.has_bill {
        None
    } else if view.total == Fen::ZERO {
        Some(Category::WOnlyRefund)
    } else if view.sum == Fen::ZERO {
        Some(Category::MOnlyRefund)
    } else {
        Some(Category::RefundAmountDiff)
    }
}

fn relation_of(context: &Context<'_>, view: &OrderTotals<'_>, time: Option<Instant>) -> Relation {
    match view.rows.last() {
        Some(w) => relation(context, w, time),
        None => Relation::AcrossDays,
    }
}

fn place_total(
    context: &Context<'_>,
    run: &mut Run<'_>,
    view: &OrderTotals<'_>,
    category: Category,
    applies: CategorySet,
) -> Result<(), ReconcileError> {
    let merchant = if view.is_own(context) {
        let part = part_of_day(context, view, category)?;
        run.ledger.see_merchant(RowKind::Refund, part)?;
        Some(part)
    } else {
        None
    };
    let finding = describe_order(context, view, category, applies)?;
    if category.is_agreement() {
        clear_refunds_before(context, run, view.facts, &finding);
        super::untimed_refunds::clear(run, view.order, view.rows, &finding);
    }
    if let [w] = view.rows
        && category == Category::FeeRefund
        && !applies.has(Category::RefundOrphan)
    {
        let placement = Placement {
            wechat: Some(w.amount),
            merchant,
            carried: None,
        };
        let agreed = agreed(relation_of(
            context,
            view,
            view.order.and_then(|m| m.refund_at),
        ));
        return run
            .ledger
            .suspect_fee(RowKind::Refund, finding, agreed, placement);
    }
    for w in view.rows {
        let placement = Placement::wechat(w.amount);
        run.ledger.place(RowKind::Refund, category, placement)?;
    }
    if let Some(part) = merchant {
        let placement = Placement::merchant(part);
        run.ledger.place(RowKind::Refund, category, placement)?;
    }
    if matches!(category, Category::WCoverage | Category::WOtherShop) {
        return Ok(());
    }
    run.ledger
        .enter(RowKind::Refund, finding, Placement::default())
}

/// What of the merchant's total belongs to the day: all that earlier bills do not explain. Of a
/// total that earlier bills explain in full (the merchant booked past midnight), the last of them.
fn part_of_day(
    context: &Context<'_>,
    view: &OrderTotals<'_>,
    category: Category,
) -> Result<Fen, ReconcileError> {
    let part = view
        .total
        .checked_sub(view.before)
        .ok_or(ReconcileError::Overflow)?;
    if part != Fen::ZERO || !category.is_agreement() {
        return Ok(part);
    }
    let last = view.facts.history.iter().map(|(bill, _)| *bill).max();
    view.facts
        .history
        .iter()
        .filter(|(bill, w)| Some(*bill) == last && is_accepted(context, w))
        .try_fold(Fen::ZERO, |sum, (_, w)| sum.checked_add(w.amount))
        .ok_or(ReconcileError::Overflow)
}

fn describe_order(
    context: &Context<'_>,
    view: &OrderTotals<'_>,
    category: Category,
    applies: CategorySet,
) -> Result<Finding, ReconcileError> {
    let mut out = Finding::new(category);
    if let Some(m) = view.order {
        out.out_trade_no = m.out_trade_no;
        out.sub_mch_id = m.sub_mch_id;
        out.order_no = m.order_no;
        out.transaction_id = m.transaction_id;
        out.out_refund_no = m.refund_no;
        out.merchant = m.refund_total;
        out.paid_at = m.refund_at;
        out.order_row = Some(m.row);
    }
    if let Some(w) = view.rows.last() {
        out.out_trade_no = w.out_trade_no;
        if !w.sub_mch_id.is_empty() {
            out.sub_mch_id = w.sub_mch_id;
        }
        out.transaction_id = w.transaction_id;
        out.out_refund_no = w.out_refund_no;
        out.refund_id = w.refund_id;
        out.paid_at = Some(w.time);
        out.bill_row = Some(w.row);
    }
    if view.sum != Fen::ZERO || !view.rows.is_empty() {
        out.bill = Some(view.sum);
    }
    out.tags = tags_of(applies, false);
    out.detail = match view.rows {
        [] => String::new(),
        [w] => explain(context, category, w, view.facts)?,
        [.., w] => format!(
            "rows={} {}",
            view.rows.len(),
            explain(context, category, w, view.facts)?
        )
        .trim_end()
        .to_owned(),
    };
    Ok(out)
}
