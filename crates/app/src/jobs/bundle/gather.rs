//! Puts the evidence of an order together from the books, the records and the trail.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::document::{EvidenceDocument, EvidenceEntry, EvidenceRow, FORMAT};
use super::shop::SubMerchantChoice;
use crate::jobs::audit;
use crate::jobs::views::certificate::hex;
use crate::{Failure, FailureKind, MerchantRef, Message};
use recondesk_domain::{PersonalData, ProfileId, RowRef, is_personal, mask_value};
use recondesk_ports::{
    BookRow, CaseQuery, CaseRecord, ImportRecord, Ports, RefundQuery, ReissueRecord,
};

/// More questions of one order than this are not told one by one.
const MOST_EXCHANGES: u32 = 1_000;
/// Shorter values of customers are found by chance in other words.
const SHORTEST_KNOWN: usize = 6;

/// Gathers everything about an order of a merchant, or of the sub-merchant named; personal data of customers is masked unless asked for.
///
/// # Errors
/// When nothing is known of the order, or the workspace cannot be read.
pub fn gather(
    ports: &Ports,
    MerchantRef { id, profile }: MerchantRef<'_>,
    number: &str,
    sub_mch_id: &str,
    personal: PersonalData,
) -> Result<EvidenceDocument, Failure> {
    let shop = SubMerchantChoice::choose(ports, id, number, sub_mch_id)?;
    let mut customers = BTreeSet::new();
    let rows = rows(ports, id, (number, &shop), personal, &mut customers)?;
    let mut refunds = ports.casework.refunds(&RefundQuery {
        profile: Some(id),
        out_trade_no: Some(number.to_owned()),
        ..RefundQuery::default()
    })?;
    refunds.retain(|known| shop.has(&known.draft.sub_mch_id));
    let mut reissues = ports.casework.reissues(Some(id))?;
    reissues.retain(|known| known.draft.out_trade_no == number);
    let mut cases = ports.records.cases(&CaseQuery {
        profile: Some(id),
        closed_too: true,
        ..CaseQuery::default()
    })?;
    cases.retain(|case| case.finding.out_trade_no.as_str() == number);
    let others: BTreeSet<String> = cases
        .iter()
        .filter(|case| !shop.has(case.finding.sub_mch_id.as_str()))
        .map(|case| case.key.clone())
        .collect();
    cases.retain(|case| !others.contains(&case.key));
    reissues.retain(|known| !others.contains(&known.draft.case_key));
    let observations = observations(ports, id, number, &shop)?;
    let exchanges = exchanges(ports, id, number, &shop)?;
    let mut told = Vec::new();
    let mut subjects = BTreeSet::from([format!("reissue/{number}")]);
    for refund in &refunds {
        subjects.insert(format!("refund/{}", refund.out_refund_no));
        told.push(refund_json(ports, refund)?);
    }
    for case in &cases {
        subjects.insert(format!("case/{}/{}", id.0, case.key));
        subjects.insert(format!("carry/{}/{}", id.0, case.key));
    }
    let reading = audit::verify(ports)?;
    if rows.is_empty() && cases.is_empty() && refunds.is_empty() && exchanges.is_empty() {
        return Err(nothing(number));
    }
    let mut evidence = EvidenceDocument {
        format: FORMAT.to_owned(),
        merchant: profile.name.clone(),
        mch_id: profile.mch_id.clone(),
        out_trade_no: number.to_owned(),
        made_at: ports.clock.now().to_string(),
        masked: personal == PersonalData::Masked,
        rows,
        observations,
        exchanges,
        cases: cases
            .iter()
            .map(|case| case_json(ports, case))
            .collect::<Result<_, _>>()?,
        refunds: told,
        reissues: reissues
            .iter()
            .map(|known| reissue_json(ports, known))
            .collect::<Result<_, _>>()?,
        trail: trail(ports, &subjects)?,
        trail_entries: reading.entries,
        trail_head: hex(&reading.head),
    };
    if personal == PersonalData::Masked {
        mask(&mut evidence, &customers);
    }
    Ok(evidence)
}

/// What WeChat Pay said of the order, asked or unasked.
fn observations(
    ports: &Ports,
    id: ProfileId,
    number: &str,
    shop: &SubMerchantChoice,
) -> Result<Vec<Value>, Failure> {
    let mut out = Vec::new();
    for seen in ports.records.observations(number)? {
        if seen.profile == id && shop.has(&seen.sub_mch_id) && shop.may_have(&seen.document) {
            let document = parsed(&seen.document);
            out.push(json!({
                "at": seen.at.to_string(),
                "source": format!("{:?}", seen.source),
                "state": seen.state,
                "amount_fen": seen.amount.map(recondesk_domain::Fen::get),
                "set_aside": seen.aside,
                "document": document,
            }));
        }
    }
    Ok(out)
}

/// The questions of the order.
fn exchanges(
    ports: &Ports,
    id: ProfileId,
    number: &str,
    shop: &SubMerchantChoice,
) -> Result<Vec<Value>, Failure> {
    let mut out = Vec::new();
    for asked in ports.records.exchanges(number, MOST_EXCHANGES)? {
        if asked.profile == id && shop.may_have(&asked.document) {
            let document = parsed(&asked.document);
            out.push(json!({
                "at": asked.at.to_string(),
                "operation": asked.operation,
                "outcome": asked.outcome,
                "document": document,
            }));
        }
    }
    Ok(out)
}

fn nothing(number: &str) -> Failure {
    Failure::new(
        FailureKind::Usage,
        "bundle.empty",
        Message::new(
            "工作区里没有这个订单",
            "Nothing in the workspace is about this order",
        ),
        Message::new(
            "核对商户订单号和商户档案",
            "Check the order number and the profile",
        ),
    )
    .with_detail(number)
}

fn parsed(document: &str) -> Value {
    serde_json::from_str(document).unwrap_or_else(|_| json!(document))
}

/// The rows of an order in every file that has it; what is personal in them goes to `customers`.
fn rows(
    ports: &Ports,
    id: ProfileId,
    (number, shop): (&str, &SubMerchantChoice),
    personal: PersonalData,
    customers: &mut BTreeSet<String>,
) -> Result<Vec<EvidenceRow>, Failure> {
    let imports = ports.books.imports(id)?;
    let mut out: Vec<EvidenceRow> = Vec::new();
    for found in ports.books.find(number)? {
        if found.profile != id || !shop.has_row(&found.row) {
            continue;
        }
        let (book, row) = match &found.row {
            BookRow::Pay(row) => ("pay", row.row),
            BookRow::Refund(row) => ("refund", row.row),
            BookRow::Order(row) => ("order", row.row),
            BookRow::MerchantRefund(row) => ("merchant_refund", row.row),
        };
        let Some(import) = imports.iter().find(|known| known.import == row.import) else {
            continue;
        };
        let raw = ports.books.raw_row(row)?;
        for (heading, cell) in raw.header.iter().zip(&raw.cells) {
            let cell = cell.trim_matches(['`', '"', ' ', '\t']);
            if is_personal(heading) && cell.chars().count() >= SHORTEST_KNOWN {
                customers.insert(cell.to_owned());
            }
        }
        let text = match personal {
            PersonalData::Shown => raw.text.clone(),
            PersonalData::Masked => raw.plain().masked_text(),
        };
        let entry = EvidenceRow {
            book: book.to_owned(),
            day: found.day.map(|day| day.to_string()).unwrap_or_default(),
            file: import.name.clone(),
            file_sha256: hex(&import.sha256),
            line: raw.line,
            byte_offset: offset(ports, import, row, &raw.text)?,
            text,
            superseded: found.superseded,
        };
        if !out.contains(&entry) {
            out.push(entry);
        }
    }
    out.sort_by(|a, b| (&a.day, &a.file, a.line).cmp(&(&b.day, &b.file, b.line)));
    Ok(out)
}

/// Where a line begins in the bytes of its file; nothing when these bytes are not the line as it is shown.
fn offset(
    ports: &Ports,
    import: &ImportRecord,
    row: RowRef,
    text: &str,
) -> Result<Option<u64>, Failure> {
    let wanted = text.as_bytes();
    let mut line = 1_u32;
    let mut at = 0_u64;
    let mut begins = (row.line == 1).then_some(0);
    let mut seen: Vec<u8> = Vec::new();
    ports.books.raw_file(import.import, &mut |piece| {
        for byte in piece {
            if begins.is_some() && seen.len() < wanted.len() {
                seen.push(*byte);
            }
            at = at.saturating_add(1);
            if *byte == b'\n' && begins.is_none() {
                line = line.saturating_add(1);
                if line == row.line {
                    begins = Some(at);
                }
            }
        }
    })?;
    Ok(begins.filter(|_| !wanted.is_empty() && seen == wanted))
}

fn case_json(ports: &Ports, case: &CaseRecord) -> Result<Value, Failure> {
    let history: Vec<Value> = ports
        .records
        .case_events(case.id)?
        .iter()
        .map(|event| {
            json!({
                "at": event.at.to_string(),
                "actor": event.actor,
                "kind": event.kind.word(),
                "text": event.text,
            })
        })
        .collect();
    Ok(json!({
        "case": case.key,
        "code": case.finding.category.code(),
        "category": case.finding.category.name(),
        "status": case.status.word(),
        "owner": case.owner,
        "day": case.day.to_string(),
        "history": history,
    }))
}

fn refund_json(ports: &Ports, refund: &recondesk_ports::RefundRecord) -> Result<Value, Failure> {
    let history: Vec<Value> = ports
        .casework
        .refund_history(refund.id)?
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
    let judged = refund
        .approval
        .as_ref()
        .and_then(|asked| asked.judged.as_ref());
    Ok(json!({
        "out_refund_no": refund.out_refund_no.as_str(),
        "amount_fen": refund.refund.amount.get(),
        "total_fen": refund.draft.total.get(),
        "state": refund.refund.stage.word(),
        "refund_id": refund.refund_id,
        "maker": refund.draft.maker,
        "checker": judged.map(|judged| &judged.0),
        "history": history,
    }))
}

fn reissue_json(ports: &Ports, known: &ReissueRecord) -> Result<Value, Failure> {
    let history: Vec<Value> = ports
        .casework
        .reissue_history(known.id)?
        .iter()
        .map(|entry| {
            json!({
                "at": entry.at.to_string(),
                "actor": entry.actor,
                "event": entry.event,
                "state": entry.stage.word(),
                "evidence": parsed(&entry.evidence),
            })
        })
        .collect();
    Ok(json!({
        "by": known.draft.way.word(),
        "state": known.stage.word(),
        "idempotency_key": known.draft.key,
        "maker": known.draft.maker,
        "history": history,
    }))
}

fn trail(ports: &Ports, subjects: &BTreeSet<String>) -> Result<Vec<EvidenceEntry>, Failure> {
    let mut out = Vec::new();
    for subject in subjects {
        for entry in ports.casework.audit_of(subject)? {
            out.push(EvidenceEntry {
                id: entry.id,
                at_unix: entry.at.unix(),
                actor: entry.actor,
                kind: entry.kind,
                subject: entry.subject,
                document: entry.document,
                before: hex(&entry.before),
                hash: hex(&entry.hash),
            });
        }
    }
    out.sort_by_key(|entry| entry.id);
    Ok(out)
}

/// Masks what is personal in the documents, and whatever repeats it.
fn mask(evidence: &mut EvidenceDocument, customers: &BTreeSet<String>) {
    let without = |name: &str, text: &str| {
        customers
            .iter()
            .fold(mask_value(name, text), |text, customer| {
                text.replace(customer.as_str(), "***")
            })
    };
    let lists = [
        &mut evidence.observations,
        &mut evidence.exchanges,
        &mut evidence.refunds,
        &mut evidence.reissues,
    ];
    for value in lists.into_iter().flatten() {
        mask_texts(value, "", &without);
    }
}

/// Puts every text of a document through `without`, with the name of its field.
fn mask_texts(value: &mut Value, name: &str, without: &dyn Fn(&str, &str) -> String) {
    match value {
        Value::String(text) => *text = without(name, text),
        Value::Array(all) => all
            .iter_mut()
            .for_each(|value| mask_texts(value, name, without)),
        Value::Object(fields) => fields
            .iter_mut()
            .for_each(|(name, value)| mask_texts(value, name, without)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
