//! Index pages: sorted fingerprints in pages of four kilobytes, each with its own checksum.
//!
//! Fingerprints are evenly spread, so the page that must hold one is computed, not searched for:
//! one read answers a probe. Where somebody chose the keys, bisection still ends.

use std::sync::Arc;

use crate::books::low_half;
use crate::checksum::checksum;

/// Bytes of a page, checksum included.
pub(crate) const PAGE_BYTES: usize = 4096;
const BODY_BYTES: usize = PAGE_BYTES - 8;
/// Fingerprints in a page of the key index, where the n-th belongs to row n.
const KEYS: usize = BODY_BYTES / 4;
/// Pairs of fingerprint and row in a page of the index of other numbers.
const PAIRS: usize = BODY_BYTES / 8;

/// Which of the two indexes of a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Index {
    /// Keys, in row order.
    Keys,
    /// Other numbers, with their rows.
    Others,
}

impl Index {
    /// Entries of a full page.
    pub(crate) const fn per_page(self) -> usize {
        match self {
            Self::Keys => KEYS,
            Self::Others => PAIRS,
        }
    }

    /// Pages that hold `count` entries.
    pub(crate) const fn pages(self, count: u64) -> u64 {
        count.div_ceil(self.per_page() as u64)
    }
}

/// The part of a fingerprint that indexes keep.
pub(crate) const fn short(fingerprint: u64) -> u32 {
    (fingerprint >> 32) as u32
}

/// Short fingerprints from one on, up to another.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ShortRange {
    /// The least; `None` where there is none.
    pub(crate) from: Option<u32>,
    /// The first that is too great; `None` where every greater one belongs to it.
    pub(crate) to: Option<u32>,
}

impl ShortRange {
    pub(crate) fn has(self, print: u32) -> bool {
        self.from.is_some_and(|from| from <= print) && self.to.is_none_or(|to| print < to)
    }
}

/// Writes the key index.
pub(crate) fn key_pages(mut keys: impl Iterator<Item = u32>, mut put: impl FnMut(&[u8])) {
    let mut bytes = Vec::with_capacity(PAGE_BYTES);
    loop {
        bytes.clear();
        bytes.extend(keys.by_ref().take(KEYS).flat_map(u32::to_le_bytes));
        if bytes.is_empty() {
            return;
        }
        seal(&mut bytes);
        put(&bytes);
    }
}

/// Writes the index of other numbers: `(short fingerprint << 32) | row`, sorted.
pub(crate) fn other_pages(others: &[u64], mut put: impl FnMut(&[u8])) {
    for page in others.chunks(PAIRS) {
        let mut bytes = Vec::with_capacity(PAGE_BYTES);
        bytes.extend(page.iter().flat_map(|pair| pair.to_le_bytes()));
        seal(&mut bytes);
        put(&bytes);
    }
}

fn seal(bytes: &mut Vec<u8>) {
    bytes.resize(BODY_BYTES, 0xff);
    let sum = checksum(bytes);
    bytes.extend_from_slice(&sum.to_le_bytes());
}

/// True when a page is as it was written.
pub(crate) fn is_sound(page: &[u8]) -> bool {
    page.split_last_chunk::<8>()
        .is_some_and(|(body, sum)| checksum(body) == u64::from_le_bytes(*sum))
}

/// A page and how many of its entries count.
struct RowPage<'a> {
    index: Index,
    bytes: &'a [u8],
    count: usize,
}

impl RowPage<'_> {
    /// Fingerprint and row of an entry; rows of the key index are counted from the page's start.
    fn get(&self, at: usize) -> (u32, u32) {
        match self.index {
            Index::Keys => {
                let (keys, _) = self.bytes.as_chunks::<4>();
                let key = keys.get(at).copied().unwrap_or_default();
                (u32::from_le_bytes(key), u32::try_from(at).unwrap_or(0))
            }
            Index::Others => {
                let (pairs, _) = self.bytes.as_chunks::<8>();
                let pair = u64::from_le_bytes(pairs.get(at).copied().unwrap_or_default());
                (short(pair), low_half(pair))
            }
        }
    }

    /// First entry that is not below `wanted`.
    fn lower(&self, wanted: u32) -> usize {
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = low.midpoint(high);
            if self.get(middle).0 < wanted {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }
}

/// The fingerprints of consecutive pages, of which the first is the `first`-th of its index.
pub(crate) fn fingerprints(
    index: Index,
    count: u64,
    first: u64,
    pages: &[u8],
) -> impl Iterator<Item = u32> {
    (first..)
        .zip(pages.chunks(PAGE_BYTES))
        .flat_map(move |(at, bytes)| {
            let page = view(index, count, at, bytes);
            (0..page.count).map(move |entry| page.get(entry).0)
        })
}

/// Rows whose number has this fingerprint; `read` gives a page by its number.
///
/// # Errors
/// Those of `read`.
pub(crate) fn probe<E>(
    index: Index,
    count: u64,
    wanted: u32,
    mut read: impl FnMut(u64) -> Result<Arc<Vec<u8>>, E>,
) -> Result<Vec<u32>, E> {
    let per_page = index.per_page() as u64;
    let pages = index.pages(count);
    let mut last: Option<(u64, Arc<Vec<u8>>)> = None;
    let mut page_at = |at: u64| -> Result<Arc<Vec<u8>>, E> {
        match &last {
            Some((known, page)) if *known == at => Ok(Arc::clone(page)),
            _ => {
                let page = read(at)?;
                last = Some((at, Arc::clone(&page)));
                Ok(page)
            }
        }
    };
    // The first page whose last entry is not below the wanted one lies in low..=high.
    let (mut low, mut high) = (0, pages);
    // Counts are below 2^32, so the product fits.
    let mut guess = ((u64::from(wanted) * count.min(u64::from(u32::MAX))) >> 32) / per_page;
    for step in 0_u32.. {
        if low >= high {
            break;
        }
        let at = if step < 4 {
            guess.clamp(low, high - 1)
        } else {
            low.midpoint(high)
        };
        let bytes = page_at(at)?;
        let page = view(index, count, at, &bytes);
        if page.get(page.count.saturating_sub(1)).0 < wanted {
            low = at + 1;
            guess = low;
        } else {
            high = at;
            guess = at.saturating_sub(1);
            if page.get(0).0 < wanted {
                low = at;
            }
        }
    }
    let mut rows = Vec::new();
    for at in low..pages {
        let bytes = page_at(at)?;
        let page = view(index, count, at, &bytes);
        for entry in page.lower(wanted)..page.count {
            let (found, row) = page.get(entry);
            if found != wanted {
                return Ok(rows);
            }
            rows.push(match index {
                Index::Keys => u32::try_from(at * per_page)
                    .unwrap_or(u32::MAX)
                    .saturating_add(row),
                Index::Others => row,
            });
        }
        if page.count == 0 {
            break;
        }
    }
    Ok(rows)
}

/// The first row of the key index whose fingerprint is not below `wanted`; `read` gives a page by its number.
///
/// # Errors
/// Those of `read`.
pub(crate) fn first_row_from<E>(
    count: u64,
    wanted: u32,
    mut read: impl FnMut(u64) -> Result<Vec<u8>, E>,
) -> Result<u64, E> {
    let pages = Index::Keys.pages(count);
    let (mut low, mut high) = (0, pages);
    // The first page whose last entry is not below the wanted one.
    while low < high {
        let at = low.midpoint(high);
        let bytes = read(at)?;
        let page = view(Index::Keys, count, at, &bytes);
        if page.get(page.count.saturating_sub(1)).0 < wanted {
            low = at + 1;
        } else {
            high = at;
        }
    }
    if low == pages {
        return Ok(count);
    }
    let bytes = read(low)?;
    let page = view(Index::Keys, count, low, &bytes);
    Ok(low * KEYS as u64 + page.lower(wanted) as u64)
}

/// True when so many numbers are looked for that reading the whole index is cheaper than probing.
pub(crate) const fn sweep_worth(index: Index, count: u64, numbers: usize) -> bool {
    numbers as u64 * 2 > index.pages(count)
}

/// Finds many fingerprints, ascending, in consecutive pages; `hit` gets their place and the row.
pub(crate) fn sweep(
    (index, count): (Index, u64),
    wanted: &[u32],
    first: u64,
    pages: &[u8],
    hit: &mut impl FnMut(usize, u32),
) {
    let mut from = 0;
    for (at, bytes) in (first..).zip(pages.chunks(PAGE_BYTES)) {
        let page = view(index, count, at, bytes);
        for entry in 0..page.count {
            let (found, row) = page.get(entry);
            while wanted.get(from).is_some_and(|wanted| *wanted < found) {
                from += 1;
            }
            let same = wanted.iter().enumerate().skip(from);
            for (place, _) in same.take_while(|(_, wanted)| **wanted == found) {
                let row = match index {
                    Index::Keys => u32::try_from(at * KEYS as u64)
                        .unwrap_or(u32::MAX)
                        .saturating_add(row),
                    Index::Others => row,
                };
                hit(place, row);
            }
        }
        if from >= wanted.len() {
            return;
        }
    }
}

fn view(index: Index, count: u64, at: u64, bytes: &[u8]) -> RowPage<'_> {
    let before = at * index.per_page() as u64;
    let left = usize::try_from(count.saturating_sub(before)).unwrap_or(usize::MAX);
    RowPage {
        index,
        bytes,
        count: left.min(index.per_page()),
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;
    use proptest::prelude::*;

    fn pages_of(index: Index, entries: &[(u32, u32)]) -> Vec<Arc<Vec<u8>>> {
        let mut pages = Vec::new();
        match index {
            Index::Keys => key_pages(entries.iter().map(|e| e.0), |page| {
                pages.push(Arc::new(page.to_vec()));
            }),
            Index::Others => other_pages(
                &entries
                    .iter()
                    .map(|e| u64::from(e.0) << 32 | u64::from(e.1))
                    .collect::<Vec<_>>(),
                |page| pages.push(Arc::new(page.to_vec())),
            ),
        }
        pages
    }

    proptest! {
        #[test]
        fn probing_finds_what_a_linear_scan_finds(
            spread in prop_oneof![Just(u32::MAX), Just(50_u32), Just(5_000_000_u32)],
            seed in any::<u32>(),
            count in 1..6_000_u32,
            wanted in prop::collection::vec(any::<u32>(), 30),
            others in any::<bool>(),
        ) {
            let index = if others { Index::Others } else { Index::Keys };
            let mut entries: Vec<(u32, u32)> = (0..count)
                .map(|n| (n.wrapping_mul(seed | 1).wrapping_mul(0x9E37_79B9) % spread, n))
                .collect();
            entries.sort_unstable();
            if !others {
                for (row, entry) in (0..).zip(&mut entries) {
                    entry.1 = row;
                }
            }
            let pages = pages_of(index, &entries);
            prop_assert_eq!(pages.len() as u64, index.pages(u64::from(count)));
            let known = entries.iter().step_by(97).map(|e| e.0);
            for wanted in wanted.iter().map(|w| w % spread).chain(known) {
                let scanned: Vec<u32> =
                    entries.iter().filter(|e| e.0 == wanted).map(|e| e.1).collect();
                let probed = probe::<Infallible>(index, u64::from(count), wanted, |at| {
                    Ok(Arc::clone(&pages[usize::try_from(at).unwrap()]))
                }).unwrap();
                prop_assert_eq!(probed, scanned);
                if !others {
                    let first = first_row_from::<Infallible>(u64::from(count), wanted, |at| {
                        Ok(pages[usize::try_from(at).unwrap()].to_vec())
                    });
                    let below = entries.partition_point(|entry| entry.0 < wanted);
                    prop_assert_eq!(first.unwrap(), below as u64);
                }
            }
        }
    }

    #[test]
    fn a_page_with_one_changed_bit_is_not_sound() {
        let pages = pages_of(Index::Keys, &[(1, 0), (2, 1)]);
        let page = pages[0].as_ref().clone();
        assert!(is_sound(&page));
        for byte in [0, 100, PAGE_BYTES - 1] {
            let mut changed = page.clone();
            changed[byte] ^= 1;
            assert!(!is_sound(&changed));
        }
    }
}
