//! 在途: what one book has and the other does not have yet (rules X4 to X7).
//!
//! An item is aged by verified bills seen since it entered, never by days of the calendar.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use recondesk_domain::{
    BillDate, BillState, Fen, Instant, MOrder, MRefund, OrderNo, OutRefundNo, OutTradeNo,
    PayStatus, RefundId, RefundStatus, RowRef, TransactionId, WPay,
};

/// Which book has the item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PoolSide {
    /// The bill has it, the merchant not yet.
    Wechat,
    /// The merchant has it, no bill yet.
    Merchant,
}

/// What kind of row waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PoolKind {
    /// A payment.
    Pay,
    /// A refund.
    Refund,
}

impl PoolKind {
    /// How many verified bills an item may wait for.
    #[must_use]
    pub const fn limit(self) -> usize {
        match self {
            Self::Pay => 1,
            Self::Refund => 3,
        }
    }
}

/// One open item. The derived order is the stable order of pools.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PoolItem {
    /// Payment or refund.
    pub kind: PoolKind,
    /// Which book has it.
    pub side: PoolSide,
    /// The day on which it entered.
    pub entered: BillDate,
    /// Merchant order number.
    pub out_trade_no: OutTradeNo,
    /// Merchant refund number; empty for payments.
    pub out_refund_no: OutRefundNo,
    /// WeChat Pay order number, where known.
    pub transaction_id: TransactionId,
    /// WeChat Pay refund number, where known.
    pub refund_id: RefundId,
    /// Business order, where known.
    pub order_no: OrderNo,
    /// Amount in the book that has it.
    pub amount: Fen,
    /// Its time in that book.
    pub time: Instant,
    /// Its row in that book.
    pub row: RowRef,
}

impl PoolItem {
    /// How many verified bills have come since it entered, up to and including `day`.
    #[must_use]
    pub fn bills_seen(&self, bill_days: &[BillDate], day: BillDate) -> usize {
        bill_days
            .iter()
            .filter(|&&bill| bill > self.entered && bill <= day)
            .count()
    }

    /// A payment of the bill that waits for its order.
    pub(super) fn of_payment(w: &WPay, entered: BillDate) -> Self {
        Self {
            kind: PoolKind::Pay,
            side: PoolSide::Wechat,
            entered,
            out_trade_no: w.out_trade_no,
            out_refund_no: OutRefundNo::EMPTY,
            transaction_id: w.transaction_id,
            refund_id: RefundId::EMPTY,
            order_no: OrderNo::EMPTY,
            amount: w.amount,
            time: w.time,
            row: w.row,
        }
    }

    /// A paid order that waits for its payment.
    pub(super) fn of_order(m: &MOrder, time: Instant, entered: BillDate) -> Self {
        Self {
            kind: PoolKind::Pay,
            side: PoolSide::Merchant,
            entered,
            out_trade_no: m.out_trade_no,
            out_refund_no: OutRefundNo::EMPTY,
            transaction_id: m.transaction_id,
            refund_id: RefundId::EMPTY,
            order_no: m.order_no,
            amount: m.amount,
            time,
            row: m.row,
        }
    }

    /// A refund of the merchant that waits for its row of the bill.
    pub(super) fn of_refund(m: &MRefund, time: Instant, entered: BillDate) -> Self {
        Self {
            kind: PoolKind::Refund,
            side: PoolSide::Merchant,
            entered,
            out_trade_no: m.out_trade_no,
            out_refund_no: m.out_refund_no,
            transaction_id: TransactionId::EMPTY,
            refund_id: m.refund_id,
            order_no: OrderNo::EMPTY,
            amount: m.amount,
            time,
            row: m.row,
        }
    }

    /// What the item knows of its bill row, for an archive that has lost it.
    pub(super) fn payment(&self) -> WPay {
        WPay {
            out_trade_no: self.out_trade_no,
            transaction_id: self.transaction_id,
            time: self.time,
            state: BillState::Success,
            amount: self.amount,
            settled: self.amount,
            rate: -1,
            row: self.row,
            ..WPay::NONE
        }
    }

    /// What the item knows of its order, for an archive that has lost it.
    pub(super) fn order(&self) -> MOrder {
        MOrder {
            out_trade_no: self.out_trade_no,
            order_no: self.order_no,
            transaction_id: self.transaction_id,
            amount: self.amount,
            pay_status: PayStatus::Paid,
            created_at: self.time,
            paid_at: Some(self.time),
            row: self.row,
            ..MOrder::NONE
        }
    }

    /// What the item knows of its refund, for an archive that has lost it.
    pub(super) fn refund(&self) -> MRefund {
        MRefund {
            out_refund_no: self.out_refund_no,
            out_trade_no: self.out_trade_no,
            refund_id: self.refund_id,
            amount: self.amount,
            status: RefundStatus::Processing,
            requested_at: Some(self.time),
            row: self.row,
            ..MRefund::NONE
        }
    }

    /// True when no further bill can bring the other side (X6).
    #[must_use]
    pub fn is_expired(&self, bill_days: &[BillDate], day: BillDate) -> bool {
        self.bills_seen(bill_days, day) >= self.kind.limit()
    }
}

/// Identity of a pool: the digest of its items, whatever their order.
#[must_use]
pub fn pool_digest(items: &[PoolItem]) -> [u8; 32] {
    let mut sorted: Vec<&PoolItem> = items.iter().collect();
    sorted.sort_unstable();
    let mut hash = Sha256::new();
    for item in sorted {
        let PoolItem {
            kind,
            side,
            entered,
            out_trade_no,
            out_refund_no,
            transaction_id,
            refund_id,
            order_no,
            amount,
            time,
            row: _,
        } = item;
        hash.update(format!(
            "{kind:?} {side:?} {entered} {out_trade_no:?} {out_refund_no:?} {transaction_id:?} \
             {refund_id:?} {order_no:?} {} {}\n",
            amount.get(),
            time.unix()
        ));
    }
    hash.finalize().into()
}
