//! What the import assistant knows: one file, the newest answer about it, the import that runs.

use std::path::PathBuf;

use crate::domain::ProfileId;

use super::model::{ImportAsk, ImportSheet, MappingChoice};
use super::{CancelToken, Command, Failure, Remote, TaskId};

/// The file in the assistant; nothing is open while there is none.
#[derive(Debug, Default)]
pub struct Import {
    /// Counts the files that were opened, so that a view can tell one from the next.
    pub opened: u64,
    /// The question asked last.
    pub asked: Option<Box<ImportAsk>>,
    /// The answer.
    pub sheet: Remote<Box<ImportSheet>>,
    /// The import that runs.
    pub running: Option<TaskId>,
    looking: Option<(TaskId, CancelToken)>,
}

impl Import {
    /// The command that opens the assistant over a file.
    #[must_use]
    pub fn first_look(profile: ProfileId, path: PathBuf) -> Command {
        Command::LookAtFile(Box::new(ImportAsk {
            profile,
            path,
            choice: MappingChoice::Any,
        }))
    }

    /// True while a file is in the assistant.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.asked.is_some()
    }

    /// The look that is under way.
    #[must_use]
    pub fn looking(&self) -> Option<TaskId> {
        self.looking.as_ref().map(|(task, _)| *task)
    }

    /// Takes note of a command; an older look is stopped and its task returned.
    pub(super) fn asked(
        &mut self,
        (task, cancel): (TaskId, &CancelToken),
        command: &Command,
    ) -> Option<TaskId> {
        match command {
            Command::LookAtFile(ask) => {
                let same = self.asked.as_ref().is_some_and(|old| old.path == ask.path);
                if !same || ask.choice == MappingChoice::Any {
                    self.sheet.clear();
                    self.opened += 1;
                    // An import of the file before goes on by itself and must not close this one.
                    self.running = None;
                }
                self.asked = Some(ask.clone());
                self.sheet.ask(task);
                let old = self.looking.replace((task, cancel.clone()))?;
                old.1.cancel();
                Some(old.0)
            }
            Command::ImportShown(_) => {
                self.running = Some(task);
                None
            }
            _ => None,
        }
    }

    /// An import has ended well: the assistant has nothing left to do.
    pub(super) fn imported(&mut self, task: TaskId) {
        if self.running == Some(task) {
            self.running = None;
            self.close();
        }
    }

    /// Takes a failure; true when it is shown in place. A failed import leaves the file open.
    pub(super) fn failed(&mut self, task: TaskId, failure: &Failure) -> bool {
        if self.running == Some(task) {
            self.running = None;
            return false;
        }
        self.sheet.answer(task, Err(failure.clone()))
    }

    /// Forgets the file; the look that was under way is stopped and returned.
    pub(super) fn close(&mut self) -> Option<TaskId> {
        self.asked = None;
        self.sheet.clear();
        let (task, cancel) = self.looking.take()?;
        cancel.cancel();
        Some(task)
    }
}
