//! 差错: the findings of a run with what people have made of them.

use std::collections::BTreeMap;

use recondesk_domain::{BillDate, Fen, Finding, facts_in_words};
use recondesk_ports::{
    CaseEvent, CaseEventKind, CaseQuery, CaseRecord, ReportCell, ReportColumn, RunRecord,
};

use super::ReportRequest;
use super::table::{amounts, category_cells, money, times, words};
use crate::jobs::case_step::{CaseNextStep, CasePayouts};
use crate::{Failure, Message};

/// The columns; with a day where the rows are of several.
pub(super) fn columns(request: &ReportRequest<'_>, with_day: bool) -> Vec<ReportColumn> {
    let pick = |zh, en| request.pick(zh, en);
    let mut out = vec![
        words(pick("代码", "Code"), 7),
        words(pick("分类", "Category"), 22),
        words(pick("级别", "Severity"), 9),
        words(pick("商户订单号", "Order number"), 34),
        words(pick("业务订单号", "Business order"), 24),
        words(pick("微信订单号", "Payment number"), 34),
        words(pick("商户退款单号", "Refund number"), 28),
        amounts(pick("账单金额 ¥", "Bill ¥")),
        amounts(pick("商户金额 ¥", "Merchant ¥")),
        amounts(pick("差额 ¥", "Difference ¥")),
        money(pick("涉及金额 ¥", "At stake ¥")),
        times(pick("支付时间", "Paid at")),
        words(pick("状态", "Status"), 10),
        words(pick("负责人", "Owner"), 12),
        words(pick("处理决定", "Decision"), 28),
        words(pick("备注", "Notes"), 36),
        words(pick("建议", "Suggestion"), 22),
        words(pick("说明", "Detail"), 32),
    ];
    if with_day {
        out.insert(0, times(pick("账单日", "Day")));
    }
    out
}

/// The rows of one run, in order of report.
///
/// # Errors
/// [`Failure`] when the workspace cannot be read.
pub(super) fn rows(
    request: &ReportRequest<'_>,
    run: &RunRecord,
    with_day: bool,
) -> Result<Vec<Vec<ReportCell>>, Failure> {
    let records = request.ports.records.as_ref();
    let known = records.cases(&CaseQuery {
        profile: Some(request.id),
        day: Some(run.day),
        closed_too: true,
        ..CaseQuery::default()
    })?;
    let known: BTreeMap<&str, &CaseRecord> =
        known.iter().map(|case| (case.key.as_str(), case)).collect();
    let payouts = CasePayouts::read(request.ports.casework.as_ref(), Some(request.id))?;
    let mut out = Vec::new();
    for finding in records.findings(run.id)? {
        let case = known.get(finding.case_key(&request.profile.mch_id).as_str());
        let events = match case {
            Some(case) => records.case_events(case.id)?,
            None => Vec::new(),
        };
        let step = case.map(|case| payouts.step(case));
        let mut row = row(request, &finding, step, case.copied(), &events);
        if with_day {
            row.insert(0, ReportCell::Day(run.day));
        }
        out.push(row);
    }
    Ok(out)
}

fn row(
    request: &ReportRequest<'_>,
    finding: &Finding,
    step: Option<CaseNextStep>,
    case: Option<&CaseRecord>,
    events: &[CaseEvent],
) -> Vec<ReportCell> {
    let language = request.language;
    let action = finding.action();
    let words = step.map_or_else(|| Message::new(action.zh(), action.en()), |step| step.words);
    let mut out = category_cells(finding.category, language).to_vec();
    out.extend([
        ReportCell::text(finding.out_trade_no.as_str()),
        ReportCell::text(finding.order_no.as_str()),
        ReportCell::text(finding.transaction_id.as_str()),
        ReportCell::text(finding.out_refund_no.as_str()),
        ReportCell::money(finding.bill),
        ReportCell::money(finding.merchant),
        ReportCell::money(difference(finding)),
        stake(finding),
        finding.paid_at.map_or(ReportCell::Empty, ReportCell::Time),
        case.map_or(ReportCell::Empty, |case| {
            ReportCell::text(language.pick(case.status.zh(), case.status.en()))
        }),
        case.map_or(ReportCell::Empty, |case| ReportCell::text(&case.owner)),
        ReportCell::text(&decision(events)),
        ReportCell::text(&notes(events)),
        ReportCell::text(words.get(language)),
        ReportCell::text(&facts_in_words(&finding.detail, language)),
    ]);
    out
}

/// Bill minus merchant where both have an amount.
fn difference(finding: &Finding) -> Option<Fen> {
    finding.bill?.checked_sub(finding.merchant?)
}

/// Only what needs a person is at stake, as in the sentence of the day.
fn stake(finding: &Finding) -> ReportCell {
    if finding.category.severity().needs_person() {
        ReportCell::Money(finding.at_stake())
    } else {
        ReportCell::Empty
    }
}

/// The last step a person took, with who and when.
fn decision(events: &[CaseEvent]) -> String {
    let step = events
        .iter()
        .rfind(|event| event.kind == CaseEventKind::Status && !event.actor.is_empty());
    step.map_or_else(String::new, |event| {
        let reason = event.text.split_once('\n').map_or("", |(_, reason)| reason);
        let by = format!("{} {}", event.actor, day_of(event));
        if reason.is_empty() {
            by
        } else {
            format!("{reason}\n{by}")
        }
    })
}

pub(in crate::jobs) fn notes(events: &[CaseEvent]) -> String {
    let notes = events
        .iter()
        .filter(|event| event.kind == CaseEventKind::Note)
        .map(|event| format!("{} {}：{}", day_of(event), event.actor, event.text));
    notes.collect::<Vec<_>>().join("\n")
}

fn day_of(event: &CaseEvent) -> BillDate {
    event.at.day()
}
