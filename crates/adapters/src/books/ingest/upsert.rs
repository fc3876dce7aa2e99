//! A newer export against what is stored: what says the same is dropped, what changed supersedes.
//!
//! All rows of one key are judged together, so that a number that repeats inside a file (P10) stays repeated.

use std::collections::{BTreeMap, BTreeSet};

use super::row_buffer::{RowBuffer, RowEntry, lost};
use crate::books::disk_error;
use crate::books::format::record::Record;
use crate::books::query::scan::{Merge, Scanned};
use recondesk_ports::{BooksError, ImportPart, Watch};

/// Keys between two looks whether to stop.
const WATCH_EVERY: u32 = 4096;

/// What is left of the new rows of a day.
#[derive(Debug, Default)]
pub(crate) struct Weeded {
    /// New rows to store: cold, hot.
    pub(crate) kept: [Vec<RowEntry>; 2],
    /// Rows of stored sections that they supersede, ascending.
    pub(crate) superseded: BTreeMap<u32, Vec<u32>>,
    /// New rows that say what is stored already.
    pub(crate) same: u64,
    /// New rows whose key is stored with other contents.
    pub(crate) changed: u64,
    /// Rows of earlier readings of the same file that this one does not have.
    pub(crate) withdrawn: u64,
}

/// A new row: whether it is cold or hot, where it is, what it says.
type New<R> = (usize, RowEntry, R);

impl Weeded {
    /// Takes a stored row back that an earlier reading of the same file left and this one has not.
    fn withdraw<R: Record>(
        &mut self,
        (section, scanned): &(u32, Scanned<R>),
        re_read: &BTreeSet<u32>,
    ) {
        if re_read.contains(&scanned.row.row().import) {
            self.superseded
                .entry(*section)
                .or_default()
                .push(scanned.number);
            self.withdrawn += 1;
        }
    }

    /// Judges all rows of one key.
    fn judge<R: Record>(
        &mut self,
        new: &mut [New<R>],
        stored: &mut [(u32, Scanned<R>)],
        re_read: &BTreeSet<u32>,
    ) {
        new.sort_by_key(|(_, _, row)| row.row().line);
        stored.sort_by_key(|(_, scanned)| (scanned.row.row().import, scanned.row.row().line));
        let same = new.len() == stored.len()
            && new
                .iter()
                .zip(&*stored)
                .all(|((_, _, new), (_, old))| new.says_the_same(&old.row));
        // A list with fewer columns takes nothing back; a file that is read in another way does.
        let is_less = matches!((&*new, &*stored), ([(_, _, new)], [(_, old)])
            if !re_read.contains(&old.row.row().import) && new.tells_no_more_than(&old.row));
        if same || is_less {
            self.same += new.len() as u64;
            return;
        }
        if !stored.is_empty() {
            self.changed += new.len() as u64;
        }
        for (section, scanned) in &*stored {
            let list = self.superseded.entry(*section).or_default();
            list.push(scanned.number);
        }
        for (at, entry, _) in &*new {
            if let Some(kept) = self.kept.get_mut(*at) {
                kept.push(*entry);
            }
        }
    }
}

/// The first row of two runs in order of the books; their fingerprints alone decide nearly always.
fn first<R: Record>(
    [cold, hot]: [&[RowEntry]; 2],
    read: impl Fn(RowEntry) -> Result<R, BooksError>,
) -> Result<Option<(RowEntry, R)>, BooksError> {
    let entry = match (cold.first(), hot.first()) {
        (Some(a), Some(b)) if a.fingerprint == b.fingerprint => {
            let (one, other) = (read(*a)?, read(*b)?);
            let is_one = one.order() <= other.order();
            return Ok(Some(if is_one { (*a, one) } else { (*b, other) }));
        }
        (Some(a), Some(b)) if b.fingerprint < a.fingerprint => *b,
        (Some(one), _) | (None, Some(one)) => *one,
        (None, None) => return Ok(None),
    };
    Ok(Some((entry, read(entry)?)))
}

/// Compares the new rows of a day, cold and hot, with the stored ones; `re_read` are the imports that the file replaces.
pub(crate) fn weed<R: Record>(
    buffer: &RowBuffer<R>,
    runs: [&[RowEntry]; 2],
    old: Merge<R>,
    re_read: &BTreeSet<u32>,
    watch: &dyn Watch,
) -> Result<Weeded, BooksError> {
    let mut out = Weeded::default();
    let mut old = old.peekable();
    let [mut cold, mut hot] = runs;
    let all = (cold.len() + hot.len()) as u64;
    let read = |entry: RowEntry| {
        let row = buffer.row(entry, 0);
        row.ok_or_else(|| disk_error(&lost()))
    };
    let mut stored: Vec<(u32, Scanned<R>)> = Vec::new();
    let mut new: Vec<New<R>> = Vec::new();
    for turn in 0_u32.. {
        if turn.is_multiple_of(WATCH_EVERY) {
            if watch.cancelled() {
                return Err(BooksError::Cancelled);
            }
            let left = (cold.len() + hot.len()) as u64;
            watch.at(ImportPart::Store, all.saturating_sub(left), Some(all));
        }
        let Some((entry, next)) = first([cold, hot], read)? else {
            break;
        };
        let wanted = (entry.fingerprint, next.key());
        stored.clear();
        while let Some(head) = old.peek() {
            let before = match head {
                Ok((_, head)) => (head.fingerprint, head.row.key()).cmp(&wanted),
                Err(_) => std::cmp::Ordering::Equal,
            };
            if before == std::cmp::Ordering::Greater {
                break;
            }
            if let Some(row) = old.next() {
                let row = row?;
                if before == std::cmp::Ordering::Equal {
                    stored.push(row);
                } else {
                    out.withdraw(&row, re_read);
                }
            }
        }
        new.clear();
        for (at, run) in [&mut cold, &mut hot].into_iter().enumerate() {
            while let Some((first, rest)) = run.split_first() {
                if first.fingerprint != entry.fingerprint {
                    break;
                }
                let row = read(*first)?;
                if row.key() != next.key() {
                    break;
                }
                new.push((at, *first, row));
                *run = rest;
            }
        }
        out.judge(&mut new, &mut stored, re_read);
    }
    if !re_read.is_empty() {
        for row in old {
            out.withdraw(&row?, re_read);
        }
    }
    for list in out.superseded.values_mut() {
        list.sort_unstable();
    }
    Ok(out)
}
