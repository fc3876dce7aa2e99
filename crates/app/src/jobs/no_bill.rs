//! Days of which WeChat Pay said that there is no bill, and whether that can be.
//!
//! The word is unsigned, and is said while a bill is not made yet as well: a day on which the merchant has paid orders is
//! not proven to be empty by it, and is asked about again.

use crate::Failure;
use recondesk_domain::{BillDate, ProfileId};
use recondesk_ports::Ports;
use recondesk_reconcile::ReconcileError;

/// The days without a bill that the merchant's own book does not contradict.
///
/// # Errors
/// When the workspace cannot be read.
pub(super) fn empty_days(ports: &Ports, id: ProfileId) -> Result<Vec<BillDate>, Failure> {
    let told = ports.records.no_bill_days(id)?;
    if told.is_empty() {
        return Ok(told);
    }
    let mut out = Vec::with_capacity(told.len());
    for day in told {
        if !is_paid_day(ports, id, day)? {
            out.push(day);
        }
    }
    Ok(out)
}

/// True when the merchant has an order that was paid on the day.
fn is_paid_day(ports: &Ports, id: ProfileId, day: BillDate) -> Result<bool, Failure> {
    let evidence = ports.books.evidence(id)?;
    let orders = evidence.orders(day, 0).map_err(ReconcileError::from)?;
    for order in orders {
        let order = order.map_err(ReconcileError::from)?;
        if order.pay_status.is_paid() && order.paid_day_number() == Some(day.number()) {
            return Ok(true);
        }
    }
    Ok(false)
}
