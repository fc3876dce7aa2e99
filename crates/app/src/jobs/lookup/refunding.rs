//! Refunds of an order that are on their way, about to be sent, or booked otherwise than WeChat Pay made them. Pure.

use super::advice::AdviceContext;
use super::order_summary::{Attention, OrderSummary, yuan};
use recondesk_domain::{Category, Fen, SuggestedAction};

impl AdviceContext<'_> {
    /// True while a refund is on its way, or is about to be.
    pub(super) fn is_refunding(&self) -> bool {
        self.money.refunds.going > Fen::ZERO || self.money.refunds.ready > Fen::ZERO
    }

    pub(super) fn going(&self) -> OrderSummary {
        let refunds = &self.money.refunds;
        let (zh, en) = self.part_words();
        let (going, ready) = (yuan(refunds.going), yuan(refunds.ready));
        if refunds.going > Fen::ZERO && refunds.ready > Fen::ZERO {
            return self.of(
                Category::RefundInFlight,
                &format!("{zh}，退款 {going} 处理中，另有 {ready} 已确认、尚未发送：查询退款直到终态，再发送"),
                &format!("{en}, a refund of {going} is being made and one of {ready} is confirmed and not sent yet: query the first until it is final, then send"),
            );
        }
        if refunds.ready > Fen::ZERO {
            let sent = self.of(
                Category::RefundInFlight,
                &format!("{zh}，退款 {ready} 已确认、尚未发送：钱还没有退，发送或撤回这笔退款"),
                &format!("{en}, a refund of {ready} is confirmed and not sent yet: no money is on its way, send it or withdraw it"),
            );
            return OrderSummary {
                standing: Attention::NeedsPerson,
                ..sent.with_step(SuggestedAction::SubmitRefund)
            };
        }
        self.of(
            Category::RefundInFlight,
            &format!("{zh}，退款 {going} 处理中：查询退款直到终态"),
            &format!("{en}, a refund of {going} is being made: query it until it is final"),
        )
    }

    /// The merchant booked another sum of refunds than WeChat Pay made.
    pub(super) fn booked_otherwise(&self, back: Fen) -> Option<OrderSummary> {
        let order = self.record.order()?;
        let booked = self.money.booked_refunds?;
        let is_less = booked < back && (order.is_booked() || booked > Fen::ZERO);
        if !is_less {
            return None;
        }
        let is_amount = self.is_booked_in_part(booked);
        let (back, booked) = (yuan(back), yuan(booked));
        if is_amount {
            return Some(self.of(
                Category::RefundAmountDiff,
                &format!("，微信已退 {back}，商户记为 {booked}：退款金额不符，核对"),
                &format!(", WeChat Pay refunded {back}, the merchant booked {booked}: the refund amounts differ, check them"),
            ));
        }
        Some(self.of(
            Category::WOnlyRefund,
            &format!("，微信已退 {back}，商户记为 {booked}：补记退款"),
            &format!(", WeChat Pay refunded {back}, the merchant booked {booked}: book the refund"),
        ))
    }

    /// The merchant has the refund, with another amount: in its running total, or under the same number.
    fn is_booked_in_part(&self, booked: Fen) -> bool {
        let mut own = self
            .record
            .merchant_refunds
            .iter()
            .filter(|kept| !kept.superseded)
            .peekable();
        if own.peek().is_none() {
            return booked > Fen::ZERO;
        }
        own.any(|own| {
            self.record.refunds.iter().any(|billed| {
                billed.row.out_refund_no == own.row.out_refund_no
                    && billed.row.amount != own.row.amount
            })
        })
    }
}
