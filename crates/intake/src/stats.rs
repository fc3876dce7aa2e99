//! The figures of a file: counts, sums, days, words.

use std::collections::BTreeMap;

use super::{AmountUnit, LeftOutReason};
use recondesk_domain::{BillDate, Fen, FulfilStatus, Instant, MOrder};

/// Days and words told apart; beyond it they are only counted.
const MAX_KINDS: usize = 4_096;

/// The figures of one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DayStats {
    /// Rows of the day.
    pub rows: u64,
    /// Rows by hour of the Beijing day.
    pub hours: [u32; 24],
    /// The day as a number, which is what rows are compared by.
    number: i32,
}

/// Why the declared unit of money looks wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitDoubt {
    /// Declared yuan, but the amounts look like fen.
    LooksLikeFen,
    /// Declared fen, but the amounts look like yuan.
    LooksLikeYuan,
}

/// Counts and sums over rows; adding blocks in any order gives the same.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stats {
    /// Rows accepted.
    pub good: u64,
    /// Rows refused.
    pub bad: u64,
    /// Refused rows that are only counted.
    pub bad_untold: u64,
    /// Rows of other merchants, left to them.
    pub others: u64,
    /// Rows of other means of payment, by the words of the file.
    pub channels: BTreeMap<String, u64>,
    /// Orders of zero yuan.
    pub zero: u64,
    /// Refunds of zero yuan.
    pub zero_refunds: u64,
    /// Rows of money that went back.
    pub outgoing: u64,
    /// Rows of lists of refunds that are none.
    pub no_refunds: u64,
    /// Orders whose refund did not go back by WeChat Pay.
    pub refunded_elsewhere: u64,
    /// Orders that are not paid and have neither a time nor a sum.
    pub untimed: u64,
    /// Orders not paid, and refunds not sent, that have no number or sum yet.
    pub unnumbered: u64,
    /// Accepted orders that are not paid and have no time: they are known by their numbers.
    pub timeless: u64,
    /// Rows that are no orders: totals, signatures, repeated headers.
    pub notes: u64,
    /// Rows of items that go on with the order above.
    pub items: u64,
    /// Accepted orders that are paid.
    pub paid: u64,
    /// Accepted orders that are paid and whose delivery is known.
    pub delivery_known: u64,
    /// Accepted amounts that are written with a fraction.
    pointed: u64,
    /// Sum of the accepted amounts in fen; 128 bits cannot overflow by addition of rows.
    sum: i128,
    /// Accepted amounts that are not whole yuan.
    broken_yuan: u64,
    /// Rows by Beijing day of creation (refunds: of success, else request).
    pub days: BTreeMap<BillDate, DayStats>,
    /// Words of states and channels that nobody knows, with their counts, by source column.
    pub unmapped: BTreeMap<String, BTreeMap<String, u64>>,
    /// Words of states and channels that were understood, with their counts, by source column.
    pub words: BTreeMap<String, BTreeMap<String, u64>>,
    /// Refused rows by source column.
    pub bad_columns: BTreeMap<String, u64>,
}

impl Stats {
    pub(super) fn accept(&mut self, amount: Fen, time: Option<Instant>) {
        self.good = self.good.saturating_add(1);
        self.sum = self.sum.saturating_add(i128::from(amount.get()));
        if amount.get() % 100 != 0 {
            self.broken_yuan = self.broken_yuan.saturating_add(1);
        }
        let Some(time) = time else { return };
        // Seconds into the Beijing day, without a calendar: this runs once a row.
        let local = time.plus(recondesk_domain::BEIJING_OFFSET_S).unix();
        let number = i32::try_from(local.div_euclid(86_400)).unwrap_or_default();
        let hour = usize::try_from(local.rem_euclid(86_400) / 3_600).unwrap_or_default();
        let newest = self.days.last_entry();
        let stats = if let Some(day) = newest.filter(|day| day.get().number == number) {
            day.into_mut()
        } else {
            let Some(day) = BillDate::from_number(number) else {
                return;
            };
            if self.days.len() >= MAX_KINDS && !self.days.contains_key(&day) {
                return;
            }
            let stats = self.days.entry(day).or_default();
            stats.number = number;
            stats
        };
        stats.rows = stats.rows.saturating_add(1);
        if let Some(count) = stats.hours.get_mut(hour) {
            *count = count.saturating_add(1);
        }
    }

    /// Adds the figures of another block.
    pub fn merge(&mut self, other: &Self) {
        let Self {
            good,
            bad,
            bad_untold,
            others,
            channels,
            zero,
            zero_refunds,
            outgoing,
            no_refunds,
            refunded_elsewhere,
            untimed,
            unnumbered,
            timeless,
            notes,
            items,
            paid,
            delivery_known,
            pointed,
            sum,
            broken_yuan,
            days,
            unmapped,
            words,
            bad_columns,
        } = other;
        self.good = self.good.saturating_add(*good);
        self.bad = self.bad.saturating_add(*bad);
        self.bad_untold = self.bad_untold.saturating_add(*bad_untold);
        self.others = self.others.saturating_add(*others);
        self.zero = self.zero.saturating_add(*zero);
        self.zero_refunds = self.zero_refunds.saturating_add(*zero_refunds);
        self.outgoing = self.outgoing.saturating_add(*outgoing);
        self.no_refunds = self.no_refunds.saturating_add(*no_refunds);
        self.refunded_elsewhere = self.refunded_elsewhere.saturating_add(*refunded_elsewhere);
        self.untimed = self.untimed.saturating_add(*untimed);
        self.unnumbered = self.unnumbered.saturating_add(*unnumbered);
        self.timeless = self.timeless.saturating_add(*timeless);
        self.notes = self.notes.saturating_add(*notes);
        self.items = self.items.saturating_add(*items);
        self.paid = self.paid.saturating_add(*paid);
        self.delivery_known = self.delivery_known.saturating_add(*delivery_known);
        self.pointed = self.pointed.saturating_add(*pointed);
        self.sum = self.sum.saturating_add(*sum);
        self.broken_yuan = self.broken_yuan.saturating_add(*broken_yuan);
        for (day, from) in days {
            let to = self.days.entry(*day).or_default();
            to.number = from.number;
            to.rows = to.rows.saturating_add(from.rows);
            for (to, from) in to.hours.iter_mut().zip(from.hours) {
                *to = to.saturating_add(from);
            }
        }
        for (word, count) in channels {
            tally(&mut self.channels, word, *count);
        }
        for (to, from) in [(&mut self.unmapped, unmapped), (&mut self.words, words)] {
            for (column, counts) in from {
                let to = to.entry(column.clone()).or_default();
                for (word, count) in counts {
                    tally(to, word, *count);
                }
            }
        }
        for (column, count) in bad_columns {
            tally(&mut self.bad_columns, column, *count);
        }
    }

    /// Notes an order that was accepted.
    pub(super) fn accept_order(&mut self, order: &MOrder) {
        self.accept(order.amount, order.created());
        if order.created().is_none() {
            self.timeless = self.timeless.saturating_add(1);
        }
        if order.pay_status.is_paid() {
            self.paid = self.paid.saturating_add(1);
            if order.fulfil_status != FulfilStatus::NotKnown {
                self.delivery_known = self.delivery_known.saturating_add(1);
            }
        }
    }

    /// Notes that an accepted amount is written with a fraction.
    pub(super) const fn note_fraction(&mut self) {
        self.pointed = self.pointed.saturating_add(1);
    }

    /// Notes an order whose refund WeChat Pay does not know.
    pub(super) const fn note_refund_elsewhere(&mut self) {
        self.refunded_elsewhere = self.refunded_elsewhere.saturating_add(1);
    }

    /// Notes a row that is left out.
    pub(super) fn leave_out(&mut self, reason: &LeftOutReason) {
        match reason {
            LeftOutReason::Channel(word) => tally(&mut self.channels, word, 1),
            LeftOutReason::Zero => self.zero = self.zero.saturating_add(1),
            LeftOutReason::ZeroRefund => {
                self.zero_refunds = self.zero_refunds.saturating_add(1);
            }
            LeftOutReason::Outgoing(_) => self.outgoing = self.outgoing.saturating_add(1),
            LeftOutReason::NoRefund(_) => self.no_refunds = self.no_refunds.saturating_add(1),
            LeftOutReason::Untimed => self.untimed = self.untimed.saturating_add(1),
            LeftOutReason::Unnumbered => self.unnumbered = self.unnumbered.saturating_add(1),
        }
    }

    /// Rows of other means of payment.
    #[must_use]
    pub fn other_channels(&self) -> u64 {
        self.channels.values().sum()
    }

    /// Rows that were read and not stored although nothing is wrong with them.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        self.other_channels()
            .saturating_add(self.zero)
            .saturating_add(self.zero_refunds)
            .saturating_add(self.outgoing)
            .saturating_add(self.untimed)
            .saturating_add(self.unnumbered)
    }

    /// Counts of one column's words.
    pub(super) fn note_unmapped(&mut self, column: &str, word: &str) {
        let counts = self.unmapped.entry(column.to_owned()).or_default();
        tally(counts, word, 1);
    }

    /// Adds the counts of words that were understood.
    pub(super) fn note_words(&mut self, column: &str, word: &str, count: u64) {
        let counts = self.words.entry(column.to_owned()).or_default();
        tally(counts, word, count);
    }

    /// Words of all columns that nobody knows.
    #[must_use]
    pub fn unknown_words(&self) -> u64 {
        self.unmapped.values().flat_map(BTreeMap::values).sum()
    }

    /// True when there are paid orders, and the file says of none whether it was delivered.
    #[must_use]
    pub const fn lacks_delivery(&self) -> bool {
        self.paid > 0 && self.delivery_known == 0
    }

    /// Sum of the accepted amounts; `None` beyond what an amount can hold.
    #[must_use]
    pub fn sum(&self) -> Option<Fen> {
        i64::try_from(self.sum).ok().map(Fen::new)
    }

    /// Mean of the accepted amounts, rounded down to fen.
    #[must_use]
    pub fn mean(&self) -> Option<Fen> {
        let mean = self.sum.checked_div(i128::from(self.good))?;
        i64::try_from(mean).ok().map(Fen::new)
    }

    /// First and last day with accepted rows.
    #[must_use]
    pub fn day_span(&self) -> Option<(BillDate, BillDate)> {
        let (first, _) = self.days.first_key_value()?;
        let (last, _) = self.days.last_key_value()?;
        Some((*first, *last))
    }

    /// Rows by hour over all days.
    #[must_use]
    pub fn hours(&self) -> [u64; 24] {
        let mut hours = [0; 24];
        for day in self.days.values() {
            for (to, from) in hours.iter_mut().zip(day.hours) {
                *to += u64::from(from);
            }
        }
        hours
    }

    /// Whether the declared unit looks wrong, by the mean and by how many amounts are whole yuan.
    ///
    /// Two rows are the least that allow a suspicion, ten where amounts are small; one amount with a fraction
    /// clears the file.
    #[must_use]
    pub fn unit_doubt(&self, unit: AmountUnit) -> Option<UnitDoubt> {
        const MANY_YUAN: i64 = 100_000;
        const FEW_FEN: i64 = 200;
        if self.good < 2 || (unit == AmountUnit::Fen && self.good < 10) {
            return None;
        }
        let mean = self.mean()?.get();
        match unit {
            AmountUnit::Yuan if self.broken_yuan == 0 && self.pointed == 0 && mean >= MANY_YUAN => {
                Some(UnitDoubt::LooksLikeFen)
            }
            AmountUnit::Fen if mean > 0 && mean < FEW_FEN => Some(UnitDoubt::LooksLikeYuan),
            _ => None,
        }
    }
}

/// Counts a word, unless there are too many different ones already.
pub(super) fn tally(counts: &mut BTreeMap<String, u64>, word: &str, by: u64) {
    if let Some(count) = counts.get_mut(word) {
        *count = count.saturating_add(by);
    } else if counts.len() < MAX_KINDS {
        counts.insert(word.to_owned(), by);
    }
}
