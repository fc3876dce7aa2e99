//! What the rows of all four books have in common: a key by which their book is sorted, and a place in a file.

use super::{MOrder, MRefund, RowRef, WPay, WRefund};

/// A row of a book.
pub trait Keyed: Copy {
    /// Name of the book, for messages.
    const NAME: &'static str;

    /// The number by which the book is sorted.
    fn key(&self) -> &[u8];

    /// Where the row lies; decides which of several copies is the first.
    fn row(&self) -> RowRef;

    /// The same row as if it lay elsewhere.
    #[must_use]
    fn at(self, row: RowRef) -> Self;
}

macro_rules! keyed {
    ($type:ty, $name:literal, $key:ident) => {
        impl Keyed for $type {
            const NAME: &'static str = $name;

            fn key(&self) -> &[u8] {
                self.$key.as_bytes()
            }

            fn row(&self) -> RowRef {
                self.row
            }

            fn at(self, row: RowRef) -> Self {
                Self { row, ..self }
            }
        }
    };
}

keyed!(WPay, "bill's payments", out_trade_no);
keyed!(WRefund, "bill's refunds", out_refund_no);
keyed!(MOrder, "merchant's orders", out_trade_no);
keyed!(MRefund, "merchant's refunds", out_refund_no);
