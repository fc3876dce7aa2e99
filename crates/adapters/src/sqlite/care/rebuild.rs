//! Making a database anew: from the journal all of it, from the books the catalog and the merchants.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, params_from_iter};

use super::super::change_log::{RowChange, RowEffect, TableSchema, tables};
use super::super::journal::{Journal, JournalEntry, JournalHeading};
use super::super::upkeep::broken;
use super::super::{DbError, make_closed, migrate};
use recondesk_ports::StoreError;

/// What a database was made from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RebuildResult {
    /// Lines of the journal that could not be read.
    pub(crate) lost_lines: u64,
    /// Imports that only the books knew.
    pub(crate) adopted: u32,
}

/// Makes a database at `target`, where no file is, from the journal, and from what the books say of imports.
///
/// # Errors
/// [`StoreError::Missing`] when neither can be read.
pub(crate) fn rebuild(
    target: &Path,
    journal: &Path,
    books: &BTreeMap<u32, PathBuf>,
) -> Result<RebuildResult, StoreError> {
    let journal = Journal::at(journal.to_owned());
    let ends = journal.ends().map_err(broken)?;
    let of_books = || {
        let read = |path: &PathBuf| Journal::at(path.clone()).ends().ok().flatten();
        books.values().rev().find_map(read)
    };
    let heading = ends.as_ref().map(|ends| ends.heading.clone());
    let heading = heading
        .or_else(|| of_books().map(|ends| ends.heading))
        .ok_or_else(|| StoreError::Missing("recondesk.journal".to_owned()))?;
    let mut done = RebuildResult::default();
    if ends.is_some() {
        done.lost_lines = from_journal(target, &heading, &journal)?;
    } else {
        drop(empty(target, &heading)?);
    }
    done.adopted = adopt(target, books)?;
    Ok(done)
}

/// Enters imports in a database that it does not know, as the books tell them.
pub(crate) fn adopt(database: &Path, books: &BTreeMap<u32, PathBuf>) -> Result<u32, StoreError> {
    Ok(adopt_all(database, books)?)
}

fn adopt_all(database: &Path, books: &BTreeMap<u32, PathBuf>) -> Result<u32, DbError> {
    let mut connection = Connection::open(database)?;
    migrate::bring_up(&mut connection)?;
    let workspace = super::super::meta(&connection, "workspace_id")?;
    let tables = by_name(&connection)?;
    let mut adopted = 0;
    let transaction = connection.transaction()?;
    let sql = "SELECT coalesce(max(id), 0) + 1 FROM import";
    let next: u32 = transaction.query_row(sql, [], |row| row.get(0))?;
    for (import, path) in books.range(next..) {
        let mut rows = Vec::new();
        let read = Journal::at(path.clone()).read(&mut |entry| {
            rows.extend(entry.rows);
            Ok(())
        });
        // One that is damaged, or of another workspace or schema, is not taken: its files are set aside.
        let fits = read.is_ok_and(|read| {
            read.lost_lines == 0
                && read.heading.workspace == workspace
                && read.heading.schema <= migrate::latest()
        });
        if !fits {
            continue;
        }
        for row in rows {
            let is_known_merchant = row.table == "profile" && has_key(&transaction, &row)?;
            if let Some(table) = tables.get(&row.table)
                && !is_known_merchant
            {
                put(&transaction, table, &row)?;
            }
        }
        // What the catalog does when it enters a verified bill.
        transaction.execute(
            "UPDATE import SET standing = 3 WHERE id < ?1 AND standing = 1 AND EXISTS (
               SELECT 1 FROM import n WHERE n.id = ?1 AND n.standing = 1 AND n.day IS NOT NULL
                 AND n.profile = import.profile AND n.day = import.day AND n.kind = import.kind)",
            [import],
        )?;
        adopted += 1;
    }
    transaction.commit()?;
    finish(connection, database)?;
    Ok(adopted)
}

fn has_key(connection: &Connection, row: &RowChange) -> Result<bool, DbError> {
    let sql = "SELECT 1 FROM profile WHERE id = ?1";
    let key = row.values.first();
    let found: Option<i64> = connection
        .query_row(sql, params_from_iter(key), |row| row.get(0))
        .optional()?;
    Ok(found.is_some())
}

/// Makes an empty database of this workspace and schema.
fn empty(target: &Path, heading: &JournalHeading) -> Result<Connection, DbError> {
    make_closed(target).map_err(broken)?;
    let mut connection = Connection::open(target)?;
    migrate::make(&mut connection, heading.schema)?;
    let sql = "UPDATE meta SET value = ?1 WHERE key = 'workspace_id'";
    connection.execute(sql, [&heading.workspace])?;
    Ok(connection)
}

fn from_journal(
    target: &Path,
    heading: &JournalHeading,
    journal: &Journal,
) -> Result<u64, DbError> {
    let mut connection = empty(target, heading)?;
    connection.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF;")?;
    // Triggers guard what people do; what the journal tells was done already.
    let triggers: Vec<(String, String)> = connection
        .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (name, _) in &triggers {
        connection.execute_batch(&format!("DROP TRIGGER \"{name}\""))?;
    }
    let tables = by_name(&connection)?;
    let transaction = connection.transaction()?;
    let mut failed = None;
    let mut is_open = false;
    let mut generation = 0;
    let read = journal.read(&mut |entry| {
        let step = play(&transaction, &tables, &entry, &mut is_open);
        if entry.is_last {
            generation = entry.generation;
        }
        step.map_err(|error| {
            failed = Some(error);
            std::io::Error::other("the journal does not fit its schema")
        })
    });
    if let Some(error) = failed {
        return Err(error);
    }
    let read = read.map_err(broken)?;
    if is_open {
        // The end of the journal is a part of a transaction.
        transaction.execute_batch("ROLLBACK TO entry; RELEASE entry;")?;
    }
    transaction.execute(
        "INSERT OR REPLACE INTO meta VALUES ('generation', ?1)",
        [generation.to_string()],
    )?;
    for (_, sql) in &triggers {
        transaction.execute_batch(sql)?;
    }
    transaction.commit()?;
    drop(connection);
    Ok(read.lost_lines)
}

/// Plays some rows of a transaction; `is_open` says that more of it follow.
fn play(
    connection: &Connection,
    tables: &BTreeMap<String, TableSchema>,
    entry: &JournalEntry,
    is_open: &mut bool,
) -> Result<(), DbError> {
    if !*is_open {
        connection.execute_batch("SAVEPOINT entry")?;
        *is_open = true;
    }
    for row in &entry.rows {
        let table = tables
            .get(&row.table)
            .ok_or_else(|| DbError::broken(format!("a journal with a table {}", row.table)))?;
        put(connection, table, row)?;
    }
    if entry.is_last {
        connection.execute_batch("RELEASE entry")?;
        *is_open = false;
    }
    Ok(())
}

fn by_name(connection: &Connection) -> Result<BTreeMap<String, TableSchema>, DbError> {
    let tables = tables(connection)?.into_iter();
    Ok(tables.map(|table| (table.name.clone(), table)).collect())
}

/// Does to a table what a row tells. Rows of an older schema have fewer columns, the newer ones stand at the end.
fn put(connection: &Connection, table: &TableSchema, row: &RowChange) -> Result<(), DbError> {
    let columns = table.columns.get(..row.values.len());
    let columns = columns.ok_or_else(|| DbError::broken(format!("a row of {}", table.name)))?;
    let quoted = |column: &String| format!("\"{column}\"");
    let (sql, values): (String, Vec<&Value>) = match row.fate {
        RowEffect::Put => {
            let names: Vec<String> = columns.iter().map(quoted).collect();
            let places = vec!["?"; columns.len()].join(", ");
            let names = names.join(", ");
            let sql = format!(
                "INSERT OR REPLACE INTO \"{}\" ({names}) VALUES ({places})",
                table.name
            );
            (sql, row.values.iter().collect())
        }
        RowEffect::Gone => {
            let of_key = |column: &&String| table.key.is_empty() || table.key.contains(column);
            let wanted: Vec<String> = columns
                .iter()
                .filter(of_key)
                .map(|column| format!("\"{column}\" IS ?"))
                .collect();
            let values = columns.iter().zip(&row.values);
            let values = values
                .filter(|(column, _)| of_key(column))
                .map(|(_, value)| value);
            let sql = format!(
                "DELETE FROM \"{}\" WHERE {}",
                table.name,
                wanted.join(" AND ")
            );
            (sql, values.collect())
        }
    };
    connection
        .prepare_cached(&sql)?
        .execute(params_from_iter(values))?;
    Ok(())
}

/// Moves the log into the file, and makes the file durable.
pub(in super::super) fn finish(connection: Connection, database: &Path) -> Result<(), DbError> {
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    connection.close().map_err(|(_, error)| error)?;
    File::open(database)
        .and_then(|file| file.sync_all())
        .map_err(broken)
}
