//! Proposals that wait for a second person and that a decision takes back: they are told with what was done.

use crate::jobs::case_words::withdrawn_words;
use crate::{Failure, Message};
use recondesk_casework::WithdrawnQuestion;
use recondesk_domain::CaseStatus;
use recondesk_ports::{ApprovalId, CaseRecord, Ports};

/// What waited about some cases before a decision, one place for each of them.
#[derive(Debug, Default)]
pub(in crate::jobs) struct OpenQuestions {
    subjects: Vec<Option<String>>,
    waiting: Vec<Option<ApprovalId>>,
}

impl OpenQuestions {
    /// Looks what waits about these cases now.
    pub(in crate::jobs) fn about(ports: &Ports, cases: &[&CaseRecord]) -> Result<Self, Failure> {
        let subjects: Vec<Option<String>> = cases.iter().map(|case| subject(case)).collect();
        let waiting = still_waiting(ports, &subjects)?;
        Ok(Self { subjects, waiting })
    }

    /// Of which of them a question was taken back since, in words.
    pub(in crate::jobs) fn withdrawn(
        &self,
        ports: &Ports,
    ) -> Result<Vec<Option<Message>>, Failure> {
        let mut out = vec![None; self.waiting.len()];
        if self.waiting.iter().all(Option::is_none) {
            return Ok(out);
        }
        let now = still_waiting(ports, &self.subjects)?;
        let gone = |at: usize| {
            let before = self.waiting.get(at).copied().flatten();
            before.filter(|_| now.get(at).copied().flatten().is_none())
        };
        if (0..out.len()).all(|at| gone(at).is_none()) {
            return Ok(out);
        }
        let all = ports.casework.approvals(true)?;
        for (at, told) in out.iter_mut().enumerate() {
            let Some(id) = gone(at) else { continue };
            let asked = all.iter().find(|asked| asked.id == id);
            *told = asked.filter(|asked| asked.judged.is_none()).map(|asked| {
                withdrawn_words(&WithdrawnQuestion {
                    need: asked.need,
                    maker: asked.maker.clone(),
                    reason: asked.reason.clone(),
                })
            });
        }
        Ok(out)
    }
}

/// What was done, and beside it what it took back.
pub(in crate::jobs) fn beside(said: Message, withdrawn: Option<Message>) -> Message {
    match withdrawn {
        None => said,
        Some(more) => Message::new(
            format!("{}；{}", said.zh, more.zh),
            format!("{}; {}", said.en, more.en),
        ),
    }
}

/// The question that may wait about a case in its state.
fn subject(case: &CaseRecord) -> Option<String> {
    let kind = match case.status {
        CaseStatus::Proposed => "case",
        CaseStatus::Waiting => "carry",
        _ => return None,
    };
    Some(format!("{kind}/{}/{}", case.profile.0, case.key))
}

fn still_waiting(
    ports: &Ports,
    subjects: &[Option<String>],
) -> Result<Vec<Option<ApprovalId>>, Failure> {
    let asked: Vec<String> = subjects.iter().flatten().cloned().collect();
    if asked.is_empty() {
        return Ok(vec![None; subjects.len()]);
    }
    let mut found = ports.casework.waiting_about(&asked)?.into_iter();
    let place = |subject: &Option<String>| subject.as_ref().and_then(|_| found.next().flatten());
    Ok(subjects.iter().map(place).collect())
}
