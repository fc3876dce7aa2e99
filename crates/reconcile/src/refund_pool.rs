//! Refunds of the merchant that wait for their row of a bill, and what WeChat Pay said of them meanwhile.

use recondesk_domain::{Category, MRefund, MchId, OutRefundNo, OutTradeNo, RefundStatus, WRefund};

use super::archive_facts::{ArchivedOrder, Today, archive_facts};
use super::carry_over::entered;
use super::context::Context;
use super::judge::Relation;
use super::ledger::{Placement, RowKind};
use super::pool_ledger::PoolExit;
use super::refund_rows::{OldPair, settle_old};
use super::refund_words::describe;
use super::refunds::ORDERS;
use super::run::Run;
use super::{LiveRefundState, PoolItem, ReconcileError};

/// What WeChat Pay itself told of a refund of the merchant that no bill has.
pub(super) fn told(context: &Context<'_>, m: &MRefund) -> Option<Category> {
    Some(match context.said_of(&m.out_refund_no)? {
        LiveRefundState::Success => Category::MatchedXday,
        LiveRefundState::Processing => Category::RefundInFlight,
        LiveRefundState::Abnormal => Category::RefundAbnormal,
        LiveRefundState::Closed if m.status == RefundStatus::Success => Category::RefundClosed,
        LiveRefundState::Closed => Category::Unpaid,
    })
}

/// Refunds of the pool that no row of the day met.
pub(super) fn settle_waiting(
    context: &Context<'_>,
    run: &mut Run<'_>,
    items: &[PoolItem],
) -> Result<(), ReconcileError> {
    for chunk in items.chunks(ORDERS) {
        let numbers: Vec<OutRefundNo> = chunk.iter().map(|item| item.out_refund_no).collect();
        let mut present = context.evidence.merchant_refunds_by_number(&numbers)?;
        present.resize(chunk.len(), None);
        let orders: Vec<OutTradeNo> = chunk.iter().map(|item| item.out_trade_no).collect();
        let facts = archive_facts(context, &orders, Today::Asked)?;
        for (item, m) in chunk.iter().zip(present) {
            let m = m.unwrap_or_else(|| item.refund());
            let placement = Placement::carried(item.amount);
            let known = facts.of(&item.out_trade_no, &MchId::EMPTY);
            let exit = if let Some(w) = known.and_then(|facts| same_refund(facts, &m)) {
                let pair = OldPair {
                    w,
                    m: &m,
                    relation: Relation::AcrossDays,
                };
                settle_old(context, run, pair, placement)?;
                PoolExit::Cleared
            } else {
                still_waiting(context, run, item, &m, placement)?
            };
            run.pool.end(item, exit)?;
        }
    }
    Ok(())
}

fn still_waiting(
    context: &Context<'_>,
    run: &mut Run<'_>,
    item: &PoolItem,
    m: &MRefund,
    placement: Placement,
) -> Result<PoolExit, ReconcileError> {
    if matches!(m.status, RefundStatus::Closed | RefundStatus::Abnormal) {
        run.ledger
            .place(RowKind::Refund, Category::Unpaid, placement)?;
        return Ok(PoolExit::Cleared);
    }
    let told = told(context, m).filter(|_| context.has_bill);
    if let Some(category) = told.filter(|told| *told != Category::RefundInFlight) {
        let listed = run
            .ledger
            .lists(|f| f.category == category && f.out_refund_no == m.out_refund_no);
        if listed {
            run.ledger.place(RowKind::Refund, category, placement)?;
        } else {
            let finding = describe(category, None, Some(m));
            run.ledger.enter(RowKind::Refund, finding, placement)?;
        }
        return Ok(PoolExit::Cleared);
    }
    // What the merchant now calls done is in its book of that day, and raised there.
    let expired = item.is_expired(&context.bill_days, context.date)
        || (m.status == RefundStatus::Success && context.has_bill);
    let (category, exit) = if expired {
        (Category::MOnlyRefund, PoolExit::Expired)
    } else {
        (Category::RefundPendingM, PoolExit::Stays)
    };
    let mut finding = describe(category, None, Some(m));
    finding.detail = entered(item);
    let listed = run.ledger.lists(|f| {
        f.category == category && f.out_refund_no == m.out_refund_no && f.bill.is_none()
    });
    if listed {
        run.ledger.place(RowKind::Refund, category, placement)?;
    } else {
        run.ledger.enter(RowKind::Refund, finding, placement)?;
    }
    Ok(exit)
}

/// The bill row of a merchant's refund, on any day up to this one.
pub(super) fn same_refund<'f>(facts: &'f ArchivedOrder, m: &MRefund) -> Option<&'f WRefund> {
    let rows = || facts.history.iter().map(|(_, w)| w);
    rows()
        .find(|w| w.out_refund_no == m.out_refund_no)
        .or_else(|| rows().find(|w| !m.refund_id.is_empty() && w.refund_id == m.refund_id))
}
