//! 查单: any number pasted, what the workspace knows of it, what WeChat Pay says, what to do.
//!
//! `recognise` finds the numbers in a text, `gather` what is known of an order, `timeline` puts it in
//! order, `order_summary` says what it means from the sums of `money` and the rules of `advice`, `live` asks WeChat Pay, `ticket` hands over without secrets,
//! `explain` decodes error codes. `desk` is what the window asks for, `fields` and `answers` its tables.

mod advice;
mod answer_phrases;
pub mod answers;
pub mod collect;
pub(crate) mod combined;
pub mod explain;
pub mod fields;
mod foreign_errors;
mod heard;
pub mod known;
pub mod live;
mod logged;
pub mod money;
pub mod order_summary;
pub mod phrases;
pub mod places;
pub mod recognise;
mod refund_facts;
mod refunding;
pub mod session;
pub mod ticket;
pub mod timeline;
mod unbooked;
mod under_way;
mod unlike;
mod unpaid;

use crate::{Failure, Message};
use collect::OrderRecord;
use order_summary::OrderSummary;
use recondesk_domain::{MerchantProfile, ProfileId};
use recondesk_ports::{NumberKind, Ports};
use timeline::TimelineEntry;

/// What the workspace says of one order of one merchant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderView {
    /// What the number looked for is here.
    pub kind: NumberKind,
    /// The facts.
    pub record: OrderRecord,
    /// The facts in order.
    pub entries: Vec<TimelineEntry>,
    /// What they mean.
    pub sentence: OrderSummary,
}

/// Looks a clean number up: one view for each merchant and order that it may mean.
///
/// With `only`, other merchants are left out. Nothing known gives no view.
///
/// # Errors
/// When the workspace cannot be read.
pub fn look_up(
    ports: &Ports,
    number: &str,
    only: Option<ProfileId>,
) -> Result<Vec<OrderView>, Failure> {
    let profiles = ports.records.profiles()?;
    let mut stories = Vec::new();
    for place in places::places(ports, number)? {
        if only.is_some_and(|only| only != place.profile) {
            continue;
        }
        // A removed merchant keeps its books, but nobody asks for it any more.
        let Some(profile) = profiles.iter().find(|(id, _)| *id == place.profile) else {
            continue;
        };
        let of_order = views(ports, profile.clone(), (&place.out_trade_no, place.kind))?;
        let names_payment = |view: &OrderView| {
            let mut pays = view.record.pays.iter();
            pays.any(|kept| kept.row.transaction_id.as_str() == number)
        };
        let is_payment = of_order.iter().any(names_payment);
        stories.extend(
            of_order
                .into_iter()
                .filter(|view| !is_payment || names_payment(view)),
        );
    }
    // A number that stands only among the rows that were not imported is known all the same.
    let known: Vec<ProfileId> = stories.iter().map(|view| view.record.profile.0).collect();
    for profile in profiles {
        let asked = only.is_none_or(|only| only == profile.0);
        if asked
            && !known.contains(&profile.0)
            && collect::refused(ports, profile.0, number)?.is_some()
        {
            stories.extend(views(ports, profile, (number, NumberKind::OutTradeNo))?);
        }
    }
    // The order that has exactly this number speaks first; it may also be the business number of others.
    stories.sort_by_key(|view| {
        let is_shared = view.kind == NumberKind::OrderNo;
        (is_shared, std::cmp::Reverse(view.sentence.standing))
    });
    Ok(stories)
}

/// The views of one number: one, or one for each sub-merchant that has an order of it.
fn views(
    ports: &Ports,
    profile: (ProfileId, MerchantProfile),
    (out_trade_no, kind): (&str, NumberKind),
) -> Result<Vec<OrderView>, Failure> {
    let record = collect::collect(ports, profile, out_trade_no)?;
    let shops = order_summary::sub_merchants(&record);
    if shops.len() < 2 {
        return Ok(vec![of_record(ports, record, kind)?]);
    }
    let mut out = Vec::with_capacity(shops.len());
    for shop in shops {
        let own = order_summary::at_sub_merchant(&record, &shop);
        let mut view = of_record(ports, own, kind)?;
        let words = &view.sentence.words;
        view.sentence.words = Message::new(
            format!("特约商户 {shop}：{}", words.zh),
            format!("Sub-merchant {shop}: {}", words.en),
        );
        out.push(view);
    }
    Ok(out)
}

fn of_record(ports: &Ports, record: OrderRecord, kind: NumberKind) -> Result<OrderView, Failure> {
    Ok(OrderView {
        kind,
        entries: timeline::timeline(ports, &record)?,
        sentence: order_summary::sentence(&record),
        record,
    })
}

/// The view of one order.
///
/// # Errors
/// When the workspace cannot be read.
pub fn view(
    ports: &Ports,
    profile: (ProfileId, MerchantProfile),
    (out_trade_no, kind): (&str, NumberKind),
) -> Result<OrderView, Failure> {
    let record = collect::collect(ports, profile, out_trade_no)?;
    of_record(ports, record, kind)
}
