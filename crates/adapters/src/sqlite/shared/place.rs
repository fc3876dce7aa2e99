//! The place of a shared workspace's files: which one it is, and whether it is the one of this database.
//!
//! A file in it names the workspace. So another share under the same path, or an empty folder where a share is not
//! mounted, is told from the files of the workspace before anything is read or written there.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::disk::Disk;
use crate::object_store::{self, Limits, ObjectStore, store_error};
use recondesk_domain::Message;
use recondesk_ports::StoreError;

/// The file that names the workspace.
pub(crate) const NAME: &str = "recondesk.workspace";
/// Longest text of such a file.
const MOST_TEXT: u64 = 64 << 10;

/// Where the files of a shared workspace lie.
#[derive(Debug, Clone)]
pub(crate) enum Share {
    /// In a folder that all computers reach.
    Folder(PathBuf),
    /// In an object store.
    Store(Arc<ObjectStore>),
}

impl Share {
    /// What a location `file:///…` or `s3://…` means.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`] for what is no such location.
    pub(crate) fn parse(location: &str) -> Result<Self, StoreError> {
        if object_store::is_one(location) {
            let store = ObjectStore::at(location, Limits::default())?;
            return Ok(Self::Store(Arc::new(store)));
        }
        let path = location.strip_prefix("file://").map(PathBuf::from);
        match path {
            Some(path) if path.is_absolute() => Ok(Self::Folder(path)),
            _ => Err(StoreError::Unreachable(Message::new(
                format!(
                    "{location}：文件须放在各台电脑以同一路径访问的文件夹，写作 file:///共享文件夹；或放在对象存储，写作 s3://存储桶/前缀"
                ),
                format!(
                    "{location}: files lie in a folder that all computers reach by the same path, as file:///SHARE, or in an object store, as s3://BUCKET/PREFIX"
                ),
            ))),
        }
    }

    /// As people know it.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Folder(folder) => folder.display().to_string(),
            Self::Store(store) => store.shown().to_owned(),
        }
    }

    fn failed(&self, error: &io::Error) -> StoreError {
        store_error(error).unwrap_or_else(|| {
            let what = format!("{}: {error}", self.shown());
            StoreError::Unreachable(Message::new(what.clone(), what))
        })
    }

    /// Refuses a place that is not there, or answers nobody.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`] then.
    pub(crate) fn require(&self) -> Result<(), StoreError> {
        match self {
            Self::Folder(folder) if folder.is_dir() => Ok(()),
            Self::Folder(folder) => {
                let folder = folder.display();
                Err(StoreError::Unreachable(Message::new(
                    format!("{folder}：共享文件的文件夹不在"),
                    format!("{folder}: the folder of the shared files is not there"),
                )))
            }
            Self::Store(store) => {
                let asked = store.names("archive", "99999999");
                asked.map(drop).map_err(|error| self.failed(&error))
            }
        }
    }

    /// True when there is a file or a folder of that name.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be looked.
    pub(crate) fn has(&self, part: &str) -> Result<bool, StoreError> {
        let there = match self {
            Self::Folder(folder) => folder.join(part).try_exists(),
            Self::Store(store) => store
                .head(part)
                .and_then(|it| Ok(it.is_some() || !store.names(part, "")?.is_empty())),
        };
        there.map_err(|error| self.failed(&error))
    }

    /// The text of a short file; `None` where there is none.
    pub(crate) fn text(&self, name: &str) -> Result<Option<String>, StoreError> {
        let read = match self {
            Self::Folder(folder) => read_short(&folder.join(name)),
            Self::Store(store) => store.text(name).map(|it| it.map(|(text, _)| text)),
        };
        read.map_err(|error| self.failed(&error))
    }

    /// Writes a short file where there is none.
    pub(crate) fn write(&self, name: &str, text: &str) -> Result<(), StoreError> {
        let written = match self {
            Self::Folder(folder) => write_short(folder, name, text),
            Self::Store(store) => store.put_text(name, text),
        };
        written.map_err(|error| self.failed(&error))
    }

    /// Removes a short file; one that is not there is no error.
    pub(crate) fn remove(&self, name: &str) -> Result<(), StoreError> {
        let removed = match self {
            Self::Folder(folder) => {
                Disk::shared(folder).and_then(|disk| disk.remove(name).and_then(|()| disk.sync()))
            }
            Self::Store(store) => store.remove(name),
        };
        removed.map_err(|error| self.failed(&error))
    }

    /// Puts the name of a new workspace into it.
    ///
    /// # Errors
    /// [`StoreError`]: it is not there, or has files of another workspace.
    pub(crate) fn mark(&self, workspace: &str) -> Result<(), StoreError> {
        self.require()?;
        for part in ["archive", "books", NAME] {
            if self.has(part)? {
                return Err(StoreError::Taken(self.shown()));
            }
        }
        self.write(NAME, workspace)
    }

    /// Takes the name out again, when the workspace did not come into being.
    pub(crate) fn unmark(&self) {
        if let Err(error) = self.remove(NAME) {
            tracing::warn!(%error, place = self.shown(), "the name of the workspace stays there");
        }
    }

    /// Refuses a place that has not the files of this workspace.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`] then.
    pub(crate) fn check(&self, workspace: &str) -> Result<(), StoreError> {
        if matches!(self, Self::Folder(_)) {
            self.require()?;
        }
        let what = match self.text(NAME)? {
            Some(name) if name == workspace => return Ok(()),
            Some(_) => Message::new(
                "里是另一个工作区的文件",
                "has the files of another workspace",
            ),
            None => Message::new(
                format!("里没有这个工作区的文件（{NAME}）"),
                format!("has no files of this workspace ({NAME})"),
            ),
        };
        let (zh, en) = match self {
            Self::Folder(_) => ("：共享文件夹挂载了吗？", ": is the share mounted?"),
            Self::Store(_) => ("", ""),
        };
        let place = self.shown();
        Err(StoreError::Unreachable(Message::new(
            format!("{place} {}{zh}", what.zh),
            format!("{place} {}{en}", what.en),
        )))
    }
}

fn read_short(path: &Path) -> io::Result<Option<String>> {
    use std::io::Read as _;
    let file = match std::fs::File::open(path) {
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            return Ok(None);
        }
        other => other?,
    };
    let mut text = String::new();
    file.take(MOST_TEXT).read_to_string(&mut text)?;
    Ok(Some(text))
}

fn write_short(folder: &Path, name: &str, text: &str) -> io::Result<()> {
    let disk = Disk::shared(folder)?;
    let mut out = disk.create(name)?;
    out.write(text.as_bytes())?;
    out.finish()?;
    disk.sync()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_marked_once_and_told_from_others() {
        let folder = tempfile::tempdir().unwrap();
        let share = Share::parse(&format!("file://{}", folder.path().display())).unwrap();
        assert!(share.check("a1").is_err());
        share.mark("a1").unwrap();
        assert_eq!(share.check("a1"), Ok(()));
        assert!(share.check("b2").is_err());
        assert!(matches!(share.mark("b2"), Err(StoreError::Taken(_))));
        share.unmark();
        assert!(share.mark("b2").is_ok());
        let nowhere = Share::Folder(folder.path().join("nowhere"));
        assert!(nowhere.mark("c").is_err());
        for odd in [
            "file://relative",
            "/srv/desk",
            "s3://",
            "s3://key:word@desk",
        ] {
            assert!(Share::parse(odd).is_err());
        }
    }
}
