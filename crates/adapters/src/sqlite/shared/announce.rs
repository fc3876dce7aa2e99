//! Announcements of what is stored, so that whoever watches need not ask: NOTIFY in each transaction that lets the trail
//! grow, LISTEN on a connection of its own.
//!
//! Not every server and not every pool of connections between has them. Whether they arrive is tried at the beginning;
//! where they do not, whoever watches looks by itself.

use std::time::Duration;

use super::Address;
use crate::sqlite::DbError;
use crate::sqlite::session::Connection;
use recondesk_ports::{DeedListener, StoreError};

/// How long the first announcement, to itself, may take.
const TRIAL: Duration = Duration::from_secs(3);
/// How often it is asked whether anybody listens any more, and how long after a line was cut it is tried again.
const LOOK: Duration = Duration::from_secs(1);

/// The name under which it is announced that something was stored in a workspace.
pub(super) fn channel(address: &Address) -> String {
    format!("recondesk_{:016x}", super::number_of(address))
}

/// A connection that hears announcements; nothing where they do not arrive.
fn listen(address: &Address) -> Result<Option<Connection>, DbError> {
    let connection = address.connect()?;
    let channel = channel(address);
    let server = connection.postgres()?;
    server.batch(&format!("LISTEN {channel}"))?;
    server.batch(&format!("NOTIFY {channel}"))?;
    let arrives = server.heard_within(TRIAL)?;
    Ok(arrives.then_some(connection))
}

/// Lets the listener hear of each announcement, until it wants no more; of none where they do not arrive.
pub(super) fn to(address: &Address, listener: Box<dyn DeedListener>) {
    let address = address.clone();
    let thread = std::thread::Builder::new().name("announcements".to_owned());
    if let Err(error) = thread.spawn(move || hear(&address, listener.as_ref())) {
        tracing::warn!(%error, "announcements are not listened to");
    }
}

fn hear(address: &Address, listener: &dyn DeedListener) {
    let mut line: Option<Connection> = None;
    let mut has_heard = false;
    while listener.is_wanted() {
        let Some(connection) = &line else {
            match listen(address) {
                Ok(Some(connection)) => {
                    tracing::info!("the database server announces what is stored");
                    line = Some(connection);
                    has_heard = true;
                    listener.announced(true);
                    // What was stored before has been announced to nobody here.
                    listener.heard();
                }
                Ok(None) if !has_heard => {
                    tracing::info!("announcements of the database server do not arrive");
                    return;
                }
                Err(error)
                    if !has_heard && matches!(error, DbError::Store(StoreError::Server(_))) =>
                {
                    tracing::info!(?error, "the database server announces nothing");
                    return;
                }
                Ok(None) | Err(_) => std::thread::sleep(LOOK),
            }
            continue;
        };
        let heard = connection
            .postgres()
            .and_then(|server| server.heard_within(LOOK));
        match heard {
            Ok(true) => listener.heard(),
            Ok(false) => {}
            Err(error) => {
                tracing::info!(?error, "the line of announcements was cut");
                line = None;
                listener.announced(false);
            }
        }
    }
}
