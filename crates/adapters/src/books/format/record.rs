//! The four kinds of rows as texts and integers: what the segment files know of them.
//!
//! Text 0 is the key of the book. The last two integers are line and offset of the raw row. An
//! import number is never stored in a row: the file a row lies in belongs to one import.

mod bill;
mod merchant;

use super::column::LONGEST;
use super::packed_digits::NumberParts;
use recondesk_domain::{Keyed, RowRef, Text, fingerprint};
use recondesk_ports::{Book, BookColumn, BookRow};

/// Most texts of a row.
pub(crate) const TEXTS: usize = 6;
/// Most integers of a row.
pub(crate) const INTS: usize = 10;

/// A row taken apart.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct RecordFields<'a> {
    /// Texts, the key first.
    pub(crate) texts: [&'a [u8]; TEXTS],
    /// Integers, line and offset last.
    pub(crate) ints: [u64; INTS],
}

/// A row taken apart as it lies in memory: texts that repeat are whole, numbers are packed.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct PackedFields<'a> {
    /// Texts, the key first.
    pub(crate) texts: [NumberParts<'a>; TEXTS],
    /// Integers, line and offset last.
    pub(crate) ints: [u64; INTS],
}

/// Room to put texts together that are not stored in one piece.
pub(crate) type TextScratch = [[u8; LONGEST + 1]; TEXTS];

/// Fresh scratch.
pub(crate) const fn scratch() -> TextScratch {
    [[0; LONGEST + 1]; TEXTS]
}

/// Where the value of a column stands in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ColumnPlace {
    /// A text.
    Text(usize),
    /// A text, or the other one where it is empty.
    TextOr(usize, usize),
    /// An integer of either sign: fen or seconds.
    Int(usize),
    /// An integer of either sign that may be missing.
    IntOrNone(usize),
    /// An instant that may be missing, as its distance from another integer.
    Beside(usize, usize),
    /// Some bits of an integer: shift, mask.
    Bits(usize, u32, u64),
    /// Line of the file.
    Line,
    /// Number of the import.
    Import,
}

/// A kind of row that segments hold.
pub(crate) trait Record: Keyed + Send + Sync + PartialEq + 'static {
    /// The book it belongs to.
    const BOOK: Book;
    /// How many texts it has.
    const TEXTS: usize;
    /// How many integers it has.
    const INTS: usize;
    /// First text that takes few different values in a file; all later ones do too.
    const REPEATED_FROM: usize;
    /// A row of nothing, to be filled.
    const BLANK: Self;
    /// Which integer is the amount.
    const AMOUNT: usize;
    /// Texts besides the key by which a row is looked up.
    const LOOKED_UP: &'static [usize];

    /// Where a column of a table stands in a row; `None` where rows have none.
    fn place_of(column: BookColumn) -> Option<ColumnPlace>;
    /// Takes the row apart.
    fn fields(&self) -> RecordFields<'_>;
    /// Shows one of the texts to a visitor; `None` where the row has no such text.
    fn text_at<V: Visit<Self>>(at: usize, visit: V) -> Option<()>;
    /// Takes over all integers, states and times among them; `None` for integers that no row has.
    fn set_ints(&mut self, ints: &[u64; INTS], import: u32) -> Option<()>;
    /// Completes what follows from other fields, once texts and integers are there.
    fn complete(&mut self) {}
    /// As a row of any book.
    fn any(self) -> BookRow;

    /// Puts a row together; `None` for contents that no row has.
    fn from_fields(fields: &RecordFields<'_>, import: u32) -> Option<Self> {
        let mut row = Self::BLANK;
        row.set_ints(&fields.ints, import)?;
        for (at, text) in fields.texts.iter().enumerate().take(Self::TEXTS) {
            Self::text_at(at, Put(&mut row, text))?;
        }
        row.complete();
        Some(row)
    }

    /// True when two rows say the same, wherever they lie.
    fn says_the_same(&self, other: &Self) -> bool {
        self.at(RowRef::default()) == other.at(RowRef::default())
    }

    /// True when this row, of a list with fewer columns, says nothing that the other has not said.
    fn tells_no_more_than(&self, _: &Self) -> bool {
        false
    }

    /// Order of the books.
    fn order(&self) -> (u64, &[u8], u32, u32) {
        let row = self.row();
        (fingerprint(self.key()), self.key(), row.import, row.line)
    }
}

/// Small numbers of either sign as small unsigned ones.
pub(crate) const fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

/// The reverse of [`zigzag`].
pub(crate) const fn unzigzag(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -((value & 1).cast_signed())
}

/// Sees one text of a kind of rows, whatever its length.
pub(crate) trait Visit<R> {
    /// Is told how to find the text in a row.
    fn visit<const N: usize>(self, text: impl Fn(&mut R) -> &mut Text<N>) -> Option<()>;
}

/// Puts one text into one row.
struct Put<'a, R>(&'a mut R, &'a [u8]);

impl<R> Visit<R> for Put<'_, R> {
    fn visit<const N: usize>(self, text: impl Fn(&mut R) -> &mut Text<N>) -> Option<()> {
        *text(self.0) = Text::from_utf8(self.1)?;
        Some(())
    }
}

fn row_ref(line: u64, offset: u64, import: u32) -> Option<RowRef> {
    Some(RowRef {
        import,
        line: u32::try_from(line).ok()?,
        offset,
    })
}
