//! `query`, `notify import`, `explain-error` and `sandbox` as scripts see them.

use std::io::{BufRead as _, BufReader};
use std::process::{Output, Stdio};

use assert_cmd::Command;
use recondesk::sandbox::Running;
use serde_json::{Value, json};

use crate::support::wire::{Client, SignDigest, control, sandbox};

pub(crate) struct LookupFixture {
    folder: tempfile::TempDir,
    running: Running,
}

impl LookupFixture {
    /// A workspace whose merchant is the sandbox's.
    pub(crate) fn new() -> Self {
        let stage = Self {
            folder: tempfile::tempdir().unwrap(),
            running: sandbox(),
        };
        let base = stage.running.base_http.clone();
        let add = ["profile", "add", "shop", "--mch-id", "1900000109"];
        stage.run(
            0,
            &[
                &add[..],
                &["--appid", "wx8888888888888888", "--gateway", &base],
            ]
            .concat(),
        );
        stage.run(
            0,
            &["profile", "set-key", "shop", "v2", "--from-env", "THE_KEY"],
        );
        stage
    }

    /// Address of the sandbox.
    pub(crate) fn base(&self) -> &str {
        &self.running.base_http
    }

    /// The merchant at its till.
    pub(crate) fn shop(&self) -> Client<'_> {
        Client::of(&self.running, SignDigest::Md5)
    }

    fn output(&self, arguments: &[&str]) -> Output {
        Command::cargo_bin("recondesk")
            .unwrap()
            .arg("--workspace")
            .arg(self.folder.path().join("workspace"))
            .args(["--lang", "en"])
            .args(arguments)
            .env("RECONDESK_PASSPHRASE", "for tests only")
            .env("THE_KEY", self.running.merchant.v2_key.expose())
            .output()
            .unwrap()
    }

    /// Exit code, and what was told.
    pub(crate) fn fails(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let output = self.output(arguments);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), told)
    }

    #[track_caller]
    pub(crate) fn run(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.output(arguments);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        String::from_utf8(output.stdout).unwrap()
    }

    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::File::create(&path)
            .and_then(|mut file| std::io::Write::write_all(&mut file, text.as_bytes()))
            .unwrap();
        path.display().to_string()
    }
}

#[test]
fn the_exit_code_tells_agreement_work_and_an_unclear_gateway_apart() {
    let stage = LookupFixture::new();
    Client::of(&stage.running, SignDigest::Md5).place_paid("SHOP0001", "3500");
    let orders = stage.file(
        "orders.csv",
        "out_trade_no,amount,pay_status,created_at,paid_at\nSHOP0001,35.00,paid,2026-03-09 11:58:00,2026-03-09 12:00:00\n",
    );
    stage.run(0, &["orders", "import", &orders, "--profile", "shop"]);

    // Without a bill the workspace alone cannot tell; with an answer that agrees nothing is left to do.
    stage.run(1, &["query", "SHOP0001"]);
    let live = stage.run(0, &["query", "SHOP0001", "--live", "--format", "json"]);
    let live: Value = serde_json::from_str(&live).unwrap();
    assert_eq!(live["numbers"][0]["live"]["verdict"], "agrees");
    assert_eq!(live["numbers"][0]["stories"][0]["standing"], "agrees");
    stage.run(1, &["query", "NOWHERE0001"]);
    // An order number may be letters alone, so a word is looked up; what cannot be a number is wrong use.
    stage.run(1, &["query", "hello"]);
    stage.run(2, &["query", "你好"]);

    let list = stage.file("list.txt", "SHOP0001\n");
    let all = ["query", "--list", &list, "--profile", "shop", "--live"];
    let csv = stage.run(0, &[&all[..], &["--format", "csv"]].concat());
    assert!(csv.contains("SHOP0001,agrees,SUCCESS,3500"), "{csv}");
    let fault = json!({ "kind": "wrong_sign" });
    control(&stage.running.base_http, "fault", &fault);
    stage.run(5, &all);
}

#[test]
fn a_line_of_a_list_without_a_number_is_named_and_is_no_agreement() {
    let stage = LookupFixture::new();
    stage.shop().place_paid("SHOP0001", "3500");
    let orders = stage.file(
        "orders.csv",
        "out_trade_no,amount,pay_status,created_at,paid_at\nSHOP0001,35.00,paid,2026-03-09 11:58:00,2026-03-09 12:00:00\n",
    );
    stage.run(0, &["orders", "import", &orders, "--profile", "shop"]);
    let list = stage.file("list.txt", "商户订单号\nSHOP0001\n@x\n=1+1\n");
    let all = ["query", "--list", &list, "--profile", "shop", "--live"];

    let output = stage.output(&all);

    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(
        told.contains("line 3 holds no number and was not asked about: @x"),
        "{told}"
    );
    assert!(
        told.contains("line 4 holds no number and was not asked about: =1+1"),
        "{told}"
    );
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), 2);
}

#[test]
fn the_order_of_exactly_this_number_speaks_before_those_that_share_it_as_a_business_number() {
    let stage = LookupFixture::new();
    let orders = stage.file(
        "orders.csv",
        "out_trade_no,order_no,amount,pay_status,created_at,paid_at\n\
         BIZ0001,BIZ0001,35.00,created,2026-03-09 11:58:00,\n\
         BIZ0001-2,BIZ0001,35.00,paid,2026-03-09 11:58:00,2026-03-09 12:00:00\n\
         BIZ0002,BIZ0002,35.00,paid,2026-03-09 11:58:00,2026-03-09 12:00:00\n\
         BIZ0002-2,BIZ0002,35.00,created,2026-03-09 11:58:00,\n",
    );
    stage.run(0, &["orders", "import", &orders, "--profile", "shop"]);

    for number in ["BIZ0001", "BIZ0002"] {
        let told = stage.run(1, &["query", number, "--format", "json"]);
        let told: Value = serde_json::from_str(&told).unwrap();
        let stories = told["numbers"][0]["stories"].as_array().unwrap();
        let numbers: Vec<&str> = stories
            .iter()
            .map(|story| story["out_trade_no"].as_str().unwrap())
            .collect();
        assert_eq!(numbers, [number, &format!("{number}-2")]);
        let text = stage.run(1, &["query", number]);
        let said = format!("{number} is also a business order of 2 merchant orders");
        assert!(text.starts_with(&said), "{text}");
    }
}

#[test]
fn the_sentence_on_top_knows_the_live_answer_and_nothing_is_stored() {
    let stage = LookupFixture::new();
    Client::of(&stage.running, SignDigest::Md5).place_paid("SHOP0001", "3500");
    let orders = stage.file(
        "orders.csv",
        "out_trade_no,amount,pay_status,created_at,paid_at\nSHOP0001,35.00,created,2026-03-09 11:58:00,\n",
    );
    stage.run(0, &["orders", "import", &orders, "--profile", "shop"]);

    let before = stage.run(1, &["query", "SHOP0001"]);
    let live = stage.run(1, &["query", "SHOP0001", "--live"]);
    let after = stage.run(1, &["query", "SHOP0001"]);

    let first = |text: &str| text.lines().next().unwrap_or_default().to_owned();
    assert!(first(&live).contains("dropped order"), "{live}");
    assert!(!first(&before).contains("dropped order"), "{before}");
    assert_eq!(first(&after), first(&before));
}

#[test]
fn notifications_have_one_result_each_and_are_entered_once() {
    let stage = LookupFixture::new();
    let shop = Client::of(&stage.running, SignDigest::Md5);
    shop.place_paid("SHOP0001", "3500");
    let wish = json!({ "out_trade_no": "SHOP0001", "send": false });
    let body = control(shop.base, "notify", &wish)["body"].clone();
    let log = stage.file(
        "notify.log",
        &format!("{}\n{}\n", body.as_str().unwrap(), body.as_str().unwrap()),
    );
    let import = [
        "notify",
        "import",
        &log,
        "--profile",
        "shop",
        "--format",
        "json",
    ];

    let aside: Value = serde_json::from_str(&stage.run(1, &import)).unwrap();
    assert_eq!(aside[0]["reason"], "no_order");
    let orders = stage.file(
        "orders.csv",
        "out_trade_no,amount,pay_status,created_at,paid_at\nSHOP0001,35.00,created,2026-03-09 11:58:00,\n",
    );
    stage.run(0, &["orders", "import", &orders, "--profile", "shop"]);
    let applied: Value = serde_json::from_str(&stage.run(0, &import)).unwrap();
    assert_eq!(applied[0]["result"], "applied");
    assert_eq!(applied[1]["result"], "repeated");
    let none = stage.file("none.txt", "nothing here");
    stage.run(4, &["notify", "import", &none, "--profile", "shop"]);
}

#[test]
fn a_bare_code_20002_may_mean_two_things() {
    let stage = LookupFixture::new();

    let told = stage.run(0, &["explain-error", "20002"]);

    assert!(told.contains("No Bill Exist"), "{told}");
    assert!(told.contains("Bill Creating"), "{told}");
}

#[test]
fn codes_are_explained_and_unknown_ones_stay_unknown() {
    let stage = LookupFixture::new();

    assert!(
        stage
            .run(0, &["explain-error", "NOTENOUGH"])
            .contains("NOTENOUGH")
    );
    assert!(
        stage
            .run(1, &["explain-error", "NO_SUCH_CODE"])
            .contains("unknown")
    );
}

#[test]
fn the_sandbox_greets_with_one_line_of_the_promised_names() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("recondesk"))
        .args([
            "sandbox",
            "--listen",
            "127.0.0.1:0",
            "--tls",
            "--orders",
            "50",
            "--keys",
        ])
        .arg(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut line).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();

    let greeting: Value = serde_json::from_str(&line).unwrap();
    for name in [
        "base_http",
        "base_https",
        "mch_id",
        "appid",
        "openid",
        "v2_key",
        "client_cert_file",
        "client_key_file",
        "ca_file",
    ] {
        assert!(
            greeting[name].as_str().is_some_and(|text| !text.is_empty()),
            "{name}"
        );
    }
}
