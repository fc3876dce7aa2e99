//! The call to the shop: JSON signed with HMAC-SHA256, or a notification; repeated with back-off, answer kept.
//!
//! A call may be repeated: its idempotency key is the same each time. `2xx` means that the shop took it unless its body
//! says otherwise, a clear `4xx` that it refused, and everything else leaves it as sent, to be repeated later.

use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use super::ReissueAsk;
use super::answer::{self, BodyWord};
use crate::jobs::views::certificate::hex;
use crate::{Advice, Failure, FailureKind, MerchantRef, Message};
use recondesk_casework::{OrderFacts, ReissueEvent};
use recondesk_domain::{SecretKind, gateway_kind};
use recondesk_ports::{CaseRecord, GatewayError, HttpRequest, Ports, Route};
use wechatpay_codec::v2::xml;

/// So often one call is tried.
const ATTEMPTS: u32 = 4;
/// Before the second attempt; twice as long before each later one.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// A shop's answer is short.
const LARGEST_ANSWER: u64 = 256 * 1024;
/// So much of it is kept.
const KEPT_SIGNS: usize = 2_000;

/// How the shop's answer is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AnswerForm {
    /// By the status alone.
    Status,
    /// By `return_code` of the XML that WeChat Pay expects.
    ReturnCode,
}

/// A call to the shop, ready to go.
#[derive(Debug, Clone)]
pub(super) struct ShopCall {
    pub(super) route: Route,
    pub(super) request: HttpRequest,
    pub(super) form: AnswerForm,
}

/// What came of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShopAnswer {
    /// The shop took it; its words.
    Taken(String),
    /// The shop says that it was delivered; its words.
    Delivered(String),
    /// The shop refused it; its words.
    Refused(String),
    /// No clear answer; why.
    Unclear(String),
}

impl ShopAnswer {
    /// What that is for the reissue; an unclear answer changes nothing.
    #[must_use]
    pub const fn event(&self) -> Option<ReissueEvent> {
        match self {
            Self::Taken(_) => Some(ReissueEvent::Taken),
            Self::Delivered(_) => Some(ReissueEvent::Proof),
            Self::Refused(_) => Some(ReissueEvent::Refused),
            Self::Unclear(_) => None,
        }
    }

    /// What is kept of it.
    #[must_use]
    pub fn evidence(&self) -> Value {
        let (word, said) = match self {
            Self::Taken(said) => ("taken", said),
            Self::Delivered(said) => ("delivered", said),
            Self::Refused(said) => ("refused", said),
            Self::Unclear(said) => ("unclear", said),
        };
        json!({ "answer": word, "said": said })
    }

    /// The shop's words.
    #[must_use]
    pub fn said(&self) -> &str {
        match self {
            Self::Taken(said)
            | Self::Delivered(said)
            | Self::Refused(said)
            | Self::Unclear(said) => said,
        }
    }
}

/// An address cut into what the client joins again: scheme and host, path and query.
pub(super) fn address(url: &str) -> Result<(String, String), Failure> {
    let wrong = |why: &str| {
        Failure::new(
            FailureKind::Usage,
            "reissue.address",
            Message::new(
                "商城地址不能用：要 https，或本机的 http",
                "The shop's address cannot be used: https, or http of this computer",
            ),
            Advice::by_place(
                Message::new(
                    "recondesk profile edit 名称 --shop-url 或 --notify-url",
                    "recondesk profile edit NAME --shop-url or --notify-url",
                ),
                Message::new(
                    "到“商户”改商城地址或通知地址",
                    "Mend the address of the shop or of notifications under Merchants",
                ),
            ),
        )
        .with_detail(format!("{why} {url}"))
    };
    if url.is_empty() {
        return Err(wrong("—"));
    }
    cut_address(url).ok_or_else(|| wrong("!"))
}

/// An address cut in two; `None` for what is neither https nor of this computer.
pub(crate) fn cut_address(url: &str) -> Option<(String, String)> {
    // What follows a question mark is the receiver's own affair.
    let judged = url.split_once('?').map_or(url, |(before, _)| before);
    gateway_kind(judged)?;
    let start = url.find("://").map_or(0, |at| at.saturating_add(3));
    let cut = url
        .get(start..)
        .and_then(|rest| rest.find('/'))
        .map_or(url.len(), |at| at.saturating_add(start));
    let (base, path) = url.split_at(cut);
    let path = if path.is_empty() { "/" } else { path };
    Some((base.to_owned(), path.to_owned()))
}

/// The call that asks the shop's own address to deliver.
pub(super) fn call(
    ports: &Ports,
    MerchantRef { id, profile }: MerchantRef<'_>,
    case: &CaseRecord,
    facts: &OrderFacts,
) -> Result<ShopCall, Failure> {
    let (base, path) = address(&profile.shop_url)?;
    let key = ports.vault.get(id, SecretKind::ShopKey)?.ok_or_else(|| {
        Failure::new(
            FailureKind::Usage,
            "vault.shop",
            Message::new(
                "没有存商城接口密钥",
                "No key of the shop's address is stored",
            ),
            Advice::by_place(
                Message::new(
                    "recondesk profile set-key 名称 shop",
                    "recondesk profile set-key NAME shop",
                ),
                Message::new(
                    "到“商户 › 密钥”存入商城接口密钥",
                    "Store the key of the shop under Merchants › Keys",
                ),
            ),
        )
    })?;
    let idempotency = super::reissue_key(&case.key);
    let body = json!({
        "idempotency_key": idempotency,
        "mch_id": profile.mch_id,
        "out_trade_no": case.finding.out_trade_no.as_str(),
        "sub_mch_id": case.finding.sub_mch_id.as_str(),
        "order_no": case.finding.order_no.as_str(),
        "transaction_id": facts.transaction_id,
        "paid_fen": facts.paid.get(),
        "paid_at": facts.paid_at.map(|at| at.to_string()),
        "case": case.key,
        "reason": case.finding.category.name(),
    })
    .to_string();
    let timestamp = ports.clock.now().unix().to_string();
    let signature = sign(key.expose(), &timestamp, body.as_bytes()).ok_or_else(|| {
        Failure::new(
            FailureKind::Usage,
            "vault.shop",
            Message::new(
                "商城接口密钥不能用",
                "The key of the shop's address cannot be used",
            ),
            Message::default(),
        )
    })?;
    let header = |name: &str, value: String| (name.to_owned(), value);
    Ok(ShopCall {
        route: Route {
            gateway: base,
            authority: profile.gateway_ca.clone(),
            certificate: None,
        },
        request: HttpRequest {
            method: "POST",
            path,
            headers: vec![
                header("content-type", "application/json; charset=utf-8".to_owned()),
                header("idempotency-key", idempotency),
                header("x-recondesk-timestamp", timestamp),
                header("x-recondesk-signature", format!("sha256={signature}")),
            ],
            body: body.into_bytes(),
            needs_certificate: false,
            may_repeat: true,
            max_answer_bytes: LARGEST_ANSWER,
            is_address_secret: false,
        },
        form: AnswerForm::Status,
    })
}

/// Hex of HMAC-SHA256 over timestamp, a point, and the body.
fn sign(key: &[u8], timestamp: &str, body: &[u8]) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(body);
    Some(hex(&mac.finalize().into_bytes()))
}

/// Sends a call until the answer is clear, or the attempts are used up.
pub(super) fn deliver(ports: &Ports, call: &ShopCall, ask: &ReissueAsk<'_>) -> ShopAnswer {
    let mut wait = FIRST_WAIT;
    let mut attempt = 1;
    loop {
        let answer = once(ports, call, ask);
        let unclear = matches!(answer, ShopAnswer::Unclear(_));
        if !unclear || attempt >= ATTEMPTS || ask.cancel.is_cancelled() {
            return answer;
        }
        tracing::info!(attempt, "telling the shop again");
        (ask.pause)(wait);
        wait = wait.saturating_mul(2);
        attempt += 1;
    }
}

fn once(ports: &Ports, call: &ShopCall, ask: &ReissueAsk<'_>) -> ShopAnswer {
    let answer = match ports.gateway.send(&call.route, &call.request, ask.cancel) {
        Ok(answer) => answer,
        Err(error @ GatewayError::Redirect(_)) => return ShopAnswer::Refused(error.to_string()),
        Err(error) => return ShopAnswer::Unclear(error.to_string()),
    };
    let text = String::from_utf8_lossy(&answer.body);
    let said: String = text
        .chars()
        .filter(|sign| !sign.is_control() || *sign == '\n')
        .take(KEPT_SIGNS)
        .collect();
    let said = format!("{} {}", answer.status, said.trim());
    match (call.form, answer.status) {
        (AnswerForm::Status, 200..=299) => match answer::read(&answer.body, &call.request.body) {
            BodyWord::Taken => ShopAnswer::Taken(said),
            BodyWord::Delivered => ShopAnswer::Delivered(said),
            BodyWord::Refused => ShopAnswer::Refused(said),
            BodyWord::Foreign => ShopAnswer::Unclear(said),
        },
        (AnswerForm::ReturnCode, 200) => return_code(&answer.body, said),
        (_, 408 | 409 | 425 | 429) => ShopAnswer::Unclear(said),
        (_, 400..=499) => ShopAnswer::Refused(said),
        _ => ShopAnswer::Unclear(said),
    }
}

fn return_code(body: &[u8], said: String) -> ShopAnswer {
    match xml::read(body) {
        Ok(params) => match params.get("return_code") {
            Some("SUCCESS") => ShopAnswer::Taken(said),
            Some(_) => ShopAnswer::Refused(said),
            None => ShopAnswer::Unclear(said),
        },
        Err(_) => ShopAnswer::Unclear(said),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_cut_before_its_path() {
        let cut = |url| address(url).map_err(|failure| failure.code);
        assert_eq!(
            cut("https://shop.example/a/b?c=1"),
            Ok(("https://shop.example".to_owned(), "/a/b?c=1".to_owned()))
        );
        assert_eq!(
            cut("http://127.0.0.1:8080"),
            Ok(("http://127.0.0.1:8080".to_owned(), "/".to_owned()))
        );
        assert_eq!(cut("http://shop.example/x"), Err("reissue.address"));
        assert_eq!(cut(""), Err("reissue.address"));
    }

    #[test]
    fn the_signature_is_that_of_rfc_4231_over_time_and_body() {
        // HMAC-SHA256, key "Jefe", computed independently over "1.what do ya want for nothing?".
        let ours = sign(b"Jefe", "1", b"what do ya want for nothing?").unwrap();
        assert_eq!(ours.len(), 64);
        assert_ne!(
            ours,
            sign(b"Jefe", "2", b"what do ya want for nothing?").unwrap()
        );
        assert_ne!(
            ours,
            sign(b"jefe", "1", b"what do ya want for nothing?").unwrap()
        );
    }

    #[test]
    fn only_success_in_the_right_place_is_taken() {
        let read = |body: &str| return_code(body.as_bytes(), String::new());
        assert_eq!(
            read("<xml><return_code><![CDATA[SUCCESS]]></return_code></xml>"),
            ShopAnswer::Taken(String::new())
        );
        assert_eq!(
            read("<xml><return_code>FAIL</return_code></xml>"),
            ShopAnswer::Refused(String::new())
        );
        for odd in ["SUCCESS", "<html>SUCCESS</html>", "<xml></xml>", ""] {
            assert_eq!(read(odd), ShopAnswer::Unclear(String::new()), "{odd}");
        }
    }
}
