//! What the import assistant knows: one file, the newest answer about it, the import that runs, the files that wait.

use std::collections::VecDeque;
use std::path::PathBuf;

use recondesk_domain::ProfileId;

use super::jobs::intake::MappingOrigin;
use super::model::{ImportAsk, ImportOrder, ImportSheet, MappingChoice};
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
    waiting: VecDeque<(ProfileId, PathBuf)>,
    looking: Option<(TaskId, CancelToken)>,
}

impl Import {
    /// The command that opens the assistant over a file.
    #[must_use]
    pub fn first_look(profile: ProfileId, path: PathBuf) -> Command {
        Command::LookAtFile(Box::new(ImportAsk {
            profile,
            path,
            choice: MappingChoice::Any(None),
        }))
    }

    /// Opens the assistant over a file, or lets the file wait until the one that is open is done with. The open file
    /// itself is looked at anew: it may have been mended.
    pub fn open_or_wait(&mut self, profile: ProfileId, path: PathBuf) -> Option<Command> {
        let open = self.asked.as_ref().map(|ask| (ask.profile, &ask.path));
        let again = self.running.is_none() && open == Some((profile, &path));
        if !self.is_open() || again {
            return Some(Self::first_look(profile, path));
        }
        let file = (profile, path);
        if !self.waiting.contains(&file) {
            self.waiting.push_back(file);
        }
        None
    }

    /// Files that wait for the one that is open.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Forgets the files that wait.
    pub fn drop_waiting(&mut self) {
        self.waiting.clear();
    }

    /// The command that opens the assistant over the file that waited longest.
    pub(super) fn next(&mut self) -> Option<Command> {
        let (profile, path) = self.waiting.pop_front()?;
        Some(Self::first_look(profile, path))
    }

    /// True while a file is in the assistant.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.asked.is_some()
    }

    /// True when a person chose anything about the open file: leaving it loses that.
    #[must_use]
    pub fn is_edited(&self) -> bool {
        let ask = self.asked.as_ref();
        ask.is_some_and(|ask| !matches!(ask.choice, MappingChoice::Any(_)))
    }

    /// The look that is under way.
    #[must_use]
    pub fn looking(&self) -> Option<TaskId> {
        self.looking.as_ref().map(|(task, _)| *task)
    }

    /// Takes note of a command; an older look is stopped and its task returned.
    pub(super) fn asked(
        &mut self,
        task: TaskId,
        cancel: &CancelToken,
        command: &Command,
    ) -> Option<TaskId> {
        match command {
            Command::LookAtFile(ask) => {
                let same = self.asked.as_ref().is_some_and(|old| old.path == ask.path);
                if !same || matches!(ask.choice, MappingChoice::Any(_)) {
                    self.sheet.clear();
                    self.opened += 1;
                    // An import of the file before goes on by itself and must not close this one.
                    self.running = None;
                }
                self.asked = Some(ask.clone());
                self.sheet.ask(task);
                // What was chosen is seen at once, and the next choice builds on it.
                if let (MappingChoice::Given(mapping), Some(sheet)) =
                    (&ask.choice, self.sheet.value_mut())
                {
                    sheet.mapping = mapping.as_ref().clone();
                }
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

    /// An import has ended well: the assistant is done with its file, the next one comes back.
    pub(super) fn imported(&mut self, task: TaskId) -> Option<Command> {
        if self.running != Some(task) {
            return None;
        }
        self.running = None;
        self.close();
        self.next()
    }

    /// The command that imports the file without a click, where nothing is asked of it.
    pub(super) fn import_unasked(&self) -> Option<Command> {
        let is_first = self
            .asked
            .as_ref()
            .is_some_and(|ask| matches!(ask.choice, MappingChoice::Any(_)));
        let sheet = self
            .sheet
            .value()
            .filter(|sheet| is_first && sheet.needs_nobody())?;
        let save = sheet.origin == MappingOrigin::Guessed;
        let mut mapping = sheet.mapping.clone();
        if save {
            sheet.name_for_mapping.clone_into(&mut mapping.name);
        }
        self.running.is_none().then(|| {
            Command::ImportShown(Box::new(ImportOrder {
                profile: sheet.profile,
                path: sheet.path.clone(),
                mapping: Box::new(mapping),
                save,
            }))
        })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_open_file_is_looked_at_anew_and_others_wait_once() {
        let shop = ProfileId(1);
        let mut import = Import::default();
        let first = import.open_or_wait(shop, "a.csv".into()).expect("a look");
        import.asked(TaskId(1), &CancelToken::default(), &first);

        assert!(import.open_or_wait(shop, "b.csv".into()).is_none());
        assert!(import.open_or_wait(shop, "b.csv".into()).is_none());
        assert_eq!(import.waiting(), 1);
        let again = import.open_or_wait(shop, "a.csv".into()).expect("a look");
        import.asked(TaskId(2), &CancelToken::default(), &again);
        assert_eq!((import.opened, import.looking()), (2, Some(TaskId(2))));

        import.running = Some(TaskId(3));
        assert!(import.open_or_wait(shop, "a.csv".into()).is_none());
        assert_eq!(import.waiting(), 2, "it is looked at once its import ended");
    }
}
