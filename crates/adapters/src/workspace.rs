//! The data folder: where it is, what lies in it, and who may write to it.
//!
//! Readers need no lock: the database is in WAL mode and every other file is written under a new name.
//! Whoever runs a writing job holds the lock file for that job only, so the window and the command line
//! can share a workspace and never interleave two imports or two runs.

mod belonging;
pub(crate) mod care;
pub(crate) mod relocation;
mod rooms;

pub use care::WorkspaceKeeper;
use rooms::StoredRooms;
pub(crate) use rooms::{ARCHIVE, BOOKS};

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::books::stray;
use super::clock::SystemRandom;
use super::sqlite::Database;
use super::sqlite::shared::{Address, LeaseGuard, SharedWriter};
use recondesk_ports::{Random as _, Scratch, Source, StoreError, Writers};
use sha2::{Digest as _, Sha256};

/// How often a waiting program looks again.
const POLL: Duration = Duration::from_millis(20);

/// A data folder.
#[derive(Debug, Clone)]
pub struct Workspace {
    folder: PathBuf,
    /// The database that gives the rights to write, where several computers share the folder.
    shared: Option<Arc<SharedWriter>>,
    /// The object store that the files lie in; the folder has what was fetched of them.
    stored: Option<StoredRooms>,
}

/// The right to run a writing job; ends when dropped, or when the program ends in any way.
#[derive(Debug)]
#[must_use]
pub struct WriteGuard {
    right: Right,
}

impl WriteGuard {
    /// True while nobody else can have the right, and for long enough to act on it.
    pub(crate) fn is_in_force(&self) -> bool {
        match &self.right {
            Right::File { .. } => true,
            Right::Lease(lease) => lease.is_in_force(),
        }
    }
}

/// What the right hangs on.
#[derive(Debug)]
enum Right {
    /// A file that is locked.
    File { _file: File },
    /// A row of the database.
    Lease(LeaseGuard),
}

impl Workspace {
    /// Uses a folder, making it where there is none.
    ///
    /// # Errors
    /// [`StoreError::Denied`] when it cannot be made.
    pub fn at(folder: &Path) -> Result<Self, StoreError> {
        fs::create_dir_all(folder)
            .map_err(|error| StoreError::Denied(format!("{}: {error}", folder.display())))?;
        let folder = std::path::absolute(folder)
            .map_err(|error| StoreError::Denied(format!("{}: {error}", folder.display())))?;
        restrict(&folder);
        Ok(Self {
            folder,
            shared: None,
            stored: None,
        })
    }

    /// The folder that is named, or that of the user, where it is no workspace; nothing is made.
    ///
    /// # Errors
    /// [`StoreError::Denied`] when the folder cannot be looked at.
    pub fn lacking(named: Option<&Path>) -> Result<Option<PathBuf>, StoreError> {
        if shared_address(named)?.is_some() {
            return Ok(None);
        }
        let folder = named.map_or_else(user_folder, |folder| Ok(folder.to_owned()))?;
        let workspace = Self {
            folder,
            shared: None,
            stored: None,
        };
        let denied = |error: io::Error| StoreError::Denied(error.to_string());
        let is_there = MARKS
            .iter()
            .any(|name| workspace.folder.join(name).exists())
            || !stray::imports_with_files(&workspace)
                .map_err(denied)?
                .is_empty();
        Ok((!is_there).then_some(workspace.folder))
    }

    /// The name of this computer and user among those that share a workspace: made up once, and kept.
    pub(crate) fn computer(&self) -> Result<String, StoreError> {
        let path = self.folder.join("computer");
        let denied = |error: io::Error| StoreError::Denied(format!("{}: {error}", path.display()));
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).read(true).write(true);
        crate::files::for_owner_only(&mut options);
        let mut file = options.open(&path).map_err(denied)?;
        // Two programs that begin at once must not make up two names.
        file.lock().map_err(denied)?;
        let mut name = String::new();
        file.read_to_string(&mut name).map_err(denied)?;
        if name.is_empty() {
            name = SystemRandom.nonce();
            file.write_all(name.as_bytes()).map_err(denied)?;
            file.sync_all().map_err(denied)?;
        }
        Ok(name)
    }

    /// The files in a folder that belong to a database, shared or not.
    ///
    /// # Errors
    /// [`StoreError::Denied`] when the folder cannot be used.
    pub fn of(folder: &Path, database: &Database) -> Result<Self, StoreError> {
        match database.shared() {
            None => Self::at(folder),
            Some(server) => Ok(Self::shared(folder, server)),
        }
    }

    /// What a workspace that is named, or that of the user, keeps on this computer: all of it, or of a shared one
    /// the secrets, the log and what is under construction.
    ///
    /// # Errors
    /// [`StoreError::Denied`] when the folder cannot be used.
    pub fn on_this_computer(named: Option<&Path>) -> Result<Self, StoreError> {
        match (named, shared_address(named)?) {
            (None, _) => Self::of_user(),
            (Some(folder), None) => Self::at(folder),
            (_, Some(address)) => Self::for_shared(&address),
        }
    }

    /// What a shared workspace keeps on this computer.
    pub(crate) fn for_shared(address: &Address) -> Result<Self, StoreError> {
        let digest = crate::digest::hex(&Sha256::digest(address.shown()));
        let name = digest.get(..16).unwrap_or_default();
        Self::at(&shared_folder()?.join(name))
    }

    /// The files of a shared workspace: a folder that several computers reach, and the database that says whose
    /// turn it is.
    fn shared(folder: &Path, database: &Arc<SharedWriter>) -> Self {
        Self {
            folder: folder.to_owned(),
            shared: Some(Arc::clone(database)),
            stored: None,
        }
    }

    /// True where several computers share the files.
    pub(crate) const fn is_shared(&self) -> bool {
        self.shared.is_some()
    }

    /// The folder of this user, by the rules of the operating system.
    ///
    /// # Errors
    /// [`StoreError::Denied`] when the user has no home, or it cannot be made.
    pub fn of_user() -> Result<Self, StoreError> {
        Self::at(&user_folder()?)
    }

    /// The folder itself.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The database file.
    #[must_use]
    pub fn database_file(&self) -> PathBuf {
        self.folder.join("recondesk.db")
    }

    /// Raw files, byte for byte as they came.
    #[must_use]
    pub fn archive_folder(&self) -> PathBuf {
        self.folder.join(ARCHIVE)
    }

    /// Rows of the books.
    #[must_use]
    pub fn books_folder(&self) -> PathBuf {
        self.folder.join(BOOKS)
    }

    /// Daily logs and reports of crashes.
    #[must_use]
    pub fn log_folder(&self) -> PathBuf {
        self.folder.join("logs")
    }

    /// The sealed secrets, where there is no keychain.
    #[must_use]
    pub fn vault_file(&self) -> PathBuf {
        self.folder.join("vault.sealed")
    }

    /// Opens the database of this workspace, if it is the one that the files beside it were made with.
    ///
    /// # Errors
    /// [`StoreError::Torn`] when it is not; nothing is touched then. Else as [`Database::open`].
    pub fn open(&self) -> Result<Database, StoreError> {
        let denied = |error: io::Error| StoreError::Denied(error.to_string());
        relocation::check_not_half_moved(&self.folder)?;
        let path = self.database_file();
        // In this order: an import that ends meanwhile must not look unknown.
        let files = stray::imports_with_files(self).map_err(denied)?;
        belonging::check_database_is_there(&path, &files)?;
        Database::open_beside(&path, &|imports| {
            belonging::check_imports(self, &files, imports)
        })
    }

    /// Takes the right to write, waiting at most `patience` for another program's job to end.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when it does not end in time.
    pub fn write_lock(&self, patience: Duration) -> Result<WriteGuard, StoreError> {
        self.lock("write.lock", patience)
    }

    /// Takes the right to send goods or money, as above.
    ///
    /// # Errors
    /// As above.
    pub fn payout_lock(&self, patience: Duration) -> Result<WriteGuard, StoreError> {
        self.lock("payout.lock", patience)
    }

    fn lock(&self, name: &str, patience: Duration) -> Result<WriteGuard, StoreError> {
        if let Some(database) = &self.shared {
            let right = name.trim_end_matches(".lock");
            return Ok(WriteGuard {
                right: Right::Lease(database.lease(right, patience)?),
            });
        }
        let path = self.folder.join(name);
        let denied = |error: std::io::Error| StoreError::Denied(error.to_string());
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        crate::files::for_owner_only(&mut options);
        let file = options.open(&path).map_err(denied)?;
        let since = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => {
                    return Ok(WriteGuard {
                        right: Right::File { _file: file },
                    });
                }
                Err(TryLockError::WouldBlock) if since.elapsed() < patience => {
                    std::thread::sleep(POLL);
                }
                Err(TryLockError::WouldBlock) => return Err(StoreError::Busy),
                Err(TryLockError::Error(error)) => return Err(denied(error)),
            }
        }
    }
}

impl Workspace {
    /// A file without a name, on the disk of this computer.
    fn nameless(&self) -> io::Result<File> {
        match self.shared {
            None => tempfile::tempfile_in(&self.folder),
            Some(_) => tempfile::tempfile(),
        }
    }
}

/// The folder of this user, by the rules of the operating system.
fn user_folder() -> Result<PathBuf, StoreError> {
    let folders = directories::ProjectDirs::from("", "", "Recondesk").ok_or_else(|| {
        StoreError::Denied("this user has no home folder; name one with --workspace".to_owned())
    })?;
    Ok(folders.data_dir().to_owned())
}

/// Where this user keeps on this computer what belongs to shared workspaces.
pub(crate) fn shared_folder() -> Result<PathBuf, StoreError> {
    Ok(user_folder()?.join("shared"))
}

/// The address of a shared workspace, where one is named.
///
/// # Errors
/// [`StoreError::Denied`] for an address that cannot be used.
pub(crate) fn shared_address(named: Option<&Path>) -> Result<Option<Address>, StoreError> {
    let text = named.and_then(Path::to_str).unwrap_or_default();
    Address::is_one(text)
        .then(|| Address::parse(text))
        .transpose()
}

impl Writers for Workspace {
    fn enter(&self, patience: Duration) -> Result<Box<dyn Send>, StoreError> {
        Ok(Box::new(self.write_lock(patience)?))
    }

    fn enter_payout(&self, patience: Duration) -> Result<Box<dyn Send>, StoreError> {
        Ok(Box::new(self.payout_lock(patience)?))
    }

    fn claim(&self, work: &str) -> Result<Option<Box<dyn Send>>, StoreError> {
        match self.lock(&format!("{work}.lock"), Duration::ZERO) {
            Ok(right) => Ok(Some(Box::new(right))),
            Err(StoreError::Busy) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn scratch(&self) -> io::Result<Box<dyn Scratch>> {
        Ok(Box::new(Nameless {
            out: BufWriter::new(self.nameless()?),
        }))
    }
}

/// A file without a name: the system removes it when nobody holds it any more.
struct Nameless {
    out: BufWriter<File>,
}

impl io::Write for Nameless {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Scratch for Nameless {
    fn into_source(self: Box<Self>, name: &str) -> io::Result<Source> {
        let mut file = self
            .out
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        let size = file.stream_position()?;
        file.rewind()?;
        Ok(Source {
            name: name.to_owned(),
            size,
            stamp: None,
            saved_again: None,
            bytes: Box::new(file),
        })
    }
}

/// Keeps other users of the computer out of the folder and its files, where the system knows such rights: also of
/// those that an earlier version, or a copy, left open to them.
#[cfg(unix)]
fn restrict(folder: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let close = |path: &Path, mode: u32| {
        // What belongs to another user, or lies on a file system without rights, is still usable.
        if fs::symlink_metadata(path)
            .is_ok_and(|meta| !meta.is_symlink() && meta.permissions().mode() & 0o077 != 0)
        {
            drop(fs::set_permissions(path, fs::Permissions::from_mode(mode)));
        }
    };
    let is_ours = OURS.iter().any(|name| folder.join(name).exists());
    let is_fresh = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
    if !is_ours && !is_fresh {
        // Somebody else's folder, named by mistake or shared with other files: only our files are closed.
        return;
    }
    close(folder, 0o700);
    for name in OURS {
        let path = folder.join(name);
        let Ok(entries) = fs::read_dir(&path) else {
            close(&path, 0o600);
            continue;
        };
        // The files within are out of reach when their folder is.
        drop(entries);
        close(&path, 0o700);
    }
}

#[cfg(not(unix))]
fn restrict(_: &Path) {}

/// Files by which a folder is known as a workspace, sound or not.
const MARKS: [&str; 5] = [
    "recondesk.db",
    "recondesk.journal",
    "recondesk.sums",
    "recondesk.moving",
    "vault.sealed",
];

/// Files and folders of a workspace.
#[cfg(unix)]
const OURS: [&str; 14] = [
    "recondesk.db",
    "recondesk.db-wal",
    "recondesk.db-shm",
    "recondesk.sums",
    "recondesk.journal",
    "recondesk.lock",
    "write.lock",
    "payout.lock",
    "vault.sealed",
    "archive",
    "books",
    "backups",
    "lost+found",
    "logs",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_folder_in_use_is_closed_to_others() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let open_up = |path: &Path| {
            let mode = if path.is_dir() { 0o755 } else { 0o644 };
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        };
        let workspace = Workspace::at(folder.path()).unwrap();
        drop(workspace.open().unwrap());
        fs::create_dir(workspace.archive_folder()).unwrap();
        let paths = [
            folder.path().to_owned(),
            workspace.archive_folder(),
            workspace.database_file(),
        ];
        for path in &paths {
            open_up(path);
        }

        drop(Workspace::at(folder.path()).unwrap());

        assert_eq!(paths.map(|path| mode(&path)), [0o700, 0o700, 0o600]);
        // A folder that is none of ours keeps its rights.
        let other = tempfile::tempdir().unwrap();
        fs::create_dir(other.path().join("pictures")).unwrap();
        open_up(other.path());
        drop(Workspace::at(other.path()).unwrap());
        assert_eq!(mode(other.path()), 0o755);
    }

    #[test]
    fn a_second_writer_waits_and_gets_the_lock_when_the_first_is_done() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace::at(folder.path()).unwrap();
        let first = workspace.write_lock(Duration::ZERO).unwrap();

        assert_eq!(
            workspace.write_lock(Duration::from_millis(50)).unwrap_err(),
            StoreError::Busy
        );
        drop(first);
        assert!(workspace.write_lock(Duration::ZERO).is_ok());
    }
}
