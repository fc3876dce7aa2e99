//! The container of old office files, opened although its writer filled the unused end of its sector table.
//!
//! A table names the next sector of each sector, and is as long as whole sectors make it. What lies beyond the last
//! sector of the file means nothing; SheetJS writes the end of a chain there instead of "free", and a strict reader
//! refuses the file. Only that end is set free, and nothing else of the file is touched.

use std::io::{self, Cursor};

/// Of a table that marks no sector.
const FREE: [u8; 4] = [0xFF; 4];
/// Where the header says how large a sector is (as a power of two), and how many sectors the table has.
const SECTOR_SHIFT: usize = 30;
const TABLE_SECTORS: usize = 44;
/// Where the header lists the first sectors of the table, and how many it can list.
const TABLE_LIST: usize = 76;
const LISTED: usize = 109;

/// An opened container.
pub(super) type Container = cfb::CompoundFile<Cursor<Vec<u8>>>;

/// Opens the container, and gives the bytes that were read.
pub(super) fn open(bytes: &[u8]) -> io::Result<(Container, Vec<u8>)> {
    let whole = bytes.to_vec();
    let error = match cfb::CompoundFile::open(Cursor::new(whole.clone())) {
        Ok(container) => return Ok((container, whole)),
        Err(error) => error,
    };
    if let Some(freed) = with_free_end(bytes)
        && let Ok(container) = cfb::CompoundFile::open(Cursor::new(freed.clone()))
    {
        return Ok((container, freed));
    }
    // What else is wrong with the file is told of the file as it is.
    Err(error)
}

/// The file with what its table says of sectors beyond its end set free; `None` where nothing was to be done.
fn with_free_end(bytes: &[u8]) -> Option<Vec<u8>> {
    let shift = u16::from_le_bytes(*bytes.get(SECTOR_SHIFT..)?.first_chunk()?);
    if !matches!(shift, 9 | 12) {
        return None;
    }
    let sector = 1_usize << shift;
    // The header takes the place of a sector.
    let sectors = bytes.len().div_ceil(sector).checked_sub(1)?;
    let listed = usize::try_from(number(bytes, TABLE_SECTORS)?).ok()?;
    let in_sector = sector / FREE.len();
    let mut freed = bytes.to_vec();
    let mut is_changed = false;
    for nth in 0..listed.min(LISTED) {
        let place = TABLE_LIST.checked_add(nth.checked_mul(FREE.len())?)?;
        let table = usize::try_from(number(bytes, place)?).ok()?;
        let start = table.checked_add(1)?.checked_mul(sector)?;
        let first = nth.checked_mul(in_sector)?;
        for entry in sectors.saturating_sub(first)..in_sector {
            let at = start.checked_add(entry.checked_mul(FREE.len())?)?;
            let cell = freed.get_mut(at..)?.first_chunk_mut::<4>()?;
            is_changed |= *cell != FREE;
            *cell = FREE;
        }
    }
    is_changed.then_some(freed)
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A workbook of SheetJS 0.18.5, three orders.
    const SHEETJS: &[u8] = include_bytes!("../../../tests/fixtures/orders/sheetjs-biff8.xls");

    #[test]
    fn what_lies_beyond_the_last_sector_means_nothing() {
        assert!(cfb::CompoundFile::open(Cursor::new(SHEETJS)).is_err());

        let (container, bytes) = open(SHEETJS).unwrap();

        assert!(container.is_stream("/Workbook"));
        assert_eq!(bytes.len(), SHEETJS.len());
        assert_eq!(with_free_end(&bytes), None, "nothing is left to do");
    }

    #[test]
    fn a_broken_file_stays_broken_and_never_panics() {
        for end in 0..SHEETJS.len().min(700) {
            let _opened = open(&SHEETJS[..end]);
        }
        for at in [30, 31, 44, 45, 46, 47, 76, 77, 78, 79] {
            for value in [0, 1, 0x7F, 0xFF] {
                let mut bytes = SHEETJS.to_vec();
                bytes[at] = value;
                let _opened = open(&bytes);
            }
        }
    }
}
