//! The command line as scripts see it: outputs, exit codes, idempotence, refusals.

use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;
use calamine::{Data, Reader as _, Xlsx, open_workbook};
use recondesk::domain::{BillDate, Category};
use recondesk::sandbox::scenario::{
    Anomaly, OrderColumns, OrdersWriter, Scenario, bill_lines, mapping_toml,
};
use recondesk::wechat::bill::{BillForm, BillPrinter};
use tempfile::TempDir;

const DAY: &str = "2026-03-08";

pub(crate) struct CliFixture {
    folder: TempDir,
}

impl CliFixture {
    /// A workspace with one merchant.
    pub(crate) fn new() -> Self {
        let stage = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        stage.expect(0, &["profile", "add", "shop", "--mch-id", "1900000109"]);
        stage
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.fed(arguments, b"")
    }

    /// Runs a command without naming a language.
    pub(crate) fn run_as(&self, arguments: &[&str]) -> Output {
        self.command().args(arguments).output().unwrap()
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::cargo_bin("recondesk").unwrap();
        command
            .arg("--workspace")
            .arg(self.path("workspace"))
            .env("RECONDESK_PASSPHRASE", "for tests only");
        command
    }

    /// Runs a command with these bytes on its standard input, through a pipe.
    pub(crate) fn fed(&self, arguments: &[&str], input: &[u8]) -> Output {
        self.command()
            .args(["--lang", "en"])
            .args(arguments)
            .write_stdin(input)
            .output()
            .unwrap()
    }

    /// Runs a command that must end with this code, and gives back its standard output.
    #[track_caller]
    pub(crate) fn expect(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs a command that must fail with this code, and gives back what it says.
    #[track_caller]
    pub(crate) fn refusal(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        assert!(output.stdout.is_empty(), "{arguments:?} printed data");
        told
    }

    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.path(name);
        recondesk::adapters::files::replace(&path, bytes).unwrap();
        text_of(&path)
    }

    /// Files of a day with these twists: orders, mapping, bill.
    fn day(&self, twists: Vec<Anomaly>) -> (String, String, String) {
        let mut scene = Scenario::new(BillDate::parse(DAY).unwrap(), 7, 400);
        scene.twists = twists;
        let mut writer = OrdersWriter::new(&scene, OrderColumns::Full);
        let mut printer = BillPrinter::new(BillForm::All27);
        let (mut orders, mut bill) = (Vec::new(), Vec::new());
        writer.header(&mut orders);
        printer.header(&mut bill);
        for deal in scene.deals() {
            writer.deal(&deal, &mut orders);
            bill_lines(&scene, &deal, &mut printer, &mut bill).unwrap();
        }
        printer.summary(&mut bill);
        (
            self.file("orders.csv", &orders),
            self.file("mapping.toml", mapping_toml(OrderColumns::Full).as_bytes()),
            self.file("bill.csv", &bill),
        )
    }

    pub(crate) fn import(&self, twists: Vec<Anomaly>) {
        let (orders, mapping, bill) = self.day(twists);
        let import = ["orders", "import", &orders, "--profile", "shop"];
        self.expect(0, &[&import[..], &["--mapping", &mapping]].concat());
        self.expect(0, &["bill", "import", &bill, "--profile", "shop"]);
    }
}

fn text_of(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

const RECONCILE: [&str; 5] = ["reconcile", "--profile", "shop", "--date", DAY];

#[test]
fn a_balanced_day_ends_with_code_0_and_no_finding() {
    let stage = CliFixture::new();
    stage.import(Vec::new());

    let csv = stage.expect(0, &[&RECONCILE[..], &["--format", "csv"]].concat());

    assert_eq!(csv.lines().count(), 1, "{csv}");
}

#[test]
fn a_day_with_a_lost_order_ends_with_code_1_and_the_columns_of_the_contract() {
    let stage = CliFixture::new();
    stage.import(vec![Anomaly::Find(Category::PaidNotBooked)]);

    let csv = stage.expect(1, &[&RECONCILE[..], &["--format", "csv"]].concat());
    let json = stage.expect(1, &[&RECONCILE[..], &["--format", "json"]].concat());

    let mut lines = csv.lines();
    assert!(lines.next().unwrap().starts_with(
        "code,category,severity,out_trade_no,order_no,transaction_id,out_refund_no,refund_id,\
         bill_fen,merchant_fen,paid_at,bill_row,order_row,action"
    ));
    assert!(
        lines
            .next()
            .unwrap()
            .starts_with("P01,PAID_NOT_BOOKED,urgent,")
    );
    assert_eq!(lines.next(), None);
    let list: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
    assert_eq!(list.len(), 1);
    assert_eq!(list[0]["code"], "P01");
    assert!(list[0]["bill_fen"].is_i64());
}

#[test]
fn matched_rows_are_listed_only_with_all() {
    let stage = CliFixture::new();
    stage.import(Vec::new());

    let all = stage.expect(0, &[&RECONCILE[..], &["--format", "csv", "--all"]].concat());

    let matched = all.lines().filter(|line| line.starts_with("MATCHED,"));
    assert!(matched.count() > 300);
}

#[test]
fn the_same_day_again_gives_the_same_bytes_and_imports_nothing_twice() {
    let stage = CliFixture::new();
    let twists = vec![
        Anomaly::Find(Category::WOnlyPay),
        Anomaly::Find(Category::AmountDiff),
    ];
    stage.import(twists.clone());
    let command = [&RECONCILE[..], &["--format", "json"]].concat();
    let first = stage.expect(1, &command);

    stage.import(twists);

    assert_eq!(stage.expect(1, &command), first);
    let told = String::from_utf8(stage.run(&command).stderr).unwrap();
    assert!(told.contains("same as the result before"), "{told}");
}

#[test]
fn cases_are_listed_by_category_and_day() {
    let stage = CliFixture::new();
    stage.import(vec![
        Anomaly::Find(Category::WOnlyPay),
        Anomaly::Find(Category::AmountDiff),
    ]);
    stage.expect(1, &RECONCILE);
    let list = ["cases", "list", "--format", "csv"];

    let all = stage.expect(1, &list);
    let one = stage.expect(
        1,
        &[&list[..], &["--category", "P04", "--date", DAY]].concat(),
    );
    let none = stage.expect(0, &[&list[..], &["--date", "2026-03-07"]].concat());

    assert_eq!(all.lines().count(), 3);
    assert_eq!(one.lines().count(), 2);
    assert_eq!(none.lines().count(), 1);
    stage.refusal(2, &[&list[..], &["--category", "P99"]].concat());
}

#[test]
fn a_workbook_goes_to_a_file_and_never_to_standard_output() {
    let stage = CliFixture::new();
    stage.import(vec![Anomaly::Find(Category::WOnlyPay)]);
    let out = text_of(&stage.path("findings.xlsx"));

    stage.refusal(2, &[&RECONCILE[..], &["--format", "xlsx"]].concat());
    stage.expect(
        1,
        &[&RECONCILE[..], &["--format", "xlsx", "--out", &out]].concat(),
    );

    assert!(std::fs::read(&out).unwrap().starts_with(b"PK"));
}

#[test]
fn a_workbook_of_findings_or_cases_shows_yuan_and_words_and_csv_keeps_codes_and_fen() {
    let stage = CliFixture::new();
    stage.import(vec![Anomaly::Find(Category::WOnlyPay)]);
    let found = text_of(&stage.path("findings.xlsx"));
    let listed = text_of(&stage.path("cases.xlsx"));
    let write = |words: &[&str], out: &str| {
        stage.expect(1, &[words, &["--format", "xlsx", "--out", out]].concat());
    };
    let csv = stage.expect(1, &[&RECONCILE[..], &["--format", "csv"]].concat());
    write(&RECONCILE, &found);
    write(&["cases", "list"], &listed);

    let fen: f64 = csv
        .lines()
        .nth(1)
        .unwrap()
        .split(',')
        .nth(8)
        .unwrap()
        .parse()
        .unwrap();
    for (path, title) in [(&found, "Findings"), (&listed, "Cases")] {
        let mut book: Xlsx<_> = open_workbook(path).unwrap();
        let range = book.worksheet_range(title).unwrap();
        let row = |nth: usize| range.rows().nth(nth).unwrap().to_vec();
        let at = |title: &str| row(0).iter().position(|cell| *cell == title).expect(title);
        assert_eq!(row(1)[at("Bill")], Data::Float(fen / 100.0));
        assert_eq!(row(1)[at("Severity")], Data::String("Urgent".to_owned()));
        assert_eq!(row(1)[at("Code")], Data::String("P04".to_owned()));
        if title == "Cases" {
            assert_eq!(row(1)[at("State")], Data::String("New".to_owned()));
        }
    }
}

#[test]
fn wrong_use_ends_with_code_2() {
    let stage = CliFixture::new();
    for wrong in [
        &["reconcile"][..],
        &["nonsense"],
        &["reconcile", "--profile", "nobody", "--date", DAY],
        &["reconcile", "--profile", "shop", "--date", "8.3.2026"],
        &["reconcile", "--profile", "shop", "--date", "2026-02-30"],
        &["profile", "add", "shop", "--mch-id", "1900000109"],
        &["profile", "add", "x", "--mch-id", "12"],
        &[
            "profile",
            "add",
            "x",
            "--mch-id",
            "1900000109",
            "--gateway",
            "http://example.com",
        ],
        &["profile", "set-key", "shop", "v9"],
        &["day"],
    ] {
        stage.refusal(2, wrong);
    }
}

#[test]
fn what_is_no_bill_is_refused_with_code_4_and_nothing_is_stored() {
    let stage = CliFixture::new();
    let (orders, _, bill) = stage.day(Vec::new());
    let whole = std::fs::read(&bill).unwrap();
    let cut = stage.file("cut.csv", &whole[..whole.len() / 2]);
    let xml = stage.file(
        "error.xml",
        b"<xml><return_code>FAIL</return_code><return_msg>x</return_msg></xml>",
    );
    let empty = stage.file("empty.csv", b"");

    for file in [&orders, &xml, &empty] {
        stage.refusal(4, &["bill", "import", file, "--profile", "shop"]);
        stage.refusal(4, &["bill", "check", file]);
    }
    stage.refusal(4, &["bill", "import", &cut, "--profile", "shop"]);
    stage.refusal(
        4,
        &["bill", "import", "/nowhere/bill.csv", "--profile", "shop"],
    );
    stage.refusal(
        4,
        &[
            "bill",
            "import",
            &bill,
            "--profile",
            "shop",
            "--date",
            "2026-03-07",
        ],
    );
    assert_eq!(
        stage
            .expect(0, &["cases", "list", "--format", "csv"])
            .lines()
            .count(),
        1
    );
}

#[test]
fn a_quarantined_bill_is_refused_again_when_it_comes_again() {
    let stage = CliFixture::new();
    let (_, _, bill) = stage.day(Vec::new());
    let whole = std::fs::read(&bill).unwrap();
    let cut = stage.file("cut.csv", &whole[..whole.len() / 2]);
    let import = ["bill", "import", &cut, "--profile", "shop"];

    let first = stage.refusal(4, &import);
    let second = stage.refusal(4, &import);

    assert!(first.contains("summary"), "{first}");
    assert_eq!(second, first);
}

#[test]
fn a_bill_that_does_not_tell_its_day_is_refused_input() {
    let stage = CliFixture::new();
    let mut printer = BillPrinter::new(BillForm::All27);
    let mut joined = Vec::new();
    printer.header(&mut joined);
    let header_only = stage.file("header.csv", &joined);
    for day in [DAY, "2026-03-09"] {
        let scene = Scenario::new(BillDate::parse(day).unwrap(), 7, 3);
        for deal in scene.deals() {
            bill_lines(&scene, &deal, &mut printer, &mut joined).unwrap();
        }
    }
    printer.summary(&mut joined);
    let joined = stage.file("joined.csv", &joined);

    let told = stage.refusal(4, &["bill", "import", &header_only, "--profile", "shop"]);
    assert!(told.contains("cut off"), "{told}");
    let days = stage.run(&["bill", "import", &joined, "--profile", "shop"]);
    let told = String::from_utf8_lossy(&days.stderr).into_owned();
    assert_eq!(days.status.code(), Some(0), "{told}");
    assert!(told.contains(DAY) && told.contains("2026-03-09"), "{told}");
}

#[test]
fn a_day_without_a_bill_is_not_done() {
    let stage = CliFixture::new();
    let (orders, mapping, _) = stage.day(Vec::new());
    let import = ["orders", "import", &orders, "--profile", "shop"];
    stage.expect(0, &[&import[..], &["--mapping", &mapping]].concat());

    let findings = stage.expect(1, &[&RECONCILE[..], &["--format", "csv"]].concat());

    assert!(findings.contains("K02,W_COVERAGE"), "{findings}");
}

#[test]
fn one_day_reconciled_by_several_processes_at_once_gives_all_the_same_result() {
    let stage = CliFixture::new();
    stage.import(vec![Anomaly::Find(Category::WOnlyPay)]);
    let command = [&RECONCILE[..], &["--format", "json"]].concat();

    let results: Vec<String> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| stage.expect(1, &command)))
            .collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });

    assert!(results.iter().all(|result| *result == results[0]));
}

#[test]
fn a_bill_is_certified_without_workspace_and_profile() {
    let stage = CliFixture::new();
    let (_, _, bill) = stage.day(Vec::new());

    let json = stage.expect(0, &["bill", "check", &bill, "--format", "json"]);

    let certificate: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(certificate["verdict"], "verified");
    assert_eq!(certificate["days"], serde_json::json!([DAY]));
}

#[test]
fn an_unmapped_status_is_refused_by_name_and_written_to_the_reject_file() {
    let stage = CliFixture::new();
    let file = stage.file(
        "orders.csv",
        "out_trade_no,amount,pay_status,created_at\n\
         A1,1.00,paid,2026-03-08 10:00:00\n\
         A2,2.00,quarantined,2026-03-08 10:00:00\n"
            .as_bytes(),
    );
    let rejects = text_of(&stage.path("rejects.csv"));
    let import = ["orders", "import", &file, "--profile", "shop"];

    stage.expect(1, &[&import[..], &["--dry-run"]].concat());
    let output = stage.run(&[&import[..], &["--rejects", &rejects]].concat());

    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.contains("1 rows imported") && told.contains("quarantined"),
        "{told}"
    );
    let written = std::fs::read_to_string(&rejects).unwrap();
    assert!(
        written.contains("A2") && !written.contains("A1"),
        "{written}"
    );
}

#[test]
fn a_file_of_refused_rows_only_leaves_no_row_and_is_refused_each_time() {
    let stage = CliFixture::new();
    let bad = "out_trade_no,amount,pay_status,created_at\nQH1,-1.234,paid,2026-03-08 10:00:00\n";
    let file = stage.file("orders.csv", bad.as_bytes());
    let import = ["orders", "import", &file, "--profile", "shop"];

    for _ in 0..2 {
        assert!(stage.refusal(4, &import).contains("orders.all_refused"));
        let kept = ["archive", "books"].map(|folder| {
            let files = std::fs::read_dir(stage.path("workspace").join(folder));
            let is_row_file = |file: &std::io::Result<std::fs::DirEntry>| {
                let name = file.as_ref().unwrap().file_name();
                !name.to_string_lossy().ends_with(".entry")
            };
            files.map_or(0, |files| files.filter(is_row_file).count())
        });
        // The file itself stays, so that its numbers are known; the books have its entry and no rows.
        assert_eq!(kept, [1, 0]);
    }
}

#[test]
fn a_list_of_too_many_numbers_is_not_answered_in_part() {
    let stage = CliFixture::new();
    let numbers: Vec<String> = (0..10_001).map(|n| format!("ORD{n:08}")).collect();
    let list = stage.file("list.txt", numbers.join("\n").as_bytes());

    let told = stage.refusal(
        4,
        &["query", "--list", &list, "--profile", "shop", "--live"],
    );

    assert!(
        told.contains("list.txt") && told.contains("10000"),
        "{told}"
    );
}

#[test]
fn a_key_is_taken_from_a_file_only_in_its_form_and_is_never_seen_again() {
    let stage = CliFixture::new();
    let key = "192006250b4c09247ec02edce69f6a2d";
    let good = stage.file("key", format!("{key}\n").as_bytes());
    let short = stage.file("short", b"abc");
    let set = ["profile", "set-key", "shop", "v2", "--from-file"];

    let refused = stage.refusal(4, &[&set[..], &[&short]].concat());
    stage.expect(0, &[&set[..], &[&good]].concat());

    assert!(!refused.contains("abc"));
    for entry in std::fs::read_dir(stage.path("workspace")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            let found = bytes
                .windows(key.len())
                .any(|window| window == key.as_bytes());
            assert!(!found, "{}", path.display());
        }
    }
}

#[test]
fn help_and_messages_speak_the_language_asked_for() {
    let run = |lang: &str| {
        let mut command = Command::cargo_bin("recondesk").unwrap();
        let output = command.args(["--lang", lang, "--help"]).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        String::from_utf8(output.stdout).unwrap()
    };

    assert!(run("zh").contains("商户档案"));
    assert!(run("en").contains("Merchant profiles"));
    assert!(!run("en").contains('|') || !run("en").contains("商户"));
}

#[test]
fn the_demo_finds_one_of_each_without_network_or_setup() {
    let output = Command::cargo_bin("recondesk")
        .unwrap()
        .args(["--lang", "zh", "demo", "--headless", "--orders", "500"])
        .output()
        .unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    let table = String::from_utf8(output.stdout).unwrap();

    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("昨日") && told.contains("需处理"), "{told}");
    for code in [
        "P01", "P02", "P03", "P04", "P05", "P07", "P09", "R01", "R02", "R07", "F01",
    ] {
        assert!(table.contains(code), "{code} is missing:\n{table}");
    }
}

#[test]
fn a_workspace_that_cannot_be_made_ends_with_code_6() {
    let stage = CliFixture::new();
    let file = stage.file("plain", b"x");
    let output = Command::cargo_bin("recondesk")
        .unwrap()
        .args(["--workspace", &file, "profile", "list"])
        .output()
        .unwrap();

    assert_eq!(output.status.code(), Some(6));
}
