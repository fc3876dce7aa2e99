//! What a word of a column of states or channels is taken for, and what a row is by it.

use recondesk_domain::{FulfilStatus, PayStatus, RowRef};
use recondesk_intake::{
    ChannelOwner, Column, Mapping, Reject, RowReason, StateSubject, StatusRule, StatusWord,
    WordSays, ruined_forms,
};

use crate::intake::{SHOP, read, shop, text};

#[test]
fn a_word_says_what_the_mapping_or_the_program_takes_it_for() {
    let mut mapping = shop();
    let said = |mapping: &Mapping, word: &str| mapping.says("status", word);
    let paid = StatusWord::order(PayStatus::Paid, Some(FulfilStatus::Pending));
    assert_eq!(said(&mapping, " paid "), Some(WordSays::State(paid)));
    assert_eq!(said(&mapping, "寄存中"), None, "nobody knows it");
    assert_eq!(
        said(&mapping, "待付款"),
        None,
        "only words of the mapping count"
    );

    mapping.status = vec![StatusRule::known("status", StateSubject::Order)];
    let created = StatusWord::order(PayStatus::Created, None);
    assert_eq!(said(&mapping, "待付款"), Some(WordSays::State(created)));
    let other = Some(WordSays::Channel(ChannelOwner::Other));
    assert_eq!(mapping.says("channel", "支付宝"), other);
}

#[test]
fn a_word_that_a_person_took_for_returned_makes_the_order_a_returned_one() {
    let without_sums = SHOP.replace("refunds = \"running_total\"\n", "");
    let mut mapping = Mapping::from_toml(&without_sums).unwrap();
    for column in [Column::RefundNo, Column::RefundAmount, Column::RefundAt] {
        mapping.columns.remove(&column);
    }
    let mut rule = StatusRule::known("refund_no", StateSubject::Refund);
    let returned = StatusWord::order(PayStatus::Refunded, None);
    rule.words.insert("全退啦".to_owned(), returned);
    mapping.status.push(rule);
    let row = "QH1,1900000109,衬衫,19.90,FULFILLED,2026-03-08 10:00:00,2026-03-08 10:00:31,2026-03-08 11:00:00,全退啦,,,oA";
    let out = read(text(&[row.to_owned()]).as_bytes(), &mapping);
    assert_eq!(out.rejects.len(), 0, "{:?}", out.rejects);
    assert_eq!(out.orders[0].pay_status, PayStatus::Refunded);
}

/// The state of the payment and of the delivery of one order with these words.
fn states(words: [&str; 3], header: &str, sum: &str) -> (PayStatus, FulfilStatus) {
    let text = format!(
        "out_trade_no,amount,created_at,paid_at,订单状态,发货状态,{header},退款金额\n\
         QH1,19.90,2026-03-08 10:00:00,2026-03-08 10:00:31,{},{sum}\n",
        words.join(",")
    );
    let mut mapping = Mapping::from_toml(
        "name = \"t\"\nkind = \"orders\"\nrefunds = \"running_total\"\n[columns]\nout_trade_no = \"out_trade_no\"\namount = \"amount\"\ncreated_at = \"created_at\"\npaid_at = \"paid_at\"\nrefund_amount = \"退款金额\"\n",
    )
    .unwrap();
    mapping.status = vec![
        StatusRule::known("订单状态", StateSubject::Order),
        StatusRule::known("发货状态", StateSubject::Delivery),
        StatusRule::known(header, StateSubject::Refund),
    ];
    let out = read(text.as_bytes(), &mapping);
    assert_eq!(out.rejects.len(), 0, "{words:?} {:?}", out.rejects);
    let order = out.orders.first().unwrap();
    (order.pay_status, order.fulfil_status)
}

#[test]
fn a_refund_that_is_asked_for_is_told_apart_from_one_that_was_made() {
    use FulfilStatus::{Fulfilled, NotRequired, Pending};
    use PayStatus::{Paid, Refunded, Refunding};
    for (words, header, sum, due) in [
        (
            ["退款中", "未发货", "退款中"],
            "退款状态",
            "",
            (Refunding, NotRequired),
        ),
        (
            ["已付款", "未发货", "退款中"],
            "退款状态",
            "0.00",
            (Refunding, NotRequired),
        ),
        (
            ["已付款", "已发货", "申请中"],
            "退款状态",
            "",
            (Refunding, Fulfilled),
        ),
        (
            ["已付款", "未发货", "退款中"],
            "退款状态",
            "5.00",
            (Paid, NotRequired),
        ),
        (
            ["已付款", "未发货", "售后完成"],
            "售后状态",
            "",
            (Refunding, Pending),
        ),
        (
            ["已付款", "未发货", "已完成"],
            "售后状态",
            "",
            (Refunding, Pending),
        ),
        (
            ["已付款", "未发货", "退款完成"],
            "售后状态",
            "19.90",
            (Paid, Pending),
        ),
        (
            ["已付款", "未发货", "已完成"],
            "退款状态",
            "",
            (Refunded, Pending),
        ),
        (
            ["已付款", "未发货", "无售后"],
            "售后状态",
            "",
            (Paid, Pending),
        ),
        (
            ["已发货，售后中", "", ""],
            "退款状态",
            "",
            (Paid, Fulfilled),
        ),
    ] {
        assert_eq!(
            states(words, header, sum),
            due,
            "{words:?} {header} {sum:?}"
        );
    }
}

#[test]
fn a_number_that_was_rounded_up_is_known_by_its_true_one() {
    let refused = Reject {
        row: RowRef::NONE,
        at: None,
        column: "商户订单号".to_owned(),
        value: "2603388245927680000".to_owned(),
        reason: RowReason::ZeroTail,
        cells: Vec::new(),
        number: "2603388245927680000".to_owned(),
    };
    let known = ruined_forms("2603388245927679781");
    assert!(refused.numbers().iter().any(|form| known.contains(form)));
    let other = ruined_forms("2603388245927669781");
    assert!(!refused.numbers().iter().any(|form| other.contains(form)));
}
