//! Bills in a .zip, as the merchant platform hands them out: found among the other files, each its own source.

use std::io::{self, Read as _, Seek as _, Write};

pub use super::bill_days::FoundBill;
use super::bill_days::{Unproven, by_day};
use super::bill_resaved::{is_bill_book, restored};
use crate::{Failure, FailureKind, Message};
use recondesk_intake::{IntakeError, PackedFile, packed_files};
use recondesk_ports::{BooksError, Source, Writers};
use wechatpay_codec::bill::{BodyKind, sniff};

/// Bytes that say what a file is.
const HEAD: usize = 4096;
/// Bills of one archive: a month, with corrected ones.
const MOST_BILLS: usize = 64;

/// What a file holds.
#[derive(Debug, Default)]
pub struct FoundBills {
    /// Its bills, in the order of their names.
    pub bills: Vec<FoundBill>,
    /// Files beside them in an archive that are no trade bills.
    pub passed: Vec<PassedOver>,
}

/// A file of an archive that is not imported with its bills.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedOver {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: BodyKind,
}

impl PassedOver {
    /// That it was left, and what it is, with the way to take it where there is one.
    #[must_use]
    pub fn told(&self) -> Message {
        let Self { name, kind } = self;
        let (zh, en) = match kind {
            BodyKind::FundFlow => (
                "这是资金账单，要在资金对账里导入",
                "a fund-flow bill, which is taken with the fund flow",
            ),
            BodyKind::Unknown => ("不是账单", "no bill"),
            BodyKind::Empty => ("空文件", "an empty file"),
            kind => (kind.zh(), kind.en()),
        };
        Message::new(
            format!("压缩包里的 {name} 没有导入：{zh}"),
            format!("{name} of the archive was not imported: {en}"),
        )
    }
}

/// The bills of a file: itself, or all that lie in the archive that it is, in the order of their names; a bill of
/// several days is one for each, and one that was saved again is back in form.
///
/// # Errors
/// [`Failure`] for archives that are damaged, behind a password, or hold no bill, and for a bill of several days that
/// does not add up.
pub fn bills_in(writers: &dyn Writers, source: Source) -> Result<FoundBills, Failure> {
    let (found, passed) = files_in(source, &mut |file, source| unpacked(writers, file, source))?;
    let bills = each_day(found, Unproven::Refused)?;
    Ok(FoundBills { bills, passed })
}

/// The bills of a file for a look, as [`bills_in`] has them, unpacked in memory; what does not add up is among them.
///
/// # Errors
/// As [`bills_in`], and for bills of more than 256 MiB.
pub fn bills_for_a_look(source: Source) -> Result<FoundBills, Failure> {
    let (found, passed) = files_in(source, &mut |file, source| {
        let mut sink = LimitedBuffer {
            bytes: Vec::new(),
            most: LARGEST_LOOK,
        };
        file.unpack(&mut source.bytes, &mut sink)
            .map_err(|error| refused(&error))?;
        let name = format!("{}/{}", source.name, file.name);
        Ok(Source::from_bytes(&name, sink.bytes))
    })?;
    let bills = each_day(found, Unproven::Shown)?;
    Ok(FoundBills { bills, passed })
}

fn each_day(found: Vec<Source>, unproven: Unproven) -> Result<Vec<FoundBill>, Failure> {
    let mut out = Vec::new();
    for bill in found {
        out.extend(by_day(restored(bill)?, unproven)?);
    }
    Ok(out)
}

/// Bytes of one bill that is unpacked in memory.
const LARGEST_LOOK: usize = 256 << 20;

/// A buffer that does not grow beyond what memory is for.
struct LimitedBuffer {
    bytes: Vec<u8>,
    most: usize,
}

impl Write for LimitedBuffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len().saturating_add(bytes.len()) > self.most {
            return Err(io::Error::other("too large to be unpacked in memory"));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// How a bill is taken out of its archive.
type Unpack<'a> = &'a mut dyn FnMut(&PackedFile, &mut Source) -> Result<Source, Failure>;

fn files_in(
    mut source: Source,
    unpack: Unpack<'_>,
) -> Result<(Vec<Source>, Vec<PassedOver>), Failure> {
    let Some(files) = packed(&mut source)? else {
        return Ok((vec![source], Vec::new()));
    };
    let mut bills = Vec::new();
    let mut passed = Vec::new();
    for file in files {
        let kind = kind_of(&file, &mut source)?;
        if is_taken(kind) {
            bills.push(file);
        } else {
            let name = file.name.clone();
            passed.push(PassedOver { name, kind });
        }
    }
    if bills.is_empty() || bills.len() > MOST_BILLS {
        return Err(no_bills(bills.len(), &passed));
    }
    let bills = bills.iter().map(|file| unpack(file, &mut source));
    Ok((bills.collect::<Result<_, _>>()?, passed))
}

/// True for a bill, and for one that may be put back in form.
const fn is_taken(kind: BodyKind) -> bool {
    matches!(kind, BodyKind::Bill | BodyKind::Resaved)
}

/// True for an archive with a bill in it, and for a workbook that is one; the source stands at its first byte again.
///
/// # Errors
/// [`Failure`] when the file cannot be read. A damaged archive has no bill.
pub fn has_bills(source: &mut Source) -> Result<bool, Failure> {
    let files = packed(source).ok().flatten().unwrap_or_default();
    let mut found = false;
    for file in files.iter().take(MOST_BILLS) {
        found |= kind_of(file, source).is_ok_and(is_taken);
        if found {
            break;
        }
    }
    source.bytes.rewind().map_err(|error| unread(&error))?;
    Ok(found || is_bill_book(source)?)
}

/// The files of a .zip; `None` for anything else, gzip among it.
fn packed(source: &mut Source) -> Result<Option<Vec<PackedFile>>, Failure> {
    let mut magic = [0; 2];
    let read = source
        .bytes
        .read(&mut magic)
        .map_err(|error| unread(&error))?;
    source.bytes.rewind().map_err(|error| unread(&error))?;
    if magic.get(..read) != Some(b"PK") {
        return Ok(None);
    }
    let files = packed_files(&mut source.bytes, &source.name).map_err(|error| refused(&error))?;
    source.bytes.rewind().map_err(|error| unread(&error))?;
    Ok(files)
}

/// Takes the first bytes and refuses the rest, so that nothing is unpacked for a look.
struct HeadSink(Vec<u8>);

impl Write for HeadSink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = HEAD.saturating_sub(self.0.len());
        if room == 0 {
            return Err(io::Error::other("enough"));
        }
        let taken = bytes.len().min(room);
        self.0
            .extend_from_slice(bytes.get(..taken).unwrap_or_default());
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn kind_of(file: &PackedFile, source: &mut Source) -> Result<BodyKind, Failure> {
    let mut head = HeadSink(Vec::new());
    match file.unpack(&mut source.bytes, &mut head) {
        Err(error) if head.0.len() < HEAD => Err(refused(&error)),
        Ok(()) | Err(_) => Ok(sniff(&head.0)),
    }
}

fn unpacked(
    writers: &dyn Writers,
    file: &PackedFile,
    source: &mut Source,
) -> Result<Source, Failure> {
    let mut scratch = writers.scratch().map_err(|error| unread(&error))?;
    let mut out = io::BufWriter::with_capacity(1 << 20, &mut scratch);
    file.unpack(&mut source.bytes, &mut out)
        .map_err(|error| refused(&error))?;
    out.flush().map_err(|error| unread(&error))?;
    drop(out);
    let name = format!("{}/{}", source.name, file.name);
    scratch.into_source(&name).map_err(|error| unread(&error))
}

fn refused(error: &IntakeError) -> Failure {
    let shown = Message::new(
        format!("打不开装账单的压缩包：{}", error.zh()),
        format!("The archive of bills cannot be opened: {error}"),
    );
    Failure::new(
        FailureKind::RefusedInput,
        "bill.archive",
        shown,
        Message::new(
            "从商户平台重新下载账单，解压后再导入",
            "Download the bill from the merchant platform again, unpack it, then import it",
        ),
    )
}

fn unread(error: &io::Error) -> Failure {
    BooksError::source(error).into()
}

fn no_bills(found: usize, passed: &[PassedOver]) -> Failure {
    const SHOWN: usize = 8;
    let title = if found == 0 {
        Message::new("压缩包里没有交易账单", "The archive holds no trade bill")
    } else {
        Message::new(
            format!("压缩包里有 {found} 份账单，一次最多导入 {MOST_BILLS} 份"),
            format!("The archive holds {found} bills; at most {MOST_BILLS} are imported at once"),
        )
    };
    let shown: Vec<&str> = passed
        .iter()
        .take(SHOWN)
        .map(|file| file.name.as_str())
        .collect();
    Failure::new(
        FailureKind::RefusedInput,
        "bill.archive",
        title,
        Message::new(
            "解压后分别导入；压缩包里的 .gz 解压出来可以直接导入",
            "Unpack it and import each file; a .gz that was inside is imported as it is",
        ),
    )
    .with_detail(shown.join(", "))
}
