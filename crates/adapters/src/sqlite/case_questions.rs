//! Cases as they are asked for: by a filter, by numbers, by what names them; and what happened to them.

use std::collections::HashMap;

use crate::sqlite::session::{Connection, Row, params};

use super::cases::read_status;
use super::finding_rows::{FINDING, read_finding};
use super::runs::read_day;
use super::{Database, DbError};
use recondesk_domain::{BillDate, CaseStatus, Instant, ProfileId};
use recondesk_ports::{CaseEvent, CaseEventKind, CaseId, CaseQuery, CaseRecord, RunId};

/// What is read of a case `c` before its finding: where that is told, and what it is of.
const CASE: &str = "c.id, c.profile, c.key, c.status, c.owner, c.opened_on";
/// Where its place in the report stands, and where the columns of its finding begin.
const SEQ_AT: usize = 7;
const FINDING_AT: usize = 8;
/// Asked for one by one up to so many: reading all of them takes less from then on.
const MOST_SINGLE: usize = 1_000;

/// Cases with their latest findings.
fn latest() -> String {
    format!(
        "SELECT {CASE}, c.day, f.seq, {FINDING} FROM case_file c JOIN finding f ON f.run = c.run AND f.seq = c.seq"
    )
}

pub(super) fn list(db: &Database, query: &CaseQuery) -> Result<Vec<CaseRecord>, DbError> {
    let mut sql = if query.day.is_some() {
        format!(
            "SELECT {CASE}, r.day, f.seq, {FINDING} FROM current_run r
             JOIN finding f ON f.run = r.run JOIN case_file c ON c.id = f.case_id
             WHERE r.day = ?2 AND (CAST(?1 AS BIGINT) IS NULL OR r.profile = ?1)"
        )
    } else {
        let of_all =
            "CAST(?2 AS BIGINT) IS NULL AND (CAST(?1 AS BIGINT) IS NULL OR c.profile = ?1)";
        format!("{} WHERE {of_all}", latest())
    };
    if !query.closed_too {
        let closed = CaseStatus::all().filter(|status| status.is_closed());
        one_of(&mut sql, "c.status NOT IN", closed.map(CaseStatus::word));
    }
    if !query.categories.is_empty() {
        let names = query.categories.iter().map(|category| category.name());
        one_of(&mut sql, "f.category IN", names);
    }
    let asked = params![
        query.profile.map(|profile| profile.0),
        query.day.map(BillDate::number)
    ];
    let connection = db.lock();
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(asked)?;
    let mut cases = Vec::new();
    let mut order = Vec::new();
    while let Some(row) = rows.next()? {
        let case = read_case(row)?;
        // Put in order here: the database would carry whole rows through its sorting.
        let key = (case.day, case.profile, row.get::<_, i64>(SEQ_AT)?, case.id);
        order.push((case.finding.category.severity(), key, cases.len()));
        cases.push(case);
    }
    order.sort_unstable();
    let order = order.into_iter().map(|(_, _, from)| from).collect();
    put_in_order(&mut cases, order);
    Ok(cases)
}

/// Moves things to their places, without room for all of them a second time; `order` has for each place where its thing
/// stands.
fn put_in_order<T>(things: &mut [T], mut order: Vec<usize>) {
    for first in 0..order.len() {
        let mut place = first;
        while let Some(from) = order.get_mut(place) {
            let from = std::mem::replace(from, place);
            if from == first || from >= things.len() {
                break;
            }
            things.swap(place, from);
            place = from;
        }
    }
}

/// Adds a condition: one of these words, which are the program's own.
fn one_of<'a>(sql: &mut String, condition: &str, words: impl Iterator<Item = &'a str>) {
    let words: Vec<String> = words.map(|word| format!("'{word}'")).collect();
    sql.extend([" AND ", condition, " (", &words.join(", "), ")"]);
}

pub(super) fn by_key(
    db: &Database,
    profile: ProfileId,
    key: &str,
) -> Result<Option<CaseRecord>, DbError> {
    let connection = db.lock();
    let mut statement =
        connection.prepare_cached(&format!("{} WHERE c.profile = ?1 AND c.key = ?2", latest()))?;
    let mut rows = statement.query(params![profile.0, key])?;
    rows.next()?.map(read_case).transpose()
}

pub(super) fn by_id(db: &Database, ids: &[CaseId]) -> Result<Vec<CaseRecord>, DbError> {
    if ids.len() > MOST_SINGLE {
        let all = CaseQuery {
            closed_too: true,
            ..CaseQuery::default()
        };
        let all = list(db, &all)?.into_iter();
        let mut known: HashMap<CaseId, CaseRecord> = all.map(|case| (case.id, case)).collect();
        return Ok(ids.iter().filter_map(|id| known.remove(id)).collect());
    }
    let connection = db.lock();
    let mut statement = connection.prepare_cached(&format!("{} WHERE c.id = ?1", latest()))?;
    let mut out = Vec::with_capacity(ids.len());
    for id in ids {
        let mut rows = statement.query([id.0])?;
        out.extend(rows.next()?.map(read_case).transpose()?);
    }
    Ok(out)
}

pub(super) fn named(db: &Database, word: &str) -> Result<Vec<CaseRecord>, DbError> {
    if word.is_empty() {
        return Ok(Vec::new());
    }
    let connection = db.lock();
    let ask = |condition: &str| -> Result<Vec<CaseRecord>, DbError> {
        let mut statement = connection.prepare_cached(&format!(
            "{} WHERE {condition} ORDER BY c.day, c.profile, f.seq",
            latest()
        ))?;
        let mut rows = statement.query([word])?;
        let mut out = Vec::new();
        while let Some(row) = rows.next()? {
            out.push(read_case(row)?);
        }
        out.sort_by_key(|case| case.finding.category.severity());
        Ok(out)
    };
    let cases = ask("c.key = ?1 OR CAST(c.id AS TEXT) = ?1")?;
    if !cases.is_empty() {
        return Ok(cases);
    }
    ask("f.out_trade_no = ?1 OR f.transaction_id = ?1 OR f.out_refund_no = ?1")
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

fn read_case(row: Row<'_>) -> Result<CaseRecord, DbError> {
    Ok(CaseRecord {
        id: CaseId(row.get(0)?),
        profile: ProfileId(row.get(1)?),
        key: row.get(2)?,
        status: read_status(row.text(3)?)?,
        owner: row.get(4)?,
        opened_on: read_day(row.get(5)?)?,
        day: read_day(row.get(6)?)?,
        finding: read_finding(row, FINDING_AT)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_come_to_their_places() {
        let orders = [
            vec![],
            vec![0],
            vec![1, 0],
            vec![2, 0, 1],
            vec![1, 2, 0],
            vec![0, 3, 2, 1],
            vec![4, 2, 0, 1, 3],
        ];
        for order in orders {
            let mut things: Vec<usize> = (0..order.len()).collect();
            put_in_order(&mut things, order.clone());
            assert_eq!(things, order);
        }
    }
}
