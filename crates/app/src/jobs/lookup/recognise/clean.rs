//! What is cleaned from a pasted text before numbers are looked for in it.

use std::borrow::Cow;

use super::Cleaning;

/// The signs between the fields of an address, as `%3D` and the like stand for them.
const SEPARATORS: [(&str, char); 10] = [
    ("%20", ' '),
    ("%22", '"'),
    ("%26", '&'),
    ("%2C", ','),
    ("%2F", '/'),
    ("%3A", ':'),
    ("%3B", ';'),
    ("%3D", '='),
    ("%3F", '?'),
    ("%7C", '|'),
];

/// An address copied with its separators written as `%3D`: they are no part of a number.
fn of_address(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut out = text.to_owned();
    for (code, sign) in SEPARATORS {
        out = out.replace(code, sign.encode_utf8(&mut [0; 4]));
        out = out.replace(&code.to_ascii_lowercase(), sign.encode_utf8(&mut [0; 4]));
    }
    Cow::Owned(out)
}

/// Full-width signs to plain ones, invisible ones away.
pub(super) fn normalise(text: &str, cleaned: &mut Vec<Cleaning>) -> String {
    let text = of_address(text);
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '\u{FF01}'..='\u{FF5E}' => {
                let plain = char::from_u32(u32::from(sign).saturating_sub(0xFEE0));
                let plain = plain.unwrap_or(sign);
                if plain.is_ascii_alphanumeric() {
                    cleaned.push(Cleaning::FullWidth);
                }
                out.push(plain);
            }
            '\u{3000}' | '\u{A0}' | '\u{2000}'..='\u{200A}' | '\u{202F}' => out.push(' '),
            '\u{200B}'..='\u{200F}'
            | '\u{2060}'
            | '\u{FEFF}'
            | '\u{AD}'
            | '\u{202A}'..='\u{202E}' => {
                cleaned.push(Cleaning::Invisible);
            }
            _ => out.push(sign),
        }
    }
    cleaned.dedup();
    out
}

/// Takes numbers in scientific notation out: their digits are gone for good.
pub(super) fn take_ruined(text: &str, ruined: &mut Vec<String>) -> String {
    let mut out = String::with_capacity(text.len());
    for part in text.split_inclusive(|c: char| c.is_whitespace() || ",;`\"'，；".contains(c)) {
        let word = part.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        if is_scientific(word) {
            ruined.push(word.to_owned());
            out.push(' ');
        } else {
            out.push_str(part);
        }
    }
    out
}

fn is_scientific(word: &str) -> bool {
    let Some((mantissa, exponent)) = word.split_once(['E', 'e']) else {
        return false;
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let Some((whole, fraction)) = mantissa.split_once('.') else {
        return digits(mantissa)
            && exponent.starts_with('+')
            && digits(exponent.trim_start_matches('+'));
    };
    digits(whole) && digits(fraction) && digits(exponent.trim_start_matches(['+', '-']))
}
