//! The catalog of the books in SQLite: tables `import`, `import_stamp`, `section`, `superseded`.

use std::ops::RangeInclusive;

use crate::sqlite::session::{Row, SessionTransaction, StatementParams, params};

use super::Database;
use super::DbError;
use super::set_aside;
use crate::books::catalog::{
    BillEntry, ByteRange, Catalog, DayRange, ImportIdentity, NewImport, OrderTraits, Reader,
    SectionMeta, SupersededMeta,
};
use recondesk_domain::{BillDate, Instant, ProfileId};
use recondesk_ports::{
    Book, ImportRecord, ProfileRecords, Records as _, SetAside, Stamp, Standing, StoreError,
};

const COLUMNS: &str =
    "id, profile, kind, name, sha256, bytes, rows, imported_at, day, standing, facts";
const SECTION: &str = "id, import, profile, book, day, rows, hot, open, paid_from, paid_to, \
                       refund_from, refund_to, footer, footer_len";

fn big(value: u64) -> Result<i64, DbError> {
    i64::try_from(value).map_err(|error| DbError::broken(error.to_string()))
}

/// A count or a place, never negative in a sound database.
fn count(row: Row<'_>, at: usize) -> Result<u64, DbError> {
    row.get::<_, i64>(at)
        .map(|value| u64::try_from(value).unwrap_or(0))
}

fn book(value: u8) -> Option<Book> {
    [
        Book::Pays,
        Book::Refunds,
        Book::Orders,
        Book::MerchantRefunds,
    ]
    .into_iter()
    .find(|book| *book as u8 == value)
}

const fn standing(value: u8) -> Standing {
    match value {
        2 => Standing::Quarantined,
        3 => Standing::Replaced,
        _ => Standing::Verified,
    }
}

fn record(row: Row<'_>) -> Result<ImportRecord, DbError> {
    Ok(ImportRecord {
        import: row.get(0)?,
        profile: ProfileId(row.get(1)?),
        kind: row.get(2)?,
        name: row.get(3)?,
        sha256: row.get(4)?,
        bytes: count(row, 5)?,
        rows: count(row, 6)?,
        imported_at: Instant::from_unix(row.get(7)?),
        day: row
            .get::<_, Option<i32>>(8)?
            .and_then(BillDate::from_number),
        standing: standing(row.get(9)?),
        facts: row.get(10)?,
    })
}

fn days(row: Row<'_>, first: usize) -> Result<Option<DayRange>, DbError> {
    let (first, last): (Option<i32>, Option<i32>) = (row.get(first)?, row.get(first + 1)?);
    Ok(first
        .zip(last)
        .map(|(first, last)| DayRange { first, last }))
}

fn section(row: Row<'_>) -> Result<Option<SectionMeta>, DbError> {
    let Some(book) = book(row.get(3)?) else {
        return Ok(None);
    };
    Ok(Some(SectionMeta {
        id: row.get(0)?,
        import: row.get(1)?,
        profile: ProfileId(row.get(2)?),
        book,
        day: row.get(4)?,
        rows: row.get(5)?,
        hot: row.get(6)?,
        open: row.get(7)?,
        paid: days(row, 8)?,
        refunded: days(row, 10)?,
        footer: ByteRange {
            offset: count(row, 12)?,
            len: row.get(13)?,
        },
    }))
}

fn bill_entry(row: Row<'_>) -> Result<BillEntry, DbError> {
    Ok(BillEntry {
        import: row.get(0)?,
        profile: ProfileId(row.get(1)?),
        kind: row.get(2)?,
        day: row.get(3)?,
        standing: standing(row.get(4)?),
    })
}

fn superseded(row: Row<'_>) -> Result<SupersededMeta, DbError> {
    Ok(SupersededMeta {
        import: row.get(0)?,
        section: row.get(1)?,
        list: ByteRange {
            offset: count(row, 2)?,
            len: row.get(3)?,
        },
    })
}

impl Database {
    fn imports_where(
        &self,
        condition: &str,
        values: impl StatementParams,
    ) -> Result<Vec<ImportRecord>, DbError> {
        let connection = self.lock();
        let sql = format!("SELECT {COLUMNS} FROM import WHERE {condition}");
        let mut statement = connection.prepare_cached(&sql)?;
        let rows = statement.query_map(values, record)?;
        rows.collect::<Result<_, DbError>>()
    }

    fn import_number(&self, sql: &str, profile: Option<ProfileId>) -> Result<u32, DbError> {
        let profile = profile.map(|profile| profile.0);
        self.lock().query_row(sql, [profile], |row| row.get(0))
    }

    fn put_import(&self, new: &NewImport) -> Result<(), DbError> {
        self.write(|transaction| {
            let ImportRecord { import, profile, kind, name, sha256, bytes, rows, imported_at, day, standing, facts } =
                &new.record;
            if let (Some(day), Standing::Verified) = (day, standing) {
                transaction.execute(
                    "UPDATE import SET standing = 3 WHERE profile = ?1 AND day = ?2 AND kind = ?3 AND standing = 1",
                    params![profile.0, day.number(), kind],
                )?;
            }
            transaction.execute(
                "INSERT INTO import (id, profile, kind, recipe, name, sha256, bytes, rows, day, standing, imported_at, facts)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                params![
                    import, profile.0, kind, new.recipe, name, sha256, big(*bytes)?, big(*rows)?,
                    day.map(BillDate::number), *standing as u8, imported_at.unix(), facts
                ],
            )?;
            add_sections(transaction, new)?;
            set_aside::store(&new.set_aside, transaction, *profile, kind, *import)?;
            if let Some(stamp) = &new.stamp {
                let reader = Reader { profile: *profile, recipe: &new.recipe };
                put_stamp(transaction, reader, stamp, *import)?;
            }
            Ok(())
        })
    }

    fn sections_where(
        &self,
        condition: &str,
        values: impl StatementParams,
    ) -> Result<Vec<SectionMeta>, DbError> {
        let connection = self.lock();
        let sql = format!("SELECT {SECTION} FROM section WHERE {condition} ORDER BY id");
        let mut statement = connection.prepare_cached(&sql)?;
        let rows = statement.query_map(values, section)?;
        rows.filter_map(Result::transpose)
            .collect::<Result<_, DbError>>()
    }

    fn all_superseded(&self, profile: Option<ProfileId>) -> Result<Vec<SupersededMeta>, DbError> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT d.import, d.section, d.place, d.len FROM superseded d JOIN import i ON i.id = d.import
             WHERE CAST(?1 AS BIGINT) IS NULL OR i.profile = ?1 ORDER BY d.section, d.import",
        )?;
        let rows = statement.query_map([profile.map(|profile| profile.0)], superseded)?;
        rows.collect::<Result<_, DbError>>()
    }

    fn section_superseded(&self, section: u32) -> Result<Vec<SupersededMeta>, DbError> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT import, section, place, len FROM superseded WHERE section = ?1 ORDER BY import",
        )?;
        let rows = statement.query_map([section], superseded)?;
        rows.collect::<Result<_, DbError>>()
    }

    /// Without what an import tells of itself, which is long and lies elsewhere.
    fn bill_entries(&self, profile: Option<ProfileId>) -> Result<Vec<BillEntry>, DbError> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT id, profile, kind, day, standing FROM import
             WHERE day IS NOT NULL AND (CAST(?1 AS BIGINT) IS NULL OR profile = ?1) ORDER BY id",
        )?;
        let rows = statement.query_map([profile.map(|profile| profile.0)], bill_entry)?;
        rows.collect::<Result<_, DbError>>()
    }

    fn bill_entries_on(&self, profile: ProfileId, day: i32) -> Result<Vec<BillEntry>, DbError> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT id, profile, kind, day, standing FROM import
             WHERE day IS NOT NULL AND profile = ?1 AND day = ?2 ORDER BY id",
        )?;
        let rows = statement.query_map(params![profile.0, day], bill_entry)?;
        rows.collect::<Result<_, DbError>>()
    }

    fn identities_up_to(&self, last: u32) -> Result<Vec<ImportIdentity>, DbError> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT id, profile, sha256, recipe, imported_at FROM import WHERE id <= ?1 ORDER BY id",
        )?;
        let rows = statement.query_map([last], |row| {
            Ok(ImportIdentity {
                import: row.get(0)?,
                profile: ProfileId(row.get(1)?),
                sha256: row.get(2)?,
                recipe: row.get(3)?,
                imported_at: row.get(4)?,
            })
        })?;
        rows.collect::<Result<_, DbError>>()
    }

    /// True when an orders import up to `last` has a fact that this condition wants.
    fn has_fact(&self, profile: Option<ProfileId>, last: u32, fact: &str) -> Result<bool, DbError> {
        let sql = format!(
            "SELECT EXISTS (SELECT 1 FROM import WHERE (CAST(?1 AS BIGINT) IS NULL OR profile = ?1) AND id <= ?2
               AND kind = 'orders' AND {fact})"
        );
        let values = params![profile.map(|profile| profile.0), last];
        self.lock().query_row(&sql, values, |row| row.get(0))
    }
}

impl Catalog for Database {
    fn next_import(&self) -> Result<u32, StoreError> {
        let sql = "SELECT coalesce(max(id), 0) + 1 FROM import WHERE CAST(?1 AS BIGINT) IS NULL";
        Ok(self.import_number(sql, None)?)
    }

    fn newest_import(&self, profile: Option<ProfileId>) -> Result<u32, StoreError> {
        let sql = "SELECT coalesce(max(id), 0) FROM import WHERE CAST(?1 AS BIGINT) IS NULL OR profile = ?1";
        Ok(self.import_number(sql, profile)?)
    }

    fn add_import(&self, new: &NewImport) -> Result<(), StoreError> {
        Ok(self.put_import(new)?)
    }

    fn make_certain(&self) -> Result<(), StoreError> {
        Ok(Self::make_certain(self)?)
    }

    fn add_stamp(&self, reader: Reader<'_>, stamp: &Stamp, import: u32) -> Result<(), StoreError> {
        Ok(self.write(|transaction| put_stamp(transaction, reader, stamp, import))?)
    }

    fn import_by_stamp(
        &self,
        reader: Reader<'_>,
        stamp: &Stamp,
    ) -> Result<Option<ImportRecord>, StoreError> {
        let found = self.imports_where(
            "id = (SELECT import FROM import_stamp WHERE device = ?1 AND file = ?2 AND profile = ?3
               AND recipe = ?4 AND size = ?5 AND modified_ns = ?6 AND changed_ns = ?7)",
            params![
                stamp.device.cast_signed(),
                stamp.file.cast_signed(),
                reader.profile.0,
                reader.recipe,
                big(stamp.size)?,
                stamp.modified_ns,
                stamp.changed_ns
            ],
        );
        Ok(found?.pop())
    }

    fn imports_by_content(
        &self,
        reader: Reader<'_>,
        sha256: &[u8; 32],
    ) -> Result<Vec<ImportRecord>, StoreError> {
        Ok(self.imports_where(
            "profile = ?1 AND recipe = ?2 AND sha256 = ?3 ORDER BY id DESC",
            params![reader.profile.0, reader.recipe, sha256],
        )?)
    }

    fn has_import_of_size(&self, reader: Reader<'_>, bytes: u64) -> Result<bool, StoreError> {
        let found = self.lock().query_row(
            "SELECT EXISTS (SELECT 1 FROM import WHERE profile = ?1 AND recipe = ?2 AND bytes = ?3)",
            params![reader.profile.0, reader.recipe, big(bytes)?],
            |row| row.get(0),
        );
        Ok(found?)
    }

    fn import(&self, import: u32) -> Result<Option<ImportRecord>, StoreError> {
        Ok(self.imports_where("id = ?1", [import])?.pop())
    }

    fn imports(&self, profile: ProfileId) -> Result<Vec<ImportRecord>, StoreError> {
        Ok(self.imports_where("profile = ?1 ORDER BY id DESC", [profile.0])?)
    }

    fn bills(&self, profile: ProfileId, day: BillDate) -> Result<Vec<ImportRecord>, StoreError> {
        Ok(self.imports_where(
            "profile = ?1 AND day = ?2 ORDER BY id DESC",
            params![profile.0, day.number()],
        )?)
    }

    fn all_bills(&self, profile: Option<ProfileId>) -> Result<Vec<BillEntry>, StoreError> {
        Ok(self.bill_entries(profile)?)
    }

    fn bills_on(&self, profile: ProfileId, day: i32) -> Result<Vec<BillEntry>, StoreError> {
        Ok(self.bill_entries_on(profile, day)?)
    }

    fn sections(&self, profile: Option<ProfileId>) -> Result<Vec<SectionMeta>, StoreError> {
        let profile = profile.map(|profile| profile.0);
        Ok(self.sections_where("CAST(?1 AS BIGINT) IS NULL OR profile = ?1", [profile])?)
    }

    fn sections_of(&self, imports: RangeInclusive<u32>) -> Result<Vec<SectionMeta>, StoreError> {
        let (first, last) = imports.into_inner();
        Ok(self.sections_where("import BETWEEN ?1 AND ?2", [first, last])?)
    }

    fn sections_numbered(
        &self,
        numbers: RangeInclusive<u32>,
    ) -> Result<Vec<SectionMeta>, StoreError> {
        let (first, last) = numbers.into_inner();
        Ok(self.sections_where("id BETWEEN ?1 AND ?2", [first, last])?)
    }

    fn identities(&self, last: u32) -> Result<Vec<ImportIdentity>, StoreError> {
        Ok(self.identities_up_to(last)?)
    }

    fn superseded(&self, profile: Option<ProfileId>) -> Result<Vec<SupersededMeta>, StoreError> {
        Ok(self.all_superseded(profile)?)
    }

    fn superseded_in(&self, section: u32) -> Result<Vec<SupersededMeta>, StoreError> {
        Ok(self.section_superseded(section)?)
    }

    fn order_traits(
        &self,
        profile: Option<ProfileId>,
        last: u32,
    ) -> Result<OrderTraits, StoreError> {
        let totals = "json_extract(facts, '$.refunds') = 'running_total'";
        let business = "coalesce(CAST(json_extract(facts, '$.business_numbers') AS TEXT), '') NOT IN ('0', 'false')";
        Ok(OrderTraits {
            refund_totals: self.has_fact(profile, last, totals)?,
            business_numbers: self.has_fact(profile, last, business)?,
        })
    }

    fn set_aside(
        &self,
        place: ProfileRecords,
        numbers: &[&str],
        last: Option<u32>,
    ) -> Result<Vec<Option<SetAside>>, StoreError> {
        Ok(self.rows_set_aside(place, numbers, last)?)
    }

    fn has_set_aside(&self, profile: ProfileId) -> Result<bool, StoreError> {
        Ok(self.has_rows_set_aside(profile)?)
    }

    fn merchant_numbers(&self, profile: ProfileId) -> Result<Vec<String>, StoreError> {
        let own = self.profiles()?.into_iter().find(|(id, _)| *id == profile);
        Ok(own.map_or_else(Vec::new, |(_, own)| {
            std::iter::once(own.mch_id).chain(own.sub_mch_ids).collect()
        }))
    }
}

fn add_sections(transaction: &SessionTransaction<'_>, new: &NewImport) -> Result<(), DbError> {
    let mut insert = transaction.prepare_cached(
        "INSERT INTO section (import, profile, book, day, rows, hot, open, paid_from, paid_to, refund_from, refund_to, footer, footer_len)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )?;
    for section in &new.sections {
        insert.execute(params![
            section.import,
            section.profile.0,
            section.book as u8,
            section.day,
            section.rows,
            section.hot,
            section.open,
            section.paid.map(|days| days.first),
            section.paid.map(|days| days.last),
            section.refunded.map(|days| days.first),
            section.refunded.map(|days| days.last),
            big(section.footer.offset)?,
            section.footer.len,
        ])?;
    }
    let mut insert = transaction.prepare_cached(
        "INSERT INTO superseded (import, section, place, len, rows) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for superseded in &new.superseded {
        let SupersededMeta {
            import,
            section,
            list,
        } = superseded;
        let rows = list.len.saturating_sub(8) / 4;
        insert.execute(params![import, section, big(list.offset)?, list.len, rows])?;
    }
    Ok(())
}

fn put_stamp(
    transaction: &SessionTransaction<'_>,
    reader: Reader<'_>,
    stamp: &Stamp,
    import: u32,
) -> Result<(), DbError> {
    transaction.execute(
        "INSERT INTO import_stamp (device, file, profile, recipe, size, modified_ns, changed_ns, import)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (device, file, profile, recipe)
             DO UPDATE SET size = ?5, modified_ns = ?6, changed_ns = ?7, import = ?8",
        params![
            stamp.device.cast_signed(),
            stamp.file.cast_signed(),
            reader.profile.0,
            reader.recipe,
            big(stamp.size)?,
            stamp.modified_ns,
            stamp.changed_ns,
            import
        ],
    )?;
    Ok(())
}
