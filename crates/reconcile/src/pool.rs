//! 在途: what one book has and the other does not have yet (rules X4 to X7).
//!
//! An item is aged by verified bills seen since it entered, never by days of the calendar.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use recondesk_domain::{
    BillDate, Fen, Instant, OrderNo, OutRefundNo, OutTradeNo, RefundId, RowRef, TransactionId,
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

    /// True when no further bill can bring the other side.
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
