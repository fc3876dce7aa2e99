//! APIv2: flat XML over POST, signed with MD5 or HMAC-SHA256.
//!
//! `sign` and `xml` are the codec; typed requests, answers, notifications and error codes stand on them.

mod code_pay;
mod contents;
mod endpoint;
mod fault;
pub mod notify;
mod reply;
mod request;
mod sign;
mod state;
pub mod xml;
mod xml_write;

pub use code_pay::CodePayCall;
pub use contents::{Coupon, OrderState, OrderTicket, RefundAccepted, RefundLine, RefundList};
pub use endpoint::Endpoint;
pub use fault::{
    BillRefusal, Fault, FaultAction, FaultAdvice, advice, bill_refusal, known, request_id_reason,
    same_code,
};
pub use reply::{Answer, ReplyError, open};
pub use request::{
    NewOrder, NewRefund, OrderRef, RefundRef, Request, RequestEnvelope, Signed, Trade, build,
};
pub use sign::{SIGN, SignError, canonical, digest, sign, signed_params, verify};
pub(crate) use sign::{hex_lower, hex_upper};
pub use state::{RefundState, StateReading, TradeState, read_order_answer};
pub use xml::{XmlError, XmlLimits};
