//! A bill of several days, as the merchant platform merges them: certified as a whole, then one source a day.

use std::io::{Read as _, Seek as _, SeekFrom};

use super::check;
use crate::{Failure, FailureKind, Message, Silent};
use recondesk_domain::{BillDate, Category};
use recondesk_ports::{BooksError, Source};
use wechatpay_codec::bill::{Effect, MOST_DAYS, Reason, split_days};

/// Bytes at each end that tell the first and the last day.
const LOOK: usize = 16 << 10;
/// The largest merged bill; a month of a large shop.
const LARGEST: u64 = 1 << 30;

/// A bill among those of a file.
#[derive(Debug)]
pub struct FoundBill {
    /// Its bytes.
    pub source: Source,
    /// Its day, where its first and last row say so.
    pub day: Option<BillDate>,
}

/// What becomes of a bill of several days whose rows do not add up to its summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unproven {
    /// It is refused: no day of it is proven.
    Refused,
    /// It is shown as it is, for a person who looks at what is wrong with it.
    Shown,
}

/// The bill of each day of a plain bill; a bill of one day comes back as it is.
///
/// # Errors
/// [`Failure`] when the file cannot be read, holds more days than the platform merges, or does not add up over them.
pub(super) fn by_day(mut source: Source, unproven: Unproven) -> Result<Vec<FoundBill>, Failure> {
    let (first, last) = ends(&mut source)?;
    if first == last || first.is_none() || last.is_none() || source.size > LARGEST {
        let day = first.filter(|_| first == last);
        return Ok(vec![FoundBill { source, day }]);
    }
    let saved_again = source.saved_again;
    let as_one = |name: &str, text: Vec<u8>| {
        let source = Source {
            saved_again,
            ..Source::from_bytes(name, text)
        };
        Ok(vec![FoundBill { source, day: None }])
    };
    let mut text = Vec::new();
    source
        .bytes
        .read_to_end(&mut text)
        .map_err(|error| unread(&error))?;
    let whole = Source::from_bytes(&source.name, text.clone());
    let certificate = check::check(whole, &Silent)?;
    let count = certificate.days.len();
    let of_many = |reason: &&Reason| reason.category == Category::WrongBill;
    let grave = certificate
        .reasons
        .iter()
        .filter(|reason| reason.effect != Effect::Notice);
    if count < 2 || grave.clone().find(of_many).is_none() {
        return as_one(&source.name, text);
    }
    // Several days are the one thing that may stand against the whole; the sums are of all of them.
    if let Some(reason) = grave.clone().find(|reason| !of_many(reason)) {
        return match unproven {
            Unproven::Shown => as_one(&source.name, text),
            Unproven::Refused => Err(does_not_add_up(&certificate.days, reason)),
        };
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
    let of_day = days.into_iter().map(|one| FoundBill {
        source: Source {
            saved_again,
            ..Source::from_bytes(&format!("{name}/{}", one.day), one.text)
        },
        day: Some(one.day),
    });
    Ok(of_day.collect())
}

/// The sums are what stands against such a bill; that it holds several days is how the platform merges them.
fn does_not_add_up(days: &[String], reason: &Reason) -> Failure {
    let list = days.join(", ");
    Failure::new(
        FailureKind::RefusedInput,
        "bill.refused",
        Message::new(
            format!("多天合并的账单（{list}）：{}", reason.zh),
            format!("A bill of several days ({list}): {}", reason.en),
        ),
        Message::new(
            "从商户平台重新下载；没有存入任何数据",
            "Download it from the merchant platform again; nothing was stored",
        ),
    )
}

/// The days of the first and the last row of a plain text; the source stands at its first byte again.
fn ends(source: &mut Source) -> Result<(Option<BillDate>, Option<BillDate>), Failure> {
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
    Ok((first, last))
}

/// The date that a row begins with.
fn day_of(line: &[u8]) -> Option<BillDate> {
    let line = line.strip_prefix(b"`").unwrap_or(line);
    BillDate::parse(std::str::from_utf8(line.get(..10)?).ok()?)
}

fn unread(error: &std::io::Error) -> Failure {
    BooksError::source(error).into()
}
