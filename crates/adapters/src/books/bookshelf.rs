//! The books of a workspace: what they are made of, and each question of [`Books`] handed to its room.

use std::sync::atomic::AtomicI32;
use std::sync::{Arc, Mutex};

use super::catalog::Catalog;
use super::disk_error;
use super::format::archive::{Archive, archive_name};
use super::query::segment_cache::SegmentCache;
use super::query::sieves::Sieves;
use super::query::snapshot::Snapshot;
use super::query::{MerchantBooks, MerchantContents};
use crate::disk::{Disk, PowerCut};
use crate::workspace::{ARCHIVE, BOOKS, Workspace};
use recondesk_domain::{BillDate, Fen, ProfileId, RowRef};
use recondesk_intake::{KnownContext, RecordKind, Reject};
use recondesk_ports::{
    BankImport, BillExpect, BillImport, BilledNumber, BookContents, BookDay, BookRow, Books,
    BooksError, Clock, FundExpect, FundImport, ImportRecord, Occurrence, OrdersImport,
    OrdersTarget, ProfileRecords, RawRow, RowId, RowList, SetAside, Source, TableQuery, ValueCount,
    ValuesAsk, Watch,
};
use recondesk_reconcile::Evidence;

/// The books of a workspace.
pub struct Bookshelf {
    pub(crate) workspace: Workspace,
    pub(crate) catalog: Arc<dyn Catalog>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) segments: Arc<SegmentCache>,
    pub(crate) archive: Disk,
    /// Where the segment of an import is made that is made again; else it is made where all of them lie.
    pub(crate) apart: Option<Disk>,
    /// The catalog of all merchants as of an import.
    pub(crate) views: Mutex<Option<(u32, Arc<Snapshot>)>>,
    /// Which imports may have a number.
    pub(crate) sieves: Mutex<Option<Arc<Sieves>>>,
}

impl std::fmt::Debug for Bookshelf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Bookshelf({})", self.workspace.folder().display())
    }
}

impl Bookshelf {
    /// Opens the books of a workspace, whose catalog may lie anywhere.
    ///
    /// # Errors
    /// [`BooksError`] when its folders cannot be used.
    pub fn open(
        workspace: &Workspace,
        catalog: Arc<dyn Catalog>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, BooksError> {
        Self::with_fault(workspace, catalog, clock, None)
    }

    /// As [`Bookshelf::open`], with a power cut to come: for tests of crashes.
    ///
    /// # Errors
    /// As above.
    pub fn with_fault(
        workspace: &Workspace,
        catalog: Arc<dyn Catalog>,
        clock: Arc<dyn Clock>,
        fault: Option<Arc<PowerCut>>,
    ) -> Result<Self, BooksError> {
        let room = |name, fault| {
            let room = workspace.room_with(name, fault);
            room.map_err(|error| disk_error(&error))
        };
        let books = room(BOOKS, fault.clone())?;
        let segments = Arc::new(SegmentCache::new(books, Arc::clone(&catalog)));
        let archive = room(ARCHIVE, fault)?;
        Ok(Self {
            workspace: workspace.clone(),
            catalog,
            clock,
            segments,
            archive,
            apart: None,
            views: Mutex::default(),
            sieves: Mutex::default(),
        })
    }

    /// The books by another catalog, which make their files in another folder.
    ///
    /// # Errors
    /// [`BooksError`] when the folder cannot be used.
    pub(crate) fn apart(
        &self,
        workspace: &Workspace,
        catalog: Arc<dyn Catalog>,
    ) -> Result<Self, BooksError> {
        let segments = self.segments.disk().clone();
        let mut books = Self::open(workspace, Arc::clone(&catalog), Arc::clone(&self.clock))?;
        books.apart = Some(books.segments.disk().clone());
        books.segments = Arc::new(SegmentCache::new(segments, catalog));
        Ok(books)
    }

    /// Where the segment of an import is made.
    pub(crate) fn drafts(&self) -> &Disk {
        self.apart.as_ref().unwrap_or_else(|| self.segments.disk())
    }

    fn merchant_books(
        &self,
        profile: ProfileId,
        as_of: Option<u32>,
    ) -> Result<Box<dyn Evidence>, BooksError> {
        Ok(Box::new(MerchantBooks {
            segments: Arc::clone(&self.segments),
            view: Arc::new(Snapshot::load(self.catalog.as_ref(), Some(profile), as_of)?),
            near: AtomicI32::new(i32::MAX),
            catalog: Arc::clone(&self.catalog),
            profile,
            as_of,
        }))
    }
}

impl Bookshelf {
    /// What the catalog has of an import, and its archived file, if that is the one that was imported.
    pub(crate) fn archive_of(&self, import: u32) -> Result<(ImportRecord, Archive), BooksError> {
        let record = self.catalog.import(import)?;
        let record = record.ok_or_else(|| BooksError::Damaged {
            file: "recondesk.db".to_owned(),
            what: format!("there is no import {import}"),
        })?;
        let name = archive_name(import);
        let open = || match Archive::open(&self.archive, import)? {
            archive if archive.sha256() == record.sha256 => Ok(archive),
            _ => Err(BooksError::Damaged {
                file: format!("archive/{name}"),
                what: "it is another file than the one that was imported".to_owned(),
            }),
        };
        let archive = match open() {
            // It was a copy of a file in an object store: that may be right.
            Err(BooksError::Damaged { .. }) if self.archive.forget(&name) => open()?,
            other => other?,
        };
        Ok((record, archive))
    }
}

impl Books for Bookshelf {
    fn import_bill(
        &self,
        profile: ProfileId,
        source: Source,
        expect: &BillExpect,
        watch: &dyn Watch,
    ) -> Result<BillImport, BooksError> {
        self.ingest_bill(profile, source, expect, watch)
    }

    fn import_fund_flow(
        &self,
        profile: ProfileId,
        source: Source,
        expect: &FundExpect,
        watch: &dyn Watch,
    ) -> Result<FundImport, BooksError> {
        self.ingest_fund_flow(profile, source, expect, watch)
    }

    fn import_bank_statement(
        &self,
        profile: ProfileId,
        source: Source,
        watch: &dyn Watch,
    ) -> Result<BankImport, BooksError> {
        self.ingest_bank_statement(profile, source, watch)
    }

    fn import_orders(
        &self,
        place: OrdersTarget<'_>,
        source: Source,
        watch: &dyn Watch,
        rejects: &mut dyn FnMut(&Reject),
    ) -> Result<OrdersImport, BooksError> {
        self.ingest_orders(place, source, watch, rejects)
    }

    fn evidence(&self, profile: ProfileId) -> Result<Box<dyn Evidence>, BooksError> {
        self.merchant_books(profile, None)
    }

    fn evidence_as_of(
        &self,
        profile: ProfileId,
        import: u32,
    ) -> Result<Box<dyn Evidence>, BooksError> {
        self.merchant_books(profile, Some(import))
    }

    fn newest_import(&self, profile: ProfileId) -> Result<u32, BooksError> {
        Ok(self.catalog.newest_import(Some(profile))?)
    }

    fn beside(&self, profile: ProfileId, kind: RecordKind) -> Result<KnownContext, BooksError> {
        self.known_beside(profile, kind)
    }

    fn billed(
        &self,
        place: ProfileRecords,
        days: &[BillDate],
        numbers: &[&str],
    ) -> Result<Vec<BilledNumber>, BooksError> {
        self.billed_numbers(place, days, numbers)
    }

    fn set_aside(
        &self,
        profile: ProfileId,
        kind: RecordKind,
        numbers: &[&str],
    ) -> Result<Vec<Option<SetAside>>, BooksError> {
        Ok(self
            .catalog
            .set_aside(ProfileRecords { profile, kind }, numbers, None)?)
    }

    fn billed_days(&self, profile: ProfileId) -> Result<Vec<BillDate>, BooksError> {
        self.days_with_bill(profile)
    }

    fn imports(&self, profile: ProfileId) -> Result<Vec<ImportRecord>, BooksError> {
        Ok(self.catalog.imports(profile)?)
    }

    fn bills(&self, profile: ProfileId, day: BillDate) -> Result<Vec<ImportRecord>, BooksError> {
        Ok(self.catalog.bills(profile, day)?)
    }

    fn list(
        &self,
        place: BookDay,
        query: &TableQuery,
        watch: &dyn Watch,
    ) -> Result<RowList, BooksError> {
        self.table(place, query, watch)
    }

    fn rows(&self, ids: &[RowId]) -> Result<Vec<BookRow>, BooksError> {
        self.page(ids)
    }

    fn sum(&self, ids: &[RowId], watch: &dyn Watch) -> Result<Fen, BooksError> {
        self.sum_of(ids, watch)
    }

    fn values(
        &self,
        place: BookDay,
        query: &TableQuery,
        column: ValuesAsk,
        watch: &dyn Watch,
    ) -> Result<Option<Vec<ValueCount>>, BooksError> {
        self.values_of(place, query, column, watch)
    }

    fn raw_row(&self, row: RowRef) -> Result<RawRow, BooksError> {
        self.raw(row)
    }

    fn raw_file(&self, import: u32, sink: &mut dyn FnMut(&[u8])) -> Result<(), BooksError> {
        self.archive_of(import)?.1.read_all(sink)
    }

    fn contents_as_of(
        &self,
        profile: ProfileId,
        import: u32,
    ) -> Result<Box<dyn BookContents>, BooksError> {
        let view = Snapshot::load(self.catalog.as_ref(), Some(profile), Some(import))?;
        let segments = Arc::clone(&self.segments);
        Ok(Box::new(MerchantContents::new(segments, view)))
    }

    fn find(&self, number: &str) -> Result<Vec<Occurrence>, BooksError> {
        self.everywhere(number)
    }
}
