//! Fetching a bill: streamed to where the caller wants it, and never taken for something it is not.
//!
//! "No bill that day", "not made yet", "refused" and "not a bill at all" are four different things;
//! only the first lets a day be reconciled as empty. What the bytes hold is judged by the import.

use crate::gateway::{BillAnswer, BillFile, BillSink, ExchangeError, GatewayClient, SignedRefusal};
use crate::{Failure, FailureKind, Message, Reporter};
use recondesk_domain::BillDate;
use wechatpay_codec::v2::{BillRefusal, bill_refusal, xml};

pub use crate::gateway::{BillType, FundAccount};

/// How a download ended, when it did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fetched {
    /// A bill went to the sink, whole.
    Bill {
        /// Bytes as they came, zipped or not.
        bytes: u64,
        /// SHA-1 of the uncompressed text, where the gateway announced it (APIv3).
        sha1: Option<[u8; 20]>,
    },
    /// WeChat Pay says that nothing happened that day.
    NoBill,
}

/// Fetches a bill of a day. On an error the sink may have got a part, which must be thrown away.
///
/// # Errors
/// `bill.not_ready` before it is made, `bill.too_old` after three months, else what the gateway said.
pub fn fetch(
    client: &GatewayClient<'_>,
    file: BillFile,
    day: BillDate,
    sink: &mut dyn BillSink,
    reporter: &dyn Reporter,
) -> Result<Fetched, Failure> {
    check_day(client, day)?;
    match client.bill_file(file, day, sink, reporter)? {
        BillAnswer::File { bytes, sha1 } => Ok(Fetched::Bill { bytes, sha1 }),
        BillAnswer::NotABill(body) => refusal(&body),
        BillAnswer::Refused(fault) => refused_by(&fault),
        BillAnswer::ExchangeError(ExchangeError::Refused {
            message,
            error_code,
        }) if !error_code.is_empty() => {
            // Nobody signed it, and nothing is concluded from it but what to tell.
            let said = format!("{error_code} {message}");
            Err(refused_words(bill_refusal(&error_code, &message), &said))
        }
        BillAnswer::ExchangeError(trouble) => Err(trouble.failure()),
    }
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
    match bill_refusal(&code, message) {
        BillRefusal::NoBill => Ok(Fetched::NoBill),
        why @ (BillRefusal::NotReady
        | BillRefusal::Fix
        | BillRefusal::Retry
        | BillRefusal::Closed
        | BillRefusal::Other) => Err(refused_words(why, &detail)),
    }
}

/// A signed refusal of APIv3.
fn refused_by(fault: &SignedRefusal) -> Result<Fetched, Failure> {
    let detail = format!("{} {}", fault.code, fault.description);
    match bill_refusal(&fault.code, &fault.description) {
        BillRefusal::NoBill => Ok(Fetched::NoBill),
        why @ (BillRefusal::NotReady
        | BillRefusal::Fix
        | BillRefusal::Retry
        | BillRefusal::Closed
        | BillRefusal::Other) => Err(refused_words(why, &detail)),
    }
}

/// What a refusal means and what to do.
fn refused_words(why: BillRefusal, detail: &str) -> Failure {
    let refused = |title: Message, advice: Message| {
        Failure::new(FailureKind::Gateway, "bill.refused", title, advice).with_detail(detail)
    };
    match why {
        BillRefusal::NotReady => Failure::new(
            FailureKind::NotReady,
            "bill.not_ready",
            Message::new("账单还没有生成好", "The bill is not ready yet"),
            Message::new(
                "次日 10:00（北京时间）后再取，每 30 分钟试一次",
                "Try after 10:00 Beijing time of the next day, every 30 minutes",
            ),
        )
        .with_detail(detail)
        .retryable(),
        BillRefusal::Retry => refused(
            Message::new("微信支付系统异常", "WeChat Pay failed"),
            Message::new("稍后再取", "Try again later"),
        )
        .retryable(),
        BillRefusal::Closed => refused(
            Message::new(
                "这个商户的账单接口已关闭",
                "The bill interface is closed for this merchant",
            ),
            Message::new("联系微信支付", "Ask WeChat Pay"),
        ),
        BillRefusal::NoBill | BillRefusal::Fix | BillRefusal::Other => refused(
            Message::new(
                "微信支付拒绝了账单请求",
                "WeChat Pay refused the request for the bill",
            ),
            Message::new(
                "按返回信息检查密钥、签名类型、appid 和商户号",
                "Check key, sign type, appid and merchant number as the message says",
            ),
        ),
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
}
