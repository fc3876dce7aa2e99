//! What waits for a second person. Who may decide is judged here for the words, and again by a trigger.

use crate::sqlite::session::{Connection, OptionalExtension as _, Row, SessionTransaction, params};
use serde_json::json;

use super::{operators, outcomes, refund_records, refunds, reissues, sign_offs, trail};
use crate::sqlite::cases::SignedNote;
use crate::sqlite::{Database, DbError};
use recondesk_casework::{
    ApprovalNeed, Judgement, RefundEvent, Role, Roles, Thresholds, may_judge,
};
use recondesk_domain::{CaseStatus, Fen, Instant, ProfileId};
use recondesk_ports::{ApprovalId, ApprovalRecord, AuditDeed, Author, RefundStep, StoreError};

pub(super) fn thresholds(connection: &Connection) -> Result<Thresholds, DbError> {
    connection.query_row(
        "SELECT refund_over, bulk_over FROM casework_limit",
        [],
        |row| {
            Ok(Thresholds {
                refund_over: Fen::new(row.get(0)?),
                bulk_over: row.get(1)?,
            })
        },
    )
}

pub(super) fn set_thresholds(
    db: &Database,
    thresholds: Thresholds,
    actor: &str,
    now: Instant,
) -> Result<(), DbError> {
    db.write(|tx| {
        tx.execute(
            "UPDATE casework_limit SET refund_over = ?1, bulk_over = ?2",
            params![thresholds.refund_over.get(), thresholds.bulk_over],
        )?;
        let document = json!({
            "refund_over_fen": thresholds.refund_over.get(),
            "bulk_over": thresholds.bulk_over,
        });
        trail::append(
            tx,
            &AuditDeed {
                at: now,
                actor,
                kind: "limits.set",
                subject: "limits",
                document: &document.to_string(),
            },
        )
    })
}

/// Why nobody decides any more about what was withdrawn, taken up otherwise, or is settled.
const MOVED_ON: &str = "what it asked about has moved on";

const COLUMNS: &str = "id, need, subject, reason, maker, asked_at, checker, judgement, judged_at";

pub(super) fn all(db: &Database, judged_too: bool) -> Result<Vec<ApprovalRecord>, DbError> {
    let connection = db.lock();
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM approval WHERE ?1 OR judgement IS NULL ORDER BY id"
    ))?;
    let mut rows = statement.query([judged_too])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let asked = read(row)?;
        if judged_too || still_waits(&connection, &asked)? {
            out.push(asked);
        }
    }
    Ok(out)
}

/// The last question about a subject that waits, where there is one.
pub(super) fn waiting_about(
    db: &Database,
    subjects: &[String],
) -> Result<Vec<Option<ApprovalId>>, DbError> {
    let connection = db.lock();
    let mut out = Vec::with_capacity(subjects.len());
    for subject in subjects {
        out.push(waiting_now(&connection, subject)?.map(|asked| asked.id));
    }
    Ok(out)
}

/// The last question about a subject that waits.
pub(super) fn waiting_now(
    connection: &Connection,
    subject: &str,
) -> Result<Option<ApprovalRecord>, DbError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM approval WHERE subject = ?1 AND judgement IS NULL ORDER BY id DESC"
    ))?;
    let asked = statement.query_map([subject], read)?;
    for asked in asked.collect::<Result<Vec<_>, _>>()? {
        if still_waits(connection, &asked)? {
            return Ok(Some(asked));
        }
    }
    Ok(None)
}

/// False for a question about what has moved on, or that was asked anew.
fn still_waits(connection: &Connection, asked: &ApprovalRecord) -> Result<bool, DbError> {
    let is_of_case = ["case/", "carry/"]
        .iter()
        .any(|kind| asked.subject.starts_with(kind));
    Ok(is_as_asked(connection, asked)? && (!is_of_case || is_last(connection, asked)?))
}

/// False where that which was asked about has moved on: there is nothing left to agree to.
fn is_as_asked(connection: &Connection, asked: &ApprovalRecord) -> Result<bool, DbError> {
    let (kind, rest) = asked.subject.split_once('/').unwrap_or_default();
    let status = match kind {
        // A draft that was taken back or drawn up with another sum takes its question with it, and so does one that
        // turned out to be refunded already, from elsewhere: nothing can be decided about it any more.
        "refund" => {
            let sql = "SELECT EXISTS (SELECT 1 FROM refund WHERE approval = ?1
                                      AND stage IN ('drafted', 'confirmed', 'rejected', 'abnormal'))";
            let mut asked_for = connection.prepare_cached(sql)?;
            return asked_for.query_row([asked.id.0], |row| row.get(0));
        }
        "reissue" => {
            let sql = "SELECT EXISTS (SELECT 1 FROM reissue WHERE CAST(id AS TEXT) = ?1
                                      AND stage NOT IN ('proven', 'withdrawn'))";
            let mut asked_for = connection.prepare_cached(sql)?;
            return asked_for.query_row([rest], |row| row.get(0));
        }
        "sign_off" => {
            let sql = "SELECT EXISTS (SELECT 1 FROM sign_off WHERE CAST(id AS TEXT) = ?1
                                      AND unlocked_at IS NULL)";
            let mut signed = connection.prepare_cached(sql)?;
            return signed.query_row([rest], |row| row.get(0));
        }
        "case" => CaseStatus::Proposed,
        "carry" => CaseStatus::Waiting,
        _ => return Ok(true),
    };
    let Some((profile, key)) = rest
        .split_once('/')
        .and_then(|(profile, key)| Some((ProfileId(profile.parse().ok()?), key)))
    else {
        return Ok(true);
    };
    Ok(outcomes::case_of(connection, profile, key)?.is_none_or(|it| it.1 == status))
}

/// True for the last question about a subject.
fn is_last(connection: &Connection, asked: &ApprovalRecord) -> Result<bool, DbError> {
    let last: Option<i64> = connection
        .prepare_cached("SELECT max(id) FROM approval WHERE subject = ?1")?
        .query_row([&asked.subject], |row| row.get(0))?;
    Ok(last == Some(asked.id.0))
}

/// Why the last question about a subject was asked.
pub(super) fn last_need(
    connection: &Connection,
    subject: &str,
) -> Result<Option<ApprovalNeed>, DbError> {
    let word: Option<String> = connection
        .prepare_cached("SELECT need FROM approval WHERE subject = ?1 ORDER BY id DESC LIMIT 1")?
        .query_row([subject], |row| row.get(0))
        .optional()?;
    Ok(word.as_deref().and_then(ApprovalNeed::parse))
}

pub(super) fn by_id(connection: &Connection, id: i64) -> Result<Option<ApprovalRecord>, DbError> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT {COLUMNS} FROM approval WHERE id = ?1"))?;
    let mut rows = statement.query([id])?;
    rows.next()?.map(read).transpose()
}

fn read(row: Row<'_>) -> Result<ApprovalRecord, DbError> {
    let need: String = row.get(1)?;
    let checker: Option<String> = row.get(6)?;
    let word: Option<String> = row.get(7)?;
    let at: Option<i64> = row.get(8)?;
    let judgement = match word.as_deref() {
        Some("approved") => Some(Judgement::Approved),
        Some("declined") => Some(Judgement::Declined),
        _ => None,
    };
    Ok(ApprovalRecord {
        id: ApprovalId(row.get(0)?),
        need: ApprovalNeed::parse(&need)
            .ok_or_else(|| DbError::broken(format!("approval {need}")))?,
        subject: row.get(2)?,
        reason: row.get(3)?,
        maker: row.get(4)?,
        asked_at: Instant::from_unix(row.get(5)?),
        judged: checker
            .zip(judgement)
            .zip(at)
            .map(|((who, what), at)| (who, what, Instant::from_unix(at))),
    })
}

/// Asks for a second person; the same question that still waits is not asked twice.
pub(super) fn ask(
    tx: &SessionTransaction<'_>,
    need: ApprovalNeed,
    subject: &str,
    reason: &str,
    Author {
        name: maker,
        at: now,
    }: Author<'_>,
) -> Result<ApprovalRecord, DbError> {
    let id = if let Some(id) = asked_already(tx, (need, subject, reason), maker)? {
        id
    } else {
        let id = tx.query_row(
            "INSERT INTO approval (need, subject, reason, maker, asked_at)
             VALUES (?1, ?2, ?3, ?4, ?5) RETURNING id",
            params![need.word(), subject, reason, maker, now.unix()],
            |row| row.get(0),
        )?;
        let document = json!({ "approval": id, "need": need.word(), "reason": reason });
        trail::append(
            tx,
            &AuditDeed {
                at: now,
                actor: maker,
                kind: "approval.ask",
                subject,
                document: &document.to_string(),
            },
        )?;
        id
    };
    by_id(tx, id)?.ok_or_else(|| DbError::broken(format!("approval {id}")))
}

/// The same question of the same person that waits. One that was taken back with its case is asked anew.
fn asked_already(
    tx: &SessionTransaction<'_>,
    (need, subject, reason): (ApprovalNeed, &str, &str),
    maker: &str,
) -> Result<Option<i64>, DbError> {
    let id: Option<i64> = tx
        .query_row(
            "SELECT id FROM approval WHERE subject = ?1 AND need = ?2 AND maker = ?3
             AND reason = ?4 AND judgement IS NULL ORDER BY id DESC LIMIT 1",
            params![subject, need.word(), maker, reason],
            |row| row.get(0),
        )
        .optional()?;
    let is_of_case = subject.starts_with("case/") || subject.starts_with("carry/");
    if !is_of_case {
        return Ok(id);
    }
    let waiting = waiting_now(tx, subject)?.map(|asked| asked.id.0);
    Ok(id.filter(|id| waiting == Some(*id)))
}

pub(super) fn judge(
    tx: &SessionTransaction<'_>,
    ApprovalId(id): ApprovalId,
    judgement: Judgement,
    Author {
        name: checker,
        at: now,
    }: Author<'_>,
) -> Result<ApprovalRecord, DbError> {
    if let Some(known) = by_id(tx, id)?
        && known.judged.is_none()
        && !is_as_asked(tx, &known)?
    {
        return Err(StoreError::Forbidden(MOVED_ON.to_owned()).into());
    }
    let asked = enter_judgement(tx, ApprovalId(id), judgement, Author::new(checker, now))?;
    carry_on(tx, &asked, judgement, Author::new(checker, now))?;
    by_id(tx, id)?.ok_or_else(|| DbError::broken(format!("approval {id}")))
}

/// Checks who decides, and writes it down; what was asked comes back.
fn enter_judgement(
    tx: &SessionTransaction<'_>,
    ApprovalId(id): ApprovalId,
    judgement: Judgement,
    Author {
        name: checker,
        at: now,
    }: Author<'_>,
) -> Result<ApprovalRecord, DbError> {
    let asked = by_id(tx, id)?.ok_or_else(|| StoreError::Missing(format!("approval {id}")))?;
    if asked.judged.is_some() {
        return Err(StoreError::Forbidden("an approval is given once".to_owned()).into());
    }
    if asked.subject.starts_with("case/") && !is_last(tx, &asked)? {
        return Err(StoreError::Forbidden("it was asked anew since".to_owned()).into());
    }
    let roles = if operators::has_role(tx, checker, Role::Approve)? {
        Roles::default().with(Role::Approve)
    } else {
        Roles::default()
    };
    if !may_judge(&asked.maker, checker, roles) {
        let why = if checker == asked.maker {
            "the maker is no second person"
        } else {
            "only an operator with the role approve decides"
        };
        return Err(StoreError::Forbidden(why.to_owned()).into());
    }
    tx.execute(
        "UPDATE approval SET checker = ?2, judgement = ?3, judged_at = ?4 WHERE id = ?1",
        params![id, checker, judgement.word(), now.unix()],
    )?;
    let document = json!({ "approval": id, "maker": asked.maker, "judgement": judgement.word() });
    trail::append(
        tx,
        &AuditDeed {
            at: now,
            actor: checker,
            kind: "approval.judge",
            subject: &asked.subject,
            document: &document.to_string(),
        },
    )?;
    Ok(asked)
}

/// A second person decides about a subject at the case itself; nothing waits where nobody was asked.
pub(super) fn judge_subject(
    tx: &SessionTransaction<'_>,
    subject: &str,
    judgement: Judgement,
    checker: Author<'_>,
) -> Result<(), DbError> {
    let waiting: Option<i64> = tx
        .query_row(
            "SELECT max(id) FROM approval WHERE subject = ?1 AND judgement IS NULL",
            [subject],
            |row| row.get(0),
        )
        .optional()?
        .flatten();
    match waiting {
        Some(id) => enter_judgement(tx, ApprovalId(id), judgement, checker).map(drop),
        None => Ok(()),
    }
}

/// What waited for the decision moves on with it.
fn carry_on(
    tx: &SessionTransaction<'_>,
    asked: &ApprovalRecord,
    judgement: Judgement,
    Author {
        name: checker,
        at: now,
    }: Author<'_>,
) -> Result<(), DbError> {
    let agreed = judgement == Judgement::Approved;
    let (kind, rest) = asked.subject.split_once('/').unwrap_or_default();
    match kind {
        "refund" => {
            let Some(refund) = refund_records::by_approval(tx, asked.id)? else {
                return Ok(());
            };
            let step = RefundStep {
                event: if agreed {
                    RefundEvent::Approve
                } else {
                    RefundEvent::Decline
                },
                actor: checker,
                at: now,
                note: "",
                refund_id: "",
                facts: None,
            };
            refunds::step(tx, refund, &step).map(drop)
        }
        "reissue" if agreed => reissues::withdraw_approved(tx, rest, Author::new(checker, now)),
        "sign_off" if agreed => sign_offs::unlock(tx, rest, asked.id, now),
        "case" => {
            let note = SignedNote {
                author: Author::new(checker, now),
                text: &asked.reason,
            };
            outcomes::judge_write_off(tx, rest, asked.need, agreed, note)
        }
        _ => Ok(()),
    }
}
