//! Builds the ports of a workspace out of the adapters.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::books::Bookshelf;
use super::clock::{SystemClock, SystemRandom};
use super::gateway::HttpGateway;
use super::sqlite::Database;
use super::sqlite::shared::{self, Address, create};
use super::vault::{AskPassphrase, SystemVault};
use super::workspace::{
    Workspace, WorkspaceKeeper, care::copy_of_the_day, relocation, shared_address,
};
use recondesk_ports::{Clock, MoveReport, Ports, StoreError};

/// Opens a workspace (the folder named, or that of the user) for a program that nobody watches: the
/// passphrase of a sealed file must be given by [`recondesk_ports::Vault::unlock`] or the environment.
///
/// # Errors
/// [`StoreError`] when the workspace cannot be opened.
pub fn open(folder: Option<&Path>) -> Result<Ports, StoreError> {
    open_asking(folder, Box::new(|_| None))
}

/// The folder that is named, or that of the user, where it is no workspace; nothing is made.
///
/// # Errors
/// [`StoreError`] when the folder cannot be looked at.
pub fn lacking(folder: Option<&Path>) -> Result<Option<PathBuf>, StoreError> {
    Workspace::lacking(folder)
}

/// Care for a workspace (the folder named, or that of the user), which need not be sound.
///
/// # Errors
/// [`StoreError`] when the folder cannot be used.
pub fn care(folder: Option<&Path>) -> Result<WorkspaceKeeper, StoreError> {
    WorkspaceKeeper::of(folder, Arc::new(SystemClock::new()))
}

/// Opens a workspace; a passphrase, if one is needed, is asked of `ask` at the first secret.
///
/// # Errors
/// As [`open`].
pub fn open_asking(folder: Option<&Path>, ask: AskPassphrase) -> Result<Ports, StoreError> {
    let here = Workspace::on_this_computer(folder)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let (workspace, database) = if let Some(address) = shared_address(folder)? {
        open_shared(&address, &here)?
    } else {
        let database = here.open()?;
        not_moved(&database)?;
        if let Err(error) = copy_of_the_day(&here, &database, clock.now()) {
            // The work of the day must not wait for room on the disk.
            tracing::warn!(%error, "no copy of the database for this day");
        }
        (here.clone(), database)
    };
    let vault = SystemVault::new(database.workspace_id()?, here.vault_file(), ask)
        .remembering(Arc::new(database.clone()));
    let books = Bookshelf::open(
        &workspace,
        Arc::new(database.another()?),
        Arc::clone(&clock),
    )
    .map_err(|error| StoreError::Broken(error.to_string()))?;
    Ok(Ports {
        books: Arc::new(books),
        random: Arc::new(SystemRandom),
        casework: Arc::new(database.clone()),
        records: Arc::new(database),
        vault: Arc::new(vault),
        gateway: Arc::new(HttpGateway::new(Arc::clone(&clock))),
        writers: Arc::new(workspace),
        clock,
    })
}

/// Opens the database of a shared workspace, and the place of its files.
fn open_shared(address: &Address, here: &Workspace) -> Result<(Workspace, Database), StoreError> {
    let database = Database::open_shared(address)?.on_computer(&here.computer()?);
    not_moved(&database)?;
    let workspace = Workspace::of_shared(&database, here)?;
    Ok((workspace, database))
}

/// Refuses a workspace that has moved away.
fn not_moved(database: &Database) -> Result<(), StoreError> {
    database
        .moved_to()?
        .map_or(Ok(()), |to| Err(StoreError::Moved(to)))
}

/// Moves a workspace (the folder or server named, or that of the user) to a server (`postgres://…`, with its files in
/// `file:///…` or `s3://…`) or to a folder, and verifies it there. The old place stays as it is and says where it moved to.
///
/// # Errors
/// [`StoreError`]: the target is in use, or either place cannot be used.
pub fn move_workspace(
    folder: Option<&Path>,
    target: &str,
    files: Option<&str>,
) -> Result<MoveReport, StoreError> {
    relocation::move_workspace(folder, target, files)
}

/// Lets a workspace that has moved be used again; tells where it had moved to.
///
/// # Errors
/// [`StoreError`] when it cannot be opened.
pub fn reopen(folder: Option<&Path>) -> Result<Option<String>, StoreError> {
    relocation::reopen(folder)
}

/// Binds a role of the server of a shared workspace to an operator: the server lets it decide as that one alone.
///
/// # Errors
/// [`StoreError`]: the workspace is not shared, there is no such role or operator, or the server refuses.
pub fn bind_role(named: Option<&Path>, operator: &str, role: &str) -> Result<(), StoreError> {
    let Some(address) = shared_address(named)? else {
        let why = "only a shared workspace has roles of a server";
        return Err(StoreError::Forbidden(why.to_owned()));
    };
    shared::bind_role(&address, operator, role)
}

/// Makes a shared workspace: its tables on a server of PostgreSQL (`postgres://…`), its files in a folder that all
/// computers reach (`file:///…`) or in an object store (`s3://…`).
///
/// # Errors
/// [`StoreError`]: there is one already, or server or folder cannot be used.
pub fn create_shared(address: &str, files: &str) -> Result<(), StoreError> {
    create(&Address::parse(address)?, files)
}
