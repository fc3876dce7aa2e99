//! Refunds that the merchant's orders tell of without saying when: a running total without a time, or the state alone.
//!
//! No day has them in its refund book, so they wait from the day of their payment on (R10) until a bill has them.

use std::collections::BTreeSet;

use recondesk_domain::{Category, Fen, Finding, MOrder, MchId, OutTradeNo, PayStatus, WRefund};

use super::ReconcileError;
use super::archive_facts::{Today, archive_facts};
use super::context::Context;
use super::later::LaterRow;
use super::ledger::{Placement, RowKind};
use super::refunds::ORDERS;
use super::run::Run;

/// What the order says was refunded, where it does not say when.
pub(super) fn untimed_refund(m: &MOrder) -> Option<Fen> {
    if m.refund_at.is_some() {
        return None;
    }
    let is_refunded = m.pay_status == PayStatus::Refunded;
    let total = m.refund_total.or(is_refunded.then_some(m.amount));
    total.filter(|total| *total > Fen::ZERO)
}

/// Raises the refunds of the day's orders that no bill up to the day explains.
pub(super) fn raise(
    context: &Context<'_>,
    run: &mut Run<'_>,
    rows: &[WRefund],
) -> Result<(), ReconcileError> {
    let orders = std::mem::take(&mut run.watch.untimed);
    if !context.has_bill || orders.is_empty() {
        return Ok(());
    }
    let has_rows = context.evidence.has_refund_rows();
    // What has a row of the day was compared with it.
    let compared: BTreeSet<(OutTradeNo, MchId)> = rows
        .iter()
        .map(|w| (w.out_trade_no, w.sub_mch_id))
        .collect();
    let is_compared = |m: &MOrder| {
        compared.contains(&(m.out_trade_no, m.sub_mch_id))
            || compared.contains(&(m.out_trade_no, MchId::EMPTY))
    };
    for chunk in orders.chunks(ORDERS) {
        run.ledger.advance(0)?;
        let numbers: Vec<OutTradeNo> = chunk.iter().map(|m| m.out_trade_no).collect();
        let facts = archive_facts(context, &numbers, Today::Asked)?;
        let listed: BTreeSet<OutTradeNo> = if has_rows {
            let own = context.evidence.merchant_refunds_of_orders(&numbers)?;
            own.iter().map(|refund| refund.out_trade_no).collect()
        } else {
            BTreeSet::new()
        };
        for m in chunk.iter().filter(|m| !is_compared(m)) {
            // Where there is a list of refunds, it speaks for the orders that it has.
            if has_rows && (m.refund_total.is_some() || listed.contains(&m.out_trade_no)) {
                continue;
            }
            let known = facts.of(&m.out_trade_no, &m.sub_mch_id);
            // What was never paid at WeChat Pay cannot be refunded there, and is told as such.
            let paid = known.and_then(super::archive_facts::ArchivedOrder::paid);
            let (Some(known), Some(total)) = (known, untimed_refund(m)) else {
                continue;
            };
            let billed = known.accepted(context)?;
            if paid.is_none_or(|paid| paid <= Fen::ZERO) || billed >= total {
                continue;
            }
            // It has no day of its own: what a later bill has is not on its way.
            let is_later = |row: &LaterRow| row.is_refund && row.out_trade_no == m.out_trade_no;
            if context.input.later.iter().any(is_later) {
                continue;
            }
            let mut finding = Finding::new(Category::RefundPendingM);
            finding.out_trade_no = m.out_trade_no;
            finding.sub_mch_id = m.sub_mch_id;
            finding.order_no = m.order_no;
            finding.transaction_id = m.transaction_id;
            finding.out_refund_no = m.refund_no;
            finding.merchant = Some(total);
            finding.bill = (billed > Fen::ZERO).then_some(billed);
            finding.order_row = Some(m.row);
            "refund_time=unknown".clone_into(&mut finding.detail);
            run.ledger
                .enter(RowKind::Refund, finding, Placement::default())?;
        }
    }
    Ok(())
}

/// A bill has such a refund by now: what waits for it is cleared (X7). The waiting case stands under the merchant's number
/// of the refund, or under the order where it has none; the number of the bill's row stands for the latter.
pub(super) fn clear(run: &mut Run<'_>, order: Option<&MOrder>, rows: &[WRefund], agreed: &Finding) {
    let Some(m) = order.filter(|m| untimed_refund(m).is_some()) else {
        return;
    };
    let of_rows = rows.last().map(|w| w.out_refund_no);
    for number in of_rows.into_iter().chain([m.refund_no]) {
        if !number.is_empty() {
            let mut cleared = agreed.clone();
            cleared.category = Category::MatchedLate;
            cleared.out_refund_no = number;
            run.ledger.clear(cleared);
        }
    }
}
