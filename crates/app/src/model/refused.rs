//! Rows that an import refused, as they are mended in the window.

use crate::Message;
use recondesk_domain::{Instant, ProfileId};

/// An imported file of which rows were refused and are not mended yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedFile {
    /// The merchant.
    pub profile: ProfileId,
    /// Number of the import.
    pub import: u32,
    /// Name of the file.
    pub name: String,
    /// When it was imported.
    pub at: Instant,
    /// Refused rows that were not mended here.
    pub left: u64,
}

/// The refused rows of an import, with what was changed in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRows {
    /// The merchant.
    pub profile: ProfileId,
    /// Number of the import.
    pub import: u32,
    /// Name of the file.
    pub name: String,
    /// Headers of the file.
    pub headers: Vec<String>,
    /// The rows, in the order of the file.
    pub rows: Vec<RefusedRow>,
    /// Refused rows beyond these; they come once these are stored.
    pub beyond: u64,
    /// Rows that a later import replaced: nothing is left to mend in them.
    pub replaced: u64,
}

impl RefusedRows {
    /// Rows that would be stored as they stand.
    #[must_use]
    pub fn ready(&self) -> u64 {
        self.rows.iter().filter(|row| row.fault.is_none()).count() as u64
    }
}

/// One refused row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRow {
    /// Line in the file.
    pub line: u32,
    /// Its cells, changed ones as they were changed; one for each header.
    pub cells: Vec<RefusedCell>,
    /// What is wrong with it; `None` where it would be stored.
    pub fault: Option<CellFault>,
}

/// A cell of a refused row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedCell {
    /// Its text, masked where it is personal.
    pub text: String,
    /// True where the text is masked: such a cell cannot be changed.
    pub masked: bool,
}

/// Why a row is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellFault {
    /// Place of the bad cell, where one is to blame.
    pub at: Option<usize>,
    /// Why.
    pub why: Message,
}

/// What a person changed in the refused rows of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MendedRows {
    /// The merchant.
    pub profile: ProfileId,
    /// Number of the import.
    pub import: u32,
    /// The changed cells.
    pub edits: Vec<CellEdit>,
}

/// A changed cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellEdit {
    /// Line of the row in the file.
    pub line: u32,
    /// Place of the cell in the row.
    pub column: usize,
    /// Its new text.
    pub text: String,
}
