//! All rows of a merchant's books that count, day by day.

use std::sync::Arc;

use super::lookup::{NumberSet, SearchPlace, lookup};
use super::scan::Merge;
use super::segment_cache::SegmentCache;
use super::snapshot::Snapshot;
use crate::books::catalog::SectionMeta;
use crate::books::format::index_page::Index;
use crate::books::format::record::Record;
use recondesk_domain::{BillDate, MOrder, MRefund, WPay, WRefund};
use recondesk_ports::{Book, BookContents, BookRow, BookRows, BooksError, ContentDay};

/// Under this number lie the merchant's rows without any time.
const NO_DAY: i32 = i32::MIN;

/// The books of one merchant, as of one import.
#[derive(Debug)]
pub(crate) struct MerchantContents {
    segments: Arc<SegmentCache>,
    view: Snapshot,
}

impl MerchantContents {
    pub(crate) const fn new(segments: Arc<SegmentCache>, view: Snapshot) -> Self {
        Self { segments, view }
    }

    /// Where numbers are looked for.
    const fn place<'a>(&'a self, meta: &'a SectionMeta) -> SearchPlace<'a> {
        SearchPlace {
            segments: &self.segments,
            view: &self.view,
            meta,
        }
    }

    fn days_of<R: Record>(&self) -> Vec<ContentDay> {
        let sections: Vec<_> = self.view.days::<R>(NO_DAY..=i32::MAX).collect();
        sections
            .chunk_by(|a, b| a.day == b.day)
            .filter_map(|same| {
                Some(ContentDay {
                    day: BillDate::from_number(same.first()?.day),
                    most_rows: same.iter().map(|section| u64::from(section.rows)).sum(),
                })
            })
            .collect()
    }

    fn merge<R: Record>(&self, day: i32) -> Result<Merge<R>, BooksError> {
        self.view
            .merge::<R>(&self.segments, self.view.day::<R>(day), None)
    }

    fn rows_of<R: Record>(&self, day: i32) -> Result<Box<dyn BookRows + '_>, BooksError> {
        Ok(Box::new(DayRows(self.merge::<R>(day)?)))
    }

    /// Which of these orders without a time have a time by now: they give way to the order of their number that has.
    fn has_time(&self, orders: &[MOrder]) -> Result<Vec<bool>, BooksError> {
        let mut wanted = NumberSet::new(orders.iter().map(|order| order.out_trade_no.as_bytes()));
        let mut has_time = vec![false; orders.len()];
        for meta in self.view.days::<MOrder>(NO_DAY + 1..=i32::MAX) {
            let is = |order: &MOrder, number: &[u8]| order.out_trade_no.as_bytes() == number;
            for found in lookup(self.place(meta), Index::Keys, &wanted, is)? {
                if let Some(known) = has_time.get_mut(found.at).filter(|_| !found.dead) {
                    *known = true;
                }
            }
            wanted.retain(|at| has_time.get(at) == Some(&false));
        }
        Ok(has_time)
    }
}

impl BookContents for MerchantContents {
    fn days(&self, book: Book) -> Vec<ContentDay> {
        match book {
            Book::Pays => self.days_of::<WPay>(),
            Book::Refunds => self.days_of::<WRefund>(),
            Book::Orders => self.days_of::<MOrder>(),
            Book::MerchantRefunds => self.days_of::<MRefund>(),
        }
    }

    fn rows(
        &self,
        book: Book,
        day: Option<BillDate>,
    ) -> Result<Box<dyn BookRows + '_>, BooksError> {
        let number = day.map_or(NO_DAY, BillDate::number);
        match (book, day) {
            (Book::Pays, _) => self.rows_of::<WPay>(number),
            (Book::Refunds, _) => self.rows_of::<WRefund>(number),
            (Book::Orders, Some(_)) => self.rows_of::<MOrder>(number),
            (Book::Orders, None) => Ok(Box::new(UntimedOrders {
                books: self,
                rows: self.merge::<MOrder>(NO_DAY)?,
            })),
            (Book::MerchantRefunds, _) => self.rows_of::<MRefund>(number),
        }
    }
}

/// Rows of one day.
struct DayRows<R>(Merge<R>);

impl<R: Record> BookRows for DayRows<R> {
    fn visit(&mut self, most: usize, see: &mut dyn FnMut(&BookRow)) -> Result<usize, BooksError> {
        let mut seen = 0;
        while seen < most {
            let Some(row) = self.0.pull(|_, scanned| see(&scanned.row.any())) else {
                break;
            };
            row?;
            seen += 1;
        }
        Ok(seen)
    }
}

/// Orders without a time that no order with a time took the place of.
struct UntimedOrders<'a> {
    books: &'a MerchantContents,
    rows: Merge<MOrder>,
}

impl BookRows for UntimedOrders<'_> {
    fn visit(&mut self, most: usize, see: &mut dyn FnMut(&BookRow)) -> Result<usize, BooksError> {
        loop {
            let mut orders = Vec::new();
            while orders.len() < most {
                let Some(row) = self.rows.pull(|_, scanned| scanned.row) else {
                    break;
                };
                orders.push(row?);
            }
            let mut seen = 0;
            for (order, has_time) in orders.iter().zip(self.books.has_time(&orders)?) {
                if !has_time {
                    see(&order.any());
                    seen += 1;
                }
            }
            if seen > 0 || orders.is_empty() {
                return Ok(seen);
            }
        }
    }
}
