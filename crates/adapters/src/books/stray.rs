//! Files of imports that the catalog does not know: told from those of a whole workspace, and set aside.
//!
//! An import writes its files before its catalog entry, so a crash leaves those of one import, the next one. Files of
//! more imports than that mean that the catalog is not the one they were made with. Nothing here deletes a file.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use super::catalog::Catalog;
use super::disk_error;
use crate::disk::Disk;
use crate::object_store::Room;
use crate::workspace::{ARCHIVE, BOOKS, Workspace};
use recondesk_ports::{BooksError, StoreError, WorkspaceFault};

/// Folder of the workspace that files are set aside to.
pub(crate) const LOST_AND_FOUND: &str = "lost+found";

/// Files of the workspace by the number of their import.
pub(crate) type FilesOfImports = BTreeMap<u32, Vec<PathBuf>>;

/// Files of imports as they lie in the workspace.
pub(crate) fn files_of_imports(workspace: &Workspace) -> io::Result<FilesOfImports> {
    let mut files = FilesOfImports::new();
    for_each_file(workspace, |import, folder, name| {
        files.entry(import).or_default().push(folder.join(name));
    })?;
    Ok(files)
}

/// Numbers of the imports that have a file in the workspace, ascending: a program that starts needs no more.
pub(crate) fn imports_with_files(workspace: &Workspace) -> io::Result<Vec<u32>> {
    let mut imports = Vec::new();
    for_each_file(workspace, |import, _, _| imports.push(import))?;
    imports.sort_unstable();
    imports.dedup();
    Ok(imports)
}

fn for_each_file(
    workspace: &Workspace,
    mut take: impl FnMut(u32, &Path, &OsStr),
) -> io::Result<()> {
    for (folder, ends) in [
        (workspace.archive_folder(), &[".raw"][..]),
        (workspace.books_folder(), &[".seg", ".entry"]),
    ] {
        let entries = match std::fs::read_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            other => other?,
        };
        for entry in entries {
            let name = entry?.file_name();
            let stem = name
                .to_str()
                .and_then(|name| ends.iter().find_map(|end| name.strip_suffix(end)));
            if let Some(import) = stem.and_then(|stem| stem.parse::<u32>().ok()) {
                take(import, &folder, &name);
            }
        }
    }
    Ok(())
}

/// What it means that there are files of more than one unknown import.
pub(crate) fn older(next: u32, last: u32) -> StoreError {
    StoreError::Torn(WorkspaceFault::DatabaseOlder {
        database: u64::from(next.saturating_sub(1)),
        beside: u64::from(last),
    })
}

/// Sets aside what an import left that was never committed; the caller holds the lock for writing jobs.
///
/// # Errors
/// [`StoreError::Torn`] when there are files of more than one such import; then nothing is moved.
pub(crate) fn set_aside_unknown(
    workspace: &Workspace,
    catalog: &dyn Catalog,
) -> Result<(), BooksError> {
    let failed = |error: io::Error| disk_error(&error);
    if workspace.is_stored() {
        return set_aside_stored(workspace, catalog);
    }
    let imports = imports_with_files(workspace).map_err(failed)?;
    let next = catalog.next_import()?;
    if imports.last().is_none_or(|last| *last < next) {
        return Ok(());
    }
    let files = files_of_imports(workspace).map_err(failed)?;
    // What failed to be committed may still be found in the log by the next program, were it not written over.
    catalog.make_certain()?;
    let next = catalog.next_import()?;
    if files.range(next..).count() > 1 {
        let last = files.last_key_value().map_or(0, |(import, _)| *import);
        return Err(older(next, last).into());
    }
    let folder = workspace.folder().join(LOST_AND_FOUND);
    if workspace.is_shared() {
        // The people of the other computers set aside to it as well.
        Disk::shared(&folder).map_err(|error| disk_error(&error))?;
    }
    for path in files.range(next..).flat_map(|(_, paths)| paths) {
        set_aside(path, &folder).map_err(failed)?;
    }
    Ok(())
}

/// The same in an object store, where only the names after those that the catalog knows are asked for.
fn set_aside_stored(workspace: &Workspace, catalog: &dyn Catalog) -> Result<(), BooksError> {
    let failed = |error: io::Error| disk_error(&error);
    let unknown = |next: u32| -> Result<Vec<(u32, Room, String)>, BooksError> {
        let mut unknown = Vec::new();
        for (name, end) in [(ARCHIVE, ".raw"), (BOOKS, ".seg")] {
            let disk = workspace.room(name).map_err(failed)?;
            let Some(room) = disk.room() else { continue };
            for name in room.names(&format!("{next:08}")).map_err(failed)? {
                let import = name.strip_suffix(end).and_then(|stem| stem.parse().ok());
                unknown.extend(import.map(|import| (import, room.clone(), name)));
            }
        }
        Ok(unknown)
    };
    if unknown(catalog.next_import()?)?.is_empty() {
        return Ok(());
    }
    catalog.make_certain()?;
    let next = catalog.next_import()?;
    let files = unknown(next)?;
    if files.iter().any(|(import, ..)| *import > next) {
        let last = files.iter().map(|(import, ..)| *import).max();
        return Err(older(next, last.unwrap_or(next)).into());
    }
    for (_, room, name) in files {
        room.set_aside(&name, LOST_AND_FOUND).map_err(failed)?;
    }
    Ok(())
}

/// Moves a file to a folder, beside whatever has its name there.
pub(crate) fn set_aside(path: &Path, folder: &Path) -> io::Result<()> {
    // Makes the folder, durably.
    Disk::at(folder, None)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut target = folder.join(name.as_ref());
    let mut copy = 2_u32;
    while target.try_exists()? {
        target = folder.join(format!("{name}.{copy}"));
        copy += 1;
    }
    tracing::warn!(file = %path.display(), to = %target.display(), "unknown to the catalog, set aside");
    std::fs::rename(path, &target)?;
    crate::disk::sync_folder(folder)?;
    match path.parent() {
        Some(from) => crate::disk::sync_folder(from),
        None => Ok(()),
    }
}
