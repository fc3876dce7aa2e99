//! Answers of APIv3: signed with the platform key that the rules and the request choose, or spoilt on demand.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};

use super::{V3Refused, V3Request};
use crate::fault::InjectedFault;
use crate::keys::PlatformKey;
use crate::rules::{AnswerKey, CertificateRoll};
use crate::server::{Shared, raw};
use wechatpay_codec::v3::{PROBE_PREFIX, PUBLIC_KEY_PREFIX, lines, normal_serial};

/// A serial number that nobody knows.
pub(super) const UNKNOWN_SERIAL: &str = "7777777777777777777777777777777777777777";

/// The platform key that signs for a request.
pub(crate) fn signing_key<'a>(shared: &'a Shared, wanted: &str) -> &'a PlatformKey {
    let keys = &shared.platform;
    let rules = shared.rules();
    let certificate = match rules.certificate_roll {
        CertificateRoll::Old | CertificateRoll::Published => &keys.old,
        CertificateRoll::Phased | CertificateRoll::New => &keys.new,
    };
    match rules.answer_key {
        AnswerKey::PublicKey => &keys.public,
        AnswerKey::Certificate => certificate,
        AnswerKey::Asked if wanted.starts_with(PUBLIC_KEY_PREFIX) => &keys.public,
        AnswerKey::Asked if normal_serial(wanted) == keys.new.id => &keys.new,
        AnswerKey::Asked => certificate,
    }
}

/// Signs the answer to one request.
pub(crate) struct Seal<'a> {
    shared: &'a Arc<Shared>,
    key: &'a PlatformKey,
    fault: Option<&'a InjectedFault>,
}

impl<'a> Seal<'a> {
    pub(crate) fn for_request(
        shared: &'a Arc<Shared>,
        request: &V3Request<'_>,
        fault: Option<&'a InjectedFault>,
    ) -> Self {
        Self {
            shared,
            key: signing_key(shared, request.header("wechatpay-serial")),
            fault,
        }
    }

    /// A 204, signed over an empty body.
    pub(crate) fn nothing(&self) -> Response {
        self.sealed(204, Vec::new(), "0")
    }

    pub(crate) fn object(&self, status: u16, mut value: Value) -> Response {
        match self.fault {
            Some(InjectedFault::OtherMerchant) => {
                put(&mut value, "mchid", json!("1999999999"));
                put(&mut value, "combine_mchid", json!("1999999999"));
            }
            Some(InjectedFault::OtherOrder) => {
                put(
                    &mut value,
                    "out_trade_no",
                    json!("OTHER20260101000000000001"),
                );
                put(
                    &mut value,
                    "transaction_id",
                    json!("4200000000202601010000000001"),
                );
                put(&mut value, "combine_out_trade_no", json!("OTHER20260101"));
            }
            Some(InjectedFault::OtherAmount) => {
                for pointer in ["/amount/total", "/sub_orders/0/amount/total_amount"] {
                    if let Some(total) = value.pointer_mut(pointer) {
                        let fen = total.as_i64().unwrap_or(0);
                        *total = json!(fen.saturating_add(1));
                    }
                }
            }
            Some(InjectedFault::WrongHash) => {
                put(&mut value, "hash_value", json!("0".repeat(40)));
                if let Some(part) = value.pointer_mut("/download_bill_list/0") {
                    put(part, "hash_value", json!("0".repeat(40)));
                }
            }
            _ => {}
        }
        self.sealed(status, value.to_string().into_bytes(), "0")
    }

    pub(crate) fn refusal(&self, refused: &V3Refused) -> Response {
        let body = error_body(refused);
        self.sealed(refused.status, body, reason_number(&refused.code))
    }

    fn sealed(&self, status: u16, body: Vec<u8>, reason: &str) -> Response {
        let shared = self.shared;
        let mut at = shared.now();
        let mut serial = self.key.id.clone();
        match self.fault {
            Some(InjectedFault::Stale { seconds }) => at = at.plus(seconds.saturating_neg()),
            Some(InjectedFault::UnknownSerial) => {
                UNKNOWN_SERIAL.clone_into(&mut serial);
            }
            _ => {}
        }
        let time = at.unix().to_string();
        let nonce = shared.with_numbers(|numbers| numbers.letters(32));
        let text = lines(&[time.as_bytes(), nonce.as_bytes(), &body]);
        let signature = match self.fault {
            Some(InjectedFault::WrongSign) => shared.platform.stranger.sign(&text),
            Some(InjectedFault::Probe) => format!("{PROBE_PREFIX}{}", self.key.private.sign(&text)),
            _ => self.key.private.sign(&text),
        };
        let mut response = bare(shared, status, body, reason);
        if self.fault == Some(&InjectedFault::Unsigned) {
            return response;
        }
        for (name, value) in [
            ("wechatpay-nonce", nonce.as_str()),
            ("wechatpay-timestamp", &time),
            ("wechatpay-serial", &serial),
            ("wechatpay-signature", &signature),
            ("wechatpay-signature-type", "WECHATPAY2-SHA256-RSA2048"),
        ] {
            set(&mut response, name, value);
        }
        response
    }
}

/// Puts a value over one that is there.
fn put(value: &mut Value, name: &str, other: Value) {
    if let Some(slot) = value.get_mut(name) {
        *slot = other;
    }
}

fn error_body(refused: &V3Refused) -> Vec<u8> {
    let mut body = json!({ "code": refused.code, "message": refused.message });
    if let (Some(detail), Some(object)) = (&refused.detail, body.as_object_mut()) {
        object.insert("detail".to_owned(), detail.clone());
    }
    body.to_string().into_bytes()
}

/// A refusal at the door, which nobody signs.
pub(crate) fn unsigned(shared: &Shared, refused: &V3Refused) -> Response {
    let reason = reason_number(&refused.code);
    bare(shared, refused.status, error_body(refused), reason)
}

/// A bill, which is not signed either.
pub(crate) fn file(shared: &Shared, zipped: bool, bytes: Vec<u8>) -> Response {
    let kind = if zipped {
        "application/x-gzip"
    } else {
        "text/plain; charset=utf-8"
    };
    let mut response = raw(kind, bytes);
    common(shared, &mut response, "0");
    response
}

fn bare(shared: &Shared, status: u16, body: Vec<u8>, reason: &str) -> Response {
    let mut response = if status == 204 {
        Response::new(Body::empty())
    } else {
        raw("application/json; charset=utf-8", body)
    };
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    common(shared, &mut response, reason);
    response
}

/// What every answer carries: the sandbox's own time, and a number that support can ask for.
fn common(shared: &Shared, response: &mut Response, reason: &str) {
    let id = shared.with_numbers(|numbers| format!("08{}-{reason}", numbers.digits(24)));
    set(response, "request-id", &id);
    set(response, header::DATE.as_str(), &shared.http_date());
    set(response, "cache-control", "no-cache, must-revalidate");
    set(response, "content-language", "zh-CN");
}

fn set(response: &mut Response, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) = (
        HeaderName::from_bytes(name.as_bytes()),
        HeaderValue::from_str(value),
    ) {
        response.headers_mut().insert(name, value);
    }
}

/// The number behind the `Request-ID` of the codes that have a documented one.
fn reason_number(code: &str) -> &'static str {
    match code {
        "ORDER_NOT_EXIST" => "268512771",
        "FREQUENCY_LIMITED" => "268447840",
        "PARAM_ERROR" => "268435461",
        "ORDER_PAID" => "268449538",
        "SIGN_ERROR" => "268443699",
        "APPID_MCHID_NOT_MATCH" => "268445527",
        _ => "268435456",
    }
}
