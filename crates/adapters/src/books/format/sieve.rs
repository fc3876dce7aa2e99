//! Sieves: which imports of a row of them may have a number at all, told without opening their segment files.
//!
//! A sieve holds the short fingerprints of every number of [`SPAN`] imports, each cut to as many bits as keep the gaps
//! between them small, and beside each the import that has it: two bytes a number. It is made of the index pages of
//! the segments and can be made again at any time. It never leaves out a number; it may name an import too many.
//!
//! A file is `pages · tail`, the tail last, so that a file that was not finished is none. Every page has its
//! checksum, which also depends on its place and on the seal of the sieve: the pages of another file do not pass.

use std::io;

use crate::checksum::checksum;

/// Imports of one sieve: the `n`-th is of imports `n * SPAN + 1` to `(n + 1) * SPAN`.
pub(crate) const SPAN: u32 = 32;
/// Bytes of a page, checksum included.
pub(crate) const SIEVE_PAGE: usize = 4096;
const HEAD_BYTES: usize = 8;
const PAIR_BYTES: usize = SIEVE_PAGE - HEAD_BYTES - 8;
const MAGIC: [u8; 8] = *b"RDSIEV\0\x01";
/// Bytes of the tail.
pub(crate) const TAIL_BYTES: usize = 8 + 4 + 4 + 4 + 4 + 8 + SPAN as usize * 8 + 8;
/// A gap too wide for one byte: go on by so many, nothing stands there.
const SKIP: u8 = u8::MAX;
/// Gaps are this wide at least, on average; twice as much at most.
const LEAST_GAP: u64 = 48;

/// Name of the sieve whose last import this is.
pub(crate) fn sieve_name(last: u32) -> String {
    format!("{last:08}.sieve")
}

/// The sections of one import: number of the first one, and how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct SectionRun {
    pub(crate) first: u32,
    pub(crate) count: u32,
}

/// What stands at the end of a sieve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SieveTail {
    /// First import.
    pub(crate) first: u32,
    /// Bits by which short fingerprints are cut.
    pub(crate) shift: u32,
    pub(crate) pages: u32,
    /// Says of which imports it was made.
    pub(crate) seal: u64,
    /// Sections of each import.
    pub(crate) sections: [SectionRun; SPAN as usize],
}

impl SieveTail {
    /// The tail as it goes to the file.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(TAIL_BYTES);
        out.extend_from_slice(&MAGIC);
        for word in [self.first, SPAN, self.shift, self.pages] {
            out.extend_from_slice(&word.to_le_bytes());
        }
        out.extend_from_slice(&self.seal.to_le_bytes());
        for run in self.sections {
            out.extend_from_slice(&run.first.to_le_bytes());
            out.extend_from_slice(&run.count.to_le_bytes());
        }
        let sum = checksum(&out);
        out.extend_from_slice(&sum.to_le_bytes());
        out
    }

    /// Reads a tail; `None` when it is not what was written, or of another format.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let (body, sum) = bytes.split_last_chunk::<8>()?;
        (bytes.len() == TAIL_BYTES && checksum(body) == u64::from_le_bytes(*sum)).then_some(())?;
        let body = body.strip_prefix(&MAGIC)?;
        let (words, body) = body.split_first_chunk::<16>()?;
        let (words, _) = words.as_chunks::<4>();
        let [first, span, shift, pages] = words else {
            return None;
        };
        let (seal, runs) = body.split_first_chunk::<8>()?;
        let mut sections = [SectionRun::default(); SPAN as usize];
        let (runs, _) = runs.as_chunks::<8>();
        for (to, run) in sections.iter_mut().zip(runs) {
            let (first, count) = run.split_first_chunk::<4>()?;
            to.first = u32::from_le_bytes(*first);
            to.count = u32::from_le_bytes(*count.first_chunk()?);
        }
        let tail = Self {
            first: u32::from_le_bytes(*first),
            shift: u32::from_le_bytes(*shift),
            pages: u32::from_le_bytes(*pages),
            seal: u64::from_le_bytes(*seal),
            sections,
        };
        (u32::from_le_bytes(*span) == SPAN && tail.shift < u32::BITS).then_some(tail)
    }
}

/// By how many bits the fingerprints of so many numbers are cut.
pub(crate) fn shift_for(numbers: u64) -> u32 {
    let units = numbers.max(1).saturating_mul(LEAST_GAP);
    let bits = u64::BITS - units.leading_zeros();
    u32::BITS.saturating_sub(bits)
}

/// What the checksum of a page depends on besides its bytes.
fn salt(seal: u64, page: u32) -> u64 {
    let mut place = [0; 12];
    let (of_seal, of_page) = place.split_at_mut(8);
    of_seal.copy_from_slice(&seal.to_le_bytes());
    of_page.copy_from_slice(&page.to_le_bytes());
    recondesk_domain::fingerprint(&place)
}

/// Writes the pages of a sieve.
pub(crate) struct SieveWriter<P> {
    seal: u64,
    shift: u32,
    put: P,
    page: Vec<u8>,
    pages: u32,
    /// Cut fingerprint of the last pair, and all of the last entry.
    unit: u32,
    last: Option<(u32, u8)>,
}

impl<P: FnMut(&[u8]) -> io::Result<()>> SieveWriter<P> {
    pub(crate) fn new(seal: u64, shift: u32, put: P) -> Self {
        Self {
            seal,
            shift,
            put,
            page: Vec::with_capacity(SIEVE_PAGE),
            pages: 0,
            unit: 0,
            last: None,
        }
    }

    /// Adds a number by its short fingerprint; numbers must come in order of (fingerprint, place of the import).
    pub(crate) fn push(&mut self, short: u32, place: u8) -> io::Result<()> {
        let unit = short >> self.shift;
        if self.last == Some((unit, place)) {
            return Ok(());
        }
        self.last = Some((unit, place));
        while unit - self.unit >= u32::from(SKIP) {
            self.pair(SKIP, 0)?;
        }
        let gap = u8::try_from(unit - self.unit).map_err(io::Error::other)?;
        self.pair(gap, place)
    }

    fn pair(&mut self, gap: u8, place: u8) -> io::Result<()> {
        if self.page.is_empty() {
            self.page.extend_from_slice(&self.unit.to_le_bytes());
            // Where the page ends is filled in once that is known.
            self.page.extend_from_slice(&[0; 4]);
        }
        self.unit = self.unit.saturating_add(u32::from(gap));
        self.page.extend_from_slice(&[gap, place]);
        if self.page.len() == HEAD_BYTES + PAIR_BYTES {
            self.seal_page(self.unit)?;
        }
        Ok(())
    }

    fn seal_page(&mut self, last: u32) -> io::Result<()> {
        if let Some(to) = self.page.get_mut(4..HEAD_BYTES) {
            to.copy_from_slice(&last.to_le_bytes());
        }
        self.page.resize(HEAD_BYTES + PAIR_BYTES, SKIP);
        let sum = checksum(&self.page) ^ salt(self.seal, self.pages);
        self.page.extend_from_slice(&sum.to_le_bytes());
        (self.put)(&self.page)?;
        self.page.clear();
        self.pages = self
            .pages
            .checked_add(1)
            .ok_or(io::ErrorKind::FileTooLarge)?;
        Ok(())
    }

    /// Writes the last page; how many there are.
    pub(crate) fn finish(mut self) -> io::Result<u32> {
        if !self.page.is_empty() {
            self.seal_page(u32::MAX)?;
        }
        Ok(self.pages)
    }
}

/// A page of a sieve that passed its checksum.
struct SievePage<'a> {
    /// Cut fingerprints before its first pair and after its last.
    base: u32,
    last: u32,
    pairs: &'a [[u8; 2]],
}

impl<'a> SievePage<'a> {
    fn open(bytes: &'a [u8], tail: &SieveTail, at: u32) -> Option<Self> {
        let (body, sum) = bytes.split_last_chunk::<8>()?;
        let sum = u64::from_le_bytes(*sum) ^ salt(tail.seal, at);
        (bytes.len() == SIEVE_PAGE && checksum(body) == sum).then_some(())?;
        let (base, body) = body.split_first_chunk::<4>()?;
        let (last, body) = body.split_first_chunk::<4>()?;
        Some(Self {
            base: u32::from_le_bytes(*base),
            last: u32::from_le_bytes(*last),
            pairs: body.as_chunks().0,
        })
    }

    /// Imports that have a cut fingerprint, a bit each.
    fn places(&self, wanted: u32) -> u32 {
        let mut unit = self.base;
        let mut places = 0;
        for [gap, place] in self.pairs {
            unit = unit.saturating_add(u32::from(*gap));
            if unit > wanted {
                break;
            }
            if unit == wanted && *gap != SKIP {
                places |= 1_u32.checked_shl(u32::from(*place)).unwrap_or(u32::MAX);
            }
        }
        places
    }
}

/// True when a page is as it was written.
pub(crate) fn is_sound(bytes: &[u8], tail: &SieveTail, at: u32) -> bool {
    SievePage::open(bytes, tail, at).is_some()
}

/// Imports that may have a number of this short fingerprint, a bit each; `read` gives a page by its number. `None`
/// when a page is not what was written: then any import may have it.
///
/// # Errors
/// Those of `read`.
pub(crate) fn sift<E>(
    tail: &SieveTail,
    short: u32,
    mut read: impl FnMut(u32) -> Result<Vec<u8>, E>,
) -> Result<Option<u32>, E> {
    let wanted = short >> tail.shift;
    let even = (u64::from(short) * u64::from(tail.pages)) >> u32::BITS;
    let mut guess = u32::try_from(even).unwrap_or(u32::MAX);
    // The first page that reaches the wanted one lies in low..high, if any does.
    let (mut low, mut high) = (0, tail.pages);
    let mut places = 0;
    for step in 0_u32.. {
        if low >= high {
            break;
        }
        let at = if step < 4 {
            guess.clamp(low, high - 1)
        } else {
            low.midpoint(high)
        };
        let bytes = read(at)?;
        let Some(page) = SievePage::open(&bytes, tail, at) else {
            return Ok(None);
        };
        if page.last < wanted {
            low = at + 1;
            guess = low;
        } else if page.base < wanted || at == low {
            places |= page.places(wanted);
            // The entries of one cut fingerprint may go on behind the end of the page.
            if page.last != wanted || at + 1 >= tail.pages {
                break;
            }
            (low, high, guess) = (at + 1, tail.pages, at + 1);
        } else {
            high = at;
            guess = at - 1;
        }
    }
    Ok(Some(places))
}

#[cfg(test)]
#[path = "sieve_tests.rs"]
mod tests;
