//! Verifying a pasted message: which key and which algorithm fit, what it is, and what WeChat Pay expects back.

use super::explain::{
    KeyCandidate, QuestionV2, QuestionV3, SignatureVerdict, SignedMessage, VerifyCandidate,
    body_sight, explain_v2, explain_v3, unwatched,
};
use super::reprint::reprint;
use crate::Params;
use crate::v2::{self, notify};
use crate::v3::{SignatureHeaders, VerifyKey, verify_signature};
use recondesk_domain::{Message, SignType, Term};

/// A key and an algorithm under which the signature holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fit {
    /// Name of the key's profile.
    pub name: String,
    /// The algorithm.
    pub sign_type: SignType,
}

/// What kind of message it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MessageKind {
    /// A request to WeChat Pay.
    Request,
    /// An answer of WeChat Pay.
    Answer,
    /// A payment notification.
    PaymentNotice,
    /// A refund notification: encrypted, not signed.
    RefundNotice,
}

impl MessageKind {
    /// Tells it from the fields.
    #[must_use]
    pub fn of(params: &Params) -> Self {
        if params.filled("req_info").is_some() {
            Self::RefundNotice
        } else if params.get("return_code").is_none() {
            Self::Request
        } else if params.filled("transaction_id").is_some()
            && params.filled("time_end").is_some()
            && params.get("trade_state").is_none()
        {
            Self::PaymentNotice
        } else {
            Self::Answer
        }
    }

    /// What it is called.
    #[must_use]
    pub const fn name(self) -> Term {
        match self {
            Self::Request => Term::new("请求", "Request"),
            Self::Answer => Term::new("应答", "Answer"),
            Self::PaymentNotice => Term::new("支付结果通知", "Payment notification"),
            Self::RefundNotice => Term::new(
                "退款结果通知（加密，无签名）",
                "Refund notification (encrypted, not signed)",
            ),
        }
    }

    /// What WeChat Pay expects back; empty when nothing.
    #[must_use]
    pub const fn expected_answer(self) -> &'static str {
        match self {
            Self::PaymentNotice | Self::RefundNotice => notify::SUCCESS_ANSWER,
            Self::Request | Self::Answer => "",
        }
    }
}

/// All keys and algorithms under which the signature of a message holds.
#[must_use]
pub fn fits_v2(params: &Params, keys: &[KeyCandidate]) -> Vec<Fit> {
    let mut out = Vec::new();
    for candidate in keys {
        for sign_type in [SignType::Md5, SignType::HmacSha256] {
            if v2::verify(params, &candidate.key, sign_type).is_ok() {
                out.push(Fit {
                    name: candidate.name.clone(),
                    sign_type,
                });
            }
        }
    }
    out
}

/// Why an APIv2 message fits none of these keys, where it is proven by its signature or plain to see.
#[must_use]
pub fn cause_v2(params: &Params, keys: &[KeyCandidate]) -> Option<Message> {
    let Some(given) = params.filled(v2::SIGN) else {
        let is_sealed = MessageKind::of(params) == MessageKind::RefundNotice;
        let is_failure = params.get("return_code") == Some("FAIL");
        return (!is_sealed).then(|| {
            if is_failure {
                Message::new(
                    "return_code 是 FAIL 的应答不签名，看它的 return_msg",
                    "an answer whose return_code is FAIL carries no signature; read its return_msg",
                )
            } else {
                Message::new(
                    "没有 sign 字段，不能采信",
                    "there is no field sign: do not trust it",
                )
            }
        });
    };
    let sign_type = match params.get("sign_type") {
        Some("HMAC-SHA256") => SignType::HmacSha256,
        _ => SignType::Md5,
    };
    let question = QuestionV2 {
        message: params.clone(),
        given: given.to_owned(),
        keys: keys.to_vec(),
        sign_type,
        signed_text: None,
        seen: Vec::new(),
    };
    cause(explain_v2(&question, &unwatched))
}

/// What is wrong with the signature of an APIv3 answer or notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CauseV3 {
    /// The body was printed again, proven by its signature or plain to see.
    Reprinted,
    /// The right key made it, in a form in which nobody sends it.
    OtherForm,
    /// The right key made it, over another body, time or nonce.
    OtherBody,
    /// It is no signature, or one of another key.
    Unproven,
}

/// Why the signature of an APIv3 answer or notification is wrong: what is proven first, then what is plain to see.
///
/// The keys are those that were tried; the message stays refused whatever is found.
#[must_use]
pub fn cause_v3(headers: &SignatureHeaders, body: &[u8], keys: &[VerifyKey]) -> Message {
    judge_v3(headers, body, keys).1
}

/// As [`cause_v3`], with what sort of cause it is.
#[must_use]
pub fn judge_v3(headers: &SignatureHeaders, body: &[u8], keys: &[VerifyKey]) -> (CauseV3, Message) {
    let fits = |form: &[u8]| verify_signature(headers, form, keys).is_ok();
    let printed = reprint(body, fits);
    if let Some(found) = printed.as_ref().filter(|found| found.original.is_some()) {
        return (CauseV3::Reprinted, found.words());
    }
    let named = keys.iter().filter(|key| key.is_called(&headers.serial));
    let candidates: Vec<VerifyCandidate> = named
        .map(|key| VerifyCandidate {
            name: key.id.clone(),
            key: key.clone(),
        })
        .collect();
    let question = QuestionV3 {
        message: SignedMessage::Reply { body: body.into() },
        timestamp: headers.timestamp.clone(),
        nonce: headers.nonce.clone(),
        given: headers.signature.clone(),
        keys: candidates,
        serial: headers.serial.clone(),
        signed_text: None,
        seen: Vec::new(),
        header_faults: Vec::new(),
    };
    let verdict = explain_v3(&question, &unwatched);
    let is_own_key = matches!(verdict, SignatureVerdict::Unexplained { tried, .. } if tried > 0);
    let is_explained = matches!(verdict, SignatureVerdict::Explained(_));
    if let Some(found) = cause(verdict) {
        let (zh, en) = (found.zh, found.en);
        let kind = if is_explained {
            CauseV3::OtherForm
        } else {
            CauseV3::Unproven
        };
        let words = Message::new(
            format!("签名不符：{zh}"),
            format!("the signature does not fit: {en}"),
        );
        return (kind, words);
    }
    if let Some(found) = printed {
        return (CauseV3::Reprinted, found.words());
    }
    let seen = body_sight(body).unwrap_or_default();
    let (kind, zh, en) = if is_own_key {
        (
            CauseV3::OtherBody,
            "签名不符：公钥是对的，签的是另一份报文体、时间或随机串",
            "the signature does not fit: the key is right, another body, time or nonce was signed",
        )
    } else {
        (
            CauseV3::Unproven,
            "签名不符：不是这把公钥对应的私钥签的（已还原核对）",
            "the signature does not fit: another key made it (checked by undoing it)",
        )
    };
    let words = if seen.zh.is_empty() {
        Message::new(zh, en)
    } else {
        Message::new(format!("{zh}。{}", seen.zh), format!("{en}. {}", seen.en))
    };
    (kind, words)
}

/// Why a request of APIv3 is wrong, in the words of the search; `None` where nothing is proven.
#[must_use]
pub fn cause_of_request(question: &QuestionV3) -> Option<Message> {
    cause(explain_v3(question, &unwatched))
}

fn cause(verdict: SignatureVerdict) -> Option<Message> {
    match verdict {
        SignatureVerdict::Explained(found) => {
            let each = |pick: fn(&Message) -> &str, between: &str| {
                let all: Vec<&str> = found.changes.iter().map(|one| pick(&one.what)).collect();
                all.join(between)
            };
            let zh = each(|words| &words.zh, "；");
            let en = each(|words| &words.en, "; ");
            Some(Message::new(zh, en))
        }
        SignatureVerdict::NotASignature(words) => Some(words),
        SignatureVerdict::Right
        | SignatureVerdict::Unexplained { .. }
        | SignatureVerdict::Cancelled { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use recondesk_domain::Secret;

    #[test]
    fn the_fitting_profile_and_algorithm_are_told() {
        let keys = ["one", "two"].map(|name| KeyCandidate {
            name: name.to_owned(),
            key: Secret::new(format!("key of {name}")),
        });
        let mut params: Params = [
            ("return_code", "SUCCESS"),
            ("transaction_id", "1"),
            ("time_end", "20260308101604"),
        ]
        .into_iter()
        .collect();
        let signature = v2::sign(&params, &keys[1].key, SignType::HmacSha256);
        params.push("sign", signature);

        assert_eq!(
            fits_v2(&params, &keys),
            [Fit {
                name: "two".to_owned(),
                sign_type: SignType::HmacSha256
            }]
        );
        assert_eq!(MessageKind::of(&params), MessageKind::PaymentNotice);
    }
}
