//! The sentence on top: what the books say of an order, and the next step. Pure.

use super::collect::{OrderRecord, pay_status_words};
use crate::Message;
use recondesk_domain::{
    BillState, Category, Fen, FulfilStatus, Instant, MOrder, PayStatus, SuggestedAction,
};

/// Whether a person must do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Attention {
    /// Known, and the two books agree.
    Agrees,
    /// The books alone cannot tell: ask WeChat Pay, or fetch the bill.
    Open,
    /// A person must act.
    NeedsPerson,
}

impl Attention {
    /// The stable word of exports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::Open => "open",
            Self::NeedsPerson => "needs_person",
        }
    }
}

/// What is to be told first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderSummary {
    /// Whether a person must do something.
    pub standing: Attention,
    /// What happened.
    pub words: Message,
    /// The next step.
    pub step: SuggestedAction,
}

impl OrderSummary {
    fn new(standing: Attention, step: SuggestedAction, zh: String, en: String) -> Self {
        Self {
            standing,
            words: Message { zh, en },
            step,
        }
    }
}

/// A payment as WeChat Pay's bill or a believed message tells it.
#[derive(Clone, Copy)]
struct Paid {
    at: Option<Instant>,
    amount: Fen,
}

/// Payments that count: rows of bills, else what WeChat Pay said itself.
fn payments(record: &OrderRecord) -> Vec<Paid> {
    let mut rows: Vec<_> = record
        .pays
        .iter()
        .filter(|kept| !kept.superseded && kept.row.state == BillState::Success)
        .collect();
    rows.sort_by_key(|kept| kept.row.transaction_id);
    rows.dedup_by_key(|kept| kept.row.transaction_id);
    if !rows.is_empty() {
        let paid = rows.into_iter().map(|kept| Paid {
            at: Some(kept.row.time),
            amount: kept.row.amount,
        });
        return paid.collect();
    }
    let told = record.observations.iter().rev().find(|seen| {
        seen.aside.is_empty()
            && seen.refund_id.is_empty()
            && matches!(seen.state.as_str(), "SUCCESS" | "REFUND")
    });
    let told = told.and_then(|seen| {
        seen.amount.map(|amount| Paid {
            at: seen.happened_at,
            amount,
        })
    });
    told.into_iter().collect()
}

fn refunded(record: &OrderRecord) -> Fen {
    let rows = record.refunds.iter().filter(|kept| !kept.superseded);
    let mut seen = Vec::new();
    let mut sum = Fen::ZERO;
    for kept in rows {
        let lost = kept.row.state == recondesk_domain::BillRefundState::Fail;
        if !lost && !seen.contains(&kept.row.refund_id) {
            seen.push(kept.row.refund_id);
            sum = sum.checked_add(kept.row.amount).unwrap_or(sum);
        }
    }
    sum
}

/// `03-08 10:02`, as it is said on the telephone.
fn short(at: Option<Instant>) -> String {
    at.map_or_else(String::new, |at| {
        at.beijing().format("%m-%d %H:%M").to_string()
    })
}

fn yuan(amount: Fen) -> String {
    format!("¥{}", amount.grouped())
}

/// Tells what happened. What a comparison found and nobody has settled is never contradicted: a row in transit is
/// waited for, and books are not said to agree over an open case.
#[must_use]
pub fn sentence(record: &OrderRecord) -> OrderSummary {
    let said = by_the_rows(record);
    let open = record
        .cases
        .iter()
        .filter(|view| !view.case.status.is_closed())
        .map(|view| view.case.finding.category)
        .min_by_key(|category| category.severity());
    match open {
        // Once both books have it, the next run closes the case.
        Some(category) if waits(category) && said.standing != Attention::Agrees => {
            in_transit(record, category)
        }
        Some(category)
            if said.standing == Attention::Agrees && category.severity().needs_person() =>
        {
            over_a_case(record, category)
        }
        _ => said,
    }
}

/// True for a payment that the other book should have the day after.
const fn waits(category: Category) -> bool {
    matches!(category, Category::PayPendingW | Category::PayPendingM)
}

fn in_transit(record: &OrderRecord, category: Category) -> OrderSummary {
    let (zh, en) = if let Some(paid) = payments(record).first() {
        let (at, sum) = (short(paid.at), yuan(paid.amount));
        (
            format!("顾客 {at} 已付 {sum}"),
            format!("The customer paid {sum} at {at}"),
        )
    } else {
        let order = record.order();
        let at = short(order.and_then(|order| order.paid_at));
        let sum = order.map_or_else(String::new, |order| yuan(order.amount));
        (
            format!("商户记 {at} 已付 {sum}"),
            format!("The merchant booked {sum} paid at {at}"),
        )
    };
    let (zh_where, en_where) = if category == Category::PayPendingW {
        ("商户账", "the merchant's book")
    } else {
        ("微信账单", "WeChat Pay's bill")
    };
    OrderSummary::new(
        Attention::Open,
        category.action(),
        format!("{zh}，临近零点，{zh_where}应在次日：跨日在途，等次日对账"),
        format!(
            "{en}, close to midnight; {en_where} should have it the day after: in transit, wait for the next run"
        ),
    )
}

/// The payment itself agrees, something else of the order does not.
fn over_a_case(record: &OrderRecord, category: Category) -> OrderSummary {
    let paid = payments(record).first().copied();
    let at = short(paid.and_then(|paid| paid.at));
    let sum = paid.map_or_else(String::new, |paid| yuan(paid.amount));
    let (code, action) = (category.code(), category.action());
    OrderSummary::new(
        Attention::NeedsPerson,
        action,
        format!(
            "顾客 {at} 已付 {sum}，另有未结差错 {code} {}：{}",
            category.zh(),
            action.zh()
        ),
        format!(
            "The customer paid {sum} at {at}, but case {code} {} is open: {}",
            category.en().to_lowercase(),
            action.en().to_lowercase()
        ),
    )
}

/// What the rows of both books say.
fn by_the_rows(record: &OrderRecord) -> OrderSummary {
    let payments = payments(record);
    match (payments.as_slice(), record.order()) {
        ([first, _, ..], _) => {
            let count = payments.len();
            OrderSummary::new(
                Attention::NeedsPerson,
                SuggestedAction::RefundExtra,
                format!(
                    "同一商户订单号收到 {count} 笔付款，首笔 {}：重复支付，建议保留一笔，其余退款",
                    yuan(first.amount)
                ),
                format!(
                    "{count} payments on one order number, the first {}: paid twice, keep one and refund the rest",
                    yuan(first.amount)
                ),
            )
        }
        ([paid], Some(order)) => both(record, *paid, order),
        ([paid], None) => OrderSummary::new(
            Attention::NeedsPerson,
            SuggestedAction::FindOwner,
            format!(
                "顾客 {} 已付 {}，商户订单里没有这个单号：查找归属系统，否则退款",
                short(paid.at),
                yuan(paid.amount)
            ),
            format!(
                "The customer paid {} at {}, the merchant's orders do not have this number: find the owning system, else refund",
                yuan(paid.amount),
                short(paid.at)
            ),
        ),
        ([], Some(order)) => merchant_only(record, order),
        ([], None) => nothing(record),
    }
}

/// Both books know it.
fn both(record: &OrderRecord, paid: Paid, order: &MOrder) -> OrderSummary {
    let (at, sum) = (short(paid.at), yuan(paid.amount));
    let (zh, en) = pay_status_words(order.pay_status);
    let refunded = refunded(record);
    if refunded > Fen::ZERO {
        return after_refund(&at, paid, refunded, order);
    }
    if paid.amount != order.amount {
        return OrderSummary::new(
            Attention::NeedsPerson,
            SuggestedAction::CheckAmount,
            format!(
                "顾客 {at} 已付 {sum}，商户订单金额为 {}：金额不符，请核对改价",
                yuan(order.amount)
            ),
            format!(
                "The customer paid {sum} at {at}, the order says {}: the amounts differ, check the price",
                yuan(order.amount)
            ),
        );
    }
    match order.pay_status {
        PayStatus::Closed => OrderSummary::new(
            Attention::NeedsPerson,
            SuggestedAction::ReissueOrRefund,
            format!("顾客 {at} 已付 {sum}，商户订单已关闭：建议有货补发，否则退款"),
            format!(
                "The customer paid {sum} at {at}, the order is closed: reissue if in stock, else refund"
            ),
        ),
        status if !status.is_paid() => OrderSummary::new(
            Attention::NeedsPerson,
            SuggestedAction::Reissue,
            format!("顾客 {at} 已付 {sum}，商户订单仍为{zh}：掉单，建议补发货"),
            format!(
                "The customer paid {sum} at {at}, the order is still {en}: a dropped order, reissue it"
            ),
        ),
        _ if matches!(
            order.fulfil_status,
            FulfilStatus::Pending | FulfilStatus::Failed
        ) =>
        {
            OrderSummary::new(
                Attention::NeedsPerson,
                SuggestedAction::Reissue,
                format!("顾客 {at} 已付 {sum}，商户已入账但尚未发货：核对后补发货"),
                format!(
                    "The customer paid {sum} at {at}, it is booked but not delivered: check and deliver"
                ),
            )
        }
        _ => OrderSummary::new(
            Attention::Agrees,
            SuggestedAction::None,
            format!("顾客 {at} 已付 {sum}，商户订单{zh}，两边一致"),
            format!("The customer paid {sum} at {at}, the order is {en}: both books agree"),
        ),
    }
}

fn after_refund(at: &str, paid: Paid, refunded: Fen, order: &MOrder) -> OrderSummary {
    let (sum, back) = (yuan(paid.amount), yuan(refunded));
    let booked = order.refund_total;
    if refunded > paid.amount {
        return OrderSummary::new(
            Attention::NeedsPerson,
            SuggestedAction::Escalate,
            format!("顾客 {at} 已付 {sum}，却退了 {back}：退款超过订单金额，停止并上报"),
            format!(
                "The customer paid {sum} at {at}, but {back} was refunded: more than the order, stop and escalate"
            ),
        );
    }
    if booked.is_some_and(|booked| booked != refunded) {
        return OrderSummary::new(
            Attention::NeedsPerson,
            SuggestedAction::BookRefund,
            format!(
                "顾客 {at} 已付 {sum}，微信已退 {back}，商户记为 {}：补记退款",
                yuan(booked.unwrap_or_default())
            ),
            format!(
                "The customer paid {sum} at {at}, WeChat Pay refunded {back}, the merchant booked {}: book the refund",
                yuan(booked.unwrap_or_default())
            ),
        );
    }
    let (zh, en) = if refunded == paid.amount {
        ("已全额退款", "refunded in full")
    } else {
        ("已部分退款", "refunded in part")
    };
    OrderSummary::new(
        Attention::Agrees,
        SuggestedAction::None,
        format!("顾客 {at} 已付 {sum}，{zh} {back}"),
        format!("The customer paid {sum} at {at}, {en}: {back}"),
    )
}

/// Only the merchant knows it.
fn merchant_only(record: &OrderRecord, order: &MOrder) -> OrderSummary {
    let (zh, en) = pay_status_words(order.pay_status);
    let sum = yuan(order.amount);
    if !order.pay_status.is_paid() {
        return OrderSummary::new(
            Attention::Open,
            SuggestedAction::None,
            format!("商户订单{zh}，{sum}，账单里没有付款：顾客说已付款时，请联网查询"),
            format!(
                "The order is {en}, {sum}, and no bill has a payment: ask WeChat Pay if the customer says it was paid"
            ),
        );
    }
    if record.has_bill_of_day {
        return OrderSummary::new(
            Attention::NeedsPerson,
            SuggestedAction::StopFulfilment,
            format!("商户订单{zh} {sum}，当天微信账单里没有这笔：查单并停止履约"),
            format!(
                "The order is {en}, {sum}, but WeChat Pay's bill of the day does not have it: query and stop fulfilment"
            ),
        );
    }
    OrderSummary::new(
        Attention::Open,
        SuggestedAction::DownloadBill,
        format!("商户订单{zh} {sum}，还没有当天的微信账单：下载账单或联网查询"),
        format!(
            "The order is {en}, {sum}; the bill of that day is not here yet: fetch it or ask WeChat Pay"
        ),
    )
}

/// No payment and no order: perhaps a refund, a message put aside, or nothing.
fn nothing(record: &OrderRecord) -> OrderSummary {
    if let Some(kept) = record.refunds.first() {
        let (at, sum) = (short(Some(kept.row.time)), yuan(kept.row.amount));
        return OrderSummary::new(
            Attention::Open,
            SuggestedAction::WidenArchive,
            format!("{at} 退款 {sum}，工作区里没有原付款：补齐历史账单"),
            format!(
                "{sum} was refunded at {at}; the payment is not in the workspace: fetch older bills"
            ),
        );
    }
    if record
        .observations
        .iter()
        .any(|seen| !seen.aside.is_empty())
    {
        return OrderSummary::new(
            Attention::NeedsPerson,
            SuggestedAction::Review,
            "只有被搁置的通知提到这个单号：人工复核，不要据此发货".to_owned(),
            "Only messages that were put aside name this number: review, do not deliver on them"
                .to_owned(),
        );
    }
    OrderSummary::new(
        Attention::Open,
        SuggestedAction::Review,
        "工作区里没有这个单号：核对商户和单号，或联网查询".to_owned(),
        "The workspace does not have this number: check merchant and number, or ask WeChat Pay"
            .to_owned(),
    )
}
