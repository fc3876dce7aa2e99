//! A session with a database: statements, their values and their rows, the same whichever database answers.
//!
//! Table families are written against this layer alone, in SQL that every database behind it understands.

mod error;
mod insert;
mod lite;
mod postgres;
mod value;

pub(crate) use self::postgres::{PgConnection, words};
pub(crate) use error::{DbError, OptionalExtension};
pub(crate) use insert::{insert_rows, insert_rows_returning};
pub(crate) use value::{FromValue, StatementParams, ToValue, Value, ValueRef, params};

use std::cell::Cell;

use value::strange;

/// A connection to a database.
#[derive(Debug)]
pub(crate) enum Connection {
    /// A file of SQLite.
    Lite(rusqlite::Connection),
    /// A server of PostgreSQL.
    Postgres(Box<PgConnection>),
}

/// A transaction that is open on a connection; whoever began it ends it.
#[derive(Debug)]
pub(crate) struct SessionTransaction<'a> {
    connection: &'a Connection,
    /// The end of the trail, once this transaction knows it: nobody else writes meanwhile.
    trail_end: Cell<Option<TrailEnd>>,
    /// This transaction has put something behind it.
    has_deed: Cell<bool>,
}

/// The last entry of the trail.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TrailEnd {
    pub(crate) id: i64,
    pub(crate) seal: [u8; 32],
}

impl<'a> SessionTransaction<'a> {
    /// What was begun on that connection, with the end of the trail where it is known.
    pub(super) const fn on(connection: &'a Connection, trail_end: Option<TrailEnd>) -> Self {
        Self {
            connection,
            trail_end: Cell::new(trail_end),
            has_deed: Cell::new(false),
        }
    }

    /// The end of the trail, as far as this transaction knows it.
    pub(crate) const fn trail_end(&self) -> Option<TrailEnd> {
        self.trail_end.get()
    }

    /// Takes note of what it has put at the end of the trail.
    pub(crate) fn put_in_trail(&self, end: TrailEnd) {
        self.trail_end.set(Some(end));
        self.has_deed.set(true);
    }

    /// True once it has put something in the trail.
    pub(super) const fn has_deed(&self) -> bool {
        self.has_deed.get()
    }
}

impl std::ops::Deref for SessionTransaction<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}

impl Connection {
    /// The file of SQLite behind this connection.
    ///
    /// # Errors
    /// [`DbError`] when it is none.
    pub(super) fn lite(&self) -> Result<&rusqlite::Connection, DbError> {
        match self {
            Self::Lite(connection) => Ok(connection),
            Self::Postgres(_) => Err(DbError::broken("there is no file".to_owned())),
        }
    }

    /// The server of PostgreSQL behind this connection.
    ///
    /// # Errors
    /// [`DbError`] when it is none.
    pub(super) fn postgres(&self) -> Result<&PgConnection, DbError> {
        match self {
            Self::Postgres(connection) => Ok(connection),
            Self::Lite(_) => Err(DbError::broken("there is no server".to_owned())),
        }
    }

    /// A statement, which is kept for the next time.
    pub(crate) fn prepare_cached(&self, sql: &str) -> Result<Statement<'_>, DbError> {
        match self {
            Self::Lite(connection) => Ok(Statement::Lite(connection.prepare_cached(sql)?)),
            Self::Postgres(connection) => {
                Ok(Statement::Postgres(connection, connection.prepare(sql)?))
            }
        }
    }

    /// Executes a statement once; how many rows it changed comes back.
    pub(crate) fn execute(
        &self,
        sql: &str,
        params: impl StatementParams,
    ) -> Result<usize, DbError> {
        self.prepare_cached(sql)?.execute(params)
    }

    /// The first row of a question.
    ///
    /// # Errors
    /// [`DbError::NoRow`] when there is none.
    pub(crate) fn query_row<T>(
        &self,
        sql: &str,
        params: impl StatementParams,
        read: impl FnOnce(Row<'_>) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        self.prepare_cached(sql)?.query_row(params, read)
    }
}

/// A prepared statement.
pub(crate) enum Statement<'a> {
    /// One of SQLite.
    Lite(rusqlite::CachedStatement<'a>),
    /// One of PostgreSQL, on its connection.
    Postgres(&'a PgConnection, ::postgres::Statement),
}

impl Statement<'_> {
    /// Executes it; how many rows it changed comes back.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "values are handed over as they are written down"
    )]
    pub(crate) fn execute(&mut self, params: impl StatementParams) -> Result<usize, DbError> {
        match self {
            Self::Lite(statement) => {
                let values = params.values();
                Ok(statement.execute(rusqlite::params_from_iter(values))?)
            }
            Self::Postgres(connection, statement) => {
                connection.execute(statement, &params.values())
            }
        }
    }

    /// Asks for rows.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "values are handed over as they are written down"
    )]
    pub(crate) fn query(
        &mut self,
        params: impl StatementParams,
    ) -> Result<AnswerRows<'_>, DbError> {
        match self {
            Self::Lite(statement) => {
                let values = params.values();
                let rows = statement.query(rusqlite::params_from_iter(values))?;
                Ok(AnswerRows::Lite(rows))
            }
            Self::Postgres(connection, statement) => {
                let rows = connection.query(statement, &params.values())?;
                Ok(AnswerRows::Postgres(rows, 0))
            }
        }
    }

    /// Asks for rows, each read as it is reached.
    pub(crate) fn query_map<T, F>(
        &mut self,
        params: impl StatementParams,
        read: F,
    ) -> Result<MappedRows<'_, F>, DbError>
    where
        F: FnMut(Row<'_>) -> Result<T, DbError>,
    {
        let rows = self.query(params)?;
        Ok(MappedRows { rows, read })
    }

    /// The first row.
    ///
    /// # Errors
    /// [`DbError::NoRow`] when there is none.
    pub(crate) fn query_row<T>(
        &mut self,
        params: impl StatementParams,
        read: impl FnOnce(Row<'_>) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        match self.query(params)?.next()? {
            Some(row) => read(row),
            None => Err(DbError::NoRow),
        }
    }

    /// True when there is any row.
    pub(crate) fn exists(&mut self, params: impl StatementParams) -> Result<bool, DbError> {
        Ok(self.query(params)?.next()?.is_some())
    }
}

/// The rows of an answer.
pub(crate) enum AnswerRows<'a> {
    /// Of SQLite, which finds them one by one.
    Lite(rusqlite::Rows<'a>),
    /// Of PostgreSQL, and how many were taken.
    Postgres(Vec<::postgres::Row>, usize),
}

impl AnswerRows<'_> {
    /// The next row.
    pub(crate) fn next(&mut self) -> Result<Option<Row<'_>>, DbError> {
        match self {
            Self::Lite(rows) => Ok(rows.next()?.map(Row::Lite)),
            Self::Postgres(rows, taken) => {
                let row = rows.get(*taken);
                *taken = taken.saturating_add(1);
                Ok(row.map(Row::Postgres))
            }
        }
    }
}

/// The rows of an answer, each as what it was read to.
pub(crate) struct MappedRows<'a, F> {
    rows: AnswerRows<'a>,
    read: F,
}

impl<T, F> Iterator for MappedRows<'_, F>
where
    F: FnMut(Row<'_>) -> Result<T, DbError>,
{
    type Item = Result<T, DbError>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.rows.next().transpose()?;
        Some(row.and_then(&mut self.read))
    }
}

/// A row of an answer.
#[derive(Clone, Copy)]
pub(crate) enum Row<'a> {
    /// Of SQLite.
    Lite(&'a rusqlite::Row<'a>),
    /// Of PostgreSQL.
    Postgres(&'a ::postgres::Row),
}

impl<'a> Row<'a> {
    /// The value of a column, by its place from 0 or by its name.
    pub(crate) fn get<I: ColumnKey, T: FromValue>(self, column: I) -> Result<T, DbError> {
        let value = self.value(&column)?;
        T::from_value(value).ok_or_else(|| strange(&column, value))
    }

    /// The text of a column, as it lies in the row.
    pub(crate) fn text<I: ColumnKey>(self, column: I) -> Result<&'a str, DbError> {
        match self.value(&column)? {
            ValueRef::Text(text) => Ok(text),
            value => Err(strange(&column, value)),
        }
    }

    fn value(self, column: &impl ColumnKey) -> Result<ValueRef<'a>, DbError> {
        match self {
            Self::Lite(row) => lite::value(column.of_lite(row)?),
            Self::Postgres(row) => Ok(column.of_postgres(row)?),
        }
    }
}

/// What names a column: its place, or its name.
pub(crate) trait ColumnKey: std::fmt::Display + Copy {
    /// The value of this column in a row of SQLite.
    fn of_lite<'a>(
        &self,
        row: &'a rusqlite::Row<'a>,
    ) -> rusqlite::Result<rusqlite::types::ValueRef<'a>>;

    /// The value of this column in a row of PostgreSQL.
    fn of_postgres<'a>(&self, row: &'a ::postgres::Row) -> Result<ValueRef<'a>, ::postgres::Error>;
}

impl ColumnKey for usize {
    fn of_lite<'a>(
        &self,
        row: &'a rusqlite::Row<'a>,
    ) -> rusqlite::Result<rusqlite::types::ValueRef<'a>> {
        row.get_ref(*self)
    }

    fn of_postgres<'a>(&self, row: &'a ::postgres::Row) -> Result<ValueRef<'a>, ::postgres::Error> {
        row.try_get(*self)
    }
}

impl ColumnKey for &str {
    fn of_lite<'a>(
        &self,
        row: &'a rusqlite::Row<'a>,
    ) -> rusqlite::Result<rusqlite::types::ValueRef<'a>> {
        row.get_ref(*self)
    }

    fn of_postgres<'a>(&self, row: &'a ::postgres::Row) -> Result<ValueRef<'a>, ::postgres::Error> {
        row.try_get(*self)
    }
}
