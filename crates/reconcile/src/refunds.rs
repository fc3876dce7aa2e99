//! The refund book: what both shapes of the merchant's refunds have in common.
//!
//! A day's refund rows are few beside its payments and are held in memory, by order, because most of
//! their rules (R07, R08, R09) look at an order as a whole and at all days of the archive.

use std::collections::BTreeMap;

use recondesk_domain::{
    BillDate, BillRefundState, Category, Fen, Finding, Instant, OutRefundNo, RefundId, WPay,
    WRefund,
};

use super::archive_facts::ArchivedOrder;
use super::carry_over::open_items;
use super::category_set::CategorySet;
use super::context::Context;
use super::feed::Feed;
use super::judge::Relation;
use super::ledger::{Placement, RowKind};
use super::pool_ledger::PoolExit;
use super::refund_words::describe;
use super::returned::Returned;
use super::run::Run;
use super::{LiveRefundState, PoolKind, PoolSide, ReconcileError, refund_rows, refund_totals};

/// Orders looked up at a time.
pub(super) const ORDERS: usize = 1_024;

/// Both numbers of a refund.
type RefundKey = (OutRefundNo, RefundId);

/// Reconciles the refund book, in the shape in which the merchant keeps it.
pub(super) fn settle_refunds(
    context: &Context<'_>,
    run: &mut Run<'_>,
) -> Result<(), ReconcileError> {
    let rows = std::mem::take(&mut run.refunds.rows);
    if context.evidence.has_refund_rows() {
        return refund_rows::by_row(context, run, &rows);
    }
    refund_totals::by_total(context, run, &rows)?;
    // Items of a merchant who changed to running totals stay until it changes back.
    for item in open_items(context, PoolKind::Refund, PoolSide::Merchant) {
        run.pool.open(&item)?;
        run.pool.end(&item, PoolExit::Stays)?;
    }
    Ok(())
}

/// The refund rows of the day's bill.
#[derive(Debug, Default)]
pub(super) struct DayRefunds {
    /// By order, time and number, copies left out.
    rows: Vec<WRefund>,
    returned: Returned,
}

impl DayRefunds {
    /// What of a payment went back on the day, or is on its way back.
    pub(super) fn returned(&self, w: &WPay) -> Fen {
        self.returned.of_payment(w)
    }

    /// True when all of a payment went back on its own day.
    pub(super) fn is_returned(&self, w: &WPay) -> bool {
        w.amount > Fen::ZERO && self.returned(w) >= w.amount
    }
}

/// Reads the day's refund rows; further copies are set aside (P10).
pub(super) fn read_day(context: &Context<'_>, run: &mut Run<'_>) -> Result<(), ReconcileError> {
    let mut out: Vec<WRefund> = Vec::new();
    if !context.has_bill {
        return Ok(());
    }
    let mut feed = Feed::new(Some(context.evidence.refunds(context.date)?));
    while feed.head()?.is_some() {
        let mut firsts: Vec<WRefund> = Vec::with_capacity(1);
        for w in feed.take()? {
            run.see_refund(w)?;
            let copied = firsts.iter().find(|f| {
                f.refund_id == w.refund_id
                    && f.out_trade_no == w.out_trade_no
                    && f.transaction_id == w.transaction_id
            });
            if let Some(first) = copied {
                let mut finding = describe(Category::DupRowW, Some(w), None);
                finding.detail = format!("first_row={}", first.row.line);
                let placement = Placement::wechat(w.amount);
                run.ledger.enter(RowKind::Refund, finding, placement)?;
            } else {
                firsts.push(*w);
            }
        }
        out.extend(firsts);
    }
    run.ledger.advance(0)?;
    // In the order of the books, so that the archive finds neighbours side by side.
    out.sort_by_cached_key(|w| {
        let print = w.out_trade_no.fingerprint();
        (
            print,
            w.out_trade_no,
            w.sub_mch_id,
            w.time,
            w.out_refund_no,
            w.refund_id,
        )
    });
    run.refunds = DayRefunds {
        returned: Returned::add_up(context, out.iter())?,
        rows: out,
    };
    Ok(())
}

/// True when the money went back or is on its way: not failed, not closed. A refund that could not reach the customer
/// has left the merchant's account, and is settled with WeChat Pay and never by another refund.
pub(super) fn is_accepted(context: &Context<'_>, w: &WRefund) -> bool {
    !is_closed(context, w)
}

/// True when no money moves by this refund any more.
pub(super) fn is_closed(context: &Context<'_>, w: &WRefund) -> bool {
    match context.said_of(&w.out_refund_no) {
        Some(LiveRefundState::Closed) => true,
        Some(
            LiveRefundState::Success | LiveRefundState::Processing | LiveRefundState::Abnormal,
        ) => false,
        None => w.state == BillRefundState::Fail,
    }
}

/// True when the money is with the customer.
fn is_done(context: &Context<'_>, w: &WRefund) -> bool {
    match context.said_of(&w.out_refund_no) {
        Some(LiveRefundState::Success) => true,
        Some(LiveRefundState::Closed | LiveRefundState::Processing | LiveRefundState::Abnormal) => {
            false
        }
        None => w.state == BillRefundState::Success,
    }
}

/// True for an order that the merchant never booked as paid and whose payment went back in full: both books have
/// nothing, whoever made the refund.
pub(super) fn went_back(
    context: &Context<'_>,
    facts: &ArchivedOrder,
) -> Result<bool, ReconcileError> {
    if facts.order.is_some_and(|m| m.is_booked()) {
        return Ok(false);
    }
    let paid = facts.paid.filter(|paid| *paid > Fen::ZERO);
    let returned = facts.accepted(context)?;
    Ok(paid.is_some_and(|paid| returned >= paid))
}

/// The refunds of an order have brought all its money back: what earlier days raised about its payment as owed to the
/// customer is cleared (X7).
pub(super) fn clear_payment_case(
    context: &Context<'_>,
    run: &mut Run<'_>,
    facts: &ArchivedOrder,
) -> Result<(), ReconcileError> {
    let accepted = |(_, w): &&(BillDate, WRefund)| is_accepted(context, w);
    let rows: Vec<&WRefund> = facts
        .history
        .iter()
        .filter(accepted)
        .map(|(_, w)| w)
        .collect();
    let Some(last) = rows.last() else {
        return Ok(());
    };
    let returned = facts.accepted(context)?;
    let paid = facts
        .paid
        .filter(|paid| *paid > Fen::ZERO && returned >= *paid);
    if paid.is_some() && rows.iter().all(|w| is_done(context, w)) {
        let mut agreed = Finding::new(Category::BalancedAfter);
        agreed.out_trade_no = last.out_trade_no;
        agreed.sub_mch_id = last.sub_mch_id;
        agreed.transaction_id = last.transaction_id;
        agreed.bill = paid;
        agreed.paid_at = Some(last.time);
        run.ledger.clear(agreed);
    }
    Ok(())
}

/// Both books agree on the refunds of an order now: whatever earlier days raised about them is cleared (X7).
pub(super) fn clear_refunds_before(
    context: &Context<'_>,
    run: &mut Run<'_>,
    facts: &ArchivedOrder,
    finding: &Finding,
) {
    for (_, w) in facts
        .history
        .iter()
        .filter(|(bill, _)| *bill < context.date)
    {
        let mut cleared = finding.clone();
        cleared.category = Category::MatchedLate;
        cleared.out_refund_no = w.out_refund_no;
        cleared.refund_id = w.refund_id;
        run.ledger.clear(cleared);
    }
}

/// What applies to the day's refund rows of one order for the order's sake: R07 and R08. A row that was not accepted
/// is not there.
pub(super) fn judge_order(
    context: &Context<'_>,
    run: &mut Run<'_>,
    facts: &ArchivedOrder,
) -> Result<BTreeMap<RefundKey, CategorySet>, ReconcileError> {
    let mut out = BTreeMap::<RefundKey, CategorySet>::new();
    let limit = facts.paid.or_else(|| facts.order.map(|m| m.amount));
    let accepted = |w: &WRefund| is_accepted(context, w);
    let mut sum = Fen::ZERO;
    let mut is_over = false;
    for (bill, w) in facts.history.iter().filter(|(_, w)| accepted(w)) {
        sum = sum.checked_add(w.amount).ok_or(ReconcileError::Overflow)?;
        if *bill != context.date {
            continue;
        }
        let applies = out.entry(key_of(w)).or_insert(CategorySet::NONE);
        if !facts.is_unclear && limit.is_some_and(|limit| sum > limit) {
            is_over = true;
            applies.add(Category::OverRefund);
        }
        if facts.twins(context, w).next().is_some() {
            applies.add(Category::DupRefundSuspect);
        }
    }
    let over = run.watch.over_refunded.saturating_add(i64::from(is_over));
    run.watch.over_refunded = over;
    Ok(out)
}

/// What applies to a refund row for its own sake: its state, its fee, its missing payment.
pub(super) fn judge_row(
    context: &Context<'_>,
    run: &mut Run<'_>,
    w: &WRefund,
    facts: &ArchivedOrder,
    out: &mut CategorySet,
) {
    match context.said_of(&w.out_refund_no) {
        Some(LiveRefundState::Abnormal) => out.add(Category::RefundAbnormal),
        Some(LiveRefundState::Success | LiveRefundState::Closed) => {}
        Some(LiveRefundState::Processing) => out.add(Category::RefundInFlight),
        None => match w.state {
            BillRefundState::Change => out.add(Category::RefundAbnormal),
            BillRefundState::Processing => out.add(Category::RefundInFlight),
            // A refund that failed is final, and no money moved; one of an unknown state is told where nothing else is.
            BillRefundState::Success | BillRefundState::Fail | BillRefundState::Unknown => {}
        },
    }
    if facts.paid.is_none() {
        out.add(Category::RefundOrphan);
    }
    run.watch.fees.judge_refund(w, out);
}

/// P15 where both books would otherwise agree on a refund whose state no document knows: nobody knows whether the
/// customer has the money.
pub(super) fn judge_state<'r>(
    context: &Context<'_>,
    mut rows: impl Iterator<Item = &'r WRefund>,
    out: &mut CategorySet,
) {
    let is_unclear = |w: &WRefund| {
        w.state == BillRefundState::Unknown && context.said_of(&w.out_refund_no).is_none()
    };
    if out.is_empty() && rows.any(is_unclear) {
        out.add(Category::UnknownState);
    }
}

/// How the merchant's time of a refund lies to the day.
pub(super) fn relation(context: &Context<'_>, w: &WRefund, merchant: Option<Instant>) -> Relation {
    match merchant {
        None => Relation::Same,
        Some(time) if context.contains(time) => Relation::Same,
        Some(time) if time.distance(w.time) <= context.tolerance_s => Relation::AcrossDays,
        Some(time) if time < context.start && context.has_bill_of(time.day()) => Relation::Late,
        Some(_) => Relation::AcrossDays,
    }
}

/// Both numbers of a refund row.
pub(super) fn key_of(w: &WRefund) -> RefundKey {
    (w.out_refund_no, w.refund_id)
}

/// The category of agreement for a relation in time.
pub(super) fn agreed(relation: Relation) -> Category {
    match relation {
        Relation::Same | Relation::Off => Category::Matched,
        Relation::AcrossDays => Category::MatchedXday,
        Relation::Late => Category::MatchedLate,
    }
}
