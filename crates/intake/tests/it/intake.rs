//! Merchant files from bytes to rows: every format and encoding says the same, damage is named.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::io::Cursor;
use std::ops::ControlFlow;

use proptest::prelude::*;
use recondesk_domain::{Fen, FulfilStatus, Instant, PayStatus, RefundStatus};
use recondesk_intake::{
    AmountUnit, Block, Guess, IntakeError, Mapping, OrderBlock, Plan, Preview, ReasonLanguage,
    RecordKind, RecordSplitter, RejectWriter, RowFate, RowReason, UnitDoubt, Workbook, sniff_text,
};

pub(crate) const HEAD: &str = "out_trade_no,mchid,product,amount,status,created_at,paid_at,fulfilled_at,refund_no,refund_amount,refund_at,openid";

pub(crate) const SHOP: &str = r#"
name = "shop export"
kind = "orders"
amount_unit = "yuan"
refunds = "running_total"
[columns]
out_trade_no = "out_trade_no"
goods = "product"
amount = "amount"
created_at = "created_at"
paid_at = "paid_at"
fulfilled_at = "fulfilled_at"
refund_no = "refund_no"
refund_amount = "refund_amount"
refund_at = "refund_at"
openid = "openid"
[status]
column = "status"
[status.words]
CREATED = { pay_status = "created" }
CLOSED = { pay_status = "closed" }
PAID = { pay_status = "paid", fulfil_status = "pending" }
FULFILLED = { pay_status = "paid", fulfil_status = "fulfilled" }
REFUNDED = { pay_status = "refunded", fulfil_status = "fulfilled" }
"#;

pub(crate) fn shop() -> Mapping {
    Mapping::from_toml(SHOP).unwrap()
}

pub(crate) fn shop_rows() -> Vec<String> {
    [
        "QH1,1900000109,衬衫,19.90,FULFILLED,2026-03-08 10:00:00,2026-03-08 10:00:31,2026-03-08 11:00:00,,,,oA",
        "QH2,1900000109,\"杯, \"\"大\"\"\",8.8,PAID,2026-03-08 10:00:01,2026-03-08 10:00:32,,,0,,oB",
        "QH3,1900000109,鞋,100,REFUNDED,2026-03-08 23:59:59,2026-03-09 00:00:01,2026-03-09 09:00:00,R3,40.00,2026-03-10 10:00:00,oC",
        "QH4,1900000109,帽,5,CREATED,2026-03-08 12:00:00,,,,,,oD",
    ]
    .map(str::to_owned)
    .to_vec()
}

pub(crate) fn text(rows: &[String]) -> String {
    format!("{HEAD}\n{}\n", rows.join("\n"))
}

fn read_blocks(
    bytes: &[u8],
    mapping: &Mapping,
    block: usize,
) -> Result<(Plan, OrderBlock), IntakeError> {
    let guess = sniff_text(bytes, Some(mapping))?;
    let plan = Plan::new(mapping, &guess)?;
    let mut cutter = RecordSplitter::new(bytes, &guess).with_block_bytes(block);
    let mut all = OrderBlock::default();
    while let Some(block) = cutter.next_block(Block::default())? {
        let mut out = OrderBlock::default();
        plan.parse_block(&block, 7, &mut out)?;
        all.append(out);
    }
    Ok((plan, all))
}

pub(crate) fn read(bytes: &[u8], mapping: &Mapping) -> OrderBlock {
    read_blocks(bytes, mapping, 1 << 20).unwrap().1
}

fn at(text: &str) -> Instant {
    Instant::parse_beijing(text).unwrap()
}

#[test]
fn the_export_of_a_typical_shop_is_read_in_full() {
    let bytes = text(&shop_rows());
    let out = read(bytes.as_bytes(), &shop());
    assert_eq!((out.orders.len(), out.rejects.len()), (4, 0));
    let [first, second, third, fourth] = &out.orders[..] else {
        panic!("four orders")
    };
    assert_eq!(first.amount, Fen::new(1990));
    assert_eq!(first.order_no.as_str(), "QH1");
    assert_eq!(first.fulfil_status, FulfilStatus::Fulfilled);
    assert_eq!(first.paid_at, Some(at("2026-03-08 10:00:31")));
    assert_eq!(second.amount, Fen::new(880));
    assert_eq!(second.fulfil_status, FulfilStatus::Pending);
    assert_eq!(second.refund_total, Some(Fen::ZERO));
    assert_eq!(third.pay_status, PayStatus::Refunded);
    assert_eq!(third.refund_total, Some(Fen::new(4000)));
    assert_eq!(third.refund_no.as_str(), "R3");
    assert_eq!(fourth.pay_status, PayStatus::Created);
    assert_eq!(fourth.paid_at, None);
    for order in &out.orders {
        assert_eq!(order.row.import, 7);
        let line = bytes.lines().nth(order.row.line as usize - 1).unwrap();
        assert!(line.starts_with(order.out_trade_no.as_str()));
        let place = usize::try_from(order.row.offset).unwrap();
        assert!(bytes[place..].starts_with(line));
    }
    assert_eq!(out.stats.sum(), Some(Fen::new(13_370)));
    assert_eq!(out.stats.mean(), Some(Fen::new(3_342)));
    assert_eq!(out.stats.hours()[10], 2);
}

fn encoded(text: &str, encoding: &str) -> Vec<u8> {
    match encoding {
        "utf-8" => text.as_bytes().to_vec(),
        "utf-8 bom" => format!("\u{feff}{text}").into_bytes(),
        "gb18030" => encoding_rs::GB18030.encode(text).0.into_owned(),
        "utf-16le" => format!("\u{feff}{text}")
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect(),
        _ => format!("\u{feff}{text}")
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect(),
    }
}

#[test]
fn every_encoding_delimiter_and_block_size_gives_the_same_rows() {
    let mut mapping = shop();
    let rule = mapping.status.first_mut().unwrap();
    let word = rule.words["PAID"].clone();
    rule.words.insert("已付款".to_owned(), word);
    let mut rows = shop_rows();
    rows.push("QH5,1,𠮷好,1.00,已付款,2026-03-08 10:00:01,,,,,,o".to_owned());
    rows.push("QH6,1,好,1.00,PAID,2026-03-08 10:00:02,,,,,,o".to_owned());
    let plain = text(&rows);
    let expected = read(plain.as_bytes(), &mapping);
    assert_eq!(expected.orders.len(), 6);
    for encoding in ["utf-8", "utf-8 bom", "gb18030", "utf-16le", "utf-16be"] {
        let bytes = encoded(&plain, encoding);
        for block in [1, 100, 1 << 20] {
            let (_, out) = read_blocks(&bytes, &mapping, block).unwrap();
            assert_eq!(out.orders.len(), 6, "{encoding}");
            for (ours, theirs) in out.orders.iter().zip(&expected.orders) {
                let place = usize::try_from(ours.row.offset).unwrap();
                let number = encoded(
                    ours.out_trade_no.as_str(),
                    encoding.trim_end_matches(" bom"),
                );
                let number = number.strip_prefix(&[0xFF, 0xFE]).unwrap_or(&number);
                let number = number.strip_prefix(&[0xFE, 0xFF]).unwrap_or(number);
                assert!(bytes[place..].starts_with(number), "{encoding} {ours:?}");
                let mut same = *ours;
                same.row = theirs.row;
                assert_eq!(same, *theirs);
                assert_eq!(ours.row.line, theirs.row.line);
            }
        }
    }
}

fn reasons(rows: &[&str]) -> Vec<(u32, String, RowReason)> {
    let rows: Vec<String> = rows.iter().map(|row| (*row).to_owned()).collect();
    read(text(&rows).as_bytes(), &shop())
        .rejects
        .into_iter()
        .map(|reject| (reject.row.line, reject.column, reject.reason))
        .collect()
}

#[test]
fn each_bad_cell_is_refused_with_row_and_column() {
    let good = "A,1,x,1.00,PAID,2026-03-08 10:00:00,,,,,,o";
    let with = |column: usize, value: &str| {
        let mut cells: Vec<&str> = good.split(',').collect();
        cells[column] = value;
        cells.join(",")
    };
    let long = "9".repeat(33);
    for (column, value, header, reason) in [
        (0, "1.2E+27", "out_trade_no", RowReason::Scientific),
        (0, "4.00123E+27", "out_trade_no", RowReason::Scientific),
        (
            0,
            "202603081002441000000",
            "out_trade_no",
            RowReason::ZeroTail,
        ),
        (0, "20260308.0", "out_trade_no", RowReason::DecimalTail),
        (0, &long, "out_trade_no", RowReason::TooLong { max: 32 }),
        (0, "A\u{1}", "out_trade_no", RowReason::Control),
        (0, "", "out_trade_no", RowReason::Missing),
        (3, "", "amount", RowReason::Missing),
        (3, "-1.00", "amount", RowReason::Negative),
        (4, "SHIPPED?", "status", RowReason::UnmappedWord),
        (4, "", "status", RowReason::Missing),
        (5, "", "created_at", RowReason::Missing),
        (5, "2026-02-30 10:00:00", "created_at", RowReason::Time),
        (6, "yesterday", "paid_at", RowReason::Time),
        (8, "1.2E+27", "refund_no", RowReason::Scientific),
    ] {
        let found = reasons(&[good, &with(column, value), good]);
        assert_eq!(found, [(3, header.to_owned(), reason)], "{value:?}");
    }
    for value in ["1e3", "0.001", "$1", "abc", "99999999999999999999"] {
        let found = reasons(&[&with(3, value)]);
        assert!(
            matches!(found[..], [(2, _, RowReason::Amount(_))]),
            "{value}"
        );
    }
    assert_eq!(
        reasons(&["A,1,x,y,1.00,PAID,2026-03-08 10:00:00,,,,,,o"]),
        [(
            2,
            String::new(),
            RowReason::ColumnCount {
                found: 13,
                wanted: 12
            }
        )]
    );
    assert_eq!(reasons(&[good, "", " ", ",,,,,,,,,,,", good]), []);
}

#[test]
fn duplicates_inside_a_file_are_all_delivered() {
    let row = "A,1,x,1.00,PAID,2026-03-08 10:00:00,,,,,,o".to_owned();
    let out = read(text(&[row.clone(), row]).as_bytes(), &shop());
    assert_eq!(out.orders.len(), 2);
    assert_ne!(out.orders[0].row, out.orders[1].row);
}

#[test]
fn canonical_files_need_no_mapping() {
    let file = "out_trade_no,order_no,amount,currency,pay_status,fulfil_status,created_at,transaction_id\n\
        A1,B1,1.00,CNY,paid,not_required,2026-03-08T02:00:00Z,4200001\n\
        A2,,2.00,USD,Created,,2026-03-08 10:00:00,\n\
        A3,,2.00,,nonsense,,2026-03-08 10:00:00,\n";
    let guess = sniff_text(file.as_bytes(), None).unwrap();
    let mapping = Mapping::guess(&guess, RecordKind::Orders).unwrap();
    assert_eq!(mapping.name, Mapping::CANONICAL);
    for mapping in [mapping, Mapping::canonical()] {
        let out = read(file.as_bytes(), &mapping);
        assert_eq!(out.orders[0].created_at, at("2026-03-08 10:00:00"));
        assert_eq!(out.orders[0].fulfil_status, FulfilStatus::NotRequired);
        assert_eq!(out.orders[0].refund_total, None);
        assert!(!out.orders[1].is_cny);
        assert_eq!(out.orders[1].fulfil_status, FulfilStatus::NotKnown);
        assert_eq!(out.rejects[0].value, "nonsense");
    }
}

#[test]
fn refunds_come_as_files_of_their_own_and_on_order_rows() {
    let file = "退款单号,商户订单号,退款金额(分),退款状态,申请时间,退款成功时间\n\
        R1,A1,100,退款成功,2026-03-08 10:00:00,2026-03-08 10:01:00\n\
        R2,A2,200,处理中,2026-03-08 10:00:00,\n\
        R3,A3,1.5,处理中,2026-03-08 10:00:00,\n";
    let guess = sniff_text(file.as_bytes(), None).unwrap();
    let mapping = Mapping::guess(&guess, RecordKind::Refunds).unwrap();
    assert_eq!(mapping.amount_unit, AmountUnit::Fen);
    let out = read(file.as_bytes(), &mapping);
    assert_eq!(out.refunds[0].status, RefundStatus::Success);
    assert_eq!(out.refunds[0].amount, Fen::new(100));
    assert_eq!(out.refunds[1].status, RefundStatus::Processing);
    assert_eq!(out.rejects.len(), 1);
    let toml = SHOP.replace("running_total", "per_refund");
    let out = read(
        text(&shop_rows()).as_bytes(),
        &Mapping::from_toml(&toml).unwrap(),
    );
    assert_eq!(out.refunds.len(), 1);
    assert_eq!(out.refunds[0].out_refund_no.as_str(), "R3");
    assert_eq!(out.refunds[0].amount, Fen::new(4000));
    assert_eq!(out.orders[2].refund_total, None);
}

#[test]
fn the_preview_shows_what_would_be_stored() {
    let mut rows = shop_rows();
    rows.insert(
        2,
        "2.60308E+19,1,x,126.00,PAID,2026-03-08 10:00:00,,,,,,o".to_owned(),
    );
    rows.push("QH9,1,x,1.00,寄存中,2026-03-09 01:00:00,,,,,,o".to_owned());
    let bytes = text(&rows);
    let guess = sniff_text(bytes.as_bytes(), None).unwrap();
    let plan = Plan::new(&shop(), &guess).unwrap();
    let go = &mut |_: &_, _| ControlFlow::Continue(());
    let preview = Preview::of_text(bytes.as_bytes(), &guess, &plan, go).unwrap();
    assert_eq!((preview.stats.good, preview.stats.bad), (4, 2));
    assert_eq!(preview.rows.len(), 6);
    assert!(
        matches!(&preview.rows[0].fate, RowFate::Order(order) if order.amount == Fen::new(1990))
    );
    assert!(
        matches!(&preview.rows[2].fate, RowFate::Refused(reject) if reject.reason == RowReason::Scientific)
    );
    assert_eq!(preview.rows[2].cells[0], "2.60308E+19");
    assert_eq!(preview.stats.unmapped["status"]["寄存中"], 1);
    assert!(preview.knows_fulfilment);
    let stop = &mut |_: &_, _| ControlFlow::Break(());
    assert_eq!(
        Preview::of_text(bytes.as_bytes(), &guess, &plan, stop).unwrap_err(),
        IntakeError::Cancelled
    );
}

#[test]
fn a_slip_of_the_unit_is_suspected() {
    let rows = |amount: &dyn Fn(u32) -> String| -> Vec<String> {
        (0..50)
            .map(|n| format!("A{n},1,x,{},PAID,2026-03-08 10:00:00,,,,,,o", amount(n)))
            .collect()
    };
    let doubt = |rows: &[String], mapping: &Mapping| {
        let out = read(text(rows).as_bytes(), mapping);
        out.stats.unit_doubt(mapping.amount_unit)
    };
    let mut fen = shop();
    fen.amount_unit = AmountUnit::Fen;
    let in_fen = rows(&|n| (19_900 + n).to_string());
    let in_yuan = rows(&|n| (19 + n).to_string());
    let exact = rows(&|n| format!("{}.90", 19 + n));
    assert_eq!(doubt(&in_fen, &shop()), Some(UnitDoubt::LooksLikeFen));
    assert_eq!(doubt(&in_yuan, &fen), Some(UnitDoubt::LooksLikeYuan));
    assert_eq!(doubt(&in_fen, &fen), None);
    assert_eq!(doubt(&exact, &shop()), None);
}

#[test]
fn a_reject_file_that_was_corrected_is_imported_again() {
    let mut rows = shop_rows();
    rows.push("1.2E+27,1,\"=cmd|' /C calc'!A0\",1.00,PAID,2026-03-08 10:00:00,,,,,,o".to_owned());
    rows.push("QH8,1,x,-2.00,PAID,2026-03-08 10:00:00,,,,,,o".to_owned());
    rows.push("QH9,too,few".to_owned());
    let gb = encoding_rs::GB18030.encode(&text(&rows)).0.into_owned();
    let mut mapping = shop();
    mapping.encoding = Some(recondesk_intake::Encoding::Gb18030);
    let (plan, out) = read_blocks(&gb, &mapping, 1 << 20).unwrap();
    let mut writer = RejectWriter::new(Vec::new(), &plan, ReasonLanguage::Zh).unwrap();
    for reject in &out.rejects {
        writer.write(reject).unwrap();
    }
    let file = String::from_utf8(writer.finish().unwrap()).unwrap();
    assert!(file.starts_with("\u{feff}行号,拒收原因,out_trade_no,"));
    assert!(file.contains("科学计数") && file.contains("'=cmd|"));
    assert!(file.contains("\n6,"), "{file}");
    let corrected = file
        .replace("1.2E+27,1,", "QH7,1,")
        .replace(",-2.00,", ",2.00,");
    let again = read(corrected.as_bytes(), &mapping);
    let numbers: Vec<&str> = again
        .orders
        .iter()
        .map(|o| o.out_trade_no.as_str())
        .collect();
    assert_eq!(numbers, ["QH7", "QH8"]);
    assert_eq!(again.rejects.len(), 1);
}

#[test]
fn hostile_text_is_refused_with_bounded_work() {
    let mapping = shop();
    let head = format!("{HEAD}\n");
    let mut wide = head.clone().into_bytes();
    wide.resize(900 << 10, b',');
    assert!(matches!(
        read_blocks(&wide, &mapping, 1 << 20),
        Err(IntakeError::TooManyColumns { line: 2, .. })
    ));
    let mut lines = head.clone().into_bytes();
    lines.resize(1 << 20, b'\n');
    assert_eq!(read(&lines, &mapping), OrderBlock::default());
    let rejects = format!("{head}{}", "A1\n".repeat(100_000));
    let out = read(rejects.as_bytes(), &mapping);
    assert_eq!(out.stats.bad, 100_000);
    assert!(out.rejects.len() <= recondesk_intake::MAX_REJECTS_PER_BLOCK);
    let broken = [
        head.as_bytes(),
        b"A\xff,1,x,1,PAID,2026-03-08 10:00:00,,,,,,o\n",
    ]
    .concat();
    let mut utf8 = shop();
    utf8.encoding = Some(recondesk_intake::Encoding::Utf8);
    assert_eq!(read(&broken, &utf8).rejects[0].reason, RowReason::Encoding);
}

fn any_row() -> impl Strategy<Value = String> {
    let number = prop_oneof!["[A-Z0-9]{1,20}", Just("1.2E+27".to_owned())];
    let goods = prop_oneof![
        "[a-z中文]{0,6}",
        Just("\"a,\"\"b\"\"\nc\"".to_owned()),
        Just("5\" pan".to_owned()),
    ];
    let word = prop_oneof![Just("PAID"), Just("CLOSED"), Just("ODD")];
    (number, goods, 0_u32..100_000, word).prop_map(|(number, goods, fen, word)| {
        format!(
            "{number},1,{goods},{}.{:02},{word},2026-03-08 10:00:00,,,,,,o",
            fen / 100,
            fen % 100
        )
    })
}

proptest! {
    #[test]
    fn neither_cuts_nor_quotes_nor_encodings_change_the_rows(
        rows in prop::collection::vec(any_row(), 0..12),
        block in 1_usize..400,
    ) {
        let plain = text(&rows);
        let (_, whole) = read_blocks(plain.as_bytes(), &shop(), 1 << 20).unwrap();
        prop_assert_eq!(whole.stats.good + whole.stats.bad, rows.len() as u64);
        let (_, cut) = read_blocks(plain.as_bytes(), &shop(), block).unwrap();
        prop_assert_eq!(&whole, &cut);
        // Every cell in quotes.
        let mut quoted = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(plain.as_bytes());
        for record in reader.records() {
            quoted.write_record(&record.unwrap()).unwrap();
        }
        let quoted = quoted.into_inner().unwrap();
        let (_, quoted) = read_blocks(&quoted, &shop(), block).unwrap();
        let gb = encoding_rs::GB18030.encode(&plain).0.into_owned();
        let (_, gb) = read_blocks(&gb, &shop(), block).unwrap();
        let utf16 = encoded(&plain, "utf-16le");
        let (_, utf16) = read_blocks(&utf16, &shop(), block).unwrap();
        for other in [quoted, gb, utf16] {
            prop_assert_eq!(&other.stats, &whole.stats);
            prop_assert_eq!(other.orders.len(), whole.orders.len());
            for (a, b) in other.orders.iter().zip(&whole.orders) {
                let mut a = *a;
                prop_assert_eq!(a.row.line, b.row.line);
                a.row = b.row;
                prop_assert_eq!(a, *b);
            }
            for (a, b) in other.rejects.iter().zip(&whole.rejects) {
                prop_assert_eq!(&a.cells, &b.cells);
                prop_assert_eq!(a.reason, b.reason);
            }
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), block in 1_usize..64) {
        if let Ok(guess) = sniff_text(&bytes, None) {
            let mapping = Mapping::propose(&guess, RecordKind::Orders);
            read_blocks(&bytes, &mapping, block).ok();
        }
        assert!(Workbook::open(Cursor::new(bytes.clone()), None).is_err());
        let with_head = [HEAD.as_bytes(), b"\n", &bytes].concat();
        read_blocks(&with_head, &shop(), block).ok();
    }
}

#[test]
fn a_mapping_that_does_not_fit_the_file_names_the_column() {
    let guess: Guess = sniff_text(b"out_trade_no,amount\nA,1\n", None).unwrap();
    let error = Plan::new(&shop(), &guess).unwrap_err();
    assert!(error.to_string().contains("created_at"), "{error}");
    let twice = text(&shop_rows()).replacen("product", "amount", 1);
    let guess = sniff_text(twice.as_bytes(), None).unwrap();
    assert!(
        Plan::new(&shop(), &guess)
            .unwrap_err()
            .to_string()
            .contains("more than once")
    );
}
