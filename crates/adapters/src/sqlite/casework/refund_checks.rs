//! What a refund is judged by beside its own life: the order's other refunds, the limits, and what the case is
//! still owed.

use crate::sqlite::session::{Connection, OptionalExtension as _, SessionTransaction, params};

use super::refund_records::list;
use super::refunds::forbidden;
use super::{approvals, outcomes};
use crate::sqlite::DbError;
use crate::sqlite::cases::SignedNote;
use crate::sqlite::finding_rows::{FINDING, read_finding};
use recondesk_casework::{
    Approval, OrderFacts, RefundPart, RefundProgress, RefundStage, RemoteState, check_refund,
    check_seen, owed,
};
use recondesk_domain::{CaseStatus, Fen, Instant, OutRefundNo};
use recondesk_ports::{Author, RefundDraft, RefundQuery, RefundRecord, RefundStep};

/// Every refund of a draft's order that was made here; another sub-merchant's order of that number is another order.
pub(super) fn of_order(
    connection: &Connection,
    draft: &RefundDraft,
) -> Result<Vec<RefundRecord>, DbError> {
    let mut here = list(
        connection,
        &RefundQuery {
            profile: Some(draft.profile),
            out_trade_no: Some(draft.out_trade_no.clone()),
            ..RefundQuery::default()
        },
    )?;
    here.retain(|known| draft.is_of_same_order(&known.draft));
    Ok(here)
}

/// The refunds that WeChat Pay lists, and those that are under way here.
pub(super) fn pending(listed: &[RefundPart], others: &[RefundRecord]) -> Vec<RefundPart> {
    let mut seen = listed.to_vec();
    for other in others {
        let number = other.out_refund_no.as_str();
        let is_listed = seen.iter().any(|part| part.number == number);
        if !is_listed && other.refund.stage.may_move_money() {
            seen.push(local(other));
        }
    }
    seen
}

/// A draft that knows of the order's other refunds, and what the order gets back by all of them together.
pub(super) fn among_others(
    tx: &SessionTransaction<'_>,
    draft: &RefundDraft,
    number: OutRefundNo,
) -> Result<(RefundDraft, Fen), DbError> {
    let mut others = of_order(tx, draft)?;
    others.retain(|other| other.out_refund_no != number);
    let sum = others
        .iter()
        .filter(|other| other.refund.stage.may_move_money())
        .try_fold(draft.amount, |sum, other| {
            sum.checked_add(other.refund.amount)
        })
        .ok_or_else(|| forbidden("the refunds of the order do not add up"))?;
    let draft = RefundDraft {
        seen: pending(&draft.seen, &others),
        ..draft.clone()
    };
    Ok((draft, sum))
}

/// A refund of this workspace as a part of its order.
fn local(record: &RefundRecord) -> RefundPart {
    RefundPart {
        number: record.out_refund_no.to_string(),
        amount: record.refund.amount,
        state: RemoteState::Processing,
        sent_at: record.refund.sent_at,
    }
}

/// Limits against what WeChat Pay says and against every other refund of the order from here, and whether a person
/// knew of all of them.
pub(super) fn check_limits(
    tx: &SessionTransaction<'_>,
    known: &RefundRecord,
    facts: &OrderFacts,
    now: Instant,
) -> Result<(), DbError> {
    let mut facts = facts.clone();
    for other in of_order(tx, &known.draft)? {
        let is_listed = facts
            .parts
            .iter()
            .any(|part| part.number == other.out_refund_no.as_str());
        let is_sent = other.refund.sent_at.is_some() && other.refund.stage.may_move_money();
        if is_listed || is_sent {
            facts.join_local(local(&other));
        }
    }
    let number = known.out_refund_no.as_str();
    check_refund(&facts, number, known.refund.amount, now)
        .and_then(|()| check_seen(&known.draft.seen, &facts, number))
        .map_err(|error| forbidden(error.to_string()))
}

/// Refuses to let a refund out that was drafted as one below the limit, while the order's others went out first.
pub(super) fn check_order_limit(
    tx: &SessionTransaction<'_>,
    known: &RefundRecord,
) -> Result<(), DbError> {
    if known.refund.approval != Approval::NotNeeded {
        return Ok(());
    }
    let limit = approvals::thresholds(tx)?.refund_over;
    if with_others_out(tx, known)? > limit {
        return Err(forbidden(
            "with the other refunds of the order it is above the limit: a second person must agree",
        ));
    }
    Ok(())
}

/// What the order gets back by this refund and by those of it that are out already.
pub(super) fn with_others_out(
    tx: &SessionTransaction<'_>,
    known: &RefundRecord,
) -> Result<Fen, DbError> {
    let others = of_order(tx, &known.draft)?;
    others
        .iter()
        .filter(|other| other.id != known.id && is_out(other.refund.stage))
        .try_fold(known.refund.amount, |sum, other| {
            sum.checked_add(other.refund.amount)
        })
        .ok_or_else(|| forbidden("the refunds of the order do not add up"))
}

/// Its money moved, or may have.
const fn is_out(stage: RefundStage) -> bool {
    match stage {
        RefundStage::Listed
        | RefundStage::Sent
        | RefundStage::Unknown
        | RefundStage::Accepted
        | RefundStage::Abnormal
        | RefundStage::Done => true,
        RefundStage::Drafted
        | RefundStage::Confirmed
        | RefundStage::Closed
        | RefundStage::Rejected
        | RefundStage::Withdrawn => false,
    }
}

/// The case is solved when nothing is owed any more, and its owner's again when a part went back or the refund came
/// to nothing.
pub(super) fn follow_case(
    tx: &SessionTransaction<'_>,
    known: &RefundRecord,
    next: &RefundProgress,
    step: &RefundStep<'_>,
) -> Result<(), DbError> {
    if next.stage == known.refund.stage {
        return Ok(());
    }
    let draft = &known.draft;
    let left = if next.stage == RefundStage::Done {
        left(tx, known)?
    } else {
        Fen::ZERO
    };
    let status = match next.stage {
        // What came back to the merchant itself is still owed to the customer, by hand.
        RefundStage::Done if left <= Fen::ZERO && !next.to_merchant => CaseStatus::Resolved,
        RefundStage::Done
        | RefundStage::Closed
        | RefundStage::Withdrawn
        | RefundStage::Rejected => CaseStatus::Assigned,
        RefundStage::Drafted
        | RefundStage::Confirmed
        | RefundStage::Listed
        | RefundStage::Sent
        | RefundStage::Unknown
        | RefundStage::Accepted
        | RefundStage::Abnormal => CaseStatus::Executing,
    };
    // Read in either language: the state beside it says in words what became of the refund.
    let (number, amount) = (known.out_refund_no, next.amount);
    let text = match next.stage {
        RefundStage::Done if next.to_merchant => {
            format!(
                "{number} ¥{amount} · 退到商户账户，由人付给顾客 / to the merchant's account, to be paid by hand"
            )
        }
        RefundStage::Done if left > Fen::ZERO => {
            format!("{number} ¥{amount} · 尚欠 / left ¥{left}")
        }
        RefundStage::Done => format!("{number} ¥{amount}"),
        RefundStage::Drafted
        | RefundStage::Confirmed
        | RefundStage::Listed
        | RefundStage::Sent
        | RefundStage::Unknown
        | RefundStage::Accepted
        | RefundStage::Abnormal
        | RefundStage::Closed
        | RefundStage::Rejected
        | RefundStage::Withdrawn => format!("{number} {} ¥{amount}", next.stage.word()),
    };
    let note = SignedNote {
        author: Author::new(step.actor, step.at),
        text: &text,
    };
    outcomes::follow(tx, draft.profile, &draft.case_key, status, note)?;
    if !next.stage.holds_case() {
        outcomes::release(tx, draft.profile, &draft.case_key, &draft.out_trade_no)?;
    }
    Ok(())
}

/// What the case of a refund is still owed: never more than what is left of its order.
fn left(tx: &SessionTransaction<'_>, known: &RefundRecord) -> Result<Fen, DbError> {
    let draft = &known.draft;
    let total = draft.total;
    let finding = tx
        .prepare_cached(&format!(
            "SELECT {FINDING} FROM case_file c JOIN finding f ON f.run = c.run AND f.seq = c.seq
             WHERE c.profile = ?1 AND c.key = ?2"
        ))?
        .query_row(params![draft.profile.0, draft.case_key], |row| {
            Ok(read_finding(row, 0))
        })
        .optional()?
        .transpose()?;
    let owed = finding.map_or(total, |finding| owed(&finding, total));
    // The step that asks is stored by now: its own refund is among these.
    let here = of_order(tx, draft)?;
    let mut of_order = total;
    let mut of_case = owed;
    for refund in here
        .iter()
        .filter(|refund| refund.refund.stage == RefundStage::Done)
    {
        of_order = less(of_order, refund.refund.amount)?;
        if refund.draft.case_key == draft.case_key {
            of_case = less(of_case, refund.refund.amount)?;
        }
    }
    for part in &draft.seen {
        let is_ours = here
            .iter()
            .any(|refund| refund.out_refund_no.as_str() == part.number);
        if part.state.counts() && !is_ours {
            of_order = less(of_order, part.amount)?;
        }
    }
    Ok(of_order.min(of_case))
}

fn less(from: Fen, amount: Fen) -> Result<Fen, DbError> {
    from.checked_sub(amount)
        .ok_or_else(|| DbError::broken("the refunds of an order do not add up".to_owned()))
}
