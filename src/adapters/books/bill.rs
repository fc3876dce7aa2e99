//! Importing a bill: unpacked, hashed, certified, archived; its rows stored when they add up.

use std::io::{self, Read};

use flate2::read::MultiGzDecoder;

use super::gather::{Gathered, Ranges, Sorted};
use super::pipeline::{Pipeline, run};
use super::record::Record;
use super::segment::write_section;
use super::store::{Bookshelf, Draft, disk_error};
use crate::adapters::archive::{ArchiveWriter, Squeezed, Squeezer};
use crate::adapters::digest::Hash;
use crate::adapters::disk::Output;
use crate::adapters::sqlite::{NewImport, SectionMeta};
use crate::domain::{BillDate, ProfileId, WPay, WRefund};
use crate::ports::{
    BillExpect, BillImport, BooksError, ImportRecord, Part, Source, Standing, Stored, Watch,
};
use crate::wechat::bill::{
    BillFault, BillKind, Block, Certificate, Digests, Expect, Layout, MAX_LINE_BYTES, Tally,
    Verdict,
};

/// Bytes of a block of lines.
const BLOCK_BYTES: usize = 256 << 10;
/// How many times larger than its gzip file a bill may be; real ones are ten to twenty times.
const MAX_EXPANSION: u64 = 40;
/// Expansion that is allowed whatever the size of the gzip file.
const FREE_EXPANSION: u64 = 32 << 20;

/// The word of a kind of bill in the catalog.
const fn kind_word(kind: BillKind) -> &'static str {
    match kind {
        BillKind::All => "bill.all",
        BillKind::Success => "bill.success",
        BillKind::Refund => "bill.refund",
        BillKind::RechargeRefund => "bill.recharge_refund",
    }
}

/// Whole lines of a bill, the header among them.
#[derive(Default)]
struct Lines {
    bytes: Vec<u8>,
    line: u32,
    offset: u64,
    /// Bytes of the header at the start of the block.
    header: usize,
}

/// Reads a bill and cuts it into blocks of whole lines.
struct Cutter {
    reader: Box<dyn Read + Send>,
    /// Read, but not handed out.
    carry: Vec<u8>,
    line: u32,
    offset: u64,
    header: usize,
    ended: bool,
}

impl Cutter {
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
            carry: Vec::new(),
            line: 1,
            offset: 0,
            header: 0,
            ended: false,
        };
        new.fill(BLOCK_BYTES)?;
        while !new.ended && new.carry.len() <= MAX_LINE_BYTES && !new.carry.contains(&b'\n') {
            new.fill(new.carry.len() + BLOCK_BYTES)?;
        }
        Ok(new)
    }

    fn fill(&mut self, wanted: usize) -> io::Result<()> {
        let missing = wanted.saturating_sub(self.carry.len()) as u64;
        self.carry.reserve(wanted.saturating_sub(self.carry.len()));
        let read = (&mut self.reader)
            .take(missing)
            .read_to_end(&mut self.carry)?;
        self.ended = (read as u64) < missing;
        Ok(())
    }

    /// The next block of whole lines; its memory is that of a used one.
    fn next(&mut self, spare: Lines) -> Result<Option<Lines>, BooksError> {
        let failed = |error: io::Error| BooksError::Source(error.to_string());
        let mut wanted = BLOCK_BYTES;
        let cut = loop {
            if !self.ended {
                self.fill(wanted).map_err(failed)?;
            }
            if self.ended {
                break self.carry.len();
            }
            if let Some(at) = memchr::memrchr(b'\n', &self.carry) {
                break at + 1;
            }
            if self.carry.len() > MAX_LINE_BYTES {
                return Err(BooksError::Bill(Box::new(BillFault::LineTooLong {
                    line: self.line,
                    offset: self.offset,
                })));
            }
            wanted = self.carry.len() + BLOCK_BYTES;
        };
        if cut == 0 {
            return Ok(None);
        }
        let mut bytes = spare.bytes;
        bytes.clear();
        bytes.extend_from_slice(self.carry.get(cut..).unwrap_or_default());
        std::mem::swap(&mut bytes, &mut self.carry);
        bytes.truncate(cut);
        let lines = Lines {
            line: self.line,
            offset: self.offset,
            header: std::mem::take(&mut self.header),
            bytes,
        };
        let count = memchr::memchr_iter(b'\n', &lines.bytes).count();
        self.line = u32::try_from(count)
            .ok()
            .and_then(|count| self.line.checked_add(count))
            .ok_or_else(|| {
                BooksError::Source("more than four thousand million lines".to_owned())
            })?;
        self.offset += lines.bytes.len() as u64;
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
                return Err(io::Error::other(
                    "the gzip file unpacks into far more than any bill holds",
                ));
            }
        }
        Ok(read)
    }
}

/// What parsing and compressing a block gives.
#[derive(Default)]
struct Parsed {
    squeezed: Vec<Squeezed>,
    pays: Sorted<WPay>,
    refunds: Sorted<WRefund>,
    tally: Tally,
}

/// Everything that was read of a bill.
#[derive(Default)]
struct Reading {
    pays: Gathered<WPay>,
    refunds: Gathered<WRefund>,
    tally: Tally,
    sha256: [u8; 32],
    sha1: Option<[u8; 20]>,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

impl Bookshelf {
    /// Imports a bill.
    pub(super) fn bill(
        &self,
        profile: ProfileId,
        mut source: Source,
        expect: &BillExpect,
        watch: &dyn Watch,
    ) -> Result<BillImport, BooksError> {
        let unchanged = |record: ImportRecord| BillImport {
            stored: Stored::Unchanged,
            day: record.day,
            certificate: None,
            record,
        };
        let fits = |record: &ImportRecord| {
            record.standing != Standing::Replaced
                && (expect.day.is_none() || expect.day == record.day)
        };
        if let Some(record) = self.known_by_stamp((profile, ""), &source)?
            && fits(&record)
        {
            return Ok(unchanged(record));
        }
        let stamp = self.lasting(source.stamp);
        if let Some(record) = self.known_by_hash((profile, ""), &mut source, stamp, watch)?
            && fits(&record)
        {
            return Ok(unchanged(record));
        }
        let name = source.name.clone();
        let draft = self.draft(watch)?;
        let mut archive = draft.archive()?;
        let mut cutter = Cutter::open(source).map_err(|e| BooksError::Source(e.to_string()))?;
        let opened = Layout::open(&cutter.carry).map_err(|fault| match fault {
            BillFault::NotABill(kind) => BooksError::NotABill {
                kind,
                head: cutter.carry.get(..4096).unwrap_or(&cutter.carry).to_vec(),
            },
            fault => BooksError::Bill(Box::new(fault)),
        })?;
        cutter.header = opened.bytes;
        let layout = opened.layout;
        let want_sha1 = expect.sha1.is_some();
        let reading = read(
            cutter,
            (&layout, opened.lines),
            &draft,
            &mut archive,
            (want_sha1, watch),
        )?;
        if let Some(record) = self
            .db
            .imports_by_content((profile, ""), &reading.sha256)?
            .into_iter()
            .find(fits)
        {
            return Ok(unchanged(record));
        }
        let certificate = certify(&layout, &reading, expect)?;
        let day = day_of(&reading.tally, expect)
            .ok_or_else(|| BooksError::WhichDay(certificate.days.clone()))?;
        let quarantined = certificate.verdict != Verdict::Verified;
        let kind = kind_word(layout.kind());
        let replaced = !quarantined
            && self
                .db
                .bills(profile, day)?
                .iter()
                .any(|bill| bill.kind == kind && bill.standing == Standing::Verified);
        let place = (profile, day, draft.import);
        let Reading {
            pays,
            refunds,
            sha256,
            ..
        } = reading;
        let sections = std::thread::scope(|scope| {
            let archive = scope.spawn(move || archive.finish(&sha256));
            let sections = if quarantined {
                Ok(Vec::new())
            } else {
                store(&draft, place, pays, refunds, watch)
            };
            let archive = archive
                .join()
                .unwrap_or_else(|_| Err(io::Error::other("the archive thread failed")));
            archive.map_err(|error| disk_error(&error)).and(sections)
        })?;
        let record = ImportRecord {
            import: draft.import,
            profile,
            kind: kind.to_owned(),
            name,
            sha256,
            bytes: certificate.bytes,
            rows: sections.iter().map(|section| u64::from(section.rows)).sum(),
            imported_at: self.clock.now(),
            day: Some(day),
            standing: if quarantined {
                Standing::Quarantined
            } else {
                Standing::Verified
            },
            facts: serde_json::to_string(&certificate).unwrap_or_default(),
        };
        draft.commit(&NewImport {
            record: record.clone(),
            recipe: String::new(),
            stamp,
            sections,
            superseded: Vec::new(),
        })?;
        Ok(BillImport {
            stored: match (quarantined, replaced) {
                (true, _) => Stored::Quarantined,
                (false, true) => Stored::Replaced,
                (false, false) => Stored::New,
            },
            day: Some(day),
            certificate: Some(Box::new(certificate)),
            record,
        })
    }
}

/// Judges the bill; a refused one is not stored.
fn certify(
    layout: &Layout,
    reading: &Reading,
    expect: &BillExpect,
) -> Result<Certificate, BooksError> {
    let digests = Digests {
        sha256: hex(&reading.sha256),
        sha1: reading
            .sha1
            .as_ref()
            .map(|sha1| hex(sha1))
            .unwrap_or_default(),
    };
    if let (Some(wanted), Some(found)) = (&expect.sha1, &reading.sha1)
        && wanted != found
    {
        return Err(BooksError::Digest {
            expected: hex(wanted),
            found: hex(found),
        });
    }
    let asked = Expect {
        mch_id: expect.mch_id,
        day: expect.day,
    };
    let certificate = Certificate::new(layout, &reading.tally, &asked, digests);
    if certificate.verdict == Verdict::Refused {
        return Err(BooksError::BillRefused(Box::new(certificate)));
    }
    Ok(certificate)
}

/// The day of a bill: the one asked for, else the only one in it.
fn day_of(tally: &Tally, expect: &BillExpect) -> Option<BillDate> {
    let mut days = tally.days.keys();
    let only = match (days.next(), days.next()) {
        (Some(day), None) => BillDate::from_number(*day),
        _ => None,
    };
    expect.day.or(only)
}

fn read(
    mut cutter: Cutter,
    (layout, header_lines): (&Layout, u32),
    draft: &Draft<'_>,
    archive: &mut ArchiveWriter,
    (want_sha1, watch): (bool, &dyn Watch),
) -> Result<Reading, BooksError> {
    let import = draft.import;
    let mut sha256 = Hash::sha256();
    let mut sha1 = want_sha1.then(Hash::sha1);
    let mut reading = Reading::default();
    reading.tally.bytes = cutter.header as u64;
    reading.tally.lines = u64::from(header_lines);
    let pipeline = Pipeline {
        next: |spare: Lines| cutter.next(spare),
        hash: |lines: &Lines| {
            sha256.update(&lines.bytes);
            if let Some(sha1) = &mut sha1 {
                sha1.update(&lines.bytes);
            }
        },
        make: || {
            let mut squeezer = Squeezer::new();
            move |lines: &Lines| {
                let mut parsed = Parsed::default();
                squeezer
                    .as_mut()
                    .map_err(|error| disk_error(error))?
                    .squeeze(&lines.bytes, &mut parsed.squeezed)
                    .map_err(|error| disk_error(&error))?;
                let header = if lines.header > 0 { header_lines } else { 0 };
                let mut block = Block::default();
                layout.parse_block(
                    lines.bytes.get(lines.header..).unwrap_or_default(),
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
                parsed.tally = block.tally;
                Ok(parsed)
            }
        },
    };
    run(pipeline, |parsed: Parsed| {
        if watch.cancelled() {
            return Err(BooksError::Cancelled);
        }
        for block in &parsed.squeezed {
            archive.push(block).map_err(|error| disk_error(&error))?;
        }
        reading.tally.absorb(parsed.tally);
        watch.at(Part::Read, archive.raw(), None);
        let fits = reading.pays.take(parsed.pays) && reading.refunds.take(parsed.refunds);
        fits.then_some(())
            .ok_or_else(|| BooksError::Source("too many rows for one file".to_owned()))
    })?;
    reading.sha256 = sha256.finish();
    reading.sha1 = sha1.map(|sha1| sha1.finish());
    Ok(reading)
}

fn store(
    draft: &Draft<'_>,
    place: (ProfileId, BillDate, u32),
    pays: Gathered<WPay>,
    refunds: Gathered<WRefund>,
    watch: &dyn Watch,
) -> Result<Vec<SectionMeta>, BooksError> {
    let mut sections = Vec::new();
    let mut out = draft.segment()?;
    sections.extend(section(&mut out, place, pays, watch)?);
    sections.extend(section(&mut out, place, refunds, watch)?);
    out.finish().map_err(|error| disk_error(&error))?;
    Ok(sections)
}

fn section<R: Record>(
    out: &mut Output,
    (profile, day, import): (ProfileId, BillDate, u32),
    rows: Gathered<R>,
    watch: &dyn Watch,
) -> Result<Option<SectionMeta>, BooksError> {
    let mut sheaf = rows.sheaf;
    if sheaf.entries.is_empty() {
        return Ok(None);
    }
    watch.at(Part::Sort, 0, Some(sheaf.entries.len() as u64));
    sheaf.sort();
    let entries = std::mem::take(&mut sheaf.entries);
    let footer = write_section(out, &sheaf, &entries, watch).map_err(|error| disk_error(&error))?;
    Ok(Some(SectionMeta {
        id: 0,
        import,
        profile,
        book: R::BOOK,
        day: day.number(),
        rows: u32::try_from(entries.len()).unwrap_or(u32::MAX),
        hot: false,
        open: false,
        paid: None,
        refunded: None,
        footer,
    }))
}
