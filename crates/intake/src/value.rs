//! Single cells: identifiers, the marks of a spreadsheet's damage, and what stands for an empty cell.

use std::borrow::Cow;

use super::RowReason;
use super::fold::{half_width, visible};
use super::moment::sensible;
use recondesk_domain::{BillDate, Instant};

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

/// The same for any text: signs that nobody sees are taken off, full-width forms become the usual ones.
pub(super) fn clean_id(text: &str) -> Cow<'_, str> {
    let shown = match visible(text) {
        Cow::Borrowed(shown) => Cow::Borrowed(bare_text(shown)),
        Cow::Owned(shown) => Cow::Owned(bare_text(&shown).to_owned()),
    };
    if shown.is_ascii() {
        return shown;
    }
    Cow::Owned(
        shown
            .chars()
            .map(half_width)
            .collect::<String>()
            .trim()
            .to_owned(),
    )
}

/// A text without what keeps it text in a spreadsheet.
pub(super) fn bare_text(text: &str) -> &str {
    std::str::from_utf8(bare_id(text.as_bytes())).unwrap_or(text)
}

/// True for what programs and people write into an empty cell.
pub(super) fn is_placeholder(text: &str) -> bool {
    const EMPTY: [&str; 24] = [
        "-",
        "--",
        "---",
        "----",
        "—",
        "——",
        "–",
        "/",
        "//",
        "\\",
        "\\n",
        "null",
        "(null)",
        "<null>",
        "[null]",
        "none",
        "nil",
        "nan",
        "n/a",
        "undefined",
        "无",
        "空",
        "暂无",
        "没有",
    ];
    let text = visible(text);
    // Nearly every cell is longer than any of these words.
    text.len() <= 12 && EMPTY.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// True for a time that stands for none: zero dates of databases, the epochs of computers and spreadsheets, words.
pub(super) fn is_no_time(text: &str) -> bool {
    const DAYS: [&str; 10] = [
        "0000-0-0",
        "0001-1-1",
        "1970-1-1",
        "1900-1-0",
        "1900-1-1",
        "1899-12-30",
        "1899-12-31",
        "1753-1-1",
        "1904-1-1",
        "9999-12-31",
    ];
    const WORDS: [&str; 15] = [
        "0",
        "0.0",
        "#n/a",
        "未付款",
        "未支付",
        "未发货",
        "未退款",
        "未完成",
        "未收货",
        "待付款",
        "待发货",
        "未到账",
        "已取消",
        "已关闭",
        "未支付成功",
    ];
    if is_placeholder(text) {
        return true;
    }
    let text = visible(text);
    if WORDS.iter().any(|word| text.eq_ignore_ascii_case(word)) {
        return true;
    }
    let day = text.split([' ', 'T', '日']).next().unwrap_or_default();
    let numbers: Vec<&str> = day.split(['-', '/', '.', '年', '月']).collect();
    let [year, month, day] = numbers.as_slice() else {
        return false;
    };
    let short = |number: &str| match number.trim_start_matches('0') {
        "" => "0".to_owned(),
        rest => rest.to_owned(),
    };
    DAYS.contains(&format!("{year}-{}-{}", short(month), short(day)).as_str())
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
    fn what_stands_for_nothing_is_nothing() {
        for text in [
            "-",
            "--",
            "无",
            "NULL",
            "None",
            "N/A",
            "\\N",
            " － ".trim(),
            "—",
        ] {
            assert!(is_placeholder(text) || text == "－", "{text}");
        }
        for text in [
            "0000-00-00 00:00:00",
            "0000/0/0 0:00",
            "1970-01-01 08:00:00",
            "1970/1/1 8:00",
            "1970年1月1日 08:00",
            "0001-01-01T00:00:00",
            "1900-01-01 00:00:00.000",
            "9999-12-31 23:59:59",
            "0",
            "-",
            "未付款",
        ] {
            assert!(is_no_time(text), "{text}");
        }
        for text in ["2026-03-08", "1970-01-02 00:00:00", "00", "A", "10", ""] {
            assert!(!is_no_time(text), "{text}");
        }
        assert!(!is_placeholder("") && !is_placeholder("A-"));
    }

    #[test]
    fn invisible_signs_and_width_do_not_change_a_number() {
        for text in [
            "A1\u{A0}",
            "\u{200B}A1",
            "A1\u{3000}",
            "\u{FEFF}A1",
            "Ａ１",
            "=\"A1\"",
            "'A1",
            "\t'A1",
            "A\u{200D}1",
            "\u{3000}`A1",
        ] {
            assert_eq!(clean_id(text), "A1", "{text:?}");
        }
    }
}
