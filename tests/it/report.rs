//! Reports as others read them: the same numbers as the run, by readers that do not calculate.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};
use std::path::Path;

use calamine::{Data, Reader as _, Xlsx};
use recondesk::domain::{Category, Fen};
use recondesk::sandbox::scenario::Anomaly;

use super::cli::CliFixture;

const DAY: &str = "2026-03-08";

/// A compared day with something of everything.
fn compared() -> CliFixture {
    let stage = CliFixture::new();
    stage.import(vec![
        Anomaly::Find(Category::PaidNotBooked),
        Anomaly::Find(Category::AmountDiff),
        Anomaly::Find(Category::WOnlyPay),
        Anomaly::Find(Category::WOnlyRefund),
    ]);
    stage.expect(1, &["reconcile", "--profile", "shop", "--date", DAY]);
    stage
}

fn report(stage: &CliFixture, arguments: &[&str], name: &str) -> Vec<u8> {
    let path = stage.path(name);
    let out = path.to_str().unwrap().to_owned();
    let common = ["--profile", "shop", "--out", out.as_str()];
    stage.expect(1, &[&["report"], arguments, &common[..]].concat());
    std::fs::read(path).unwrap()
}

/// Findings as the contract of scripts gives them.
fn findings(stage: &CliFixture) -> Vec<serde_json::Value> {
    let arguments = [
        "reconcile",
        "--profile",
        "shop",
        "--date",
        DAY,
        "--format",
        "json",
    ];
    serde_json::from_str(&stage.expect(1, &arguments)).unwrap()
}

fn sheet(book: &[u8], name: &str) -> Vec<Vec<Data>> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(book)).unwrap();
    let range = book.worksheet_range(name).unwrap();
    range.rows().map(<[Data]>::to_vec).collect()
}

/// A cell of yuan, in fen.
#[expect(clippy::cast_possible_truncation, reason = "sums of a test day")]
fn fen(cell: &Data) -> i64 {
    match cell {
        Data::Float(yuan) => (yuan * 100.0).round() as i64,
        Data::Int(yuan) => yuan * 100,
        _ => 0,
    }
}

/// The place of a column by its title, in the row of titles.
fn column(titles: &[Data], title: &str) -> usize {
    titles.iter().position(|cell| *cell == title).unwrap()
}

#[test]
fn the_cases_of_the_workbook_are_the_findings_and_their_sum_is_stored() {
    let stage = compared();
    let book = report(&stage, &["day", "--date", DAY], "day.xlsx");
    let findings = findings(&stage);

    let rows = sheet(&book, "Cases");
    let (titles, rest) = rows.split_first().unwrap();
    let (total, rows) = rest.split_last().unwrap();
    let stake = column(titles, "At stake ¥");
    let number = column(titles, "Order number");

    let shown: Vec<String> = rows.iter().map(|row| row[number].to_string()).collect();
    let found: Vec<&str> = findings
        .iter()
        .map(|finding| finding["out_trade_no"].as_str().unwrap_or(""))
        .collect();
    assert_eq!(shown, found);
    let needs = |finding: &&serde_json::Value| {
        ["urgent", "fault", "watch"].contains(&finding["severity"].as_str().unwrap())
    };
    let at_stake: i64 = findings
        .iter()
        .filter(needs)
        .map(|f| f["at_stake_fen"].as_i64().unwrap())
        .sum();
    assert!(at_stake > 0);
    assert_eq!(
        rows.iter().map(|row| fen(&row[stake])).sum::<i64>(),
        at_stake
    );
    assert_eq!(
        fen(&total[stake]),
        at_stake,
        "the stored result of the formula"
    );
}

fn is_blank(cell: &calamine::Data) -> bool {
    matches!(cell, calamine::Data::Empty) || cell.to_string().is_empty()
}

/// Every formula of a workbook with the result that is stored for it, read from the bare XML.
fn formulas(book: &[u8]) -> BTreeMap<String, (String, String)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(book)).unwrap();
    let names: Vec<String> = archive
        .file_names()
        .map(|name| name.unwrap().into_owned())
        .collect();
    let mut out = BTreeMap::new();
    for name in names
        .iter()
        .filter(|name| name.starts_with("xl/worksheets/sheet"))
    {
        let mut text = String::new();
        archive
            .by_name(name)
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        for cell in text.split("<c r=\"").skip(1) {
            let Some((_, formula)) = cell.split_once("<f>") else {
                continue;
            };
            let (formula, rest) = formula.split_once("</f>").unwrap();
            let value = rest
                .split_once("<v>")
                .and_then(|(_, v)| v.split_once("</v>"));
            let place = cell.split_once('"').unwrap().0;
            let value = value.map(|(v, _)| v.to_owned()).unwrap_or_default();
            out.insert(format!("{name} {place}"), (formula.to_owned(), value));
        }
    }
    out
}

#[test]
fn every_formula_of_a_workbook_carries_the_sum_of_its_rows() {
    let stage = compared();
    for arguments in [
        &["day", "--date", DAY][..],
        &["month", "--month", "2026-03"][..],
    ] {
        let book = report(&stage, arguments, "book.xlsx");
        let mut archive: Xlsx<_> = Xlsx::new(Cursor::new(&book)).unwrap();
        let names = archive.sheet_names().clone();
        let formulas = formulas(&book);
        assert!(formulas.len() > 10, "{}", formulas.len());
        for (place, (formula, stored)) in &formulas {
            let (file, _) = place.split_once(' ').unwrap();
            let nth: usize = file
                .trim_matches(|sign: char| !sign.is_ascii_digit())
                .parse()
                .unwrap();
            let range = archive.worksheet_range(&names[nth - 1]).unwrap();
            let (from, to) = formula
                .trim_end_matches(')')
                .split_once(',')
                .unwrap()
                .1
                .split_once(':')
                .unwrap();
            let place = |reference: &str| {
                let letters: String = reference
                    .chars()
                    .filter(char::is_ascii_alphabetic)
                    .collect();
                let row: u32 = reference[letters.len()..].parse().unwrap();
                let column = letters
                    .bytes()
                    .fold(0_u32, |at, letter| at * 26 + u32::from(letter - b'A') + 1);
                (row - 1, column - 1)
            };
            let ((first, column), (last, _)) = (place(from), place(to));
            let units: i64 = (first..=last)
                .filter_map(|row| range.get_value((row, column)))
                .map(hundred_thousandths)
                .sum();
            let stored: f64 = stored.parse().unwrap();
            assert_eq!(
                hundred_thousandths(&Data::Float(stored)),
                units,
                "{formula}"
            );
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "sums of a test day")]
fn hundred_thousandths(cell: &Data) -> i64 {
    match cell {
        Data::Float(value) => (value * 100_000.0).round() as i64,
        Data::Int(value) => value * 100_000,
        _ => 0,
    }
}

#[test]
fn payments_and_refunds_of_the_summary_are_those_of_the_bill() {
    let stage = compared();
    let book = report(&stage, &["day", "--date", DAY], "day.xlsx");
    let csv = std::fs::read_to_string(stage.path("bill.csv")).unwrap();
    let titles: Vec<&str> = csv
        .trim_start_matches('\u{feff}')
        .lines()
        .next()
        .unwrap()
        .split(',')
        .collect();
    let at = |title: &str| titles.iter().position(|known| *known == title).unwrap();
    let cell = |line: &str, nth: usize| {
        line.split(",`")
            .nth(nth)
            .unwrap()
            .trim_start_matches('`')
            .to_owned()
    };
    let (mut paid, mut refunded) = (0, 0);
    for line in csv.lines().skip(1).take_while(|line| line.starts_with('`')) {
        if cell(line, at("交易状态")) == "REFUND" {
            refunded += Fen::parse_yuan(&cell(line, at("申请退款金额")))
                .unwrap()
                .get();
        } else {
            paid += Fen::parse_yuan(&cell(line, at("订单金额"))).unwrap().get();
        }
    }

    let rows = sheet(&book, "Summary");
    let titles = rows.iter().position(|row| row[0] == "Code").unwrap();
    let wechat = column(&rows[titles], "WeChat ¥");
    let totals: Vec<i64> = rows
        .iter()
        .enumerate()
        .filter(|(nth, row)| *nth > titles && is_blank(&row[0]) && !is_blank(&row[wechat]))
        .map(|(_, row)| fen(&row[wechat]))
        .collect();

    assert_eq!(totals[..2], [paid, refunded]);
}

#[test]
fn every_format_tells_the_same_sentence_and_the_pages_stand_alone() {
    let stage = compared();
    let html = report(
        &stage,
        &["day", "--date", DAY, "--format", "html"],
        "day.html",
    );
    let html = String::from_utf8(html).unwrap();
    let pdf = report(
        &stage,
        &["day", "--date", DAY, "--format", "pdf"],
        "day.pdf",
    );
    let archive = report(
        &stage,
        &["day", "--date", DAY, "--format", "csv"],
        "day.zip",
    );

    assert!(html.contains("rows in the bill"));
    assert!(html.contains("<svg") && !html.contains("src=\"http") && !html.contains("<script"));
    assert!(pdf.starts_with(b"%PDF-") && pdf.ends_with(b"%%EOF"));
    assert!(pdf.len() < 400_000, "only the signs in use: {}", pdf.len());
    let mut archive = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    let mut text = String::new();
    archive
        .by_name("2-Cases.csv")
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    assert!(text.starts_with('\u{feff}'));
    let rows = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes())
        .into_records()
        .count();
    assert_eq!(rows, findings(&stage).len());
}

#[test]
fn a_month_has_a_line_for_every_day_and_says_what_was_not_compared() {
    let stage = compared();
    let book = report(&stage, &["month", "--month", "2026-03"], "month.xlsx");

    let rows = sheet(&book, "Summary");
    let titles = rows.iter().position(|row| row[0] == "Day").unwrap();
    let state = column(&rows[titles], "State");
    let states: Vec<String> = rows[titles + 1..titles + 32]
        .iter()
        .map(|row| row[state].to_string())
        .collect();

    assert_eq!(states[7], "differences");
    assert!(
        states
            .iter()
            .enumerate()
            .all(|(nth, state)| nth == 7 || state == "bill missing")
    );
    assert!(rows[3][0].to_string().starts_with("1 of 31 days compared"));
}

#[test]
fn a_day_that_was_not_compared_has_no_report_and_no_file() {
    let stage = CliFixture::new();
    let out = stage.path("none.xlsx");
    let told = stage.refusal(
        2,
        &[
            "report",
            "day",
            "--profile",
            "shop",
            "--date",
            DAY,
            "--out",
            out.to_str().unwrap(),
        ],
    );

    assert!(told.contains("report.not_compared"), "{told}");
    assert!(!out.exists());
}

#[test]
fn a_voucher_balances_and_follows_the_template_of_a_person() {
    let stage = compared();
    let yonyou = stage.expect(0, &["report", "template", "yonyou"]);
    let mine = yonyou
        .replace("6001", "6051.09")
        .replace("gb18030", "utf-8");
    let mine = stage.file("mine.toml", mine.as_bytes());
    let out = stage.path("journal.csv");
    let out = out.to_str().unwrap();
    let common = [
        "report",
        "journal",
        "--profile",
        "shop",
        "--date",
        DAY,
        "--out",
        out,
    ];

    stage.expect(0, &common);
    let gb = std::fs::read(out).unwrap();
    // A table with other columns is not written over.
    let told = stage.refusal(2, &[&common[..], &["--template", &mine]].concat());
    assert!(told.contains("file.in_the_way"), "{told}");
    assert_eq!(std::fs::read(out).unwrap(), gb);
    std::fs::remove_file(out).unwrap();
    stage.expect(0, &[&common[..], &["--template", &mine]].concat());
    let text = std::fs::read_to_string(out).unwrap();

    assert!(
        String::from_utf8(gb).is_err(),
        "GB18030, as the import of Yonyou wants it"
    );
    assert!(text.contains("6051.09") && !text.contains(",6001,"));
    let mut csv = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let (mut debit, mut credit) = (0, 0);
    for row in csv.records().map(Result::unwrap) {
        let yuan = |cell: &str| Fen::parse_yuan(cell).map_or(0, Fen::get);
        debit += yuan(&row[7]);
        credit += yuan(&row[8]);
    }
    assert_eq!(debit, credit);
    assert!(debit > 0);

    let broken = yonyou.replacen("amount = \"fee\"", "amount = \"net\"", 1);
    let broken = stage.file("broken.toml", broken.as_bytes());
    let told = stage.refusal(2, &[&common[..], &["--template", &broken]].concat());
    assert!(told.contains("journal.unbalanced"), "{told}");
    assert_eq!(
        std::fs::read_to_string(out).unwrap(),
        text,
        "the old file stays"
    );
}

#[test]
fn a_logo_is_a_png_and_is_in_every_page_format() {
    let stage = compared();
    let png = std::fs::read(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots/start-zh-800x500.png"),
    )
    .unwrap();
    let logo = stage.file("logo.png", &png);
    let no_logo = stage.file("logo.gif", b"GIF89a");

    let told = stage.refusal(4, &["report", "logo", "--profile", "shop", &no_logo]);
    assert!(told.contains("report.logo"), "{told}");
    stage.expect(0, &["report", "logo", "--profile", "shop", &logo]);

    let html = report(
        &stage,
        &["day", "--date", DAY, "--format", "html"],
        "day.html",
    );
    let pdf = report(
        &stage,
        &["day", "--date", DAY, "--format", "pdf"],
        "day.pdf",
    );
    let book = report(&stage, &["day", "--date", DAY], "day.xlsx");
    let holds = |bytes: &[u8], part: &[u8]| bytes.windows(part.len()).any(|at| at == part);
    assert!(holds(&html, b"data:image/png;base64,"));
    assert!(holds(&pdf, b"/SMask"));
    assert!(
        zip::ZipArchive::new(Cursor::new(book))
            .unwrap()
            .by_name("xl/media/image1.png")
            .is_ok()
    );

    stage.expect(0, &["report", "logo", "--profile", "shop", "--remove"]);
    let html = report(
        &stage,
        &["day", "--date", DAY, "--format", "html"],
        "day.html",
    );
    assert!(!holds(&html, b"data:image/png"));
}

#[test]
fn the_name_of_the_file_tells_the_format_or_none_is_written() {
    let stage = compared();
    for (name, start) in [
        ("a.pdf", &b"%PDF-"[..]),
        ("a.XLSX", b"PK"),
        ("a.zip", b"PK"),
        ("a.html", b"<!"),
    ] {
        let written = report(&stage, &["day", "--date", DAY], name);
        assert!(written.starts_with(start), "{name}");
    }
    let out = stage.path("a.csv");
    let told = stage.refusal(
        2,
        &[
            "report",
            "day",
            "--date",
            DAY,
            "--profile",
            "shop",
            "--out",
            out.to_str().unwrap(),
        ],
    );
    assert!(told.contains("--format"), "{told}");
    assert!(!out.exists());
}
