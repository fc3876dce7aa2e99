//! The fund flow of a sub-merchant from end to end: fetched in sealed parts, opened, checked against its own trades, kept
//! beside the partner's own, in both modes of verification.

use recondesk::adapters::clock::SystemClock;
use recondesk::ports::Clock as _;
use recondesk::sandbox::AnswerKey;
use serde_json::{Value, json};

use crate::funds::FundsFixture;
use crate::support::wire::control;
use crate::support::wire_v3::V3Client;

const ONE: &str = "1900000201";
const TWO: &str = "1900000202";

/// A partner whose two sub-merchants have sold today, and whose trade bill is here.
fn partner(answer_key: AnswerKey) -> (FundsFixture, String) {
    let shop = FundsFixture::new(answer_key);
    let base = &shop.running.base_http;
    control(base, "rules", &json!({ "bill": "today" }));
    let wire = V3Client::of(&shop.running);
    for (sub, number, fen) in [
        (ONE, "SUB-ONE-1", 10_100),
        (ONE, "SUB-ONE-2", 20_200),
        (TWO, "SUB-TWO-1", 30_300),
    ] {
        let mut order = wire.order(number, fen);
        let fields = order.as_object_mut().unwrap();
        let appid = fields.remove("appid").unwrap();
        let mchid = fields.remove("mchid").unwrap();
        fields.insert("sp_appid".into(), appid);
        fields.insert("sp_mchid".into(), mchid);
        fields.insert("sub_mchid".into(), json!(sub));
        fields.insert("payer".into(), json!({ "sp_openid": "o1" }));
        let (status, told) = wire.call_now("POST", "/v3/pay/partner/transactions/jsapi", &order);
        assert_eq!(status, 200, "{told}");
        control(base, "pay", &json!({ "out_trade_no": number }));
    }
    let day = SystemClock::default().now().day().to_string();
    shop.stage.expect(
        0,
        &["bill", "download", "--profile", "shop", "--date", &day],
    );
    (shop, day)
}

fn ask<'a>(day: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let ask = [
        "funds",
        "--profile",
        "shop",
        "--date",
        day,
        "--format",
        "json",
    ];
    [&ask[..], more].concat()
}

#[test]
fn a_sub_merchants_accounts_are_led_back_to_its_own_trades() {
    for answer_key in [AnswerKey::PublicKey, AnswerKey::Certificate] {
        let (shop, day) = partner(answer_key);
        let told = |code, more: &[&str]| -> Value {
            serde_json::from_str(&shop.stage.expect(code, &ask(&day, more))).unwrap()
        };

        let one = told(0, &["--sub-mch-id", ONE]);

        assert_eq!(one["sub_mch_id"], ONE);
        let basic = &one["accounts"][0];
        assert_eq!(basic["state"], "bill", "{one:#}");
        // Two payments, and a fee of each.
        assert_eq!(basic["report"]["entries"], 4, "{one:#}");
        assert_eq!(one["trade"]["agreed"], 2, "{one:#}");
        assert_eq!(one["bridge"]["residual"], 0);
        assert_eq!(one["bridge"]["change"], 30_300 - 61 - 121);
        assert_eq!(one["accounts"][1]["state"], "nothing_moved");
        let two = told(0, &["--sub-mch-id", TWO]);
        assert_eq!(two["accounts"][0]["report"]["entries"], 2);
        // What was fetched is here, and is not taken for the partner's own.
        let again = told(0, &["--sub-mch-id", ONE, "--offline"]);
        assert_eq!(again["accounts"][0]["report"], basic["report"]);
        let own = shop.stage.run(&ask(&day, &["--offline"]));
        assert!(String::from_utf8_lossy(&own.stderr).contains("funds.none"));
        let own = told(0, &[]);
        assert_eq!(own["accounts"][0]["report"]["entries"], 6);
        assert_eq!(own["days_seen"], 1);
        let none = told(0, &["--sub-mch-id", "1900000299"]);
        assert_eq!(none["accounts"][0]["state"], "nothing_moved", "{none:#}");
    }
}

#[test]
fn a_part_that_is_not_what_was_announced_is_not_kept() {
    let (shop, day) = partner(AnswerKey::PublicKey);
    let base = &shop.running.base_http;
    for (kind, path) in [
        ("wrong_hash", "/v3/bill/sub-merchant-fundflowbill"),
        ("wrong_sign", "/v3/bill/sub-merchant-fundflowbill"),
        ("html", "/v3/billdownload/file"),
        ("garbage", "/v3/billdownload/file"),
    ] {
        let mut fault = json!({ "kind": kind, "path": path });
        if kind == "garbage" {
            fault["bytes"] = json!(300);
        }
        control(base, "fault", &fault);
        let run = shop.stage.run(&ask(&day, &["--sub-mch-id", ONE]));
        assert_ne!(run.status.code(), Some(0), "{kind}");
        let offline = shop
            .stage
            .run(&ask(&day, &["--sub-mch-id", ONE, "--offline"]));
        let said = String::from_utf8_lossy(&offline.stderr).into_owned();
        assert!(said.contains("funds.none"), "{kind}: {said}");
    }
    shop.stage.expect(0, &ask(&day, &["--sub-mch-id", ONE]));
    let edit = ["profile", "edit", "shop", "--api", "v2"];
    shop.stage.expect(0, &edit);
    let refused = shop.stage.run(&ask(&day, &["--sub-mch-id", TWO]));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("bill.sub_v3"), "{said}");
}
