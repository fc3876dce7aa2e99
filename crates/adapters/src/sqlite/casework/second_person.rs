//! What a step on a case asks of a second person, what that one's step decides, and what nobody may change on a
//! signed day.

use crate::sqlite::session::{Connection, SessionTransaction, params};

use super::{approvals, operators};
use crate::sqlite::DbError;
use recondesk_casework::{ApprovalNeed, Judgement};
use recondesk_domain::{CaseStatus, Category, Severity};
use recondesk_ports::{Author, CaseStep, StoreError};

/// What of a case decides who must agree.
struct CaseUnderReview {
    profile: i64,
    key: String,
    is_urgent: bool,
}

fn judged(tx: &SessionTransaction<'_>, case: i64) -> Result<CaseUnderReview, DbError> {
    let (profile, key, category): (i64, String, Option<String>) = tx.query_row(
        "SELECT c.profile, c.key, f.category FROM case_file c
         LEFT JOIN finding f ON f.run = c.run AND f.seq = c.seq WHERE c.id = ?1",
        params![case],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let category = category.as_deref().and_then(Category::parse);
    Ok(CaseUnderReview {
        profile,
        key,
        is_urgent: category.map(Category::severity) == Some(Severity::Urgent),
    })
}

/// Asks for a second person, or takes the step for that person's decision; the state that the case gets comes back.
///
/// Without operators nobody can agree yet: the question is kept until somebody is named who can.
pub(in crate::sqlite) fn second_person(
    tx: &SessionTransaction<'_>,
    case: i64,
    from: CaseStatus,
    next: CaseStatus,
    step: &CaseStep,
) -> Result<CaseStatus, DbError> {
    let has_operators = operators::any(tx)?;
    if has_operators && !operators::is_living(tx, &step.actor)? {
        let why = format!("{} is no operator", step.actor);
        return Err(StoreError::Forbidden(why).into());
    }
    let CaseUnderReview {
        profile,
        key,
        is_urgent,
    } = judged(tx, case)?;
    let maker = Author::new(step.actor.as_str(), step.at);
    let subject = format!("case/{profile}/{key}");
    match next {
        CaseStatus::Proposed => {
            let need = ApprovalNeed::ForceClosed;
            approvals::ask(tx, need, &subject, &step.text, maker)?;
            Ok(next)
        }
        CaseStatus::Waiting => {
            if is_urgent {
                let subject = format!("carry/{profile}/{key}");
                approvals::ask(tx, ApprovalNeed::Carry, &subject, &step.text, maker)?;
            }
            Ok(next)
        }
        CaseStatus::Resolved => {
            let is_agreed = from == CaseStatus::Approved;
            let is_many = step.together > approvals::thresholds(tx)?.bulk_over;
            if is_agreed || !(is_urgent || is_many) {
                return Ok(next);
            }
            let need = ApprovalNeed::Resolution;
            approvals::ask(tx, need, &subject, &step.text, maker)?;
            Ok(CaseStatus::Proposed)
        }
        CaseStatus::ForceClosed | CaseStatus::Approved => {
            let is_solved = next == CaseStatus::ForceClosed
                && approvals::last_need(tx, &subject)? == Some(ApprovalNeed::Resolution);
            if has_operators {
                approvals::judge_subject(tx, &subject, Judgement::Approved, maker)?;
            }
            Ok(if is_solved {
                CaseStatus::Resolved
            } else {
                next
            })
        }
        CaseStatus::Rejected => {
            if has_operators {
                approvals::judge_subject(tx, &subject, Judgement::Declined, maker)?;
            }
            Ok(next)
        }
        CaseStatus::Reopened
        | CaseStatus::New
        | CaseStatus::Assigned
        | CaseStatus::Executing
        | CaseStatus::AutoClosed => Ok(next),
    }
}

/// Refuses to change a decision about a case whose day is signed off: that needs the day opened by two people.
pub(in crate::sqlite) fn forbid_on_signed_day(
    tx: &SessionTransaction<'_>,
    case: i64,
) -> Result<(), DbError> {
    let is_signed: bool = tx.query_row(
        "SELECT EXISTS (SELECT 1 FROM sign_off s JOIN case_file c ON c.profile = s.profile AND c.day = s.day
                        WHERE c.id = ?1 AND s.unlocked_at IS NULL)",
        [case],
        |row| row.get(0),
    )?;
    if is_signed {
        return Err(StoreError::Forbidden("the day is signed off".to_owned()).into());
    }
    Ok(())
}

/// Where operators are named, a case is given to one of them alone.
pub(in crate::sqlite) fn require_operator(
    connection: &Connection,
    name: &str,
) -> Result<(), DbError> {
    if operators::any(connection)? && !operators::is_living(connection, name)? {
        let why = format!("{name} is no operator");
        return Err(StoreError::Forbidden(why).into());
    }
    Ok(())
}
