//! What a person does with a case.

use super::CaseId;
use recondesk_domain::{CaseStatus, Instant};

/// A person's step on a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseStep {
    /// What.
    pub kind: CaseStepKind,
    /// Who.
    pub actor: String,
    /// Reason or note.
    pub text: String,
    /// When.
    pub at: Instant,
    /// How many cases are decided at once: above a limit a second person must agree.
    pub together: u32,
    /// The last change of any case that the person has seen (see [`crate::Records::last_case_event`]); nothing where the step
    /// does not depend on it. What others changed since refuses the step.
    pub seen: Option<i64>,
}

/// What a person does with a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseStepKind {
    /// Moves it on.
    Status(CaseStatus),
    /// Gives it to somebody.
    Owner(String),
    /// Writes a note.
    Note,
    /// Takes back the last decision of the same person.
    Undo,
}

/// The steps of a person on one case, which are carried out in order, all of them or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseSteps {
    /// The case.
    pub case: CaseId,
    /// What is done.
    pub steps: Vec<CaseStep>,
}
