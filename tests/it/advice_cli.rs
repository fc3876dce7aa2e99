//! `query` alone, live and in lists: one advice, whatever number was asked and whoever made the refund.

use serde_json::{Value, json};

use super::lookup_cli::LookupFixture;
use crate::support::wire::control;

const HEAD: &str = "out_trade_no,amount,pay_status,created_at,paid_at\n";

/// A stage with one order of that state, paid in the sandbox.
fn stage(status: &str) -> LookupFixture {
    let stage = LookupFixture::new();
    stage.shop().place_paid("SHOP0001", "3500");
    let paid = if status == "paid" {
        "2026-03-09 12:00:00"
    } else {
        ""
    };
    let row = format!("{HEAD}SHOP0001,35.00,{status},2026-03-09 11:58:00,{paid}\n");
    let orders = stage.file("orders.csv", &row);
    stage.run(0, &["orders", "import", &orders, "--profile", "shop"]);
    stage
}

fn refund(stage: &LookupFixture, number: &str, outcome: &str) -> String {
    let wish = json!({ "out_trade_no": "SHOP0001", "out_refund_no": number, "outcome": outcome });
    let told = control(stage.base(), "refund", &wish);
    let refunds = told["refunds"].as_array().unwrap();
    refunds[0]["refund_id"].as_str().unwrap().to_owned()
}

fn live(stage: &LookupFixture, code: i32, number: &str) -> Value {
    let told = stage.run(
        code,
        &[
            "query",
            number,
            "--profile",
            "shop",
            "--live",
            "--format",
            "json",
        ],
    );
    let told: Value = serde_json::from_str(&told).unwrap();
    told["numbers"][0]["live"].clone()
}

#[test]
fn an_order_refunded_in_full_is_neither_reissued_nor_refunded_again() {
    for status in ["closed", "created"] {
        let stage = stage(status);
        refund(&stage, "RF0001", "SUCCESS");
        let told = live(&stage, 0, "SHOP0001");
        assert_eq!(told["action"], "none", "{told}");
        assert!(told["en"].as_str().unwrap().contains("refunded in full"));
        assert_eq!(told["differences"], json!([]), "{told}");
    }
}

#[test]
fn a_refund_that_reached_nobody_is_told_and_exits_1() {
    let stage = stage("paid");
    refund(&stage, "RF0001", "CHANGE");
    let told = live(&stage, 1, "SHOP0001");
    assert_eq!(told["category"], "R05", "{told}");
    assert_eq!(told["action"], "apply_abnormal", "{told}");
}

#[test]
fn refund_numbers_lead_to_their_order_alone_and_in_lists() {
    let stage = stage("closed");
    let refund_id = refund(&stage, "RF0001", "SUCCESS");
    for number in ["RF0001", refund_id.as_str()] {
        let told = live(&stage, 0, number);
        assert_eq!(told["order"]["out_trade_no"], "SHOP0001", "{told}");
        assert!(told["en"].as_str().unwrap().contains("refunded in full"));
    }
    let list = stage.file("list.txt", &format!("RF0001\n{refund_id}\nSHOP0001\n"));
    let all = ["query", "--list", &list, "--profile", "shop", "--live"];
    let csv = stage.run(0, &[&all[..], &["--format", "csv"]].concat());
    assert_eq!(csv.matches(",agrees,REFUND,3500").count(), 3, "{csv}");
    assert!(csv.contains("refunded in full"), "{csv}");
}
