//! What a word of a column of states or channels is taken for, and what a row is by it.

use recondesk_domain::{FulfilStatus, PayStatus};
use recondesk_intake::{
    ChannelOwner, Column, Mapping, StateSubject, StatusRule, StatusWord, WordSays,
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
