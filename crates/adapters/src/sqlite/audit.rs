//! The log of exchanges with the gateway: append-only, free of secrets.

use crate::sqlite::session::params;

use super::Database;
use super::DbError;
use recondesk_domain::{Instant, ProfileId};
use recondesk_ports::ExchangeRecord;

pub(super) fn log(db: &Database, exchange: &ExchangeRecord) -> Result<(), DbError> {
    let ExchangeRecord {
        profile,
        at,
        operation,
        number,
        outcome,
        took_ms,
        document,
    } = exchange;
    let took_ms = i64::try_from(*took_ms).unwrap_or(i64::MAX);
    db.write(|tx| {
        tx.execute(
            "INSERT INTO exchange (profile, at, operation, number, outcome, took_ms, document)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                profile.0,
                at.unix(),
                operation,
                number,
                outcome,
                took_ms,
                document
            ],
        )?;
        Ok(())
    })
}

pub(super) fn list(db: &Database, text: &str, most: u32) -> Result<Vec<ExchangeRecord>, DbError> {
    let connection = db.lock();
    // The search reads an index that holds what is searched, and only then the rows it found.
    let which = if text.is_empty() {
        "?1 = ''"
    } else {
        "id IN (SELECT id FROM exchange INDEXED BY exchange_search
                WHERE instr(number, ?1) > 0 OR instr(operation, ?1) > 0
                ORDER BY id DESC LIMIT ?2)"
    };
    let mut statement = connection.prepare_cached(&format!(
        "SELECT profile, at, operation, number, outcome, took_ms, document FROM exchange
         WHERE {which} ORDER BY id DESC LIMIT ?2"
    ))?;
    let rows = statement.query_map(params![text, most], |row| {
        Ok(ExchangeRecord {
            profile: ProfileId(row.get(0)?),
            at: Instant::from_unix(row.get(1)?),
            operation: row.get(2)?,
            number: row.get(3)?,
            outcome: row.get(4)?,
            took_ms: u64::try_from(row.get::<_, i64>(5)?).unwrap_or(0),
            document: row.get(6)?,
        })
    })?;
    rows.collect::<Result<_, _>>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use recondesk_domain::MerchantProfile;
    use recondesk_ports::Records as _;

    #[test]
    fn the_history_is_searched_by_any_part_of_a_number_newest_first() {
        let folder = tempfile::tempdir().unwrap();
        let db = Database::open(&folder.path().join("w.db")).unwrap();
        let now = Instant::from_unix(1_772_899_200);
        let shop = MerchantProfile::new("a", "1900000109");
        let profile = db
            .add_profile(&shop, recondesk_ports::Author::program(now))
            .unwrap();
        for (operation, number) in [
            ("orderquery", "QH1234"),
            ("refundquery", "QH9923"),
            ("orderquery", "QH5678"),
        ] {
            let exchange = ExchangeRecord {
                profile,
                at: now,
                operation: operation.to_owned(),
                number: number.to_owned(),
                outcome: "SUCCESS".to_owned(),
                took_ms: 12,
                document: "{}".to_owned(),
            };
            log(&db, &exchange).unwrap();
        }
        let found = |text: &str, most: u32| -> Vec<String> {
            let all = list(&db, text, most).unwrap().into_iter();
            all.map(|exchange| exchange.number).collect()
        };

        assert_eq!(found("", 9), ["QH5678", "QH9923", "QH1234"]);
        assert_eq!(found("23", 9), ["QH9923", "QH1234"]);
        assert_eq!(found("23", 1), ["QH9923"]);
        assert_eq!(found("orderquery", 9), ["QH5678", "QH1234"]);
        assert!(found("nowhere", 9).is_empty());
    }
}
