//! Whose turn it is to write: one thread of one program at a time.
//!
//! SQLite alone would do for its own transactions; but the journal beside the database must get its lines in the order
//! of the transactions, and the log may be moved into the database only while nobody adds to it.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use super::DbError;
use recondesk_ports::StoreError;

/// How long opening waits before it goes on without the turn: whoever has it has looked after the files.
const SOON: Duration = Duration::from_secs(2);
/// How often a waiting program looks again.
const POLL: Duration = Duration::from_millis(2);

/// The turns of one database.
#[derive(Debug)]
pub(super) struct Turn {
    /// What programs lock; `None` where threads of this program alone wait here.
    file: Option<File>,
    holder: Mutex<Option<ThreadId>>,
    freed: Condvar,
}

/// The turn; given back when dropped.
#[derive(Debug)]
#[must_use]
pub(super) struct TurnGuard<'a> {
    /// `None` inside a turn that this thread has already.
    turn: Option<&'a Turn>,
}

impl TurnGuard<'_> {
    /// True when this thread had the turn before.
    pub(super) const fn is_nested(&self) -> bool {
        self.turn.is_none()
    }
}

impl Turn {
    /// The turns of the database whose lock file this is.
    pub(super) fn open(path: &Path) -> Result<Self, DbError> {
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        crate::files::for_owner_only(&mut options);
        let file = options
            .open(path)
            .map_err(|error| StoreError::Denied(format!("{}: {error}", path.display())))?;
        Ok(Self {
            file: Some(file),
            ..Self::of_this_program()
        })
    }

    /// Turns of the threads of this program.
    pub(super) fn of_this_program() -> Self {
        Self {
            file: None,
            holder: Mutex::default(),
            freed: Condvar::new(),
        }
    }

    /// True when this thread has the turn.
    pub(super) fn is_mine(&self) -> bool {
        *self.holder() == Some(std::thread::current().id())
    }

    /// Waits for the turn, at most `patience` for each, threads of this program and other programs.
    pub(super) fn enter(&self, patience: Duration) -> Result<TurnGuard<'_>, DbError> {
        let me = std::thread::current().id();
        let holder = self.holder();
        if *holder == Some(me) {
            return Ok(TurnGuard { turn: None });
        }
        let (mut holder, waited) = self
            .freed
            .wait_timeout_while(holder, patience, |holder| holder.is_some())
            .unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() {
            return Err(StoreError::Busy.into());
        }
        self.lock_file(patience)?;
        *holder = Some(me);
        Ok(TurnGuard { turn: Some(self) })
    }

    /// The turn, if it can be had within a moment.
    pub(super) fn enter_soon(&self) -> Result<Option<TurnGuard<'_>>, DbError> {
        match self.enter(SOON) {
            Ok(guard) => Ok(Some(guard)),
            Err(error) if error == StoreError::Busy.into() => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn holder(&self) -> MutexGuard<'_, Option<ThreadId>> {
        self.holder.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_file(&self, patience: Duration) -> Result<(), DbError> {
        let Some(file) = &self.file else {
            return Ok(());
        };
        let since = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(()),
                Err(TryLockError::WouldBlock) if since.elapsed() < patience => {
                    std::thread::sleep(POLL);
                }
                Err(TryLockError::WouldBlock) => return Err(StoreError::Busy.into()),
                Err(TryLockError::Error(error)) => {
                    return Err(StoreError::Denied(error.to_string()).into());
                }
            }
        }
    }
}

impl Drop for TurnGuard<'_> {
    fn drop(&mut self) {
        let Some(turn) = self.turn else { return };
        // The lock of a file that cannot be unlocked goes with the program.
        drop(turn.file.as_ref().map(File::unlock));
        *turn.holder() = None;
        turn.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_is_taken_by_one_at_a_time_and_again_by_the_same_thread() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let (one, other) = (Turn::open(&path).unwrap(), Turn::open(&path).unwrap());
        let held = one.enter(Duration::ZERO).unwrap();

        assert!(!held.is_nested());
        assert!(one.enter(Duration::ZERO).unwrap().is_nested());
        let busy = DbError::from(StoreError::Busy);
        let short = Duration::from_millis(20);
        assert_eq!(other.enter(short).map(|_| ()), Err(busy));
        std::thread::scope(|scope| {
            let thread = scope.spawn(|| one.enter(short).map(|guard| guard.is_nested()));
            assert!(thread.join().unwrap().is_err());
        });

        drop(held);
        assert!(!other.enter(Duration::ZERO).unwrap().is_nested());
    }
}
