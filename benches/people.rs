//! Times what people's own files cost: `cargo bench --bench people -- ROWS`.
//!
//! Makes a bill of ROWS rows and the shop's orders of it, once as programs write amounts and times (`28.00`,
//! `2026-03-08 09:05:03`) and once as people do (`¥1,028.00`, `2026/3/8 9:05:03`). Both are imported in turn, each time
//! into a new workspace, and the mapping of a file with two columns that could be the amount, and two that could be the
//! number, is proven against the stored bill.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a timing program"
)]

use recondesk_ports::OrdersTarget;
use std::path::Path;
use std::time::{Duration, Instant};

use recondesk::app::jobs::intake::{MappingChoice, MappingOrigin, choose};
use recondesk::domain::{BillDate, MerchantProfile, ProfileId};
use recondesk::intake::{Mapping, RecordKind};
use recondesk::ports::{BillExpect, Ports, Source, Unwatched};
use recondesk::sandbox::scenario::{
    OrderColumns, OrdersWriter, Scenario, bill_lines, mapping_toml,
};
use recondesk::wechat::bill::{BillForm, BillPrinter};

const RUNS: usize = 5;

/// The files, in memory.
struct Day {
    bill: Vec<u8>,
    plain: Vec<u8>,
    people: Vec<u8>,
    unclear: Vec<u8>,
}

fn amount(text: &str) -> String {
    let Some((yuan, part)) = text.split_once('.') else {
        return String::new();
    };
    let (thousands, rest) = yuan.split_at(yuan.len().saturating_sub(3));
    let sign = if thousands.is_empty() { "" } else { "," };
    format!("¥{thousands}{sign}{rest}.{part}")
}

fn time(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let number = |part: &str| part.parse::<u32>().unwrap();
    let (month, day, hour) = (&text[5..7], &text[8..10], &text[11..13]);
    let date = format!("{}/{}/{}", &text[..4], number(month), number(day));
    format!("{date} {}:{}", number(hour), &text[14..])
}

/// The same orders as people write them, and as a shop with two amounts and two numbers does.
fn rewritten(plain: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let mut reader = csv::Reader::from_reader(plain);
    let head = reader.headers().unwrap().clone();
    let place = |name: &str| head.iter().position(|known| known == name).unwrap();
    let amounts = [place("amount"), place("refund_amount")];
    let times = [
        "created_at",
        "paid_at",
        "fulfilled_at",
        "refund_at",
        "closed_at",
    ]
    .map(place);
    let mut people = csv::Writer::from_writer(Vec::new());
    let mut unclear = csv::Writer::from_writer(Vec::new());
    people.write_record(&head).unwrap();
    let names = "订单号,商户单号,应付金额,实付金额,订单状态,下单时间,付款时间";
    unclear.write_record(names.split(',')).unwrap();
    for (nth, row) in reader.records().enumerate() {
        let row = row.unwrap();
        let cells = row.iter().enumerate().map(|(at, cell)| {
            if amounts.contains(&at) {
                amount(cell)
            } else if times.contains(&at) {
                time(cell)
            } else {
                cell.to_owned()
            }
        });
        people.write_record(cells).unwrap();
        let due = format!("9{}", &row[amounts[0]]);
        let (created, paid) = (time(&row[times[0]]), time(&row[times[1]]));
        let state = if paid.is_empty() {
            "待付款"
        } else {
            "已付款"
        };
        let own = format!("S{nth:012}");
        let cells = [
            own.as_str(),
            &row[0],
            &due,
            &row[amounts[0]],
            state,
            &created,
            &paid,
        ];
        unclear.write_record(cells).unwrap();
    }
    (people.into_inner().unwrap(), unclear.into_inner().unwrap())
}

fn made(rows: u64) -> Day {
    let date = BillDate::parse("2026-03-08").unwrap();
    let scene = Scenario::new(date, 7, rows);
    let mut writer = OrdersWriter::new(&scene, OrderColumns::Full);
    let mut printer = BillPrinter::new(BillForm::All27);
    let (mut plain, mut bill) = (Vec::new(), Vec::new());
    writer.header(&mut plain);
    printer.header(&mut bill);
    for deal in scene.deals() {
        writer.deal(&deal, &mut plain);
        bill_lines(&scene, &deal, &mut printer, &mut bill).unwrap();
    }
    printer.summary(&mut bill);
    let (people, unclear) = rewritten(&plain);
    Day {
        bill,
        plain,
        people,
        unclear,
    }
}

fn shop(folder: &Path) -> (Ports, ProfileId) {
    let ports = recondesk::adapters::open(Some(folder)).unwrap();
    let profile = MerchantProfile::new("shop", "1900000109");
    let now = ports.clock.now();
    let id = ports
        .records
        .add_profile(&profile, recondesk_ports::Author::program(now))
        .unwrap();
    (ports, id)
}

/// Seconds of an import into a new workspace, and how many rows it took.
fn import(bytes: &[u8]) -> (Duration, u64) {
    let folder = tempfile::tempdir().unwrap();
    let (ports, id) = shop(folder.path());
    let mapping = Mapping::from_toml(&mapping_toml(OrderColumns::Full)).unwrap();
    let source = Source::from_bytes("orders.csv", bytes.to_vec());
    let start = Instant::now();
    let done = ports
        .books
        .import_orders(
            OrdersTarget {
                profile: id,
                mapping: &mapping,
            },
            source,
            &Unwatched,
            &mut |_| {},
        )
        .unwrap();
    (start.elapsed(), done.good)
}

fn proof(day: &Day) {
    let folder = tempfile::tempdir().unwrap();
    let (ports, id) = shop(folder.path());
    let bill = Source::from_bytes("bill.csv", day.bill.clone());
    let done = ports
        .books
        .import_bill(id, bill, &BillExpect::default(), &Unwatched)
        .unwrap();
    let choice = MappingChoice::Any(Some(RecordKind::Orders));
    let mut best = Duration::MAX;
    let mut told = String::new();
    for _ in 0..RUNS {
        let mut source = Source::from_bytes("orders.csv", day.unclear.clone());
        let start = Instant::now();
        let chosen = choose(&ports, id, (&mut source, &choice), None).unwrap();
        best = best.min(start.elapsed());
        assert_eq!(chosen.origin, MappingOrigin::Guessed);
        told = chosen.proof.unwrap().told(&chosen.mapping).en;
    }
    println!(
        "proof against {} rows: {best:.3?}; {told}",
        done.record.rows
    );
}

fn main() {
    let rows = std::env::args().skip(1).find_map(|word| word.parse().ok());
    let day = made(rows.unwrap_or(10_000));
    let (mut plain, mut people) = (Duration::MAX, Duration::MAX);
    for _ in 0..RUNS {
        let (one, count) = import(&day.plain);
        let (other, same) = import(&day.people);
        assert_eq!(count, same);
        (plain, people) = (plain.min(one), people.min(other));
        println!(
            "canonical {one:.3?}, people's {other:.3?}, ratio {:.3}",
            other.as_secs_f64() / one.as_secs_f64()
        );
    }
    println!(
        "least: canonical {plain:.3?}, people's {people:.3?}, ratio {:.3}",
        people.as_secs_f64() / plain.as_secs_f64()
    );
    proof(&day);
}
