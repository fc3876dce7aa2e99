//! What a statement fails with: the answer that callers know, made from the words of the database.

use recondesk_ports::StoreError;
use rusqlite::ErrorCode;

/// What a statement fails with.
#[derive(Debug, PartialEq)]
pub(crate) enum DbError {
    /// There is no such row.
    NoRow,
    /// The server asks for the whole transaction once more.
    Again,
    /// What callers are told.
    Store(StoreError),
}

impl DbError {
    /// A stored value that this program cannot have written.
    pub(crate) fn broken(what: String) -> Self {
        Self::Store(StoreError::Broken(what))
    }
}

/// Makes an answer of "there is no such row".
pub(crate) trait OptionalExtension<T> {
    /// Nothing where there is no row.
    fn optional(self) -> Result<Option<T>, DbError>;
}

impl<T> OptionalExtension<T> for Result<T, DbError> {
    fn optional(self) -> Result<Option<T>, DbError> {
        match self {
            Ok(value) => Ok(Some(value)),
            Err(DbError::NoRow) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl From<StoreError> for DbError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<DbError> for StoreError {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Store(error) => error,
            DbError::Again => Self::Busy,
            DbError::NoRow => Self::Broken("a row is missing".to_owned()),
        }
    }
}

impl From<DbError> for recondesk_ports::BooksError {
    fn from(error: DbError) -> Self {
        StoreError::from(error).into()
    }
}

impl From<rusqlite::Error> for DbError {
    fn from(error: rusqlite::Error) -> Self {
        if matches!(error, rusqlite::Error::QueryReturnedNoRows) {
            return Self::NoRow;
        }
        Self::Store(match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy,
            Some(ErrorCode::ConstraintViolation) if refused_by_trigger(&error).is_some() => {
                StoreError::Forbidden(refused_by_trigger(&error).unwrap_or_default())
            }
            Some(ErrorCode::DiskFull) => StoreError::Full,
            Some(ErrorCode::NotADatabase) => StoreError::Foreign,
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                StoreError::Denied(error.to_string())
            }
            _ => StoreError::Broken(error.to_string()),
        })
    }
}

/// What a rule of the schema says when it refuses a change.
fn refused_by_trigger(error: &rusqlite::Error) -> Option<String> {
    match error {
        rusqlite::Error::SqliteFailure(code, Some(words))
            if code.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_TRIGGER =>
        {
            Some(words.clone())
        }
        _ => None,
    }
}
