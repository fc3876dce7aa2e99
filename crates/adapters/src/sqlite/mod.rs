//! The workspace database: opening it, its pragmas, and the errors it gives.
//!
//! No SQL and no rusqlite type is found outside this folder. Each table family has a file of its own;
//! `migrations/` holds the schema. Every write is `BEGIN IMMEDIATE`, so that two programs on one
//! workspace wait for each other at the start of a transaction and never fail in the middle.

mod audit;
mod cases;
mod casework;
mod catalog;
mod merchants;
mod migrate;
mod observations;
mod records;
mod runs;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};

use recondesk_ports::StoreError;

/// How long a statement waits for another program's transaction.
const BUSY: Duration = Duration::from_secs(10);
/// Prepared statements kept per connection.
const STATEMENTS: usize = 64;

/// An open workspace database. Clones share one connection; [`Database::another`] opens a second.
#[derive(Debug, Clone)]
pub struct Database {
    path: Arc<PathBuf>,
    connection: Arc<Mutex<Connection>>,
}

impl Database {
    /// Opens the database file, makes it where there is none, and brings its schema up to date.
    ///
    /// # Errors
    /// [`StoreError`]: it was made by a newer program, is not a database of ours, or cannot be used.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let mut connection = connect(path)?;
        migrate::migrate(&mut connection, path)?;
        Ok(Self {
            path: Arc::new(path.to_owned()),
            connection: Arc::new(Mutex::new(connection)),
        })
    }

    /// A second connection to the same file, for another thread.
    ///
    /// # Errors
    /// As [`Database::open`].
    pub fn another(&self) -> Result<Self, StoreError> {
        Self::open(&self.path)
    }

    /// The connection, for a few statements; do not call back into this database while holding it.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Connection> {
        // A panic while holding it has rolled its transaction back: the connection is still sound.
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `work` in one write transaction: all of it is stored, or nothing.
    ///
    /// # Errors
    /// What `work` returns, after rolling back; or [`StoreError`] of the commit.
    pub(crate) fn write<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let value = work(&transaction)?;
        transaction.commit()?;
        Ok(value)
    }

    /// The random name this workspace was born with; it tells its secrets from those of another.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn workspace_id(&self) -> Result<String, StoreError> {
        let connection = self.lock();
        let id = connection.query_row(
            "SELECT value FROM meta WHERE key = 'workspace_id'",
            [],
            |row| row.get(0),
        );
        Ok(id.map_err(DbError::from)?)
    }
}

/// Opens a connection with the pragmas every connection needs.
fn connect(path: &Path) -> Result<Connection, DbError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // FULL: with NORMAL a power cut can take back a commit that was acknowledged.
    connection.execute_batch("PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL;")?;
    // Whatever was acknowledged is durable in the log. Moving it into the database at the end of every
    // program, and beginning a new log at the next start, would double the flushes of a short command.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(connection)
}

/// What a query of this module fails with: the answer that callers know, made from the words of SQLite too.
#[derive(Debug, PartialEq)]
pub(crate) struct DbError(StoreError);

impl DbError {
    /// A stored value that this program cannot have written.
    pub(crate) fn broken(what: String) -> Self {
        Self(StoreError::Broken(what))
    }
}

impl From<StoreError> for DbError {
    fn from(error: StoreError) -> Self {
        Self(error)
    }
}

impl From<DbError> for StoreError {
    fn from(error: DbError) -> Self {
        error.0
    }
}

impl From<DbError> for recondesk_ports::BooksError {
    fn from(error: DbError) -> Self {
        error.0.into()
    }
}

impl From<rusqlite::Error> for DbError {
    fn from(error: rusqlite::Error) -> Self {
        Self(match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy,
            Some(ErrorCode::ConstraintViolation) if refused_by_trigger(&error).is_some() => {
                StoreError::Forbidden(refused_by_trigger(&error).unwrap_or_default())
            }
            Some(ErrorCode::DiskFull) => StoreError::Full,
            Some(ErrorCode::NotADatabase) => StoreError::Foreign,
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                StoreError::Denied(error.to_string())
            }
            _ => StoreError::Broken(error.to_string()),
        })
    }
}

/// What a rule of the schema says when it refuses a change.
fn refused_by_trigger(error: &rusqlite::Error) -> Option<String> {
    match error {
        rusqlite::Error::SqliteFailure(code, Some(words))
            if code.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_TRIGGER =>
        {
            Some(words.clone())
        }
        _ => None,
    }
}
