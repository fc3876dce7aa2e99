//! The folder of a shared workspace's files: which one it is, and whether it is the one of this database.
//!
//! A file in it names the workspace. So another share under the same path, or an empty folder where a share is not
//! mounted, is told from the files of the workspace before anything is read or written there.

use std::path::{Path, PathBuf};

use crate::disk::Disk;
use recondesk_domain::Message;
use recondesk_ports::StoreError;

/// The file that names the workspace.
pub(crate) const NAME: &str = "recondesk.workspace";

/// The folder that a location `file:///…` means.
///
/// # Errors
/// [`StoreError::Unreachable`] for what is no such location.
pub(crate) fn folder_of(location: &str) -> Result<PathBuf, StoreError> {
    let path = location.strip_prefix("file://").map(PathBuf::from);
    match path {
        Some(path) if path.is_absolute() => Ok(path),
        _ => Err(StoreError::Unreachable(Message::new(
            format!(
                "{location}：文件须放在各台电脑以同一路径访问的文件夹，写作 file:///共享文件夹"
            ),
            format!(
                "{location}: files lie in a folder that all computers reach by the same path, as file:///SHARE"
            ),
        ))),
    }
}

/// Puts the name of a new workspace into its folder.
///
/// # Errors
/// [`StoreError`]: the folder is not there, or has files of another workspace.
pub(crate) fn mark(folder: &Path, workspace: &str) -> Result<(), StoreError> {
    let denied = |error: std::io::Error| {
        let what = format!("{}: {error}", folder.display());
        StoreError::Unreachable(Message::new(what.clone(), what))
    };
    require(folder)?;
    if ["archive", "books", NAME]
        .iter()
        .any(|it| folder.join(it).exists())
    {
        return Err(StoreError::Taken(folder.display().to_string()));
    }
    write_name(folder, workspace).map_err(denied)
}

/// Writes the name of a workspace, whose files are there.
pub(crate) fn write_name(folder: &Path, workspace: &str) -> std::io::Result<()> {
    let disk = Disk::shared(folder)?;
    let mut out = disk.create(NAME)?;
    out.write(workspace.as_bytes())?;
    out.finish()?;
    disk.sync()
}

/// Takes the name out again, when the workspace did not come into being.
pub(crate) fn unmark(folder: &Path) {
    let removed = Disk::shared(folder).and_then(|disk| disk.remove(NAME));
    if let Err(error) = removed {
        tracing::warn!(%error, folder = %folder.display(), "the name of the workspace stays there");
    }
}

/// Refuses a folder that has not the files of this workspace.
///
/// # Errors
/// [`StoreError::Unreachable`] then.
pub(crate) fn check(folder: &Path, workspace: &str) -> Result<(), StoreError> {
    require(folder)?;
    let place = folder.join(NAME);
    let what = match std::fs::read_to_string(&place) {
        Ok(name) if name == workspace => return Ok(()),
        Ok(_) => Message::new(
            "里是另一个工作区的文件",
            "has the files of another workspace",
        ),
        Err(error) => Message::new(
            format!("里没有这个工作区的文件（{NAME}：{error}）"),
            format!("has no files of this workspace ({NAME}: {error})"),
        ),
    };
    let folder = folder.display();
    Err(StoreError::Unreachable(Message::new(
        format!("{folder} {}：共享文件夹挂载了吗？", what.zh),
        format!("{folder} {}: is the share mounted?", what.en),
    )))
}

pub(crate) fn require(folder: &Path) -> Result<(), StoreError> {
    if folder.is_dir() {
        return Ok(());
    }
    let folder = folder.display();
    Err(StoreError::Unreachable(Message::new(
        format!("{folder}：共享文件的文件夹不在"),
        format!("{folder}: the folder of the shared files is not there"),
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_marked_once_and_told_from_others() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        assert!(check(path, "a1").is_err());
        mark(path, "a1").unwrap();
        assert_eq!(check(path, "a1"), Ok(()));
        assert!(check(path, "b2").is_err());
        assert!(matches!(mark(path, "b2"), Err(StoreError::Taken(_))));
        unmark(path);
        assert!(mark(path, "b2").is_ok());
        assert!(mark(&path.join("nowhere"), "c").is_err());
        assert!(folder_of("s3://bucket").is_err() && folder_of("file://relative").is_err());
    }
}
