//! A believable day of a shop, made from a seed: the shop's orders, and what WeChat Pay has of them.
//!
//! The same scene always makes the same rows, one deal after the other, in almost the order of time, so
//! that ten million rows need no memory. Goods, shops and people are invented. With twists, every
//! category of difference that a day can hold occurs, and each deal says what a reconciliation must
//! find in it; `files.rs` writes the orders file and the bill.

mod anomaly;
mod files;
mod words;

use super::numbers::NumberSource;
use recondesk_domain::{
    AppId, BillDate, BillRefundState, BillState, Category, Fee, Fen, FulfilStatus, Instant, MOrder,
    MchId, OrderNo, OutRefundNo, OutTradeNo, PayStatus, RefundId, RowRef, Text, TradeType,
    TransactionId, WPay, WRefund,
};

pub use anomaly::{Anomaly, ExportHole};
pub use files::{OrderColumns, OrdersWriter, bill_lines, mapping_toml};

/// The contract rate of every scene, 0.60 %, in 10⁻⁴ of one per cent.
pub const RATE: i32 = 6_000;

/// Orders by hour of the day, midnight first: lunch and evening are busy.
const HOURS: [u64; 24] = [
    16, 9, 5, 3, 3, 6, 16, 40, 80, 100, 120, 150, 190, 160, 130, 120, 124, 150, 190, 220, 230, 190,
    110, 50,
];

/// What to make.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The business day.
    pub day: BillDate,
    /// Decides everything random.
    pub seed: u64,
    /// How many orders the shop has that day.
    pub orders: u64,
    /// The merchant.
    pub mch_id: MchId,
    /// Its app.
    pub appid: AppId,
    /// Differences to build in, each at a place of its own.
    pub twists: Vec<Anomaly>,
    /// A stretch of the day that the shop's export lacks (K01).
    pub hole: Option<ExportHole>,
    /// Goods names full of commas, quotes, backticks and JSON.
    pub tricky_text: bool,
}

/// One order of the shop, and what WeChat Pay has of it.
#[derive(Debug, Clone)]
pub struct GeneratedOrder {
    /// The shop's row; none where the shop knows nothing.
    pub order: Option<MOrder>,
    /// True when the shop's file has the row twice.
    pub order_twice: bool,
    /// Payment rows: none, one, or several where something is twisted.
    pub pay: Option<WPay>,
    /// Further payment rows.
    pub more_pays: Vec<WPay>,
    /// Refund rows.
    pub refunds: Vec<WRefund>,
    /// Name of the goods.
    pub goods: &'static str,
    /// 交易类型.
    pub trade_type: &'static str,
    /// 付款银行.
    pub bank: &'static str,
    /// 商户数据包.
    pub attach: &'static str,
    /// The customer.
    pub openid: Text<32>,
    /// What a reconciliation of the day must find here, as (category, out_trade_no).
    pub expected: Vec<(Category, OutTradeNo)>,
}

impl Scenario {
    /// A plain day without differences.
    #[must_use]
    pub fn new(day: BillDate, seed: u64, orders: u64) -> Self {
        Self {
            day,
            seed,
            orders,
            mch_id: MchId::new("1900000109").unwrap_or_default(),
            appid: AppId::new("wx8888888888888888").unwrap_or_default(),
            twists: Vec::new(),
            hole: None,
            tricky_text: false,
        }
    }

    /// The deals, in almost the order of their time.
    #[must_use]
    pub fn deals(&self) -> Deals<'_> {
        Deals {
            scene: self,
            places: anomaly::places(self),
            at: 0,
            after: Vec::new(),
        }
    }

    /// A second of the day for the order at this place: even in number, uneven in time.
    fn second_of(&self, at: u64) -> i64 {
        let total: u64 = HOURS.iter().map(|weight| weight * 3600).sum();
        let spread = u128::from(at) * u128::from(total) / u128::from(self.orders.max(1));
        let mut rest = u64::try_from(spread).unwrap_or(0).min(total - 1);
        for (hour, weight) in (0_i64..).zip(HOURS) {
            if rest < weight * 3600 {
                return hour * 3600 + i64::try_from(rest / weight).unwrap_or(0);
            }
            rest -= weight * 3600;
        }
        86_399
    }

    /// The plain deal at a place, before any twist.
    fn plain(&self, at: u64) -> GeneratedOrder {
        let mut numbers = NumberSource::new(self.seed ^ at.wrapping_mul(0xA24B_AED4_963E_E407));
        let dice = numbers.next();
        let created = self.day.start().plus(self.second_of(at).min(86_200));
        let paid = created.plus(4 + span(dice, 90));
        let seen = paid.plus(span(dice >> 8, 4));
        let price = words::price(dice >> 16);
        let out_trade_no = self.number(at, dice);
        let customer = numbers.next() % (self.orders / 3 + 1);
        let mut deal = GeneratedOrder {
            order: None,
            order_twice: false,
            pay: None,
            more_pays: Vec::new(),
            refunds: Vec::new(),
            goods: words::goods(dice >> 24, self.tricky_text),
            trade_type: words::trade_type(dice >> 32),
            bank: words::bank(dice >> 40),
            attach: words::attach(dice >> 48),
            openid: openid(self.seed, customer),
            expected: Vec::new(),
        };
        let mut order = MOrder {
            out_trade_no,
            order_no: OrderNo::new(out_trade_no.as_str()).unwrap_or_default(),
            transaction_id: TransactionId::EMPTY,
            appid: AppId::EMPTY,
            sub_mch_id: MchId::EMPTY,
            amount: price,
            is_cny: true,
            pay_status: PayStatus::Paid,
            fulfil_status: FulfilStatus::Fulfilled,
            created_at: created,
            paid_at: Some(seen),
            closed_at: None,
            fulfilled_at: Some(seen.plus(30 + span(dice >> 12, 600))),
            refund_total: Some(Fen::ZERO),
            refund_no: OutRefundNo::EMPTY,
            refund_at: None,
            row: RowRef::default(),
        };
        let kind = (numbers.next() >> 16) % 1000;
        if kind < 75 {
            let closed = kind < 60;
            order.pay_status = if closed {
                PayStatus::Closed
            } else {
                PayStatus::Created
            };
            order.closed_at = closed.then(|| created.plus(900));
            order.paid_at = None;
            order.fulfilled_at = None;
            order.fulfil_status = FulfilStatus::NotKnown;
            deal.order = Some(order);
            return deal;
        }
        let mut pay = self.pay(at, &order, paid);
        if kind < 105 {
            // A coupon of the platform: the customer pays less, the shop gets all of it.
            pay.coupon = Fen::new(price.get() / 10);
        }
        order.transaction_id = pay.transaction_id;
        deal.pay = Some(pay);
        deal.order = Some(order);
        if kind >= 980 {
            let half = kind < 985 && price.get() > 1;
            let amount = if half {
                Fen::new(price.get() / 2)
            } else {
                price
            };
            deal.refund(&pay, paid.plus(1_200), amount);
            deal.book_refunds();
        }
        deal
    }

    /// `out_trade_no` of a place: two letters, the day, a running number, two digits of chance.
    fn number(&self, at: u64, dice: u64) -> OutTradeNo {
        let (year, month, day) = self.day.ymd_parts();
        let year = u64::from(year.unsigned_abs());
        let date = (year % 100) * 10_000 + u64::from(month) * 100 + u64::from(day);
        let mut text = *b"QH000000000000000000";
        digits(&mut text, 2, 6, date);
        digits(&mut text, 8, 10, at);
        digits(&mut text, 18, 2, dice >> 52);
        OutTradeNo::from_utf8(&text).unwrap_or_default()
    }

    /// The bill row of an order that is paid in full.
    fn pay(&self, at: u64, order: &MOrder, time: Instant) -> WPay {
        let (year, month, day) = self.day.ymd_parts();
        let date =
            u64::from(year.unsigned_abs()) * 10_000 + u64::from(month) * 100 + u64::from(day);
        // Odd and no multiple of five: different places get different numbers.
        let shuffled = at.wrapping_mul(7_368_787_037).wrapping_add(self.seed) % 10_000_000_000;
        let mut text = *b"4200000000000000000000000000";
        digits(&mut text, 4, 6, self.seed % 1_000_000);
        digits(&mut text, 10, 8, date);
        digits(&mut text, 18, 10, shuffled);
        WPay {
            product: TradeType::NotKnown,
            out_trade_no: order.out_trade_no,
            transaction_id: TransactionId::from_utf8(&text).unwrap_or_default(),
            appid: self.appid,
            sub_mch_id: MchId::EMPTY,
            time,
            state: BillState::Success,
            is_cny: true,
            amount: order.amount,
            settled: order.amount,
            coupon: Fen::ZERO,
            fee: fee_of(order.amount, RATE),
            rate: RATE,
            row: RowRef::default(),
        }
    }
}

impl GeneratedOrder {
    /// Its payments carry the product that the bill will name.
    fn with_product(mut self) -> Self {
        let product = TradeType::read(self.trade_type.as_bytes());
        for pay in self.pay.iter_mut().chain(&mut self.more_pays) {
            pay.product = product;
        }
        self
    }

    /// Adds a refund row of the payment.
    fn refund(&mut self, pay: &WPay, time: Instant, amount: Fen) {
        let place = self.refunds.len() + 1;
        let number = pay.out_trade_no;
        let tail = pay.transaction_id.as_str().get(4..).unwrap_or_default();
        let fee = fee_of(amount, RATE).get();
        self.refunds.push(WRefund {
            out_refund_no: OutRefundNo::new(&format!("R{number}{place}")).unwrap_or_default(),
            refund_id: RefundId::new(&format!("5030{place}{tail}")).unwrap_or_default(),
            out_trade_no: number,
            transaction_id: pay.transaction_id,
            appid: pay.appid,
            sub_mch_id: pay.sub_mch_id,
            time,
            state: BillRefundState::Success,
            is_cny: true,
            amount,
            settled: amount,
            coupon: Fen::ZERO,
            fee: Fee::new(-fee),
            rate: RATE,
            row: RowRef::default(),
        });
    }

    /// Lets the shop book what has been refunded so far, as a running total.
    fn book_refunds(&mut self) {
        let total = self.refunds.iter().map(|w| w.amount.get()).sum();
        if let (Some(order), Some(last)) = (&mut self.order, self.refunds.last()) {
            order.refund_total = Some(Fen::new(total));
            order.refund_no = last.out_refund_no;
            order.refund_at = Some(last.time);
            if Fen::new(total) >= order.amount {
                order.pay_status = PayStatus::Refunded;
            }
        }
    }

    /// Every payment row.
    pub fn pays(&self) -> impl Iterator<Item = &WPay> {
        self.pay.iter().chain(&self.more_pays)
    }
}

/// Iterator over the deals of a scene.
#[derive(Debug, Clone)]
pub struct Deals<'a> {
    scene: &'a Scenario,
    /// Where the twists go, ascending; the next one last.
    places: Vec<(u64, Anomaly)>,
    at: u64,
    /// Deals that a twist makes beside the one at its place.
    after: Vec<GeneratedOrder>,
}

impl Iterator for Deals<'_> {
    type Item = GeneratedOrder;

    fn next(&mut self) -> Option<GeneratedOrder> {
        if let Some(deal) = self.after.pop() {
            return Some(deal.with_product());
        }
        if self.at >= self.scene.orders {
            return None;
        }
        let at = self.at;
        self.at += 1;
        let twist = match self.places.last() {
            Some(&(place, twist)) if place == at => {
                self.places.pop();
                Some(twist)
            }
            _ => None,
        };
        let mut deal = match twist {
            Some(twist) => self.scene.twisted(at, twist, &mut self.after),
            None => self.scene.plain(at),
        };
        if let Some(hole) = self.scene.hole {
            hole.cut(self.scene.day, &mut deal);
        }
        Some(deal.with_product())
    }
}

/// The fee of an amount, half-up to fen.
fn fee_of(amount: Fen, rate: i32) -> Fee {
    let exact = amount.get() * i64::from(rate);
    Fee::new((exact + 500_000).div_euclid(1_000_000) * Fee::UNITS_PER_FEN)
}

/// A number of seconds below `below`.
fn span(dice: u64, below: u64) -> i64 {
    i64::try_from((dice & 0xFFFF) % below).unwrap_or(0)
}

/// Writes a number with leading zeros into a text.
fn digits(text: &mut [u8], from: usize, count: usize, mut value: u64) {
    for slot in text.iter_mut().skip(from).take(count).rev() {
        *slot = b'0' + u8::try_from(value % 10).unwrap_or(0);
        value /= 10;
    }
}

/// A customer's id under the app.
fn openid(seed: u64, customer: u64) -> Text<32> {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut numbers =
        NumberSource::new(seed.wrapping_add(customer.wrapping_mul(0x9FB2_1C65_1E98_DF25)));
    let mut text = *b"oUpF8u0000000000000000000000";
    let mut bits = 0;
    for (at, slot) in text.iter_mut().skip(6).enumerate() {
        if at % 10 == 0 {
            bits = numbers.next();
        }
        *slot = SIGNS
            .get(usize::try_from(bits & 63).unwrap_or(0))
            .copied()
            .unwrap_or(b'0');
        bits >>= 6;
    }
    Text::from_utf8(&text).unwrap_or_default()
}
