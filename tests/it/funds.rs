//! Two days of an APIv3 merchant from end to end, the fund flow among them: fetched, checked, led back to the trades.

use std::fmt::Write as _;
use std::sync::Arc;

use recondesk::adapters::clock::SystemClock;
use recondesk::domain::BillDate;
use recondesk::ports::Clock as _;
use recondesk::sandbox::scenario::{OrderColumns, OrdersWriter, Scenario, mapping_toml};
use recondesk::sandbox::{AnswerKey, Config, Running, start};
use serde_json::Value;

use crate::cli::CliFixture;

/// A sandbox with two days of history, and a workspace with its keys.
pub(crate) struct FundsFixture {
    pub(crate) stage: CliFixture,
    pub(crate) running: Running,
    days: [BillDate; 2],
}

impl FundsFixture {
    pub(crate) fn new(answer_key: AnswerKey) -> Self {
        let clock = SystemClock::default();
        let today = clock.now().day();
        let days = [today.plus(-3), today.plus(-2)];
        let mut config = Config::new(Arc::new(move || clock.now()), 5);
        config.rules.answer_key = answer_key;
        for (seed, day) in (5..).zip(days) {
            config.deals.extend(scene(day, seed).deals());
        }
        let running = start(config).unwrap();
        let stage = CliFixture::new();
        let edit = ["profile", "edit", "shop", "--api", "v3"];
        let appid = &running.merchant.appids[0];
        let more = ["--gateway", &running.base_http, "--appid", appid];
        stage.expect(0, &[&edit[..], &more].concat());
        let shop = Self {
            stage,
            running,
            days,
        };
        shop.set("client-cert", shop.running.pems.client_p12.expose());
        shop.set("v3", shop.running.merchant.v3_key.expose().as_bytes());
        if answer_key == AnswerKey::PublicKey {
            let pems = &shop.running.pems;
            let id = ["profile", "edit", "shop", "--public-key-id"];
            shop.stage
                .expect(0, &[&id[..], &[&pems.public_key_id]].concat());
            shop.set("platform-key", pems.public_key.as_bytes());
        }
        shop
    }

    pub(crate) fn set(&self, kind: &str, bytes: &[u8]) {
        let file = self.stage.file("key", bytes);
        self.stage.expect(
            0,
            &["profile", "set-key", "shop", kind, "--from-file", &file],
        );
    }

    fn funds(&self, code: i32, day: BillDate, more: &[&str]) -> Value {
        let day = day.to_string();
        let ask = [
            "funds",
            "--profile",
            "shop",
            "--date",
            &day,
            "--format",
            "json",
        ];
        let told = self.stage.expect(code, &[&ask[..], more].concat());
        serde_json::from_str(&told).unwrap()
    }
}

fn scene(day: BillDate, seed: u64) -> Scenario {
    let mut scene = Scenario::new(day, seed, 60);
    scene.twists = Vec::new();
    scene
}

fn v3_day(answer_key: AnswerKey) {
    let shop = FundsFixture::new(answer_key);
    for (seed, day) in (5..).zip(shop.days) {
        let scene = scene(day, seed);
        let mut writer = OrdersWriter::new(&scene, OrderColumns::Full);
        let mut orders = Vec::new();
        writer.header(&mut orders);
        for deal in scene.deals() {
            writer.deal(&deal, &mut orders);
        }
        let orders = shop.stage.file("orders.csv", &orders);
        let mapping = mapping_toml(OrderColumns::Full);
        let mapping = shop.stage.file("mapping.toml", mapping.as_bytes());
        let import = ["orders", "import", &orders, "--profile", "shop"];
        shop.stage
            .expect(0, &[&import[..], &["--mapping", &mapping]].concat());
        let date = day.to_string();
        shop.stage.expect(
            0,
            &["bill", "download", "--profile", "shop", "--date", &date],
        );
        shop.stage
            .expect(0, &["day", "--profile", "shop", "--date", &date]);
    }
}

#[test]
fn a_day_runs_on_a_profile_with_the_public_key_alone() {
    v3_day(AnswerKey::PublicKey);
}

#[test]
fn a_day_runs_on_a_profile_with_platform_certificates_alone() {
    v3_day(AnswerKey::Certificate);
}

/// A refund from the command line after each bad day of the wire, over APIv3.
fn refund_after(shop: &FundsFixture, at: usize, fault: Option<&Value>) {
    use crate::support::wire::{Client, SignDigest, control, ledger_order};
    let base = &shop.running.base_http;
    let order = format!("V3REFUND0000{at:04}");
    Client::of(&shop.running, SignDigest::Md5).place_paid(&order, "1230");
    let prepare = ["refund", "prepare", "--profile", "shop", "--order", &order];
    let more = [
        "--amount",
        "12.30",
        "--reason",
        "重复支付",
        "--format",
        "json",
    ];
    let prepared = shop.stage.expect(0, &[&prepare[..], &more].concat());
    let prepared: Value = serde_json::from_str(&prepared).unwrap();
    let number = prepared["out_refund_no"].as_str().unwrap();
    if let Some(fault) = fault {
        control(base, "fault", fault);
    }
    let run = |arguments: &[&str]| shop.stage.run(arguments).status.code().unwrap();
    let mut code = run(&["refund", "send", number, "--confirm", "12.30"]);
    for _ in 0..4 {
        if code == 0 {
            break;
        }
        code = run(&["refund", "resume", number]);
    }
    assert_eq!(code, 0, "{fault:?}");
    let accepted = ledger_order(base, &order)["refunds"].clone();
    let accepted = accepted.as_array().unwrap();
    assert_eq!(accepted.len(), 1, "{fault:?}: {accepted:?}");
    assert_eq!(accepted[0]["out_refund_no"], number);
}

#[test]
fn a_refund_goes_out_once_over_apiv3_whatever_goes_wrong() {
    let shop = FundsFixture::new(AnswerKey::PublicKey);
    let rules = serde_json::json!({ "refund_settles_s": 0 });
    crate::support::wire::control(&shop.running.base_http, "rules", &rules);
    refund_after(&shop, 0, None);
    let path = "/v3/refund/domestic/refunds";
    for (at, kind) in [
        r#"{"kind":"reset","bytes":0}"#,
        r#"{"kind":"reset","bytes":60}"#,
        r#"{"kind":"wrong_sign"}"#,
        r#"{"kind":"unsigned"}"#,
        r#"{"kind":"other_amount"}"#,
        r#"{"kind":"done_but_error"}"#,
        r#"{"kind":"status","status":502}"#,
        r#"{"kind":"html"}"#,
        r#"{"kind":"error","code":"SYSTEM_ERROR","text":"x"}"#,
        r#"{"kind":"error","code":"NOT_ENOUGH","text":"x"}"#,
    ]
    .into_iter()
    .enumerate()
    {
        let mut fault: Value = serde_json::from_str(kind).unwrap();
        fault["path"] = path.into();
        refund_after(&shop, at + 1, Some(&fault));
    }
}

#[test]
fn the_fund_flow_is_fetched_checked_and_led_back_to_the_trades() {
    let shop = FundsFixture::new(AnswerKey::PublicKey);
    let [first, _] = shop.days;

    // Without the trade bill the account is checked, and nothing is called compared.
    let told = shop.funds(1, first, &[]);
    assert_eq!(told["not_compared"], "no_trade_bill");
    for day in shop.days {
        let date = day.to_string();
        shop.stage.expect(
            0,
            &["bill", "download", "--profile", "shop", "--date", &date],
        );
    }
    let told = shop.funds(0, first, &["--offline"]);
    assert_eq!(told["bridge"]["residual"], 0);
    assert!(told["trade"]["agreed"].as_u64().unwrap() > 50, "{told}");
    assert_eq!(told["accounts"][1]["state"], "not_here");
}

#[test]
fn the_second_day_opens_with_what_the_first_closed_with() {
    let shop = FundsFixture::new(AnswerKey::PublicKey);
    let [first, second] = shop.days;
    shop.funds(1, first, &[]);
    let told = shop.funds(1, second, &[]);
    assert_eq!(holds(&told, "I9"), [true]);
}

fn holds(told: &Value, id: &str) -> Vec<bool> {
    let checks = told["accounts"][0]["report"]["checks"].as_array().unwrap();
    let found = checks.iter().filter(|check| check["id"] == id);
    found
        .map(|check| check["holds"].as_bool().unwrap())
        .collect()
}

/// A payment of a fund bill and the balance after it, fen.
struct FundRow {
    change: i64,
    balance: i64,
}

fn row(change: i64, balance: i64) -> FundRow {
    FundRow { change, balance }
}

/// A fund bill of payments.
fn fund_bill(day: &str, rows: &[FundRow]) -> Vec<u8> {
    let yuan = |fen: i64| format!("{}.{:02}", fen / 100, fen % 100);
    let mut text = "\u{feff}记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,业务凭证号\r\n".to_owned();
    for (at, row) in rows.iter().enumerate() {
        let (change, balance) = (yuan(row.change), yuan(row.balance));
        write!(
            text,
            "`{day} 10:00:0{at},`420000{at},`F{at},`交易,`交易,`收入,`{change},`{balance},`system,`,`A{at}\r\n"
        )
        .unwrap();
    }
    let (count, sum) = (rows.len(), yuan(rows.iter().map(|row| row.change).sum()));
    text.push_str("资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额\r\n");
    write!(text, "`{count}.0,`{count}.0,`{sum},`0,`0\r\n").unwrap();
    text.into_bytes()
}

#[test]
fn a_gap_between_days_a_broken_chain_and_a_foreign_day_are_named() {
    let stage = CliFixture::new();
    let funds = |code, date: &str, bytes: &[u8]| -> Value {
        let file = format!("basic={}", stage.file("fund.csv", bytes));
        let ask = ["funds", "--profile", "shop", "--date", date, "--offline"];
        let more = ["--file", &file, "--format", "json"];
        let told = stage.expect(code, &[&ask[..], &more].concat());
        serde_json::from_str(&told).unwrap()
    };
    let sound = fund_bill("2026-03-08", &[row(100, 1_100), row(50, 1_150)]);
    let told = funds(1, "2026-03-08", &sound);
    assert_eq!(told["accounts"][0]["adds_up"], true);
    assert_eq!(holds(&told, "I9"), [] as [bool; 0]);

    let gap = funds(1, "2026-03-10", &fund_bill("2026-03-10", &[row(10, 1_200)]));
    assert_eq!(holds(&gap, "I9"), [false]);
    let report = &gap["accounts"][0]["report"];
    assert_eq!(report["gap"]["category"], "C05");
    assert_eq!(report["gap"]["effect"], 40);

    let jump = fund_bill("2026-03-11", &[row(10, 1_210), row(5, 1_220)]);
    let broken = funds(1, "2026-03-11", &jump);
    assert_eq!(holds(&broken, "I8"), [false]);
    let report = &broken["accounts"][0]["report"];
    assert_eq!(report["breaks"]["category"], "C04");
    assert_eq!(broken["not_compared"], "account_in_doubt");
    assert_eq!(holds(&funds(1, "2026-03-12", &sound), "X1"), [false]);

    // A sound bill stands where it is: one that does not add up never takes its place.
    let ruined = fund_bill("2026-03-08", &[row(100, 1_100), row(50, 9)]);
    let still = funds(1, "2026-03-08", &ruined);
    assert_eq!(still["accounts"][0]["adds_up"], true);
}

#[test]
fn what_is_no_fund_bill_is_refused_and_nothing_is_stored() {
    let stage = CliFixture::new();
    let ask = [
        "funds",
        "--profile",
        "shop",
        "--date",
        "2026-03-08",
        "--offline",
    ];
    assert!(stage.refusal(3, &ask).contains("funds.none"));
    let text = String::from_utf8(fund_bill("2026-03-08", &[row(100, 1_100)])).unwrap();
    let cut = text.split("资金流水总").next().unwrap();
    let odd = text.replace("`收入", "`入");
    for (bytes, code) in [
        (cut, "fund.unreadable"),
        (&odd, "fund.unreadable"),
        (
            "<xml><return_code>FAIL</return_code></xml>",
            "bill.error_body",
        ),
        ("a,b\n1,2\n", "fund.not_a_bill"),
    ] {
        let file = format!("basic={}", stage.file("fund.csv", bytes.as_bytes()));
        let told = stage.refusal(4, &[&ask[..], &["--file", &file]].concat());
        assert!(told.contains(code), "{told}");
    }
    assert!(stage.refusal(3, &ask).contains("funds.none"));
}
