//! A column of numbers that are packed in memory already, as [`super::ColumnTexts`] is one of any texts.

use super::{CONSTANT, ColumnTexts, FIXED_DIGITS, LONGEST, VARIED_DIGITS, is_same, push_short};
use crate::books::format::packed_digits::{NumberParts, SLACK, unpack};

/// The numbers of one column of one group, in order.
#[derive(Debug, Default)]
pub(crate) struct ColumnNumbers<'a> {
    /// What the first begins with.
    head: &'a [u8],
    /// What each begins with, once one begins otherwise than the first.
    heads: Vec<&'a [u8]>,
    /// Digits of each.
    counts: Vec<u8>,
    /// The packed digits of all.
    packed: Vec<u8>,
}

impl<'a> ColumnNumbers<'a> {
    /// No number yet, and room for some.
    pub(crate) fn with_capacity(numbers: usize) -> Self {
        Self {
            counts: Vec::with_capacity(numbers),
            packed: Vec::with_capacity(numbers * SLACK),
            ..Self::default()
        }
    }

    #[inline]
    pub(crate) fn push(&mut self, number: &NumberParts<'a>) {
        if self.counts.is_empty() {
            self.head = number.head;
        }
        if !self.heads.is_empty() {
            self.heads.push(number.head);
        } else if !is_same(number.head, self.head) {
            self.heads.resize(self.counts.len(), self.head);
            self.heads.push(number.head);
        }
        self.counts.push(u8::try_from(number.count).unwrap_or(0));
        let width = number.width();
        // Copying a whole window costs less than copying some bytes.
        if let Some(window) = number.packed.first_chunk::<SLACK>()
            && width <= SLACK
        {
            self.packed.extend_from_slice(window);
            self.packed.truncate(self.packed.len() - (SLACK - width));
        } else {
            let packed = number.packed.get(..width).unwrap_or_default();
            self.packed.extend_from_slice(packed);
        }
    }

    /// The packed digits of each number.
    fn each(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = self.packed.as_slice();
        self.counts.iter().map(move |count| {
            let (digits, more) = rest
                .split_at_checked(usize::from(*count).div_ceil(2))
                .unwrap_or_default();
            rest = more;
            digits
        })
    }

    /// Appends the column to `out`.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        let count = self.counts.first().copied().unwrap_or_default();
        if !self.heads.is_empty() {
            self.encode_as_texts(out);
            return;
        }
        let fixed = self.counts.iter().all(|other| *other == count);
        let first = self.each().next().unwrap_or_default();
        let width = first.len();
        // Numbers of one length are equal when all of them together equal themselves, one number further.
        if fixed && self.packed.get(width..) == self.packed.get(..self.packed.len() - width) {
            out.push(CONSTANT);
            self.push_prefix(first, usize::from(count), out);
            return;
        }
        let least = self.counts.iter().copied().min().unwrap_or_default();
        let shared = first.get(..usize::from(least) / 2).unwrap_or_default();
        let common = self.each().fold(shared.len(), |mut common, digits| {
            while digits.get(..common) != shared.get(..common) {
                common -= 1;
            }
            common
        });
        let rest = |count: u8| count.saturating_sub(u8::try_from(common * 2).unwrap_or(u8::MAX));
        out.push(if fixed { FIXED_DIGITS } else { VARIED_DIGITS });
        self.push_prefix(first, common * 2, out);
        if fixed {
            out.push(rest(count));
        } else {
            out.extend(self.counts.iter().map(|count| rest(*count)));
        }
        if common == 0 {
            out.extend_from_slice(&self.packed);
        } else {
            for digits in self.each() {
                out.extend_from_slice(digits.get(common..).unwrap_or_default());
            }
        }
    }

    /// What all begin with: the head, and some digits of the first.
    fn push_prefix(&self, first: &[u8], digits: usize, out: &mut Vec<u8>) {
        let mut text = [0; LONGEST + 1];
        let (head, tail) = text
            .split_at_mut_checked(self.head.len())
            .unwrap_or_default();
        head.copy_from_slice(self.head);
        let tail = tail.get_mut(..digits).unwrap_or_default();
        unpack(first, tail);
        let len = self.head.len() + digits;
        push_short(out, text.get(..len).unwrap_or_default());
    }

    fn encode_as_texts(&self, out: &mut Vec<u8>) {
        let mut texts = ColumnTexts::default();
        let mut scratch = [0; LONGEST + 1];
        for ((packed, count), head) in self.each().zip(&self.counts).zip(&self.heads) {
            let number = NumberParts {
                head,
                count: usize::from(*count),
                packed,
            };
            texts.push(number.text(&mut scratch).unwrap_or_default());
        }
        texts.encode(out);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::TextColumn;
    use super::*;
    use crate::books::format::packed_digits::pack;

    proptest! {
        #[test]
        fn numbers_come_back_as_they_went_in(
            numbers in prop_oneof![
                prop::collection::vec(("QH", "[0-9]{18}"), 1..200),
                prop::collection::vec(("", "(4200[0-9]{24})?"), 1..200),
                prop::collection::vec(("", "2026[0-9]{0,40}"), 1..200),
                prop::collection::vec(("[A-C]{0,2}", "[0-9]{0,5}"), 1..200),
                prop::collection::vec(("same", "77"), 1..200),
            ],
            slack in prop::bool::ANY,
        ) {
            let packed: Vec<Vec<u8>> = numbers
                .iter()
                .map(|(_, digits)| {
                    let mut out = Vec::new();
                    pack(digits.as_bytes(), &mut out);
                    if slack {
                        out.extend_from_slice(&[0x99; SLACK]);
                    }
                    out
                })
                .collect();
            let mut column = ColumnNumbers::default();
            for ((head, digits), packed) in numbers.iter().zip(&packed) {
                column.push(&NumberParts { head: head.as_bytes(), count: digits.len(), packed });
            }
            let mut out = vec![7];
            column.encode(&mut out);
            let read = TextColumn::open(&out, 1..out.len(), numbers.len()).unwrap();
            for (row, (head, digits)) in numbers.iter().enumerate() {
                let mut scratch = [0; LONGEST + 1];
                let text = read.get(&out, row, &mut scratch).unwrap();
                let whole = format!("{head}{digits}");
                prop_assert_eq!(text, whole.as_bytes());
            }
        }
    }
}
