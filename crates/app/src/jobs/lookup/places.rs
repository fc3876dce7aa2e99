//! Which merchants and orders a number may mean.

use super::collect::order_of;
use super::logged::statement;
use crate::Failure;
use recondesk_domain::ProfileId;
use recondesk_ports::{BookRow, NumberKind, Occurrence, Ports, RefundQuery};

/// Questions about a number that are looked at.
const MOST_ASKED: u32 = 100;

/// One place where a number stands: merchant, order, and what the number is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordPlace {
    /// The merchant.
    pub profile: ProfileId,
    /// The order behind it.
    pub out_trade_no: String,
    /// What the number is there.
    pub kind: NumberKind,
}

/// Every merchant and order that a number may mean.
///
/// # Errors
/// When the workspace cannot be read.
pub fn places(ports: &Ports, number: &str) -> Result<Vec<RecordPlace>, Failure> {
    let mut out: Vec<RecordPlace> = Vec::new();
    let mut add = |place: RecordPlace| {
        let same = |known: &RecordPlace| {
            known.profile == place.profile && known.out_trade_no == place.out_trade_no
        };
        if !place.out_trade_no.is_empty() && !out.iter().any(same) {
            out.push(place);
        }
    };
    let found = ports.books.find(number).map_err(Failure::from)?;
    // WeChat Pay's number holds both sides together: the payment's record tells of its order, too.
    let is_paid = |profile: ProfileId| {
        found.iter().any(|place| {
            place.profile == profile
                && matches!(place.row, BookRow::Pay(row) if row.transaction_id.as_str() == number)
        })
    };
    for place in &found {
        let is_side = matches!(place.row, BookRow::Order(_))
            && place.kind == NumberKind::TransactionId
            && is_paid(place.profile)
            && !has_payment(ports, place)?;
        if is_side {
            continue;
        }
        add(RecordPlace {
            profile: place.profile,
            out_trade_no: order_of(&place.row).to_string(),
            kind: place.kind,
        });
    }
    for seen in ports.records.observations(number)? {
        let kind = if seen.out_trade_no == number {
            NumberKind::OutTradeNo
        } else if seen.transaction_id == number {
            NumberKind::TransactionId
        } else if seen.out_refund_no == number {
            NumberKind::OutRefundNo
        } else {
            NumberKind::RefundId
        };
        add(RecordPlace {
            profile: seen.profile,
            out_trade_no: seen.out_trade_no,
            kind,
        });
    }
    if out.is_empty() {
        out = begun_or_asked(ports, number)?;
    }
    Ok(out)
}

/// Where no book has a number: the orders of refunds that were begun here, and those that WeChat Pay was asked about and
/// has.
fn begun_or_asked(ports: &Ports, number: &str) -> Result<Vec<RecordPlace>, Failure> {
    let mut out: Vec<RecordPlace> = Vec::new();
    for known in ports.casework.refunds(&RefundQuery::default())? {
        let draft = known.draft;
        let kind = if draft.out_trade_no == number {
            NumberKind::OutTradeNo
        } else if known.out_refund_no.as_str() == number {
            NumberKind::OutRefundNo
        } else if known.refund_id == number {
            NumberKind::RefundId
        } else {
            continue;
        };
        out.push(RecordPlace {
            profile: draft.profile,
            out_trade_no: draft.out_trade_no,
            kind,
        });
    }
    for asked in ports.records.exchanges(number, MOST_ASKED)? {
        let told = statement(&asked);
        out.extend(
            told.filter(|told| told.out_trade_no == number)
                .map(|told| RecordPlace {
                    profile: told.profile,
                    out_trade_no: told.out_trade_no,
                    kind: NumberKind::OutTradeNo,
                }),
        );
    }
    let mut seen = Vec::new();
    out.retain(|place| {
        let name = (place.profile, place.out_trade_no.clone());
        let is_new = !seen.contains(&name);
        seen.push(name);
        is_new
    });
    Ok(out)
}

/// True when a bill has a payment under the order's own number.
fn has_payment(ports: &Ports, place: &Occurrence) -> Result<bool, Failure> {
    let number = order_of(&place.row);
    let found = ports.books.find(number.as_str()).map_err(Failure::from)?;
    Ok(found.iter().any(|other| {
        other.profile == place.profile
            && matches!(other.row, BookRow::Pay(row) if row.out_trade_no == number)
    }))
}
