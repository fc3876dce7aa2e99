//! Many answers as a table: the columns and rows of exports, one row for each number asked. Pure.

use super::live::LiveAnswer;
use crate::Language;
use crate::jobs::inquiry::QueryVerdict;
use crate::tables::orders::pay_cell;
use recondesk_domain::{Heading, Sheet, SheetCell, Term};
use wechatpay_codec::v2::TradeState;

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

/// Why an answer is unknown, as people read it; empty when it is known.
#[must_use]
pub fn reason_in_words(asked: &LiveAnswer, language: Language) -> String {
    match (&asked.inquiry.verdict, &asked.inquiry.refunds) {
        (QueryVerdict::ExchangeError(trouble), _) | (_, Some(Err(trouble))) => {
            trouble.told().get(language).to_owned()
        }
        _ => String::new(),
    }
}

/// Hands answers over as a sheet: for people of a language in its words and with its advice alone, or for programs.
pub fn with_answers<T>(
    asked: &[LiveAnswer],
    people: Option<Language>,
    write: impl FnOnce(Sheet<'_>) -> T,
) -> T {
    let title = people.map_or("query", |language| language.pick("查单", "Numbers"));
    let Some(language) = people else {
        return write(Sheet {
            title,
            headings: &LIST_HEADINGS,
            rows: &mut asked.iter().map(list_row),
        });
    };
    let other = match language {
        Language::Zh => "en",
        Language::En => "zh",
    };
    let is_read = |heading: &Heading| heading.name != other;
    let headings: Vec<Heading> = LIST_HEADINGS.iter().copied().filter(is_read).collect();
    let mut rows = asked.iter().map(|asked| {
        let cells = list_row(asked).into_iter().zip(&LIST_HEADINGS);
        cells
            .filter(|(_, heading)| is_read(heading))
            .map(|(cell, heading)| in_words(cell, heading, asked, language))
            .collect()
    });
    write(Sheet {
        title,
        headings: &headings,
        rows: &mut rows,
    })
}

/// A cell as a person reads it; what has a wording already stays.
fn in_words(
    cell: SheetCell,
    heading: &Heading,
    asked: &LiveAnswer,
    language: Language,
) -> SheetCell {
    match (heading.name, &asked.inquiry.verdict) {
        ("trade_state", QueryVerdict::Known(state)) => match &state.state {
            // A word that the documents do not have stays as it came.
            TradeState::Unknown(_) => cell,
            known => SheetCell::text(known.name().in_language(language)),
        },
        ("local_status", _) => asked
            .local
            .map_or(SheetCell::Empty, |order| pay_cell(order.pay_status)),
        ("differences", _) => {
            let told = asked.differences.iter();
            let told: Vec<&str> = told.map(|differ| differ.words.get(language)).collect();
            SheetCell::text(&told.join(language.pick("；", "; ")))
        }
        ("reason", _) => SheetCell::text(&reason_in_words(asked, language)),
        _ => cell,
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
