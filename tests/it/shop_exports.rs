//! What shops write, against a bill that agrees with it: flags, states with more beside them, clocks of another zone,
//! several sums, lists with fewer columns. The bill has four payments of the morning, 10.00 to 10.03.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

const BIN: &str = env!("CARGO_BIN_EXE_recondesk");

struct ExportFixture {
    workspace: tempfile::TempDir,
}

impl ExportFixture {
    /// A merchant with the bill of the day.
    fn new() -> Self {
        let stage = Self {
            workspace: tempfile::tempdir().unwrap(),
        };
        stage.run(&["profile", "add", "shop", "--mch-id", "1900000109"]);
        let bill = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/shop_exports");
        let bill = bill.join("bill.csv").display().to_string();
        let (code, told) = stage.run(&["bill", "import", &bill, "--profile", "shop"]);
        assert_eq!(code, Some(0), "{told}");
        stage
    }

    fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let output = Command::new(BIN)
            .env("RECONDESK_PASSPHRASE", "x12345678")
            .args(["--lang", "en", "--workspace"])
            .arg(self.workspace.path().join("books"))
            .args(arguments)
            .output()
            .unwrap();
        let told = [output.stdout, output.stderr].concat();
        let told = String::from_utf8_lossy(&told).into_owned();
        (output.status.code(), told)
    }

    fn import(&self, text: &str) -> String {
        let path = self.workspace.path().join("orders.csv");
        let mut file = std::fs::File::create(&path).unwrap();
        std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
        let path = path.display().to_string();
        let (code, told) = self.run(&["orders", "import", &path, "--profile", "shop"]);
        assert_eq!(code, Some(0), "{text}\n{told}");
        told
    }

    /// Code, order and step of each finding of the day.
    fn findings(&self) -> Vec<(String, String, String)> {
        let day = ["--profile", "shop", "--date", "2026-03-08"];
        let (_, told) = self.run(&[&["reconcile", "--format", "json"], &day[..]].concat());
        let from = told.find('[').unwrap_or_default();
        let mut found = serde_json::Deserializer::from_str(&told[from..]).into_iter::<Value>();
        let found = found.next().unwrap().unwrap();
        let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
        let rows = found.as_array().unwrap().iter();
        rows.map(|row| {
            (
                text(row, "code"),
                text(row, "out_trade_no"),
                text(row, "action"),
            )
        })
        .collect()
    }

    /// The codes alone.
    fn codes(&self) -> Vec<String> {
        let found = self.findings().into_iter();
        found.map(|(code, _, _)| code).collect()
    }
}

/// A file of four rows: the header, and what each row has behind its number.
fn four(header: &str, rows: [&str; 4]) -> String {
    let mut out = format!("{header}\n");
    for (nth, row) in rows.iter().enumerate() {
        writeln!(out, "C260308000{nth},{row}").unwrap();
    }
    out
}

#[test]
fn files_that_agree_with_the_bill_have_no_findings() {
    let cases = [
        // A till ends a sale with 已结账, and one sale came back over the counter.
        four(
            "商户订单号,实收金额,订单状态,结账时间",
            [
                "10.00,已结账,2026-03-08 09:00:00",
                "10.01,已结账,2026-03-08 09:01:00",
                "10.02,已结账,2026-03-08 09:02:00",
                "10.03,已退货,2026-03-08 09:03:00",
            ],
        ),
        // The column that would be taken by its name has none of the sums of the bill.
        four(
            "商户订单号,实付金额,订单状态,付款时间,订单金额",
            [
                "9.90,已发货,2026-03-08 09:00:10,10.00",
                "9.91,已发货,2026-03-08 09:01:10,10.01",
                "9.92,已发货,2026-03-08 09:02:10,10.02",
                "9.93,已发货,2026-03-08 09:03:10,10.03",
            ],
        ),
        // Two columns of one name.
        four(
            "商户订单号,实付金额,实付金额,订单状态,付款时间",
            [
                "20.00,10.00,已发货,2026-03-08 09:00:00",
                "20.01,10.01,已发货,2026-03-08 09:01:00",
                "20.02,10.02,已发货,2026-03-08 09:02:00",
                "20.03,10.03,已发货,2026-03-08 09:03:00",
            ],
        ),
        // The first row of data has a word in it that is the name of a column, too.
        four(
            "支付单号,实付金额,付款时间,进度",
            [
                "10.00,2026-03-08 09:00:10,SHIPPED",
                "10.01,2026-03-08 09:01:10,DELIVERED",
                "10.02,2026-03-08 09:02:10,DELIVERED",
                "10.03,2026-03-08 09:03:10,SHIPPED",
            ],
        ),
        // How far a row went to another system is no state of its payment.
        four(
            "支付单号,实付金额,付款时间,同步状态",
            [
                "10.00,2026-03-08 09:00:10,成功",
                "10.01,2026-03-08 09:01:10,失败",
                "10.02,2026-03-08 09:02:10,成功",
                "10.03,2026-03-08 09:03:10,失败",
            ],
        ),
    ];
    for text in cases {
        let stage = ExportFixture::new();
        stage.import(&text);
        assert_eq!(stage.findings(), [], "{text}");
    }
}

#[test]
fn a_paid_order_that_waits_for_its_goods_is_found_however_it_is_written() {
    let cases = [
        four(
            "商户订单号,实付金额,订单状态,付款时间",
            [
                "10.00,已发货 2026-03-08 12:00,2026-03-08 09:00:10",
                "10.01,已发货(2026-03-08 12:00:00),2026-03-08 09:01:10",
                "10.02,待发货（加急）,2026-03-08 09:02:10",
                "10.03,4-已发货,2026-03-08 09:03:10",
            ],
        ),
        four(
            "商户订单号,实付金额,付款时间,is_paid,is_shipped",
            [
                "10.00,2026-03-08 09:00:10,1,1",
                "10.01,2026-03-08 09:01:10,1,1",
                "10.02,2026-03-08 09:02:10,1,0",
                "10.03,2026-03-08 09:03:10,1,1",
            ],
        ),
        four(
            "商户订单号,实付金额,付款时间,已付款,已发货",
            [
                "10.00,2026-03-08 09:00:10,√,√",
                "10.01,2026-03-08 09:01:10,√,√",
                "10.02,2026-03-08 09:02:10,√,×",
                "10.03,2026-03-08 09:03:10,√,√",
            ],
        ),
    ];
    for text in cases {
        let stage = ExportFixture::new();
        stage.import(&text);
        let due = (
            "P03".to_owned(),
            "C2603080002".to_owned(),
            "reissue".to_owned(),
        );
        assert_eq!(stage.findings(), [due], "{text}");
    }
}

#[test]
fn times_of_another_zone_are_proven_by_the_bill() {
    let stage = ExportFixture::new();
    let told = stage.import(&four(
        "商户订单号,实付金额,订单状态,付款时间",
        [
            "10.00,已发货,2026-03-08 01:00:02",
            "10.01,已发货,2026-03-08 01:01:01",
            "10.02,已发货,2026-03-08 01:02:00",
            "10.03,已发货,2026-03-08 01:03:03",
        ],
    ));
    assert!(told.contains("UTC"), "{told}");
    assert_eq!(stage.findings(), []);
}

#[test]
fn an_order_that_a_flag_calls_cancelled_is_no_agreement() {
    for header in ["取消", "是否撤单", "有效"] {
        let stage = ExportFixture::new();
        let (on, off) = if header == "有效" {
            ("否", "是")
        } else {
            ("是", "否")
        };
        let row = |sum: &str, minute: u8, flag: &str| {
            format!("{sum},2026-03-08 09:0{minute}:10,已付款,{flag}")
        };
        let rows = [
            row("10.00", 0, off),
            row("10.01", 1, off),
            row("10.02", 2, on),
            row("10.03", 3, off),
        ];
        let rows = [&*rows[0], &*rows[1], &*rows[2], &*rows[3]];
        let header = format!("商户订单号,实付金额,付款时间,订单状态,{header}");
        stage.import(&four(&header, rows));
        assert_eq!(stage.codes(), ["P02"], "{header}");
    }
}

#[test]
fn a_refund_is_not_lost_for_want_of_its_sum() {
    let cases = [
        ("退款单号,退款时间", "RC2,2026-03-08 11:00:00", ",", "R10"),
        ("退款时间", "2026-03-08 11:00:00", "", "R10"),
        ("refunded", "true", "false", "R10"),
        ("退款状态", "退款中", "无退款", "R10"),
        ("售后状态", "售后完成", "无售后", "R10"),
    ];
    for (columns, refunded, none, code) in cases {
        let stage = ExportFixture::new();
        let row = |sum: &str, minute: u8, refund: &str| {
            format!("{sum},2026-03-08 09:0{minute}:10,已发货,{refund}")
        };
        let rows = [
            row("10.00", 0, none),
            row("10.01", 1, none),
            row("10.02", 2, refunded),
            row("10.03", 3, none),
        ];
        let rows = [&*rows[0], &*rows[1], &*rows[2], &*rows[3]];
        stage.import(&four(
            &format!("商户订单号,实付金额,付款时间,订单状态,{columns}"),
            rows,
        ));
        let found = stage.findings();
        assert_eq!(found.len(), 1, "{columns}: {found:?}");
        assert_eq!(
            (&*found[0].0, &*found[0].1),
            (code, "C2603080002"),
            "{columns}"
        );
        let (_, told) = stage.run(&["query", "C2603080002"]);
        assert!(!told.contains("both books agree"), "{columns}: {told}");
    }
}

#[test]
fn a_list_with_fewer_columns_takes_nothing_back() {
    let stage = ExportFixture::new();
    stage.import(&four(
        "商户订单号,实付金额,订单状态,下单时间,付款时间,退款金额",
        [
            "10.00,已发货,2026-03-08 08:59:10,2026-03-08 09:00:10,",
            "10.01,已发货,2026-03-08 09:00:10,2026-03-08 09:01:10,",
            "10.02,待发货,2026-03-08 09:01:10,2026-03-08 09:02:10,",
            "10.03,已发货,2026-03-08 09:02:10,2026-03-08 09:03:10,3.00",
        ],
    ));
    let before = stage.findings();
    assert!(before.iter().any(|found| found.0 == "P03"), "{before:?}");
    assert!(before.iter().any(|found| found.0 == "R10"), "{before:?}");

    // Finance's own list of the same orders: no word of deliveries or refunds.
    stage.import(&four(
        "商户订单号,实付金额,支付状态,付款时间",
        [
            "10.00,已支付,2026-03-08 09:00:10",
            "10.01,已支付,2026-03-08 09:01:10",
            "10.02,已支付,2026-03-08 09:02:10",
            "10.03,已支付,2026-03-08 09:03:10",
        ],
    ));
    assert_eq!(stage.findings(), before);
}
