//! The message of the morning to a group chat: the forms of WeCom, DingTalk and Feishu, or plain JSON.
//!
//! Address and secret are secrets: whoever has them can write to the group. Neither is logged nor told.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::jobs::reissue::shop::cut_address;
use crate::jobs::views::certificate::hex;
use crate::{Advice, Failure, FailureKind, Message};
use recondesk_domain::{Instant, ProfileId, Secret, SecretKind};
use recondesk_ports::{CancelToken, GatewayError, HttpAnswer, HttpRequest, Ports, Route};

/// So often one message is tried.
const ATTEMPTS: u32 = 3;
/// Between two attempts.
const REST: Duration = Duration::from_secs(2);
/// The answer of a group chat is short.
const LARGEST_ANSWER: u64 = 64 * 1024;
/// Longest address.
const LONGEST_ADDRESS: usize = 2_048;
/// So many signs of an answer are told.
const TOLD_SIGNS: usize = 200;
/// Shorter parts of an address are words, not tokens.
const SHORTEST_TOKEN: usize = 8;

/// How a message is written, and how its answer is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookForm {
    /// 企业微信.
    WeCom,
    /// 钉钉.
    DingTalk,
    /// 飞书.
    Feishu,
    /// One JSON document, for a program of one's own.
    Json,
}

impl WebhookForm {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::WeCom, Self::DingTalk, Self::Feishu, Self::Json];

    /// The word before an address.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::WeCom => "wecom",
            Self::DingTalk => "dingtalk",
            Self::Feishu => "feishu",
            Self::Json => "json",
        }
    }

    /// Reads that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.word() == word)
    }

    /// The form that the makers of a host expect.
    fn of_base(base: &str) -> Self {
        match base {
            "https://qyapi.weixin.qq.com" => Self::WeCom,
            "https://oapi.dingtalk.com" => Self::DingTalk,
            "https://open.feishu.cn" | "https://open.larksuite.com" => Self::Feishu,
            _ => Self::Json,
        }
    }

    /// Most bytes of a text, with room for the rest of the message (企业微信 takes 2,048).
    const fn most_bytes(self) -> usize {
        match self {
            Self::WeCom => 2_000,
            Self::DingTalk | Self::Feishu => 16_000,
            Self::Json => 200_000,
        }
    }
}

/// Where messages of a merchant go.
#[derive(Clone)]
pub struct Webhook {
    /// Its form.
    pub form: WebhookForm,
    base: String,
    path: Secret<String>,
    secret: Option<Secret<Vec<u8>>>,
}

impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Webhook({})", self.form.word())
    }
}

/// Two merchants of one group get one message.
impl PartialEq for Webhook {
    fn eq(&self, other: &Self) -> bool {
        self.form == other.form
            && self.base == other.base
            && self.path.expose() == other.path.expose()
    }
}

impl Webhook {
    /// Reads `[wecom|dingtalk|feishu|json ]ADDRESS`; without a word the host says which form it is.
    /// `None` for what is no https address, nor one of this computer.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (form, address) = match text.split_once(' ') {
            Some((word, address)) => (Some(WebhookForm::parse(word)?), address.trim()),
            None => (None, text),
        };
        let is_plain = address.bytes().all(|sign| sign.is_ascii_graphic());
        if !is_plain || address.len() > LONGEST_ADDRESS || address.contains('#') {
            return None;
        }
        let (base, path) = cut_address(address)?;
        Some(Self {
            form: form.unwrap_or_else(|| WebhookForm::of_base(&base)),
            base,
            path: Secret::new(path),
            secret: None,
        })
    }

    /// The webhook of a merchant, where it has one.
    ///
    /// # Errors
    /// When the vault cannot be read, or holds what is no address.
    pub fn of(ports: &Ports, id: ProfileId) -> Result<Option<Self>, Failure> {
        // A merchant without one must not have its vault opened for nothing.
        if ports.records.preference(&mark(id))?.as_deref() != Some("true") {
            return Ok(None);
        }
        let Some(text) = ports.vault.get(id, SecretKind::Webhook)? else {
            return Ok(None);
        };
        let text = std::str::from_utf8(text.expose()).ok();
        let mut webhook = text.and_then(Self::parse).ok_or_else(|| {
            Failure::new(
                FailureKind::Usage,
                "webhook.address",
                Message::new("群机器人地址不能用", "The webhook's address cannot be used"),
                Advice::by_place(
                    Message::new(
                        "recondesk profile set-key 名称 webhook 重新设置",
                        "Set it again: recondesk profile set-key NAME webhook",
                    ),
                    Message::new(
                        "到“商户 › 密钥”重新存入",
                        "Store it again under Merchants › Keys",
                    ),
                ),
            )
        })?;
        webhook.secret = ports.vault.get(id, SecretKind::WebhookSecret)?;
        Ok(Some(webhook))
    }

    /// Notes whether a merchant has a webhook, so that nobody is asked for a passphrase to find out.
    ///
    /// # Errors
    /// When the workspace cannot be written.
    pub(in crate::jobs) fn note(ports: &Ports, id: ProfileId, has: bool) -> Result<(), Failure> {
        let word = if has { "true" } else { "false" };
        Ok(ports.records.set_preference(&mark(id), word)?)
    }

    /// Sends a message and reads what the group chat says of it.
    ///
    /// # Errors
    /// [`Failure`] of the gateway: not reached, or refused; nothing of address and secret is in it.
    pub fn send(
        &self,
        ports: &Ports,
        message: &WebhookText<'_>,
        cancel: &CancelToken,
        pause: &dyn Fn(Duration),
    ) -> Result<(), Failure> {
        let mut attempt = 1;
        loop {
            let request = self.request(message, ports.clock.now())?;
            let failure = match ports.gateway.send(&self.route(), &request, cancel) {
                Ok(answer) => match self.judge(&answer) {
                    Ok(()) => return Ok(()),
                    Err(failure) => failure,
                },
                Err(GatewayError::Cancelled) => return Err(Failure::cancelled()),
                Err(error) => self.unsent(&error),
            };
            if attempt >= ATTEMPTS || !failure.retryable || cancel.is_cancelled() {
                return Err(failure);
            }
            pause(REST);
            attempt += 1;
        }
    }

    fn route(&self) -> Route {
        Route {
            gateway: self.base.clone(),
            authority: None,
            certificate: None,
        }
    }

    fn request(&self, message: &WebhookText<'_>, now: Instant) -> Result<HttpRequest, Failure> {
        let text = cut(message.text, self.form.most_bytes());
        let mut path = self.path.expose().clone();
        let mut headers = vec![(
            "content-type".to_owned(),
            "application/json; charset=utf-8".to_owned(),
        )];
        let body = match self.form {
            WebhookForm::WeCom => json!({"msgtype": "text", "text": {"content": text}}).to_string(),
            WebhookForm::DingTalk => {
                if let Some(secret) = &self.secret {
                    let ms = format!("{}000", now.unix());
                    let sign = dingtalk_sign(secret.expose(), &ms)?;
                    let mark = if path.contains('?') { '&' } else { '?' };
                    path = format!("{path}{mark}timestamp={ms}&sign={}", percent(&sign));
                }
                json!({"msgtype": "text", "text": {"content": text}}).to_string()
            }
            WebhookForm::Feishu => {
                let mut body = json!({"msg_type": "text", "content": {"text": text}});
                if let (Some(secret), Some(fields)) = (&self.secret, body.as_object_mut()) {
                    let seconds = now.unix().to_string();
                    let sign = feishu_sign(secret.expose(), &seconds)?;
                    fields.insert("timestamp".to_owned(), seconds.into());
                    fields.insert("sign".to_owned(), sign.into());
                }
                body.to_string()
            }
            WebhookForm::Json => {
                let body = message.document.to_string();
                if let Some(secret) = &self.secret {
                    let seconds = now.unix().to_string();
                    let signed = [seconds.as_bytes(), b".", body.as_bytes()].concat();
                    let sign = hex(&hmac_sha256(secret.expose(), &signed)?);
                    headers.push(("x-recondesk-timestamp".to_owned(), seconds));
                    headers.push(("x-recondesk-signature".to_owned(), format!("sha256={sign}")));
                }
                body
            }
        };
        Ok(HttpRequest {
            method: "POST",
            path,
            headers,
            body: body.into_bytes(),
            needs_certificate: false,
            may_repeat: true,
            max_answer_bytes: LARGEST_ANSWER,
            is_address_secret: true,
        })
    }

    /// The group chats answer 200 to everything; what counts stands in the body.
    fn judge(&self, answer: &HttpAnswer) -> Result<(), Failure> {
        if !(200..300).contains(&answer.status) {
            let is_passing = matches!(answer.status, 408 | 425 | 429 | 500..=599);
            let failure = self.refused(&format!("HTTP {}", answer.status));
            return Err(if is_passing {
                failure.retryable()
            } else {
                failure
            });
        }
        let names: &[&str] = match self.form {
            WebhookForm::WeCom | WebhookForm::DingTalk => &["errcode"],
            WebhookForm::Feishu => &["code", "StatusCode"],
            WebhookForm::Json => return Ok(()),
        };
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
        let code = names.iter().find_map(|name| body.get(name));
        match code.and_then(Value::as_i64) {
            Some(0) => Ok(()),
            Some(code) => {
                let said = ["errmsg", "msg", "StatusMessage"]
                    .into_iter()
                    .find_map(|name| body.get(name)?.as_str())
                    .unwrap_or_default();
                Err(self.refused(&format!("{code} {said}")))
            }
            None => Err(self.refused("the answer is not that of a group chat")),
        }
    }

    fn refused(&self, said: &str) -> Failure {
        Failure::new(
            FailureKind::Gateway,
            "webhook.refused",
            Message::new(
                "群机器人没有收下汇总消息",
                "The webhook did not take the message",
            ),
            Message::new(
                "核对地址、签名密钥、关键词和 IP 白名单",
                "Check address, secret, key words and the list of allowed addresses",
            ),
        )
        .with_detail(self.without_tokens(said))
    }

    fn unsent(&self, error: &GatewayError) -> Failure {
        Failure::new(
            FailureKind::Gateway,
            "webhook.unsent",
            Message::new(
                "汇总消息没有发出去",
                "The message of the morning could not be sent",
            ),
            Message::new(
                "检查网络；下次运行会再发",
                "Check the network; the next run sends it again",
            ),
        )
        .with_detail(self.without_tokens(&error.to_string()))
        .retryable()
    }

    /// Words of the other side without the parts of the address that open the group to whoever reads them.
    fn without_tokens(&self, said: &str) -> String {
        let mut out: String = said.chars().filter(|sign| !sign.is_control()).collect();
        let tokens = self.path.expose().split(['/', '?', '&', '=']);
        let mut tokens: Vec<&str> = tokens.filter(|part| part.len() >= SHORTEST_TOKEN).collect();
        let secret = self
            .secret
            .as_ref()
            .map(|secret| secret.expose().as_slice());
        tokens.extend(secret.and_then(|secret| std::str::from_utf8(secret).ok()));
        for token in tokens.into_iter().filter(|token| !token.is_empty()) {
            out = out.replace(token, "…");
        }
        out.chars().take(TOLD_SIGNS).collect()
    }
}

/// Where it is noted that a merchant has a webhook.
fn mark(id: ProfileId) -> String {
    format!("webhook.{}", id.0)
}

/// A message, as text for people and as a document for programs.
#[derive(Debug, Clone, Copy)]
pub struct WebhookText<'a> {
    /// For a group chat.
    pub text: &'a str,
    /// For a program.
    pub document: &'a Value,
}

/// The beginning of a text, of at most so many bytes; that something is missing is said.
fn cut(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let mut end = most.saturating_sub("…".len());
    while !text.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    format!("{}…", text.get(..end).unwrap_or_default())
}

fn hmac_sha256(key: &[u8], text: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(|_length| {
        Failure::new(
            FailureKind::Usage,
            "webhook.secret",
            Message::new("签名密钥不能用", "The secret of the webhook cannot be used"),
            Message::default(),
        )
    })?;
    mac.update(text);
    Ok(mac.finalize().into_bytes().to_vec())
}

/// 钉钉 加签: HMAC-SHA256 under the secret of `timestamp\nsecret`, Base64; the time in milliseconds.
fn dingtalk_sign(secret: &[u8], ms: &str) -> Result<String, Failure> {
    let text = [ms.as_bytes(), b"\n", secret].concat();
    Ok(STANDARD.encode(hmac_sha256(secret, &text)?))
}

/// 飞书 签名校验: HMAC-SHA256 of nothing under `timestamp\nsecret`, Base64; the time in seconds.
fn feishu_sign(secret: &[u8], seconds: &str) -> Result<String, Failure> {
    let key = [seconds.as_bytes(), b"\n", secret].concat();
    Ok(STANDARD.encode(hmac_sha256(&key, b"")?))
}

/// Base64 as a value of a query.
fn percent(base64: &str) -> String {
    base64
        .replace('+', "%2B")
        .replace('/', "%2F")
        .replace('=', "%3D")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_says_the_form_unless_a_word_does() {
        let form = |text: &str| Webhook::parse(text).map(|webhook| webhook.form);
        let wecom = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0000";
        assert_eq!(form(wecom), Some(WebhookForm::WeCom));
        let dingtalk = "https://oapi.dingtalk.com/robot/send?access_token=0";
        assert_eq!(form(dingtalk), Some(WebhookForm::DingTalk));
        let feishu = "https://open.feishu.cn/open-apis/bot/v2/hook/0";
        assert_eq!(form(feishu), Some(WebhookForm::Feishu));
        assert_eq!(form("https://hooks.example/x"), Some(WebhookForm::Json));
        assert_eq!(
            form("feishu http://127.0.0.1:1/x"),
            Some(WebhookForm::Feishu)
        );
        for bad in [
            "",
            "http://hooks.example/x",
            "slack https://hooks.example/x",
            "https://user@hooks.example/x",
            "https://hooks.example/x y",
            "https://hooks.example/x#y",
        ] {
            assert_eq!(form(bad), None, "{bad}");
        }
    }

    #[test]
    fn signatures_are_those_of_the_two_makers() {
        // Computed with Python's hmac, hashlib and base64 by the descriptions of the two makers.
        assert_eq!(
            dingtalk_sign(b"SECsecret", "1577262236757").unwrap(),
            "+sbmT+Em/vshfR0s7SWXoTbqWhyO6IJ2pav5rmM1BDA="
        );
        assert_eq!(
            feishu_sign(b"demo", "1599360473").unwrap(),
            "l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8="
        );
    }

    #[test]
    fn what_is_told_of_a_refusal_has_no_token() {
        let mut webhook =
            Webhook::parse("wecom https://hooks.example/send/deadbeefdeadbeef?key=cafecafe-cafe")
                .unwrap();
        webhook.secret = Some(Secret::new(b"SECvery".to_vec()));
        let failure = webhook.refused("93000 invalid deadbeefdeadbeef cafecafe-cafe SECvery");
        assert_eq!(failure.detail, "93000 invalid … … …");
        assert!(!format!("{webhook:?}").contains("hooks.example"));
    }

    #[test]
    fn a_long_text_is_cut_between_signs() {
        let long = "账".repeat(1_000);
        let short = cut(&long, 2_000);
        assert!(short.len() <= 2_000 && short.ends_with('…'));
        assert_eq!(cut("账", 3), "账");
    }
}
