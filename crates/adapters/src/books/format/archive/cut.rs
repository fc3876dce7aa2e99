//! Where the columns of some lines end.

use recondesk_simd::{WINDOW, padded, positions};

use super::shape::Shape;

/// Lines that are looked at together: they stay in the cache while one column after the other is taken.
const LINES: usize = 96;
/// Places that are written at once: mostly all of a window.
const AT_ONCE: usize = 8;

/// Some rows, and the places of their columns.
#[derive(Debug, Default)]
pub(super) struct Cut {
    /// Places of separators and line ends.
    marks: Vec<u32>,
    /// How many marks there are up to the end of each line.
    lines: Vec<usize>,
    /// For each row the byte before it, then the ends of its columns.
    pub(super) rows: Vec<u32>,
    /// Columns of a row.
    width: usize,
}

/// A line that is no row.
#[derive(Debug, Clone, Copy)]
pub(super) struct OddLine {
    /// Rows before it.
    pub(super) rows: usize,
    /// Where it begins and ends.
    pub(super) from: usize,
    pub(super) to: usize,
}

impl Cut {
    pub(super) fn start(&mut self, shape: &Shape) {
        self.width = shape.spans.iter().map(|span| span.columns).sum();
    }

    /// Places of a row.
    pub(super) const fn stride(&self) -> usize {
        self.width + 1
    }

    /// Cuts the lines from a byte on, some of them or all, and gives the byte behind the last one.
    pub(super) fn lines(
        &mut self,
        (shape, block): (&Shape, &[u8]),
        start: usize,
        before: usize,
        odd: &mut Vec<OddLine>,
    ) -> Option<usize> {
        self.mark(block, start, shape.separator)?;
        self.rows.clear();
        let (mut from, mut first, mut rows) = (start, 0, before);
        for &next in &self.lines {
            let last = next.checked_sub(1)?;
            let to = *self.marks.get(last)? as usize + 1;
            let end = to
                .checked_sub(shape.end.len())
                .filter(|end| *end >= from && block.get(*end..to) == Some(shape.end.as_slice()));
            // Where there are too many, separators stand inside a text: the last column takes what is left over.
            match end.filter(|_| next - first >= self.width) {
                Some(end) => {
                    let before = u32::try_from(from).ok()?.wrapping_sub(1);
                    self.rows.push(before);
                    let ends = self.marks.get(first..first + self.width - 1)?;
                    self.rows.extend_from_slice(ends);
                    self.rows.push(u32::try_from(end).ok()?);
                    rows += 1;
                }
                None => odd.push(OddLine { rows, from, to }),
            }
            (from, first) = (to, next);
        }
        if self.lines.is_empty() {
            let to = block.len();
            odd.push(OddLine { rows, from, to });
            from = to;
        }
        Some(from)
    }

    /// Finds separators and line ends.
    fn mark(&mut self, block: &[u8], start: usize, separator: u8) -> Option<()> {
        self.lines.clear();
        let mut base = start;
        let mut count = 0;
        while base < block.len() && self.lines.len() < LINES {
            let rest = block.get(base..)?;
            let window = match rest.first_chunk::<WINDOW>() {
                Some(window) => window,
                None => &padded(rest),
            };
            let breaks = positions(window, b'\n');
            let mut hits = positions(window, separator) | breaks;
            let mut ends = breaks;
            while ends != 0 {
                let below = hits & (ends ^ (ends - 1));
                self.lines.push(count + below.count_ones() as usize);
                ends &= ends - 1;
            }
            if self.marks.len() < count + WINDOW {
                self.marks.resize((count + WINDOW) * 2, 0);
            }
            let found = hits.count_ones() as usize;
            let at = u32::try_from(base).ok()?;
            let mut done = 0;
            loop {
                let room = self
                    .marks
                    .get_mut(count + done..)?
                    .first_chunk_mut::<AT_ONCE>()?;
                for mark in room {
                    *mark = at.wrapping_add(hits.trailing_zeros());
                    hits &= hits.wrapping_sub(1);
                }
                done += AT_ONCE;
                if done >= found {
                    break;
                }
            }
            count += found;
            base += WINDOW;
        }
        Some(())
    }
}
