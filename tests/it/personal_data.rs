//! Personal data as canaries: openids, attach, remarks and contacts in a bill, a list of orders and notifications,
//! everything shown and exported, and no trace of one but in the archive, where the files stay as they are.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::canary::{files, write};
use crate::refund_cli::Till;

const DAY: &str = "2026-03-08";
const NUMBERS: [&str; 3] = ["A20260308000001", "A20260308000002", "A20260308000003"];
/// What the customers may be told from each other by.
const HEAD: usize = 6;

/// The files, outside of everything that is searched, and the till they go to.
struct Customers {
    till: Till,
    given: tempfile::TempDir,
    said: Vec<(String, Vec<u8>)>,
}

/// Openids have 28 letters, as real ones.
fn openid(of: &str, nth: usize) -> String {
    format!("oQz{of}{nth}Xk7Wb9Rn2Vd4Ym6Tc8Lp0")[..28].to_owned()
}

/// Everything personal of a customer, by the place where it stands.
fn secrets(nth: usize) -> Vec<String> {
    let openids = ["Bill", "Book", "Said", "Fake"].map(|of| openid(of, nth)[HEAD..].to_owned());
    let words = [
        "BILLATTACH",
        "BOOKATTACH",
        "BOOKREMARK",
        "SAIDATTACH",
        "FAKEATTACH",
        "王小明",
        "1381234567",
    ];
    let words = words.map(|word| format!("{word}{nth}"));
    openids.into_iter().chain(words).collect()
}

impl Customers {
    fn new() -> Self {
        let mut customers = Self {
            till: Till::new(),
            given: tempfile::tempdir().unwrap(),
            said: Vec::new(),
        };
        for number in NUMBERS {
            customers.till.paid(number, "1000");
        }
        customers.give_orders();
        customers.give_bill();
        customers.give_notices();
        customers
    }

    fn given(&self, name: &str) -> PathBuf {
        self.given.path().join(name)
    }

    fn file(&self, name: &str) -> String {
        self.till.folder().join(name).display().to_string()
    }

    /// Runs a command however it ends, and keeps what it says.
    fn run(&mut self, arguments: &[&str]) -> String {
        let output = self.till.run(arguments);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut said = output.stdout;
        said.extend_from_slice(&output.stderr);
        self.said.push((arguments.join(" "), said));
        text
    }

    fn give_orders(&mut self) {
        let mut text =
            "商户订单号,订单金额,支付时间,订单状态,发货状态,openid,备注,附加数据,收货人,手机\n"
                .to_owned();
        for (nth, number) in NUMBERS.iter().enumerate() {
            let yuan = if nth == 1 { "9.00" } else { "10.00" };
            let openid = openid("Book", nth);
            let contact =
                format!("{openid},BOOKREMARK{nth},BOOKATTACH{nth},王小明{nth},1381234567{nth}");
            writeln!(
                text,
                "{number},{yuan},{DAY} 10:0{nth}:00,已支付,未发货,{contact}"
            )
            .unwrap();
        }
        let path = self.given("orders.csv");
        write(&path, &text);
        let path = path.display().to_string();
        self.run(&["orders", "import", "--profile", "shop", &path, "--dry-run"]);
        self.run(&["orders", "import", "--profile", "shop", &path]);
        self.run(&["mapping", "guess", &path]);
    }

    fn give_bill(&mut self) {
        let merchant = &self.till.running.merchant;
        let head = "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,\
            货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,\
            商户数据包,手续费,费率,订单金额,申请退款金额,费率备注";
        let mut text = format!("\u{feff}{head}\r\n");
        for (nth, number) in NUMBERS.iter().enumerate() {
            let time = format!("{DAY} 10:0{nth}:00");
            let payment = format!("420000278120260308745393900{nth}");
            let (openid, attach) = (openid("Bill", nth), format!("BILLATTACH{nth},王小明{nth}"));
            let cells = [
                &time,
                &merchant.appids[0],
                &merchant.mch_id,
                "0",
                "",
                &payment,
                number,
                &openid,
                "JSAPI",
                "SUCCESS",
                "OTHERS",
                "CNY",
                "10.00",
                "0.00",
                "0",
                "0",
                "0.00",
                "0.00",
                "",
                "",
                "tea",
                &attach,
                "0.06000",
                "0.60%",
                "10.00",
                "0.00",
                "",
            ];
            write!(text, "`{}\r\n", cells.join(",`")).unwrap();
        }
        text.push_str("总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\r\n");
        text.push_str("`3,`30.00,`0.00,`0.00,`0.18000,`30.00,`0.00\r\n");
        let path = self.given("bill.csv");
        write(&path, &text);
        let path = path.display().to_string();
        self.run(&["bill", "check", &path]);
        self.run(&["bill", "import", "--profile", "shop", &path]);
    }

    /// Notifications: two that are believed, one that names another sum, one that nobody signed.
    fn give_notices(&mut self) {
        let mut log = String::new();
        for (nth, number) in NUMBERS.iter().enumerate() {
            let merchant = &self.till.running.merchant;
            let fields = serde_json::json!({
                "appid": merchant.appids[0], "mch_id": merchant.mch_id, "nonce_str": "n", "openid": openid("Said", nth),
                "attach": format!("SAIDATTACH{nth}"), "trade_type": "JSAPI", "bank_type": "CFT", "total_fee": "1000",
                "cash_fee": "1000", "fee_type": "CNY", "transaction_id": format!("420000278120260308745393900{nth}"),
                "out_trade_no": number, "time_end": format!("2026030810000{nth}"), "result_code": "SUCCESS",
                "return_code": "SUCCESS",
            });
            let path = self.given("fields.json");
            write(&path, &fields.to_string());
            let path = path.display().to_string();
            let sign = ["sign", "v2", "--profile", "shop", "--format", "xml", &path];
            log.push_str(&self.till.expect(0, &sign));
            let forged = openid("Fake", nth);
            let fields = format!("<openid>{forged}</openid><attach>FAKEATTACH{nth}</attach>");
            writeln!(
                log,
                "\n<xml>{fields}<out_trade_no>{number}</out_trade_no></xml>"
            )
            .unwrap();
        }
        let path = self.given("notices.log");
        write(&path, &log);
        let path = path.display().to_string();
        for format in ["table", "json"] {
            self.run(&[
                "notify",
                "import",
                "--profile",
                "shop",
                &path,
                "--format",
                format,
            ]);
        }
    }

    fn work(&mut self) {
        let of_day =
            |words: &[&'static str]| [words, &["--profile", "shop", "--date", DAY]].concat();
        for format in ["table", "json", "csv", "csv-text", "xlsx"] {
            let out = self.file(&format!("found.{format}"));
            let rest = ["--all", "--format", format, "--out", &out];
            self.run(&[&of_day(&["reconcile"])[..], &rest].concat());
            self.run(&[
                "cases",
                "list",
                "--format",
                format,
                "--out",
                &self.file(&format!("cases.{format}")),
            ]);
            let month = [
                "report",
                "month",
                "--profile",
                "shop",
                "--month",
                "2026-03",
                "--out",
            ];
            self.run(&[&month[..], &[&self.file(&format!("month.{format}"))]].concat());
        }
        for end in ["xlsx", "html", "pdf"] {
            let out = self.file(&format!("day.{end}"));
            self.run(&[&of_day(&["report", "day"])[..], &["--out", &out]].concat());
        }
        self.run(&["cases", "export", "--out", &self.file("sheet.xlsx")]);
        for number in NUMBERS {
            for format in ["table", "json"] {
                self.run(&["cases", "show", number, "--format", format]);
                self.run(&["cases", "show", number, "--live", "--format", format]);
            }
            for format in ["text", "json"] {
                self.run(&[
                    "query",
                    number,
                    "--profile",
                    "shop",
                    "--live",
                    "--format",
                    format,
                ]);
            }
            let out = self.file(&format!("{number}.zip"));
            self.run(&["bundle", "make", number, "--profile", "shop", "--out", &out]);
            self.run(&[
                "reissue",
                number,
                "--by",
                "list",
                "--out",
                &self.file(&format!("{number}.csv")),
            ]);
        }
        self.run(&["audit", "list", "--format", "json"]);
        self.run(&["profile", "export", "shop"]);
        self.run(&["check", "--deep"]);
    }

    /// Places with the data of a customer, the imported files themselves left out.
    fn hits(&self) -> (usize, Vec<String>) {
        let mut places = self.said.clone();
        files(self.till.folder(), &mut places);
        assert!(places.len() > 60, "{} places", places.len());
        let is_shown = |(place, _): &&(String, Vec<u8>)| !place.contains("/archive/");
        let mut hits = Vec::new();
        for (place, bytes) in places.iter().filter(is_shown) {
            for (nth, _) in NUMBERS.iter().enumerate() {
                let found =
                    |secret: &String| memchr::memmem::find(bytes, secret.as_bytes()).is_some();
                hits.extend(
                    secrets(nth)
                        .iter()
                        .filter(|secret| found(secret))
                        .map(|secret| format!("{secret} in {place}")),
                );
            }
        }
        (places.len(), hits)
    }
}

#[test]
fn no_customer_is_found_in_anything_that_is_shown_stored_or_exported_unasked() {
    let mut customers = Customers::new();
    customers.work();

    let (places, hits) = customers.hits();

    assert!(hits.is_empty(), "{}", hits.join("\n"));
    println!(
        "{places} places, {} values, no hit",
        secrets(0).len() * NUMBERS.len()
    );
    customers.is_found_by_those_who_ask();
}

impl Customers {
    /// What was masked is there for who asks, byte for byte, and in the archive.
    fn is_found_by_those_who_ask(&mut self) {
        let shown = self.run(&[
            "cases",
            "show",
            NUMBERS[1],
            "--format",
            "json",
            "--show-personal-data",
        ]);
        let masked = self.run(&["cases", "show", NUMBERS[1], "--format", "json"]);
        for word in [
            "BILLATTACH1,王小明1",
            "BOOKREMARK1",
            "BOOKATTACH1",
            "13812345671",
            &openid("Bill", 1),
            &openid("Book", 1),
        ] {
            assert!(shown.contains(word), "{word}: {shown}");
            assert!(!masked.contains(word), "{word}: {masked}");
        }
        assert!(masked.contains("oQzBil***"), "{masked}");
        let bundle = self.file("shown.zip");
        let make = [
            "bundle",
            "make",
            NUMBERS[1],
            "--profile",
            "shop",
            "--out",
            &bundle,
        ];
        self.run(&[&make[..], &["--show-personal-data"]].concat());
        let mut members = Vec::new();
        files(self.till.folder(), &mut members);
        let found = |name: &str| {
            let (_, bytes) = members
                .iter()
                .find(|(place, _)| place.ends_with(name))
                .unwrap();
            String::from_utf8_lossy(bytes).into_owned()
        };
        assert!(found("shown.zip!evidence.json").contains("BOOKREMARK1"));
        assert!(found(&format!("{}.zip!evidence.json", NUMBERS[1])).contains("\"masked\": true"));
        self.archive_is_untouched();
    }

    fn archive_is_untouched(&self) {
        let ports = recondesk::adapters::open(Some(&self.till.folder().join("workspace"))).unwrap();
        for (import, name) in [(1, "orders.csv"), (2, "bill.csv")] {
            let mut bytes = Vec::new();
            let mut take = |piece: &[u8]| bytes.extend_from_slice(piece);
            ports.books.raw_file(import, &mut take).unwrap();
            assert_eq!(bytes, read(&self.given(name)), "{name}");
        }
    }
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap()
}
