//! A client of APIv3 written from the documents: it shares no code with the program.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use recondesk::adapters::clock::SystemClock;
use recondesk::ports::Clock as _;
use recondesk::sandbox::Running;
use serde_json::{Value, json};

use super::wire::{WireAnswer, control, noon};

/// The merchant's own APIv3 client.
pub(crate) struct V3Client<'a> {
    running: &'a Running,
    key: RsaKeyPair,
    /// Which key answers are to be signed with: a serial number, or the id of the public key.
    pub(crate) wanted: String,
}

fn block(pem: &str) -> Vec<u8> {
    let text: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    STANDARD.decode(text).unwrap()
}

impl<'a> V3Client<'a> {
    pub(crate) fn of(running: &'a Running) -> Self {
        let key = RsaKeyPair::from_pkcs8(&block(running.pems.client_key.expose())).unwrap();
        Self {
            running,
            key,
            wanted: running.pems.public_key_id.clone(),
        }
    }

    /// The `Authorization` of a request, signed at that second.
    pub(crate) fn authorization(&self, line: (&str, &str), body: &str, at: i64) -> String {
        let (method, target) = line;
        let nonce = "593BEC0C930BF1AFEB40B4A08C8FB242";
        let text = format!("{method}\n{target}\n{at}\n{nonce}\n{body}\n");
        let mut signature = vec![0; self.key.public_modulus_len()];
        let random = SystemRandom::new();
        self.key
            .sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature)
            .unwrap();
        format!(
            "WECHATPAY2-SHA256-RSA2048 mchid=\"{}\",nonce_str=\"{nonce}\",signature=\"{}\",timestamp=\"{at}\",serial_no=\"{}\"",
            self.running.merchant.mch_id,
            STANDARD.encode(signature),
            self.running.pems.client_serial,
        )
    }

    /// Sends a request; the answer's own signature is checked by [`Self::call`].
    pub(crate) fn send(&self, method: &str, target: &str, body: &str) -> WireAnswer {
        let authorization = self.authorization((method, target), body, noon().unix());
        self.send_with(method, target, body, &authorization)
    }

    pub(crate) fn send_with(
        &self,
        method: &str,
        target: &str,
        body: &str,
        authorization: &str,
    ) -> WireAnswer {
        let host = self.running.base_http.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        let patience = Some(Duration::from_secs(10));
        stream.set_read_timeout(patience).unwrap();
        write!(
            stream,
            "{method} {target} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {authorization}\r\nWechatpay-Serial: {}\r\nAccept: application/json\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.wanted,
            body.len()
        )
        .unwrap();
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

    /// Sends a request and verifies the answer with the WeChat Pay public key.
    pub(crate) fn call(&self, method: &str, target: &str, body: &Value) -> (u16, Value) {
        let text = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let answer = self.send(method, target, &text);
        assert!(self.is_signed(&answer), "{}", answer.head);
        let value = if answer.body.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&answer.body).unwrap()
        };
        (answer.status, value)
    }

    /// The same for a sandbox whose clock is this computer's.
    pub(crate) fn call_now(&self, method: &str, target: &str, body: &Value) -> (u16, Value) {
        let text = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let now = SystemClock::default().now().unix();
        let authorization = self.authorization((method, target), &text, now);
        let answer = self.send_with(method, target, &text, &authorization);
        let value = serde_json::from_slice(&answer.body).unwrap_or_default();
        (answer.status, value)
    }

    /// A combined order of JSAPI with these parts: number and fen.
    pub(crate) fn combined(&self, number: &str, parts: &[(&str, i64)]) -> Value {
        let mchid = &self.running.merchant.mch_id;
        let parts: Vec<Value> = parts
            .iter()
            .map(|(part, fen)| {
                json!({
                    "mchid": mchid, "attach": "深圳分店", "out_trade_no": part,
                    "description": format!("货物 {part}"),
                    "amount": { "total_amount": fen, "currency": "CNY" },
                })
            })
            .collect();
        json!({
            "combine_appid": self.running.merchant.appids[0], "combine_mchid": mchid,
            "combine_out_trade_no": number, "sub_orders": parts,
            "combine_payer_info": { "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o" },
            "notify_url": "https://shop.example/pay/combined",
        })
    }

    /// True when the public key made the signature over time, nonce and body.
    pub(crate) fn is_signed(&self, answer: &WireAnswer) -> bool {
        let header = |name: &str| {
            answer.head.lines().find_map(|line| {
                let (found, value) = line.split_once(':')?;
                found
                    .eq_ignore_ascii_case(name)
                    .then(|| value.trim().to_owned())
            })
        };
        let (Some(time), Some(nonce), Some(signature)) = (
            header("Wechatpay-Timestamp"),
            header("Wechatpay-Nonce"),
            header("Wechatpay-Signature"),
        ) else {
            return false;
        };
        let mut text = format!("{time}\n{nonce}\n").into_bytes();
        text.extend_from_slice(&answer.body);
        text.push(b'\n');
        let key = UnparsedPublicKey::new(
            &RSA_PKCS1_2048_8192_SHA256,
            block(&self.running.pems.public_key),
        );
        let signature = STANDARD.decode(signature).unwrap();
        key.verify(&text, &signature).is_ok()
    }

    /// A JSAPI order.
    pub(crate) fn order(&self, number: &str, fen: i64) -> Value {
        json!({
            "appid": self.running.merchant.appids[0],
            "mchid": self.running.merchant.mch_id,
            "description": "芒果, 2 斤",
            "out_trade_no": number,
            "notify_url": "https://shop.example/pay/notify",
            "amount": { "total": fen, "currency": "CNY" },
            "payer": { "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o" },
        })
    }

    /// Places a JSAPI order and lets the customer pay it.
    pub(crate) fn place_paid(&self, number: &str, fen: i64) {
        let order = self.order(number, fen);
        let (status, told) = self.call("POST", "/v3/pay/transactions/jsapi", &order);
        assert_eq!(status, 200, "{told}");
        let wish = json!({ "out_trade_no": number });
        control(&self.running.base_http, "pay", &wish);
    }
}
