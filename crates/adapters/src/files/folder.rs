//! A folder of files that appears when all of them are there.

use std::collections::BTreeSet;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Component, Path, PathBuf};

use recondesk_ports::{Fill, FolderDraft, WrittenFile};

use super::{for_owner_only, sync_folder};
use crate::digest::Hash;

/// Files under another name until all are there. Only what was made here is ever removed.
pub(super) struct FolderOfFiles {
    /// Where the files are now.
    part: PathBuf,
    /// Where they belong.
    target: PathBuf,
    /// True where there is an empty folder of that name, which gets them.
    is_there: bool,
    files: Vec<PathBuf>,
    folders: BTreeSet<PathBuf>,
}

impl FolderOfFiles {
    /// Begins a folder; what exists under its name must be an empty one.
    pub(super) fn new(path: &Path) -> io::Result<Self> {
        let own_name = |what: &str| format!("{what}.{}.part", std::process::id());
        let (part, target, is_there) = match fs::canonicalize(path) {
            Ok(target) => {
                if !target.is_dir() || fs::read_dir(&target)?.next().is_some() {
                    return Err(exists());
                }
                (target.join(own_name("")), target, true)
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                // A link that leads nowhere is something, too.
                if fs::symlink_metadata(path).is_ok() {
                    return Err(exists());
                }
                let name = path.file_name().ok_or(ErrorKind::InvalidInput)?;
                let target = path.to_owned();
                let part = target.with_file_name(own_name(&name.to_string_lossy()));
                (part, target, false)
            }
            Err(error) => return Err(error),
        };
        make_folder(&part)?;
        Ok(Self {
            folders: BTreeSet::from([part.clone()]),
            part,
            target,
            is_there,
            files: Vec::new(),
        })
    }

    /// Where a file goes; a path that leads out of the folder is refused.
    fn place(&self, path: &Path) -> io::Result<PathBuf> {
        let is_plain = |part: Component<'_>| matches!(part, Component::Normal(_));
        if path.as_os_str().is_empty() || !path.components().all(is_plain) {
            return Err(ErrorKind::InvalidInput.into());
        }
        Ok(self.part.join(path))
    }

    fn make_folders(&mut self, file: &Path) -> io::Result<()> {
        let missing: Vec<&Path> = file
            .ancestors()
            .skip(1)
            .take_while(|folder| !self.folders.contains(*folder))
            .collect();
        for folder in missing.into_iter().rev() {
            make_folder(folder)?;
            self.folders.insert(folder.to_owned());
        }
        Ok(())
    }

    /// Moves what lies in the part up into the folder that is there, `last` as the last.
    fn move_up(&self, last: &Path) -> io::Result<()> {
        let mut names = BTreeSet::new();
        for entry in fs::read_dir(&self.part)? {
            names.insert(PathBuf::from(entry?.file_name()));
        }
        names.remove(last);
        for name in names.iter().map(PathBuf::as_path).chain([last]) {
            fs::rename(self.part.join(name), self.target.join(name))?;
        }
        fs::remove_dir(&self.part)
    }
}

fn exists() -> io::Error {
    ErrorKind::AlreadyExists.into()
}

fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.recursive(false).create(path)
}

/// Counts and digests what goes through.
struct CountingWriter<W> {
    out: W,
    bytes: u64,
    hash: Hash<32>,
}

impl<W: Write> Write for CountingWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hash.update(bytes.get(..written).unwrap_or_default());
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl FolderDraft for FolderOfFiles {
    fn write(&mut self, path: &Path, fill: &mut Fill<'_>) -> io::Result<WrittenFile> {
        let path = self.place(path)?;
        self.make_folders(&path)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        for_owner_only(&mut options);
        let file = options.open(&path)?;
        self.files.push(path);
        let mut out = BufWriter::new(CountingWriter {
            out: &file,
            bytes: 0,
            hash: Hash::sha256(),
        });
        fill(&mut out)?;
        let counted = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        Ok(WrittenFile {
            bytes: counted.bytes,
            sha256: counted.hash.finish(),
        })
    }

    fn publish(mut self: Box<Self>, last: &Path) -> io::Result<()> {
        if self.is_there {
            // From here on what is half moved stays where it is: without its last file it is no export.
            self.files.clear();
            self.move_up(last)?;
        } else {
            fs::rename(&self.part, &self.target)?;
            self.files.clear();
        }
        self.folders.clear();
        sync_folder(&self.target)
    }
}

/// What was not published goes. That some of it stays is no second error.
impl Drop for FolderOfFiles {
    fn drop(&mut self) {
        for file in &self.files {
            drop(fs::remove_file(file));
        }
        for folder in self.folders.iter().rev() {
            drop(fs::remove_dir(folder));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun(path: &Path) -> FolderOfFiles {
        let mut draft = FolderOfFiles::new(path).unwrap();
        for name in ["a/b/one", "last"] {
            let told = draft.write(Path::new(name), &mut |out| out.write_all(b"abc"));
            let told = told.unwrap();
            assert_eq!((told.bytes, told.sha256[0]), (3, 0xba));
        }
        draft
    }

    fn names(path: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(path)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn the_folder_is_there_at_once_and_what_is_dropped_leaves_nothing() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("out");

        drop(begun(&path));
        assert_eq!(names(home.path()), [""; 0]);
        let draft = begun(&path);
        assert!(!path.exists());
        Box::new(draft).publish(Path::new("last")).unwrap();

        assert_eq!(names(home.path()), ["out"]);
        assert_eq!(names(&path), ["a", "last"]);
        assert_eq!(fs::read(path.join("a/b/one")).unwrap(), b"abc");
    }

    #[test]
    fn an_empty_folder_is_filled_and_anything_else_is_left_alone() {
        let home = tempfile::tempdir().unwrap();
        drop(begun(home.path()));
        assert_eq!(names(home.path()), [""; 0]);
        let draft = Box::new(begun(home.path()));
        draft.publish(Path::new("last")).unwrap();
        assert_eq!(names(home.path()), ["a", "last"]);

        for taken in [home.path().to_owned(), home.path().join("last")] {
            let refused = FolderOfFiles::new(&taken).err().unwrap();
            assert_eq!(refused.kind(), ErrorKind::AlreadyExists);
        }
        assert_eq!(names(home.path()), ["a", "last"]);
    }

    #[test]
    fn no_file_is_written_outside_of_the_folder_or_twice() {
        let home = tempfile::tempdir().unwrap();
        let mut draft = begun(&home.path().join("out"));
        for name in ["../x", "/x", "a/../../x", "", "last"] {
            assert!(
                draft.write(Path::new(name), &mut |_| Ok(())).is_err(),
                "{name}"
            );
        }
    }
}
