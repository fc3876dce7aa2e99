//! Payments of stored bills by any of their numbers: what a mapping is proven by.

use std::collections::BTreeSet;

use super::lookup::{FoundRow, NumberSet, SearchPlace, lookup};
use super::snapshot::Snapshot;
use crate::books::Bookshelf;
use crate::books::format::index_page::Index;
use crate::books::format::record::Record;
use recondesk_domain::{BillDate, Fen, Instant, ProfileId, WPay, WRefund};
use recondesk_intake::RecordKind;
use recondesk_ports::{BilledNumber, BilledRow, Book, BooksError, NumberKind, ProfileRecords};

impl Bookshelf {
    /// Days with a verified bill.
    pub(crate) fn days_with_bill(&self, profile: ProfileId) -> Result<Vec<BillDate>, BooksError> {
        let view = Snapshot::load(self.catalog.as_ref(), Some(profile), None)?;
        let days: BTreeSet<BillDate> = view
            .sections
            .iter()
            .filter(|meta| meta.book == Book::Pays && view.counts(meta.id))
            .filter_map(|meta| BillDate::from_number(meta.day))
            .collect();
        Ok(days.into_iter().collect())
    }

    /// Rows of the bills of these days that have one of these numbers.
    pub(crate) fn billed_numbers(
        &self,
        ProfileRecords { profile, kind }: ProfileRecords,
        days: &[BillDate],
        numbers: &[&str],
    ) -> Result<Vec<BilledNumber>, BooksError> {
        let view = Snapshot::load(self.catalog.as_ref(), Some(profile), None)?;
        let wanted = NumberSet::new(numbers.iter().map(|number| number.as_bytes()));
        let mut out = Vec::new();
        for meta in &view.sections {
            let Some(day) = BillDate::from_number(meta.day).filter(|day| days.contains(day)) else {
                continue;
            };
            if !view.counts(meta.id) {
                continue;
            }
            let place = SearchPlace {
                segments: &self.segments,
                view: &view,
                meta,
            };
            let wish = |key, other| BilledWish {
                numbers: &wanted,
                day,
                key,
                other,
            };
            match (kind, meta.book) {
                (RecordKind::Orders, Book::Pays) => {
                    let row = |pay: &WPay| (pay.amount, pay.time);
                    let keys = |pay: &WPay, text: &[u8]| pay.out_trade_no.as_bytes() == text;
                    let others = |pay: &WPay, text: &[u8]| pay.transaction_id.as_bytes() == text;
                    let wish = wish(NumberKind::OutTradeNo, NumberKind::TransactionId);
                    out.extend(find(place, &wish, keys, others, row)?);
                }
                (RecordKind::Refunds, Book::Refunds) => {
                    let row = |refund: &WRefund| (refund.amount, refund.time);
                    let keys =
                        |refund: &WRefund, text: &[u8]| refund.out_refund_no.as_bytes() == text;
                    let others =
                        |refund: &WRefund, text: &[u8]| refund.refund_id.as_bytes() == text;
                    let wish = wish(NumberKind::OutRefundNo, NumberKind::RefundId);
                    out.extend(find(place, &wish, keys, others, row)?);
                }
                _ => {}
            }
        }
        Ok(out)
    }
}

/// What is looked for in the rows of a day.
struct BilledWish<'a> {
    numbers: &'a NumberSet<'a>,
    day: BillDate,
    /// Kind of the key.
    key: NumberKind,
    /// Kind of the other number.
    other: NumberKind,
}

fn find<R: Record>(
    place: SearchPlace<'_>,
    wish: &BilledWish<'_>,
    is_key: impl Fn(&R, &[u8]) -> bool,
    is_other: impl Fn(&R, &[u8]) -> bool,
    row_of: impl Fn(&R) -> (Fen, Instant),
) -> Result<Vec<BilledNumber>, BooksError> {
    let keys = lookup(place, Index::Keys, wish.numbers, is_key)?;
    let others = lookup(place, Index::Others, wish.numbers, is_other)?;
    let day = wish.day;
    let mut out = Vec::new();
    for (kind, found) in [(wish.key, keys), (wish.other, others)] {
        for FoundRow { at, row, dead, .. } in found {
            if !dead {
                let (amount, time) = row_of(&row);
                let row = BilledRow { day, amount, time };
                out.push(BilledNumber { at, kind, row });
            }
        }
    }
    Ok(out)
}
