//! Taking back the last decision about a case, in one transaction with the history that allows it.

use crate::sqlite::session::{SessionTransaction, params};

use super::{operators, outcomes};
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
    let is_asked: bool = tx.query_row(
        "SELECT EXISTS (SELECT 1 FROM approval a JOIN case_file c ON c.id = ?1
         WHERE a.judgement IS NULL AND a.subject IN
             ('case/' || c.profile || '/' || c.key, 'carry/' || c.profile || '/' || c.key))",
        [case],
        |row| row.get(0),
    )?;
    if is_asked && operators::any(tx)? {
        let why = "a second person was asked, who may refuse it".to_owned();
        return Err(forbidden(why));
    }
    undo(&history(tx, case)?, &step.actor).map_err(|error| forbidden(error.to_string()))
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
