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
pub enum NotificationFate {
    /// Verified, fits the order, entered now.
    Applied,
    /// The very same was entered before.
    Repeated {
        /// When.
        first: Instant,
    },
    /// A part of a combined order that is another merchant's: nothing to enter here.
    Elsewhere {
        /// Whose.
        mch_id: String,
    },
    /// Not believed, or it does not fit; nothing was changed.
    Aside(AsideReason),
}

/// Why a notification is put aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AsideReason {
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
    /// The right key signed it, and another body, time or nonce than this.
    OtherBody(Message),
    /// The right key signed it, in a form in which WeChat Pay sends none.
    OtherForm(Message),
    /// Its headers with the signature did not come along: nothing is said about the message.
    Unsigned(String),
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

impl AsideReason {
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
            Self::OtherBody(_) => "other_body",
            Self::OtherForm(_) => "other_form",
            Self::Unsigned(_) => "unsigned",
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
            | Self::Unsigned(detail)
            | Self::Foreign(detail)
            | Self::NoOrder(detail)
            | Self::Mismatch(detail)
            | Self::Contradiction(detail)
            | Self::OtherEvent(detail) => detail,
            Self::OtherBody(words) | Self::OtherForm(words) => &words.en,
        }
    }

    /// The particulars for people, where they are a sentence; facts stand as they are.
    #[must_use]
    pub fn particulars(&self) -> Message {
        if let Self::OtherBody(words) | Self::OtherForm(words) = self {
            return words.clone();
        }
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
            other if matches!(self, Self::Unsigned(_)) => {
                return Message::new(
                    "缺少签名请求头，或同一个头有两个：要 Wechatpay-Serial、-Signature、-Timestamp、-Nonce 四个",
                    format!(
                        "{other}; it takes Wechatpay-Serial, -Signature, -Timestamp and -Nonce"
                    ),
                );
            }
            other => other,
        };
        Message::new(zh, detail)
    }

    /// The reason for people.
    #[must_use]
    pub fn words(&self) -> Message {
        words_of(self.word()).unwrap_or_default()
    }
}

/// A reason as it was stored, for people: its sentence, and the particulars where they are a fact.
#[must_use]
pub fn stored_words(stored: &str) -> Message {
    let (word, detail) = stored.split_once(": ").unwrap_or((stored, ""));
    match words_of(word) {
        None => Message::new(stored, stored),
        Some(words) if detail.is_empty() || detail.contains(' ') => words,
        Some(Message { zh, en }) => {
            Message::new(format!("{zh}（{detail}）"), format!("{en} ({detail})"))
        }
    }
}

/// The sentence of a stable word.
fn words_of(word: &str) -> Option<Message> {
    let (zh, en) = match word {
        "unreadable" => ("无法识别的通知", "Not a readable notification"),
        "forged" => (
            "签名或密文不对，可能是伪造的",
            "Wrong signature or cipher text, perhaps forged",
        ),
        "no_key" => (
            "商户档案缺少密钥，无法核验；存入密钥后再导入",
            "The profile lacks the key to check it; store the key and import again",
        ),
        "unknown_key" => (
            "签名用的公钥或平台证书不在商户档案里；更新后再导入",
            "Signed with a public key or platform certificate that the profile does not have; bring it up to date and import again",
        ),
        "probe" => (
            "微信支付的探测流量：按失败应答即可，不是伪造",
            "A probe of WeChat Pay: answer with a failure, nobody forged it",
        ),
        "reprinted" => (
            "签名不符，报文体像是被框架重新打印过；请提供收到的原始报文体",
            "The signature does not fit, and a framework seems to have printed the body again; take the raw body",
        ),
        "other_body" => (
            "签名是微信支付的密钥签的，但签的不是这份报文：报文在途中变了，或头与体不是同一条通知；请提供收到的原始报文体",
            "WeChat Pay's key signed it, but not this message: the body was changed on the way, or headers and body are of two notifications; take the raw body",
        ),
        "other_form" => (
            "签名是微信支付的密钥签的，但形式不对；不采信",
            "WeChat Pay's key signed it, in a form in which nothing is sent; it is not believed",
        ),
        "unsigned" => (
            "没有签名请求头，无从核验；请连同请求头一起导入",
            "The headers with the signature are missing, so nothing can be checked; import it with its headers",
        ),
        "foreign" => ("不是这个商户或应用的通知", "About another merchant or app"),
        "no_order" => (
            "商户订单里没有这个单号，先导入订单再处理",
            "The merchant's orders do not have this number; import them first",
        ),
        "mismatch" => ("与商户订单不一致", "It does not fit the merchant's order"),
        "contradiction" => (
            "与先前收到的通知矛盾",
            "It contradicts a notification received before",
        ),
        "other_event" => (
            "本程序不处理的事件类型",
            "An event that this program does not follow",
        ),
        _ => return None,
    };
    Some(Message::new(zh, en))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_has_a_word_of_its_own_and_a_sentence_in_both_languages() {
        let detail = || "x".to_owned();
        let all = [
            AsideReason::Unreadable(detail()),
            AsideReason::Forged(detail()),
            AsideReason::NoKey(detail()),
            AsideReason::UnknownKey(detail()),
            AsideReason::Probe(detail()),
            AsideReason::Reprinted(detail()),
            AsideReason::OtherBody(Message::new("x", "x")),
            AsideReason::OtherForm(Message::new("x", "x")),
            AsideReason::Unsigned(detail()),
            AsideReason::Foreign(detail()),
            AsideReason::NoOrder(detail()),
            AsideReason::Mismatch(detail()),
            AsideReason::Contradiction(detail()),
            AsideReason::OtherEvent(detail()),
        ];
        let mut words: Vec<_> = all.iter().map(AsideReason::word).collect();
        words.sort_unstable();
        words.dedup();

        assert_eq!(words.len(), all.len());
        let stored = stored_words("no_order: T2603080000001");
        assert!(stored.en.ends_with("first (T2603080000001)"), "{stored:?}");
        assert_eq!(stored_words("what is this").en, "what is this");
        let unsigned = AsideReason::Forged(SignError::Missing.to_string());
        assert_eq!(unsigned.particulars().zh, "通知里没有签名");
        for reason in all {
            assert!(!reason.words().zh.is_empty() && !reason.words().en.is_empty());
        }
    }
}
