//! Row groups: two thousand rows, column by column, under one checksum.

use std::array::from_fn;

use super::column::{ColumnFill, ColumnNumbers, ColumnTexts, IntColumn, TextColumn, encode_ints};
use super::index_page::short;
use super::record::{INTS, PackedFields, Record, RecordFields, TEXTS, TextScratch, scratch};
use crate::checksum::checksum;
use recondesk_domain::fingerprint;

/// Rows of a full group.
pub(crate) const GROUP_ROWS: usize = 2048;

/// Rows decoded together: they stay in the cache while one column after the other is filled in.
pub(crate) const CHUNK: usize = 64;

/// All texts of a row, one bit each.
const ALL_TEXTS: u8 = (1 << TEXTS) - 1;

/// A group as it goes to the file.
#[derive(Debug)]
pub(crate) struct EncodedGroup {
    /// Contents with checksum.
    pub(crate) bytes: Vec<u8>,
    /// `(short fingerprint << 32) | row in the group` of every number but the keys.
    pub(crate) others: Vec<u64>,
}

/// Encodes some rows; `None` if one of them cannot be read back, which is a fault of the program.
pub(crate) fn encode<'a, R: Record>(
    rows: impl ExactSizeIterator<Item = Option<PackedFields<'a>>>,
) -> Option<EncodedGroup> {
    let count = rows.len();
    let room = |wanted: bool| if wanted { count } else { 0 };
    let mut numbers: [ColumnNumbers<'_>; TEXTS] =
        from_fn(|at| ColumnNumbers::with_capacity(room(at < R::REPEATED_FROM)));
    let mut texts: [ColumnTexts; TEXTS] = Default::default();
    let mut ints: [Vec<u64>; INTS] = from_fn(|at| Vec::with_capacity(room(at < R::INTS)));
    let mut others = Vec::with_capacity(count * R::LOOKED_UP.len());
    let [mut scratch, ..] = scratch();
    for (row, packed) in rows.enumerate() {
        let packed = packed?;
        for (column, number) in numbers.iter_mut().zip(&packed.texts).take(R::REPEATED_FROM) {
            column.push(number);
        }
        for (column, text) in texts
            .iter_mut()
            .zip(&packed.texts)
            .take(R::TEXTS)
            .skip(R::REPEATED_FROM)
        {
            column.push(text.head);
        }
        for (column, int) in ints.iter_mut().zip(packed.ints).take(R::INTS) {
            column.push(int);
        }
        for &at in R::LOOKED_UP {
            let text = packed.texts.get(at)?.text(&mut scratch)?;
            if !text.is_empty() {
                others.push(u64::from(short(fingerprint(text))) << 32 | row as u64);
            }
        }
    }
    let columns = R::TEXTS + R::INTS;
    let mut bytes = Vec::with_capacity(count * 64);
    bytes.extend_from_slice(&u32::try_from(count).ok()?.to_le_bytes());
    let heads = bytes.len();
    bytes.resize(heads + columns * 4, 0);
    let mut ends = Vec::with_capacity(columns);
    for (at, (numbers, texts)) in numbers.iter().zip(&texts).take(R::TEXTS).enumerate() {
        if at < R::REPEATED_FROM {
            numbers.encode(&mut bytes);
        } else {
            texts.encode(&mut bytes);
        }
        ends.push(bytes.len());
    }
    for column in ints.iter().take(R::INTS) {
        encode_ints(column, &mut bytes);
        ends.push(bytes.len());
    }
    for (to, end) in bytes
        .get_mut(heads..)?
        .as_chunks_mut::<4>()
        .0
        .iter_mut()
        .zip(ends)
    {
        *to = u32::try_from(end).ok()?.to_le_bytes();
    }
    let sum = checksum(&bytes);
    bytes.extend_from_slice(&sum.to_le_bytes());
    Some(EncodedGroup { bytes, others })
}

/// A group read back.
#[derive(Debug)]
pub(crate) struct RowGroup {
    bytes: Vec<u8>,
    rows: usize,
    texts: [TextColumn; TEXTS],
    ints: [IntColumn; INTS],
}

impl RowGroup {
    /// Checks and opens a group; `None` when it is not what was written.
    pub(crate) fn open<R: Record>(bytes: Vec<u8>) -> Option<Self> {
        Self::open_some::<R>(bytes, ALL_TEXTS)
    }

    /// The same, with these texts only; the others read as if every row had none.
    pub(crate) fn open_some<R: Record>(bytes: Vec<u8>, texts_wanted: u8) -> Option<Self> {
        let (body, sum) = bytes.split_last_chunk::<8>()?;
        if checksum(body) != u64::from_le_bytes(*sum) {
            return None;
        }
        let (rows, heads) = body.split_first_chunk::<4>()?;
        let rows = usize::try_from(u32::from_le_bytes(*rows)).ok()?;
        let columns = R::TEXTS + R::INTS;
        let mut from = 4 + columns * 4;
        let mut texts: [TextColumn; TEXTS] = Default::default();
        let mut ints: [IntColumn; INTS] = Default::default();
        let (ends, _) = heads.get(..columns * 4)?.as_chunks::<4>();
        for (at, end) in ends.iter().enumerate() {
            let place = from..usize::try_from(u32::from_le_bytes(*end)).ok()?;
            from = place.end;
            if at < R::TEXTS && texts_wanted >> at & 1 == 0 {
                continue;
            }
            if at < R::TEXTS {
                *texts.get_mut(at)? = TextColumn::open(body, place, rows)?;
            } else {
                *ints.get_mut(at - R::TEXTS)? = IntColumn::open(body, place, rows)?;
            }
        }
        (from == body.len()).then_some(())?;
        Some(Self {
            bytes,
            rows,
            texts,
            ints,
        })
    }

    /// Its memory, for the next group.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Rows in the group.
    pub(crate) const fn len(&self) -> usize {
        self.rows
    }

    /// One integer of a row.
    pub(crate) fn int(&self, row: usize, column: usize) -> u64 {
        self.ints
            .get(column)
            .map_or(0, |ints| ints.get(&self.bytes, row))
    }

    /// One text of a row.
    pub(crate) fn text<'a>(
        &'a self,
        row: usize,
        column: usize,
        scratch: &'a mut TextScratch,
    ) -> Option<&'a [u8]> {
        let scratch = scratch.get_mut(column)?;
        self.texts.get(column)?.get(&self.bytes, row, scratch)
    }

    /// All integers of some rows from `row` on, column by column.
    pub(crate) fn read_ints<R: Record>(
        &self,
        row: usize,
        to: &mut [[u64; CHUNK]; INTS],
        rows: usize,
    ) {
        for (to, column) in to.iter_mut().zip(&self.ints).take(R::INTS) {
            column.read(&self.bytes, row, to.get_mut(..rows).unwrap_or_default());
        }
    }

    /// All integers of a row.
    #[inline]
    fn ints<R: Record>(&self, row: usize) -> [u64; INTS] {
        let mut ints = [0; INTS];
        for (int, column) in ints.iter_mut().zip(&self.ints).take(R::INTS) {
            *int = column.get(&self.bytes, row);
        }
        ints
    }

    /// The texts of some rows of the group, each into its place in `rows`.
    pub(crate) fn fill_texts<R: Record, T: AsMut<R>>(
        &self,
        wanted: &[usize],
        rows: &mut [T],
    ) -> Option<()> {
        for (at, column) in self.texts.iter().enumerate().take(R::TEXTS) {
            let fill = ColumnFill {
                column,
                bytes: &self.bytes,
                wanted,
                rows,
            };
            R::text_at(at, fill)?;
        }
        Some(())
    }

    /// A row.
    pub(crate) fn get<R: Record>(&self, row: usize, import: u32) -> Option<R> {
        if row >= self.rows {
            return None;
        }
        let mut scratch = scratch();
        let mut fields = RecordFields::default();
        let places = fields.texts.iter_mut().zip(&mut scratch).zip(&self.texts);
        for ((text, scratch), column) in places.take(R::TEXTS) {
            *text = column.get(&self.bytes, row, scratch)?;
        }
        fields.ints = self.ints::<R>(row);
        R::from_fields(&fields, import)
    }
}
