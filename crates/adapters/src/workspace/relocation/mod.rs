//! Moving a workspace from a folder to a server with a share, and back.
//!
//! The files are copied first, then all rows in one transaction of the old database, which says at its end that it has
//! moved; only then the new place can be used. So at any moment at most one of the two is in use, a move that was
//! interrupted can be done again, and nothing of the old place is removed.

mod copying;
mod marker;

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::rooms::{ARCHIVE, BOOKS, StoredRooms};
use super::{Workspace, shared_address};
use crate::disk::Disk;
use crate::sqlite::Database;
use crate::sqlite::shared::place::{self, Share};
use crate::sqlite::shared::{Address, ServerState};
use crate::sqlite::transfer::{FileTarget, ServerTarget, adjust_preferences};
use copying::copy_files;
use marker::Marker;
use recondesk_domain::Message;
use recondesk_ports::{MoveReport, StoreError};
use tempfile::TempDir;

/// How long a move waits for the jobs of other programs: longer than a right of one that died lasts.
const PATIENCE: Duration = Duration::from_secs(40);
/// Folders whose files go with a workspace.
const FOLDERS: [&str; 2] = [ARCHIVE, BOOKS];

/// Where a workspace goes.
enum RelocationTarget {
    Folder(PathBuf),
    Server {
        /// As it was named.
        text: String,
        address: Box<Address>,
        files: String,
        share: Share,
        /// For what is fetched from an object store to be compared: nothing of an earlier attempt counts.
        scratch: TempDir,
    },
}

impl RelocationTarget {
    fn parse(target: &str, files: Option<&str>) -> Result<Self, StoreError> {
        if let Some(address) = shared_address(Some(Path::new(target)))? {
            let files = files.ok_or_else(|| {
                unfit(
                    "搬到服务器时要用 --files 指定文件放在哪里（file:///共享文件夹 或 s3://存储桶/前缀）",
                    "a workspace on a server needs --files with the place of its files (file:///SHARE or s3://BUCKET/PREFIX)",
                )
            })?;
            return Ok(Self::Server {
                text: target.to_owned(),
                address: Box::new(address),
                share: Share::parse(files)?,
                scratch: tempfile::tempdir()
                    .map_err(|error| StoreError::Denied(error.to_string()))?,
                files: files.to_owned(),
            });
        }
        if files.is_some() {
            return Err(unfit(
                "--files 只用于搬到 postgres:// 的服务器",
                "--files is for a workspace that goes to a server postgres://",
            ));
        }
        let folder = std::path::absolute(target)
            .map_err(|error| StoreError::Denied(format!("{target}: {error}")))?;
        Ok(Self::Folder(folder))
    }

    /// As it is told to whoever uses the old place.
    fn shown(&self) -> String {
        match self {
            Self::Folder(folder) => folder.display().to_string(),
            Self::Server { text, .. } => text.clone(),
        }
    }

    /// What it keeps on this computer.
    fn here(&self) -> Result<Workspace, StoreError> {
        match self {
            Self::Folder(folder) => Workspace::at(folder),
            Self::Server { address, .. } => Workspace::for_shared(address),
        }
    }

    fn share(&self) -> Share {
        match self {
            Self::Folder(folder) => Share::Folder(folder.clone()),
            Self::Server { share, .. } => share.clone(),
        }
    }

    /// A folder of its files.
    fn room(&self, name: &'static str) -> std::io::Result<Disk> {
        match self {
            Self::Folder(folder) => Disk::at(&folder.join(name), None),
            Self::Server {
                share: Share::Folder(folder),
                ..
            } => Disk::shared(&folder.join(name)),
            Self::Server {
                share: Share::Store(store),
                scratch,
                ..
            } => {
                let stored = StoredRooms::of(store, scratch.path(), "");
                Ok(stored.map_err(std::io::Error::other)?.room(name))
            }
        }
    }
}

fn unfit(zh: &str, en: &str) -> StoreError {
    StoreError::Unreachable(Message::new(zh, en))
}

/// A workspace that goes to another place.
struct RelocationSource {
    shown: String,
    /// What it keeps on this computer.
    here: Workspace,
    workspace: Workspace,
    database: Database,
}

impl RelocationSource {
    fn open(named: Option<&Path>) -> Result<Self, StoreError> {
        let here = Workspace::on_this_computer(named)?;
        let Some(address) = shared_address(named)? else {
            let database = here.open()?;
            return Ok(Self {
                shown: here.folder().display().to_string(),
                workspace: here.clone(),
                here,
                database,
            });
        };
        let database = Database::open_shared(&address)?;
        let workspace = Workspace::of_shared(&database, &here)?;
        Ok(Self {
            shown: address.shown(),
            here,
            workspace,
            database,
        })
    }
}

/// Moves a workspace (the folder or server named, or that of the user) to a folder or a server.
///
/// # Errors
/// [`StoreError`]: the target is in use, something differs there, or either cannot be used. The old place is then as
/// before.
pub(crate) fn move_workspace(
    named: Option<&Path>,
    target: &str,
    files: Option<&str>,
) -> Result<MoveReport, StoreError> {
    let source = RelocationSource::open(named)?;
    let target = RelocationTarget::parse(target, files)?;
    if source.workspace.is_shared() == matches!(target, RelocationTarget::Server { .. }) {
        return Err(unfit(
            "只能在文件夹与服务器之间搬",
            "a workspace moves from a folder to a server, or back",
        ));
    }
    let _write = source.workspace.write_lock(PATIENCE)?;
    let _payout = source.workspace.payout_lock(PATIENCE)?;
    let mut report = MoveReport {
        to: target.shown(),
        ..MoveReport::default()
    };
    let moved_to = source.database.moved_to()?;
    if let Some(to) = &moved_to
        && *to != target.shown()
    {
        return Err(StoreError::Moved(to.clone()));
    }
    let name = source.database.workspace_id()?;
    let marker = Marker::of(target.share(), &name);
    if moved_to.is_some() && is_done(&target, &marker)? {
        return Ok(report);
    }
    begin(&target, &marker, &source.shown)?;
    (report.files, report.bytes) = copy_files(&source.workspace, &|name| target.room(name))?;
    if moved_to.is_none() {
        report.rows = Some(carry(&source, &target)?);
    }
    carry_keys(&source, &target)?;
    end(&target, &marker)?;
    Ok(report)
}

/// True when the target is in use as this very workspace.
fn is_done(target: &RelocationTarget, marker: &Marker) -> Result<bool, StoreError> {
    match target {
        RelocationTarget::Folder(folder) => {
            Ok(!marker.is_there()? && FileTarget::at(&folder.join("recondesk.db")).is_whole()?)
        }
        RelocationTarget::Server { address, files, .. } => {
            match ServerTarget::at(address, files)?.state()? {
                ServerState::InUse { name } if marker.names(&name) => {
                    marker.end()?;
                    Ok(true)
                }
                ServerState::Empty | ServerState::Moving { .. } | ServerState::InUse { .. } => {
                    Ok(false)
                }
            }
        }
    }
}

/// Refuses a target that is in use, and marks one that is not.
fn begin(target: &RelocationTarget, marker: &Marker, from: &str) -> Result<(), StoreError> {
    match target {
        RelocationTarget::Folder(folder) => {
            drop(Workspace::at(folder)?);
            marker.begin(
                from,
                &["archive", "books", "recondesk.db", "recondesk.journal"],
            )
        }
        RelocationTarget::Server {
            address,
            files,
            share,
            ..
        } => {
            share.require()?;
            match ServerTarget::at(address, files)?.state()? {
                ServerState::Empty => {}
                ServerState::Moving { name } if marker.names(&name) => {}
                ServerState::Moving { .. } | ServerState::InUse { .. } => {
                    return Err(StoreError::Taken(address.shown()));
                }
            }
            marker.begin(from, &["archive", "books", place::NAME])
        }
    }
}

/// Carries all rows over; tells how many.
fn carry(source: &RelocationSource, target: &RelocationTarget) -> Result<u64, StoreError> {
    let place = target.shown();
    match target {
        RelocationTarget::Folder(folder) => {
            let adjust = adjust_preferences(&source.here.computer()?, false);
            let file = FileTarget::at(&folder.join("recondesk.db"));
            source
                .database
                .move_to(&place, &adjust, &|load| file.fill(load))
        }
        RelocationTarget::Server { address, files, .. } => {
            let adjust = adjust_preferences(&target.here()?.computer()?, true);
            let server = ServerTarget::at(address, files)?;
            let from = source.shown.as_str();
            source
                .database
                .move_to(&place, &adjust, &|load| server.fill(load, from))
        }
    }
}

/// Copies the sealed secrets of this computer to where they are looked for from now on.
fn carry_keys(source: &RelocationSource, target: &RelocationTarget) -> Result<(), StoreError> {
    let (from, to) = (source.here.vault_file(), target.here()?.vault_file());
    let denied = |error: std::io::Error| StoreError::Denied(error.to_string());
    if from.try_exists().map_err(denied)? && !to.try_exists().map_err(denied)? {
        let sealed = std::fs::read(&from).map_err(denied)?;
        crate::files::replace(&to, &sealed).map_err(denied)?;
    }
    Ok(())
}

/// Lets the target be used.
fn end(target: &RelocationTarget, marker: &Marker) -> Result<(), StoreError> {
    if let RelocationTarget::Server { address, files, .. } = target {
        marker.name_share()?;
        ServerTarget::at(address, files)?.open_up()?;
    }
    marker.end()
}

/// Lets a workspace that has moved be used again; tells where it had moved to.
///
/// # Errors
/// [`StoreError`] when it cannot be opened.
pub(crate) fn reopen(named: Option<&Path>) -> Result<Option<String>, StoreError> {
    RelocationSource::open(named)?.database.reopen()
}

/// Refuses a folder that a move has not filled yet.
///
/// # Errors
/// [`StoreError::HalfMoved`] then.
pub(super) fn check_not_half_moved(folder: &Path) -> Result<(), StoreError> {
    marker::check(&Share::Folder(folder.to_owned()))
}
