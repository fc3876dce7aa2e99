//! What the Signature screen knows: one slot for the form, one for each tab, one for the self-test.

use super::model::{LabAnswer, LabAsk, LabFill, LabOutcome, LabTab};
use super::{Failure, Remote, TaskId};
use crate::wechat::selftest::Check;

/// What the Signature screen knows.
#[derive(Debug, Default)]
pub struct Lab {
    /// What the form is filled with next.
    pub fill: Remote<LabFill>,
    /// The vectors.
    pub checks: Remote<Vec<Check>>,
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

    /// Takes note of a question.
    pub(super) fn asked(&mut self, id: TaskId, ask: &LabAsk) {
        match (ask, ask.tab()) {
            (_, Some(tab)) => self.of_mut(tab).ask(id),
            (LabAsk::SelfTest, None) => self.checks.ask(id),
            (_, None) => self.fill.ask(id),
        }
    }

    /// Puts an answer where it was asked for.
    pub(super) fn answered(&mut self, id: TaskId, outcome: LabOutcome) {
        match outcome {
            LabOutcome::Fill(fill) => {
                self.fill.answer(id, Ok(fill));
            }
            LabOutcome::Checks(checks) => {
                self.checks.answer(id, Ok(checks));
            }
            LabOutcome::Answer(answer) => {
                for tab in LabTab::ALL {
                    if self.of_mut(tab).answer(id, Ok(answer.clone())) {
                        return;
                    }
                }
            }
        }
    }

    /// Puts a refusal where it was asked for; false when nobody here asked.
    pub(super) fn failed(&mut self, id: TaskId, failure: &Failure) -> bool {
        self.fill.answer(id, Err(failure.clone()))
            || self.checks.answer(id, Err(failure.clone()))
            || LabTab::ALL
                .into_iter()
                .any(|tab| self.of_mut(tab).answer(id, Err(failure.clone())))
    }
}
