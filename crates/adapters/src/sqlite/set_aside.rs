//! Rows that imports set aside, in SQLite: tables `set_aside` and `set_aside_reason`.

use std::collections::HashMap;

use crate::sqlite::session::{OptionalExtension as _, SessionTransaction, params};

use super::{Database, DbError};
use crate::books::SetAsideRows;
use recondesk_domain::ProfileId;
use recondesk_intake::{RecordKind, ruined_forms};
use recondesk_ports::{Book, ProfileRecords, SetAside};

/// Stores the rows that an import sets aside.
pub(super) fn store(
    rows: &SetAsideRows,
    transaction: &SessionTransaction<'_>,
    profile: ProfileId,
    kind: &str,
    import: u32,
) -> Result<(), DbError> {
    let book = match kind {
        "refunds" => Book::MerchantRefunds,
        _ => Book::Orders,
    };
    let mut rows: Vec<_> = rows.iter().collect();
    // In the order of the key, appending costs a third.
    rows.sort_by_key(|row| (row.number, row.line));
    let mut known_reason = transaction
        .prepare_cached("SELECT id FROM set_aside_reason WHERE refused = ?1 AND zh = ?2")?;
    let mut new_reason = transaction.prepare_cached(
        "INSERT INTO set_aside_reason (refused, zh, en) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
    )?;
    let mut insert = transaction.prepare_cached(
        "INSERT INTO set_aside (profile, book, number, import, line, reason)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (profile, book, number, import, line) DO UPDATE SET reason = ?6",
    )?;
    let mut ids: HashMap<(bool, &str), i64> = HashMap::new();
    for row in rows {
        let reason = row.reason;
        let id = if let Some(id) = ids.get(&(reason.refused, reason.zh.as_str())) {
            *id
        } else {
            new_reason.execute(params![reason.refused, reason.zh, reason.en])?;
            let wanted = params![reason.refused, reason.zh];
            let id = known_reason.query_row(wanted, |row| row.get(0))?;
            ids.insert((reason.refused, &reason.zh), id);
            id
        };
        insert.execute(params![
            profile.0, book as u8, row.number, import, row.line, id
        ])?;
    }
    Ok(())
}

impl Database {
    /// The newest row that was set aside for each of these numbers, up to an import; a row of which a spreadsheet left
    /// only the first digits stands for each number that begins with them.
    pub(super) fn rows_set_aside(
        &self,
        ProfileRecords { profile, kind }: ProfileRecords,
        numbers: &[&str],
        last: Option<u32>,
    ) -> Result<Vec<Option<SetAside>>, DbError> {
        let book = match kind {
            RecordKind::Orders => Book::Orders,
            RecordKind::Refunds => Book::MerchantRefunds,
        };
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT a.import, i.name, a.line, r.refused, r.zh, r.en
             FROM set_aside a JOIN import i ON i.id = a.import JOIN set_aside_reason r ON r.id = a.reason
             WHERE a.profile = ?1 AND a.book = ?2 AND a.number = ?3 AND a.import <= ?4
             ORDER BY a.import DESC, a.line LIMIT 1",
        )?;
        let mut out = Vec::with_capacity(numbers.len());
        for number in numbers {
            let mut known_as = |known: &str| {
                statement.query_row(
                    params![profile.0, book as u8, known, last.unwrap_or(u32::MAX)],
                    |row| {
                        Ok(SetAside {
                            import: row.get(0)?,
                            file: row.get(1)?,
                            line: row.get(2)?,
                            number: (*number).to_owned(),
                            refused: row.get(3)?,
                            zh: row.get(4)?,
                            en: row.get(5)?,
                        })
                    },
                )
            };
            let mut found = known_as(number).optional()?;
            for ruined in ruined_forms(number) {
                if found.is_none() {
                    found = known_as(&ruined).optional()?;
                }
            }
            out.push(found);
        }
        Ok(out)
    }

    /// True when a merchant has any row that was set aside.
    pub(super) fn has_rows_set_aside(&self, profile: ProfileId) -> Result<bool, DbError> {
        self.lock().query_row(
            "SELECT EXISTS (SELECT 1 FROM set_aside WHERE profile = ?1)",
            [profile.0],
            |row| row.get(0),
        )
    }
}
