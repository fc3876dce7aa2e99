//! [`Records`] over the workspace database: each method is one call into the file of its table family.

use super::{Database, audit, case_questions, case_steps, merchants, observations, runs};
use recondesk_domain::{BillDate, Finding, Instant, MerchantProfile, ProfileId};
use recondesk_ports::{
    Author, BillFailure, CaseEvent, CaseId, CaseQuery, CaseRecord, CaseStep, CaseSteps,
    DeedListener, ExchangeRecord, KnownRun, NewRun, Observation, Records, RefundWord, RunId,
    RunRecord, StoreError,
};
use recondesk_reconcile::PoolItem;

impl Records for Database {
    fn profiles(&self) -> Result<Vec<(ProfileId, MerchantProfile)>, StoreError> {
        Ok(merchants::all(self)?)
    }

    fn profile(&self, name: &str) -> Result<Option<(ProfileId, MerchantProfile)>, StoreError> {
        Ok(merchants::by_name(self, name)?)
    }

    fn add_profile(
        &self,
        profile: &MerchantProfile,
        by: Author<'_>,
    ) -> Result<ProfileId, StoreError> {
        Ok(merchants::add(self, profile, by)?)
    }

    fn update_profile(
        &self,
        id: ProfileId,
        profile: &MerchantProfile,
        by: Author<'_>,
    ) -> Result<(), StoreError> {
        Ok(merchants::update(self, id, profile, by)?)
    }

    fn remove_profile(&self, id: ProfileId, by: Author<'_>) -> Result<(), StoreError> {
        Ok(merchants::remove(self, id, by)?)
    }

    fn preference(&self, key: &str) -> Result<Option<String>, StoreError> {
        Ok(merchants::preference(self, key)?)
    }

    fn set_preference(&self, key: &str, json: &str) -> Result<(), StoreError> {
        Ok(merchants::set_preference(self, key, json)?)
    }

    fn mapping(&self, profile: ProfileId, name: &str) -> Result<Option<String>, StoreError> {
        Ok(merchants::mapping(self, profile, name)?)
    }

    fn mappings(&self, profile: ProfileId) -> Result<Vec<String>, StoreError> {
        Ok(merchants::mappings(self, profile)?)
    }

    fn set_mapping(&self, profile: ProfileId, name: &str, toml: &str) -> Result<(), StoreError> {
        Ok(merchants::set_mapping(self, profile, name, toml)?)
    }

    fn remove_mapping(&self, profile: ProfileId, name: &str) -> Result<bool, StoreError> {
        Ok(merchants::remove_mapping(self, profile, name)?)
    }

    fn recall_run(
        &self,
        run: &KnownRun<'_>,
        now: Instant,
    ) -> Result<Option<RunRecord>, StoreError> {
        Ok(runs::recall(self, run, now)?)
    }

    fn conclude(&self, run: &NewRun<'_>, now: Instant) -> Result<RunRecord, StoreError> {
        Ok(runs::conclude(self, run, now)?)
    }

    fn current_run(
        &self,
        profile: ProfileId,
        day: BillDate,
    ) -> Result<Option<RunRecord>, StoreError> {
        Ok(runs::current(self, profile, day)?)
    }

    fn run_before(
        &self,
        profile: ProfileId,
        day: BillDate,
    ) -> Result<Option<RunRecord>, StoreError> {
        Ok(runs::before(self, profile, day)?)
    }

    fn current_runs(
        &self,
        profile: ProfileId,
        first: BillDate,
        last: BillDate,
    ) -> Result<Vec<RunRecord>, StoreError> {
        Ok(runs::current_between(self, profile, (first, last))?)
    }

    fn findings(&self, run: RunId) -> Result<Vec<Finding>, StoreError> {
        Ok(runs::findings(self, run)?)
    }

    fn opening_pool(&self, profile: ProfileId, day: BillDate) -> Result<Vec<PoolItem>, StoreError> {
        Ok(runs::opening_pool(self, profile, day)?)
    }

    fn mark_no_bill(
        &self,
        profile: ProfileId,
        day: BillDate,
        now: Instant,
    ) -> Result<(), StoreError> {
        Ok(runs::mark_no_bill(self, profile, day, now)?)
    }

    fn no_bill_days(&self, profile: ProfileId) -> Result<Vec<BillDate>, StoreError> {
        Ok(runs::no_bill_days(self, profile)?)
    }

    fn mark_bill_failure(
        &self,
        profile: ProfileId,
        failure: &BillFailure,
    ) -> Result<(), StoreError> {
        Ok(runs::mark_bill_failure(self, profile, failure)?)
    }

    fn bill_failures(&self, profile: ProfileId) -> Result<Vec<BillFailure>, StoreError> {
        Ok(runs::bill_failures(self, profile)?)
    }

    fn cases(&self, query: &CaseQuery) -> Result<Vec<CaseRecord>, StoreError> {
        Ok(case_questions::list(self, query)?)
    }

    fn case(&self, profile: ProfileId, key: &str) -> Result<Option<CaseRecord>, StoreError> {
        Ok(case_questions::by_key(self, profile, key)?)
    }

    fn cases_by_id(&self, ids: &[CaseId]) -> Result<Vec<CaseRecord>, StoreError> {
        Ok(case_questions::by_id(self, ids)?)
    }

    fn cases_named(&self, word: &str) -> Result<Vec<CaseRecord>, StoreError> {
        Ok(case_questions::named(self, word)?)
    }

    fn last_case_event(&self) -> Result<i64, StoreError> {
        let sql = "SELECT coalesce(max(id), 0) FROM case_event";
        Ok(self.lock().query_row(sql, [], |row| row.get(0))?)
    }

    fn last_deed(&self) -> Result<i64, StoreError> {
        let sql = "SELECT coalesce(max(id), 0) FROM audit";
        Ok(self.lock().query_row(sql, [], |row| row.get(0))?)
    }

    fn announce_to(&self, listener: Box<dyn DeedListener>) {
        if let Some(server) = self.shared() {
            server.announce_to(listener);
        }
    }

    fn case_events(&self, case: CaseId) -> Result<Vec<CaseEvent>, StoreError> {
        Ok(case_questions::events(self, case)?)
    }

    fn step_case_all(&self, case: CaseId, steps: &[CaseStep]) -> Result<(), StoreError> {
        Ok(case_steps::all(self, case, steps)?)
    }

    fn step_cases(&self, cases: &[CaseSteps]) -> Vec<Result<(), StoreError>> {
        case_steps::each(self, cases)
    }

    fn log_exchange(&self, exchange: &ExchangeRecord) -> Result<(), StoreError> {
        Ok(audit::log(self, exchange)?)
    }

    fn exchanges(&self, text: &str, most: u32) -> Result<Vec<ExchangeRecord>, StoreError> {
        Ok(audit::list(self, text, most)?)
    }

    fn observe(&self, observation: &Observation) -> Result<Option<Observation>, StoreError> {
        Ok(observations::enter(self, observation)?)
    }

    fn observe_together(&self, work: &mut dyn FnMut() -> bool) -> Result<(), StoreError> {
        Ok(observations::together(self, work)?)
    }

    fn observations(&self, number: &str) -> Result<Vec<Observation>, StoreError> {
        Ok(observations::about(self, number)?)
    }

    fn refund_words(&self, profile: ProfileId) -> Result<Vec<RefundWord>, StoreError> {
        Ok(observations::refund_words(self, profile)?)
    }
}
