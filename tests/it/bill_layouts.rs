//! Every layout of a trade bill through the program: certified, imported, compared, told by its findings.

use std::fmt::Write as _;
use std::io::Write as _;

use recondesk::domain::{BillState, Fee, Fen, Instant};
use recondesk::wechat::bill::{BillForm, BillLine, BillPrinter, RefundColumns};
use serde_json::Value;

use super::cli::CliFixture;

const DAY: &str = "2026-03-08";
/// 10:00 of that day in Beijing.
const MORNING: i64 = 1_772_935_200;
const RATE: i32 = 6_000;
const FORMS: [(BillForm, u64, &str); 6] = [
    (BillForm::All27, 27, "ALL 27"),
    (BillForm::Success20, 20, "SUCCESS 20"),
    (BillForm::Refund29, 29, "REFUND 29"),
    (BillForm::All24, 24, "ALL 24 legacy"),
    (BillForm::Success18, 18, "SUCCESS 18 legacy"),
    (BillForm::Refund26, 26, "REFUND 26 legacy"),
];

/// The fee of 10.00 at 0.60 %.
const FEE: i64 = 6_000;

pub(crate) struct LayoutRow {
    order: &'static str,
    is_refund: bool,
    fee: i64,
    sub_mch_id: &'static str,
}

pub(crate) const fn pay(order: &'static str) -> LayoutRow {
    LayoutRow {
        order,
        is_refund: false,
        fee: FEE,
        sub_mch_id: "",
    }
}

pub(crate) const fn refund(order: &'static str) -> LayoutRow {
    LayoutRow {
        is_refund: true,
        fee: -FEE,
        ..pay(order)
    }
}

const fn holds(form: BillForm, row: &LayoutRow) -> bool {
    match form {
        BillForm::Success20 | BillForm::Success18 => !row.is_refund,
        BillForm::Refund29 | BillForm::Refund26 => row.is_refund,
        BillForm::All27 | BillForm::All24 => true,
    }
}

/// The bill of these rows, each of 10.00, as far as the form holds them.
pub(crate) fn bill(form: BillForm, rows: &[LayoutRow]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut printer = BillPrinter::new(form);
    printer.header(&mut out);
    let ten = Fen::new(1_000);
    for (at, row) in (0_i64..).zip(rows).filter(|(_, row)| holds(form, row)) {
        let time = Instant::from_unix(MORNING + at * 60);
        let (paid, back) = if row.is_refund {
            (Fen::ZERO, ten)
        } else {
            (ten, Fen::ZERO)
        };
        let transaction = format!("42000000002026030800{:>08}", &row.order[1..]);
        let number = format!("R{}", row.order);
        let id = format!("5030000000202603080000{:>07}", &row.order[1..]);
        let line = BillLine {
            time,
            appid: "wx8888888888888888",
            mch_id: "1900000109",
            sub_mch_id: row.sub_mch_id,
            device: "",
            transaction_id: &transaction,
            out_trade_no: row.order,
            openid: "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
            trade_type: "JSAPI",
            state: if row.is_refund {
                BillState::Refund
            } else {
                BillState::Success
            },
            bank: "CFT",
            currency: "CNY",
            settled: paid,
            coupon: Fen::ZERO,
            refund: row.is_refund.then_some(RefundColumns {
                requested: time,
                succeeded: Some(time),
                refund_id: &id,
                out_refund_no: &number,
                settled: back,
                coupon: Fen::ZERO,
                refund_type: "ORIGINAL",
                state: "SUCCESS",
                asked: back,
            }),
            goods: "茶, 两斤",
            attach: "",
            fee: Fee::new(row.fee),
            rate: RATE,
            amount: paid,
        };
        printer.row(&line, &mut out).unwrap();
    }
    printer.summary(&mut out);
    out
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::GzBuilder::new()
        .filename("1480780492All2026-03-08.csv")
        .write(Vec::new(), flate2::Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

/// The merchant's book: every order paid, every refund done, but for the orders left out.
pub(crate) fn books(stage: &CliFixture, rows: &[LayoutRow], without: &[&str]) {
    let at = format!("{DAY} 09:59:00,{DAY} 10:00:00");
    let mut orders = "out_trade_no,amount,pay_status,created_at,paid_at\n".to_owned();
    let mut refunds =
        "out_refund_no,out_trade_no,amount,status,created_at,succeeded_at\n".to_owned();
    for row in rows.iter().filter(|row| !without.contains(&row.order)) {
        let order = row.order;
        if row.is_refund {
            writeln!(refunds, "R{order},{order},10.00,success,{at}").unwrap();
        } else {
            writeln!(orders, "{order},10.00,paid,{at}").unwrap();
        }
    }
    for (kind, text) in [("orders", orders), ("refunds", refunds)] {
        if text.lines().count() > 1 {
            let file = stage.file(&format!("{kind}.csv"), text.as_bytes());
            stage.expect(0, &[kind, "import", &file, "--profile", "shop"]);
        }
    }
}

/// `code number` of every finding of the day.
pub(crate) fn findings(stage: &CliFixture) -> Vec<String> {
    let output = stage.run(&[
        "reconcile",
        "--profile",
        "shop",
        "--date",
        DAY,
        "--format",
        "json",
    ]);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{output:?}");
    let list: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    list.iter()
        .map(|finding| {
            let number = finding["out_trade_no"].as_str().unwrap_or("-");
            format!("{} {number}", finding["code"].as_str().unwrap())
        })
        .collect()
}

fn certificate(stage: &CliFixture, file: &str) -> Value {
    serde_json::from_str(&stage.expect(0, &["bill", "check", file, "--format", "json"])).unwrap()
}

pub(crate) fn import(stage: &CliFixture, name: &str, bytes: &[u8]) {
    let file = stage.file(name, bytes);
    stage.expect(0, &["bill", "import", &file, "--profile", "shop"]);
}

#[test]
fn each_layout_is_certified_imported_and_compared_plain_and_packed() {
    for (form, width, name) in FORMS {
        let rows = [pay("A1"), pay("A2"), refund("A2"), pay("A3"), refund("A3")];
        let bytes = bill(form, &rows);
        let header = String::from_utf8_lossy(&bytes)
            .lines()
            .next()
            .unwrap()
            .to_owned();
        assert_eq!(header.split(',').count() as u64, width);
        for (ending, bytes) in [("csv", bytes.clone()), ("csv.gz", gzip(&bytes))] {
            let stage = CliFixture::new();
            let file = stage.file(&format!("bill.{ending}"), &bytes);

            let told = certificate(&stage, &file);

            let count = rows.iter().filter(|row| holds(form, row)).count();
            assert_eq!(told["layout"], name);
            assert_eq!(told["verdict"], "verified", "{told}");
            assert_eq!(told["rows"], count);
            assert_eq!(told["unknown_columns"], serde_json::json!([]), "{told}");
            // A3 stands in the bill alone, and all of its money went back: nothing is to be done.
            books(&stage, &rows, &["A3"]);
            import(&stage, &format!("bill.{ending}"), &bytes);
            // Half a bill is no evidence of a day.
            let is_whole = holds(form, &pay("")) && holds(form, &refund(""));
            let expected: &[&str] = if is_whole { &[] } else { &["K02 -"] };
            assert_eq!(findings(&stage), expected, "{name} {ending}");
        }
    }
}

/// The cells of a bill, line by line; only for text without commas.
fn cells(bytes: &[u8]) -> Vec<Vec<String>> {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let text = text.trim_start_matches('\u{feff}').to_owned();
    text.lines()
        .map(|line| line.split(',').map(ToOwned::to_owned).collect())
        .collect()
}

fn joined(lines: &[Vec<String>]) -> Vec<u8> {
    let lines: Vec<String> = lines.iter().map(|line| line.join(",")).collect();
    format!("\u{feff}{}\r\n", lines.join("\r\n")).into_bytes()
}

#[test]
fn columns_in_any_order_say_the_same() {
    let rows = [pay("A1"), pay("A2"), refund("A2"), pay("A3")];
    for turn in [1, 5, 13, 26] {
        let mut lines = cells(&bill(BillForm::All27, &rows));
        let table = lines.len() - 2;
        for line in &mut lines[..table] {
            line.rotate_left(turn);
            line.swap(0, 20);
        }
        let stage = CliFixture::new();
        let bytes = joined(&lines);
        let file = stage.file("turned.csv", &bytes);

        assert_eq!(certificate(&stage, &file)["verdict"], "verified");
        books(&stage, &rows, &["A3"]);
        import(&stage, "turned.csv", &bytes);
        assert_eq!(findings(&stage), ["P04 A3"], "turned by {turn}");
    }
}

#[test]
fn the_sandbox_mixture_and_the_names_of_old_documents_are_known() {
    let rows = [pay("A1"), pay("A2"), refund("A2")];
    let renamed = |form, names: &[(&str, &str)]| {
        let mut text = String::from_utf8(bill(form, &rows)).unwrap();
        for (name, other) in names {
            assert!(text.contains(name), "{name}");
            text = text.replacen(name, other, 1);
        }
        text
    };
    let mixture = renamed(BillForm::All27, &[("特约商户号", "子商户号")]);
    let documents = renamed(
        BillForm::All24,
        &[
            ("公众账号ID", "服务商的APPID"),
            ("企业红包金额", "代金券或立减优惠金额"),
            ("企业红包退款金额,", "代金券或立减优惠退款金额，"),
        ],
    );
    for (text, layout) in [(mixture, "ALL 27"), (documents, "ALL 24")] {
        let stage = CliFixture::new();
        let file = stage.file("bill.csv", text.as_bytes());

        let told = certificate(&stage, &file);

        assert_eq!(told["verdict"], "verified", "{told}");
        assert!(
            told["layout"].as_str().unwrap().starts_with(layout),
            "{told}"
        );
        books(&stage, &rows, &[]);
        import(&stage, "bill.csv", text.as_bytes());
        assert_eq!(findings(&stage), [""; 0], "{layout}");
    }
}

#[test]
fn the_bill_of_a_service_provider_holds_the_rows_of_its_sub_merchants() {
    let of = |order, sub_mch_id| LayoutRow {
        sub_mch_id,
        ..pay(order)
    };
    let rows = [of("A1", "1900000201"), of("A2", "1900000202"), pay("A3")];
    for form in [BillForm::All27, BillForm::All24] {
        let stage = CliFixture::new();
        let subs = ["--sub-mch-id", "1900000201", "--sub-mch-id", "1900000202"];
        stage.expect(0, &[&["profile", "edit", "shop"], &subs[..]].concat());
        let bytes = bill(form, &rows);
        let file = stage.file("bill.csv", &bytes);

        let told = certificate(&stage, &file);

        assert_eq!(told["verdict"], "verified", "{told}");
        books(&stage, &rows, &["A2"]);
        import(&stage, "bill.csv", &bytes);
        assert_eq!(findings(&stage), ["P04 A2"]);
    }
}

#[test]
fn a_fee_that_its_rate_does_not_make_is_f02_and_one_that_does_not_come_back_is_f03() {
    let cent = 1_000;
    let dear = LayoutRow {
        fee: FEE + 2 * cent,
        ..pay("A2")
    };
    let tolerated = LayoutRow {
        fee: FEE + cent,
        ..pay("A3")
    };
    let kept = LayoutRow {
        fee: 0,
        ..refund("A3")
    };
    let taken_twice = LayoutRow {
        fee: FEE,
        ..refund("A4")
    };
    let rows = [
        pay("A1"),
        dear,
        tolerated,
        kept,
        pay("A4"),
        taken_twice,
        pay("A5"),
        refund("A5"),
    ];
    let stage = CliFixture::new();
    books(&stage, &rows, &[]);
    import(&stage, "bill.csv", &bill(BillForm::All27, &rows));

    let mut found = findings(&stage);
    found.sort();

    assert_eq!(found, ["F02 A2", "F03 A3", "F03 A4"]);
}
