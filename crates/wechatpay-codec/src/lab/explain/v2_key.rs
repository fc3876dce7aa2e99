//! The key of APIv2 as other people's code writes it, or what stands in its place.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use md5::Digest as _;

use super::form::unhex;
use super::v2_mutation::{KEY_WORDS, KeyForm};
use crate::v2::hex_lower;

/// A key, or its placeholder where the string is shown.
pub(super) struct KeyText<'k> {
    pub(super) key: &'k [u8],
    pub(super) is_shown: bool,
}

impl KeyText<'_> {
    /// Appends it in this form; of a placeholder the rewriting is told, not done.
    pub(super) fn write(&self, form: KeyForm, out: &mut Vec<u8>) {
        let (before, after) = around(form);
        out.extend_from_slice(before);
        match rewriting(form).filter(|_| self.is_shown) {
            Some(told) => {
                out.extend_from_slice(told.as_bytes());
                out.push(b'(');
                out.extend_from_slice(self.key);
                out.push(b')');
            }
            None => self.rewritten(form, out),
        }
        out.extend_from_slice(after);
    }

    fn rewritten(&self, form: KeyForm, out: &mut Vec<u8>) {
        let key = self.key;
        match form {
            KeyForm::Upper => out.extend(key.iter().map(u8::to_ascii_uppercase)),
            KeyForm::Lower => out.extend(key.iter().map(u8::to_ascii_lowercase)),
            KeyForm::Trimmed => out.extend_from_slice(key.trim_ascii()),
            KeyForm::Md5 => {
                out.extend_from_slice(hex_lower(&md5::Md5::digest(key)).as_bytes());
            }
            KeyForm::Empty | KeyForm::OfField(_) => {}
            KeyForm::CutStart(lost) => {
                out.extend_from_slice(key.get(usize::from(lost)..).unwrap_or_default());
            }
            KeyForm::CutEnd(lost) => {
                let end = key.len().saturating_sub(usize::from(lost));
                out.extend_from_slice(key.get(..end).unwrap_or_default());
            }
            KeyForm::Word(at) => {
                let word = KEY_WORDS.get(at).map_or("", |(word, _)| *word);
                out.extend_from_slice(word.as_bytes());
            }
            KeyForm::Base64 => out.extend_from_slice(STANDARD.encode(key).as_bytes()),
            KeyForm::Hex => out.extend_from_slice(hex_lower(key).as_bytes()),
            KeyForm::FromBase64 => out.extend(
                std::str::from_utf8(key)
                    .ok()
                    .and_then(|text| STANDARD_NO_PAD.decode(text.trim_end_matches('=')).ok())
                    .unwrap_or_else(|| key.to_vec()),
            ),
            KeyForm::FromHex => out.extend(
                std::str::from_utf8(key)
                    .ok()
                    .and_then(unhex)
                    .unwrap_or_else(|| key.to_vec()),
            ),
            KeyForm::AsIs
            | KeyForm::LfEnd
            | KeyForm::CrLfEnd
            | KeyForm::CrEnd
            | KeyForm::SpaceEnd
            | KeyForm::SpaceStart
            | KeyForm::TabEnd
            | KeyForm::Bom
            | KeyForm::Quoted
            | KeyForm::BytesPrinted
            | KeyForm::SingleQuoted
            | KeyForm::SemicolonEnd
            | KeyForm::CommaEnd => out.extend_from_slice(key),
        }
    }
}

/// What a form puts before and after the key.
const fn around(form: KeyForm) -> (&'static [u8], &'static [u8]) {
    match form {
        KeyForm::Bom => (b"\xEF\xBB\xBF", b""),
        KeyForm::SpaceStart => (b" ", b""),
        KeyForm::Quoted => (b"\"", b"\""),
        KeyForm::SingleQuoted => (b"'", b"'"),
        KeyForm::BytesPrinted => (b"b'", b"'"),
        KeyForm::LfEnd => (b"", b"\n"),
        KeyForm::CrLfEnd => (b"", b"\r\n"),
        KeyForm::CrEnd => (b"", b"\r"),
        KeyForm::SpaceEnd => (b"", b" "),
        KeyForm::TabEnd => (b"", b"\t"),
        KeyForm::SemicolonEnd => (b"", b";"),
        KeyForm::CommaEnd => (b"", b","),
        KeyForm::AsIs
        | KeyForm::Upper
        | KeyForm::Lower
        | KeyForm::Trimmed
        | KeyForm::Md5
        | KeyForm::Empty
        | KeyForm::CutStart(_)
        | KeyForm::CutEnd(_)
        | KeyForm::Word(_)
        | KeyForm::OfField(_)
        | KeyForm::Base64
        | KeyForm::Hex
        | KeyForm::FromBase64
        | KeyForm::FromHex => (b"", b""),
    }
}

/// The name of a rewriting that cannot be done to a placeholder.
const fn rewriting(form: KeyForm) -> Option<&'static str> {
    match form {
        KeyForm::Upper => Some("UPPER"),
        KeyForm::Lower => Some("LOWER"),
        KeyForm::Md5 => Some("MD5"),
        KeyForm::Trimmed => Some("TRIM"),
        KeyForm::CutStart(_) | KeyForm::CutEnd(_) => Some("CUT"),
        KeyForm::Base64 => Some("BASE64"),
        KeyForm::Hex => Some("HEX"),
        KeyForm::FromBase64 => Some("UNBASE64"),
        KeyForm::FromHex => Some("UNHEX"),
        KeyForm::AsIs
        | KeyForm::LfEnd
        | KeyForm::CrLfEnd
        | KeyForm::CrEnd
        | KeyForm::SpaceEnd
        | KeyForm::SpaceStart
        | KeyForm::TabEnd
        | KeyForm::Bom
        | KeyForm::Quoted
        | KeyForm::Empty
        | KeyForm::Word(_)
        | KeyForm::OfField(_)
        | KeyForm::BytesPrinted
        | KeyForm::SingleQuoted
        | KeyForm::SemicolonEnd
        | KeyForm::CommaEnd => None,
    }
}
