//! What is over or under way is never proposed a second time, and what was done from here is never unknown: `cases show`,
//! `cases list`, `query`, `approve` and `reconcile`, through the program and the sandbox.

use serde_json::{Value, json};

use crate::casework_cli::CaseworkOffice;
use crate::refund_cli::Till;
use crate::support::wire::{Client, SignDigest, control};

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// The step that is proposed for a case: by its word, and in Chinese.
fn step(office: &CaseworkOffice, key: &str) -> (String, String) {
    let shown = office.run(&["cases", "show", key, "--format", "json"]);
    let shown: Value = serde_json::from_slice(&shown.stdout).unwrap();
    let listed = office.run(&["cases", "list", "--all", "--format", "json"]);
    let listed: Vec<Value> = serde_json::from_slice(&listed.stdout).unwrap();
    let row = listed.iter().find(|row| row["case_key"] == key).unwrap();
    assert_eq!(row["action"], shown["action"], "show and list say the same");
    let text = |name: &str| shown[name].as_str().unwrap().to_owned();
    (text("action"), text("action_zh"))
}

fn chinese(office: &CaseworkOffice, arguments: &[&str]) -> String {
    let output = office.run(&[arguments, &["--lang", "zh"]].concat());
    let (out, err) = (output.stdout, output.stderr);
    String::from_utf8([out, err].concat()).unwrap()
}

#[test]
fn a_case_whose_money_is_back_proposes_nothing_more() {
    let office = CaseworkOffice::new();
    let base = &office.shop.sandbox.base_http;
    control(base, "rules", &json!({ "refund_settles_s": 0 }));
    let key = office.case("P01");
    assert_eq!(step(&office, &key).0, "reissue");

    let prepare = ["refund", "prepare", "--case", &key, "--reason", "缺货"];
    let draft = json_of(&office.expect(0, &[&prepare[..], &["--format", "json"]].concat()));
    let drafted = step(&office, &key);
    assert_eq!(drafted.0, "review");
    assert!(drafted.1.contains("先了结这笔退款"), "{}", drafted.1);
    // Another way is barred, and the message names the way on.
    let said = chinese(
        &office,
        &["reissue", &key, "--by", "list", "--out", "x.csv"],
    );
    assert!(
        said.contains("已有处理：退款") && said.contains("refund withdraw"),
        "{said}"
    );
    let number = draft["out_refund_no"].as_str().unwrap();
    let yuan = draft["amount_fen"].as_i64().unwrap();
    let yuan = format!("{}.{:02}", yuan / 100, yuan % 100);
    office.expect(0, &["refund", "send", number, "--confirm", &yuan]);

    assert_eq!(office.status(&key), "RESOLVED");
    assert_eq!(step(&office, &key), ("none".to_owned(), "无".to_owned()));
    let shown = chinese(&office, &["cases", "show", &key]);
    assert!(!shown.contains("查单后补发货"), "{shown}");
    for english in ["found", "PAID_NOT_BOOKED", "ASSIGNED", "RESOLVED", "owner"] {
        assert!(!shown.contains(english), "{english}: {shown}");
    }
    // Nothing is left, and that is the reason that is told.
    let again = chinese(&office, &prepare);
    assert!(
        again.contains("没有可退的") || again.contains("已解决"),
        "{again}"
    );
}

#[test]
fn a_case_whose_goods_are_under_way_proposes_nothing_more() {
    let office = CaseworkOffice::new();
    let key = office.case("P03");
    let list = office.path("list.csv");
    let list = list.to_str().unwrap();
    office.expect(0, &["reissue", &key, "--by", "list", "--out", list]);

    let (word, zh) = step(&office, &key);
    assert_eq!(
        (word.as_str(), zh.as_str()),
        ("wait", "补发货已交商城，等发货证实")
    );
    let order = key.split('/').nth(2).unwrap();
    let told = chinese(&office, &["query", order]);
    assert!(
        told.contains("补发货已交商城") && !told.contains("核对后补发货"),
        "{told}"
    );
    let said = chinese(&office, &["cases", "resolve", &key, "--reason", "已发"]);
    assert!(said.contains("reissue 编号 --withdraw"), "{said}");
}

#[test]
fn a_new_case_that_is_solved_by_word_names_the_step_before() {
    let office = CaseworkOffice::new();
    let key = office.case("P07");

    let said = chinese(&office, &["cases", "resolve", &key, "--reason", "已核对"]);

    assert!(said.contains("不能直接改为“已解决”"), "{said}");
    assert!(said.contains("recondesk cases take 编号"), "{said}");
    assert!(!said.contains("NEW"), "{said}");
}

#[test]
fn what_was_asked_and_then_taken_up_is_not_agreed_to() {
    let office = CaseworkOffice::new();
    office.operator("li", "work,approve,administer");
    office.operator("wang", "work,approve");
    let key = office.case("P07");
    let ignore = ["cases", "ignore", &key, "--reason", "settled-elsewhere"];
    office.by("li", 0, &[&ignore[..], &["--note", "已处理"]].concat());
    let waiting = office.by("wang", 1, &["approve", "--format", "json"]);
    let id = json_of(&waiting)[0]["id"].to_string();
    let shown = step(&office, &key);
    assert_eq!(shown.0, "wait", "{}", shown.1);
    office.by("li", 0, &["cases", "take", &key]);

    office.by("wang", 2, &["approve", &id]);
    office.by("wang", 2, &["reject", &id]);

    assert_eq!(office.status(&key), "ASSIGNED");
    let trail = office.expect(0, &["audit", "list", "--format", "json"]);
    assert!(!trail.contains("approval.judge"), "nobody decided anything");
}

#[test]
fn a_signed_day_counts_what_is_open_alike_everywhere() {
    let office = CaseworkOffice::new();
    office.operator("li", "work,approve,administer");
    office.operator("wang", "work,approve");
    let day = office.shop.day.to_string();
    let urgent = ["--filter", "severity=urgent", "--yes"];
    office.by("li", 0, &[&["cases", "take"][..], &urgent].concat());
    let resolve = ["cases", "resolve", "--reason", "已处理"];
    office.by("li", 0, &[&resolve[..], &urgent].concat());
    office.agree("wang");
    let told = |arguments: &[&str]| {
        let output = office.run(arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        let line = said.lines().find(|line| line.contains("need a person"));
        let line = line.unwrap_or_else(|| panic!("{said}")).to_owned();
        line.split(": ").nth(1).unwrap().to_owned()
    };
    let reconcile = ["reconcile", "--profile", "shop", "--date", &day];
    let before = told(&reconcile);

    let sign = ["day", "sign-off", "--profile", "shop", "--date", &day];
    office.by("li", 0, &[&sign[..], &["--operator", "li"]].concat());
    assert_eq!(told(&reconcile), before);
}

#[test]
fn a_refund_of_an_order_of_no_file_is_told_by_each_of_its_numbers() {
    let till = Till::new();
    till.paid("N003", "1003");
    let prepared = till.prepare("N003", "5.00");
    let number = prepared["out_refund_no"].as_str().unwrap();
    till.expect(0, &["refund", "send", number, "--confirm", "5.00"]);
    let refund = json_of(&till.expect(0, &["refund", "show", number, "--format", "json"]));
    let id = refund["refund_id"].as_str().unwrap();

    for asked in ["N003", number, id] {
        let told = till.run(&["query", asked, "--format", "json"]);
        let told: Value = serde_json::from_slice(&told.stdout).unwrap();
        let story = &told["numbers"][0]["stories"][0];
        let zh = story["zh"].as_str().unwrap_or_else(|| panic!("{told}"));
        assert!(
            zh.contains("¥10.03") && zh.contains("¥5.00"),
            "{asked}: {zh}"
        );
        assert!(!zh.contains("没有这个单号：核对"), "{asked}: {zh}");
    }
}

#[test]
fn a_confirmed_refund_that_was_not_sent_is_not_on_its_way() {
    let till = Till::new();
    till.paid("PARTS", "4990");
    let first = till.prepare("PARTS", "10.00");
    let first = first["out_refund_no"].as_str().unwrap();
    till.expect(0, &["refund", "send", first, "--confirm", "10.00"]);
    let second = till.prepare("PARTS", "39.90");
    let second = second["out_refund_no"].as_str().unwrap();

    // Held back for a minute: kept, and no wrong use.
    till.expect(
        1,
        &[
            "refund",
            "send",
            second,
            "--confirm",
            "39.90",
            "--wait",
            "0",
        ],
    );

    let told = till.run(&["query", "PARTS", "--format", "json"]);
    let told: Value = serde_json::from_slice(&told.stdout).unwrap();
    let story = &told["numbers"][0]["stories"][0];
    let zh = story["zh"].as_str().unwrap();
    assert!(zh.contains("已部分退款 ¥10.00"), "{zh}");
    assert!(zh.contains("¥39.90 已确认、尚未发送"), "{zh}");
    assert_eq!(story["action"], "submit_refund");
}

#[test]
fn an_order_of_today_is_looked_up_in_the_shop_before_anybody_refunds() {
    let till = Till::new();
    till.paid("TODAY7", "1007");

    let live = till.run(&[
        "query",
        "TODAY7",
        "--profile",
        "shop",
        "--live",
        "--format",
        "json",
    ]);

    let live: Value = serde_json::from_slice(&live.stdout).unwrap();
    let live = &live["numbers"][0]["live"];
    assert_eq!(live["verdict"], "no_orders", "{live}");
    assert_eq!(live["action"], "import_orders", "{live}");
    assert!(
        live["zh"]
            .as_str()
            .unwrap()
            .contains("当天的商户订单还没有导入")
    );
    assert_eq!(live["differences"], json!([]));
    // The answer is in the history: it is not forgotten with the screen.
    let later = till.run(&["query", "TODAY7", "--format", "json"]);
    let later: Value = serde_json::from_slice(&later.stdout).unwrap();
    let story = &later["numbers"][0]["stories"][0];
    assert_eq!(story["action"], "import_orders", "{later}");
}

#[test]
fn an_unpaid_order_that_was_closed_owes_nothing() {
    let till = Till::new();
    Client::of(&till.running, SignDigest::Md5).place("U1", "1001");
    till.expect(0, &["close", "U1", "--profile", "shop"]);

    let told = till.expect(0, &["query", "U1", "--live", "--format", "json"]);

    let told = json_of(&told);
    let live = &told["numbers"][0]["live"];
    assert_eq!(live["verdict"], "agrees", "{live}");
    assert_eq!(live["action"], "none");
    assert!(live["zh"].as_str().unwrap().contains("不欠顾客"));
}

#[test]
fn a_refund_is_told_in_one_language() {
    let till = Till::new();
    till.paid("ZH1", "1280");
    let zh = |arguments: &[&str]| {
        let output = till.run(&[arguments, &["--lang", "zh"]].concat());
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    let order = ["refund", "prepare", "--profile", "shop", "--order", "ZH1"];
    let order = [&order[..], &["--amount", "12.80", "--reason", "缺货"]].concat();
    let prepared = zh(&order);
    let wide = zh(&["refund", "send", "1", "--confirm", "１２.８０"]);
    let sent = zh(&["refund", "send", "1", "--confirm", "12.80"]);
    let listed = zh(&["refund", "list"]);
    let shown = zh(&["refund", "show", "1"]);
    let again = zh(&order);
    let asked = zh(&["query", "ZH1"]);

    for text in [&prepared, &wide, &sent, &listed, &shown, &again, &asked] {
        for english in [
            "intent ",
            "amount ",
            "state ",
            "drafted",
            "done",
            "plain decimal",
            "orderquery",
            "at least",
        ] {
            assert!(!text.contains(english), "{english}: {text}");
        }
    }
    assert!(again.contains("没有可退的"), "{again}");
    assert!(!sent.contains("已受理：已受理"), "{sent}");
}

/// A case whose refund was sent and ended so, compared again; what `query` says of its order in Chinese.
fn ended(outcome: &str) -> (CaseworkOffice, String, String) {
    let office = CaseworkOffice::new();
    let base = &office.shop.sandbox.base_http;
    let rules = json!({ "refund_settles_s": 0, "refund_outcome": outcome });
    control(base, "rules", &rules);
    let key = office.case("P01");
    let prepare = ["refund", "prepare", "--case", &key, "--reason", "缺货"];
    let draft = json_of(&office.expect(0, &[&prepare[..], &["--format", "json"]].concat()));
    let yuan = draft["amount_fen"].as_i64().unwrap();
    let yuan = format!("{}.{:02}", yuan / 100, yuan % 100);
    let number = draft["out_refund_no"].as_str().unwrap();
    office.run(&["refund", "send", number, "--confirm", &yuan]);
    office.run(&["refund", "resume", number]);
    office.run(&[
        "day",
        "--profile",
        "shop",
        "--date",
        &office.shop.day.to_string(),
    ]);
    let told = office.run(&["query", key.split('/').nth(2).unwrap(), "--format", "json"]);
    let told: Value = serde_json::from_slice(&told.stdout).unwrap();
    let zh = &told["numbers"][0]["stories"][0]["zh"];
    let zh = zh.as_str().unwrap().to_owned();
    (office, key, zh)
}

#[test]
fn a_refund_that_reached_nobody_leaves_its_case_open() {
    let (office, key, zh) = ended("CHANGE");
    let status = office.status(&key);
    assert!(
        !matches!(status.as_str(), "AUTO_CLOSED" | "RESOLVED"),
        "{status}"
    );
    assert_eq!(step(&office, &key).0, "apply_abnormal");
    assert!(zh.contains("未能退到顾客"), "{zh}");

    let (office, key, zh) = ended("REFUNDCLOSE");
    let status = office.status(&key);
    assert!(
        !matches!(status.as_str(), "AUTO_CLOSED" | "RESOLVED"),
        "{status}"
    );
    assert!(!zh.contains("处理中") && !zh.contains("已全额退款"), "{zh}");
}
