//! The catalog of the books: imports, their sections, what superseded what.
//!
//! A section or an import exists from the moment its row here is committed, and not before.

use rusqlite::{Row, Transaction, params};

use super::Database;
use super::DbError;
use crate::books::FooterPlace;
use recondesk_domain::{BillDate, Instant, ProfileId};
use recondesk_ports::{Book, ImportRecord, Stamp, Standing};

/// A section as the catalog knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SectionMeta {
    /// Number in the workspace; 0 before it is stored.
    pub(crate) id: u32,
    /// The import it belongs to.
    pub(crate) import: u32,
    /// The merchant.
    pub(crate) profile: ProfileId,
    /// The book.
    pub(crate) book: Book,
    /// The business day.
    pub(crate) day: i32,
    /// Rows.
    pub(crate) rows: u32,
    /// True when its rows may concern other days than its own.
    pub(crate) hot: bool,
    /// True when it has orders that wait for a payment.
    pub(crate) open: bool,
    /// First and last day of payment.
    pub(crate) paid: Option<(i32, i32)>,
    /// First and last day of a last refund.
    pub(crate) refunded: Option<(i32, i32)>,
    /// Where its footer lies.
    pub(crate) footer: FooterPlace,
}

/// A list of superseded rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SupersededMeta {
    /// The import that supersedes, in whose segment file the list lies.
    pub(crate) import: u32,
    /// The section it is about.
    pub(crate) section: u32,
    /// Where the list lies.
    pub(crate) place: FooterPlace,
}

/// Everything one import adds to the catalog.
#[derive(Debug)]
pub(crate) struct NewImport {
    /// The import; its number is given.
    pub(crate) record: ImportRecord,
    /// How it was read.
    pub(crate) recipe: String,
    /// State of the file it came from.
    pub(crate) stamp: Option<Stamp>,
    /// Its sections.
    pub(crate) sections: Vec<SectionMeta>,
    /// What it supersedes.
    pub(crate) superseded: Vec<SupersededMeta>,
}

const COLUMNS: &str =
    "id, profile, kind, name, sha256, bytes, rows, imported_at, day, standing, facts";

fn big(value: u64) -> Result<i64, DbError> {
    i64::try_from(value).map_err(|error| DbError::broken(error.to_string()))
}

/// A count or a place, never negative in a sound database.
fn count(row: &Row<'_>, at: usize) -> rusqlite::Result<u64> {
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

fn record(row: &Row<'_>) -> rusqlite::Result<ImportRecord> {
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
        standing: match row.get(9)? {
            2_u8 => Standing::Quarantined,
            3 => Standing::Replaced,
            _ => Standing::Verified,
        },
        facts: row.get(10)?,
    })
}

fn section(row: &Row<'_>) -> rusqlite::Result<Option<SectionMeta>> {
    let range = |from: usize, to: usize| -> rusqlite::Result<Option<(i32, i32)>> {
        Ok(row
            .get::<_, Option<i32>>(from)?
            .zip(row.get::<_, Option<i32>>(to)?))
    };
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
        paid: range(8, 9)?,
        refunded: range(10, 11)?,
        footer: FooterPlace {
            offset: count(row, 12)?,
            len: row.get(13)?,
        },
    }))
}

impl Database {
    /// The number the next import gets; call it under the write lock of the workspace.
    pub(crate) fn next_import(&self) -> Result<u32, DbError> {
        Ok(self
            .lock()
            .query_row("SELECT coalesce(max(id), 0) + 1 FROM import", [], |row| {
                row.get(0)
            })?)
    }

    /// Number of the newest import of a merchant, or of all.
    pub(crate) fn newest_import(&self, profile: Option<ProfileId>) -> Result<u32, DbError> {
        Ok(self.lock().query_row(
            "SELECT coalesce(max(id), 0) FROM import WHERE ?1 IS NULL OR profile = ?1",
            [profile.map(|profile| profile.0)],
            |row| row.get(0),
        )?)
    }

    /// Stores an import. A bill that takes the place of others turns them into replaced ones.
    pub(crate) fn add_import(&self, new: &NewImport) -> Result<(), DbError> {
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
            if let Some(stamp) = &new.stamp {
                put_stamp(transaction, (*profile, &new.recipe), stamp, *import)?;
            }
            Ok(())
        })
    }

    /// Remembers that a file in this state holds an import.
    pub(crate) fn add_stamp(
        &self,
        place: (ProfileId, &str),
        stamp: &Stamp,
        import: u32,
    ) -> Result<(), DbError> {
        self.write(|transaction| put_stamp(transaction, place, stamp, import))
    }

    /// The import that a file in this state holds.
    pub(crate) fn import_by_stamp(
        &self,
        (profile, recipe): (ProfileId, &str),
        stamp: &Stamp,
    ) -> Result<Option<ImportRecord>, DbError> {
        self.imports_where(
            "id = (SELECT import FROM import_stamp WHERE device = ?1 AND file = ?2 AND profile = ?3
               AND recipe = ?4 AND size = ?5 AND modified_ns = ?6 AND changed_ns = ?7)",
            params![
                stamp.device.cast_signed(),
                stamp.file.cast_signed(),
                profile.0,
                recipe,
                big(stamp.size)?,
                stamp.modified_ns,
                stamp.changed_ns
            ],
        )
        .map(|mut found| found.pop())
    }

    /// Imports of a merchant with this content, read in this way.
    pub(crate) fn imports_by_content(
        &self,
        (profile, recipe): (ProfileId, &str),
        sha256: &[u8; 32],
    ) -> Result<Vec<ImportRecord>, DbError> {
        self.imports_where(
            "profile = ?1 AND recipe = ?2 AND sha256 = ?3 ORDER BY id DESC",
            params![profile.0, recipe, sha256],
        )
    }

    /// Imports of a merchant, newest first.
    pub(crate) fn imports(&self, profile: ProfileId) -> Result<Vec<ImportRecord>, DbError> {
        self.imports_where("profile = ?1 ORDER BY id DESC", [profile.0])
    }

    /// Bills of a day, newest first.
    pub(crate) fn bills(
        &self,
        profile: ProfileId,
        day: BillDate,
    ) -> Result<Vec<ImportRecord>, DbError> {
        self.imports_where(
            "profile = ?1 AND day = ?2 ORDER BY id DESC",
            params![profile.0, day.number()],
        )
    }

    /// One import.
    pub(crate) fn import(&self, import: u32) -> Result<Option<ImportRecord>, DbError> {
        self.imports_where("id = ?1", [import])
            .map(|mut found| found.pop())
    }

    fn imports_where(
        &self,
        condition: &str,
        values: impl rusqlite::Params,
    ) -> Result<Vec<ImportRecord>, DbError> {
        let connection = self.lock();
        let sql = format!("SELECT {COLUMNS} FROM import WHERE {condition}");
        let mut statement = connection.prepare_cached(&sql)?;
        let rows = statement.query_map(values, record)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Sections of a merchant, or of all, in order of their numbers.
    pub(crate) fn sections(&self, profile: Option<ProfileId>) -> Result<Vec<SectionMeta>, DbError> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT id, import, profile, book, day, rows, hot, open, paid_from, paid_to,
                    refund_from, refund_to, footer, footer_len
             FROM section WHERE ?1 IS NULL OR profile = ?1 ORDER BY id",
        )?;
        let rows = statement.query_map([profile.map(|profile| profile.0)], section)?;
        Ok(rows
            .filter_map(Result::transpose)
            .collect::<rusqlite::Result<_>>()?)
    }

    /// Lists of superseded rows of a merchant's sections, or of all.
    pub(crate) fn superseded(
        &self,
        profile: Option<ProfileId>,
    ) -> Result<Vec<SupersededMeta>, DbError> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT d.import, d.section, d.place, d.len FROM superseded d JOIN import i ON i.id = d.import
             WHERE ?1 IS NULL OR i.profile = ?1 ORDER BY d.section, d.import",
        )?;
        let rows = statement.query_map([profile.map(|profile| profile.0)], |row| {
            Ok(SupersededMeta {
                import: row.get(0)?,
                section: row.get(1)?,
                place: FooterPlace {
                    offset: count(row, 2)?,
                    len: row.get(3)?,
                },
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Bills of a merchant, or of all, oldest first.
    pub(crate) fn all_bills(
        &self,
        profile: Option<ProfileId>,
    ) -> Result<Vec<ImportRecord>, DbError> {
        self.imports_where(
            "day IS NOT NULL AND (?1 IS NULL OR profile = ?1) ORDER BY id",
            [profile.map(|profile| profile.0)],
        )
    }

    /// True when an orders file up to this import carried running totals of refunds.
    pub(crate) fn has_refund_totals(
        &self,
        profile: Option<ProfileId>,
        last: u32,
    ) -> Result<bool, DbError> {
        Ok(self.lock().query_row(
            "SELECT EXISTS (SELECT 1 FROM import WHERE (?1 IS NULL OR profile = ?1) AND id <= ?2
               AND kind = 'orders' AND json_extract(facts, '$.refunds') = 'running_total')",
            params![profile.map(|profile| profile.0), last],
            |row| row.get(0),
        )?)
    }

    /// False when no order up to this import has a business number other than its own number; imports
    /// that do not say so may have one.
    pub(crate) fn has_business_numbers(
        &self,
        profile: Option<ProfileId>,
        last: u32,
    ) -> Result<bool, DbError> {
        Ok(self.lock().query_row(
            "SELECT EXISTS (SELECT 1 FROM import WHERE (?1 IS NULL OR profile = ?1) AND id <= ?2
               AND kind = 'orders' AND json_extract(facts, '$.business_numbers') IS NOT 0)",
            params![profile.map(|profile| profile.0), last],
            |row| row.get(0),
        )?)
    }

    /// True when an import of that many bytes, read in this way, is known.
    pub(crate) fn has_import_of_size(
        &self,
        (profile, recipe): (ProfileId, &str),
        bytes: u64,
    ) -> Result<bool, DbError> {
        Ok(self.lock().query_row(
            "SELECT EXISTS (SELECT 1 FROM import WHERE profile = ?1 AND recipe = ?2 AND bytes = ?3)",
            params![profile.0, recipe, big(bytes)?],
            |row| row.get(0),
        )?)
    }
}

fn add_sections(transaction: &Transaction<'_>, new: &NewImport) -> Result<(), DbError> {
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
            section.paid.map(|range| range.0),
            section.paid.map(|range| range.1),
            section.refunded.map(|range| range.0),
            section.refunded.map(|range| range.1),
            big(section.footer.offset)?,
            section.footer.len,
        ])?;
    }
    let mut insert = transaction.prepare_cached(
        "INSERT INTO superseded (import, section, place, len, rows) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for list in &new.superseded {
        let rows = list.place.len.saturating_sub(8) / 4;
        insert.execute(params![
            list.import,
            list.section,
            big(list.place.offset)?,
            list.place.len,
            rows
        ])?;
    }
    Ok(())
}

fn put_stamp(
    transaction: &Transaction<'_>,
    (profile, recipe): (ProfileId, &str),
    stamp: &Stamp,
    import: u32,
) -> Result<(), DbError> {
    transaction.execute(
        "INSERT OR REPLACE INTO import_stamp (device, file, profile, recipe, size, modified_ns, changed_ns, import)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            stamp.device.cast_signed(),
            stamp.file.cast_signed(),
            profile.0,
            recipe,
            big(stamp.size)?,
            stamp.modified_ns,
            stamp.changed_ns,
            import
        ],
    )?;
    Ok(())
}
