//! Taking back the last decision about a case, in one transaction with the history that allows it.

use crate::sqlite::session::{SessionTransaction, params};

use super::{approvals, operators, outcomes};
use crate::sqlite::DbError;
use recondesk_casework::{Before, PastStep, undo};
use recondesk_domain::Instant;
use recondesk_ports::{CaseEvent, CaseEventKind, CaseStep, StoreError};

/// What the case was before the last decision of the actor.
pub(in crate::sqlite) fn before(
    tx: &SessionTransaction<'_>,
    case: i64,
    step: &CaseStep,
) -> Result<Before, DbError> {
    if operators::any(tx)? && !operators::is_living(tx, &step.actor)? {
        return Err(forbidden(format!("{} is no operator", step.actor)));
    }
    outcomes::forbid_while_in_force(tx, case)?;
    if operators::any(tx)? && is_asked(tx, case)? {
        let why = "a second person was asked, who may refuse it".to_owned();
        return Err(forbidden(why));
    }
    undo(&history(tx, case)?, &step.actor).map_err(|error| forbidden(error.to_string()))
}

/// True while a second person is asked about it; a question that was taken back keeps nothing.
fn is_asked(tx: &SessionTransaction<'_>, case: i64) -> Result<bool, DbError> {
    let (profile, key): (i64, String) = tx.query_row(
        "SELECT profile, key FROM case_file WHERE id = ?1",
        params![case],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    for kind in ["case", "carry"] {
        let subject = format!("{kind}/{profile}/{key}");
        if approvals::waiting_now(tx, &subject)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn forbidden(why: String) -> DbError {
    StoreError::Forbidden(why).into()
}

fn history(tx: &SessionTransaction<'_>, case: i64) -> Result<Vec<PastStep>, DbError> {
    let mut statement = tx.prepare_cached(
        "SELECT at, actor, kind, text FROM case_event WHERE case_id = ?1 ORDER BY id",
    )?;
    let mut rows = statement.query(params![case])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let (kind, text): (String, String) = (row.get(2)?, row.get(3)?);
        let broken = || DbError::broken(format!("case event {kind} {text}"));
        let event = CaseEvent {
            at: Instant::from_unix(row.get(0)?),
            actor: row.get(1)?,
            kind: CaseEventKind::parse(&kind).ok_or_else(broken)?,
            text: text.clone(),
            run: None,
        };
        out.push(event.past_step().ok_or_else(broken)?);
    }
    Ok(out)
}
