//! The XML of APIv2 or the JSON of APIv3 that comes instead of a bill, and what it means for the day.
//!
//! "No bill" and "not ready" share the code 20002, so the text decides; both spellings of the code's name occur.

use crate::v2::xml;

/// What WeChat Pay said instead of a bill.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BillError {
    /// No successful payment or refund on that day: a normal, empty day.
    #[error("WeChat Pay has no bill for this day: nothing was paid or refunded")]
    NoBill,
    /// The bill is not made yet; after 10:00 ask every 30 minutes.
    #[error("the bill of this day is still being made")]
    NotReady,
    /// A fault at WeChat Pay; the same request may be sent again.
    #[error("system error of WeChat Pay: {code} {text}")]
    System {
        /// `error_code` or `err_code`, possibly empty.
        code: String,
        /// WeChat Pay's own words.
        text: String,
    },
    /// The request was refused; the same request will be refused again.
    #[error("WeChat Pay refuses the request: {code} {text}")]
    Refused {
        /// `error_code` or `err_code`, possibly empty.
        code: String,
        /// WeChat Pay's own words.
        text: String,
    },
    /// The body is no message of WeChat Pay.
    #[error("the answer is neither a bill nor a message of WeChat Pay: {0}")]
    Unreadable(String),
}

/// Longest text that is kept of the other side's words.
const MAX_TEXT_BYTES: usize = 512;

impl BillError {
    /// Reads an error body; call it when [`super::sniff()`] says `XmlError`.
    #[must_use]
    pub fn read(body: &[u8]) -> Self {
        let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
        let params = match xml::read(body.trim_ascii()) {
            Ok(params) => params,
            Err(error) => return Self::Unreadable(error.to_string()),
        };
        let get = |name: &str| params.filled(name).map(str::trim).unwrap_or_default();
        let first = |names: &[&str]| {
            let found = names.iter().map(|name| get(name)).find(|v| !v.is_empty());
            shorten(found.unwrap_or_default())
        };
        let code = first(&["error_code", "err_code"]);
        let text = if get("return_code").eq_ignore_ascii_case("SUCCESS") {
            first(&["err_code_des", "err_code", "error_code"])
        } else {
            first(&["return_msg", "err_code_des"])
        };
        Self::judge(code, text)
    }

    /// Reads the JSON of APIv3: `code` and `message`. `None` for any other JSON.
    #[must_use]
    pub fn read_json(body: &[u8]) -> Option<Self> {
        let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
        let answer: serde_json::Value = serde_json::from_slice(body.trim_ascii()).ok()?;
        let text = |name: &str| answer.get(name).and_then(serde_json::Value::as_str);
        let code = text("code").filter(|code| !code.is_empty())?;
        Some(Self::judge(
            shorten(code),
            shorten(text("message").unwrap_or_default()),
        ))
    }

    fn judge(code: String, text: String) -> Self {
        let said = |words: &[&str]| {
            words.iter().any(|word| {
                code.eq_ignore_ascii_case(word)
                    || text.trim_end_matches('.').eq_ignore_ascii_case(word)
            })
        };
        if said(&[
            "No Bill Exist",
            "NO_BILL_EXIST",
            "NoBillExist",
            "NO_STATEMENT_EXIST",
        ]) || text == "账单不存在"
        {
            Self::NoBill
        } else if said(&[
            "Bill Creating",
            "BILL_CREATING",
            "BillCreating",
            "STATEMENT_CREATING",
        ]) {
            Self::NotReady
        } else if said(&[
            "system error",
            "SYSTEMERROR",
            "SYSTEM_ERROR",
            "CompressGZip Error",
            "UnCompressGZip Error",
            "20003",
            "20100",
            "100",
        ]) {
            Self::System { code, text }
        } else {
            Self::Refused { code, text }
        }
    }

    /// True when the same request may succeed later.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::NotReady | Self::System { .. })
    }

    /// What happened and what to do, for finance staff.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::NoBill => "当日没有成功的交易和退款，微信支付没有这一天的账单".to_owned(),
            Self::NotReady => "账单还在生成（次日 10:00 后可下载），请过 30 分钟再试".to_owned(),
            Self::System { code, text } => {
                format!("微信支付系统繁忙，请稍后再试（{code} {text}）")
            }
            Self::Refused { code, text } if code == "20007" => {
                format!("该商户的账单接口权限已关闭，请联系微信支付（{code} {text}）")
            }
            Self::Refused { code, text } if is_sign_error(text) => {
                format!("签名错误，请检查商户号与 APIv2 密钥、签名方式（{code} {text}）")
            }
            Self::Refused { code, text } => {
                format!("微信支付拒绝了请求，请核对商户号、AppID 和日期（{code} {text}）")
            }
            Self::Unreadable(why) => format!("返回的内容既不是账单也不是微信支付的信息：{why}"),
        }
    }

    /// The same in English.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::NoBill => {
                "Nothing was paid or refunded on that day: WeChat Pay has no bill for it".to_owned()
            }
            Self::NotReady => {
                "The bill is still being made (due at 10:00 of the next day): try again in 30 minutes"
                    .to_owned()
            }
            Self::System { code, text } => {
                format!("WeChat Pay has a fault of its own: try again later ({code} {text})")
            }
            Self::Refused { code, text } if code == "20007" => format!(
                "The bill interface is closed for this merchant: ask WeChat Pay ({code} {text})"
            ),
            Self::Refused { code, text } if is_sign_error(text) => format!(
                "Wrong signature: check merchant number, APIv2 key and sign type ({code} {text})"
            ),
            Self::Refused { code, text } => format!(
                "WeChat Pay refuses the request: check merchant number, AppID and date ({code} {text})"
            ),
            Self::Unreadable(why) => {
                format!("The answer is neither a bill nor a message of WeChat Pay: {why}")
            }
        }
    }
}

fn is_sign_error(text: &str) -> bool {
    text.to_ascii_lowercase().contains("sign error") || text.contains("签名错误")
}

fn shorten(text: &str) -> String {
    let end = text.floor_char_boundary(MAX_TEXT_BYTES);
    text.get(..end).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(message: &str, name: &str, code: &str) -> Vec<u8> {
        format!(
            "<xml><return_code><![CDATA[FAIL]]></return_code>\n<return_msg><![CDATA[{message}]]></return_msg>\n<{name}><![CDATA[{code}]]></{name}></xml>\n"
        )
        .into_bytes()
    }

    #[test]
    fn one_code_with_two_meanings_is_decided_by_its_text() {
        for text in ["No Bill Exist", "NO Bill Exist", "no bill exist"] {
            for name in ["error_code", "err_code"] {
                assert_eq!(
                    BillError::read(&body(text, name, "20002")),
                    BillError::NoBill
                );
            }
        }
        let creating = BillError::read(&body("Bill Creating", "error_code", "20002"));
        assert_eq!(creating, BillError::NotReady);
        assert!(creating.is_retryable());
    }

    #[test]
    fn refusals_and_faults_of_the_other_side_differ() {
        for (text, code, is_retryable) in [
            ("invalid bill_date", "20001", false),
            ("SIGN ERROR", "20001", false),
            ("bill API permission closed", "20007", false),
            ("system error", "20003", true),
            ("CompressGZip Error", "", true),
            ("something new", "", false),
        ] {
            let error = BillError::read(&body(text, "error_code", code));
            assert_eq!(error.is_retryable(), is_retryable, "{error}");
            assert!(error.to_string().contains(text));
            assert!(!error.zh().is_empty() && !error.en().is_empty());
        }
    }

    #[test]
    fn answers_of_apiv3_say_the_same_as_the_xml() {
        let read = |text: &str| BillError::read_json(text.as_bytes());
        let none = r#"{"code":"NO_STATEMENT_EXIST","message":"账单文件不存在"}"#;
        assert_eq!(read(none), Some(BillError::NoBill));
        let creating = "\u{feff}{\"code\":\"STATEMENT_CREATING\",\"message\":\"账单生成中\"}";
        assert_eq!(read(creating), Some(BillError::NotReady));
        let refused = read(r#"{"code":"PARAM_ERROR","message":"参数错误"}"#).unwrap();
        assert!(!refused.is_retryable(), "{refused}");
        for other in ["{", "{}", "[]", r#"{"code":7}"#, r#"{"hash_type":"SHA1"}"#] {
            assert_eq!(read(other), None, "{other}");
        }
    }

    #[test]
    fn hostile_bodies_are_unreadable() {
        for text in [
            "<html><body>502",
            "<xml><a>",
            "<!DOCTYPE x [<!ENTITY a 'b'>]><xml>&a;</xml>",
            "",
        ] {
            let error = BillError::read(text.as_bytes());
            assert!(matches!(error, BillError::Unreadable(_)), "{error:?}");
        }
    }
}
