//! Sorting by fingerprints: they are evenly spread, so most of the order is one look at their upper bits.
//!
//! Items are dealt into buckets in place, then each bucket, which fits the cache, is sorted by comparing.

use rayon::prelude::*;

/// Fewer items than this are sorted as they are.
const WORTH: usize = 20_000;

/// Sorts by `bucket`, which stays below `buckets`, and by `key` within each.
pub(crate) fn sort<T, K>(
    items: &mut [T],
    buckets: usize,
    bucket: impl Fn(&T) -> usize + Sync,
    key: impl Fn(&T) -> K + Sync,
) where
    T: Copy + Send,
    K: Ord,
{
    if items.len() < WORTH {
        items.sort_unstable_by_key(|item| (bucket(item), key(item)));
        return;
    }
    let mut ends = vec![0_usize; buckets];
    for item in items.iter() {
        if let Some(count) = ends.get_mut(bucket(item)) {
            *count += 1;
        }
    }
    let mut sum = 0;
    let mut next = Vec::with_capacity(buckets);
    for end in &mut ends {
        next.push(sum);
        sum += *end;
        *end = sum;
    }
    deal(items, &mut next, &ends, &bucket);
    let mut rest = items;
    let mut parts = Vec::with_capacity(buckets);
    let mut start = 0;
    for end in ends {
        let (part, more) = rest.split_at_mut_checked(end - start).unwrap_or_default();
        if part.len() > 1 {
            parts.push(part);
        }
        (rest, start) = (more, end);
    }
    parts
        .into_par_iter()
        .with_min_len(8)
        .for_each(|part| part.sort_unstable_by_key(&key));
}

/// Brings every item into its bucket: what lies in the wrong one changes places until the right one comes.
fn deal<T: Copy>(
    items: &mut [T],
    next: &mut [usize],
    ends: &[usize],
    bucket: &impl Fn(&T) -> usize,
) {
    for (at, end) in ends.iter().enumerate() {
        while let Some(from) = next.get(at).copied().filter(|from| from < end) {
            let Some(mut item) = items.get(from).copied() else {
                return;
            };
            loop {
                let Some(slot) = next.get_mut(bucket(&item)) else {
                    return;
                };
                let to = *slot;
                *slot += 1;
                let Some(place) = items.get_mut(to) else {
                    return;
                };
                std::mem::swap(place, &mut item);
                if to == from {
                    break;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_items_are_sorted_as_the_library_sorts_them() {
        for (count, mask) in [
            (0_u64, !0),
            (5, !0),
            (30_000, !0),
            (50_000, 0xF0F0 << 48 | 7),
            (25_000, 0),
        ] {
            let mut items: Vec<u64> = (0..count)
                .map(|n| recondesk_domain::fingerprint(&n.to_le_bytes()) & mask)
                .collect();
            let mut expected = items.clone();
            expected.sort_unstable();
            let upper = |item: &u64| usize::try_from(*item >> 56).unwrap_or(0);
            sort(&mut items, 256, upper, |item| *item);
            assert!(items == expected, "{count}");
        }
    }
}
