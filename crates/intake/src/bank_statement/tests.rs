//! Statements as banks export them: two columns, one with a word, one with a sign; CSV of several encodings, workbooks.

use std::io::Cursor;

use super::*;
use recondesk_domain::Fen;

fn read(text: &str) -> Result<BankStatement, StatementFault> {
    read_statement(Cursor::new(text.as_bytes()))
}

fn changes(statement: &BankStatement) -> Vec<i64> {
    let entries = statement.entries.iter();
    entries.map(|entry| entry.change.get()).collect()
}

const TWO_SIDES: &str = "\
演示银行对账单,,,,,,,
账号：6222****0001,户名：演示商贸有限公司,,,,,,
交易日期,交易时间,收入金额（元）,支出金额（元）,账户余额(元),对方户名,摘要,交易流水号
2026-03-09,09:30:11,\"26,000.00\",,\"126,000.00\",财付通支付科技有限公司,提现,\t2026030900001
2026-03-09,10:00:00,,1000.00,\"125,000.00\",某供应商,货款,2026030900002
合计,,26000.00,1000.00,,,,
打印日期：2026-03-10,,,,,,,
";

#[test]
fn two_columns_of_money_with_titles_and_totals_around() {
    let statement = read(TWO_SIDES).unwrap();

    assert_eq!(changes(&statement), [2_600_000, -100_000]);
    let first = &statement.entries[0];
    assert_eq!(first.time.to_string(), "2026-03-09 09:30:11");
    assert!(first.has_clock && statement.has_balance);
    assert_eq!(first.balance, Some(Fen::new(12_600_000)));
    assert_eq!(first.payer, "财付通支付科技有限公司");
    assert_eq!((first.remark.as_str(), first.line), ("提现", 4));
    assert_eq!(first.reference, "2026030900001");
    assert_eq!(statement.around, 4);
}

#[test]
fn gb18030_and_utf16_say_the_same() {
    let meant = read(TWO_SIDES).unwrap();
    let gb = encoding_rs::GB18030.encode(TWO_SIDES).0.into_owned();
    let wide: Vec<u8> = std::iter::once('\u{feff}')
        .chain(TWO_SIDES.chars())
        .collect::<String>()
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for bytes in [gb, wide] {
        assert_eq!(read_statement(Cursor::new(bytes)), Ok(meant.clone()));
    }
}

#[test]
fn debit_and_credit_are_those_of_the_bank() {
    let text = "记账日期,借方发生额,贷方发生额,余额,对方单位名称,附言\n20260309,,500.00,1500.00,甲,x\n20260310,200.00,0.00,1300.00,乙,y\n";
    let statement = read(text).unwrap();
    assert_eq!(changes(&statement), [50_000, -20_000]);
    assert!(!statement.entries[0].has_clock);

    let worded = "交易日,交易时间,借贷标志,交易金额,余额\n2026/3/9,093011,贷,500.00,1500.00\n2026/3/10,100000,借,-200.00,1300.00\n";
    let statement = read(worded).unwrap();
    assert_eq!(changes(&statement), [50_000, -20_000]);
    assert_eq!(statement.entries[0].time.to_string(), "2026-03-09 09:30:11");

    let signed =
        "交易时间,金额,对方户名\n2026-03-09 09:30:11,500.00,甲\n2026-03-10 09:00:00,-200.00,乙\n";
    assert_eq!(changes(&read(signed).unwrap()), [50_000, -20_000]);
}

#[test]
fn a_reversal_below_zero_stays_below_zero() {
    let text = "日期,收入,支出,余额\n2026-03-09,-5.00,,95.00\n2026-03-09,,10.00,85.00\n2026-03-09,,-10.00,95.00\n";
    assert_eq!(changes(&read(text).unwrap()), [-500, -1_000, 1_000]);
}

#[test]
fn two_header_rows_are_one() {
    let text =
        "交易日期,发生额,,余额\n,借方,贷方,\n2026-03-09,,5.00,105.00\n2026-03-09,1.00,,104.00\n";
    assert_eq!(changes(&read(text).unwrap()), [500, -100]);
}

#[test]
fn one_unclear_row_refuses_the_file_with_its_line() {
    let with =
        |row: &str| format!("交易日期,收入,支出,余额,币种\n2026-03-09,1.00,,1.00,人民币\n{row}\n");
    for (row, why) in [
        (",2.00,,3.00,人民币", StatementReason::NoDate),
        ("03/04/05,2.00,,3.00,人民币", StatementReason::Date),
        ("2026-03-09,\"2,50\",,3.00,人民币", StatementReason::Amount),
        ("2026-03-09,,,3.00,人民币", StatementReason::NoAmount),
        (
            "2026-03-09,2.00,1.00,3.00,人民币",
            StatementReason::BothSides,
        ),
        ("2026-03-09,2.00,,,人民币", StatementReason::Balance),
        ("2026-03-09,2.00,,3.00,美元", StatementReason::Currency),
    ] {
        let refused = read(&with(row)).unwrap_err();
        assert_eq!(refused, StatementFault::Row { line: 3, why }, "{row}");
    }
    let unsigned = "日期,金额\n2026-03-09,5.00\n";
    let refused = read(unsigned).unwrap_err();
    let why = StatementReason::NoDirection;
    assert_eq!(refused, StatementFault::Row { line: 2, why });
}

#[test]
fn what_is_no_statement_is_told() {
    assert_eq!(read("a,b\n1,2\n"), Err(StatementFault::NoHeader));
    assert_eq!(read("日期,收入,支出\n"), Err(StatementFault::NoRows));
    assert!(matches!(read("%PDF-1.7"), Err(StatementFault::File(_))));
    assert!(read("").is_err());
    assert!(read("日期,收入\n\"2026-03-09,1").is_err());
}

#[test]
fn a_workbook_with_numbers_and_dates_says_the_same() {
    use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let stamp = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
    sheet.write(0, 0, "账户明细").unwrap();
    for (at, name) in ["交易时间", "收入", "支出", "余额", "对方户名"]
        .iter()
        .enumerate()
    {
        sheet.write(1, u16::try_from(at).unwrap(), *name).unwrap();
    }
    let time = ExcelDateTime::parse_from_str("2026-03-09 09:30:11").unwrap();
    sheet.write_with_format(2, 0, &time, &stamp).unwrap();
    sheet.write(2, 1, 26_000.1).unwrap();
    sheet.write(2, 3, 126_000.1).unwrap();
    sheet.write(2, 4, "财付通").unwrap();
    sheet.write(3, 0, "2026-03-10 08:00:00").unwrap();
    sheet.write(3, 2, 0.1).unwrap();
    sheet.write(3, 3, 126_000).unwrap();
    book.add_worksheet();
    let bytes = book.save_to_buffer().unwrap();

    let statement = read_statement(Cursor::new(bytes)).unwrap();

    assert_eq!(changes(&statement), [2_600_010, -10]);
    assert_eq!(statement.entries[0].time.to_string(), "2026-03-09 09:30:11");
    assert_eq!(statement.entries[1].balance, Some(Fen::new(12_600_000)));
}
