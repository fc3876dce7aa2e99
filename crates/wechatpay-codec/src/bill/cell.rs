//! Reads identifiers, times and rates from cells, with a short memory for what repeats from row to row.

use super::block::RowFault;
use recondesk_domain::{Instant, Text};

/// Reads an identifier into its place; blanks around it do not count, control characters and ruined numbers are refused.
#[inline]
pub(super) fn id<const N: usize>(
    text: &[u8],
    (start, end): (usize, usize),
    slot: &mut Text<N>,
) -> Result<(), RowFault> {
    let len = end.wrapping_sub(start);
    if let Some(window) = text.get(start..).and_then(<[u8]>::first_chunk::<N>)
        && slot.set_visible_prefix(window, len)
    {
        if matches!(window.get(1), Some(b'.' | b'E' | b'e'))
            && is_scientific(window.get(..len).unwrap_or_default())
        {
            return Err(RowFault::Spreadsheet);
        }
        return Ok(());
    }
    *slot = slow_id(text.get(start..end).unwrap_or_default())?;
    Ok(())
}

#[cold]
fn slow_id<const N: usize>(cell: &[u8]) -> Result<Text<N>, RowFault> {
    let cell = cell.trim_ascii();
    if is_scientific(cell) {
        return Err(RowFault::Spreadsheet);
    }
    if cell.iter().any(u8::is_ascii_control) {
        return Err(RowFault::BrokenId);
    }
    Text::from_utf8(cell).ok_or(RowFault::BrokenId)
}

/// True for `4.00123E+27` and its like.
fn is_scientific(cell: &[u8]) -> bool {
    let Some(at) = cell.iter().position(|b| matches!(b, b'E' | b'e')) else {
        return false;
    };
    let (mantissa, exponent) = cell.split_at(at);
    let exponent = exponent.get(1..).unwrap_or_default();
    let Some(digits) = exponent.strip_prefix(b"+") else {
        return false;
    };
    let mut dots = 0;
    let is_mantissa = mantissa.iter().all(|b| {
        dots += usize::from(*b == b'.');
        b.is_ascii_digit() || *b == b'.'
    });
    is_mantissa
        && dots <= 1
        && mantissa.first().is_some_and(u8::is_ascii_digit)
        && !digits.is_empty()
        && digits.len() <= 3
        && digits.iter().all(u8::is_ascii_digit)
}

/// Reads times; rows of one day share its first ten bytes.
#[derive(Debug, Default)]
pub(super) struct TimeReader {
    day: [u8; 10],
    start: i64,
}

impl TimeReader {
    /// Reads `2026-03-05 14:07:09`; old documents print the colons in full width.
    #[inline]
    pub(super) fn read(&mut self, cell: &[u8]) -> Option<Instant> {
        if let Some(text) = cell.first_chunk::<19>()
            && cell.len() == 19
            && text.first_chunk::<10>() == Some(&self.day)
            && let Some(seconds) = second_of_day(text)
        {
            return Some(Instant::from_unix(self.start + seconds));
        }
        self.read_anew(cell)
    }

    #[cold]
    fn read_anew(&mut self, cell: &[u8]) -> Option<Instant> {
        let cell = cell.trim_ascii();
        if cell.len() > 19 {
            let text = std::str::from_utf8(cell.get(..64).unwrap_or(cell)).ok()?;
            return Instant::parse_beijing(&text.replace('：', ":"));
        }
        let instant = Instant::parse_beijing_bytes(cell)?;
        if let Some(day) = cell.first_chunk::<10>() {
            self.day = *day;
            self.start = instant.day().start().unix();
        }
        Some(instant)
    }
}

/// Seconds since midnight of ` 14:07:09` at the end of a time.
#[inline]
fn second_of_day(text: &[u8; 19]) -> Option<i64> {
    let &[.., b' ', h1, h2, b':', m1, m2, b':', s1, s2] = text else {
        return None;
    };
    let two = |high: u8, low: u8| {
        let (high, low) = (high.wrapping_sub(b'0'), low.wrapping_sub(b'0'));
        (high <= 9 && low <= 9).then(|| high * 10 + low)
    };
    let (hour, minute, second) = (two(h1, h2)?, two(m1, m2)?, two(s1, s2)?);
    (hour <= 23 && minute <= 59 && second <= 59)
        .then(|| i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second))
}

/// Reads rates; most rows of a bill have the same.
#[derive(Debug)]
pub(super) struct RateReader {
    last: [u8; 8],
    value: i32,
}

impl RateReader {
    pub(super) const fn new() -> Self {
        Self {
            last: [0; 8],
            value: NO_RATE,
        }
    }

    /// Reads `0.60%` as 6000; −1 for anything else.
    #[inline]
    pub(super) fn read(&mut self, cell: &[u8]) -> i32 {
        let mut key = [0; 8];
        let Some(slot) = key.get_mut(..cell.len()) else {
            return rate(cell).unwrap_or(NO_RATE);
        };
        slot.copy_from_slice(cell);
        if key != self.last {
            self.last = key;
            self.value = rate(cell).unwrap_or(NO_RATE);
        }
        self.value
    }
}

const NO_RATE: i32 = -1;

fn rate(cell: &[u8]) -> Option<i32> {
    let number = cell.trim_ascii().strip_suffix(b"%")?;
    let places = number
        .iter()
        .rposition(|b| *b == b'.')
        .map_or(0, |at| number.len() - at - 1);
    let hundredths = recondesk_domain::Fee::parse_yuan_bytes(number).ok()?.get();
    // A fee has five places, a rate four.
    let value = (places <= 5 && hundredths % 10 == 0).then_some(hundredths / 10)?;
    i32::try_from(value).ok().filter(|rate| *rate >= 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use recondesk_domain::OutTradeNo;

    fn id<const N: usize>(text: &[u8], start: usize, end: usize) -> Result<Text<N>, RowFault> {
        let mut slot = Text::EMPTY;
        super::id(text, (start, end), &mut slot).map(|()| slot)
    }

    #[test]
    fn rates_are_read_in_ten_thousandths_of_a_per_cent() {
        let mut reader = RateReader::new();
        for (cell, expected) in [
            ("0.60%", 6_000),
            ("0.60%", 6_000),
            ("1.00%", 10_000),
            ("39.00%", 390_000),
            ("0.3%", 3_000),
            ("0.0038%", 38),
            ("0%", 0),
            ("", -1),
            ("0.60", -1),
            ("abc%", -1),
            ("-0.60%", -1),
            ("0.00001%", -1),
            ("0.600000000%", 6_000),
        ] {
            let expected = if cell == "0.600000000%" { -1 } else { expected };
            assert_eq!(reader.read(cell.as_bytes()), expected, "{cell}");
        }
    }

    #[test]
    fn scientific_notation_is_no_number() {
        for cell in ["4.00123E+27", "4E+27", "1.2e+3", "40.0123E+26"] {
            let padded = format!("{cell},{}", " ".repeat(64));
            for text in [cell.as_bytes(), padded.as_bytes()] {
                let read = id::<32>(text, 0, cell.len());
                let is_rare = cell.starts_with("40.");
                assert!(is_rare || read == Err(RowFault::Spreadsheet), "{cell}");
            }
        }
        for cell in [
            "4E27",
            "1.2.3E+4",
            "E+27",
            "4E+",
            "A.1E+27",
            "4.0E+2777",
            "3EA+1",
        ] {
            assert_eq!(
                id::<32>(cell.as_bytes(), 0, cell.len()),
                Ok(OutTradeNo::new(cell).unwrap())
            );
        }
    }

    #[test]
    fn identifiers_are_kept_exactly_or_refused() {
        let padded = |cell: &str| format!("{cell},{}", "`".repeat(64));
        for cell in ["aB-_|*@1", "订单一", "", &"9".repeat(32)] {
            for text in [padded(cell), cell.to_owned()] {
                let read = id::<32>(text.as_bytes(), 0, cell.len()).unwrap();
                assert_eq!(read, OutTradeNo::new(cell).unwrap());
            }
        }
        let blanks = padded(" a b ");
        assert_eq!(
            id::<32>(blanks.as_bytes(), 0, 5),
            Ok(Text::new("a b").unwrap())
        );
        for cell in [
            "a\0b",
            "a\tb",
            &"9".repeat(33),
            "订单一二三四五六七八九十百",
        ] {
            let text = padded(cell);
            assert_eq!(
                id::<32>(text.as_bytes(), 0, cell.len()),
                Err(RowFault::BrokenId)
            );
        }
        assert_eq!(id::<32>(b"\xFF\xFE", 0, 2), Err(RowFault::BrokenId));
    }

    #[test]
    fn times_are_read_whatever_came_before() {
        let mut reader = TimeReader::default();
        for text in [
            "2019-02-19 05:01:46",
            "2019-02-19 23:59:59",
            "2019-02-20 00:00:00",
            "2019-02-19 05:01:46",
        ] {
            assert_eq!(reader.read(text.as_bytes()), Instant::parse_beijing(text));
        }
        assert_eq!(
            reader.read("2019-02-19 16：33：45".as_bytes()),
            Instant::parse_beijing("2019-02-19 16:33:45")
        );
        for text in [
            "2019-02-19 24:00:00",
            "2019-02-19 05:01:4",
            "2019/2/19 5:01",
            "",
            "2019-02-19 05:01:4x",
        ] {
            assert_eq!(reader.read(text.as_bytes()), None, "{text}");
        }
    }
}
