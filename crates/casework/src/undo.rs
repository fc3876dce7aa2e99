//! Taking a decision about a case back: what it was before, as long as nothing followed.
//!
//! Only what moved neither goods nor money and asked no second person can be taken back, and only by whoever
//! decided. History keeps both, the decision and that it was taken back.

use recondesk_domain::{CaseStatus, Instant};

/// Marks the reason of a step that takes another one back.
pub const UNDONE: &str = "撤销 / undone";

/// Something that happened to a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastStep {
    /// When.
    pub at: Instant,
    /// By whom; empty for a run.
    pub actor: String,
    /// What.
    pub what: PastDeed,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PastDeed {
    /// It got this state, for that reason.
    Status(CaseStatus, String),
    /// It was given to somebody.
    Owner(String),
    /// A run found, changed, closed or reopened it.
    Run(Option<CaseStatus>),
    /// A note: it changes nothing.
    Note,
}

/// What a case was before the last decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Before {
    /// Its state.
    pub status: CaseStatus,
    /// Who looked after it.
    pub owner: String,
}

/// Why a decision cannot be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UndoError {
    /// Nobody decided anything, or it was taken back already.
    #[error("there is no decision to take back")]
    Nothing,
    /// Somebody else decided.
    #[error("the last decision is of somebody else")]
    Foreign,
    /// A run has spoken since.
    #[error("a comparison has spoken since")]
    Overtaken,
    /// It closed the case by two people, or carries something out.
    #[error("this decision is not taken back; open the case again instead")]
    Settled,
}

/// What the case was before the last decision of `actor`; `past` is its whole history, oldest first.
///
/// # Errors
/// [`UndoError`].
pub fn undo(past: &[PastStep], actor: &str) -> Result<Before, UndoError> {
    let steps: Vec<&PastStep> = past
        .iter()
        .filter(|step| step.what != PastDeed::Note)
        .collect();
    let last = steps.last().ok_or(UndoError::Nothing)?;
    if matches!(last.what, PastDeed::Run(_)) {
        let decided = steps
            .iter()
            .any(|step| !matches!(step.what, PastDeed::Run(_)));
        return Err(if decided {
            UndoError::Overtaken
        } else {
            UndoError::Nothing
        });
    }
    if last.actor != actor {
        return Err(UndoError::Foreign);
    }
    // Giving a case to somebody is two steps of one instant: its state, and the name.
    let with_state = matches!(last.what, PastDeed::Owner(_))
        && steps.iter().rev().nth(1).is_some_and(|step| {
            let is_assigned = matches!(step.what, PastDeed::Status(CaseStatus::Assigned, _));
            is_assigned && step.at == last.at && step.actor == last.actor
        });
    let count = if with_state { 2 } else { 1 };
    let (before, decision) = steps.split_at(steps.len().saturating_sub(count));
    for step in decision {
        match &step.what {
            PastDeed::Status(_, reason) if reason.starts_with(UNDONE) => {
                return Err(UndoError::Nothing);
            }
            PastDeed::Status(
                CaseStatus::Assigned
                | CaseStatus::Waiting
                | CaseStatus::Proposed
                | CaseStatus::Resolved,
                _,
            )
            | PastDeed::Owner(_)
            | PastDeed::Run(_)
            | PastDeed::Note => {}
            PastDeed::Status(..) => return Err(UndoError::Settled),
        }
    }
    let status = before.iter().rev().find_map(|step| match &step.what {
        PastDeed::Status(status, _) => Some(*status),
        PastDeed::Run(status) => *status,
        PastDeed::Owner(_) | PastDeed::Note => None,
    });
    let owner = before.iter().rev().find_map(|step| match &step.what {
        PastDeed::Owner(name) => Some(name.clone()),
        PastDeed::Status(..) | PastDeed::Run(_) | PastDeed::Note => None,
    });
    let status = status.unwrap_or(CaseStatus::New);
    match status {
        CaseStatus::New
        | CaseStatus::Assigned
        | CaseStatus::Waiting
        | CaseStatus::Reopened
        | CaseStatus::Rejected => Ok(Before {
            status,
            owner: owner.unwrap_or_default(),
        }),
        CaseStatus::Proposed
        | CaseStatus::Approved
        | CaseStatus::Executing
        | CaseStatus::Resolved
        | CaseStatus::AutoClosed
        | CaseStatus::ForceClosed => Err(UndoError::Settled),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(at: i64, actor: &str, what: PastDeed) -> PastStep {
        PastStep {
            at: Instant::from_unix(at),
            actor: actor.to_owned(),
            what,
        }
    }

    fn status(at: i64, actor: &str, status: CaseStatus) -> PastStep {
        step(at, actor, PastDeed::Status(status, "why".to_owned()))
    }

    fn taken() -> Vec<PastStep> {
        vec![
            step(1, "", PastDeed::Run(None)),
            status(2, "li", CaseStatus::Assigned),
            step(2, "li", PastDeed::Owner("li".to_owned())),
        ]
    }

    #[test]
    fn a_decision_is_taken_back_as_a_whole() {
        let mut past = taken();
        assert_eq!(
            undo(&past, "li"),
            Ok(Before {
                status: CaseStatus::New,
                owner: String::new(),
            })
        );
        past.push(status(3, "li", CaseStatus::Waiting));
        past.push(step(4, "wang", PastDeed::Note));
        let before = undo(&past, "li").unwrap();
        assert_eq!(
            (before.status, &*before.owner),
            (CaseStatus::Assigned, "li")
        );
    }

    #[test]
    fn what_is_of_others_overtaken_or_settled_stays() {
        let past = taken();
        assert_eq!(undo(&past, "wang"), Err(UndoError::Foreign));
        assert_eq!(undo(&past[..1], "li"), Err(UndoError::Nothing));
        let mut seen = past.clone();
        seen.push(step(5, "", PastDeed::Run(None)));
        assert_eq!(undo(&seen, "li"), Err(UndoError::Overtaken));
        let mut closed = past.clone();
        closed.push(status(6, "li", CaseStatus::ForceClosed));
        assert_eq!(undo(&closed, "li"), Err(UndoError::Settled));
        let mut undone = past;
        let reason = UNDONE.to_owned();
        undone.push(step(7, "li", PastDeed::Status(CaseStatus::New, reason)));
        assert_eq!(undo(&undone, "li"), Err(UndoError::Nothing));
    }
}
