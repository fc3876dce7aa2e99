//! Goods or money, never both and never twice: what a case allows, through the program and the sandbox.

use serde_json::Value;

use crate::casework_cli::CaseworkOffice;
use crate::refund_cli::Till;
use recondesk::domain::MOrder;
use recondesk::ports::BookRow;

/// The order number in the key of a case.
fn order_of(key: &str) -> &str {
    key.split('/').nth(2).unwrap()
}

fn number_of(text: &str) -> String {
    let prepared: Value = serde_json::from_str(text).unwrap();
    prepared["out_refund_no"].as_str().unwrap().to_owned()
}

fn order(office: &CaseworkOffice, number: &str) -> MOrder {
    let found = office.ports.books.find(number).unwrap();
    let order = found.into_iter().find_map(|hit| match hit.row {
        BookRow::Order(order) if !hit.superseded => Some(order),
        _ => None,
    });
    order.unwrap()
}

#[test]
fn a_refund_has_one_number_whether_its_case_or_its_order_is_named() {
    let office = CaseworkOffice::new();
    let key = office.case("P01");
    let more = ["--amount", "0.01", "--reason", "缺货", "--format", "json"];

    let by_case = office.expect(
        0,
        &[&["refund", "prepare", "--case", &key][..], &more].concat(),
    );
    let named = ["refund", "prepare", "--profile", "shop", "--order"];
    let by_order = office.expect(0, &[&named[..], &[order_of(&key)], &more].concat());

    assert_eq!(number_of(&by_order), number_of(&by_case));
    let all = office.expect(0, &["refund", "list", "--format", "json"]);
    let all: Vec<Value> = serde_json::from_str(&all).unwrap();
    assert_eq!(all.len(), 1);
}

#[test]
fn only_what_lacks_goods_is_reissued_and_only_what_asks_for_money_is_refunded() {
    let office = CaseworkOffice::new();
    let list = office.path("list.csv");
    let list = list.to_str().unwrap();
    let mut seen = 0;
    for code in ["P05", "P07", "P09", "P12", "R01", "R02"] {
        for key in office.cases(code) {
            office.expect(2, &["reissue", &key, "--by", "list", "--out", list]);
            if matches!(code, "P05" | "P12" | "R01" | "R02") {
                office.expect(2, &["refund", "prepare", "--case", &key, "--reason", "x"]);
            }
            seen += 1;
        }
    }
    assert!(seen > 3, "the invented day has {seen} of them");
    assert!(!std::path::Path::new(list).exists());
}

#[test]
fn a_reissue_is_taken_back_by_two_and_frees_its_case() {
    let office = CaseworkOffice::new();
    office.operator("li", "work,approve,administer");
    office.operator("wang", "work,approve");
    let key = office.case("P03");
    let list = office.path("list.csv");
    let by_list = ["reissue", &key, "--by", "list", "--out"];
    let list = list.to_str().unwrap();
    office.by("li", 0, &[&by_list[..], &[list]].concat());
    let refund = ["refund", "prepare", "--case", &key, "--reason", "缺货"];
    office.by("li", 2, &refund);

    let back = ["reissue", &key, "--withdraw", "--reason", "导错了"];
    office.by("li", 1, &back);
    office.by("li", 2, &refund);
    office.agree("wang");

    office.by("li", 0, &refund);
    office.expect(0, &["audit", "verify"]);
}

#[test]
fn money_stays_and_goods_stay_once_an_import_shows_the_delivery() {
    let office = CaseworkOffice::new();
    let key = office.case("P03");
    let prepare = ["refund", "prepare", "--case", &key, "--reason", "缺货"];
    let text = office.expect(0, &[&prepare[..], &["--format", "json"]].concat());
    let number = number_of(&text);
    let known = order(&office, order_of(&key));
    let paid_at = known.paid_at.unwrap();
    let file = office.path("delivered.csv");
    let rows = format!(
        "out_trade_no,amount,pay_status,created_at,paid_at,fulfil_status\n{},{},paid,{},{paid_at},fulfilled\n",
        known.out_trade_no, known.amount, known.created_at
    );
    let mut written = std::fs::File::create(&file).unwrap();
    std::io::Write::write_all(&mut written, rows.as_bytes()).unwrap();
    let file = file.to_str().unwrap();
    office.expect(0, &["orders", "import", file, "--profile", "shop"]);

    let sum = known.amount.to_string();
    let sent = office.run(&["refund", "send", &number, "--confirm", &sum]);
    let said = String::from_utf8_lossy(&sent.stderr).into_owned();
    assert!(said.contains("call it delivered"), "{said}");
    assert_ne!(sent.status.code(), Some(0));
    office.run(&["refund", "resume", &number, "--send"]);
    let shown = office.run(&["refund", "show", &number, "--format", "json"]);
    let shown: Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!(shown["state"], "confirmed", "{shown}");

    office.expect(0, &["refund", "withdraw", &number, "--reason", "已发货"]);
    let list = office.path("list.csv");
    let list = list.to_str().unwrap();
    office.expect(2, &["reissue", &key, "--by", "list", "--out", list]);
}

#[test]
fn another_sum_is_another_question_to_the_second_person() {
    let till = Till::new();
    till.paid("E20260308000001", "490000");
    let first = till.prepare("E20260308000001", "1500.00");
    let asked = first["approval"]["id"].clone();
    let number = first["out_refund_no"].as_str().unwrap();
    till.expect(0, &["refund", "withdraw", number, "--reason", "重算"]);

    let second = till.prepare("E20260308000001", "4900.00");

    assert_ne!(second["approval"]["id"], asked);
    let waiting = till.run(&["approve", "--format", "json"]);
    let waiting: Vec<Value> = serde_json::from_slice(&waiting.stdout).unwrap();
    assert_eq!(waiting.len(), 1, "{waiting:?}");
    let reason = waiting[0]["reason"].as_str().unwrap();
    assert!(reason.contains("4900.00") && reason.contains("E20260308000001"));
}
