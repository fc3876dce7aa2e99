//! The file that a copy is written to.
//!
//! `ZipWriter` ends an archive when it is dropped, after an error as well, and panics where the place in the file is
//! then another one than it thinks. So this file never tells it of an error: from the first one on it takes
//! everything and keeps nothing, and [`FirstError`] knows.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::rc::Rc;

/// The first error of a file, seen from outside.
#[derive(Debug, Clone, Default)]
pub(super) struct FirstError(Rc<RefCell<Option<io::Error>>>);

impl FirstError {
    /// Tells the error, if there was one; after that, the file is of no use.
    pub(super) fn check(&self) -> io::Result<()> {
        self.0.borrow_mut().take().map_or(Ok(()), Err)
    }
}

/// A file that is written to until the first error.
#[derive(Debug)]
pub(super) struct CopyFile<W: Write + Seek = File> {
    out: BufWriter<W>,
    /// Where the next byte goes, and how long the file is; they go on after an error.
    at: u64,
    end: u64,
    is_dead: bool,
    failure: FirstError,
}

impl<W: Write + Seek> CopyFile<W> {
    pub(super) fn new(file: W) -> Self {
        Self {
            out: BufWriter::new(file),
            at: 0,
            end: 0,
            is_dead: false,
            failure: FirstError::default(),
        }
    }

    /// Knows of its errors, also when the file itself is out of reach.
    pub(super) fn failure(&self) -> FirstError {
        self.failure.clone()
    }

    /// The file, once all is written to it.
    pub(super) fn finish(mut self) -> io::Result<W> {
        self.attempt(Write::flush);
        self.failure.check()?;
        self.out
            .into_inner()
            .map_err(io::IntoInnerError::into_error)
    }

    fn attempt<T>(&mut self, step: impl FnOnce(&mut BufWriter<W>) -> io::Result<T>) {
        if self.is_dead {
            return;
        }
        if let Err(error) = step(&mut self.out) {
            self.is_dead = true;
            *self.failure.0.borrow_mut() = Some(error);
        }
    }
}

impl<W: Write + Seek> Write for CopyFile<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.attempt(|out| out.write_all(bytes));
        self.at = self.at.saturating_add(bytes.len() as u64);
        self.end = self.end.max(self.at);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.attempt(Write::flush);
        Ok(())
    }
}

impl<W: Write + Seek> Seek for CopyFile<W> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.end.checked_add_signed(by),
        };
        let place = place.ok_or(io::ErrorKind::InvalidInput)?;
        // Looking where one is must not write what is buffered.
        if place != self.at {
            self.attempt(|out| out.seek(SeekFrom::Start(place)));
        }
        self.at = place;
        Ok(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    /// A disk on which one call fails.
    struct FailingDisk {
        inner: io::Cursor<Vec<u8>>,
        calls: usize,
        fails_at: usize,
    }

    impl FailingDisk {
        fn call(&mut self) -> io::Result<()> {
            self.calls += 1;
            if self.calls == self.fails_at {
                return Err(io::ErrorKind::StorageFull.into());
            }
            Ok(())
        }
    }

    impl Write for FailingDisk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.call()?;
            self.inner.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Seek for FailingDisk {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.call()?;
            self.inner.seek(to)
        }
    }

    fn archive(fails_at: usize) -> io::Result<Vec<u8>> {
        let disk = FailingDisk {
            inner: io::Cursor::new(Vec::new()),
            calls: 0,
            fails_at,
        };
        let file = CopyFile::new(disk);
        let failure = file.failure();
        let mut zip = ZipWriter::new(file);
        for name in ["a", "b", "c"] {
            zip.start_file(name, SimpleFileOptions::default())
                .map_err(io::Error::other)?;
            zip.write_all(&vec![7; 20_000])?;
            failure.check()?;
        }
        let out = zip.finish().map_err(io::Error::other)?;
        Ok(out.finish()?.inner.into_inner())
    }

    #[test]
    fn an_archive_whose_disk_fails_at_any_call_is_an_error_and_no_panic() {
        let whole = archive(0).unwrap();
        assert!(zip::ZipArchive::new(io::Cursor::new(whole.clone())).is_ok());
        let mut failed = 0;
        for fails_at in 1..100 {
            match archive(fails_at) {
                Ok(bytes) => assert_eq!(bytes, whole),
                Err(_) => failed += 1,
            }
        }
        assert!(failed > 5, "{failed}");
    }
}
