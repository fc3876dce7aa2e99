//! Short texts of known maximum length, kept inline so that a million of them cost no allocation.

use std::fmt;

/// A text of at most `N` bytes (`N` ≤ 255), compared byte for byte.
///
/// Identifiers of the two books are case-sensitive and never numbers; they live in this type.
///
/// ```
/// use recondesk::domain::OutTradeNo;
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
        let short = u8::try_from(len).unwrap_or(u8::MAX);
        // Three plain loops over arrays, which the compiler turns into vector instructions.
        let mut keep = [0; N];
        for (to, at) in keep.iter_mut().zip(PLACES) {
            *to = if at < short { 0xFF } else { 0 };
        }
        for ((to, from), keep) in self.bytes.iter_mut().zip(window).zip(keep) {
            *to = from & keep;
        }
        let mut odd = 0_u8;
        for (from, keep) in window.iter().zip(keep) {
            // 0x21 to 0x7E stay within 0x5D of the first.
            let is_odd = from.wrapping_sub(0x21) > 0x5D;
            odd |= keep & if is_odd { 0xFF } else { 0 };
        }
        let is_visible = odd == 0 && len <= N;
        self.len = if is_visible { short } else { 0 };
        if !is_visible {
            self.bytes = [0; N];
        }
        is_visible
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    /// The bytes of the text.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
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

/// 0, 1, 2 … for every place a text can have.
const PLACES: [u8; 255] = {
    let mut places = [0; 255];
    let mut at = 0;
    while at < 255 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::indexing_slicing,
            reason = "at is below 255"
        )]
        {
            places[at] = at as u8;
        }
        at += 1;
    }
    places
};

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
    fn too_long_or_broken_texts_are_refused() {
        assert_eq!(Text::<4>::new("12345"), None);
        assert_eq!(Text::<4>::from_utf8(&[0xff, 0xfe]), None);
        assert!(Text::<4>::new("1234").is_some());
    }
}
