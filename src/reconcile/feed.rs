//! Reads a sorted stream in groups of equal keys, through a small buffer.
//!
//! It checks the promised order, because a merge over rows out of order would be silently wrong.

use crate::domain::{MOrder, MRefund, RowRef, Text, WPay, WRefund, fingerprint};

use super::{ReconcileError, Stream};

/// Rows taken from the stream at a time: a few dozen kilobytes, so that they stay in the cache.
const CHUNK: usize = 128;

/// A row with a key by which its book is sorted.
pub(super) trait Keyed {
    /// Name of the book, for messages.
    const BOOK: &'static str;
    /// The key.
    fn key(&self) -> &[u8];
    /// Where the row lies; decides which of several copies is the first.
    fn row(&self) -> RowRef;
}

macro_rules! keyed {
    ($type:ty, $book:literal, $key:ident) => {
        impl Keyed for $type {
            const BOOK: &'static str = $book;

            fn key(&self) -> &[u8] {
                self.$key.as_bytes()
            }

            fn row(&self) -> RowRef {
                self.row
            }
        }
    };
}

keyed!(WPay, "bill's payments", out_trade_no);
keyed!(WRefund, "bill's refunds", out_refund_no);
keyed!(MOrder, "merchant's orders", out_trade_no);
keyed!(MRefund, "merchant's refunds", out_refund_no);

/// A sorted stream, read group by group.
pub(super) struct Feed<'a, T> {
    stream: Option<Stream<'a, T>>,
    rows: Vec<T>,
    prints: Vec<u64>,
    start: usize,
    end: usize,
}

impl<'a, T: Keyed> Feed<'a, T> {
    /// Begins to read; `None` is a book without rows.
    pub(super) fn new(stream: Option<Stream<'a, T>>) -> Self {
        Self {
            stream,
            rows: Vec::with_capacity(2 * CHUNK),
            prints: Vec::with_capacity(2 * CHUNK),
            start: 0,
            end: 0,
        }
    }

    /// Fingerprint and key of the next group, which is then complete in the buffer.
    pub(super) fn head(&mut self) -> Result<Option<(u64, &[u8])>, ReconcileError> {
        if self.end == self.start {
            self.complete_group()?;
        }
        Ok(self
            .prints
            .get(self.start)
            .copied()
            .zip(self.rows.get(self.start).map(Keyed::key)))
    }

    /// Takes the group that [`Feed::head`] announced, its rows in file order.
    pub(super) fn take(&mut self) -> &[T] {
        let group = self.start..self.end;
        self.start = self.end;
        let rows = self.rows.get_mut(group).unwrap_or_default();
        if rows.len() > 1 {
            rows.sort_by_key(Keyed::row);
        }
        rows
    }

    fn complete_group(&mut self) -> Result<(), ReconcileError> {
        loop {
            let Some(first) = self.rows.get(self.start) else {
                if self.refill()? {
                    continue;
                }
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
            if end < self.rows.len() || self.stream.is_none() || !self.refill()? {
                // After a refill the group begins at 0 again and is measured anew.
                self.end = end;
                return Ok(());
            }
        }
    }

    /// Moves the rest to the front and reads on; false at the end of the stream.
    fn refill(&mut self) -> Result<bool, ReconcileError> {
        let Some(stream) = &mut self.stream else {
            return Ok(false);
        };
        let last = self.prints.last().copied().zip(
            self.rows
                .last()
                .map(|row| Text::<64>::from_utf8(row.key()).unwrap_or_default()),
        );
        self.rows.drain(..self.start);
        self.prints.drain(..self.start);
        self.start = 0;
        self.end = 0;
        let known = self.rows.len();
        stream.read(CHUNK, &mut self.rows)?;
        if self.rows.len() == known {
            self.stream = None;
            return Ok(true);
        }
        let mut above = known.checked_sub(1).and_then(|at| self.rows.get(at));
        for row in self.rows.iter().skip(known) {
            let print = fingerprint(row.key());
            let in_order = match (self.prints.last().zip(above), &last) {
                (Some((&before, above)), _) => (before, above.key()) <= (print, row.key()),
                (None, Some((before, key))) => (*before, key.as_bytes()) <= (print, row.key()),
                (None, None) => true,
            };
            if !in_order {
                return Err(ReconcileError::Disorder(T::BOOK));
            }
            self.prints.push(print);
            above = Some(row);
        }
        Ok(true)
    }
}
