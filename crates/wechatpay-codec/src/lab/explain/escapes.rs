//! Escapes of URLs, XML, HTML and JSON as other people's code writes them, and the way back.

use std::fmt::Write as _;

use crate::v3::api::percent;

/// Undoes percent-encoding; `None` when there is none, or it is broken.
pub(in crate::lab) fn unpercent(value: &str) -> Option<String> {
    if !value.contains('%') {
        return None;
    }
    let mut out = Vec::with_capacity(value.len());
    let mut bytes = value.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let high = char::from(bytes.next()?).to_digit(16)?;
            let low = char::from(bytes.next()?).to_digit(16)?;
            out.push(u8::try_from(high << 4 | low).ok()?);
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).ok()
}

/// As XML libraries escape text.
pub(super) fn xml_escaped(value: &str) -> String {
    value
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&apos;")
}

/// As HTML is escaped, with what stands for a double quote and for a single one.
pub(super) fn html_escaped(value: &str, double: &str, single: &str) -> String {
    value
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', double)
        .replace('\'', single)
}

/// As JSON that must be ASCII, without the quotes around it.
pub(super) fn json_ascii(value: &str) -> String {
    unicode_escaped(&value.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Takes the escapes of HTML and XML back, named and numbered ones, each once.
pub(in crate::lab) fn html_unescaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let end = after.find(';').filter(|end| *end <= 8);
        let name = end.and_then(|end| after.get(..end));
        let sign = name.and_then(|name| match name {
            "quot" => Some('"'),
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "apos" => Some('\''),
            _ => {
                let number = name.strip_prefix('#')?;
                let code = match number.strip_prefix(['x', 'X']) {
                    Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                    None => number.parse().ok()?,
                };
                char::from_u32(code)
            }
        });
        let behind = end.and_then(|end| after.get(end + 1..));
        if let (Some(sign), Some(behind)) = (sign, behind) {
            out.push(sign);
            rest = behind;
        } else {
            out.push('&');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// Percent-encoding that leaves some signs as they are.
fn percent_but(value: &str, kept: &str) -> String {
    let mut out = String::with_capacity(value.len() * 2);
    let mut room = [0; 4];
    for sign in value.chars() {
        if kept.contains(sign) {
            out.push(sign);
        } else {
            out.push_str(&percent(sign.encode_utf8(&mut room)));
        }
    }
    out
}

/// JavaScript's `encodeURIComponent`.
pub(super) fn script_encoded(value: &str) -> String {
    percent_but(value, "!'()*")
}

/// JavaScript's `encodeURI`.
pub(super) fn script_address(value: &str) -> String {
    percent_but(value, "!'()*;,/?:@&=+$#")
}

/// As JSON libraries write text that must be ASCII.
pub(super) fn unicode_escaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut room = [0_u16; 2];
    for c in value.chars() {
        if c.is_ascii() {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut room) {
                // Writing to a string cannot fail.
                write!(out, "\\u{unit:04x}").unwrap_or_default();
            }
        }
    }
    out
}

/// The five entities of XML taken back.
pub(super) fn xml_unescaped(value: &str) -> String {
    value
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}

/// A value with what cannot be seen in it made visible; quotes and backslashes stand as they were signed.
pub(super) fn visible(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for sign in value.chars() {
        if matches!(sign, '"' | '\'' | '\\') {
            out.push(sign);
        } else {
            out.extend(sign.escape_debug());
        }
    }
    out
}
