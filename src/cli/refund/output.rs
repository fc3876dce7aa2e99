//! Refunds on their way out: one, a table, the history; for people and for programs.

use serde_json::{Value, json};

use crate::cli::context::CommandContext;
use crate::cli::profile::ListFormat;
use crate::cli::table::TextTable;
use crate::cli::terminal_output::{print, print_json};
use recondesk_app::jobs::case_words::stored_words;
use recondesk_app::jobs::refund::{advice_of, state_words};
use recondesk_app::model::person_in_words;
use recondesk_app::{Failure, Language, Surface};
use recondesk_domain::printable;
use recondesk_ports::{Ports, RefundRecord};

/// A refund as programs read it.
pub(in crate::cli) fn refund_json(record: &RefundRecord) -> Value {
    json!({
        "intent": record.id.0,
        "out_refund_no": record.out_refund_no.as_str(),
        "out_trade_no": record.draft.out_trade_no,
        "case": record.draft.case_key,
        "nth": record.nth,
        "amount_fen": record.refund.amount.get(),
        "total_fen": record.draft.total.get(),
        "reason": record.draft.reason,
        "maker": record.draft.maker,
        "state": record.refund.stage.word(),
        "approval": record.approval.as_ref().map(|asked| json!({
            "id": asked.id.0,
            "need": asked.need.word(),
            "judgement": asked.judged.as_ref().map(|judged| judged.1.word()),
            "checker": asked.judged.as_ref().map(|judged| &judged.0),
        })),
        "refund_id": record.refund_id,
        "said": record.last_words,
        "created_at": record.created_at.to_string(),
        "changed_at": record.changed_at.to_string(),
    })
}

/// One refund, a line a fact.
pub(super) fn one(
    context: &CommandContext<'_>,
    record: &RefundRecord,
    format: ListFormat,
) -> Result<(), Failure> {
    if format == ListFormat::Json {
        return print_json(&refund_json(record));
    }
    let lang = context.lang;
    let state = state_words(record);
    let mut lines = vec![
        (("编号", "intent"), record.id.0.to_string()),
        (
            ("商户退款单号", "out_refund_no"),
            record.out_refund_no.to_string(),
        ),
        (
            ("商户订单号", "out_trade_no"),
            record.draft.out_trade_no.clone(),
        ),
        (("金额", "amount"), record.refund.amount.to_string()),
    ];
    // The stable word is for those who read English; in Chinese it would be a second language in one line.
    match lang {
        Language::Zh => lines.push((("状态", "state"), state.zh)),
        Language::En => {
            let word = record.refund.stage.word().to_owned();
            lines.extend([(("", "state"), word), (("", ""), state.en)]);
        }
    }
    if !record.refund_id.is_empty() {
        lines.push((("微信退款单号", "refund_id"), record.refund_id.clone()));
    }
    if !record.last_words.is_empty() {
        let said = stored_words(&record.last_words).get(lang).to_owned();
        lines.push((("返回", "said"), said));
    }
    if lang == Language::Zh {
        let mut facts = TextTable::new(["", ""]);
        for ((zh, _), value) in lines {
            facts.row([zh.to_owned(), value]);
        }
        return print(facts.print().trim_start().as_bytes());
    }
    let mut text = String::new();
    for ((_, name), value) in lines {
        let value = printable(&value);
        text.push_str(format!("{name:<14}{value}").trim_end());
        text.push('\n');
    }
    print(text.as_bytes())
}

/// Refunds, one a row.
pub(super) fn table(
    context: &CommandContext<'_>,
    records: &[RefundRecord],
    format: ListFormat,
) -> Result<(), Failure> {
    if format == ListFormat::Json {
        let value: Vec<Value> = records.iter().map(refund_json).collect();
        return print_json(&value);
    }
    let lang = context.lang;
    let mut table = TextTable::new([
        lang.pick("编号", "intent"),
        lang.pick("商户退款单号", "out_refund_no"),
        lang.pick("商户订单号", "out_trade_no"),
        lang.pick("金额", "amount"),
        lang.pick("状态", "state"),
        lang.pick("说明", "meaning"),
        lang.pick("制单人", "maker"),
        lang.pick("返回", "said"),
    ])
    .right(3);
    for record in records {
        table.row([
            record.id.0.to_string(),
            record.out_refund_no.to_string(),
            record.draft.out_trade_no.clone(),
            record.refund.amount.to_string(),
            lang.pick(record.refund.stage.zh(), record.refund.stage.word())
                .to_owned(),
            state_words(record).get(lang).to_owned(),
            record.draft.maker.clone(),
            stored_words(&record.last_words).get(lang).to_owned(),
        ]);
    }
    print(table.print().as_bytes())
}

/// Says where a refund stands and what comes next.
pub(super) fn tell_state(context: &CommandContext<'_>, record: &RefundRecord) {
    let (state, advice) = (state_words(record), advice_of(record));
    let advice = advice.at(Surface::Terminal);
    let number = record.out_refund_no;
    context.tell(
        &format!("{number} {}：{}", state.zh, advice.zh),
        &format!("{number} {}: {}", state.en, advice.en),
    );
}

/// One refund with everything that happened to it.
pub(super) fn show(
    context: &CommandContext<'_>,
    ports: &Ports,
    record: &RefundRecord,
    format: ListFormat,
) -> Result<(), Failure> {
    let history = ports.casework.refund_history(record.id)?;
    if format == ListFormat::Json {
        let events: Vec<Value> = history
            .iter()
            .map(|entry| {
                json!({
                    "at": entry.at.to_string(),
                    "actor": entry.actor,
                    "event": entry.event,
                    "state": entry.stage.word(),
                    "said": entry.note,
                })
            })
            .collect();
        let mut value = refund_json(record);
        if let Value::Object(fields) = &mut value {
            fields.insert("history".to_owned(), Value::Array(events));
        }
        return print_json(&value);
    }
    one(context, record, format)?;
    let lang = context.lang;
    let mut table = TextTable::new([
        lang.pick("时间", "at"),
        lang.pick("操作人", "actor"),
        lang.pick("状态", "state"),
        lang.pick("说明", "said"),
    ]);
    for entry in &history {
        table.row([
            entry.at.to_string(),
            person_in_words(&entry.actor, lang).to_owned(),
            lang.pick(entry.stage.zh(), entry.stage.en()).to_owned(),
            stored_words(&entry.note).get(lang).to_owned(),
        ]);
    }
    print(table.print().as_bytes())
}
