//! The files of a workspace, copied and read back; what an earlier attempt copied and is right stays.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write as _};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::FOLDERS;
use crate::disk::{Disk, sync_folder};
use crate::files::for_owner_only;
use recondesk_ports::StoreError;

/// End of the name of a file that is not whole yet.
const PART: &str = "moving";
/// Ends of the names of files that go along. What is told of imports beside their rows is made where it is needed.
const ENDS: [&str; 3] = ["raw", "seg", "sieve"];
const BUFFER: usize = 256 << 10;

/// Copies all files of imports; tells how many, and their bytes.
pub(super) fn copy_files(
    from: &Path,
    to: &Path,
    is_shared: bool,
) -> Result<(u64, u64), StoreError> {
    copy(from, to, is_shared).map_err(|error| match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::Full,
        io::ErrorKind::InvalidData => StoreError::Broken(error.to_string()),
        _ => StoreError::Denied(error.to_string()),
    })
}

fn copy(from: &Path, to: &Path, is_shared: bool) -> io::Result<(u64, u64)> {
    let (mut files, mut bytes) = (0_u64, 0_u64);
    for name in FOLDERS {
        let (from, to) = (from.join(name), to.join(name));
        if !from.is_dir() {
            continue;
        }
        let target = if is_shared {
            Disk::shared(&to)?
        } else {
            Disk::at(&to, None)?
        };
        for name in Disk::shared(&from)?.names()? {
            let end = Path::new(&name).extension().and_then(|end| end.to_str());
            if !end.is_some_and(|end| ENDS.contains(&end)) {
                continue;
            }
            bytes = bytes.saturating_add(copy_one(&from.join(&name), &target, &name, is_shared)?);
            files = files.saturating_add(1);
        }
        sync_folder(&to)?;
    }
    Ok((files, bytes))
}

fn copy_one(from: &Path, target: &Disk, name: &str, is_shared: bool) -> io::Result<u64> {
    let place = target.path(name);
    let (due, bytes) = digest_of(from)?;
    if place.try_exists()? && digest_of(&place)?.0 == due {
        return Ok(bytes);
    }
    let part = target.path(&format!("{name}.{PART}"));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    if !is_shared {
        for_owner_only(&mut options);
    }
    let mut out = options.open(&part)?;
    io::copy(&mut File::open(from)?, &mut out)?;
    out.flush()?;
    out.sync_all()?;
    drop(out);
    if digest_of(&part)?.0 != due {
        let what = format!("{}: read back, it is another one", part.display());
        return Err(io::Error::new(io::ErrorKind::InvalidData, what));
    }
    fs::rename(&part, &place)?;
    Ok(bytes)
}

fn digest_of(path: &Path) -> io::Result<([u8; 32], u64)> {
    let mut file = File::open(path)?;
    let mut digest = Sha256::new();
    let mut buffer = vec![0_u8; BUFFER];
    let mut bytes = 0_u64;
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            return Ok((digest.finalize().into(), bytes));
        }
        digest.update(buffer.get(..count).unwrap_or_default());
        bytes = bytes.saturating_add(count as u64);
    }
}
