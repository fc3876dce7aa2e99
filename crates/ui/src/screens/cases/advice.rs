//! What the coloured box of a case says: the next step of an open one, what is on its way, or how a closed one ended.
//!
//! What is over, or being done at this moment, is never proposed a second time.

use super::words::why;
use crate::format;
use crate::page::Page;
use recondesk_app::jobs::case_step::{CaseNextStep, case_step};
use recondesk_app::jobs::refund::{state_words, window_advice};
use recondesk_app::model::CaseDetail;
use recondesk_casework::RefundStage;
use recondesk_ports::{RefundRecord, ReissueRecord};

/// The title and the sentence below it.
pub(super) struct CaseAdvice {
    /// In a few words.
    pub(super) title: String,
    /// Why, or what follows.
    pub(super) reason: String,
}

/// True while goods or money are on their way for this case.
pub(super) fn is_moving(page: &Page<'_>, detail: &CaseDetail) -> bool {
    let row = &detail.row;
    page.state.payout.moving(row.profile, &row.key).is_some()
}

/// The refund that money is out for, or may be.
pub(super) fn live_refund(detail: &CaseDetail) -> Option<&RefundRecord> {
    detail.work.refunds.iter().rev().find(|refund| {
        matches!(
            refund.refund.stage,
            RefundStage::Sent
                | RefundStage::Unknown
                | RefundStage::Accepted
                | RefundStage::Listed
                | RefundStage::Abnormal
        )
    })
}

/// The refund that was made and confirmed and not sent yet: a second person has to agree, or somebody to send it.
pub(super) fn made_refund(detail: &CaseDetail) -> Option<&RefundRecord> {
    let mut refunds = detail.work.refunds.iter().rev();
    refunds.find(|refund| refund.refund.stage == RefundStage::Confirmed)
}

/// What is said of a case now.
pub(super) fn of(page: &Page<'_>, detail: &CaseDetail) -> CaseAdvice {
    let (w, c) = (page.w, &page.w.cases);
    let row = &detail.row;
    if let Some(payout) = page.state.payout.moving(row.profile, &row.key) {
        let title = payout.refund.map_or_else(
            || c.reissuing.to_owned(),
            |sum| (c.refunding)(&format::money(sum)),
        );
        return CaseAdvice {
            title,
            reason: c.moving_note.to_owned(),
        };
    }
    if row.status.is_closed() {
        let status = if w.is_zh() {
            row.status.zh()
        } else {
            row.status.en()
        };
        let closing = detail.closing.as_ref();
        let mut reason = closing.map_or_else(String::new, |closing| {
            super::panel::closing_words(page, Some(closing), status)
        });
        let done = |refund: &&RefundRecord| refund.refund.stage == RefundStage::Done;
        if let Some(back) = detail.work.refunds.iter().rev().find(done) {
            let sum = format::money(back.refund.amount);
            let by = (c.refunded_by)(&sum, w.who(&back.draft.maker));
            if !reason.is_empty() {
                reason.push('\n');
            }
            reason.push_str(&by);
            reason.push('\n');
            reason.push_str(c.money_is_back);
        }
        if let Some(who) = &detail.work.signed_by {
            if !reason.is_empty() {
                reason.push('\n');
            }
            reason.push_str(&(c.signed_day)(&row.day.to_string(), w.who(who)));
        }
        let title = c.closed_title.to_owned();
        return CaseAdvice { title, reason };
    }
    if let Some(refund) = made_refund(detail) {
        let state = state_words(refund);
        let sum = format::money(refund.refund.amount);
        return CaseAdvice {
            title: (c.refund_open)(&sum, w.of(&state)),
            reason: w.of(&window_advice(refund)).to_owned(),
        };
    }
    if let Some(refund) = live_refund(detail) {
        let state = state_words(refund);
        let sum = format::money(refund.refund.amount);
        return CaseAdvice {
            title: (c.refund_open)(&sum, w.of(&state)),
            reason: c.refund_open_note.to_owned(),
        };
    }
    let step = next_step(detail);
    let is_own = step.action == row.action;
    let reason = if is_own { why(w, row.category) } else { "" };
    CaseAdvice {
        title: (c.suggestion)(w.of(&step.words)),
        reason: reason.to_owned(),
    }
}

/// What is to be done now, beside what was begun for the case.
fn next_step(detail: &CaseDetail) -> CaseNextStep {
    let (row, work) = (&detail.row, &detail.work);
    case_step(row.status, row.action, &work.refunds, &work.reissue)
}

/// True while the shop may deliver, or has: money stays.
pub(super) fn is_reissued(detail: &CaseDetail) -> bool {
    let stands = |known: &ReissueRecord| known.stage.holds_case();
    detail.work.reissue.as_ref().is_some_and(stands)
}
