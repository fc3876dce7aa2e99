//! Both books over the 24 hours, and the holes of the merchant's one (K01).
//!
//! Payments are counted per second, so that a day of any size costs the same memory.

use crate::domain::{BillDate, Fen, Instant};

use super::{Coverage, Hole, ReconcileError, Sums};

const SECONDS: usize = 86_400;
const CELLS: usize = 96;
const CELL_S: usize = 900;

/// Payments of one second: with an order of the merchant, and without.
#[derive(Debug, Clone, Copy, Default)]
struct Second {
    met: u32,
    missed: u32,
}

/// Counts payments of both books over the day.
pub(super) struct CoverageMap {
    start: Instant,
    seconds: Vec<Second>,
    merchant: Vec<u32>,
}

/// Seconds of the day, both included, whose unmet payments belong to one hole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    first: usize,
    last: usize,
}

impl CoverageMap {
    pub(super) fn new(day: BillDate) -> Self {
        Self {
            start: day.start(),
            seconds: vec![Second::default(); SECONDS],
            merchant: vec![0; CELLS],
        }
    }

    fn second_of(&self, time: Instant) -> Option<usize> {
        let second = time.unix().checked_sub(self.start.unix())?;
        usize::try_from(second).ok().filter(|&s| s < SECONDS)
    }

    /// A successful payment of the bill, and whether the merchant has an order for it.
    pub(super) fn pay(&mut self, time: Instant, met: bool) {
        if let Some(second) = self.second_of(time)
            && let Some(slot) = self.seconds.get_mut(second)
        {
            let count = if met { &mut slot.met } else { &mut slot.missed };
            *count = count.saturating_add(1);
        }
    }

    /// An order that the merchant holds for paid.
    pub(super) fn order(&mut self, time: Instant) {
        if let Some(second) = self.second_of(time)
            && let Some(cell) = self.merchant.get_mut(second / CELL_S)
        {
            *cell = cell.saturating_add(1);
        }
    }

    /// Stretches with at least `least` payments in a row and no order among them.
    ///
    /// Payments of one second have no order in time. A second with both kinds therefore ends a
    /// stretch and may begin the next one; its unmet payments go to the earlier one if that is long
    /// enough, else to the later.
    pub(super) fn stretches(&self, least: u32) -> Vec<Stretch> {
        let mut out = Vec::new();
        let mut open: Option<(usize, usize, u64)> = None;
        let close = |open: Option<(usize, usize, u64)>, out: &mut Vec<Stretch>| {
            let long = open.filter(|&(_, _, count)| count >= u64::from(least));
            if let Some((first, last, _)) = long {
                out.push(Stretch { first, last });
            }
            long.is_some()
        };
        for (at, second) in self.seconds.iter().enumerate() {
            if second.missed > 0 {
                let (first, _, count) = open.unwrap_or((at, at, 0));
                open = Some((first, at, count.saturating_add(u64::from(second.missed))));
            }
            if second.met > 0 {
                let taken = close(open.take(), &mut out);
                if second.missed > 0 && !taken {
                    open = Some((at, at, u64::from(second.missed)));
                }
            }
        }
        close(open, &mut out);
        out
    }

    /// Which of the stretches an unmet payment lies in.
    pub(super) fn stretch_of(&self, time: Instant, stretches: &[Stretch]) -> Option<usize> {
        let second = self.second_of(time)?;
        let at = stretches.partition_point(|stretch| stretch.last < second);
        stretches
            .get(at)
            .is_some_and(|stretch| stretch.first <= second)
            .then_some(at)
    }

    /// The hole of a stretch, before its sum is known.
    pub(super) fn hole(&self, stretch: Stretch) -> Hole {
        let at = |second: usize| self.start.plus(i64::try_from(second).unwrap_or(0));
        Hole {
            from: at(stretch.first),
            to: at(stretch.last),
            sums: Sums::default(),
        }
    }

    /// The figures for the screens.
    pub(super) fn finish(self, holes: Vec<Hole>) -> Coverage {
        let cells = self.seconds.chunks(CELL_S).map(|cell| {
            cell.iter().fold(0_u32, |sum, second| {
                sum.saturating_add(second.met).saturating_add(second.missed)
            })
        });
        Coverage {
            wechat: cells.collect(),
            merchant: self.merchant,
            holes,
        }
    }
}

impl Sums {
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
