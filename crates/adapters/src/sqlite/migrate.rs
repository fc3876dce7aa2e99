//! Brings a database to the schema of this program, step by step, by `PRAGMA user_version`.
//!
//! A shipped migration is never edited. Before the first step an existing database is copied with
//! SQLite's backup interface; all steps are one transaction, so a crash leaves the old schema.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, TransactionBehavior};

use super::turn::Turn;
use super::{BUSY, DbError};
use recondesk_ports::StoreError;

/// Step `n` (from 1) takes a database of version `n - 1` to version `n`.
pub(super) const STEPS: &[&str] = &[
    include_str!("migrations/0001_records.sql"),
    include_str!("migrations/0002_books.sql"),
    include_str!("migrations/0003_observations.sql"),
    include_str!("migrations/0004_run_before.sql"),
    include_str!("migrations/0005_search.sql"),
    include_str!("migrations/0006_casework.sql"),
    include_str!("migrations/0007_generation.sql"),
    include_str!("migrations/0008_set_aside.sql"),
    include_str!("migrations/0009_bill_failure.sql"),
    include_str!("migrations/0010_guards.sql"),
    include_str!("migrations/0011_batch_file.sql"),
    include_str!("migrations/0012_second_person.sql"),
    include_str!("migrations/0013_reissue_withdrawal.sql"),
    include_str!("migrations/0014_sub_merchant.sql"),
];

/// Marks the file as ours: "RCND".
const APPLICATION_ID: i64 = 0x5243_4E44;

/// Version of the schema that this program makes.
pub(super) fn latest() -> i64 {
    i64::try_from(STEPS.len()).unwrap_or(i64::MAX)
}

/// Refuses a database of another program, or of a newer version of this one.
pub(super) fn check(connection: &Connection) -> Result<(), DbError> {
    let (found, known) = (version(connection)?, latest());
    if found > known {
        return Err((StoreError::Newer { found, known }).into());
    }
    if found > 0 && application(connection)? != APPLICATION_ID {
        return Err((StoreError::Foreign).into());
    }
    if found == 0 {
        let tables: i64 =
            connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        if tables > 0 && version(connection)? == 0 {
            return Err((StoreError::Foreign).into());
        }
    }
    Ok(())
}

/// Brings the schema up to date, and tells whether it had to; costs two pragmas when it already is. Where the caller
/// does not have the turn to write, it is taken from `turn`.
pub(super) fn migrate(
    connection: &mut Connection,
    path: &Path,
    turn: Option<&Turn>,
) -> Result<bool, DbError> {
    let found = version(connection)?;
    if found == latest() {
        return Ok(false);
    }
    let _turn = turn.map(|turn| turn.enter(BUSY)).transpose()?;
    if found == 0 {
        // Stored in the file: every later connection gets it without asking.
        connection.execute_batch("PRAGMA journal_mode = WAL;")?;
    }
    advance(connection, path)?;
    Ok(true)
}

fn advance(connection: &mut Connection, path: &Path) -> Result<(), DbError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another program may have done the work while this one waited for the transaction.
    let found = version(&transaction)?;
    if found > 0 && usize::try_from(found).is_ok_and(|found| found < STEPS.len()) {
        copy(path, found)?;
    }
    take_steps(&transaction, found, latest())?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.commit()?;
    Ok(())
}

/// Takes the steps from one version to another.
fn take_steps(connection: &Connection, from: i64, to: i64) -> Result<(), DbError> {
    for (step, sql) in (1_i64..=to).zip(STEPS) {
        if step > from {
            connection.execute_batch(sql)?;
            connection.pragma_update(None, "user_version", step)?;
        }
    }
    Ok(())
}

/// Makes the schema of a version in a new database.
pub(super) fn make(connection: &mut Connection, version: i64) -> Result<(), DbError> {
    connection.execute_batch("PRAGMA journal_mode = WAL;")?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    take_steps(&transaction, 0, version)?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.commit()?;
    Ok(())
}

/// Brings a database up to date that was just made or copied.
pub(super) fn bring_up(connection: &mut Connection) -> Result<(), DbError> {
    check(connection)?;
    let found = version(connection)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    take_steps(&transaction, found, latest())?;
    transaction.commit()?;
    Ok(())
}

/// Copies the committed state beside the database, while the caller's transaction keeps others out.
fn copy(path: &Path, version: i64) -> Result<(), DbError> {
    let target = backup_path(path, version);
    let partial = target.with_extension("partial");
    let denied = |error: std::io::Error| DbError::from(StoreError::Denied(error.to_string()));
    if partial.exists() {
        std::fs::remove_file(&partial).map_err(denied)?;
    }
    super::care::copy(path, &partial)?;
    std::fs::File::open(&partial)
        .and_then(|copy| copy.sync_all())
        .map_err(denied)?;
    std::fs::rename(&partial, &target).map_err(denied)
}

/// Where the copy of a database of this version goes.
fn backup_path(path: &Path, version: i64) -> PathBuf {
    path.with_extension(format!("before-v{}.db", version.saturating_add(1)))
}

fn version(connection: &Connection) -> Result<i64, DbError> {
    Ok(connection.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

fn application(connection: &Connection) -> Result<i64, DbError> {
    Ok(connection.query_row("PRAGMA application_id", [], |row| row.get(0))?)
}

#[cfg(test)]
mod tests {
    use super::super::Database;
    use super::*;

    #[test]
    fn a_new_database_is_walled_full_and_of_this_version() {
        let folder = tempfile::tempdir().unwrap();
        let db = Database::open(&folder.path().join("a.db")).unwrap();

        let connection = db.lock();
        let pragma = |name: &str| -> String {
            let connection = connection.lite().unwrap();
            connection
                .query_row(&format!("PRAGMA {name}"), [], |row| {
                    row.get::<_, rusqlite::types::Value>(0)
                })
                .map(|value| format!("{value:?}"))
                .unwrap()
        };
        assert_eq!(pragma("journal_mode"), r#"Text("wal")"#);
        assert_eq!(pragma("synchronous"), "Integer(2)");
        assert_eq!(pragma("foreign_keys"), "Integer(1)");
        assert_eq!(pragma("user_version"), format!("Integer({})", STEPS.len()));
    }

    #[test]
    fn a_newer_database_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        drop(Database::open(&path).unwrap());
        Connection::open(&path)
            .unwrap()
            .pragma_update(None, "user_version", 9_999)
            .unwrap();

        let refused = Database::open(&path).unwrap_err();

        assert!(matches!(refused, StoreError::Newer { found: 9_999, .. }));
    }

    #[test]
    fn a_database_of_another_program_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        Connection::open(&path)
            .unwrap()
            .execute_batch("CREATE TABLE theirs (a)")
            .unwrap();

        assert_eq!(Database::open(&path).unwrap_err(), StoreError::Foreign);

        std::fs::remove_file(&path).unwrap();
        #[expect(
            clippy::disallowed_methods,
            reason = "a damaged file is what the test needs"
        )]
        std::fs::write(&path, b"this is no database at all, only words".repeat(100)).unwrap();
        assert_eq!(Database::open(&path).unwrap_err(), StoreError::Foreign);
    }

    #[test]
    fn the_copy_before_a_migration_holds_what_was_committed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let db = Database::open(&path).unwrap();
        let id = db.workspace_id().unwrap();

        copy(&path, 1).unwrap();

        let copied = Database::open(&backup_path(&path, 1)).unwrap();
        assert_eq!(copied.workspace_id().unwrap(), id);
    }
}
