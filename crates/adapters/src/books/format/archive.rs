//! The archive: every imported file byte for byte, in compressed blocks that can be read alone.
//!
//! A file is `blocks · index · tail`; each block is a zstd frame and its checksum, the index says
//! where each begins in the raw file, the tail has the raw length and the SHA-256 of the whole.
//! Files of the first version have the checksum of zstd inside the frame instead, which is made of the raw bytes
//! and takes four times as long.

use std::fs::File;
use std::io;

use zstd::bulk::{Compressor, Decompressor};

use crate::checksum::checksum;
use crate::digest::Hash;
use crate::disk::{Disk, Output, read_at};
use crate::object_store::{Stop, store_error};
use recondesk_domain::fingerprint;
use recondesk_ports::BooksError;

/// Raw bytes of a block at most: one row costs unpacking this much.
pub(crate) const BLOCK_BYTES: usize = 128 << 10;
/// Measured on bills: 1.0 GB/s at a quarter of the size; level 1 takes half again as long.
const LEVEL: i32 = -4;
const MAGIC: [u8; 8] = *b"RDRAW\0\0\x02";
/// The same of files whose blocks have their checksum inside the frame.
const MAGIC_1: [u8; 8] = *b"RDRAW\0\0\x01";
/// Bytes of the checksum of a block.
const SUM_BYTES: usize = 8;
const TAIL_BYTES: usize = 8 + 8 + 8 + 8 + 32 + 8;
const ENTRY_BYTES: usize = 16;
/// Longest line that is read back.
const LINE_BYTES: u64 = 4 << 20;

/// Name of the archive file of an import.
pub(crate) fn archive_name(import: u32) -> String {
    format!("{import:08}.raw")
}

/// Compresses blocks; one for each thread.
pub(crate) struct Squeezer {
    compressor: Compressor<'static>,
    /// Room for a block that does not shrink, and for all blocks together: they are large, so they are used again.
    room: Vec<u8>,
    all: Vec<u8>,
}

/// Compressed blocks.
#[derive(Debug, Clone)]
pub(crate) struct Squeezed {
    bytes: Vec<u8>,
    /// Length of each block, and of its raw bytes.
    blocks: Vec<(usize, usize)>,
}

impl Squeezer {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self {
            compressor: Compressor::new(LEVEL)?,
            room: Vec::with_capacity(zstd::zstd_safe::compress_bound(BLOCK_BYTES)),
            all: Vec::new(),
        })
    }

    /// Compresses raw bytes, in as many blocks as they need.
    pub(crate) fn squeeze(&mut self, raw: &[u8]) -> io::Result<Squeezed> {
        self.all.clear();
        let mut blocks = Vec::with_capacity(raw.len() / BLOCK_BYTES + 1);
        for block in raw.chunks(BLOCK_BYTES) {
            self.room.clear();
            self.compressor.compress_to_buffer(block, &mut self.room)?;
            self.all.extend_from_slice(&self.room);
            self.all
                .extend_from_slice(&checksum(&self.room).to_le_bytes());
            blocks.push((self.room.len() + SUM_BYTES, block.len()));
        }
        Ok(Squeezed {
            bytes: self.all.as_slice().into(),
            blocks,
        })
    }
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
    #[cfg(test)]
    pub(crate) fn finish(self, sha256: &[u8; 32]) -> io::Result<()> {
        self.finish_unless(sha256, crate::object_store::GO_ON)
    }

    /// The same, unless it is stopped on the way to an object store.
    pub(crate) fn finish_unless(mut self, sha256: &[u8; 32], stop: Stop<'_>) -> io::Result<()> {
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
        self.out.finish_unless(stop)?;
        Ok(())
    }
}

/// An archive file, open for reading.
#[derive(Debug)]
pub(crate) struct Archive {
    name: String,
    import: u32,
    disk: Disk,
    file: File,
    /// Raw and packed place of each block, and of the end.
    blocks: Vec<(u64, u64)>,
    sha256: [u8; 32],
    /// Each block ends in its checksum.
    is_summed: bool,
}

impl Archive {
    pub(crate) fn open(disk: &Disk, import: u32) -> Result<Self, BooksError> {
        let name = format!("archive/{}", archive_name(import));
        let damaged = |what: &str| BooksError::Damaged {
            file: name.clone(),
            what: what.to_owned(),
        };
        let file = disk.open(&archive_name(import)).map_err(|error| {
            store_error(&error).map_or_else(|| damaged(&error.to_string()), BooksError::Store)
        })?;
        let whole = file
            .metadata()
            .map_err(|error| damaged(&error.to_string()))?
            .len();
        let tail_at = whole
            .checked_sub(TAIL_BYTES as u64)
            .ok_or_else(|| damaged("the file is cut short"))?;
        let tail =
            read_at(&file, tail_at, TAIL_BYTES).map_err(|error| damaged(&error.to_string()))?;
        let is_summed = tail.starts_with(&MAGIC);
        let (index_at, blocks, raw, sha256) =
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
            import,
            disk: disk.clone(),
            file,
            blocks,
            sha256,
            is_summed,
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

    fn block(&self, at: usize) -> Result<Vec<u8>, BooksError> {
        self.unpacked(at).inspect_err(|_| {
            // Where it is a copy of a file in an object store, the next who asks fetches it anew.
            self.disk.forget(&archive_name(self.import));
        })
    }

    fn unpacked(&self, at: usize) -> Result<Vec<u8>, BooksError> {
        let damaged = |what: String| BooksError::Damaged {
            file: self.name.clone(),
            what,
        };
        let (Some(from), Some(to)) = (self.blocks.get(at), self.blocks.get(at + 1)) else {
            return Err(damaged(format!("there is no block {at}")));
        };
        let raw = usize::try_from(to.0.saturating_sub(from.0)).unwrap_or(usize::MAX);
        let packed = usize::try_from(to.1.saturating_sub(from.1)).unwrap_or(usize::MAX);
        if raw > BLOCK_BYTES || packed > BLOCK_BYTES * 2 {
            return Err(damaged(format!("block {at} has an impossible size")));
        }
        let packed = read_at(&self.file, from.1, packed)
            .map_err(|error| damaged(format!("block {at}: {error}")))?;
        let mut frame = packed.as_slice();
        if self.is_summed {
            let (body, sum) = frame
                .split_last_chunk::<SUM_BYTES>()
                .ok_or_else(|| damaged(format!("block {at} is too short")))?;
            if checksum(body) != u64::from_le_bytes(*sum) {
                return Err(damaged(format!("block {at} is not what was written")));
            }
            frame = body;
        }
        let unpacked = Decompressor::new()
            .and_then(|mut unpack| unpack.decompress(frame, raw))
            .map_err(|error| damaged(format!("block {at}: {error}")))?;
        if unpacked.len() != raw {
            return Err(damaged(format!("block {at} has another length")));
        }
        Ok(unpacked)
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
            let block = self.block(at)?;
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
            let block = self.block(at)?;
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

fn read_tail(tail: &[u8]) -> Option<(u64, u64, u64, [u8; 32])> {
    let rest = tail
        .strip_prefix(&MAGIC)
        .or_else(|| tail.strip_prefix(&MAGIC_1))?;
    let (words, rest) = rest.split_first_chunk::<24>()?;
    let (words, _) = words.as_chunks::<8>();
    let [index_at, blocks, raw] = words else {
        return None;
    };
    let sha256 = rest.first_chunk::<32>()?;
    Some((
        u64::from_le_bytes(*index_at),
        u64::from_le_bytes(*blocks),
        u64::from_le_bytes(*raw),
        *sha256,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(text: &[u8]) -> (tempfile::TempDir, Disk) {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::at(folder.path(), None).unwrap();
        let mut squeezer = Squeezer::new().unwrap();
        let mut writer = ArchiveWriter::create(&disk, 7).unwrap();
        writer.push(&squeezer.squeeze(text).unwrap()).unwrap();
        let mut hash = Hash::sha256();
        hash.update(text);
        let sha256 = hash.finish();
        writer.finish(&sha256).unwrap();
        (folder, disk)
    }

    fn lines() -> Vec<u8> {
        (0..20_000)
            .flat_map(|n| format!("`{n},`{}\r\n", "x".repeat(n % 50)).into_bytes())
            .collect()
    }

    #[test]
    fn any_line_is_read_back_by_its_offset() {
        let text = lines();
        let (_folder, disk) = archive(&text);
        let archive = Archive::open(&disk, 7).unwrap();

        assert_eq!(archive.len(), text.len() as u64);
        let mut offset = 0;
        for line in text.split_inclusive(|b| *b == b'\n') {
            if offset % 7 == 0 {
                let read = archive.line(offset).unwrap();
                assert_eq!(read, line.trim_ascii_end());
            }
            offset += line.len() as u64;
        }
        let mut whole = Vec::new();
        archive
            .read_all(|block| whole.extend_from_slice(block))
            .unwrap();
        assert_eq!(whole, text);
    }

    #[test]
    fn files_of_the_first_version_are_read() {
        let text = lines();
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::at(folder.path(), None).unwrap();
        let mut compressor = Compressor::new(LEVEL).unwrap();
        let flag = zstd::zstd_safe::CParameter::ChecksumFlag(true);
        compressor.set_parameter(flag).unwrap();
        let (mut file, mut index) = (Vec::new(), Vec::new());
        for (at, block) in text.chunks(BLOCK_BYTES).enumerate() {
            index.extend_from_slice(&((at * BLOCK_BYTES) as u64).to_le_bytes());
            index.extend_from_slice(&(file.len() as u64).to_le_bytes());
            file.extend(compressor.compress(block).unwrap());
        }
        let blocks = (index.len() / ENTRY_BYTES) as u64;
        let index_at = file.len() as u64;
        index.extend_from_slice(&MAGIC_1);
        for word in [index_at, blocks, text.len() as u64] {
            index.extend_from_slice(&word.to_le_bytes());
        }
        let mut hash = Hash::sha256();
        hash.update(&text);
        index.extend_from_slice(&hash.finish());
        let sum = fingerprint(&index);
        file.extend(index);
        file.extend_from_slice(&sum.to_le_bytes());
        let put = |bytes: &[u8]| {
            let mut output = disk.create(&archive_name(7)).unwrap();
            output.write(bytes).unwrap();
            output.finish().unwrap();
        };
        put(&file);

        let mut whole = Vec::new();
        let archive = Archive::open(&disk, 7).unwrap();
        archive
            .read_all(|block| whole.extend_from_slice(block))
            .unwrap();
        assert_eq!(whole, text);

        file[1000] ^= 1;
        put(&file);
        let read = Archive::open(&disk, 7).and_then(|archive| archive.read_all(|_| {}));
        assert!(read.is_err());
    }

    #[test]
    fn any_damaged_byte_is_noticed() {
        let text = lines();
        let (_folder, disk) = archive(&text);
        let path = disk.path(&archive_name(7));
        let sound = std::fs::read(&path).unwrap();

        for at in (0..sound.len())
            .step_by(997)
            .chain(sound.len() - 90..sound.len())
        {
            let mut bytes = sound.clone();
            bytes[at] ^= 0x10;
            let mut output = disk.create(&archive_name(7)).unwrap();
            output.write(&bytes).unwrap();
            output.finish().unwrap();
            let read = Archive::open(&disk, 7).and_then(|archive| archive.read_all(|_| {}));
            assert!(
                matches!(read, Err(BooksError::Damaged { .. })),
                "byte {at} of {}: {read:?}",
                sound.len()
            );
        }
    }
}
