//! Refunds where the merchant keeps one row each: matched per `out_refund_no`, then per `refund_id`.

use std::collections::BTreeMap;

use recondesk_domain::{
    Category, Fen, Finding, MOrder, MRefund, MchId, OutRefundNo, OutTradeNo, PayStatus, RefundId,
    RefundStatus, Tag, WRefund,
};

use super::archive_facts::{ArchivedOrder, Today, archive_facts};
use super::booked_twins::booked_twins;
use super::carry_over::open_items;
use super::category_set::CategorySet;
use super::context::Context;
use super::feed::Feed;
use super::judge::{Relation, disagree, tags_of};
use super::ledger::{Placement, RowKind};
use super::match_archive::CHUNK;
use super::pool_ledger::PoolExit;
use super::refund_pool::{same_refund, settle_waiting, told};
use super::refund_words::{describe, explain};
use super::refunds::{
    ORDERS, agreed, clear_payment_case, clear_refunds_before, is_closed, judge_order, judge_row,
    judge_state, key_of, relation, went_back,
};
use super::run::Run;
use super::{PoolItem, PoolKind, PoolSide, ReconcileError};

/// The merchant's refund for a row of the bill.
#[derive(Debug, Clone, Copy)]
struct Partner {
    m: MRefund,
    own: bool,
    key2: bool,
    carried: Option<Fen>,
}

/// Rows of one order and amount on both sides: a suggestion only if there is one of each (pass 3).
type UnpairedCounts = BTreeMap<(OutTradeNo, Fen), (u32, u32)>;

/// Reconciles the refund book of this shape.
pub(super) fn by_row(
    context: &Context<'_>,
    run: &mut Run<'_>,
    rows: &[WRefund],
) -> Result<(), ReconcileError> {
    let mut open = BTreeMap::new();
    for item in open_items(context, PoolKind::Refund, PoolSide::Merchant) {
        run.pool.open(&item)?;
        if let Some(double) = open.insert(item.out_refund_no, item) {
            run.pool.end(&double, PoolExit::Cleared)?;
        }
    }
    let mut own = own_refunds(context, run)?;
    let partners = partners(context, run, rows, &mut own, &mut open)?;
    let lonely = lonely(rows, &partners, &own);
    let mut pairs = rows.iter().zip(&partners).collect::<Vec<_>>();
    while !pairs.is_empty() {
        run.ledger.advance(0)?;
        let rest = pairs.split_off(whole_orders(&pairs));
        settle_orders(context, run, &pairs, &lonely)?;
        pairs = rest;
    }
    let mut unmet: Vec<MRefund> = own.into_values().collect();
    unmet.sort_by_cached_key(|m| m.out_trade_no.fingerprint());
    settle_unmet(context, run, &unmet, &lonely)?;
    settle_waiting(context, run, &open.into_values().collect::<Vec<_>>())?;
    super::untimed_refunds::raise(context, run, rows)
}

/// The merchant's refunds of the day; further copies are set aside (P10).
fn own_refunds(
    context: &Context<'_>,
    run: &mut Run<'_>,
) -> Result<BTreeMap<OutRefundNo, MRefund>, ReconcileError> {
    let mut out = BTreeMap::new();
    let mut feed = Feed::new(Some(context.evidence.merchant_refunds(context.date)?));
    while feed.head()?.is_some() {
        let mut first: Option<MRefund> = None;
        for m in feed.take()? {
            run.ledger.see_merchant(RowKind::Refund, m.amount)?;
            if let Some(first) = first {
                let mut finding = describe(Category::DupRowM, None, Some(m));
                finding.detail = format!("first_row={}", first.row.line);
                let placement = Placement::merchant(m.amount);
                run.ledger.enter(RowKind::Refund, finding, placement)?;
            } else {
                first = Some(*m);
                out.insert(m.out_refund_no, *m);
            }
        }
    }
    Ok(out)
}

/// Passes 1 and 2 for every row of the bill; who is met is taken out of `own` and `open`.
fn partners(
    context: &Context<'_>,
    run: &mut Run<'_>,
    rows: &[WRefund],
    own: &mut BTreeMap<OutRefundNo, MRefund>,
    open: &mut BTreeMap<OutRefundNo, PoolItem>,
) -> Result<Vec<Option<Partner>>, ReconcileError> {
    let mut out: Vec<Option<Partner>> = Vec::with_capacity(rows.len());
    let mut used = std::collections::BTreeSet::new();
    for chunk in rows.chunks(CHUNK) {
        let numbers: Vec<OutRefundNo> = chunk.iter().map(|w| w.out_refund_no).collect();
        let mut found = context.evidence.merchant_refunds_by_number(&numbers)?;
        found.resize(chunk.len(), None);
        for (w, elsewhere) in chunk.iter().zip(found) {
            // A second bill row under one number finds its refund consumed.
            if !used.insert(w.out_refund_no) {
                out.push(None);
                continue;
            }
            let mine = own.remove(&w.out_refund_no);
            let partner = mine.or(elsewhere).map(|m| Partner {
                own: mine.is_some() || m.time().is_none_or(|time| context.contains(time)),
                m,
                key2: false,
                carried: None,
            });
            if mine.is_none()
                && let Some(Partner { m, own: true, .. }) = &partner
            {
                run.ledger.see_merchant(RowKind::Refund, m.amount)?;
            }
            out.push(partner);
        }
    }
    let mut by_id: BTreeMap<RefundId, OutRefundNo> = own
        .values()
        .filter(|m| !m.refund_id.is_empty())
        .map(|m| (m.refund_id, m.out_refund_no))
        .collect();
    for (w, slot) in rows.iter().zip(&mut out) {
        if slot.is_none()
            && let Some(number) = by_id.remove(&w.refund_id)
            && let Some(m) = own.remove(&number)
        {
            *slot = Some(Partner {
                m,
                own: true,
                key2: true,
                carried: None,
            });
        }
        if let Some(partner) = slot
            && let Some(item) = open.remove(&partner.m.out_refund_no)
        {
            partner.carried = Some(item.amount);
            run.pool.end(&item, PoolExit::Cleared)?;
        }
    }
    Ok(out)
}

/// Judges the rows of some whole orders.
fn settle_orders(
    context: &Context<'_>,
    run: &mut Run<'_>,
    pairs: &[(&WRefund, &Option<Partner>)],
    lonely: &UnpairedCounts,
) -> Result<(), ReconcileError> {
    let numbers: Vec<OutTradeNo> = pairs.iter().map(|(w, _)| w.out_trade_no).collect();
    let facts = archive_facts(context, &numbers, Today::Asked)?;
    let mut marks = BTreeMap::new();
    for facts in facts.each() {
        marks.extend(judge_order(context, run, facts)?);
        clear_payment_case(context, run, facts)?;
    }
    let rows = pairs.iter().map(|(w, _)| *w);
    let booked = booked_twins(context, rows, &facts)?;
    let unknown = ArchivedOrder::default();
    for (w, partner) in pairs {
        let facts = facts.of(&w.out_trade_no, &w.sub_mch_id).unwrap_or(&unknown);
        let mut applies = marks.get(&key_of(w)).copied().unwrap_or(CategorySet::NONE);
        judge_row(context, run, w, facts, &mut applies);
        // Parts that the merchant booked one by one are what it wanted.
        let is_booked = |other: &WRefund| booked.contains(&other.out_refund_no);
        if is_booked(w) && facts.twins(context, w).all(is_booked) {
            applies.remove(Category::DupRefundSuspect);
        }
        let judged = JudgedRow { w, facts, applies };
        match partner {
            Some(partner) => settle_pair(context, run, judged, partner)?,
            None => bill_only(context, run, judged, lonely)?,
        }
    }
    Ok(())
}

/// A row of the bill with what applies to it for its own sake and for its order's.
#[derive(Clone, Copy)]
struct JudgedRow<'r> {
    w: &'r WRefund,
    facts: &'r ArchivedOrder,
    applies: CategorySet,
}

fn settle_pair(
    context: &Context<'_>,
    run: &mut Run<'_>,
    judged: JudgedRow<'_>,
    partner: &Partner,
) -> Result<(), ReconcileError> {
    let JudgedRow {
        w,
        facts,
        mut applies,
    } = judged;
    let m = &partner.m;
    let is_met = facts
        .order
        .is_some_and(|order| order.out_trade_no == m.out_trade_no);
    let is_other_order = m.out_trade_no != w.out_trade_no && !is_met;
    if is_other_order || disagree(&m.refund_id, &w.refund_id) {
        applies.add(Category::IdMismatch);
    }
    judge_states(context, w, m, &mut applies);
    let relation = match partner.carried {
        Some(_) => Relation::AcrossDays,
        None => relation(context, w, m.time()),
    };
    judge_state(context, std::iter::once(w), &mut applies);
    let category = applies.primary().unwrap_or(agreed(relation));
    let mut finding = describe(category, Some(w), Some(m));
    finding.order_no = facts.order.map_or(finding.order_no, |order| order.order_no);
    finding.tags = tags_of(applies, partner.key2);
    finding.detail = if category == Category::IdMismatch {
        format!("out_trade_no={}/{}", w.out_trade_no, m.out_trade_no)
    } else {
        explain(context, category, w, facts)?
    };
    let placement = Placement {
        wechat: Some(w.amount),
        merchant: partner.own.then_some(m.amount),
        carried: partner.carried,
    };
    if category == Category::FeeRefund && !applies.has(Category::RefundOrphan) {
        let agreed = agreed(relation);
        return run
            .ledger
            .suspect_fee(RowKind::Refund, finding, agreed, placement);
    }
    run.ledger.enter(RowKind::Refund, finding, placement)
}

fn judge_states(context: &Context<'_>, w: &WRefund, m: &MRefund, applies: &mut CategorySet) {
    let closed = is_closed(context, w);
    match m.status {
        RefundStatus::Success if closed => applies.add(Category::RefundClosed),
        RefundStatus::Closed | RefundStatus::Abnormal if !closed => {
            applies.add(Category::WOnlyRefund);
        }
        RefundStatus::Success
        | RefundStatus::Processing
        | RefundStatus::Closed
        | RefundStatus::Abnormal => {}
    }
    if m.amount != w.amount {
        applies.add(Category::RefundAmountDiff);
    }
}

fn bill_only(
    context: &Context<'_>,
    run: &mut Run<'_>,
    judged: JudgedRow<'_>,
    lonely: &UnpairedCounts,
) -> Result<(), ReconcileError> {
    let JudgedRow {
        w,
        facts,
        mut applies,
    } = judged;
    // By a refund that failed or was closed no money went: there is nothing to book, but perhaps too much is.
    let closed = is_closed(context, w);
    let is_refunded =
        |m: MOrder| matches!(m.pay_status, PayStatus::Refunded | PayStatus::Refunding);
    if closed && facts.order.is_some_and(is_refunded) && facts.accepted(context)? == Fen::ZERO {
        applies.add(Category::RefundClosed);
    }
    if facts.order.is_none() && context.is_other_shop(&w.sub_mch_id) {
        applies.add(Category::WOtherShop);
    } else if !closed && !went_back(context, facts)? {
        applies.add(Category::WOnlyRefund);
    }
    let agreed = if closed {
        Category::Unpaid
    } else {
        Category::BalancedAfter
    };
    judge_state(context, std::iter::once(w), &mut applies);
    let category = applies.primary().unwrap_or(agreed);
    if category == Category::WOtherShop {
        let placement = Placement::wechat(w.amount);
        return run.ledger.place(RowKind::Refund, category, placement);
    }
    let mut finding = describe(category, Some(w), None);
    finding.order_no = facts.order.map_or(finding.order_no, |order| order.order_no);
    finding.tags = tags_of(applies, false);
    finding.detail = explain(context, category, w, facts)?;
    if category.is_agreement() {
        clear_refunds_before(context, run, facts, &finding);
    } else {
        suggest(&mut finding, lonely);
    }
    run.ledger
        .enter(RowKind::Refund, finding, Placement::wechat(w.amount))
}

/// The merchant's refunds that no row of the day met.
fn settle_unmet(
    context: &Context<'_>,
    run: &mut Run<'_>,
    unmet: &[MRefund],
    lonely: &UnpairedCounts,
) -> Result<(), ReconcileError> {
    for chunk in unmet.chunks(ORDERS) {
        run.ledger.advance(0)?;
        let numbers: Vec<OutTradeNo> = chunk.iter().map(|m| m.out_trade_no).collect();
        let facts = archive_facts(context, &numbers, Today::Asked)?;
        for m in chunk {
            let facts = facts.of(&m.out_trade_no, &MchId::EMPTY);
            let placement = Placement::merchant(m.amount);
            if let Some(w) = facts.and_then(|facts| same_refund(facts, m)) {
                let relation = match relation(context, w, m.time()) {
                    Relation::Late => Relation::Late,
                    Relation::Same | Relation::Off | Relation::AcrossDays => Relation::AcrossDays,
                };
                settle_old(context, run, OldPair { w, m, relation }, placement)?;
                continue;
            }
            merchant_only(context, run, m, placement, lonely)?;
        }
    }
    Ok(())
}

/// A merchant's refund whose bill row lies on another day.
#[derive(Clone, Copy)]
pub(super) struct OldPair<'r> {
    pub(super) w: &'r WRefund,
    pub(super) m: &'r MRefund,
    pub(super) relation: Relation,
}

pub(super) fn settle_old(
    context: &Context<'_>,
    run: &mut Run<'_>,
    pair: OldPair<'_>,
    placement: Placement,
) -> Result<(), ReconcileError> {
    let OldPair { w, m, relation } = pair;
    let mut applies = CategorySet::default();
    if m.out_trade_no != w.out_trade_no || disagree(&m.refund_id, &w.refund_id) {
        applies.add(Category::IdMismatch);
    }
    judge_states(context, w, m, &mut applies);
    judge_state(context, std::iter::once(w), &mut applies);
    let category = applies.primary().unwrap_or(agreed(relation));
    let mut finding = describe(category, Some(w), Some(m));
    finding.tags = tags_of(applies, m.out_refund_no != w.out_refund_no);
    run.ledger.enter(RowKind::Refund, finding, placement)
}

fn merchant_only(
    context: &Context<'_>,
    run: &mut Run<'_>,
    m: &MRefund,
    placement: Placement,
    lonely: &UnpairedCounts,
) -> Result<(), ReconcileError> {
    let category = match m.status {
        RefundStatus::Closed | RefundStatus::Abnormal => Category::Unpaid,
        RefundStatus::Success | RefundStatus::Processing if !context.has_bill => {
            Category::WCoverage
        }
        RefundStatus::Success | RefundStatus::Processing => match told(context, m) {
            Some(category) => category,
            None if m.status == RefundStatus::Success => Category::MOnlyRefund,
            None => Category::RefundPendingM,
        },
    };
    if matches!(category, Category::Unpaid | Category::WCoverage) {
        return run.ledger.place(RowKind::Refund, category, placement);
    }
    let mut finding = describe(category, None, Some(m));
    if !matches!(category, Category::RefundPendingM | Category::MOnlyRefund) {
        return run.ledger.enter(RowKind::Refund, finding, placement);
    }
    if category == Category::RefundPendingM {
        // The merchant's book of the day has it by its time.
        let time = m.time().unwrap_or(context.start);
        run.pool
            .enter(&PoolItem::of_refund(m, time, context.date))?;
    } else {
        suggest(&mut finding, lonely);
    }
    run.ledger.enter(RowKind::Refund, finding, placement)
}

/// How many of the pairs make whole orders, at most about [`ORDERS`] rows.
fn whole_orders(pairs: &[(&WRefund, &Option<Partner>)]) -> usize {
    let Some(last) = pairs.get(ORDERS) else {
        return pairs.len();
    };
    let first = pairs
        .iter()
        .position(|(w, _)| w.out_trade_no == last.0.out_trade_no)
        .unwrap_or(0);
    if first > 0 {
        return first;
    }
    pairs
        .iter()
        .position(|(w, _)| w.out_trade_no != last.0.out_trade_no)
        .unwrap_or(pairs.len())
}

fn lonely(
    rows: &[WRefund],
    partners: &[Option<Partner>],
    own: &BTreeMap<OutRefundNo, MRefund>,
) -> UnpairedCounts {
    let mut out = UnpairedCounts::new();
    for (w, _) in rows.iter().zip(partners).filter(|(_, p)| p.is_none()) {
        let counts = out.entry((w.out_trade_no, w.amount)).or_insert((0, 0));
        counts.0 = counts.0.saturating_add(1);
    }
    for m in own.values().filter(|m| m.status == RefundStatus::Success) {
        let counts = out.entry((m.out_trade_no, m.amount)).or_insert((0, 0));
        counts.1 = counts.1.saturating_add(1);
    }
    out
}

/// Marks both lonely rows of one order and amount: probably the same refund, for a person to confirm.
fn suggest(finding: &mut Finding, lonely: &UnpairedCounts) {
    let Some(amount) = finding.bill.or(finding.merchant) else {
        return;
    };
    if lonely.get(&(finding.out_trade_no, amount)) == Some(&(1, 1)) {
        finding.tags.push(Tag::Suggested);
    }
}
