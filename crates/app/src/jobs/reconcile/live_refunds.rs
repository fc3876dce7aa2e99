//! What WeChat Pay has said of refunds since their bill was made (rule X8): notifications, and answers
//! that a person kept. A bill's own state is evidence of its day only.

use std::collections::{BTreeMap, BTreeSet};

use crate::Failure;
use recondesk_casework::RefundStage;
use recondesk_domain::{BillDate, OutRefundNo, OutTradeNo, ProfileId, TransactionId};
use recondesk_ports::{Ports, RefundQuery, RefundWord};
use recondesk_reconcile::{Evidence, LiveRefund, LiveRefundState, ReconcileError};
use wechatpay_codec::v2::RefundState;

/// The state of each refund that the result of the day may rest on, in order of their numbers.
///
/// Of a refund that simply succeeded nothing changes, unless the bill of the day calls it otherwise;
/// such ones are left out, so that the run of an old day stays the same run.
///
/// # Errors
/// When the workspace cannot be read.
pub(super) fn live_refunds(
    ports: &Ports,
    id: ProfileId,
    day: BillDate,
) -> Result<Vec<LiveRefund>, Failure> {
    let latest = latest(&ports.records.refund_words(id)?);
    if latest.is_empty() {
        return Ok(Vec::new());
    }
    let evidence = ports.books.evidence(id)?;
    let of_day = numbers_of_day(evidence.as_ref(), day)?;
    let unbilled = unbilled(evidence.as_ref(), day, &latest)?;
    let telling = |live: &LiveRefund| {
        live.state != LiveRefundState::Success
            || of_day.contains(&live.out_refund_no)
            || unbilled.contains(&live.out_refund_no)
    };
    Ok(latest.into_values().filter(telling).collect())
}

/// Refunds of payments of the day that no bill up to the day has.
fn unbilled(
    evidence: &dyn Evidence,
    day: BillDate,
    latest: &BTreeMap<OutRefundNo, LiveRefund>,
) -> Result<BTreeSet<OutRefundNo>, Failure> {
    let told = latest.values().filter(|live| !live.out_trade_no.is_empty());
    let orders: BTreeSet<OutTradeNo> = told.map(|live| live.out_trade_no).collect();
    let orders: Vec<OutTradeNo> = orders.into_iter().collect();
    let paid = evidence.pays_by_number(&orders, day);
    let paid: BTreeSet<OutTradeNo> = paid
        .map_err(ReconcileError::from)?
        .into_iter()
        .filter(|(bill, _)| *bill == day)
        .map(|(_, pay)| pay.out_trade_no)
        .collect();
    let numbers: Vec<OutTradeNo> = paid.iter().copied().collect();
    let billed = evidence.refunds_of_orders(&numbers, day);
    let billed: BTreeSet<OutRefundNo> = billed
        .map_err(ReconcileError::from)?
        .into_iter()
        .map(|(_, refund)| refund.out_refund_no)
        .collect();
    let of_day = latest
        .values()
        .filter(|live| paid.contains(&live.out_trade_no) && !billed.contains(&live.out_refund_no));
    Ok(of_day.map(|live| live.out_refund_no).collect())
}

/// The last word on each refund. Messages arrive in any order: a final state is never taken back by
/// one that is not.
fn latest(words: &[RefundWord]) -> BTreeMap<OutRefundNo, LiveRefund> {
    let mut out = BTreeMap::<OutRefundNo, LiveRefund>::new();
    for word in words {
        let state = match RefundState::parse(&word.state) {
            RefundState::Success => LiveRefundState::Success,
            RefundState::Closed => LiveRefundState::Closed,
            RefundState::Processing => LiveRefundState::Processing,
            RefundState::Abnormal => LiveRefundState::Abnormal,
            RefundState::Unknown(_) => continue,
        };
        let Some(number) = OutRefundNo::new(&word.out_refund_no) else {
            continue;
        };
        let held = out
            .entry(number)
            .or_insert_with(|| LiveRefund::new(number, state));
        if finality(state) >= finality(held.state) {
            held.state = state;
        }
        // A later word may say less than an earlier one.
        if let Some(order) = OutTradeNo::new(&word.out_trade_no).filter(|no| !no.is_empty()) {
            held.out_trade_no = order;
        }
        if let Some(paid) = TransactionId::new(&word.transaction_id).filter(|no| !no.is_empty()) {
            held.transaction_id = paid;
        }
        held.amount = word.amount.or(held.amount);
    }
    out
}

const fn finality(state: LiveRefundState) -> u8 {
    match state {
        LiveRefundState::Processing => 0,
        LiveRefundState::Abnormal => 1,
        LiveRefundState::Success | LiveRefundState::Closed => 2,
    }
}

/// Refunds of the day's bill that were sent from here.
pub(super) fn own_refunds(
    ports: &Ports,
    id: ProfileId,
    day: BillDate,
) -> Result<BTreeSet<OutRefundNo>, Failure> {
    let sent = ports.casework.refunds(&RefundQuery {
        profile: Some(id),
        ..RefundQuery::default()
    })?;
    let sent: BTreeSet<OutRefundNo> = sent
        .iter()
        .filter(|record| record.refund.sends > 0 || record.refund.stage == RefundStage::Listed)
        .map(|record| record.out_refund_no)
        .collect();
    if sent.is_empty() {
        return Ok(sent);
    }
    let evidence = ports.books.evidence(id)?;
    let of_day = numbers_of_day(evidence.as_ref(), day)?;
    Ok(sent.intersection(&of_day).copied().collect())
}

fn numbers_of_day(
    evidence: &dyn Evidence,
    day: BillDate,
) -> Result<BTreeSet<OutRefundNo>, Failure> {
    let rows = evidence.refunds(day).map_err(ReconcileError::from)?;
    rows.map(|row| Ok(row.map_err(ReconcileError::from)?.out_refund_no))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(said: &[(&str, &str)]) -> Vec<RefundWord> {
        let word = |&(number, state): &(&str, &str)| RefundWord {
            out_refund_no: number.to_owned(),
            state: state.to_owned(),
            out_trade_no: String::new(),
            transaction_id: String::new(),
            amount: None,
        };
        said.iter().map(word).collect()
    }

    #[test]
    fn the_last_word_holds_and_a_final_one_is_never_taken_back() {
        let said = words(&[
            ("a", "PROCESSING"),
            ("a", "CHANGE"),
            ("b", "REFUNDCLOSE"),
            ("b", "PROCESSING"),
            ("c", "CHANGE"),
            ("c", "SUCCESS"),
            ("d", "NEWLY_INVENTED"),
        ]);

        let told: Vec<(String, LiveRefundState)> = latest(&said)
            .into_iter()
            .map(|(number, live)| (number.as_str().to_owned(), live.state))
            .collect();

        assert_eq!(
            told,
            [
                ("a".to_owned(), LiveRefundState::Abnormal),
                ("b".to_owned(), LiveRefundState::Closed),
                ("c".to_owned(), LiveRefundState::Success),
            ]
        );
    }
}
