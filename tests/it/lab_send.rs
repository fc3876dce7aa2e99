//! Sending from the laboratory, over the real client to the sandbox, with bad days between.

use std::sync::Arc;

use recondesk::adapters;
use recondesk::adapters::gateway::HttpGateway;
use recondesk::adapters::vault::MemoryVault;
use recondesk::app::jobs::lab_send::{follow, send};
use recondesk::app::model::{SendAsk, Sent, Worth};
use recondesk::domain::{MerchantProfile, ProfileId, Secret, SecretKind, SignType};
use recondesk::ports::{
    CancelToken, Gateway, GatewayError, HttpAnswer, HttpRequest, Ports, Random as _, Route,
};
use recondesk::sandbox::Running;
use recondesk::wechat::lab::sending::CodePicture;
use recondesk::wechat::lab::template::Template;
use recondesk::wechat::v2::Endpoint;
use serde_json::json;

use crate::support::line::{Nonces, NoonClock, patient, timeouts_under};
use crate::support::wire::{control, noon, sandbox};

struct Bench {
    ports: Ports,
    profile: MerchantProfile,
    id: ProfileId,
    _folder: tempfile::TempDir,
}

impl Bench {
    fn at(running: &Running, gateway: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut ports = adapters::open(Some(folder.path())).unwrap();
        ports.vault = Arc::new(MemoryVault::default());
        ports.clock = Arc::new(NoonClock::default());
        ports.gateway = Arc::new(HttpGateway::with_timeouts(ports.clock.clone(), patient()));
        let mut profile = MerchantProfile::new("演示", &running.merchant.mch_id);
        profile.appids.clone_from(&running.merchant.appids);
        gateway.clone_into(&mut profile.gateway);
        "http://127.0.0.1:9/notify".clone_into(&mut profile.notify_url);
        let id = ports
            .records
            .add_profile(&profile, recondesk_ports::Author::program(noon()))
            .unwrap();
        let key = Secret::new(running.merchant.v2_key.expose().clone().into_bytes());
        ports.vault.set(id, SecretKind::V2Key, key).unwrap();
        Self {
            ports,
            profile,
            id,
            _folder: folder,
        }
    }

    fn ask(&self, template: Template, fields: &[(&str, &str)], sign_type: SignType) -> SendAsk {
        let nonce = Nonces::default().nonce();
        let mut params = template.prefill(&self.profile, &nonce, noon());
        for (name, value) in fields {
            params.set(name, *value);
        }
        if sign_type == SignType::HmacSha256 {
            params.set("sign_type", "HMAC-SHA256");
        }
        SendAsk {
            endpoint: template.endpoint().unwrap(),
            params,
            sign_type,
            profile: self.id,
        }
    }

    fn order(&self, number: &str, sign_type: SignType) -> Sent {
        let fields = [
            ("body", "明前龙井"),
            ("out_trade_no", number),
            ("total_fee", "3500"),
            ("spbill_create_ip", "203.0.113.7"),
            ("product_id", "P1"),
        ];
        let ask = self.ask(Template::OrderNative, &fields, sign_type);
        send(&self.ports, &ask, &CancelToken::default()).unwrap()
    }
}

#[test]
fn an_order_is_placed_its_code_shown_and_followed_until_it_is_paid() {
    let running = sandbox();
    let bench = Bench::at(&running, &running.base_http);
    let cancel = CancelToken::default();
    for (number, sign_type) in [("LAB1", SignType::Md5), ("LAB2", SignType::HmacSha256)] {
        let sent = bench.order(number, sign_type);
        assert_eq!(
            (sent.worth, sent.status),
            (Worth::Done, Some(200)),
            "{sent:?}"
        );
        assert!(sent.code_url.contains("/_sandbox/cashier?code="));
        assert!(CodePicture::of(&sent.code_url).is_some());
        let field = sent.fields.iter().find(|field| field.name == "code_url");
        assert!(field.unwrap().meaning.zh.contains("二维码"));

        let first = sent.follow.unwrap();
        assert_eq!(first.after_ms, 5_000, "the first official point");
        let unpaid = follow(&bench.ports, &first, &cancel).unwrap();
        assert!(!unpaid.paid);
        assert_eq!(unpaid.heard[0].words.zh, "未支付");

        control(
            &running.base_http,
            "pay",
            &json!({ "out_trade_no": number }),
        );
        let paid = follow(&bench.ports, &unpaid.next.unwrap(), &cancel).unwrap();
        assert!(paid.paid && paid.next.is_none());
        assert_eq!(paid.heard.len(), 2);
        let fee = paid.fields.iter().find(|field| field.name == "total_fee");
        assert!(fee.unwrap().meaning.zh.contains("¥35.00"), "{fee:?}");
    }
}

#[test]
fn an_answer_that_cannot_be_believed_shows_no_code_and_is_not_followed() {
    let running = sandbox();
    let mut bench = Bench::at(&running, &running.base_http);
    let faults = [
        (json!({ "kind": "wrong_sign" }), Worth::Nothing),
        (json!({ "kind": "unsigned" }), Worth::Nothing),
        (json!({ "kind": "other_merchant" }), Worth::Nothing),
        (json!({ "kind": "html" }), Worth::Nothing),
        (json!({ "kind": "status", "status": 502 }), Worth::Nothing),
        (json!({ "kind": "hole" }), Worth::Nothing),
        (json!({ "kind": "error", "code": "NOAUTH" }), Worth::Refused),
        (
            json!({ "kind": "fail", "text": "签名错误" }),
            Worth::Refused,
        ),
    ];
    let clock = Arc::clone(&bench.ports.clock);
    for (at, (fault, worth)) in faults.into_iter().enumerate() {
        control(&running.base_http, "fault", &fault);
        let gateway = HttpGateway::with_timeouts(clock.clone(), timeouts_under(&fault));
        bench.ports.gateway = Arc::new(gateway);
        let sent = bench.order(&format!("BAD{at}"), SignType::Md5);
        assert_eq!(sent.worth, worth, "{fault}: {sent:?}");
        assert!(sent.code_url.is_empty() && sent.follow.is_none(), "{fault}");
        assert_eq!(sent.fields.is_empty(), worth == Worth::Nothing, "{fault}");
        assert!(!sent.title.zh.is_empty());
    }
    bench.ports.gateway = Arc::new(HttpGateway::with_timeouts(clock, patient()));
    let fine = bench.order("GOOD1", SignType::Md5);
    assert_eq!(fine.worth, Worth::Done);
}

/// A gateway that must never be reached.
struct Never;

impl Gateway for Never {
    fn send(
        &self,
        _: &Route,
        request: &HttpRequest,
        _: &CancelToken,
    ) -> Result<HttpAnswer, GatewayError> {
        panic!("{} was sent", request.path);
    }

    fn download(
        &self,
        route: &Route,
        request: &HttpRequest,
        cancel: &CancelToken,
        _: &mut dyn FnMut(&[u8]) -> Result<(), String>,
    ) -> Result<HttpAnswer, GatewayError> {
        self.send(route, request, cancel)
    }
}

#[test]
fn to_a_live_gateway_nothing_goes_that_moves_money_or_an_order() {
    let running = sandbox();
    for gateway in ["https://api.mch.weixin.qq.com", "https://pay.shop.example"] {
        let mut bench = Bench::at(&running, gateway);
        bench.ports.gateway = Arc::new(Never);
        for template in [
            Template::OrderNative,
            Template::OrderJsapi,
            Template::CloseOrder,
            Template::Refund,
        ] {
            let ask = bench.ask(template, &[("out_trade_no", "LAB1")], SignType::Md5);
            let failure = send(&bench.ports, &ask, &CancelToken::default()).unwrap_err();
            assert_eq!(failure.code, "lab.live");
        }
    }
}

#[test]
fn a_refund_goes_to_the_sandbox_and_a_bill_is_looked_at() {
    let running = sandbox();
    let bench = Bench::at(&running, &running.base_http);
    bench.order("LAB9", SignType::Md5);
    control(
        &running.base_http,
        "pay",
        &json!({ "out_trade_no": "LAB9" }),
    );
    let fields = [
        ("out_trade_no", "LAB9"),
        ("out_refund_no", "LAB9R"),
        ("total_fee", "3500"),
        ("refund_fee", "100"),
    ];
    let ask = bench.ask(Template::Refund, &fields, SignType::Md5);
    let sent = send(&bench.ports, &ask, &CancelToken::default()).unwrap();
    assert_eq!(sent.worth, Worth::Done, "{sent:?}");
    assert!(sent.fields.iter().any(|field| field.name == "refund_id"));

    let fields = [("bill_date", "20260308")];
    let ask = bench.ask(Template::DownloadBill, &fields, SignType::Md5);
    assert_eq!(ask.endpoint, Endpoint::DownloadBill);
    let sent = send(&bench.ports, &ask, &CancelToken::default()).unwrap();
    assert_ne!(sent.worth, Worth::Nothing, "{sent:?}");
}

#[test]
fn the_command_line_sends_and_prints_the_answer_field_by_field() {
    use assert_cmd::Command;
    let running = sandbox();
    let folder = tempfile::tempdir().unwrap();
    let key = running.merchant.v2_key.expose().clone();
    let run = |code: i32, arguments: &[&str], input: &str| {
        let output = Command::cargo_bin("recondesk")
            .unwrap()
            .arg("--workspace")
            .arg(folder.path().join("workspace"))
            .args(["--lang", "en"])
            .args(arguments)
            .env("RECONDESK_PASSPHRASE", "for tests only")
            .env("THE_KEY", &key)
            .write_stdin(input.as_bytes().to_vec())
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(!text.contains(&key) && !told.contains(&key));
        (text, told)
    };
    let mch_id = running.merchant.mch_id.as_str();
    let appid = running.merchant.appids[0].as_str();
    let add = |name: &str, gateway: &str| {
        let add = ["profile", "add", name, "--mch-id", mch_id, "--appid", appid];
        run(0, &[&add[..], &["--gateway", gateway]].concat(), "");
        run(
            0,
            &["profile", "set-key", name, "v2", "--from-env", "THE_KEY"],
            "",
        );
    };
    add("shop", &running.base_http);
    let order = format!(
        "appid={appid}&mch_id={mch_id}&nonce_str=n1&body=tea&out_trade_no=CLI1&total_fee=3500&spbill_create_ip=203.0.113.7&notify_url=http://127.0.0.1:9/n&trade_type=NATIVE&product_id=P1"
    );
    let send = [
        "sign",
        "v2",
        "--profile",
        "shop",
        "--send",
        "--endpoint",
        "unifiedorder",
    ];
    let (text, _) = run(0, &send, &order);
    assert!(text.contains("code_url = http://127.0.0.1:"), "{text}");
    assert!(text.contains('█'), "the code is drawn: {text}");

    let (text, _) = run(
        0,
        &[&send[..], &["--format", "json"]].concat(),
        &order.replace("CLI1", "CLI2"),
    );
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["worth"], "done");

    control(
        &running.base_http,
        "fault",
        &json!({ "kind": "wrong_sign" }),
    );
    let (text, _) = run(5, &send, &order.replace("CLI1", "CLI3"));
    assert!(
        !text.contains("weixin://pay") && !text.contains('█'),
        "{text}"
    );
}
