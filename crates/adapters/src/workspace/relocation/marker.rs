//! The file in a folder that says: a workspace is being moved to here.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::files;
use crate::sqlite::shared::place;
use recondesk_ports::StoreError;

const NAME: &str = "recondesk.moving";

/// Of a folder and the workspace that goes there.
pub(super) struct Marker {
    folder: PathBuf,
    workspace: String,
}

fn denied(error: &std::io::Error) -> StoreError {
    StoreError::Denied(error.to_string())
}

/// The workspace and its old place, as the file tells them.
fn read(folder: &Path) -> Result<Option<(String, String)>, StoreError> {
    match std::fs::read_to_string(folder.join(NAME)) {
        Ok(text) => {
            let (workspace, from) = text.split_once('\n').unwrap_or((text.as_str(), ""));
            Ok(Some((workspace.to_owned(), from.trim_end().to_owned())))
        }
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(error) => Err(denied(&error)),
    }
}

pub(super) fn check(folder: &Path) -> Result<(), StoreError> {
    match read(folder)? {
        None => Ok(()),
        Some((_, from)) => Err(StoreError::HalfMoved(from)),
    }
}

impl Marker {
    pub(super) fn of(folder: &Path, workspace: &str) -> Self {
        Self {
            folder: folder.to_owned(),
            workspace: workspace.to_owned(),
        }
    }

    pub(super) fn names(&self, workspace: &str) -> bool {
        self.workspace == workspace
    }

    pub(super) fn is_there(&self) -> Result<bool, StoreError> {
        Ok(read(&self.folder)?.is_some())
    }

    /// Marks the folder, if none of `parts` is in it yet, or if it was marked by an earlier attempt.
    pub(super) fn begin(&self, from: &str, parts: &[&str]) -> Result<(), StoreError> {
        let taken = || StoreError::Taken(self.folder.display().to_string());
        match read(&self.folder)? {
            Some((workspace, _)) if self.names(&workspace) => return Ok(()),
            Some(_) => return Err(taken()),
            None => {}
        }
        for part in parts {
            let there = self.folder.join(part).try_exists();
            if there.map_err(|error| denied(&error))? {
                return Err(taken());
            }
        }
        let text = format!("{}\n{from}\n", self.workspace);
        files::replace(&self.folder.join(NAME), text.as_bytes()).map_err(|error| denied(&error))
    }

    /// Names the workspace in its share, as whoever opens it looks for.
    pub(super) fn name_share(&self) -> Result<(), StoreError> {
        if place::check(&self.folder, &self.workspace).is_ok() {
            return Ok(());
        }
        place::write_name(&self.folder, &self.workspace).map_err(|error| denied(&error))
    }

    pub(super) fn end(&self) -> Result<(), StoreError> {
        let path = self.folder.join(NAME);
        let removed = std::fs::remove_file(&path).and_then(|()| files::sync_folder(&path));
        match removed {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(denied(&error)),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_marked_for_one_workspace_and_free_when_the_move_has_ended() {
        let folder = tempfile::tempdir().unwrap();
        let marker = Marker::of(folder.path(), "a1");
        assert_eq!(check(folder.path()), Ok(()));
        marker.begin("/old", &["books"]).unwrap();
        assert_eq!(
            check(folder.path()),
            Err(StoreError::HalfMoved("/old".to_owned()))
        );
        let other = Marker::of(folder.path(), "b2");
        assert!(matches!(
            other.begin("/else", &[]),
            Err(StoreError::Taken(_))
        ));
        std::fs::create_dir(folder.path().join("books")).unwrap();
        marker.begin("/old", &["books"]).unwrap();
        marker.end().unwrap();
        marker.end().unwrap();
        assert_eq!(check(folder.path()), Ok(()));
        assert!(matches!(
            marker.begin("/old", &["books"]),
            Err(StoreError::Taken(_))
        ));
    }
}
