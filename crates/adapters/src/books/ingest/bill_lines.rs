//! A bill, plain or gzip, cut into blocks of whole lines with bounds on lines and on what gzip unpacks to.

use std::io::{self, Read};

use flate2::read::MultiGzDecoder;

use super::partition::TOO_MANY_ROWS;
use recondesk_ports::{BooksError, Expands, Source};
use wechatpay_codec::bill::{BillFault, MAX_LINE_BYTES, row_start};

/// Bytes of a block of lines.
const BLOCK_BYTES: usize = 512 << 10;
/// How many times larger than its gzip file a bill may be; real ones are ten to twenty times.
const MAX_EXPANSION: u64 = 40;
/// Expansion that is allowed whatever the size of the gzip file.
const FREE_EXPANSION: u64 = 32 << 20;

/// Whole lines of a bill, the header among them.
#[derive(Default)]
pub(crate) struct BillLines {
    /// Room for a block, all of it written once: what is read again needs no zeros first.
    room: Vec<u8>,
    /// Bytes of the room that are lines.
    len: usize,
    pub(crate) line: u32,
    pub(crate) offset: u64,
    /// Bytes of the header at the start of the block.
    pub(crate) header: usize,
}

impl BillLines {
    pub(crate) fn bytes(&self) -> &[u8] {
        self.room.get(..self.len).unwrap_or_default()
    }
}

/// Reads a bill and cuts it into blocks of whole lines.
pub(crate) struct LineSplitter {
    reader: Box<dyn Read + Send>,
    /// What was read and not handed out is at its beginning.
    room: Vec<u8>,
    have: usize,
    line: u32,
    offset: u64,
    pub(crate) header: usize,
    ended: bool,
}

impl LineSplitter {
    /// Reads enough to see the header.
    pub(crate) fn open(source: Source) -> io::Result<Self> {
        let size = source.size;
        let mut bytes = source.bytes;
        let mut magic = [0; 2];
        let mut got = 0;
        while let Some(rest) = magic.get_mut(got..).filter(|rest| !rest.is_empty()) {
            match bytes.read(rest)? {
                0 => break,
                read => got += read,
            }
        }
        let head = magic.get(..got).unwrap_or_default().to_vec();
        let gzip = head == [0x1f, 0x8b];
        let whole = io::Cursor::new(head).chain(bytes);
        let reader: Box<dyn Read + Send> = if gzip {
            let limit = size
                .saturating_mul(MAX_EXPANSION)
                .saturating_add(FREE_EXPANSION);
            Box::new(LimitedReader {
                inner: MultiGzDecoder::new(io::BufReader::with_capacity(256 << 10, whole)),
                left: limit,
            })
        } else {
            Box::new(whole)
        };
        let mut new = Self {
            reader,
            room: Vec::new(),
            have: 0,
            line: 1,
            offset: 0,
            header: 0,
            ended: false,
        };
        new.fill(BLOCK_BYTES)?;
        while !new.ended && new.have <= MAX_LINE_BYTES && !new.carry().contains(&b'\n') {
            new.fill(new.have + BLOCK_BYTES)?;
        }
        Ok(new)
    }

    /// Read, but not handed out.
    pub(crate) fn carry(&self) -> &[u8] {
        self.room.get(..self.have).unwrap_or_default()
    }

    /// Reads until `wanted` bytes are there. The reader is asked for all that lacks at once: unpacking in small
    /// pieces takes a third longer.
    fn fill(&mut self, wanted: usize) -> io::Result<()> {
        if self.room.len() < wanted {
            self.room.resize(wanted, 0);
        }
        while let Some(rest) = self.room.get_mut(self.have..wanted)
            && !rest.is_empty()
        {
            match self.reader.read(rest) {
                Ok(0) => {
                    self.ended = true;
                    break;
                }
                Ok(read) => self.have += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The next block of whole lines; its memory is that of a used one.
    pub(crate) fn next(&mut self, spare: BillLines) -> Result<Option<BillLines>, BooksError> {
        let failed = |error: io::Error| BooksError::source(&error);
        let mut wanted = BLOCK_BYTES;
        let cut = loop {
            if !self.ended {
                self.fill(wanted).map_err(failed)?;
            }
            if self.ended {
                break self.have;
            }
            if let Some(cut) = row_start(self.carry()) {
                break cut;
            }
            if self.have > MAX_LINE_BYTES {
                return Err(BooksError::Bill(Box::new(BillFault::LineTooLong {
                    line: self.line,
                    offset: self.offset,
                })));
            }
            wanted = self.have + BLOCK_BYTES;
        };
        if cut == 0 {
            return Ok(None);
        }
        let mut room = spare.room;
        let rest = self.carry().get(cut..).unwrap_or_default();
        if room.len() < rest.len() {
            room.resize(rest.len(), 0);
        }
        if let Some(start) = room.get_mut(..rest.len()) {
            start.copy_from_slice(rest);
        }
        self.have = rest.len();
        let lines = BillLines {
            line: self.line,
            offset: self.offset,
            header: std::mem::take(&mut self.header),
            len: cut,
            room: std::mem::replace(&mut self.room, room),
        };
        let count = memchr::memchr_iter(b'\n', lines.bytes()).count();
        self.line = u32::try_from(count)
            .ok()
            .and_then(|count| self.line.checked_add(count))
            .ok_or(BooksError::TooMuch(TOO_MANY_ROWS))?;
        self.offset += lines.len as u64;
        Ok(Some(lines))
    }
}

/// Ends a gzip stream that unpacks into more than any bill does.
struct LimitedReader<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for LimitedReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        match self.left.checked_sub(read as u64) {
            Some(left) => self.left = left,
            None => {
                return Err(io::Error::other(Expands));
            }
        }
        Ok(read)
    }
}
