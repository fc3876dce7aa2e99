//! Looking a database over: what SQLite says of it, what the journal says of it.

use super::super::{Database, DbError, locked};
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
            super::super::upkeep::state(connection.lite()?)?.1
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
}
