//! Judges a file by its first bytes: what it is, its encoding, its delimiter, where its rows begin.

use std::borrow::Cow;

use super::encoding::{Encoding, encoding_of};
use super::header::find_header;
use super::record::{MAX_SLOTS, RecordSpan, Scanner, Span, cells_of};
use super::{IntakeError, MAX_COLUMNS, MAX_RECORD_BYTES, Mapping, NotOrders};

/// Bytes of the file's beginning that are enough to judge it.
pub const HEAD_BYTES: usize = 256 << 10;
/// Rows kept as a sample of the file.
pub(super) const SAMPLE: usize = 200;

/// How the lines of a text file end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LineEnd {
    /// With LF, or CR and LF.
    #[default]
    Lf,
    /// With CR alone, as spreadsheets write "CSV for Macintosh".
    Cr,
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
    /// How its lines end.
    pub line_end: LineEnd,
    /// Sheet, in workbooks; several of one form are read one after the other.
    pub sheet: Option<String>,
    /// Other sheets that look like a merchant's rows and are not read.
    pub other_sheets: Vec<String>,
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
    /// A guess of nothing yet.
    pub(super) const fn empty() -> Self {
        Self {
            encoding: Encoding::Utf8,
            has_bom: false,
            delimiter: None,
            line_end: LineEnd::Lf,
            sheet: None,
            other_sheets: Vec::new(),
            headers: Vec::new(),
            header_line: 0,
            body_line: 0,
            body_offset: 0,
            sample: Vec::new(),
        }
    }

    /// True when the text is parsed as the file has it, without being turned into something else first.
    #[must_use]
    pub fn is_read_as_it_is(&self) -> bool {
        self.transcoder().is_none() && self.line_end == LineEnd::Lf
    }

    /// The decoder of a file that is turned into UTF-8 before it is cut into cells.
    pub(super) fn transcoder(&self) -> Option<&'static encoding_rs::Encoding> {
        // The second byte of a character of GB18030 may be a bar.
        let bars = self.encoding == Encoding::Gb18030 && self.delimiter == Some('|');
        self.encoding
            .transcoder()
            .or(bars.then_some(encoding_rs::GB18030))
    }

    /// The encoding of its cells once they are cut.
    pub(super) fn cell_encoding(&self) -> Encoding {
        if self.transcoder().is_some() {
            Encoding::Utf8
        } else {
            self.encoding
        }
    }

    /// Bytes that a piece of a block takes in the file.
    pub(super) fn raw_len(&self, text: &[u8]) -> u64 {
        if self.transcoder().is_some() {
            self.encoding.raw_len(text)
        } else {
            text.len() as u64
        }
    }

    pub(super) fn delimiter_byte(&self) -> u8 {
        self.delimiter
            .and_then(|sign| u8::try_from(sign).ok())
            .unwrap_or(b',')
    }
}

/// Judges the beginning of a file. `None` means a workbook or a table of another sort: open it with
/// [`super::Workbook`].
///
/// # Errors
/// [`IntakeError::NotOrders`] with advice for other sorts of file, and refusals of headers without
/// end.
pub fn sniff(head: &[u8], mapping: Option<&Mapping>) -> Result<Option<Guess>, IntakeError> {
    let is_book = matches!(by_magic(head), Some(NotOrders::Zip | NotOrders::Xls));
    if is_book || super::html_tables::is_page(head) || super::xml_sheets::is_workbook(head) {
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
    let mut guess = Guess {
        encoding,
        has_bom: bom > 0,
        ..Guess::empty()
    };
    let body = head.get(bom..).unwrap_or_default();
    let mut text = text_of(body, encoding.transcoder());
    if let Some(what) = by_text(
        &guess
            .cell_encoding()
            .decode_lossy(text.get(..512).unwrap_or(&text)),
    ) {
        return Err(IntakeError::NotOrders(what));
    }
    let cut = head.len() >= HEAD_BYTES;
    guess.line_end = line_end_of(&text);
    if guess.line_end == LineEnd::Cr {
        text = Cow::Owned(with_lf(text.into_owned()));
    }
    let delimiter = match mapping.and_then(|mapping| mapping.delimiter) {
        Some(sign) => u8::try_from(sign).unwrap_or(b','),
        None => delimiter_of(&text, cut),
    };
    guess.delimiter = Some(char::from(delimiter));
    if let Some(transcoder) = guess.transcoder().filter(|_| encoding == Encoding::Gb18030) {
        text = text_of(body, Some(transcoder));
    }
    let records = look(&text, delimiter, cut)?;
    let cells = guess.cell_encoding();
    let rows: Vec<(RecordSpan, u32, Vec<String>)> = records
        .into_iter()
        .map(|(record, line)| {
            let bytes = text.get(record.start..record.end).unwrap_or_default();
            let cells = cells_of(bytes, delimiter, MAX_COLUMNS)
                .iter()
                .map(|cell| cells.decode_lossy(cell).trim().to_owned())
                .collect();
            (record, line, cells)
        })
        .collect();
    let table: Vec<&[String]> = rows.iter().map(|(.., cells)| cells.as_slice()).collect();
    let place = find_header(&table, mapping)?;
    let (header, line, _) = rows.get(place.last).ok_or(IntakeError::Empty)?;
    guess.header_line = *line;
    // The header's own line end belongs to it.
    let mut end = header.end;
    for sign in [b'\r', b'\n'] {
        if text.get(end) == Some(&sign) {
            end = end.saturating_add(1);
        }
    }
    let before = text.get(..end).unwrap_or_default();
    guess.body_line = guess.header_line.saturating_add(header.lines);
    guess.body_offset = (bom as u64).saturating_add(guess.raw_len(before));
    guess.headers = place.headers;
    guess.sample = rows
        .into_iter()
        .skip(place.last + 1)
        .map(|(_, line, cells)| SampleRow { line, cells })
        .collect();
    Ok(guess)
}

fn text_of<'t>(
    body: &'t [u8],
    transcoder: Option<&'static encoding_rs::Encoding>,
) -> Cow<'t, [u8]> {
    match transcoder {
        Some(encoding) => {
            let (text, _) = encoding.decode_without_bom_handling(body);
            Cow::Owned(text.into_owned().into_bytes())
        }
        None => Cow::Borrowed(body),
    }
}

/// Lines end with CR alone where nearly no LF is to be seen.
pub(super) fn line_end_of(text: &[u8]) -> LineEnd {
    let lf = memchr::memchr_iter(b'\n', text).count();
    let cr = memchr::memchr_iter(b'\r', text)
        .filter(|at| text.get(at + 1) != Some(&b'\n'))
        .count();
    if cr > lf.saturating_mul(4) {
        LineEnd::Cr
    } else {
        LineEnd::Lf
    }
}

/// The same text with LF in place of each CR.
pub(super) fn with_lf(mut text: Vec<u8>) -> Vec<u8> {
    for byte in &mut text {
        if *byte == b'\r' {
            *byte = b'\n';
        }
    }
    text
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

pub(super) fn by_text(start: &str) -> Option<NotOrders> {
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

/// The sign that splits most records into the same number of cells, more than one.
pub(super) fn delimiter_of(text: &[u8], cut: bool) -> u8 {
    let mut best = (0, b',');
    for sign in [b',', b'\t', b';', b'|'] {
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
fn look(text: &[u8], delimiter: u8, cut: bool) -> Result<Vec<(RecordSpan, u32)>, IntakeError> {
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
        for sign in [',', '\t', ';', '|'] {
            let text = "out_trade_no~amount~created_at\n1~2,5~x;y\n3~4~5 6\n"
                .replace('~', &sign.to_string());
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
            (b"\x1F\x8B\x08\0", NotOrders::Gzip),
            (
                b"<xml><return_code>FAIL</return_code></xml>",
                NotOrders::Xml,
            ),
            (b"{\"a\":1}", NotOrders::Json),
            (b"%PDF-1.7", NotOrders::Pdf),
            (b"\x7fELF\0\x01\0\x02\x03\0\0", NotOrders::Binary),
            (b"\x81\xff\xff\xff", NotOrders::Binary),
        ] {
            assert_eq!(sniff(bytes, None), Err(IntakeError::NotOrders(what)));
        }
        for book in [
            &b"PK\x03\x04"[..],
            b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
            b"  <!DOCTYPE html><html>",
            b"<table><tr><td>1</td></tr></table>",
        ] {
            assert_eq!(sniff(book, None), Ok(None));
        }
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
