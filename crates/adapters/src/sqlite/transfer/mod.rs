//! All rows of a database entered in another one, of whichever kind, and compared there by digest.
//!
//! Triggers guard what people do; what is carried over was done already, so they are off meanwhile. States of files on
//! the disk of one computer are not carried over (`change_log` leaves them out as well).

mod digest;
mod into_file;
mod into_server;
mod reading;

use std::collections::BTreeSet;

use super::casework::trail_holds;
use super::change_log::{self, TableSchema};
use super::session::{Connection, SessionTransaction, Value, ValueRef, insert_rows};
use super::{Database, DbError};
use digest::TableDigest;
use reading::for_each_row;
use recondesk_domain::Message;
use recondesk_ports::StoreError;

pub(crate) use into_file::FileTarget;
pub(crate) use into_server::ServerTarget;

/// Facts that belong to the place of a workspace, and not to what is in it.
const NOT_OF_PLACE: &str =
    " WHERE key NOT IN ('schema', 'files', 'fence', 'moved_to', 'moved_at', 'moving_from')";
/// Lets the server wait as long as the other side takes.
const PATIENT: &str = "SET LOCAL idle_in_transaction_session_timeout TO 0";
/// Rows that are held in memory on their way.
const ROWS: usize = 512;

/// A row on its way: the name of its table, its columns, its values.
type Adjust<'a> = dyn Fn(&TableSchema, &mut [Value]) + 'a;

/// What is carried over, and how: the tables in an order in which their rows can be entered.
pub(crate) struct Load<'a> {
    source: &'a Connection,
    adjust: &'a Adjust<'a>,
    tables: Vec<TableSchema>,
}

impl<'a> Load<'a> {
    /// All of `source`, for the computer named: preferences of a computer get or lose its name.
    pub(crate) fn of(
        source: &'a SessionTransaction<'a>,
        adjust: &'a Adjust<'a>,
    ) -> Result<Self, DbError> {
        Ok(Self {
            source,
            adjust,
            tables: tables()?,
        })
    }

    /// Enters all rows in a database that has the tables and no triggers, and compares them; tells how many.
    fn enter(&self, target: &Connection) -> Result<u64, DbError> {
        for table in self.tables.iter().rev() {
            target.execute(
                &format!("DELETE FROM \"{}\"{}", table.name, condition(table)),
                [],
            )?;
        }
        let mut rows = 0_u64;
        for table in &self.tables {
            let sent = self.copy(table, target)?;
            let mut arrived = TableDigest::default();
            for_each_row(target, table, condition(table), &mut |values| {
                arrived.add(&values);
                Ok(())
            })?;
            if sent != arrived {
                let what = format!("{}: {sent} is not {arrived}", table.name);
                return Err(differs(&what));
            }
            rows = rows.saturating_add(sent.rows);
        }
        if !trail_holds(target)? {
            return Err(differs("audit"));
        }
        Ok(rows)
    }

    fn copy(&self, table: &TableSchema, target: &Connection) -> Result<TableDigest, DbError> {
        let quoted: Vec<String> = table.columns.iter().map(|it| format!("\"{it}\"")).collect();
        let head = format!("INSERT INTO \"{}\" ({})", table.name, quoted.join(", "));
        let width = table.columns.len();
        let mut sent = TableDigest::default();
        let mut held: Vec<Value> = Vec::new();
        let put = |held: &mut Vec<Value>| {
            let values: Vec<ValueRef<'_>> =
                held.iter().map(super::session::ToValue::to_value).collect();
            let entered = insert_rows(target, &head, width, &values);
            held.clear();
            entered
        };
        for_each_row(self.source, table, condition(table), &mut |mut values| {
            (self.adjust)(table, &mut values);
            sent.add(&values);
            held.append(&mut values);
            if held.len() >= ROWS.saturating_mul(width) {
                return put(&mut held);
            }
            Ok(())
        })?;
        put(&mut held)?;
        Ok(sent)
    }
}

fn differs(what: &str) -> DbError {
    StoreError::Unreachable(Message::new(
        format!("搬到新位置的数据与原来的不一致（{what}），没有启用"),
        format!("what arrived differs from what was sent ({what}); it is not used"),
    ))
    .into()
}

fn condition(table: &TableSchema) -> &'static str {
    if table.name == "meta" {
        return NOT_OF_PLACE;
    }
    ""
}

/// The tables of the schema of this program, each after those that it refers to.
fn tables() -> Result<Vec<TableSchema>, DbError> {
    let mut model = rusqlite::Connection::open_in_memory()?;
    super::migrate::bring_up(&mut model)?;
    let mut left = change_log::tables(&model)?;
    let mut done = BTreeSet::new();
    let mut out = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let mut later = Vec::new();
        let before = out.len();
        for table in left {
            let mut parents =
                model.prepare_cached("SELECT \"table\" FROM pragma_foreign_key_list(?1)")?;
            let parents: Vec<String> = parents
                .query_map([&table.name], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            let is_ready = |parent: &String| *parent == table.name || done.contains(parent);
            if parents.iter().all(is_ready) {
                done.insert(table.name.clone());
                out.push(table);
            } else {
                later.push(table);
            }
        }
        if out.len() == before {
            return Err(DbError::broken("tables refer to each other".to_owned()));
        }
        left = later;
    }
    Ok(out)
}

impl Database {
    /// Where this workspace has moved to, if it has.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn moved_to(&self) -> Result<Option<String>, StoreError> {
        Ok(super::moved_to(&self.lock())?)
    }

    /// Lets this workspace be used again although it has moved; tells where to, if it had.
    pub(crate) fn reopen(&self) -> Result<Option<String>, StoreError> {
        Ok(self.write(|tx| {
            let to = super::moved_to(tx)?;
            tx.execute("DELETE FROM meta WHERE key IN ('moved_to', 'moved_at')", [])?;
            Ok(to)
        })?)
    }

    /// Carries all of this database over by `carry`, and says in the same transaction that it has moved to `place`:
    /// nobody stores anything in it meanwhile, nor afterwards.
    pub(crate) fn move_to<T>(
        &self,
        place: &str,
        adjust: &Adjust<'_>,
        carry: &dyn Fn(&Load<'_>) -> Result<T, DbError>,
    ) -> Result<T, StoreError> {
        Ok(self.write(|tx| {
            if let Connection::Postgres(server) = &**tx {
                server.batch(PATIENT)?;
            }
            if !trail_holds(tx)? {
                return Err(StoreError::Unreachable(Message::new(
                    "留痕核验不通过，不能搬：先用 recondesk audit verify 查明",
                    "the trail does not hold, so nothing is moved: see recondesk audit verify",
                ))
                .into());
            }
            let value = carry(&Load::of(tx, adjust)?)?;
            let generation: String = tx.query_row(super::META, ["generation"], |row| row.get(0))?;
            let generation = generation
                .parse::<u64>()
                .map_err(|_error| DbError::broken(format!("generation {generation}")))?;
            // The number of this transaction: a file counts it at its end, a server at its beginning.
            let moved_at = match &**tx {
                Connection::Lite(_) => generation.saturating_add(1),
                Connection::Postgres(_) => generation,
            };
            let fact = "INSERT INTO meta (key, value) VALUES (?1, ?2)";
            tx.execute(fact, ["moved_to", place])?;
            tx.execute(fact, ["moved_at", &moved_at.to_string()])?;
            Ok(value)
        })?)
    }
}

/// Gives preferences of a computer its name, or takes it away, as they are kept where they go.
pub(crate) fn adjust_preferences(
    computer: &str,
    is_to_server: bool,
) -> impl Fn(&TableSchema, &mut [Value]) + use<> {
    let end = format!("@{computer}");
    move |table, values| {
        if table.name != "preference" {
            return;
        }
        let place = table.columns.iter().position(|column| column == "key");
        let Some(Value::Text(key)) = place.and_then(|place| values.get_mut(place)) else {
            return;
        };
        if is_to_server && super::is_of_computer(key) {
            key.push_str(&end);
        } else if !is_to_server
            && let Some(bare) = key.strip_suffix(&end)
            && super::is_of_computer(bare)
        {
            *key = bare.to_owned();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_comes_after_those_it_refers_to() {
        let names: Vec<String> = tables().unwrap().into_iter().map(|it| it.name).collect();
        let place = |name: &str| names.iter().position(|it| it == name).unwrap();
        assert!(place("profile") < place("run") && place("run") < place("finding"));
        assert!(place("case_file") < place("finding") && place("approval") < place("refund"));
        assert!(!names.contains(&"import_stamp".to_owned()));
    }

    #[test]
    fn preferences_of_a_computer_get_its_name_and_lose_it_again() {
        let table = TableSchema {
            name: "preference".to_owned(),
            columns: vec!["key".to_owned(), "value".to_owned()],
            key: vec!["key".to_owned()],
        };
        for (key, shared) in [
            ("window", "window@c1"),
            ("webhook.3", "webhook.3@c1"),
            ("lang", "lang"),
        ] {
            let mut values = [Value::Text(key.to_owned()), Value::Null];
            adjust_preferences("c1", true)(&table, &mut values);
            assert_eq!(values[0], Value::Text(shared.to_owned()));
            adjust_preferences("c2", false)(&table, &mut values);
            assert_eq!(values[0], Value::Text(shared.to_owned()));
            adjust_preferences("c1", false)(&table, &mut values);
            assert_eq!(values[0], Value::Text(key.to_owned()));
        }
    }
}
