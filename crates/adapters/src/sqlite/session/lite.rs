//! Values of SQLite, to those of a session and back.

use rusqlite::types::{ToSqlOutput, ValueRef as Stored};

use super::{DbError, ValueRef};

impl rusqlite::ToSql for ValueRef<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => Stored::Null,
            Self::Integer(number) => Stored::Integer(*number),
            Self::Text(text) => Stored::Text(text.as_bytes()),
            Self::Blob(bytes) => Stored::Blob(bytes),
        }))
    }
}

/// A value that SQLite stored.
pub(super) fn value(stored: Stored<'_>) -> Result<ValueRef<'_>, DbError> {
    match stored {
        Stored::Null => Ok(ValueRef::Null),
        Stored::Integer(number) => Ok(ValueRef::Integer(number)),
        Stored::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(ValueRef::Text(text)),
            Err(error) => Err(DbError::broken(format!("text: {error}"))),
        },
        Stored::Blob(bytes) => Ok(ValueRef::Blob(bytes)),
        Stored::Real(number) => Err(DbError::broken(format!("{number} is no whole number"))),
    }
}
