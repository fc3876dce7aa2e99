//! Small integers in as few bytes as each needs: the lengths first, two bits each, then the bytes.
//!
//! Reading asks no question for each byte, so it costs the same whatever the integers are.

use crate::books::format::record::INTS;

/// Bytes of the lengths.
const HEAD: usize = 3;
/// Set in the lengths when integers lie there with all of their eight bytes.
const WIDE: u32 = 1 << 23;
/// Bytes and bits that each length stands for.
const LENGTHS: [(usize, u32); 4] = [(0, 0), (1, 0xff), (2, 0xffff), (4, u32::MAX)];

const _: () = assert!(INTS * 2 <= 23, "the lengths and the flag share three bytes");

/// Appends integers.
#[inline]
pub(crate) fn push(ints: &[u64], out: &mut Vec<u8>) {
    let mut room = [0_u8; HEAD + INTS * 4 + 4];
    let mut lengths = 0_u32;
    let mut at = HEAD;
    for (place, &int) in ints.iter().enumerate() {
        let Ok(small) = u32::try_from(int) else {
            push_wide(ints, out);
            return;
        };
        let code = u32::from(small > 0) + u32::from(small > 0xff) + u32::from(small > 0xffff);
        lengths |= code << (place * 2);
        if let Some(to) = room.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
            *to = small.to_le_bytes();
        }
        at += length(code).0;
    }
    let [a, b, c, _] = lengths.to_le_bytes();
    if let Some(to) = room.first_chunk_mut() {
        *to = [a, b, c];
    }
    out.extend_from_slice(room.get(..at).unwrap_or_default());
}

#[cold]
fn push_wide(ints: &[u64], out: &mut Vec<u8>) {
    let [a, b, c, _] = WIDE.to_le_bytes();
    out.extend_from_slice(&[a, b, c]);
    for int in ints {
        out.extend_from_slice(&int.to_le_bytes());
    }
}

/// Reads as many integers as `to` has room for, and goes behind them. Four bytes must follow the last.
#[inline]
pub(crate) fn read(bytes: &mut &[u8], to: &mut [u64]) -> Option<()> {
    let (&[a, b, c], mut rest) = bytes.split_first_chunk::<HEAD>()?;
    let mut lengths = u32::from_le_bytes([a, b, c, 0]);
    if lengths & WIDE != 0 {
        for int in to {
            let (word, more) = rest.split_first_chunk::<8>()?;
            *int = u64::from_le_bytes(*word);
            rest = more;
        }
        *bytes = rest;
        return Some(());
    }
    for int in to {
        let (len, keep) = length(lengths & 3);
        lengths >>= 2;
        *int = u64::from(u32::from_le_bytes(*rest.first_chunk::<4>()?) & keep);
        rest = rest.get(len..)?;
    }
    *bytes = rest;
    Some(())
}

#[inline]
fn length(code: u32) -> (usize, u32) {
    let [none, one, two, four] = LENGTHS;
    match code & 3 {
        0 => none,
        1 => one,
        2 => two,
        _ => four,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn integers_come_back(
            ints in prop::collection::vec(
                prop_oneof![
                    3 => 0..3_u64,
                    3 => 0..300_u64,
                    3 => 0..70_000_u64,
                    3 => any::<u32>().prop_map(u64::from),
                    1 => any::<u64>(),
                ],
                1..=INTS,
            ),
        ) {
            let mut bytes = Vec::new();
            push(&ints, &mut bytes);
            bytes.extend_from_slice(b"next");
            let mut rest = bytes.as_slice();
            let mut back = vec![7; ints.len()];
            read(&mut rest, &mut back).unwrap();
            prop_assert_eq!(back, ints);
            prop_assert_eq!(rest, b"next");
        }
    }
}
