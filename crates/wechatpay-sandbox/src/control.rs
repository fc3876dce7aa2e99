//! The stage manager's door: what customers, merchants' colleagues and bad days do.
//!
//! | request | body | effect |
//! |---|---|---|
//! | `POST pay` | `{"out_trade_no", "notify"?}` | the customer pays; a loopback `notify_url` is notified unless `notify` is false |
//! | `POST state` | `{"out_trade_no", "state"}` | puts an unpaid order into USERPAYING, PAYERROR, REVOKED, NOTPAY or CLOSED |
//! | `POST refund` | `{"out_trade_no", "refund_fee"?, "out_refund_no"?}` | a refund made at the merchant platform |
//! | `POST notify` | `{"out_trade_no", "out_refund_no"?, "url"?, "sign_type"?, "api"?, "probe"?, "send"?}` | sends the notification of the payment, or of a refund, (again), by the API that asked or the one named, or only shows it; a probe is signed wrongly |
//! | `POST fault` | `{"kind", "path"?, "times"?, …}` | plans a fault; `DELETE fault` forgets all |
//! | `POST clock` | `{"shift_s"}` or `{"now"}` | shifts the sandbox's time |
//! | `POST rules` | some of the rules | changes them |
//! | `GET ledger`, `GET state` | | orders with every refund accepted; time, rules and faults |
//!
//! `mch_id` names another merchant than the first.

use std::sync::Arc;

use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::fault::Planned;
use super::ledger::{MerchantLedger, OrderState, RefundOutcome, SandboxOrder, SandboxRefund};
use super::notify::{Notice, Recipient};
use super::refund_rules::refund_id;
use super::server::{Shared, raw};
use super::{Merchant, notify};
use recondesk_domain::{ApiVersion, Fen, Instant, SignType};

type Done = Result<Value, String>;

/// Serves one control request.
pub(crate) fn serve(shared: &Arc<Shared>, method: &Method, what: &str, body: &[u8]) -> Response {
    let done = match (method.as_str(), what) {
        ("POST", "pay") => read(body).and_then(|wish| pay(shared, &wish)),
        ("POST", "state") => read(body).and_then(|wish| set_state(shared, &wish)),
        ("POST", "refund") => read(body).and_then(|wish| refund(shared, &wish)),
        ("POST", "notify") => read(body).and_then(|wish| send(shared, &wish)),
        ("POST", "fault") => read(body).and_then(|planned| plan(shared, planned)),
        ("DELETE", "fault") => {
            shared.with_faults(super::fault::Faults::clear);
            Ok(json!({}))
        }
        ("POST", "clock") => read(body).and_then(|wish| clock(shared, &wish)),
        ("POST", "rules") => rules(shared, body),
        ("GET", "ledger") => Ok(ledger(shared)),
        ("GET", "state") => Ok(json!({
            "now": shared.now().to_string(),
            "rules": shared.rules(),
            "faults": shared.with_faults(|faults| json!(faults.list())),
        })),
        (_, "pay" | "state" | "refund" | "notify" | "fault" | "clock" | "rules" | "ledger") => {
            Err(format!("{method} does not fit {what}"))
        }
        _ => Err(format!("there is no control address {what}")),
    };
    let (status, value) = match done {
        Ok(value) => (StatusCode::OK, value),
        Err(error) => (StatusCode::BAD_REQUEST, json!({ "error": error })),
    };
    let mut response = raw("application/json", format!("{value}\n"));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert("cache-control", HeaderValue::from_static("no-store"));
    response
}

fn read<T: for<'a> Deserialize<'a>>(body: &[u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|error| format!("not the JSON that is wanted: {error}"))
}

/// An order of a merchant, and what is wished for it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OrderWish {
    out_trade_no: String,
    mch_id: Option<String>,
    notify: Option<bool>,
    state: Option<OrderState>,
    refund_fee: Option<i64>,
    out_refund_no: Option<String>,
    outcome: Option<RefundOutcome>,
    url: Option<String>,
    sign_type: Option<SignType>,
    send: Option<bool>,
    api: Option<ApiVersion>,
    probe: Option<bool>,
}

fn merchant<'a>(shared: &'a Shared, wish: &OrderWish) -> Result<&'a Merchant, String> {
    let found = match &wish.mch_id {
        Some(mch_id) => shared.merchant(mch_id),
        None => shared.merchants.first(),
    };
    found.ok_or_else(|| "there is no such merchant".to_owned())
}

fn in_book<T>(
    shared: &Shared,
    wish: &OrderWish,
    work: impl FnOnce(&mut MerchantLedger) -> Result<T, String>,
) -> Result<T, String> {
    let mch_id = &merchant(shared, wish)?.mch_id;
    shared
        .with_book(mch_id, work)
        .unwrap_or_else(|| Err("there is no such merchant".to_owned()))
}

fn pay(shared: &Arc<Shared>, wish: &OrderWish) -> Done {
    let now = shared.now();
    let order = in_book(shared, wish, |book| {
        shared.with_numbers(|numbers| book.pay(&wish.out_trade_no, now, numbers))
    })?;
    let reachable = notify::target(&order.notify_url).is_ok();
    if wish.notify.unwrap_or(true) && reachable {
        let notice = notice(shared, wish, &order)?;
        deliver(shared, wish, &order, (&order.notify_url, notice))?;
    }
    Ok(order_json(&order, &[], now))
}

fn set_state(shared: &Shared, wish: &OrderWish) -> Done {
    let state = wish.state.ok_or("state is missing")?;
    if state.is_paid() {
        return Err("an order is paid by pay, and refunded by refund".to_owned());
    }
    let order = in_book(shared, wish, |book| {
        let order = book.orders.get_mut(&wish.out_trade_no);
        let order = order.ok_or_else(|| format!("there is no order {}", wish.out_trade_no))?;
        if order.state.is_paid() {
            return Err("the order is paid".to_owned());
        }
        order.state = state;
        Ok(order.clone())
    })?;
    Ok(order_json(&order, &[], shared.now()))
}

fn refund(shared: &Shared, wish: &OrderWish) -> Done {
    let now = shared.now();
    let (order, refund) = in_book(shared, wish, |book| {
        let order = book
            .orders
            .get(&wish.out_trade_no)
            .filter(|order| order.state.is_paid())
            .cloned()
            .ok_or_else(|| format!("there is no paid order {}", wish.out_trade_no))?;
        let rest = order
            .amount
            .checked_sub(book.refunded(&order.out_trade_no))
            .unwrap_or(Fen::ZERO);
        let amount = wish.refund_fee.map_or(rest, Fen::new);
        if amount > rest || amount <= Fen::ZERO {
            return Err(format!("{} fen can still be refunded", rest.get()));
        }
        let number = wish.out_refund_no.clone().unwrap_or_else(|| {
            // Refunds of the merchant platform carry long numbers.
            shared.with_numbers(|numbers| format!("BD{}", numbers.digits(35)))
        });
        if book.refunds.contains_key(&number) {
            return Err("the refund number is taken".to_owned());
        }
        let refund = SandboxRefund {
            out_refund_no: number,
            refund_id: refund_id(shared, now),
            out_trade_no: order.out_trade_no.clone(),
            amount,
            accepted_at: now,
            settles_at: now,
            outcome: wish.outcome.unwrap_or_default(),
            elsewhere: true,
            api: order.api,
            requests: 1,
        };
        book.refund(refund.clone())?;
        Ok((order, refund))
    })?;
    Ok(order_json(&order, &[&refund], now))
}

fn send(shared: &Arc<Shared>, wish: &OrderWish) -> Done {
    let order = in_book(shared, wish, |book| {
        let order = book.orders.get(&wish.out_trade_no);
        order
            .filter(|order| order.state.is_paid())
            .cloned()
            .ok_or_else(|| format!("there is no paid order {}", wish.out_trade_no))
    })?;
    let url = wish.url.clone().unwrap_or_else(|| order.notify_url.clone());
    let notice = notice(shared, wish, &order)?;
    if wish.send != Some(false) {
        notify::target(&url)?;
        deliver(shared, wish, &order, (&url, notice.clone()))?;
    }
    Ok(json!({
        "url": url,
        "headers": notice.headers(shared),
        "body": String::from_utf8_lossy(&notice.body),
    }))
}

fn notice(shared: &Shared, wish: &OrderWish, order: &SandboxOrder) -> Result<Notice, String> {
    let merchant = merchant(shared, wish)?;
    let mut notice = match &wish.out_refund_no {
        None => {
            let sign_type = wish.sign_type.unwrap_or_default();
            let api = wish.api.unwrap_or(order.api);
            Notice::of_payment(shared, merchant, order, (api, sign_type))?
        }
        Some(number) => {
            let refund = in_book(shared, wish, |book| {
                let refund = book.refunds.get(number).cloned();
                refund.ok_or_else(|| format!("there is no refund {number}"))
            })?;
            let api = wish.api.unwrap_or(refund.api);
            Notice::of_refund(shared, merchant, order, (&refund, api))?
        }
    };
    notice.probe = wish.probe == Some(true);
    Ok(notice)
}

fn deliver(
    shared: &Arc<Shared>,
    wish: &OrderWish,
    order: &SandboxOrder,
    (url, notice): (&str, Notice),
) -> Result<(), String> {
    let to = Recipient {
        mch_id: merchant(shared, wish)?.mch_id.clone(),
        out_trade_no: order.out_trade_no.clone(),
        url: url.to_owned(),
    };
    tokio::spawn(notify::deliver(Arc::clone(shared), to, notice));
    Ok(())
}

fn plan(shared: &Shared, planned: Planned) -> Done {
    if shared.with_faults(|faults| faults.plan(planned)) {
        Ok(json!({}))
    } else {
        Err("too many planned faults".to_owned())
    }
}

/// Where the sandbox's clock goes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockWish {
    shift_s: Option<i64>,
    now: Option<String>,
}

fn clock(shared: &Shared, wish: &ClockWish) -> Done {
    let shift = match (wish.shift_s, &wish.now) {
        (Some(shift), None) => shift,
        (None, Some(text)) => {
            let wanted = Instant::parse_beijing(text).ok_or("now is YYYY-MM-DD HH:MM:SS")?;
            shared.shift(0);
            wanted.unix().saturating_sub(shared.now().unix())
        }
        _ => return Err("either shift_s or now".to_owned()),
    };
    shared.shift(shift);
    Ok(json!({ "now": shared.now().to_string() }))
}

fn rules(shared: &Shared, body: &[u8]) -> Done {
    let wish: serde_json::Map<String, Value> = read(body)?;
    let mut merged = json!(shared.rules());
    for (name, value) in wish {
        let slot = merged
            .get_mut(&name)
            .ok_or_else(|| format!("there is no rule {name}"))?;
        *slot = value;
    }
    let rules = serde_json::from_value(merged).map_err(|error| error.to_string())?;
    shared.set_rules(rules);
    Ok(json!(shared.rules()))
}

fn ledger(shared: &Shared) -> Value {
    let now = shared.now();
    let merchants: Vec<Value> = shared
        .merchants
        .iter()
        .filter_map(|merchant| {
            shared.with_book(&merchant.mch_id, |book| {
                let orders: Vec<Value> = book
                    .orders
                    .values()
                    .map(|order| order_json(order, &book.refunds(&order.out_trade_no), now))
                    .collect();
                json!({
                    "mch_id": merchant.mch_id, "orders": orders,
                    "notifications": book.notifications,
                })
            })
        })
        .collect();
    json!({ "now": now.to_string(), "merchants": merchants })
}

fn order_json(order: &SandboxOrder, refunds: &[&SandboxRefund], now: Instant) -> Value {
    let refunds: Vec<Value> = refunds
        .iter()
        .map(|refund| {
            json!({
                "out_refund_no": refund.out_refund_no,
                "refund_id": refund.refund_id,
                "refund_fee": refund.amount.get(),
                "status": refund.status(now).wire(),
                "accepted_at": refund.accepted_at.to_string(),
                "elsewhere": refund.elsewhere,
                "requests": refund.requests,
            })
        })
        .collect();
    json!({
        "out_trade_no": order.out_trade_no,
        "transaction_id": order.transaction_id,
        "total_fee": order.amount.get(),
        "trade_state": order.state.wire(),
        "created_at": order.created_at.to_string(),
        "paid_at": order.paid_at.map(|at| at.to_string()),
        "refunds": refunds,
    })
}
