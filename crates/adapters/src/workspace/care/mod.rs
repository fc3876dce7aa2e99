//! Care for a workspace as a whole, sound or not.

mod backup;
mod copy_file;
mod daily;
mod inspection;
mod mending;
mod rebuild;
mod restore;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::Workspace;
use crate::books::stray;
use crate::sqlite::care::COMPANIONS;
use recondesk_ports::{
    BackupLeave, BackupOutcome, CheckReport, Clock, RebuildReport, RestoreOutcome, StoreError,
    WorkspaceCare,
};

pub(crate) use daily::copy_of_the_day;

/// How long care waits for the jobs of other programs.
const PATIENCE: Duration = Duration::from_secs(15);

/// Looks after one workspace.
pub struct WorkspaceKeeper {
    workspace: Workspace,
    clock: Arc<dyn Clock>,
}

impl WorkspaceKeeper {
    /// Of the folder named, or that of the user.
    ///
    /// # Errors
    /// [`StoreError::Denied`] when there is none and none can be made.
    pub fn of(folder: Option<&Path>, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        if super::shared_address(folder)?.is_some() {
            let why =
                "a shared workspace is copied and cared for where its server and its share are";
            return Err(StoreError::Forbidden(why.to_owned()));
        }
        let workspace = Workspace::on_this_computer(folder)?;
        Ok(Self { workspace, clock })
    }

    /// A new folder for files that are set aside now, named by what for and the time in Beijing.
    fn aside(&self, what: &str) -> io::Result<PathBuf> {
        let time: String = self
            .clock
            .now()
            .to_string()
            .chars()
            .filter(char::is_ascii_digit)
            .take(14)
            .collect();
        let folder = self.workspace.folder();
        let mut name = folder.join(format!("{what}-{time}"));
        let mut copy = 2_u32;
        while name.try_exists()? {
            name = folder.join(format!("{what}-{time}.{copy}"));
            copy += 1;
        }
        crate::disk::Disk::at(&name, None)?;
        Ok(name)
    }

    /// Sets the database and what goes with it aside; the journal stays when asked to.
    fn set_database_aside(&self, folder: &Path, keeps_journal: bool) -> io::Result<()> {
        let database = self.workspace.database_file();
        let ends = std::iter::once("db").chain(COMPANIONS);
        for end in ends.filter(|end| !(keeps_journal && *end == "journal")) {
            let path = database.with_extension(end);
            if path.try_exists()? {
                stray::set_aside(&path, folder)?;
            }
        }
        Ok(())
    }

    /// What the books tell of imports, by their number.
    fn entries(&self) -> io::Result<BTreeMap<u32, PathBuf>> {
        let files = stray::files_of_imports(&self.workspace)?;
        Ok(files
            .into_iter()
            .filter_map(|(import, paths)| {
                let is_entry = |path: &PathBuf| path.extension().is_some_and(|end| end == "entry");
                Some((import, paths.into_iter().find(is_entry)?))
            })
            .collect())
    }
}

/// What a failed step on a file means to whoever asked.
#[expect(
    clippy::needless_pass_by_value,
    reason = "handed to map_err by its name"
)]
fn failed(error: io::Error) -> StoreError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::Full,
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
            StoreError::Broken(error.to_string())
        }
        _ => StoreError::Denied(error.to_string()),
    }
}

impl WorkspaceCare for WorkspaceKeeper {
    fn backup(&self, file: &Path, leave: BackupLeave) -> Result<BackupOutcome, StoreError> {
        self.write_backup(file, leave)
    }

    fn restore(&self, file: &Path, replace: bool) -> Result<RestoreOutcome, StoreError> {
        self.put_back(file, replace)
    }

    fn check(&self, deep: bool) -> Result<CheckReport, StoreError> {
        self.look_over(deep)
    }

    fn rebuild(&self) -> Result<RebuildReport, StoreError> {
        self.make_whole()
    }
}
