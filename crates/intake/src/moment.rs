//! Times as people and programs write them. Year first is never ambiguous and is read in any form; day and month
//! in front are read where a person or the number itself says which is which, and refused otherwise.

mod parts;

use chrono::{DateTime, NaiveDate, NaiveDateTime};

use super::fold::{half_width, is_invisible};
use super::value::{serial_time, trim};
use super::{DayOrder, RowReason};
use parts::TimeParts;
use recondesk_domain::{BEIJING_OFFSET_S, BillDate, Instant};

/// Longest text that can be a time: `Sun Mar 08 2026 09:05:11 GMT+0800 (China Standard Time)`.
const LONGEST: usize = 96;

/// Reads times; keeps the last day seen, because a file's rows mostly share it.
#[derive(Debug, Clone, Default)]
pub(super) struct ForgivingTimeReader {
    format: Option<String>,
    order: Option<DayOrder>,
    day: [u8; 10],
    start: Option<Instant>,
    /// The day that was read last in another form.
    other: Option<(Ymd, Instant)>,
}

/// A day in the calendar, not yet known to exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ymd {
    year: i32,
    month: u32,
    day: u32,
}

impl ForgivingTimeReader {
    pub(super) fn new(format: Option<String>, order: Option<DayOrder>) -> Self {
        Self {
            format,
            order,
            ..Self::default()
        }
    }

    /// Reads a time in any form; a declared one comes first.
    pub(super) fn read(&mut self, text: &[u8]) -> Result<Instant, RowReason> {
        let text = trim(text);
        // The merchant platform writes a back quote before each value, spreadsheets an apostrophe.
        let text = text
            .strip_prefix(b"`")
            .or_else(|| text.strip_prefix(b"'"))
            .unwrap_or(text);
        if self.format.is_none()
            && let Some(time) = self.year_first(text)
        {
            return Ok(time);
        }
        let text = std::str::from_utf8(text).map_err(|_utf8| RowReason::Time)?;
        let custom = self
            .format
            .as_deref()
            .and_then(|format| parse_custom(text, format));
        if let Some(time) = custom.filter(|time| sensible(*time)) {
            return Ok(time);
        }
        if let Some(time) = self.plain(text.as_bytes()) {
            return Ok(time);
        }
        let time = self.any(text)?;
        if sensible(time) {
            Ok(time)
        } else {
            Err(RowReason::Time)
        }
    }

    /// Reads `YYYY-MM-DD HH:MM:SS` (Beijing), with nothing around it.
    #[inline]
    pub(super) fn plain(&mut self, text: &[u8]) -> Option<Instant> {
        let (day, rest) = text.split_first_chunk::<10>()?;
        let &[b' ' | b'T', h1, h2, b':', m1, m2, b':', s1, s2] = rest else {
            return None;
        };
        if *day != self.day || self.start.is_none() {
            self.start = Instant::parse_beijing_bytes(&[day.as_slice(), b" 00:00:00"].concat())
                .filter(|time| sensible(*time));
            self.day = *day;
        }
        let (hour, minute, second) = (two(h1, h2)?, two(m1, m2)?, two(s1, s2)?);
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        Some(self.start?.plus(hour * 3600 + minute * 60 + second))
    }

    /// Reads `2026/3/8 9:05` and its like without memory: most files of people have one such form.
    fn year_first(&mut self, text: &[u8]) -> Option<Instant> {
        let mut rest = text;
        let year = number(&mut rest, 4).filter(|(_, digits)| *digits == 4)?.0;
        let (&mark, after) = rest.split_first()?;
        if !matches!(mark, b'-' | b'/' | b'.') {
            return None;
        }
        rest = after;
        let (month, _) = number(&mut rest, 2)?;
        rest = rest.strip_prefix(&[mark])?;
        let (day, _) = number(&mut rest, 2)?;
        let day = Ymd {
            year: i32::try_from(year).ok()?,
            month,
            day,
        };
        let mut seconds = 0;
        if let Some((b' ' | b'T', clock)) = rest.split_first() {
            rest = clock;
            let (hour, _) = number(&mut rest, 2)?;
            rest = rest.strip_prefix(b":")?;
            let (minute, _) = number(&mut rest, 2).filter(|(_, digits)| *digits == 2)?;
            let mut second = 0;
            if let Some(after) = rest.strip_prefix(b":") {
                rest = after;
                (second, _) = number(&mut rest, 2).filter(|(_, digits)| *digits == 2)?;
                if let Some(after) = rest.strip_prefix(b".") {
                    let digits = after.iter().take_while(|b| b.is_ascii_digit()).count();
                    rest = after.get(digits..).filter(|_| digits > 0)?;
                }
            }
            seconds = clock_seconds(hour, minute, second)?;
        }
        let start = self.start_of(day)?;
        rest.is_empty()
            .then(|| start.plus(seconds))
            .filter(|time| sensible(*time))
    }

    fn start_of(&mut self, day: Ymd) -> Option<Instant> {
        if let Some((known, start)) = self.other
            && known == day
        {
            return Some(start);
        }
        let start = BillDate::ymd(day.year, day.month, day.day)?.start();
        self.other = Some((day, start));
        Some(start)
    }

    /// Reads every other form.
    fn any(&mut self, text: &str) -> Result<Instant, RowReason> {
        if text.len() > LONGEST {
            return Err(RowReason::Time);
        }
        let shown = text
            .chars()
            .filter(|sign| !is_invisible(*sign))
            .map(half_width);
        let mut text: String = shown.flat_map(char::to_lowercase).collect();
        if let Some((before, _)) = text.split_once(" (") {
            text = before.to_owned();
        }
        let text = text.trim();
        if text.bytes().all(|b| b.is_ascii_digit() || b == b'.')
            && let Some(time) = self.bare_number(text)
        {
            return Ok(time);
        }
        let parts = TimeParts::of(text).ok_or(RowReason::Time)?;
        let day = parts.day(self.order)?;
        let start = self.start_of(day).ok_or(RowReason::Time)?;
        let seconds = parts.seconds().ok_or(RowReason::Time)?;
        let east = parts.offset.unwrap_or(BEIJING_OFFSET_S);
        Ok(start.plus(seconds + BEIJING_OFFSET_S - east))
    }

    /// Numbers without marks: `20260308090511`, seconds or milliseconds since 1970, serial dates of spreadsheets.
    fn bare_number(&mut self, text: &str) -> Option<Instant> {
        let (whole, fraction) = match text.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (text, None),
        };
        let value: i64 = whole.parse().ok()?;
        let digits = |from: usize, to: usize| whole.get(from..to)?.parse::<u32>().ok();
        match (whole.len(), fraction) {
            (5, _) => {
                let time = serial_time(text.parse().ok()?, false)?;
                Some(time)
            }
            // Seconds of these years have ten digits beginning with 1; a day with its hour begins with 20.
            (10, _) if whole.starts_with('1') => Some(Instant::from_unix(value)),
            (13, None) if whole.starts_with('1') => {
                Some(Instant::from_unix(value.div_euclid(1000)))
            }
            (8 | 12 | 14 | 17, None) | (14, Some(_)) => {
                let day = Ymd {
                    year: i32::try_from(digits(0, 4)?).ok()?,
                    month: digits(4, 6)?,
                    day: digits(6, 8)?,
                };
                let part = |from: usize| {
                    if whole.len() > from {
                        digits(from, from + 2)
                    } else {
                        Some(0)
                    }
                };
                let seconds = clock_seconds(part(8)?, part(10)?, part(12)?)?;
                Some(self.start_of(day)?.plus(seconds))
            }
            _ => None,
        }
    }
}

/// Joins a day and a clock that stand in two cells.
pub(super) fn clock_of(text: &str) -> Option<i64> {
    let shown = text
        .chars()
        .filter(|sign| !is_invisible(*sign))
        .map(half_width);
    let text: String = shown.flat_map(char::to_lowercase).collect();
    let text = text.trim();
    if let Some(fraction) = text
        .strip_prefix("0.")
        .filter(|rest| rest.bytes().all(|b| b.is_ascii_digit()))
    {
        return day_fraction(fraction);
    }
    let mut parts = TimeParts::default();
    parts.take_words(text)?;
    if parts.numbers.is_empty() && parts.month.is_none() {
        parts.clock?;
        parts.seconds()
    } else {
        None
    }
}

/// Seconds of a fraction of a day, by its decimal digits.
fn day_fraction(digits: &str) -> Option<i64> {
    let digits = digits.get(..digits.len().min(12))?;
    let value: i64 = digits.parse().ok()?;
    let scale = 10_i64.checked_pow(u32::try_from(digits.len()).ok()?)?;
    let doubled = value
        .checked_mul(86_400)?
        .checked_mul(2)?
        .checked_add(scale)?;
    Some(doubled.div_euclid(scale.checked_mul(2)?).min(86_399))
}

/// Takes a number of at most `most` digits off the front, with the count of its digits.
fn number(rest: &mut &[u8], most: usize) -> Option<(u32, usize)> {
    let mut value = 0;
    let mut digits = 0;
    while digits < most
        && let Some((&digit @ b'0'..=b'9', after)) = rest.split_first()
    {
        value = value * 10 + u32::from(digit - b'0');
        digits += 1;
        *rest = after;
    }
    (digits > 0).then_some((value, digits))
}

fn clock_seconds(hour: u32, minute: u32, second: u32) -> Option<i64> {
    let good = hour <= 23 && minute <= 59 && second <= 59;
    good.then(|| i64::from(hour * 3600 + minute * 60 + second))
}

fn two(tens: u8, ones: u8) -> Option<i64> {
    (tens.is_ascii_digit() && ones.is_ascii_digit())
        .then(|| i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
}

/// Orders of a payment service that began in 2013: a year outside 2000–2199 is a slip.
pub(super) fn sensible(time: Instant) -> bool {
    (946_684_800 - 8 * 3600..7_258_118_400 - 8 * 3600).contains(&time.unix())
}

/// Reads a time by `strftime` signs: with an offset where the form has one, else Beijing time; a
/// form without a clock means the start of the day.
pub(super) fn parse_custom(text: &str, format: &str) -> Option<Instant> {
    if let Ok(time) = DateTime::parse_from_str(text, format) {
        return Some(Instant::from_unix(time.timestamp()));
    }
    if let Ok(time) = NaiveDateTime::parse_from_str(text, format) {
        return Some(Instant::from_beijing(time));
    }
    NaiveDate::parse_from_str(text, format)
        .ok()
        .map(|day| BillDate::new(day).start())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, RowReason> {
        let mut times = ForgivingTimeReader::default();
        times.read(text.as_bytes()).map(|time| time.to_string())
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "one table")]
    fn every_form_with_one_meaning_is_read() {
        for (meant, forms) in [
            (
                "2026-03-08 09:05:00",
                &[
                    "2026/3/8 9:05",
                    "2026/03/08 09:05:00",
                    "2026-3-8 9:05:00",
                    "2026年3月8日 9:05",
                    "2026年03月08日09时05分",
                    "2026年3月8日9点5分00秒",
                    "2026-03-08 09:05",
                    "2026.03.08 09:05:00",
                    "2026/3/8  9:05",
                    "2026-03-08　09:05",
                    "２０２６-０３-０８ ０９:０５",
                    "2026/3/8 上午9:05",
                    "2026/3/8 上午 9:05:00",
                    "2026年3月8日 星期日 9:05",
                    "2026-03-08T01:05:00Z",
                    "2026-03-08T01:05:00+0000",
                    "2026-03-08T09:05:00.500+08:00",
                    "2026-03-08 09:05:00+08",
                    "2026-03-08 09:05:00 +0800",
                    "2026-03-08 01:05:00 UTC",
                    "2026-03-08 09:05:00.0000000 +08:00",
                    "`2026-03-08 09:05:00",
                    "20260308 090500",
                    "2026-03-08 09:05:00 +0800 CST",
                    "2026-03-08T09:05",
                    "20260308T090500",
                    "20260308T010500Z",
                    "20260308090500",
                    "20260308 09:05:00",
                    "202603080905",
                    "20260308090500123",
                    "1772931900",
                    "1772931900000",
                    "1772931900.25",
                    "Mar 8, 2026 9:05:00 AM",
                    "Mar 8, 2026, 9:05 AM",
                    "8 Mar 2026 09:05",
                    "08-Mar-2026 09:05:00",
                    "March 8th, 2026 9:05am",
                    "Sun Mar 08 09:05:00 CST 2026",
                    "Sun Mar 08 2026 09:05:00 GMT+0800 (中国标准时间)",
                    "Sun, 08 Mar 2026 09:05:00 +0800",
                    "Sunday, March 8, 2026 9:05 AM",
                    "2026-03-08 09.05.00",
                ][..],
            ),
            (
                "2026-03-08 21:05:11",
                &[
                    "2026/3/8 下午9:05:11",
                    "2026-03-08 9:05:11 PM",
                    "2026-03-08 9:05:11 p.m.",
                    "2026-03-08 下午 21:05:11",
                    "2026-03-08 21:05:11.303",
                    "2026-03-08 21:05:11.303456",
                    "2026-03-08 21:05:11,303",
                    "2026-03-08T21:05:11.303",
                    "2026-03-08 21:05:11:303",
                    "2026/3/8 晚上9:05:11",
                    "\u{FEFF}2026-03-08 21:05:11\u{A0}",
                ],
            ),
            (
                "2026-03-08 00:00:00",
                &[
                    "2026-03-08",
                    "2026/3/8",
                    "2026年3月8日",
                    "20260308",
                    "46089",
                    "2026-03-08 12:00:00 AM",
                ],
            ),
            (
                "2026-03-08 12:30:00",
                &[
                    "46089.52083",
                    "46089.520833333336",
                    "2026/3/8 中午12:30",
                    "2026-03-08 12:30 PM",
                ],
            ),
            (
                "2026-03-25 09:05:00",
                &["3/25/2026 9:05", "25/3/2026 9:05", "25.03.2026 09:05:00"],
            ),
            ("2026-03-03 09:05:00", &["3/3/2026 9:05"]),
        ] {
            for form in forms {
                assert_eq!(read(form).as_deref(), Ok(meant), "{form}");
            }
        }
    }

    #[test]
    fn a_day_that_could_be_two_is_asked_for() {
        assert_eq!(read("3/8/2026 9:05"), Err(RowReason::DayOrder));
        assert_eq!(read("03-08-2026"), Err(RowReason::DayOrder));
        let mut month = ForgivingTimeReader::new(None, Some(DayOrder::MonthFirst));
        let mut day = ForgivingTimeReader::new(None, Some(DayOrder::DayFirst));
        assert_eq!(
            month.read(b"3/8/2026 9:05").unwrap().to_string(),
            "2026-03-08 09:05:00"
        );
        assert_eq!(
            day.read(b"3/8/2026 9:05").unwrap().to_string(),
            "2026-08-03 09:05:00"
        );
        assert_eq!(month.read(b"25/3/2026 9:05"), Err(RowReason::Time));
    }

    #[test]
    fn what_is_no_time_or_an_uncertain_one_is_refused() {
        for text in [
            "",
            "2026-02-30 12:00:00",
            "2026-03-08 24:00:00",
            "2026-03-08 12:60",
            "2026-13-08",
            "1899-12-30 00:00:00",
            "9999-12-31 00:00:00",
            "26/3/8 9:05",
            "08-MAR-26 09.05.11",
            "昨天",
            "9:05",
            "2026",
            "2026-03",
            "2026030809",
            "12.90",
            "2026-03-08 2026-03-09",
            "2026-03-08 9:05 10:05",
            "2026-03-08 上午",
            "2026-03-08 上午 13:05",
            "2026-03-08 09:05 +9999",
            "A20260308001",
            "4200002781202603087745300001",
        ] {
            assert!(read(text).is_err(), "{text}: {:?}", read(text));
        }
    }

    #[test]
    fn a_clock_in_a_cell_of_its_own_is_read() {
        for (text, seconds) in [
            ("9:05", 32_700),
            ("09:05:11", 32_711),
            ("上午9:05", 32_700),
            ("9:05 PM", 75_900),
            ("0.378599537037037", 32_711),
            ("9时5分11秒", 32_711),
        ] {
            assert_eq!(clock_of(text), Some(seconds), "{text}");
        }
        for text in ["", "2026-03-08", "25:00", "9", "1.5"] {
            assert_eq!(clock_of(text), None, "{text}");
        }
    }

    #[test]
    fn a_declared_form_comes_first() {
        let mut times = ForgivingTimeReader::new(Some("%d.%m.%Y %H:%M".to_owned()), None);
        assert_eq!(
            times.read(b"08.03.2026 12:00").unwrap().to_string(),
            "2026-03-08 12:00:00"
        );
        assert_eq!(
            times.read(b"2026-03-08 12:00:00").unwrap().to_string(),
            "2026-03-08 12:00:00"
        );
    }

    #[test]
    fn a_refused_day_is_not_remembered_as_good() {
        let mut times = ForgivingTimeReader::default();
        assert!(times.read(b"2026-02-30 12:00:00").is_err());
        assert!(times.read(b"2026-02-30 12:00:00").is_err());
        assert!(times.read(b"2026-02-28 12:00:00").is_ok());
    }
}
