//! Rows in memory between reading and writing: some sixty bytes each instead of three hundred.
//!
//! A block of a file becomes a [`Pack`]; sixteen-byte [`Entry`]s, which are what is sorted, point into it.

use std::marker::PhantomData;

use super::column::{LONGEST, is_same, pack_digits, unpack_digits};
use super::record::{Fields, INTS, Record, TEXTS, unzigzag, zigzag};
use crate::domain::fingerprint;

/// Room to put texts together that are not stored in one piece.
pub(super) type Scratch = [[u8; LONGEST + 1]; TEXTS];

/// Fresh scratch.
pub(super) const fn scratch() -> Scratch {
    [[0; LONGEST + 1]; TEXTS]
}

/// Digits shorter than this are not worth packing.
const PACKED_DIGITS: usize = 6;
/// Says that a repeated text is spelled out.
const SPELLED: u8 = 255;
const DIGITS: u8 = 128;
/// Bytes that a processor fetches at a time.
const CACHE_LINE: usize = 64;
/// Lines of a row that are worth fetching beforehand.
const WARM_LINES: usize = 2;

/// Where a row is: sorted by section, fingerprint, and place of arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    /// Fingerprint of the key.
    pub(super) fingerprint: u64,
    /// Section (20 bits), pack (22 bits) and byte in the pack (22 bits).
    place: u64,
}

const START_BITS: u32 = 22;
const PACK_BITS: u32 = 22;
/// A pack takes no more rows once it is this large.
const PACK_BYTES: usize = 1 << START_BITS;

impl Entry {
    /// Number of the section.
    pub(super) const fn section(self) -> u64 {
        self.place >> (START_BITS + PACK_BITS)
    }

    /// What sorting compares; rows of equal keys stay in order of arrival.
    pub(super) const fn order(self) -> (u64, u64, u64) {
        (self.section(), self.fingerprint, self.place)
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
pub(super) struct Pack<R> {
    bytes: Vec<u8>,
    /// Texts that take few values.
    words: Vec<Box<[u8]>>,
    /// First value of the first integer, line and offset: the others lie near.
    base: Option<[u64; 3]>,
    rows: PhantomData<R>,
}

impl<R> Default for Pack<R> {
    fn default() -> Self {
        Self {
            bytes: Vec::new(),
            words: Vec::new(),
            base: None,
            rows: PhantomData,
        }
    }
}

impl<R: Record> Pack<R> {
    /// Adds a row and says where; `None` when the pack is full.
    pub(super) fn push(&mut self, row: &R) -> Option<(u64, u32)> {
        let start = u32::try_from(self.bytes.len()).ok()?;
        if self.bytes.len() + 1024 > PACK_BYTES {
            return None;
        }
        let fields = row.fields();
        for (at, text) in fields.texts.iter().take(R::TEXTS).enumerate() {
            if at >= R::REPEATED_FROM {
                self.push_repeated(text);
            } else {
                push_text(text, &mut self.bytes);
            }
        }
        let ints = fields.ints;
        let (line, offset) = (R::INTS - 2, R::INTS - 1);
        let get = |at: usize| ints.get(at).copied().unwrap_or_default();
        let base = *self.base.get_or_insert([get(0), get(line), get(offset)]);
        for (at, &int) in ints.iter().take(R::INTS).enumerate() {
            let near = match at {
                0 => zigzag(int.wrapping_sub(base[0]).cast_signed()),
                _ if at == line => zigzag(int.wrapping_sub(base[1]).cast_signed()),
                _ if at == offset => zigzag(int.wrapping_sub(base[2]).cast_signed()),
                _ => int,
            };
            push_varint(near, &mut self.bytes);
        }
        let key = fields.texts.first().copied().unwrap_or_default();
        Some((fingerprint(key), start))
    }

    fn push_repeated(&mut self, text: &[u8]) {
        let known = self.words.iter().position(|word| is_same(word, text));
        let code = known.or_else(|| {
            (self.words.len() < usize::from(SPELLED)).then(|| {
                self.words.push(text.into());
                self.words.len() - 1
            })
        });
        if let Some(code) = code.and_then(|code| u8::try_from(code).ok()) {
            self.bytes.push(code);
        } else {
            self.bytes.push(SPELLED);
            push_text(text, &mut self.bytes);
        }
    }

    fn read<'a>(&'a self, start: usize, scratch: &'a mut Scratch) -> Option<Fields<'a>> {
        let mut bytes = self.bytes.get(start..)?;
        let mut fields = Fields::default();
        let places = fields.texts.iter_mut().zip(scratch).take(R::TEXTS);
        for (at, (text, scratch)) in places.enumerate() {
            if at < R::REPEATED_FROM {
                *text = read_text(&mut bytes, scratch)?;
                continue;
            }
            let (&code, rest) = bytes.split_first()?;
            bytes = rest;
            *text = match code {
                SPELLED => read_text(&mut bytes, scratch)?,
                code => self.words.get(usize::from(code))?,
            };
        }
        let [first, line, offset] = self.base?;
        for int in fields.ints.iter_mut().take(R::INTS) {
            *int = read_varint(&mut bytes)?;
        }
        let bases = [(0, first), (R::INTS - 2, line), (R::INTS - 1, offset)];
        for (at, base) in bases {
            let int = fields.ints.get_mut(at)?;
            *int = base.wrapping_add(unzigzag(*int).cast_unsigned());
        }
        Some(fields)
    }

    /// Gives back what growing left over.
    pub(super) fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
    }
}

/// All rows of one book of one import.
#[derive(Debug)]
pub(super) struct Sheaf<R> {
    packs: Vec<Pack<R>>,
    /// The rows; sorted by [`Sheaf::sort`].
    pub(super) entries: Vec<Entry>,
}

impl<R> Default for Sheaf<R> {
    fn default() -> Self {
        Self {
            packs: Vec::new(),
            entries: Vec::new(),
        }
    }
}

impl<R: Record> Sheaf<R> {
    /// Adds the rows of a pack, each with its section.
    pub(super) fn add(
        &mut self,
        pack: Pack<R>,
        rows: impl Iterator<Item = (u64, u32, u64)>,
    ) -> bool {
        let number = self.packs.len() as u64;
        if number >> PACK_BITS != 0 {
            return false;
        }
        self.packs.push(pack);
        self.entries
            .extend(rows.map(|(fingerprint, start, section)| Entry {
                fingerprint,
                place: (section << PACK_BITS | number) << START_BITS | u64::from(start),
            }));
        true
    }

    /// Puts the rows in order of (section, fingerprint, key, line).
    pub(super) fn sort(&mut self) {
        use rayon::slice::ParallelSliceMut as _;
        // Below this the threads cost more than they save.
        if self.entries.len() < 20_000 {
            self.entries.sort_unstable_by_key(|entry| entry.order());
        } else {
            self.entries.par_sort_unstable_by_key(|entry| entry.order());
        }
        let mut entries = std::mem::take(&mut self.entries);
        let same =
            |a: &Entry, b: &Entry| a.fingerprint == b.fingerprint && a.section() == b.section();
        for run in entries.chunk_by_mut(same) {
            if run.len() > 1 {
                run.sort_by_cached_key(|entry| (self.key(*entry), entry.place));
            }
        }
        self.entries = entries;
    }

    fn key(&self, entry: Entry) -> Vec<u8> {
        let mut scratch = scratch();
        self.fields(entry, &mut scratch)
            .and_then(|fields| fields.texts.first().map(|key| key.to_vec()))
            .unwrap_or_default()
    }

    /// Fetches rows that are read next into the cache. They lie all over the memory: one after the
    /// other each would be waited for, but these loads do not depend on each other.
    pub(super) fn warm(&self, entries: &[Entry]) {
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

    /// The contents of a row.
    pub(super) fn fields<'a>(
        &'a self,
        entry: Entry,
        scratch: &'a mut Scratch,
    ) -> Option<Fields<'a>> {
        self.packs.get(entry.pack())?.read(entry.start(), scratch)
    }

    /// A row, as of an import.
    pub(super) fn row(&self, entry: Entry, import: u32) -> Option<R> {
        let mut scratch = scratch();
        R::from_fields(&self.fields(entry, &mut scratch)?, import)
    }
}

fn push_text(text: &[u8], out: &mut Vec<u8>) {
    let len = u8::try_from(text.len()).unwrap_or(0);
    if text.len() >= PACKED_DIGITS && text.iter().all(u8::is_ascii_digit) {
        out.push(len | DIGITS);
        pack_digits(text, out);
    } else {
        out.push(len);
        out.extend_from_slice(text);
    }
}

fn read_text<'a>(bytes: &mut &'a [u8], scratch: &'a mut [u8; LONGEST + 1]) -> Option<&'a [u8]> {
    let (&len, rest) = bytes.split_first()?;
    let digits = len & DIGITS != 0;
    let len = usize::from(len & !DIGITS);
    let stored = if digits { len.div_ceil(2) } else { len };
    let (text, rest) = rest.split_at_checked(stored)?;
    *bytes = rest;
    if !digits {
        return Some(text);
    }
    let to = scratch.get_mut(..len)?;
    unpack_digits(text, to);
    Some(to)
}

fn push_varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 128 {
        out.push((value & 127) as u8 | 128);
        value >>= 7;
    }
    out.push((value & 127) as u8);
}

fn read_varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for at in 0..10 {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 127) << (at * 7);
        if byte < 128 {
            return Some(value);
        }
    }
    None
}

const _: () = assert!(INTS >= 2 && TEXTS >= 1);
