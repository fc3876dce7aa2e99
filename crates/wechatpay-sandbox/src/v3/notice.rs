//! Notifications of APIv3: sealed with the merchant's APIv3 key, signed anew at every delivery.

use serde_json::{Value, json};

use super::answer::signing_key;
use super::orders::transaction;
use super::refunds::v3_word;
use crate::Merchant;
use crate::ledger::{RefundOutcome, SandboxOrder, SandboxRefund};
use crate::server::Shared;
use recondesk_domain::Instant;
use wechatpay_codec::v3::{AEAD, PROBE_PREFIX, lines, seal_resource};

/// The body of a payment notification.
pub(crate) fn payment(
    shared: &Shared,
    merchant: &Merchant,
    order: &SandboxOrder,
) -> Result<Vec<u8>, String> {
    let mut inner = transaction(order, &merchant.mch_id);
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
        RefundOutcome::Processing => return Err("the refund has no outcome yet".to_owned()),
        RefundOutcome::Success => ("REFUND.SUCCESS", "退款成功"),
        RefundOutcome::Change => ("REFUND.ABNORMAL", "退款异常"),
        RefundOutcome::RefundClose => ("REFUND.CLOSED", "退款关闭"),
    };
    let mut inner = json!({
        "mchid": merchant.mch_id,
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
    if let (RefundOutcome::Success, Some(fields)) = (status, inner.as_object_mut()) {
        fields.insert(
            "success_time".to_owned(),
            json!(refund.settles_at.rfc3339()),
        );
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

/// The headers of one delivery; a probe carries a signature that must fail.
pub(crate) fn headers(shared: &Shared, body: &[u8], probe: bool) -> Vec<(String, String)> {
    let key = signing_key(shared, "");
    let time = shared.now().unix().to_string();
    let nonce = shared.with_numbers(|numbers| numbers.letters(32));
    let mut signature = key
        .private
        .sign(&lines(&[time.as_bytes(), nonce.as_bytes(), body]));
    if probe {
        signature.insert_str(0, PROBE_PREFIX);
    }
    [
        ("Content-Type", "application/json"),
        ("Wechatpay-Serial", &key.id),
        ("Wechatpay-Timestamp", &time),
        ("Wechatpay-Nonce", &nonce),
        ("Wechatpay-Signature", &signature),
        ("Wechatpay-Signature-Type", "WECHATPAY2-SHA256-RSA2048"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}
