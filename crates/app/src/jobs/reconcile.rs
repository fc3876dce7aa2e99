//! Comparing a day: inputs from the books, the engine's run, the result into the records.
//!
//! Equal inputs, rules and pool are one run: its stored result is given back and nothing is computed or
//! written again.

mod basis;
mod bill_notes;
mod day_input;
mod live_refunds;

pub use basis::Basis;

use std::collections::BTreeMap;

use crate::{Failure, FailureKind, MerchantRef, Message, Progress, Reporter, Step};
pub(super) use day_input::is_bill_as_compared;
use day_input::{input, later_of};
use recondesk_domain::{BillDate, Category, Fen, Finding};
use recondesk_ports::{KnownRun, NewRun, Ports, RunRecord, StoreError};
use recondesk_reconcile::{DayInput, EvidenceError, FindingSink, ReconcileError, RunSummary};

/// What is to be compared.
#[derive(Debug, Clone, Copy)]
pub struct RunRequest<'a> {
    /// The merchant.
    pub merchant: MerchantRef<'a>,
    /// The business day.
    pub day: BillDate,
    /// Another cut-off window than the profile's, in minutes.
    pub cut_off_minutes: Option<u32>,
    /// Whether rows in agreement are wanted, too; they are not stored, so the run is made again.
    pub matched: Matched,
}

/// Whether rows in agreement are handed back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Matched {
    /// Counted only.
    #[default]
    Counted,
    /// Listed.
    Listed,
}

/// A compared day.
#[derive(Debug, Clone)]
pub struct Reconciled {
    /// The run that speaks for the day now.
    pub run: RunRecord,
    /// Its findings, in order of report.
    pub findings: Vec<Finding>,
    /// Rows in agreement, where they were asked for.
    pub matched: Vec<Finding>,
    /// True when the result was there already.
    pub is_known: bool,
    /// What changed against the run that spoke for the day before; `None` for the first one.
    pub changes: Option<FindingChanges>,
}

/// How the findings of a day changed between two runs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FindingChanges {
    /// Found now, not before.
    pub new: Vec<Finding>,
    /// Found before, not now.
    pub gone: Vec<Finding>,
    /// Found by both, but in another category or with other amounts: before, now.
    pub changed: Vec<(Finding, Finding)>,
}

impl FindingChanges {
    /// Compares two lists of findings by their case keys.
    #[must_use]
    pub fn between(mch_id: &str, before: &[Finding], now: &[Finding]) -> Self {
        let keyed = |list: &[Finding]| {
            let mut map = BTreeMap::<String, Vec<Finding>>::new();
            for finding in list {
                map.entry(finding.case_key(mch_id))
                    .or_default()
                    .push(finding.clone());
            }
            map
        };
        let mut old = keyed(before);
        let mut out = Self::default();
        for (key, found) in keyed(now) {
            let mut known = old.remove(&key).unwrap_or_default().into_iter();
            for finding in found {
                match known.next() {
                    None => out.new.push(finding),
                    Some(was) if facts(&was) != facts(&finding) => {
                        out.changed.push((was, finding));
                    }
                    Some(_) => {}
                }
            }
            out.gone.extend(known);
        }
        out.gone.extend(old.into_values().flatten());
        out
    }

    /// True when nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.new.is_empty() && self.gone.is_empty() && self.changed.is_empty()
    }
}

/// What of a finding a person would call a change; where its rows lie is none.
fn facts(finding: &Finding) -> (Category, Option<Fen>, Option<Fen>) {
    (finding.category, finding.bill, finding.merchant)
}

/// Compares the books of a day and stores the result.
///
/// # Errors
/// [`Failure`]: the workspace, cancelling, or a run that cannot prove itself; nothing is stored then.
pub fn run(
    ports: &Ports,
    ask: &RunRequest<'_>,
    reporter: &dyn Reporter,
) -> Result<Reconciled, Failure> {
    let MerchantRef { id, profile } = ask.merchant;
    if ask.day > ports.clock.now().day() {
        return Err(not_yet(ask.day));
    }
    let mut input = input(ports, ask)?;
    let before = ports.records.current_run(id, ask.day)?;
    let now = ports.clock.now();
    let recall = |input: &DayInput| {
        let known = KnownRun {
            profile: id,
            mch_id: &profile.mch_id,
            day: ask.day,
            digest: input.run_id(),
        };
        ports.records.recall_run(&known, now)
    };
    let mut stored = recall(&input)?;
    let mut compared = None;
    if stored.is_none() || ask.matched == Matched::Listed {
        let comparison = compare(ports, ask, &input, reporter)?;
        let later = later_of(ports, ask, &comparison.findings)?;
        if later == input.later {
            compared = Some(comparison);
        } else {
            // Bills of later days are here already and speak against steps of this one.
            input.later = later;
            stored = recall(&input)?;
        }
    }
    let compared = match (compared, &stored) {
        (None, Some(run)) if ask.matched == Matched::Counted => {
            let findings = ports.records.findings(run.id)?;
            return finish(ports, ask, before, (run.clone(), findings), true);
        }
        (Some(comparison), _) => comparison,
        (None, _) => compare(ports, ask, &input, reporter)?,
    };
    let DayComparison {
        outcome,
        findings,
        matched,
    } = compared;
    let is_known = stored.is_some();
    let run = match stored {
        Some(run) => run,
        None => ports.records.conclude(
            &NewRun {
                profile: id,
                mch_id: &profile.mch_id,
                digest: outcome.run_id,
                summary: &outcome.summary,
                findings: &findings,
                pool: &outcome.pool,
                cleared: &outcome.cleared,
            },
            now,
        )?,
    };
    let mut done = finish(ports, ask, before, (run, findings), is_known)?;
    done.matched = matched;
    Ok(done)
}

/// A comparison under other rules: shown, and nothing of it is kept.
#[derive(Debug, Clone)]
pub struct WhatIf {
    /// Its sums.
    pub summary: RunSummary,
    /// Its findings, in order of report.
    pub findings: Vec<Finding>,
    /// Rows in agreement, where they were asked for.
    pub matched: Vec<Finding>,
    /// What differs from the run that speaks for the day; `None` where there is none.
    pub changes: Option<FindingChanges>,
}

/// Compares a day under the rules of the request, and leaves runs and cases as they are.
///
/// # Errors
/// [`Failure`]: the workspace, cancelling, or a run that cannot prove itself.
pub fn what_if(
    ports: &Ports,
    ask: &RunRequest<'_>,
    reporter: &dyn Reporter,
) -> Result<WhatIf, Failure> {
    let MerchantRef { id, profile } = ask.merchant;
    let input = input(ports, ask)?;
    let DayComparison {
        outcome,
        findings,
        matched,
    } = compare(ports, ask, &input, reporter)?;
    let changes = match ports.records.current_run(id, ask.day)? {
        Some(current) => {
            let now = ports.records.findings(current.id)?;
            Some(FindingChanges::between(&profile.mch_id, &now, &findings))
        }
        None => None,
    };
    Ok(WhatIf {
        summary: outcome.summary,
        findings,
        matched,
        changes,
    })
}

fn finish(
    ports: &Ports,
    ask: &RunRequest<'_>,
    before: Option<RunRecord>,
    (run, findings): (RunRecord, Vec<Finding>),
    is_known: bool,
) -> Result<Reconciled, Failure> {
    // What the shop was told to deliver and the new import shows delivered is proven by now.
    crate::jobs::reissue::prove(ports, Some(ask.merchant.id))?;
    let changes = match before {
        None => None,
        Some(before) if before.id == run.id => Some(FindingChanges::default()),
        Some(before) => {
            let old = ports.records.findings(before.id)?;
            Some(FindingChanges::between(
                &ask.merchant.profile.mch_id,
                &old,
                &findings,
            ))
        }
    };
    Ok(Reconciled {
        run,
        findings,
        matched: Vec::new(),
        is_known,
        changes,
    })
}

/// The identity that a run of this day would have now: another one than the stored run's means that its
/// inputs changed since.
///
/// # Errors
/// [`Failure`] when the workspace cannot be read.
pub fn digest_now(
    ports: &Ports,
    profile: MerchantRef<'_>,
    day: BillDate,
) -> Result<[u8; 32], Failure> {
    let ask = RunRequest {
        merchant: profile,
        day,
        cut_off_minutes: None,
        matched: Matched::Counted,
    };
    Ok(input(ports, &ask)?.run_id())
}

/// A day to come has no books; a result of it would wait for a bill for ever.
fn not_yet(day: BillDate) -> Failure {
    Failure::new(
        FailureKind::Usage,
        "reconcile.future",
        Message::new(
            "这一天还没到，没有账可对",
            "This day has not come yet: there is nothing to compare",
        ),
        Message::new("核对日期", "Check the date"),
    )
    .with_detail(day.to_string())
}

/// What a comparison says, before any of it is stored.
struct DayComparison {
    outcome: recondesk_reconcile::RunOutcome,
    findings: Vec<Finding>,
    matched: Vec<Finding>,
}

fn compare(
    ports: &Ports,
    ask: &RunRequest<'_>,
    input: &DayInput,
    reporter: &dyn Reporter,
) -> Result<DayComparison, Failure> {
    let evidence = ports.books.evidence(ask.merchant.id)?;
    let mut sink = Sink {
        reporter,
        listed: ask.matched == Matched::Listed,
        findings: Vec::new(),
        matched: Vec::new(),
    };
    let outcome = recondesk_reconcile::run(input, evidence.as_ref(), &mut sink)?;
    Ok(DayComparison {
        outcome,
        findings: sink.findings,
        matched: sink.matched,
    })
}

struct Sink<'a> {
    reporter: &'a dyn Reporter,
    listed: bool,
    findings: Vec<Finding>,
    matched: Vec<Finding>,
}

impl FindingSink for Sink<'_> {
    fn finding(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    fn wants_matched(&self) -> bool {
        self.listed
    }

    fn matched(&mut self, finding: Finding) {
        self.matched.push(finding);
    }

    fn keep_going(&mut self, rows: u64) -> bool {
        self.reporter.progress(Progress {
            step: Step::Compare,
            done: rows,
            total: None,
        });
        !self.reporter.cancelled()
    }
}

impl From<ReconcileError> for Failure {
    fn from(error: ReconcileError) -> Self {
        match error {
            ReconcileError::Cancelled => Self::cancelled(),
            ReconcileError::Evidence(EvidenceError {
                unreachable: Some(why),
                ..
            }) => StoreError::Unreachable(why).into(),
            ReconcileError::Evidence(error) => Self::new(
                FailureKind::Workspace,
                "workspace.damaged",
                Message::new(
                    "工作区里的账读不出来",
                    "The books of the workspace cannot be read",
                ),
                super::care::ways_out(),
            )
            .with_detail(error.what),
            ReconcileError::Overflow => Self::new(
                FailureKind::RefusedInput,
                "reconcile.overflow",
                Message::new("金额合计超出范围", "A sum of money is out of range"),
                Message::new(
                    "检查订单文件的金额单位",
                    "Check the unit of money of the orders",
                ),
            ),
            error @ (ReconcileError::Disorder(_)
            | ReconcileError::OtherRows { .. }
            | ReconcileError::Unbalanced { .. }) => Self::new(
                FailureKind::Workspace,
                "reconcile.unproven",
                Message::new(
                    "对账结果没有通过自检，没有存入",
                    "The result did not prove itself and was not stored",
                ),
                Message::new(
                    "这是程序的问题，请把这条信息发给我们",
                    "This is a fault of the program: send us this message",
                ),
            )
            .with_detail(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use recondesk_domain::OutTradeNo;

    fn finding(category: Category, number: &str, fen: i64) -> Finding {
        let mut finding = Finding::new(category);
        finding.out_trade_no = OutTradeNo::new(number).unwrap();
        finding.bill = Some(Fen::new(fen));
        finding
    }

    #[test]
    fn two_runs_differ_by_what_is_new_gone_and_changed() {
        let before = [
            finding(Category::PaidNotBooked, "a", 1),
            finding(Category::WOnlyPay, "b", 2),
            finding(Category::AmountDiff, "c", 3),
        ];
        let now = [
            finding(Category::PaidAfterClose, "a", 1),
            finding(Category::AmountDiff, "c", 3),
            finding(Category::WOnlyPay, "d", 4),
        ];

        let changes = FindingChanges::between("1900000109", &before, &now);

        assert_eq!(changes.new, [now[2].clone()]);
        assert_eq!(changes.gone, [before[1].clone()]);
        assert_eq!(changes.changed, [(before[0].clone(), now[0].clone())]);
        assert!(FindingChanges::between("1", &now, &now).is_empty());
    }
}
