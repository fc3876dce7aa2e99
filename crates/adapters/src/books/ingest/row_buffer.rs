//! Rows in memory between reading and writing: some sixty bytes each instead of three hundred.
//!
//! A block of a file becomes a [`Pack`]; sixteen-byte [`RowEntry`]s, which are what is sorted, point into it.

use std::io;
use std::marker::PhantomData;

use super::varint;
use crate::books::format::column::is_same;
use crate::books::format::packed_digits::{SLACK, digits_at_end, pack};
use crate::books::format::record::{
    INTS, PackedFields, Record, RecordFields, TEXTS, TextScratch, scratch, unzigzag, zigzag,
};
use recondesk_domain::fingerprint;

/// Says that a text is spelled out, not one of those that repeat.
const SPELLED: u8 = 255;
/// Different beginnings of numbers that are kept; those of one shop are few, or all are different.
const HEADS: usize = 16;
/// Bytes that a processor fetches at a time.
const CACHE_LINE: usize = 64;
/// Lines of a row that are worth fetching beforehand.
const WARM_LINES: usize = 2;
/// Rows fetched into the cache together: few enough to stay in its first level until they are read.
const WARM_ROWS: usize = 64;

/// A row in memory cannot be read back: a fault of the program, told rather than panicked over.
pub(crate) fn lost() -> io::Error {
    io::Error::other("a row in memory cannot be read back")
}

/// Where a row is: sorted by section, fingerprint, and place of arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RowEntry {
    /// Fingerprint of the key.
    pub(crate) fingerprint: u64,
    /// Section (20 bits), pack (22 bits) and byte in the pack (22 bits).
    place: u64,
}

const START_BITS: u32 = 22;
const PACK_BITS: u32 = 22;
/// Buckets that rows are dealt into for sorting, as bits.
const BUCKET_BITS: u32 = 9;
/// What a pack of a usual block needs at least.
const FIRST_BYTES: usize = 64 << 10;
/// A pack takes no more rows once it is this large.
const PACK_BYTES: usize = 1 << START_BITS;

impl RowEntry {
    /// Number of the section.
    pub(crate) const fn section(self) -> u64 {
        self.place >> (START_BITS + PACK_BITS)
    }

    /// A number that no other row of the import has.
    pub(crate) const fn order(self) -> (u64, u64) {
        (self.fingerprint, self.place)
    }

    const fn pack(self) -> usize {
        (self.place >> START_BITS & ((1 << PACK_BITS) - 1)) as usize
    }

    const fn start(self) -> usize {
        (self.place & ((1 << START_BITS) - 1)) as usize
    }
}

/// Rows of one block.
#[derive(Debug, Clone)]
pub(crate) struct Pack<R> {
    bytes: Vec<u8>,
    /// Texts that take few values.
    words: Vec<Box<[u8]>>,
    /// What numbers begin with.
    heads: Vec<Box<[u8]>>,
    /// First value of the first integer, line and offset: the others lie near.
    base: Option<[u64; 3]>,
    rows: PhantomData<R>,
}

impl<R> Default for Pack<R> {
    fn default() -> Self {
        Self {
            bytes: Vec::new(),
            words: Vec::new(),
            heads: Vec::new(),
            base: None,
            rows: PhantomData,
        }
    }
}

impl<R: Record> Pack<R> {
    /// Adds a row and says where; `None` when the pack is full.
    pub(crate) fn push(&mut self, row: &R) -> Option<(u64, u32)> {
        if self.bytes.capacity() == 0 {
            self.bytes.reserve(FIRST_BYTES);
        }
        let start = u32::try_from(self.bytes.len()).ok()?;
        if self.bytes.len() + 1024 > PACK_BYTES {
            return None;
        }
        let fields = row.fields();
        for (at, text) in fields.texts.iter().take(R::TEXTS).enumerate() {
            if at >= R::REPEATED_FROM {
                push_known(text, &mut self.words, usize::from(SPELLED), &mut self.bytes);
            } else {
                let count = digits_at_end(text);
                let (head, digits) = text.split_at_checked(text.len() - count)?;
                push_known(head, &mut self.heads, HEADS, &mut self.bytes);
                self.bytes.push(u8::try_from(count).ok()?);
                pack(digits, &mut self.bytes);
            }
        }
        let mut ints = fields.ints;
        let (line, offset) = (R::INTS - 2, R::INTS - 1);
        let get = |at: usize| ints.get(at).copied().unwrap_or_default();
        let base = *self.base.get_or_insert([get(0), get(line), get(offset)]);
        for (at, base) in [(0, base[0]), (line, base[1]), (offset, base[2])] {
            let int = ints.get_mut(at)?;
            *int = zigzag(int.wrapping_sub(base).cast_signed());
        }
        varint::push(ints.get(..R::INTS)?, &mut self.bytes);
        let key = fields.texts.first().copied().unwrap_or_default();
        Some((fingerprint(key), start))
    }

    fn read(&self, start: usize) -> Option<PackedFields<'_>> {
        let mut bytes = self.bytes.get(start..)?;
        let mut packed = PackedFields::default();
        for (at, text) in packed.texts.iter_mut().take(R::TEXTS).enumerate() {
            if at >= R::REPEATED_FROM {
                text.head = read_known(&mut bytes, &self.words)?;
                continue;
            }
            text.head = read_known(&mut bytes, &self.heads)?;
            let (&count, rest) = bytes.split_first()?;
            text.count = usize::from(count);
            text.packed = rest;
            bytes = rest.get(text.width()..)?;
        }
        let [first, line, offset] = self.base?;
        varint::read(&mut bytes, packed.ints.get_mut(..R::INTS)?)?;
        let bases = [(0, first), (R::INTS - 2, line), (R::INTS - 1, offset)];
        for (at, base) in bases {
            let int = packed.ints.get_mut(at)?;
            *int = base.wrapping_add(unzigzag(*int).cast_unsigned());
        }
        Some(packed)
    }

    /// Ends the pack: gives back what growing left over, but for the window that reading may look into.
    fn close(&mut self) {
        self.bytes.reserve_exact(SLACK);
        self.bytes.extend_from_slice(&[0; SLACK]);
        self.bytes.shrink_to_fit();
    }
}

/// Appends a text as one of those that are known, or spelled out once there are too many.
#[inline]
fn push_known(text: &[u8], known: &mut Vec<Box<[u8]>>, most: usize, out: &mut Vec<u8>) {
    let code = known.iter().position(|word| is_same(word, text));
    let code = code.or_else(|| {
        (known.len() < most).then(|| {
            known.push(text.into());
            known.len() - 1
        })
    });
    if let Some(code) = code.and_then(|code| u8::try_from(code).ok()) {
        out.push(code);
    } else {
        out.push(SPELLED);
        out.push(u8::try_from(text.len()).unwrap_or(0));
        out.extend_from_slice(text);
    }
}

#[inline]
fn read_known<'a>(bytes: &mut &'a [u8], known: &'a [Box<[u8]>]) -> Option<&'a [u8]> {
    let (&code, rest) = bytes.split_first()?;
    if code != SPELLED {
        *bytes = rest;
        return known.get(usize::from(code)).map(AsRef::as_ref);
    }
    let (&len, rest) = rest.split_first()?;
    let (text, rest) = rest.split_at_checked(usize::from(len))?;
    *bytes = rest;
    Some(text)
}

/// All rows of one book of one import.
#[derive(Debug)]
pub(crate) struct RowBuffer<R> {
    packs: Vec<Pack<R>>,
    /// The rows; sorted by [`RowBuffer::sort`].
    pub(crate) entries: Vec<RowEntry>,
}

impl<R> Default for RowBuffer<R> {
    fn default() -> Self {
        Self {
            packs: Vec::new(),
            entries: Vec::new(),
        }
    }
}

impl<R: Record> RowBuffer<R> {
    /// Adds the rows of a pack, each with its section.
    pub(crate) fn add(
        &mut self,
        mut pack: Pack<R>,
        rows: impl Iterator<Item = (u64, u32, u64)>,
    ) -> bool {
        let number = self.packs.len() as u64;
        if number >> PACK_BITS != 0 {
            return false;
        }
        pack.close();
        self.packs.push(pack);
        self.entries
            .extend(rows.map(|(fingerprint, start, section)| RowEntry {
                fingerprint,
                place: (section << PACK_BITS | number) << START_BITS | u64::from(start),
            }));
        true
    }

    /// Puts the rows in order of (section, fingerprint, key, line).
    pub(crate) fn sort(&mut self) {
        let sections = self.entries.iter().map(|entry| entry.section()).max();
        let sections = sections.map_or(1, |most| whole(most).saturating_add(1));
        // The buckets of a section: upper bits of the fingerprint, fewer where there are many sections.
        let bits = (BUCKET_BITS.saturating_sub(sections.ilog2())).max(1);
        let bucket = |entry: &RowEntry| {
            whole(entry.section()) << bits | whole(entry.fingerprint >> (u64::BITS - bits))
        };
        let print = |entry: &RowEntry| entry.fingerprint;
        super::bucket_sort::sort(&mut self.entries, sections << bits, bucket, print);
        let mut entries = std::mem::take(&mut self.entries);
        let same = |a: &RowEntry, b: &RowEntry| {
            a.fingerprint == b.fingerprint && a.section() == b.section()
        };
        for run in entries.chunk_by_mut(same) {
            if run.len() > 1 {
                run.sort_by_cached_key(|entry| (self.key(*entry), entry.place));
            }
        }
        self.entries = entries;
    }

    fn key(&self, entry: RowEntry) -> Vec<u8> {
        let mut scratch = scratch();
        self.fields(entry, &mut scratch)
            .and_then(|fields| fields.texts.first().map(|key| key.to_vec()))
            .unwrap_or_default()
    }

    /// Some rows as they lie in memory, in the order of their entries.
    pub(crate) fn packed_rows<'a>(
        &'a self,
        entries: &'a [RowEntry],
    ) -> impl ExactSizeIterator<Item = Option<PackedFields<'a>>> {
        entries.iter().enumerate().map(move |(at, entry)| {
            if at.is_multiple_of(WARM_ROWS) {
                let next = at..entries.len().min(at + WARM_ROWS);
                self.warm(entries.get(next).unwrap_or_default());
            }
            self.packed(*entry)
        })
    }

    /// Fetches rows that are read next into the cache. They lie all over the memory: one after the
    /// other each would be waited for, but these loads do not depend on each other.
    fn warm(&self, entries: &[RowEntry]) {
        let mut sum = 0_u8;
        for entry in entries {
            let Some(pack) = self.packs.get(entry.pack()) else {
                continue;
            };
            for line in 0..WARM_LINES {
                let byte = pack.bytes.get(entry.start() + line * CACHE_LINE);
                sum ^= byte.copied().unwrap_or_default();
            }
        }
        std::hint::black_box(sum);
    }

    /// A row as it lies in memory.
    #[inline]
    fn packed(&self, entry: RowEntry) -> Option<PackedFields<'_>> {
        self.packs.get(entry.pack())?.read(entry.start())
    }

    /// The contents of a row.
    fn fields<'a>(
        &'a self,
        entry: RowEntry,
        scratch: &'a mut TextScratch,
    ) -> Option<RecordFields<'a>> {
        let packed = self.packed(entry)?;
        let mut fields = RecordFields {
            ints: packed.ints,
            ..RecordFields::default()
        };
        let places = fields.texts.iter_mut().zip(&packed.texts).zip(scratch);
        for ((to, number), scratch) in places.take(R::TEXTS) {
            *to = number.text(scratch)?;
        }
        Some(fields)
    }

    /// Fetches the rows that are read next into the cache, a number of them at a time.
    #[inline]
    pub(crate) fn warm_at_times(&self, entries: &[RowEntry]) {
        if entries.len().is_multiple_of(WARM_ROWS) {
            self.warm(entries.get(..WARM_ROWS).unwrap_or(entries));
        }
    }

    /// True when a row says what another one does, wherever they lie; `None` where it cannot be read back.
    pub(crate) fn says(&self, entry: RowEntry, row: &R) -> Option<bool> {
        let packed = self.packed(entry)?;
        let fields = row.fields();
        // Line and offset stand last.
        let said = R::INTS - 2;
        if packed.ints.get(..said) != fields.ints.get(..said) {
            return Some(false);
        }
        let [mut scratch, ..] = scratch();
        for (mine, theirs) in packed.texts.iter().zip(fields.texts).take(R::TEXTS) {
            if !is_same(mine.text(&mut scratch)?, theirs) {
                return Some(false);
            }
        }
        Some(true)
    }

    /// A row, as of an import.
    pub(crate) fn row(&self, entry: RowEntry, import: u32) -> Option<R> {
        let mut scratch = scratch();
        R::from_fields(&self.fields(entry, &mut scratch)?, import)
    }
}

/// A number of sections or buckets: those of a file are far fewer than fit.
fn whole(value: u64) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

const _: () = assert!(INTS >= 2 && TEXTS >= 1);
