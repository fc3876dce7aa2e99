//! Puts the rows of a table in order: whatever is compared becomes one whole number a row.
//!
//! Sort key and what decides between equal keys share one number of 64 bits where they fit, else of 128,
//! so that sorting compares numbers and moves nothing else. Several columns are sorted by one after the
//! other, the least important first. Of texts, the beginning that all share is left out,
//! and the rest is written in the base of the signs that occur; few real numbers are longer than that holds.

use rayon::prelude::*;

/// The rows of one group that passed the filter.
#[derive(Debug, Default)]
pub(crate) struct SortedPart {
    /// Place of the group's first row among all rows of the table.
    pub(crate) base: u64,
    /// Rows before filtering, without replaced ones.
    pub(crate) all: u64,
    /// Sum of the amounts of the rows that passed.
    pub(crate) sum: i128,
    /// Their numbers in the group, ascending.
    pub(crate) rows: Vec<u32>,
    /// Their lines in the file, which decide between rows that are equal otherwise.
    pub(crate) lines: Vec<u32>,
    /// What they are sorted by, one entry a column.
    pub(crate) columns: Vec<SortKeys>,
}

/// What the rows of a group have in a column that they are sorted by.
#[derive(Debug)]
pub(crate) enum SortKeys {
    /// Numbers, in the order that was asked for: turned round already where that is descending.
    Numbers(Vec<u64>),
    /// Texts.
    Texts(KeyTexts),
}

/// Texts, one behind the other.
#[derive(Debug, Default)]
pub(crate) struct KeyTexts {
    bytes: Vec<u8>,
    /// Where each text ends.
    ends: Vec<u32>,
}

impl KeyTexts {
    /// Adds the text of the next row.
    pub(crate) fn push(&mut self, text: &[u8]) {
        self.bytes.extend_from_slice(text);
        self.ends.push(crate::books::narrow(self.bytes.len()));
    }

    fn get(&self, nth: usize) -> &[u8] {
        let end = |nth: usize| self.ends.get(nth).map_or(0, |end| *end as usize);
        let from = nth.checked_sub(1).map_or(0, end);
        self.bytes.get(from..end(nth)).unwrap_or_default()
    }
}

impl SortedPart {
    fn place(&self, nth: usize) -> u64 {
        self.base + self.rows.get(nth).copied().map_or(0, u64::from)
    }

    fn number(&self, column: usize, nth: usize) -> u64 {
        match self.columns.get(column) {
            Some(SortKeys::Numbers(numbers)) => numbers.get(nth).copied().unwrap_or(0),
            Some(SortKeys::Texts(_)) | None => 0,
        }
    }

    fn text(&self, column: usize, nth: usize) -> &[u8] {
        match self.columns.get(column) {
            Some(SortKeys::Texts(texts)) => texts.get(nth),
            Some(SortKeys::Numbers(_)) | None => &[],
        }
    }
}

/// Bits that a number needs.
const fn bits(most: u64) -> u32 {
    64 - most.leading_zeros()
}

/// How a column is looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeyColumn {
    /// True when its keys are texts.
    pub(crate) is_text: bool,
    /// Largest first.
    pub(crate) descending: bool,
}

/// Places of all rows in the order of these columns, the most important first; rows that are equal in all
/// of them come in the order of their lines, of equal lines by place.
pub(crate) fn in_order(parts: &[SortedPart], columns: &[KeyColumn]) -> Vec<u64> {
    let rows = NumberedRows::new(parts);
    let last = columns.len().saturating_sub(1);
    // From the least important column to the most: what was found before decides between equal keys.
    let mut order: Option<Vec<u32>> = None;
    if columns.last().is_none_or(|column| column.is_text) {
        order = Some(rows.by_number(None, |_, _| 0));
    }
    for (at, column) in columns.iter().enumerate().rev() {
        let by_line = order.is_none();
        debug_assert!(!by_line || at == last);
        order = Some(if column.is_text {
            rows.by_text(at, column.descending, order.as_deref())
        } else {
            rows.by_number(order.as_deref(), |part, nth| part.number(at, nth))
        });
    }
    let order = order.unwrap_or_default();
    order.par_iter().map(|row| rows.place(*row)).collect()
}

/// All rows of all parts, numbered through.
struct NumberedRows<'a> {
    parts: &'a [SortedPart],
    /// Number of the first row of each part.
    starts: Vec<u32>,
    count: usize,
}

impl<'a> NumberedRows<'a> {
    fn new(parts: &'a [SortedPart]) -> Self {
        let mut starts = Vec::with_capacity(parts.len());
        let mut count = 0;
        for part in parts {
            starts.push(crate::books::narrow(count));
            count += part.rows.len();
        }
        Self {
            parts,
            starts,
            count,
        }
    }

    /// The part of a row, and its number there.
    fn find(&self, row: u32) -> Option<(&'a SortedPart, usize)> {
        let after = self.starts.partition_point(|start| *start <= row);
        let at = after.checked_sub(1)?;
        let start = self.starts.get(at)?;
        Some((self.parts.get(at)?, (row - start) as usize))
    }

    fn place(&self, row: u32) -> u64 {
        self.find(row).map_or(0, |(part, nth)| part.place(nth))
    }

    /// Rows in order of a number; of equal ones in the `order` found before, else by line.
    fn by_number(
        &self,
        order: Option<&[u32]>,
        number: impl Fn(&SortedPart, usize) -> u64 + Sync,
    ) -> Vec<u32> {
        let range = |part: &SortedPart| {
            let keys = (0..part.rows.len()).map(|nth| number(part, nth));
            keys.fold((u64::MAX, 0), |(least, most), key| {
                (key.min(least), key.max(most))
            })
        };
        let (least, most) = self.parts.par_iter().map(range).reduce(
            || (u64::MAX, 0),
            |all, one| (all.0.min(one.0), all.1.max(one.1)),
        );
        let key_bits = bits(most.saturating_sub(least));
        if order.is_some() {
            return self.arrange(key_bits, order, |part, nth| {
                u128::from(number(part, nth) - least)
            });
        }
        let lines = self.parts.par_iter().flat_map_iter(|part| &part.lines);
        let line_bits = bits(u64::from(lines.copied().max().unwrap_or(0)));
        self.arrange(key_bits + line_bits, None, |part, nth| {
            let line = part.lines.get(nth).copied().unwrap_or(0);
            u128::from(number(part, nth) - least) << line_bits | u128::from(line)
        })
    }

    /// Rows in order of a text; of equal ones in the `order` found before.
    fn by_text(&self, column: usize, descending: bool, order: Option<&[u32]>) -> Vec<u32> {
        let tie_bits = bits(self.count as u64);
        let script = Script::of(self.parts, column, 128 - tie_bits);
        let number = |text: &[u8]| script.number(text, descending);
        let mut sorted = self.arrange(script.bits, order, |part, nth| {
            number(part.text(column, nth))
        });
        if !script.is_exact {
            let text = |row: u32| {
                let found = self.find(row);
                found.map_or(&[][..], |(part, nth)| part.text(column, nth))
            };
            sorted
                .par_chunk_by_mut(|a, b| number(text(*a)) == number(text(*b)))
                .for_each(|run| settle(run, descending, text));
        }
        sorted
    }

    /// Sorts rows by their keys, those of equal keys as they come in `order`, or by their own numbers.
    fn arrange(
        &self,
        key_bits: u32,
        order: Option<&[u32]>,
        key: impl Fn(&SortedPart, usize) -> u128 + Sync,
    ) -> Vec<u32> {
        let tie_bits = bits(self.count as u64);
        let mask = (1_u64 << tie_bits) - 1;
        // Which row a number at the low end of a key stands for.
        let row = |tie: u64| match order {
            Some(order) => usize::try_from(tie)
                .ok()
                .and_then(|at| order.get(at))
                .copied(),
            None => u32::try_from(tie).ok(),
        };
        let ranks = order.map(ranks);
        let tie = |row: u32| match &ranks {
            Some(ranks) => ranks.get(row as usize).copied().unwrap_or(row),
            None => row,
        };
        if key_bits + tie_bits <= 64 {
            let mut packed = self.filled(|part, nth, at| {
                // Fits, as was just seen.
                let key = u64::try_from(key(part, nth)).unwrap_or(u64::MAX);
                key << tie_bits | u64::from(tie(at))
            });
            packed.par_sort_unstable();
            return packed
                .par_iter()
                .map(|packed| row(packed & mask).unwrap_or(0))
                .collect();
        }
        let mut packed =
            self.filled(|part, nth, at| key(part, nth) << tie_bits | u128::from(tie(at)));
        packed.par_sort_unstable();
        let low = |packed: &u128| u64::try_from(packed & u128::from(mask)).unwrap_or(u64::MAX);
        packed
            .par_iter()
            .map(|packed| row(low(packed)).unwrap_or(0))
            .collect()
    }

    /// One number for each row.
    fn filled<T: Copy + Default + Send>(
        &self,
        number: impl Fn(&SortedPart, usize, u32) -> T + Sync,
    ) -> Vec<T> {
        let mut out = vec![T::default(); self.count];
        let mut rest = out.as_mut_slice();
        let mut stretches = Vec::with_capacity(self.parts.len());
        for (part, start) in self.parts.iter().zip(&self.starts) {
            let Some((stretch, after)) = rest.split_at_mut_checked(part.rows.len()) else {
                break;
            };
            stretches.push((part, *start, stretch));
            rest = after;
        }
        stretches
            .into_par_iter()
            .for_each(|(part, start, stretch)| {
                for (nth, to) in stretch.iter_mut().enumerate() {
                    *to = number(part, nth, start + crate::books::narrow(nth));
                }
            });
        out
    }
}

/// Where each row stands in an order.
fn ranks(order: &[u32]) -> Vec<u32> {
    let mut ranks = vec![0; order.len()];
    for (rank, row) in (0..).zip(order) {
        if let Some(to) = ranks.get_mut(*row as usize) {
            *to = rank;
        }
    }
    ranks
}

/// Sorts rows whose texts begin alike by their whole texts; equal ones stay as they are.
fn settle<'t>(run: &mut [u32], descending: bool, text: impl Fn(u32) -> &'t [u8]) {
    if run.len() < 2 {
        return;
    }
    if descending {
        run.sort_by(|a, b| text(*b).cmp(text(*a)));
    } else {
        run.sort_by(|a, b| text(*a).cmp(text(*b)));
    }
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
    /// Above the number of every text; that of rows without one, which come last.
    above: u128,
    /// Bits of such a number.
    bits: u32,
    /// True when no text is longer than that.
    is_exact: bool,
}

impl Script {
    /// The script of all texts of a column, for numbers of so many bits.
    fn of(parts: &[SortedPart], column: usize, room: u32) -> Self {
        let first = parts.iter().find(|part| !part.rows.is_empty());
        let first = first.map_or(&[][..], |part| part.text(column, 0));
        let shared = parts
            .par_iter()
            .map(|part| {
                (0..part.rows.len()).fold(first.len(), |shared, nth| {
                    let pairs = part.text(column, nth).iter().zip(first).take(shared);
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
                    let rest = part.text(column, nth).get(shared..).unwrap_or_default();
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
            match above.checked_mul(base).filter(|next| *next <= most) {
                Some(next) => (signs, above) = (signs + 1, next),
                None => break,
            }
        }
        Self {
            shared,
            ranks,
            base,
            signs,
            above,
            bits: 128 - above.leading_zeros(),
            is_exact: signs == longest,
        }
    }

    /// A text as a number of the order asked for.
    fn number(&self, text: &[u8], descending: bool) -> u128 {
        if text.is_empty() {
            return self.above;
        }
        let ascending = self.ascending(text);
        if descending {
            self.above - 1 - ascending
        } else {
            ascending
        }
    }

    fn ascending(&self, text: &[u8]) -> u128 {
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
#[path = "table_sort_tests.rs"]
mod tests;
