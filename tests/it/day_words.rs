//! What a day without a good bill is called, what a trial of other rules leaves behind, and bills of several days.

use std::process::Output;

use super::cli::CliFixture;

const BILL: &str = "\u{feff}交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注\r\n";
const SUMMARY: &str = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\r\n";

/// One payment of a bill.
fn row(time: &str, number: &str, yuan: &str) -> String {
    format!(
        "`{time},`wx2b8c40d1e7a3f7c1,`1900000109,`0,`,`42000027812026030877453{number},`{number},`oUp4,`JSAPI,`SUCCESS,`OTHERS,`CNY,`{yuan},`0.00,`0,`0,`0.00,`0.00,`,`,`茶,`,`0.00000,`0.00%,`{yuan},`0.00,`\r\n"
    )
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

const DAY: [&str; 4] = ["--profile", "shop", "--date", "2026-03-08"];

/// A shop with two paid orders of the day.
fn shop() -> CliFixture {
    let stage = CliFixture::new();
    let orders = stage.file(
        "orders.csv",
        b"out_trade_no,amount,pay_status,created_at,paid_at\n\
          A00001,12.30,paid,2026-03-08 08:59:00,2026-03-08 09:00:00\n\
          A00002,1.00,paid,2026-03-08 23:49:00,2026-03-08 23:50:00\n",
    );
    stage.expect(0, &["orders", "import", &orders, "--profile", "shop"]);
    stage
}

#[test]
fn a_day_without_a_good_bill_was_not_compared_and_says_so() {
    let stage = shop();
    let words = [&["reconcile"], &DAY[..]].concat();

    let none = stage.run(&words);

    assert_eq!(none.status.code(), Some(1));
    assert!(
        told(&none).contains("no bill of that day"),
        "{}",
        told(&none)
    );
    assert!(told(&none).contains("¥13.30"), "{}", told(&none));
    assert!(!told(&none).contains("0 rows"), "{}", told(&none));

    let text = format!(
        "{BILL}{}{SUMMARY}`1,`12.31,`0.00,`0.00,`0.00000,`12.30,`0.00\r\n",
        row("2026-03-08 09:00:00", "A00001", "12.30")
    );
    let bill = stage.file("bad.csv", text.as_bytes());
    stage.run(&[&["bill", "import", &bill][..], &DAY].concat());
    let bad = stage.run(&words);
    assert_eq!(bad.status.code(), Some(1));
    assert!(told(&bad).contains("quarantined"), "{}", told(&bad));
}

/// A bill of the day with the first order only: the second one is near midnight.
fn bill_of_one() -> String {
    format!(
        "{BILL}{}{SUMMARY}`1,`12.30,`0.00,`0.00,`0.00000,`12.30,`0.00\r\n",
        row("2026-03-08 09:00:00", "A00001", "12.30")
    )
}

#[test]
fn another_cut_off_is_a_trial_and_leaves_the_day_as_it_was() {
    let stage = shop();
    let bill = stage.file("bill.csv", bill_of_one().as_bytes());
    stage.expect(0, &[&["bill", "import", &bill][..], &DAY].concat());
    stage.expect(0, &[&["reconcile"], &DAY[..]].concat());
    let cases = ["cases", "list", "--format", "json"];
    let before = stage.run(&cases).stdout;

    let tried = stage.run(&[&["reconcile"], &DAY[..], &["--cut-off", "0"]].concat());

    assert_eq!(tried.status.code(), Some(1));
    assert!(told(&tried).contains("not kept"), "{}", told(&tried));
    assert!(
        told(&tried).contains("Against the result that counts"),
        "{}",
        told(&tried)
    );
    let table = String::from_utf8_lossy(&tried.stdout).into_owned();
    assert!(table.contains("P05"), "{table}");
    assert_eq!(stage.run(&cases).stdout, before);
    stage.expect(0, &[&["reconcile"], &DAY[..]].concat());
}

fn merged(last: &str) -> String {
    format!(
        "{BILL}{}{}{}{SUMMARY}`3,`{last},`0.00,`0.00,`0.00000,`14.00,`0.00\r\n",
        row("2026-03-08 09:00:00", "A00001", "12.30"),
        row("2026-03-08 23:50:00", "A00002", "1.00"),
        row("2026-03-09 09:00:00", "A00003", "0.70")
    )
}

#[test]
fn a_bill_of_several_days_is_one_for_each_after_its_sums_were_checked() {
    let stage = shop();
    let bill = stage.file("march.csv", merged("14.00").as_bytes());

    let import = ["bill", "import", &bill, "--profile", "shop"];
    let done = stage.run(&import);

    assert_eq!(done.status.code(), Some(0), "{}", told(&done));
    for day in ["2026-03-08, 2 rows", "2026-03-09, 1 rows"] {
        assert!(told(&done).contains(day), "{}", told(&done));
    }
    let compared = stage.run(&[&["reconcile"], &DAY[..]].concat());
    assert_eq!(compared.status.code(), Some(0), "{}", told(&compared));
    let again = stage.run(&import);
    assert!(told(&again).contains("nothing changed"), "{}", told(&again));

    let wrong = stage.file("wrong.csv", merged("14.01").as_bytes());
    let refused = stage.run(&["bill", "import", &wrong, "--profile", "shop"]);
    assert_eq!(refused.status.code(), Some(4), "{}", told(&refused));
}

#[test]
fn a_zip_is_checked_bill_by_bill() {
    let stage = CliFixture::new();
    let zip = format!(
        "{}/tests/fixtures/cases/B10-bill.zip",
        env!("CARGO_MANIFEST_DIR")
    );

    let told = stage.expect(0, &["bill", "check", &zip]);

    assert!(
        told.contains("verified") && told.contains("2026-03-08"),
        "{told}"
    );
}
