//! One row to one order or refund, whatever the file format; the first bad cell refuses the row.

use std::borrow::Cow;

use super::block::BadCell;
use super::moment::ForgivingTimeReader;
use super::row_state::RowWords;
use super::value;
use super::words::WordMemory;
use super::{Column, LeftOutReason, OrderBlock, Plan, RecordKind, RefundShape, RowReason};
use recondesk_domain::{
    Fen, Instant, MOrder, MRefund, OutRefundNo, OutTradeNo, PayStatus, RefundStatus, RowRef, Text,
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
    /// A formula of a workbook whose result was never computed.
    Uncomputed,
    /// A formula of a workbook whose result is zero, or was never computed.
    ZeroFormula,
}

impl Raw<'_> {
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) | Self::Number(text) => value::trim(text),
            Self::Date(_) | Self::Uncomputed | Self::ZeroFormula => &[],
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Text(_) | Self::Number(_) => self.bytes().is_empty(),
            Self::Date(_) | Self::Uncomputed | Self::ZeroFormula => false,
        }
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

/// What is remembered from row to row.
#[derive(Debug, Clone, Default)]
pub(super) struct RowMemory {
    pub(super) times: ForgivingTimeReader,
    pub(super) words: WordMemory,
    pub(super) above: RowAbove,
}

/// What became of the order in the row above: rows of its items may follow.
#[derive(Debug, Clone, Default)]
pub(super) enum RowAbove {
    /// There is none, or it is in the block before.
    #[default]
    Unknown,
    /// It is the last one that was accepted.
    Accepted,
    /// It was accepted and has been taken out.
    TakenOut(Box<MOrder>),
    /// It was left out or refused, with its number.
    Aside(String),
}

impl RowMemory {
    /// Keeps the last order before the rows are taken out.
    pub(super) fn hold_above(&mut self, out: &OrderBlock) {
        if matches!(self.above, RowAbove::Accepted)
            && let Some(order) = out.orders.last()
        {
            self.above = RowAbove::TakenOut(Box::new(*order));
        }
    }
}

/// What becomes of a row that is in order.
enum SoundRow {
    /// It is stored, with its refund where the row has one.
    Kept(Option<MRefund>),
    /// It is not WeChat Pay's.
    LeftOut(LeftOutReason),
}

impl Plan {
    /// Reads the row and appends it to `out`.
    pub(super) fn convert<C: Cells>(
        &self,
        cells: &C,
        row: RowRef,
        memory: &mut RowMemory,
        out: &mut OrderBlock,
    ) -> Result<(), BadCell> {
        let mut reader = OrderRowReader::new(self, cells, memory);
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
                    None => Ok(SoundRow::Kept(None)),
                };
                let has_fraction = reader.has_fraction;
                let is_elsewhere = reader.is_refunded_elsewhere;
                match read {
                    Ok(SoundRow::Kept(refund)) => {
                        reader.memory.above = RowAbove::Accepted;
                        if let Some(order) = out.orders.last() {
                            out.stats.accept_order(order);
                        }
                        if has_fraction {
                            out.stats.note_fraction();
                        }
                        if is_elsewhere {
                            out.stats.note_refund_elsewhere();
                        }
                        out.refunds.extend(refund);
                    }
                    Ok(SoundRow::LeftOut(reason)) => {
                        out.orders.truncate(known);
                        let number = reader.any_number();
                        reader.memory.above = RowAbove::Aside(number.clone());
                        out.leave_out(row, number, reason);
                    }
                    Err(bad) => {
                        out.orders.truncate(known);
                        return Err(bad);
                    }
                }
            }
            RecordKind::Refunds => {
                if let Some(word) = reader.other_channel()? {
                    let number = reader.any_number();
                    out.leave_out(row, number, LeftOutReason::Channel(word));
                    return Ok(());
                }
                if let Some(word) = reader.no_refund() {
                    let number = reader.any_number();
                    out.leave_out(row, number, LeftOutReason::NoRefund(word));
                    return Ok(());
                }
                if reader.is_unsent_refund() {
                    let number = reader.any_number();
                    out.leave_out(row, number, LeftOutReason::Unnumbered);
                    return Ok(());
                }
                let refund = reader.refund(row)?;
                if refund.amount == Fen::ZERO {
                    let number = reader.any_number();
                    out.leave_out(row, number, LeftOutReason::ZeroRefund);
                    return Ok(());
                }
                out.stats.accept(refund.amount, refund.time());
                if reader.has_fraction {
                    out.stats.note_fraction();
                }
                out.refunds.push(refund);
            }
        }
        Ok(())
    }
}

/// True for what WeChat Pay takes as 商户订单号 and no word of a total: letters, digits and signs of ASCII, a digit among them.
fn is_order_number(number: &OutTradeNo) -> bool {
    let bytes = number.as_bytes();
    bytes.iter().all(u8::is_ascii_graphic) && bytes.iter().any(u8::is_ascii_digit)
}

/// True for an order whose payment never came.
const fn was_never_paid(order: &MOrder) -> bool {
    matches!(
        order.pay_status,
        PayStatus::Created | PayStatus::Paying | PayStatus::Closed | PayStatus::Failed
    ) && order.paid_at.is_none()
}

/// Reads the cells of one row; see `row_cells.rs` for single cells and `row_state.rs` for states.
pub(super) struct OrderRowReader<'a, C> {
    pub(super) plan: &'a Plan,
    pub(super) cells: &'a C,
    pub(super) memory: &'a mut RowMemory,
    /// The amount is written with a fraction.
    pub(super) has_fraction: bool,
    /// The refund of the order went back by other means than WeChat Pay.
    pub(super) is_refunded_elsewhere: bool,
}

impl<'a, C: Cells> OrderRowReader<'a, C> {
    pub(super) const fn new(plan: &'a Plan, cells: &'a C, memory: &'a mut RowMemory) -> Self {
        Self {
            plan,
            cells,
            memory,
            has_fraction: false,
            is_refunded_elsewhere: false,
        }
    }
}

impl<C: Cells> OrderRowReader<'_, C> {
    fn order(&mut self, row: RowRef, order: &mut MOrder) -> Result<SoundRow, BadCell> {
        if let Some(word) = self.outgoing() {
            return Ok(SoundRow::LeftOut(LeftOutReason::Outgoing(word)));
        }
        match self.other_channel() {
            // Whose an order would have been matters only once it is paid: WeChat Pay may have its payment all the same.
            Ok(Some(word)) => match self.order_of(row, order, None) {
                Ok(SoundRow::Kept(refund)) if was_never_paid(order) => Ok(SoundRow::Kept(refund)),
                _ => Ok(SoundRow::LeftOut(LeftOutReason::Channel(word))),
            },
            Ok(None) => self.order_of(row, order, None),
            Err(bad) => self.order_of(row, order, Some(bad)),
        }
    }

    /// Reads an order; `unknown` says why nobody knows whose payment it is.
    fn order_of(
        &mut self,
        row: RowRef,
        order: &mut MOrder,
        unknown: Option<BadCell>,
    ) -> Result<SoundRow, BadCell> {
        if let Err(bad) = self.needed_id(Column::OutTradeNo, &mut order.out_trade_no) {
            return self.unnumbered(bad);
        }
        self.id(Column::OrderNo, &mut order.order_no)?;
        if order.order_no.is_empty() {
            order.order_no = order.out_trade_no.widen();
        }
        let words = self.words()?;
        order.fulfilled_at = self.time(Column::FulfilledAt)?;
        self.id(Column::TransactionId, &mut order.transaction_id)?;
        order.appid = self.text(Column::Appid)?;
        order.sub_mch_id = self.text(Column::SubMchid)?;
        let no_amount = match self.amount(Column::Amount) {
            Ok(amount) => {
                let parts = self.paid_parts();
                let part = parts.filter(|parts| parts.is_exact || parts.all == amount);
                order.amount = part.map_or(amount, |part| part.wechat);
                None
            }
            // A list of what is to be paid has no sum where nothing was.
            Err(bad) => Some(bad),
        };
        order.is_cny = self.is_cny()?;
        let created = self.time(Column::CreatedAt)?;
        order.paid_at = self.time(Column::PaidAt)?;
        order.closed_at = self.time(Column::ClosedAt)?;
        let shape = self.plan.refund_shape;
        if shape == RefundShape::RunningTotal {
            order.refund_total = self
                .optional_amount(Column::RefundAmount)?
                .or(Some(Fen::ZERO));
            self.id(Column::RefundNo, &mut order.refund_no)?;
            order.refund_at = self.time(Column::RefundAt)?;
            if words.is_refund_refused() && !self.plan.refund_sum_is_done {
                // The sum is what was asked for.
                order.refund_total = Some(Fen::ZERO);
                order.refund_no = OutRefundNo::EMPTY;
                order.refund_at = None;
            }
        }
        self.enter_state(&words, order)?;
        self.enter_refund_elsewhere(order);
        self.enter_void(order);
        if let Some(bad) = unknown.filter(|_| !was_never_paid(order)) {
            return Err(bad);
        }
        order.row = row;
        order.created_at = match created.or(order.paid_at) {
            Some(time) => time,
            // A list of payments has no time for what was not paid: a payment may name the order all the same.
            None if self.plan.slot(Column::CreatedAt).is_none() && !order.pay_status.is_paid() => {
                if no_amount.is_some() || !is_order_number(&order.out_trade_no) {
                    return Ok(SoundRow::LeftOut(LeftOutReason::Untimed));
                }
                MOrder::NO_TIME
            }
            None => return Err(BadCell::new(Column::CreatedAt, RowReason::Missing)),
        };
        if let Some(bad) = no_amount {
            // What was never paid has no sum in many lists; a payment that comes all the same must find its order.
            if bad.reason != RowReason::Missing || !was_never_paid(order) {
                return Err(bad);
            }
            order.amount = Fen::ZERO;
        }
        let went_back = order.refund_total.is_some_and(|total| total > Fen::ZERO);
        if order.amount == Fen::ZERO && order.pay_status.is_paid() && went_back {
            return Err(BadCell::new(Column::Amount, RowReason::NetOfRefund));
        }
        if order.amount == Fen::ZERO && order.pay_status.is_paid() {
            return Ok(SoundRow::LeftOut(LeftOutReason::Zero));
        }
        let refund = match shape {
            RefundShape::None | RefundShape::RunningTotal => None,
            RefundShape::PerRefund => self.refund_of(order, &words)?,
        };
        Ok(SoundRow::Kept(refund))
    }

    /// A row without a number: an order that waits for its payment or was cancelled before it has none in many shops.
    fn unnumbered(&mut self, bad: BadCell) -> Result<SoundRow, BadCell> {
        let is_unpaid = bad.reason == RowReason::Missing
            && self.words().is_ok_and(|words| words.says_unpaid())
            && matches!(self.time(Column::PaidAt), Ok(None))
            && (matches!(self.time(Column::CreatedAt), Ok(Some(_)))
                || !self
                    .cell(Column::OrderNo)
                    .is_none_or(|cell| cell.is_empty()));
        if is_unpaid {
            Ok(SoundRow::LeftOut(LeftOutReason::Unnumbered))
        } else {
            Err(bad)
        }
    }

    /// True for a row of a list of refunds that WeChat Pay has not got: refused, withdrawn or under review, without a
    /// number or a sum of its own.
    pub(super) fn is_unsent_refund(&mut self) -> bool {
        let Ok(words) = self.words() else {
            return false;
        };
        let all = [words.order, words.payment, words.delivery, words.refund];
        let status = all.iter().find_map(|word| word.refund);
        let is_open = matches!(
            status,
            Some(RefundStatus::Processing | RefundStatus::Closed)
        );
        let mut number = OutRefundNo::EMPTY;
        let lacks_number = self.id(Column::OutRefundNo, &mut number).is_ok() && number.is_empty();
        let lacks_sum = matches!(
            self.amount(Column::Amount),
            Err(BadCell {
                reason: RowReason::Missing,
                ..
            })
        );
        is_open && (lacks_number || lacks_sum) && matches!(self.time(Column::SucceededAt), Ok(None))
    }

    /// The refund on the row of an order, where there is one.
    fn refund_of(&mut self, order: &MOrder, words: &RowWords) -> Result<Option<MRefund>, BadCell> {
        let mut out_refund_no = OutRefundNo::EMPTY;
        self.id(Column::RefundNo, &mut out_refund_no)?;
        if out_refund_no.is_empty() {
            return Ok(None);
        }
        let succeeded_at = self.time(Column::RefundAt)?;
        let status = match self.canonical(Column::RefundStatus, RefundStatus::parse)? {
            Some(status) => status,
            None if succeeded_at.is_some() => RefundStatus::Success,
            None if words.is_refund_refused() => RefundStatus::Closed,
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
        let said = match self.plan.rules.first() {
            Some(_) => {
                let words = self.words()?;
                let all = [words.order, words.payment, words.delivery, words.refund];
                all.iter().find_map(|word| word.refund)
            }
            None => self.canonical(Column::Status, RefundStatus::parse)?,
        };
        let status = match said {
            Some(status) => status,
            None if succeeded_at.is_some() => RefundStatus::Success,
            None => RefundStatus::Processing,
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
}
