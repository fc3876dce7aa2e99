//! Refunds through the program itself against a gateway that shares no code with it, and that gets everything
//! wrong that a gateway or the way to it can get wrong: one accepted refund, one number, no false good news.

use std::path::Path;
use std::process::{Output, Stdio};

use assert_cmd::cargo::cargo_bin;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::fault_gateway::{
    APPID, At, FaultGateway, MCH_ID, PUBLIC_KEY_ID, PlannedFault, Say, V2_KEY, fresh_key,
};

pub(crate) const FEN: i64 = 1_230;
pub(crate) const YUAN: &str = "12.30";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FaultApi {
    V2,
    V3,
}

/// A merchant with a workspace and a gateway of his own.
pub(crate) struct RefundFaultFixture {
    folder: TempDir,
    pub(crate) gateway: FaultGateway,
}

impl RefundFaultFixture {
    pub(crate) fn new(api: FaultApi) -> Self {
        let shop = Self {
            folder: tempfile::tempdir().unwrap(),
            gateway: FaultGateway::new(),
        };
        let base = shop.gateway.base.clone();
        let add = ["profile", "add", "shop", "--mch-id", MCH_ID, "--appid"];
        shop.expect(0, &[&add[..], &[APPID, "--gateway", &base]].concat());
        match api {
            FaultApi::V2 => shop.set_key("v2", V2_KEY.as_bytes()),
            FaultApi::V3 => {
                let edit = ["profile", "edit", "shop", "--api", "v3", "--public-key-id"];
                let serial = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1";
                let more = [PUBLIC_KEY_ID, "--cert-serial", serial];
                shop.expect(0, &[&edit[..], &more].concat());
                shop.set_key("client-key", fresh_key().0.as_bytes());
                shop.set_key("platform-key", shop.gateway.public_key.as_bytes());
            }
        }
        shop
    }

    pub(crate) fn workspace(&self) -> std::path::PathBuf {
        self.folder.path().join("workspace")
    }

    fn set_key(&self, kind: &str, bytes: &[u8]) {
        let file = self.folder.path().join("key");
        recondesk::adapters::files::replace(&file, bytes).unwrap();
        let file = file.to_str().unwrap();
        self.expect(
            0,
            &["profile", "set-key", "shop", kind, "--from-file", file],
        );
    }

    fn process(workspace: &Path, arguments: &[&str]) -> std::process::Command {
        let mut process = std::process::Command::new(cargo_bin("recondesk"));
        process
            .arg("--workspace")
            .arg(workspace)
            .args(["--lang", "en"])
            .args(arguments)
            .env("RECONDESK_PASSPHRASE", "for tests only")
            .env_remove("RECONDESK_OPERATOR")
            .env_remove("RECONDESK_PIN")
            .stdin(Stdio::null());
        process
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        Self::process(&self.workspace(), arguments)
            .output()
            .unwrap()
    }

    #[track_caller]
    pub(crate) fn expect(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        String::from_utf8(output.stdout).unwrap()
    }

    #[track_caller]
    fn prepare(&self, order: &str, yuan: &str) -> Value {
        let of = ["refund", "prepare", "--profile", "shop", "--order", order];
        let more = ["--amount", yuan, "--reason", "重复支付", "--format", "json"];
        serde_json::from_str(&self.expect(0, &[&of[..], &more].concat())).unwrap()
    }

    /// Number of the refund that was prepared for a new order.
    #[track_caller]
    pub(crate) fn drafted(&self, order: &str) -> String {
        self.gateway.pay(order, FEN);
        let prepared = self.prepare(order, YUAN);
        prepared["out_refund_no"].as_str().unwrap().to_owned()
    }

    pub(crate) fn state(&self, number: &str) -> String {
        let text = self.expect(0, &["refund", "show", number, "--format", "json"]);
        let shown: Value = serde_json::from_str(&text).unwrap();
        shown["state"].as_str().unwrap().to_owned()
    }
}

/// How a fault must end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ExpectedEnd {
    /// The money is back: code 0, one accepted refund.
    Returned,
    /// Accepted and not back: code 1, one accepted refund.
    Waits,
    /// Refused: code 5, nothing accepted.
    Refused,
    /// Closed by WeChat Pay: code 5, one refund that moved nothing.
    Closed,
}

struct BadDay {
    name: &'static str,
    faults: Vec<PlannedFault>,
    end: ExpectedEnd,
}

fn day(name: &'static str, at: At, done: bool, say: Say) -> BadDay {
    BadDay {
        name,
        faults: vec![PlannedFault { at, done, say }],
        end: ExpectedEnd::Returned,
    }
}

pub(crate) const LOST: PlannedFault = PlannedFault {
    at: At::Refund,
    done: true,
    say: Say::Nothing,
};

/// The answer to the refund is lost, then something happens to the questions.
fn lost_then(name: &'static str, says: &[(At, Say)]) -> BadDay {
    let mut faults = vec![LOST];
    faults.extend(says.iter().map(|(at, say)| PlannedFault {
        at: *at,
        done: true,
        say: *say,
    }));
    BadDay {
        name,
        faults,
        end: ExpectedEnd::Returned,
    }
}

fn ends(end: ExpectedEnd, day: BadDay) -> BadDay {
    BadDay { end, ..day }
}

/// What happens to the answer to the refund, whether it was carried out or not.
fn days_of_sending() -> Vec<BadDay> {
    let refund = At::Refund;
    let mut days = Vec::new();
    for (name, say) in [
        ("no answer", Say::Nothing),
        ("headers alone", Say::NoBody),
        ("cut at once", Say::Cut(1)),
        ("cut in the middle", Say::Cut(200)),
        ("page with 200", Say::Page(200)),
        ("page with 403", Say::Page(403)),
        ("page with 404", Say::Page(404)),
        ("page with 500", Say::Page(500)),
        ("page with 502", Say::Page(502)),
        ("page with 504", Say::Page(504)),
        ("redirect", Say::Redirect),
        ("garbage", Say::Garbage),
        ("huge", Say::Huge),
        ("empty", Say::Empty),
        ("wrong signature", Say::WrongSign),
        ("no signature", Say::Unsigned),
        ("bare refusal", Say::Bare(400, "PARAM_ERROR")),
        ("bare signature error", Say::Bare(401, "SIGN_ERROR")),
        ("busy", Say::Code(500, "SYSTEMERROR")),
        ("retry", Say::Code(500, "BIZERR_NEED_RETRY")),
        ("too often", Say::Code(429, "FREQUENCY_LIMITED")),
        ("too many failures", Say::Code(429, "INVALID_REQ_TOO_MUCH")),
        ("no money", Say::Code(403, "NOTENOUGH")),
        ("unknown code", Say::Code(400, "WHAT_IS_THIS")),
    ] {
        days.push(day(name, refund, true, say));
        days.push(day(name, refund, false, say));
    }
    for (name, say) in [
        ("tampered", Say::Tampered),
        ("late", Say::Late(1_500)),
        ("drips", Say::Drip(2)),
        ("another refund", Say::OtherRefund),
        ("another order", Say::OtherOrder),
        ("another sum", Say::OtherAmount),
        ("another total", Say::OtherTotal),
        ("another merchant", Say::OtherMerchant),
        ("202", Say::Status(202)),
        ("429", Say::Status(429)),
        ("500 with the truth", Say::Status(500)),
        ("signed an hour ago", Say::Old),
        ("signed with another key", Say::OtherKey),
    ] {
        days.push(day(name, refund, true, say));
    }
    days.push(day("reset before it was read", refund, false, Say::Unread));
    // Accepted, and said to be refused for good: a question knows better.
    for code in ["ERROR", "PARAM_ERROR", "USER_ACCOUNT_ABNORMAL", "NOAUTH"] {
        days.push(day(code, refund, true, Say::Code(400, code)));
        let refused = day(code, refund, false, Say::Code(400, code));
        days.push(ends(ExpectedEnd::Refused, refused));
    }
    days
}

/// What happens to the questions after an answer that was lost.
fn days_of_asking() -> Vec<BadDay> {
    let query = At::Query;
    let mut days = Vec::new();
    for (name, say) in [
        ("no answer", Say::Nothing),
        ("cut", Say::Cut(120)),
        ("page", Say::Page(200)),
        ("page with 502", Say::Page(502)),
        ("wrong signature", Say::WrongSign),
        ("no signature", Say::Unsigned),
        ("tampered", Say::Tampered),
        ("another refund", Say::OtherRefund),
        ("another order", Say::OtherOrder),
        ("another sum", Say::OtherAmount),
        ("another total", Say::OtherTotal),
        ("another merchant", Say::OtherMerchant),
        ("busy", Say::Code(500, "SYSTEMERROR")),
        ("unknown code", Say::Code(400, "WHAT_IS_THIS")),
        ("unsigned absence", Say::Bare(404, "RESOURCE_NOT_EXISTS")),
        ("unknown state", Say::State("WONDERFUL")),
        ("still under way", Say::State("PROCESSING")),
        ("abnormal for a moment", Say::State("CHANGE")),
    ] {
        days.push(lost_then(name, &[(query, say)]));
    }
    // Just after it was accepted, the refund is not found yet.
    days.push(lost_then("not found yet", &[(query, Say::Absent)]));
    let twice = [
        (query, Say::Absent),
        (At::Refund, Say::Nothing),
        (query, Say::Absent),
    ];
    days.push(lost_then("not found twice", &twice));
    // Sent again in good faith, and refused: the first sending counts.
    let refused = Say::Code(400, "ERROR");
    let denied = [
        (query, Say::Absent),
        (At::Refund, refused),
        (query, Say::Absent),
    ];
    days.push(lost_then("not found, then refused", &denied));
    let order_lags = [
        (query, Say::Absent),
        (At::Order, Say::Code(404, "ORDERNOTEXIST")),
    ];
    days.push(lost_then("the order is not found either", &order_lags));
    let order_fails = [(query, Say::Absent), (At::Order, Say::OtherTotal)];
    days.push(lost_then("another total of the order", &order_fails));
    days
}

/// What is certain of a refund at any moment of such a day.
fn check(shop: &RefundFaultFixture, order: &str, number: &str, code: i32) {
    let accepted = shop.gateway.accepted(order);
    assert!(accepted.len() <= 1, "{accepted:?}");
    assert!(
        accepted
            .iter()
            .all(|one| one.number == number && one.fen == FEN)
    );
    let asked = shop.gateway.asked(order);
    assert!(
        asked.iter().all(|one| *one == (number.to_owned(), FEN)),
        "{asked:?}"
    );
    let is_back = accepted.iter().any(|one| one.state == "SUCCESS");
    match code {
        0 => assert!(is_back, "good news that is not true"),
        1 => {}
        5 => assert!(!is_back, "bad news that is not true: {accepted:?}"),
        code => panic!("code {code}"),
    }
}

/// Runs a day, and gives what went wrong with it.
fn live(shop: &RefundFaultFixture, order: &str, day: &BadDay) {
    shop.gateway.plan(&[]);
    let number = shop.drafted(order);
    shop.gateway.plan(&day.faults);
    let mut told = String::new();
    let mut run = |arguments: &[&str]| {
        let output = shop.run(arguments);
        let code = output.status.code().unwrap();
        let words = String::from_utf8_lossy(&output.stderr);
        told = format!("{told}{code} after {arguments:?}: {words}\n");
        check(shop, order, &number, code);
        code
    };
    let mut code = run(&["refund", "send", &number, "--confirm", YUAN]);
    for _ in 0..10 {
        if code != 1 || (day.end == ExpectedEnd::Waits && !shop.gateway.accepted(order).is_empty())
        {
            break;
        }
        code = run(&["refund", "resume", &number]);
    }
    let (wanted, count) = match day.end {
        ExpectedEnd::Returned => (0, 1),
        ExpectedEnd::Waits => (1, 1),
        ExpectedEnd::Refused => (5, 0),
        ExpectedEnd::Closed => (5, 1),
    };
    assert_eq!(code, wanted, "{told}");
    assert_eq!(shop.gateway.accepted(order).len(), count, "{told}");
}

/// Lives through the days, a few at a time: most of their time is waiting.
fn live_all(api: FaultApi, days: &[BadDay]) {
    const AT_ONCE: usize = 6;
    let broken = std::sync::Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for start in 0..AT_ONCE {
            let (broken, days) = (&broken, &days);
            let work = move || {
                let shop = RefundFaultFixture::new(api);
                for (at, day) in days.iter().enumerate().skip(start).step_by(AT_ONCE) {
                    let order = format!("F20261128{at:06}");
                    let run = std::panic::AssertUnwindSafe(|| live(&shop, &order, day));
                    if std::panic::catch_unwind(run).is_err() {
                        broken.lock().unwrap().push((day.name, day.faults.clone()));
                    }
                }
            };
            std::thread::Builder::new()
                .name("shop".to_owned())
                .spawn_scoped(scope, work)
                .unwrap();
        }
    });
    let broken = broken.into_inner().unwrap();
    assert!(broken.is_empty(), "{api:?}: {broken:#?}");
}

#[test]
fn whatever_the_answer_one_refund_is_accepted_v2() {
    live_all(FaultApi::V2, &days_of_sending());
}

#[test]
fn whatever_the_answer_one_refund_is_accepted_v3() {
    live_all(FaultApi::V3, &days_of_sending());
}

#[test]
fn whatever_the_questions_meet_one_refund_is_accepted_v2() {
    live_all(FaultApi::V2, &days_of_asking());
}

#[test]
fn whatever_the_questions_meet_one_refund_is_accepted_v3() {
    live_all(FaultApi::V3, &days_of_asking());
}

#[test]
fn a_refund_that_is_not_back_is_never_told_as_back() {
    for api in [FaultApi::V2, FaultApi::V3] {
        let shop = RefundFaultFixture::new(api);
        for (at, (outcome, end)) in [
            ("PROCESSING", ExpectedEnd::Waits),
            ("CHANGE", ExpectedEnd::Waits),
            ("WONDERFUL", ExpectedEnd::Waits),
            ("REFUNDCLOSE", ExpectedEnd::Closed),
        ]
        .into_iter()
        .enumerate()
        {
            shop.gateway.end_as(Some(outcome));
            let order = format!("W2026112800000{at}");
            let day = BadDay {
                name: outcome,
                faults: Vec::new(),
                end,
            };
            live(&shop, &order, &day);
            if end == ExpectedEnd::Waits {
                let number = shop.gateway.accepted(&order)[0].number.clone();
                shop.expect(1, &["refund", "resume", &number, "--wait", "0"]);
                shop.gateway.settle(&order, "SUCCESS");
                shop.expect(0, &["refund", "resume", &number]);
            }
        }
        // Closed moved no money: what is prepared then is another refund, under the next number.
        shop.gateway.end_as(None);
        let order = "W20261128000003";
        let closed = shop.gateway.accepted(order)[0].number.clone();
        shop.expect(0, &["refund", "resume"]);
        let next = shop.prepare(order, YUAN);
        assert_ne!(next["out_refund_no"], *closed);
    }
}

#[test]
fn two_processes_and_a_second_copy_send_one_refund() {
    for api in [FaultApi::V2, FaultApi::V3] {
        let shop = RefundFaultFixture::new(api);
        let number = shop.drafted("D20261128000001");
        let copy = shop.folder.path().join("copy");
        copy_folder(&shop.workspace(), &copy);
        let send = ["refund", "send", &number, "--confirm", YUAN];
        let mut running: Vec<_> = [&shop.workspace(), &shop.workspace(), &copy, &copy]
            .into_iter()
            .map(|workspace| {
                RefundFaultFixture::process(workspace, &send)
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .spawn()
                    .unwrap()
            })
            .collect();

        let codes: Vec<_> = running
            .iter_mut()
            .map(|one| one.wait().unwrap().code())
            .collect();

        assert_eq!(codes, [Some(0); 4]);
        check(&shop, "D20261128000001", &number, 0);
    }
}

#[test]
fn a_restored_backup_finds_what_was_sent_before() {
    for api in [FaultApi::V2, FaultApi::V3] {
        let shop = RefundFaultFixture::new(api);
        let before = shop.folder.path().join("before");
        copy_folder(&shop.workspace(), &before);
        let number = shop.drafted("R20261128000001");
        let drafted = shop.folder.path().join("drafted");
        copy_folder(&shop.workspace(), &drafted);
        shop.expect(0, &["refund", "send", &number, "--confirm", YUAN]);
        let run = |workspace: &Path, code: i32, arguments: &[&str]| {
            let output = RefundFaultFixture::process(workspace, arguments)
                .output()
                .unwrap();
            assert_eq!(output.status.code(), Some(code), "{output:?}");
            String::from_utf8(output.stdout).unwrap()
        };

        // From before the draft: the same number is found; that it has another sum than the one asked for is no
        // success, and nothing more is sent.
        let of = [
            "refund",
            "prepare",
            "--profile",
            "shop",
            "--order",
            "R20261128000001",
        ];
        let more = ["--amount", "1.00", "--reason", "x", "--format", "json"];
        let told: Value =
            serde_json::from_str(&run(&before, 1, &[&of[..], &more].concat())).unwrap();
        assert_eq!(told["out_refund_no"], *number);
        assert_eq!(
            (&told["state"], &told["amount_fen"]),
            (&"done".into(), &FEN.into())
        );
        // From after the draft: sending it finds it.
        run(&drafted, 0, &["refund", "send", &number, "--confirm", YUAN]);

        check(&shop, "R20261128000001", &number, 0);
        assert_eq!(shop.gateway.asked("R20261128000001").len(), 1);
    }
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).unwrap();
        }
    }
}

#[test]
fn a_draft_is_never_sent_by_resume() {
    let shop = RefundFaultFixture::new(FaultApi::V2);
    let number = shop.drafted("N20261128000001");

    shop.expect(0, &["refund", "resume"]);
    shop.expect(1, &["refund", "resume", &number]);

    assert!(shop.gateway.asked("N20261128000001").is_empty());
    assert_eq!(shop.state(&number), "drafted");
}

#[test]
fn what_stands_in_a_batch_file_is_not_sent_as_well() {
    let shop = RefundFaultFixture::new(FaultApi::V2);
    let order = "L20261128000001";
    let number = shop.drafted(order);
    let out = shop.folder.path().join("batch.txt");
    let out = out.to_str().unwrap();
    let file = ["refund", "batch-file", "--profile", "shop", "--out", out];

    shop.expect(0, &file);
    let text = std::fs::read_to_string(out).unwrap();
    assert_eq!(shop.state(&number), "listed");
    shop.expect(1, &["refund", "send", &number, "--confirm", YUAN]);
    shop.expect(1, &["refund", "resume", &number]);
    shop.expect(1, &["refund", "resume"]);
    assert!(shop.gateway.asked(order).is_empty());
    // A second file has nothing to say, but the same lines can be had again by name.
    shop.expect(2, &file);
    shop.expect(0, &[&file[..], &[&number]].concat());
    assert_eq!(std::fs::read_to_string(out).unwrap(), text);

    // A file that was not used is given up, and the number lives on.
    shop.expect(0, &["refund", "withdraw", &number, "--reason", "x"]);
    let again = shop.prepare(order, YUAN);
    assert_eq!(again["out_refund_no"], *number);
    shop.expect(0, &["refund", "send", &number, "--confirm", YUAN]);
    check(&shop, order, &number, 0);
    shop.expect(2, &[&file[..], &[&number]].concat());
}

#[test]
fn a_batch_file_that_was_uploaded_is_found_and_not_given_up() {
    let shop = RefundFaultFixture::new(FaultApi::V2);
    let order = "L20261128000002";
    let number = shop.drafted(order);
    let out = shop.folder.path().join("batch.txt");
    let out = out.to_str().unwrap();
    shop.expect(
        0,
        &["refund", "batch-file", "--profile", "shop", "--out", out],
    );
    shop.gateway.upload(order, &number, FEN);

    shop.expect(2, &["refund", "withdraw", &number, "--reason", "x"]);
    shop.expect(0, &["refund", "resume"]);

    assert_eq!(shop.state(&number), "done");
    check(&shop, order, &number, 0);
}

#[test]
fn two_parts_of_one_order_are_a_minute_apart_and_never_more_than_was_paid() {
    for api in [FaultApi::V2, FaultApi::V3] {
        let shop = RefundFaultFixture::new(api);
        let order = "P20261128000001";
        shop.gateway.pay(order, FEN);
        let first = shop.prepare(order, "8.00");
        let send = ["refund", "send"];
        let at = std::time::Instant::now();
        let number = first["out_refund_no"].as_str().unwrap();
        shop.expect(0, &[&send[..], &[number, "--confirm", "8"]].concat());
        let of = ["refund", "prepare", "--profile", "shop", "--order", order];
        let more = ["--amount", "4.31", "--reason", "x"];
        shop.expect(2, &[&of[..], &more].concat());
        let second = shop.prepare(order, "4.30");
        let number = second["out_refund_no"].as_str().unwrap();
        let arguments = [&send[..], &[number, "--confirm", "4.30", "--wait", "1"]].concat();

        let code = shop.run(&arguments).status.code();

        if at.elapsed() < std::time::Duration::from_secs(55) {
            assert_ne!(code, Some(0));
            assert_eq!(shop.gateway.asked(order).len(), 1);
        }
        let sum: i64 = shop.gateway.accepted(order).iter().map(|one| one.fen).sum();
        assert!(sum <= FEN);
    }
}
