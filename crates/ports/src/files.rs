//! Files that a person names: opened to be read, or written whole.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use recondesk_domain::Instant;

use super::Source;

/// Of a folder with more files nothing is listed.
pub const MOST_LISTED: usize = 10_000;

/// A file of a folder, as the folder tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its name, as far as it can be shown.
    pub name: String,
    /// Size in bytes.
    pub bytes: u64,
    /// When it was last written to.
    pub modified: Instant,
}

/// A file that was written, as whoever reads it can check it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrittenFile {
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
}

/// A folder of files that becomes visible when all of them are there; dropped before, it is gone with them.
pub trait FolderDraft {
    /// Writes a file, in folders that are made where there are none yet; the path begins in the folder.
    ///
    /// # Errors
    /// The operating system's, or what `fill` returns.
    fn write(&mut self, path: &Path, fill: &mut Fill<'_>) -> io::Result<WrittenFile>;

    /// Lets the folder appear under its name; `last` is the file that says that all others are there.
    ///
    /// # Errors
    /// The operating system's.
    fn publish(self: Box<Self>, last: &Path) -> io::Result<()>;
}

/// Fills a file that is being written.
pub type Fill<'a> = dyn FnMut(&mut (dyn Write + Send)) -> io::Result<()> + 'a;

/// The file system, as far as a job may touch it.
pub trait Files: Send + Sync {
    /// Opens a file to be imported.
    ///
    /// # Errors
    /// The operating system's; folders are refused.
    fn open(&self, path: &Path) -> io::Result<Source>;

    /// The regular files of a folder, those of folders in it not among them; links are not followed.
    ///
    /// # Errors
    /// The operating system's; also when there are more than [`MOST_LISTED`].
    fn list(&self, folder: &Path) -> io::Result<Vec<ListedFile>>;

    /// Writes a file so that it holds all of what `fill` writes, or is as it was before.
    ///
    /// # Errors
    /// The operating system's, or what `fill` returns.
    fn write(&self, path: &Path, fill: &mut Fill<'_>) -> io::Result<()>;

    /// Begins a folder of files.
    ///
    /// # Errors
    /// [`io::ErrorKind::AlreadyExists`] for what exists and is no empty folder, else the operating system's.
    fn draft_folder(&self, path: &Path) -> io::Result<Box<dyn FolderDraft>>;
}
