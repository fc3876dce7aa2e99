//! The database of a workspace that comes from a server: made beside its place, which it takes when it is whole.

use std::path::{Path, PathBuf};

use super::super::session::Connection;
use super::super::upkeep::broken;
use super::super::{DbError, make_closed, migrate};
use super::Load;
use recondesk_ports::StoreError;

/// A database file that comes into being.
pub(crate) struct FileTarget {
    place: PathBuf,
}

impl FileTarget {
    /// At a place where no database is.
    pub(crate) fn at(place: &Path) -> Self {
        Self {
            place: place.to_owned(),
        }
    }

    /// Makes it, with all rows, and puts it to its place. What an earlier attempt left is made anew.
    pub(crate) fn fill(&self, load: &Load<'_>) -> Result<u64, DbError> {
        let part = self.place.with_extension("arriving");
        for end in ["arriving", "arriving-wal", "arriving-shm"] {
            match std::fs::remove_file(self.place.with_extension(end)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(broken(error));
                }
                _ => {}
            }
        }
        make_closed(&part).map_err(broken)?;
        let mut file = rusqlite::Connection::open(&part)?;
        migrate::make(&mut file, migrate::latest())?;
        file.execute_batch(
            "PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; BEGIN IMMEDIATE;",
        )?;
        let triggers: Vec<(String, String)> = file
            .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        for (name, _) in &triggers {
            file.execute_batch(&format!("DROP TRIGGER \"{name}\""))?;
        }
        let target = Connection::Lite(file);
        let carried = load.enter(&target)?;
        let Connection::Lite(file) = target else {
            return Err(DbError::broken("there is no file".to_owned()));
        };
        for (_, sql) in &triggers {
            file.execute_batch(sql)?;
        }
        file.execute_batch("COMMIT")?;
        let orphans: Option<String> = {
            let mut check = file.prepare("PRAGMA foreign_key_check")?;
            let mut rows = check.query([])?;
            rows.next()?.map(|row| row.get(0)).transpose()?
        };
        if let Some(table) = orphans {
            return Err(super::differs(&table));
        }
        super::super::care::finish(file, &part)?;
        // A file of SQLite, or a part of one, is here only where this move put it.
        std::fs::rename(&part, &self.place).map_err(broken)?;
        crate::files::sync_folder(&self.place).map_err(broken)?;
        Ok(carried)
    }

    /// True when a database is at the place: all rows arrived.
    pub(crate) fn is_whole(&self) -> Result<bool, StoreError> {
        let there = self.place.try_exists();
        there.map_err(|error| StoreError::Denied(error.to_string()))
    }
}
