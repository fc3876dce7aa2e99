//! A mapping joined to the header of one file: everything needed to read its rows, on any thread.

use super::record::{MAX_SLOTS, Record, SKIP, Scanner, Span, cells_of};
use super::row::{Cells, Raw};
use super::value::{ForgivingTimeReader, KnownNumbers};
use super::{
    Column, Encoding, Guess, IntakeError, MAX_COLUMNS, MAX_RECORD_BYTES, Mapping, MappingError,
    OrderBlock, RecordKind, Reject, RowReason, SampleRow, guess,
};
use recondesk_domain::{FulfilStatus, PayStatus, RefundStatus, RowRef};

/// What one source word sets.
#[derive(Debug, Clone)]
pub(super) struct Word {
    /// The word in the encoding of the file.
    pub(super) bytes: Vec<u8>,
    pub(super) pay: PayStatus,
    pub(super) fulfil: Option<FulfilStatus>,
    pub(super) refund: RefundStatus,
}

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
    pub(super) encoding: Encoding,
    delimiter: u8,
    headers: Vec<String>,
    /// For each source column its slot among the kept cells, or [`SKIP`].
    slots: Vec<u8>,
    /// For each canonical column its slot.
    slot_of: [Option<u8>; Column::COUNT],
    /// Slot of the column of status words.
    pub(super) word_slot: Option<u8>,
    pub(super) words: Vec<Word>,
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
            encoding: guess.encoding,
            delimiter: guess.delimiter_byte(),
            headers: guess.headers.clone(),
            slots: vec![SKIP; guess.headers.len()],
            slot_of: [None; Column::COUNT],
            word_slot: None,
            words: Vec::new(),
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
                }
            }
        }
        // Columns that this file lacks take no part in what its refund columns are.
        let present = &plan.slot_of;
        plan.mapping
            .columns
            .retain(|column, _| present.get(*column as usize).is_some_and(Option::is_some));
        if let Some(rule) = &mapping.status {
            let column = match mapping.kind {
                RecordKind::Orders => Column::PayStatus,
                RecordKind::Refunds => Column::Status,
            };
            plan.word_slot = Some(plan.slot_for(&rule.column, column, &mut next)?);
            plan.words = words_of(mapping, guess.encoding);
        }
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
            || self.words.iter().any(|word| word.fulfil.is_some())
    }

    pub(super) fn slot(&self, column: Column) -> Option<u8> {
        self.slot_of.get(column as usize).copied().flatten()
    }

    pub(super) fn known(&self, column: Column) -> KnownNumbers {
        self.known.get(column as usize).copied().unwrap_or_default()
    }

    /// The slot of each source column.
    pub(super) fn slots(&self) -> &[u8] {
        &self.slots
    }

    /// Place of a canonical column among the source columns.
    pub(super) fn source_of(&self, column: Column) -> Option<usize> {
        let direct = self.slot(column);
        let by_word = matches!(column, Column::PayStatus | Column::Status)
            .then_some(self.word_slot)
            .flatten();
        let slot = direct.or(by_word)?;
        self.slots.iter().position(|entry| *entry == slot)
    }

    /// Reads a block of whole records that begins at `at`, and adds its rows to `out`.
    ///
    /// # Errors
    /// [`IntakeError`] for what no row can be blamed for: records beyond the limits, open quotes.
    pub fn parse_block(
        &self,
        block: &[u8],
        at: RowRef,
        out: &mut OrderBlock,
    ) -> Result<(), IntakeError> {
        self.parse_in_parts(block, at, out, &mut |_| {})
    }

    /// The same; `part` is called every so many rows and may take them out of `out`, while they are still in the
    /// cache: rows are larger than their text.
    ///
    /// # Errors
    /// As above.
    pub fn parse_in_parts(
        &self,
        block: &[u8],
        at: RowRef,
        out: &mut OrderBlock,
        part: &mut dyn FnMut(&mut OrderBlock),
    ) -> Result<(), IntakeError> {
        let mut scanner = Scanner::new(block, self.delimiter);
        let mut cells = TextCells {
            plan: self,
            block,
            record: &[],
            spans: [Span::default(); MAX_SLOTS],
        };
        let mut times = ForgivingTimeReader::new(self.mapping.time_format.clone());
        let mut place = at;
        // Offsets in UTF-16 files are counted from record to record.
        let mut counted = 0;
        while let Some(record) = scanner.next(&self.slots, &mut cells.spans) {
            let before = block.get(counted..record.start).unwrap_or_default();
            place.offset = place.offset.saturating_add(self.encoding.raw_len(before));
            counted = record.start;
            cells.record = block.get(record.start..record.end).unwrap_or_default();
            check_record(&record, place)?;
            if record.cells == self.headers.len() || self.only_empty_cells_more(&cells, &record) {
                self.take_row(&cells, place, &mut times, out);
                if out.orders.len().max(out.refunds.len()) >= PART_ROWS {
                    part(out);
                }
            } else if !cells.record.trim_ascii().is_empty() {
                self.refuse_shape(&cells, place, record.cells, out);
            }
            place.line = place
                .line
                .checked_add(record.lines)
                .ok_or(IntakeError::TooManyLines)?;
        }
        Ok(())
    }

    fn refuse_shape(&self, cells: &TextCells<'_>, row: RowRef, found: usize, out: &mut OrderBlock) {
        let reason = RowReason::ColumnCount {
            found,
            wanted: self.headers.len(),
        };
        let reject = || Reject {
            row,
            column: String::new(),
            at: None,
            value: String::new(),
            reason,
            cells: cells.texts(),
        };
        out.refuse(reject, "");
    }

    /// Converts one row and puts it, or its refusal, into `out`; blank rows are passed over.
    pub(super) fn take_row<C: Cells>(
        &self,
        cells: &C,
        row: RowRef,
        times: &mut ForgivingTimeReader,
        out: &mut OrderBlock,
    ) {
        let bad = match self.convert(cells, row, times, out) {
            Ok(()) => return,
            Err(bad) => bad,
        };
        if cells.is_blank() {
            return;
        }
        let at = self.source_of(bad.column);
        let header = at.and_then(|at| self.headers.get(at));
        let column = header
            .cloned()
            .unwrap_or_else(|| bad.column.name().to_owned());
        let texts = cells.texts();
        let value = at.and_then(|at| texts.get(at)).cloned().unwrap_or_default();
        let value: String = value.chars().take(200).collect();
        if bad.reason == RowReason::UnmappedWord {
            out.note_unmapped(value.trim());
        }
        let reject = || Reject {
            row,
            column: column.clone(),
            at,
            value,
            reason: bad.reason,
            cells: texts,
        };
        out.refuse(reject, &column);
    }

    /// Some exports end each row, but not the header, with a delimiter.
    fn only_empty_cells_more(&self, cells: &TextCells<'_>, counted: &Record) -> bool {
        counted.cells > self.headers.len()
            && cells_of(cells.record, self.delimiter, MAX_COLUMNS)
                .iter()
                .skip(self.headers.len())
                .all(|cell| cell.trim_ascii().is_empty())
    }
}

fn check_record(record: &Record, at: RowRef) -> Result<(), IntakeError> {
    if record.cells > MAX_COLUMNS {
        return Err(IntakeError::TooManyColumns {
            line: at.line,
            limit: MAX_COLUMNS,
        });
    }
    if record.end.saturating_sub(record.start) > MAX_RECORD_BYTES {
        return Err(IntakeError::LineTooLong {
            line: at.line,
            offset: at.offset,
            limit: MAX_RECORD_BYTES,
        });
    }
    if !record.closed {
        return Err(IntakeError::UnclosedQuote {
            line: at.line,
            offset: at.offset,
        });
    }
    Ok(())
}

/// True for columns without which no row can be read.
fn is_needed(column: Column, kind: RecordKind) -> bool {
    match kind {
        RecordKind::Orders => matches!(
            column,
            Column::OutTradeNo | Column::Amount | Column::PayStatus | Column::CreatedAt
        ),
        RecordKind::Refunds => matches!(
            column,
            Column::OutRefundNo | Column::OutTradeNo | Column::Amount
        ),
    }
}

fn words_of(mapping: &Mapping, encoding: Encoding) -> Vec<Word> {
    let rule = mapping.status.iter();
    rule.flat_map(|rule| &rule.words)
        .map(|(word, meaning)| {
            let text = word.trim();
            let bytes = match encoding {
                Encoding::Gb18030 => encoding_rs::GB18030.encode(text).0.into_owned(),
                _ => text.as_bytes().to_vec(),
            };
            let read = |text: &Option<String>| text.clone().unwrap_or_default();
            Word {
                bytes,
                pay: PayStatus::parse(&read(&meaning.pay_status)).unwrap_or(PayStatus::Unknown),
                fulfil: FulfilStatus::parse(&read(&meaning.fulfil_status)),
                refund: RefundStatus::parse(&read(&meaning.refund_status))
                    .unwrap_or(RefundStatus::Processing),
            }
        })
        .collect()
}

/// Rows after which a caller may take them out.
const PART_ROWS: usize = 128;

/// The kept cells of one record of text.
struct TextCells<'a> {
    plan: &'a Plan,
    block: &'a [u8],
    record: &'a [u8],
    spans: [Span; MAX_SLOTS],
}

impl Cells for TextCells<'_> {
    fn get(&self, slot: u8) -> Raw<'_> {
        let span = self.spans.get(usize::from(slot)).copied();
        Raw::Text(span.unwrap_or_default().text(self.block))
    }

    #[inline]
    fn plain(&self, slot: u8) -> Option<(&[u8], usize)> {
        self.spans.get(usize::from(slot))?.plain(self.block)
    }

    fn is_blank(&self) -> bool {
        self.record
            .iter()
            .all(|b| *b == self.plan.delimiter || *b == b'"' || b.is_ascii_whitespace())
    }

    fn texts(&self) -> Vec<String> {
        cells_of(self.record, self.plan.delimiter, MAX_COLUMNS)
            .iter()
            .map(|cell| self.plan.encoding.decode_lossy(cell))
            .collect()
    }
}
