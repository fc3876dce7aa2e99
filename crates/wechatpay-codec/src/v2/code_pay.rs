//! Error codes of payments by the customer's code (`micropay`, `reverse`): which failed for sure, and which must be asked about.
//!
//! Nobody is notified of such a payment, so an unclear answer is queried every 5 seconds for half a minute, then reversed.

use super::fault::{FaultAction, FaultAdvice};
use recondesk_domain::Term;

/// A call of payments by code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CodePayCall {
    /// 付款码支付.
    Micropay,
    /// 撤销订单.
    Reverse,
}

impl CodePayCall {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Micropay, Self::Reverse];

    /// Its name for people.
    #[must_use]
    pub const fn name(self) -> Term {
        match self {
            Self::Micropay => Term::new("付款码支付", "Pay by code"),
            Self::Reverse => Term::new("撤销订单", "Reverse order"),
        }
    }

    /// The codes the documents list for it, with their advice.
    pub fn known(self) -> impl Iterator<Item = (&'static str, FaultAdvice)> {
        let rows = match self {
            Self::Micropay => MICROPAY,
            Self::Reverse => REVERSE,
        };
        rows.iter().map(|(code, action, zh, en)| {
            let advice = FaultAdvice {
                action: *action,
                words: Term::new(zh, en),
            };
            (*code, advice)
        })
    }
}

use FaultAction as A;

type CodePayRow = (&'static str, FaultAction, &'static str, &'static str);

#[rustfmt::skip]
const MICROPAY: &[CodePayRow] = &[
    ("USERPAYING", A::Query, "顾客正在输入密码，不是失败：每 5 秒查单，约 30 秒仍未支付就撤销（reverse），确认撤销前不要换号重收", "The customer is typing the password, this is no failure: query every 5 seconds for half a minute, then reverse; do not charge again before that"),
    ("BANKERROR", A::Query, "银行系统异常，结果未知：先查单，查不到结果就撤销（reverse）", "The bank failed, outcome unknown: query, and reverse when no result comes"),
    ("SYSTEMERROR", A::Query, "微信支付系统异常，结果未知：先查单，查不到结果就撤销（reverse），不要直接重收", "WeChat Pay failed, outcome unknown: query, and reverse when no result comes; do not charge again"),
    ("AUTHCODEEXPIRE", A::NewNumber, "付款码已过期：请顾客刷新付款码后重新扫码（付款码一分钟一换，只能用一次），用新的商户订单号", "The payment code has expired: ask the customer to refresh it and scan again (it changes each minute and is good for one use), with a new merchant number"),
    ("AUTH_CODE_ERROR", A::NewNumber, "付款码有误：请顾客刷新付款码后重新扫码，用新的商户订单号", "The payment code is wrong: ask the customer to refresh it and scan again, with a new merchant number"),
    ("AUTH_CODE_INVALID", A::Fix, "扫到的不是微信付款码：应为 18 位数字，以 10 到 15 开头；检查扫码枪有没有多扫或少扫", "What was scanned is no payment code of WeChat: 18 digits that begin with 10 to 15; check that the scanner adds or loses none"),
    ("BUYER_MISMATCH", A::NewNumber, "同一笔订单换了付款的顾客：撤销后用新的商户订单号再收", "Another customer paid the same order: reverse it and charge with a new merchant number"),
    ("NOTSUPORTCARD", A::Show, "不支持顾客选的这张卡：请顾客换一种付款方式", "The customer's card is not supported: ask for another way to pay"),
    ("NOTENOUGH", A::Show, "用户余额不足：请用户换一种付款方式", "The customer has no money: ask for another way to pay"),
    ("ORDERPAID", A::Query, "订单已支付：先查询，按已支付处理，不要再收款", "Already paid: query, treat as paid, do not charge again"),
    ("ORDERCLOSED", A::NewNumber, "订单已关闭：换新的商户订单号再下单", "Closed: order again with a new merchant number"),
    ("ORDERREVERSED", A::NewNumber, "订单已撤销，钱会原路退回：换新的商户订单号再收", "The order was reversed, what was paid goes back: charge with a new merchant number"),
    ("OUT_TRADE_NO_USED", A::Query, "商户订单号已用过：先查询，确认未支付后换新号", "The number was used: query it, then take a new one"),
    ("NOAUTH", A::Fix, "商户没有开通这个产品或接口权限：到商户平台开通", "The merchant lacks this product: open it in the merchant console"),
];

#[rustfmt::skip]
const REVERSE: &[CodePayRow] = &[
    ("REVERSE_EXPIRE", A::Final, "支付超过 7 天，不能再撤销：改用退款", "Paid more than 7 days ago, cannot be reversed: refund instead"),
    ("SYSTEMERROR", A::Retry, "微信支付系统异常：再次撤销同一订单，直到有明确结果", "WeChat Pay failed: reverse the same order again until the result is clear"),
    ("INVALID_TRANSACTIONID", A::Fix, "微信订单号无效：核对单号", "The payment number is not valid: check it"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2::same_code;

    #[test]
    fn an_unclear_payment_is_asked_about_and_no_code_stands_twice() {
        for call in CodePayCall::ALL {
            let codes: Vec<&str> = call.known().map(|(code, _)| code).collect();
            for (at, code) in codes.iter().enumerate() {
                let rest = codes.iter().skip(at + 1);
                assert!(rest.clone().all(|other| !same_code(code, other)), "{code}");
            }
        }
        for code in ["USERPAYING", "BANKERROR", "SYSTEMERROR"] {
            let (_, advice) = CodePayCall::Micropay
                .known()
                .find(|(known, _)| *known == code)
                .unwrap();
            assert_eq!(advice.action, FaultAction::Query, "{code}");
        }
    }
}
