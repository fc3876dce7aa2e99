//! What people and runs leave in a workspace: profiles, preferences, runs, cases, history.

use super::Author;
use super::{CaseStep, Observation, RefundWord, StoreError};
use recondesk_casework::{PastDeed, PastStep};
use recondesk_domain::{
    BillDate, CaseStatus, Category, Finding, Instant, MerchantProfile, Message, ProfileId,
};
use recondesk_reconcile::{PoolItem, RunSummary};

/// Number of a stored run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(pub i64);

/// Number of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseId(pub i64);

/// A stored run, its findings aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRecord {
    /// Its number.
    pub id: RunId,
    /// The merchant.
    pub profile: ProfileId,
    /// The business day.
    pub day: BillDate,
    /// Digest of inputs, rules and pool.
    pub digest: [u8; 32],
    /// The figures.
    pub summary: RunSummary,
    /// When it was made.
    pub made_at: Instant,
}

/// Why the bill of a day did not come, the last time it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillFailure {
    /// The day of the bill.
    pub day: BillDate,
    /// When it was asked for.
    pub at: Instant,
    /// Stable code of the failure.
    pub code: String,
    /// The fact in one line.
    pub reason: Message,
}

/// A run that may have been made before.
#[derive(Debug, Clone, Copy)]
pub struct KnownRun<'a> {
    /// The merchant.
    pub profile: ProfileId,
    /// Its `mch_id`, a part of every case key.
    pub mch_id: &'a str,
    /// The business day.
    pub day: BillDate,
    /// Digest of inputs, rules and pool.
    pub digest: [u8; 32],
}

/// A result to store.
#[derive(Debug, Clone, Copy)]
pub struct NewRun<'a> {
    /// The merchant.
    pub profile: ProfileId,
    /// Its `mch_id`, a part of every case key.
    pub mch_id: &'a str,
    /// Digest of inputs, rules and pool.
    pub digest: [u8; 32],
    /// The figures; they name the day.
    pub summary: &'a RunSummary,
    /// The findings, in order of report.
    pub findings: &'a [Finding],
    /// The pool at the end of the day.
    pub pool: &'a [PoolItem],
    /// Rows that agreed across days: open cases about the same number close.
    pub cleared: &'a [Finding],
}

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

/// A question to the gateway and what came of it; never with a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExchangeRecord {
    /// The merchant.
    pub profile: ProfileId,
    /// When it was sent.
    pub at: Instant,
    /// `orderquery`, `downloadbill`, …
    pub operation: String,
    /// The number asked for, or the day.
    pub number: String,
    /// `SUCCESS`, the error code, or `unclear`.
    pub outcome: String,
    /// Milliseconds from sending to the last byte.
    pub took_ms: u64,
    /// Request and answer without secrets, as one JSON document.
    pub document: String,
}

/// The records of one workspace. Every method that writes is one transaction.
pub trait Records: Send + Sync {
    /// All living profiles, by name.
    ///
    /// # Errors
    /// [`StoreError`] when the workspace cannot be read; the same holds for every method.
    fn profiles(&self) -> Result<Vec<(ProfileId, MerchantProfile)>, StoreError>;

    /// The living profile of that name.
    ///
    /// # Errors
    /// As above.
    fn profile(&self, name: &str) -> Result<Option<(ProfileId, MerchantProfile)>, StoreError>;

    /// Adds a profile, and tells the audit trail. A removed one of the same merchant (and the same sub-merchants)
    /// lives again, with its books, cases and refunds.
    ///
    /// # Errors
    /// [`StoreError::Taken`] when the name is in use.
    fn add_profile(
        &self,
        profile: &MerchantProfile,
        by: Author<'_>,
    ) -> Result<ProfileId, StoreError>;

    /// Replaces a profile, its name included, and tells the audit trail what was changed.
    ///
    /// # Errors
    /// [`StoreError::Taken`] when the new name is in use, [`StoreError::Missing`] when it is gone.
    fn update_profile(
        &self,
        id: ProfileId,
        profile: &MerchantProfile,
        by: Author<'_>,
    ) -> Result<(), StoreError>;

    /// Removes a profile, and tells the audit trail; its books, cases and history stay, its name is free again.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when it is gone.
    fn remove_profile(&self, id: ProfileId, by: Author<'_>) -> Result<(), StoreError>;

    /// A preference, as JSON.
    ///
    /// # Errors
    /// As above.
    fn preference(&self, key: &str) -> Result<Option<String>, StoreError>;

    /// Stores a preference.
    ///
    /// # Errors
    /// As above.
    fn set_preference(&self, key: &str, json: &str) -> Result<(), StoreError>;

    /// A column mapping of a profile, as TOML.
    ///
    /// # Errors
    /// As above.
    fn mapping(&self, profile: ProfileId, name: &str) -> Result<Option<String>, StoreError>;

    /// Names of the mappings of a profile.
    ///
    /// # Errors
    /// As above.
    fn mappings(&self, profile: ProfileId) -> Result<Vec<String>, StoreError>;

    /// Stores a column mapping over one of the same name.
    ///
    /// # Errors
    /// As above.
    fn set_mapping(&self, profile: ProfileId, name: &str, toml: &str) -> Result<(), StoreError>;

    /// Forgets a column mapping; false when there is none of this name.
    ///
    /// # Errors
    /// As above.
    fn remove_mapping(&self, profile: ProfileId, name: &str) -> Result<bool, StoreError>;

    /// The run with this digest, if it was made before; it becomes the one that speaks for its day.
    /// Nothing is written when it already does.
    ///
    /// # Errors
    /// As above.
    fn recall_run(&self, run: &KnownRun<'_>, now: Instant)
    -> Result<Option<RunRecord>, StoreError>;

    /// Stores a result, opens, changes and closes cases accordingly, and lets it speak for its day.
    ///
    /// # Errors
    /// As above; nothing is stored then.
    fn conclude(&self, run: &NewRun<'_>, now: Instant) -> Result<RunRecord, StoreError>;

    /// The run that speaks for a day.
    ///
    /// # Errors
    /// As above.
    fn current_run(
        &self,
        profile: ProfileId,
        day: BillDate,
    ) -> Result<Option<RunRecord>, StoreError>;

    /// The run that spoke for a day before the one that does now; `None` while there was only one.
    ///
    /// # Errors
    /// As above.
    fn run_before(
        &self,
        profile: ProfileId,
        day: BillDate,
    ) -> Result<Option<RunRecord>, StoreError>;

    /// The runs that speak for the days from `first` to `last`, ascending.
    ///
    /// # Errors
    /// As above.
    fn current_runs(
        &self,
        profile: ProfileId,
        first: BillDate,
        last: BillDate,
    ) -> Result<Vec<RunRecord>, StoreError>;

    /// Findings of a run, in order of report.
    ///
    /// # Errors
    /// As above.
    fn findings(&self, run: RunId) -> Result<Vec<Finding>, StoreError>;

    /// What was open when the day began: the closing pool of the latest earlier day that was run.
    ///
    /// # Errors
    /// As above.
    fn opening_pool(&self, profile: ProfileId, day: BillDate) -> Result<Vec<PoolItem>, StoreError>;

    /// Notes that WeChat Pay says nothing happened on a day: its bill counts as an empty one.
    ///
    /// # Errors
    /// As above.
    fn mark_no_bill(
        &self,
        profile: ProfileId,
        day: BillDate,
        now: Instant,
    ) -> Result<(), StoreError>;

    /// Days of which WeChat Pay said that nothing happened, ascending.
    ///
    /// # Errors
    /// As above.
    fn no_bill_days(&self, profile: ProfileId) -> Result<Vec<BillDate>, StoreError>;

    /// Notes why the bill of a day did not come; the latest reason stands for the day.
    ///
    /// # Errors
    /// As above.
    fn mark_bill_failure(
        &self,
        profile: ProfileId,
        failure: &BillFailure,
    ) -> Result<(), StoreError>;

    /// Why bills did not come, by day; what came in the meantime is still among them.
    ///
    /// # Errors
    /// As above.
    fn bill_failures(&self, profile: ProfileId) -> Result<Vec<BillFailure>, StoreError>;

    /// Cases: most pressing first, then by day and order of report.
    ///
    /// # Errors
    /// As above.
    fn cases(&self, query: &CaseQuery) -> Result<Vec<CaseRecord>, StoreError>;

    /// The case with this key.
    ///
    /// # Errors
    /// As above.
    fn case(&self, profile: ProfileId, key: &str) -> Result<Option<CaseRecord>, StoreError>;

    /// What happened to a case, oldest first.
    ///
    /// # Errors
    /// As above.
    fn case_events(&self, case: CaseId) -> Result<Vec<CaseEvent>, StoreError>;

    /// The last change of any case so far: what a person who reads cases now has seen.
    ///
    /// # Errors
    /// As above.
    fn last_case_event(&self) -> Result<i64, StoreError>;

    /// The last entry of the trail: it grows with every decision, approval, payout and comparison, whoever made it.
    ///
    /// # Errors
    /// As above.
    fn last_deed(&self) -> Result<i64, StoreError>;

    /// Carries out a person's step on a case.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`] when the workflow does not allow it, [`StoreError::Overtaken`] when somebody else
    /// changed the case since the person saw it.
    fn step_case(&self, case: CaseId, step: &CaseStep) -> Result<(), StoreError> {
        self.step_case_all(case, std::slice::from_ref(step))
    }

    /// Carries out a person's steps on a case in order, all of them or none.
    ///
    /// # Errors
    /// As for one step.
    fn step_case_all(&self, case: CaseId, steps: &[CaseStep]) -> Result<(), StoreError>;

    /// Writes an exchange with the gateway down.
    ///
    /// # Errors
    /// As above.
    fn log_exchange(&self, exchange: &ExchangeRecord) -> Result<(), StoreError>;

    /// Exchanges whose number or operation contains `text` (empty for all), newest first, at most
    /// `most`.
    ///
    /// # Errors
    /// As above.
    fn exchanges(&self, text: &str, most: u32) -> Result<Vec<ExchangeRecord>, StoreError>;

    /// Enters what WeChat Pay said, once: when its key is known already nothing is stored and the
    /// first one comes back.
    ///
    /// # Errors
    /// As above.
    fn observe(&self, observation: &Observation) -> Result<Option<Observation>, StoreError>;

    /// Runs `work`; what it observes is stored at once when it says yes, and none of it otherwise.
    ///
    /// Nothing else may be written here meanwhile: flushing the disk for each of the notifications of
    /// a log takes minutes.
    ///
    /// # Errors
    /// As above.
    fn observe_together(&self, work: &mut dyn FnMut() -> bool) -> Result<(), StoreError>;

    /// Observations of all merchants that name this number, oldest first.
    ///
    /// # Errors
    /// As above.
    fn observations(&self, number: &str) -> Result<Vec<Observation>, StoreError>;

    /// What was believed of the states of a merchant's refunds, in the order it was entered.
    ///
    /// # Errors
    /// As above.
    fn refund_words(&self, profile: ProfileId) -> Result<Vec<RefundWord>, StoreError>;
}
