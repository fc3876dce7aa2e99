//! A row as its file had it, read back from the archive with the header that names its cells.

use crate::books::Bookshelf;
use crate::books::format::archive::Archive;
use recondesk_domain::RowRef;
use recondesk_intake::{HEAD_BYTES, sniff};
use recondesk_ports::{BooksError, ImportRecord, RawRow};
use wechatpay_codec::bill::Layout;

/// Bytes of a raw record that are shown.
const RAW_BYTES: u64 = 64 << 10;

impl Bookshelf {
    /// A row as its file had it.
    pub(crate) fn raw(&self, row: RowRef) -> Result<RawRow, BooksError> {
        let (record, archive) = self.archive_of(row.import)?;
        if record.kind.starts_with("bill.") {
            bill_row(&archive, row, record)
        } else {
            order_row(&archive, row, record)
        }
    }
}

fn bill_row(archive: &Archive, row: RowRef, record: ImportRecord) -> Result<RawRow, BooksError> {
    let head = archive.read(0, 1 << 20)?;
    let mut line = archive.line(row.offset)?;
    let opened = Layout::open(&head).ok();
    if let Some(opened) = &opened
        && opened.layout.cells(&line).is_err()
    {
        // Line breaks in a goods name: the row goes on below.
        let text = archive.read(row.offset, RAW_BYTES)?;
        let len = opened.layout.row_len(&text);
        line = text.get(..len).unwrap_or_default().to_vec();
    }
    let cells = opened
        .and_then(|opened| opened.layout.cells(&line).ok())
        .unwrap_or_default();
    let (header, cells) = cells.into_iter().unzip();
    Ok(RawRow {
        file: record.name,
        line: row.line,
        text: String::from_utf8_lossy(&line).into_owned(),
        header,
        cells,
    })
}

fn order_row(archive: &Archive, row: RowRef, record: ImportRecord) -> Result<RawRow, BooksError> {
    let mut out = RawRow {
        file: record.name,
        line: row.line,
        ..RawRow::default()
    };
    let head = archive.read(0, HEAD_BYTES as u64)?;
    let Ok(Some(guess)) = sniff(&head, None) else {
        return Ok(out);
    };
    let raw = archive.read(row.offset, RAW_BYTES)?;
    let text = decode(guess.encoding.name(), &raw);
    let delimiter = guess.delimiter.and_then(|sign| u8::try_from(sign).ok());
    let delimiter = delimiter.unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let mut cells = csv::StringRecord::new();
    if reader.read_record(&mut cells).unwrap_or(false) {
        let end = usize::try_from(reader.position().byte()).unwrap_or(text.len());
        text.get(..end)
            .unwrap_or_default()
            .trim_end()
            .clone_into(&mut out.text);
        out.cells = cells.iter().map(str::to_owned).collect();
        out.header = guess.headers;
    }
    Ok(out)
}

fn decode(encoding: &str, bytes: &[u8]) -> String {
    encoding_rs::Encoding::for_label(encoding.as_bytes())
        .unwrap_or(encoding_rs::UTF_8)
        .decode_without_bom_handling(bytes)
        .0
        .into_owned()
}
