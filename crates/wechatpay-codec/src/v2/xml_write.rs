//! Writing flat XML: digits bare, everything else in CDATA, nothing that XML cannot carry.

use super::xml::{XmlError, short};
use crate::Params;

/// Writes a message with root `<xml>`: digits bare, everything else in CDATA.
///
/// # Errors
/// [`XmlError::Unwritable`] for a name or a character that XML does not have.
pub fn write(params: &Params) -> Result<Vec<u8>, XmlError> {
    write_root(params, "xml")
}

/// Writes a message with the given root.
///
/// # Errors
/// As [`write()`].
pub fn write_root(params: &Params, root: &str) -> Result<Vec<u8>, XmlError> {
    let mut out =
        String::with_capacity(64 + params.iter().map(|p| p.value.len() + 40).sum::<usize>());
    out.push('<');
    out.push_str(root);
    out.push('>');
    for param in params {
        if !is_name(&param.name) || !param.value.chars().all(is_xml_char) {
            return Err(XmlError::Unwritable {
                name: short(&param.name),
            });
        }
        out.push('<');
        out.push_str(&param.name);
        out.push('>');
        push_value(&mut out, &param.value);
        out.push_str("</");
        out.push_str(&param.name);
        out.push('>');
    }
    out.push_str("</");
    out.push_str(root);
    out.push('>');
    Ok(out.into_bytes())
}

fn push_value(out: &mut String, value: &str) {
    if value.bytes().all(|byte| byte.is_ascii_digit()) && !value.is_empty() {
        out.push_str(value);
    } else if value.contains('\r') {
        // A reader turns a bare CR into LF, also in CDATA; as a reference it arrives unchanged.
        for character in value.chars() {
            match character {
                '\r' => out.push_str("&#13;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '&' => out.push_str("&amp;"),
                other => out.push(other),
            }
        }
    } else {
        out.push_str("<![CDATA[");
        out.push_str(&value.replace("]]>", "]]]]><![CDATA[>"));
        out.push_str("]]>");
    }
}

fn is_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
}

const fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..='\u{10FFFF}')
}
