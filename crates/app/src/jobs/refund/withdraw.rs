//! Giving up a refund that was certainly not accepted (撤回退款). Its number stays the only one of the case.

use std::time::Duration;

use super::carry_on::{RefundPace, carry_on};
use crate::{Advice, Failure, FailureKind, Message};
use recondesk_casework::{RefundEvent, RefundStage};
use recondesk_ports::{CancelToken, Ports, RefundRecord, RefundStep, StoreError};

/// Gives it up, with the reason and the name of whoever does.
///
/// # Errors
/// When it may have been accepted, no reason is given, or the workspace fails.
pub fn withdraw(
    ports: &Ports,
    record: RefundRecord,
    why: &str,
    actor: &str,
) -> Result<RefundRecord, Failure> {
    let why = why.trim();
    if why.is_empty() {
        return Err(Failure::new(
            FailureKind::Usage,
            "refund.withdraw",
            Message::new("撤回要写原因", "Giving it up needs a reason"),
            Message::default(),
        ));
    }
    let mut record = record;
    if record.refund.stage == RefundStage::Listed {
        // The file may have been uploaded: WeChat Pay is asked first.
        let at_once = RefundPace {
            patience: Duration::ZERO,
            pause: &std::thread::sleep,
            cancel: &CancelToken::default(),
        };
        record = carry_on(ports, record, &at_once)?.record;
    }
    let step = RefundStep {
        event: RefundEvent::Withdraw,
        actor,
        at: ports.clock.now(),
        note: why,
        refund_id: "",
        facts: None,
    };
    match ports.casework.step_refund(record.id, &step) {
        Ok(record) => Ok(record),
        Err(StoreError::Forbidden(_)) => Err(Failure::new(
            FailureKind::Usage,
            "refund.withdraw",
            Message::new(
                format!(
                    "只有确定没有被受理的退款可以撤回，这笔{}",
                    record.refund.stage.zh()
                ),
                format!(
                    "Only a refund that was certainly not accepted can be given up; this one is {}",
                    record.refund.stage.en().to_lowercase()
                ),
            ),
            Advice::by_place(
                Message::new(
                    "先 recondesk refund resume 查明",
                    "Find out first: recondesk refund resume",
                ),
                Message::new("先点“继续查询”查明", "Ask again first"),
            ),
        )),
        Err(error) => Err(error.into()),
    }
}
