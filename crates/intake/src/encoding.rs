//! Encodings of text files, and how they are told apart by what stands in a file's beginning.
//!
//! A broken character here and there spoils one cell and no more: names are cut to a number of bytes by many systems.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{IntakeError, NotOrders};

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
    /// Big5, of Hong Kong and Taiwan.
    #[serde(rename = "big5", alias = "BIG5", alias = "Big5")]
    Big5,
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
            Self::Big5 => "big5",
            Self::Gb18030 => "gb18030",
        }
    }

    /// The decoder of files that are turned into UTF-8 before they are cut into cells.
    pub(super) const fn transcoder(self) -> Option<&'static encoding_rs::Encoding> {
        match self {
            Self::Utf16Le => Some(encoding_rs::UTF_16LE),
            Self::Utf16Be => Some(encoding_rs::UTF_16BE),
            // The second byte of a character may be a bar or a quote's neighbour.
            Self::Big5 => Some(encoding_rs::BIG5),
            Self::Utf8 | Self::Gb18030 => None,
        }
    }

    /// Bytes that a piece of UTF-8 takes in a file of this encoding.
    pub(super) fn raw_len(self, text: &[u8]) -> u64 {
        match self {
            Self::Utf8 => text.len() as u64,
            Self::Utf16Le | Self::Utf16Be => {
                let units = |b: &u8| match *b {
                    0x80..=0xBF => 0,
                    0xF0.. => 2,
                    _ => 1_u64,
                };
                text.iter().map(units).sum::<u64>().saturating_mul(2)
            }
            Self::Big5 => {
                let text = String::from_utf8_lossy(text);
                let mut signs = text.chars().peekable();
                let mut len = 0;
                while let Some(sign) = signs.next() {
                    // A first byte without a second is shown as one sign, and what follows stays.
                    let alone = sign == char::REPLACEMENT_CHARACTER
                        && signs.peek().is_none_or(char::is_ascii);
                    len += if sign.is_ascii() || alone { 1 } else { 2 };
                }
                len
            }
            Self::Gb18030 => encoding_rs::GB18030
                .encode(&String::from_utf8_lossy(text))
                .0
                .len() as u64,
        }
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

/// Tells the encoding of a file by its beginning, and the length of its byte order mark.
pub(super) fn encoding_of(
    head: &[u8],
    declared: Option<Encoding>,
) -> Result<(Encoding, usize), IntakeError> {
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
    multibyte(head)
        .map(|encoding| (encoding, 0))
        .ok_or(IntakeError::NotOrders(NotOrders::Binary))
}

/// Characters beyond ASCII, and places that are none.
#[derive(Debug, Clone, Copy)]
struct Count {
    good: usize,
    bad: usize,
}

impl Count {
    /// True when the bad places can be accidents.
    const fn is_plausible(self) -> bool {
        self.bad <= 2 + self.good / 20
    }
}

/// Tells UTF-8, GB18030 and Big5 apart.
fn multibyte(head: &[u8]) -> Option<Encoding> {
    let mut utf8 = Count { good: 0, bad: 0 };
    let mut at = 0;
    for chunk in head.utf8_chunks() {
        utf8.good += chunk
            .valid()
            .chars()
            .filter(|sign| !sign.is_ascii())
            .count();
        at += chunk.valid().len() + chunk.invalid().len();
        // The head may end inside a character.
        utf8.bad += usize::from(!chunk.invalid().is_empty() && at < head.len());
    }
    if utf8.bad == 0 && (utf8.good > 0 || std::str::from_utf8(head).is_ok()) {
        return Some(Encoding::Utf8);
    }
    // Text of another encoding hardly ever has sequences of UTF-8 in it.
    if utf8.good > utf8.bad.saturating_mul(3) {
        return Some(Encoding::Utf8);
    }
    let (gb, big5) = (
        count(head, encoding_rs::GB18030),
        count(head, encoding_rs::BIG5),
    );
    let is_big5 = has_low_seconds(head) && big5.bad <= gb.bad;
    if is_big5 && big5.is_plausible() && big5.good > 0 {
        return Some(Encoding::Big5);
    }
    (gb.is_plausible() && gb.good + gb.bad > 0).then_some(Encoding::Gb18030)
}

fn count(head: &[u8], encoding: &'static encoding_rs::Encoding) -> Count {
    let (text, _) = encoding.decode_without_bom_handling(head);
    let bad = text
        .chars()
        .filter(|sign| *sign == char::REPLACEMENT_CHARACTER)
        .count();
    let beyond = text.chars().filter(|sign| !sign.is_ascii()).count();
    Count {
        good: beyond - bad,
        bad,
    }
}

/// True when many characters of two bytes have a second one below 0x7F, as is usual in Big5: in GB2312 none has.
fn has_low_seconds(head: &[u8]) -> bool {
    let (mut pairs, mut low) = (0_usize, 0_usize);
    let mut rest = head;
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if first >= 0x81
            && let Some((&second, after)) = rest.split_first()
            && second >= 0x40
        {
            pairs += 1;
            low += usize::from(second < 0x7F);
            rest = after;
        }
    }
    low.saturating_mul(10) > pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &[u8]) -> Option<Encoding> {
        encoding_of(text, None).ok().map(|(encoding, _)| encoding)
    }

    #[test]
    fn chinese_encodings_are_told_apart() {
        let simple = "商户订单号,订单金额,订单状态,创建时间\nA1,12.90,已支付,2026-03-08 09:04:50\n";
        let traditional =
            "商戶訂單號,訂單金額,訂單狀態,建立時間\nA1,12.90,已付款,2026-03-08 09:04:50\n";
        assert_eq!(told(simple.as_bytes()), Some(Encoding::Utf8));
        assert_eq!(told(traditional.as_bytes()), Some(Encoding::Utf8));
        assert_eq!(
            told(&encoding_rs::GB18030.encode(simple).0),
            Some(Encoding::Gb18030)
        );
        assert_eq!(
            told(&encoding_rs::GB18030.encode(traditional).0),
            Some(Encoding::Gb18030)
        );
        assert_eq!(
            told(&encoding_rs::BIG5.encode(traditional).0),
            Some(Encoding::Big5)
        );
        assert_eq!(told(b"a,b\n1,2\n"), Some(Encoding::Utf8));
    }

    #[test]
    fn a_cut_character_does_not_change_the_encoding() {
        let text = "商户订单号,商品名称\nA1,东北大米十斤\n";
        let cut = |bytes: &[u8], at: usize| [&bytes[..at], &bytes[at + 1..]].concat();
        let utf8 = text.as_bytes();
        assert_eq!(told(&cut(utf8, utf8.len() - 2)), Some(Encoding::Utf8));
        let gb = encoding_rs::GB18030.encode(text).0.into_owned();
        assert_eq!(told(&cut(&gb, gb.len() - 2)), Some(Encoding::Gb18030));
        // The end of the beginning may lie inside a character.
        assert_eq!(told(&utf8[..utf8.len() - 3]), Some(Encoding::Utf8));
    }

    #[test]
    fn bytes_of_no_text_are_none() {
        for bytes in [
            &b"\x81\xff\xff\xff"[..],
            b"\x7fELF\0\x01\0\x02\x03\0\0",
            b"\xff\xff\xff\xff\xfe",
        ] {
            assert_eq!(told(bytes), None, "{bytes:?}");
        }
    }
}
