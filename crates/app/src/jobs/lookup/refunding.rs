//! Refunds of an order that are on their way, about to be sent, or booked otherwise than WeChat Pay made them. Pure.

use super::advice::AdviceContext;
use super::order_summary::{Attention, OrderSummary, yuan};
use recondesk_casework::RefundStage;
use recondesk_domain::{Category, Fen, FulfilStatus, SuggestedAction};

impl AdviceContext<'_> {
    /// True while a refund is on its way, or is about to be.
    pub(super) fn is_refunding(&self) -> bool {
        let refunds = &self.money.refunds;
        [refunds.going, refunds.ready, refunds.refused]
            .iter()
            .any(|sum| *sum > Fen::ZERO)
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
        if let Some(told) = self.delivered_since() {
            return told;
        }
        if refunds.refused > Fen::ZERO {
            return self.refused(refunds.refused);
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

    /// A refund of missing goods that never left, while the shop delivered them meanwhile: it would be refused, and is to be
    /// taken back.
    fn delivered_since(&self) -> Option<OrderSummary> {
        let order = self.record.order()?;
        let lacks_goods = |key: &str| {
            let mut cases = self.record.cases.iter().map(|story| &story.case);
            cases.any(|case| case.key == key && case.finding.category.action().delivers())
        };
        let mut own = self.record.own_refunds.iter();
        let own = own.find(|own| {
            own.refund.stage == RefundStage::Confirmed && lacks_goods(&own.draft.case_key)
        })?;
        if order.fulfil_status != FulfilStatus::Fulfilled || self.money.refunds.going > Fen::ZERO {
            return None;
        }
        let sum = yuan(own.refund.amount);
        let told = self.of(
            Category::RefundInFlight,
            &format!("，商城已发货，退款 {sum} 没有发出：撤回这笔退款"),
            &format!(
                ", the shop delivered it, and a refund of {sum} was not sent: take that refund back"
            ),
        );
        Some(OrderSummary {
            standing: Attention::NeedsPerson,
            ..told.with_step(SuggestedAction::Review)
        })
    }

    /// WeChat Pay did not take a refund over, and the same number can be sent again.
    fn refused(&self, sum: Fen) -> OrderSummary {
        let (zh, en) = self.part_words();
        let mut own = self.record.own_refunds.iter();
        let own =
            own.find(|own| own.refund.stage == RefundStage::Confirmed && own.refund.sends > 0);
        let why = own.map_or("", |own| own.last_words.trim());
        let (why_zh, why_en) = if why.is_empty() {
            (String::new(), String::new())
        } else {
            (format!("（{why}）"), format!(" ({why})"))
        };
        let sum = yuan(sum);
        let told = self.of(
            Category::RefundInFlight,
            &format!("{zh}，退款 {sum} 没有被受理{why_zh}：钱还没有退，处理后用同一单号再发，或撤回"),
            &format!("{en}, WeChat Pay did not take a refund of {sum} over{why_en}: no money is on its way, send the same number again once that is settled, or withdraw it"),
        );
        OrderSummary {
            standing: Attention::NeedsPerson,
            ..told.with_step(SuggestedAction::SubmitRefund)
        }
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
