//! Signed days. A signature names the run it is about; triggers keep that run in force until it is unlocked.

use crate::sqlite::session::{Connection, OptionalExtension as _, Row, SessionTransaction, params};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::trail;
use crate::digest::hex;
use crate::sqlite::DbError;
use crate::sqlite::runs::read_day;
use recondesk_domain::{BillDate, Instant, ProfileId};
use recondesk_ports::{ApprovalId, AuditDeed, RunId, SignOffRecord, StoreError};

pub(super) fn sign(
    tx: &SessionTransaction<'_>,
    signed: &SignOffRecord,
) -> Result<SignOffRecord, DbError> {
    let SignOffRecord {
        id: _,
        profile,
        day,
        run,
        signed_by,
        signed_at,
        certificate,
    } = signed;
    if in_force(tx, *profile, *day)?.is_some() {
        return Err(StoreError::Forbidden("the day is signed off already".to_owned()).into());
    }
    let current: Option<i64> = tx
        .query_row(
            "SELECT run FROM current_run WHERE profile = ?1 AND day = ?2",
            params![profile.0, day.number()],
            |row| row.get(0),
        )
        .optional()?;
    if current != Some(run.0) {
        let why = "another result speaks for the day now".to_owned();
        return Err(StoreError::Forbidden(why).into());
    }
    let id = tx.query_row(
        "INSERT INTO sign_off (profile, day, run, signed_by, signed_at, certificate)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING id",
        params![
            profile.0,
            day.number(),
            run.0,
            signed_by,
            signed_at.unix(),
            certificate
        ],
        |row| row.get(0),
    )?;
    let document = json!({
        "sign_off": id,
        "run": run.0,
        "day": day.to_string(),
        "certificate_sha256": digest(certificate),
    });
    trail::append(
        tx,
        &AuditDeed {
            at: *signed_at,
            actor: signed_by,
            kind: "day.sign_off",
            subject: &format!("day/{}/{day}", profile.0),
            document: &document.to_string(),
        },
    )?;
    Ok(SignOffRecord {
        id,
        ..signed.clone()
    })
}

/// SHA-256 of a certificate's bytes, in hex: with it in the trail nobody can put another in its place.
fn digest(certificate: &str) -> String {
    hex(&Sha256::digest(certificate.as_bytes()))
}

pub(super) fn in_force(
    connection: &Connection,
    profile: ProfileId,
    day: BillDate,
) -> Result<Option<SignOffRecord>, DbError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, profile, day, run, signed_by, signed_at, certificate FROM sign_off
         WHERE profile = ?1 AND day = ?2 AND unlocked_at IS NULL",
    )?;
    let mut rows = statement.query(params![profile.0, day.number()])?;
    rows.next()?.map(read).transpose()
}

/// A signature in force by its number.
pub(super) fn by_id(connection: &Connection, id: i64) -> Result<Option<SignOffRecord>, DbError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, profile, day, run, signed_by, signed_at, certificate FROM sign_off
         WHERE id = ?1 AND unlocked_at IS NULL",
    )?;
    let mut rows = statement.query([id])?;
    rows.next()?.map(read).transpose()
}

fn read(row: Row<'_>) -> Result<SignOffRecord, DbError> {
    Ok(SignOffRecord {
        id: row.get(0)?,
        profile: ProfileId(row.get(1)?),
        day: read_day(row.get(2)?)?,
        run: RunId(row.get(3)?),
        signed_by: row.get(4)?,
        signed_at: Instant::from_unix(row.get(5)?),
        certificate: row.get(6)?,
    })
}

/// Ends the signature in force that a second person agreed to unlock.
pub(super) fn unlock(
    tx: &SessionTransaction<'_>,
    sign_off: &str,
    ApprovalId(approval): ApprovalId,
    now: Instant,
) -> Result<(), DbError> {
    let ended = tx.execute(
        "UPDATE sign_off SET unlocked_by = ?2, unlocked_at = ?3
         WHERE CAST(id AS TEXT) = ?1 AND unlocked_at IS NULL",
        params![sign_off, approval, now.unix()],
    )?;
    if ended == 0 {
        return Err(StoreError::Missing(format!("signature {sign_off}")).into());
    }
    Ok(())
}
