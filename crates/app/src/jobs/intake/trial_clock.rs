//! The clock of a file on trial: times that are all off by the same whole hours are of another zone.

use super::paid_rows::PaidRow;
use super::proof::BilledNumbers;
use super::trial::MappingTrial;
use recondesk_intake::Mapping;

/// Payments that are too few to prove a clock.
const FEW: usize = 3;
/// Seconds that a shop's time may lie beside the bill's.
const NEAR_S: i64 = 300;
/// Minutes east of Greenwich of Beijing.
const BEIJING_MINUTES: i64 = 8 * 60;

impl MappingTrial<'_> {
    /// Minutes east of Greenwich of the file's clock, where nearly all of its payments are off by the same whole hours.
    pub(super) fn other_clock(
        &self,
        mapping: &Mapping,
        rows: &[PaidRow<'_>],
        known: &BilledNumbers,
    ) -> Option<i32> {
        let apart: Vec<i64> = rows
            .iter()
            .filter_map(|paid| {
                let (_, billed) = self.billed(mapping, paid, known)?;
                Some(billed.time.unix().saturating_sub(paid.at?.unix()))
            })
            .collect();
        if apart.len() < FEW {
            return None;
        }
        let hours_of = |seconds: i64| seconds.saturating_add(1_800).div_euclid(3_600);
        let first = *apart.first()?;
        // One that is off by itself may stand first.
        let hours = hours_of(*apart.get(1).unwrap_or(&first));
        let is_off = |seconds: &&i64| {
            let whole = hours.saturating_mul(3_600);
            seconds.saturating_sub(whole).abs() <= NEAR_S
        };
        let off = apart.iter().filter(is_off).count();
        let is_clear = off.saturating_mul(10) >= apart.len().saturating_mul(9);
        let minutes = BEIJING_MINUTES.checked_sub(hours.checked_mul(60)?)?;
        let minutes = i32::try_from(minutes).ok()?;
        (hours != 0 && is_clear && minutes.abs() <= 14 * 60).then_some(minutes)
    }
}

/// A zone as people write it: `UTC`, `UTC+05:30`.
pub(super) fn zone_name(minutes: i32) -> String {
    if minutes == 0 {
        return "UTC".to_owned();
    }
    let sign = if minutes < 0 { '-' } else { '+' };
    let apart = minutes.unsigned_abs();
    format!("UTC{sign}{:02}:{:02}", apart / 60, apart % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_named_as_people_write_them() {
        let names = [0, 330, -300].map(zone_name);
        assert_eq!(names, ["UTC", "UTC+05:30", "UTC-05:00"]);
    }
}
