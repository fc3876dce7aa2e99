//! What parsing gives: rows, refused rows with their reasons, rows that are left out, and the figures of the preview.

use super::stats::tally;
use super::{Column, LeftOut, LeftOutReason, Reject, RowReason, Stats};
use recondesk_domain::{MOrder, MRefund, RowRef};

/// Refused rows kept in full per block; beyond it they are only counted.
pub const MAX_REJECTS_PER_BLOCK: usize = 20_000;

/// The rows of one block of a file, in file order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OrderBlock {
    /// Orders, duplicates included.
    pub orders: Vec<MOrder>,
    /// Refunds: of a refunds file, or of an orders file with one refund a row.
    pub refunds: Vec<MRefund>,
    /// Refused rows, at most [`MAX_REJECTS_PER_BLOCK`].
    pub rejects: Vec<Reject>,
    /// Good rows that are not WeChat Pay's.
    pub left_out: Vec<LeftOut>,
    /// The figures.
    pub stats: Stats,
}

impl OrderBlock {
    /// Empties the block and keeps its memory for the next one.
    pub fn clear(&mut self) {
        let Self {
            orders,
            refunds,
            rejects,
            left_out,
            stats,
        } = self;
        orders.clear();
        refunds.clear();
        rejects.clear();
        left_out.clear();
        *stats = Stats::default();
    }

    /// Appends the rows of the block that follows in the file.
    pub fn append(&mut self, mut next: Self) {
        self.orders.append(&mut next.orders);
        self.refunds.append(&mut next.refunds);
        self.rejects.append(&mut next.rejects);
        self.left_out.append(&mut next.left_out);
        self.stats.merge(&next.stats);
    }

    pub(super) fn refuse(&mut self, make: impl FnOnce() -> Reject, column: &str) {
        self.stats.bad = self.stats.bad.saturating_add(1);
        tally(&mut self.stats.bad_columns, column, 1);
        if self.rejects.len() < MAX_REJECTS_PER_BLOCK {
            self.rejects.push(make());
        } else {
            self.stats.bad_untold = self.stats.bad_untold.saturating_add(1);
        }
    }

    pub(super) fn leave_out(&mut self, row: RowRef, number: String, reason: LeftOutReason) {
        self.stats.leave_out(&reason);
        self.left_out.push(LeftOut {
            row,
            number,
            reason,
        });
    }
}

/// What is wrong with one cell: the column and the reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BadCell {
    pub(super) column: Column,
    /// The slot of the cell, where it is not the one of the column.
    pub(super) slot: Option<u8>,
    pub(super) reason: RowReason,
}

impl BadCell {
    pub(super) const fn new(column: Column, reason: RowReason) -> Self {
        Self {
            column,
            slot: None,
            reason,
        }
    }
}
