//! One signed question to WeChat Pay and what its answer is worth.
//!
//! Signs, sends, verifies, and says which of the few things happened that a caller must tell apart:
//! answered, said no, refused unread, cannot be trusted, or unknown. Nothing here changes a record.

use crate::{Failure, FailureKind, Message};
use recondesk_domain::{MerchantProfile, ProfileId, Secret, SecretKind};
use recondesk_ports::{
    CancelToken, Clock, Gateway, GatewayError, HttpAnswer, HttpRequest, Random, Route, Vault,
};
use wechatpay_codec::Params;
use wechatpay_codec::v2::{
    Answer, Endpoint, Envelope, Fault, ReplyError, Request, Signed, build, open, request_id_reason,
};

/// The line to the gateway on behalf of one merchant.
#[derive(Clone, Copy)]
pub struct GatewaySession<'a> {
    /// Sends.
    pub gateway: &'a dyn Gateway,
    /// Has the merchant's keys.
    pub vault: &'a dyn Vault,
    /// Makes nonces.
    pub random: &'a dyn Random,
    /// Tells when it was.
    pub clock: &'a dyn Clock,
    /// The merchant.
    pub profile: (ProfileId, &'a MerchantProfile),
    /// The wish to stop.
    pub cancel: &'a CancelToken,
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
    /// `return_code` FAIL: refused unread, a matter of configuration.
    Refused {
        /// `return_msg`.
        message: String,
        /// `error_code`, where bills have one.
        error_code: String,
    },
    /// `result_code` FAIL.
    Fault(Fault),
}

/// A question with everything around it, to be shown and handed over.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The call.
    pub endpoint: Endpoint,
    /// What was sent, `sign` the last.
    pub sent: Params,
    /// The body as sent.
    pub body: Vec<u8>,
    /// The answer as it came; its body is empty for a streamed bill.
    pub answer: Option<HttpAnswer>,
    /// What it is worth.
    pub result: Result<Params, ExchangeError>,
}

impl Exchange {
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

impl GatewaySession<'_> {
    /// The merchant's key of APIv2.
    ///
    /// # Errors
    /// When the vault is locked, or has none.
    pub fn v2_key(&self) -> Result<Secret<Vec<u8>>, Failure> {
        self.secret(SecretKind::V2Key)?.ok_or_else(|| {
            missing_secret(
                "vault.v2_key",
                Message::new(
                    "这个商户还没有设置 APIv2 密钥",
                    "This merchant has no APIv2 key yet",
                ),
                Message::new(
                    "用 recondesk profile set-key 档案名 v2 设置",
                    "Set it with recondesk profile set-key NAME v2",
                ),
            )
        })
    }

    fn secret(&self, kind: SecretKind) -> Result<Option<Secret<Vec<u8>>>, Failure> {
        self.vault.get(self.profile.0, kind).map_err(|error| {
            Failure::new(
                FailureKind::Workspace,
                "vault.locked",
                Message::new("密钥库无法读取", "The vault cannot be read"),
                Message::new("解锁密钥库后再试", "Unlock the vault and try again"),
            )
            .with_detail(error.to_string())
        })
    }

    /// The way to the gateway, with the certificate where the call demands one.
    ///
    /// # Errors
    /// When the certificate is demanded and missing.
    pub fn route(&self, endpoint: Endpoint) -> Result<Route, Failure> {
        let mut route = Route::plain(self.profile.1);
        if endpoint.needs_certificate() && route.gateway.starts_with("https://") {
            let certificate = self.secret(SecretKind::ClientCert)?;
            let key = self.secret(SecretKind::ClientKey)?;
            let (Some(certificate), Some(key)) = (certificate, key) else {
                return Err(missing_secret(
                    "vault.client_cert",
                    Message::new(
                        "这个接口需要商户证书，档案里还没有",
                        "This call needs the merchant's certificate, and the profile has none",
                    ),
                    Message::new(
                        "用 recondesk profile set-key 档案名 client-cert 和 client-key 设置 apiclient_cert.pem、apiclient_key.pem",
                        "Set apiclient_cert.pem and apiclient_key.pem with recondesk profile set-key NAME client-cert, client-key",
                    ),
                ));
            };
            route.certificate = Some((certificate.expose().clone(), key));
        }
        Ok(route)
    }

    /// Signs a request: a fresh nonce for each attempt.
    ///
    /// # Errors
    /// When the profile cannot sign, or a value cannot be written as XML.
    pub fn sign(
        &self,
        request: &Request,
        sub_mch_id: &str,
    ) -> Result<(Signed, Secret<Vec<u8>>), Failure> {
        let key = self.v2_key()?;
        let profile = self.profile.1;
        let appid = profile.appids.first().cloned().ok_or_else(|| {
            missing_secret(
                "profile.appid",
                Message::new("这个商户档案没有 appid", "This profile has no appid"),
                Message::new(
                    "在档案里补上任一已绑定的 appid",
                    "Add any appid bound to the merchant",
                ),
            )
        })?;
        let envelope = Envelope {
            appid,
            mch_id: profile.mch_id.clone(),
            sub_appid: String::new(),
            sub_mch_id: sub_mch_id.to_owned(),
            nonce: self.random.nonce(),
            sign_type: profile.sign_type,
        };
        let signed = build(request, &envelope, &key).map_err(|error| {
            Failure::new(
                FailureKind::Usage,
                "request.value",
                Message::new(
                    "请求里有无法发送的字符",
                    "The request holds a character that cannot be sent",
                ),
                Message::default(),
            )
            .with_detail(error.to_string())
        })?;
        Ok((signed, key))
    }

    /// Asks one question. An `Err` means that it was not even asked.
    ///
    /// # Errors
    /// When key, appid or certificate are missing.
    pub fn ask(&self, request: &Request, sub_mch_id: &str) -> Result<Exchange, Failure> {
        let (signed, key) = self.sign(request, sub_mch_id)?;
        let most = signed.endpoint.max_answer_bytes();
        self.send_within(signed, &key, most)
    }

    /// Sends a request that is signed already with this key and takes an answer of at most that size. An `Err` means that it was not even sent.
    ///
    /// # Errors
    /// When the certificate is demanded and missing.
    pub fn send_within(
        &self,
        signed: Signed,
        key: &Secret<Vec<u8>>,
        most_bytes: u64,
    ) -> Result<Exchange, Failure> {
        let endpoint = signed.endpoint;
        let route = self.route(endpoint)?;
        let mut wire = http(&signed);
        wire.max_answer_bytes = wire.max_answer_bytes.min(most_bytes);
        let answer = self.gateway.send(&route, &wire, self.cancel);
        let (answer, result) = match answer {
            Err(error) => (None, Err(ExchangeError::from(error))),
            Ok(answer) => {
                let result = self.judge(&signed, &answer, key);
                (Some(answer), result)
            }
        };
        if let Err(trouble) = &result {
            tracing::warn!(path = endpoint.path(), %trouble, "no answer to go by");
        }
        Ok(Exchange {
            endpoint,
            sent: signed.params,
            body: signed.body,
            answer,
            result,
        })
    }

    /// What an answer is worth: status, message, signature, merchant, appid, result.
    fn judge(
        &self,
        signed: &Signed,
        answer: &HttpAnswer,
        key: &Secret<Vec<u8>>,
    ) -> Result<Params, ExchangeError> {
        if answer.status != 200 {
            return Err(status_trouble(signed.endpoint, answer));
        }
        let profile = self.profile.1;
        let opened = open(
            signed.endpoint,
            &answer.body,
            key,
            signed.sign_type,
            &profile.mch_id,
        );
        match opened {
            Ok(Answer::Done(params)) => match params.filled("appid") {
                Some(appid) if !profile.appids.iter().any(|known| known == appid) => Err(
                    ExchangeError::Untrusted(format!("the answer is about appid {appid}")),
                ),
                _ => Ok(params),
            },
            Ok(Answer::Fault(fault)) if is_unclear(&fault) => Err(ExchangeError::Unclear(format!(
                "{} {}",
                fault.code, fault.description
            ))),
            Ok(Answer::Fault(fault)) => Err(ExchangeError::Fault(fault)),
            Err(ReplyError::Message(error)) => Err(ExchangeError::Unclear(error.to_string())),
            Err(ReplyError::Refused {
                message,
                error_code,
            }) => Err(ExchangeError::Refused {
                message,
                error_code,
            }),
            Err(error @ (ReplyError::Signature(_) | ReplyError::Foreign { .. })) => {
                Err(ExchangeError::Untrusted(error.to_string()))
            }
            Err(error) => Err(ExchangeError::Unclear(error.to_string())),
        }
    }
}

/// Codes that say neither yes nor no.
fn is_unclear(fault: &Fault) -> bool {
    [
        "SYSTEMERROR",
        "BIZERR_NEED_RETRY",
        "BANKERROR",
        "USERPAYING",
    ]
    .iter()
    .any(|code| fault.is(code))
}

/// The request as it goes over the wire.
#[must_use]
pub fn http(signed: &Signed) -> HttpRequest {
    HttpRequest {
        method: "POST",
        path: signed.endpoint.path().to_owned(),
        headers: vec![(
            "content-type".to_owned(),
            "text/xml; charset=utf-8".to_owned(),
        )],
        body: signed.body.clone(),
        needs_certificate: signed.endpoint.needs_certificate(),
        may_repeat: signed.endpoint.may_repeat(),
        max_answer_bytes: signed.endpoint.max_answer_bytes(),
    }
}

/// A status other than 200 never comes from the payment system itself, but from what stands before it.
pub(super) fn status_trouble(endpoint: Endpoint, answer: &HttpAnswer) -> ExchangeError {
    let page = String::from_utf8_lossy(&answer.body);
    let title: String = page
        .split_once("<title>")
        .and_then(|(_, rest)| rest.split_once("</title>"))
        .map_or("", |(title, _)| title)
        .chars()
        .filter(|c| !c.is_control())
        .take(100)
        .collect();
    let text = format!("HTTP {} {title}", answer.status);
    if answer.status == 400 && endpoint.needs_certificate() {
        return ExchangeError::NotSent(GatewayError::Certificate(text));
    }
    ExchangeError::Unclear(text)
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
            Self::Refused { .. } => "gateway.refused",
            Self::Fault(_) => "gateway.fault",
        }
    }

    /// The fact and what to do, for people.
    #[must_use]
    pub fn words(&self) -> (Message, Message) {
        match self {
            Self::NotSent(GatewayError::Tls(_)) => (
                Message::new(
                    "安全连接被拒绝，请求没有发出",
                    "The secure connection was refused, nothing was sent",
                ),
                Message::new(
                    "检查系统时间、代理和证书；本程序不会跳过证书检查",
                    "Check the clock, the proxy and the certificates; the check is never skipped",
                ),
            ),
            Self::NotSent(GatewayError::Certificate(_)) => (
                Message::new(
                    "商户证书不能用",
                    "The merchant's certificate cannot be used",
                ),
                Message::new(
                    "检查 client-cert 和 client-key 是否配对、未过期、属于这个商户号",
                    "Check that client-cert and client-key are a pair, in date, and of this merchant",
                ),
            ),
            Self::NotSent(_) => (
                Message::new(
                    "连不上网关，请求没有发出",
                    "Cannot reach the gateway, nothing was sent",
                ),
                Message::new(
                    "检查网络和网关地址，再试一次",
                    "Check the network and the address, then try again",
                ),
            ),
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
                    "检查 APIv2 密钥、签名类型和商户号",
                    "Check the APIv2 key, the sign type and the merchant number",
                ),
            ),
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
                Message::from(fault.advice().words),
            ),
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
            _ => failure,
        }
    }
}

fn missing_secret(code: &'static str, title: Message, advice: Message) -> Failure {
    Failure::new(FailureKind::Usage, code, title, advice)
}
