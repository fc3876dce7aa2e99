//! The parts of a time that is written in no plain form: numbers, names of months, clock, half of the day, zone.

use super::{Ymd, clock_seconds};
use crate::{DayOrder, RowReason};
use recondesk_domain::BEIJING_OFFSET_S;

/// What the parts of a written time say.
#[derive(Debug, Default)]
pub(super) struct TimeParts {
    /// Numbers outside the clock, with their digits, in order.
    pub(super) numbers: Vec<(u32, usize)>,
    /// A month by name.
    pub(super) month: Option<u32>,
    /// Hour, minute, second.
    pub(super) clock: Option<(u32, u32, u32)>,
    /// True for the second half of the day, false for the first, by words.
    is_pm: Option<bool>,
    /// Seconds east of Greenwich.
    pub(super) offset: Option<i64>,
}

impl TimeParts {
    /// What a text says; `None` where a part of it has no place in a time.
    pub(super) fn of(text: &str) -> Option<Self> {
        let mut parts = Self::default();
        parts.take_words(text)?;
        Some(parts)
    }

    /// Takes the text apart; `None` where a part has no place.
    pub(super) fn take_words(&mut self, text: &str) -> Option<()> {
        // Java names the place behind the offset: `+08:00[Asia/Shanghai]`.
        let offset = text.rsplit_once('[').map(|(before, _)| before);
        let offset = offset.filter(|before| before.ends_with(|sign: char| sign.is_ascii_digit()));
        let text = self.without_halves(offset.unwrap_or(text));
        let mut marked = String::with_capacity(text.len());
        let mut signs = text.chars().peekable();
        while let Some(sign) = signs.next() {
            match sign {
                '年' | '月' => marked.push('-'),
                // `09:05:11,303` of some logs.
                ',' if marked.ends_with(is_digit)
                    && signs.peek().is_some_and(|next| is_digit(*next)) =>
                {
                    marked.push('.');
                }
                '日' | '号' | '號' | '秒' | ',' => marked.push(' '),
                '时' | '時' | '点' | '點' | '分' => marked.push(':'),
                sign if sign.is_whitespace() => marked.push(' '),
                sign => marked.push(sign),
            }
        }
        // `2026-03-08t09:05` is the only letter between digits that means nothing.
        for word in marked.split(' ').filter(|word| !word.is_empty()) {
            let halves = match word.split_once('t') {
                Some((day, clock))
                    if day.ends_with(|b: char| b.is_ascii_digit())
                        && clock.starts_with(|b: char| b.is_ascii_digit()) =>
                {
                    vec![day, clock]
                }
                _ => vec![word],
            };
            let from_t = halves.len() == 2;
            for (at, half) in halves.into_iter().enumerate() {
                self.take_word(half, from_t && at == 1)?;
            }
        }
        Some(())
    }

    /// Notes the words for the halves of a day and takes them out.
    fn without_halves(&mut self, text: &str) -> String {
        const HALVES: [(&str, bool); 16] = [
            ("上午", false),
            ("凌晨", false),
            ("早上", false),
            ("清晨", false),
            ("下午", true),
            ("晚上", true),
            ("中午", true),
            ("傍晚", true),
            ("a.m.", false),
            ("p.m.", true),
            (" am", false),
            (" pm", true),
            ("0am", false),
            ("0pm", true),
            ("am ", false),
            ("pm ", true),
        ];
        let text = text.replace("星期", "周");
        let text = [
            "周一", "周二", "周三", "周四", "周五", "周六", "周日", "周天",
        ]
        .iter()
        .fold(text, |text, day| text.replace(day, " "));
        for (word, is_pm) in HALVES.iter().take(12) {
            if text.contains(word) {
                self.is_pm = Some(*is_pm);
                return text.replacen(word, " ", 1);
            }
        }
        for (end, is_pm) in [("am", false), ("pm", true)] {
            if let Some(before) = text.strip_suffix(end)
                && before.ends_with(|sign: char| sign.is_ascii_digit())
            {
                self.is_pm = Some(is_pm);
                return before.to_owned();
            }
        }
        text
    }

    fn take_word(&mut self, word: &str, after_t: bool) -> Option<()> {
        // ` +08:00`, ` -0500`.
        let is_zone = word.contains(':')
            || word.len() == 5 && word.bytes().skip(1).all(|sign| sign.is_ascii_digit());
        if self.clock.is_some() && word.starts_with(['+', '-']) && is_zone {
            return self.take_zone(word);
        }
        let (word, zone) = split_zone(word, self.clock.is_some() || word.contains(':') || after_t);
        if let Some(zone) = zone {
            self.take_zone(zone)?;
        }
        let word = word.trim_matches(['-', '/']);
        if word.is_empty() {
            return Some(());
        }
        if word.contains(':') {
            return self.take_clock(word, ':');
        }
        let is_digits = word.bytes().all(|b| b.is_ascii_digit());
        // `20260308 091000`: the clock behind a day of eight digits.
        let after_day = self.numbers.iter().map(|(_, digits)| digits).sum::<usize>() == 8
            && self.numbers.len() == 3
            && self.clock.is_none()
            && matches!(word.len(), 4 | 6);
        let after_t = after_t || after_day && is_digits;
        if after_t && is_digits {
            let two = |from: usize| word.get(from..from + 2)?.parse().ok();
            let second = if word.len() == 6 { two(4)? } else { 0 };
            self.clock = Some((two(0)?, two(2)?, second));
            return matches!(word.len(), 4 | 6).then_some(());
        }
        let has_day = self.numbers.len() + usize::from(self.month.is_some()) == 3;
        if has_day && self.clock.is_none() && word.matches('.').count() >= 1 {
            return self.take_clock(word, '.');
        }
        for piece in word
            .split(['-', '/', '.'])
            .filter(|piece| !piece.is_empty())
        {
            self.take_piece(piece)?;
        }
        Some(())
    }

    fn take_piece(&mut self, piece: &str) -> Option<()> {
        if piece.len() == 8 && self.numbers.is_empty() && piece.bytes().all(|b| b.is_ascii_digit())
        {
            for (from, to) in [(0, 4), (4, 6), (6, 8)] {
                self.numbers
                    .push((piece.get(from..to)?.parse().ok()?, to - from));
            }
            return Some(());
        }
        let bare = ["st", "nd", "rd", "th"]
            .iter()
            .find_map(|end| piece.strip_suffix(end))
            .unwrap_or(piece);
        if bare.bytes().all(|b| b.is_ascii_digit())
            && (1..=4).contains(&bare.len())
            && self.numbers.len() < 3
        {
            self.numbers.push((bare.parse().ok()?, bare.len()));
            return Some(());
        }
        if let Some(month) = month_of(piece) {
            return self.month.replace(month).is_none().then_some(());
        }
        if is_weekday(piece) {
            return Some(());
        }
        self.take_zone(piece)
    }

    fn take_clock(&mut self, word: &str, mark: char) -> Option<()> {
        if self.clock.is_some() {
            return None;
        }
        let mut pieces = word.trim_end_matches(mark).split(mark);
        let two = |piece: &str| {
            let good = (1..=2).contains(&piece.len()) && piece.bytes().all(|b| b.is_ascii_digit());
            good.then(|| piece.parse::<u32>().ok()).flatten()
        };
        let hour = two(pieces.next()?)?;
        let minute = pieces.next().map_or(Some(0), two)?;
        let second = match pieces.next() {
            None => 0,
            Some(piece) => {
                let whole = piece.split(['.', ',']).next()?;
                let rest = piece.get(whole.len()..)?;
                let is_fraction = rest
                    .get(1..)
                    .is_none_or(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
                is_fraction.then(|| two(whole)).flatten()?
            }
        };
        // A fourth piece is a fraction in the forms of some databases.
        let is_over = pieces
            .next()
            .is_none_or(|piece| piece.bytes().all(|b| b.is_ascii_digit()));
        self.clock = Some((hour, minute, second));
        (is_over && pieces.next().is_none()).then_some(())
    }

    fn take_zone(&mut self, word: &str) -> Option<()> {
        let offset = zone_of(word)?;
        // `GMT +0800` and `+0800 CST` come in two pieces, of which one says it all.
        if self
            .offset
            .is_some_and(|known| known != 0 && known != offset)
        {
            return None;
        }
        self.offset = Some(offset);
        Some(())
    }

    /// The day, by the place of the year.
    pub(super) fn day(&self, order: Option<DayOrder>) -> Result<Ymd, RowReason> {
        let is_short = |digits: usize| digits <= 2;
        let year = |value: u32| i32::try_from(value).map_err(|_large| RowReason::Time);
        match (self.numbers.as_slice(), self.month) {
            (&[(of, 4), (month, digits), (day, more)], None)
                if is_short(digits) && is_short(more) =>
            {
                Ok(Ymd {
                    year: year(of)?,
                    month,
                    day,
                })
            }
            (&[(of, 4), (day, digits)] | &[(day, digits), (of, 4)], Some(month))
                if is_short(digits) =>
            {
                Ok(Ymd {
                    year: year(of)?,
                    month,
                    day,
                })
            }
            (&[(one, digits), (two, more), (of, 4)], None)
                if is_short(digits) && is_short(more) =>
            {
                let month_first = (1..=12).contains(&one) && order != Some(DayOrder::DayFirst);
                let day_first = (1..=12).contains(&two) && order != Some(DayOrder::MonthFirst);
                let (month, day) = match (month_first, day_first) {
                    (true, true) if one != two => return Err(RowReason::DayOrder),
                    (true, _) => (one, two),
                    (false, true) => (two, one),
                    (false, false) => return Err(RowReason::Time),
                };
                Ok(Ymd {
                    year: year(of)?,
                    month,
                    day,
                })
            }
            _ => Err(RowReason::Time),
        }
    }

    /// Seconds since the start of the day.
    pub(super) fn seconds(&self) -> Option<i64> {
        let Some((hour, minute, second)) = self.clock else {
            return self.is_pm.is_none().then_some(0);
        };
        let hour = match self.is_pm {
            Some(true) if hour < 12 => hour + 12,
            Some(false) if hour == 12 => 0,
            Some(false) if hour > 12 => return None,
            _ => hour,
        };
        clock_seconds(hour, minute, second)
    }
}

/// Cuts an offset off the end of a clock: `09:05:11+0800`, `09:05z`.
fn split_zone(word: &str, is_clock: bool) -> (&str, Option<&str>) {
    if !is_clock {
        return (word, None);
    }
    let at = word
        .find(['+', 'z'])
        .or_else(|| word.rfind('-').filter(|at| *at > 0));
    match at.and_then(|at| word.split_at_checked(at)) {
        Some((clock, zone)) if clock.starts_with(|b: char| b.is_ascii_digit()) => {
            (clock, Some(zone))
        }
        _ => (word, None),
    }
}

/// Seconds east of Greenwich.
fn zone_of(word: &str) -> Option<i64> {
    let rest = ["utc", "gmt"]
        .iter()
        .find_map(|name| word.strip_prefix(name));
    let rest = match (word, rest) {
        ("z" | "utc" | "gmt", _) => return Some(0),
        ("cst" | "prc" | "asia/shanghai" | "asia" | "shanghai" | "北京时间", _) => {
            return Some(BEIJING_OFFSET_S);
        }
        (_, Some(rest)) => rest,
        (word, None) => word,
    };
    let (sign, digits) = match rest.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let plain: String = digits.chars().filter(|sign| *sign != ':').collect();
    if !plain.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = match plain.len() {
        1 | 2 => (plain.as_str(), "0"),
        4 => plain.split_at_checked(2)?,
        _ => return None,
    };
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

const fn is_digit(sign: char) -> bool {
    sign.is_ascii_digit()
}

fn month_of(word: &str) -> Option<u32> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let at = MONTHS.iter().position(|month| {
        *month == word || month.get(..3) == Some(word) || (word == "sept" && *month == "september")
    })?;
    u32::try_from(at + 1).ok()
}

fn is_weekday(word: &str) -> bool {
    const DAYS: [&str; 7] = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    DAYS.iter()
        .any(|day| *day == word || day.get(..3) == Some(word))
}
