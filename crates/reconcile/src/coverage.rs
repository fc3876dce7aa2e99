//! Both books over the 24 hours, and the holes of the merchant's one (K01).
//!
//! Payments are counted per second, so that a day of any size costs the same memory.

use recondesk_domain::{BillDate, Fen, Instant};

use super::{CountedSum, Coverage, Hole, ReconcileError};

const SECONDS: usize = 86_400;
const CELLS: usize = 96;
const CELL_S: usize = 900;

/// Counts payments of both books over the day.
pub(super) struct CoverageMap {
    start: Instant,
    /// Seconds with a payment that has an order, one bit each: nearly all payments end here, in any
    /// order, so this has to fit into the cache.
    met: Vec<u64>,
    /// Payments without an order, by second.
    missed: Vec<u32>,
    /// All payments, by quarter of an hour.
    wechat: Vec<u32>,
    merchant: Vec<u32>,
    holes: Vec<Hole>,
}

/// Seconds of the day, both included, whose unmet payments belong to one hole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stretch {
    first: usize,
    last: usize,
}

impl CoverageMap {
    pub(super) fn new(day: BillDate) -> Self {
        Self {
            start: day.start(),
            met: vec![0; SECONDS.div_ceil(64)],
            missed: vec![0; SECONDS],
            wechat: vec![0; CELLS],
            merchant: vec![0; CELLS],
            holes: Vec::new(),
        }
    }

    /// A successful payment of the bill, and whether the merchant has an order for it.
    pub(super) fn pay(&mut self, time: Instant, met: bool) {
        let Some(second) = second_of(self.start, time) else {
            return;
        };
        if let Some(cell) = self.wechat.get_mut(second / CELL_S) {
            *cell = cell.saturating_add(1);
        }
        if met {
            if let Some(word) = self.met.get_mut(second / 64) {
                *word |= 1 << (second % 64);
            }
        } else if let Some(count) = self.missed.get_mut(second) {
            *count = count.saturating_add(1);
        }
    }

    fn is_met(&self, second: usize) -> bool {
        self.met
            .get(second / 64)
            .is_some_and(|word| word >> (second % 64) & 1 == 1)
    }

    /// An order that the merchant holds for paid.
    pub(super) fn order(&mut self, time: Instant) {
        if let Some(second) = second_of(self.start, time)
            && let Some(cell) = self.merchant.get_mut(second / CELL_S)
        {
            *cell = cell.saturating_add(1);
        }
    }

    /// True when the merchant's book has no paid order of the day, and no payment of it met one of any day.
    pub(super) fn is_blank(&self) -> bool {
        self.merchant.iter().all(|count| *count == 0) && self.met.iter().all(|word| *word == 0)
    }

    /// Stretches with at least `least` payments in a row and no order among them.
    ///
    /// Payments of one second have no order in time. A second with both kinds therefore ends a
    /// stretch and may begin the next one; its unmet payments go to the earlier one if that is long
    /// enough, else to the later.
    fn stretches(&self, least: u32) -> Vec<Stretch> {
        let mut out = Vec::new();
        let mut open: Option<(usize, usize, u64)> = None;
        let close = |open: Option<(usize, usize, u64)>, out: &mut Vec<Stretch>| {
            let long = open.filter(|&(_, _, count)| count >= u64::from(least));
            if let Some((first, last, _)) = long {
                out.push(Stretch { first, last });
            }
            long.is_some()
        };
        for (at, &missed) in self.missed.iter().enumerate() {
            let missed = u64::from(missed);
            if missed > 0 {
                let (first, _, count) = open.unwrap_or((at, at, 0));
                open = Some((first, at, count.saturating_add(missed)));
            }
            if self.is_met(at) {
                let taken = close(open.take(), &mut out);
                if missed > 0 && !taken {
                    open = Some((at, at, missed));
                }
            }
        }
        close(open, &mut out);
        out
    }

    /// The holes of the merchant's book, before their sums are known: see [`CoverageMap::stretches`].
    pub(super) fn find_holes(&self, least: u32) -> Holes {
        let at = |second: usize| {
            let second = i64::try_from(second);
            debug_assert!(second.is_ok(), "a day has 86,400 seconds");
            self.start.plus(second.unwrap_or(0))
        };
        let stretches = self.stretches(least);
        let holes = stretches.iter().map(|stretch| Hole {
            from: at(stretch.first),
            to: at(stretch.last),
            sums: CountedSum::default(),
        });
        Holes {
            start: self.start,
            holes: holes.collect(),
            stretches,
        }
    }

    /// Keeps the holes, now that their sums are known.
    pub(super) fn keep(&mut self, holes: Holes) {
        self.holes = holes.holes;
    }

    /// The figures for the screens.
    pub(super) fn finish(self) -> Coverage {
        Coverage {
            wechat: self.wechat,
            merchant: self.merchant,
            holes: self.holes,
        }
    }
}

fn second_of(start: Instant, time: Instant) -> Option<usize> {
    let second = time.unix().checked_sub(start.unix())?;
    usize::try_from(second).ok().filter(|&s| s < SECONDS)
}

/// Holes of the merchant's book while their payments are counted.
pub(super) struct Holes {
    start: Instant,
    stretches: Vec<Stretch>,
    holes: Vec<Hole>,
}

impl Holes {
    /// The hole in which an unmet payment lies.
    pub(super) fn at(&mut self, time: Instant) -> Option<&mut Hole> {
        let second = second_of(self.start, time)?;
        let at = self
            .stretches
            .partition_point(|stretch| stretch.last < second);
        let stretch = self.stretches.get(at)?;
        (stretch.first <= second).then(|| self.holes.get_mut(at))?
    }

    /// All of them, in order of time.
    pub(super) fn all(&self) -> &[Hole] {
        &self.holes
    }
}

impl CountedSum {
    /// Takes one more row.
    pub(super) fn take(&mut self, fen: Fen) -> Result<(), ReconcileError> {
        self.count = self.count.saturating_add(1);
        self.fen = self.fen.checked_add(fen).ok_or(ReconcileError::Overflow)?;
        Ok(())
    }

    /// Takes what another one has.
    pub(super) fn join(&mut self, other: Self) -> Result<(), ReconcileError> {
        self.count = self.count.saturating_add(other.count);
        self.fen = self
            .fen
            .checked_add(other.fen)
            .ok_or(ReconcileError::Overflow)?;
        Ok(())
    }
}
