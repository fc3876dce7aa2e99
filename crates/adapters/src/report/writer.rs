//! The one writer of reports: each format has a file of its own beside this one.

use std::io::{self, Write};
use std::path::PathBuf;

use recondesk_ports::{Report, ReportFormat, Reports};

use super::{csv_archive, html, pdf, xlsx};

/// Writes reports in every format.
#[derive(Debug, Clone)]
pub struct ReportWriter {
    /// Where rows of workbooks wait until the file is complete; `None`: the system's folder.
    pub scratch: Option<PathBuf>,
    /// The font that pages are set in, of which only the signs in use are put into a file.
    pub font: &'static [u8],
}

impl Reports for ReportWriter {
    fn write(
        &self,
        report: &Report,
        format: ReportFormat,
        out: &mut (dyn Write + Send),
    ) -> io::Result<()> {
        match format {
            ReportFormat::Xlsx => {
                xlsx::write(report, self.scratch.as_deref(), out).map_err(io::Error::other)
            }
            ReportFormat::Csv => csv_archive::write(report, out),
            ReportFormat::Html => html::write(report, out),
            ReportFormat::Pdf => pdf::write(report, self.font, out),
        }
    }
}
