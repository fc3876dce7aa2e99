//! Notifications of APIv3: sealed with the merchant's APIv3 key, signed anew at every delivery.

use serde_json::{Value, json};

use super::answer::{UNKNOWN_SERIAL, signing_key};
use super::combined;
use super::orders::transaction;
use super::refunds::v3_word;
use crate::Merchant;
use crate::ledger::{SandboxOrder, SandboxOrderState, SandboxRefund, SandboxRefundOutcome};
use crate::notification_fault::NotificationFault;
use crate::server::Shared;
use recondesk_domain::Instant;
use wechatpay_codec::v3::{AEAD, PROBE_PREFIX, lines, seal_resource};

/// The body of a payment notification; one for all parts of a combined order.
pub(crate) fn payment(
    shared: &Shared,
    merchant: &Merchant,
    orders: &[SandboxOrder],
) -> Result<Vec<u8>, String> {
    let first = orders.first().ok_or("there is no order")?;
    if !first.part_of.is_empty() {
        let told: Vec<SandboxOrder> = orders
            .iter()
            .map(|part| SandboxOrder {
                state: SandboxOrderState::Success,
                ..part.clone()
            })
            .collect();
        let inner = combined::object(&told, &merchant.mch_id).ok_or("there is no order")?;
        return envelope(
            shared,
            merchant,
            ("TRANSACTION.SUCCESS", "transaction", "支付成功"),
            &inner,
        );
    }
    let mut inner = transaction(first, &merchant.mch_id);
    if let Some(fields) = inner.as_object_mut() {
        // A payment notification tells the payment, whatever was refunded since.
        fields.insert("trade_state".to_owned(), json!("SUCCESS"));
        fields.insert("trade_state_desc".to_owned(), json!("支付成功"));
    }
    envelope(
        shared,
        merchant,
        ("TRANSACTION.SUCCESS", "transaction", "支付成功"),
        &inner,
    )
}

/// The body of a refund notification.
pub(crate) fn refund(
    shared: &Shared,
    merchant: &Merchant,
    order: &SandboxOrder,
    (refund, now): (&SandboxRefund, Instant),
) -> Result<Vec<u8>, String> {
    let status = refund.status(now);
    let (event, summary) = match status {
        SandboxRefundOutcome::Processing => return Err("the refund has no outcome yet".to_owned()),
        SandboxRefundOutcome::Success => ("REFUND.SUCCESS", "退款成功"),
        SandboxRefundOutcome::Change => ("REFUND.ABNORMAL", "退款异常"),
        SandboxRefundOutcome::RefundClose => ("REFUND.CLOSED", "退款关闭"),
    };
    let mut inner = json!({
        "out_trade_no": order.out_trade_no,
        "transaction_id": order.transaction_id,
        "out_refund_no": refund.out_refund_no,
        "refund_id": refund.refund_id,
        "refund_status": v3_word(status),
        "user_received_account": "支付用户零钱",
        "amount": {
            "total": order.amount.get(), "refund": refund.amount.get(),
            "payer_total": order.amount.get(), "payer_refund": refund.amount.get(),
        },
    });
    if let Some(fields) = inner.as_object_mut() {
        if order.has_sub_merchant() {
            fields.insert("sp_mchid".to_owned(), json!(merchant.mch_id));
            fields.insert("sub_mchid".to_owned(), json!(order.sub_mch_id));
        } else {
            fields.insert("mchid".to_owned(), json!(merchant.mch_id));
        }
        if status == SandboxRefundOutcome::Success {
            let at = refund.settles_at.rfc3339();
            fields.insert("success_time".to_owned(), json!(at));
        }
    }
    envelope(shared, merchant, (event, "refund", summary), &inner)
}

fn envelope(
    shared: &Shared,
    merchant: &Merchant,
    (event, original, summary): (&str, &str, &str),
    inner: &Value,
) -> Result<Vec<u8>, String> {
    let (id, nonce) = shared.with_numbers(|numbers| (numbers.letters(32), numbers.letters(12)));
    let sealed = seal_resource(
        inner.to_string().as_bytes(),
        &nonce,
        original,
        &merchant.v3_key,
    )
    .map_err(|error| error.to_string())?;
    let body = json!({
        "id": id,
        "create_time": shared.now().rfc3339(),
        "resource_type": "encrypt-resource",
        "event_type": event,
        "summary": summary,
        "resource": {
            "original_type": original, "algorithm": AEAD, "ciphertext": sealed,
            "associated_data": original, "nonce": nonce,
        },
    });
    Ok(body.to_string().into_bytes())
}

/// The headers of one delivery, spoilt where a fault wants it.
pub(crate) fn headers(
    shared: &Shared,
    body: &[u8],
    fault: Option<NotificationFault>,
) -> Vec<(String, String)> {
    let content = ("Content-Type".to_owned(), "application/json".to_owned());
    if fault == Some(NotificationFault::Unsigned) {
        return vec![content];
    }
    let key = signing_key(shared, "");
    let mut at = shared.now();
    if let Some(NotificationFault::Stale { seconds }) = fault {
        at = at.plus(seconds.saturating_neg());
    }
    let time = at.unix().to_string();
    let nonce = shared.with_numbers(|numbers| numbers.letters(32));
    let text = lines(&[time.as_bytes(), nonce.as_bytes(), body]);
    let strange = matches!(
        fault,
        Some(NotificationFault::WrongSign | NotificationFault::Forged)
    );
    let mut signature = if strange {
        shared.platform.stranger.sign(&text)
    } else {
        key.private.sign(&text)
    };
    if fault == Some(NotificationFault::Probe) {
        signature.insert_str(0, PROBE_PREFIX);
    }
    let serial = if fault == Some(NotificationFault::UnknownSerial) {
        UNKNOWN_SERIAL
    } else {
        &key.id
    };
    let signed = [
        ("Wechatpay-Serial", serial),
        ("Wechatpay-Timestamp", &time),
        ("Wechatpay-Nonce", &nonce),
        ("Wechatpay-Signature", &signature),
        ("Wechatpay-Signature-Type", "WECHATPAY2-SHA256-RSA2048"),
    ];
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    std::iter::once(content).chain(signed.map(owned)).collect()
}
