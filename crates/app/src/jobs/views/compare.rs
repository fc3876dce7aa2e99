//! The two books side by side: which fields, in which order, and which of them contradict each other.

use crate::model::{CompareField, CompareRow};
use recondesk_domain::{BillState, Fen, FulfilStatus, MOrder, MRefund, WPay, WRefund};

/// The row of each book that a case is about.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RowPair {
    /// Payment of the bill.
    pub(super) pay: Option<WPay>,
    /// Refund of the bill.
    pub(super) refund: Option<WRefund>,
    /// Order of the merchant.
    pub(super) order: Option<MOrder>,
    /// Refund of the merchant.
    pub(super) merchant_refund: Option<MRefund>,
    /// What the finding compares, where a book gives a total and no single row.
    pub(super) amounts: (Option<Fen>, Option<Fen>),
}

/// Seconds by which pay times may lie apart before they count as different.
const TIME_TOLERANCE_S: i64 = 30 * 60;

impl RowPair {
    /// The fields, what differs among the first five on top.
    pub(super) fn rows(&self) -> Vec<CompareRow> {
        let mut rows = if self.refund.is_some() || self.merchant_refund.is_some() {
            self.refund_rows()
        } else {
            self.pay_rows()
        };
        rows.retain(|row| row.wechat.is_some() || row.merchant.is_some());
        let head = rows.len().min(5);
        if let Some(first) = rows.get_mut(..head) {
            first.sort_by_key(|row| !row.differs);
        }
        rows
    }

    fn pay_rows(&self) -> Vec<CompareRow> {
        let (w, m) = (self.pay.as_ref(), self.order.as_ref());
        let paid = w.is_some_and(|w| w.state == BillState::Success);
        let contradicts = |m: &MOrder| paid != m.pay_status.is_paid();
        let late = |w: &WPay, m: &MOrder| {
            m.paid_at
                .is_none_or(|at| w.time.distance(at) > TIME_TOLERANCE_S)
        };
        let both = w.zip(m);
        vec![
            row(
                CompareField::State,
                w.map(pay_state),
                m.map(|m| m.pay_status.word().to_owned()),
                w.is_some() && m.is_some_and(contradicts),
            ),
            row(
                CompareField::Amount,
                w.map(|w| yuan(w.amount)),
                m.map(|m| yuan(m.amount)),
                both.is_some_and(|(w, m)| w.amount != m.amount),
            ),
            row(
                CompareField::PaidAt,
                w.map(|w| w.time.to_string()),
                m.and_then(|m| m.paid_at).map(|t| t.to_string()),
                both.is_some_and(|(w, m)| late(w, m)),
            ),
            row(
                CompareField::CreatedAt,
                None,
                m.and_then(MOrder::created).map(|at| at.to_string()),
                false,
            ),
            ids(
                CompareField::TransactionId,
                w.map(|w| w.transaction_id.to_string()),
                m.map(|m| m.transaction_id.to_string()),
            ),
            row(
                CompareField::Fulfilment,
                None,
                m.and_then(fulfilment),
                false,
            ),
            ids(
                CompareField::OutTradeNo,
                w.map(|w| w.out_trade_no.to_string()),
                m.map(|m| m.out_trade_no.to_string()),
            ),
            row(
                CompareField::OrderNo,
                None,
                m.map(|m| m.order_no.to_string()),
                false,
            ),
            ids(
                CompareField::AppId,
                w.map(|w| w.appid.to_string()),
                m.map(|m| m.appid.to_string()),
            ),
            row(CompareField::Fee, w.map(|w| w.fee.to_string()), None, false),
            row(
                CompareField::Rate,
                w.and_then(|w| rate(w.rate)),
                None,
                false,
            ),
            row(
                CompareField::Refunded,
                None,
                m.and_then(|m| m.refund_total).map(yuan),
                false,
            ),
        ]
    }

    fn refund_rows(&self) -> Vec<CompareRow> {
        let (w, m) = (self.refund.as_ref(), self.merchant_refund.as_ref());
        // Without a row a refund, the order's running total is the merchant's word.
        let order = self.order.as_ref().filter(|_| m.is_none());
        // A running total is compared with the sum of all refund rows, which only the finding has.
        let (asked, amount) = match m {
            Some(m) => (w.map(|w| w.amount), Some(m.amount)),
            None => self.amounts,
        };
        let at = m
            .and_then(MRefund::time)
            .or_else(|| order.and_then(|o| o.refund_at));
        let number = m
            .map(|m| m.out_refund_no)
            .or_else(|| order.map(|o| o.refund_no));
        let trade = m
            .map(|m| m.out_trade_no)
            .or_else(|| order.map(|o| o.out_trade_no));
        let state = m
            .map(|m| m.status.word())
            .or_else(|| order.map(|o| o.pay_status.word()));
        let unequal = asked.zip(amount).is_some_and(|(w, m)| w != m);
        vec![
            row(
                CompareField::State,
                w.map(refund_state),
                state.map(str::to_owned),
                false,
            ),
            row(
                CompareField::Amount,
                asked.map(yuan),
                amount.map(yuan),
                unequal,
            ),
            row(
                CompareField::PaidAt,
                w.map(|w| w.time.to_string()),
                at.map(|t| t.to_string()),
                false,
            ),
            ids(
                CompareField::OutRefundNo,
                w.map(|w| w.out_refund_no.to_string()),
                number.map(|n| n.to_string()),
            ),
            ids(
                CompareField::OutTradeNo,
                w.map(|w| w.out_trade_no.to_string()),
                trade.map(|n| n.to_string()),
            ),
            row(
                CompareField::TransactionId,
                w.map(|w| w.transaction_id.to_string()),
                order
                    .map(|o| o.transaction_id.to_string())
                    .filter(|t| !t.is_empty()),
                false,
            ),
            row(CompareField::Fee, w.map(|w| w.fee.to_string()), None, false),
            row(
                CompareField::Rate,
                w.and_then(|w| rate(w.rate)),
                None,
                false,
            ),
        ]
    }
}

fn row(
    field: CompareField,
    wechat: Option<String>,
    merchant: Option<String>,
    differs: bool,
) -> CompareRow {
    CompareRow {
        field,
        wechat,
        merchant,
        differs,
    }
}

/// A number that both books may have: an empty one is none, and only two present ones can differ.
fn ids(field: CompareField, wechat: Option<String>, merchant: Option<String>) -> CompareRow {
    let present = |text: Option<String>| text.filter(|t| !t.is_empty());
    let (wechat, merchant) = (present(wechat), present(merchant));
    let differs = wechat.is_some() && merchant.is_some() && wechat != merchant;
    row(field, wechat, merchant, differs)
}

fn yuan(fen: Fen) -> String {
    format!("¥{}", fen.grouped())
}

fn pay_state(pay: &WPay) -> String {
    match pay.state {
        BillState::Success => "SUCCESS",
        BillState::Refund => "REFUND",
        BillState::Revoked => "REVOKED",
        BillState::Unknown => "?",
    }
    .to_owned()
}

fn refund_state(refund: &WRefund) -> String {
    use recondesk_domain::BillRefundState as State;
    match refund.state {
        State::Success => "SUCCESS",
        State::Processing => "PROCESSING",
        State::Fail => "FAIL",
        State::Change => "CHANGE",
        State::Unknown => "?",
    }
    .to_owned()
}

fn fulfilment(order: &MOrder) -> Option<String> {
    (order.fulfil_status != FulfilStatus::NotKnown).then(|| order.fulfil_status.word().to_owned())
}

/// `0.60%`; nothing where the bill has none.
pub(super) fn rate(rate: i32) -> Option<String> {
    (rate >= 0).then(|| format!("{}.{:02}%", rate / 10_000, rate % 10_000 / 100))
}

#[cfg(test)]
mod tests {
    use super::*;
    use recondesk_domain::{
        AppId, Instant, OrderNo, OutRefundNo, OutTradeNo, PayStatus, TransactionId,
    };

    fn order(refunded: i64) -> MOrder {
        let at = Instant::parse_beijing("2026-03-08 10:00:00").unwrap();
        MOrder {
            out_trade_no: OutTradeNo::new("QH1").unwrap(),
            order_no: OrderNo::new("QH1").unwrap(),
            transaction_id: TransactionId::EMPTY,
            appid: AppId::EMPTY,
            sub_mch_id: recondesk_domain::MchId::EMPTY,
            amount: Fen::new(2000),
            is_cny: true,
            pay_status: PayStatus::Refunded,
            fulfil_status: FulfilStatus::Fulfilled,
            created_at: at,
            paid_at: Some(at),
            closed_at: None,
            fulfilled_at: Some(at),
            refund_total: Some(Fen::new(refunded)),
            refund_no: OutRefundNo::EMPTY,
            refund_at: Some(at),
            row: recondesk_domain::RowRef::default(),
        }
    }

    fn refund(fen: i64) -> WRefund {
        WRefund {
            out_refund_no: OutRefundNo::new("R2").unwrap(),
            refund_id: recondesk_domain::RefundId::EMPTY,
            out_trade_no: OutTradeNo::new("QH1").unwrap(),
            transaction_id: TransactionId::EMPTY,
            appid: AppId::EMPTY,
            sub_mch_id: recondesk_domain::MchId::EMPTY,
            time: Instant::parse_beijing("2026-03-08 19:00:00").unwrap(),
            state: recondesk_domain::BillRefundState::Success,
            is_cny: true,
            amount: Fen::new(fen),
            settled: Fen::new(fen),
            coupon: Fen::ZERO,
            fee: recondesk_domain::Fee::ZERO,
            rate: 6000,
            row: recondesk_domain::RowRef::default(),
        }
    }

    #[test]
    fn a_running_total_is_compared_with_the_sum_of_the_refunds() {
        let pair = RowPair {
            refund: Some(refund(1000)),
            order: Some(order(2400)),
            amounts: (Some(Fen::new(2400)), Some(Fen::new(2400))),
            ..RowPair::default()
        };

        let rows = pair.rows();

        let amount = rows
            .iter()
            .find(|row| row.field == CompareField::Amount)
            .unwrap();
        assert!(!amount.differs);
        assert_eq!(amount.wechat.as_deref(), Some("¥24.00"));
        assert_eq!(amount.merchant.as_deref(), Some("¥24.00"));
    }
}
