//! One row to one order or refund, whatever the file format; the first bad cell refuses the row.

use std::borrow::Cow;

use super::block::BadCell;
use super::plan::Word;
use super::value::{self, ForgivingTimeReader};
use super::{Column, Encoding, OrderBlock, Plan, RecordKind, RefundShape, RowReason};
use recondesk_domain::{
    Fen, FulfilStatus, Instant, MOrder, MRefund, OutRefundNo, PayStatus, RefundStatus, RowRef, Text,
};

/// A cell as the file has it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Raw<'a> {
    /// Text in the encoding of the file; empty for no cell.
    Text(Cow<'a, [u8]>),
    /// A number of a workbook, as decimal text.
    Number(Cow<'a, [u8]>),
    /// A date of a workbook.
    Date(Instant),
}

impl Raw<'_> {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) | Self::Number(text) => value::trim(text),
            Self::Date(_) => &[],
        }
    }

    fn is_empty(&self) -> bool {
        !matches!(self, Self::Date(_)) && self.bytes().is_empty()
    }
}

/// Gives the kept cells of a row.
pub(super) trait Cells {
    /// The cell in a slot.
    fn get(&self, slot: u8) -> Raw<'_>;
    /// The same for plain text: everything from the cell on, and its length.
    fn plain(&self, _slot: u8) -> Option<(&[u8], usize)> {
        None
    }
    /// True when the whole row has nothing in it.
    fn is_blank(&self) -> bool;
    /// All cells of the row as text.
    fn texts(&self) -> Vec<String>;
}

/// Status of a row, from words or from canonical columns.
struct RowStatus {
    pay: PayStatus,
    fulfil: Option<FulfilStatus>,
}

impl Plan {
    /// Reads the row and appends it to `out`.
    pub(super) fn convert<C: Cells>(
        &self,
        cells: &C,
        row: RowRef,
        times: &mut ForgivingTimeReader,
        out: &mut OrderBlock,
    ) -> Result<(), BadCell> {
        let mut reader = OrderRowReader {
            plan: self,
            cells,
            times,
        };
        if reader.is_of_another() {
            out.stats.others = out.stats.others.saturating_add(1);
            return Ok(());
        }
        match self.mapping.kind {
            RecordKind::Orders => {
                // Rows are large: it is read where it stays.
                let known = out.orders.len();
                out.orders.push(MOrder::NONE);
                let read = match out.orders.last_mut() {
                    Some(order) => reader.order(row, order),
                    None => Ok(None),
                };
                let refund = match read {
                    Ok(refund) => refund,
                    Err(bad) => {
                        out.orders.truncate(known);
                        return Err(bad);
                    }
                };
                if let Some(order) = out.orders.last() {
                    out.stats.accept(order.amount, Some(order.created_at));
                }
                out.refunds.extend(refund);
            }
            RecordKind::Refunds => {
                let refund = reader.refund(row)?;
                out.stats.accept(refund.amount, refund.time());
                out.refunds.push(refund);
            }
        }
        Ok(())
    }
}

struct OrderRowReader<'a, C> {
    plan: &'a Plan,
    cells: &'a C,
    times: &'a mut ForgivingTimeReader,
}

impl<C: Cells> OrderRowReader<'_, C> {
    fn order(&mut self, row: RowRef, order: &mut MOrder) -> Result<Option<MRefund>, BadCell> {
        self.needed_id(Column::OutTradeNo, &mut order.out_trade_no)?;
        self.id(Column::OrderNo, &mut order.order_no)?;
        if order.order_no.is_empty() {
            order.order_no = order.out_trade_no.widen();
        }
        let state = self.state()?;
        order.pay_status = state.pay;
        order.fulfilled_at = self.time(Column::FulfilledAt)?;
        order.fulfil_status = state
            .fulfil
            .unwrap_or_else(|| self.fulfilment(state.pay, order.fulfilled_at));
        self.id(Column::TransactionId, &mut order.transaction_id)?;
        order.appid = self.text(Column::Appid)?;
        order.sub_mch_id = self.text(Column::SubMchid)?;
        order.amount = self.amount(Column::Amount)?;
        order.is_cny = self.is_cny()?;
        order.created_at = self.time(Column::CreatedAt)?.ok_or(BadCell {
            column: Column::CreatedAt,
            reason: RowReason::Missing,
        })?;
        order.paid_at = self.time(Column::PaidAt)?;
        order.closed_at = self.time(Column::ClosedAt)?;
        order.row = row;
        match self.plan.mapping.refund_shape() {
            RefundShape::None => Ok(None),
            RefundShape::RunningTotal => {
                order.refund_total = self
                    .optional_amount(Column::RefundAmount)?
                    .or(Some(Fen::ZERO));
                self.id(Column::RefundNo, &mut order.refund_no)?;
                order.refund_at = self.time(Column::RefundAt)?;
                Ok(None)
            }
            RefundShape::PerRefund => self.refund_of(order),
        }
    }

    /// What the time of fulfilment, or its lack, says where no word does.
    fn fulfilment(&self, pay: PayStatus, fulfilled_at: Option<Instant>) -> FulfilStatus {
        let has_time = self.plan.slot(Column::FulfilledAt).is_some();
        // Not known is an order without such a column; a paid one with an empty cell lacks its goods.
        let has_status = self.plan.slot(Column::FulfilStatus).is_some();
        match fulfilled_at {
            Some(_) => FulfilStatus::Fulfilled,
            None if has_time || (has_status && pay.is_paid()) => FulfilStatus::Pending,
            None => FulfilStatus::NotKnown,
        }
    }

    /// The refund on the row of an order, where there is one.
    fn refund_of(&mut self, order: &MOrder) -> Result<Option<MRefund>, BadCell> {
        let mut out_refund_no = OutRefundNo::EMPTY;
        self.id(Column::RefundNo, &mut out_refund_no)?;
        if out_refund_no.is_empty() {
            return Ok(None);
        }
        let succeeded_at = self.time(Column::RefundAt)?;
        let status = match self.refund_status(Column::RefundStatus)? {
            Some(status) => status,
            None if succeeded_at.is_some() => RefundStatus::Success,
            None => RefundStatus::Processing,
        };
        Ok(Some(MRefund {
            out_refund_no,
            out_trade_no: order.out_trade_no,
            refund_id: Text::EMPTY,
            amount: self.amount(Column::RefundAmount)?,
            status,
            requested_at: None,
            succeeded_at,
            row: order.row,
        }))
    }

    fn refund(&mut self, row: RowRef) -> Result<MRefund, BadCell> {
        let succeeded_at = self.time(Column::SucceededAt)?;
        let status = match self.word()? {
            Some(word) => word.refund,
            None => match self.refund_status(Column::Status)? {
                Some(status) => status,
                None if succeeded_at.is_some() => RefundStatus::Success,
                None => RefundStatus::Processing,
            },
        };
        let mut refund = MRefund {
            status,
            succeeded_at,
            row,
            ..MRefund::NONE
        };
        self.needed_id(Column::OutRefundNo, &mut refund.out_refund_no)?;
        self.needed_id(Column::OutTradeNo, &mut refund.out_trade_no)?;
        self.id(Column::RefundId, &mut refund.refund_id)?;
        refund.amount = self.amount(Column::Amount)?;
        refund.requested_at = self.time(Column::RequestedAt)?;
        Ok(refund)
    }

    /// True when the row names a merchant whose rows are not wanted.
    fn is_of_another(&self) -> bool {
        let merchants = &self.plan.merchants;
        if merchants.is_empty() {
            return false;
        }
        let Some(cell) = self.cell(Column::MchId) else {
            return false;
        };
        let text = value::bare_id(cell.bytes());
        !text.is_empty() && !merchants.iter().any(|own| own.as_bytes() == text)
    }

    fn cell(&self, column: Column) -> Option<Raw<'_>> {
        let slot = self.plan.slot(column)?;
        Some(self.cells.get(slot)).filter(|cell| !cell.is_empty())
    }

    fn needed_id<const N: usize>(&self, column: Column, id: &mut Text<N>) -> Result<(), BadCell> {
        self.id(column, id)?;
        if id.is_empty() {
            let reason = RowReason::Missing;
            return Err(BadCell { column, reason });
        }
        Ok(())
    }

    /// An identifier: checked for the damage that spreadsheets do.
    #[inline]
    fn id<const N: usize>(&self, column: Column, id: &mut Text<N>) -> Result<(), BadCell> {
        if let Some(slot) = self.plan.slot(column)
            && !self.quick_id(column, slot, id)
        {
            *id = self.any_id(column)?;
        }
        Ok(())
    }

    /// Reads a clean identifier of a text file, as nearly all are; false where a closer look is needed.
    #[inline]
    fn quick_id<const N: usize>(&self, column: Column, slot: u8, id: &mut Text<N>) -> bool {
        let Some((text, len)) = self.cells.plain(slot) else {
            return false;
        };
        let Some(window) = text.first_chunk::<N>() else {
            return false;
        };
        if len == 0 {
            *id = Text::EMPTY;
            return true;
        }
        if !id.set_visible_prefix(window, len)
            || matches!(window.first(), Some(b'\'' | b'`' | b'='))
        {
            return false;
        }
        let known = self.plan.known(column);
        let damage = known.damage(id.as_bytes(), self.plan.mapping.keep_zero_tails);
        damage.is_none()
    }

    fn any_id<const N: usize>(&self, column: Column) -> Result<Text<N>, BadCell> {
        let bad = |reason| BadCell { column, reason };
        let Some(cell) = self.cell(column) else {
            return Ok(Text::EMPTY);
        };
        let plain = match &cell {
            Raw::Text(text) => value::bare_id(text),
            Raw::Number(number) => {
                if let Some(reason) = value::number_as_id(number) {
                    return Err(bad(reason));
                }
                number
            }
            Raw::Date(_) => return Err(bad(RowReason::DecimalTail)),
        };
        let known = self.plan.known(column);
        if let Some(reason) = known.damage(plain, self.plan.mapping.keep_zero_tails) {
            return Err(bad(reason));
        }
        self.fit(plain).map_err(bad)
    }

    /// A short text that is no number.
    fn text<const N: usize>(&self, column: Column) -> Result<Text<N>, BadCell> {
        match self.cell(column) {
            None => Ok(Text::EMPTY),
            Some(cell) => self
                .fit(value::bare_id(cell.bytes()))
                .map_err(|reason| BadCell { column, reason }),
        }
    }

    fn fit<const N: usize>(&self, text: &[u8]) -> Result<Text<N>, RowReason> {
        // Without leaving early, several bytes go at once.
        let controls = |seen, b: &u8| seen | b.is_ascii_control();
        if text.iter().fold(false, controls) {
            return Err(RowReason::Control);
        }
        let decoded;
        let utf8 = if self.plan.encoding == Encoding::Gb18030 && !text.is_ascii() {
            decoded = self.plan.encoding.decode(text).ok_or(RowReason::Encoding)?;
            decoded.as_bytes()
        } else {
            text
        };
        if utf8.len() > N {
            return Err(RowReason::TooLong { max: N });
        }
        Text::from_utf8(utf8).ok_or(RowReason::Encoding)
    }

    fn amount(&self, column: Column) -> Result<Fen, BadCell> {
        self.optional_amount(column)?.ok_or(BadCell {
            column,
            reason: RowReason::Missing,
        })
    }

    fn optional_amount(&self, column: Column) -> Result<Option<Fen>, BadCell> {
        let bad = |reason| BadCell { column, reason };
        let unit = self.plan.mapping.amount_unit;
        match self.cell(column) {
            None => Ok(None),
            Some(Raw::Date(_)) => Err(bad(RowReason::Amount(
                recondesk_domain::MoneyError::NotDecimal,
            ))),
            Some(cell) => value::amount(cell.bytes(), unit).map(Some).map_err(bad),
        }
    }

    fn time(&mut self, column: Column) -> Result<Option<Instant>, BadCell> {
        let Some(slot) = self.plan.slot(column) else {
            return Ok(None);
        };
        let bad = |reason| BadCell { column, reason };
        if let Some((text, len)) = self.cells.plain(slot) {
            if len == 0 {
                return Ok(None);
            }
            let quick = text.get(..len).and_then(|text| self.times.plain(text));
            if quick.is_some() {
                return Ok(quick);
            }
        }
        match self.cells.get(slot) {
            Raw::Date(time) => Ok(Some(time)),
            cell if cell.is_empty() => Ok(None),
            Raw::Number(number) => value::number_as_time(&number)
                .map(Some)
                .ok_or(bad(RowReason::Time)),
            Raw::Text(text) => self.times.read(&text).map(Some).map_err(bad),
        }
    }

    fn is_cny(&self) -> Result<bool, BadCell> {
        match self.cell(Column::Currency) {
            None => Ok(true),
            Some(cell) => {
                let code = cell.bytes();
                let is_code = code.len() == 3 && code.iter().all(u8::is_ascii_alphabetic);
                if is_code {
                    Ok(code.eq_ignore_ascii_case(b"CNY"))
                } else {
                    Err(BadCell {
                        column: Column::Currency,
                        reason: RowReason::Currency,
                    })
                }
            }
        }
    }

    /// The entry of the table of words for this row; `None` where the mapping has no table.
    fn word(&self) -> Result<Option<&Word>, BadCell> {
        let Some(slot) = self.plan.word_slot else {
            return Ok(None);
        };
        let cell = self.cells.get(slot);
        let text = cell.bytes();
        let word = self.plan.words.iter().find(|word| word.bytes == text);
        let unmapped = BadCell {
            column: match self.plan.mapping.kind {
                RecordKind::Orders => Column::PayStatus,
                RecordKind::Refunds => Column::Status,
            },
            reason: RowReason::UnmappedWord,
        };
        word.map(Some).ok_or(unmapped)
    }

    fn state(&self) -> Result<RowStatus, BadCell> {
        let mut state = match self.word()? {
            Some(word) => RowStatus {
                pay: word.pay,
                fulfil: word.fulfil,
            },
            None => RowStatus {
                pay: self
                    .canonical(Column::PayStatus, PayStatus::parse)?
                    .ok_or(BadCell {
                        column: Column::PayStatus,
                        reason: RowReason::Missing,
                    })?,
                fulfil: None,
            },
        };
        if state.fulfil.is_none() {
            state.fulfil = self.canonical(Column::FulfilStatus, |word| {
                FulfilStatus::parse(word).filter(|status| *status != FulfilStatus::NotKnown)
            })?;
        }
        Ok(state)
    }

    fn refund_status(&self, column: Column) -> Result<Option<RefundStatus>, BadCell> {
        self.canonical(column, RefundStatus::parse)
    }

    /// A canonical word in any case of letters.
    fn canonical<T>(
        &self,
        column: Column,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, BadCell> {
        let Some(cell) = self.cell(column) else {
            return Ok(None);
        };
        let word = std::str::from_utf8(cell.bytes()).unwrap_or_default();
        parse(word)
            .or_else(|| parse(&word.to_ascii_lowercase()))
            .map(Some)
            .ok_or(BadCell {
                column,
                reason: RowReason::UnmappedWord,
            })
    }
}
