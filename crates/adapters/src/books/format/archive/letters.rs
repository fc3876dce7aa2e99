//! Random-looking texts, such as openids and digests, in as few bits as their letters need.

use super::cell::short;

/// A small set of bytes that random-looking numbers are spelled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alphabet {
    /// `0`–`9`, `a`–`f`.
    LowerHex,
    /// `0`–`9`, `A`–`F`.
    UpperHex,
    /// That of base64 for addresses, which openids are spelled in.
    Base64,
}

/// A byte that is none of the alphabet.
const NONE: u8 = 0xff;
/// Most letters of a text.
pub(super) const MOST_LETTERS: usize = 40;
/// Bytes that letters are packed or printed to.
pub(super) const LETTER_ROOM: usize = 48;

const fn codes(letters: &[u8]) -> [u8; 256] {
    let mut codes = [NONE; 256];
    let mut rest = letters;
    let mut code = 0;
    while let [letter, more @ ..] = rest {
        let mut at = 0;
        let mut to: &mut [u8] = &mut codes;
        while let [first, others @ ..] = to {
            if at == *letter as usize {
                *first = code;
                break;
            }
            at += 1;
            to = others;
        }
        code += 1;
        rest = more;
    }
    codes
}

/// Every two letters of base64.
#[expect(
    clippy::indexing_slicing,
    reason = "it is worked out while the program is compiled"
)]
static PAIRS: [[u8; 2]; 4096] = {
    let mut pairs = [[0; 2]; 4096];
    let mut at = 0;
    while at < pairs.len() {
        pairs[at] = [BASE64[at % 64], BASE64[at / 64]];
        at += 1;
    }
    pairs
};

/// The letters, over and over.
const fn around(letters: &[u8]) -> [u8; 256] {
    let mut all = [0; 256];
    let mut to: &mut [u8] = &mut all;
    let mut rest = letters;
    while let [first, others @ ..] = to {
        if rest.is_empty() {
            rest = letters;
        }
        if let [letter, more @ ..] = rest {
            *first = *letter;
            rest = more;
        }
        to = others;
    }
    all
}

const LOWER_HEX: &[u8; 16] = b"0123456789abcdef";
const UPPER_HEX: &[u8; 16] = b"0123456789ABCDEF";
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static CODES: [[u8; 256]; 3] = [codes(LOWER_HEX), codes(UPPER_HEX), codes(BASE64)];
static LETTERS: [[u8; 256]; 3] = [around(LOWER_HEX), around(UPPER_HEX), around(BASE64)];

impl Alphabet {
    pub(super) const ALL: [Self; 3] = [Self::LowerHex, Self::UpperHex, Self::Base64];

    /// Bits of a letter.
    const fn bits(self) -> usize {
        match self {
            Self::LowerHex | Self::UpperHex => 4,
            Self::Base64 => 6,
        }
    }

    const fn of<T>([lower, upper, base64]: &[T; 3], alphabet: Self) -> &T {
        match alphabet {
            Self::LowerHex => lower,
            Self::UpperHex => upper,
            Self::Base64 => base64,
        }
    }

    pub(super) fn has(self, text: &[u8]) -> bool {
        let codes = Self::of(&CODES, self);
        text.iter().all(|byte| {
            codes
                .get(usize::from(*byte))
                .is_some_and(|code| *code != NONE)
        })
    }

    /// Bytes that a text of this length takes.
    pub(super) const fn packed_len(self, len: usize) -> usize {
        (len * self.bits()).div_ceil(8)
    }

    /// A text in as few bits as its letters need; `None` when it has other letters.
    #[inline]
    pub(super) fn pack(self, text: &[u8]) -> Option<[u8; LETTER_ROOM]> {
        let codes = Self::of(&CODES, self);
        let bits = self.bits();
        let code = |byte: u8| codes.get(usize::from(byte)).copied().unwrap_or(NONE);
        let mut worst = 0;
        let mut packed = [0; LETTER_ROOM];
        let mut put = |at: usize, letters: &[u8]| {
            let mut word = 0;
            for (place, letter) in letters.iter().enumerate() {
                let code = code(*letter);
                worst |= code;
                word |= u64::from(code) << (place * bits);
            }
            if let Some(to) = packed.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
                *to = word.to_le_bytes();
            }
        };
        let (eights, last) = text.as_chunks::<8>();
        for (at, letters) in eights.iter().enumerate() {
            put(at * bits, letters);
        }
        put(eights.len() * bits, last);
        (worst != NONE && text.len() <= MOST_LETTERS).then_some(packed)
    }

    /// The reverse of [`Alphabet::pack`]; what is behind the last of `count` letters does not count.
    #[inline]
    pub(super) fn print(self, packed: &[u8], count: usize) -> [u8; LETTER_ROOM] {
        let letters = Self::of(&LETTERS, self);
        let bits = self.bits();
        let mut text = [0; LETTER_ROOM];
        let eights = text.as_chunks_mut::<8>().0.iter_mut();
        for (at, to) in eights.take(count.div_ceil(8)).enumerate() {
            let Some(rest) = packed.get(at * bits..).filter(|rest| !rest.is_empty()) else {
                break;
            };
            let mut word = match rest.first_chunk::<8>() {
                Some(word) => u64::from_le_bytes(*word),
                None => short(rest),
            };
            if bits == 6 {
                for pair in to.as_chunks_mut::<2>().0 {
                    let at = usize::try_from(word & 4095).unwrap_or(0);
                    *pair = PAIRS.get(at).copied().unwrap_or_default();
                    word >>= 12;
                }
                continue;
            }
            for letter in to {
                let [low, ..] = word.to_le_bytes();
                let low = if bits == 4 { low & 15 } else { low & 63 };
                *letter = letters.get(usize::from(low)).copied().unwrap_or(0);
                word >>= bits;
            }
        }
        text
    }
}
