//! The books and the books in memory, which tests of the engine use, offer the same orders on every day.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use proptest::prelude::*;
use recondesk_domain::{BillDate, Instant, MOrder, OutTradeNo, PayStatus};
use recondesk_ports::Books as _;
use recondesk_reconcile::{Evidence, MemoryBooks};

use super::store::StoreFixture;

const STATES: [PayStatus; 7] = [
    PayStatus::Created,
    PayStatus::Paying,
    PayStatus::Paid,
    PayStatus::Failed,
    PayStatus::Closed,
    PayStatus::Refunded,
    PayStatus::Unknown,
];

/// An order of a made-up state, its times near a midnight of some day or none.
fn order() -> impl Strategy<Value = MOrder> {
    let start = BillDate::parse("2026-03-01").unwrap().start();
    let time = (0..12_i64, -90..90_i64)
        .prop_map(move |(day, second)| start.plus(day * 86_400).plus(second * 60));
    let optional = || prop::option::of(time.clone());
    let times = (time.clone(), optional(), optional());
    (prop::sample::select(&STATES), times).prop_map(|(state, (created_at, paid_at, refund_at))| {
        MOrder {
            pay_status: state,
            created_at,
            paid_at,
            refund_at,
            ..MOrder::NONE
        }
    })
}

fn export(orders: &[MOrder]) -> String {
    let mut out =
        "out_trade_no,amount,pay_status,created_at,paid_at,refund_amount,refund_at\n".to_owned();
    let text = |at: Option<Instant>| at.map(|at| at.to_string()).unwrap_or_default();
    for order in orders {
        let (number, state) = (order.out_trade_no.as_str(), order.pay_status.word());
        let (paid, refunded) = (text(order.paid_at), text(order.refund_at));
        let created = order.created_at;
        writeln!(
            out,
            "{number},1.00,{state},{created},{paid},0.50,{refunded}"
        )
        .unwrap();
    }
    out
}

/// The candidates of some days: those that are paid or wait, and those with a refund.
fn candidates(books: &dyn Evidence) -> Vec<[BTreeSet<String>; 2]> {
    let first = BillDate::parse("2026-02-27").unwrap();
    let number = |order: &MOrder| order.out_trade_no.as_str().to_owned();
    (0..16)
        .map(|later| {
            let day = first.plus(later);
            let orders = books.orders(day, 3).unwrap();
            let refunded = books.orders_refunded(day).unwrap();
            [
                orders.map(|order| number(&order.unwrap())).collect(),
                refunded.iter().map(number).collect(),
            ]
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn the_books_and_their_double_agree_on_candidates(
        orders in prop::collection::vec(order(), 1..60),
    ) {
        let mut orders = orders;
        for (at, order) in orders.iter_mut().enumerate() {
            order.out_trade_no = OutTradeNo::new(&format!("QH{at:08}")).unwrap();
        }
        let shop = StoreFixture::new();
        shop.orders(&export(&orders)).unwrap();
        let mut double = MemoryBooks::new();
        double.set_orders(orders);

        let books = shop.books.evidence(shop.profile).unwrap();

        prop_assert_eq!(candidates(books.as_ref()), candidates(&double));
    }
}
