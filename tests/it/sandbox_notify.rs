//! Notifications of the sandbox on bad days, who may plan them, and the program that is started with a scenario file.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use recondesk::sandbox::{Running, start};
use serde_json::{Value, json};

use crate::support::shop::ShopListener;
use crate::support::wire::{Client, SignDigest, config, control, elements, http, ledger};
use crate::support::wire_v3::V3Client;

/// A sandbox whose repeats come a thousand times sooner than the official ones.
fn fast() -> Running {
    let mut settings = config();
    settings.rules.notify_speed = 1000;
    start(settings).unwrap()
}

fn place_and_pay(running: &Running, number: &str, shop: &ShopListener) {
    let client = Client::of(running, SignDigest::Md5);
    let url = shop.url();
    client.call(
        "/pay/unifiedorder",
        &[
            ("out_trade_no", number),
            ("total_fee", "3500"),
            ("body", "芒果"),
            ("spbill_create_ip", "127.0.0.1"),
            ("notify_url", &url),
            ("trade_type", "APP"),
        ],
    );
    control(
        &running.base_http,
        "pay",
        &json!({ "out_trade_no": number }),
    );
}

/// What the ledger says about deliveries of an order, once there are so many.
fn notes(running: &Running, number: &str, count: usize) -> Vec<Value> {
    loop {
        let all = ledger(&running.base_http);
        let of = |note: &&Value| note["out_trade_no"] == number;
        let notes = all["merchants"][0]["notifications"].as_array().unwrap();
        let found: Vec<Value> = notes.iter().filter(of).cloned().collect();
        if found.len() >= count {
            return found;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

#[test]
fn what_is_not_confirmed_comes_again() {
    let running = fast();
    let shop = ShopListener::open();
    place_and_pay(&running, "AGAIN", &shop);

    let first = shop.hears(false).body;
    assert_eq!(shop.hears(false).body, first, "the very same message");
    assert_eq!(shop.hears(true).body, first);

    let notes = notes(&running, "AGAIN", 3);
    assert_eq!(notes[0]["status"], 500);
    assert_eq!(notes[2]["confirmed"], true);
    assert_eq!(notes[2]["event"], "payment");
}

#[test]
fn messages_of_the_second_api_go_wrong_as_planned() {
    let running = fast();
    let client = Client::of(&running, SignDigest::Md5);
    let shop = ShopListener::open();
    let plan = |kind: &str| {
        let wish = json!({ "kind": kind, "event": "payment" });
        control(&running.base_http, "notification_fault", &wish);
    };
    let right = |body: &str, number: &str| {
        let fields = elements(body);
        fields.get("sign") == Some(&client.sign(&fields))
            && fields["out_trade_no"] == number
            && fields["total_fee"] == "3500"
            && fields["mch_id"] == client.mch_id
    };
    for kind in [
        "wrong_sign",
        "unsigned",
        "forged",
        "other_amount",
        "other_order",
        "other_merchant",
    ] {
        plan(kind);
        place_and_pay(&running, kind, &shop);
        let bad = shop.hears(false).body;
        assert!(!right(&bad, kind), "{kind}: {bad}");
        let fields = elements(&bad);
        let is_signed = fields.get("sign") == Some(&client.sign(&fields));
        assert_eq!(is_signed, kind.starts_with("other"), "{kind}: {bad}");
        assert!(right(&shop.hears(true).body, kind), "{kind}");
    }
    plan("doubled");
    place_and_pay(&running, "doubled", &shop);
    assert_eq!(shop.hears(true).body, shop.hears(true).body);

    plan("lost");
    place_and_pay(&running, "lost", &shop);
    assert!(right(&shop.hears(true).body, "lost"), "the second delivery");
    let told = notes(&running, "lost", 2);
    assert_eq!(
        (&told[0]["fault"], &told[1]["fault"]),
        (&json!("lost"), &Value::Null)
    );

    plan("cut");
    place_and_pay(&running, "cut", &shop);
    let half = shop.hears(true).body;
    assert!(!half.ends_with("</xml>"), "{half}");
    assert!(right(&shop.hears(true).body, "cut"));

    plan("never");
    place_and_pay(&running, "never", &shop);
    assert_eq!(notes(&running, "never", 1)[0]["fault"], "never");
    let late = json!({ "kind": "late", "ms": 1 });
    control(&running.base_http, "notification_fault", &late);
    place_and_pay(&running, "next", &shop);
    assert!(
        right(&shop.hears(true).body, "next"),
        "of never nothing came"
    );
}

#[test]
fn messages_of_the_third_api_go_wrong_as_planned() {
    let running = fast();
    let client = V3Client::of(&running);
    let shop = ShopListener::open();
    for kind in ["wrong_sign", "unsigned", "probe", "unknown_serial", "stale"] {
        let mut fault = json!({ "kind": kind });
        if kind == "stale" {
            fault["seconds"] = json!(600);
        }
        control(&running.base_http, "notification_fault", &fault);
        let mut order = client.order(&format!("V3-{kind}"), 3500);
        order["notify_url"] = json!(shop.url());
        assert_eq!(
            client.call("POST", "/v3/pay/transactions/jsapi", &order).0,
            200
        );
        let wish = json!({ "out_trade_no": format!("V3-{kind}") });
        control(&running.base_http, "pay", &wish);
        let (bad, good) = (shop.hears(false), shop.hears(true));

        assert_eq!(bad.body, good.body, "{kind}");
        let header = |heard: &crate::support::shop::ShopMessage, name: &str| {
            heard.header(name).unwrap_or_default().to_owned()
        };
        let serials = [&bad, &good].map(|heard| header(heard, "Wechatpay-Serial"));
        let signature = header(&bad, "Wechatpay-Signature");
        let times = [&bad, &good].map(|heard| header(heard, "Wechatpay-Timestamp"));
        match kind {
            "unsigned" => assert_eq!(signature, ""),
            "probe" => assert!(signature.starts_with("WECHATPAY/SIGNTEST/"), "{signature}"),
            "unknown_serial" => assert_ne!(serials[0], serials[1]),
            "stale" => {
                let [old, new] = times.map(|text| text.parse::<i64>().unwrap());
                assert_eq!(new - old, 600);
            }
            _ => assert_ne!(signature, header(&good, "Wechatpay-Signature")),
        }
    }
}

#[test]
fn a_page_of_the_internet_pays_nothing() {
    let running = fast();
    let host = running
        .base_http
        .strip_prefix("http://")
        .unwrap()
        .to_owned();
    let send = |headers: &str| {
        let mut stream = TcpStream::connect(&host).unwrap();
        write!(
            stream,
            "POST /_sandbox/clock?shift_s=60 HTTP/1.1\r\n{headers}Content-Length: 0\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.split(' ').nth(1).unwrap().to_owned()
    };

    assert_eq!(
        send(&format!("Host: {host}\r\nOrigin: https://evil.example\r\n")),
        "403"
    );
    assert_eq!(send("Host: rebound.example\r\n"), "403");
    let now = ledger(&running.base_http)["now"].clone();
    assert_eq!(now, "2026-03-09 12:00:00");
    assert_eq!(
        send(&format!("Host: {host}\r\nOrigin: http://{host}\r\n")),
        "200"
    );
}

#[test]
fn a_key_that_a_fault_does_not_have_is_refused_at_the_door() {
    let running = fast();
    for (what, body) in [
        ("fault", r#"{"kind":"html","on":"refund"}"#),
        ("fault", r#"{"kind":"html","skip":1}"#),
        ("notification_fault", r#"{"kind":"lost","ms":1}"#),
        ("notification_fault", r#"{"kind":"lost","event":"pay"}"#),
        ("notification_fault", r#"{"kind":"missing"}"#),
    ] {
        let path = format!("/_sandbox/{what}");
        let answer = http(&running.base_http, "POST", &path, body.as_bytes());
        assert_eq!(answer.status, 400, "{body}");
    }
    let index = http(&running.base_http, "GET", "/_sandbox/", b"").text();
    assert!(index.contains("POST pay"), "{index}");
}

/// The program, ended with the test.
struct Program(Child, Value);

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn program(folder: &std::path::Path, arguments: &[&str]) -> Program {
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("recondesk"))
        .args(["sandbox", "--keys"])
        .arg(folder)
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut line).unwrap();
    Program(child, serde_json::from_str(&line).unwrap())
}

#[test]
fn the_program_pays_tells_and_fails_by_its_scenario_file() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = folder.path().join("bad day.toml");
    let text = "[rules]\nnotify_speed = 1000\n\n[[notification_fault]]\nkind = \"wrong_sign\"\n\n\
                [[notification_fault]]\nkind = \"doubled\"\nevent = \"payment\"\n";
    let mut file = std::fs::File::create(&scenario).unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let path = scenario.to_str().unwrap();
    let program = program(
        folder.path(),
        &["--scenario", path, "--pay-after", "1s", "--bills", "today"],
    );
    let told = |name: &str| program.1[name].as_str().unwrap();
    let client = Client {
        base: told("base_http"),
        mch_id: told("mch_id"),
        appid: told("appid"),
        key: told("v2_key"),
        digest: SignDigest::Hmac,
    };
    let state: Value =
        serde_json::from_slice(&http(client.base, "GET", "/_sandbox/state", b"").body).unwrap();
    assert_eq!(state["rules"]["bill"], "today", "the file does not name it");
    assert_eq!(told("control"), format!("{}/_sandbox/", client.base));
    let shop = ShopListener::open();
    let url = shop.url();
    client.call(
        "/pay/unifiedorder",
        &[
            ("out_trade_no", "PROGRAM1"),
            ("total_fee", "1"),
            ("body", "茶"),
            ("spbill_create_ip", "127.0.0.1"),
            ("notify_url", &url),
            ("trade_type", "APP"),
        ],
    );

    let bad = elements(&shop.hears(false).body);
    assert_ne!(bad["sign"], client.sign(&bad));
    for _ in 0..2 {
        let good = elements(&shop.hears(true).body);
        assert_eq!(good["sign"], client.sign(&good));
    }
}

#[test]
fn a_scenario_file_with_a_slip_is_refused_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    for (text, place, word) in [
        ("\n[[fault]]\nkind = \"html\"\nskip = 1\n", "2:", "`skip`"),
        ("[rules]\nbill = \"soon\"\n", "2:8", "soon"),
        ("[[fault]\n", "1:", ""),
    ] {
        let path = folder.path().join("slip.toml");
        let mut file = std::fs::File::create(&path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let out = assert_cmd::Command::cargo_bin("recondesk")
            .unwrap()
            .args(["sandbox", "--lang", "en", "--scenario"])
            .arg(&path)
            .output()
            .unwrap();
        let err = String::from_utf8(out.stderr).unwrap();
        assert_eq!(out.status.code(), Some(4), "{err}");
        assert!(err.contains(word) && err.contains(place), "{err}");
        assert!(
            !err.contains('\u{fffd}') && !err.contains("TOML parse error"),
            "{err}"
        );
    }
}
