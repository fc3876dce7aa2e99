//! The catalog as it was when an import was about to be entered: what was made then is made again from it.

use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, PoisonError};

use super::{
    BillEntry, Catalog, ImportIdentity, NewImport, OrderTraits, Reader, SectionMeta, SupersededMeta,
};
use recondesk_domain::{BillDate, ProfileId};
use recondesk_ports::{ImportRecord, ProfileRecords, SetAside, Stamp, StoreError};

/// A catalog without an import and all later ones; what is entered in it is kept in memory, and nothing is stored.
#[derive(Debug)]
pub(crate) struct AsOf {
    whole: Arc<dyn Catalog>,
    import: u32,
    made: Mutex<Option<NewImport>>,
}

impl AsOf {
    /// The catalog as it was before an import.
    pub(crate) const fn before(whole: Arc<dyn Catalog>, import: u32) -> Self {
        Self {
            whole,
            import,
            made: Mutex::new(None),
        }
    }

    /// What was entered.
    pub(crate) fn take(&self) -> Option<NewImport> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.take()
    }

    const fn last(&self) -> u32 {
        self.import.saturating_sub(1)
    }

    fn kept<T>(&self, all: Vec<T>, import: impl Fn(&T) -> u32) -> Vec<T> {
        let mut all = all;
        all.retain(|one| import(one) < self.import);
        all
    }

    fn records(&self, all: Vec<ImportRecord>) -> Vec<ImportRecord> {
        self.kept(all, |record| record.import)
    }
}

impl Catalog for AsOf {
    fn next_import(&self) -> Result<u32, StoreError> {
        Ok(self.import)
    }

    fn newest_import(&self, profile: Option<ProfileId>) -> Result<u32, StoreError> {
        let Some(profile) = profile else {
            return Ok(self.last());
        };
        let newest = self.imports(profile)?.into_iter().next();
        Ok(newest.map_or(0, |record| record.import))
    }

    fn add_import(&self, new: &NewImport) -> Result<(), StoreError> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        *made = Some(new.clone());
        Ok(())
    }

    fn make_certain(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn add_stamp(&self, _: Reader<'_>, _: &Stamp, _: u32) -> Result<(), StoreError> {
        Ok(())
    }

    fn import_by_stamp(
        &self,
        _: Reader<'_>,
        _: &Stamp,
    ) -> Result<Option<ImportRecord>, StoreError> {
        Ok(None)
    }

    fn imports_by_content(
        &self,
        reader: Reader<'_>,
        sha256: &[u8; 32],
    ) -> Result<Vec<ImportRecord>, StoreError> {
        Ok(self.records(self.whole.imports_by_content(reader, sha256)?))
    }

    fn has_import_of_size(&self, reader: Reader<'_>, bytes: u64) -> Result<bool, StoreError> {
        self.whole.has_import_of_size(reader, bytes)
    }

    fn import(&self, import: u32) -> Result<Option<ImportRecord>, StoreError> {
        let found = self.whole.import(import)?;
        Ok(found.filter(|record| record.import < self.import))
    }

    fn imports(&self, profile: ProfileId) -> Result<Vec<ImportRecord>, StoreError> {
        Ok(self.records(self.whole.imports(profile)?))
    }

    fn bills(&self, profile: ProfileId, day: BillDate) -> Result<Vec<ImportRecord>, StoreError> {
        Ok(self.records(self.whole.bills(profile, day)?))
    }

    fn all_bills(&self, profile: Option<ProfileId>) -> Result<Vec<BillEntry>, StoreError> {
        Ok(self.kept(self.whole.all_bills(profile)?, |bill| bill.import))
    }

    fn bills_on(&self, profile: ProfileId, day: i32) -> Result<Vec<BillEntry>, StoreError> {
        Ok(self.kept(self.whole.bills_on(profile, day)?, |bill| bill.import))
    }

    fn sections(&self, profile: Option<ProfileId>) -> Result<Vec<SectionMeta>, StoreError> {
        Ok(self.kept(self.whole.sections(profile)?, |section| section.import))
    }

    fn sections_of(&self, imports: RangeInclusive<u32>) -> Result<Vec<SectionMeta>, StoreError> {
        let sections = self.whole.sections_of(imports)?;
        Ok(self.kept(sections, |section| section.import))
    }

    fn sections_numbered(
        &self,
        numbers: RangeInclusive<u32>,
    ) -> Result<Vec<SectionMeta>, StoreError> {
        let sections = self.whole.sections_numbered(numbers)?;
        Ok(self.kept(sections, |section| section.import))
    }

    fn identities(&self, last: u32) -> Result<Vec<ImportIdentity>, StoreError> {
        self.whole.identities(last.min(self.last()))
    }

    fn superseded(&self, profile: Option<ProfileId>) -> Result<Vec<SupersededMeta>, StoreError> {
        Ok(self.kept(self.whole.superseded(profile)?, |list| list.import))
    }

    fn superseded_in(&self, section: u32) -> Result<Vec<SupersededMeta>, StoreError> {
        Ok(self.kept(self.whole.superseded_in(section)?, |list| list.import))
    }

    fn order_traits(
        &self,
        profile: Option<ProfileId>,
        last: u32,
    ) -> Result<OrderTraits, StoreError> {
        self.whole.order_traits(profile, last.min(self.last()))
    }

    fn set_aside(
        &self,
        place: ProfileRecords,
        numbers: &[&str],
        last: Option<u32>,
    ) -> Result<Vec<Option<SetAside>>, StoreError> {
        let last = last.unwrap_or(u32::MAX).min(self.last());
        self.whole.set_aside(place, numbers, Some(last))
    }

    fn has_set_aside(&self, profile: ProfileId) -> Result<bool, StoreError> {
        self.whole.has_set_aside(profile)
    }

    fn merchant_numbers(&self, profile: ProfileId) -> Result<Vec<String>, StoreError> {
        self.whole.merchant_numbers(profile)
    }
}
