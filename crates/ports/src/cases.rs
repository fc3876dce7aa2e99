//! Cases as a workspace has them: what they are and what happened to them.

use super::RunId;
use recondesk_casework::{PastDeed, PastStep};
use recondesk_domain::{BillDate, CaseStatus, Category, Finding, Instant, ProfileId};

/// Number of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseId(pub i64);

/// A case, with its latest finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseRecord {
    /// Its number.
    pub id: CaseId,
    /// The merchant.
    pub profile: ProfileId,
    /// Stable key, [`Finding::case_key`].
    pub key: String,
    /// Where it stands.
    pub status: CaseStatus,
    /// Who looks after it; empty for nobody.
    pub owner: String,
    /// The day it was first found on.
    pub opened_on: BillDate,
    /// The day of the finding below.
    pub day: BillDate,
    /// The finding.
    pub finding: Finding,
}

/// Which cases are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CaseQuery {
    /// One merchant, or all.
    pub profile: Option<ProfileId>,
    /// The findings of one day's current run; without a day, the latest finding of each case.
    pub day: Option<BillDate>,
    /// Only these categories; empty for all.
    pub categories: Vec<Category>,
    /// Closed ones as well.
    pub closed_too: bool,
}

/// What happened to a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseEventKind {
    /// A run found it; the text names the category.
    Found,
    /// A run found it under another category; the text names it.
    Changed,
    /// A run no longer finds it, or matched it; the text says how.
    AutoClosed,
    /// A run found it again after it was closed; the text names the category.
    Reopened,
    /// A person moved it; the text is the status, and the reason after a line break.
    Status,
    /// A person gave it to somebody; the text is the name.
    Owner,
    /// A person wrote a note.
    Note,
}

impl CaseEventKind {
    const ENTRIES: [(Self, &'static str); 7] = [
        (Self::Found, "found"),
        (Self::Changed, "changed"),
        (Self::AutoClosed, "auto-closed"),
        (Self::Reopened, "reopened"),
        (Self::Status, "status"),
        (Self::Owner, "owner"),
        (Self::Note, "note"),
    ];

    /// The stable word of the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ENTRIES
            .iter()
            .find(|entry| entry.0 == self)
            .map_or("", |entry| entry.1)
    }

    /// Reads that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ENTRIES
            .iter()
            .find(|entry| entry.1 == word)
            .map(|entry| entry.0)
    }
}

/// One entry of a case's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseEvent {
    /// When.
    pub at: Instant,
    /// Who; empty for the program.
    pub actor: String,
    /// What.
    pub kind: CaseEventKind,
    /// The words that go with it.
    pub text: String,
    /// The run that brought it.
    pub run: Option<RunId>,
}

impl CaseEvent {
    /// The entry as the rule of taking back reads it; `None` when its text names no status.
    #[must_use]
    pub fn past_step(&self) -> Option<PastStep> {
        let what = match self.kind {
            CaseEventKind::Status => {
                let (word, reason) = self.text.split_once('\n').unwrap_or((&self.text, ""));
                PastDeed::Status(CaseStatus::parse(word)?, reason.to_owned())
            }
            CaseEventKind::Owner => PastDeed::Owner(self.text.clone()),
            CaseEventKind::Note => PastDeed::Note,
            CaseEventKind::Found | CaseEventKind::Changed => PastDeed::Run(None),
            CaseEventKind::AutoClosed => PastDeed::Run(Some(CaseStatus::AutoClosed)),
            CaseEventKind::Reopened => PastDeed::Run(Some(CaseStatus::Reopened)),
        };
        Some(PastStep {
            at: self.at,
            actor: self.actor.clone(),
            what,
        })
    }
}
