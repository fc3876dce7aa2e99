//! JSON written in other ways: compact, indented, with Python's spaces, with escaped slashes or `\u`, keys sorted.
//!
//! Works on the text, so that the order of keys and the writing of numbers stay as they are.

/// A way of writing JSON; `None` where it says nothing new.
type JsonForm = fn(&str) -> Option<String>;

/// The ways of writing JSON, each with its stable name.
pub(super) const FORMS: [(&str, JsonForm); 11] = [
    ("json-compact", compact),
    ("json-indent-2", |text| indented(text, 2)),
    ("json-indent-4", |text| indented(text, 4)),
    ("json-spaces", spaced),
    ("json-sorted", sorted),
    ("json-slash-escaped", |text| slashes(text, true)),
    ("json-slash-plain", |text| slashes(text, false)),
    ("json-unicode-escaped", unicode_escaped),
    ("json-of-python", |text| unicode_escaped(&spaced(text)?)),
    ("json-of-php", |text| {
        slashes(&unicode_escaped(&compact(text)?)?, true)
    }),
    ("json-unicode-plain", unicode_plain),
];

/// True when the text is a JSON object or array worth rewriting.
pub(in crate::lab) fn is_json(text: &str) -> bool {
    let trimmed = text.trim_start();
    (trimmed.starts_with('{') || trimmed.starts_with('['))
        && text.len() <= 1 << 20
        && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

/// Hands over the text piece by piece: strings whole, everything else character by character, white space left out.
pub(in crate::lab) fn walk(text: &str, mut sink: impl FnMut(&str)) {
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if first == '"' {
            string_length(rest)
        } else {
            first.len_utf8()
        };
        let Some((piece, after)) = rest.split_at_checked(length) else {
            return;
        };
        if !piece.trim().is_empty() {
            sink(piece);
        }
        rest = after;
    }
}

fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[expect(clippy::unnecessary_wraps, reason = "one signature for the table")]
fn compact(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    walk(text, |piece| out.push_str(piece));
    Some(out)
}

#[expect(clippy::unnecessary_wraps, reason = "one signature for the table")]
fn spaced(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len() * 2);
    walk(text, |piece| {
        out.push_str(piece);
        if piece == ":" || piece == "," {
            out.push(' ');
        }
    });
    Some(out)
}

#[expect(clippy::unnecessary_wraps, reason = "one signature for the table")]
fn indented(text: &str, width: usize) -> Option<String> {
    let mut out = String::with_capacity(text.len() * 2);
    let mut depth = 0_usize;
    let mut opened = false;
    walk(text, |piece| {
        let line = |out: &mut String, depth: usize| {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', depth.min(64) * width));
        };
        match piece {
            "}" | "]" => {
                depth = depth.saturating_sub(1);
                if !opened {
                    line(&mut out, depth);
                }
                out.push_str(piece);
                opened = false;
            }
            "{" | "[" => {
                if opened {
                    line(&mut out, depth);
                }
                out.push_str(piece);
                depth += 1;
                opened = true;
            }
            "," => {
                out.push(',');
                line(&mut out, depth);
            }
            ":" => out.push_str(": "),
            _ => {
                if opened {
                    line(&mut out, depth);
                    opened = false;
                }
                out.push_str(piece);
            }
        }
    });
    Some(out)
}

fn sorted(text: &str) -> Option<String> {
    // The map of serde_json is ordered by key; large numbers would lose their writing, so they are refused.
    let value: serde_json::Value = serde_json::from_str(text).ok()?;
    let out = value.to_string();
    (compact(text)?.len() == out.len() || text.contains('\\')).then_some(out)
}

#[expect(clippy::unnecessary_wraps, reason = "one signature for the table")]
fn slashes(text: &str, escape: bool) -> Option<String> {
    let plain = text.replace("\\/", "/");
    Some(if escape {
        plain.replace('/', "\\/")
    } else {
        plain
    })
}

fn unicode_escaped(text: &str) -> Option<String> {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(text.len() * 2);
    for character in text.chars() {
        if character.is_ascii() {
            out.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}").ok()?;
            }
        }
    }
    Some(out)
}

/// `\uXXXX` of characters beyond ASCII turned back into the characters.
fn unicode_plain(text: &str) -> Option<String> {
    if !text.contains("\\u") {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut units: Vec<u16> = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let unit = rest
            .strip_prefix("\\u")
            .and_then(|after| after.get(..4))
            .and_then(|digits| u16::from_str_radix(digits, 16).ok())
            .filter(|unit| *unit > 0x7F);
        if let Some(unit) = unit {
            units.push(unit);
            rest = rest.get(6..)?;
            continue;
        }
        out.push_str(&String::from_utf16(&units).ok()?);
        units.clear();
        let length = if first == '\\' { 2 } else { first.len_utf8() };
        out.push_str(rest.get(..length)?);
        rest = rest.get(length..)?;
    }
    out.push_str(&String::from_utf16(&units).ok()?);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{"b":[1,{"x":"a/b: {中}"}],"a":{},"c":1.50}"#;

    #[test]
    fn every_writing_is_the_same_json() {
        let value: serde_json::Value = serde_json::from_str(TEXT).unwrap();
        for (name, form) in FORMS {
            if let Some(text) = form(TEXT) {
                assert_eq!(
                    serde_json::from_str::<serde_json::Value>(&text).unwrap(),
                    value,
                    "{name}"
                );
            }
        }
        assert_eq!(compact(&indented(TEXT, 2).unwrap()).unwrap(), TEXT);
        assert_eq!(
            spaced(r#"{"a":1,"b":"x,y:z"}"#).unwrap(),
            r#"{"a": 1, "b": "x,y:z"}"#
        );
        assert_eq!(
            indented(r#"{"a":[1],"b":{}}"#, 2).unwrap(),
            "{\n  \"a\": [\n    1\n  ],\n  \"b\": {}\n}"
        );
    }
}
