//! Identities that hold in each row by itself (I3 and I4), and the rows that break them.

use super::block::Sums;
use recondesk_domain::{BillState, Fen, WPay, WRefund};

/// How many breaking rows are kept; all are counted.
const MAX_BREAKS: usize = 20;

/// A row outside its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoundBreak {
    /// Line in the file.
    pub line: u32,
    /// Least value that the documents allow.
    pub least: Fen,
    /// Greatest value that the documents allow.
    pub most: Fen,
    /// The value of the row.
    pub actual: Fen,
}

/// What the rows say of I3 and I4.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bounds {
    /// Payment rows that break I3: 0 ≤ 订单金额 − 应结订单金额 ≤ 代金券金额.
    pub pay_count: u64,
    /// The first of them.
    pub pays: Vec<BoundBreak>,
    /// Refund rows that break I4: 0 ≤ 申请退款金额 − 退款金额, 0 ≤ 充值券退款金额 ≤ 退款金额.
    pub refund_count: u64,
    /// The first of them.
    pub refunds: Vec<BoundBreak>,
    /// Payment rows that carry a refund, and refund rows that carry a payment; both print `0.00` there.
    pub mixed_count: u64,
    /// The first of them.
    pub mixed: Vec<BoundBreak>,
}

impl Bounds {
    /// Checks a payment row with its refund columns; other states than SUCCESS have no documented bound.
    pub(super) fn check_pay(&mut self, row: &WPay, sums: &Sums) {
        if row.state != BillState::Success {
            return;
        }
        let refund = sums.refunded.get() | sums.refund_coupon.get() | sums.refund_asked.get();
        if refund != 0 {
            self.mix(row.row.line, sums.refunded);
        }
        let free = row.amount.get().saturating_sub(row.settled.get());
        if free < 0 || free > row.coupon.get() {
            self.pay_count += 1;
            keep(
                &mut self.pays,
                row.row.line,
                Fen::ZERO,
                row.coupon,
                Fen::new(free),
            );
        }
    }

    /// Checks a refund row with its payment columns.
    pub(super) fn check_refund(&mut self, row: &WRefund, sums: &Sums) {
        if sums.settled.get() | sums.amount.get() != 0 {
            self.mix(row.row.line, sums.settled);
        }
        let free = Fen::new(row.amount.get().saturating_sub(row.settled.get()));
        let coupon = row.coupon;
        let is_free_fine = !free.is_negative();
        let is_coupon_fine = !coupon.is_negative() && coupon <= row.settled;
        if is_free_fine && is_coupon_fine {
            return;
        }
        self.refund_count += 1;
        if is_free_fine {
            keep(
                &mut self.refunds,
                row.row.line,
                Fen::ZERO,
                row.settled,
                coupon,
            );
        } else {
            keep(&mut self.refunds, row.row.line, Fen::ZERO, row.amount, free);
        }
    }

    #[cold]
    fn mix(&mut self, line: u32, actual: Fen) {
        self.mixed_count += 1;
        keep(&mut self.mixed, line, Fen::ZERO, Fen::ZERO, actual);
    }

    pub(super) fn absorb(&mut self, next: Self) {
        self.mixed_count += next.mixed_count;
        let room = MAX_BREAKS.saturating_sub(self.mixed.len());
        self.mixed.extend(next.mixed.into_iter().take(room));
        self.pay_count += next.pay_count;
        self.refund_count += next.refund_count;
        let room = MAX_BREAKS.saturating_sub(self.pays.len());
        self.pays.extend(next.pays.into_iter().take(room));
        let room = MAX_BREAKS.saturating_sub(self.refunds.len());
        self.refunds.extend(next.refunds.into_iter().take(room));
    }
}

fn keep(list: &mut Vec<BoundBreak>, line: u32, least: Fen, most: Fen, actual: Fen) {
    if list.len() < MAX_BREAKS {
        list.push(BoundBreak {
            line,
            least,
            most,
            actual,
        });
    }
}
