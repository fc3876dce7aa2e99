//! The pool over one day as figures: opening, new, cleared, expired, closing for each kind and side (I15).

use std::collections::BTreeMap;

use super::{CountedSum, PoolItem, PoolKind, PoolRoll, PoolSide, ReconcileError};

/// How an item left the pool, or did not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PoolExit {
    Cleared,
    Expired,
    Stays,
}

/// The open items of a day, and what becomes of each.
#[derive(Debug, Default)]
pub(super) struct PoolLedger {
    rolls: BTreeMap<(PoolKind, PoolSide), PoolRoll>,
    closing: Vec<PoolItem>,
}

impl PoolLedger {
    fn roll(&mut self, item: &PoolItem) -> &mut PoolRoll {
        self.rolls
            .entry((item.kind, item.side))
            .or_insert_with(|| PoolRoll {
                kind: item.kind,
                side: item.side,
                opening: CountedSum::default(),
                new: CountedSum::default(),
                cleared: CountedSum::default(),
                expired: CountedSum::default(),
                closing: CountedSum::default(),
            })
    }

    /// Counts an item that was open when the day began.
    pub(super) fn open(&mut self, item: &PoolItem) -> Result<(), ReconcileError> {
        self.roll(item).opening.take(item.amount)
    }

    /// Records what became of an item that was open.
    pub(super) fn end(&mut self, item: &PoolItem, exit: PoolExit) -> Result<(), ReconcileError> {
        let roll = self.roll(item);
        match exit {
            PoolExit::Cleared => roll.cleared.take(item.amount),
            PoolExit::Expired => roll.expired.take(item.amount),
            PoolExit::Stays => {
                self.closing.push(*item);
                Ok(())
            }
        }
    }

    /// Takes in an item of today.
    pub(super) fn enter(&mut self, item: &PoolItem) -> Result<(), ReconcileError> {
        self.roll(item).new.take(item.amount)?;
        self.closing.push(*item);
        Ok(())
    }

    /// The roll-forward and the pool at the end of the day, in its stable order.
    pub(super) fn close(mut self) -> Result<PoolAtEnd, ReconcileError> {
        self.closing.sort_unstable();
        for item in std::mem::take(&mut self.closing) {
            self.roll(&item).closing.take(item.amount)?;
            self.closing.push(item);
        }
        Ok(PoolAtEnd {
            rolls: self.rolls.into_values().collect(),
            items: self.closing,
        })
    }
}

/// The pool when the day is over.
pub(super) struct PoolAtEnd {
    pub(super) rolls: Vec<PoolRoll>,
    pub(super) items: Vec<PoolItem>,
}
