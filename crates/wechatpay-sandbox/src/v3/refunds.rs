//! Refunds of APIv3: create, query, and sending an abnormal one to another account.

use serde_json::{Value, json};

use super::body::{Body, wrong};
use super::{V3Call, V3Refused, V3Reply, V3Result};
use crate::ledger::{SandboxOrder, SandboxRefund, SandboxRefundOutcome};
use crate::refund_rules::{RefundRefusal, RequestedRefund, refund as accept};
use recondesk_domain::{ApiVersion, Fen, Instant};

const FIELDS: [&str; 9] = [
    "sub_mchid",
    "transaction_id",
    "out_trade_no",
    "out_refund_no",
    "reason",
    "notify_url",
    "funds_account",
    "amount",
    "goods_detail",
];

/// Accepts a refund. The very same request again is the same refund, whatever the state.
pub(crate) fn refund(call: &V3Call<'_>) -> V3Result {
    let body = Body::read(call.request.body, &FIELDS)?;
    let number = body.need("/out_refund_no", 64)?;
    body.text("/reason", 80)?;
    if body.need("/amount/currency", 16)? != "CNY" {
        return Err(wrong("/amount/currency", &json!("?"), "仅支持CNY"));
    }
    let total = Fen::new(body.fen("/amount/total")?);
    let amount = Fen::new(body.fen("/amount/refund")?);
    if amount > total {
        let issue = "退款金额大于订单金额";
        return Err(wrong("/amount/refund", &json!(amount.get()), issue));
    }
    let filled = |text: &'_ str| (!text.is_empty()).then(|| text.to_owned());
    let transaction_id = filled(body.text("/transaction_id", 32)?);
    let out_trade_no = filled(body.text("/out_trade_no", 32)?);
    if transaction_id.is_none() && out_trade_no.is_none() {
        let issue = "transaction_id和out_trade_no必须二选一";
        return Err(wrong("/transaction_id", &Value::Null, issue));
    }
    let wish = RequestedRefund {
        transaction_id: transaction_id.as_deref(),
        out_trade_no: out_trade_no.as_deref(),
        number,
        total,
        amount,
        notify_url: body.text("/notify_url", 256)?,
        api: ApiVersion::V3,
    };
    let (order, refund) = accept(call.shared, &call.merchant.mch_id, &wish).map_err(refused)?;
    Ok(V3Reply::Json(object(&order, &refund, call.now)))
}

/// The documented words of a refusal.
fn refused(why: RefundRefusal) -> V3Refused {
    let (status, code, text) = match why {
        RefundRefusal::Number => (400, "PARAM_ERROR", "out_refund_no格式有误"),
        RefundRefusal::NoOrder => (404, "RESOURCE_NOT_EXISTS", "订单不存在"),
        RefundRefusal::Mismatch => (
            400,
            "INVALID_REQUEST",
            "订单金额或退款金额与之前请求不一致，请核实后再试",
        ),
        RefundRefusal::Overdue => (400, "INVALID_REQUEST", "订单已经超过可退款的最大期限"),
        RefundRefusal::NothingLeft => (400, "INVALID_REQUEST", "订单已全额退款"),
        RefundRefusal::TooMuch => (400, "INVALID_REQUEST", "退款金额大于可退金额"),
        RefundRefusal::TooMany => (400, "INVALID_REQUEST", "部分退款次数超过50次"),
        RefundRefusal::TooSoon => (429, "FREQUENCY_LIMITED", "频率限制，请一分钟后再试"),
        RefundRefusal::NoMoney => (403, "NOT_ENOUGH", "基本账户余额不足，请充值后重新发起"),
        RefundRefusal::NoBook => (500, "SYSTEM_ERROR", "系统异常，请稍后重试"),
    };
    V3Refused::new(status, code, text)
}

/// A refund as answers tell it.
fn object(order: &SandboxOrder, refund: &SandboxRefund, now: Instant) -> Value {
    let status = refund.status(now);
    let mut out = json!({
        "refund_id": refund.refund_id,
        "out_refund_no": refund.out_refund_no,
        "transaction_id": order.transaction_id,
        "out_trade_no": order.out_trade_no,
        "channel": "ORIGINAL",
        "user_received_account": "支付用户零钱",
        "create_time": refund.accepted_at.rfc3339(),
        "status": v3_word(status),
        "funds_account": "UNSETTLED",
        "amount": {
            "total": order.amount.get(), "refund": refund.amount.get(), "from": [],
            "payer_total": order.amount.get(), "payer_refund": refund.amount.get(),
            "settlement_refund": refund.amount.get(), "settlement_total": order.settled.get(),
            "discount_refund": 0, "currency": "CNY",
        },
        "promotion_detail": [],
    });
    if let (SandboxRefundOutcome::Success, Some(fields)) = (status, out.as_object_mut()) {
        fields.insert(
            "success_time".to_owned(),
            json!(refund.settles_at.rfc3339()),
        );
    }
    out
}

/// The word of APIv3 for a state.
pub(super) const fn v3_word(status: SandboxRefundOutcome) -> &'static str {
    match status {
        SandboxRefundOutcome::Success => "SUCCESS",
        SandboxRefundOutcome::Change => "ABNORMAL",
        SandboxRefundOutcome::RefundClose => "CLOSED",
        SandboxRefundOutcome::Processing => "PROCESSING",
    }
}

fn missing() -> V3Refused {
    V3Refused::new(404, "RESOURCE_NOT_EXISTS", "退款单不存在")
}

/// Tells what is known of a refund.
pub(crate) fn query(call: &V3Call<'_>, number: &str) -> V3Result {
    let found = call.shared.with_book(&call.merchant.mch_id, |book| {
        let refund = book.refunds.get(number)?.clone();
        let order = book.orders.get(&refund.out_trade_no)?.clone();
        Some((order, refund))
    });
    let (order, refund) = found.flatten().ok_or_else(missing)?;
    Ok(V3Reply::Json(object(&order, &refund, call.now)))
}

/// Sends the money of an abnormal refund to a bank card: from then on it is on its way again.
pub(crate) fn abnormal(call: &V3Call<'_>, refund_id: &str) -> V3Result {
    let allowed = [
        "sub_mchid",
        "out_refund_no",
        "type",
        "bank_type",
        "bank_account",
        "real_name",
    ];
    let body = Body::read(call.request.body, &allowed)?;
    let number = body.need("/out_refund_no", 64)?;
    match body.need("/type", 32)? {
        "MERCHANT_BANK_CARD" => {}
        "USER_BANK_CARD" => {
            body.need("/bank_type", 16)?;
            for field in ["/bank_account", "/real_name"] {
                let sealed = body.need(field, 1024)?;
                if !call
                    .shared
                    .opens(call.request.header("wechatpay-serial"), sealed)
                {
                    return Err(wrong(field, &json!("***"), "敏感信息解密失败"));
                }
            }
        }
        other => return Err(wrong("/type", &json!(other), "枚举值有误")),
    }
    let rules = call.shared.rules();
    let done = call.shared.with_book(&call.merchant.mch_id, |book| {
        let refund = book
            .refunds
            .get_mut(number)
            .filter(|refund| refund.refund_id == refund_id)
            .ok_or_else(missing)?;
        if refund.status(call.now) != SandboxRefundOutcome::Change {
            return Err(V3Refused::new(
                400,
                "INVALID_REQUEST",
                "退款单状态不是退款异常",
            ));
        }
        refund.outcome = SandboxRefundOutcome::Success;
        refund.settles_at = call.now.plus(rules.refund_settles_s.max(1));
        let refund = refund.clone();
        let order = book.orders.get(&refund.out_trade_no).ok_or_else(missing)?;
        Ok((order.clone(), refund))
    });
    let (order, refund) = done.unwrap_or_else(|| Err(V3Refused::system()))?;
    Ok(V3Reply::Json(object(&order, &refund, call.now)))
}
