//! Single cells of a row by their canonical columns: identifiers, texts, amounts, times.

use super::amount::{self, AmountSign};
use super::block::BadCell;
use super::header_zone;
use super::moment;
use super::row::{Cells, OrderRowReader, Raw};
use super::value::{self, clean_id, is_no_time, is_placeholder};
use super::{AmountUnit, Column, Encoding, RowReason};
use recondesk_domain::{BEIJING_OFFSET_S, Fen, Instant, MoneyError, Text};

/// Amounts of WeChat Pay are 32-bit numbers of fen in both versions of its API.
const LARGEST_FEN: i64 = i32::MAX as i64;
/// Numbers of a workbook with at most so many signs have no digits that a sheet would not show.
const SHOWN_WHOLE: usize = 12;
/// Longest number that is kept of a row that is refused or left out.
const LONGEST_NUMBER: usize = 64;

impl<C: Cells> OrderRowReader<'_, C> {
    pub(super) fn cell(&self, column: Column) -> Option<Raw<'_>> {
        let slot = self.plan.slot(column)?;
        Some(self.cells.get(slot)).filter(|cell| !cell.is_empty())
    }

    /// The order number of a row that is not stored, as far as it can be read.
    pub(super) fn any_number(&self) -> String {
        let text = self.cell(self.plan.number_column()).map(|cell| {
            let text = self.plan.encoding.decode_lossy(cell.bytes());
            clean_id(&text).into_owned()
        });
        text.filter(|text| text.len() <= LONGEST_NUMBER)
            .unwrap_or_default()
    }

    pub(super) fn needed_id<const N: usize>(
        &self,
        column: Column,
        id: &mut Text<N>,
    ) -> Result<(), BadCell> {
        self.id(column, id)?;
        if id.is_empty() {
            return Err(BadCell::new(column, RowReason::Missing));
        }
        Ok(())
    }

    /// An identifier: checked for the damage that spreadsheets do.
    #[inline]
    pub(super) fn id<const N: usize>(
        &self,
        column: Column,
        id: &mut Text<N>,
    ) -> Result<(), BadCell> {
        if let Some(slot) = self.plan.slot(column)
            && !self.quick_id(column, slot, id)
        {
            *id = self.any_id(column)?;
        }
        Ok(())
    }

    /// Reads a clean identifier of a text file, as nearly all are; false where a closer look is needed.
    #[inline]
    fn quick_id<const N: usize>(&self, column: Column, slot: u8, id: &mut Text<N>) -> bool {
        let Some((text, len)) = self.cells.plain(slot) else {
            return false;
        };
        let Some(window) = text.first_chunk::<N>() else {
            return false;
        };
        if len == 0 {
            *id = Text::EMPTY;
            return true;
        }
        // Words for an empty cell are short, and several numbers in one cell have a sign between them.
        if len < SHORTEST_QUICK
            || !id.set_visible_prefix(window, len)
            || matches!(window.first(), Some(b'\'' | b'`' | b'=' | b'<' | b'('))
            || memchr::memchr3(b',', b';', b'/', id.as_bytes()).is_some()
        {
            return false;
        }
        let known = self.plan.known(column);
        let damage = known.damage(id.as_bytes(), self.plan.mapping.keep_zero_tails);
        damage.is_none()
    }

    fn any_id<const N: usize>(&self, column: Column) -> Result<Text<N>, BadCell> {
        let bad = |reason| BadCell::new(column, reason);
        let Some(cell) = self.cell(column) else {
            return Ok(Text::EMPTY);
        };
        let decoded;
        let clean;
        let plain: &[u8] = match &cell {
            Raw::Text(text) => {
                decoded = self.text_of(text).map_err(bad)?;
                clean = clean_id(&decoded);
                if is_placeholder(&clean) || is_nothing(column, &clean) {
                    return Ok(Text::EMPTY);
                }
                check_number(column, &clean).map_err(bad)?;
                clean.as_bytes()
            }
            Raw::Number(number) => {
                if let Some(reason) = value::number_as_id(number) {
                    return Err(bad(reason));
                }
                if is_nothing(column, &String::from_utf8_lossy(number)) {
                    return Ok(Text::EMPTY);
                }
                number
            }
            Raw::Date(_) => return Err(bad(RowReason::DecimalTail)),
            Raw::Uncomputed | Raw::ZeroFormula => return Err(bad(RowReason::Uncomputed)),
        };
        let known = self.plan.known(column);
        if let Some(reason) = known.damage(plain, self.plan.mapping.keep_zero_tails) {
            return Err(bad(reason));
        }
        fit(plain).map_err(bad)
    }

    /// A short text that is no number.
    pub(super) fn text<const N: usize>(&self, column: Column) -> Result<Text<N>, BadCell> {
        let bad = |reason| BadCell::new(column, reason);
        let Some(cell) = self.cell(column) else {
            return Ok(Text::EMPTY);
        };
        let text = self.text_of(cell.bytes()).map_err(bad)?;
        let clean = clean_id(&text);
        if is_placeholder(&clean) {
            return Ok(Text::EMPTY);
        }
        fit(clean.as_bytes()).map_err(bad)
    }

    /// The bytes of a cell as text, or the reason why they are none.
    fn text_of<'t>(&self, bytes: &'t [u8]) -> Result<std::borrow::Cow<'t, str>, RowReason> {
        self.plan.encoding.decode(bytes).ok_or(RowReason::Encoding)
    }

    pub(super) fn amount(&mut self, column: Column) -> Result<Fen, BadCell> {
        let read = self.optional_amount(column)?;
        read.ok_or(BadCell::new(column, RowReason::Missing))
    }

    /// An amount, where there is one; what no payment can be is refused, so that it cannot spoil the sum of a day.
    pub(super) fn optional_amount(&mut self, column: Column) -> Result<Option<Fen>, BadCell> {
        let read = self.amount_of_any_size(column)?;
        if read.is_some_and(|fen| fen.get() > LARGEST_FEN) {
            let reason = RowReason::Amount(MoneyError::OutOfRange);
            return Err(BadCell::new(column, reason));
        }
        Ok(read)
    }

    fn amount_of_any_size(&mut self, column: Column) -> Result<Option<Fen>, BadCell> {
        let Some(slot) = self.plan.slot(column) else {
            return Ok(None);
        };
        let unit = self.plan.unit_of(column);
        if let Some((text, len)) = self.cells.plain(slot)
            && let Some(text) = text.get(..len)
        {
            if text.is_empty() {
                return Ok(None);
            }
            if let Some(fen) = amount::plain(text, unit).or_else(|| self.quick_amount(text, unit)) {
                self.has_fraction |=
                    column == Column::Amount && memchr::memchr(b'.', text).is_some();
                return Ok(Some(fen));
            }
        }
        let bad = |reason| BadCell::new(column, reason);
        let sign = if column == Column::RefundAmount || self.plan.is_refunds() {
            AmountSign::Size
        } else {
            AmountSign::Positive
        };
        let (fen, has_fraction) = match self.cells.get(slot) {
            Raw::Uncomputed => return Err(bad(RowReason::Uncomputed)),
            // A needed amount of zero would be a payment of nothing.
            Raw::ZeroFormula if column == Column::Amount => return Err(bad(RowReason::Uncomputed)),
            Raw::ZeroFormula => return Ok(Some(Fen::ZERO)),
            Raw::Date(_) => return Err(bad(RowReason::Amount(MoneyError::NotDecimal))),
            cell if cell.is_empty() => return Ok(None),
            Raw::Number(number) => {
                // So few signs are shown as they are stored.
                if number.len() <= SHOWN_WHOLE
                    && let Some(fen) = amount::plain(&number, unit)
                {
                    self.has_fraction |=
                        column == Column::Amount && memchr::memchr(b'.', &number).is_some();
                    return Ok(Some(fen));
                }
                let number = String::from_utf8_lossy(&number).into_owned();
                let shown = amount::as_shown(&number).unwrap_or(number);
                (amount::read(&shown, unit, sign), shown.contains('.'))
            }
            Raw::Text(text) => {
                let text = self.text_of(&text).map_err(bad)?;
                if is_placeholder(&text) {
                    return Ok(None);
                }
                (amount::read(&text, unit, sign), text.contains('.'))
            }
        };
        self.has_fraction |= column == Column::Amount && has_fraction;
        fen.map(Some).map_err(bad)
    }

    /// `¥1,299.00` and `12.90元` without memory, as files of people have them.
    fn quick_amount(&self, text: &[u8], unit: AmountUnit) -> Option<Fen> {
        if unit != AmountUnit::Yuan {
            return None;
        }
        let (front, back): ([&[u8]; 3], &[u8]) = match self.plan.encoding {
            Encoding::Gb18030 => ([b"\xA3\xA4", b"\x81\x30\x84\x36", b"\xA3\xA4"], b"\xD4\xAA"),
            Encoding::Utf8 | Encoding::Utf16Le | Encoding::Utf16Be | Encoding::Big5 => {
                (["¥".as_bytes(), "￥".as_bytes(), b"RMB"], "元".as_bytes())
            }
        };
        let text = front
            .iter()
            .find_map(|sign| text.strip_prefix(*sign))
            .unwrap_or(text);
        let text = text.strip_suffix(back).unwrap_or(text);
        if memchr::memchr(b',', text).is_none() {
            return amount::plain(text, AmountUnit::Yuan);
        }
        let mut digits = [0; 24];
        let mut len = 0;
        let (whole, fraction) = match memchr::memchr(b'.', text) {
            Some(at) => text.split_at_checked(at)?,
            None => (text, &[][..]),
        };
        let mut groups = whole.split(|b| *b == b',');
        let first = groups
            .next()
            .filter(|first| matches!(first.len(), 1..=3) && first.first() != Some(&b'0'))?;
        let mut put = |part: &[u8]| {
            digits.get_mut(len..len + part.len())?.copy_from_slice(part);
            len += part.len();
            Some(())
        };
        put(first)?;
        for group in groups {
            (group.len() == 3 && group.iter().all(u8::is_ascii_digit)).then_some(())?;
            put(group)?;
        }
        put(fraction)?;
        amount::plain(digits.get(..len)?, AmountUnit::Yuan)
    }

    pub(super) fn time(&mut self, column: Column) -> Result<Option<Instant>, BadCell> {
        let time = self.time_as_written(column)?;
        let shift = self.plan.zone_shift(column);
        if shift == 0 {
            return Ok(time);
        }
        let has_own_zone = self.plan.slot(column).is_some_and(|slot| {
            matches!(self.cells.get(slot), Raw::Text(text) | Raw::Number(text)
                if header_zone::has_own_zone(&text))
        });
        Ok(time.map(|time| if has_own_zone { time } else { time.plus(shift) }))
    }

    /// The time of a cell, as Beijing time where it names no zone.
    fn time_as_written(&mut self, column: Column) -> Result<Option<Instant>, BadCell> {
        let Some(slot) = self.plan.slot(column) else {
            return Ok(None);
        };
        if let Some(clock) = self.plan.clock(column) {
            return self.day_and_clock(column, slot, clock);
        }
        if let Some((text, len)) = self.cells.plain(slot) {
            if len == 0 {
                return Ok(None);
            }
            let quick = text
                .get(..len)
                .and_then(|text| self.memory.times.plain(text));
            if quick.is_some() {
                return Ok(quick);
            }
        }
        let bad = |reason| BadCell::new(column, reason);
        match self.cells.get(slot) {
            Raw::Date(time) => Ok(Some(time)),
            Raw::Uncomputed => Err(bad(RowReason::Uncomputed)),
            Raw::ZeroFormula => Ok(None),
            cell if cell.is_empty() => Ok(None),
            Raw::Number(number) => {
                let text = String::from_utf8_lossy(&number);
                let time = value::number_as_time(&number)
                    .or_else(|| self.memory.times.read(text.as_bytes()).ok());
                match time {
                    Some(time) => Ok(Some(time)),
                    None if is_no_time(&text) => Ok(None),
                    None => Err(bad(RowReason::Time)),
                }
            }
            Raw::Text(text) => self.time_of_text(&text).map_err(bad),
        }
    }

    fn time_of_text(&mut self, bytes: &[u8]) -> Result<Option<Instant>, RowReason> {
        if self.plan.encoding != Encoding::Gb18030
            && let Ok(time) = self.memory.times.read(bytes)
        {
            return Ok(Some(time));
        }
        let text = self.text_of(bytes)?;
        if is_no_time(&text) || value::trim(text.as_bytes()).is_empty() {
            return Ok(None);
        }
        self.memory.times.read(text.as_bytes()).map(Some)
    }

    /// A time whose date and clock stand in two cells.
    fn day_and_clock(
        &mut self,
        column: Column,
        slot: u8,
        clock: u8,
    ) -> Result<Option<Instant>, BadCell> {
        let bad = |reason| BadCell::new(column, reason);
        let day = match self.cells.get(slot) {
            Raw::Date(time) => time,
            Raw::Uncomputed => return Err(bad(RowReason::Uncomputed)),
            Raw::ZeroFormula => return Ok(None),
            cell if cell.is_empty() => return Ok(None),
            Raw::Number(number) => match value::number_as_time(&number) {
                Some(time) => time,
                None if is_no_time(&String::from_utf8_lossy(&number)) => return Ok(None),
                None => return Err(bad(RowReason::Time)),
            },
            Raw::Text(text) => match self.time_of_text(&text).map_err(bad)? {
                Some(time) => time,
                None => return Ok(None),
            },
        };
        let wrong = BadCell {
            slot: Some(clock),
            ..bad(RowReason::Time)
        };
        let seconds = match self.cells.get(clock) {
            Raw::Uncomputed => return Err(wrong),
            Raw::ZeroFormula => 0,
            // The part of the day of a cell that has a date of its own.
            Raw::Date(time) => time.plus(BEIJING_OFFSET_S).unix().rem_euclid(86_400),
            cell if cell.is_empty() => 0,
            Raw::Number(number) | Raw::Text(number) => {
                let text = self.text_of(&number).map_err(bad)?;
                if is_placeholder(&text) {
                    0
                } else {
                    moment::clock_of(&text).ok_or(wrong)?
                }
            }
        };
        let midnight = day.plus(BEIJING_OFFSET_S).unix().rem_euclid(86_400) == 0;
        if !midnight && seconds != 0 {
            return Err(wrong);
        }
        Ok(Some(day.plus(seconds)))
    }

    pub(super) fn is_cny(&self) -> Result<bool, BadCell> {
        let bad = BadCell::new(Column::Currency, RowReason::Currency);
        let Some(cell) = self.cell(Column::Currency) else {
            return Ok(true);
        };
        let code = cell.bytes();
        if code.len() == 3 && code.iter().all(u8::is_ascii_alphabetic) {
            return Ok(code.eq_ignore_ascii_case(b"CNY") || code.eq_ignore_ascii_case(b"RMB"));
        }
        let text = self.text_of(code).map_err(|_encoding| bad)?;
        let word = super::fold::folded(&text);
        let is_yuan = [
            "人民币",
            "人民币元",
            "元",
            "cny人民币",
            "人民币cny",
            "rmb人民币",
            "cn",
        ]
        .contains(&word.as_str());
        let is_sign = matches!(text.trim(), "¥" | "￥");
        if is_yuan || is_sign || is_placeholder(&text) {
            return Ok(true);
        }
        Err(bad)
    }
}

/// Shorter identifiers get a closer look: they may be words for an empty cell.
const SHORTEST_QUICK: usize = 10;

/// `0` stands for no number at all in lists that WeChat Pay makes, and in those of many databases.
fn is_nothing(column: Column, text: &str) -> bool {
    column != Column::OutTradeNo
        && column != Column::OutRefundNo
        && (text == "0" || text.eq_ignore_ascii_case("#n/a"))
}

/// The numbers of a cell, as far as what stands between the signs and blanks that part them can be one.
pub(super) fn split_numbers(text: &str) -> impl Iterator<Item = &str> {
    const SHORTEST: usize = 6;
    let parts = |sign: char| {
        matches!(sign, ',' | ';' | '/' | '，' | '；' | '、' | '|') || sign.is_whitespace()
    };
    text.split(parts).filter(|part| part.len() >= SHORTEST)
}

/// Refuses what cannot be one number.
fn check_number(column: Column, text: &str) -> Result<(), RowReason> {
    if column == Column::OrderNo {
        return Ok(());
    }
    if split_numbers(text).nth(1).is_some() {
        return Err(RowReason::Several);
    }
    if text.chars().any(char::is_whitespace) {
        return Err(RowReason::Blank);
    }
    Ok(())
}

fn fit<const N: usize>(text: &[u8]) -> Result<Text<N>, RowReason> {
    // Without leaving early, several bytes go at once.
    let controls = |seen, b: &u8| seen | b.is_ascii_control();
    if text.iter().fold(false, controls) {
        return Err(RowReason::Control);
    }
    if text.len() > N {
        return Err(RowReason::TooLong { max: N });
    }
    Text::from_utf8(text).ok_or(RowReason::Encoding)
}
