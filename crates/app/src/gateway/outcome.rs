//! What the answers mean: one form for each question, whichever API was asked.

use super::{ExchangeError, SignedRefusal};
use recondesk_domain::Fen;
use wechatpay_codec::v2::{OrderState, RefundLine};

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

/// A refund with the order it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundAnswer {
    /// 商户订单号; empty where the answer leaves it out.
    pub out_trade_no: String,
    /// 微信支付订单号.
    pub transaction_id: String,
    /// Amount of the order.
    pub total_fee: Fen,
    /// The refund; its state is PROCESSING where the answer only says that it was accepted.
    pub refund: RefundLine,
}

/// What is known after asking about a refund by the merchant's number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundVerdict {
    /// WeChat Pay has it.
    Known(Box<RefundAnswer>),
    /// WeChat Pay never accepted a refund with this number, and signed that: it can be sent again with the same number.
    NotFound,
    /// Nothing can be said.
    ExchangeError(ExchangeError),
}

/// What became of a refund that was to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundOutcome {
    /// Accepted, which is not arrived yet. Repeating the same number leads here again and moves no more money.
    Accepted(Box<RefundAnswer>),
    /// Refused by a signed answer with a code: this request moved no money.
    ///
    /// An earlier request with the same number may have been accepted; query before anything is concluded from it.
    Refused(SignedRefusal),
    /// Certainly not carried out: it never reached WeChat Pay.
    NotCarriedOut(ExchangeError),
    /// May have been carried out: query by the same number, and never take a new one.
    ///
    /// An unsigned refusal, a wrong signature and a wrong clock are here too, because nothing they say can be believed.
    Unclear(ExchangeError),
}

impl RefundOutcome {
    /// Sorts what went wrong: only what never reached the gateway is certainly not carried out.
    pub(super) fn from_error(error: ExchangeError) -> Self {
        match error {
            ExchangeError::NotSent(_) => Self::NotCarriedOut(error),
            ExchangeError::Fault(fault) => Self::Refused(fault),
            ExchangeError::Unclear(_)
            | ExchangeError::Untrusted(_)
            | ExchangeError::UnknownKey(_)
            | ExchangeError::Clock { .. }
            | ExchangeError::Refused { .. } => Self::Unclear(error),
        }
    }
}

/// What became of an order that was to be closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CloseOutcome {
    /// Closed, now or before.
    Closed,
    /// Not closed because it is paid: query it, and treat it as paid.
    Paid,
    /// The customer is paying: ask again in five seconds.
    Paying,
    /// Refused by a signed answer for another reason.
    Refused(SignedRefusal),
    /// Nothing can be said.
    ExchangeError(ExchangeError),
}
