//! The books on disk: immutable column segments in files, and the catalog that says which of them count.
//!
//! | room | what |
//! |---|---|
//! | `format` | how segments, columns, indexes and archived files look on disk, byte for byte |
//! | `ingest` | from a bill or an export to a segment file, an archive file and a catalog entry |
//! | `query` | finding, merging and paging rows of the segments that count |
//! | [`catalog`] | which imports, sections and superseded rows there are; SQLite today |
//!
//! One import writes one segment file and one archive file, fsyncs both and their folders, and only
//! then commits its catalog rows in one transaction: a crash at any point leaves the workspace as it was
//! or as it should be. Files that no catalog row names are set aside, never deleted (`stray`).
//!
//! | what | where |
//! |---|---|
//! | raw bytes, block-compressed, with SHA-256 | `archive/00000012.raw` (`format::archive`) |
//! | rows | `books/00000012.seg`: sections, one a book and business day (`format::segment`) |
//! | which sections count | the catalog |
//!
//! **Days.** Bill rows belong to the day of the bill, orders to the day of `created_at`, which never
//! changes, merchant refunds to the day of their time. The orders of a day are two sections: *cold* ones were paid
//! on that very day, or never will be, and have no refund; they concern their own day only. All others are
//! *hot*. So the candidates of a day ([`recondesk_domain::MOrder::is_candidate`]) are in the cold section of that day
//! and in the hot sections whose ranges, kept in the catalog, touch it.
//!
//! **Newer exports.** The new rows of a day are merged with the stored ones; rows that say the same
//! are dropped, changed ones are written and the old ones are listed as superseded by this import, so that any
//! earlier state can be told. Nothing is ever overwritten.

mod bookshelf;
pub mod catalog;
mod format;
mod ingest;
mod inspection;
mod mending;
mod query;
mod segment_pieces;
mod set_aside;
pub(crate) mod stray;

use std::io;

use crate::disk::Disk;
use crate::object_store::store_error;
use crate::workspace::Workspace;
pub use bookshelf::Bookshelf;
pub(crate) use format::segment::segment_name;
use recondesk_ports::{BooksError, StoreError};
pub use set_aside::SetAsideRows;

/// SHA-256 that the archive has of an import; `None` where its file cannot be read.
pub(crate) fn archived_sha256(workspace: &Workspace, import: u32) -> Option<[u8; 32]> {
    let folder = workspace.archive_folder();
    let archive = folder.is_dir().then(|| Disk::at(&folder, None).ok())??;
    Some(
        format::archive::Archive::open(&archive, import)
            .ok()?
            .sha256(),
    )
}

/// A count of rows, groups or bytes as segments keep it; larger ones are refused where they are written.
fn narrow(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The lower half of a number.
fn low_half(value: u64) -> u32 {
    u32::try_from(value & u64::from(u32::MAX)).unwrap_or(u32::MAX)
}

/// What a failed step on a file of the books means to whoever asked.
fn disk_error(error: &io::Error) -> BooksError {
    if let Some(told) = store_error(error) {
        return BooksError::Store(told);
    }
    match error.kind() {
        io::ErrorKind::Interrupted => BooksError::Cancelled,
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            BooksError::Store(StoreError::Full)
        }
        io::ErrorKind::PermissionDenied => BooksError::Store(StoreError::Denied(error.to_string())),
        _ => BooksError::Store(StoreError::Broken(error.to_string())),
    }
}
