//! Error codes of APIv2: what each means at each call, and what to do.
//!
//! Codes are compared without underscores, because old and new spellings occur side by side.
//! Free text such as `return_msg` is shown, never decided upon; bills are the one exception the protocol forces.

use super::Endpoint;
use recondesk_domain::Term;

/// What the caller does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultAction {
    /// Correct the request or the configuration.
    Fix,
    /// Send the same parameters again.
    Retry,
    /// Wait, then send the same parameters again.
    RetryLater,
    /// The outcome is unknown: query first.
    Query,
    /// It will not succeed.
    Final,
    /// A person reads the description and decides.
    Show,
    /// Already as wanted: nothing to do.
    Done,
    /// Take a new merchant number.
    NewNumber,
}

/// What a code means at a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FaultAdvice {
    /// What to do, for programs.
    pub action: FaultAction,
    /// What to do, for people.
    pub words: Term,
}

/// A refusal by `result_code` FAIL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The call.
    pub endpoint: Endpoint,
    /// `err_code`.
    pub code: String,
    /// `err_code_des`, the remote side's own words.
    pub description: String,
}

impl Fault {
    /// Keeps code and description.
    #[must_use]
    pub fn new(endpoint: Endpoint, code: &str, description: &str) -> Self {
        Self {
            endpoint,
            code: code.to_owned(),
            description: description.to_owned(),
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
        advice(self.endpoint, &self.code)
    }
}

/// Compares two codes without underscores and case.
#[must_use]
pub fn same_code(one: &str, other: &str) -> bool {
    let letters = |text: &'_ str| {
        text.bytes()
            .filter(|byte| *byte != b'_')
            .map(|byte| byte.to_ascii_uppercase())
            .collect::<Vec<u8>>()
    };
    letters(one) == letters(other)
}

/// What a code means at a call; an unknown code is shown to a person.
#[must_use]
pub fn advice(endpoint: Endpoint, code: &str) -> FaultAdvice {
    let own = match endpoint {
        Endpoint::UnifiedOrder => ORDER,
        Endpoint::OrderQuery => ORDER_QUERY,
        Endpoint::CloseOrder => CLOSE,
        Endpoint::Refund => REFUND,
        Endpoint::RefundQuery => REFUND_QUERY,
        Endpoint::DownloadBill | Endpoint::DownloadFundFlow => BILL,
    };
    own.iter()
        .chain(COMMON)
        .find(|(word, ..)| same_code(word, code))
        .map_or_else(
            || of_another_call(code),
            |(_, action, zh, en)| FaultAdvice {
                action: *action,
                words: Term::new(zh, en),
            },
        )
}

/// A code that the documents list for other calls only: their words tell what it means, and what to do is for a person.
fn of_another_call(code: &str) -> FaultAdvice {
    let mut all = [ORDER_QUERY, REFUND, REFUND_QUERY, ORDER, CLOSE, BILL]
        .into_iter()
        .flatten();
    all.find(|(word, ..)| same_code(word, code))
        .map_or(UNKNOWN, |(_, _, zh, en)| FaultAdvice {
            action: UNKNOWN.action,
            words: Term::new(zh, en),
        })
}

/// All codes the documents list for a call, with their advice.
pub fn known(endpoint: Endpoint) -> impl Iterator<Item = (&'static str, FaultAdvice)> {
    let own = match endpoint {
        Endpoint::UnifiedOrder => ORDER,
        Endpoint::OrderQuery => ORDER_QUERY,
        Endpoint::CloseOrder => CLOSE,
        Endpoint::Refund => REFUND,
        Endpoint::RefundQuery => REFUND_QUERY,
        Endpoint::DownloadBill | Endpoint::DownloadFundFlow => BILL,
    };
    own.iter().chain(COMMON).map(|(code, action, zh, en)| {
        (
            *code,
            FaultAdvice {
                action: *action,
                words: Term::new(zh, en),
            },
        )
    })
}

const UNKNOWN: FaultAdvice = FaultAdvice {
    action: FaultAction::Show,
    words: Term::new(
        "文档中没有这个错误码，请看错误描述，不确定时先查询",
        "The documents do not have this code; read the description, query first when in doubt",
    ),
};

type AdviceRow = (&'static str, FaultAction, &'static str, &'static str);
use FaultAction as A;

#[rustfmt::skip]
const ORDER: &[AdviceRow] = &[
    ("INVALID_REQUEST", A::Fix, "同一订单号再次下单时参数变了，或参数有误：用原参数，或换新订单号", "The same number was sent with other parameters, or one is wrong: send the old ones or take a new number"),
    ("NOAUTH", A::Fix, "商户没有开通这个产品或接口权限：到商户平台开通", "The merchant lacks this product: open it in the merchant console"),
    ("NOTENOUGH", A::Show, "用户余额不足：请用户换一种付款方式", "The customer has no money: ask for another way to pay"),
    ("ORDERPAID", A::Query, "订单已支付：先查询，按已支付处理，不要再收款", "Already paid: query, treat as paid, do not charge again"),
    ("ORDERCLOSED", A::NewNumber, "订单已关闭：换新的商户订单号再下单", "Closed: order again with a new merchant number"),
    ("SYSTEMERROR", A::Retry, "微信支付系统异常：用相同参数再调一次", "WeChat Pay failed: call again with the same parameters"),
    ("OUT_TRADE_NO_USED", A::Query, "商户订单号已用过：先查询，确认未支付后换新号", "The number was used: query it, then take a new one"),
];

#[rustfmt::skip]
const ORDER_QUERY: &[AdviceRow] = &[
    ("ORDERNOTEXIST", A::Final, "此商户号下没有这个订单：核对订单号、商户号和配置", "No such order under this merchant: check the number, the merchant and the profile"),
    ("SYSTEMERROR", A::Retry, "微信支付系统异常：再查一次", "WeChat Pay failed: query again"),
];

#[rustfmt::skip]
const CLOSE: &[AdviceRow] = &[
    ("ORDERPAID", A::Query, "订单已支付，不能关闭：按已支付处理", "Paid, cannot be closed: treat as paid"),
    ("ORDERCLOSED", A::Done, "订单已经关闭：无需再处理", "Closed already: nothing to do"),
    ("SYSTEMERROR", A::Retry, "微信支付系统异常：用相同参数再调一次", "WeChat Pay failed: call again with the same parameters"),
    ("ORDERNOTEXIST", A::Query, "没有这个订单：查询核对订单号和商户号", "No such order: query, check number and merchant"),
    ("TRADE_STATE_ERROR", A::Query, "订单状态不允许关闭：先查询", "Its state does not allow closing: query first"),
];

#[rustfmt::skip]
const REFUND: &[AdviceRow] = &[
    ("SYSTEMERROR", A::Retry, "微信支付系统异常，结果未知：用同一退款单号重试，不要换号", "WeChat Pay failed, outcome unknown: repeat with the same refund number, never a new one"),
    ("BIZERR_NEED_RETRY", A::Retry, "业务繁忙：用同一退款单号重试", "Busy: repeat with the same refund number"),
    ("TRADE_OVERDUE", A::Final, "订单超过一年，不能再退：请线下退款并记录", "Older than a year, cannot be refunded: pay back otherwise and record it"),
    ("ERROR", A::Show, "业务上拒绝：请看错误描述", "Refused by a business rule: read the description"),
    ("USER_ACCOUNT_ABNORMAL", A::Final, "用户账户已注销：请用其他方式退还", "The customer's account is cancelled: pay back otherwise"),
    ("INVALID_REQ_TOO_MUCH", A::RetryLater, "无效请求过多：1 分钟后用同一退款单号重试", "Too many failing requests: wait a minute, then the same refund number"),
    ("NOTENOUGH", A::RetryLater, "商户可用余额不足：充值后用同一退款单号重试", "The merchant's balance is too low: top up, then the same refund number"),
    ("INVALID_TRANSACTIONID", A::Fix, "微信订单号无效：核对单号", "The payment number is not valid: check it"),
    ("ORDERNOTEXIST", A::Fix, "订单不存在或未支付：核对单号和商户号", "No such order, or not paid: check the number and the merchant"),
    ("FREQUENCY_LIMITED", A::RetryLater, "频率超限，未受理：放慢后用同一退款单号重试", "Too fast, not accepted: slow down, then the same refund number"),
    ("NOAUTH", A::Fix, "没有退款权限，或调用 IP 不在名单内", "No right to refund, or the calling address is not on the list"),
    ("CERT_ERROR", A::Fix, "商户证书无效或已过期：更换证书", "The merchant certificate is invalid or expired: replace it"),
    ("REFUND_FEE_MISMATCH", A::Fix, "与此退款单号上一次的金额不同：用原金额，或换新退款单号", "The amounts differ from the earlier request with this number: use those, or a new number"),
    ("INVALID_REQUEST", A::Final, "请求不合业务规则，重试也不会成功：请看错误描述", "Against a business rule, repeating will not help: read the description"),
    ("ORDER_NOT_READY", A::RetryLater, "订单还在处理：稍后用同一退款单号重试", "The order is still being processed: later, with the same refund number"),
];

#[rustfmt::skip]
const REFUND_QUERY: &[AdviceRow] = &[
    ("SYSTEMERROR", A::Retry, "微信支付系统异常：再查一次", "WeChat Pay failed: query again"),
    ("REFUNDNOTEXIST", A::Final, "没有这笔退款：若刚提交过，用同一退款单号再提交", "No such refund: if it was just sent, send it again with the same number"),
    ("INVALID_TRANSACTIONID", A::Fix, "微信订单号无效：核对单号", "The payment number is not valid: check it"),
];

#[rustfmt::skip]
const BILL: &[AdviceRow] = &[
    ("NO_BILL_EXIST", A::Done, "当天没有交易，没有账单", "Nothing happened that day, there is no bill"),
    ("NO_STATEMENT_EXIST", A::Done, "当天没有交易，没有账单", "Nothing happened that day, there is no bill"),
    (
        "20002",
        A::Done,
        "当天没有账单（No Bill Exist），或账单还在生成（Bill Creating）：以 return_msg 为准",
        "No bill for that day (No Bill Exist), or it is still being made (Bill Creating): return_msg decides",
    ),
    ("BILL_CREATING", A::RetryLater, "账单还在生成：10:00 后每 30 分钟再取", "The bill is being made: after 10:00 try every 30 minutes"),
    ("STATEMENT_CREATING", A::RetryLater, "账单还在生成：10:00 后每 30 分钟再取", "The bill is being made: after 10:00 try every 30 minutes"),
    ("20001", A::Fix, "请求参数或签名有误：看返回信息后改正", "A parameter or the signature is wrong: read the message and correct it"),
    ("20003", A::Retry, "微信支付系统异常：稍后再取", "WeChat Pay failed: try again later"),
    ("100", A::Retry, "微信支付系统异常：稍后再取", "WeChat Pay failed: try again later"),
    ("20100", A::Retry, "微信支付系统异常：稍后再取", "WeChat Pay failed: try again later"),
    ("20007", A::Final, "账单接口权限已关闭：联系微信支付", "The bill interface is closed for this merchant: ask WeChat Pay"),
    ("SYSTEMERROR", A::Retry, "微信支付系统异常：稍后再取", "WeChat Pay failed: try again later"),
    ("CompressGZip Error", A::Retry, "压缩失败：稍后再取", "Compression failed: try again later"),
    ("UnCompressGZip Error", A::Retry, "解压失败：稍后再取", "Decompression failed: try again later"),
];

#[rustfmt::skip]
const COMMON: &[AdviceRow] = &[
    ("SIGNERROR", A::Fix, "签名错误：核对密钥、签名类型和参与签名的字段", "Wrong signature: check key, sign type and signed fields"),
    ("XML_FORMAT_ERROR", A::Fix, "XML 格式错误", "The XML is not well-formed"),
    ("REQUIRE_POST_METHOD", A::Fix, "必须用 POST", "It must be a POST"),
    ("POST_DATA_EMPTY", A::Fix, "请求体为空", "The request has no body"),
    ("NOT_UTF8", A::Fix, "编码不是 UTF-8", "The encoding is not UTF-8"),
    ("LACK_PARAMS", A::Fix, "缺少必填参数", "A required parameter is missing"),
    ("PARAM_ERROR", A::Fix, "参数错误：看错误描述", "A parameter is wrong: read the description"),
    ("APPID_NOT_EXIST", A::Fix, "appid 不存在：核对 appid", "No such appid"),
    ("MCHID_NOT_EXIST", A::Fix, "商户号不存在：核对 mch_id", "No such merchant number"),
    ("APPID_MCHID_NOT_MATCH", A::Fix, "appid 没有绑定这个商户号：到商户平台绑定", "The appid is not bound to the merchant: bind it in the console"),
    ("FREQUENCY_LIMITED", A::RetryLater, "频率超限：放慢后再试", "Too fast: slow down"),
];

/// Why a bill download brought XML instead of a bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BillRefusal {
    /// Nothing happened that day.
    NoBill,
    /// Not made yet: after 10:00, every 30 minutes.
    NotReady,
    /// The request must be corrected.
    Fix,
    /// Their system failed: try again.
    Retry,
    /// The interface is closed for this merchant.
    Closed,
    /// Anything else: show the message.
    Other,
}

/// Judges the refusal of a bill; code 20002 means two things, so there the text decides, as the documents print it.
#[must_use]
pub fn bill_refusal(code: &str, message: &str) -> BillRefusal {
    let has = |needle: &str| message.to_ascii_lowercase().contains(needle);
    if same_code(code, "NO_BILL_EXIST")
        || same_code(code, "NO_STATEMENT_EXIST")
        || has("no bill exist")
    {
        return BillRefusal::NoBill;
    }
    if same_code(code, "BILL_CREATING")
        || same_code(code, "STATEMENT_CREATING")
        || has("bill creating")
    {
        return BillRefusal::NotReady;
    }
    match advice(Endpoint::DownloadBill, code).action {
        _ if code == "20002" => BillRefusal::Other,
        FaultAction::Fix => BillRefusal::Fix,
        FaultAction::Retry | FaultAction::RetryLater => BillRefusal::Retry,
        FaultAction::Final => BillRefusal::Closed,
        FaultAction::Query | FaultAction::Show | FaultAction::Done | FaultAction::NewNumber => {
            BillRefusal::Other
        }
    }
}

/// Numbers that newer gateways append to the header `Request-ID` after the last `-`.
#[must_use]
pub fn request_id_reason(request_id: &str) -> Option<Term> {
    let number = request_id.rsplit_once('-')?.1;
    REASONS
        .iter()
        .find(|(code, ..)| *code == number)
        .map(|(_, zh, en)| Term::new(zh, en))
}

#[rustfmt::skip]
const REASONS: &[(&str, &str, &str)] = &[
    ("268512771", "订单不存在", "order not found"),
    ("268447840", "频率超限", "too fast"),
    ("268435461", "参数错误", "bad parameter"),
    ("268449538", "订单已支付", "already paid"),
    ("268498689", "订单已支付", "already paid"),
    ("268447843", "商户号与订单不符", "the order belongs to another merchant"),
    ("268447914", "订单已过期", "the order has expired"),
    ("268443699", "签名错误", "signature error"),
    ("268498688", "同一订单号，参数与上次不同", "same number with other parameters"),
    ("268445527", "appid 与商户号未绑定", "appid and merchant are not bound"),
    ("268435464", "参数超出范围", "parameter out of range"),
    ("268443715", "商户号被停用", "merchant disabled"),
    ("268448010", "商户收款受限", "collection restricted"),
    ("268449641", "付款码订单只能撤销，不能关闭", "must be reversed, not closed"),
    ("270924358", "多了接口没有的参数", "a parameter the call does not have"),
    ("268501013", "缺少 openid", "openid is missing"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_means_what_it_means_at_that_call() {
        assert_eq!(
            advice(Endpoint::CloseOrder, "ORDERCLOSED").action,
            FaultAction::Done
        );
        assert_eq!(
            advice(Endpoint::UnifiedOrder, "ORDERCLOSED").action,
            FaultAction::NewNumber
        );
        assert_eq!(
            advice(Endpoint::Refund, "NOTENOUGH").action,
            FaultAction::RetryLater
        );
        assert_eq!(
            advice(Endpoint::UnifiedOrder, "NOT_ENOUGH").action,
            FaultAction::Show
        );
        assert_eq!(
            advice(Endpoint::Refund, "WHAT_IS_THIS").action,
            FaultAction::Show
        );
    }

    #[test]
    fn code_20002_is_decided_by_its_text() {
        assert_eq!(bill_refusal("20002", "NO Bill Exist"), BillRefusal::NoBill);
        assert_eq!(
            bill_refusal("20002", "Bill Creating"),
            BillRefusal::NotReady
        );
        assert_eq!(bill_refusal("20002", "?"), BillRefusal::Other);
        assert_eq!(bill_refusal("20001", "invalid bill_date"), BillRefusal::Fix);
        assert_eq!(bill_refusal("", "CompressGZip Error"), BillRefusal::Other);
    }

    #[test]
    fn no_code_is_listed_twice_for_a_call() {
        for call in Endpoint::ALL {
            let mut codes: Vec<_> = known(call).map(|(code, _)| code).collect();
            let shared = codes
                .iter()
                .filter(|code| **code == "FREQUENCY_LIMITED")
                .count();
            assert!(shared <= 2);
            codes.retain(|code| *code != "FREQUENCY_LIMITED");
            let all = codes.len();
            codes.sort_unstable();
            codes.dedup();
            assert_eq!(codes.len(), all, "{call:?}");
        }
    }

    #[test]
    fn the_number_after_the_request_id_is_told() {
        assert_eq!(
            request_id_reason("08F7-268443699").unwrap().en,
            "signature error"
        );
        assert_eq!(request_id_reason("268443699"), None);
    }
}
