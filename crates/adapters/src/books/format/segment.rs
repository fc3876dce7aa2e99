//! Segment files: the sections of one import, written once.
//!
//! A section is the rows of one book and one business day: row groups in key order, the two
//! indexes, a footer. The catalog knows where each footer lies. The head of the file says of which import it is, so
//! that the sound file of another one is not read in its place; files of the first version do not say it.

use super::group::GROUP_ROWS;
use crate::books::catalog::ByteRange;
use crate::checksum::checksum;
use recondesk_ports::Book;

/// First bytes of a segment file; the last one is the version of the format.
const MAGIC: [u8; 8] = *b"RDSEG\0\0\x02";
/// The same of files that do not say of which import they are.
const MAGIC_1: [u8; 8] = *b"RDSEG\0\0\x01";
/// Bytes of the head.
pub(crate) const HEAD_BYTES: usize = 16;

/// The head of the segment file of an import, whose raw file has this SHA-256.
pub(crate) fn segment_head(import: u32, sha256: &[u8; 32]) -> [u8; HEAD_BYTES] {
    let mut of_import = [0; 36];
    let (number, digest) = of_import.split_at_mut(4);
    number.copy_from_slice(&import.to_le_bytes());
    digest.copy_from_slice(sha256);
    let mut head = [0; HEAD_BYTES];
    let (magic, seal) = head.split_at_mut(8);
    magic.copy_from_slice(&MAGIC);
    seal.copy_from_slice(&checksum(&of_import).to_le_bytes());
    head
}

/// Bytes before the first section of a file that begins with these bytes: files of the first version have a short head.
pub(crate) fn head_len(bytes: &[u8]) -> u64 {
    let is_first = bytes.starts_with(&MAGIC_1);
    (if is_first { MAGIC_1.len() } else { HEAD_BYTES }) as u64
}

/// True when a file that begins with these bytes may be the one with that head.
pub(crate) fn has_head(bytes: &[u8], head: &[u8; HEAD_BYTES]) -> bool {
    bytes.starts_with(head) || bytes.starts_with(&MAGIC_1)
}

/// Name of the segment file of an import.
pub(crate) fn segment_name(import: u32) -> String {
    format!("{import:08}.seg")
}

/// A list of row numbers of an older section that an import supersedes, as it goes to the file.
pub(crate) fn superseded_list(rows: &[u32]) -> Vec<u8> {
    let mut bytes: Vec<u8> = rows.iter().flat_map(|row| row.to_le_bytes()).collect();
    let sum = checksum(&bytes);
    bytes.extend_from_slice(&sum.to_le_bytes());
    bytes
}

/// The reverse of [`superseded_list`].
pub(crate) fn read_superseded(bytes: &[u8]) -> Option<Vec<u32>> {
    let (body, sum) = bytes.split_last_chunk::<8>()?;
    (checksum(body) == u64::from_le_bytes(*sum)).then_some(())?;
    let (rows, rest) = body.as_chunks::<4>();
    rest.is_empty()
        .then(|| rows.iter().map(|row| u32::from_le_bytes(*row)).collect())
}

/// What stands at the end of a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Footer {
    pub(crate) book: Book,
    pub(crate) rows: u32,
    pub(crate) keys_at: u64,
    pub(crate) others_at: u64,
    pub(crate) others: u64,
    pub(crate) groups: Vec<ByteRange>,
}

impl Footer {
    /// The footer as it goes to the file.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let Self {
            book,
            rows,
            keys_at,
            others_at,
            others,
            groups,
        } = self;
        let mut out = Vec::with_capacity(40 + groups.len() * 12);
        out.extend_from_slice(&u32::from(*book as u8).to_le_bytes());
        out.extend_from_slice(&rows.to_le_bytes());
        for word in [keys_at, others_at, others] {
            out.extend_from_slice(&word.to_le_bytes());
        }
        for group in groups {
            out.extend_from_slice(&group.offset.to_le_bytes());
            out.extend_from_slice(&group.len.to_le_bytes());
        }
        let sum = checksum(&out);
        out.extend_from_slice(&sum.to_le_bytes());
        out
    }

    /// Reads a footer; `None` when it is not what was written.
    pub(crate) fn decode(bytes: &[u8], book: Book) -> Option<Self> {
        let (body, sum) = bytes.split_last_chunk::<8>()?;
        (checksum(body) == u64::from_le_bytes(*sum)).then_some(())?;
        let (kind, body) = body.split_first_chunk::<4>()?;
        let (rows, body) = body.split_first_chunk::<4>()?;
        let (words, body) = body.split_first_chunk::<24>()?;
        let (words, _) = words.as_chunks::<8>();
        let mut words = words.iter().map(|word| u64::from_le_bytes(*word));
        let (places, rest) = body.as_chunks::<12>();
        let groups: Vec<ByteRange> = places
            .iter()
            .filter_map(|place| {
                let (offset, len) = place.split_first_chunk::<8>()?;
                Some(ByteRange {
                    offset: u64::from_le_bytes(*offset),
                    len: u32::from_le_bytes(*len.first_chunk::<4>()?),
                })
            })
            .collect();
        let rows = u32::from_le_bytes(*rows);
        let fits = rest.is_empty()
            && u32::from_le_bytes(*kind) == u32::from(book as u8)
            && groups.len() == (rows as usize).div_ceil(GROUP_ROWS);
        fits.then_some(Self {
            book,
            rows,
            keys_at: words.next()?,
            others_at: words.next()?,
            others: words.next()?,
            groups,
        })
    }
}
