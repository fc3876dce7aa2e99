//! Shared workspaces as the window opens them: by their address, or one of those that were opened before.

use super::Failure;
use recondesk_domain::Secret;

/// A shared workspace that a person wants to open.
#[derive(Debug)]
pub struct SharedPlaceAsk {
    /// Its address, postgres://…
    pub address: String,
    /// Where its files are to lie, where it is to be made; empty for one that is there.
    pub files: String,
    /// The password of the database, where one was typed.
    pub password: Option<Secret<String>>,
}

/// What opens shared workspaces, and remembers them.
pub trait SharedPlaces: Send + Sync {
    /// The addresses of those that were opened on this computer, the newest first.
    fn recent(&self) -> Vec<String>;

    /// Opens one in a window of its own, once it is certain that it can be opened.
    ///
    /// # Errors
    /// [`Failure`]: there is none, there is one already, or the server cannot be used.
    fn open(&self, ask: &SharedPlaceAsk) -> Result<(), Failure>;
}
