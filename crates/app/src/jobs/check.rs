//! Certifying a bill without storing anything: no workspace, no profile.

use std::io::Read;

use flate2::read::MultiGzDecoder;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use crate::{Failure, Progress, Reporter, Step};
use recondesk_ports::{BooksError, Expands, Source};
use wechatpay_codec::bill::{BillFault, BillReader, Certificate, Digests, Expect, SavedAgain};

/// Bytes read at a time.
const PIECE: usize = 256 * 1024;
/// How many times larger than its gzip file a bill may be; real ones are ten to twenty times.
const MAX_EXPANSION: u64 = 40;
/// Expansion that is allowed whatever the size of the gzip file.
const FREE_EXPANSION: u64 = 32 << 20;
/// The first bytes, kept to say what a file is that is no bill.
const HEAD: usize = 4096;

/// Reads a bill, plain or gzip, and says what it is worth.
///
/// # Errors
/// [`Failure`] when the file is no bill, cannot be read, or a person stops it.
pub fn check(source: Source, reporter: &dyn Reporter) -> Result<Certificate, Failure> {
    let (size, saved_again) = (source.size, source.saved_again);
    let mut file = std::io::BufReader::with_capacity(PIECE, source.bytes);
    let is_gzip = std::io::BufRead::fill_buf(&mut file)
        .map_err(|error| unread(&error))?
        .starts_with(b"\x1f\x8b");
    let limit = size
        .saturating_mul(MAX_EXPANSION)
        .saturating_add(FREE_EXPANSION);
    let text: Box<dyn Read> = if is_gzip {
        Box::new(MultiGzDecoder::new(file).take(limit.saturating_add(1)))
    } else {
        Box::new(file)
    };
    let total = (!is_gzip).then_some(size);
    read(text, total, limit, saved_again, reporter)
}

fn read(
    mut text: Box<dyn Read>,
    total: Option<u64>,
    limit: u64,
    saved_again: Option<SavedAgain>,
    reporter: &dyn Reporter,
) -> Result<Certificate, Failure> {
    let mut reader = BillReader::new(0);
    let (mut sha256, mut sha1) = (Sha256::new(), Sha1::new());
    let mut head = Vec::new();
    let mut done = 0_u64;
    let mut piece = vec![0; PIECE];
    loop {
        let count = text.read(&mut piece).map_err(|error| unread(&error))?;
        let bytes = piece.get(..count).unwrap_or_default();
        if bytes.is_empty() {
            break;
        }
        done = done.saturating_add(count as u64);
        if total.is_none() && done > limit {
            return Err(BooksError::TooMuch(Expands::WHAT).into());
        }
        if head.len() < HEAD {
            head.extend_from_slice(bytes);
            head.truncate(HEAD);
        }
        sha256.update(bytes);
        sha1.update(bytes);
        reader.push(bytes).map_err(|fault| refused(fault, &head))?;
        reader.clear_rows();
        reporter.progress(Progress {
            step: Step::Read,
            done,
            total,
        });
        if reporter.cancelled() {
            return Err(Failure::cancelled());
        }
    }
    let (layout, block) = reader.finish().map_err(|fault| refused(fault, &head))?;
    let digests = Digests {
        sha256: hex(&sha256.finalize()),
        sha1: hex(&sha1.finalize()),
    };
    let expect = Expect {
        saved_again,
        ..Expect::default()
    };
    Ok(Certificate::new(&layout, &block.tally, &expect, digests))
}

fn refused(fault: BillFault, head: &[u8]) -> Failure {
    match fault {
        BillFault::NotABill(kind) => BooksError::NotABill {
            kind,
            head: head.to_vec(),
        }
        .into(),
        fault @ (BillFault::Header { .. } | BillFault::LineTooLong { .. }) => {
            BooksError::Bill(Box::new(fault)).into()
        }
    }
}

fn unread(error: &std::io::Error) -> Failure {
    BooksError::source(error).into()
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;

    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        _ = write!(text, "{byte:02x}");
        text
    })
}
