//! Refunds on disk. Every step runs `casework::RefundProgress::apply` inside the transaction that stores it, so that two
//! programs can never both take the same step.

use crate::sqlite::session::{SessionTransaction, params};
use serde_json::json;

use super::refund_checks::{
    among_others, check_limits, check_order_limit, follow_case, of_order, pending, with_others_out,
};
use super::refund_records::{list, require};
use super::{approvals, outcomes, redirect, trail};
use crate::sqlite::DbError;
use crate::sqlite::cases::SignedNote;
use recondesk_casework::{
    Approval, ApprovalNeed, CaseOutcome, RefundEvent, RefundPart, RefundProgress, RefundStage,
    RefundSubject, refund_number,
};
use recondesk_domain::{CaseStatus, Instant, OutRefundNo};
use recondesk_ports::{
    ApprovalId, ApprovalRecord, AuditDeed, Author, RefundDraft, RefundQuery, RefundRecord,
    RefundRowId, RefundStep, StoreError,
};

pub(super) fn forbidden(why: impl Into<String>) -> DbError {
    StoreError::Forbidden(why.into()).into()
}

/// The refund that a draft is.
enum NextRefund {
    /// It is there already.
    Known(Box<RefundRecord>),
    /// The one of this place among those of its case.
    Nth(u16),
}

/// What a draft is after the last refund of its case.
fn next_of(last: Option<&RefundRecord>, draft: &RefundDraft) -> Result<NextRefund, DbError> {
    let Some(known) = last else {
        return Ok(NextRefund::Nth(1));
    };
    match known.refund.stage {
        RefundStage::Withdrawn => Ok(NextRefund::Nth(known.nth)),
        RefundStage::Closed | RefundStage::Done => {
            let next = known.nth.checked_add(1);
            let next = next.ok_or_else(|| forbidden("too many refunds of one case"))?;
            Ok(NextRefund::Nth(next))
        }
        _ if known.refund.amount == draft.amount
            && known.draft.out_trade_no == draft.out_trade_no =>
        {
            Ok(NextRefund::Known(Box::new(known.clone())))
        }
        stage @ (RefundStage::Drafted
        | RefundStage::Confirmed
        | RefundStage::Listed
        | RefundStage::Sent
        | RefundStage::Unknown
        | RefundStage::Accepted
        | RefundStage::Abnormal
        | RefundStage::Rejected) => {
            let number = known.out_refund_no;
            Err(forbidden(format!(
                "refund {number} of this case is {}",
                stage.word()
            )))
        }
    }
}

/// Writes a refund down, or finds the one that is there.
pub(super) fn draft(
    tx: &SessionTransaction<'_>,
    draft: &RefundDraft,
    now: Instant,
) -> Result<RefundRecord, DbError> {
    outcomes::require_open(tx, draft.profile, &draft.case_key)?;
    let of_case = RefundQuery {
        profile: Some(draft.profile),
        case_key: Some(draft.case_key.clone()),
        ..RefundQuery::default()
    };
    let last = list(tx, &of_case)?
        .into_iter()
        .max_by_key(|known| known.nth);
    let nth = match next_of(last.as_ref(), draft)? {
        NextRefund::Known(known) => return Ok(*known),
        NextRefund::Nth(nth) => nth,
    };
    outcomes::claim(
        tx,
        draft.profile,
        &draft.case_key,
        &draft.out_trade_no,
        CaseOutcome::Refund,
    )?;
    let subject = RefundSubject {
        mch_id: &draft.mch_id,
        out_trade_no: &draft.out_trade_no,
        case_key: &draft.case_key,
    };
    let number = refund_number(&subject, nth)
        .ok_or_else(|| DbError::broken(format!("merchant {}", draft.mch_id)))?;
    let (draft, sum) = &among_others(tx, draft, number)?;
    let need = approvals::thresholds(tx)?.refund_needs(*sum, draft.together);
    let approval = need
        .map(|need| ask(tx, need, number, draft, Author::new(&draft.maker, now)))
        .transpose()?;
    let wanted = if approval.is_some() {
        Approval::Awaited
    } else {
        Approval::NotNeeded
    };
    let machine = RefundProgress::draft(draft.amount, wanted);
    let again = last.filter(|known| known.nth == nth);
    let approval = approval.map(|asked| asked.id);
    let numbered = NumberedDraft { nth, number };
    let standing = DraftStanding { machine, approval };
    let id = match &again {
        Some(known) => redraft(tx, known.id, draft, standing, now)?,
        None => insert(tx, draft, numbered, standing, now)?,
    };
    let event = RefundEvent::Redraft(draft.amount, wanted);
    write_history(
        tx,
        id,
        event,
        machine.stage,
        SignedNote {
            author: Author::new(&draft.maker, now),
            text: &draft.reason,
        },
    )?;
    tell_of_draft(tx, draft, id, numbered, now)?;
    let text = format!("{number} ¥{}", draft.amount);
    let note = SignedNote {
        author: Author::new(&draft.maker, now),
        text: &text,
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

/// Asks a second person about a draft. Whoever agrees sees to what: order and sum belong to the question, and another
/// sum is another one.
fn ask(
    tx: &SessionTransaction<'_>,
    need: ApprovalNeed,
    number: OutRefundNo,
    draft: &RefundDraft,
    maker: Author<'_>,
) -> Result<ApprovalRecord, DbError> {
    let subject = format!("refund/{number}");
    let asked = format!("{} ¥{} {}", draft.out_trade_no, draft.amount, draft.reason);
    approvals::ask(tx, need, &subject, &asked, maker)
}

/// Asks for a second person for a draft that needs one by now.
pub(super) fn require_second(
    tx: &SessionTransaction<'_>,
    id: RefundRowId,
    together: u32,
    by: Author<'_>,
) -> Result<RefundRecord, DbError> {
    let known = require(tx, id)?;
    let together = together.max(known.draft.together);
    let limits = approvals::thresholds(tx)?;
    let sum = with_others_out(tx, &known)?;
    let need = limits.refund_needs(sum, together);
    let (Some(need), Ok(next)) = (need, known.refund.apply(RefundEvent::Require, by.at)) else {
        return Ok(known);
    };
    let asked = ask(
        tx,
        need,
        known.out_refund_no,
        &known.draft,
        Author::new(by.name, by.at),
    )?;
    tx.execute(
        "UPDATE refund SET approval = ?2, machine = ?3, together = ?4, changed_at = ?5 WHERE id = ?1",
        params![id.0, asked.id.0, machine_text(&next)?, together, by.at.unix()],
    )?;
    let step = RefundStep {
        event: RefundEvent::Require,
        actor: by.name,
        at: by.at,
        note: "",
        refund_id: "",
        facts: None,
    };
    let unsaid = SignedNote {
        author: by,
        text: "",
    };
    write_history(tx, id, step.event, next.stage, unsaid)?;
    write_trail(tx, &known, &next, &step)?;
    require(tx, id)
}

/// Where a refund stands that was just drafted.
#[derive(Clone, Copy)]
struct DraftStanding {
    machine: RefundProgress,
    /// The question to a second person, where there is one.
    approval: Option<ApprovalId>,
}

/// Which refund of its case a draft is, and the number that follows from it.
#[derive(Clone, Copy)]
struct NumberedDraft {
    nth: u16,
    number: OutRefundNo,
}

/// Puts a draft into the audit trail.
fn tell_of_draft(
    tx: &SessionTransaction<'_>,
    draft: &RefundDraft,
    id: RefundRowId,
    NumberedDraft { nth, number }: NumberedDraft,
    now: Instant,
) -> Result<(), DbError> {
    let document = json!({
        "refund": id.0,
        "history": trail::refund_history(tx, id.0)?,
        "out_trade_no": draft.out_trade_no,
        "case": draft.case_key,
        "amount_fen": draft.amount.get(),
        "total_fen": draft.total.get(),
        "reason": draft.reason,
        "nth": nth,
    });
    trail::append(
        tx,
        &AuditDeed {
            at: now,
            actor: &draft.maker,
            kind: "refund.draft",
            subject: &format!("refund/{number}"),
            document: &document.to_string(),
        },
    )
}

fn insert(
    tx: &SessionTransaction<'_>,
    draft: &RefundDraft,
    NumberedDraft { nth, number }: NumberedDraft,
    DraftStanding { machine, approval }: DraftStanding,
    now: Instant,
) -> Result<RefundRowId, DbError> {
    let row = params![
        draft.profile.0,
        draft.case_key,
        draft.out_trade_no,
        draft.sub_mch_id,
        nth,
        number.as_str(),
        draft.total.get(),
        draft.amount.get(),
        draft.reason,
        draft.maker,
        draft.together,
        approval.map(|id| id.0),
        machine.stage.word(),
        machine_text(&machine)?,
        now.unix(),
        seen_text(&draft.seen)?,
    ];
    tx.query_row(
        "INSERT INTO refund (profile, case_key, out_trade_no, sub_mch_id, nth, out_refund_no, total,
             amount, reason, maker, together, approval, stage, machine, created_at, changed_at, seen)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?15, ?16)
         RETURNING id",
        row,
        |row| row.get(0).map(RefundRowId),
    )
}

/// What was given up is taken up again: the same number, a sum and a reason of its own.
fn redraft(
    tx: &SessionTransaction<'_>,
    id: RefundRowId,
    draft: &RefundDraft,
    DraftStanding { machine, approval }: DraftStanding,
    now: Instant,
) -> Result<RefundRowId, DbError> {
    tx.execute(
        "UPDATE refund SET total = ?2, amount = ?3, reason = ?4, maker = ?5, together = ?6,
             approval = ?7, stage = ?8, machine = ?9, last_words = '', changed_at = ?10, seen = ?11
         WHERE id = ?1",
        params![
            id.0,
            draft.total.get(),
            draft.amount.get(),
            draft.reason,
            draft.maker,
            draft.together,
            approval.map(|id| id.0),
            machine.stage.word(),
            machine_text(&machine)?,
            now.unix(),
            seen_text(&draft.seen)?,
        ],
    )?;
    Ok(id)
}

fn seen_text(seen: &[RefundPart]) -> Result<String, DbError> {
    serde_json::to_string(seen).map_err(|error| DbError::broken(error.to_string()))
}

pub(super) fn machine_text(machine: &RefundProgress) -> Result<String, DbError> {
    serde_json::to_string(machine).map_err(|error| DbError::broken(error.to_string()))
}

/// Moves a refund on by one event.
pub(super) fn step(
    tx: &SessionTransaction<'_>,
    id: RefundRowId,
    step: &RefundStep<'_>,
) -> Result<RefundRecord, DbError> {
    let known = require(tx, id)?;
    if step.event == RefundEvent::Dispatch {
        let facts = step
            .facts
            .ok_or_else(|| forbidden("the order was not asked about"))?;
        check_limits(tx, &known, facts, step.at)?;
    }
    if let RefundEvent::Redirect(to) = step.event {
        redirect::check(tx, &known, to)?;
    }
    if matches!(step.event, RefundEvent::Dispatch | RefundEvent::List) {
        check_order_limit(tx, &known)?;
    }
    let next = known
        .refund
        .apply(step.event, step.at)
        .map_err(|error| forbidden(error.to_string()))?;
    let draft = &known.draft;
    if let (RefundEvent::Confirm(_), Some(facts)) = (step.event, step.facts) {
        let here = of_order(tx, draft)?;
        let others = here.into_iter().filter(|other| other.id != id);
        let seen = pending(&facts.parts, &others.collect::<Vec<_>>());
        tx.execute(
            "UPDATE refund SET seen = ?2 WHERE id = ?1",
            params![id.0, seen_text(&seen)?],
        )?;
    }
    if next.stage.holds_case() && !known.refund.stage.holds_case() {
        outcomes::claim(
            tx,
            draft.profile,
            &draft.case_key,
            &draft.out_trade_no,
            CaseOutcome::Refund,
        )?;
    }
    let text = |new: &str, old: &str| {
        if new.is_empty() {
            old.to_owned()
        } else {
            new.to_owned()
        }
    };
    tx.prepare_cached(
        "UPDATE refund SET amount = ?2, stage = ?3, machine = ?4, refund_id = ?5, last_words = ?6,
             changed_at = ?7 WHERE id = ?1",
    )?
    .execute(params![
        id.0,
        next.amount.get(),
        next.stage.word(),
        machine_text(&next)?,
        text(step.refund_id, &known.refund_id),
        text(step.note, &known.last_words),
        step.at.unix(),
    ])?;
    write_history(
        tx,
        id,
        step.event,
        next.stage,
        SignedNote {
            author: Author::new(step.actor, step.at),
            text: step.note,
        },
    )?;
    let is_news = next.stage != known.refund.stage || !matches!(step.event, RefundEvent::Query(_));
    if is_news {
        write_trail(tx, &known, &next, step)?;
    }
    follow_case(tx, &known, &next, step)?;
    require(tx, id)
}

pub(super) fn write_trail(
    tx: &SessionTransaction<'_>,
    known: &RefundRecord,
    next: &RefundProgress,
    step: &RefundStep<'_>,
) -> Result<(), DbError> {
    let document = json!({
        "refund": known.id.0,
        "history": trail::refund_history(tx, known.id.0)?,
        "event": step.event,
        "stage": next.stage.word(),
        "amount_fen": next.amount.get(),
        "refund_id": step.refund_id,
        "note": step.note,
    });
    trail::append(
        tx,
        &AuditDeed {
            at: step.at,
            actor: step.actor,
            kind: &format!("refund.{}", next.stage.word()),
            subject: &format!("refund/{}", known.out_refund_no),
            document: &document.to_string(),
        },
    )
}

pub(super) fn write_history(
    tx: &SessionTransaction<'_>,
    id: RefundRowId,
    event: RefundEvent,
    stage: RefundStage,
    note: SignedNote<'_>,
) -> Result<(), DbError> {
    let text = serde_json::to_string(&event).map_err(|error| DbError::broken(error.to_string()))?;
    tx.prepare_cached(
        "INSERT INTO refund_event (refund, at, actor, event, stage, note)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        id.0,
        note.author.at.unix(),
        note.author.name,
        text,
        stage.word(),
        note.text
    ])?;
    Ok(())
}
