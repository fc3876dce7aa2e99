//! Columns of a row group: texts and integers in as few bytes as a fixed place per row allows.
//!
//! Integers are stored above the smallest of the group, in as many whole bytes as the largest needs.
//! Texts lose their common beginning; digits take half a byte. Any row is found without reading the rest.

mod fill;
mod numbers;

pub(crate) use fill::ColumnFill;
pub(crate) use numbers::ColumnNumbers;

use std::ops::Range;

use super::packed_digits::{pack, unpack};

/// Most different values a dictionary holds; more are stored as they are.
const DICTIONARY: usize = 32;

const CONSTANT: u8 = 0;
const CODED: u8 = 1;
const FIXED: u8 = 2;
const FIXED_DIGITS: u8 = 3;
const VARIED: u8 = 4;
const VARIED_DIGITS: u8 = 5;

/// Longest text that a column takes.
pub(crate) const LONGEST: usize = 127;

/// The texts of one column of one group, in order.
#[derive(Debug, Default)]
pub(crate) struct ColumnTexts {
    bytes: Vec<u8>,
    ends: Vec<u32>,
}

impl ColumnTexts {
    pub(crate) fn push(&mut self, text: &[u8]) {
        self.bytes.extend_from_slice(text);
        self.ends
            .push(u32::try_from(self.bytes.len()).unwrap_or(u32::MAX));
    }

    fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(from, &to)| {
            self.bytes
                .get(from as usize..to as usize)
                .unwrap_or_default()
        })
    }

    /// Appends the column to `out`.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        let first = self.iter().next().unwrap_or_default();
        let fixed = (1_usize..)
            .zip(&self.ends)
            .all(|(at, &end)| at * first.len() == end as usize);
        // Texts of one length are equal when all of them together equal themselves, one text further.
        if fixed
            && self.bytes.get(first.len()..) == self.bytes.get(..self.bytes.len() - first.len())
        {
            out.push(CONSTANT);
            push_short(out, first);
            return;
        }
        if let Some((words, codes)) = self.dictionary() {
            out.push(CODED);
            out.push(u8::try_from(words.len()).unwrap_or(0));
            for word in words {
                push_short(out, word);
            }
            out.extend_from_slice(&codes);
            return;
        }
        let common = self.iter().fold(first.len(), |len, text| {
            first
                .iter()
                .zip(text)
                .take(len)
                .take_while(|(a, b)| a == b)
                .count()
        });
        let prefix = first.get(..common).unwrap_or_default();
        let rest = |text: &[u8]| text.len() - common;
        let digits = self
            .iter()
            .all(|text| text.iter().skip(common).all(u8::is_ascii_digit));
        out.push(match (fixed, digits) {
            (true, true) => FIXED_DIGITS,
            (true, false) => FIXED,
            (false, true) => VARIED_DIGITS,
            (false, false) => VARIED,
        });
        push_short(out, prefix);
        if fixed {
            out.push(u8::try_from(rest(first)).unwrap_or(0));
        } else {
            out.extend(self.iter().map(|t| u8::try_from(rest(t)).unwrap_or(0)));
        }
        for text in self.iter() {
            let text = text.get(common..).unwrap_or_default();
            if digits {
                pack(text, out);
            } else {
                out.extend_from_slice(text);
            }
        }
    }

    fn dictionary(&self) -> Option<(Vec<&[u8]>, Vec<u8>)> {
        let mut words: Vec<&[u8]> = Vec::new();
        let mut codes = Vec::with_capacity(self.ends.len());
        for text in self.iter() {
            let code = match words.iter().position(|word| is_same(word, text)) {
                Some(code) => code,
                None if words.len() < DICTIONARY => {
                    words.push(text);
                    words.len() - 1
                }
                None => return None,
            };
            codes.push(u8::try_from(code).ok()?);
        }
        Some((words, codes))
    }
}

/// Equality that asks nothing of empty texts: comparing nothing at a dangling address costs more
/// than comparing a number, as the masked load of `memcmp` then needs the processor's help.
pub(crate) fn is_same(a: &[u8], b: &[u8]) -> bool {
    match (a.split_first(), b.split_first()) {
        (Some((first, a)), Some((other, b))) => first == other && a == b,
        // Written as `a.is_empty() || a == b`, the compiler leaves the test out.
        (first, other) => first.is_none() && other.is_none(),
    }
}

fn push_short(out: &mut Vec<u8>, text: &[u8]) {
    out.push(u8::try_from(text.len()).unwrap_or(0));
    out.extend_from_slice(text);
}

/// Appends integers to `out`.
pub(crate) fn encode_ints(values: &[u64], out: &mut Vec<u8>) {
    let least = values.iter().copied().min().unwrap_or(0);
    let most = values.iter().copied().max().unwrap_or(0) - least;
    let width = 8 - most.leading_zeros() as usize / 8;
    out.push(u8::try_from(width).unwrap_or(8));
    out.extend_from_slice(&least.to_le_bytes());
    if width == 0 {
        return;
    }
    // Eight bytes are written each time, and all but `width` of them are written over by the next.
    let start = out.len();
    let end = start + values.len() * width;
    out.resize(end + 8, 0);
    let room = out.get_mut(start..).unwrap_or_default();
    for (at, value) in (0..).step_by(width).zip(values) {
        if let Some(to) = room.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
            *to = (value - least).to_le_bytes();
        }
    }
    out.truncate(end);
}

/// Where the integers of a column lie inside a group.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct IntColumn {
    least: u64,
    width: usize,
    /// The bits of `width` bytes.
    keep: u64,
    start: usize,
}

impl IntColumn {
    /// Reads the head of a column that fills `bytes[from..to]`.
    pub(crate) fn open(bytes: &[u8], place: Range<usize>, rows: usize) -> Option<Self> {
        let (from, to) = (place.start, place.end);
        let (&width, rest) = bytes.get(from..to)?.split_first()?;
        let (least, rest) = rest.split_first_chunk::<8>()?;
        let width = usize::from(width);
        (width <= 8 && rest.len() == rows * width).then_some(Self {
            least: u64::from_le_bytes(*least),
            width,
            keep: match width {
                8 => u64::MAX,
                _ => (1 << (width * 8)) - 1,
            },
            start: from + 9,
        })
    }

    /// The integers of some rows from `row` on, as many as `to` has room for.
    pub(crate) fn read(&self, bytes: &[u8], row: usize, to: &mut [u64]) {
        let from = self.start + row * self.width;
        let values = bytes
            .get(from..from + to.len() * self.width)
            .unwrap_or_default();
        match self.width {
            0 => to.fill(self.least),
            1 => self.widen::<1>(values, to),
            2 => self.widen::<2>(values, to),
            3 => self.widen::<3>(values, to),
            4 => self.widen::<4>(values, to),
            _ => {
                for (to, row) in to.iter_mut().zip(row..) {
                    *to = self.get(bytes, row);
                }
            }
        }
    }

    fn widen<const W: usize>(&self, values: &[u8], to: &mut [u64]) {
        for (to, value) in to.iter_mut().zip(values.as_chunks::<W>().0) {
            let mut word = [0; 8];
            if let Some(low) = word.first_chunk_mut() {
                *low = *value;
            }
            *to = self.least.wrapping_add(u64::from_le_bytes(word));
        }
    }

    /// The integer of a row.
    #[inline]
    pub(crate) fn get(&self, bytes: &[u8], row: usize) -> u64 {
        let from = self.start + row * self.width;
        // Reading eight bytes and cutting is faster than copying `width` of them.
        let value = if let Some(word) = bytes
            .get(from..)
            .and_then(<[u8]>::first_chunk::<8>)
            .copied()
        {
            u64::from_le_bytes(word) & self.keep
        } else {
            let mut word = [0; 8];
            let tail = bytes.get(from..from + self.width).unwrap_or_default();
            for (to, byte) in word.iter_mut().zip(tail) {
                *to = *byte;
            }
            u64::from_le_bytes(word)
        };
        self.least.wrapping_add(value)
    }
}

/// Where the texts of a column lie inside a group.
#[derive(Debug, Clone, Default)]
pub(crate) struct TextColumn {
    kind: u8,
    prefix: (usize, usize),
    /// Length of what follows the prefix, where it is the same for all.
    rest: usize,
    /// Start of the values, or of the codes.
    start: usize,
    /// Dictionary words, or start and length of each value where lengths differ.
    places: Vec<(u32, u8)>,
}

impl TextColumn {
    /// Reads the head of a column that fills `bytes[from..to]`.
    pub(crate) fn open(bytes: &[u8], place: Range<usize>, rows: usize) -> Option<Self> {
        let (from, to) = (place.start, place.end);
        let column = bytes.get(..to)?;
        let kind = *column.get(from)?;
        let mut at = from + 1;
        let mut short = || {
            let len = usize::from(*column.get(at)?);
            let place = (at + 1, at + 1 + len);
            at = place.1;
            (at <= to && len <= LONGEST).then_some(place)
        };
        let mut new = Self {
            kind,
            ..Self::default()
        };
        match kind {
            CONSTANT => {
                new.prefix = short()?;
                return (new.prefix.1 == to).then_some(new);
            }
            CODED => {
                at += 1;
                for _ in 0..*column.get(from + 1)? {
                    let (start, end) = Self::short_at(column, &mut at)?;
                    new.places
                        .push((u32::try_from(start).ok()?, u8::try_from(end - start).ok()?));
                }
                new.start = at;
                return (column.get(at..)?.len() == rows).then_some(new);
            }
            FIXED..=VARIED_DIGITS => new.prefix = short()?,
            _ => return None,
        }
        let prefix = new.prefix.1 - new.prefix.0;
        let packed = |len: usize| match kind {
            FIXED_DIGITS | VARIED_DIGITS => len.div_ceil(2),
            _ => len,
        };
        if matches!(kind, FIXED | FIXED_DIGITS) {
            new.rest = usize::from(*column.get(at)?);
            new.start = at + 1;
            let whole = new.start + rows * packed(new.rest);
            return (whole == to && prefix + new.rest <= LONGEST).then_some(new);
        }
        let lengths = column.get(at..at + rows)?;
        let mut start = at + rows;
        new.places.reserve_exact(rows);
        for &len in lengths {
            new.places.push((u32::try_from(start).ok()?, len));
            start += packed(usize::from(len));
            if prefix + usize::from(len) > LONGEST {
                return None;
            }
        }
        (start == to).then_some(new)
    }

    fn short_at(column: &[u8], at: &mut usize) -> Option<(usize, usize)> {
        let len = usize::from(*column.get(*at)?);
        let place = (*at + 1, *at + 1 + len);
        *at = place.1;
        (place.1 <= column.len() && len <= LONGEST).then_some(place)
    }

    /// The text of a row, put together in `scratch` where it does not lie in one piece.
    pub(crate) fn get<'a>(
        &self,
        bytes: &'a [u8],
        row: usize,
        scratch: &'a mut [u8; LONGEST + 1],
    ) -> Option<&'a [u8]> {
        let (place, len) = match self.kind {
            CONSTANT => return bytes.get(self.prefix.0..self.prefix.1),
            CODED => {
                let code = usize::from(*bytes.get(self.start + row)?);
                let &(start, len) = self.places.get(code)?;
                return bytes.get(start as usize..start as usize + usize::from(len));
            }
            FIXED => (self.start + row * self.rest, self.rest),
            FIXED_DIGITS => (self.start + row * self.rest.div_ceil(2), self.rest),
            _ => {
                let &(start, len) = self.places.get(row)?;
                (start as usize, usize::from(len))
            }
        };
        let digits = matches!(self.kind, FIXED_DIGITS | VARIED_DIGITS);
        let prefix = bytes.get(self.prefix.0..self.prefix.1)?;
        if !digits && prefix.is_empty() {
            return bytes.get(place..place + len);
        }
        let whole = scratch.get_mut(..prefix.len() + len)?;
        let (head, tail) = whole.split_at_mut_checked(prefix.len())?;
        head.copy_from_slice(prefix);
        if digits {
            unpack(bytes.get(place..place + len.div_ceil(2))?, tail);
        } else {
            tail.copy_from_slice(bytes.get(place..place + len)?);
        }
        Some(whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn round_trip(texts: &[Vec<u8>]) -> Result<(), TestCaseError> {
        let mut column = ColumnTexts::default();
        for text in texts {
            column.push(text);
        }
        let mut out = vec![7];
        column.encode(&mut out);
        let read = TextColumn::open(&out, 1..out.len(), texts.len()).unwrap();
        for (row, text) in texts.iter().enumerate() {
            let mut scratch = [0; LONGEST + 1];
            prop_assert_eq!(read.get(&out, row, &mut scratch).unwrap(), text.as_slice());
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn texts_come_back_as_they_went_in(
            texts in prop_oneof![
                prop::collection::vec("[0-9]{20}", 1..200),
                prop::collection::vec("(QH26[0-9]{1,20})?", 1..200),
                prop::collection::vec("wx[a-c]", 1..200),
                prop::collection::vec("[a-zA-Z0-9_-]{8}", 1..200),
                prop::collection::vec("[a-z0-9é]{0,30}", 1..200),
            ]
        ) {
            let texts: Vec<Vec<u8>> = texts.into_iter().map(String::into_bytes).collect();
            round_trip(&texts)?;
        }

        #[test]
        fn integers_come_back_as_they_went_in(
            base in any::<u64>(),
            deltas in prop::collection::vec(prop_oneof![0..3_u64, 0..70_000_u64, any::<u64>()], 1..200),
        ) {
            let values: Vec<u64> = deltas.iter().map(|d| base.wrapping_add(*d)).collect();
            let mut out = Vec::new();
            encode_ints(&values, &mut out);
            let read = IntColumn::open(&out, 0..out.len(), values.len()).unwrap();
            for (row, value) in values.iter().enumerate() {
                prop_assert_eq!(read.get(&out, row), *value);
            }
            for from in [0, values.len() / 2, values.len() - 1] {
                let mut some = vec![7; values.len() - from];
                read.read(&out, from, &mut some);
                prop_assert_eq!(&some, &values[from..]);
            }
        }
    }

    #[test]
    fn a_damaged_head_is_refused() {
        let mut column = ColumnTexts::default();
        for number in 0..100 {
            column.push(format!("QH{number:08}").as_bytes());
        }
        let mut out = Vec::new();
        column.encode(&mut out);

        for cut in 0..out.len() {
            assert!(TextColumn::open(&out, 0..cut, 100).is_none(), "{cut}");
        }
        assert!(TextColumn::open(&out, 0..out.len(), 101).is_none());
    }
}
