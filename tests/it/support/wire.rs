//! A sandbox to test against, and a client of APIv2 that shares no code with the program.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use md5::{Digest as _, Md5};
use recondesk::domain::Instant;
use recondesk::sandbox::{Config, Running, start};
use serde_json::Value;
use sha2::Sha256;

/// Noon of 2026-03-09 in Beijing: the day after the day of most tests.
pub(crate) fn noon() -> Instant {
    Instant::parse_beijing("2026-03-09 12:00:00").unwrap()
}

/// Settings of a sandbox whose clock stands still at noon.
pub(crate) fn config() -> Config {
    Config::new(Arc::new(noon), 7)
}

/// A sandbox without TLS.
pub(crate) fn sandbox() -> Running {
    start(config()).unwrap()
}

/// An HTTP answer.
#[derive(Debug)]
pub(crate) struct WireAnswer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl WireAnswer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// One HTTP request over a connection of its own.
pub(crate) fn http(base: &str, method: &str, path: &str, body: &[u8]) -> WireAnswer {
    let host = base.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_mins(5)))
        .unwrap();
    // Head and body in one piece: in several, each would wait for the word that the one before it has arrived.
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let cut = bytes
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .expect("an HTTP head");
    let head = String::from_utf8(bytes[..cut].to_vec()).unwrap();
    WireAnswer {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        body: bytes[cut + 4..].to_vec(),
        head,
    }
}

/// A request at the control door.
pub(crate) fn control(base: &str, what: &str, body: &Value) -> Value {
    let path = format!("/_sandbox/{what}");
    let answer = http(base, "POST", &path, body.to_string().as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.text());
    serde_json::from_slice(&answer.body).unwrap()
}

/// The ledger as the sandbox lists it.
pub(crate) fn ledger(base: &str) -> Value {
    serde_json::from_slice(&http(base, "GET", "/_sandbox/ledger", b"").body).unwrap()
}

/// The order in the ledger.
pub(crate) fn ledger_order(base: &str, number: &str) -> Value {
    let all = ledger(base);
    let orders = all["merchants"][0]["orders"].as_array().unwrap().clone();
    orders
        .into_iter()
        .find(|order| order["out_trade_no"] == number)
        .unwrap_or(Value::Null)
}

/// Which digest signs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignDigest {
    Md5,
    Hmac,
}

/// A merchant's own client, written from the documents: sorts, joins, digests, compares.
pub(crate) struct Client<'a> {
    pub(crate) base: &'a str,
    pub(crate) mch_id: &'a str,
    pub(crate) appid: &'a str,
    pub(crate) key: &'a str,
    pub(crate) digest: SignDigest,
}

pub(crate) type XmlFields = BTreeMap<String, String>;

impl<'a> Client<'a> {
    pub(crate) fn of(running: &'a Running, digest: SignDigest) -> Self {
        Self {
            base: &running.base_http,
            mch_id: &running.merchant.mch_id,
            appid: &running.merchant.appids[0],
            key: running.merchant.v2_key.expose(),
            digest,
        }
    }

    pub(crate) fn sign(&self, fields: &XmlFields) -> String {
        let mut text = String::new();
        for (name, value) in fields {
            if name != "sign" && !value.is_empty() {
                write!(text, "{name}={value}&").unwrap();
            }
        }
        write!(text, "key={}", self.key).unwrap();
        let hex = |bytes: &[u8]| {
            let mut out = String::new();
            for byte in bytes {
                write!(out, "{byte:02X}").unwrap();
            }
            out
        };
        match self.digest {
            SignDigest::Md5 => hex(&Md5::digest(text.as_bytes())),
            SignDigest::Hmac => {
                let mut mac = Hmac::<Sha256>::new_from_slice(self.key.as_bytes()).unwrap();
                mac.update(text.as_bytes());
                hex(&mac.finalize().into_bytes())
            }
        }
    }

    /// The body of a request.
    pub(crate) fn body(&self, more: &[(&str, &str)]) -> String {
        let mut fields: XmlFields = [
            ("appid", self.appid),
            ("mch_id", self.mch_id),
            ("nonce_str", "5K8264ILTKCH16CQ2502SI8ZNMTM67VS"),
        ]
        .iter()
        .chain(more)
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
        if self.digest == SignDigest::Hmac {
            fields.insert("sign_type".to_owned(), "HMAC-SHA256".to_owned());
        }
        let sign = self.sign(&fields);
        fields.insert("sign".to_owned(), sign);
        let mut body = "<xml>".to_owned();
        for (name, value) in &fields {
            write!(body, "<{name}><![CDATA[{value}]]></{name}>").unwrap();
        }
        body + "</xml>"
    }

    /// Sends a request; checks the signature of the answer as an SDK does.
    pub(crate) fn call(&self, path: &str, more: &[(&str, &str)]) -> XmlFields {
        let answer = http(self.base, "POST", path, self.body(more).as_bytes());
        assert_eq!(answer.status, 200, "{}", answer.text());
        let fields = elements(&answer.text());
        if fields.get("return_code").map(String::as_str) == Some("SUCCESS") {
            assert_eq!(fields["sign"], self.sign(&fields), "{fields:?}");
            assert_eq!(fields["mch_id"], self.mch_id);
        }
        fields
    }

    /// Places an order.
    pub(crate) fn place(&self, number: &str, fen: &str) -> XmlFields {
        self.call(
            "/pay/unifiedorder",
            &[
                ("out_trade_no", number),
                ("total_fee", fen),
                ("body", "芒果, 2 斤"),
                ("spbill_create_ip", "127.0.0.1"),
                ("notify_url", "https://shop.example/pay/notify"),
                ("trade_type", "JSAPI"),
                ("openid", "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"),
            ],
        )
    }

    /// Places an order and lets the customer pay it.
    pub(crate) fn place_paid(&self, number: &str, fen: &str) {
        assert_eq!(self.place(number, fen)["result_code"], "SUCCESS");
        control(
            self.base,
            "pay",
            &serde_json::json!({ "out_trade_no": number }),
        );
    }
}

/// Elements of a flat XML text, read without any XML library.
pub(crate) fn elements(text: &str) -> XmlFields {
    let inner = text
        .trim()
        .strip_prefix("<xml>")
        .and_then(|rest| rest.trim_end().strip_suffix("</xml>"))
        .unwrap_or_else(|| panic!("not a message: {text}"));
    let mut fields = XmlFields::new();
    let mut rest = inner.trim();
    while !rest.is_empty() {
        let (name, tail) = rest.strip_prefix('<').unwrap().split_once('>').unwrap();
        let (value, tail) = tail.split_once(&format!("</{name}>")).unwrap();
        let value = value
            .strip_prefix("<![CDATA[")
            .and_then(|value| value.strip_suffix("]]>"))
            .unwrap_or(value);
        fields.insert(name.to_owned(), value.to_owned());
        rest = tail.trim();
    }
    fields
}
