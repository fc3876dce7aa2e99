//! Looking a database over: what SQLite says of it, what the journal says of it.

use super::super::journal::Journal;
use super::super::upkeep::{broken, has_sound_sums, state};
use super::super::writer::Writer;
use super::super::{Database, DbError, locked};
use std::path::Path;

use recondesk_ports::StoreError;

/// Faults of one kind that are told; more of them say nothing new.
const MOST_TOLD: usize = 20;

impl Database {
    /// What SQLite finds wrong with the file; `deep` compares every index with its table.
    pub(crate) fn faults(&self, deep: bool) -> Result<Vec<String>, StoreError> {
        Ok(self.sqlite_faults(deep)?)
    }

    fn sqlite_faults(&self, deep: bool) -> Result<Vec<String>, DbError> {
        let connection = self.lock();
        let connection = connection.lite()?;
        let check = if deep {
            "integrity_check"
        } else {
            "quick_check"
        };
        let mut found = Vec::new();
        let mut statement = connection.prepare(&format!("PRAGMA {check}({MOST_TOLD})"))?;
        for line in statement.query_map([], |row| row.get::<_, String>(0))? {
            let line = line?;
            if line != "ok" {
                found.push(line);
            }
        }
        let mut statement = connection.prepare("PRAGMA foreign_key_check")?;
        let lost = statement.query_map([], |row| {
            let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
            Ok(format!(
                "a row of {table} names one of {parent} that is not there"
            ))
        })?;
        for line in lost.take(MOST_TOLD) {
            found.push(line?);
        }
        Ok(found)
    }

    /// Lines of the journal that are not what was written, where it goes as far as the database.
    pub(crate) fn journal_faults(&self) -> Result<u64, StoreError> {
        let writer = self.file_writer()?;
        let _turn = writer.turn.enter(super::super::BUSY)?;
        let generation = {
            let connection = locked(&writer.connection);
            state(connection.lite()?)?.1
        };
        let mut last = 0;
        let read = writer.journal.read(&mut |entry| {
            last = entry.generation;
            Ok(())
        });
        Ok(match read {
            Ok(read) => read.lost_lines + u64::from(last != generation),
            Err(_) => 1,
        })
    }

    /// Writes the journal anew from the database.
    pub(crate) fn write_journal_anew(&self) -> Result<(), StoreError> {
        let writer = self.file_writer()?;
        let _turn = writer.turn.enter(super::super::BUSY)?;
        let connection = locked(&writer.connection);
        Ok(writer.renew_journal(connection.lite()?)?)
    }

    /// Imports whose file of what the catalog has of them is missing or not what was written.
    pub(crate) fn entry_faults(&self) -> Result<Vec<u32>, StoreError> {
        Ok(self.untold()?)
    }

    fn untold(&self) -> Result<Vec<u32>, DbError> {
        let writer = self.file_writer()?;
        let _turn = writer.turn.enter(super::super::BUSY)?;
        let connection = locked(&writer.connection);
        let connection = connection.lite()?;
        let workspace = state(connection)?.0.workspace;
        let imports: Vec<u32> = connection
            .prepare("SELECT id FROM import ORDER BY id")?
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        Ok(imports
            .into_iter()
            .filter(|import| !is_told(writer, *import, &workspace))
            .collect())
    }

    /// Writes what the catalog has of some imports beside their rows again.
    pub(crate) fn tell_again(&self, imports: &[u32]) -> Result<(), StoreError> {
        let writer = self.file_writer()?;
        let _turn = writer.turn.enter(super::super::BUSY)?;
        let connection = locked(&writer.connection);
        for import in imports {
            writer.tell_import(connection.lite()?, *import)?;
            // Without a log nobody would flush it later.
            let file = std::fs::File::open(writer.entry_path(*import));
            file.and_then(|file| file.sync_all()).map_err(broken)?;
        }
        Ok(())
    }
}

/// True when the file that tells of an import is whole, and of this workspace.
fn is_told(writer: &Writer, import: u32, workspace: &str) -> bool {
    let entry = Journal::at(writer.entry_path(import));
    let ends = entry.ends().ok().flatten();
    let is_whole = ends.is_some_and(|ends| ends.is_whole && ends.heading.workspace == workspace);
    is_whole && entry.is_sound().unwrap_or(false)
}

/// False for sums beside a database file that are not what was written.
///
/// # Errors
/// [`StoreError`] when they cannot be read.
pub(crate) fn sums_are_sound(database: &Path) -> Result<bool, StoreError> {
    Ok(has_sound_sums(database)?)
}
