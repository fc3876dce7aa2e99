//! Refunds of the workspace, read back: one, those of an order or of a state, and what happened to each.

use crate::sqlite::session::{Connection, OptionalExtension as _, Row, params};

use super::approvals;
use crate::sqlite::{Database, DbError};
use recondesk_casework::RefundStage;
use recondesk_domain::{Fen, Instant, OutRefundNo, ProfileId};
use recondesk_ports::{
    ApprovalId, RefundDraft, RefundHistory, RefundQuery, RefundRecord, RefundRowId, StoreError,
};

const COLUMNS: &str = "r.id, r.profile, r.case_key, r.out_trade_no, r.sub_mch_id, r.nth, \
    r.out_refund_no, r.total, r.amount, r.reason, r.maker, r.together, r.approval, r.machine, \
    r.refund_id, r.last_words, r.created_at, r.changed_at, r.seen, \
    coalesce((SELECT json_extract(document, '$.mch_id') FROM profile p WHERE p.id = r.profile), '')";

pub(super) fn history(db: &Database, id: RefundRowId) -> Result<Vec<RefundHistory>, DbError> {
    let connection = db.lock();
    let mut statement = connection.prepare_cached(
        "SELECT at, actor, event, stage, note FROM refund_event WHERE refund = ?1 ORDER BY id",
    )?;
    let mut rows = statement.query([id.0])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let (event, stage): (String, String) = (row.get(2)?, row.get(3)?);
        out.push(RefundHistory {
            at: Instant::from_unix(row.get(0)?),
            actor: row.get(1)?,
            event: serde_json::from_str(&event)
                .map_err(|error| DbError::broken(format!("refund event: {error}")))?,
            stage: RefundStage::parse(&stage)
                .ok_or_else(|| DbError::broken(format!("refund stage {stage}")))?,
            note: row.get(4)?,
        });
    }
    Ok(out)
}

pub(super) fn require(connection: &Connection, id: RefundRowId) -> Result<RefundRecord, DbError> {
    by_id(connection, id)?.ok_or_else(|| StoreError::Missing(format!("refund {}", id.0)).into())
}

pub(super) fn by_id(
    connection: &Connection,
    id: RefundRowId,
) -> Result<Option<RefundRecord>, DbError> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT {COLUMNS} FROM refund r WHERE r.id = ?1"))?;
    let mut rows = statement.query([id.0])?;
    let found = rows.next()?.map(read).transpose()?;
    found.map(|row| with_approval(connection, row)).transpose()
}

pub(super) fn by_approval(
    connection: &Connection,
    ApprovalId(id): ApprovalId,
) -> Result<Option<RefundRowId>, DbError> {
    connection
        .query_row("SELECT id FROM refund WHERE approval = ?1", [id], |row| {
            row.get(0).map(RefundRowId)
        })
        .optional()
}

pub(super) fn list(
    connection: &Connection,
    query: &RefundQuery,
) -> Result<Vec<RefundRecord>, DbError> {
    let stages: Vec<&str> = query.stages.iter().map(|stage| stage.word()).collect();
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM refund r
         WHERE (CAST(?1 AS BIGINT) IS NULL OR r.profile = ?1) AND (CAST(?2 AS TEXT) IS NULL OR r.case_key = ?2)
           AND (CAST(?3 AS TEXT) IS NULL OR r.out_trade_no = ?3)
           AND (?4 = '' OR instr(?4, ',' || r.stage || ',') > 0)
         ORDER BY r.id"
    ))?;
    let wanted = if stages.is_empty() {
        String::new()
    } else {
        format!(",{},", stages.join(","))
    };
    let mut rows = statement.query(params![
        query.profile.map(|profile| profile.0),
        query.case_key,
        query.out_trade_no,
        wanted,
    ])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(read(row)?);
    }
    out.into_iter()
        .map(|row| with_approval(connection, row))
        .collect()
}

/// A refund and the number of its approval.
struct BareRefund(RefundRecord, Option<i64>);

fn with_approval(
    connection: &Connection,
    BareRefund(mut record, approval): BareRefund,
) -> Result<RefundRecord, DbError> {
    if let Some(id) = approval {
        record.approval = approvals::by_id(connection, id)?;
    }
    Ok(record)
}

fn read(row: Row<'_>) -> Result<BareRefund, DbError> {
    let number: String = row.get(6)?;
    let machine: String = row.get(13)?;
    let record = RefundRecord {
        id: RefundRowId(row.get(0)?),
        draft: RefundDraft {
            profile: ProfileId(row.get(1)?),
            mch_id: row.get(19)?,
            case_key: row.get(2)?,
            out_trade_no: row.get(3)?,
            sub_mch_id: row.get(4)?,
            total: Fen::new(row.get(7)?),
            amount: Fen::new(row.get(8)?),
            reason: row.get(9)?,
            maker: row.get(10)?,
            together: row.get(11)?,
            seen: serde_json::from_str(&row.get::<_, String>(18)?)
                .map_err(|error| DbError::broken(format!("refund {number}: {error}")))?,
        },
        nth: row.get(5)?,
        out_refund_no: OutRefundNo::new(&number)
            .ok_or_else(|| DbError::broken(format!("refund number {number}")))?,
        refund: serde_json::from_str(&machine)
            .map_err(|error| DbError::broken(format!("refund {number}: {error}")))?,
        approval: None,
        refund_id: row.get(14)?,
        last_words: row.get(15)?,
        created_at: Instant::from_unix(row.get(16)?),
        changed_at: Instant::from_unix(row.get(17)?),
    };
    Ok(BareRefund(record, row.get(12)?))
}
