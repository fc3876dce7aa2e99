//! Damage to a packed bill, and containers that are none.

use std::io::Write as _;

use fastrand::Rng;
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

use super::{BillDamage, place, stretch, sure};

pub(crate) const KINDS: &[BillDamage] = &[
    sure("gzip cut anywhere", gzip_cut),
    sure("gzip trailer cut", trailer_cut),
    sure("gzip head cut", head_cut),
    sure("gzip bit turned", bit_turned),
    sure("gzip bytes overwritten", bytes_overwritten),
    sure("gzip stretch lost", stretch_lost),
    sure("gzip checksum changed", checksum_changed),
    sure("gzip length changed", length_changed),
    sure("gzip header changed", header_changed),
    sure("gzip sent as text", sent_as_text),
    sure("gzip with garbage after it", garbage_after),
    sure("gzip of another bill behind it", another_behind),
    sure("plain text behind gzip", text_behind),
    sure("second gzip member cut", second_member_cut),
    sure("gzip within gzip", twice_packed),
    sure("gzip of nothing", of_nothing),
    sure("gzip of a damaged bill", of_damaged),
    sure("gzip of zeros behind it", zeros_behind),
    sure("zlib stream", zlib),
    sure("deflate stream", deflate),
    sure("ZIP archive", zip_archive),
    sure("Base64 of gzip", base64),
];

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::default());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn gzip_cut(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut out = gzip(bytes);
    out.truncate(place(&out, rng)?);
    Some(out)
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one shape for the table of damages"
)]
fn trailer_cut(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut out = gzip(bytes);
    out.truncate(out.len() - rng.usize(1..=8));
    Some(out)
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one shape for the table of damages"
)]
fn head_cut(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    Some(gzip(bytes)[rng.usize(1..=12)..].to_vec())
}

/// Behind the ten bytes of the header, where a bit may say nothing (the system, the time).
#[expect(
    clippy::unnecessary_wraps,
    reason = "one shape for the table of damages"
)]
fn bit_turned(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut out = gzip(bytes);
    let at = rng.usize(10..out.len());
    out[at] ^= 1 << rng.u8(..8);
    Some(out)
}

fn bytes_overwritten(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut out = gzip(bytes);
    for at in stretch(&out[10..], 32, rng)? {
        out[10 + at] = rng.u8(..);
    }
    Some(out)
}

fn stretch_lost(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut out = gzip(bytes);
    let range = stretch(&out[10..], 100, rng)?;
    out.drain(10 + range.start..10 + range.end);
    Some(out)
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one shape for the table of damages"
)]
fn checksum_changed(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut out = gzip(bytes);
    let at = out.len() - 8 + rng.usize(..4);
    out[at] ^= 1 << rng.u8(..8);
    Some(out)
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one shape for the table of damages"
)]
fn length_changed(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut out = gzip(bytes);
    let at = out.len() - 4 + rng.usize(..4);
    out[at] ^= 1 << rng.u8(..8);
    Some(out)
}

/// Method or flags; both change what follows.
#[expect(
    clippy::unnecessary_wraps,
    reason = "one shape for the table of damages"
)]
fn header_changed(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut out = gzip(bytes);
    if rng.bool() {
        out[2] = rng.u8(..8);
    } else {
        // A check, a name, a comment that is not there.
        out[3] |= [2, 4, 8, 16, 0x20, 0x80][rng.usize(..6)];
    }
    Some(out)
}

fn sent_as_text(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let packed = gzip(bytes);
    if !packed.contains(&b'\n') {
        return None;
    }
    let mut out = Vec::new();
    for byte in packed {
        match byte {
            b'\n' => out.extend_from_slice(b"\r\n"),
            byte => out.push(byte),
        }
    }
    if rng.bool() {
        out = String::from_utf8_lossy(&out).into_owned().into_bytes();
    }
    Some(out)
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one shape for the table of damages"
)]
fn garbage_after(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut out = gzip(bytes);
    // Zeros behind gzip are padding; some programs let them be.
    out.push(1);
    out.extend(super::bytes::noise(64, rng));
    Some(out)
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one shape for the table of damages"
)]
fn another_behind(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut other = bytes.to_vec();
    if rng.bool() {
        other = String::from_utf8_lossy(bytes)
            .replace("20", "21")
            .into_bytes();
    }
    Some([gzip(bytes), gzip(&other)].concat())
}

fn text_behind(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let (first, second) = bytes.split_at(place(bytes, rng)?);
    Some([&gzip(first)[..], second, b"."].concat())
}

fn second_member_cut(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let (first, second) = bytes.split_at(place(bytes, rng)?);
    let mut second = gzip(second);
    second.truncate(rng.usize(..second.len() - 1));
    (!second.is_empty() || first.len() < bytes.len()).then(|| [gzip(first), second].concat())
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one shape for the table of damages"
)]
fn twice_packed(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    Some(gzip(&gzip(bytes)))
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one shape for the table of damages"
)]
fn of_nothing(_: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let nothing: [&[u8]; 3] = [b"", b"\r\n", b"\xEF\xBB\xBF"];
    Some(gzip(nothing[rng.usize(..3)]))
}

fn of_damaged(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let damaged = super::lines::KINDS[rng.usize(..6)];
    (damaged.make)(bytes, rng).map(|bytes| gzip(&bytes))
}

/// More than any bill unpacks to, in a file that is small.
fn zeros_behind(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    if rng.u8(..6) != 0 {
        // It takes a second.
        return None;
    }
    let mut out = gzip(bytes);
    let mut zeros = vec![b' '; 1 << 20];
    zeros[(1 << 20) - 1] = b'\n';
    let member = gzip(&zeros);
    for _ in 0..rng.usize(36..40) {
        out.extend_from_slice(&member);
    }
    Some(out)
}

fn zlib(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    let mut out = ZlibEncoder::new(Vec::new(), Compression::default());
    out.write_all(bytes).ok()?;
    out.finish().ok()
}

fn deflate(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    let mut out = DeflateEncoder::new(Vec::new(), Compression::default());
    out.write_all(bytes).ok()?;
    out.finish().ok()
}

fn zip_archive(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let name = ["账单.csv", "xl/workbook.xml"][rng.usize(..2)];
    out.start_file(name, zip::write::SimpleFileOptions::default())
        .ok()?;
    out.write_all(bytes).ok()?;
    Some(out.finish().ok()?.into_inner())
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one shape for the table of damages"
)]
fn base64(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(gzip(bytes));
    Some(text.into_bytes())
}
