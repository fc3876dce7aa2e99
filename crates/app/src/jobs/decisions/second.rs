//! What is said of a decision that a second person must agree to.

use crate::model::Decision;
use crate::{Failure, Message, Surface};
use recondesk_ports::{ApprovalId, CaseRef, Ports};

/// The words of a decision that waits for a second person now, with the way on, for each of these cases; nothing where
/// nobody was asked.
pub(in crate::jobs) fn asked_words(
    ports: &Ports,
    cases: &[CaseRef<'_>],
    decision: &Decision,
    surface: Surface,
) -> Result<Vec<Option<Message>>, Failure> {
    let nobody = vec![None; cases.len()];
    let Some((kind, done)) = question_of(decision) else {
        return Ok(nobody);
    };
    let subject = |case: &CaseRef<'_>| format!("{kind}/{}/{}", case.profile.0, case.key);
    let subjects: Vec<String> = cases.iter().map(subject).collect();
    let waiting = ports.casework.waiting_about(&subjects)?;
    if waiting.iter().all(Option::is_none) {
        return Ok(nobody);
    }
    let operators = ports.casework.operators()?;
    let has_operators = operators.iter().any(|known| known.removed_at.is_none());
    let words = |asked: Option<ApprovalId>| Some(way_on(&done, asked?, surface, has_operators));
    Ok(waiting.into_iter().map(words).collect())
}

/// What a decision asks a second person about, and what is said to be done by then.
fn question_of(decision: &Decision) -> Option<(&'static str, Message)> {
    match decision {
        Decision::Propose(_) => Some(("case", Message::new("已提请忽略", "Proposed to ignore"))),
        Decision::Resolve(_) => Some((
            "case",
            Message::new(
                "已提请标为已解决，尚未关闭",
                "Proposed as solved, not closed yet",
            ),
        )),
        Decision::Carry(_) => Some(("carry", Message::new("已挂账", "Carried"))),
        Decision::Take
        | Decision::HandOver(_)
        | Decision::Agree(_)
        | Decision::Refuse(_)
        | Decision::Reopen(_) => None,
    }
}

fn way_on(
    Message { zh, en }: &Message,
    ApprovalId(id): ApprovalId,
    surface: Surface,
    has_operators: bool,
) -> Message {
    match (surface, has_operators) {
        (Surface::Window, true) => Message::new(
            format!("{zh}，待另一人在“复核”里同意"),
            format!("{en}, another person must agree under Approvals"),
        ),
        (Surface::Window, false) => Message::new(
            format!("{zh}，待第二人复核；还没有操作人，先在“设置”里新增"),
            format!("{en}, a second person must agree; name operators in Settings first"),
        ),
        (Surface::Terminal, _) => terminal_words(zh, en, id, has_operators),
    }
}

/// The way on, on the terminal.
fn terminal_words(zh: &str, en: &str, id: i64, has_operators: bool) -> Message {
    if has_operators {
        return Message::new(
            format!("{zh}，待第二人复核：recondesk approve {id} --operator 姓名"),
            format!("{en}, a second person must agree: recondesk approve {id} --operator NAME"),
        );
    }
    Message::new(
        format!(
            "{zh}，待第二人复核。还没有操作人：先 recondesk operator add 新增，再由另一人 recondesk approve {id}"
        ),
        format!(
            "{en}, a second person must agree. There are no operators yet: add them with recondesk operator add, then another person runs recondesk approve {id}"
        ),
    )
}
