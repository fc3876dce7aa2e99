//! Every bill that is missing and can still be had: which days those are, and fetching them, oldest first.

use std::collections::BTreeSet;
use std::time::Duration;

use super::day::{self, Arrived};
use super::download::BillType;
use crate::{Failure, FailureKind, MerchantRef, Progress, Reporter, Step};
use recondesk_domain::{BillDate, Instant, ProfileId};
use recondesk_ports::{ImportRecord, Ports, Standing};

/// Rest between two bills, so that a long list stays far below any limit of the gateway.
pub const PACE: Duration = Duration::from_millis(250);

/// Failures of the gateway in a row after which the rest is left for later.
const MOST_IN_A_ROW: u32 = 2;

/// Days whose bill WeChat Pay still has at this instant, oldest first.
pub fn offered(now: Instant) -> impl Iterator<Item = BillDate> {
    let today = now.day();
    let days =
        (today.number().saturating_sub(93)..today.number()).filter_map(BillDate::from_number);
    days.filter(move |day| day.bill_available_until() >= today && now >= day.bill_available_from())
}

/// Days of a merchant whose bill is neither here nor told to be none, though it can be had; oldest first.
#[must_use]
pub fn missing(imports: &[ImportRecord], no_bill: &[BillDate], now: Instant) -> Vec<BillDate> {
    let having = |kind: &str| -> BTreeSet<BillDate> {
        imports
            .iter()
            .filter(|import| import.kind == kind && import.standing == Standing::Verified)
            .filter_map(|import| import.day)
            .collect()
    };
    let (all, pays, refunds) = (
        having("bill.all"),
        having("bill.success"),
        having("bill.refund"),
    );
    let is_here = |day: &BillDate| {
        all.contains(day) || (pays.contains(day) && refunds.contains(day)) || no_bill.contains(day)
    };
    offered(now).filter(|day| !is_here(day)).collect()
}

/// The missing days of a merchant.
///
/// # Errors
/// [`Failure`] when the workspace cannot be read.
pub fn missing_of(ports: &Ports, id: ProfileId) -> Result<Vec<BillDate>, Failure> {
    let imports = ports.books.imports(id)?;
    let no_bill = super::no_bill::empty_days(ports, id)?;
    Ok(missing(&imports, &no_bill, ports.clock.now()))
}

/// What became of one day.
#[derive(Debug, Clone, PartialEq)]
pub struct BackfilledDay {
    /// The day.
    pub day: BillDate,
    /// A bill, no bill, or why not.
    pub arrived: Result<Arrived, Failure>,
}

/// Fetches the missing bills of a merchant, oldest first: those are gone first. What fails for one day does
/// not stop the next; a gateway that fails twice in a row, a missing key and a person's wish do.
///
/// # Errors
/// [`Failure`] when the workspace cannot be read or a person stopped it; the days done before stay.
pub fn run(
    ports: &Ports,
    MerchantRef { id, profile }: MerchantRef<'_>,
    pace: Duration,
    reporter: &dyn Reporter,
    told: &mut dyn FnMut(&BackfilledDay),
) -> Result<Vec<BackfilledDay>, Failure> {
    let days = missing_of(ports, id)?;
    let total = Some(days.len() as u64);
    let mut out = Vec::with_capacity(days.len());
    let mut in_a_row = 0;
    for (done, day) in (0_u64..).zip(days) {
        reporter.progress(Progress {
            step: Step::Download,
            done,
            total,
        });
        if reporter.cancelled() {
            return Err(Failure::cancelled());
        }
        if done > 0 {
            std::thread::sleep(pace);
        }
        let arrived = day::fetch(
            ports,
            MerchantRef { id, profile },
            day,
            BillType::All,
            &ListReporter(reporter),
        );
        let stops = match &arrived {
            Ok(_) => {
                in_a_row = 0;
                false
            }
            Err(failure) => match failure.kind {
                FailureKind::Cancelled | FailureKind::Workspace => return Err(failure.clone()),
                FailureKind::Usage => true,
                FailureKind::NotReady | FailureKind::RefusedInput => false,
                FailureKind::Gateway => {
                    in_a_row += 1;
                    in_a_row >= MOST_IN_A_ROW
                }
            },
        };
        let entry = BackfilledDay { day, arrived };
        told(&entry);
        out.push(entry);
        if stops {
            break;
        }
    }
    Ok(out)
}

/// A reporter of the whole list: the bytes of a single bill would count against it.
struct ListReporter<'a>(&'a dyn Reporter);

impl Reporter for ListReporter<'_> {
    fn progress(&self, _: Progress) {}

    fn cancelled(&self) -> bool {
        self.0.cancelled()
    }

    fn token(&self) -> recondesk_ports::CancelToken {
        self.0.token()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bill(kind: &str, day: &str, standing: Standing) -> ImportRecord {
        ImportRecord {
            kind: kind.to_owned(),
            day: BillDate::parse(day),
            standing,
            ..blank()
        }
    }

    fn blank() -> ImportRecord {
        ImportRecord {
            import: 1,
            profile: ProfileId(1),
            kind: String::new(),
            day: None,
            name: String::new(),
            bytes: 0,
            sha256: [0; 32],
            rows: 0,
            facts: String::new(),
            standing: Standing::Verified,
            imported_at: Instant::from_unix(0),
        }
    }

    #[test]
    fn a_day_is_missing_from_ten_in_the_morning_until_three_months_are_over() {
        let early = Instant::parse_beijing("2026-05-10 09:59:59").unwrap();
        let late = Instant::parse_beijing("2026-05-10 10:00:00").unwrap();
        let (before, after) = (missing(&[], &[], early), missing(&[], &[], late));
        assert_eq!(before.first(), BillDate::parse("2026-02-10").as_ref());
        assert_eq!(before.last(), BillDate::parse("2026-05-08").as_ref());
        assert_eq!(after.last(), BillDate::parse("2026-05-09").as_ref());
        assert!(after.is_sorted());
    }

    #[test]
    fn what_is_here_or_told_to_be_none_is_not_missing_and_half_a_bill_is() {
        let now = Instant::parse_beijing("2026-05-10 10:00:00").unwrap();
        let day = |text| BillDate::parse(text).unwrap();
        let imports = [
            bill("bill.all", "2026-05-09", Standing::Verified),
            bill("bill.all", "2026-05-08", Standing::Quarantined),
            bill("bill.success", "2026-05-07", Standing::Verified),
            bill("bill.success", "2026-05-06", Standing::Verified),
            bill("bill.refund", "2026-05-06", Standing::Verified),
        ];
        let missing = missing(&imports, &[day("2026-05-05")], now);
        let has = |text| missing.contains(&day(text));
        assert!(!has("2026-05-09") && has("2026-05-08") && has("2026-05-07"));
        assert!(!has("2026-05-06") && !has("2026-05-05") && has("2026-05-04"));
    }
}
