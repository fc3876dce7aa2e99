//! What stands in the columns of a file's sample: numbers of WeChat Pay, amounts, times, clocks, nothing.

use super::amount::{self, AmountSign};
use super::channel::owner_of_number;
use super::fold::visible;
use super::moment::{ForgivingTimeReader, clock_of};
use super::value::{clean_id, is_no_time, is_placeholder};
use super::{AmountUnit, ChannelOwner, DayOrder, Guess, RowReason};
use recondesk_domain::BEIJING_OFFSET_S;

/// What the cells of one column of the sample are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Profile {
    /// Cells with something in them.
    pub(super) filled: usize,
    /// Different texts among them.
    pub(super) kinds: usize,
    /// Numbers that WeChat Pay gave.
    pub(super) wechat: usize,
    /// Cells that can be a merchant's number.
    pub(super) numbers: usize,
    /// Amounts.
    pub(super) amounts: usize,
    /// Amounts that are not zero.
    pub(super) nonzero: usize,
    /// Times with a clock.
    pub(super) times: usize,
    /// Dates without one.
    pub(super) dates: usize,
    /// Clocks without a date.
    pub(super) clocks: usize,
    /// Dates that could be two.
    pub(super) unclear_dates: usize,
    /// Dates that can only have the month, or the day, in front.
    pub(super) month_first: usize,
    pub(super) day_first: usize,
}

impl Profile {
    /// True when most filled cells are of this sort; an empty column is no argument against a header.
    pub(super) const fn is_mostly(&self, count: usize) -> bool {
        count.saturating_mul(2) > self.filled
    }

    /// True when the column may hold times.
    pub(super) const fn may_be_time(&self) -> bool {
        self.filled == 0 || self.is_mostly(self.times + self.dates + self.unclear_dates)
    }

    /// True when the column holds clocks without dates.
    pub(super) const fn is_clock(&self) -> bool {
        self.filled > 0 && self.is_mostly(self.clocks)
    }

    /// True when its dates have no clock.
    pub(super) const fn is_date_only(&self) -> bool {
        self.filled > 0 && self.times == 0 && self.is_mostly(self.dates + self.unclear_dates)
    }

    /// True when the column may hold amounts.
    pub(super) const fn may_be_amount(&self) -> bool {
        self.filled == 0 || self.is_mostly(self.amounts)
    }

    /// True when the column holds numbers that WeChat Pay gave.
    pub(super) const fn is_wechat(&self) -> bool {
        self.filled > 0 && self.is_mostly(self.wechat)
    }

    /// True when the column may hold the merchant's numbers.
    pub(super) const fn may_be_number(&self) -> bool {
        self.filled == 0 || !self.is_wechat() && self.is_mostly(self.numbers)
    }
}

impl Guess {
    /// Headers of the columns that may hold numbers of orders: of the merchant or of WeChat Pay.
    #[must_use]
    pub fn number_columns(&self) -> Vec<String> {
        let may = |profile: &Profile| {
            let is_varied = profile.filled < 4 || profile.kinds * 4 > profile.filled;
            profile.filled > 0 && is_varied && (profile.is_wechat() || profile.may_be_number())
        };
        self.headers_where(may)
    }

    /// Headers of the columns that may hold amounts.
    #[must_use]
    pub fn amount_columns(&self) -> Vec<String> {
        self.headers_where(|profile| {
            profile.filled > 0 && profile.may_be_amount() && !profile.is_wechat()
        })
    }

    fn headers_where(&self, may: impl Fn(&Profile) -> bool) -> Vec<String> {
        let columns = self.headers.iter().zip(profiles(self));
        let fit = columns.filter(|(header, profile)| !header.trim().is_empty() && may(profile));
        fit.map(|(header, _)| header.trim().to_owned()).collect()
    }

    /// True when some of its dates could be two: day or month first.
    #[must_use]
    pub fn has_unclear_dates(&self) -> bool {
        profiles(self)
            .iter()
            .any(|profile| profile.unclear_dates > 0)
    }
}

/// A number as it is stored: without invisible signs and what keeps it text in a spreadsheet.
#[must_use]
pub fn clean_number(cell: &str) -> String {
    clean_id(cell).into_owned()
}

/// An amount of a cell, exactly; `None` for what is none.
#[must_use]
pub fn read_amount(cell: &str, unit: AmountUnit) -> Option<recondesk_domain::Fen> {
    amount::read(cell, unit, AmountSign::Size).ok()
}

/// The profile of each column of the sample.
pub(super) fn profiles(guess: &Guess) -> Vec<Profile> {
    (0..guess.headers.len())
        .map(|at| profile(guess, at))
        .collect()
}

fn profile(guess: &Guess, at: usize) -> Profile {
    let mut out = Profile::default();
    let mut seen = std::collections::BTreeSet::new();
    let mut times = ForgivingTimeReader::default();
    for cell in guess.sample.iter().filter_map(|row| row.cells.get(at)) {
        let text = visible(cell);
        if text.is_empty()
            || is_placeholder(&text)
            || text == "0" && is_no_time(&text) && out.times > 0
        {
            continue;
        }
        out.filled += 1;
        if seen.len() < 4_096 {
            seen.insert(text.clone().into_owned());
        }
        let number = clean_id(&text);
        let owner = owner_of_number(number.as_bytes());
        out.wechat += usize::from(owner == Some(ChannelOwner::Wechat));
        let amount = amount::read(&text, AmountUnit::Yuan, AmountSign::Size);
        out.amounts += usize::from(amount.is_ok());
        out.nonzero += usize::from(amount.is_ok_and(|fen| fen != recondesk_domain::Fen::ZERO));
        let is_graphic = number.bytes().all(|b| b.is_ascii_graphic());
        let has_digit = number.bytes().any(|b| b.is_ascii_digit());
        let is_time = time(&text, &mut times, &mut out);
        let fits = is_graphic
            && has_digit
            && number.len() <= 64
            && !is_time
            && !text.contains(['.', '¥', '￥']);
        out.numbers += usize::from(fits);
        out.clocks += usize::from(clock_of(&text).is_some());
    }
    out.kinds = seen.len();
    out
}

/// Notes what a text is as a time; true for texts that are hardly anything else.
fn time(text: &str, times: &mut ForgivingTimeReader, out: &mut Profile) -> bool {
    if is_no_time(text) {
        // Counts for the column, whatever it is.
        out.times += usize::from(text.len() > 4);
        return text.len() > 4;
    }
    let read = times.read(text.as_bytes());
    let order = |order| {
        let mut times = ForgivingTimeReader::new(None, Some(order));
        times.read(text.as_bytes()).is_ok()
    };
    match read {
        Ok(time) => {
            let is_day = time.plus(BEIJING_OFFSET_S).unix().rem_euclid(86_400) == 0;
            // A workbook's day is shown with `00:00:00`: midnight alone is no clock.
            let has_clock = !is_day;
            out.times += usize::from(has_clock);
            out.dates += usize::from(!has_clock);
            match (order(DayOrder::MonthFirst), order(DayOrder::DayFirst)) {
                (true, false) => out.month_first += 1,
                (false, true) => out.day_first += 1,
                _ => {}
            }
            text.bytes().any(|b| !b.is_ascii_digit() && b != b'.')
        }
        Err(RowReason::DayOrder) => {
            out.unclear_dates += 1;
            true
        }
        Err(_) => false,
    }
}
