//! Damage that knows nothing of bills: bytes cut, doubled, exchanged, overwritten.

use fastrand::Rng;

use super::{BillDamage, place, stretch, sure, text};

pub(crate) const KINDS: &[BillDamage] = &[
    sure("tail cut anywhere", tail_cut),
    sure("head cut anywhere", head_cut),
    sure("middle cut", middle_cut),
    sure("large middle cut", large_cut),
    text("one byte lost", byte_lost),
    text("one byte doubled", byte_doubled),
    text("one bit turned", bit_turned),
    text("one byte overwritten", byte_overwritten),
    text("several bytes overwritten", bytes_overwritten),
    text("stretch doubled", stretch_doubled),
    text("two stretches exchanged", stretches_exchanged),
    text("block of zeros", block_of_zeros),
    text("block of 0xFF", block_of_ones),
    text("block of older bytes", stale_block),
    text("random bytes put in", bytes_put_in),
    sure("bytes turned round", turned_round),
    sure("nothing left", nothing_left),
    sure("file twice", twice),
    sure("garbage after the end", garbage_after),
    sure("zeros after the end", zeros_after),
    sure("garbage before the start", garbage_before),
    sure("HTTP headers before the start", http_headers),
    sure("HTTP chunk sizes inside", chunk_sizes),
];

fn tail_cut(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    Some(bytes[..place(bytes, rng)?].to_vec())
}

fn head_cut(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    Some(bytes[place(bytes, rng)? + 1..].to_vec())
}

fn cut(bytes: &[u8], most: usize, rng: &mut Rng) -> Option<Vec<u8>> {
    let range = stretch(bytes, most, rng)?;
    let mut out = bytes.to_vec();
    out.drain(range);
    Some(out)
}

fn middle_cut(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    // Shorter stretches may lie within one text; see "one byte lost".
    let range = stretch(bytes, 400, rng)?;
    if range.len() < 150 {
        return None;
    }
    let mut out = bytes.to_vec();
    out.drain(range);
    Some(out)
}

fn large_cut(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let range = stretch(bytes, 1 << 16, rng)?;
    if range.len() < 400 {
        return None;
    }
    let mut out = bytes.to_vec();
    out.drain(range);
    Some(out)
}

fn byte_lost(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    cut(bytes, 1, rng)
}

fn byte_doubled(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let at = place(bytes, rng)?;
    let mut out = bytes.to_vec();
    out.insert(at, bytes[at]);
    Some(out)
}

fn bit_turned(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let at = place(bytes, rng)?;
    let mut out = bytes.to_vec();
    out[at] ^= 1 << rng.u8(..8);
    Some(out)
}

fn byte_overwritten(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let at = place(bytes, rng)?;
    let mut out = bytes.to_vec();
    out[at] = rng.u8(..);
    Some(out)
}

fn bytes_overwritten(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut out = bytes.to_vec();
    for at in stretch(bytes, 24, rng)? {
        out[at] = rng.u8(..);
    }
    Some(out)
}

fn stretch_doubled(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let range = stretch(bytes, 600, rng)?;
    let mut out = bytes[..range.end].to_vec();
    out.extend_from_slice(&bytes[range.start..]);
    Some(out)
}

fn stretches_exchanged(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let first = stretch(bytes, 80, rng)?;
    let second = stretch(bytes, 80, rng)?;
    let (first, second) = if first.start < second.start {
        (first, second)
    } else {
        (second, first)
    };
    if first.end > second.start {
        return None;
    }
    let mut out = bytes[..first.start].to_vec();
    out.extend_from_slice(&bytes[second.clone()]);
    out.extend_from_slice(&bytes[first.end..second.start]);
    out.extend_from_slice(&bytes[first]);
    out.extend_from_slice(&bytes[second.end..]);
    Some(out)
}

fn filled(bytes: &[u8], value: u8, rng: &mut Rng) -> Option<Vec<u8>> {
    let mut out = bytes.to_vec();
    out[stretch(bytes, 512, rng)?].fill(value);
    Some(out)
}

fn block_of_zeros(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    filled(bytes, 0, rng)
}

fn block_of_ones(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    filled(bytes, 0xFF, rng)
}

/// What a disk gives back when a write did not reach it.
fn stale_block(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let from = stretch(bytes, 512, rng)?;
    let to = rng.usize(..=bytes.len() - from.len());
    let mut out = bytes.to_vec();
    out[to..to + from.len()].copy_from_slice(&bytes[from]);
    Some(out)
}

fn bytes_put_in(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let at = place(bytes, rng)?;
    let mut out = bytes[..at].to_vec();
    out.extend(noise(32, rng));
    out.extend_from_slice(&bytes[at..]);
    Some(out)
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one shape for the table of damages"
)]
fn turned_round(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    Some(bytes.iter().rev().copied().collect())
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one shape for the table of damages"
)]
fn nothing_left(_: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let left: [&[u8]; 4] = [b"", b"\xEF\xBB\xBF", b"\r\n\r\n", b" "];
    Some(left[rng.usize(..left.len())].to_vec())
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one shape for the table of damages"
)]
fn twice(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    Some([bytes, bytes].concat())
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one shape for the table of damages"
)]
fn garbage_after(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut out = bytes.to_vec();
    out.push(b'x');
    out.extend(noise(200, rng));
    Some(out)
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one shape for the table of damages"
)]
fn zeros_after(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut out = bytes.to_vec();
    out.resize(bytes.len() + 1 + rng.usize(..5000), 0);
    Some(out)
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one shape for the table of damages"
)]
fn garbage_before(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut out = noise(64, rng);
    out.extend_from_slice(bytes);
    Some(out)
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one shape for the table of damages"
)]
fn http_headers(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let heads: [&[u8]; 3] = [
        b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n",
        b"Content-Type: text/plain\r\n\r\n",
        b"2f1a\r\n",
    ];
    let head = heads[rng.usize(..heads.len())];
    Some([head, bytes].concat())
}

fn chunk_sizes(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let at = place(bytes, rng)?;
    let (before, after) = bytes.split_at(at);
    let size = format!("\r\n{:x}\r\n", after.len());
    Some([before, size.as_bytes(), after].concat())
}

/// At least one byte of anything, at most this many.
pub(crate) fn noise(most: usize, rng: &mut Rng) -> Vec<u8> {
    let len = 1 + rng.usize(..most);
    std::iter::repeat_with(|| rng.u8(..)).take(len).collect()
}
