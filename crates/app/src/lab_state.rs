//! What the Signature screen knows: one slot for the form, one for each tab, for what was sent, for the self-test.

use super::model::{Followed, LabAnswer, LabAsk, LabFill, LabOutcome, LabTab, Sent};
use super::{CancelToken, Command, Failure, Remote, TaskId};
use wechatpay_codec::selftest::Check;

/// What the Signature screen knows.
#[derive(Debug, Default)]
pub struct Lab {
    /// What the form is filled with next.
    pub fill: Remote<LabFill>,
    /// The vectors.
    pub checks: Remote<Vec<Check>>,
    /// What came of the message that was sent last.
    pub sent: Remote<Box<Sent>>,
    /// The order of that message.
    pub followed: Remote<Box<Followed>>,
    running: Option<(TaskId, CancelToken)>,
    sign: Remote<Box<LabAnswer>>,
    verify: Remote<Box<LabAnswer>>,
    why: Remote<Box<LabAnswer>>,
    front_end: Remote<Box<LabAnswer>>,
    decrypt: Remote<Box<LabAnswer>>,
}

impl Lab {
    /// The answer of a tab.
    #[must_use]
    pub const fn of(&self, tab: LabTab) -> &Remote<Box<LabAnswer>> {
        match tab {
            LabTab::Sign => &self.sign,
            LabTab::Verify => &self.verify,
            LabTab::Explain => &self.why,
            LabTab::FrontEnd => &self.front_end,
            LabTab::Decrypt => &self.decrypt,
        }
    }

    const fn of_mut(&mut self, tab: LabTab) -> &mut Remote<Box<LabAnswer>> {
        match tab {
            LabTab::Sign => &mut self.sign,
            LabTab::Verify => &mut self.verify,
            LabTab::Explain => &mut self.why,
            LabTab::FrontEnd => &mut self.front_end,
            LabTab::Decrypt => &mut self.decrypt,
        }
    }

    /// Forgets the answer of a tab.
    pub fn clear(&mut self, tab: LabTab) {
        self.of_mut(tab).clear();
    }

    /// Stops following the order; the question that waits is never asked.
    pub fn stop(&self) {
        if let Some((_, cancel)) = &self.running {
            cancel.cancel();
        }
    }

    /// True when the order is no longer followed because a person said so.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        let running = self.running.as_ref();
        running.is_some_and(|(_, cancel)| cancel.is_cancelled())
    }

    /// Takes note of a question; a task that is given up for it comes back.
    pub(super) fn asked(
        &mut self,
        id: TaskId,
        cancel: &CancelToken,
        ask: &LabAsk,
    ) -> Option<TaskId> {
        match (ask, ask.tab()) {
            (_, Some(tab)) => self.of_mut(tab).ask(id),
            (LabAsk::SelfTest, None) => self.checks.ask(id),
            (LabAsk::Send(_), None) => {
                self.sent.clear();
                self.sent.ask(id);
                self.followed.clear();
                return self.give_way(id, cancel);
            }
            (LabAsk::Follow(_), None) => {
                self.followed.ask(id);
                return self.give_way(id, cancel);
            }
            (_, None) => self.fill.ask(id),
        }
        None
    }

    /// The newest question to the gateway takes the place of the one before.
    fn give_way(&mut self, id: TaskId, cancel: &CancelToken) -> Option<TaskId> {
        let old = self.running.replace((id, cancel.clone()));
        old.map(|(task, cancel)| {
            cancel.cancel();
            task
        })
    }

    /// Puts an answer where it was asked for; what is to be asked next comes back.
    pub(super) fn answered(&mut self, id: TaskId, outcome: LabOutcome) -> Vec<Command> {
        let mut next = None;
        match outcome {
            LabOutcome::Fill(fill) => {
                self.fill.answer(id, Ok(fill));
            }
            LabOutcome::Checks(checks) => {
                self.checks.answer(id, Ok(checks));
            }
            LabOutcome::Sent(sent) => {
                let follow = sent.follow.clone();
                if self.sent.answer(id, Ok(sent)) {
                    self.running = None;
                    next = follow;
                }
            }
            LabOutcome::Followed(followed) => {
                let follow = followed.next.clone();
                if self.followed.answer(id, Ok(followed)) {
                    self.running = None;
                    next = follow;
                }
            }
            LabOutcome::Answer(answer) => {
                for tab in LabTab::ALL {
                    if self.of_mut(tab).answer(id, Ok(answer.clone())) {
                        break;
                    }
                }
            }
        }
        let ask = next.map(|follow| Command::Lab(LabAsk::Follow(follow)));
        ask.into_iter().collect()
    }

    /// Puts a refusal where it was asked for; false when nobody here asked.
    pub(super) fn failed(&mut self, id: TaskId, failure: &Failure) -> bool {
        if self.running.as_ref().is_some_and(|(task, _)| *task == id) {
            self.running = None;
        }
        self.fill.answer(id, Err(failure.clone()))
            || self.checks.answer(id, Err(failure.clone()))
            || self.sent.answer(id, Err(failure.clone()))
            || self.followed.answer(id, Err(failure.clone()))
            || LabTab::ALL
                .into_iter()
                .any(|tab| self.of_mut(tab).answer(id, Err(failure.clone())))
    }
}
