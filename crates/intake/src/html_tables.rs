//! Tables of web pages, which many shop systems hand out under the name of an old Excel file.

use std::io::Read;

use super::IntakeError;
use super::NotOrders;
use super::encoding::encoding_of;
use super::loaded_sheet::{CellBudget, LoadedSheet, read_whole};
use super::sheet_row::SheetRow;

/// Rows and columns that one cell may span.
const MOST_SPANNED: usize = 256;

/// True when a file begins as a web page or as a table of one.
pub(super) fn is_page(head: &[u8]) -> bool {
    let head = head.get(..1024).unwrap_or(head);
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let utf16 = head
        .strip_prefix(b"\xFF\xFE")
        .map(|text| text.iter().step_by(2).copied().collect::<Vec<u8>>());
    let head = utf16
        .as_deref()
        .unwrap_or(head)
        .trim_ascii_start()
        .to_ascii_lowercase();
    let begins = |tag: &str| head.starts_with(tag.as_bytes());
    [
        "<!doctype html",
        "<html",
        "<head",
        "<body",
        "<table",
        "<meta",
        "<style",
        "<div",
        "<!--",
    ]
    .iter()
    .any(|tag| begins(tag))
        || begins("<?xml") && memchr::memmem::find(&head, b"<html").is_some()
}

/// Reads the tables of a page, each as a sheet.
pub(super) fn read(reader: impl Read) -> Result<Vec<LoadedSheet>, IntakeError> {
    let bytes = read_whole(reader)?;
    let text = decode(&bytes)?;
    let mut page = HtmlPage::default();
    page.take(&text)?;
    let tables = page
        .tables
        .into_iter()
        .filter(|table| table.len() > 0)
        .collect::<Vec<_>>();
    if tables.is_empty() {
        return Err(IntakeError::NotOrders(NotOrders::Html));
    }
    Ok(tables)
}

/// The text of a page; it may name its encoding.
fn decode(bytes: &[u8]) -> Result<String, IntakeError> {
    let head = bytes.get(..2048).unwrap_or(bytes).to_ascii_lowercase();
    let named = memchr::memmem::find(&head, b"charset=").and_then(|at| {
        let rest = head.get(at + 8..)?;
        let rest = rest
            .strip_prefix(b"\"")
            .or(rest.strip_prefix(b"'"))
            .unwrap_or(rest);
        let end = rest
            .iter()
            .position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')))?;
        encoding_rs::Encoding::for_label(rest.get(..end)?)
    });
    // A page may say one thing and be another: what its bytes are decides.
    let (encoding, mark) = encoding_of(bytes, None)?;
    let label = encoding_rs::Encoding::for_label(encoding.name().as_bytes());
    let is_ascii = bytes.is_ascii();
    let encoding = label
        .filter(|_| !is_ascii)
        .or(named)
        .unwrap_or(encoding_rs::UTF_8);
    let body = bytes.get(mark..).unwrap_or_default();
    Ok(encoding.decode_without_bom_handling(body).0.into_owned())
}

/// The tables of a page while they are read.
#[derive(Default)]
struct HtmlPage {
    tables: Vec<LoadedSheet>,
    /// Tables that are open, innermost last.
    open: Vec<OpenTable>,
    budget: CellBudget,
}

#[derive(Default)]
struct OpenTable {
    place: usize,
    line: u32,
    row: Option<Vec<String>>,
    cell: Option<OpenCell>,
    /// For each column, how many rows a cell above still reaches down, and what it says.
    spans: Vec<(usize, String)>,
}

#[derive(Default)]
struct OpenCell {
    text: String,
    columns: usize,
    rows: usize,
}

impl HtmlPage {
    fn take(&mut self, text: &str) -> Result<(), IntakeError> {
        let mut rest = text;
        while let Some(at) = rest.find('<') {
            let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
            self.text(before);
            if let Some(comment) = from.strip_prefix("<!--") {
                rest = comment.split_once("-->").map_or("", |(_, after)| after);
                continue;
            }
            let Some(end) = tag_end(from) else {
                break;
            };
            let (tag, after) = from.split_at_checked(end).unwrap_or((from, ""));
            rest = after;
            let tag = tag.trim_start_matches('<').trim_end_matches('>');
            let name: String = tag
                .trim_start_matches('/')
                .chars()
                .take_while(char::is_ascii_alphanumeric)
                .collect::<String>()
                .to_ascii_lowercase();
            if matches!(name.as_str(), "script" | "style") && !tag.starts_with('/') {
                let close = format!("</{name}");
                let lower = rest.to_ascii_lowercase();
                rest = lower
                    .find(&close)
                    .and_then(|at| rest.get(at..))
                    .unwrap_or_default();
                continue;
            }
            self.tag(&name, tag)?;
        }
        while !self.open.is_empty() {
            self.close_table()?;
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        if let Some(cell) = self.open.last_mut().and_then(|table| table.cell.as_mut()) {
            cell.text.push_str(text);
        }
    }

    fn tag(&mut self, name: &str, tag: &str) -> Result<(), IntakeError> {
        let closes = tag.starts_with('/');
        match (name, closes) {
            ("table", false) => {
                self.tables.push(LoadedSheet::named(""));
                self.open.push(OpenTable {
                    place: self.tables.len() - 1,
                    ..OpenTable::default()
                });
            }
            ("table", true) => self.close_table()?,
            ("tr", _) => {
                self.close_row()?;
                if !closes && let Some(table) = self.open.last_mut() {
                    table.row = Some(Vec::new());
                }
            }
            ("td" | "th", _) => {
                self.close_cell();
                if !closes && let Some(table) = self.open.last_mut() {
                    table.row.get_or_insert_default();
                    let span = |name: &str| {
                        attribute(tag, name)
                            .and_then(|value| value.parse().ok())
                            .unwrap_or(1)
                    };
                    table.cell = Some(OpenCell {
                        text: String::new(),
                        columns: span("colspan"),
                        rows: span("rowspan"),
                    });
                }
            }
            ("br" | "p" | "div", false) => self.text("\n"),
            _ => {}
        }
        Ok(())
    }

    fn close_cell(&mut self) {
        let Some(table) = self.open.last_mut() else {
            return;
        };
        let Some(cell) = table.cell.take() else {
            return;
        };
        table.fill_spans();
        let text = unescaped(&cell.text);
        let columns = cell.columns.clamp(1, MOST_SPANNED);
        let row = table.row.get_or_insert_default();
        for column in 0..columns {
            let at = row.len();
            row.push(if column == 0 {
                text.clone()
            } else {
                String::new()
            });
            if cell.rows > 1 {
                if table.spans.len() <= at {
                    table.spans.resize(at + 1, (0, String::new()));
                }
                if let Some(span) = table.spans.get_mut(at) {
                    let below = cell.rows.min(MOST_SPANNED) - 1;
                    *span = (
                        below,
                        if column == 0 {
                            text.clone()
                        } else {
                            String::new()
                        },
                    );
                }
            }
        }
    }

    fn close_row(&mut self) -> Result<(), IntakeError> {
        self.close_cell();
        let Some(table) = self.open.last_mut() else {
            return Ok(());
        };
        if table.row.is_none() {
            return Ok(());
        }
        table.fill_spans();
        let Some(cells) = table.row.take() else {
            return Ok(());
        };
        table.line = table.line.saturating_add(1);
        self.budget.take(cells.len())?;
        let mut row = SheetRow::default();
        for cell in &cells {
            row.push_text(cell);
        }
        match self.tables.get_mut(table.place) {
            Some(sheet) => sheet.push(table.line, row),
            None => Ok(()),
        }
    }

    fn close_table(&mut self) -> Result<(), IntakeError> {
        self.close_row()?;
        self.open.pop();
        Ok(())
    }
}

impl OpenTable {
    /// Cells above reach down into this row.
    fn fill_spans(&mut self) {
        let Some(row) = &mut self.row else { return };
        while let Some((left, text)) = self.spans.get_mut(row.len())
            && *left > 0
        {
            *left -= 1;
            let text = text.clone();
            row.push(text);
        }
    }
}

/// Where a tag ends, quotes looked through.
fn tag_end(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, b) in text.bytes().enumerate() {
        match (quote, b) {
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') => quote = Some(b),
            (Some(open), b) if open == b => quote = None,
            _ => {}
        }
        if at > 64 << 10 {
            return None;
        }
    }
    None
}

/// The value of an attribute of a tag.
fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let lower = tag.to_ascii_lowercase();
    let at = lower.find(&format!("{name}="))?;
    let rest = tag
        .get(at + name.len() + 1..)?
        .trim_start_matches(['"', '\'']);
    let end = rest
        .find(|sign: char| !sign.is_ascii_digit())
        .unwrap_or(rest.len());
    rest.get(..end)
}

/// A text with its references resolved and its white space as a page shows it.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, from)) = rest.find('&').and_then(|at| rest.split_at_checked(at)) {
        out.push_str(before);
        let end = from.find(';').filter(|end| *end <= 10);
        let sign = end.and_then(|end| from.get(1..end)).and_then(sign_of);
        if let (Some(sign), Some(end)) = (sign, end) {
            out.push(sign);
            rest = from.get(end + 1..).unwrap_or_default();
        } else {
            out.push('&');
            rest = from.get(1..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    let lines = out.lines().map(|line| {
        line.split([' ', '\t', '\r'])
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    });
    lines
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
        .trim()
        .to_owned()
}

fn sign_of(name: &str) -> Option<char> {
    match name {
        "nbsp" => Some('\u{A0}'),
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "yen" => Some('¥'),
        "ensp" | "emsp" | "thinsp" => Some(' '),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ops::ControlFlow;

    fn rows(page: &str) -> Vec<Vec<String>> {
        let tables = read(page.as_bytes()).unwrap();
        let mut rows = Vec::new();
        for table in &tables {
            table
                .rows(&mut |_, row, strings| {
                    rows.push(row.texts(strings, None));
                    Ok(ControlFlow::Continue(()))
                })
                .unwrap();
        }
        rows
    }

    #[test]
    fn cells_spans_and_references_are_read() {
        let page = "<html><head><meta charset=utf-8><style>td{}</style></head><body><table border=1>\
            <tr><th colspan='2'>订单</th><th>金额</th></tr>\
            <tr><td rowspan=2>A1</td><td>大米&amp;面<br>粉</td><td>&yen;12.90</td></tr>\
            <tr><td>筷子</td><td>2.90&nbsp;</td></tr>\
            <tr><td x:str=\"a>b\">A2<td>茶&#33590;<td>1\
            </table></body></html>";
        assert_eq!(
            rows(page),
            [
                vec!["订单", "", "金额"],
                vec!["A1", "大米&面\n粉", "¥12.90"],
                vec!["A1", "筷子", "2.90"],
                vec!["A2", "茶茶", "1"],
            ]
        );
    }

    #[test]
    fn a_page_without_a_table_is_no_workbook() {
        assert_eq!(
            read(&b"<html><body>login</body></html>"[..]).unwrap_err(),
            IntakeError::NotOrders(NotOrders::Html)
        );
    }

    #[test]
    fn hostile_spans_are_bounded() {
        let wide = format!(
            "<table>{}</table>",
            "<tr><td colspan=999999999 rowspan=999999999>x</td></tr>".repeat(99)
        );
        assert!(read(wide.as_bytes()).is_err());
        assert!(read("<table><tr><td".repeat(10_000).as_bytes()).is_err());
    }
}
