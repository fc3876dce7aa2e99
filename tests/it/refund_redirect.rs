//! Abnormal refunds over APIv3 that go to another account, from the command line against the sandbox: whatever the wire
//! does, one refund; the card is written nowhere; above the limit a second person agrees to the very account.

use recondesk::sandbox::AnswerKey;
use serde_json::{Value, json};

use crate::cli::CliFixture;
use crate::funds::FundsFixture;
use crate::support::wire::{Client, SignDigest, control, ledger_order};

/// A refund of an order that ended abnormal, and its number.
fn abnormal(
    shop: &FundsFixture,
    order: &str,
    (fen, sum): (&str, &str),
    name: &str,
    agree: &dyn Fn(),
) -> String {
    let base = &shop.running.base_http;
    let rules = json!({ "refund_outcome": "CHANGE", "refund_settles_s": 0 });
    control(base, "rules", &rules);
    Client::of(&shop.running, SignDigest::Md5).place_paid(order, fen);
    let prepare = ["refund", "prepare", "--profile", "shop", "--order", order];
    let more = ["--amount", sum, "--reason", "重复支付", "--format", "json"];
    let prepared = person(&shop.stage, name, 0, &[&prepare[..], &more].concat());
    let prepared: Value = serde_json::from_str(&prepared).unwrap();
    let number = prepared["out_refund_no"].as_str().unwrap().to_owned();
    agree();
    let send = ["refund", "send", &number, "--confirm", sum];
    person(&shop.stage, name, 1, &send);
    assert_eq!(stage_of(shop, &number), "abnormal");
    number
}

/// Runs a command as an operator; without operators the name is that of whoever works.
fn person(stage: &CliFixture, name: &str, code: i32, arguments: &[&str]) -> String {
    let mut command = stage.command();
    command
        .args(["--lang", "en"])
        .args(arguments)
        .env("RECONDESK_PIN", "2468")
        .env("RECONDESK_NEW_PIN", "2468");
    if !name.is_empty() {
        command.env("RECONDESK_OPERATOR", name);
    }
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        output.status.code(),
        Some(code),
        "{arguments:?}: {said}{told}"
    );
    if told.is_empty() { said } else { told }
}

fn stage_of(shop: &FundsFixture, number: &str) -> String {
    let show = ["refund", "show", number, "--format", "json"];
    let told = shop.stage.expect(0, &show);
    let told: Value = serde_json::from_str(&told).unwrap();
    let told = told.get("refund").unwrap_or(&told);
    told["state"].as_str().unwrap().to_owned()
}

#[test]
fn it_goes_to_a_card_or_to_the_merchant_whatever_the_wire_does() {
    for answer_key in [AnswerKey::PublicKey, AnswerKey::Certificate] {
        let shop = FundsFixture::new(answer_key);
        let base = shop.running.base_http.clone();
        let card = shop
            .stage
            .file("card.txt", "6222020000001234\n张三\n".as_bytes());
        let wire: &[(&str, Option<&str>)] = match answer_key {
            AnswerKey::Certificate => &[("customer-card", None)],
            AnswerKey::PublicKey | AnswerKey::Asked => &[
                ("customer-card", None),
                ("merchant", Some("done_but_error")),
                ("customer-card", Some("wrong_sign")),
                ("merchant", Some("unsigned")),
            ],
        };
        for (at, (to, fault)) in wire.iter().enumerate() {
            let order = format!("ABNORMAL{at:04}");
            let number = abnormal(&shop, &order, ("1230", "12.30"), "", &|| ());
            if let Some(kind) = fault {
                let path = redirect_path(&shop, &number);
                control(&base, "fault", &json!({ "kind": kind, "path": path }));
            }
            let go = [
                "refund",
                "redirect",
                &number,
                "--to",
                to,
                "--confirm",
                "12.30",
                "--wait",
                "0",
            ];
            let more: &[&str] = if *to == "merchant" {
                &[]
            } else {
                &["--bank-type", "ICBC_DEBIT", "--card-file", &card]
            };
            let code = shop.stage.run(&[&go[..], more].concat()).status.code();
            assert!(matches!(code, Some(0 | 1)), "{to} {fault:?}: {code:?}");
            for _ in 0..5 {
                if stage_of(&shop, &number) == "done" {
                    break;
                }
                shop.stage.run(&["refund", "resume", &number]);
            }
            assert_eq!(stage_of(&shop, &number), "done", "{to} {fault:?}");
            let refunds = ledger_order(&base, &order)["refunds"].clone();
            assert_eq!(refunds.as_array().unwrap().len(), 1);
        }
        assert!(!is_kept(&shop.stage.path("workspace"), b"6222020000001234"));
    }
}

/// Whether any file below a folder has these bytes.
fn is_kept(folder: &std::path::Path, bytes: &[u8]) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return is_kept(&path, bytes);
        }
        let text = std::fs::read(&path).unwrap_or_default();
        text.windows(bytes.len()).any(|part| part == bytes)
    })
}

/// The address of the call, with WeChat Pay's number of the refund.
fn redirect_path(shop: &FundsFixture, number: &str) -> String {
    let show = ["refund", "show", number, "--format", "json"];
    let told: Value = serde_json::from_str(&shop.stage.expect(0, &show)).unwrap();
    let told = told.get("refund").unwrap_or(&told);
    let id = told["refund_id"].as_str().unwrap();
    format!("/v3/refund/domestic/refunds/{id}/apply-abnormal-refund")
}

#[test]
fn another_sum_a_refund_that_is_not_abnormal_and_apiv2_are_refused() {
    let shop = FundsFixture::new(AnswerKey::PublicKey);
    let number = abnormal(&shop, "ABNORMAL0001", ("1230", "12.30"), "", &|| ());
    let go = |sum: &'static str| {
        [
            "refund",
            "redirect",
            &number,
            "--to",
            "merchant",
            "--confirm",
            sum,
        ]
        .map(str::to_owned)
    };
    let run = |code, sum| {
        let go = go(sum);
        let go: Vec<&str> = go.iter().map(String::as_str).collect();
        shop.stage.expect(code, &go)
    };
    run(2, "12.31");
    assert_eq!(stage_of(&shop, &number), "abnormal");
    let edit = ["profile", "edit", "shop", "--api", "v2"];
    shop.stage.expect(0, &edit);
    let told = shop.stage.run(&[
        "refund",
        "redirect",
        &number,
        "--to",
        "merchant",
        "--confirm",
        "12.30",
    ]);
    assert!(String::from_utf8_lossy(&told.stderr).contains("refund.redirect_v3"));
    let edit = ["profile", "edit", "shop", "--api", "v3"];
    shop.stage.expect(0, &edit);
    let told = shop.stage.run(&[
        "refund",
        "redirect",
        &number,
        "--to",
        "merchant",
        "--confirm",
        "12.30",
    ]);
    assert!(matches!(told.status.code(), Some(0 | 1)));
    for _ in 0..5 {
        shop.stage.run(&["refund", "resume", &number]);
    }
    assert_eq!(stage_of(&shop, &number), "done");
    // The money is with the merchant: nothing says that the customer has it.
    let told = shop.stage.run(&["refund", "resume", &number]);
    assert_eq!(told.status.code(), Some(1), "a person has still to pay");
    let told = shop.stage.run(&["query", "ABNORMAL0001"]);
    let said = String::from_utf8_lossy(&told.stdout).into_owned();
    let said = said + &String::from_utf8_lossy(&told.stderr);
    assert!(said.contains("pay it by hand"), "{said}");
    assert!(!said.contains("refunded in full"), "{said}");
    let told = shop.stage.run(&[
        "refund",
        "redirect",
        &number,
        "--to",
        "merchant",
        "--confirm",
        "12.30",
    ]);
    assert_ne!(
        told.status.code(),
        Some(0),
        "money that is back goes nowhere else"
    );
}

#[test]
fn above_the_limit_a_second_person_agrees_to_the_account() {
    let shop = FundsFixture::new(AnswerKey::PublicKey);
    let stage = &shop.stage;
    let add = ["operator", "add"];
    person(
        stage,
        "",
        0,
        &[&add[..], &["boss", "--role", "work,approve,administer"]].concat(),
    );
    person(stage, "boss", 0, &[&add[..], &["anna"]].concat());
    person(
        stage,
        "boss",
        0,
        &[&add[..], &["bob", "--role", "see,approve"]].concat(),
    );
    let agree = || {
        let told = person(stage, "bob", 1, &["approve", "--format", "json"]);
        let waiting: Vec<Value> = serde_json::from_str(&told).unwrap();
        for asked in waiting {
            person(stage, "bob", 0, &["approve", &asked["id"].to_string()]);
        }
    };
    let number = abnormal(&shop, "ABNORMAL0001", ("150000", "1500.00"), "anna", &agree);
    let go = [
        "refund",
        "redirect",
        &number,
        "--to",
        "merchant",
        "--confirm",
        "1500.00",
    ];

    let told = person(stage, "anna", 3, &go);

    assert!(told.contains("Waits for a second person"), "{told}");
    let refunds = ledger_order(&shop.running.base_http, "ABNORMAL0001")["refunds"].clone();
    assert!(
        !refunds.to_string().contains("PROCESSING"),
        "nothing was sent"
    );
    let asked = person(stage, "bob", 1, &["approve", "--format", "json"]);
    assert!(asked.contains("to the merchant's account"), "{asked}");
    agree();
    let card = stage.file("card.txt", "6222020000001234\n张三\n".as_bytes());
    let other = [
        "refund",
        "redirect",
        &number,
        "--to",
        "customer-card",
        "--confirm",
        "1500.00",
    ];
    let more = ["--bank-type", "ICBC_DEBIT", "--card-file", &card];
    person(stage, "anna", 3, &[&other[..], &more].concat());
    agree();
    person(stage, "anna", 3, &go);
    agree();
    let go = [&go[..], &["--wait", "0"]].concat();
    person(stage, "anna", 1, &go);
    for _ in 0..5 {
        stage.run(&["refund", "resume", &number]);
    }
    assert_eq!(stage_of(&shop, &number), "done");
}
