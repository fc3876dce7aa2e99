//! Working cases from the command line over a whole invented day: deciding, reissuing, signing off, verifying.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::{Arc, Mutex};

use assert_cmd::Command;
use hmac::{Hmac, KeyInit as _, Mac as _};
use recondesk::adapters;
use recondesk::app::Silent;
use recondesk::cli::DemoShop;
use recondesk::domain::Secret;
use recondesk::ports::{CaseQuery, Ports};
use serde_json::Value;
use sha2::Sha256;
use tempfile::TempDir;

use crate::support::wire::{control, elements};

/// A workspace with a compared day, and the sandbox that has its payments.
pub(crate) struct CaseworkOffice {
    folder: TempDir,
    pub(crate) ports: Ports,
    pub(crate) shop: DemoShop,
}

impl CaseworkOffice {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ask = Box::new(|_| Some(Secret::new("for tests only".to_owned())));
        let ports = adapters::open_asking(Some(&folder.path().join("workspace")), ask).unwrap();
        // A day whose bill is out whatever the clock says: yesterday's is not before ten in the morning.
        let day = ports.clock.now().day().prev().prev();
        let mut shop = DemoShop::open_on(&ports, 300, "shop", day).unwrap();
        shop.import_orders(&ports, &Silent).unwrap();
        shop.run_day(&ports, &Silent).unwrap();
        Self {
            folder,
            ports,
            shop,
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::cargo_bin("recondesk").unwrap();
        command
            .arg("--workspace")
            .arg(self.path("workspace"))
            .args(["--lang", "en"])
            .args(arguments)
            .env("RECONDESK_PASSPHRASE", "for tests only")
            .env("SHOP_KEY", "a-key-of-the-shop-itself")
            .env_remove("RECONDESK_OPERATOR")
            .env_remove("RECONDESK_PIN");
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    #[track_caller]
    pub(crate) fn expect(&self, code: i32, arguments: &[&str]) -> String {
        judged(&self.run(arguments), code, arguments)
    }

    /// As an operator with the one PIN of these tests.
    #[track_caller]
    pub(crate) fn by(&self, name: &str, code: i32, arguments: &[&str]) -> String {
        let mut command = self.command(arguments);
        command
            .env("RECONDESK_OPERATOR", name)
            .env("RECONDESK_PIN", "2468");
        judged(&command.output().unwrap(), code, arguments)
    }

    /// A second person agrees to everything that waits.
    #[track_caller]
    pub(crate) fn agree(&self, name: &str) {
        let waiting = self.by(name, 1, &["approve", "--format", "json"]);
        let waiting: Vec<Value> = serde_json::from_str(&waiting).unwrap();
        let ids: Vec<String> = waiting.iter().map(|one| one["id"].to_string()).collect();
        let ids = ids.iter().map(String::as_str);
        let all: Vec<&str> = std::iter::once("approve").chain(ids).collect();
        self.by(name, 0, &all);
    }

    pub(crate) fn operator(&self, name: &str, roles: &str) {
        let mut add = self.command(&["operator", "add", name, "--role", roles]);
        add.env("RECONDESK_OPERATOR", "li")
            .env("RECONDESK_PIN", "2468")
            .env("RECONDESK_NEW_PIN", "2468");
        let output = add.output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
    }

    /// Keys of the open cases of a category, by its code.
    pub(crate) fn cases(&self, code: &str) -> Vec<String> {
        let all = self.ports.records.cases(&CaseQuery::default()).unwrap();
        let of_code = all
            .iter()
            .filter(|case| case.finding.category.code() == code);
        of_code.map(|case| case.key.clone()).collect()
    }

    #[track_caller]
    pub(crate) fn case(&self, code: &str) -> String {
        self.cases(code).remove(0)
    }

    pub(crate) fn status(&self, key: &str) -> String {
        let found = self.ports.records.case(self.shop.merchant.0, key).unwrap();
        found.unwrap().status.word().to_owned()
    }
}

#[track_caller]
fn judged(output: &Output, code: i32, arguments: &[&str]) -> String {
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(
        output.status.code(),
        Some(code),
        "{arguments:?}: {told}{text}"
    );
    text
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "a forged file is what the test needs"
)]
pub(crate) fn overwrite(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).unwrap();
}

/// One request as the shop got it.
#[derive(Clone, Debug)]
struct WebhookCall {
    head: String,
    body: Vec<u8>,
}

/// A shop that answers each call with the next of these answers, the last one for ever.
fn shop(answers: Vec<&'static str>) -> (String, Arc<Mutex<Vec<WebhookCall>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let calls = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&calls);
    std::thread::Builder::new()
        .name("shop".to_owned())
        .spawn(move || {
            let mut nth = 0;
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut bytes = Vec::new();
                let mut piece = [0; 4096];
                let (cut, length) = loop {
                    let got = stream.read(&mut piece).unwrap();
                    bytes.extend_from_slice(&piece[..got]);
                    let Some(cut) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
                        continue;
                    };
                    let head = String::from_utf8_lossy(&bytes[..cut]).to_ascii_lowercase();
                    let length = head.split("content-length: ").nth(1).unwrap();
                    let length: usize = length.lines().next().unwrap().trim().parse().unwrap();
                    if bytes.len() >= cut + 4 + length {
                        break (cut, length);
                    }
                };
                seen.lock().unwrap().push(WebhookCall {
                    head: String::from_utf8_lossy(&bytes[..cut]).to_ascii_lowercase(),
                    body: bytes[cut + 4..cut + 4 + length].to_vec(),
                });
                let answer = answers[nth.min(answers.len() - 1)];
                nth += 1;
                if answer.is_empty() {
                    continue;
                }
                let (status, body) = answer.split_once(' ').unwrap();
                let text = format!(
                    "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                    body.len()
                );
                stream.write_all(text.as_bytes()).unwrap();
            }
        })
        .unwrap();
    (base, calls)
}

#[test]
fn what_is_decided_no_longer_counts() {
    let office = CaseworkOffice::new();
    let day = office.shop.day.to_string();
    let reconcile = ["reconcile", "--profile", "shop", "--date", &day];
    office.expect(1, &reconcile);
    let key = office.case("P04");

    office.expect(0, &["cases", "take", &key]);
    office.expect(0, &["cases", "comment", &key, "--text", "客服说已补发"]);
    let shown = office.expect(1, &["cases", "show", &key, "--format", "json"]);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown["status"], "ASSIGNED");
    assert!(shown["bill_line"]["text"].as_str().unwrap().len() > 20);
    office.operator("li", "work,approve,administer");
    office.operator("wang", "work,approve");
    office.by("li", 2, &["cases", "resolve", &key, "--reason", " "]);
    office.by("li", 0, &["cases", "resolve", &key, "--reason", "补录"]);
    office.agree("wang");
    office.expect(0, &["cases", "show", &key]);
    office.by("li", 2, &["cases", "take", &key]);

    // By a filter: first count and sum, then all of them.
    office.by("li", 1, &["cases", "take", "--filter", "severity=urgent"]);
    assert!(
        office
            .cases("P01")
            .iter()
            .all(|key| office.status(key) == "NEW")
    );
    office.by("li", 0, &["cases", "take", "--filter", "all", "--yes"]);
    let list = office.by(
        "li",
        0,
        &[
            "cases", "resolve", "--filter", "all", "--yes", "--reason", "ok",
        ],
    );
    assert!(list.lines().count() > 20, "{list}");
    office.agree("wang");
    office.expect(0, &reconcile);
    office.expect(0, &["day", "--profile", "shop", "--date", &day]);
    office.expect(0, &["cases", "list", "--all", "--format", "csv"]);
    office.by("li", 0, &["cases", "reopen", &key, "--reason", "又出现"]);
    office.expect(1, &reconcile);
}

#[test]
fn four_eyes_are_kept_by_the_database() {
    let office = CaseworkOffice::new();
    office.operator("li", "work,approve,administer");
    office.operator("wang", "work,approve");
    office.operator("chen", "see");
    let key = office.case("P04");
    office.expect(2, &["cases", "take", &key]);
    office.by("chen", 2, &["cases", "take", &key]);

    office.by("li", 2, &["cases", "ignore", &key, "--reason", "other"]);
    office.by(
        "li",
        0,
        &["cases", "ignore", &key, "--reason", "test-order"],
    );
    office.by("li", 2, &["approve", "1"]);
    office.by("chen", 2, &["approve", "1"]);
    assert_eq!(office.status(&key), "PROPOSED");
    // Nobody gets past it beside the program either.
    let database = rusqlite::Connection::open(office.path("workspace/recondesk.db")).unwrap();
    let forced = database.execute(
        "UPDATE case_file SET status = 'FORCE_CLOSED' WHERE key = ?1",
        [&key],
    );
    assert!(forced.unwrap_err().to_string().contains("second person"));
    let own = database.execute(
        "UPDATE approval SET checker = maker, judgement = 'approved', judged_at = 1",
        [],
    );
    assert!(own.unwrap_err().to_string().contains("no second person"));
    drop(database);
    office.by("wang", 0, &["approve", "1"]);
    assert_eq!(office.status(&key), "FORCE_CLOSED");

    let other = office.case("P01");
    office.by(
        "li",
        0,
        &["cases", "ignore", &other, "--reason", "too-small"],
    );
    office.by("wang", 0, &["reject", "2"]);
    assert_eq!(office.status(&other), "REJECTED");
    office.expect(0, &["audit", "verify"]);
}

#[test]
fn a_read_only_merchant_moves_neither_goods_nor_money() {
    let office = CaseworkOffice::new();
    office.expect(0, &["profile", "edit", "shop", "--read-only"]);
    let key = office.case("P01");

    office.expect(2, &["refund", "prepare", "--case", &key]);
    let out = office.path("list.csv");
    let out = out.to_str().unwrap();
    office.expect(2, &["reissue", &key, "--by", "list", "--out", out]);
    assert!(!office.path("list.csv").exists());
    // A second one in the same folder of files cannot do it past the program.
    let database = rusqlite::Connection::open(office.path("workspace/recondesk.db")).unwrap();
    database
        .execute_batch(
            "INSERT INTO outcome SELECT id, 'case/x', 'reissue' FROM profile;
             INSERT INTO outcome SELECT id, 'order/x', 'reissue' FROM profile;",
        )
        .unwrap();
    let made = database.execute(
        "INSERT INTO reissue (profile, case_key, out_trade_no, way, stage, key, maker, created_at, changed_at)
         SELECT id, 'x', 'x', 'list', 'begun', 'k', 'm', 1, 1 FROM profile",
        [],
    );
    assert!(made.unwrap_err().to_string().contains("read-only"));
}

#[test]
fn a_reissue_by_list_waits_for_proof() {
    let office = CaseworkOffice::new();
    let key = office.case("P01");
    let out = office.path("list.csv");
    let out = out.to_str().unwrap();

    office.expect(0, &["reissue", &key, "--by", "list", "--out", out]);

    let list = std::fs::read_to_string(out).unwrap();
    assert_eq!(list.lines().count(), 2, "{list}");
    assert!(
        list.contains(",RI") || list.starts_with("idempotency_key"),
        "{list}"
    );
    assert_eq!(office.status(&key), "WAITING");
    // One case has one outcome.
    office.expect(2, &["refund", "prepare", "--case", &key]);
    // The same list again tells the shop nothing new.
    let again = office.path("again.csv");
    office.expect(
        0,
        &[
            "reissue",
            &key,
            "--by",
            "list",
            "--out",
            again.to_str().unwrap(),
        ],
    );
    assert_eq!(std::fs::read_to_string(again).unwrap(), list);
}

#[test]
fn a_call_to_the_shop_is_signed_repeated_and_kept() {
    let office = CaseworkOffice::new();
    let (base, calls) = shop(vec!["", "500 busy", "200 {\"ok\":true}"]);
    let url = format!("{base}/reissue");
    office.expect(0, &["profile", "edit", "shop", "--shop-url", &url]);
    let key = office.case("P01");
    office.expect(2, &["reissue", &key, "--by", "webhook"]);
    assert!(calls.lock().unwrap().is_empty(), "no key, no call");
    office.expect(
        0,
        &[
            "profile",
            "set-key",
            "shop",
            "shop",
            "--from-env",
            "SHOP_KEY",
        ],
    );

    office.expect(0, &["reissue", &key, "--by", "webhook"]);

    let seen = calls.lock().unwrap().clone();
    assert_eq!(seen.len(), 3, "{seen:?}");
    let header = |call: &WebhookCall, name: &str| {
        let line = call.head.lines().find(|line| line.starts_with(name));
        line.unwrap().split_once(": ").unwrap().1.to_owned()
    };
    for call in &seen {
        assert_eq!(call.body, seen[0].body);
        assert_eq!(
            header(call, "idempotency-key"),
            header(&seen[0], "idempotency-key")
        );
        let mut mac = Hmac::<Sha256>::new_from_slice(b"a-key-of-the-shop-itself").unwrap();
        mac.update(header(call, "x-recondesk-timestamp").as_bytes());
        mac.update(b".");
        mac.update(&call.body);
        let digest = hex(&mac.finalize().into_bytes());
        assert_eq!(
            header(call, "x-recondesk-signature"),
            format!("sha256={digest}")
        );
    }
    let body: Value = serde_json::from_slice(&seen[0].body).unwrap();
    assert!(body["paid_fen"].as_i64().unwrap() > 0);
    assert_eq!(office.status(&key), "WAITING");
    let history = office.ports.casework.reissues(None).unwrap();
    let events = office
        .ports
        .casework
        .reissue_history(history[0].id)
        .unwrap();
    assert!(
        events.last().unwrap().evidence.contains("200 {"),
        "{events:?}"
    );
    // Begun is begun: the shop is not called a second time.
    office.expect(0, &["reissue", &key, "--by", "webhook"]);
    assert_eq!(calls.lock().unwrap().len(), 3);
}

#[test]
fn a_clear_no_of_the_shop_ends_with_code_5() {
    let office = CaseworkOffice::new();
    let (base, _) = shop(vec!["422 sold out"]);
    office.expect(0, &["profile", "edit", "shop", "--shop-url", &base]);
    office.expect(
        0,
        &[
            "profile",
            "set-key",
            "shop",
            "shop",
            "--from-env",
            "SHOP_KEY",
        ],
    );
    let key = office.case("P01");

    office.expect(5, &["reissue", &key, "--by", "webhook"]);

    assert_eq!(office.status(&key), "ASSIGNED");
}

#[test]
fn the_missed_notification_is_sent_as_wechat_pay_would() {
    let office = CaseworkOffice::new();
    let (base, calls) = shop(vec![
        "200 <xml><return_code><![CDATA[SUCCESS]]></return_code></xml>",
    ]);
    let url = format!("{base}/notify");
    office.expect(0, &["profile", "edit", "shop", "--notify-url", &url]);
    let key = office.case("P01");

    office.expect(0, &["reissue", &key, "--by", "notification"]);

    let seen = calls.lock().unwrap().clone();
    assert!(seen[0].head.starts_with("post /notify"), "{seen:?}");
    let fields = elements(&String::from_utf8(seen[0].body.clone()).unwrap());
    for name in [
        "transaction_id",
        "out_trade_no",
        "total_fee",
        "time_end",
        "openid",
        "bank_type",
    ] {
        assert!(fields.contains_key(name), "{name}: {fields:?}");
    }
    assert!(!fields.contains_key("trade_state"));
    // Verified by a client that shares no code with the program.
    let client = crate::support::wire::Client::of(
        &office.shop.sandbox,
        crate::support::wire::SignDigest::Md5,
    );
    assert_eq!(fields["sign"], client.sign(&fields));
    assert_eq!(office.status(&key), "WAITING");
}

#[test]
fn what_was_paid_back_is_not_reissued() {
    let office = CaseworkOffice::new();
    let key = office.case("P01");
    let prepared = office.expect(
        0,
        &["refund", "prepare", "--case", &key, "--format", "json"],
    );
    let prepared: Value = serde_json::from_str(&prepared).unwrap();
    let out = office.path("list.csv");
    let out = out.to_str().unwrap();
    office.expect(2, &["reissue", &key, "--by", "list", "--out", out]);

    let number = prepared["out_refund_no"].as_str().unwrap();
    let fen = prepared["amount_fen"].as_i64().unwrap();
    let yuan = format!("{}.{:02}", fen / 100, fen % 100);
    let sent = office.run(&["refund", "send", number, "--confirm", &yuan, "--wait", "0"]);
    assert!(matches!(sent.status.code(), Some(0 | 1)), "{sent:?}");
    let refused = office.run(&["reissue", &key, "--by", "list", "--out", out]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(!office.path("list.csv").exists());
}

#[test]
#[expect(clippy::too_many_lines, reason = "one walk")]
fn a_day_is_signed_locked_opened_by_two_and_its_certificate_holds_anywhere() {
    let office = CaseworkOffice::new();
    let day = office.shop.day.to_string();
    office.operator("li", "work,approve,administer");
    office.operator("wang", "work,approve");
    let html = office.path("day.html");
    let html = html.to_str().unwrap();
    let sign = [
        "day",
        "sign-off",
        "--profile",
        "shop",
        "--date",
        &day,
        "--operator",
        "li",
        "--out",
        html,
    ];
    // Urgent cases are open.
    office.by("li", 2, &sign);
    control(
        &office.shop.sandbox.base_http,
        "rules",
        &serde_json::json!({ "refund_settles_s": 0 }),
    );
    let refunded = office.case("P01");
    let prepare = ["refund", "prepare", "--case", &refunded, "--format", "json"];
    let prepared: Value = serde_json::from_str(&office.by("li", 0, &prepare)).unwrap();
    if !prepared["approval"].is_null() {
        office.agree("wang");
    }
    let fen = prepared["amount_fen"].as_i64().unwrap();
    let sum = format!("{}.{:02}", fen / 100, fen % 100);
    let number = prepared["out_refund_no"].as_str().unwrap();
    office.by("li", 0, &["refund", "send", number, "--confirm", &sum]);
    office.expect(1, &["reconcile", "--profile", "shop", "--date", &day]);
    let keys: Vec<String> = ["P01", "P02", "P03", "R01", "R04", "R05"]
        .iter()
        .flat_map(|code| office.cases(code))
        .collect();
    assert!(!keys.is_empty());
    office.by(
        "li",
        0,
        &["cases", "take", "--filter", "severity=urgent", "--yes"],
    );
    let resolve = ["cases", "resolve", "--filter", "severity=urgent", "--yes"];
    office.by("li", 0, &[&resolve[..], &["--reason", "已处理"]].concat());
    office.agree("wang");
    let carried = keys[0].as_str();
    office.by("li", 0, &["cases", "reopen", carried, "--reason", "查错了"]);
    office.by("li", 0, &["cases", "take", carried]);
    office.by("li", 0, &["cases", "carry", carried, "--reason", "等银行"]);
    let told = office.run(&["operator", "list"]);
    assert_eq!(told.status.code(), Some(0));
    office.by("li", 2, &sign);
    let waiting = office.by("wang", 1, &["approve", "--format", "json"]);
    let waiting: Value = serde_json::from_str(&waiting).unwrap();
    let id = waiting[0]["id"].to_string();
    office.by("wang", 0, &["approve", &id]);

    office.by("li", 0, &sign);

    let json = office.path("day.json");
    let json = json.to_str().unwrap();
    office.expect(
        0,
        &[
            "certificate",
            "write",
            "--profile",
            "shop",
            "--date",
            &day,
            "--out",
            json,
        ],
    );
    for file in [html, json] {
        office.expect(0, &["certificate", "verify", file]);
        let text = std::fs::read_to_string(file).unwrap();
        for (from, to) in [
            ("等银行", "等银衍"),
            ("li", "lu"),
            ("\"bytes\": ", "\"bytes\": 1"),
        ] {
            assert!(text.contains(from), "{file} {from}");
            let changed = office.path("changed");
            overwrite(&changed, text.replacen(from, to, 1).as_bytes());
            office.expect(4, &["certificate", "verify", changed.to_str().unwrap()]);
        }
    }
    let text = std::fs::read_to_string(json).unwrap();
    let sealed: Value = serde_json::from_str(&text).unwrap();
    let sent = &sealed["certificate"]["refunds_sent"];
    assert_eq!(sent[0]["out_refund_no"], number, "{sent}");
    assert_eq!(
        (&sent[0]["maker"], &sent[0]["state"]),
        (&"li".into(), &"done".into())
    );
    let decided = sealed["certificate"]["decisions"].as_array().unwrap();
    assert!(
        decided.iter().any(|one| one["case"] == *refunded),
        "{decided:?}"
    );
    // What was decided stands until two people open the day; a word beside it changes nothing.
    let closed = keys
        .iter()
        .find(|key| office.status(key) == "RESOLVED")
        .unwrap();
    office.by("li", 2, &["cases", "reopen", closed, "--reason", "z"]);
    office.by("li", 2, &["cases", "undo", closed]);
    office.by("li", 2, &["cases", "undo", carried]);
    office.by("li", 0, &["cases", "comment", closed, "--text", "z"]);
    let forced = rusqlite::Connection::open(office.path("workspace/recondesk.db"))
        .unwrap()
        .execute(
            "UPDATE case_file SET status = 'REOPENED' WHERE key = ?1",
            [closed],
        );
    assert!(forced.unwrap_err().to_string().contains("signed off"));
    // A scheduled morning says so and goes on; a comparison is shown and not kept.
    for command in [
        &["day", "--profile", "shop", "--date", &day][..],
        &["reconcile", "--profile", "shop", "--date", &day],
    ] {
        let output = office.run(command);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(matches!(output.status.code(), Some(0 | 1)), "{said}");
        assert!(said.contains("was signed off by li"), "{said}");
        assert!(!said.contains("changed since"), "{said}");
    }
    // Signed twice it is not; another result cannot take its place.
    office.by("li", 2, &sign);
    let unlock = [
        "day",
        "unlock",
        "--profile",
        "shop",
        "--date",
        &day,
        "--operator",
        "li",
        "--reason",
    ];
    office.by("li", 2, &[&unlock[..], &[" "]].concat());
    office.by("li", 1, &[&unlock[..], &["补录订单"]].concat());
    let waiting = office.by("wang", 1, &["approve", "--format", "json"]);
    let waiting: Value = serde_json::from_str(&waiting).unwrap();
    let id = waiting[0]["id"].to_string();
    office.by("li", 2, &["approve", &id]);
    office.by("wang", 0, &["approve", &id]);
    office.by("li", 0, &sign);

    office.expect(0, &["audit", "verify"]);
    let database = rusqlite::Connection::open(office.path("workspace/recondesk.db")).unwrap();
    let touched = database.execute("UPDATE audit SET actor = 'x' WHERE id = 2", []);
    assert!(touched.is_err());
    database
        .execute_batch("DROP TRIGGER audit_keep_update; UPDATE audit SET actor = 'x' WHERE id = 2;")
        .unwrap();
    office.expect(6, &["audit", "verify"]);
}
