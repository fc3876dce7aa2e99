//! Lines of a table printed from their columns, byte for byte.
//!
//! Some rows are printed together, one column after the other, each row on a strip of its own: what is done for one row
//! does not wait for the row before. Texts are copied in steps of a fixed size, so what is behind a text is written
//! over by the next.

use super::cell::{Times, print_decimal, print_digits};
use super::int_column;
use super::letters::LETTER_ROOM;
use super::shape::{Kind, PREFIX, Shape};
use super::stream::Taker;

/// Bytes of short words, of usual ones and of long ones, which are copied at once; longer ones go in such steps.
const SHORT: usize = 32;
const USUAL: usize = 64;
const LONG: usize = 128;
/// Bytes behind a text that may be written with it.
const SLACK: usize = LONG;
/// Rows that are printed together, fewer where they are long.
const ROWS: usize = 64;
/// Bytes that their strips may take.
const STRIP_BYTES: usize = 64 << 10;

/// A column to print from.
struct Column<'a> {
    kind: Kind,
    ints: Vec<u64>,
    letters: &'a [u8],
    /// The words one after the other, each behind its separator, and where each lies.
    words: Vec<u8>,
    places: Vec<(u32, u32)>,
    times: Times,
    /// Rows with a text of their own, ascending; which of them is next, and its row.
    odd: Vec<(usize, &'a [u8])>,
    next_odd: usize,
    odd_row: usize,
    /// The separator, where there is one, and what every text begins with.
    prefix: [u8; PREFIX + 1],
    prefix_len: usize,
    /// One where there is a separator.
    separators: usize,
    /// Most bytes of a word with its separator, and of any text.
    longest_word: usize,
    longest: usize,
    /// Where the texts of the rows at hand lie, if they are printed once more.
    texts: Vec<(usize, usize)>,
    is_repeated: bool,
}

/// Texts with the rows they belong to.
fn odd_texts<'a>(soft: &mut Taker<'a>) -> Option<Vec<(usize, &'a [u8])>> {
    let count = soft.count(soft.0.len())?;
    let mut texts = Vec::with_capacity(count);
    let mut row = 0_usize;
    for _ in 0..count {
        row = row.checked_add(soft.count(usize::MAX)?)?;
        texts.push((row, soft.text()?));
    }
    Some(texts)
}

/// Prints a block of at most `len` bytes, line by line, to `sink`; `None` when the columns are not those of a block, or
/// the sink says so.
pub(super) fn print(
    soft: &[u8],
    hard: &[u8],
    len: usize,
    mut sink: impl FnMut(&[u8]) -> Option<()>,
) -> Option<()> {
    let mut soft = Taker(soft);
    let mut hard = Taker(hard);
    let rows = soft.count(len)?;
    let shape = Shape::read(&mut soft)?;
    // A row has a byte for each of its columns at least.
    (rows.checked_mul(shape.spans.len())? <= len).then_some(())?;
    let odd_lines = odd_texts(&mut soft)?;
    let mut columns = columns(&shape, rows, &mut soft, &mut hard)?;
    (soft.0.is_empty() && hard.0.is_empty()).then_some(())?;
    let mut end = [0; PREFIX + 1];
    for (to, from) in end.iter_mut().zip(&shape.end) {
        *to = *from;
    }
    let lengths = columns.iter().map(|column| column.longest);
    let strip = lengths.sum::<usize>() + SLACK;
    // No row is longer than the block.
    (strip <= len + shape.spans.len() * SLACK + SLACK).then_some(())?;
    let together = (STRIP_BYTES / strip).clamp(1, ROWS);
    let mut strips = vec![0; strip * together];
    let mut ends = Vec::with_capacity(together);
    let mut odd_lines = odd_lines.into_iter().peekable();
    let mut row = 0;
    while row < rows {
        let some = row..rows.min(row + together);
        ends.clear();
        ends.extend((0..some.len()).map(|at| at * strip));
        for number in 0..columns.len() {
            let (before, rest) = columns.split_at_mut(number);
            let column = rest.first_mut()?;
            let twin = match column.kind {
                Kind::Same(other) => before.get(other)?.texts.as_slice(),
                _ => &[],
            };
            column.print(some.clone(), twin, (&mut strips, &mut ends))?;
        }
        for (at, to) in ends.iter().enumerate() {
            while let Some((_, line)) = odd_lines.next_if(|(before, _)| *before <= row + at) {
                sink(line)?;
            }
            *strips.get_mut(*to..)?.first_chunk_mut()? = end;
            sink(strips.get(at * strip..to + shape.end.len())?)?;
        }
        row = some.end;
    }
    odd_lines.try_for_each(|(_, line)| sink(line))
}

fn columns<'a>(
    shape: &Shape,
    rows: usize,
    soft: &mut Taker<'a>,
    hard: &mut Taker<'a>,
) -> Option<Vec<Column<'a>>> {
    let mut columns: Vec<Column<'a>> = Vec::with_capacity(shape.spans.len());
    let mut first_time: Option<usize> = None;
    for (number, span) in shape.spans.iter().enumerate() {
        let separator = Some(shape.separator).filter(|_| number > 0);
        let before: Vec<u8> = separator
            .into_iter()
            .chain(span.prefix.iter().copied())
            .collect();
        let mut column = Column::new(span.kind.clone(), &before, odd_texts(soft)?)?;
        column.separators = usize::from(number > 0);
        let mut longest = 0;
        match span.kind {
            Kind::Same(other) => {
                let other = columns.get_mut(other)?;
                other.is_repeated = true;
                longest = other.longest;
            }
            Kind::Word => {
                for _ in 0..soft.count(soft.0.len())? {
                    let word = soft.text()?;
                    longest = longest.max(word.len());
                    column.add_word(separator, word)?;
                }
                column.longest_word = longest + 1;
                column.words.resize(column.words.len() + LONG, 0);
                column.ints = int_column::decode(rows, None, (soft, hard))?;
            }
            Kind::Digits(_) | Kind::Decimal(_) => {
                column.ints = int_column::decode(rows, None, (soft, hard))?;
            }
            Kind::Time => {
                let other = first_time.and_then(|at| columns.get(at));
                let other = other.map(|other| other.ints.as_slice());
                column.ints = int_column::decode(rows, other, (soft, hard))?;
                first_time = first_time.or(Some(columns.len()));
            }
            Kind::Letters(alphabet, count) => {
                column.letters = hard.bytes(rows.checked_mul(alphabet.packed_len(count))?)?;
            }
        }
        let odd = column.odd.iter().map(|(_, text)| text.len());
        column.longest = odd.fold(longest.max(LETTER_ROOM), usize::max) + PREFIX + 1;
        columns.push(column);
    }
    Some(columns)
}

/// Rows that are printed, the strips they are printed on, and where each has got to.
type Strips<'s> = (&'s mut [u8], &'s mut [usize]);

/// Writes some bytes at a place, of which `len` count.
#[inline]
fn put<const N: usize>(
    strips: &mut [u8],
    at: &mut usize,
    text: &[u8; N],
    len: usize,
) -> Option<()> {
    *strips.get_mut(*at..)?.first_chunk_mut::<N>()? = *text;
    *at += len;
    Some(())
}

/// The same for a text of any length.
fn put_text(strips: &mut [u8], at: &mut usize, text: &[u8]) -> Option<()> {
    strips
        .get_mut(*at..)?
        .get_mut(..text.len())?
        .copy_from_slice(text);
    *at += text.len();
    Some(())
}

impl<'a> Column<'a> {
    fn new(kind: Kind, before: &[u8], odd: Vec<(usize, &'a [u8])>) -> Option<Self> {
        let mut prefix = [0; PREFIX + 1];
        prefix.get_mut(..before.len())?.copy_from_slice(before);
        Some(Self {
            kind,
            ints: Vec::new(),
            letters: &[],
            words: Vec::new(),
            places: Vec::new(),
            times: Times::default(),
            odd_row: odd.first().map_or(usize::MAX, |odd| odd.0),
            odd,
            next_odd: 0,
            prefix,
            prefix_len: before.len(),
            separators: 0,
            longest_word: 0,
            longest: 0,
            texts: Vec::new(),
            is_repeated: false,
        })
    }

    fn add_word(&mut self, separator: Option<u8>, word: &[u8]) -> Option<()> {
        let start = u32::try_from(self.words.len()).ok()?;
        self.words.extend(separator);
        self.words.extend_from_slice(word);
        let end = u32::try_from(self.words.len()).ok()?;
        self.places.push((start, end - start));
        Some(())
    }

    /// Prints the texts of some rows.
    fn print(
        &mut self,
        rows: std::ops::Range<usize>,
        twin: &[(usize, usize)],
        strips: Strips<'_>,
    ) -> Option<()> {
        self.texts.clear();
        let first = rows.start;
        match self.kind {
            Kind::Word if self.longest_word <= SHORT => self.words::<SHORT>(rows, strips),
            Kind::Word if self.longest_word <= USUAL => self.words::<USUAL>(rows, strips),
            Kind::Word => self.words::<LONG>(rows, strips),
            Kind::Same(_) => self.each(rows, strips, |column, row, strips, at| {
                put(strips, at, &column.prefix, column.prefix_len)?;
                let &(from, to) = twin.get(row - first)?;
                let len = to.checked_sub(from)?;
                (*at + len <= strips.len() && to <= strips.len()).then_some(())?;
                strips.copy_within(from..to, *at);
                *at += len;
                Some(())
            }),
            Kind::Time => self.each(rows, strips, |column, row, strips, at| {
                put(strips, at, &column.prefix, column.prefix_len)?;
                let text = column.times.print(*column.ints.get(row)?);
                put(strips, at, &text, text.len())
            }),
            Kind::Digits(count) => self.each(rows, strips, |column, row, strips, at| {
                put(strips, at, &column.prefix, column.prefix_len)?;
                print_digits(*column.ints.get(row)?, count, |piece, len| {
                    put(strips, at, &piece.to_le_bytes(), len)
                })
            }),
            Kind::Decimal(places) => self.each(rows, strips, |column, row, strips, at| {
                put(strips, at, &column.prefix, column.prefix_len)?;
                print_decimal(*column.ints.get(row)?, places, |piece, len| {
                    put(strips, at, &piece.to_le_bytes(), len)
                })
            }),
            Kind::Letters(alphabet, count) => {
                let width = alphabet.packed_len(count);
                self.each(rows, strips, |column, row, strips, at| {
                    put(strips, at, &column.prefix, column.prefix_len)?;
                    let text = alphabet.print(column.letters.get(row * width..)?, count);
                    put(strips, at, &text, count)
                })
            }
        }
    }

    /// Prints words, each behind its separator, in steps of so many bytes.
    #[inline]
    fn words<const STEP: usize>(
        &mut self,
        rows: std::ops::Range<usize>,
        strips: Strips<'_>,
    ) -> Option<()> {
        self.each(rows, strips, |column, row, strips, at| {
            let code = usize::try_from(*column.ints.get(row)?).ok()?;
            let &(start, len) = column.places.get(code)?;
            let word = column.words.get(start as usize..)?;
            let mut left = len as usize;
            let mut done = 0;
            while left > STEP {
                let step = word.get(done..)?.first_chunk::<STEP>()?;
                put(strips, at, step, STEP)?;
                done += STEP;
                left -= STEP;
            }
            put(strips, at, word.get(done..)?.first_chunk::<STEP>()?, left)
        })
    }

    /// Lets `print` print each row, but for those with a text of their own.
    #[inline]
    fn each(
        &mut self,
        rows: std::ops::Range<usize>,
        (strips, ends): Strips<'_>,
        print: impl Fn(&mut Self, usize, &mut [u8], &mut usize) -> Option<()>,
    ) -> Option<()> {
        for (row, at) in rows.zip(ends) {
            let start = *at + self.separators;
            if self.odd_row == row {
                let (_, text) = *self.odd.get(self.next_odd)?;
                put(strips, at, &self.prefix, self.separators)?;
                put_text(strips, at, text)?;
                self.next_odd += 1;
                self.odd_row = self.odd.get(self.next_odd).map_or(usize::MAX, |odd| odd.0);
            } else {
                print(self, row, strips, at)?;
            }
            if self.is_repeated {
                self.texts.push((start, *at));
            }
        }
        Some(())
    }
}
