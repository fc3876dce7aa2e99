//! Strings that are shown without their keys: the known one is named, any other that is called a key is covered.

use crate::lab::KEY_PLACEHOLDER;

/// What stands where another key than the known one was.
const OTHER_KEY: &[u8] = b"OTHER_KEY";

/// What stands before the last `key=`; the whole where there is none.
pub(super) fn before_key(text: &[u8]) -> &[u8] {
    let at = memchr::memmem::rfind(text, b"key=");
    at.and_then(|at| text.get(..at)).unwrap_or(text)
}

/// A string of somebody else, with neither the known key nor any other.
pub(super) fn masked(text: &[u8], key: &str) -> Vec<u8> {
    without_keys(&without_key(text, key))
}

/// Replaces every value that is called a key: another key than the known one must not be shown either.
fn without_keys(text: &[u8]) -> Vec<u8> {
    const NAMES: [&[u8]; 2] = [b"key=", b"secret="];
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let is_start = |name: &&&[u8]| {
            let start = rest.get(..name.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(name))
        };
        let Some(name) = NAMES.iter().find(is_start) else {
            out.extend(rest.first());
            rest = rest.get(1..).unwrap_or_default();
            continue;
        };
        let (start, value) = rest.split_at(name.len());
        out.extend_from_slice(start);
        let end = value
            .iter()
            .position(|byte| *byte == b'&')
            .unwrap_or(value.len());
        let (value, after) = value.split_at(end);
        let is_known = value.trim_ascii() == KEY_PLACEHOLDER.as_bytes();
        let shown = if is_known || value.is_empty() {
            value
        } else {
            OTHER_KEY
        };
        out.extend_from_slice(shown);
        rest = after;
    }
    out
}

/// Replaces the key by its placeholder, wherever it stands.
fn without_key(text: &[u8], key: &str) -> Vec<u8> {
    if key.is_empty() {
        return text.to_vec();
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memmem::find(rest, key.as_bytes()) {
        out.extend_from_slice(rest.get(..at).unwrap_or_default());
        out.extend_from_slice(KEY_PLACEHOLDER.as_bytes());
        rest = rest.get(at + key.len()..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_is_left_whatever_it_is_called() {
        for (text, shown) in [
            ("a=1&key=known", "a=1&key=YOUR_KEY"),
            ("a=1&key=another", "a=1&key=OTHER_KEY"),
            ("a=1&Key=another", "a=1&Key=OTHER_KEY"),
            ("key=another&a=1", "key=OTHER_KEY&a=1"),
            ("a=1&appsecret=another&b=2", "a=1&appsecret=OTHER_KEY&b=2"),
            ("a=1&key=", "a=1&key="),
            ("a=1", "a=1"),
        ] {
            let masked = masked(text.as_bytes(), "known");
            assert_eq!(String::from_utf8(masked).unwrap(), shown);
        }
    }
}
