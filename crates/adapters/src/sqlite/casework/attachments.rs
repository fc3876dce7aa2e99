//! Files on a case, byte for byte; never changed, never removed.

use crate::sqlite::session::{SessionTransaction, params};
use serde_json::json;

use super::trail;
use crate::digest::hex;
use crate::sqlite::{Database, DbError};
use recondesk_domain::{Instant, ProfileId};
use recondesk_ports::{AttachmentInfo, AttachmentRecord, AuditDeed, CaseRef, StoreError};

pub(super) fn add(
    tx: &SessionTransaction<'_>,
    CaseRef {
        profile,
        key: case_key,
    }: CaseRef<'_>,
    file: &AttachmentRecord,
) -> Result<(), DbError> {
    let added = tx.execute(
        "INSERT INTO attachment (case_id, at, actor, name, sha256, bytes)
         SELECT id, ?3, ?4, ?5, ?6, ?7 FROM case_file WHERE profile = ?1 AND key = ?2
         ON CONFLICT DO NOTHING",
        params![
            profile.0,
            case_key,
            file.at.unix(),
            file.actor,
            file.name,
            file.sha256,
            file.bytes
        ],
    )?;
    if added == 0 {
        let known: i64 = tx.query_row(
            "SELECT count(*) FROM case_file WHERE profile = ?1 AND key = ?2",
            params![profile.0, case_key],
            |row| row.get(0),
        )?;
        return if known == 0 {
            Err(StoreError::Missing("case".to_owned()).into())
        } else {
            Ok(())
        };
    }
    let digest = hex(&file.sha256);
    let document = json!({ "name": file.name, "bytes": file.bytes.len(), "sha256": digest });
    trail::append(
        tx,
        &AuditDeed {
            at: file.at,
            actor: &file.actor,
            kind: "case.attach",
            subject: &format!("case/{}/{case_key}", profile.0),
            document: &document.to_string(),
        },
    )
}

pub(super) fn of(
    db: &Database,
    profile: ProfileId,
    case_key: &str,
) -> Result<Vec<AttachmentRecord>, DbError> {
    let connection = db.lock();
    let mut statement = connection.prepare_cached(
        "SELECT a.at, a.actor, a.name, a.sha256, a.bytes FROM attachment a
         JOIN case_file c ON c.id = a.case_id WHERE c.profile = ?1 AND c.key = ?2 ORDER BY a.id",
    )?;
    let rows = statement.query_map(params![profile.0, case_key], |row| {
        Ok(AttachmentRecord {
            at: Instant::from_unix(row.get(0)?),
            actor: row.get(1)?,
            name: row.get(2)?,
            sha256: row.get(3)?,
            bytes: row.get(4)?,
        })
    })?;
    rows.collect::<Result<_, _>>()
}

/// The files of a case without their bytes: a panel that lists them reads no megabytes.
pub(super) fn list(
    db: &Database,
    profile: ProfileId,
    case_key: &str,
) -> Result<Vec<AttachmentInfo>, DbError> {
    let connection = db.lock();
    let mut statement = connection.prepare_cached(
        "SELECT a.at, a.actor, a.name, a.sha256, length(a.bytes) FROM attachment a
         JOIN case_file c ON c.id = a.case_id WHERE c.profile = ?1 AND c.key = ?2 ORDER BY a.id",
    )?;
    let rows = statement.query_map(params![profile.0, case_key], |row| {
        Ok(AttachmentInfo {
            at: Instant::from_unix(row.get(0)?),
            actor: row.get(1)?,
            name: row.get(2)?,
            sha256: row.get(3)?,
            bytes: row.get::<_, i64>(4)?.unsigned_abs(),
        })
    })?;
    rows.collect::<Result<_, _>>()
}
