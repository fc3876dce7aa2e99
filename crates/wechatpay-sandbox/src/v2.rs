//! The envelope of APIv2 as the gateway sees it: parse, check the signature, dispatch, sign the answer.

use std::io::Write as _;
use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::fault::InjectedFault;
use super::server::{Shared, html, raw};
use super::{Merchant, bills, code_pay, fund_flow, refunds, trade};
use recondesk_domain::{Instant, Secret, SignType};
use wechatpay_codec::Params;
use wechatpay_codec::v2::{SIGN, sign, verify, xml};

/// A request as it came.
pub(crate) struct ReceivedRequest<'a> {
    pub(crate) path: &'a str,
    pub(crate) is_post: bool,
    pub(crate) body: &'a [u8],
    /// The certificate of the connection, DER.
    pub(crate) certificate: Option<&'a [u8]>,
}

/// A request whose signature holds.
pub(crate) struct SignedCall<'a> {
    pub(crate) shared: &'a Arc<Shared>,
    pub(crate) merchant: &'a Merchant,
    pub(crate) params: Params,
    pub(crate) sign_type: SignType,
    pub(crate) now: Instant,
}

impl SignedCall<'_> {
    /// A parameter that must be there.
    pub(crate) fn need(&self, name: &str) -> Result<&str, V2Refused> {
        self.params
            .filled(name)
            .ok_or_else(|| V2Refused::transport(format!("缺少参数{name}")))
    }

    /// A parameter of at most so many characters; absent is empty.
    pub(crate) fn short(&self, name: &str, max: usize) -> Result<&str, V2Refused> {
        let value = self.params.get(name).unwrap_or_default();
        if value.chars().count() > max {
            return Err(V2Refused::business(
                "PARAM_ERROR",
                format!("{name}参数长度有误"),
            ));
        }
        Ok(value)
    }

    /// A count of fen, as the interface wants it: digits only.
    pub(crate) fn fen(&self, name: &str) -> Result<i64, V2Refused> {
        let text = self.need(name)?;
        let bad = || V2Refused::transport(format!("{name}参数格式错误"));
        let padded = text.len() > 1 && text.starts_with('0');
        if text.is_empty() || padded || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(bad());
        }
        let value: i32 = text.parse().map_err(|_error| bad())?;
        Ok(i64::from(value))
    }
}

/// Why a request is not carried out.
#[derive(Debug)]
pub(crate) enum V2Refused {
    /// `return_code` FAIL.
    Transport(String),
    /// `result_code` FAIL.
    Business(&'static str, String),
    /// The failure body of `downloadbill`.
    Bill(&'static str, &'static str),
}

impl V2Refused {
    pub(crate) fn transport(text: impl Into<String>) -> Self {
        Self::Transport(text.into())
    }

    pub(crate) fn business(code: &'static str, text: impl Into<String>) -> Self {
        Self::Business(code, text.into())
    }
}

/// What a request gets.
pub(crate) enum Reply {
    /// Fields of a signed answer.
    Fields(Params),
    /// A bill.
    File {
        /// True for gzip.
        zipped: bool,
        /// Its bytes.
        bytes: Vec<u8>,
    },
}

/// Answers a request. Only a request with a right signature reaches the books.
pub(crate) fn answer(
    shared: &Arc<Shared>,
    request: &ReceivedRequest<'_>,
    fault: Option<&InjectedFault>,
) -> Response {
    let known = [
        "/pay/unifiedorder",
        "/pay/micropay",
        "/pay/orderquery",
        "/pay/closeorder",
        "/pay/refundquery",
        "/pay/refundqueryv2",
        "/pay/downloadbill",
        "/pay/downloadfundflow",
        "/secapi/pay/refund",
        "/secapi/pay/refundv2",
        "/secapi/pay/reverse",
    ];
    if !known.contains(&request.path) {
        return html(StatusCode::NOT_FOUND, "404 Not Found");
    }
    let result = admit(shared, request).map(|call| (run(&call, request.path, fault), call));
    let (outcome, call) = match result {
        Ok(pair) => pair,
        Err(refused) => return unsigned(&refused, request.path),
    };
    match (outcome, fault) {
        (_, Some(InjectedFault::DoneButError)) => {
            let refused = V2Refused::business("SYSTEMERROR", "系统错误");
            signed(&call, Err(refused), None)
        }
        (Ok(Reply::File { zipped, bytes }), _) => {
            let kind = if zipped {
                "application/x-gzip"
            } else {
                "text/plain; charset=utf-8"
            };
            raw(kind, bytes)
        }
        (Ok(Reply::Fields(fields)), fault) => signed(&call, Ok(fields), fault),
        (Err(refused @ (V2Refused::Transport(_) | V2Refused::Bill(..))), _) => {
            unsigned(&refused, request.path)
        }
        (Err(refused), fault) => signed(&call, Err(refused), fault),
    }
}

/// Everything that is checked before an address is asked.
fn admit<'a>(
    shared: &'a Arc<Shared>,
    request: &ReceivedRequest<'_>,
) -> Result<SignedCall<'a>, V2Refused> {
    if !request.is_post {
        return Err(V2Refused::transport("请使用post方法"));
    }
    if request.body.is_empty() {
        return Err(V2Refused::transport("post数据为空"));
    }
    let params = xml::read(request.body).map_err(|_error| V2Refused::transport("XML格式错误"))?;
    let mch_id = params
        .filled("mch_id")
        .ok_or_else(|| V2Refused::transport("缺少参数mch_id"))?;
    let merchant = shared
        .merchant(mch_id)
        .ok_or_else(|| V2Refused::transport("mch_id参数格式错误"))?;
    let sign_type = match params.filled("sign_type") {
        None | Some("MD5") => SignType::Md5,
        Some("HMAC-SHA256") => SignType::HmacSha256,
        Some(_) => return Err(V2Refused::transport("sign_type参数格式错误")),
    };
    let nonce = params.filled("nonce_str").map_or(0, str::len);
    if nonce == 0 || nonce > 32 {
        return Err(V2Refused::transport("nonce_str参数长度有误"));
    }
    if verify(&params, &merchant.v2_key, sign_type).is_err() {
        return Err(V2Refused::transport("签名错误"));
    }
    let appid = params
        .filled("appid")
        .ok_or_else(|| V2Refused::transport("缺少参数appid"))?;
    if !merchant.appids.iter().any(|known| known == appid) {
        return Err(V2Refused::transport("appid和mch_id不匹配"));
    }
    if let Some(certificate) = request.certificate
        && (request.path.starts_with("/secapi/") || request.path == "/pay/downloadfundflow")
        && !contains(certificate, mch_id.as_bytes())
    {
        return Err(V2Refused::transport("certificate not match"));
    }
    Ok(SignedCall {
        shared,
        merchant,
        sign_type,
        now: shared.now(),
        params,
    })
}

/// The certificates are the sandbox's own: the number stands in the common name and nowhere else.
fn contains(certificate: &[u8], mch_id: &[u8]) -> bool {
    certificate
        .windows(mch_id.len().max(1))
        .any(|part| part == mch_id)
}

fn run(
    call: &SignedCall<'_>,
    path: &str,
    fault: Option<&InjectedFault>,
) -> Result<Reply, V2Refused> {
    match fault {
        Some(InjectedFault::Error { code, text }) => {
            return Err(V2Refused::Business(known_code(code), text.clone()));
        }
        Some(InjectedFault::Fail { text }) => return Err(V2Refused::transport(text.clone())),
        _ => {}
    }
    match path {
        "/pay/unifiedorder" => trade::unified_order(call).map(Reply::Fields),
        "/pay/micropay" => code_pay::micropay(call).map(Reply::Fields),
        "/secapi/pay/reverse" => code_pay::reverse(call).map(Reply::Fields),
        "/pay/orderquery" => trade::order_query(call).map(Reply::Fields),
        "/pay/closeorder" => trade::close_order(call).map(Reply::Fields),
        "/pay/downloadbill" => bills::download_bill(call),
        "/pay/downloadfundflow" => fund_flow::download_fund_flow(call),
        "/pay/refundquery" | "/pay/refundqueryv2" => refunds::query(call).map(Reply::Fields),
        _ => refunds::refund(call).map(Reply::Fields),
    }
}

/// The answer of the transport level: no signature.
fn unsigned(refused: &V2Refused, path: &str) -> Response {
    let mut fields = Params::new();
    fields.push("return_code", "FAIL");
    match refused {
        V2Refused::Transport(text) => {
            fields.push("return_msg", text.as_str());
            if path == "/pay/downloadbill" {
                fields.push("error_code", "20001");
            }
        }
        V2Refused::Business(code, text) => {
            fields.push("return_msg", format!("{code} {text}"));
        }
        V2Refused::Bill(code, text) => {
            fields.push("return_msg", *text);
            fields.push("error_code", *code);
        }
    }
    message(&fields)
}

/// The answer of the business level: signed as the request was.
fn signed(
    call: &SignedCall<'_>,
    result: Result<Params, V2Refused>,
    fault: Option<&InjectedFault>,
) -> Response {
    let mut fields = Params::new();
    fields.push("return_code", "SUCCESS");
    fields.push("return_msg", "OK");
    for name in ["appid", "mch_id", "sub_appid", "sub_mch_id", "device_info"] {
        fields.push_some(name, call.params.get(name));
    }
    let nonce = call.shared.with_numbers(|numbers| numbers.letters(16));
    fields.push("nonce_str", nonce);
    match result {
        Ok(more) => {
            fields.push("result_code", "SUCCESS");
            for param in &more {
                fields.push(param.name.clone(), param.value.clone());
            }
        }
        Err(V2Refused::Business(code, text)) => {
            fields.push("result_code", "FAIL");
            fields.push("err_code", code);
            fields.push("err_code_des", text);
        }
        Err(V2Refused::Transport(text)) => fields.push("err_code_des", text),
        Err(V2Refused::Bill(code, text)) => fields.push("err_code_des", format!("{code} {text}")),
    }
    let mut key = call.merchant.v2_key.clone();
    match fault {
        Some(InjectedFault::WrongSign) => {
            key = Secret::new("0123456789abcdef0123456789abcdef".to_owned());
        }
        Some(InjectedFault::OtherMerchant) => fields.set("mch_id", "1999999999"),
        Some(InjectedFault::OtherOrder) => {
            fields.set("out_trade_no", "OTHER20260101000000000001");
            fields.set("transaction_id", "4200000000202601010000000001");
        }
        Some(InjectedFault::OtherAmount) => {
            let fen: i64 = fields
                .get("total_fee")
                .and_then(|text| text.parse().ok())
                .unwrap_or(0);
            fields.set("total_fee", fen.saturating_add(1).to_string());
        }
        _ => {}
    }
    if fault != Some(&InjectedFault::Unsigned) {
        fields.push(SIGN, sign(&fields, &key, call.sign_type));
    }
    message(&fields)
}

fn message(fields: &Params) -> Response {
    match xml::write(fields) {
        Ok(body) => raw("text/xml; charset=utf-8", body),
        Err(_) => html(
            StatusCode::INTERNAL_SERVER_ERROR,
            "500 Internal Server Error",
        ),
    }
}

/// Zips as the gateway does.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut zip = GzEncoder::new(Vec::new(), Compression::default());
    // Writing to memory cannot fail; a failure would show as a cut file on the other side.
    drop(zip.write_all(bytes));
    zip.finish().unwrap_or_default()
}

/// The documented words that a planned error may carry.
fn known_code(code: &str) -> &'static str {
    const CODES: &[&str] = &[
        "SYSTEMERROR",
        "BIZERR_NEED_RETRY",
        "TRADE_OVERDUE",
        "ERROR",
        "USER_ACCOUNT_ABNORMAL",
        "INVALID_REQ_TOO_MUCH",
        "NOTENOUGH",
        "INVALID_TRANSACTIONID",
        "PARAM_ERROR",
        "APPID_NOT_EXIST",
        "MCHID_NOT_EXIST",
        "ORDERNOTEXIST",
        "FREQUENCY_LIMITED",
        "NOAUTH",
        "CERT_ERROR",
        "REFUND_FEE_MISMATCH",
        "INVALID_REQUEST",
        "ORDER_NOT_READY",
        "REFUNDNOTEXIST",
        "ORDERPAID",
        "ORDERCLOSED",
        "USERPAYING",
        "BANKERROR",
        "SIGNERROR",
        "AUTHCODEEXPIRE",
        "AUTH_CODE_ERROR",
        "AUTH_CODE_INVALID",
        "BUYER_MISMATCH",
        "NOTSUPORTCARD",
        "ORDERREVERSED",
        "REVERSE_EXPIRE",
        "OUT_TRADE_NO_USED",
        "APPID_MCHID_NOT_MATCH",
        "TRADE_STATE_ERROR",
        "LACK_PARAMS",
        "XML_FORMAT_ERROR",
        "NOT_UTF8",
    ];
    let known = CODES.iter().find(|known| **known == code);
    known.copied().unwrap_or("UNKNOWN_TO_DOCUMENTS")
}
