//! Reading segments: open files, footers and row groups, each kept for a while and bounded in number.
//!
//! Thousands of segments cost a footer each in memory; a probe costs one page of one file.

use std::collections::HashMap;
use std::fs::File;
use std::hash::Hash;
use std::io;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use crate::books::catalog::{ByteRange, Catalog, SectionMeta};
use crate::books::format::group::{GROUP_ROWS, RowGroup};
use crate::books::format::index_page::{
    Index, PAGE_BYTES, first_row_from, is_sound, probe, short, sweep,
};
use crate::books::format::record::Record;
use crate::books::format::segment::{
    Footer, HEAD_BYTES, has_head, head_len, segment_head, segment_name,
};
use crate::books::narrow;
use crate::disk::{Disk, read_over, room_for_files};
use crate::object_store::store_error;
use recondesk_domain::fingerprint;
use recondesk_ports::{BooksError, StoreError};

/// Files kept open at least; systems commonly allow a program 1024 or only 256.
const OPEN_FILES: usize = 128;
/// Row groups kept, some 150 kilobytes each.
const GROUPS: usize = 64;
/// Footers kept: some hundred bytes for most sections.
const FOOTERS: usize = 100_000;

/// Index pages read at a time by a sweep.
const SWEEP_PAGES: u64 = 256;
/// How many pages before its place by proportion a sweep begins, at least.
const SLACK_PAGES: u64 = 3;

/// A small cache that forgets what was not used for longest.
#[derive(Debug)]
struct Recent<K, V> {
    room: usize,
    tick: u64,
    held: HashMap<K, (u64, V)>,
}

impl<K: Copy + Eq + Hash, V: Clone> Recent<K, V> {
    fn new(room: usize) -> Self {
        Self {
            room,
            tick: 0,
            held: HashMap::new(),
        }
    }

    fn get(&mut self, key: K) -> Option<V> {
        self.tick += 1;
        let (used, value) = self.held.get_mut(&key)?;
        *used = self.tick;
        Some(value.clone())
    }

    fn forget(&mut self, key: K) {
        self.held.remove(&key);
    }

    fn put(&mut self, key: K, value: V) {
        self.tick += 1;
        if self.held.len() >= self.room {
            // Forgetting a quarter at a time makes the search for the oldest rare.
            let mut ages: Vec<u64> = self.held.values().map(|(used, _)| *used).collect();
            ages.sort_unstable();
            let limit = ages.get(self.room / 4).copied().unwrap_or(u64::MAX);
            self.held.retain(|_, (used, _)| *used > limit);
        }
        self.held.insert(key, (self.tick, value));
    }
}

/// A section, its footer read.
#[derive(Debug)]
pub(crate) struct Section {
    pub(crate) meta: SectionMeta,
    pub(crate) footer: Footer,
}

impl Section {
    /// Entries of an index.
    pub(crate) fn count(&self, index: Index) -> u64 {
        match index {
            Index::Keys => u64::from(self.footer.rows),
            Index::Others => self.footer.others,
        }
    }

    pub(crate) const fn index_at(&self, index: Index) -> u64 {
        match index {
            Index::Keys => self.footer.keys_at,
            Index::Others => self.footer.others_at,
        }
    }
}

/// All segments of a workspace.
#[derive(Debug)]
pub(crate) struct SegmentCache {
    disk: Disk,
    catalog: Arc<dyn Catalog>,
    files: Mutex<Recent<u32, Arc<File>>>,
    sections: Mutex<Recent<u32, Arc<Section>>>,
    groups: Mutex<Recent<(u32, u32), Arc<RowGroup>>>,
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // Caches hold nothing that a panic could leave half done.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A page before the one where a fingerprint would lie were all spread evenly, by enough for chance.
fn first_page(index: Index, count: u64, wanted: u32) -> u64 {
    let count = count.min(u64::from(u32::MAX));
    let even = (u64::from(wanted) * count) >> 32;
    // Four standard deviations: that of the place is half the root of the count at most.
    let chance = count.isqrt() * 2;
    let place = even.saturating_sub(chance) / index.per_page() as u64;
    place.saturating_sub(SLACK_PAGES)
}

/// A fingerprint of some whole pages, by its number among those that they hold.
fn edge(index: Index, pages: &[u8], at: usize) -> u32 {
    let (page, entry) = (at / index.per_page(), at % index.per_page());
    let bytes = match index {
        Index::Keys => 4,
        Index::Others => 8,
    };
    let last = page * PAGE_BYTES + (entry + 1) * bytes;
    // The fingerprint is the upper half of a pair.
    let word = pages.get(..last).and_then(<[u8]>::last_chunk::<4>);
    word.copied().map_or(0, u32::from_le_bytes)
}

impl SegmentCache {
    pub(crate) fn new(disk: Disk, catalog: Arc<dyn Catalog>) -> Self {
        Self {
            disk,
            catalog,
            files: Mutex::new(Recent::new(room_for_files(OPEN_FILES))),
            sections: Mutex::new(Recent::new(FOOTERS)),
            groups: Mutex::new(Recent::new(GROUPS)),
        }
    }

    pub(crate) const fn disk(&self) -> &Disk {
        &self.disk
    }

    pub(crate) fn damaged(import: u32, what: &str) -> BooksError {
        BooksError::Damaged {
            file: format!("books/{}", segment_name(import)),
            what: what.to_owned(),
        }
    }

    fn file(&self, import: u32) -> Result<Arc<File>, BooksError> {
        if let Some(file) = locked(&self.files).get(import) {
            return Ok(file);
        }
        let file = self
            .disk
            .open(&segment_name(import))
            .map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => Self::damaged(import, "the file is missing"),
                _ => store_error(&error).map_or_else(
                    || BooksError::Store(StoreError::Denied(error.to_string())),
                    BooksError::Store,
                ),
            })?;
        self.check_head(import, &file)?;
        let file = Arc::new(file);
        locked(&self.files).put(import, Arc::clone(&file));
        Ok(file)
    }

    /// Reads once more where what is damaged is a copy of a file in an object store, which is fetched anew.
    fn healed<T>(
        &self,
        import: u32,
        mut read: impl FnMut() -> Result<T, BooksError>,
    ) -> Result<T, BooksError> {
        match read() {
            Err(BooksError::Damaged { .. }) if self.disk.forget(&segment_name(import)) => {
                tracing::warn!(import, "a copy is not what was written, it is fetched anew");
                locked(&self.files).forget(import);
                read()
            }
            other => other,
        }
    }

    /// Refuses the file of another import.
    fn check_head(&self, import: u32, file: &File) -> Result<(), BooksError> {
        let head = read_over(file, 0, HEAD_BYTES, Vec::new())
            .map_err(|error| Self::unread(import, &error))?;
        let record = self.catalog.import(import)?;
        let wanted = record.map(|record| segment_head(import, &record.sha256));
        if wanted.is_some_and(|wanted| has_head(&head, &wanted)) {
            return Ok(());
        }
        Err(Self::damaged(import, "it is not the file of this import"))
    }

    fn unread(import: u32, error: &io::Error) -> BooksError {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::damaged(import, "the file is cut short"),
            _ => BooksError::Store(StoreError::Broken(error.to_string())),
        }
    }

    /// Bytes of the head of a segment file, and of all of it.
    pub(crate) fn extent(&self, import: u32) -> Result<(u64, u64), BooksError> {
        let file = self.file(import)?;
        let unread = |error| Self::unread(import, &error);
        let size = file.metadata().map_err(unread)?.len();
        let head = read_over(&file, 0, HEAD_BYTES, Vec::new()).map_err(unread)?;
        Ok((head_len(&head), size))
    }

    /// Reads a stretch of a segment file.
    pub(crate) fn read(&self, import: u32, place: ByteRange) -> Result<Vec<u8>, BooksError> {
        self.read_over(import, place, Vec::new())
    }

    fn read_over(
        &self,
        import: u32,
        place: ByteRange,
        used: Vec<u8>,
    ) -> Result<Vec<u8>, BooksError> {
        let file = self.file(import)?;
        let read = read_over(&file, place.offset, place.len as usize, used);
        read.map_err(|error| Self::unread(import, &error))
    }

    /// A section with its footer.
    pub(crate) fn section(&self, meta: &SectionMeta) -> Result<Arc<Section>, BooksError> {
        if let Some(section) = locked(&self.sections).get(meta.id) {
            return Ok(section);
        }
        let footer = self.healed(meta.import, || {
            let bytes = self.read(meta.import, meta.footer)?;
            Footer::decode(&bytes, meta.book)
                .filter(|footer| footer.rows == meta.rows)
                .ok_or_else(|| Self::damaged(meta.import, "the footer of a section"))
        })?;
        let section = Arc::new(Section {
            meta: meta.clone(),
            footer,
        });
        locked(&self.sections).put(meta.id, Arc::clone(&section));
        Ok(section)
    }

    /// A row group, without keeping it: for reading a section from end to end.
    pub(crate) fn load_group<R: Record>(
        &self,
        section: &Section,
        group: u32,
    ) -> Result<RowGroup, BooksError> {
        self.healed(section.meta.import, || {
            let (bytes, fault) = self.group_bytes(section, group, Vec::new())?;
            RowGroup::open::<R>(bytes).ok_or_else(fault)
        })
    }

    /// The same with some of its texts only, into used memory.
    pub(crate) fn skim_group<R: Record>(
        &self,
        section: &Section,
        group: u32,
        texts: u8,
        mut used: Vec<u8>,
    ) -> Result<RowGroup, BooksError> {
        self.healed(section.meta.import, || {
            let used = std::mem::take(&mut used);
            let (bytes, fault) = self.group_bytes(section, group, used)?;
            RowGroup::open_some::<R>(bytes, texts).ok_or_else(fault)
        })
    }

    fn group_bytes(
        &self,
        section: &Section,
        group: u32,
        used: Vec<u8>,
    ) -> Result<(Vec<u8>, impl Fn() -> BooksError + use<>), BooksError> {
        let import = section.meta.import;
        let fault = move || Self::damaged(import, &format!("row group {group}"));
        let place = section.footer.groups.get(group as usize);
        let place = place.ok_or_else(fault)?;
        Ok((self.read_over(import, *place, used)?, fault))
    }

    /// A row group, kept for the next question.
    pub(crate) fn group<R: Record>(
        &self,
        section: &Section,
        group: u32,
    ) -> Result<Arc<RowGroup>, BooksError> {
        let key = (section.meta.id, group);
        if let Some(group) = locked(&self.groups).get(key) {
            return Ok(group);
        }
        let loaded = Arc::new(self.load_group::<R>(section, group)?);
        locked(&self.groups).put(key, Arc::clone(&loaded));
        Ok(loaded)
    }

    /// A row by its number in the section.
    pub(crate) fn row<R: Record>(&self, section: &Section, row: u32) -> Result<R, BooksError> {
        let rows = narrow(GROUP_ROWS);
        let group = self.group::<R>(section, row / rows)?;
        group
            .get((row % rows) as usize, section.meta.import)
            .ok_or_else(|| Self::damaged(section.meta.import, &format!("row {row}")))
    }

    /// Rows of a section that may carry a number, by one of its indexes; the caller compares the text.
    pub(crate) fn candidates(
        &self,
        section: &Section,
        index: Index,
        number: &[u8],
    ) -> Result<Vec<u32>, BooksError> {
        let count = section.count(index);
        probe(index, count, short(fingerprint(number)), |page| {
            let bytes = self.index_pages(section, index, page..page + 1)?;
            Ok(Arc::new(bytes))
        })
    }

    /// Consecutive pages of an index, each as it was written.
    pub(crate) fn index_pages(
        &self,
        section: &Section,
        index: Index,
        pages: Range<u64>,
    ) -> Result<Vec<u8>, BooksError> {
        let take = pages.end.saturating_sub(pages.start);
        let place = ByteRange {
            offset: section.index_at(index) + pages.start * PAGE_BYTES as u64,
            len: u32::try_from(take * PAGE_BYTES as u64).unwrap_or(u32::MAX),
        };
        self.healed(section.meta.import, || {
            let bytes = self.read(section.meta.import, place)?;
            if !bytes.chunks(PAGE_BYTES).all(is_sound) {
                return Err(Self::damaged(section.meta.import, "an index page"));
            }
            Ok(bytes)
        })
    }

    /// The first row of a section whose fingerprint begins with no less than `least`.
    pub(crate) fn first_row_from(&self, section: &Section, least: u32) -> Result<u32, BooksError> {
        let count = section.count(Index::Keys);
        let row = first_row_from(count, least, |page| {
            self.index_pages(section, Index::Keys, page..page + 1)
        })?;
        Ok(u32::try_from(row).unwrap_or(u32::MAX))
    }

    /// Finds many fingerprints, ascending, by reading all of an index that may hold them; `hit` gets
    /// their place and the row.
    pub(crate) fn sweep(
        &self,
        section: &Section,
        index: Index,
        wanted: &[u32],
        mut hit: impl FnMut(usize, u32),
    ) -> Result<(), BooksError> {
        let count = section.count(index);
        let (Some(least), Some(most)) = (wanted.first(), wanted.last()) else {
            return Ok(());
        };
        let pages = index.pages(count);
        let mut first = first_page(index, count, *least);
        let mut settled = first == 0;
        while first < pages {
            let near = first_page(index, count, *most).saturating_add(SLACK_PAGES * 2);
            let take = near.saturating_sub(first).clamp(8, SWEEP_PAGES);
            let take = (pages - first).min(take);
            let bytes = self.index_pages(section, index, first..first + take)?;
            if !settled && edge(index, &bytes, 0) >= *least {
                // Fingerprints are not as even as they should be: from the beginning, then.
                (first, settled) = (0, true);
                continue;
            }
            settled = true;
            sweep((index, count), wanted, first, &bytes, &mut hit);
            first += take;
            let last = (bytes.len() / PAGE_BYTES * index.per_page()).saturating_sub(1);
            if first < pages && edge(index, &bytes, last) > *most {
                return Ok(());
            }
        }
        Ok(())
    }
}
