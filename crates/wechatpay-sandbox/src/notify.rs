//! Notifications on their way: posted to addresses of this computer only, and again by the documented plan.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::ledger::{MerchantLedger, SandboxRefundOutcome};
use super::notification::{NoticeSubject, OutgoingNotice};
use super::notification_fault::NotificationFault;
use super::server::Shared;
use recondesk_domain::{GatewayKind, gateway_kind};
use wechatpay_codec::v2::notify::RETRY_AFTER_S;

/// The merchant must answer within this time.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// The sandbox's clock can be set, so an outcome is looked for rather than waited for.
const BETWEEN_LOOKS: Duration = Duration::from_millis(250);
const OUTCOME_LOOKS: u32 = 4 * 3600;
const MAX_ANSWER_BYTES: u64 = 64 * 1024;

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
        if one.status(shared.now()) != SandboxRefundOutcome::Processing {
            let to = Recipient {
                mch_id,
                out_trade_no: order.out_trade_no.clone(),
                url,
            };
            let subject = NoticeSubject {
                merchant: merchant.clone(),
                api: one.api,
                sign_type: order.sign_type,
                refund: Some(one),
                rest: Vec::new(),
                order,
            };
            let Ok(notice) = OutgoingNotice::of(&shared, &subject) else {
                return;
            };
            deliver(Arc::clone(&shared), to, subject, notice).await;
            return;
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
}

/// Whom a notification is sent to.
#[derive(Debug, Clone)]
pub(crate) struct Recipient {
    pub(crate) mch_id: String,
    pub(crate) out_trade_no: String,
    pub(crate) url: String,
}

/// Where a notification goes on this computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NotificationTarget {
    /// In this order: `localhost` is both loopback addresses.
    addresses: Vec<SocketAddr>,
    host: String,
    path: String,
}

/// Judges an address: http on this computer, nothing else.
pub(crate) fn target(url: &str) -> Result<NotificationTarget, String> {
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
    let parsed = |text: &str| {
        text.parse()
            .map_err(|_error| format!("not an address: {full}"))
    };
    let (name, port) = full.rsplit_once(':').unwrap_or((&full, "80"));
    let addresses = if name.eq_ignore_ascii_case("localhost") {
        vec![
            parsed(&format!("127.0.0.1:{port}"))?,
            parsed(&format!("[::1]:{port}"))?,
        ]
    } else {
        vec![parsed(&full)?]
    };
    Ok(NotificationTarget {
        addresses,
        host: host.to_owned(),
        path: if path.is_empty() { "/" } else { path }.to_owned(),
    })
}

/// Posts a body and tells status and answer.
async fn post(
    url: &str,
    headers: &[(String, String)],
    body: &[u8],
    is_cut: bool,
) -> Result<(u16, String), String> {
    let to = target(url)?;
    let (host, path) = (&to.host, &to.path);
    let exchange = async {
        let mut stream = TcpStream::connect(to.addresses.as_slice()).await?;
        let mut head = format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {}\r\nUser-Agent: Mozilla/4.0\r\nPragma: no-cache\r\nAccept: */*\r\nConnection: close\r\n",
            body.len()
        );
        for (name, value) in headers {
            head.extend([name.as_str(), ": ", value, "\r\n"]);
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes()).await?;
        if is_cut {
            let half = body.get(..body.len() / 2).unwrap_or(body);
            stream.write_all(half).await?;
            return Err(std::io::Error::other(
                "broken off in the middle, as planned",
            ));
        }
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

/// Sends a notification and repeats it by the documented plan until it is confirmed.
pub(crate) async fn deliver(
    shared: Arc<Shared>,
    to: Recipient,
    subject: NoticeSubject,
    notice: OutgoingNotice,
) {
    let mut pauses = RETRY_AFTER_S.into_iter();
    loop {
        let event = subject.event();
        let fault = shared.with_faults(|faults| faults.take_notification(event));
        let delivery = Delivery {
            shared: &shared,
            to: &to,
            subject: &subject,
        };
        if delivery.attempt(&notice, fault).await {
            return;
        }
        let Some(pause) = pauses.next() else { return };
        let speed = u64::from(shared.rules().notify_speed.max(1));
        let pause = u64::from(pause).saturating_mul(1000) / speed;
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }
}

/// A notification on its way.
struct Delivery<'a> {
    shared: &'a Shared,
    to: &'a Recipient,
    subject: &'a NoticeSubject,
}

impl Delivery<'_> {
    /// One delivery, as well or badly as it is planned; true when nothing more is to be sent.
    async fn attempt(&self, notice: &OutgoingNotice, fault: Option<NotificationFault>) -> bool {
        let Some(fault) = fault else {
            return self.send(notice, None).await;
        };
        let name = fault.name();
        let name = Some(name.as_str());
        match fault {
            NotificationFault::Lost => {
                self.note(name, Err("lost, as planned".to_owned()), false);
                false
            }
            NotificationFault::Never => {
                self.note(name, Err("never sent, as planned".to_owned()), false);
                true
            }
            NotificationFault::Doubled => {
                let (one, two) = tokio::join!(self.send(notice, name), self.send(notice, name));
                one || two
            }
            NotificationFault::Late { ms } => {
                tokio::time::sleep(Duration::from_millis(ms)).await;
                self.send(notice, name).await
            }
            NotificationFault::Forged => {
                if let Some(forged) = self.spoilt(notice, fault) {
                    self.send(&forged, name).await;
                }
                self.send(notice, None).await
            }
            NotificationFault::Cut
            | NotificationFault::WrongSign
            | NotificationFault::Unsigned
            | NotificationFault::OtherAmount
            | NotificationFault::OtherOrder
            | NotificationFault::OtherMerchant
            | NotificationFault::Stale { .. }
            | NotificationFault::UnknownSerial
            | NotificationFault::Probe => match self.spoilt(notice, fault) {
                Some(spoilt) => self.send(&spoilt, name).await,
                None => false,
            },
        }
    }

    /// The notification with what the fault changes.
    fn spoilt(&self, notice: &OutgoingNotice, fault: NotificationFault) -> Option<OutgoingNotice> {
        match self.subject.changed(fault) {
            Some(subject) => OutgoingNotice::spoilt(self.shared, &subject, Some(fault)).ok(),
            None => Some(OutgoingNotice {
                fault: Some(fault),
                ..notice.clone()
            }),
        }
    }

    async fn send(&self, notice: &OutgoingNotice, fault: Option<&str>) -> bool {
        let headers = notice.headers(self.shared);
        let is_cut = notice.fault == Some(NotificationFault::Cut);
        let result = post(&self.to.url, &headers, &notice.body, is_cut).await;
        let done = matches!(&result, Ok((status, body)) if notice.is_confirmed(*status, body));
        self.note(fault, result, done);
        done
    }

    /// Keeps what came of a delivery for the ledger.
    fn note(&self, fault: Option<&str>, result: Result<(u16, String), String>, done: bool) {
        let (status, answer) = match result {
            Ok((status, body)) => (Some(status), body.chars().take(300).collect()),
            Err(error) => (None, error),
        };
        let refund = self.subject.refund.as_ref();
        let note = json!({
            "out_trade_no": self.to.out_trade_no, "event": self.subject.event(),
            "out_refund_no": refund.map(|refund| refund.out_refund_no.as_str()),
            "url": self.to.url, "at": self.shared.now().to_string(),
            "status": status, "answer": answer, "confirmed": done, "fault": fault,
        });
        let keep = |book: &mut MerchantLedger| book.notifications.push(note);
        self.shared.with_book(&self.to.mch_id, keep);
    }
}
