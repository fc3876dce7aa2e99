//! Workbooks with a form of their own, such as the sheet of cases.

use std::io::Write;

use crate::ReportCell;
use recondesk_domain::{Language, Sheet};

/// Writes workbooks, the one export that needs a library of its own.
pub trait Workbooks: Send + Sync {
    /// Writes a table as XLSX, row by row; identifiers are text cells, nothing is a formula. For people of a language
    /// headings and words are theirs and money is yuan with two decimals; for programs the stable names and whole fen.
    ///
    /// # Errors
    /// What the disk or the library says.
    fn write(
        &self,
        sheet: Sheet<'_>,
        people: Option<Language>,
        out: &mut (dyn Write + Send),
    ) -> std::io::Result<()>;

    /// Writes a form as XLSX: a table in which people fill in some columns, with drop-downs where there are choices.
    ///
    /// # Errors
    /// As above.
    fn write_form(&self, form: &SheetForm, out: &mut (dyn Write + Send)) -> std::io::Result<()>;
}

/// A table in which people fill in some columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetForm {
    /// Name of the sheet.
    pub title: String,
    /// Name of the sheet that holds the choices.
    pub choices_title: String,
    /// The columns.
    pub columns: Vec<FormColumn>,
    /// The rows, as wide as the columns.
    pub rows: Vec<Vec<ReportCell>>,
}

/// A column of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormColumn {
    /// Its heading.
    pub title: String,
    /// Its width in signs.
    pub width: u16,
    /// True where people write.
    pub is_open: bool,
    /// What they choose from; empty for free text.
    pub choices: Vec<String>,
}
