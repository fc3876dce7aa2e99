//! The four kinds of rows as texts and integers: what the segment files know of them.
//!
//! Text 0 is the key of the book. The last two integers are line and offset of the raw row. An
//! import number is never stored in a row: the file a row lies in belongs to one import.

use crate::domain::{
    BillRefundState, BillState, Fee, Fen, FulfilStatus, Instant, MOrder, MRefund, PayStatus,
    RefundStatus, RowRef, Text, WPay, WRefund, fingerprint,
};
use crate::ports::{Book, BookRow};

/// Most texts of a row.
pub(super) const TEXTS: usize = 6;
/// Most integers of a row.
pub(super) const INTS: usize = 10;

/// A row taken apart.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Fields<'a> {
    /// Texts, the key first.
    pub(super) texts: [&'a [u8]; TEXTS],
    /// Integers, line and offset last.
    pub(super) ints: [u64; INTS],
}

/// A kind of row that segments hold.
pub(super) trait Record: Copy + Send + Sync + PartialEq + 'static {
    /// The book it belongs to.
    const BOOK: Book;
    /// How many texts it has.
    const TEXTS: usize;
    /// How many integers it has.
    const INTS: usize;
    /// First text that takes few different values in a file; all later ones do too.
    const REPEATED_FROM: usize;
    /// Which integer is the amount.
    const AMOUNT: usize;
    /// Which integer holds the state, and where in it: shift, mask.
    const STATE: (usize, u32, u64);
    /// Texts besides the key by which a row is looked up.
    const LOOKED_UP: &'static [usize];

    /// Takes the row apart.
    fn fields(&self) -> Fields<'_>;
    /// Puts it together again; `None` for contents that no row has.
    fn from_fields(fields: &Fields<'_>, import: u32) -> Option<Self>;
    /// The key.
    fn key(&self) -> &[u8];
    /// Where the row lies.
    fn row(&self) -> RowRef;
    /// The same row as if it lay elsewhere.
    fn at(self, row: RowRef) -> Self;
    /// As a row of any book.
    fn any(self) -> BookRow;

    /// True when two rows say the same, wherever they lie.
    fn says_the_same(&self, other: &Self) -> bool {
        self.at(RowRef::default()) == other.at(RowRef::default())
    }

    /// Order of the books.
    fn order(&self) -> (u64, &[u8], u32, u32) {
        let row = self.row();
        (fingerprint(self.key()), self.key(), row.import, row.line)
    }
}

/// Small numbers of either sign as small unsigned ones.
pub(super) const fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

/// The reverse of [`zigzag`].
pub(super) const fn unzigzag(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -((value & 1).cast_signed())
}

/// An instant beside another: 0 for none, small when near.
fn beside(base: Instant, other: Option<Instant>) -> u64 {
    other.map_or(0, |at| {
        zigzag(at.unix().wrapping_sub(base.unix())).saturating_add(1)
    })
}

fn from_beside(base: Instant, value: u64) -> Option<Instant> {
    let distance = value.checked_sub(1)?;
    Some(Instant::from_unix(
        base.unix().wrapping_add(unzigzag(distance)),
    ))
}

fn text<const N: usize>(fields: &Fields<'_>, at: usize) -> Option<Text<N>> {
    Text::from_utf8(fields.texts.get(at)?)
}

fn row_ref(line: u64, offset: u64, import: u32) -> Option<RowRef> {
    Some(RowRef {
        import,
        line: u32::try_from(line).ok()?,
        offset,
    })
}

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

fn pay_status(value: u64) -> Option<PayStatus> {
    Some(match value {
        1 => PayStatus::Created,
        2 => PayStatus::Paying,
        3 => PayStatus::Paid,
        4 => PayStatus::Failed,
        5 => PayStatus::Closed,
        6 => PayStatus::Refunded,
        7 => PayStatus::Unknown,
        _ => return None,
    })
}

fn fulfil_status(value: u64) -> Option<FulfilStatus> {
    Some(match value {
        0 => FulfilStatus::NotKnown,
        1 => FulfilStatus::Pending,
        2 => FulfilStatus::Fulfilled,
        3 => FulfilStatus::Failed,
        4 => FulfilStatus::NotRequired,
        _ => return None,
    })
}

fn refund_status(value: u64) -> Option<RefundStatus> {
    Some(match value {
        1 => RefundStatus::Processing,
        2 => RefundStatus::Success,
        3 => RefundStatus::Closed,
        4 => RefundStatus::Abnormal,
        _ => return None,
    })
}

/// Amount, and the two others as their distance from what they usually are.
fn bill_ints(
    (time, state, is_cny): (Instant, u8, bool),
    (amount, settled, coupon): (Fen, Fen, Fen),
    (fee, rate, row): (Fee, i32, RowRef),
) -> [u64; INTS] {
    [
        zigzag(time.unix()),
        u64::from(state) << 1 | u64::from(is_cny),
        zigzag(amount.get()),
        zigzag(amount.get().wrapping_sub(settled.get())),
        zigzag(coupon.get()),
        zigzag(fee.get()),
        zigzag(i64::from(rate)),
        u64::from(row.line),
        row.offset,
        0,
    ]
}

impl Record for WPay {
    const BOOK: Book = Book::Pays;
    const TEXTS: usize = 4;
    const INTS: usize = 9;
    const REPEATED_FROM: usize = 2;
    const AMOUNT: usize = 2;
    const STATE: (usize, u32, u64) = (1, 1, 255);
    const LOOKED_UP: &'static [usize] = &[1];

    fn fields(&self) -> Fields<'_> {
        Fields {
            texts: [
                self.out_trade_no.as_bytes(),
                self.transaction_id.as_bytes(),
                self.appid.as_bytes(),
                self.sub_mch_id.as_bytes(),
                &[],
                &[],
            ],
            ints: bill_ints(
                (self.time, self.state as u8, self.is_cny),
                (self.amount, self.settled, self.coupon),
                (self.fee, self.rate, self.row),
            ),
        }
    }

    fn from_fields(fields: &Fields<'_>, import: u32) -> Option<Self> {
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
        ] = fields.ints;
        let amount = unzigzag(amount);
        Some(Self {
            out_trade_no: text(fields, 0)?,
            transaction_id: text(fields, 1)?,
            appid: text(fields, 2)?,
            sub_mch_id: text(fields, 3)?,
            time: Instant::from_unix(unzigzag(time)),
            state: bill_state(state >> 1)?,
            is_cny: state & 1 == 1,
            amount: Fen::new(amount),
            settled: Fen::new(amount.wrapping_sub(unzigzag(unsettled))),
            coupon: Fen::new(unzigzag(coupon)),
            fee: Fee::new(unzigzag(fee)),
            rate: i32::try_from(unzigzag(rate)).ok()?,
            row: row_ref(line, offset, import)?,
        })
    }

    fn key(&self) -> &[u8] {
        self.out_trade_no.as_bytes()
    }

    fn row(&self) -> RowRef {
        self.row
    }

    fn at(self, row: RowRef) -> Self {
        Self { row, ..self }
    }

    fn any(self) -> BookRow {
        BookRow::Pay(self)
    }
}

impl Record for WRefund {
    const BOOK: Book = Book::Refunds;
    const TEXTS: usize = 6;
    const INTS: usize = 9;
    const REPEATED_FROM: usize = 4;
    const AMOUNT: usize = 2;
    const STATE: (usize, u32, u64) = (1, 1, 255);
    const LOOKED_UP: &'static [usize] = &[1, 2, 3];

    fn fields(&self) -> Fields<'_> {
        Fields {
            texts: [
                self.out_refund_no.as_bytes(),
                self.refund_id.as_bytes(),
                self.out_trade_no.as_bytes(),
                self.transaction_id.as_bytes(),
                self.appid.as_bytes(),
                self.sub_mch_id.as_bytes(),
            ],
            ints: bill_ints(
                (self.time, self.state as u8, self.is_cny),
                (self.amount, self.settled, self.coupon),
                (self.fee, self.rate, self.row),
            ),
        }
    }

    fn from_fields(fields: &Fields<'_>, import: u32) -> Option<Self> {
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
        ] = fields.ints;
        let amount = unzigzag(amount);
        Some(Self {
            out_refund_no: text(fields, 0)?,
            refund_id: text(fields, 1)?,
            out_trade_no: text(fields, 2)?,
            transaction_id: text(fields, 3)?,
            appid: text(fields, 4)?,
            sub_mch_id: text(fields, 5)?,
            time: Instant::from_unix(unzigzag(time)),
            state: refund_state(state >> 1)?,
            is_cny: state & 1 == 1,
            amount: Fen::new(amount),
            settled: Fen::new(amount.wrapping_sub(unzigzag(unsettled))),
            coupon: Fen::new(unzigzag(coupon)),
            fee: Fee::new(unzigzag(fee)),
            rate: i32::try_from(unzigzag(rate)).ok()?,
            row: row_ref(line, offset, import)?,
        })
    }

    fn key(&self) -> &[u8] {
        self.out_refund_no.as_bytes()
    }

    fn row(&self) -> RowRef {
        self.row
    }

    fn at(self, row: RowRef) -> Self {
        Self { row, ..self }
    }

    fn any(self) -> BookRow {
        BookRow::Refund(self)
    }
}

impl Record for MOrder {
    const BOOK: Book = Book::Orders;
    const TEXTS: usize = 6;
    const INTS: usize = 10;
    const REPEATED_FROM: usize = 4;
    const AMOUNT: usize = 6;
    const STATE: (usize, u32, u64) = (7, 1, 7);
    const LOOKED_UP: &'static [usize] = &[1, 2, 3];

    fn fields(&self) -> Fields<'_> {
        // A business order of the same number is the usual case and takes no room.
        let order_no: &[u8] = if self.order_no.as_bytes() == self.out_trade_no.as_bytes() {
            &[]
        } else {
            self.order_no.as_bytes()
        };
        let created = self.created_at;
        Fields {
            texts: [
                self.out_trade_no.as_bytes(),
                order_no,
                self.transaction_id.as_bytes(),
                self.refund_no.as_bytes(),
                self.appid.as_bytes(),
                self.sub_mch_id.as_bytes(),
            ],
            ints: [
                zigzag(created.unix()),
                beside(created, self.paid_at),
                beside(created, self.closed_at),
                beside(created, self.fulfilled_at),
                self.refund_total
                    .map_or(0, |total| zigzag(total.get()).saturating_add(1)),
                beside(created, self.refund_at),
                zigzag(self.amount.get()),
                u64::from(self.is_cny)
                    | u64::from(self.pay_status as u8) << 1
                    | u64::from(self.fulfil_status as u8) << 4,
                u64::from(self.row.line),
                self.row.offset,
            ],
        }
    }

    fn from_fields(fields: &Fields<'_>, import: u32) -> Option<Self> {
        let [
            created,
            paid,
            closed,
            fulfilled,
            total,
            refund_at,
            amount,
            states,
            line,
            offset,
        ] = fields.ints;
        let created = Instant::from_unix(unzigzag(created));
        let order_no = match fields.texts.get(1)? {
            [] => text(fields, 0)?,
            _ => text(fields, 1)?,
        };
        Some(Self {
            out_trade_no: text(fields, 0)?,
            order_no,
            transaction_id: text(fields, 2)?,
            refund_no: text(fields, 3)?,
            appid: text(fields, 4)?,
            sub_mch_id: text(fields, 5)?,
            amount: Fen::new(unzigzag(amount)),
            is_cny: states & 1 == 1,
            pay_status: pay_status(states >> 1 & 7)?,
            fulfil_status: fulfil_status(states >> 4)?,
            created_at: created,
            paid_at: from_beside(created, paid),
            closed_at: from_beside(created, closed),
            fulfilled_at: from_beside(created, fulfilled),
            refund_total: total.checked_sub(1).map(|total| Fen::new(unzigzag(total))),
            refund_at: from_beside(created, refund_at),
            row: row_ref(line, offset, import)?,
        })
    }

    fn key(&self) -> &[u8] {
        self.out_trade_no.as_bytes()
    }

    fn row(&self) -> RowRef {
        self.row
    }

    fn at(self, row: RowRef) -> Self {
        Self { row, ..self }
    }

    fn any(self) -> BookRow {
        BookRow::Order(self)
    }
}

impl Record for MRefund {
    const BOOK: Book = Book::MerchantRefunds;
    const TEXTS: usize = 3;
    const INTS: usize = 7;
    const REPEATED_FROM: usize = 3;
    const AMOUNT: usize = 3;
    const STATE: (usize, u32, u64) = (4, 0, 255);
    const LOOKED_UP: &'static [usize] = &[1, 2];

    fn fields(&self) -> Fields<'_> {
        let base = self.time().unwrap_or_default();
        Fields {
            texts: [
                self.out_refund_no.as_bytes(),
                self.out_trade_no.as_bytes(),
                self.refund_id.as_bytes(),
                &[],
                &[],
                &[],
            ],
            ints: [
                zigzag(base.unix()),
                beside(base, self.requested_at),
                beside(base, self.succeeded_at),
                zigzag(self.amount.get()),
                u64::from(self.status as u8),
                u64::from(self.row.line),
                self.row.offset,
                0,
                0,
                0,
            ],
        }
    }

    fn from_fields(fields: &Fields<'_>, import: u32) -> Option<Self> {
        let [base, requested, succeeded, amount, status, line, offset, ..] = fields.ints;
        let base = Instant::from_unix(unzigzag(base));
        Some(Self {
            out_refund_no: text(fields, 0)?,
            out_trade_no: text(fields, 1)?,
            refund_id: text(fields, 2)?,
            amount: Fen::new(unzigzag(amount)),
            status: refund_status(status)?,
            requested_at: from_beside(base, requested),
            succeeded_at: from_beside(base, succeeded),
            row: row_ref(line, offset, import)?,
        })
    }

    fn key(&self) -> &[u8] {
        self.out_refund_no.as_bytes()
    }

    fn row(&self) -> RowRef {
        self.row
    }

    fn at(self, row: RowRef) -> Self {
        Self { row, ..self }
    }

    fn any(self) -> BookRow {
        BookRow::MerchantRefund(self)
    }
}
