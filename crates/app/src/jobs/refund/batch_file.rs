//! The platform's own batch file (申请批量退款): for merchants who keep no certificate here.
//!
//! One line an order, commas between, no heading: `out_trade_no,yuan,reason,out_refund_no`, at most ten
//! thousand. The platform's page asks for commas of ASCII alone and advises to give the refund number, so that
//! a file sent twice refunds once. The order of the fields is as users of that page write it; no document of
//! the platform could be read. What was written into a file is asked about by its number, and is never sent
//! from here as well.

use std::fmt::Write as _;

use crate::{Failure, FailureKind, Message};
use recondesk_casework::{Approval, RefundEvent, RefundStage};
use recondesk_ports::{Author, Ports, RefundRecord, RefundStep, StoreError};

/// The platform takes at most so many lines.
pub const MOST_LINES: usize = 10_000;

/// Enters that these refunds stand in a file, and gives the text of the file. From here on
/// they are asked about alone. Whoever loses the file names them again and gets the same lines.
///
/// # Errors
/// When the list is empty or too long for one file; when the merchant is read-only, or the workspace fails.
pub fn batch_file(ports: &Ports, records: &[RefundRecord], actor: &str) -> Result<String, Failure> {
    for record in records {
        crate::jobs::reissue::writable(&super::profile_of(ports, record.draft.profile)?)?;
    }
    // Nothing is sent while a refund goes from one way out to the other.
    let _right = ports.writers.enter_payout(super::carry_on::PATIENCE)?;
    let records = &with_second_person(ports, records, actor)?;
    let text = text(records)?;
    for record in records {
        let step = RefundStep {
            event: RefundEvent::List,
            actor,
            at: ports.clock.now(),
            note: "written into a batch file",
            refund_id: "",
            facts: None,
        };
        ports.casework.step_refund(record.id, &step)?;
    }
    Ok(text)
}

/// The refunds as they are once a second person was asked where this file makes that necessary: above the limit, or
/// more at once than one person may let out.
fn with_second_person(
    ports: &Ports,
    records: &[RefundRecord],
    actor: &str,
) -> Result<Vec<RefundRecord>, Failure> {
    let together = u32::try_from(records.len()).unwrap_or(u32::MAX);
    let by = Author {
        name: actor,
        at: ports.clock.now(),
    };
    let mut out = Vec::with_capacity(records.len());
    for record in records {
        let here = ports.casework.refund(record.id)?;
        let here = here.ok_or_else(|| StoreError::Missing("refund".to_owned()))?;
        if is_unsent(&here) {
            out.push(ports.casework.require_second(here.id, together, by)?);
        } else {
            out.push(here);
        }
    }
    let waiting = out
        .iter()
        .filter(|record| is_unsent(record) && record.refund.approval == Approval::Awaited);
    let waiting: Vec<_> = waiting
        .filter_map(|record| record.approval.as_ref())
        .collect();
    let (Some(first), Some(last)) = (waiting.first(), waiting.last()) else {
        return Ok(out);
    };
    let (count, first, last) = (waiting.len(), first.id.0, last.id.0);
    Err(Failure::new(
        FailureKind::Usage,
        "refund.batch",
        Message::new(
            format!("{count} 笔退款先要另一人复核，文件没有写出"),
            format!("A second person must agree to {count} refunds first; no file was written"),
        ),
        Message::new(
            format!(
                "recondesk approve --operator 姓名 列出并复核（第 {first}–{last} 号），再写一次文件"
            ),
            format!(
                "recondesk approve --operator NAME lists them (numbers {first}–{last}); then write the file again"
            ),
        ),
    ))
}

fn is_unsent(record: &RefundRecord) -> bool {
    let unsent = matches!(
        record.refund.stage,
        RefundStage::Drafted | RefundStage::Confirmed | RefundStage::Listed
    );
    unsent && record.refund.sends == 0
}

/// The text of the file.
///
/// # Errors
/// When there is nothing to refund, too much of it, or a refund waits for a second person or was sent already.
fn text(records: &[RefundRecord]) -> Result<String, Failure> {
    if records.is_empty() || records.len() > MOST_LINES {
        return Err(refused(
            Message::new(
                format!("一个文件要有 1 到 {MOST_LINES} 笔退款"),
                format!("A file has 1 to {MOST_LINES} refunds"),
            ),
            String::new(),
        ));
    }
    let mut out = String::new();
    for record in records {
        let agreed = matches!(
            record.refund.approval,
            Approval::NotNeeded | Approval::Given
        );
        if !is_unsent(record) {
            return Err(refused(
                Message::new(
                    "已经发送过的退款不能再写进批量文件",
                    "A refund that was sent does not go into a batch file",
                ),
                record.out_refund_no.to_string(),
            ));
        }
        if !agreed {
            return Err(refused(
                Message::new(
                    "这笔退款还没有复核",
                    "A second person has not agreed to this refund yet",
                ),
                record.out_refund_no.to_string(),
            ));
        }
        let reason = cell(&record.draft.reason);
        let _written = write!(
            out,
            "{},{},{reason},{}\r\n",
            record.draft.out_trade_no, record.refund.amount, record.out_refund_no
        );
    }
    Ok(out)
}

fn refused(title: Message, detail: String) -> Failure {
    Failure::new(
        FailureKind::Usage,
        "refund.batch",
        title,
        Message::new(
            "recondesk refund list 查看状态",
            "recondesk refund list shows where they stand",
        ),
    )
    .with_detail(detail)
}

/// A reason as a cell of the file: no comma, no line end, and nothing by which a spreadsheet takes it for a formula.
fn cell(reason: &str) -> String {
    let shown = reason.trim_start().chars().enumerate();
    let signs = shown.map(|(at, sign)| match (at, sign) {
        (_, ',') => '，',
        (0, '=') => '＝',
        (0, '+') => '＋',
        (0, '-') => '－',
        (0, '@') => '＠',
        (_, sign) if sign.is_control() => ' ',
        (_, sign) => sign,
    });
    signs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_one_cell_and_no_formula() {
        assert_eq!(cell("缺货,退款\n谢谢"), "缺货，退款 谢谢");
        assert_eq!(cell("=1+1"), "＝1+1");
        assert_eq!(cell("\t=1+1"), "＝1+1");
        assert_eq!(cell("-1"), "－1");
        assert_eq!(cell("@a"), "＠a");
    }
}
