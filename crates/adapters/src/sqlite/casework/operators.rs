//! Operators and their PINs. Of a PIN only an Argon2id digest is kept; wrong ones are counted.

use crate::sqlite::session::{Connection, OptionalExtension as _, Row, SessionTransaction, params};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, Params, PasswordHasher as _, PasswordVerifier as _};
use serde_json::json;

use super::trail;
use crate::sqlite::{Database, DbError};
use recondesk_casework::{Role, Roles};
use recondesk_domain::{Instant, Secret};
use recondesk_ports::{AuditDeed, Operator, PinError, StoreError};

/// After so many wrong PINs in a row nobody can try for a while.
const MISSES: i64 = 5;
const LOCKED_S: i64 = 60;

/// 19 MiB, two passes, one lane: what OWASP names as the least for Argon2id.
fn hasher() -> Argon2<'static> {
    let params = Params::new(19_456, 2, 1, None).unwrap_or_default();
    Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params)
}

pub(super) fn all(db: &Database) -> Result<Vec<Operator>, DbError> {
    let connection = db.lock();
    let mut statement = connection
        .prepare_cached("SELECT name, roles, created_at, removed_at FROM operator ORDER BY name")?;
    let mut rows = statement.query([])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(operator(row)?);
    }
    Ok(out)
}

pub(super) fn add(
    db: &Database,
    operator: &Operator,
    pin: &Secret<String>,
    actor: &str,
) -> Result<(), StoreError> {
    let broken = |what: &dyn std::fmt::Display| StoreError::Broken(format!("PIN: {what}"));
    let hash = hasher()
        .hash_password(pin.expose().as_bytes())
        .map_err(|error| broken(&error))?
        .to_string();
    let Operator {
        name,
        roles,
        created_at,
        removed_at: _,
    } = operator;
    let words = roles.words();
    db.write(|tx| {
        let known: i64 = tx.query_row(
            "SELECT count(*) FROM operator WHERE name = ?1",
            [name],
            |row| row.get(0),
        )?;
        if known > 0 {
            return Err(StoreError::Taken(name.clone()).into());
        }
        may_add(tx, *roles, actor)?;
        tx.execute(
            "INSERT INTO operator (name, pin, roles, created_at) VALUES (?1, ?2, ?3, ?4)",
            params![name, hash, format!(",{words},"), created_at.unix()],
        )?;
        trail::append(
            tx,
            &AuditDeed {
                at: *created_at,
                actor,
                kind: "operator.add",
                subject: &format!("operator/{name}"),
                document: &json!({ "roles": words }).to_string(),
            },
        )
    })?;
    Ok(())
}

/// The first operator administers, and whoever comes later is entered by one who does. Where nobody administers, as
/// in workspaces of earlier versions, any operator may enter one who does.
fn may_add(tx: &SessionTransaction<'_>, roles: Roles, actor: &str) -> Result<(), DbError> {
    let has_administrator: bool = tx.query_row(
        "SELECT EXISTS (SELECT 1 FROM operator WHERE removed_at IS NULL
                        AND instr(roles, ',administer,') > 0)",
        [],
        |row| row.get(0),
    )?;
    let why = if has_administrator {
        let may = has_role(tx, actor, Role::Administer)?;
        (!may).then_some("only an operator with the role administer adds others")
    } else if !roles.has(Role::Administer) {
        Some("the first operator must have the role administer")
    } else if any(tx)? && !is_living(tx, actor)? {
        Some("an operator must say who adds the administrator")
    } else {
        None
    };
    match why {
        Some(why) => Err(StoreError::Forbidden(why.to_owned()).into()),
        None => Ok(()),
    }
}

pub(super) fn remove(db: &Database, name: &str, actor: &str, now: Instant) -> Result<(), DbError> {
    db.write(|tx| {
        // Somebody must be left to enter others, as long as anybody is left.
        let is_last: bool = tx.query_row(
            "SELECT instr(o.roles, ',administer,') > 0
                 AND NOT EXISTS (SELECT 1 FROM operator WHERE name <> ?1 AND removed_at IS NULL
                                 AND instr(roles, ',administer,') > 0)
                 AND EXISTS (SELECT 1 FROM operator WHERE name <> ?1 AND removed_at IS NULL)
             FROM (SELECT ?1 AS name) n LEFT JOIN operator o ON o.name = n.name",
            [name],
            |row| row.get::<_, Option<bool>>(0).map(Option::unwrap_or_default),
        )?;
        if is_last {
            let why = "the last who may administer cannot be removed".to_owned();
            return Err(StoreError::Forbidden(why).into());
        }
        let gone = tx.execute(
            "UPDATE operator SET removed_at = ?2 WHERE name = ?1 AND removed_at IS NULL",
            params![name, now.unix()],
        )?;
        if gone == 0 {
            return Err(StoreError::Missing(format!("operator {name}")).into());
        }
        trail::append(
            tx,
            &AuditDeed {
                at: now,
                actor,
                kind: "operator.remove",
                subject: &format!("operator/{name}"),
                document: "{}",
            },
        )
    })
}

struct StoredOperator {
    operator: Operator,
    pin: String,
    misses: i64,
    missed_at: Option<i64>,
}

pub(super) fn check_pin(
    db: &Database,
    name: &str,
    pin: &Secret<String>,
    now: Instant,
) -> Result<Operator, PinError> {
    let known = find(db, name).map_err(StoreError::from)?;
    let Some(known) = known.filter(|known| known.operator.removed_at.is_none()) else {
        return Err(PinError::Wrong);
    };
    // A clock that was put back does not end the wait.
    if known.misses >= MISSES
        && let Some(missed) = known.missed_at
    {
        let until = Instant::from_unix(missed).plus(LOCKED_S);
        if now < until {
            return Err(PinError::Locked(until));
        }
    }
    let hash = PasswordHash::new(&known.pin)
        .map_err(|error| StoreError::Broken(format!("PIN of {name}: {error}")))?;
    let is_right = hasher()
        .verify_password(pin.expose().as_bytes(), &hash)
        .is_ok();
    note(db, name, is_right, now).map_err(StoreError::from)?;
    if is_right {
        Ok(known.operator)
    } else {
        Err(PinError::Wrong)
    }
}

fn find(db: &Database, name: &str) -> Result<Option<StoredOperator>, DbError> {
    let connection = db.lock();
    let row = connection
        .query_row(
            "SELECT name, roles, created_at, removed_at, pin, misses, missed_at FROM operator
             WHERE name = ?1",
            [name],
            |row| {
                Ok(StoredOperator {
                    operator: operator(row)?,
                    pin: row.get(4)?,
                    misses: row.get(5)?,
                    missed_at: row.get(6)?,
                })
            },
        )
        .optional()?;
    Ok(row)
}

fn note(db: &Database, name: &str, is_right: bool, now: Instant) -> Result<(), DbError> {
    db.write(|tx| {
        let changed = if is_right {
            "UPDATE operator SET misses = 0, missed_at = NULL WHERE name = ?1 AND misses > 0"
        } else {
            "UPDATE operator SET misses = misses + 1, missed_at = ?2 WHERE name = ?1"
        };
        if is_right {
            tx.execute(changed, [name])?;
        } else {
            tx.execute(changed, params![name, now.unix()])?;
            trail::append(
                tx,
                &AuditDeed {
                    at: now,
                    actor: "",
                    kind: "operator.wrong_pin",
                    subject: &format!("operator/{name}"),
                    document: "{}",
                },
            )?;
        }
        Ok(())
    })
}

fn operator(row: Row<'_>) -> Result<Operator, DbError> {
    let roles: String = row.get(1)?;
    Ok(Operator {
        name: row.get(0)?,
        roles: Roles::parse(&roles)
            .ok_or_else(|| DbError::broken(format!("roles of an operator: {roles}")))?,
        created_at: Instant::from_unix(row.get(2)?),
        removed_at: row.get::<_, Option<i64>>(3)?.map(Instant::from_unix),
    })
}

/// True when a living operator of that name has that role.
pub(super) fn has_role(connection: &Connection, name: &str, role: Role) -> Result<bool, DbError> {
    let roles: Option<String> = connection
        .query_row(
            "SELECT roles FROM operator WHERE name = ?1 AND removed_at IS NULL",
            [name],
            |row| row.get(0),
        )
        .optional()?;
    Ok(roles
        .and_then(|roles| Roles::parse(&roles))
        .is_some_and(|roles| roles.has(role)))
}

/// True when at least one operator is named and not removed.
pub(super) fn any(connection: &Connection) -> Result<bool, DbError> {
    connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM operator WHERE removed_at IS NULL)",
        [],
        |row| row.get(0),
    )
}

/// True when that name is an operator who was not removed.
pub(super) fn is_living(connection: &Connection, name: &str) -> Result<bool, DbError> {
    connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM operator WHERE name = ?1 AND removed_at IS NULL)",
        [name],
        |row| row.get(0),
    )
}
