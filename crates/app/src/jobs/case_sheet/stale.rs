//! What is said of a row whose case is another one than when the sheet was written, or that a rule refuses.

use recondesk_domain::CaseStatus;
use recondesk_ports::CaseRecord;

use super::SheetColumn;
use super::read::{Filled, SheetRowFate};
use crate::{Failure, Language, Message, Surface};

/// A refusal with the way on that there is.
pub(super) fn refused_by(failure: &Failure) -> Message {
    let said = |language: Language, between: &str| {
        let more = match failure.detail.as_str() {
            "" => failure.advice_at(Surface::Terminal).get(language),
            detail => detail,
        };
        let title = failure.title.get(language);
        if more.is_empty() {
            return title.to_owned();
        }
        format!("{title}{between}{more}")
    };
    Message::new(said(Language::Zh, "；"), said(Language::En, "; "))
}

/// How the case was when the sheet was written, and how it is.
pub(super) fn stale(row: &Filled, case: &CaseRecord, now: &str) -> SheetRowFate {
    let was = |language: Language| {
        let (status, owner) = (row.get(SheetColumn::Status), row.get(SheetColumn::Owner));
        version(language, [status, owner, row.get(SheetColumn::Notes)])
    };
    let is = |language: Language| {
        let status = language.pick(case.status.zh(), case.status.en());
        version(language, [status, &case.owner, now])
    };
    let (was_zh, is_zh) = (was(Language::Zh), is(Language::Zh));
    let (was_en, is_en) = (was(Language::En), is(Language::En));
    if was_zh != is_zh && was_en != is_en {
        return SheetRowFate::Stale(Message::new(was_zh, was_en), Message::new(is_zh, is_en));
    }
    // All that a person reads is the same: it is the finding, or what happened in between.
    SheetRowFate::Stale(
        Message::new(was_zh, was_en),
        Message::new(
            format!("{is_zh}；期间分类、金额或经过有变"),
            format!("{is_en}; its category, its amounts or its history changed meanwhile"),
        ),
    )
}

/// True where a case must be taken before it can be solved.
pub(super) fn is_untaken(case: &CaseRecord) -> bool {
    let (status, next) = (case.status, CaseStatus::Resolved);
    !status.may_become(next)
        && status.may_become(CaseStatus::Assigned)
        && CaseStatus::Assigned.may_become(next)
        && status != CaseStatus::Proposed
}

fn version(language: Language, [status, owner, notes]: [&str; 3]) -> String {
    let owner = if owner.is_empty() { "–" } else { owner };
    let notes = notes.replace('\n', " / ");
    let count = notes.chars().count();
    let short: String = notes.chars().take(60).collect();
    let dots = if count > 60 { "…" } else { "" };
    let head = language.pick("状态", "status");
    let who = language.pick("负责人", "owner");
    if short.is_empty() {
        format!("{head} {status}，{who} {owner}")
    } else {
        format!("{head} {status}，{who} {owner}，{short}{dots}")
    }
}
