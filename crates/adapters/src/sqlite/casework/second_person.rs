//! Where operators are named: what a step on a case asks of a second one, and what that one's step decides.

use rusqlite::{Transaction, params};

use super::{approvals, operators};
use crate::sqlite::DbError;
use recondesk_casework::{ApprovalNeed, Judgement};
use recondesk_domain::{CaseStatus, Category, Severity};
use recondesk_ports::{CaseStep, StoreError};

/// Asks for a second person, or takes the step for that person's decision; a workspace without operators
/// goes by the names alone.
pub(in crate::sqlite) fn second_person(
    tx: &Transaction<'_>,
    case: i64,
    next: CaseStatus,
    step: &CaseStep,
) -> Result<(), DbError> {
    if !operators::any(tx)? {
        return Ok(());
    }
    if !operators::is_living(tx, &step.actor)? {
        let why = format!("{} is no operator", step.actor);
        return Err(StoreError::Forbidden(why).into());
    }
    let (profile, key, category): (i64, String, Option<String>) = tx.query_row(
        "SELECT c.profile, c.key, f.category FROM case_file c
         LEFT JOIN finding f ON f.run = c.run AND f.seq = c.seq WHERE c.id = ?1",
        params![case],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let maker = (step.actor.as_str(), step.at);
    let subject = format!("case/{profile}/{key}");
    match next {
        CaseStatus::Proposed => {
            let need = ApprovalNeed::ForceClosed;
            approvals::ask(tx, (need, &subject), &step.text, maker).map(drop)
        }
        CaseStatus::Waiting => {
            let category = category.as_deref().and_then(Category::parse);
            if category.map(Category::severity) != Some(Severity::Urgent) {
                return Ok(());
            }
            let need = ApprovalNeed::Carry;
            let subject = format!("carry/{profile}/{key}");
            approvals::ask(tx, (need, &subject), &step.text, maker).map(drop)
        }
        CaseStatus::ForceClosed | CaseStatus::Approved => {
            approvals::judge_subject(tx, &subject, Judgement::Approved, maker)
        }
        CaseStatus::Rejected => approvals::judge_subject(tx, &subject, Judgement::Declined, maker),
        CaseStatus::Reopened
        | CaseStatus::New
        | CaseStatus::Assigned
        | CaseStatus::Executing
        | CaseStatus::Resolved
        | CaseStatus::AutoClosed => Ok(()),
    }
}
