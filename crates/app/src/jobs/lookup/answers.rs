//! Many answers as a table: the columns and rows of exports, one row for each number asked. Pure.

use super::live::LiveAnswer;
use crate::jobs::inquiry::QueryVerdict;
use recondesk_domain::{Heading, SheetCell, Term};

/// The conclusion of an answer: its stable word and its wording.
#[must_use]
pub fn verdict_word(asked: &LiveAnswer) -> (&'static str, Term) {
    if asked.is_unclear() {
        return ("unknown", Term::new("未知", "Unknown"));
    }
    match (&asked.inquiry.verdict, asked.agrees()) {
        (QueryVerdict::NotFound, _) => ("not_found", Term::new("不存在", "Not found")),
        (_, false) if asked.awaits_orders() => (
            "no_orders",
            Term::new("当天订单未导入", "Orders of the day not here"),
        ),
        (_, true) => ("agrees", Term::new("一致", "Agrees")),
        (_, false) => ("differs", Term::new("不一致", "Differs")),
    }
}

const fn heading(name: &'static str, zh: &'static str, en: &'static str, width: u16) -> Heading {
    Heading {
        name,
        label: Term::new(zh, en),
        width,
    }
}

/// The columns of a list of answers: a contract with scripts.
pub const LIST_HEADINGS: [Heading; 12] = [
    heading("number", "单号", "Number", 34),
    heading("verdict", "结论", "Verdict", 12),
    heading("trade_state", "交易状态", "State", 12),
    heading("total_fen", "金额", "Amount", 12),
    heading("paid_at", "支付时间", "Paid at", 20),
    heading("transaction_id", "微信订单号", "Transaction ID", 34),
    heading("local_status", "商户状态", "Local status", 12),
    heading("differences", "差异", "Differences", 30),
    heading("reason", "原因", "Reason", 40),
    heading("action", "建议", "Next step", 24),
    heading("zh", "说明", "Advice in Chinese", 60),
    heading("en", "英文说明", "Advice", 60),
];

/// Why an answer is unknown; empty when it is known.
#[must_use]
pub fn reason(asked: &LiveAnswer) -> String {
    match (&asked.inquiry.verdict, &asked.inquiry.refunds) {
        (QueryVerdict::ExchangeError(trouble), _) | (_, Some(Err(trouble))) => trouble.to_string(),
        _ => String::new(),
    }
}

/// One row.
#[must_use]
pub fn list_row(asked: &LiveAnswer) -> Vec<SheetCell> {
    let (word, term) = verdict_word(asked);
    let state = match &asked.inquiry.verdict {
        QueryVerdict::Known(state) => Some(state),
        _ => None,
    };
    let differences: Vec<&'static str> = asked
        .differences
        .iter()
        .map(|differ| differ.field)
        .collect();
    vec![
        SheetCell::text(&asked.number),
        SheetCell::Word(word, term),
        SheetCell::text(state.map_or("", |state| state.state.word())),
        SheetCell::money(state.and_then(|state| state.total_fee)),
        SheetCell::time(state.and_then(|state| state.paid_at)),
        SheetCell::text(state.map_or("", |state| state.transaction_id.as_str())),
        SheetCell::text(asked.local.map_or("", |order| order.pay_status.word())),
        SheetCell::Message(differences),
        SheetCell::text(&reason(asked)),
        SheetCell::Word(
            asked.summary.step.word(),
            Term::new(asked.summary.step.zh(), asked.summary.step.en()),
        ),
        SheetCell::text(&asked.summary.words.zh),
        SheetCell::text(&asked.summary.words.en),
    ]
}
