//! Where cells end: sixty-four bytes looked at together, the hits as one bit each.
//!
//! Cells of an export are short; searching for the end of each one costs more than all ends of a window at once.

/// Bytes of a window.
pub(super) const WINDOW: usize = 64;

/// The ends of cells in a text, from front to back.
#[derive(Debug, Clone)]
pub(super) struct Stops<'a> {
    text: &'a [u8],
    delimiter: u8,
    /// First byte of the window at hand.
    window: usize,
    /// Stops of the window that were not asked for yet.
    left: u64,
}

impl<'a> Stops<'a> {
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
        self.left = if let Some(window) = rest.first_chunk::<WINDOW>() {
            stops(window, self.delimiter)
        } else {
            let mut padded = [0; WINDOW];
            for (to, from) in padded.iter_mut().zip(rest) {
                *to = *from;
            }
            stops(&padded, self.delimiter)
        };
    }
}

/// Bit `n` is set where byte `n` is the delimiter or a line end.
///
/// Eight bytes at a time: bit `k` of byte `j` of `square` stands for byte `8 k + j`, which is then turned over
/// its diagonal.
#[inline]
fn stops(window: &[u8; WINDOW], delimiter: u8) -> u64 {
    const LINE_ENDS: u64 = 0x0A0A_0A0A_0A0A_0A0A;
    let delimiters = u64::from_le_bytes([delimiter; 8]);
    let mut square = 0;
    for word in window.as_chunks::<8>().0 {
        let word = u64::from_le_bytes(*word);
        square = (square >> 1) | zeros(word ^ delimiters) | zeros(word ^ LINE_ENDS);
    }
    let turn = (square ^ (square >> 7)) & 0x00AA_00AA_00AA_00AA;
    let square = square ^ turn ^ (turn << 7);
    let turn = (square ^ (square >> 14)) & 0x0000_CCCC_0000_CCCC;
    let square = square ^ turn ^ (turn << 14);
    let turn = (square ^ (square >> 28)) & 0x0000_0000_F0F0_F0F0;
    square ^ turn ^ (turn << 28)
}

/// The top bit of each byte that is zero, exactly.
const fn zeros(word: u64) -> u64 {
    const LOW_BITS: u64 = 0x7F7F_7F7F_7F7F_7F7F;
    !(((word & LOW_BITS) + LOW_BITS) | word | LOW_BITS)
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
            let mut stops = Stops::new(&text, delimiter);
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
