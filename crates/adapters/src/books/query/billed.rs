//! Payments of stored bills by any of their numbers: what a mapping is proven by.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::lookup::{FoundRow, NumberSet, lookup};
use super::segment_cache::SegmentCache;
use super::snapshot::Snapshot;
use crate::books::Bookshelf;
use crate::books::catalog::SectionMeta;
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
            let place = (&self.segments, &view, meta);
            match (kind, meta.book) {
                (RecordKind::Orders, Book::Pays) => {
                    let row = |pay: &WPay| (pay.amount, pay.time);
                    let keys = |pay: &WPay, text: &[u8]| pay.out_trade_no.as_bytes() == text;
                    let others = |pay: &WPay, text: &[u8]| pay.transaction_id.as_bytes() == text;
                    let kinds = (NumberKind::OutTradeNo, NumberKind::TransactionId);
                    find(place, (&wanted, day, kinds), (keys, others), row, &mut out)?;
                }
                (RecordKind::Refunds, Book::Refunds) => {
                    let row = |refund: &WRefund| (refund.amount, refund.time);
                    let keys =
                        |refund: &WRefund, text: &[u8]| refund.out_refund_no.as_bytes() == text;
                    let others =
                        |refund: &WRefund, text: &[u8]| refund.refund_id.as_bytes() == text;
                    let kinds = (NumberKind::OutRefundNo, NumberKind::RefundId);
                    find(place, (&wanted, day, kinds), (keys, others), row, &mut out)?;
                }
                _ => {}
            }
        }
        Ok(out)
    }
}

/// Where numbers are looked for.
type SearchPlace<'a> = (&'a Arc<SegmentCache>, &'a Snapshot, &'a SectionMeta);

fn find<R: Record>(
    (shelf, view, meta): SearchPlace<'_>,
    (wanted, day, kinds): (&NumberSet<'_>, BillDate, (NumberKind, NumberKind)),
    (is_key, is_other): (impl Fn(&R, &[u8]) -> bool, impl Fn(&R, &[u8]) -> bool),
    row_of: impl Fn(&R) -> (Fen, Instant),
    out: &mut Vec<BilledNumber>,
) -> Result<(), BooksError> {
    let keys = lookup((shelf, view), meta, Index::Keys, wanted, is_key)?;
    let others = lookup((shelf, view), meta, Index::Others, wanted, is_other)?;
    for (kind, found) in [(kinds.0, keys), (kinds.1, others)] {
        for FoundRow { at, row, dead, .. } in found {
            if !dead {
                let (amount, time) = row_of(&row);
                let row = BilledRow { day, amount, time };
                out.push(BilledNumber { at, kind, row });
            }
        }
    }
    Ok(())
}
