//! Whether history still is what the trail sealed: what happened to cases and refunds, who agreed to what, who signed,
//! and who may.
//!
//! Rows from before a table was sealed are not judged: the first sealed row is where judging begins.

use std::collections::BTreeMap;
use std::fmt::Display;

use crate::sqlite::session::{Connection, OptionalExtension as _, params};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::trail::{CaseEventRow, RowDigest, case_event_digest, refund_digests};
use crate::digest::hex;
use crate::sqlite::DbError;
use recondesk_casework::{TRAIL_START, TrailEntry, seal};
use recondesk_domain::Instant;
use recondesk_ports::{HistoryFault, HistoryFaultKind as Kind};

/// The document of an entry; what it does not have is empty.
struct Document(Value);

impl Document {
    fn text(&self, name: &str) -> &str {
        let field = self.0.get(name).and_then(Value::as_str);
        field.unwrap_or_default()
    }

    fn number(&self, name: &str) -> Option<i64> {
        self.0.get(name)?.as_i64()
    }

    /// The rows that were sealed together.
    fn range(&self) -> Option<SealedRange> {
        let events = self.0.get("events")?;
        Some(SealedRange {
            first: events.get("first")?.as_i64()?,
            last: events.get("last")?.as_i64()?,
            sha256: events.get("sha256")?.as_str()?.to_owned(),
        })
    }

    /// How much of a refund's history was sealed.
    fn history(&self) -> Option<SealedHistory> {
        let history = self.0.get("history")?;
        Some(SealedHistory {
            events: history.get("events")?.as_i64()?,
            sha256: history.get("sha256")?.as_str()?.to_owned(),
        })
    }
}

struct SealedRange {
    first: i64,
    last: i64,
    sha256: String,
}

struct SealedHistory {
    events: i64,
    sha256: String,
}

/// An entry of the trail.
struct TrailRow {
    actor: String,
    kind: String,
    subject: String,
    document: Document,
}

/// Everything that is no longer as it was sealed.
pub(super) fn faults(connection: &Connection) -> Result<Vec<HistoryFault>, DbError> {
    let mut statement = connection
        .prepare_cached("SELECT actor, kind, subject, document FROM audit ORDER BY id")?;
    let mut rows = statement.query([])?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        let document: String = row.get(3)?;
        entries.push(TrailRow {
            actor: row.get(0)?,
            kind: row.get(1)?,
            subject: row.get(2)?,
            document: Document(serde_json::from_str(&document).unwrap_or_default()),
        });
    }
    let mut out = Vec::new();
    case_events(connection, &entries, &mut out)?;
    refunds(connection, &entries, &mut out)?;
    approvals(connection, &entries, &mut out)?;
    signatures(connection, &entries, &mut out)?;
    operators(connection, &entries, &mut out)?;
    Ok(out)
}

/// True when every entry carries the seal of the one before, and no sealed row is another one.
pub(in crate::sqlite) fn holds(connection: &Connection) -> Result<bool, DbError> {
    {
        let mut statement = connection.prepare_cached(
            "SELECT id, at, actor, kind, subject, document, before, hash FROM audit ORDER BY id",
        )?;
        let mut rows = statement.query([])?;
        let mut last = TRAIL_START;
        while let Some(row) = rows.next()? {
            let (actor, kind): (String, String) = (row.get(2)?, row.get(3)?);
            let (subject, document): (String, String) = (row.get(4)?, row.get(5)?);
            let entry = TrailEntry {
                id: row.get(0)?,
                at: Instant::from_unix(row.get(1)?),
                actor: &actor,
                kind: &kind,
                subject: &subject,
                document: &document,
            };
            let (before, hash): ([u8; 32], [u8; 32]) = (row.get(6)?, row.get(7)?);
            if before != last || hash != seal(&before, &entry) {
                return Ok(false);
            }
            last = hash;
        }
    }
    Ok(faults(connection)?.is_empty())
}

fn fault(table: &'static str, row: impl Display, kind: Kind) -> HistoryFault {
    HistoryFault {
        table,
        row: format!("{row}"),
        kind,
    }
}

fn case_events(
    connection: &Connection,
    entries: &[TrailRow],
    out: &mut Vec<HistoryFault>,
) -> Result<(), DbError> {
    const TABLE: &str = "case_event";
    let mut singles: BTreeMap<i64, &str> = BTreeMap::new();
    let mut ranges: BTreeMap<i64, SealedRange> = BTreeMap::new();
    for entry in entries {
        let document = &entry.document;
        if entry.kind.starts_with("case.")
            && let Some(id) = document.number("event")
        {
            singles.insert(id, document.text("sha256"));
        }
        if let Some(range) = document.range() {
            ranges.insert(range.first, range);
        }
    }
    let starts = [singles.keys().next(), ranges.keys().next()];
    let Some(first) = starts.into_iter().flatten().min().copied() else {
        return Ok(());
    };
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {} FROM case_event WHERE id >= ?1 ORDER BY id",
        CaseEventRow::COLUMNS
    ))?;
    let mut rows = statement.query([first])?;
    let mut open: Option<(SealedRange, RowDigest)> = None;
    while let Some(row) = rows.next()? {
        let row = CaseEventRow::read(row)?;
        let id = row.id;
        let digest = case_event_digest(&row);
        if open.as_ref().is_some_and(|(range, _)| id > range.last) {
            out.extend(close(open.take()));
        }
        if open.is_none()
            && let Some(range) = ranges.remove(&id)
        {
            open = Some((range, RowDigest::new("case_events")));
        }
        if let Some((_, sum)) = &mut open {
            sum.digest(&digest);
        } else {
            match singles.remove(&id) {
                Some(sealed) if sealed == hex(&digest) => {}
                Some(_) => out.push(fault(TABLE, id, Kind::Changed)),
                None => out.push(fault(TABLE, id, Kind::Unsealed)),
            }
        }
    }
    out.extend(close(open));
    out.extend(singles.keys().map(|id| fault(TABLE, id, Kind::Missing)));
    out.extend(ranges.keys().map(|id| fault(TABLE, id, Kind::Missing)));
    Ok(())
}

fn close(open: Option<(SealedRange, RowDigest)>) -> Option<HistoryFault> {
    let (range, sum) = open?;
    let rows = format!("{}-{}", range.first, range.last);
    (hex(&sum.finish()) != range.sha256).then(|| fault("case_event", rows, Kind::Changed))
}

fn refunds(
    connection: &Connection,
    entries: &[TrailRow],
    out: &mut Vec<HistoryFault>,
) -> Result<(), DbError> {
    let mut last: BTreeMap<i64, (SealedHistory, Option<&TrailRow>)> = BTreeMap::new();
    for entry in entries {
        let document = &entry.document;
        if let (Some(id), Some(history)) = (document.number("refund"), document.history()) {
            let drafted = last.get(&id).and_then(|known| known.1);
            let is_draft = entry.kind == "refund.draft";
            last.insert(id, (history, if is_draft { Some(entry) } else { drafted }));
        }
    }
    for (id, (history, drafted)) in last {
        let digests = refund_digests(connection, id)?;
        let nth = usize::try_from(history.events.saturating_sub(1)).ok();
        let sealed = nth.and_then(|nth| digests.get(nth));
        match sealed {
            None => out.push(fault("refund_event", id, Kind::Missing)),
            Some(sealed) if hex(sealed) != history.sha256 => {
                out.push(fault("refund_event", id, Kind::Changed));
            }
            Some(_) => {}
        }
        // Questions that found nothing new are not sealed; nothing else is written without a seal.
        let unsealed: i64 = connection.query_row(
            "SELECT count(*) FROM (SELECT event FROM refund_event WHERE refund = ?1 ORDER BY id
                                   LIMIT 9223372036854775807 OFFSET ?2) AS later WHERE event NOT LIKE '%Query%'",
            params![id, history.events],
            |row| row.get(0),
        )?;
        if unsealed > 0 {
            out.push(fault("refund_event", id, Kind::Unsealed));
        }
        if let Some(drafted) = drafted {
            out.extend(drafted_row(connection, id, drafted)?);
        }
    }
    Ok(())
}

/// Compares what of a refund is fixed with what was sealed when it was drafted.
fn drafted_row(
    connection: &Connection,
    id: i64,
    drafted: &TrailRow,
) -> Result<Option<HistoryFault>, DbError> {
    let document = &drafted.document;
    let sealed = [
        drafted.actor.as_str(),
        document.text("case"),
        document.text("out_trade_no"),
        document.text("reason"),
    ];
    let total = document.number("total_fen");
    let row: Option<([String; 4], i64)> = connection
        .query_row(
            "SELECT maker, case_key, out_trade_no, reason, total FROM refund WHERE id = ?1",
            [id],
            |row| {
                let texts = [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?];
                Ok((texts, row.get(4)?))
            },
        )
        .optional()?;
    Ok(match row {
        None => Some(fault("refund", id, Kind::Missing)),
        Some((texts, fen)) if texts != sealed || Some(fen) != total => {
            Some(fault("refund", id, Kind::Changed))
        }
        Some(_) => None,
    })
}

fn approvals(
    connection: &Connection,
    entries: &[TrailRow],
    out: &mut Vec<HistoryFault>,
) -> Result<(), DbError> {
    const TABLE: &str = "approval";
    let of = |kind: &str| -> BTreeMap<i64, &TrailRow> {
        let of_kind = entries.iter().filter(|entry| entry.kind == kind);
        of_kind
            .filter_map(|entry| Some((entry.document.number("approval")?, entry)))
            .collect()
    };
    let (mut asked, mut judged) = (of("approval.ask"), of("approval.judge"));
    let mut statement = connection.prepare_cached(
        "SELECT id, need, subject, reason, maker, coalesce(checker, ''), coalesce(judgement, '')
         FROM approval ORDER BY id",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        let text = |column| row.get::<_, String>(column);
        let is_asked = match asked.remove(&id) {
            None => {
                out.push(fault(TABLE, id, Kind::Unsealed));
                continue;
            }
            Some(entry) => {
                let document = &entry.document;
                document.text("need") == text(1)?
                    && entry.subject == text(2)?
                    && document.text("reason") == text(3)?
                    && entry.actor == text(4)?
            }
        };
        let (checker, judgement) = (text(5)?, text(6)?);
        let is_judged = match judged.remove(&id) {
            None => checker.is_empty() && judgement.is_empty(),
            Some(entry) => entry.actor == checker && entry.document.text("judgement") == judgement,
        };
        if !(is_asked && is_judged) {
            out.push(fault(TABLE, id, Kind::Changed));
        }
    }
    let missing = asked.keys().chain(judged.keys());
    out.extend(missing.map(|id| fault(TABLE, id, Kind::Missing)));
    Ok(())
}

fn signatures(
    connection: &Connection,
    entries: &[TrailRow],
    out: &mut Vec<HistoryFault>,
) -> Result<(), DbError> {
    const TABLE: &str = "sign_off";
    let mut signed: BTreeMap<i64, &TrailRow> = entries
        .iter()
        .filter(|entry| entry.kind == "day.sign_off")
        .filter_map(|entry| Some((entry.document.number("sign_off")?, entry)))
        .collect();
    let mut statement = connection.prepare_cached(
        "SELECT s.id, s.profile, s.run, s.signed_by, s.certificate, s.unlocked_at IS NOT NULL,
                coalesce((SELECT a.judgement FROM approval a WHERE a.id = s.unlocked_by
                          AND a.subject = 'sign_off/' || s.id), '')
         FROM sign_off s ORDER BY s.id",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        let Some(entry) = signed.remove(&id) else {
            out.push(fault(TABLE, id, Kind::Unsealed));
            continue;
        };
        let document = &entry.document;
        let certificate: String = row.get(4)?;
        let is_unlocked: bool = row.get(5)?;
        let holds = entry.actor == row.get::<_, String>(3)?
            && document.number("run") == Some(row.get(2)?)
            && entry.subject == format!("day/{}/{}", row.get::<_, i64>(1)?, document.text("day"))
            && document.text("certificate_sha256") == hex(&Sha256::digest(certificate.as_bytes()))
            && (!is_unlocked || row.get::<_, String>(6)? == "approved");
        if !holds {
            out.push(fault(TABLE, id, Kind::Changed));
        }
    }
    out.extend(signed.keys().map(|id| fault(TABLE, id, Kind::Missing)));
    Ok(())
}

fn operators(
    connection: &Connection,
    entries: &[TrailRow],
    out: &mut Vec<HistoryFault>,
) -> Result<(), DbError> {
    const TABLE: &str = "operator";
    let mut roles: BTreeMap<&str, (&str, bool)> = BTreeMap::new();
    for entry in entries {
        let name = entry.subject.strip_prefix("operator/").unwrap_or_default();
        if entry.kind == "operator.add" {
            roles.insert(name, (entry.document.text("roles"), true));
        } else if entry.kind == "operator.remove"
            && let Some(known) = roles.get_mut(name)
        {
            known.1 = false;
        }
    }
    let mut statement = connection
        .prepare_cached("SELECT name, trim(roles, ','), removed_at IS NULL FROM operator")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let name: String = row.get(0)?;
        let now = (row.get::<_, String>(1)?, row.get::<_, bool>(2)?);
        match roles.remove(name.as_str()) {
            None => out.push(fault(TABLE, name, Kind::Unsealed)),
            Some((words, lives)) if (words, lives) != (now.0.as_str(), now.1) => {
                out.push(fault(TABLE, name, Kind::Changed));
            }
            Some(_) => {}
        }
    }
    out.extend(roles.keys().map(|name| fault(TABLE, name, Kind::Missing)));
    Ok(())
}
