//! Why there is no answer to go by, in the few kinds that a caller must tell apart.

use crate::{Failure, FailureKind, Message};
use recondesk_ports::GatewayError;
use wechatpay_codec::v2::{self, FaultAdvice, same_code};
use wechatpay_codec::v3::{self, MAX_SKEW_S};

/// A refusal that WeChat Pay signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedRefusal {
    /// `err_code` of APIv2, `code` of APIv3.
    pub code: String,
    /// The remote side's own words, with the field they are about.
    pub description: String,
    /// What to do about it.
    pub advice: FaultAdvice,
}

impl SignedRefusal {
    /// True for that code, in either spelling.
    #[must_use]
    pub fn is(&self, code: &str) -> bool {
        same_code(&self.code, code)
    }

    /// True for the codes that say neither yes nor no.
    pub(super) fn is_unclear(&self) -> bool {
        [
            "SYSTEMERROR",
            "BIZERR_NEED_RETRY",
            "BANKERROR",
            "USERPAYING",
        ]
        .iter()
        .any(|code| self.is(code))
    }
}

impl From<v2::Fault> for SignedRefusal {
    fn from(fault: v2::Fault) -> Self {
        Self {
            advice: fault.advice(),
            code: fault.code,
            description: fault.description,
        }
    }
}

impl From<v3::Fault> for SignedRefusal {
    fn from(fault: v3::Fault) -> Self {
        let advice = fault.advice();
        let mut description = fault.message;
        for more in [fault.field, fault.issue] {
            if !more.is_empty() && !description.contains(&more) {
                if !description.is_empty() {
                    description.push(' ');
                }
                description.push_str(&more);
            }
        }
        Self {
            code: fault.code,
            description,
            advice,
        }
    }
}

/// Why there is no answer to go by. The order or refund is as it was, as far as anybody knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExchangeError {
    /// Certainly not carried out: never connected, TLS refused, certificate unusable.
    NotSent(GatewayError),
    /// Sent, outcome unknown: time-out, cut, page for people, busy, cancelled.
    Unclear(String),
    /// An answer came, but its signature or its subject is wrong: nothing of it may be believed.
    Untrusted(String),
    /// An answer came that was signed with a key this profile does not have.
    UnknownKey(String),
    /// The clock of this computer is too far away for a signature to count, in either direction.
    Clock {
        /// WeChat Pay's clock minus ours, in seconds, as measured.
        skew_s: i64,
    },
    /// Refused before it was looked at, without a signature: `return_code` FAIL of APIv2, a bare 4xx of APIv3.
    Refused {
        /// The remote side's own words.
        message: String,
        /// Its code, where there is one.
        error_code: String,
    },
    /// Refused, and signed.
    Fault(SignedRefusal),
}

impl From<GatewayError> for ExchangeError {
    fn from(error: GatewayError) -> Self {
        match error {
            GatewayError::Connect(_) | GatewayError::Tls(_) | GatewayError::Certificate(_) => {
                Self::NotSent(error)
            }
            GatewayError::Unclear(_)
            | GatewayError::TooLarge(_)
            | GatewayError::Redirect(_)
            | GatewayError::Cancelled => Self::Unclear(error.to_string()),
        }
    }
}

impl std::fmt::Display for ExchangeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotSent(error) => write!(f, "not sent: {error}"),
            Self::Unclear(why) => write!(f, "outcome unknown: {why}"),
            Self::Untrusted(why) => write!(f, "cannot be trusted: {why}"),
            Self::UnknownKey(serial) => {
                write!(f, "cannot be trusted: signed with the unknown key {serial}")
            }
            Self::Clock { skew_s } => write!(
                f,
                "outcome unknown: the clock of this computer is {skew_s} s away from WeChat Pay's, {MAX_SKEW_S} s are allowed"
            ),
            Self::Refused {
                message,
                error_code,
            } => write!(f, "refused: {message} {error_code}"),
            Self::Fault(fault) => write!(f, "{} {}", fault.code, fault.description),
        }
    }
}

impl ExchangeError {
    /// Stable code for scripts.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotSent(GatewayError::Tls(_)) => "gateway.tls",
            Self::NotSent(GatewayError::Certificate(_)) => "gateway.certificate",
            Self::NotSent(_) => "gateway.connect",
            Self::Unclear(_) => "gateway.unknown",
            Self::Untrusted(_) => "gateway.untrusted",
            Self::UnknownKey(_) => "gateway.unknown_key",
            Self::Clock { .. } => "gateway.clock",
            Self::Refused { .. } => "gateway.refused",
            Self::Fault(_) => "gateway.fault",
        }
    }

    /// The fact and what to do, for people.
    #[must_use]
    pub fn words(&self) -> (Message, Message) {
        match self {
            Self::NotSent(error) => not_sent_words(error),
            Self::Unclear(_) => (
                Message::new(
                    "没有明确答复，结果未知",
                    "No clear answer, the outcome is unknown",
                ),
                Message::new(
                    "稍后再查；在查明之前不要当作成功或失败",
                    "Query again later; until then take it for neither success nor failure",
                ),
            ),
            Self::Untrusted(_) => (
                Message::new(
                    "答复不可信，什么都没有改动",
                    "The answer cannot be trusted, nothing was changed",
                ),
                Message::new(
                    "检查密钥、签名类型和商户号",
                    "Check the keys, the sign type and the merchant number",
                ),
            ),
            Self::UnknownKey(serial) => (
                Message::new(
                    format!("答复由档案里没有的微信支付密钥签名（{serial}），什么都没有改动"),
                    format!(
                        "The answer was signed with a key this profile does not have ({serial}), nothing was changed"
                    ),
                ),
                Message::new(
                    "从商户平台下载微信支付公钥存入档案，或更新平台证书",
                    "Download the WeChat Pay public key from the merchant console and store it, or refresh the platform certificates",
                ),
            ),
            Self::Clock { skew_s } => clock_words(*skew_s),
            Self::Refused { .. } => (
                Message::new("微信支付拒绝了请求", "WeChat Pay refused the request"),
                Message::new(
                    "按返回信息改正档案后再试",
                    "Correct the profile as the message says",
                ),
            ),
            Self::Fault(fault) => (
                Message::new(
                    format!("微信支付返回 {}", fault.code),
                    format!("WeChat Pay says {}", fault.code),
                ),
                Message::from(fault.advice.words),
            ),
        }
    }

    /// The fact in one line, with WeChat Pay's own words behind it where it said any. What only a technician reads stands
    /// in the English line alone: a Chinese sentence that ends in English is not read.
    #[must_use]
    pub fn told(&self) -> Message {
        let (title, _) = self.words();
        match self {
            Self::Refused {
                message: words,
                error_code: code,
            } => {
                let said = [words.trim(), code.trim()].join(" ");
                said_by(&title, said.trim())
            }
            Self::Fault(fault) => said_by(&title, fault.description.trim()),
            Self::UnknownKey(_) | Self::Clock { .. } => title,
            Self::NotSent(error) => Message::new(title.zh, format!("{}: {error}", title.en)),
            Self::Unclear(why) | Self::Untrusted(why) => {
                Message::new(title.zh, format!("{}: {why}", title.en))
            }
        }
    }

    /// What a technician wants to know beside it; empty where all is said.
    #[must_use]
    pub fn technical(&self) -> String {
        match self {
            Self::NotSent(error) => error.to_string(),
            Self::Unclear(why) | Self::Untrusted(why) => why.clone(),
            Self::UnknownKey(_) | Self::Clock { .. } | Self::Refused { .. } | Self::Fault(_) => {
                String::new()
            }
        }
    }

    /// The same as a failure of a whole job.
    #[must_use]
    pub fn failure(&self) -> Failure {
        if self == &Self::Unclear(GatewayError::Cancelled.to_string()) {
            return Failure::cancelled();
        }
        let (title, advice) = self.words();
        let failure = Failure::new(FailureKind::Gateway, self.code(), title, advice)
            .with_detail(self.to_string());
        match self {
            Self::Unclear(_) | Self::NotSent(GatewayError::Connect(_)) => failure.retryable(),
            Self::NotSent(_)
            | Self::Untrusted(_)
            | Self::UnknownKey(_)
            | Self::Clock { .. }
            | Self::Refused { .. }
            | Self::Fault(_) => failure,
        }
    }
}

/// A fact with the remote side's own words behind it.
fn said_by(title: &Message, said: &str) -> Message {
    if said.is_empty() {
        return title.clone();
    }
    Message::new(
        format!("{}：{said}", title.zh),
        format!("{}: {said}", title.en),
    )
}

fn not_sent_words(error: &GatewayError) -> (Message, Message) {
    match error {
        GatewayError::Tls(_) => (
            Message::new(
                "安全连接被拒绝，请求没有发出",
                "The secure connection was refused, nothing was sent",
            ),
            Message::new(
                "检查系统时间、代理和证书；本程序不会跳过证书检查",
                "Check the clock, the proxy and the certificates; the check is never skipped",
            ),
        ),
        GatewayError::Certificate(_) => (
            Message::new(
                "商户证书不能用",
                "The merchant's certificate cannot be used",
            ),
            Message::new(
                "检查 client-cert 和 client-key 是否配对、未过期、属于这个商户号",
                "Check that client-cert and client-key are a pair, in date, and of this merchant",
            ),
        ),
        GatewayError::Connect(_)
        | GatewayError::Unclear(_)
        | GatewayError::TooLarge(_)
        | GatewayError::Redirect(_)
        | GatewayError::Cancelled => (
            Message::new(
                "连不上网关，请求没有发出",
                "Cannot reach the gateway, nothing was sent",
            ),
            Message::new(
                "检查网络和网关地址，再试一次",
                "Check the network and the address, then try again",
            ),
        ),
    }
}

/// Names the clock: which way it is wrong, and by how much.
fn clock_words(skew_s: i64) -> (Message, Message) {
    let away = skew_s.unsigned_abs();
    let (minutes, seconds) = (away / 60, away % 60);
    let (zh, en) = if skew_s < 0 {
        ("快", "ahead of")
    } else {
        ("慢", "behind")
    };
    (
        Message::new(
            format!("这台电脑的时钟比微信支付{zh} {minutes} 分 {seconds} 秒，签名因此不被接受"),
            format!(
                "This computer's clock is {minutes} min {seconds} s {en} WeChat Pay's, so no signature counts"
            ),
        ),
        Message::new(
            "打开系统的自动校时，再试一次；结果在此之前视为未知",
            "Turn on automatic time in the system and try again; until then the outcome is unknown",
        ),
    )
}
