//! Which cases a command is about: by key, by number, or by a filter.

use recondesk_app::{Failure, FailureKind, Message};
use recondesk_ports::{CaseQuery, CaseRecord, Ports};

/// The one case that a word names: its number here, its key, or the order or refund number it is about.
pub(super) fn by_word(ports: &Ports, word: &str) -> Result<CaseRecord, Failure> {
    let word = word.trim();
    let all = ports.records.cases(&CaseQuery {
        closed_too: true,
        ..CaseQuery::default()
    })?;
    let is_key = |case: &&CaseRecord| case.key == word || case.id.0.to_string() == word;
    let is_number = |case: &&CaseRecord| {
        let finding = &case.finding;
        [
            finding.out_trade_no.as_str(),
            finding.transaction_id.as_str(),
            finding.out_refund_no.as_str(),
        ]
        .contains(&word)
    };
    let mut found: Vec<&CaseRecord> = all.iter().filter(is_key).collect();
    if found.is_empty() && !word.is_empty() {
        found = all.iter().filter(is_number).collect();
        if found.len() > 1 {
            let open: Vec<&CaseRecord> = found
                .iter()
                .copied()
                .filter(|case| !case.status.is_closed())
                .collect();
            found = if open.is_empty() { found } else { open };
        }
    }
    match found.as_slice() {
        [one] => Ok((*one).clone()),
        [] => Err(Failure::new(
            FailureKind::Usage,
            "case.missing",
            Message::new("没有这条差错", "There is no such case"),
            Message::new(
                "recondesk cases list 列出差错；写编号、键或单号",
                "recondesk cases list shows them; name one by id, key or number",
            ),
        )
        .with_detail(word)),
        several => {
            let keys: Vec<&str> = several.iter().map(|case| case.key.as_str()).collect();
            Err(Failure::new(
                FailureKind::Usage,
                "case.several",
                Message::new("这个单号有多条差错", "Several cases are about this number"),
                Message::new("写差错的键", "Name one by its key"),
            )
            .with_detail(keys.join(", ")))
        }
    }
}
