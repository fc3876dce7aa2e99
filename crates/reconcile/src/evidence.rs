//! What a run asks of the archive: the day's rows in key order, and random access to other days.
//!
//! The store implements this over its files; tests implement it over vectors.

use recondesk_domain::{
    BillDate, MOrder, MRefund, Message, OrderNo, OutRefundNo, OutTradeNo, TransactionId, WPay,
    WRefund,
};

/// The archive could not answer; the run stops and changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the archive cannot be read: {what}")]
pub struct EvidenceError {
    /// What was told of it.
    pub what: String,
    /// Why the place of the archive cannot be reached, where that is it: nothing is damaged then.
    pub unreachable: Option<Message>,
}

/// Rows one by one, or many at a time: rows are large, and each hand-over of one moves all of it.
pub trait RowStream<T>: Iterator<Item = Result<T, EvidenceError>> {
    /// Puts the next rows, and the fingerprints of their keys, into lists instead of what is there: some `most`,
    /// and none only at the end.
    ///
    /// # Errors
    /// [`EvidenceError`] if the archive cannot be read.
    fn next_rows(
        &mut self,
        most: usize,
        rows: &mut Vec<T>,
        prints: &mut Vec<u64>,
    ) -> Result<(), EvidenceError>;
}

/// Rows in ascending order of (fingerprint of the key, key, import, line).
pub type Stream<'a, T> = Box<dyn RowStream<T> + 'a>;

/// An order that stands in a merchant's file and not in the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetAsideOrder {
    /// The file.
    pub import: u32,
    /// Its line there.
    pub line: u32,
    /// True for a row that was refused; false for one that the file calls paid by other means.
    pub refused: bool,
}

/// The books of one merchant.
///
/// Where an order was imported more than once the newest version is meant, except that rows that
/// repeat inside one file are all delivered (they are P10).
pub trait Evidence {
    /// Payment rows of the bill of `day`, in order of `out_trade_no`.
    ///
    /// # Errors
    /// [`EvidenceError`] if the archive cannot be read; the same holds for all methods.
    fn pays(&self, day: BillDate) -> Result<Stream<'_, WPay>, EvidenceError>;

    /// Refund rows of the bill of `day`, in order of `out_refund_no`.
    ///
    /// # Errors
    /// As above.
    fn refunds(&self, day: BillDate) -> Result<Stream<'_, WRefund>, EvidenceError>;

    /// Merchant candidates of `day` (rule X2) in order of `out_trade_no`: paid on that day, or not
    /// paid, not final and created within `lookback_days` before its end.
    ///
    /// # Errors
    /// As above.
    fn orders(
        &self,
        day: BillDate,
        lookback_days: u32,
    ) -> Result<Stream<'_, MOrder>, EvidenceError>;

    /// Orders whose running total of refunds changed on `day`, in order of `out_trade_no`.
    ///
    /// # Errors
    /// As above.
    fn orders_refunded(&self, day: BillDate) -> Result<Vec<MOrder>, EvidenceError>;

    /// Merchant refunds (one row a refund) whose time lies in `day`, in order of `out_refund_no`.
    ///
    /// # Errors
    /// As above.
    fn merchant_refunds(&self, day: BillDate) -> Result<Stream<'_, MRefund>, EvidenceError>;

    /// The orders with these numbers, of any day, in the order asked.
    ///
    /// # Errors
    /// As above.
    fn orders_by_number(
        &self,
        numbers: &[OutTradeNo],
    ) -> Result<Vec<Option<MOrder>>, EvidenceError>;

    /// Every order of these numbers, of any day: sub-merchants of one service provider may use the same.
    ///
    /// # Errors
    /// As above.
    fn orders_of_numbers(&self, numbers: &[OutTradeNo]) -> Result<Vec<MOrder>, EvidenceError>;

    /// The orders that carry these WeChat Pay numbers, of any day, in the order asked.
    ///
    /// # Errors
    /// As above.
    fn orders_by_transaction(
        &self,
        numbers: &[TransactionId],
    ) -> Result<Vec<Option<MOrder>>, EvidenceError>;

    /// Every order of these business orders, of any day, where the business number is not the
    /// `out_trade_no` itself.
    ///
    /// # Errors
    /// As above.
    fn orders_of_business(&self, numbers: &[OrderNo]) -> Result<Vec<MOrder>, EvidenceError>;

    /// Payment rows with these numbers in all verified bills up to and including `up_to`.
    ///
    /// # Errors
    /// As above.
    fn pays_by_number(
        &self,
        numbers: &[OutTradeNo],
        up_to: BillDate,
    ) -> Result<Vec<(BillDate, WPay)>, EvidenceError>;

    /// Refund rows of these orders in all verified bills up to and including `up_to`.
    ///
    /// # Errors
    /// As above.
    fn refunds_of_orders(
        &self,
        numbers: &[OutTradeNo],
        up_to: BillDate,
    ) -> Result<Vec<(BillDate, WRefund)>, EvidenceError>;

    /// Merchant refunds with these numbers, of any day, in the order asked.
    ///
    /// # Errors
    /// As above.
    fn merchant_refunds_by_number(
        &self,
        numbers: &[OutRefundNo],
    ) -> Result<Vec<Option<MRefund>>, EvidenceError>;

    /// Merchant refunds of these orders, of any day.
    ///
    /// # Errors
    /// As above.
    fn merchant_refunds_of_orders(
        &self,
        numbers: &[OutTradeNo],
    ) -> Result<Vec<MRefund>, EvidenceError>;

    /// The rows of these numbers that an import set aside, in the order asked.
    ///
    /// # Errors
    /// As above.
    fn set_aside(
        &self,
        numbers: &[OutTradeNo],
    ) -> Result<Vec<Option<SetAsideOrder>>, EvidenceError> {
        Ok(vec![None; numbers.len()])
    }

    /// Days with a verified bill, ascending.
    ///
    /// # Errors
    /// As above.
    fn bill_days(&self) -> Result<Vec<BillDate>, EvidenceError>;

    /// False when no order of this merchant has a business number other than its `out_trade_no`, so
    /// that P09 need not look for the other numbers of each order.
    ///
    /// # Errors
    /// As above.
    fn has_business_numbers(&self) -> Result<bool, EvidenceError> {
        Ok(true)
    }

    /// True when the merchant's book has an order of the day, in whatever state.
    fn has_orders_of(&self, day: BillDate) -> bool;

    /// True when a file of the merchant had no row that the books knew already, under whatever number.
    ///
    /// # Errors
    /// When the archive cannot answer.
    fn is_all_new(&self, import: u32) -> Result<bool, EvidenceError>;

    /// True when the merchant gives one row per refund, so that matching is per `out_refund_no`.
    fn has_refund_rows(&self) -> bool;

    /// True when the merchant's orders carry a running total of refunds.
    fn has_refund_totals(&self) -> bool;
}
