//! A connection to PostgreSQL: statements kept by their text, values and errors of the server.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::error::Error;
use std::time::{Duration, Instant};

use postgres::error::SqlState;
use postgres::fallible_iterator::FallibleIterator as _;
use postgres::types::private::BytesMut;
use postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, Statement};

use super::{DbError, ValueRef};
use recondesk_domain::Message;
use recondesk_ports::{ServerRefusal, StoreError};

/// A connection that was quiet for so long may have been cut off by something between; how long trying it may take.
const QUIET: Duration = Duration::from_secs(20);
const TRIAL: Duration = Duration::from_secs(3);
/// Prepared statements kept per connection; all of them are forgotten when there are more.
const STATEMENTS: usize = 256;

/// A connection to PostgreSQL, and the statements that were prepared on it.
pub(crate) struct PgConnection {
    client: RefCell<Client>,
    /// When the server answered last.
    heard: Cell<Instant>,
    statements: RefCell<HashMap<String, Statement>>,
}

impl std::fmt::Debug for PgConnection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PgConnection")
    }
}

impl PgConnection {
    /// A session on an open connection.
    pub(crate) fn new(client: Client) -> Self {
        Self {
            client: RefCell::new(client),
            heard: Cell::new(Instant::now()),
            statements: RefCell::default(),
        }
    }

    /// True when the server can no longer be asked by this connection. One that was not used for a while is tried.
    pub(crate) fn is_gone(&self) -> bool {
        let mut client = self.client.borrow_mut();
        if client.is_closed() {
            return true;
        }
        if self.heard.get().elapsed() < QUIET {
            return false;
        }
        self.heard.set(Instant::now());
        client.is_valid(TRIAL).is_err()
    }

    /// Runs plain statements, such as the beginning and the end of a transaction.
    pub(crate) fn batch(&self, sql: &str) -> Result<(), DbError> {
        Ok(self.client.borrow_mut().batch_execute(sql)?)
    }

    /// Waits at most `limit` until something is announced to this session; all of it that is there counts as one.
    pub(crate) fn heard_within(&self, limit: Duration) -> Result<bool, DbError> {
        let mut client = self.client.borrow_mut();
        let first = client.notifications().timeout_iter(limit).next()?;
        while client.notifications().iter().next()?.is_some() {}
        if first.is_none() && client.is_closed() {
            return Err(lost());
        }
        Ok(first.is_some())
    }

    /// A statement in the words of the tables, which is kept for the next time.
    pub(super) fn prepare(&self, sql: &str) -> Result<Statement, DbError> {
        if let Some(known) = self.statements.borrow().get(sql) {
            return Ok(known.clone());
        }
        let statement = self.client.borrow_mut().prepare(&in_its_words(sql))?;
        let mut statements = self.statements.borrow_mut();
        if statements.len() >= STATEMENTS {
            statements.clear();
        }
        statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    pub(super) fn execute(
        &self,
        statement: &Statement,
        values: &[ValueRef<'_>],
    ) -> Result<usize, DbError> {
        let values = handed_over(values);
        let changed = self.client.borrow_mut().execute(statement, &values)?;
        self.heard.set(Instant::now());
        Ok(usize::try_from(changed).unwrap_or(usize::MAX))
    }

    pub(super) fn query(
        &self,
        statement: &Statement,
        values: &[ValueRef<'_>],
    ) -> Result<Vec<postgres::Row>, DbError> {
        let values = handed_over(values);
        let rows = self.client.borrow_mut().query(statement, &values)?;
        self.heard.set(Instant::now());
        Ok(rows)
    }
}

fn lost() -> DbError {
    DbError::Store(StoreError::Unreachable(Message::new(
        "与数据库的连接断了",
        "the connection to the database server was lost",
    )))
}

fn handed_over<'a>(values: &'a [ValueRef<'a>]) -> Vec<&'a (dyn ToSql + Sync)> {
    let values = values.iter();
    values.map(|value| value as &(dyn ToSql + Sync)).collect()
}

/// A statement of the tables as PostgreSQL writes it: `$1` for `?1`, and no word on which index to use.
fn in_its_words(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some((before, after)) = rest.split_once("INDEXED BY ") {
        out.push_str(before);
        rest = after.split_once(char::is_whitespace).map_or("", |it| it.1);
    }
    out.push_str(rest);
    let mut text = String::with_capacity(out.len());
    let mut is_quoted = false;
    for letter in out.chars() {
        is_quoted ^= letter == '\'';
        text.push(if letter == '?' && !is_quoted {
            '$'
        } else {
            letter
        });
    }
    text
}

impl ToSql for ValueRef<'_> {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match *self {
            Self::Null => Ok(IsNull::Yes),
            Self::Integer(number) if *kind == Type::BOOL => (number != 0).to_sql(kind, out),
            Self::Integer(number) if *kind == Type::INT4 => {
                i32::try_from(number)?.to_sql(kind, out)
            }
            Self::Integer(number) if *kind == Type::INT8 => number.to_sql(kind, out),
            Self::Text(text) if <&str as ToSql>::accepts(kind) => text.to_sql(kind, out),
            Self::Blob(bytes) if *kind == Type::BYTEA => bytes.to_sql(kind, out),
            value => Err(format!("{value:?} is no {kind}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for ValueRef<'a> {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(match *kind {
            Type::BOOL => Self::Integer(bool::from_sql(kind, raw)?.into()),
            Type::INT2 => Self::Integer(i16::from_sql(kind, raw)?.into()),
            Type::INT4 => Self::Integer(i32::from_sql(kind, raw)?.into()),
            Type::INT8 => Self::Integer(i64::from_sql(kind, raw)?),
            Type::BYTEA => Self::Blob(raw),
            _ => Self::Text(<&str>::from_sql(kind, raw)?),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self::Null)
    }

    fn accepts(kind: &Type) -> bool {
        [Type::BOOL, Type::INT2, Type::INT4, Type::INT8, Type::BYTEA].contains(kind)
            || <&str as FromSql>::accepts(kind)
    }
}

impl From<postgres::Error> for DbError {
    fn from(error: postgres::Error) -> Self {
        let Some(said) = error.as_db_error() else {
            if error.is_closed()
                || error
                    .source()
                    .is_some_and(<dyn Error>::is::<std::io::Error>)
            {
                return lost();
            }
            return Self::broken(words(&error));
        };
        let code = said.code();
        let is_again = [
            SqlState::T_R_SERIALIZATION_FAILURE,
            SqlState::T_R_DEADLOCK_DETECTED,
        ];
        if is_again.contains(code) {
            return Self::Again;
        }
        Self::Store(match code.code() {
            // A rule of the schema refuses a change.
            "P0001" => StoreError::Forbidden(said.message().to_owned()),
            "22021" => StoreError::Forbidden("text with a zero byte cannot be stored".to_owned()),
            "55P03" | "57014" => StoreError::Busy,
            "53100" => StoreError::Full,
            code if code.starts_with("28") || code.starts_with("57P") || code == "42501" => {
                StoreError::Unreachable(Message::new(said.message(), said.message()))
            }
            // Alone these say that what is stored is damaged: pages that do not hold what they should.
            "XX001" | "XX002" => StoreError::Broken(format!("{}: {}", code.code(), said.message())),
            code => StoreError::Server(ServerRefusal {
                code: code.to_owned(),
                said: said.message().to_owned(),
            }),
        })
    }
}

/// An error and what lies beneath it. The driver names no password in any of them.
pub(crate) fn words(error: &dyn Error) -> String {
    let mut out = error.to_string();
    let mut source = error.source();
    while let Some(beneath) = source {
        out = format!("{out}: {beneath}");
        source = beneath.source();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_become_those_of_the_server_and_hints_of_an_index_go() {
        let sql = "SELECT id FROM exchange INDEXED BY exchange_search\n WHERE a = ?1 AND b <> '?' LIMIT ?12";
        assert_eq!(
            in_its_words(sql),
            "SELECT id FROM exchange  WHERE a = $1 AND b <> '?' LIMIT $12"
        );
    }
}
