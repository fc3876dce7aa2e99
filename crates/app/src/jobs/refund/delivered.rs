//! Goods that went out since a refund was written down: the merchant's own book is read again before money leaves.

use crate::jobs::notify::order_at;
use crate::{Advice, Failure, FailureKind, Message};
use recondesk_domain::FulfilStatus;
use recondesk_ports::{Ports, RefundRecord};

/// Why a refund of a case of missing goods is not sent: the newest import calls them delivered.
///
/// # Errors
/// When the workspace cannot be read.
pub(super) fn delivered_since(
    ports: &Ports,
    record: &RefundRecord,
) -> Result<Option<Failure>, Failure> {
    let draft = &record.draft;
    let case = ports.records.case(draft.profile, &draft.case_key)?;
    let lacks_goods = case.is_some_and(|case| case.finding.category.action().delivers());
    if !lacks_goods {
        return Ok(None);
    }
    let order = order_at(ports, draft.profile, &draft.out_trade_no, &draft.sub_mch_id)?;
    if order.is_none_or(|order| order.fulfil_status != FulfilStatus::Fulfilled) {
        return Ok(None);
    }
    Ok(Some(Failure::new(
        FailureKind::Gateway,
        "refund.delivered",
        Message::new(
            "商户最新的订单里已发货，这笔退款没有发出",
            "The merchant's newest orders call it delivered; the refund was not sent",
        ),
        Advice::by_place(Message::new(
            "撤回退款（recondesk refund withdraw）并重新对账；之后仍要退款，用 recondesk refund prepare --order",
            "Take the refund back (recondesk refund withdraw) and compare again; a refund all the same goes by recondesk refund prepare --order after that",
        ),Message::new(
"撤回退款并重新对账；之后仍要退款，在商户平台办理",
"Give the refund up and compare again; a refund all the same is made in the merchant console",
)),
    )
    .with_detail(draft.out_trade_no.as_str())))
}
