//! Looking the files of imports over: are they there, are they those of the catalog, is every byte what was written.

use std::collections::BTreeMap;

use super::Bookshelf;
use super::segment_pieces::SegmentParts;
use crate::books::format::segment::segment_name;
use recondesk_domain::Message;
use recondesk_ports::{BooksError, CareFault, StoreError};

/// An import whose segment file is not what was written.
#[derive(Debug, Clone)]
pub(crate) struct DamagedSegment {
    pub(crate) import: u32,
    /// What the catalog says that it holds.
    pub(crate) parts: SegmentParts,
    pub(crate) fault: CareFault,
}

impl Bookshelf {
    /// What is wrong with the files of the imports up to one; `deep` reads all of them.
    pub(crate) fn file_faults(&self, last: u32, deep: bool) -> Result<Vec<CareFault>, StoreError> {
        let mut faults = Vec::new();
        for import in 1..=last {
            if self.catalog.import(import)?.is_some()
                && let Err(error) = self.check_archive(import, deep)
            {
                faults.push(fault_of(error, format!("archive/{import:08}.raw")));
            }
        }
        let segments = self.damaged_segments(last, deep)?.into_iter();
        faults.extend(segments.map(|segment| segment.fault));
        if deep {
            for name in self.damaged_sieves()? {
                faults.push(CareFault {
                    file: format!("books/{name}"),
                    what: Message::new(
                        "与写入时不同；它只用来加快查单号",
                        "Not what was written; it only speeds up looking for numbers",
                    ),
                });
            }
        }
        Ok(faults)
    }

    /// The imports up to one whose segment file is missing or not what was written; `deep` reads all of each file.
    pub(crate) fn damaged_segments(
        &self,
        last: u32,
        deep: bool,
    ) -> Result<Vec<DamagedSegment>, StoreError> {
        let mut out = Vec::new();
        for (import, parts) in self.segment_parts(last)? {
            let found = if deep {
                parts.check(&self.segments, import)
            } else {
                let mut sections = parts.sections.iter();
                sections.try_for_each(|meta| self.segments.section(meta).map(drop))
            };
            if let Err(error) = found {
                let fault = fault_of(error, format!("books/{}", segment_name(import)));
                out.push(DamagedSegment {
                    import,
                    parts,
                    fault,
                });
            }
        }
        Ok(out)
    }

    /// What the segment files of the imports up to one hold; a file that is there and need not be is among them.
    fn segment_parts(&self, last: u32) -> Result<BTreeMap<u32, SegmentParts>, StoreError> {
        let mut all: BTreeMap<u32, SegmentParts> = BTreeMap::new();
        for section in self.catalog.sections(None)? {
            let parts = all.entry(section.import).or_default();
            parts.sections.push(section);
        }
        for superseded in self.catalog.superseded(None)? {
            let parts = all.entry(superseded.import).or_default();
            parts.lists.push(superseded);
        }
        for import in 1..=last {
            let path = self.segments.disk().path(&segment_name(import));
            if path.exists() {
                all.entry(import).or_default();
            }
        }
        all.retain(|import, _| *import <= last);
        Ok(all)
    }

    /// Names of the sieves with a byte that is not as it was written.
    pub(crate) fn damaged_sieves(&self) -> Result<Vec<String>, StoreError> {
        let sieves = self.sieves(self.catalog.newest_import(None)?);
        let sieves = sieves.map_err(|error| StoreError::Broken(error.to_string()))?;
        Ok(sieves.damaged(self.segments.disk()))
    }

    fn check_archive(&self, import: u32, deep: bool) -> Result<(), BooksError> {
        let (_, archive) = self.archive_of(import)?;
        if deep {
            archive.read_all(|_| {})
        } else {
            Ok(())
        }
    }
}

fn fault_of(error: BooksError, file: String) -> CareFault {
    let (file, what) = match error {
        BooksError::Damaged { file, what } => (file, what),
        other => (file, other.to_string()),
    };
    CareFault {
        what: Message::new(
            format!("与写入时不同：{what}"),
            format!("Not what was written: {what}"),
        ),
        file,
    }
}
