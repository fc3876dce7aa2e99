//! From the fund flow to the bank: withdrawals of stored bills against statements as banks export them.

use std::fmt::Write as _;

use serde_json::Value;

use crate::cli::CliFixture;

/// An entry of a fund bill: clock, number, 业务类型, change in fen.
type StatementEntry<'a> = (&'a str, &'a str, &'a str, i64);

fn yuan(fen: i64) -> String {
    let size = fen.unsigned_abs();
    let sign = if fen < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", size / 100, size % 100)
}

/// A fund bill of the basic account.
fn fund_bill(day: &str, opening: i64, entries: &[StatementEntry<'_>]) -> Vec<u8> {
    let mut text = "\u{feff}记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,业务凭证号\r\n".to_owned();
    let mut balance = opening;
    let mut sums = [(0, 0), (0, 0)];
    for (clock, number, kind, change) in entries {
        balance += change;
        let (word, side) = if *change < 0 {
            ("支出", 1)
        } else {
            ("收入", 0)
        };
        sums[side] = (sums[side].0 + 1, sums[side].1 + change.abs());
        let (size, after) = (yuan(change.abs()), yuan(balance));
        write!(
            text,
            "`{day} {clock},`{number},`F{number},`{kind},`{kind},`{word},`{size},`{after},`system,`,`\r\n"
        )
        .unwrap();
    }
    text.push_str("资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额\r\n");
    let [(came, income), (left, expense)] = sums;
    let (income, expense) = (yuan(income), yuan(expense));
    let all = entries.len();
    write!(text, "`{all},`{came},`{income},`{left},`{expense}\r\n").unwrap();
    text.into_bytes()
}

/// Two days of an account: 5,000.00 and 77.00 withdrawn on Friday the 6th, 100.00 on Monday the 9th.
fn with_fund_flow() -> CliFixture {
    let stage = CliFixture::new();
    let days: [(&str, i64, &[StatementEntry<'_>]); 2] = [
        (
            "2026-03-06",
            1_000_000,
            &[
                ("02:00:00", "100000000000000001", "提现", -500_000),
                ("02:00:05", "100000000000000002", "提现", -7_700),
            ],
        ),
        (
            "2026-03-09",
            492_300,
            &[("02:00:00", "100000000000000003", "提现", -10_000)],
        ),
    ];
    for (day, opening, entries) in days {
        let file = stage.file("fund.csv", &fund_bill(day, opening, entries));
        let file = format!("basic={file}");
        let ask = ["funds", "--profile", "shop", "--date", day, "--offline"];
        stage.expect(1, &[&ask[..], &["--file", &file]].concat());
    }
    stage
}

fn told(stage: &CliFixture, code: i32, date: &str, more: &[&str]) -> Value {
    let ask = ["funds", "--profile", "shop", "--date", date, "--offline"];
    let as_json = ["--format", "json"];
    let out = stage.expect(code, &[&ask[..], &as_json, more].concat());
    serde_json::from_str(&out).unwrap()
}

fn states(told: &Value) -> Vec<(String, String)> {
    let rows = told["settlement"]["withdrawals"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let rows = rows.iter();
    rows.map(|row| (text(&row["day"]), text(&row["state"])))
        .collect()
}

const STATEMENT: &str = "\
交易日期,交易时间,贷方金额,借方金额,余额,对方户名,附言,流水号
2026-03-05,10:00:00,1.00,,101.00,某客户,货款,T0
2026-03-06,09:30:00,5000.00,,5101.00,财付通支付科技有限公司,提现,T1
2026-03-09,16:00:00,,1000.00,4101.00,某供应商,货款,T2
2026-03-11,10:00:00,99.90,,4200.90,财付通支付科技有限公司,提现100000000000000003,T3
";

#[test]
fn withdrawals_are_tied_to_what_the_bank_says() {
    let stage = with_fund_flow();
    let before = told(&stage, 1, "2026-03-09", &[]);
    assert_eq!(before["settlement"]["has_statement"], false);
    assert!(
        states(&before)
            .iter()
            .all(|(_, state)| state == "no_statement")
    );
    assert_eq!(
        before["settlement"]["clean"], true,
        "nothing is known of them"
    );

    let file = stage.file("bank.csv", STATEMENT.as_bytes());
    let after = told(&stage, 1, "2026-03-09", &["--bank", &file]);

    assert_eq!(after["statements"][0]["proven"], true);
    assert_eq!(after["statements"][0]["stored"], "new");
    let expected = [("2026-03-06", "not_arrived"), ("2026-03-09", "other_sum")];
    let expected = expected.map(|(day, state)| (day.to_owned(), state.to_owned()));
    assert_eq!(
        states(&after),
        expected,
        "the one that arrived before the day is done"
    );
    let groups = after["settlement"]["groups"].as_array().unwrap();
    let counts = groups
        .iter()
        .map(|group| (&group["category"], &group["count"]));
    let counts: Vec<String> = counts.map(|(code, n)| format!("{code}{n}")).collect();
    assert_eq!(counts, ["\"C07\"1", "\"C08\"1", "\"C09\"0"]);
    assert_eq!(groups[1]["rows"][0]["actual"], 9_990);

    let friday = told(&stage, 1, "2026-03-06", &[]);
    assert_eq!(states(&friday)[0].1, "arrived");
    assert_eq!(friday["settlement"]["settled"], 500_000);
    assert_eq!(friday["settlement"]["withdrawn"], 507_700);

    let again = told(&stage, 1, "2026-03-09", &["--bank", &file]);
    assert_eq!(again["statements"][0]["stored"], "unchanged");
    assert_eq!(states(&again), states(&after));
    let patient = told(&stage, 1, "2026-03-06", &["--bank-days", "10"]);
    assert_eq!(
        states(&patient)[1].1,
        "no_statement",
        "the statement ends before that"
    );
}

#[test]
fn overlapping_statements_count_a_credit_once() {
    let stage = with_fund_flow();
    let (head, rows) = STATEMENT.split_once('\n').unwrap();
    let later: Vec<&str> = rows.lines().skip(1).collect();
    let more = "2026-03-12,09:00:00,77.00,,4277.90,财付通支付科技有限公司,提现,T4";
    let second = format!("{head}\n{}\n{more}\n", later.join("\n"));
    for text in [STATEMENT, &second] {
        let file = stage.file("bank.csv", text.as_bytes());
        told(&stage, 1, "2026-03-06", &["--bank", &file]);
    }

    let friday = told(&stage, 1, "2026-03-06", &[]);

    let found: Vec<String> = states(&friday)
        .into_iter()
        .map(|(_, state)| state)
        .collect();
    assert_eq!(found, ["arrived", "arrived_late"]);
}

#[test]
fn a_statement_that_contradicts_itself_is_kept_and_is_no_evidence() {
    let stage = with_fund_flow();
    let cut: Vec<&str> = STATEMENT
        .lines()
        .filter(|line| !line.contains("T2"))
        .collect();
    let file = stage.file("bank.csv", cut.join("\n").as_bytes());

    let after = told(&stage, 1, "2026-03-09", &["--bank", &file]);

    assert_eq!(after["statements"][0]["stored"], "quarantined");
    let breaks = &after["statements"][0]["report"]["breaks"];
    assert_eq!(
        (&breaks["count"], &breaks["rows"][0]["line"]),
        (&1.into(), &4.into())
    );
    assert_eq!(after["settlement"]["has_statement"], false);
}

#[test]
fn an_unclear_row_refuses_the_whole_statement() {
    let stage = with_fund_flow();
    let odd = STATEMENT.replace("99.90,,", "\"99,90\",,");
    let file = stage.file("bank.csv", odd.as_bytes());
    let ask = [
        "funds",
        "--profile",
        "shop",
        "--date",
        "2026-03-09",
        "--offline",
    ];

    let refused = stage.refusal(4, &[&ask[..], &["--bank", &file]].concat());

    assert!(
        refused.contains("bank.unreadable") && refused.contains('5'),
        "{refused}"
    );
    let after = told(&stage, 1, "2026-03-09", &[]);
    assert_eq!(after["settlement"]["has_statement"], false);
    for (text, what) in [("a,b\n1,2\n", "表头"), ("日期,收入,支出\n", "没有一笔")] {
        let file = stage.file("bank.csv", text.as_bytes());
        let told = stage.refusal(4, &[&ask[..], &["--bank", &file, "--lang", "zh"]].concat());
        assert!(told.contains(what), "{told}");
    }
}

#[test]
fn the_terminal_says_what_arrived() {
    let stage = with_fund_flow();
    let file = stage.file("bank.csv", STATEMENT.as_bytes());
    let ask = [
        "funds",
        "--profile",
        "shop",
        "--date",
        "2026-03-06",
        "--offline",
    ];

    let told = stage.expect(1, &[&ask[..], &["--bank", &file, "--lang", "zh"]].concat());

    for part in [
        "2026-03-05 至 2026-03-11，4 笔，收入 5,100.90，支出 1,000.00",
        "✓ 余额逐笔衔接",
        "未到账",
        "C07 提现未到账: 1",
        "提现 5,077.00 元，其中已到账或退回 5,000.00 元",
    ] {
        assert!(told.contains(part), "{part} not in {told}");
    }
}
