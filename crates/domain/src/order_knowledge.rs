//! What one list of orders knows that another does not: a list of finance without deliveries or refunds takes nothing back
//! of what the shop's own export told of the same orders.

use super::{FulfilStatus, MOrder, PayStatus, RowRef};

impl MOrder {
    /// True when this row comes from a list without deliveries or without refunds, and says of an order nothing that a
    /// row of another list has not said already.
    #[must_use]
    pub fn tells_no_more_than(&self, known: &Self) -> bool {
        let lacks_delivery =
            self.fulfil_status == FulfilStatus::NotKnown && self.fulfilled_at.is_none();
        let lacks_refund = self.pay_status == PayStatus::Paid
            && self.refund_total.is_none()
            && self.refund_no.is_empty()
            && self.refund_at.is_none();
        if !lacks_delivery && !lacks_refund {
            return false;
        }
        let mut out = Self {
            row: RowRef::NONE,
            closed_at: self.closed_at.or(known.closed_at),
            paid_at: self.paid_at.or(known.paid_at),
            ..*self
        };
        if lacks_delivery {
            out.fulfil_status = known.fulfil_status;
            out.fulfilled_at = known.fulfilled_at;
        }
        if lacks_refund {
            out.refund_total = known.refund_total;
            out.refund_no = known.refund_no;
            out.refund_at = known.refund_at;
            if matches!(known.pay_status, PayStatus::Refunded | PayStatus::Refunding) {
                out.pay_status = known.pay_status;
            }
        }
        // A list of payments has no time of ordering, and the number of the payment for that of the order.
        if Some(out.created_at) == out.paid_at {
            out.created_at = known.created_at;
        }
        if out.order_no.as_bytes() == out.out_trade_no.as_bytes() {
            out.order_no = known.order_no;
        }
        if out.transaction_id.is_empty() {
            out.transaction_id = known.transaction_id;
        }
        if out.appid.is_empty() {
            out.appid = known.appid;
        }
        if out.sub_mch_id.is_empty() {
            out.sub_mch_id = known.sub_mch_id;
        }
        out == Self {
            row: RowRef::NONE,
            ..*known
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Fen, Instant, OutTradeNo};

    fn known() -> MOrder {
        MOrder {
            out_trade_no: OutTradeNo::new("A1").unwrap_or_default(),
            amount: Fen::new(1_000),
            pay_status: PayStatus::Paid,
            fulfil_status: FulfilStatus::Pending,
            created_at: Instant::from_unix(100),
            paid_at: Some(Instant::from_unix(110)),
            refund_total: Some(Fen::new(300)),
            ..MOrder::NONE
        }
    }

    #[test]
    fn a_list_without_deliveries_and_refunds_takes_nothing_back() {
        let known = known();
        let less = MOrder {
            fulfil_status: FulfilStatus::NotKnown,
            refund_total: None,
            created_at: Instant::from_unix(110),
            ..known
        };
        assert!(less.tells_no_more_than(&known));
        // Another sum, or an order that was closed since, is news.
        let other = MOrder {
            amount: Fen::new(999),
            ..less
        };
        assert!(!other.tells_no_more_than(&known));
        let closed = MOrder {
            pay_status: PayStatus::Closed,
            ..less
        };
        assert!(!closed.tells_no_more_than(&known));
    }

    #[test]
    fn a_list_that_has_both_columns_is_heard() {
        let known = known();
        let sent = MOrder {
            fulfil_status: FulfilStatus::Fulfilled,
            refund_total: Some(Fen::ZERO),
            ..known
        };
        assert!(!sent.tells_no_more_than(&known));
    }
}
