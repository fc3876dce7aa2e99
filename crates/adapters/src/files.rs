//! Files written whole or not at all.

mod folder;

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use crate::clock::instant_of;
use recondesk_ports::{Files, Fill, FolderDraft, ListedFile, MOST_LISTED, Source};

/// Puts `bytes` in place of a file, so that after a crash it holds the old or the new bytes, never a
/// part. The file is for this user only.
///
/// # Errors
/// Those of the file system; the old file then still stands.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    replace_by(path, &mut |out| out.write_all(bytes))
}

/// The same with bytes that are made while they are written.
///
/// # Errors
/// Those of the file system or of `fill`; the old file then still stands.
pub fn replace_by(path: &Path, fill: &mut Fill<'_>) -> io::Result<()> {
    let part = part_of(path);
    let written = write_new(&part, fill).and_then(|()| fs::rename(&part, path));
    if written.is_err() {
        // What is left of the attempt is of no use; that it stays is no second error.
        drop(fs::remove_file(&part));
    }
    written?;
    sync_folder(path)
}

fn part_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}

fn write_new(path: &Path, fill: &mut Fill<'_>) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    for_owner_only(&mut options);
    let mut out = BufWriter::new(options.open(path)?);
    fill(&mut out)?;
    out.flush()?;
    out.get_ref().sync_all()
}

/// Lets a file that is made belong to this user only, where the system knows such rights.
pub(crate) fn for_owner_only(options: &mut OpenOptions) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    #[cfg(not(unix))]
    let _ = options;
}

/// The file system of this computer.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemFiles;

impl Files for SystemFiles {
    fn open(&self, path: &Path) -> io::Result<Source> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::FileTypeExt as _;
            if fs::metadata(path)?.file_type().is_fifo() {
                return spooled(path);
            }
        }
        super::disk::open_source(path)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<ListedFile>> {
        let mut out = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            // One that went away meanwhile is not there.
            let Ok(meta) = entry.metadata() else { continue };
            if !meta.is_file() {
                continue;
            }
            if out.len() == MOST_LISTED {
                return Err(io::Error::other(format!(
                    "more than {MOST_LISTED} files in the folder"
                )));
            }
            out.push(ListedFile {
                path: entry.path(),
                name: entry.file_name().to_string_lossy().into_owned(),
                bytes: meta.len(),
                modified: instant_of(meta.modified()?),
            });
        }
        Ok(out)
    }

    /// A device or a pipe is written to, never replaced; of a link, the file that it leads to is replaced.
    fn write(&self, path: &Path, fill: &mut Fill<'_>) -> io::Result<()> {
        match fs::canonicalize(path) {
            Ok(real) if real.is_file() || real.is_dir() => replace_by(&real, fill),
            Ok(_) => {
                let mut out = BufWriter::new(OpenOptions::new().write(true).open(path)?);
                fill(&mut out)?;
                out.flush()
            }
            Err(_) => replace_by(path, fill),
        }
    }

    fn draft_folder(&self, path: &Path) -> io::Result<Box<dyn FolderDraft>> {
        Ok(Box::new(folder::FolderOfFiles::new(path)?))
    }
}

/// More than this does not come through a pipe.
#[cfg(unix)]
const MOST_PIPED: u64 = 16 << 30;

/// What comes through a pipe, in a nameless file: workbooks and encodings are judged by looking twice.
#[cfg(unix)]
fn spooled(path: &Path) -> io::Result<Source> {
    use std::io::{Read as _, Seek as _};
    let mut file = tempfile::tempfile()?;
    let size = io::copy(&mut File::open(path)?.take(MOST_PIPED), &mut file)?;
    if size == MOST_PIPED {
        return Err(io::Error::other("more than 16 GB through a pipe"));
    }
    file.rewind()?;
    let name = path.file_name().unwrap_or_default();
    Ok(Source {
        name: name.to_string_lossy().into_owned(),
        size,
        stamp: None,
        saved_again: None,
        bytes: Box::new(file),
    })
}

/// Makes the name of a file durable, where folders can be synced.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if cfg!(unix) && !folder.as_os_str().is_empty() => {
            File::open(folder)?.sync_all()
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replaced_file_holds_the_new_bytes_and_leaves_nothing_beside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        replace(&path, b"old").unwrap();

        replace(&path, b"new").unwrap();

        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_written_to_and_a_link_stays_one() {
        use std::os::unix::fs::{FileTypeExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("a"), folder.path().join("b"));
        let (null, socket) = (folder.path().join("null"), folder.path().join("socket"));
        replace(&file, b"old").unwrap();
        symlink(&file, &link).unwrap();
        symlink("/dev/null", &null).unwrap();
        let _listening = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        let write = |path: &Path| SystemFiles.write(path, &mut |out| out.write_all(b"new"));

        write(&link).unwrap();
        write(&null).unwrap();
        write(&socket).unwrap_err();

        assert_eq!(fs::read(&file).unwrap(), b"new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert!(fs::symlink_metadata(&null).unwrap().is_symlink());
        assert!(fs::metadata(&socket).unwrap().file_type().is_socket());
    }
}
