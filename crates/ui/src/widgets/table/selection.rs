//! Which rows are selected: stretches, so that ten million of them cost as much as one.

use std::ops::Range;

/// Selected rows, as stretches in order that do not touch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Selection {
    ranges: Vec<Range<u64>>,
    version: u64,
}

impl Selection {
    /// Counts up with every change.
    pub(crate) const fn version(&self) -> u64 {
        self.version
    }

    /// How many rows there are in it.
    pub(crate) fn count(&self) -> u64 {
        self.ranges
            .iter()
            .map(|range| range.end - range.start)
            .sum()
    }

    /// True for a selected row.
    pub(crate) fn contains(&self, row: u64) -> bool {
        let after = self.ranges.partition_point(|range| range.start <= row);
        let range = after.checked_sub(1).and_then(|at| self.ranges.get(at));
        range.is_some_and(|range| range.contains(&row))
    }

    /// The stretches, in order.
    pub(crate) fn ranges(&self) -> &[Range<u64>] {
        &self.ranges
    }

    /// The rows, in order.
    pub(crate) fn rows(&self) -> impl Iterator<Item = u64> + '_ {
        self.ranges.iter().cloned().flatten()
    }

    /// Nothing.
    pub(crate) fn clear(&mut self) {
        self.set(0..0);
    }

    /// These rows and no others.
    pub(crate) fn set(&mut self, rows: Range<u64>) {
        let same = match self.ranges.as_slice() {
            [] => rows.is_empty(),
            [only] => *only == rows,
            _ => false,
        };
        if !same {
            self.ranges = if rows.is_empty() {
                Vec::new()
            } else {
                vec![rows]
            };
            self.version = self.version.wrapping_add(1);
        }
    }

    /// These rows as well.
    pub(crate) fn insert(&mut self, rows: Range<u64>) {
        if rows.is_empty() {
            return;
        }
        let mut joined = rows;
        let mut kept = Vec::with_capacity(self.ranges.len() + 1);
        for range in self.ranges.drain(..) {
            if range.end < joined.start || range.start > joined.end {
                kept.push(range);
            } else {
                joined = joined.start.min(range.start)..joined.end.max(range.end);
            }
        }
        let at = kept.partition_point(|range| range.start < joined.start);
        kept.insert(at, joined);
        self.ranges = kept;
        self.version = self.version.wrapping_add(1);
    }

    /// Not these rows.
    pub(crate) fn remove(&mut self, rows: &Range<u64>) {
        if rows.is_empty() {
            return;
        }
        let mut kept = Vec::with_capacity(self.ranges.len() + 1);
        for range in self.ranges.drain(..) {
            for part in [
                range.start..range.end.min(rows.start),
                range.start.max(rows.end)..range.end,
            ] {
                if !part.is_empty() {
                    kept.push(part);
                }
            }
        }
        self.ranges = kept;
        self.version = self.version.wrapping_add(1);
    }

    /// The row, or no longer.
    pub(crate) fn toggle(&mut self, row: u64) {
        let only = row..row.saturating_add(1);
        if self.contains(row) {
            self.remove(&only);
        } else {
            self.insert(only);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn it_holds_what_a_set_of_rows_would_hold() {
        let mut selection = Selection::default();
        let mut set: BTreeSet<u64> = BTreeSet::new();
        let mut seed = 7_u64;
        for step in 0..2_000_u64 {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(step);
            let from = (seed >> 33) % 60;
            let to = from + (seed >> 50) % 9;
            match step % 4 {
                0 | 1 => {
                    selection.insert(from..to);
                    set.extend(from..to);
                }
                2 => {
                    selection.remove(&(from..to));
                    set.retain(|row| !(from..to).contains(row));
                }
                _ => {
                    selection.toggle(from);
                    if !set.remove(&from) {
                        set.insert(from);
                    }
                }
            }
            assert_eq!(
                selection.rows().collect::<Vec<_>>(),
                Vec::from_iter(set.clone())
            );
            assert_eq!(selection.count(), set.len() as u64);
            assert!((0..70).all(|row| selection.contains(row) == set.contains(&row)));
            let touching = selection.ranges().windows(2);
            assert!(touching.into_iter().all(|pair| pair[0].end < pair[1].start));
        }
    }

    #[test]
    fn ten_million_rows_are_one_stretch() {
        let mut selection = Selection::default();
        selection.set(0..10_000_000);
        selection.toggle(5_000_000);
        assert_eq!(selection.count(), 9_999_999);
        assert_eq!(selection.ranges().len(), 2);
    }
}
