//! Who sits at the window, and one decision about many cases: what was asked, and what was answered.

use super::model::{BulkOutcome, BulkSummary, Person};
use super::{Command, Failure, Message, NoticeText, Remote, State, TaskId};

/// Who decides, and whether somebody must sign in first.
#[derive(Debug, Default)]
pub struct DeskState {
    /// Who sits there.
    pub person: Person,
    /// The sign-in that was asked for last.
    pub asked: Remote<()>,
    /// True from when something needed an operator until one signs in or the wish is dropped.
    pub is_wanted: bool,
}

impl DeskState {
    /// True while decisions wait for an operator to sign in.
    #[must_use]
    pub fn must_sign_in(&self) -> bool {
        self.person.has_operators && self.person.name.is_empty()
    }
}

/// One decision about many cases.
#[derive(Debug, Default)]
pub struct Bulk {
    /// What the cases are together.
    pub summary: Remote<Box<BulkSummary>>,
    /// What came of the decision.
    pub done: Remote<Box<BulkOutcome>>,
    /// The decision that runs, to be stopped.
    pub task: Option<TaskId>,
}

impl Bulk {
    /// The cases are added up; what was decided before is forgotten.
    pub(super) fn ask_summary(&mut self, id: TaskId) {
        *self = Self::default();
        self.summary.ask(id);
    }

    /// The decision goes out.
    pub(super) fn ask(&mut self, id: TaskId) {
        self.done.clear();
        self.done.ask(id);
        self.task = Some(id);
    }

    /// True when it was one of these that failed.
    pub(super) fn failed(&mut self, id: TaskId, failure: &Failure) -> bool {
        if self.task == Some(id) {
            self.task = None;
        }
        self.summary.answer(id, Err(failure.clone())) || self.done.answer(id, Err(failure.clone()))
    }
}

impl State {
    /// Somebody signed in or left: what may be taken back is another now.
    pub(super) fn person_known(&mut self, id: TaskId, person: Person) -> Vec<Command> {
        self.desk.asked.answer(id, Ok(()));
        if !person.name.is_empty() {
            self.desk.is_wanted = false;
        }
        self.desk.person = person;
        self.reload_cases()
    }

    /// A decision needed an operator: the window asks for one.
    pub(super) fn want_operator(&mut self, failure: &Failure) {
        if failure.code == "operator.sign_in" {
            self.desk.person = Person {
                name: String::new(),
                has_operators: true,
            };
            self.desk.is_wanted = true;
        }
    }

    /// Many cases were decided about: told, and everything that counts open cases is asked again.
    pub(super) fn decided_many(&mut self, id: TaskId, done: Box<BulkOutcome>) -> Vec<Command> {
        let reached = u64::try_from(done.lines.len()).unwrap_or(u64::MAX);
        let (refused, left) = (done.refused(), done.left);
        let waiting = done.waiting();
        let good = reached.saturating_sub(refused).saturating_sub(waiting);
        let (mut zh, mut en) = (Vec::new(), Vec::new());
        if good > 0 || waiting == 0 {
            zh.push(format!("已处理 {good} 条差错"));
            en.push(format!("Cases decided: {good}"));
        }
        if waiting > 0 {
            zh.push(format!("{waiting} 条差错已提请，待另一人复核"));
            en.push(format!("{waiting} proposed, another person must agree"));
        }
        if refused > 0 {
            zh.push(format!("{refused} 条没有处理"));
            en.push(format!("{refused} refused"));
        }
        if left > 0 {
            zh.push(format!("已停止，余 {left} 条"));
            en.push(format!("stopped with {left} left"));
        }
        self.bulk.task = None;
        self.bulk.done.answer(id, Ok(done));
        self.tell(Ok(NoticeText {
            title: Message::new(zh.join("，"), en.join(", ")),
            note: Message::default(),
            day: None,
            next: if waiting > 0 {
                crate::NextDeed::Approve
            } else {
                crate::NextDeed::None
            },
            attention: refused > 0 || left > 0 || waiting > 0,
        }));
        self.reload_decisions()
    }
}
