//! A catalog in memory: the plainest answer to each question of [`Catalog`], for tests to compare others with.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{
    BillEntry, Catalog, ImportIdentity, NewImport, OrderTraits, Reader, SectionMeta, SupersededMeta,
};
use crate::books::SetAsideRows;
use recondesk_domain::{BillDate, ProfileId};
use recondesk_intake::{RecordKind, ruined_forms};
use recondesk_ports::{ImportRecord, ProfileRecords, SetAside, Stamp, Standing, StoreError};

/// What identifies a file on a disk, and who reads it how.
type FileKey = (u64, u64, ProfileId, String);

#[derive(Debug, Default)]
struct CatalogEntries {
    imports: Vec<(ImportRecord, String)>,
    sections: Vec<SectionMeta>,
    superseded: Vec<SupersededMeta>,
    set_aside: Vec<(ImportRecord, SetAsideRows)>,
    stamps: HashMap<FileKey, (Stamp, u32)>,
    merchants: HashMap<ProfileId, Vec<String>>,
}

/// A catalog that is gone with the program.
#[derive(Debug, Default)]
pub struct MemoryCatalog(Mutex<CatalogEntries>);

impl MemoryCatalog {
    /// Tells which merchant numbers a profile has.
    pub fn set_merchant_numbers(&self, profile: ProfileId, numbers: Vec<String>) {
        self.lock().merchants.insert(profile, numbers);
    }

    fn lock(&self) -> MutexGuard<'_, CatalogEntries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Imports that fit, oldest first.
    fn filtered(&self, fits: impl Fn(&ImportRecord, &str) -> bool) -> Vec<ImportRecord> {
        let entries = self.lock();
        let found = entries.imports.iter();
        found
            .filter(|(record, recipe)| fits(record, recipe))
            .map(|(record, _)| record.clone())
            .collect()
    }

    fn newest_first(&self, fits: impl Fn(&ImportRecord, &str) -> bool) -> Vec<ImportRecord> {
        let mut found = self.filtered(fits);
        found.reverse();
        found
    }
}

fn file_key(reader: Reader<'_>, stamp: &Stamp) -> FileKey {
    let recipe = reader.recipe.to_owned();
    (stamp.device, stamp.file, reader.profile, recipe)
}

fn asked(profile: Option<ProfileId>, of: ProfileId) -> bool {
    profile.is_none_or(|profile| profile == of)
}

/// A member of the facts of an orders import.
fn fact(record: &ImportRecord, name: &str) -> Option<serde_json::Value> {
    let facts: serde_json::Value = serde_json::from_str(&record.facts).ok()?;
    facts.get(name).cloned()
}

impl Catalog for MemoryCatalog {
    fn next_import(&self) -> Result<u32, StoreError> {
        Ok(self.newest_import(None)? + 1)
    }

    fn newest_import(&self, profile: Option<ProfileId>) -> Result<u32, StoreError> {
        let found = self.filtered(|record, _| asked(profile, record.profile));
        Ok(found.iter().map(|record| record.import).max().unwrap_or(0))
    }

    fn add_import(&self, new: &NewImport) -> Result<(), StoreError> {
        let mut entries = self.lock();
        let record = &new.record;
        if record.day.is_some() && record.standing == Standing::Verified {
            for (older, _) in &mut entries.imports {
                let same = older.profile == record.profile
                    && older.day == record.day
                    && older.kind == record.kind;
                if same && older.standing == Standing::Verified {
                    older.standing = Standing::Replaced;
                }
            }
        }
        for section in &new.sections {
            let last = entries.sections.last().map_or(0, |section| section.id);
            entries.sections.push(SectionMeta {
                id: last + 1,
                ..section.clone()
            });
        }
        entries.superseded.extend(&new.superseded);
        let rows = (record.clone(), new.set_aside.clone());
        entries.set_aside.push(rows);
        let reader = Reader {
            profile: record.profile,
            recipe: &new.recipe,
        };
        if let Some(stamp) = new.stamp {
            let key = file_key(reader, &stamp);
            entries.stamps.insert(key, (stamp, record.import));
        }
        entries.imports.push((record.clone(), new.recipe.clone()));
        Ok(())
    }

    fn make_certain(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn add_stamp(&self, reader: Reader<'_>, stamp: &Stamp, import: u32) -> Result<(), StoreError> {
        let key = file_key(reader, stamp);
        self.lock().stamps.insert(key, (*stamp, import));
        Ok(())
    }

    fn import_by_stamp(
        &self,
        reader: Reader<'_>,
        stamp: &Stamp,
    ) -> Result<Option<ImportRecord>, StoreError> {
        let known = self.lock().stamps.get(&file_key(reader, stamp)).copied();
        match known {
            Some((known, import)) if known == *stamp => self.import(import),
            _ => Ok(None),
        }
    }

    fn imports_by_content(
        &self,
        reader: Reader<'_>,
        sha256: &[u8; 32],
    ) -> Result<Vec<ImportRecord>, StoreError> {
        Ok(self.newest_first(|record, recipe| {
            record.profile == reader.profile && recipe == reader.recipe && record.sha256 == *sha256
        }))
    }

    fn has_import_of_size(&self, reader: Reader<'_>, bytes: u64) -> Result<bool, StoreError> {
        let found = self.filtered(|record, recipe| {
            record.profile == reader.profile && recipe == reader.recipe && record.bytes == bytes
        });
        Ok(!found.is_empty())
    }

    fn import(&self, import: u32) -> Result<Option<ImportRecord>, StoreError> {
        Ok(self.filtered(|record, _| record.import == import).pop())
    }

    fn imports(&self, profile: ProfileId) -> Result<Vec<ImportRecord>, StoreError> {
        Ok(self.newest_first(|record, _| record.profile == profile))
    }

    fn bills(&self, profile: ProfileId, day: BillDate) -> Result<Vec<ImportRecord>, StoreError> {
        Ok(self.newest_first(|record, _| record.profile == profile && record.day == Some(day)))
    }

    fn all_bills(&self, profile: Option<ProfileId>) -> Result<Vec<BillEntry>, StoreError> {
        let found = self.filtered(|record, _| asked(profile, record.profile));
        let entry = |record: ImportRecord| {
            Some(BillEntry {
                import: record.import,
                profile: record.profile,
                kind: record.kind,
                day: record.day?.number(),
                standing: record.standing,
            })
        };
        Ok(found.into_iter().filter_map(entry).collect())
    }

    fn bills_on(&self, profile: ProfileId, day: i32) -> Result<Vec<BillEntry>, StoreError> {
        let mut bills = self.all_bills(Some(profile))?;
        bills.retain(|bill| bill.day == day);
        Ok(bills)
    }

    fn sections(&self, profile: Option<ProfileId>) -> Result<Vec<SectionMeta>, StoreError> {
        let entries = self.lock();
        let found = entries.sections.iter();
        Ok(found
            .filter(|section| asked(profile, section.profile))
            .cloned()
            .collect())
    }

    fn sections_of(&self, imports: RangeInclusive<u32>) -> Result<Vec<SectionMeta>, StoreError> {
        let entries = self.lock();
        let asked = entries.sections.iter();
        Ok(asked
            .filter(|section| imports.contains(&section.import))
            .cloned()
            .collect())
    }

    fn sections_numbered(
        &self,
        numbers: RangeInclusive<u32>,
    ) -> Result<Vec<SectionMeta>, StoreError> {
        let entries = self.lock();
        let asked = entries.sections.iter();
        Ok(asked
            .filter(|section| numbers.contains(&section.id))
            .cloned()
            .collect())
    }

    fn identities(&self, last: u32) -> Result<Vec<ImportIdentity>, StoreError> {
        let entries = self.lock();
        let asked = entries.imports.iter();
        Ok(asked
            .filter(|(record, _)| record.import <= last)
            .map(|(record, recipe)| ImportIdentity {
                import: record.import,
                profile: record.profile,
                sha256: record.sha256,
                recipe: recipe.clone(),
                imported_at: record.imported_at.unix(),
            })
            .collect())
    }

    fn superseded(&self, profile: Option<ProfileId>) -> Result<Vec<SupersededMeta>, StoreError> {
        let entries = self.lock();
        let of = |import: u32| {
            let mut imports = entries.imports.iter();
            imports.find(|(record, _)| record.import == import)
        };
        let mut found: Vec<SupersededMeta> = entries
            .superseded
            .iter()
            .filter(|list| {
                of(list.import).is_some_and(|(record, _)| asked(profile, record.profile))
            })
            .copied()
            .collect();
        found.sort_by_key(|list| (list.section, list.import));
        Ok(found)
    }

    fn superseded_in(&self, section: u32) -> Result<Vec<SupersededMeta>, StoreError> {
        let mut lists = self.superseded(None)?;
        lists.retain(|list| list.section == section);
        Ok(lists)
    }

    fn order_traits(
        &self,
        profile: Option<ProfileId>,
        last: u32,
    ) -> Result<OrderTraits, StoreError> {
        let orders = self.filtered(|record, _| {
            record.kind == "orders" && record.import <= last && asked(profile, record.profile)
        });
        let totals = Some(serde_json::Value::from("running_total"));
        let none = Some(serde_json::Value::from(false));
        Ok(OrderTraits {
            refund_totals: orders
                .iter()
                .any(|record| fact(record, "refunds") == totals),
            business_numbers: orders
                .iter()
                .any(|record| fact(record, "business_numbers") != none),
        })
    }

    fn set_aside(
        &self,
        ProfileRecords { profile, kind }: ProfileRecords,
        numbers: &[&str],
        last: Option<u32>,
    ) -> Result<Vec<Option<SetAside>>, StoreError> {
        let word = match kind {
            RecordKind::Orders => "orders",
            RecordKind::Refunds => "refunds",
        };
        let entries = self.lock();
        let known_as = |number: &str, asked_for: &str| {
            let mut asked = entries.set_aside.iter().rev().filter(|(record, _)| {
                record.profile == profile
                    && record.kind == word
                    && last.is_none_or(|last| record.import <= last)
            });
            asked.find_map(|(record, rows)| {
                let of_number = rows.iter().filter(|row| row.number == number);
                let row = of_number.min_by_key(|row| row.line)?;
                Some(SetAside {
                    import: record.import,
                    file: record.name.clone(),
                    line: row.line,
                    number: asked_for.to_owned(),
                    refused: row.reason.refused,
                    zh: row.reason.zh.clone(),
                    en: row.reason.en.clone(),
                })
            })
        };
        let newest = |number: &&str| {
            known_as(number, number).or_else(|| {
                let mut ruined = ruined_forms(number).into_iter();
                ruined.find_map(|form| known_as(&form, number))
            })
        };
        Ok(numbers.iter().map(newest).collect())
    }

    fn has_set_aside(&self, profile: ProfileId) -> Result<bool, StoreError> {
        let entries = self.lock();
        let mut imports = entries.set_aside.iter();
        Ok(imports.any(|(record, rows)| record.profile == profile && rows.iter().next().is_some()))
    }

    fn merchant_numbers(&self, profile: ProfileId) -> Result<Vec<String>, StoreError> {
        let entries = self.lock();
        Ok(entries.merchants.get(&profile).cloned().unwrap_or_default())
    }
}
