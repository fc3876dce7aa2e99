//! The audit trail: every entry carries the seal of the one before (see `recondesk_casework::seal`).

use crate::sqlite::session::{
    Connection, OptionalExtension as _, Row, SessionTransaction, TrailEnd, params,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::digest::hex;
use crate::sqlite::{Database, DbError};
use recondesk_casework::{TRAIL_START, TrailEntry, seal};
use recondesk_domain::Instant;
use recondesk_ports::{AuditDeed, AuditEntry, CaseEvent, CaseEventKind, RunRecord};

/// Appends an entry within a transaction, so that a deed and its trace are stored together or not at all.
pub(in crate::sqlite) fn append(
    tx: &SessionTransaction<'_>,
    deed: &AuditDeed<'_>,
) -> Result<(), DbError> {
    let last = match tx.trail_end() {
        Some(known) => known,
        None => read_end(tx)?,
    };
    let (id, before) = (last.id.saturating_add(1), last.seal);
    let entry = TrailEntry {
        id,
        at: deed.at,
        actor: deed.actor,
        kind: deed.kind,
        subject: deed.subject,
        document: deed.document,
    };
    let seal = seal(&before, &entry);
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
        seal
    ])?;
    tx.put_in_trail(TrailEnd { id, seal });
    Ok(())
}

fn read_end(tx: &SessionTransaction<'_>) -> Result<TrailEnd, DbError> {
    let last = tx
        .prepare_cached("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1")?
        .query_row([], |row| {
            Ok(TrailEnd {
                id: row.get(0)?,
                seal: row.get(1)?,
            })
        })
        .optional()?;
    Ok(last.unwrap_or(TrailEnd {
        id: 0,
        seal: TRAIL_START,
    }))
}

/// What of a row of `case_event` is sealed, as a digest.
pub(super) fn case_event_digest(row: &CaseEventRow) -> [u8; 32] {
    let CaseEventRow {
        id,
        case,
        at,
        actor,
        kind,
        text,
        run,
    } = row;
    let mut digest = RowDigest::new("case_event");
    for number in [*id, *case, *at, run.unwrap_or(-1)] {
        digest.number(number);
    }
    for text in [actor, kind, text] {
        digest.text(text);
    }
    digest.finish()
}

/// A row of `case_event`.
pub(super) struct CaseEventRow {
    pub(super) id: i64,
    pub(super) case: i64,
    pub(super) at: i64,
    pub(super) actor: String,
    pub(super) kind: String,
    pub(super) text: String,
    pub(super) run: Option<i64>,
}

impl CaseEventRow {
    pub(super) const COLUMNS: &'static str = "id, case_id, at, actor, kind, text, run";

    pub(super) fn read(row: Row<'_>) -> Result<Self, DbError> {
        Ok(Self {
            id: row.get(0)?,
            case: row.get(1)?,
            at: row.get(2)?,
            actor: row.get(3)?,
            kind: row.get(4)?,
            text: row.get(5)?,
            run: row.get(6)?,
        })
    }
}

/// SHA-256 over the fields of rows: numbers as 8 bytes big endian, texts with their length in front.
pub(super) struct RowDigest(Sha256);

impl RowDigest {
    pub(super) fn new(table: &str) -> Self {
        let mut digest = Self(Sha256::new());
        digest.text(table);
        digest
    }

    pub(super) fn number(&mut self, number: i64) {
        self.0.update(number.to_be_bytes());
    }

    pub(super) fn text(&mut self, text: &str) {
        self.0.update((text.len() as u64).to_be_bytes());
        self.0.update(text.as_bytes());
    }

    pub(super) fn digest(&mut self, digest: &[u8; 32]) {
        self.0.update(digest);
    }

    pub(super) fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }

    /// What was digested so far.
    pub(super) fn so_far(&self) -> [u8; 32] {
        self.0.clone().finalize().into()
    }
}

/// An event of a case as it was written: its number, the case, and what names that.
pub(in crate::sqlite) struct WrittenCaseEvent {
    pub(in crate::sqlite) id: i64,
    pub(in crate::sqlite) case: i64,
    pub(in crate::sqlite) profile: i64,
    pub(in crate::sqlite) key: String,
}

/// Seals what happened to a case: the words stay in its history, the trail keeps their digest.
pub(in crate::sqlite) fn seal_case_event(
    tx: &SessionTransaction<'_>,
    written: &WrittenCaseEvent,
    event: &CaseEvent,
) -> Result<(), DbError> {
    let WrittenCaseEvent {
        id,
        case,
        profile,
        key,
    } = written;
    let digest = case_event_digest(&CaseEventRow {
        id: *id,
        case: *case,
        at: event.at.unix(),
        actor: event.actor.clone(),
        kind: event.kind.word().to_owned(),
        text: event.text.clone(),
        run: event.run.map(|run| run.0),
    });
    let status = (event.kind == CaseEventKind::Status)
        .then(|| event.text.split_once('\n').map_or(&*event.text, |it| it.0));
    let document = json!({ "event": id, "sha256": hex(&digest), "status": status });
    append(
        tx,
        &AuditDeed {
            at: event.at,
            actor: &event.actor,
            kind: &format!("case.{}", event.kind.word()),
            subject: &format!("case/{profile}/{key}"),
            document: &document.to_string(),
        },
    )
}

/// Seals a comparison and what it wrote about cases, which are the rows behind `after`.
pub(in crate::sqlite) fn seal_run(
    tx: &SessionTransaction<'_>,
    run: &RunRecord,
    after: i64,
    at: Instant,
) -> Result<(), DbError> {
    let mut statement = tx.prepare_cached(&format!(
        "SELECT {} FROM case_event WHERE id > ?1 ORDER BY id",
        CaseEventRow::COLUMNS
    ))?;
    let mut rows = statement.query([after])?;
    let mut digest = RowDigest::new("case_events");
    let (mut first, mut last) = (None, after);
    while let Some(row) = rows.next()? {
        let row = CaseEventRow::read(row)?;
        digest.digest(&case_event_digest(&row));
        first = first.or(Some(row.id));
        last = row.id;
    }
    let sealed =
        first.map(|first| json!({ "first": first, "last": last, "sha256": hex(&digest.finish()) }));
    let document = json!({ "run": run.id.0, "digest": hex(&run.digest), "events": sealed });
    append(
        tx,
        &AuditDeed {
            at,
            actor: "",
            kind: "day.compare",
            subject: &format!("day/{}/{}", run.profile.0, run.day),
            document: &document.to_string(),
        },
    )
}

/// How much of a refund's history there is, and its digest.
pub(super) fn refund_history(tx: &SessionTransaction<'_>, refund: i64) -> Result<Value, DbError> {
    let states = refund_digests(tx, refund)?;
    let digest = states.last().map(|it| hex(it)).unwrap_or_default();
    Ok(json!({ "events": states.len(), "sha256": digest }))
}

/// The digest of a refund's history after each of its events.
pub(super) fn refund_digests(
    connection: &Connection,
    refund: i64,
) -> Result<Vec<[u8; 32]>, DbError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, at, actor, event, stage, note FROM refund_event WHERE refund = ?1 ORDER BY id",
    )?;
    let mut rows = statement.query([refund])?;
    let mut digest = RowDigest::new("refund_event");
    digest.number(refund);
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        digest.number(row.get(0)?);
        digest.number(row.get(1)?);
        for column in 2..6 {
            digest.text(&row.get::<_, String>(column)?);
        }
        out.push(digest.so_far());
    }
    Ok(out)
}

/// The last row of `case_event` so far.
pub(in crate::sqlite) fn last_case_event(tx: &SessionTransaction<'_>) -> Result<i64, DbError> {
    tx.query_row("SELECT coalesce(max(id), 0) FROM case_event", [], |row| {
        row.get(0)
    })
}

const COLUMNS: &str = "id, at, actor, kind, subject, document, before, hash";

pub(super) fn read(db: &Database, from: i64, most: u32) -> Result<Vec<AuditEntry>, DbError> {
    let connection = db.lock();
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM audit WHERE id >= ?1 ORDER BY id LIMIT ?2"
    ))?;
    let rows = statement.query_map(params![from, most], entry)?;
    rows.collect::<Result<_, _>>()
}

pub(super) fn about(db: &Database, subject: &str) -> Result<Vec<AuditEntry>, DbError> {
    let connection = db.lock();
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM audit WHERE subject = ?1 ORDER BY id"
    ))?;
    let rows = statement.query_map([subject], entry)?;
    rows.collect::<Result<_, _>>()
}

fn entry(row: Row<'_>) -> Result<AuditEntry, DbError> {
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
