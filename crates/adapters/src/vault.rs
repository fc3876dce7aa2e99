//! Secrets outside the database: the keychain of the operating system, else a file sealed by a passphrase.
//!
//! The choice is made at the first use and never at start: a keychain may ask the person, and the
//! passphrase of the file costs a tenth of a second. A workspace that has keys keeps them where they are; a new one
//! that was given `RECONDESK_PASSPHRASE` uses the file, which is what servers do. The workspace remembers what
//! keys there are, so that a vault that was deleted or exchanged is told as lost (`remembered`).

mod keychain;
mod memory;
pub(crate) mod passwords;
mod remembered;
mod sealed;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use keychain::Keychain;
pub use memory::MemoryVault;
use remembered::{KeyMemory, Remembered};
use sealed::SealedFile;

use recondesk_domain::{ProfileId, Secret, SecretKind};
use recondesk_ports::{PassphraseUse, Records, Vault, VaultAccess, VaultError, VaultPlace};

/// Environment variable with the passphrase, for programs that nobody watches.
pub const PASSPHRASE_VARIABLE: &str = "RECONDESK_PASSPHRASE";

/// Asks a person for the passphrase; `None` when there is nobody to ask.
pub type AskPassphrase = Box<dyn Fn(PassphraseUse) -> Option<Secret<String>> + Send + Sync>;

/// The vault of one workspace.
pub struct SystemVault {
    workspace_id: String,
    file: SealedFile,
    ask: AskPassphrase,
    passphrase: Mutex<Option<Secret<String>>>,
    place: OnceLock<SecretStore>,
    memory: KeyMemory,
}

enum SecretStore {
    Keychain(Keychain),
    File,
}

impl SystemVault {
    /// The vault of the workspace with this name, whose sealed file, if any, lies at `file`.
    #[must_use]
    pub fn new(workspace_id: String, file: PathBuf, ask: AskPassphrase) -> Self {
        let passphrase = std::env::var(PASSPHRASE_VARIABLE)
            .ok()
            .filter(|text| !text.is_empty())
            .map(Secret::new);
        Self {
            workspace_id,
            file: SealedFile::new(file),
            ask,
            passphrase: Mutex::new(passphrase),
            place: OnceLock::new(),
            memory: KeyMemory(None),
        }
    }

    /// The same, remembering in the records of the workspace what it has, so that a lost vault is told.
    #[must_use]
    pub fn remembering(mut self, records: Arc<dyn Records>) -> Self {
        self.memory = KeyMemory(Some(records));
        self
    }

    fn chosen(&self) -> Result<&SecretStore, VaultError> {
        if let Some(place) = self.place.get() {
            return Ok(place);
        }
        let place = match self.memory.load()?.map(|known| known.place) {
            Some(VaultPlace::SealedFile) => SecretStore::File,
            // A passphrase in the environment starts no second vault.
            Some(VaultPlace::Keychain) => {
                SecretStore::Keychain(Keychain::of(&self.workspace_id).map_err(|error| {
                    VaultError::Broken(format!("the keychain cannot be reached: {error}"))
                })?)
            }
            None if self.known_passphrase().is_some() || self.file.is_there()? => SecretStore::File,
            None => match Keychain::of(&self.workspace_id) {
                Ok(keychain) => SecretStore::Keychain(keychain),
                Err(error) => {
                    tracing::info!(%error, "no keychain here, secrets go to a sealed file");
                    SecretStore::File
                }
            },
        };
        Ok(self.place.get_or_init(|| place))
    }

    /// True when the sealed file is the one that is remembered. Where its salt could not be told (earlier versions kept
    /// none when the disk failed), any file is.
    fn is_file_of(&self, known: &Remembered) -> Result<bool, VaultError> {
        let salt = self.file.salt()?;
        Ok(salt.is_some_and(|salt| {
            known.salt.is_empty() || salt == known.salt || salt == known.salt_next
        }))
    }

    /// A passphrase that does not fit the file of another vault is no wrong passphrase.
    fn not_of_another<T>(
        &self,
        read: Result<T, VaultError>,
        remembered: Option<&Remembered>,
    ) -> Result<T, VaultError> {
        match (read, remembered) {
            (Err(VaultError::Locked), Some(known)) if !self.is_file_of(known)? => {
                Err(VaultError::Lost)
            }
            (read, _) => read,
        }
    }

    /// Remembers that there is an entry, or no longer.
    fn remember(&self, name: &str, is_there: bool) -> Result<(), VaultError> {
        let place = match self.chosen()? {
            SecretStore::Keychain(_) => VaultPlace::Keychain,
            SecretStore::File => VaultPlace::SealedFile,
        };
        let known = self.memory.load()?;
        let mut names = known.map(|known| known.names).unwrap_or_default();
        if is_there {
            names.insert(name.to_owned());
        } else {
            names.remove(name);
        }
        let salt = match place {
            VaultPlace::Keychain => String::new(),
            VaultPlace::SealedFile => self.file.salt()?.unwrap_or_default(),
        };
        self.memory.store(&Remembered {
            place,
            salt,
            salt_next: String::new(),
            names,
        })
    }

    /// Remembers the salt of the file as it is now.
    fn settle_salt(&self) -> Result<(), VaultError> {
        match (self.memory.load()?, self.file.salt()?) {
            (Some(known), Some(salt)) => self.memory.store(&Remembered {
                salt,
                salt_next: String::new(),
                ..known
            }),
            _ => Ok(()),
        }
    }

    fn known_passphrase(&self) -> Option<Secret<String>> {
        self.passphrase
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The passphrase: known, or asked for now. One that turns out wrong is not kept.
    fn with_passphrase<T>(
        &self,
        asking: PassphraseUse,
        work: impl FnOnce(&Secret<String>) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        if let Some(known) = self.known_passphrase() {
            return work(&known);
        }
        let asked = (self.ask)(asking)
            .filter(|text| !text.expose().is_empty())
            .ok_or(VaultError::Locked)?;
        let value = work(&asked)?;
        *self
            .passphrase
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(asked);
        Ok(value)
    }

    fn asking(&self) -> Result<PassphraseUse, VaultError> {
        Ok(if self.file.is_there()? {
            PassphraseUse::ToOpen
        } else {
            PassphraseUse::ToMake
        })
    }
}

/// The name of an entry: profile and kind; the workspace is part of it where entries are shared.
fn entry(profile: ProfileId, kind: SecretKind) -> String {
    format!("{}/{}", profile.0, kind.word())
}

impl Vault for SystemVault {
    fn get(
        &self,
        profile: ProfileId,
        kind: SecretKind,
    ) -> Result<Option<Secret<Vec<u8>>>, VaultError> {
        let name = entry(profile, kind);
        let remembered = self.memory.load()?;
        let found = match self.chosen()? {
            SecretStore::Keychain(keychain) => keychain.get(&name)?,
            SecretStore::File if !self.file.is_there()? => None,
            SecretStore::File => {
                let read =
                    self.with_passphrase(PassphraseUse::ToOpen, |word| self.file.get(word, &name));
                self.not_of_another(read, remembered.as_ref())?
            }
        };
        let is_remembered = remembered.is_some_and(|known| known.names.contains(&name));
        match (&found, is_remembered) {
            (None, true) => return Err(VaultError::Lost),
            // Of before the workspace remembered.
            (Some(_), false) => self.remember(&name, true)?,
            _ => {}
        }
        Ok(found)
    }

    fn set(
        &self,
        profile: ProfileId,
        kind: SecretKind,
        value: Secret<Vec<u8>>,
    ) -> Result<(), VaultError> {
        let name = entry(profile, kind);
        match self.chosen()? {
            SecretStore::Keychain(keychain) => keychain.set(&name, &value)?,
            SecretStore::File => {
                // A second vault beside a lost one would hide that it is lost.
                let remembered = self.memory.load()?;
                if let Some(known) = remembered
                    && !self.is_file_of(&known)?
                {
                    return Err(VaultError::Lost);
                }
                self.with_passphrase(self.asking()?, |word| {
                    self.file.change(word, &name, Some(&value))
                })?;
            }
        }
        self.remember(&name, true)
    }

    fn remove(&self, profile: ProfileId, kind: SecretKind) -> Result<(), VaultError> {
        let name = entry(profile, kind);
        match self.chosen()? {
            SecretStore::Keychain(keychain) => keychain.remove(&name)?,
            SecretStore::File if !self.file.is_there()? => {}
            SecretStore::File => self.with_passphrase(PassphraseUse::ToOpen, |word| {
                self.file.change(word, &name, None)
            })?,
        }
        self.remember(&name, false)
    }

    fn unlock(&self, passphrase: Secret<String>) -> Result<(), VaultError> {
        if self.file.is_there()? {
            self.file.get(&passphrase, "")?;
        }
        *self
            .passphrase
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(passphrase);
        Ok(())
    }

    fn change_passphrase(&self, new: Secret<String>) -> Result<(), VaultError> {
        if !matches!(self.chosen()?, SecretStore::File) || !self.file.is_there()? {
            return Err(VaultError::NoPassphrase);
        }
        let known = self.memory.load()?;
        // Wherever it is cut off, the file is one that is remembered.
        let announce = |salt: &str| match &known {
            Some(known) => self.memory.store(&Remembered {
                salt_next: salt.to_owned(),
                ..known.clone()
            }),
            None => Ok(()),
        };
        self.with_passphrase(PassphraseUse::ToOpen, |old| {
            self.file.reseal(old, &new, announce)
        })?;
        *self
            .passphrase
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(new);
        // The passphrase is changed; what is remembered fits the file already.
        if let Err(error) = self.settle_salt() {
            tracing::warn!(%error, "the salt of the sealed file is remembered as the next one");
        }
        Ok(())
    }

    fn forget_lost(&self) -> Result<u32, VaultError> {
        let Some(known) = self.memory.load()? else {
            return Ok(0);
        };
        let mut kept = BTreeSet::new();
        let is_other_file = known.place == VaultPlace::SealedFile && !self.is_file_of(&known)?;
        if !is_other_file {
            for name in &known.names {
                let found = match self.chosen()? {
                    SecretStore::Keychain(keychain) => keychain.get(name)?,
                    SecretStore::File => self
                        .with_passphrase(PassphraseUse::ToOpen, |word| self.file.get(word, name))?,
                };
                if found.is_some() {
                    kept.insert(name.clone());
                }
            }
        }
        let lost = known.names.len() - kept.len();
        self.memory.store(&Remembered {
            names: kept,
            ..known
        })?;
        Ok(u32::try_from(lost).unwrap_or(u32::MAX))
    }

    fn place(&self) -> VaultPlace {
        match self.chosen() {
            Ok(SecretStore::Keychain(_)) => VaultPlace::Keychain,
            Ok(SecretStore::File) => VaultPlace::SealedFile,
            // Where it was, though it cannot be reached.
            Err(_) => VaultPlace::Keychain,
        }
    }

    fn lock(&self) {
        *self
            .passphrase
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = None;
        self.file.forget();
    }

    fn access(&self) -> VaultAccess {
        match self.chosen() {
            Ok(SecretStore::Keychain(_)) | Err(_) => VaultAccess::System,
            Ok(SecretStore::File) if self.known_passphrase().is_some() => VaultAccess::Open,
            Ok(SecretStore::File) => match self.file.is_there() {
                Ok(false) => VaultAccess::Unmade,
                Ok(true) | Err(_) => VaultAccess::Locked,
            },
        }
    }
}
