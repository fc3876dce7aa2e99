//! One question to WeChat Pay with everything around it, to be shown, logged and handed over.

use super::{ExchangeError, PaymentCall};
use crate::Message;
use recondesk_domain::ApiVersion;
use recondesk_ports::HttpAnswer;
use wechatpay_codec::Params;
use wechatpay_codec::v2::request_id_reason;

/// A question with its answer, and what that is worth.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The call.
    pub call: PaymentCall,
    /// The generation of the API that carried it.
    pub api: ApiVersion,
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Path and query as sent.
    pub target: String,
    /// The body as sent.
    pub body: Vec<u8>,
    /// The answer as it came; its body is empty for a streamed bill.
    pub answer: Option<HttpAnswer>,
    /// What it is worth: the fields of a believed answer (dotted names with APIv3), or why there are none.
    pub result: Result<Params, ExchangeError>,
}

impl Exchange {
    /// The path without its query.
    #[must_use]
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// `Request-ID` of the answer, which WeChat Pay's support asks for.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        let answer = self.answer.as_ref()?;
        let mut headers = answer.headers.iter();
        headers
            .find(|(name, _)| name == "request-id")
            .map(|(_, value)| value.as_str())
    }

    /// The reason in the tail of the `Request-ID`, where there is a known one.
    #[must_use]
    pub fn request_id_words(&self) -> Option<Message> {
        request_id_reason(self.request_id()?).map(Message::from)
    }
}

/// A question with what its answer means.
#[derive(Debug, Clone)]
pub struct AnsweredQuery<T> {
    /// What went over the wire.
    pub exchange: Exchange,
    /// What it means.
    pub outcome: T,
}

impl<T> AnsweredQuery<T> {
    /// The same question with another reading of its answer.
    pub fn map<U>(self, read: impl FnOnce(T) -> U) -> AnsweredQuery<U> {
        AnsweredQuery {
            exchange: self.exchange,
            outcome: read(self.outcome),
        }
    }
}
