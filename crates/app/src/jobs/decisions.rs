//! What a person decides about a case, as steps of its workflow; the store judges and keeps them.

use crate::model::Decision;
use crate::{Failure, Message};
use recondesk_domain::{CaseStatus, Instant, ProfileId};
use recondesk_ports::{CaseId, CaseStep, CaseStepKind, Ports, StoreError};

/// Decides about the case with that key; what was done comes back as a sentence.
///
/// # Errors
/// [`Failure`] when the case is gone or its workflow does not allow this; nothing is stored then.
pub fn decide(
    ports: &Ports,
    case: (ProfileId, &str),
    decision: Decision,
    person: &str,
) -> Result<Message, Failure> {
    let id = find(ports, case)?;
    let (steps, said) = steps(decision, (person, ports.clock.now()));
    ports.records.step_case_all(id, &steps)?;
    Ok(said)
}

/// Writes a note to the case with that key.
///
/// # Errors
/// [`Failure`] when the case is gone.
pub fn note(
    ports: &Ports,
    case: (ProfileId, &str),
    text: String,
    person: &str,
) -> Result<(), Failure> {
    let step = CaseStep {
        kind: CaseStepKind::Note,
        actor: person.to_owned(),
        text,
        at: ports.clock.now(),
    };
    ports.records.step_case(find(ports, case)?, &step)?;
    Ok(())
}

fn find(ports: &Ports, (profile, key): (ProfileId, &str)) -> Result<CaseId, StoreError> {
    let case = ports.records.case(profile, key)?;
    case.map(|case| case.id)
        .ok_or_else(|| StoreError::Missing("case".to_owned()))
}

/// The steps of a decision by that person at that instant, and what is said when they are done.
fn steps(decision: Decision, (person, at): (&str, Instant)) -> (Vec<CaseStep>, Message) {
    let step = |kind, text: &str| CaseStep {
        kind,
        actor: person.to_owned(),
        text: text.trim().to_owned(),
        at,
    };
    let moved = |status, text: &str| vec![step(CaseStepKind::Status(status), text)];
    let given = |name: &str| {
        vec![
            step(CaseStepKind::Status(CaseStatus::Assigned), ""),
            step(CaseStepKind::Owner(name.to_owned()), ""),
        ]
    };
    match decision {
        Decision::Take => (given(person), Message::new("已接手", "Taken")),
        Decision::HandOver(name) => {
            let name = name.trim();
            let said = Message::new(format!("已转交{name}"), format!("Handed over to {name}"));
            (given(name), said)
        }
        Decision::Carry(why) => (
            moved(CaseStatus::Waiting, &why),
            Message::new("已挂账", "Carried"),
        ),
        Decision::Resolve(how) => (
            moved(CaseStatus::Resolved, &how),
            Message::new("已解决", "Resolved"),
        ),
        Decision::Propose(why) => (
            moved(CaseStatus::Proposed, &why),
            Message::new(
                "已提请忽略，待第二人复核",
                "Proposed to ignore, a second person must agree",
            ),
        ),
        Decision::Agree(why) => (
            moved(CaseStatus::ForceClosed, &why),
            Message::new("已同意忽略，差错关闭", "Agreed, the case is closed"),
        ),
        Decision::Refuse(why) => (
            moved(CaseStatus::Rejected, &why),
            Message::new("已驳回", "Refused"),
        ),
        Decision::Reopen(why) => (
            moved(CaseStatus::Reopened, &why),
            Message::new("已重开", "Reopened"),
        ),
    }
}
