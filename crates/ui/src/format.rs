//! How values are written: money, counts, times, ages. Numbers always with separators.

use recondesk_domain::{BillDate, Fen, Instant, group_digits};

use super::text::Wording;

/// A count: `31,604`.
pub(crate) fn count(n: u64) -> String {
    group_digits(&n.to_string())
}

/// Money without unit, with a real minus sign: `−1,288.00`.
pub(crate) fn money(fen: Fen) -> String {
    fen.grouped().replace('-', "−")
}

/// Money or the sign for absence.
pub(crate) fn money_or_dash(fen: Option<Fen>) -> String {
    fen.map_or_else(|| "—".to_owned(), money)
}

/// A share in hundredths of a per cent: `99.97%`, `100%`.
pub(crate) fn share(hundredths: u32) -> String {
    if hundredths >= 10_000 {
        "100%".to_owned()
    } else {
        format!("{}.{:02}%", hundredths / 100, hundredths % 100)
    }
}

/// A time: today without the date, this year without the year.
pub(crate) fn time(at: Instant, now: Instant) -> String {
    let (local, here) = (at.beijing(), now.beijing());
    if local.date() == here.date() {
        local.format("%H:%M").to_string()
    } else if chrono::Datelike::year(&local.date()) == chrono::Datelike::year(&here.date()) {
        local.format("%m-%d %H:%M").to_string()
    } else {
        local.format("%Y-%m-%d %H:%M").to_string()
    }
}

/// A time in a table: always with the date, the year only where it is another.
pub(crate) fn stamp(at: Instant, now: Instant) -> String {
    let (local, here) = (at.beijing(), now.beijing());
    if chrono::Datelike::year(&local.date()) == chrono::Datelike::year(&here.date()) {
        local.format("%m-%d %H:%M:%S").to_string()
    } else {
        local.format("%Y-%m-%d %H:%M:%S").to_string()
    }
}

/// A day with its weekday: `2026-03-08 周日`.
pub(crate) fn day_of_week(day: BillDate, w: &Wording) -> String {
    let name = w.frame.weekdays.get(day.weekday() as usize).copied();
    format!("{day} {}", name.unwrap_or_default())
}

/// A day without the year: `03-08`.
pub(crate) fn short_day(day: BillDate) -> String {
    let (_, month, date) = day.ymd_parts();
    format!("{month:02}-{date:02}")
}

/// An age in days: today, one day, and so on.
pub(crate) fn age(days: u32, w: &Wording) -> String {
    match days {
        0 => w.frame.today.to_owned(),
        days => (w.frame.days)(&count(u64::from(days))),
    }
}

/// A duration: `0.3 秒`, `4 分 12 秒`.
pub(crate) fn duration(ms: u64, w: &Wording) -> String {
    if ms < 60_000 {
        (w.frame.seconds)(&format!("{}.{}", ms / 1000, ms % 1000 / 100))
    } else {
        (w.frame.minutes_seconds)(&(ms / 60_000).to_string(), &(ms / 1000 % 60).to_string())
    }
}

/// How long an answer took: in milliseconds below a second.
pub(crate) fn took(ms: u64, w: &Wording) -> String {
    if ms < 1_000 {
        (w.lookup.took_status)(&ms.to_string())
    } else {
        duration(ms, w)
    }
}

/// A size in bytes: `10.3 MB`.
pub(crate) fn bytes(n: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB")];
    for (size, unit) in UNITS {
        if n >= size {
            let tenths = (u128::from(n) * 10 + u128::from(size) / 2) / u128::from(size);
            return format!("{}.{} {unit}", tenths / 10, tenths % 10);
        }
    }
    format!("{n} B")
}

/// Reads a day as a person types it: `0308`, `3-8`, `2026-03-08`, `昨天`, `yesterday`.
pub(crate) fn parse_day(text: &str, today: BillDate) -> Option<BillDate> {
    let text = text.trim();
    if matches!(text, "昨天" | "昨日") || text.eq_ignore_ascii_case("yesterday") {
        return Some(today.prev());
    }
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    let number = |t: &str| t.parse::<u32>().ok();
    let (year, month, date) = match parts.as_slice() {
        [digits] if digits.len() == 4 => {
            (None, number(digits.get(..2)?)?, number(digits.get(2..)?)?)
        }
        [digits] if digits.len() == 8 => (
            number(digits.get(..4)?),
            number(digits.get(4..6)?)?,
            number(digits.get(6..)?)?,
        ),
        [month, date] => (None, number(month)?, number(date)?),
        [year, month, date] => (Some(number(year)?), number(month)?, number(date)?),
        _ => return None,
    };
    let this_year = today.ymd_parts().0;
    match year {
        Some(year) => BillDate::ymd(i32::try_from(year).ok()?, month, date),
        // Without a year the last such day is meant: in January `1230` is of last year.
        None => BillDate::ymd(this_year, month, date)
            .filter(|day| *day <= today)
            .or_else(|| BillDate::ymd(this_year - 1, month, date)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_can_be_typed_in_every_way_people_write_it() {
        let today = BillDate::parse("2026-03-09").unwrap();
        for text in [
            "0308",
            "3-8",
            "03/08",
            "2026-03-08",
            "20260308",
            "昨天",
            "Yesterday",
        ] {
            assert_eq!(
                parse_day(text, today).map(|d| d.to_string()).as_deref(),
                Some("2026-03-08"),
                "{text}"
            );
        }
        assert_eq!(parse_day("1230", today).unwrap().to_string(), "2025-12-30");
        for text in ["", "13-40", "x", "3", "é308"] {
            assert_eq!(parse_day(text, today), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_written_with_separators_and_a_real_minus() {
        assert_eq!(money(Fen::new(-128_800)), "−1,288.00");
        assert_eq!(share(9_997), "99.97%");
        assert_eq!(share(10_000), "100%");
        assert_eq!(bytes(10_800_332), "10.3 MB");
    }
}
