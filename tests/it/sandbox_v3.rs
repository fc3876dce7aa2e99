//! The sandbox's APIv3 as a merchant's own client sees it, written from the documents alone.

use std::fmt::Write as _;
use std::io::Read as _;

use flate2::read::GzDecoder;
use recondesk::sandbox::start;
use serde_json::{Value, json};

use crate::support::wire::{config, control, http, ledger_order, noon, sandbox};
use crate::support::wire_v3::V3Client;

const DAY_S: i64 = 86_400;

#[test]
fn a_stranger_with_the_documents_alone_can_place_pay_query_refund_and_close() {
    let running = sandbox();
    let shop = V3Client::of(&running);
    let mchid = &running.merchant.mch_id;
    for (kind, field) in [
        ("jsapi", "prepay_id"),
        ("app", "prepay_id"),
        ("native", "code_url"),
        ("h5", "h5_url"),
    ] {
        let mut order = shop.order(&format!("ORDER-{kind}"), 3500);
        if kind != "jsapi" {
            order.as_object_mut().unwrap().remove("payer");
        }
        if kind == "h5" {
            order["scene_info"] =
                json!({ "payer_client_ip": "127.0.0.1", "h5_info": { "type": "Wap" } });
        }
        let target = format!("/v3/pay/transactions/{kind}");
        let (status, told) = shop.call("POST", &target, &order);
        assert_eq!(status, 200, "{told}");
        assert!(told[field].is_string(), "{told}");
    }
    let by_number = format!("/v3/pay/transactions/out-trade-no/ORDER-jsapi?mchid={mchid}");
    let (_, unpaid) = shop.call("GET", &by_number, &Value::Null);
    assert_eq!(unpaid["trade_state"], "NOTPAY");
    assert!(unpaid.get("transaction_id").is_none());
    control(
        &running.base_http,
        "pay",
        &json!({ "out_trade_no": "ORDER-jsapi" }),
    );
    let (_, paid) = shop.call("GET", &by_number, &Value::Null);
    assert_eq!(paid["trade_state"], "SUCCESS");
    assert_eq!(paid["amount"]["total"], 3500);
    assert_eq!(paid["success_time"], "2026-03-09T12:00:00+08:00");
    let id = paid["transaction_id"].as_str().unwrap();
    let by_id = format!("/v3/pay/transactions/id/{id}?mchid={mchid}");
    assert_eq!(shop.call("GET", &by_id, &Value::Null).1, paid);

    let refund = json!({
        "transaction_id": id, "out_refund_no": "R|1*@",
        "amount": { "refund": 500, "total": 3500, "currency": "CNY" },
    });
    let (status, accepted) = shop.call("POST", "/v3/refund/domestic/refunds", &refund);
    assert_eq!((status, &accepted["status"]), (200, &json!("PROCESSING")));
    let again = shop.call("POST", "/v3/refund/domestic/refunds", &refund).1;
    assert_eq!(again["refund_id"], accepted["refund_id"]);
    control(&running.base_http, "clock", &json!({ "shift_s": 60 }));
    // The request would be a minute old by the sandbox's clock, which is young enough.
    let target = "/v3/refund/domestic/refunds/R%7C1%2A%40";
    let (_, arrived) = shop.call("GET", target, &Value::Null);
    assert_eq!(arrived["status"], "SUCCESS");
    assert_eq!(
        ledger_order(&running.base_http, "ORDER-jsapi")["refunds"][0]["requests"],
        2
    );

    let close = "/v3/pay/transactions/out-trade-no/ORDER-native/close";
    let (status, nothing) = shop.call("POST", close, &json!({ "mchid": mchid }));
    assert_eq!((status, nothing), (204, Value::Null));
    let (_, closed) = shop.call(
        "GET",
        &format!("/v3/pay/transactions/out-trade-no/ORDER-native?mchid={mchid}"),
        &Value::Null,
    );
    assert_eq!(closed["trade_state"], "CLOSED");
}

#[test]
fn a_partner_places_and_asks_for_a_sub_merchant() {
    let running = sandbox();
    let shop = V3Client::of(&running);
    let mchid = &running.merchant.mch_id;
    let mut order = shop.order("SUB-0001", 100);
    let fields = order.as_object_mut().unwrap();
    let appid = fields.remove("appid").unwrap();
    fields.remove("mchid");
    fields.insert("sp_appid".into(), appid);
    fields.insert("sp_mchid".into(), json!(mchid));
    fields.insert("sub_mchid".into(), json!("1900000200"));
    fields.insert("payer".into(), json!({ "sp_openid": "o1" }));

    let (status, told) = shop.call("POST", "/v3/pay/partner/transactions/jsapi", &order);
    assert_eq!(status, 200, "{told}");
    control(
        &running.base_http,
        "pay",
        &json!({ "out_trade_no": "SUB-0001" }),
    );
    let target = format!(
        "/v3/pay/partner/transactions/out-trade-no/SUB-0001?sp_mchid={mchid}&sub_mchid=1900000200"
    );
    let (_, paid) = shop.call("GET", &target, &Value::Null);

    assert_eq!(paid["sp_mchid"], json!(mchid));
    assert_eq!(paid["sub_mchid"], "1900000200");
    assert_eq!(paid["payer"]["sp_openid"], "o1");
}

#[test]
fn what_is_wrongly_signed_gets_the_string_it_should_have_been() {
    let running = sandbox();
    let shop = V3Client::of(&running);
    let target = "/v3/pay/transactions/out-trade-no/A1?mchid=1900000109";
    let now = noon().unix();
    let other = shop.authorization(("GET", "/v3/else"), "", now);
    let sent = shop.send_with("GET", target, "", &other);
    let told: Value = serde_json::from_slice(&sent.body).unwrap();

    assert_eq!((sent.status, &told["code"]), (401, &json!("SIGN_ERROR")));
    let shown = told["detail"]["sign_information"]["truncated_sign_message"]
        .as_str()
        .unwrap();
    assert!(shown.starts_with(&format!("GET\n{target}\n")), "{shown}");
    assert!(!sent.head.to_lowercase().contains("wechatpay-signature"));

    let late = shop.authorization(("GET", target), "", now - 301);
    let missing = http(&running.base_http, "GET", target, b"");
    let serial = shop
        .authorization(("GET", target), "", now)
        .replace("serial_no=\"5B", "serial_no=\"5C");
    for answer in [
        shop.send_with("GET", target, "", &late),
        missing,
        shop.send_with("GET", target, "", &serial),
    ] {
        assert_eq!(answer.status, 401, "{}", answer.text());
    }
}

#[test]
fn wrong_bodies_are_named_by_their_field() {
    let running = sandbox();
    let shop = V3Client::of(&running);
    let good = shop.order("ORDER-1", 100);
    let with = |pointer: &str, value: Value| {
        let mut changed = good.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        changed
    };
    let mut extra = good.clone();
    extra["sign_type"] = json!("MD5");
    for (body, field) in [
        (with("/amount/total", json!(1.5)), "/amount/total"),
        (with("/amount/total", json!("100")), "/amount/total"),
        (with("/amount/total", json!(0)), "/amount/total"),
        (with("/out_trade_no", json!("A1")), "/out_trade_no"),
        (with("/payer/openid", Value::Null), "/payer/openid"),
        (with("/description", json!("😀")), "/description"),
        (extra, "/sign_type"),
    ] {
        let (status, told) = shop.call("POST", "/v3/pay/transactions/jsapi", &body);
        assert_eq!(
            (status, &told["code"]),
            (400, &json!("PARAM_ERROR")),
            "{told}"
        );
        assert_eq!(told["detail"]["field"], field, "{told}");
    }
    let broken = shop.send("POST", "/v3/pay/transactions/jsapi", "{");
    assert_eq!(broken.status, 400);
}

#[test]
fn one_number_is_one_order_and_one_refund() {
    let running = sandbox();
    let shop = V3Client::of(&running);
    shop.place_paid("ORDER-1", 1000);
    let place = |order: &Value| shop.call("POST", "/v3/pay/transactions/jsapi", order);
    let code = |told: (u16, Value)| told.1["code"].as_str().unwrap_or("").to_owned();

    assert_eq!(code(place(&shop.order("ORDER-1", 1000))), "ORDER_PAID");
    assert_eq!(place(&shop.order("ORDER-2", 5)).0, 200);
    assert_eq!(place(&shop.order("ORDER-2", 5)).0, 200);
    assert_eq!(code(place(&shop.order("ORDER-2", 6))), "INVALID_REQUEST");
    let refund = |number: &str, fen: i64, total: i64| {
        let body = json!({
            "out_trade_no": "ORDER-1", "out_refund_no": number,
            "amount": { "refund": fen, "total": total, "currency": "CNY" },
        });
        shop.call("POST", "/v3/refund/domestic/refunds", &body)
    };
    assert_eq!(code(refund("R1", 900, 999)), "INVALID_REQUEST");
    assert_eq!(refund("R1", 900, 1000).0, 200);
    assert_eq!(code(refund("R1", 800, 1000)), "INVALID_REQUEST");
    assert_eq!(code(refund("R2", 101, 1000)), "INVALID_REQUEST");
    control(&running.base_http, "rules", &json!({ "balance_fen": 50 }));
    let poor = refund("R2", 100, 1000);
    assert_eq!((poor.0, code(poor)), (403, "NOT_ENOUGH".to_owned()));
    let absent = shop.call("GET", "/v3/refund/domestic/refunds/R9", &Value::Null);
    assert_eq!(
        (absent.0, code(absent)),
        (404, "RESOURCE_NOT_EXISTS".to_owned())
    );
}

fn sha1(bytes: &[u8]) -> String {
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, bytes)
        .as_ref()
        .iter()
        .fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        })
}

#[test]
fn bills_come_in_two_steps_and_the_address_dies() {
    let running = sandbox();
    let shop = V3Client::of(&running);
    shop.place_paid("ORDER-1", 1000);
    let today = "/v3/bill/tradebill?bill_date=2026-03-09&bill_type=ALL";
    let (status, told) = shop.call("GET", today, &Value::Null);
    assert_eq!((status, &told["code"]), (400, &json!("STATEMENT_CREATING")));
    // The shop's clock goes along, so that its signatures stay young.
    let mut next = config();
    next.clock = std::sync::Arc::new(|| noon().plus(DAY_S));
    next.seed = 7;
    drop(running);
    let running = start(next).unwrap();
    let shop = V3Client::of(&running);
    control(&running.base_http, "clock", &json!({ "shift_s": -DAY_S }));
    shop.place_paid("ORDER-1", 1000);
    control(&running.base_http, "clock", &json!({ "shift_s": 0 }));
    let authorized = |target: &str| {
        let at = noon().plus(DAY_S).unix();
        let header = shop.authorization(("GET", target), "", at);
        shop.send_with("GET", target, "", &header)
    };
    for (target, column) in [
        (
            "/v3/bill/tradebill?bill_date=2026-03-09&tar_type=GZIP",
            "交易时间",
        ),
        (
            "/v3/bill/fundflowbill?bill_date=2026-03-09&tar_type=GZIP",
            "记账时间",
        ),
    ] {
        let answer = authorized(target);
        assert!(shop.is_signed(&answer), "{}", answer.text());
        let ticket: Value = serde_json::from_slice(&answer.body).unwrap();
        let address = ticket["download_url"].as_str().unwrap();
        let path = address.strip_prefix(&running.base_http).unwrap();
        let file = authorized(path);
        assert_eq!(file.status, 200);
        assert!(!file.head.to_lowercase().contains("wechatpay-signature"));
        let mut text = Vec::new();
        GzDecoder::new(file.body.as_slice())
            .read_to_end(&mut text)
            .unwrap();
        assert_eq!(ticket["hash_value"], sha1(&text));
        assert!(String::from_utf8(text).unwrap().contains(column));
        control(
            &running.base_http,
            "rules",
            &json!({ "download_url_lives_s": 0 }),
        );
        let second: Value = serde_json::from_slice(&authorized(target).body).unwrap();
        let dead = second["download_url"].as_str().unwrap();
        let gone = authorized(dead.strip_prefix(&running.base_http).unwrap());
        assert_eq!(gone.status, 400);
        control(
            &running.base_http,
            "rules",
            &json!({ "download_url_lives_s": 300 }),
        );
    }
    let none = authorized("/v3/bill/tradebill?bill_date=2026-03-01");
    let none: Value = serde_json::from_slice(&none.body).unwrap();
    assert_eq!(none["code"], "NO_STATEMENT_EXIST");
}

#[test]
fn certificates_roll_over_in_stages_and_vanish_in_public_key_mode() {
    let running = sandbox();
    let mut shop = V3Client::of(&running);
    let list = |shop: &V3Client<'_>| {
        let answer = shop.send("GET", "/v3/certificates", "");
        let value: Value = serde_json::from_slice(&answer.body).unwrap();
        (answer, value)
    };
    shop.wanted = running.pems.platform_serial.clone();
    for (stage, count) in [("old", 1), ("published", 2), ("phased", 2), ("new", 1)] {
        control(
            &running.base_http,
            "rules",
            &json!({ "certificate_roll": stage }),
        );
        let (answer, told) = list(&shop);
        assert_eq!(told["data"].as_array().unwrap().len(), count, "{stage}");
        let signs_old = answer.head.contains(&running.pems.platform_serial);
        assert_eq!(signs_old, matches!(stage, "old" | "published"), "{stage}");
    }
    control(
        &running.base_http,
        "rules",
        &json!({ "answer_key": "public_key" }),
    );
    let (answer, told) = list(&shop);
    assert_eq!(
        (answer.status, &told["code"]),
        (404, &json!("RESOURCE_NOT_EXISTS"))
    );
    assert!(answer.head.contains(&running.pems.public_key_id));
}

#[test]
fn an_abnormal_refund_is_sent_to_another_account() {
    let running = sandbox();
    let shop = V3Client::of(&running);
    shop.place_paid("ORDER-1", 1000);
    let rules = json!({ "refund_outcome": "CHANGE", "refund_settles_s": 0 });
    control(&running.base_http, "rules", &rules);
    let body = json!({
        "out_trade_no": "ORDER-1", "out_refund_no": "R1",
        "amount": { "refund": 1000, "total": 1000, "currency": "CNY" },
    });
    let refund = shop.call("POST", "/v3/refund/domestic/refunds", &body).1;
    assert_eq!(refund["status"], "ABNORMAL");
    let id = refund["refund_id"].as_str().unwrap();
    let target = format!("/v3/refund/domestic/refunds/{id}/apply-abnormal-refund");
    let unsealed = json!({
        "out_refund_no": "R1", "type": "USER_BANK_CARD", "bank_type": "ICBC_DEBIT",
        "bank_account": "622202", "real_name": "张三",
    });
    assert_eq!(shop.call("POST", &target, &unsealed).0, 400);
    let merchant = json!({ "out_refund_no": "R1", "type": "MERCHANT_BANK_CARD" });

    let (status, told) = shop.call("POST", &target, &merchant);

    assert_eq!((status, &told["status"]), (200, &json!("PROCESSING")));
    assert_eq!(shop.call("POST", &target, &merchant).0, 400);
}

#[test]
fn sums_of_fen_have_no_leading_zeros() {
    use crate::support::wire::{Client, SignDigest};

    let running = sandbox();
    let refused = Client::of(&running, SignDigest::Md5).place("A1", "0100");
    assert_eq!(refused["return_code"], "FAIL");
}
