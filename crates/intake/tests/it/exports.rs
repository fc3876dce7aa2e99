//! Exports after those of real shop systems: read with no question where they can be, with one where not, never wrong.
//!
//! `tests/fixtures/exports/README.md` says what each stands for. No bill is asked here: names and words alone decide.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Cursor, Read as _};
use std::ops::ControlFlow;
use std::path::PathBuf;

use recondesk_domain::{Fen, FulfilStatus, MOrder};
use recondesk_intake::{
    DayOrder, HEAD_BYTES, Mapping, Plan, Preview, RecordKind, RecordSplitter, RowReason,
    StatusWord, Workbook, packed_files, sniff,
};

/// The kind of system, its files, and which of them ask.
const EXPORTS: &[(&str, &str)] = &[
    (
        "shop platforms",
        "youzan-orders.csv youzan-items.xlsx weimob-orders.xlsx xiaoe-orders.xlsx",
    ),
    (
        "market places",
        "taobao-orders.csv tmall-orders.xlsx pdd-orders.csv douyin-orders.csv kuaishou-orders.xlsx \
         xiaohongshu-orders.xlsx jd-orders.csv",
    ),
    (
        "shop software",
        "woocommerce-orders.csv woocommerce-rest.csv magento-orders.csv shopify-orders.csv \
         crmeb-orders.xlsx niushop-orders.csv ecshop-codes.csv",
    ),
    (
        "payments, ERP and accounts",
        "yudao-pay.csv odoo-pos.xlsx kingdee-receipts.xlsx yonyou-orders.xls guanjiapo-orders.xls",
    ),
    (
        "SQL clients",
        "mysql-cli.tsv psql-copy.csv navicat.csv sqlserver.csv oracle.csv mongodb.csv phpmyadmin.csv",
    ),
    (
        "other trades",
        "traditional-big5.csv pos-receipts.txt school-fees.xlsx hotel-folios.ods",
    ),
    (
        "shapes",
        "fen-header.csv zipped-orders.zip mac-cr.csv several-sheets.xlsx item-shares.csv \
         grouped-header.xlsx two-numbers.csv",
    ),
    (
        "lists of refunds",
        "youzan-refunds.csv after-sales.xlsx sql-refunds.tsv",
    ),
];

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/fixtures/exports")
        .join(name)
}

fn stem(file: &str) -> &str {
    file.split('.').next().unwrap()
}

/// The bytes of a file, unpacked where it is an archive of one.
fn bytes(file: &str) -> Vec<u8> {
    let bytes = std::fs::read(path(file)).unwrap();
    let mut reader = Cursor::new(&bytes);
    let Some(files) = packed_files(&mut reader, file).unwrap() else {
        return bytes;
    };
    let mut out = Vec::new();
    let [only] = files.as_slice() else {
        panic!("{file} holds {} files", files.len())
    };
    only.unpack(&mut reader, &mut out).unwrap();
    out
}

/// What a file is read as: its orders, or number, fen and state of its refunds, and what has to be asked.
struct FileReading {
    orders: Vec<MOrder>,
    refunds: Vec<Vec<String>>,
    asked: Vec<String>,
}

fn read(bytes: &[u8], kind: RecordKind, answer: impl Fn(&mut Mapping)) -> FileReading {
    let mut head = Vec::new();
    bytes
        .take(HEAD_BYTES as u64)
        .read_to_end(&mut head)
        .unwrap();
    let sniffed = sniff(&head, None).unwrap();
    let guess = match &sniffed {
        Some(guess) => guess.clone(),
        None => Workbook::open_for(Cursor::new(bytes), None, Some(kind))
            .unwrap()
            .guess()
            .clone(),
    };
    let mut mapping = Mapping::propose(&guess, kind);
    answer(&mut mapping);
    let mut out = FileReading {
        orders: Vec::new(),
        refunds: Vec::new(),
        asked: Vec::new(),
    };
    let lacking = mapping.lacking();
    if !lacking.is_empty() {
        out.asked.push(format!("lacks {lacking:?}"));
        return out;
    }
    let plan = Plan::new(&mapping, &guess).unwrap();
    let mut watch = |_: &recondesk_intake::Stats, _: u64| ControlFlow::Continue(());
    let preview = if sniffed.is_some() {
        Preview::of_text(Cursor::new(bytes.to_vec()), &guess, &plan, &mut watch)
    } else {
        let mut book = Workbook::open(Cursor::new(bytes), Some(&mapping)).unwrap();
        Preview::of_workbook(&mut book, &plan, &mut watch)
    };
    let preview = preview.unwrap();
    if preview.unit_doubt.is_some() {
        out.asked.push("unit".to_owned());
    }
    for (column, words) in &preview.stats.unmapped {
        out.asked.push(format!("{column}: {words:?}"));
    }
    if preview
        .rejects
        .iter()
        .any(|reject| reject.reason == RowReason::DayOrder)
    {
        out.asked.push("which number is the day".to_owned());
    }
    if out.asked.is_empty() && preview.stats.bad > 0 {
        out.asked.push(format!("refused: {:?}", preview.rejects));
    }
    let mut take = |block: recondesk_intake::OrderBlock| {
        out.orders.extend(&block.orders);
        out.refunds.extend(block.refunds.iter().map(|refund| {
            let amount = refund.amount.get().to_string();
            vec![
                refund.out_refund_no.to_string(),
                amount,
                refund.status.word().to_owned(),
            ]
        }));
        ControlFlow::Continue(())
    };
    if sniffed.is_some() {
        let mut cutter = RecordSplitter::new(bytes, &guess);
        while let Some(block) = cutter
            .next_block(recondesk_intake::Block::default())
            .unwrap()
        {
            let mut rows = recondesk_intake::OrderBlock::default();
            plan.parse_block(&block, 1, &mut rows).unwrap();
            assert!(take(rows).is_continue());
        }
    } else {
        let mut book = Workbook::open(Cursor::new(bytes), Some(&mapping)).unwrap();
        book.read(&plan, 1, &mut take).unwrap();
    }
    out.orders = merged(out.orders, &mapping);
    out
}

/// Rows of items as one order each.
fn merged(orders: Vec<MOrder>, mapping: &Mapping) -> Vec<MOrder> {
    let mut by_number: BTreeMap<String, Vec<MOrder>> = BTreeMap::new();
    for order in orders {
        let same = by_number.entry(order.out_trade_no.to_string()).or_default();
        same.push(order);
    }
    let one = |rows: Vec<MOrder>| match rows.as_slice() {
        [only] => *only,
        rows => recondesk_intake::merge_orders(rows, mapping.row_amount).unwrap(),
    };
    by_number.into_values().map(one).collect()
}

/// Lines of a list of what a file means, as cells.
fn expected(file: &str, end: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(path(&format!("{}{end}", stem(file)))).unwrap();
    let lines = text.lines().skip(1);
    let mut lines: Vec<Vec<String>> = lines
        .map(|line| line.split(',').map(str::to_owned).collect())
        .collect();
    lines.sort();
    lines
}

/// An order as the list tells it; what the list leaves open is left open.
fn told(order: &MOrder, open: &[String]) -> Vec<String> {
    let fulfil = match open.get(3).map(String::as_str) {
        Some("") => String::new(),
        _ if order.fulfil_status == FulfilStatus::NotKnown => "-".to_owned(),
        _ => order.fulfil_status.word().to_owned(),
    };
    let time = order.paid_at.unwrap_or(order.created_at).to_string();
    let paid = order.pay_status.is_paid();
    vec![
        order.out_trade_no.to_string(),
        order.amount.get().to_string(),
        order.pay_status.word().to_owned(),
        fulfil,
        if paid { time } else { "-".to_owned() },
        order.refund_total.map_or(0, Fen::get).to_string(),
    ]
}

/// What a person says where one thing is asked.
fn answer(file: &str, mapping: &mut Mapping) {
    let word = |pay: &str, fulfil: Option<&str>| StatusWord {
        pay_status: Some(pay.to_owned()),
        fulfil_status: fulfil.map(str::to_owned),
        refund_status: None,
    };
    match file {
        "navicat.csv" => mapping.day_order = Some(DayOrder::DayFirst),
        "ecshop-codes.csv" => {
            for rule in &mut mapping.status {
                rule.words.insert("0".to_owned(), word("created", None));
                rule.words
                    .insert("1".to_owned(), word("paid", Some("pending")));
                rule.words
                    .insert("2".to_owned(), word("paid", Some("fulfilled")));
                rule.words
                    .insert("3".to_owned(), word("paid", Some("fulfilled")));
                rule.words.insert("9".to_owned(), word("closed", None));
            }
        }
        _ => {}
    }
}

/// Reads one export; gives how many questions were answered.
fn whole(file: &str) -> Result<usize, String> {
    let bytes = bytes(file);
    let is_refunds = path(&format!("{}-refunds-expected.csv", stem(file))).exists();
    let kind = if is_refunds {
        RecordKind::Refunds
    } else {
        RecordKind::Orders
    };
    let mut found = read(&bytes, kind, |_| {});
    let asked = found.asked.len();
    if asked == 1 {
        found = read(&bytes, kind, |mapping| answer(file, mapping));
    }
    if !found.asked.is_empty() {
        return Err(format!("asks {:?}", found.asked));
    }
    if is_refunds {
        found.refunds.sort();
        let expected = expected(file, "-refunds-expected.csv");
        let same = found.refunds == expected;
        let told = format!("reads {:?}, means {expected:?}", found.refunds);
        return same.then_some(asked).ok_or(told);
    }
    let expected = expected(file, "-expected.csv");
    let mut lines: Vec<Vec<String>> = found
        .orders
        .iter()
        .map(|order| {
            let number = order.out_trade_no.to_string();
            let open = expected.iter().find(|line| line.first() == Some(&number));
            told(order, open.map_or(&[], Vec::as_slice))
        })
        .collect();
    lines.sort();
    if lines == expected {
        Ok(asked)
    } else {
        Err(format!("reads {lines:?}\n   means {expected:?}"))
    }
}

#[test]
fn exports_of_shop_systems_are_read_right() {
    let (mut faults, mut free, mut all) = (String::new(), 0, 0);
    for (kind, files) in EXPORTS {
        let mut counts = [0, 0, 0];
        for file in files.split_whitespace() {
            let place = match whole(file) {
                Ok(asked) => asked,
                Err(fault) => {
                    writeln!(faults, "{file}: {fault}").unwrap();
                    2
                }
            };
            if let Some(count) = counts.get_mut(place) {
                *count += 1;
            }
        }
        let [none, one, wrong] = counts;
        println!("{kind}: {none} with no question, {one} with one, {wrong} wrong");
        free += none;
        all += none + one + wrong;
    }
    println!("all: {free} of {all} with no question");
    assert!(faults.is_empty(), "\n{faults}");
    assert!(free * 100 >= all * 95, "{free} of {all}");
}
