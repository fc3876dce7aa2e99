//! The text of a bill that was saved again in another encoding: UTF-16, GB18030 or Big5 in place of UTF-8.

use std::borrow::Cow;

use encoding_rs::{BIG5, Encoding, GB18030, UTF_16BE, UTF_16LE};

use super::sniff::BodyKind;

const MARK_UTF8: &[u8] = b"\xEF\xBB\xBF";
const MARK_UTF16_LE: &[u8] = b"\xFF\xFE";
const MARK_UTF16_BE: &[u8] = b"\xFE\xFF";
/// 交易 in UTF-16, with which the header of a bill without a byte order mark begins.
const TRADE_UTF16_LE: &[u8] = b"\xA4\x4E\x13\x66";
const TRADE_UTF16_BE: &[u8] = b"\x4E\xA4\x66\x13";
/// 交易 in GB18030 and in Big5.
const TRADE_GB18030: &[u8] = b"\xBD\xBB\xD2\xD7";
const TRADE_BIG5: &[u8] = b"\xA5\xE6\xA9\xF6";
/// How far into a text the first word of the header is looked for.
const LOOK_BYTES: usize = 4096;

/// The encoding of a text, where its beginning tells one that is not UTF-8.
fn foreign(bytes: &[u8]) -> Option<(&'static Encoding, usize)> {
    if bytes.starts_with(MARK_UTF16_LE) {
        return Some((UTF_16LE, MARK_UTF16_LE.len()));
    }
    if bytes.starts_with(MARK_UTF16_BE) {
        return Some((UTF_16BE, MARK_UTF16_BE.len()));
    }
    let head = bytes.get(..LOOK_BYTES).unwrap_or(bytes);
    let has = |word: &[u8]| memchr::memmem::find(head, word).is_some();
    [
        (TRADE_UTF16_LE, UTF_16LE),
        (TRADE_UTF16_BE, UTF_16BE),
        (TRADE_GB18030, GB18030),
        (TRADE_BIG5, BIG5),
    ]
    .into_iter()
    .find(|(word, _)| has(word))
    .map(|(_, encoding)| (encoding, 0))
}

/// The whole text of a bill as UTF-8, without a byte order mark; borrowed where it is UTF-8 already.
///
/// `None` for bytes that are of no encoding in which bills are saved, or not of one throughout: a text is read without
/// loss or not at all.
#[must_use]
pub fn text_of(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let plain = bytes.strip_prefix(MARK_UTF8).unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(plain) {
        return Some(Cow::Borrowed(text));
    }
    let (encoding, mark) = foreign(bytes)?;
    encoding.decode_without_bom_handling_and_without_replacement(bytes.get(mark..)?)
}

/// What a head in another encoding would be in UTF-8; `None` for UTF-8 and for what no bill is saved in.
pub(super) fn sniff_foreign(head: &[u8], sniff: fn(&[u8]) -> BodyKind) -> Option<BodyKind> {
    let (encoding, mark) = foreign(head)?;
    // The head may end within a character, and a name of goods may hold what the encoding has not.
    let (text, _) = encoding.decode_without_bom_handling(head.get(mark..)?);
    Some(sniff(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "交易时间,公众账号ID\r\n`2026-03-08 09:00:00,`wx1\r\n";
    const TRADITIONAL: &str = "交易時間,公眾賬號ID\r\n";

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn every_encoding_gives_the_same_text() {
        let marked = |mark: &[u8], text: Vec<u8>| [mark.to_vec(), text].concat();
        for bytes in [
            TEXT.as_bytes().to_vec(),
            marked(MARK_UTF8, TEXT.into()),
            GB18030.encode(TEXT).0.into_owned(),
            utf16(TEXT, u16::to_le_bytes),
            utf16(TEXT, u16::to_be_bytes),
            marked(MARK_UTF16_LE, utf16(TEXT, u16::to_le_bytes)),
            marked(MARK_UTF16_BE, utf16(TEXT, u16::to_be_bytes)),
        ] {
            assert_eq!(text_of(&bytes).as_deref(), Some(TEXT), "{bytes:?}");
        }
        for encoding in [BIG5, GB18030] {
            let bytes = encoding.encode(TRADITIONAL).0.into_owned();
            assert_eq!(text_of(&bytes).as_deref(), Some(TRADITIONAL));
        }
    }

    #[test]
    fn what_cannot_be_read_without_loss_is_not_read() {
        let mut broken = GB18030.encode(TEXT).0.into_owned();
        broken.push(0xFF);
        assert_eq!(text_of(&broken), None);
        assert_eq!(text_of(b"\xFF\xFE\xA4"), None, "half a character");
        assert_eq!(text_of(b"\x80\x81 no word of a bill"), None);
    }
}
