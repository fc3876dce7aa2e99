//! Fetching a bill: streamed to where the caller wants it, and never taken for something it is not.
//!
//! "No bill that day", "not made yet", "refused" and "not a bill at all" are four different things;
//! only the first lets a day be reconciled as empty. What the bytes hold is judged by the import.

use crate::gateway::v2::{http, sign, status_trouble};
use crate::gateway::{ExchangeError, GatewayClient};
use crate::{Failure, FailureKind, Message, Progress, Reporter, Step};
use recondesk_domain::BillDate;
use recondesk_ports::{GatewayError, HttpAnswer};
use wechatpay_codec::v2::{BillRefusal, Request, bill_refusal, xml};

/// Which rows of the trade bill are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum BillType {
    /// Payments and refunds.
    #[default]
    All,
    /// Payments only.
    Success,
    /// Refunds only.
    Refund,
}

impl BillType {
    /// The word of the wire.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::All => "ALL",
            Self::Success => "SUCCESS",
            Self::Refund => "REFUND",
        }
    }
}

/// How a download ended, when it did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fetched {
    /// A bill went to the sink, whole.
    Bill {
        /// Bytes as they came, zipped or not.
        bytes: u64,
    },
    /// WeChat Pay says that nothing happened that day.
    NoBill,
}

/// Where the bytes of a bill go; an error text stops the download.
pub type BillSink<'a> = dyn FnMut(&[u8]) -> Result<(), String> + 'a;

/// Fetches the trade bill of a day. On an error the sink may have got a part, which must be thrown away.
///
/// # Errors
/// `bill.not_ready` before it is made, `bill.too_old` after three months, else what the gateway said.
pub fn trade_bill(
    client: &GatewayClient<'_>,
    day: BillDate,
    kind: BillType,
    sink: &mut BillSink<'_>,
    reporter: &dyn Reporter,
) -> Result<Fetched, Failure> {
    check_day(client, day)?;
    fetch(
        client,
        &Request::DownloadBill(day, kind.wire()),
        sink,
        reporter,
    )
}

/// Fetches the fund-flow bill of a day and an account (`Basic`, `Operation`, `Fees`).
///
/// # Errors
/// As [`trade_bill`].
pub fn fund_flow(
    client: &GatewayClient<'_>,
    day: BillDate,
    account: &'static str,
    sink: &mut BillSink<'_>,
    reporter: &dyn Reporter,
) -> Result<Fetched, Failure> {
    check_day(client, day)?;
    fetch(
        client,
        &Request::DownloadFundFlow(day, account),
        sink,
        reporter,
    )
}

/// Days that have no bill yet, and days whose bill is gone: there "no bill" would be a lie.
fn check_day(client: &GatewayClient<'_>, day: BillDate) -> Result<(), Failure> {
    let today = client.ports.clock.now().day();
    if day > today {
        return Err(Failure::new(
            FailureKind::Usage,
            "bill.future",
            Message::new(
                "这一天还没到，没有账单",
                "That day has not come, there is no bill",
            ),
            Message::default(),
        )
        .with_detail(day.to_string()));
    }
    if today > day.bill_available_until() {
        // Nobody was asked: a scheduler that tries again after faults of the gateway must not do so here.
        return Err(Failure::new(
            FailureKind::Usage,
            "bill.too_old",
            Message::new(
                "微信支付只保留最近三个月的账单",
                "WeChat Pay keeps bills for three months only",
            ),
            Message::new(
                "导入当时保存的账单文件",
                "Import the file kept at that time",
            ),
        )
        .with_detail(day.to_string()));
    }
    Ok(())
}

/// An error body is small; whatever is larger is no error body.
const MAX_ERROR_BYTES: usize = 64 * 1024;

/// What the first bytes of a body make of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum BodyKind {
    Undecided,
    Bill,
    Markup,
}

/// Decides by the first byte that is neither a byte order mark nor white space.
fn sniff(head: &[u8]) -> BodyKind {
    let rest = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    match rest.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => BodyKind::Undecided,
        Some(b'<') => BodyKind::Markup,
        Some(_) => BodyKind::Bill,
    }
}

fn fetch(
    client: &GatewayClient<'_>,
    request: &Request,
    sink: &mut BillSink<'_>,
    reporter: &dyn Reporter,
) -> Result<Fetched, Failure> {
    let (signed, _) = sign(client, request, "")?;
    let route = client.route(signed.endpoint.needs_certificate())?;
    let mut head: Vec<u8> = Vec::new();
    let mut body = BodyKind::Undecided;
    let mut bytes: u64 = 0;
    let mut too_large = false;
    let mut take = |piece: &[u8]| -> Result<(), String> {
        bytes = bytes.saturating_add(piece.len() as u64);
        reporter.progress(Progress {
            step: Step::Download,
            done: bytes,
            total: None,
        });
        if reporter.cancelled() {
            client.cancel.cancel();
            return Err("cancelled".to_owned());
        }
        if body == BodyKind::Bill {
            return sink(piece);
        }
        head.extend_from_slice(piece);
        body = sniff(&head);
        if body == BodyKind::Bill {
            return sink(&std::mem::take(&mut head));
        }
        too_large = head.len() > MAX_ERROR_BYTES;
        if too_large {
            return Err("not a bill".to_owned());
        }
        Ok(())
    };
    let answer = client
        .ports
        .gateway
        .download(&route, &http(&signed), client.cancel, &mut take);
    if client.cancel.is_cancelled() {
        return Err(Failure::cancelled());
    }
    match answer {
        Err(_) if too_large => Err(unknown_body(&head)),
        Err(GatewayError::Cancelled) => Err(Failure::cancelled()),
        Err(error) => Err(ExchangeError::from(error).failure()),
        Ok(answer) if answer.status != 200 => {
            let answer = HttpAnswer {
                body: head,
                ..answer
            };
            Err(status_trouble(signed.endpoint, &answer).failure())
        }
        Ok(_) if body == BodyKind::Bill => Ok(Fetched::Bill { bytes }),
        Ok(_) => refusal(&head),
    }
}

/// Reads a body that is not a bill.
fn refusal(body: &[u8]) -> Result<Fetched, Failure> {
    let Ok(params) = xml::read(body) else {
        return Err(unknown_body(body));
    };
    let filled = |names: [&str; 2]| {
        let mut names = names.iter();
        names
            .find_map(|name| params.filled(name))
            .unwrap_or_default()
            .to_owned()
    };
    let code = filled(["error_code", "err_code"]);
    let said = filled(["err_code_des", "return_msg"]);
    let message = params.filled("return_msg").unwrap_or(&said);
    let detail = format!("{code} {said}");
    let refused = |title: Message, advice: Message| {
        Failure::new(FailureKind::Gateway, "bill.refused", title, advice).with_detail(&detail)
    };
    match bill_refusal(&code, message) {
        BillRefusal::NoBill => Ok(Fetched::NoBill),
        BillRefusal::NotReady => Err(Failure::new(
            FailureKind::NotReady,
            "bill.not_ready",
            Message::new("账单还没有生成好", "The bill is not ready yet"),
            Message::new(
                "次日 10:00（北京时间）后再取，每 30 分钟试一次",
                "Try after 10:00 Beijing time of the next day, every 30 minutes",
            ),
        )
        .with_detail(detail)
        .retryable()),
        BillRefusal::Retry => Err(refused(
            Message::new("微信支付系统异常", "WeChat Pay failed"),
            Message::new("稍后再取", "Try again later"),
        )
        .retryable()),
        BillRefusal::Closed => Err(refused(
            Message::new(
                "这个商户的账单接口已关闭",
                "The bill interface is closed for this merchant",
            ),
            Message::new("联系微信支付", "Ask WeChat Pay"),
        )),
        BillRefusal::Fix | BillRefusal::Other => Err(refused(
            Message::new(
                "微信支付拒绝了账单请求",
                "WeChat Pay refused the request for the bill",
            ),
            Message::new(
                "按返回信息检查密钥、签名类型、appid 和商户号",
                "Check key, sign type, appid and merchant number as the message says",
            ),
        )),
    }
}

fn unknown_body(body: &[u8]) -> Failure {
    let start: String = String::from_utf8_lossy(body)
        .chars()
        .filter(|c| !c.is_control())
        .take(120)
        .collect();
    Failure::new(
        FailureKind::Gateway,
        "bill.unknown_body",
        Message::new(
            "返回的既不是账单也不是错误信息",
            "The answer is neither a bill nor an error",
        ),
        Message::new(
            "检查网关地址和代理：可能被登录页或拦截页替换",
            "Check the address and the proxy: a login or blocking page may have taken its place",
        ),
    )
    .with_detail(if start.is_empty() {
        "empty".to_owned()
    } else {
        start
    })
    .retryable()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(code: &str, message: &str) -> String {
        format!(
            "<xml><return_code>FAIL</return_code><return_msg><![CDATA[{message}]]></return_msg><error_code>{code}</error_code></xml>"
        )
    }

    #[test]
    fn one_code_with_two_meanings_is_told_apart_by_its_text() {
        let none = refusal(said("20002", "NO Bill Exist").as_bytes());
        assert_eq!(none, Ok(Fetched::NoBill));

        let creating = refusal(said("20002", "Bill Creating").as_bytes()).unwrap_err();
        assert_eq!(creating.kind, FailureKind::NotReady);
        assert!(creating.retryable);
    }

    #[test]
    fn an_error_is_never_an_empty_day() {
        for body in [
            said("20001", "invalid bill_date"),
            said("20003", "system error"),
            said("20007", "closed"),
            said("", "whatever"),
            "<html>login</html>".to_owned(),
            "<xml></xml>".to_owned(),
            String::new(),
        ] {
            assert!(refusal(body.as_bytes()).is_err(), "{body}");
        }
    }

    #[test]
    fn the_first_sign_decides() {
        assert!(sniff(b"\xEF\xBB\xBF \r\n<xml>") == BodyKind::Markup);
        assert!(sniff("\u{feff}交易时间".as_bytes()) == BodyKind::Bill);
        assert!(sniff(b"\x1f\x8b\x08") == BodyKind::Bill);
        assert!(sniff(b"\xEF\xBB\xBF  ") == BodyKind::Undecided);
    }
}
