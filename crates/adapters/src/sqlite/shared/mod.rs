//! The database of a shared workspace on PostgreSQL: made, opened, written to by one transaction at a time.
//!
//! A transaction that stores something first locks one row, that of the count of transactions. So those of all
//! computers follow each other as they do in a file of SQLite, and every rule that holds there holds here: nothing
//! between a look and a write is changed by others. Readers wait for nobody.

mod address;
mod announce;
mod dialect;
mod lease;
pub(crate) mod place;
mod roles;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::session::{
    Connection, DbError, OptionalExtension as _, SessionTransaction, TrailEnd, params,
};
use super::turn::Turn;
use super::{BUSY, has_moved, locked, migrate};
pub use address::Address;
pub(crate) use lease::LeaseGuard;
use lease::{LeaseSet, Leases};
use place::Share;
use recondesk_ports::{DeedListener, StoreError};
pub use roles::bind_role;
use sha2::{Digest as _, Sha256};

/// How often a transaction is begun again that the server asks for once more.
const ATTEMPTS: u32 = 8;
/// Locks what every writing transaction locks first.
const TURN: &str = "SELECT value FROM meta WHERE key = 'generation' FOR UPDATE";

/// Counts a transaction, which locks the same row; tells whether the workspace moved away before it, and the end of the
/// trail, because every further question is a way to the server and back while all others wait.
const COUNT: &str =
    "UPDATE meta SET value = CAST(CAST(value AS BIGINT) + 1 AS TEXT) WHERE key = 'generation'
     RETURNING EXISTS (SELECT 1 FROM meta m WHERE m.key = 'moved_at'),
               (SELECT max(id) FROM audit), (SELECT hash FROM audit ORDER BY id DESC LIMIT 1)";

/// Asks the same at the end: a workspace that has moved may be used again by the transaction that says so.
const HAS_MOVED: &str = "SELECT EXISTS (SELECT 1 FROM meta WHERE key = 'moved_at')";

/// Stores a transaction. After a statement that failed the first word fails as well: such a transaction cannot be taken
/// for a stored one.
const COMMIT: &str = "SELECT 1; COMMIT";

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
    frame: Frame,
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

/// A number that is the same for all who use a workspace, and that no other workspace of the server has.
fn number_of(address: &Address) -> u64 {
    let digest: [u8; 32] = Sha256::digest(format!("recondesk/{}", address.schema())).into();
    u64::from_be_bytes(digest.first_chunk().copied().unwrap_or_default())
}

/// What begins and what ends a transaction, in the words that the server knows.
///
/// Who waits for the turn is served in the order of arrival, where the server knows such queues. The row that is locked
/// next is what keeps others out, with or without.
#[derive(Debug)]
struct Frame {
    begin: String,
    /// Who has the turn sees what the one before has stored. Without a queue the row must be locked beforehand.
    is_queued: bool,
    /// As [`COMMIT`], and announces that the trail has grown.
    commit_and_tell: String,
}

impl Frame {
    fn of(connection: &Connection, address: &Address) -> Result<Self, DbError> {
        const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";
        let server = connection.postgres()?;
        // One that does not know a function refuses its name.
        let knows = |question: &str| server.batch(question).is_ok();
        let place = number_of(address).cast_signed();
        let is_queued = knows("SELECT pg_advisory_xact_lock_shared(0)");
        let channel = announce::channel(address);
        let tells = knows(&format!("SELECT pg_notify('{channel}', '')"));
        Ok(Self {
            begin: if is_queued {
                format!("{BEGIN}; SELECT pg_advisory_xact_lock({place})")
            } else {
                BEGIN.to_owned()
            },
            is_queued,
            commit_and_tell: if tells {
                format!("SELECT pg_notify('{channel}', ''); COMMIT")
            } else {
                COMMIT.to_owned()
            },
        })
    }
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
        let frame = Frame::of(&connection, address)?;
        Ok(Self {
            frame,
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

    /// Lets the listener hear of what anybody stores, until it wants no more.
    pub(super) fn announce_to(&self, listener: Box<dyn DeedListener>) {
        announce::to(&self.address, listener);
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
        let transaction = SessionTransaction::on(&connection, open.trail_end);
        let value = work(&transaction)?;
        open.commit(if transaction.has_deed() {
            &self.frame.commit_and_tell
        } else {
            COMMIT
        })?;
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
            let open = self.begin(&connection)?;
            // Nothing says within such a transaction that the workspace can be used again.
            if open.has_moved {
                return Err(has_moved(&connection));
            }
            // It is ended below, or by the guard.
            std::mem::forget(open);
            self.has_long.store(true, Ordering::SeqCst);
        }
        let open = LongTransaction(self);
        if work() {
            let connection = locked(&self.connection);
            OpenTransaction::on(&connection).commit(&self.frame.commit_and_tell)?;
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
        let mut open = OpenTransaction::on(connection);
        connection.postgres()?.batch(&self.frame.begin)?;
        if !self.frame.is_queued {
            let _count: String = connection.query_row(TURN, [], |row| row.get(0))?;
        }
        (open.has_moved, open.trail_end) = connection.query_row(COUNT, [], |row| {
            let (id, seal): (Option<i64>, Option<[u8; 32]>) = (row.get(1)?, row.get(2)?);
            let end = id.zip(seal).map(|(id, seal)| TrailEnd { id, seal });
            Ok((row.get(0)?, end))
        })?;
        self.held.check(connection)?;
        Ok(open)
    }
}

fn bring_up(connection: &Connection) -> Result<(), StoreError> {
    let server = connection.postgres()?;
    server.batch("BEGIN")?;
    let mut open = OpenTransaction::on(connection);
    open.take_turn()?;
    // Another program may have done the work while this one waited.
    let found = schema_of(connection)?.unwrap_or(0);
    take_steps(connection, usize::try_from(found).unwrap_or(usize::MAX))?;
    connection.execute(
        "UPDATE meta SET value = ?1 WHERE key = 'schema'",
        [migrate::latest().max(found).to_string()],
    )?;
    roles::keep(connection)?;
    Ok(open.commit(COMMIT)?)
}

/// A transaction that ends with its scope: what was not committed is rolled back.
struct OpenTransaction<'a> {
    connection: &'a Connection,
    /// The workspace had moved away when it began.
    has_moved: bool,
    /// The end of the trail, where there is one and it was asked for.
    trail_end: Option<TrailEnd>,
}

impl<'a> OpenTransaction<'a> {
    const fn on(connection: &'a Connection) -> Self {
        Self {
            connection,
            has_moved: false,
            trail_end: None,
        }
    }

    /// Keeps other writers out, where it was not begun by [`SharedWriter::begin`].
    fn take_turn(&mut self) -> Result<(), DbError> {
        let _count: String = self.connection.query_row(TURN, [], |row| row.get(0))?;
        self.has_moved = self.connection.query_row(HAS_MOVED, [], |row| row.get(0))?;
        Ok(())
    }

    /// Stores it, in these words.
    fn commit(self, words: &str) -> Result<(), DbError> {
        if self.has_moved && self.connection.query_row(HAS_MOVED, [], |row| row.get(0))? {
            return Err(has_moved(self.connection));
        }
        self.connection.postgres()?.batch(words)?;
        std::mem::forget(self);
        Ok(())
    }
}

impl Drop for OpenTransaction<'_> {
    fn drop(&mut self) {
        if let Ok(server) = self.connection.postgres() {
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
        drop(OpenTransaction::on(&connection));
        self.0.has_long.store(false, Ordering::SeqCst);
    }
}
