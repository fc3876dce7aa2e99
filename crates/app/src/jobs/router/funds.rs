//! The fund flow of a day for the window.

use super::WindowJobs;
use crate::jobs::funds::{FundsRequest, examine_day};
use crate::model::{FundsAsk, FundsModel};
use crate::{Failure, Outcome, Reporter};

impl WindowJobs {
    /// Examines the fund flow of a day.
    pub(super) fn funds(&self, ask: FundsAsk, reporter: &dyn Reporter) -> Result<Outcome, Failure> {
        let profile = self.profile(ask.profile)?;
        let request = FundsRequest {
            profile: (ask.profile, &profile),
            day: ask.day,
            fetches: ask.fetches,
        };
        let report = examine_day(&self.ports, &request, reporter)?;
        Ok(Outcome::Funds(Box::new(FundsModel {
            profile: ask.profile,
            report,
        })))
    }
}
