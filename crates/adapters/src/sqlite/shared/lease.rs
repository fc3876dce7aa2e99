//! Rights that one program among all computers has at a time: to import, to send goods or money.
//!
//! A right is a row with a holder and an end, by the clock of the server. The holder pushes the end on while it works,
//! and gives the right back when it is done; of a program that died the right is taken over once its end has passed.
//! Whoever holds a right has it looked at by every transaction that stores something (`LeaseSet::check`), so that a program
//! that hung and was taken over stores nothing any more, and so sends nothing: what is sent is stored before.

use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::super::session::{Connection, OptionalExtension as _, params};
use super::super::{DbError, locked};
use super::{Address, revive};
use recondesk_domain::Message;
use recondesk_ports::StoreError;

/// How long a right lasts that nobody pushes on, and how often it is pushed on.
const LASTS_S: i64 = 30;
const PUSH: Duration = Duration::from_secs(5);
/// How often a waiting program looks again: soon at first, for most rights are held for a moment.
const POLL: Duration = Duration::from_millis(4);
const SELDOM: Duration = Duration::from_millis(50);

/// The rights that this program holds.
#[derive(Debug, Default)]
pub(super) struct LeaseSet(Mutex<Vec<(String, String)>>);

impl LeaseSet {
    /// Refuses to go on when a right of this program was taken over; none can be until the transaction ends.
    pub(super) fn check(&self, connection: &Connection) -> Result<(), DbError> {
        let held = locked(&self.0).clone();
        for (name, holder) in held {
            let still: Option<i64> = connection
                .prepare_cached(
                    "SELECT 1 FROM lease WHERE name = ?1 AND holder = ?2
                     AND until > clock_timestamp() FOR UPDATE",
                )?
                .query_row(params![name, holder], |row| row.get(0))
                .optional()?;
            if still.is_none() {
                let why = Message::new(
                    format!("这期间另一台电脑接手了（{name}）"),
                    format!("the right to {name} has passed to another computer meanwhile"),
                );
                return Err(StoreError::Unreachable(why).into());
            }
        }
        Ok(())
    }
}

/// Gives and takes the rights of a shared workspace.
#[derive(Debug)]
pub(super) struct Leases {
    address: Address,
    connection: Mutex<Connection>,
    held: Arc<LeaseSet>,
}

impl Leases {
    pub(super) fn new(address: &Address, held: Arc<LeaseSet>) -> Result<Self, DbError> {
        Ok(Self {
            connection: Mutex::new(address.connect()?),
            address: address.clone(),
            held,
        })
    }

    /// Waits at most `patience` for a right.
    pub(super) fn take(
        self: &Arc<Self>,
        name: &str,
        patience: Duration,
    ) -> Result<LeaseGuard, StoreError> {
        let holder = holder()?;
        let since = Instant::now();
        let mut poll = POLL;
        while !self.try_take(name, &holder)? {
            if since.elapsed() >= patience {
                return Err(StoreError::Busy);
            }
            std::thread::sleep(poll.min(patience.saturating_sub(since.elapsed())));
            poll = poll.saturating_mul(2).min(SELDOM);
        }
        locked(&self.held.0).push((name.to_owned(), holder.clone()));
        let (stop, stopped) = sync_channel(0);
        let (leases, right) = (Arc::clone(self), (name.to_owned(), holder.clone()));
        let push = std::thread::Builder::new().name("lease".to_owned());
        let push = push.spawn(move || {
            while stopped.recv_timeout(PUSH) == Err(RecvTimeoutError::Timeout) {
                if let Err(error) = leases.push_on(&right.0, &right.1) {
                    tracing::warn!(?error, right = right.0, "a right could not be pushed on");
                }
            }
        });
        let mut guard = LeaseGuard {
            leases: Arc::clone(self),
            right: (name.to_owned(), holder),
            stop: Some(stop),
            push: None,
        };
        guard.push = Some(push.map_err(|error| {
            StoreError::Unreachable(Message::new(error.to_string(), error.to_string()))
        })?);
        Ok(guard)
    }

    fn ask(&self, sql: &str, name: &str, holder: &str) -> Result<bool, DbError> {
        let mut connection = locked(&self.connection);
        revive(&mut connection, &self.address)?;
        Ok(connection.execute(sql, params![name, holder, LASTS_S])? > 0)
    }

    fn try_take(&self, name: &str, holder: &str) -> Result<bool, DbError> {
        let sql = "INSERT INTO lease (name, holder, until)
                   VALUES (?1, ?2, clock_timestamp() + CAST(?3 AS BIGINT) * INTERVAL '1 second')
                   ON CONFLICT (name) DO UPDATE SET holder = EXCLUDED.holder, until = EXCLUDED.until
                   WHERE lease.until <= clock_timestamp()";
        self.ask(sql, name, holder)
    }

    fn push_on(&self, name: &str, holder: &str) -> Result<bool, DbError> {
        let sql =
            "UPDATE lease SET until = clock_timestamp() + CAST(?3 AS BIGINT) * INTERVAL '1 second'
                   WHERE name = ?1 AND holder = ?2 AND until > clock_timestamp()";
        self.ask(sql, name, holder)
    }

    fn give_back(&self, name: &str, holder: &str) -> Result<bool, DbError> {
        self.ask(
            "DELETE FROM lease WHERE name = ?1 AND holder = ?2 AND CAST(?3 AS BIGINT) > 0",
            name,
            holder,
        )
    }
}

/// A name that no other holder has.
fn holder() -> Result<String, StoreError> {
    let mut random = [0_u8; 16];
    aws_lc_rs::rand::fill(&mut random).map_err(|error| {
        StoreError::Unreachable(Message::new(error.to_string(), error.to_string()))
    })?;
    Ok(crate::digest::hex(&random))
}

/// A right; given back when dropped, and taken over by others some time after the program ended in any other way.
#[derive(Debug)]
#[must_use]
pub(crate) struct LeaseGuard {
    leases: Arc<Leases>,
    right: (String, String),
    stop: Option<SyncSender<()>>,
    push: Option<JoinHandle<()>>,
}

impl LeaseGuard {
    /// Pushes the right on, and tells whether it was still this program's.
    pub(crate) fn is_in_force(&self) -> bool {
        let (name, holder) = &self.right;
        self.leases.push_on(name, holder).unwrap_or(false)
    }
}

impl Drop for LeaseGuard {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(push) = self.push.take() {
            drop(push.join());
        }
        let (name, holder) = &self.right;
        if let Err(error) = self.leases.give_back(name, holder) {
            tracing::warn!(?error, right = name, "a right ends by itself");
        }
        locked(&self.leases.held.0).retain(|right| *right != self.right);
    }
}
