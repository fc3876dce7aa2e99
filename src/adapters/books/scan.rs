//! Reading sections from end to end, in key order, several merged into one stream.
//!
//! A section of more than a few groups is decoded by a thread of its own, a little ahead of the reader.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

use super::group::GROUP_ROWS;
use super::pack::scratch;
use super::record::Record;
use super::shelf::{Section, Shelf};
use crate::domain::fingerprint;
use crate::ports::{BooksError, StoreError};
use crate::reconcile::{EvidenceError, Stream};

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

    fn decode(&self, group: u32) -> Result<Vec<Scanned<R>>, BooksError> {
        let import = self.section.meta.import;
        let loaded = self.shelf.load_group::<R>(&self.section, group)?;
        let first = group * GROUP_ROWS as u32;
        let mut scratch = scratch();
        let mut rows = Vec::with_capacity(loaded.len());
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
            let (sender, receiver) = sync_channel(AHEAD);
            std::thread::Builder::new()
                .name("read books".to_owned())
                .spawn(move || {
                    for group in 0..groups {
                        // The reader may have gone: then there is nobody to tell.
                        if sender.send(self.decode(group)).is_err() {
                            return;
                        }
                    }
                })
                .map_err(|error| BooksError::Store(StoreError::Broken(error.to_string())))?;
            Source::Thread(receiver)
        };
        Ok(Rows {
            source,
            group: Vec::new().into_iter(),
        })
    }
}

enum Source<R> {
    Here { scan: Scan<R>, next: u32 },
    Thread(Receiver<Result<Vec<Scanned<R>>, BooksError>>),
}

/// Rows of one section in order.
pub(super) struct Rows<R> {
    source: Source<R>,
    group: std::vec::IntoIter<Scanned<R>>,
}

impl<R: Record> Iterator for Rows<R> {
    type Item = Result<Scanned<R>, BooksError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(row) = self.group.next() {
                return Some(Ok(row));
            }
            let group = match &mut self.source {
                Source::Here { scan, next } => {
                    if *next >= scan.groups() {
                        return None;
                    }
                    *next += 1;
                    scan.decode(*next - 1)
                }
                Source::Thread(receiver) => receiver.recv().ok()?,
            };
            match group {
                Ok(rows) => self.group = rows.into_iter(),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

/// Several sections as one stream in order of (fingerprint, key, import, line).
pub(super) struct Merge<R> {
    heads: Vec<(Scanned<R>, Rows<R>, u32)>,
    failed: Option<BooksError>,
}

impl<R: Record> Merge<R> {
    pub(super) fn new(scans: Vec<Scan<R>>) -> Result<Self, BooksError> {
        let mut heads = Vec::with_capacity(scans.len());
        for scan in scans {
            let section = scan.section.meta.id;
            let mut rows = scan.start()?;
            if let Some(first) = rows.next() {
                heads.push((first?, rows, section));
            }
        }
        Ok(Self {
            heads,
            failed: None,
        })
    }

    /// The next row and the section it is from.
    fn pull(&mut self) -> Option<Result<(u32, Scanned<R>), BooksError>> {
        if let Some(error) = self.failed.take() {
            self.heads.clear();
            return Some(Err(error));
        }
        let mut least = 0;
        let mut first = &self.heads.first()?.0;
        for (at, (head, ..)) in self.heads.iter().enumerate().skip(1) {
            // The fingerprint alone decides nearly always.
            if head.fingerprint < first.fingerprint
                || head.fingerprint == first.fingerprint && head.row.order() < first.row.order()
            {
                (least, first) = (at, head);
            }
        }
        let (head, rows, section) = self.heads.get_mut(least)?;
        let section = *section;
        let out = match rows.next() {
            Some(Ok(next)) => std::mem::replace(head, next),
            Some(Err(error)) => {
                self.failed = Some(error);
                *head
            }
            None => self.heads.swap_remove(least).0,
        };
        Some(Ok((section, out)))
    }

    /// As the engine wants it.
    pub(super) fn into_stream<'a>(self) -> Stream<'a, R>
    where
        R: 'a,
    {
        Box::new(self.map(|row| {
            row.map(|(_, scanned)| scanned.row)
                .map_err(|error| EvidenceError(error.to_string()))
        }))
    }
}

impl<R: Record> Iterator for Merge<R> {
    type Item = Result<(u32, Scanned<R>), BooksError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.pull()
    }
}
