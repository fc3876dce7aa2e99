//! Lines of a table taken apart into columns.

use super::cell::{TIME_BYTES, Times, decimal, digits};
use super::cut::{Cut, OddLine};
use super::int_column;
use super::shape::{Kind, PREFIX, Shape, Span};
use super::stream::{put_count, put_text};
use super::words::Words;

/// Lines that are no rows may be one byte in so many.
const ODD: usize = 4;

/// What was gathered of a span.
#[derive(Debug, Default)]
struct Column {
    /// Codes of words, or numbers.
    ints: Vec<u64>,
    /// Packed letters.
    letters: Vec<u8>,
    words: Words,
    times: Times,
    /// What texts begin with, as bytes of a number, and which of those count.
    prefix: (u128, u128),
    /// Rows whose text does not look as guessed, ascending, and how long those texts are.
    odd: Vec<(usize, usize)>,
    /// Those texts.
    odd_texts: Vec<u8>,
}

/// Takes blocks of lines apart; its memory is used again.
#[derive(Debug, Default)]
pub(super) struct LinePacker {
    columns: Vec<Column>,
    odd_lines: Vec<OddLine>,
    cut: Cut,
    /// The first column of each span.
    firsts: Vec<usize>,
    room: Vec<u64>,
    /// What has no fixed width.
    pub(super) soft: Vec<u8>,
    /// Packed bits.
    pub(super) hard: Vec<u8>,
}

impl LinePacker {
    /// Takes a block apart into `soft` and `hard`; false when it is no table.
    pub(super) fn pack(&mut self, block: &[u8]) -> bool {
        let Some(shape) = Shape::guess(block) else {
            return false;
        };
        self.columns.resize_with(shape.spans.len(), Column::default);
        for (column, span) in self.columns.iter_mut().zip(&shape.spans) {
            column.start(span);
        }
        self.odd_lines.clear();
        self.firsts.clear();
        let mut first = 0;
        for span in &shape.spans {
            self.firsts.push(first);
            first += span.columns;
        }
        let Some(rows) = self.rows(&shape, block) else {
            return false;
        };
        self.write(&shape, block, rows);
        true
    }

    /// Takes the lines apart and counts the rows; `None` when too many are none.
    fn rows(&mut self, shape: &Shape, block: &[u8]) -> Option<usize> {
        let (mut rows, mut start) = (0, 0);
        self.cut.start(shape);
        while start < block.len() {
            let place = (shape, block);
            start = self.cut.lines(place, start, rows, &mut self.odd_lines)?;
            let odd = self.odd_lines.iter().map(|line| line.to - line.from);
            (odd.sum::<usize>() * ODD <= block.len()).then_some(())?;
            let mut first = 0;
            for (span, column) in shape.spans.iter().zip(&mut self.columns) {
                column.rows(span, block, (&self.cut, rows), (first, &self.firsts))?;
                first += span.columns;
            }
            rows += self.cut.rows.len() / self.cut.stride();
        }
        Some(rows)
    }

    fn write(&mut self, shape: &Shape, block: &[u8], rows: usize) {
        let (soft, hard) = (&mut self.soft, &mut self.hard);
        soft.clear();
        hard.clear();
        put_count(soft, rows);
        shape.write(soft);
        put_count(soft, self.odd_lines.len());
        let mut before = 0;
        for line in &self.odd_lines {
            put_count(soft, line.rows - before);
            put_text(soft, block.get(line.from..line.to).unwrap_or_default());
            before = line.rows;
        }
        let mut times: Vec<u64> = Vec::new();
        for (span, column) in shape.spans.iter().zip(&mut self.columns) {
            column.write_odd(soft);
            match span.kind {
                Kind::Word => {
                    let words = column.words.iter();
                    let count = words.len();
                    put_count(soft, count);
                    words.for_each(|word| put_text(soft, word));
                    int_column::encode_codes(&mut column.ints, count, (soft, hard));
                }
                Kind::Same(_) => {}
                Kind::Time => {
                    let other = Some(times.as_slice()).filter(|times| !times.is_empty());
                    int_column::encode(&column.ints, other, (soft, hard), &mut self.room);
                    if times.is_empty() {
                        times.clone_from(&column.ints);
                    }
                }
                Kind::Digits(_) | Kind::Decimal(_) => {
                    int_column::encode(&column.ints, None, (soft, hard), &mut self.room);
                }
                Kind::Letters(..) => hard.extend_from_slice(&column.letters),
            }
        }
    }
}

impl Column {
    /// Forgets the block before.
    fn start(&mut self, span: &Span) {
        self.ints.clear();
        self.letters.clear();
        self.words.clear();
        self.odd.clear();
        self.odd_texts.clear();
        let mut prefix = [0; 16];
        let mut counts = [0; 16];
        for ((to, count), from) in prefix.iter_mut().zip(&mut counts).zip(&span.prefix) {
            *to = *from;
            *count = 0xff;
        }
        self.prefix = (u128::from_le_bytes(prefix), u128::from_le_bytes(counts));
    }

    /// Takes the texts of some rows.
    fn rows(
        &mut self,
        span: &Span,
        block: &[u8],
        (cut, before): (&Cut, usize),
        (first, firsts): (usize, &[usize]),
    ) -> Option<()> {
        match span.kind {
            Kind::Word => self.each(
                span,
                block,
                (cut, before, first),
                |column, text, from, _| {
                    column
                        .words
                        .code((block, from), text, span.steady)
                        .map(|code| column.ints.push(code))
                },
            ),
            Kind::Same(other) => {
                let other = *firsts.get(other)?;
                self.each(span, block, (cut, before, first), |_, text, _, places| {
                    let from = places.get(other)?.wrapping_add(1) as usize;
                    let to = *places.get(other + 1)? as usize;
                    (block.get(from..to)? == text).then_some(())
                })
            }
            Kind::Time => self.each(
                span,
                block,
                (cut, before, first),
                |column, text, from, _| {
                    let body = column.body(span, block, from, text)?;
                    column
                        .ints
                        .push(column.times.read(body.as_array::<TIME_BYTES>()?)?);
                    Some(())
                },
            ),
            Kind::Digits(count) => self.each(
                span,
                block,
                (cut, before, first),
                |column, text, from, _| {
                    let body = column.body(span, block, from, text)?;
                    (body.len() == count).then_some(())?;
                    column.ints.push(digits(body)?);
                    Some(())
                },
            ),
            Kind::Decimal(places) => self.each(
                span,
                block,
                (cut, before, first),
                |column, text, from, _| {
                    let body = column.body(span, block, from, text)?;
                    column
                        .ints
                        .push(decimal(block, (from + text.len(), body), places)?);
                    Some(())
                },
            ),
            Kind::Letters(alphabet, count) => self.each(
                span,
                block,
                (cut, before, first),
                |column, text, from, _| {
                    let body = column.body(span, block, from, text)?;
                    (body.len() == count).then_some(())?;
                    let packed = alphabet.pack(body)?;
                    let packed = packed.get(..alphabet.packed_len(count))?;
                    column.letters.extend_from_slice(packed);
                    Some(())
                },
            ),
        }
    }

    /// Shows the text of each row to `take`, and keeps as they are those it does not take.
    #[inline]
    fn each(
        &mut self,
        span: &Span,
        block: &[u8],
        (cut, before, first): (&Cut, usize, usize),
        take: impl Fn(&mut Self, &[u8], usize, &[u32]) -> Option<()>,
    ) -> Option<()> {
        for (row, places) in (before..).zip(cut.rows.chunks_exact(cut.stride())) {
            let from = places.get(first)?.wrapping_add(1) as usize;
            let to = *places.get(first + span.columns)? as usize;
            let text = block.get(from..to)?;
            if take(self, text, from, places).is_none() {
                self.keep(span, row, text);
            }
        }
        Some(())
    }

    /// What follows the beginning that all texts of the column share.
    #[inline]
    fn body<'t>(&self, span: &Span, block: &[u8], from: usize, text: &'t [u8]) -> Option<&'t [u8]> {
        const { assert!(PREFIX < 16, "it is compared as one number") };
        let body = text.get(span.prefix.len()..)?;
        let has_prefix = match block.get(from..).and_then(<[u8]>::first_chunk::<16>) {
            Some(window) => u128::from_le_bytes(*window) & self.prefix.1 == self.prefix.0,
            None => text.starts_with(&span.prefix),
        };
        has_prefix.then_some(body)
    }

    /// Keeps a text as it is.
    #[cold]
    fn keep(&mut self, span: &Span, row: usize, text: &[u8]) {
        self.odd.push((row, text.len()));
        self.odd_texts.extend_from_slice(text);
        match span.kind {
            Kind::Word => self.ints.push(0),
            Kind::Same(_) => {}
            // The one before costs the fewest bits.
            Kind::Time | Kind::Digits(_) | Kind::Decimal(_) => {
                self.ints.push(self.ints.last().copied().unwrap_or(0));
            }
            Kind::Letters(alphabet, count) => {
                let end = self.letters.len() + alphabet.packed_len(count);
                self.letters.resize(end, 0);
            }
        }
    }

    fn write_odd(&self, soft: &mut Vec<u8>) {
        put_count(soft, self.odd.len());
        let (mut before, mut rest) = (0, self.odd_texts.as_slice());
        for (row, len) in &self.odd {
            let (text, more) = rest.split_at(*len);
            put_count(soft, row - before);
            put_text(soft, text);
            (before, rest) = (*row, more);
        }
    }
}
