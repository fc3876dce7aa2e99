//! Notifications as WeChat Pay sends them: built and signed here, posted to loopback addresses only.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::Merchant;
use super::ledger::{RefundOutcome, SandboxOrder, SandboxRefund};
use super::server::Shared;
use super::trade::payment_fields;
use super::v3::notice;
use recondesk_domain::{ApiVersion, GatewayKind, Instant, SignType, gateway_kind};
use wechatpay_codec::Params;
use wechatpay_codec::v2::notify::{RETRY_AFTER_S, encrypt_req_info};
use wechatpay_codec::v2::{SIGN, sign, xml};

/// The merchant must answer within this time.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// The sandbox's clock can be set, so an outcome is looked for rather than waited for.
const BETWEEN_LOOKS: Duration = Duration::from_millis(250);
const OUTCOME_LOOKS: u32 = 4 * 3600;
const MAX_ANSWER_BYTES: u64 = 64 * 1024;

/// The body of a payment notification.
fn payment(
    merchant: &Merchant,
    order: &SandboxOrder,
    nonce: &str,
    sign_type: SignType,
) -> Result<Vec<u8>, String> {
    let mut fields = Params::new();
    fields.push("return_code", "SUCCESS");
    fields.push("return_msg", "OK");
    fields.push("appid", order.appid.as_str());
    fields.push("mch_id", merchant.mch_id.as_str());
    fields.push_some("sub_mch_id", Some(order.sub_mch_id.as_str()));
    fields.push_some("device_info", Some(order.device_info.as_str()));
    fields.push("nonce_str", nonce);
    fields.push("result_code", "SUCCESS");
    payment_fields(order, &mut fields);
    fields.push(SIGN, sign(&fields, &merchant.v2_key, sign_type));
    xml::write(&fields).map_err(|error| error.to_string())
}

/// The body of a refund notification: encrypted with the API key, not signed.
fn refund(
    merchant: &Merchant,
    order: &SandboxOrder,
    refund: &SandboxRefund,
    (now, nonce): (Instant, &str),
) -> Result<Vec<u8>, String> {
    let status = refund.status(now);
    if status == RefundOutcome::Processing {
        return Err("the refund has no outcome yet".to_owned());
    }
    let amount = refund.amount.get().to_string();
    let mut inner = Params::new();
    inner.push("out_refund_no", refund.out_refund_no.as_str());
    inner.push("out_trade_no", order.out_trade_no.as_str());
    inner.push("refund_account", "REFUND_SOURCE_UNSETTLED_FUNDS");
    inner.push("refund_fee", amount.as_str());
    inner.push("refund_id", refund.refund_id.as_str());
    inner.push("refund_recv_accout", "支付用户零钱");
    let source = if refund.elsewhere {
        "VENDOR_PLATFORM"
    } else {
        "API"
    };
    inner.push("refund_request_source", source);
    inner.push("refund_status", status.wire());
    inner.push("settlement_refund_fee", amount);
    inner.push("settlement_total_fee", order.settled.get().to_string());
    if status == RefundOutcome::Success {
        inner.push("success_time", refund.settles_at.to_string());
    }
    inner.push("total_fee", order.amount.get().to_string());
    inner.push("transaction_id", order.transaction_id.as_str());
    let plain = xml::write_root(&inner, "root").map_err(|error| error.to_string())?;
    let sealed = encrypt_req_info(&plain, &merchant.v2_key).ok_or("cannot encrypt")?;
    let mut fields = Params::new();
    fields.push("return_code", "SUCCESS");
    fields.push("appid", order.appid.as_str());
    fields.push("mch_id", merchant.mch_id.as_str());
    fields.push("nonce_str", nonce);
    fields.push("req_info", sealed);
    xml::write(&fields).map_err(|error| error.to_string())
}

/// Waits for the outcome of a refund, then sends its notification; gives up after an hour without one.
pub(crate) async fn refund_outcome(
    shared: Arc<Shared>,
    mch_id: String,
    number: String,
    url: String,
) {
    for _ in 0..OUTCOME_LOOKS {
        let known = shared.with_book(&mch_id, |book| {
            let refund = book.refunds.get(&number)?.clone();
            let order = book.orders.get(&refund.out_trade_no)?.clone();
            Some((order, refund))
        });
        let (Some(Some((order, one))), Some(merchant)) = (known, shared.merchant(&mch_id)) else {
            return;
        };
        if one.status(shared.now()) != RefundOutcome::Processing {
            let Ok(notice) = Notice::of_refund(&shared, merchant, &order, (&one, one.api)) else {
                return;
            };
            let to = Recipient {
                mch_id,
                out_trade_no: order.out_trade_no,
                url,
            };
            deliver(Arc::clone(&shared), to, notice).await;
            return;
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
}

/// A notification of either API, ready to be sent as often as needed.
#[derive(Debug, Clone)]
pub(crate) struct Notice {
    pub(crate) api: ApiVersion,
    pub(crate) body: Vec<u8>,
    /// True for a probe, whose signature must fail (APIv3).
    pub(crate) probe: bool,
}

impl Notice {
    /// Of a payment.
    pub(crate) fn of_payment(
        shared: &Shared,
        merchant: &Merchant,
        order: &SandboxOrder,
        (api, sign_type): (ApiVersion, SignType),
    ) -> Result<Self, String> {
        let body = match api {
            ApiVersion::V2 => {
                let nonce = shared.with_numbers(|numbers| numbers.letters(32));
                payment(merchant, order, &nonce, sign_type)?
            }
            ApiVersion::V3 => notice::payment(shared, merchant, order)?,
        };
        Ok(Self {
            api,
            body,
            probe: false,
        })
    }

    /// Of the outcome of a refund.
    pub(crate) fn of_refund(
        shared: &Shared,
        merchant: &Merchant,
        order: &SandboxOrder,
        (one, api): (&SandboxRefund, ApiVersion),
    ) -> Result<Self, String> {
        let now = shared.now();
        let body = match api {
            ApiVersion::V2 => {
                let nonce = shared.with_numbers(|numbers| numbers.letters(32));
                refund(merchant, order, one, (now, &nonce))?
            }
            ApiVersion::V3 => notice::refund(shared, merchant, order, (one, now))?,
        };
        Ok(Self {
            api,
            body,
            probe: false,
        })
    }

    /// The headers of one delivery: with APIv3 each is signed anew.
    pub(crate) fn headers(&self, shared: &Shared) -> Vec<(String, String)> {
        match self.api {
            ApiVersion::V2 => vec![("Content-Type".to_owned(), "text/xml".to_owned())],
            ApiVersion::V3 => notice::headers(shared, &self.body, self.probe),
        }
    }

    /// True when the merchant's answer confirms it.
    fn is_confirmed(&self, status: u16, body: &str) -> bool {
        match self.api {
            ApiVersion::V2 => confirmed(status, body),
            ApiVersion::V3 => matches!(status, 200 | 204),
        }
    }
}

/// Whom a notification is sent to.
pub(crate) struct Recipient {
    pub(crate) mch_id: String,
    pub(crate) out_trade_no: String,
    pub(crate) url: String,
}

/// Judges an address: http on this computer, nothing else.
pub(crate) fn target(url: &str) -> Result<(SocketAddr, String, String), String> {
    if gateway_kind(url) != Some(GatewayKind::Loopback) {
        return Err("the sandbox calls this computer only".to_owned());
    }
    let rest = url
        .strip_prefix("http://")
        .ok_or("the sandbox calls http addresses only")?;
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let full = if host.contains(':') && !host.ends_with(']') {
        host.to_owned()
    } else {
        format!("{host}:80")
    };
    let address = full.replace("localhost", "127.0.0.1");
    let address = address
        .parse()
        .map_err(|_error| format!("not an address: {full}"))?;
    let path = if path.is_empty() { "/" } else { path };
    Ok((address, host.to_owned(), path.to_owned()))
}

/// Posts a body and tells status and answer.
async fn post(
    url: &str,
    headers: &[(String, String)],
    body: &[u8],
) -> Result<(u16, String), String> {
    let (address, host, path) = target(url)?;
    let exchange = async {
        let mut stream = TcpStream::connect(address).await?;
        let mut head = format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {}\r\nUser-Agent: Mozilla/4.0\r\nPragma: no-cache\r\nAccept: */*\r\nConnection: close\r\n",
            body.len()
        );
        for (name, value) in headers {
            head.extend([name.as_str(), ": ", value, "\r\n"]);
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(body).await?;
        let mut answer = Vec::new();
        stream
            .take(MAX_ANSWER_BYTES)
            .read_to_end(&mut answer)
            .await?;
        Ok::<_, std::io::Error>(answer)
    };
    let answer = tokio::time::timeout(ANSWER_WITHIN, exchange)
        .await
        .map_err(|_error| "no answer within 5 s".to_owned())?
        .map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&answer);
    let status = text
        .split(' ')
        .nth(1)
        .and_then(|word| word.parse().ok())
        .ok_or("not an HTTP answer")?;
    let body = text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    Ok((status, body.to_owned()))
}

/// True when the merchant confirmed: status 200 and SUCCESS, on one line or several.
fn confirmed(status: u16, body: &str) -> bool {
    status == 200 && body.contains("<return_code>") && body.contains("SUCCESS")
}

/// Sends a notification and repeats it by the documented plan until it is confirmed.
pub(crate) async fn deliver(shared: Arc<Shared>, to: Recipient, notice: Notice) {
    let mut pauses = RETRY_AFTER_S.into_iter();
    loop {
        let headers = notice.headers(&shared);
        let result = post(&to.url, &headers, &notice.body).await;
        let done = matches!(&result, Ok((status, body)) if notice.is_confirmed(*status, body));
        let (status, answer) = match result {
            Ok((status, body)) => (Some(status), body.chars().take(300).collect()),
            Err(error) => (None, error),
        };
        let note = json!({
            "out_trade_no": to.out_trade_no, "url": to.url, "at": shared.now().to_string(),
            "status": status, "answer": answer, "confirmed": done,
        });
        shared.with_book(&to.mch_id, |book| book.notifications.push(note));
        let pause = pauses.next();
        match pause {
            Some(pause) if !done => tokio::time::sleep(Duration::from_secs(u64::from(pause))).await,
            _ => return,
        }
    }
}
