//! Pitfalls G1 to G18 of bills as a merchant's developer meets them: through the program, told by exit code and words.
//!
//! G1, G6 and G7 are in `bill_layouts` too, G12 in `acceptance`, G15 in `query`. G13 and G14 are about the
//! download of APIv3.

use recondesk::adapters::clock::SystemClock;
use recondesk::ports::Clock as _;
use recondesk::wechat::bill::BillForm;
use serde_json::json;

use super::bill_layouts::{bill, books, findings, gzip, import, pay, refund};
use super::cli::CliFixture;
use super::lookup_cli;
use crate::support::wire::control;

const DAY: &str = "2026-03-08";

fn error(code: &str, text: &str) -> String {
    format!(
        "<xml><return_code><![CDATA[FAIL]]></return_code><return_msg><![CDATA[{text}]]></return_msg>{code}</xml>"
    )
}

#[track_caller]
fn refused(stage: &CliFixture, code: i32, name: &str, bytes: &[u8]) -> String {
    let file = stage.file(name, bytes);
    let checked = stage.run(&["bill", "check", &file]);
    assert_eq!(checked.status.code(), Some(code), "{checked:?}");
    stage.refusal(code, &["bill", "import", &file, "--profile", "shop"])
}

fn small_bill() -> Vec<u8> {
    bill(BillForm::All27, &[pay("A1"), pay("A2"), refund("A2")])
}

#[test]
fn g2_a_bill_is_never_read_as_something_else() {
    let stage = CliFixture::new();
    let file = stage.file("bill.csv", &small_bill());

    let told = stage.refusal(4, &["orders", "import", &file, "--profile", "shop"]);
    assert!(told.contains("import it as a bill"), "{told}");
    stage.refusal(4, &["notify", "import", &file, "--profile", "shop"]);
    for (name, bytes) in [
        (
            "page.html",
            &b"<!DOCTYPE html><html><body>login</body></html>"[..],
        ),
        (
            "answer.json",
            b"{\"code\":\"NO_STATEMENT_EXIST\",\"message\":\"x\"}",
        ),
        ("book.xlsx", b"PK\x03\x04rest"),
        ("picture.png", b"\x89PNG\r\n\x1a\n"),
    ] {
        let told = refused(&stage, 4, name, bytes);
        assert!(told.contains("bill"), "{name}: {told}");
    }
}

#[test]
fn g3_an_error_is_never_an_empty_day() {
    let stage = CliFixture::new();

    let told = refused(
        &stage,
        4,
        "error.xml",
        error("<error_code>20001</error_code>", "invalid bill_date").as_bytes(),
    );

    assert!(
        told.contains("invalid bill_date") && told.contains("20001"),
        "{told}"
    );
    assert_eq!(findings(&stage), ["K02 -"]);
}

#[test]
fn g4_no_bill_is_known_in_any_case_and_under_both_names_of_its_code() {
    let stage = CliFixture::new();
    for text in ["NO Bill Exist", "No Bill Exist", "no bill exist"] {
        for code in [
            "<error_code>20002</error_code>",
            "<err_code>20002</err_code>",
            "",
        ] {
            let told = refused(&stage, 4, "none.xml", error(code, text).as_bytes());
            assert!(
                told.contains("no bill for this day"),
                "{text} {code}: {told}"
            );
        }
    }
}

#[test]
fn g5_a_bill_that_is_not_made_yet_is_neither_none_nor_an_error() {
    let stage = CliFixture::new();
    let creating = error("<error_code>20002</error_code>", "Bill Creating");
    refused(&stage, 3, "creating.xml", creating.as_bytes());

    let desk = lookup_cli::LookupFixture::new();
    let now = SystemClock::default().now().to_string();
    control(desk.base(), "clock", &json!({ "now": now }));
    control(desk.base(), "rules", &json!({ "bill": "creating" }));
    let download = [
        "bill",
        "download",
        "--profile",
        "shop",
        "--date",
        "yesterday",
    ];
    desk.run(3, &download);
    desk.run(3, &["day", "--profile", "shop"]);
}

#[test]
fn g6_and_g7_packed_with_its_name_or_plain_with_or_without_mark_it_is_the_same_bill() {
    let stage = CliFixture::new();
    let marked = small_bill();
    let bare = marked.strip_prefix("\u{feff}".as_bytes()).unwrap();
    let lines = String::from_utf8(bare.to_vec())
        .unwrap()
        .replace("\r\n", "\n");
    for (name, bytes) in [
        ("marked.csv", marked.clone()),
        ("bare.csv", bare.to_vec()),
        ("lines.csv", lines.trim_end().as_bytes().to_vec()),
        ("packed.gz", gzip(&marked)),
        // Whatever the name says, the first bytes decide.
        ("packed.csv", gzip(bare)),
    ] {
        let file = stage.file(name, &bytes);
        let told = stage.expect(0, &["bill", "check", &file, "--format", "json"]);
        assert!(
            told.contains("\"verified\"") && told.contains("ALL 27"),
            "{name}: {told}"
        );
    }
}

#[test]
fn g8_one_backtick_of_a_cell_is_stripped_and_no_more() {
    let stage = CliFixture::new();
    let rows = [pay("A1"), pay("B1")];
    books(&stage, &rows, &["A1"]);
    let text = String::from_utf8(bill(BillForm::All27, &rows)).unwrap();
    let text = text.replace(",`A1,", ",``A`1,");
    import(&stage, "bill.csv", text.as_bytes());

    assert_eq!(findings(&stage), ["P04 `A`1"]);
}

#[test]
fn g9_numbers_that_a_spreadsheet_ruined_refuse_the_bill_with_line_and_column() {
    let stage = CliFixture::new();
    let text = String::from_utf8(small_bill()).unwrap().replace('`', "");
    let number = text
        .lines()
        .nth(1)
        .unwrap()
        .split(',')
        .nth(5)
        .unwrap()
        .to_owned();
    let text = text.replace(&number, "4.20000E+27");

    let told = refused(&stage, 4, "saved.csv", text.as_bytes());

    assert!(told.contains("spreadsheet"), "{told}");
    assert_eq!(findings(&stage), ["K02 -"]);
}

#[test]
fn g10_a_day_that_the_gateway_no_longer_has_is_told_before_it_is_asked() {
    let desk = lookup_cli::LookupFixture::new();
    for (day, code) in [
        ("2020-01-01", "bill.too_old"),
        ("2099-01-01", "bill.future"),
    ] {
        // Were the gateway asked, its fault would be told.
        control(
            desk.base(),
            "fault",
            &json!({ "kind": "status", "status": 502 }),
        );
        let told = desk.fails(&["bill", "download", "--profile", "shop", "--date", day]);
        assert_eq!(told.0, Some(2), "{told:?}");
        assert!(told.1.contains(code), "{told:?}");
    }
}

#[test]
fn g11_revoked_rows_and_refunds_of_earlier_days_are_no_unknown_orders() {
    let stage = CliFixture::new();
    let rows = [pay("A1"), refund("A7")];
    let text = String::from_utf8(bill(BillForm::All27, &rows)).unwrap();
    let text = text.replacen("`SUCCESS", "`REVOKED", 1);
    import(&stage, "bill.csv", text.as_bytes());

    let found = findings(&stage);

    assert!(
        !found.iter().any(|told| told.starts_with("P04")),
        "{found:?}"
    );
    assert!(found.contains(&"R01 A7".to_owned()), "{found:?}");
}

#[test]
fn g16_the_consumers_own_export_is_told_for_what_it_is() {
    let stage = CliFixture::new();
    let text = "\u{feff}微信支付账单明细,,,,,,,,\r\n微信昵称：[某人],,,,,,,,\r\n\
        交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,当前状态,交易单号,商户单号,备注\r\n\
        2026-03-08 10:00:00,商户消费,茶馆,\"茶\",支出,¥35.00,零钱,支付成功,1000,2000,\"/\"\r\n";
    let told = refused(&stage, 4, "mine.csv", text.as_bytes());
    assert!(
        told.contains("consumer") || told.contains("WeChat app"),
        "{told}"
    );

    let csv = stage.file("mine.csv", text.as_bytes());
    let mut book = rust_xlsxwriter::Workbook::new();
    let page = book.add_worksheet();
    page.write_string(0, 0, "微信支付账单明细").unwrap();
    page.write_string(1, 0, "微信昵称：[某人]").unwrap();
    let xlsx = stage.file("mine.xlsx", &book.save_to_buffer().unwrap());
    for file in [&csv, &xlsx] {
        let told = stage.refusal(4, &["orders", "import", file, "--profile", "shop"]);
        assert!(told.contains("consumer's own export"), "{told}");
    }
}

#[test]
fn g17_rows_of_another_merchant_or_day_refuse_the_bill_though_its_sums_agree() {
    let stage = CliFixture::new();
    let text = String::from_utf8(small_bill()).unwrap();
    for (from, to) in [
        (",`1900000109,", ",`1900000999,"),
        ("`2026-03-08 10:01", "`2026-03-07 10:01"),
    ] {
        let mixed = text.replacen(from, to, 1);
        assert_ne!(mixed, text);
        let file = stage.file("mixed.csv", mixed.as_bytes());
        let command = ["bill", "import", &file, "--profile", "shop", "--date", DAY];
        let told = stage.refusal(4, &command);
        assert!(
            told.contains("another merchant") || told.contains("another day"),
            "{told}"
        );
        assert_eq!(findings(&stage), ["K02 -"]);
    }
}

#[test]
fn g18_the_same_bill_again_changes_nothing_and_is_told_so() {
    let stage = CliFixture::new();
    let file = stage.file("bill.csv", &small_bill());
    let other = stage.file("other name.csv", &small_bill());
    let packed = stage.file("bill.csv.gz", &gzip(&small_bill()));
    let import = |file: &str| {
        let output = stage.run(&["bill", "import", file, "--profile", "shop"]);
        assert_eq!(output.status.code(), Some(0));
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(import(&file).contains("Bill imported"));
    let before = findings(&stage);

    for again in [&file, &other, &packed] {
        let told = import(again);
        assert!(told.contains("imported before, nothing changed"), "{told}");
    }
    assert_eq!(findings(&stage), before);
}

#[test]
fn each_exit_code_has_its_case() {
    let stage = CliFixture::new();
    let file = stage.file("bill.csv", &bill(BillForm::All27, &[]));
    let clean = ["bill", "import", &file, "--profile", "shop", "--date", DAY];
    let reconcile = [
        "reconcile",
        "--profile",
        "shop",
        "--date",
        DAY,
        "--format",
        "csv",
    ];
    stage.expect(1, &reconcile);
    stage.expect(0, &clean);
    stage.expect(0, &reconcile);
    stage.refusal(
        2,
        &["reconcile", "--profile", "shop", "--date", "yesterdayish"],
    );
    let creating = error("<error_code>20002</error_code>", "Bill Creating");
    let creating = stage.file("creating.xml", creating.as_bytes());
    stage.refusal(3, &["bill", "import", &creating, "--profile", "shop"]);
    stage.refusal(4, &["bill", "check", "/nowhere"]);
    let deaf = [
        "--gateway",
        "http://127.0.0.1:9",
        "--appid",
        "wx8888888888888888",
    ];
    stage.expect(0, &[&["profile", "edit", "shop"], &deaf[..]].concat());
    let key = stage.file("key", b"192006250b4c09247ec02edce69f6a2d");
    stage.expect(
        0,
        &["profile", "set-key", "shop", "v2", "--from-file", &key],
    );
    stage.refusal(
        5,
        &[
            "bill",
            "download",
            "--profile",
            "shop",
            "--date",
            "yesterday",
        ],
    );
    // A file stands where the workspace should be.
    let mut command = assert_cmd::Command::cargo_bin("recondesk").unwrap();
    let output = command
        .args(["--workspace", &file, "profile", "list"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(6), "{output:?}");
}
