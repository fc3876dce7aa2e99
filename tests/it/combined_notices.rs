//! Notifications of combined orders: each part entered once by itself, whatever comes doubled, foreign, wrong or broken.

use serde_json::{Value, json};

use crate::notify_v3::{Platform, stage, told};

const OURS: &str = "1900000109";

fn part(mchid: &str, number: &str, fen: i64) -> Value {
    json!({
        "mchid": mchid, "trade_type": "JSAPI", "trade_state": "SUCCESS", "bank_type": "OTHERS",
        "attach": "a", "success_time": "2026-03-08T10:02:03+08:00", "out_trade_no": number,
        "transaction_id": format!("4200000000202603080000{number}"),
        "amount": { "total_amount": fen, "currency": "CNY", "payer_amount": fen, "payer_currency": "CNY" },
    })
}

fn combined(parts: &[Value]) -> Value {
    json!({
        "combine_appid": "wx8888888888888888", "combine_mchid": OURS,
        "combine_out_trade_no": "P1", "sub_orders": parts,
        "combine_payer_info": { "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o" },
    })
}

fn row(number: &str, result: &str, reason: &str) -> [String; 4] {
    ["v3.combined", number, result, reason].map(ToOwned::to_owned)
}

#[test]
fn each_part_is_entered_once_and_the_order_of_messages_does_not_matter() {
    let platform = Platform::new();
    let stage = stage(&platform, &[("A1", "35.00"), ("A2", "1.00")]);
    let whole = combined(&[part(OURS, "A1", 3_500), part(OURS, "A2", 100)]);
    let first = platform.notice("TRANSACTION.SUCCESS", &whole, "abcdefghijk1");
    // WeChat Pay seals a repeated message anew: it is another text about the same payments.
    let again = platform.notice("TRANSACTION.SUCCESS", &whole, "abcdefghijk2");

    assert_eq!(
        told(&stage, 0, &[first.raw()]),
        [row("A1", "applied", ""), row("A2", "applied", "")]
    );
    assert_eq!(
        told(&stage, 0, &[again.raw(), first.raw()]),
        ["A1", "A2", "A1", "A2"].map(|number| row(number, "repeated", ""))
    );
    for number in ["A1", "A2"] {
        let story: Value =
            serde_json::from_str(&stage.expect(1, &["query", number, "--format", "json"])).unwrap();
        let timeline = &story["numbers"][0]["stories"][0]["timeline"];
        let notices = timeline.as_array().unwrap().iter();
        let told = notices.filter(|entry| entry["kind"] == "notice").count();
        assert_eq!(told, 1, "{timeline:#}");
    }
}

#[test]
fn a_part_that_does_not_fit_is_put_aside_and_the_others_count() {
    let platform = Platform::new();
    let stage = stage(
        &platform,
        &[("A1", "35.00"), ("A2", "1.00"), ("A3", "2.00")],
    );
    let whole = combined(&[
        part(OURS, "A1", 3_500),
        part(OURS, "A2", 101),
        part(OURS, "NOBODY", 5),
        part("1900000999", "A3", 200),
    ]);
    let notice = platform.notice("TRANSACTION.SUCCESS", &whole, "abcdefghijk1");
    let file = stage.file("one.log", notice.raw().as_bytes());
    let import = ["notify", "import", "--profile", "shop", "--format", "json"];

    let list: Value =
        serde_json::from_str(&stage.expect(1, &[&import[..], &[&file]].concat())).unwrap();

    let results: Vec<[&str; 2]> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|one| ["result", "reason"].map(|name| one[name].as_str().unwrap_or_default()))
        .collect();
    assert_eq!(
        results,
        [
            ["applied", ""],
            ["aside", "mismatch"],
            ["aside", "no_order"],
            ["elsewhere", ""],
        ]
    );
    // One message has one answer: it comes again until each of our parts fits.
    for one in list.as_array().unwrap() {
        assert!(one["answer"].as_str().unwrap().contains("FAIL"), "{one}");
    }
    let mended = combined(&[part(OURS, "A1", 3_500), part("1900000999", "A3", 200)]);
    let notice = platform.notice("TRANSACTION.SUCCESS", &mended, "abcdefghijk2");
    let file = stage.file("two.log", notice.raw().as_bytes());
    let list: Value =
        serde_json::from_str(&stage.expect(0, &[&import[..], &[&file]].concat())).unwrap();
    assert_eq!(list[0]["result"], "repeated");
    assert_eq!(list[0]["answer"], "");
}

#[test]
fn what_is_no_combined_order_of_this_merchant_changes_nothing() {
    let platform = Platform::new();
    let stage = stage(&platform, &[("A1", "35.00"), ("A2", "1.00")]);
    let good = combined(&[part(OURS, "A1", 3_500), part(OURS, "A2", 100)]);
    let with = |pointer: &str, value: Value| {
        let mut whole = good.clone();
        *whole.pointer_mut(pointer).unwrap() = value;
        whole
    };
    let unreadable = [
        with("/sub_orders", json!([])),
        with("/sub_orders/1/out_trade_no", json!("A1")),
        with("/sub_orders/1/transaction_id", json!("")),
        with("/sub_orders/1/amount/total_amount", json!(-100)),
        with("/sub_orders/1/amount/total_amount", json!(1.5)),
        with("/sub_orders/1/amount/total_amount", json!(i64::MAX)),
        with("/sub_orders/1/amount/payer_amount", json!(101)),
        with("/sub_orders/1/amount", Value::Null),
        with("/sub_orders/1/trade_state", Value::Null),
    ];
    for (at, whole) in unreadable.iter().enumerate() {
        let notice = platform.notice("TRANSACTION.SUCCESS", whole, &format!("abcdefghij{at:02}"));
        let results = told(&stage, 1, &[notice.raw()]);
        assert_eq!(
            results,
            [["unknown", "", "aside", "unreadable"].map(ToOwned::to_owned)],
            "{whole}"
        );
    }
    let foreign = platform.notice(
        "TRANSACTION.SUCCESS",
        &with("/combine_mchid", json!("1900000999")),
        "abcdefghijk1",
    );
    assert_eq!(
        told(&stage, 1, &[foreign.raw()]),
        [row("A1", "aside", "foreign"), row("A2", "aside", "foreign")]
    );
    let forged = Platform::new().notice("TRANSACTION.SUCCESS", &good, "abcdefghijk2");
    let results = told(&stage, 1, &[forged.raw()]);
    assert_eq!(results[0][3], "forged");
    // After all of this the right message is entered as new.
    let right = platform.notice("TRANSACTION.SUCCESS", &good, "abcdefghijk3");
    assert_eq!(
        told(&stage, 0, &[right.raw()]),
        [row("A1", "applied", ""), row("A2", "applied", "")]
    );
}
