//! Sheets of formats that can only be read as a whole, under limits.

use std::io::Read;
use std::ops::ControlFlow;

use super::book::{RowSink, WorkbookSheet};
use super::sheet_row::{SheetRow, Strings};
use super::{IntakeError, MAX_COLUMNS, MAX_RECORD_BYTES};

/// Bytes of a file that is read as a whole.
pub(super) const MAX_LOADED_BYTES: u64 = 128 << 20;
/// Cells of all its sheets, empty ones included.
pub(super) const MAX_LOADED_CELLS: usize = 8 << 20;

/// A sheet in memory.
#[derive(Debug, Default)]
pub(super) struct LoadedSheet {
    pub(super) sheet: WorkbookSheet,
    rows: Vec<(u32, SheetRow)>,
}

impl LoadedSheet {
    pub(super) fn named(name: &str) -> Self {
        Self {
            sheet: WorkbookSheet {
                name: name.to_owned(),
                is_hidden: false,
            },
            rows: Vec::new(),
        }
    }

    /// Appends a row; an empty one is passed over.
    pub(super) fn push(&mut self, line: u32, row: SheetRow) -> Result<(), IntakeError> {
        if row.cells.len() > MAX_COLUMNS {
            return Err(IntakeError::TooManyColumns {
                line,
                limit: MAX_COLUMNS,
            });
        }
        if row.bytes.len() > MAX_RECORD_BYTES {
            return Err(IntakeError::LineTooLong {
                line,
                offset: 0,
                limit: MAX_RECORD_BYTES,
            });
        }
        if !row.is_blank() {
            self.rows.push((line, row));
        }
        Ok(())
    }

    /// Rows that have something in them.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn rows(&self, sink: RowSink<'_>) -> Result<(), IntakeError> {
        let none = Strings::default();
        for (line, row) in &self.rows {
            if let ControlFlow::Break(()) = sink(*line, row, &none)? {
                return Ok(());
            }
        }
        Ok(())
    }
}

/// Counts cells against the limit.
#[derive(Debug, Default)]
pub(super) struct CellBudget(usize);

impl CellBudget {
    pub(super) fn take(&mut self, cells: usize) -> Result<(), IntakeError> {
        self.0 = self.0.saturating_add(cells);
        if self.0 > MAX_LOADED_CELLS {
            return Err(IntakeError::TooManyCells {
                limit: MAX_LOADED_CELLS,
            });
        }
        Ok(())
    }
}

/// All bytes of a file that is read as a whole.
pub(super) fn read_whole(reader: impl Read) -> Result<Vec<u8>, IntakeError> {
    let mut bytes = Vec::new();
    reader.take(MAX_LOADED_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_LOADED_BYTES {
        return Err(IntakeError::Bomb {
            limit: MAX_LOADED_BYTES,
        });
    }
    Ok(bytes)
}
