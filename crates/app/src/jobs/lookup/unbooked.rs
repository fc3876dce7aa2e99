//! What a payment means that the merchant has an order for and has not booked: goods are due for the sum of the order
//! alone, and only while they are not out. Pure.

use super::advice::AdviceContext;
use super::collect::pay_status_words;
use super::money::PaidFact;
use super::order_summary::{OrderSummary, yuan};
use recondesk_domain::{Category, Fen, FulfilStatus, MOrder, PayStatus, SuggestedAction};

impl AdviceContext<'_> {
    pub(super) fn unbooked(&self, order: &MOrder, first: &PaidFact) -> OrderSummary {
        let (zh, en) = pay_status_words(order.pay_status);
        let part = self.part_words();
        let is_late = order.paid_at.is_some()
            || order
                .closed_at
                .is_none_or(|closed| first.at.is_none_or(|paid| closed <= paid));
        let is_late = order.pay_status == PayStatus::Closed && is_late;
        let category = if is_late {
            Category::PaidAfterClose
        } else {
            Category::PaidNotBooked
        };
        if self.money.is_claimed() {
            return self.held(category);
        }
        let differs = self.amounts(order, first);
        if differs.is_some_and(|said| said.category == Some(Category::AmountDiff)) {
            return self.of_another_sum(category, order.amount);
        }
        if order.fulfil_status == FulfilStatus::Fulfilled {
            return self.delivered_unbooked(category);
        }
        if is_late {
            return self.of(
                Category::PaidAfterClose,
                &format!("{}，商户订单已关闭：建议有货补发，否则退款", part.0),
                &format!(
                    "{}, the order is closed: reissue if in stock, else refund",
                    part.1
                ),
            );
        }
        self.of(
            Category::PaidNotBooked,
            &format!("{}，商户订单仍为{zh}：掉单，建议补发货", part.0),
            &format!(
                "{}, the order is still {en}: a dropped order, reissue it",
                part.1
            ),
        )
    }

    /// Goods are due for the price of the order, never for another sum.
    fn of_another_sum(&self, category: Category, own: Fen) -> OrderSummary {
        let own = yuan(own);
        self.of(
            category,
            &format!("，商户没有入账，订单金额却是 {own}：先核对金额，不发货"),
            &format!(", the merchant has not booked it, and the order says {own}: check the sum first, do not deliver"),
        )
        .with_step(SuggestedAction::Review)
    }

    fn delivered_unbooked(&self, category: Category) -> OrderSummary {
        self.of(
            category,
            "，商户没有入账，但已发货：补记付款，不再发货，也不退款",
            ", the merchant has not booked it but has delivered: book the payment, neither deliver again nor refund",
        )
        .with_step(SuggestedAction::Review)
    }
}
