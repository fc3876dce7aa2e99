//! The reject file: row, reason, original columns, so that the corrected file can be imported again.

use std::io::{self, Write};

use super::{Plan, Reject};
use recondesk_domain::formula_safe;

/// Language of headers and reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReasonLanguage {
    /// Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

/// Writes refused rows as CSV with a byte order mark, which Excel needs to read UTF-8.
///
/// The two columns in front are unknown to every mapping, so that an import passes over them.
pub struct RejectWriter<W: Write> {
    csv: csv::Writer<W>,
    columns: usize,
    language: ReasonLanguage,
}

impl<W: Write> RejectWriter<W> {
    /// Begins the file with the headers of the original.
    ///
    /// # Errors
    /// What the writer says.
    pub fn new(mut out: W, plan: &Plan, language: ReasonLanguage) -> io::Result<Self> {
        out.write_all("\u{feff}".as_bytes())?;
        let delimiter = plan.mapping().delimiter.unwrap_or(',');
        let mut csv = csv::WriterBuilder::new()
            .delimiter(u8::try_from(delimiter).unwrap_or(b','))
            .flexible(true)
            .from_writer(out);
        let own = match language {
            ReasonLanguage::Zh => ["行号", "拒收原因"],
            ReasonLanguage::En => ["reject_row", "reject_reason"],
        };
        let headers = plan.headers().iter().map(String::as_str);
        csv.write_record(own.into_iter().chain(headers))?;
        Ok(Self {
            csv,
            columns: plan.headers().len(),
            language,
        })
    }

    /// Writes one refused row.
    ///
    /// # Errors
    /// What the writer says.
    pub fn write(&mut self, reject: &Reject) -> io::Result<()> {
        let reason = match self.language {
            ReasonLanguage::Zh => reject.zh(),
            ReasonLanguage::En => reject.en(),
        };
        self.csv.write_field(reject.row.line.to_string())?;
        self.csv.write_field(formula_safe(&reason).as_bytes())?;
        for cell in &reject.cells {
            self.csv.write_field(safe(cell).as_bytes())?;
        }
        for _ in reject.cells.len()..self.columns {
            self.csv.write_field("")?;
        }
        self.csv.write_record(None::<&[u8]>)?;
        Ok(())
    }

    /// Ends the file and gives the writer back.
    ///
    /// # Errors
    /// What the writer says.
    pub fn finish(self) -> io::Result<W> {
        self.csv
            .into_inner()
            .map_err(csv::IntoInnerError::into_error)
    }
}

/// Like [`formula_safe`], but plain numbers stay as they are, to be imported again.
fn safe(cell: &str) -> std::borrow::Cow<'_, str> {
    let number = cell.strip_prefix(['-', '+']).unwrap_or(cell);
    let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if is_number {
        cell.into()
    } else {
        formula_safe(cell)
    }
}
