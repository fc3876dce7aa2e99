//! What became of a notification, and why one is not believed.

use crate::Message;
use recondesk_domain::Instant;
use wechatpay_codec::v2::SignError;

/// Why a notification of APIv2 cannot be checked.
pub(super) const NO_V2_KEY: &str = "the profile has no APIv2 key to check it with";
/// Why a notification of APIv3 cannot be opened.
pub(super) const NO_V3_KEY: &str = "the profile has no APIv3 key to open it with";

/// What became of a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// Verified, fits the order, entered now.
    Applied,
    /// The very same was entered before.
    Repeated {
        /// When.
        first: Instant,
    },
    /// Not believed, or it does not fit; nothing was changed.
    Aside(SetAsideReason),
}

/// Why a notification is put aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SetAsideReason {
    /// Cannot be read at all.
    Unreadable(String),
    /// Its signature is missing or wrong, or it does not decrypt.
    Forged(String),
    /// It is about another merchant or app.
    Foreign(String),
    /// The merchant's orders do not have the number.
    NoOrder(String),
    /// It does not fit the order.
    Mismatch(String),
    /// It contradicts one that was entered before.
    Contradiction(String),
    /// Something this program does not follow.
    OtherEvent(String),
}

impl SetAsideReason {
    /// Stable word for scripts.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "unreadable",
            Self::Forged(_) => "forged",
            Self::Foreign(_) => "foreign",
            Self::NoOrder(_) => "no_order",
            Self::Mismatch(_) => "mismatch",
            Self::Contradiction(_) => "contradiction",
            Self::OtherEvent(_) => "other_event",
        }
    }

    /// The particulars.
    #[must_use]
    pub fn detail(&self) -> &str {
        match self {
            Self::Unreadable(detail)
            | Self::Forged(detail)
            | Self::Foreign(detail)
            | Self::NoOrder(detail)
            | Self::Mismatch(detail)
            | Self::Contradiction(detail)
            | Self::OtherEvent(detail) => detail,
        }
    }

    /// The particulars for people, where they are a sentence; facts stand as they are.
    #[must_use]
    pub fn particulars(&self) -> Message {
        let detail = self.detail();
        let zh = match detail {
            NO_V2_KEY => "商户没有存 APIv2 密钥，无法核验",
            NO_V3_KEY => "商户没有存 APIv3 密钥，无法解密",
            _ if detail == SignError::Missing.to_string() => "通知里没有签名",
            _ if detail == SignError::Repeated.to_string() => "通知里有不止一个签名",
            _ if detail == SignError::Wrong.to_string() => {
                "签名与内容不符：密钥或签名方式不对，或内容被改过"
            }
            other => other,
        };
        Message::new(zh, detail)
    }

    /// The reason for people.
    #[must_use]
    pub fn words(&self) -> Message {
        match self {
            Self::Unreadable(_) => Message::new("无法识别的通知", "Not a readable notification"),
            Self::Forged(_) => Message::new(
                "签名或密文不对，可能是伪造的",
                "Wrong signature or cipher text, perhaps forged",
            ),
            Self::Foreign(_) => {
                Message::new("不是这个商户或应用的通知", "About another merchant or app")
            }
            Self::NoOrder(_) => Message::new(
                "商户订单里没有这个单号，先导入订单再处理",
                "The merchant's orders do not have this number; import them first",
            ),
            Self::Mismatch(_) => {
                Message::new("与商户订单不一致", "It does not fit the merchant's order")
            }
            Self::Contradiction(_) => Message::new(
                "与先前收到的通知矛盾",
                "It contradicts a notification received before",
            ),
            Self::OtherEvent(_) => Message::new(
                "本程序不处理的事件类型",
                "An event that this program does not follow",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_has_a_word_of_its_own_and_a_sentence_in_both_languages() {
        let detail = || "x".to_owned();
        let all = [
            SetAsideReason::Unreadable(detail()),
            SetAsideReason::Forged(detail()),
            SetAsideReason::Foreign(detail()),
            SetAsideReason::NoOrder(detail()),
            SetAsideReason::Mismatch(detail()),
            SetAsideReason::Contradiction(detail()),
            SetAsideReason::OtherEvent(detail()),
        ];
        let mut words: Vec<_> = all.iter().map(SetAsideReason::word).collect();
        words.sort_unstable();
        words.dedup();

        assert_eq!(words.len(), all.len());
        let unsigned = SetAsideReason::Forged(SignError::Missing.to_string());
        assert_eq!(unsigned.particulars().zh, "通知里没有签名");
        for reason in all {
            assert!(!reason.words().zh.is_empty() && !reason.words().en.is_empty());
        }
    }
}
