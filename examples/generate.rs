//! Writes a day of a shop as files of any size: `bill.csv`, `orders.csv` and `mapping.toml`.
//!
//! ```text
//! cargo run --release --example generate -- --rows 1000000 --out DIR
//!     [--tricky] [--raw-commas] [--gzip] [--twists] [--full] [--date YYYY-MM-DD] [--seed S]
//! ```
//! `--rows` are rows of the bill; there are about 1.06 orders to each. `--twists` builds every kind
//! of difference in and writes `expected.csv` beside the files; `--full` adds the columns that some of
//! them need.

#![expect(
    clippy::print_stderr,
    reason = "a program that reports on its terminal"
)]

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Parser;
use flate2::Compression;
use flate2::write::GzEncoder;
use recondesk::domain::BillDate;
use recondesk::sandbox::scenario::{
    Anomaly, OrderColumns, OrdersWriter, Scenario, bill_lines, mapping_toml,
};
use recondesk::wechat::bill::{BillForm, BillPrinter, MerchantText};

/// Bytes collected before a write.
const BUFFER: usize = 1 << 20;

/// Writes a day of a shop as files of any size.
#[derive(Debug, Parser)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the command line"
)]
struct Arguments {
    /// Rows of the bill.
    #[arg(long, default_value_t = 10_000)]
    rows: u64,
    /// Folder for the files; made if absent.
    #[arg(long)]
    out: PathBuf,
    /// Goods names full of commas, quotes, backticks and JSON.
    #[arg(long)]
    tricky: bool,
    /// Leave commas in merchant text as they are.
    #[arg(long)]
    raw_commas: bool,
    /// Write `bill.csv.gz` in place of `bill.csv`.
    #[arg(long)]
    gzip: bool,
    /// Build every kind of difference in, and list them in `expected.csv`.
    #[arg(long)]
    twists: bool,
    /// Orders with business number, payment number and currency.
    #[arg(long)]
    full: bool,
    /// The business day.
    #[arg(long, default_value = "2026-03-08")]
    date: String,
    /// Decides everything random.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let Some(day) = BillDate::parse(&arguments.date) else {
        bail!("--date wants YYYY-MM-DD");
    };
    let mut scene = Scenario::new(day, arguments.seed, orders_for(arguments.rows));
    scene.tricky_text = arguments.tricky;
    if arguments.twists {
        scene.twists = Anomaly::all()
            .filter(|twist| arguments.full || !twist.needs_full_columns())
            .collect();
    }
    let columns = if arguments.full {
        OrderColumns::Full
    } else {
        OrderColumns::Example
    };
    std::fs::create_dir_all(&arguments.out).context("cannot make the folder")?;
    let file = |name: &str| {
        let path = arguments.out.join(name);
        File::create(&path).with_context(|| format!("cannot write {}", path.display()))
    };
    let mut orders = file("orders.csv")?;
    file("mapping.toml")?.write_all(mapping_toml(columns).as_bytes())?;
    let mut expected = if arguments.twists {
        Some(BufWriter::new(file("expected.csv")?))
    } else {
        None
    };
    let counts = if arguments.gzip {
        let mut bill = GzEncoder::new(file("bill.csv.gz")?, Compression::default());
        let counts = write(
            &arguments,
            &scene,
            columns,
            (&mut bill, &mut orders),
            &mut expected,
        )?;
        bill.finish()?;
        counts
    } else {
        let mut bill = file("bill.csv")?;
        write(
            &arguments,
            &scene,
            columns,
            (&mut bill, &mut orders),
            &mut expected,
        )?
    };
    eprintln!("{} bill rows, {} orders", counts.0, counts.1);
    Ok(())
}

/// Orders that a bill of so many rows needs: some are never paid, some come back as refunds.
fn orders_for(rows: u64) -> u64 {
    rows.saturating_mul(106) / 100 + 64
}

fn write(
    arguments: &Arguments,
    scene: &Scenario,
    columns: OrderColumns,
    (bill, orders): (&mut dyn Write, &mut dyn Write),
    expected: &mut Option<BufWriter<File>>,
) -> anyhow::Result<(u64, u64)> {
    let text = if arguments.raw_commas {
        MerchantText::RawCommas
    } else {
        MerchantText::Escaped
    };
    let mut printer = BillPrinter::with_text(BillForm::All27, text);
    let mut shop = OrdersWriter::new(scene, columns);
    let mut bill_bytes = Vec::with_capacity(2 * BUFFER);
    let mut order_bytes = Vec::with_capacity(2 * BUFFER);
    printer.header(&mut bill_bytes);
    shop.header(&mut order_bytes);
    if let Some(expected) = expected {
        writeln!(expected, "code,category,out_trade_no")?;
    }
    let mut lines = 0;
    for deal in scene.deals() {
        // The scene is a little longer than needed, so that the number of rows is exact.
        if printer.rows() >= arguments.rows {
            break;
        }
        bill_lines(scene, &deal, &mut printer, &mut bill_bytes)?;
        lines += shop.deal(&deal, &mut order_bytes);
        if let Some(expected) = expected {
            for (category, number) in &deal.expected {
                writeln!(expected, "{},{},{number}", category.code(), category.name())?;
            }
        }
        if bill_bytes.len() >= BUFFER {
            bill.write_all(&bill_bytes)?;
            bill_bytes.clear();
        }
        if order_bytes.len() >= BUFFER {
            orders.write_all(&order_bytes)?;
            order_bytes.clear();
        }
    }
    printer.summary(&mut bill_bytes);
    bill.write_all(&bill_bytes)?;
    orders.write_all(&order_bytes)?;
    if let Some(expected) = expected {
        expected.flush()?;
    }
    Ok((printer.rows(), lines))
}
