//! Reissues on disk: what was handed to the shop, how, and what shows it.

use crate::sqlite::session::{Connection, Row, SessionTransaction, params};
use serde_json::{Value, json};

use super::{outcomes, trail};
use crate::sqlite::cases::SignedNote;
use crate::sqlite::{Database, DbError};
use recondesk_casework::{CaseOutcome, Reissue, ReissueEvent, ReissueStage, ReissueWay};
use recondesk_domain::{CaseStatus, Instant, ProfileId};
use recondesk_ports::{
    AuditDeed, Author, ReissueDraft, ReissueHistory, ReissueRecord, ReissueRowId, StoreError,
};

const COLUMNS: &str =
    "id, profile, case_key, out_trade_no, way, stage, key, maker, created_at, changed_at";

/// Writes a reissue down; one that is under way for the case already comes back.
pub(super) fn draft(
    tx: &SessionTransaction<'_>,
    draft: &ReissueDraft,
    now: Instant,
) -> Result<ReissueRecord, DbError> {
    outcomes::require_open(tx, draft.profile, &draft.case_key)?;
    let known = list(tx, Some(draft.profile))?.into_iter().find(|known| {
        known.draft.case_key == draft.case_key && known.stage != ReissueStage::Withdrawn
    });
    if let Some(known) = known {
        if known.draft.way == draft.way {
            return Ok(known);
        }
        let why = format!("a reissue by {} is under way", known.draft.way.word());
        return Err(StoreError::Forbidden(why).into());
    }
    outcomes::claim(
        tx,
        draft.profile,
        &draft.case_key,
        &draft.out_trade_no,
        CaseOutcome::Reissue,
    )?;
    let reissue = Reissue::begin(draft.way);
    let id = tx.query_row(
        "INSERT INTO reissue (profile, case_key, out_trade_no, way, stage, key, maker, created_at,
             changed_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8) RETURNING id",
        params![
            draft.profile.0,
            draft.case_key,
            draft.out_trade_no,
            draft.way.word(),
            reissue.stage.word(),
            draft.key,
            draft.maker,
            now.unix(),
        ],
        |row| row.get(0).map(ReissueRowId),
    )?;
    let document = json!({ "case": draft.case_key, "way": draft.way.word(), "key": draft.key });
    write_trail(
        tx,
        &draft.out_trade_no,
        "begun",
        Author::new(&draft.maker, now),
        &document,
    )?;
    let note = SignedNote {
        author: Author::new(&draft.maker, now),
        text: draft.way.word(),
    };
    outcomes::follow(
        tx,
        draft.profile,
        &draft.case_key,
        CaseStatus::Executing,
        note,
    )?;
    require(tx, id)
}

/// Moves a reissue on by one event.
pub(super) fn step(
    tx: &SessionTransaction<'_>,
    id: ReissueRowId,
    event: ReissueEvent,
    Author {
        name: actor,
        at: now,
    }: Author<'_>,
    evidence: &str,
) -> Result<ReissueRecord, DbError> {
    let known = require(tx, id)?;
    let before = Reissue {
        way: known.draft.way,
        stage: known.stage,
    };
    let next = before.apply(event).ok_or_else(|| {
        let stage = known.stage.word();
        StoreError::Forbidden(format!(
            "{event:?} is not possible when the reissue is {stage}"
        ))
    })?;
    tx.execute(
        "UPDATE reissue SET stage = ?2, changed_at = ?3 WHERE id = ?1",
        params![id.0, next.stage.word(), now.unix()],
    )?;
    let word = serde_json::to_string(&event).map_err(|error| DbError::broken(error.to_string()))?;
    tx.execute(
        "INSERT INTO reissue_event (reissue, at, actor, event, stage, evidence)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![id.0, now.unix(), actor, word, next.stage.word(), evidence],
    )?;
    let shown: Value = serde_json::from_str(evidence).unwrap_or_else(|_| json!(evidence));
    let number = known.draft.out_trade_no.as_str();
    write_trail(
        tx,
        number,
        next.stage.word(),
        Author::new(actor, now),
        &shown,
    )?;
    let status = match next.stage {
        ReissueStage::Proven => CaseStatus::Resolved,
        ReissueStage::Waiting => CaseStatus::Waiting,
        ReissueStage::Withdrawn | ReissueStage::Refused => CaseStatus::Assigned,
        ReissueStage::Begun | ReissueStage::Sent => CaseStatus::Executing,
    };
    let ReissueDraft {
        profile,
        case_key,
        out_trade_no,
        ..
    } = &known.draft;
    let note = SignedNote {
        author: Author::new(actor, now),
        text: next.stage.word(),
    };
    outcomes::follow(tx, *profile, case_key, status, note)?;
    if !next.stage.holds_case() {
        outcomes::release(tx, *profile, case_key, out_trade_no)?;
    }
    require(tx, id)
}

/// A second person agreed that a reissue is taken back from the shop. `rest` is its number.
pub(super) fn withdraw_approved(
    tx: &SessionTransaction<'_>,
    rest: &str,
    by: Author<'_>,
) -> Result<(), DbError> {
    let Ok(id) = rest.parse() else {
        return Ok(());
    };
    let id = ReissueRowId(id);
    step(tx, id, ReissueEvent::WithdrawApproved, by, "{}").map(drop)
}

fn write_trail(
    tx: &SessionTransaction<'_>,
    number: &str,
    stage: &str,
    Author { name: actor, at }: Author<'_>,
    document: &Value,
) -> Result<(), DbError> {
    trail::append(
        tx,
        &AuditDeed {
            at,
            actor,
            kind: &format!("reissue.{stage}"),
            subject: &format!("reissue/{number}"),
            document: &document.to_string(),
        },
    )
}

fn require(connection: &Connection, id: ReissueRowId) -> Result<ReissueRecord, DbError> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT {COLUMNS} FROM reissue WHERE id = ?1"))?;
    let mut rows = statement.query([id.0])?;
    match rows.next()? {
        Some(row) => read(row),
        None => Err(StoreError::Missing(format!("reissue {}", id.0)).into()),
    }
}

pub(super) fn all(
    db: &Database,
    profile: Option<ProfileId>,
) -> Result<Vec<ReissueRecord>, DbError> {
    list(&db.lock(), profile)
}

fn list(
    connection: &Connection,
    profile: Option<ProfileId>,
) -> Result<Vec<ReissueRecord>, DbError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM reissue WHERE CAST(?1 AS BIGINT) IS NULL OR profile = ?1 ORDER BY id"
    ))?;
    let mut rows = statement.query([profile.map(|profile| profile.0)])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(read(row)?);
    }
    Ok(out)
}

pub(super) fn history(db: &Database, id: ReissueRowId) -> Result<Vec<ReissueHistory>, DbError> {
    let connection = db.lock();
    let mut statement = connection.prepare_cached(
        "SELECT at, actor, event, stage, evidence FROM reissue_event WHERE reissue = ?1 ORDER BY id",
    )?;
    let mut rows = statement.query([id.0])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let (event, stage): (String, String) = (row.get(2)?, row.get(3)?);
        out.push(ReissueHistory {
            at: Instant::from_unix(row.get(0)?),
            actor: row.get(1)?,
            event: serde_json::from_str(&event)
                .map_err(|error| DbError::broken(format!("reissue event: {error}")))?,
            stage: ReissueStage::parse(&stage)
                .ok_or_else(|| DbError::broken(format!("reissue stage {stage}")))?,
            evidence: row.get(4)?,
        });
    }
    Ok(out)
}

fn read(row: Row<'_>) -> Result<ReissueRecord, DbError> {
    let (way, stage): (String, String) = (row.get(4)?, row.get(5)?);
    Ok(ReissueRecord {
        id: ReissueRowId(row.get(0)?),
        draft: ReissueDraft {
            profile: ProfileId(row.get(1)?),
            case_key: row.get(2)?,
            out_trade_no: row.get(3)?,
            way: ReissueWay::parse(&way)
                .ok_or_else(|| DbError::broken(format!("reissue way {way}")))?,
            key: row.get(6)?,
            maker: row.get(7)?,
        },
        stage: ReissueStage::parse(&stage)
            .ok_or_else(|| DbError::broken(format!("reissue stage {stage}")))?,
        created_at: Instant::from_unix(row.get(8)?),
        changed_at: Instant::from_unix(row.get(9)?),
    })
}
