//! The audit trail: every entry carries the seal of the one before (see `recondesk_casework::seal`).

use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use crate::sqlite::{Database, DbError};
use recondesk_casework::{TRAIL_START, TrailEntry, seal};
use recondesk_domain::Instant;
use recondesk_ports::{AuditDeed, AuditEntry};

/// Appends an entry within a transaction, so that a deed and its trace are stored together or not at all.
pub(super) fn append(tx: &Transaction<'_>, deed: &AuditDeed<'_>) -> Result<(), DbError> {
    let last: Option<(i64, [u8; 32])> = tx
        .prepare_cached("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (last, before) = last.unwrap_or((0, TRAIL_START));
    let id = last.saturating_add(1);
    let entry = TrailEntry {
        id,
        at: deed.at,
        actor: deed.actor,
        kind: deed.kind,
        subject: deed.subject,
        document: deed.document,
    };
    tx.prepare_cached(
        "INSERT INTO audit (id, at, actor, kind, subject, document, before, hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        id,
        deed.at.unix(),
        deed.actor,
        deed.kind,
        deed.subject,
        deed.document,
        before,
        seal(&before, &entry)
    ])?;
    Ok(())
}

const COLUMNS: &str = "id, at, actor, kind, subject, document, before, hash";

pub(super) fn read(db: &Database, from: i64, most: u32) -> Result<Vec<AuditEntry>, DbError> {
    let connection = db.lock();
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM audit WHERE id >= ?1 ORDER BY id LIMIT ?2"
    ))?;
    let rows = statement.query_map(params![from, most], entry)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn about(db: &Database, subject: &str) -> Result<Vec<AuditEntry>, DbError> {
    let connection = db.lock();
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM audit WHERE subject = ?1 ORDER BY id"
    ))?;
    let rows = statement.query_map([subject], entry)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn entry(row: &Row<'_>) -> rusqlite::Result<AuditEntry> {
    Ok(AuditEntry {
        id: row.get(0)?,
        at: Instant::from_unix(row.get(1)?),
        actor: row.get(2)?,
        kind: row.get(3)?,
        subject: row.get(4)?,
        document: row.get(5)?,
        before: row.get(6)?,
        hash: row.get(7)?,
    })
}
