//! How a case follows what is done about it, and how what happened to it is written down.

use crate::sqlite::session::{SessionTransaction, params};

use super::DbError;
use super::casework::{WrittenCaseEvent, seal_case_event};
use recondesk_domain::CaseStatus;
use recondesk_ports::{Author, CaseEvent, CaseEventKind};

/// What a person wrote, with the person and the time.
#[derive(Clone, Copy)]
pub(super) struct SignedNote<'a> {
    pub(super) author: Author<'a>,
    pub(super) text: &'a str,
}

/// Lets a case follow what is done about it; the caller knows that it may.
pub(super) fn set_status(
    tx: &SessionTransaction<'_>,
    case: i64,
    next: CaseStatus,
    note: SignedNote<'_>,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE case_file SET status = ?2 WHERE id = ?1",
        params![case, next.word()],
    )?;
    let event = CaseEvent {
        at: note.author.at,
        actor: note.author.name.to_owned(),
        kind: CaseEventKind::Status,
        text: format!("{}\n{}", next.word(), note.text),
        run: None,
    };
    write_event(tx, case, &event)
}

pub(super) fn write_event(
    tx: &SessionTransaction<'_>,
    case: i64,
    event: &CaseEvent,
) -> Result<(), DbError> {
    let written = tx.query_row(
        "INSERT INTO case_event (case_id, at, actor, kind, text, run)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         RETURNING id, (SELECT c.profile FROM case_file c WHERE c.id = case_id),
                   (SELECT c.key FROM case_file c WHERE c.id = case_id)",
        params![
            case,
            event.at.unix(),
            event.actor,
            event.kind.word(),
            event.text,
            event.run.map(|run| run.0)
        ],
        |row| {
            Ok(WrittenCaseEvent {
                id: row.get(0)?,
                case,
                profile: row.get(1)?,
                key: row.get(2)?,
            })
        },
    )?;
    // What a run writes is sealed together, once it is done.
    if event.run.is_none() {
        seal_case_event(tx, &written, event)?;
    }
    Ok(())
}

pub(super) fn read_status(word: &str) -> Result<CaseStatus, DbError> {
    CaseStatus::parse(word).ok_or_else(|| DbError::broken(format!("case status {word}")))
}
