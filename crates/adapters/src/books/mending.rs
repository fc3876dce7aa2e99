//! Making a damaged segment file again from the archived file of its import.
//!
//! The file is read once more as it was read then: by the same mapping, against the catalog as it was before. What
//! comes of it counts only when it has the very sections that the catalog knows, and agrees with every piece of the
//! damaged file that is still what was written.

use std::path::PathBuf;
use std::sync::Arc;

use super::Bookshelf;
use super::catalog::{AsOf, Catalog};
use super::format::segment::segment_name;
use super::ingest::reads_alike;
use super::inspection::DamagedSegment;
use super::query::segment_cache::SegmentCache;
use crate::workspace::Workspace;
use recondesk_domain::{Message, ProfileId};
use recondesk_intake::Mapping;
use recondesk_ports::{
    BillExpect, BooksError, ImportRecord, OrdersTarget, Scratch, Source, StoreError, Unwatched,
    Writers as _,
};

/// Why a segment cannot be made again.
#[derive(Debug)]
pub(crate) enum NotRemade {
    /// The archived file is damaged as well.
    Archive,
    /// Nobody knows by which mapping the file was read.
    Mapping,
    /// What comes of the file is not what the catalog says.
    Differs,
    /// A step failed.
    Books(BooksError),
}

impl From<BooksError> for NotRemade {
    fn from(error: BooksError) -> Self {
        Self::Books(error)
    }
}

impl NotRemade {
    /// As a person reads it.
    pub(crate) fn told(&self) -> Message {
        match self {
            Self::Archive => Message::new(
                "归档的原始文件也已损坏",
                "the archived file is damaged as well",
            ),
            Self::Mapping => Message::new(
                "导入时所用的列映射没有保存",
                "the mapping that it was read by is not kept",
            ),
            Self::Differs => Message::new(
                "由原始文件得出的内容与登记的不同",
                "what comes of the archived file is not what the catalog says",
            ),
            Self::Books(error) => Message::new(error.to_string(), error.to_string()),
        }
    }
}

impl Bookshelf {
    /// Makes the segment file of an import again, in a workspace of its own; `saved` are the mappings that are kept.
    /// Tells where the file lies.
    pub(crate) fn remake(
        &self,
        damaged: &DamagedSegment,
        saved: &[Mapping],
        scratch: &Workspace,
    ) -> Result<PathBuf, NotRemade> {
        let import = damaged.import;
        let (record, source) = self.archived(import, scratch)?;
        let catalog = Arc::new(AsOf::before(Arc::clone(&self.catalog), import));
        let books = self.apart(scratch, Arc::clone(&catalog) as Arc<dyn Catalog>)?;
        if record.kind.starts_with("bill.") {
            let expect = BillExpect {
                mch_id: None,
                day: record.day,
                sha1: None,
            };
            books.ingest_bill(record.profile, source, &expect, &Unwatched)?;
        } else {
            let mapping = self.mapping_of(&record, saved)?;
            let target = OrdersTarget {
                profile: record.profile,
                mapping: &mapping,
            };
            books.ingest_orders(target, source, &Unwatched, &mut |_| {})?;
        }
        let made = catalog.take().ok_or(NotRemade::Differs)?;
        if made.record.sha256 != record.sha256 || !damaged.parts.are_those_of(&made) {
            return Err(NotRemade::Differs);
        }
        let made = SegmentCache::new(books.drafts().clone(), Arc::clone(&self.catalog));
        damaged.parts.check(&made, import)?;
        let name = segment_name(import);
        let old = self.segments.disk().path(&name);
        let agrees = damaged.parts.agree(&made, import, &old)?;
        agrees
            .then(|| books.drafts().path(&name))
            .ok_or(NotRemade::Differs)
    }

    /// What the catalog has of an import, and its file as it came.
    fn archived(
        &self,
        import: u32,
        scratch: &Workspace,
    ) -> Result<(ImportRecord, Source), NotRemade> {
        let (record, archive) = self
            .archive_of(import)
            .map_err(|_damaged| NotRemade::Archive)?;
        let failed = |error| NotRemade::Books(super::disk_error(&error));
        let mut out: Box<dyn Scratch> = scratch.scratch().map_err(failed)?;
        let mut written = Ok(());
        let read = archive.read_all(|bytes| {
            if written.is_ok() {
                written = out.write_all(bytes);
            }
        });
        written.map_err(failed)?;
        read.map_err(|_damaged| NotRemade::Archive)?;
        let mut source = out.into_source(&record.name).map_err(failed)?;
        let facts: serde_json::Value = record.read_facts().map_err(BooksError::Store)?;
        let saved_again = facts.get("saved_again").cloned();
        source.saved_again = saved_again.and_then(|word| serde_json::from_value(word).ok());
        Ok((record, source))
    }

    /// The mapping by which a file was read: kept with the import, or one of those that are saved.
    fn mapping_of(&self, record: &ImportRecord, saved: &[Mapping]) -> Result<Mapping, NotRemade> {
        let facts: serde_json::Value = record.read_facts().map_err(BooksError::Store)?;
        let kept = facts
            .get("mapping_text")
            .and_then(serde_json::Value::as_str);
        let kept = kept.and_then(|text| Mapping::from_toml(text).ok());
        let identities = self.catalog.identities(record.import);
        let identities = identities.map_err(BooksError::Store)?;
        let recipe = identities
            .into_iter()
            .find(|identity| identity.import == record.import)
            .map(|identity| identity.recipe)
            .unwrap_or_default();
        kept.into_iter()
            .chain(saved.iter().cloned())
            .find(|mapping| reads_alike(mapping, &recipe))
            .ok_or(NotRemade::Mapping)
    }

    /// The merchant of an import.
    pub(crate) fn profile_of(&self, import: u32) -> Result<Option<ProfileId>, StoreError> {
        let record = self.catalog.import(import)?;
        Ok(record.map(|record| record.profile))
    }

    /// Makes the sieves anew that are missing.
    pub(crate) fn make_sieves(&self) {
        self.complete_sieves();
    }
}
