//! Notifications of APIv3 through the program: alone, in logs, forged, foreign, doubled, out of order.

use std::fmt::Write as _;

use aws_lc_rs::encoding::AsDer as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use recondesk::domain::Secret;
use recondesk::wechat::v3::{PrivateKey, lines, seal_resource};
use serde_json::{Value, json};

use super::cli::CliFixture;

const KEY: &str = "a7cde1ZJB1kG2e7VfTs3jQzaWizur8Gb";
const KEY_ID: &str = "PUB_KEY_ID_0119000001092026030800111111000000";

/// WeChat Pay, as far as it signs and seals.
pub(crate) struct Platform {
    key: PrivateKey,
    public_pem: String,
}

impl Platform {
    pub(crate) fn new() -> Self {
        let pair = aws_lc_rs::rsa::KeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
        let der: aws_lc_rs::encoding::Pkcs8V1Der<'_> = pair.as_der().unwrap();
        let pem = format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            STANDARD.encode(der.as_ref())
        );
        let public = rcgen::KeyPair::from_pem_and_sign_algo(&pem, &rcgen::PKCS_RSA_SHA256).unwrap();
        Self {
            key: PrivateKey::from_pem(&pem).unwrap(),
            public_pem: public.public_key_pem(),
        }
    }

    pub(crate) fn notice(&self, event: &str, about: &Value, nonce: &str) -> SignedNotice {
        let kind = if event.starts_with("REFUND") {
            "refund"
        } else {
            "transaction"
        };
        let key = Secret::new(KEY.as_bytes().to_vec());
        let sealed = seal_resource(about.to_string().as_bytes(), nonce, kind, &key).unwrap();
        // Written by hand: the order of the members is part of what is signed.
        let body = format!(
            r#"{{"id":"EV-{nonce}","create_time":"2026-03-08T10:02:05+08:00","resource_type":"encrypt-resource","event_type":"{event}","summary":"支付成功","resource":{{"original_type":"{kind}","algorithm":"AEAD_AES_256_GCM","ciphertext":"{sealed}","associated_data":"{kind}","nonce":"{nonce}"}}}}"#
        );
        let message = lines(&[b"1772935325", nonce.as_bytes(), body.as_bytes()]);
        SignedNotice {
            signature: self.key.sign(&message),
            nonce: nonce.to_owned(),
            body,
        }
    }

    fn payment(&self, order: &str, fen: i64, nonce: &str) -> SignedNotice {
        self.payment_of("1900000109", order, fen, nonce)
    }

    fn payment_of(&self, mchid: &str, order: &str, fen: i64, nonce: &str) -> SignedNotice {
        let about = json!({
            "mchid": mchid, "appid": "wx8888888888888888", "out_trade_no": order,
            "transaction_id": format!("4200000000202603080000{order}"), "trade_type": "JSAPI",
            "trade_state": "SUCCESS", "trade_state_desc": "支付成功", "bank_type": "OTHERS",
            "success_time": "2026-03-08T10:02:03+08:00", "payer": {"openid": "o"},
            "amount": {"total": fen, "payer_total": fen, "currency": "CNY", "payer_currency": "CNY"},
        });
        self.notice("TRANSACTION.SUCCESS", &about, nonce)
    }

    fn refund(&self, order: &str, total: i64, fen: i64, nonce: &str) -> SignedNotice {
        let about = json!({
            "mchid": "1900000109", "out_trade_no": order,
            "transaction_id": format!("4200000000202603080000{order}"),
            "out_refund_no": format!("R{order}"), "refund_id": format!("50300000002026030800{order}"),
            "refund_status": "SUCCESS", "success_time": "2026-03-08T11:00:00+08:00",
            "user_received_account": "支付用户零钱",
            "amount": {"total": total, "refund": fen, "payer_total": total, "payer_refund": fen},
        });
        self.notice("REFUND.SUCCESS", &about, nonce)
    }
}

pub(crate) struct SignedNotice {
    signature: String,
    nonce: String,
    body: String,
}

impl SignedNotice {
    fn headers(&self) -> Value {
        json!({
            "Content-Type": "application/json", "Wechatpay-Serial": KEY_ID,
            "Wechatpay-Timestamp": "1772935325", "Wechatpay-Nonce": self.nonce,
            "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048", "Wechatpay-Signature": self.signature,
        })
    }

    /// One line of a log of JSON.
    fn wrapped(&self) -> String {
        json!({ "headers": self.headers(), "body": self.body }).to_string()
    }

    /// As it came over the wire.
    pub(crate) fn raw(&self) -> String {
        let headers = self.headers();
        let mut lines = String::new();
        for (name, value) in headers.as_object().unwrap() {
            let (name, value) = (name.to_lowercase(), value.as_str().unwrap());
            write!(lines, "{name}: {value}\r\n").unwrap();
        }
        format!("POST /notify HTTP/1.1\r\n{lines}\r\n{}\r\n", self.body)
    }
}

/// A workspace whose merchant has the keys of APIv3 and these orders: number and yuan.
pub(crate) fn stage(platform: &Platform, orders: &[(&str, &str)]) -> CliFixture {
    let stage = CliFixture::new();
    let edit = ["profile", "edit", "shop", "--appid", "wx8888888888888888"];
    stage.expect(
        0,
        &[&edit[..], &["--api", "v3", "--public-key-id", KEY_ID]].concat(),
    );
    let key = stage.file("v3", KEY.as_bytes());
    let public = stage.file("platform.pem", platform.public_pem.as_bytes());
    for (kind, file) in [("v3", &key), ("platform-key", &public)] {
        stage.expect(
            0,
            &["profile", "set-key", "shop", kind, "--from-file", file],
        );
    }
    let mut text = "out_trade_no,amount,pay_status,created_at,paid_at\n".to_owned();
    for (order, yuan) in orders {
        writeln!(text, "{order},{yuan},created,2026-03-08 10:00:00,").unwrap();
    }
    let file = stage.file("orders.csv", text.as_bytes());
    stage.expect(0, &["orders", "import", &file, "--profile", "shop"]);
    stage
}

/// Imports these texts as one file each; gives kind, order, result and reason of each notification.
pub(crate) fn told(stage: &CliFixture, code: i32, texts: &[String]) -> Vec<[String; 4]> {
    let files: Vec<String> = (0..)
        .zip(texts)
        .map(|(at, text)| stage.file(&format!("{at}.log"), text.as_bytes()))
        .collect();
    let mut command = vec!["notify", "import", "--profile", "shop", "--format", "json"];
    command.extend(files.iter().map(String::as_str));
    let list: Vec<Value> = serde_json::from_str(&stage.expect(code, &command)).unwrap();
    let word = |one: &Value, name: &str| one[name].as_str().unwrap_or_default().to_owned();
    list.iter()
        .map(|one| ["kind", "out_trade_no", "result", "reason"].map(|name| word(one, name)))
        .collect()
}

#[test]
fn one_alone_is_entered_whether_raw_or_wrapped_and_doubled_ones_are_known() {
    let platform = Platform::new();
    let stage = stage(&platform, &[("A1", "35.00"), ("A2", "1.00")]);
    let (first, second) = (
        platform.payment("A1", 3_500, "abcdefghijk1"),
        platform.payment("A2", 100, "abcdefghijk2"),
    );
    let applied = |order: &str| ["v3.payment", order, "applied", ""].map(ToOwned::to_owned);
    let repeated = |order: &str| ["v3.payment", order, "repeated", ""].map(ToOwned::to_owned);

    assert_eq!(told(&stage, 0, &[first.raw()]), [applied("A1")]);
    assert_eq!(told(&stage, 0, &[second.wrapped()]), [applied("A2")]);
    assert_eq!(
        told(&stage, 0, &[first.wrapped(), second.raw()]),
        [repeated("A1"), repeated("A2")]
    );
}

#[test]
fn a_log_of_many_tells_each_by_its_own_reason_in_any_order() {
    let platform = Platform::new();
    let stage = stage(
        &platform,
        &[("A1", "35.00"), ("A2", "1.00"), ("A3", "2.00")],
    );
    let stranger = Platform::new();
    let mut dearer = platform.payment("A2", 100, "abcdefghijk3");
    dearer.body = dearer.body.replace("EV-", "EW-");
    let log = [
        "2026-03-08 11:00:01 INFO start".to_owned(),
        platform.refund("A1", 3_500, 500, "abcdefghijk1").raw(),
        platform.payment("A1", 3_500, "abcdefghijk2").wrapped(),
        dearer.raw(),
        stranger.payment("A2", 100, "abcdefghijk4").wrapped(),
        platform
            .payment_of("1900000999", "A2", 100, "abcdefghijk5")
            .wrapped(),
        platform.payment("A9", 100, "abcdefghijk6").raw(),
        platform.payment("A3", 999, "abcdefghijk7").raw(),
        platform.payment("A1", 3_500, "abcdefghijk2").raw(),
        r#"{"event_type":"TRANSACTION.SUCCESS","resource":{}}"#.to_owned(),
        platform.payment("A2", 100, "abcdefghijk8").raw(),
    ]
    .join("\n");

    let results = told(&stage, 1, &[log]);

    let expected = [
        ["v3.refund", "A1", "applied", ""],
        ["v3.payment", "A1", "applied", ""],
        ["unknown", "", "aside", "other_body"],
        ["unknown", "", "aside", "forged"],
        ["v3.payment", "A2", "aside", "foreign"],
        ["v3.payment", "A9", "aside", "no_order"],
        ["v3.payment", "A3", "aside", "mismatch"],
        ["v3.payment", "A1", "repeated", ""],
        ["unknown", "", "aside", "unsigned"],
        ["v3.payment", "A2", "applied", ""],
    ];
    assert_eq!(results, expected.map(|one| one.map(ToOwned::to_owned)));
    let view = stage.expect(1, &["query", "A3"]);
    assert!(!view.contains("dropped order"), "{view}");
}

#[test]
fn a_file_that_fails_does_not_hide_what_the_files_before_it_brought() {
    let platform = Platform::new();
    let stage = stage(&platform, &[("A1", "35.00")]);
    let good = stage.file(
        "good.log",
        platform
            .payment("A1", 3_500, "abcdefghijk1")
            .raw()
            .as_bytes(),
    );
    let none = stage.file("none.log", b"nothing here");
    let import = ["notify", "import", "--profile", "shop", "--format", "json"];

    let output = stage.run(&[&import[..], &[&good, &none]].concat());

    assert_eq!(output.status.code(), Some(4));
    let list: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(list[0]["result"], "applied");
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("none.log"), "{told}");
}
