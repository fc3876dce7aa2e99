//! What is asked about a merchant beside its profile: the mappings that are kept with it, and its checks.

use super::WindowJobs;
use crate::jobs::{doctor, mappings};
use crate::model::MerchantAsk;
use crate::{Failure, MerchantRef, Outcome, Reporter};

impl WindowJobs {
    /// Answers, or changes a mapping and tells which there are then.
    pub(super) fn merchant(
        &self,
        ask: MerchantAsk,
        reporter: &dyn Reporter,
    ) -> Result<Outcome, Failure> {
        let ports = &self.ports;
        let id = match ask {
            MerchantAsk::Mappings(id) => id,
            MerchantAsk::RenameMapping { profile, from, to } => {
                self.administrator()?;
                mappings::rename(ports, profile, &from, &to)?;
                profile
            }
            MerchantAsk::RemoveMapping(id, name) => {
                self.administrator()?;
                mappings::remove(ports, id, &name)?;
                id
            }
            MerchantAsk::Examine(id) => {
                let profile = self.profile(id)?;
                let report =
                    doctor::examine(ports, MerchantRef::new(id, &profile), true, reporter)?;
                return Ok(Outcome::Examined(Box::new(report)));
            }
        };
        Ok(Outcome::Mappings(id, mappings::kept(ports, id)?))
    }
}
