//! Columns whose names nobody knows, told by what stands in them: means of payment, words of delivery, the one column of
//! sums.

use std::collections::{BTreeMap, BTreeSet};

use super::Candidates;
use crate::channel::owner_of;
use crate::names;
use crate::state_words::known;
use crate::{ChannelOwner, Column, Guess, Mapping, RecordKind, StateSubject, StatusRule};
use recondesk_domain::PayStatus;

/// Shorter texts are no numbers of orders.
const LEAST_NUMBER: usize = 8;
/// Whether the words of a column are of some sort.
type AreWords<'a> = &'a dyn Fn(&BTreeSet<String>) -> bool;

/// More different words stand in no column of means or states.
const MOST_WORDS: usize = 40;
/// Words that say no more than yes or no: of what, the header tells.
const FLAGS: [&str; 10] = [
    "true", "false", "yes", "no", "ok", "on", "off", "none", "null", "nan",
];
/// Parts of words that are said of a delivery and of nothing else.
const DELIVERY_PARTS: [&str; 9] = [
    "发货", "收货", "签收", "配送", "出库", "核销", "SHIP", "DELIVER", "FULFIL",
];
/// Ends of headers of columns of states.
const STATE_ENDS: [&str; 9] = [
    "状态",
    "狀態",
    "标志",
    "标记",
    "status",
    "state",
    "flag",
    "是否有效",
    "result",
];

impl Candidates<'_> {
    /// Completes a mapping of orders by columns that no name tells.
    pub(super) fn propose_by_values(&self, mapping: &mut Mapping, taken: &mut BTreeSet<usize>) {
        if self.kind != RecordKind::Orders {
            return;
        }
        if !mapping.columns.contains_key(&Column::Channel)
            && let Some(at) = self.free_column(taken, (names::may_be_means, &Self::are_means))
        {
            taken.insert(at);
            mapping.columns.insert(Column::Channel, self.header(at));
        }
        let tells_delivery = mapping.columns.contains_key(&Column::FulfilStatus)
            || mapping
                .status
                .iter()
                .any(|rule| rule.about == StateSubject::Delivery);
        if !tells_delivery
            && let Some(at) =
                self.free_column(taken, (|_| true, &|words| self.are_deliveries(words)))
        {
            taken.insert(at);
            mapping
                .status
                .push(StatusRule::known(&self.header(at), StateSubject::Delivery));
        }
        self.read_list_of_payments(mapping);
        self.take_own_number(mapping, taken);
        self.take_sole_columns(mapping, taken);
        let has_amount = mapping.columns.contains_key(&Column::Amount);
        if !has_amount {
            let is_sum = |at: &usize| {
                let profile = self.profile(*at);
                profile.nonzero > 0 && profile.may_be_amount() && self.has_decimals(*at)
            };
            let free = (0..self.guess.headers.len()).filter(|at| !taken.contains(at));
            let mut sums = free.filter(is_sum).filter(|at| {
                let header = self.header(*at);
                // The price of a piece is the sum of an order of one piece.
                let is_price = header.contains('价') && !header.contains(['总', '合']);
                !is_price && !Mapping::is_other_money(&header) && !names::is_aside(&header)
            });
            if let (Some(at), None) = (sums.next(), sums.next()) {
                taken.insert(at);
                mapping.columns.insert(Column::Amount, self.header(at));
            }
        }
    }

    /// A shop system's own number beside the one of the platform is the business number: support is asked for it.
    fn take_own_number(&self, mapping: &mut Mapping, taken: &mut BTreeSet<usize>) {
        let number = mapping.columns.get(&Column::OutTradeNo);
        if !number.is_some_and(|header| names::is_of_platform(header))
            || mapping.columns.contains_key(&Column::OrderNo)
        {
            return;
        }
        let is_own = |at: &usize| {
            let profile = self.profile(*at);
            names::is_own_number(&self.header(*at))
                && profile.filled > 0
                && profile.kinds == profile.filled
                && profile.may_be_number()
        };
        let mut free = (0..self.guess.headers.len()).filter(|at| !taken.contains(at));
        if let Some(at) = free.find(is_own) {
            taken.insert(at);
            mapping.columns.insert(Column::OrderNo, self.header(at));
        }
    }

    /// What an order cannot do without, where one column alone can be it: times, states, unique numbers.
    fn take_sole_columns(&self, mapping: &mut Mapping, taken: &mut BTreeSet<usize>) {
        let has = |mapping: &Mapping, column| mapping.columns.contains_key(&column);
        let sole = |taken: &BTreeSet<usize>, is: &dyn Fn(usize) -> bool| {
            let mut fit = (0..self.guess.headers.len()).filter(|at| !taken.contains(at) && is(*at));
            fit.next().filter(|_| fit.next().is_none())
        };
        let filled = |at| self.profile(at).filled > 0;
        if !has(mapping, Column::CreatedAt) && !has(mapping, Column::PaidAt) {
            let is_time = |at| filled(at) && self.profile(at).may_be_time();
            if let Some(at) = sole(taken, &is_time) {
                taken.insert(at);
                mapping.columns.insert(Column::CreatedAt, self.header(at));
            }
        }
        if !mapping.says_payment() {
            let is_state = |at| {
                let words = self.words_of(&self.header(at));
                let is_known = |word: &String| {
                    known(self.kind, StateSubject::Order, word).is_some()
                        && word.chars().count() > 1
                };
                let is_flag = |word: &String| FLAGS.contains(&word.to_ascii_lowercase().as_str());
                let is_full = self.profile(at).filled * 10 >= self.guess.sample.len() * 9;
                // What calls itself a state is one: words that nobody knows are asked about then.
                let name = names::norm(&self.header(at));
                let is_named = ["状态", "status", "state"]
                    .iter()
                    .any(|end| name.ends_with(end));
                let are_known = if is_named && !has(mapping, Column::PaidAt) {
                    words.iter().any(is_known)
                } else {
                    words.iter().all(is_known)
                };
                filled(at)
                    && is_full
                    && !names::is_remark(&self.header(at))
                    && !names::is_of_transfer(&self.header(at))
                    && words.len() <= MOST_WORDS
                    && are_known
                    && !words.iter().all(is_flag)
            };
            if let Some(at) = sole(taken, &is_state) {
                taken.insert(at);
                let rule = StatusRule::known(&self.header(at), StateSubject::Order);
                mapping.status.push(rule);
            }
        }
        if !has(mapping, Column::OutTradeNo) {
            let is_number = |at| {
                let profile = self.profile(at);
                let is_unique = profile.kinds == profile.filled;
                let is_long = |cell: &String| cell.trim().len() >= LEAST_NUMBER;
                let mut cells = self.guess.sample.iter().filter_map(|row| row.cells.get(at));
                profile.filled > 1
                    && is_unique
                    && profile.may_be_number()
                    && !profile.may_be_time()
                    && cells.all(is_long)
            };
            if let Some(at) = sole(taken, &is_number) {
                taken.insert(at);
                mapping.columns.insert(Column::OutTradeNo, self.header(at));
            }
        }
    }

    /// The first column that nothing else was taken for and whose words are of this sort.
    fn free_column(
        &self,
        taken: &BTreeSet<usize>,
        (may, are): (fn(&str) -> bool, AreWords<'_>),
    ) -> Option<usize> {
        (0..self.guess.headers.len()).find(|at| {
            let words = || self.words_of(&self.header(*at));
            let profile = self.profile(*at);
            let is_full = profile.filled * 2 > self.guess.sample.len();
            let may = is_full
                && may(&self.header(*at))
                && !names::is_of_transfer(&self.header(*at))
                && !profile.may_be_time()
                && !profile.may_be_amount()
                && !names::is_remark(&self.header(*at));
            !taken.contains(at) && may && {
                let words = words();
                words.len() <= MOST_WORDS && are(&words)
            }
        })
    }

    /// True where most cells of a column are written with two decimals: sums, and no counts or numbers.
    fn has_decimals(&self, at: usize) -> bool {
        let cells = self.guess.sample.iter().filter_map(|row| row.cells.get(at));
        let filled = cells
            .map(|cell| cell.trim())
            .filter(|cell| !cell.is_empty());
        let is_sum = |cell: &str| {
            cell.rsplit_once('.')
                .is_some_and(|(_, decimals)| decimals.len() == 2)
        };
        let (sums, others): (Vec<&str>, Vec<&str>) = filled.partition(|cell| is_sum(cell));
        sums.len() > others.len()
    }

    /// True for words of means of payment, WeChat Pay among them.
    fn are_means(words: &BTreeSet<String>) -> bool {
        let owners: Vec<Option<ChannelOwner>> = words.iter().map(|word| owner_of(word)).collect();
        let count = |owner| owners.iter().filter(|it| **it == owner).count();
        let known = owners.len() - count(None);
        let is_state = |word: &String| known_state(word);
        count(Some(ChannelOwner::Wechat)) > 0
            && known * 2 > owners.len()
            && !words.iter().any(is_state)
    }

    fn are_deliveries(&self, words: &BTreeSet<String>) -> bool {
        let is_known = |word: &String| known(self.kind, StateSubject::Delivery, word).is_some();
        let has_part = |word: &String| {
            let word = word.to_uppercase();
            DELIVERY_PARTS.iter().any(|part| word.contains(part))
        };
        words.iter().all(is_known) && words.iter().any(has_part)
    }

    /// True where rows without a number have a sum: items below an order whose cells are merged.
    pub(super) fn has_rows_below(&self, mapping: &Mapping, money: &str) -> bool {
        let place = |wanted: &str| {
            let headers = &self.guess.headers;
            headers.iter().position(|known| known.trim() == wanted)
        };
        let number = mapping.columns.get(&Column::OutTradeNo);
        let places = number.and_then(|number| place(number)).zip(place(money));
        places.is_some_and(|(number, money)| {
            self.guess.sample.iter().any(|row| {
                let is_empty =
                    |at: usize| row.cells.get(at).is_none_or(|cell| cell.trim().is_empty());
                is_empty(number) && !is_empty(money)
            })
        })
    }

    /// A column of success and failure is of the payment alone: `processing` there is a payment under way, and no order
    /// that is being packed.
    fn read_list_of_payments(&self, mapping: &mut Mapping) {
        let subject = StateSubject::Order;
        let Some(rule) = mapping.status.iter_mut().find(|rule| rule.about == subject) else {
            return;
        };
        let words = self.words_of(&rule.column);
        let of_payment = |word: &String| {
            known(self.kind, StateSubject::Payment, word)
                .is_some_and(|meaning| meaning.pay.is_some())
        };
        let has = |wanted: &[&str]| {
            let is = |word: &String| wanted.contains(&word.to_ascii_lowercase().as_str());
            words.iter().any(is)
        };
        let is_outcome = has(&["success", "succeeded", "成功"]);
        let is_under_way = has(&["processing", "处理中"]);
        if is_outcome && is_under_way && words.iter().all(of_payment) {
            rule.about = StateSubject::Payment;
        }
    }
}

/// True for a word of the state of an order or a payment.
fn known_state(word: &str) -> bool {
    let subjects = [StateSubject::Order, StateSubject::Delivery];
    subjects
        .iter()
        .any(|subject| known(RecordKind::Orders, *subject, word).is_some())
}

impl Guess {
    /// Columns of states that a mapping does not read, by their headers: what they say counts for nothing.
    #[must_use]
    pub fn unread_states(&self, mapping: &Mapping) -> Vec<String> {
        let read: BTreeSet<&String> = mapping
            .columns
            .values()
            .chain(mapping.clocks.values())
            .chain(mapping.status.iter().map(|rule| &rule.column))
            .collect();
        let mut words: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for row in &self.sample {
            for (header, cell) in self.headers.iter().zip(&row.cells) {
                if !cell.trim().is_empty() {
                    words.entry(header.trim()).or_default().insert(cell.trim());
                }
            }
        }
        let is_state = |header: &&String| {
            let name = names::norm(header);
            let ends = STATE_ENDS.iter().any(|end| name.ends_with(end));
            let is_flag = name.starts_with("是否") || name.starts_with("is");
            let is_answered = words.get(header.trim()).is_some_and(|words| {
                words.len() == 2 && words.iter().all(|word| ["是", "否"].contains(word))
            });
            ends || is_flag || is_answered
        };
        let says_much = |header: &&String| {
            let kinds = words.get(header.trim()).map_or(0, BTreeSet::len);
            (2..=MOST_WORDS).contains(&kinds)
        };
        let headers = self.headers.iter();
        let unread = headers
            .filter(|header| !read.contains(&header.trim().to_owned()))
            .filter(is_state)
            .filter(says_much);
        unread.map(|header| header.trim().to_owned()).collect()
    }
}

/// What a word of a column of cancelled rows says; `None` for a row that stands.
pub(crate) fn is_void(word: &str) -> bool {
    let word = crate::fold::folded(word);
    let closed = || {
        known(RecordKind::Orders, StateSubject::Order, &word)
            .is_some_and(|meaning| meaning.pay == Some(PayStatus::Closed))
    };
    ["是", "y", "yes", "1", "true", "t", "void", "voided"].contains(&word.as_str()) || closed()
}
