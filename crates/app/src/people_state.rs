//! Who is named to decide: what the settings know of it, and how the last change of it ended.

use super::model::{OperatorsView, Person};
use super::{Command, Failure, Message, NoticeText, Remote, State, TaskId};

/// Operators and limits, and the change that was asked for last.
#[derive(Debug, Default)]
pub struct People {
    /// Operators and limits.
    pub known: Remote<Box<OperatorsView>>,
    /// The change that was asked for last.
    pub asked: Remote<()>,
}

impl People {
    /// A question or a change goes out.
    pub(super) fn asked(&mut self, id: TaskId, command: &Command) {
        match command {
            Command::Operators => self.known.ask(id),
            Command::AddOperator(_) | Command::RemoveOperator(_) | Command::SetLimits(_) => {
                self.asked.ask(id);
            }
            _ => {}
        }
    }

    /// True when it was one of these that failed.
    pub(super) fn failed(&mut self, id: TaskId, failure: &Failure) -> bool {
        self.known.answer(id, Err(failure.clone())) || self.asked.answer(id, Err(failure.clone()))
    }
}

impl State {
    /// Operators or limits were changed: it is told, and what depends on who may decide is asked again.
    pub(super) fn operators_changed(
        &mut self,
        id: TaskId,
        view: Box<OperatorsView>,
        person: Person,
        title: Message,
    ) -> Vec<Command> {
        self.people.asked.answer(id, Ok(()));
        self.people.known = Remote::Ready(view);
        self.desk.person = person;
        self.tell(Ok(NoticeText {
            title,
            note: Message::default(),
            day: None,
            next: crate::NextDeed::None,
            attention: false,
        }));
        let mut next = self.reload_decisions();
        next.extend(self.payout.again());
        next
    }
}
