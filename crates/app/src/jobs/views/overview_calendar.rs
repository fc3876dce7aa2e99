//! The bill calendar of a merchant: what is known of each day, and which days are missing.

use super::overview::{MerchantOverview, bill_of, run_of};
use crate::jobs::backfill;
use crate::jobs::reconcile::Basis;
use crate::model::{CalendarDay, CalendarState, MerchantCalendar};
use recondesk_domain::{BillDate, Instant, MchId, Severity};
use recondesk_ports::{FundExpect, Standing};

/// The days of the three months up to yesterday, and of those up to the day in view.
pub(super) fn calendar(book: &MerchantOverview, day: BillDate, now: Instant) -> MerchantCalendar {
    let ends = [day, now.day().prev()];
    let shown = |day: &BillDate| {
        let mut ends = ends.iter();
        ends.any(|end| super::overview::first_of_calendar(*end) <= *day && day <= end)
    };
    let first = super::overview::first_of_calendar(ends[0].min(ends[1]));
    let last = ends[0].max(ends[1]);
    let gaps = backfill::missing(&book.imports, &book.no_bill, now);
    let known_from = book.imports.iter().filter_map(|import| import.day).min();
    let state = |day: BillDate| match (bill_of(book, day), run_of(book, day)) {
        (None, _) if book.no_bill.contains(&day) => Some(CalendarState::NoBill),
        (None, _) => {
            let failed = book.failures.iter().find(|failure| failure.day == day);
            match failed {
                Some(failure) if failure.code == "bill.not_ready" => Some(CalendarState::NotReady),
                Some(failure) => Some(CalendarState::Failed(failure.reason.clone())),
                None if now < day.bill_available_from() => Some(CalendarState::NotReady),
                None if gaps.contains(&day) => Some(CalendarState::Missing),
                // Gone for ever; before the first bill nobody kept books.
                None => known_from
                    .is_some_and(|first| first < day)
                    .then_some(CalendarState::Missing),
            }
        }
        (Some(_), None) => Some(CalendarState::Verified),
        // What was decided or closed by itself marks its day no longer.
        (Some(_), Some(run)) => Some(match book.open.get(&day) {
            Some(Severity::Urgent) => CalendarState::NeedsWork,
            Some(_) => CalendarState::Faults,
            None if Basis::lacks_orders(&run.summary) => CalendarState::Verified,
            None => CalendarState::Balanced,
        }),
    };
    let funds = funds(book, first, last, now);
    let days = (first.number()..=last.number()).filter_map(BillDate::from_number);
    let days = days.filter(shown).filter_map(|day| {
        Some(CalendarDay {
            day,
            state: state(day)?,
            rows: bill_of(book, day).map_or(0, |bill| bill.rows),
        })
    });
    MerchantCalendar {
        profile: book.id,
        name: book.profile.name.clone(),
        days: days.collect(),
        missing: gaps.first().copied(),
        gaps: gaps.len() as u64,
        funds_missing: funds
            .iter()
            .find(|day| day.state == CalendarState::Missing)
            .map(|day| day.day),
        funds: funds.into_iter().filter(|day| shown(&day.day)).collect(),
    }
}

/// The fund-flow bills of the accounts, day by day: here, missing while WeChat Pay still has them, or none to be had.
fn funds(
    book: &MerchantOverview,
    first: BillDate,
    last: BillDate,
    now: Instant,
) -> Vec<CalendarDay> {
    let offered: Vec<BillDate> = backfill::offered(now).collect();
    let days = (first.number()..=last.number()).filter_map(BillDate::from_number);
    days.filter_map(|day| {
        let of_day = book.imports.iter().filter(|import| {
            FundExpect::is_kind_of(&import.kind, &MchId::EMPTY) && import.day == Some(day)
        });
        let (mut rows, mut here, mut broken) = (0_u64, false, false);
        for import in of_day {
            here |= import.standing == Standing::Verified;
            broken |= import.standing == Standing::Quarantined;
            if import.standing == Standing::Verified {
                rows = rows.saturating_add(import.rows);
            }
        }
        let state = if here {
            CalendarState::Verified
        } else if broken {
            CalendarState::NeedsWork
        } else if book.no_bill.contains(&day) {
            CalendarState::NoBill
        } else if offered.contains(&day) {
            CalendarState::Missing
        } else if day < now.day() && now < day.bill_available_from() {
            CalendarState::NotReady
        } else {
            return None;
        };
        Some(CalendarDay { day, state, rows })
    })
    .collect()
}
