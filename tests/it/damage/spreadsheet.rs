//! What spreadsheets make of a bill that is opened and saved.

use fastrand::Rng;

use super::sheet::BillSheet;
use super::{BillDamage, sure, text};

pub(crate) const KINDS: &[BillDamage] = &[
    sure("numbers in scientific notation", scientific),
    sure("one number in scientific notation", one_scientific),
    text("numbers after the fifteenth digit lost", fifteen_digits),
    text("times in another form", other_times),
    sure("times as serial numbers", serial_times),
    text("zeros at the end lost", zeros_lost),
    sure("zeros at the start lost", leading_zeros),
    sure("sums rounded", rounded),
    sure("sums as percentages", percentages),
    sure("negative sums in brackets", brackets),
    sure("every cell in quotes", quoted),
    text("cells with blanks in quotes", some_quoted),
    sure("semicolons and decimal commas", decimal_commas),
    sure("rows sorted with the summary", sorted),
    sure("rows filtered", filtered),
    text("short lines filled up", filled_up),
    text("blanks around cells", blanks),
    sure("sum row added", sum_row),
    sure("column added without a name", unnamed_column),
    sure("saved as a web page", web_page),
    sure("saved as a workbook", workbook),
    sure("saved as XML", xml_sheet),
    sure("rows beyond the limit lost", limit),
    text("formulas in place of cells", formulas),
];

/// The bill as a spreadsheet writes it: no backticks, plain commas.
fn saved(sheet: &BillSheet, width: usize) -> Vec<u8> {
    let mut lines = vec![sheet.header.clone()];
    lines.extend(sheet.rows.iter().cloned());
    lines.push(sheet.total_names.clone());
    lines.push(sheet.totals.clone());
    let text: String = lines
        .into_iter()
        .map(|mut cells| {
            if cells.len() < width {
                cells.resize(width, String::new());
            }
            cells.join(",") + "\r\n"
        })
        .collect();
    format!("\u{feff}{text}").into_bytes()
}

fn to_scientific(cell: &str) -> Option<String> {
    let is_number = cell.len() > 11 && cell.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| format!("{}.{}E+{}", &cell[..1], &cell[1..6], cell.len() - 1))
}

fn scientific(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let mut seen = false;
    for cell in sheet.rows.iter_mut().flatten() {
        if let Some(number) = to_scientific(cell) {
            *cell = number;
            seen = true;
        }
    }
    let width = if rng.bool() { sheet.header.len() } else { 0 };
    seen.then(|| {
        if rng.bool() {
            saved(&sheet, width)
        } else {
            sheet.print()
        }
    })
}

fn one_scientific(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let at = sheet.column(&["微信订单号"])?;
    if sheet.rows.is_empty() {
        return None;
    }
    let row = rng.usize(..sheet.rows.len());
    sheet.rows[row][at] = to_scientific(&sheet.rows[row][at])?;
    Some(sheet.print())
}

/// `4200000265207919048529297348` becomes `4200000265207910000000000000`.
fn fifteen_digits(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    for cell in sheet.rows.iter_mut().flatten() {
        if cell.len() > 15 && cell.bytes().all(|b| b.is_ascii_digit()) {
            let zeros = "0".repeat(cell.len() - 15);
            cell.replace_range(15.., &zeros);
        }
    }
    let width = if rng.bool() { sheet.header.len() } else { 0 };
    Some(saved(&sheet, width))
}

/// `2019-02-19 05:01:46` becomes `2019/2/19 5:01`, as cells are shown.
fn other_times(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let at = sheet.column(&["交易时间"])?;
    for row in &mut sheet.rows {
        let time = row[at].replace('：', ":");
        let part = |range: std::ops::Range<usize>| time.get(range);
        let number = |text: &str| text.trim_start_matches('0').to_owned();
        let (year, month, day) = (part(0..4)?, number(part(5..7)?), number(part(8..10)?));
        row[at] = format!("{year}/{month}/{day} {}", part(11..16)?);
    }
    (!sheet.rows.is_empty()).then(|| {
        if rng.bool() {
            saved(&sheet, sheet.header.len())
        } else {
            sheet.print()
        }
    })
}

fn serial_times(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let at = sheet.column(&["交易时间"])?;
    for row in &mut sheet.rows {
        "43515.2095601852".clone_into(&mut row[at]);
    }
    (!sheet.rows.is_empty()).then(|| saved(&sheet, 0))
}

/// `0.10` becomes `0.1`: the values are the same, so nothing is lost.
fn zeros_lost(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let columns = sheet.money_columns();
    for row in &mut sheet.rows {
        for at in &columns {
            if row[*at].contains('.') {
                let short = row[*at]
                    .trim_end_matches('0')
                    .trim_end_matches('.')
                    .to_owned();
                row[*at] = if short.is_empty() {
                    "0".to_owned()
                } else {
                    short
                };
            }
        }
    }
    Some(sheet.print())
}

fn leading_zeros(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let columns = sheet.money_columns();
    let mut seen = false;
    for row in &mut sheet.rows {
        for at in &columns {
            if row[*at].starts_with("0.") {
                row[*at].remove(0);
                seen = true;
            }
        }
    }
    seen.then(|| sheet.print())
}

fn rounded(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let columns = sheet.added_columns();
    let mut seen = false;
    for row in &mut sheet.rows {
        for at in &columns {
            if let Some((whole, after)) = row[*at].clone().split_once('.') {
                seen |= after.bytes().any(|b| b != b'0');
                whole.clone_into(&mut row[*at]);
            }
        }
    }
    seen.then(|| sheet.print())
}

fn percentages(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let columns = sheet.added_columns();
    let at = columns[rng.usize(..columns.len())];
    for row in &mut sheet.rows {
        row[at].push('%');
    }
    (!sheet.rows.is_empty()).then(|| sheet.print())
}

fn brackets(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let mut seen = false;
    for at in sheet.money_columns() {
        for row in &mut sheet.rows {
            if let Some(rest) = row[at].strip_prefix('-') {
                row[at] = format!("({rest})");
                seen = true;
            }
        }
    }
    seen.then(|| sheet.print())
}

fn quoted(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    let text = String::from_utf8(BillSheet::read(bytes)?.print()).ok()?;
    let quote = |line: &str| {
        let cells: Vec<String> = line
            .trim_start_matches('\u{feff}')
            .split(',')
            .map(|cell| format!("\"{cell}\""))
            .collect();
        cells.join(",") + "\r\n"
    };
    Some(text.lines().map(quote).collect::<String>().into_bytes())
}

fn some_quoted(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    for cell in sheet.rows.iter_mut().flatten() {
        if cell.contains(' ') {
            *cell = format!("\"{cell}\"");
        }
    }
    Some(saved(&sheet, 0))
}

fn decimal_commas(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok()?;
    Some(text.replace(',', ";").replace('.', ",").into_bytes())
}

fn sorted(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let sheet = BillSheet::read(bytes)?;
    if sheet.rows.is_empty() {
        return None;
    }
    let text = String::from_utf8(sheet.print()).ok()?;
    let mut lines: Vec<&str> = text.lines().collect();
    let header = lines.remove(0);
    lines.sort_unstable();
    if rng.bool() {
        lines.reverse();
    }
    lines.insert(0, header);
    // The summary's names sort behind every backtick, and its values beside the rows.
    Some((lines.join("\r\n") + "\r\n").into_bytes())
}

fn filtered(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let before = sheet.rows.len();
    sheet.rows.retain(|_| rng.bool());
    (sheet.rows.len() < before).then(|| sheet.print())
}

/// The summary has fewer cells than the rows; a spreadsheet writes empty ones.
fn filled_up(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let sheet = BillSheet::read(bytes)?;
    let text = String::from_utf8(sheet.print()).ok()?;
    let width = sheet.header.len();
    let fill = |line: &str| {
        let cells = line.split(',').count();
        format!("{line}{}\r\n", ",".repeat(width.saturating_sub(cells)))
    };
    Some(if rng.bool() {
        text.lines().map(fill).collect::<String>().into_bytes()
    } else {
        saved(&sheet, width)
    })
}

fn blanks(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    for cell in sheet.rows.iter_mut().flatten() {
        *cell = match rng.u8(..4) {
            0 => format!(" {cell}"),
            1 => format!("{cell} "),
            2 => format!("{cell}\t"),
            _ => continue,
        };
    }
    Some(sheet.print())
}

fn sum_row(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let mut row = vec![String::new(); sheet.header.len()];
    "合计".clone_into(&mut row[0]);
    sheet.rows.push(row);
    Some(sheet.print())
}

fn unnamed_column(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let goods = sheet.column(&["商品名称"])?;
    for row in &mut sheet.rows {
        row.insert(rng.usize(..goods), "√".to_owned());
    }
    (!sheet.rows.is_empty()).then(|| sheet.print())
}

fn web_page(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    let sheet = BillSheet::read(bytes)?;
    let row = |cells: &Vec<String>| format!("<tr><td>{}</td></tr>", cells.join("</td><td>"));
    let rows: String = sheet.rows.iter().map(row).collect();
    let page = format!(
        "<html xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><table>{}{rows}</table></html>",
        row(&sheet.header)
    );
    Some(page.into_bytes())
}

fn xml_sheet(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    let sheet = BillSheet::read(bytes)?;
    let row =
        |cells: &Vec<String>| format!("<Row><Data>{}</Data></Row>", cells.join("</Data><Data>"));
    let rows: String = sheet.rows.iter().map(row).collect();
    Some(format!("<?xml version=\"1.0\"?><Workbook>{rows}</Workbook>").into_bytes())
}

fn workbook(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    let sheet = BillSheet::read(bytes)?;
    let mut book = rust_xlsxwriter::Workbook::new();
    let page = book.add_worksheet();
    let lines = [&[sheet.header.clone()][..], &sheet.rows, &[sheet.totals]].concat();
    for (row, cells) in (0_u32..).zip(&lines) {
        for (column, cell) in (0_u16..).zip(cells) {
            page.write(row, column, cell).ok()?;
        }
    }
    book.save_to_buffer().ok()
}

fn limit(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let keep = rng.usize(..sheet.rows.len().max(1));
    if keep >= sheet.rows.len() {
        return None;
    }
    sheet.rows.truncate(keep);
    Some(sheet.print())
}

fn formulas(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    if sheet.rows.is_empty() {
        return None;
    }
    let row = rng.usize(..sheet.rows.len());
    let at = rng.usize(..sheet.header.len());
    "=A1+1".clone_into(&mut sheet.rows[row][at]);
    Some(sheet.print())
}
