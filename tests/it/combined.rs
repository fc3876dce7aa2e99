//! Combined orders (合单) end to end: the sandbox by its documents, then query, close and refund of a part through the
//! program, in both modes of verification.

use std::io::Read as _;
use std::sync::Arc;

use flate2::read::GzDecoder;
use recondesk::adapters;
use recondesk::app::Silent;
use recondesk::app::gateway::{CloseOutcome, CombinedVerdict, ExchangeError, RefundOutcome};
use recondesk::app::jobs::lookup::session::{self, GatewayQuestion};
use recondesk::app::jobs::lookup::{live, view};
use recondesk::domain::{ApiVersion, Fen, OutRefundNo, OutTradeNo, TransactionId};
use recondesk::ports::{Author, NumberKind};
use recondesk::sandbox::{AnswerKey, Running};
use recondesk::wechat::v2::{NewRefund, OrderRef, TradeState};
use recondesk::wechat::v3::CombinedOrder;
use serde_json::{Value, json};

use crate::funds::FundsFixture;
use crate::support::line::{GatewayFixture, NoonClock, VerifiedBy};
use crate::support::wire::{control, http, ledger, ledger_order, sandbox};
use crate::support::wire_v3::V3Client;

const MODES: [VerifiedBy; 2] = [VerifiedBy::PublicKey, VerifiedBy::Certificates];
const JSAPI: &str = "/v3/combine-transactions/jsapi";

fn at(number: &str) -> String {
    format!("/v3/combine-transactions/out-trade-no/{number}")
}

fn place(shop: &V3Client<'_>, number: &str, parts: &[(&str, i64)]) {
    let (status, told) = shop.call("POST", JSAPI, &shop.combined(number, parts));
    assert_eq!(status, 200, "{told}");
}

fn pay(running: &Running, number: &str) -> Value {
    control(
        &running.base_http,
        "pay",
        &json!({ "out_trade_no": number }),
    )
}

#[test]
fn a_stranger_with_the_documents_alone_can_place_pay_query_and_close() {
    let running = sandbox();
    let shop = V3Client::of(&running);
    for (kind, field) in [
        ("jsapi", "prepay_id"),
        ("app", "prepay_id"),
        ("native", "code_url"),
        ("h5", "h5_url"),
    ] {
        let parts = [format!("PART-{kind}-1"), format!("PART-{kind}-2")];
        let [one, two] = &parts;
        let mut order = shop.combined(&format!("WHOLE-{kind}"), &[(one, 101), (two, 202)]);
        if kind != "jsapi" {
            order.as_object_mut().unwrap().remove("combine_payer_info");
        }
        if kind == "h5" {
            order["scene_info"] =
                json!({ "payer_client_ip": "127.0.0.1", "h5_info": { "type": "Wap" } });
        }
        let target = format!("/v3/combine-transactions/{kind}");
        let (status, told) = shop.call("POST", &target, &order);
        assert_eq!(status, 200, "{told}");
        assert!(told[field].is_string(), "{told}");
        // The very same again is the same order.
        assert_eq!(shop.call("POST", &target, &order).0, 200);
    }
    let (_, open) = shop.call("GET", &at("WHOLE-jsapi"), &Value::Null);
    assert_eq!(open["sub_orders"][1]["trade_state"], "NOTPAY");
    assert!(open["sub_orders"][1].get("transaction_id").is_none());

    let paid = pay(&running, "WHOLE-jsapi");
    assert_eq!(paid["combine_out_trade_no"], "WHOLE-jsapi");
    let (_, told) = shop.call("GET", &at("WHOLE-jsapi"), &Value::Null);
    assert_eq!(told["combine_mchid"], json!(running.merchant.mch_id));
    let [one, two] = [0, 1].map(|part| told["sub_orders"][part].clone());
    assert_eq!(one["trade_state"], "SUCCESS");
    assert_eq!(two["amount"]["total_amount"], 202);
    assert_ne!(one["transaction_id"], two["transaction_id"]);
    // A part is a payment of its own.
    let id = two["transaction_id"].as_str().unwrap();
    let mchid = &running.merchant.mch_id;
    let by_id = format!("/v3/pay/transactions/id/{id}?mchid={mchid}");
    let (_, part) = shop.call("GET", &by_id, &Value::Null);
    assert_eq!(part["out_trade_no"], "PART-jsapi-2");

    let close = |number: &str, parts: &[&str]| {
        let parts: Vec<Value> = parts
            .iter()
            .map(|part| json!({ "mchid": mchid, "out_trade_no": part }))
            .collect();
        let body = json!({ "combine_appid": running.merchant.appids[0], "sub_orders": parts });
        let (status, told) = shop.call("POST", &format!("{}/close", at(number)), &body);
        (status, told["code"].as_str().unwrap_or_default().to_owned())
    };
    let app = ["PART-app-1", "PART-app-2"];
    assert_eq!(close("WHOLE-app", &app[..1]).1, "INVALID_REQUEST");
    assert_eq!(close("WHOLE-app", &app), (204, String::new()));
    let (_, closed) = shop.call("GET", &at("WHOLE-app"), &Value::Null);
    assert_eq!(closed["sub_orders"][0]["trade_state"], "CLOSED");
    let paid = ["PART-jsapi-1", "PART-jsapi-2"];
    assert_eq!(close("WHOLE-jsapi", &paid).1, "ORDER_PAID");
    assert_eq!(close("WHOLE-none", &paid).1, "ORDER_NOT_EXIST");
    // Neither paid nor closed by itself.
    let alone = json!({ "mchid": mchid });
    let target = "/v3/pay/transactions/out-trade-no/PART-h5-1/close";
    assert_eq!(
        shop.call("POST", target, &alone).1["code"],
        "INVALID_REQUEST"
    );
    let wish = json!({ "out_trade_no": "PART-h5-1" }).to_string();
    let refused = http(&running.base_http, "POST", "/_sandbox/pay", wish.as_bytes());
    assert_eq!(refused.status, 400);
    assert!(refused.text().contains("WHOLE-h5"), "{}", refused.text());
}

#[test]
fn wrong_combined_orders_are_named_by_their_field() {
    let running = sandbox();
    let shop = V3Client::of(&running);
    let good = shop.combined("WHOLE-1", &[("PART-0001", 101), ("PART-0002", 202)]);
    let with = |pointer: &str, value: Value| {
        let mut changed = good.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        changed
    };
    let mut extra = good.clone();
    extra["sub_orders"][1]["total_fee"] = json!(1);
    let many: Vec<(String, i64)> = (0..51).map(|part| (format!("MANY-{part:04}"), 1)).collect();
    let many: Vec<(&str, i64)> = many
        .iter()
        .map(|(part, fen)| (part.as_str(), *fen))
        .collect();
    for (body, field) in [
        (with("/sub_orders", json!([])), "/sub_orders"),
        (shop.combined("WHOLE-2", &many), "/sub_orders"),
        (
            with("/sub_orders/1/out_trade_no", json!("PART-0001")),
            "/sub_orders",
        ),
        (
            with("/sub_orders/1/amount/total_amount", json!(0)),
            "/sub_orders/1/amount/total_amount",
        ),
        (
            with("/sub_orders/1/amount/total_amount", json!("202")),
            "/sub_orders/1/amount/total_amount",
        ),
        (extra, "/sub_orders/1/total_fee"),
        (
            with("/combine_payer_info/openid", Value::Null),
            "/combine_payer_info/openid",
        ),
        (
            with("/combine_out_trade_no", json!("P#1")),
            "/combine_out_trade_no",
        ),
    ] {
        let (status, told) = shop.call("POST", JSAPI, &body);
        assert_eq!(
            (status, &told["code"]),
            (400, &json!("PARAM_ERROR")),
            "{told}"
        );
        assert_eq!(told["detail"]["field"], field, "{told}");
    }
    let foreign = with("/sub_orders/1/mchid", json!("1900000999"));
    let (status, told) = shop.call("POST", JSAPI, &foreign);
    assert_eq!((status, &told["code"]), (403, &json!("NO_AUTH")), "{told}");
    assert_eq!(shop.call("POST", JSAPI, &good).0, 200);
    let other = with("/sub_orders/1/amount/total_amount", json!(203));
    assert_eq!(
        shop.call("POST", JSAPI, &other).1["code"],
        "INVALID_REQUEST"
    );
    // None of the refused ones left a part behind.
    let orders = ledger(&running.base_http)["merchants"][0]["orders"].clone();
    assert_eq!(orders.as_array().unwrap().len(), 2, "{orders}");
}

fn known(desk: &GatewayFixture, number: &str) -> CombinedOrder {
    let number = OutTradeNo::new(number).unwrap();
    match desk.line().query_combined(&number).unwrap().outcome {
        CombinedVerdict::Known(order) => *order,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_client_asks_closes_and_refunds_a_part_by_its_own_payment() {
    let running = sandbox();
    let shop = V3Client::of(&running);
    for (nth, mode) in MODES.into_iter().enumerate() {
        let desk = GatewayFixture::v3_at(&running, mode);
        let whole = format!("WHOLE-{nth}");
        let parts = [format!("PART-{nth}-1"), format!("PART-{nth}-2")];
        let [one, two] = &parts;
        place(&shop, &whole, &[(one, 101), (two, 202)]);
        assert_eq!(known(&desk, &whole).parts[0].state, TradeState::NotPay);
        pay(&running, &whole);
        let order = known(&desk, &whole);
        assert_eq!(order.total(), Some(Fen::new(303)));

        let wish = NewRefund {
            order: OrderRef::Transaction(
                TransactionId::new(&order.parts[1].transaction_id).unwrap(),
            ),
            out_refund_no: OutRefundNo::new(&format!("R-{nth}")).unwrap(),
            total_fee: Fen::new(202),
            refund_fee: Fen::new(202),
            reason: "退子单".to_owned(),
            account: String::new(),
            notify_url: String::new(),
        };
        let RefundOutcome::Accepted(told) = desk.line().refund(&wish, "").unwrap().outcome else {
            panic!("not accepted");
        };
        assert_eq!(told.out_trade_no, *two);
        let order = known(&desk, &whole);
        let states: Vec<&TradeState> = order.parts.iter().map(|part| &part.state).collect();
        assert_eq!(states, [&TradeState::Success, &TradeState::Refund]);
        assert_eq!(ledger_order(&running.base_http, one)["refunds"], json!([]));
        let absent = OutTradeNo::new("WHOLE-9").unwrap();
        let asked = desk.line().query_combined(&absent).unwrap();
        assert_eq!(asked.outcome, CombinedVerdict::NotFound);
        let paid = desk.line().close_combined(&order).unwrap();
        assert_eq!(paid.outcome, CloseOutcome::Paid);
    }
    // Each part has its row in the bill, and the whole has none.
    control(&running.base_http, "rules", &json!({ "bill": "today" }));
    let ask = "/v3/bill/tradebill?bill_date=2026-03-09&bill_type=ALL&tar_type=GZIP";
    let (_, ticket) = shop.call("GET", ask, &Value::Null);
    let url = ticket["download_url"].as_str().unwrap();
    let target = url.strip_prefix(&running.base_http).unwrap();
    let file = shop.send("GET", target, "").body;
    let mut bill = String::new();
    GzDecoder::new(file.as_slice())
        .read_to_string(&mut bill)
        .unwrap();
    for (number, rows) in [("PART-0-1", 1), ("PART-0-2", 2), ("WHOLE-0", 0)] {
        let found = bill.lines().filter(|line| line.contains(number)).count();
        assert_eq!(found, rows, "{number} in {bill}");
    }
}

#[test]
fn an_answer_about_somebody_or_something_else_is_not_believed() {
    let running = sandbox();
    let shop = V3Client::of(&running);
    place(&shop, "WHOLE-1", &[("PART-0001", 101)]);
    pay(&running, "WHOLE-1");
    let number = OutTradeNo::new("WHOLE-1").unwrap();
    for mode in MODES {
        for kind in [
            "other_order",
            "other_merchant",
            "wrong_sign",
            "unsigned",
            "stale",
            "html",
        ] {
            let desk = GatewayFixture::v3_at(&running, mode);
            // The certificates are fetched before the fault is planned.
            known(&desk, "WHOLE-1");
            let mut fault = json!({ "kind": kind, "path": at("WHOLE-1") });
            if kind == "stale" {
                fault["seconds"] = json!(600);
            }
            control(&running.base_http, "fault", &fault);
            let asked = desk.line().query_combined(&number).unwrap();
            let CombinedVerdict::ExchangeError(why) = asked.outcome else {
                panic!("{kind}: {:?}", asked.outcome);
            };
            assert!(
                matches!(why, ExchangeError::Untrusted(_) | ExchangeError::Unclear(_)),
                "{kind}: {why:?}"
            );
        }
    }
    let mut v2 = GatewayFixture::v3_at(&running, VerifiedBy::PublicKey);
    v2.profile.api = ApiVersion::V2;
    let refused = v2.line().query_combined(&number).err().unwrap();
    assert_eq!(refused.code, "query.combined_v3");
}

/// The parts in the workspace of a shop: the first is booked as paid, the second is not, the third is not there.
fn shop_with_parts(answer_key: AnswerKey) -> FundsFixture {
    let shop = FundsFixture::new(answer_key);
    let orders = "out_trade_no,amount,pay_status,delivery_status,created_at,paid_at\n\
        PART-0001,1.01,paid,delivered,2026-03-08 10:00:00,2026-03-08 10:00:05\n\
        PART-0002,2.02,created,,2026-03-08 10:00:00,\n";
    let file = shop.stage.file("orders.csv", orders.as_bytes());
    shop.stage
        .expect(0, &["orders", "import", &file, "--profile", "shop"]);
    shop
}

#[test]
fn a_combined_number_is_found_with_its_parts_and_their_own_next_steps() {
    for answer_key in [AnswerKey::PublicKey, AnswerKey::Certificate] {
        let shop = shop_with_parts(answer_key);
        let wire = V3Client::of(&shop.running);
        let parts = [("PART-0001", 101), ("PART-0002", 202), ("PART-0003", 303)];
        let (status, told) = wire.call_now("POST", JSAPI, &wire.combined("WHOLE-1", &parts));
        assert_eq!(status, 200, "{told}");
        let query = ["query", "WHOLE-1", "--live", "--profile", "shop"];
        let ask = || {
            let told = shop
                .stage
                .expect(1, &[&query[..], &["--format", "json"]].concat());
            let told: Value = serde_json::from_str(&told).unwrap();
            told["numbers"][0]["live"].clone()
        };
        assert_eq!(ask()["order"]["trade_state"], "NOTPAY");
        pay(&shop.running, "WHOLE-1");

        let whole = ask();

        assert_eq!(whole["order"]["trade_state"], "SUCCESS");
        assert_eq!(whole["order"]["total_fen"], 606);
        let each = whole["parts"].as_array().unwrap();
        let numbers: Vec<&Value> = each.iter().map(|part| &part["number"]).collect();
        assert_eq!(numbers, ["PART-0001", "PART-0002", "PART-0003"]);
        let dropped = &each[1]["differences"][0];
        assert_eq!(dropped["field"], "trade_state", "{whole:#}");
        assert_ne!(each[0]["action"], each[1]["action"], "{whole:#}");
        let text = shop
            .stage
            .expect(1, &[&query[..], &["--lang", "zh"]].concat());
        assert!(text.contains("合单 WHOLE-1：3 笔子单，共 ¥6.06"), "{text}");
        for part in each {
            let id = part["order"]["transaction_id"].as_str().unwrap();
            assert!(text.contains(id), "{text}");
        }
        // A list has a row for each part.
        let list = shop.stage.file("list.txt", b"WHOLE-1\nNOBODY-1\n");
        let rows = shop.stage.expect(
            1,
            &["query", "--list", &list, "--live", "--profile", "shop"],
        );
        for number in ["PART-0001", "PART-0002", "PART-0003", "NOBODY-1"] {
            assert_eq!(rows.matches(number).count(), 1, "{rows}");
        }
    }
}

#[test]
fn the_window_asks_as_well_and_keeps_each_part_once() {
    for mode in MODES {
        let running = sandbox();
        place(
            &V3Client::of(&running),
            "WHOLE-1",
            &[("PART-0001", 101), ("PART-0002", 202)],
        );
        pay(&running, "WHOLE-1");
        let folder = tempfile::tempdir().unwrap();
        let desk = GatewayFixture::v3_at(&running, mode);
        let mut ports = adapters::open(Some(folder.path())).unwrap();
        ports.clock = Arc::new(NoonClock::default());
        ports.gateway = Arc::new(desk.gateway);
        ports.vault = Arc::new(desk.vault);
        let author = Author::program(ports.clock.now());
        let profile = ports.records.add_profile(&desk.profile, author).unwrap();
        let question = || GatewayQuestion {
            profile,
            number: "WHOLE-1".to_owned(),
            kind: NumberKind::OutTradeNo,
            poll: None,
            after_ms: 0,
        };

        let live = session::ask(&ports, &desk.profile, question(), &Silent).unwrap();

        let rows: Vec<&str> = live.fields.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(rows, ["PART-0001", "PART-0002"]);
        assert!(
            live.fields[1].theirs.zh.contains("¥2.02"),
            "{:?}",
            live.fields
        );
        assert!(live.asked.summary.words.zh.starts_with("合单 WHOLE-1"));
        assert!(live.following.is_none());
        assert!(live::keep(&ports, profile, &live.asked).unwrap());
        assert!(!live::keep(&ports, profile, &live.asked).unwrap());
        let number = "PART-0002";
        let part = view(
            &ports,
            (profile, desk.profile.clone()),
            (number, NumberKind::OutTradeNo),
        );
        let heard = part.unwrap().record.observations;
        assert_eq!(heard.len(), 1);
        assert_eq!(heard[0].amount, Some(Fen::new(202)));
    }
}

#[test]
fn a_combined_order_is_closed_as_a_whole_and_never_once_paid() {
    for answer_key in [AnswerKey::PublicKey, AnswerKey::Certificate] {
        let shop = FundsFixture::new(answer_key);
        let wire = V3Client::of(&shop.running);
        let base = &shop.running.base_http;
        for (number, part) in [("OPEN-1", "PART-0001"), ("PAID-1", "PART-0002")] {
            let order = wire.combined(number, &[(part, 101), (&format!("{part}-B"), 202)]);
            assert_eq!(wire.call_now("POST", JSAPI, &order).0, 200);
        }
        pay(&shop.running, "PAID-1");
        let close = |code, number: &str| {
            let close = ["close", number, "--profile", "shop", "--lang", "en"];
            let output = shop.stage.run(&close);
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(code), "{number}: {said}");
            said
        };

        // What came of a lost answer is asked.
        let fault = json!({ "kind": "done_but_error", "path": "/OPEN-1/close" });
        control(base, "fault", &fault);
        assert!(close(0, "OPEN-1").contains("is closed"));
        for part in ["PART-0001", "PART-0001-B"] {
            assert_eq!(ledger_order(base, part)["trade_state"], "CLOSED");
        }
        assert!(close(0, "OPEN-1").contains("closed before"));
        assert!(close(4, "PAID-1").contains("close.paid"));
        assert_eq!(ledger_order(base, "PART-0002")["trade_state"], "SUCCESS");
        assert!(close(4, "NOBODY-1").contains("close.unknown"));
    }
}

#[test]
fn the_notification_of_the_sandbox_enters_each_part_once() {
    let shop = shop_with_parts(AnswerKey::PublicKey);
    let wire = V3Client::of(&shop.running);
    let order = wire.combined("WHOLE-1", &[("PART-0001", 101), ("PART-0002", 202)]);
    assert_eq!(wire.call_now("POST", JSAPI, &order).0, 200);
    pay(&shop.running, "WHOLE-1");
    let import = |code| {
        let wish = json!({ "out_trade_no": "WHOLE-1", "send": false });
        let told = control(&shop.running.base_http, "notify", &wish);
        let headers: serde_json::Map<String, Value> = told["headers"]
            .as_array()
            .unwrap()
            .iter()
            .map(|pair| (pair[0].as_str().unwrap().to_owned(), pair[1].clone()))
            .collect();
        let text = json!({ "headers": headers, "body": told["body"] }).to_string();
        let file = shop.stage.file("notice.json", text.as_bytes());
        let command = [
            "notify",
            "import",
            &file,
            "--profile",
            "shop",
            "--format",
            "json",
        ];
        let list: Value = serde_json::from_str(&shop.stage.expect(code, &command)).unwrap();
        let list = list.as_array().unwrap().iter();
        list.map(|one| {
            let word = |name: &str| one[name].as_str().unwrap().to_owned();
            [word("kind"), word("out_trade_no"), word("result")]
        })
        .collect::<Vec<_>>()
    };
    let row = |number: &str, result: &str| ["v3.combined", number, result].map(ToOwned::to_owned);

    assert_eq!(
        import(0),
        [row("PART-0001", "applied"), row("PART-0002", "applied")]
    );
    assert_eq!(
        import(0),
        [row("PART-0001", "repeated"), row("PART-0002", "repeated")]
    );
}
