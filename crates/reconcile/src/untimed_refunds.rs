//! Refunds that the merchant's orders tell of without saying when: a running total without a time, or the state alone.
//!
//! No day has them in its refund book, so they wait from the day of their payment on (R10) until a bill has them, or
//! until three bills that came since have not (R02, X6): the merchant believes the money back, the customer never got it.

use std::collections::BTreeSet;

use recondesk_domain::{BillDate, Category, Fen, Finding, MOrder, MchId, OutTradeNo, Tag, WRefund};

use super::archive_facts::{ArchivedOrder, Today, archive_facts};
use super::context::Context;
use super::later::LaterRow;
use super::ledger::{Placement, RowKind};
use super::refunds::ORDERS;
use super::run::Run;
use super::{PoolKind, ReconcileError};

/// A refund without a time that an earlier run found, and since which bill it waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct WaitingRefund {
    /// 商户订单号.
    pub out_trade_no: OutTradeNo,
    /// Whose order it is, where sub-merchants have orders of their own under one number.
    pub sub_mch_id: MchId,
    /// The last day with a bill when it was found, or the day of its order.
    pub since: BillDate,
}

impl WaitingRefund {
    /// What an open finding of an earlier run tells of such a refund; `None` for any other finding.
    #[must_use]
    pub fn of(finding: &Finding) -> Option<Self> {
        if !matches!(
            finding.category,
            Category::RefundPendingM | Category::MOnlyRefund
        ) {
            return None;
        }
        let mut facts = finding.detail.split(' ');
        if !facts.any(|fact| fact == UNTIMED) {
            return None;
        }
        let mut facts = finding.detail.split(' ');
        let since = facts.find_map(|fact| fact.strip_prefix("entered="))?;
        Some(Self {
            out_trade_no: finding.out_trade_no,
            sub_mch_id: finding.sub_mch_id,
            since: BillDate::parse(since)?,
        })
    }

    /// True where it may be a refund of this order.
    fn is_of(&self, number: &OutTradeNo, shop: &MchId) -> bool {
        let any = |shop: &MchId| shop.is_empty();
        self.out_trade_no == *number
            && (self.sub_mch_id == *shop || any(&self.sub_mch_id) || any(shop))
    }
}

/// The fact by which such a finding is known again.
const UNTIMED: &str = "refund_time=unknown";

/// What the order says was refunded, where it does not say when.
pub(super) fn untimed_refund(m: &MOrder) -> Option<Fen> {
    if m.refund_at.is_some() {
        return None;
    }
    m.claimed_refund().filter(|total| *total > Fen::ZERO)
}

/// Raises the refunds of the day's orders that no bill up to the day explains.
pub(super) fn raise(
    context: &Context<'_>,
    run: &mut Run<'_>,
    rows: &[WRefund],
) -> Result<(), ReconcileError> {
    let orders = std::mem::take(&mut run.watch.untimed);
    expire(context, run)?;
    if !context.has_bill || orders.is_empty() {
        return Ok(());
    }
    let has_rows = context.evidence.has_refund_rows();
    // What has a row of the day was compared with it.
    let compared: BTreeSet<(OutTradeNo, MchId)> = rows
        .iter()
        .map(|w| (w.out_trade_no, w.sub_mch_id))
        .collect();
    // An order that met its payment under another number is known to the bills by that.
    let known_as = std::mem::take(&mut run.watch.bill_numbers);
    let number_of = |m: &MOrder| {
        let known = known_as.get(&m.out_trade_no);
        known.copied().unwrap_or(m.out_trade_no)
    };
    let is_compared = |m: &MOrder| {
        let number = number_of(m);
        compared.contains(&(number, m.sub_mch_id)) || compared.contains(&(number, MchId::EMPTY))
    };
    for chunk in orders.chunks(ORDERS) {
        run.ledger.advance(0)?;
        let numbers: Vec<OutTradeNo> = chunk.iter().map(number_of).collect();
        let facts = archive_facts(context, &numbers, Today::Asked)?;
        let listed: BTreeSet<OutTradeNo> = if has_rows {
            let own: Vec<OutTradeNo> = chunk.iter().map(|m| m.out_trade_no).collect();
            let own = context.evidence.merchant_refunds_of_orders(&own)?;
            own.iter().map(|refund| refund.out_trade_no).collect()
        } else {
            BTreeSet::new()
        };
        for m in chunk.iter().filter(|m| !is_compared(m)) {
            // Where there is a list of refunds, it speaks for the orders that it has.
            let is_told = m.refund_total.is_some() && !m.is_refund_unsized();
            if has_rows && (is_told || listed.contains(&m.out_trade_no)) {
                continue;
            }
            let number = number_of(m);
            let known = facts.of(&number, &m.sub_mch_id);
            let owed = known.map(|known| owed(context, m, known)).transpose()?;
            let Some(owed) = owed.flatten() else {
                continue;
            };
            // It has no day of its own: what a later bill has is not on its way.
            let is_later = |row: &LaterRow| row.is_refund && row.out_trade_no == number;
            if context.input.later.iter().any(is_later) {
                continue;
            }
            // Found by a day that is compared late, it waits from the bill on that was the last one then.
            let mut waiting = context.input.waiting_refunds.iter();
            let waiting = waiting.find(|waiting| waiting.is_of(&number, &m.sub_mch_id));
            let last = context.bill_days.last().copied();
            let since = waiting.map_or_else(
                || last.unwrap_or(context.date).max(context.date),
                |waiting| waiting.since,
            );
            let mut finding = describe(Category::RefundPendingM, m, &owed, since);
            finding.out_trade_no = number;
            run.ledger
                .enter(RowKind::Refund, finding, Placement::default())?;
        }
    }
    Ok(())
}

/// A refund that the merchant told of, and what the bills have of it.
struct Owed {
    total: Fen,
    billed: Fen,
}

/// What of an order's refund no bill up to the day has; `None` where nothing is open.
fn owed(
    context: &Context<'_>,
    m: &MOrder,
    known: &ArchivedOrder,
) -> Result<Option<Owed>, ReconcileError> {
    let Some(total) = untimed_refund(m) else {
        return Ok(None);
    };
    let billed = known.accepted(context)?;
    // What was never paid at WeChat Pay cannot be refunded there, and is told as such.
    let is_paid = known.paid().is_some_and(|paid| paid > Fen::ZERO);
    let is_open = if m.is_refund_unsized() {
        billed == Fen::ZERO
    } else {
        billed < total
    };
    Ok((is_paid && is_open).then_some(Owed { total, billed }))
}

fn describe(category: Category, m: &MOrder, owed: &Owed, since: BillDate) -> Finding {
    let mut finding = Finding::new(category);
    finding.out_trade_no = m.out_trade_no;
    finding.sub_mch_id = m.sub_mch_id;
    finding.order_no = m.order_no;
    finding.transaction_id = m.transaction_id;
    finding.out_refund_no = m.refund_no;
    finding.merchant = (!m.is_refund_unsized()).then_some(owed.total);
    finding.bill = (owed.billed > Fen::ZERO).then_some(owed.billed);
    finding.order_row = Some(m.row);
    finding.detail = if m.is_refund_unsized() {
        format!("{UNTIMED} entered={since} status=refunding")
    } else {
        format!("{UNTIMED} entered={since}")
    };
    finding
}

/// Refunds of earlier days for which as many bills came as a refund may take, and none had them (R02, X6).
fn expire(context: &Context<'_>, run: &mut Run<'_>) -> Result<(), ReconcileError> {
    if !context.has_bill {
        return Ok(());
    }
    let is_over = |waiting: &&WaitingRefund| {
        let came = |bill: &&BillDate| **bill > waiting.since && **bill <= context.date;
        context.bill_days.iter().filter(came).count() >= PoolKind::Refund.limit()
    };
    let over = context.input.waiting_refunds.iter().filter(is_over);
    let over: Vec<WaitingRefund> = over.copied().collect();
    for chunk in over.chunks(ORDERS) {
        run.ledger.advance(0)?;
        let numbers: Vec<OutTradeNo> = chunk.iter().map(|w| w.out_trade_no).collect();
        let facts = archive_facts(context, &numbers, Today::Asked)?;
        let mut orders = context.evidence.orders_by_number(&numbers)?;
        orders.resize(chunk.len(), None);
        let shops = if chunk.iter().all(|waiting| waiting.sub_mch_id.is_empty()) {
            Vec::new()
        } else {
            context.evidence.orders_of_numbers(&numbers)?
        };
        for (waiting, order) in chunk.iter().zip(&orders) {
            let number = waiting.out_trade_no;
            let is_its = |m: &MOrder| waiting.is_of(&m.out_trade_no, &m.sub_mch_id);
            // The order of its own sub-merchant, as the newest import has it, before one that names none.
            let own = shops
                .iter()
                .filter(|m| is_its(m) && m.sub_mch_id == waiting.sub_mch_id)
                .max_by_key(|m| (m.row.import, std::cmp::Reverse(m.row.line)));
            let named = order.as_ref().filter(|m| is_its(m));
            // An order under another number than its payment's.
            let met = facts.of(&number, &waiting.sub_mch_id);
            let met = met.and_then(|known| known.order.as_ref());
            let Some(m) = own.or(named).or(met) else {
                continue;
            };
            let Some(known) = facts.of(&number, &m.sub_mch_id) else {
                continue;
            };
            let Some(owed) = owed(context, m, known)? else {
                continue;
            };
            let mut finding = describe(Category::MOnlyRefund, m, &owed, waiting.since);
            finding.out_trade_no = number;
            // Without the merchant's number of it nobody can submit it once more and be sure that it is the same.
            if m.refund_no.is_empty() {
                finding.tags.push(Tag::Hold);
            }
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
