//! Runs: figures, findings, pools, and which run speaks for a day.

use crate::sqlite::session::{OptionalExtension as _, Row, SessionTransaction, ToValue, params};

use super::DbError;
use super::case_writer::{CaseWriter, refile};
use super::finding_rows::{FINDING, insert_findings, read_finding};
use super::{Database, casework};
use recondesk_domain::{BillDate, Finding, Instant, Message, ProfileId};
use recondesk_ports::{Author, BillFailure, KnownRun, NewRun, RunId, RunRecord};
use recondesk_reconcile::PoolItem;

const RUN: &str = "SELECT r.id, r.profile, r.day, r.digest, r.summary, r.made_at FROM run r";

pub(super) fn recall(
    db: &Database,
    known: &KnownRun<'_>,
    now: Instant,
) -> Result<Option<RunRecord>, DbError> {
    let KnownRun {
        profile,
        mch_id,
        day,
        digest,
    } = *known;
    let found = one(
        db,
        "WHERE r.profile = ?1 AND r.day = ?2 AND r.digest = ?3",
        params![profile.0, day.number(), digest],
    )?;
    let Some(run) = found else { return Ok(None) };
    let speaks = current(db, profile, day)?.is_some_and(|current| current.id == run.id);
    if !speaks {
        // The cases must tell what this result says again, not what the later one said.
        let findings = findings(db, run.id)?;
        db.write(|tx| {
            let after = casework::last_case_event(tx)?;
            speak(tx, &run)?;
            refile(tx, &run, &findings, Author::new(mch_id, now))?;
            casework::seal_run(tx, &run, after, now)
        })?;
    }
    Ok(Some(run))
}

pub(super) fn conclude(
    db: &Database,
    run: &NewRun<'_>,
    now: Instant,
) -> Result<RunRecord, DbError> {
    let broken = |error: serde_json::Error| DbError::broken(error.to_string());
    let summary = serde_json::to_string(run.summary).map_err(broken)?;
    let pool = serde_json::to_string(run.pool).map_err(broken)?;
    let day = run.summary.day;
    db.write(|tx| {
        let after = casework::last_case_event(tx)?;
        // Two processes may work on one day: the second finds what the first has just stored.
        if let Some(twin) = twin(tx, run)? {
            speak(tx, &twin)?;
            refile(tx, &twin, run.findings, Author::new(run.mch_id, now))?;
            casework::seal_run(tx, &twin, after, now)?;
            return Ok(twin);
        }
        let id = tx.query_row(
            "INSERT INTO run (profile, day, digest, summary, pool, made_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING id",
            params![
                run.profile.0,
                day.number(),
                run.digest,
                summary,
                pool,
                now.unix()
            ],
            |row| row.get(0).map(RunId),
        )?;
        let record = RunRecord {
            id,
            profile: run.profile,
            day,
            digest: run.digest,
            summary: run.summary.clone(),
            made_at: now,
        };
        speak(tx, &record)?;
        file(tx, &record, run)?;
        casework::seal_run(tx, &record, after, now)?;
        Ok(record)
    })
}

/// The stored run of the same day and inputs.
fn twin(tx: &SessionTransaction<'_>, run: &NewRun<'_>) -> Result<Option<RunRecord>, DbError> {
    let mut statement = tx.prepare_cached(&format!(
        "{RUN} WHERE r.profile = ?1 AND r.day = ?2 AND r.digest = ?3"
    ))?;
    let day = run.summary.day.number();
    let mut rows = statement.query(params![run.profile.0, day, run.digest])?;
    rows.next()?.map(read_run).transpose()
}

/// Writes the findings of a run, and what they mean for the cases.
fn file(tx: &SessionTransaction<'_>, record: &RunRecord, run: &NewRun<'_>) -> Result<(), DbError> {
    let mut filer = CaseWriter::new(tx, record, run.mch_id)?;
    filer.file_all(run.findings, &mut |first, findings, cases| {
        insert_findings(tx, record.id, first, findings, cases)
    })?;
    filer.close_what_is_gone()?;
    filer.close_what_matched(run.cleared)
}

pub(super) fn current(
    db: &Database,
    profile: ProfileId,
    day: BillDate,
) -> Result<Option<RunRecord>, DbError> {
    one(
        db,
        "JOIN current_run c ON c.run = r.id WHERE c.profile = ?1 AND c.day = ?2",
        params![profile.0, day.number()],
    )
}

/// The run that spoke for a day before the current one.
pub(super) fn before(
    db: &Database,
    profile: ProfileId,
    day: BillDate,
) -> Result<Option<RunRecord>, DbError> {
    one(
        db,
        "JOIN current_run c ON c.before = r.id WHERE c.profile = ?1 AND c.day = ?2",
        params![profile.0, day.number()],
    )
}

pub(super) fn current_between(
    db: &Database,
    profile: ProfileId,
    first: BillDate,
    last: BillDate,
) -> Result<Vec<RunRecord>, DbError> {
    let connection = db.lock();
    let mut statement = connection.prepare_cached(&format!(
        "{RUN} JOIN current_run c ON c.run = r.id
         WHERE c.profile = ?1 AND c.day BETWEEN ?2 AND ?3 ORDER BY c.day"
    ))?;
    let mut rows = statement.query(params![profile.0, first.number(), last.number()])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(read_run(row)?);
    }
    Ok(out)
}

pub(super) fn findings(db: &Database, run: RunId) -> Result<Vec<Finding>, DbError> {
    let connection = db.lock();
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {FINDING} FROM finding f WHERE f.run = ?1 ORDER BY f.seq"
    ))?;
    let mut rows = statement.query([run.0])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(read_finding(row, 0)?);
    }
    Ok(out)
}

pub(super) fn opening_pool(
    db: &Database,
    profile: ProfileId,
    day: BillDate,
) -> Result<Vec<PoolItem>, DbError> {
    let pool: Option<String> = db
        .lock()
        .prepare_cached(
            "SELECT r.pool FROM current_run c JOIN run r ON r.id = c.run
             WHERE c.profile = ?1 AND c.day < ?2 ORDER BY c.day DESC LIMIT 1",
        )?
        .query_row(params![profile.0, day.number()], |row| row.get(0))
        .optional()?;
    match pool {
        Some(text) => {
            serde_json::from_str(&text).map_err(|error| DbError::broken(format!("pool: {error}")))
        }
        None => Ok(Vec::new()),
    }
}

pub(super) fn mark_no_bill(
    db: &Database,
    profile: ProfileId,
    day: BillDate,
    now: Instant,
) -> Result<(), DbError> {
    db.write(|tx| {
        tx.execute(
            "INSERT INTO no_bill VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            params![profile.0, day.number(), now.unix()],
        )?;
        Ok(())
    })
}

pub(super) fn no_bill_days(db: &Database, profile: ProfileId) -> Result<Vec<BillDate>, DbError> {
    let connection = db.lock();
    let mut statement =
        connection.prepare_cached("SELECT day FROM no_bill WHERE profile = ?1 ORDER BY day")?;
    let days = statement.query_map([profile.0], |row| row.get::<_, i32>(0))?;
    days.map(|day| read_day(day?)).collect()
}

pub(super) fn mark_bill_failure(
    db: &Database,
    profile: ProfileId,
    failure: &BillFailure,
) -> Result<(), DbError> {
    let BillFailure {
        day,
        at,
        code,
        reason,
    } = failure;
    db.write(|tx| {
        tx.execute(
            "INSERT INTO bill_failure VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (profile, day) DO UPDATE SET at = ?3, code = ?4, zh = ?5, en = ?6",
            params![
                profile.0,
                day.number(),
                at.unix(),
                code,
                reason.zh,
                reason.en
            ],
        )?;
        Ok(())
    })
}

pub(super) fn bill_failures(
    db: &Database,
    profile: ProfileId,
) -> Result<Vec<BillFailure>, DbError> {
    let connection = db.lock();
    let mut statement = connection.prepare_cached(
        "SELECT day, at, code, zh, en FROM bill_failure WHERE profile = ?1 ORDER BY day",
    )?;
    let mut rows = statement.query([profile.0])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let (zh, en): (String, String) = (row.get(3)?, row.get(4)?);
        out.push(BillFailure {
            day: read_day(row.get(0)?)?,
            at: Instant::from_unix(row.get(1)?),
            code: row.get(2)?,
            reason: Message::new(zh, en),
        });
    }
    Ok(out)
}

fn one(
    db: &Database,
    condition: &str,
    values: &[&dyn ToValue],
) -> Result<Option<RunRecord>, DbError> {
    let connection = db.lock();
    let mut statement = connection.prepare_cached(&format!("{RUN} {condition}"))?;
    let mut rows = statement.query(values)?;
    rows.next()?.map(read_run).transpose()
}

fn speak(tx: &SessionTransaction<'_>, run: &RunRecord) -> Result<(), DbError> {
    // Both sides of an assignment read the old row.
    tx.execute(
        "INSERT INTO current_run (profile, day, run) VALUES (?1, ?2, ?3)
         ON CONFLICT (profile, day) DO UPDATE SET run = ?3,
             before = CASE WHEN current_run.run = ?3 THEN current_run.before
                           ELSE current_run.run END",
        params![run.profile.0, run.day.number(), run.id.0],
    )?;
    Ok(())
}

fn read_run(row: Row<'_>) -> Result<RunRecord, DbError> {
    let summary: String = row.get(4)?;
    Ok(RunRecord {
        id: RunId(row.get(0)?),
        profile: ProfileId(row.get(1)?),
        day: read_day(row.get(2)?)?,
        digest: row.get(3)?,
        summary: serde_json::from_str(&summary)
            .map_err(|error| DbError::broken(format!("summary: {error}")))?,
        made_at: Instant::from_unix(row.get(5)?),
    })
}

/// A day of the compact form.
pub(super) fn read_day(number: i32) -> Result<BillDate, DbError> {
    BillDate::from_number(number).ok_or_else(|| DbError::broken(format!("day {number}")))
}
