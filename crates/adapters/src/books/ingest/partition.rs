//! Rows on their way from the parser to their sections: sorted out by block, gathered by import.

use std::collections::BTreeMap;

use super::row_buffer::{Pack, RowBuffer};
use crate::books::catalog::DayRange;
use crate::books::format::record::Record;
use crate::books::narrow;
use recondesk_domain::Term;

/// A file has more rows or days than rows and days are counted to.
pub(crate) const TOO_MANY_ROWS: Term = Term::new(
    "一个文件的行数或天数过多",
    "too many rows or days for one file",
);

/// What the catalog says of a section.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Ranges {
    pub(crate) open: bool,
    /// An order has a business number other than its own number.
    pub(crate) business: bool,
    pub(crate) paid: Option<DayRange>,
    pub(crate) refunded: Option<DayRange>,
}

impl Ranges {
    fn take(&mut self, other: &Self) {
        self.open |= other.open;
        self.business |= other.business;
        for (mine, theirs) in [
            (&mut self.paid, other.paid),
            (&mut self.refunded, other.refunded),
        ] {
            if let Some(theirs) = theirs {
                *mine = Some(mine.map_or(theirs, |mine| mine.union(theirs)));
            }
        }
    }
}

/// Rows that a usual block has at least.
const FIRST_ROWS: usize = 1024;

/// Rows of one kind of one block, by section.
pub(crate) struct Sorted<R> {
    pack: Vec<Pack<R>>,
    /// Pack, fingerprint, place in the pack, section of this block.
    rows: Vec<(u32, u64, u32, u32)>,
    sections: Vec<((i32, bool), Ranges)>,
}

impl<R> Default for Sorted<R> {
    fn default() -> Self {
        Self {
            pack: Vec::new(),
            rows: Vec::new(),
            sections: Vec::new(),
        }
    }
}

impl<R: Record> Sorted<R> {
    /// Adds a row.
    pub(crate) fn push(&mut self, row: &R, key: (i32, bool), ranges: &Ranges) {
        let known = self.sections.iter().rposition(|(known, _)| *known == key);
        let section = known.unwrap_or_else(|| {
            self.sections.push((key, Ranges::default()));
            self.sections.len() - 1
        });
        if let Some((_, all)) = self.sections.get_mut(section) {
            all.take(ranges);
        }
        let place = self.pack.last_mut().and_then(|pack| pack.push(row));
        let place = place.or_else(|| {
            let mut fresh = Pack::default();
            let place = fresh.push(row);
            self.pack.push(fresh);
            place
        });
        if let Some((fingerprint, start)) = place {
            if self.rows.capacity() == 0 {
                self.rows.reserve(FIRST_ROWS);
            }
            let pack = narrow(self.pack.len().saturating_sub(1));
            self.rows.push((pack, fingerprint, start, narrow(section)));
        }
    }
}

/// All rows of one kind, and their sections.
pub(crate) struct PartitionedRows<R> {
    pub(crate) buffer: RowBuffer<R>,
    pub(crate) sections: BTreeMap<(i32, bool), (u64, Ranges)>,
}

impl<R> Default for PartitionedRows<R> {
    fn default() -> Self {
        Self {
            buffer: RowBuffer::default(),
            sections: BTreeMap::new(),
        }
    }
}

impl<R: Record> PartitionedRows<R> {
    /// Adds the rows of the next block; false when there are too many.
    pub(crate) fn take(&mut self, block: Sorted<R>) -> bool {
        let mut numbers = Vec::with_capacity(block.sections.len());
        for (key, ranges) in block.sections {
            let next = self.sections.len() as u64;
            let (number, all) = self
                .sections
                .entry(key)
                .or_insert_with(|| (next, Ranges::default()));
            all.take(&ranges);
            numbers.push(*number);
        }
        if self.sections.len() >= 1 << 19 {
            return false;
        }
        let mut rows = block.rows.into_iter().peekable();
        for (at, pack) in (0_u32..).zip(block.pack) {
            let numbers = &numbers;
            let of_pack = std::iter::from_fn(|| rows.next_if(|row| row.0 == at)).map(
                |(_, fingerprint, start, section)| {
                    let number = numbers.get(section as usize).copied().unwrap_or_default();
                    (fingerprint, start, number)
                },
            );
            if !self.buffer.add(pack, of_pack) {
                return false;
            }
        }
        true
    }
}
