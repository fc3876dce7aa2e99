//! Reading sections from end to end, in key order, several merged into one stream.
//!
//! A stream of more than a few groups is decoded and merged by a thread of its own, a little ahead of the reader,
//! and handed over in whole lists: a row that another core has to fetch costs more than decoding it.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use super::group::{CHUNK, GROUP_ROWS};
use super::narrow;
use super::record::{INTS, Record};
use super::shelf::{Section, Shelf};
use crate::domain::fingerprint;
use crate::ports::{BooksError, StoreError};
use crate::reconcile::{EvidenceError, Rows as RowsOf, Stream};

/// Lists of rows that are ready before the reader asks.
const AHEAD: usize = 4;
/// Rows of a list.
const LIST_ROWS: usize = 512;
/// Streams of fewer groups are decoded by the reader itself.
const THREAD_WORTH: u32 = 4;

/// Which rows of a section count. It is asked before the texts of a row are there, and must look at
/// states and times alone.
pub(super) type Keep<R> = Arc<dyn Fn(&R) -> bool + Send + Sync>;

/// Rows of a section that newer imports replaced, one bit a row.
#[derive(Debug, Clone, Default)]
pub(super) struct Dead(Vec<u64>);

impl Dead {
    pub(super) fn insert(&mut self, row: u32) {
        let word = (row / 64) as usize;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        if let Some(bits) = self.0.get_mut(word) {
            *bits |= 1 << (row % 64);
        }
    }

    pub(super) fn contains(&self, row: u32) -> bool {
        self.0
            .get((row / 64) as usize)
            .is_some_and(|bits| bits >> (row % 64) & 1 == 1)
    }
}

/// A section to read.
pub(super) struct Scan<R> {
    pub(super) shelf: Arc<Shelf>,
    pub(super) section: Arc<Section>,
    pub(super) dead: Option<Arc<Dead>>,
    pub(super) keep: Option<Keep<R>>,
}

/// A row with what merging compares, and its number in the section.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scanned<R> {
    pub(super) fingerprint: u64,
    pub(super) number: u32,
    pub(super) row: R,
}

impl<R> AsMut<R> for Scanned<R> {
    fn as_mut(&mut self) -> &mut R {
        &mut self.row
    }
}

impl<R: Record> Scan<R> {
    fn groups(&self) -> u32 {
        u32::try_from(self.section.footer.groups.len()).unwrap_or(u32::MAX)
    }

    /// The rows of a group that count; `rows` is a used list, whose memory is taken over.
    fn decode(&self, group: u32, mut rows: Vec<Scanned<R>>) -> Result<Vec<Scanned<R>>, BooksError> {
        let import = self.section.meta.import;
        let loaded = self.shelf.load_group::<R>(&self.section, group)?;
        let first = group * narrow(GROUP_ROWS);
        rows.resize(
            loaded.len(),
            Scanned {
                fingerprint: 0,
                number: 0,
                row: R::BLANK,
            },
        );
        let mut kept = 0;
        let mut wanted = Vec::with_capacity(CHUNK);
        let mut ints = [[0; CHUNK]; INTS];
        for start in (0..loaded.len()).step_by(CHUNK) {
            let chunk = start..loaded.len().min(start + CHUNK);
            let from = kept;
            let damaged = || BooksError::Damaged {
                file: format!("books/{}", super::segment::segment_name(import)),
                what: format!("a row of row group {group}"),
            };
            wanted.clear();
            loaded.read_ints::<R>(start, &mut ints, chunk.len());
            for (at, number) in chunk.zip(first + narrow(start)..) {
                if self.dead.as_ref().is_some_and(|dead| dead.contains(number)) {
                    continue;
                }
                let scanned = rows.get_mut(kept).ok_or_else(damaged)?;
                let of_row = ints
                    .each_ref()
                    .map(|column| column.get(at - start).copied().unwrap_or_default());
                let set = scanned.row.set_ints(&of_row, import);
                set.ok_or_else(damaged)?;
                if self.keep.as_ref().is_none_or(|keep| keep(&scanned.row)) {
                    scanned.number = number;
                    wanted.push(at);
                    kept += 1;
                }
            }
            let fresh = rows.get_mut(from..kept).unwrap_or_default();
            loaded
                .fill_texts::<R, _>(&wanted, fresh)
                .ok_or_else(damaged)?;
            for scanned in fresh {
                scanned.row.complete();
                scanned.fingerprint = fingerprint(scanned.row.key());
            }
        }
        rows.truncate(kept);
        Ok(rows)
    }

    /// Starts reading.
    fn start(self) -> Result<Rows<R>, BooksError> {
        let mut rows = Rows {
            scan: self,
            next: 0,
            group: Vec::new(),
            at: 0,
        };
        rows.fill()?;
        Ok(rows)
    }
}

/// Rows of one section in order; rows are large, so each is copied once only.
struct Rows<R> {
    scan: Scan<R>,
    /// Next group.
    next: u32,
    group: Vec<Scanned<R>>,
    at: usize,
}

impl<R: Record> Rows<R> {
    /// The row at hand; none at the end.
    fn head(&self) -> Option<&Scanned<R>> {
        self.group.get(self.at)
    }

    fn advance(&mut self) -> Result<(), BooksError> {
        self.at += 1;
        if self.at < self.group.len() {
            return Ok(());
        }
        self.fill()
    }

    /// Goes to the next group that has rows.
    fn fill(&mut self) -> Result<(), BooksError> {
        self.at = 0;
        loop {
            let used = std::mem::take(&mut self.group);
            if self.next >= self.scan.groups() {
                return Ok(());
            }
            self.next += 1;
            self.group = self.scan.decode(self.next - 1, used)?;
            if !self.group.is_empty() {
                return Ok(());
            }
        }
    }
}

/// Several sections as one stream in order of (fingerprint, key, import, line).
pub(super) struct Merge<R> {
    heads: Vec<(Rows<R>, u32)>,
    failed: Option<BooksError>,
}

impl<R: Record> Merge<R> {
    pub(super) fn new(scans: Vec<Scan<R>>) -> Result<Self, BooksError> {
        let mut heads = Vec::with_capacity(scans.len());
        for scan in scans {
            let section = scan.section.meta.id;
            heads.push((scan.start()?, section));
        }
        heads.retain(|(rows, _)| rows.head().is_some());
        Ok(Self {
            heads,
            failed: None,
        })
    }

    /// Which section has the next row.
    fn least(&self) -> Option<usize> {
        let mut least = 0;
        let mut first = self.heads.first()?.0.head()?;
        for (at, (rows, _)) in self.heads.iter().enumerate().skip(1) {
            let Some(head) = rows.head() else { continue };
            // The fingerprint alone decides nearly always.
            if head.fingerprint < first.fingerprint
                || head.fingerprint == first.fingerprint && head.row.order() < first.row.order()
            {
                (least, first) = (at, head);
            }
        }
        Some(least)
    }

    /// The next row as `take` wants it.
    fn pull<T>(
        &mut self,
        take: impl FnOnce(u32, &Scanned<R>) -> T,
    ) -> Option<Result<T, BooksError>> {
        if let Some(error) = self.failed.take() {
            self.heads.clear();
            return Some(Err(error));
        }
        let least = self.least()?;
        let (rows, section) = self.heads.get_mut(least)?;
        let out = take(*section, rows.head()?);
        self.failed = rows.advance().err();
        if self.failed.is_none() && rows.head().is_none() {
            self.heads.swap_remove(least);
        }
        Some(Ok(out))
    }

    /// As the engine wants it.
    pub(super) fn into_stream<'a>(self) -> Result<Stream<'a, R>, BooksError>
    where
        R: 'a,
    {
        let groups = self.heads.iter().map(|(rows, _)| rows.scan.groups());
        if groups.sum::<u32>() < THREAD_WORTH {
            return Ok(Box::new(Plain(self)));
        }
        let (sender, lists) = sync_channel(AHEAD);
        let (spare, spares) = sync_channel(AHEAD + 2);
        std::thread::Builder::new()
            .name("read books".to_owned())
            .spawn(move || {
                let mut rows = Plain(self);
                loop {
                    let mut list: Vec<R> = spares.try_recv().unwrap_or_default();
                    let read = rows.next_rows(LIST_ROWS, &mut list);
                    let is_end = read.is_err() || list.is_empty();
                    // The reader may have gone: then there is nobody to tell.
                    if sender.send(read.map(|()| list)).is_err() || is_end {
                        return;
                    }
                }
            })
            .map_err(|error| BooksError::Store(StoreError::Broken(error.to_string())))?;
        Ok(Box::new(Ahead {
            lists,
            spare,
            list: Vec::new(),
            at: 0,
            is_over: false,
        }))
    }
}

/// A stream that another thread reads ahead.
struct Ahead<R> {
    lists: Receiver<Result<Vec<R>, EvidenceError>>,
    spare: SyncSender<Vec<R>>,
    /// The list at hand, and what of it was taken; empty at the end.
    list: Vec<R>,
    at: usize,
    is_over: bool,
}

impl<R: Record> Ahead<R> {
    /// Goes to the next list; false at the end.
    fn turn(&mut self) -> Result<bool, EvidenceError> {
        if self.is_over {
            return Ok(false);
        }
        self.at = 0;
        // Without room for it the list is simply dropped.
        self.spare
            .try_send(std::mem::take(&mut self.list))
            .unwrap_or_default();
        self.is_over = true;
        let lost = || EvidenceError("the thread that reads the books ended".to_owned());
        self.list = self.lists.recv().map_err(|_gone| lost())??;
        self.is_over = self.list.is_empty();
        Ok(!self.is_over)
    }
}

impl<R: Record> Iterator for Ahead<R> {
    type Item = Result<R, EvidenceError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.list.len() {
            match self.turn() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
        let row = self.list.get(self.at).copied();
        self.at += 1;
        row.map(Ok)
    }
}

impl<R: Record> RowsOf<R> for Ahead<R> {
    fn next_rows(&mut self, most: usize, rows: &mut Vec<R>) -> Result<(), EvidenceError> {
        if self.at < self.list.len() {
            // Some rows of the list were taken one by one.
            rows.clear();
            return self.read(most, rows);
        }
        if self.turn()? {
            std::mem::swap(rows, &mut self.list);
            // What is here now are the rows that were read before.
            self.list.clear();
        } else {
            rows.clear();
        }
        Ok(())
    }
}

/// The rows of a merge alone.
struct Plain<R>(Merge<R>);

impl<R: Record> Iterator for Plain<R> {
    type Item = Result<R, EvidenceError>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.0.pull(|_, scanned| scanned.row)?;
        Some(row.map_err(EvidenceError::from))
    }
}

impl<R: Record> RowsOf<R> for Plain<R> {
    fn read(&mut self, most: usize, to: &mut Vec<R>) -> Result<(), EvidenceError> {
        for _ in 0..most {
            match self.0.pull(|_, scanned| to.push(scanned.row)) {
                Some(pushed) => pushed?,
                None => break,
            }
        }
        Ok(())
    }
}

impl<R: Record> Iterator for Merge<R> {
    type Item = Result<(u32, Scanned<R>), BooksError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.pull(|section, scanned| (section, *scanned))
    }
}
