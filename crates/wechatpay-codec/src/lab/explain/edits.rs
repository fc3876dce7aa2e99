//! What happens to a single field in other people's code: spaces, cases, number formats, encodings, other names.

use super::escapes::{
    html_escaped, json_ascii, script_address, script_encoded, unicode_escaped, unpercent,
    xml_escaped, xml_unescaped,
};
use super::json_text;
use crate::Params;
use crate::v3::api::percent;
use recondesk_domain::Instant;

/// A change of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edit {
    /// Stable name.
    pub(super) code: &'static str,
    /// Which field of the message; `None` adds one.
    pub(super) at: Option<usize>,
    /// The name it is signed under.
    pub(super) name: String,
    /// The value it is signed with; `None` leaves the field out.
    pub(super) value: Option<Vec<u8>>,
}

/// A rewriting of a value: stable name, function.
type Rewrite = (&'static str, fn(&str) -> Option<String>);

const REWRITES: [Rewrite; 54] = [
    ("value-emoji-replaced", |v| emoji_as(v, "?")),
    ("value-emoji-replaced", |v| emoji_as(v, "??")),
    ("value-emoji-replaced", |v| emoji_as(v, "????")),
    ("value-emoji-replaced", |v| emoji_as(v, "\u{fffd}")),
    ("value-full-width", |v| {
        Some(v.chars().map(full_width).collect())
    }),
    ("value-half-width", |v| {
        Some(v.chars().map(half_width).collect())
    }),
    ("value-space-end", |v| Some(format!("{v} "))),
    ("value-space-start", |v| Some(format!(" {v}"))),
    ("value-trimmed", |v| Some(v.trim().to_owned())),
    ("value-trimmed-end", |v| Some(v.trim_end().to_owned())),
    ("value-lf-end", |v| Some(format!("{v}\n"))),
    ("value-crlf-end", |v| Some(format!("{v}\r\n"))),
    ("value-lf-crlf", |v| Some(v.replace('\n', "\r\n"))),
    ("value-crlf-lf", |v| Some(v.replace("\r\n", "\n"))),
    ("value-no-spaces", |v| Some(v.split_whitespace().collect())),
    ("value-lower-case", |v| Some(v.to_lowercase())),
    ("value-upper-case", |v| Some(v.to_uppercase())),
    ("value-quoted", |v| Some(format!("\"{v}\""))),
    ("value-cdata", |v| Some(format!("<![CDATA[{v}]]>"))),
    ("value-url-encoded", |v| Some(percent(v))),
    ("value-form-encoded", |v| {
        Some(percent(v).replace("%20", "+"))
    }),
    ("value-script-encoded", |v| Some(script_encoded(v))),
    ("value-python-encoded", |v| {
        Some(percent(v).replace("%2F", "/"))
    }),
    ("value-script-address", |v| Some(script_address(v))),
    ("value-url-decoded", unpercent),
    ("value-url-encoded-twice", |v| Some(percent(&percent(v)))),
    ("value-plus-space", |v| Some(v.replace('+', " "))),
    ("value-blank-plus", |v| Some(v.replace(' ', "+"))),
    ("value-unicode-escaped", |v| {
        (!json_text::is_json(v)).then(|| unicode_escaped(v))
    }),
    ("value-xml-escaped", |v| Some(xml_escaped(v))),
    ("value-xml-unescaped", |v| Some(xml_unescaped(v))),
    ("value-html-quotes", |v| Some(v.replace('"', "&quot;"))),
    ("value-html-quotes", |v| Some(v.replace('"', "&#34;"))),
    ("value-html-escaped", |v| {
        Some(html_escaped(v, "&#34;", "&#39;"))
    }),
    ("value-html-escaped", |v| {
        Some(html_escaped(v, "&quot;", "&#x27;"))
    }),
    ("value-html-escaped", |v| {
        Some(html_escaped(v, "&quot;", "&#039;"))
    }),
    ("value-html-escaped", |v| {
        Some(html_escaped(v, "&quot;", "&#39;"))
    }),
    ("value-html-escaped", |v| {
        Some(html_escaped(v, "&quot;", "'"))
    }),
    ("value-html-escaped", |v| Some(html_escaped(v, "\"", "'"))),
    ("value-quotes-escaped", |v| Some(v.replace('"', "\\\""))),
    ("value-quotes-unescaped", |v| Some(v.replace("\\\"", "\""))),
    ("value-json-escaped", |v| {
        Some(
            v.replace('\\', "\\\\")
                .replace('"', "\\\"")
                .replace('/', "\\/"),
        )
    }),
    ("value-json-ascii", |v| Some(json_ascii(v))),
    ("value-no-emoji", |v| {
        Some(v.chars().filter(|c| u32::from(*c) <= 0xFFFF).collect())
    }),
    ("value-cut-32", |v| cut(v, 32)),
    ("value-cut-127", |v| cut(v, 127)),
    ("value-cut-128", |v| cut(v, 128)),
    ("url-slash-added", |v| {
        v.starts_with("http").then(|| format!("{v}/"))
    }),
    ("url-slash-removed", |v| {
        v.starts_with("http")
            .then(|| v.trim_end_matches('/').to_owned())
    }),
    ("url-http", |v| {
        v.strip_prefix("https://")
            .map(|rest| format!("http://{rest}"))
    }),
    ("url-https", |v| {
        v.strip_prefix("http://")
            .map(|rest| format!("https://{rest}"))
    }),
    ("url-query-dropped", |v| {
        v.starts_with("http")
            .then(|| v.split('?').next().unwrap_or_default().to_owned())
    }),
    ("package-bare", |v| {
        v.strip_prefix("prepay_id=").map(str::to_owned)
    }),
    ("package-prefixed", |v| {
        (v.starts_with("wx") && v.len() > 20).then(|| format!("prepay_id={v}"))
    }),
];

const NUMBERS: [Rewrite; 9] = [
    ("number-decimals-1", |v| Some(format!("{v}.0"))),
    ("number-decimals-2", |v| Some(format!("{v}.00"))),
    ("number-yuan", |v| yuan(v, 2)),
    ("number-yuan-short", |v| yuan(v, 0)),
    ("number-times-100", |v| Some(format!("{v}00"))),
    ("number-leading-zero", |v| Some(format!("0{v}"))),
    ("number-no-leading-zero", |v| {
        Some(v.trim_start_matches('0').to_owned())
    }),
    ("number-grouped", |v| {
        (v.len() > 3).then(|| recondesk_domain::group_digits(v))
    }),
    ("time-milliseconds", |v| {
        (v.len() == 10).then(|| format!("{v}000"))
    }),
];

/// Names under which fields are confused with one another.
const OTHER_NAMES: [&[&str]; 10] = [
    &["appid", "appId", "app_id", "AppId"],
    &["mch_id", "mchid", "mchId", "partnerid", "partner"],
    &["nonce_str", "nonceStr", "noncestr", "nonce"],
    &["timestamp", "timeStamp", "time_stamp"],
    &["sign_type", "signType", "signtype"],
    &["prepayid", "prepay_id", "prepayId"],
    &["package", "packageValue", "package_value"],
    &["partnerid", "partnerId", "mch_id"],
    &["out_trade_no", "outTradeNo"],
    &["openid", "openId", "sub_openid"],
];

/// Fields that are often signed without being sent, or the other way round.
const EXTRA: [(&str, &str); 14] = [
    ("sign_type", "MD5"),
    ("sign_type", "HMAC-SHA256"),
    ("signType", "MD5"),
    ("signType", "HMAC-SHA256"),
    ("fee_type", "CNY"),
    ("device_info", "WEB"),
    ("version", "1.0"),
    ("limit_pay", "no_credit"),
    ("return_code", "SUCCESS"),
    ("return_msg", "OK"),
    ("result_code", "SUCCESS"),
    ("spbill_create_ip", "127.0.0.1"),
    ("trade_type", "JSAPI"),
    ("trade_type", "NATIVE"),
];

/// All single-field changes worth trying; `seen` are other values met beside the message.
pub(super) fn edits(params: &Params, seen: &[String]) -> Vec<Edit> {
    let mut out = Vec::new();
    for (at, param) in params.iter().enumerate() {
        if param.name == "sign" || param.name == "paySign" || param.value.len() > 1 << 16 {
            continue;
        }
        let mut field = EditField {
            at,
            name: &param.name,
            value: &param.value,
            out: &mut out,
        };
        field.all(seen);
    }
    for (name, value) in EXTRA {
        if params.filled(name).is_none() {
            out.push(Edit {
                code: "field-added",
                at: None,
                name: name.to_owned(),
                value: Some(value.into()),
            });
        }
    }
    out
}

struct EditField<'a> {
    at: usize,
    name: &'a str,
    value: &'a str,
    out: &'a mut Vec<Edit>,
}

impl EditField<'_> {
    fn all(&mut self, seen: &[String]) {
        if self.value.is_empty() {
            for word in ["null", "undefined", "None", "nil", "NULL"] {
                self.put("empty-word", word.into());
            }
            return;
        }
        self.out.push(Edit {
            code: "field-dropped",
            at: Some(self.at),
            name: self.name.to_owned(),
            value: None,
        });
        for (code, rewrite) in REWRITES {
            self.rewrite(code, rewrite);
        }
        self.widths();
        if self.value.bytes().all(|b| b.is_ascii_digit()) {
            for (code, rewrite) in NUMBERS {
                self.rewrite(code, rewrite);
            }
            self.near_numbers();
        } else if is_decimal(self.value) {
            self.rewrite("number-fen", fen);
            self.rewrite("number-no-decimals", |v| {
                v.split('.').next().map(str::to_owned)
            });
        }
        if json_text::is_json(self.value) {
            for (code, form) in json_text::FORMS {
                self.rewrite(code, form);
            }
        }
        let (gbk, _, _) = encoding_rs::GBK.encode(self.value);
        self.put("value-gbk", gbk.into_owned());
        let mojibake: String = self.value.bytes().map(char::from).collect();
        self.put("value-twice-utf8", mojibake.into_bytes());
        let lossy: String = self
            .value
            .chars()
            .map(|c| if c.is_ascii() { c } else { '?' })
            .collect();
        self.put("value-question-marks", lossy.into_bytes());
        self.names();
        self.times();
        self.others(seen);
    }

    /// Each sign of punctuation alone in its other width: Chinese input methods change them one by one.
    fn widths(&mut self) {
        const SIGNS: [char; 9] = ['-', ',', '(', ')', ':', ';', '!', '?', '.'];
        if self.value.is_ascii() {
            return;
        }
        for sign in SIGNS {
            let wide = full_width(sign).to_string();
            self.put(
                "value-full-width",
                self.value.replace(sign, &wide).into_bytes(),
            );
            let narrow = sign.to_string();
            self.put(
                "value-half-width",
                self.value.replace(&wide, &narrow).into_bytes(),
            );
        }
    }

    /// A sum that went through binary fractions: one fen off, or with their noise behind the point.
    fn near_numbers(&mut self) {
        let Ok(number) = self.value.parse::<u32>() else {
            return;
        };
        // Of other numbers, such as times, one more or less is no such slip.
        let is_money = ["fee", "amount", "total"]
            .iter()
            .any(|word| self.name.contains(word));
        if !is_money {
            return;
        }
        for near in [number.checked_sub(1), number.checked_add(1)]
            .into_iter()
            .flatten()
        {
            self.put("number-near", near.to_string().into_bytes());
        }
        let exact = f64::from(number);
        let (below, above) = (exact.next_down(), exact.next_up());
        for noisy in [below, above, below.next_down(), above.next_up()] {
            self.put("number-noise", noisy.to_string().into_bytes());
        }
    }

    fn rewrite(&mut self, code: &'static str, rewrite: fn(&str) -> Option<String>) {
        if let Some(value) = rewrite(self.value) {
            self.put(code, value.into_bytes());
        }
    }

    fn put(&mut self, code: &'static str, value: Vec<u8>) {
        let known = |edit: &Edit| {
            edit.at == Some(self.at)
                && edit.name == self.name
                && edit.value.as_deref() == Some(value.as_slice())
        };
        if value == self.value.as_bytes()
            || value.is_empty()
            || self.out.iter().rev().take(120).any(known)
        {
            return;
        }
        self.out.push(Edit {
            code,
            at: Some(self.at),
            name: self.name.to_owned(),
            value: Some(value),
        });
    }

    fn names(&mut self) {
        let mut names: Vec<String> = OTHER_NAMES
            .iter()
            .filter(|family| family.contains(&self.name))
            .flat_map(|family| family.iter().map(|name| (*name).to_owned()))
            .collect();
        names.push(camel(self.name));
        names.push(snake(self.name));
        names.push(self.name.to_lowercase());
        names.push(self.name.to_uppercase());
        names.push(format!("{} ", self.name));
        names.sort();
        names.dedup();
        for name in names {
            if name != self.name {
                self.out.push(Edit {
                    code: "name-other",
                    at: Some(self.at),
                    name,
                    value: Some(self.value.into()),
                });
            }
        }
    }

    /// The time taken anew for signing: seconds around, and the eight hours of a server in UTC.
    fn times(&mut self) {
        if self.value.len() == 10
            && let Ok(seconds) = self.value.parse::<i64>()
            && (1_200_000_000..3_000_000_000).contains(&seconds)
        {
            let lower = self.name.to_ascii_lowercase();
            let is_time = ["time", "date", "expire"]
                .iter()
                .any(|word| lower.contains(word));
            // A merchant number has ten digits too, and is not made anew.
            let code = if is_time { "time-anew" } else { "value-near" };
            for step in (-60..=60).chain([-28_800, 28_800]) {
                self.put(code, (seconds + step).to_string().into_bytes());
            }
        } else if self.value.len() == 13 && self.value.bytes().all(|b| b.is_ascii_digit()) {
            let seconds = self.value.get(..10).unwrap_or_default();
            self.put("time-seconds", seconds.into());
        } else if let Some(time) = Instant::parse_compact(self.value) {
            for step in (-10..=10).chain([-28_800, 28_800]) {
                self.put("time-anew", time.plus(step).compact().into_bytes());
            }
            self.put("time-dashed", time.to_string().into_bytes());
        } else if let Some(time) = Instant::parse_beijing(self.value) {
            self.put("time-compact", time.compact().into_bytes());
        }
    }

    /// Another value that was seen beside the message, for fields that change with every attempt.
    fn others(&mut self, seen: &[String]) {
        let lower = self.name.to_ascii_lowercase();
        let code = if lower.contains("nonce") {
            "nonce-anew"
        } else if lower.contains("time") {
            "time-anew"
        } else if lower.ends_with("id") || lower.ends_with("_no") {
            "value-of-other"
        } else {
            return;
        };
        for value in seen {
            self.put(code, value.clone().into_bytes());
        }
    }
}

/// Characters above U+FFFF as layers of Latin or of three-byte UTF-8 write them.
fn emoji_as(value: &str, other: &str) -> Option<String> {
    let is_emoji = |c: char| u32::from(c) > 0xFFFF;
    value
        .contains(is_emoji)
        .then(|| value.replace(is_emoji, other))
}

/// The full-width form of an ASCII sign of punctuation.
fn full_width(sign: char) -> char {
    let code = u32::from(sign);
    let wide = sign.is_ascii_punctuation().then(|| code + 0xFEE0);
    wide.and_then(char::from_u32).unwrap_or(sign)
}

/// The ASCII form of a full-width sign.
fn half_width(sign: char) -> char {
    let code = u32::from(sign);
    let narrow = (0xFF01..=0xFF5E).contains(&code).then(|| code - 0xFEE0);
    narrow.and_then(char::from_u32).unwrap_or(sign)
}

fn is_decimal(value: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    value
        .split_once('.')
        .is_some_and(|(whole, part)| digits(whole) && digits(part))
}

fn cut(value: &str, bytes: usize) -> Option<String> {
    (value.len() > bytes).then(|| {
        let mut end = bytes;
        while !value.is_char_boundary(end) {
            end -= 1;
        }
        value.get(..end).unwrap_or_default().to_owned()
    })
}

fn yuan(value: &str, keep: usize) -> Option<String> {
    if value.len() > 15 {
        return None;
    }
    let padded = format!("{value:0>3}");
    let (whole, cents) = padded.split_at_checked(padded.len() - 2)?;
    let mut cents = cents.to_owned();
    while cents.len() > keep && cents.ends_with('0') {
        cents.pop();
    }
    Some(if cents.is_empty() {
        whole.to_owned()
    } else {
        format!("{whole}.{cents}")
    })
}

fn fen(value: &str) -> Option<String> {
    recondesk_domain::Fen::parse_yuan(value)
        .ok()
        .map(|amount| amount.get().to_string())
}

pub(super) fn camel(name: &str) -> String {
    let mut out = String::new();
    let mut up = false;
    for c in name.chars() {
        if c == '_' {
            up = true;
        } else if std::mem::take(&mut up) {
            out.extend(c.to_uppercase());
        } else {
            out.push(c);
        }
    }
    out
}

fn snake(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_uppercase() {
            out.push('_');
            out.extend(c.to_lowercase());
        } else {
            out.push(c);
        }
    }
    out
}
