//! Observations: what WeChat Pay said, each statement once, for good.

use crate::sqlite::session::{Connection, OptionalExtension as _, Row, params};

use super::{Database, DbError, WriteTarget};
use recondesk_domain::{Fen, Instant, ProfileId};
use recondesk_ports::{Observation, ObservationSource, RefundWord};

const COLUMNS: &str = "profile, at, source, key, aside, out_trade_no, transaction_id, \
    out_refund_no, refund_id, state, fen, happened_at, document, sub_mch_id";

/// Enters an observation; gives the one back that has its key already.
pub(super) fn enter(db: &Database, new: &Observation) -> Result<Option<Observation>, DbError> {
    db.join(|connection| put(connection, new))
}

/// Runs `work`, and keeps all that it entered or nothing.
pub(super) fn together(db: &Database, work: &mut dyn FnMut() -> bool) -> Result<(), DbError> {
    match &db.writer {
        WriteTarget::File(writer) => writer.together(work),
        WriteTarget::Shared(writer) => writer.together(work),
    }
}

fn put(connection: &Connection, new: &Observation) -> Result<Option<Observation>, DbError> {
    let known = connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM observation WHERE profile = ?1 AND key = ?2"
        ))?
        .query_row(params![new.profile.0, new.key], read)
        .optional()?;
    if known.is_some() {
        return Ok(known);
    }
    connection
        .prepare_cached(&format!(
            "INSERT INTO observation ({COLUMNS})
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
        ))?
        .execute(params![
            new.profile.0,
            new.at.unix(),
            new.source.word(),
            new.key,
            new.aside,
            new.out_trade_no,
            new.transaction_id,
            new.out_refund_no,
            new.refund_id,
            new.state,
            new.amount.map(Fen::get),
            new.happened_at.map(Instant::unix),
            new.document,
            new.sub_mch_id,
        ])?;
    Ok(None)
}

/// Observations that name a number in one of its four places, oldest first.
pub(super) fn about(db: &Database, number: &str) -> Result<Vec<Observation>, DbError> {
    if number.is_empty() {
        return Ok(Vec::new());
    }
    let connection = db.lock();
    let places = [
        "out_trade_no",
        "transaction_id",
        "out_refund_no",
        "refund_id",
    ];
    // One search an index; an OR over four columns would read the whole table.
    let union = places.map(|place| {
        format!("SELECT id, {COLUMNS} FROM observation WHERE {place} = ?1 AND {place} <> ''")
    });
    let mut statement =
        connection.prepare_cached(&format!("{} ORDER BY id", union.join(" UNION ")))?;
    let rows = statement.query_map(params![number], |row| read_from(row, 1))?;
    rows.collect::<Result<_, _>>()
}

/// What was believed of the states of a merchant's refunds, oldest first.
pub(super) fn refund_words(db: &Database, profile: ProfileId) -> Result<Vec<RefundWord>, DbError> {
    let connection = db.lock();
    let mut statement = connection.prepare_cached(
        "SELECT out_refund_no, state, out_trade_no, transaction_id, fen FROM observation
         WHERE out_refund_no <> '' AND profile = ?1 AND (aside = '' OR aside LIKE 'no_order%') ORDER BY id",
    )?;
    let rows = statement.query_map([profile.0], |row| {
        Ok(RefundWord {
            out_refund_no: row.get(0)?,
            state: row.get(1)?,
            out_trade_no: row.get(2)?,
            transaction_id: row.get(3)?,
            amount: row.get::<_, Option<i64>>(4)?.map(Fen::new),
        })
    })?;
    rows.collect::<Result<_, _>>()
}

fn read(row: Row<'_>) -> Result<Observation, DbError> {
    read_from(row, 0)
}

fn read_from(row: Row<'_>, first: usize) -> Result<Observation, DbError> {
    let at = |offset: usize| first.saturating_add(offset);
    let source: String = row.get(at(2))?;
    Ok(Observation {
        profile: ProfileId(row.get(at(0))?),
        at: Instant::from_unix(row.get(at(1))?),
        source: ObservationSource::parse(&source).unwrap_or(ObservationSource::Notice),
        key: row.get(at(3))?,
        aside: row.get(at(4))?,
        out_trade_no: row.get(at(5))?,
        transaction_id: row.get(at(6))?,
        out_refund_no: row.get(at(7))?,
        refund_id: row.get(at(8))?,
        state: row.get(at(9))?,
        amount: row.get::<_, Option<i64>>(at(10))?.map(Fen::new),
        happened_at: row.get::<_, Option<i64>>(at(11))?.map(Instant::from_unix),
        document: row.get(at(12))?,
        sub_mch_id: row.get(at(13))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use recondesk_domain::MerchantProfile;
    use recondesk_ports::Records as _;

    /// A workspace with one merchant, and what was said of an order of it.
    fn stage() -> (tempfile::TempDir, Database, Observation) {
        let folder = tempfile::tempdir().unwrap();
        let db = Database::open(&folder.path().join("w.db")).unwrap();
        let now = Instant::from_unix(1_772_899_200);
        let profile = db
            .add_profile(
                &MerchantProfile::new("a", "1900000109"),
                recondesk_ports::Author::program(now),
            )
            .unwrap();
        let observation = Observation {
            profile,
            at: now,
            source: ObservationSource::Notice,
            key: "pay/42".to_owned(),
            aside: String::new(),
            out_trade_no: "A1".to_owned(),
            sub_mch_id: String::new(),
            transaction_id: "42".to_owned(),
            out_refund_no: String::new(),
            refund_id: String::new(),
            state: "SUCCESS".to_owned(),
            amount: Some(Fen::new(3500)),
            happened_at: Some(now),
            document: "{}".to_owned(),
        };
        (folder, db, observation)
    }

    #[test]
    fn what_is_observed_together_is_kept_whole_or_not_at_all() {
        let (_folder, db, observation) = stage();
        let other = Observation {
            key: "pay/43".to_owned(),
            ..observation.clone()
        };
        let enter_both = || {
            assert_eq!(enter(&db, &observation), Ok(None));
            assert_eq!(enter(&db, &other), Ok(None));
            assert_eq!(enter(&db, &other), Ok(Some(other.clone())));
        };

        let told = together(&db, &mut || {
            enter_both();
            false
        });
        assert_eq!((told, about(&db, "A1")), (Ok(()), Ok(vec![])));
        let fell = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            together(&db, &mut || {
                enter_both();
                panic!("on purpose")
            })
        }));
        assert_eq!((fell.is_err(), about(&db, "A1")), (true, Ok(vec![])));
        let told = together(&db, &mut || {
            enter_both();
            true
        });
        assert_eq!(told, Ok(()));
        let again = db.another().unwrap();
        assert_eq!(about(&again, "A1"), Ok(vec![observation, other]));
    }

    #[test]
    fn a_statement_is_entered_once_and_found_by_each_of_its_numbers() {
        let (_folder, db, observation) = stage();

        assert_eq!(enter(&db, &observation), Ok(None));
        let again = Observation {
            at: observation.at.plus(9),
            ..observation.clone()
        };
        assert_eq!(enter(&db, &again), Ok(Some(observation.clone())));

        for number in ["A1", "42"] {
            assert_eq!(about(&db, number), Ok(vec![observation.clone()]));
        }
        assert_eq!(about(&db, ""), Ok(vec![]));
        assert_eq!(about(&db, "4"), Ok(vec![]));
    }
}
