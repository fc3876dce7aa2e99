//! Reads a sorted stream in groups of equal keys, through a small buffer.
//!
//! It checks the promised order, because a merge over rows out of order would be silently wrong.

use recondesk_domain::{Keyed, fingerprint};

use super::{ReconcileError, Stream};

/// Rows asked of the stream at a time: a few dozen kilobytes, so that they stay in the cache.
const CHUNK: usize = 128;

/// A sorted stream, read group by group.
pub(super) struct Feed<'a, T> {
    stream: Option<Stream<'a, T>>,
    rows: Vec<T>,
    prints: Vec<u64>,
    start: usize,
    /// End of the group at hand; at `start` where none was looked for.
    end: usize,
    /// The group at hand where it reaches behind the rows that were read together.
    across: Vec<T>,
    /// The group in `across` was taken.
    is_over: bool,
}

impl<'a, T: Keyed> Feed<'a, T> {
    /// Begins to read; `None` is a book without rows.
    pub(super) const fn new(stream: Option<Stream<'a, T>>) -> Self {
        Self {
            stream,
            rows: Vec::new(),
            prints: Vec::new(),
            start: 0,
            end: 0,
            across: Vec::new(),
            is_over: false,
        }
    }

    /// Fingerprint and key of the next group, which is then complete.
    pub(super) fn head(&mut self) -> Result<Option<(u64, &[u8])>, ReconcileError> {
        if self.is_over {
            self.across.clear();
            self.is_over = false;
        }
        if self.end == self.start && self.across.is_empty() {
            self.complete_group()?;
        }
        if let Some(row) = self.across.first() {
            return Ok(Some((fingerprint(row.key()), row.key())));
        }
        Ok(self
            .prints
            .get(self.start)
            .copied()
            .zip(self.rows.get(self.start).map(Keyed::key)))
    }

    /// Takes the group that [`Feed::head`] announced, its rows in file order.
    pub(super) fn take(&mut self) -> Result<&[T], ReconcileError> {
        let rows = if self.across.is_empty() {
            let group = self.start..self.end;
            self.start = self.end;
            let rows = self.rows.get_mut(group);
            rows.ok_or(ReconcileError::Disorder(T::NAME))?
        } else {
            self.is_over = true;
            &mut self.across
        };
        if rows.len() > 1 {
            rows.sort_by_key(Keyed::row);
        }
        Ok(rows)
    }

    fn complete_group(&mut self) -> Result<(), ReconcileError> {
        while self.start >= self.rows.len() {
            if !self.refill()? {
                return Ok(());
            }
        }
        let Some(first) = self.rows.get(self.start) else {
            return Ok(());
        };
        let print = self.prints.get(self.start);
        let mut end = self.start.saturating_add(1);
        while self.prints.get(end) == print
            && self
                .rows
                .get(end)
                .is_some_and(|row| row.key() == first.key())
        {
            end = end.saturating_add(1);
        }
        if end < self.rows.len() || self.stream.is_none() {
            self.end = end;
            return Ok(());
        }
        self.across.extend(self.rows.iter().skip(self.start));
        self.start = end;
        self.end = end;
        while self.start >= self.rows.len() && self.refill()? {
            let same = self.across.first().map_or(0, |first| {
                let rows = self.rows.iter();
                rows.take_while(|row| row.key() == first.key()).count()
            });
            self.across.extend(self.rows.iter().take(same));
            self.start = same;
            self.end = same;
        }
        Ok(())
    }

    /// Reads on, once all rows that are there were taken; false at the end of the stream.
    fn refill(&mut self) -> Result<bool, ReconcileError> {
        let Some(stream) = &mut self.stream else {
            return Ok(false);
        };
        let last = self.prints.last().copied().zip(self.rows.last().copied());
        self.start = 0;
        self.end = 0;
        stream.next_rows(CHUNK, &mut self.rows, &mut self.prints)?;
        if self.rows.is_empty() {
            self.stream = None;
            return Ok(false);
        }
        let mut above = last.as_ref().map(|(print, row)| (*print, row.key()));
        let mut in_order = self.prints.len() == self.rows.len();
        for (row, &print) in self.rows.iter().zip(&self.prints) {
            debug_assert_eq!(print, fingerprint(row.key()), "a foreign fingerprint");
            let here = (print, row.key());
            in_order &= above.is_none_or(|above| above <= here);
            above = Some(here);
        }
        if in_order {
            Ok(true)
        } else {
            Err(ReconcileError::Disorder(T::NAME))
        }
    }
}
