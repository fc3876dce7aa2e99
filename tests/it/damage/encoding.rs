//! Damage by programs that read one encoding and write another, and by line ends.

use std::fmt::Write as _;

use fastrand::Rng;

use super::{BillDamage, sure, text};

pub(crate) const KINDS: &[BillDamage] = &[
    sure("saved as GB18030", gb18030),
    sure("saved as UTF-16 little-endian", utf16_le),
    sure("saved as UTF-16 big-endian", utf16_be),
    sure("UTF-8 taken for Latin-1", mojibake),
    sure("UTF-8 taken for GBK", mojibake_gbk),
    text("characters lost", characters_lost),
    sure("high bits cleared", seven_bits),
    sure("question marks for hanzi", question_marks),
    sure("zeros between the bytes", zeros_between),
    sure("Base64", base64),
    sure("percent signs", percent),
    sure("hexadecimal", hexadecimal),
    sure("line ends of old computers", cr_only),
    text("carriage returns doubled", cr_doubled),
    sure("line ends lost", ends_lost),
    sure("line ends written out", ends_written),
    text("line feeds within texts", feeds_within),
    text("other line ends", unicode_ends),
    sure("tabs for commas", tabs),
    sure("semicolons for commas", semicolons),
    sure("full-width commas", full_width_commas),
    text("full-width backticks", other_ticks),
    text("end sign of DOS", end_sign),
    sure("upper case", upper_case),
];

fn as_text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

fn gb18030(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    let text = as_text(bytes)?.trim_start_matches('\u{feff}');
    Some(encoding_rs::GB18030.encode(text).0.into_owned())
}

fn utf16_le(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let text = as_text(bytes)?;
    let text = text
        .strip_prefix('\u{feff}')
        .filter(|_| rng.bool())
        .unwrap_or(text);
    Some(text.encode_utf16().flat_map(u16::to_le_bytes).collect())
}

fn utf16_be(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let text = as_text(bytes)?;
    let text = text
        .strip_prefix('\u{feff}')
        .filter(|_| rng.bool())
        .unwrap_or(text);
    Some(text.encode_utf16().flat_map(u16::to_be_bytes).collect())
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one shape for the table of damages"
)]
fn mojibake(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    let text: String = bytes.iter().map(|b| char::from(*b)).collect();
    Some(text.into_bytes())
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one shape for the table of damages"
)]
fn mojibake_gbk(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    Some(
        encoding_rs::GBK
            .decode_without_bom_handling(bytes)
            .0
            .into_owned()
            .into_bytes(),
    )
}

fn characters_lost(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let text = as_text(bytes)?;
    let lost = |c: char| {
        if !c.is_ascii() && rng.u8(..20) == 0 {
            '\u{fffd}'
        } else {
            c
        }
    };
    let out: String = text.chars().map(lost).collect();
    Some(out.into_bytes())
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one shape for the table of damages"
)]
fn seven_bits(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    Some(bytes.iter().map(|b| b & 0x7F).collect())
}

fn question_marks(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    let mark = |c: char| if c.is_ascii() { c } else { '?' };
    Some(
        as_text(bytes)?
            .chars()
            .map(mark)
            .collect::<String>()
            .into_bytes(),
    )
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one shape for the table of damages"
)]
fn zeros_between(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    Some(bytes.iter().flat_map(|b| [*b, 0]).collect())
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one shape for the table of damages"
)]
fn base64(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(bytes);
    Some(text.into_bytes())
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one shape for the table of damages"
)]
fn percent(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    let coded = |b: &u8| match b {
        b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b',' | b'\n' | b'\r' => {
            char::from(*b).to_string()
        }
        b => format!("%{b:02X}"),
    };
    Some(bytes.iter().map(coded).collect::<String>().into_bytes())
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one shape for the table of damages"
)]
fn hexadecimal(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    let mut text = String::new();
    for byte in bytes {
        write!(text, "{byte:02x}").unwrap();
    }
    Some(text.into_bytes())
}

fn replaced(bytes: &[u8], from: &str, to: &str) -> Option<Vec<u8>> {
    let text = as_text(bytes)?;
    text.contains(from)
        .then(|| text.replace(from, to).into_bytes())
}

fn lf(bytes: &[u8]) -> Option<Vec<u8>> {
    replaced(bytes, "\r\n", "\n").or_else(|| Some(bytes.to_vec()))
}

fn cr_only(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    replaced(&lf(bytes)?, "\n", "\r")
}

fn cr_doubled(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    replaced(&lf(bytes)?, "\n", "\r\r\n")
}

fn ends_lost(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    replaced(&lf(bytes)?, "\n", ["", " "][rng.usize(..2)])
}

fn ends_written(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    replaced(&lf(bytes)?, "\n", ["\\n", "\\r\\n"][rng.usize(..2)])
}

fn feeds_within(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let at = super::place(bytes, rng)?;
    let mut out = bytes.to_vec();
    out.insert(at, b'\n');
    Some(out)
}

fn unicode_ends(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let ends = ["\u{2028}", "\u{85}", "\u{b}", "\u{c}"];
    let text = as_text(bytes)?;
    let last = text.trim_end().rfind('\n')?;
    let mut out = text.to_owned();
    out.replace_range(last..=last, ends[rng.usize(..4)]);
    Some(out.into_bytes())
}

fn tabs(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    replaced(bytes, ",", "\t")
}

fn semicolons(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    replaced(bytes, ",", ";")
}

fn full_width_commas(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    replaced(bytes, ",`", "，`")
}

fn other_ticks(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    replaced(bytes, "`", ["｀", "'", "´", "‘"][rng.usize(..4)])
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one shape for the table of damages"
)]
fn end_sign(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    Some([bytes, b"\x1A"].concat())
}

fn upper_case(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    // Numbers of orders are case-sensitive; amounts and names are not touched, so the header is broken too.
    let out = bytes.to_ascii_lowercase();
    let text = as_text(&out)?;
    let header = text
        .replace("公众账号id", "公众账号")
        .replace("交易时间", "交易 时间");
    Some(if rng.bool() {
        header.into_bytes()
    } else {
        header.to_uppercase().into_bytes()
    })
}
