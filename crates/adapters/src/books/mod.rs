//! The books on disk: immutable column segments in files, cataloged in SQLite.
//!
//! One import writes one segment file and one archive file, fsyncs both and their folders, and only
//! then commits its catalog rows in one SQLite transaction (`synchronous=FULL`): a crash at any point
//! leaves the workspace as it was or as it should be. Files without a catalog row are swept at the next import.
//!
//! | what | where |
//! |---|---|
//! | raw bytes, block-compressed, with SHA-256 | `archive/00000012.raw` ([`crate::archive`]) |
//! | rows | `books/00000012.seg`: sections, one a book and business day |
//! | which sections count | tables `import`, `section`, `superseded` |
//!
//! **Section.** Rows in order of (fingerprint of the key, key, line) in groups of 2048, column by column
//! (`column`); two paged indexes of short fingerprints (`page`): of the keys, and of every other number
//! in the row; a footer. A fingerprint only narrows: the whole text is compared on every hit.
//!
//! **Days.** Bill rows belong to the day of the bill, orders to the day of `created_at`, which never
//! changes, merchant refunds to the day of their time. The orders of a day are two sections: *cold* ones were paid
//! on that very day, or never will be, and have no refund; they concern their own day only. All others are
//! *hot*. So the candidates of a day (rule X2) are the cold section of that day and the hot sections whose ranges,
//! kept in the catalog, touch it.
//!
//! **Newer exports.** The new rows of a day are merged with the stored ones; rows that say the same
//! are dropped, changed ones are written and the old ones are listed as superseded by this import, so that any
//! earlier state can be told. Nothing is ever overwritten.

mod bill;

mod bucket_sort;
mod column;
mod evidence;
mod find;
mod group;
mod known;
mod lookup;
mod orders;
mod packed_digits;
mod page;
mod partition;
mod pipeline;
mod read_bill;
mod reading;
mod record;
mod row_buffer;
mod scan;
mod segment;
mod segment_cache;
mod serve;
mod snapshot;
mod sorting;
mod store;
mod table;
mod upsert;
mod varint;

pub(crate) use segment::FooterPlace;
pub use store::Bookshelf;

/// A count of rows, groups or bytes as segments keep it; larger ones are refused where they are written.
fn narrow(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The lower half of a number.
fn low_half(value: u64) -> u32 {
    u32::try_from(value & u64::from(u32::MAX)).unwrap_or(u32::MAX)
}
