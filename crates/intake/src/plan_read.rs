//! The rows of a file read by a plan: what becomes of each, and of those that cannot be read.

use super::block::BadCell;
use super::notes::OddRow;
use super::record::{MAX_SLOTS, RecordSpan, Scanner, Span, cells_of};
use super::row::{Cells, OrderRowReader, Raw, RowAbove, RowMemory};
use super::value::clean_id;
use super::{
    Block, Column, Encoding, IntakeError, MAX_COLUMNS, MAX_RECORD_BYTES, OrderBlock, Plan,
    RecordKind, Reject, RowAmount, RowReason, SampleRow,
};
use recondesk_domain::{Fen, MOrder, PayStatus, RowRef};

/// A row of an item without the number of its order.
struct Item(MOrder);

impl Item {
    /// True where it says of delivery or refund what the order above does not.
    fn says_more_than(&self, order: &MOrder) -> bool {
        let refund = self.0.refund_total;
        self.0.fulfil_status != order.fulfil_status
            || self.0.pay_status != order.pay_status
            || refund != order.refund_total && refund != Some(Fen::ZERO)
    }
}

impl Plan {
    /// Reads the cells of one row as text, as samples have them.
    pub fn read_cells(&self, row: &SampleRow, out: &mut OrderBlock) {
        let cells = StringCells {
            plan: self,
            cells: &row.cells,
        };
        let place = RowRef {
            line: row.line,
            ..RowRef::default()
        };
        self.take_row(&cells, place, &mut self.memory(), out);
    }

    /// Reads a block of whole records, and adds its rows to `out`.
    ///
    /// # Errors
    /// [`IntakeError`] for what no row can be blamed for: records beyond the limits, open quotes.
    pub fn parse_block(
        &self,
        block: &Block,
        import: u32,
        out: &mut OrderBlock,
    ) -> Result<(), IntakeError> {
        self.parse_in_parts(block, import, out, &mut |_| {})
    }

    /// The same; `part` is called every so many rows and may take them out of `out`, while they are still in the
    /// cache: rows are larger than their text.
    ///
    /// # Errors
    /// As above.
    pub fn parse_in_parts(
        &self,
        block: &Block,
        import: u32,
        out: &mut OrderBlock,
        part: &mut dyn FnMut(&mut OrderBlock),
    ) -> Result<(), IntakeError> {
        let mut memory = self.memory();
        if !block.before.is_empty() {
            memory.above = self.above(&block.before);
        }
        self.parse_records(&block.bytes, block.at(import), (&mut memory, out), part)
    }

    /// What became of the last order of the block before.
    fn above(&self, before: &[u8]) -> RowAbove {
        let mut memory = self.memory();
        let mut out = OrderBlock::default();
        let at = RowRef::default();
        // The first record may be cut in two; what cannot be read says nothing.
        if self
            .parse_records(before, at, (&mut memory, &mut out), &mut |_| {})
            .is_err()
        {
            return RowAbove::Unknown;
        }
        match (memory.above, out.orders.last()) {
            (RowAbove::Accepted, Some(order)) => RowAbove::TakenOut(Box::new(*order)),
            (above, _) => above,
        }
    }

    fn parse_records(
        &self,
        block: &[u8],
        at: RowRef,
        (memory, out): (&mut RowMemory, &mut OrderBlock),
        part: &mut dyn FnMut(&mut OrderBlock),
    ) -> Result<(), IntakeError> {
        let mut scanner = Scanner::new(block, self.delimiter);
        let mut cells = TextCells {
            plan: self,
            block,
            record: &[],
            spans: [Span::default(); MAX_SLOTS],
        };
        let mut place = at;
        // Offsets in UTF-16 files are counted from record to record.
        let mut counted = 0;
        while let Some(record) = scanner.next(&self.slots, &mut cells.spans) {
            let before = block.get(counted..record.start).unwrap_or_default();
            place.offset = place.offset.saturating_add(self.file.raw_len(before));
            counted = record.start;
            cells.record = block.get(record.start..record.end).unwrap_or_default();
            check_record(&record, place)?;
            if record.lines > 1 && self.is_swallowed(cells.record) {
                self.take_lines(cells.record, place, memory, out);
            } else if record.cells == self.headers.len()
                || self.only_empty_cells_more(&cells, &record)
            {
                self.take_row(&cells, place, memory, out);
                if out.orders.len().max(out.refunds.len()) >= PART_ROWS {
                    memory.hold_above(out);
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
        self.tell_words(memory, out);
        Ok(())
    }

    /// True where each line of a record is a whole row by itself: a quote of a goods name opened a cell, and the quote
    /// of a later row closed it. A cell that goes on over lines cuts rows into pieces.
    fn is_swallowed(&self, record: &[u8]) -> bool {
        let width = self.headers.len();
        width >= LEAST_WIDTH
            && record.split(|b| *b == b'\n').all(|line| {
                memchr::memchr_iter(self.delimiter, line).count() == width.saturating_sub(1)
            })
    }

    /// Takes the lines of such a record one by one. Tabs need no quotes, so that a quote is a sign like any other there;
    /// elsewhere nobody knows which of them is one too many.
    fn take_lines(&self, record: &[u8], at: RowRef, memory: &mut RowMemory, out: &mut OrderBlock) {
        let mut place = at;
        for line in record.split(|b| *b == b'\n') {
            let bare = line.strip_suffix(b"\r").unwrap_or(line);
            let texts: Vec<String> = bare
                .split(|b| *b == self.delimiter)
                .map(|cell| self.encoding.decode_lossy(cell))
                .collect();
            if self.delimiter == b'\t' {
                let cells = StringCells {
                    plan: self,
                    cells: &texts,
                };
                self.take_row(&cells, place, memory, out);
            } else {
                self.refuse_whole(RowReason::Quote, texts, place, out);
            }
            place.line = place.line.saturating_add(1);
            place.offset = place
                .offset
                .saturating_add(self.file.raw_len(line))
                .saturating_add(self.file.raw_len(b"\n"));
        }
    }

    fn refuse_shape(&self, cells: &TextCells<'_>, row: RowRef, found: usize, out: &mut OrderBlock) {
        let texts = cells.texts();
        if self.is_note(&texts) {
            out.stats.notes = out.stats.notes.saturating_add(1);
            return;
        }
        let reason = RowReason::ColumnCount {
            found,
            wanted: self.headers.len(),
        };
        self.refuse_whole(reason, texts, row, out);
    }

    /// Refuses a row of which no single cell is to blame.
    fn refuse_whole(
        &self,
        reason: RowReason,
        texts: Vec<String>,
        row: RowRef,
        out: &mut OrderBlock,
    ) {
        let reject = || Reject {
            row,
            column: String::new(),
            at: None,
            value: String::new(),
            reason,
            number: self.number_of(&texts),
            cells: texts,
        };
        out.refuse(reject, "");
    }

    /// A row that cannot be read, as it is judged.
    fn odd<'a>(&'a self, cells: &'a [String], needed: &'a [usize]) -> OddRow<'a> {
        OddRow {
            cells,
            headers: &self.headers,
            number: self.source_of(self.number_column()),
            needed,
        }
    }

    /// Places of the cells that every order has.
    fn needed_places(&self) -> Vec<usize> {
        let needed = [
            Column::CreatedAt,
            Column::PaidAt,
            Column::PayStatus,
            Column::RequestedAt,
            Column::Status,
        ];
        needed
            .iter()
            .filter_map(|column| self.source_of(*column))
            .collect()
    }

    /// True for a row that is no order: a total, a signature.
    fn is_note(&self, cells: &[String]) -> bool {
        self.odd(cells, &self.needed_places()).is_note()
    }

    /// The column of the number by which rows of this kind are known.
    pub(super) const fn number_column(&self) -> Column {
        match self.mapping.kind {
            RecordKind::Orders => Column::OutTradeNo,
            RecordKind::Refunds => Column::OutRefundNo,
        }
    }

    /// Takes a row that goes on with the order above: an item of it. False where it is something else.
    fn take_item<C: Cells>(
        &self,
        (cells, texts): (&C, &[String]),
        row: RowRef,
        memory: &mut RowMemory,
        out: &mut OrderBlock,
    ) -> bool {
        let above = match &memory.above {
            RowAbove::Unknown => return false,
            RowAbove::Accepted => out.orders.last().copied(),
            RowAbove::TakenOut(order) => Some(**order),
            RowAbove::Aside(_) => None,
        };
        let number = match (&above, &memory.above) {
            (Some(order), _) => order.out_trade_no.as_str().to_owned(),
            (None, RowAbove::Aside(number)) => number.clone(),
            (None, _) => return false,
        };
        if !self.odd(texts, &self.needed_places()).goes_on_with(&number) {
            return false;
        }
        let amount = self.source_of(Column::Amount).and_then(|at| texts.get(at));
        let amount = amount.filter(|cell| !cell.trim().is_empty());
        if let Some(order) = above {
            let Ok(mut item) = self.item_of(&order, cells, row, memory) else {
                return false;
            };
            let mut says_more = item.says_more_than(&order);
            if let Some(cell) = amount {
                let unit = self.mapping.amount_unit;
                let read = super::amount::read(cell, unit, super::amount::AmountSign::Positive);
                let (RowAmount::Share, Ok(amount)) = (self.mapping.row_amount, read) else {
                    return false;
                };
                item.0.amount = amount;
                says_more = true;
            }
            if says_more {
                out.orders.push(item.0);
                memory.above = RowAbove::Accepted;
            }
        }
        out.stats.items = out.stats.items.saturating_add(1);
        true
    }

    /// An item below its order, where the cells of the order are merged: what its row says of delivery and refund is its
    /// own, the rest is the order's.
    fn item_of<C: Cells>(
        &self,
        order: &MOrder,
        cells: &C,
        row: RowRef,
        memory: &mut RowMemory,
    ) -> Result<Item, BadCell> {
        let mut reader = OrderRowReader::new(self, cells, memory);
        let words = reader.words()?;
        let fulfil = words.delivery.fulfil.or(words.order.fulfil);
        let refund = reader.optional_amount(Column::RefundAmount)?;
        let is_share = self.mapping.row_amount == RowAmount::Share;
        let unsaid = if is_share {
            Some(Fen::ZERO)
        } else {
            order.refund_total
        };
        let pay_status = match order.pay_status {
            PayStatus::Paid | PayStatus::Refunded if words.is_returned() => PayStatus::Refunded,
            // Another item of it went back, and this one says that it did not.
            PayStatus::Refunded if words.tells_refund() => PayStatus::Paid,
            status => status,
        };
        Ok(Item(MOrder {
            row,
            amount: if is_share { Fen::ZERO } else { order.amount },
            pay_status,
            fulfil_status: fulfil.unwrap_or(order.fulfil_status),
            refund_total: order.refund_total.and(refund.or(unsaid)),
            ..*order
        }))
    }

    /// The order number of a row that is refused, as far as it can be read.
    fn number_of(&self, cells: &[String]) -> String {
        const LONGEST: usize = 64;
        let cell = self
            .source_of(self.number_column())
            .and_then(|at| cells.get(at));
        let number = cell.map(|cell| clean_id(cell).into_owned());
        number
            .filter(|number| number.len() <= LONGEST)
            .unwrap_or_default()
    }

    /// Converts one row and puts it, or its refusal, into `out`; blank rows are passed over.
    pub(super) fn take_row<C: Cells>(
        &self,
        cells: &C,
        row: RowRef,
        memory: &mut RowMemory,
        out: &mut OrderBlock,
    ) {
        let bad = match self.convert(cells, row, memory, out) {
            Ok(()) => return,
            Err(bad) => bad,
        };
        if cells.is_blank() {
            return;
        }
        let texts = cells.texts();
        if self.is_note(&texts) {
            out.stats.notes = out.stats.notes.saturating_add(1);
            return;
        }
        if bad.reason == RowReason::Missing && self.take_item((cells, &texts), row, memory, out) {
            return;
        }
        let number = self.number_of(&texts);
        memory.above = RowAbove::Aside(number.clone());
        let by_slot = bad.slot.and_then(|slot| self.place_of(slot));
        let at = by_slot.or_else(|| self.source_of(bad.column));
        let header = at.and_then(|at| self.headers.get(at));
        let column = header
            .cloned()
            .unwrap_or_else(|| bad.column.name().to_owned());
        let value = at.and_then(|at| texts.get(at)).cloned().unwrap_or_default();
        let value: String = value.chars().take(200).collect();
        if matches!(
            bad.reason,
            RowReason::UnmappedWord | RowReason::UnknownChannel
        ) {
            out.stats.note_unmapped(&column, value.trim());
        }
        let reject = || Reject {
            row,
            column: column.clone(),
            at,
            value,
            reason: bad.reason,
            number,
            cells: texts,
        };
        out.refuse(reject, &column);
    }

    /// Some exports end each row, but not the header, with a delimiter.
    fn only_empty_cells_more(&self, cells: &TextCells<'_>, counted: &RecordSpan) -> bool {
        counted.cells > self.headers.len()
            && cells_of(cells.record, self.delimiter, MAX_COLUMNS)
                .iter()
                .skip(self.headers.len())
                .all(|cell| cell.trim_ascii().is_empty())
    }
}

fn check_record(record: &RecordSpan, at: RowRef) -> Result<(), IntakeError> {
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

/// Fewer columns than these may stand in the text of a cell by chance.
const LEAST_WIDTH: usize = 3;

/// Rows after which a caller may take them out.
const PART_ROWS: usize = 128;

/// The cells of a row of a sample.
struct StringCells<'a> {
    plan: &'a Plan,
    cells: &'a [String],
}

impl Cells for StringCells<'_> {
    fn get(&self, slot: u8) -> Raw<'_> {
        let text = self.plan.place_of(slot).and_then(|at| self.cells.get(at));
        let text = text.map(String::as_str).unwrap_or_default();
        let bytes = match self.plan.encoding {
            Encoding::Gb18030 => encoding_rs::GB18030.encode(text).0,
            Encoding::Utf8 | Encoding::Utf16Le | Encoding::Utf16Be | Encoding::Big5 => {
                text.as_bytes().into()
            }
        };
        Raw::Text(bytes)
    }

    fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().is_empty())
    }

    fn texts(&self) -> Vec<String> {
        self.cells.to_vec()
    }
}

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
