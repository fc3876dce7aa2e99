//! Files whose facts contradict each other, through the program itself: what the run finds and proposes, what `query` says
//! of the same number, and the exit codes of both.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

const BIN: &str = env!("CARGO_BIN_EXE_recondesk");

/// A folder of files, the number to ask for, what the run says (code and step, in order of report), and what `query` says.
type AdviceCase = (
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static str,
);

const CASES: [AdviceCase; 55] = [
    (
        "lost_zeros",
        "0000308002",
        &["K03 fix_mapping"],
        "K03 fix_mapping",
    ),
    ("alipay_refund", "A20260308001", &[], "MATCHED none"),
    ("zero_refund", "A20260308002", &[], "MATCHED none"),
    (
        "diffno",
        "N1",
        &["R02 review", "R01 book_refund"],
        "R02 review",
    ),
    (
        "p04_r02",
        "N1",
        &["P04 review", "R02 submit_refund"],
        "R02 submit_refund",
    ),
    (
        "p05_r02",
        "N1",
        &["P05 stop_fulfilment", "R02 review"],
        "P05 stop_fulfilment",
    ),
    (
        "p12_r02",
        "N1",
        &["R02 review", "P12 reverse_fulfilment"],
        "P12 reverse_fulfilment",
    ),
    ("rev_none_r02", "N1", &["R02 review"], "R02 review"),
    ("unpaid_r02", "N1", &["R02 review"], "R02 review"),
    (
        "p01_r02",
        "N1",
        &["P01 review", "R02 submit_refund"],
        "R02 submit_refund",
    ),
    ("p02_proc", "N1", &["P02 review", "R10 wait"], "P02 review"),
    ("p03_proc", "N1", &["P03 review", "R10 wait"], "P03 review"),
    (
        "p03_r02",
        "N1",
        &["P03 review", "R02 submit_refund"],
        "R02 submit_refund",
    ),
    ("p04_proc", "N1", &["P04 review", "R10 wait"], "P04 review"),
    ("fail_mfail", "N1", &[], "MATCHED none"),
    ("fail_p03", "N1", &["P03 reissue"], "P03 reissue"),
    ("fail_r01", "N1", &[], "MATCHED none"),
    ("refunded_part", "N1", &[], "MATCHED none"),
    ("ful_proc", "N1", &["R10 wait"], "R10 wait"),
    ("full_part", "N1", &["R03 check_amount"], "R03 check_amount"),
    ("proc_r01", "N1", &["R01 book_refund"], "R01 book_refund"),
    ("unknown_state", "N1", &["P15 update"], "P15 update"),
    ("untimed_total", "N1", &["R10 wait"], "R10 wait"),
    (
        "paid_twice",
        "N1",
        &["P09 refund_extra", "P09 keep"],
        "P09 refund_extra",
    ),
    ("untimed", "A20260308002", &["P01 reissue"], "P01 reissue"),
    (
        "untimed_closed",
        "A20260308002",
        &["P02 reissue_or_refund"],
        "P02 reissue_or_refund",
    ),
    (
        "renumbered_untimed",
        "D1",
        &["P09 refund_extra", "P09 keep"],
        "P09 refund_extra",
    ),
    (
        "direction",
        "A20260308001",
        &["R01 book_refund"],
        "R01 book_refund",
    ),
    ("utc_header", "U1", &[], "MATCHED none"),
    (
        "refund_refused",
        "T2603080000001",
        &["P03 reissue", "P03 reissue"],
        "P03 reissue",
    ),
    (
        "closed_after_paid",
        "T2603080000001",
        &["P02 reissue_or_refund", "P02 reissue_or_refund"],
        "P02 reissue_or_refund",
    ),
    ("history", "T2603080000002", &["P03 reissue"], "P03 reissue"),
    (
        "quotes",
        "T2603080000001",
        &["P03 reissue", "K04 import_orders", "K04 import_orders"],
        "K04 import_orders",
    ),
    ("gmt_names", "T2603080000001", &[], "MATCHED none"),
    ("day_only", "T2603080000001", &[], "MATCHED none"),
    (
        "unnumbered",
        "T2603080000002",
        &["P03 reissue"],
        "P03 reissue",
    ),
    ("p01_other_sum", "N1", &["P01 review"], "P01 review"),
    ("p02_other_sum", "N1", &["P02 review"], "P02 review"),
    ("p01_delivered", "N1", &["P01 review"], "P01 review"),
    (
        "p03_failed",
        "N1",
        &["P03 review", "R06 refund_again"],
        "R06 refund_again",
    ),
    (
        "p03_short",
        "N1",
        &["P03 review", "R03 check_amount"],
        "P03 review",
    ),
    // One payment for several orders of the shop: their sum, and the last of them waits.
    ("cart", "PAY2603080002", &["P03 reissue"], "P03 reissue"),
    (
        "cart_equal",
        "PAY2603080001",
        &["P03 reissue"],
        "P03 reissue",
    ),
    // One payment under two numbers, met by WeChat Pay's: both books agree on it, whichever number is asked for.
    (
        "key2",
        "K2",
        &["P03 reissue", "P04 find_owner"],
        "P03 reissue",
    ),
    // A document that was voided is no paid order, whatever time of payment it has.
    (
        "void_document",
        "Q2603080002",
        &["P02 reissue_or_refund", "K04 import_orders"],
        "P02 reissue_or_refund",
    ),
    // Numbers that a spreadsheet ruined are known by their first digits and their length.
    (
        "exponents",
        "202603081234567891",
        &["K04 import_orders", "K04 import_orders"],
        "K04 import_orders",
    ),
    ("flags", "T2603080000002", &["P03 reissue"], "P03 reissue"),
    ("units", "T2603080000001", &[], "MATCHED none"),
    // Rows of a list of refunds that are none.
    ("exchange", "T2603080000001", &[], "MATCHED none"),
    (
        "payments_among_refunds",
        "T2603080000001",
        &[],
        "MATCHED none",
    ),
    ("refund_elsewhere", "T2603080000001", &[], "MATCHED none"),
    // An unpaid row keeps its order whatever means it names; a paid one may have been paid twice.
    (
        "other_channel",
        "C2603080002",
        &["P01 reissue", "P03 reissue", "K04 review"],
        "P01 reissue",
    ),
    ("shares_of_means", "T2603080000002", &[], "MATCHED none"),
    ("parts_of_means", "R20260308002", &[], "MATCHED none"),
    (
        "dispute",
        "WM2603081000200003",
        &["P03 reissue", "P03 reissue"],
        "P03 reissue",
    ),
];

#[test]
fn contradictory_files_are_told_alike_by_run_and_query() {
    let faults: Vec<String> = CASES.iter().filter_map(fault).collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

/// What a case says otherwise than it should.
fn fault((name, number, findings, query): &AdviceCase) -> Option<String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/advice");
    let folder = folder.join(name);
    let workspace = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(BIN);
        command.env("RECONDESK_PASSPHRASE", "x12345678");
        command
            .args(["--lang", "en", "--workspace"])
            .arg(workspace.path());
        let output = command.args(arguments).output().unwrap();
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.code(), told)
    };
    let file = |name: &str| folder.join(name).display().to_string();
    run(&["profile", "add", "shop", "--mch-id", "1900000109"]);
    run(&["orders", "import", &file("orders.csv"), "--profile", "shop"]);
    if folder.join("refunds.csv").exists() {
        run(&[
            "refunds",
            "import",
            &file("refunds.csv"),
            "--profile",
            "shop",
        ]);
    }
    let day = ["--profile", "shop", "--date", "2026-03-08"];
    run(&[&["bill", "import", &file("bill.csv")], &day[..]].concat());
    let (code, told) = run(&[&["reconcile", "--format", "json"], &day[..]].concat());
    let told: Value = serde_json::from_str(&told).unwrap_or(Value::Null);
    let empty = Vec::new();
    let rows = told.as_array().unwrap_or(&empty);
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let found: Vec<String> = rows
        .iter()
        .map(|row| format!("{} {}", word(&row["code"]), word(&row["action"])))
        .collect();
    let (asked, said) = run(&["query", number, "--format", "json"]);
    let said: Value = serde_json::from_str(&said).unwrap();
    let story = &said["numbers"][0]["stories"][0];
    let heard = format!("{} {}", word(&story["category"]), word(&story["action"]));
    let is_right = found == *findings && heard == *query && code == asked;
    (!is_right).then(|| format!("{name}: run {code:?} {found:?}, query {asked:?} {heard}"))
}
