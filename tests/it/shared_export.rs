//! One export of several merchants: each takes its own rows, none takes another's.

use super::cli::CliFixture;
use super::support::xlsx::sheet;

/// Rows of the stage's merchant, of a sub-merchant, of a stranger, and one that names nobody.
const ROWS: [(&str, &str); 4] = [
    ("A1", "1900000109"),
    ("A2", "1900000217"),
    ("A3", "1900000388"),
    ("A4", ""),
];

fn text(rows: &[(&str, &str)]) -> String {
    let head = "out_trade_no,商户号,amount,pay_status,created_at\n".to_owned();
    rows.iter().fold(head, |all, (number, merchant)| {
        format!("{all}{number},{merchant},1.00,paid,2026-03-08 10:00:00\n")
    })
}

fn import<'a>(file: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["orders", "import", file, "--profile", "shop"], more].concat()
}

fn told(stage: &CliFixture, words: &[&str]) -> String {
    let output = stage.run(words);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

#[test]
fn rows_of_other_merchants_are_left_to_them_and_counted() {
    let stage = CliFixture::new();
    let file = stage.file("orders.csv", text(&ROWS).as_bytes());

    let shown = told(&stage, &import(&file, &["--dry-run"]));
    assert!(shown.contains("rows of other merchants"), "{shown}");
    let said = told(&stage, &import(&file, &[]));

    assert!(said.contains("2 rows imported"), "{said}");
    assert!(
        said.contains("2 more rows are of other merchants"),
        "{said}"
    );
    for (number, is_own) in [("A1", true), ("A2", false), ("A3", false), ("A4", true)] {
        let view = String::from_utf8(stage.run(&["query", number]).stdout).unwrap();
        let is_known = !view.contains("not in the workspace");
        assert_eq!(is_known, is_own, "{number}: {view}");
    }
}

#[test]
fn rows_of_sub_merchants_are_the_service_providers() {
    let stage = CliFixture::new();
    stage.expect(
        0,
        &[
            "profile",
            "add",
            "provider",
            "--mch-id",
            "1900000388",
            "--sub-mch-id",
            "1900000217",
        ],
    );
    let file = stage.file("orders.csv", text(&ROWS).as_bytes());

    let said = told(
        &stage,
        &["orders", "import", &file, "--profile", "provider"],
    );

    assert!(said.contains("3 rows imported"), "{said}");
    assert!(said.contains("1 more rows are of other"), "{said}");
}

#[test]
fn a_file_of_other_merchants_alone_is_refused_and_leaves_nothing() {
    let stage = CliFixture::new();
    let file = stage.file("orders.csv", text(&ROWS[1..3]).as_bytes());

    for more in [&[][..], &["--dry-run"], &[]] {
        let output = stage.run(&import(&file, more));
        let why = String::from_utf8(output.stderr).unwrap();

        assert_eq!(output.status.code(), Some(4), "{why}");
        assert!(why.contains("no row is of this merchant"), "{why}");
    }
    let view = stage.expect(1, &["query", "A2"]);
    assert!(view.contains("not in the workspace"), "{view}");
}

#[test]
fn workbooks_and_refunds_are_shared_out_alike() {
    let stage = CliFixture::new();
    let cell = |text: &str| format!(r#"<c t="inlineStr"><is><t>{text}</t></is></c>"#);
    let row = |cells: &[&str]| {
        let cells: String = cells.iter().map(|text| cell(text)).collect();
        format!("<row>{cells}</row>")
    };
    let head = row(&[
        "out_trade_no",
        "mchid",
        "amount",
        "pay_status",
        "created_at",
    ]);
    let line = |number, merchant| row(&[number, merchant, "1.00", "paid", "2026-03-08 10:00:00"]);
    // A merchant's number may be a number of the workbook.
    let number = r#"<row><c t="inlineStr"><is><t>B3</t></is></c><c><v>1900000217</v></c><c><v>1</v></c><c t="inlineStr"><is><t>paid</t></is></c><c t="inlineStr"><is><t>2026-03-08 10:00:00</t></is></c></row>"#;
    let rows = [
        head,
        line("B1", "1900000109"),
        line("B2", "1900000388"),
        number.to_owned(),
    ]
    .concat();
    let xml = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    let book = stage.file("orders.xlsx", &sheet(&xml, "<sst></sst>").into_inner());

    let said = told(&stage, &import(&book, &[]));

    assert!(said.contains("1 rows imported"), "{said}");
    assert!(said.contains("2 more rows"), "{said}");
    let refunds = "out_refund_no,out_trade_no,amount,mch_id\n\
                   R1,A1,1.00,1900000109\n\
                   R2,A2,1.00,`1900000388\n\
                   R3,A4,1.00,`1900000109\n";
    let file = stage.file("refunds.csv", refunds.as_bytes());
    let said = told(&stage, &["refunds", "import", &file, "--profile", "shop"]);
    assert!(said.contains("2 rows imported"), "{said}");
    assert!(said.contains("1 more rows"), "{said}");
}
