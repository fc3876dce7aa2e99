//! Rows of the merchant's books as texts and integers.

use super::{ColumnPlace, INTS, Record, RecordFields, Visit, row_ref, unzigzag, zigzag};
use recondesk_domain::{Fen, FulfilStatus, Instant, MOrder, MRefund, PayStatus, RefundStatus};
use recondesk_ports::{Book, BookColumn, BookRow};

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

fn pay_status(value: u64) -> Option<PayStatus> {
    Some(match value {
        0 => PayStatus::Refunding,
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

impl Record for MOrder {
    const BOOK: Book = Book::Orders;
    const BLANK: Self = Self::NONE;
    const TEXTS: usize = 6;
    const INTS: usize = 10;
    const REPEATED_FROM: usize = 4;
    const AMOUNT: usize = 6;
    const LOOKED_UP: &'static [usize] = &[1, 2, 3];

    fn place_of(column: BookColumn) -> Option<ColumnPlace> {
        Some(match column {
            BookColumn::Line => ColumnPlace::Line,
            BookColumn::Number => ColumnPlace::Text(0),
            BookColumn::OrderNo => ColumnPlace::TextOr(1, 0),
            BookColumn::TransactionId => ColumnPlace::Text(2),
            BookColumn::AppId => ColumnPlace::Text(4),
            BookColumn::Amount => ColumnPlace::Int(6),
            BookColumn::State => ColumnPlace::Bits(7, 1, 7),
            BookColumn::Fulfilment => ColumnPlace::Bits(7, 4, 7),
            BookColumn::Time => ColumnPlace::Int(0),
            BookColumn::PaidAt => ColumnPlace::Beside(0, 1),
            BookColumn::ClosedAt => ColumnPlace::Beside(0, 2),
            BookColumn::FulfilledAt => ColumnPlace::Beside(0, 3),
            BookColumn::RefundTotal => ColumnPlace::IntOrNone(4),
            BookColumn::Import => ColumnPlace::Import,
        })
    }

    fn fields(&self) -> RecordFields<'_> {
        // A business order of the same number is the usual case and takes no room.
        let order_no: &[u8] = if self.order_no.as_bytes() == self.out_trade_no.as_bytes() {
            &[]
        } else {
            self.order_no.as_bytes()
        };
        let created = self.created_at;
        RecordFields {
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

    fn text_at<V: Visit<Self>>(at: usize, visit: V) -> Option<()> {
        match at {
            0 => visit.visit(|row| &mut row.out_trade_no),
            1 => visit.visit(|row| &mut row.order_no),
            2 => visit.visit(|row| &mut row.transaction_id),
            3 => visit.visit(|row| &mut row.refund_no),
            4 => visit.visit(|row| &mut row.appid),
            5 => visit.visit(|row| &mut row.sub_mch_id),
            _ => None,
        }
    }

    #[inline]
    fn set_ints(&mut self, ints: &[u64; INTS], import: u32) -> Option<()> {
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
        ] = *ints;
        let created = Instant::from_unix(unzigzag(created));
        self.amount = Fen::new(unzigzag(amount));
        self.is_cny = states & 1 == 1;
        self.pay_status = pay_status(states >> 1 & 7)?;
        self.fulfil_status = fulfil_status(states >> 4)?;
        self.created_at = created;
        self.paid_at = from_beside(created, paid);
        self.closed_at = from_beside(created, closed);
        self.fulfilled_at = from_beside(created, fulfilled);
        self.refund_total = total.checked_sub(1).map(|total| Fen::new(unzigzag(total)));
        self.refund_at = from_beside(created, refund_at);
        self.row = row_ref(line, offset, import)?;
        Some(())
    }

    fn tells_no_more_than(&self, known: &Self) -> bool {
        self.tells_no_more_than(known)
    }

    #[inline]
    fn complete(&mut self) {
        if self.order_no.is_empty() {
            self.order_no = self.out_trade_no.widen();
        }
    }

    fn any(self) -> BookRow {
        BookRow::Order(self)
    }
}

impl Record for MRefund {
    const BOOK: Book = Book::MerchantRefunds;
    const BLANK: Self = Self::NONE;
    const TEXTS: usize = 3;
    const INTS: usize = 7;
    const REPEATED_FROM: usize = 3;
    const AMOUNT: usize = 3;
    const LOOKED_UP: &'static [usize] = &[1, 2];

    fn place_of(column: BookColumn) -> Option<ColumnPlace> {
        match column {
            BookColumn::Line => Some(ColumnPlace::Line),
            BookColumn::Number => Some(ColumnPlace::Text(0)),
            BookColumn::OrderNo => Some(ColumnPlace::Text(1)),
            BookColumn::TransactionId => Some(ColumnPlace::Text(2)),
            BookColumn::Amount => Some(ColumnPlace::Int(3)),
            BookColumn::State => Some(ColumnPlace::Bits(4, 0, 255)),
            BookColumn::Time => Some(ColumnPlace::Int(0)),
            BookColumn::Import => Some(ColumnPlace::Import),
            BookColumn::AppId
            | BookColumn::Fulfilment
            | BookColumn::PaidAt
            | BookColumn::ClosedAt
            | BookColumn::FulfilledAt
            | BookColumn::RefundTotal => None,
        }
    }

    fn fields(&self) -> RecordFields<'_> {
        let base = self.time().unwrap_or_default();
        RecordFields {
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

    fn text_at<V: Visit<Self>>(at: usize, visit: V) -> Option<()> {
        match at {
            0 => visit.visit(|row| &mut row.out_refund_no),
            1 => visit.visit(|row| &mut row.out_trade_no),
            2 => visit.visit(|row| &mut row.refund_id),
            _ => None,
        }
    }

    fn set_ints(&mut self, ints: &[u64; INTS], import: u32) -> Option<()> {
        let [base, requested, succeeded, amount, status, line, offset, ..] = *ints;
        let base = Instant::from_unix(unzigzag(base));
        self.amount = Fen::new(unzigzag(amount));
        self.status = refund_status(status)?;
        self.requested_at = from_beside(base, requested);
        self.succeeded_at = from_beside(base, succeeded);
        self.row = row_ref(line, offset, import)?;
        Some(())
    }

    fn any(self) -> BookRow {
        BookRow::MerchantRefund(self)
    }
}
