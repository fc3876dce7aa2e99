//! Which columns tell of states: by their names, and by the words that stand in them.

use std::collections::BTreeSet;

use super::Candidates;
use crate::names::{self, fit_state};
use crate::state_words::{Meaning, known};
use crate::yes_no::YesNo;
use crate::{Column, Mapping, RecordKind, StateSubject, StatusRule, StatusWord};
use recondesk_domain::{FulfilStatus, PayStatus};

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

impl Candidates<'_> {
    pub(super) fn propose_states(&self, mapping: &mut Mapping, taken: &mut BTreeSet<usize>) {
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
        // Where each row has a time of payment, none waits for the customer's.
        let paid = mapping.columns.get(&Column::PaidAt);
        let paid = paid.and_then(|header| {
            let headers = &self.guess.headers;
            headers.iter().position(|known| known.trim() == header)
        });
        let all_paid = paid.is_some_and(|at| self.profile(at).filled == self.guess.sample.len());
        // A word of an order that was given up is the customer's state all the same.
        let is_given_up = |column: &str| {
            let words = self.words_of(column);
            let ends = words
                .iter()
                .filter_map(|word| known(self.kind, StateSubject::Payment, word));
            ends.filter_map(|meaning| meaning.pay).any(|pay| {
                matches!(
                    pay,
                    PayStatus::Closed | PayStatus::Refunded | PayStatus::Failed
                )
            })
        };
        if (has_order || all_paid) && self.kind == RecordKind::Orders {
            mapping.status.retain(|rule| {
                rule.about != StateSubject::Payment
                    || !names::is_of_settlement(&rule.column)
                    || !has_order && is_given_up(&rule.column)
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
    pub(super) fn words_of(&self, header: &str) -> BTreeSet<String> {
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
}
