//! A folder of the workspace in an object store: what is read comes to this computer first, what is made goes there
//! whole, and only then counts as made.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Seek as _};
use std::sync::{Arc, Mutex, PoisonError};

use tempfile::TempPath;

use super::cache::is_kept_name;
use super::{Cache, GO_ON, ObjectStore, Stop};
use crate::digest::Hash;

/// One folder.
#[derive(Debug, Clone)]
pub(crate) struct Room {
    store: Arc<ObjectStore>,
    cache: Arc<Cache>,
    name: &'static str,
    /// Files that this program put, and their copy here until it is certain that they count.
    made: Arc<Mutex<HashMap<String, TempPath>>>,
    /// Files that are being fetched, each by one thread.
    fetching: Arc<Mutex<HashMap<String, Arc<Mutex<()>>>>>,
}

/// A file that goes to the store when it is whole.
pub(crate) struct Going {
    name: String,
    part: TempPath,
    digest: Hash<32>,
}

impl std::fmt::Debug for Going {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Going({})", self.name)
    }
}

impl Going {
    /// Takes note of the next bytes.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.digest.update(bytes);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // Nothing here is left half done by a panic.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Room {
    pub(crate) fn of(store: &Arc<ObjectStore>, cache: &Arc<Cache>, name: &'static str) -> Self {
        Self {
            store: Arc::clone(store),
            cache: Arc::clone(cache),
            name,
            made: Arc::default(),
            fetching: Arc::default(),
        }
    }

    fn place(&self, name: &str) -> String {
        format!("{}/{name}", self.name)
    }

    /// Opens a file for reading.
    pub(crate) fn open(&self, name: &str) -> io::Result<File> {
        if let Some(file) = self.cache.open(self.name, name) {
            return Ok(file);
        }
        let turn = Arc::clone(locked(&self.fetching).entry(name.to_owned()).or_default());
        let fetched = {
            let _turn = locked(&turn);
            match self.cache.open(self.name, name) {
                Some(file) => Ok(file),
                None => self.fetch(name),
            }
        };
        locked(&self.fetching).remove(name);
        fetched
    }

    fn fetch(&self, name: &str) -> io::Result<File> {
        let mut part = self.cache.part(self.name, name)?;
        if self
            .store
            .fetch(&self.place(name), part.as_file_mut(), GO_ON)?
            .is_none()
        {
            return Err(io::ErrorKind::NotFound.into());
        }
        part.as_file().sync_all()?;
        let mut file = part.reopen()?;
        file.rewind()?;
        if is_kept_name(name) {
            self.cache.keep(part.into_temp_path(), self.name, name);
        }
        Ok(file)
    }

    /// Begins a file.
    pub(crate) fn begin(&self, name: &str) -> io::Result<(File, Going)> {
        let (file, part) = self.cache.part(self.name, name)?.into_parts();
        let going = Going {
            name: name.to_owned(),
            part,
            digest: Hash::sha256(),
        };
        Ok((file, going))
    }

    /// Puts a file that is whole.
    pub(crate) fn put(&self, going: Going, stop: Stop<'_>) -> io::Result<()> {
        let Going { name, part, digest } = going;
        let content = (&*part, &digest.finish());
        self.store.put_file(&self.place(&name), content, stop)?;
        locked(&self.made).insert(name, part);
        Ok(())
    }

    /// Keeps the copy of a file that counts from now on.
    pub(crate) fn keep(&self, name: &str) {
        if let Some(part) = locked(&self.made).remove(name) {
            self.cache.keep(part, self.name, name);
        }
    }

    /// Removes a file that this program put; others stay.
    pub(crate) fn remove(&self, name: &str) -> io::Result<()> {
        match locked(&self.made).remove(name) {
            Some(_part) => self.store.remove(&self.place(name)),
            None => Ok(()),
        }
    }

    /// Forgets the copy of a file that is not as it should be; tells whether there was one.
    pub(crate) fn forget(&self, name: &str) -> bool {
        self.cache.forget(self.name, name)
    }

    /// Names of the files that come after a name, sorted.
    pub(crate) fn names(&self, after: &str) -> io::Result<Vec<String>> {
        self.store.names(self.name, after)
    }

    /// Moves a file to another folder, beside whatever has its name there.
    pub(crate) fn set_aside(&self, name: &str, folder: &str) -> io::Result<()> {
        let mut target = format!("{folder}/{name}");
        let mut copy = 2_u32;
        while self.store.head(&target)?.is_some() {
            target = format!("{folder}/{name}.{copy}");
            copy += 1;
        }
        tracing::warn!(
            file = name,
            to = target,
            "unknown to the catalog, set aside"
        );
        self.store.copy(&self.place(name), &target)?;
        self.cache.forget(self.name, name);
        self.store.remove(&self.place(name))
    }
}
