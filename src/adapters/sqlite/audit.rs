//! The log of exchanges with the gateway: append-only, free of secrets.

use rusqlite::params;

use super::Database;
use crate::domain::{Instant, ProfileId};
use crate::ports::{ExchangeRecord, StoreError};

pub(super) fn log(db: &Database, exchange: &ExchangeRecord) -> Result<(), StoreError> {
    let ExchangeRecord {
        profile,
        at,
        operation,
        number,
        outcome,
        took_ms,
        document,
    } = exchange;
    let took_ms = i64::try_from(*took_ms).unwrap_or(i64::MAX);
    db.write(|tx| {
        tx.execute(
            "INSERT INTO exchange (profile, at, operation, number, outcome, took_ms, document)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                profile.0,
                at.unix(),
                operation,
                number,
                outcome,
                took_ms,
                document
            ],
        )?;
        Ok(())
    })
}

pub(super) fn list(
    db: &Database,
    text: &str,
    most: u32,
) -> Result<Vec<ExchangeRecord>, StoreError> {
    let connection = db.lock();
    let mut statement = connection.prepare_cached(
        "SELECT profile, at, operation, number, outcome, took_ms, document FROM exchange
         WHERE ?1 = '' OR instr(number, ?1) > 0 OR instr(operation, ?1) > 0
         ORDER BY id DESC LIMIT ?2",
    )?;
    let rows = statement.query_map(params![text, most], |row| {
        Ok(ExchangeRecord {
            profile: ProfileId(row.get(0)?),
            at: Instant::from_unix(row.get(1)?),
            operation: row.get(2)?,
            number: row.get(3)?,
            outcome: row.get(4)?,
            took_ms: u64::try_from(row.get::<_, i64>(5)?).unwrap_or(0),
            document: row.get(6)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
