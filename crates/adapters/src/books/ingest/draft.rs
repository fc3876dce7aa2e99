//! From sorted rows to a stored import: the order in which files and catalog are written.
//!
//! The catalog is written last. Whatever ends an import before that leaves files that no catalog row
//! names; they are removed at once, or swept by the next import after a crash.

use std::io;
use std::time::Duration;

use crate::books::catalog::NewImport;
use crate::books::format::archive::{ArchiveWriter, archive_name};
use crate::books::format::segment::{MAGIC, segment_name};
use crate::books::{Bookshelf, disk_error};
use crate::disk::Output;
use crate::workspace::WriteGuard;
use recondesk_ports::{BooksError, StoreError, Watch};

/// How long an import waits for another one.
const PATIENCE: Duration = Duration::from_mins(10);
/// How long one wait lasts before cancelling is looked at.
const SLICE: Duration = Duration::from_millis(100);

impl Bookshelf {
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
    pub(crate) fn draft(&self, watch: &dyn Watch) -> Result<Draft<'_>, BooksError> {
        let guard = self.lock(watch)?;
        let import = self.catalog.next_import()?;
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
        for (disk, end) in [(self.segments.disk(), ".seg"), (&self.archive, ".raw")] {
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
}

/// An import that is being written; dropping it unstored removes its files.
pub(crate) struct Draft<'a> {
    books: &'a Bookshelf,
    /// Its number.
    pub(crate) import: u32,
    stored: bool,
    _guard: WriteGuard,
}

impl Draft<'_> {
    /// Starts its archive file.
    pub(crate) fn archive(&self) -> Result<ArchiveWriter, BooksError> {
        ArchiveWriter::create(&self.books.archive, self.import).map_err(|error| disk_error(&error))
    }

    /// Starts its segment file.
    pub(crate) fn segment(&self) -> Result<Output, BooksError> {
        let mut out = self
            .books
            .segments
            .disk()
            .create(&segment_name(self.import))
            .map_err(|error| disk_error(&error))?;
        out.write(&MAGIC).map_err(|error| disk_error(&error))?;
        Ok(out)
    }

    /// Makes the import part of the books. Its files must be finished.
    pub(crate) fn commit(mut self, new: &NewImport) -> Result<(), BooksError> {
        let step = |result: io::Result<()>| result.map_err(|error| disk_error(&error));
        step(self.books.archive.sync())?;
        if !new.sections.is_empty() {
            step(self.books.segments.disk().sync())?;
        }
        step(self.books.archive.step("commit"))?;
        self.books.catalog.add_import(new)?;
        self.stored = true;
        step(self.books.archive.step("committed"))
    }
}

/// Finishes the archive on a thread of its own while `segment` writes the rows.
pub(crate) fn finish_files<T>(
    archive: ArchiveWriter,
    sha256: &[u8; 32],
    segment: impl FnOnce() -> Result<T, BooksError>,
) -> Result<T, BooksError> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("archive".to_owned());
        let archive = thread.spawn_scoped(scope, || archive.finish(sha256));
        let archive = archive.map_err(|error| disk_error(&error))?;
        let segment = segment();
        let archive = archive
            .join()
            .unwrap_or_else(|_| Err(io::Error::other("the archive thread failed")));
        archive.map_err(|error| disk_error(&error)).and(segment)
    })
}

impl Drop for Draft<'_> {
    fn drop(&mut self) {
        if self.stored {
            return;
        }
        // What cannot be removed now is swept by the next import.
        drop(self.books.archive.remove(&archive_name(self.import)));
        drop(
            self.books
                .segments
                .disk()
                .remove(&segment_name(self.import)),
        );
    }
}
