//! Judges a file by its first bytes: what it is, its encoding, its delimiter, where its rows begin.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::record::{MAX_SLOTS, Record, Scanner, Span, cells_of};
use super::{IntakeError, MAX_COLUMNS, MAX_RECORD_BYTES, Mapping, NotOrders, guess};

/// Bytes of the file's beginning that are enough to judge it.
pub const HEAD_BYTES: usize = 256 << 10;
/// Records of the beginning that are looked at.
const LOOK: usize = 40;
/// Rows kept as a sample of the file.
pub(super) const SAMPLE: usize = 200;

/// The encoding of a text file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    #[default]
    #[serde(rename = "utf-8", alias = "utf8", alias = "UTF-8")]
    Utf8,
    /// UTF-16, low byte first.
    #[serde(rename = "utf-16le", alias = "UTF-16LE", alias = "utf-16")]
    Utf16Le,
    /// UTF-16, high byte first.
    #[serde(rename = "utf-16be", alias = "UTF-16BE")]
    Utf16Be,
    /// GB18030, which holds GBK and GB2312.
    #[serde(
        rename = "gb18030",
        alias = "gbk",
        alias = "gb2312",
        alias = "GB18030",
        alias = "GBK"
    )]
    Gb18030,
}

impl Encoding {
    /// Its name in mappings and previews.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Gb18030 => "gb18030",
        }
    }

    /// True when text of this encoding is parsed as the file has it, without being turned into UTF-8 first.
    #[must_use]
    pub const fn is_read_as_it_is(self) -> bool {
        self.utf16().is_none()
    }

    pub(super) const fn utf16(self) -> Option<&'static encoding_rs::Encoding> {
        match self {
            Self::Utf16Le => Some(encoding_rs::UTF_16LE),
            Self::Utf16Be => Some(encoding_rs::UTF_16BE),
            Self::Utf8 | Self::Gb18030 => None,
        }
    }

    /// Bytes that a piece of a block takes in the file.
    pub(super) fn raw_len(self, text: &[u8]) -> u64 {
        if self.utf16().is_none() {
            return text.len() as u64;
        }
        let units = |b: &u8| match *b {
            0x80..=0xBF => 0,
            0xF0.. => 2,
            _ => 1_u64,
        };
        text.iter().map(units).sum::<u64>().saturating_mul(2)
    }

    /// A cell as text, or `None` if its bytes are not of this encoding.
    pub(super) fn decode(self, cell: &[u8]) -> Option<Cow<'_, str>> {
        match self {
            Self::Gb18030 => {
                encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(cell)
            }
            _ => std::str::from_utf8(cell).ok().map(Cow::Borrowed),
        }
    }

    /// A cell as text, with signs in place of what is not of this encoding.
    pub(super) fn decode_lossy(self, cell: &[u8]) -> String {
        match self {
            Self::Gb18030 => encoding_rs::GB18030
                .decode_without_bom_handling(cell)
                .0
                .into_owned(),
            _ => String::from_utf8_lossy(cell).into_owned(),
        }
    }
}

/// What a file seems to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guess {
    /// Its encoding; workbooks have UTF-8.
    pub encoding: Encoding,
    /// True when it begins with a byte order mark.
    pub has_bom: bool,
    /// Delimiter; `None` in workbooks.
    pub delimiter: Option<char>,
    /// Sheet, in workbooks.
    pub sheet: Option<String>,
    /// Source headers, trimmed.
    pub headers: Vec<String>,
    /// Line of the header row, from 1.
    pub header_line: u32,
    /// Line of the first row after it.
    pub body_line: u32,
    /// First byte after the header row; 0 in workbooks.
    pub body_offset: u64,
    /// Some of the rows that follow, as text.
    pub sample: Vec<SampleRow>,
}

/// A row of the beginning of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleRow {
    /// Its line, from 1.
    pub line: u32,
    /// Its cells as text, trimmed.
    pub cells: Vec<String>,
}

impl Guess {
    pub(super) fn delimiter_byte(&self) -> u8 {
        self.delimiter
            .and_then(|sign| u8::try_from(sign).ok())
            .unwrap_or(b',')
    }
}

/// Judges the beginning of a file. `None` means a workbook: open it with [`super::Workbook`].
///
/// # Errors
/// [`IntakeError::NotOrders`] with advice for other sorts of file, and refusals of headers without
/// end.
pub fn sniff(head: &[u8], mapping: Option<&Mapping>) -> Result<Option<Guess>, IntakeError> {
    if head.starts_with(b"PK\x03\x04") {
        return Ok(None);
    }
    sniff_text(head, mapping).map(Some)
}

/// The same for what cannot be a workbook.
///
/// # Errors
/// As [`sniff`].
pub fn sniff_text(head: &[u8], mapping: Option<&Mapping>) -> Result<Guess, IntakeError> {
    if let Some(what) = by_magic(head) {
        return Err(IntakeError::NotOrders(what));
    }
    let declared = mapping.and_then(|mapping| mapping.encoding);
    let (encoding, bom) = encoding_of(head, declared)?;
    let body = head.get(bom..).unwrap_or_default();
    let text = match encoding.utf16() {
        Some(utf16) => {
            let (text, _) = utf16.decode_without_bom_handling(body);
            Cow::Owned(text.into_owned().into_bytes())
        }
        None => Cow::Borrowed(body),
    };
    if let Some(what) = by_text(&encoding.decode_lossy(text.get(..512).unwrap_or(&text))) {
        return Err(IntakeError::NotOrders(what));
    }
    let cut = head.len() >= HEAD_BYTES;
    let delimiter = match mapping.and_then(|mapping| mapping.delimiter) {
        Some(sign) => u8::try_from(sign).unwrap_or(b','),
        None => delimiter_of(&text, cut),
    };
    let records = look(&text, delimiter, cut)?;
    let rows: Vec<(Record, u32, Vec<String>)> = records
        .into_iter()
        .map(|(record, line)| {
            let bytes = text.get(record.start..record.end).unwrap_or_default();
            let cells = cells_of(bytes, delimiter, MAX_COLUMNS)
                .iter()
                .map(|cell| encoding.decode_lossy(cell).trim().to_owned())
                .collect();
            (record, line, cells)
        })
        .collect();
    let table: Vec<&[String]> = rows.iter().map(|(.., cells)| cells.as_slice()).collect();
    let at = header_row(&table, mapping)?;
    let (header, header_line, headers) = rows.get(at).cloned().ok_or(IntakeError::Empty)?;
    // The header's own line end belongs to it.
    let mut end = header.end;
    for sign in [b'\r', b'\n'] {
        if text.get(end) == Some(&sign) {
            end = end.saturating_add(1);
        }
    }
    let before = text.get(..end).unwrap_or_default();
    Ok(Guess {
        encoding,
        has_bom: bom > 0,
        delimiter: Some(char::from(delimiter)),
        sheet: None,
        headers,
        header_line,
        body_line: header_line.saturating_add(header.lines),
        body_offset: (bom as u64).saturating_add(encoding.raw_len(before)),
        sample: rows
            .into_iter()
            .skip(at + 1)
            .map(|(_, line, cells)| SampleRow { line, cells })
            .collect(),
    })
}

/// Finds the header among the first rows, and refuses tables of another sort.
pub(super) fn header_row(
    rows: &[&[String]],
    mapping: Option<&Mapping>,
) -> Result<usize, IntakeError> {
    for row in rows.iter().take(LOOK) {
        if let Some(what) = by_cells(row) {
            return Err(IntakeError::NotOrders(what));
        }
    }
    let score = |row: &[String]| {
        row.iter()
            .filter(|cell| guess::is_known_header(cell, mapping))
            .count()
    };
    let filled = |row: &[String]| row.iter().filter(|cell| !cell.is_empty()).count();
    let first = |least: usize, count: &dyn Fn(&[String]) -> usize| {
        rows.iter().take(LOOK).position(|row| count(row) >= least)
    };
    first(2, &score)
        .or_else(|| first(2, &filled))
        .or_else(|| first(1, &filled))
        .ok_or(IntakeError::Empty)
}

pub(super) fn by_magic(head: &[u8]) -> Option<NotOrders> {
    Some(match head {
        [0xD0, 0xCF, 0x11, 0xE0, ..] => NotOrders::Xls,
        [0x1F, 0x8B, ..] => NotOrders::Gzip,
        [b'%', b'P', b'D', b'F', ..] => NotOrders::Pdf,
        [b'P', b'K', 3 | 5 | 7, 4 | 6 | 8, ..] => NotOrders::Zip,
        _ => return None,
    })
}

fn by_text(start: &str) -> Option<NotOrders> {
    let start = start.trim_start().to_ascii_lowercase();
    if start.starts_with("<!doctype html")
        || ["<html", "<head", "<body", "<table", "<meta"]
            .iter()
            .any(|tag| start.starts_with(tag))
    {
        Some(NotOrders::Html)
    } else if start.starts_with('<') {
        Some(NotOrders::Xml)
    } else if start.starts_with('{') || start.starts_with("[{") {
        Some(NotOrders::Json)
    } else {
        None
    }
}

fn by_cells(row: &[String]) -> Option<NotOrders> {
    let has = |name: &str| row.iter().any(|cell| cell.trim_start_matches('`') == name);
    if row.iter().any(|cell| cell.contains("微信支付账单明细")) {
        return Some(NotOrders::ConsumerExport);
    }
    let trade = has("交易时间") && has("公众账号ID") && has("微信订单号");
    let fund = has("记账时间") && has("资金流水单号");
    (trade || fund).then_some(NotOrders::WechatBill)
}

fn encoding_of(head: &[u8], declared: Option<Encoding>) -> Result<(Encoding, usize), IntakeError> {
    let marked = match head {
        [0xEF, 0xBB, 0xBF, ..] => Some((Encoding::Utf8, 3)),
        [0xFF, 0xFE, ..] => Some((Encoding::Utf16Le, 2)),
        [0xFE, 0xFF, ..] => Some((Encoding::Utf16Be, 2)),
        _ => None,
    };
    // A byte order mark is no guess: a corrected reject file has one, whatever the mapping says.
    if let Some(found) = marked {
        return Ok(found);
    }
    if let Some(encoding) = declared {
        return Ok((encoding, 0));
    }
    if memchr::memchr(0, head).is_some() {
        // Plain text has no zero byte; UTF-16 of mostly Latin text has one in every pair.
        let zeros = |from: usize| {
            head.iter()
                .skip(from)
                .step_by(2)
                .filter(|b| **b == 0)
                .count()
        };
        let (even, odd) = (zeros(0), zeros(1));
        let many = head.len() / 8;
        return if odd > many && even == 0 {
            Ok((Encoding::Utf16Le, 0))
        } else if even > many && odd == 0 {
            Ok((Encoding::Utf16Be, 0))
        } else {
            Err(IntakeError::NotOrders(NotOrders::Binary))
        };
    }
    match std::str::from_utf8(head) {
        Ok(_) => return Ok((Encoding::Utf8, 0)),
        // The head may end inside a character.
        Err(error) if error.error_len().is_none() => return Ok((Encoding::Utf8, 0)),
        Err(_) => {}
    }
    let mut decoder = encoding_rs::GB18030.new_decoder_without_bom_handling();
    let mut space = String::with_capacity(head.len().saturating_mul(3));
    let (result, _) = decoder.decode_to_string_without_replacement(head, &mut space, false);
    match result {
        encoding_rs::DecoderResult::InputEmpty => Ok((Encoding::Gb18030, 0)),
        _ => Err(IntakeError::NotOrders(NotOrders::Binary)),
    }
}

/// The sign that splits most records into the same number of cells, more than one.
fn delimiter_of(text: &[u8], cut: bool) -> u8 {
    let mut best = (0, b',');
    for sign in [b',', b'\t', b';'] {
        let Ok(records) = look(text, sign, cut) else {
            continue;
        };
        let mut counts: Vec<usize> = records.iter().map(|(record, _)| record.cells).collect();
        counts.sort_unstable();
        let mode = counts
            .chunk_by(|a, b| a == b)
            .filter_map(|same| Some((same.len(), *same.first()?)))
            .filter(|(_, cells)| *cells > 1)
            .max();
        if let Some((rows, cells)) = mode
            && (rows * cells) > best.0
        {
            best = (rows * cells, sign);
        }
    }
    best.1
}

/// The first records that are not blank, with their lines.
fn look(text: &[u8], delimiter: u8, cut: bool) -> Result<Vec<(Record, u32)>, IntakeError> {
    let mut scanner = Scanner::new(text, delimiter);
    let mut spans = [Span::default(); MAX_SLOTS];
    let mut records = Vec::new();
    let mut line = 1_u32;
    while records.len() < SAMPLE {
        let Some(record) = scanner.next(&[], &mut spans) else {
            break;
        };
        if record.cells > MAX_COLUMNS {
            return Err(IntakeError::TooManyColumns {
                line,
                limit: MAX_COLUMNS,
            });
        }
        let whole = !cut || record.closed && record.end < text.len();
        if !whole && records.is_empty() {
            return Err(IntakeError::LineTooLong {
                line,
                offset: record.start as u64,
                limit: MAX_RECORD_BYTES.min(HEAD_BYTES),
            });
        }
        if whole && record.end > record.start {
            records.push((record, line));
        }
        line = line.saturating_add(record.lines);
    }
    Ok(records)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "out_trade_no,amount,备注\nA1,1.00,好\nA2,2.00,\"x,y\"\n";

    fn utf16(text: &str, bom: bool, big: bool) -> Vec<u8> {
        let bom = bom.then_some('\u{feff}');
        bom.into_iter()
            .chain(text.chars())
            .collect::<String>()
            .encode_utf16()
            .flat_map(|unit| {
                if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect()
    }

    #[test]
    fn every_encoding_gives_the_same_headers_and_sample() {
        let plain = sniff_text(TEXT.as_bytes(), None).unwrap();
        assert_eq!(plain.headers, ["out_trade_no", "amount", "备注"]);
        assert_eq!(plain.sample.last().unwrap().cells[2], "x,y");
        assert_eq!((plain.body_line, plain.body_offset), (2, 27));
        let gb = encoding_rs::GB18030.encode(TEXT).0.into_owned();
        for (bytes, encoding, bom) in [
            (TEXT.as_bytes().to_vec(), Encoding::Utf8, false),
            (format!("\u{feff}{TEXT}").into_bytes(), Encoding::Utf8, true),
            (utf16(TEXT, true, false), Encoding::Utf16Le, true),
            (utf16(TEXT, true, true), Encoding::Utf16Be, true),
            (utf16(TEXT, false, false), Encoding::Utf16Le, false),
            (utf16(TEXT, false, true), Encoding::Utf16Be, false),
            (gb, Encoding::Gb18030, false),
        ] {
            let guess = sniff_text(&bytes, None).unwrap();
            assert_eq!((guess.encoding, guess.has_bom), (encoding, bom));
            assert_eq!(guess.headers, plain.headers, "{encoding:?}");
            assert_eq!(guess.sample, plain.sample, "{encoding:?}");
            let body = &bytes[usize::try_from(guess.body_offset).unwrap()..];
            assert!(
                body.starts_with(b"A1") || body.starts_with(b"A\0") || body.starts_with(b"\0A")
            );
        }
    }

    #[test]
    fn delimiters_are_told_apart() {
        for sign in [',', '\t', ';'] {
            let text = "out_trade_no|amount|created_at\n1|2,5|x;y\n3|4|5 6\n"
                .replace('|', &sign.to_string());
            let guess = sniff_text(text.as_bytes(), None).unwrap();
            assert_eq!(guess.delimiter, Some(sign));
        }
        let single = sniff_text(b"out_trade_no\nA1\n", None).unwrap();
        assert_eq!(single.headers, ["out_trade_no"]);
    }

    #[test]
    fn title_lines_above_the_header_are_passed_over() {
        let text = "某某商城订单导出,,\n导出时间：2026-03-09,,\n\n商户订单号,订单金额,创建时间\nA1,1.00,2026-03-08 10:00:00\n";
        let guess = sniff_text(text.as_bytes(), None).unwrap();
        assert_eq!(guess.headers[0], "商户订单号");
        assert_eq!((guess.header_line, guess.body_line), (4, 5));
    }

    #[test]
    fn other_files_are_named_for_what_they_are() {
        let bill = "\u{feff}交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号\r\n`2019-02-19 00:00:01,`wx,`1\r\n";
        let consumer = "微信支付账单明细,,,\n微信昵称：[x],,,\n";
        for (bytes, what) in [
            (bill.as_bytes(), NotOrders::WechatBill),
            (consumer.as_bytes(), NotOrders::ConsumerExport),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", NotOrders::Xls),
            (b"\x1F\x8B\x08\0", NotOrders::Gzip),
            (b"  <!DOCTYPE html><html>", NotOrders::Html),
            (b"<table><tr><td>1</td></tr></table>", NotOrders::Html),
            (
                b"<xml><return_code>FAIL</return_code></xml>",
                NotOrders::Xml,
            ),
            (b"{\"a\":1}", NotOrders::Json),
            (b"%PDF-1.7", NotOrders::Pdf),
            (b"PK\x05\x06", NotOrders::Zip),
            (b"\x7fELF\0\x01\0\x02\x03\0\0", NotOrders::Binary),
            (b"\x81\xff\xff\xff", NotOrders::Binary),
        ] {
            assert_eq!(sniff(bytes, None), Err(IntakeError::NotOrders(what)));
        }
        assert_eq!(sniff(b"PK\x03\x04", None), Ok(None));
    }

    #[test]
    fn empty_and_endless_heads_are_refused() {
        assert_eq!(sniff(b"", None), Err(IntakeError::Empty));
        assert_eq!(
            sniff(b"\xEF\xBB\xBF\r\n\r\n", None),
            Err(IntakeError::Empty)
        );
        let columns = vec![b','; HEAD_BYTES];
        assert!(matches!(
            sniff(&columns, None),
            Err(IntakeError::TooManyColumns { line: 1, .. })
        ));
        let line = vec![b'a'; HEAD_BYTES];
        assert!(matches!(
            sniff(&line, None),
            Err(IntakeError::LineTooLong { line: 1, .. })
        ));
    }
}
