//! Reading a bill: unpacked, cut into blocks of lines, hashed, compressed and parsed on all cores.

use std::io::{self, Read};

use flate2::read::MultiGzDecoder;

use super::partition::{PartitionedRows, Ranges, Sorted, TOO_MANY_ROWS};
use super::pipeline::{Pipeline, run};
use super::store::{Draft, disk_error};
use crate::archive::{ArchiveWriter, Squeezed, Squeezer};
use crate::digest::Hash;
use recondesk_domain::{WPay, WRefund};
use recondesk_ports::{BooksError, Expands, ImportPart, Source, Watch};
use wechatpay_codec::bill::{BillFault, Block, Layout, MAX_LINE_BYTES, Tally};

/// Bytes of a block of lines.
const BLOCK_BYTES: usize = 512 << 10;
/// How many times larger than its gzip file a bill may be; real ones are ten to twenty times.
const MAX_EXPANSION: u64 = 40;
/// Expansion that is allowed whatever the size of the gzip file.
const FREE_EXPANSION: u64 = 32 << 20;

/// Whole lines of a bill, the header among them.
#[derive(Default)]
struct BillLines {
    /// Room for a block, all of it written once: what is read again needs no zeros first.
    room: Vec<u8>,
    /// Bytes of the room that are lines.
    len: usize,
    line: u32,
    offset: u64,
    /// Bytes of the header at the start of the block.
    header: usize,
}

impl BillLines {
    fn bytes(&self) -> &[u8] {
        self.room.get(..self.len).unwrap_or_default()
    }
}

/// Reads a bill and cuts it into blocks of whole lines.
struct LineSplitter {
    reader: Box<dyn Read + Send>,
    /// What was read and not handed out is at its beginning.
    room: Vec<u8>,
    have: usize,
    line: u32,
    offset: u64,
    header: usize,
    ended: bool,
}

impl LineSplitter {
    /// Reads enough to see the header.
    fn open(source: Source) -> io::Result<Self> {
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
            Box::new(Limited {
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
    fn carry(&self) -> &[u8] {
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
    fn next(&mut self, spare: BillLines) -> Result<Option<BillLines>, BooksError> {
        let failed = |error: io::Error| BooksError::source(&error);
        let mut wanted = BLOCK_BYTES;
        let cut = loop {
            if !self.ended {
                self.fill(wanted).map_err(failed)?;
            }
            if self.ended {
                break self.have;
            }
            if let Some(at) = memchr::memrchr(b'\n', self.carry()) {
                break at + 1;
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
struct Limited<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Limited<R> {
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

/// What parsing and compressing a block gives.
#[derive(Default)]
struct ParsedBill {
    squeezed: Vec<Squeezed>,
    pays: Sorted<WPay>,
    refunds: Sorted<WRefund>,
    tally: Tally,
}

/// Everything that was read of a bill.
#[derive(Default)]
pub(super) struct BillReading {
    pub(super) pays: PartitionedRows<WPay>,
    pub(super) refunds: PartitionedRows<WRefund>,
    pub(super) tally: Tally,
    pub(super) sha256: [u8; 32],
    pub(super) sha1: Option<[u8; 20]>,
}

/// Opens a bill and reads it to its end.
pub(super) fn read(
    source: Source,
    draft: &Draft<'_>,
    archive: &mut ArchiveWriter,
    (want_sha1, watch): (bool, &dyn Watch),
) -> Result<(Layout, BillReading), BooksError> {
    let mut cutter = LineSplitter::open(source).map_err(|e| BooksError::source(&e))?;
    let opened = Layout::open(cutter.carry()).map_err(|fault| match fault {
        BillFault::NotABill(kind) => BooksError::NotABill {
            kind,
            head: cutter.carry().iter().take(4096).copied().collect(),
        },
        fault => BooksError::Bill(Box::new(fault)),
    })?;
    cutter.header = opened.bytes;
    let reading = rows(
        cutter,
        (&opened.layout, opened.lines),
        draft,
        archive,
        (want_sha1, watch),
    )?;
    Ok((opened.layout, reading))
}

fn rows(
    mut cutter: LineSplitter,
    (layout, header_lines): (&Layout, u32),
    draft: &Draft<'_>,
    archive: &mut ArchiveWriter,
    (want_sha1, watch): (bool, &dyn Watch),
) -> Result<BillReading, BooksError> {
    let import = draft.import;
    let mut sha256 = Hash::sha256();
    let mut sha1 = want_sha1.then(Hash::sha1);
    let mut reading = BillReading::default();
    reading.tally.bytes = cutter.header as u64;
    reading.tally.lines = u64::from(header_lines);
    let pipeline = Pipeline {
        next: |spare: BillLines| cutter.next(spare),
        hash: |lines: &BillLines| {
            sha256.update(lines.bytes());
            if let Some(sha1) = &mut sha1 {
                sha1.update(lines.bytes());
            }
        },
        make: || {
            let mut squeezer = Squeezer::new();
            let mut block = Block::default();
            move |lines: &BillLines| {
                let squeezer = squeezer.as_mut().map_err(|error| disk_error(error))?;
                let squeezed = squeezer.squeeze(lines.bytes());
                let mut parsed = ParsedBill {
                    squeezed: vec![squeezed.map_err(|error| disk_error(&error))?],
                    ..ParsedBill::default()
                };
                let header = if lines.header > 0 { header_lines } else { 0 };
                block.pays.clear();
                block.refunds.clear();
                layout.parse_block(
                    lines.bytes().get(lines.header..).unwrap_or_default(),
                    lines.line + header,
                    lines.offset + lines.header as u64,
                    import,
                    &mut block,
                );
                for pay in &block.pays {
                    parsed.pays.push(pay, (0, false), &Ranges::default());
                }
                for refund in &block.refunds {
                    parsed.refunds.push(refund, (0, false), &Ranges::default());
                }
                parsed.tally = std::mem::take(&mut block.tally);
                Ok(parsed)
            }
        },
    };
    run(pipeline, |parsed: ParsedBill| {
        if watch.cancelled() {
            return Err(BooksError::Cancelled);
        }
        for block in &parsed.squeezed {
            archive.push(block).map_err(|error| disk_error(&error))?;
        }
        reading.tally.absorb(parsed.tally);
        watch.at(ImportPart::Read, archive.raw(), None);
        let fits = reading.pays.take(parsed.pays) && reading.refunds.take(parsed.refunds);
        fits.then_some(()).ok_or(BooksError::TooMuch(TOO_MANY_ROWS))
    })?;
    reading.sha256 = sha256.finish();
    reading.sha1 = sha1.map(Hash::<20>::finish);
    Ok(reading)
}
