//! Money: integer fen for amounts, 10⁻⁵ yuan for fees. No floating point, no unchecked operator.
//!
//! APIs of WeChat Pay speak fen, its bills speak yuan text; both meet here and nowhere else.

use std::fmt;

/// An amount of money in fen (1/100 yuan), possibly negative.
///
/// There is no `+` and no conversion from or to a float; arithmetic is checked.
///
/// ```
/// use recondesk_domain::Fen;
/// let paid = Fen::parse_yuan("12.30").unwrap();
/// assert_eq!(paid, Fen::new(1230));
/// assert_eq!(paid.checked_add(Fen::new(5)).unwrap().to_string(), "12.35");
/// assert_eq!(Fen::new(123_456_789).grouped(), "1,234,567.89");
/// ```
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
pub struct Fen(i64);

/// Why a text is not an amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The text is empty.
    #[error("empty amount")]
    Empty,
    /// A character that no amount has.
    #[error("not a plain decimal number")]
    NotDecimal,
    /// More decimals than the unit has, and they are not zero.
    #[error("more decimals than the unit has")]
    TooPrecise,
    /// Outside what 64 bits of the unit hold.
    #[error("amount out of range")]
    OutOfRange,
}

impl MoneyError {
    /// The same in Chinese.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Empty => "金额为空",
            Self::NotDecimal => "不是普通的十进制数，如 12.30",
            Self::TooPrecise => "小数位数超出单位（元最多两位）",
            Self::OutOfRange => "金额超出范围",
        }
    }
}

impl Fen {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// Makes an amount from a count of fen.
    #[must_use]
    pub const fn new(fen: i64) -> Self {
        Self(fen)
    }

    /// The count of fen.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Sum, or `None` beyond 64 bits.
    #[must_use]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Self(sum)),
            None => None,
        }
    }

    /// Difference, or `None` beyond 64 bits.
    #[must_use]
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(rest) => Some(Self(rest)),
            None => None,
        }
    }

    /// The amount with the opposite sign, or `None` beyond 64 bits.
    #[must_use]
    pub const fn checked_neg(self) -> Option<Self> {
        match self.0.checked_neg() {
            Some(value) => Some(Self(value)),
            None => None,
        }
    }

    /// Distance from zero, saturating at the largest amount.
    #[must_use]
    pub const fn abs(self) -> Self {
        Self(self.0.saturating_abs())
    }

    /// True for amounts below zero.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Reads yuan with at most two significant decimals: `12`, `12.3`, `-0.05`, `45.00000`.
    ///
    /// # Errors
    /// [`MoneyError`] for anything else; nothing is rounded, no sign of thousands is accepted.
    pub fn parse_yuan(text: &str) -> Result<Self, MoneyError> {
        parse_scaled(text.as_bytes(), 2).map(Self)
    }

    /// Reads what a person typed: as [`Fen::parse_yuan`], with signs of thousands where they part groups of three. A comma
    /// for a decimal point is no amount: `12,8` is neither 12.80 nor 128.
    ///
    /// # Errors
    /// As [`Fen::parse_yuan`].
    ///
    /// ```
    /// use recondesk_domain::Fen;
    /// assert_eq!(Fen::parse_typed(" 1,299.50 "), Ok(Fen::new(129_950)));
    /// assert!(Fen::parse_typed("12,8").is_err());
    /// assert!(Fen::parse_typed("1,2345").is_err());
    /// ```
    pub fn parse_typed(text: &str) -> Result<Self, MoneyError> {
        let text = text.trim();
        let (whole, _) = text.split_once('.').unwrap_or((text, ""));
        let mut groups = whole.trim_start_matches(['-', '+']).split(',');
        let first = groups.next().map_or(0, str::len);
        let mut rest = groups.peekable();
        let are_parted =
            rest.peek().is_none() || (1..=3).contains(&first) && rest.all(|group| group.len() == 3);
        if !are_parted {
            // The comma itself is what is no amount.
            return Self::parse_yuan(text);
        }
        let decimals = text.get(whole.len()..).unwrap_or_default();
        Self::parse_yuan(&format!("{}{decimals}", whole.replace(',', "")))
    }

    /// The same for raw bytes, for readers that have no `str` yet.
    ///
    /// # Errors
    /// As [`Fen::parse_yuan`].
    pub fn parse_yuan_bytes(text: &[u8]) -> Result<Self, MoneyError> {
        parse_scaled(text, 2).map(Self)
    }

    /// Reads an integer count of fen.
    ///
    /// # Errors
    /// [`MoneyError`] if the text has a decimal part that is not zero, or is no number.
    pub fn parse_fen(text: &str) -> Result<Self, MoneyError> {
        parse_scaled(text.as_bytes(), 0).map(Self)
    }

    /// Yuan with separators of thousands and two decimals: `1,234.56`, `-0.05`.
    #[must_use]
    pub fn grouped(self) -> String {
        let plain = self.to_string();
        let (whole, fraction) = grouped_whole(&plain);
        format!("{whole}.{fraction}")
    }
}

/// Yuan with two decimals and no separators, as bills and files have it.
impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let value = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", value / 100, value % 100)
    }
}

/// A fee in 10⁻⁵ yuan, the precision of the fee column of a bill.
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
pub struct Fee(i64);

impl Fee {
    /// No fee.
    pub const ZERO: Self = Self(0);
    /// How many units make one fen.
    pub const UNITS_PER_FEN: i64 = 1_000;

    /// Makes a fee from a count of 10⁻⁵ yuan.
    #[must_use]
    pub const fn new(units: i64) -> Self {
        Self(units)
    }

    /// The count of 10⁻⁵ yuan.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Sum, or `None` beyond 64 bits.
    #[must_use]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Self(sum)),
            None => None,
        }
    }

    /// Reads yuan with at most five significant decimals.
    ///
    /// # Errors
    /// [`MoneyError`] for anything that is no such number.
    pub fn parse_yuan_bytes(text: &[u8]) -> Result<Self, MoneyError> {
        parse_scaled(text, 5).map(Self)
    }
}

/// Yuan with five decimals, as the fee column prints it.
impl fmt::Display for Fee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let value = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:05}", value / 100_000, value % 100_000)
    }
}

impl Fee {
    /// What a person reads: grouped yuan, two decimals, and the further ones only where there are any.
    #[must_use]
    pub fn grouped(self) -> String {
        let plain = self.to_string();
        let (whole, fraction) = grouped_whole(&plain);
        let cents = fraction.get(..2).unwrap_or(fraction);
        let further = fraction.get(2..).unwrap_or_default().trim_end_matches('0');
        format!("{whole}.{cents}{further}")
    }
}

/// The whole yuan of a printed sum, with its sign and separators of thousands, and the decimals.
fn grouped_whole(plain: &str) -> (String, &str) {
    let (sign, rest) = plain
        .strip_prefix('-')
        .map_or(("", plain), |rest| ("-", rest));
    let (whole, fraction) = rest.split_once('.').unwrap_or((rest, "00"));
    (format!("{sign}{}", group_digits(whole)), fraction)
}

/// Puts separators of thousands into a run of digits.
#[must_use]
pub fn group_digits(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len().saturating_add(digits.len() / 3));
    for (at, digit) in digits.chars().enumerate() {
        let left = digits.len().saturating_sub(at);
        if at > 0 && left.is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Reads a decimal number into an integer of 10^-`decimals` units; digits beyond must be zero.
fn parse_scaled(text: &[u8], decimals: u32) -> Result<i64, MoneyError> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let mut value: i64 = 0;
    let mut places: Option<u32> = None;
    let mut seen = false;
    for &byte in digits {
        match byte {
            b'0'..=b'9' => {
                seen = true;
                let digit = i64::from(byte.wrapping_sub(b'0'));
                if places == Some(decimals) {
                    if digit != 0 {
                        return Err(MoneyError::TooPrecise);
                    }
                    continue;
                }
                value = value
                    .checked_mul(10)
                    .and_then(|v| v.checked_add(digit))
                    .ok_or(MoneyError::OutOfRange)?;
                places = places.map(|p| p.saturating_add(1));
            }
            b'.' if places.is_none() && seen => places = Some(0),
            _ => return Err(MoneyError::NotDecimal),
        }
    }
    if !seen {
        return Err(if text.is_empty() {
            MoneyError::Empty
        } else {
            MoneyError::NotDecimal
        });
    }
    if digits.last() == Some(&b'.') {
        return Err(MoneyError::NotDecimal);
    }
    for _ in places.unwrap_or(0)..decimals {
        value = value.checked_mul(10).ok_or(MoneyError::OutOfRange)?;
    }
    Ok(if negative {
        value.saturating_neg()
    } else {
        value
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yuan_text_is_read_exactly() {
        for (text, fen) in [
            ("0", 0),
            ("0.01", 1),
            ("19.9", 1990),
            ("8.80", 880),
            ("1.1", 110),
            ("-0.02000", -2),
            ("45.0", 4500),
        ] {
            assert_eq!(Fen::parse_yuan(text), Ok(Fen::new(fen)), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_plain_amount_is_refused() {
        for text in [
            "",
            "-",
            ".",
            ".5",
            "5.",
            "1,000",
            "1e3",
            "0.001",
            "¥1",
            " 1",
            "1..2",
            "99999999999999999999",
        ] {
            assert!(Fen::parse_yuan(text).is_err(), "{text}");
        }
    }

    #[test]
    fn fees_keep_five_decimals() {
        let fee = Fee::parse_yuan_bytes(b"0.01170").unwrap();
        assert_eq!(fee, Fee::new(1170));
        assert_eq!(fee.to_string(), "0.01170");
    }

    #[test]
    fn grouping_has_separators_of_thousands() {
        assert_eq!(Fen::new(-5).grouped(), "-0.05");
        assert_eq!(Fen::new(99_999).grouped(), "999.99");
        assert_eq!(Fen::new(100_000).grouped(), "1,000.00");
        for (fee, shown) in [
            (919_709_000, "9,197.09"),
            (-600, "-0.006"),
            (1, "0.00001"),
            (0, "0.00"),
        ] {
            assert_eq!(Fee::new(fee).grouped(), shown);
        }
    }
}
