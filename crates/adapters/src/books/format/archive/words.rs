//! The different texts of a column that takes few of them, each with a code.

use super::cell::short;

/// Most different texts.
const MOST: usize = 250;
const SLOTS: usize = 512;

/// A text that has a code.
#[derive(Debug, Clone, Copy)]
struct Word {
    /// Its first eight bytes, zeros where it has fewer, and its last eight.
    head: u64,
    tail: u64,
    from: usize,
    len: usize,
}

/// Texts and the codes they got, in order of arrival.
#[derive(Debug)]
pub(super) struct Words {
    bytes: Vec<u8>,
    words: Vec<Word>,
    /// Code and one, by hash; zero where there is none.
    slots: [u8; SLOTS],
    last: usize,
}

impl Default for Words {
    fn default() -> Self {
        Self {
            bytes: Vec::new(),
            words: Vec::new(),
            slots: [0; SLOTS],
            last: 0,
        }
    }
}

/// The first eight bytes of a text inside a block, zeros where it has fewer.
#[inline]
fn head(block: &[u8], from: usize, text: &[u8]) -> u64 {
    let Some(window) = block.get(from..).and_then(<[u8]>::first_chunk) else {
        return short(text);
    };
    let word = u64::from_le_bytes(*window);
    match text.len() {
        0 => 0,
        len @ 1..8 => word & u64::MAX >> (64 - len * 8),
        _ => word,
    }
}

#[inline]
fn slot(head: u64, tail: u64, len: usize) -> usize {
    let mixed = (head ^ len as u64).wrapping_mul(0x9E37_79B1_85EB_CA87)
        ^ tail.wrapping_mul(0xC2B2_AE3D_27D4_EB4F);
    usize::try_from((mixed ^ mixed >> 29).wrapping_mul(0x9E37_79B1_85EB_CA87) >> 55).unwrap_or(0)
}

impl Words {
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.words.clear();
        self.slots = [0; SLOTS];
        self.last = 0;
    }

    /// All texts in order of their codes.
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.words.iter().map(|word| self.text(*word))
    }

    fn text(&self, word: Word) -> &[u8] {
        self.bytes
            .get(word.from..word.from + word.len)
            .unwrap_or_default()
    }

    /// Whether a word is this text.
    #[inline]
    fn is(&self, code: usize, text: &[u8], (head, tail): (u64, u64)) -> bool {
        let Some(word) = self.words.get(code) else {
            return false;
        };
        word.len == text.len()
            && word.head == head
            && word.tail == tail
            && (text.len() <= 16 || self.text(*word) == text)
    }

    /// The code of the text from a byte on in a block, which in a steady column is mostly the one before; a new one where there is room; `None` where there is none.
    #[inline]
    pub(super) fn code(
        &mut self,
        (block, from): (&[u8], usize),
        text: &[u8],
        is_steady: bool,
    ) -> Option<u64> {
        let head = head(block, from, text);
        let tail = text
            .last_chunk::<8>()
            .map_or(0, |tail| u64::from_le_bytes(*tail));
        if is_steady && self.is(self.last, text, (head, tail)) {
            return Some(self.last as u64);
        }
        let mut at = slot(head, tail, text.len());
        loop {
            let slot = self.slots.get(at).copied().unwrap_or(0);
            let Some(code) = usize::from(slot).checked_sub(1) else {
                break;
            };
            if self.is(code, text, (head, tail)) {
                self.last = code;
                return Some(code as u64);
            }
            at = (at + 1) % SLOTS;
        }
        self.add(at, text, (head, tail))
    }

    #[cold]
    fn add(&mut self, at: usize, text: &[u8], (head, tail): (u64, u64)) -> Option<u64> {
        let code = self.words.len();
        if code >= MOST {
            return None;
        }
        self.words.push(Word {
            head,
            tail,
            from: self.bytes.len(),
            len: text.len(),
        });
        self.bytes.extend_from_slice(text);
        self.last = code;
        if let (Some(slot), Ok(code)) = (self.slots.get_mut(at), u8::try_from(code + 1)) {
            *slot = code;
        }
        Some(code as u64)
    }
}
