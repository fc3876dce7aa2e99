//! One row of a sheet in memory, and the texts that a workbook's cells share.

use std::borrow::Cow;
use std::ops::Range;

use super::row::{Cells, Raw};
use super::{RowReason, value};
use recondesk_domain::Instant;

/// What is shown of a formula without a result.
const UNCOMPUTED: &str = "=…";

/// Bytes behind the last text, so that any text can be looked at in one window.
const SLACK: usize = 128;
/// What an empty cell shows to those who look at it in a window.
const NOTHING: [u8; SLACK] = [0; SLACK];

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

    /// Everything from a text on, and its length.
    fn plain(&self, at: usize) -> Option<(&[u8], usize)> {
        let len = self.get(at)?.len();
        let end = *self.ends.get(at)? as usize;
        Some((self.text.as_bytes().get(end - len..)?, len))
    }

    /// Ends the list: the last text can be looked at in a window, too.
    pub(super) fn close(&mut self) {
        self.text.extend(std::iter::repeat_n('\0', SLACK));
    }
}

/// A cell of the current row.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum RowCell {
    Empty,
    Shared(usize),
    Text(Range<usize>),
    Number(Range<usize>),
    Date(Instant),
    /// A formula whose result was never computed.
    Uncomputed,
    /// A formula whose result is zero, which many programs write for one that was never computed.
    ZeroFormula,
}

/// One row; its memory serves the next one too.
#[derive(Debug, Default)]
pub(super) struct SheetRow {
    pub(super) bytes: Vec<u8>,
    pub(super) cells: Vec<RowCell>,
}

impl SheetRow {
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.cells.clear();
    }

    /// Ends the row: its last text can be looked at in a window, too.
    pub(super) fn close(&mut self) {
        self.bytes.extend_from_slice(&NOTHING);
    }

    fn raw<'a>(&'a self, at: usize, strings: &'a Strings) -> Raw<'a> {
        let piece =
            |range: &Range<usize>| Cow::Borrowed(self.bytes.get(range.clone()).unwrap_or_default());
        match self.cells.get(at) {
            None | Some(RowCell::Empty) => Raw::Text(Cow::Borrowed(&[])),
            Some(RowCell::Shared(text)) => {
                let text = strings.get(*text).unwrap_or_default();
                Raw::Text(Cow::Borrowed(text.as_bytes()))
            }
            Some(RowCell::Text(range)) => Raw::Text(piece(range)),
            Some(RowCell::Number(range)) => Raw::Number(piece(range)),
            Some(RowCell::Date(time)) => Raw::Date(*time),
            Some(RowCell::Uncomputed) => Raw::Uncomputed,
            Some(RowCell::ZeroFormula) => Raw::ZeroFormula,
        }
    }

    /// Appends a text.
    pub(super) fn push_text(&mut self, text: &str) {
        let range = self.take(text);
        self.cells.push(if range.is_empty() {
            RowCell::Empty
        } else {
            RowCell::Text(range)
        });
    }

    /// Appends a number in decimal digits.
    pub(super) fn push_number(&mut self, number: &str) {
        let range = self.take(number);
        self.cells.push(RowCell::Number(range));
    }

    fn take(&mut self, text: &str) -> Range<usize> {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(text.as_bytes());
        start..self.bytes.len()
    }

    /// The first `count` cells as text, or all of them.
    pub(super) fn texts(&self, strings: &Strings, count: Option<usize>) -> Vec<String> {
        (0..count.unwrap_or(self.cells.len()))
            .map(|at| match self.raw(at, strings) {
                Raw::Text(text) | Raw::Number(text) => String::from_utf8_lossy(&text).into_owned(),
                Raw::Date(time) => time.to_string(),
                Raw::Uncomputed => UNCOMPUTED.to_owned(),
                Raw::ZeroFormula => "0".to_owned(),
            })
            .collect()
    }

    /// All cells as text; numbers that a workbook cannot have kept whole are in scientific notation.
    pub(super) fn numbers(&self, strings: &Strings) -> Vec<String> {
        (0..self.cells.len())
            .map(|at| match self.raw(at, strings) {
                Raw::Text(text) => String::from_utf8_lossy(&text).into_owned(),
                Raw::Date(time) => time.to_string(),
                Raw::Uncomputed | Raw::ZeroFormula => UNCOMPUTED.to_owned(),
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
        self.cells.iter().all(|cell| *cell == RowCell::Empty)
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

    #[inline]
    fn plain(&self, slot: u8) -> Option<(&[u8], usize)> {
        let at = *self.columns.get(usize::from(slot))?;
        match self.row.cells.get(at) {
            None | Some(RowCell::Empty) => Some((&NOTHING, 0)),
            Some(RowCell::Shared(text)) => self.strings.plain(*text),
            Some(RowCell::Text(range)) => Some((self.row.bytes.get(range.start..)?, range.len())),
            Some(
                RowCell::Number(_) | RowCell::Date(_) | RowCell::Uncomputed | RowCell::ZeroFormula,
            ) => None,
        }
    }

    fn is_blank(&self) -> bool {
        self.row.is_blank()
    }

    fn texts(&self) -> Vec<String> {
        self.row.texts(self.strings, Some(self.width))
    }
}
