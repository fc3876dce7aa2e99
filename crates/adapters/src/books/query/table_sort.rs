//! Puts the rows of a table in order: whatever is compared becomes one whole number a row.
//!
//! Sort key, line and place of a row share one number of 64 bits where they fit, else of 128, so that
//! sorting compares numbers and moves nothing else. Of texts, the beginning that all share is left out,
//! and the rest is written in the base of the signs that occur; few real numbers are longer than that holds.

use rayon::prelude::*;

/// The rows of one group that passed the filter.
#[derive(Debug, Default)]
pub(crate) struct Part {
    /// Place of the group's first row among all rows of the table.
    pub(crate) base: u64,
    /// Rows before filtering, without replaced ones.
    pub(crate) all: u64,
    /// Sum of the amounts of the rows that passed.
    pub(crate) sum: i128,
    /// Their numbers in the group, ascending.
    pub(crate) rows: Vec<u32>,
    /// Their lines in the file; empty when the text decides.
    pub(crate) lines: Vec<u32>,
    /// What they are sorted by, when it is a number.
    pub(crate) keys: Vec<u64>,
    /// What they are sorted by, when it is a text.
    pub(crate) texts: Vec<u8>,
    /// Where each text ends.
    pub(crate) ends: Vec<u32>,
}

impl Part {
    /// Adds the text of the next row.
    pub(crate) fn push_text(&mut self, text: &[u8]) {
        self.texts.extend_from_slice(text);
        self.ends.push(crate::books::narrow(self.texts.len()));
    }

    fn text(&self, nth: usize) -> &[u8] {
        let end = |nth: usize| self.ends.get(nth).map_or(0, |end| *end as usize);
        let from = nth.checked_sub(1).map_or(0, end);
        self.texts.get(from..end(nth)).unwrap_or_default()
    }

    fn place(&self, nth: usize) -> u64 {
        self.base + self.rows.get(nth).copied().map_or(0, u64::from)
    }
}

/// Bits that a number needs.
const fn bits(most: u64) -> u32 {
    64 - most.leading_zeros()
}

/// Places of all rows in order of (key, line, place); `places` is above every place.
pub(crate) fn by_number(parts: &[Part], places: u32) -> Vec<u64> {
    let range = |part: &Part| {
        let keys = part.keys.iter().copied();
        let (least, most) = (keys.clone().min(), keys.max());
        (least.unwrap_or(u64::MAX), most.unwrap_or(0))
    };
    let (least, most) = parts.iter().map(range).fold((u64::MAX, 0), |all, one| {
        (all.0.min(one.0), all.1.max(one.1))
    });
    let lines = parts.iter().flat_map(|part| part.lines.iter());
    let line_bits = bits(u64::from(lines.copied().max().unwrap_or(0)));
    let key_bits = bits(most.saturating_sub(least)) + line_bits;
    arrange(parts, (key_bits, bits(u64::from(places))), |part, nth| {
        let key = part.keys.get(nth).copied().unwrap_or(0) - least;
        let line = part.lines.get(nth).copied().unwrap_or(0);
        u128::from(key) << line_bits | u128::from(line)
    })
}

/// Places of all rows in order of (text, place).
pub(crate) fn by_text(parts: &[Part], places: u32) -> Vec<u64> {
    let place_bits = bits(u64::from(places));
    let script = Script::of(parts, 128 - place_bits);
    let mut sorted = arrange(parts, (script.bits, place_bits), |part, nth| {
        script.number(part.text(nth))
    });
    if !script.is_exact {
        let number = |place: &u64| script.number(text_at(parts, *place));
        sorted
            .par_chunk_by_mut(|a, b| number(a) == number(b))
            .for_each(|run| settle(parts, run));
    }
    sorted
}

/// Sorts rows whose texts begin alike by their whole texts.
fn settle(parts: &[Part], run: &mut [u64]) {
    if run.len() < 2 {
        return;
    }
    let mut whole: Vec<(&[u8], u64)> = run
        .iter()
        .map(|place| (text_at(parts, *place), *place))
        .collect();
    whole.sort_unstable();
    for (to, (_, place)) in run.iter_mut().zip(whole) {
        *to = place;
    }
}

fn text_at(parts: &[Part], place: u64) -> &[u8] {
    let after = parts.partition_point(|part| part.base <= place);
    let Some(part) = after.checked_sub(1).and_then(|at| parts.get(at)) else {
        return &[];
    };
    let found = part
        .rows
        .binary_search(&crate::books::low_half(place - part.base));
    found.map_or(&[], |nth| part.text(nth))
}

/// Sorts rows by their keys, those of equal keys by their places, and gives the places.
fn arrange(
    parts: &[Part],
    (key_bits, place_bits): (u32, u32),
    key: impl Fn(&Part, usize) -> u128 + Sync,
) -> Vec<u64> {
    let mask = (1_u64 << place_bits) - 1;
    if key_bits + place_bits <= 64 {
        let mut packed = filled(parts, |part, nth| {
            // Fits, as was just seen.
            let key = u64::try_from(key(part, nth)).unwrap_or(u64::MAX);
            key << place_bits | part.place(nth)
        });
        packed.par_sort_unstable();
        packed.par_iter_mut().for_each(|packed| *packed &= mask);
        return packed;
    }
    let mut packed = filled(parts, |part, nth| {
        key(part, nth) << place_bits | u128::from(part.place(nth))
    });
    packed.par_sort_unstable();
    let place = |packed: &u128| u64::try_from(packed & u128::from(mask)).unwrap_or(u64::MAX);
    packed.par_iter().map(place).collect()
}

/// One number for each row of all parts.
fn filled<T: Copy + Default + Send>(
    parts: &[Part],
    number: impl Fn(&Part, usize) -> T + Sync,
) -> Vec<T> {
    let mut out = vec![T::default(); parts.iter().map(|part| part.rows.len()).sum()];
    let mut rest = out.as_mut_slice();
    let mut stretches = Vec::with_capacity(parts.len());
    for part in parts {
        let Some((stretch, after)) = rest.split_at_mut_checked(part.rows.len()) else {
            break;
        };
        stretches.push((part, stretch));
        rest = after;
    }
    stretches.into_par_iter().for_each(|(part, stretch)| {
        for (nth, to) in stretch.iter_mut().enumerate() {
            *to = number(part, nth);
        }
    });
    out
}

/// How texts are written as numbers of the same order.
#[derive(Debug)]
struct Script {
    /// How many first bytes all share.
    shared: usize,
    /// Rank of each sign that occurs after them, from 1; the end of a text ranks 0.
    ranks: [u16; 256],
    /// Signs, and the end.
    base: u128,
    /// Signs that a number holds.
    signs: usize,
    /// Bits of such a number.
    bits: u32,
    /// True when no text is longer than that.
    is_exact: bool,
}

impl Script {
    /// The script of all these texts, for numbers of so many bits.
    fn of(parts: &[Part], room: u32) -> Self {
        let first = parts.iter().find(|part| !part.rows.is_empty());
        let first = first.map_or(&[][..], |part| part.text(0));
        let shared = parts
            .par_iter()
            .map(|part| {
                (0..part.rows.len()).fold(first.len(), |shared, nth| {
                    let pairs = part.text(nth).iter().zip(first).take(shared);
                    pairs.take_while(|(a, b)| a == b).count()
                })
            })
            .min()
            .unwrap_or(0);
        let (occurs, longest) = parts
            .par_iter()
            .map(|part| {
                let (mut occurs, mut longest) = ([false; 256], 0);
                for nth in 0..part.rows.len() {
                    let rest = part.text(nth).get(shared..).unwrap_or_default();
                    longest = longest.max(rest.len());
                    for sign in rest {
                        if let Some(seen) = occurs.get_mut(usize::from(*sign)) {
                            *seen = true;
                        }
                    }
                }
                (occurs, longest)
            })
            .reduce(
                || ([false; 256], 0),
                |(mut all, longest), (some, other)| {
                    for (to, from) in all.iter_mut().zip(some) {
                        *to |= from;
                    }
                    (all, longest.max(other))
                },
            );
        let mut ranks = [0_u16; 256];
        let mut rank = 0;
        for (to, occurs) in ranks.iter_mut().zip(occurs) {
            if occurs {
                rank += 1;
                *to = rank;
            }
        }
        let base = u128::from(rank) + 1;
        let most = u128::MAX >> (128 - room.clamp(1, 128));
        let (mut signs, mut above) = (0, 1_u128);
        while signs < longest {
            match above.checked_mul(base).filter(|next| next - 1 <= most) {
                Some(next) => (signs, above) = (signs + 1, next),
                None => break,
            }
        }
        Self {
            shared,
            ranks,
            base,
            signs,
            bits: 128 - (above - 1).leading_zeros(),
            is_exact: signs == longest,
        }
    }

    /// A text as a number.
    fn number(&self, text: &[u8]) -> u128 {
        let rest = text.get(self.shared..).unwrap_or_default();
        let rank = |sign: &u8| self.ranks.get(usize::from(*sign)).copied().unwrap_or(0);
        let mut ranks = rest.iter().map(rank).chain(std::iter::repeat(0));
        if self.bits <= 64 {
            let base = u64::try_from(self.base).unwrap_or(1);
            let mut number = 0_u64;
            for rank in ranks.by_ref().take(self.signs) {
                number = number.wrapping_mul(base).wrapping_add(u64::from(rank));
            }
            return u128::from(number);
        }
        let mut number = 0_u128;
        for rank in ranks.by_ref().take(self.signs) {
            number = number
                .wrapping_mul(self.base)
                .wrapping_add(u128::from(rank));
        }
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Parts of these texts or numbers, `per` rows each, every third row filtered out.
    fn parts<T>(values: &[T], per: usize, push: impl Fn(&mut Part, &T)) -> Vec<Part> {
        let mut out = Vec::new();
        for (at, some) in values.chunks(per).enumerate() {
            let mut part = Part {
                base: (at * per) as u64,
                ..Part::default()
            };
            for (row, value) in (0_u32..).zip(some) {
                if row % 3 != 2 {
                    part.rows.push(row);
                    push(&mut part, value);
                }
            }
            out.push(part);
        }
        out
    }

    fn kept(count: usize, per: usize) -> impl Iterator<Item = usize> {
        (0..count).filter(move |at| at % per % 3 != 2)
    }

    proptest! {
        #[test]
        fn texts_come_in_their_own_order(
            texts in prop_oneof![
                prop::collection::vec("[0-9]{0,6}", 0..60),
                prop::collection::vec("QH2603[0-9]{1,26}", 0..60),
                prop::collection::vec("(shop|store)-[a-zA-Z0-9_-]{20,40}", 0..60),
                prop::collection::vec("[A-B]-20260308100000-[0-1]{0,30}é?", 0..60),
            ],
            per in 1..20_usize,
        ) {
            let parts = parts(&texts, per, |part, text| part.push_text(text.as_bytes()));
            let mut expected: Vec<u64> = kept(texts.len(), per).map(|at| at as u64).collect();
            expected.sort_by_key(|at| (texts[usize::try_from(*at).unwrap()].as_bytes(), *at));

            prop_assert_eq!(by_text(&parts, u32::try_from(texts.len()).unwrap()), expected);
        }

        #[test]
        fn numbers_come_by_size_then_by_line(
            rows in prop_oneof![
                prop::collection::vec((0..9_u64, 0..9_u32), 0..60),
                prop::collection::vec((any::<u64>(), any::<u32>()), 0..60),
            ],
            per in 1..20_usize,
        ) {
            let parts = parts(&rows, per, |part, (key, line)| {
                part.keys.push(*key);
                part.lines.push(*line);
            });
            let mut expected: Vec<u64> = kept(rows.len(), per).map(|at| at as u64).collect();
            expected.sort_by_key(|at| (rows[usize::try_from(*at).unwrap()], *at));

            prop_assert_eq!(by_number(&parts, u32::try_from(rows.len()).unwrap()), expected);
        }
    }
}
