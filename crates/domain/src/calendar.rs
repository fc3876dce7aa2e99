//! Days and instants. Every day is cut in Beijing time (+08:00, no summer time), whatever the computer says.

use std::fmt;

use chrono::{Datelike as _, NaiveDate, NaiveDateTime};

/// Seconds by which Beijing is ahead of UTC.
pub const BEIJING_OFFSET_S: i64 = 8 * 3600;
const DAY_S: i64 = 86_400;

/// An instant, in whole seconds since 1970-01-01T00:00:00Z.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(transparent)]
pub struct Instant(i64);

impl Instant {
    /// From seconds since the epoch.
    #[must_use]
    pub const fn from_unix(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds since the epoch.
    #[must_use]
    pub const fn unix(self) -> i64 {
        self.0
    }

    /// The instant shown by a Beijing clock.
    #[must_use]
    pub const fn from_beijing(local: NaiveDateTime) -> Self {
        Self(local.and_utc().timestamp().saturating_sub(BEIJING_OFFSET_S))
    }

    /// What a Beijing clock shows at this instant; the epoch for instants no calendar has.
    #[must_use]
    pub fn beijing(self) -> NaiveDateTime {
        chrono::DateTime::from_timestamp(self.0.saturating_add(BEIJING_OFFSET_S), 0)
            .map_or(chrono::DateTime::UNIX_EPOCH.naive_utc(), |utc| {
                utc.naive_utc()
            })
    }

    /// The Beijing day of this instant.
    #[must_use]
    pub fn day(self) -> BillDate {
        BillDate(self.beijing().date())
    }

    /// Number of the Beijing day of this instant, as [`BillDate::number`] counts; no calendar is asked.
    #[must_use]
    pub fn day_number(self) -> i32 {
        let days = self.plus(BEIJING_OFFSET_S).0.div_euclid(DAY_S);
        i32::try_from(days).unwrap_or(i32::MAX)
    }

    /// Later (or earlier) by some seconds.
    #[must_use]
    pub const fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// Distance in seconds, always positive.
    #[must_use]
    pub const fn distance(self, other: Self) -> i64 {
        self.0.saturating_sub(other.0).saturating_abs()
    }

    /// Reads `YYYY-MM-DD HH:MM:SS` of Beijing time from exactly 19 bytes, fast.
    #[must_use]
    pub fn parse_beijing_bytes(text: &[u8]) -> Option<Self> {
        let &[
            y1,
            y2,
            y3,
            y4,
            b'-',
            m1,
            m2,
            b'-',
            d1,
            d2,
            b' ' | b'T',
            h1,
            h2,
            b':',
            n1,
            n2,
            b':',
            s1,
            s2,
        ] = text
        else {
            return None;
        };
        let year = number(&[y1, y2, y3, y4])?;
        let (month, day) = (number(&[m1, m2])?, number(&[d1, d2])?);
        let (hour, minute, second) = (number(&[h1, h2])?, number(&[n1, n2])?, number(&[s1, s2])?);
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
        let seconds = i64::from(hour * 3600 + minute * 60 + second);
        Some(BillDate(date).start().plus(seconds))
    }

    /// Reads `YYYY-MM-DD HH:MM:SS` of Beijing time.
    #[must_use]
    pub fn parse_beijing(text: &str) -> Option<Self> {
        Self::parse_beijing_bytes(text.as_bytes())
    }

    /// Reads the 14 digits `yyyyMMddHHmmss` of APIv2, Beijing time.
    #[must_use]
    pub fn parse_compact(text: &str) -> Option<Self> {
        if text.len() != 14 || !text.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        NaiveDateTime::parse_from_str(text, "%Y%m%d%H%M%S")
            .ok()
            .map(Self::from_beijing)
    }

    /// The 14 digits `yyyyMMddHHmmss` of APIv2, Beijing time.
    #[must_use]
    pub fn compact(self) -> String {
        self.beijing().format("%Y%m%d%H%M%S").to_string()
    }

    /// RFC 3339 in Beijing time as APIv3 writes it, such as `2026-03-05T14:07:09+08:00`.
    #[must_use]
    pub fn rfc3339(self) -> String {
        self.beijing().format("%Y-%m-%dT%H:%M:%S+08:00").to_string()
    }
}

/// Beijing time as `2026-03-05 14:07:09`.
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The same as by a format, which would be read anew each time.
        fmt::Display::fmt(&self.beijing(), f)
    }
}

/// A business day: `[00:00:00, next 00:00:00)` in Beijing (rule X1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BillDate(NaiveDate);

impl BillDate {
    /// A day of the calendar.
    #[must_use]
    pub const fn new(date: NaiveDate) -> Self {
        Self(date)
    }

    /// From year, month, day.
    #[must_use]
    pub fn ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).map(Self)
    }

    /// Reads `YYYY-MM-DD`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let shape = text.len() == 10
            && text.bytes().enumerate().all(|(at, b)| {
                if at == 4 || at == 7 {
                    b == b'-'
                } else {
                    b.is_ascii_digit()
                }
            });
        shape
            .then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok())
            .flatten()
            .map(Self)
    }

    /// The calendar date.
    #[must_use]
    pub const fn date(self) -> NaiveDate {
        self.0
    }

    /// Days since 1970-01-01, the compact form of the store.
    #[must_use]
    pub fn number(self) -> i32 {
        self.0.to_epoch_days()
    }

    /// The day with that number, if the calendar has it.
    #[must_use]
    pub fn from_number(days: i32) -> Option<Self> {
        NaiveDate::from_epoch_days(days).map(Self)
    }

    /// The first instant of the day.
    #[must_use]
    pub fn start(self) -> Instant {
        Instant(
            i64::from(self.number())
                .saturating_mul(DAY_S)
                .saturating_sub(BEIJING_OFFSET_S),
        )
    }

    /// The first instant of the next day.
    #[must_use]
    pub fn end(self) -> Instant {
        self.start().plus(DAY_S)
    }

    /// True when the instant lies in this day.
    #[must_use]
    pub fn contains(self, instant: Instant) -> bool {
        instant >= self.start() && instant < self.end()
    }

    /// The day `days` later, or earlier when negative; stays put at the ends of the calendar.
    #[must_use]
    pub fn plus(self, days: i32) -> Self {
        Self::from_number(self.number().saturating_add(days)).unwrap_or(self)
    }

    /// The day before.
    #[must_use]
    pub fn prev(self) -> Self {
        self.plus(-1)
    }

    /// The day after.
    #[must_use]
    pub fn next(self) -> Self {
        self.plus(1)
    }

    /// `yyyyMMdd`, as APIv2 wants `bill_date`.
    #[must_use]
    pub fn compact(self) -> String {
        self.0.format("%Y%m%d").to_string()
    }

    /// Year, month, day.
    #[must_use]
    pub fn ymd_parts(self) -> (i32, u32, u32) {
        (self.0.year(), self.0.month(), self.0.day())
    }

    /// Days from Monday (0) to Sunday (6).
    #[must_use]
    pub fn weekday(self) -> u32 {
        self.0.weekday().num_days_from_monday()
    }

    /// From when WeChat Pay offers the bill of this day: 10:00 of the next one.
    #[must_use]
    pub fn bill_available_from(self) -> Instant {
        self.next().start().plus(10 * 3_600)
    }

    /// The last day on which the bill of this day can still be fetched (three months).
    #[must_use]
    pub fn bill_available_until(self) -> Self {
        self.0
            .checked_add_months(chrono::Months::new(3))
            .map_or(self, Self)
    }
}

/// As `YYYY-MM-DD`.
impl serde::Serialize for BillDate {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// From `YYYY-MM-DD`.
impl<'de> serde::Deserialize<'de> for BillDate {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(from)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a day YYYY-MM-DD"))
    }
}

/// `YYYY-MM-DD`.
impl fmt::Display for BillDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0_u32, |sum, b| {
        b.is_ascii_digit().then(|| sum * 10 + u32::from(b - b'0'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_cut_in_beijing_whatever_the_zone() {
        let day = BillDate::parse("2026-03-08").unwrap();
        let last = Instant::parse_beijing("2026-03-08 23:59:59").unwrap();
        assert!(day.contains(last));
        assert!(!day.contains(last.plus(1)));
        assert_eq!(last.to_string(), "2026-03-08 23:59:59");
        assert_eq!(day.start().unix(), 1_772_899_200);
    }

    #[test]
    fn times_that_no_clock_shows_are_refused() {
        for text in [
            "2026-02-30 00:00:00",
            "2026-03-08 24:00:00",
            "2026-03-08 10:60:00",
            "2026-3-8 10:00:00",
            "",
        ] {
            assert_eq!(Instant::parse_beijing(text), None, "{text}");
        }
    }

    #[test]
    fn a_bill_is_out_at_ten_and_stays_three_months() {
        let day = BillDate::parse("2026-01-31").unwrap();
        assert_eq!(day.bill_available_from().to_string(), "2026-02-01 10:00:00");
        assert_eq!(day.bill_available_until().to_string(), "2026-04-30");
    }
}
