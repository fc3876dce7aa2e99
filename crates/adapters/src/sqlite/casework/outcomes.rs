//! One case has one outcome: who holds a case and its order, and what a case's status says of it.

use crate::sqlite::session::{Connection, OptionalExtension as _, SessionTransaction, params};

use super::withdrawn::{StepAhead, with_withdrawal};
use crate::sqlite::DbError;
use crate::sqlite::cases::{self, SignedNote};
use recondesk_casework::{ApprovalNeed, CaseOutcome, RefundStage, ReissueStage, may_claim};
use recondesk_domain::{CaseStatus, ProfileId};
use recondesk_ports::StoreError;

fn subjects(case_key: &str, out_trade_no: &str) -> [String; 2] {
    [format!("case/{case_key}"), format!("order/{out_trade_no}")]
}

/// The outcomes in force for a case and its order.
pub(super) fn standing(
    connection: &Connection,
    profile: ProfileId,
    case_key: &str,
    out_trade_no: &str,
) -> Result<Vec<CaseOutcome>, DbError> {
    let mut out = Vec::new();
    for subject in subjects(case_key, out_trade_no) {
        let kind: Option<String> = connection
            .prepare_cached("SELECT kind FROM outcome WHERE profile = ?1 AND subject = ?2")?
            .query_row(params![profile.0, subject], |row| row.get(0))
            .optional()?;
        if let Some(kind) = kind {
            out.push(
                CaseOutcome::parse(&kind)
                    .ok_or_else(|| DbError::broken(format!("outcome {kind}")))?,
            );
        }
    }
    Ok(out)
}

/// Takes case and order for an outcome.
pub(super) fn claim(
    tx: &SessionTransaction<'_>,
    profile: ProfileId,
    case_key: &str,
    out_trade_no: &str,
    wanted: CaseOutcome,
) -> Result<(), DbError> {
    let standing = standing(tx, profile, case_key, out_trade_no)?;
    may_claim(standing.iter().copied(), wanted)
        .map_err(|error| StoreError::Forbidden(error.to_string()))?;
    for subject in subjects(case_key, out_trade_no) {
        tx.prepare_cached(
            "INSERT INTO outcome (profile, subject, kind) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        )?
        .execute(params![profile.0, subject, wanted.word()])?;
    }
    Ok(())
}

/// Gives case and order back as far as no refund or reissue holds them any more.
pub(super) fn release(
    tx: &SessionTransaction<'_>,
    profile: ProfileId,
    case_key: &str,
    out_trade_no: &str,
) -> Result<(), DbError> {
    let loose_refund: Vec<&str> = RefundStage::all()
        .filter(|stage| !stage.holds_case())
        .map(RefundStage::word)
        .collect();
    let refunds = format!("'{}'", loose_refund.join("','"));
    let reissues = format!("'{}'", ReissueStage::Withdrawn.word());
    for (column, value, kind) in [
        ("case_key", case_key, "case/"),
        ("out_trade_no", out_trade_no, "order/"),
    ] {
        tx.execute(
            &format!(
                "DELETE FROM outcome WHERE profile = ?1 AND subject = ?3 || ?2
                 AND kind IN ('refund', 'reissue')
                 AND NOT EXISTS (SELECT 1 FROM refund WHERE profile = ?1 AND {column} = ?2
                                 AND stage NOT IN ({refunds}))
                 AND NOT EXISTS (SELECT 1 FROM reissue WHERE profile = ?1 AND {column} = ?2
                                 AND stage NOT IN ({reissues}))"
            ),
            params![profile.0, value, kind],
        )?;
    }
    Ok(())
}

/// Refuses to close a case by hand while money or goods are under way for it. After a part went back, what is left
/// may be left be; and a refund that cannot reach the customer's account moves no further, so that a person may say
/// that it was paid otherwise.
pub(in crate::sqlite) fn forbid_while_in_force(
    tx: &SessionTransaction<'_>,
    case: i64,
) -> Result<(), DbError> {
    let kind: Option<String> = tx
        .query_row(
            "SELECT o.kind FROM outcome o JOIN case_file c
             ON o.profile = c.profile AND o.subject = 'case/' || c.key
             WHERE c.id = ?1 AND NOT (o.kind = 'refund' AND NOT EXISTS
                 (SELECT 1 FROM refund r WHERE r.profile = c.profile AND r.case_key = c.key
                  AND r.stage NOT IN ('done', 'closed', 'withdrawn', 'abnormal')))",
            [case],
            |row| row.get(0),
        )
        .optional()?;
    match kind {
        Some(kind) => Err(StoreError::Forbidden(format!("the outcome is {kind} already")).into()),
        None => Ok(()),
    }
}

/// A case that is closed without being solved has that for its outcome; one of which a part went back stays refunded.
pub(in crate::sqlite) fn write_off(tx: &SessionTransaction<'_>, case: i64) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO outcome (profile, subject, kind)
         SELECT profile, 'case/' || key, 'written_off' FROM case_file WHERE id = ?1
         ON CONFLICT DO NOTHING",
        [case],
    )?;
    Ok(())
}

/// A case that is opened again has no outcome any more.
pub(in crate::sqlite) fn forget_write_off(
    tx: &SessionTransaction<'_>,
    case: i64,
) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM outcome WHERE kind = 'written_off' AND (profile, subject) IN
         (SELECT profile, 'case/' || key FROM case_file WHERE id = ?1)",
        [case],
    )?;
    Ok(())
}

/// Number and status of a case; none for a refund without a case.
pub(super) fn case_of(
    connection: &Connection,
    profile: ProfileId,
    key: &str,
) -> Result<Option<(i64, CaseStatus)>, DbError> {
    let row: Option<(i64, String)> = connection
        .prepare_cached("SELECT id, status FROM case_file WHERE profile = ?1 AND key = ?2")?
        .query_row(params![profile.0, key], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    row.map(|(id, word)| {
        let status = CaseStatus::parse(&word)
            .ok_or_else(|| DbError::broken(format!("case status {word}")))?;
        Ok((id, status))
    })
    .transpose()
}

/// Refuses to begin anything for a case that is closed.
pub(super) fn require_open(
    tx: &SessionTransaction<'_>,
    profile: ProfileId,
    key: &str,
) -> Result<(), DbError> {
    match case_of(tx, profile, key)? {
        Some((_, status)) if status.is_closed() => {
            let why = format!("the case is {}, open it again first", status.word());
            Err(StoreError::Forbidden(why).into())
        }
        _ => Ok(()),
    }
}

/// Lets the status of a case follow what is done about it; a closed case stays as it is.
pub(super) fn follow(
    tx: &SessionTransaction<'_>,
    profile: ProfileId,
    key: &str,
    next: CaseStatus,
    note: SignedNote<'_>,
) -> Result<(), DbError> {
    let Some((id, status)) = case_of(tx, profile, key)? else {
        return Ok(());
    };
    if status.is_closed() || status == next {
        return Ok(());
    }
    let step = StepAhead {
        case: id,
        from: status,
        next,
        author: note.author,
    };
    let text = with_withdrawal(tx, step, note.text)?;
    let note = SignedNote {
        text: &text,
        ..note
    };
    cases::set_status(tx, id, next, note)
}

/// A proposal to close a case is decided. `rest` is `PROFILE/KEY`.
pub(super) fn judge_write_off(
    tx: &SessionTransaction<'_>,
    rest: &str,
    need: ApprovalNeed,
    agreed: bool,
    judgement: SignedNote<'_>,
) -> Result<(), DbError> {
    let Some((profile, key)) = rest
        .split_once('/')
        .and_then(|(profile, key)| Some((ProfileId(profile.parse().ok()?), key)))
    else {
        return Ok(());
    };
    let Some((id, status)) = case_of(tx, profile, key)? else {
        return Ok(());
    };
    if status != CaseStatus::Proposed {
        return Ok(());
    }
    if agreed {
        forbid_while_in_force(tx, id)?;
        let next = if need == ApprovalNeed::Resolution {
            CaseStatus::Resolved
        } else {
            write_off(tx, id)?;
            CaseStatus::ForceClosed
        };
        cases::set_status(tx, id, next, judgement)
    } else {
        cases::set_status(tx, id, CaseStatus::Rejected, judgement)
    }
}
