//! The page cache behind a long table: the order of the rows, and a few pages of their content.
//!
//! The order is a list of row ids; dragging the scroll bar anywhere costs the same.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

/// Rows a page.
pub const PAGE_ROWS: u64 = 200;
/// Pages kept; the ones farthest from the view go first.
const KEPT_PAGES: usize = 24;

/// A page that is wanted: its number, and the ids of its rows in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageWanted {
    /// The list it belongs to, as counted by [`RowWindow::generation`].
    pub generation: u64,
    /// Number of the page, from 0.
    pub page: u64,
    /// Ids of its rows.
    pub ids: Vec<u64>,
}

/// The rows of a table, as far as they are here.
#[derive(Debug, Clone)]
pub struct RowWindow<T> {
    ids: Arc<[u64]>,
    generation: u64,
    pages: BTreeMap<u64, Vec<T>>,
    asked: BTreeSet<u64>,
}

impl<T> Default for RowWindow<T> {
    fn default() -> Self {
        Self {
            ids: Arc::from([]),
            generation: 0,
            pages: BTreeMap::new(),
            asked: BTreeSet::new(),
        }
    }
}

impl<T> RowWindow<T> {
    /// Takes a new order of rows; pages of the old one are forgotten.
    pub fn set_order(&mut self, ids: impl Into<Arc<[u64]>>) {
        self.ids = ids.into();
        self.generation = self.generation.wrapping_add(1);
        self.pages.clear();
        self.asked.clear();
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.ids.len() as u64
    }

    /// True without rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Which order of rows this is.
    #[must_use]
    pub const fn generation(&self) -> u64 {
        self.generation
    }

    /// The id of a row.
    #[must_use]
    pub fn id(&self, row: u64) -> Option<u64> {
        self.ids.get(usize::try_from(row).ok()?).copied()
    }

    /// Where a row with that id stands.
    #[must_use]
    pub fn position(&self, id: u64) -> Option<u64> {
        self.ids
            .iter()
            .position(|known| *known == id)
            .map(|at| at as u64)
    }

    /// The ids of all rows in order.
    #[must_use]
    pub fn ids(&self) -> &[u64] {
        &self.ids
    }

    /// The same, to be held by somebody else.
    #[must_use]
    pub fn shared_ids(&self) -> Arc<[u64]> {
        Arc::clone(&self.ids)
    }

    /// The row, if its page is here.
    #[must_use]
    pub fn get(&self, row: u64) -> Option<&T> {
        let page = self.pages.get(&(row / PAGE_ROWS))?;
        page.get(usize::try_from(row % PAGE_ROWS).ok()?)
    }

    /// The pages that a view of these rows lacks and that nobody asked for yet; each is named once.
    pub fn wanted(&mut self, rows: Range<u64>) -> Vec<PageWanted> {
        let end = rows.end.min(self.len());
        if rows.start >= end {
            return Vec::new();
        }
        let pages = rows.start / PAGE_ROWS..(end - 1) / PAGE_ROWS + 1;
        let mut out = Vec::new();
        for page in pages {
            if self.pages.contains_key(&page) || !self.asked.insert(page) {
                continue;
            }
            let place = |row: u64| usize::try_from(row).unwrap_or(usize::MAX);
            let from = place(page * PAGE_ROWS);
            let to = place(((page + 1) * PAGE_ROWS).min(self.len()));
            out.push(PageWanted {
                generation: self.generation,
                page,
                ids: self.ids.get(from..to).unwrap_or_default().to_vec(),
            });
        }
        out
    }

    /// Takes a page; one of another order of rows is dropped.
    pub fn put(&mut self, generation: u64, page: u64, rows: Vec<T>) -> bool {
        if generation != self.generation {
            return false;
        }
        self.asked.remove(&page);
        self.pages.insert(page, rows);
        while self.pages.len() > KEPT_PAGES {
            let first = self.pages.keys().next().copied().unwrap_or(page);
            let last = self.pages.keys().next_back().copied().unwrap_or(page);
            let farthest = if page.abs_diff(first) > page.abs_diff(last) {
                first
            } else {
                last
            };
            self.pages.remove(&farthest);
        }
        true
    }

    /// Forgets that a page was asked for, after a failure, so that it is asked for again.
    pub fn give_up(&mut self, generation: u64, page: u64) {
        if generation == self.generation {
            self.asked.remove(&page);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window() -> RowWindow<u64> {
        let mut window = RowWindow::default();
        window.set_order((0..1000_u64).map(|n| n * 3).collect::<Vec<_>>());
        window
    }

    #[test]
    fn a_missing_page_is_asked_for_once() {
        let mut window = window();

        let first = window.wanted(190..210);
        let again = window.wanted(190..210);

        assert_eq!(first.iter().map(|w| w.page).collect::<Vec<_>>(), [0, 1]);
        assert_eq!(first.first().unwrap().ids.len(), 200);
        assert!(again.is_empty());
    }

    #[test]
    fn a_page_of_an_old_order_is_dropped() {
        let mut window = window();
        let old = window.generation();
        window.set_order(vec![1, 2, 3]);

        assert!(!window.put(old, 0, vec![9]));
        assert_eq!(window.get(0), None);
    }

    #[test]
    fn far_pages_leave_and_the_last_ones_stay() {
        let mut window: RowWindow<u64> = RowWindow::default();
        window.set_order((0..100_000_u64).collect::<Vec<_>>());
        let generation = window.generation();
        for page in 0..60 {
            window.put(generation, page, vec![page; 200]);
        }

        assert_eq!(window.get(59 * PAGE_ROWS), Some(&59));
        assert_eq!(window.get(0), None);
        assert_eq!(window.wanted(0..1).len(), 1);
    }

    #[test]
    fn nothing_is_wanted_past_the_end() {
        let mut window = window();

        assert!(window.wanted(5_000..5_010).is_empty());
        assert_eq!(window.wanted(990..2_000).len(), 1);
    }
}
