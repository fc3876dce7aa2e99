//! The archive: every imported file byte for byte, in packed blocks that can be read alone.
//!
//! A file is `blocks · index · tail`; each block is followed by a checksum, which is that of
//! its bytes in the file and of its raw bytes in one; the index says
//! where each begins in the raw file, the tail has the raw length and the SHA-256 of the whole. How a block is packed
//! says `block`: its lines as columns, or its bytes compressed.
//! In files of the second version a block is a zstd frame with the checksum of that frame, in those of the first the
//! checksum is inside the frame.

mod block;
mod cell;
mod cut;
mod int_column;
mod letters;
mod line_packer;
mod line_printer;
mod shape;
mod stream;
mod words;

use std::fs::File;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use zstd::bulk::Decompressor;

use self::block::BlockPacker;
use crate::checksum::checksum;
use crate::digest::Hash;
use crate::disk::{Disk, Output, read_at};
use recondesk_domain::fingerprint;
use recondesk_ports::BooksError;

/// Raw bytes of a block: one row costs unpacking this much.
const BLOCK_BYTES: usize = 512 << 10;
/// The last block may take in a rest, up to this.
const MOST_BYTES: usize = 640 << 10;
const MAGIC: [u8; 8] = *b"RDRAW\0\0\x03";
/// The same of files whose blocks are zstd frames, each with its checksum.
const MAGIC_2: [u8; 8] = *b"RDRAW\0\0\x02";
/// The same of files whose blocks have their checksum inside the frame.
const MAGIC_1: [u8; 8] = *b"RDRAW\0\0\x01";
/// Bytes of the checksum of a block.
const SUM_BYTES: usize = 8;
const TAIL_BYTES: usize = 8 + 8 + 8 + 8 + 32 + 8;
const ENTRY_BYTES: usize = 16;
/// Longest line that is read back.
const LINE_BYTES: u64 = 4 << 20;

/// How the blocks of a file are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    /// zstd frames, their checksum inside.
    FrameWithSum,
    /// zstd frames, each with its checksum behind.
    SummedFrame,
    /// Columns or a frame, and the checksum of both the packed and the raw bytes.
    SummedBoth,
}

/// Name of the archive file of an import.
pub(crate) fn archive_name(import: u32) -> String {
    format!("{import:08}.raw")
}

/// Packs blocks; one for each thread.
pub(crate) struct Squeezer {
    packer: BlockPacker,
    /// Room for all blocks together: it is large, so it is used again.
    all: Vec<u8>,
}

/// Packed blocks.
#[derive(Debug, Clone)]
pub(crate) struct Squeezed {
    bytes: Vec<u8>,
    /// Length of each block, and of its raw bytes.
    blocks: Vec<(usize, usize)>,
}

impl Squeezer {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self {
            packer: BlockPacker::new()?,
            all: Vec::new(),
        })
    }

    /// Packs raw bytes, in as many blocks as they need.
    pub(crate) fn squeeze(&mut self, raw: &[u8]) -> io::Result<Squeezed> {
        self.all.clear();
        let mut blocks = Vec::with_capacity(raw.len() / BLOCK_BYTES + 1);
        let mut rest = raw;
        while !rest.is_empty() {
            let (block, more) = rest.split_at(block_len(rest));
            rest = more;
            let start = self.all.len();
            self.packer.pack(block, &mut self.all)?;
            let packed = self.all.get(start..).unwrap_or_default();
            let sum = sum_of_both(packed, block);
            self.all.extend_from_slice(&sum.to_le_bytes());
            blocks.push((self.all.len() - start, block.len()));
        }
        Ok(Squeezed {
            bytes: self.all.as_slice().into(),
            blocks,
        })
    }
}

/// How much of some bytes is the next block: whole lines, where there are any.
fn block_len(bytes: &[u8]) -> usize {
    if bytes.len() <= MOST_BYTES {
        return bytes.len();
    }
    let most = bytes.get(..BLOCK_BYTES).unwrap_or(bytes);
    memchr::memrchr(b'\n', most).map_or(most.len(), |at| at + 1)
}

/// Writes an archive file.
pub(crate) struct ArchiveWriter {
    out: Output,
    index: Vec<u8>,
    raw: u64,
}

impl ArchiveWriter {
    pub(crate) fn create(disk: &Disk, import: u32) -> io::Result<Self> {
        Ok(Self {
            out: disk.create(&archive_name(import))?,
            index: Vec::new(),
            raw: 0,
        })
    }

    /// Appends the next blocks.
    pub(crate) fn push(&mut self, squeezed: &Squeezed) -> io::Result<()> {
        let mut at = self.out.position();
        for (packed, raw) in &squeezed.blocks {
            self.index.extend_from_slice(&self.raw.to_le_bytes());
            self.index.extend_from_slice(&at.to_le_bytes());
            at += *packed as u64;
            self.raw += *raw as u64;
        }
        self.out.write(&squeezed.bytes)
    }

    /// Raw bytes so far.
    pub(crate) const fn raw(&self) -> u64 {
        self.raw
    }

    /// Writes index and tail, and makes all of it durable.
    pub(crate) fn finish(mut self, sha256: &[u8; 32]) -> io::Result<()> {
        let index_at = self.out.position();
        let mut tail = Vec::with_capacity(TAIL_BYTES);
        tail.extend_from_slice(&MAGIC);
        tail.extend_from_slice(&index_at.to_le_bytes());
        tail.extend_from_slice(&((self.index.len() / ENTRY_BYTES) as u64).to_le_bytes());
        tail.extend_from_slice(&self.raw.to_le_bytes());
        tail.extend_from_slice(sha256);
        let mut guarded = std::mem::take(&mut self.index);
        guarded.extend_from_slice(&tail);
        let sum = fingerprint(&guarded);
        guarded.extend_from_slice(&sum.to_le_bytes());
        self.out.write(&guarded)?;
        self.out.finish()?;
        Ok(())
    }
}

/// An archive file, open for reading.
#[derive(Debug)]
pub(crate) struct Archive {
    name: String,
    file: File,
    /// Raw and packed place of each block, and of the end.
    blocks: Vec<(u64, u64)>,
    sha256: [u8; 32],
    version: Version,
    /// The block that was unpacked last: rows that are looked at lie near each other.
    last: Mutex<Option<(usize, Arc<Vec<u8>>)>>,
}

impl Archive {
    pub(crate) fn open(disk: &Disk, import: u32) -> Result<Self, BooksError> {
        let name = format!("archive/{}", archive_name(import));
        let damaged = |what: &str| BooksError::Damaged {
            file: name.clone(),
            what: what.to_owned(),
        };
        let file = disk
            .open(&archive_name(import))
            .map_err(|error| damaged(&error.to_string()))?;
        let whole = file
            .metadata()
            .map_err(|error| damaged(&error.to_string()))?
            .len();
        let tail_at = whole
            .checked_sub(TAIL_BYTES as u64)
            .ok_or_else(|| damaged("the file is cut short"))?;
        let tail =
            read_at(&file, tail_at, TAIL_BYTES).map_err(|error| damaged(&error.to_string()))?;
        let (version, index_at, blocks, raw, sha256) =
            read_tail(&tail).ok_or_else(|| damaged("the tail"))?;
        let index_len = usize::try_from(blocks)
            .ok()
            .and_then(|blocks| blocks.checked_mul(ENTRY_BYTES))
            .filter(|len| index_at.checked_add(*len as u64) == Some(tail_at))
            .ok_or_else(|| damaged("the tail"))?;
        let guarded = read_at(&file, index_at, index_len + TAIL_BYTES)
            .map_err(|error| damaged(&error.to_string()))?;
        let (body, sum) = guarded
            .split_last_chunk::<8>()
            .ok_or_else(|| damaged("the tail"))?;
        if fingerprint(body) != u64::from_le_bytes(*sum) {
            return Err(damaged("the index"));
        }
        let (words, _) = body.get(..index_len).unwrap_or_default().as_chunks::<8>();
        let (entries, _) = words.as_chunks::<2>();
        let mut blocks: Vec<(u64, u64)> = entries
            .iter()
            .map(|[raw, packed]| (u64::from_le_bytes(*raw), u64::from_le_bytes(*packed)))
            .collect();
        blocks.push((raw, index_at));
        Ok(Self {
            name,
            file,
            blocks,
            sha256,
            version,
            last: Mutex::default(),
        })
    }

    /// SHA-256 of the raw file, as it was when it was imported.
    pub(crate) const fn sha256(&self) -> [u8; 32] {
        self.sha256
    }

    /// Length of the raw file.
    pub(crate) fn len(&self) -> u64 {
        self.blocks.last().map_or(0, |end| end.0)
    }

    /// A block that may be asked for again.
    fn near(&self, at: usize) -> Result<Arc<Vec<u8>>, BooksError> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, block)) = &*last
            && *known == at
        {
            return Ok(Arc::clone(block));
        }
        let block = Arc::new(self.block(at)?);
        *last = Some((at, Arc::clone(&block)));
        Ok(block)
    }

    fn block(&self, at: usize) -> Result<Vec<u8>, BooksError> {
        let damaged = |what: String| BooksError::Damaged {
            file: self.name.clone(),
            what,
        };
        let (Some(from), Some(to)) = (self.blocks.get(at), self.blocks.get(at + 1)) else {
            return Err(damaged(format!("there is no block {at}")));
        };
        let raw = usize::try_from(to.0.saturating_sub(from.0)).unwrap_or(usize::MAX);
        let packed = usize::try_from(to.1.saturating_sub(from.1)).unwrap_or(usize::MAX);
        if raw > MOST_BYTES || packed > MOST_BYTES * 2 {
            return Err(damaged(format!("block {at} has an impossible size")));
        }
        let packed = read_at(&self.file, from.1, packed)
            .map_err(|error| damaged(format!("block {at}: {error}")))?;
        let otherwise = || damaged(format!("block {at} is not what was written"));
        let bytes = match self.version {
            Version::FrameWithSum => decompress(&packed, raw),
            Version::SummedFrame => summed(&packed)
                .filter(|(frame, sum)| checksum(frame) == *sum)
                .and_then(|(frame, _)| decompress(frame, raw)),
            Version::SummedBoth => summed(&packed).and_then(|(packed, sum)| {
                block::unpack(packed, raw).filter(|raw| sum_of_both(packed, raw) == sum)
            }),
        };
        bytes.ok_or_else(otherwise)
    }

    /// The line that begins at a byte of the raw file, without its end.
    pub(crate) fn line(&self, offset: u64) -> Result<Vec<u8>, BooksError> {
        let mut at = self
            .blocks
            .partition_point(|(raw, _)| *raw <= offset)
            .saturating_sub(1);
        let mut line = Vec::new();
        let mut skip = self
            .blocks
            .get(at)
            .map_or(0, |(raw, _)| usize::try_from(offset - raw).unwrap_or(0));
        while offset + (line.len() as u64) < self.len() && (line.len() as u64) < LINE_BYTES {
            let block = self.near(at)?;
            let rest = block.get(skip..).unwrap_or_default();
            match memchr::memchr(b'\n', rest) {
                Some(end) => {
                    line.extend_from_slice(rest.get(..end).unwrap_or_default());
                    break;
                }
                None => line.extend_from_slice(rest),
            }
            at += 1;
            skip = 0;
        }
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        Ok(line)
    }

    /// Some bytes of the raw file, fewer at its end.
    pub(crate) fn read(&self, offset: u64, len: u64) -> Result<Vec<u8>, BooksError> {
        let end = offset.saturating_add(len).min(self.len());
        let mut at = self
            .blocks
            .partition_point(|(raw, _)| *raw <= offset)
            .saturating_sub(1);
        let mut bytes = Vec::new();
        let mut next = offset;
        while next < end {
            let block = self.near(at)?;
            let start = self.blocks.get(at).map_or(0, |(raw, _)| *raw);
            let from = usize::try_from(next - start).unwrap_or(usize::MAX);
            let to = usize::try_from(end - start).unwrap_or(usize::MAX);
            let piece = block.get(from..to.min(block.len())).unwrap_or_default();
            bytes.extend_from_slice(piece);
            next = start + block.len() as u64;
            at += 1;
        }
        Ok(bytes)
    }

    /// Hands the raw file over piece by piece, and checks that it is what was imported.
    pub(crate) fn read_all(&self, mut sink: impl FnMut(&[u8])) -> Result<(), BooksError> {
        let mut hash = Hash::sha256();
        for at in 0..self.blocks.len().saturating_sub(1) {
            let block = self.block(at)?;
            hash.update(&block);
            sink(&block);
        }
        if hash.finish() != self.sha256 {
            return Err(BooksError::Damaged {
                file: self.name.clone(),
                what: "its SHA-256 is another one".to_owned(),
            });
        }
        Ok(())
    }
}

/// The checksum of a block as it lies in the file and as it is given out.
fn sum_of_both(packed: &[u8], raw: &[u8]) -> u64 {
    checksum(packed) ^ checksum(raw).rotate_left(1)
}

/// What stands before a checksum, and the checksum.
fn summed(packed: &[u8]) -> Option<(&[u8], u64)> {
    let (body, sum) = packed.split_last_chunk::<SUM_BYTES>()?;
    Some((body, u64::from_le_bytes(*sum)))
}

/// A zstd frame of so many bytes.
fn decompress(frame: &[u8], len: usize) -> Option<Vec<u8>> {
    let unpacked = Decompressor::new().and_then(|mut unpack| unpack.decompress(frame, len));
    unpacked.ok().filter(|bytes| bytes.len() == len)
}

fn read_tail(tail: &[u8]) -> Option<(Version, u64, u64, u64, [u8; 32])> {
    let (magic, rest) = tail.split_first_chunk::<8>()?;
    let version = match *magic {
        MAGIC => Version::SummedBoth,
        MAGIC_2 => Version::SummedFrame,
        MAGIC_1 => Version::FrameWithSum,
        _ => return None,
    };
    let (words, rest) = rest.split_first_chunk::<24>()?;
    let (words, _) = words.as_chunks::<8>();
    let [index_at, blocks, raw] = words else {
        return None;
    };
    let sha256 = rest.first_chunk::<32>()?;
    Some((
        version,
        u64::from_le_bytes(*index_at),
        u64::from_le_bytes(*blocks),
        u64::from_le_bytes(*raw),
        *sha256,
    ))
}

#[cfg(test)]
mod tests;
