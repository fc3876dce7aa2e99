//! Whether a file was imported before: by the state in which the file system keeps it, or by its content.

use std::io;

use crate::books::Bookshelf;
use crate::books::catalog::Reader;
use crate::digest::Hash;
use recondesk_ports::{BooksError, ImportPart, ImportRecord, Source, Stamp, Standing, Watch};

/// A file written this shortly before it was read may be written again without its times changing.
const FINE_CLOCK_NS: i64 = 100_000_000;
/// The same on file systems that count whole seconds.
const COARSE_CLOCK_NS: i64 = 3_000_000_000;

impl Bookshelf {
    /// The import that a file holds already, if it is one that `fits`.
    pub(crate) fn known_file(
        &self,
        reader: Reader<'_>,
        source: &mut Source,
        fits: impl Fn(&ImportRecord) -> Result<bool, BooksError>,
        watch: &dyn Watch,
    ) -> Result<Option<ImportRecord>, BooksError> {
        if let Some(record) = self.known_by_stamp(reader, source)?
            && fits(&record)?
        {
            return Ok(Some(record));
        }
        let known = self.known_by_hash(reader, source, watch)?;
        Ok(match known {
            Some(record) if fits(&record)? => Some(record),
            Some(_) | None => None,
        })
    }

    /// The import that a file in this very state is known to hold.
    fn known_by_stamp(
        &self,
        reader: Reader<'_>,
        source: &Source,
    ) -> Result<Option<ImportRecord>, BooksError> {
        // Of another computer's disk a stamp says nothing.
        match source
            .stamp
            .as_ref()
            .filter(|_| !self.workspace.is_shared())
        {
            Some(stamp) => Ok(self.catalog.import_by_stamp(reader, stamp)?),
            None => Ok(None),
        }
    }

    /// A stamp that will still tell this state of the file from any later one.
    ///
    /// A file that was written a moment ago may be written again within the same tick of its clock; as in
    /// git's index, such a stamp proves nothing and is not kept.
    pub(crate) fn lasting(&self, stamp: Option<Stamp>) -> Option<Stamp> {
        let stamp = stamp.filter(|_| !self.workspace.is_shared())?;
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

    /// Looks for an import of the same content, where one of the same size is known.
    ///
    /// Hashing alone costs a tenth of reading; it is done first only where it is likely to pay.
    fn known_by_hash(
        &self,
        reader: Reader<'_>,
        source: &mut Source,
        watch: &dyn Watch,
    ) -> Result<Option<ImportRecord>, BooksError> {
        if !self.catalog.has_import_of_size(reader, source.size)? {
            return Ok(None);
        }
        let mut hash = Hash::sha256();
        let mut buffer = vec![0; 1 << 20];
        let failed = |error: io::Error| BooksError::source(&error);
        let mut done = 0;
        loop {
            if watch.cancelled() {
                return Err(BooksError::Cancelled);
            }
            let read = source.bytes.read(&mut buffer).map_err(failed)?;
            if read == 0 {
                break;
            }
            hash.update(buffer.get(..read).unwrap_or_default());
            done += read as u64;
            watch.at(ImportPart::Read, done, Some(source.size));
        }
        source.bytes.rewind().map_err(failed)?;
        let found = self
            .catalog
            .imports_by_content(reader, &hash.finish())?
            .into_iter()
            .find(|record| record.standing != Standing::Replaced);
        if let (Some(record), Some(stamp)) = (&found, self.lasting(source.stamp)) {
            self.catalog.add_stamp(reader, &stamp, record.import)?;
        }
        Ok(found)
    }
}
