//! A checksum for each page of the database file, in a file beside it: SQLite itself would read a changed byte as data.
//!
//! The sums are those of the file as it is once the whole log has gone into it; they are written before that
//! happens. So at any moment each page is either in the log, which has checksums of its own, or as its sum says.

use std::fs::File;
use std::io;
use std::path::Path;

use super::write_ahead_log::LogPages;
use crate::checksum::checksum;
use crate::disk::{read_at, read_over};
use crate::files;

/// First bytes of the file; the last one is its version.
const MAGIC: [u8; 8] = *b"RDSUMS\0\x01";
const HEAD: usize = 16;
/// Pages read at a time.
const BATCH: usize = 64;

/// Sums of all pages, the first page first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PageSums {
    page_size: u32,
    sums: Vec<u64>,
}

/// What comparing a file with its sums shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PageComparison {
    /// Every page is what was written.
    Sound,
    /// This page, counted from 1, is not.
    Differs(u32),
}

/// The sum of a page; pages that changed places have other sums.
fn page_sum(number: u32, page: &[u8]) -> u64 {
    checksum(page).rotate_left(number % 64) ^ u64::from(number).wrapping_mul(0x9E37_79B1_85EB_CA87)
}

/// Bytes of a page, as the head of a database file says.
fn page_size(file: &File) -> io::Result<u32> {
    let head = read_at(file, 16, 2)?;
    let size = head.first_chunk().copied().map_or(0, u16::from_be_bytes);
    // 1 stands for the one size that does not fit.
    Ok(if size == 1 { 65_536 } else { u32::from(size) })
}

impl PageSums {
    /// Reads the sums; `None` where there are none, or where they are not what was written.
    pub(super) fn load(path: &Path) -> io::Result<Option<Self>> {
        let bytes = match std::fs::read(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other?,
        };
        Ok(Self::decode(&bytes))
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (body, sum) = bytes.split_last_chunk::<8>()?;
        (checksum(body) == u64::from_le_bytes(*sum)).then_some(())?;
        let (head, sums) = body.split_at_checked(HEAD)?;
        let size = head.strip_prefix(&MAGIC)?.first_chunk::<4>()?;
        let (sums, rest) = sums.as_chunks::<8>();
        rest.is_empty().then(|| Self {
            page_size: u32::from_le_bytes(*size),
            sums: sums.iter().map(|sum| u64::from_le_bytes(*sum)).collect(),
        })
    }

    /// Puts the sums in place of older ones, durably.
    pub(super) fn store(&self, path: &Path) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(HEAD + self.sums.len() * 8 + 8);
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&self.page_size.to_le_bytes());
        bytes.extend_from_slice(&[0; 4]);
        bytes.extend(self.sums.iter().flat_map(|sum| sum.to_le_bytes()));
        let sum = checksum(&bytes);
        bytes.extend_from_slice(&sum.to_le_bytes());
        files::replace_by(path, &mut |out| out.write_all(&bytes))
    }

    /// The sums of a file as it is, its log not counted.
    pub(super) fn of(file: &File) -> io::Result<Self> {
        let page_size = page_size(file)?;
        let mut sums = Vec::new();
        each_page(file, page_size, |number, page| {
            sums.push(page_sum(number, page));
            true
        })?;
        Ok(Self { page_size, sums })
    }

    /// Takes over what the log holds: the sums are those of the file once the log has gone into it.
    pub(super) fn advance(&mut self, log: &LogPages) -> io::Result<()> {
        let Some(pages) = log.database_pages else {
            return Ok(());
        };
        self.sums.resize(pages as usize, 0);
        for number in log.numbers() {
            let page = log.page(number)?.unwrap_or_default();
            let at = (number as usize).checked_sub(1);
            if let Some(sum) = at.and_then(|at| self.sums.get_mut(at)) {
                *sum = page_sum(number, &page);
            }
        }
        Ok(())
    }

    /// Compares a file with its sums, those pages left out that the log holds.
    pub(super) fn compare(&self, file: &File, log: &LogPages) -> io::Result<PageComparison> {
        if page_size(file)? != self.page_size {
            return Ok(PageComparison::Differs(1));
        }
        let mut seen = 0;
        let mut end = PageComparison::Sound;
        each_page(file, self.page_size, |number, page| {
            seen = number;
            let sum = (number as usize).checked_sub(1);
            let sum = sum.and_then(|at| self.sums.get(at));
            let is_sound = log.has(number)
                // Room that was added to the file for pages of the log.
                || sum.is_none() && log.database_pages.is_some_and(|pages| number <= pages)
                || sum.is_some_and(|sum| *sum == page_sum(number, page));
            if !is_sound {
                end = PageComparison::Differs(number);
            }
            is_sound
        })?;
        let pages = u32::try_from(self.sums.len()).unwrap_or(u32::MAX);
        let lost = (seen.saturating_add(1)..=pages).find(|number| !log.has(*number));
        Ok(match (end, lost) {
            (PageComparison::Sound, Some(number)) => PageComparison::Differs(number),
            (end, _) => end,
        })
    }
}

/// Shows the pages of a file in order, until `look` says no; a part of a page at the end counts as one.
fn each_page(
    file: &File,
    page_size: u32,
    mut look: impl FnMut(u32, &[u8]) -> bool,
) -> io::Result<()> {
    let size = usize::try_from(page_size.max(512)).unwrap_or(512);
    let whole = file.metadata()?.len();
    let mut at = 0;
    let mut number = 0;
    let mut bytes = Vec::new();
    while at < whole {
        let len = (whole - at).min((size * BATCH) as u64);
        bytes = read_over(file, at, usize::try_from(len).unwrap_or(0), bytes)?;
        for page in bytes.chunks(size) {
            number += 1;
            if !look(number, page) {
                return Ok(());
            }
        }
        at += len;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &Path, pages: &[u8]) -> File {
        let mut bytes: Vec<u8> = pages.iter().flat_map(|page| [*page; 512]).collect();
        bytes[16..18].copy_from_slice(&512_u16.to_be_bytes());
        files::replace(path, &bytes).unwrap();
        File::open(path).unwrap()
    }

    #[test]
    fn a_changed_lost_exchanged_or_added_page_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let (path, beside) = (folder.path().join("a"), folder.path().join("sums"));
        let none = LogPages::default();
        assert_eq!(PageSums::load(&beside).unwrap(), None);
        PageSums::of(&file(&path, &[1, 2, 3, 4]))
            .unwrap()
            .store(&beside)
            .unwrap();
        let sums = PageSums::load(&beside).unwrap().unwrap();
        let compare = |pages: &[u8]| sums.compare(&file(&path, pages), &none).unwrap();

        assert_eq!(compare(&[1, 2, 3, 4]), PageComparison::Sound);
        assert_eq!(compare(&[1, 2, 9, 4]), PageComparison::Differs(3));
        assert_eq!(compare(&[1, 2, 3]), PageComparison::Differs(4));
        assert_eq!(compare(&[1, 3, 2, 4]), PageComparison::Differs(2));
        assert_eq!(compare(&[1, 2, 3, 4, 5]), PageComparison::Differs(5));

        let mut bytes = std::fs::read(&beside).unwrap();
        bytes[20] ^= 1;
        files::replace(&beside, &bytes).unwrap();
        assert_eq!(PageSums::load(&beside).unwrap(), None);
    }
}
