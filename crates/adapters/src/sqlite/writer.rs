//! The one connection that writes, and what goes with every transaction: the turn, the count, the journal.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use rusqlite::{OptionalExtension as _, TransactionBehavior};

use super::change_log::{ChangeLog, RowChange, TransactionChanges};
use super::journal::Journal;
use super::session::{Connection, SessionTransaction};
use super::turn::Turn;
use super::{BUSY, DbError, locked};
use recondesk_ports::StoreError;

/// The writing connection, and what goes with every write.
#[derive(Debug)]
pub(super) struct Writer {
    path: PathBuf,
    pub(super) connection: Arc<Mutex<Connection>>,
    pub(super) turn: Turn,
    pub(super) journal: Journal,
    changes: ChangeLog,
    /// Imports of which was told beside their rows, and not flushed yet.
    pub(super) told: Mutex<BTreeSet<u32>>,
    /// A commit failed, so that its rows may still lie at the end of the log.
    is_uncertain: Mutex<bool>,
    /// The database file. Closing it would drop the locks that SQLite has on it for this program, so it is
    /// closed after the connections.
    pub(super) file: File,
}

impl Writer {
    pub(super) fn new(
        path: &Path,
        connection: Arc<Mutex<Connection>>,
        turn: Turn,
        journal: Journal,
        file: File,
    ) -> Self {
        Self {
            path: path.to_owned(),
            connection,
            turn,
            journal,
            changes: ChangeLog::default(),
            told: Mutex::default(),
            is_uncertain: Mutex::default(),
            file,
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Runs `work` in a transaction of its own.
    pub(super) fn write<T>(
        &self,
        work: impl FnOnce(&SessionTransaction<'_>) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        let turn = self.turn.enter(BUSY)?;
        if turn.is_nested() {
            return Err(StoreError::Busy.into());
        }
        self.fence_if_uncertain()?;
        let (value, generation) = {
            let connection = locked(&self.connection);
            self.changes.listen(connection.lite()?)?;
            let open = begin(&connection)?;
            let value = work(&SessionTransaction::on(&connection, None))?;
            let generation = self.next_generation(&open)?;
            let end = open.commit();
            (end.map(|()| value), generation)
        };
        let value = self.ended(value)?;
        if let Some(generation) = generation {
            self.note(generation);
        }
        self.trim_log();
        Ok(value)
    }

    /// Runs `work` in the transaction that this thread has open, or in one of its own.
    pub(super) fn join<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        let turn = self.turn.enter(BUSY)?;
        if turn.is_nested() {
            return work(&locked(&self.connection));
        }
        drop(turn);
        self.write(|transaction| work(transaction))
    }

    /// Runs `work` with a transaction open around it, which it ends by saying whether to keep what was stored.
    pub(super) fn together(&self, work: &mut dyn FnMut() -> bool) -> Result<(), DbError> {
        let turn = self.turn.enter(BUSY)?;
        if turn.is_nested() {
            return Err(StoreError::Busy.into());
        }
        self.fence_if_uncertain()?;
        {
            let connection = locked(&self.connection);
            let connection = connection.lite()?;
            self.changes.listen(connection)?;
            connection.execute_batch("BEGIN IMMEDIATE")?;
        }
        let open = FileTransaction(self);
        let mut generation = None;
        if work() {
            let end = {
                let connection = locked(&self.connection);
                let connection = connection.lite()?;
                generation = self.next_generation(connection)?;
                connection.execute_batch("COMMIT")
            };
            if end.is_err() {
                drop(open);
                return self.ended(end);
            }
        }
        drop(open);
        if let Some(generation) = generation {
            self.note(generation);
        }
        Ok(())
    }

    /// Counts a transaction that changed something; call it before the commit.
    fn next_generation(&self, connection: &rusqlite::Connection) -> Result<Option<u64>, DbError> {
        if self.changes.is_empty() {
            return Ok(None);
        }
        let next: Option<i64> = connection
            .prepare_cached(
                "UPDATE meta SET value = CAST(value AS INTEGER) + 1
                 WHERE key = 'generation' AND NOT EXISTS (
                   SELECT 1 FROM meta m WHERE m.key = 'moved_at'
                   AND CAST(m.value AS INTEGER) <= CAST(meta.value AS INTEGER))
                 RETURNING CAST(value AS INTEGER)",
            )?
            .query_row([], |row| row.get(0))
            .optional()?;
        let Some(next) = next else {
            return Err(has_moved(connection));
        };
        Ok(u64::try_from(next).ok())
    }

    /// Takes note of how a commit ended. The rows may have reached the log although flushing it failed: whoever
    /// opens it next would find them, so they are written over at once, or before anything else is stored.
    fn ended<T>(&self, end: rusqlite::Result<T>) -> Result<T, DbError> {
        if end.is_err() {
            *locked(&self.is_uncertain) = true;
            if let Err(error) = self.fence() {
                tracing::warn!(?error, "the end of the log stays uncertain");
            }
        }
        Ok(end?)
    }

    pub(super) fn fence_if_uncertain(&self) -> Result<(), DbError> {
        if *locked(&self.is_uncertain) {
            self.fence()?;
        }
        Ok(())
    }

    /// Makes sure that a commit which failed, here or in another program, is not found stored later.
    pub(super) fn make_certain(&self) -> Result<(), DbError> {
        let _turn = self.turn.enter(BUSY)?;
        self.fence()
    }

    /// Writes over whatever a failed commit left at the end of the log. The caller has the turn.
    pub(super) fn fence(&self) -> Result<(), DbError> {
        let connection = locked(&self.connection);
        let transaction = begin(&connection)?;
        // The value must be another one: SQLite writes no page that stays the same.
        transaction.execute(
            "INSERT INTO meta VALUES ('fence', '1')
             ON CONFLICT DO UPDATE SET value = CAST(value AS INTEGER) + 1",
            [],
        )?;
        drop(self.changes.take());
        transaction.commit()?;
        *locked(&self.is_uncertain) = false;
        Ok(())
    }

    /// Writes what was just committed to the journal. One that cannot be written is written anew by whoever can:
    /// the database has it all.
    fn note(&self, generation: u64) {
        let mut import = None;
        let written = match self.changes.take() {
            TransactionChanges::Rows(rows) => {
                import = rows.iter().rev().find_map(RowChange::import);
                self.journal
                    .append(generation, &rows)
                    .map_err(super::upkeep::broken)
            }
            TransactionChanges::TooMany => Ok(false),
        };
        let written = written.and_then(|is_written| {
            let connection = locked(&self.connection);
            let connection = connection.lite()?;
            if !is_written {
                self.renew_journal(connection)?;
            }
            import.map_or(Ok(()), |import| self.tell_import(connection, import))
        });
        if let Err(error) = written {
            tracing::warn!(
                ?error,
                "the journal cannot be written; it will be made anew"
            );
        }
    }
}

/// What is told when a workspace that has moved away is written to.
fn has_moved(connection: &rusqlite::Connection) -> DbError {
    match super::meta(connection, "moved_to") {
        Ok(to) => StoreError::Moved(to).into(),
        Err(error) => error,
    }
}

/// Begins a transaction that nobody else writes beside; dropped without a commit it is rolled back.
fn begin(connection: &Connection) -> Result<rusqlite::Transaction<'_>, DbError> {
    let connection = connection.lite()?;
    let behavior = TransactionBehavior::Immediate;
    Ok(rusqlite::Transaction::new_unchecked(connection, behavior)?)
}

/// A transaction that ends with its scope: what was not committed is rolled back.
struct FileTransaction<'a>(&'a Writer);

impl Drop for FileTransaction<'_> {
    fn drop(&mut self) {
        let connection = locked(&self.0.connection);
        if let Ok(connection) = connection.lite()
            && !connection.is_autocommit()
        {
            // That it cannot be rolled back is told by whatever is asked of this connection next.
            drop(connection.execute_batch("ROLLBACK"));
            drop(self.0.changes.take());
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if self.is_untidy()
            && let Err(error) = self.empty_log()
        {
            tracing::warn!(?error, "the log of the database stays as it is");
        }
    }
}
