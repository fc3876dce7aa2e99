//! Files of the wrong sort or shape through the program: refused with the reason, nothing stored, nothing lost.

use std::io::{Cursor, Write as _};

use super::cli::CliFixture;
use super::support::xlsx::sheet;

const HEAD: &str = r#"<row r="1"><c t="inlineStr"><is><t>out_trade_no</t></is></c><c t="inlineStr"><is><t>amount</t></is></c><c t="inlineStr"><is><t>pay_status</t></is></c><c t="inlineStr"><is><t>created_at</t></is></c></row>"#;
const GOOD: &str = r#"<row r="2"><c t="inlineStr"><is><t>A1</t></is></c><c><v>35</v></c><c t="inlineStr"><is><t>paid</t></is></c><c t="inlineStr"><is><t>2026-03-08 10:00:00</t></is></c></row>"#;

fn workbook(rows: &str) -> Vec<u8> {
    let xml = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    sheet(&xml, "<sst></sst>").into_inner()
}

fn import(file: &str) -> [&str; 5] {
    ["orders", "import", file, "--profile", "shop"]
}

#[test]
fn a_workbook_whose_rows_are_something_else_is_refused_and_leaves_nothing() {
    let stage = CliFixture::new();
    let added = format!(
        "{HEAD}{}",
        GOOD.replace("</row>", "<extLst><ext><a/></ext></extLst></row>")
    );
    let deep = format!("{HEAD}<row r=\"2\"><c>{}", "<a>".repeat(400));
    for (rows, reason) in [
        (
            format!("{HEAD}<Row><Cell>A1</Cell></Row>"),
            "<Row> is neither row nor cell",
        ),
        (
            format!("{HEAD}<a>{GOOD}</a>"),
            "<a> is neither row nor cell",
        ),
        (
            format!("{HEAD}<row r=\"2\"><d/></row>"),
            "<d> is neither row nor cell",
        ),
        (deep, "nested too deeply"),
        (format!("{HEAD}<row r=\"9\"></row>{GOOD}"), "bad row number"),
    ] {
        let file = stage.file("orders.xlsx", &workbook(&rows));
        for dry in [&[][..], &["--dry-run"]] {
            let told = stage.refusal(4, &[&import(&file)[..], dry].concat());
            assert!(told.contains(reason), "{rows}: {told}");
        }
    }
    let chart = stage.file(
        "chart.xlsx",
        &sheet("<chartsheet/>", "<sst></sst>").into_inner(),
    );
    let told = stage.refusal(4, &import(&chart));
    assert!(
        told.contains("<chartsheet> is not a sheet of cells"),
        "{told}"
    );
    stage.expect(1, &["query", "A1"]);
    let good = stage.file("good.xlsx", &workbook(&added));
    assert_eq!(stage.run(&import(&good)).status.code(), Some(0));
}

#[test]
fn a_workbook_in_which_a_byte_was_changed_is_refused() {
    let stage = CliFixture::new();
    // Stored, not packed: a changed digit is a digit still.
    let options =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let mut packed = zip::ZipArchive::new(Cursor::new(workbook(&format!("{HEAD}{GOOD}")))).unwrap();
    for at in 0..packed.len() {
        let mut part = packed.by_index(at).unwrap();
        out.start_file(part.name().unwrap(), options).unwrap();
        std::io::copy(&mut part, &mut out).unwrap();
    }
    out.flush().unwrap();
    let mut bytes = out.finish().unwrap().into_inner();
    let whole = stage.file("whole.xlsx", &bytes);
    let at = bytes
        .windows(9)
        .position(|seen| seen == b"<v>35</v>")
        .unwrap();
    bytes[at + 3] = b'9';
    let changed = stage.file("changed.xlsx", &bytes);

    let told = stage.refusal(4, &import(&changed));
    assert!(told.contains("sheet1.xml"), "{told}");
    assert_eq!(stage.run(&import(&whole)).status.code(), Some(0));
}

#[test]
fn a_list_of_numbers_may_be_a_workbook() {
    let stage = CliFixture::new();
    let set = [
        "profile",
        "edit",
        "shop",
        "--appid",
        "wx8888888888888888",
        "--gateway",
        "http://127.0.0.1:9",
    ];
    stage.expect(0, &set);
    let key = stage.file("key", b"192006250b4c09247ec02edce69f6a2d");
    stage.expect(
        0,
        &["profile", "set-key", "shop", "v2", "--from-file", &key],
    );
    let cell = |text: &str| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let rows = format!(
        "<row>{}{}</row><row>{}{}</row><row><c><v>20260308100244120001</v></c></row><row>{}</row>",
        cell("商户订单号"),
        cell("备注"),
        cell("QH0000000001"),
        cell("急"),
        cell("QH0000000002"),
    );
    let list = stage.file("list.xlsx", &workbook(&rows));
    let out = stage.file("answers.csv", b"");
    let ask = [
        "query",
        "--profile",
        "shop",
        "--live",
        "--out",
        &out,
        "--list",
    ];

    // Nobody listens at that gateway: each number has its row and the command says so.
    let output = stage.run(&[&ask[..], &[&list]].concat());

    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(5), "{told}");
    assert!(told.contains("2.026030810024412E+19 was ruined"), "{told}");
    let written = std::fs::read_to_string(&out).unwrap();
    let rows: Vec<&str> = written
        .lines()
        .skip(1)
        .map(|row| row.split(',').next().unwrap())
        .collect();
    assert_eq!(rows, ["QH0000000001", "QH0000000002"], "{written}");
    for (name, bytes, reason) in [
        (
            "none.xlsx",
            workbook(&format!("<row>{}</row>", cell("备注"))),
            "no number",
        ),
        (
            "cut.xlsx",
            workbook(&rows.join(""))[..60].to_vec(),
            "damaged",
        ),
        ("foreign.xlsx", workbook("<Row/>"), "neither row nor cell"),
        ("list.txt.gz", vec![0x1F, 0x8B, 8, 0], "gzip"),
        ("list.xls", vec![0xD0, 0xCF, 0x11, 0xE0], ".xls"),
    ] {
        let file = stage.file(name, &bytes);
        let code = if name == "none.xlsx" { 2 } else { 4 };
        let told = stage.refusal(code, &[&ask[..], &[&file]].concat());
        assert!(told.contains(reason), "{name}: {told}");
    }
}

#[test]
fn what_is_too_large_to_be_an_error_answer_is_not_read_as_one() {
    let stage = CliFixture::new();
    let answer = "<xml><return_code>SUCCESS</return_code><err_code>NOTENOUGH</err_code></xml>";
    let fits = format!("{answer}{}", " ".repeat((1 << 20) - answer.len()));
    let small = stage.file("small.xml", fits.as_bytes());
    let large = stage.file("large.xml", format!("{fits} ").as_bytes());

    assert!(
        stage
            .expect(0, &["explain-error", &small])
            .contains("NOTENOUGH")
    );
    let told = stage.refusal(4, &["explain-error", &large]);
    assert!(
        told.contains("large.xml") && told.contains("1 MB"),
        "{told}"
    );
    stage.refusal(2, &["explain-error", " "]);
    // A name of a file that is not there is no unknown code.
    for missing in ["missing.xml", "/nowhere/answer", "./answer.JSON"] {
        let told = stage.refusal(4, &["explain-error", missing]);
        assert!(told.contains("cannot be read"), "{told}");
    }
}

#[test]
fn a_place_that_cannot_be_written_is_refused_before_any_work() {
    let stage = CliFixture::new();
    let list = stage.file("list.txt", b"QH0000000001\n");
    let folder = std::path::Path::new(&list).parent().unwrap();
    let folder = folder.to_str().unwrap();
    let lost = format!("{folder}/nowhere/out.csv");
    for out in [folder, &lost] {
        for command in [
            &["cases", "list", "--format", "csv"][..],
            &[
                "reconcile",
                "--profile",
                "shop",
                "--date",
                "2026-03-08",
                "--format",
                "csv",
            ],
            // Without a key this would fail with another reason.
            &["query", "--list", &list, "--profile", "shop", "--live"],
        ] {
            let told = stage.refusal(6, &[command, &["--out", out]].concat());
            assert!(told.contains("[file.write]"), "{command:?}: {told}");
        }
    }
    let cases = stage.expect(0, &["cases", "list", "--format", "csv"]);
    assert_eq!(cases.lines().count(), 1);
    stage.refusal(2, &["query", "QH0000000001", "--out", &list]);
}

#[test]
fn refused_rows_never_go_over_their_source_and_old_ones_do_not_stay() {
    let stage = CliFixture::new();
    let head = "out_trade_no,amount,pay_status,created_at\n";
    let row = |order: &str, amount: &str| format!("{order},{amount},paid,2026-03-08 10:00:00\n");
    let first = format!("{head}{}{}", row("A1", "1.00"), row("A2", "1.234"));
    let first = stage.file("first.csv", first.as_bytes());
    let second = stage.file(
        "second.csv",
        format!("{head}{}", row("A3", "1.00")).as_bytes(),
    );
    let rejects = stage.file("rejects.csv", b"");

    let told = stage.refusal(2, &[&import(&first)[..], &["--rejects", &first]].concat());
    assert!(told.contains("first.csv"), "{told}");
    stage.expect(1, &[&import(&first)[..], &["--rejects", &rejects]].concat());
    assert!(std::fs::read_to_string(&rejects).unwrap().contains("A2"));
    stage.expect(
        0,
        &[&import(&second)[..], &["--rejects", &rejects]].concat(),
    );
    let left = std::fs::read_to_string(&rejects).unwrap();
    assert!(!left.contains("A2"), "{left}");
    assert_eq!(left.lines().count(), 1, "{left}");
}

#[test]
fn a_file_that_is_known_is_told_at_once() {
    let stage = CliFixture::new();
    let orders = "out_trade_no,amount,pay_status,created_at\nA1,1.00,paid,2026-03-08 10:00:00\n";
    let orders = stage.file("orders.csv", orders.as_bytes());
    let book = stage.file(
        "orders.xlsx",
        &workbook(&format!("{HEAD}{}", GOOD.replace("A1", "A2"))),
    );
    for file in [&orders, &book] {
        let told = |stage: &CliFixture| String::from_utf8(stage.run(&import(file)).stderr).unwrap();
        assert!(told(&stage).contains("1 rows imported"));
        assert!(told(&stage).contains("imported before, nothing changed"));
    }
}

#[cfg(unix)]
#[test]
fn what_comes_through_a_pipe_is_read_as_a_file_is() {
    let stage = CliFixture::new();
    let orders = "out_trade_no,amount,pay_status,created_at\nA1,1.00,paid,2026-03-08 10:00:00\n";
    let book = workbook(&format!("{HEAD}{}", GOOD.replace("A1", "A2")));
    for bytes in [orders.as_bytes(), &book] {
        let output = stage.fed(&import("/dev/stdin"), bytes);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{told}");
        assert!(told.contains("1 rows imported"), "{told}");
    }
}

#[test]
fn merchants_that_fail_are_each_told_once() {
    let stage = CliFixture::new();
    stage.expect(0, &["profile", "add", "second", "--mch-id", "1900000110"]);

    let output = stage.run(&["day", "--all"]);

    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert_eq!(told.matches("[vault.v2_key]").count(), 2, "{told}");
    assert!(
        told.contains("2 of 2 merchants are not done: second, shop"),
        "{told}"
    );
    stage.refusal(
        2,
        &["sandbox", "--listen", "127.0.0.1:0", "--date", "8.3.2026"],
    );
}
