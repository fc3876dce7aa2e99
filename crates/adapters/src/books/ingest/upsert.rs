//! A newer export against what is stored: what says the same is dropped, what changed supersedes.
//!
//! All rows of one key are judged together, so that a number that repeats inside a file (P10) stays repeated.
//! A large day is cut into shares of fingerprints, which all cores judge side by side; rows of one key have one
//! fingerprint, so no key is cut apart.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use super::row_buffer::{RowBuffer, RowEntry, lost};
use crate::books::catalog::SectionMeta;
use crate::books::disk_error;
use crate::books::format::index_page::{ShortRange, short};
use crate::books::format::record::Record;
use crate::books::query::scan::{Merge, Scanned};
use crate::books::query::segment_cache::SegmentCache;
use crate::books::query::snapshot::Snapshot;
use recondesk_ports::{BooksError, ImportPart, Watch};

/// New rows between two looks whether to stop.
const WATCH_EVERY: u32 = 4096;
/// Rows of a share at least, new and stored ones: fewer are not worth asking another core.
const SHARE_ROWS: u64 = 32 << 10;
/// Most shares: enough that no core waits long for the last one.
const MOST_SHARES: u64 = 32;

/// What the books hold of a day.
pub(crate) struct StoredDay<'a> {
    pub(crate) view: &'a Snapshot,
    pub(crate) segments: &'a Arc<SegmentCache>,
    pub(crate) sections: &'a [&'a SectionMeta],
}

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

/// Where a stored row stands.
#[derive(Debug, Clone, Copy)]
struct StoredPlace {
    section: u32,
    /// Its number in the section.
    number: u32,
    import: u32,
}

impl StoredPlace {
    fn of<R: Record>(section: u32, scanned: &Scanned<R>) -> Self {
        Self {
            section,
            number: scanned.number,
            import: scanned.row.row().import,
        }
    }
}

impl Weeded {
    /// Takes a stored row back that an earlier reading of the same file left and this one has not.
    fn withdraw(&mut self, place: StoredPlace, re_read: &BTreeSet<u32>) {
        if re_read.contains(&place.import) {
            let rows = self.superseded.entry(place.section).or_default();
            rows.push(place.number);
            self.withdrawn += 1;
        }
    }

    /// Takes over what the next share came to.
    fn append(&mut self, share: Self) {
        for (mine, theirs) in self.kept.iter_mut().zip(share.kept) {
            mine.extend(theirs);
        }
        for (section, rows) in share.superseded {
            self.superseded.entry(section).or_default().extend(rows);
        }
        self.same += share.same;
        self.changed += share.changed;
        self.withdrawn += share.withdrawn;
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

/// Compares the new rows of a day, cold and hot, with the stored ones; `re_read` are the imports that the file replaces.
pub(crate) fn weed<R: Record>(
    buffer: &RowBuffer<R>,
    runs: [&[RowEntry]; 2],
    old: &StoredDay<'_>,
    re_read: &BTreeSet<u32>,
    watch: &dyn Watch,
) -> Result<Weeded, BooksError> {
    let new: u64 = runs.iter().map(|run| run.len() as u64).sum();
    let stored: u64 = old.sections.iter().map(|meta| u64::from(meta.rows)).sum();
    let shares = ((new + stored) / SHARE_ROWS).clamp(1, MOST_SHARES);
    let done = AtomicU64::new(0);
    let progress = |rows: u64| {
        let done = done.fetch_add(rows, Ordering::Relaxed) + rows;
        watch.at(ImportPart::Store, done, Some(new));
    };
    let judge = |at: u64| {
        let range = ShortRange {
            from: bound(at, shares),
            to: bound(at + 1, shares),
        };
        let runs = runs.map(|run| part(run, range));
        let mut share = FingerprintShare {
            buffer,
            runs,
            old: between(old, range)?,
            re_read,
            out: Weeded::default(),
        };
        share.judge_all(&progress, watch)?;
        Ok(share.out)
    };
    let judged: Vec<Result<Weeded, BooksError>> = if shares == 1 {
        vec![judge(0)]
    } else {
        (0..shares).into_par_iter().map(judge).collect()
    };
    let mut out = Weeded::default();
    for share in judged {
        out.append(share?);
    }
    for list in out.superseded.values_mut() {
        list.sort_unstable();
    }
    Ok(out)
}

/// What the fingerprints of a share begin with at least; `None` behind the last share.
fn bound(share: u64, shares: u64) -> Option<u32> {
    u32::try_from((share << 32) / shares).ok()
}

/// The rows of a run between two bounds.
fn part(run: &[RowEntry], range: ShortRange) -> &[RowEntry] {
    let place = |bound: Option<u32>| {
        bound.map_or(run.len(), |bound| {
            run.partition_point(|entry| short(entry.fingerprint) < bound)
        })
    };
    run.get(place(range.from)..place(range.to))
        .unwrap_or_default()
}

/// The stored rows between two bounds.
fn between<R: Record>(old: &StoredDay<'_>, range: ShortRange) -> Result<StoredRows<R>, BooksError> {
    let sections = old.sections;
    let rows = old.view.merge_between::<R>(old.segments, sections, range)?;
    Ok(StoredRows { rows, range })
}

/// The stored rows of a share.
struct StoredRows<R> {
    rows: Merge<R>,
    range: ShortRange,
}

impl<R: Record> StoredRows<R> {
    /// The next row. One beyond the bounds of the share would be missing in another: its index is not what it should be.
    fn head(&mut self) -> Result<Option<(u32, &Scanned<R>)>, BooksError> {
        let head = self.rows.head()?;
        if let Some((_, scanned)) = &head
            && !self.range.has(short(scanned.fingerprint))
        {
            let import = scanned.row.row().import;
            return Err(SegmentCache::damaged(import, "the order of its rows"));
        }
        Ok(head)
    }

    fn skip(&mut self) -> Result<(), BooksError> {
        self.rows.pull(|_, _| ()).unwrap_or(Ok(()))
    }

    /// Takes the next row if it has this fingerprint.
    fn take(&mut self, print: u64) -> Result<Option<(u32, Scanned<R>)>, BooksError> {
        let Some((section, scanned)) = self.head()? else {
            return Ok(None);
        };
        if scanned.fingerprint != print {
            return Ok(None);
        }
        let row = (section, *scanned);
        self.skip()?;
        Ok(Some(row))
    }
}

/// The rows of some fingerprints on their way to a judgement.
struct FingerprintShare<'a, R> {
    buffer: &'a RowBuffer<R>,
    /// New rows that are not judged yet: cold, hot.
    runs: [&'a [RowEntry]; 2],
    old: StoredRows<R>,
    re_read: &'a BTreeSet<u32>,
    out: Weeded,
}

impl<R: Record> FingerprintShare<'_, R> {
    fn judge_all(&mut self, progress: &impl Fn(u64), watch: &dyn Watch) -> Result<(), BooksError> {
        let left = |runs: &[&[RowEntry]; 2]| runs.iter().map(|run| run.len() as u64).sum::<u64>();
        let mut told = left(&self.runs);
        for turn in 0_u32.. {
            if turn.is_multiple_of(WATCH_EVERY) {
                if watch.cancelled() {
                    return Err(BooksError::Cancelled);
                }
                let now = left(&self.runs);
                progress(told.saturating_sub(now));
                told = now;
            }
            let firsts = self.runs.map(|run| Some(run.first()?.fingerprint));
            let Some(print) = firsts.into_iter().flatten().min() else {
                break;
            };
            self.judge_before(Some(print))?;
            if !self.judge_one(print)? {
                self.judge_same(print)?;
            }
        }
        progress(told);
        if self.re_read.is_empty() {
            return Ok(());
        }
        self.judge_before(None)
    }

    /// Judges stored rows before a fingerprint, or all that are left: no new row has their keys.
    fn judge_before(&mut self, print: Option<u64>) -> Result<(), BooksError> {
        while let Some((section, head)) = self.old.head()?
            && print.is_none_or(|print| head.fingerprint < print)
        {
            let place = StoredPlace::of(section, head);
            self.out.withdraw(place, self.re_read);
            self.old.skip()?;
        }
        Ok(())
    }

    /// Judges a new row whose fingerprint no other has, where it is not stored, or is as it was: as nearly all are.
    fn judge_one(&mut self, print: u64) -> Result<bool, BooksError> {
        let has = |run: &[RowEntry], at: usize| {
            run.get(at).is_some_and(|entry| entry.fingerprint == print)
        };
        let [cold, hot] = self.runs;
        let at = match (has(cold, 0), has(hot, 0)) {
            (true, false) => 0,
            (false, true) => 1,
            _ => return Ok(false),
        };
        let run = if at == 0 { cold } else { hot };
        let Some((entry, rest)) = run.split_first().filter(|_| !has(run, 1)) else {
            return Ok(false);
        };
        self.buffer.warm_at_times(run);
        let is_alone = self.old.rows.is_next_alone();
        let is_stored = match self.old.head()? {
            Some((_, head)) if head.fingerprint == print => {
                let said = self.buffer.says(*entry, &head.row);
                if !is_alone || !said.ok_or_else(|| disk_error(&lost()))? {
                    return Ok(false);
                }
                true
            }
            _ => false,
        };
        if is_stored {
            self.out.same += 1;
            self.old.skip()?;
        } else if let Some(kept) = self.out.kept.get_mut(at) {
            kept.push(*entry);
        }
        if let Some(run) = self.runs.get_mut(at) {
            *run = rest;
        }
        Ok(true)
    }

    /// Judges all rows of one fingerprint, key by key.
    fn judge_same(&mut self, print: u64) -> Result<(), BooksError> {
        let mut keys: BTreeMap<Vec<u8>, RowsOfKey<R>> = BTreeMap::new();
        for (at, run) in self.runs.iter_mut().enumerate() {
            while let Some((entry, rest)) = run.split_first()
                && entry.fingerprint == print
            {
                let row = self.buffer.row(*entry, 0);
                let row = row.ok_or_else(|| disk_error(&lost()))?;
                let of_key = keys.entry(row.key().to_vec()).or_default();
                of_key.new.push((at, *entry, row));
                *run = rest;
            }
        }
        while let Some(stored) = self.old.take(print)? {
            let of_key = keys.entry(stored.1.row.key().to_vec()).or_default();
            of_key.stored.push(stored);
        }
        for mut rows in keys.into_values() {
            if rows.new.is_empty() {
                for (section, scanned) in &rows.stored {
                    let place = StoredPlace::of(*section, scanned);
                    self.out.withdraw(place, self.re_read);
                }
            } else {
                self.out
                    .judge(&mut rows.new, &mut rows.stored, self.re_read);
            }
        }
        Ok(())
    }
}

/// The rows of one key.
struct RowsOfKey<R> {
    new: Vec<New<R>>,
    stored: Vec<(u32, Scanned<R>)>,
}

impl<R> Default for RowsOfKey<R> {
    fn default() -> Self {
        Self {
            new: Vec::new(),
            stored: Vec::new(),
        }
    }
}
