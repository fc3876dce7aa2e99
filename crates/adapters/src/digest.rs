//! SHA-256 and SHA-1 of files, by the library that has them in assembler for every processor.
//!
//! Imports wait for this more than for anything else: a portable implementation halves their speed.

use aws_lc_rs::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256};

/// Bytes as lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        for half in [byte >> 4, byte & 15] {
            out.push(char::from_digit(u32::from(half), 16).unwrap_or('0'));
        }
    }
    out
}

/// The reverse of [`hex`], of either case; `None` for anything else.
pub(crate) fn from_hex(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    rest.is_empty().then_some(())?;
    let digit = |digit: u8| u8::try_from(char::from(digit).to_digit(16)?).ok();
    pairs
        .iter()
        .map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?))
        .collect()
}

/// A digest of `N` bytes being computed.
#[derive(Clone)]
pub(crate) struct Hash<const N: usize>(Context);

impl Hash<32> {
    /// SHA-256 of nothing yet.
    pub(crate) fn sha256() -> Self {
        Self(Context::new(&SHA256))
    }
}

impl Hash<20> {
    /// SHA-1 of nothing yet: what `hash_value` of APIv3 is made with.
    pub(crate) fn sha1() -> Self {
        Self(Context::new(&SHA1_FOR_LEGACY_USE_ONLY))
    }
}

impl<const N: usize> Hash<N> {
    /// Takes the next bytes.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest.
    pub(crate) fn finish(self) -> [u8; N] {
        let mut out = [0; N];
        for (to, from) in out.iter_mut().zip(self.0.finish().as_ref()) {
            *to = *from;
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_the_standards() {
        let (mut long, mut short) = (Hash::sha256(), Hash::sha1());
        for part in [&b"a"[..], b"bc"] {
            long.update(part);
            short.update(part);
        }
        assert_eq!(
            hex(&long.finish()),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(
            hex(&short.finish()),
            "a9993e364706816aba3e25717850c26c9cd0d89d"
        );
    }
}
