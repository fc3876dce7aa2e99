//! The books as the rest of the program asks for them.

use std::sync::Arc;
use std::sync::atomic::AtomicI32;

use super::evidence::MerchantBooks;
use super::snapshot::Snapshot;
use super::store::Bookshelf;
use crate::archive::Archive;
use recondesk_domain::{BillDate, ProfileId, RowRef};
use recondesk_intake::{KnownContext, Mapping, RecordKind, Reject};
use recondesk_ports::{
    BillExpect, BillImport, Book, BookRow, Books, BooksError, ImportRecord, Occurrence,
    OrdersImport, RawRow, RowId, RowList, Source, TableQuery, Watch,
};
use recondesk_reconcile::Evidence;

impl Bookshelf {
    fn ledger(
        &self,
        profile: ProfileId,
        as_of: Option<u32>,
    ) -> Result<Box<dyn Evidence>, BooksError> {
        Ok(Box::new(MerchantBooks {
            shelf: Arc::clone(&self.shelf),
            view: Arc::new(Snapshot::load(&self.db, Some(profile), as_of)?),
            near: AtomicI32::new(i32::MAX),
        }))
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
        self.bill(profile, source, expect, watch)
    }

    fn import_orders(
        &self,
        place: (ProfileId, &Mapping),
        source: Source,
        watch: &dyn Watch,
        rejects: &mut dyn FnMut(&Reject),
    ) -> Result<OrdersImport, BooksError> {
        self.orders(place, source, watch, rejects)
    }

    fn evidence(&self, profile: ProfileId) -> Result<Box<dyn Evidence>, BooksError> {
        self.ledger(profile, None)
    }

    fn evidence_as_of(
        &self,
        profile: ProfileId,
        import: u32,
    ) -> Result<Box<dyn Evidence>, BooksError> {
        self.ledger(profile, Some(import))
    }

    fn newest_import(&self, profile: ProfileId) -> Result<u32, BooksError> {
        Ok(self.db.newest_import(Some(profile))?)
    }

    fn beside(&self, profile: ProfileId, kind: RecordKind) -> Result<KnownContext, BooksError> {
        self.known_beside(profile, kind)
    }

    fn imports(&self, profile: ProfileId) -> Result<Vec<ImportRecord>, BooksError> {
        Ok(self.db.imports(profile)?)
    }

    fn bills(&self, profile: ProfileId, day: BillDate) -> Result<Vec<ImportRecord>, BooksError> {
        Ok(self.db.bills(profile, day)?)
    }

    fn list(
        &self,
        place: (ProfileId, Book, BillDate),
        query: &TableQuery,
        watch: &dyn Watch,
    ) -> Result<RowList, BooksError> {
        self.table(place, query, watch)
    }

    fn rows(&self, ids: &[RowId]) -> Result<Vec<BookRow>, BooksError> {
        self.page(ids)
    }

    fn raw_row(&self, row: RowRef) -> Result<RawRow, BooksError> {
        self.raw(row)
    }

    fn raw_file(&self, import: u32, sink: &mut dyn FnMut(&[u8])) -> Result<(), BooksError> {
        Archive::open(&self.archive, import)?.read_all(sink)
    }

    fn find(&self, number: &str) -> Result<Vec<Occurrence>, BooksError> {
        self.everywhere(number)
    }
}
