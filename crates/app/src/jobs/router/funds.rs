//! The fund flow of a day for the window.

use std::path::Path;

use super::WindowJobs;
use crate::jobs::funds::{
    ARRIVES_WITHIN, FundsRequest, contradicts_itself, examine_day, import_statement,
};
use crate::model::{FundsAsk, FundsModel};
use crate::{Failure, MerchantRef, Outcome, Reporter};
use recondesk_domain::MchId;
use recondesk_ports::BooksError;

impl WindowJobs {
    /// Takes a bank statement in, then examines the fund flow of a day with it.
    pub(super) fn bank_statement(
        &self,
        ask: FundsAsk,
        path: &Path,
        reporter: &dyn Reporter,
    ) -> Result<Outcome, Failure> {
        let source = self
            .around
            .files
            .open(path)
            .map_err(|error| BooksError::Source(error.to_string()))?;
        let import = import_statement(&self.ports, ask.profile, source, reporter)?;
        if !import.report.adds_up() {
            return Err(contradicts_itself(&import));
        }
        self.funds(ask, reporter)
    }

    /// Examines the fund flow of a day.
    pub(super) fn funds(&self, ask: FundsAsk, reporter: &dyn Reporter) -> Result<Outcome, Failure> {
        let profile = self.profile(ask.profile)?;
        let request = FundsRequest {
            sub_mch_id: MchId::EMPTY,
            merchant: MerchantRef::new(ask.profile, &profile),
            day: ask.day,
            fetches: ask.fetches,
            within: ARRIVES_WITHIN,
        };
        let report = examine_day(&self.ports, &request, reporter)?;
        Ok(Outcome::Funds(Box::new(FundsModel {
            profile: ask.profile,
            report,
        })))
    }
}
