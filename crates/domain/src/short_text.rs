//! Short texts of known maximum length, kept inline so that a million of them cost no allocation.

use std::fmt;

/// A text of at most `N` bytes (`N` ≤ 255), compared byte for byte.
///
/// Identifiers of the two books are case-sensitive and never numbers; they live in this type.
///
/// ```
/// use recondesk_domain::OutTradeNo;
/// let number = OutTradeNo::new("QH260308100244120077").unwrap();
/// assert_eq!(number.as_str(), "QH260308100244120077");
/// assert!(OutTradeNo::new(&"9".repeat(33)).is_none());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Text<const N: usize> {
    len: u8,
    bytes: [u8; N],
}

impl<const N: usize> Text<N> {
    /// The empty text.
    pub const EMPTY: Self = Self {
        len: 0,
        bytes: [0; N],
    };

    /// Takes a text if it fits.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        Self::from_utf8(text.as_bytes())
    }

    /// Takes bytes if they fit and are UTF-8.
    #[must_use]
    pub fn from_utf8(text: &[u8]) -> Option<Self> {
        let len = u8::try_from(text.len()).ok()?;
        let mut bytes = [0; N];
        bytes.get_mut(..text.len())?.copy_from_slice(text);
        (text.is_ascii() || std::str::from_utf8(text).is_ok()).then_some(Self { len, bytes })
    }

    /// Becomes the first `len` bytes of a window if all of them are visible ASCII: the quick way for parsers of long
    /// files, which writes in place.
    ///
    /// `false` says only that the quick way does not apply, and leaves the empty text; [`Text::from_utf8`] decides.
    #[inline]
    pub fn set_visible_prefix(&mut self, window: &[u8; N], len: usize) -> bool {
        const HIGH: u64 = 0x8080_8080_8080_8080;
        let mut odd = 0;
        let (to, rest) = self.bytes.as_chunks_mut::<8>();
        let from = window.as_chunks::<8>().0;
        for (at, (to, from)) in to.iter_mut().zip(from).enumerate() {
            let keep = match len.saturating_sub(at * 8) {
                0 => 0,
                left @ 1..8 => (1 << (left * 8)) - 1,
                _ => u64::MAX,
            };
            let word = u64::from_le_bytes(*from) & keep;
            // The top bit of a byte is set in the first sum from 0x21 on, in the second for 0x7F only.
            let low = word & !HIGH;
            let is_visible = low.wrapping_add(0x5F5F_5F5F_5F5F_5F5F);
            let is_delete = low.wrapping_add(0x0101_0101_0101_0101);
            odd |= (!is_visible | is_delete | word) & HIGH & keep;
            *to = word.to_le_bytes();
        }
        let short = u8::try_from(len).unwrap_or(u8::MAX);
        let odd = odd | u64::from(!rest.is_empty());
        let is_visible = odd == 0 && len <= N;
        self.len = if is_visible { short } else { 0 };
        if !is_visible {
            self.bytes = [0; N];
        }
        is_visible
    }

    /// This text and `count` decimal digits behind it, two in each byte of `packed`, the first in its upper half.
    ///
    /// `None` if they do not fit. What is above nine in a half byte becomes some other visible sign.
    #[must_use]
    #[inline]
    pub fn followed_by_digits(&self, packed: &[u8; 16], count: usize) -> Option<Self> {
        let start = usize::from(self.len);
        let len = start
            .checked_add(count)
            .filter(|len| *len <= N && count <= 32)?;
        let mut digits = [0; 32];
        for (pair, byte) in digits.as_chunks_mut::<2>().0.iter_mut().zip(packed) {
            *pair = [b'0' + (byte >> 4), b'0' + (byte & 15)];
        }
        for (at, digit) in digits.iter_mut().enumerate() {
            if at >= count {
                *digit = 0;
            }
        }
        let mut bytes = self.bytes;
        let room = bytes.get_mut(start..)?;
        let part = room.len().min(digits.len());
        room.get_mut(..part)?.copy_from_slice(digits.get(..part)?);
        Some(Self {
            len: u8::try_from(len).ok()?,
            bytes,
        })
    }

    /// The same text with room for more; less room does not compile.
    #[must_use]
    #[inline]
    pub fn widen<const M: usize>(&self) -> Text<M> {
        const { assert!(N <= M, "a text is widened to more room, never to less") };
        let mut bytes = [0; M];
        if let Some(to) = bytes.get_mut(..N) {
            to.copy_from_slice(&self.bytes);
        }
        Text {
            len: self.len,
            bytes,
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let text = std::str::from_utf8(self.as_bytes());
        debug_assert!(text.is_ok(), "every way to make a text checks it");
        text.unwrap_or("\u{FFFD}")
    }

    /// The bytes of the text.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        let text = self.bytes.get(..usize::from(self.len));
        debug_assert!(text.is_some(), "every way to make a text checks its length");
        text.unwrap_or(&self.bytes)
    }

    /// True for no text at all.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The 64-bit fingerprint by which the books are sorted and joined.
    ///
    /// It only narrows a search: whoever finds a hit compares the whole text.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        fingerprint(self.as_bytes())
    }
}

impl<const N: usize> Default for Text<N> {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl<const N: usize> PartialOrd for Text<N> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<const N: usize> Ord for Text<N> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl<const N: usize> fmt::Debug for Text<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl<const N: usize> fmt::Display for Text<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<const N: usize> serde::Serialize for Text<N> {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

impl<'de, const N: usize> serde::Deserialize<'de> for Text<N> {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(from)?;
        Self::new(&text).ok_or_else(|| serde::de::Error::custom("text too long"))
    }
}

/// A well-mixed 64-bit fingerprint of an identifier; the same on every computer, for ever.
///
/// It is not a defence against chosen keys: texts behind equal fingerprints are compared in full.
#[must_use]
pub fn fingerprint(bytes: &[u8]) -> u64 {
    let mut hash =
        0x9E37_79B9_7F4A_7C15_u64 ^ (bytes.len() as u64).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        hash = mix(hash ^ u64::from_le_bytes(*word));
    }
    if !rest.is_empty() {
        let mut last = [0; 8];
        for (to, from) in last.iter_mut().zip(rest) {
            *to = *from;
        }
        hash = mix(hash ^ u64::from_le_bytes(last));
    }
    mix(hash)
}

const fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    let value = (value ^ (value >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    value ^ (value >> 32)
}

/// Merchant order number, `out_trade_no`: the number sent to WeChat Pay, up to 32 bytes.
pub type OutTradeNo = Text<32>;
/// Business order number of the merchant; several [`OutTradeNo`] may belong to one.
pub type OrderNo = Text<64>;
/// WeChat Pay order number, `transaction_id`.
pub type TransactionId = Text<32>;
/// Merchant refund number, `out_refund_no`, up to 64 bytes.
pub type OutRefundNo = Text<64>;
/// WeChat Pay refund number, `refund_id`.
pub type RefundId = Text<32>;
/// Merchant number, `mch_id`.
pub type MchId = Text<32>;
/// App id, `appid`.
pub type AppId = Text<32>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_depend_on_every_byte_and_on_length() {
        let base = fingerprint(b"QH260308100244120077");
        for other in [
            &b"QH260308100244120078"[..],
            b"qH260308100244120077",
            b"QH260308100244120077\0",
            b"QH26030810024412007",
        ] {
            assert_ne!(base, fingerprint(other));
        }
    }

    #[test]
    fn the_quick_way_in_agrees_with_the_slow_one() {
        for odd in 0..=255_u8 {
            for (len, at) in [
                (0, 3),
                (1, 0),
                (7, 6),
                (8, 7),
                (9, 8),
                (20, 11),
                (32, 31),
                (5, 9),
                (33, 2),
            ] {
                let mut window = *b"QH260308100244120077abcdefghijkl";
                window[at] = odd;
                let mut text = Text::<32>::new("older").unwrap();
                let is_visible = len <= 32 && window[..len].iter().all(u8::is_ascii_graphic);
                assert_eq!(
                    text.set_visible_prefix(&window, len),
                    is_visible,
                    "{odd} {len} {at}"
                );
                let expected = if is_visible { &window[..len] } else { b"" };
                assert_eq!(Some(text), Text::from_utf8(expected));
            }
        }
    }

    #[test]
    fn too_long_or_broken_texts_are_refused() {
        assert_eq!(Text::<4>::new("12345"), None);
        assert_eq!(Text::<4>::from_utf8(&[0xff, 0xfe]), None);
        assert!(Text::<4>::new("1234").is_some());
    }
}
