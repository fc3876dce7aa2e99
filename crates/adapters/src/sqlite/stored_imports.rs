//! What a database of any version knows of imports, before it is brought up to date.

use rusqlite::{Connection, OptionalExtension as _};

use super::DbError;
use recondesk_ports::StoreError;

/// The imports of a database that is being opened.
#[derive(Debug)]
pub(crate) struct StoredImports<'a>(pub(super) &'a Connection);

impl StoredImports<'_> {
    /// The number that the next import will get.
    pub(crate) fn next(&self) -> Result<u32, StoreError> {
        if !self.has_table()? {
            return Ok(1);
        }
        let sql = "SELECT coalesce(max(id), 0) + 1 FROM import";
        let next = self.0.query_row(sql, [], |row| row.get(0));
        Ok(next.map_err(DbError::from)?)
    }

    /// SHA-256 of the file of an import.
    pub(crate) fn sha256(&self, import: u32) -> Result<Option<[u8; 32]>, StoreError> {
        if !self.has_table()? {
            return Ok(None);
        }
        let sql = "SELECT sha256 FROM import WHERE id = ?1";
        let found = self.0.query_row(sql, [import], |row| row.get(0)).optional();
        Ok(found.map_err(DbError::from)?)
    }

    fn has_table(&self) -> Result<bool, DbError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'import')";
        Ok(self.0.query_row(sql, [], |row| row.get(0))?)
    }
}
