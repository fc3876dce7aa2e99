//! What a step on a case asks of a second person, what that one's step decides, and what nobody may change on a
//! signed day.

use crate::sqlite::session::{Connection, OptionalExtension as _, SessionTransaction, params};

use super::{approvals, operators};
use crate::sqlite::DbError;
use crate::sqlite::cases::read_status;
use recondesk_casework::{ApprovalNeed, Judgement};
use recondesk_domain::{CaseStatus, Category, Severity};
use recondesk_ports::{Author, CaseId, CaseStep, StoreError};

/// What of a case decides what a step on it may do, and who must agree: read at once, because every question to a
/// server is a way there and back.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each answers a question of its own"
)]
pub(in crate::sqlite) struct CaseUnderReview {
    pub(in crate::sqlite) id: i64,
    pub(in crate::sqlite) status: CaseStatus,
    profile: i64,
    key: String,
    is_urgent: bool,
    /// Operators are named at all.
    has_operators: bool,
    /// Who takes the step is one of them.
    is_operator: bool,
    /// Somebody else changed the case since it was seen.
    pub(in crate::sqlite) is_overtaken: bool,
}

impl CaseUnderReview {
    /// Reads it for a step of that person, who has seen the changes of all cases up to that one.
    pub(in crate::sqlite) fn read(
        tx: &SessionTransaction<'_>,
        case: CaseId,
        step: &CaseStep,
    ) -> Result<Self, DbError> {
        let found = tx
            .query_row(
                "SELECT c.status, c.profile, c.key, f.category,
                        EXISTS (SELECT 1 FROM operator WHERE removed_at IS NULL),
                        EXISTS (SELECT 1 FROM operator WHERE name = ?2 AND removed_at IS NULL),
                        EXISTS (SELECT 1 FROM case_event e
                                WHERE e.case_id = c.id AND e.id > ?3 AND e.actor <> ?2)
                 FROM case_file c LEFT JOIN finding f ON f.run = c.run AND f.seq = c.seq WHERE c.id = ?1",
                params![case.0, step.actor, step.seen.unwrap_or(i64::MAX)],
                |row| {
                    let category: Option<String> = row.get(3)?;
                    let category = category.as_deref().and_then(Category::parse);
                    Ok(Self {
                        id: case.0,
                        status: read_status(row.text(0)?)?,
                        profile: row.get(1)?,
                        key: row.get(2)?,
                        is_urgent: category.map(Category::severity) == Some(Severity::Urgent),
                        has_operators: row.get(4)?,
                        is_operator: row.get(5)?,
                        is_overtaken: row.get(6)?,
                    })
                },
            )
            .optional()?;
        found.ok_or_else(|| StoreError::Missing("case".to_owned()).into())
    }

    /// Where operators are named, a case is given to one of them alone.
    pub(in crate::sqlite) fn require_operator(
        &self,
        connection: &Connection,
        name: &str,
        step: &CaseStep,
    ) -> Result<(), DbError> {
        if !self.has_operators {
            return Ok(());
        }
        let is_operator = if name == step.actor {
            self.is_operator
        } else {
            operators::is_living(connection, name)?
        };
        if !is_operator {
            let why = format!("{name} is no operator");
            return Err(StoreError::Forbidden(why).into());
        }
        Ok(())
    }
}

/// Asks for a second person, or takes the step for that person's decision; the state that the case gets comes back.
///
/// Without operators nobody can agree yet: the question is kept until somebody is named who can.
pub(in crate::sqlite) fn second_person(
    tx: &SessionTransaction<'_>,
    case: &CaseUnderReview,
    next: CaseStatus,
    step: &CaseStep,
) -> Result<CaseStatus, DbError> {
    let CaseUnderReview {
        status: from,
        profile,
        key,
        is_urgent,
        has_operators,
        is_operator,
        ..
    } = case;
    if *has_operators && !is_operator {
        let why = format!("{} is no operator", step.actor);
        return Err(StoreError::Forbidden(why).into());
    }
    let maker = Author::new(step.actor.as_str(), step.at);
    let subject = format!("case/{profile}/{key}");
    match next {
        CaseStatus::Proposed => {
            let need = ApprovalNeed::ForceClosed;
            approvals::ask(tx, need, &subject, &step.text, maker)?;
            Ok(next)
        }
        CaseStatus::Waiting => {
            if *is_urgent {
                let subject = format!("carry/{profile}/{key}");
                approvals::ask(tx, ApprovalNeed::Carry, &subject, &step.text, maker)?;
            }
            Ok(next)
        }
        CaseStatus::Resolved => {
            let is_agreed = *from == CaseStatus::Approved;
            let is_many = step.together > approvals::thresholds(tx)?.bulk_over;
            if is_agreed || !(*is_urgent || is_many) {
                return Ok(next);
            }
            let need = ApprovalNeed::Resolution;
            approvals::ask(tx, need, &subject, &step.text, maker)?;
            Ok(CaseStatus::Proposed)
        }
        CaseStatus::ForceClosed | CaseStatus::Approved => {
            let is_solved = next == CaseStatus::ForceClosed
                && approvals::last_need(tx, &subject)? == Some(ApprovalNeed::Resolution);
            if *has_operators {
                approvals::judge_subject(tx, &subject, Judgement::Approved, maker)?;
            }
            Ok(if is_solved {
                CaseStatus::Resolved
            } else {
                next
            })
        }
        CaseStatus::Rejected => {
            if *has_operators {
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
