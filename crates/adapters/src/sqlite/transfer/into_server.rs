//! The tables of a workspace that comes from a folder, on a server: made and filled in one transaction.
//!
//! Until its end is told by [`ServerTarget::open_up`], a fact says where it comes from, and nobody uses it.

use super::super::DbError;
use super::super::session::{Connection, params};
use super::super::shared::{Address, ServerState, make_tables, state_on};
use super::{Load, PATIENT};
use recondesk_ports::StoreError;

/// Tables that come into being.
pub(crate) struct ServerTarget {
    address: Address,
    connection: Connection,
    /// Where the files lie.
    files: String,
}

impl ServerTarget {
    /// On a server, with the files in a location `file:///…`.
    pub(crate) fn at(address: &Address, files: &str) -> Result<Self, StoreError> {
        Ok(Self {
            address: address.clone(),
            connection: address.connect()?,
            files: files.to_owned(),
        })
    }

    /// What is there.
    pub(crate) fn state(&self) -> Result<ServerState, StoreError> {
        Ok(state_on(&self.connection)?)
    }

    /// Makes the tables and enters all rows. What an earlier attempt of the same move left is made anew.
    pub(crate) fn fill(&self, load: &Load<'_>, from: &str) -> Result<u64, DbError> {
        let server = self.connection.postgres()?;
        server.batch("BEGIN")?;
        server.batch(PATIENT)?;
        let filled = self.fill_open(load, from);
        match filled {
            Ok(carried) => {
                server.batch("COMMIT")?;
                Ok(carried)
            }
            Err(error) => {
                // Where the line is gone the server rolls back by itself.
                drop(server.batch("ROLLBACK"));
                Err(error)
            }
        }
    }

    fn fill_open(&self, load: &Load<'_>, from: &str) -> Result<u64, DbError> {
        let server = self.connection.postgres()?;
        match state_on(&self.connection)? {
            ServerState::Empty => {}
            ServerState::Moving { .. } => {
                // Nobody can have used it: it was never opened up.
                server.batch(&format!(
                    "DROP SCHEMA \"{}\" CASCADE",
                    self.address.schema()
                ))?;
            }
            ServerState::InUse { .. } => return Err(StoreError::Taken(self.address.shown()).into()),
        }
        make_tables(&self.connection, &self.address)?;
        let fact = "INSERT INTO meta (key, value) VALUES (?1, ?2)";
        let connection = &self.connection;
        let schema = super::super::latest_schema().to_string();
        connection.execute(fact, params!["schema", schema])?;
        connection.execute(fact, params!["files", self.files])?;
        connection.execute(fact, params!["moving_from", from])?;
        for table in &load.tables {
            server.batch(&format!(
                "ALTER TABLE \"{}\" DISABLE TRIGGER USER",
                table.name
            ))?;
        }
        let carried = load.enter(connection)?;
        for table in &load.tables {
            server.batch(&format!(
                "ALTER TABLE \"{}\" ENABLE TRIGGER USER",
                table.name
            ))?;
            if let [key] = table.key.as_slice() {
                self.count_on(&table.name, key)?;
            }
        }
        Ok(carried)
    }

    /// Lets the server number the next row after the last one that arrived.
    fn count_on(&self, table: &str, key: &str) -> Result<(), DbError> {
        let sequence: Option<String> = self.connection.query_row(
            "SELECT pg_get_serial_sequence(?1, ?2)",
            params![format!("\"{table}\""), key],
            |row| row.get(0),
        )?;
        let Some(sequence) = sequence else {
            return Ok(());
        };
        let sql = format!(
            "SELECT setval(CAST(?1 AS TEXT)::regclass, coalesce(max(\"{key}\"), 0) + 1, false) FROM \"{table}\""
        );
        let _next: i64 = self
            .connection
            .query_row(&sql, [sequence], |row| row.get(0))?;
        Ok(())
    }

    /// Says that all is there: from here on it can be used.
    pub(crate) fn open_up(&self) -> Result<(), StoreError> {
        let sql = "DELETE FROM meta WHERE key = 'moving_from'";
        self.connection.execute(sql, [])?;
        Ok(())
    }
}
