//! Taking a reissue back (撤回补发货): one that the shop refused or never heard of by one person, one that lies with the
//! shop only with a second person's agreement. Afterwards the case is open for a refund or another reissue.

use serde_json::json;

use super::of_case;
use crate::{Advice, Failure, FailureKind, Message};
use recondesk_casework::{ApprovalNeed, ReissueEvent, ReissueStage};
use recondesk_ports::{ApprovalRecord, Author, CaseRecord, Ports, ReissueRecord};

/// What came of the wish to take a reissue back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReissueWithdrawal {
    /// It is taken back.
    Done(ReissueRecord),
    /// A second person must agree first.
    Waits(ApprovalRecord),
}

/// Takes the reissue of a case back, or asks a second person for it.
///
/// # Errors
/// When none is under way, delivery is proven, no reason is given, or the workspace fails.
pub fn withdraw(
    ports: &Ports,
    case: &CaseRecord,
    person: &str,
    why: &str,
) -> Result<ReissueWithdrawal, Failure> {
    let why = why.trim();
    if why.is_empty() {
        return Err(usage(
            "reissue.reason",
            Message::new("撤回要写原因", "Taking it back needs a reason"),
        ));
    }
    let known = of_case(ports, case.profile, &case.key)?;
    let Some(known) = known.filter(|known| known.stage != ReissueStage::Withdrawn) else {
        return Err(usage(
            "reissue.none",
            Message::new(
                "这条差错没有进行中的补发货",
                "No reissue of this case is under way",
            ),
        ));
    };
    if known.stage == ReissueStage::Proven {
        return Err(usage(
            "reissue.proven",
            Message::new(
                "已证实发货，不能撤回",
                "Delivery is proven, it cannot be taken back",
            ),
        ));
    }
    let now = ports.clock.now();
    let operators = ports.casework.operators()?;
    let has_operators = operators
        .iter()
        .any(|operator| operator.removed_at.is_none());
    if known.stage.is_with_shop() && has_operators {
        let subject = format!("reissue/{}", known.id.0);
        let waiting = ports.casework.approvals(false)?;
        let asked = match waiting.into_iter().find(|one| one.subject == subject) {
            Some(asked) => asked,
            None => ports.casework.ask_approval(
                ApprovalNeed::Withdrawal,
                &subject,
                why,
                Author::new(person, now),
            )?,
        };
        return Ok(ReissueWithdrawal::Waits(asked));
    }
    let event = if known.stage.is_with_shop() {
        ReissueEvent::WithdrawApproved
    } else {
        ReissueEvent::Withdraw
    };
    let shown = json!({ "reason": why }).to_string();
    let by = Author::new(person, now);
    let record = ports.casework.step_reissue(known.id, event, by, &shown)?;
    Ok(ReissueWithdrawal::Done(record))
}

fn usage(code: &'static str, title: Message) -> Failure {
    Failure::new(
        FailureKind::Usage,
        code,
        title,
        Advice::by_place(
            Message::new(
                "recondesk cases show 差错 可看经过",
                "recondesk cases show CASE tells what happened",
            ),
            Message::new("在差错里看经过", "Its case tells what happened"),
        ),
    )
}
