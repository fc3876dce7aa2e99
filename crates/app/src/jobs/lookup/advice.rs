//! What the sums of an order mean: which category it is, and the sentence for it. Pure.
//!
//! In the order of the rules: what stops money first, then money that went back, then the two books beside each other.

use super::collect::{OrderRecord, pay_status_words};
use super::money::{OrderMoney, OrderWord, PaidFact};
use super::order_summary::{Attention, OrderSummary, short, yuan};
use super::unlike::{tolerates, unlike_number};
use super::unpaid;
use recondesk_domain::{
    Category, Fen, FulfilStatus, Instant, MOrder, MchId, PayStatus, SuggestedAction,
};
use recondesk_ports::SetAside;

/// What is known, with the words that begin every sentence about a payment.
pub(super) struct AdviceContext<'r> {
    pub(super) record: &'r OrderRecord,
    pub(super) money: &'r OrderMoney,
    zh: String,
    en: String,
}

/// Decides what an order means, cases and decisions aside.
pub(super) fn advise(record: &OrderRecord, money: &OrderMoney) -> OrderSummary {
    let Some(first) = money.payments.first() else {
        return unpaid::advise(record, money);
    };
    if record.is_notice_denied {
        return unpaid::denied_notice(first);
    }
    let (zh, en) = paid_words(first.at, money.paid());
    let known = AdviceContext {
        record,
        money,
        zh,
        en,
    };
    known
        .stops()
        .or_else(|| known.twice())
        .or_else(|| known.gone())
        .or_else(|| known.one_sided())
        .or_else(|| known.claims())
        .or_else(|| known.state())
        .unwrap_or_else(|| known.agreed())
}

/// `顾客 03-08 10:02 已付 ¥5.00`; without the time where nobody tells it.
pub(super) fn paid_words(at: Option<Instant>, sum: Fen) -> (String, String) {
    let (at, sum) = (short(at), yuan(sum));
    if at.is_empty() {
        return (
            format!("顾客已付 {sum}"),
            format!("The customer paid {sum}"),
        );
    }
    (
        format!("顾客 {at} 已付 {sum}"),
        format!("The customer paid {sum} at {at}"),
    )
}

impl AdviceContext<'_> {
    pub(super) fn of(&self, category: Category, zh: &str, en: &str) -> OrderSummary {
        let (own_zh, own_en) = (&self.zh, &self.en);
        OrderSummary::of(category, format!("{own_zh}{zh}"), format!("{own_en}{en}"))
    }

    /// The same while the merchant is giving back all that is left: neither goods nor another refund.
    pub(super) fn held(&self, category: Category) -> OrderSummary {
        let (zh, en) = self.part_words();
        let claims = yuan(self.money.claims);
        self.of(
            category,
            &format!("{zh}，商户已记或正在办理退款 {claims}：先跟进这笔退款，不发货，也不另退"),
            &format!("{en}, and the merchant is refunding {claims} already: follow that refund up, neither deliver nor refund again"),
        )
        .with_step(SuggestedAction::Review)
    }

    /// What must not go on: too much went back, money that reached nobody, a refund of unknown size, sources that
    /// contradict each other.
    fn stops(&self) -> Option<OrderSummary> {
        let money = self.money;
        // What was not sent, or not taken over, took nothing from the customer's payment.
        let (back, stuck) = (money.moved(), money.refunds.stuck);
        if back > money.paid() {
            let back = yuan(back);
            return Some(self.of(
                Category::OverRefund,
                &format!("，却退了 {back}：退款超过订单金额，停止并上报"),
                &format!(", but {back} was refunded: more than the order, stop and escalate"),
            ));
        }
        if stuck > Fen::ZERO {
            let stuck = yuan(stuck);
            return Some(self.of(
                Category::RefundAbnormal,
                &format!("，退款 {stuck} 未能退到顾客：到商户平台处理异常退款"),
                &format!(", but a refund of {stuck} did not reach the customer: apply for an abnormal refund"),
            ));
        }
        if money.is_refund_unknown() {
            let (zh, en) = (&self.zh, &self.en);
            return Some(OrderSummary::new(
                Attention::Open,
                SuggestedAction::Poll,
                format!("{zh}，微信支付说已转入退款，退了多少还不知道：先查询退款"),
                format!(
                    "{en}, and WeChat Pay says that a refund was made; how much is not known: query the refunds"
                ),
            ));
        }
        let denied = matches!(money.word, OrderWord::NotFound | OrderWord::NotPaid);
        denied.then(|| {
            let (zh, en) = (&self.zh, &self.en);
            OrderSummary::new(
                Attention::NeedsPerson,
                SuggestedAction::Review,
                format!("{zh}，微信支付却答没有收款：核对商户号和 appid，先不补发、不退款"),
                format!("{en}, but WeChat Pay answers that it has no payment: check merchant number and appid before anything else"),
            )
        })
    }

    /// Several payments of which something is left each.
    fn twice(&self) -> Option<OrderSummary> {
        let standing: Vec<&PaidFact> = self.money.standing().collect();
        let [first, _, ..] = standing.as_slice() else {
            return None;
        };
        if self.money.each_booked {
            return None;
        }
        let (count, sum) = (standing.len(), yuan(first.amount));
        Some(OrderSummary::of(
            Category::DupPay,
            format!(
                "同一商户订单号收到 {count} 笔付款，首笔 {sum}：重复支付，建议保留一笔，其余退款"
            ),
            format!(
                "{count} payments on one order number, the first {sum}: paid twice, keep one and refund the rest"
            ),
        ))
    }

    /// Nothing is left.
    fn gone(&self) -> Option<OrderSummary> {
        let money = self.money;
        if money.left() > Fen::ZERO {
            return None;
        }
        if self.is_refunding() {
            return Some(self.going());
        }
        let back = money.refunds.done;
        // A payment that was never booked needs no refund booked against it once all of it went back.
        let is_booked = self.record.order().is_some_and(MOrder::is_booked);
        if let Some(differs) = self.booked_otherwise(back).filter(|_| is_booked) {
            return Some(differs);
        }
        let back = yuan(back);
        let summary = if self.record.order().is_none() {
            self.of(
                Category::Matched,
                &format!("，已全额退款 {back}，商户订单里没有这个单号：不欠顾客"),
                &format!(", refunded in full: {back}; the merchant's orders do not have this number, and nothing is owed"),
            )
        } else {
            self.of(
                Category::Matched,
                &format!("，已全额退款 {back}"),
                &format!(", refunded in full: {back}"),
            )
        };
        Some(summary)
    }

    /// Only WeChat Pay has it, and something is left of it.
    fn one_sided(&self) -> Option<OrderSummary> {
        if self.record.order().is_some() {
            return None;
        }
        if let Some(shop) = self.other_shop() {
            return Some(self.of(
                Category::WOtherShop,
                &format!("，收款的特约商户 {shop} 不在商户档案里：与本档案无关"),
                &format!(
                    ", paid to sub-merchant {shop}, which the profile does not name: not its money"
                ),
            ));
        }
        if let Some(row) = &self.record.refused {
            return Some(self.set_aside(row));
        }
        if self.is_refunding() {
            return Some(self.going());
        }
        let part = self.part_words();
        let (zh, en) = (&part.0, &part.1);
        match self.record.covered {
            Some(Category::MCoverage) => {
                return Some(self.of(
                    Category::MCoverage,
                    &format!("{zh}，这段时间的商户订单都没有导入：补导订单"),
                    &format!("{en}, and all orders of that stretch of the day are missing: import the missing orders"),
                ));
            }
            Some(Category::MForeign) => {
                return Some(self.of(
                    Category::MForeign,
                    &format!("{zh}，当天订单的单号与账单都对不上：修正映射"),
                    &format!(
                        "{en}, and no number of that day's orders is in the bill: mend the mapping"
                    ),
                ));
            }
            _ => {}
        }
        if self.money.is_claimed() {
            return Some(self.held(Category::WOnlyPay));
        }
        if self.record.awaits_orders.is_some() {
            return Some(self.of(
                Category::MCoverage,
                &format!("{zh}，当天的商户订单还没有导入：先在商城系统里查这个单号，导入后再判断"),
                &format!("{en}, and the orders of that day are not here yet: look the number up in the shop's own system, and judge once they are imported"),
            ));
        }
        Some(self.of(
            Category::WOnlyPay,
            &format!("{zh}，商户订单里没有这个单号：查找归属系统，否则退款"),
            &format!("{en}, the merchant's orders do not have this number: find the owning system, else refund"),
        ))
    }

    /// The order stands in a file of the merchant, and was refused or left out there.
    fn set_aside(&self, row: &SetAside) -> OrderSummary {
        let (file, line) = (&row.file, row.line);
        if row.refused {
            return self.of(
                Category::MSetAside,
                &format!(
                    "，商户订单导入时被拒绝（{file} 第 {line} 行，{}）：补导订单",
                    row.zh
                ),
                &format!(
                    ", its order was refused at import ({file}, row {line}: {}): import it",
                    row.en
                ),
            );
        }
        self.of(
            Category::MSetAside,
            &format!(
                "，商户订单导入时没有收入（{file} 第 {line} 行，{}）：核对是否用两种方式各付了一次",
                row.zh
            ),
            &format!(
                ", its order was left out at import ({file}, row {line}: {}): check whether it was paid twice, by two means",
                row.en
            ),
        )
        .with_step(SuggestedAction::Review)
    }

    /// The sub-merchant that was paid, where the profile names others and not this one.
    fn other_shop(&self) -> Option<MchId> {
        let own = &self.record.profile.1.sub_mch_ids;
        let mut paid = self.record.pays.iter().filter(|kept| !kept.superseded);
        let shop = paid.next()?.row.sub_mch_id;
        let is_other = !shop.is_empty() && !own.is_empty();
        (is_other && !own.iter().any(|known| known == shop.as_str())).then_some(shop)
    }

    /// `，已部分退款 ¥3.00`, where a part went back.
    pub(super) fn part_words(&self) -> (String, String) {
        let done = self.money.refunds.done;
        if done <= Fen::ZERO {
            return (String::new(), String::new());
        }
        let done = yuan(done);
        (
            format!("，已部分退款 {done}"),
            format!(", refunded in part: {done}"),
        )
    }

    /// The merchant booked a refund that WeChat Pay has not made, or is still making; or not one that it made.
    fn claims(&self) -> Option<OrderSummary> {
        let money = self.money;
        if let Some(asked) = self.unsized_refund() {
            return Some(asked);
        }
        let claimed = money.booked_refunds.unwrap_or(Fen::ZERO);
        let left = yuan(money.left());
        if claimed > money.back() {
            let claimed = yuan(claimed);
            let told = &format!("，商户记已退 {claimed}");
            let english = &format!(", the merchant booked {claimed} as refunded");
            let has_rows = !self.record.merchant_refunds.is_empty();
            let is_short =
                has_rows && money.claims > Fen::ZERO && money.free() < money.refunds.failed;
            return Some(if money.refunds.failed > Fen::ZERO && is_short {
                self.held(Category::RefundClosed)
            } else if money.refunds.failed > Fen::ZERO {
                self.of(
                    Category::RefundClosed,
                    &format!("{told}，微信退款已关闭，仍有 {left} 未退：另行退款"),
                    &format!("{english}, but WeChat Pay closed the refund and {left} is left: refund again"),
                )
            } else if money.claims > money.left() {
                self.of(
                    Category::MOnlyRefund,
                    &format!("{told}，超过了还剩的 {left}：先复核，不要提交退款"),
                    &format!("{english}, more than the {left} that is left: review before any refund is submitted"),
                )
                .with_step(SuggestedAction::Review)
            } else if money.word == OrderWord::Paid && self.is_word_last() {
                self.of(
                    Category::MOnlyRefund,
                    &format!("{told}，微信支付没有这笔退款：用原退款单号提交退款"),
                    &format!(
                        "{english}, WeChat Pay made none: submit it with the same refund number"
                    ),
                )
            } else {
                self.of(
                    Category::WCoverage,
                    &format!("{told}，账单里还没有这笔退款：下载之后几天的账单，或联网查询"),
                    &format!("{english}, no bill has it yet: fetch the bills of the days after, or ask WeChat Pay"),
                )
            });
        }
        if self.is_refunding() {
            return Some(self.going());
        }
        self.booked_otherwise(money.refunds.done)
    }

    /// The merchant's order speaks of a refund without its sum, and WeChat Pay has none.
    fn unsized_refund(&self) -> Option<OrderSummary> {
        let order = self.record.order()?;
        // A list of refunds speaks for the orders that it has.
        let is_listed = self
            .record
            .merchant_refunds
            .iter()
            .any(|kept| !kept.superseded);
        let is_told = is_listed || self.is_refunding() || self.money.back() > Fen::ZERO;
        if !order.is_refund_unsized() || is_told {
            return None;
        }
        let is_due = matches!(
            order.fulfil_status,
            FulfilStatus::Pending | FulfilStatus::Failed
        );
        let category = if is_due {
            Category::BookedNotFulfilled
        } else {
            Category::RefundPendingM
        };
        let told = self.of(
            category,
            "，商户订单在退款或售后中，没有写金额，微信支付没有退款：先在商城查这笔售后，退款未定之前不发货",
            ", the merchant's order is in a refund or after-sales case without a sum, and WeChat Pay made no refund: look the case up in the shop, deliver nothing before it is settled",
        );
        Some(if is_due {
            told.with_step(SuggestedAction::Review)
        } else {
            told
        })
    }

    /// True when WeChat Pay said it after everything that the bills know.
    fn is_word_last(&self) -> bool {
        let asked = self.record.observations.iter().filter(|seen| {
            seen.is_believed()
                && seen.refund_id.is_empty()
                && seen.source == recondesk_ports::ObservationSource::Query
        });
        let asked = asked.map(|seen| seen.at).max();
        let booked = self.record.order().and_then(|order| order.refund_at);
        asked.is_some_and(|asked| booked.is_none_or(|booked| booked <= asked))
    }

    /// Both books have it and money is left: do they say the same?
    fn state(&self) -> Option<OrderSummary> {
        let order = self.record.order()?;
        let money = self.money;
        let first = money.payments.first()?;
        if let Some(other) = unlike_number(order, first, money) {
            return Some(self.of(
                Category::IdMismatch,
                &format!(
                    "，微信支付订单号是 {}，商户记为 {other}：交开发核查",
                    first.transaction_id
                ),
                &format!(
                    ", WeChat Pay's number is {}, the merchant has {other}: ask the developers",
                    first.transaction_id
                ),
            ));
        }
        if !order.is_booked() {
            return Some(self.unbooked(order, first));
        }
        // Of a deposit and a balance each has been found under its own amount.
        if !money.each_booked
            && let Some(differs) = self.amounts(order, first)
        {
            return Some(differs);
        }
        let waits = matches!(
            order.fulfil_status,
            FulfilStatus::Pending | FulfilStatus::Failed
        );
        // What the shop itself calls refunded waits for no goods.
        let is_returned = match order.refund_total {
            Some(total) => total > Fen::ZERO && total >= order.amount,
            None => order.pay_status == PayStatus::Refunded,
        };
        if waits && !is_returned && money.is_claimed() {
            return Some(self.held(Category::BookedNotFulfilled));
        }
        if waits && !is_returned && order.fulfilled_at.is_some() {
            let part = self.part_words();
            let told = self.of(
                Category::BookedNotFulfilled,
                &format!("{}，商户订单有发货时间，状态却是未发货：先核对是否已发货，不要补发", part.0),
                &format!("{}, the order has a time of delivery and a state of not delivered: check first, do not send again", part.1),
            );
            return Some(told.with_step(SuggestedAction::Review));
        }
        (waits && !is_returned).then(|| {
            let part = self.part_words();
            self.of(
                Category::BookedNotFulfilled,
                &format!("{}，商户已入账但尚未发货：核对后补发货", part.0),
                &format!(
                    "{}, it is booked but not delivered: check and deliver",
                    part.1
                ),
            )
        })
    }

    pub(super) fn amounts(&self, order: &MOrder, first: &PaidFact) -> Option<OrderSummary> {
        let paid = self.money.standing().next().unwrap_or(first);
        if tolerates(&self.record.profile.1, paid.amount, order.amount) {
            return None;
        }
        let own = yuan(order.amount);
        if paid.other.contains(&order.amount) {
            return Some(self.of(
                Category::AmountBasis,
                &format!("，商户订单金额为 {own}：口径不同（应结或实付），修正映射"),
                &format!(", the order says {own}: another basis (settled, or without coupons), mend the mapping"),
            ));
        }
        Some(self.of(
            Category::AmountDiff,
            &format!("，商户订单金额为 {own}：金额不符，请核对改价"),
            &format!(", the order says {own}: the amounts differ, check the price"),
        ))
    }

    fn agreed(&self) -> OrderSummary {
        let done = self.money.refunds.done;
        if done > Fen::ZERO {
            let done = yuan(done);
            return self.of(
                Category::Matched,
                &format!("，已部分退款 {done}"),
                &format!(", refunded in part: {done}"),
            );
        }
        let status = self
            .record
            .order()
            .map_or(PayStatus::Unknown, |order| order.pay_status);
        let (zh, en) = pay_status_words(status);
        self.of(
            Category::Matched,
            &format!("，商户订单{zh}，两边一致"),
            &format!(", the order is {en}: both books agree"),
        )
    }
}
