//! Mornings without anybody: catch-up, the folder of exports, alarms, and the message to a group, over a real
//! workspace, a sandbox and a loopback webhook.

use recondesk_app::MerchantRef;
use std::cell::RefCell;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use recondesk::adapters;
use recondesk::adapters::files::SystemFiles;
use recondesk::app::jobs::intake::{self, MappingChoice};
use recondesk::app::jobs::morning::{
    self, Alarm, FileFate, MerchantMorning, MorningAsk, MorningDays, Webhook,
};
use recondesk::app::jobs::profiles;
use recondesk::app::jobs::reconcile::Basis;
use recondesk::app::{Failure, FailureKind, Language, Silent};
use recondesk::domain::{Fen, Instant, MerchantProfile, ProfileId, Secret, SecretKind};
use recondesk::ports::{CancelToken, Clock, Files as _, OrdersTarget, Ports, Vault as _};
use recondesk::sandbox::Running;
use serde_json::{Value, json};

use crate::support::fake_gateway::FakeGateway;
use crate::support::line::{GatewayFixture, PocketVault};
use crate::support::wire::{Client, SignDigest, control, sandbox};

const TOKEN: &str = "0a1b2c3d4e5f-token";

/// A clock that a test sets.
struct MorningClock(AtomicI64);

impl Clock for MorningClock {
    fn now(&self) -> Instant {
        Instant::from_unix(self.0.load(Ordering::Relaxed))
    }

    fn steady_ms(&self) -> u64 {
        0
    }
}

/// A merchant of the sandbox, a folder for exports, a group chat.
struct MorningFixture {
    folder: tempfile::TempDir,
    ports: Ports,
    sun: Arc<MorningClock>,
    id: ProfileId,
    profile: MerchantProfile,
    running: Running,
    pauses: RefCell<Vec<Duration>>,
}

impl MorningFixture {
    fn new() -> Self {
        let running = sandbox();
        let folder = tempfile::tempdir().unwrap();
        let desk = GatewayFixture::at(&running);
        let mut ports = adapters::open(Some(&folder.path().join("workspace"))).unwrap();
        let sun = Arc::new(MorningClock(AtomicI64::new(0)));
        ports.clock = Arc::clone(&sun) as Arc<dyn Clock>;
        ports.gateway = Arc::new(desk.gateway);
        std::fs::create_dir(folder.path().join("exports")).unwrap();
        let mut profile = desk.profile;
        profile.orders_from = folder.path().join("exports").display().to_string();
        let id = ports
            .records
            .add_profile(&profile, recondesk_ports::Author::program(sun.now()))
            .unwrap();
        let pocket = PocketVault::default();
        let key = running.merchant.v2_key.expose().clone().into_bytes();
        pocket.set(id, SecretKind::V2Key, Secret::new(key)).unwrap();
        ports.vault = Arc::new(pocket);
        let shop = Self {
            folder,
            ports,
            sun,
            id,
            profile,
            running,
            pauses: RefCell::default(),
        };
        shop.at("2026-03-08 12:00:00");
        shop
    }

    /// Moves the clocks of both sides.
    fn at(&self, beijing: &str) {
        let now = Instant::parse_beijing(beijing).unwrap();
        self.sun.0.store(now.unix(), Ordering::Relaxed);
        control(&self.running.base_http, "clock", &json!({ "now": beijing }));
    }

    fn pay(&self, number: &str, fen: &str) {
        Client::of(&self.running, SignDigest::Md5).place_paid(number, fen);
    }

    /// Puts a file into the folder, written so many seconds ago.
    fn export(&self, name: &str, text: &str, age_s: i64) -> PathBuf {
        let path = self.folder.path().join("exports").join(name);
        let mut file = std::fs::File::create(&path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let written = u64::try_from(self.sun.now().unix() - age_s).unwrap();
        file.set_modified(UNIX_EPOCH + Duration::from_secs(written))
            .unwrap();
        path
    }

    /// Imports a text of orders as a person does.
    fn import(&self, text: &str) {
        let path = self.folder.path().join("by hand.csv");
        std::fs::File::create(&path)
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
        let source = SystemFiles.open(&path).unwrap();
        let mut source = intake::open(self.ports.writers.as_ref(), source).unwrap();
        let any = MappingChoice::Any(None);
        let chosen = intake::choose(&self.ports, self.id, (&mut source, &any), None).unwrap();
        let books = self.ports.books.as_ref();
        let target = OrdersTarget {
            profile: self.id,
            mapping: &chosen.mapping,
        };
        intake::import(books, target, source, &mut |_| {}, &Silent).unwrap();
    }

    fn webhook(&self, text: &str) {
        let value = Secret::new(text.as_bytes().to_vec());
        profiles::set_key(&self.ports, self.id, SecretKind::Webhook, &value, "").unwrap();
    }

    fn run(&self) -> MerchantMorning {
        let pause = |rest| self.pauses.borrow_mut().push(rest);
        let ask = MorningAsk {
            days: MorningDays::CatchUp,
            folder: None,
            files: &SystemFiles,
            pause: &pause,
        };
        morning::run(
            &self.ports,
            MerchantRef::new(self.id, &self.profile),
            &ask,
            &Silent,
        )
        .unwrap()
    }

    fn tell(&self, morning: MerchantMorning) -> Vec<Failure> {
        let pause = |_| {};
        let token = CancelToken::default();
        let all = [morning];
        morning::tell(&self.ports, &all, Language::Zh, &token, &pause).unwrap()
    }
}

fn days(morning: &MerchantMorning) -> Vec<String> {
    morning.days.iter().map(|day| day.day.to_string()).collect()
}

fn orders(number: &str, yuan: &str, day: &str) -> String {
    format!(
        "out_trade_no,amount,pay_status,created_at,paid_at\n{number},{yuan},paid,{day} 11:58:00,{day} 12:00:00\n"
    )
}

/// Head and body of the requests that a group chat got.
fn asked(chat: &FakeGateway) -> Vec<(String, Value)> {
    let split = |bytes: Vec<u8>| {
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), serde_json::from_str(body).unwrap())
    };
    chat.asked().into_iter().map(split).collect()
}

fn chat(body: &str) -> FakeGateway {
    FakeGateway::new("200 OK", b"", body.as_bytes())
}

#[test]
fn a_morning_is_done_once_and_told_once() {
    let shop = MorningFixture::new();
    let group = chat(r#"{"errcode":0,"errmsg":"ok"}"#);
    shop.webhook(&format!(
        "wecom {}/cgi-bin/webhook/send?key={TOKEN}",
        group.base
    ));
    shop.pay("SHOP0001", "3500");

    shop.at("2026-03-09 09:59:00");
    let early = shop.run();
    assert!(early.days.is_empty() && early.alarms.is_empty());
    assert_eq!(shop.tell(early), []);
    assert_eq!(asked(&group).len(), 0);

    // The bill is out, the shop's file is not.
    shop.at("2026-03-09 10:15:00");
    let first = shop.run();
    assert_eq!(days(&first), ["2026-03-08"]);
    assert!(first.alarms.is_empty() && first.needs_person());
    assert_eq!(shop.tell(first), []);

    // A file that is still being written is left alone; then the day is compared again with it.
    let path = shop.export("orders.csv", &orders("SHOP0001", "35.00", "2026-03-08"), 10);
    let writing = shop.run();
    assert_eq!(writing.files[0].fate, FileFate::Unfinished);
    assert_eq!(shop.tell(writing), []);
    shop.at("2026-03-09 10:45:00");
    let second = shop.run();
    assert!(matches!(second.files[0].fate, FileFate::Taken(_)));
    assert_eq!(days(&second), ["2026-03-08"]);
    assert!(!second.needs_person());
    assert_eq!(shop.tell(second), []);
    assert!(path.exists());

    shop.at("2026-03-09 11:15:00");
    let third = shop.run();
    assert!(third.files.is_empty() && third.days.is_empty() && third.alarms.is_empty());
    assert_eq!(shop.tell(third), []);

    let told = asked(&group);
    assert_eq!(told.len(), 2, "{told:?}");
    let (head, body) = &told[0];
    assert!(head.starts_with(&format!("POST /cgi-bin/webhook/send?key={TOKEN} HTTP/1.1")));
    assert_eq!(body["msgtype"], "text");
    let text = body["text"]["content"].as_str().unwrap();
    assert!(text.starts_with("对账台 2026-03-09\n"), "{text}");
    assert!(
        text.contains("2026-03-08 没有当天的商户订单，没有对账"),
        "{text}"
    );
    let text = told[1].1["text"]["content"].as_str().unwrap();
    assert!(text.contains("平账 1，跨日 0，需处理 0"), "{text}");
    assert!(text.contains("orders.csv：已导入 1 行"), "{text}");
}

/// Codes of what the first day of a morning found.
fn found(morning: &MerchantMorning) -> Vec<&str> {
    let (done, _) = morning.days[0].result.as_ref().unwrap();
    let findings = done.findings.iter();
    findings.map(|finding| finding.category.code()).collect()
}

#[test]
fn a_refund_under_way_is_asked_about_until_it_is_final() {
    let shop = MorningFixture::new();
    let rules = json!({ "refund_outcome": "REFUNDCLOSE", "refund_settles_s": 100_000 });
    control(&shop.running.base_http, "rules", &rules);
    shop.pay("SHOP0001", "3500");
    let wish = [
        ("out_trade_no", "SHOP0001"),
        ("out_refund_no", "RSHOP0001"),
        ("total_fee", "3500"),
        ("refund_fee", "1000"),
    ];
    let accepted = Client::of(&shop.running, SignDigest::Md5).call("/secapi/pay/refund", &wish);
    assert_eq!(accepted["result_code"], "SUCCESS");
    shop.import(
        "out_trade_no,amount,pay_status,created_at,paid_at,refund_no,refund_amount,refund_status,refund_at\n\
         SHOP0001,35.00,paid,2026-03-08 11:58:00,2026-03-08 12:00:00,RSHOP0001,10.00,success,2026-03-08 12:00:00\n",
    );

    shop.at("2026-03-09 10:15:00");
    let first = shop.run();
    assert_eq!((first.refunds.answered, found(&first)), (0, vec!["R04"]));

    shop.at("2026-03-09 10:45:00");
    let second = shop.run();
    assert_eq!((second.refunds.answered, second.refunds.settled), (1, 0));
    assert_eq!(second.failure(), None);

    // A scheduler starts every half hour; WeChat Pay needs days.
    shop.at("2026-03-09 11:15:00");
    assert_eq!(shop.run().refunds.answered, 0);

    shop.at("2026-03-09 20:00:00");
    let last = shop.run();
    assert_eq!((last.refunds.answered, last.refunds.settled), (1, 1));
    assert_eq!(days(&last), ["2026-03-08"]);
    assert_eq!(found(&last), ["R06"]);
    let after = shop.run();
    assert!(after.days.is_empty() && after.refunds.answered == 0);
}

#[test]
fn what_is_imported_by_hand_is_compared_with_the_next_morning() {
    let shop = MorningFixture::new();
    shop.pay("SHOP0001", "3500");
    shop.pay("SHOP0002", "1200");
    shop.at("2026-03-09 10:15:00");
    let first = shop.run();
    assert_eq!(days(&first), ["2026-03-08"]);
    let (done, _) = first.days[0].result.as_ref().unwrap();
    let basis = Basis::of(&done.run.summary, &done.findings);
    assert!(matches!(basis, Basis::NoOrders { .. }), "{basis:?}");
    assert!(shop.run().days.is_empty());

    shop.at("2026-03-09 11:15:00");
    shop.import(&orders("SHOP0001", "35.00", "2026-03-08"));
    let second = shop.run();
    assert_eq!(days(&second), ["2026-03-08"]);
    assert!(second.alarms.is_empty(), "the orders are here");
    assert_eq!(found(&second), ["P04"]);

    // Nothing is due, and still somebody must act: the exit code of a schedule says so until the case is closed.
    let third = shop.run();
    assert!(third.days.is_empty() && third.needs_person());
    assert_eq!(
        (third.older.count, third.older.at_stake),
        (1, Fen::new(1200))
    );

    shop.import(&orders("SHOP0002", "12.00", "2026-03-08"));
    let last = shop.run();
    assert_eq!(days(&last), ["2026-03-08"]);
    assert!(found(&last).is_empty() && !last.needs_person());
}

#[test]
fn days_that_were_missed_are_made_up_oldest_first_and_at_a_pace() {
    let shop = MorningFixture::new();
    shop.pay("SHOP0001", "3500");
    shop.at("2026-03-09 10:15:00");
    assert_eq!(days(&shop.run()), ["2026-03-08"]);

    shop.at("2026-03-12 10:15:00");
    let late = shop.run();

    assert_eq!(days(&late), ["2026-03-09", "2026-03-10", "2026-03-11"]);
    assert!(late.days.iter().all(|day| day.result.is_ok()));
    assert_eq!(shop.pauses.borrow().len(), 2);
    assert!(shop.run().days.is_empty());

    // What is older than the bills that WeChat Pay keeps is told, not skipped in silence.
    shop.at("2026-08-20 10:15:00");
    let much_later = shop.run();
    assert_eq!(much_later.gone.first().unwrap().to_string(), "2026-03-12");
    let oldest = much_later.gone.last().unwrap().next();
    assert_eq!(much_later.days[0].day, oldest);
    assert!(much_later.needs_person());
}

#[test]
fn at_eleven_a_missing_bill_and_a_missing_file_are_alarms_once() {
    let shop = MorningFixture::new();
    let group = chat(r#"{"code":0,"msg":"success"}"#);
    shop.webhook(&format!(
        "feishu {}/open-apis/bot/v2/hook/{TOKEN}",
        group.base
    ));
    let secret = Secret::new(b"SECfeishu".to_vec());
    profiles::set_key(&shop.ports, shop.id, SecretKind::WebhookSecret, &secret, "").unwrap();
    shop.pay("SHOP0001", "3500");
    control(
        &shop.running.base_http,
        "rules",
        &json!({ "bill": "creating" }),
    );

    shop.at("2026-03-09 10:45:00");
    let waiting = shop.run();
    assert_eq!(waiting.failure().unwrap().kind, FailureKind::NotReady);
    assert!(waiting.alarms.is_empty());
    assert_eq!(shop.tell(waiting), []);
    assert_eq!(asked(&group).len(), 0);

    for now in ["2026-03-09 11:15:00", "2026-03-09 11:45:00"] {
        shop.at(now);
        let late = shop.run();
        assert_eq!(late.alarms, [Alarm::NoBill]);
        assert_eq!(shop.tell(late), []);
    }
    assert_eq!(asked(&group).len(), 1);

    control(
        &shop.running.base_http,
        "rules",
        &json!({ "bill": "clock" }),
    );
    shop.at("2026-03-09 12:15:00");
    let there = shop.run();
    assert_eq!(there.alarms, [Alarm::NoOrders]);
    assert_eq!(shop.tell(there), []);

    let told = asked(&group);
    assert_eq!(told.len(), 2, "{told:?}");
    let text = told[0].1["content"]["text"].as_str().unwrap();
    assert!(text.contains("⚠ 没有昨天的账单"), "{text}");
    let sign = told[0].1["sign"].as_str().unwrap();
    assert_eq!(sign.len(), 44);
    let text = told[1].1["content"]["text"].as_str().unwrap();
    assert!(text.contains("⚠ 没有昨天的商户订单文件"), "{text}");
}

#[test]
fn a_file_that_no_saved_mapping_fits_is_refused_and_named_and_stays() {
    let shop = MorningFixture::new();
    let strange = "订单编号,实付,状态,下单时间,付款时间\nSHOP0001,35.00,已支付,2026-03-08 11:58:00,2026-03-08 12:00:00\n";
    let path = shop.export("导出.csv", strange, 3_600);
    let garbage = shop.export("scan.pdf", "%PDF-1.7\n\u{0}\u{1}\u{2}", 3_600);
    let hidden = shop.export(".~lock.导出.csv#", "x", 3_600);

    let morning = shop.run();

    let names: Vec<&str> = morning
        .files
        .iter()
        .map(|file| file.name.as_str())
        .collect();
    assert_eq!(names, ["scan.pdf", "导出.csv"]);
    for file in &morning.files {
        assert!(matches!(file.fate, FileFate::Refused(_)), "{file:?}");
    }
    // A file that nobody takes away must not make a scheduler fail for ever: it waits for a person.
    assert!(morning.failure().is_none() && morning.needs_person());
    assert!(path.exists() && garbage.exists() && hidden.exists());
    // It is named until somebody deals with it.
    assert_eq!(shop.run().files.len(), 2);
}

#[test]
fn what_could_not_be_sent_is_told_by_the_next_run_and_the_failure_has_no_token() {
    let shop = MorningFixture::new();
    shop.pay("SHOP0001", "3500");
    let deaf = FakeGateway::new("503 Service Unavailable", b"", TOKEN.as_bytes());
    shop.webhook(&format!(
        "dingtalk {}/robot/send?access_token={TOKEN}",
        deaf.base
    ));
    let secret = Secret::new(b"SECding".to_vec());
    profiles::set_key(&shop.ports, shop.id, SecretKind::WebhookSecret, &secret, "").unwrap();
    shop.at("2026-03-09 10:15:00");

    let failed = shop.tell(shop.run());

    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].code, "webhook.refused");
    assert!(!format!("{:?}", failed[0]).contains(TOKEN));
    assert_eq!(deaf.asked().len(), 3);
    let angry = chat(&format!(
        r#"{{"errcode":310000,"errmsg":"sign not match {TOKEN}"}}"#
    ));
    shop.webhook(&format!(
        "dingtalk {}/robot/send?access_token={TOKEN}",
        angry.base
    ));
    let failed = shop.tell(shop.run());
    assert_eq!(failed[0].detail, "310000 sign not match …");
    assert_eq!(angry.asked().len(), 1);

    let group = chat(r#"{"errcode":0,"errmsg":"ok"}"#);
    shop.webhook(&format!(
        "dingtalk {}/robot/send?access_token={TOKEN}",
        group.base
    ));
    assert_eq!(shop.tell(shop.run()), []);
    assert_eq!(shop.tell(shop.run()), []);

    let told = asked(&group);
    assert_eq!(told.len(), 1, "{told:?}");
    let line = told[0].0.lines().next().unwrap();
    let seconds = shop.sun.now().unix();
    let start = format!("POST /robot/send?access_token={TOKEN}&timestamp={seconds}000&sign=");
    assert!(line.starts_with(&start), "{line}");
    let text = told[0].1["text"]["content"].as_str().unwrap();
    assert!(text.contains("账单里的 ¥35.00 在等订单"), "{text}");
}

#[test]
fn a_program_gets_the_figures_as_a_signed_document() {
    let shop = MorningFixture::new();
    let program = FakeGateway::new("204 No Content", b"", b"");
    shop.webhook(&format!("{}/recondesk", program.base));
    let secret = Secret::new(b"SECjson".to_vec());
    profiles::set_key(&shop.ports, shop.id, SecretKind::WebhookSecret, &secret, "").unwrap();
    shop.pay("SHOP0001", "3500");
    shop.at("2026-03-09 10:15:00");

    assert_eq!(shop.tell(shop.run()), []);

    let told = asked(&program);
    let (head, body) = &told[0];
    assert!(head.contains("x-recondesk-signature: sha256="), "{head}");
    assert_eq!(body["program"], "recondesk");
    let day = &body["merchants"][0]["days"][0];
    assert_eq!(day["day"], "2026-03-08");
    assert_eq!((&day["rows"], &day["matched"]), (&json!(1), &json!(0)));
    // Without orders of that day nothing was compared: one finding, that they are missing.
    assert_eq!(day["at_stake_fen"], 0);
}

#[test]
fn what_was_told_is_not_told_again_because_something_else_is_over() {
    let shop = MorningFixture::new();
    let group = chat(r#"{"errcode":0,"errmsg":"ok"}"#);
    shop.webhook(&format!("wecom {}/send?key={TOKEN}", group.base));
    control(
        &shop.running.base_http,
        "rules",
        &json!({ "bill": "creating" }),
    );
    shop.pay("SHOP0001", "3500");
    let taken = orders("SHOP0001", "35.00", "2026-03-08");
    shop.export("orders.csv", &taken, 3_600);
    shop.export("list.csv", "a,b\n1,2\n", 3_600);
    shop.at("2026-03-09 11:15:00");

    // An alarm, a file that was taken, one that is refused; then the same without the one that was taken.
    assert_eq!(shop.tell(shop.run()), []);
    assert_eq!(shop.tell(shop.run()), []);
    assert_eq!(asked(&group).len(), 1);

    // The next day has an alarm of its own.
    shop.at("2026-03-10 11:15:00");
    assert_eq!(shop.tell(shop.run()), []);
    assert_eq!(asked(&group).len(), 2);
}

#[test]
fn a_redirect_is_not_followed() {
    let shop = MorningFixture::new();
    let elsewhere = chat(r#"{"errcode":0}"#);
    let location = format!("Location: {}/x\r\n", elsewhere.base);
    let moved = FakeGateway::new("302 Found", location.as_bytes(), b"");
    shop.webhook(&format!("wecom {}/send?key={TOKEN}", moved.base));
    shop.pay("SHOP0001", "3500");
    shop.at("2026-03-09 10:15:00");

    assert_eq!(shop.tell(shop.run()).len(), 1);
    assert_eq!(elsewhere.asked().len(), 0);
}

#[test]
fn an_address_that_is_neither_https_nor_of_this_computer_is_not_stored() {
    let shop = MorningFixture::new();
    for bad in [
        "http://hooks.example/x",
        "ftp://hooks.example",
        "hooks.example",
    ] {
        let value = Secret::new(bad.as_bytes().to_vec());
        let refused = profiles::set_key(&shop.ports, shop.id, SecretKind::Webhook, &value, "");
        assert_eq!(refused.unwrap_err().kind, FailureKind::RefusedInput);
    }
    assert!(Webhook::of(&shop.ports, shop.id).unwrap().is_none());
    shop.webhook("https://hooks.example/x");
    assert!(Webhook::of(&shop.ports, shop.id).unwrap().is_some());
    shop.webhook("off");
    assert!(Webhook::of(&shop.ports, shop.id).unwrap().is_none());
    assert!(Path::new(&shop.profile.orders_from).is_dir());
}
