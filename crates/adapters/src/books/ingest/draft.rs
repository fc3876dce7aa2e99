//! From sorted rows to a stored import: the order in which files and catalog are written.
//!
//! The catalog is written last. Whatever ends an import before that leaves files that no catalog row
//! names; they are removed at once by the program that made them, or set aside by the next import after a crash.
//! Where a commit failed, the files stay until the database has told for certain that it does not know them.

use std::io;
use std::time::Duration;

use crate::books::catalog::NewImport;
use crate::books::format::archive::{ArchiveWriter, archive_name};
use crate::books::format::segment::{segment_head, segment_name};
use crate::books::{Bookshelf, disk_error, stray};
use crate::disk::Output;
use crate::object_store::Stop;
use crate::workspace::WriteGuard;
use recondesk_ports::{BooksError, ImportPart, StoreError, Watch};

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

    /// Starts an import: takes the lock, sets aside what crashes left, chooses the number.
    pub(crate) fn draft(&self, watch: &dyn Watch) -> Result<Draft<'_>, BooksError> {
        let guard = self.lock(watch)?;
        stray::set_aside_unknown(&self.workspace, self.catalog.as_ref())?;
        Ok(Draft {
            books: self,
            import: self.catalog.next_import()?,
            keeps_files: false,
            guard,
        })
    }
}

/// An import that is being written; dropping it unstored removes its files.
pub(crate) struct Draft<'a> {
    books: &'a Bookshelf,
    /// Its number.
    pub(crate) import: u32,
    /// Its files are, or may be, known to the catalog.
    keeps_files: bool,
    guard: WriteGuard,
}

impl Draft<'_> {
    /// Starts its archive file.
    pub(crate) fn archive(&self) -> Result<ArchiveWriter, BooksError> {
        ArchiveWriter::create(&self.books.archive, self.import).map_err(|error| disk_error(&error))
    }

    /// Starts its segment file; `sha256` is that of the raw file.
    pub(crate) fn segment(&self, sha256: &[u8; 32]) -> Result<Output, BooksError> {
        let mut out = self
            .books
            .drafts()
            .create(&segment_name(self.import))
            .map_err(|error| disk_error(&error))?;
        out.write(&segment_head(self.import, sha256))
            .map_err(|error| disk_error(&error))?;
        Ok(out)
    }

    /// Makes the import part of the books. Its files must be finished.
    pub(crate) fn commit(mut self, new: &NewImport) -> Result<(), BooksError> {
        let step = |result: io::Result<()>| result.map_err(|error| disk_error(&error));
        step(self.books.archive.sync())?;
        if !new.sections.is_empty() || !new.superseded.is_empty() {
            step(self.books.drafts().sync())?;
        }
        step(self.books.archive.step("commit"))?;
        // From here on the catalog may know the files, whatever it answers.
        self.keeps_files = true;
        if let Err(error) = self.books.catalog.add_import(new) {
            self.after_failure(new, error)?;
        }
        step(self.books.archive.step("committed"))?;
        self.books.archive.keep(&archive_name(self.import));
        let segments = self.books.segments.disk();
        segments.keep(&segment_name(self.import));
        if self.books.apart.is_none() {
            self.books.complete_sieves();
        }
        Ok(())
    }

    /// Finds out what became of an import whose commit failed.
    fn after_failure(&mut self, new: &NewImport, error: StoreError) -> Result<(), BooksError> {
        let catalog = &self.books.catalog;
        let found = catalog
            .make_certain()
            .and_then(|()| catalog.import(self.import));
        match found {
            Ok(Some(record)) if record.sha256 == new.record.sha256 => Ok(()),
            Ok(None) => {
                self.keeps_files = false;
                Err(error.into())
            }
            // Nobody knows: the files stay for whoever can read the database.
            Ok(Some(_)) | Err(_) => Err(error.into()),
        }
    }
}

/// Finishes the archive on a thread of its own while `segment` writes the rows, which is given what to finish with.
pub(crate) fn finish_files<T>(
    archive: ArchiveWriter,
    sha256: &[u8; 32],
    watch: &dyn Watch,
    segment: impl FnOnce(Stop<'_>) -> Result<T, BooksError>,
) -> Result<T, BooksError> {
    // Only asked on the way to an object store.
    let stopped = |_| watch.cancelled();
    let sending = |bytes| {
        watch.at(ImportPart::Send, bytes, None);
        watch.cancelled()
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("archive".to_owned());
        let archive = thread.spawn_scoped(scope, || archive.finish_unless(sha256, &stopped));
        let archive = archive.map_err(|error| disk_error(&error))?;
        let segment = segment(&sending);
        let archive = archive
            .join()
            .unwrap_or_else(|_| Err(io::Error::other("the archive thread failed")));
        archive.map_err(|error| disk_error(&error)).and(segment)
    })
}

impl Drop for Draft<'_> {
    fn drop(&mut self) {
        // In a shared workspace the number may have passed to another computer meanwhile, with files of its own.
        if self.keeps_files || !self.guard.is_in_force() {
            return;
        }
        // What cannot be removed now is set aside by the next import.
        drop(self.books.archive.remove(&archive_name(self.import)));
        drop(self.books.drafts().remove(&segment_name(self.import)));
    }
}
