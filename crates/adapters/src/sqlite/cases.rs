//! Cases: how they are listed, what happened to them, and how they follow what is done about them.

use crate::sqlite::session::{Connection, Row, Transaction, params};

use super::Database;
use super::DbError;
use super::casework::seal_case_event;
use super::runs::{read_day, read_finding};
use recondesk_domain::{BillDate, CaseStatus, Instant, ProfileId};
use recondesk_ports::{CaseEvent, CaseEventKind, CaseId, CaseQuery, CaseRecord, RunId};

pub(super) fn list(db: &Database, query: &CaseQuery) -> Result<Vec<CaseRecord>, DbError> {
    const COLUMNS: &str =
        "SELECT c.id, c.profile, c.key, c.status, c.owner, c.opened_on, r.day, f.*";
    let by_day = "FROM current_run r JOIN finding f ON f.run = r.run
                  JOIN case_file c ON c.id = f.case_id
                  WHERE r.day = ?2 AND (CAST(?1 AS BIGINT) IS NULL OR r.profile = ?1) ORDER BY c.profile, f.seq";
    let by_case = "FROM case_file c JOIN finding f ON f.run = c.run AND f.seq = c.seq
                   JOIN run r ON r.id = c.run
                   WHERE (CAST(?1 AS BIGINT) IS NULL OR c.profile = ?1) AND CAST(?2 AS BIGINT) IS NULL
                   ORDER BY r.day, c.profile, f.seq";
    let from = if query.day.is_some() { by_day } else { by_case };
    let connection = db.lock();
    let mut statement = connection.prepare_cached(&format!("{COLUMNS} {from}"))?;
    let mut rows = statement.query(params![
        query.profile.map(|profile| profile.0),
        query.day.map(BillDate::number)
    ])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let case = read_case(row)?;
        let wanted =
            query.categories.is_empty() || query.categories.contains(&case.finding.category);
        if wanted && (query.closed_too || !case.status.is_closed()) {
            out.push(case);
        }
    }
    // Stable: within one severity the order of day and report stays.
    out.sort_by_key(|case| case.finding.category.severity());
    Ok(out)
}

pub(super) fn by_key(
    db: &Database,
    profile: ProfileId,
    key: &str,
) -> Result<Option<CaseRecord>, DbError> {
    let connection = db.lock();
    let mut statement = connection.prepare_cached(
        "SELECT c.id, c.profile, c.key, c.status, c.owner, c.opened_on, c.day, f.*
         FROM case_file c JOIN finding f ON f.run = c.run AND f.seq = c.seq
         WHERE c.profile = ?1 AND c.key = ?2",
    )?;
    let mut rows = statement.query(params![profile.0, key])?;
    rows.next()?.map(read_case).transpose()
}

pub(super) fn events(db: &Database, case: CaseId) -> Result<Vec<CaseEvent>, DbError> {
    events_since(&db.lock(), case, 0)
}

/// What happened to a case after that change of any case.
pub(super) fn events_since(
    connection: &Connection,
    case: CaseId,
    seen: i64,
) -> Result<Vec<CaseEvent>, DbError> {
    let mut statement = connection.prepare_cached(
        "SELECT at, actor, kind, text, run FROM case_event WHERE case_id = ?1 AND id > ?2
         ORDER BY id",
    )?;
    let mut rows = statement.query([case.0, seen])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let kind: String = row.get(2)?;
        out.push(CaseEvent {
            at: Instant::from_unix(row.get(0)?),
            actor: row.get(1)?,
            kind: CaseEventKind::parse(&kind)
                .ok_or_else(|| DbError::broken(format!("event {kind}")))?,
            text: row.get(3)?,
            run: row.get::<_, Option<i64>>(4)?.map(RunId),
        });
    }
    Ok(out)
}

/// Lets a case follow what is done about it; the caller knows that it may.
pub(super) fn set_status(
    tx: &Transaction<'_>,
    (case, next): (i64, CaseStatus),
    actor: &str,
    text: &str,
    at: Instant,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE case_file SET status = ?2 WHERE id = ?1",
        params![case, next.word()],
    )?;
    let event = CaseEvent {
        at,
        actor: actor.to_owned(),
        kind: CaseEventKind::Status,
        text: format!("{}\n{text}", next.word()),
        run: None,
    };
    write_event(tx, case, &event)
}

pub(super) fn write_event(
    tx: &Transaction<'_>,
    case: i64,
    event: &CaseEvent,
) -> Result<(), DbError> {
    let id = tx.query_row(
        "INSERT INTO case_event (case_id, at, actor, kind, text, run)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING id",
        params![
            case,
            event.at.unix(),
            event.actor,
            event.kind.word(),
            event.text,
            event.run.map(|run| run.0)
        ],
        |row| row.get(0),
    )?;
    // What a run writes is sealed together, once it is done.
    if event.run.is_none() {
        seal_case_event(tx, id, (case, event))?;
    }
    Ok(())
}

fn read_case(row: Row<'_>) -> Result<CaseRecord, DbError> {
    let status: String = row.get(3)?;
    Ok(CaseRecord {
        id: CaseId(row.get(0)?),
        profile: ProfileId(row.get(1)?),
        key: row.get(2)?,
        status: read_status(&status)?,
        owner: row.get(4)?,
        opened_on: read_day(row.get(5)?)?,
        day: read_day(row.get(6)?)?,
        finding: read_finding(row)?,
    })
}

pub(super) fn read_status(word: &str) -> Result<CaseStatus, DbError> {
    CaseStatus::parse(word).ok_or_else(|| DbError::broken(format!("case status {word}")))
}
