//! Profiles, preferences and column mappings.

use crate::sqlite::session::{Connection, OptionalExtension as _, SessionTransaction, params};
use serde_json::{Map, Value, json};

use super::Database;
use super::DbError;
use super::casework::append_to_trail;
use recondesk_domain::{MerchantProfile, ProfileId};
use recondesk_ports::{AuditDeed, Author, StoreError};

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
    by: Author<'_>,
) -> Result<ProfileId, DbError> {
    let document = print(profile)?;
    db.write(|tx| {
        refuse_taken(tx, &profile.name, None)?;
        if let Some((id, before)) = removed(tx, profile)? {
            tx.execute(
                "UPDATE profile SET name = ?2, document = ?3, removed_at = NULL WHERE id = ?1",
                params![id.0, profile.name, document],
            )?;
            trace(tx, "profile.restore", id, &changes(&before, profile)?, by)?;
            return Ok(id);
        }
        let id = tx.query_row(
            "INSERT INTO profile (name, document, created_at) VALUES (?1, ?2, ?3) RETURNING id",
            params![profile.name, document, by.at.unix()],
            |row| row.get(0).map(ProfileId),
        )?;
        let words = json!({ "name": profile.name, "mch_id": profile.mch_id });
        trace(tx, "profile.add", id, &words, by)?;
        Ok(id)
    })
}

pub(super) fn update(
    db: &Database,
    id: ProfileId,
    profile: &MerchantProfile,
    by: Author<'_>,
) -> Result<(), DbError> {
    let document = print(profile)?;
    db.write(|tx| {
        refuse_taken(tx, &profile.name, Some(id))?;
        let before: Option<String> = tx
            .prepare_cached("SELECT document FROM profile WHERE id = ?1 AND removed_at IS NULL")?
            .query_row([id.0], |row| row.get(0))
            .optional()?;
        let Some(before) = before else {
            return Err(StoreError::Missing(profile.name.clone()).into());
        };
        let changed = changes(&read(&before)?, profile)?;
        if changed.as_object().is_none_or(Map::is_empty) {
            return Ok(());
        }
        tx.execute(
            "UPDATE profile SET name = ?2, document = ?3 WHERE id = ?1",
            params![id.0, profile.name, document],
        )?;
        trace(tx, "profile.change", id, &changed, by)
    })
}

pub(super) fn remove(db: &Database, id: ProfileId, by: Author<'_>) -> Result<(), DbError> {
    db.write(|tx| {
        let changed = tx.execute(
            "UPDATE profile SET removed_at = ?2 WHERE id = ?1 AND removed_at IS NULL",
            params![id.0, by.at.unix()],
        )?;
        one(changed, "profile")?;
        trace(tx, "profile.remove", id, &json!({}), by)
    })
}

/// The profile of this merchant that was removed last, if none of it lives.
fn removed(
    connection: &Connection,
    profile: &MerchantProfile,
) -> Result<Option<(ProfileId, MerchantProfile)>, DbError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, document, removed_at FROM profile ORDER BY removed_at DESC, id DESC",
    )?;
    let mut rows = statement.query([])?;
    let mut last = None;
    while let Some(row) = rows.next()? {
        let (id, document): (i64, String) = (row.get(0)?, row.get(1)?);
        let known = read(&document)?;
        if !known.is_same_merchant(profile) {
            continue;
        }
        if row.get::<_, Option<i64>>(2)?.is_none() {
            return Ok(None);
        }
        last = last.or(Some((ProfileId(id), known)));
    }
    Ok(last)
}

/// The fields that differ, with the new value; a profile holds no secrets.
fn changes(before: &MerchantProfile, after: &MerchantProfile) -> Result<Value, DbError> {
    let fields = |profile| {
        serde_json::to_value(profile).map_err(|error| DbError::broken(format!("profile: {error}")))
    };
    let (before, after) = (fields(before)?, fields(after)?);
    let differ = after.as_object().into_iter().flatten();
    let differ = differ.filter(|(field, value)| before.get(field) != Some(value));
    Ok(differ
        .map(|(field, value)| (field.clone(), value.clone()))
        .collect())
}

fn trace(
    tx: &SessionTransaction<'_>,
    kind: &str,
    id: ProfileId,
    document: &Value,
    by: Author<'_>,
) -> Result<(), DbError> {
    let deed = AuditDeed {
        at: by.at,
        actor: by.name,
        kind,
        subject: &format!("profile/{}", id.0),
        document: &document.to_string(),
    };
    append_to_trail(tx, &deed)
}

pub(super) fn preference(db: &Database, key: &str) -> Result<Option<String>, DbError> {
    let key = db.preference_key(key);
    db.lock()
        .prepare_cached("SELECT value FROM preference WHERE key = ?1")?
        .query_row([key], |row| row.get(0))
        .optional()
}

pub(super) fn set_preference(db: &Database, key: &str, json: &str) -> Result<(), DbError> {
    let key = &db.preference_key(key);
    db.write(|tx| {
        tx.execute(
            "INSERT INTO preference VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2",
            [key.as_str(), json],
        )?;
        Ok(())
    })
}

pub(super) fn mapping(
    db: &Database,
    profile: ProfileId,
    name: &str,
) -> Result<Option<String>, DbError> {
    db.lock()
        .prepare_cached("SELECT toml FROM mapping WHERE profile = ?1 AND name = ?2")?
        .query_row(params![profile.0, name], |row| row.get(0))
        .optional()
}

pub(super) fn mappings(db: &Database, profile: ProfileId) -> Result<Vec<String>, DbError> {
    let connection = db.lock();
    let mut statement =
        connection.prepare_cached("SELECT name FROM mapping WHERE profile = ?1 ORDER BY name")?;
    let names = statement.query_map([profile.0], |row| row.get(0))?;
    names.collect::<Result<_, _>>()
}

pub(super) fn set_mapping(
    db: &Database,
    profile: ProfileId,
    name: &str,
    toml: &str,
) -> Result<(), DbError> {
    db.write(|tx| {
        tx.execute(
            "INSERT INTO mapping VALUES (?1, ?2, ?3) ON CONFLICT (profile, name) DO UPDATE SET toml = ?3",
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
            "SELECT 1 FROM profile WHERE name = ?1 AND removed_at IS NULL AND id IS DISTINCT FROM ?2",
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
