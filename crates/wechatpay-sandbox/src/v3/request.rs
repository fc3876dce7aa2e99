//! A request of APIv3 as it came, and everything that is checked before an address is asked.

use std::sync::Arc;

use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::json;

use super::{V3Call, V3Refused};
use crate::server::Shared;
use crate::wish::percent_decoded as decoded;
use wechatpay_codec::v3::{Authorization, MAX_SKEW_S, RequestParts, request_message};

/// A request as it came.
pub(crate) struct V3Request<'a> {
    /// `GET` or `POST`.
    pub(crate) method: &'a str,
    /// Path and query, byte for byte.
    pub(crate) target: &'a str,
    /// Parts of the path below `/v3/`, decoded.
    pub(crate) segments: Vec<String>,
    /// The query, decoded.
    pub(crate) query: Vec<(String, String)>,
    /// Headers.
    pub(crate) headers: &'a HeaderMap,
    /// Body.
    pub(crate) body: &'a [u8],
    /// `http` or `https`.
    pub(crate) scheme: &'static str,
}

impl<'a> V3Request<'a> {
    /// Takes a request apart; `None` for a path of another API.
    pub(crate) fn new(
        (method, target): (&'a str, &'a str),
        headers: &'a HeaderMap,
        body: &'a [u8],
        scheme: &'static str,
    ) -> Option<Self> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let rest = path.strip_prefix("/v3/")?;
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        Some(Self {
            method,
            target,
            segments: rest.split('/').map(decoded).collect(),
            query: pairs
                .map(|pair| {
                    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                    (decoded(name), decoded(value))
                })
                .collect(),
            headers,
            body,
            scheme,
        })
    }

    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// A value of the query; empty counts as absent.
    pub(crate) fn asked(&self, name: &str) -> Option<&str> {
        let mut found = self.query.iter().filter(|(known, _)| known == name);
        found
            .next()
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }
}

/// Checks header, clock, serial and signature.
pub(crate) fn admit<'a>(
    shared: &'a Arc<Shared>,
    request: &'a V3Request<'a>,
) -> Result<V3Call<'a>, V3Refused> {
    let header = request.header("authorization");
    if header.is_empty() {
        let refused = sign_error("Http头Authorization认证类型不正确");
        return Err(located(refused, "authorization", "缺少Authorization"));
    }
    let signed = Authorization::parse(header).map_err(|error| {
        let refused =
            sign_error("Http头Authorization格式错误，请参考《微信支付商户REST API签名规则》");
        located(refused, "authorization", &error.to_string())
    })?;
    let merchant = shared
        .merchant(&signed.mchid)
        .ok_or_else(|| located(sign_error("商户号不存在"), "mchid", "mchid not exist"))?;
    let own = shared
        .certificate(&signed.mchid)
        .ok_or_else(V3Refused::system)?;
    if !own.is_called(&signed.serial) {
        let refused = sign_error("商户证书序列号有误。请使用签名私钥匹配的证书序列号");
        return Err(located(refused, "serial_no", "serial_no not match"));
    }
    let now = shared.now();
    let age = signed
        .timestamp
        .parse::<i64>()
        .map(|at| now.unix().saturating_sub(at).saturating_abs());
    if !age.is_ok_and(|age| age < MAX_SKEW_S) {
        let refused = sign_error("Http头Authorization中的timestamp与发起请求的时间不得超过5分钟");
        return Err(located(refused, "timestamp", "timestamp expired"));
    }
    if signed.nonce.is_empty() || signed.nonce.len() > 32 {
        return Err(located(
            sign_error("nonce_str长度有误"),
            "nonce_str",
            "nonce_str length",
        ));
    }
    let message = request_message(&RequestParts {
        method: request.method,
        target: request.target,
        timestamp: &signed.timestamp,
        nonce: &signed.nonce,
        body: request.body,
    });
    let signature = BASE64.decode(&signed.signature);
    if !signature.is_ok_and(|signature| own.verifies(&message, &signature)) {
        return Err(mismatch(request, &message));
    }
    Ok(V3Call {
        shared,
        merchant,
        request,
        now,
    })
}

fn sign_error(message: &str) -> V3Refused {
    V3Refused::new(401, "SIGN_ERROR", message)
}

fn located(refused: V3Refused, field: &str, issue: &str) -> V3Refused {
    refused.with(json!({
        "detail": { "issue": issue }, "field": field, "location": "authorization",
    }))
}

/// The answer that shows the string the gateway signed itself, its end cut as the real one cuts it.
fn mismatch(request: &V3Request<'_>, message: &[u8]) -> V3Refused {
    let text = String::from_utf8_lossy(message);
    let shown: String = text.chars().take(512).collect();
    sign_error("错误的签名，验签失败").with(json!({
        "detail": { "issue": "sign not match" },
        "field": "signature",
        "location": "authorization",
        "sign_information": {
            "method": request.method,
            "sign_message_length": message.len(),
            "truncated_sign_message": shown,
            "url": request.target,
        },
    }))
}
