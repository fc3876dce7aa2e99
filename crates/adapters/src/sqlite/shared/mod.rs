//! The database of a shared workspace on PostgreSQL: made, opened, written to by one transaction at a time.
//!
//! A transaction that stores something first locks one row, that of the count of transactions. So those of all
//! computers follow each other as they do in a file of SQLite, and every rule that holds there holds here: nothing
//! between a look and a write is changed by others. Readers wait for nobody.

mod address;
mod dialect;
mod lease;
pub(crate) mod place;
mod roles;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::session::{Connection, DbError, OptionalExtension as _, SessionTransaction, params};
use super::turn::Turn;
use super::{BUSY, has_moved, locked, migrate};
pub use address::Address;
pub(crate) use lease::LeaseGuard;
use lease::{LeaseSet, Leases};
use place::Share;
use recondesk_ports::StoreError;
pub use roles::bind_role;
use sha2::{Digest as _, Sha256};

/// How often a transaction is begun again that the server asks for once more.
const ATTEMPTS: u32 = 8;
/// Locks what every writing transaction locks first.
const TURN: &str = "SELECT value FROM meta WHERE key = 'generation' FOR UPDATE";

/// Counts a transaction, unless the workspace moved away before it.
const COUNT: &str = "UPDATE meta SET value = CAST(CAST(value AS BIGINT) + 1 AS TEXT)
     WHERE key = 'generation' AND NOT EXISTS (SELECT 1 FROM meta m WHERE m.key = 'moved_at'
                                              AND CAST(m.value AS BIGINT) <= CAST(meta.value AS BIGINT))";

/// The connection that writes, and the rights of this program.
#[derive(Debug)]
pub(crate) struct SharedWriter {
    address: Address,
    pub(super) connection: Arc<Mutex<Connection>>,
    turn: Turn,
    /// A transaction is open that other code runs in: its connection must not be exchanged under it.
    has_long: AtomicBool,
    held: Arc<LeaseSet>,
    leases: Arc<Leases>,
    /// What begins a transaction.
    beginning: String,
}

/// Makes the database of a new shared workspace, whose files will lie in `files`, a location `file:///…` or
/// `s3://…`.
///
/// # Errors
/// [`StoreError`]: there is one already, or the server cannot be used.
pub fn create(address: &Address, files: &str) -> Result<(), StoreError> {
    let share = Share::parse(files)?;
    let connection = address.connect()?;
    let server = connection.postgres()?;
    if schema_of(&connection)?.is_some() {
        let place = address.shown();
        return Err(StoreError::Taken(place));
    }
    let steps = i64::try_from(migrate::STEPS.len()).unwrap_or(i64::MAX);
    let made = (|| {
        server.batch("BEGIN")?;
        make_tables(&connection, address)?;
        let fact = "INSERT INTO meta (key, value) VALUES (?1, ?2)";
        connection.execute(fact, params!["schema", steps.to_string()])?;
        connection.execute(fact, params!["files", files])?;
        let name = self::fact(&connection, "workspace_id")?.unwrap_or_default();
        share.mark(&name)?;
        let end = server.batch("COMMIT");
        if end.is_err() {
            share.unmark();
        }
        end
    })();
    made.map_err(StoreError::from)
}

/// Makes the tables of a new workspace; the caller has a transaction open.
pub(super) fn make_tables(connection: &Connection, address: &Address) -> Result<(), DbError> {
    let server = connection.postgres()?;
    let schema = address.schema();
    server.batch(&format!("CREATE SCHEMA IF NOT EXISTS \"{schema}\""))?;
    server.batch(dialect::PREAMBLE)?;
    take_steps(connection, 0)
}

/// What a server has of a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ServerState {
    /// Nothing.
    Empty,
    /// What a move made that did not end, of the workspace of that name.
    Moving {
        /// The workspace.
        name: String,
    },
    /// A workspace of that name that can be used.
    InUse {
        /// The workspace.
        name: String,
    },
}

/// Tells what is there.
pub(super) fn state_on(connection: &Connection) -> Result<ServerState, DbError> {
    if schema_of(connection)?.is_none() {
        return Ok(ServerState::Empty);
    }
    let name = fact(connection, "workspace_id")?.unwrap_or_default();
    Ok(match fact(connection, "moving_from")? {
        Some(_) => ServerState::Moving { name },
        None => ServerState::InUse { name },
    })
}

/// Brings the tables from one version to that of this program; the caller has a transaction open.
fn take_steps(connection: &Connection, from: usize) -> Result<(), DbError> {
    let mut tables = BTreeSet::new();
    for (step, sql) in migrate::STEPS.iter().enumerate() {
        let said = dialect::translate(sql, &mut tables)?;
        if step >= from {
            connection.postgres()?.batch(&said)?;
        }
    }
    Ok(())
}

/// Version of the tables; `None` where there are none.
fn schema_of(connection: &Connection) -> Result<Option<i64>, DbError> {
    let there: bool = connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_tables
                        WHERE schemaname = current_schema() AND tablename = 'meta')",
        [],
        |row| row.get(0),
    )?;
    if !there {
        return Ok(None);
    }
    let found: Option<String> = fact(connection, "schema")?;
    let found = found.and_then(|found| found.parse().ok());
    found.map(Some).ok_or_else(|| StoreError::Foreign.into())
}

fn fact(connection: &Connection, key: &str) -> Result<Option<String>, DbError> {
    let sql = "SELECT value FROM meta WHERE key = ?1";
    connection
        .query_row(sql, [key], |row| row.get(0))
        .optional()
}

/// What begins a transaction: who waits for the turn is served in the order of arrival, where the server knows such
/// queues. The row that is locked next is what keeps others out, with or without.
fn beginning(connection: &Connection, address: &Address) -> Result<String, DbError> {
    const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";
    let digest: [u8; 32] = Sha256::digest(format!("recondesk/{}", address.schema())).into();
    let place = i64::from_be_bytes(digest.first_chunk().copied().unwrap_or_default());
    let queue = format!("SELECT pg_advisory_xact_lock({place})");
    let server = connection.postgres()?;
    // One that does not know them refuses the name of the function.
    let is_known = server
        .batch("SELECT pg_advisory_xact_lock_shared(0)")
        .is_ok();
    Ok(if is_known {
        format!("{BEGIN}; {queue}")
    } else {
        BEGIN.to_owned()
    })
}

/// Opens a new connection in place of one that the server or the line has closed.
fn revive(connection: &mut Connection, address: &Address) -> Result<(), DbError> {
    if connection.postgres()?.is_gone() {
        *connection = address.connect()?;
    }
    Ok(())
}

impl SharedWriter {
    /// Opens the database of a workspace that was made before, and brings its tables up to date.
    pub(super) fn open(address: &Address) -> Result<Self, StoreError> {
        let connection = address.connect()?;
        let known = migrate::latest();
        match schema_of(&connection)? {
            None => {
                let what = format!(
                    "workspace at {}; `recondesk workspace create` makes one",
                    address.shown()
                );
                return Err(StoreError::Missing(what));
            }
            Some(found) if found > known => return Err(StoreError::Newer { found, known }),
            Some(found) if found < known => bring_up(&connection)?,
            Some(_) => {}
        }
        if let Some(from) = fact(&connection, "moving_from")? {
            return Err(StoreError::HalfMoved(from));
        }
        let held = Arc::<LeaseSet>::default();
        let beginning = beginning(&connection, address)?;
        Ok(Self {
            beginning,
            address: address.clone(),
            connection: Arc::new(Mutex::new(connection)),
            turn: Turn::of_this_program(),
            has_long: AtomicBool::new(false),
            leases: Arc::new(Leases::new(address, Arc::clone(&held))?),
            held,
        })
    }

    /// Another connection to the same database.
    pub(super) fn connect(&self) -> Result<Connection, DbError> {
        self.address.connect()
    }

    /// Opens the connection anew where it is gone; what then fails is told by whoever uses it.
    pub(super) fn look_after(&self, connection: &mut Connection) {
        // On a new connection a transaction that is under way would be taken for stored.
        if !self.has_long.load(Ordering::SeqCst)
            && let Err(error) = revive(connection, &self.address)
        {
            tracing::warn!(?error, "the database server cannot be reached");
        }
    }

    /// Waits at most `patience` for a right that one program among all has.
    pub(crate) fn lease(&self, name: &str, patience: Duration) -> Result<LeaseGuard, StoreError> {
        self.leases.take(name, patience)
    }

    /// The place of the files of the workspace, once it is certain that it is theirs, and the name of the workspace.
    pub(crate) fn files(&self) -> Result<(Share, String), StoreError> {
        let (files, name) = {
            let connection = locked(&self.connection);
            (
                fact(&connection, "files")?,
                fact(&connection, "workspace_id")?,
            )
        };
        let (files, name) = files.zip(name).ok_or(StoreError::Foreign)?;
        let share = Share::parse(&files)?;
        share.check(&name)?;
        Ok((share, name))
    }

    /// Runs `work` in a transaction of its own, again as long as the server asks for that.
    pub(super) fn write<T>(
        &self,
        work: impl Fn(&SessionTransaction<'_>) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        let turn = self.turn.enter(BUSY)?;
        if turn.is_nested() {
            return Err(StoreError::Busy.into());
        }
        let mut attempt = 1;
        loop {
            match self.once(&work) {
                Err(DbError::Again) if attempt < ATTEMPTS => {
                    std::thread::sleep(Duration::from_millis(5 << attempt));
                    attempt += 1;
                }
                end => return end,
            }
        }
    }

    fn once<T>(
        &self,
        work: impl Fn(&SessionTransaction<'_>) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        let mut connection = locked(&self.connection);
        revive(&mut connection, &self.address)?;
        let open = self.begin(&connection)?;
        let value = work(&SessionTransaction(&connection))?;
        open.commit()?;
        Ok(value)
    }

    /// Runs `work` in the transaction that this thread has open, or in one of its own.
    pub(super) fn join<T>(
        &self,
        work: impl Fn(&Connection) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        if self.turn.is_mine() {
            return work(&locked(&self.connection));
        }
        self.write(|transaction| work(transaction))
    }

    /// Runs `work` with a transaction open around it, which it ends by saying whether to keep what was stored.
    pub(super) fn together(&self, work: &mut dyn FnMut() -> bool) -> Result<(), DbError> {
        let turn = self.turn.enter(BUSY)?;
        if turn.is_nested() {
            return Err(StoreError::Busy.into());
        }
        {
            let mut connection = locked(&self.connection);
            revive(&mut connection, &self.address)?;
            // It is ended below, or by the guard.
            std::mem::forget(self.begin(&connection)?);
            self.has_long.store(true, Ordering::SeqCst);
        }
        let open = LongTransaction(self);
        if work() {
            let connection = locked(&self.connection);
            OpenTransaction(&connection).commit()?;
            self.has_long.store(false, Ordering::SeqCst);
            drop(connection);
            std::mem::forget(open);
        }
        Ok(())
    }

    /// Waits until no transaction of a connection that was lost is under way any more.
    pub(super) fn make_certain(&self) -> Result<(), DbError> {
        self.write(|_| Ok(()))
    }

    fn begin<'a>(&self, connection: &'a Connection) -> Result<OpenTransaction<'a>, DbError> {
        let open = OpenTransaction(connection);
        connection.postgres()?.batch(&self.beginning)?;
        let _count: String = connection.query_row(TURN, [], |row| row.get(0))?;
        self.held.check(connection)?;
        Ok(open)
    }
}

fn bring_up(connection: &Connection) -> Result<(), StoreError> {
    let server = connection.postgres()?;
    server.batch("BEGIN")?;
    let open = OpenTransaction(connection);
    let _count: String = connection.query_row(TURN, [], |row| row.get(0))?;
    // Another program may have done the work while this one waited.
    let found = schema_of(connection)?.unwrap_or(0);
    take_steps(connection, usize::try_from(found).unwrap_or(usize::MAX))?;
    connection.execute(
        "UPDATE meta SET value = ?1 WHERE key = 'schema'",
        [migrate::latest().max(found).to_string()],
    )?;
    roles::keep(connection)?;
    Ok(open.commit()?)
}

/// A transaction that ends with its scope: what was not committed is rolled back.
struct OpenTransaction<'a>(&'a Connection);

impl OpenTransaction<'_> {
    /// Counts the transaction and stores it.
    fn commit(self) -> Result<(), DbError> {
        // After a statement that failed this fails as well: such a transaction cannot be taken for a stored one.
        let counted = self.0.execute(COUNT, [])?;
        if counted == 0 {
            return Err(has_moved(self.0));
        }
        self.0.postgres()?.batch("COMMIT")?;
        std::mem::forget(self);
        Ok(())
    }
}

impl Drop for OpenTransaction<'_> {
    fn drop(&mut self) {
        if let Ok(server) = self.0.postgres() {
            // Where the line is gone the server rolls back by itself.
            drop(server.batch("ROLLBACK"));
        }
    }
}

/// A transaction that other code runs in, which comes back to the connection by itself.
struct LongTransaction<'a>(&'a SharedWriter);

impl Drop for LongTransaction<'_> {
    fn drop(&mut self) {
        let connection = locked(&self.0.connection);
        drop(OpenTransaction(&connection));
        self.0.has_long.store(false, Ordering::SeqCst);
    }
}
