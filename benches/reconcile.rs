//! The join alone, in memory: a day of 10 k, 100 k and 1 M rows on either side.
//!
//! `cargo bench --bench reconcile`

use criterion::{BenchmarkId, Criterion, Throughput};
use recondesk::domain::{BillDate, MOrder, RowRef, WPay, WRefund};
use recondesk::reconcile::{Collected, DayInput, MemoryBooks, Rules, run};
use recondesk::sandbox::scenario::Scenario;

fn books(day: BillDate, orders: u64) -> MemoryBooks {
    let mut line = 1;
    let mut row = || {
        line += 1;
        RowRef {
            import: 1,
            line,
            offset: u64::from(line) * 342,
        }
    };
    let mut pays: Vec<WPay> = Vec::new();
    let mut refunds: Vec<WRefund> = Vec::new();
    let mut shop: Vec<MOrder> = Vec::new();
    let scene = Scenario::new(day, 1, orders);
    for deal in scene.deals() {
        pays.extend(deal.pays().map(|w| WPay { row: row(), ..*w }));
        refunds.extend(deal.refunds.iter().map(|w| WRefund { row: row(), ..*w }));
        shop.extend(deal.order.map(|m| MOrder { row: row(), ..m }));
    }
    let mut out = MemoryBooks::new();
    out.set_bill(day, pays, refunds);
    out.set_orders(shop);
    out
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args().sample_size(10);
    let Some(day) = BillDate::ymd(2026, 3, 8) else {
        return;
    };
    let mut group = criterion.benchmark_group("reconcile");
    for orders in [10_000, 100_000, 1_000_000] {
        let books = books(day, orders);
        let mut input = DayInput::new("1900000109", day, Rules::default());
        input.bill = books.bill_facts(day).ok().flatten();
        group.throughput(Throughput::Elements(orders));
        group.bench_function(BenchmarkId::from_parameter(orders), |bencher| {
            bencher.iter(|| run(&input, &books, &mut Collected::default()));
        });
    }
    group.finish();
    criterion.final_summary();
}
