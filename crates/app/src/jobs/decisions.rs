//! What a person decides about a case, as steps of its workflow; the store judges and keeps them.

mod overtaken;
mod second;
mod withdrawn;

pub(super) use self::second::asked_words;
pub(super) use self::withdrawn::{OpenQuestions, beside};
use crate::model::{Decision, UndoOffer};
use crate::{Failure, FailureKind, Message, Surface};
use recondesk_casework::{PastStep, undo};
use recondesk_domain::CaseStatus;
use recondesk_ports::{
    AttachmentRecord, Author, CaseRecord, CaseRef, CaseStep, CaseStepKind, Ports, StoreError,
};
use sha2::{Digest as _, Sha256};

/// Largest file on a case.
pub const MOST_ATTACHED_BYTES: usize = 16 << 20;

/// A decision that was carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// What was done, in a sentence for the window.
    pub said: Message,
    /// True where a second person must agree to it now.
    pub waits: bool,
}

/// Decides about the case with that key, at the window.
///
/// # Errors
/// [`Failure`] when the case is gone or its workflow does not allow this; nothing is stored then.
pub fn decide(
    ports: &Ports,
    case: CaseRef<'_>,
    decision: Decision,
    person: &str,
) -> Result<Decided, Failure> {
    carry_out(ports, case, decision, person, None)
}

/// The same by a person who has seen the changes of cases up to `seen`: what others changed since refuses it.
///
/// # Errors
/// As [`decide`].
pub fn decide_having_seen(
    ports: &Ports,
    case: CaseRef<'_>,
    decision: Decision,
    person: &str,
    seen: i64,
) -> Result<Decided, Failure> {
    carry_out(ports, case, decision, person, Some(seen))
}

fn carry_out(
    ports: &Ports,
    case: CaseRef<'_>,
    decision: Decision,
    person: &str,
    seen: Option<i64>,
) -> Result<Decided, Failure> {
    let record = find(ports, case)?;
    check_owner(ports, &decision)?;
    let open = OpenQuestions::about(ports, &[&record])?;
    let asked_for = decision.clone();
    let (mut steps, said) = steps(decision, Author::new(person, ports.clock.now()), 1);
    for step in &mut steps {
        step.seen = seen;
    }
    let stored = ports.records.step_case_all(record.id, &steps);
    stored.map_err(|error| refusal(error, &steps))?;
    let withdrawn = open.withdrawn(ports)?.pop().flatten();
    let asked = asked_about(ports, case, &asked_for, Surface::Window)?;
    Ok(Decided {
        waits: asked.is_some(),
        said: beside(asked.unwrap_or(said), withdrawn),
    })
}

/// Why these steps were not taken.
pub(super) fn refusal(error: StoreError, steps: &[CaseStep]) -> Failure {
    match error {
        StoreError::Overtaken(others) => overtaken::overtaken(&others, steps),
        error => error.into(),
    }
}

/// The words of a decision about one case that waits for a second person now.
fn asked_about(
    ports: &Ports,
    case: CaseRef<'_>,
    decision: &Decision,
    surface: Surface,
) -> Result<Option<Message>, Failure> {
    Ok(asked_words(ports, &[case], decision, surface)?
        .pop()
        .flatten())
}

/// Where operators are named, a case is handed to one of them alone; a slip of the pen must not lose it.
pub(super) fn check_owner(ports: &Ports, decision: &Decision) -> Result<(), Failure> {
    let Decision::HandOver(name) = decision else {
        return Ok(());
    };
    let operators = ports.casework.operators()?;
    let names: Vec<&str> = operators
        .iter()
        .filter(|known| known.removed_at.is_none())
        .map(|known| known.name.as_str())
        .collect();
    if names.is_empty() || names.contains(&name.trim()) {
        return Ok(());
    }
    Err(Failure::new(
        FailureKind::Usage,
        "workspace.forbidden",
        Message::new(
            format!("没有叫“{name}”的操作人"),
            format!("There is no operator {name}"),
        ),
        Message::new(
            format!("可选：{}", names.join("、")),
            format!("There are: {}", names.join(", ")),
        ),
    ))
}

/// What is decided about a case at once.
#[derive(Debug, Clone)]
pub struct DecisionsOfCase {
    /// One after the other.
    pub decisions: Vec<Decision>,
    /// A note beside them.
    pub note: Option<String>,
    /// How many cases are decided together.
    pub together: u32,
}

/// Decides several things about a case at once, with a note: all of it or nothing is stored. Where a second person
/// must agree, or is not asked any more, that comes back.
///
/// # Errors
/// As [`decide`].
pub fn decide_all(
    ports: &Ports,
    case: CaseRef<'_>,
    decided: DecisionsOfCase,
    person: &str,
) -> Result<DecidedTogether, Failure> {
    let DecisionsOfCase {
        decisions,
        note,
        together,
    } = decided;
    let record = find(ports, case)?;
    let open = OpenQuestions::about(ports, &[&record])?;
    let author = Author::new(person, ports.clock.now());
    for decision in &decisions {
        check_owner(ports, decision)?;
    }
    let last = decisions.last().cloned();
    let mut all: Vec<CaseStep> = decisions
        .into_iter()
        .flat_map(|decision| steps(decision, author, together).0)
        .collect();
    all.extend(note.map(|text| note_step(text, author)));
    ports.records.step_case_all(record.id, &all)?;
    let withdrawn = open.withdrawn(ports)?.pop().flatten();
    let asked = match last {
        Some(last) => asked_about(ports, case, &last, Surface::Terminal)?,
        None => None,
    };
    Ok(DecidedTogether { asked, withdrawn })
}

/// What is told beside several decisions that were carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecidedTogether {
    /// That a second person must agree now.
    pub asked: Option<Message>,
    /// That a question to a second person was taken back.
    pub withdrawn: Option<Message>,
}

/// Writes a note to the case with that key.
///
/// # Errors
/// [`Failure`] when the case is gone.
pub fn note(ports: &Ports, case: CaseRef<'_>, text: String, person: &str) -> Result<(), Failure> {
    let step = note_step(text, Author::new(person, ports.clock.now()));
    ports.records.step_case(find(ports, case)?.id, &step)?;
    Ok(())
}

pub(super) fn note_step(text: String, Author { name: person, at }: Author<'_>) -> CaseStep {
    CaseStep {
        kind: CaseStepKind::Note,
        actor: person.to_owned(),
        text,
        at,
        together: 1,
        seen: None,
    }
}

/// Takes back the last decision of this person about the case with that key.
///
/// # Errors
/// When the case is gone, or the decision is of somebody else, overtaken, or settled.
pub fn take_back(
    ports: &Ports,
    case: CaseRef<'_>,
    why: &str,
    person: &str,
) -> Result<Message, Failure> {
    let (step, said) = undo_step(why, Author::new(person, ports.clock.now()));
    ports.records.step_case(find(ports, case)?.id, &step)?;
    Ok(said)
}

pub(super) fn undo_step(why: &str, Author { name: person, at }: Author<'_>) -> (CaseStep, Message) {
    let step = CaseStep {
        kind: CaseStepKind::Undo,
        actor: person.to_owned(),
        text: why.trim().to_owned(),
        at,
        together: 1,
        seen: None,
    };
    (step, Message::new("已撤销", "Taken back"))
}

/// What taking back would lead to, while this person may do it; nothing else is changed by asking.
///
/// # Errors
/// When the case is gone.
pub fn undo_offer(
    ports: &Ports,
    CaseRef { profile, key }: CaseRef<'_>,
    person: &str,
) -> Result<Option<UndoOffer>, Failure> {
    let case = ports.records.case(profile, key)?;
    let case = case.ok_or_else(|| StoreError::Missing("case".to_owned()))?;
    let past: Option<Vec<PastStep>> = ports
        .records
        .case_events(case.id)?
        .iter()
        .map(recondesk_ports::CaseEvent::past_step)
        .collect();
    let Some(Ok(before)) = past.map(|past| undo(&past, person)) else {
        return Ok(None);
    };
    // Whoever was asked to agree, and money or goods under way, keep a decision from being taken back.
    let asked = [
        format!("case/{}/{key}", profile.0),
        format!("carry/{}/{key}", profile.0),
    ];
    let waits = ports.casework.waiting_about(&asked)?;
    let operators = ports.casework.operators()?;
    let has_operators = operators.iter().any(|known| known.removed_at.is_none());
    let is_asked = has_operators && waits.iter().any(Option::is_some);
    let order = case.finding.out_trade_no.as_str();
    if is_asked || !ports.casework.outcomes(profile, key, order)?.is_empty() {
        return Ok(None);
    }
    Ok(Some(UndoOffer {
        status: before.status,
        owner: before.owner,
    }))
}

/// Hangs files on the case with that key, all of them or none; the same bytes twice are one file.
///
/// # Errors
/// When a file is empty or too large, or the case is gone.
pub fn attach_files(
    ports: &Ports,
    CaseRef { profile, key }: CaseRef<'_>,
    files: Vec<(String, Vec<u8>)>,
    person: &str,
) -> Result<(), Failure> {
    let unfit = |bytes: &[u8]| bytes.is_empty() || bytes.len() > MOST_ATTACHED_BYTES;
    if let Some((name, _)) = files.iter().find(|(_, bytes)| unfit(bytes)) {
        return Err(Failure::new(
            FailureKind::RefusedInput,
            "case.attachment",
            Message::new(
                "附件不能是空文件，也不能超过 16 MiB",
                "An attachment is not empty and at most 16 MiB",
            ),
            Message::default(),
        )
        .with_detail(name.as_str()));
    }
    for (name, bytes) in files {
        let file = AttachmentRecord {
            at: ports.clock.now(),
            actor: person.to_owned(),
            name,
            sha256: Sha256::digest(&bytes).into(),
            bytes,
        };
        ports.casework.attach(profile, key, &file)?;
    }
    Ok(())
}

fn find(ports: &Ports, CaseRef { profile, key }: CaseRef<'_>) -> Result<CaseRecord, StoreError> {
    let case = ports.records.case(profile, key)?;
    case.ok_or_else(|| StoreError::Missing("case".to_owned()))
}

/// The steps of a decision by that person at that instant, and what is said when they are done.
pub(super) fn steps(
    decision: Decision,
    Author { name: person, at }: Author<'_>,
    together: u32,
) -> (Vec<CaseStep>, Message) {
    let step = |kind, text: &str| CaseStep {
        kind,
        actor: person.to_owned(),
        text: text.trim().to_owned(),
        at,
        together,
        seen: None,
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
