//! A column of integers in as few bits each as most of them need; the few that need more are kept apart.
//!
//! They are kept as their distance from the least of them, from the one before, or from another column, whichever takes
//! the fewest bits.

use super::cell::short;
use super::stream::{Taker, put, put_count};

/// What an integer is kept as its distance from.
const FROM_LEAST: u8 = 0;
const FROM_PREVIOUS: u8 = 1;
const FROM_OTHER: u8 = 2;
/// Wider values take eight whole bytes: up to here one aligned word holds a value wherever its first bit lies.
const WIDEST: usize = 48;
const WORD: usize = 64;
/// Bits that a value kept apart is reckoned with.
const APART_BITS: usize = 40;
/// Every how many values one is looked at to choose the way.
const LOOK_EVERY: usize = 8;

/// How many values have each count of bits.
struct Widths([u32; WORD + 1]);

impl Widths {
    fn of(values: impl Iterator<Item = u64>) -> Self {
        let mut counts = [0; WORD + 1];
        for value in values {
            let width = (u64::BITS - value.leading_zeros()) as usize;
            if let Some(count) = counts.get_mut(width) {
                *count += 1;
            }
        }
        Self(counts)
    }

    /// The width that takes the fewest bits in all, and those bits.
    fn best(&self) -> (usize, usize) {
        let all: usize = self.0.iter().map(|count| *count as usize).sum();
        let mut apart = 0;
        let mut best = (WORD, WORD * all);
        for (width, count) in self.0.iter().enumerate().rev() {
            let bits = if width > WIDEST { WORD } else { width };
            let cost = bits * all + apart * APART_BITS;
            if cost < best.1 {
                best = (bits, cost);
            }
            apart += *count as usize;
        }
        best
    }
}

const fn zigzag(value: u64) -> u64 {
    let value = value.cast_signed();
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

const fn unzigzag(value: u64) -> u64 {
    (value >> 1) ^ (value & 1).wrapping_neg()
}

/// Appends a column: what has no fixed width to `soft`, the packed bits to `hard`.
pub(super) fn encode(
    values: &[u64],
    other: Option<&[u64]>,
    (soft, hard): (&mut Vec<u8>, &mut Vec<u8>),
    room: &mut Vec<u64>,
) {
    let least = values.iter().copied().min().unwrap_or(0);
    let way = choose(values, least, other);
    room.clear();
    match (way, other) {
        (FROM_OTHER, Some(other)) => {
            let pairs = values.iter().zip(other);
            room.extend(pairs.map(|(value, other)| zigzag(value.wrapping_sub(*other))));
        }
        (FROM_PREVIOUS, _) => {
            let before = std::iter::once(&least).chain(values);
            let pairs = values.iter().zip(before);
            room.extend(pairs.map(|(value, before)| zigzag(value.wrapping_sub(*before))));
        }
        _ => room.extend(values.iter().map(|value| value - least)),
    }
    let some = room.iter().copied().step_by(LOOK_EVERY / 2);
    write(way, least, Widths::of(some).best().0, room, (soft, hard));
}

/// Appends the codes of so many words: all are small.
pub(super) fn encode_codes(
    codes: &mut [u64],
    words: usize,
    (soft, hard): (&mut Vec<u8>, &mut Vec<u8>),
) {
    let width = usize::BITS - words.saturating_sub(1).leading_zeros();
    write(FROM_LEAST, 0, width as usize, codes, (soft, hard));
}

fn write(
    way: u8,
    least: u64,
    width: usize,
    room: &mut [u64],
    (soft, hard): (&mut Vec<u8>, &mut Vec<u8>),
) {
    soft.push(way);
    put(soft, least);
    put_count(soft, width);
    if width < WORD {
        let limit = 1 << width;
        let wide = room.iter().filter(|value| **value >= limit).count();
        put_count(soft, wide);
        if wide > 0 {
            let mut last = 0;
            for (at, value) in room.iter_mut().enumerate() {
                if *value >= limit {
                    put_count(soft, at - last);
                    put(soft, *value);
                    last = at;
                    *value = 0;
                }
            }
        }
    }
    pack(room, width, hard);
}

fn choose(values: &[u64], least: u64, other: Option<&[u64]>) -> u8 {
    let cost = |widths: Widths| widths.best().1;
    let plain = cost(Widths::of(
        values.iter().step_by(LOOK_EVERY).map(|value| value - least),
    ));
    let pairs = values.iter().zip(values.get(1..).unwrap_or_default());
    let stepped = cost(Widths::of(
        pairs
            .step_by(LOOK_EVERY)
            .map(|(before, value)| zigzag(value.wrapping_sub(*before))),
    ));
    let beside = other.map_or(usize::MAX, |other| {
        let pairs = values.iter().zip(other).step_by(LOOK_EVERY);
        cost(Widths::of(
            pairs.map(|(value, other)| zigzag(value.wrapping_sub(*other))),
        ))
    });
    if plain <= stepped && plain <= beside {
        FROM_LEAST
    } else if stepped <= beside {
        FROM_PREVIOUS
    } else {
        FROM_OTHER
    }
}

fn pack(values: &[u64], width: usize, out: &mut Vec<u8>) {
    if width == 0 {
        return;
    }
    let (mut word, mut filled) = (0_u64, 0);
    for value in values {
        word |= value << filled;
        let total = filled + width;
        if total >= WORD {
            out.extend_from_slice(&word.to_le_bytes());
            let used = WORD - filled;
            word = if used == WORD { 0 } else { value >> used };
            filled = total - WORD;
        } else {
            filled = total;
        }
    }
    let rest = word.to_le_bytes();
    out.extend_from_slice(rest.get(..filled.div_ceil(8)).unwrap_or_default());
}

/// Takes a column of `count` integers; `None` when it is not one.
pub(super) fn decode(
    count: usize,
    other: Option<&[u64]>,
    (soft, hard): (&mut Taker<'_>, &mut Taker<'_>),
) -> Option<Vec<u64>> {
    let way = soft.byte()?;
    let least = soft.number()?;
    let width = soft.count(WORD)?;
    let mut apart = Vec::new();
    if width < WORD {
        let mut at = 0;
        for _ in 0..soft.count(count)? {
            at += soft.count(count)?;
            apart.push((at, soft.number()?));
        }
    }
    let packed = hard.bytes(count.checked_mul(width)?.div_ceil(8))?;
    let base = if way == FROM_LEAST { least } else { 0 };
    let mut values = unpack(packed, (width, base), count)?;
    for (at, value) in apart {
        *values.get_mut(at)? = value.wrapping_add(base);
    }
    match way {
        FROM_LEAST => {}
        FROM_PREVIOUS => {
            let mut before = least;
            for value in &mut values {
                before = before.wrapping_add(unzigzag(*value));
                *value = before;
            }
        }
        FROM_OTHER => {
            for (value, other) in values.iter_mut().zip(other?) {
                *value = other.wrapping_add(unzigzag(*value));
            }
        }
        _ => return None,
    }
    Some(values)
}

/// The integers that were packed, each above a base.
fn unpack(packed: &[u8], (width, base): (usize, u64), count: usize) -> Option<Vec<u64>> {
    if width == 0 {
        return Some(vec![base; count]);
    }
    let mut values = Vec::with_capacity(count);
    if width == WORD {
        let words = packed.as_chunks::<8>().0.iter();
        values.extend(words.map(|word| base.wrapping_add(u64::from_le_bytes(*word))));
        return Some(values);
    }
    if width > WIDEST {
        return None;
    }
    let keep = (1 << width) - 1;
    let at = |word: u64, at: usize| base.wrapping_add(word >> (at * width % 8) & keep);
    let whole = (packed.len().saturating_sub(8) * 8 / width).min(count);
    values.extend((0..whole).map(|row| {
        let word = packed
            .get(row * width / 8..)
            .and_then(<[u8]>::first_chunk::<8>);
        at(word.map_or(0, |word| u64::from_le_bytes(*word)), row)
    }));
    values.extend((whole..count).map(|row| {
        let rest = packed.get(row * width / 8..).unwrap_or_default();
        at(short(rest), row)
    }));
    Some(values)
}
