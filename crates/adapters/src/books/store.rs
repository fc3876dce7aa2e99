//! From sorted rows to a stored import: the order in which files and catalog are written.
//!
//! The catalog is written last. Whatever ends an import before that leaves files that no catalog row
//! names; they are removed at once, or swept by the next import after a crash.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::segment::{MAGIC, segment_name};
use super::segment_cache::SegmentCache;
use super::snapshot::Snapshot;
use crate::archive::{ArchiveWriter, archive_name};
use crate::disk::{Disk, Output, PowerCut};
use crate::sqlite::{Database, NewImport};
use crate::workspace::{Workspace, WriteGuard};
use recondesk_domain::ProfileId;
use recondesk_ports::{BooksError, Clock, ImportRecord, Source, Stamp, StoreError, Watch};

/// How long an import waits for another one.
const PATIENCE: Duration = Duration::from_mins(10);
/// How long one wait lasts before cancelling is looked at.
const SLICE: Duration = Duration::from_millis(100);
/// A file written this shortly before it was read may be written again without its times changing.
const FINE_CLOCK_NS: i64 = 100_000_000;
/// The same on file systems that count whole seconds.
const COARSE_CLOCK_NS: i64 = 3_000_000_000;

/// The books of a workspace.
pub struct Bookshelf {
    pub(super) workspace: Workspace,
    pub(super) db: Database,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) shelf: Arc<SegmentCache>,
    pub(super) archive: Disk,
    /// The catalog of all merchants as of an import.
    pub(super) views: Mutex<Option<(u32, Arc<Snapshot>)>>,
}

impl std::fmt::Debug for Bookshelf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Bookshelf({})", self.workspace.folder().display())
    }
}

pub(super) fn disk_error(error: &io::Error) -> BooksError {
    match error.kind() {
        io::ErrorKind::Interrupted => BooksError::Cancelled,
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            BooksError::Store(StoreError::Full)
        }
        io::ErrorKind::PermissionDenied => BooksError::Store(StoreError::Denied(error.to_string())),
        _ => BooksError::Store(StoreError::Broken(error.to_string())),
    }
}

impl Bookshelf {
    /// Opens the books of a workspace.
    ///
    /// # Errors
    /// [`BooksError`] when its folders cannot be used.
    pub fn open(
        workspace: &Workspace,
        db: Database,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, BooksError> {
        Self::with_fault(workspace, db, clock, None)
    }

    /// As [`Bookshelf::open`], with a power cut to come: for tests of crashes.
    ///
    /// # Errors
    /// As above.
    pub fn with_fault(
        workspace: &Workspace,
        db: Database,
        clock: Arc<dyn Clock>,
        fault: Option<Arc<PowerCut>>,
    ) -> Result<Self, BooksError> {
        let disk = |name: &str| {
            Disk::at(&workspace.folder().join(name), fault.clone())
                .map_err(|error| disk_error(&error))
        };
        let shelf = Arc::new(SegmentCache::new(disk("books")?));
        let archive =
            Disk::at(&workspace.archive_folder(), fault).map_err(|error| disk_error(&error))?;
        Ok(Self {
            workspace: workspace.clone(),
            db,
            clock,
            shelf,
            archive,
            views: Mutex::default(),
        })
    }

    /// Waits for the right to import.
    fn lock(&self, watch: &dyn Watch) -> Result<WriteGuard, BooksError> {
        let mut waited = Duration::ZERO;
        loop {
            match self.workspace.write_lock(SLICE) {
                Err(StoreError::Busy) if waited < PATIENCE => waited += SLICE,
                other => return Ok(other?),
            }
            if watch.cancelled() {
                return Err(BooksError::Cancelled);
            }
        }
    }

    /// Starts an import: takes the lock, removes what crashes left, chooses the number.
    pub(super) fn draft(&self, watch: &dyn Watch) -> Result<Draft<'_>, BooksError> {
        let guard = self.lock(watch)?;
        let import = self.db.next_import()?;
        self.sweep(import).map_err(|error| disk_error(&error))?;
        Ok(Draft {
            books: self,
            import,
            stored: false,
            _guard: guard,
        })
    }

    /// Removes files of imports that were never committed; the caller holds the lock.
    fn sweep(&self, next: u32) -> io::Result<()> {
        for (disk, end) in [(self.shelf.disk(), ".seg"), (&self.archive, ".raw")] {
            for name in disk.names()? {
                let number = name
                    .strip_suffix(end)
                    .and_then(|stem| stem.parse::<u32>().ok());
                if number.is_some_and(|number| number >= next) {
                    disk.remove(&name)?;
                }
            }
        }
        Ok(())
    }

    /// The import that a file in this very state is known to hold.
    pub(super) fn known_by_stamp(
        &self,
        place: (ProfileId, &str),
        source: &Source,
    ) -> Result<Option<ImportRecord>, BooksError> {
        match &source.stamp {
            Some(stamp) => Ok(self.db.import_by_stamp(place, stamp)?),
            None => Ok(None),
        }
    }

    /// A stamp that will still tell this state of the file from any later one.
    ///
    /// A file that was written a moment ago may be written again within the same tick of its clock; as in
    /// git's index, such a stamp proves nothing and is not kept.
    pub(super) fn lasting(&self, stamp: Option<Stamp>) -> Option<Stamp> {
        let stamp = stamp?;
        let now = self.clock.now().unix().checked_mul(1_000_000_000)?;
        let newest = stamp.modified_ns.max(stamp.changed_ns);
        let coarse = stamp.changed_ns % 1_000_000_000 == 0;
        let margin = if coarse {
            COARSE_CLOCK_NS
        } else {
            FINE_CLOCK_NS
        };
        (newest.checked_add(margin)? < now).then_some(stamp)
    }
}

/// An import that is being written; dropping it unstored removes its files.
pub(super) struct Draft<'a> {
    books: &'a Bookshelf,
    /// Its number.
    pub(super) import: u32,
    stored: bool,
    _guard: WriteGuard,
}

impl Draft<'_> {
    /// Starts its archive file.
    pub(super) fn archive(&self) -> Result<ArchiveWriter, BooksError> {
        ArchiveWriter::create(&self.books.archive, self.import).map_err(|error| disk_error(&error))
    }

    /// Starts its segment file.
    pub(super) fn segment(&self) -> Result<Output, BooksError> {
        let mut out = self
            .books
            .shelf
            .disk()
            .create(&segment_name(self.import))
            .map_err(|error| disk_error(&error))?;
        out.write(&MAGIC).map_err(|error| disk_error(&error))?;
        Ok(out)
    }

    /// Makes the import part of the books. Its files must be finished.
    pub(super) fn commit(mut self, new: &NewImport) -> Result<(), BooksError> {
        let step = |result: io::Result<()>| result.map_err(|error| disk_error(&error));
        step(self.books.archive.sync())?;
        if !new.sections.is_empty() {
            step(self.books.shelf.disk().sync())?;
        }
        step(self.books.archive.step("commit"))?;
        self.books.db.add_import(new)?;
        self.stored = true;
        step(self.books.archive.step("committed"))
    }
}

impl Drop for Draft<'_> {
    fn drop(&mut self) {
        if self.stored {
            return;
        }
        // What cannot be removed now is swept by the next import.
        drop(self.books.archive.remove(&archive_name(self.import)));
        drop(self.books.shelf.disk().remove(&segment_name(self.import)));
    }
}
