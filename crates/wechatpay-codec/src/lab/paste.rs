//! Taking pasted text apart: XML, JSON, `k=v&k=v`, a cURL command, a raw HTTP message.
//!
//! A key that stands in the text is taken out and not kept.

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::shell_words;
use crate::Params;
use crate::v2::{Endpoint, XmlError, XmlLimits, xml};
use recondesk_domain::Message;

/// What the text was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PasteShape {
    /// Flat XML.
    Xml,
    /// A JSON object.
    Json,
    /// `name=value` joined by `&`, or one a line.
    Query,
    /// A cURL command.
    Curl,
    /// A raw HTTP request or answer.
    Http,
}

/// The HTTP part of a pasted message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HttpPart {
    /// Method; empty for an answer.
    pub method: String,
    /// Host, without scheme.
    pub host: String,
    /// Path and query.
    pub target: String,
    /// Headers in order.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

impl HttpPart {
    /// The first header of that name, in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// A pasted text, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pasted {
    /// What it was.
    pub shape: PasteShape,
    /// The fields of an APIv2 message, or of a JSON object's top level.
    pub params: Params,
    /// The HTTP part, where there was one.
    pub http: Option<HttpPart>,
    /// The call, where the address tells it.
    pub endpoint: Option<Endpoint>,
    /// What a person should know: a key was taken out, a field is repeated.
    pub notes: Vec<Message>,
}

/// Why a text cannot be taken apart.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PasteError {
    /// Nothing there.
    #[error("there is no text")]
    Empty,
    /// Too much text.
    #[error("the text has {0} bytes, at most 16 MiB are read")]
    TooLarge(usize),
    /// Not UTF-8.
    #[error("byte {0} is not UTF-8")]
    NotUtf8(usize),
    /// XML that is no message.
    #[error(transparent)]
    Xml(#[from] XmlError),
    /// JSON that is no object.
    #[error("the JSON cannot be read: {0}")]
    Json(String),
    /// A command whose quotes are open, or that is not cURL.
    #[error("the cURL command cannot be read")]
    Curl,
    /// None of the known shapes.
    #[error("the text is neither XML, JSON, k=v, cURL nor HTTP")]
    Unknown,
}

impl PasteError {
    /// Why, in both languages.
    #[must_use]
    pub fn words(&self) -> Message {
        let zh = match self {
            Self::Empty => "没有内容".to_owned(),
            Self::TooLarge(bytes) => format!("有 {bytes} 字节，最多读 16 MiB"),
            Self::NotUtf8(at) => format!("第 {at} 字节不是 UTF-8"),
            Self::Xml(error) => format!("XML 无法读取（{error}）"),
            Self::Json(error) => format!("JSON 无法读取（{error}）"),
            Self::Curl => "cURL 命令无法读取".to_owned(),
            Self::Unknown => "不是 XML、JSON、k=v、cURL 或 HTTP 报文".to_owned(),
        };
        Message::new(zh, self.to_string())
    }
}

/// Takes a text apart.
///
/// # Errors
/// [`PasteError`].
pub fn take_apart(text: &[u8]) -> Result<Pasted, PasteError> {
    if text.len() > 16 << 20 {
        return Err(PasteError::TooLarge(text.len()));
    }
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    let text =
        std::str::from_utf8(text).map_err(|error| PasteError::NotUtf8(error.valid_up_to()))?;
    let head = text.trim_start();
    if head.is_empty() {
        return Err(PasteError::Empty);
    }
    let mut out = if head.starts_with('<') {
        plain(PasteShape::Xml, xml_fields(head)?)
    } else if head.starts_with('{') {
        plain(PasteShape::Json, json_fields(head)?)
    } else if head.starts_with("curl ")
        || head.starts_with("curl\n")
        || head.starts_with("curl.exe ")
    {
        curl(head)?
    } else if is_http(head) {
        http(head)?
    } else {
        plain(PasteShape::Query, pairs(head).ok_or(PasteError::Unknown)?)
    };
    finish(&mut out);
    Ok(out)
}

const fn plain(shape: PasteShape, params: Params) -> Pasted {
    Pasted {
        shape,
        params,
        http: None,
        endpoint: None,
        notes: Vec::new(),
    }
}

fn xml_fields(text: &str) -> Result<Params, PasteError> {
    let limits = XmlLimits {
        bytes: 16 << 20,
        value: 16 << 20,
        ..XmlLimits::default()
    };
    match xml::read_root(text.as_bytes(), "xml", limits) {
        Err(XmlError::NotAMessage) => Ok(xml::read_root(text.as_bytes(), "root", limits)?),
        read => Ok(read?),
    }
}

/// The top level of an object, in the order written, repeated names kept.
struct TopLevel(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for TopLevel {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PastedFields;
        impl<'de> Visitor<'de> for PastedFields {
            type Value = TopLevel;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<TopLevel, A::Error> {
                let mut out = Vec::new();
                while let Some(entry) = map.next_entry::<String, Value>()? {
                    out.push(entry);
                }
                Ok(TopLevel(out))
            }
        }
        deserializer.deserialize_map(PastedFields)
    }
}

fn json_fields(text: &str) -> Result<Params, PasteError> {
    let TopLevel(entries) =
        serde_json::from_str(text).map_err(|error| PasteError::Json(error.to_string()))?;
    Ok(entries
        .into_iter()
        .map(|(name, value)| {
            let value = match value {
                Value::String(text) => text,
                Value::Null => String::new(),
                other => other.to_string(),
            };
            (name, value)
        })
        .collect())
}

fn pairs(text: &str) -> Option<Params> {
    let text = text.trim_end_matches(['\r', '\n']);
    let lines = text.contains('\n')
        && text
            .lines()
            .all(|line| line.trim().is_empty() || line.contains(['=', ':', '\t']));
    let parts: Vec<&str> = if lines {
        text.lines()
            .map(|line| line.trim_end_matches('\r').trim_end_matches(','))
            .filter(|line| !line.trim().is_empty())
            .collect()
    } else {
        text.split('&').filter(|part| !part.is_empty()).collect()
    };
    let cut = |part: &str| -> Option<(String, String)> {
        let (name, value) = part
            .split_once('=')
            .or_else(|| lines.then(|| part.split_once([':', '\t'])).flatten())?;
        let name = name.trim();
        (!name.is_empty()
            && name.len() <= 128
            && name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"_-.$".contains(&b)))
        .then(|| (name.to_owned(), value.to_owned()))
    };
    let mut out: Vec<(String, String)> = Vec::new();
    for part in parts {
        match (cut(part), out.last_mut()) {
            (Some(pair), _) => out.push(pair),
            // An ampersand inside a value: what follows is no field of its own.
            (None, Some((_, value))) => {
                value.push(if lines { '\n' } else { '&' });
                value.push_str(part);
            }
            (None, None) => return None,
        }
    }
    Some(out.into_iter().collect())
}

const METHODS: [&str; 5] = ["GET ", "POST ", "PUT ", "PATCH ", "DELETE "];

fn is_http(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    first.starts_with("HTTP/")
        || (METHODS.iter().any(|method| first.starts_with(method))
            && (first.contains(" /") || first.contains("://")))
}

fn http(text: &str) -> Result<Pasted, PasteError> {
    let (head, body) = match (text.find("\r\n\r\n"), text.find("\n\n")) {
        (Some(at), other) if other.is_none_or(|other| at < other) => {
            (text.get(..at), text.get(at + 4..))
        }
        (_, Some(at)) => (text.get(..at), text.get(at + 2..)),
        _ => (Some(text), None),
    };
    let mut lines = head.unwrap_or_default().lines();
    let first = lines.next().unwrap_or_default();
    let mut part = HttpPart::default();
    if !first.starts_with("HTTP/") {
        let mut words = first.split_whitespace();
        words
            .next()
            .unwrap_or_default()
            .clone_into(&mut part.method);
        place(words.next().unwrap_or_default(), &mut part);
    }
    for line in lines {
        let (name, value) = line.split_once(':').ok_or(PasteError::Unknown)?;
        part.headers
            .push((name.trim().to_owned(), value.trim().to_owned()));
    }
    if part.host.is_empty() {
        let host = part.header("Host").unwrap_or_default().to_owned();
        part.host = host;
    }
    part.body = body.unwrap_or_default().into();
    Ok(with_body(PasteShape::Http, part))
}

fn place(address: &str, part: &mut HttpPart) {
    let rest = address
        .strip_prefix("https://")
        .or_else(|| address.strip_prefix("http://"));
    match rest {
        Some(rest) => {
            let at = rest.find(['/', '?']).unwrap_or(rest.len());
            let (host, target) = rest.split_at_checked(at).unwrap_or((rest, ""));
            host.clone_into(&mut part.host);
            part.target = match target {
                "" => "/".to_owned(),
                target if target.starts_with('?') => format!("/{target}"),
                target => target.to_owned(),
            };
        }
        None => address.clone_into(&mut part.target),
    }
    if let Some(at) = part.target.find('#') {
        part.target.truncate(at);
    }
}

fn curl(text: &str) -> Result<Pasted, PasteError> {
    let words = shell_words::split(text).ok_or(PasteError::Curl)?;
    let mut words = words.into_iter().skip(1);
    let mut part = HttpPart::default();
    let mut data: Vec<String> = Vec::new();
    let mut notes = Vec::new();
    while let Some(word) = words.next() {
        let (option, attached) = match word.split_once('=') {
            Some((option, value)) if option.starts_with("--") => {
                (option.to_owned(), Some(value.to_owned()))
            }
            _ => match word.get(..2) {
                Some(short @ ("-X" | "-H" | "-d")) if word.len() > 2 && !word.starts_with("--") => {
                    (short.to_owned(), word.get(2..).map(str::to_owned))
                }
                _ => (word, None),
            },
        };
        let mut value = || {
            attached
                .clone()
                .or_else(|| words.next())
                .unwrap_or_default()
        };
        match option.as_str() {
            "-X" | "--request" => part.method = value(),
            "-H" | "--header" => {
                let header = value();
                if let Some((name, value)) = header.split_once(':') {
                    part.headers
                        .push((name.trim().to_owned(), value.trim().to_owned()));
                }
            }
            "-d" | "--data" | "--data-raw" | "--data-binary" | "--data-ascii" | "--json" => {
                let value = value();
                if value.starts_with('@') && option != "--data-raw" {
                    notes.push(Message::new(
                        "命令引用了文件，请把文件内容贴进来",
                        "The command names a file; paste its content",
                    ));
                } else {
                    data.push(value);
                }
            }
            "--url" => place(&value(), &mut part),
            "-o" | "--output" | "-u" | "--user" | "-A" | "--user-agent" | "-e" | "--referer"
            | "-b" | "--cookie" | "--cert" | "--key" | "-E" | "--cacert" | "-m" | "--max-time"
            | "--connect-timeout" | "-x" | "--proxy" | "--cert-type" | "--key-type" => {
                value();
            }
            option if option.starts_with('-') => {}
            address => place(address, &mut part),
        }
    }
    if part.target.is_empty() {
        return Err(PasteError::Curl);
    }
    part.body = data.join("&").into_bytes();
    if part.method.is_empty() {
        part.method
            .push_str(if part.body.is_empty() { "GET" } else { "POST" });
    }
    let mut out = with_body(PasteShape::Curl, part);
    out.notes = notes;
    Ok(out)
}

/// The fields of a body, where it has some; a body that has none is no error.
fn with_body(shape: PasteShape, part: HttpPart) -> Pasted {
    let text = std::str::from_utf8(&part.body).unwrap_or_default();
    let head = text.trim_start();
    let params = if head.starts_with('<') {
        xml_fields(head).ok()
    } else if head.starts_with('{') {
        json_fields(head).ok()
    } else {
        pairs(head)
    };
    let path = part.target.split('?').next().unwrap_or_default();
    Pasted {
        endpoint: Endpoint::from_path(path),
        params: params.unwrap_or_default(),
        http: Some(part),
        ..plain(shape, Params::new())
    }
}

fn finish(out: &mut Pasted) {
    if out.shape == PasteShape::Query && out.params.get("key").is_some() {
        out.params.remove("key");
        out.notes.push(Message::new(
            "文字里的 key 已去掉，没有保留；密钥请从商户档案选择",
            "The key in the text was taken out and not kept; choose it from a profile",
        ));
    }
    let repeated = out.params.duplicates();
    if !repeated.is_empty() {
        let names = repeated.join(", ");
        out.notes.push(Message::new(
            format!("字段重复：{names}；都参与签名"),
            format!("Repeated fields: {names}; all of them are signed"),
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(pasted: &Pasted) -> Vec<(&str, &str)> {
        pasted
            .params
            .iter()
            .map(|p| (p.name.as_str(), p.value.as_str()))
            .collect()
    }

    #[test]
    fn every_shape_gives_the_same_fields() {
        let wanted = [("b", "中 1"), ("a", "x&y")];
        for text in [
            "<xml><b>中 1</b><a><![CDATA[x&y]]></a></xml>",
            "{\"b\":\"中 1\",\"a\":\"x&y\"}",
            "b=中 1&a=x&y&key=secret",
            "b=中 1\na=x&y\n",
            "curl -X POST https://api.mch.weixin.qq.com/pay/orderquery -d '<xml><b>中 1</b><a>x&amp;y</a></xml>'",
            "POST /pay/orderquery HTTP/1.1\r\nHost: api.mch.weixin.qq.com\r\n\r\n<xml><b>中 1</b><a>x&amp;y</a></xml>",
        ] {
            let pasted = take_apart(text.as_bytes()).unwrap();
            assert_eq!(list(&pasted), wanted, "{text}");
        }
    }

    #[test]
    fn a_request_of_v3_keeps_its_bytes() {
        let text = "curl 'https://api.mch.weixin.qq.com/v3/pay/transactions/id/1?mchid=2#x' -H 'Authorization: WECHATPAY2-SHA256-RSA2048 mchid=\"1\"' --compressed";
        let http = take_apart(text.as_bytes()).unwrap().http.unwrap();
        assert_eq!(
            (http.method.as_str(), http.target.as_str()),
            ("GET", "/v3/pay/transactions/id/1?mchid=2")
        );
        assert!(
            http.header("authorization")
                .unwrap()
                .starts_with("WECHATPAY2")
        );
        let body = "POST /v3/x HTTP/1.1\nHost: h\n\n{\"a\": 1}\n";
        assert_eq!(
            take_apart(body.as_bytes()).unwrap().http.unwrap().body,
            b"{\"a\": 1}\n"
        );
    }

    #[test]
    fn what_is_nothing_of_this_is_told() {
        assert_eq!(take_apart(b" "), Err(PasteError::Empty));
        assert_eq!(take_apart(b"a\xff"), Err(PasteError::NotUtf8(1)));
        assert_eq!(take_apart(b"hello world"), Err(PasteError::Unknown));
        assert!(matches!(take_apart(b"{"), Err(PasteError::Json(_))));
        assert_eq!(take_apart(b"curl 'x"), Err(PasteError::Curl));
        assert!(matches!(
            take_apart(b"<html></html>"),
            Err(PasteError::Xml(_))
        ));
    }
}
