//! What was begun here for an order and is not over, in place of a step that would do it a second time; and whether the
//! orders of the day of its payment are still to come.

use super::collect::OrderRecord;
use super::money::OrderMoney;
use super::order_summary::{OrderSummary, facts};
use crate::Failure;
use crate::jobs::case_step::case_step;
use recondesk_casework::{RefundStage, ReissueStage};
use recondesk_domain::{BillDate, CaseStatus, Instant, SuggestedAction};
use recondesk_ports::Ports;

/// The same, unless it would move goods or money for which something was begun here: then that is told.
pub(super) fn unless_begun(
    record: &OrderRecord,
    money: &OrderMoney,
    said: OrderSummary,
) -> OrderSummary {
    let gives = said.step.moves_money() || said.step.delivers();
    if !gives || said.step == SuggestedAction::SubmitRefund {
        return said;
    }
    let drafts = record.own_refunds.iter().filter(|known| {
        let stage = known.refund.stage;
        matches!(stage, RefundStage::Drafted | RefundStage::Rejected)
    });
    let has_draft = drafts.clone().next().is_some();
    let is_reissued = |stage: ReissueStage| stage.holds_case();
    if !has_draft && !record.reissues.iter().any(|known| is_reissued(known.stage)) {
        return said;
    }
    let drafts: Vec<_> = drafts.collect();
    let step = case_step(CaseStatus::New, said.step, drafts, &record.reissues);
    let (zh, en) = facts(money);
    let mut out = said.with_step(step.action);
    out.words.zh = format!("{zh}；{}", step.words.zh);
    out.words.en = format!("{en}. {}", step.words.en);
    out
}

/// The day on which it was paid, where no file of orders of that day is here: whether the shop has it is not known yet.
pub(super) fn awaits_orders(
    ports: &Ports,
    record: &OrderRecord,
) -> Result<Option<BillDate>, Failure> {
    if record.order().is_some() || record.refused.is_some() || record.is_taken_back {
        return Ok(None);
    }
    let money = OrderMoney::of(record);
    let paid = money.payments.first().and_then(|paid| paid.at);
    let Some(day) = paid.map(Instant::day) else {
        return Ok(None);
    };
    let evidence = ports.books.evidence(record.profile.0);
    let has_orders = evidence.map_err(Failure::from)?.has_orders_of(day);
    Ok((!has_orders).then_some(day))
}
