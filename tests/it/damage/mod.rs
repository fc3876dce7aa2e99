//! Damaged files, one kind of damage a function: what the program must never take for a whole one.
//!
//! A kind gets the bytes of a sound bill and chance, and gives the bytes of a damaged one, or nothing where it does not
//! apply. [`legal`] has what looks odd and is allowed.

pub(crate) mod bytes;
pub(crate) mod cells;
pub(crate) mod encoding;
pub(crate) mod header;
pub(crate) mod legal;
pub(crate) mod lines;
pub(crate) mod packing;
pub(crate) mod sheet;
pub(crate) mod spreadsheet;
pub(crate) mod summary;

use fastrand::Rng;

/// Damages a file; `None` where the kind does not apply to it.
pub(crate) type Make = fn(&[u8], &mut Rng) -> Option<Vec<u8>>;

/// What a kind of damage leaves to be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trace {
    /// The summary itself: without it nothing can be checked, so the bill must never be certified.
    Always,
    /// Sums, counts, names or shapes: it must be noticed wherever it changes what the bill says.
    Sure,
    /// It may fall on text that no total covers (an order number, a time within the day, a name): there the bill
    /// itself shows nothing, only the announced digest of APIv3 does.
    Text,
}

/// One kind of damage.
#[derive(Clone, Copy)]
pub(crate) struct BillDamage {
    pub(crate) name: &'static str,
    pub(crate) trace: Trace,
    pub(crate) make: Make,
}

pub(crate) const fn always(name: &'static str, make: Make) -> BillDamage {
    BillDamage {
        name,
        trace: Trace::Always,
        make,
    }
}

pub(crate) const fn sure(name: &'static str, make: Make) -> BillDamage {
    BillDamage {
        name,
        trace: Trace::Sure,
        make,
    }
}

pub(crate) const fn text(name: &'static str, make: Make) -> BillDamage {
    BillDamage {
        name,
        trace: Trace::Text,
        make,
    }
}

/// Every kind of damage to a bill.
pub(crate) fn kinds() -> Vec<BillDamage> {
    [
        bytes::KINDS,
        lines::KINDS,
        cells::KINDS,
        header::KINDS,
        summary::KINDS,
        encoding::KINDS,
        packing::KINDS,
        spreadsheet::KINDS,
    ]
    .concat()
}

/// A place in the bytes, or `None` if there are none.
pub(crate) fn place(bytes: &[u8], rng: &mut Rng) -> Option<usize> {
    (!bytes.is_empty()).then(|| rng.usize(..bytes.len()))
}

/// A stretch of at least one byte and at most `most`.
pub(crate) fn stretch(bytes: &[u8], most: usize, rng: &mut Rng) -> Option<std::ops::Range<usize>> {
    let start = place(bytes, rng)?;
    let most = most.min(bytes.len() - start);
    Some(start..start + 1 + rng.usize(..most))
}
