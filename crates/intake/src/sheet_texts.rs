//! The cells of a workbook as texts, for lists that the program wrote itself and people sent back.

use std::io::{Read, Seek};
use std::ops::ControlFlow;

use super::IntakeError;
use super::book::WorkbookFile;

/// Sheets that are looked at.
const MOST_SHEETS: usize = 64;

/// A row of a workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextRow {
    /// Which sheet, counted from 0.
    pub sheet: usize,
    /// Its number in the sheet, counted from 1.
    pub line: u32,
    /// Its cells as text, as they stand.
    pub cells: Vec<String>,
}

/// Hands out every row of every sheet, in order; the sink may stop.
///
/// # Errors
/// [`IntakeError`] for what is no workbook, unpacks to too much, or is damaged.
pub fn each_text_row<R: Read + Seek>(
    reader: R,
    sink: &mut dyn FnMut(TextRow) -> ControlFlow<()>,
) -> Result<(), IntakeError> {
    let mut book = WorkbookFile::open(reader)?;
    let mut is_over = false;
    for sheet in 0..book.sheets().len().min(MOST_SHEETS) {
        book.rows(sheet, &mut |line, row, strings| {
            let cells = row.texts(strings, None);
            let next = sink(TextRow { sheet, line, cells });
            is_over = next.is_break();
            Ok(next)
        })?;
        if is_over {
            break;
        }
    }
    Ok(())
}
