//! One number told: for people as text, for programs as JSON.

use serde_json::{Value, json};

use super::NumberAnswer;
use crate::cli::table::TextTable;
use recondesk_app::Language;
use recondesk_app::jobs::inquiry::QueryVerdict;
use recondesk_app::jobs::lookup::OrderView;
use recondesk_app::jobs::lookup::answers::verdict_word;
use recondesk_app::jobs::lookup::live::LiveAnswer;
use recondesk_domain::Fen;
use recondesk_ports::NumberKind;

pub(super) const fn kind_words(kind: NumberKind) -> (&'static str, &'static str, &'static str) {
    match kind {
        NumberKind::OutTradeNo => ("out_trade_no", "商户订单号", "order number"),
        NumberKind::TransactionId => ("transaction_id", "微信支付订单号", "payment number"),
        NumberKind::OutRefundNo => ("out_refund_no", "商户退款单号", "refund number"),
        NumberKind::RefundId => ("refund_id", "微信退款单号", "WeChat Pay refund number"),
        NumberKind::OrderNo => ("order_no", "业务订单号", "business order number"),
    }
}

pub(super) fn answers_text(answers: &[NumberAnswer], lang: Language) -> String {
    let mut out = String::new();
    for answer in answers {
        let NumberAnswer {
            found,
            stories,
            near,
            asked,
        } = answer;
        if stories.is_empty() {
            let words = lang.pick("工作区里没有这个单号", "not in the workspace");
            out.extend([
                found.number.as_str(),
                ": ",
                words,
                "
",
            ]);
            if !near.is_empty() {
                let words = lang.pick("是不是", "Meant may be");
                out.extend([words, ": ", &near.join(lang.pick("、", ", ")), "\n"]);
            }
        }
        if let Some(words) = shared_business(&found.number, stories, lang) {
            out.extend([words.as_str(), "\n"]);
        }
        for view in stories {
            story_text(&mut out, view, lang);
        }
        for asked in asked {
            // Where WeChat Pay was asked and gave no answer, its trouble speaks: asking is no advice any more.
            if stories.is_empty() && asked.parts.is_empty() && !asked.is_unclear() {
                let summary = &asked.summary;
                let step = lang.pick(summary.step.zh(), summary.step.en());
                let name = lang.pick("建议", "Next step");
                out.extend([summary.words.get(lang), "\n", name, ": ", step, "\n"]);
            }
            asked_text(&mut out, asked, lang);
        }
    }
    out
}

/// Says that a number is the business order of several payments: each has a story of its own, the first is not all.
fn shared_business(number: &str, stories: &[OrderView], lang: Language) -> Option<String> {
    let is_shared = |view: &&OrderView| view.kind == NumberKind::OrderNo;
    if stories.len() < 2 || !stories.iter().any(|view| is_shared(&view)) {
        return None;
    }
    let orders: Vec<&str> = stories
        .iter()
        .map(|view| view.record.out_trade_no.as_str())
        .collect();
    let (count, orders) = (orders.len(), orders.join(lang.pick("、", ", ")));
    Some(match lang {
        Language::Zh => {
            format!("{number} 也是业务订单号，共 {count} 笔商户订单：{orders}，各看各的")
        }
        Language::En => format!(
            "{number} is also a business order of {count} merchant orders: {orders}; each has its own story"
        ),
    })
}

fn story_text(out: &mut String, view: &OrderView, lang: Language) {
    let dossier = &view.record;
    let (_, zh, en) = kind_words(view.kind);
    let step = view.sentence.step;
    let mut line = |text: &str| {
        out.push_str(text);
        out.push('\n');
    };
    line(view.sentence.words.get(lang));
    line(&format!(
        "{}: {}",
        lang.pick("建议", "Next step"),
        lang.pick(step.zh(), step.en())
    ));
    line(&format!(
        "{}: {} · {}: {} · {}",
        lang.pick("商户", "Merchant"),
        dossier.profile.1.name,
        lang.pick("商户号", "mch_id"),
        dossier.profile.1.mch_id,
        lang.pick(zh, en),
    ));
    line(&format!(
        "{}: {}",
        lang.pick("对账用（商户订单号）", "To reconcile (out_trade_no)"),
        dossier.out_trade_no
    ));
    let paid = dossier.transaction_id();
    if !paid.is_empty() {
        line(&format!(
            "{}: {paid}",
            lang.pick(
                "联系微信支付用（微信支付订单号）",
                "For WeChat Pay's support (transaction_id)"
            )
        ));
    }
    let names = match lang {
        Language::Zh => ["时间", "事件", "金额", "状态", "来源"],
        Language::En => ["Time", "Event", "Amount", "State", "Source"],
    };
    let mut table = TextTable::new(names).right(2);
    for entry in &view.entries {
        table.row([
            entry.at.map_or_else(String::new, |at| at.to_string()),
            entry.words.get(lang).to_owned(),
            entry.amount.map_or_else(String::new, Fen::grouped),
            entry.state_words().get(lang).to_owned(),
            entry.source.clone(),
        ]);
    }
    line(&table.print());
}

fn asked_text(out: &mut String, asked: &LiveAnswer, lang: Language) {
    if !asked.parts.is_empty() {
        return parts_text(out, asked, lang);
    }
    let mut line = |text: String| {
        out.push_str(&text);
        out.push('\n');
    };
    let (_, term) = verdict_word(asked);
    if !asked.sub_mch_id.is_empty() {
        let name = lang.pick("特约商户", "Sub-merchant");
        line(format!("{name}: {}", asked.sub_mch_id));
    }
    line(format!(
        "{}: {}",
        lang.pick("微信支付答复", "WeChat Pay says"),
        lang.pick(term.zh, term.en)
    ));
    match &asked.inquiry.verdict {
        QueryVerdict::Known(state) => {
            let (name, next) = (state.state.name(), state.state.next());
            line(format!(
                "  {} {} — {}",
                state.state.word(),
                lang.pick(name.zh, name.en),
                lang.pick(next.zh, next.en)
            ));
            if let Some(total) = state.total_fee {
                line(format!(
                    "  ¥{} {}",
                    total.grouped(),
                    state.paid_at.map_or_else(String::new, |at| at.to_string())
                ));
            }
        }
        QueryVerdict::NotFound => {}
        QueryVerdict::ExchangeError(trouble) => {
            let (_, advice) = trouble.words();
            line(format!("  {}", trouble.told().get(lang)));
            line(format!("  {}", advice.get(lang)));
            let technical = trouble.technical();
            if !technical.is_empty() && lang == Language::Zh {
                line(format!("  技术信息: {technical}"));
            }
        }
    }
    if let Some(Ok(refunds)) = &asked.inquiry.refunds {
        for refund in refunds {
            let name = refund.state.name();
            line(format!(
                "  {} {} ¥{} {}",
                refund.out_refund_no,
                refund.refund_id,
                refund.refund_fee.grouped(),
                lang.pick(name.zh, name.en)
            ));
        }
    }
    for differ in &asked.differences {
        line(format!(
            "  ≠ {}: {} / {} {}",
            differ.field,
            differ.ours,
            differ.theirs,
            differ.words.get(lang)
        ));
    }
}

/// A combined order: what it is, then each part with its own conclusion and next step.
fn parts_text(out: &mut String, asked: &LiveAnswer, lang: Language) {
    let (whole, count) = (&asked.number, asked.parts.len());
    let sum = match &asked.inquiry.verdict {
        QueryVerdict::Known(state) => state.total_fee,
        QueryVerdict::NotFound | QueryVerdict::ExchangeError(_) => None,
    };
    let sum = sum.map_or_else(|| "—".to_owned(), Fen::grouped);
    let title = match lang {
        Language::Zh => format!("合单 {whole}：{count} 笔子单，共 ¥{sum}，逐笔处理\n"),
        Language::En => {
            format!("Combined order {whole}: {count} parts, ¥{sum}, each followed up by itself\n")
        }
    };
    out.push_str(&title);
    for part in &asked.parts {
        let summary = &part.summary;
        let step = lang.pick(summary.step.zh(), summary.step.en());
        let lines = [
            (lang.pick("子单", "Part"), part.number.as_str()),
            (lang.pick("结论", "Conclusion"), summary.words.get(lang)),
            (lang.pick("建议", "Next step"), step),
        ];
        for (name, value) in lines {
            out.extend([name, ": ", value, "\n"]);
        }
        asked_text(out, part, lang);
        if let QueryVerdict::Known(state) = &part.inquiry.verdict
            && !state.transaction_id.is_empty()
        {
            out.extend(["  transaction_id ", &state.transaction_id, "\n"]);
        }
    }
}

pub(super) fn answer_json(answer: &NumberAnswer) -> Value {
    let NumberAnswer {
        found,
        stories,
        near,
        asked,
    } = answer;
    let kinds: Vec<&str> = found.kinds.iter().map(|kind| kind_words(*kind).0).collect();
    let stories: Vec<Value> = stories.iter().map(story_json).collect();
    json!({
        "number": found.number,
        "kinds": kinds,
        "suspect": found.suspect,
        "stories": stories,
        "near": near,
        "live": asked.first().map(asked_json),
        "live_each": asked.iter().map(asked_json).collect::<Vec<_>>(),
    })
}

fn story_json(view: &OrderView) -> Value {
    let dossier = &view.record;
    let entries: Vec<Value> = view
        .entries
        .iter()
        .map(|entry| {
            json!({
                "at": entry.at.map(|at| at.to_string()),
                "kind": entry.kind.word(),
                "zh": entry.words.zh, "en": entry.words.en,
                "fen": entry.amount.map(Fen::get),
                "state": entry.state, "source": entry.source,
            })
        })
        .collect();
    json!({
        "profile": dossier.profile.1.name,
        "mch_id": dossier.profile.1.mch_id,
        "kind": kind_words(view.kind).0,
        "out_trade_no": dossier.out_trade_no,
        "sub_mch_id": dossier.sub_mch_id(),
        "transaction_id": dossier.transaction_id(),
        "standing": view.sentence.standing.word(),
        "zh": view.sentence.words.zh,
        "en": view.sentence.words.en,
        "action": view.sentence.step.word(),
        "category": view.sentence.category.map(recondesk_domain::Category::code),
        "timeline": entries,
    })
}

fn asked_json(asked: &LiveAnswer) -> Value {
    let state = match &asked.inquiry.verdict {
        QueryVerdict::Known(state) => json!({
            "trade_state": state.state.word(),
            "out_trade_no": state.out_trade_no,
            "transaction_id": state.transaction_id,
            "total_fen": state.total_fee.map(Fen::get),
            "paid_at": state.paid_at.map(|at| at.to_string()),
        }),
        _ => Value::Null,
    };
    let trouble = asked.trouble().map_or(
        Value::Null,
        |trouble| json!({ "code": trouble.code(), "detail": trouble.to_string() }),
    );
    let refunds = match &asked.inquiry.refunds {
        Some(Ok(refunds)) => refunds
            .iter()
            .map(|refund| {
                json!({
                    "out_refund_no": refund.out_refund_no, "refund_id": refund.refund_id,
                    "fen": refund.refund_fee.get(), "state": refund.state.v2_word(),
                })
            })
            .collect(),
        _ => Vec::new(),
    };
    let differences: Vec<Value> = asked
        .differences
        .iter()
        .map(|differ| {
            json!({
                "field": differ.field, "local": differ.ours, "wechat": differ.theirs,
                "zh": differ.words.zh, "en": differ.words.en,
            })
        })
        .collect();
    json!({
        "verdict": verdict_word(asked).0,
        "number": asked.number,
        "other_merchant": asked.other_merchant,
        "parts": asked.parts.iter().map(asked_json).collect::<Vec<_>>(),
        "sub_mch_id": asked.sub_mch_id,
        "standing": asked.summary.standing.word(),
        "zh": asked.summary.words.zh, "en": asked.summary.words.en,
        "action": asked.summary.step.word(),
        "category": asked.summary.category.map(recondesk_domain::Category::code),
        "order": state,
        "refunds": refunds,
        "differences": differences,
        "trouble": trouble,
        "request_ids": asked.inquiry.exchanges.iter().filter_map(|one| one.request_id()).collect::<Vec<_>>(),
    })
}
