//! A second person for an abnormal refund that goes to another account.

use crate::sqlite::session::{SessionTransaction, params};

use super::approvals;
use super::refund_checks::with_others_out;
use super::refund_records::require;
use super::refunds::{forbidden, machine_text, write_history, write_trail};
use crate::sqlite::DbError;
use crate::sqlite::cases::SignedNote;
use recondesk_casework::{Approval, ApprovalNeed, RedirectTo, RefundEvent};
use recondesk_ports::{Author, RefundRecord, RefundRowId, RefundStep};

/// What the limits say of it, with the order's other refunds.
fn need_of(
    tx: &SessionTransaction<'_>,
    known: &RefundRecord,
) -> Result<Option<ApprovalNeed>, DbError> {
    let limits = approvals::thresholds(tx)?;
    Ok(limits.refund_needs(with_others_out(tx, known)?, 1))
}

/// Refuses to send money to an account that nobody agreed to where somebody must.
pub(super) fn check(
    tx: &SessionTransaction<'_>,
    known: &RefundRecord,
    to: RedirectTo,
) -> Result<(), DbError> {
    if known.refund.may_redirect(to, need_of(tx, known)?.is_some()) {
        Ok(())
    } else {
        Err(forbidden(
            "it is not abnormal, or a second person must agree to this account first",
        ))
    }
}

/// Asks a second person, who sees order, sum and account.
pub(super) fn require_redirect(
    tx: &SessionTransaction<'_>,
    id: RefundRowId,
    to: RedirectTo,
    by: Author<'_>,
) -> Result<RefundRecord, DbError> {
    let known = require(tx, id)?;
    let Some(need) = need_of(tx, &known)? else {
        return Ok(known);
    };
    let is_asked = known.refund.redirect == Some(to)
        && matches!(known.refund.approval, Approval::Given | Approval::Awaited);
    if is_asked {
        return Ok(known);
    }
    let event = RefundEvent::RequireRedirect(to);
    let next = known
        .refund
        .apply(event, by.at)
        .map_err(|error| forbidden(error.to_string()))?;
    let subject = format!("refund/{}", known.out_refund_no);
    let (order, sum) = (&known.draft.out_trade_no, known.refund.amount);
    let asked = match to {
        RedirectTo::CustomerCard(tail) => {
            format!("{order} ¥{sum} 改退用户银行卡 / to the customer's card ****{tail:04}")
        }
        RedirectTo::MerchantAccount => {
            format!("{order} ¥{sum} 改退商户账户 / to the merchant's account")
        }
    };
    let asked = approvals::ask(tx, need, &subject, &asked, Author::new(by.name, by.at))?;
    tx.execute(
        "UPDATE refund SET approval = ?2, machine = ?3, changed_at = ?4 WHERE id = ?1",
        params![id.0, asked.id.0, machine_text(&next)?, by.at.unix()],
    )?;
    let step = RefundStep {
        event,
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
    write_history(tx, id, event, next.stage, unsaid)?;
    write_trail(tx, &known, &next, &step)?;
    require(tx, id)
}
