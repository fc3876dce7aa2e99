//! Finding rows by their numbers in many sections: few numbers probe, many sweep.

use std::sync::Arc;

use super::segment_cache::SegmentCache;
use super::snapshot::Snapshot;
use crate::books::catalog::SectionMeta;
use crate::books::format::index_page::{Index, short, sweep_worth};
use crate::books::format::record::Record;
use recondesk_domain::fingerprint;
use recondesk_ports::BooksError;

/// Numbers to find, in order of their fingerprints.
#[derive(Debug)]
pub(crate) struct NumberSet<'a> {
    /// Short fingerprint, place in the question, text.
    numbers: Vec<(u32, usize, &'a [u8])>,
}

impl<'a> NumberSet<'a> {
    pub(crate) fn new(numbers: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut numbers: Vec<_> = numbers
            .enumerate()
            .filter(|(_, text)| !text.is_empty())
            .map(|(at, text)| (short(fingerprint(text)), at, text))
            .collect();
        numbers.sort_unstable();
        Self { numbers }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// Forgets the numbers that need no more search.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(usize) -> bool) {
        self.numbers.retain(|(_, at, _)| keep(*at));
    }
}

/// A row that was found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FoundRow<R> {
    /// Place of its number in the question.
    pub(crate) at: usize,
    /// Its number in the section.
    pub(crate) number: u32,
    /// True when a newer import replaced it.
    pub(crate) dead: bool,
    /// The row.
    pub(crate) row: R,
}

/// Where rows with a number are looked for: a section, as it is seen.
#[derive(Clone, Copy)]
pub(crate) struct SearchPlace<'a> {
    /// The segment files.
    pub(crate) segments: &'a Arc<SegmentCache>,
    /// What counts.
    pub(crate) view: &'a Snapshot,
    /// The section.
    pub(crate) meta: &'a SectionMeta,
}

/// Finds numbers in one section, and which of the rows were replaced; `is` compares the whole text.
pub(crate) fn lookup<R: Record>(
    place: SearchPlace<'_>,
    index: Index,
    wanted: &NumberSet<'_>,
    is: impl Fn(&R, &[u8]) -> bool,
) -> Result<Vec<FoundRow<R>>, BooksError> {
    let SearchPlace {
        segments,
        view,
        meta,
    } = place;
    let mut found = rows_with(segments, meta, index, wanted, is)?;
    if !found.is_empty()
        && let Some(dead) = view.dead(segments, meta.id)?
    {
        for row in &mut found {
            row.dead = dead.contains(row.number);
        }
    }
    Ok(found)
}

/// Finds numbers in one section, replaced or not.
pub(crate) fn rows_with<R: Record>(
    segments: &Arc<SegmentCache>,
    meta: &SectionMeta,
    index: Index,
    wanted: &NumberSet<'_>,
    is: impl Fn(&R, &[u8]) -> bool,
) -> Result<Vec<FoundRow<R>>, BooksError> {
    let mut found = Vec::new();
    if wanted.is_empty() {
        return Ok(found);
    }
    let section = segments.section(meta)?;
    let mut candidates: Vec<(usize, u32)> = Vec::new();
    if sweep_worth(index, section.count(index), wanted.numbers.len()) {
        let keys: Vec<u32> = wanted.numbers.iter().map(|number| number.0).collect();
        segments.sweep(&section, index, &keys, |at, row| candidates.push((at, row)))?;
    } else {
        for (at, (_, _, text)) in wanted.numbers.iter().enumerate() {
            let rows = segments.candidates(&section, index, text)?;
            candidates.extend(rows.into_iter().map(|row| (at, row)));
        }
    }
    // In the order in which rows lie there, so that each group of them is unpacked once.
    candidates.sort_unstable_by_key(|(_, row)| *row);
    for (place, number) in candidates {
        let Some((_, at, text)) = wanted.numbers.get(place) else {
            continue;
        };
        let row: R = segments.row(&section, number)?;
        if is(&row, text) {
            found.push(FoundRow {
                at: *at,
                number,
                dead: false,
                row,
            });
        }
    }
    Ok(found)
}
