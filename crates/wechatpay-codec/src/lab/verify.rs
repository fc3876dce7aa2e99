//! Verifying a pasted message: which key and which algorithm fit, what it is, and what WeChat Pay expects back.

use super::explain::KeyCandidate;
use crate::Params;
use crate::v2::{self, notify};
use recondesk_domain::{SignType, Term};

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
