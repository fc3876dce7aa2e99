//! What is said when somebody else changed a case since the person who decides saw it: both versions.

use crate::model::person_in_words;
use crate::{Failure, FailureKind, Language, Message};
use recondesk_domain::CaseStatus;
use recondesk_ports::{CaseEvent, CaseEventKind, CaseStep, CaseStepKind};

/// Changes that are told, the last ones.
const TOLD: usize = 5;

/// The refusal of `steps` because of `others`.
pub(super) fn overtaken(others: &[CaseEvent], steps: &[CaseStep]) -> Failure {
    let last = others.last();
    let who = last.map_or("", |event| event.actor.as_str());
    let now = last.map(words).unwrap_or_default();
    let yours = steps.first().map(step_words).unwrap_or_default();
    let (who_zh, who_en) = match who {
        "" => ("对账".to_owned(), "the comparison".to_owned()),
        name => {
            let said = |language| person_in_words(name, language).to_owned();
            (said(Language::Zh), said(Language::En))
        }
    };
    let first = others.len().saturating_sub(TOLD);
    let told = others.iter().skip(first);
    let lines: Vec<String> = told
        .map(|event| {
            let actor = match event.actor.as_str() {
                "" => "–",
                name => name,
            };
            format!("{} {actor}: {}", event.at, event.text.replace('\n', " "))
        })
        .collect();
    Failure::new(
        FailureKind::Usage,
        "case.overtaken",
        Message::new(
            format!(
                "这期间{who_zh}改过这笔差错：{}。您的“{}”没有保存",
                now.zh, yours.zh
            ),
            format!(
                "{who_en} has changed this case meanwhile: {}. Yours was not stored: {}",
                now.en, yours.en
            ),
        ),
        Message::new(
            "看过现在的内容，再决定一次",
            "Look at what it says now, then decide again",
        ),
    )
    .with_detail(lines.join("; "))
}

fn words(event: &CaseEvent) -> Message {
    let (first, rest) = event.text.split_once('\n').unwrap_or((&event.text, ""));
    match event.kind {
        CaseEventKind::Status => status_words(CaseStatus::parse(first), rest),
        CaseEventKind::Owner => owner_words(first),
        CaseEventKind::Note => note_words(&event.text),
        CaseEventKind::AutoClosed => status_words(Some(CaseStatus::AutoClosed), ""),
        CaseEventKind::Reopened => status_words(Some(CaseStatus::Reopened), ""),
        CaseEventKind::Found | CaseEventKind::Changed => Message::new(
            format!("差错变为 {first}"),
            format!("the difference is {first} now"),
        ),
    }
}

fn step_words(step: &CaseStep) -> Message {
    match &step.kind {
        CaseStepKind::Status(status) => status_words(Some(*status), &step.text),
        CaseStepKind::Owner(name) => owner_words(name),
        CaseStepKind::Note => note_words(&step.text),
        CaseStepKind::Undo => Message::new("撤销", "take back"),
    }
}

fn status_words(status: Option<CaseStatus>, reason: &str) -> Message {
    let (zh, en) = status.map_or(("", ""), |status| (status.zh(), status.en()));
    match reason.trim() {
        "" => Message::new(zh, en),
        reason => Message::new(format!("{zh}（{reason}）"), format!("{en} ({reason})")),
    }
}

fn owner_words(name: &str) -> Message {
    Message::new(format!("交给{name}"), format!("given to {name}"))
}

fn note_words(text: &str) -> Message {
    Message::new(format!("备注“{text}”"), format!("a note, “{text}”"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use recondesk_domain::Instant;

    #[test]
    fn both_versions_are_said_with_who_changed_what() {
        let at = Instant::from_unix(1_772_899_200);
        let event = CaseEvent {
            at,
            actor: "王".to_owned(),
            kind: CaseEventKind::Status,
            text: "RESOLVED\n已补发".to_owned(),
            run: None,
        };
        let step = CaseStep {
            kind: CaseStepKind::Status(CaseStatus::Waiting),
            actor: "li".to_owned(),
            text: "T+1".to_owned(),
            at,
            together: 1,
            seen: Some(3),
        };

        let failure = overtaken(&[event], &[step]);

        assert_eq!(
            failure.title.zh,
            "这期间王改过这笔差错：已解决（已补发）。您的“等待外部（T+1）”没有保存"
        );
        assert_eq!(
            failure.title.en,
            "王 has changed this case meanwhile: Resolved (已补发). Yours was not stored: Waiting (T+1)"
        );
        assert!(failure.detail.contains("王: RESOLVED 已补发"));
    }
}
