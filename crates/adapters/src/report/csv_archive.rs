//! A report as an archive of CSV files, one a table: UTF-8 with its mark, yuan, safe against formulas.

use std::io::{self, Cursor, Write};

use zip::write::{SimpleFileOptions, ZipWriter};

use recondesk_domain::formula_safe;
use recondesk_ports::{Report, ReportCell, ReportTable};

pub(super) fn write(report: &Report, out: &mut (dyn Write + Send)) -> io::Result<()> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (part_at, part) in (1..).zip(&report.parts) {
        for table in &part.tables {
            let name = if table.caption.is_empty() {
                format!("{part_at}-{}.csv", part.name)
            } else {
                format!("{part_at}-{}-{}.csv", part.name, table.caption)
            };
            archive
                .start_file(name, SimpleFileOptions::default())
                .map_err(io::Error::other)?;
            archive.write_all(&table_bytes(table)?)?;
        }
    }
    let bytes = archive.finish().map_err(io::Error::other)?.into_inner();
    out.write_all(&bytes)
}

/// One table; its sums are left out, since a program adds up what it reads.
fn table_bytes(table: &ReportTable) -> io::Result<Vec<u8>> {
    let mut csv = csv::Writer::from_writer(b"\xEF\xBB\xBF".to_vec());
    csv.write_record(table.columns.iter().map(|column| &column.title))?;
    for row in &table.rows {
        for cell in row {
            match cell {
                ReportCell::Text(text) => csv.write_field(formula_safe(text).as_bytes())?,
                other @ (ReportCell::Empty
                | ReportCell::Money(_)
                | ReportCell::Fee(_)
                | ReportCell::Count(_)
                | ReportCell::Time(_)
                | ReportCell::Day(_)) => csv.write_field(other.plain())?,
            }
        }
        csv.write_record(None::<&[u8]>)?;
    }
    csv.into_inner()
        .map_err(|error| io::Error::other(error.to_string()))
}
