//! Files of an object store on this computer: whole ones, within a bound, the longest unused ones go first.
//!
//! A file gets its name here when it is whole and on the disk. So a program that ends at any moment leaves a whole file
//! or a part that nobody reads, and several programs can use the same cache. Only files that are named as the cache
//! names them are ever removed; every one of them can be fetched again.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use tempfile::{NamedTempFile, TempPath};

use crate::clock::SystemClock;
use crate::disk::Disk;
use recondesk_ports::Clock as _;

/// Bytes kept, where [`SETTING`] says nothing.
const BOUND: u64 = 10 << 30;
/// Megabytes kept, by the environment.
const SETTING: &str = "RECONDESK_CACHE_MB";
/// Beginning of the name of a file that is not whole.
const PART: &str = ".part-";
/// After that time a part is one that a program left which died.
const PART_AGE: Duration = Duration::from_hours(24);
/// Ends of the names of files that are kept.
const ENDS: [&str; 3] = [".raw", ".seg", ".sieve"];

/// The cache of one workspace, among those of this computer.
#[derive(Debug)]
pub(crate) struct Cache {
    /// Of all incarnations of the workspace on this computer.
    all: PathBuf,
    own: PathBuf,
    bound: u64,
    /// Bytes added since it was last looked how many there are; `None` before the first look.
    added: Mutex<Option<u64>>,
}

/// A file of the cache.
struct Kept {
    path: PathBuf,
    used: SystemTime,
    bytes: u64,
}

impl Cache {
    /// The cache in a folder, for files that have nothing to do with those of another `key`.
    pub(crate) fn at(folder: &Path, key: &str) -> io::Result<Self> {
        let bound = std::env::var(SETTING).ok();
        let bound = bound.and_then(|bound| bound.trim().parse::<u64>().ok());
        Self::with_bound(
            folder,
            key,
            bound.map_or(BOUND, |mb| mb.saturating_mul(1 << 20)),
        )
    }

    /// The same with another bound.
    pub(crate) fn with_bound(folder: &Path, key: &str, bound: u64) -> io::Result<Self> {
        let own = folder.join(key);
        Disk::at(&own, None)?;
        Ok(Self {
            all: folder.to_owned(),
            own,
            bound,
            added: Mutex::new(None),
        })
    }

    /// Its folder for the files of a folder of the workspace.
    pub(crate) fn room(&self, name: &str) -> PathBuf {
        self.own.join(name)
    }

    /// The folder that stands for the whole workspace.
    pub(crate) fn folder(&self) -> &Path {
        &self.own
    }

    /// A file that is here.
    pub(super) fn open(&self, room: &str, name: &str) -> Option<File> {
        let file = File::open(self.room(room).join(name)).ok()?;
        // Where the system does not allow it, the file counts as unused for longer than it was.
        drop(file.set_modified(now()));
        Some(file)
    }

    /// A file under construction, removed where it is not kept.
    pub(super) fn part(&self, room: &str, name: &str) -> io::Result<NamedTempFile> {
        let folder = self.room(room);
        Disk::at(&folder, None)?;
        tempfile::Builder::new()
            .prefix(&format!("{PART}{name}-"))
            .tempfile_in(folder)
    }

    /// Gives a whole file, which is on the disk, its name.
    pub(super) fn keep(&self, part: TempPath, room: &str, name: &str) {
        let bytes = fs::metadata(&part).map_or(0, |meta| meta.len());
        self.make_room(bytes);
        if let Err(error) = part.persist(self.room(room).join(name)) {
            // It is fetched again when it is needed.
            tracing::warn!(error = %error.error, name, "not kept in the cache");
        }
    }

    /// Forgets a file; tells whether it was here.
    pub(super) fn forget(&self, room: &str, name: &str) -> bool {
        fs::remove_file(self.room(room).join(name)).is_ok()
    }

    /// Removes what was unused for longest, where the bound would be passed.
    fn make_room(&self, bytes: u64) {
        let mut added = self.added.lock().unwrap_or_else(PoisonError::into_inner);
        let due = added.unwrap_or(u64::MAX).saturating_add(bytes);
        // Other programs add as well: it is looked anew each time this one has added a hundredth.
        if due <= self.bound / 100 {
            *added = Some(due);
            return;
        }
        *added = Some(bytes);
        let mut kept = self.kept();
        let mut total = kept.iter().map(|kept| kept.bytes).sum::<u64>() + bytes;
        if total <= self.bound {
            return;
        }
        kept.sort_by_key(|kept| kept.used);
        for old in kept {
            if total <= self.bound / 10 * 9 {
                return;
            }
            if fs::remove_file(&old.path).is_ok() {
                total = total.saturating_sub(old.bytes);
            }
        }
    }

    /// All files that the cache wrote; parts that a program left are removed on the way.
    fn kept(&self) -> Vec<Kept> {
        let mut kept = Vec::new();
        let entries = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten();
        for own in entries(&self.all) {
            for room in ["archive", "books"] {
                for entry in entries(&own.path().join(room)) {
                    let name = entry.file_name();
                    let (Some(name), Ok(meta)) = (name.to_str(), entry.metadata()) else {
                        continue;
                    };
                    let used = meta.modified().unwrap_or(SystemTime::UNIX_EPOCH);
                    let age = now().duration_since(used);
                    let is_old = age.is_ok_and(|age| age > PART_AGE);
                    if name.starts_with(PART) {
                        if is_old {
                            drop(fs::remove_file(entry.path()));
                        }
                    } else if is_kept_name(name) {
                        kept.push(Kept {
                            path: entry.path(),
                            used,
                            bytes: meta.len(),
                        });
                    }
                }
            }
        }
        kept
    }
}

/// As the files of this computer are stamped.
fn now() -> SystemTime {
    let seconds = u64::try_from(SystemClock::new().now().unix()).unwrap_or(0);
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

/// True for the name of a file of an import.
pub(super) fn is_kept_name(name: &str) -> bool {
    let stem = ENDS.iter().find_map(|end| name.strip_suffix(end));
    stem.is_some_and(|stem| stem.len() >= 8 && stem.bytes().all(|sign| sign.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn put(cache: &Cache, name: &str, bytes: usize, age: u64) {
        let mut part = cache.part("books", name).unwrap();
        part.write_all(&vec![7; bytes]).unwrap();
        let used = now() - Duration::from_secs(age);
        part.as_file().set_modified(used).unwrap();
        cache.keep(part.into_temp_path(), "books", name);
    }

    fn names(cache: &Cache) -> Vec<String> {
        Disk::at(&cache.room("books"), None)
            .unwrap()
            .names()
            .unwrap()
    }

    #[test]
    fn the_longest_unused_files_go_and_foreign_ones_stay() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::with_bound(folder.path(), "one", 1000).unwrap();
        let other = Cache::with_bound(folder.path(), "other", 1000).unwrap();
        put(&other, "00000009.seg", 300, 9_000);
        put(&cache, "00000001.seg", 300, 900);
        put(&cache, "00000002.raw", 300, 800);
        crate::files::replace(&cache.room("books").join("notes.txt"), &[1; 5000]).unwrap();
        assert!(cache.open("books", "00000001.seg").is_some());

        put(&cache, "00000003.seg", 300, 0);

        assert_eq!(names(&other), [] as [&str; 0]);
        put(&cache, "00000004.seg", 300, 0);
        let left = ["00000001.seg", "00000003.seg", "00000004.seg", "notes.txt"];
        assert_eq!(names(&cache), left);
    }

    #[test]
    fn a_part_is_never_read_and_goes_when_it_is_old() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::with_bound(folder.path(), "one", 1000).unwrap();
        let (_, left) = cache.part("books", "00000001.seg").unwrap().keep().unwrap();
        let (_, fresh) = cache.part("books", "00000002.seg").unwrap().keep().unwrap();
        let long_ago = now() - PART_AGE * 2;
        File::options()
            .write(true)
            .open(&left)
            .unwrap()
            .set_modified(long_ago)
            .unwrap();

        put(&cache, "00000003.seg", 10, 0);

        assert!(cache.open("books", "00000001.seg").is_none());
        assert_eq!((left.exists(), fresh.exists()), (false, true));
    }
}
