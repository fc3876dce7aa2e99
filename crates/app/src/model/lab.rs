//! What the Signature screen asks and what it is answered.
//!
//! An answer never holds a key: steps, strings and copies have a placeholder where it would stand.

use super::lab_sent::{Follow, Followed, SendAsk, Sent};
use recondesk_domain::{Message, ProfileId, Secret, SignType};
use wechatpay_codec::Params;
use wechatpay_codec::front_end::{JsSet, PaySet};
use wechatpay_codec::lab::explain::{Alignment, SignatureVerdict};
use wechatpay_codec::lab::paste::{HttpPart, Pasted};
use wechatpay_codec::lab::steps::{StepsV2, StepsV3};
use wechatpay_codec::lab::template::{FieldProblem, Template};
use wechatpay_codec::lab::template_v3::TemplateV3;
use wechatpay_codec::selftest::Check;

/// Where a key comes from.
#[derive(Debug, Clone)]
pub enum KeyChoice {
    /// From the vault.
    Stored(ProfileId),
    /// Typed by a person, for this question only.
    Typed(Secret<String>),
}

/// A part of the screen; each keeps its own answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LabTab {
    /// 生成.
    #[default]
    Sign,
    /// 验证.
    Verify,
    /// 为何不同.
    Explain,
    /// 前端参数.
    FrontEnd,
    /// 解密.
    Decrypt,
}

impl LabTab {
    /// All of them, in the order of the tabs.
    pub const ALL: [Self; 5] = [
        Self::Sign,
        Self::Verify,
        Self::Explain,
        Self::FrontEnd,
        Self::Decrypt,
    ];
}

/// How the parameters of a front end are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PayMethod {
    /// APIv2 with MD5.
    #[default]
    Md5,
    /// APIv2 with HMAC-SHA256.
    HmacSha256,
    /// APIv3.
    Rsa,
}

/// A message that is signed, or whose signature is in question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LabMessage {
    /// Fields of APIv2.
    V2(Params, SignType),
    /// A request, an answer or a notification of APIv3, with its headers.
    V3(Box<HttpPart>),
}

/// A signature in question.
#[derive(Debug, Clone)]
pub struct WhyAsk {
    /// The message as it is, or should be, sent.
    pub message: LabMessage,
    /// The signature that came out.
    pub given: String,
    /// The string that was signed there, or the 401 answer; may be empty.
    pub other_side: String,
    /// The key.
    pub key: KeyChoice,
}

/// A template of either protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabChoice {
    /// Fields of APIv2.
    V2(Template),
    /// A request of APIv3.
    V3(TemplateV3),
}

/// What a front end needs.
#[derive(Debug, Clone)]
pub enum FrontEndAsk {
    /// Parameters to pay: prepay id, app id (empty for the profile's first), how they are signed, the key.
    Pay(String, String, PayMethod, KeyChoice),
    /// `wx.config`: the ticket, the address of the page, the app id, and whose app id when it is empty.
    Config(Secret<String>, String, String, Option<ProfileId>),
}

/// What is opened or sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OpenKind {
    /// A refund notification, `req_info`, a `resource`.
    #[default]
    Notice,
    /// A personal field of APIv3, with the merchant's private key.
    Field,
    /// The other way round, with the key of WeChat Pay.
    Seal,
}

/// A question of the Signature screen.
#[derive(Debug, Clone)]
pub enum LabAsk {
    /// Fields of a template with what the profile knows.
    Fill(LabChoice, Option<ProfileId>),
    /// Takes a pasted text apart.
    TakeApart(String),
    /// Signs.
    Sign(Template, LabMessage, KeyChoice),
    /// Says why a signature differs.
    Why(Box<WhyAsk>),
    /// Verifies a pasted message.
    Verify(String, KeyChoice),
    /// Signs for a front end.
    FrontEnd(FrontEndAsk),
    /// Opens what is sealed, or seals.
    Decrypt(OpenKind, String, KeyChoice),
    /// Signs and sends to the gateway of a profile.
    Send(Box<SendAsk>),
    /// Asks about an order that was sent, now or when it is due.
    Follow(Box<Follow>),
    /// Runs the published vectors.
    SelfTest,
}

impl LabAsk {
    /// The tab that shows the answer; `None` where the form or a dialog takes it.
    #[must_use]
    pub const fn tab(&self) -> Option<LabTab> {
        match self {
            Self::Fill(..)
            | Self::TakeApart(_)
            | Self::SelfTest
            | Self::Send(_)
            | Self::Follow(_) => None,
            Self::Sign(..) => Some(LabTab::Sign),
            Self::Why(_) => Some(LabTab::Explain),
            Self::Verify(..) => Some(LabTab::Verify),
            Self::FrontEnd(_) => Some(LabTab::FrontEnd),
            Self::Decrypt(..) => Some(LabTab::Decrypt),
        }
    }
}

/// A signature step by step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Steps {
    /// APIv2.
    V2(StepsV2),
    /// APIv3.
    V3(StepsV3),
}

/// A signed message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabSigned {
    /// Every step.
    pub steps: Steps,
    /// The XML to send; empty for APIv3.
    pub xml: String,
    /// The same as a command; empty where the address is not known.
    pub curl: String,
    /// What the template has against it.
    pub problems: Vec<FieldProblem>,
}

/// Why a signature differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// The answer of the search.
    pub verdict: SignatureVerdict,
    /// Our string beside that of a 401 answer.
    pub aligned: Option<Alignment>,
    /// The steps of the right signature; `None` for APIv3 without a private key.
    pub steps: Option<Steps>,
    /// Milliseconds.
    pub took_ms: u64,
}

/// A field of a message with its meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeantField {
    /// Name.
    pub name: String,
    /// Value.
    pub value: String,
    /// What it means; empty where the documents do not say.
    pub meaning: Message,
}

/// What a message is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// What it is.
    pub kind: Message,
    /// Names of keys and algorithms under which it holds.
    pub fits: Vec<(String, &'static str)>,
    /// Why it is not to be trusted; empty when it is.
    pub refusal: Message,
    /// How many keys were tried.
    pub keys: usize,
    /// Its fields.
    pub fields: Vec<MeantField>,
    /// What WeChat Pay expects back; empty for nothing.
    pub reply: String,
}

/// An answer of a tab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LabAnswer {
    /// To `Sign`.
    Signed(LabSigned),
    /// To `Why`.
    Why(Why),
    /// To `Verify`.
    Verified(Verified),
    /// To `FrontEnd`, one for each place.
    FrontEnd(Vec<PaySet>),
    /// To `FrontEnd`, for `wx.config`.
    Config(JsSet),
    /// To `Decrypt`.
    Plain(Vec<u8>),
}

/// What fills the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LabFill {
    /// To `Fill`.
    Fields(Template, Params),
    /// To `Fill`.
    Request(TemplateV3, Box<HttpPart>),
    /// To `TakeApart`.
    Taken(Box<Pasted>),
}

/// An answer of any kind.
#[derive(Debug, Clone)]
pub enum LabOutcome {
    /// For the form.
    Fill(LabFill),
    /// For a tab.
    Answer(Box<LabAnswer>),
    /// To `SelfTest`.
    Checks(Vec<Check>),
    /// To `Send`.
    Sent(Box<Sent>),
    /// To `Follow`.
    Followed(Box<Followed>),
}
