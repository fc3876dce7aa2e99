//! The workspace database: opening it, its pragmas, its one writing connection, and the errors it gives.
//!
//! No SQL and no rusqlite type is found outside this folder. Each table family has a file of its own;
//! `migrations/` holds the schema. Every write is `BEGIN IMMEDIATE` under a lock that all programs on the workspace
//! share (`turn`), so that they wait for each other at the start of a transaction and never fail in the middle.
//! What a transaction changed is also written to a journal beside the database (`journal`), from which the
//! database can be made again; and each page of the file has a checksum in another one (`page_sums`).

mod audit;
pub(crate) mod care;
mod case_questions;
mod case_steps;
mod case_writer;
mod cases;
mod casework;
mod catalog;
mod change_log;
mod finding_rows;
mod journal;
mod merchants;
mod migrate;
mod observations;
mod page_sums;
mod records;
mod runs;
mod session;
mod set_aside;
pub mod shared;
mod stored_imports;
pub(crate) mod transfer;
mod turn;
mod upkeep;
mod write_ahead_log;
mod writer;

use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::OpenFlags;
use rusqlite::config::DbConfig;

use journal::Journal;
pub(crate) use session::DbError;
use session::{Connection, OptionalExtension as _, SessionTransaction};
use shared::{Address, SharedWriter};
pub(crate) use stored_imports::StoredImports;
use turn::Turn;
use writer::Writer;

use recondesk_ports::StoreError;

/// How long a statement waits for another program's transaction.
const BUSY: Duration = Duration::from_secs(10);
/// Prepared statements kept per connection.
const STATEMENTS: usize = 128;

/// Preferences that belong to a computer: its window, what it knows of its secrets, which webhooks it has.
const OF_COMPUTER: [&str; 2] = ["window", "vault.remembered"];
const WEBHOOKS: &str = "webhook.";

/// An open workspace database. Clones share one connection for reading; [`Database::another`] opens a second.
/// All of them write through one and the same connection.
#[derive(Debug, Clone)]
pub struct Database {
    // Closed before the writer, which tidies up when it is the last.
    reader: Arc<Mutex<Connection>>,
    writer: WriteTarget,
    /// The name of this computer among those that share the workspace.
    computer: Option<Arc<str>>,
}

/// What writes to a database.
#[derive(Debug, Clone)]
enum WriteTarget {
    /// To a file, with what lies beside it.
    File(Arc<Writer>),
    /// To a server.
    Shared(Arc<SharedWriter>),
}

impl Database {
    /// Opens the database, makes it when there is none, and brings its schema up to date.
    ///
    /// # Errors
    /// [`StoreError`]: it was made by a newer program, is not a database of ours, is not what was written, is older
    /// than its journal, or cannot be used.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_beside(path, &|_| Ok(()))
    }

    /// The same, if `check` finds that the imports it knows are those of the files beside it. It is asked before
    /// anything is changed.
    ///
    /// # Errors
    /// As above, and those of `check`.
    pub(crate) fn open_beside(
        path: &Path,
        check: &dyn Fn(&StoredImports<'_>) -> Result<(), StoreError>,
    ) -> Result<Self, StoreError> {
        let journal = Journal::at(path.with_extension("journal"));
        let turn = Turn::open(&path.with_extension("lock"))?;
        let (connection, file, is_new_schema) = {
            let guard = turn.enter_soon()?;
            if guard.is_some() {
                upkeep::compare(path)?;
            }
            make_closed(path).map_err(upkeep::broken)?;
            let mut connection = connect(path)?;
            let file = File::open(path).map_err(upkeep::broken)?;
            migrate::check(&connection)?;
            check(&StoredImports(&connection))?;
            if guard.is_some() {
                upkeep::compare_with_journal(&connection, &journal)?;
            }
            let turn = guard.is_none().then_some(&turn);
            let is_new_schema = migrate::migrate(&mut connection, path, turn)?;
            (connection, file, is_new_schema)
        };
        let connection = Arc::new(Mutex::new(Connection::Lite(connection)));
        let reader = Arc::clone(&connection);
        let writer = Writer::new(path, connection, turn, journal, file);
        writer.catch_up(is_new_schema)?;
        Ok(Self {
            reader,
            writer: WriteTarget::File(Arc::new(writer)),
            computer: None,
        })
    }

    /// Opens the database of a shared workspace, which was made before, and brings its schema up to date.
    ///
    /// # Errors
    /// [`StoreError`]: there is none, it was made by a newer program, or the server cannot be used.
    pub fn open_shared(address: &Address) -> Result<Self, StoreError> {
        let writer = SharedWriter::open(address)?;
        Ok(Self {
            reader: Arc::clone(&writer.connection),
            writer: WriteTarget::Shared(Arc::new(writer)),
            computer: None,
        })
    }

    /// The same, for a computer of that name: what belongs to a computer alone is kept under it.
    #[must_use]
    pub fn on_computer(mut self, name: &str) -> Self {
        self.computer = Some(name.into());
        self
    }

    /// The key of a preference. Where its secrets lie, and how its window looks, is a matter of each computer.
    fn preference_key(&self, key: &str) -> String {
        match &self.computer {
            Some(computer) if is_of_computer(key) => format!("{key}@{computer}"),
            _ => key.to_owned(),
        }
    }

    /// A second connection to the same file, for another thread to read by; writing goes through the first.
    ///
    /// # Errors
    /// As [`Database::open`].
    pub fn another(&self) -> Result<Self, StoreError> {
        let reader = match &self.writer {
            WriteTarget::File(writer) => Connection::Lite(connect(writer.path())?),
            WriteTarget::Shared(writer) => writer.connect()?,
        };
        Ok(Self {
            reader: Arc::new(Mutex::new(reader)),
            writer: self.writer.clone(),
            computer: self.computer.clone(),
        })
    }

    /// The connection for reading, for a few statements; do not call back into this database while holding it.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Connection> {
        let mut connection = locked(&self.reader);
        if let WriteTarget::Shared(writer) = &self.writer {
            writer.look_after(&mut connection);
        }
        connection
    }

    /// What writes to the file of this database.
    ///
    /// # Errors
    /// [`DbError`] when it lies on a server.
    fn file_writer(&self) -> Result<&Writer, DbError> {
        match &self.writer {
            WriteTarget::File(writer) => Ok(writer),
            WriteTarget::Shared(_) => {
                let why = "the workspace is shared: its database is cared for where its server is";
                Err(StoreError::Forbidden(why.to_owned()).into())
            }
        }
    }

    /// The server of this database, where it is shared.
    pub(crate) fn shared(&self) -> Option<&Arc<SharedWriter>> {
        match &self.writer {
            WriteTarget::File(_) => None,
            WriteTarget::Shared(writer) => Some(writer),
        }
    }

    /// Runs `work` in one write transaction: all of it is stored, or nothing.
    ///
    /// # Errors
    /// Those of `work`, and of the database.
    pub(crate) fn write<T>(
        &self,
        work: impl Fn(&SessionTransaction<'_>) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        match &self.writer {
            WriteTarget::File(writer) => writer.write(work),
            WriteTarget::Shared(writer) => writer.write(work),
        }
    }

    /// Runs `work` in the write transaction that this thread has open, or in one of its own.
    fn join<T>(&self, work: impl Fn(&Connection) -> Result<T, DbError>) -> Result<T, DbError> {
        match &self.writer {
            WriteTarget::File(writer) => writer.join(work),
            WriteTarget::Shared(writer) => writer.join(work),
        }
    }

    /// Makes sure that a commit which failed is not found stored later.
    pub(crate) fn make_certain(&self) -> Result<(), DbError> {
        match &self.writer {
            WriteTarget::File(writer) => writer.make_certain(),
            WriteTarget::Shared(writer) => writer.make_certain(),
        }
    }

    /// The random name this workspace was born with; it tells its secrets from those of another.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn workspace_id(&self) -> Result<String, StoreError> {
        Ok(self
            .lock()
            .query_row(META, ["workspace_id"], |row| row.get(0))?)
    }
}

/// Version of the schema that this program makes.
pub(crate) fn latest_schema() -> i64 {
    migrate::latest()
}

/// Asks `check` whether the imports of a database that no program has open are those of the files beside it.
pub(crate) fn check_imports_of(
    path: &Path,
    check: &dyn Fn(&StoredImports<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    check(&StoredImports(&connect(path)?))
}

/// True for a preference that belongs to a computer.
fn is_of_computer(key: &str) -> bool {
    OF_COMPUTER.contains(&key) || key.starts_with(WEBHOOKS)
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic while holding a connection has rolled its transaction back: it is still sound.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

const META: &str = "SELECT value FROM meta WHERE key = ?1";

/// Where a workspace has moved to, if it has.
fn moved_to(connection: &Connection) -> Result<Option<String>, DbError> {
    connection
        .query_row(META, ["moved_to"], |row| row.get(0))
        .optional()
}

/// What is told when a workspace that has moved away is written to.
fn has_moved(connection: &Connection) -> DbError {
    match moved_to(connection) {
        Ok(to) => StoreError::Moved(to.unwrap_or_default()).into(),
        Err(error) => error,
    }
}

/// A fact about the workspace itself.
fn meta(connection: &rusqlite::Connection, key: &str) -> Result<String, DbError> {
    Ok(connection.query_row(META, [key], |row| row.get(0))?)
}

/// Makes an empty file that other users cannot read, where there is none; SQLite would let them.
fn make_closed(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    crate::files::for_owner_only(&mut options);
    options.open(path).map(drop)
}

fn connect(path: &Path) -> Result<rusqlite::Connection, DbError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = rusqlite::Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // FULL: with NORMAL a power cut can take back a commit that was acknowledged. The log goes into the database
    // by `upkeep` alone, which knows the checksums of the pages.
    connection.execute_batch(
        "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;",
    )?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(connection)
}
