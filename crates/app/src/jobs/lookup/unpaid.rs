//! What an order without a payment means: reversed, not paid, not known, or only the merchant has it. Pure.

use super::collect::{OrderRecord, pay_status_words};
use super::money::{OrderMoney, OrderWord, PaidFact};
use super::order_summary::{Attention, OrderSummary, short, yuan};
use recondesk_domain::{Category, Fen, MOrder, RefundStatus, SuggestedAction};
use recondesk_ports::{Observation, ObservationSource, SetAside};

/// No payment counts: reversed, not paid, not known, or only the merchant has it.
pub(super) fn advise(record: &OrderRecord, money: &OrderMoney) -> OrderSummary {
    let order = record.order();
    if money.revoked {
        return revoked(order);
    }
    if money.refunds.stuck > Fen::ZERO {
        let stuck = yuan(money.refunds.stuck);
        return OrderSummary::of(
            Category::RefundAbnormal,
            format!("退款 {stuck} 未能退到顾客：到商户平台处理异常退款"),
            format!("A refund of {stuck} did not reach the customer: apply for an abnormal refund"),
        );
    }
    if money.unknown_state {
        return OrderSummary::of(
            Category::UnknownState,
            "账单有这笔，但交易状态无法识别：升级程序或联系我们",
            "The bill has this payment in a state that this program does not know: update the program",
        );
    }
    match order {
        Some(order) => merchant_only(record, money, order),
        None => nothing(record, money),
    }
}

fn revoked(order: Option<&MOrder>) -> OrderSummary {
    if order.is_some_and(MOrder::is_booked) {
        return OrderSummary::of(
            Category::Revoked,
            "付款已撤销，钱已退回顾客，商户订单仍记已支付：撤回履约",
            "The payment was reversed and the money is back with the customer, the order is still booked as paid: reverse fulfilment",
        );
    }
    OrderSummary::of(
        Category::Unpaid,
        "付款已撤销，商户也没有入账：两边一致",
        "The payment was reversed, and the merchant has not booked it: both books agree",
    )
}

/// True for a notification that WeChat Pay signed and that was put aside all the same, for what it says.
fn is_signed_and_aside(seen: &Observation) -> bool {
    let reason = seen.aside.split(':').next().unwrap_or_default();
    seen.source == ObservationSource::Notice
        && seen.refund_id.is_empty()
        && seen.state == "SUCCESS"
        && matches!(reason, "mismatch" | "contradiction" | "no_order")
}

/// Only the merchant knows it.
fn merchant_only(record: &OrderRecord, money: &OrderMoney, order: &MOrder) -> OrderSummary {
    let (zh, en) = pay_status_words(order.pay_status);
    let sum = yuan(order.amount);
    let denied = matches!(money.word, OrderWord::NotFound | OrderWord::NotPaid);
    if money.word == OrderWord::Paying && !order.pay_status.is_paid() {
        return OrderSummary::new(
            Attention::Open,
            SuggestedAction::Wait,
            format!("商户订单{zh}，{sum}，顾客正在支付：等结果再查询"),
            format!(
                "The order is {en}, {sum}, and the customer is about to pay: wait and ask again"
            ),
        );
    }
    if !order.pay_status.is_paid() && !denied && record.observations.iter().any(is_signed_and_aside)
    {
        return OrderSummary::new(
            Attention::NeedsPerson,
            SuggestedAction::Review,
            format!(
                "商户订单{zh}，{sum}；一条验签通过的通知提到它，但与订单不符，已搁置：联网查询后人工复核"
            ),
            format!(
                "The order is {en}, {sum}; a rightly signed notification names it, contradicts it and was put aside: ask WeChat Pay and review"
            ),
        );
    }
    if !order.pay_status.is_paid() {
        return if denied {
            OrderSummary::of(
                Category::Unpaid,
                format!("商户订单{zh}，{sum}，微信支付也没有收款：两边一致"),
                format!(
                    "The order is {en}, {sum}, and WeChat Pay has no payment either: both agree"
                ),
            )
        } else {
            OrderSummary::new(
                Attention::Open,
                SuggestedAction::None,
                format!("商户订单{zh}，{sum}，账单里没有付款：顾客说已付款时，请联网查询"),
                format!(
                    "The order is {en}, {sum}, and no bill has a payment: ask WeChat Pay if the customer says it was paid"
                ),
            )
        };
    }
    if denied {
        return OrderSummary::of(
            Category::MOnlyPay,
            format!("商户订单{zh} {sum}，微信支付没有收款：停止履约并核实"),
            format!(
                "The order is {en}, {sum}, but WeChat Pay has no payment: query and stop fulfilment"
            ),
        );
    }
    if record.covered == Some(Category::MForeign) {
        return OrderSummary::of(
            Category::MForeign,
            format!("商户订单{zh} {sum}，当天订单的单号与账单都对不上：修正映射"),
            format!(
                "The order is {en}, {sum}; no number of that day's orders is in the bill: mend the mapping"
            ),
        );
    }
    if record.has_bill_of_day {
        return OrderSummary::of(
            Category::MOnlyPay,
            format!("商户订单{zh} {sum}，当天微信账单里没有这笔：查单并停止履约"),
            format!(
                "The order is {en}, {sum}, but WeChat Pay's bill of the day does not have it: query and stop fulfilment"
            ),
        );
    }
    OrderSummary::of(
        Category::WCoverage,
        format!("商户订单{zh} {sum}，还没有当天的微信账单：下载账单或联网查询"),
        format!(
            "The order is {en}, {sum}; the bill of that day is not here yet: fetch it or ask WeChat Pay"
        ),
    )
}

/// A number that stands in a file of the merchant, in a row that is not in the books.
fn not_imported(row: &SetAside) -> OrderSummary {
    let (file, line) = (&row.file, row.line);
    if !row.refused {
        return OrderSummary::new(
            Attention::Open,
            SuggestedAction::None,
            format!(
                "这个单号在 {file} 第 {line} 行，没有收入（{}），微信支付也没有它的付款：无需处理",
                row.zh
            ),
            format!(
                "This number stands in {file}, row {line}, which was left out ({}), and WeChat Pay has no payment of it: nothing to do",
                row.en
            ),
        );
    }
    OrderSummary::new(
        Attention::Open,
        SuggestedAction::ImportOrders,
        format!(
            "这个单号在 {file} 第 {line} 行，没有导入（{}）：补导订单",
            row.zh
        ),
        format!(
            "This number stands in {file}, row {line}, which was not imported ({}): import it",
            row.en
        ),
    )
}

/// What WeChat Pay says of an order that no book has, and that it has no money for.
fn by_word_alone(money: &OrderMoney) -> Option<OrderSummary> {
    Some(match money.word {
        OrderWord::NotFound => OrderSummary::new(
            Attention::Open,
            SuggestedAction::Review,
            "工作区和微信支付都没有这个单号：核对商户和单号",
            "Neither the workspace nor WeChat Pay has this number: check merchant and number",
        ),
        OrderWord::NotPaid => OrderSummary::of(
            Category::Unpaid,
            "微信支付没有收款，商户订单里也没有这个单号：不欠顾客",
            "WeChat Pay has no payment, and the merchant's orders do not have this number: nothing is owed",
        ),
        OrderWord::Paying => OrderSummary::new(
            Attention::Open,
            SuggestedAction::Wait,
            "顾客正在支付：等结果再查询",
            "The customer is about to pay: wait and ask again",
        ),
        OrderWord::Nothing | OrderWord::Paid | OrderWord::Refunded | OrderWord::Revoked => {
            return None;
        }
    })
}

/// No payment and no order: perhaps a refund, a refused row, a message put aside, or nothing.
fn nothing(record: &OrderRecord, money: &OrderMoney) -> OrderSummary {
    if let Some(kept) = record.refunds.first() {
        let (at, sum) = (short(Some(kept.row.time)), yuan(kept.row.amount));
        return OrderSummary::of(
            Category::RefundOrphan,
            format!("{at} 退款 {sum}，工作区里没有原付款：补齐历史账单"),
            format!(
                "{sum} was refunded at {at}; the payment is not in the workspace: fetch older bills"
            ),
        );
    }
    if let Some(kept) = record.merchant_refunds.iter().find(|kept| !kept.superseded) {
        let (at, sum) = (short(kept.row.time()), yuan(kept.row.amount));
        if kept.row.status == RefundStatus::Processing {
            return OrderSummary::of(
                Category::RefundPendingM,
                format!("商户的退款 {sum} 还在处理，工作区里没有原付款和订单：等它有结果"),
                format!(
                    "The merchant's refund of {sum} is in the making; neither its payment nor its order is in the workspace: wait for its outcome"
                ),
            );
        }
        return OrderSummary::of(
            Category::MOnlyRefund,
            format!("商户 {at} 记退款 {sum}，工作区里没有原付款和订单：先查单核对，不要提交退款"),
            format!(
                "The merchant booked a refund of {sum} at {at}; neither its payment nor its order is in the workspace: query and review before any refund is submitted"
            ),
        )
        .with_step(SuggestedAction::Review);
    }
    if let Some(row) = &record.refused {
        return not_imported(row);
    }
    if record.is_taken_back {
        return OrderSummary::new(
            Attention::Open,
            SuggestedAction::None,
            "这个单号来自同一文件先前的读法，已被新的读法取代：无需处理",
            "This number is of an earlier reading of its file, which a newer one replaced: nothing to do",
        );
    }
    if let Some(summary) = by_word_alone(money) {
        return summary;
    }
    let is_aside = record
        .observations
        .iter()
        .any(|seen| !seen.aside.is_empty());
    if is_aside {
        return OrderSummary::new(
            Attention::NeedsPerson,
            SuggestedAction::Review,
            "只有被搁置的通知提到这个单号：人工复核，不要据此发货",
            "Only messages that were put aside name this number: review, do not deliver on them",
        );
    }
    OrderSummary::new(
        Attention::Open,
        SuggestedAction::Review,
        "工作区里没有这个单号：核对商户和单号，或联网查询",
        "The workspace does not have this number: check merchant and number, or ask WeChat Pay",
    )
}

/// A notification of a payment that the verified bill of its day does not have: it may be of another merchant's key, or
/// of a test, and nothing is delivered on it before WeChat Pay was asked.
pub(super) fn denied_notice(paid: &PaidFact) -> OrderSummary {
    let (at, sum) = (short(paid.at), yuan(paid.amount));
    OrderSummary::new(
        Attention::NeedsPerson,
        SuggestedAction::Review,
        format!(
            "通知说顾客 {at} 已付 {sum}，当天的微信账单里却没有这笔：先向微信支付查询，查清之前不发货、不退款"
        ),
        format!(
            "A notification says that the customer paid {sum} at {at}, but WeChat Pay's bill of that day does not have it: ask WeChat Pay first, neither deliver nor refund before"
        ),
    )
}
