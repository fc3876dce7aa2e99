//! The catalog as of one moment: which sections and which rows of them count.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use super::scan::{Keep, Merge, Scan, Tombstones};
use super::segment_cache::SegmentCache;
use crate::books::catalog::{BillEntry, Catalog, OrderTraits, SectionMeta, SupersededMeta};
use crate::books::format::record::Record;
use crate::books::format::segment::read_superseded;
use recondesk_domain::{BillDate, ProfileId};
use recondesk_ports::{Book, BooksError, Standing};

/// Sections and superseded rows of one merchant, or of all.
#[derive(Debug)]
pub(crate) struct Snapshot {
    /// All sections, in order of their numbers.
    pub(crate) sections: Vec<SectionMeta>,
    /// Places in `sections` of those that count, by book and day.
    by_day: BTreeMap<(Book, i32), Vec<usize>>,
    /// Numbers of the sections that count, ascending.
    counting: Vec<u32>,
    superseded: HashMap<u32, Vec<SupersededMeta>>,
    dead: Mutex<HashMap<u32, Arc<Tombstones>>>,
    /// Days with a verified bill.
    pub(crate) bill_days: Vec<BillDate>,
    /// What the orders carry.
    pub(crate) order_traits: OrderTraits,
}

/// What a bill is for, by its kind: which books its rows go to when several bills of a day are there.
fn rank(kind: &str, book: Book) -> Option<u8> {
    match (kind, book) {
        ("bill.all", Book::Pays | Book::Refunds) => Some(0),
        ("bill.success", Book::Pays) | ("bill.refund", Book::Refunds) => Some(1),
        _ => None,
    }
}

impl Snapshot {
    /// Reads the catalog; `as_of` leaves out what later imports brought.
    pub(crate) fn load(
        catalog: &dyn Catalog,
        profile: Option<ProfileId>,
        as_of: Option<u32>,
    ) -> Result<Self, BooksError> {
        let last = as_of.unwrap_or(u32::MAX);
        let bills: Vec<BillEntry> = catalog
            .all_bills(profile)?
            .into_iter()
            .filter(|bill| bill.import <= last && bill.standing != Standing::Quarantined)
            .collect();
        // The newest bill of a day and kind is the one that counts.
        let mut current: BTreeMap<(i64, i32, &str), u32> = BTreeMap::new();
        for bill in &bills {
            let place = (bill.profile.0, bill.day, bill.kind.as_str());
            let newest = current.entry(place).or_insert(bill.import);
            *newest = (*newest).max(bill.import);
        }
        let mut chosen: BTreeMap<(i64, i32, Book), (u8, u32)> = BTreeMap::new();
        for ((profile, day, kind), import) in &current {
            for book in [Book::Pays, Book::Refunds] {
                let Some(rank) = rank(kind, book) else {
                    continue;
                };
                let best = chosen
                    .entry((*profile, *day, book))
                    .or_insert((rank, *import));
                if rank < best.0 {
                    *best = (rank, *import);
                }
            }
        }
        let sections: Vec<SectionMeta> = catalog
            .sections(profile)?
            .into_iter()
            .filter(|section| section.import <= last)
            .collect();
        let mut counting = Vec::with_capacity(sections.len());
        let mut by_day: BTreeMap<(Book, i32), Vec<usize>> = BTreeMap::new();
        for (at, section) in sections.iter().enumerate() {
            let counts = match section.book {
                Book::Pays | Book::Refunds => chosen
                    .get(&(section.profile.0, section.day, section.book))
                    .is_some_and(|best| best.1 == section.import),
                Book::Orders | Book::MerchantRefunds => true,
            };
            if counts {
                counting.push(section.id);
                by_day
                    .entry((section.book, section.day))
                    .or_default()
                    .push(at);
            }
        }
        let mut superseded: HashMap<u32, Vec<SupersededMeta>> = HashMap::new();
        for list in catalog.superseded(profile)? {
            if list.import <= last {
                superseded.entry(list.section).or_default().push(list);
            }
        }
        let mut days: Vec<i32> = chosen.keys().map(|(_, day, _)| *day).collect();
        days.sort_unstable();
        days.dedup();
        Ok(Self {
            sections,
            by_day,
            counting,
            superseded,
            dead: Mutex::default(),
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

    /// True when the rows of a section count today.
    pub(crate) fn counts(&self, id: u32) -> bool {
        self.counting.binary_search(&id).is_ok()
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
        let Some(lists) = self.superseded.get(&section) else {
            return Ok(None);
        };
        let locked = || self.dead.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(dead) = locked().get(&section) {
            return Ok(Some(Arc::clone(dead)));
        }
        let mut dead = Tombstones::default();
        for list in lists {
            let bytes = segments.read(list.import, list.list)?;
            let rows = read_superseded(&bytes).ok_or_else(|| BooksError::Damaged {
                file: format!(
                    "books/{}",
                    crate::books::format::segment::segment_name(list.import)
                ),
                what: "a list of superseded rows".to_owned(),
            })?;
            for row in rows {
                dead.insert(row);
            }
        }
        let dead = Arc::new(dead);
        locked().insert(section, Arc::clone(&dead));
        Ok(Some(dead))
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
            scans.push(Scan {
                segments: Arc::clone(segments),
                section: segments.section(meta)?,
                dead: self.dead(segments, meta.id)?,
                keep: keep.cloned(),
            });
        }
        Merge::new(scans)
    }
}
