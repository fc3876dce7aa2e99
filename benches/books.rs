//! Times the books on disk: `cargo bench --bench books -- ROWS [DIR]`.
//!
//! Makes a bill of ROWS rows (342 bytes each) and an export of 1.06 × ROWS orders, imports both into a new
//! workspace, imports them again, streams a day as the engine does, and looks numbers up. Every figure is one run.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a timing program")]

use recondesk_ports::{BookDay, OrdersTarget};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use recondesk::adapters::books::Bookshelf;
use recondesk::adapters::clock::SystemClock;
use recondesk::adapters::disk::open_source;
use recondesk::adapters::workspace::Workspace;
use recondesk::domain::{
    BillDate, Fen, FulfilStatus, MchId, MerchantProfile, OutTradeNo, PayStatus, ProfileId,
};
use recondesk::intake::Mapping;
use recondesk::ports::{
    BillExpect, Book, BookColumn, Books as _, Clock, ColumnTest, Records as _, RowTest, SortColumn,
    TableQuery, Unwatched,
};

const MCH_ID: &str = "1900000109";
const DATE: &str = "2026-03-08";
const MAPPING: &str = r#"
name = "shop export"
kind = "orders"
amount_unit = "yuan"
refunds = "running_total"
[columns]
out_trade_no = "out_trade_no"
goods = "product"
amount = "amount"
created_at = "created_at"
paid_at = "paid_at"
fulfilled_at = "fulfilled_at"
refund_no = "refund_no"
refund_amount = "refund_amount"
refund_at = "refund_at"
openid = "openid"
[status]
column = "status"
[status.words]
CREATED = { pay_status = "created" }
CLOSED = { pay_status = "closed" }
PAID = { pay_status = "paid", fulfil_status = "pending" }
FULFILLED = { pay_status = "paid", fulfil_status = "fulfilled" }
REFUNDED = { pay_status = "refunded", fulfil_status = "fulfilled" }
"#;

/// Numbers without a pattern, the same on every computer.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }
}

fn clock(second: u64) -> String {
    format!(
        "{:02}:{:02}:{:02}",
        second / 3600,
        second / 60 % 60,
        second % 60
    )
}

fn number(date: &str, at: u64) -> String {
    format!(
        "QH{}{:012}",
        date.replace('-', "").get(2..).unwrap(),
        at * 104_729 % 1_000_000_000_000
    )
}

fn write_bill(path: &Path, date: &str, rows: u64) {
    let mut out = BufWriter::new(File::create(path).unwrap());
    out.write_all("\u{feff}交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注\r\n".as_bytes()).unwrap();
    let mut dice = Dice(88_172_645_463_325_252);
    let (mut paid, mut back, mut fees) = (0, 0, 0);
    let mut line = String::new();
    for at in 0..rows {
        line.clear();
        let time = clock(at * 86_400 / rows);
        let fen = i64::try_from(dice.roll(100_000)).unwrap() + 1;
        let (yuan, fee) = (Fen::new(fen), fen * 6 / 1000);
        let (id, open) = (dice.roll(10_000_000_000), dice.roll(1 << 60));
        let number = number(date, at);
        let compact = date.replace('-', "");
        let fixed = format!(
            "`{date} {time},`wx2421b1c4370ec43b,`{MCH_ID},`0,`WEB,`4200002{:03}{compact}{id:010},`{number},`oUpF8uMuAJO_M2pxb{open:016x},`JSAPI",
            id % 1000
        );
        if at % 50 == 7 {
            let fee_text = Fen::new(-fee);
            writeln!(line, "{fixed},`REFUND,`CMB_DEBIT,`CNY,`0.00,`0.00,`50300008{compact}{id:012},`RF{number},`{yuan},`0.00,`ORIGINAL,`SUCCESS,`会员月卡\\ 、连续包月 {},`{{\"order\":{at}\\ \"channel\":\"app\"}},`{fee_text}000,`0.60%,`0.00,`{yuan},`\r", at % 90).unwrap();
            back += fen;
            fees -= fee;
        } else {
            let fee_text = Fen::new(fee);
            writeln!(line, "{fixed},`SUCCESS,`CMB_DEBIT,`CNY,`{yuan},`0.00,`0,`0,`0.00,`0.00,`,`,`会员月卡\\ 、连续包月 {},`{{\"order\":{at}\\ \"channel\":\"app\"}},`{fee_text}000,`0.60%,`{yuan},`0.00,`\r", at % 90).unwrap();
            paid += fen;
            fees += fee;
        }
        out.write_all(line.as_bytes()).unwrap();
    }
    let (paid, back, fees) = (Fen::new(paid), Fen::new(back), Fen::new(fees));
    write!(out, "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\r\n`{rows},`{paid},`{back},`0.00,`{fees}000,`{paid},`{back}\r\n").unwrap();
    out.flush().unwrap();
}

fn write_orders(path: &Path, date: &str, rows: u64) {
    let mut out = BufWriter::new(File::create(path).unwrap());
    out.write_all(b"out_trade_no,mchid,product,amount,status,created_at,paid_at,fulfilled_at,refund_no,refund_amount,refund_at,openid\n").unwrap();
    let mut dice = Dice(88_172_645_463_325_252);
    let mut line = String::new();
    for at in 0..rows * 106 / 100 {
        line.clear();
        let second = at * 86_400 / (rows * 106 / 100);
        let (created, time) = (clock(second.saturating_sub(20)), clock(second));
        let yuan = Fen::new(i64::try_from(dice.roll(100_000)).unwrap() + 1);
        let open = dice.roll(1 << 60);
        let number = number(date, at);
        match at {
            _ if at >= rows => writeln!(line, "{number},{MCH_ID},会员月卡 {},{yuan},CREATED,{date} {created},,,,,,oUpF8uMuAJO_M2pxb{open:016x}", at % 90),
            _ if at % 50 == 7 => writeln!(line, "{number},{MCH_ID},会员月卡 {},{yuan},REFUNDED,{date} {created},{date} {time},{date} {time},RF{number},{yuan},{date} {time},oUpF8uMuAJO_M2pxb{open:016x}", at % 90),
            _ => writeln!(line, "{number},{MCH_ID},会员月卡 {},{yuan},FULFILLED,{date} {created},{date} {time},{date} {time},,,,oUpF8uMuAJO_M2pxb{open:016x}", at % 90),
        }
        .unwrap();
        out.write_all(line.as_bytes()).unwrap();
    }
    out.flush().unwrap();
}

fn shelf(folder: &Path) -> (Bookshelf, ProfileId) {
    let workspace = Workspace::at(folder).unwrap();
    let db = workspace.open().unwrap();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let id = match db.profile("shop").unwrap() {
        Some((id, _)) => id,
        None => db
            .add_profile(
                &MerchantProfile::new("shop", MCH_ID),
                recondesk_ports::Author::program(clock.now()),
            )
            .unwrap(),
    };
    (
        Bookshelf::open(&workspace, Arc::new(db), clock).unwrap(),
        id,
    )
}

/// Processor seconds and peak memory of this process, where the system tells.
fn usage() -> (f64, u64) {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default().to_owned();
    let fields: Vec<u64> = after
        .split_whitespace()
        .map(|f| f.parse().unwrap_or(0))
        .collect();
    let ticks = fields.get(11).unwrap_or(&0) + fields.get(12).unwrap_or(&0);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.and_then(|text| text.trim().trim_end_matches(" kB").trim().parse().ok());
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    (ticks as f64 / 100.0, peak.unwrap_or(0) / 1024)
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let (cpu, _) = usage();
    let start = Instant::now();
    let value = work();
    let wall = start.elapsed().as_secs_f64();
    let (after, peak) = usage();
    println!(
        "{what:<34} {wall:8.4} s wall {:7.2} s cpu   peak {peak} MB",
        after - cpu
    );
    value
}

#[expect(
    clippy::too_many_lines,
    reason = "one figure after the other, in the order of a day"
)]
fn main() {
    let mut args = std::env::args().skip(1).filter(|arg| arg != "--bench");
    let rows: u64 = args.next().map_or(1_000_000, |text| text.parse().unwrap());
    let kept = args.next().map(PathBuf::from);
    let days: i32 = args.next().map_or(0, |text| text.parse().unwrap());
    let temporary = tempfile::tempdir().unwrap();
    let folder = kept.unwrap_or_else(|| temporary.path().to_owned());
    std::fs::create_dir_all(&folder).unwrap();
    let (bill, orders) = (folder.join("bill.csv"), folder.join("orders.csv"));
    let (books, profile) = shelf(&folder.join("workspace"));
    let mapping = Mapping::from_toml(MAPPING).unwrap();
    let expect = BillExpect {
        mch_id: MchId::new(MCH_ID),
        ..BillExpect::default()
    };
    let day = BillDate::parse(DATE).unwrap();
    let import_bill = || {
        books
            .import_bill(profile, open_source(&bill).unwrap(), &expect, &Unwatched)
            .unwrap()
    };
    let import_orders = || {
        books
            .import_orders(
                OrdersTarget {
                    profile,
                    mapping: &mapping,
                },
                open_source(&orders).unwrap(),
                &Unwatched,
                &mut |_| {},
            )
            .unwrap()
    };
    // A folder that was kept has its days already.
    let is_new = books.find(&number(DATE, 0)).unwrap().is_empty();
    for past in (1..=days).rev().filter(|_| is_new) {
        let date = day.plus(-past).to_string();
        write_bill(&bill, &date, rows);
        write_orders(&orders, &date, rows);
        import_bill();
        import_orders();
    }
    write_bill(&bill, DATE, rows);
    write_orders(&orders, DATE, rows);
    std::thread::sleep(std::time::Duration::from_millis(1200));
    let size = |path: &Path| std::fs::metadata(path).unwrap().len();
    println!("bill {} bytes, orders {} bytes", size(&bill), size(&orders));

    let done = timed("bill, first import", import_bill);
    println!("   {:?}", done.stored);
    let done = timed("orders, first import", import_orders);
    println!("   {} good, {} bad", done.good, done.bad);
    timed("bill, unchanged", import_bill);
    timed("orders, unchanged", import_orders);
    std::fs::copy(&bill, folder.join("bill2.csv")).unwrap();
    timed("bill, unchanged copy", || {
        let source = open_source(&folder.join("bill2.csv")).unwrap();
        books
            .import_bill(profile, source, &expect, &Unwatched)
            .unwrap()
    });
    timed("both books as streams", || {
        let evidence = books.evidence(profile).unwrap();
        let mut pays = evidence.pays(day).unwrap().map(Result::unwrap).peekable();
        let mut hits = 0_u64;
        for order in evidence.orders(day, 7).unwrap().map(Result::unwrap) {
            let key = (order.out_trade_no.fingerprint(), order.out_trade_no);
            while pays
                .next_if(|pay| (pay.out_trade_no.fingerprint(), pay.out_trade_no) < key)
                .is_some()
            {}
            hits += u64::from(
                pays.next_if(|pay| pay.out_trade_no == order.out_trade_no)
                    .is_some(),
            );
        }
        println!("   {hits} pairs");
    });
    let wanted = number(DATE, rows / 3);
    timed("one number anywhere, first", || {
        books.find(&wanted).unwrap()
    });
    timed("one number anywhere, warm", || books.find(&wanted).unwrap());
    timed("a number that is nowhere", || {
        books.find("XX0000000001").unwrap()
    });
    timed(
        "100 numbers of one day anywhere, one after the other",
        || {
            (1..=100)
                .map(|at| books.find(&number(DATE, at * rows / 101)).unwrap().len())
                .sum::<usize>()
        },
    );
    timed("100 numbers that are nowhere", || {
        (0..100)
            .map(|at| books.find(&format!("XY{at:010}")).unwrap().len())
            .sum::<usize>()
    });
    let query = |at: u64| TableQuery {
        number: number(DATE, at * rows / 101),
        ..TableQuery::default()
    };
    timed("100 numbers of a day that is known", || {
        (1..=100)
            .map(|at| {
                let place = (profile, Book::Orders, day);
                books
                    .list(
                        BookDay {
                            profile: place.0,
                            book: place.1,
                            day: place.2,
                        },
                        &query(at),
                        &Unwatched,
                    )
                    .unwrap()
                    .ids
                    .len()
            })
            .sum::<usize>()
    });
    let some: Vec<OutTradeNo> = (0..1000)
        .map(|at| OutTradeNo::new(&number(DATE, at * rows / 1000)).unwrap())
        .collect();
    timed("1000 orders by number", || {
        books
            .evidence(profile)
            .unwrap()
            .orders_by_number(&some)
            .unwrap()
            .iter()
            .flatten()
            .count()
    });
    for sort in [BookColumn::Line, BookColumn::Amount, BookColumn::Number] {
        let query = TableQuery {
            sorts: vec![SortColumn {
                column: sort,
                descending: false,
            }],
            ..TableQuery::default()
        };
        let list = timed(&format!("table by {sort:?}"), || {
            books
                .list(
                    BookDay {
                        profile,
                        book: Book::Pays,
                        day,
                    },
                    &query,
                    &Unwatched,
                )
                .unwrap()
        });
        timed("   page of 200", || {
            books
                .rows(list.ids.get(..200.min(list.ids.len())).unwrap())
                .unwrap()
        });
    }
    let query = TableQuery {
        number: "777".to_owned(),
        ..TableQuery::default()
    };
    timed("table, numbers with 777", || {
        books
            .list(
                BookDay {
                    profile,
                    book: Book::Pays,
                    day,
                },
                &query,
                &Unwatched,
            )
            .unwrap()
    });
    for (name, query) in [
        (
            "fulfilment",
            TableQuery {
                tests: states(BookColumn::Fulfilment, FulfilStatus::Pending as i64),
                ..TableQuery::default()
            },
        ),
        (
            "state",
            TableQuery {
                tests: states(BookColumn::State, PayStatus::Paid as i64),
                ..TableQuery::default()
            },
        ),
        (
            "appid",
            TableQuery {
                tests: vec![ColumnTest {
                    column: BookColumn::AppId,
                    test: RowTest::Texts {
                        values: vec!["wx8888888888888888".to_owned()],
                        wanted: true,
                    },
                }],
                ..TableQuery::default()
            },
        ),
        (
            "amount",
            TableQuery {
                tests: vec![ColumnTest {
                    column: BookColumn::Amount,
                    test: RowTest::Between {
                        least: Some(1_00),
                        most: Some(20_00),
                    },
                }],
                ..TableQuery::default()
            },
        ),
    ] {
        timed(&format!("orders by {name}"), || {
            let place = (profile, Book::Orders, day);
            books
                .list(
                    BookDay {
                        profile: place.0,
                        book: place.1,
                        day: place.2,
                    },
                    &query,
                    &Unwatched,
                )
                .unwrap()
        });
    }
    timed("raw row", || {
        books.raw_row(done_row(&books, profile, day)).unwrap()
    });
}

fn states(column: BookColumn, state: i64) -> Vec<ColumnTest> {
    vec![ColumnTest {
        column,
        test: RowTest::Numbers {
            values: vec![Some(state)],
            wanted: true,
        },
    }]
}

fn done_row(books: &Bookshelf, profile: ProfileId, day: BillDate) -> recondesk::domain::RowRef {
    let evidence = books.evidence(profile).unwrap();
    evidence.pays(day).unwrap().next().unwrap().unwrap().row
}
