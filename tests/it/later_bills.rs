//! Files that come one after the other, through the program itself: what is here already speaks against a step, whichever
//! day is compared.

use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;

const BIN: &str = env!("CARGO_BIN_EXE_recondesk");

/// A fresh workspace with one merchant, and a folder of files.
struct LaterBillsFixture {
    workspace: tempfile::TempDir,
    folder: PathBuf,
}

impl LaterBillsFixture {
    fn new(folder: &str) -> Self {
        let fixtures = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/advice");
        let desk = Self {
            workspace: tempfile::tempdir().unwrap(),
            folder: fixtures.join(folder),
        };
        desk.run(&["profile", "add", "shop", "--mch-id", "1900000109"]);
        desk
    }

    fn output(&self, arguments: &[&str]) -> Output {
        Command::new(BIN)
            .env("RECONDESK_PASSPHRASE", "x12345678")
            .args(["--lang", "en", "--workspace"])
            .arg(self.workspace.path())
            .args(arguments)
            .output()
            .unwrap()
    }

    /// Exit code and standard output.
    fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let output = self.output(arguments);
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.code(), told)
    }

    fn orders(&self, name: &str) -> Option<i32> {
        let file = self.folder.join(name).display().to_string();
        self.run(&["orders", "import", &file, "--profile", "shop"])
            .0
    }

    fn bill(&self, name: &str, date: &str) -> Option<i32> {
        let file = self.folder.join(name).display().to_string();
        let arguments = ["bill", "import", &file, "--profile", "shop", "--date", date];
        self.run(&arguments).0
    }

    /// Code, step and number of what a comparison finds.
    fn compare(&self, date: &str) -> (Option<i32>, Vec<String>) {
        let arguments = ["reconcile", "--profile", "shop", "--date", date];
        let (code, told) = self.run(&[&arguments[..], &["--format", "json"]].concat());
        let told: Value = serde_json::from_str(&told).unwrap();
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let found = told.as_array().unwrap().iter().map(|row| {
            let (category, step) = (word(&row["code"]), word(&row["action"]));
            format!("{category} {step} {}", word(&row["out_trade_no"]))
        });
        (code, found.collect())
    }

    /// The step that `query` names.
    fn step(&self, number: &str) -> String {
        let (_, said) = self.run(&["query", number, "--format", "json"]);
        let said: Value = serde_json::from_str(&said).unwrap();
        let step = &said["numbers"][0]["stories"][0]["action"];
        step.as_str().unwrap_or_default().to_owned()
    }
}

#[test]
fn goods_are_not_stopped_for_a_payment_in_the_bill_of_another_day() {
    let desk = LaterBillsFixture::new("later/zone");
    desk.orders("o.csv");
    desk.bill("b7.csv", "2026-03-07");
    let alone = desk.compare("2026-03-07").1;
    assert!(
        alone.contains(&"P05 stop_fulfilment U0".to_owned()),
        "{alone:?}"
    );

    desk.bill("b8.csv", "2026-03-08");
    let beside = desk.compare("2026-03-07");

    let expected = ["P04 find_owner K", "P05 review U0", "P05 review U1"];
    assert_eq!(beside.1, expected);
    assert_eq!(
        desk.compare("2026-03-07"),
        beside,
        "the same inputs, the same result"
    );
    assert_eq!(desk.step("U0"), "review");
}

#[test]
fn nothing_is_delivered_for_money_that_a_later_bill_gives_back() {
    let desk = LaterBillsFixture::new("later/refunded");
    desk.orders("o.csv");
    desk.bill("b2026-03-08.csv", "2026-03-08");
    desk.bill("b2026-03-09.csv", "2026-03-09");

    let first = desk.compare("2026-03-08");
    let next = desk.compare("2026-03-09");
    let again = desk.compare("2026-03-08");

    assert_eq!(first, (Some(1), vec!["P03 review N001".to_owned()]));
    assert_eq!(next.1, ["R01 book_refund N001"]);
    assert_eq!(
        again,
        (Some(0), vec!["P03 review N001".to_owned()]),
        "its case is closed"
    );
}

#[test]
fn a_second_bill_with_fewer_rows_stops_no_goods() {
    let desk = LaterBillsFixture::new("later/smaller_bill");
    desk.orders("o.csv");
    assert_eq!(desk.bill("b1.csv", "2026-03-08"), Some(0));

    assert_eq!(
        desk.bill("b2.csv", "2026-03-08"),
        Some(1),
        "somebody must look"
    );
    let found = desk.compare("2026-03-08").1;

    assert_eq!(found, ["P05 review A2", "B07 review "]);
    assert_eq!(desk.step("A2"), "review");
}

#[test]
fn a_kept_mapping_in_fen_does_not_read_the_yuan_of_the_next_day() {
    let desk = LaterBillsFixture::new("later/fen");
    desk.bill("b.csv", "2026-03-08");
    assert_eq!(desk.orders("o.csv"), Some(0), "the bill proves fen");
    desk.bill("b9.csv", "2026-03-09");

    let refused = desk.orders("o2.csv");

    assert_eq!(refused, Some(4));
    let file = |name: &str| desk.folder.join(name).display().to_string();
    let (orders, bill) = (file("o2.csv"), file("b9.csv"));
    let (_, toml) = desk.run(&["mapping", "guess", &orders, "--bill", &bill]);
    let mapping = desk.workspace.path().join("yuan.toml");
    let mut written = std::fs::File::create(&mapping).unwrap();
    std::io::Write::write_all(&mut written, toml.as_bytes()).unwrap();
    let mapping = mapping.display().to_string();
    let arguments = [
        "orders",
        "import",
        &orders,
        "--profile",
        "shop",
        "--mapping",
        &mapping,
    ];
    assert_eq!(desk.run(&arguments).0, Some(0));
    let found = desk.compare("2026-03-09").1;
    assert!(!found.iter().any(|row| row.starts_with("P07")), "{found:?}");
}

#[test]
fn an_order_without_a_time_is_found_until_it_is_paid() {
    let desk = LaterBillsFixture::new("untimed");
    desk.orders("orders.csv");
    desk.bill("bill.csv", "2026-03-08");
    assert_eq!(desk.compare("2026-03-08").1, ["P01 reissue A20260308002"]);

    desk.orders("paid.csv");

    assert_eq!(desk.compare("2026-03-08"), (Some(0), Vec::new()));
    assert_eq!(desk.step("A20260308002"), "none");
    desk.orders("orders.csv");
    assert_eq!(desk.compare("2026-03-08"), (Some(0), Vec::new()));
}

#[test]
fn a_refund_without_a_time_that_three_bills_do_not_have_is_told() {
    let desk = LaterBillsFixture::new("untimed_overdue");
    assert_eq!(desk.orders("orders-08.csv"), Some(0));
    let of_number = |found: Vec<String>| -> Vec<String> {
        let of = found.into_iter().filter(|row| row.contains("NR26030800"));
        of.collect()
    };
    let mut told = Vec::new();
    for day in ["08", "09", "10", "11", "12"] {
        let date = format!("2026-03-{day}");
        assert_eq!(desk.bill(&format!("bill-{day}.csv"), &date), Some(0));
        told.push(of_number(desk.compare(&date).1));
    }

    // In transit on its own day, overdue with the third bill, and told once.
    let waits = vec!["R10 wait NR26030800".to_owned()];
    let overdue = vec!["R02 review NR26030800".to_owned()];
    let expected = [waits.clone(), vec![], vec![], overdue.clone(), vec![]];
    assert_eq!(told, expected);
    assert_eq!(desk.step("NR26030800"), "review");

    // Compared again, both days say what they said, and the case stands.
    for day in 0..2 {
        assert_eq!(of_number(desk.compare("2026-03-11").1), overdue, "{day}");
        assert_eq!(of_number(desk.compare("2026-03-08").1), waits, "{day}");
        assert_eq!(desk.step("NR26030800"), "review");
    }
    // What the day knew and what its case says by now are two facts, and both are told.
    let again = desk.output(&["reconcile", "--profile", "shop", "--date", "2026-03-08"]);
    let told = String::from_utf8(again.stderr).unwrap();
    let line = told.lines().find(|line| line.contains("NR26030800"));
    let line = line.unwrap_or_else(|| panic!("{told}"));
    assert!(
        line.contains("R10 on that day; later bills (2026-03-11) make it R02"),
        "{line}"
    );
}

#[test]
fn a_month_leaves_out_the_day_whose_bill_changed_since() {
    let desk = LaterBillsFixture::new("p01_other_sum");
    desk.orders("orders.csv");
    desk.bill("bill.csv", "2026-03-08");
    desk.compare("2026-03-08");
    let out = desk.workspace.path().join("out.csv");
    let out = out.to_str().unwrap();
    let journal = ["report", "journal", "--profile", "shop", "--out", out];
    let of_day = [&journal[..], &["--date", "2026-03-08"]].concat();
    assert_eq!(desk.run(&of_day).0, Some(0));
    // A month has the other days, too, and none of them was compared.
    let of_month = [&journal[..], &["--month", "2026-03"]].concat();
    assert_eq!(desk.run(&of_month).0, Some(1));
    let vouchers = || {
        let bytes = std::fs::read(out).unwrap();
        bytes.split(|byte| *byte == b'\n').count().saturating_sub(1)
    };
    assert!(vouchers() > 1);

    // Another bill of the day, with more rows.
    let other = LaterBillsFixture::new("p03_failed").folder.join("bill.csv");
    let other = other.to_str().unwrap();
    let import = [
        "bill",
        "import",
        other,
        "--profile",
        "shop",
        "--date",
        "2026-03-08",
    ];
    desk.run(&import);

    assert_eq!(desk.run(&of_day).0, Some(2), "compare again first");
    desk.run(&of_month);
    assert_eq!(vouchers(), 1, "the heading alone");
    let zip = desk.workspace.path().join("month.zip");
    let month = ["report", "month", "--profile", "shop", "--month", "2026-03"];
    let month = [&month[..], &["--out", zip.to_str().unwrap()]].concat();
    assert_eq!(desk.run(&month).0, Some(1));
}

#[test]
fn a_report_is_of_the_orders_that_were_compared() {
    let desk = LaterBillsFixture::new("p01_other_sum");
    desk.orders("orders.csv");
    desk.bill("bill.csv", "2026-03-08");
    desk.compare("2026-03-08");
    let out = desk.workspace.path().join("day.zip");
    let out = out.to_str().unwrap();
    let report = ["report", "day", "--profile", "shop", "--date", "2026-03-08"];
    let report = [&report[..], &["--out", out]].concat();
    let open = desk.run(&report).0;
    assert_eq!(open, Some(1), "work is left");
    let import = |name: &str, row: &str| {
        let file = desk.workspace.path().join(name);
        let text = format!("商户订单号,实付金额,订单状态,下单时间,付款时间,发货时间\n{row}\n");
        std::fs::File::create(&file)
            .and_then(|mut file| std::io::Write::write_all(&mut file, text.as_bytes()))
            .unwrap();
        let file = file.to_str().unwrap();
        assert_eq!(
            desk.run(&["orders", "import", file, "--profile", "shop"]).0,
            Some(0)
        );
    };

    // Orders of another day change nothing of this one.
    import(
        "next.csv",
        "NX1,5,已发货,2026-03-09 09:00:00,2026-03-09 10:00:00,2026-03-09 16:00:00",
    );
    assert_eq!(desk.run(&report).0, open);

    // An order of the day that is unpaid by now.
    import("again.csv", "OK1,99.00,待付款,2026-03-08 09:01:00,,");
    assert_eq!(desk.run(&report).0, Some(2), "compare again first");
    let journal = [
        "report",
        "journal",
        "--profile",
        "shop",
        "--date",
        "2026-03-08",
    ];
    let journal = [&journal[..], &["--out", out]].concat();
    assert_eq!(desk.run(&journal).0, Some(2));

    desk.compare("2026-03-08");
    assert_eq!(desk.run(&report).0, Some(1));
}

#[test]
fn several_numbers_stay_several_and_a_misread_one_is_guessed() {
    let desk = LaterBillsFixture::new("p01_other_sum");
    let text = "商户订单号,实付金额,订单状态,下单时间,付款时间,发货时间\n\
        M00000181,5,已发货,2026-03-08 09:00:00,2026-03-08 10:00:00,2026-03-08 16:00:00\n\
        20260308,5,已发货,2026-03-08 09:00:00,2026-03-08 10:00:00,2026-03-08 16:00:00\n\
        20260308001,5,已发货,2026-03-08 09:00:00,2026-03-08 10:00:00,2026-03-08 16:00:00\n\
        M00000182,5,已发货,2026-03-08 09:01:00,2026-03-08 10:01:00,2026-03-08 16:00:00\n";
    let file = desk.workspace.path().join("orders.csv");
    std::fs::File::create(&file)
        .and_then(|mut file| std::io::Write::write_all(&mut file, text.as_bytes()))
        .unwrap();
    let file = file.to_str().unwrap();
    assert_eq!(
        desk.run(&["orders", "import", file, "--profile", "shop"]).0,
        Some(0)
    );
    let asked = |text: &str| {
        let (_, said) = desk.run(&["query", text, "--format", "json"]);
        let said: Value = serde_json::from_str(&said).unwrap_or_default();
        let numbers = said["numbers"].as_array().cloned().unwrap_or_default();
        let told = numbers.iter().map(|one| {
            let near = one["near"].as_array().cloned().unwrap_or_default();
            let near: Vec<&str> = near.iter().filter_map(Value::as_str).collect();
            let stories = one["stories"].as_array().map_or(0, Vec::len);
            format!(
                "{} {stories} {}",
                one["number"].as_str().unwrap_or_default(),
                near.join(",")
            )
        });
        told.collect::<Vec<_>>()
    };
    let both = ["M00000181 1 ", "M00000182 1 "];
    for text in [
        "M00000181\r\nM00000182",
        "M00000181 M00000182",
        "订单 M00000181 M00000182 没发货",
    ] {
        assert_eq!(asked(text), both, "{text}");
    }
    assert_eq!(
        asked("M00000181 5609"),
        ["M00000181 1 "],
        "a sum beside it is no part of it"
    );
    assert_eq!(
        asked("20260308 001"),
        ["20260308001 1 "],
        "what is known as a whole is whole"
    );
    assert_eq!(
        asked("M00000181 M99999999"),
        ["M00000181 1 ", "M99999999 0 "]
    );
    for typed in [
        "m00000181",
        "MOOOOO181",
        "M00000181_1",
        "SHOP-M00000181",
        "M0000OI8l",
    ] {
        assert_eq!(asked(typed), [format!("{typed} 0 M00000181")], "{typed}");
    }
    assert_eq!(asked("out_trade_no%3DM00000181%26total"), ["M00000181 1 "]);
    assert_eq!(
        asked("2026-03-08 微信支付 ¥56.09"),
        Vec::<String>::new(),
        "a day and a sum"
    );
}

#[test]
fn cases_are_listed_with_what_names_them_and_a_bundle_takes_any_number() {
    let desk = LaterBillsFixture::new("p01_other_sum");
    desk.orders("orders.csv");
    desk.bill("bill.csv", "2026-03-08");
    desk.compare("2026-03-08");

    let (_, listed) = desk.run(&["cases", "list", "--format", "json"]);
    let listed: Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(listed[0]["case_key"], "1900000109/pay/N1/unfulfilled");
    assert_eq!(listed[0]["status"], "NEW");
    assert_eq!(listed[0]["day"], "2026-03-08");
    assert!(listed[0]["case_id"].as_u64().is_some());
    let (_, table) = desk.run(&["cases", "list"]);
    assert!(
        table.starts_with("Case") && table.contains("State"),
        "{table}"
    );

    let number = listed[0]["transaction_id"].as_str().unwrap();
    let bundle = |number: &str| {
        let zip = desk.workspace.path().join(format!("{number}.zip"));
        let zip = zip.to_str().unwrap().to_owned();
        let make = ["bundle", "make", number, "--profile", "shop", "--out", &zip];
        assert_eq!(desk.run(&make).0, Some(0));
        let (_, told) = desk.run(&["bundle", "verify", &zip, "--format", "json"]);
        let told: Value = serde_json::from_str(&told).unwrap();
        (told["out_trade_no"].clone(), told["rows"].clone())
    };
    assert_eq!(bundle(number), bundle("N1"));
}

#[test]
fn a_day_without_one_order_is_no_good_report_whatever_was_decided_of_it() {
    let desk = LaterBillsFixture::new("p01_other_sum");
    desk.bill("bill.csv", "2026-03-08");
    let (code, found) = desk.compare("2026-03-08");
    assert_eq!(code, Some(1));
    assert!(!found.is_empty());
    for deed in [&["take"][..], &["resolve", "--reason", "x"]] {
        let (name, more) = deed.split_first().unwrap();
        let filter = ["--filter", "date=2026-03-08", "--yes"];
        desk.run(&[&["cases", name][..], &filter, more].concat());
    }
    let out = desk.workspace.path().join("day.zip");
    let report = ["report", "day", "--profile", "shop", "--date", "2026-03-08"];
    let report = [&report[..], &["--out", out.to_str().unwrap()]].concat();

    assert_eq!(desk.run(&report).0, Some(1));
    assert_eq!(desk.compare("2026-03-08").0, Some(1));
}

#[test]
fn stored_sums_that_cannot_be_read_stop_the_comparison() {
    let desk = LaterBillsFixture::new("later/zone");
    desk.orders("o.csv");
    desk.bill("b7.csv", "2026-03-07");
    let day = ["reconcile", "--profile", "shop", "--date", "2026-03-07"];
    let sound = desk.run(&day).0;
    let database = rusqlite::Connection::open(desk.workspace.path().join("recondesk.db")).unwrap();
    let facts: String = database
        .query_row(
            "SELECT facts FROM import WHERE kind LIKE 'bill.%'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    let put = |facts: &str| {
        let put = "UPDATE import SET facts = ?1 WHERE kind LIKE 'bill.%'";
        database.execute(put, [facts]).unwrap();
    };
    let without_sum = facts.replace("\"amount_fen\"", "\"amount_of_old\"");
    assert_ne!(without_sum, facts);

    for damaged in ["", "{}", "none", without_sum.as_str()] {
        put(damaged);
        assert_eq!(desk.run(&day).0, Some(6), "{damaged}");
    }

    put(&facts);
    assert_eq!(desk.run(&day).0, sound);
}
