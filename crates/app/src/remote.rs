//! A value that is fetched elsewhere; loading and failing keep the last good one.

use super::{Failure, TaskId};

/// What is known of a value that another thread answers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Remote<T> {
    /// Nobody asked yet.
    #[default]
    Idle,
    /// Asked by that task; the value before it, if any.
    Loading(TaskId, Option<T>),
    /// Answered.
    Ready(T),
    /// Refused; the value before it, if any.
    Failed(Failure, Option<T>),
}

impl<T> Remote<T> {
    /// The last good value.
    #[must_use]
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Idle => None,
            Self::Loading(_, old) | Self::Failed(_, old) => old.as_ref(),
            Self::Ready(value) => Some(value),
        }
    }

    /// The last good value, to be changed while its successor is on its way.
    pub const fn value_mut(&mut self) -> Option<&mut T> {
        match self {
            Self::Idle => None,
            Self::Loading(_, old) | Self::Failed(_, old) => old.as_mut(),
            Self::Ready(value) => Some(value),
        }
    }

    /// Why the last question was refused.
    #[must_use]
    pub const fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Failed(failure, _) => Some(failure),
            Self::Idle | Self::Loading(..) | Self::Ready(_) => None,
        }
    }

    /// True while an answer is awaited.
    #[must_use]
    pub const fn is_loading(&self) -> bool {
        matches!(self, Self::Loading(..))
    }

    /// True before the first question.
    #[must_use]
    pub const fn is_idle(&self) -> bool {
        matches!(self, Self::Idle)
    }

    /// Takes note of a question; an older one still open is forgotten.
    pub fn ask(&mut self, task: TaskId) {
        *self = Self::Loading(task, self.take());
    }

    /// Takes the answer of `task`; false when it answers a question nobody waits for any more.
    pub fn answer(&mut self, task: TaskId, result: Result<T, Failure>) -> bool {
        if !matches!(self, Self::Loading(waiting, _) if *waiting == task) {
            return false;
        }
        *self = match result {
            Ok(value) => Self::Ready(value),
            Err(failure) => Self::Failed(failure, self.take()),
        };
        true
    }

    /// Forgets the value, for a question about something else.
    pub fn clear(&mut self) {
        *self = Self::Idle;
    }

    fn take(&mut self) -> Option<T> {
        match std::mem::take(self) {
            Self::Idle => None,
            Self::Loading(_, old) | Self::Failed(_, old) => old,
            Self::Ready(value) => Some(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_old_value_stays_while_the_new_one_is_on_its_way() {
        let mut slot = Remote::Ready(1);

        slot.ask(TaskId(7));

        assert_eq!(slot.value(), Some(&1));
        assert!(slot.is_loading());
    }

    #[test]
    fn a_late_answer_to_an_old_question_is_dropped() {
        let mut slot = Remote::Ready(1);
        slot.ask(TaskId(7));
        slot.ask(TaskId(8));

        assert!(!slot.answer(TaskId(7), Ok(2)));
        assert_eq!(slot.value(), Some(&1));

        assert!(slot.answer(TaskId(8), Err(Failure::cancelled())));
        assert_eq!(slot.value(), Some(&1));
        assert!(slot.failure().is_some());
    }
}
