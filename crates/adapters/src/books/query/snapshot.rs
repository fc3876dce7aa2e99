//! The catalog as of one moment: which sections and which rows of them count.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::liveness::{Liveness, chosen_bills};
use super::scan::{Keep, Merge, Scan, Tombstones};
use super::segment_cache::SegmentCache;
use crate::books::catalog::{Catalog, OrderTraits, SectionMeta};
use crate::books::format::index_page::ShortRange;
use crate::books::format::record::Record;
use recondesk_domain::{BillDate, ProfileId};
use recondesk_ports::{Book, BooksError};

/// Sections and superseded rows of one merchant, or of all.
#[derive(Debug)]
pub(crate) struct Snapshot {
    /// All sections, in order of their numbers.
    pub(crate) sections: Vec<SectionMeta>,
    /// Places in `sections` of those that count, by book and day.
    by_day: BTreeMap<(Book, i32), Vec<usize>>,
    live: Liveness,
    /// Days with a verified bill.
    pub(crate) bill_days: Vec<BillDate>,
    /// What the orders carry.
    pub(crate) order_traits: OrderTraits,
}

impl Snapshot {
    /// Reads the catalog; `as_of` leaves out what later imports brought.
    pub(crate) fn load(
        catalog: &dyn Catalog,
        profile: Option<ProfileId>,
        as_of: Option<u32>,
    ) -> Result<Self, BooksError> {
        let last = as_of.unwrap_or(u32::MAX);
        let chosen = chosen_bills(&catalog.all_bills(profile)?, last);
        let sections: Vec<SectionMeta> = catalog
            .sections(profile)?
            .into_iter()
            .filter(|section| section.import <= last)
            .collect();
        let live = Liveness::of(&sections, &chosen, catalog.superseded(profile)?, last);
        let mut by_day: BTreeMap<(Book, i32), Vec<usize>> = BTreeMap::new();
        for (at, section) in sections.iter().enumerate() {
            if live.counts(section.id) {
                let place = (section.book, section.day);
                by_day.entry(place).or_default().push(at);
            }
        }
        let mut days: Vec<i32> = chosen.keys().map(|(_, day, _)| *day).collect();
        days.sort_unstable();
        days.dedup();
        Ok(Self {
            sections,
            by_day,
            live,
            order_traits: catalog.order_traits(profile, last)?,
            bill_days: days.into_iter().filter_map(BillDate::from_number).collect(),
        })
    }

    /// A section by its number.
    pub(crate) fn section(&self, id: u32) -> Option<&SectionMeta> {
        let at = self
            .sections
            .binary_search_by_key(&id, |section| section.id);
        at.ok().and_then(|at| self.sections.get(at))
    }

    /// Which sections count, and which of their rows.
    pub(crate) const fn live(&self) -> &Liveness {
        &self.live
    }

    /// True when the rows of a section count today.
    pub(crate) fn counts(&self, id: u32) -> bool {
        self.live.counts(id)
    }

    /// Sections of a book that count, of one day.
    pub(crate) fn day<R: Record>(&self, day: i32) -> Vec<&SectionMeta> {
        self.days::<R>(day..=day).collect()
    }

    /// Sections of a book that count, of some days, by day.
    pub(crate) fn days<R: Record>(
        &self,
        days: std::ops::RangeInclusive<i32>,
    ) -> impl DoubleEndedIterator<Item = &SectionMeta> {
        let (from, to) = days.into_inner();
        self.by_day
            .range((R::BOOK, from)..=(R::BOOK, to.max(from)))
            .flat_map(|(_, places)| places)
            .filter_map(|at| self.sections.get(*at))
    }

    /// Rows of a section that newer imports replaced.
    pub(crate) fn dead(
        &self,
        segments: &SegmentCache,
        section: u32,
    ) -> Result<Option<Arc<Tombstones>>, BooksError> {
        self.live.dead(segments, section)
    }

    /// Some sections as one stream of the rows that count.
    pub(crate) fn merge<R: Record>(
        &self,
        segments: &Arc<SegmentCache>,
        sections: Vec<&SectionMeta>,
        keep: Option<&Keep<R>>,
    ) -> Result<Merge<R>, BooksError> {
        let mut scans = Vec::with_capacity(sections.len());
        for meta in sections {
            let section = segments.section(meta)?;
            scans.push(Scan {
                segments: Arc::clone(segments),
                rows: 0..section.footer.rows,
                section,
                dead: self.dead(segments, meta.id)?,
                keep: keep.cloned(),
            });
        }
        Merge::new(scans)
    }

    /// The same of the rows whose fingerprints lie in a range.
    pub(crate) fn merge_between<R: Record>(
        &self,
        segments: &Arc<SegmentCache>,
        sections: &[&SectionMeta],
        range: ShortRange,
    ) -> Result<Merge<R>, BooksError> {
        let mut scans = Vec::with_capacity(sections.len());
        for meta in sections {
            let section = segments.section(meta)?;
            let place = |bound: Option<u32>| match bound {
                Some(0) => Ok(0),
                Some(bound) => segments.first_row_from(&section, bound),
                None => Ok(section.footer.rows),
            };
            let rows = place(range.from)?..place(range.to)?;
            scans.push(Scan {
                segments: Arc::clone(segments),
                rows,
                section,
                dead: self.dead(segments, meta.id)?,
                keep: None,
            });
        }
        Merge::new(scans)
    }
}
