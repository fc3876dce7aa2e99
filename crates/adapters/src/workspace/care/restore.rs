//! Putting a copy back: all of it is read first, the files of before are set aside, the database comes last.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use super::backup::{BackupManifest, DATABASE, MANIFEST, Scope, open, read_file};
use super::{PATIENCE, WorkspaceKeeper, failed};
use crate::books::stray::{self, LOST_AND_FOUND};
use crate::disk::sync_folder;
use crate::files;
use crate::sqlite::care::{DatabaseFacts, adopt};
use recondesk_domain::Instant;
use recondesk_ports::{CopyFault, RestoreOutcome, StoreError};

/// First bytes of a database file, such as the copy before a migration.
const SQLITE: &[u8] = b"SQLite format 3\0";
/// First bytes of a ZIP file.
const ZIP: &[u8] = b"PK";
/// What lies in the folder of a workspace that is in use.
const PARTS: [&str; 4] = ["archive", "books", "vault.sealed", "recondesk.db"];

/// What was read from a copy into a folder.
struct Unpacked {
    scope: Scope,
    made_at: Option<Instant>,
    files: u64,
}

impl WorkspaceKeeper {
    pub(super) fn put_back(
        &self,
        file: &Path,
        replace: bool,
    ) -> Result<RestoreOutcome, StoreError> {
        let folder = self.workspace.folder();
        let scratch = tempfile::Builder::new()
            .prefix(".restore-")
            .tempdir_in(folder)
            .map_err(failed)?;
        // Refuses what this program cannot use, before anything is touched.
        let unpacked = unpack(file, scratch.path())
            .and_then(|unpacked| usable(&scratch.path().join(DATABASE)).map(|()| unpacked));
        let unpacked = match unpacked {
            Ok(unpacked) => unpacked,
            Err(Refused::Copy(fault)) => return Ok(RestoreOutcome::Unusable(fault)),
            Err(Refused::Store(error)) => return Err(error),
        };
        let _guard = self.workspace.write_lock(PATIENCE)?;
        let _payout = self.workspace.payout_lock(PATIENCE)?;
        if is_in_use(folder).map_err(failed)? && !replace {
            return Ok(RestoreOutcome::InUse);
        }
        let set_aside = match unpacked.scope {
            Scope::Whole => self.set_all_aside().map_err(failed)?,
            Scope::Database => {
                let aside = self.aside("before-restore").map_err(failed)?;
                self.set_database_aside(&aside, false).map_err(failed)?;
                Some(aside)
            }
        };
        let adopted = match unpacked.scope {
            Scope::Whole => 0,
            Scope::Database => {
                let entries = self.entries().map_err(failed)?;
                adopt(&scratch.path().join(DATABASE), &entries)?
            }
        };
        for part in PARTS {
            let (from, to) = (scratch.path().join(part), folder.join(part));
            if from.exists() {
                fs::rename(from, to).map_err(failed)?;
            }
        }
        sync_folder(folder).map_err(failed)?;
        if unpacked.scope == Scope::Database {
            self.set_unknown_aside()?;
        }
        drop(self.workspace.open()?);
        Ok(RestoreOutcome::Restored {
            made_at: unpacked.made_at,
            files: unpacked.files,
            adopted,
            set_aside,
        })
    }

    /// Sets aside whatever the workspace holds; `None` where it holds nothing.
    fn set_all_aside(&self) -> io::Result<Option<std::path::PathBuf>> {
        let folder = self.workspace.folder();
        if !is_in_use(folder)? {
            return Ok(None);
        }
        let aside = self.aside("before-restore")?;
        self.set_database_aside(&aside, false)?;
        for part in PARTS {
            let path = folder.join(part);
            if path.try_exists()? {
                fs::rename(&path, aside.join(part))?;
            }
        }
        sync_folder(&aside)?;
        sync_folder(folder)?;
        Ok(Some(aside))
    }

    /// Sets files of imports aside that the database in place does not know; tells how many.
    pub(super) fn set_unknown_aside(&self) -> Result<u64, StoreError> {
        let facts = DatabaseFacts::of(&self.workspace.database_file())?;
        let files = stray::files_of_imports(&self.workspace).map_err(failed)?;
        let aside = self.workspace.folder().join(LOST_AND_FOUND);
        let mut count = 0;
        let next = facts.imports.saturating_add(1);
        for path in files.range(next..).flat_map(|(_, paths)| paths) {
            stray::set_aside(path, &aside).map_err(failed)?;
            count += 1;
        }
        Ok(count)
    }
}

fn is_in_use(folder: &Path) -> io::Result<bool> {
    for part in PARTS {
        let path = folder.join(part);
        let is_used = match fs::read_dir(&path) {
            Ok(mut entries) => entries.next().is_some(),
            Err(_) => path.try_exists()?,
        };
        if is_used {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Why a file is not put back.
enum Refused {
    /// It is the file.
    Copy(CopyFault),
    /// It is the workspace, or the program.
    Store(StoreError),
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// What a failed step while a copy is read into a folder means: a full disk is no fault of the copy.
fn while_read(error: io::Error) -> Refused {
    match error.kind() {
        io::ErrorKind::StorageFull
        | io::ErrorKind::QuotaExceeded
        | io::ErrorKind::PermissionDenied
        | io::ErrorKind::ReadOnlyFilesystem => failed(error).into(),
        _ => Refused::Copy(CopyFault::Damaged),
    }
}

/// What it means that a file cannot be opened.
fn unopened(error: &io::Error) -> Refused {
    Refused::Copy(match error.kind() {
        io::ErrorKind::NotFound => CopyFault::Missing,
        io::ErrorKind::PermissionDenied => CopyFault::Closed,
        _ => CopyFault::NoCopy,
    })
}

/// Refuses a database that this program cannot use.
fn usable(database: &Path) -> Result<(), Refused> {
    match DatabaseFacts::of(database) {
        Ok(_) => Ok(()),
        Err(StoreError::Foreign) => Err(Refused::Copy(CopyFault::NoCopy)),
        Err(StoreError::Broken(_) | StoreError::Torn(_) | StoreError::Missing(_)) => {
            Err(Refused::Copy(CopyFault::Damaged))
        }
        Err(error) => Err(error.into()),
    }
}

/// Reads a copy into a folder, and checks all of it.
fn unpack(file: &Path, folder: &Path) -> Result<Unpacked, Refused> {
    let mut head = Vec::new();
    fs::File::open(file)
        .and_then(|file| file.take(SQLITE.len() as u64).read_to_end(&mut head))
        .map_err(|error| unopened(&error))?;
    if head == SQLITE {
        fs::copy(file, folder.join(DATABASE)).map_err(failed)?;
        return Ok(Unpacked {
            scope: Scope::Database,
            made_at: None,
            files: 1,
        });
    }
    if !head.starts_with(ZIP) {
        return Err(Refused::Copy(CopyFault::NoCopy));
    }
    let mut zip = open(file).map_err(while_read)?;
    if zip.index_for_name(MANIFEST).is_none() {
        return Err(Refused::Copy(CopyFault::NoCopy));
    }
    let manifest = BackupManifest::read(&mut zip).map_err(while_read)?;
    let known = crate::sqlite::latest_schema();
    if manifest.schema > known {
        let found = manifest.schema;
        return Err(StoreError::Newer { found, known }.into());
    }
    for folder in ["archive", "books"].map(|name| folder.join(name)) {
        crate::disk::Disk::at(&folder, None).map_err(failed)?;
    }
    for copied in &manifest.files {
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        files::for_owner_only(&mut options);
        let mut out = options.open(folder.join(&copied.name)).map_err(failed)?;
        read_file(&mut zip, copied, &mut out)
            .and_then(|()| out.flush())
            .and_then(|()| out.sync_all())
            .map_err(while_read)?;
    }
    for part in ["archive", "books", ""] {
        sync_folder(&folder.join(part)).map_err(failed)?;
    }
    if manifest.scope == Scope::Database {
        for part in ["archive", "books"] {
            fs::remove_dir(folder.join(part)).map_err(failed)?;
        }
    }
    Ok(Unpacked {
        scope: manifest.scope,
        made_at: Some(manifest.made_at),
        files: manifest.files.len() as u64,
    })
}
