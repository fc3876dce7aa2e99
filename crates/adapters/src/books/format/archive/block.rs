//! One block of a raw file: the columns of its lines where that is proved to give it back, else its bytes as they are.

use std::io;

use zstd::bulk::Compressor;

use super::decompress;
use super::line_packer::LinePacker;
use super::line_printer;
use super::stream::{Taker, put_count};

/// Measured on bills: 1.0 GB/s at a quarter of the size; level 1 takes half again as long.
const LEVEL: i32 = -4;
/// The bytes as they are, compressed.
const PLAIN: u8 = 0;
/// Columns: what has no fixed width compressed, then packed bits.
const COLUMNS: u8 = 1;
/// Columns that are not this many times smaller are not worth it where compressing does better.
const WORTH: usize = 6;
/// Most bytes of what has no fixed width.
const SOFT_BYTES: usize = 16 << 20;

/// Packs blocks; one for each thread.
pub(super) struct BlockPacker {
    compressor: Compressor<'static>,
    lines: LinePacker,
    room: Vec<u8>,
}

impl BlockPacker {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            compressor: Compressor::new(LEVEL)?,
            lines: LinePacker::default(),
            room: Vec::new(),
        })
    }

    /// Appends a packed block.
    pub(super) fn pack(&mut self, block: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
        let start = out.len();
        let is_table = self.lines.pack(block) && self.is_proved(block);
        if is_table {
            out.push(COLUMNS);
            put_count(out, self.lines.soft.len());
            self.compress_soft(out)?;
            out.extend_from_slice(&self.lines.hard);
            if (out.len() - start) * WORTH <= block.len() {
                return Ok(());
            }
        }
        let columns = out.len() - start;
        self.compress(block)?;
        if !is_table || self.room.len() < columns {
            out.truncate(start);
            out.push(PLAIN);
            out.extend_from_slice(&self.room);
        }
        Ok(())
    }

    /// Prints the columns and compares each line: only what is printed as it was may stand for it.
    fn is_proved(&self, block: &[u8]) -> bool {
        let mut left = block;
        let (soft, hard) = (&self.lines.soft, &self.lines.hard);
        let printed = line_printer::print(soft, hard, block.len(), |line| {
            let (same, rest) = left.split_at_checked(line.len())?;
            left = rest;
            (same == line).then_some(())
        });
        printed.is_some() && left.is_empty()
    }

    fn compress_soft(&mut self, out: &mut Vec<u8>) -> io::Result<()> {
        let soft = std::mem::take(&mut self.lines.soft);
        let done = self.compress(&soft);
        self.lines.soft = soft;
        done?;
        put_count(out, self.room.len());
        out.extend_from_slice(&self.room);
        Ok(())
    }

    fn compress(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.room.clear();
        self.room
            .reserve(zstd::zstd_safe::compress_bound(bytes.len()));
        self.compressor.compress_to_buffer(bytes, &mut self.room)?;
        Ok(())
    }
}

/// Unpacks a block of `len` bytes; `None` when it is not one.
pub(super) fn unpack(packed: &[u8], len: usize) -> Option<Vec<u8>> {
    let mut rest = Taker(packed);
    match rest.byte()? {
        PLAIN => decompress(rest.0, len),
        COLUMNS => {
            let soft = rest.count(SOFT_BYTES)?;
            let frame = rest.count(packed.len())?;
            let soft = decompress(rest.bytes(frame)?, soft)?;
            let mut block = Vec::with_capacity(len);
            line_printer::print(&soft, rest.0, len, |line| {
                block.extend_from_slice(line);
                (block.len() <= len).then_some(())
            })?;
            (block.len() == len).then_some(block)
        }
        _ => None,
    }
}
