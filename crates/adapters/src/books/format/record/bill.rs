//! Rows of the bill as texts and integers.

use super::{ColumnPlace, INTS, Record, RecordFields, Visit, row_ref, unzigzag, zigzag};
use recondesk_domain::{
    BillRefundState, BillState, Fee, Fen, Instant, RowRef, TradeType, WPay, WRefund,
};
use recondesk_ports::{Book, BookColumn, BookRow};

fn bill_state(value: u64) -> Option<BillState> {
    Some(match value {
        1 => BillState::Success,
        2 => BillState::Refund,
        3 => BillState::Revoked,
        255 => BillState::Unknown,
        _ => return None,
    })
}

fn refund_state(value: u64) -> Option<BillRefundState> {
    Some(match value {
        1 => BillRefundState::Success,
        2 => BillRefundState::Processing,
        3 => BillRefundState::Fail,
        4 => BillRefundState::Change,
        255 => BillRefundState::Unknown,
        _ => return None,
    })
}

/// Where a column stands in a row of a bill; the texts are transaction id, order number of a refund, appid.
const fn bill_place(
    column: BookColumn,
    [transaction, order, appid]: [Option<ColumnPlace>; 3],
) -> Option<ColumnPlace> {
    match column {
        BookColumn::Line => Some(ColumnPlace::Line),
        BookColumn::Number => Some(ColumnPlace::Text(0)),
        BookColumn::OrderNo => order,
        BookColumn::TransactionId => transaction,
        BookColumn::AppId => appid,
        BookColumn::Amount => Some(ColumnPlace::Int(2)),
        BookColumn::State => Some(ColumnPlace::Bits(1, 1, 255)),
        BookColumn::Time => Some(ColumnPlace::Int(0)),
        BookColumn::Import => Some(ColumnPlace::Import),
        BookColumn::Fulfilment
        | BookColumn::PaidAt
        | BookColumn::ClosedAt
        | BookColumn::FulfilledAt
        | BookColumn::RefundTotal => None,
    }
}

/// The state takes the low byte of its column, the product what is above; rows from before products were kept have 0.
const STATE_BITS: u64 = 0xFF;
const PRODUCT_SHIFT: u32 = 8;

const fn with_product(row: &WPay) -> u64 {
    (row.product as u64) << PRODUCT_SHIFT | row.state as u64
}

/// The integers of a row of a bill, its state still a number.
struct StoredBillRow {
    time: Instant,
    state: u64,
    is_cny: bool,
    amount: Fen,
    settled: Fen,
    coupon: Fen,
    fee: Fee,
    rate: i32,
    row: RowRef,
}

impl StoredBillRow {
    /// Amount, and the two others as their distance from what they usually are.
    fn ints(self) -> [u64; INTS] {
        let amount = self.amount.get();
        [
            zigzag(self.time.unix()),
            self.state << 1 | u64::from(self.is_cny),
            zigzag(amount),
            zigzag(amount.wrapping_sub(self.settled.get())),
            zigzag(self.coupon.get()),
            zigzag(self.fee.get()),
            zigzag(i64::from(self.rate)),
            u64::from(self.row.line),
            self.row.offset,
            0,
        ]
    }

    #[inline]
    fn new(ints: &[u64; INTS], import: u32) -> Option<Self> {
        let [
            time,
            state,
            amount,
            unsettled,
            coupon,
            fee,
            rate,
            line,
            offset,
            _,
        ] = *ints;
        let amount = unzigzag(amount);
        Some(Self {
            time: Instant::from_unix(unzigzag(time)),
            state: state >> 1,
            is_cny: state & 1 == 1,
            amount: Fen::new(amount),
            settled: Fen::new(amount.wrapping_sub(unzigzag(unsettled))),
            coupon: Fen::new(unzigzag(coupon)),
            fee: Fee::new(unzigzag(fee)),
            rate: i32::try_from(unzigzag(rate)).ok()?,
            row: row_ref(line, offset, import)?,
        })
    }
}

impl Record for WPay {
    const BOOK: Book = Book::Pays;
    const BLANK: Self = Self::NONE;
    const TEXTS: usize = 4;
    const INTS: usize = 9;
    const REPEATED_FROM: usize = 2;
    const AMOUNT: usize = 2;
    const LOOKED_UP: &'static [usize] = &[1];

    fn place_of(column: BookColumn) -> Option<ColumnPlace> {
        bill_place(
            column,
            [Some(ColumnPlace::Text(1)), None, Some(ColumnPlace::Text(2))],
        )
    }

    fn fields(&self) -> RecordFields<'_> {
        RecordFields {
            texts: [
                self.out_trade_no.as_bytes(),
                self.transaction_id.as_bytes(),
                self.appid.as_bytes(),
                self.sub_mch_id.as_bytes(),
                &[],
                &[],
            ],
            ints: StoredBillRow {
                time: self.time,
                state: with_product(self),
                is_cny: self.is_cny,
                amount: self.amount,
                settled: self.settled,
                coupon: self.coupon,
                fee: self.fee,
                rate: self.rate,
                row: self.row,
            }
            .ints(),
        }
    }

    fn text_at<V: Visit<Self>>(at: usize, visit: V) -> Option<()> {
        match at {
            0 => visit.visit(|row| &mut row.out_trade_no),
            1 => visit.visit(|row| &mut row.transaction_id),
            2 => visit.visit(|row| &mut row.appid),
            3 => visit.visit(|row| &mut row.sub_mch_id),
            _ => None,
        }
    }

    #[inline]
    fn set_ints(&mut self, ints: &[u64; INTS], import: u32) -> Option<()> {
        let read = StoredBillRow::new(ints, import)?;
        self.time = read.time;
        self.state = bill_state(read.state & STATE_BITS)?;
        self.product = TradeType::stored(read.state >> PRODUCT_SHIFT)?;
        self.is_cny = read.is_cny;
        self.amount = read.amount;
        self.settled = read.settled;
        self.coupon = read.coupon;
        self.fee = read.fee;
        self.rate = read.rate;
        self.row = read.row;
        Some(())
    }

    fn any(self) -> BookRow {
        BookRow::Pay(self)
    }
}

impl Record for WRefund {
    const BOOK: Book = Book::Refunds;
    const BLANK: Self = Self::NONE;
    const TEXTS: usize = 6;
    const INTS: usize = 9;
    const REPEATED_FROM: usize = 4;
    const AMOUNT: usize = 2;
    const LOOKED_UP: &'static [usize] = &[1, 2, 3];

    fn place_of(column: BookColumn) -> Option<ColumnPlace> {
        bill_place(
            column,
            [
                Some(ColumnPlace::Text(3)),
                Some(ColumnPlace::Text(2)),
                Some(ColumnPlace::Text(4)),
            ],
        )
    }

    fn fields(&self) -> RecordFields<'_> {
        RecordFields {
            texts: [
                self.out_refund_no.as_bytes(),
                self.refund_id.as_bytes(),
                self.out_trade_no.as_bytes(),
                self.transaction_id.as_bytes(),
                self.appid.as_bytes(),
                self.sub_mch_id.as_bytes(),
            ],
            ints: StoredBillRow {
                time: self.time,
                state: self.state as u64,
                is_cny: self.is_cny,
                amount: self.amount,
                settled: self.settled,
                coupon: self.coupon,
                fee: self.fee,
                rate: self.rate,
                row: self.row,
            }
            .ints(),
        }
    }

    fn text_at<V: Visit<Self>>(at: usize, visit: V) -> Option<()> {
        match at {
            0 => visit.visit(|row| &mut row.out_refund_no),
            1 => visit.visit(|row| &mut row.refund_id),
            2 => visit.visit(|row| &mut row.out_trade_no),
            3 => visit.visit(|row| &mut row.transaction_id),
            4 => visit.visit(|row| &mut row.appid),
            5 => visit.visit(|row| &mut row.sub_mch_id),
            _ => None,
        }
    }

    #[inline]
    fn set_ints(&mut self, ints: &[u64; INTS], import: u32) -> Option<()> {
        let read = StoredBillRow::new(ints, import)?;
        self.time = read.time;
        self.state = refund_state(read.state)?;
        self.is_cny = read.is_cny;
        self.amount = read.amount;
        self.settled = read.settled;
        self.coupon = read.coupon;
        self.fee = read.fee;
        self.rate = read.rate;
        self.row = read.row;
        Some(())
    }

    fn any(self) -> BookRow {
        BookRow::Refund(self)
    }
}
