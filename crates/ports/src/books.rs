//! The books on disk, as the rest of the program sees them: imports, evidence, tables, raw rows.
//!
//! `adapters::books` implements this over immutable column segments; a shared workspace may come
//! behind the same trait. Nothing here names a file format or a database.

use crate::{
    BankImport, BookContents, BookDay, BooksError, FundExpect, FundImport, OrdersTarget,
    ProfileRecords, RowId, RowList, Source, StoreError, TableQuery, ValueCount, ValuesAsk, Watch,
};
use recondesk_domain::{
    BillDate, Fen, Instant, MOrder, MRefund, MchId, PlainRow, ProfileId, RowRef, WPay, WRefund,
};
use recondesk_intake::{KnownContext, RecordKind, Reject, Stats};
use recondesk_reconcile::Evidence;
use serde::de::DeserializeOwned;
use wechatpay_codec::bill::Certificate;

/// Which of the books a row belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Book {
    /// Payments of WeChat Pay's bill.
    Pays = 1,
    /// Refunds of WeChat Pay's bill.
    Refunds = 2,
    /// The merchant's orders.
    Orders = 3,
    /// The merchant's refunds, one row each.
    MerchantRefunds = 4,
}

/// Whether the rows of a bill count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Standing {
    /// Its totals add up; its rows are evidence.
    Verified = 1,
    /// Its rows and its summary disagree; kept, but no evidence.
    Quarantined = 2,
    /// A later download of the same bill took its place (B07).
    Replaced = 3,
}

/// An import as the catalog knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRecord {
    /// Number in the workspace; [`RowRef::import`] refers to it.
    pub import: u32,
    /// The merchant.
    pub profile: ProfileId,
    /// `bill.all`, `bill.success`, `bill.refund`, `fund.basic`, `fund.operation`, `fund.fees`, `bank`, `orders`, `refunds`.
    /// A fund-flow bill of a sub-merchant has its number behind: `fund.basic.1900000201`.
    pub kind: String,
    /// Name of the file it came from.
    pub name: String,
    /// SHA-256 of its bytes after decompression.
    pub sha256: [u8; 32],
    /// Bytes after decompression.
    pub bytes: u64,
    /// Rows that were stored.
    pub rows: u64,
    /// When.
    pub imported_at: Instant,
    /// Day of a bill.
    pub day: Option<BillDate>,
    /// Standing of a bill; orders are always verified.
    pub standing: Standing,
    /// Facts of the import as one JSON document: certificate of a bill, counts of an orders file.
    pub facts: String,
}

impl ImportRecord {
    /// Its facts as this type has them.
    ///
    /// # Errors
    /// [`StoreError::Broken`] when the document is none that an import leaves: nothing is put in its place.
    pub fn read_facts<T: DeserializeOwned>(&self) -> Result<T, StoreError> {
        serde_json::from_str(&self.facts).map_err(|error| {
            StoreError::Broken(format!("facts of import {}: {error}", self.import))
        })
    }
}

/// A row of any book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BookRow {
    /// Payment of the bill.
    Pay(WPay),
    /// Refund of the bill.
    Refund(WRefund),
    /// Order.
    Order(MOrder),
    /// Refund of the merchant.
    MerchantRefund(MRefund),
}

/// A row as the file had it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawRow {
    /// Name of the file.
    pub file: String,
    /// Line in it.
    pub line: u32,
    /// The line, byte for byte but for broken characters.
    pub text: String,
    /// Header cells of the file.
    pub header: Vec<String>,
    /// Cells of the row, beside the header's.
    pub cells: Vec<String>,
}

impl RawRow {
    /// The row, to be masked.
    #[must_use]
    pub fn plain(&self) -> PlainRow<'_> {
        PlainRow {
            header: &self.header,
            cells: &self.cells,
            text: &self.text,
        }
    }
}

/// Which number of a row was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NumberKind {
    /// 商户订单号.
    OutTradeNo,
    /// 微信订单号.
    TransactionId,
    /// 商户退款单号.
    OutRefundNo,
    /// 微信退款单号.
    RefundId,
    /// Business order of the merchant.
    OrderNo,
}

/// One place where a number stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// The merchant.
    pub profile: ProfileId,
    /// The business day under which the row is kept; `None` for a merchant's row without any time.
    pub day: Option<BillDate>,
    /// What the number is there.
    pub kind: NumberKind,
    /// The row.
    pub row: BookRow,
    /// True when a newer import changed or replaced the row.
    pub superseded: bool,
}

/// What a bill must be to be accepted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BillExpect {
    /// 商户号 of the profile.
    pub mch_id: Option<MchId>,
    /// The day asked for; without it the only day in the bill.
    pub day: Option<BillDate>,
    /// SHA-1 of the uncompressed bytes that the gateway announced (APIv3).
    pub sha1: Option<[u8; 20]>,
}

/// What became of a bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    /// Its rows are in the books.
    New,
    /// Its rows are in the books in place of an earlier bill of that day with other contents (B07).
    Replaced,
    /// These very bytes were imported before; nothing was written.
    Unchanged,
    /// It is kept, but its rows are no evidence: they do not add up.
    Quarantined,
}

/// What an import of a bill did.
#[derive(Debug, Clone, PartialEq)]
pub struct BillImport {
    /// What became of it.
    pub stored: Stored,
    /// Its day.
    pub day: Option<BillDate>,
    /// What it is worth; for an unchanged one see the facts of the record.
    pub certificate: Option<Box<Certificate>>,
    /// The import, or the earlier one of the same bytes.
    pub record: ImportRecord,
}

/// What an import of orders or refunds did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrdersImport {
    /// Number of the import, or of the earlier one of the same file.
    pub import: u32,
    /// False when this very file was imported before: nothing was read or written.
    pub is_new: bool,
    /// Rows accepted.
    pub good: u64,
    /// Rows refused.
    pub bad: u64,
    /// Rows of other merchants, left to them.
    pub others: u64,
    /// Rows with a number that the books did not have.
    pub added: u64,
    /// Rows that changed what the books had.
    pub changed: u64,
    /// Rows that say what the books had already.
    pub same: u64,
    /// Rows of an earlier reading of the same file that this one has not: they count no more.
    pub withdrawn: u64,
    /// Rows of items that became one order with another row.
    pub merged: u64,
    /// Rows whose number stands again in the file with other contents (P10).
    pub repeated: u64,
    /// Sum of the accepted amounts.
    pub sum: Option<Fen>,
    /// First and last day.
    pub days: Option<(BillDate, BillDate)>,
    /// Everything that was counted.
    pub stats: Box<Stats>,
}

impl OrdersImport {
    /// The answer for a file that was imported before.
    #[must_use]
    pub fn unchanged(record: &ImportRecord) -> Self {
        Self::nothing(record.import)
    }

    /// The answer for a file that left no row.
    #[must_use]
    pub fn nothing(import: u32) -> Self {
        Self {
            import,
            is_new: false,
            good: 0,
            bad: 0,
            others: 0,
            added: 0,
            changed: 0,
            same: 0,
            withdrawn: 0,
            merged: 0,
            repeated: 0,
            sum: None,
            days: None,
            stats: Box::default(),
        }
    }
}

/// A row of a merchant's file that is not in the books, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// The import it came with.
    pub import: u32,
    /// Name of its file.
    pub file: String,
    /// Its line there.
    pub line: u32,
    /// Its number.
    pub number: String,
    /// True for a row that was refused; false for one that is not WeChat Pay's.
    pub refused: bool,
    /// Column and cell that are to blame, and why, in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
}

/// A payment or a refund of a bill, as far as a mapping is proven by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BilledRow {
    /// Day of its bill.
    pub day: BillDate,
    /// 订单金额, of a refund 申请退款金额.
    pub amount: Fen,
    /// When.
    pub time: Instant,
}

/// A number that a bill has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BilledNumber {
    /// Its place in the question.
    pub at: usize,
    /// What it is in the bill.
    pub kind: NumberKind,
    /// The row.
    pub row: BilledRow,
}

/// Reads and writes the books of a workspace.
pub trait Books: Send + Sync {
    /// Imports a bill, plain or gzip.
    ///
    /// # Errors
    /// [`BooksError`]: the bill is refused, or the workspace cannot be written; then nothing was stored.
    fn import_bill(
        &self,
        profile: ProfileId,
        source: Source,
        expect: &BillExpect,
        watch: &dyn Watch,
    ) -> Result<BillImport, BooksError>;

    /// Imports a fund-flow bill, plain or gzip. One that does not add up is kept in quarantine.
    ///
    /// # Errors
    /// As [`Books::import_bill`].
    fn import_fund_flow(
        &self,
        profile: ProfileId,
        source: Source,
        expect: &FundExpect,
        watch: &dyn Watch,
    ) -> Result<FundImport, BooksError>;

    /// Imports a statement of the merchant's bank. One whose balances contradict its rows is kept in quarantine.
    ///
    /// # Errors
    /// As [`Books::import_bill`].
    fn import_bank_statement(
        &self,
        profile: ProfileId,
        source: Source,
        watch: &dyn Watch,
    ) -> Result<BankImport, BooksError>;

    /// Imports a file of orders or refunds, as its mapping says which. Refused rows are handed to
    /// `rejects` in file order; the others are stored, all of them or none.
    ///
    /// # Errors
    /// [`BooksError`]: the file is refused, or the workspace cannot be written.
    fn import_orders(
        &self,
        place: OrdersTarget<'_>,
        source: Source,
        watch: &dyn Watch,
        rejects: &mut dyn FnMut(&Reject),
    ) -> Result<OrdersImport, BooksError>;

    /// The books of one merchant as they stand now: a view that later imports do not change.
    ///
    /// # Errors
    /// [`BooksError`] when the catalog cannot be read; the same holds for all methods.
    fn evidence(&self, profile: ProfileId) -> Result<Box<dyn Evidence>, BooksError>;

    /// As [`Books::evidence`], as it stood when `import` was the newest one.
    ///
    /// # Errors
    /// As above.
    fn evidence_as_of(
        &self,
        profile: ProfileId,
        import: u32,
    ) -> Result<Box<dyn Evidence>, BooksError>;

    /// Number of the newest import of a merchant, 0 where there is none: part of a run's identity.
    ///
    /// # Errors
    /// As above.
    fn newest_import(&self, profile: ProfileId) -> Result<u32, BooksError>;

    /// What the reader of a file of this merchant needs to know: its numbers, and some of its newest rows.
    ///
    /// # Errors
    /// As above.
    fn beside(&self, profile: ProfileId, kind: RecordKind) -> Result<KnownContext, BooksError>;

    /// The rows of verified bills of these days that have these numbers: payments for a list of orders, refunds for a
    /// list of refunds.
    ///
    /// # Errors
    /// As above.
    fn billed(
        &self,
        place: ProfileRecords,
        days: &[BillDate],
        numbers: &[&str],
    ) -> Result<Vec<BilledNumber>, BooksError>;

    /// The newest row that was set aside for each of these numbers, in the order asked.
    ///
    /// # Errors
    /// As above.
    fn set_aside(
        &self,
        profile: ProfileId,
        kind: RecordKind,
        numbers: &[&str],
    ) -> Result<Vec<Option<SetAside>>, BooksError>;

    /// Days with a verified bill of a merchant, ascending.
    ///
    /// # Errors
    /// As above.
    fn billed_days(&self, profile: ProfileId) -> Result<Vec<BillDate>, BooksError>;

    /// Imports of a merchant, newest first.
    ///
    /// # Errors
    /// As above.
    fn imports(&self, profile: ProfileId) -> Result<Vec<ImportRecord>, BooksError>;

    /// Bills of a day, whatever their standing, newest first.
    ///
    /// # Errors
    /// As above.
    fn bills(&self, profile: ProfileId, day: BillDate) -> Result<Vec<ImportRecord>, BooksError>;

    /// Rows of a book that are kept under `day`, in the order and with the filter asked for.
    ///
    /// # Errors
    /// As above, and [`BooksError::Cancelled`].
    fn list(
        &self,
        place: BookDay,
        query: &TableQuery,
        watch: &dyn Watch,
    ) -> Result<RowList, BooksError>;

    /// The rows with these numbers, in the order asked; at most a page.
    ///
    /// # Errors
    /// As above.
    fn rows(&self, ids: &[RowId]) -> Result<Vec<BookRow>, BooksError>;

    /// The sum of the amounts of the rows with these numbers, however many; one that is named twice counts twice.
    ///
    /// # Errors
    /// As above, and [`BooksError::Cancelled`].
    fn sum(&self, ids: &[RowId], watch: &dyn Watch) -> Result<Fen, BooksError>;

    /// What stands in a column of the rows that a query lists, each value once with its count, the
    /// most frequent first; `None` when there are more than `most`.
    ///
    /// # Errors
    /// As above, and [`BooksError::Cancelled`].
    fn values(
        &self,
        place: BookDay,
        query: &TableQuery,
        column: ValuesAsk,
        watch: &dyn Watch,
    ) -> Result<Option<Vec<ValueCount>>, BooksError>;

    /// A row as its file had it.
    ///
    /// # Errors
    /// As above.
    fn raw_row(&self, row: RowRef) -> Result<RawRow, BooksError>;

    /// The bytes of an imported file, unpacked, piece by piece; checked against its SHA-256 at the end.
    ///
    /// # Errors
    /// As above.
    fn raw_file(&self, import: u32, sink: &mut dyn FnMut(&[u8])) -> Result<(), BooksError>;

    /// All that the books of a merchant held when `import` was the newest one.
    ///
    /// # Errors
    /// As above.
    fn contents_as_of(
        &self,
        profile: ProfileId,
        import: u32,
    ) -> Result<Box<dyn BookContents>, BooksError>;

    /// Every place where a number stands, of all merchants, days and books.
    ///
    /// # Errors
    /// As above.
    fn find(&self, number: &str) -> Result<Vec<Occurrence>, BooksError>;
}
