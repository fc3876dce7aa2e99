//! Words for order and refund states, and how an answer about an order is to be read.
//!
//! An unknown word stays unknown and is never taken for "paid".

use super::{Answer, FaultAction, ReplyError};
use recondesk_domain::Term;

/// `trade_state`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TradeState {
    /// 支付成功.
    Success,
    /// 转入退款: paid, and at least one refund exists.
    Refund,
    /// 未支付.
    NotPay,
    /// 已关闭.
    Closed,
    /// 已撤销 (code pay).
    Revoked,
    /// 用户支付中 (code pay).
    UserPaying,
    /// 支付失败.
    PayError,
    /// 已接收，等待扣款.
    Accept,
    /// A word the documents do not have.
    Unknown(String),
}

impl TradeState {
    /// Reads the word of the wire; spellings with and without underscores are the same.
    #[must_use]
    pub fn parse(word: &str) -> Self {
        match word.replace('_', "").as_str() {
            "SUCCESS" => Self::Success,
            "REFUND" => Self::Refund,
            "NOTPAY" => Self::NotPay,
            "CLOSED" => Self::Closed,
            "REVOKED" => Self::Revoked,
            "USERPAYING" => Self::UserPaying,
            "PAYERROR" => Self::PayError,
            "ACCEPT" => Self::Accept,
            _ => Self::Unknown(word.to_owned()),
        }
    }

    /// The word of the wire.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Self::Success => "SUCCESS",
            Self::Refund => "REFUND",
            Self::NotPay => "NOTPAY",
            Self::Closed => "CLOSED",
            Self::Revoked => "REVOKED",
            Self::UserPaying => "USERPAYING",
            Self::PayError => "PAYERROR",
            Self::Accept => "ACCEPT",
            Self::Unknown(word) => word,
        }
    }

    /// True when the customer's money was taken.
    #[must_use]
    pub const fn is_paid(&self) -> bool {
        matches!(self, Self::Success | Self::Refund)
    }

    /// What it is called.
    #[must_use]
    pub const fn name(&self) -> Term {
        match self {
            Self::Success => Term::new("支付成功", "Paid"),
            Self::Refund => Term::new("已支付，有退款", "Paid, with refunds"),
            Self::NotPay => Term::new("未支付", "Not paid"),
            Self::Closed => Term::new("已关闭", "Closed"),
            Self::Revoked => Term::new("已撤销", "Reversed"),
            Self::UserPaying => Term::new("用户支付中", "Customer is paying"),
            Self::PayError => Term::new("支付失败", "Payment failed"),
            Self::Accept => Term::new("已接收，等待扣款", "Accepted, waiting for the debit"),
            Self::Unknown(_) => Term::new("未知状态", "Unknown state"),
        }
    }

    /// What may follow.
    #[must_use]
    pub const fn next(&self) -> Term {
        match self {
            Self::Success => Term::new(
                "之后只会变为“有退款”；不会回到未支付",
                "Only refunds can follow; it never becomes unpaid again",
            ),
            Self::Refund => Term::new(
                "一直停在此状态；每笔退款的结果请查询退款",
                "It stays so; query the refunds for the outcome of each",
            ),
            Self::NotPay => Term::new(
                "可能变为支付成功；关单或到期后变为已关闭",
                "It can still be paid; it closes when asked to or when it expires",
            ),
            Self::Closed => Term::new(
                "终态；要再收款请换新的商户订单号",
                "Final; use a new merchant order number to be paid",
            ),
            Self::Revoked => Term::new(
                "终态；若曾扣款，款项会全额退回",
                "Final; if money was taken, all of it goes back",
            ),
            Self::UserPaying => Term::new(
                "等待用户输入密码；每 5 秒查询一次，30 秒后撤销",
                "Waiting for the password; query every 5 seconds, reverse after 30",
            ),
            Self::PayError => Term::new(
                "这个订单号不会再成功；请换新号",
                "This number will not succeed any more; use a new one",
            ),
            Self::Accept => Term::new(
                "等待扣款结果；请继续查询",
                "Waiting for the debit; keep querying",
            ),
            Self::Unknown(_) => Term::new(
                "文档中没有这个状态；不要当作已支付，请联系微信支付",
                "The documents do not have it; do not take it for paid, ask WeChat Pay",
            ),
        }
    }
}

/// `refund_status`, of APIv2 and APIv3 alike.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum RefundState {
    /// 退款成功.
    Success,
    /// 退款关闭 (`REFUNDCLOSE`, `CLOSED`).
    Closed,
    /// 退款处理中.
    Processing,
    /// 退款异常 (`CHANGE`, `ABNORMAL`).
    Abnormal,
    /// A word the documents do not have.
    Unknown(String),
}

impl RefundState {
    /// Reads the word of the wire, of either generation.
    #[must_use]
    pub fn parse(word: &str) -> Self {
        match word {
            "SUCCESS" => Self::Success,
            "REFUNDCLOSE" | "CLOSED" => Self::Closed,
            "PROCESSING" => Self::Processing,
            "CHANGE" | "ABNORMAL" => Self::Abnormal,
            _ => Self::Unknown(word.to_owned()),
        }
    }

    /// The word of APIv2.
    #[must_use]
    pub fn v2_word(&self) -> &str {
        match self {
            Self::Success => "SUCCESS",
            Self::Closed => "REFUNDCLOSE",
            Self::Processing => "PROCESSING",
            Self::Abnormal => "CHANGE",
            Self::Unknown(word) => word,
        }
    }

    /// The word of APIv3.
    #[must_use]
    pub fn v3_word(&self) -> &str {
        match self {
            Self::Closed => "CLOSED",
            Self::Abnormal => "ABNORMAL",
            other @ (Self::Success | Self::Processing | Self::Unknown(_)) => other.v2_word(),
        }
    }

    /// What it is called.
    #[must_use]
    pub const fn name(&self) -> Term {
        match self {
            Self::Success => Term::new("退款成功", "Refunded"),
            Self::Closed => Term::new("退款关闭", "Refund closed"),
            Self::Processing => Term::new("退款处理中", "Refund in progress"),
            Self::Abnormal => Term::new("退款异常", "Refund failed on the way"),
            Self::Unknown(_) => Term::new("未知状态", "Unknown state"),
        }
    }

    /// What may follow, and what to do.
    #[must_use]
    pub const fn next(&self) -> Term {
        match self {
            Self::Success => Term::new("终态", "Final"),
            Self::Closed => Term::new(
                "终态；仍要退款请换新的商户退款单号",
                "Final; to refund after all use a new refund number",
            ),
            Self::Processing => Term::new(
                "已受理，未到账；约 1 分钟后再查，银行卡 1–3 个工作日",
                "Accepted, not arrived; query in a minute, bank cards take 1–3 working days",
            ),
            Self::Abnormal => Term::new(
                "款项退不回用户账户；请在商户平台处理，或提交异常退款",
                "The money cannot reach the customer's account; handle it in the merchant console",
            ),
            Self::Unknown(_) => Term::new(
                "文档中没有这个状态；请在商户平台核对",
                "The documents do not have it; check in the merchant console",
            ),
        }
    }
}

/// What an answer to 查询订单 proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StateReading {
    /// No usable answer: ask again.
    NoAnswer,
    /// The request was refused: configuration.
    Refused(String),
    /// The signature does not fit: nothing of the answer may be shown.
    Untrusted,
    /// No such order under this merchant.
    NotFound,
    /// Outcome unknown on their side: ask again.
    TryAgain,
    /// Another refusal, as a code.
    Fault(String),
    /// An order in this state.
    Order(TradeState),
}

/// Reads the outcome of 查询订单 by the table of the documents.
#[must_use]
pub fn read_order_answer(outcome: &Result<Answer, ReplyError>) -> StateReading {
    match outcome {
        Err(ReplyError::Message(_)) => StateReading::NoAnswer,
        Err(ReplyError::Refused { message, .. }) => StateReading::Refused(message.clone()),
        Err(_) => StateReading::Untrusted,
        Ok(Answer::Fault(fault)) if fault.is("ORDERNOTEXIST") => StateReading::NotFound,
        Ok(Answer::Fault(fault)) if fault.advice().action == FaultAction::Retry => {
            StateReading::TryAgain
        }
        Ok(Answer::Fault(fault)) => StateReading::Fault(fault.code.clone()),
        Ok(Answer::Done(params)) => StateReading::Order(TradeState::parse(
            params.get("trade_state").unwrap_or_default(),
        )),
    }
}

impl StateReading {
    /// The sentence a person reads.
    #[must_use]
    pub const fn name(&self) -> Term {
        match self {
            Self::NoAnswer => Term::new(
                "没有可用的答复，状态未知",
                "No usable answer, state unknown",
            ),
            Self::Refused(_) => Term::new(
                "请求被拒绝，请检查配置",
                "The request was refused, check the configuration",
            ),
            Self::Untrusted => Term::new(
                "答复的签名不对：密钥或签名类型有误，内容不可信",
                "The answer's signature is wrong: key or sign type; its content cannot be trusted",
            ),
            Self::NotFound => Term::new(
                "此商户号下没有这个订单",
                "No such order under this merchant",
            ),
            Self::TryAgain => Term::new(
                "微信支付系统繁忙，状态未知，请再查",
                "WeChat Pay is busy, state unknown, query again",
            ),
            Self::Fault(_) => Term::new("查询失败", "The query failed"),
            Self::Order(state) => state.name(),
        }
    }

    /// True when asking again is the right thing to do.
    #[must_use]
    pub const fn ask_again(&self) -> bool {
        matches!(
            self,
            Self::NoAnswer
                | Self::TryAgain
                | Self::Order(TradeState::NotPay | TradeState::UserPaying | TradeState::Accept)
        )
    }
}
