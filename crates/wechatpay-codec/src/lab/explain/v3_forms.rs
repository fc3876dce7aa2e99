//! What happens to the lines of APIv3 in other people's code: target, time, nonce, body, line ends.

use super::escapes::unpercent;
use super::json_text;
use super::v3_body::one_place;
use crate::v3::api::percent;

/// Another content of a line, with its stable name.
pub(super) type LineForm = (&'static str, Vec<u8>);

/// How lines are ended and ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    Right,
    LastMissing,
    Literal,
    LiteralLastMissing,
    CrLf,
    CrLfLastMissing,
    Cr,
    Nothing,
    OneMore,
    LastLineMissing,
    LastLineEmptyMissing,
    Swapped,
}

impl Ends {
    pub(super) const WRONG: [Self; 11] = [
        Self::LastMissing,
        Self::Literal,
        Self::LiteralLastMissing,
        Self::CrLf,
        Self::CrLfLastMissing,
        Self::Cr,
        Self::Nothing,
        Self::OneMore,
        Self::LastLineMissing,
        Self::LastLineEmptyMissing,
        Self::Swapped,
    ];

    /// Joins lines this way.
    pub(super) fn join(self, lines: &[&[u8]], out: &mut Vec<u8>) {
        out.clear();
        let end: &[u8] = match self {
            Self::Literal | Self::LiteralLastMissing => b"\\n",
            Self::CrLf | Self::CrLfLastMissing => b"\r\n",
            Self::Cr => b"\r",
            Self::Nothing => b"",
            Self::Right
            | Self::LastMissing
            | Self::OneMore
            | Self::LastLineMissing
            | Self::LastLineEmptyMissing
            | Self::Swapped => b"\n",
        };
        let mut lines: Vec<&[u8]> = lines.to_vec();
        match self {
            Self::LastLineMissing => {
                lines.pop();
            }
            Self::LastLineEmptyMissing => {
                lines.pop_if(|last| last.is_empty());
            }
            Self::Swapped => {
                // Time and nonce stand before the last line.
                if let [.., time, nonce, _] = lines.as_mut_slice() {
                    std::mem::swap(time, nonce);
                }
            }
            Self::Right
            | Self::LastMissing
            | Self::Literal
            | Self::LiteralLastMissing
            | Self::CrLf
            | Self::CrLfLastMissing
            | Self::Cr
            | Self::Nothing
            | Self::OneMore => {}
        }
        let last = lines.len();
        for (at, line) in lines.iter().enumerate() {
            out.extend_from_slice(line);
            let missing = matches!(
                self,
                Self::LastMissing
                    | Self::LiteralLastMissing
                    | Self::CrLfLastMissing
                    | Self::LastLineEmptyMissing
            );
            if at + 1 < last || !missing {
                out.extend_from_slice(end);
            }
        }
        if self == Self::OneMore {
            out.push(b'\n');
        }
    }
}

/// Collects forms that differ from the right one and from each other.
pub(super) struct LineForms<'a> {
    pub(super) right: &'a [u8],
    pub(super) out: Vec<LineForm>,
}

impl<'a> LineForms<'a> {
    pub(super) const fn new(right: &'a [u8]) -> Self {
        Self {
            right,
            out: Vec::new(),
        }
    }

    fn put(&mut self, code: &'static str, value: impl Into<Vec<u8>>) {
        let value = value.into();
        if value != self.right && !self.out.iter().any(|(_, known)| *known == value) {
            self.out.push((code, value));
        }
    }
}

/// Other forms of the method.
pub(super) fn method(method: &str) -> Vec<LineForm> {
    let mut forms = LineForms::new(method.as_bytes());
    forms.put("method-lower-case", method.to_lowercase());
    let mut capital = method.to_lowercase();
    if let Some(first) = capital.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    forms.put("method-capital", capital);
    for other in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
        forms.put("method-other", other);
    }
    forms.put("method-dropped", "");
    forms.out
}

/// Other forms of path and query.
pub(super) fn target(target: &str, host: &str, seen: &[String]) -> Vec<LineForm> {
    let mut forms = LineForms::new(target.as_bytes());
    let hosts = [host, "api.mch.weixin.qq.com", "api2.mch.weixin.qq.com"];
    for host in hosts.into_iter().filter(|host| !host.is_empty()) {
        forms.put("target-with-host", format!("https://{host}{target}"));
        forms.put("target-with-host", format!("http://{host}{target}"));
        forms.put("target-with-host", format!("{host}{target}"));
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    if !query.is_empty() {
        forms.put("query-dropped", path);
        forms.put("query-mark-only", format!("{path}?"));
        for order in orders(query) {
            forms.put("query-reordered", format!("{path}?{order}"));
        }
        forms.put("query-encoded", format!("{path}?{}", percent(query)));
        if let Some(encoded) = encoded_values(query) {
            forms.put("query-values-encoded", format!("{path}?{encoded}"));
        }
        forms.put(
            "query-amp",
            format!("{path}?{}", query.replace('&', "&amp;")),
        );
        forms.put("query-spaces-plus", target.replace("%20", "+"));
        for pair in query.split('&') {
            let rest: Vec<&str> = query.split('&').filter(|other| *other != pair).collect();
            forms.put(
                "query-parameter-dropped",
                format!("{path}?{}", rest.join("&")),
            );
        }
    }
    if let Some(decoded) = unpercent(target) {
        forms.put("target-decoded", decoded);
    }
    forms.put("target-lower-escapes", lower_escapes(target));
    forms.put(
        "target-slash-end",
        format!("{path}/{}", after_path(target, path)),
    );
    forms.put(
        "target-slash-end",
        format!("{}{}", path.trim_end_matches('/'), after_path(target, path)),
    );
    forms.put("target-no-slash", target.trim_start_matches('/'));
    forms.put("target-slash-twice", format!("/{target}"));
    forms.put("target-no-version", target.trim_start_matches("/v3"));
    forms.put("target-encoded-twice", target.replace('%', "%25"));
    if let Some(at) = target.find("/v3/").filter(|at| *at > 0) {
        forms.put("target-behind-proxy", target.get(at..).unwrap_or_default());
    }
    other_ways(target, &mut forms);
    forms.put("target-lower-case", target.to_lowercase());
    placeholders(target, path, &mut forms);
    for value in seen {
        forms.put("query-added", format!("{path}?mchid={value}"));
        forms.put("value-of-other", replace_segment(target, value));
        if value.starts_with("/v3/") {
            forms.put("target-other", value.as_str());
        }
    }
    forms.put("target-dropped", "");
    forms.out
}

/// The call of another way of paying, or of the other party.
fn other_ways(target: &str, forms: &mut LineForms<'_>) {
    const WAYS: [&str; 4] = ["jsapi", "native", "app", "h5"];
    let (merchant, partner) = ("/v3/pay/transactions/", "/v3/pay/partner/transactions/");
    let combined = "/v3/combine-transactions/";
    for (own, other) in [
        (merchant, partner),
        (partner, merchant),
        (merchant, combined),
        (combined, merchant),
    ] {
        let Some(rest) = target.strip_prefix(own) else {
            continue;
        };
        forms.put("target-other", format!("{other}{rest}"));
        if WAYS.contains(&rest) && other != combined {
            for way in WAYS {
                forms.put("target-other", format!("{own}{way}"));
            }
        }
    }
}

fn after_path<'a>(target: &'a str, path: &str) -> &'a str {
    target.get(path.len()..).unwrap_or_default()
}

/// Path templates whose numbers were not put in.
fn placeholders(target: &str, path: &str, forms: &mut LineForms<'_>) {
    const NAMES: [&str; 7] = [
        "out_trade_no",
        "combine_out_trade_no",
        "transaction_id",
        "out_refund_no",
        "refund_id",
        "id",
        "outTradeNo",
    ];
    let query = after_path(target, path);
    let segments: Vec<&str> = path.split('/').collect();
    for (at, segment) in segments.iter().enumerate() {
        if !segment.bytes().any(|b| b.is_ascii_digit()) || *segment == "v3" {
            continue;
        }
        for name in NAMES {
            for written in [
                format!("{{{name}}}"),
                format!(":{name}"),
                format!("${{{name}}}"),
                "{}".to_owned(),
                "%s".to_owned(),
            ] {
                let mut copy: Vec<&str> = segments.clone();
                if let Some(place) = copy.get_mut(at) {
                    *place = &written;
                }
                forms.put("placeholder-left", format!("{}{query}", copy.join("/")));
            }
        }
    }
    for pair in query.trim_start_matches('?').split('&') {
        if let Some((name, value)) = pair.split_once('=')
            && !value.is_empty()
        {
            for written in [format!("{{{name}}}"), "{}".to_owned()] {
                let changed = query.replace(pair, &format!("{name}={written}"));
                forms.put("placeholder-left", format!("{path}{changed}"));
            }
        }
    }
}

fn replace_segment(target: &str, value: &str) -> String {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut segments: Vec<&str> = path.split('/').collect();
    let place = segments
        .iter_mut()
        .rev()
        .find(|segment| segment.starts_with('{') || segment.bytes().any(|b| b.is_ascii_digit()));
    if let Some(place) = place {
        *place = value;
    }
    let path = segments.join("/");
    if query.is_empty() {
        path
    } else {
        format!("{path}?{query}")
    }
}

fn lower_escapes(target: &str) -> String {
    let mut out = String::with_capacity(target.len());
    let mut left = 0;
    for c in target.chars() {
        if c == '%' {
            left = 3;
        }
        out.push(if left > 0 { c.to_ascii_lowercase() } else { c });
        left = i32::max(left - 1, 0);
    }
    out
}

fn encoded_values(query: &str) -> Option<String> {
    let pairs: Option<Vec<String>> = query
        .split('&')
        .map(|pair| {
            let (name, value) = pair.split_once('=')?;
            Some(format!("{name}={}", percent(value)))
        })
        .collect();
    pairs.map(|pairs| pairs.join("&"))
}

/// The parameters of a query in other orders: all of them up to four, then sorted and reversed.
fn orders(query: &str) -> Vec<String> {
    let pairs: Vec<&str> = query.split('&').collect();
    if pairs.len() <= 4 {
        let mut out = Vec::new();
        permute(&mut pairs.clone(), 0, &mut out);
        return out;
    }
    let mut sorted = pairs.clone();
    sorted.sort_unstable();
    let mut descending = sorted.clone();
    descending.reverse();
    let mut reversed = pairs;
    reversed.reverse();
    [sorted, descending, reversed]
        .map(|order| order.join("&"))
        .to_vec()
}

fn permute(pairs: &mut [&str], from: usize, out: &mut Vec<String>) {
    if from >= pairs.len() {
        out.push(pairs.join("&"));
        return;
    }
    for at in from..pairs.len() {
        pairs.swap(from, at);
        permute(pairs, from + 1, out);
        pairs.swap(from, at);
    }
}

/// Other forms of the time.
pub(super) fn timestamp(text: &str, seen: &[String]) -> Vec<LineForm> {
    let mut forms = LineForms::new(text.as_bytes());
    if text.len() == 13 {
        forms.put("time-seconds", text.get(..10).unwrap_or_default());
    } else {
        forms.put("time-milliseconds", format!("{text}000"));
    }
    for value in seen
        .iter()
        .filter(|value| value.bytes().all(|b| b.is_ascii_digit()))
    {
        forms.put("time-anew", value.as_str());
    }
    if let Ok(seconds) = text.parse::<i64>() {
        for step in 1..=60 {
            forms.put("time-anew", seconds.saturating_add(step).to_string());
            forms.put("time-anew", seconds.saturating_sub(step).to_string());
        }
        for step in [28_800, -28_800] {
            forms.put("time-anew", seconds.saturating_add(step).to_string());
        }
        let time = recondesk_domain::Instant::from_unix(seconds);
        forms.put("time-as-date", time.to_string());
        forms.put("time-as-date", time.compact());
    }
    forms.put("time-decimal", format!("{text}.0"));
    forms.put("time-dropped", "");
    forms.out
}

/// Other forms of a nonce or an app id.
pub(super) fn word(text: &str, seen: &[String], other: &'static str) -> Vec<LineForm> {
    let mut forms = LineForms::new(text.as_bytes());
    for value in seen {
        forms.put(other, value.as_str());
    }
    forms.put("value-lower-case", text.to_lowercase());
    forms.put("value-upper-case", text.to_uppercase());
    forms.put("value-no-dashes", text.replace('-', ""));
    forms.put("value-space-end", format!("{text} "));
    forms.put("value-quoted", format!("\"{text}\""));
    forms.put("line-empty", "");
    forms.out
}

/// Other forms of a body.
pub(super) fn body(body: &[u8]) -> Vec<LineForm> {
    let mut forms = LineForms::new(body);
    forms.put("body-empty", "");
    for word in ["{}", "null", "[]", "\"\"", "undefined"] {
        forms.put("body-word", word);
    }
    forms.put("body-lf-end", [body, b"\n"].concat());
    forms.put("body-crlf-end", [body, b"\r\n"].concat());
    forms.put("body-bom", [b"\xEF\xBB\xBF", body].concat());
    if let Some(bare) = body.strip_prefix(b"\xEF\xBB\xBF") {
        forms.put("body-bom-sent", bare);
    }
    forms.put("body-trimmed", body.trim_ascii());
    let Ok(text) = std::str::from_utf8(body) else {
        return forms.out;
    };
    forms.put("body-crlf", text.replace('\n', "\r\n"));
    forms.put("body-lf", text.replace("\r\n", "\n"));
    if body.len() <= 1 << 18 {
        if json_text::is_json(text) {
            for (code, form) in json_text::FORMS {
                if let Some(other) = form(text) {
                    forms.put(code, other);
                }
            }
            let quoted = serde_json::Value::from(text).to_string();
            forms.put("body-json-twice", quoted);
            for (code, other) in one_place(text) {
                forms.put(code, other);
            }
        }
        forms.put("body-gbk", encoding_rs::GBK.encode(text).0.into_owned());
        forms.put(
            "body-twice-utf8",
            text.bytes().map(char::from).collect::<String>(),
        );
        forms.put(
            "body-question-marks",
            text.chars()
                .map(|c| if c.is_ascii() { c } else { '?' })
                .collect::<String>(),
        );
        forms.put("body-url-encoded", percent(text));
    }
    forms.out
}

/// Other forms of the fourth line of a front-end signature.
pub(super) fn package(line: &str) -> Vec<LineForm> {
    let mut forms = LineForms::new(line.as_bytes());
    match line.strip_prefix("prepay_id=") {
        Some(bare) => forms.put("pay-line-bare", bare),
        None => forms.put("pay-line-prefixed", format!("prepay_id={line}")),
    }
    forms.put("pay-line-package", "Sign=WXPay");
    forms.put("pay-line-named", format!("package={line}"));
    forms.put("value-space-end", format!("{line} "));
    forms.put("line-empty", "");
    forms.out
}
