//! The rows of a statement as texts, whatever the file is: delimited text of any encoding, or the sheets of a workbook.

use std::io::{Read, Seek, SeekFrom};
use std::ops::ControlFlow;

use super::StatementFault;
use crate::encoding::{Encoding, encoding_of};
use crate::loaded_sheet::{MAX_LOADED_BYTES, read_whole};
use crate::record::{MAX_SLOTS, Scanner, Span, cells_of};
use crate::sniff::{by_text, delimiter_of, line_end_of, with_lf};
use crate::{HEAD_BYTES, IntakeError, LineEnd, MAX_COLUMNS, NotOrders, TextRow, each_text_row};

/// Lines around the entries that a file may have beside them.
const SPARE_ROWS: usize = 10_000;

/// All rows with something in them, cells trimmed.
pub(super) fn rows<R: Read + Seek>(
    mut reader: R,
    most: usize,
) -> Result<Vec<TextRow>, StatementFault> {
    let mut head = Vec::new();
    let limit = u64::try_from(HEAD_BYTES).unwrap_or(MAX_LOADED_BYTES);
    let failed = |error: std::io::Error| StatementFault::File(error.into());
    reader
        .by_ref()
        .take(limit)
        .read_to_end(&mut head)
        .map_err(failed)?;
    reader.seek(SeekFrom::Start(0)).map_err(failed)?;
    let most = most.saturating_add(SPARE_ROWS);
    if is_book(&head) {
        return sheets(reader, most);
    }
    if let Some(what) = crate::sniff::by_magic(&head) {
        return Err(IntakeError::NotOrders(what).into());
    }
    text_rows(&read_whole(reader)?, most)
}

fn is_book(head: &[u8]) -> bool {
    let magic = crate::sniff::by_magic(head);
    matches!(magic, Some(NotOrders::Zip | NotOrders::Xls))
        || crate::html_tables::is_page(head)
        || crate::xml_sheets::is_workbook(head)
}

/// The rows of the first sheet that has any: banks write one, and leave empty ones behind it.
fn sheets<R: Read + Seek>(reader: R, most: usize) -> Result<Vec<TextRow>, StatementFault> {
    let mut rows: Vec<TextRow> = Vec::new();
    each_text_row(reader, &mut |mut row| {
        trim(&mut row.cells);
        if row.cells.iter().all(String::is_empty) {
            return ControlFlow::Continue(());
        }
        if rows.first().is_some_and(|first| first.sheet != row.sheet) || rows.len() > most {
            return ControlFlow::Break(());
        }
        rows.push(row);
        ControlFlow::Continue(())
    })?;
    within(rows, most)
}

fn within(rows: Vec<TextRow>, most: usize) -> Result<Vec<TextRow>, StatementFault> {
    if rows.len() > most {
        return Err(StatementFault::TooMany);
    }
    Ok(rows)
}

fn trim(cells: &mut [String]) {
    for cell in cells {
        // Banks keep numbers and times text by a tab or a tick in front.
        let kept = cell.trim().trim_start_matches(['\'', '`']).trim();
        if kept.len() != cell.len() {
            *cell = kept.to_owned();
        }
    }
}

fn text_rows(bytes: &[u8], most: usize) -> Result<Vec<TextRow>, StatementFault> {
    let (encoding, mark) = encoding_of(bytes.get(..HEAD_BYTES).unwrap_or(bytes), None)?;
    let body = bytes.get(mark..).unwrap_or_default();
    let mut text = match encoding.transcoder() {
        Some(decoder) => decoder.decode_without_bom_handling(body).0.into_owned(),
        None if encoding == Encoding::Gb18030 => encoding_rs::GB18030
            .decode_without_bom_handling(body)
            .0
            .into_owned(),
        None => String::from_utf8_lossy(body).into_owned(),
    }
    .into_bytes();
    let start = String::from_utf8_lossy(text.get(..512).unwrap_or(&text)).into_owned();
    if let Some(what) = by_text(&start) {
        return Err(IntakeError::NotOrders(what).into());
    }
    if line_end_of(&text) == LineEnd::Cr {
        text = with_lf(text);
    }
    let delimiter = delimiter_of(&text, false);
    let mut scanner = Scanner::new(&text, delimiter);
    let mut spans = [Span::default(); MAX_SLOTS];
    let mut rows = Vec::new();
    let mut line = 1_u32;
    while let Some(record) = scanner.next(&[], &mut spans) {
        if record.cells > MAX_COLUMNS {
            let limit = MAX_COLUMNS;
            return Err(IntakeError::TooManyColumns { line, limit }.into());
        }
        if !record.closed {
            let offset = record.start as u64;
            return Err(IntakeError::UnclosedQuote { line, offset }.into());
        }
        let bytes = text.get(record.start..record.end).unwrap_or_default();
        let mut cells: Vec<String> = cells_of(bytes, delimiter, MAX_COLUMNS)
            .iter()
            .map(|cell| String::from_utf8_lossy(cell).into_owned())
            .collect();
        trim(&mut cells);
        if cells.iter().any(|cell| !cell.is_empty()) {
            rows.push(TextRow {
                sheet: 0,
                line,
                cells,
            });
        }
        if rows.len() > most {
            break;
        }
        line = line.saturating_add(record.lines.max(1));
    }
    within(rows, most)
}
