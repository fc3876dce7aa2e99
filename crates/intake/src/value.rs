//! Single cells: identifiers, amounts, times, and the marks of a spreadsheet's damage.

use chrono::{DateTime, NaiveDate, NaiveDateTime};

use super::{AmountUnit, RowReason};
use recondesk_domain::{BillDate, Fen, Instant, MoneyError};

/// White space of any shop's export: spaces, tabs and line ends around a cell.
pub(super) fn trim(text: &[u8]) -> &[u8] {
    text.trim_ascii()
}

/// The bare identifier: without the signs that exports put around it to keep it text in Excel
/// (a tab, `'`, one backtick, `="…"`).
pub(super) fn bare_id(text: &[u8]) -> &[u8] {
    match trim(text) {
        [b'\'' | b'`', rest @ ..] => trim(rest),
        [b'=', b'"', inner @ .., b'"'] => trim(inner),
        plain => plain,
    }
}

/// What is known of the numbers of one column, by which damage is told from style.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct KnownNumbers {
    /// A number of 16 digits or more that does not end in zeros: nobody cut this column.
    pub(super) long_numbers_are_whole: bool,
    /// Digits of the numbers that begin with 0, where all of those have the same length.
    pub(super) zero_led_digits: Option<usize>,
}

impl KnownNumbers {
    /// Learns from known numbers of the column.
    pub(super) fn learn<'a>(numbers: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut known = Self::default();
        let mut mixed = false;
        for number in numbers.map(bare_id).filter(|n| is_number(n)) {
            known.long_numbers_are_whole |= number.len() > 15 && !has_zero_tail(number);
            if number.first() == Some(&b'0') {
                mixed |= known.zero_led_digits.is_some_and(|n| n != number.len());
                known.zero_led_digits = Some(number.len());
            }
        }
        if mixed {
            known.zero_led_digits = None;
        }
        known
    }

    /// Judges an identifier that came as text.
    pub(super) fn damage(self, id: &[u8], keep_zero_tails: bool) -> Option<RowReason> {
        let (Some(first), Some(last)) = (id.first(), id.last()) else {
            return None;
        };
        // Nearly every number passes here: no sign of damage without a digit in front and behind.
        if !first.is_ascii_digit() || !last.is_ascii_digit() {
            return None;
        }
        if *last == b'0' || self.zero_led_digits.is_some() || memchr::memchr(b'.', id).is_some() {
            if is_scientific(id) {
                return Some(RowReason::Scientific);
            }
            if is_decimal(id) {
                return Some(RowReason::DecimalTail);
            }
            if is_number(id) {
                return self.number_damage(id, keep_zero_tails);
            }
            return None;
        }
        (memchr::memchr(b'+', id).is_some() && is_scientific(id)).then_some(RowReason::Scientific)
    }

    /// A tail of four zeros or fewer happens by chance among whole numbers; more does not.
    fn number_damage(self, id: &[u8], keep_zero_tails: bool) -> Option<RowReason> {
        const CHANCE: usize = 19;
        let chance = self.long_numbers_are_whole && id.len() <= CHANCE;
        if has_zero_tail(id) && !chance && !keep_zero_tails {
            return Some(RowReason::ZeroTail);
        }
        match self.zero_led_digits {
            Some(digits) if id.len() < digits && id.first() != Some(&b'0') => {
                Some(RowReason::LostZeros { digits })
            }
            _ => None,
        }
    }
}

fn is_number(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(u8::is_ascii_digit)
}

/// 16 digits or more, and none but zeros after the 15th.
fn has_zero_tail(number: &[u8]) -> bool {
    number
        .get(15..)
        .is_some_and(|tail| !tail.is_empty() && tail.iter().all(|b| *b == b'0'))
}

/// `1.2E+27`, `1.2e27`, `4E+27`: never `2E10`, which may be a shop's own number.
fn is_scientific(text: &[u8]) -> bool {
    let Some(at) = memchr::memchr2(b'e', b'E', text) else {
        return false;
    };
    let (mantissa, exponent) = text.split_at_checked(at).unwrap_or((text, &[]));
    let exponent = exponent.get(1..).unwrap_or_default();
    let (signed, digits) = match exponent {
        [b'+', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    let decimal = is_decimal(mantissa);
    is_number(digits) && (decimal || signed && is_number(mantissa))
}

/// Digits, a point, digits.
fn is_decimal(text: &[u8]) -> bool {
    memchr::memchr(b'.', text)
        .and_then(|at| text.split_at_checked(at))
        .is_some_and(|(whole, rest)| is_number(whole) && rest.get(1..).is_some_and(is_number))
}

/// Reads an amount that must not be negative.
pub(super) fn amount(text: &[u8], unit: AmountUnit) -> Result<Fen, RowReason> {
    let text = trim(text);
    let parsed = match unit {
        AmountUnit::Yuan => Fen::parse_yuan_bytes(text),
        AmountUnit::Fen => std::str::from_utf8(text)
            .map_err(|_utf8| MoneyError::NotDecimal)
            .and_then(Fen::parse_fen),
    };
    match parsed {
        Ok(fen) if fen.is_negative() => Err(RowReason::Negative),
        Ok(fen) => Ok(fen),
        Err(error) => Err(RowReason::Amount(error)),
    }
}

/// Reads times; keeps the last day seen, because a file's rows mostly share it.
#[derive(Debug, Clone, Default)]
pub(super) struct ForgivingTimeReader {
    format: Option<String>,
    day: [u8; 10],
    start: Option<Instant>,
}

impl ForgivingTimeReader {
    pub(super) fn new(format: Option<String>) -> Self {
        Self {
            format,
            ..Self::default()
        }
    }

    /// Reads `YYYY-MM-DD HH:MM:SS` (Beijing), RFC 3339, or the declared form.
    pub(super) fn read(&mut self, text: &[u8]) -> Result<Instant, RowReason> {
        let text = trim(text);
        if let Some(time) = self.plain(text) {
            return Ok(time);
        }
        let text = std::str::from_utf8(text).map_err(|_utf8| RowReason::Time)?;
        let custom = self
            .format
            .as_deref()
            .and_then(|format| parse_custom(text, format));
        custom
            .or_else(|| {
                DateTime::parse_from_rfc3339(text)
                    .ok()
                    .map(|time| Instant::from_unix(time.timestamp()))
            })
            .filter(|time| sensible(*time))
            .ok_or(RowReason::Time)
    }

    /// Reads the first of those forms, with nothing around it.
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
}

fn two(tens: u8, ones: u8) -> Option<i64> {
    (tens.is_ascii_digit() && ones.is_ascii_digit())
        .then(|| i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
}

/// Orders of a payment service that began in 2013: a year outside 2000–2199 is a slip.
fn sensible(time: Instant) -> bool {
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

/// The instant of a spreadsheet's serial date, whose whole part counts days and whose rest is the
/// part of the day; rounded to the second, as Excel shows it.
pub(super) fn serial_time(serial: f64, is_1904: bool) -> Option<Instant> {
    if !serial.is_finite() || !(1.0..3_000_000.0).contains(&serial) {
        return None;
    }
    let epoch = if is_1904 {
        BillDate::ymd(1904, 1, 1)
    } else {
        // Excel counts a 29 February 1900 that never was; all days after it fit this epoch.
        BillDate::ymd(1899, 12, 30)
    }?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "bounded above; a date, not money"
    )]
    let seconds = (serial * 86_400.0).round() as i64;
    Some(epoch.start().plus(seconds)).filter(|time| sensible(*time))
}

/// Judges a number of a workbook that stands where an identifier belongs: Excel keeps 15 digits.
pub(super) fn number_as_id(number: &[u8]) -> Option<RowReason> {
    let number = trim(number);
    if memchr::memchr2(b'e', b'E', number).is_some() {
        Some(RowReason::Scientific)
    } else if !is_number(number) {
        Some(RowReason::DecimalTail)
    } else {
        (number.len() > 15).then_some(RowReason::BeyondPrecision)
    }
}

/// The time of a number of a workbook whose cell has no date format.
pub(super) fn number_as_time(number: &[u8]) -> Option<Instant> {
    let serial = std::str::from_utf8(trim(number)).ok()?.parse().ok()?;
    serial_time(serial, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn damage(id: &str) -> Option<RowReason> {
        KnownNumbers::default().damage(id.as_bytes(), false)
    }

    #[test]
    fn ruined_numbers_are_told_from_whole_ones() {
        for (id, reason) in [
            ("1.2E+27", Some(RowReason::Scientific)),
            ("4.00123E+27", Some(RowReason::Scientific)),
            ("4E+27", Some(RowReason::Scientific)),
            ("1.5e20", Some(RowReason::Scientific)),
            ("2.60308E+19", Some(RowReason::Scientific)),
            ("123456789012345000000", Some(RowReason::ZeroTail)),
            ("1234567890123450", Some(RowReason::ZeroTail)),
            ("2026030810024412.0", Some(RowReason::DecimalTail)),
            ("123456789012345", None),
            ("100000000000000", None),
            ("12345678901234567890", None),
            ("QH260308100244120000", None),
            ("2E10", None),
            ("12E34", None),
            ("A.B", None),
            ("", None),
        ] {
            assert_eq!(damage(id), reason, "{id}");
        }
    }

    #[test]
    fn whole_neighbours_acquit_a_short_tail_of_zeros_only() {
        let known = KnownNumbers::learn([&b"202603081002441207"[..], b"x"].into_iter());
        assert_eq!(known.damage(b"202603081002441000", false), None);
        let long = b"2026030810024410000000";
        assert_eq!(known.damage(long, false), Some(RowReason::ZeroTail));
        assert_eq!(known.damage(long, true), None);
    }

    #[test]
    fn lost_zeros_are_seen_where_the_known_numbers_have_them() {
        let known = KnownNumbers::learn([&b"00012345"[..], b"00054321", b"12345678"].into_iter());
        assert_eq!(
            known.damage(b"12345", false),
            Some(RowReason::LostZeros { digits: 8 })
        );
        assert_eq!(known.damage(b"87654321", false), None);
        let mixed = KnownNumbers::learn([&b"0012"[..], b"00012"].into_iter());
        assert_eq!(mixed.damage(b"12", false), None);
    }

    #[test]
    fn signs_that_keep_a_number_text_are_taken_off_once() {
        for text in ["\t0123", "'0123", "`0123", "=\"0123\"", " 0123 "] {
            assert_eq!(bare_id(text.as_bytes()), b"0123", "{text}");
        }
        assert_eq!(bare_id(b"``0123"), b"`0123");
    }

    #[test]
    fn times_of_every_declared_form_are_read() {
        let mut times = ForgivingTimeReader::new(Some("%Y/%m/%d %H:%M".to_owned()));
        let noon = Instant::parse_beijing("2026-03-08 12:00:00").unwrap();
        for text in [
            "2026-03-08 12:00:00",
            "2026-03-08T12:00:00",
            "2026-03-08T04:00:00Z",
            "2026-03-08T12:00:00.000+08:00",
            "2026/03/08 12:00",
            " 2026-03-08 12:00:00\t",
        ] {
            assert_eq!(times.read(text.as_bytes()), Ok(noon), "{text}");
        }
        for text in [
            "",
            "2026-02-30 12:00:00",
            "2026-03-08 24:00:00",
            "2026-03-08",
            "08/03/2026",
            "1899-12-30 00:00:00",
            "9999-12-31 00:00:00",
            "46089.5",
            "昨天",
        ] {
            assert_eq!(times.read(text.as_bytes()), Err(RowReason::Time), "{text}");
        }
    }

    #[test]
    fn serial_dates_are_beijing_time_to_the_second() {
        let noon = Instant::parse_beijing("2026-03-08 12:00:00").unwrap();
        assert_eq!(serial_time(46_089.5, false), Some(noon));
        assert_eq!(serial_time(46_089.5 - 1_462.0, true), Some(noon));
        let odd = Instant::parse_beijing("2026-03-08 09:59:59").unwrap();
        assert_eq!(serial_time(46_089.416_655_092_59, false), Some(odd));
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e300] {
            assert_eq!(serial_time(bad, false), None);
        }
    }

    #[test]
    fn a_refused_day_is_not_remembered_as_good() {
        let mut times = ForgivingTimeReader::default();
        assert!(times.read(b"2026-02-30 12:00:00").is_err());
        assert!(times.read(b"2026-02-30 12:00:00").is_err());
        assert!(times.read(b"2026-02-28 12:00:00").is_ok());
    }
}
