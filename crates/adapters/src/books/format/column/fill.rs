//! A column of texts into rows that are there already: what is the same for all of them is done once.

use super::{CODED, CONSTANT, DICTIONARY, FIXED_DIGITS, LONGEST, TextColumn, VARIED_DIGITS};
use crate::books::format::record::Visit;
use recondesk_domain::Text;

/// Most digits that are put down in one go.
const DIGITS: usize = 32;

/// Fills the texts of one column into rows.
pub(crate) struct ColumnFill<'a, R> {
    /// The column and the group that it lies in.
    pub(crate) column: &'a TextColumn,
    pub(crate) bytes: &'a [u8],
    /// Where the texts lie in the column, one for each row.
    pub(crate) wanted: &'a [usize],
    pub(crate) rows: &'a mut [R],
}

impl<R: AsMut<Row>, Row> Visit<Row> for ColumnFill<'_, R> {
    fn visit<const N: usize>(self, text: impl Fn(&mut Row) -> &mut Text<N>) -> Option<()> {
        let Self {
            column,
            bytes,
            wanted,
            rows,
        } = self;
        let mut slots = rows.iter_mut().map(|row| text(row.as_mut())).zip(wanted);
        let prefix = bytes.get(column.prefix.0..column.prefix.1)?;
        match column.kind {
            CONSTANT => {
                let constant = Text::from_utf8(prefix)?;
                slots.for_each(|(slot, _)| *slot = constant);
            }
            CODED => {
                let mut words = [Text::EMPTY; DICTIONARY];
                for (word, &(start, len)) in words.iter_mut().zip(&column.places) {
                    let (start, len) = (start as usize, usize::from(len));
                    *word = Text::from_utf8(bytes.get(start..start + len)?)?;
                }
                let codes = bytes.get(column.start..)?;
                for (slot, at) in slots {
                    *slot = *words.get(usize::from(*codes.get(*at)?))?;
                }
            }
            FIXED_DIGITS => {
                let before = Text::from_utf8(prefix)?;
                let width = column.rest.div_ceil(2);
                for (slot, at) in slots {
                    *slot = digits(&before, bytes, column.start + at * width, column.rest)?;
                }
            }
            VARIED_DIGITS => {
                let before = Text::from_utf8(prefix)?;
                for (slot, at) in slots {
                    let &(start, len) = column.places.get(*at)?;
                    *slot = digits(&before, bytes, start as usize, usize::from(len))?;
                }
            }
            _ => {
                let mut scratch = [0; LONGEST + 1];
                slots.try_for_each(|(slot, at)| {
                    *slot = Text::from_utf8(column.get(bytes, *at, &mut scratch)?)?;
                    Some(())
                })?;
            }
        }
        Some(())
    }
}

/// A text and the packed digits that begin at a byte of the group; what lies behind them does not count.
#[inline]
fn digits<const N: usize>(
    before: &Text<N>,
    bytes: &[u8],
    start: usize,
    count: usize,
) -> Option<Text<N>> {
    let packed = bytes.get(start..)?;
    if count <= DIGITS
        && let Some(window) = packed.first_chunk::<{ DIGITS / 2 }>()
    {
        return before.followed_by_digits(window, count);
    }
    let mut scratch = [0; LONGEST + 1];
    let (head, tail) = scratch.split_at_mut_checked(before.as_bytes().len())?;
    head.copy_from_slice(before.as_bytes());
    super::unpack(packed.get(..count.div_ceil(2))?, tail.get_mut(..count)?);
    Text::from_utf8(scratch.get(..before.as_bytes().len() + count)?)
}
