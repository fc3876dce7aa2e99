//! Refunds that look like one made twice, but which the merchant booked one by one.

use std::collections::BTreeSet;

use recondesk_domain::{MRefund, OutRefundNo, RefundStatus, WRefund};

use super::ReconcileError;
use super::archive_facts::ArchiveFacts;
use super::context::Context;

/// Which of the refunds that look like twins have a row of their own in the merchant's book.
pub(super) fn booked_twins<'r>(
    context: &Context<'_>,
    rows: impl Iterator<Item = &'r WRefund>,
    facts: &ArchiveFacts,
) -> Result<BTreeSet<OutRefundNo>, ReconcileError> {
    let mut numbers = BTreeSet::new();
    for w in rows {
        let Some(facts) = facts.of(&w.out_trade_no, &w.sub_mch_id) else {
            continue;
        };
        let mut twins = facts.twins(context, w).peekable();
        if twins.peek().is_some() {
            numbers.insert(w.out_refund_no);
            numbers.extend(twins.map(|other| other.out_refund_no));
        }
    }
    let numbers: Vec<OutRefundNo> = numbers.into_iter().collect();
    let found = context.evidence.merchant_refunds_by_number(&numbers)?;
    let standing =
        |m: &MRefund| matches!(m.status, RefundStatus::Success | RefundStatus::Processing);
    let found = found.into_iter().flatten().filter(standing);
    Ok(found.map(|m| m.out_refund_no).collect())
}
