//! The journal beside the database: every row that was ever stored, transaction by transaction, as lines of text.
//!
//! From it the database can be made again, and by it a database that has lost its last transactions is told: the
//! journal then knows a later one. A line is the checksum of its document in hexadecimal digits, a blank, and the
//! document in JSON. The first line says of which workspace and schema it is; each other one holds rows of one
//! transaction, and the last line of a transaction says so. Lines are appended after the commit and flushed before
//! the log of the database is emptied: as long as there is a log, a power cut may have taken any of its last lines,
//! and then the journal is written anew from the database.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use rusqlite::types::Value;
use serde_json::json;

use super::change_log::{RowChange, RowEffect};
use crate::checksum::checksum;
use crate::digest::{from_hex, hex};
use crate::files;

/// Rows of a line at most.
const LINE_ROWS: usize = 200;
/// A line that is longer than this is none of ours.
const LINE_BYTES: u64 = 64 << 20;
/// Version of the lines.
const VERSION: u64 = 1;

/// Whose journal it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct JournalHeading {
    /// The name that the workspace was born with.
    pub(super) workspace: String,
    /// Version of the schema that the rows have.
    pub(super) schema: i64,
}

/// Rows of a transaction, all of them or some.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct JournalEntry {
    /// Number of the transaction.
    pub(super) generation: u64,
    /// Its rows, in the order in which they changed.
    pub(super) rows: Vec<RowChange>,
    /// No more rows of it follow.
    pub(super) is_last: bool,
}

/// What a journal tells at its ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct JournalEnds {
    pub(super) heading: JournalHeading,
    /// Number of the last transaction that is there as a whole.
    pub(super) generation: u64,
    /// True when nothing follows it.
    pub(super) is_whole: bool,
}

/// The journal of one database.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    /// Where it ends, and the number of the transaction that it ends in, as this program left it.
    end: Mutex<Option<(u64, u64)>>,
}

fn broken(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

impl Journal {
    pub(super) const fn at(path: PathBuf) -> Self {
        Self {
            path,
            end: Mutex::new(None),
        }
    }

    /// Both ends of the journal; `None` where there is none, or none that can be read.
    pub(super) fn ends(&self) -> io::Result<Option<JournalEnds>> {
        let mut file = match File::open(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other?,
        };
        let mut first = Vec::new();
        BufReader::new((&mut file).take(4096)).read_until(b'\n', &mut first)?;
        let Some(heading) = document(&first).and_then(|head| read_heading(&head)) else {
            return Ok(None);
        };
        let end = file.seek(SeekFrom::End(0))?;
        let mut window = 64 << 10;
        loop {
            let from = end.saturating_sub(window);
            let tail = crate::disk::read_at(&file, from, usize::try_from(end - from).unwrap_or(0))?;
            if let Some((generation, is_whole)) = last_of(&tail, from == 0) {
                return Ok(Some(JournalEnds {
                    heading,
                    generation,
                    is_whole,
                }));
            }
            if from == 0 {
                return Ok(None);
            }
            window = window.saturating_mul(8);
        }
    }

    /// True when every line is what was written; the documents in them are not looked at.
    pub(super) fn is_sound(&self) -> io::Result<bool> {
        let mut lines = BufReader::with_capacity(1 << 18, File::open(&self.path)?);
        let mut line = Vec::new();
        loop {
            line.clear();
            lines
                .by_ref()
                .take(LINE_BYTES)
                .read_until(b'\n', &mut line)?;
            if line.is_empty() {
                return Ok(true);
            }
            if sound_text(&line).is_none() {
                return Ok(false);
            }
        }
    }

    /// Makes what was appended durable.
    pub(super) fn flush(&self) -> io::Result<()> {
        match File::open(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other?.sync_all(),
        }
    }

    /// Adds the rows of a transaction; false where the journal does not end in the transaction before, so that it
    /// must be written anew. The caller has the turn to write.
    pub(super) fn append(&self, generation: u64, rows: &[RowChange]) -> io::Result<bool> {
        let mut file = match OpenOptions::new().append(true).open(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            other => other?,
        };
        let mut known = self.end.lock().unwrap_or_else(PoisonError::into_inner);
        let end = file.metadata()?.len();
        // Whatever another program added, or the end of one left there, is looked at.
        if *known != Some((end, generation.wrapping_sub(1))) {
            let ends = self.ends()?;
            let follows = ends.is_some_and(|ends| {
                ends.is_whole && Some(ends.generation) == generation.checked_sub(1)
            });
            if !follows {
                return Ok(false);
            }
        }
        *known = None;
        let mut lines = Vec::new();
        write_entries(&mut lines, generation, rows, true)?;
        file.write_all(&lines)?;
        *known = Some((end + lines.len() as u64, generation));
        Ok(true)
    }

    /// Writes the journal anew: `fill` gives all rows of the database, some at a time.
    pub(super) fn replace(
        &self,
        heading: &JournalHeading,
        generation: u64,
        mut fill: impl FnMut(&mut dyn FnMut(&[RowChange]) -> io::Result<()>) -> io::Result<()>,
    ) -> io::Result<()> {
        files::replace_by(&self.path, &mut |out| {
            write_heading(out, heading)?;
            fill(&mut |rows| write_entries(out, generation, rows, false))?;
            write_entries(out, generation, &[], true)
        })
    }

    /// Reads the journal from its beginning. Lines that are not what was written are counted and left out.
    pub(super) fn read(
        &self,
        sink: &mut dyn FnMut(JournalEntry) -> io::Result<()>,
    ) -> io::Result<JournalRead> {
        let mut lines = BufReader::with_capacity(1 << 20, File::open(&self.path)?);
        let mut line = Vec::new();
        lines
            .by_ref()
            .take(LINE_BYTES)
            .read_until(b'\n', &mut line)?;
        let heading = document(&line).and_then(|head| read_heading(&head));
        let heading = heading.ok_or_else(|| broken("the first line of the journal"))?;
        let mut lost_lines = 0;
        loop {
            line.clear();
            lines
                .by_ref()
                .take(LINE_BYTES)
                .read_until(b'\n', &mut line)?;
            if line.is_empty() {
                return Ok(JournalRead {
                    heading,
                    lost_lines,
                });
            }
            match document(&line).and_then(|line| read_entry(&line)) {
                Some(entry) => sink(entry)?,
                None => lost_lines += 1,
            }
        }
    }

    /// Writes what is told of one import, in the same form; flushed like lines that are appended.
    pub(super) fn write_import(
        &self,
        heading: &JournalHeading,
        generation: u64,
        rows: &[RowChange],
    ) -> io::Result<()> {
        let mut lines = Vec::new();
        write_heading(&mut lines, heading)?;
        write_entries(&mut lines, generation, rows, true)?;
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        files::for_owner_only(&mut options);
        options.open(&self.path)?.write_all(&lines)
    }
}

/// What reading a journal has shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct JournalRead {
    pub(super) heading: JournalHeading,
    /// Lines that were not what was written.
    pub(super) lost_lines: u64,
}

fn write_heading(out: &mut dyn io::Write, heading: &JournalHeading) -> io::Result<()> {
    let JournalHeading { workspace, schema } = heading;
    let head = json!({ "journal": VERSION, "workspace": workspace, "schema": schema });
    write_line(out, &head)
}

/// The last whole transaction in the end of a journal, and whether nothing follows it.
fn last_of(tail: &[u8], from_start: bool) -> Option<(u64, bool)> {
    let mut lines: Vec<&[u8]> = tail.split_inclusive(|byte| *byte == b'\n').collect();
    if !from_start && !lines.is_empty() {
        // The first one may be a part of a line.
        lines.remove(0);
    }
    for (after, line) in lines.iter().rev().enumerate() {
        let entry = document(line).and_then(|line| read_entry(&line));
        if let Some(entry) = entry.filter(|entry| entry.is_last) {
            return Some((entry.generation, after == 0));
        }
    }
    None
}

/// The document of a line, if it is what was written.
fn document(line: &[u8]) -> Option<serde_json::Value> {
    serde_json::from_slice(sound_text(line)?).ok()
}

/// The text of a line, if it is what was written.
fn sound_text(line: &[u8]) -> Option<&[u8]> {
    let line = line.strip_suffix(b"\n")?;
    let (sum, text) = line.split_first_chunk::<16>()?;
    let text = text.strip_prefix(b" ")?;
    // Other digits may have the same value, but were not written.
    let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    sum.iter().all(is_digit).then_some(())?;
    let sum = u64::from_str_radix(std::str::from_utf8(sum).ok()?, 16).ok()?;
    (checksum(text) == sum).then_some(text)
}

fn write_line(out: &mut dyn io::Write, document: &serde_json::Value) -> io::Result<()> {
    let text = document.to_string();
    writeln!(out, "{:016x} {text}", checksum(text.as_bytes()))
}

fn read_heading(document: &serde_json::Value) -> Option<JournalHeading> {
    (document.get("journal")?.as_u64()? == VERSION).then_some(())?;
    Some(JournalHeading {
        workspace: document.get("workspace")?.as_str()?.to_owned(),
        schema: document.get("schema")?.as_i64()?,
    })
}

fn write_entries(
    out: &mut dyn io::Write,
    generation: u64,
    rows: &[RowChange],
    is_last: bool,
) -> io::Result<()> {
    let mut chunks = rows.chunks(LINE_ROWS).peekable();
    if chunks.peek().is_none() && is_last {
        return write_line(out, &json!({ "g": generation, "rows": [], "end": true }));
    }
    while let Some(chunk) = chunks.next() {
        let rows: Vec<serde_json::Value> =
            chunk.iter().map(row_document).collect::<Result<_, _>>()?;
        let mut line = json!({ "g": generation, "rows": rows });
        if is_last
            && chunks.peek().is_none()
            && let Some(line) = line.as_object_mut()
        {
            line.insert("end".to_owned(), true.into());
        }
        write_line(out, &line)?;
    }
    Ok(())
}

fn row_document(row: &RowChange) -> io::Result<serde_json::Value> {
    let values: Vec<serde_json::Value> = row
        .values
        .iter()
        .map(|value| match value {
            Value::Null => Ok(serde_json::Value::Null),
            Value::Integer(number) => Ok((*number).into()),
            Value::Text(text) => Ok(text.as_str().into()),
            Value::Blob(bytes) => Ok(json!([hex(bytes)])),
            Value::Real(_) => Err(broken("the schema has no floating point")),
        })
        .collect::<io::Result<_>>()?;
    let fate = match row.fate {
        RowEffect::Put => "+",
        RowEffect::Gone => "-",
    };
    Ok(json!([row.table, fate, values]))
}

fn read_entry(document: &serde_json::Value) -> Option<JournalEntry> {
    let rows = document.get("rows")?.as_array()?;
    Some(JournalEntry {
        generation: document.get("g")?.as_u64()?,
        rows: rows.iter().map(read_row).collect::<Option<_>>()?,
        is_last: document.get("end").is_some(),
    })
}

fn read_row(document: &serde_json::Value) -> Option<RowChange> {
    let [table, fate, values] = document.as_array()?.as_slice() else {
        return None;
    };
    let fate = match fate.as_str()? {
        "+" => RowEffect::Put,
        "-" => RowEffect::Gone,
        _ => return None,
    };
    let value = |value: &serde_json::Value| -> Option<Value> {
        Some(match value {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Number(number) => Value::Integer(number.as_i64()?),
            serde_json::Value::String(text) => Value::Text(text.clone()),
            serde_json::Value::Array(bytes) => Value::Blob(from_hex(bytes.first()?.as_str()?)?),
            serde_json::Value::Bool(_) | serde_json::Value::Object(_) => return None,
        })
    };
    let values = values.as_array()?.iter().map(value);
    Some(RowChange {
        table: table.as_str()?.to_owned(),
        fate,
        values: values.collect::<Option<_>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(number: i64) -> RowChange {
        RowChange {
            table: "a".to_owned(),
            fate: RowEffect::Put,
            values: vec![
                Value::Integer(number),
                Value::Null,
                Value::Text("账\n\"".to_owned()),
                Value::Blob(vec![0, 255]),
            ],
        }
    }

    fn heading() -> JournalHeading {
        JournalHeading {
            workspace: "0123456789abcdef".to_owned(),
            schema: 6,
        }
    }

    fn all(journal: &Journal) -> (Vec<JournalEntry>, u64) {
        let mut out = Vec::new();
        let read = journal
            .read(&mut |entry| {
                out.push(entry);
                Ok(())
            })
            .unwrap();
        assert_eq!(read.heading, heading());
        (out, read.lost_lines)
    }

    #[test]
    fn what_was_written_is_read_back_and_a_torn_end_is_no_transaction() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::at(folder.path().join("j"));
        assert_eq!(journal.ends().unwrap(), None);
        let rows: Vec<RowChange> = (0..450).map(change).collect();
        journal
            .replace(&heading(), 3, |put| put(&[change(1)]))
            .unwrap();
        assert!(!journal.append(5, &rows).unwrap());
        assert!(journal.append(4, &rows).unwrap());
        assert!(journal.append(5, &[]).unwrap());

        let ends = |generation, is_whole| {
            let heading = heading();
            Some(JournalEnds {
                heading,
                generation,
                is_whole,
            })
        };
        assert_eq!(journal.ends().unwrap(), ends(5, true));
        let (entries, lost) = all(&journal);
        let sizes: Vec<(u64, usize, bool)> = entries
            .iter()
            .map(|entry| (entry.generation, entry.rows.len(), entry.is_last))
            .collect();
        let expected = [
            (3, 1, false),
            (3, 0, true),
            (4, 200, false),
            (4, 200, false),
            (4, 50, true),
            (5, 0, true),
        ];
        assert_eq!(lost, 0);
        assert_eq!(sizes, expected);
        assert_eq!(entries[4].rows[49], rows[449]);

        let text = std::fs::read(&journal.path).unwrap();
        for cut in [1, 20, 40] {
            files::replace(&journal.path, &text[..text.len() - cut]).unwrap();
            assert_eq!(journal.ends().unwrap(), ends(4, false), "{cut}");
            assert_eq!(all(&journal).1, 1);
        }
    }
}
