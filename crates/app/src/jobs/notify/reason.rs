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
    /// The profile has no key to check or open it with: nothing is said about the message.
    NoKey(String),
    /// It names a key that the profile does not have.
    UnknownKey(String),
    /// WeChat Pay's own probe, signed wrongly on purpose.
    Probe(String),
    /// Its body was printed again on the way, and no form of it verifies.
    Reprinted(String),
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
            Self::NoKey(_) => "no_key",
            Self::UnknownKey(_) => "unknown_key",
            Self::Probe(_) => "probe",
            Self::Reprinted(_) => "reprinted",
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
            | Self::NoKey(detail)
            | Self::UnknownKey(detail)
            | Self::Probe(detail)
            | Self::Reprinted(detail)
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
            _ if matches!(self, Self::Probe(_)) => "探测流量的签名故意写错",
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
            Self::NoKey(_) => Message::new(
                "商户档案缺少密钥，无法核验；存入密钥后再导入",
                "The profile lacks the key to check it; store the key and import again",
            ),
            Self::UnknownKey(_) => Message::new(
                "签名用的公钥或平台证书不在商户档案里；更新后再导入",
                "Signed with a public key or platform certificate that the profile does not have; bring it up to date and import again",
            ),
            Self::Probe(_) => Message::new(
                "微信支付的探测流量：按失败应答即可，不是伪造",
                "A probe of WeChat Pay: answer with a failure, nobody forged it",
            ),
            Self::Reprinted(_) => Message::new(
                "签名不符，报文体像是被框架重新打印过；请提供收到的原始报文体",
                "The signature does not fit, and a framework seems to have printed the body again; take the raw body",
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
            SetAsideReason::NoKey(detail()),
            SetAsideReason::UnknownKey(detail()),
            SetAsideReason::Probe(detail()),
            SetAsideReason::Reprinted(detail()),
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
