//! What the engine asks of the books, answered from the sections of one merchant.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

use super::lookup::{FoundRow, NumberSet, SearchPlace, lookup};
use super::scan::Keep;
use super::segment_cache::SegmentCache;
use super::snapshot::Snapshot;
use crate::books::catalog::{Catalog, DayRange, SectionMeta};
use crate::books::format::index_page::Index;
use crate::books::format::record::Record;
use recondesk_domain::{
    BillDate, MOrder, MRefund, OrderNo, OutRefundNo, OutTradeNo, ProfileId, TransactionId, WPay,
    WRefund,
};
use recondesk_intake::RecordKind;
use recondesk_ports::{BooksError, ProfileRecords};
use recondesk_reconcile::{Evidence, EvidenceError, SetAsideOrder, Stream};

/// The books of one merchant, as of one import.
#[derive(Debug)]
pub(crate) struct MerchantBooks {
    pub(crate) segments: Arc<SegmentCache>,
    pub(crate) view: Arc<Snapshot>,
    /// The day last asked for: numbers are likely near it.
    pub(crate) near: AtomicI32,
    /// Where rows that were set aside are known.
    pub(crate) catalog: Arc<dyn Catalog>,
    pub(crate) profile: ProfileId,
    pub(crate) as_of: Option<u32>,
}

impl MerchantBooks {
    fn stream<R: Record>(
        &self,
        sections: Vec<&SectionMeta>,
        keep: Option<&Keep<R>>,
    ) -> Result<Stream<'_, R>, EvidenceError> {
        let merged = self.view.merge::<R>(&self.segments, sections, keep)?;
        Ok(merged.into_stream())
    }

    /// Where numbers are looked for.
    fn place<'a>(&'a self, meta: &'a SectionMeta) -> SearchPlace<'a> {
        SearchPlace {
            segments: &self.segments,
            view: &self.view,
            meta,
        }
    }

    /// Sections of a book by day, the likeliest day first.
    fn by_nearness<R: Record>(&self) -> Vec<Vec<&SectionMeta>> {
        let near = self.near.load(Ordering::Relaxed);
        let mut sections: Vec<&SectionMeta> = self.view.days::<R>(i32::MIN..=i32::MAX).collect();
        sections.sort_by_key(|section| (section.day.abs_diff(near), section.day, section.id));
        sections
            .chunk_by(|a, b| a.day == b.day)
            .map(<[_]>::to_vec)
            .collect()
    }

    /// The rows with these numbers, in the order asked: an order has one day, so the first day that
    /// has it ends its search.
    fn one_each<'a, R: Record>(
        &self,
        index: Index,
        numbers: impl ExactSizeIterator<Item = &'a [u8]>,
        is: impl Fn(&R, &[u8]) -> bool,
    ) -> Result<Vec<Option<R>>, EvidenceError> {
        let mut out: Vec<Option<R>> = vec![None; numbers.len()];
        let mut wanted = NumberSet::new(numbers);
        for day in self.by_nearness::<R>() {
            if wanted.is_empty() {
                break;
            }
            for meta in day {
                let found = lookup(self.place(meta), index, &wanted, &is)?;
                for FoundRow { at, row, dead, .. } in found {
                    let Some(slot) = out.get_mut(at).filter(|_| !dead) else {
                        continue;
                    };
                    // The newest import counts, and of its rows the first.
                    let rank = |row: &R| (u32::MAX - row.row().import, row.row().line);
                    if slot.as_ref().is_none_or(|best| rank(&row) < rank(best)) {
                        *slot = Some(row);
                    }
                }
            }
            wanted.retain(|at| out.get(at).is_some_and(Option::is_none));
        }
        Ok(out)
    }

    /// All rows with these numbers in some sections, in the order of the books.
    fn all<'a, 'm, R: Record>(
        &self,
        index: Index,
        sections: impl Iterator<Item = &'m SectionMeta>,
        numbers: impl Iterator<Item = &'a [u8]>,
        is: impl Fn(&R, &[u8]) -> bool,
    ) -> Result<Vec<(i32, R)>, EvidenceError> {
        let wanted = NumberSet::new(numbers);
        let mut out: Vec<(i32, R)> = Vec::new();
        for meta in sections {
            let found = lookup(self.place(meta), index, &wanted, &is)?;
            out.extend(
                found
                    .into_iter()
                    .filter(|found| !found.dead)
                    .map(|found| (meta.day, found.row)),
            );
        }
        out.sort_by(|a, b| (a.0, a.1.order()).cmp(&(b.0, b.1.order())));
        out.dedup_by(|a, b| a.1.row() == b.1.row());
        Ok(out)
    }

    fn up_to<R: Record>(&self, day: BillDate) -> impl Iterator<Item = &SectionMeta> {
        self.view.days::<R>(i32::MIN..=day.number())
    }
}

fn dated<R>(rows: Vec<(i32, R)>) -> Vec<(BillDate, R)> {
    rows.into_iter()
        .filter_map(|(day, row)| Some((BillDate::from_number(day)?, row)))
        .collect()
}

fn touches(range: Option<DayRange>, day: i32) -> bool {
    range.is_some_and(|range| range.contains(day))
}

impl Evidence for MerchantBooks {
    fn pays(&self, day: BillDate) -> Result<Stream<'_, WPay>, EvidenceError> {
        self.near.store(day.number(), Ordering::Relaxed);
        self.stream(self.view.day::<WPay>(day.number()), None)
    }

    fn refunds(&self, day: BillDate) -> Result<Stream<'_, WRefund>, EvidenceError> {
        self.stream(self.view.day::<WRefund>(day.number()), None)
    }

    fn orders(
        &self,
        day: BillDate,
        lookback_days: u32,
    ) -> Result<Stream<'_, MOrder>, EvidenceError> {
        let number = day.number();
        let first = MOrder::first_waiting_day(day, lookback_days);
        let sections = self
            .view
            .days::<MOrder>(i32::MIN..=i32::MAX)
            .filter(|section| {
                section.day == number
                    || section.hot
                        && (touches(section.paid, number)
                            || section.open && (first..=number).contains(&section.day))
            })
            .collect();
        let keep: Keep<MOrder> = Arc::new(move |order| order.is_candidate(day, lookback_days));
        self.stream(sections, Some(&keep))
    }

    fn orders_refunded(&self, day: BillDate) -> Result<Vec<MOrder>, EvidenceError> {
        let number = day.number();
        let sections = self
            .view
            .days::<MOrder>(i32::MIN..=i32::MAX)
            .filter(|section| touches(section.refunded, number))
            .collect();
        let keep: Keep<MOrder> = Arc::new(move |order| order.is_refund_candidate(day));
        self.stream(sections, Some(&keep))?.collect()
    }

    fn merchant_refunds(&self, day: BillDate) -> Result<Stream<'_, MRefund>, EvidenceError> {
        self.stream(self.view.day::<MRefund>(day.number()), None)
    }

    fn orders_by_number(
        &self,
        numbers: &[OutTradeNo],
    ) -> Result<Vec<Option<MOrder>>, EvidenceError> {
        self.one_each(
            Index::Keys,
            numbers.iter().map(OutTradeNo::as_bytes),
            |order: &MOrder, number| order.out_trade_no.as_bytes() == number,
        )
    }

    fn orders_of_numbers(&self, numbers: &[OutTradeNo]) -> Result<Vec<MOrder>, EvidenceError> {
        let found = self.all(
            Index::Keys,
            self.view.days::<MOrder>(i32::MIN..=i32::MAX),
            numbers.iter().map(OutTradeNo::as_bytes),
            |order: &MOrder, number| order.out_trade_no.as_bytes() == number,
        )?;
        Ok(found.into_iter().map(|(_, order)| order).collect())
    }

    fn orders_by_transaction(
        &self,
        numbers: &[TransactionId],
    ) -> Result<Vec<Option<MOrder>>, EvidenceError> {
        self.one_each(
            Index::Others,
            numbers.iter().map(TransactionId::as_bytes),
            |order: &MOrder, number| order.transaction_id.as_bytes() == number,
        )
    }

    fn orders_of_business(&self, numbers: &[OrderNo]) -> Result<Vec<MOrder>, EvidenceError> {
        let sections = self.view.days::<MOrder>(i32::MIN..=i32::MAX);
        let found = self.all(
            Index::Others,
            sections,
            numbers.iter().map(OrderNo::as_bytes),
            |order: &MOrder, number| {
                order.order_no.as_bytes() == number && order.out_trade_no.as_bytes() != number
            },
        )?;
        let mut orders: Vec<MOrder> = found.into_iter().map(|(_, order)| order).collect();
        // What was kept without a time gives way to the same order once it has one.
        let timed: BTreeSet<OutTradeNo> = orders
            .iter()
            .filter(|order| order.created().is_some())
            .map(|order| order.out_trade_no)
            .collect();
        orders.retain(|order| order.created().is_some() || !timed.contains(&order.out_trade_no));
        Ok(orders)
    }

    fn pays_by_number(
        &self,
        numbers: &[OutTradeNo],
        up_to: BillDate,
    ) -> Result<Vec<(BillDate, WPay)>, EvidenceError> {
        let found = self.all(
            Index::Keys,
            self.up_to::<WPay>(up_to),
            numbers.iter().map(OutTradeNo::as_bytes),
            |pay: &WPay, number| pay.out_trade_no.as_bytes() == number,
        )?;
        Ok(dated(found))
    }

    fn refunds_of_orders(
        &self,
        numbers: &[OutTradeNo],
        up_to: BillDate,
    ) -> Result<Vec<(BillDate, WRefund)>, EvidenceError> {
        let found = self.all(
            Index::Others,
            self.up_to::<WRefund>(up_to),
            numbers.iter().map(OutTradeNo::as_bytes),
            |refund: &WRefund, number| refund.out_trade_no.as_bytes() == number,
        )?;
        Ok(dated(found))
    }

    fn merchant_refunds_by_number(
        &self,
        numbers: &[OutRefundNo],
    ) -> Result<Vec<Option<MRefund>>, EvidenceError> {
        self.one_each(
            Index::Keys,
            numbers.iter().map(OutRefundNo::as_bytes),
            |refund: &MRefund, number| refund.out_refund_no.as_bytes() == number,
        )
    }

    fn merchant_refunds_of_orders(
        &self,
        numbers: &[OutTradeNo],
    ) -> Result<Vec<MRefund>, EvidenceError> {
        let found = self.all(
            Index::Others,
            self.view.days::<MRefund>(i32::MIN..=i32::MAX),
            numbers.iter().map(OutTradeNo::as_bytes),
            |refund: &MRefund, number| refund.out_trade_no.as_bytes() == number,
        )?;
        Ok(found.into_iter().map(|(_, refund)| refund).collect())
    }

    fn set_aside(
        &self,
        numbers: &[OutTradeNo],
    ) -> Result<Vec<Option<SetAsideOrder>>, EvidenceError> {
        let failed = |error| EvidenceError::from(BooksError::Store(error));
        if !self.catalog.has_set_aside(self.profile).map_err(failed)? {
            return Ok(vec![None; numbers.len()]);
        }
        let texts: Vec<&str> = numbers.iter().map(OutTradeNo::as_str).collect();
        let place = ProfileRecords {
            profile: self.profile,
            kind: RecordKind::Orders,
        };
        let found = self.catalog.set_aside(place, &texts, self.as_of);
        let short = |row: recondesk_ports::SetAside| SetAsideOrder {
            import: row.import,
            line: row.line,
            refused: row.refused,
        };
        let found = found.map_err(failed)?.into_iter();
        Ok(found.map(|row| row.map(short)).collect())
    }

    fn has_orders_of(&self, day: BillDate) -> bool {
        !self.view.day::<MOrder>(day.number()).is_empty()
    }

    fn is_all_new(&self, import: u32) -> Result<bool, EvidenceError> {
        let failed = |error| EvidenceError::from(BooksError::Store(error));
        let record = self.catalog.import(import).map_err(failed)?;
        let Some(record) = record else {
            return Ok(false);
        };
        let facts: serde_json::Value = record.read_facts().map_err(failed)?;
        let count = |name: &str| facts.get(name).and_then(serde_json::Value::as_u64);
        Ok(count("same") == Some(0) && count("changed") == Some(0))
    }

    fn bill_days(&self) -> Result<Vec<BillDate>, EvidenceError> {
        Ok(self.view.bill_days.clone())
    }

    fn has_business_numbers(&self) -> Result<bool, EvidenceError> {
        Ok(self.view.order_traits.business_numbers)
    }

    fn has_refund_rows(&self) -> bool {
        self.view
            .days::<MRefund>(i32::MIN..=i32::MAX)
            .next()
            .is_some()
    }

    fn has_refund_totals(&self) -> bool {
        self.view.order_traits.refund_totals
    }
}
