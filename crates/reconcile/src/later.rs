//! What bills of later days say of the findings of a day: days that are made up for, or compared again.
//!
//! The report of a day is never rewritten by a later match (X7): its categories stand. But a step that gives goods or
//! money away, or stops goods, is held back where a bill that is here already speaks against it.

use std::collections::{BTreeMap, BTreeSet};

use recondesk_domain::{BillDate, BillRefundState, BillState, Category, Finding, OutTradeNo, Tag};

use super::context::Context;
use super::match_archive::CHUNK;
use super::run::Run;
use super::{Evidence, ReconcileError};

/// A row of a later bill for an order of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LaterRow {
    /// 商户订单号.
    pub out_trade_no: OutTradeNo,
    /// True for a refund, false for a payment.
    pub is_refund: bool,
    /// The day of the bill.
    pub bill: BillDate,
}

/// The rows of later bills that speak against the steps of these findings, in stable order.
///
/// # Errors
/// When the archive cannot answer.
pub fn later_rows(
    evidence: &dyn Evidence,
    day: BillDate,
    findings: &[Finding],
) -> Result<Vec<LaterRow>, ReconcileError> {
    let last = evidence.bill_days()?.into_iter().max();
    let Some(last) = last.filter(|last| *last > day) else {
        return Ok(Vec::new());
    };
    let mut numbers: Vec<OutTradeNo> = findings
        .iter()
        .filter(|finding| {
            gives(finding.category)
                || matches!(
                    finding.category,
                    Category::MOnlyPay | Category::RefundPendingM
                )
        })
        .map(|finding| finding.out_trade_no)
        .filter(|number| !number.is_empty())
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    let mut out = BTreeSet::new();
    for chunk in numbers.chunks(CHUNK) {
        for (bill, w) in evidence.pays_by_number(chunk, last)? {
            if bill > day && w.state == BillState::Success {
                let out_trade_no = w.out_trade_no;
                out.insert((out_trade_no, false, bill));
            }
        }
        for (bill, w) in evidence.refunds_of_orders(chunk, last)? {
            if bill > day && w.state != BillRefundState::Fail {
                out.insert((w.out_trade_no, true, bill));
            }
        }
    }
    let mut rows: Vec<LaterRow> = out
        .into_iter()
        .map(|(out_trade_no, is_refund, bill)| LaterRow {
            out_trade_no,
            is_refund,
            bill,
        })
        .collect();
    // The first bill that says so is enough.
    rows.dedup_by_key(|row| (row.out_trade_no, row.is_refund));
    Ok(rows)
}

const fn gives(category: Category) -> bool {
    category.action().moves_money() || category.action().delivers()
}

/// Holds back the steps that a later bill, or another bill of the same day (B07), speaks against.
#[expect(clippy::unnecessary_wraps, reason = "a pass may fail")]
pub(super) fn hold_back(context: &Context<'_>, run: &mut Run<'_>) -> Result<(), ReconcileError> {
    let later: BTreeMap<(OutTradeNo, bool), BillDate> = context
        .input
        .later
        .iter()
        .map(|row| ((row.out_trade_no, row.is_refund), row.bill))
        .collect();
    let is_changed = context
        .input
        .bill_findings
        .iter()
        .any(|finding| finding.category == Category::BillChanged);
    if later.is_empty() && !is_changed {
        return Ok(());
    }
    for finding in run.ledger.findings_mut() {
        let is_p05 = finding.category == Category::MOnlyPay;
        let refunded = gives(finding.category)
            .then(|| later.get(&(finding.out_trade_no, true)))
            .flatten();
        let paid = is_p05
            .then(|| later.get(&(finding.out_trade_no, false)))
            .flatten();
        let why = match (refunded, paid) {
            (Some(bill), _) => format!("refunded_in_bill={bill}"),
            (None, Some(bill)) => format!("paid_in_bill={bill}"),
            (None, None) if is_p05 && is_changed => "bill=changed".to_owned(),
            (None, None) => continue,
        };
        if !finding.tags.contains(&Tag::Hold) {
            finding.tags.push(Tag::Hold);
        }
        let facts = format!("{} {why}", finding.detail);
        facts.trim_start().clone_into(&mut finding.detail);
    }
    Ok(())
}
