//! The folders of a workspace whose files are written once: on a disk, or in an object store with a copy here.

use std::io;
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::Workspace;
use crate::disk::{Disk, PowerCut};
use crate::object_store::{Cache, ObjectStore, Room, store_error};
use crate::sqlite::Database;
use crate::sqlite::shared::place::{self, Share};
use recondesk_ports::StoreError;

/// Raw files, byte for byte as they came.
pub(crate) const ARCHIVE: &str = "archive";
/// Rows of the books.
pub(crate) const BOOKS: &str = "books";

/// Files in an object store, and what of them is on this computer.
#[derive(Debug, Clone)]
pub(super) struct StoredRooms {
    store: Arc<ObjectStore>,
    cache: Arc<Cache>,
}

impl Workspace {
    /// The files that belong to a shared database; what is fetched of them is kept in `here`, what the workspace has
    /// on this computer.
    ///
    /// # Errors
    /// [`StoreError`] when they are not there, or are those of another workspace.
    pub fn of_shared(database: &Database, here: &Self) -> Result<Self, StoreError> {
        let Some(server) = database.shared() else {
            return Ok(here.clone());
        };
        let (share, name) = server.files()?;
        match &share {
            Share::Folder(folder) => Ok(Self::shared(folder, server)),
            Share::Store(store) => {
                let told = store.head(place::NAME).map_err(|error| lost(&error))?;
                let since = told.map(|told| told.modified).unwrap_or_default();
                let stored = StoredRooms::of(store, here.folder(), &format!("{name} {since}"))?;
                Ok(Self {
                    folder: stored.cache.folder().to_owned(),
                    shared: Some(Arc::clone(server)),
                    stored: Some(stored),
                })
            }
        }
    }

    /// A workspace of this computer whose files lie in an object store: one folder for the rights to write and for
    /// what was fetched.
    ///
    /// # Errors
    /// [`StoreError`] when the folder cannot be used.
    pub fn with_store(folder: &Path, store: ObjectStore) -> Result<Self, StoreError> {
        let here = Self::at(folder)?;
        let stored = StoredRooms::of(&Arc::new(store), folder, "")?;
        Ok(Self {
            stored: Some(stored),
            ..here
        })
    }

    /// A folder of the workspace.
    ///
    /// # Errors
    /// The operating system's.
    pub(crate) fn room(&self, name: &'static str) -> io::Result<Disk> {
        self.room_with(name, None)
    }

    /// The same, with a power cut to come.
    pub(crate) fn room_with(
        &self,
        name: &'static str,
        fault: Option<Arc<PowerCut>>,
    ) -> io::Result<Disk> {
        let folder = self.folder.join(name);
        match &self.stored {
            Some(stored) => Ok(stored.room(name)),
            None if self.is_shared() => Disk::shared(&folder),
            None => Disk::at(&folder, fault),
        }
    }

    /// True where the files lie in an object store.
    pub(crate) const fn is_stored(&self) -> bool {
        self.stored.is_some()
    }
}

impl StoredRooms {
    /// The copies of another workspace under the same address, or of an earlier one, are none of these files:
    /// `identity` tells them apart.
    pub(super) fn of(
        store: &Arc<ObjectStore>,
        here: &Path,
        identity: &str,
    ) -> Result<Self, StoreError> {
        let digest = Sha256::digest(format!("{}\n{identity}", store.shown()));
        let key = crate::digest::hex(digest.get(..8).unwrap_or_default());
        let cache = Cache::at(&here.join("cache"), &key)
            .map_err(|error| StoreError::Denied(error.to_string()))?;
        Ok(Self {
            store: Arc::clone(store),
            cache: Arc::new(cache),
        })
    }

    pub(super) fn room(&self, name: &'static str) -> Disk {
        let room = Room::of(&self.store, &self.cache, name);
        Disk::in_store(&self.cache.room(name), room)
    }
}

pub(super) fn lost(error: &io::Error) -> StoreError {
    store_error(error).unwrap_or_else(|| StoreError::Denied(error.to_string()))
}
