//! Everything that decides the result of a day, read from the workspace.

use serde::Deserialize;

use super::{RunRequest, bill_notes, live_refunds};
use crate::{Failure, MerchantRef};
use recondesk_domain::{Category, Fen, Finding};
use recondesk_ports::{CaseQuery, CaseRecord, ImportRecord, Ports, RunRecord, Standing};
use recondesk_reconcile::{
    BillFacts, DayInput, LaterRow, ReconcileError, Rules, WaitingRefund, later_rows,
};

/// What bills of later days that are here already say against the steps of these findings.
pub(super) fn later_of(
    ports: &Ports,
    ask: &RunRequest<'_>,
    findings: &[Finding],
) -> Result<Vec<LaterRow>, Failure> {
    let evidence = ports.books.evidence(ask.merchant.id)?;
    Ok(later_rows(evidence.as_ref(), ask.day, findings)?)
}

/// Everything that decides the result of the day, read from the workspace.
pub(super) fn input(ports: &Ports, ask: &RunRequest<'_>) -> Result<DayInput, Failure> {
    let MerchantRef { id, profile } = ask.merchant;
    let mut rules = Rules::of(profile);
    rules.cut_off_minutes = ask.cut_off_minutes.unwrap_or(rules.cut_off_minutes);
    let mut input = DayInput::new(&profile.mch_id, ask.day, rules);
    input.pool = ports.records.opening_pool(id, ask.day)?;
    let imports = ports.books.imports(id)?;
    // A bill of a later day says nothing of this one; merchant files may say something of any day.
    // Bills of accounts and statements of banks are compared by themselves.
    let is_read = |import: &ImportRecord| {
        import.kind.starts_with("bill.") || matches!(import.kind.as_str(), "orders" | "refunds")
    };
    let counts = |import: &&ImportRecord| {
        is_read(import)
            && import.standing == Standing::Verified
            && import.day.is_none_or(|day| day <= ask.day)
    };
    input.sources = imports
        .iter()
        .filter(counts)
        .map(|import| import.sha256)
        .collect();
    let of_day: Vec<&ImportRecord> = imports
        .iter()
        .filter(|import| import.day == Some(ask.day))
        .collect();
    let is_later = |import: &ImportRecord| {
        import.standing == Standing::Verified && import.day.is_some_and(|day| day > ask.day)
    };
    if imports.iter().any(is_later)
        && let Some(run) = ports.records.current_run(id, ask.day)?
    {
        input.later = later_of(ports, ask, &ports.records.findings(run.id)?)?;
    }
    input.waiting_refunds = waiting_refunds(ports, ask)?;
    let no_bill_days = crate::jobs::no_bill::empty_days(ports, id)?;
    input.bill = bill_facts(&of_day)?;
    if input.bill.is_some() {
        input.bill_findings = bill_notes::changed(ask.day, &of_day);
        let books = ports.books.as_ref();
        input
            .bill_findings
            .extend(bill_notes::set_diff(books, ask.day, &of_day)?);
        input.live_refunds = live_refunds::live_refunds(ports, id, ask.day)?;
        input.own_refunds = live_refunds::own_refunds(ports, id, ask.day)?;
    } else {
        input.bill_findings = bill_notes::quarantined(ask.day, &of_day)?;
        if no_bill_days.contains(&ask.day) && input.bill_findings.is_empty() {
            input.bill = Some(BillFacts {
                verified: true,
                pays: 0,
                refunds: 0,
                paid: Fen::ZERO,
                refunded: Fen::ZERO,
            });
        }
    }
    Ok(input)
}

/// Refunds without a time that wait for a bill: of earlier days, those that this day itself told as overdue, and its own
/// where later bills are here already.
fn waiting_refunds(ports: &Ports, ask: &RunRequest<'_>) -> Result<Vec<WaitingRefund>, Failure> {
    let open = CaseQuery {
        profile: Some(ask.merchant.id),
        categories: vec![Category::RefundPendingM, Category::MOnlyRefund],
        ..CaseQuery::default()
    };
    let counts = |case: &&CaseRecord| match case.finding.category {
        Category::RefundPendingM => case.day <= ask.day,
        // Told once: the day that told it tells it again when it is compared again, and the day of the order knows since when.
        _ => case.day == ask.day || case.opened_on == ask.day,
    };
    let cases = ports.records.cases(&open)?;
    let waiting = cases.iter().filter(counts);
    let waiting: Vec<_> = waiting
        .filter_map(|case| WaitingRefund::of(&case.finding))
        .collect();
    if waiting.iter().all(|waiting| waiting.since < ask.day) {
        return Ok(waiting);
    }
    // Of the day's own only those that the run would not date so by itself: equal inputs have one identity.
    let evidence = ports.books.evidence(ask.merchant.id)?;
    let days = evidence.bill_days().map_err(ReconcileError::from)?;
    let by_itself = days.into_iter().max().unwrap_or(ask.day).max(ask.day);
    Ok(waiting
        .into_iter()
        .filter(|waiting| waiting.since != by_itself)
        .collect())
}

/// The part of a stored certificate that a run needs; one without it cannot be compared with.
#[derive(Debug, Deserialize)]
struct StoredCertificate {
    rows: u64,
    refund_rows: u64,
    sums: RunSums,
}

#[derive(Debug, Deserialize)]
struct RunSums {
    amount_fen: i64,
    refund_asked_fen: i64,
}

/// True while the bill of a run's day is the one that was compared, by its rows and sums.
///
/// # Errors
/// [`Failure`] when what is stored of the bill cannot be read.
pub(in crate::jobs) fn is_bill_as_compared(
    imports: &[ImportRecord],
    run: &RunRecord,
) -> Result<bool, Failure> {
    let of_day: Vec<&ImportRecord> = imports
        .iter()
        .filter(|import| import.day == Some(run.day))
        .collect();
    let (pays, refunds) = (run.summary.pays.wechat, run.summary.refunds.wechat);
    Ok(match bill_facts(&of_day)? {
        Some(bill) => {
            run.summary.has_bill
                && (bill.pays, bill.paid) == (pays.count, pays.fen)
                && (bill.refunds, bill.refunded) == (refunds.count, refunds.fen)
        }
        // A day without trade has no bill, and stays as it was compared.
        None => !run.summary.has_bill || pays.count.saturating_add(refunds.count) == 0,
    })
}

/// The verified bills of the day together: an ALL bill, or payments and refunds apart.
fn bill_facts(of_day: &[&ImportRecord]) -> Result<Option<BillFacts>, Failure> {
    let verified = |kind: &str| {
        of_day
            .iter()
            .find(|import| import.kind == kind && import.standing == Standing::Verified)
    };
    let parts = match (
        verified("bill.all"),
        verified("bill.success"),
        verified("bill.refund"),
    ) {
        (Some(all), _, _) => vec![all],
        (None, Some(pays), Some(refunds)) => vec![pays, refunds],
        (None, _, _) => return Ok(None),
    };
    let mut out = BillFacts {
        verified: true,
        pays: 0,
        refunds: 0,
        paid: Fen::ZERO,
        refunded: Fen::ZERO,
    };
    for part in parts {
        let facts: StoredCertificate = part.read_facts()?;
        out.pays = out
            .pays
            .saturating_add(facts.rows.saturating_sub(facts.refund_rows));
        out.refunds = out.refunds.saturating_add(facts.refund_rows);
        let paid = out.paid.checked_add(Fen::new(facts.sums.amount_fen));
        out.paid = paid.ok_or(ReconcileError::Overflow)?;
        let asked = Fen::new(facts.sums.refund_asked_fen);
        let refunded = out.refunded.checked_add(asked);
        out.refunded = refunded.ok_or(ReconcileError::Overflow)?;
    }
    Ok(Some(out))
}
