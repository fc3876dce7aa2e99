//! What a transaction changes, row by row, whatever the table: triggers of the connection tell it.
//!
//! The triggers are temporary, so they belong to this connection and not to the file. They cover every table of the
//! schema as it is found, those that a later version adds among them.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{Value, ValueRef};

use super::DbError;

/// Name of the function that triggers call.
const FUNCTION: &str = "note_row";
/// Tables that are not told of: states of files on the user's disk.
const LEFT_OUT: [&str; 1] = ["import_stamp"];

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowEffect {
    /// It is there now, in place of one with the same key.
    Put,
    /// It is gone.
    Gone,
}

/// A row that changed, with all of its values.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RowChange {
    pub(super) table: String,
    pub(super) fate: RowEffect,
    pub(super) values: Vec<Value>,
}

impl RowChange {
    /// The number of the import that this row is.
    pub(super) fn import(&self) -> Option<u32> {
        match self.values.first() {
            Some(Value::Integer(id)) if self.table == "import" && self.fate == RowEffect::Put => {
                u32::try_from(*id).ok()
            }
            _ => None,
        }
    }
}

/// A table of the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TableSchema {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
    /// Columns of its primary key.
    pub(super) key: Vec<String>,
}

/// Rows of a transaction kept in memory; of a larger one it is only known that it changed something, and all of the
/// journal is written anew. A comparison with 20,000 findings changes as many, and they take some 30 MB.
const MOST_ROWS: usize = 60_000;

/// What a transaction changed.
#[derive(Debug, PartialEq)]
pub(super) enum TransactionChanges {
    /// These rows, in the order in which they changed.
    Rows(Vec<RowChange>),
    /// More than are kept.
    TooMany,
}

impl Default for TransactionChanges {
    fn default() -> Self {
        Self::Rows(Vec::new())
    }
}

impl TransactionChanges {
    fn push(&mut self, row: RowChange) {
        if let Self::Rows(rows) = self {
            if rows.len() < MOST_ROWS {
                rows.push(row);
            } else {
                *self = Self::TooMany;
            }
        }
    }
}

/// Changes of the transaction that is under way.
#[derive(Debug, Clone, Default)]
pub(super) struct ChangeLog {
    changes: Arc<Mutex<TransactionChanges>>,
    listens: Arc<Mutex<bool>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl ChangeLog {
    /// Begins to note the changes of a connection, and forgets those of a transaction that was given up.
    pub(super) fn listen(&self, connection: &Connection) -> Result<(), DbError> {
        let mut listens = locked(&self.listens);
        if !*listens {
            let changes = Arc::clone(&self.changes);
            let flags = FunctionFlags::SQLITE_UTF8;
            connection.create_scalar_function(FUNCTION, -1, flags, move |call| {
                locked(&changes).push(row_change(call)?);
                Ok(None::<i64>)
            })?;
            let mut sql = "PRAGMA temp_store = MEMORY;".to_owned();
            for table in tables(connection)? {
                sql += &triggers(&table);
            }
            connection.execute_batch(&sql)?;
            *listens = true;
        }
        *locked(&self.changes) = TransactionChanges::default();
        Ok(())
    }

    /// True when nothing changed so far.
    pub(super) fn is_empty(&self) -> bool {
        *locked(&self.changes) == TransactionChanges::default()
    }

    /// The changes so far, which are forgotten.
    pub(super) fn take(&self) -> TransactionChanges {
        std::mem::take(&mut *locked(&self.changes))
    }
}

fn row_change(call: &Context<'_>) -> rusqlite::Result<RowChange> {
    let fate = match call.get_raw(1) {
        ValueRef::Integer(1) => RowEffect::Put,
        _ => RowEffect::Gone,
    };
    let values = (2..call.len()).map(|at| call.get_raw(at).try_into());
    Ok(RowChange {
        table: call.get(0)?,
        fate,
        values: values.collect::<Result<_, _>>().map_err(|error| {
            rusqlite::Error::UserFunctionError(Box::<dyn std::error::Error + Send + Sync>::from(
                error,
            ))
        })?,
    })
}

/// Tables whose rows are told of, in the order in which the schema made them.
pub(super) fn tables(connection: &Connection) -> Result<Vec<TableSchema>, DbError> {
    let mut names = connection.prepare(
        "SELECT name FROM main.sqlite_schema
         WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid",
    )?;
    let names: Vec<String> = names
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut columns =
        connection.prepare("SELECT name, pk FROM pragma_table_info(?1) ORDER BY cid")?;
    let mut out = Vec::with_capacity(names.len());
    for name in names {
        if LEFT_OUT.contains(&name.as_str()) {
            continue;
        }
        let found: Vec<(String, i64)> = columns
            .query_map([&name], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let key = found.iter().filter(|(_, place)| *place > 0);
        out.push(TableSchema {
            key: key.map(|(column, _)| column.clone()).collect(),
            columns: found.iter().map(|(column, _)| column.clone()).collect(),
            name,
        });
    }
    Ok(out)
}

fn triggers(table: &TableSchema) -> String {
    let TableSchema { name, columns, .. } = table;
    // The count of transactions is told beside them; that of fences tells nothing.
    let condition = |row: &str| match name.as_str() {
        "meta" => format!("WHEN {row}.key NOT IN ('generation', 'fence')"),
        _ => String::new(),
    };
    let mut out = String::new();
    for (event, row, fate) in [
        ("INSERT", "NEW", 1),
        ("UPDATE", "NEW", 1),
        ("DELETE", "OLD", 0),
    ] {
        let mut values = String::new();
        for column in columns {
            let _written = write!(values, ", {row}.\"{column}\"");
        }
        let condition = condition(row);
        let _written = writeln!(
            out,
            "CREATE TEMP TRIGGER \"note_{event}_{name}\" AFTER {event} ON main.\"{name}\" {condition}
             BEGIN SELECT {FUNCTION}('{name}', {fate}{values}); END;"
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_is_told_and_no_other() {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch(
                "CREATE TABLE a (id INTEGER PRIMARY KEY, word TEXT, bytes BLOB) STRICT;
                 CREATE TABLE b (k TEXT, n INTEGER, PRIMARY KEY (k, n)) STRICT, WITHOUT ROWID;",
            )
            .unwrap();
        let changes = ChangeLog::default();
        changes.listen(&connection).unwrap();

        connection
            .execute_batch(
                "INSERT INTO a VALUES (7, 'it''s', x'00ff'); UPDATE a SET word = NULL;
                 INSERT INTO b VALUES ('k', 1); DELETE FROM b; SELECT * FROM a;",
            )
            .unwrap();

        let change = |table: &str, fate, values: Vec<Value>| RowChange {
            table: table.to_owned(),
            fate,
            values,
        };
        let bytes = || Value::Blob(vec![0, 255]);
        let text = |text: &str| Value::Text(text.to_owned());
        let (seven, one) = (|| Value::Integer(7), || Value::Integer(1));
        assert_eq!(
            changes.take(),
            TransactionChanges::Rows(vec![
                change("a", RowEffect::Put, vec![seven(), text("it's"), bytes()]),
                change("a", RowEffect::Put, vec![seven(), Value::Null, bytes()]),
                change("b", RowEffect::Put, vec![text("k"), one()]),
                change("b", RowEffect::Gone, vec![text("k"), one()]),
            ])
        );
        assert!(changes.is_empty());

        let many =
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i <= 60000)
                    INSERT INTO b SELECT 'k', i FROM n";
        connection.execute_batch(many).unwrap();
        assert!(!changes.is_empty());
        assert_eq!(changes.take(), TransactionChanges::TooMany);
    }
}
