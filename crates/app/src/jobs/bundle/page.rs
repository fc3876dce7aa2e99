//! The evidence as a page for people; the same evidence always gives the same page.

use std::fmt::Write as _;

use serde_json::Value;

use super::document::EvidenceDocument;
use crate::jobs::sign_off::{escape, head, heading, table};

fn text(value: &Value, name: &str) -> String {
    match value.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

/// The steps of a history, one after the other.
fn history(value: &Value) -> String {
    let steps = value.get("history").and_then(Value::as_array);
    let said: Vec<String> = steps
        .into_iter()
        .flatten()
        .map(|step| {
            let words = ["at", "actor", "state", "kind", "text", "said"].map(|name| {
                let word = text(step, name);
                word.replace('\n', " ")
            });
            let words: Vec<&str> = words
                .iter()
                .map(String::as_str)
                .filter(|word| !word.is_empty())
                .collect();
            words.join(" ")
        })
        .collect();
    said.join("; ")
}

/// The lines of the books, as they stand in the files.
fn raw_lines(out: &mut String, evidence: &EvidenceDocument) {
    heading(out, "原始行", "Raw lines");
    let rows: Vec<Vec<String>> = evidence
        .rows
        .iter()
        .map(|row| {
            let place = row
                .byte_offset
                .map_or_else(String::new, |at| format!(" @{at}"));
            vec![
                row.book.clone(),
                row.day.clone(),
                format!("{}:{}{place}", row.file, row.line),
                row.file_sha256.clone(),
                row.text.clone(),
            ]
        })
        .collect();
    let names = ["账 Book", "日 Day", "位置 Place", "SHA-256", "原文 Line"];
    table(out, &names, &rows);
}

/// The entries of the audit trail that are about the order.
fn audit_trail(out: &mut String, evidence: &EvidenceDocument) {
    heading(out, "留痕", "Audit trail");
    let rows: Vec<Vec<String>> = evidence
        .trail
        .iter()
        .map(|entry| {
            vec![
                entry.id.to_string(),
                entry.actor.clone(),
                entry.kind.clone(),
                entry.subject.clone(),
                entry.hash.clone(),
            ]
        })
        .collect();
    table(out, &["#", "actor", "kind", "subject", "seal"], &rows);
}

/// The page.
pub(super) fn html(evidence: &EvidenceDocument) -> String {
    let e = evidence;
    let mut out = head(&format!("订单证据 {}", e.out_trade_no));
    let _written = writeln!(
        out,
        "<h1>订单证据 <small>Evidence of an order</small></h1>\n<p>{} · {} · <code>{}</code> · {}</p>",
        escape(&e.merchant),
        escape(&e.mch_id),
        escape(&e.out_trade_no),
        escape(&e.made_at),
    );
    raw_lines(&mut out, e);
    for (zh, en, list, names) in [
        (
            "通知与答复",
            "Notifications and answers",
            &e.observations,
            ["at", "source", "state", "amount_fen", "set_aside"],
        ),
        (
            "查询",
            "Questions",
            &e.exchanges,
            ["at", "operation", "outcome", "", ""],
        ),
        (
            "差错",
            "Cases",
            &e.cases,
            ["case", "code", "status", "owner", "day"],
        ),
        (
            "退款",
            "Refunds",
            &e.refunds,
            ["out_refund_no", "amount_fen", "state", "maker", "checker"],
        ),
        (
            "补发货",
            "Reissues",
            &e.reissues,
            ["by", "state", "idempotency_key", "maker", ""],
        ),
    ] {
        heading(&mut out, zh, en);
        let names: Vec<&str> = names.into_iter().filter(|name| !name.is_empty()).collect();
        let rows: Vec<Vec<String>> = list
            .iter()
            .map(|value| {
                let mut cells: Vec<String> = names.iter().map(|name| text(value, name)).collect();
                cells.push(history(value));
                cells
            })
            .collect();
        let mut all = names;
        all.push("history");
        table(&mut out, &all, &rows);
    }
    audit_trail(&mut out, e);
    let _written = writeln!(
        out,
        "<p>{} · <code>{}</code></p>\n<p>核验 <small>verify</small>: <code>recondesk bundle verify FILE</code></p>\n</body>\n</html>",
        e.trail_entries,
        escape(&e.trail_head),
    );
    out
}
