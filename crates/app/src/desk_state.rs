//! Who sits at the window, and one decision about many cases: what was asked, and what was answered.

use super::model::{BulkKind, BulkOutcome, BulkSummary, OperatorsView, Person, PreparedRefunds};
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

/// One deed for many cases.
#[derive(Debug, Default)]
pub struct Bulk {
    /// What the cases are together.
    pub summary: Remote<Box<BulkSummary>>,
    /// Refunds that were written down and wait for their total to be typed.
    pub prepared: Option<Box<PreparedRefunds>>,
    /// What came of the deed.
    pub done: Remote<Box<BulkOutcome>>,
    /// The deed that runs, to be stopped.
    pub task: Option<TaskId>,
}

impl Bulk {
    /// The cases are added up; what was decided before is forgotten.
    pub(super) fn ask_summary(&mut self, id: TaskId) {
        *self = Self::default();
        self.summary.ask(id);
    }

    /// The deed goes out.
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
        let mut next = self.reload_cases();
        if !person.name.is_empty() {
            self.desk.is_wanted = false;
            // Whoever works at this computer is proposed the next time.
            if person.has_operators && self.preferences.operator != person.name {
                self.preferences.operator.clone_from(&person.name);
                next.push(Command::SavePreferences(self.preferences.clone()));
            }
        }
        self.desk.person = person;
        next
    }

    /// Operators were read: whoever signs in chooses among them.
    pub(super) fn operators_known(&mut self, id: TaskId, view: Box<OperatorsView>) {
        let person = &mut self.desk.person;
        let living = view.operators.iter();
        let living = living.filter(|known| known.removed_at.is_none());
        person.operators = living.map(|known| known.name.clone()).collect();
        if !person.has_operators && !person.operators.is_empty() {
            // The first of them was named elsewhere: the user of the computer decides nothing any more.
            person.has_operators = true;
            person.name.clear();
        }
        self.people.known.answer(id, Ok(view));
    }

    /// A decision needed an operator: the window asks for one.
    pub(super) fn want_operator(&mut self, failure: &Failure) {
        if failure.code == "operator.sign_in" {
            self.desk.person.name.clear();
            self.desk.person.has_operators = true;
            self.desk.is_wanted = true;
        }
    }

    /// Refunds of many cases are written down: the dialog asks for their total.
    pub(super) fn refunds_prepared(
        &mut self,
        id: TaskId,
        prepared: Box<PreparedRefunds>,
    ) -> Vec<Command> {
        if self.bulk.task == Some(id) {
            self.bulk.task = None;
            self.bulk.done.clear();
            self.bulk.prepared = Some(prepared);
        }
        self.reload_decisions()
    }

    /// Something was done to many cases: told, and everything that counts open cases is asked again.
    pub(super) fn decided_many(&mut self, id: TaskId, done: Box<BulkOutcome>) -> Vec<Command> {
        let (refused, left) = (done.refused(), done.left);
        let (waiting, moving) = (done.waiting(), done.under_way());
        let good = done.done();
        let (mut zh, mut en) = (Vec::new(), Vec::new());
        if good > 0 || waiting == 0 && moving == 0 {
            let (said_zh, said_en) = match done.kind {
                BulkKind::Decided => (format!("已处理 {good} 条差错"), "Cases decided"),
                BulkKind::Refunded => (format!("已退款 {good} 笔"), "Refunded"),
                BulkKind::Reissued => (format!("已补发货 {good} 笔"), "Reissued"),
                BulkKind::Judged => (format!("已复核 {good} 件"), "Decided as second person"),
            };
            zh.push(said_zh);
            en.push(format!("{said_en}: {good}"));
        }
        if moving > 0 {
            let said = match done.kind {
                BulkKind::Reissued => format!("{moving} 笔补发货已交商城，待证实"),
                BulkKind::Decided | BulkKind::Refunded | BulkKind::Judged => {
                    format!("{moving} 笔退款在途")
                }
            };
            zh.push(said);
            en.push(format!("{moving} on their way"));
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
        self.bulk.prepared = None;
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
