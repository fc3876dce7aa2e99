//! What is said of a refund: the finding of a row of either book, and the facts that explain its category.

use recondesk_domain::{BillRefundState, Category, Fen, Finding, MRefund, WRefund};

use super::ReconcileError;
use super::archive_facts::ArchivedOrder;
use super::context::Context;

/// A finding of a refund row, a merchant refund, or both.
pub(super) fn describe(category: Category, w: Option<&WRefund>, m: Option<&MRefund>) -> Finding {
    let mut out = Finding::new(category);
    if let Some(m) = m {
        out.out_trade_no = m.out_trade_no;
        out.out_refund_no = m.out_refund_no;
        out.refund_id = m.refund_id;
        out.merchant = Some(m.amount);
        out.paid_at = m.time();
        out.order_row = Some(m.row);
    }
    if let Some(w) = w {
        out.out_trade_no = w.out_trade_no;
        out.sub_mch_id = w.sub_mch_id;
        out.transaction_id = w.transaction_id;
        out.out_refund_no = w.out_refund_no;
        out.refund_id = w.refund_id;
        out.bill = Some(w.amount);
        out.paid_at = Some(w.time);
        out.bill_row = Some(w.row);
    }
    out
}

/// Facts that explain the deciding category of a refund row; a category that is not here has none of its own.
pub(super) fn explain(
    context: &Context<'_>,
    category: Category,
    w: &WRefund,
    facts: &ArchivedOrder,
) -> Result<String, ReconcileError> {
    let of_category = EXPLAINED.iter().find(|(known, _)| *known == category);
    of_category.map_or_else(
        || Ok(String::new()),
        |(_, explain)| explain(context, w, facts),
    )
}

/// Facts of a refund row in key=value form.
type RefundFacts = fn(&Context<'_>, &WRefund, &ArchivedOrder) -> Result<String, ReconcileError>;

const EXPLAINED: [(Category, RefundFacts); 7] = [
    (Category::WOnlyRefund, |context, w, _| {
        let is_own = context.input.own_refunds.contains(&w.out_refund_no);
        Ok(if is_own { "made=here" } else { "" }.to_owned())
    }),
    (Category::OverRefund, |context, _, facts| {
        let sum = facts.accepted(context)?;
        let paid = facts.paid().or_else(|| facts.order.map(|m| m.amount));
        let paid = paid.unwrap_or(Fen::ZERO);
        Ok(format!("refunded={} paid={}", sum.get(), paid.get()))
    }),
    (Category::DupRefundSuspect, |context, w, facts| {
        let twins = facts.twins(context, w);
        let twins: Vec<&str> = twins.map(|other| other.out_refund_no.as_str()).collect();
        Ok(format!("twins={}", twins.join(",")))
    }),
    (Category::RefundInFlight, |_, w, _| Ok(bill_state(w))),
    (Category::RefundAbnormal, |_, w, _| Ok(bill_state(w))),
    (Category::RefundClosed, |_, w, _| Ok(bill_state(w))),
    (Category::FeeRefund, |_, w, _| {
        let expected = super::fees::fee_of(w.settled, w.rate).saturating_neg();
        Ok(format!(
            "fee={} expected={expected} rate={}",
            w.fee.get(),
            w.rate
        ))
    }),
];

fn bill_state(w: &WRefund) -> String {
    format!("bill_state={}", state_word(w.state))
}

const fn state_word(state: BillRefundState) -> &'static str {
    match state {
        BillRefundState::Success => "success",
        BillRefundState::Processing => "processing",
        BillRefundState::Fail => "fail",
        BillRefundState::Change => "change",
        BillRefundState::Unknown => "unknown",
    }
}
