//! What the lines of a block have in common: their separator, their end, and what each of their columns looks like.
//!
//! It is guessed from a few lines. A wrong guess costs room, never a byte: whatever does not look as guessed is kept as
//! it is.

use memchr::memchr;

use super::cell::{MOST_DIGITS, MOST_PLACES, TIME_BYTES, Times, long_decimal};
use super::letters::{Alphabet, MOST_LETTERS};
use super::stream::{Taker, put_count, put_text};

/// Lines that the guess is made from.
const LINES: usize = 24;
/// Bytes at the start of a block that no such line is taken from: a header stands there.
const SEPARATORS: [u8; 4] = [b',', b'\t', b';', b'|'];
/// Most columns of a table.
pub(super) const COLUMNS: usize = 200;
/// Fewer digits are kept as words or decimal numbers.
const FEW_DIGITS: usize = 6;
/// Fewer letters are kept as words.
const FEW_LETTERS: usize = 8;
/// Longest beginning that all texts of a column share.
pub(super) const PREFIX: usize = 15;
/// A steady column is put to the one before when its text is not longer.
const SHORT: usize = 16;

/// What a column, or a run of them, looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// Texts of which many are the same.
    Word,
    /// The text of an earlier column once more.
    Same(usize),
    /// A time.
    Time,
    /// So many digits.
    Digits(usize),
    /// So many letters of an alphabet.
    Letters(Alphabet, usize),
    /// A decimal number with so many places.
    Decimal(usize),
}

/// A column, or a run of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    /// How many columns.
    pub(super) columns: usize,
    pub(super) kind: Kind,
    /// What every text begins with.
    pub(super) prefix: Vec<u8>,
    /// Most texts are the same as the one before.
    pub(super) steady: bool,
}

/// What the lines of a block have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) separator: u8,
    pub(super) end: Vec<u8>,
    pub(super) spans: Vec<Span>,
}

impl Shape {
    /// Guesses; `None` when the block is no table.
    pub(super) fn guess(block: &[u8]) -> Option<Self> {
        let lines = some_lines(block);
        let first = lines.get(lines.len() / 2)?;
        let count = |separator: u8| memchr::memchr_iter(separator, first).count();
        let separator = SEPARATORS
            .into_iter()
            .max_by_key(|separator| count(*separator))?;
        let columns = count(separator) + 1;
        if !(2..=COLUMNS).contains(&columns) {
            return None;
        }
        let end: &[u8] = if first.ends_with(b"\r\n") {
            b"\r\n"
        } else {
            b"\n"
        };
        let mut cells: Vec<Vec<&[u8]>> = vec![Vec::with_capacity(LINES); columns];
        for line in &lines {
            let Some(line) = line.strip_suffix(end) else {
                continue;
            };
            if memchr::memchr_iter(separator, line).count() + 1 == columns {
                let parts = line.split(|byte| *byte == separator);
                for (column, cell) in cells.iter_mut().zip(parts) {
                    column.push(cell);
                }
            }
        }
        let rows = cells.first()?.len();
        if rows * 2 < lines.len() || rows < 4 {
            return None;
        }
        Some(Self {
            separator,
            end: end.to_vec(),
            spans: spans(&cells),
        })
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.push(self.separator);
        put_text(out, &self.end);
        put_count(out, self.spans.len());
        for span in &self.spans {
            put_count(out, span.columns);
            let (kind, parameter) = match span.kind {
                Kind::Word => (0, 0),
                Kind::Same(span) => (1, span),
                Kind::Time => (2, 0),
                Kind::Digits(count) => (3, count),
                Kind::Decimal(places) => (4, places),
                Kind::Letters(Alphabet::LowerHex, count) => (5, count),
                Kind::Letters(Alphabet::UpperHex, count) => (6, count),
                Kind::Letters(Alphabet::Base64, count) => (7, count),
            };
            out.push(kind);
            put_count(out, parameter);
            put_text(out, &span.prefix);
        }
    }

    pub(super) fn read(soft: &mut Taker<'_>) -> Option<Self> {
        let separator = soft.byte()?;
        let end = soft.text()?.to_vec();
        (end.len() <= PREFIX).then_some(())?;
        let count = soft.count(COLUMNS)?;
        let mut spans = Vec::with_capacity(count);
        for at in 0..count {
            let columns = soft.count(COLUMNS)?;
            let kind = soft.byte()?;
            let parameter = soft.count(usize::from(u16::MAX))?;
            let kind = match kind {
                0 => Kind::Word,
                1 if parameter < at => Kind::Same(parameter),
                2 => Kind::Time,
                3 if parameter <= MOST_DIGITS => Kind::Digits(parameter),
                4 if parameter <= MOST_PLACES => Kind::Decimal(parameter),
                5 if parameter <= MOST_LETTERS => Kind::Letters(Alphabet::LowerHex, parameter),
                6 if parameter <= MOST_LETTERS => Kind::Letters(Alphabet::UpperHex, parameter),
                7 if parameter <= MOST_LETTERS => Kind::Letters(Alphabet::Base64, parameter),
                _ => return None,
            };
            let prefix = soft.text()?;
            (prefix.len() <= PREFIX).then_some(())?;
            spans.push(Span {
                columns,
                kind,
                prefix: prefix.to_vec(),
                steady: false,
            });
        }
        Some(Self {
            separator,
            end,
            spans,
        })
    }
}

/// Whole lines from all over the block, none of them its first.
fn some_lines(block: &[u8]) -> Vec<&[u8]> {
    let mut lines = Vec::with_capacity(LINES);
    let mut next = 0;
    for at in 0..LINES {
        let from = next.max(block.len() / LINES * at);
        let line = block.get(from..).and_then(|rest| {
            let start = from + memchr(b'\n', rest)? + 1;
            let end = start + memchr(b'\n', block.get(start..)?)? + 1;
            next = end - 1;
            block.get(start..end)
        });
        let Some(line) = line else { break };
        lines.push(line);
    }
    lines
}

fn spans(cells: &[Vec<&[u8]>]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    // Which span a column is, where it is one alone.
    let mut alone: Vec<Option<usize>> = Vec::with_capacity(cells.len());
    for (at, column) in cells.iter().enumerate() {
        let text = usual(column);
        let steady = text.is_some();
        let short = text.is_some_and(|text| text.len() <= SHORT);
        if let Some(last) = spans.last_mut()
            && last.kind == Kind::Word
            && steady
            && (last.steady || short && last.columns < 3)
        {
            last.columns += 1;
            if let Some(before) = at.checked_sub(1).and_then(|before| alone.get_mut(before)) {
                *before = None;
            }
            alone.push(None);
            continue;
        }
        let twin = || {
            let earlier = cells.iter().zip(&alone).take(at);
            earlier
                .rev()
                .find_map(|(other, span)| span.filter(|_| is_mostly(other, column)))
        };
        let (kind, prefix) = if steady || takes_few(column) {
            (Kind::Word, Vec::new())
        } else if let Some(span) = twin() {
            (Kind::Same(span), Vec::new())
        } else {
            kind_of(column)
        };
        alone.push(Some(spans.len()));
        spans.push(Span {
            columns: 1,
            kind,
            prefix,
            steady,
        });
    }
    spans
}

/// The text that most of a column is.
fn usual<'a>(column: &[&'a [u8]]) -> Option<&'a [u8]> {
    [0, column.len() / 2].into_iter().find_map(|at| {
        let text = *column.get(at)?;
        let same = column.iter().filter(|cell| **cell == text).count();
        (same * 8 >= column.len() * 7).then_some(text)
    })
}

fn is_mostly(one: &[&[u8]], other: &[&[u8]]) -> bool {
    let same = one.iter().zip(other).filter(|(a, b)| a == b).count();
    same * 8 >= one.len() * 7
}

fn takes_few(column: &[&[u8]]) -> bool {
    let mut different: Vec<&[u8]> = Vec::with_capacity(LINES);
    for cell in column {
        if !different.contains(cell) {
            different.push(cell);
        }
    }
    different.len() * 3 <= column.len()
}

/// Most of the texts, and what they begin with.
fn kind_of(column: &[&[u8]]) -> (Kind, Vec<u8>) {
    let filled: Vec<&[u8]> = column
        .iter()
        .copied()
        .filter(|cell| cell.len() > 1)
        .collect();
    let enough = |count: usize| count * 4 >= column.len() * 3;
    let word = (Kind::Word, Vec::new());
    let Some(first) = filled
        .get(filled.len() / 2)
        .filter(|_| filled.len() * 2 >= column.len())
    else {
        return word;
    };
    let tick: &[u8] = if first.starts_with(b"`") { b"`" } else { b"" };
    let bare = |cell: &&'_ [u8]| -> Option<Vec<u8>> { cell.strip_prefix(tick).map(<[u8]>::to_vec) };
    let bodies: Vec<Vec<u8>> = filled.iter().filter_map(bare).collect();
    let count = |test: &dyn Fn(&[u8]) -> bool| bodies.iter().filter(|body| test(body)).count();
    let of_filled = |count: usize| count * 4 >= filled.len() * 3;
    if of_filled(count(&|body| {
        body.as_array()
            .is_some_and(|time: &[u8; TIME_BYTES]| Times::default().read(time).is_some())
    })) {
        return (Kind::Time, tick.to_vec());
    }
    let len = first.len();
    let fixed: Vec<&[u8]> = filled
        .iter()
        .copied()
        .filter(|cell| cell.len() == len)
        .collect();
    if enough(fixed.len()) {
        if let Some(found) = fixed_kind(&fixed) {
            return found;
        }
    }
    for places in (0..=MOST_PLACES).rev() {
        let fits = |body: &[u8]| long_decimal(body, places).is_some();
        if of_filled(count(&fits)) {
            return (Kind::Decimal(places), tick.to_vec());
        }
    }
    word
}

/// Digits or letters of one length.
fn fixed_kind(texts: &[&[u8]]) -> Option<(Kind, Vec<u8>)> {
    let first = texts.first()?;
    let common = texts.iter().fold(first.len(), |common, text| {
        let same = first.iter().zip(*text).take_while(|(a, b)| a == b);
        same.take(common).count()
    });
    let digits = texts.iter().map(|text| {
        let end = text.iter().rev().take_while(|byte| byte.is_ascii_digit());
        end.count()
    });
    let digits = digits.min()?.min(MOST_DIGITS);
    if digits >= FEW_DIGITS && first.len() - digits <= common.min(PREFIX) {
        let prefix = first.get(..first.len() - digits)?;
        return Some((Kind::Digits(digits), prefix.to_vec()));
    }
    let common = common.min(PREFIX);
    let prefix = first.get(..common)?;
    let rest = first.len() - common;
    let fits = |alphabet: &Alphabet| {
        texts
            .iter()
            .all(|text| text.get(common..).is_some_and(|text| alphabet.has(text)))
    };
    let alphabet = Alphabet::ALL.into_iter().find(fits)?;
    (FEW_LETTERS..=MOST_LETTERS)
        .contains(&rest)
        .then(|| (Kind::Letters(alphabet, rest), prefix.to_vec()))
}
