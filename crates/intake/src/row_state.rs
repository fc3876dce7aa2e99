//! What the columns of states of one row say together: paid, delivered, returned, whose payment it is.

use super::block::BadCell;
use super::candidates::is_void;
use super::channel_parts::{self, PaidParts};
use super::names;
use super::row::{Cells, OrderRowReader};
use super::state_words::Meaning;
use super::value::{self, is_placeholder};
use super::yes_no::YesNo;
use super::{ChannelOwner, Column, RefundShape, RowReason, StateSubject, channel, direction};
use recondesk_domain::{Fen, FulfilStatus, MOrder, PayStatus, RefundStatus};

/// What the words of a row say.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RowWords {
    pub(super) order: Meaning,
    pub(super) payment: Meaning,
    pub(super) delivery: Meaning,
    pub(super) refund: Meaning,
    /// A word of the order's own column that says nothing of payment or delivery.
    is_neutral: bool,
}

impl RowWords {
    /// The state of the payment, as far as words say it.
    fn pay(&self) -> Option<PayStatus> {
        // Whoever writes of delivery in the order's own column writes of a paid order.
        let order = self
            .order
            .pay
            .or_else(|| self.order.fulfil.map(|_| PayStatus::Paid));
        match (self.payment.pay, order) {
            (Some(PayStatus::Paid), Some(end @ (PayStatus::Closed | PayStatus::Refunded))) => {
                Some(end)
            }
            (
                Some(PayStatus::Created | PayStatus::Paying | PayStatus::Failed),
                Some(PayStatus::Closed),
            ) => Some(PayStatus::Closed),
            (payment, order) => payment.or(order),
        }
    }

    fn fulfil(&self) -> Option<FulfilStatus> {
        self.delivery
            .fulfil
            .or(self.order.fulfil)
            .or(self.payment.fulfil)
    }

    /// True when a word says that all the money went back. A mapping of orders writes that as the payment's state.
    pub(super) fn is_returned(&self) -> bool {
        self.refund.pay == Some(PayStatus::Refunded)
            || [self.refund, self.order].iter().any(|word| {
                word.refund == Some(RefundStatus::Success) && !word.in_part && !word.is_unsure
            })
    }

    /// True when a refund was asked for, or an after-sales case was closed that may have been one.
    fn tells_unsized_refund(&self) -> bool {
        let asked =
            self.order.refund == Some(RefundStatus::Processing) && self.order.fulfil.is_some();
        asked
            || self.is_returning()
            || self.pay() == Some(PayStatus::Refunding)
            || (self.refund.is_unsure && self.refund.refund == Some(RefundStatus::Success))
    }

    /// True when a column of refunds says anything.
    pub(super) fn tells_refund(&self) -> bool {
        self.refund != Meaning::NOTHING
    }

    /// True when a word says that the payment has not come, or was given up.
    pub(super) fn says_unpaid(&self) -> bool {
        matches!(
            self.pay(),
            Some(PayStatus::Created | PayStatus::Paying | PayStatus::Closed | PayStatus::Failed)
        )
    }

    /// True when a word says that a refund was asked for and came to nothing.
    pub(super) fn is_refund_refused(&self) -> bool {
        self.refund.refund == Some(RefundStatus::Closed)
    }

    /// True when a word says that money is on its way back.
    fn is_returning(&self) -> bool {
        self.refund.refund == Some(RefundStatus::Processing)
            || self.refund.pay == Some(PayStatus::Refunding)
    }
}

impl<C: Cells> OrderRowReader<'_, C> {
    /// Reads the words of all columns of states.
    pub(super) fn words(&mut self) -> Result<RowWords, BadCell> {
        let mut out = RowWords::default();
        let plan = self.plan;
        for (place, rule) in plan.rules.iter().enumerate() {
            let cell = self.cells.get(rule.slot);
            let bytes = cell.bytes();
            let is_empty = bytes.is_empty() && !rule.has_empty_word();
            if is_empty {
                continue;
            }
            let said = self
                .memory
                .words
                .meaning(place, rule, (bytes, plan.encoding));
            let meaning = match said {
                Some(meaning) => meaning,
                None if is_placeholder(&plan.encoding.decode_lossy(bytes)) => continue,
                // How far a document is checked matters little where the payment has a column of its own.
                None if rule.is_of_process && plan.tells_payment() => continue,
                None if rule.is_of_checking && plan.slot(Column::PaidAt).is_some() => {
                    out.is_neutral = true;
                    continue;
                }
                None => {
                    return Err(BadCell {
                        column: Column::PayStatus,
                        slot: Some(rule.slot),
                        reason: RowReason::UnmappedWord,
                    });
                }
            };
            match rule.about {
                StateSubject::Order => {
                    out.is_neutral = meaning == Meaning::NOTHING;
                    out.order = meaning;
                }
                StateSubject::Payment => out.payment = meaning,
                StateSubject::Delivery => out.delivery = meaning,
                StateSubject::Refund => out.refund = meaning,
            }
        }
        Ok(out)
    }

    /// Enters what words, canonical columns and times say of payment and delivery. Times and refunds are known.
    pub(super) fn enter_state(
        &mut self,
        words: &RowWords,
        order: &mut MOrder,
    ) -> Result<(), BadCell> {
        let by_column = self.canonical(Column::PayStatus, PayStatus::parse)?;
        order.pay_status = match words.pay().or(by_column) {
            Some(pay) => pay,
            // A word such as 已审核 says nothing of money: the time of payment does.
            None if words.is_neutral && order.paid_at.is_some() => PayStatus::Paid,
            None if self.plan.says_payment => {
                let reason = if words.is_neutral {
                    RowReason::UnmappedWord
                } else {
                    RowReason::Missing
                };
                return Err(BadCell {
                    column: Column::PayStatus,
                    slot: self.plan.payment_slot(),
                    reason,
                });
            }
            None if self.plan.mapping.all_paid || order.paid_at.is_some() => PayStatus::Paid,
            None if order.closed_at.is_some() => PayStatus::Closed,
            None => PayStatus::Created,
        };
        let is_returned = match (order.pay_status, order.refund_total) {
            // Shops call an order closed after a refund in full.
            (PayStatus::Closed, Some(total)) => {
                order.paid_at.is_some() && total != Fen::ZERO && total >= order.amount
            }
            (PayStatus::Closed, None) => order.paid_at.is_some() && words.is_returned(),
            (PayStatus::Paid, None) => words.is_returned(),
            // Returned, and the cell of the sum is left empty.
            (PayStatus::Paid, Some(total)) => {
                total == Fen::ZERO && words.is_returned() && !self.tells_refund_sum()
            }
            _ => false,
        };
        if is_returned {
            order.pay_status = PayStatus::Refunded;
        }
        let told = order.refund_total.is_some_and(|total| total > Fen::ZERO);
        if told && order.pay_status == PayStatus::Refunding {
            order.pay_status = PayStatus::Paid;
        } else if order.pay_status == PayStatus::Paid
            && !told
            && (words.tells_unsized_refund() && self.is_refund_unnumbered()
                || self.is_refund_without_sum())
        {
            order.pay_status = PayStatus::Refunding;
        }
        let by_column = self.canonical(Column::FulfilStatus, |word| {
            FulfilStatus::parse(word).filter(|status| *status != FulfilStatus::NotKnown)
        })?;
        order.fulfil_status = words
            .fulfil()
            .or(by_column)
            .unwrap_or_else(|| self.fulfilment(order));
        let is_returning = words.is_returning() || words.pay() == Some(PayStatus::Refunding);
        if is_returning && order.fulfil_status == FulfilStatus::Pending {
            // Nothing is to be delivered while the money is on its way back.
            order.fulfil_status = FulfilStatus::NotRequired;
        }
        Ok(())
    }

    /// True when the row has the number or the time of a refund, and the file has no column of its sum.
    fn is_refund_without_sum(&mut self) -> bool {
        const SHORTEST: usize = 4;
        if self.plan.refund_shape != RefundShape::None {
            return false;
        }
        let number = self.cell(Column::RefundNo);
        let has_number = number.is_some_and(|cell| {
            let number = self.plan.encoding.decode_lossy(cell.bytes());
            number.trim().len() >= SHORTEST && !is_placeholder(&number)
        });
        has_number || matches!(self.time(Column::RefundAt), Ok(Some(_)))
    }

    /// True when no cell of the row names its refund: one that does is a refund of the merchant's list.
    fn is_refund_unnumbered(&self) -> bool {
        let number = self.cell(Column::RefundNo);
        number.is_none_or(|cell| cell.bytes().is_empty())
    }

    /// True when the cell of the refunded sum says something, if only zero.
    fn tells_refund_sum(&self) -> bool {
        let sum = self.cell(Column::RefundAmount);
        sum.is_some_and(|cell| !is_placeholder(&self.plan.encoding.decode_lossy(cell.bytes())))
    }

    /// What the time of fulfilment, or its lack, says where no word does.
    fn fulfilment(&self, order: &MOrder) -> FulfilStatus {
        let has_time = self.plan.slot(Column::FulfilledAt).is_some();
        // Not known is an order without such a column; a paid one with an empty cell lacks its goods.
        let has_status =
            self.plan.slot(Column::FulfilStatus).is_some() || self.plan.has_delivery_rule();
        match order.fulfilled_at {
            Some(_) => FulfilStatus::Fulfilled,
            None if has_time || (has_status && order.pay_status.is_paid()) => FulfilStatus::Pending,
            None => FulfilStatus::NotKnown,
        }
    }

    /// The word of the file where the row is of money that went back.
    pub(super) fn outgoing(&self) -> Option<String> {
        [Column::Direction, Column::TradeType]
            .into_iter()
            .find_map(|column| {
                let cell = self.cell(column)?;
                direction::outgoing(cell.bytes(), self.plan.encoding)
            })
    }

    /// The word of the file where the row of a list of refunds is none.
    pub(super) fn no_refund(&self) -> Option<String> {
        let cell = self.cell(Column::TradeType)?;
        direction::no_refund(cell.bytes(), self.plan.encoding)
    }

    /// An order whose money went back in cash or by another means: the payment of WeChat Pay stands, nothing is to be
    /// delivered, and nothing to be refunded once more.
    pub(super) fn enter_refund_elsewhere(&mut self, order: &mut MOrder) {
        let word = match self.cell(Column::RefundChannel) {
            Some(cell) if !cell.bytes().is_empty() => self.plan.encoding.decode_lossy(cell.bytes()),
            _ => return,
        };
        // A card is where WeChat Pay's own refunds go.
        let is_other = !channel::is_way_back(&word)
            && !word.contains('卡')
            && channel::owner_of(&word) == Some(ChannelOwner::Other);
        let went = order.refund_total.is_some_and(|total| total > Fen::ZERO);
        let is_back = went || order.pay_status == PayStatus::Refunded;
        if !is_other || !is_back {
            return;
        }
        let is_whole = order.pay_status != PayStatus::Paid
            || order
                .refund_total
                .is_some_and(|total| total >= order.amount);
        order.refund_total = order.refund_total.map(|_| Fen::ZERO);
        order.refund_no = recondesk_domain::OutRefundNo::EMPTY;
        order.refund_at = None;
        order.pay_status = PayStatus::Paid;
        if is_whole && order.fulfil_status == FulfilStatus::Pending {
            order.fulfil_status = FulfilStatus::NotRequired;
        }
        self.is_refunded_elsewhere = true;
    }

    /// An order that a flag calls cancelled is closed, whatever its times say; one whose money went back stays refunded.
    pub(super) fn enter_void(&self, order: &mut MOrder) {
        let Some(cell) = self.cell(Column::Void).filter(|cell| !cell.is_empty()) else {
            return;
        };
        let word = self.plan.encoding.decode_lossy(cell.bytes());
        let source = self.plan.mapping.columns.get(&Column::Void);
        let is_void = if source.is_some_and(|header| names::says_valid(header)) {
            YesNo::read(&word) == Some(YesNo::No)
        } else {
            is_void(&word)
        };
        if is_void && order.pay_status != PayStatus::Refunded {
            order.pay_status = PayStatus::Closed;
        }
    }

    /// Whose payment the row is; the word of the file where it is another's.
    pub(super) fn other_channel(&mut self) -> Result<Option<String>, BadCell> {
        let plan = self.plan;
        let by_number = {
            let cell = self.cell(Column::TransactionId);
            let number = cell.as_ref().map(|cell| value::bare_id(cell.bytes()));
            number.and_then(channel::owner_of_number)
        };
        let Some(slot) = plan.slot(Column::Channel) else {
            let is_other = by_number == Some(ChannelOwner::Other);
            return Ok(is_other.then(|| "支付宝".to_owned()));
        };
        let cells = self.cells;
        let cell = cells.get(slot);
        let bytes = cell.bytes();
        if bytes.is_empty() {
            return Ok(None);
        }
        if self
            .paid_parts()
            .is_some_and(|parts| parts.wechat > Fen::ZERO)
        {
            return Ok(None);
        }
        let said = self
            .memory
            .words
            .owner(&plan.channels, (bytes, plan.encoding));
        let word = || plan.encoding.decode_lossy(bytes).trim().to_owned();
        match said.or(by_number) {
            Some(ChannelOwner::Wechat) => Ok(None),
            Some(ChannelOwner::Other) => Ok(Some(word())),
            None if is_placeholder(&word()) => Ok(None),
            None => Err(BadCell {
                column: Column::Channel,
                slot: Some(slot),
                reason: RowReason::UnknownChannel,
            }),
        }
    }

    /// The sums of a cell of means of payment that has some.
    pub(super) fn paid_parts(&self) -> Option<PaidParts> {
        let cell = self.cell(Column::Channel)?;
        let bytes = cell.bytes();
        // Hardly any word of a shop has digits, and then nothing is looked at twice.
        if !bytes.iter().any(u8::is_ascii_digit) {
            return None;
        }
        let text = self.plan.encoding.decode_lossy(bytes);
        channel_parts::read(&text, self.plan.mapping.amount_unit)
    }

    /// A canonical word in any case of letters.
    pub(super) fn canonical<T>(
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
            .ok_or(BadCell::new(column, RowReason::UnmappedWord))
    }
}
