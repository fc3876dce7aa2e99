//! What went back of each payment, or is on its way back.

use std::collections::{BTreeMap, BTreeSet};

use recondesk_domain::{Fen, OutTradeNo, TransactionId, WPay, WRefund};

use super::context::Context;
use super::refunds::{is_accepted, key_of};
use super::{LiveRefundState, ReconcileError};

/// Accepted refunds by the payment that they are of.
#[derive(Debug, Default)]
pub(super) struct Returned(BTreeMap<(OutTradeNo, TransactionId), Fen>);

impl Returned {
    /// All refunds of some orders up to the day.
    pub(super) fn of(
        context: &Context<'_>,
        numbers: &[OutTradeNo],
    ) -> Result<Self, ReconcileError> {
        if numbers.is_empty() {
            return Ok(Self::default());
        }
        let rows = context.evidence.refunds_of_orders(numbers, context.date)?;
        let mut seen = BTreeSet::new();
        let rows = rows.iter().map(|(_, w)| w);
        Self::add_up(context, rows.filter(|w| seen.insert(key_of(w))))
    }

    /// Some refunds, of which each stands there once.
    pub(super) fn add_up<'r>(
        context: &Context<'_>,
        rows: impl Iterator<Item = &'r WRefund>,
    ) -> Result<Self, ReconcileError> {
        let mut out = BTreeMap::new();
        let mut known = BTreeSet::new();
        for w in rows {
            known.insert(w.out_refund_no);
            if !is_accepted(context, w) {
                continue;
            }
            let sum = out
                .entry((w.out_trade_no, w.transaction_id))
                .or_insert(Fen::ZERO);
            *sum = sum.checked_add(w.amount).ok_or(ReconcileError::Overflow)?;
        }
        // What WeChat Pay told of refunds that no bill has yet. One that was only taken over may still be closed without
        // any money moving: its payment stays open, and what is to be given for it is held back.
        for live in context.live.values() {
            let is_under_way = live.state == LiveRefundState::Processing;
            if known.contains(&live.out_refund_no) || is_under_way || live.returned() == Fen::ZERO {
                continue;
            }
            let key = (live.out_trade_no, live.transaction_id);
            let sum = out.entry(key).or_insert(Fen::ZERO);
            let more = sum.checked_add(live.returned());
            *sum = more.ok_or(ReconcileError::Overflow)?;
        }
        Ok(Self(out))
    }

    /// What of a payment went back, or is on its way back.
    pub(super) fn of_payment(&self, w: &WPay) -> Fen {
        let of = |payment: TransactionId| {
            let sum = self.0.get(&(w.out_trade_no, payment));
            sum.copied().unwrap_or(Fen::ZERO)
        };
        let named = of(w.transaction_id);
        if w.transaction_id.is_empty() {
            return named;
        }
        // A message that names no payment is of the order's only one.
        let unnamed = of(TransactionId::EMPTY);
        named.checked_add(unnamed).unwrap_or(w.amount)
    }
}
