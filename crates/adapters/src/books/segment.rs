//! Segment files: the sections of one import, written once.
//!
//! A section is the rows of one book and one business day: row groups in key order, the two
//! indexes, a footer. The catalog knows where each footer lies.

use std::io;

use rayon::prelude::*;

use super::bucket_sort;
use super::group::{EncodedGroup, GROUP_ROWS, encode};
use super::page::{key_pages, other_pages, short};
use super::record::Record;
use super::row_buffer::{RowBuffer, RowEntry, lost};
use crate::checksum::checksum;
use crate::disk::Output;
use recondesk_ports::{Book, ImportPart, Watch};

/// First bytes of a segment file; the last one is the version of the format.
pub(super) const MAGIC: [u8; 8] = *b"RDSEG\0\0\x01";
/// What is left of a pair of fingerprint and row is the number of its bucket when pairs are sorted.
const OTHERS_SHIFT: u32 = 55;
/// Groups encoded at a time: enough for all cores, few enough to keep memory flat.
const BATCH: usize = 32;

/// Where a footer lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FooterPlace {
    /// First byte.
    pub(crate) offset: u64,
    /// Bytes.
    pub(crate) len: u32,
}

/// Name of the segment file of an import.
pub(crate) fn segment_name(import: u32) -> String {
    format!("{import:08}.seg")
}

/// Writes a section: entries must be in order. Cancelling shows as `Interrupted`.
pub(super) fn write_section<R: Record>(
    out: &mut Output,
    sheaf: &RowBuffer<R>,
    entries: &[RowEntry],
    watch: &dyn Watch,
) -> io::Result<FooterPlace> {
    let rows = u32::try_from(entries.len()).map_err(io::Error::other)?;
    let mut groups = Vec::with_capacity(entries.len() / GROUP_ROWS + 1);
    let mut others = Vec::with_capacity(entries.len() * R::LOOKED_UP.len().min(1));
    for batch in entries.chunks(GROUP_ROWS * BATCH) {
        if watch.cancelled() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let encoded: Vec<Option<EncodedGroup>> = if batch.len() <= GROUP_ROWS {
            vec![encode(sheaf, batch)]
        } else {
            batch
                .par_chunks(GROUP_ROWS)
                .map(|group| encode(sheaf, group))
                .collect()
        };
        for group in encoded {
            let group = group.ok_or_else(lost)?;
            let first = (groups.len() * GROUP_ROWS) as u64;
            others.extend(group.others.iter().map(|pair| pair + first));
            let len = u32::try_from(group.bytes.len()).map_err(io::Error::other)?;
            groups.push(FooterPlace {
                offset: out.position(),
                len,
            });
            out.write(&group.bytes)?;
        }
        watch.at(ImportPart::Store, batch.len() as u64, None);
    }
    let upper = |pair: &u64| (*pair >> OTHERS_SHIFT) as usize;
    bucket_sort::sort(
        &mut others,
        1 << (u64::BITS - OTHERS_SHIFT),
        upper,
        |pair| *pair,
    );
    let keys_at = out.position();
    let mut done = Ok(());
    let keys = entries.iter().map(|entry| short(entry.fingerprint));
    key_pages(keys, |page| {
        if done.is_ok() {
            done = out.write(page);
        }
    });
    done?;
    let others_at = out.position();
    let mut done = Ok(());
    other_pages(&others, |page| {
        if done.is_ok() {
            done = out.write(page);
        }
    });
    done?;
    let footer = Footer {
        book: R::BOOK,
        rows,
        keys_at,
        others_at,
        others: others.len() as u64,
        groups,
    };
    let bytes = footer.encode();
    let place = FooterPlace {
        offset: out.position(),
        len: u32::try_from(bytes.len()).map_err(io::Error::other)?,
    };
    out.write(&bytes)?;
    Ok(place)
}

/// Writes a list of row numbers of an older section that this import supersedes.
pub(super) fn write_superseded(out: &mut Output, rows: &[u32]) -> io::Result<FooterPlace> {
    let mut bytes: Vec<u8> = rows.iter().flat_map(|row| row.to_le_bytes()).collect();
    let sum = checksum(&bytes);
    bytes.extend_from_slice(&sum.to_le_bytes());
    let place = FooterPlace {
        offset: out.position(),
        len: u32::try_from(bytes.len()).map_err(io::Error::other)?,
    };
    out.write(&bytes)?;
    Ok(place)
}

/// The reverse of [`write_superseded`].
pub(super) fn read_superseded(bytes: &[u8]) -> Option<Vec<u32>> {
    let (body, sum) = bytes.split_last_chunk::<8>()?;
    (checksum(body) == u64::from_le_bytes(*sum)).then_some(())?;
    let (rows, rest) = body.as_chunks::<4>();
    rest.is_empty()
        .then(|| rows.iter().map(|row| u32::from_le_bytes(*row)).collect())
}

/// What stands at the end of a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Footer {
    pub(super) book: Book,
    pub(super) rows: u32,
    pub(super) keys_at: u64,
    pub(super) others_at: u64,
    pub(super) others: u64,
    pub(super) groups: Vec<FooterPlace>,
}

impl Footer {
    fn encode(&self) -> Vec<u8> {
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
    pub(super) fn decode(bytes: &[u8], book: Book) -> Option<Self> {
        let (body, sum) = bytes.split_last_chunk::<8>()?;
        (checksum(body) == u64::from_le_bytes(*sum)).then_some(())?;
        let (kind, body) = body.split_first_chunk::<4>()?;
        let (rows, body) = body.split_first_chunk::<4>()?;
        let (words, body) = body.split_first_chunk::<24>()?;
        let (words, _) = words.as_chunks::<8>();
        let mut words = words.iter().map(|word| u64::from_le_bytes(*word));
        let (places, rest) = body.as_chunks::<12>();
        let groups: Vec<FooterPlace> = places
            .iter()
            .filter_map(|place| {
                let (offset, len) = place.split_first_chunk::<8>()?;
                Some(FooterPlace {
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
