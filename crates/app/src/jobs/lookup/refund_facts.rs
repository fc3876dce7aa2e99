//! The refunds of one order, each once, as the newest source tells it. Pure.

use super::collect::OrderRecord;
use super::money::{RefundSums, total};
use recondesk_casework::RefundStage;
use recondesk_domain::{BillRefundState, Fen};
use recondesk_ports::{Observation, ObservationSource};
use wechatpay_codec::v2::RefundState;

/// What became of a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RefundFate {
    /// Confirmed here, not sent.
    Ready,
    /// Sent from here and not taken over, for now: the same number can be sent again.
    Refused,
    Done,
    Going,
    Stuck,
    Failed,
}

/// One refund, as the newest source tells it.
pub(super) struct RefundFact {
    pub(super) out_refund_no: String,
    pub(super) refund_id: String,
    pub(super) transaction_id: String,
    pub(super) amount: Fen,
    pub(super) fate: RefundFate,
}

/// True for what is told of a refund that was made here and whose own record says more: one that is final, or a
/// notification of one that is not, which is a reason to ask and no answer.
fn is_settled_here(record: &OrderRecord, seen: &Observation) -> bool {
    let mut own = record.own_refunds.iter();
    let own = own.find(|own| {
        own.out_refund_no.as_str() == seen.out_refund_no
            || (!own.refund_id.is_empty() && own.refund_id == seen.refund_id)
    });
    own.is_some_and(|own| match own.refund.stage {
        // A bank may send back later what had arrived.
        RefundStage::Done => RefundState::parse(&seen.state) != RefundState::Abnormal,
        RefundStage::Closed => true,
        RefundStage::Listed
        | RefundStage::Sent
        | RefundStage::Unknown
        | RefundStage::Accepted
        | RefundStage::Abnormal
        | RefundStage::Confirmed => seen.source == ObservationSource::Notice,
        RefundStage::Drafted | RefundStage::Rejected | RefundStage::Withdrawn => false,
    })
}

/// The refunds of an order, each once.
pub(super) fn refunds(record: &OrderRecord, seen: &[&Observation]) -> Vec<RefundFact> {
    let mut out: Vec<RefundFact> = Vec::new();
    let mut put = |fact: RefundFact| {
        let same = |known: &&mut RefundFact| {
            (!fact.refund_id.is_empty() && known.refund_id == fact.refund_id)
                || (!fact.out_refund_no.is_empty() && known.out_refund_no == fact.out_refund_no)
        };
        match out.iter_mut().find(same) {
            Some(known) => *known = fact,
            None => out.push(fact),
        }
    };
    for own in &record.own_refunds {
        // What was sent from here counts before any bill has it, whatever came of the answer.
        let fate = match own.refund.stage {
            // What came to the merchant's own account is not with the customer.
            RefundStage::Done if own.refund.to_merchant => RefundFate::Stuck,
            RefundStage::Done => RefundFate::Done,
            RefundStage::Confirmed if own.refund.sends == 0 => RefundFate::Ready,
            RefundStage::Confirmed => RefundFate::Refused,
            RefundStage::Listed
            | RefundStage::Sent
            | RefundStage::Unknown
            | RefundStage::Accepted => RefundFate::Going,
            RefundStage::Abnormal => RefundFate::Stuck,
            RefundStage::Closed => RefundFate::Failed,
            RefundStage::Drafted | RefundStage::Rejected | RefundStage::Withdrawn => continue,
        };
        put(RefundFact {
            out_refund_no: own.out_refund_no.to_string(),
            refund_id: own.refund_id.clone(),
            transaction_id: String::new(),
            amount: own.refund.amount,
            fate,
        });
    }
    for kept in record.refunds.iter().filter(|kept| !kept.superseded) {
        let row = &kept.row;
        put(RefundFact {
            out_refund_no: row.out_refund_no.to_string(),
            refund_id: row.refund_id.to_string(),
            transaction_id: row.transaction_id.to_string(),
            amount: row.amount,
            fate: match row.state {
                BillRefundState::Success => RefundFate::Done,
                BillRefundState::Processing | BillRefundState::Unknown => RefundFate::Going,
                BillRefundState::Fail => RefundFate::Failed,
                BillRefundState::Change => RefundFate::Stuck,
            },
        });
    }
    for seen in seen {
        let is_refund = !seen.refund_id.is_empty() || !seen.out_refund_no.is_empty();
        let Some(amount) = seen.amount.filter(|_| is_refund) else {
            continue;
        };
        if is_settled_here(record, seen) {
            continue;
        }
        let fate = match RefundState::parse(&seen.state) {
            RefundState::Success => RefundFate::Done,
            RefundState::Closed => RefundFate::Failed,
            RefundState::Processing | RefundState::Unknown(_) => RefundFate::Going,
            RefundState::Abnormal => RefundFate::Stuck,
        };
        put(RefundFact {
            out_refund_no: seen.out_refund_no.clone(),
            refund_id: seen.refund_id.clone(),
            transaction_id: seen.transaction_id.clone(),
            amount,
            fate,
        });
    }
    out
}

pub(super) fn sums(refunds: &[RefundFact]) -> RefundSums {
    let of = |fate: RefundFate| {
        let those = refunds.iter().filter(|one| one.fate == fate);
        total(those.map(|one| one.amount))
    };
    RefundSums {
        done: of(RefundFate::Done),
        going: of(RefundFate::Going),
        ready: of(RefundFate::Ready),
        refused: of(RefundFate::Refused),
        stuck: of(RefundFate::Stuck),
        failed: of(RefundFate::Failed),
    }
}

/// What went back, is on its way, or has left the merchant's account for it.
pub(super) fn accepted(refunds: &[RefundFact]) -> Fen {
    let moving = refunds.iter().filter(|one| one.fate != RefundFate::Failed);
    total(moving.map(|one| one.amount))
}
