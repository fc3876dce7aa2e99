//! The stage manager's door: what customers, merchants' colleagues and bad days do.
//!
//! | request | body | effect |
//! |---|---|---|
//! | `POST pay` | `{"out_trade_no"` or `"prepay_id"` or `"link"`, `"notify"?, "api"?, "sign_type"?}` | the customer pays; a loopback `notify_url` is notified unless `notify` is false |
//! | `POST cancel` | the same | the customer turns away |
//! | `POST state` | `{"out_trade_no", "state"}` | puts an unpaid order into USERPAYING, PAYERROR, REVOKED, NOTPAY or CLOSED |
//! | `POST refund` | `{"out_trade_no", "refund_fee"?, "out_refund_no"?}` | a refund made at the merchant platform |
//! | `POST notify` | `{"out_trade_no", "out_refund_no"?, "url"?, "sign_type"?, "api"?, "probe"?, "send"?}` | sends the notification of the payment, or of a refund, (again), by the API that asked or the one named, or only shows it; a probe is signed wrongly |
//! | `POST fault` | `{"kind", "path"?, "times"?, …}` | plans a fault of answers; `DELETE fault` forgets all |
//! | `POST notification_fault` | `{"kind", "event"?, "times"?, …}` | plans a fault of notifications; `DELETE` forgets all |
//! | `POST clock` | `{"shift_s"}` or `{"now"}` | shifts the sandbox's time |
//! | `POST rules` | some of the rules | changes them |
//! | `GET ledger`, `GET state` | | orders with every refund accepted and notifications sent; time, rules and faults |
//!
//! `mch_id` names another merchant than the first. Without a body the query says the same: `POST pay?out_trade_no=…`.

use std::sync::Arc;

use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::customer::{self, Notifying};
use super::fault::Planned;
use super::ledger::{
    MerchantLedger, SandboxOrder, SandboxOrderState, SandboxRefund, SandboxRefundOutcome,
};
use super::notification::{NoticeSubject, OutgoingNotice};
use super::notification_fault::{NotificationFault, PlannedNotification};
use super::notify::Recipient;
use super::refund_rules::refund_id;
use super::scenario_file::RuleChanges;
use super::server::{Shared, raw};
use super::tickets::{order_of, ticket_in};
use super::wish::object;
use super::{Merchant, notify};
use recondesk_domain::{ApiVersion, Fen, Instant, SignType};

type ControlResult = Result<Value, String>;

/// What there is, for whoever opens the door without a word.
const INDEX: &str = "\
POST pay    ?out_trade_no=  or  ?prepay_id=  or  ?link=   the customer pays   [notify=false]
POST cancel ?out_trade_no=                                the customer turns away
GET  cashier?out_trade_no=                                a page with both, for a browser
POST state  ?out_trade_no= &state=                        USERPAYING PAYERROR REVOKED NOTPAY CLOSED
POST refund ?out_trade_no= [refund_fee= out_refund_no=]   a refund made at the merchant platform
POST notify ?out_trade_no= [out_refund_no= url= send=]    the notification again
POST fault  {\"kind\", \"path\"?, \"times\"?}                  the next answers go wrong; DELETE forgets
POST notification_fault {\"kind\", \"event\"?, \"times\"?}     the next notifications; DELETE forgets
POST clock  ?shift_s=  or  ?now=                          time passes
POST rules  {\"pay_after_s\": 2}                            how it behaves
GET  ledger, GET state                                    what there is
Each takes its values as JSON or as a query. docs/SANDBOX.md says the rest.
";

/// A request at the door.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ControlRequest<'a> {
    pub(crate) method: &'a Method,
    /// The path below `/_sandbox/`.
    pub(crate) what: &'a str,
    pub(crate) query: &'a str,
    pub(crate) body: &'a [u8],
}

/// Serves one control request.
pub(crate) fn serve(shared: &Arc<Shared>, request: &ControlRequest<'_>) -> Response {
    let (method, what) = (request.method, request.what);
    let done = match (method.as_str(), what) {
        ("GET", "") => return raw("text/plain; charset=utf-8", INDEX),
        ("POST", "pay") => order_wish(shared, request).and_then(|wish| pay(shared, &wish)),
        ("POST", "cancel") => order_wish(shared, request).and_then(|wish| cancel(shared, &wish)),
        ("POST", "state") => order_wish(shared, request).and_then(|wish| set_state(shared, &wish)),
        ("POST", "refund") => order_wish(shared, request).and_then(|wish| refund(shared, &wish)),
        ("POST", "notify") => order_wish(shared, request).and_then(|wish| send(shared, &wish)),
        ("POST", "fault") => read(request).and_then(|planned| plan(shared, planned)),
        ("POST", "notification_fault") => {
            read(request).and_then(|planned| plan_notification(shared, planned))
        }
        ("DELETE", "fault") => {
            shared.with_faults(super::fault::Faults::clear);
            Ok(json!({}))
        }
        ("DELETE", "notification_fault") => {
            shared.with_faults(super::fault::Faults::clear_notifications);
            Ok(json!({}))
        }
        ("POST", "clock") => read(request).and_then(|wish| clock(shared, &wish)),
        ("POST", "rules") => rules(shared, request),
        ("GET", "ledger") => Ok(ledger(shared)),
        ("GET", "state") => Ok(json!({
            "now": shared.now().to_string(),
            "rules": shared.rules(),
            "faults": shared.with_faults(|faults| json!(faults.list())),
            "notification_faults": shared.with_faults(|faults| json!(faults.list_notifications())),
        })),
        (
            _,
            "pay" | "cancel" | "state" | "refund" | "notify" | "fault" | "notification_fault"
            | "clock" | "rules" | "ledger" | "",
        ) => Err(format!("{method} does not fit {what}")),
        _ => Err(format!("there is no control address {what}")),
    };
    answer(done)
}

/// A request that was turned away.
pub(crate) fn turned_away(why: &str) -> Response {
    let mut response = answer(Err(why.to_owned()));
    *response.status_mut() = StatusCode::FORBIDDEN;
    response
}

fn answer(done: ControlResult) -> Response {
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

fn read<T: for<'a> Deserialize<'a>>(request: &ControlRequest<'_>) -> Result<T, String> {
    let wish = object(request.body, request.query)?;
    serde_json::from_value(Value::Object(wish))
        .map_err(|error| format!("not what is wanted: {error}"))
}

/// A wish about an order, which is named by its number or by what its answer handed out for paying.
fn order_wish(shared: &Shared, request: &ControlRequest<'_>) -> Result<OrderWish, String> {
    let mut wish: OrderWish = read(request)?;
    let ticket = wish.prepay_id.take().or_else(|| wish.link.take());
    match ticket {
        Some(ticket) if wish.out_trade_no.is_empty() => {
            let (mch_id, number) = order_of(shared, ticket_in(&ticket))?;
            wish.mch_id = Some(mch_id);
            wish.out_trade_no = number;
        }
        Some(_) => return Err("either out_trade_no, or prepay_id, or link".to_owned()),
        None if wish.out_trade_no.is_empty() => return Err("out_trade_no is missing".to_owned()),
        None => {}
    }
    Ok(wish)
}

/// An order of a merchant, and what is wished for it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OrderWish {
    #[serde(default)]
    out_trade_no: String,
    prepay_id: Option<String>,
    link: Option<String>,
    mch_id: Option<String>,
    notify: Option<bool>,
    state: Option<SandboxOrderState>,
    refund_fee: Option<i64>,
    out_refund_no: Option<String>,
    outcome: Option<SandboxRefundOutcome>,
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

fn pay(shared: &Arc<Shared>, wish: &OrderWish) -> ControlResult {
    let mch_id = &merchant(shared, wish)?.mch_id;
    let notifying = Notifying {
        is_wanted: wish.notify.unwrap_or(true),
        api: wish.api,
        sign_type: wish.sign_type,
    };
    let (orders, told) = customer::pay(shared, mch_id, &wish.out_trade_no, notifying)?;
    let mut out = paid_json(&orders, shared.now());
    if let Some(fields) = out.as_object_mut() {
        fields.insert("notification".to_owned(), told.json());
    }
    Ok(out)
}

fn cancel(shared: &Shared, wish: &OrderWish) -> ControlResult {
    let order = in_book(shared, wish, |book| {
        book.cancel(&wish.out_trade_no)?;
        let order = book.orders.get(&wish.out_trade_no).cloned();
        order.ok_or_else(|| format!("there is no order {}", wish.out_trade_no))
    })?;
    Ok(order_json(&order, &[], shared.now()))
}

fn set_state(shared: &Shared, wish: &OrderWish) -> ControlResult {
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

fn refund(shared: &Shared, wish: &OrderWish) -> ControlResult {
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

fn send(shared: &Arc<Shared>, wish: &OrderWish) -> ControlResult {
    let orders = in_book(shared, wish, |book| {
        let mut orders = book.together(&wish.out_trade_no);
        if wish.out_refund_no.is_some() {
            orders.retain(|order| order.out_trade_no == wish.out_trade_no);
        }
        let are_paid = orders.iter().all(|order| order.state.is_paid());
        Ok(if are_paid { orders } else { Vec::new() })
    })?;
    let (order, rest) = orders
        .split_first()
        .ok_or_else(|| format!("there is no paid order {}", wish.out_trade_no))?;
    let url = wish.url.clone().unwrap_or_else(|| order.notify_url.clone());
    let (subject, notice) = notice(shared, wish, order, rest)?;
    if wish.send != Some(false) {
        notify::target(&url)?;
        let to = Recipient {
            mch_id: subject.merchant.mch_id.clone(),
            out_trade_no: match subject.refund {
                None => order.told_as().to_owned(),
                Some(_) => order.out_trade_no.clone(),
            },
            url: url.clone(),
        };
        let sent = notice.clone();
        tokio::spawn(notify::deliver(Arc::clone(shared), to, subject, sent));
    }
    Ok(json!({
        "url": url,
        "headers": notice.headers(shared),
        "body": String::from_utf8_lossy(&notice.body),
    }))
}

fn notice(
    shared: &Shared,
    wish: &OrderWish,
    order: &SandboxOrder,
    rest: &[SandboxOrder],
) -> Result<(NoticeSubject, OutgoingNotice), String> {
    let refund = match &wish.out_refund_no {
        None => None,
        Some(number) => Some(in_book(shared, wish, |book| {
            let refund = book.refunds.get(number).cloned();
            refund.ok_or_else(|| format!("there is no refund {number}"))
        })?),
    };
    let asked_by = refund.as_ref().map_or(order.api, |refund| refund.api);
    let subject = NoticeSubject {
        merchant: merchant(shared, wish)?.clone(),
        order: order.clone(),
        rest: rest.to_vec(),
        refund,
        api: wish.api.unwrap_or(asked_by),
        sign_type: wish.sign_type.unwrap_or(order.sign_type),
    };
    let mut notice = OutgoingNotice::of(shared, &subject)?;
    if wish.probe == Some(true) {
        notice.fault = Some(NotificationFault::Probe);
    }
    Ok((subject, notice))
}

fn plan_notification(shared: &Shared, planned: PlannedNotification) -> ControlResult {
    if shared.with_faults(|faults| faults.plan_notification(planned)) {
        Ok(json!({}))
    } else {
        Err("too many planned faults".to_owned())
    }
}

fn plan(shared: &Shared, planned: Planned) -> ControlResult {
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

fn clock(shared: &Shared, wish: &ClockWish) -> ControlResult {
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

fn rules(shared: &Shared, request: &ControlRequest<'_>) -> ControlResult {
    let changes = RuleChanges::new(object(request.body, request.query)?);
    shared.set_rules(changes.over(shared.rules())?);
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

/// What was paid: an order, or a combined one with its parts.
fn paid_json(orders: &[SandboxOrder], now: Instant) -> Value {
    let Some(first) = orders.first() else {
        return json!({});
    };
    if first.part_of.is_empty() {
        return order_json(first, &[], now);
    }
    let parts = orders.iter().map(|part| order_json(part, &[], now));
    json!({
        "combine_out_trade_no": first.part_of,
        "trade_state": first.state.wire(),
        "sub_orders": parts.collect::<Vec<_>>(),
    })
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
        "combine_out_trade_no": (!order.part_of.is_empty()).then_some(&order.part_of),
        "transaction_id": order.transaction_id,
        "total_fee": order.amount.get(),
        "trade_state": order.state.wire(),
        "created_at": order.created_at.to_string(),
        "paid_at": order.paid_at.map(|at| at.to_string()),
        "refunds": refunds,
    })
}
