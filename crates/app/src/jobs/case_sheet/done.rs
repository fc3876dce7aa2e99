//! Whether a row was read before: the case is what it asks for, by steps that say the same.

use recondesk_domain::CaseStatus;
use recondesk_ports::{CaseEvent, CaseEventKind, CaseRecord};

use super::read::Filled;
use super::{SheetColumn, SheetDeed, plain};
use crate::model::Decision;

/// What a row asks for, in its own words.
pub(super) struct SheetRowWords<'a> {
    owner: &'a str,
    decision: &'a str,
    remark: &'a str,
    notes: &'a str,
}

impl<'a> SheetRowWords<'a> {
    pub(super) fn of(row: &'a Filled) -> Self {
        Self {
            owner: row.get(SheetColumn::NewOwner),
            decision: row.get(SheetColumn::Decision),
            remark: row.get(SheetColumn::Remark),
            notes: row.get(SheetColumn::Notes),
        }
    }
}

/// True where the last step of a person led to what the row asks for, in its words. A case that went on since, or that
/// somebody else led there in other words, is none of these.
pub(super) fn done_before(
    row: &SheetRowWords<'_>,
    case: &CaseRecord,
    events: &[CaseEvent],
) -> bool {
    if !row.owner.is_empty() && row.owner != case.owner {
        return false;
    }
    let deed = SheetDeed::parse(row.decision);
    if !row.decision.is_empty() && deed.is_none() {
        return false;
    }
    let noted = |text: &str| {
        let is_it = |event: &CaseEvent| {
            event.kind == CaseEventKind::Note && plain(&event.text).contains(text)
        };
        text.is_empty() || events.iter().any(is_it)
    };
    let Some(deed) = deed else {
        let added = row.notes.lines().last().unwrap_or_default();
        return noted(row.remark) && (!row.owner.is_empty() || noted(added));
    };
    let Some(decision) = deed.decision(row.remark) else {
        return false;
    };
    let last = events
        .iter()
        .rev()
        .find(|event| event.kind == CaseEventKind::Status);
    let Some((word, reason)) = last.map(|event| {
        let text = event.text.as_str();
        text.split_once('\n').unwrap_or((text, ""))
    }) else {
        return false;
    };
    let reached = CaseStatus::parse(word);
    let is_reached = |wanted: &[CaseStatus]| reached.is_some_and(|is| wanted.contains(&is));
    if reached != Some(case.status) {
        return false;
    }
    match decision {
        Decision::Take => {
            let takes =
                |event: &CaseEvent| event.kind == CaseEventKind::Owner && event.actor == event.text;
            let is_own = events
                .iter()
                .rev()
                .find(|event| event.kind == CaseEventKind::Owner);
            is_reached(&[CaseStatus::Assigned]) && is_own.is_some_and(takes) && noted(row.remark)
        }
        Decision::Carry(why) => is_reached(&[CaseStatus::Waiting]) && plain(reason) == why,
        // An urgent one waits for a second person by then.
        Decision::Resolve(how) => {
            is_reached(&[CaseStatus::Resolved, CaseStatus::Proposed]) && plain(reason) == how
        }
        Decision::Propose(why) => is_reached(&[CaseStatus::Proposed]) && plain(reason) == why,
        Decision::Agree(why) => {
            is_reached(&[CaseStatus::ForceClosed, CaseStatus::Resolved]) && plain(reason) == why
        }
        Decision::Refuse(why) => is_reached(&[CaseStatus::Rejected]) && plain(reason) == why,
        Decision::HandOver(_) | Decision::Reopen(_) => false,
    }
}
