//! Asking WeChat Pay about an order or a refund, and comparing the answer with the local books.
//!
//! An answer counts only when its signature holds and it is about the merchant and the number that
//! were asked for. Everything else is "unknown" or "untrusted", and changes nothing.

use crate::gateway::{Exchange, ExchangeError, GatewayClient, RefundsOf};
use crate::{Failure, Message};
use recondesk_domain::{Fen, MOrder, OutRefundNo, OutTradeNo, TransactionId};
use wechatpay_codec::v2::{OrderRef, OrderState, RefundLine, TradeState};

pub use crate::gateway::QueryVerdict;

/// Everything asked about one order.
#[derive(Debug, Clone)]
pub struct Inquiry {
    /// The exchanges in order: the order first, then its refunds.
    pub exchanges: Vec<Exchange>,
    /// The order.
    pub verdict: QueryVerdict,
    /// Its refunds; `None` where they were not asked for.
    pub refunds: Option<Result<Vec<RefundLine>, ExchangeError>>,
    /// True when these are all refunds of the order. APIv3 can only be asked about numbers that are known here.
    pub all_refunds: bool,
}

/// Asks about an order, and about its refunds where it has some; `known` are the refund numbers that the
/// workspace has of it.
///
/// # Errors
/// When the question cannot be asked: key, appid or profile are incomplete.
pub fn order(
    client: &GatewayClient<'_>,
    order: OrderRef,
    sub_mch_id: &str,
    known: &[OutRefundNo],
) -> Result<Inquiry, Failure> {
    let asked = client.query_order(&order, sub_mch_id)?;
    let mut inquiry = Inquiry {
        exchanges: vec![asked.exchange],
        verdict: asked.outcome,
        refunds: None,
        all_refunds: false,
    };
    if let QueryVerdict::Known(state) = &inquiry.verdict
        && state.state == TradeState::Refund
    {
        let of = RefundsOf {
            order,
            known,
            sub_mch_id,
        };
        let listed = client.refunds_of(&of)?;
        inquiry.exchanges.extend(listed.exchanges);
        inquiry.refunds = Some(listed.refunds);
        inquiry.all_refunds = listed.is_all;
    }
    Ok(inquiry)
}

/// A point in which the answer and the local record differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The field.
    pub field: &'static str,
    /// What the local record says.
    pub ours: String,
    /// What WeChat Pay says.
    pub theirs: String,
    /// What that means.
    pub words: Message,
}

/// Compares an answer with the local order; empty when they agree.
#[must_use]
pub fn differences(inquiry: &Inquiry, local: Option<&MOrder>) -> Vec<Difference> {
    match (&inquiry.verdict, local) {
        (QueryVerdict::Known(state), Some(order)) => compare(state, order, inquiry),
        (QueryVerdict::Known(state), None) if state.state.is_paid() => vec![Difference {
            field: "out_trade_no",
            ours: String::new(),
            theirs: state.out_trade_no.clone(),
            words: Message::new(
                "微信已收款，商户订单里没有这个单号",
                "WeChat Pay has the money, the merchant's orders do not have this number",
            ),
        }],
        (QueryVerdict::NotFound, Some(order)) if order.pay_status.is_paid() => vec![Difference {
            field: "trade_state",
            ours: order.pay_status.word().to_owned(),
            theirs: "ORDERNOTEXIST".to_owned(),
            words: Message::new(
                "商户订单记为已支付，微信支付没有这个订单：停止履约并核实",
                "Booked as paid, but WeChat Pay has no such order: stop fulfilment and check",
            ),
        }],
        _ => Vec::new(),
    }
}

fn compare(state: &OrderState, order: &MOrder, inquiry: &Inquiry) -> Vec<Difference> {
    let refunds = inquiry.refunds.as_ref();
    let mut out = Vec::new();
    let mut differ = |field, ours: String, theirs: String, words: Message| {
        out.push(Difference {
            field,
            ours,
            theirs,
            words,
        });
    };
    let booked = order.is_booked();
    if state.state.is_paid() != booked && !matches!(state.state, TradeState::Unknown(_)) {
        let words = if booked {
            Message::new(
                "商户订单记为已支付，微信支付未收到款：停止履约并核实",
                "Booked as paid, but WeChat Pay has no money: stop fulfilment and check",
            )
        } else {
            Message::new(
                "顾客已付款，商户订单未记账：掉单",
                "The customer has paid, the merchant has not booked it: a dropped order",
            )
        };
        differ(
            "trade_state",
            order.pay_status.word().to_owned(),
            state.state.word().to_owned(),
            words,
        );
    }
    if let Some(total) = state.total_fee
        && total != order.amount
    {
        differ(
            "total_fee",
            order.amount.to_string(),
            total.to_string(),
            Message::new("订单金额不同", "The amounts differ"),
        );
    }
    if !order.transaction_id.is_empty()
        && !state.transaction_id.is_empty()
        && order.transaction_id.as_str() != state.transaction_id
    {
        differ(
            "transaction_id",
            order.transaction_id.to_string(),
            state.transaction_id.clone(),
            Message::new("微信支付订单号不同", "WeChat Pay's numbers differ"),
        );
    }
    if let (Some(Ok(lines)), Some(booked)) = (refunds, order.refund_total) {
        let sum = lines
            .iter()
            .filter(|line| line.state != wechatpay_codec::v2::RefundState::Closed)
            .try_fold(Fen::ZERO, |sum, line| sum.checked_add(line.refund_fee));
        // A list that may lack some proves only that too much was refunded; a sum that cannot be counted is no sum.
        if sum.is_none_or(|sum| sum > booked || (sum != booked && inquiry.all_refunds)) {
            differ(
                "refund_fee",
                booked.to_string(),
                sum.map_or_else(|| "—".to_owned(), |sum| sum.to_string()),
                Message::new("退款合计不同", "The sums of the refunds differ"),
            );
        }
    }
    let booked = order.refund_total.filter(|total| *total > Fen::ZERO);
    // Refunds are asked about only where the state says that there are some.
    if let (None, TradeState::Success, Some(booked)) = (refunds, &state.state, booked) {
        differ(
            "refund_fee",
            booked.to_string(),
            Fen::ZERO.to_string(),
            Message::new(
                "商户记有退款，微信支付没有退过款",
                "The merchant booked a refund, WeChat Pay made none",
            ),
        );
    }
    out
}

/// The reference for a number that may be either of the two.
#[must_use]
pub fn order_ref(number: &str, is_transaction: bool) -> Option<OrderRef> {
    if is_transaction {
        TransactionId::new(number).map(OrderRef::Transaction)
    } else {
        OutTradeNo::new(number).map(OrderRef::Merchant)
    }
}
