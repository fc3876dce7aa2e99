//! What the dialogs that move goods or money have asked, and what was answered.

use super::model::{Approvals, CaseName, PayoutView};
use super::{Command, Failure, Outcome, Remote, TaskId};
use recondesk_domain::{Fen, ProfileId};
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
    /// Goods and money on their way out, until the job that moves them ends.
    moving: Vec<RunningPayout>,
    /// Why the last one was refused.
    refused: Option<(CaseName, Failure)>,
    /// Whose refunds were asked for.
    whose: Option<ProfileId>,
}

/// Goods or money that a job is moving for a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunningPayout {
    task: TaskId,
    case: CaseName,
    /// The sum of a refund; `None` while goods are reissued.
    pub refund: Option<Fen>,
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
            Command::Refund(wish) => {
                let case = case(wish.profile, &wish.key);
                self.moves(id, case, Some(wish.amount));
            }
            Command::Reissue(wish) => self.moves(id, case(wish.profile, &wish.key), None),
            Command::UnfinishedRefunds(whose) => {
                self.whose = *whose;
                self.unfinished.ask(id);
            }
            _ => {}
        }
    }

    fn moves(&mut self, task: TaskId, case: CaseName, refund: Option<Fen>) {
        self.refused = None;
        self.moving.push(RunningPayout { task, case, refund });
    }

    /// Why the last refund or reissue of a case was refused, until it is asked for again.
    #[must_use]
    pub fn refused(&self, profile: ProfileId, key: &str) -> Option<&Failure> {
        let (case, failure) = self.refused.as_ref()?;
        (case.profile == profile && case.key == key).then_some(failure)
    }

    /// A job failed.
    pub(super) fn ended_by(&mut self, id: TaskId, failure: &Failure) {
        if let Some(payout) = self.moving.iter().find(|payout| payout.task == id) {
            self.refused = Some((payout.case.clone(), failure.clone()));
        }
        self.ended(id);
    }

    /// A job ended, one way or the other.
    pub(super) fn ended(&mut self, id: TaskId) {
        self.moving.retain(|payout| payout.task != id);
    }

    /// What is being moved for a case at this moment.
    #[must_use]
    pub fn moving(&self, profile: ProfileId, key: &str) -> Option<&RunningPayout> {
        let mut all = self.moving.iter();
        all.find(|payout| payout.case.profile == profile && payout.case.key == key)
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
        let refunds = self.unfinished.value();
        let refunds = refunds.map(|_| Command::UnfinishedRefunds(self.whose));
        refunds.into_iter().collect()
    }
}

fn case(profile: ProfileId, key: &str) -> CaseName {
    CaseName {
        profile,
        key: key.to_owned(),
    }
}
