//! What is missing of yesterday late in the morning: its bill, or the merchant's orders.

use super::{ALARM_MINUTES, Alarm, minutes_of_day};
use crate::Failure;
use crate::jobs::no_bill::empty_days;
use crate::jobs::reconcile::Basis;
use recondesk_domain::ProfileId;
use recondesk_ports::{Ports, Standing};

/// What is missing of yesterday, from eleven on.
pub(super) fn alarms(ports: &Ports, id: ProfileId) -> Result<Vec<Alarm>, Failure> {
    let now = ports.clock.now();
    let yesterday = now.day().prev();
    if minutes_of_day(now) < ALARM_MINUTES {
        return Ok(Vec::new());
    }
    let bills = ports.books.bills(id, yesterday)?;
    let is_here = bills
        .iter()
        .any(|bill| bill.kind.starts_with("bill.") && bill.standing == Standing::Verified)
        || empty_days(ports, id)?.contains(&yesterday);
    let mut out = Vec::new();
    if !is_here {
        out.push(Alarm::NoBill);
    }
    let run = ports.records.current_run(id, yesterday)?;
    if run.is_some_and(|run| Basis::lacks_orders(&run.summary)) {
        out.push(Alarm::NoOrders);
    }
    Ok(out)
}
