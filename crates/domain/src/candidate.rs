//! Which orders of the merchant are looked at on a business day (rule X2): the one place that says so.
//!
//! An order belongs to the day on which it was paid, never to the day on which it was created; one that still
//! waits for its payment is looked at for some days, because the payment may be in the bill of any of them.

use super::{BillDate, Instant, MOrder, PayStatus};

impl MOrder {
    /// Number of the day on which the order counts as paid: that of `paid_at`, or that of its creation where the
    /// merchant calls it paid without saying when.
    #[must_use]
    pub fn paid_day_number(&self) -> Option<i32> {
        match self.paid_at {
            Some(at) => Some(at.day_number()),
            None => self
                .pay_status
                .is_paid()
                .then(|| self.created_at.day_number()),
        }
    }

    /// True while a payment may still come: not paid, and not final.
    #[must_use]
    pub fn waits_for_payment(&self) -> bool {
        if self.paid_at.is_some() {
            return false;
        }
        match self.pay_status {
            PayStatus::Created | PayStatus::Paying | PayStatus::Failed | PayStatus::Unknown => true,
            PayStatus::Paid | PayStatus::Refunding | PayStatus::Refunded | PayStatus::Closed => {
                false
            }
        }
    }

    /// Number of the first day whose waiting orders are candidates of `day`.
    #[must_use]
    pub fn first_waiting_day(day: BillDate, lookback_days: u32) -> i32 {
        let back = i32::try_from(lookback_days).unwrap_or(i32::MAX);
        day.number().saturating_sub(back)
    }

    /// True for a candidate of `day`: paid on it, or waiting for a payment and created on it or at most
    /// `lookback_days` before. States and times alone decide.
    #[must_use]
    pub fn is_candidate(&self, day: BillDate, lookback_days: u32) -> bool {
        if let Some(paid) = self.paid_day_number() {
            return paid == day.number();
        }
        let days = Self::first_waiting_day(day, lookback_days)..=day.number();
        self.waits_for_payment() && days.contains(&self.created_at.day_number())
    }

    /// True when its running total of refunds is a candidate of `day`: it last changed on that day.
    #[must_use]
    pub fn is_refund_candidate(&self, day: BillDate) -> bool {
        self.refund_at.map(Instant::day_number) == Some(day.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOKBACK: u32 = 7;

    fn at(text: &str) -> Instant {
        Instant::parse_beijing(text).unwrap()
    }

    fn order(pay_status: PayStatus, created_at: &str, paid_at: Option<&str>) -> MOrder {
        MOrder {
            pay_status,
            created_at: at(created_at),
            paid_at: paid_at.map(at),
            ..MOrder::NONE
        }
    }

    /// The days of a fortnight on which an order is a candidate.
    fn days(order: &MOrder) -> Vec<String> {
        let first = BillDate::parse("2026-03-01").unwrap();
        let all = (0..14).map(|later| first.plus(later));
        all.filter(|day| order.is_candidate(*day, LOOKBACK))
            .map(|day| day.to_string())
            .collect()
    }

    #[test]
    fn a_paid_order_is_a_candidate_of_its_day_of_payment_alone() {
        let late = order(
            PayStatus::Paid,
            "2026-03-04 23:58:00",
            Some("2026-03-05 00:02:00"),
        );
        assert_eq!(days(&late), ["2026-03-05"]);
        let closed = order(
            PayStatus::Closed,
            "2026-03-04 09:00:00",
            Some("2026-03-04 09:01:00"),
        );
        assert_eq!(days(&closed), ["2026-03-04"]);
    }

    #[test]
    fn paid_without_a_time_counts_on_the_day_of_creation() {
        for status in [PayStatus::Paid, PayStatus::Refunding, PayStatus::Refunded] {
            let order = order(status, "2026-03-04 23:59:59", None);
            assert_eq!(days(&order), ["2026-03-04"], "{status:?}");
            assert!(!order.waits_for_payment());
        }
    }

    #[test]
    fn a_waiting_order_is_a_candidate_for_the_lookback_and_a_closed_one_never() {
        for status in [
            PayStatus::Created,
            PayStatus::Paying,
            PayStatus::Failed,
            PayStatus::Unknown,
        ] {
            let order = order(status, "2026-03-02 00:00:00", None);
            let days = days(&order);
            assert_eq!(
                (days.len(), days[0].as_str(), days[7].as_str()),
                (8, "2026-03-02", "2026-03-09")
            );
        }
        assert!(days(&order(PayStatus::Closed, "2026-03-02 00:00:00", None)).is_empty());
    }
}
