//! How a customer pays in the sandbox: every way of both APIs, by address, by page, by itself; and what cannot be paid.

use std::fmt::Write as _;

use recondesk::sandbox::{CodePay, Running, start};
use serde_json::{Value, json};

use crate::support::shop::ShopListener;
use crate::support::wire::{
    Client, SignDigest, XmlFields, config, control, elements, http, ledger_order, sandbox,
};
use crate::support::wire_v3::V3Client;

/// Places an order of APIv2 whose notifications go to the shop.
fn place(
    client: &Client<'_>,
    number: &str,
    way: &str,
    shop: &ShopListener,
    more: &[(&str, &str)],
) -> XmlFields {
    let url = shop.url();
    let mut fields = vec![
        ("out_trade_no", number),
        ("total_fee", "101"),
        ("body", "茶 & <b>\"x\"</b>"),
        ("spbill_create_ip", "127.0.0.1"),
        ("notify_url", url.as_str()),
        ("trade_type", way),
    ];
    match way {
        "JSAPI" if !more.iter().any(|(name, _)| *name == "sub_openid") => {
            fields.push(("openid", "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"));
        }
        "NATIVE" => fields.push(("product_id", "p1")),
        _ => {}
    }
    fields.extend_from_slice(more);
    let placed = client.call("/pay/unifiedorder", &fields);
    assert_eq!(placed["result_code"], "SUCCESS", "{placed:?}");
    placed
}

/// `POST /_sandbox/…?…` without a body.
fn ask(running: &Running, target: &str) -> (u16, Value) {
    let answer = http(
        &running.base_http,
        "POST",
        &format!("/_sandbox/{target}"),
        b"",
    );
    (answer.status, serde_json::from_slice(&answer.body).unwrap())
}

/// The path and query of an address of the sandbox.
fn target<'a>(running: &Running, address: &'a str) -> &'a str {
    address.strip_prefix(&running.base_http).unwrap()
}

fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        write!(out, "%{byte:02X}").unwrap();
        out
    })
}

#[test]
fn every_way_of_the_second_api_is_paid_told_refunded_and_billed() {
    let mut settings = config();
    settings.rules.bill = recondesk::sandbox::BillReadiness::Today;
    settings.rules.refund_settles_s = 0;
    let running = start(settings).unwrap();
    let shop = ShopListener::open();
    for (digest, tail) in [(SignDigest::Md5, "1"), (SignDigest::Hmac, "2")] {
        let client = Client::of(&running, digest);
        for way in ["NATIVE", "JSAPI", "APP", "MWEB"] {
            let number = format!("{way}{tail}");
            let placed = place(&client, &number, way, &shop, &[("attach", "a b&c")]);
            let by = match way {
                "NATIVE" => format!("link={}", escaped(&placed["code_url"])),
                "MWEB" => format!("link={}", escaped(&placed["mweb_url"])),
                "JSAPI" => format!("prepay_id={}", placed["prepay_id"]),
                _ => format!("out_trade_no={number}"),
            };
            if way == "MWEB" {
                assert!(placed["mweb_url"].contains(&placed["prepay_id"]));
            }
            let (status, told) = ask(&running, &format!("pay?{by}"));
            assert_eq!(status, 200, "{told}");
            assert_eq!(
                told["notification"],
                json!({ "sent": true, "url": shop.url() })
            );
            let fields = elements(&shop.hears(true).body);
            assert_eq!(fields["sign"], client.sign(&fields), "{way}");
            assert_eq!(fields["out_trade_no"], number);
            assert_eq!(fields["trade_type"], way);
            assert_eq!(
                (&*fields["total_fee"], &*fields["attach"]),
                ("101", "a b&c")
            );
            let (status, again) = ask(&running, &format!("pay?out_trade_no={number}"));
            assert_eq!(
                (status, &again["error"]),
                (400, &json!("the order is SUCCESS"))
            );

            let refund_number = format!("R{number}");
            let refund_url = shop.url();
            let refund = client.call(
                "/secapi/pay/refund",
                &[
                    ("out_trade_no", &number),
                    ("out_refund_no", &refund_number),
                    ("total_fee", "101"),
                    ("refund_fee", "50"),
                    ("notify_url", &refund_url),
                ],
            );
            assert_eq!(refund["result_code"], "SUCCESS");
            assert!(shop.hears(true).body.contains("req_info"));
        }
    }
    let bill = Client::of(&running, SignDigest::Md5).body(&[("bill_date", "20260309")]);
    let bill = http(
        &running.base_http,
        "POST",
        "/pay/downloadbill",
        bill.as_bytes(),
    )
    .text();
    for way in ["NATIVE1", "JSAPI2", "APP1", "MWEB2", "RNATIVE2"] {
        assert!(bill.contains(&format!("`{way},")), "{way}: {bill}");
    }
}

#[test]
fn every_way_of_the_third_api_is_paid_for_merchants_and_for_providers() {
    let running = sandbox();
    let client = V3Client::of(&running);
    let shop = ShopListener::open();
    for (party, kind) in ["", "partner/"]
        .iter()
        .flat_map(|party| ["native", "jsapi", "app", "h5"].map(|kind| (*party, kind)))
    {
        let number = format!("ORDER-{}{kind}", party.trim_end_matches('/'));
        let mut order = client.order(&number, 3500);
        let fields = order.as_object_mut().unwrap();
        fields.insert("notify_url".into(), json!(shop.url()));
        fields.remove("payer");
        if kind == "h5" {
            let scene = json!({ "payer_client_ip": "127.0.0.1", "h5_info": { "type": "Wap" } });
            fields.insert("scene_info".into(), scene);
        }
        if party.is_empty() {
            fields.insert("payer".into(), json!({ "openid": "o1" }));
        } else {
            for (old, new) in [("appid", "sp_appid"), ("mchid", "sp_mchid")] {
                let value = fields.remove(old).unwrap();
                fields.insert(new.into(), value);
            }
            fields.insert("sub_mchid".into(), json!("1900000200"));
            fields.insert("sub_appid".into(), json!("wx0000000000000002"));
            fields.insert("payer".into(), json!({ "sub_openid": "o2" }));
        }
        let path = format!("/v3/pay/{party}transactions/{kind}");
        let (status, told) = client.call("POST", &path, &order);
        assert_eq!(status, 200, "{told}");
        let by = match (&told["code_url"], &told["h5_url"], &told["prepay_id"]) {
            (Value::String(link), ..) | (_, Value::String(link), _) => {
                format!("link={}", escaped(link))
            }
            (.., Value::String(id)) => format!("prepay_id={id}"),
            _ => panic!("{told}"),
        };
        assert_eq!(ask(&running, &format!("pay?{by}")).0, 200);
        let heard = shop.hears(true);
        assert!(heard.header("Wechatpay-Signature").is_some());
        let body: Value = serde_json::from_str(&heard.body).unwrap();
        assert_eq!(body["event_type"], "TRANSACTION.SUCCESS");
        let target = if party.is_empty() {
            format!("/v3/pay/transactions/out-trade-no/{number}?mchid=1900000109")
        } else {
            format!(
                "/v3/pay/partner/transactions/out-trade-no/{number}?sp_mchid=1900000109&sub_mchid=1900000200"
            )
        };
        let paid = client.call("GET", &target, &Value::Null).1;
        assert_eq!(paid["trade_state"], "SUCCESS");
        if !party.is_empty() {
            assert_eq!(paid["payer"]["sub_openid"], "o2");
            assert_eq!(paid["sub_appid"], "wx0000000000000002");
        }
    }
}

#[test]
fn a_sub_merchant_of_the_second_api_is_named_in_its_notification() {
    let running = sandbox();
    let client = Client::of(&running, SignDigest::Md5);
    let shop = ShopListener::open();
    let more = [
        ("sub_mch_id", "1900000200"),
        ("sub_appid", "wx0000000000000002"),
        ("sub_openid", "o2"),
    ];
    place(&client, "SUB1", "JSAPI", &shop, &more);

    assert_eq!(ask(&running, "pay?out_trade_no=SUB1").0, 200);
    let fields = elements(&shop.hears(true).body);

    assert_eq!(fields["sign"], client.sign(&fields));
    for (name, value) in more {
        assert_eq!(fields[name], value);
    }
}

#[test]
fn the_page_of_a_code_pays_and_cancels_in_both_languages() {
    let running = sandbox();
    let client = Client::of(&running, SignDigest::Md5);
    let shop = ShopListener::open();
    let placed = place(&client, "PAGE1", "NATIVE", &shop, &[]);
    let path = target(&running, &placed["code_url"]);
    let open = |lang: &str| {
        http(
            &running.base_http,
            "GET",
            &format!("{path}&lang={lang}"),
            b"",
        )
    };
    let (zh, en) = (open("zh"), open("en"));
    for (page, words) in [
        (&zh, ["商户订单号", ">支付<", ">取消<", "未支付"]),
        (&en, ["Order", ">Pay<", ">Cancel<", "not paid"]),
    ] {
        assert_eq!(page.status, 200);
        let text = page.text();
        for word in words {
            assert!(text.contains(word), "{word}: {text}");
        }
        assert!(
            text.contains("茶 &amp; &lt;b&gt;") && !text.contains("<b>"),
            "{text}"
        );
        assert!(
            page.head
                .to_lowercase()
                .contains("content-security-policy: default-src 'none'")
        );
    }
    assert!(
        ledger_order(&running.base_http, "PAGE1")["paid_at"].is_null(),
        "looking pays nothing"
    );
    let code = placed["code_url"].rsplit('=').next().unwrap();
    let press = |act: &str| {
        let form = format!("ticket={code}&act={act}&lang=en&redirect_url=javascript%3Aalert(1)");
        http(
            &running.base_http,
            "POST",
            "/_sandbox/cashier",
            form.as_bytes(),
        )
    };
    assert!(press("cancel").text().contains("The customer cancelled"));
    assert!(ledger_order(&running.base_http, "PAGE1")["paid_at"].is_null());
    let paid = press("pay").text();
    assert!(
        paid.contains(&format!("The notification goes to {}", shop.url())),
        "{paid}"
    );
    assert!(!paid.contains("javascript"), "{paid}");
    assert!(shop.hears(true).body.contains("PAGE1"));
    assert_eq!(press("pay").status, 409);

    let placed = place(&client, "PAGE2", "MWEB", &shop, &[]);
    let path = format!(
        "{}&redirect_url=https%3A%2F%2Fshop.example%2Fdone%3Fa%3D1%26b%3D2",
        target(&running, &placed["mweb_url"])
    );
    let page = http(&running.base_http, "GET", &path, b"").text();
    assert!(
        page.contains("href=\"https://shop.example/done?a=1&amp;b=2\""),
        "{page}"
    );
}

#[test]
fn what_is_over_cannot_be_paid() {
    let running = sandbox();
    let client = Client::of(&running, SignDigest::Md5);
    let shop = ShopListener::open();
    let pay = |by: &str| {
        let (status, told) = ask(&running, &format!("pay?{by}"));
        assert_eq!(status, 400, "{told}");
        told["error"].as_str().unwrap().to_owned()
    };
    place(&client, "CLOSED", "APP", &shop, &[]);
    client.call("/pay/closeorder", &[("out_trade_no", "CLOSED")]);
    assert_eq!(pay("out_trade_no=CLOSED"), "the order is CLOSED");

    place(
        &client,
        "TIMED",
        "APP",
        &shop,
        &[("time_expire", "20260309120500")],
    );
    let web = place(&client, "WEB", "MWEB", &shop, &[]);
    let first = place(&client, "QR", "NATIVE", &shop, &[]);
    let second = place(&client, "QR", "NATIVE", &shop, &[]);
    assert!(pay(&format!("link={}", escaped(&first["code_url"]))).contains("nothing to pay"));
    control(&running.base_http, "clock", &json!({ "shift_s": 301 }));
    assert_eq!(pay("out_trade_no=TIMED"), "the order is CLOSED");
    assert!(pay(&format!("link={}", escaped(&web["mweb_url"]))).contains("expired"));
    let code = escaped(&second["code_url"]);
    assert_eq!(ask(&running, &format!("pay?link={code}")).0, 200);
    assert_eq!(pay("out_trade_no=NONE"), "there is no order NONE");
    assert_eq!(pay(""), "out_trade_no is missing");
    assert!(pay("out_trade_no=QR&prepay_id=x").starts_with("either"));
}

#[test]
fn orders_are_paid_by_themselves_where_the_rule_says_so() {
    let mut settings = config();
    settings.rules.pay_after_s = Some(0);
    let running = start(settings).unwrap();
    let client = Client::of(&running, SignDigest::Md5);
    let shop = ShopListener::open();

    place(&client, "AUTO", "JSAPI", &shop, &[]);

    assert!(shop.hears(true).body.contains("AUTO"));
    let state = client.call("/pay/orderquery", &[("out_trade_no", "AUTO")]);
    assert_eq!(state["trade_state"], "SUCCESS");
}

#[test]
fn links_look_as_the_real_ones_where_that_is_wanted() {
    let running = sandbox();
    control(
        &running.base_http,
        "rules",
        &json!({ "payment_links": "wechat" }),
    );
    let client = Client::of(&running, SignDigest::Md5);
    let shop = ShopListener::open();
    let native = place(&client, "N1", "NATIVE", &shop, &[]);
    let web = place(&client, "W1", "MWEB", &shop, &[]);

    assert!(native["code_url"].starts_with("weixin://wxpay/bizpayurl?pr="));
    assert!(web["mweb_url"].starts_with("https://wx.tenpay.com/"));
    for link in [&native["code_url"], &web["mweb_url"]] {
        assert_eq!(ask(&running, &format!("pay?link={}", escaped(link))).0, 200);
    }
}

#[test]
fn a_customers_code_pays_asks_for_the_password_and_is_reversed() {
    let running = sandbox();
    let client = Client::of(&running, SignDigest::Md5);
    let charge = |number: &str, code: &str| {
        client.call(
            "/pay/micropay",
            &[
                ("out_trade_no", number),
                ("total_fee", "888"),
                ("body", "咖啡"),
                ("spbill_create_ip", "127.0.0.1"),
                ("auth_code", code),
            ],
        )
    };
    let state = |number: &str| {
        client.call("/pay/orderquery", &[("out_trade_no", number)])["trade_state"].clone()
    };
    let paid = charge("C1", "134567890123456789");
    assert_eq!(paid["trade_type"], "MICROPAY", "{paid:?}");
    assert_eq!(paid["total_fee"], "888");
    assert_eq!(charge("C1", "134567890123456780")["err_code"], "ORDERPAID");
    assert_eq!(
        charge("C2", "134567890123456789")["err_code"],
        "AUTHCODEEXPIRE"
    );
    assert_eq!(
        charge("C2", "994567890123456789")["err_code"],
        "AUTH_CODE_INVALID"
    );

    let rules = json!({ "code_pay": CodePay::Password });
    control(&running.base_http, "rules", &rules);
    for (number, code, what, end) in [
        ("C3", "104567890123456781", "pay", "SUCCESS"),
        ("C4", "154567890123456782", "cancel", "PAYERROR"),
    ] {
        assert_eq!(charge(number, code)["err_code"], "USERPAYING");
        assert_eq!(charge(number, code)["err_code"], "USERPAYING");
        assert_eq!(state(number), "USERPAYING");
        let (_, told) = ask(&running, &format!("{what}?out_trade_no={number}"));
        assert_ne!(told["notification"]["sent"], true);
        assert_eq!(state(number), end);
        let close = client.call("/pay/closeorder", &[("out_trade_no", number)]);
        assert_eq!(
            close["result_code"], "FAIL",
            "codes are reversed, not closed"
        );
        for _ in 0..2 {
            let reversed = client.call("/secapi/pay/reverse", &[("out_trade_no", number)]);
            assert_eq!(reversed["recall"], "N", "{reversed:?}");
        }
        assert_eq!(state(number), "REVOKED");
        assert_eq!(charge(number, code)["err_code"], "ORDERREVERSED");
    }
    control(
        &running.base_http,
        "clock",
        &json!({ "shift_s": 8 * 86_400 }),
    );
    let late = client.call("/secapi/pay/reverse", &[("out_trade_no", "C1")]);
    assert_eq!(late["err_code"], "REVERSE_EXPIRE");
}
