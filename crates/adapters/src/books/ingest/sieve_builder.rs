//! Sieves of the imports that fill one, made of the index pages of their segments after an import.
//!
//! A sieve is only a help: that it cannot be made is no fault of the import, and its imports are asked themselves.

use std::sync::Arc;

use rayon::prelude::*;

use crate::books::catalog::SectionMeta;
use crate::books::format::index_page::{Index, fingerprints};
use crate::books::format::sieve::{
    SPAN, SectionRun, SieveTail, SieveWriter, shift_for, sieve_name,
};
use crate::books::query::segment_cache::{Section, SegmentCache};
use crate::books::query::sieves::Sieves;
use crate::books::{Bookshelf, disk_error};
use recondesk_ports::BooksError;

/// Numbers that sieves of older imports may have together before the next import goes on with them.
const BUDGET: u64 = 2_000_000;
/// Numbers put in order at a time, about.
const PART: u64 = 1 << 20;
/// Index pages held at a time by all sections together, about.
const HELD_PAGES: usize = 2048;

/// One index of one section, read from its beginning.
struct IndexReader {
    section: Arc<Section>,
    index: Index,
    place: u8,
    /// Pages read at a time, and the next one to be read.
    window: u64,
    next: u64,
    /// Fingerprints that were read, last first.
    held: Vec<u32>,
}

impl IndexReader {
    /// Moves the numbers below a bound to `out`, with the place of their import.
    fn take(
        &mut self,
        segments: &SegmentCache,
        bound: u64,
        out: &mut Vec<(u32, u8)>,
    ) -> Result<(), BooksError> {
        loop {
            while let Some(number) = self.held.pop_if(|number| u64::from(*number) < bound) {
                out.push((number, self.place));
            }
            let count = self.section.count(self.index);
            let pages = self.index.pages(count);
            if !self.held.is_empty() || self.next >= pages {
                return Ok(());
            }
            let take = (pages - self.next).min(self.window);
            let bytes =
                segments.index_pages(&self.section, self.index, self.next..self.next + take)?;
            self.held
                .extend(fingerprints(self.index, count, self.next, &bytes));
            self.held.reverse();
            self.next += take;
        }
    }
}

impl Bookshelf {
    /// Makes the sieves that an import completed, and some of those that older versions did not make.
    pub(crate) fn complete_sieves(&self) {
        let mut numbers = 0;
        let mut made = || -> Result<(), BooksError> {
            let newest = self.catalog.newest_import(None)?;
            let disk = self.segments.disk();
            let missing = Sieves::load(disk, self.catalog.as_ref(), newest)?.missing;
            for (first, seal) in missing.into_iter().rev() {
                if numbers >= BUDGET {
                    break;
                }
                numbers += self.write_sieve(first, seal)?;
            }
            Ok(())
        };
        if let Err(error) = made() {
            tracing::warn!(%error, "no sieve for these imports");
        }
    }

    /// Writes one sieve; how many numbers it has.
    fn write_sieve(&self, first: u32, seal: u64) -> Result<u64, BooksError> {
        let metas = self.catalog.sections_of(first..=first + SPAN - 1)?;
        let sections = section_runs(first, &metas)?;
        let mut readers = Vec::with_capacity(metas.len() * 2);
        for meta in &metas {
            let section = self.segments.section(meta)?;
            let place = u8::try_from(meta.import - first).unwrap_or(u8::MAX);
            for index in [Index::Keys, Index::Others] {
                readers.push(IndexReader {
                    section: Arc::clone(&section),
                    index,
                    place,
                    window: 1,
                    next: 0,
                    held: Vec::new(),
                });
            }
        }
        let window = (HELD_PAGES / readers.len().max(1)).clamp(1, 64) as u64;
        for reader in &mut readers {
            reader.window = window;
        }
        let count = |reader: &IndexReader| reader.section.count(reader.index);
        let numbers: u64 = readers.iter().map(count).sum();
        let failed = |error: std::io::Error| disk_error(&error);
        let shift = shift_for(numbers);
        let disk = self.segments.disk();
        let mut out = disk.create(&sieve_name(first + SPAN - 1)).map_err(failed)?;
        let mut writer = SieveWriter::new(seal, shift, |page: &[u8]| out.write(page));
        let parts = numbers / PART + 1;
        let mut part = Vec::new();
        for at in 1..=parts {
            let bound = (at << 32) / parts;
            for reader in &mut readers {
                reader.take(&self.segments, bound, &mut part)?;
            }
            part.par_sort_unstable();
            for (number, place) in part.drain(..) {
                writer.push(number, place).map_err(failed)?;
            }
        }
        let tail = SieveTail {
            first,
            shift,
            pages: writer.finish().map_err(failed)?,
            seal,
            sections,
        };
        out.write(&tail.encode()).map_err(failed)?;
        out.finish().map_err(failed)?;
        disk.sync().map_err(failed)?;
        disk.keep(&sieve_name(first + SPAN - 1));
        Ok(numbers)
    }
}

/// Which sections each import has; they follow each other, since an import is stored as one.
fn section_runs(
    first: u32,
    metas: &[SectionMeta],
) -> Result<[SectionRun; SPAN as usize], BooksError> {
    let mut runs = [SectionRun::default(); SPAN as usize];
    for (import, run) in (first..).zip(&mut runs) {
        let mut own = metas.iter().filter(|meta| meta.import == import);
        let Some(start) = own.next() else { continue };
        run.first = start.id;
        run.count = 1;
        for meta in own {
            if meta.id != run.first + run.count {
                return Err(BooksError::Damaged {
                    file: "recondesk.db".to_owned(),
                    what: format!("the sections of import {import} do not follow each other"),
                });
            }
            run.count += 1;
        }
    }
    Ok(runs)
}
