//! What the dialogs that move goods or money have asked, and what was answered.

use super::model::{Approvals, PayoutView};
use super::{Command, Failure, Outcome, Remote, TaskId};
use recondesk_domain::ProfileId;
use recondesk_ports::RefundRecord;

/// The order asked about last, and what waits for a second person.
#[derive(Debug, Default)]
pub struct Payouts {
    /// The order in the dialog.
    pub view: Remote<Box<PayoutView>>,
    /// What waits for a second person.
    pub approvals: Remote<Approvals>,
    /// Refunds that are not at their end.
    pub unfinished: Remote<Vec<RefundRecord>>,
    /// Whose refunds were asked for.
    whose: Option<ProfileId>,
}

impl Payouts {
    /// A question goes out; the answer to another case is forgotten.
    pub(super) fn asked(&mut self, id: TaskId, command: &Command) {
        match command {
            Command::Payout(..) => {
                self.view.clear();
                self.view.ask(id);
            }
            Command::Approvals => self.approvals.ask(id),
            Command::UnfinishedRefunds(whose) => {
                self.whose = *whose;
                self.unfinished.ask(id);
            }
            _ => {}
        }
    }

    /// An answer came.
    pub(super) fn answered(&mut self, id: TaskId, outcome: Outcome) {
        match outcome {
            Outcome::Payout(view) => drop(self.view.answer(id, Ok(view))),
            Outcome::Approvals(all) => drop(self.approvals.answer(id, Ok(all))),
            Outcome::Refunds(all) => drop(self.unfinished.answer(id, Ok(all))),
            _ => {}
        }
    }

    /// A question failed; true when it was one of these.
    pub(super) fn failed(&mut self, id: TaskId, failure: &Failure) -> bool {
        self.view.answer(id, Err(failure.clone()))
            || self.approvals.answer(id, Err(failure.clone()))
            || self.unfinished.answer(id, Err(failure.clone()))
    }

    /// What must be asked again once something was decided.
    pub(super) fn again(&self) -> Vec<Command> {
        let approvals = self.approvals.value().map(|_| Command::Approvals);
        let refunds = self.unfinished.value();
        let refunds = refunds.map(|_| Command::UnfinishedRefunds(self.whose));
        approvals.into_iter().chain(refunds).collect()
    }
}
