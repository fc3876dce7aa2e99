//! Bill bytes to validated typed rows on one thread, beside csv-core reading the same bytes.
//!
//! `cargo bench --bench bill` runs criterion; before that it prints the ratios, each from the fastest of interleaved
//! rounds, so that both sides see the same machine.

#![expect(
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a bench prints ratios and may stop at its own mistakes"
)]

use std::hint::black_box;
use std::time::{Duration, Instant as Moment};

use criterion::{Criterion, Throughput};
use recondesk::domain::{BillState, Fee, Fen, Instant};
use recondesk::wechat::bill::{
    BillForm, BillLine, BillPrinter, BillReader, MerchantText, RefundColumns,
};

const ROWS: u32 = 200_000;
const ROUNDS: usize = 15;
const PIECE_BYTES: usize = 256 << 10;

/// A small generator of numbers, the same in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }
}

const PLAIN: [&str; 6] = [
    "桂花乌龙鲜奶茶大杯少冰三分糖两杯套餐",
    "Ethiopia Yirgacheffe 250g whole bean",
    "儿童绘本精装全十册",
    "月卡会员",
    "手工牛肉面加蛋套餐",
    "Recondesk sample goods",
];
const TRICKY: [&str; 6] = [
    "奶茶,大杯,少冰,\"三分糖\",`两杯`",
    r#"{"sku":"A-1","n":2,"tag":["a","b"]}"#,
    "儿童绘本,`精装`,\"全十册\"",
    "\"月卡会员",
    "a,`b,`c,`d",
    "手工牛肉面,加蛋,,,套餐\\",
];

fn bill(goods: &[&str; 6], way: MerchantText) -> Vec<u8> {
    let mut out = Vec::with_capacity(ROWS as usize * 360);
    let mut printer = BillPrinter::with_text(BillForm::All27, way);
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    printer.header(&mut out);
    let start = 1_772_899_200;
    for row in 0..ROWS {
        let time = Instant::from_unix(start + i64::from(row) * 86_400 / i64::from(ROWS));
        let amount = Fen::new(1 + i64::try_from(numbers.next(60_000)).unwrap_or(0));
        let transaction_id = format!("42000023{:020}", numbers.next(u64::MAX));
        let out_trade_no = format!("QH260308{:012}", numbers.next(1_000_000_000_000));
        let openid = format!("oUpF8u{:022x}", numbers.next(u64::MAX));
        let (refund_id, out_refund_no) = (
            format!("50300008{:020}", numbers.next(u64::MAX)),
            format!("RF{out_trade_no}"),
        );
        let is_refund = row % 50 == 49;
        let line = BillLine {
            time,
            appid: "wx8888888888888888",
            mch_id: "1900000109",
            sub_mch_id: "",
            device: "POS-0007",
            transaction_id: &transaction_id,
            out_trade_no: &out_trade_no,
            openid: &openid,
            trade_type: "JSAPI",
            state: if is_refund {
                BillState::Refund
            } else {
                BillState::Success
            },
            bank: "CMB_DEBIT",
            currency: "CNY",
            settled: if is_refund { Fen::ZERO } else { amount },
            coupon: Fen::ZERO,
            refund: is_refund.then_some(RefundColumns {
                requested: time,
                succeeded: None,
                refund_id: &refund_id,
                out_refund_no: &out_refund_no,
                settled: amount,
                coupon: Fen::ZERO,
                refund_type: "ORIGINAL",
                state: "SUCCESS",
                asked: amount,
            }),
            goods: goods[row as usize % goods.len()],
            attach: "store=0042;channel=miniapp;cart=88213377;promo=NEW",
            fee: Fee::new(amount.get() * 6 / 1000 * 1000),
            rate: 6_000,
            amount: if is_refund { Fen::ZERO } else { amount },
        };
        printer.row(&line, &mut out).expect("small sums");
    }
    printer.summary(&mut out);
    out
}

/// Every byte to typed rows, piece by piece as an import does it; the rows are dropped, the tally is kept.
fn parse(bytes: &[u8]) -> u64 {
    let mut reader = BillReader::new(1);
    let mut kept = 0;
    for piece in bytes.chunks(PIECE_BYTES) {
        reader.push(piece).expect("a printed bill");
        let (pays, refunds) = reader.rows();
        kept += (pays.len() + refunds.len()) as u64;
        black_box((pays, refunds));
        reader.clear_rows();
    }
    let (_, block) = reader.finish().expect("a printed bill");
    assert_eq!(block.tally.problem_count, 0);
    assert!(block.tally.summary().is_some());
    kept + (block.pays.len() + block.refunds.len()) as u64
}

fn csv(bytes: &[u8]) -> u64 {
    let mut reader = csv_core::Reader::new();
    let mut output = vec![0; 64 << 10];
    let mut ends = [0; 128];
    let mut input = bytes;
    let mut records = 0;
    loop {
        let (result, read, _, _) = reader.read_record(input, &mut output, &mut ends);
        input = &input[read..];
        match result {
            csv_core::ReadRecordResult::Record => records += 1,
            csv_core::ReadRecordResult::End => return records,
            _ => {}
        }
        black_box((&output, &ends));
    }
}

fn time(work: impl Fn() -> u64) -> Duration {
    let start = Moment::now();
    black_box(work());
    start.elapsed()
}

fn main() {
    let plain = bill(&PLAIN, MerchantText::Escaped);
    let tricky = bill(&TRICKY, MerchantText::RawCommas);
    assert_eq!(parse(&plain), u64::from(ROWS));
    assert_eq!(parse(&tricky), u64::from(ROWS));
    let (mut best_plain, mut best_tricky, mut best_csv) =
        (Duration::MAX, Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        best_plain = best_plain.min(time(|| parse(&plain)));
        best_csv = best_csv.min(time(|| csv(&plain)));
        best_tricky = best_tricky.min(time(|| parse(&tricky)));
    }
    let ns = |time: Duration| time.as_nanos() as f64 / f64::from(ROWS);
    println!(
        "bytes a row: {} plain, {} tricky; ns a row: bill {:.0}, csv-core {:.0}, tricky bill {:.0}",
        plain.len() / ROWS as usize,
        tricky.len() / ROWS as usize,
        ns(best_plain),
        ns(best_csv),
        ns(best_tricky)
    );
    println!(
        "bill / csv-core = {:.3}; tricky / plain = {:.3} (per byte {:.3})",
        ns(best_plain) / ns(best_csv),
        ns(best_tricky) / ns(best_plain),
        ns(best_tricky) / ns(best_plain) * plain.len() as f64 / tricky.len() as f64
    );
    let mut criterion = Criterion::default().sample_size(20).configure_from_args();
    let mut group = criterion.benchmark_group("bill");
    for (name, bytes) in [("plain", &plain), ("tricky", &tricky)] {
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function(name, |bencher| bencher.iter(|| parse(bytes)));
    }
    group.throughput(Throughput::Bytes(plain.len() as u64));
    group.bench_function("csv_core", |bencher| bencher.iter(|| csv(&plain)));
    group.finish();
    criterion.final_summary();
}
