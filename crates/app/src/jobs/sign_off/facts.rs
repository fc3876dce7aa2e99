//! What stands in the way of signing a day off, gathered from the books and the records.

use std::collections::BTreeSet;

use crate::jobs::notify::order_at;
use crate::jobs::reconcile;
use crate::{Failure, MerchantRef, Message};
use recondesk_casework::{ApprovalNeed, Judgement, Obstacle, RefundStage, SignOffFacts, sign_off};
use recondesk_domain::{BillDate, CaseStatus, Category, ProfileId, Severity};
use recondesk_ports::{CaseQuery, CaseRecord, ImportRecord, Ports, RefundQuery, RefundRecord};
use serde::Deserialize;

/// Everything that stands in the way; nothing when the day may be signed.
///
/// # Errors
/// When the workspace cannot be read.
pub fn obstacles(
    ports: &Ports,
    MerchantRef { id, profile }: MerchantRef<'_>,
    day: BillDate,
) -> Result<Vec<Obstacle>, Failure> {
    let run = ports.records.current_run(id, day)?;
    let mut facts = SignOffFacts {
        has_run: run.is_some(),
        is_over: ports.clock.now() >= day.bill_available_from(),
        ..SignOffFacts::default()
    };
    let Some(run) = run else {
        return Ok(sign_off(&facts));
    };
    facts.is_current =
        reconcile::digest_now(ports, MerchantRef { id, profile }, day)? == run.digest;
    let of_run = run
        .summary
        .identities
        .iter()
        .filter(|identity| ["I14", "I15"].contains(&identity.id.as_str()) && !identity.holds())
        .map(|identity| format!("{} {}", identity.id, identity.subject));
    facts.broken_identities = of_run.collect();
    for bill in ports.books.bills(id, day)? {
        facts.broken_identities.extend(broken_of_bill(&bill));
    }
    let cases = ports.records.cases(&CaseQuery {
        profile: Some(id),
        day: Some(day),
        ..CaseQuery::default()
    })?;
    let open: Vec<&CaseRecord> = cases
        .iter()
        .filter(|case| !case.status.is_closed())
        .collect();
    // What a finding says of a bill or a hole stands whatever was decided about its case.
    facts.integrity = ports
        .records
        .findings(run.id)?
        .into_iter()
        .map(|finding| finding.category)
        .filter(|category| is_integrity(*category))
        .collect();
    let mut urgent = 0_u64;
    for case in open
        .iter()
        .filter(|case| case.finding.category.severity() == Severity::Urgent)
    {
        if !is_carried(ports, case)? {
            urgent = urgent.saturating_add(1);
        }
    }
    facts.open_urgent = urgent;
    let refunds = ports.casework.refunds(&RefundQuery {
        profile: Some(id),
        stages: vec![RefundStage::Sent, RefundStage::Unknown],
        ..RefundQuery::default()
    })?;
    let all = cases_of_day(ports, id, day)?;
    let keys: BTreeSet<&str> = all.iter().map(|case| case.key.as_str()).collect();
    let mut unknown = 0_u64;
    for refund in &refunds {
        if is_of_day(ports, id, day, &keys, refund)? {
            unknown = unknown.saturating_add(1);
        }
    }
    facts.unknown_refunds = unknown;
    Ok(sign_off(&facts))
}

/// Every case of a day: those that its result finds, and those that it found until something was done about them.
pub(super) fn cases_of_day(
    ports: &Ports,
    id: ProfileId,
    day: BillDate,
) -> Result<Vec<CaseRecord>, Failure> {
    let query = |day| CaseQuery {
        profile: Some(id),
        day,
        closed_too: true,
        ..CaseQuery::default()
    };
    let mut cases = ports.records.cases(&query(Some(day)))?;
    let found: BTreeSet<i64> = cases.iter().map(|case| case.id.0).collect();
    let gone = ports.records.cases(&query(None))?.into_iter();
    cases.extend(
        gone.filter(|case| case.day == day || case.opened_on == day)
            .filter(|case| !found.contains(&case.id.0)),
    );
    Ok(cases)
}

/// True for a refund of one of these cases, or, made without a case, of an order that was paid that day.
pub(super) fn is_of_day(
    ports: &Ports,
    id: ProfileId,
    day: BillDate,
    keys: &BTreeSet<&str>,
    refund: &RefundRecord,
) -> Result<bool, Failure> {
    let draft = &refund.draft;
    if keys.contains(draft.case_key.as_str()) {
        return Ok(true);
    }
    if ports.records.case(id, &draft.case_key)?.is_some() {
        return Ok(false);
    }
    let order = order_at(ports, id, &draft.out_trade_no, &draft.sub_mch_id)?;
    Ok(order
        .and_then(|order| order.paid_at)
        .is_some_and(|at| at.day() == day))
}

/// B* and K*, those that only inform apart: the bill or the merchant's export is not what it should be.
pub(in crate::jobs) fn is_integrity(category: Category) -> bool {
    let code = category.code();
    let family = code.starts_with('B') || code.starts_with('K');
    family && category.severity() < Severity::Info
}

/// True when a second person agreed that the case is carried, for as long as it is carried.
fn is_carried(ports: &Ports, case: &CaseRecord) -> Result<bool, Failure> {
    if case.status != CaseStatus::Waiting {
        return Ok(false);
    }
    let subject = format!("carry/{}/{}", case.profile.0, case.key);
    let asked = ports.casework.approvals(true)?;
    let last = asked
        .iter()
        .filter(|asked| asked.need == ApprovalNeed::Carry && asked.subject == subject)
        .max_by_key(|asked| asked.id);
    let judged = last.and_then(|asked| asked.judged.as_ref());
    Ok(judged.is_some_and(|(_, judgement, _)| *judgement == Judgement::Approved))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct BillIdentities {
    identities: Vec<BillIdentity>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct BillIdentity {
    id: String,
    name: String,
    holds: bool,
}

/// I1 and I2 of a bill that counts.
fn broken_of_bill(bill: &ImportRecord) -> Vec<String> {
    if bill.standing != recondesk_ports::Standing::Verified {
        return Vec::new();
    }
    let Ok(facts) = serde_json::from_str::<BillIdentities>(&bill.facts) else {
        return vec![format!("I1 {}", bill.name)];
    };
    facts
        .identities
        .into_iter()
        .filter(|identity| ["I1", "I2"].contains(&identity.id.as_str()) && !identity.holds)
        .map(|identity| format!("{} {}", identity.id, identity.name))
        .collect()
}

/// An obstacle as people read it.
#[must_use]
pub fn obstacle_words(obstacle: &Obstacle) -> Message {
    match obstacle {
        Obstacle::NoRun => Message::new("没有对账结果", "it was never compared"),
        Obstacle::OldRun => Message::new(
            "文件在对账之后变了，要重新对账",
            "files changed since it was compared",
        ),
        Obstacle::TooEarly => Message::new(
            "账单次日 10:00 后才出",
            "its bill is out at 10:00 of the next day",
        ),
        Obstacle::Identity(what) => Message::new(
            format!("恒等式不成立：{what}"),
            format!("an identity does not hold: {what}"),
        ),
        Obstacle::Integrity(code) => Message::new(
            format!("账单或覆盖有问题：{code}"),
            format!("bill or coverage is at fault: {code}"),
        ),
        Obstacle::OpenUrgent(count) => Message::new(
            format!("紧急差错 {count} 条未关闭，也未经复核挂账"),
            format!("{count} urgent cases are neither closed nor approved to be carried"),
        ),
        Obstacle::UnknownRefunds(count) => Message::new(
            format!("{count} 笔退款结果未明"),
            format!("the outcome of {count} refunds is unknown"),
        ),
    }
}
