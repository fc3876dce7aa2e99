//! The exported books, read back: every row, number, sum and time as the files that went in have them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};

use parquet::basic::{LogicalType, TimeUnit, Type as Physical};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::Field;
use recondesk::app::jobs::books_export::{BooksExport, TABLES, TableWriters, export};
use recondesk::app::{FailureKind, Progress, Reporter};
use recondesk::domain::{BillState, Category, Fee, Fen, Instant};
use recondesk::sandbox::scenario::Anomaly;
use recondesk::wechat::bill::{BillForm, BillLine, BillPrinter, RefundColumns};
use serde_json::Value;

use super::cli::CliFixture;

const DAY: &str = "2026-03-08";
const LONG: &str = "0001234567890123456789012345";
const PAID: &str = "4200002781202603084184173697";
const SECRET: &str = "oUp4u5XkCANARY0000000000test";

/// A row as its file has it, by column.
type ExportedRow = BTreeMap<String, Field>;

/// An export, as somebody finds it.
struct Found {
    folder: PathBuf,
    manifest: Value,
}

impl Found {
    fn new(folder: PathBuf) -> Self {
        let text = std::fs::read_to_string(folder.join("_manifest.json")).unwrap();
        let manifest = serde_json::from_str(&text).unwrap();
        Self { folder, manifest }
    }

    fn files(&self, table: &str) -> Vec<&Value> {
        let files = self.manifest["files"].as_array().unwrap().iter();
        files.filter(|file| file["table"] == table).collect()
    }

    fn reader(&self, file: &Value) -> SerializedFileReader<File> {
        let path = self.folder.join(file["path"].as_str().unwrap());
        SerializedFileReader::new(File::open(path).unwrap()).unwrap()
    }

    /// The rows of a table, by the partition of their file.
    fn rows(&self, table: &str) -> Vec<(String, ExportedRow)> {
        let mut out = Vec::new();
        for file in self.files(table) {
            let path = file["path"].as_str().unwrap();
            let day = path.split("/day=").nth(1).unwrap().split('/').next();
            for row in self.reader(file).get_row_iter(None).unwrap() {
                let row = row.unwrap();
                let cells = row.get_column_iter();
                let cells = cells.map(|(name, cell)| (name.clone(), cell.clone()));
                out.push((day.unwrap().to_owned(), cells.collect()));
            }
        }
        out
    }

    /// The row of a number.
    fn row(&self, table: &str, column: &str, number: &str) -> (String, ExportedRow) {
        let is_it = |row: &ExportedRow| row[column] == text(number);
        let mut found: Vec<_> = self.rows(table);
        found.retain(|(_, row)| is_it(row));
        assert_eq!(found.len(), 1, "{table} {number}");
        found.remove(0)
    }
}

fn text(text: &str) -> Field {
    Field::Str(text.to_owned())
}

fn moment(beijing: &str) -> Field {
    let at = Instant::parse_beijing(beijing).unwrap();
    Field::TimestampMicros(at.unix() * 1_000_000)
}

fn day(beijing: &str) -> Field {
    Field::Date(Instant::parse_beijing(beijing).unwrap().day_number())
}

fn whole(cell: &Field) -> i64 {
    match cell {
        Field::Long(value) => *value,
        other => panic!("{other:?} is no whole number"),
    }
}

fn line(number: &'static str, time: &str, fen: i64) -> BillLine<'static> {
    BillLine {
        time: Instant::parse_beijing(time).unwrap(),
        appid: "wx2b8c40d1e7a3f7c1",
        mch_id: "1900000109",
        sub_mch_id: "",
        device: "",
        transaction_id: PAID,
        out_trade_no: number,
        openid: SECRET,
        trade_type: "JSAPI",
        state: BillState::Success,
        bank: "OTHERS",
        currency: "CNY",
        settled: Fen::new(fen),
        coupon: Fen::ZERO,
        refund: None,
        goods: "茶",
        attach: SECRET,
        fee: Fee::new(fen * 6),
        rate: 6000,
        amount: Fen::new(fen),
    }
}

fn bill(lines: &[BillLine<'_>]) -> Vec<u8> {
    let mut printer = BillPrinter::new(BillForm::All27);
    let mut out = Vec::new();
    printer.header(&mut out);
    for line in lines {
        printer.row(line, &mut out).unwrap();
    }
    printer.summary(&mut out);
    out
}

/// A refund of a part of the first payment, before eight in the morning.
fn refund() -> BillLine<'static> {
    let time = "2026-03-08 07:59:59";
    let part = RefundColumns {
        requested: Instant::parse_beijing(time).unwrap(),
        succeeded: None,
        refund_id: "50000000382019052709732678859",
        out_refund_no: "R001",
        settled: Fen::new(500),
        coupon: Fen::ZERO,
        refund_type: "ORIGINAL",
        state: "PROCESSING",
        asked: Fen::new(500),
    };
    BillLine {
        state: BillState::Refund,
        settled: Fen::ZERO,
        amount: Fen::ZERO,
        fee: Fee::new(-3000),
        refund: Some(part),
        ..line(LONG, time, 0)
    }
}

/// A merchant with long numbers, an unpaid order without any time, a bill that was made anew and one that does not add up.
fn shop() -> CliFixture {
    let stage = CliFixture::new();
    let orders = format!(
        "商户订单号,实付金额,订单状态,付款时间,发货时间,openid\n\
         {LONG},10.01,已发货,2026-03-08 00:00:01,2026-03-08 10:00:00,{SECRET}\n\
         订单-2,20,已发货,2026-03-07 23:59:59,2026-03-08 10:00:00,{SECRET}\n\
         N3,30,待付款,,,{SECRET}\n"
    );
    let orders = stage.file("orders.csv", orders.as_bytes());
    stage.expect(0, &["orders", "import", &orders, "--profile", "shop"]);
    let refunds = "商户退款单号,商户订单号,退款金额,退款状态,退款时间\n\
                   R001,0001234567890123456789012345,5.00,退款成功,2026-03-08 08:00:00\n";
    let refunds = stage.file("refunds.csv", refunds.as_bytes());
    stage.expect(0, &["refunds", "import", &refunds, "--profile", "shop"]);

    let first = line(LONG, "2026-03-08 00:00:01", 1001);
    let second = line("订单-2", "2026-03-08 12:00:00", 2000);
    for (name, code, lines) in [
        ("early.csv", 0, vec![first]),
        ("bill.csv", 1, vec![first, second, refund()]),
    ] {
        let path = stage.file(name, &bill(&lines));
        let import = ["bill", "import", &path, "--profile", "shop", "--date", DAY];
        stage.expect(code, &import);
    }
    let text = String::from_utf8(bill(&[line("Q1", "2026-03-09 12:00:00", 700)])).unwrap();
    let bad = text.replace("`1,`7.00", "`1,`8.00");
    let bad = stage.file("bad.csv", bad.as_bytes());
    let import = ["bill", "import", &bad, "--profile", "shop"];
    assert_ne!(stage.run(&import).status.code(), Some(0));
    stage
}

fn exported(stage: &CliFixture, code: i32, more: &[&str], name: &str) -> (Found, String) {
    let path = stage.path(name);
    let out = path.display().to_string();
    let arguments = [&["books", "export", "--out", &out][..], more].concat();
    let output = stage.run(&arguments);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{told}");
    (Found::new(path), told)
}

#[test]
fn numbers_money_and_times_are_those_of_the_files() {
    let stage = shop();
    let (found, _) = exported(&stage, 1, &[], "out");

    let (partition, order) = found.row("orders", "out_trade_no", LONG);
    assert_eq!(partition, DAY);
    assert_eq!(order["amount_fen"], Field::Long(1001));
    assert_eq!(order["paid_at"], moment("2026-03-08 00:00:01"));
    assert_eq!(order["paid_day"], day("2026-03-08 00:00:01"));
    assert_eq!(order["pay_status"], text("paid"));
    assert_eq!(order["transaction_id"], Field::Null);
    assert_eq!(order["closed_at"], Field::Null);
    let (partition, second) = found.row("orders", "out_trade_no", "订单-2");
    assert_eq!(partition, "2026-03-07");
    assert_eq!(second["beijing_day"], day("2026-03-07 23:59:59"));

    let (partition, pay) = found.row("bill_payments", "out_trade_no", LONG);
    assert_eq!(partition, DAY);
    assert_eq!(pay["transaction_id"], text(PAID));
    assert_eq!(pay["fee_yuan_x100000"], Field::Long(6006));
    assert_eq!(pay["rate_percent_x10000"], Field::Long(6000));
    assert_eq!(pay["paid_at"], moment("2026-03-08 00:00:01"));
    assert_eq!(pay["paid_day"], day("2026-03-08 00:00:01"));
    assert_eq!(pay["sub_mch_id"], Field::Null);

    let (_, refund) = found.row("bill_refunds", "out_refund_no", "R001");
    assert_eq!(refund["amount_fen"], Field::Long(500));
    assert_eq!(refund["fee_yuan_x100000"], Field::Long(-3000));
    assert_eq!(refund["state"], text("PROCESSING"));
    assert_eq!(refund["accepted_day"], day("2026-03-08 07:59:59"));
    let (_, own) = found.row("merchant_refunds", "out_refund_no", "R001");
    assert_eq!(own["out_trade_no"], text(LONG));
    assert_eq!(own["succeeded_at"], moment("2026-03-08 08:00:00"));
    assert_eq!(own["requested_at"], Field::Null);
}

#[test]
fn an_order_without_a_time_is_of_no_day_until_it_has_one() {
    let stage = shop();
    let one_day = ["--from", DAY, "--to", DAY];
    let (found, _) = exported(&stage, 0, &one_day, "before");
    let (partition, order) = found.row("orders", "out_trade_no", "N3");
    assert_eq!(partition, "__HIVE_DEFAULT_PARTITION__");
    for nothing in [
        "beijing_day",
        "created_at",
        "created_day",
        "paid_at",
        "paid_day",
    ] {
        assert_eq!(order[nothing], Field::Null, "{nothing}");
    }
    assert_eq!(found.rows("orders").len(), 2, "the day, and what has none");

    let paid =
        "商户订单号,实付金额,订单状态,付款时间,发货时间\nN3,30,已发货,2026-03-08 09:00:00,\n";
    let paid = stage.file("paid.csv", paid.as_bytes());
    stage.expect(0, &["orders", "import", &paid, "--profile", "shop"]);
    let (found, _) = exported(&stage, 0, &one_day, "after");

    let (partition, order) = found.row("orders", "out_trade_no", "N3");
    assert_eq!(partition, DAY);
    assert_eq!(order["paid_at"], moment("2026-03-08 09:00:00"));
}

#[test]
fn of_several_bills_the_one_that_counts_and_none_in_quarantine() {
    let stage = shop();
    let (found, told) = exported(&stage, 1, &["--profile", "shop"], "out");

    let payments = found.rows("bill_payments");
    let numbers: BTreeSet<String> = payments
        .iter()
        .map(|(_, row)| format!("{} {}", row["out_trade_no"], row["source_line"]))
        .collect();
    let expected = [format!("{LONG:?} 2"), "\"订单-2\" 3".to_owned()];
    assert_eq!(numbers, BTreeSet::from(expected));
    let source = |name: &str| {
        let sources = found.manifest["merchants"][0]["sources"]
            .as_array()
            .unwrap();
        let found = sources.iter().find(|source| source["name"] == name);
        found.unwrap().clone()
    };
    let facts = |name: &str| {
        let source = source(name);
        let standing = source["standing"].as_str().unwrap().to_owned();
        (
            standing,
            source["rows"].as_u64(),
            source["rows_exported"].as_u64(),
        )
    };
    assert_eq!(facts("bill.csv"), ("verified".to_owned(), Some(3), Some(3)));
    assert_eq!(facts("early.csv").0, "replaced");
    assert_eq!(facts("early.csv").2, Some(0));
    assert_eq!(facts("bad.csv").0, "quarantined");
    assert_eq!(facts("bad.csv").2, Some(0));
    assert!(
        told.contains("quarantined") && told.contains("bad.csv"),
        "{told}"
    );
    let digest = recondesk_sha256(&bill(&[
        line(LONG, "2026-03-08 00:00:01", 1001),
        line("订单-2", "2026-03-08 12:00:00", 2000),
        refund(),
    ]));
    assert_eq!(source("bill.csv")["sha256"], digest);
    let days = &found.manifest["merchants"][0]["days_not_compared"];
    assert_eq!(*days, serde_json::json!([DAY]));
}

fn recondesk_sha256(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    use std::fmt::Write as _;
    let mut out = String::new();
    for byte in sha2::Sha256::digest(bytes) {
        write!(out, "{byte:02x}").unwrap();
    }
    out
}

/// A compared day with something of everything, a refund and a case among it.
fn compared() -> CliFixture {
    let stage = CliFixture::new();
    stage.import(vec![
        Anomaly::Find(Category::PaidNotBooked),
        Anomaly::Find(Category::AmountDiff),
        Anomaly::Find(Category::WOnlyPay),
        Anomaly::Find(Category::WOnlyRefund),
    ]);
    stage.expect(1, &["reconcile", "--profile", "shop", "--date", DAY]);
    stage
}

#[test]
fn the_manifest_tells_rows_sums_and_digest_of_each_file() {
    let stage = compared();
    let (found, _) = exported(&stage, 0, &[], "out");
    for table in TABLES {
        let mut all: BTreeMap<&str, i64> = BTreeMap::new();
        let mut count = 0;
        for file in found.files(table.name) {
            let bytes = std::fs::read(found.folder.join(file["path"].as_str().unwrap())).unwrap();
            assert_eq!(file["sha256"], recondesk_sha256(&bytes));
            assert_eq!(file["bytes"], bytes.len());
            let rows: Vec<_> = found.reader(file).get_row_iter(None).unwrap().collect();
            assert_eq!(file["rows"], rows.len());
            count += rows.len();
            let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
            for row in rows {
                for (name, cell) in row.unwrap().get_column_iter() {
                    let column = table.columns.iter().find(|column| column.name == name);
                    let column = column.unwrap();
                    if column.is_summed {
                        *sums.entry(column.name).or_default() += match cell {
                            Field::Null => 0,
                            cell => whole(cell),
                        };
                    }
                }
            }
            if file["rows"] != 0 {
                assert_eq!(file["sums"], serde_json::json!(sums), "{}", table.name);
            }
            for (name, sum) in sums {
                *all.entry(name).or_default() += sum;
            }
        }
        let told = &found.manifest["tables"][table.name];
        assert_eq!(told["rows"], count, "{}", table.name);
        for (name, sum) in all {
            assert_eq!(told["sums"][name], sum, "{} {name}", table.name);
        }
    }
}

#[test]
fn findings_and_cases_are_those_of_the_program() {
    let stage = compared();
    let (found, _) = exported(&stage, 0, &[], "out");
    let ask = [
        "reconcile",
        "--profile",
        "shop",
        "--date",
        DAY,
        "--format",
        "json",
    ];
    let told: Value = serde_json::from_str(&stage.expect(1, &ask)).unwrap();
    let told = told.as_array().unwrap();
    assert!(told.len() >= 4);

    let findings = found.rows("findings");
    assert_eq!(findings.len(), told.len());
    for ((_, row), said) in findings.iter().zip(told) {
        assert_eq!(row["code"], text(said["code"].as_str().unwrap()));
        assert_eq!(row["action"], text(said["action"].as_str().unwrap()));
        assert_eq!(
            row["at_stake_fen"],
            Field::Long(said["at_stake_fen"].as_i64().unwrap())
        );
        let number = said["out_trade_no"].as_str().map_or(Field::Null, text);
        assert_eq!(row["out_trade_no"], number);
    }
    let keys = |table: &str| -> BTreeSet<String> {
        let rows = found.rows(table).into_iter();
        rows.map(|(_, row)| row["case_key"].to_string()).collect()
    };
    assert!(!keys("cases").is_empty() && keys("cases").is_subset(&keys("findings")));
    let run = &found.manifest["merchants"][0]["runs"][0];
    assert_eq!(run["findings"], told.len());
    assert_eq!(run["books_changed_since"], false);

    let orders = "商户订单号,实付金额,订单状态,付款时间\nLATE1,1,已付款,2026-03-08 09:00:00\n";
    let orders = stage.file("late.csv", orders.as_bytes());
    stage.expect(0, &["orders", "import", &orders, "--profile", "shop"]);
    let (found, said) = exported(&stage, 1, &[], "later");
    let run = &found.manifest["merchants"][0]["runs"][0];
    assert_eq!(run["books_changed_since"], true, "{said}");
}

#[test]
fn types_are_those_that_every_reader_reads_alike_and_nothing_personal_is_in_them() {
    let stage = shop();
    let (found, _) = exported(&stage, 1, &[], "out");
    for table in TABLES {
        let file = found.files(table.name)[0];
        let reader = found.reader(file);
        let schema = reader.metadata().file_metadata().schema_descr_ptr();
        assert_eq!(schema.num_columns(), table.columns.len());
        for column in schema.columns() {
            let (name, logical) = (column.name(), column.logical_type_ref());
            match column.physical_type() {
                Physical::BYTE_ARRAY => assert_eq!(logical, Some(&LogicalType::String), "{name}"),
                Physical::INT64 if name.ends_with("_at") => {
                    let utc = LogicalType::timestamp(true, TimeUnit::MICROS);
                    assert_eq!(logical, Some(&utc), "{name}");
                }
                Physical::INT64 => assert_eq!(logical, None, "{name}"),
                Physical::INT32 => assert_eq!(logical, Some(&LogicalType::Date), "{name}"),
                Physical::BOOLEAN => assert!(name.starts_with("is_"), "{name}"),
                other => panic!("{name} is {other}"),
            }
            if name.ends_with("_no") || name.ends_with("_id") {
                assert_eq!(column.physical_type(), Physical::BYTE_ARRAY, "{name}");
            }
        }
        for (_, row) in found.rows(table.name) {
            let told = format!("{row:?}");
            assert!(!told.contains("CANARY"), "{told}");
        }
    }
}

#[test]
fn nothing_is_overwritten_and_the_same_books_give_the_same_files() {
    let stage = shop();
    let (first, _) = exported(&stage, 1, &[], "first");
    let files = |found: &Found| found.manifest["files"].clone();
    std::fs::create_dir(stage.path("second")).unwrap();
    let (second, _) = exported(&stage, 1, &[], "second");
    assert_eq!(files(&first), files(&second));

    for taken in ["first", "orders.csv"] {
        let out = stage.path(taken).display().to_string();
        let told = stage.refusal(2, &["books", "export", "--out", &out]);
        assert!(told.contains("[export.folder]"), "{told}");
    }
    assert_eq!(Found::new(first.folder.clone()).manifest, first.manifest);
    let turned = ["--from", "2026-03-09", "--to", DAY];
    let out = stage.path("third").display().to_string();
    stage.refusal(
        2,
        &[&["books", "export", "--out", &out][..], &turned].concat(),
    );
    assert!(!stage.path("third").exists());
}

/// Stops at the first sign of progress.
struct ImpatientReporter(std::sync::atomic::AtomicBool);

impl Reporter for ImpatientReporter {
    fn progress(&self, progress: Progress) {
        assert!(progress.total.is_some_and(|total| progress.done <= total));
        self.0.store(true, std::sync::atomic::Ordering::Relaxed);
    }

    fn cancelled(&self) -> bool {
        self.0.load(std::sync::atomic::Ordering::Relaxed)
    }
}

#[test]
fn a_stopped_export_leaves_nothing() {
    let stage = shop();
    let place = tempfile::tempdir().unwrap();
    let ports = recondesk::adapters::open(Some(&stage.path("workspace"))).unwrap();
    let folder = place.path().join("out");
    let profiles = ports.records.profiles().unwrap();
    let ask = BooksExport {
        profiles: &profiles,
        from: None,
        to: None,
        folder: &folder,
    };
    let writers = TableWriters {
        files: &recondesk::adapters::files::SystemFiles,
        columns: &recondesk::adapters::parquet::ParquetFiles,
    };
    let stopped = export(&ports, &ask, writers, &ImpatientReporter(false.into())).unwrap_err();
    assert_eq!(stopped.kind, FailureKind::Cancelled);
    assert_eq!(entries(place.path()), [""; 0]);
}

fn entries(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name());
    names.map(|name| name.into_string().unwrap()).collect()
}

#[test]
fn the_page_of_the_export_describes_every_column() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/BOOKS_EXPORT.md");
    let page = std::fs::read_to_string(page).unwrap();
    for table in TABLES {
        let head = format!("\n## `{}`\n", table.name);
        let section = page.split(&head).nth(1).expect(table.name);
        let section = section.split("\n## ").next().unwrap();
        let described: Vec<&str> = section
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
            .collect();
        let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
        assert_eq!(described, names, "{}", table.name);
        for (column, line) in table
            .columns
            .iter()
            .zip(section.lines().filter(|line| line.starts_with("| `")))
        {
            let may_miss = line.split('|').nth(3).unwrap().trim() == "yes";
            assert_eq!(
                may_miss, column.is_optional,
                "{} {}",
                table.name, column.name
            );
        }
    }
}
