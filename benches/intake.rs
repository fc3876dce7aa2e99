//! Merchant files: rows a second from delimited text, and workbooks measured against calamine.
//!
//! `cargo bench --bench intake`; the ratios stand at the end.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a bench may stop"
)]
#![expect(clippy::print_stdout, reason = "the ratios are the result")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::io::Cursor;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use calamine::{Reader as _, Xlsx};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use recondesk::intake::{
    Block, Guess, Mapping, OrderBlock, Plan, RecordKind, RecordSplitter, Workbook, sniff,
};

const HEAD: [&str; 12] = [
    "out_trade_no",
    "mchid",
    "product",
    "amount",
    "status",
    "created_at",
    "paid_at",
    "fulfilled_at",
    "refund_no",
    "refund_amount",
    "refund_at",
    "openid",
];
const TEXT_ROWS: u32 = 200_000;
const SHEET_ROWS: u32 = 100_000;

/// One made-up order of a typical shop's export.
fn cells(n: u32, goods: &str) -> [String; 12] {
    let (hour, minute, second) = (n / 3600 % 24, n / 60 % 60, n % 60);
    let time = format!("2026-03-08 {hour:02}:{minute:02}:{second:02}");
    let status = ["FULFILLED", "PAID", "FULFILLED", "CLOSED", "FULFILLED"][n as usize % 5];
    let refunded = n.is_multiple_of(50);
    let some = |text: String, there: bool| if there { text } else { String::new() };
    [
        format!("QH260308{:012}", u64::from(n) * 7_919),
        "1900000109".to_owned(),
        format!("{goods} {}", n % 997),
        format!("{}.{:02}", n % 900 + 1, n % 100),
        status.to_owned(),
        time.clone(),
        some(time.clone(), status != "CLOSED"),
        some(time.clone(), status == "FULFILLED"),
        some(format!("RF{n:018}"), refunded),
        some("1.00".to_owned(), refunded),
        some(time, refunded),
        format!("oUpF8uMuAJO_M2pxb1Q9zNjW{:04}", n % 10_000),
    ]
}

fn text(quoted: bool) -> Vec<u8> {
    let mut out = HEAD.join(",");
    out.push('\n');
    for n in 0..TEXT_ROWS {
        let goods = if quoted {
            "\"杯, \"\"大\"\" `x`"
        } else {
            "纯棉印花T恤 白色"
        };
        let mut row = cells(n, goods);
        if quoted {
            row[2].push('"');
        }
        writeln!(out, "{}", row.join(",")).unwrap();
    }
    out.into_bytes()
}

fn sheet() -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let page = book.add_worksheet();
    for (column, header) in (0_u16..).zip(HEAD) {
        page.write_string(0, column, header).unwrap();
    }
    for n in 0..SHEET_ROWS {
        for (column, cell) in (0_u16..).zip(cells(n, "纯棉印花T恤 白色")) {
            match column {
                _ if cell.is_empty() => {}
                3 | 9 => {
                    let number: f64 = cell.parse().unwrap();
                    page.write_number(n + 1, column, number).unwrap();
                }
                _ => {
                    page.write_string(n + 1, column, cell).unwrap();
                }
            }
        }
    }
    book.save_to_buffer().unwrap()
}

fn plan(guess: &Guess) -> Plan {
    let mapping = Mapping::guess(guess, RecordKind::Orders).unwrap();
    Plan::new(&mapping, guess).unwrap()
}

/// All rows on one thread; gives how many were good.
fn parse(bytes: &[u8], plan: &Plan, guess: &Guess) -> u64 {
    let mut cutter = RecordSplitter::new(bytes, guess);
    let (mut spare, mut out, mut good) = (Block::default(), OrderBlock::default(), 0);
    while let Some(block) = cutter.next_block(spare).unwrap() {
        plan.parse_block(&block, 1, &mut out).unwrap();
        good += out.stats.good;
        black_box(&out);
        out.clear();
        spare = block;
    }
    good
}

/// All rows, every other block on a second thread.
fn parse_twofold(bytes: &[u8], plan: &Plan, guess: &Guess) -> u64 {
    let mut cutter = RecordSplitter::new(bytes, guess);
    let mut blocks = Vec::new();
    while let Some(block) = cutter.next_block(Block::default()).unwrap() {
        blocks.push(block);
    }
    let half = |from: usize| {
        let (mut out, mut good) = (OrderBlock::default(), 0);
        for block in blocks.iter().skip(from).step_by(2) {
            plan.parse_block(block, 1, &mut out).unwrap();
            good += out.stats.good;
            out.clear();
        }
        good
    };
    let (one, two) = rayon::join(|| half(0), || half(1));
    one + two
}

fn read_sheet(bytes: &[u8]) -> u64 {
    let mut book = Workbook::open(Cursor::new(bytes), None).unwrap();
    let plan = plan(book.guess());
    let mut good = 0;
    book.read(&plan, 1, &mut |out| {
        good += out.stats.good;
        ControlFlow::Continue(())
    })
    .unwrap();
    good
}

fn calamine_cells(bytes: &[u8]) -> usize {
    let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
    let name = book.sheet_names()[0].clone();
    let mut reader = book.worksheet_cells_reader(&name).unwrap();
    let mut count = 0;
    while let Some(cell) = reader.next_cell().unwrap() {
        black_box(&cell);
        count += 1;
    }
    count
}

fn csv_records(bytes: &[u8]) -> usize {
    let mut reader = csv::Reader::from_reader(bytes);
    let mut record = csv::ByteRecord::new();
    let mut count = 0;
    while reader.read_byte_record(&mut record).unwrap() {
        black_box(&record);
        count += 1;
    }
    count
}

/// The best of some runs, which is the least disturbed one.
fn best<T>(mut work: impl FnMut() -> T) -> Duration {
    (0..7)
        .map(|_| {
            let start = Instant::now();
            black_box(work());
            start.elapsed()
        })
        .min()
        .unwrap()
}

fn bench(criterion: &mut Criterion) {
    let plain = text(false);
    let quoted = text(true);
    let guess = sniff(&plain[..64 << 10], None).unwrap().unwrap();
    let plan = plan(&guess);
    assert_eq!(parse(&plain, &plan, &guess), u64::from(TEXT_ROWS));
    assert_eq!(parse(&quoted, &plan, &guess), u64::from(TEXT_ROWS));
    let book = sheet();
    assert_eq!(read_sheet(&book), u64::from(SHEET_ROWS));

    let mut group = criterion.benchmark_group("orders text");
    group
        .sample_size(20)
        .throughput(Throughput::Elements(u64::from(TEXT_ROWS)));
    group.bench_function("one thread", |b| b.iter(|| parse(&plain, &plan, &guess)));
    group.bench_function("two threads", |b| {
        b.iter(|| parse_twofold(&plain, &plan, &guess));
    });
    group.bench_function("quoted goods", |b| b.iter(|| parse(&quoted, &plan, &guess)));
    group.bench_function("csv crate, records only", |b| {
        b.iter(|| csv_records(&plain));
    });
    group.finish();
    let mut group = criterion.benchmark_group("orders xlsx");
    group
        .sample_size(10)
        .throughput(Throughput::Elements(u64::from(SHEET_ROWS)));
    group.bench_function("validated rows", |b| b.iter(|| read_sheet(&book)));
    group.bench_function("calamine cells only", |b| b.iter(|| calamine_cells(&book)));
    group.finish();

    let one = best(|| parse(&plain, &plan, &guess)).as_secs_f64();
    let two = best(|| parse_twofold(&plain, &plan, &guess)).as_secs_f64();
    let hard = best(|| parse(&quoted, &plan, &guess)).as_secs_f64();
    let csv = best(|| csv_records(&plain)).as_secs_f64();
    let ours = best(|| read_sheet(&book)).as_secs_f64();
    let theirs = best(|| calamine_cells(&book)).as_secs_f64();
    let rows = f64::from(TEXT_ROWS);
    println!(
        "text, one thread: {:.2} M rows/s, {:.2} of the csv crate's time",
        rows / one / 1e6,
        one / csv
    );
    println!("text, two threads: {:.2} M rows/s", rows / two / 1e6);
    println!("text, quoted goods ÷ plain: {:.2}", hard / one);
    println!(
        "xlsx ÷ calamine's cells: {:.2} ({:.0} ms for {SHEET_ROWS} rows)",
        ours / theirs,
        ours * 1e3
    );
}

criterion_group!(benches, bench);
criterion_main!(benches);
