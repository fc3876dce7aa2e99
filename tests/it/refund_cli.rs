//! Paying back from the command line against the sandbox: one accepted refund whatever goes wrong.

use std::process::Output;
use std::sync::Arc;

use assert_cmd::Command;
use recondesk::adapters::clock::SystemClock;
use recondesk::ports::Clock as _;
use recondesk::sandbox::{Config, Running, start};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::wire::{Client, SignDigest, control, ledger_order};

pub(crate) struct Till {
    folder: TempDir,
    pub(crate) running: Running,
}

impl Till {
    /// A workspace with one merchant of a sandbox that shares the computer's time.
    pub(crate) fn new() -> Self {
        let clock = SystemClock::new();
        let running = start(Config::new(Arc::new(move || clock.now()), 7)).unwrap();
        let till = Self {
            folder: tempfile::tempdir().unwrap(),
            running,
        };
        control(
            &till.running.base_http,
            "rules",
            &json!({ "refund_settles_s": 0 }),
        );
        let merchant = &till.running.merchant;
        let (mch_id, appid) = (merchant.mch_id.clone(), merchant.appids[0].clone());
        let gateway = till.running.base_http.clone();
        till.expect(
            0,
            &[
                "profile",
                "add",
                "shop",
                "--mch-id",
                &mch_id,
                "--appid",
                &appid,
                "--gateway",
                &gateway,
            ],
        );
        till.expect(
            0,
            &["profile", "set-key", "shop", "v2", "--from-env", "SHOP_KEY"],
        );
        till
    }

    pub(crate) fn paid(&self, number: &str, fen: &str) {
        Client::of(&self.running, SignDigest::Md5).place_paid(number, fen);
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::cargo_bin("recondesk").unwrap();
        command
            .arg("--workspace")
            .arg(self.folder.path().join("workspace"))
            .args(["--lang", "en"])
            .args(arguments)
            .env("RECONDESK_PASSPHRASE", "for tests only")
            .env("SHOP_KEY", self.running.merchant.v2_key.expose())
            .env_remove("RECONDESK_OPERATOR")
            .env_remove("RECONDESK_PIN");
        command
    }

    /// The same command as a process that can be killed.
    pub(crate) fn process(&self, arguments: &[&str]) -> std::process::Command {
        let mut process = std::process::Command::new(assert_cmd::cargo::cargo_bin("recondesk"));
        process
            .arg("--workspace")
            .arg(self.folder.path().join("workspace"))
            .args(["--lang", "en"])
            .args(arguments)
            .env("RECONDESK_PASSPHRASE", "for tests only")
            .env_remove("RECONDESK_OPERATOR")
            .env_remove("RECONDESK_PIN");
        process
    }

    /// What this till writes, everything of it.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    #[track_caller]
    pub(crate) fn expect(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        String::from_utf8(output.stdout).unwrap()
    }

    #[track_caller]
    pub(crate) fn prepare(&self, order: &str, yuan: &str) -> Value {
        let text = self.expect(
            0,
            &[
                "refund",
                "prepare",
                "--profile",
                "shop",
                "--order",
                order,
                "--amount",
                yuan,
                "--reason",
                "重复支付",
                "--format",
                "json",
            ],
        );
        serde_json::from_str(&text).unwrap()
    }

    pub(crate) fn accepted(&self, order: &str) -> Vec<Value> {
        let order = ledger_order(&self.running.base_http, order);
        order["refunds"].as_array().cloned().unwrap_or_default()
    }

    fn fault(&self, fault: &Value) {
        control(&self.running.base_http, "fault", fault);
    }
}

#[test]
fn a_refund_is_prepared_confirmed_sent_and_followed_to_its_end() {
    let till = Till::new();
    till.paid("A20260308000001", "129900");

    let prepared = till.prepare("A20260308000001", "200.00");
    assert_eq!(prepared["state"], "drafted");
    assert_eq!(till.prepare("A20260308000001", "200.00"), prepared);
    assert!(till.accepted("A20260308000001").is_empty());
    let number = prepared["out_refund_no"].as_str().unwrap();
    till.expect(2, &["refund", "send", number, "--confirm", "200.01"]);
    let text = till.expect(0, &["refund", "send", "1", "--confirm", "200"]);

    assert!(text.contains("state         done"), "{text}");
    let accepted = till.accepted("A20260308000001");
    assert_eq!(accepted.len(), 1);
    assert_eq!(accepted[0]["out_refund_no"], number);
    assert_eq!(
        till.expect(0, &["refund", "send", "1", "--confirm", "200"]),
        text
    );
    till.expect(0, &["refund", "resume"]);
    assert_eq!(till.accepted("A20260308000001").len(), 1);
    // A second part has a number of its own, and no more goes back than was paid.
    let second = till.prepare("A20260308000001", "1099.00");
    assert_ne!(second["out_refund_no"], prepared["out_refund_no"]);
    assert_eq!(second["approval"]["need"], "sum");
    let over = [
        "refund",
        "prepare",
        "--profile",
        "shop",
        "--order",
        "A20260308000001",
        "--amount",
        "1099.01",
        "--reason",
        "x",
    ];
    till.expect(2, &over);
}

/// What goes wrong, at which address, and how often.
#[test]
fn a_comma_for_a_decimal_point_is_no_amount() {
    let till = Till::new();
    till.paid("COMMA", "20000");
    let prepare = ["refund", "prepare", "--profile", "shop", "--order", "COMMA"];
    for typed in ["12,8", "1,28", "1,2345"] {
        let more = ["--amount", typed, "--reason", "x"];
        till.expect(2, &[&prepare[..], &more].concat());
    }
    let prepared = till.prepare("COMMA", "128");
    let number = prepared["out_refund_no"].as_str().unwrap();
    till.expect(2, &["refund", "send", number, "--confirm", "12,8"]);
    assert_eq!(till.accepted("COMMA").len(), 0);
}

fn bad_days() -> Vec<(Value, &'static str)> {
    let refund = "/secapi/pay/refund";
    let query = "/pay/refundquery";
    let error = |code: &str| json!({ "kind": "error", "code": code, "text": "x" });
    let mut days: Vec<(Value, &'static str)> = vec![
        (json!({ "kind": "reset", "bytes": 0 }), refund),
        (json!({ "kind": "reset", "bytes": 40 }), refund),
        (json!({ "kind": "reset", "bytes": 400 }), refund),
        (json!({ "kind": "html" }), refund),
        (json!({ "kind": "status", "status": 502 }), refund),
        (json!({ "kind": "status", "status": 500 }), refund),
        (json!({ "kind": "status", "status": 400 }), refund),
        (json!({ "kind": "wrong_sign" }), refund),
        (json!({ "kind": "unsigned" }), refund),
        (json!({ "kind": "other_order" }), refund),
        (json!({ "kind": "other_merchant" }), refund),
        (json!({ "kind": "other_amount" }), refund),
        (json!({ "kind": "huge", "bytes": 5_000_000 }), refund),
        (json!({ "kind": "bomb", "bytes": 50_000_000 }), refund),
        (
            json!({ "kind": "redirect", "location": "http://127.0.0.1:1/" }),
            refund,
        ),
        (json!({ "kind": "garbage", "bytes": 200 }), refund),
        (json!({ "kind": "done_but_error" }), refund),
        (json!({ "kind": "fail", "text": "签名错误" }), refund),
        (json!({ "kind": "late", "ms": 1500 }), refund),
        (json!({ "kind": "done_but_error" }), query),
        (json!({ "kind": "html" }), query),
        (json!({ "kind": "wrong_sign" }), query),
        (json!({ "kind": "unsigned" }), query),
        (json!({ "kind": "other_order" }), query),
        (json!({ "kind": "reset", "bytes": 30 }), query),
    ];
    for code in [
        "SYSTEMERROR",
        "BIZERR_NEED_RETRY",
        "FREQUENCY_LIMITED",
        "NOTENOUGH",
        "INVALID_REQ_TOO_MUCH",
        "ORDER_NOT_READY",
        "BANKERROR",
        "WHAT_IS_THIS",
    ] {
        days.push((error(code), refund));
    }
    days.push((
        json!({ "kind": "error", "code": "REFUNDNOTEXIST", "text": "x" }),
        query,
    ));
    days.push((error("SYSTEMERROR"), query));
    days
}

#[test]
fn one_refund_is_accepted_after_each_bad_day() {
    let till = Till::new();
    for (at, (mut fault, path)) in bad_days().into_iter().enumerate() {
        let order = format!("B2026030800{at:04}");
        till.paid(&order, "1230");
        let prepared = till.prepare(&order, "12.30");
        let number = prepared["out_refund_no"].as_str().unwrap().to_owned();
        fault["path"] = json!(path);
        // A question fails after an answer that was lost.
        if path.ends_with("query") {
            till.fault(&json!({ "kind": "reset", "bytes": 0, "path": "/secapi/pay/refund" }));
        }
        till.fault(&fault);

        let first = till.run(&["refund", "send", &number, "--confirm", "12.30"]);
        let mut code = first.status.code().unwrap();
        for _ in 0..4 {
            if code == 0 {
                break;
            }
            code = till
                .run(&["refund", "resume", &number])
                .status
                .code()
                .unwrap();
        }

        let told = String::from_utf8_lossy(&first.stderr).into_owned();
        assert_eq!(code, 0, "{fault}: {told}");
        let accepted = till.accepted(&order);
        assert_eq!(accepted.len(), 1, "{fault}: {accepted:?}");
        assert_eq!(accepted[0]["out_refund_no"], *number);
        assert_eq!(accepted[0]["refund_fee"], 1230, "{accepted:?}");
    }
}

#[test]
fn a_refusal_for_good_ends_with_code_5_and_the_same_number_can_be_sent_again() {
    let till = Till::new();
    for (at, code) in [
        "NOAUTH",
        "CERT_ERROR",
        "ERROR",
        "INVALID_REQUEST",
        "PARAM_ERROR",
        "USER_ACCOUNT_ABNORMAL",
    ]
    .into_iter()
    .enumerate()
    {
        let order = format!("C2026030800{at:04}");
        till.paid(&order, "1230");
        let number = till.prepare(&order, "12.30")["out_refund_no"].clone();
        let number = number.as_str().unwrap();
        let fault =
            json!({ "kind": "error", "code": code, "text": "x", "path": "/secapi/pay/refund" });
        till.fault(&fault);

        till.expect(5, &["refund", "send", number, "--confirm", "12.30"]);
        assert!(till.accepted(&order).is_empty(), "{code}");
        till.expect(5, &["refund", "resume", number]);
        till.expect(0, &["refund", "send", number, "--confirm", "12.30"]);

        assert_eq!(till.accepted(&order).len(), 1, "{code}");
    }
}

#[test]
fn a_second_person_must_agree_above_the_limit() {
    let till = Till::new();
    till.paid("D20260308000001", "129900");
    let person = |name: &str, role: &str| {
        let add = ["operator", "add", name, "--role", role];
        let output = till
            .command(&add)
            .env("RECONDESK_OPERATOR", "li")
            .env("RECONDESK_PIN", "2468")
            .env("RECONDESK_NEW_PIN", "2468")
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
    };
    person("li", "work,approve,administer");
    person("wang", "approve");
    let by = |name: &str, arguments: &[&str]| {
        let mut command = till.command(arguments);
        command
            .args(["--operator", name])
            .env("RECONDESK_PIN", "2468");
        let output = command.output().unwrap();
        (
            output.status.code().unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let prepare = [
        "refund",
        "prepare",
        "--profile",
        "shop",
        "--order",
        "D20260308000001",
        "--amount",
        "1099.00",
        "--reason",
        "重复支付",
    ];
    assert_eq!(
        till.run(&prepare).status.code(),
        Some(2),
        "nobody in particular"
    );
    assert_eq!(
        by("wang", &prepare).0,
        2,
        "who may only approve does not prepare"
    );
    assert_eq!(by("li", &prepare).0, 0);
    let send = ["refund", "send", "1", "--confirm", "1099.00"];

    assert_eq!(by("li", &send).0, 1);
    assert!(till.accepted("D20260308000001").is_empty());
    let (code, told) = by("li", &["approve", "1"]);
    assert_eq!(code, 2);
    assert!(told.contains("cannot approve it"), "{told}");
    till.expect(1, &["refund", "resume"]);
    assert!(till.accepted("D20260308000001").is_empty());
    assert_eq!(by("wang", &["approve", "1"]).0, 0);
    assert_eq!(by("li", &send).0, 0);

    assert_eq!(till.accepted("D20260308000001").len(), 1);
}
