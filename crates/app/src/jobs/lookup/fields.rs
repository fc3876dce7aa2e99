//! The fields of a live answer: each with its unit, its meaning, and what the local record has. Pure.

use super::collect::pay_status_words;
use super::live::LiveAnswer;
use crate::Message;
use crate::gateway::{PaymentCall, QueryVerdict};
use recondesk_domain::{Fen, Instant, MOrder, Term, WPay, is_personal, mask_value};
use wechatpay_codec::v2::RefundState;

/// One field of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerField {
    /// Name on the wire.
    pub name: String,
    /// What it means; empty where the documents do not have it.
    pub meaning: Term,
    /// What WeChat Pay says, with unit and wording.
    pub theirs: Message,
    /// What may follow, for states.
    pub next: Term,
    /// What the local record says; `None` where it has no such field.
    pub ours: Option<Message>,
    /// True when the two do not fit.
    pub differs: bool,
}

/// Fields of every message that say nothing of the order.
const ENVELOPE: [&str; 10] = [
    "return_code",
    "return_msg",
    "result_code",
    "err_code",
    "err_code_des",
    "nonce_str",
    "sign",
    "sign_type",
    "device_info",
    "trade_state_desc",
];

/// The order in which fields are shown, with their meaning.
const KNOWN: [(&str, Term); 22] = [
    ("trade_state", Term::new("交易状态", "State of the trade")),
    (
        "total_fee",
        Term::new("订单金额，单位分", "Amount of the order, in fen"),
    ),
    (
        "time_end",
        Term::new("支付完成时间，北京时间", "When it was paid, Beijing time"),
    ),
    (
        "transaction_id",
        Term::new("微信支付订单号，报给微信客服", "WeChat Pay's number"),
    ),
    (
        "out_trade_no",
        Term::new("商户订单号，对账用", "The merchant's order number"),
    ),
    ("openid", Term::new("顾客在此应用下的标识", "The customer")),
    ("trade_type", Term::new("支付方式", "Way of paying")),
    ("bank_type", Term::new("付款银行", "Paying bank")),
    (
        "fee_type",
        Term::new("币种，空为人民币", "Currency, CNY when empty"),
    ),
    (
        "cash_fee",
        Term::new("顾客实付现金，单位分", "Cash paid, in fen"),
    ),
    (
        "settlement_total_fee",
        Term::new("应结订单金额，单位分", "Amount to settle, in fen"),
    ),
    (
        "coupon_fee",
        Term::new("代金券金额，单位分", "Coupons, in fen"),
    ),
    ("coupon_count", Term::new("代金券张数", "Number of coupons")),
    (
        "cash_fee_type",
        Term::new("现金币种", "Currency of the cash"),
    ),
    (
        "is_subscribe",
        Term::new("是否关注公众号", "Follows the account"),
    ),
    (
        "attach",
        Term::new("商户附加数据", "The merchant's own data"),
    ),
    ("detail", Term::new("商品详情", "Goods")),
    ("mch_id", Term::new("商户号", "Merchant number")),
    ("appid", Term::new("应用标识", "App")),
    ("sub_mch_id", Term::new("特约商户号", "Sub-merchant")),
    (
        "sub_appid",
        Term::new("特约商户应用", "App of the sub-merchant"),
    ),
    (
        "sub_openid",
        Term::new("顾客在子应用下的标识", "The customer"),
    ),
];

/// The fields of the order of an answer that is believed; empty otherwise.
#[must_use]
pub fn fields(asked: &LiveAnswer, bill: Option<&WPay>) -> Vec<AnswerField> {
    if !asked.parts.is_empty() {
        return asked.parts.iter().map(part_field).collect();
    }
    let order = asked.inquiry.exchanges.iter().rev().find_map(|exchange| {
        let is_order = exchange.call == PaymentCall::OrderQuery;
        exchange.result.as_ref().ok().filter(|_| is_order)
    });
    let (Some(params), QueryVerdict::Known(_)) = (order, &asked.inquiry.verdict) else {
        return Vec::new();
    };
    let mut out: Vec<AnswerField> = params
        .iter()
        .filter(|param| !ENVELOPE.contains(&param.name.as_str()) && !param.value.is_empty())
        .map(|param| field(asked, bill, (&param.name, &param.value)))
        .collect();
    out.push(refunds(asked));
    out.sort_by_key(|field| (!field.differs, place(&field.name)));
    out
}

/// A part of a combined order in one line.
fn part_field(part: &LiveAnswer) -> AnswerField {
    let (theirs, next) = match &part.inquiry.verdict {
        QueryVerdict::Known(state) => {
            let (word, name) = (state.state.word(), state.state.name());
            let yuan = state.total_fee.map_or_else(|| "—".to_owned(), Fen::grouped);
            let id = &state.transaction_id;
            let words = Message::new(
                format!("{word} {} ¥{yuan} {id}", name.zh),
                format!("{word} {} ¥{yuan} {id}", name.en),
            );
            (words, state.state.next())
        }
        QueryVerdict::NotFound | QueryVerdict::ExchangeError(_) => Default::default(),
    };
    let ours = part.local.as_ref().map(|order| {
        let (zh, en) = pay_status_words(order.pay_status);
        let yuan = order.amount.grouped();
        Message::new(format!("{zh} ¥{yuan}"), format!("{en} ¥{yuan}"))
    });
    AnswerField {
        name: part.number.clone(),
        meaning: if part.other_merchant.is_empty() {
            Term::new(
                "合单的子单，各自处理",
                "Part of a combined order, followed up by itself",
            )
        } else {
            Term::new(
                "合单的子单，属于别的商户",
                "Part of a combined order, another merchant's",
            )
        },
        theirs,
        next,
        ours,
        differs: !part.agrees(),
    }
}

fn place(name: &str) -> usize {
    // What was refunded stands after the facts of the payment.
    let after_payment = 9;
    match KNOWN.iter().position(|(known, _)| *known == name) {
        Some(at) if at < after_payment => at,
        Some(at) => at.saturating_add(1),
        None if name == "refund" => after_payment,
        None => KNOWN.len().saturating_add(1),
    }
}

fn field(asked: &LiveAnswer, bill: Option<&WPay>, (name, value): (&str, &str)) -> AnswerField {
    let order = asked.local.as_ref();
    let state = match &asked.inquiry.verdict {
        QueryVerdict::Known(state) if name == "trade_state" => Some(&state.state),
        _ => None,
    };
    let known = KNOWN.iter().find(|(known, _)| *known == name);
    let theirs = match state {
        Some(state) => Message::new(
            format!("{} {}", state.word(), state.name().zh),
            format!("{} {}", state.word(), state.name().en),
        ),
        None => valued(name, value),
    };
    let ours = ours(name, value, (order, bill));
    let missing = name == "time_end" && order.is_some() && ours.is_none();
    AnswerField {
        name: name.to_owned(),
        meaning: known.map_or(Term::default(), |(_, term)| *term),
        theirs,
        next: state.map_or(Term::default(), wechatpay_codec::v2::TradeState::next),
        differs: missing || asked.differences.iter().any(|differ| differ.field == name),
        ours,
    }
}

/// A value with its unit, as it is said.
fn valued(name: &str, value: &str) -> Message {
    let same = |text: String| Message::new(text.clone(), text);
    let is_money = name.ends_with("_fee") || (name.contains("_fee_") && !name.ends_with("type"));
    if is_money && let Ok(fen) = value.parse::<i64>() {
        let yuan = Fen::new(fen).grouped();
        return Message::new(
            format!("{value} 分 = ¥{yuan}"),
            format!("{value} fen = ¥{yuan}"),
        );
    }
    if name.ends_with("openid") {
        let head: String = value.chars().take(4).collect();
        let skip = value.chars().count().saturating_sub(2);
        let tail: String = value.chars().skip(skip).collect();
        return same(format!("{head}…{tail}"));
    }
    if is_personal(name) {
        return same(mask_value(name, value));
    }
    if name == "time_end"
        && let Some(at) = Instant::parse_compact(value)
    {
        return same(at.to_string());
    }
    match (name, value) {
        ("bank_type", "OTHERS") => Message::new("OTHERS 其他", "OTHERS"),
        ("is_subscribe", "Y") => Message::new("Y 是", "Y yes"),
        ("is_subscribe", "N") => Message::new("N 否", "N no"),
        _ => same(value.to_owned()),
    }
}

fn ours(
    name: &str,
    value: &str,
    (order, bill): (Option<&MOrder>, Option<&WPay>),
) -> Option<Message> {
    let same = |text: String| Message::new(text.clone(), text);
    let agrees = || Message::new("一致", "agrees");
    match name {
        "trade_state" => order.map(|order| {
            let (zh, en) = pay_status_words(order.pay_status);
            Message::new(zh, en)
        }),
        "total_fee" => order.map(|order| same(format!("¥{}", order.amount.grouped()))),
        "time_end" => order
            .and_then(|order| order.paid_at)
            .map(|at| same(at.to_string())),
        "transaction_id" => {
            let local = order.map(|order| order.transaction_id);
            match local.filter(|number| !number.is_empty()) {
                Some(number) if number.as_str() == value => Some(agrees()),
                Some(number) => Some(same(number.to_string())),
                None => bill
                    .filter(|row| row.transaction_id.as_str() == value)
                    .map(|_| Message::new("账单同号", "same in the bill")),
            }
        }
        "out_trade_no" => order.map(|order| {
            if order.out_trade_no.as_str() == value {
                agrees()
            } else {
                same(order.out_trade_no.to_string())
            }
        }),
        "appid" => order
            .map(|order| order.appid)
            .filter(|appid| !appid.is_empty())
            .map(|appid| {
                if appid.as_str() == value {
                    agrees()
                } else {
                    same(appid.to_string())
                }
            }),
        "fee_type" => order
            .filter(|order| order.is_cny)
            .map(|_| same("CNY".to_owned())),
        _ => None,
    }
}

/// What was refunded: one row for all refunds.
fn refunds(asked: &LiveAnswer) -> AnswerField {
    let none = || Message::new("未退款", "none");
    let sum = |fen: Fen| {
        let yuan = fen.grouped();
        Message::new(format!("已退 ¥{yuan}"), format!("¥{yuan} refunded"))
    };
    let theirs = match &asked.inquiry.refunds {
        None => none(),
        Some(Err(trouble)) => trouble.told(),
        Some(Ok(lines)) => {
            let living = lines
                .iter()
                .filter(|line| line.state != RefundState::Closed);
            let total = living.fold(Fen::ZERO, |total, line| {
                total.checked_add(line.refund_fee).unwrap_or(total)
            });
            sum(total)
        }
    };
    let ours = asked.local.as_ref().map(|order| {
        let booked = order.refund_total.filter(|total| *total > Fen::ZERO);
        booked.map_or_else(none, sum)
    });
    let differs = asked
        .differences
        .iter()
        .any(|differ| differ.field == "refund_fee");
    AnswerField {
        name: "refund".to_owned(),
        meaning: Term::new("退款合计", "Refunds in all"),
        theirs,
        next: Term::default(),
        ours,
        differs,
    }
}
