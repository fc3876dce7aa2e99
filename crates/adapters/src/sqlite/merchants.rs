//! Profiles, preferences and column mappings.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::Database;
use super::DbError;
use recondesk_domain::{Instant, MerchantProfile, ProfileId};
use recondesk_ports::StoreError;

pub(super) fn all(db: &Database) -> Result<Vec<(ProfileId, MerchantProfile)>, DbError> {
    let connection = db.lock();
    let mut statement = connection.prepare_cached(
        "SELECT id, document FROM profile WHERE removed_at IS NULL ORDER BY name",
    )?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.map(|row| {
        let (id, document): (i64, String) = row?;
        Ok((ProfileId(id), read(&document)?))
    })
    .collect()
}

pub(super) fn by_name(
    db: &Database,
    name: &str,
) -> Result<Option<(ProfileId, MerchantProfile)>, DbError> {
    let found: Option<(i64, String)> = db
        .lock()
        .prepare_cached("SELECT id, document FROM profile WHERE name = ?1 AND removed_at IS NULL")?
        .query_row([name], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    found
        .map(|(id, document)| Ok((ProfileId(id), read(&document)?)))
        .transpose()
}

pub(super) fn add(
    db: &Database,
    profile: &MerchantProfile,
    now: Instant,
) -> Result<ProfileId, DbError> {
    let document = print(profile)?;
    db.write(|tx| {
        refuse_taken(tx, &profile.name, None)?;
        tx.execute(
            "INSERT INTO profile (name, document, created_at) VALUES (?1, ?2, ?3)",
            params![profile.name, document, now.unix()],
        )?;
        Ok(ProfileId(tx.last_insert_rowid()))
    })
}

pub(super) fn update(
    db: &Database,
    id: ProfileId,
    profile: &MerchantProfile,
) -> Result<(), DbError> {
    let document = print(profile)?;
    db.write(|tx| {
        refuse_taken(tx, &profile.name, Some(id))?;
        let changed = tx.execute(
            "UPDATE profile SET name = ?2, document = ?3 WHERE id = ?1 AND removed_at IS NULL",
            params![id.0, profile.name, document],
        )?;
        one(changed, &profile.name)
    })
}

pub(super) fn remove(db: &Database, id: ProfileId, now: Instant) -> Result<(), DbError> {
    db.write(|tx| {
        let changed = tx.execute(
            "UPDATE profile SET removed_at = ?2 WHERE id = ?1 AND removed_at IS NULL",
            params![id.0, now.unix()],
        )?;
        one(changed, "profile")
    })
}

pub(super) fn preference(db: &Database, key: &str) -> Result<Option<String>, DbError> {
    Ok(db
        .lock()
        .prepare_cached("SELECT value FROM preference WHERE key = ?1")?
        .query_row([key], |row| row.get(0))
        .optional()?)
}

pub(super) fn set_preference(db: &Database, key: &str, json: &str) -> Result<(), DbError> {
    db.write(|tx| {
        tx.execute(
            "INSERT INTO preference VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2",
            [key, json],
        )?;
        Ok(())
    })
}

pub(super) fn mapping(
    db: &Database,
    profile: ProfileId,
    name: &str,
) -> Result<Option<String>, DbError> {
    Ok(db
        .lock()
        .prepare_cached("SELECT toml FROM mapping WHERE profile = ?1 AND name = ?2")?
        .query_row(params![profile.0, name], |row| row.get(0))
        .optional()?)
}

pub(super) fn mappings(db: &Database, profile: ProfileId) -> Result<Vec<String>, DbError> {
    let connection = db.lock();
    let mut statement =
        connection.prepare_cached("SELECT name FROM mapping WHERE profile = ?1 ORDER BY name")?;
    let names = statement.query_map([profile.0], |row| row.get(0))?;
    Ok(names.collect::<Result<_, _>>()?)
}

pub(super) fn set_mapping(
    db: &Database,
    profile: ProfileId,
    name: &str,
    toml: &str,
) -> Result<(), DbError> {
    db.write(|tx| {
        tx.execute(
            "INSERT INTO mapping VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET toml = ?3",
            params![profile.0, name, toml],
        )?;
        Ok(())
    })
}

pub(super) fn remove_mapping(
    db: &Database,
    profile: ProfileId,
    name: &str,
) -> Result<bool, DbError> {
    db.write(|tx| {
        let gone = tx.execute(
            "DELETE FROM mapping WHERE profile = ?1 AND name = ?2",
            params![profile.0, name],
        )?;
        Ok(gone > 0)
    })
}

fn refuse_taken(
    connection: &Connection,
    name: &str,
    except: Option<ProfileId>,
) -> Result<(), DbError> {
    let taken = connection
        .prepare_cached(
            "SELECT 1 FROM profile WHERE name = ?1 AND removed_at IS NULL AND id IS NOT ?2",
        )?
        .exists(params![name, except.map(|id| id.0)])?;
    if taken {
        return Err((StoreError::Taken(name.to_owned())).into());
    }
    Ok(())
}

fn one(changed: usize, what: &str) -> Result<(), DbError> {
    if changed == 1 {
        Ok(())
    } else {
        Err(StoreError::Missing(what.to_owned()).into())
    }
}

fn read(document: &str) -> Result<MerchantProfile, DbError> {
    serde_json::from_str(document).map_err(|error| DbError::broken(format!("profile: {error}")))
}

fn print(profile: &MerchantProfile) -> Result<String, DbError> {
    serde_json::to_string(profile).map_err(|error| DbError::broken(format!("profile: {error}")))
}
