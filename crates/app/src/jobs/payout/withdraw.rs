//! Giving up a refund that was certainly not accepted: an event of its history, and the number stays the case's.

use super::told;
use crate::jobs::refund::withdraw;
use crate::{Failure, Message, NoticeText};
use recondesk_ports::{Ports, RefundRowId, StoreError};

/// Gives it up.
///
/// # Errors
/// When it may have been accepted, or is gone.
pub fn withdraw_refund(
    ports: &Ports,
    id: RefundRowId,
    why: &str,
    actor: &str,
) -> Result<NoticeText, Failure> {
    let record = ports.casework.refund(id)?;
    let record = record.ok_or_else(|| StoreError::Missing("refund".to_owned()))?;
    let record = withdraw(ports, record, why, actor)?;
    let (number, sum) = (record.out_refund_no, record.refund.amount.grouped());
    Ok(told(
        Message::new(
            format!("已撤回退款 ¥{sum}：{number}，没有发出"),
            format!("Refund of ¥{sum} is given up, nothing was sent ({number})"),
        ),
        Message::default(),
        false,
    ))
}
