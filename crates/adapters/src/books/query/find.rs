//! A number anywhere: every book, every day, every merchant.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use super::liveness::Liveness;
use super::lookup::{NumberSet, rows_with};
use super::snapshot::Snapshot;
use crate::books::Bookshelf;
use crate::books::catalog::SectionMeta;
use crate::books::format::index_page::Index;
use crate::books::format::record::Record;
use recondesk_domain::{BillDate, MOrder, MRefund, OutTradeNo, ProfileId, WPay, WRefund};
use recondesk_ports::{Book, BookRow, BooksError, NumberKind, Occurrence};

/// Longest number that any book has.
const LONGEST_NUMBER: usize = 64;
/// Sections that are looked through before another core is worth asking.
const SECTIONS: usize = 16;
/// As many sections with a number are asked about one by one.
const FEW_SECTIONS: usize = 64;

impl Bookshelf {
    /// Every place where a number stands.
    pub(crate) fn everywhere(&self, number: &str) -> Result<Vec<Occurrence>, BooksError> {
        if number.is_empty() || number.len() > LONGEST_NUMBER {
            return Ok(Vec::new());
        }
        let newest = self.catalog.newest_import(None)?;
        let sieves = self.sieves(newest)?;
        let sections = sieves.sections(self.segments.disk(), self.catalog.as_ref(), number)?;
        let found: Vec<Result<Vec<NumberHit>, BooksError>> = sections
            .par_iter()
            .with_min_len(SECTIONS)
            .map(|meta| match meta.book {
                Book::Pays => self.within::<WPay>(meta, number),
                Book::Refunds => self.within::<WRefund>(meta, number),
                Book::Orders => self.within::<MOrder>(meta, number),
                Book::MerchantRefunds => self.within::<MRefund>(meta, number),
            })
            .collect();
        let mut hits = Vec::new();
        for part in found {
            hits.extend(part?);
        }
        if hits.is_empty() {
            return Ok(Vec::new());
        }
        let mut out = self.judged(hits, sections, newest)?;
        retire_untimed(&mut out);
        let place = |row: &BookRow| match row {
            BookRow::Pay(row) => (0, row.row),
            BookRow::Refund(row) => (1, row.row),
            BookRow::Order(row) => (2, row.row),
            BookRow::MerchantRefund(row) => (3, row.row),
        };
        out.sort_by_key(|hit: &Occurrence| (hit.profile, hit.day, place(&hit.row), hit.kind));
        Ok(out)
    }

    /// Says of each row whether it still counts. Where few sections have one, no more of the catalog is read than they
    /// need: all of it takes longer than everything else about a number.
    fn judged(
        &self,
        hits: Vec<NumberHit>,
        mut sections: Vec<SectionMeta>,
        newest: u32,
    ) -> Result<Vec<Occurrence>, BooksError> {
        let having: BTreeSet<u32> = hits.iter().map(|hit| hit.section).collect();
        sections.retain(|section| having.contains(&section.id));
        let known = self.known_view(newest);
        let (view, few);
        let live = match &known {
            Some(view) => view.live(),
            None if sections.len() <= FEW_SECTIONS => {
                few = Liveness::about(self.catalog.as_ref(), &sections, newest)?;
                &few
            }
            None => {
                view = self.view_as_of(newest)?;
                view.live()
            }
        };
        let mut out = Vec::with_capacity(hits.len());
        for hit in hits {
            let dead = live.dead(&self.segments, hit.section)?;
            let is_dead = dead.is_some_and(|dead| dead.contains(hit.number));
            out.push(Occurrence {
                superseded: is_dead || !live.counts(hit.section),
                ..hit.place
            });
        }
        Ok(out)
    }

    fn within<R: Record>(
        &self,
        meta: &SectionMeta,
        number: &str,
    ) -> Result<Vec<NumberHit>, BooksError> {
        let wanted = NumberSet::new(std::iter::once(number.as_bytes()));
        let mut out = Vec::new();
        for index in [Index::Keys, Index::Others] {
            let is = |row: &R, number: &[u8]| !kinds(&row.any(), index, number).is_empty();
            for found in rows_with(&self.segments, meta, index, &wanted, is)? {
                let row = found.row.any();
                for kind in kinds(&row, index, number.as_bytes()) {
                    out.push(NumberHit {
                        section: meta.id,
                        number: found.number,
                        place: Occurrence {
                            profile: meta.profile,
                            day: BillDate::from_number(meta.day),
                            kind,
                            row,
                            superseded: false,
                        },
                    });
                }
            }
        }
        out.dedup();
        Ok(out)
    }

    /// The catalog of all merchants, read anew when there is a newer import.
    pub(crate) fn view(&self) -> Result<Arc<Snapshot>, BooksError> {
        self.view_as_of(self.catalog.newest_import(None)?)
    }

    /// The catalog as it was read before, if nothing was imported since.
    fn known_view(&self, newest: u32) -> Option<Arc<Snapshot>> {
        let cached = self
            .views
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let (known, view) = cached.as_ref()?;
        (*known == newest).then(|| Arc::clone(view))
    }

    fn view_as_of(&self, newest: u32) -> Result<Arc<Snapshot>, BooksError> {
        let mut cached = self
            .views
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        match &*cached {
            Some((known, view)) if *known == newest => Ok(Arc::clone(view)),
            _ => {
                let view = Snapshot::load(self.catalog.as_ref(), None, Some(newest))?;
                let view = Arc::new(view);
                *cached = Some((newest, Arc::clone(&view)));
                Ok(view)
            }
        }
    }
}

/// A row that has the number.
#[derive(Debug, Clone, PartialEq, Eq)]
struct NumberHit {
    section: u32,
    /// The row, as the section counts them.
    number: u32,
    place: Occurrence,
}

/// An order without any time gives way to one of its number that has a time: it was paid since.
fn retire_untimed(found: &mut [Occurrence]) {
    let timed: Vec<(ProfileId, OutTradeNo)> = found
        .iter()
        .filter(|hit| !hit.superseded)
        .filter_map(|hit| match &hit.row {
            BookRow::Order(order) if order.created().is_some() => {
                Some((hit.profile, order.out_trade_no))
            }
            BookRow::Pay(_)
            | BookRow::Refund(_)
            | BookRow::Order(_)
            | BookRow::MerchantRefund(_) => None,
        })
        .collect();
    for hit in found {
        if let BookRow::Order(order) = &hit.row
            && order.created().is_none()
            && timed.contains(&(hit.profile, order.out_trade_no))
        {
            hit.superseded = true;
        }
    }
}

/// What a number is in a row, among the numbers of one index.
fn kinds(row: &BookRow, index: Index, number: &[u8]) -> Vec<NumberKind> {
    use NumberKind::{OrderNo, OutRefundNo, OutTradeNo, RefundId, TransactionId};
    let all: [(NumberKind, &[u8]); 4] = match row {
        BookRow::Pay(pay) => [
            (OutTradeNo, pay.out_trade_no.as_bytes()),
            (TransactionId, pay.transaction_id.as_bytes()),
            (TransactionId, &[]),
            (TransactionId, &[]),
        ],
        BookRow::Refund(refund) => [
            (OutRefundNo, refund.out_refund_no.as_bytes()),
            (RefundId, refund.refund_id.as_bytes()),
            (OutTradeNo, refund.out_trade_no.as_bytes()),
            (TransactionId, refund.transaction_id.as_bytes()),
        ],
        BookRow::Order(order) => [
            (OutTradeNo, order.out_trade_no.as_bytes()),
            (TransactionId, order.transaction_id.as_bytes()),
            (OutRefundNo, order.refund_no.as_bytes()),
            (
                OrderNo,
                if order.order_no.as_bytes() == order.out_trade_no.as_bytes() {
                    &[]
                } else {
                    order.order_no.as_bytes()
                },
            ),
        ],
        BookRow::MerchantRefund(refund) => [
            (OutRefundNo, refund.out_refund_no.as_bytes()),
            (OutTradeNo, refund.out_trade_no.as_bytes()),
            (RefundId, refund.refund_id.as_bytes()),
            (RefundId, &[]),
        ],
    };
    let of_index = match index {
        Index::Keys => 0..1,
        Index::Others => 1..4,
    };
    all.into_iter()
        .enumerate()
        .filter(|(at, (_, text))| of_index.contains(at) && *text == number)
        .map(|(_, (kind, _))| kind)
        .collect()
}
