//! Rows in memory to a section of a segment file: groups on all cores, then the two indexes and the footer.

use std::io;

use rayon::prelude::*;

use super::bucket_sort;
use super::row_buffer::{RowBuffer, RowEntry, lost};
use crate::books::catalog::ByteRange;
use crate::books::format::group::{EncodedGroup, GROUP_ROWS, encode};
use crate::books::format::index_page::{key_pages, other_pages, short};
use crate::books::format::record::Record;
use crate::books::format::segment::{Footer, superseded_list};
use crate::disk::Output;
use recondesk_ports::{ImportPart, Watch};

/// What is left of a pair of fingerprint and row is the number of its bucket when pairs are sorted.
const OTHERS_SHIFT: u32 = 55;
/// Groups encoded at a time: enough for all cores, few enough to keep memory flat.
const BATCH: usize = 32;

/// Writes a section: entries must be in order. Cancelling shows as `Interrupted`.
pub(crate) fn write_section<R: Record>(
    out: &mut Output,
    buffer: &RowBuffer<R>,
    entries: &[RowEntry],
    watch: &dyn Watch,
) -> io::Result<ByteRange> {
    let rows = u32::try_from(entries.len()).map_err(io::Error::other)?;
    let mut groups = Vec::with_capacity(entries.len() / GROUP_ROWS + 1);
    let mut others = Vec::with_capacity(entries.len() * R::LOOKED_UP.len().min(1));
    for batch in entries.chunks(GROUP_ROWS * BATCH) {
        if watch.cancelled() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let encoded: Vec<Option<EncodedGroup>> = if batch.len() <= GROUP_ROWS {
            vec![encode::<R>(buffer.packed_rows(batch))]
        } else {
            batch
                .par_chunks(GROUP_ROWS)
                .map(|group| encode::<R>(buffer.packed_rows(group)))
                .collect()
        };
        for group in encoded {
            let group = group.ok_or_else(lost)?;
            let first = (groups.len() * GROUP_ROWS) as u64;
            others.extend(group.others.iter().map(|pair| pair + first));
            groups.push(append(out, &group.bytes)?);
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
    append(out, &footer.encode())
}

/// Writes a list of row numbers of an older section that this import supersedes.
pub(crate) fn write_superseded(out: &mut Output, rows: &[u32]) -> io::Result<ByteRange> {
    append(out, &superseded_list(rows))
}

fn append(out: &mut Output, bytes: &[u8]) -> io::Result<ByteRange> {
    let range = ByteRange {
        offset: out.position(),
        len: u32::try_from(bytes.len()).map_err(io::Error::other)?,
    };
    out.write(bytes)?;
    Ok(range)
}
