//! Cuts one line into cells without guessing.
//!
//! A cell starts with a backtick, so the cut is at comma + backtick; a raw comma inside merchant text is not followed by
//! one. Where that does not give the header's count, a plain cut at commas must; else the columns before and after the
//! merchant text are counted from both ends; else the row is of a wrong shape and nobody shifts columns.

use super::block::RowFault;
use super::layout::{Layout, MAX_COLUMNS};
use super::reader::MAX_LINE_BYTES;
use super::summary::is_header;
use recondesk_simd::{WINDOW, padded, positions};

/// More cuts than the widest layout has cells, so that merchant text with backticks still fits; fewer than 255, the place
/// of a column that is not there.
const MAX_CUTS: usize = MAX_COLUMNS * 3;

/// Where the cells of a line start; a cell ends one byte before the next starts.
pub(super) struct Cuts {
    starts: [u32; MAX_CUTS + 2],
}

impl Cuts {
    pub(super) const fn new() -> Self {
        Self {
            starts: [0; MAX_CUTS + 2],
        }
    }

    /// First byte and end of a cell, its backtick left out; an empty range for a cell that is not there.
    #[inline]
    pub(super) fn range(&self, text: &[u8], at: usize) -> (usize, usize) {
        let (Some(start), Some(next)) = (self.starts.get(at), self.starts.get(at + 1)) else {
            return (0, 0);
        };
        let (start, end) = (*start as usize, (*next as usize).wrapping_sub(1));
        let tick = usize::from(start < end && text.get(start) == Some(&b'`'));
        (start + tick, end)
    }

    /// The bytes of a cell without its backtick.
    #[inline]
    pub(super) fn cell<'t>(&self, text: &'t [u8], at: usize) -> &'t [u8] {
        let (start, end) = self.range(text, at);
        text.get(start..end).unwrap_or_default()
    }
}

/// Strips exactly one backtick.
pub(super) fn bare(cell: &[u8]) -> &[u8] {
    cell.strip_prefix(b"`").unwrap_or(cell)
}

/// Cuts the line that is the first `len` bytes of `text`; what follows in `text` is only looked at, never used.
#[inline]
pub(super) fn cut(
    layout: &Layout,
    text: &[u8],
    len: usize,
    cuts: &mut Cuts,
) -> Result<(), RowFault> {
    let width = layout.width();
    let Some(short) = u32::try_from(len).ok().filter(|len| *len < u32::MAX - 64) else {
        return Err(RowFault::TooLong);
    };
    let found = cut_ticks(text, short, cuts);
    if found == width {
        return Ok(());
    }
    cut_otherwise(layout, text.get(..len).unwrap_or(text), found, cuts)
}

#[cold]
fn cut_otherwise(
    layout: &Layout,
    line: &[u8],
    found: usize,
    cuts: &mut Cuts,
) -> Result<(), RowFault> {
    let width = layout.width();
    let fault = RowFault::Shape {
        found,
        expected: width,
    };
    // With more cuts than columns there are more commas still.
    if found < width && memchr::memchr_iter(b',', line).take(width).count() + 1 == width {
        let mut starts = cuts.starts.iter_mut().skip(1);
        for (slot, comma) in starts
            .by_ref()
            .zip(memchr::memchr_iter(b',', line).chain([line.len()]))
        {
            *slot = position(comma + 1);
        }
        return Ok(());
    }
    let Some((first, last)) = layout.free else {
        return Err(fault);
    };
    if found < width || found > MAX_CUTS {
        return Err(fault);
    }
    // More cuts than columns: the surplus lies in the merchant text. Goods names hold anything, so attach starts at the
    // last cut of the run.
    let surplus = found - width;
    let moved = if first == last { last + 1 } else { last };
    cuts.starts.copy_within(moved + surplus..=found, moved);
    Ok(())
}

/// Most line breaks inside the merchant text of one row.
const MAX_BREAKS: u32 = 16;

/// A row with line breaks in its merchant text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BrokenRow {
    /// Bytes of the row, its own line end left out.
    pub(super) len: usize,
    /// Bytes up to the line that follows.
    pub(super) next: usize,
    /// Lines of the file that it takes.
    pub(super) lines: u32,
}

/// The row at the beginning of `text` whose first line has too few cells: goods names hold anything, line breaks too.
///
/// Lines are put together only where both ends prove it: together they have exactly the cells of the header, and every
/// break lies within the merchant text. `None` where they do not.
#[cold]
pub(super) fn broken_row(layout: &Layout, text: &[u8]) -> Option<BrokenRow> {
    let (first, last) = layout.free?;
    let mut cuts = Cuts::new();
    let mut next = memchr::memchr(b'\n', text)? + 1;
    for breaks in 1..=MAX_BREAKS {
        let rest = text.get(next..).filter(|rest| !rest.is_empty())?;
        if matches!(rest, [b'`', b'0'..=b'9', ..]) || is_header(rest) {
            return None;
        }
        let end = memchr::memchr(b'\n', rest);
        let whole = next + end.unwrap_or(rest.len());
        next += end.map_or(rest.len(), |end| end + 1);
        let len = match text.get(..whole) {
            Some([.., b'\r']) => whole - 1,
            _ => whole,
        };
        if len > MAX_LINE_BYTES {
            return None;
        }
        let row = text.get(..len)?;
        let found = cut_ticks(row, u32::try_from(len).ok()?, &mut cuts);
        if found > layout.width() {
            return None;
        }
        if found == layout.width() {
            let (free_start, _) = cuts.range(row, first);
            let (_, free_end) = cuts.range(row, last);
            let is_inside = memchr::memchr_iter(b'\n', row)
                .all(|at| (free_start..free_end.max(free_start)).contains(&at));
            let lines = breaks + 1;
            return is_inside.then_some(BrokenRow { len, next, lines });
        }
    }
    None
}

/// Finds comma + backtick; returns the number of cells and notes the first [`MAX_CUTS`] starts and the end.
#[inline]
fn cut_ticks(text: &[u8], len: u32, cuts: &mut Cuts) -> usize {
    let mut cells = 1;
    let mut base = 0_u32;
    while base < len {
        let rest = text.get(base as usize..).unwrap_or_default();
        let mut mask = if let Some(window) = rest.first_chunk::<{ WINDOW + 1 }>() {
            ticks(window)
        } else {
            ticks(&padded(rest))
        };
        let left = len - base;
        if left < 64 {
            mask &= (1 << left) - 1;
        }
        while mask != 0 {
            let start = base + mask.trailing_zeros() + 1;
            if let Some(slot) = cuts.starts.get_mut(cells) {
                *slot = start;
            }
            cells += 1;
            mask &= mask - 1;
        }
        base += 64;
    }
    if let Some(slot) = cuts.starts.get_mut(cells) {
        *slot = len + 1;
    }
    cells
}

/// Bit `n` is set where byte `n` is a comma and the next one a backtick.
#[inline]
fn ticks(window: &[u8; WINDOW + 1]) -> u64 {
    let (Some(here), Some(next)) = (window.first_chunk(), window.last_chunk()) else {
        return 0;
    };
    positions(here, b',') & positions(next, b'`')
}

/// Lines are far shorter than 4 GiB; a longer position is cut off and fails as a cell.
fn position(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout() -> Layout {
        Layout::parse(
            "交易时间,商户号,微信订单号,商户订单号,交易状态,商品名称,商户数据包,总金额".as_bytes(),
        )
        .unwrap()
    }

    fn cells(line: &str) -> Option<Vec<String>> {
        let cells = layout().cells(line.as_bytes()).ok()?;
        Some(cells.into_iter().map(|(_, value)| value).collect())
    }

    #[test]
    fn merchant_text_may_hold_every_separator() {
        for (goods, attach) in [
            ("plain", ""),
            ("a,b,c", "x,y"),
            ("`quoted`", "`"),
            (r#"{"a":"b","c":[1,2]}"#, r#"{"k":1,"#),
            ("tick,`inside,`twice", "end"),
            ("\"half", "\\ \\n"),
            (&",`".repeat(70), "x"),
        ] {
            let line = format!("`t,`m,`1,`2,`SUCCESS,`{goods},`{attach},`0.01\r");
            let cells = cells(&line).unwrap();
            assert_eq!(cells[5..], [goods, attach, "0.01"], "{line}");
        }
    }

    #[test]
    fn cells_without_backtick_are_cut_at_commas() {
        let cells = cells("t,m,1,`2,SUCCESS,`goods,,0.01").unwrap();
        assert_eq!(cells, ["t", "m", "1", "2", "SUCCESS", "goods", "", "0.01"]);
    }

    #[test]
    fn a_line_of_another_width_is_never_shifted() {
        for line in [
            "`t,`m,`1,`2,`SUCCESS,`goods,`0.01",
            "`t,`m,1,`2,`SUCCESS,`a,b,`x,`0.01",
            "",
            "`",
        ] {
            assert_eq!(cells(line), None, "{line}");
        }
        let many = ",`".repeat(1_000_000);
        assert_eq!(cells(&many), None);
    }

    #[test]
    fn the_mask_has_a_bit_for_each_comma_and_backtick() {
        for at in 0..64 {
            for filler in [b'x', 0x2C, 0x60, 0xFF, 0x00, 0x2D, 0x61, 0xAC] {
                let mut window = [filler; 65];
                window[at] = b',';
                window[at + 1] = b'`';
                let expected = (0..64)
                    .filter(|n| window[*n] == b',' && window[n + 1] == b'`')
                    .fold(0, |mask: u64, n| mask | 1 << n);
                assert_eq!(ticks(&window), expected, "{at} {filler}");
            }
        }
    }
}
