//! Rows that imports refused: which files have some, the rows in the dialog, and what of them is tried or stored.

use super::model::{RefusedFile, RefusedRows};
use super::{Command, Failure, Outcome, Remote, TaskId};
use recondesk_domain::ProfileId;

/// What is known of refused rows.
#[derive(Debug, Default)]
pub struct RefusedState {
    /// Files of the merchant in view of which refused rows are left, the newest first.
    pub files: Remote<Vec<RefusedFile>>,
    /// The rows in the dialog, as they were tried last.
    pub rows: Remote<Box<RefusedRows>>,
    /// The merchant and the import that the dialog asked for last.
    about: Option<(ProfileId, u32)>,
    /// The import of mended rows that runs.
    storing: Option<TaskId>,
}

impl RefusedState {
    /// A question goes out; rows of another import are forgotten.
    pub(super) fn asked(&mut self, id: TaskId, command: &Command) {
        match command {
            Command::RefusedFiles(_) => self.files.ask(id),
            Command::RefusedRows(profile, import) => {
                let about = Some((*profile, *import));
                if self.about != about {
                    self.rows.clear();
                }
                self.about = about;
                self.rows.ask(id);
            }
            Command::TryMended(_) => self.rows.ask(id),
            Command::ImportMended(_) => self.storing = Some(id),
            _ => {}
        }
    }

    /// True while mended rows are on their way into the books.
    #[must_use]
    pub const fn is_storing(&self) -> bool {
        self.storing.is_some()
    }

    /// An answer came.
    pub(super) fn answered(&mut self, id: TaskId, outcome: Outcome) {
        match outcome {
            Outcome::RefusedFiles(files) => drop(self.files.answer(id, Ok(files))),
            Outcome::RefusedRows(rows) => drop(self.rows.answer(id, Ok(rows))),
            _ => {}
        }
    }

    /// Mended rows were stored: those that are left are read again.
    pub(super) fn imported(&mut self, id: TaskId) -> Option<Command> {
        if self.storing != Some(id) {
            return None;
        }
        self.storing = None;
        self.about
            .map(|(profile, import)| Command::RefusedRows(profile, import))
    }

    /// A question failed; true when it is shown where it was asked.
    pub(super) fn failed(&mut self, id: TaskId, failure: &Failure) -> bool {
        if self.storing == Some(id) {
            self.storing = None;
            return false;
        }
        self.files.answer(id, Err(failure.clone())) || self.rows.answer(id, Err(failure.clone()))
    }
}
