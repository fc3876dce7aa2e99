//! The catalog of the books: imports, their sections, what superseded what.
//!
//! A section or an import exists from the moment its entry here is committed, and not before. Where the catalog lies
//! is no matter of the books: [`crate::sqlite::Database`] is one, [`MemoryCatalog`] is the model that tests
//! compare it with; a catalog on a server may come behind the same trait. Every method answers from committed
//! entries alone, and [`Catalog::add_import`] commits all of an import or nothing.

mod as_of;
mod memory;

use std::ops::RangeInclusive;

use super::SetAsideRows;
use recondesk_domain::{BillDate, ProfileId};
use recondesk_ports::{Book, ImportRecord, ProfileRecords, SetAside, Stamp, Standing, StoreError};

pub(crate) use as_of::AsOf;
pub use memory::MemoryCatalog;

/// A stretch of bytes of a segment file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByteRange {
    /// First byte.
    pub offset: u64,
    /// Bytes.
    pub len: u32,
}

/// First and last day of something, as [`BillDate::number`] counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayRange {
    /// First day.
    pub first: i32,
    /// Last day.
    pub last: i32,
}

impl DayRange {
    /// One day.
    #[must_use]
    pub const fn of(day: i32) -> Self {
        Self {
            first: day,
            last: day,
        }
    }

    /// True when a day lies in it.
    #[must_use]
    pub const fn contains(self, day: i32) -> bool {
        self.first <= day && day <= self.last
    }

    /// The range that holds both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self {
            first: self.first.min(other.first),
            last: self.last.max(other.last),
        }
    }
}

/// A section as the catalog knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionMeta {
    /// Number in the workspace; 0 before it is stored.
    pub id: u32,
    /// The import it belongs to.
    pub import: u32,
    /// The merchant.
    pub profile: ProfileId,
    /// The book.
    pub book: Book,
    /// The business day.
    pub day: i32,
    /// Rows.
    pub rows: u32,
    /// True when its rows may concern other days than its own.
    pub hot: bool,
    /// True when it has orders that wait for a payment.
    pub open: bool,
    /// First and last day of payment.
    pub paid: Option<DayRange>,
    /// First and last day of a last refund.
    pub refunded: Option<DayRange>,
    /// Where its footer lies.
    pub footer: ByteRange,
}

/// A list of superseded rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SupersededMeta {
    /// The import that supersedes, in whose segment file the list lies.
    pub import: u32,
    /// The section it is about.
    pub section: u32,
    /// Where the list lies.
    pub list: ByteRange,
}

/// Everything one import adds to the catalog.
#[derive(Debug, Clone)]
pub struct NewImport {
    /// The import; its number is given.
    pub record: ImportRecord,
    /// How it was read, as in [`Reader::recipe`].
    pub recipe: String,
    /// State of the file it came from.
    pub stamp: Option<Stamp>,
    /// Its sections; their numbers are given out in this order.
    pub sections: Vec<SectionMeta>,
    /// What it supersedes.
    pub superseded: Vec<SupersededMeta>,
    /// Rows that it does not store.
    pub set_aside: SetAsideRows,
}

/// Who reads a file, and how: the same bytes read in another way are another import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reader<'a> {
    /// The merchant.
    pub profile: ProfileId,
    /// Digest of the column mapping; empty for bills.
    pub recipe: &'a str,
}

/// What tells an import from any other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportIdentity {
    /// Its number.
    pub import: u32,
    /// The merchant.
    pub profile: ProfileId,
    /// SHA-256 of its raw file.
    pub sha256: [u8; 32],
    /// How it was read.
    pub recipe: String,
    /// When, in seconds since 1970.
    pub imported_at: i64,
}

/// A bill as far as it decides which rows of a day count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillEntry {
    /// Its import.
    pub import: u32,
    /// The merchant.
    pub profile: ProfileId,
    /// As in [`ImportRecord`].
    pub kind: String,
    /// The day it is of, as [`BillDate::number`] counts them.
    pub day: i32,
    /// Whether it counts.
    pub standing: Standing,
}

/// What the orders of a merchant carry, all imports up to one taken together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderTraits {
    /// An orders file carried running totals of refunds.
    pub refund_totals: bool,
    /// An order may have a business number other than its own number; imports that do not say so may have one.
    pub business_numbers: bool,
}

/// Which imports, sections and superseded rows there are. `profile: None` asks for all merchants.
pub trait Catalog: std::fmt::Debug + Send + Sync {
    /// The number the next import gets; ask under the write lock of the workspace.
    ///
    /// # Errors
    /// [`StoreError`] when the catalog cannot be read or written; the same holds for all methods.
    fn next_import(&self) -> Result<u32, StoreError>;

    /// Number of the newest import, 0 where there is none.
    ///
    /// # Errors
    /// As above.
    fn newest_import(&self, profile: Option<ProfileId>) -> Result<u32, StoreError>;

    /// Commits an import. A verified bill turns the verified ones of its day and kind into replaced ones.
    ///
    /// # Errors
    /// As above; then nothing of it is stored.
    fn add_import(&self, new: &NewImport) -> Result<(), StoreError>;

    /// Makes sure that an import whose commit failed is not found committed later.
    ///
    /// # Errors
    /// As above; then it is still not certain.
    fn make_certain(&self) -> Result<(), StoreError>;

    /// Remembers that a file in this state holds an import.
    ///
    /// # Errors
    /// As above.
    fn add_stamp(&self, reader: Reader<'_>, stamp: &Stamp, import: u32) -> Result<(), StoreError>;

    /// The import that a file in this state holds.
    ///
    /// # Errors
    /// As above.
    fn import_by_stamp(
        &self,
        reader: Reader<'_>,
        stamp: &Stamp,
    ) -> Result<Option<ImportRecord>, StoreError>;

    /// Imports with this content that were read in this way, newest first.
    ///
    /// # Errors
    /// As above.
    fn imports_by_content(
        &self,
        reader: Reader<'_>,
        sha256: &[u8; 32],
    ) -> Result<Vec<ImportRecord>, StoreError>;

    /// True when an import of that many bytes was read in this way.
    ///
    /// # Errors
    /// As above.
    fn has_import_of_size(&self, reader: Reader<'_>, bytes: u64) -> Result<bool, StoreError>;

    /// One import.
    ///
    /// # Errors
    /// As above.
    fn import(&self, import: u32) -> Result<Option<ImportRecord>, StoreError>;

    /// Imports of a merchant, newest first.
    ///
    /// # Errors
    /// As above.
    fn imports(&self, profile: ProfileId) -> Result<Vec<ImportRecord>, StoreError>;

    /// Bills of a day, newest first.
    ///
    /// # Errors
    /// As above.
    fn bills(&self, profile: ProfileId, day: BillDate) -> Result<Vec<ImportRecord>, StoreError>;

    /// All bills of a day, oldest first.
    ///
    /// # Errors
    /// As above.
    fn all_bills(&self, profile: Option<ProfileId>) -> Result<Vec<BillEntry>, StoreError>;

    /// Bills of a merchant and a day, oldest first.
    ///
    /// # Errors
    /// As above.
    fn bills_on(&self, profile: ProfileId, day: i32) -> Result<Vec<BillEntry>, StoreError>;

    /// Sections, in order of their numbers.
    ///
    /// # Errors
    /// As above.
    fn sections(&self, profile: Option<ProfileId>) -> Result<Vec<SectionMeta>, StoreError>;

    /// Sections of some imports, all numbers between two included, in order of their numbers.
    ///
    /// # Errors
    /// As above.
    fn sections_of(&self, imports: RangeInclusive<u32>) -> Result<Vec<SectionMeta>, StoreError>;

    /// Some sections by their numbers, in order; those that there are.
    ///
    /// # Errors
    /// As above.
    fn sections_numbered(
        &self,
        numbers: RangeInclusive<u32>,
    ) -> Result<Vec<SectionMeta>, StoreError>;

    /// The imports up to one, in order of their numbers.
    ///
    /// # Errors
    /// As above.
    fn identities(&self, last: u32) -> Result<Vec<ImportIdentity>, StoreError>;

    /// Lists of superseded rows, in order of section and import.
    ///
    /// # Errors
    /// As above.
    fn superseded(&self, profile: Option<ProfileId>) -> Result<Vec<SupersededMeta>, StoreError>;

    /// Lists of superseded rows of a section, in order of import.
    ///
    /// # Errors
    /// As above.
    fn superseded_in(&self, section: u32) -> Result<Vec<SupersededMeta>, StoreError>;

    /// What orders carry, by the imports up to `last`.
    ///
    /// # Errors
    /// As above.
    fn order_traits(
        &self,
        profile: Option<ProfileId>,
        last: u32,
    ) -> Result<OrderTraits, StoreError>;

    /// The newest row that was set aside for each of these numbers, by the imports up to `last`.
    ///
    /// # Errors
    /// As above.
    fn set_aside(
        &self,
        place: ProfileRecords,
        numbers: &[&str],
        last: Option<u32>,
    ) -> Result<Vec<Option<SetAside>>, StoreError>;

    /// True when any row of a merchant was set aside.
    ///
    /// # Errors
    /// As above.
    fn has_set_aside(&self, profile: ProfileId) -> Result<bool, StoreError>;

    /// The merchant numbers whose rows a file of this merchant may hold: its own first.
    ///
    /// # Errors
    /// As above.
    fn merchant_numbers(&self, profile: ProfileId) -> Result<Vec<String>, StoreError>;
}
