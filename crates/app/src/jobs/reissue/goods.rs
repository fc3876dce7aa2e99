//! Whether goods are due for a case at all: by its category, and by what the merchant's newest import says.
//!
//! WeChat Pay knows of money alone; that the goods went out meanwhile stands in the merchant's own book.

use crate::jobs::notify::order_at;
use crate::{Failure, FailureKind, Message};
use recondesk_domain::{Category, Fen, FulfilStatus, PayStatus, Tag};
use recondesk_ports::{CaseRecord, Ports};

/// Refuses goods for a case that lacks none, for an order that was delivered or paid back since, and for one whose step
/// the comparison holds back.
///
/// # Errors
/// [`Failure`] with the reason; the books.
pub(super) fn are_due(ports: &Ports, case: &CaseRecord) -> Result<(), Failure> {
    let finding = &case.finding;
    let category = finding.category;
    // A payment without an order may be of a shop whose orders are not imported.
    if !category.action().delivers() && category != Category::WOnlyPay {
        return Err(no(Message::new(
            format!("{} {}不缺货，不补发货", category.code(), category.zh()),
            format!(
                "{} {} lacks no goods; nothing is reissued",
                category.code(),
                category.en()
            ),
        )));
    }
    if finding.tags.contains(&Tag::Hold) {
        return Err(no(Message::new(
            "对账结果要求先复核（钱不够、正在退、金额不符、已发货，或另有账单为证），不补发货",
            "The comparison asks for a review first (money gone or going, another sum than the order's, delivered already, or another bill says otherwise); nothing is reissued",
        )));
    }
    let number = finding.out_trade_no.as_str();
    let Some(order) = order_at(
        ports,
        case.profile,
        number,
        case.finding.sub_mch_id.as_str(),
    )?
    else {
        return Ok(());
    };
    if order.fulfil_status == FulfilStatus::Fulfilled {
        return Err(no(Message::new(
            "商户最新的订单里已发货，不再补发",
            "The merchant's newest orders call it delivered; nothing is sent again",
        )));
    }
    let is_returned = order
        .refund_total
        .is_some_and(|total| total > Fen::ZERO && total >= order.amount);
    if order.pay_status == PayStatus::Refunding {
        return Err(no(Message::new(
            "商户最新的订单里写着退款中，不补发货；先处理这笔退款",
            "The merchant's newest orders say that a refund was asked for; nothing is reissued before it is settled",
        )));
    }
    if is_returned || order.pay_status == PayStatus::Refunded {
        return Err(no(Message::new(
            "商户最新的订单里已退款，不补发货",
            "The merchant's newest orders call it refunded; nothing is reissued",
        )));
    }
    Ok(())
}

fn no(title: Message) -> Failure {
    Failure::new(
        FailureKind::Usage,
        "reissue.not_due",
        title,
        Message::new(
            "重新对账，再按差错的建议处理",
            "Compare again and follow the step of the case",
        ),
    )
}
