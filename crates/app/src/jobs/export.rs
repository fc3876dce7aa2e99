//! Tables on their way out: findings as rows, and the writers of CSV, JSON and terminal text.
//!
//! Pure: rows come from an iterator, bytes go to a writer. XLSX is written through
//! [`recondesk_ports::Workbooks`]. The names and the order of the first fourteen columns of findings
//! are a contract with scripts.

use std::io::{self, Write};

use crate::Language;
use crate::jobs::case_step::CaseNextStep;
use recondesk_domain::{
    Finding, Heading, RowRef, Severity, Sheet, SheetCell, Term, facts_in_words, formula_safe,
    printable, tag_in_words,
};
use recondesk_ports::CaseRecord;

const fn heading(name: &'static str, zh: &'static str, en: &'static str, width: u16) -> Heading {
    Heading {
        name,
        label: Term::new(zh, en),
        width,
    }
}

/// The columns of a table of findings.
pub const FINDING_HEADINGS: [Heading; 18] = [
    heading("code", "代码", "Code", 8),
    heading("category", "类别", "Category", 22),
    heading("severity", "级别", "Severity", 9),
    heading("out_trade_no", "商户订单号", "Order number", 34),
    heading("order_no", "业务订单号", "Business order", 24),
    heading("transaction_id", "微信订单号", "Transaction ID", 34),
    heading("out_refund_no", "商户退款单号", "Refund number", 28),
    heading("refund_id", "微信退款单号", "Refund ID", 34),
    heading("bill_fen", "账单金额", "Bill", 12),
    heading("merchant_fen", "商户金额", "Merchant", 12),
    heading("paid_at", "支付时间", "Paid at", 20),
    heading("bill_row", "账单行", "Bill row", 10),
    heading("order_row", "订单行", "Order row", 10),
    heading("action", "建议", "Action", 22),
    heading("tags", "标记", "Tags", 16),
    heading("detail", "说明", "Detail", 32),
    heading("at_stake_fen", "涉及金额", "At stake", 12),
    heading("sub_mch_id", "特约商户号", "Sub-merchant", 12),
];

/// One finding as a row under [`FINDING_HEADINGS`].
#[must_use]
pub fn finding_row(finding: &Finding) -> Vec<SheetCell> {
    let category = finding.category;
    let action = finding.action();
    let line = |row: Option<RowRef>| {
        row.filter(|row| row.line > 0)
            .map_or(SheetCell::Empty, |row| {
                SheetCell::Count(u64::from(row.line))
            })
    };
    vec![
        SheetCell::Text(category.code().to_owned()),
        SheetCell::Word(category.name(), Term::new(category.zh(), category.en())),
        SheetCell::Word(
            category.severity().word(),
            severity_term(category.severity()),
        ),
        SheetCell::text(finding.out_trade_no.as_str()),
        SheetCell::text(finding.order_no.as_str()),
        SheetCell::text(finding.transaction_id.as_str()),
        SheetCell::text(finding.out_refund_no.as_str()),
        SheetCell::text(finding.refund_id.as_str()),
        SheetCell::money(finding.bill),
        SheetCell::money(finding.merchant),
        SheetCell::time(finding.paid_at),
        line(finding.bill_row),
        line(finding.order_row),
        SheetCell::Word(action.word(), Term::new(action.zh(), action.en())),
        SheetCell::Message(finding.tags.iter().map(|tag| tag.word()).collect()),
        SheetCell::text(&finding.detail),
        SheetCell::Money(finding.at_stake()),
        SheetCell::text(finding.sub_mch_id.as_str()),
    ]
}

/// The word of a severity, as finance staff say it.
pub(crate) const fn severity_term(severity: Severity) -> Term {
    match severity {
        Severity::Urgent => Term::new("紧急", "Urgent"),
        Severity::Fault => Term::new("差错", "Fault"),
        Severity::Watch => Term::new("观察", "Watch"),
        Severity::Info => Term::new("提示", "Info"),
        Severity::Ok => Term::new("正常", "OK"),
    }
}

/// One finding as a person reads it: tags and facts in words of a language.
fn finding_row_in_words(finding: &Finding, language: Language) -> Vec<SheetCell> {
    let mut row = finding_row(finding);
    for (cell, heading) in row.iter_mut().zip(&FINDING_HEADINGS) {
        if heading.name == "tags" {
            let tags = finding.tags.iter().map(|tag| tag.word());
            let tags: Vec<String> = tags.map(|tag| tag_in_words(tag, language)).collect();
            *cell = SheetCell::text(&tags.join(language.pick("、", ", ")));
        } else if heading.name == "detail" {
            *cell = SheetCell::text(&facts_in_words(&finding.detail, language));
        }
    }
    row
}

/// Hands the findings over as a sheet, for people of a language or for programs.
pub fn with_findings<'f, T>(
    findings: impl Iterator<Item = &'f Finding>,
    people: Option<Language>,
    write: impl FnOnce(Sheet<'_>) -> T,
) -> T {
    let mut rows = findings.map(|finding| match people {
        Some(language) => finding_row_in_words(finding, language),
        None => finding_row(finding),
    });
    write(Sheet {
        title: people.map_or("findings", |language| language.pick("差错", "Findings")),
        headings: &FINDING_HEADINGS,
        rows: &mut rows,
    })
}

/// What a list of cases has beside their findings: in front for people, behind for programs, whose first columns are
/// those of findings.
const CASE_HEADINGS: [Heading; 5] = [
    heading("case_id", "编号", "Case", 6),
    heading("day", "账单日", "Day", 11),
    heading("status", "处理状态", "State", 14),
    heading("owner", "负责人", "Owner", 10),
    heading("case_key", "差错键", "Key", 40),
];

fn case_cells(case: &CaseRecord) -> Vec<SheetCell> {
    let status = case.status;
    vec![
        SheetCell::Count(u64::try_from(case.id.0).unwrap_or_default()),
        SheetCell::Day(case.day),
        SheetCell::Word(status.word(), Term::new(status.zh(), status.en())),
        SheetCell::text(&case.owner),
        SheetCell::text(&case.key),
    ]
}

/// Puts the step of a case in place of what its finding suggests.
fn put_step(row: &mut [SheetCell], step: &CaseNextStep, people: Option<Language>) {
    let action = step.action;
    for (cell, heading) in row.iter_mut().zip(&FINDING_HEADINGS) {
        if heading.name == "action" {
            *cell = match people {
                Some(language) => SheetCell::text(step.words.get(language)),
                None => SheetCell::Word(action.word(), Term::new(action.zh(), action.en())),
            };
        }
    }
}

/// Hands cases over as a sheet, each with its next step; for people of a language number and state stand in front, and
/// the key is left out.
pub fn with_cases<T>(
    cases: &[CaseRecord],
    step: &dyn Fn(&CaseRecord) -> CaseNextStep,
    people: Option<Language>,
    write: impl FnOnce(Sheet<'_>) -> T,
) -> T {
    let finding = FINDING_HEADINGS.iter().copied();
    let own = CASE_HEADINGS.iter().copied();
    let headings: Vec<Heading> = if people.is_some() {
        own.take(4).chain(finding).collect()
    } else {
        finding.chain(own).collect()
    };
    let mut rows = cases.iter().map(|case| {
        let mut own = case_cells(case);
        if let Some(language) = people {
            own.truncate(4);
            let mut found = finding_row_in_words(&case.finding, language);
            put_step(&mut found, &step(case), people);
            own.append(&mut found);
            own
        } else {
            let mut found = finding_row(&case.finding);
            put_step(&mut found, &step(case), people);
            found.append(&mut own);
            found
        }
    });
    write(Sheet {
        title: people.map_or("cases", |language| language.pick("差错", "Cases")),
        headings: &headings,
        rows: &mut rows,
    })
}

/// Writes CSV: UTF-8, stable headers, fen; text from outside cannot become a formula.
///
/// # Errors
/// What the writer says.
pub fn write_csv(sheet: Sheet<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut csv = csv::WriterBuilder::new()
        .buffer_capacity(64 << 10)
        .from_writer(out);
    csv.write_record(sheet.headings.iter().map(|heading| heading.name))?;
    for row in sheet.rows {
        for cell in row {
            match &cell {
                SheetCell::Text(text) => csv.write_field(formula_safe(text).as_bytes())?,
                other @ (SheetCell::Empty
                | SheetCell::Word(..)
                | SheetCell::Message(_)
                | SheetCell::Money(_)
                | SheetCell::Count(_)
                | SheetCell::Time(_)
                | SheetCell::Day(_)) => csv.write_field(other.plain())?,
            }
        }
        csv.write_record(None::<&[u8]>)?;
    }
    csv.flush()
}

/// Writes a JSON array of objects, one a line; keys in the order of the columns, fen as integers.
///
/// # Errors
/// What the writer says.
pub fn write_json(sheet: Sheet<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Sheet { headings, rows, .. } = sheet;
    let mut out = io::BufWriter::new(out);
    out.write_all(b"[")?;
    for (at, row) in rows.enumerate() {
        out.write_all(if at == 0 { b"\n{" } else { b",\n{" })?;
        for (place, (heading, cell)) in headings.iter().zip(&row).enumerate() {
            if place > 0 {
                out.write_all(b",")?;
            }
            serde_json::to_writer(&mut out, heading.name)?;
            out.write_all(b":")?;
            write_json_cell(cell, &mut out)?;
        }
        out.write_all(b"}")?;
    }
    out.write_all(b"\n]\n")?;
    out.flush()
}

pub(crate) fn write_json_cell(cell: &SheetCell, out: &mut dyn Write) -> io::Result<()> {
    match cell {
        SheetCell::Empty => out.write_all(b"null"),
        SheetCell::Money(fen) => write!(out, "{}", fen.get()),
        SheetCell::Count(count) => write!(out, "{count}"),
        SheetCell::Message(words) => Ok(serde_json::to_writer(out, words)?),
        SheetCell::Text(_) | SheetCell::Word(..) | SheetCell::Time(_) | SheetCell::Day(_) => {
            Ok(serde_json::to_writer(out, &cell.plain())?)
        }
    }
}

/// Rows by which the widths of a terminal table are set; what comes later may stand out.
const WIDTH_ROWS: usize = 2_000;

/// Writes an aligned table for a terminal: wide characters take two columns, money is in yuan,
/// columns without any content are left out.
///
/// # Errors
/// What the writer says.
pub fn write_table(sheet: Sheet<'_>, language: Language, out: &mut dyn Write) -> io::Result<()> {
    let Sheet { headings, rows, .. } = sheet;
    let mut rows = rows;
    let head: Vec<Vec<SheetCell>> = (&mut rows).take(WIDTH_ROWS).collect();
    let mut widths = vec![0; headings.len()];
    for row in &head {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(columns(&shown(cell, language)));
        }
    }
    for (width, heading) in widths.iter_mut().zip(headings) {
        if *width > 0 {
            *width = (*width).max(columns(heading.label.in_language(language)));
        }
    }
    if head.is_empty() {
        widths = headings
            .iter()
            .map(|heading| columns(heading.label.in_language(language)))
            .collect();
    }
    let right: Vec<bool> = (0..headings.len())
        .map(|at| {
            head.iter().filter_map(|row| row.get(at)).all(|cell| {
                matches!(
                    cell,
                    SheetCell::Empty | SheetCell::Money(_) | SheetCell::Count(_)
                )
            })
        })
        .collect();
    let titles: Vec<String> = headings
        .iter()
        .map(|heading| heading.label.in_language(language).to_owned())
        .collect();
    write_line(&titles, &widths, &right, out)?;
    let rule: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
    write_line(&rule, &widths, &right, out)?;
    for row in head.into_iter().chain(rows) {
        let texts: Vec<String> = row.iter().map(|cell| shown(cell, language)).collect();
        write_line(&texts, &widths, &right, out)?;
    }
    Ok(())
}

fn write_line(
    texts: &[String],
    widths: &[usize],
    right: &[bool],
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut line = String::new();
    for ((text, width), right) in texts.iter().zip(widths).zip(right) {
        if *width == 0 {
            continue;
        }
        if !line.is_empty() {
            line.push_str("  ");
        }
        let pad = " ".repeat(width.saturating_sub(columns(text)));
        if *right {
            line.push_str(&pad);
            line.push_str(text);
        } else {
            line.push_str(text);
            line.push_str(&pad);
        }
    }
    writeln!(out, "{}", line.trim_end())
}

/// The cell as people read it, free of control characters, which could steer a terminal.
fn shown(cell: &SheetCell, language: Language) -> String {
    match cell {
        SheetCell::Money(fen) => fen.grouped(),
        SheetCell::Word(_, term) => term.in_language(language).to_owned(),
        SheetCell::Text(text) => printable(text).into_owned(),
        other @ (SheetCell::Empty
        | SheetCell::Message(_)
        | SheetCell::Count(_)
        | SheetCell::Time(_)
        | SheetCell::Day(_)) => other.plain(),
    }
}

fn columns(text: &str) -> usize {
    unicode_width::UnicodeWidthStr::width(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use recondesk_domain::{Category, Fen, Instant, OrderNo, OutTradeNo, Tag};

    fn finding(detail: &str) -> Finding {
        let mut finding = Finding::new(Category::AmountDiff);
        finding.out_trade_no = OutTradeNo::new("00123").unwrap();
        finding.order_no = OrderNo::new("=1+1").unwrap();
        finding.bill = Some(Fen::new(123_456));
        finding.merchant = Some(Fen::new(-5));
        finding.paid_at = Instant::parse_beijing("2026-03-08 23:59:59");
        finding.tags = vec![Tag::Key2, Tag::Also(Category::TimeDiff)];
        finding.bill_row = Some(RowRef {
            import: 1,
            line: 7,
            offset: 99,
        });
        finding.detail = detail.to_owned();
        finding
    }

    fn csv_of(findings: &[Finding]) -> String {
        let mut out = Vec::new();
        with_findings(findings.iter(), None, |sheet| write_csv(sheet, &mut out)).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_first_columns_are_the_contract() {
        let text = csv_of(&[finding("-2 minutes")]);
        let mut lines = text.lines();
        assert!(lines.next().unwrap().starts_with(
            "code,category,severity,out_trade_no,order_no,transaction_id,out_refund_no,refund_id,bill_fen,merchant_fen,paid_at,bill_row,order_row,action,"
        ));
        assert_eq!(
            lines.next().unwrap(),
            "P07,AMOUNT_DIFF,fault,00123,'=1+1,,,,123456,-5,2026-03-08 23:59:59,7,,check_amount,KEY2|P14,'-2 minutes,123461,"
        );
    }

    #[test]
    fn json_has_integers_and_the_order_of_the_columns() {
        let mut out = Vec::new();
        let findings = [finding("a\"b\n"), finding("")];
        with_findings(findings.iter(), None, |sheet| write_json(sheet, &mut out)).unwrap();
        let text = String::from_utf8(out).unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value[0]["bill_fen"], 123_456);
        assert_eq!(value[0]["order_no"], "=1+1");
        assert_eq!(value[0]["tags"], serde_json::json!(["KEY2", "P14"]));
        assert_eq!(value[1]["detail"], serde_json::Value::Null);
        let places: Vec<usize> = FINDING_HEADINGS
            .iter()
            .map(|h| text.find(&format!("\"{}\":", h.name)).unwrap())
            .collect();
        assert!(places.is_sorted());
        let mut empty = Vec::new();
        with_findings([].iter(), None, |sheet| write_json(sheet, &mut empty)).unwrap();
        assert_eq!(serde_json::from_slice::<Vec<()>>(&empty).unwrap(), []);
    }

    #[test]
    fn a_terminal_table_is_aligned_with_wide_characters() {
        let mut other = finding("中文 detail \x1b[31m\u{202e}");
        other.bill = Some(Fen::new(5));
        for language in [Language::Zh, Language::En] {
            let mut out = Vec::new();
            with_findings(
                [finding("x"), other.clone()].iter(),
                Some(language),
                |sheet| write_table(sheet, language, &mut out),
            )
            .unwrap();
            let text = String::from_utf8(out).unwrap();
            assert!(!text.contains('\x1b') && !text.contains('\u{202e}'));
            let place = |line: &str, what: &str| line.find(what).map(|at| columns(&line[..at]));
            let lines: Vec<&str> = text.lines().collect();
            assert_eq!(lines.len(), 4);
            assert_eq!(place(lines[2], "00123"), place(lines[3], "00123"));
            assert_eq!(
                place(lines[2], "1,234.56").unwrap() + 8,
                place(lines[3], "0.05").unwrap() + 4
            );
            let title = if language == Language::Zh {
                "金额不符"
            } else {
                "Amounts differ"
            };
            assert!(text.contains(title) && !text.contains("refund_id"));
        }
    }

    proptest! {
        #[test]
        fn written_csv_is_read_back(details in prop::collection::vec("[ -~中\n\r\t]{0,12}", 0..8)) {
            let findings: Vec<Finding> = details.iter().map(|detail| finding(detail)).collect();
            let text = csv_of(&findings);
            let read: Vec<csv::StringRecord> =
                csv::Reader::from_reader(text.as_bytes()).records().map(Result::unwrap).collect();
            prop_assert_eq!(read.len(), findings.len());
            for (row, detail) in read.iter().zip(&details) {
                prop_assert_eq!(row.len(), FINDING_HEADINGS.len());
                prop_assert_eq!(row[15].to_owned(), formula_safe(detail).into_owned());
            }
        }
    }
}
