//! What was asked about a merchant beside its profile, and what was answered.

use super::jobs::doctor::DoctorReport;
use super::model::{Decision, KeptMapping, MerchantAsk};
use super::{Command, Failure, Outcome, Remote, TaskId};
use recondesk_domain::ProfileId;

/// Mappings and checks of the merchant that was asked about last.
#[derive(Debug, Default)]
pub struct MerchantAnswers {
    /// The mappings, and whose they are.
    pub mappings: Remote<(ProfileId, Vec<KeptMapping>)>,
    /// How the checks came out.
    pub doctor: Remote<Box<DoctorReport>>,
}

impl MerchantAnswers {
    /// A question goes out.
    pub(super) fn asked(&mut self, id: TaskId, command: &Command) {
        let Command::Merchant(ask) = command else {
            return;
        };
        match ask {
            MerchantAsk::Mappings(_)
            | MerchantAsk::RenameMapping { .. }
            | MerchantAsk::RemoveMapping(..) => self.mappings.ask(id),
            MerchantAsk::Examine(profile) => {
                if self
                    .doctor
                    .value()
                    .is_some_and(|report| report.profile != *profile)
                {
                    self.doctor.clear();
                }
                self.doctor.ask(id);
            }
        }
    }

    /// An answer came.
    pub(super) fn answered(&mut self, id: TaskId, outcome: Outcome) {
        match outcome {
            Outcome::Mappings(profile, all) => {
                self.mappings.answer(id, Ok((profile, all)));
            }
            Outcome::Examined(report) => {
                self.doctor.answer(id, Ok(report));
            }
            _ => {}
        }
    }

    /// True when it was one of these that failed.
    pub(super) fn failed(&mut self, id: TaskId, failure: &Failure) -> bool {
        self.mappings.answer(id, Err(failure.clone()))
            || self.doctor.answer(id, Err(failure.clone()))
    }
}

impl Command {
    /// True for a deed that a dialog asks for and waits for.
    pub(super) const fn is_of_a_dialog(&self) -> bool {
        matches!(
            self,
            Self::Undo(..)
                | Self::WithdrawRefund(..)
                | Self::RemoveProfile(_)
                | Self::Attach(_)
                | Self::OpenShared(_)
                | Self::Merchant(
                    MerchantAsk::RenameMapping { .. } | MerchantAsk::RemoveMapping(..)
                )
                | Self::Decide(
                    _,
                    _,
                    Decision::HandOver(_)
                        | Decision::Carry(_)
                        | Decision::Resolve(_)
                        | Decision::Propose(_)
                        | Decision::Agree(_)
                        | Decision::Refuse(_)
                        | Decision::Reopen(_)
                )
        )
    }
}
