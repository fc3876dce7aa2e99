//! Finding rows by their numbers in many sections: few numbers probe, many sweep.

use std::sync::Arc;

use super::page::{Index, short, sweep_worth};
use super::record::Record;
use super::segment_cache::SegmentCache;
use super::snapshot::Snapshot;
use crate::sqlite::SectionMeta;
use recondesk_domain::fingerprint;
use recondesk_ports::BooksError;

/// Numbers to find, in order of their fingerprints.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    /// Short fingerprint, place in the question, text.
    numbers: Vec<(u32, usize, &'a [u8])>,
}

impl<'a> Wanted<'a> {
    pub(super) fn new(numbers: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut numbers: Vec<_> = numbers
            .enumerate()
            .filter(|(_, text)| !text.is_empty())
            .map(|(at, text)| (short(fingerprint(text)), at, text))
            .collect();
        numbers.sort_unstable();
        Self { numbers }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// Forgets the numbers that need no more search.
    pub(super) fn retain(&mut self, mut keep: impl FnMut(usize) -> bool) {
        self.numbers.retain(|(_, at, _)| keep(*at));
    }
}

/// A row that was found.
#[derive(Debug, Clone, Copy)]
pub(super) struct FoundRow<R> {
    /// Place of its number in the question.
    pub(super) at: usize,
    /// True when a newer import replaced it.
    pub(super) dead: bool,
    /// The row.
    pub(super) row: R,
}

/// Finds numbers in one section; `is` compares the whole text.
pub(super) fn lookup<R: Record>(
    (shelf, view): (&Arc<SegmentCache>, &Snapshot),
    meta: &SectionMeta,
    index: Index,
    wanted: &Wanted<'_>,
    is: impl Fn(&R, &[u8]) -> bool,
) -> Result<Vec<FoundRow<R>>, BooksError> {
    let mut found = Vec::new();
    if wanted.is_empty() {
        return Ok(found);
    }
    let section = shelf.section(meta)?;
    let mut candidates: Vec<(usize, u32)> = Vec::new();
    if sweep_worth(index, section.count(index), wanted.numbers.len()) {
        let keys: Vec<u32> = wanted.numbers.iter().map(|number| number.0).collect();
        shelf.sweep(&section, index, &keys, |at, row| candidates.push((at, row)))?;
    } else {
        for (at, (_, _, text)) in wanted.numbers.iter().enumerate() {
            let rows = shelf.candidates(&section, index, text)?;
            candidates.extend(rows.into_iter().map(|row| (at, row)));
        }
    }
    if candidates.is_empty() {
        return Ok(found);
    }
    let dead = view.dead(shelf, meta.id)?;
    for (place, number) in candidates {
        let Some((_, at, text)) = wanted.numbers.get(place) else {
            continue;
        };
        let row: R = shelf.row(&section, number)?;
        if is(&row, text) {
            found.push(FoundRow {
                at: *at,
                dead: dead.as_ref().is_some_and(|dead| dead.contains(number)),
                row,
            });
        }
    }
    Ok(found)
}
