//! A segment file as the pieces it is made of: each ends in a checksum of its own, and no byte lies between them.

use std::fs::File;
use std::path::Path;

use super::catalog::{ByteRange, NewImport, SectionMeta, SupersededMeta};
use super::format::index_page::{Index, PAGE_BYTES, is_sound};
use super::query::segment_cache::SegmentCache;
use crate::disk::read_at;
use recondesk_ports::BooksError;

/// What the catalog says that the segment file of an import holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct SegmentParts {
    /// Its sections.
    pub(crate) sections: Vec<SectionMeta>,
    /// Its lists of superseded rows.
    pub(crate) lists: Vec<SupersededMeta>,
}

impl SegmentParts {
    /// True for an import that has these very sections and lists, at these very places.
    pub(crate) fn are_those_of(&self, made: &NewImport) -> bool {
        let in_order = |sections: &[SectionMeta]| {
            let mut sections = sections.to_vec();
            sections.sort_by_key(|section| section.footer.offset);
            for section in &mut sections {
                section.id = 0;
            }
            sections
        };
        let lists_in_order = |lists: &[SupersededMeta]| {
            let mut lists = lists.to_vec();
            lists.sort_by_key(|list| list.list.offset);
            lists
        };
        in_order(&self.sections) == in_order(&made.sections)
            && lists_in_order(&self.lists) == lists_in_order(&made.superseded)
    }

    /// The pieces of the file, in order: row groups, index pages, footers, lists.
    ///
    /// # Errors
    /// [`BooksError::Damaged`] when a footer is not what was written.
    pub(crate) fn pieces(&self, segments: &SegmentCache) -> Result<Vec<ByteRange>, BooksError> {
        let mut pieces: Vec<ByteRange> = self.lists.iter().map(|list| list.list).collect();
        for meta in &self.sections {
            let section = segments.section(meta)?;
            pieces.push(meta.footer);
            pieces.extend_from_slice(&section.footer.groups);
            for index in [Index::Keys, Index::Others] {
                let pages = index.pages(section.count(index));
                let page = |at: u64| ByteRange {
                    offset: section.index_at(index) + at * PAGE_BYTES as u64,
                    len: super::narrow(PAGE_BYTES),
                };
                pieces.extend((0..pages).map(page));
            }
        }
        pieces.sort_unstable_by_key(|piece| piece.offset);
        Ok(pieces)
    }

    /// Reads every byte of the file, and finds each as it was written.
    ///
    /// # Errors
    /// [`BooksError::Damaged`] for the first piece that is not, and for bytes that belong to none.
    pub(crate) fn check(&self, segments: &SegmentCache, import: u32) -> Result<(), BooksError> {
        let damaged = |what: &str| SegmentCache::damaged(import, what);
        let (mut next, size) = segments.extent(import)?;
        for piece in self.pieces(segments)? {
            if piece.offset != next {
                return Err(damaged("its parts do not lie one after the other"));
            }
            next += u64::from(piece.len);
            if !is_sound(&segments.read(import, piece)?) {
                let from = piece.offset;
                return Err(damaged(&format!("bytes {from} to {next}")));
            }
        }
        if next != size {
            return Err(damaged(&format!("{size} bytes where {next} were written")));
        }
        Ok(())
    }

    /// True when each piece of a damaged file is that of the file made in its place, or not what was written.
    ///
    /// # Errors
    /// [`BooksError`] when the file that was made cannot be read.
    pub(crate) fn agree(
        &self,
        made: &SegmentCache,
        import: u32,
        damaged: &Path,
    ) -> Result<bool, BooksError> {
        let Ok(damaged) = File::open(damaged) else {
            // There is none to compare with.
            return Ok(true);
        };
        for piece in self.pieces(made)? {
            let new = made.read(import, piece)?;
            let old = read_at(&damaged, piece.offset, piece.len as usize);
            if old.is_ok_and(|old| old != new && is_sound(&old)) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
