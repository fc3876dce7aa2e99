//! A bill of several days, as the merchant platform merges them: certified as a whole, then one source a day.

use std::io::{Read as _, Seek as _, SeekFrom};

use super::check;
use crate::{Failure, FailureKind, Message, Silent};
use recondesk_ports::{BooksError, Source};
use wechatpay_codec::bill::{Effect, MOST_DAYS, split_days};

/// Bytes at each end that tell the first and the last day.
const LOOK: usize = 16 << 10;
/// The largest merged bill; a month of a large shop.
const LARGEST: u64 = 1 << 30;

/// The bill of each day of a plain bill; a bill of one day, or one that does not add up, comes back as it is, so that
/// the import says what is wrong with it.
///
/// # Errors
/// [`Failure`] when the file cannot be read, or holds more days than the platform merges.
pub(super) fn by_day(mut source: Source) -> Result<Vec<Source>, Failure> {
    if !spans_days(&mut source)? || source.size > LARGEST {
        return Ok(vec![source]);
    }
    let mut text = Vec::new();
    source
        .bytes
        .read_to_end(&mut text)
        .map_err(|error| unread(&error))?;
    let whole = Source::from_bytes(&source.name, text.clone());
    let certificate = check::check(whole, &Silent)?;
    let count = certificate.days.len();
    // Several days are the one thing that may stand against the whole; the sums are of all of them.
    let adds_up = certificate
        .reasons
        .iter()
        .all(|reason| reason.effect == Effect::Notice || reason.code == "B08");
    if !adds_up || count < 2 {
        return Ok(vec![Source::from_bytes(&source.name, text)]);
    }
    if count > MOST_DAYS {
        return Err(Failure::new(
            FailureKind::RefusedInput,
            "bill.days",
            Message::new(
                format!("账单里有 {count} 天，一份最多 {MOST_DAYS} 天"),
                format!("The bill holds {count} days; one file has {MOST_DAYS} at most"),
            ),
            Message::new(
                "从商户平台按月或按天下载",
                "Download it by month or by day from the merchant platform",
            ),
        ));
    }
    let days = split_days(&text).map_err(|fault| BooksError::Bill(Box::new(fault)))?;
    let name = source.name;
    let of_day = days
        .into_iter()
        .map(|one| Source::from_bytes(&format!("{name}/{}", one.day), one.text));
    Ok(of_day.collect())
}

/// True for a plain text whose first and last row are of two days; the source stands at its first byte again.
fn spans_days(source: &mut Source) -> Result<bool, Failure> {
    let read = |source: &mut Source, at: SeekFrom| -> std::io::Result<Vec<u8>> {
        source.bytes.seek(at)?;
        let mut bytes = Vec::new();
        (&mut source.bytes)
            .take(LOOK as u64)
            .read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let from = source.size.saturating_sub(LOOK as u64);
    let head = read(source, SeekFrom::Start(0)).map_err(|error| unread(&error))?;
    let tail = read(source, SeekFrom::Start(from)).map_err(|error| unread(&error))?;
    source.bytes.rewind().map_err(|error| unread(&error))?;
    let first = head.split(|byte| *byte == b'\n').find_map(day_of);
    let last = tail.rsplit(|byte| *byte == b'\n').find_map(day_of);
    Ok(first.is_some() && last.is_some() && first != last)
}

/// The date that a row begins with.
fn day_of(line: &[u8]) -> Option<&[u8]> {
    let line = line.strip_prefix(b"`").unwrap_or(line);
    let day = line.get(..10)?;
    let is_date = day.iter().enumerate().all(|(at, byte)| match at {
        4 | 7 => *byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    is_date.then_some(day)
}

fn unread(error: &std::io::Error) -> Failure {
    BooksError::source(error).into()
}
