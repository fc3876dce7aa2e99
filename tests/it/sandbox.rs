//! The sandbox as a merchant's developers meet it: over real HTTP, with a client that shares no code.

use std::net::{SocketAddr, TcpListener};

use recondesk::domain::Secret;
use recondesk::sandbox::{SandboxError, start};
use recondesk::wechat::v2::notify::decrypt_req_info;
use recondesk::wechat::v2::xml;
use serde_json::json;

use crate::support::shop::ShopListener;
use crate::support::wire::{
    Client, SignDigest, config, control, http, ledger, ledger_order, sandbox,
};

#[test]
fn a_stranger_with_the_documents_alone_can_place_pay_query_and_refund() {
    let running = sandbox();
    for (digest, number) in [
        (SignDigest::Md5, "A20260309000001"),
        (SignDigest::Hmac, "B20260309000001"),
    ] {
        let shop = Client::of(&running, digest);

        let placed = shop.place(number, "3500");
        assert_eq!(placed["result_code"], "SUCCESS");
        assert!(placed["prepay_id"].starts_with("wx20260309"));
        let unpaid = shop.call("/pay/orderquery", &[("out_trade_no", number)]);
        assert_eq!(unpaid["trade_state"], "NOTPAY");
        assert_eq!(unpaid["attach"], "");

        control(shop.base, "pay", &json!({ "out_trade_no": number }));
        let paid = shop.call("/pay/orderquery", &[("out_trade_no", number)]);
        assert_eq!(paid["trade_state"], "SUCCESS");
        assert_eq!(paid["total_fee"], "3500");
        assert_eq!(paid["time_end"], "20260309120000");
        assert_eq!(paid["transaction_id"].len(), 28);

        let wish = [
            ("transaction_id", paid["transaction_id"].as_str()),
            ("out_refund_no", &format!("R{number}")),
            ("total_fee", "3500"),
            ("refund_fee", "1000"),
        ];
        let accepted = shop.call("/secapi/pay/refund", &wish);
        assert_eq!(accepted["result_code"], "SUCCESS");
        let again = shop.call("/secapi/pay/refund", &wish);
        assert_eq!(again["refund_id"], accepted["refund_id"]);

        let state = shop.call("/pay/orderquery", &[("out_trade_no", number)]);
        assert_eq!(state["trade_state"], "REFUND");
        let refunds = shop.call("/pay/refundquery", &[("out_trade_no", number)]);
        assert_eq!(refunds["refund_status_0"], "PROCESSING");
        assert_eq!(refunds["refund_fee_0"], "1000");
        let book = ledger_order(shop.base, number);
        assert_eq!(book["refunds"].as_array().unwrap().len(), 1);
        assert_eq!(book["refunds"][0]["requests"], 2);
    }
}

#[test]
fn the_outcome_of_a_refund_is_told_once_it_is_known() {
    let running = sandbox();
    let shop = Client::of(&running, SignDigest::Md5);
    shop.place_paid("A1", "1000");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/refunded", listener.local_addr().unwrap());

    let wish = [
        ("out_trade_no", "A1"),
        ("out_refund_no", "R1"),
        ("total_fee", "1000"),
        ("refund_fee", "400"),
        ("notify_url", &url),
    ];
    for _ in 0..2 {
        let accepted = shop.call("/secapi/pay/refund", &wish);
        assert_eq!(accepted["result_code"], "SUCCESS");
    }
    control(shop.base, "clock", &json!({ "shift_s": 60 }));
    let body = ShopListener(listener.try_clone().unwrap()).hears(true).body;

    let fields = xml::read(body.as_bytes()).unwrap();
    assert_eq!(fields.get("return_code"), Some("SUCCESS"));
    assert_eq!(fields.get("sign"), None, "this one is not signed");
    let key = Secret::new(shop.key.as_bytes().to_vec());
    let plain = decrypt_req_info(fields.get("req_info").unwrap(), &key).unwrap();
    let plain = String::from_utf8(plain).unwrap();
    for word in ["R1", "SUCCESS", "400", "API"] {
        assert!(plain.contains(word), "{word}: {plain}");
    }
    listener.set_nonblocking(true).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(600));
    assert!(listener.accept().is_err(), "one refund, one notification");
}

#[test]
fn only_loopback_is_listened_on() {
    let mut elsewhere = config();
    elsewhere.listen = SocketAddr::from(([0, 0, 0, 0], 0));

    let refused = start(elsewhere);

    assert!(matches!(refused, Err(SandboxError::NotLoopback(_))));
}

#[test]
fn a_wrong_signature_reaches_no_book() {
    let running = sandbox();
    let mut thief = Client::of(&running, SignDigest::Md5);
    thief.key = "00000000000000000000000000000000";

    let answer = thief.call("/pay/orderquery", &[("out_trade_no", "A1")]);

    assert_eq!(answer["return_code"], "FAIL");
    assert_eq!(answer["return_msg"], "签名错误");
    assert!(!answer.contains_key("sign"));
    assert_eq!(thief.place("T1", "1")["return_code"], "FAIL");
    assert_eq!(ledger(thief.base)["merchants"][0]["orders"], json!([]));
}

#[test]
fn one_number_is_one_order() {
    let running = sandbox();
    let shop = Client::of(&running, SignDigest::Md5);

    assert_eq!(shop.place("A1", "100")["result_code"], "SUCCESS");
    assert_eq!(shop.place("A1", "100")["result_code"], "SUCCESS");
    let other = shop.place("A1", "200");
    assert_eq!(other["err_code"], "INVALID_REQUEST");
    assert_eq!(other["err_code_des"], "201 商户订单号重复");

    control(shop.base, "pay", &json!({ "out_trade_no": "A1" }));
    assert_eq!(shop.place("A1", "100")["err_code"], "ORDERPAID");
    let close = |number| shop.call("/pay/closeorder", &[("out_trade_no", number)]);
    assert_eq!(close("A1")["err_code"], "ORDERPAID");

    shop.place("A2", "100");
    assert_eq!(close("A2")["result_code"], "SUCCESS");
    assert_eq!(close("A2")["result_code"], "SUCCESS");
    assert_eq!(shop.place("A2", "100")["err_code"], "ORDERCLOSED");
    assert_eq!(close("A3")["err_code"], "ORDERNOTEXIST");
}

#[test]
fn refunds_keep_the_documented_rules() {
    let running = sandbox();
    let shop = Client::of(&running, SignDigest::Md5);
    shop.place_paid("A1", "1000");
    let refund = |order: &str, number: &str, total: &str, fen: &str| {
        let fields = shop.call(
            "/secapi/pay/refund",
            &[
                ("out_trade_no", order),
                ("out_refund_no", number),
                ("total_fee", total),
                ("refund_fee", fen),
            ],
        );
        match fields.get("err_code") {
            Some(code) => format!("{code} {}", fields["err_code_des"]),
            None => fields
                .get("result_code")
                .unwrap_or(&fields["return_msg"])
                .clone(),
        }
    };

    assert_eq!(refund("A1", "R0", "1000", "1001"), "invalid refund_fee");
    assert!(refund("A1", "R0", "900", "100").starts_with("REFUND_FEE_MISMATCH"));
    assert!(refund("A9", "R0", "900", "100").starts_with("ORDERNOTEXIST"));
    assert_eq!(refund("A1", "R1", "1000", "600"), "SUCCESS");
    assert!(refund("A1", "R1", "1000", "500").starts_with("REFUND_FEE_MISMATCH"));
    assert_eq!(
        refund("A1", "R2", "1000", "500"),
        "INVALID_REQUEST refund_fee大于可退金额"
    );
    assert_eq!(refund("A1", "R2", "1000", "400"), "SUCCESS");
    assert_eq!(refund("A1", "R3", "1000", "1"), "ERROR 订单已全额退款");
    assert_eq!(refund("A1", "R2", "1000", "400"), "SUCCESS");

    shop.place("A2", "1000");
    assert!(refund("A2", "R4", "1000", "1").starts_with("ORDERNOTEXIST"));
    shop.place_paid("A3", "1000");
    for part in 0..50 {
        assert_eq!(refund("A3", &format!("P{part}"), "1000", "1"), "SUCCESS");
    }
    assert!(refund("A3", "P50", "1000", "1").starts_with("INVALID_REQUEST"));

    shop.place_paid("A4", "1000");
    control(shop.base, "rules", &json!({ "balance_fen": 99 }));
    assert!(refund("A4", "R5", "1000", "100").starts_with("NOTENOUGH"));
    control(shop.base, "rules", &json!({ "balance_fen": null }));
    control(shop.base, "clock", &json!({ "shift_s": 366 * 86_400 }));
    assert!(refund("A4", "R5", "1000", "100").starts_with("TRADE_OVERDUE"));
}

#[test]
fn refunds_are_listed_ten_at_a_time() {
    let running = sandbox();
    let shop = Client::of(&running, SignDigest::Md5);
    shop.place_paid("A1", "1000");
    for part in 0..13 {
        shop.call(
            "/secapi/pay/refund",
            &[
                ("out_trade_no", "A1"),
                ("out_refund_no", &format!("P{part}")),
                ("total_fee", "1000"),
                ("refund_fee", "10"),
            ],
        );
    }

    let first = shop.call("/pay/refundquery", &[("out_trade_no", "A1")]);
    let rest = shop.call(
        "/pay/refundquery",
        &[("out_trade_no", "A1"), ("offset", "10")],
    );

    assert_eq!(first["total_refund_count"], "13");
    assert_eq!(first["refund_count"], "10");
    assert_eq!(rest["refund_count"], "3");
    assert_eq!(rest["out_refund_no_2"], "P12");
    let none = shop.call("/pay/refundquery", &[("out_refund_no", "nothing")]);
    assert_eq!(none["err_code"], "REFUNDNOTEXIST");
}

#[test]
fn what_is_no_message_is_told_so() {
    let running = sandbox();
    let base = &running.base_http;

    for (body, reason) in [
        (&b""[..], "post数据为空"),
        (b"hello", "XML格式错误"),
        (
            b"<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><xml><a>&a;</a></xml>",
            "XML格式错误",
        ),
        (b"<xml><a>1</a></xml>", "缺少参数mch_id"),
        (b"<xml><mch_id>1</mch_id></xml>", "mch_id参数格式错误"),
        (&[0xff, 0xfe, 0x00], "XML格式错误"),
    ] {
        let answer = http(base, "POST", "/pay/orderquery", body).text();
        assert!(answer.contains(reason), "{answer}");
        assert!(answer.contains("FAIL"), "{answer}");
    }
    let answer = http(base, "POST", "/pay/orderquery", b"<xml></xml>");
    assert!(
        answer.head.contains("content-type: text/xml"),
        "{}",
        answer.head
    );
    let page = http(base, "POST", "/pay/nothing", b"<xml></xml>");
    assert_eq!(page.status, 404);
    assert!(page.text().starts_with("<html>"));
    let answer = http(base, "GET", "/pay/orderquery", b"");
    assert!(answer.text().contains("post"));
    assert_eq!(
        http(base, "POST", "/pay/orderquery", &vec![b'a'; 2 << 20]).status,
        413
    );
}

#[test]
fn the_control_door_refuses_what_it_does_not_know() {
    let running = sandbox();
    let base = &running.base_http;

    for (method, what, body) in [
        ("POST", "pay", "{}"),
        ("POST", "pay", "not json"),
        ("POST", "pay", r#"{"out_trade_no":"none"}"#),
        ("POST", "fault", r#"{"kind":"earthquake"}"#),
        ("POST", "rules", r#"{"gravity":1}"#),
        (
            "POST",
            "notify",
            r#"{"out_trade_no":"x","url":"http://example.com/"}"#,
        ),
        ("GET", "pay", ""),
        ("GET", "nowhere", ""),
    ] {
        let answer = http(base, method, &format!("/_sandbox/{what}"), body.as_bytes());
        assert_eq!(answer.status, 400, "{what} {body}");
        assert!(answer.text().contains("error"));
    }
}
