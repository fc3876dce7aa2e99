//! refund and refundquery.

use super::ledger::{MerchantLedger, SandboxOrder, SandboxRefund, SandboxRefundOutcome};
use super::refund_rules::{RefundRefusal, RequestedRefund, refund as accept};
use super::trade::no_book;
use super::v2::{SignedCall, V2Refused};
use recondesk_domain::{ApiVersion, Fen, Instant};
use wechatpay_codec::Params;

const PAGE: usize = 10;

/// Accepts a refund. The very same request again is the same refund, whatever the state.
pub(crate) fn refund(call: &SignedCall<'_>) -> Result<Params, V2Refused> {
    let number = call.need("out_refund_no")?;
    let total = Fen::new(call.fen("total_fee")?);
    let amount = Fen::new(call.fen("refund_fee")?);
    if amount > total || amount < Fen::new(1) {
        return Err(V2Refused::transport("invalid refund_fee"));
    }
    let transaction_id = call.params.filled("transaction_id");
    let out_trade_no = call.params.filled("out_trade_no");
    if transaction_id.is_none() && out_trade_no.is_none() {
        return Err(V2Refused::transport("缺少参数out_trade_no"));
    }
    let wish = RequestedRefund {
        transaction_id,
        out_trade_no,
        number,
        total,
        amount,
        notify_url: call.params.filled("notify_url").unwrap_or_default(),
        api: ApiVersion::V2,
    };
    let (order, refund) = accept(call.shared, &call.merchant.mch_id, &wish).map_err(refused)?;
    Ok(accepted_fields(&order, &refund))
}

/// The documented words of a refusal.
fn refused(why: RefundRefusal) -> V2Refused {
    let (code, text) = match why {
        RefundRefusal::Number => ("PARAM_ERROR", "out_refund_no参数格式错误"),
        RefundRefusal::NoOrder => ("ORDERNOTEXIST", "订单不存在"),
        RefundRefusal::Mismatch => (
            "REFUND_FEE_MISMATCH",
            "订单金额或退款金额与之前请求不一致，请核实后再试",
        ),
        RefundRefusal::Overdue => ("TRADE_OVERDUE", "订单已经超过可退款的最大期限"),
        RefundRefusal::NothingLeft => ("ERROR", "订单已全额退款"),
        RefundRefusal::TooMuch => ("INVALID_REQUEST", "refund_fee大于可退金额"),
        RefundRefusal::TooMany => ("INVALID_REQUEST", "部分退款次数超过50次"),
        RefundRefusal::TooSoon => ("FREQUENCY_LIMITED", "频率限制，请一分钟后再试"),
        RefundRefusal::NoMoney => ("NOTENOUGH", "基本账户余额不足，请充值后重新发起"),
        RefundRefusal::NoBook => ("SYSTEMERROR", "系统错误"),
    };
    V2Refused::business(code, text)
}

fn accepted_fields(order: &SandboxOrder, refund: &SandboxRefund) -> Params {
    let amount = refund.amount.get().to_string();
    let mut fields = Params::new();
    fields.push("transaction_id", order.transaction_id.as_str());
    fields.push("out_trade_no", order.out_trade_no.as_str());
    fields.push("out_refund_no", refund.out_refund_no.as_str());
    fields.push("refund_id", refund.refund_id.as_str());
    fields.push("refund_channel", "");
    fields.push("refund_fee", amount.as_str());
    fields.push("coupon_refund_fee", "0");
    fields.push("total_fee", order.amount.get().to_string());
    fields.push("cash_fee", order.amount.get().to_string());
    fields.push("coupon_refund_count", "0");
    fields.push("cash_refund_fee", amount);
    fields
}

/// Tells what is known of the refunds of an order, ten at a time.
pub(crate) fn query(call: &SignedCall<'_>) -> Result<Params, V2Refused> {
    let names = [
        "refund_id",
        "out_refund_no",
        "transaction_id",
        "out_trade_no",
    ];
    let (name, value) = names
        .iter()
        .find_map(|name| call.params.filled(name).map(|value| (*name, value)))
        .ok_or_else(|| V2Refused::transport("缺少参数out_trade_no"))?;
    let offset: usize = match call.params.filled("offset") {
        None => 0,
        Some(text) => text
            .parse()
            .map_err(|_error| V2Refused::business("PARAM_ERROR", "offset参数格式错误"))?,
    };
    let missing = || V2Refused::business("REFUNDNOTEXIST", "退款单不存在");
    let found = call.shared.with_book(&call.merchant.mch_id, |book| {
        let one = match name {
            "refund_id" => book.by_refund_id.get(value).map(String::as_str),
            "out_refund_no" => Some(value),
            _ => None,
        };
        let (order, refunds) = match (name, one) {
            ("refund_id" | "out_refund_no", number) => {
                let refund = number.and_then(|number| book.refunds.get(number));
                let refund = refund.ok_or_else(missing)?;
                (book.orders.get(&refund.out_trade_no), vec![refund.clone()])
            }
            ("transaction_id", _) => listed(book, book.order(Some(value), None)),
            _ => listed(book, book.order(None, Some(value))),
        };
        let order = order.ok_or_else(missing)?;
        Ok((order.clone(), refunds))
    });
    let (order, refunds) = found.unwrap_or_else(no_book)?;
    let page: Vec<&SandboxRefund> = refunds.iter().skip(offset).take(PAGE).collect();
    if page.is_empty() {
        return Err(missing());
    }
    let mut fields = Params::new();
    fields.push("transaction_id", order.transaction_id.as_str());
    fields.push("out_trade_no", order.out_trade_no.as_str());
    fields.push("total_fee", order.amount.get().to_string());
    fields.push("fee_type", "CNY");
    fields.push("cash_fee", order.amount.get().to_string());
    fields.push("total_refund_count", refunds.len().to_string());
    fields.push("refund_count", page.len().to_string());
    for (at, refund) in page.iter().enumerate() {
        refund_fields(&mut fields, at, refund, call.now);
    }
    Ok(fields)
}

fn listed<'a>(
    book: &MerchantLedger,
    order: Option<&'a SandboxOrder>,
) -> (Option<&'a SandboxOrder>, Vec<SandboxRefund>) {
    let refunds = order.map_or_else(Vec::new, |order| book.refunds(&order.out_trade_no));
    (order, refunds.into_iter().cloned().collect())
}

fn refund_fields(fields: &mut Params, at: usize, refund: &SandboxRefund, now: Instant) {
    let status = refund.status(now);
    let amount = refund.amount.get().to_string();
    fields.push(format!("out_refund_no_{at}"), refund.out_refund_no.as_str());
    fields.push(format!("refund_id_{at}"), refund.refund_id.as_str());
    fields.push(format!("refund_channel_{at}"), "ORIGINAL");
    fields.push(format!("refund_fee_{at}"), amount.as_str());
    fields.push(format!("settlement_refund_fee_{at}"), amount);
    fields.push(format!("refund_status_{at}"), status.wire());
    fields.push(
        format!("refund_account_{at}"),
        "REFUND_SOURCE_UNSETTLED_FUNDS",
    );
    fields.push(format!("refund_recv_accout_{at}"), "支付用户的零钱");
    if status == SandboxRefundOutcome::Success {
        fields.push(
            format!("refund_success_time_{at}"),
            refund.settles_at.to_string(),
        );
    }
}
