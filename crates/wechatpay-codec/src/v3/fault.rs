//! Error bodies of APIv3 and what to do about them. Old and new spellings are the same code.

use serde::Deserialize;

use super::api::Call;
use crate::v2::{FaultAction, FaultAdvice, same_code};
use recondesk_domain::Term;

/// An error answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The call.
    pub call: Call,
    /// HTTP status.
    pub status: u16,
    /// `code`.
    pub code: String,
    /// `message`, the remote side's own words.
    pub message: String,
    /// `detail.field`, where told.
    pub field: String,
    /// `detail.issue`, where told.
    pub issue: String,
    /// The string the gateway signed itself (`detail.detail.issue` or `sign_information`), of a 401.
    pub sign_information: Option<SignInformation>,
}

/// What a 401 tells about the string it computed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SignInformation {
    /// `method`.
    pub method: String,
    /// `url`: path and query.
    pub url: String,
    /// `truncated_sign_message`: the signed string, cut, with `\n` written as two characters.
    pub message: String,
    /// `sign_message_length`: bytes of the whole string.
    pub length: Option<u64>,
}

#[derive(Deserialize)]
struct ErrorBody {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    detail: Option<serde_json::Value>,
}

impl Fault {
    /// Reads an error body; anything that is not one becomes a fault without code.
    #[must_use]
    pub fn read(call: Call, status: u16, body: &[u8]) -> Self {
        let parsed: Option<ErrorBody> = (body.len() <= 1 << 20)
            .then(|| serde_json::from_slice(body).ok())
            .flatten();
        let Some(ErrorBody {
            code,
            message,
            detail,
        }) = parsed
        else {
            return Self {
                call,
                status,
                code: String::new(),
                message: String::new(),
                field: String::new(),
                issue: String::new(),
                sign_information: None,
            };
        };
        let text = |name: &str| {
            detail
                .as_ref()
                .and_then(|detail| detail.get(name))
                .and_then(serde_json::Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        Self {
            call,
            status,
            code,
            message,
            field: text("field"),
            issue: text("issue"),
            sign_information: SignInformation::find(detail.as_ref()),
        }
    }

    /// True for that code, in either spelling.
    #[must_use]
    pub fn is(&self, code: &str) -> bool {
        same_code(&self.code, code)
    }

    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> FaultAdvice {
        advice(self.call, self.status, &self.code)
    }
}

impl SignInformation {
    /// Looks for it in an error body or in its `detail`.
    #[must_use]
    pub fn from_answer(body: &[u8]) -> Option<Self> {
        if body.len() > 1 << 20 {
            return None;
        }
        let value: serde_json::Value = serde_json::from_slice(body).ok()?;
        Self::find(Some(&value)).or_else(|| Self::find(value.get("detail")))
    }

    fn find(place: Option<&serde_json::Value>) -> Option<Self> {
        let place = place?;
        let found = place
            .get("sign_information")
            .or_else(|| place.get("detail")?.get("sign_information"))?;
        let text = |name: &str| {
            found
                .get(name)
                .and_then(serde_json::Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let message = text("truncated_sign_message");
        (!message.is_empty()).then(|| Self {
            method: text("method"),
            url: text("url"),
            message,
            length: found
                .get("sign_message_length")
                .and_then(serde_json::Value::as_u64),
        })
    }
}

use FaultAction as A;

/// What a code means at a call; an unknown code is judged by the HTTP status.
#[must_use]
pub fn advice(call: Call, status: u16, code: &str) -> FaultAdvice {
    let own = match call {
        Call::Refund | Call::AbnormalRefund => REFUND,
        Call::QueryRefund => REFUND_QUERY,
        Call::TradeBill | Call::FundFlowBill | Call::Download => BILL,
        Call::QueryById
        | Call::QueryByNumber
        | Call::QueryCombined
        | Call::Close
        | Call::CloseCombined
        | Call::Certificates => &[],
        Call::Order(_) => ORDER,
    };
    own.iter()
        .chain(COMMON)
        .find(|(word, ..)| same_code(word, code))
        .map_or_else(
            || by_status(status),
            |(_, action, zh, en)| FaultAdvice {
                action: *action,
                words: Term::new(zh, en),
            },
        )
}

const fn by_status(status: u16) -> FaultAdvice {
    let (action, zh, en) = match status {
        400 => (
            A::Fix,
            "请求有误：看错误描述后改正",
            "The request is wrong: read the description",
        ),
        401 => (
            A::Fix,
            "签名不被接受：核对私钥、证书序列号、时间和待签字符串",
            "The signature was not accepted: check key, serial, clock and string",
        ),
        403 => (A::Fix, "没有权限", "Not permitted"),
        404 => (
            A::Final,
            "没有这个对象，或地址有误",
            "No such object, or a wrong address",
        ),
        429 => (A::RetryLater, "频率超限：放慢后再试", "Too fast: slow down"),
        500..=599 => (
            A::Query,
            "微信支付系统异常，结果未知：先查询",
            "WeChat Pay failed, outcome unknown: query first",
        ),
        _ => (
            A::Show,
            "没有见过的答复：请看原文",
            "An unknown answer: read the original",
        ),
    };
    FaultAdvice {
        action,
        words: Term::new(zh, en),
    }
}

type FaultAdviceRow = (&'static str, FaultAction, &'static str, &'static str);

#[rustfmt::skip]
const COMMON: &[FaultAdviceRow] = &[
    ("PARAM_ERROR", A::Fix, "参数错误：看 field 和 issue 后改正；多传接口没有的字段也会这样", "A parameter is wrong: see field and issue; a field the call does not have does the same"),
    ("INVALID_REQUEST", A::Fix, "请求不合业务规则：看错误描述", "Against a business rule: read the description"),
    ("SIGN_ERROR", A::Fix, "签名错误：核对私钥与序列号是否一对、时间、待签字符串", "Wrong signature: check that key and serial belong together, the clock, the string"),
    ("NO_AUTH", A::Fix, "没有权限：产品未开通、IP 不在名单，或对象属于别的商户", "No right: product not open, address not listed, or another merchant's object"),
    ("FREQUENCY_LIMITED", A::RetryLater, "频率超限：放慢后再试", "Too fast: slow down"),
    ("RATELIMIT_EXCEEDED", A::RetryLater, "频率超限：放慢后再试", "Too fast: slow down"),
    ("SYSTEM_ERROR", A::Retry, "微信支付系统异常：用相同参数再调一次", "WeChat Pay failed: call again with the same parameters"),
    ("ORDER_NOT_EXIST", A::Final, "此商户号下没有这个订单：核对订单号、商户号和配置", "No such order under this merchant: check number, merchant and profile"),
    ("USER_PAYING", A::Query, "用户支付中：等 5 秒再查", "The customer is paying: query in 5 seconds"),
    ("ORDER_PAID", A::Query, "订单已支付：按已支付处理；不要了就退款", "Paid: treat as paid; refund if not wanted"),
    ("ORDER_CLOSED", A::Done, "订单已经关闭", "Closed already"),
    ("APPID_MCHID_NOT_MATCH", A::Fix, "appid 没有绑定这个商户号", "The appid is not bound to the merchant"),
    ("MCH_NOT_EXISTS", A::Fix, "商户号不存在", "No such merchant"),
    ("OUT_TRADE_NO_USED", A::Query, "商户订单号已用过：先查询，确认未支付后换新号", "The number was used: query it, then take a new one"),
    ("ACCOUNT_ERROR", A::Show, "账户异常：看错误描述", "The account is not usable: read the description"),
    ("NOT_ENOUGH", A::Show, "余额不足", "Not enough money"),
    ("RULE_LIMIT", A::Show, "业务规则限制：看错误描述", "A business rule forbids it: read the description"),
    ("TRADE_ERROR", A::Show, "交易失败：看错误描述", "The trade failed: read the description"),
    ("OPENID_MISMATCH", A::Fix, "openid 与 appid 不匹配", "The openid belongs to another appid"),
    ("BANK_ERROR", A::Query, "银行系统异常，结果未知：先查询", "The bank failed, outcome unknown: query first"),
];

#[rustfmt::skip]
const ORDER: &[FaultAdviceRow] = &[
    ("ORDER_CLOSED", A::NewNumber, "订单已关闭：换新的商户订单号再下单", "Closed: order again with a new number"),
    ("INVALID_REQUEST", A::Fix, "同一订单号再次下单时参数变了，或参数有误", "The same number was sent with other parameters, or one is wrong"),
];

#[rustfmt::skip]
const REFUND: &[FaultAdviceRow] = &[
    ("SYSTEM_ERROR", A::Retry, "微信支付系统异常，结果未知：用同一退款单号重试，不要换号", "WeChat Pay failed, outcome unknown: repeat with the same refund number, never a new one"),
    ("USER_ACCOUNT_ABNORMAL", A::Final, "用户账户已注销：请用其他方式退还", "The customer's account is cancelled: pay back otherwise"),
    ("NOT_ENOUGH", A::RetryLater, "商户可用余额不足：充值后用同一退款单号重试", "The merchant's balance is too low: top up, then the same refund number"),
    ("RESOURCE_NOT_EXISTS", A::Fix, "订单不存在或未支付：核对单号和商户号", "No such order, or not paid: check the number and the merchant"),
    ("FREQUENCY_LIMITED", A::RetryLater, "频率超限，未受理：放慢后用同一退款单号重试", "Too fast, not accepted: slow down, then the same refund number"),
    ("INVALID_REQUEST", A::Final, "请求不合业务规则，重试也不会成功：看错误描述", "Against a business rule, repeating will not help: read the description"),
];

#[rustfmt::skip]
const REFUND_QUERY: &[FaultAdviceRow] = &[
    ("RESOURCE_NOT_EXISTS", A::Final, "没有这笔退款：若刚提交过，用同一退款单号再提交", "No such refund: if it was just sent, send it again with the same number"),
];

#[rustfmt::skip]
const BILL: &[FaultAdviceRow] = &[
    ("NO_STATEMENT_EXIST", A::Done, "当天没有交易，没有账单", "Nothing happened that day, there is no bill"),
    ("STATEMENT_CREATING", A::RetryLater, "账单还在生成：10:00 后每 30 分钟再取", "The bill is being made: after 10:00 try every 30 minutes"),
    ("INVALID_REQUEST", A::Fix, "账单日期、子商户号有误，或下载地址已过期（5 分钟）：重新申请", "Date or sub-merchant is wrong, or the download address expired (5 minutes): apply again"),
    ("NO_AUTH", A::Fix, "子商户不属于你，或下载的不是申请的商户", "The sub-merchant is not yours, or another merchant downloads than applied"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_are_the_same_code() {
        let body = br#"{"code":"ORDERNOTEXIST","message":"x","detail":null}"#;
        let fault = Fault::read(Call::QueryByNumber, 404, body);
        assert!(fault.is("ORDER_NOT_EXIST"));
        assert_eq!(fault.advice().action, FaultAction::Final);
    }

    #[test]
    fn the_string_of_a_401_is_found() {
        let body = br#"{"code":"SIGN_ERROR","detail":{"detail":{"issue":"sign not match"},"field":"signature","location":"authorization","sign_information":{"method":"POST","url":"/v3/x","truncated_sign_message":"POST\n/v3/x\n","sign_message_length":12}},"message":"m"}"#;
        let fault = Fault::read(Call::Close, 401, body);
        assert_eq!(fault.field, "signature");
        let told = fault.sign_information.unwrap();
        assert_eq!(
            (told.message.as_str(), told.length),
            ("POST\n/v3/x\n", Some(12))
        );
        assert_eq!(SignInformation::from_answer(body), Some(told));
    }

    #[test]
    fn a_body_that_is_no_json_is_judged_by_its_status() {
        let fault = Fault::read(Call::Refund, 502, b"<html>");
        assert_eq!(
            (fault.code.as_str(), fault.advice().action),
            ("", FaultAction::Query)
        );
    }
}
