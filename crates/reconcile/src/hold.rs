//! The pass that looks once more at every finding whose step gives money or goods away, with all that is known of its order.
//!
//! Money is proposed to leave only where enough of it is left at WeChat Pay and the merchant is not giving the same money
//! back already; goods only where they are paid for and not being refunded. What may not be done is kept back
//! ([`Tag::Hold`]): its category stands, its step becomes a review.

use std::collections::BTreeMap;

use recondesk_domain::{
    Category, Fen, Finding, MOrder, MRefund, MchId, OutRefundNo, OutTradeNo, RefundStatus,
    SuggestedAction, Tag, WRefund,
};

use super::archive_facts::{ArchiveFacts, ArchivedOrder, Today, archive_facts};
use super::context::Context;
use super::match_archive::CHUNK;
use super::refunds::is_accepted;
use super::run::Run;
use super::{LiveRefundState, ReconcileError};

/// Keeps back the steps that the money does not allow.
pub(super) fn hold_back(context: &Context<'_>, run: &mut Run<'_>) -> Result<(), ReconcileError> {
    let evidence = context.evidence;
    // Without any word on refunds only a refund that failed can ask for money.
    let has_refunds = evidence.has_refund_rows()
        || context.has_refund_totals
        || !context.live.is_empty()
        || run.watch.has_asked_refunds;
    let findings = run.ledger.findings_mut();
    let kept = kept_payments(findings)?;
    let places: Vec<usize> = findings
        .iter()
        .enumerate()
        .filter(|(_, finding)| gives(finding.action()) || is_untimed_total(finding))
        .filter(|(_, finding)| !finding.out_trade_no.is_empty())
        .filter(|(_, finding)| has_refunds || finding.category == Category::RefundClosed)
        .map(|(at, _)| at)
        .collect();
    for chunk in places.chunks(CHUNK) {
        let places: Vec<OrderPlace> = chunk
            .iter()
            .filter_map(|&at| findings.get(at).map(place_of))
            .collect();
        let positions = Positions::read(context, &places)?;
        for &at in chunk {
            let Some(finding) = findings.get_mut(at) else {
                continue;
            };
            let kept = kept.get(&place_of(finding)).copied();
            if let Some(why) = positions.against(finding, kept.unwrap_or(Fen::ZERO))? {
                finding.tags.push(Tag::Hold);
                let facts = format!("{} {why}", finding.detail);
                facts.trim_start().clone_into(&mut finding.detail);
            }
        }
    }
    Ok(())
}

const fn gives(action: SuggestedAction) -> bool {
    action.moves_money() || action.delivers()
}

/// True for a running total of refunds that waits for its bill: above what was paid it is nothing to wait for.
fn is_untimed_total(finding: &Finding) -> bool {
    finding.category == Category::RefundPendingM && finding.out_refund_no.is_empty()
}

/// What is kept of several payments of one number.
fn kept_payments(findings: &[Finding]) -> Result<BTreeMap<OrderPlace, Fen>, ReconcileError> {
    let mut out = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.is_kept()) {
        let sum = out.entry(place_of(finding)).or_insert(Fen::ZERO);
        let paid = finding.bill.unwrap_or(Fen::ZERO);
        *sum = sum.checked_add(paid).ok_or(ReconcileError::Overflow)?;
    }
    Ok(out)
}

/// An order: its number and its sub-merchant.
type OrderPlace = (OutTradeNo, MchId);

const fn place_of(finding: &Finding) -> OrderPlace {
    (finding.out_trade_no, finding.sub_mch_id)
}

/// The money of some orders in both books.
struct Positions {
    facts: ArchiveFacts,
    /// Refunds of the merchant that are no row of a bill, by order.
    claims: BTreeMap<OrderPlace, Vec<RefundClaim>>,
    /// What WeChat Pay has of an order: paid, less what went back.
    left: BTreeMap<OrderPlace, Fen>,
    has_refund_rows: bool,
}

/// A refund that the merchant made or is making and no bill has.
#[derive(Clone, Copy)]
struct RefundClaim {
    number: OutRefundNo,
    amount: Fen,
}

impl Positions {
    fn read(context: &Context<'_>, places: &[OrderPlace]) -> Result<Self, ReconcileError> {
        let numbers: Vec<OutTradeNo> = places.iter().map(|place| place.0).collect();
        let facts = archive_facts(context, &numbers, Today::Asked)?;
        let has_refund_rows = context.evidence.has_refund_rows();
        let mut own = BTreeMap::<OutTradeNo, Vec<MRefund>>::new();
        if has_refund_rows {
            for m in context.evidence.merchant_refunds_of_orders(&numbers)? {
                own.entry(m.out_trade_no).or_default().push(m);
            }
        }
        let (mut claims, mut left) = (BTreeMap::new(), BTreeMap::new());
        for place in places {
            let Some(known) = facts.of(&place.0, &place.1) else {
                continue;
            };
            let mine = own.get(&place.0).map_or(&[][..], Vec::as_slice);
            let mut claimed = if has_refund_rows {
                unbilled(context, known, mine)
            } else {
                beyond_the_bills(context, known)?
            };
            if has_refund_rows && mine.is_empty() {
                claimed.extend(asked_without_sum(context, known)?);
            }
            let rest = known.paid().unwrap_or(Fen::ZERO);
            let rest = rest.checked_sub(known.accepted(context)?);
            left.insert(*place, rest.ok_or(ReconcileError::Overflow)?);
            claims.insert(*place, claimed);
        }
        Ok(Self {
            facts,
            claims,
            left,
            has_refund_rows,
        })
    }

    /// Why the step of a finding may not be taken; `None` where it may.
    fn against(&self, finding: &Finding, kept: Fen) -> Result<Option<String>, ReconcileError> {
        let place = &place_of(finding);
        let left = self.left.get(place).copied().unwrap_or(Fen::ZERO);
        let claims = self.claims.get(place).map_or(&[][..], Vec::as_slice);
        let is_refund = matches!(
            finding.action(),
            SuggestedAction::SubmitRefund | SuggestedAction::RefundAgain
        );
        let others = claims
            .iter()
            .filter(|claim| !is_refund || claim.number != finding.out_refund_no)
            .try_fold(Fen::ZERO, |sum, claim| sum.checked_add(claim.amount))
            .ok_or(ReconcileError::Overflow)?;
        let free = left.checked_sub(others).ok_or(ReconcileError::Overflow)?;
        let is_held = if is_untimed_total(finding) {
            left > Fen::ZERO && left < self.needed(finding)?
        } else if is_refund {
            let is_suggested =
                finding.category == Category::MOnlyRefund && finding.tags.contains(&Tag::Suggested);
            is_suggested || free < self.needed(finding)? || free <= Fen::ZERO
        } else if finding.action() == SuggestedAction::RefundExtra {
            let surplus = finding.bill.unwrap_or(Fen::ZERO).checked_add(kept);
            free < surplus.ok_or(ReconcileError::Overflow)?
        } else {
            free <= Fen::ZERO
        };
        let why = || format!("left={} merchant_refunds={}", left.get(), others.get());
        Ok(is_held.then(why))
    }

    /// How much would leave.
    fn needed(&self, finding: &Finding) -> Result<Fen, ReconcileError> {
        let booked = finding.merchant.unwrap_or(Fen::ZERO);
        if self.has_refund_rows {
            return Ok(booked);
        }
        // The merchant's total has in it what the bills have already.
        let billed = finding.bill.unwrap_or(Fen::ZERO);
        let heard = self.facts.of(&finding.out_trade_no, &finding.sub_mch_id);
        let heard = heard.map_or(Fen::ZERO, ArchivedOrder::heard);
        let known = billed.checked_add(heard);
        known
            .and_then(|known| booked.checked_sub(known))
            .ok_or(ReconcileError::Overflow)
    }
}

/// The merchant's refunds that no row of a bill is: by number, then one row of equal amount each.
fn unbilled(context: &Context<'_>, facts: &ArchivedOrder, own: &[MRefund]) -> Vec<RefundClaim> {
    let standing = |m: &&MRefund| {
        let said = context.live.get(&m.out_refund_no).map(|live| live.state);
        matches!(m.status, RefundStatus::Success | RefundStatus::Processing)
            && !matches!(said, Some(LiveRefundState::Closed))
    };
    let heard = |m: &MRefund| context.live.contains_key(&m.out_refund_no) && facts.hears(m);
    let is_row = |m: &MRefund, w: &WRefund| {
        w.out_refund_no == m.out_refund_no
            || (!m.refund_id.is_empty() && w.refund_id == m.refund_id)
    };
    let mut free: Vec<&WRefund> = facts
        .history
        .iter()
        .map(|(_, w)| w)
        .filter(|w| is_accepted(context, w) && !own.iter().any(|m| is_row(m, w)))
        .collect();
    let mut out = Vec::new();
    for m in own.iter().filter(standing) {
        if heard(m) {
            continue;
        }
        let mut rows = facts.history.iter().map(|(_, w)| w);
        if let Some(w) = rows.find(|w| is_row(m, w)) {
            // A refund that failed, or gave back less than the merchant booked, is still to be made.
            let back = if is_accepted(context, w) {
                w.amount
            } else {
                Fen::ZERO
            };
            let rest = m.amount.checked_sub(back).unwrap_or(Fen::ZERO);
            if rest > Fen::ZERO {
                out.push(RefundClaim {
                    number: m.out_refund_no,
                    amount: rest,
                });
            }
            continue;
        }
        if let Some(at) = free.iter().position(|w| w.amount == m.amount) {
            free.remove(at);
            continue;
        }
        out.push(RefundClaim {
            number: m.out_refund_no,
            amount: m.amount,
        });
    }
    out
}

/// What the merchant's running total has beyond the bills.
fn beyond_the_bills(
    context: &Context<'_>,
    facts: &ArchivedOrder,
) -> Result<Vec<RefundClaim>, ReconcileError> {
    let Some(m) = &facts.order else {
        return Ok(Vec::new());
    };
    if m.is_refund_unsized() {
        let asked = asked_without_sum(context, facts)?;
        return Ok(asked.into_iter().collect());
    }
    let accepted = facts.accepted(context)?;
    let total = m.claimed_refund();
    let beyond = total
        .unwrap_or(Fen::ZERO)
        .checked_sub(accepted)
        .ok_or(ReconcileError::Overflow)?;
    let claim = RefundClaim {
        number: m.refund_no,
        amount: beyond,
    };
    Ok((beyond > Fen::ZERO).then_some(claim).into_iter().collect())
}

/// A refund that the order's state alone tells of, while WeChat Pay made none: any that it made would be this one.
fn asked_without_sum(
    context: &Context<'_>,
    facts: &ArchivedOrder,
) -> Result<Option<RefundClaim>, ReconcileError> {
    let Some(m) = facts.order.filter(MOrder::is_refund_unsized) else {
        return Ok(None);
    };
    let is_open = facts.accepted(context)? == Fen::ZERO;
    Ok(is_open.then_some(RefundClaim {
        number: m.refund_no,
        amount: m.amount,
    }))
}
