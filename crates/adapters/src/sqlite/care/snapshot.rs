//! A copy of the committed state, made while others may write.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, backup::Backup};

use super::super::upkeep::{broken, state};
use super::super::{Database, DbError, connect, make_closed, migrate};
use recondesk_ports::StoreError;

/// What a database file says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DatabaseFacts {
    /// The name its workspace was born with.
    pub(crate) workspace: String,
    /// Version of its schema.
    pub(crate) schema: i64,
    /// Transactions it has seen.
    pub(crate) generation: u64,
    /// Number of its last import.
    pub(crate) imports: u32,
}

impl DatabaseFacts {
    /// Reads them from a file that no program has open.
    pub(crate) fn of(path: &Path) -> Result<Self, StoreError> {
        let connection = connect(path)?;
        migrate::check(&connection)?;
        Ok(Self::read(&connection)?)
    }

    fn read(connection: &Connection) -> Result<Self, DbError> {
        let (heading, generation) = state(connection)?;
        let sql = "SELECT coalesce(max(id), 0) FROM import";
        Ok(Self {
            workspace: heading.workspace,
            schema: heading.schema,
            generation,
            imports: connection.query_row(sql, [], |row| row.get(0))?,
        })
    }
}

impl Database {
    /// What this database says of itself.
    pub(crate) fn facts(&self) -> Result<DatabaseFacts, StoreError> {
        Ok(DatabaseFacts::read(self.lock().lite()?)?)
    }

    /// Copies the committed state to a new file.
    pub(crate) fn copy_to(&self, target: &Path) -> Result<(), StoreError> {
        Ok(copy(self.file_writer()?.path(), target)?)
    }
}

/// Copies the committed state of a database file to another, all at once, so that no writer makes it begin again.
pub(in super::super) fn copy(path: &Path, target: &Path) -> Result<(), DbError> {
    let source = connect(path)?;
    make_closed(target).map_err(broken)?;
    let mut copy = Connection::open(target)?;
    Backup::new(&source, &mut copy)?.run_to_completion(i32::MAX, Duration::ZERO, None)?;
    copy.close().map_err(|(_, error)| error)?;
    Ok(())
}
