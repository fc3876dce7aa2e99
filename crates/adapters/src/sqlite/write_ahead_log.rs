//! The log of SQLite, read without SQLite: which pages it holds for the database, as far as it is sound.
//!
//! Layout and checksums are those of the document "WAL-mode File Format" of SQLite (sqlite.org/walformat.html):
//! a head of 32 bytes, then frames of a head of 24 bytes and a page; a frame counts when the salts are those
//! of the head, the checksums go on from the frame before, and a frame that ends a transaction follows.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

const HEAD: usize = 32;
const FRAME_HEAD: usize = 24;
/// The last bit says whether checksums are made of big-endian words.
const MAGIC: u32 = 0x377f_0682;
const LARGEST_PAGE: u32 = 65_536;

/// Pages that a log holds, by number, in their newest committed form.
#[derive(Debug, Default)]
pub(super) struct LogPages {
    /// Where each page begins in the log.
    places: BTreeMap<u32, u64>,
    /// Pages of the database after the last transaction; `None` where there was none.
    pub(super) database_pages: Option<u32>,
    /// Bytes of a page.
    page_size: usize,
    file: Option<File>,
}

/// The running checksum of a log.
#[derive(Clone, Copy, PartialEq, Eq)]
struct LogSum {
    sums: [u32; 2],
    is_big: bool,
}

impl LogSum {
    fn add(&mut self, bytes: &[u8]) {
        let (pairs, _) = bytes.as_chunks::<8>();
        for pair in pairs {
            let [a, b] = words(*pair, self.is_big);
            let [one, two] = &mut self.sums;
            *one = one.wrapping_add(a).wrapping_add(*two);
            *two = two.wrapping_add(b).wrapping_add(*one);
        }
    }
}

fn words(pair: [u8; 8], is_big: bool) -> [u32; 2] {
    let word = |at: usize| {
        let bytes = pair.get(at..).and_then(<[u8]>::first_chunk::<4>);
        let bytes = bytes.copied().unwrap_or_default();
        if is_big {
            u32::from_be_bytes(bytes)
        } else {
            u32::from_le_bytes(bytes)
        }
    };
    [word(0), word(4)]
}

/// A number in a head; heads are big-endian.
fn number(head: &[u8], at: usize) -> u32 {
    let bytes = head.get(at..).and_then(<[u8]>::first_chunk::<4>);
    bytes.copied().map_or(0, u32::from_be_bytes)
}

/// Reads until a buffer is full; false at the end of the file.
fn filled(file: &mut impl io::Read, buffer: &mut [u8]) -> io::Result<bool> {
    match file.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

impl LogPages {
    /// Reads a log; one that is not there, or has no sound transaction, holds no page.
    pub(super) fn read(path: &Path) -> io::Result<Self> {
        let file = match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            other => other?,
        };
        let mut bytes = BufReader::with_capacity(1 << 18, file.try_clone()?);
        let mut head = [0; HEAD];
        if !filled(&mut bytes, &mut head)? {
            return Ok(Self::default());
        }
        let page_size = number(&head, 8);
        let mut sum = LogSum {
            sums: [0; 2],
            is_big: number(&head, 0) & 1 == 1,
        };
        sum.add(head.get(..24).unwrap_or_default());
        let is_sound = number(&head, 0) & !1 == MAGIC
            && page_size.is_power_of_two()
            && (512..=LARGEST_PAGE).contains(&page_size)
            && sum.sums == [number(&head, 24), number(&head, 28)];
        let mut out = Self {
            page_size: page_size as usize,
            file: Some(file),
            ..Self::default()
        };
        if !is_sound {
            return Ok(out);
        }
        let salts = [number(&head, 16), number(&head, 20)];
        let mut frame = vec![0; FRAME_HEAD + out.page_size];
        let mut of_transaction: Vec<(u32, u64)> = Vec::new();
        let mut at = HEAD as u64;
        while filled(&mut bytes, &mut frame)? {
            let (head, page) = frame.split_at_checked(FRAME_HEAD).unwrap_or_default();
            sum.add(head.get(..8).unwrap_or_default());
            sum.add(page);
            let same = salts == [number(head, 8), number(head, 12)]
                && sum.sums == [number(head, 16), number(head, 20)];
            if !same {
                break;
            }
            of_transaction.push((number(head, 0), at + FRAME_HEAD as u64));
            let pages = number(head, 4);
            if pages != 0 {
                out.places.extend(of_transaction.drain(..));
                out.database_pages = Some(pages);
            }
            at += frame.len() as u64;
        }
        Ok(out)
    }

    /// True when the log has a page.
    pub(super) fn has(&self, page: u32) -> bool {
        self.places.contains_key(&page)
    }

    /// Numbers of the pages it holds, ascending.
    pub(super) fn numbers(&self) -> impl Iterator<Item = u32> {
        self.places.keys().copied()
    }

    /// The newest form of a page.
    pub(super) fn page(&self, number: u32) -> io::Result<Option<Vec<u8>>> {
        let (Some(place), Some(file)) = (self.places.get(&number), &self.file) else {
            return Ok(None);
        };
        crate::disk::read_at(file, *place, self.page_size).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::Connection;

    #[test]
    fn the_log_is_read_as_sqlite_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let log = folder.path().join("a.db-wal");
        let connection = Connection::open(&path).unwrap();
        connection
            .execute_batch(
                "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;
                 CREATE TABLE a (n INTEGER PRIMARY KEY, text TEXT);",
            )
            .unwrap();
        for n in 0..300 {
            let text = "x".repeat(n % 90);
            let row = rusqlite::params![i64::try_from(n).unwrap(), text];
            connection
                .execute("INSERT INTO a VALUES (?1, ?2)", row)
                .unwrap();
        }

        let pages = LogPages::read(&log).unwrap();

        let count: u32 = connection
            .query_row("PRAGMA page_count", [], |row| row.get(0))
            .unwrap();
        assert_eq!(pages.database_pages, Some(count));
        connection
            .execute_batch("PRAGMA wal_checkpoint(PASSIVE)")
            .unwrap();
        let database = std::fs::read(&path).unwrap();
        for (number, stored) in (1..).zip(database.chunks(4096)) {
            if let Some(page) = pages.page(number).unwrap() {
                assert_eq!(page, stored, "page {number}");
            }
        }
        assert!(pages.numbers().count() >= 3);

        let whole = std::fs::read(&log).unwrap();
        let cut = whole.len() / 2;
        crate::files::replace(&log, &whole[..cut]).unwrap();
        let fewer = LogPages::read(&log).unwrap();
        assert!(fewer.database_pages.is_some_and(|pages| pages <= count));
        crate::files::replace(&log, b"").unwrap();
        assert_eq!(LogPages::read(&log).unwrap().numbers().count(), 0);
        assert_eq!(
            LogPages::read(&folder.path().join("none"))
                .unwrap()
                .database_pages,
            None
        );
    }
}
