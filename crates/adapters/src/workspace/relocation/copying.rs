//! The files of a workspace, copied and read back; what an earlier attempt copied and is right stays.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::FOLDERS;
use crate::digest::Hash;
use crate::disk::Disk;
use crate::object_store::store_error;
use crate::workspace::Workspace;
use recondesk_ports::StoreError;

/// End of the name of a file that is not whole yet.
const PART: &str = "moving";
/// Ends of the names of files that go along. What is told of imports beside their rows is made where it is needed.
const ENDS: [&str; 3] = ["raw", "seg", "sieve"];
const BUFFER: usize = 256 << 10;

/// Copies all files of imports to the folders of those names; tells how many, and their bytes.
pub(super) fn copy_files(
    from: &Workspace,
    to: &dyn Fn(&'static str) -> io::Result<Disk>,
) -> Result<(u64, u64), StoreError> {
    copy(from, to).map_err(|error| match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::Full,
        io::ErrorKind::InvalidData => StoreError::Broken(error.to_string()),
        _ => store_error(&error).unwrap_or_else(|| StoreError::Denied(error.to_string())),
    })
}

fn copy(from: &Workspace, to: &dyn Fn(&'static str) -> io::Result<Disk>) -> io::Result<(u64, u64)> {
    let (mut files, mut bytes) = (0_u64, 0_u64);
    for name in FOLDERS {
        if !from.is_stored() && !from.folder().join(name).is_dir() {
            continue;
        }
        let (source, target) = (from.room(name)?, to(name)?);
        for name in source.names()? {
            let end = Path::new(&name).extension().and_then(|end| end.to_str());
            if !end.is_some_and(|end| ENDS.contains(&end)) {
                continue;
            }
            bytes = bytes.saturating_add(copy_one(&source, &target, &name)?);
            files = files.saturating_add(1);
        }
        target.sync()?;
    }
    Ok((files, bytes))
}

fn copy_one(source: &Disk, target: &Disk, name: &str) -> io::Result<u64> {
    let (due, bytes) = digest_of(source.open(name)?)?;
    if is_there(target, name, due)? {
        return Ok(bytes);
    }
    let is_stored = target.room().is_some();
    let part = if is_stored {
        name.to_owned()
    } else {
        format!("{name}.{PART}")
    };
    if !is_stored {
        // What an earlier attempt left.
        target.remove(&part)?;
    }
    let mut out = target.create(&part)?;
    let mut file = source.open(name)?;
    pieces(&mut file, |piece| out.write(piece))?;
    out.finish()?;
    if !is_there(target, &part, due)? {
        let what = format!("{part}: read back, it is another one");
        return Err(io::Error::new(io::ErrorKind::InvalidData, what));
    }
    if !is_stored {
        std::fs::rename(target.path(&part), target.path(name))?;
    }
    Ok(bytes)
}

/// True when a folder has this very file.
fn is_there(target: &Disk, name: &str, due: [u8; 32]) -> io::Result<bool> {
    let is_right = match target.open(name) {
        Ok(file) => digest_of(file)?.0 == due,
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => return Err(error),
    };
    // What was fetched to be looked at is not needed here any more.
    target.forget(name);
    Ok(is_right)
}

fn digest_of(mut file: File) -> io::Result<([u8; 32], u64)> {
    let mut digest = Hash::sha256();
    let mut bytes = 0_u64;
    pieces(&mut file, |piece| {
        digest.update(piece);
        bytes = bytes.saturating_add(piece.len() as u64);
        Ok(())
    })?;
    Ok((digest.finish(), bytes))
}

fn pieces(file: &mut File, mut take: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    let mut buffer = vec![0_u8; BUFFER];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(()),
            count => take(buffer.get(..count).unwrap_or_default())?,
        }
    }
}
