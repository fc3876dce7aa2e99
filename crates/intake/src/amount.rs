//! Amounts as people and programs write them: read exactly, or refused; never another number.
//!
//! `¥1,299.00`, `12.90 元`, `(8.00)`, `1 299.00`, `１２．９０`. A comma counts as a sign of thousands only where groups
//! of three digits prove it: `12,50` and `1.355,90` may mean two numbers and are refused.

use super::fold::{half_width, is_invisible};
use super::value::bare_text;
use super::{AmountUnit, RowReason};
use recondesk_domain::{Fen, MoneyError};

/// Longest text that can be an amount.
const LONGEST: usize = 64;
/// Digits that a spreadsheet keeps of a number, and shows.
const SHEET_DIGITS: usize = 15;

/// Words and signs of yuan, in front of a number or behind it; case does not matter.
const YUAN: [&str; 15] = [
    "人民币",
    "人民幣",
    "元人民币",
    "rmb¥",
    "cny¥",
    "cn¥",
    "¥",
    "cny",
    "rmb",
    "元整",
    "圆整",
    "元",
    "圆",
    "圓",
    "yuan",
];

/// Which amounts a column may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AmountSign {
    /// What was to be paid: never below zero.
    Positive,
    /// What was given back: lists show it above or below zero, its size counts.
    Size,
}

/// Reads an amount in plain form; `None` where a closer look is needed.
#[inline]
pub(super) fn plain(text: &[u8], unit: AmountUnit) -> Option<Fen> {
    let read = match unit {
        AmountUnit::Yuan => Fen::parse_yuan_bytes(text).ok(),
        AmountUnit::Fen => std::str::from_utf8(text)
            .ok()
            .and_then(|text| whole_fen(text).ok()),
    };
    read.filter(|fen| !fen.is_negative())
}

/// Reads an amount in any form.
pub(super) fn read(text: &str, unit: AmountUnit, sign: AmountSign) -> Result<Fen, RowReason> {
    let fen = read_signed(text, unit)?;
    match sign {
        AmountSign::Positive if fen.is_negative() => Err(RowReason::Negative),
        AmountSign::Positive => Ok(fen),
        AmountSign::Size if fen.is_negative() => Fen::ZERO
            .checked_sub(fen)
            .ok_or(RowReason::Amount(MoneyError::NotDecimal)),
        AmountSign::Size => Ok(fen),
    }
}

/// Reads an amount in any form, with its sign.
pub(super) fn read_signed(text: &str, unit: AmountUnit) -> Result<Fen, RowReason> {
    let bad = |error| RowReason::Amount(error);
    if text.len() > LONGEST {
        return Err(bad(MoneyError::NotDecimal));
    }
    // What keeps a cell text in a spreadsheet: `="12.90"`, `'12.90`.
    let mut rest: String = bare_text(text)
        .chars()
        .filter(|sign| !is_invisible(*sign))
        .map(half_width)
        .collect();
    rest = rest.trim().to_lowercase();
    let mut negative = false;
    if let Some(inner) = rest
        .strip_prefix('(')
        .and_then(|inner| inner.strip_suffix(')'))
    {
        negative = true;
        rest = inner.trim().to_owned();
    }
    let number = bare_number(&rest, &mut negative).ok_or(bad(MoneyError::NotDecimal))?;
    if number.is_empty() {
        return Err(bad(MoneyError::Empty));
    }
    let digits = ungrouped(number).ok_or(bad(MoneyError::NotDecimal))?;
    let parsed = match unit {
        AmountUnit::Yuan => Fen::parse_yuan(&digits),
        AmountUnit::Fen => whole_fen(&digits),
    };
    let fen = parsed.map_err(bad)?;
    if negative {
        Fen::ZERO
            .checked_sub(fen)
            .ok_or(bad(MoneyError::NotDecimal))
    } else {
        Ok(fen)
    }
}

/// A count of fen. `15.00` is yuan in a column of fen, never 15 fen; programs write whole numbers as `1290.0`.
fn whole_fen(text: &str) -> Result<Fen, MoneyError> {
    match text.split_once('.') {
        Some((whole, "0")) => Fen::parse_fen(whole),
        Some(_) => Err(MoneyError::TooPrecise),
        None => Fen::parse_fen(text),
    }
}

/// Takes a sign and the words of yuan off both ends, each once; `None` where something is there twice.
fn bare_number<'t>(text: &'t str, negative: &mut bool) -> Option<&'t str> {
    let mut rest = text;
    let (mut has_sign, mut has_front, mut has_back) = (*negative, false, false);
    loop {
        rest = rest.trim();
        let signed = rest
            .strip_prefix(['-', '+'])
            .map(|after| (after, rest.starts_with('-')))
            .or_else(|| rest.strip_suffix('-').map(|before| (before, true)));
        if let Some((after, is_minus)) = signed {
            if has_sign {
                return None;
            }
            has_sign = true;
            *negative |= is_minus;
            rest = after;
        } else if let Some(after) = YUAN.iter().find_map(|word| rest.strip_prefix(word)) {
            if has_front {
                return None;
            }
            has_front = true;
            rest = after;
        } else if let Some(before) = YUAN.iter().find_map(|word| rest.strip_suffix(word)) {
            if has_back {
                return None;
            }
            has_back = true;
            rest = before;
        } else {
            return Some(rest);
        }
    }
}

/// The number without its signs of thousands; `None` where they do not stand in groups of three.
fn ungrouped(number: &str) -> Option<String> {
    let (whole, fraction) = match number.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (number, None),
    };
    let is_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !fraction.is_none_or(is_digits) {
        return None;
    }
    let mut digits = if is_digits(whole) {
        whole.to_owned()
    } else {
        let mark = whole.chars().find(|sign| !sign.is_ascii_digit())?;
        if !(mark == ',' || mark == '\'' || mark == '’' || mark.is_whitespace()) {
            return None;
        }
        let mut groups = whole.split(mark);
        let first = groups.next()?;
        let is_first = matches!(first.len(), 1..=3) && is_digits(first) && !first.starts_with('0');
        let is_rest = groups
            .clone()
            .all(|group| group.len() == 3 && is_digits(group));
        if !(is_first && is_rest) {
            return None;
        }
        first.chars().chain(groups.flat_map(str::chars)).collect()
    };
    if digits.is_empty() {
        // `.50` of some databases; a lone point is no number.
        fraction.filter(|fraction| !fraction.is_empty())?;
        digits.push('0');
    }
    if let Some(fraction) = fraction.filter(|fraction| !fraction.is_empty()) {
        digits.push('.');
        digits.push_str(fraction);
    }
    Some(digits)
}

/// A number of a spreadsheet as the spreadsheet shows it: with 15 digits. What a formula left beyond them is the
/// remains of binary fractions: 0.1 + 0.2 is kept as 0.30000000000000004 and shown, and meant, as 0.3.
pub(super) fn as_shown(number: &str) -> Option<String> {
    let (sign, bare) = match number.strip_prefix('-') {
        Some(bare) => ("-", bare),
        None => ("", number),
    };
    let (whole, fraction) = bare.split_once('.')?;
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let leading = if whole == "0" {
        fraction.bytes().take_while(|b| *b == b'0').count()
    } else {
        0
    };
    let kept = if whole == "0" {
        SHEET_DIGITS.saturating_add(leading)
    } else {
        SHEET_DIGITS.checked_sub(whole.len())?
    };
    if fraction.len() <= kept {
        return None;
    }
    let (head, tail) = fraction.split_at_checked(kept)?;
    let mut digits: Vec<u8> = whole.bytes().chain(head.bytes()).collect();
    if tail.bytes().next()? >= b'5' {
        let carry = digits.iter_mut().rev().find_map(|digit| {
            if *digit == b'9' {
                *digit = b'0';
                return None;
            }
            *digit += 1;
            Some(())
        });
        if carry.is_none() {
            digits.insert(0, b'1');
        }
    }
    let point = digits.len().checked_sub(kept)?;
    digits.insert(point, b'.');
    Some(format!("{sign}{}", String::from_utf8(digits).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yuan(text: &str) -> Result<Fen, RowReason> {
        read(text, AmountUnit::Yuan, AmountSign::Positive)
    }

    #[test]
    fn forms_written_for_people_are_read_exactly() {
        for (text, fen) in [
            ("¥12.90", 1290),
            ("￥8.00", 800),
            ("5.00元", 500),
            ("¥1,007.00", 100_700),
            ("7.00\u{A0}元", 700),
            ("25,000.00", 2_500_000),
            ("3,000", 300_000),
            ("1,234,567.8", 123_456_780),
            ("1 299.00", 129_900),
            ("1\u{202F}299.00", 129_900),
            ("1'299.00", 129_900),
            ("CNY 12.90", 1290),
            ("12.90 CNY", 1290),
            ("RMB12.9", 1290),
            ("CN¥12.90", 1290),
            ("¥12.90元", 1290),
            ("人民币12.90元", 1290),
            ("１２．９０", 1290),
            ("￥１，２９９．００", 129_900),
            ("+12.90", 1290),
            (".5", 50),
            ("12.", 1200),
            ("12.9000", 1290),
            ("\u{200B}12.90\u{3000}", 1290),
            ("-0.00", 0),
            ("(0.00)", 0),
            ("100元整", 10_000),
        ] {
            assert_eq!(yuan(text), Ok(Fen::new(fen)), "{text}");
        }
    }

    #[test]
    fn what_could_be_another_number_is_refused() {
        for text in [
            "1.355,90",
            "12,50",
            "0,123",
            "1,23,456.00",
            "12,5000",
            "1,2345",
            ",500",
            "1,000,00",
            "12.90.1",
            "$12.90",
            "US$12.90",
            "HK$12.90",
            "€12.90",
            "1.2万",
            "12.905",
            "1e3",
            "12.90/件",
            "¥¥12.90",
            "--12",
            "12.90元元",
            "12 90",
            "",
            "¥",
            "元",
            "-",
            ".",
            "1,000 000",
            "0x10",
            "12.9 13.9",
            "99999999999999999999",
        ] {
            assert!(yuan(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_amount_below_zero_is_a_refund_s_size_or_refused() {
        for text in [
            "-12.90",
            "-¥12.90",
            "¥-12.90",
            "(12.90)",
            "（¥12.90）",
            "12.90-",
            "−12.90",
            "－12.90",
            "¥ -12.90 元",
        ] {
            assert_eq!(yuan(text), Err(RowReason::Negative), "{text}");
            let size = read(text, AmountUnit::Yuan, AmountSign::Size);
            assert_eq!(size, Ok(Fen::new(1290)), "{text}");
        }
        assert!(read("-(12.90)", AmountUnit::Yuan, AmountSign::Size).is_err());
    }

    #[test]
    fn fen_have_no_fraction() {
        let fen = |text| read(text, AmountUnit::Fen, AmountSign::Positive);
        assert_eq!(fen("1,290"), Ok(Fen::new(1290)));
        assert_eq!(fen("1290.0"), Ok(Fen::new(1290)));
        for yuan in ["12.90", "1290.00", "15.00"] {
            assert!(fen(yuan).is_err(), "{yuan}");
            assert_eq!(plain(yuan.as_bytes(), AmountUnit::Fen), None, "{yuan}");
        }
    }

    #[test]
    fn remains_of_binary_fractions_are_not_money() {
        for (kept, shown) in [
            ("0.30000000000000004", "0.300000000000000"),
            ("12.899999999999999", "12.9000000000000"),
            ("99.999999999999999", "100.0000000000000"),
            ("1.1100000000000001", "1.11000000000000"),
            ("-0.10000000000000009", "-0.100000000000000"),
        ] {
            assert_eq!(as_shown(kept).as_deref(), Some(shown));
        }
        for short in ["12.9", "12", "0.005", "1234567890123456.5"] {
            assert_eq!(as_shown(short), None);
        }
    }
}
