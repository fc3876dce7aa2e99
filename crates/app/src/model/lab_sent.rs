//! What the Signature screen sends to a gateway, and what comes of it.

use super::lab::MeantField;
use crate::jobs::poll::Poll;
use recondesk_domain::{Instant, Message, ProfileId, SignType};
use wechatpay_codec::Params;
use wechatpay_codec::v2::Endpoint;

/// A message that is to be signed and sent.
#[derive(Debug, Clone)]
pub struct SendAsk {
    /// The call.
    pub endpoint: Endpoint,
    /// Its fields; `sign` among them is replaced.
    pub params: Params,
    /// The algorithm.
    pub sign_type: SignType,
    /// Whose key signs, and whose gateway is asked.
    pub profile: ProfileId,
}

/// An order that is followed.
#[derive(Debug, Clone)]
pub struct Follow {
    /// The merchant.
    pub profile: ProfileId,
    /// `out_trade_no`.
    pub number: String,
    /// `sub_mch_id`; empty for none.
    pub sub_mch_id: String,
    /// The plan, with what was heard so far.
    pub poll: Poll,
    /// When to ask.
    pub at: Instant,
    /// Milliseconds to wait before asking.
    pub after_ms: u64,
    /// What was heard, oldest first.
    pub heard: Vec<FollowedAnswer>,
}

/// One answer about an order that is followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowedAnswer {
    /// When.
    pub at: Instant,
    /// What the order is said to be.
    pub words: Message,
}

/// How worthy of belief an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worth {
    /// Signed with the key, and done.
    Done,
    /// Refused, or an error: signed, or refused before it was looked at.
    Refused,
    /// Nothing of it may be believed, or there is none.
    Nothing,
}

/// What came of sending.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The call.
    pub endpoint: Endpoint,
    /// Where it went.
    pub address: String,
    /// HTTP status; `None` without an answer.
    pub status: Option<u16>,
    /// Milliseconds.
    pub took_ms: u64,
    /// `Request-ID`; empty for none.
    pub request_id: String,
    /// What the answer is worth.
    pub worth: Worth,
    /// The fact in one sentence.
    pub title: Message,
    /// What to do.
    pub advice: Message,
    /// The reason to the letter.
    pub detail: String,
    /// Fields of a believed answer.
    pub fields: Vec<MeantField>,
    /// The answer as it came, its first 64 kB.
    pub body: Vec<u8>,
    /// Content of the code to scan; empty unless it was answered and believed.
    pub code_url: String,
    /// The order that was placed and is followed now.
    pub follow: Option<Box<Follow>>,
}

/// What is known of an order that is followed.
#[derive(Debug, Clone)]
pub struct Followed {
    /// `out_trade_no`.
    pub number: String,
    /// True once the money is there.
    pub paid: bool,
    /// What was heard, oldest first.
    pub heard: Vec<FollowedAnswer>,
    /// Fields of the last believed answer.
    pub fields: Vec<MeantField>,
    /// The next question; `None` at the end of the order or of the plan.
    pub next: Option<Box<Follow>>,
}
