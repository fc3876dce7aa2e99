//! The customer: pays an order by hand or by itself, and what the merchant is then told.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::ledger::SandboxOrder;
use super::notification::{NoticeSubject, OutgoingNotice};
use super::notify::{self, Recipient};
use super::server::Shared;
use recondesk_domain::{ApiVersion, SignType};

/// What became of the notification of a payment.
#[derive(Debug, Clone)]
pub(crate) enum NotificationRoute {
    /// It goes to this address.
    Sent(String),
    /// It goes nowhere, and why.
    Nobody(String),
}

impl NotificationRoute {
    /// The same for programs.
    pub(crate) fn json(&self) -> Value {
        match self {
            Self::Sent(url) => json!({ "url": url, "sent": true }),
            Self::Nobody(why) => json!({ "sent": false, "why": why }),
        }
    }
}

/// The customer pays an order, or all parts of a combined one, and its `notify_url` is told once.
pub(crate) fn pay(
    shared: &Arc<Shared>,
    mch_id: &str,
    number: &str,
    wish: Notifying,
) -> Result<(Vec<SandboxOrder>, NotificationRoute), String> {
    let now = shared.now();
    let orders = shared
        .with_book(mch_id, |book| {
            shared.with_numbers(|numbers| book.pay(number, now, numbers))
        })
        .unwrap_or_else(|| Err("there is no such merchant".to_owned()))?;
    let told = tell(shared, mch_id, &orders, wish)?;
    Ok((orders, told))
}

/// How the merchant is told of a payment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Notifying {
    /// False to tell nobody.
    pub(crate) is_wanted: bool,
    /// Another API than the one that placed the order.
    pub(crate) api: Option<ApiVersion>,
    /// How a notification of APIv2 is signed; none: as the order was.
    pub(crate) sign_type: Option<SignType>,
}

impl Notifying {
    /// As the real gateway does.
    pub(crate) const USUAL: Self = Self {
        is_wanted: true,
        api: None,
        sign_type: None,
    };
}

fn tell(
    shared: &Arc<Shared>,
    mch_id: &str,
    orders: &[SandboxOrder],
    wish: Notifying,
) -> Result<NotificationRoute, String> {
    let (order, rest) = orders.split_first().ok_or("there is no order")?;
    if !wish.is_wanted {
        return Ok(NotificationRoute::Nobody("not wanted".to_owned()));
    }
    if order.is_code_pay() {
        let why = "payments by the customer's code are not notified: their answer is the result";
        return Ok(NotificationRoute::Nobody(why.to_owned()));
    }
    if let Err(why) = notify::target(&order.notify_url) {
        return Ok(NotificationRoute::Nobody(format!(
            "{}: {why}",
            order.notify_url
        )));
    }
    let merchant = shared
        .merchant(mch_id)
        .ok_or("there is no such merchant")?
        .clone();
    let subject = NoticeSubject {
        merchant,
        order: order.clone(),
        rest: rest.to_vec(),
        refund: None,
        api: wish.api.unwrap_or(order.api),
        sign_type: wish.sign_type.unwrap_or(order.sign_type),
    };
    let notice = OutgoingNotice::of(shared, &subject)?;
    let to = Recipient {
        mch_id: mch_id.to_owned(),
        out_trade_no: order.told_as().to_owned(),
        url: order.notify_url.clone(),
    };
    tokio::spawn(notify::deliver(Arc::clone(shared), to, subject, notice));
    Ok(NotificationRoute::Sent(order.notify_url.clone()))
}

/// Lets an order be paid by itself after a while, where the rules say so; one that is closed by then stays unpaid.
pub(crate) fn pay_later(shared: &Arc<Shared>, mch_id: &str, number: &str) {
    let Some(seconds) = shared.rules().pay_after_s else {
        return;
    };
    let (shared, mch_id, number) = (Arc::clone(shared), mch_id.to_owned(), number.to_owned());
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(u64::from(seconds))).await;
        // Paid by hand, closed or expired meanwhile: nothing is left to do.
        drop(pay(&shared, &mch_id, &number, Notifying::USUAL));
    });
}
