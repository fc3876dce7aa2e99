//! Care for a workspace as a whole: copies of it, putting one back, looking it over, making its database anew.

use std::path::{Path, PathBuf};

use crate::StoreError;
use recondesk_domain::{Instant, Message};

/// A copy that was written and read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupReport {
    /// Files in it.
    pub files: u64,
    /// Imports in it.
    pub imports: u32,
    /// Bytes of the copy.
    pub bytes: u64,
    /// Keys of the workspace lie in the keychain of the system, which no copy has.
    pub leaves_keys: bool,
    /// Files in it that are damaged, where this was allowed.
    pub faults: Vec<CareFault>,
}

/// What a person allows a copy that it does not do by itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BackupLeave {
    /// Damaged files are copied as they are.
    pub damaged: bool,
    /// A file that is no copy of a workspace is replaced.
    pub replace: bool,
}

/// What making a copy came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BackupOutcome {
    /// Done.
    Written(BackupReport),
    /// These files are not what was written; no copy was made.
    Damaged(Vec<CareFault>),
    /// A file that is no copy of a workspace has this name; it was not touched.
    InTheWay,
}

/// Why a file cannot be put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyFault {
    /// There is no such file.
    Missing,
    /// It may not be read.
    Closed,
    /// It is something else.
    NoCopy,
    /// It is not what was written, or a part is missing.
    Damaged,
}

/// What putting a copy back came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RestoreOutcome {
    /// The file cannot be put back; nothing was touched.
    Unusable(CopyFault),
    /// There is a workspace already; nothing was touched.
    InUse,
    /// Done.
    Restored {
        /// When the copy was made.
        made_at: Option<Instant>,
        /// Files put back.
        files: u64,
        /// Imports that are newer than the copy of a database and were entered in it again.
        adopted: u32,
        /// Where the files of before lie now.
        set_aside: Option<PathBuf>,
    },
}

/// What moving a workspace came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MoveReport {
    /// Where it is now.
    pub to: String,
    /// Files that were copied, or were there already.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Rows of all tables; nothing where an earlier attempt had carried them over.
    pub rows: Option<u64>,
}

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CareFault {
    /// File in the workspace.
    pub file: String,
    /// What is wrong with it.
    pub what: Message,
}

/// What looking a workspace over has shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckReport {
    /// Imports in the catalog.
    pub imports: u32,
    /// Files that were looked at.
    pub files: u64,
    /// What is wrong; empty for a sound workspace.
    pub faults: Vec<CareFault>,
}

/// What mending the files of imports came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MendReport {
    /// Files that were made again, from the archived file or the database.
    pub mended: Vec<String>,
    /// Faults that are left.
    pub left: Vec<CareFault>,
    /// Where the damaged files lie now.
    pub set_aside: Option<PathBuf>,
}

/// What making a workspace whole again came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RebuildReport {
    /// Of the database.
    pub database: RebuildOutcome,
    /// Of the files of imports.
    pub files: MendReport,
}

/// What making a database anew came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RebuildOutcome {
    /// The database is sound; it was not touched.
    NotNeeded,
    /// Done.
    Rebuilt {
        /// Imports in the catalog.
        imports: u32,
        /// Those of them that only the books knew.
        adopted: u32,
        /// Lines of the journal that could not be read.
        lost_lines: u64,
        /// Files that belong to no known import.
        unknown_files: u64,
        /// Where the old database and unknown files lie now.
        set_aside: PathBuf,
    },
}

/// Care for one workspace, which need not be sound.
pub trait WorkspaceCare: Send {
    /// Writes a copy of the whole workspace to one file, while other programs may write, and reads it back. What is
    /// copied is compared with what was written first.
    ///
    /// # Errors
    /// [`StoreError`] when the workspace cannot be opened or the file cannot be written.
    fn backup(&self, file: &Path, leave: BackupLeave) -> Result<BackupOutcome, StoreError>;

    /// Puts a copy back, once all of it was read and found whole; with `replace`, in the place of a workspace that
    /// is there, whose files are set aside.
    ///
    /// # Errors
    /// [`StoreError::Newer`] for a copy of a newer program; the workspace is not touched then.
    fn restore(&self, file: &Path, replace: bool) -> Result<RestoreOutcome, StoreError>;

    /// Looks the workspace over; `deep` reads every byte of it.
    ///
    /// # Errors
    /// [`StoreError`] when the workspace cannot be opened.
    fn check(&self, deep: bool) -> Result<CheckReport, StoreError>;

    /// Makes the database anew from its journal and the books, where it is lost or damaged, and damaged files of the
    /// books from the archived file of their import.
    ///
    /// # Errors
    /// [`StoreError`] when there is nothing to make it from, or it does not fit the archive; nothing is changed then.
    fn rebuild(&self) -> Result<RebuildReport, StoreError>;
}
