//! What people and runs leave in a workspace: profiles, preferences, runs, cases, history.

use super::Author;
use super::{CaseEvent, CaseId, CaseQuery, CaseRecord, CaseStep, CaseSteps};
use super::{Observation, RefundWord, StoreError};
use recondesk_domain::{BillDate, Finding, Instant, MerchantProfile, Message, ProfileId};
use recondesk_reconcile::{PoolItem, RunSummary};

/// Number of a stored run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(pub i64);

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

/// Hears of deeds that others store.
pub trait DeedListener: Send {
    /// Something was stored, or may have been: the line was cut for a while.
    fn heard(&self);

    /// Deeds are announced from now on, or no longer: then whoever wants to know of them has to look.
    fn announced(&self, arrive: bool);

    /// False once nobody listens any more.
    fn is_wanted(&self) -> bool;
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

    /// The cases with these numbers, in their order; one that is gone is left out.
    ///
    /// # Errors
    /// As above.
    fn cases_by_id(&self, ids: &[CaseId]) -> Result<Vec<CaseRecord>, StoreError>;

    /// The cases that a word names, closed ones as well: by number or key, else by the order or refund number.
    ///
    /// # Errors
    /// As above.
    fn cases_named(&self, word: &str) -> Result<Vec<CaseRecord>, StoreError>;

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

    /// Lets the listener hear of each deed that anybody stores, as soon as it is there, until it wants no more. Where
    /// nobody announces deeds it never hears of any. Waits for nothing.
    fn announce_to(&self, _listener: Box<dyn DeedListener>) {}

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

    /// Carries out the steps on each of these cases, together in as few transactions as there can be: what is
    /// refused for one case is none of the others' business. A result for each comes back, in order.
    fn step_cases(&self, cases: &[CaseSteps]) -> Vec<Result<(), StoreError>>;

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
