//! What can be wrong in a scene: one twist for each category of difference that a day can hold.

use super::{GeneratedOrder, RATE, Scenario, fee_of};
use recondesk_domain::{
    BillDate, BillRefundState, BillState, Category, Fee, Fen, FulfilStatus, Instant, MOrder,
    OrderNo, OutTradeNo, PayStatus, TransactionId, WPay,
};

/// One difference to build in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Anomaly {
    /// A difference that a reconciliation must report under this category.
    Find(Category),
    /// Paid before midnight, booked after it: no difference.
    BookedAfterMidnight,
    /// Paid on the day before just before midnight, booked today: no difference.
    PaidBeforeMidnight,
    /// Paid on the day before, refunded today on both sides: no difference.
    RefundOfYesterday,
}

/// What [`Anomaly::Find`] can make where the shop keeps running totals of refunds, in order of report.
const CATEGORIES: [Category; 26] = [
    Category::PaidNotBooked,
    Category::PaidAfterClose,
    Category::BookedNotFulfilled,
    Category::WOnlyPay,
    Category::MOnlyPay,
    Category::PayPendingW,
    Category::PayPendingM,
    Category::AmountDiff,
    Category::AmountBasis,
    Category::DupPay,
    Category::DupRowW,
    Category::DupRowM,
    Category::IdMismatch,
    Category::Revoked,
    Category::CurrencyDiff,
    Category::TimeDiff,
    Category::WOnlyRefund,
    Category::MOnlyRefund,
    Category::RefundAmountDiff,
    Category::RefundInFlight,
    Category::OverRefund,
    Category::DupRefundSuspect,
    Category::RefundOrphan,
    Category::FeeRate,
    Category::FeeCalc,
    Category::FeeRefund,
];

impl Anomaly {
    /// Every twist once.
    pub fn all() -> impl Iterator<Item = Self> {
        let crossings = [
            Self::BookedAfterMidnight,
            Self::PaidBeforeMidnight,
            Self::RefundOfYesterday,
        ];
        CATEGORIES.into_iter().map(Self::Find).chain(crossings)
    }

    /// True for what an orders file with the columns of the plain example cannot show, because they
    /// have neither business number nor payment number nor currency.
    #[must_use]
    pub const fn needs_full_columns(self) -> bool {
        matches!(
            self,
            Self::Find(Category::DupPay | Category::IdMismatch | Category::CurrencyDiff)
        )
    }
}

/// A stretch of the day, in seconds since midnight, both ends included, of which the shop's export has
/// nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExportHole {
    /// First second.
    pub from: i64,
    /// Last second.
    pub to: i64,
}

impl ExportHole {
    pub(super) fn cut(self, day: BillDate, deal: &mut GeneratedOrder) {
        let within = |time: Instant| {
            let second = time.unix() - day.start().unix();
            self.from <= second && second <= self.to
        };
        let time = deal.pay.map(|w| w.time);
        let time = time.or(deal.order.map(|m| m.paid_at.unwrap_or(m.created_at)));
        if time.is_some_and(within) && deal.expected.is_empty() {
            deal.order = None;
            // A refund of what the export lacks is one-sided, too.
            deal.refunds.clear();
        }
    }
}

/// A place for each twist, descending, so that the next one is last.
pub(super) fn places(scene: &Scenario) -> Vec<(u64, Anomaly)> {
    let count = u64::try_from(scene.twists.len()).unwrap_or(0);
    let mut out: Vec<(u64, Anomaly)> = (0_u64..)
        .zip(&scene.twists)
        .map(|(at, twist)| {
            // The first and last twentieth stay plain, so that no time leaves the day.
            let room = scene.orders.saturating_sub(scene.orders / 10);
            let share = u128::from(room) * u128::from(at) / u128::from(count.max(1));
            let place = scene.orders / 20 + u64::try_from(share).unwrap_or(0);
            (place, *twist)
        })
        .collect();
    out.dedup_by_key(|(place, _)| *place);
    out.reverse();
    out
}

impl Scenario {
    /// A plain, paid deal without refund, for a twist to start from.
    fn sound(&self, at: u64) -> (GeneratedOrder, MOrder, WPay) {
        let mut deal = self.plain(at);
        deal.refunds.clear();
        let mut order = deal.order.unwrap_or_else(|| order_like(self, at));
        // Large enough for every twist to be a difference of more than a rounding.
        order.amount = Fen::new(order.amount.get().max(2_000));
        let paid = order.created_at.plus(20);
        let pay = self.pay(at, &order, paid);
        order.pay_status = PayStatus::Paid;
        order.fulfil_status = FulfilStatus::Fulfilled;
        order.paid_at = Some(paid.plus(2));
        order.closed_at = None;
        order.fulfilled_at = Some(paid.plus(90));
        order.transaction_id = pay.transaction_id;
        order.refund_total = Some(Fen::ZERO);
        order.refund_at = None;
        order.refund_no = recondesk_domain::OutRefundNo::EMPTY;
        deal.order = Some(order);
        deal.pay = Some(pay);
        (deal, order, pay)
    }

    /// The deal at a place, twisted; further deals that belong to it go to `after`.
    pub(super) fn twisted(
        &self,
        at: u64,
        twist: Anomaly,
        after: &mut Vec<GeneratedOrder>,
    ) -> GeneratedOrder {
        let (mut deal, mut order, mut pay) = self.sound(at);
        let Anomaly::Find(category) = twist else {
            return self.crossing(twist, deal, order, pay);
        };
        deal.expected.push((category, order.out_trade_no));
        let before_end = |seconds: i64| self.day.end().plus(-seconds);
        match category {
            Category::PaidNotBooked => unbook(&mut order, PayStatus::Created),
            Category::PaidAfterClose => {
                unbook(&mut order, PayStatus::Closed);
                order.closed_at = Some(order.created_at.plus(5));
            }
            Category::BookedNotFulfilled => {
                order.fulfil_status = FulfilStatus::Pending;
                order.fulfilled_at = None;
            }
            Category::WOnlyPay => deal.order = None,
            Category::MOnlyPay => deal.pay = None,
            Category::PayPendingW => {
                deal.order = None;
                pay.time = before_end(200 + i64::try_from(at % 900).unwrap_or(0));
            }
            Category::PayPendingM => {
                // The bill of the next day has it.
                order.paid_at = Some(before_end(3));
                order.fulfilled_at = Some(before_end(1));
                pay.time = self.day.end().plus(2);
            }
            Category::AmountDiff => order.amount = Fen::new(order.amount.get() - 100),
            Category::AmountBasis => {
                pay.coupon = Fen::new(pay.amount.get() / 10);
                pay.settled = Fen::new(pay.amount.get() - pay.coupon.get());
                pay.fee = fee_of(pay.settled, RATE);
                order.amount = pay.settled;
            }
            Category::DupPay => after.push(self.second_payment(at, &mut deal, &mut order)),
            Category::DupRowW => deal.more_pays.push(pay),
            Category::DupRowM => deal.order_twice = true,
            Category::IdMismatch => {
                let other = order.transaction_id.as_str().replacen("4200", "4211", 1);
                order.transaction_id = TransactionId::new(&other).unwrap_or_default();
            }
            Category::Revoked => deal.more_pays.push(WPay {
                state: BillState::Revoked,
                time: pay.time.plus(40),
                fee: Fee::ZERO,
                rate: -1,
                ..pay
            }),
            Category::CurrencyDiff => order.is_cny = false,
            Category::TimeDiff => {
                // Towards noon, so that both times lie in the day.
                let noon = self.day.start().plus(43_200);
                let way = if pay.time < noon { 1 } else { -1 };
                order.paid_at = Some(pay.time.plus(way * 3_000));
            }
            Category::FeeRate => {
                pay.rate = 10_000;
                pay.fee = fee_of(pay.settled, pay.rate);
            }
            Category::FeeCalc => pay.fee = Fee::new(pay.fee.get() + 5 * Fee::UNITS_PER_FEN),
            _ => {
                twist_refund(self, category, &mut deal, &mut order, &pay);
                return deal;
            }
        }
        deal.order = deal.order.map(|_| order);
        deal.pay = deal.pay.map(|_| pay);
        deal
    }

    /// The customer paid the renumbered order as well: both numbers belong to one business order.
    fn second_payment(
        &self,
        at: u64,
        deal: &mut GeneratedOrder,
        order: &mut MOrder,
    ) -> GeneratedOrder {
        let business = format!("B{}", order.out_trade_no);
        order.order_no = OrderNo::new(&business).unwrap_or_default();
        let mut second = *order;
        second.out_trade_no =
            OutTradeNo::new(&format!("{}-2", order.out_trade_no)).unwrap_or_default();
        second.created_at = order.created_at.plus(5);
        // A place that no order of the day has.
        let pay = self.pay(self.orders + at, &second, order.created_at.plus(60));
        second.paid_at = Some(pay.time.plus(1));
        second.transaction_id = pay.transaction_id;
        GeneratedOrder {
            order: Some(second),
            pay: Some(pay),
            expected: vec![(Category::DupPay, second.out_trade_no)],
            more_pays: Vec::new(),
            refunds: Vec::new(),
            ..deal.clone()
        }
    }

    fn crossing(
        &self,
        twist: Anomaly,
        mut deal: GeneratedOrder,
        mut order: MOrder,
        mut pay: WPay,
    ) -> GeneratedOrder {
        match twist {
            Anomaly::BookedAfterMidnight => {
                order.created_at = self.day.end().plus(-120);
                pay.time = self.day.end().plus(-60);
                order.paid_at = Some(self.day.end().plus(45));
                order.fulfilled_at = Some(self.day.end().plus(300));
            }
            Anomaly::PaidBeforeMidnight => {
                order.created_at = self.day.start().plus(-90);
                pay.time = self.day.start().plus(-30);
                order.paid_at = Some(self.day.start().plus(20));
                order.fulfilled_at = Some(self.day.start().plus(200));
            }
            Anomaly::RefundOfYesterday | Anomaly::Find(_) => {
                let day = -86_400;
                order.created_at = order.created_at.plus(day);
                order.paid_at = order.paid_at.map(|at| at.plus(day));
                order.fulfilled_at = order.fulfilled_at.map(|at| at.plus(day));
                let asked = pay.time;
                pay.time = pay.time.plus(day);
                deal.refund(&pay, asked, order.amount);
            }
        }
        deal.order = Some(order);
        deal.pay = Some(pay);
        deal.book_refunds();
        deal
    }
}

fn unbook(order: &mut MOrder, status: PayStatus) {
    order.pay_status = status;
    order.paid_at = None;
    order.fulfilled_at = None;
    order.fulfil_status = FulfilStatus::NotKnown;
    order.transaction_id = TransactionId::EMPTY;
}

fn share(amount: Fen, percent: i64) -> Fen {
    Fen::new(amount.get() * percent / 100)
}

fn twist_refund(
    scene: &Scenario,
    category: Category,
    deal: &mut GeneratedOrder,
    order: &mut MOrder,
    pay: &WPay,
) {
    let noon = scene.day.start().plus(43_200);
    // Refunds follow their payment and stay in the day.
    let time = pay.time.plus(if pay.time < noon { 3_600 } else { 600 });
    match category {
        Category::DupRefundSuspect => {
            deal.refund(pay, time, share(pay.amount, 30));
            deal.refund(pay, time.plus(90), share(pay.amount, 30));
        }
        Category::OverRefund => {
            deal.refund(pay, time, share(pay.amount, 70));
            deal.refund(pay, time.plus(90), share(pay.amount, 50));
        }
        _ => deal.refund(pay, time, share(pay.amount, 50)),
    }
    deal.book_refunds();
    let booked = deal.order.unwrap_or(*order);
    *order = booked;
    match category {
        Category::WOnlyRefund => {
            order.refund_total = Some(Fen::ZERO);
            order.refund_at = None;
            order.refund_no = recondesk_domain::OutRefundNo::EMPTY;
            order.pay_status = PayStatus::Paid;
        }
        Category::MOnlyRefund => deal.refunds.clear(),
        // The merchant wanted it once.
        Category::DupRefundSuspect => order.refund_total = Some(share(pay.amount, 30)),
        Category::RefundAmountDiff => order.refund_total = Some(share(pay.amount, 40)),
        Category::RefundInFlight => deal.refunds.iter_mut().for_each(|w| {
            w.state = BillRefundState::Processing;
        }),
        Category::FeeRefund => deal.refunds.iter_mut().for_each(|w| {
            w.fee = Fee::new(w.fee.get() - 5 * Fee::UNITS_PER_FEN);
        }),
        Category::RefundOrphan => {
            // Paid long before the archive begins.
            let long_ago = -40 * 86_400;
            order.created_at = order.created_at.plus(long_ago);
            order.paid_at = order.paid_at.map(|at| at.plus(long_ago));
            order.fulfilled_at = order.fulfilled_at.map(|at| at.plus(long_ago));
            deal.pay = None;
        }
        _ => {}
    }
    deal.order = Some(*order);
}

/// An order for a place whose plain deal has none to start from.
fn order_like(scene: &Scenario, at: u64) -> MOrder {
    let number = scene.number(at, 0);
    MOrder {
        out_trade_no: number,
        order_no: OrderNo::new(number.as_str()).unwrap_or_default(),
        transaction_id: TransactionId::EMPTY,
        appid: recondesk_domain::AppId::EMPTY,
        sub_mch_id: recondesk_domain::MchId::EMPTY,
        amount: Fen::new(2_000),
        is_cny: true,
        pay_status: PayStatus::Paid,
        fulfil_status: FulfilStatus::Fulfilled,
        created_at: scene.day.start().plus(scene.second_of(at)),
        paid_at: None,
        closed_at: None,
        fulfilled_at: None,
        refund_total: None,
        refund_no: recondesk_domain::OutRefundNo::EMPTY,
        refund_at: None,
        row: recondesk_domain::RowRef::default(),
    }
}
