//! The steps of people on a case: judged by the workflow, by who must agree, and by what is under way for it.

use std::cell::Cell;

use crate::sqlite::session::{OptionalExtension as _, SessionTransaction, params};

use super::cases::write_event;
use super::casework::CaseUnderReview;
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
    let mut known: Option<CaseUnderReview> = None;
    for (nth, step) in steps.iter().enumerate() {
        let mut seen = match known.take() {
            Some(known) => known,
            None => CaseUnderReview::read(tx, case, step)?,
        };
        // All of them were decided at the sight of the same thing.
        if nth == 0 && seen.is_overtaken {
            return overtaken(tx, case, step);
        }
        if let Some(status) = step_one(tx, &seen, step)? {
            seen.status = status;
            // It is not asked again about what this transaction alone has changed.
            let is_same = |next: &CaseStep| next.actor == step.actor;
            let next = steps.get(nth.saturating_add(1));
            known = Some(seen).filter(|_| next.is_some_and(is_same));
        }
    }
    Ok(())
}

/// Refuses a step on a case that somebody else changed since the person saw it, with what they did.
fn overtaken(tx: &SessionTransaction<'_>, case: CaseId, step: &CaseStep) -> Result<(), DbError> {
    let seen = step.seen.unwrap_or(i64::MAX);
    let since = case_questions::events_since(tx, case, seen)?;
    let others = since.into_iter().filter(|event| event.actor != step.actor);
    Err(StoreError::Overtaken(others.collect()).into())
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

/// Takes a step; the state that the case has now comes back, unless it is to be read again.
fn step_one(
    tx: &SessionTransaction<'_>,
    case: &CaseUnderReview,
    step: &CaseStep,
) -> Result<Option<CaseStatus>, DbError> {
    let mut status = Some(case.status);
    let (kind, text) = match &step.kind {
        CaseStepKind::Status(next) => {
            if case.status.is_closed() && *next == CaseStatus::Reopened {
                casework::forbid_on_signed_day(tx, case.id)?;
            }
            judge_step(tx, case, *next, step)?;
            let next = casework::second_person(tx, case, *next, step)?;
            keep_outcome(tx, case.id, next)?;
            tx.execute(
                "UPDATE case_file SET status = ?2, together = ?3 WHERE id = ?1",
                params![case.id, next.word(), step.together],
            )?;
            status = Some(next);
            (
                CaseEventKind::Status,
                format!("{}\n{}", next.word(), step.text),
            )
        }
        CaseStepKind::Owner(name) => {
            case.require_operator(tx, name, step)?;
            tx.execute(
                "UPDATE case_file SET owner = ?2 WHERE id = ?1",
                params![case.id, name],
            )?;
            (CaseEventKind::Owner, name.clone())
        }
        CaseStepKind::Note => (CaseEventKind::Note, step.text.clone()),
        CaseStepKind::Undo => {
            status = None;
            take_back(tx, case.id, step)?
        }
    };
    let event = CaseEvent {
        at: step.at,
        actor: step.actor.clone(),
        kind,
        text,
        run: None,
    };
    write_event(tx, case.id, &event)?;
    Ok(status)
}

/// Gives the case back the state and the owner that it had before the last decision of the same person.
fn take_back(
    tx: &SessionTransaction<'_>,
    case: i64,
    step: &CaseStep,
) -> Result<(CaseEventKind, String), DbError> {
    casework::forbid_on_signed_day(tx, case)?;
    let before = casework::before(tx, case, step)?;
    tx.execute(
        "UPDATE case_file SET status = ?2, owner = ?3 WHERE id = ?1",
        params![case, before.status.word(), before.owner],
    )?;
    let owner = CaseEvent {
        at: step.at,
        actor: step.actor.clone(),
        kind: CaseEventKind::Owner,
        text: before.owner,
        run: None,
    };
    write_event(tx, case, &owner)?;
    let reason = format!("{} {}", recondesk_casework::UNDONE, step.text);
    let text = format!("{}\n{}", before.status.word(), reason.trim_end());
    Ok((CaseEventKind::Status, text))
}

/// Refuses a step that the workflow, the reason or the second person forbids.
fn judge_step(
    tx: &SessionTransaction<'_>,
    case: &CaseUnderReview,
    next: CaseStatus,
    step: &CaseStep,
) -> Result<(), DbError> {
    if !case.status.may_become(next) {
        let (from, next) = (case.status.word(), next.word());
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
            [case.id],
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
fn keep_outcome(tx: &SessionTransaction<'_>, case: i64, next: CaseStatus) -> Result<(), DbError> {
    match next {
        CaseStatus::ForceClosed => {
            casework::forbid_while_in_force(tx, case)?;
            casework::write_off(tx, case)
        }
        CaseStatus::Resolved | CaseStatus::Proposed => casework::forbid_while_in_force(tx, case),
        CaseStatus::Reopened => casework::forget_write_off(tx, case),
        CaseStatus::New
        | CaseStatus::Assigned
        | CaseStatus::Waiting
        | CaseStatus::Approved
        | CaseStatus::Executing
        | CaseStatus::Rejected
        | CaseStatus::AutoClosed => Ok(()),
    }
}
