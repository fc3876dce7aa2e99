//! Rows of one sheet of a workbook, cell by cell, in the memory of one row.

use std::borrow::Cow;
use std::io::BufRead;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::plain_cells::{digits, plain_cell, row_turn};
use super::sheet_row::{RowCell, SheetRow, Strings};
use super::xlsx_container::{self, LimitedPart, attributes, damaged};
use super::{Damage, IntakeError, MAX_COLUMNS, MAX_RECORD_BYTES, value};

/// The tags around a plain value, and around a plain text that is not shared.
const VALUE: (&[u8], &[u8]) = (b"<v>", b"</v>");
const INLINE: (&[u8], &[u8]) = (b"<is><t>", b"</t></is>");
/// Rows that Excel knows.
const MAX_ROWS: u32 = 1_048_576;

/// What a sheet needs of the rest of its workbook.
#[derive(Debug, Default)]
pub(super) struct WorkbookContext {
    pub(super) strings: Strings,
    /// What each cell format shows.
    pub(super) formats: Vec<NumberFormat>,
    pub(super) is_1904: bool,
    /// The workbook asks to be computed when it is opened: what its formulas hold is no result.
    pub(super) recalculates: bool,
}

/// Reads the rows of a sheet.
pub(super) struct SheetReader<'a, R: BufRead> {
    xml: Reader<LimitedPart<R>>,
    context: &'a WorkbookContext,
    part: &'a str,
    buffer: Vec<u8>,
    row: u32,
    place: CellPosition,
    /// The last thing read is a whole cell of the row, or the start of the row, by [`row_turn`]: the reader of XML
    /// holds nothing back.
    is_behind_cell: bool,
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
#[derive(Default)]
pub(super) struct CellAttributes {
    pub(super) column: Option<usize>,
    pub(super) format: usize,
    pub(super) kind: CellKind,
}

/// A cell whose value the bytes of its row have.
struct ReadCell<'a> {
    attributes: &'a CellAttributes,
    has_formula: bool,
    column: usize,
    /// Where the value begins.
    start: usize,
}

/// What the value of a cell is.
#[derive(Clone, Copy, PartialEq, Default)]
pub(super) enum CellKind {
    #[default]
    Number,
    Shared,
    Bool,
    Text,
}

impl CellKind {
    /// What attribute `t` says.
    pub(super) const fn of(value: &[u8]) -> Self {
        match value {
            b"s" => Self::Shared,
            b"b" => Self::Bool,
            b"n" => Self::Number,
            _ => Self::Text,
        }
    }
}

impl<'a, R: BufRead> SheetReader<'a, R> {
    pub(super) fn new(
        xml: Reader<LimitedPart<R>>,
        context: &'a WorkbookContext,
        part: &'a str,
    ) -> Self {
        Self {
            xml,
            context,
            part,
            buffer: Vec::new(),
            row: 0,
            place: CellPosition::Start,
            is_behind_cell: false,
        }
    }

    /// Reads the next row into `row`; gives its number, or `None` after the last.
    pub(super) fn next_row(&mut self, row: &mut SheetRow) -> Result<Option<u32>, IntakeError> {
        row.clear();
        loop {
            if self.is_behind_cell
                && let Some(ended) = self.plain_cells(row)?
            {
                row.close();
                return Ok(Some(ended));
            }
            self.is_behind_cell = false;
            let event = xlsx_container::next(&mut self.xml, &mut self.buffer, self.part)?;
            match event {
                Event::Start(start) => match (self.place, start.local_name().as_ref()) {
                    (CellPosition::Start, "worksheet") => self.place = CellPosition::Head,
                    (CellPosition::Start, name) => {
                        return Err(damaged(self.part, Damage::NotCells(cut(name))));
                    }
                    (CellPosition::Head, "sheetData") => self.place = CellPosition::Rows,
                    (CellPosition::Rows, "row") => {
                        self.row = row_number(start.attributes_raw(), self.row)
                            .ok_or_else(|| damaged(self.part, Damage::RowNumber))?;
                        self.place = CellPosition::Row;
                    }
                    (CellPosition::Row, "c") => {
                        let attributes = cell_attributes(&start).ok_or_else(|| self.bad_cell())?;
                        self.cell(&attributes, row)?;
                        self.is_behind_cell = true;
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
                        row.close();
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

    /// Takes cells of the usual shape that are in memory; gives the number of the row when the next one has begun.
    fn plain_cells(&mut self, row: &mut SheetRow) -> Result<Option<u32>, IntakeError> {
        loop {
            // What cannot be read is told by the reader of XML, which comes to it next.
            let Ok(bytes) = xlsx_container::in_memory(&mut self.xml) else {
                return Ok(None);
            };
            if let Some(cell) = plain_cell(bytes) {
                let (attributes, used, start) = (cell.attributes, cell.used, row.bytes.len());
                row.bytes.extend_from_slice(cell.text);
                xlsx_container::pass(&mut self.xml, used);
                let column = self.column(&attributes, row)?;
                let cell = ReadCell {
                    attributes: &attributes,
                    has_formula: false,
                    column,
                    start,
                };
                self.put(&cell, row)?;
            } else if let Some((raw, used)) = row_turn(bytes)
                && let Some(next) = row_number(raw, self.row)
            {
                xlsx_container::pass(&mut self.xml, used);
                return Ok(Some(std::mem::replace(&mut self.row, next)));
            } else {
                return Ok(None);
            }
        }
    }

    /// The column of a cell, which must lie behind those before.
    fn column(&self, attributes: &CellAttributes, row: &SheetRow) -> Result<usize, IntakeError> {
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
        Ok(column)
    }

    fn cell(&mut self, attributes: &CellAttributes, row: &mut SheetRow) -> Result<(), IntakeError> {
        let column = self.column(attributes, row)?;
        let start = row.bytes.len();
        let has_formula = self.content(&mut row.bytes)?;
        let cell = ReadCell {
            attributes,
            has_formula,
            column,
            start,
        };
        self.put(&cell, row)
    }

    /// Puts a cell into its place in the row.
    fn put(&self, cell: &ReadCell<'_>, row: &mut SheetRow) -> Result<(), IntakeError> {
        if row.bytes.len() > MAX_RECORD_BYTES {
            return Err(damaged(
                &format!("{}, row {}", self.part, self.row),
                Damage::RowTooLong,
            ));
        }
        let value = self
            .classify(
                cell.attributes,
                cell.has_formula,
                (&mut row.bytes, cell.start),
            )
            .ok_or_else(|| self.bad_cell())?;
        row.cells.resize(cell.column, RowCell::Empty);
        row.cells.push(value);
        Ok(())
    }

    /// Appends the value of a cell, formulas and pronunciation left out, up to its end tag; true for a formula.
    fn content(&mut self, text: &mut Vec<u8>) -> Result<bool, IntakeError> {
        // The end tag stays: the XML reader keeps count of what is open.
        let _taken = xlsx_container::take_plain(&mut self.xml, VALUE, text)
            || xlsx_container::take_plain(&mut self.xml, INLINE, text);
        let (mut taking, mut phonetic, mut has_formula) = (false, false, false);
        loop {
            let event = xlsx_container::next(&mut self.xml, &mut self.buffer, self.part)?;
            match event {
                Event::Start(start) => match start.local_name().as_ref() {
                    "f" => has_formula = true,
                    "v" | "t" => taking = !phonetic,
                    "rPh" => phonetic = true,
                    _ => {}
                },
                Event::End(end) => match end.local_name().as_ref() {
                    "v" | "t" => taking = false,
                    "rPh" => phonetic = false,
                    "c" => return Ok(has_formula),
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
        attributes: &CellAttributes,
        has_formula: bool,
        (bytes, start): (&mut Vec<u8>, usize),
    ) -> Option<RowCell> {
        let text = std::str::from_utf8(bytes.get(start..)?).ok()?;
        if text.is_empty() {
            let uncomputed = has_formula && attributes.kind == CellKind::Number;
            return Some(if uncomputed {
                RowCell::Uncomputed
            } else {
                RowCell::Empty
            });
        }
        if has_formula && attributes.kind == CellKind::Number && matches!(text, "0" | "0.0") {
            bytes.truncate(start);
            return Some(if self.context.recalculates {
                RowCell::Uncomputed
            } else {
                RowCell::ZeroFormula
            });
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
                let at = digits(text.as_bytes());
                let at = at.map_or_else(|| text.trim_ascii().parse().ok(), Some)?;
                bytes.truncate(start);
                self.context.strings.get(at)?;
                return Some(RowCell::Shared(at));
            }
            CellKind::Bool => {
                let word: &[u8] = if text == "1" { b"TRUE" } else { b"FALSE" };
                bytes.truncate(start);
                bytes.extend_from_slice(word);
            }
            CellKind::Number => {
                let format = self.context.formats.get(attributes.format);
                let format = format.copied().unwrap_or_default();
                if format.is_date
                    && let Ok(serial) = text.parse()
                    && let Some(time) = value::serial_time(serial, self.context.is_1904)
                {
                    return Some(RowCell::Date(time));
                }
                if text.len() < format.digits && text.bytes().all(|b| b.is_ascii_digit()) {
                    // `0000000000`: the person sees 0000308001, and the number is that.
                    let shown = format!("{text:0>width$}", width = format.digits);
                    bytes.truncate(start);
                    bytes.extend_from_slice(shown.as_bytes());
                    return Some(RowCell::Text(start..bytes.len()));
                }
                if let Cow::Owned(plain) = plain_number(text) {
                    bytes.truncate(start);
                    bytes.extend_from_slice(plain.as_bytes());
                }
                return Some(RowCell::Number(start..bytes.len()));
            }
        }
        Some(RowCell::Text(start..bytes.len()))
    }
}

/// How the cells of a workbook show their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct NumberFormat {
    /// As a date or a time.
    pub(super) is_date: bool,
    /// With zeros in front up to so many digits; 0 where it does not.
    pub(super) digits: usize,
}

impl NumberFormat {
    /// Fewest digits that are an identifier's: `00` pads months and hours.
    const SHORTEST: usize = 4;

    /// What a format's code says.
    pub(super) fn of(code: &str) -> Self {
        let bare = code.trim().trim_end_matches(";@").trim_end_matches("_ ");
        let is_zeros = bare.len() >= Self::SHORTEST && bare.bytes().all(|b| b == b'0');
        Self {
            is_date: super::xlsx_book::shows_date(code),
            digits: if is_zeros && bare.len() <= 64 {
                bare.len()
            } else {
                0
            },
        }
    }
}

/// Excel writes 19.9 as 19.899999999999999: the shortest text that means the same binary number is
/// what the person typed.
pub(super) fn plain_number(text: &str) -> Cow<'_, str> {
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

fn row_number(raw: &str, before: u32) -> Option<u32> {
    let mut number = before.checked_add(1);
    attributes(raw, |name, value| {
        if name == "r" {
            number = value.parse().ok();
        }
    })?;
    number.filter(|number| *number > before && *number <= MAX_ROWS)
}

fn cell_attributes(start: &BytesStart<'_>) -> Option<CellAttributes> {
    let mut found = CellAttributes::default();
    let mut good = true;
    attributes(start.attributes_raw(), |name, value| match name {
        "r" => {
            found.column = column_of(value.as_bytes());
            good &= found.column.is_some();
        }
        "s" => found.format = value.parse().unwrap_or_default(),
        "t" => found.kind = CellKind::of(value.as_bytes()),
        _ => {}
    })?;
    good.then_some(found)
}

/// `AB12` is column 27, counted from 0.
pub(super) fn column_of(reference: &[u8]) -> Option<usize> {
    let mut column = 0_usize;
    let mut letters = 0;
    for b in reference.iter().take_while(|b| b.is_ascii_alphabetic()) {
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
            assert_eq!(column_of(reference.as_bytes()), column, "{reference}");
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
