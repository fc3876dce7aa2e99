//! Several refunds by one command, a refund that cannot reach the customer, and a sum that is not the one asked for.

use recondesk::domain::Category;
use recondesk::ports::CaseQuery;
use serde_json::{Value, json};

use crate::casework_cli::CaseworkOffice;
use crate::refund_cli::Till;
use crate::support::wire::control;

fn list(text: &str) -> Vec<Value> {
    serde_json::from_str(text).unwrap()
}

fn sum_of(records: &[Value]) -> String {
    let fen: i64 = records
        .iter()
        .map(|one| one["amount_fen"].as_i64().unwrap())
        .sum();
    format!("{}.{:02}", fen / 100, fen % 100)
}

#[test]
fn the_cases_of_a_filter_are_prepared_and_sent_by_their_total() {
    let office = CaseworkOffice::new();
    let keys = [office.cases("P04"), office.cases("P01")].concat();
    assert!(keys.len() > 1, "the invented day has {keys:?}");
    let filter = [
        "refund",
        "prepare",
        "--filter",
        "category=P04,category=P01",
        "--format",
        "json",
    ];

    assert_eq!(office.expect(1, &filter), "", "count and sum come first");
    let drafts = list(&office.expect(0, &[&filter[..], &["--yes"]].concat()));
    assert_eq!(drafts.len(), keys.len());
    let sum = sum_of(&drafts);

    let send = [
        "refund",
        "send",
        "--drafts",
        "shop",
        "--format",
        "json",
        "--confirm",
    ];
    office.expect(2, &[&send[..], &["0.01"]].concat());
    let told = list(&office.expect(1, &[&send[..], &[sum.as_str(), "--wait", "0"]].concat()));
    assert_eq!(told.len(), drafts.len());
    assert!(
        told.iter().all(|one| one["state"] == "accepted"),
        "{told:?}"
    );
    // Nothing is left to be sent, and the same command sends nothing twice.
    assert_eq!(
        list(&office.expect(0, &[&send[..], &["0"]].concat())).len(),
        0
    );
}

#[test]
fn what_mostly_settles_by_itself_is_left_out_of_a_filter_and_told() {
    let office = CaseworkOffice::new();
    let all = office.ports.records.cases(&CaseQuery::default()).unwrap();
    let pending = all
        .iter()
        .filter(|case| case.finding.category == Category::PayPendingW);
    let pending: Vec<String> = pending.map(|case| case.key.clone()).collect();
    let owed = office.cases("P04");
    assert!(!owed.is_empty() && !pending.is_empty());
    let filter = ["refund", "prepare", "--format", "json", "--filter"];
    let filter = [
        &filter[..],
        &["category=P04,category=PAY_PENDING_W", "--yes"],
    ]
    .concat();

    let output = office.run(&filter);

    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{told}");
    let left = pending.len();
    assert!(
        told.contains(&format!("{left} more are left out: P06 ")),
        "{told}"
    );
    assert!(told.contains(&format!("{} cases, ¥", owed.len())), "{told}");
    let drafts = list(&String::from_utf8_lossy(&output.stdout));
    assert_eq!(drafts.len(), owed.len());
    assert!(pending.iter().all(|key| office.status(key) == "NEW"));
    // By itself it can be.
    let (code, one) = (0, ["refund", "prepare", "--case", &pending[0]]);
    office.expect(code, &one);
    // Once more nothing is drafted twice: what is under way is told, and none of them is new.
    let output = office.run(&filter);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("is under way already"), "{told}");
    assert_eq!(list(&String::from_utf8_lossy(&output.stdout)).len(), 0);
}

#[test]
fn of_several_cases_the_ones_that_cannot_be_refunded_are_named() {
    let office = CaseworkOffice::new();
    let (good, bad) = (office.case("P04"), office.case("P05"));
    let both = [
        "refund", "prepare", "--case", &good, "--case", &bad, "--format", "json",
    ];

    let output = office.run(&both);

    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains(&format!("✗ {bad}")), "{told}");
    let drafts = list(&String::from_utf8_lossy(&output.stdout));
    assert_eq!(drafts.len(), 1);
    assert_eq!(drafts[0]["case"], good);
}

#[test]
fn a_refund_that_reaches_nobody_may_be_said_to_be_paid_otherwise() {
    let office = CaseworkOffice::new();
    control(
        &office.shop.sandbox.base_http,
        "rules",
        &json!({ "refund_outcome": "CHANGE", "refund_settles_s": 0 }),
    );
    office.operator("li", "work,approve,administer");
    office.operator("wang", "work,approve");
    let key = office.case("P04");
    let prepare = ["refund", "prepare", "--case", &key, "--format", "json"];
    let draft: Value = serde_json::from_str(&office.by("li", 0, &prepare)).unwrap();
    let number = draft["out_refund_no"].as_str().unwrap();
    let sum = sum_of(std::slice::from_ref(&draft));
    let ignore = ["cases", "ignore", &key, "--reason", "settled-elsewhere"];
    office.by(
        "li",
        1,
        &["refund", "send", number, "--confirm", &sum, "--wait", "0"],
    );
    // Under way it is nobody's to close.
    let state = |code: i32| {
        let shown = office.expect(code, &["refund", "show", number, "--format", "json"]);
        let shown: Value = serde_json::from_str(&shown).unwrap();
        shown["state"].as_str().unwrap_or_default().to_owned()
    };
    if state(0) != "abnormal" {
        office.by("li", 2, &ignore);
        office.expect(1, &["refund", "resume", number]);
    }
    assert_eq!(state(0), "abnormal");

    office.by("li", 0, &ignore);
    assert_eq!(office.status(&key), "PROPOSED");
    office.agree("wang");

    assert_eq!(office.status(&key), "FORCE_CLOSED");
    assert_eq!(state(0), "abnormal", "what WeChat Pay says of it stays");
    // Its number stays the only one.
    let again: Value = serde_json::from_str(&office.by("li", 1, &prepare)).unwrap();
    assert_eq!(again["out_refund_no"], number);
    assert_eq!(again["state"], "abnormal");
    office.expect(0, &["audit", "verify"]);
}

#[test]
fn another_sum_under_the_number_is_said_and_is_no_success() {
    let till = Till::new();
    let order = "A20260308000009";
    till.paid(order, "129900");
    // A second computer with a copy of the workspace comes to the same number.
    let copy = till.folder().join("copy.zip");
    till.expect(0, &["backup", copy.to_str().unwrap()]);
    let other = till.folder().join("other");
    let elsewhere = |arguments: &[&str]| {
        let mut command = assert_cmd::Command::cargo_bin("recondesk").unwrap();
        command
            .arg("--workspace")
            .arg(&other)
            .args(["--lang", "en"])
            .args(arguments)
            .env("RECONDESK_PASSPHRASE", "for tests only");
        command.output().unwrap()
    };
    assert_eq!(
        elsewhere(&["restore", copy.to_str().unwrap()])
            .status
            .code(),
        Some(0)
    );
    let draft = till.prepare(order, "4.00");
    let number = draft["out_refund_no"].as_str().unwrap();
    till.expect(0, &["refund", "send", number, "--confirm", "4.00"]);

    let prepare = |yuan: &str| {
        elsewhere(&[
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
        ])
    };
    let output = prepare("3.00");

    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("is ¥4.00, not ¥3.00"), "{told}");
    assert_eq!(prepare("4.00").status.code(), Some(0));
    assert_eq!(till.accepted(order).len(), 1);
}
