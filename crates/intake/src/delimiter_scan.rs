//! Where cells end: sixty-four bytes looked at together, the hits as one bit each.
//!
//! Cells of an export are short; searching for the end of each one costs more than all ends of a window at once.

use recondesk_simd::{WINDOW, padded, positions};

/// The ends of cells in a text, from front to back.
#[derive(Debug, Clone)]
pub(super) struct DelimiterScan<'a> {
    text: &'a [u8],
    delimiter: u8,
    /// First byte of the window at hand.
    window: usize,
    /// Stops of the window that were not asked for yet.
    left: u64,
}

impl<'a> DelimiterScan<'a> {
    pub(super) fn new(text: &'a [u8], delimiter: u8) -> Self {
        let mut new = Self {
            text,
            delimiter,
            window: 0,
            left: 0,
        };
        new.look(0);
        new
    }

    /// The next delimiter or line end at `from` or behind it; `from` never goes back.
    #[inline]
    pub(super) fn next(&mut self, from: usize) -> Option<usize> {
        if from >= self.window + WINDOW {
            self.look(from);
        } else if from > self.window {
            self.left &= u64::MAX << (from - self.window);
        }
        while self.left == 0 {
            self.window += WINDOW;
            if self.window >= self.text.len() {
                return None;
            }
            self.look(self.window);
        }
        let at = self.window + self.left.trailing_zeros() as usize;
        self.left &= self.left - 1;
        Some(at)
    }

    fn look(&mut self, from: usize) {
        self.window = from;
        let rest = self.text.get(from..).unwrap_or_default();
        let own;
        let window = if let Some(window) = rest.first_chunk::<WINDOW>() {
            window
        } else {
            own = padded(rest);
            &own
        };
        self.left = positions(window, self.delimiter) | positions(window, b'\n');
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn stops_are_those_of_a_plain_search(
            text in prop::collection::vec(prop_oneof![Just(b','), Just(b'\n'), any::<u8>()], 0..400),
            skips in prop::collection::vec(0_usize..90, 0..40),
            delimiter in prop_oneof![Just(b','), Just(b'\t'), Just(b';')],
        ) {
            let mut stops = DelimiterScan::new(&text, delimiter);
            let mut from = 0;
            for skip in skips.into_iter().chain([0; 400]) {
                let found = stops.next(from);
                let plain = text.iter().skip(from).position(|b| *b == delimiter || *b == b'\n');
                prop_assert_eq!(found, plain.map(|at| at + from));
                let Some(at) = found else { break };
                from = at + 1 + skip;
            }
        }
    }
}
