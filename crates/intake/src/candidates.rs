//! Which columns of a file could be which canonical ones: by their names, and by what stands in them.

mod by_values;
mod of_states;

use std::collections::{BTreeMap, BTreeSet};

use super::names::{self, fit};
use super::profile::{Profile, profiles};
use super::value::clean_id;
use super::yes_no::YesNo;
use super::{
    AmountUnit, ChannelOwner, Column, DayOrder, Guess, Mapping, RecordKind, RowAmount, StateSubject,
};

pub(super) use by_values::is_void;

/// The columns of one file, and how well they fit.
pub(super) struct Candidates<'g> {
    guess: &'g Guess,
    kind: RecordKind,
    profiles: Vec<Profile>,
}

impl<'g> Candidates<'g> {
    pub(super) fn new(guess: &'g Guess, kind: RecordKind) -> Self {
        Self {
            guess,
            kind,
            profiles: profiles(guess),
        }
    }

    fn profile(&self, at: usize) -> Profile {
        self.profiles.get(at).copied().unwrap_or_default()
    }

    fn header(&self, at: usize) -> String {
        let header = self.guess.headers.get(at).map(|header| header.trim());
        header.unwrap_or_default().to_owned()
    }

    /// Places of the columns that could be this one, best first.
    pub(super) fn of(&self, column: Column) -> Vec<usize> {
        let mut found: Vec<(usize, usize)> = Vec::new();
        for (at, header) in self.guess.headers.iter().enumerate() {
            let profile = self.profile(at);
            let is_fit = fits(column, &profile);
            // A whole name is beyond doubt: what cannot be read below it is refused row by row, with the reason.
            let Some(rank) = fit(self.kind, column, header)
                .filter(|_| is_fit || self.is_beyond_doubt(column, header, &profile))
            else {
                continue;
            };
            let unfit = if is_fit { 0 } else { 2_000 };
            // A column of nothing loses against one with something in it.
            let empty = if profile.filled == 0 && !self.guess.sample.is_empty() {
                1_000
            } else {
                0
            };
            let zero = if column == Column::Amount && profile.filled > 0 && profile.nonzero == 0 {
                500
            } else {
                0
            };
            // What stands in brackets tells two columns of one name apart.
            let aside = if names::is_aside(header) { 300 } else { 0 };
            found.push((rank + empty + zero + unfit + aside, at));
        }
        if column == Column::TransactionId {
            self.add_wechat_numbers(&mut found);
        }
        found.sort_unstable();
        found.into_iter().map(|(_, at)| at).collect()
    }

    /// True where the header alone says what a column is; below a merchant's number WeChat Pay's own must not stand:
    /// `订单号` is the merchant's in one shop and WeChat Pay's in the next.
    fn is_beyond_doubt(&self, column: Column, header: &str, profile: &Profile) -> bool {
        let is_whole = match column {
            Column::Amount | Column::RefundAmount => true,
            Column::OutTradeNo | Column::OrderNo | Column::OutRefundNo | Column::RefundNo => {
                !profile.is_wechat()
            }
            column => column.is_time(),
        };
        header.trim() == column.name()
            || is_whole && names::is_whole_name(self.kind, column, header)
    }

    /// Whatever it is called: a column of WeChat Pay's numbers is one.
    fn add_wechat_numbers(&self, found: &mut Vec<(usize, usize)>) {
        let named =
            |at: usize, found: &[(usize, usize)]| found.iter().any(|(_, known)| *known == at);
        for (at, profile) in self.profiles.iter().enumerate() {
            if profile.is_wechat() && !named(at, found) {
                found.push((100, at));
            }
        }
    }

    /// Proposes a mapping, with whatever fits.
    pub(super) fn propose(&self) -> Mapping {
        let mut mapping = Mapping {
            name: "guess".to_owned(),
            ..Mapping::empty(self.kind)
        };
        let mut taken = BTreeSet::new();
        // WeChat Pay's number first: its column must not be taken for the merchant's.
        let first = [Column::TransactionId, Column::OutTradeNo, Column::Amount];
        let rest = names::of(self.kind).iter().map(|names| names.column);
        let order = first
            .into_iter()
            .chain(rest.filter(|column| !first.contains(column)));
        for column in order.filter(|column| column.belongs_to(self.kind) && !column.is_time()) {
            let is_flag = |at: usize| {
                let header = self.header(at);
                let words = self.words_of(&header);
                column == Column::RefundAmount
                    && names::asked_by(&header) == Some(StateSubject::Refund)
                    && !words.is_empty()
                    && words.iter().all(|word| YesNo::read(word).is_some())
            };
            let mut found = self.of(column).into_iter();
            let found = found.find(|at| !taken.contains(at) && !is_flag(*at));
            if let Some(at) = found {
                taken.insert(at);
                mapping.columns.insert(column, self.header(at));
            }
        }
        self.propose_times(&mut mapping, &mut taken);
        self.propose_states(&mut mapping, &mut taken);
        self.propose_by_values(&mut mapping, &mut taken);
        self.propose_money(&mut mapping);
        mapping
    }

    /// Times, the ones with a clock of their own first; a date and a clock side by side are joined.
    fn propose_times(&self, mapping: &mut Mapping, taken: &mut BTreeSet<usize>) {
        let times = names::of(self.kind)
            .iter()
            .map(|names| names.column)
            .filter(|column| column.is_time());
        for column in times {
            let all: Vec<usize> = self
                .of(column)
                .into_iter()
                .filter(|at| !taken.contains(at))
                .collect();
            let (clocks, days): (Vec<usize>, Vec<usize>) =
                all.into_iter().partition(|at| self.profile(*at).is_clock());
            let whole = days.iter().find(|at| {
                let profile = self.profile(**at);
                profile.may_be_time() && !profile.is_date_only()
            });
            let Some(&at) = whole.or(days.first()) else {
                continue;
            };
            taken.insert(at);
            mapping.columns.insert(column, self.header(at));
            if self.profile(at).is_date_only()
                && let Some(&clock) = clocks.first()
            {
                taken.insert(clock);
                mapping.clocks.insert(column, self.header(clock));
            }
        }
        let sum = |count: fn(&Profile) -> usize| self.profiles.iter().map(count).sum::<usize>();
        let unclear = sum(|profile| profile.unclear_dates);
        mapping.day_order = match (sum(|p| p.month_first), sum(|p| p.day_first)) {
            (1.., 0) if unclear > 0 => Some(DayOrder::MonthFirst),
            (0, 1..) if unclear > 0 => Some(DayOrder::DayFirst),
            _ => None,
        };
    }

    fn propose_money(&self, mapping: &mut Mapping) {
        let Some(money) = mapping.columns.get(&Column::Amount).cloned() else {
            return;
        };
        let money = match self
            .wechat_share()
            .filter(|_| self.kind == RecordKind::Orders)
        {
            Some(share) => {
                mapping.columns.insert(Column::Amount, share.clone());
                share
            }
            None => money,
        };
        if names::is_in_fen(&money) {
            mapping.amount_unit = AmountUnit::Fen;
        }
        if self.kind == RecordKind::Orders {
            self.propose_row_amount(mapping, &money);
        }
    }

    /// The column of what came by WeChat Pay, where each means of payment has one of its own.
    fn wechat_share(&self) -> Option<String> {
        let is_amount = |at: usize| {
            let profile = self.profile(at);
            profile.filled > 0 && profile.may_be_amount()
        };
        let columns = self.guess.headers.iter().enumerate();
        let columns = columns.filter(|(at, _)| is_amount(*at));
        let means: Vec<(usize, ChannelOwner)> = columns
            .filter_map(|(at, header)| Some((at, names::share_of(header)?)))
            .collect();
        let has_other = means.iter().any(|(_, owner)| *owner == ChannelOwner::Other);
        let mut own = means
            .iter()
            .filter(|(_, owner)| *owner == ChannelOwner::Wechat);
        match (own.next(), own.next()) {
            (Some((at, _)), None) if has_other => Some(self.header(*at)),
            _ => None,
        }
    }

    /// Where an order has several rows: a column with the amount of the whole order, else one whose shares add up.
    fn propose_row_amount(&self, mapping: &mut Mapping, money: &str) {
        let groups = self.repeated_rows(mapping);
        if groups.is_empty() {
            if names::is_of_item(money) && self.has_rows_below(mapping, money) {
                mapping.row_amount = RowAmount::Share;
            }
            return;
        }
        let place = |header: &str| {
            self.guess
                .headers
                .iter()
                .position(|known| known.trim() == header)
        };
        let is_whole = |at: usize| groups.iter().all(|group| is_same(group, at));
        let Some(at) = place(money) else { return };
        let channel = mapping.columns.get(&Column::Channel);
        let is_split = channel
            .and_then(|channel| place(channel))
            .is_some_and(|at| groups.iter().any(|group| !is_same(group, at)));
        if is_split {
            // Each row is one payment of the order, by its own means: its sum is the one that differs.
            let part = self
                .of(Column::Amount)
                .into_iter()
                .find(|at| !is_whole(*at));
            if let Some(at) = part {
                mapping.columns.insert(Column::Amount, self.header(at));
            }
            return;
        }
        if is_whole(at) && names::is_of_single_order(money) && self.is_cart(mapping) {
            mapping.row_amount = RowAmount::Share;
            return;
        }
        if is_whole(at) && !names::is_of_item(money) {
            return;
        }
        let others = self.of(Column::Amount);
        let whole = others
            .into_iter()
            .find(|at| is_whole(*at) && !names::is_of_item(&self.header(*at)));
        let has_items = self
            .guess
            .headers
            .iter()
            .any(|header| names::is_item_column(header));
        if let Some(at) = whole {
            mapping.columns.insert(Column::Amount, self.header(at));
        } else if has_items || names::is_of_item(money) || self.is_cart(mapping) {
            mapping.row_amount = RowAmount::Share;
        }
    }

    /// True where an order has rows of items, all with the same amount, in a column that may be of the order or of each
    /// item: two equal shares look like one amount that stands twice.
    pub(super) fn may_be_shares(&self, mapping: &Mapping) -> bool {
        let money = mapping.columns.get(&Column::Amount);
        let money = money.filter(|_| mapping.row_amount == RowAmount::Order);
        let is_cart = self.is_cart(mapping);
        let has_items = self
            .guess
            .headers
            .iter()
            .any(|header| names::is_item_column(header));
        money.is_some_and(|money| {
            is_cart
                || has_items
                    && !names::is_of_order(money)
                    && !self.repeated_rows(mapping).is_empty()
        })
    }

    /// True where rows of one number are each of another order of the shop: one payment for several orders.
    fn is_cart(&self, mapping: &Mapping) -> bool {
        let header = mapping.columns.get(&Column::OrderNo);
        let headers = &self.guess.headers;
        let at = header.and_then(|own| headers.iter().position(|known| known.trim() == own));
        at.is_some_and(|at| {
            let groups = self.repeated_rows(mapping);
            !groups.is_empty() && groups.iter().all(|group| !is_same(group, at))
        })
    }

    /// Rows of the sample that share their order number, in groups.
    fn repeated_rows(&self, mapping: &Mapping) -> Vec<Vec<&'g [String]>> {
        let Some(number) = mapping.columns.get(&Column::OutTradeNo) else {
            return Vec::new();
        };
        let Some(at) = self
            .guess
            .headers
            .iter()
            .position(|header| header.trim() == number)
        else {
            return Vec::new();
        };
        let mut groups: BTreeMap<String, Vec<&[String]>> = BTreeMap::new();
        for row in &self.guess.sample {
            let number = row.cells.get(at).map(|cell| clean_id(cell).into_owned());
            if let Some(number) = number.filter(|number| !number.is_empty()) {
                groups.entry(number).or_default().push(&row.cells);
            }
        }
        groups.into_values().filter(|rows| rows.len() > 1).collect()
    }
}

/// True when all rows of a group have the same in this place.
fn is_same(group: &[&[String]], at: usize) -> bool {
    let mut cells = group.iter().map(|row| row.get(at).map(|cell| cell.trim()));
    let first = cells.next().flatten();
    cells.all(|cell| cell == first)
}

/// True when what stands in a column may be this.
fn fits(column: Column, profile: &Profile) -> bool {
    match column {
        Column::OutTradeNo | Column::OrderNo | Column::OutRefundNo | Column::RefundNo => {
            profile.may_be_number()
        }
        Column::Amount | Column::RefundAmount => profile.may_be_amount(),
        column if column.is_time() => profile.may_be_time() || profile.is_clock(),
        // `Paid` may say whether, or when.
        Column::PayStatus | Column::FulfilStatus | Column::Status => {
            profile.filled == 0 || !profile.may_be_time()
        }
        _ => true,
    }
}
