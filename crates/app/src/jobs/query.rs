//! Asking WeChat Pay about an order or a refund, and comparing the answer with the local books.
//!
//! An answer counts only when its signature holds and it is about the merchant and the number that
//! were asked for. Everything else is "unknown" or "untrusted", and changes nothing.

use super::exchange::{Exchange, ExchangeError, GatewaySession};
use crate::{Failure, Message};
use recondesk_domain::{Fen, MOrder, OutTradeNo, TransactionId};
use wechatpay_codec::v2::{
    OrderRef, OrderState, RefundLine, RefundList, RefundRef, Request, TradeState,
};

/// What is known after asking about an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueryVerdict {
    /// WeChat Pay knows the order.
    Known(Box<OrderState>),
    /// There is no such order under this merchant.
    NotFound,
    /// Nothing can be said.
    ExchangeError(ExchangeError),
}

/// Everything asked about one order.
#[derive(Debug, Clone)]
pub struct Inquiry {
    /// The exchanges in order: the order first, then its refunds.
    pub exchanges: Vec<Exchange>,
    /// The order.
    pub verdict: QueryVerdict,
    /// Its refunds; `None` where they were not asked for.
    pub refunds: Option<Result<Vec<RefundLine>, ExchangeError>>,
}

/// Refunds come ten at a time, at most fifty.
const MAX_REFUND_PAGES: u32 = 10;

/// Asks about an order, and about its refunds where it has some.
///
/// # Errors
/// When the question cannot be asked: key, appid or profile are incomplete.
pub fn order(
    line: GatewaySession<'_>,
    order: OrderRef,
    sub_mch_id: &str,
) -> Result<Inquiry, Failure> {
    let exchange = line.ask(&Request::OrderQuery(order), sub_mch_id)?;
    let verdict = match &exchange.result {
        Ok(params) => match OrderState::read(params) {
            Err(error) => QueryVerdict::ExchangeError(ExchangeError::Unclear(error.to_string())),
            Ok(state) => match foreign(&order, &state.out_trade_no, &state.transaction_id) {
                Some(why) => QueryVerdict::ExchangeError(ExchangeError::Untrusted(why)),
                None => QueryVerdict::Known(Box::new(state)),
            },
        },
        Err(ExchangeError::Fault(fault)) if fault.is("ORDERNOTEXIST") => QueryVerdict::NotFound,
        Err(trouble) => QueryVerdict::ExchangeError(trouble.clone()),
    };
    let mut inquiry = Inquiry {
        exchanges: vec![exchange],
        verdict,
        refunds: None,
    };
    if let QueryVerdict::Known(state) = &inquiry.verdict
        && state.state == TradeState::Refund
    {
        let which = RefundRef::Order(order);
        inquiry.refunds = Some(refunds(line, which, sub_mch_id, &mut inquiry.exchanges)?);
    }
    Ok(inquiry)
}

/// Asks about refunds, page by page.
///
/// # Errors
/// When the question cannot be asked.
pub fn refunds(
    line: GatewaySession<'_>,
    which: RefundRef,
    sub_mch_id: &str,
    exchanges: &mut Vec<Exchange>,
) -> Result<Result<Vec<RefundLine>, ExchangeError>, Failure> {
    let mut all: Vec<RefundLine> = Vec::new();
    for _ in 0..MAX_REFUND_PAGES {
        let offset = u32::try_from(all.len()).ok().filter(|offset| *offset > 0);
        let exchange = line.ask(&Request::RefundQuery(which, offset), sub_mch_id)?;
        let page = page(&exchange, &which);
        exchanges.push(exchange);
        let page = match page {
            Ok(page) => page,
            // The first page said all there is, and an older gateway does not count.
            Err(ExchangeError::Fault(fault)) if fault.is("REFUNDNOTEXIST") && !all.is_empty() => {
                break;
            }
            Err(trouble) => return Ok(Err(trouble)),
        };
        let got = page.refunds.len();
        for refund in page.refunds {
            // A gateway that ignores the offset must not make a refund count twice.
            if !all.iter().any(|known| known.refund_id == refund.refund_id) {
                all.push(refund);
            }
        }
        let told = page.total_count.map(|count| count as usize);
        if got < 10 || told.is_some_and(|told| all.len() >= told) {
            break;
        }
    }
    Ok(Ok(all))
}

fn page(exchange: &Exchange, which: &RefundRef) -> Result<RefundList, ExchangeError> {
    let params = exchange.result.as_ref().map_err(Clone::clone)?;
    let list =
        RefundList::read(params).map_err(|error| ExchangeError::Unclear(error.to_string()))?;
    let why = match which {
        RefundRef::Order(order) => foreign(order, &list.out_trade_no, &list.transaction_id),
        RefundRef::Refund(id) => other("refund_id", id.as_str(), &list, |line| &line.refund_id),
        RefundRef::Merchant(number) => other("out_refund_no", number.as_str(), &list, |line| {
            &line.out_refund_no
        }),
    };
    match why {
        Some(why) => Err(ExchangeError::Untrusted(why)),
        None => Ok(list),
    }
}

fn other(
    field: &str,
    asked: &str,
    list: &RefundList,
    pick: fn(&RefundLine) -> &String,
) -> Option<String> {
    let mut found = list.refunds.iter().map(pick);
    found
        .find(|number| *number != asked)
        .map(|number| format!("asked for {field} {asked}, answered for {number}"))
}

/// Why an answer is not about the order that was asked for.
fn foreign(asked: &OrderRef, out_trade_no: &str, transaction_id: &str) -> Option<String> {
    let (field, ours, theirs) = match asked {
        OrderRef::Merchant(number) => ("out_trade_no", number.as_str(), out_trade_no),
        OrderRef::Transaction(number) => ("transaction_id", number.as_str(), transaction_id),
    };
    (ours != theirs).then(|| format!("asked for {field} {ours}, answered for {theirs:?}"))
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
        (QueryVerdict::Known(state), Some(order)) => {
            compare(state, order, inquiry.refunds.as_ref())
        }
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

fn compare(
    state: &OrderState,
    order: &MOrder,
    refunds: Option<&Result<Vec<RefundLine>, ExchangeError>>,
) -> Vec<Difference> {
    let mut out = Vec::new();
    let mut differ = |field, ours: String, theirs: String, words: Message| {
        out.push(Difference {
            field,
            ours,
            theirs,
            words,
        });
    };
    let booked = order.pay_status.is_paid();
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
            .try_fold(Fen::ZERO, |sum, line| sum.checked_add(line.refund_fee))
            .unwrap_or_default();
        if sum != booked {
            differ(
                "refund_fee",
                booked.to_string(),
                sum.to_string(),
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
