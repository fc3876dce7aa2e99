//! A bill that a spreadsheet or an editor saved again, put back into the form that it was delivered in.
//!
//! Each value of a bill begins with a backtick. While the backticks stand, no program has read a number or a time as
//! such, and encoding, separator and quotes are taken off without loss. What the rows are worth says the certificate.

use std::io::{Read as _, Seek as _, SeekFrom};
use std::ops::ControlFlow;

use crate::Failure;
use recondesk_intake::{TextRow, each_text_row};
use recondesk_ports::{BooksError, Source};
use wechatpay_codec::bill::{BodyKind, SavedAgain, is_summary_header, sniff, text_of};

/// The largest file that is put back in form: all of it is in memory.
const LARGEST: u64 = 256 << 20;
/// The largest workbook that is opened to see whether it is a bill.
const LARGEST_BOOK: u64 = 8 << 20;
/// Bytes at the end that show the summary.
const TAIL: u64 = 16 << 10;
/// Rows of a workbook among which the header of a bill is looked for.
const HEADER_ROWS: usize = 3;

/// The bill in the form that it was delivered in; a file that is in form, and one that cannot be put back, come as they
/// are, so that the import says what they are.
///
/// # Errors
/// [`Failure`] when the file cannot be read.
pub(super) fn restored(mut source: Source) -> Result<Source, Failure> {
    if source.size > LARGEST {
        return Ok(source);
    }
    let found = match kind_of(&mut source)? {
        BodyKind::Zip => book(&mut source).filter(|(_, saved)| *saved == SavedAgain::Ticked),
        BodyKind::Resaved => restore(&whole(&mut source)?),
        BodyKind::Bill if is_padded(&tail(&mut source)?) => restore(&whole(&mut source)?),
        _ => None,
    };
    rewind(&mut source)?;
    Ok(match found {
        None => source,
        Some((text, saved)) => Source {
            saved_again: Some(saved),
            ..Source::from_bytes(&source.name, text)
        },
    })
}

/// True for a workbook that holds a bill whose cells have their backticks; the source stands at its first byte again.
///
/// # Errors
/// [`Failure`] when the file cannot be read.
pub(super) fn is_bill_book(source: &mut Source) -> Result<bool, Failure> {
    let is_one = source.size <= LARGEST_BOOK
        && kind_of(source)? == BodyKind::Zip
        && book(source).is_some_and(|(_, saved)| saved == SavedAgain::Ticked);
    rewind(source)?;
    Ok(is_one)
}

fn kind_of(source: &mut Source) -> Result<BodyKind, Failure> {
    let mut head = Vec::new();
    rewind(source)?;
    (&mut source.bytes)
        .take(4096)
        .read_to_end(&mut head)
        .map_err(|error| unread(&error))?;
    rewind(source)?;
    Ok(sniff(&head))
}

fn tail(source: &mut Source) -> Result<Vec<u8>, Failure> {
    let from = source.size.saturating_sub(TAIL);
    let mut bytes = Vec::new();
    source
        .bytes
        .seek(SeekFrom::Start(from))
        .and_then(|_| source.bytes.read_to_end(&mut bytes))
        .map_err(|error| unread(&error))?;
    Ok(bytes)
}

fn whole(source: &mut Source) -> Result<Vec<u8>, Failure> {
    rewind(source)?;
    let mut bytes = Vec::new();
    source
        .bytes
        .read_to_end(&mut bytes)
        .map_err(|error| unread(&error))?;
    Ok(bytes)
}

/// True where a spreadsheet filled the short lines of the summary up to the width of the rows.
fn is_padded(text: &[u8]) -> bool {
    let lines = text.rsplit(|byte| *byte == b'\n');
    lines
        .map(<[u8]>::trim_ascii_end)
        .filter(|line| !line.is_empty())
        .take(2)
        .any(|line| line.ends_with(b",,"))
}

/// The bytes of a text that was saved again, as a bill; `None` for what cannot be read without loss.
fn restore(bytes: &[u8]) -> Option<(Vec<u8>, SavedAgain)> {
    let text = text_of(bytes)?;
    let header = text.lines().find(|line| !line.trim().is_empty())?;
    let separator = separator_of(header);
    let is_quoted =
        header.trim_start().starts_with('"') || text.contains(",\"`") || is_padded(text.as_bytes());
    if separator == b',' && !is_quoted {
        // Only the encoding was changed: every line is as it was.
        return Some((text.into_owned().into_bytes(), SavedAgain::Ticked));
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(text.as_bytes());
    let mut bill = BillRewriter::default();
    for record in reader.records() {
        bill.push(record.ok()?.iter().map(str::to_owned).collect());
    }
    bill.finish()
}

/// What the names of a header are separated by.
fn separator_of(header: &str) -> u8 {
    let count = |sign: char| header.matches(sign).count();
    let candidates = [(',', b','), ('\t', b'\t'), (';', b';'), ('|', b'|')];
    let best = candidates
        .into_iter()
        .rev()
        .max_by_key(|(sign, _)| count(*sign));
    best.map_or(b',', |(_, byte)| byte)
}

/// The bill in a workbook's first sheet.
fn book(source: &mut Source) -> Option<(Vec<u8>, SavedAgain)> {
    rewind(source).ok()?;
    let mut bill = BillRewriter::default();
    let mut row = |row: TextRow| {
        let is_over = row.sheet > 0
            || (bill.width == 0 && row.line as usize > HEADER_ROWS)
            || bill.out.len() as u64 > LARGEST;
        if is_over {
            return ControlFlow::Break(());
        }
        bill.push(row.cells);
        ControlFlow::Continue(())
    };
    each_text_row(&mut source.bytes, &mut row).ok()?;
    bill.finish()
}

/// A bill written anew from its cells.
#[derive(Default)]
struct BillRewriter {
    out: Vec<u8>,
    /// Columns of the header; 0 before it was seen.
    width: usize,
    in_summary: bool,
    has_bare: bool,
}

impl BillRewriter {
    fn push(&mut self, mut cells: Vec<String>) {
        // Short rows are filled up to the width of the longest.
        let least = if self.in_summary { 0 } else { self.width };
        while cells.len() > least && cells.last().is_some_and(String::is_empty) {
            cells.pop();
        }
        let Some(first) = cells.first() else { return };
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            return;
        }
        if self.width == 0 {
            let names = cells.join(",");
            if sniff(names.as_bytes()) != BodyKind::Bill {
                return;
            }
            self.width = cells.len();
            return self.line(&names);
        }
        self.in_summary |= is_summary_header(first.as_bytes());
        while self.in_summary && cells.last().is_some_and(String::is_empty) {
            cells.pop();
        }
        if self.in_summary {
            return self.line(&cells.join(","));
        }
        let ticks = cells.iter().filter(|cell| cell.starts_with('`')).count();
        self.has_bare |= ticks < self.width;
        if ticks == 0 {
            // A backtick before each cell keeps commas and line breaks inside of it.
            let cells: Vec<String> = cells.iter().map(|cell| format!("`{cell}")).collect();
            return self.line(&cells.join(","));
        }
        // A cell without one beside others that have it was parted from its neighbour at a comma of the goods name.
        self.line(&cells.join(","));
    }

    fn line(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
        self.out.extend_from_slice(b"\r\n");
    }

    fn finish(self) -> Option<(Vec<u8>, SavedAgain)> {
        let saved = if self.has_bare {
            SavedAgain::Bare
        } else {
            SavedAgain::Ticked
        };
        (self.width > 0).then_some((self.out, saved))
    }
}

fn rewind(source: &mut Source) -> Result<(), Failure> {
    source.bytes.rewind().map_err(|error| unread(&error))
}

fn unread(error: &std::io::Error) -> Failure {
    BooksError::source(error).into()
}

#[cfg(test)]
mod tests;
