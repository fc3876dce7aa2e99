//! Cuts a stream of delimited text into blocks that end with a record, so that threads can share
//! the parsing; the only state carried from block to block is whether a quote is open.

use std::io::Read;

use super::sniff::with_lf;
use super::{Guess, IntakeError, LineEnd};
use recondesk_domain::RowRef;

/// The longest record accepted.
pub const MAX_RECORD_BYTES: usize = 1 << 20;
/// The most columns accepted.
pub const MAX_COLUMNS: usize = 4_096;
/// Bytes of a block unless told otherwise: large enough to amortise a hand-over, small enough for
/// the second-level cache.
const BLOCK_BYTES: usize = 512 << 10;

/// Whole records in file order.
#[derive(Debug, Clone, Default)]
pub struct Block {
    /// Text in the file's encoding; UTF-16 files have been turned into UTF-8.
    pub bytes: Vec<u8>,
    /// Line of the first record, from 1.
    pub line: u32,
    /// First byte of the first record in the file.
    pub offset: u64,
    /// The last records before it: rows of items may go on with an order there.
    pub before: Vec<u8>,
}

impl Block {
    /// The place of the first record in an import.
    #[must_use]
    pub const fn at(&self, import: u32) -> RowRef {
        RowRef {
            import,
            line: self.line,
            offset: self.offset,
        }
    }
}

/// Reads a file and hands out blocks of whole records, the header left out.
///
/// Memory stays below one block and one record, whatever the file holds.
pub struct RecordSplitter<R> {
    source: SplitterSource<R>,
    delimiter: u8,
    block_bytes: usize,
    /// Bytes read and not handed out.
    carry: Vec<u8>,
    quotes: Quotes,
    line: u32,
    offset: u64,
    /// The end of the block that was handed out last.
    before: Vec<u8>,
}

/// Bytes of the block before that are handed on.
const BEFORE_BYTES: usize = 4 << 10;

impl<R: Read> RecordSplitter<R> {
    /// Reads from the first byte of the file on; `guess` says where the rows begin.
    pub fn new(reader: R, guess: &Guess) -> Self {
        Self {
            source: SplitterSource::new(reader, guess),
            delimiter: guess.delimiter_byte(),
            block_bytes: BLOCK_BYTES,
            carry: Vec::new(),
            quotes: Quotes::default(),
            line: guess.body_line,
            offset: guess.body_offset,
            before: Vec::new(),
        }
    }

    /// Sets the size of blocks.
    #[must_use]
    pub fn with_block_bytes(mut self, bytes: usize) -> Self {
        self.block_bytes = bytes.max(1);
        self
    }

    /// Gives the reader back, for its hash or its count.
    pub fn into_reader(self) -> R {
        self.source.reader
    }

    /// The next block, or `None` at the end. `spare` is a used block whose memory is taken over.
    ///
    /// # Errors
    /// [`IntakeError`] when the file cannot be read or a record has no end.
    pub fn next_block(&mut self, spare: Block) -> Result<Option<Block>, IntakeError> {
        let mut wanted = self.block_bytes;
        loop {
            let ended = self.source.fill(&mut self.carry, wanted)?;
            self.quotes.scan(&self.carry, self.delimiter, ended);
            if ended {
                if self.quotes.open {
                    return Err(self.unclosed());
                }
                if self.carry.is_empty() {
                    return Ok(None);
                }
                return self.hand_out(self.carry.len(), spare).map(Some);
            }
            if let Some(cut) = self.quotes.cut {
                return self.hand_out(cut, spare).map(Some);
            }
            if self.carry.len() > MAX_RECORD_BYTES {
                return Err(if self.quotes.open {
                    self.unclosed()
                } else {
                    IntakeError::LineTooLong {
                        line: self.line,
                        offset: self.offset,
                        limit: MAX_RECORD_BYTES,
                    }
                });
            }
            wanted = self
                .carry
                .len()
                .saturating_add(self.block_bytes.max(64 << 10));
        }
    }

    fn unclosed(&self) -> IntakeError {
        // The record that holds the quote begins after the last line end outside quotes.
        let from = self.quotes.cut.unwrap_or(0);
        let before = self.carry.get(..from).unwrap_or_default();
        let lines = memchr::memchr_iter(b'\n', before).count();
        IntakeError::UnclosedQuote {
            line: self
                .line
                .saturating_add(u32::try_from(lines).unwrap_or(u32::MAX)),
            offset: self.offset.saturating_add(self.source.file.raw_len(before)),
        }
    }

    fn hand_out(&mut self, cut: usize, spare: Block) -> Result<Block, IntakeError> {
        let mut bytes = spare.bytes;
        bytes.clear();
        // The rest is the smaller part: copy it, and hand out the large buffer.
        bytes.extend_from_slice(self.carry.get(cut..).unwrap_or_default());
        std::mem::swap(&mut bytes, &mut self.carry);
        bytes.truncate(cut);
        self.quotes.restart(cut);
        let mut before = spare.before;
        before.clear();
        std::mem::swap(&mut before, &mut self.before);
        let from = bytes.len().saturating_sub(BEFORE_BYTES);
        let tail = bytes.get(from..).unwrap_or_default();
        // Where the block is longer, its end begins after a line end.
        let start = if from == 0 {
            0
        } else {
            memchr::memchr(b'\n', tail).map_or(tail.len(), |at| at + 1)
        };
        self.before.clear();
        self.before
            .extend_from_slice(tail.get(start..).unwrap_or_default());
        let block = Block {
            line: self.line,
            offset: self.offset,
            bytes,
            before,
        };
        let lines = memchr::memchr_iter(b'\n', &block.bytes).count();
        self.line = u32::try_from(lines)
            .ok()
            .and_then(|lines| self.line.checked_add(lines))
            .ok_or(IntakeError::TooManyLines)?;
        self.offset = self
            .offset
            .saturating_add(self.source.file.raw_len(&block.bytes));
        Ok(block)
    }
}

/// Where quotes open and close, and the last line end outside them.
#[derive(Debug, Default)]
struct Quotes {
    /// A quote is open at `at`.
    open: bool,
    /// Everything before it is scanned.
    at: usize,
    /// Byte after the last line end outside quotes.
    cut: Option<usize>,
}

impl Quotes {
    /// Goes on to the end of `text`, which begins with a record.
    fn scan(&mut self, text: &[u8], delimiter: u8, ended: bool) {
        while let Some(hit) = self.next_quote(text) {
            if self.open {
                match text.get(hit + 1) {
                    Some(b'"') => self.at = hit + 2,
                    // Whether it closes shows with the next byte only.
                    None if !ended => {
                        self.at = hit;
                        return;
                    }
                    _ => {
                        self.open = false;
                        self.at = hit + 1;
                    }
                }
            } else {
                self.note_lines(text, hit);
                let before = hit.checked_sub(1).and_then(|at| text.get(at));
                self.open = before.is_none_or(|b| *b == delimiter || *b == b'\n');
                self.at = hit + 1;
            }
        }
        if !self.open {
            self.note_lines(text, text.len());
        }
        self.at = text.len();
    }

    fn next_quote(&self, text: &[u8]) -> Option<usize> {
        let rest = text.get(self.at..)?;
        memchr::memchr(b'"', rest).map(|hit| self.at + hit)
    }

    fn note_lines(&mut self, text: &[u8], until: usize) {
        if let Some(outside) = text.get(self.at..until)
            && let Some(hit) = memchr::memrchr(b'\n', outside)
        {
            self.cut = Some(self.at + hit + 1);
        }
    }

    /// The first `gone` bytes were handed out.
    fn restart(&mut self, gone: usize) {
        self.at = self.at.saturating_sub(gone);
        self.cut = None;
    }
}

/// The bytes of the rows, as [`super::Plan`] takes them: in UTF-8 or GB18030, with LF at the ends of lines.
struct SplitterSource<R> {
    reader: R,
    file: Guess,
    /// Bytes before the first row that are still to be passed over.
    skip: u64,
    decoder: Option<Box<Transcoder>>,
    ended: bool,
}

struct Transcoder {
    decoder: encoding_rs::Decoder,
    raw: Vec<u8>,
    /// File offset of the next raw byte.
    offset: u64,
}

impl<R: Read> SplitterSource<R> {
    fn new(reader: R, guess: &Guess) -> Self {
        let decoder = guess.transcoder().map(|encoding| {
            Box::new(Transcoder {
                decoder: encoding.new_decoder_without_bom_handling(),
                raw: vec![0; 64 << 10],
                offset: guess.body_offset,
            })
        });
        Self {
            reader,
            file: Guess {
                headers: Vec::new(),
                sample: Vec::new(),
                ..guess.clone()
            },
            skip: guess.body_offset,
            decoder,
            ended: false,
        }
    }

    /// Fills `to` up to `wanted` bytes; true at the end of the file.
    fn fill(&mut self, to: &mut Vec<u8>, wanted: usize) -> Result<bool, IntakeError> {
        if self.skip > 0 {
            let mut head = (&mut self.reader).take(self.skip);
            std::io::copy(&mut head, &mut std::io::sink())?;
            self.skip = 0;
        }
        let before = to.len();
        while !self.ended && to.len() < wanted {
            if self.decoder.is_some() {
                self.fill_decoded(to)?;
            } else {
                let missing = wanted.saturating_sub(to.len()) as u64;
                to.reserve(wanted.saturating_sub(to.len()).saturating_add(1));
                let read = (&mut self.reader).take(missing).read_to_end(to)?;
                self.ended = (read as u64) < missing;
            }
        }
        if self.file.line_end == LineEnd::Cr {
            let new = to.split_off(before.min(to.len()));
            to.extend(with_lf(new));
        }
        Ok(self.ended)
    }

    fn fill_decoded(&mut self, to: &mut Vec<u8>) -> Result<(), IntakeError> {
        let Some(source) = &mut self.decoder else {
            return Ok(());
        };
        let read = match self.reader.read(&mut source.raw) {
            Ok(read) => read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        self.ended = read == 0;
        let mut raw = source.raw.get(..read).unwrap_or_default();
        loop {
            // Three bytes of UTF-8 for two of the others at most, and one character kept back.
            let start = to.len();
            to.resize(
                start
                    .saturating_add(raw.len().saturating_mul(2))
                    .saturating_add(16),
                0,
            );
            let space = to.get_mut(start..).unwrap_or_default();
            let (result, used, written) = source
                .decoder
                .decode_to_utf8_without_replacement(raw, space, self.ended);
            to.truncate(start.saturating_add(written));
            source.offset = source.offset.saturating_add(used as u64);
            raw = raw.get(used..).unwrap_or_default();
            match result {
                encoding_rs::DecoderResult::InputEmpty => return Ok(()),
                encoding_rs::DecoderResult::OutputFull => {}
                // A file that ends inside a character was cut off.
                encoding_rs::DecoderResult::Malformed(..) if self.ended => {
                    return Err(IntakeError::Encoding {
                        offset: source.offset.saturating_sub(2),
                        encoding: self.file.encoding,
                    });
                }
                encoding_rs::DecoderResult::Malformed(..) => {
                    to.extend_from_slice("\u{FFFD}".as_bytes());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sniff_text;

    fn guess(text: &[u8]) -> Guess {
        sniff_text(text, None).unwrap()
    }

    fn blocks(text: &[u8], bytes: usize) -> Result<Vec<Block>, IntakeError> {
        let mut cutter = RecordSplitter::new(text, &guess(text)).with_block_bytes(bytes);
        let mut out = Vec::new();
        while let Some(block) = cutter.next_block(Block::default())? {
            out.push(block);
        }
        Ok(out)
    }

    #[test]
    fn a_line_without_end_is_refused_with_bounded_memory() {
        let mut text = b"a,b\n1,2\n".to_vec();
        text.resize(8 << 20, b'x');
        let error = blocks(&text, 4096).unwrap_err();
        assert!(
            matches!(
                error,
                IntakeError::LineTooLong {
                    line: 3,
                    offset: 8,
                    ..
                }
            ),
            "{error}"
        );
    }

    #[test]
    fn an_open_quote_is_refused_where_it_opens() {
        let text = b"a,b\n1,2\n3,\"4\n5,6\n7,8\n";
        for bytes in [1, 7, 1 << 20] {
            let error = blocks(text, bytes).unwrap_err();
            assert_eq!(error, IntakeError::UnclosedQuote { line: 3, offset: 8 });
        }
        let mut long = b"a,b\n1,\"2\n".to_vec();
        long.resize(4 << 20, b'\n');
        assert!(matches!(
            blocks(&long, 4096).unwrap_err(),
            IntakeError::UnclosedQuote { line: 2, offset: 4 }
        ));
    }

    #[test]
    fn an_odd_byte_at_the_end_of_utf16_is_refused() {
        let mut text = b"\xff\xfe".to_vec();
        text.extend("a,b\n1,2\n".encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(blocks(&text, 64).unwrap().len(), 1);
        text.push(b'x');
        assert!(matches!(
            blocks(&text, 64),
            Err(IntakeError::Encoding { .. })
        ));
    }

    proptest! {
        #[test]
        fn where_the_cuts_fall_changes_nothing(body in "[a,\"\n中]{0,80}", bytes in 1_usize..40) {
            let text = format!("x,y\n{body}");
            let whole = blocks(text.as_bytes(), 1 << 20);
            let cut = blocks(text.as_bytes(), bytes);
            match (whole, cut) {
                (Ok(whole), Ok(cut)) => {
                    let join = |blocks: &[Block]| -> Vec<u8> {
                        blocks.iter().flat_map(|b| b.bytes.clone()).collect()
                    };
                    prop_assert_eq!(join(&whole), join(&cut));
                    let mut offset = 4;
                    let mut line = 2;
                    for block in &cut {
                        prop_assert_eq!(block.offset, offset);
                        prop_assert_eq!(block.line, line);
                        offset += block.bytes.len() as u64;
                        let lines = memchr::memchr_iter(b'\n', &block.bytes).count();
                        line += u32::try_from(lines).unwrap();
                    }
                }
                (whole, cut) => prop_assert_eq!(whole.err(), cut.err()),
            }
        }
    }
}
