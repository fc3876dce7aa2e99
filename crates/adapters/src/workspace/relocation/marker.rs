//! The file beside those of a workspace that says: one is being moved to here.

use crate::sqlite::shared::place::{self, Share};
use recondesk_ports::StoreError;

const NAME: &str = "recondesk.moving";

/// Of a place and the workspace that goes there.
pub(super) struct Marker {
    share: Share,
    workspace: String,
}

/// The workspace and its old place, as the file tells them.
fn read(share: &Share) -> Result<Option<(String, String)>, StoreError> {
    Ok(share.text(NAME)?.map(|text| {
        let (workspace, from) = text.split_once('\n').unwrap_or((text.as_str(), ""));
        (workspace.to_owned(), from.trim_end().to_owned())
    }))
}

pub(super) fn check(share: &Share) -> Result<(), StoreError> {
    match read(share)? {
        None => Ok(()),
        Some((_, from)) => Err(StoreError::HalfMoved(from)),
    }
}

impl Marker {
    pub(super) fn of(share: Share, workspace: &str) -> Self {
        Self {
            share,
            workspace: workspace.to_owned(),
        }
    }

    pub(super) fn names(&self, workspace: &str) -> bool {
        self.workspace == workspace
    }

    pub(super) fn is_there(&self) -> Result<bool, StoreError> {
        Ok(read(&self.share)?.is_some())
    }

    /// Marks the place, if none of `parts` is in it yet, or if it was marked by an earlier attempt.
    pub(super) fn begin(&self, from: &str, parts: &[&str]) -> Result<(), StoreError> {
        let taken = || StoreError::Taken(self.share.shown());
        match read(&self.share)? {
            Some((workspace, _)) if self.names(&workspace) => return Ok(()),
            Some(_) => return Err(taken()),
            None => {}
        }
        for part in parts {
            if self.share.has(part)? {
                return Err(taken());
            }
        }
        self.share
            .write(NAME, &format!("{}\n{from}\n", self.workspace))
    }

    /// Names the workspace in its share, as whoever opens it looks for.
    pub(super) fn name_share(&self) -> Result<(), StoreError> {
        if self.share.check(&self.workspace).is_ok() {
            return Ok(());
        }
        self.share.write(place::NAME, &self.workspace)
    }

    pub(super) fn end(&self) -> Result<(), StoreError> {
        self.share.remove(NAME)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_marked_for_one_workspace_and_free_when_the_move_has_ended() {
        let folder = tempfile::tempdir().unwrap();
        let share = Share::Folder(folder.path().to_owned());
        let marker = Marker::of(share.clone(), "a1");
        assert_eq!(check(&share), Ok(()));
        marker.begin("/old", &["books"]).unwrap();
        assert_eq!(check(&share), Err(StoreError::HalfMoved("/old".to_owned())));
        let other = Marker::of(share.clone(), "b2");
        assert!(matches!(
            other.begin("/else", &[]),
            Err(StoreError::Taken(_))
        ));
        std::fs::create_dir(folder.path().join("books")).unwrap();
        marker.begin("/old", &["books"]).unwrap();
        marker.end().unwrap();
        marker.end().unwrap();
        assert_eq!(check(&share), Ok(()));
        assert!(matches!(
            marker.begin("/old", &["books"]),
            Err(StoreError::Taken(_))
        ));
    }
}
