//! Books of a few rows, and what the engine tells of them.

use recondesk_domain::{
    AppId, BillDate, BillRefundState, BillState, Category, Fee, Fen, Finding, FulfilStatus,
    Instant, MOrder, MRefund, MchId, OrderNo, OutRefundNo, OutTradeNo, PayStatus, RefundId,
    RefundStatus, RowRef, TradeType, TransactionId, WPay, WRefund,
};
use recondesk_reconcile::{Collected, DayInput, MemoryBooks, PoolItem, Rules, RunOutcome, run};

pub(crate) fn day() -> BillDate {
    BillDate::ymd(2026, 3, 8).unwrap()
}

pub(crate) fn at(time: &str) -> Instant {
    Instant::parse_beijing(time).unwrap()
}

pub(crate) fn noon() -> Instant {
    at("2026-03-08 12:00:00")
}

pub(crate) fn pay(number: &str, time: Instant) -> WPay {
    WPay {
        product: TradeType::NotKnown,
        out_trade_no: OutTradeNo::new(number).unwrap(),
        transaction_id: TransactionId::new(&format!("42{number}")).unwrap(),
        appid: AppId::new("wx1").unwrap(),
        sub_mch_id: MchId::EMPTY,
        time,
        state: BillState::Success,
        is_cny: true,
        amount: Fen::new(10_000),
        settled: Fen::new(10_000),
        coupon: Fen::ZERO,
        fee: Fee::new(60_000),
        rate: 6_000,
        row: RowRef::default(),
    }
}

pub(crate) fn order(number: &str, time: Instant) -> MOrder {
    MOrder {
        out_trade_no: OutTradeNo::new(number).unwrap(),
        order_no: OrderNo::new(number).unwrap(),
        transaction_id: TransactionId::EMPTY,
        appid: AppId::EMPTY,
        sub_mch_id: MchId::EMPTY,
        amount: Fen::new(10_000),
        is_cny: true,
        pay_status: PayStatus::Paid,
        fulfil_status: FulfilStatus::Fulfilled,
        created_at: time.plus(-30),
        paid_at: Some(time),
        closed_at: None,
        fulfilled_at: Some(time.plus(60)),
        refund_total: None,
        refund_no: OutRefundNo::EMPTY,
        refund_at: None,
        row: RowRef::default(),
    }
}

pub(crate) fn back(number: &str, of: &str, time: Instant, fen: i64) -> WRefund {
    WRefund {
        out_refund_no: OutRefundNo::new(number).unwrap(),
        refund_id: RefundId::new(&format!("50{number}")).unwrap(),
        out_trade_no: OutTradeNo::new(of).unwrap(),
        transaction_id: TransactionId::new(&format!("42{of}")).unwrap(),
        appid: AppId::new("wx1").unwrap(),
        sub_mch_id: MchId::EMPTY,
        time,
        state: BillRefundState::Success,
        is_cny: true,
        amount: Fen::new(fen),
        settled: Fen::new(fen),
        coupon: Fen::ZERO,
        fee: Fee::ZERO,
        rate: -1,
        row: RowRef::default(),
    }
}

pub(crate) fn booked(number: &str, of: &str, time: Instant, fen: i64) -> MRefund {
    MRefund {
        out_refund_no: OutRefundNo::new(number).unwrap(),
        out_trade_no: OutTradeNo::new(of).unwrap(),
        refund_id: RefundId::EMPTY,
        amount: Fen::new(fen),
        status: RefundStatus::Success,
        requested_at: Some(time),
        succeeded_at: Some(time),
        row: RowRef::default(),
    }
}

/// Books of some days; every day named has a bill.
pub(crate) fn books(
    pays: &[WPay],
    refunds: &[WRefund],
    orders: &[MOrder],
    days: &[BillDate],
) -> MemoryBooks {
    let mut out = MemoryBooks::new();
    for day in days {
        let of_day = |time| day.contains(time);
        out.set_bill(
            *day,
            pays.iter().filter(|w| of_day(w.time)).copied().collect(),
            refunds.iter().filter(|w| of_day(w.time)).copied().collect(),
        );
    }
    out.set_orders(orders.to_vec());
    out
}

pub(crate) struct RunResult {
    pub(crate) outcome: RunOutcome,
    pub(crate) findings: Vec<Finding>,
}

impl RunResult {
    pub(crate) fn categories(&self) -> Vec<Category> {
        self.findings.iter().map(|f| f.category).collect()
    }
}

pub(crate) fn tell(
    books: &MemoryBooks,
    day: BillDate,
    change: impl FnOnce(&mut DayInput),
) -> RunResult {
    let mut input = DayInput::new("1900000109", day, Rules::default());
    input.bill = books.bill_facts(day).unwrap();
    change(&mut input);
    let mut sink = Collected::default();
    let outcome = run(&input, books, &mut sink).unwrap();
    RunResult {
        outcome,
        findings: sink.findings,
    }
}

pub(crate) fn plain(books: &MemoryBooks) -> RunResult {
    tell(books, day(), |_| {})
}

pub(crate) fn with_pool(books: &MemoryBooks, day: BillDate, pool: &[PoolItem]) -> RunResult {
    tell(books, day, |input| input.pool = pool.to_vec())
}

pub(crate) const BOTH: fn() -> [BillDate; 2] = || [day().prev(), day()];
