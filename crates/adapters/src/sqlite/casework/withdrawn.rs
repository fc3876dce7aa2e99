//! A question to a second person that a step on its case takes back: the trail and the history of the case tell it.

use crate::sqlite::session::{SessionTransaction, params};
use serde_json::json;

use super::{approvals, trail};
use crate::sqlite::DbError;
use recondesk_casework::WithdrawnQuestion;
use recondesk_domain::CaseStatus;
use recondesk_ports::{AuditDeed, Author};

/// A step that is about to be taken.
#[derive(Debug, Clone, Copy)]
pub(in crate::sqlite) struct StepAhead<'a> {
    pub(in crate::sqlite) case: i64,
    pub(in crate::sqlite) from: CaseStatus,
    pub(in crate::sqlite) next: CaseStatus,
    pub(in crate::sqlite) author: Author<'a>,
}

/// The words of a step with the question beside them that it takes back; as they are where nobody is asked any more,
/// or the step is the answer.
pub(in crate::sqlite) fn with_withdrawal(
    tx: &SessionTransaction<'_>,
    step: StepAhead<'_>,
    words: &str,
) -> Result<String, DbError> {
    let kind = match (step.from, step.next) {
        // It is settled, with an answer or without one.
        (_, next) if next.is_closed() => return Ok(words.to_owned()),
        (CaseStatus::Proposed, CaseStatus::Approved | CaseStatus::Rejected) => {
            return Ok(words.to_owned());
        }
        (CaseStatus::Proposed, _) => "case",
        (CaseStatus::Waiting, next) if next != CaseStatus::Waiting => "carry",
        _ => return Ok(words.to_owned()),
    };
    let (profile, key): (i64, String) = tx.query_row(
        "SELECT profile, key FROM case_file WHERE id = ?1",
        params![step.case],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let subject = format!("{kind}/{profile}/{key}");
    let Some(asked) = approvals::waiting_now(tx, &subject)? else {
        return Ok(words.to_owned());
    };
    let document =
        json!({ "approval": asked.id.0, "maker": asked.maker, "need": asked.need.word() });
    trail::append(
        tx,
        &AuditDeed {
            at: step.author.at,
            actor: step.author.name,
            kind: "approval.withdraw",
            subject: &subject,
            document: &document.to_string(),
        },
    )?;
    let question = WithdrawnQuestion {
        need: asked.need,
        maker: asked.maker,
        reason: asked.reason,
    };
    Ok(question.beside(words))
}
