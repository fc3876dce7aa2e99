//! What the documents promise and no other test holds: whole scenes on the command line, told by codes.

use std::fmt::Write as _;

use recondesk::domain::Secret;
use recondesk::wechat::v2::notify::encrypt_req_info;

use super::cli::CliFixture;

const DAY: &str = "2026-03-08";
const NEXT: &str = "2026-03-09";
const HEADER: &str = "交易时间,公众账号ID,商户号,特约商户号,微信订单号,商户订单号,交易类型,交易状态,货币种类,\
    应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款状态,手续费,费率,订单金额,申请退款金额";
const ORDERS: &str = "out_trade_no,amount,pay_status,created_at,paid_at\n";

/// A row of a bill: payments have no refund.
struct PrintedRow<'a> {
    order: &'a str,
    at: String,
    fen: i64,
    /// 商户退款单号 and 退款状态.
    refund: Option<(&'a str, &'a str)>,
}

fn paid(order: &str, day: &str, time: &str) -> PrintedRow<'static> {
    PrintedRow {
        order: String::leak(order.to_owned()),
        at: format!("{day} {time}"),
        fen: 1000,
        refund: None,
    }
}

fn back(
    order: &'static str,
    number: &'static str,
    state: &'static str,
    at: String,
) -> PrintedRow<'static> {
    PrintedRow {
        order,
        at,
        fen: 500,
        refund: Some((number, state)),
    }
}

fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

/// A bill of the chosen rows, all under one header, with its summary.
fn bill(rows: &[PrintedRow<'_>]) -> Vec<u8> {
    let mut text = format!("\u{feff}{HEADER}\r\n");
    let (mut in_fen, mut out_fen) = (0, 0);
    for (at, row) in rows.iter().enumerate() {
        let (pay, back) = match row.refund {
            None => (row.fen, 0),
            Some(_) => (0, row.fen),
        };
        in_fen += pay;
        out_fen += back;
        let transaction: u32 = row.order.bytes().map(u32::from).sum();
        let (number, state) = row.refund.unwrap_or(("0", ""));
        let refund_id = if number == "0" {
            "0".to_owned()
        } else {
            format!("5030000000202603080000{at:07}")
        };
        let cells = [
            row.at.clone(),
            "wx8888888888888888".to_owned(),
            "1900000109".to_owned(),
            "0".to_owned(),
            format!("42000000002026030800{transaction:08}"),
            row.order.to_owned(),
            "JSAPI".to_owned(),
            if back > 0 { "REFUND" } else { "SUCCESS" }.to_owned(),
            "CNY".to_owned(),
            yuan(pay),
            "0.00".to_owned(),
            refund_id,
            number.to_owned(),
            yuan(back),
            "0.00".to_owned(),
            state.to_owned(),
            "0.00000".to_owned(),
            "0.00%".to_owned(),
            yuan(pay),
            yuan(back),
        ];
        let line: Vec<String> = cells.iter().map(|cell| format!("`{cell}")).collect();
        writeln!(text, "{}\r", line.join(",")).unwrap();
    }
    let (count, pays, backs) = (rows.len(), yuan(in_fen), yuan(out_fen));
    write!(
        text,
        "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\r\n\
         `{count},`{pays},`{backs},`0.00,`0.00000,`{pays},`{backs}\r\n"
    )
    .unwrap();
    text.into_bytes()
}

/// The same bill as `downloadbill` gives it for one type of rows: columns of the other kind left out.
fn without(bytes: &[u8], columns: &[&str]) -> Vec<u8> {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let dropped: Vec<usize> = HEADER
        .split(',')
        .enumerate()
        .filter(|(_, name)| columns.contains(name))
        .map(|(at, _)| at)
        .collect();
    let (rows, summary) = text.split_once("总交易单数").unwrap();
    let mut out = String::new();
    for line in rows.lines() {
        let cells: Vec<&str> = line
            .split(',')
            .enumerate()
            .filter(|(at, _)| !dropped.contains(at))
            .map(|(_, cell)| cell)
            .collect();
        writeln!(out, "{}\r", cells.join(",")).unwrap();
    }
    out.push_str("总交易单数");
    out.push_str(summary);
    out.into_bytes()
}

fn import(stage: &CliFixture, name: &str, bytes: &[u8]) {
    let file = stage.file(name, bytes);
    stage.expect(0, &["bill", "import", &file, "--profile", "shop"]);
}

/// A bill that takes the place of another one of its day: somebody must look.
fn replace(stage: &CliFixture, name: &str, bytes: &[u8]) {
    let file = stage.file(name, bytes);
    stage.expect(1, &["bill", "import", &file, "--profile", "shop"]);
}

fn books(stage: &CliFixture, kind: &str, name: &str, text: &str) {
    let file = stage.file(name, text.as_bytes());
    stage.expect(0, &[kind, "import", &file, "--profile", "shop"]);
}

/// `code number` of every finding, in order.
fn codes(stage: &CliFixture, code: i32, day: &str) -> Vec<String> {
    let json = stage.expect(
        code,
        &[
            "reconcile",
            "--profile",
            "shop",
            "--date",
            day,
            "--format",
            "json",
        ],
    );
    let list: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
    list.iter()
        .map(|finding| {
            let number = finding["out_trade_no"].as_str().unwrap_or("-");
            format!("{} {number}", finding["code"].as_str().unwrap())
        })
        .collect()
}

fn open_cases(stage: &CliFixture, code: i32) -> usize {
    let list = stage.expect(code, &["cases", "list", "--format", "csv"]);
    list.lines().count() - 1
}

#[test]
fn b07_a_bill_that_changed_since_it_was_archived_is_a_finding_of_its_day() {
    let stage = CliFixture::new();
    let rows = format!("{ORDERS}A1,10.00,paid,{DAY} 10:00:00,{DAY} 10:00:00\n");
    books(&stage, "orders", "orders.csv", &rows);
    import(&stage, "first.csv", &bill(&[paid("A1", DAY, "10:00:00")]));
    assert_eq!(codes(&stage, 0, DAY), [""; 0]);

    let more = [paid("A1", DAY, "10:00:00"), paid("A2", DAY, "11:00:00")];
    replace(&stage, "second.csv", &bill(&more));

    assert_eq!(codes(&stage, 1, DAY), ["P04 A2", "B07 -"]);
}

#[test]
fn b09_an_all_bill_that_is_not_the_sum_of_the_two_others_is_a_finding() {
    const OF_REFUNDS: [&str; 6] = [
        "微信退款单号",
        "商户退款单号",
        "退款金额",
        "充值券退款金额",
        "退款状态",
        "申请退款金额",
    ];
    let stage = CliFixture::new();
    let at = format!("{DAY} 12:00:00");
    let pays = || vec![paid("A1", DAY, "10:00:00"), paid("A2", DAY, "11:00:00")];
    let refund = || back("A1", "r1", "SUCCESS", at.clone());
    let mut all = pays();
    all.push(refund());
    import(&stage, "all.csv", &bill(&all));
    let before = codes(&stage, 1, DAY);
    assert_eq!(before, ["R01 A1", "K01 -"]);

    let success = |rows: &[PrintedRow<'_>]| without(&bill(rows), &OF_REFUNDS);
    import(&stage, "success.csv", &success(&pays()));
    let mut refunds = String::from_utf8(bill(&[PrintedRow {
        order: "A1",
        at: at.clone(),
        fen: 500,
        refund: Some(("r1", "SUCCESS")),
    }]))
    .unwrap();
    // The number of its place in the bill is that of the ALL bill.
    refunds = refunds.replace("0000000000,`r1", "0000000002,`r1");
    refunds = refunds.replace("代金券金额,", "代金券金额,退款申请时间,退款成功时间,");
    refunds = refunds.replace(
        "`0.00,`0.00,`5030",
        &format!("`0.00,`0.00,`{at},`{at},`5030"),
    );
    import(&stage, "refund.csv", refunds.as_bytes());
    assert_eq!(codes(&stage, 1, DAY), before);

    let other = [paid("A1", DAY, "10:00:00"), paid("A3", DAY, "11:00:00")];
    replace(&stage, "success2.csv", &success(&other));

    let after = codes(&stage, 1, DAY);
    assert!(after.contains(&"B09 -".to_owned()), "{after:?}");
    assert!(after.contains(&"B07 -".to_owned()), "{after:?}");
}

#[test]
fn bills_of_two_days_quarantined_under_one_name_are_two_cases() {
    let stage = CliFixture::new();
    for day in [DAY, NEXT] {
        let whole = bill(&[paid("A1", day, "10:00:00")]);
        let cut = String::from_utf8(whole)
            .unwrap()
            .replace("`1,`10.00", "`2,`10.00");
        let file = stage.file("bill.csv", cut.as_bytes());
        stage.refusal(4, &["bill", "import", &file, "--profile", "shop"]);
        assert_eq!(codes(&stage, 1, day), ["B02 -", "K02 -"]);
    }

    assert_eq!(open_cases(&stage, 1), 4);
}

#[test]
fn a_paid_order_whose_cell_of_fulfilment_is_empty_is_p03() {
    let stage = CliFixture::new();
    let paid_at = format!("{DAY} 10:00:00");
    let orders = format!(
        "out_trade_no,amount,pay_status,fulfil_status,created_at,paid_at\n\
         A1,10.00,paid,fulfilled,{paid_at},{paid_at}\n\
         A2,10.00,paid,,{paid_at},{paid_at}\n"
    );
    books(&stage, "orders", "orders.csv", &orders);
    let pays = [paid("A1", DAY, "10:00:00"), paid("A2", DAY, "10:00:00")];
    import(&stage, "bill.csv", &bill(&pays));

    assert_eq!(codes(&stage, 1, DAY), ["P03 A2"]);
}

#[test]
fn a_refund_total_booked_before_midnight_closes_its_case_when_the_next_bill_has_it() {
    let stage = CliFixture::new();
    let orders = format!(
        "out_trade_no,amount,pay_status,created_at,paid_at,refund_amount,refund_at\n\
         A1,10.00,paid,{DAY} 10:00:00,{DAY} 10:00:00,5.00,{DAY} 23:59:50\n"
    );
    books(&stage, "orders", "orders.csv", &orders);
    import(&stage, "first.csv", &bill(&[paid("A1", DAY, "10:00:00")]));
    assert_eq!(codes(&stage, 1, DAY), ["R02 A1"]);

    let refund = back("A1", "r1", "SUCCESS", format!("{NEXT} 00:00:05"));
    import(&stage, "second.csv", &bill(&[refund]));

    assert_eq!(codes(&stage, 0, NEXT), [""; 0]);
    assert_eq!(open_cases(&stage, 0), 0);
}

#[test]
fn a_refund_total_without_a_time_waits_until_a_bill_has_it() {
    for number in ["", "r1", "own-number"] {
        let stage = CliFixture::new();
        let orders = format!(
            "out_trade_no,amount,pay_status,created_at,paid_at,refund_amount,refund_no\n\
             A1,10.00,paid,{DAY} 10:00:00,{DAY} 10:00:00,5.00,{number}\n"
        );
        books(&stage, "orders", "orders.csv", &orders);
        import(&stage, "first.csv", &bill(&[paid("A1", DAY, "10:00:00")]));
        assert_eq!(codes(&stage, 0, DAY), ["R10 A1"]);
        assert_eq!(open_cases(&stage, 0), 1);

        let refund = back("A1", "r1", "SUCCESS", format!("{NEXT} 12:00:00"));
        import(&stage, "second.csv", &bill(&[refund]));

        assert_eq!(codes(&stage, 0, NEXT), [""; 0], "{number}");
        assert_eq!(open_cases(&stage, 0), 0, "{number}");
    }
}

#[test]
fn a_refund_booked_the_day_after_its_bill_closes_the_case_of_the_bill() {
    let stage = CliFixture::new();
    let header = "out_trade_no,amount,pay_status,created_at,paid_at,refund_amount,refund_at\n";
    let order = format!("A1,10.00,paid,{DAY} 10:00:00,{DAY} 10:00:00");
    books(
        &stage,
        "orders",
        "orders.csv",
        &format!("{header}{order},,\n"),
    );
    let refund = back("A1", "r1", "SUCCESS", format!("{DAY} 12:00:00"));
    import(
        &stage,
        "first.csv",
        &bill(&[paid("A1", DAY, "10:00:00"), refund]),
    );
    assert_eq!(codes(&stage, 1, DAY), ["R01 A1"]);

    let booked = format!("{header}{order},5.00,{NEXT} 09:00:00\n");
    books(&stage, "orders", "booked.csv", &booked);
    let other = [paid("B1", NEXT, "10:00:00")];
    import(&stage, "second.csv", &bill(&other));
    let orders = format!("{ORDERS}B1,10.00,paid,{NEXT} 10:00:00,{NEXT} 10:00:00\n");
    books(&stage, "orders", "next.csv", &orders);

    assert_eq!(codes(&stage, 0, NEXT), [""; 0]);
    assert_eq!(open_cases(&stage, 0), 0);
}

#[test]
fn notifications_of_refunds_make_r05_and_r06_and_end_r04() {
    const KEY: &str = "192006250b4c09247ec02edce69f6a2d";
    let stage = CliFixture::new();
    let key = stage.file("key", KEY.as_bytes());
    let set = ["profile", "set-key", "shop", "v2", "--from-file", &key];
    stage.expect(0, &set);
    let (mut orders, mut rows) = (ORDERS.to_owned(), Vec::new());
    let mut refunds = "out_refund_no,out_trade_no,amount,status,requested_at\n".to_owned();
    let at = format!("{DAY} 12:00:00");
    for (order, number, state) in [
        ("A1", "r1", "SUCCESS"),
        ("A2", "r2", "SUCCESS"),
        ("A3", "r3", "PROCESSING"),
    ] {
        writeln!(orders, "{order},10.00,paid,{DAY} 10:00:00,{DAY} 10:00:00").unwrap();
        writeln!(refunds, "{number},{order},5.00,success,{at}").unwrap();
        rows.push(paid(order, DAY, "10:00:00"));
        rows.push(back(order, number, state, at.clone()));
    }
    books(&stage, "orders", "orders.csv", &orders);
    books(&stage, "refunds", "refunds.csv", &refunds);
    import(&stage, "bill.csv", &bill(&rows));
    assert_eq!(codes(&stage, 0, DAY), ["R04 A3"]);

    for (order, number, state) in [
        ("A1", "r1", "CHANGE"),
        ("A2", "r2", "REFUNDCLOSE"),
        ("A3", "r3", "SUCCESS"),
    ] {
        let transaction: u32 = order.bytes().map(u32::from).sum();
        let plain = format!(
            "<root><out_refund_no>{number}</out_refund_no><out_trade_no>{order}</out_trade_no>\
             <refund_fee>500</refund_fee><refund_id>503{number}</refund_id>\
             <refund_status>{state}</refund_status><settlement_refund_fee>500</settlement_refund_fee>\
             <success_time>{DAY} 12:05:00</success_time><total_fee>1000</total_fee>\
             <transaction_id>42000000002026030800{transaction:08}</transaction_id></root>"
        );
        let sealed =
            encrypt_req_info(plain.as_bytes(), &Secret::new(KEY.as_bytes().to_vec())).unwrap();
        let notice = format!(
            "<xml><return_code>SUCCESS</return_code><appid>wx8888888888888888</appid>\
             <mch_id>1900000109</mch_id><nonce_str>x</nonce_str><req_info>{sealed}</req_info></xml>"
        );
        let file = stage.file("notice.xml", notice.as_bytes());
        stage.expect(0, &["notify", "import", &file, "--profile", "shop"]);
    }

    assert_eq!(codes(&stage, 1, DAY), ["R05 A1", "R06 A2"]);
    assert_eq!(codes(&stage, 1, DAY), ["R05 A1", "R06 A2"]);
}

#[test]
fn numbers_without_the_zeros_that_the_known_ones_have_are_refused() {
    let stage = CliFixture::new();
    let rows = |numbers: &[&str]| {
        let mut text = ORDERS.to_owned();
        for number in numbers {
            writeln!(text, "{number},35.00,created,{DAY} 11:58:00,").unwrap();
        }
        text
    };
    let whole = ["000000000030", "000000000031", "000000000032"];
    books(&stage, "orders", "whole.csv", &rows(&whole));

    let cut = stage.file("cut.csv", rows(&["33", "34"]).as_bytes());
    let refused = stage.refusal(4, &["orders", "import", &cut, "--profile", "shop"]);
    assert!(refused.contains("leading zeros are lost"), "{refused}");
    let preview = ["orders", "import", &cut, "--profile", "shop", "--dry-run"];
    let shown = stage.expect(4, &preview);
    assert!(shown.contains("leading zeros are lost"), "{shown}");
    books(&stage, "orders", "next.csv", &rows(&["000000000033"]));
}

#[test]
fn a_refused_row_is_known_by_each_number_that_its_payment_may_have() {
    let pays = [
        paid("0000308001", DAY, "10:00:00"),
        paid("0000308002", DAY, "10:01:00"),
        paid("A20260308001", DAY, "10:02:00"),
        paid("B20260308001", DAY, "10:03:00"),
    ];
    let stage = CliFixture::new();
    import(&stage, "bill.csv", &bill(&pays));
    let rows = format!(
        "{ORDERS}0000308001,10.00,paid,{DAY} 10:00:00,{DAY} 10:00:00\n\
         308002,10.00,paid,{DAY} 10:01:00,{DAY} 10:01:00\n\
         A20260308001;B20260308001,20.00,paid,{DAY} 10:02:00,{DAY} 10:02:00\n"
    );
    let file = stage.file("orders.csv", rows.as_bytes());
    stage.expect(1, &["orders", "import", &file, "--profile", "shop"]);

    let found = codes(&stage, 1, DAY);
    assert_eq!(
        found,
        ["K04 0000308002", "K04 A20260308001", "K04 B20260308001"]
    );
}

#[test]
fn two_orders_without_their_zeros_are_one_finding_with_their_payments() {
    let stage = CliFixture::new();
    let pays = [
        paid("0000308001", DAY, "10:00:00"),
        paid("0000308002", DAY, "10:01:00"),
    ];
    let rows = format!(
        "{ORDERS}308001,10.00,paid,{DAY} 10:00:00,{DAY} 10:00:00\n\
         308002,10.00,paid,{DAY} 10:01:00,{DAY} 10:01:00\n"
    );
    books(&stage, "orders", "orders.csv", &rows);
    import(&stage, "bill.csv", &bill(&pays));

    assert_eq!(codes(&stage, 1, DAY), ["K03 -"]);
}

#[test]
fn a_file_is_known_again_after_its_mapping_was_proven_and_saved() {
    let stage = CliFixture::new();
    let head = "商户订单号,实付金额,订单状态,下单时间,付款时间,发货时间\n";
    let before = format!("{head}A1,10.00,待付款,{DAY} 09:00:00,,\n");
    let after = format!("{head}A1,10.00,已发货,{DAY} 09:00:00,{DAY} 10:00:00,{DAY} 11:00:00\n");
    books(&stage, "orders", "before.csv", &before);
    import(&stage, "bill.csv", &bill(&[paid("A1", DAY, "10:00:00")]));
    books(&stage, "orders", "after.csv", &after);
    books(&stage, "orders", "before.csv", &before);

    assert_eq!(codes(&stage, 0, DAY), [""; 0]);
}
