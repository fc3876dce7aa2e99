//! Reading sections from end to end, in key order, several merged into one stream.
//!
//! A section of more than a few groups is decoded by a thread of its own, a little ahead of the reader.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use super::group::GROUP_ROWS;
use super::narrow;
use super::pack::scratch;
use super::record::Record;
use super::shelf::{Section, Shelf};
use crate::domain::fingerprint;
use crate::ports::{BooksError, StoreError};
use crate::reconcile::{EvidenceError, Rows as RowsOf, Stream};

/// Groups decoded ahead of the reader.
const AHEAD: usize = 3;
/// Sections of fewer groups are decoded by the reader itself.
const THREAD_WORTH: u32 = 4;

/// Which rows of a section count.
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

impl<R: Record> Scan<R> {
    fn groups(&self) -> u32 {
        u32::try_from(self.section.footer.groups.len()).unwrap_or(u32::MAX)
    }

    /// The rows of a group that count; `rows` is a used list, whose memory is taken over.
    fn decode(&self, group: u32, mut rows: Vec<Scanned<R>>) -> Result<Vec<Scanned<R>>, BooksError> {
        let import = self.section.meta.import;
        let loaded = self.shelf.load_group::<R>(&self.section, group)?;
        let first = group * narrow(GROUP_ROWS);
        let mut scratch = scratch();
        rows.clear();
        rows.reserve(loaded.len());
        for at in 0..loaded.len() {
            let number = first + u32::try_from(at).unwrap_or(u32::MAX);
            if self.dead.as_ref().is_some_and(|dead| dead.contains(number)) {
                continue;
            }
            let row: R =
                loaded
                    .get_in(at, import, &mut scratch)
                    .ok_or_else(|| BooksError::Damaged {
                        file: format!("books/{}", super::segment::segment_name(import)),
                        what: format!("row {number}"),
                    })?;
            if self.keep.as_ref().is_none_or(|keep| keep(&row)) {
                rows.push(Scanned {
                    fingerprint: fingerprint(row.key()),
                    number,
                    row,
                });
            }
        }
        Ok(rows)
    }

    /// Starts reading.
    pub(super) fn start(self) -> Result<Rows<R>, BooksError> {
        let groups = self.groups();
        let source = if groups < THREAD_WORTH {
            Source::Here {
                scan: self,
                next: 0,
            }
        } else {
            let (sender, decoded) = sync_channel(AHEAD);
            let (spare, spares) = sync_channel(AHEAD + 2);
            std::thread::Builder::new()
                .name("read books".to_owned())
                .spawn(move || {
                    for group in 0..groups {
                        let used = spares.try_recv().unwrap_or_default();
                        // The reader may have gone: then there is nobody to tell.
                        if sender.send(self.decode(group, used)).is_err() {
                            return;
                        }
                    }
                })
                .map_err(|error| BooksError::Store(StoreError::Broken(error.to_string())))?;
            Source::Thread { decoded, spare }
        };
        let mut rows = Rows {
            source,
            group: Vec::new(),
            at: 0,
        };
        rows.fill()?;
        Ok(rows)
    }
}

enum Source<R> {
    Here {
        scan: Scan<R>,
        next: u32,
    },
    Thread {
        decoded: Receiver<Result<Vec<Scanned<R>>, BooksError>>,
        spare: SyncSender<Vec<Scanned<R>>>,
    },
}

/// Rows of one section in order; rows are large, so each is copied once only.
pub(super) struct Rows<R> {
    source: Source<R>,
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
            self.group = match &mut self.source {
                Source::Here { scan, next } => {
                    if *next >= scan.groups() {
                        return Ok(());
                    }
                    *next += 1;
                    scan.decode(*next - 1, used)?
                }
                Source::Thread { decoded, spare } => {
                    // Without room for it the list is simply dropped.
                    spare.try_send(used).unwrap_or_default();
                    match decoded.recv() {
                        Ok(group) => group?,
                        Err(_) => return Ok(()),
                    }
                }
            };
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
    pub(super) fn into_stream<'a>(self) -> Stream<'a, R>
    where
        R: 'a,
    {
        Box::new(Plain(self))
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
