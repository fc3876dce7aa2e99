//! Which sections count, and which rows of them newer imports replaced.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use super::scan::Tombstones;
use super::segment_cache::SegmentCache;
use crate::books::catalog::{BillEntry, Catalog, SectionMeta, SupersededMeta};
use crate::books::format::segment::{read_superseded, segment_name};
use recondesk_ports::{Book, BooksError, Standing};

/// The import whose rows count, by merchant, day and book, and how well its kind fits.
pub(super) type ChosenBills = BTreeMap<(i64, i32, Book), (u8, u32)>;

/// What counts of some sections.
#[derive(Debug)]
pub(crate) struct Liveness {
    /// Numbers of the sections that count, ascending.
    counting: Vec<u32>,
    superseded: HashMap<u32, Vec<SupersededMeta>>,
    dead: Mutex<HashMap<u32, Arc<Tombstones>>>,
}

/// What a bill is for, by its kind: which books its rows go to when several bills of a day are there.
fn rank(kind: &str, book: Book) -> Option<u8> {
    match (kind, book) {
        ("bill.all", Book::Pays | Book::Refunds) => Some(0),
        ("bill.success", Book::Pays) | ("bill.refund", Book::Refunds) => Some(1),
        _ => None,
    }
}

/// The bills that count, of the imports up to `last`.
pub(super) fn chosen_bills(bills: &[BillEntry], last: u32) -> ChosenBills {
    let bills = bills
        .iter()
        .filter(|bill| bill.import <= last && bill.standing != Standing::Quarantined);
    // The newest bill of a day and kind is the one that counts.
    let mut current: BTreeMap<(i64, i32, &str), u32> = BTreeMap::new();
    for bill in bills {
        let place = (bill.profile.0, bill.day, bill.kind.as_str());
        let newest = current.entry(place).or_insert(bill.import);
        *newest = (*newest).max(bill.import);
    }
    let mut chosen = ChosenBills::new();
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
    chosen
}

impl Liveness {
    /// What counts of these sections, where all bills of their days and all lists of rows replaced in them are known.
    pub(super) fn of(
        sections: &[SectionMeta],
        chosen: &ChosenBills,
        lists: Vec<SupersededMeta>,
        last: u32,
    ) -> Self {
        let counts = |section: &&SectionMeta| match section.book {
            Book::Pays | Book::Refunds => chosen
                .get(&(section.profile.0, section.day, section.book))
                .is_some_and(|best| best.1 == section.import),
            Book::Orders | Book::MerchantRefunds => true,
        };
        let mut counting: Vec<u32> = sections
            .iter()
            .filter(counts)
            .map(|section| section.id)
            .collect();
        counting.sort_unstable();
        let mut superseded: HashMap<u32, Vec<SupersededMeta>> = HashMap::new();
        for list in lists {
            if list.import <= last {
                superseded.entry(list.section).or_default().push(list);
            }
        }
        Self {
            counting,
            superseded,
            dead: Mutex::default(),
        }
    }

    /// The same, with no more of the catalog read than these sections need.
    pub(super) fn about(
        catalog: &dyn Catalog,
        sections: &[SectionMeta],
        last: u32,
    ) -> Result<Self, BooksError> {
        let mut bills = Vec::new();
        let days: BTreeSet<_> = sections
            .iter()
            .filter(|section| matches!(section.book, Book::Pays | Book::Refunds))
            .map(|section| (section.profile, section.day))
            .collect();
        for (profile, day) in days {
            bills.extend(catalog.bills_on(profile, day)?);
        }
        let mut lists = Vec::new();
        for section in sections {
            lists.extend(catalog.superseded_in(section.id)?);
        }
        Ok(Self::of(sections, &chosen_bills(&bills, last), lists, last))
    }

    /// True when the rows of a section count today.
    pub(crate) fn counts(&self, id: u32) -> bool {
        self.counting.binary_search(&id).is_ok()
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
                file: format!("books/{}", segment_name(list.import)),
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
}
