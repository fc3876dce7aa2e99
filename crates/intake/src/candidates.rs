//! Which columns of a file could be which canonical ones: by their names, and by what stands in them.

mod by_values;

use std::collections::{BTreeMap, BTreeSet};

use super::names::{self, fit, fit_state};
use super::profile::{Profile, profiles};
use super::state_words::{Meaning, known};
use super::value::clean_id;
use super::yes_no::YesNo;
use super::{
    AmountUnit, ChannelOwner, Column, DayOrder, Guess, Mapping, RecordKind, RowAmount,
    StateSubject, StatusRule, StatusWord,
};
use recondesk_domain::{FulfilStatus, PayStatus};

pub(super) use by_values::is_void;

/// The columns of one file, and how well they fit.
pub(super) struct Candidates<'g> {
    guess: &'g Guess,
    kind: RecordKind,
    profiles: Vec<Profile>,
}

/// The rank of a column of yes and no that no table of names has: behind all that have one.
const LAST_RANK: usize = 200;

/// Words by which a till or a restaurant ends a sale: nothing is sent after them.
const ENDS_A_SALE: [&str; 8] = [
    "已结账",
    "已结帐",
    "已买单",
    "已结单",
    "已付清",
    "付讫",
    "已结清",
    "已收银",
];

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

    fn propose_states(&self, mapping: &mut Mapping, taken: &mut BTreeSet<usize>) {
        for about in StateSubject::ALL {
            let mut found: Vec<(usize, usize)> = Vec::new();
            for (at, header) in self.guess.headers.iter().enumerate() {
                // `Paid` is a state in one shop and a time in the next.
                let profile = self.profile(at);
                let is_word = |word: &String| known(self.kind, about, word).is_some();
                let holds_times = profile.filled > 0
                    && profile.may_be_time()
                    && !self.words_of(header.trim()).iter().any(is_word);
                if taken.contains(&at) || holds_times {
                    continue;
                }
                let asks = || {
                    let words = self.words_of(header.trim());
                    let is_answered =
                        !words.is_empty() && words.iter().all(|word| YesNo::read(word).is_some());
                    let asks =
                        self.kind == RecordKind::Orders && names::asked_by(header) == Some(about);
                    (asks && is_answered).then_some(LAST_RANK)
                };
                if let Some(rank) = fit_state(self.kind, about, header).or_else(asks) {
                    let empty = usize::from(self.profile(at).filled == 0) * 1_000;
                    let aside = usize::from(names::is_aside(header)) * 300;
                    found.push((rank + empty + aside, at));
                }
            }
            found.sort_unstable();
            if let Some((_, at)) = found.first() {
                taken.insert(*at);
                mapping
                    .status
                    .push(StatusRule::known(&self.header(*at), about));
            }
        }
        self.pass_settlement_over(mapping);
        self.keep_canonical_words(mapping);
        self.read_paid_as_pending(mapping);
    }

    /// Beside a state of the order, how far the platform has settled with the shop says nothing of the customer's payment.
    fn pass_settlement_over(&self, mapping: &mut Mapping) {
        let has_order = mapping
            .status
            .iter()
            .any(|rule| rule.about == StateSubject::Order);
        if has_order && self.kind == RecordKind::Orders {
            mapping.status.retain(|rule| {
                rule.about != StateSubject::Payment || !names::is_of_settlement(&rule.column)
            });
        }
    }

    /// Where one column tells how far an order is and has a word for delivered, "paid" is the state before it: such an
    /// order waits for its goods.
    fn read_paid_as_pending(&self, mapping: &mut Mapping) {
        let tells_delivery = mapping.columns.contains_key(&Column::FulfilStatus)
            || mapping
                .status
                .iter()
                .any(|rule| rule.about == StateSubject::Delivery);
        if self.kind != RecordKind::Orders || tells_delivery {
            return;
        }
        let subject = StateSubject::Order;
        let Some(rule) = mapping.status.iter_mut().find(|rule| rule.about == subject) else {
            return;
        };
        let words = self.words_of(&rule.column);
        let meaning = |word: &String| known(self.kind, subject, word);
        // Goods that came back were handed over at a counter as well as sent.
        let sent = words.iter().filter(|word| !word.contains('退'));
        let delivered = sent.filter_map(meaning);
        if !delivered
            .map(|meaning| meaning.fulfil)
            .any(|fulfil| fulfil == Some(FulfilStatus::Fulfilled))
        {
            return;
        }
        let is_paid_only = |word: &&String| {
            meaning(word) == Some(Meaning::paid()) && !ENDS_A_SALE.contains(&word.as_str())
        };
        let paid: Vec<String> = words.iter().filter(is_paid_only).cloned().collect();
        for word in paid {
            let pending = StatusWord::order(PayStatus::Paid, Some(FulfilStatus::Pending));
            rule.words.insert(word, pending);
        }
    }

    /// Canonical columns are read as such where their words are canonical, else by the tables of words.
    fn keep_canonical_words(&self, mapping: &mut Mapping) {
        let cases = [
            (Column::PayStatus, StateSubject::Payment),
            (Column::FulfilStatus, StateSubject::Delivery),
        ];
        for (column, about) in cases {
            let Some(source) = mapping.columns.get(&column).cloned() else {
                continue;
            };
            let words = self.words_of(&source);
            let is_canonical = words.iter().all(|word| {
                let word = word.to_ascii_lowercase();
                match column {
                    Column::PayStatus => PayStatus::parse(&word).is_some(),
                    _ => FulfilStatus::parse(&word).is_some(),
                }
            });
            let is_other = !words.is_empty()
                && words
                    .iter()
                    .all(|word| known(self.kind, about, word).is_some());
            if !is_canonical && is_other {
                mapping.columns.remove(&column);
                mapping.status.retain(|rule| rule.about != about);
                mapping.status.push(StatusRule::known(&source, about));
            } else {
                mapping.status.retain(|rule| rule.about != about);
            }
        }
        if mapping.columns.contains_key(&Column::PayStatus) {
            mapping
                .status
                .retain(|rule| rule.about != StateSubject::Order);
        }
        if self.kind == RecordKind::Refunds {
            let Some(rule) = mapping.status.first() else {
                return;
            };
            let canonical = ["processing", "success", "closed", "abnormal"];
            let words = self.words_of(&rule.column);
            let is_canonical = rule.column == Column::Status.name()
                && words
                    .iter()
                    .all(|word| canonical.contains(&word.to_ascii_lowercase().as_str()));
            if is_canonical {
                mapping.columns.insert(Column::Status, rule.column.clone());
                mapping.status.clear();
            }
        }
    }

    /// The different words of a column of the sample.
    fn words_of(&self, header: &str) -> BTreeSet<String> {
        let Some(at) = self
            .guess
            .headers
            .iter()
            .position(|known| known.trim() == header)
        else {
            return BTreeSet::new();
        };
        let cells = self.guess.sample.iter().filter_map(|row| row.cells.get(at));
        cells
            .map(|cell| cell.trim().to_owned())
            .filter(|cell| !cell.is_empty())
            .collect()
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
