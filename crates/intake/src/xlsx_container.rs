//! The parts of a workbook: a zip whose sizes are summed before anything is unpacked, and XML read
//! piece by piece under limits, because sizes in a zip may lie.

use std::io::{self, BufRead, BufReader, Read, Seek};

use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event};
use zip::ZipArchive;
use zip::read::ZipFile;

use super::{Damage, IntakeError};

/// The most that a workbook may unpack to.
pub const MAX_UNPACKED_BYTES: u64 = 512 << 20;
/// The most files a workbook may have.
const MAX_FILES: usize = 10_000;
/// Elements within elements; the reader remembers each one that is open.
const MAX_DEPTH: u16 = 256;
/// The longest single piece of XML: a tag with its attributes, or a text.
const MAX_PIECE: usize = 1 << 20;

/// One part while it is read.
pub(super) type XlsxPart<'a, R> = Reader<LimitedPart<BufReader<ZipFile<'a, R>>>>;

/// Opens the container and checks what it says of itself.
pub(super) fn open_zip<R: Read + Seek>(
    reader: R,
    limit: u64,
) -> Result<ZipArchive<R>, IntakeError> {
    let mut zip = ZipArchive::new(reader).map_err(|error| broken("zip", error))?;
    if zip.len() > MAX_FILES {
        return Err(damaged("zip", Damage::TooManyFiles));
    }
    let mut sum = 0_u64;
    for at in 0..zip.len() {
        let file = zip.by_index_raw(at).map_err(|error| broken("zip", error))?;
        sum = sum.saturating_add(file.size());
    }
    if sum > limit {
        return Err(IntakeError::Bomb { limit });
    }
    Ok(zip)
}

/// Opens a part, or `None` if there is none of this name.
pub(super) fn open_part<'a, R: Read + Seek>(
    zip: &'a mut ZipArchive<R>,
    name: &str,
    limit: u64,
) -> Result<Option<XlsxPart<'a, R>>, IntakeError> {
    let file = match zip.by_name(name) {
        Ok(file) => file,
        Err(zip::result::ZipError::FileNotFound) => return Ok(None),
        Err(error) => return Err(broken(name, error)),
    };
    let mut xml = Reader::from_reader(LimitedPart {
        inner: BufReader::with_capacity(64 << 10, file),
        left: limit,
        piece: MAX_PIECE,
        depth: 0,
    });
    let config = xml.config_mut();
    config.check_end_names = false;
    config.expand_empty_elements = true;
    Ok(Some(xml))
}

/// The next piece of XML; a document type is refused.
pub(super) fn next<'b, R: BufRead>(
    xml: &mut Reader<LimitedPart<R>>,
    buffer: &'b mut Vec<u8>,
    part: &str,
) -> Result<Event<'b>, IntakeError> {
    buffer.clear();
    xml.get_mut().piece = MAX_PIECE;
    let event = xml.read_event_into(buffer);
    let depth = &mut xml.get_mut().depth;
    match &event {
        Ok(Event::Start(_)) => *depth = depth.saturating_add(1),
        Ok(Event::End(_)) => *depth = depth.saturating_sub(1),
        _ => {}
    }
    match event {
        Ok(_) if *depth > MAX_DEPTH => Err(damaged(part, Damage::TooDeep)),
        Ok(Event::DocType(_)) => Err(damaged(part, Damage::DocType)),
        Ok(event) => Ok(event),
        Err(_) if xml.get_ref().left == 0 => Err(IntakeError::Bomb {
            limit: MAX_UNPACKED_BYTES,
        }),
        Err(error) => Err(broken(part, error)),
    }
}

/// Takes `open`, a plain text and `close` from what is already in memory, and appends the text.
///
/// Most cells are of this shape, and reading them tag by tag costs three times as much. Nothing is
/// taken when the text has a reference, a carriage return, or reaches beyond the buffer.
pub(super) fn take_plain<R: BufRead>(
    xml: &mut Reader<LimitedPart<R>>,
    (open, close): (&[u8], &[u8]),
    text: &mut Vec<u8>,
) -> bool {
    let source = xml.get_mut();
    let Ok(bytes) = source.fill_buf() else {
        return false;
    };
    let Some(rest) = bytes.strip_prefix(open) else {
        return false;
    };
    let Some((plain, after)) =
        memchr::memchr3(b'<', b'&', b'\r', rest).and_then(|end| rest.split_at_checked(end))
    else {
        return false;
    };
    if !after.starts_with(close) {
        return false;
    }
    text.extend_from_slice(plain);
    let used = open.len() + plain.len() + close.len();
    source.consume(used);
    true
}

/// What of a part is in memory, with the room of a fresh piece. Whoever takes whole elements of it with [`pass`] must
/// know that the reader of XML stands behind an end of an element, and holds nothing back.
pub(super) fn in_memory<R: BufRead>(xml: &mut Reader<LimitedPart<R>>) -> io::Result<&[u8]> {
    let source = xml.get_mut();
    source.piece = MAX_PIECE;
    source.fill_buf()
}

/// Goes past bytes that [`in_memory`] has shown.
pub(super) fn pass<R: BufRead>(xml: &mut Reader<LimitedPart<R>>, used: usize) {
    xml.get_mut().consume(used);
}

/// Reads a part to its end, where the container proves that its bytes are the ones that were packed.
pub(super) fn drain<R: BufRead>(
    xml: &mut Reader<LimitedPart<R>>,
    part: &str,
) -> Result<(), IntakeError> {
    let source = xml.get_mut();
    loop {
        source.piece = MAX_PIECE;
        match source.fill_buf().map(<[u8]>::len) {
            Ok(0) => return Ok(()),
            Ok(length) => source.consume(length),
            Err(_) if source.left == 0 => {
                return Err(IntakeError::Bomb {
                    limit: MAX_UNPACKED_BYTES,
                });
            }
            Err(error) => return Err(broken(part, error)),
        }
    }
}

pub(super) fn damaged(part: &str, what: Damage) -> IntakeError {
    IntakeError::Workbook {
        part: part.to_owned(),
        what,
    }
}

/// What a library says is wrong with a part.
pub(super) fn broken(part: &str, what: impl std::fmt::Display) -> IntakeError {
    damaged(part, Damage::Broken(what.to_string()))
}

/// Calls `take` with name and raw value of each attribute.
pub(super) fn attributes(raw: &str, mut take: impl FnMut(&str, &str)) -> Option<()> {
    let mut rest = raw.trim_ascii();
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=')?;
        let after = after.trim_ascii_start();
        let quote = after.chars().next().filter(|q| matches!(q, '"' | '\''))?;
        let (value, after) = after.get(1..)?.split_once(quote)?;
        take(name.trim_ascii(), value);
        rest = after.trim_ascii_start();
    }
    Some(())
}

/// Puts the character of `&lt;`, `&#20013;` and their like behind `text`.
pub(super) fn push_reference(reference: &BytesRef<'_>, text: &mut Vec<u8>) -> Option<()> {
    let sign = match reference.as_ref() {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "apos" => '\'',
        "quot" => '"',
        _ => reference.resolve_char_ref().ok()??,
    };
    text.extend_from_slice(sign.encode_utf8(&mut [0; 4]).as_bytes());
    Some(())
}

/// Resolves `_x000D_` and its like, by which spreadsheets write characters that XML cannot hold, and `_x005F_`, by which
/// they write the text of such a sign, from byte `start` of a text on.
///
/// Others are text: no spreadsheet writes `…` as `_x2026_`, but order numbers such as `SHOP_x2026_0001` are written as
/// they are by programs that do not know of these signs.
pub(super) fn resolve_escapes(text: &mut String, start: usize) {
    let Some(tail) = text.get(start..).filter(|tail| tail.contains("_x")) else {
        return;
    };
    let mut out = String::with_capacity(tail.len());
    let mut rest = tail;
    while let Some((before, from)) = rest.find("_x").and_then(|at| rest.split_at_checked(at)) {
        out.push_str(before);
        let sign = from
            .get(2..6)
            .filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()) && from.get(6..7) == Some("_"))
            .and_then(|hex| char::from_u32(u32::from_str_radix(hex, 16).ok()?))
            .filter(|sign| sign.is_control() || *sign == '_');
        match sign {
            Some(sign) => out.push(sign),
            None => out.push_str("_x"),
        }
        rest = from
            .get(if sign.is_some() { 7 } else { 2 }..)
            .unwrap_or_default();
    }
    out.push_str(rest);
    text.truncate(start);
    text.push_str(&out);
}

/// A value of an attribute with its references resolved.
pub(super) fn unescaped(value: &str) -> String {
    quick_xml::escape::unescape(value).map_or_else(|_bad| value.to_owned(), Into::into)
}

/// A reader that ends with an error at its limits: in all, and between two pieces.
pub(super) struct LimitedPart<R> {
    inner: R,
    left: u64,
    piece: usize,
    depth: u16,
}

impl<R: BufRead> BufRead for LimitedPart<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let room = usize::try_from(self.left)
            .unwrap_or(usize::MAX)
            .min(self.piece);
        if room == 0 {
            return Err(io::Error::other("longer than allowed"));
        }
        let bytes = self.inner.fill_buf()?;
        Ok(bytes.get(..room).unwrap_or(bytes))
    }

    fn consume(&mut self, amount: usize) {
        self.left = self.left.saturating_sub(amount as u64);
        self.piece = self.piece.saturating_sub(amount);
        self.inner.consume(amount);
    }
}

impl<R: BufRead> Read for LimitedPart<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let mut bytes = self.fill_buf()?;
        let read = bytes.read(to)?;
        self.consume(read);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_of_spreadsheets_are_resolved_once() {
        for (stored, meant) in [
            ("A_x000D_B", "A\rB"),
            ("A_x005F_x0041_", "A_x0041_"),
            ("_x000A__x000D_", "\n\r"),
            ("SHOP_x2026_0001", "SHOP_x2026_0001"),
            ("_x00_", "_x00_"),
            ("_xD800_", "_xD800_"),
            ("_x", "_x"),
            ("plain", "plain"),
        ] {
            let mut text = format!("_x0041_{stored}");
            resolve_escapes(&mut text, 7);
            assert_eq!(text, format!("_x0041_{meant}"));
        }
    }

    #[test]
    fn attributes_of_any_shape_are_read_or_refused() {
        let read = |raw: &str| {
            let mut found = Vec::new();
            attributes(raw, |name, value| found.push(format!("{name}:{value}")))?;
            Some(found.join(" "))
        };
        assert_eq!(read(" r=\"A1\" s='2'").as_deref(), Some("r:A1 s:2"));
        assert_eq!(read(" r = \"A=1\"").as_deref(), Some("r:A=1"));
        assert_eq!(read("").as_deref(), Some(""));
        for bad in ["r", "r=A1", "r=\"A1", "r=", "=中"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
