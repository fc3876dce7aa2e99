//! Rows from all over a file, as text: what a mapping is tried on before the file is read.

use std::io::{Read, Seek, SeekFrom};
use std::ops::ControlFlow;

use super::record::cells_of;
use super::{Block, Guess, IntakeError, MAX_COLUMNS, RecordSplitter, SampleRow, Workbook};

/// Bytes of a file that is read in full for its sample.
const WHOLE_BYTES: u64 = 4 << 20;
/// Pieces of a longer file, and the bytes of each.
const PIECES: u64 = 16;
const PIECE_BYTES: u64 = 256 << 10;
/// Rows of a sample at most.
const MOST_ROWS: usize = 50_000;

/// Rows of a file, and whether they are all of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FileSample {
    /// The rows, in order.
    pub rows: Vec<SampleRow>,
    /// True when there are no others.
    pub is_whole: bool,
}

impl FileSample {
    /// Takes rows from all over a text file of `size` bytes.
    ///
    /// # Errors
    /// [`IntakeError`] when the file cannot be read. What cannot be read as rows is passed over.
    pub fn of_text<R: Read + Seek>(
        mut reader: R,
        guess: &Guess,
        size: u64,
    ) -> Result<Self, IntakeError> {
        let mut out = Self {
            rows: Vec::new(),
            is_whole: true,
        };
        reader.rewind()?;
        if size <= WHOLE_BYTES || !guess.is_read_as_it_is() {
            let is_long = size > WHOLE_BYTES;
            out.take(reader.take(WHOLE_BYTES), guess, is_long);
            out.is_whole &= !is_long;
            return Ok(out);
        }
        out.is_whole = false;
        let body = size.saturating_sub(guess.body_offset);
        for piece in 0..PIECES {
            let at = guess.body_offset.saturating_add(body / PIECES * piece);
            reader.seek(SeekFrom::Start(at))?;
            let mut bytes = Vec::new();
            (&mut reader).take(PIECE_BYTES).read_to_end(&mut bytes)?;
            // From the first whole line to the last.
            let from = if piece == 0 {
                0
            } else {
                memchr::memchr(b'\n', &bytes).map_or(bytes.len(), |at| at + 1)
            };
            let to = memchr::memrchr(b'\n', &bytes).map_or(from, |at| at + 1);
            let text = bytes.get(from..to).unwrap_or_default();
            let inner = Guess {
                body_offset: 0,
                ..guess.clone()
            };
            out.take(text, &inner, true);
        }
        Ok(out)
    }

    /// The first rows of a workbook.
    ///
    /// # Errors
    /// [`IntakeError`] when it is damaged.
    pub fn of_workbook<R: Read + Seek>(book: &mut Workbook<R>) -> Result<Self, IntakeError> {
        let mut out = Self {
            rows: Vec::new(),
            is_whole: true,
        };
        book.each_text(&mut |line, cells| {
            if out.rows.len() >= MOST_ROWS {
                out.is_whole = false;
                return ControlFlow::Break(());
            }
            out.rows.push(SampleRow { line, cells });
            ControlFlow::Continue(())
        })?;
        Ok(out)
    }

    /// Takes the rows of a piece of text; its end may be cut.
    fn take(&mut self, reader: impl Read, guess: &Guess, is_cut: bool) {
        let mut splitter = RecordSplitter::new(reader, guess);
        let width = guess.headers.len();
        let encoding = guess.cell_encoding();
        let delimiter = guess.delimiter_byte();
        while let Ok(Some(block)) = splitter.next_block(Block::default()) {
            let mut line = block.line;
            for record in block.bytes.split_inclusive(|b| *b == b'\n') {
                if self.rows.len() >= MOST_ROWS {
                    self.is_whole = false;
                    return;
                }
                let cells: Vec<String> = cells_of(record.trim_ascii_end(), delimiter, MAX_COLUMNS)
                    .iter()
                    .map(|cell| encoding.decode_lossy(cell).trim().to_owned())
                    .collect();
                // A line of another width is a part of a record, a title or a total.
                if cells.len() == width {
                    self.rows.push(SampleRow { line, cells });
                }
                line = line.saturating_add(1);
            }
        }
        if is_cut {
            self.rows.pop();
        }
    }
}
