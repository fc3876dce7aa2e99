//! Numbers as they lie in memory: what they begin with, and the decimal digits they end in, two in a byte.
//!
//! Order numbers and transaction ids are digits, or digits behind some letters that all of them share.

use super::column::LONGEST;

/// Bytes behind the last row, so that a whole window of packed digits can be read at any of them.
pub(crate) const SLACK: usize = WINDOW;
/// Packed digits that are unpacked together.
const WINDOW: usize = 16;

/// A number taken apart.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct NumberParts<'a> {
    /// What comes before the digits.
    pub(crate) head: &'a [u8],
    /// How many digits follow.
    pub(crate) count: usize,
    /// The digits from the first on, two in a byte; bytes behind the last one do not count.
    pub(crate) packed: &'a [u8],
}

impl<'a> NumberParts<'a> {
    /// Bytes that the digits take.
    pub(crate) const fn width(&self) -> usize {
        self.count.div_ceil(2)
    }

    /// The number as text, put together in `scratch`.
    pub(crate) fn text<'s>(&self, scratch: &'s mut [u8; LONGEST + 1]) -> Option<&'s [u8]>
    where
        'a: 's,
    {
        if self.count == 0 {
            return Some(self.head);
        }
        let len = self.head.len() + self.count;
        scratch
            .get_mut(..self.head.len())?
            .copy_from_slice(self.head);
        let tail = scratch.get_mut(self.head.len()..)?;
        match (self.packed.first_chunk(), tail.first_chunk_mut()) {
            (Some(window), Some(tail)) if self.count <= WINDOW * 2 => unpack_window(window, tail),
            _ => unpack(
                self.packed.get(..self.width())?,
                tail.get_mut(..self.count)?,
            ),
        }
        scratch.get(..len)
    }
}

/// How many of the last bytes are digits.
#[inline]
pub(crate) fn digits_at_end(text: &[u8]) -> usize {
    // A run of digits ends where the last byte that is none was seen; looking at all of them needs no branches.
    let (rest, chunks) = text.as_rchunks::<8>();
    let is_digits = |chunk: &&[u8; 8]| chunk.iter().fold(true, |all, b| all & b.is_ascii_digit());
    let whole = chunks.iter().rev().take_while(is_digits).count();
    let left = match chunks.len() - whole {
        0 => rest,
        more => chunks.get(more - 1).map_or(rest, |chunk| chunk.as_slice()),
    };
    whole * 8 + left.iter().rev().take_while(|b| b.is_ascii_digit()).count()
}

/// Two digits a byte, the last one alone where their count is odd.
pub(crate) fn pack(digits: &[u8], out: &mut Vec<u8>) {
    let (pairs, last) = digits.as_chunks::<2>();
    out.extend(pairs.iter().map(|[a, b]| (a & 15) << 4 | (b & 15)));
    if let [last] = last {
        out.push((last & 15) << 4);
    }
}

/// The reverse of [`pack`]: as many digits as `to` has room for.
pub(crate) fn unpack(packed: &[u8], to: &mut [u8]) {
    let (pairs, last) = to.as_chunks_mut::<2>();
    for (pair, byte) in pairs.iter_mut().zip(packed) {
        *pair = [b'0' + (byte >> 4), b'0' + (byte & 15)];
    }
    if let ([last], Some(byte)) = (last, packed.get(pairs.len())) {
        *last = b'0' + (byte >> 4);
    }
}

/// The same for a whole window, which the compiler does at once.
#[inline]
fn unpack_window(packed: &[u8; WINDOW], to: &mut [u8; WINDOW * 2]) {
    for (pair, byte) in to.as_chunks_mut::<2>().0.iter_mut().zip(packed) {
        *pair = [b'0' + (byte >> 4), b'0' + (byte & 15)];
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn digits_at_the_end_are_counted(text in "[0-9a-z]{0,20}[0-9]{0,40}") {
            let plain = text.bytes().rev().take_while(u8::is_ascii_digit).count();
            prop_assert_eq!(digits_at_end(text.as_bytes()), plain);
        }

        #[test]
        fn numbers_come_back(head in "[A-Z]{0,9}", digits in "[0-9]{0,60}", slack in prop::bool::ANY) {
            let mut packed = Vec::new();
            pack(digits.as_bytes(), &mut packed);
            if slack {
                packed.extend_from_slice(&[0x77; SLACK]);
            }
            let parts = NumberParts { head: head.as_bytes(), count: digits.len(), packed: &packed };
            let mut scratch = [0; LONGEST + 1];
            let text = parts.text(&mut scratch).unwrap();
            let whole = format!("{head}{digits}");
            prop_assert_eq!(text, whole.as_bytes());
        }
    }
}
