//! A mapping joined to the header of one file: everything needed to read its rows, on any thread.

use super::moment::ForgivingTimeReader;
use super::record::{MAX_SLOTS, SKIP};
use super::row::{RowAbove, RowMemory};
use super::value::KnownNumbers;
use super::words::{PlannedChannels, PlannedRule, WordMemory};
use super::{
    Column, Encoding, Guess, Mapping, MappingError, OrderBlock, RecordKind, RefundShape, SampleRow,
    StateSubject, guess, header_zone, names,
};

/// What is known beside a file when it is read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KnownContext {
    /// Merchants whose rows these are; empty for anybody's.
    pub merchants: Vec<String>,
    /// Some numbers by which earlier rows are known, by which lost leading zeros show.
    pub numbers: Vec<String>,
}

/// How to read the rows of one file.
#[derive(Debug, Clone)]
pub struct Plan {
    pub(super) mapping: Mapping,
    /// The encoding of cells.
    pub(super) encoding: Encoding,
    /// What the file seemed to be.
    pub(super) file: Guess,
    pub(super) delimiter: u8,
    pub(super) headers: Vec<String>,
    /// For each source column its slot among the kept cells, or [`SKIP`].
    pub(super) slots: Vec<u8>,
    /// For each canonical column its slot.
    slot_of: [Option<u8>; Column::COUNT],
    /// For each canonical time the slot of its clock.
    clock_of: [Option<u8>; Column::COUNT],
    /// For each canonical time the seconds from the zone that its header names to Beijing time.
    zone_shift: [i64; Column::COUNT],
    /// The columns of states.
    pub(super) rules: Vec<PlannedRule>,
    pub(super) channels: PlannedChannels,
    /// A column of the file says whether an order is paid.
    pub(super) says_payment: bool,
    pub(super) refund_shape: RefundShape,
    /// Of refunds beside orders, where their header says another unit than that of the orders.
    refund_unit: super::AmountUnit,
    /// The sum of a refund is what went back, not what was asked for.
    pub(super) refund_sum_is_done: bool,
    known: [KnownNumbers; Column::COUNT],
    /// Merchants whose rows are read; empty for all.
    pub(super) merchants: Vec<String>,
}

impl Plan {
    /// Joins a mapping to a file.
    ///
    /// # Errors
    /// [`MappingError`] when the mapping is wrong in itself or names columns that the file lacks
    /// (the canonical mapping may name optional ones).
    pub fn new(mapping: &Mapping, guess: &Guess) -> Result<Self, MappingError> {
        mapping.check()?;
        let mut plan = Self {
            mapping: mapping.clone(),
            encoding: guess.cell_encoding(),
            file: Guess {
                sample: Vec::new(),
                headers: Vec::new(),
                ..guess.clone()
            },
            delimiter: guess.delimiter_byte(),
            headers: guess.headers.clone(),
            slots: vec![SKIP; guess.headers.len()],
            slot_of: [None; Column::COUNT],
            clock_of: [None; Column::COUNT],
            zone_shift: [0; Column::COUNT],
            rules: Vec::new(),
            channels: PlannedChannels::new(mapping),
            says_payment: false,
            refund_shape: RefundShape::None,
            refund_unit: mapping.refund_unit(),
            refund_sum_is_done: mapping
                .columns
                .get(&Column::RefundAmount)
                .is_some_and(|source| names::is_sum_returned(source)),
            known: [KnownNumbers::default(); Column::COUNT],
            merchants: Vec::new(),
        };
        let mut next = 0;
        for (column, source) in &mapping.columns {
            let optional = mapping.name == Mapping::CANONICAL && !is_needed(*column, mapping.kind);
            match plan.slot_for(source, *column, &mut next) {
                Err(MappingError::Absent { .. }) if optional => {}
                Err(error) => return Err(error),
                Ok(slot) => {
                    if let Some(entry) = plan.slot_of.get_mut(*column as usize) {
                        *entry = Some(slot);
                    }
                    if let Some(shift) = plan.zone_shift.get_mut(*column as usize) {
                        *shift = header_zone::shift_of(source, mapping.utc_offset_minutes);
                    }
                }
            }
        }
        // Columns that this file lacks take no part in what its refund columns are.
        let present = &plan.slot_of;
        plan.mapping
            .columns
            .retain(|column, _| present.get(*column as usize).is_some_and(Option::is_some));
        if let Some(column) = plan.mapping.lacking().first() {
            return Err(MappingError::Absent {
                column: *column,
                source_name: column.name().to_owned(),
                present: guess::listed(&plan.headers),
            });
        }
        for (column, source) in &mapping.clocks {
            let slot = plan.slot_for(source, *column, &mut next)?;
            if let Some(entry) = plan.clock_of.get_mut(*column as usize) {
                *entry = Some(slot);
            }
        }
        for rule in &mapping.status {
            let column = match mapping.kind {
                RecordKind::Orders => Column::PayStatus,
                RecordKind::Refunds => Column::Status,
            };
            let slot = plan.slot_for(&rule.column, column, &mut next)?;
            plan.rules.push(PlannedRule::new(rule, slot, mapping.kind));
        }
        if usize::from(next) > MAX_SLOTS {
            return Err(MappingError::TooManyColumns);
        }
        plan.says_payment = plan.mapping.says_payment();
        plan.refund_shape = plan.mapping.refund_shape();
        plan.learn_from(&guess.sample);
        Ok(plan)
    }

    fn slot_for(
        &mut self,
        source: &str,
        column: Column,
        next: &mut u8,
    ) -> Result<u8, MappingError> {
        let wanted = source.trim();
        let mut places = self
            .headers
            .iter()
            .enumerate()
            .filter(|(_, header)| header.trim() == wanted);
        let Some((at, _)) = places.next() else {
            let first = format!("{wanted} (1)");
            if self.headers.contains(&first) {
                return Err(MappingError::Ambiguous(wanted.to_owned()));
            }
            return Err(MappingError::Absent {
                column,
                source_name: wanted.to_owned(),
                present: guess::listed(&self.headers),
            });
        };
        if places.next().is_some() {
            return Err(MappingError::Ambiguous(wanted.to_owned()));
        }
        let entry = self.slots.get_mut(at).ok_or(MappingError::NoWords)?;
        if *entry == SKIP {
            *entry = *next;
            *next = next.saturating_add(1);
        }
        Ok(*entry)
    }

    fn learn_from(&mut self, sample: &[SampleRow]) {
        for column in Column::ALL {
            if let Some(at) = self.source_of(column) {
                let cells = sample.iter().filter_map(|row| row.cells.get(at));
                let known = KnownNumbers::learn(cells.map(String::as_bytes));
                if let Some(entry) = self.known.get_mut(column as usize) {
                    *entry = known;
                }
            }
        }
    }

    /// Tells the plan numbers that the workspace already has, by which lost zeros show.
    pub fn learn_numbers<'a>(&mut self, column: Column, numbers: impl Iterator<Item = &'a str>) {
        let known = KnownNumbers::learn(numbers.map(str::as_bytes));
        if let Some(entry) = self.known.get_mut(column as usize) {
            entry.long_numbers_are_whole |= known.long_numbers_are_whole;
            entry.zero_led_digits = entry.zero_led_digits.or(known.zero_led_digits);
        }
    }

    /// Tells the plan what is known beside the file.
    pub fn learn_beside(&mut self, beside: &KnownContext) {
        let column = match self.mapping.kind {
            RecordKind::Orders => Column::OutTradeNo,
            RecordKind::Refunds => Column::OutRefundNo,
        };
        self.learn_numbers(column, beside.numbers.iter().map(String::as_str));
        self.merchants.clone_from(&beside.merchants);
    }

    /// The mapping, without the columns that the file lacks.
    #[must_use]
    pub fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    /// The headers of the file.
    #[must_use]
    pub fn headers(&self) -> &[String] {
        &self.headers
    }

    /// True when the file says whether orders were delivered, so that P03 can be found.
    #[must_use]
    pub fn knows_fulfilment(&self) -> bool {
        self.slot(Column::FulfilStatus).is_some()
            || self.slot(Column::FulfilledAt).is_some()
            || self.rules.iter().any(PlannedRule::speaks_of_delivery)
    }

    /// The slot of the clock that belongs to a time.
    pub(super) fn clock(&self, column: Column) -> Option<u8> {
        self.clock_of.get(column as usize).copied().flatten()
    }

    /// Seconds from the zone that the header of a time names to Beijing time.
    pub(super) fn zone_shift(&self, column: Column) -> i64 {
        self.zone_shift.get(column as usize).copied().unwrap_or(0)
    }

    /// The slot that says whether an order is paid.
    pub(super) fn payment_slot(&self) -> Option<u8> {
        let is_payment =
            |rule: &&PlannedRule| matches!(rule.about, StateSubject::Order | StateSubject::Payment);
        let rule = self.rules.iter().find(is_payment).map(|rule| rule.slot);
        rule.or(self.slot(Column::PayStatus))
    }

    /// True when a column of the file is about the delivery alone.
    pub(super) fn has_delivery_rule(&self) -> bool {
        self.rules
            .iter()
            .any(|rule| rule.about == StateSubject::Delivery)
    }

    /// True when a column of the file is about the payment alone.
    pub(super) fn tells_payment(&self) -> bool {
        self.slot(Column::PayStatus).is_some()
            || self
                .rules
                .iter()
                .any(|rule| rule.about == StateSubject::Payment)
    }

    pub(super) fn is_refunds(&self) -> bool {
        self.mapping.kind == RecordKind::Refunds
    }

    /// What is remembered from row to row, at the beginning.
    pub(super) fn memory(&self) -> RowMemory {
        RowMemory {
            times: ForgivingTimeReader::new(
                self.mapping.time_format.clone(),
                self.mapping.day_order,
            ),
            words: WordMemory::default(),
            above: RowAbove::Unknown,
        }
    }

    /// Hands the counts of the words over that were met.
    pub(super) fn tell_words(&self, memory: &mut RowMemory, out: &mut OrderBlock) {
        let headers = self.rules.iter().map(|rule| self.header_of(rule.slot));
        let channel = self.slot(Column::Channel).map(|slot| self.header_of(slot));
        memory
            .words
            .tell(headers, channel, (self.encoding, &mut out.stats));
    }

    pub(super) fn place_of(&self, slot: u8) -> Option<usize> {
        self.slots.iter().position(|entry| *entry == slot)
    }

    fn header_of(&self, slot: u8) -> &str {
        let header = self.place_of(slot).and_then(|at| self.headers.get(at));
        header.map_or("", String::as_str)
    }

    pub(super) fn slot(&self, column: Column) -> Option<u8> {
        self.slot_of.get(column as usize).copied().flatten()
    }

    pub(super) fn known(&self, column: Column) -> KnownNumbers {
        self.known.get(column as usize).copied().unwrap_or_default()
    }

    /// The unit of the sums of a column.
    pub(super) const fn unit_of(&self, column: Column) -> super::AmountUnit {
        match column {
            Column::RefundAmount => self.refund_unit,
            _ => self.mapping.amount_unit,
        }
    }

    /// The slot of each source column.
    pub(super) fn slots(&self) -> &[u8] {
        &self.slots
    }

    /// Place of a canonical column among the source columns.
    pub(super) fn source_of(&self, column: Column) -> Option<usize> {
        let by_word = || match column {
            Column::PayStatus => self.payment_slot(),
            Column::Status => self.rules.first().map(|rule| rule.slot),
            _ => None,
        };
        self.place_of(self.slot(column).or_else(by_word)?)
    }
}

/// True for columns without which no row can be read; `created_at` and `pay_status` have others that stand for them.
fn is_needed(column: Column, kind: RecordKind) -> bool {
    match kind {
        RecordKind::Orders => matches!(column, Column::OutTradeNo | Column::Amount),
        RecordKind::Refunds => matches!(
            column,
            Column::OutRefundNo | Column::OutTradeNo | Column::Amount
        ),
    }
}
