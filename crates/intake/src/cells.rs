//! Rows of one sheet of a workbook, cell by cell, in the memory of one row.

use std::borrow::Cow;
use std::io::BufRead;
use std::ops::Range;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::row::{Cells, Raw};
use super::xlsx_container::{self, LimitedPart, attributes, damaged};
use super::{Damage, IntakeError, MAX_COLUMNS, MAX_RECORD_BYTES, RowReason, value};
use recondesk_domain::Instant;

/// The tags around a plain value, and around a plain text that is not shared.
const VALUE: (&[u8], &[u8]) = (b"<v>", b"</v>");
const INLINE: (&[u8], &[u8]) = (b"<is><t>", b"</t></is>");
/// Rows that Excel knows.
const MAX_ROWS: u32 = 1_048_576;

/// The shared texts of a workbook, in one piece of memory.
#[derive(Debug, Default)]
pub(super) struct Strings {
    pub(super) text: String,
    pub(super) ends: Vec<u32>,
}

impl Strings {
    pub(super) fn get(&self, at: usize) -> Option<&str> {
        let end = *self.ends.get(at)? as usize;
        let start = match at.checked_sub(1) {
            Some(before) => *self.ends.get(before)? as usize,
            None => 0,
        };
        self.text.get(start..end)
    }
}

/// A cell of the current row.
#[derive(Debug, Clone, PartialEq)]
enum XlsxCell {
    Empty,
    Shared(usize),
    Text(Range<usize>),
    Number(Range<usize>),
    Date(Instant),
}

/// One row; its memory serves the next one too.
#[derive(Debug, Default)]
pub(super) struct SheetRow {
    bytes: Vec<u8>,
    cells: Vec<XlsxCell>,
}

impl SheetRow {
    fn clear(&mut self) {
        self.bytes.clear();
        self.cells.clear();
    }

    fn raw<'a>(&'a self, at: usize, strings: &'a Strings) -> Raw<'a> {
        let piece =
            |range: &Range<usize>| Cow::Borrowed(self.bytes.get(range.clone()).unwrap_or_default());
        match self.cells.get(at) {
            None | Some(XlsxCell::Empty) => Raw::Text(Cow::Borrowed(&[])),
            Some(XlsxCell::Shared(text)) => {
                let text = strings.get(*text).unwrap_or_default();
                Raw::Text(Cow::Borrowed(text.as_bytes()))
            }
            Some(XlsxCell::Text(range)) => Raw::Text(piece(range)),
            Some(XlsxCell::Number(range)) => Raw::Number(piece(range)),
            Some(XlsxCell::Date(time)) => Raw::Date(*time),
        }
    }

    /// The first `count` cells as text, or all of them.
    pub(super) fn texts(&self, strings: &Strings, count: Option<usize>) -> Vec<String> {
        (0..count.unwrap_or(self.cells.len()))
            .map(|at| match self.raw(at, strings) {
                Raw::Text(text) | Raw::Number(text) => String::from_utf8_lossy(&text).into_owned(),
                Raw::Date(time) => time.to_string(),
            })
            .collect()
    }

    /// All cells as text; numbers that a workbook cannot have kept whole are in scientific notation.
    pub(super) fn numbers(&self, strings: &Strings) -> Vec<String> {
        (0..self.cells.len())
            .map(|at| match self.raw(at, strings) {
                Raw::Text(text) => String::from_utf8_lossy(&text).into_owned(),
                Raw::Date(time) => time.to_string(),
                Raw::Number(number) => {
                    let number = String::from_utf8_lossy(&number);
                    match (
                        value::number_as_id(number.as_bytes()),
                        number.parse::<f64>(),
                    ) {
                        (Some(RowReason::BeyondPrecision), Ok(lost)) => {
                            format!("{lost:E}").replace('E', "E+")
                        }
                        _ => number.into_owned(),
                    }
                }
            })
            .collect()
    }

    pub(super) fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| *cell == XlsxCell::Empty)
    }
}

/// The kept cells of a row: `columns` has the place of each slot.
pub(super) struct RowCells<'a> {
    pub(super) row: &'a SheetRow,
    pub(super) strings: &'a Strings,
    pub(super) columns: &'a [usize],
    /// Columns of the header.
    pub(super) width: usize,
}

impl Cells for RowCells<'_> {
    fn get(&self, slot: u8) -> Raw<'_> {
        let at = self.columns.get(usize::from(slot)).copied();
        self.row.raw(at.unwrap_or(usize::MAX), self.strings)
    }

    fn is_blank(&self) -> bool {
        self.row.is_blank()
    }

    fn texts(&self) -> Vec<String> {
        self.row.texts(self.strings, Some(self.width))
    }
}

/// What a sheet needs of the rest of its workbook.
#[derive(Debug, Default)]
pub(super) struct Context {
    pub(super) strings: Strings,
    /// For each cell format, whether it shows dates.
    pub(super) date_formats: Vec<bool>,
    pub(super) is_1904: bool,
}

/// Reads the rows of a sheet.
pub(super) struct SheetReader<'a, R: BufRead> {
    xml: Reader<LimitedPart<R>>,
    context: &'a Context,
    part: &'a str,
    buffer: Vec<u8>,
    row: u32,
    place: CellPosition,
}

/// Where in a sheet the reader stands.
#[derive(Debug, Clone, Copy, PartialEq)]
enum CellPosition {
    /// Before the root.
    Start,
    /// Before the rows.
    Head,
    /// Between rows.
    Rows,
    /// In a row.
    Row,
    /// In what a program has added to a row.
    Addition,
}

/// Attributes of a cell.
struct Attributes {
    column: Option<usize>,
    format: usize,
    kind: CellKind,
}

#[derive(Clone, Copy, PartialEq)]
enum CellKind {
    Number,
    Shared,
    Bool,
    Text,
}

impl<'a, R: BufRead> SheetReader<'a, R> {
    pub(super) fn new(xml: Reader<LimitedPart<R>>, context: &'a Context, part: &'a str) -> Self {
        Self {
            xml,
            context,
            part,
            buffer: Vec::new(),
            row: 0,
            place: CellPosition::Start,
        }
    }

    /// Reads the next row into `row`; gives its number, or `None` after the last.
    pub(super) fn next_row(&mut self, row: &mut SheetRow) -> Result<Option<u32>, IntakeError> {
        row.clear();
        loop {
            let event = xlsx_container::next(&mut self.xml, &mut self.buffer, self.part)?;
            match event {
                Event::Start(start) => match (self.place, start.local_name().as_ref()) {
                    (CellPosition::Start, "worksheet") => self.place = CellPosition::Head,
                    (CellPosition::Start, name) => {
                        return Err(damaged(self.part, Damage::NotCells(cut(name))));
                    }
                    (CellPosition::Head, "sheetData") => self.place = CellPosition::Rows,
                    (CellPosition::Rows, "row") => {
                        self.row = row_number(&start, self.row)
                            .ok_or_else(|| damaged(self.part, Damage::RowNumber))?;
                        self.place = CellPosition::Row;
                    }
                    (CellPosition::Row, "c") => {
                        let attributes = cell_attributes(&start).ok_or_else(|| self.bad_cell())?;
                        self.cell(&attributes, row)?;
                    }
                    (CellPosition::Row, "extLst") => self.place = CellPosition::Addition,
                    // Passed over, these would be rows that nobody misses.
                    (CellPosition::Rows | CellPosition::Row, name) => {
                        return Err(damaged(self.part, Damage::Foreign(cut(name))));
                    }
                    (CellPosition::Head | CellPosition::Addition, _) => {}
                },
                Event::End(end) => match (self.place, end.local_name().as_ref()) {
                    (CellPosition::Row, "row") => {
                        self.place = CellPosition::Rows;
                        return Ok(Some(self.row));
                    }
                    (CellPosition::Addition, "extLst") => self.place = CellPosition::Row,
                    (CellPosition::Rows, "sheetData") => return Ok(None),
                    _ => {}
                },
                Event::Eof => return Err(damaged(self.part, Damage::CutOff)),
                _ => {}
            }
        }
    }

    /// Reads what follows the rows: a workbook whose bytes were changed is told by its end only.
    pub(super) fn finish(mut self) -> Result<(), IntakeError> {
        xlsx_container::drain(&mut self.xml, self.part)
    }

    fn bad_cell(&self) -> IntakeError {
        damaged(&format!("{}, row {}", self.part, self.row), Damage::Cell)
    }

    fn cell(&mut self, attributes: &Attributes, row: &mut SheetRow) -> Result<(), IntakeError> {
        let column = attributes.column.unwrap_or(row.cells.len());
        if column >= MAX_COLUMNS {
            return Err(IntakeError::TooManyColumns {
                line: self.row,
                limit: MAX_COLUMNS,
            });
        }
        if column < row.cells.len() {
            return Err(self.bad_cell());
        }
        let start = row.bytes.len();
        self.content(&mut row.bytes)?;
        if row.bytes.len() > MAX_RECORD_BYTES {
            return Err(damaged(
                &format!("{}, row {}", self.part, self.row),
                Damage::RowTooLong,
            ));
        }
        let cell = self
            .classify(attributes, &mut row.bytes, start)
            .ok_or_else(|| self.bad_cell())?;
        row.cells.resize(column, XlsxCell::Empty);
        row.cells.push(cell);
        Ok(())
    }

    /// Appends the value of a cell, formulas and pronunciation left out, up to its end tag.
    fn content(&mut self, text: &mut Vec<u8>) -> Result<(), IntakeError> {
        // The end tag stays: the XML reader keeps count of what is open.
        let _taken = xlsx_container::take_plain(&mut self.xml, VALUE, text)
            || xlsx_container::take_plain(&mut self.xml, INLINE, text);
        let (mut taking, mut phonetic) = (false, false);
        loop {
            let event = xlsx_container::next(&mut self.xml, &mut self.buffer, self.part)?;
            match event {
                Event::Start(start) => match start.local_name().as_ref() {
                    "v" | "t" => taking = !phonetic,
                    "rPh" => phonetic = true,
                    _ => {}
                },
                Event::End(end) => match end.local_name().as_ref() {
                    "v" | "t" => taking = false,
                    "rPh" => phonetic = false,
                    "c" => return Ok(()),
                    _ => {}
                },
                Event::Text(piece) if taking => {
                    text.extend_from_slice(piece.xml10_content().as_bytes());
                }
                Event::CData(piece) if taking => {
                    text.extend_from_slice(piece.xml10_content().as_bytes());
                }
                Event::GeneralRef(reference) if taking => {
                    xlsx_container::push_reference(&reference, text)
                        .ok_or_else(|| self.bad_cell())?;
                }
                Event::Eof => return Err(damaged(self.part, Damage::CutOff)),
                _ => {}
            }
        }
    }

    fn classify(
        &self,
        attributes: &Attributes,
        bytes: &mut Vec<u8>,
        start: usize,
    ) -> Option<XlsxCell> {
        let text = std::str::from_utf8(bytes.get(start..)?).ok()?;
        if text.is_empty() {
            return Some(XlsxCell::Empty);
        }
        match attributes.kind {
            CellKind::Text if text.contains("_x") => {
                let mut text = text.to_owned();
                xlsx_container::resolve_escapes(&mut text, 0);
                bytes.truncate(start);
                bytes.extend_from_slice(text.as_bytes());
            }
            CellKind::Text => {}
            CellKind::Shared => {
                let at: usize = text.trim_ascii().parse().ok()?;
                bytes.truncate(start);
                self.context.strings.get(at)?;
                return Some(XlsxCell::Shared(at));
            }
            CellKind::Bool => {
                let word: &[u8] = if text == "1" { b"TRUE" } else { b"FALSE" };
                bytes.truncate(start);
                bytes.extend_from_slice(word);
            }
            CellKind::Number => {
                let is_date = self.context.date_formats.get(attributes.format);
                if is_date == Some(&true)
                    && let Ok(serial) = text.parse()
                    && let Some(time) = value::serial_time(serial, self.context.is_1904)
                {
                    return Some(XlsxCell::Date(time));
                }
                if let Cow::Owned(plain) = plain_number(text) {
                    bytes.truncate(start);
                    bytes.extend_from_slice(plain.as_bytes());
                }
                return Some(XlsxCell::Number(start..bytes.len()));
            }
        }
        Some(XlsxCell::Text(start..bytes.len()))
    }
}

/// Excel writes 19.9 as 19.899999999999999: the shortest text that means the same binary number is
/// what the person typed.
fn plain_number(text: &str) -> Cow<'_, str> {
    let short = text.len() <= 15
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-'));
    if short {
        return Cow::Borrowed(text);
    }
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Cow::Owned(number.to_string()),
        _ => Cow::Borrowed(text),
    }
}

/// A name that is short enough for a message.
fn cut(name: &str) -> String {
    name.chars().take(40).collect()
}

fn row_number(start: &BytesStart<'_>, before: u32) -> Option<u32> {
    let mut number = before.checked_add(1);
    attributes(start.attributes_raw(), |name, value| {
        if name == "r" {
            number = value.parse().ok();
        }
    })?;
    number.filter(|number| *number > before && *number <= MAX_ROWS)
}

fn cell_attributes(start: &BytesStart<'_>) -> Option<Attributes> {
    let mut found = Attributes {
        column: None,
        format: 0,
        kind: CellKind::Number,
    };
    let mut good = true;
    attributes(start.attributes_raw(), |name, value| match name {
        "r" => {
            found.column = column_of(value);
            good &= found.column.is_some();
        }
        "s" => found.format = value.parse().unwrap_or_default(),
        "t" => {
            found.kind = match value {
                "s" => CellKind::Shared,
                "b" => CellKind::Bool,
                "n" => CellKind::Number,
                _ => CellKind::Text,
            }
        }
        _ => {}
    })?;
    good.then_some(found)
}

/// `AB12` is column 27, counted from 0.
fn column_of(reference: &str) -> Option<usize> {
    let mut column = 0_usize;
    let mut letters = 0;
    for b in reference.bytes().take_while(u8::is_ascii_alphabetic) {
        letters += 1;
        if letters > 4 {
            return None;
        }
        column = column * 26 + usize::from(b.to_ascii_uppercase() - b'A') + 1;
    }
    column.checked_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_counted_in_letters() {
        for (reference, column) in [
            ("A1", Some(0)),
            ("Z9", Some(25)),
            ("AA1", Some(26)),
            ("XFD1048576", Some(16_383)),
            ("1", None),
            ("", None),
            ("AAAAAAAAAAAAAAAAAA1", None),
        ] {
            assert_eq!(column_of(reference), column, "{reference}");
        }
    }

    #[test]
    fn numbers_are_what_was_typed() {
        for (stored, typed) in [
            ("19.899999999999999", "19.9"),
            ("0.30000000000000004", "0.30000000000000004"),
            ("12.5", "12.5"),
            ("1.23456789012345E+14", "123456789012345"),
            ("1.2E+27", "1200000000000000000000000000"),
            ("nonsense", "nonsense"),
            ("1e999", "1e999"),
        ] {
            assert_eq!(plain_number(stored), typed);
        }
    }
}
