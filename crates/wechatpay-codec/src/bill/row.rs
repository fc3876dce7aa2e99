//! From one line to one typed row.
//!
//! A row is used whole or not at all: when one needed cell cannot be read, the row is quarantined with its raw line and
//! none of its amounts enters a sum.

use super::block::{BillBlock, DayCount, MerchantCount, RowFault, Sums};
use super::cell::{RateReader, TimeReader, id};
use super::column::BillColumn;
use super::cut::{Cuts, cut};
use super::layout::Layout;
use super::money_cell;
use recondesk_domain::{
    AppId, BillRefundState, BillState, Fee, Fen, Instant, MchId, MoneyError, RowRef, Text,
    TradeType, TransactionId, WPay, WRefund,
};

/// What is wrong with a row, and in which column.
pub(super) type ColumnFault = (RowFault, Option<BillColumn>);

pub(super) struct RowReader<'a> {
    pub(super) layout: &'a Layout,
    import: u32,
    pub(super) out: &'a mut BillBlock,
    cuts: Cuts,
    times: TimeReader,
    refund_times: TimeReader,
    rates: RateReader,
    appid: AppId,
    merchant: MchId,
    merchant_rows: u64,
    merchant_line: u32,
    day: DayRun,
}

/// The day of the rows at hand, counted here before it goes into the map of days.
#[derive(Default)]
struct DayRun {
    start: i64,
    end: i64,
    pays: u64,
    pay_line: u32,
    refunds: u64,
    refund_line: u32,
}

impl<'a> RowReader<'a> {
    pub(super) fn new(layout: &'a Layout, import: u32, out: &'a mut BillBlock) -> Self {
        Self {
            layout,
            import,
            out,
            cuts: Cuts::new(),
            times: TimeReader::default(),
            refund_times: TimeReader::default(),
            rates: RateReader::new(),
            appid: AppId::EMPTY,
            merchant: MchId::EMPTY,
            merchant_rows: 0,
            merchant_line: 0,
            day: DayRun::default(),
        }
    }

    #[inline]
    fn range(&self, text: &[u8], column: BillColumn) -> (usize, usize) {
        self.cuts.range(text, self.layout.place(column))
    }

    #[inline]
    fn cell<'t>(&self, text: &'t [u8], column: BillColumn) -> &'t [u8] {
        self.cuts.cell(text, self.layout.place(column))
    }

    /// Reads an identifier into its place.
    #[inline]
    fn id<const N: usize>(
        &self,
        text: &[u8],
        column: BillColumn,
        slot: &mut Text<N>,
    ) -> Result<(), ColumnFault> {
        let range = self.range(text, column);
        id(text, range, slot).map_err(|fault| (fault, Some(column)))
    }

    /// The same for one that must not be empty.
    #[inline]
    fn key<const N: usize>(
        &self,
        text: &[u8],
        column: BillColumn,
        slot: &mut Text<N>,
    ) -> Result<(), ColumnFault> {
        self.id(text, column, slot)?;
        if slot.is_empty() {
            return Err((RowFault::EmptyId, Some(column)));
        }
        Ok(())
    }

    /// Money that must be there if the column is.
    #[inline]
    fn money(&self, text: &[u8], column: BillColumn) -> Result<Fen, ColumnFault> {
        let (start, end) = self.range(text, column);
        money_cell::fen(text, start, end).map_err(|why| (RowFault::Money(why), Some(column)))
    }

    /// Money that may be left empty, or lack its column.
    #[inline]
    fn money_or_none(&self, text: &[u8], column: BillColumn) -> Result<Fen, ColumnFault> {
        let (start, end) = self.range(text, column);
        if start >= end {
            return Ok(Fen::ZERO);
        }
        self.money(text, column)
    }

    /// Reads one row: the first `len` bytes of `text`.
    pub(super) fn row(
        &mut self,
        text: &[u8],
        len: usize,
        line: u32,
        offset: u64,
    ) -> Result<(), ColumnFault> {
        cut(self.layout, text, len, &mut self.cuts).map_err(|fault| (fault, None))?;
        let time = self
            .times
            .read(self.cell(text, BillColumn::Time))
            .ok_or((RowFault::Time, Some(BillColumn::Time)))?;
        let row = RowRef {
            import: self.import,
            line,
            offset,
        };
        let sums = self.amounts(text)?;
        match self.cell(text, BillColumn::State) {
            b"SUCCESS" => self.pay(text, BillState::Success, sums, (time, row)),
            b"REFUND" => self.refund(text, time, sums, row),
            other => {
                let state = match other.trim_ascii() {
                    b"SUCCESS" => BillState::Success,
                    b"REFUND" => return self.refund(text, time, sums, row),
                    b"REVOKED" => BillState::Revoked,
                    _ => BillState::Unknown,
                };
                self.pay(text, state, sums, (time, row))
            }
        }
    }

    /// All money cells of a row.
    #[inline]
    fn amounts(&self, text: &[u8]) -> Result<Sums, ColumnFault> {
        let settled = self.money(text, BillColumn::Settled)?;
        let refunded = self.money_or_none(text, BillColumn::Refunded)?;
        let amount = if self.layout.has(BillColumn::Amount) {
            self.money(text, BillColumn::Amount)?
        } else {
            settled
        };
        let refund_asked = if self.layout.has(BillColumn::RefundAsked) {
            self.money_or_none(text, BillColumn::RefundAsked)?
        } else {
            refunded
        };
        let (start, end) = self.range(text, BillColumn::Fee);
        let fee = if start >= end {
            Fee::ZERO
        } else {
            money_cell::fee(text, start, end)
                .map_err(|why| (RowFault::Money(why), Some(BillColumn::Fee)))?
        };
        Ok(Sums {
            settled,
            coupon: self.money_or_none(text, BillColumn::Coupon)?,
            refunded,
            refund_coupon: self.money_or_none(text, BillColumn::RefundCoupon)?,
            fee,
            amount,
            refund_asked,
        })
    }

    #[inline]
    fn pay(
        &mut self,
        text: &[u8],
        state: BillState,
        sums: Sums,
        (time, row): (Instant, RowRef),
    ) -> Result<(), ColumnFault> {
        self.appid(text)?;
        let mut pay = WPay {
            out_trade_no: Text::EMPTY,
            transaction_id: Text::EMPTY,
            appid: self.appid,
            sub_mch_id: Text::EMPTY,
            time,
            product: TradeType::read(self.cell(text, BillColumn::TradeType).trim_ascii()),
            state,
            is_cny: self.is_cny(text),
            amount: sums.amount,
            settled: sums.settled,
            coupon: sums.coupon,
            fee: sums.fee,
            rate: self.rate(text),
            row,
        };
        self.key(text, BillColumn::OutTradeNo, &mut pay.out_trade_no)?;
        self.key(text, BillColumn::TransactionId, &mut pay.transaction_id)?;
        whole_number(&pay.transaction_id)?;
        self.sub_merchant(text, &mut pay.sub_mch_id)?;
        self.count(text, (time, row.line), &sums, true)?;
        let tally = &mut self.out.tally;
        match state {
            BillState::Success => tally.success_rows += 1,
            BillState::Revoked => tally.revoked_rows += 1,
            BillState::Refund | BillState::Unknown => {
                tally.unknown_state_rows += 1;
                self.unknown(text, BillColumn::State);
            }
        }
        let tally = &mut self.out.tally;
        let quarter = usize::try_from((time.unix() - self.day.start) / 900).unwrap_or(0);
        if let Some(count) = tally.quarter_hours.0.get_mut(quarter) {
            *count += 1;
        }
        tally.bounds.check_pay(&pay, &sums);
        self.out.pays.push(pay);
        Ok(())
    }

    #[inline]
    fn rate(&mut self, text: &[u8]) -> i32 {
        let place = self.layout.place(BillColumn::Rate);
        self.rates.read(self.cuts.cell(text, place))
    }

    fn refund(
        &mut self,
        text: &[u8],
        time: Instant,
        sums: Sums,
        row: RowRef,
    ) -> Result<(), ColumnFault> {
        // 交易时间 of a REFUND bill may be the time of the payment; what decides the day is 退款申请时间.
        let place = self.layout.place(BillColumn::RefundRequested);
        let asked = self.cuts.cell(text, place);
        let time = if matches!(asked, b"" | b"0") {
            time
        } else {
            self.refund_times
                .read(asked)
                .ok_or((RowFault::Time, Some(BillColumn::RefundRequested)))?
        };
        for column in [BillColumn::Refunded, BillColumn::RefundAsked] {
            if self.layout.has(column) && self.cell(text, column).is_empty() {
                return Err((RowFault::Money(MoneyError::Empty), Some(column)));
            }
        }
        let state = refund_state(self.cell(text, BillColumn::RefundState));
        self.appid(text)?;
        let mut refund = WRefund {
            out_refund_no: Text::EMPTY,
            refund_id: Text::EMPTY,
            out_trade_no: Text::EMPTY,
            transaction_id: Text::EMPTY,
            appid: self.appid,
            sub_mch_id: Text::EMPTY,
            time,
            state,
            is_cny: self.is_cny(text),
            amount: sums.refund_asked,
            settled: sums.refunded,
            coupon: sums.refund_coupon,
            fee: sums.fee,
            rate: self.rate(text),
            row,
        };
        self.refund_key(text, BillColumn::OutRefundNo, &mut refund.out_refund_no)?;
        self.refund_key(text, BillColumn::RefundId, &mut refund.refund_id)?;
        self.key(text, BillColumn::OutTradeNo, &mut refund.out_trade_no)?;
        self.key(text, BillColumn::TransactionId, &mut refund.transaction_id)?;
        whole_number(&refund.transaction_id)?;
        self.sub_merchant(text, &mut refund.sub_mch_id)?;
        self.count(text, (time, row.line), &sums, false)?;
        if state == BillRefundState::Unknown {
            self.unknown(text, BillColumn::RefundState);
        }
        self.out.tally.refund_rows += 1;
        self.out.tally.bounds.check_refund(&refund, &sums);
        self.out.refunds.push(refund);
        Ok(())
    }

    fn refund_key<const N: usize>(
        &self,
        text: &[u8],
        column: BillColumn,
        slot: &mut Text<N>,
    ) -> Result<(), ColumnFault> {
        self.key(text, column, slot)?;
        if slot.as_bytes() == b"0" {
            return Err((RowFault::EmptyId, Some(column)));
        }
        Ok(())
    }

    /// Brings `self.appid` up to this row; most rows have that of the row before.
    #[inline]
    fn appid(&mut self, text: &[u8]) -> Result<(), ColumnFault> {
        let range = self.range(text, BillColumn::AppId);
        if text.get(range.0..range.1) != Some(self.appid.as_bytes()) {
            id(text, range, &mut self.appid).map_err(|fault| (fault, Some(BillColumn::AppId)))?;
        }
        Ok(())
    }

    #[inline]
    fn sub_merchant(&self, text: &[u8], slot: &mut MchId) -> Result<(), ColumnFault> {
        match self.cell(text, BillColumn::SubMchId) {
            b"" | b"0" => Ok(()),
            _ => self.id(text, BillColumn::SubMchId, slot),
        }
    }

    #[inline]
    fn is_cny(&self, text: &[u8]) -> bool {
        match self.cell(text, BillColumn::Currency) {
            b"CNY" => true,
            // Bills without the column are older than any other currency.
            other => other.trim_ascii() == b"CNY" || !self.layout.has(BillColumn::Currency),
        }
    }

    /// Counts a row that is otherwise read; the last thing that can refuse it.
    #[inline]
    fn count(
        &mut self,
        text: &[u8],
        (time, line): (Instant, u32),
        sums: &Sums,
        is_pay: bool,
    ) -> Result<(), ColumnFault> {
        let (start, end) = self.range(text, BillColumn::MchId);
        if text.get(start..end) != Some(self.merchant.as_bytes()) || self.merchant_rows == 0 {
            let mut merchant = MchId::EMPTY;
            self.key(text, BillColumn::MchId, &mut merchant)?;
            self.flush_merchant();
            (self.merchant, self.merchant_line) = (merchant, line);
        }
        let Some(total) = self.out.tally.sums.checked_add(sums) else {
            return Err((RowFault::SumRange, None));
        };
        self.out.tally.sums = total;
        self.merchant_rows += 1;
        if time.unix() < self.day.start || time.unix() >= self.day.end {
            self.flush_day();
            let day = time.day();
            self.day = DayRun {
                start: day.start().unix(),
                end: day.end().unix(),
                ..DayRun::default()
            };
        }
        let (rows, first) = if is_pay {
            (&mut self.day.pays, &mut self.day.pay_line)
        } else {
            (&mut self.day.refunds, &mut self.day.refund_line)
        };
        if *rows == 0 {
            *first = line;
        }
        *rows += 1;
        let tally = &mut self.out.tally;
        tally.first_time = Some(tally.first_time.map_or(time, |first| first.min(time)));
        tally.last_time = Some(tally.last_time.map_or(time, |last| last.max(time)));
        Ok(())
    }

    #[cold]
    fn unknown(&mut self, text: &[u8], column: BillColumn) {
        let cell = self.cell(text, column);
        let word = String::from_utf8_lossy(cell.get(..64).unwrap_or(cell)).into_owned();
        self.out.tally.note_unknown(column, word, 1);
    }

    fn flush_merchant(&mut self) {
        if self.merchant_rows > 0 {
            self.out.tally.note_merchant(MerchantCount {
                mch_id: self.merchant,
                rows: self.merchant_rows,
                first_line: self.merchant_line,
            });
            self.merchant_rows = 0;
        }
    }

    fn flush_day(&mut self) {
        let DayRun {
            start,
            pays,
            pay_line,
            refunds,
            refund_line,
            ..
        } = self.day;
        if pays + refunds > 0 {
            let day = Instant::from_unix(start).day().number();
            self.out.tally.note_day(
                day,
                DayCount {
                    pays,
                    first_pay_line: pay_line,
                    refunds,
                    first_refund_line: refund_line,
                },
            );
        }
    }

    /// Counts what was held back.
    pub(super) fn finish(&mut self) {
        self.flush_merchant();
        self.flush_day();
    }
}

/// Spreadsheets keep fifteen digits of a number and write zeros for the rest. WeChat Pay's own numbers have 28 digits,
/// the day of payment among them, and never end in that many zeros; numbers of merchants may.
#[inline]
fn whole_number(number: &TransactionId) -> Result<(), ColumnFault> {
    let bytes = number.as_bytes();
    if bytes.last() != Some(&b'0') {
        return Ok(());
    }
    let is_cut = bytes.len() >= 24
        && bytes
            .get(15..)
            .is_some_and(|rest| rest.iter().all(|b| *b == b'0'));
    if is_cut {
        return Err((RowFault::Spreadsheet, Some(BillColumn::TransactionId)));
    }
    Ok(())
}

fn refund_state(cell: &[u8]) -> BillRefundState {
    match cell.trim_ascii() {
        b"SUCCESS" => BillRefundState::Success,
        b"PROCESSING" => BillRefundState::Processing,
        b"FAIL" => BillRefundState::Fail,
        b"CHANGE" => BillRefundState::Change,
        _ => BillRefundState::Unknown,
    }
}
