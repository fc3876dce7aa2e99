//! Where two signed strings differ, piece by piece, for the difference view.

use std::ops::Range;

/// A place where two strings differ; either side may be empty there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk {
    /// Bytes of the one.
    pub one: Range<usize>,
    /// Bytes of the other.
    pub other: Range<usize>,
    /// The whole field or line of the one in which it lies.
    pub one_field: Range<usize>,
    /// The same of the other.
    pub other_field: Range<usize>,
}

/// More pieces than this are compared as one: the table grows with their product.
const MOST_PIECES: usize = 600;

/// All differences in order. Strings are cut at `&` and line feeds, equal pieces are matched, and what
/// is left between them is narrowed to the bytes that differ.
#[must_use]
pub fn hunks(one: &[u8], other: &[u8]) -> Vec<Hunk> {
    if one == other {
        return Vec::new();
    }
    let (a, b) = (pieces(one), pieces(other));
    let mut out = Vec::new();
    let mut from = (0, 0);
    let mut ends = matched(one, other, (&a, &b));
    ends.push((a.len(), b.len()));
    for (at_a, at_b) in ends {
        let range = |pieces: &[Range<usize>], from: usize, to: usize, all: usize| {
            let start = pieces.get(from).map_or(all, |piece| piece.start);
            let end = match to {
                _ if to == from => start,
                _ => pieces.get(to - 1).map_or(all, |piece| piece.end),
            };
            start..end
        };
        if (at_a, at_b) != from {
            let left = range(&a, from.0, at_a, one.len());
            let right = range(&b, from.1, at_b, other.len());
            out.extend(narrowed(one, left, other, right));
        }
        from = (at_a + 1, at_b + 1);
    }
    out
}

fn pieces(text: &[u8]) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = 0;
    for (at, byte) in text.iter().enumerate() {
        if matches!(byte, b'&' | b'\n') {
            out.push(start..at + 1);
            start = at + 1;
        }
    }
    if start < text.len() {
        out.push(start..text.len());
    }
    if out.len() > MOST_PIECES {
        let whole = 0..text.len();
        return vec![whole];
    }
    out
}

/// Pairs of equal pieces, the most there can be in order.
fn matched(
    one: &[u8],
    other: &[u8],
    (a, b): (&[Range<usize>], &[Range<usize>]),
) -> Vec<(usize, usize)> {
    let trim = |text: &[u8]| -> Vec<u8> { text.strip_suffix(b"&").unwrap_or(text).to_vec() };
    let words = |text: &[u8], pieces: &[Range<usize>]| -> Vec<Vec<u8>> {
        let word = |piece: &Range<usize>| trim(text.get(piece.clone()).unwrap_or_default());
        pieces.iter().map(word).collect()
    };
    let (a, b) = (words(one, a), words(other, b));
    let width = b.len() + 1;
    let mut longest = vec![0_u32; (a.len() + 1) * width];
    let get = |table: &[u32], i: usize, j: usize| table.get(i * width + j).copied().unwrap_or(0);
    for (i, left) in a.iter().enumerate().rev() {
        for (j, right) in b.iter().enumerate().rev() {
            let best = if left == right {
                get(&longest, i + 1, j + 1) + 1
            } else {
                get(&longest, i + 1, j).max(get(&longest, i, j + 1))
            };
            if let Some(cell) = longest.get_mut(i * width + j) {
                *cell = best;
            }
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut out = Vec::new();
    while let (Some(left), Some(right)) = (a.get(i), b.get(j)) {
        if left == right {
            out.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if get(&longest, i + 1, j) >= get(&longest, i, j + 1) {
            i += 1;
        } else {
            j += 1;
        }
    }
    out
}

/// Takes the equal beginning and end off; `None` when nothing is left.
fn narrowed(one: &[u8], left: Range<usize>, other: &[u8], right: Range<usize>) -> Option<Hunk> {
    let a = one.get(left.clone()).unwrap_or_default();
    let b = other.get(right.clone()).unwrap_or_default();
    if a == b {
        return None;
    }
    let is_cut = |text: &[u8], at: usize| text.get(at).is_none_or(|byte| byte & 0xC0 != 0x80);
    let mut head = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    while head > 0 && !(is_cut(a, head) && is_cut(b, head)) {
        head -= 1;
    }
    let room = a.len().min(b.len()) - head;
    let same = |(x, y): &(&u8, &u8)| x == y;
    let mut tail = a
        .iter()
        .rev()
        .zip(b.iter().rev())
        .take(room)
        .take_while(same)
        .count();
    while tail > 0 && !(is_cut(a, a.len() - tail) && is_cut(b, b.len() - tail)) {
        tail -= 1;
    }
    Some(Hunk {
        one: left.start + head..left.end - tail,
        other: right.start + head..right.end - tail,
        one_field: left,
        other_field: right,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(one: &str, other: &str) -> Vec<(String, String)> {
        let cut = |text: &str, range: Range<usize>| text[range].to_owned();
        hunks(one.as_bytes(), other.as_bytes())
            .into_iter()
            .map(|hunk| (cut(one, hunk.one), cut(other, hunk.other)))
            .collect()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        let own = |(a, b): &(&str, &str)| ((*a).to_owned(), (*b).to_owned());
        pairs.iter().map(own).collect()
    }

    #[test]
    fn a_space_at_the_end_of_a_value_is_one_byte_on_one_side() {
        assert_eq!(
            shown("a=1&n=x/y &z=3", "a=1&n=x/y&z=3"),
            pairs(&[(" ", "")])
        );
    }

    #[test]
    fn two_differences_stay_two() {
        assert_eq!(
            shown("a=1&b=2&c=3&d=4", "a=9&b=2&c=3&d=5"),
            pairs(&[("1", "9"), ("4", "5")])
        );
    }

    #[test]
    fn a_field_that_is_missing_is_a_whole_piece() {
        assert_eq!(
            shown("a=1&attach=&b=2", "a=1&b=2"),
            pairs(&[("attach=&", "")])
        );
        assert_eq!(shown("a=1", "a=1&b=2"), pairs(&[("", "b=2")]));
    }

    #[test]
    fn a_line_feed_that_is_missing_at_the_end_is_found() {
        assert_eq!(shown("GET\n/v3\n\n", "GET\n/v3\n"), pairs(&[("\n", "")]));
    }

    #[test]
    fn characters_are_never_cut_inside() {
        assert_eq!(shown("a=青禾&b=1", "a=青年&b=1"), pairs(&[("禾", "年")]));
    }

    #[test]
    fn equal_strings_have_no_difference() {
        assert_eq!(shown("a=1&b=2", "a=1&b=2"), Vec::new());
    }
}
