//! Reading sections from end to end, in key order, several merged into one stream.
//!
//! Rows are decoded piece by piece by whoever reads them, and stay in the cache of that core: a thread that decodes
//! ahead was measured to take a seventh off the time and to add a sixth to the work.

use std::ops::Range;
use std::sync::Arc;

use super::segment_cache::{Section, SegmentCache};
use crate::books::format::group::{CHUNK, GROUP_ROWS, RowGroup};
use crate::books::format::record::{INTS, Record};
use crate::books::narrow;
use recondesk_domain::fingerprint;
use recondesk_ports::BooksError;
use recondesk_reconcile::{EvidenceError, RowStream, Stream};

/// Rows of a section that are decoded together: those of all sections stay in the cache until they are merged.
const PIECE_ROWS: usize = CHUNK * 2;

/// Which rows of a section count. It is asked before the texts of a row are there, and must look at
/// states and times alone.
pub(crate) type Keep<R> = Arc<dyn Fn(&R) -> bool + Send + Sync>;

/// Rows of a section that newer imports replaced, one bit a row.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tombstones(Vec<u64>);

impl Tombstones {
    pub(crate) fn insert(&mut self, row: u32) {
        let word = (row / 64) as usize;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        if let Some(bits) = self.0.get_mut(word) {
            *bits |= 1 << (row % 64);
        }
    }

    pub(crate) fn contains(&self, row: u32) -> bool {
        self.0
            .get((row / 64) as usize)
            .is_some_and(|bits| bits >> (row % 64) & 1 == 1)
    }
}

/// A section to read.
pub(crate) struct Scan<R> {
    pub(crate) segments: Arc<SegmentCache>,
    pub(crate) section: Arc<Section>,
    /// The rows that are read.
    pub(crate) rows: Range<u32>,
    pub(crate) dead: Option<Arc<Tombstones>>,
    pub(crate) keep: Option<Keep<R>>,
}

/// A row with what merging compares, and its number in the section.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scanned<R> {
    pub(crate) fingerprint: u64,
    pub(crate) number: u32,
    pub(crate) row: R,
}

impl<R> AsMut<R> for Scanned<R> {
    fn as_mut(&mut self) -> &mut R {
        &mut self.row
    }
}

impl<R: Record> Scan<R> {
    /// The group of the first row that is read, and the group behind that of the last.
    fn groups(&self) -> (u32, u32) {
        let rows = narrow(GROUP_ROWS);
        let end = if self.rows.is_empty() {
            0
        } else {
            self.rows.end.div_ceil(rows)
        };
        (self.rows.start / rows, end)
    }

    /// Which rows of a group are read.
    fn rows_of(&self, number: u32, group: &RowGroup) -> Range<usize> {
        let first = number as usize * GROUP_ROWS;
        let within = |row: u32| (row as usize).saturating_sub(first).min(group.len());
        within(self.rows.start)..within(self.rows.end)
    }

    /// The rows that count among some of a group; `rows` is a used list, whose memory is taken over.
    fn decode(
        &self,
        number: u32,
        group: &RowGroup,
        piece: Range<usize>,
        rows: &mut Vec<Scanned<R>>,
    ) -> Result<(), BooksError> {
        let import = self.section.meta.import;
        let first = number * narrow(GROUP_ROWS);
        let damaged = || BooksError::Damaged {
            file: format!(
                "books/{}",
                crate::books::format::segment::segment_name(import)
            ),
            what: format!("a row of row group {number}"),
        };
        let blank = Scanned {
            fingerprint: 0,
            number: 0,
            row: R::BLANK,
        };
        rows.resize(piece.len(), blank);
        let mut kept = 0;
        let mut wanted = Vec::with_capacity(CHUNK);
        let mut ints = [[0; CHUNK]; INTS];
        for start in piece.clone().step_by(CHUNK) {
            let chunk = start..piece.end.min(start + CHUNK);
            let from = kept;
            wanted.clear();
            group.read_ints::<R>(start, &mut ints, chunk.len());
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
            group
                .fill_texts::<R, _>(&wanted, fresh)
                .ok_or_else(damaged)?;
            for scanned in fresh {
                scanned.row.complete();
                scanned.fingerprint = fingerprint(scanned.row.key());
            }
        }
        rows.truncate(kept);
        Ok(())
    }

    /// Starts reading.
    fn start(self) -> Result<SectionRows<R>, BooksError> {
        let (next, end) = self.groups();
        let mut rows = SectionRows {
            scan: self,
            group: None,
            next,
            end,
            piece: Vec::new(),
            at: 0,
        };
        rows.fill()?;
        Ok(rows)
    }
}

/// Rows of one section in order; rows are large, so each is copied once only, while it is in the cache.
struct SectionRows<R> {
    scan: Scan<R>,
    /// The group at hand, its number, and those of its rows that are not decoded yet.
    group: Option<(u32, RowGroup, Range<usize>)>,
    /// Next group.
    next: u32,
    /// The group behind the last one.
    end: u32,
    piece: Vec<Scanned<R>>,
    at: usize,
}

impl<R: Record> SectionRows<R> {
    /// The row at hand; none at the end.
    fn head(&self) -> Option<&Scanned<R>> {
        self.piece.get(self.at)
    }

    fn advance(&mut self) -> Result<(), BooksError> {
        self.at += 1;
        if self.at < self.piece.len() {
            return Ok(());
        }
        self.fill()
    }

    /// Goes to the next rows that count.
    fn fill(&mut self) -> Result<(), BooksError> {
        self.at = 0;
        loop {
            let Some((number, group, left)) = &mut self.group else {
                if self.next >= self.end {
                    self.piece.clear();
                    return Ok(());
                }
                let segments = &self.scan.segments;
                let group = segments.load_group::<R>(&self.scan.section, self.next)?;
                let left = self.scan.rows_of(self.next, &group);
                self.group = Some((self.next, group, left));
                self.next += 1;
                continue;
            };
            let piece = left.start..left.end.min(left.start + PIECE_ROWS);
            left.start = piece.end;
            if piece.is_empty() {
                self.group = None;
                continue;
            }
            self.scan.decode(*number, group, piece, &mut self.piece)?;
            if !self.piece.is_empty() {
                return Ok(());
            }
        }
    }
}

/// Several sections as one stream in order of (fingerprint, key, import, line).
pub(crate) struct Merge<R> {
    heads: Vec<(SectionRows<R>, u32)>,
    failed: Option<BooksError>,
}

impl<R: Record> Merge<R> {
    pub(crate) fn new(scans: Vec<Scan<R>>) -> Result<Self, BooksError> {
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

    /// The next row with its section, left where it is.
    pub(crate) fn head(&mut self) -> Result<Option<(u32, &Scanned<R>)>, BooksError> {
        if let Some(error) = self.failed.take() {
            self.heads.clear();
            return Err(error);
        }
        let Some(least) = self.least() else {
            return Ok(None);
        };
        let head = self.heads.get(least);
        Ok(head.and_then(|(rows, section)| Some((*section, rows.head()?))))
    }

    /// True when it is known without reading further that the row behind the next one has another fingerprint.
    pub(crate) fn is_next_alone(&self) -> bool {
        let Some(least) = self.least() else {
            return false;
        };
        let print = |rows: &SectionRows<R>, ahead: usize| {
            let row = rows.piece.get(rows.at + ahead);
            row.map(|scanned| scanned.fingerprint)
        };
        let mut heads = self.heads.iter().enumerate();
        let next = self.heads.get(least).and_then(|(rows, _)| print(rows, 0));
        heads.all(|(at, (rows, _))| {
            let other = print(rows, usize::from(at == least));
            other.is_some() && other != next
        })
    }

    /// The next row as `take` wants it.
    pub(crate) fn pull<T>(
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
    pub(crate) fn into_stream<'a>(self) -> Stream<'a, R>
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

impl<R: Record> RowStream<R> for Plain<R> {
    fn next_rows(
        &mut self,
        most: usize,
        rows: &mut Vec<R>,
        prints: &mut Vec<u64>,
    ) -> Result<(), EvidenceError> {
        rows.clear();
        prints.clear();
        while rows.len() < most {
            let pushed = self.0.pull(|_, scanned| {
                rows.push(scanned.row);
                prints.push(scanned.fingerprint);
            });
            match pushed {
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
