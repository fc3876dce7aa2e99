//! The loop that every byte of a bill passes through: line by line, told apart, handed to [`RowReader`].
//!
//! What is no row (blank, summary, second header) is settled here; what cannot be read is set aside with its raw line.

use memchr::memchr;

use super::block::{BillBlock, MAX_RAW_BYTES, Opening, Problem, RowFault};
use super::cut::{BrokenRow, broken_row};
use super::layout::Layout;
use super::reader::MAX_LINE_BYTES;
use super::row::{ColumnFault, RowReader};
use super::summary::{self, SummaryState};

impl Layout {
    /// Parses whole lines and adds what they hold to `out`.
    ///
    /// `block` starts at the start of line `first_line`, `first_offset` bytes into the uncompressed file, and ends after a
    /// line end or at the end of the file. Blocks may be parsed on several threads into separate `out`s, which are then
    /// joined in file order. Lines longer than [`MAX_LINE_BYTES`] are quarantined and noted in [`Tally::long_line`](super::Tally::long_line).
    #[expect(
        clippy::too_many_arguments,
        reason = "callers have these apart, and it is called once a block"
    )]
    pub fn parse_block(
        &self,
        block: &[u8],
        first_line: u32,
        first_offset: u64,
        import: u32,
        out: &mut BillBlock,
    ) {
        let mut reader = RowReader::new(self, import, &mut *out);
        let mut text = block;
        let mut line = first_line;
        let mut offset = first_offset;
        while !text.is_empty() {
            let (end, next) = match memchr(b'\n', text) {
                Some(at) => (at, at + 1),
                None => (text.len(), text.len()),
            };
            let (lines, next) = match reader.line(text, end, line, offset) {
                None => (1, next),
                Some(broken) => (broken.lines, broken.next),
            };
            line = line.saturating_add(lines);
            offset += next as u64;
            reader.out.tally.lines += u64::from(lines);
            text = text.get(next..).unwrap_or_default();
        }
        reader.finish();
        out.tally.bytes += block.len() as u64;
    }
}

impl RowReader<'_> {
    /// Reads the line that is the first `end` bytes of `text`; `Some` where the row goes on in the lines below.
    #[inline]
    fn line(&mut self, text: &[u8], end: usize, line: u32, offset: u64) -> Option<BrokenRow> {
        let len = match text.get(..end) {
            Some([.., b'\r']) => end - 1,
            _ => end,
        };
        // An ordinary row starts with the backtick and the year of its time.
        let is_plain = matches!(text, [b'`', b'0'..=b'9', ..])
            && len <= MAX_LINE_BYTES
            && matches!(self.out.tally.summary, SummaryState::None);
        let fault = if is_plain {
            match self.row(text, len, line, offset) {
                Ok(()) => {
                    self.out.tally.rows += 1;
                    if self.out.tally.opening.is_none() {
                        self.open(text.get(..len).unwrap_or(text), line, offset, false);
                    }
                    return None;
                }
                Err(fault) => match self.broken_row(text, line, offset, fault) {
                    Ok(broken) => return Some(broken),
                    Err(fault) => fault,
                },
            }
        } else {
            match self.odd_line(text, len, line, offset) {
                Ok(()) => return None,
                Err(fault) => fault,
            }
        };
        self.quarantine(fault, text.get(..len).unwrap_or(text), line, offset);
        None
    }

    /// A row whose merchant text has line breaks, where both ends of it prove that the lines belong together.
    #[cold]
    fn broken_row(
        &mut self,
        text: &[u8],
        line: u32,
        offset: u64,
        fault: ColumnFault,
    ) -> Result<BrokenRow, ColumnFault> {
        if !matches!(fault.0, RowFault::Shape { .. }) {
            return Err(fault);
        }
        let broken = broken_row(self.layout, text).ok_or(fault)?;
        let row = text.get(..broken.len).ok_or(fault)?;
        self.row(row, broken.len, line, offset)
            .map_err(|_inner| fault)?;
        self.out.tally.rows += 1;
        self.out.tally.broken_rows += 1;
        if self.out.tally.opening.is_none() {
            self.open(row, line, offset, false);
        }
        Ok(broken)
    }

    /// A blank line, a summary line, a row that starts without backtick, or rubbish.
    #[cold]
    fn odd_line(
        &mut self,
        text: &[u8],
        len: usize,
        line: u32,
        offset: u64,
    ) -> Result<(), ColumnFault> {
        let raw = text.get(..len).unwrap_or(text);
        if raw.iter().all(u8::is_ascii_whitespace) {
            return Ok(());
        }
        if len > MAX_LINE_BYTES {
            self.out.tally.long_line.get_or_insert((line, offset));
            return Err((RowFault::TooLong, None));
        }
        match std::mem::take(&mut self.out.tally.summary) {
            SummaryState::Header(names) => {
                let summary =
                    summary::read_values(names, raw, line).ok_or((RowFault::Summary, None))?;
                self.out.tally.summary = SummaryState::Done(summary);
                return Ok(());
            }
            done @ SummaryState::Done(_) => {
                self.out.tally.summary = done;
                return Err((RowFault::AfterSummary, None));
            }
            SummaryState::None => {}
        }
        if summary::is_header(raw) {
            if self.out.tally.opening.is_none() {
                self.open(text.get(..len).unwrap_or(text), line, offset, false);
            }
            let names = summary::read_names(raw).ok_or((RowFault::Summary, None))?;
            self.out.tally.summary = SummaryState::Header(names);
            return Ok(());
        }
        self.row(text, len, line, offset)?;
        self.out.tally.rows += 1;
        self.out.tally.bare_rows += u64::from(!raw.starts_with(b"`"));
        if self.out.tally.opening.is_none() {
            self.open(text.get(..len).unwrap_or(text), line, offset, false);
        }
        Ok(())
    }

    fn open(&mut self, raw: &[u8], line: u32, offset: u64, is_quarantined: bool) {
        self.out.tally.opening = Some(Opening {
            line,
            offset,
            raw: excerpt(raw),
            is_quarantined,
        });
    }

    #[cold]
    fn quarantine(&mut self, fault: ColumnFault, raw: &[u8], line: u32, offset: u64) {
        let (mut fault, mut column) = fault;
        let is_header = self
            .layout
            .headers()
            .first()
            .is_some_and(|first| raw.starts_with(first.as_bytes()));
        if is_header && !matches!(fault, RowFault::AfterSummary) {
            (fault, column) = (RowFault::SecondHeader, None);
        }
        let is_row = fault.is_of_row();
        self.out.tally.is_text_after_summary |= fault == RowFault::AfterSummary;
        self.out.tally.rows += u64::from(is_row);
        if self.out.tally.opening.is_none() {
            self.open(raw, line, offset, is_row);
        }
        self.out.tally.problem(Problem {
            line,
            offset,
            column,
            fault,
            raw: excerpt(raw),
        });
    }
}

fn excerpt(raw: &[u8]) -> Vec<u8> {
    raw.get(..MAX_RAW_BYTES).unwrap_or(raw).to_vec()
}
