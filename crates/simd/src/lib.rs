//! Sixty-four bytes looked at together, each hit one bit: the quick way through long files.

use wide::u8x16;

/// Bytes of a window.
pub const WINDOW: usize = 64;

/// Bit `n` is set where byte `n` of the window is `byte`.
#[must_use]
#[inline]
pub fn positions(window: &[u8; WINDOW], byte: u8) -> u64 {
    let wanted = u8x16::splat(byte);
    let mut mask = 0;
    for (at, part) in window.as_chunks::<16>().0.iter().enumerate() {
        let hits = u8x16::new(*part).simd_eq(wanted).to_bitmask();
        mask |= u64::from(hits) << (at * 16);
    }
    mask
}

/// The first bytes of a text as a window of any size, with zeros behind its end.
#[must_use]
#[cold]
pub fn padded<const N: usize>(text: &[u8]) -> [u8; N] {
    let mut window = [0; N];
    for (to, from) in window.iter_mut().zip(text) {
        *to = *from;
    }
    window
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_has_its_bit() {
        for at in 0..WINDOW {
            for (filler, byte) in [
                (b'x', b','),
                (b'-', b','),
                (0xAC, b','),
                (b'\n', b'\t'),
                (0xFF, 0x7F),
            ] {
                let mut window = [filler; WINDOW];
                window[at] = byte;
                assert_eq!(positions(&window, byte), 1 << at, "{at}");
                assert_eq!(positions(&window, filler), !(1 << at), "{at}");
            }
        }
        assert_eq!(positions(&padded(b"a,b"), b','), 2);
    }
}
