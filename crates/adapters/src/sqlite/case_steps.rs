//! The steps of people on a case: judged by the workflow, by who must agree, and by what is under way for it.

use std::cell::Cell;

use crate::sqlite::session::{OptionalExtension as _, SessionTransaction, params};

use super::cases::{read_status, write_event};
use super::{Database, DbError, case_questions, casework};
use recondesk_domain::CaseStatus;
use recondesk_ports::{
    CaseEvent, CaseEventKind, CaseId, CaseStep, CaseStepKind, CaseSteps, StoreError,
};

pub(super) fn all(db: &Database, case: CaseId, steps: &[CaseStep]) -> Result<(), DbError> {
    db.write(|tx| take(tx, case, steps))
}

/// Takes the steps of one case.
fn take(tx: &SessionTransaction<'_>, case: CaseId, steps: &[CaseStep]) -> Result<(), DbError> {
    // All of them were decided at the sight of the same thing.
    if let Some(first) = steps.first() {
        not_overtaken(tx, case, first)?;
    }
    steps.iter().try_for_each(|step| step_one(tx, case, step))
}

/// Refuses a step on a case that somebody else changed since the person saw it.
fn not_overtaken(
    tx: &SessionTransaction<'_>,
    case: CaseId,
    step: &CaseStep,
) -> Result<(), DbError> {
    let Some(seen) = step.seen else {
        return Ok(());
    };
    let since = case_questions::events_since(tx, case, seen)?;
    let others = since.into_iter().filter(|event| event.actor != step.actor);
    let others: Vec<CaseEvent> = others.collect();
    if others.is_empty() {
        return Ok(());
    }
    Err(StoreError::Overtaken(others).into())
}

/// Takes the steps of many cases together. Where one is refused, those before it are stored without it, and the others
/// go on behind it.
pub(super) fn each(db: &Database, cases: &[CaseSteps]) -> Vec<Result<(), StoreError>> {
    let mut results = Vec::with_capacity(cases.len());
    let mut end = cases.len();
    while let Some(batch) = cases
        .get(results.len()..end)
        .filter(|batch| !batch.is_empty())
    {
        // How many were judged; nothing while the transaction has not begun.
        let judged = Cell::new(None);
        let stored = db.write(|tx| {
            for (at, one) in batch.iter().enumerate() {
                judged.set(Some(at));
                take(tx, one.case, &one.steps)?;
            }
            judged.set(Some(batch.len()));
            Ok(())
        });
        let Err(error) = stored.map_err(StoreError::from) else {
            results.extend(batch.iter().map(|_| Ok(())));
            end = cases.len();
            continue;
        };
        match judged.get() {
            Some(0) => results.push(Err(error)),
            Some(at) if at < batch.len() => {
                end = results.len().saturating_add(at);
                continue;
            }
            _ => results.extend(batch.iter().map(|_| Err(error.clone()))),
        }
        end = cases.len();
    }
    results
}

fn step_one(tx: &SessionTransaction<'_>, case: CaseId, step: &CaseStep) -> Result<(), DbError> {
    let status: Option<String> = tx
        .query_row(
            "SELECT status FROM case_file WHERE id = ?1",
            [case.0],
            |row| row.get(0),
        )
        .optional()?;
    let status = status.ok_or_else(|| StoreError::Missing("case".to_owned()))?;
    let (kind, text) = match &step.kind {
        CaseStepKind::Status(next) => {
            let from = read_status(&status)?;
            if from.is_closed() && *next == CaseStatus::Reopened {
                casework::forbid_on_signed_day(tx, case.0)?;
            }
            judge_step(tx, case, from, *next, step)?;
            let next = casework::second_person(tx, case.0, from, *next, step)?;
            keep_outcome(tx, case, next)?;
            tx.execute(
                "UPDATE case_file SET status = ?2, together = ?3 WHERE id = ?1",
                params![case.0, next.word(), step.together],
            )?;
            (
                CaseEventKind::Status,
                format!("{}\n{}", next.word(), step.text),
            )
        }
        CaseStepKind::Owner(name) => {
            casework::require_operator(tx, name)?;
            tx.execute(
                "UPDATE case_file SET owner = ?2 WHERE id = ?1",
                params![case.0, name],
            )?;
            (CaseEventKind::Owner, name.clone())
        }
        CaseStepKind::Note => (CaseEventKind::Note, step.text.clone()),
        CaseStepKind::Undo => take_back(tx, case, step)?,
    };
    let event = CaseEvent {
        at: step.at,
        actor: step.actor.clone(),
        kind,
        text,
        run: None,
    };
    write_event(tx, case.0, &event)
}

/// Gives the case back the state and the owner that it had before the last decision of the same person.
fn take_back(
    tx: &SessionTransaction<'_>,
    case: CaseId,
    step: &CaseStep,
) -> Result<(CaseEventKind, String), DbError> {
    casework::forbid_on_signed_day(tx, case.0)?;
    let before = casework::before(tx, case.0, step)?;
    tx.execute(
        "UPDATE case_file SET status = ?2, owner = ?3 WHERE id = ?1",
        params![case.0, before.status.word(), before.owner],
    )?;
    let owner = CaseEvent {
        at: step.at,
        actor: step.actor.clone(),
        kind: CaseEventKind::Owner,
        text: before.owner,
        run: None,
    };
    write_event(tx, case.0, &owner)?;
    let reason = format!("{} {}", recondesk_casework::UNDONE, step.text);
    let text = format!("{}\n{}", before.status.word(), reason.trim_end());
    Ok((CaseEventKind::Status, text))
}

/// Refuses a step that the workflow, the reason or the second person forbids.
fn judge_step(
    tx: &SessionTransaction<'_>,
    case: CaseId,
    from: CaseStatus,
    next: CaseStatus,
    step: &CaseStep,
) -> Result<(), DbError> {
    if !from.may_become(next) {
        let (from, next) = (from.word(), next.word());
        return Err((StoreError::Forbidden(format!("{from} → {next}"))).into());
    }
    if next == CaseStatus::ForceClosed && step.text.trim().is_empty() {
        return Err((StoreError::Forbidden("FORCE_CLOSED needs a reason".to_owned())).into());
    }
    if !next.needs_second_person() {
        return Ok(());
    }
    let maker: Option<String> = tx
        .query_row(
            "SELECT actor FROM case_event
             WHERE case_id = ?1 AND kind = 'status' AND text LIKE 'PROPOSED%'
             ORDER BY id DESC LIMIT 1",
            [case.0],
            |row| row.get(0),
        )
        .optional()?;
    if maker.as_deref() == Some(step.actor.as_str()) {
        let next = next.word();
        return Err((StoreError::Forbidden(format!("{next} needs a second person"))).into());
    }
    Ok(())
}

/// One case has one outcome: a case with money or goods under way is not closed by hand.
fn keep_outcome(
    tx: &SessionTransaction<'_>,
    case: CaseId,
    next: CaseStatus,
) -> Result<(), DbError> {
    match next {
        CaseStatus::ForceClosed => {
            casework::forbid_while_in_force(tx, case.0)?;
            casework::write_off(tx, case.0)
        }
        CaseStatus::Resolved | CaseStatus::Proposed => casework::forbid_while_in_force(tx, case.0),
        CaseStatus::Reopened => casework::forget_write_off(tx, case.0),
        CaseStatus::New
        | CaseStatus::Assigned
        | CaseStatus::Waiting
        | CaseStatus::Approved
        | CaseStatus::Executing
        | CaseStatus::Rejected
        | CaseStatus::AutoClosed => Ok(()),
    }
}
