//! Whether the database of a workspace is the one that the files beside it were made with. Nothing is touched here.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::Workspace;
use crate::books::archived_sha256;
use crate::books::stray::older;
use crate::disk::read_at;
use crate::sqlite::StoredImports;
use recondesk_ports::{StoreError, WorkspaceFault};

/// Archived files that are compared with the catalog when a workspace is opened.
const COMPARED: usize = 2;
/// Where the head of a database file has the version of the schema, and how long the whole head is.
const VERSION_AT: usize = 60;
const HEAD: usize = 100;

/// Refuses a database that is missing or without any table beside the files of an older life.
///
/// # Errors
/// [`StoreError::Torn`] then.
pub(super) fn check_database_is_there(database: &Path, files: &[u32]) -> Result<(), StoreError> {
    let has_companion = ["journal", "sums"]
        .iter()
        .any(|end| database.with_extension(end).exists());
    if files.is_empty() && !has_companion {
        return Ok(());
    }
    if is_blank(database).map_err(|error| StoreError::Denied(error.to_string()))? {
        return Err(StoreError::Torn(WorkspaceFault::DatabaseMissing {
            files: u32::try_from(files.len()).unwrap_or(u32::MAX),
        }));
    }
    Ok(())
}

/// True when there is no file, or one without a schema, neither in itself nor in a log.
fn is_blank(database: &Path) -> io::Result<bool> {
    let file = match File::open(database) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
        other => other?,
    };
    if file.metadata()?.len() < HEAD as u64 {
        return Ok(true);
    }
    let version = read_at(&file, VERSION_AT as u64, 4)?;
    let has_log = fs::metadata(database.with_extension("db-wal")).is_ok_and(|log| log.len() > 0);
    Ok(version == [0; 4] && !has_log)
}

/// Compares what a database knows of imports with those that have files, ascending.
///
/// # Errors
/// [`StoreError::Torn`] when they do not belong together.
pub(super) fn check_imports(
    workspace: &Workspace,
    files: &[u32],
    imports: &StoredImports<'_>,
) -> Result<(), StoreError> {
    let next = imports.next()?;
    let (known, unknown) = files.split_at(files.partition_point(|import| *import < next));
    if let [_, .., last] = unknown {
        return Err(older(next, *last));
    }
    for import in known.iter().rev().copied().take(COMPARED) {
        // A file that cannot be read is told by whoever wants to read it.
        let Some(sha256) = archived_sha256(workspace, import) else {
            continue;
        };
        if imports.sha256(import)? != Some(sha256) {
            return Err(StoreError::Torn(WorkspaceFault::DatabaseForeign));
        }
    }
    Ok(())
}
