//! Numbers as customers and spreadsheets give them.

use super::*;
use std::fmt::Write as _;

const PAID: &str = "4200002345202603081234567890";

fn only(text: &str) -> (String, NumberKind, Vec<Cleaning>) {
    let mut found = recognise(text);
    assert_eq!(found.numbers.len(), 1, "{found:?}");
    let one = found.numbers.remove(0);
    (one.number, one.kinds[0], found.cleaned)
}

#[test]
fn a_number_however_it_is_pasted_is_the_same_number() {
    for (text, cleaned) in [
        (PAID.to_owned(), vec![]),
        (format!("  {PAID}\r\n"), vec![]),
        (format!("`{PAID}"), vec![Cleaning::Quotes]),
        (format!("“{PAID}”"), vec![Cleaning::Quotes]),
        (
            "4200 0023 4520 2603 0812 3456 7890".to_owned(),
            vec![Cleaning::Spaces],
        ),
        (
            "42000023452026\n03081234567890".to_owned(),
            vec![Cleaning::LineBreaks],
        ),
        (
            "４２００００２３４５２０２６０３０８１２３４５６７８９０".to_owned(),
            vec![Cleaning::FullWidth],
        ),
        (format!("\u{200b}{PAID}\u{feff}"), vec![Cleaning::Invisible]),
    ] {
        assert_eq!(
            only(&text),
            (PAID.to_owned(), NumberKind::TransactionId, cleaned),
            "{text}"
        );
    }
}

#[test]
fn a_customers_message_yields_its_numbers_and_nothing_else() {
    let text = "你好，我 2026-03-08 10:02 付了 35.00 元，电话 13812345678，\
        商户号：1900000109，交易单号：4200002345202603081234567890，\
        商户单号 QH260308100244120077 一直显示未支付";

    let found = recognise(text);

    let numbers: Vec<_> = found
        .numbers
        .iter()
        .map(|f| (f.number.as_str(), f.kinds[0]))
        .collect();
    assert_eq!(
        numbers,
        [
            (PAID, NumberKind::TransactionId),
            ("QH260308100244120077", NumberKind::OutTradeNo),
        ]
    );
    assert!(found.numbers.iter().all(|f| f.labelled));
    assert_eq!(found.merchants, ["1900000109"]);
}

#[test]
fn what_a_spreadsheet_ruined_is_said_to_be_ruined() {
    let found = recognise("4.20000E+27, 4.2E+27");
    assert_eq!(found.numbers, []);
    assert_eq!(found.ruined, ["4.20000E+27", "4.2E+27"]);

    let zeros = recognise("4200002345202600000000000000");
    assert!(zeros.numbers[0].suspect);
    assert!(!recognise(PAID).numbers[0].suspect);
}

#[test]
fn a_list_stays_a_list() {
    let list =
        "QH260308100244120077\nQH260308100244120078\tQH260308100244120079,QH260308100244120077";
    assert_eq!(recognise(list).numbers.len(), 3);
    let two = format!("{PAID}\n4200002345202603081234567891");
    assert_eq!(recognise(&two).numbers.len(), 2);
}

#[test]
fn each_kind_is_known_by_its_label_or_its_shape() {
    assert_eq!(
        only("50300903482026030812345678901").1,
        NumberKind::RefundId
    );
    assert_eq!(only("退款单号：T20260308-1").1, NumberKind::OutRefundNo);
    assert_eq!(
        only("微信退款单号 50300903482026030812345678901").1,
        NumberKind::RefundId
    );
    assert_eq!(only("订单号 20260308").1, NumberKind::OrderNo);
    assert_eq!(only("A1").1, NumberKind::OutTradeNo);
    assert_eq!(only(&"9".repeat(37)).1, NumberKind::OutRefundNo);
}

#[test]
fn a_number_of_letters_only_is_one_when_nothing_else_was_pasted() {
    for text in [
        "ABCDEFGH",
        " `ABCDEFGH` \n",
        "ＡＢＣＤＥＦＧＨ",
        "商户订单号：ABCDEFGH",
    ] {
        assert_eq!(only(text).0, "ABCDEFGH", "{text}");
    }
    assert_eq!(only("ORDER-ABC_x").1, NumberKind::OutTradeNo);
    for text in ["请看 ABCDEFGH", "ABCDEFGH 没有到账", "ABCDEFGH IJKL", "---"] {
        assert_eq!(recognise(text).numbers, [], "{text}");
    }
    let list = recognise_list("out_trade_no\nA1\nA2");
    let numbers: Vec<_> = list.numbers.iter().map(|f| f.number.as_str()).collect();
    assert_eq!(numbers, ["A1", "A2"], "a heading is no number");
}

#[test]
fn nothing_is_found_in_nothing() {
    for text in ["", " \n", "你好", "hello world", "¥¥¥", &"x".repeat(100)] {
        assert_eq!(recognise(text).numbers, [], "{text}");
    }
}

#[test]
fn a_large_text_yields_no_more_than_can_be_looked_at() {
    let text = "a1 23 4200 `x9`\n".repeat(20_000);

    let found = recognise(&text);

    assert!(found.numbers.len() <= MAX_NUMBERS);
}

proptest::proptest! {
    #[test]
    fn any_text_is_survived_and_yields_only_clean_numbers(text in "\\PC{0,200}") {
        for found in recognise(&text).numbers {
            proptest::prop_assert!(found.number.chars().all(is_number_sign));
            proptest::prop_assert!((1..=64).contains(&found.number.len()));
            proptest::prop_assert!(!found.kinds.is_empty());
        }
    }
}

#[test]
fn short_numbers_of_a_list_stay_one_per_line() {
    let found = recognise_list("ORD001\nORD002\r\nA3\nA4\nORD001\n");

    let numbers: Vec<&str> = found
        .numbers
        .iter()
        .map(|one| one.number.as_str())
        .collect();
    assert_eq!(numbers, ["ORD001", "ORD002", "A3", "A4"]);
    assert_eq!(found.cleaned, []);
}

#[test]
fn a_line_of_a_list_that_gives_no_number_is_named() {
    let list =
        "商户订单号\nORD001\n@x\n=1+1\n\n  \n=\"4200001234567890123456789012\"\n\u{1b}待查\n";

    let found = recognise_list(list);

    let numbers: Vec<&str> = found.numbers.iter().map(|f| f.number.as_str()).collect();
    assert_eq!(numbers, ["ORD001", "4200001234567890123456789012"]);
    let unused: Vec<(usize, &str)> = found
        .unused
        .iter()
        .map(|one| (one.line, one.text.as_str()))
        .collect();
    assert_eq!(unused[..2], [(3, "@x"), (4, "=1+1")]);
    assert_eq!(unused.len(), 3);
    assert_eq!(unused[2].0, 8);
    assert!(!unused[2].1.contains('\u{1b}'));
}

#[test]
fn a_list_that_is_too_long_says_so_and_is_read_no_further() {
    let mut text = String::new();
    for n in 0..=MAX_NUMBERS {
        writeln!(text, "ORD{n:08}").unwrap();
    }

    let found = recognise_list(&text);
    let whole = recognise_list(text.trim_end().rsplit_once('\n').unwrap().0);

    assert!(found.cut);
    assert_eq!(found.numbers.len(), MAX_NUMBERS);
    assert!(!whole.cut);
}

#[test]
fn of_a_message_only_the_numbers_of_orders_are_taken() {
    let xml = "<xml><appid><![CDATA[wx8888888888888888]]></appid><mch_id>1900000109</mch_id>\
        <out_trade_no><![CDATA[QH261126000000015066]]></out_trade_no>\
        <transaction_id>4200140808202611265338196358</transaction_id>\
        <time_end>20261126081717</time_end><sign>0123456789ABCDEF0123456789ABCDEF</sign></xml>";
    let json = r#"{"mchid":"1900000109","appid":"wx8888888888888888","out_trade_no":"QH261126000000015066",
        "transaction_id":"4200140808202611265338196358","success_time":"2026-11-26T08:17:17+08:00"}"#;
    for text in [xml, json] {
        let found = recognise(text);

        let numbers: Vec<_> = found.numbers.iter().map(|n| n.number.as_str()).collect();
        let wanted = ["QH261126000000015066", "4200140808202611265338196358"];
        assert_eq!(numbers, wanted, "{text}");
        assert_eq!(found.merchants, ["1900000109"]);
        assert!(found.numbers.iter().all(|number| number.labelled));
    }
}

#[test]
fn numbered_fields_of_an_answer_are_numbers_too() {
    let found = recognise(
        "<xml><out_refund_no_0>R1</out_refund_no_0><refund_id_0>50000000382019052709732678859</refund_id_0></xml>\
         return_code",
    );

    let numbers: Vec<_> = found.numbers.iter().map(|n| n.number.as_str()).collect();
    assert_eq!(numbers, ["R1", "50000000382019052709732678859"]);
}
