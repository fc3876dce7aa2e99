//! Secrets outside the database: the keychain of the operating system, else a file sealed by a passphrase.
//!
//! The choice is made at the first use and never at start: a keychain may ask the person, and the
//! passphrase of the file costs a tenth of a second. A workspace that has a sealed file keeps using it;
//! so does a program that was given `RECONDESK_PASSPHRASE`, which is what servers do.

mod keychain;
mod memory;
mod sealed;

use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};

use keychain::Keychain;
pub use memory::MemoryVault;
use sealed::SealedFile;

use recondesk_domain::{ProfileId, Secret, SecretKind};
use recondesk_ports::{PassphraseUse, Vault, VaultError, VaultPlace};

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
        }
    }

    fn chosen(&self) -> &SecretStore {
        self.place.get_or_init(|| {
            if self.known_passphrase().is_some() || self.file.exists() {
                return SecretStore::File;
            }
            match Keychain::of(&self.workspace_id) {
                Ok(keychain) => SecretStore::Keychain(keychain),
                Err(error) => {
                    tracing::info!(%error, "no keychain here, secrets go to a sealed file");
                    SecretStore::File
                }
            }
        })
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

    fn asking(&self) -> PassphraseUse {
        if self.file.exists() {
            PassphraseUse::ToOpen
        } else {
            PassphraseUse::ToMake
        }
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
        match self.chosen() {
            SecretStore::Keychain(keychain) => keychain.get(&name),
            SecretStore::File if !self.file.exists() => Ok(None),
            SecretStore::File => {
                self.with_passphrase(PassphraseUse::ToOpen, |word| self.file.get(word, &name))
            }
        }
    }

    fn set(
        &self,
        profile: ProfileId,
        kind: SecretKind,
        value: Secret<Vec<u8>>,
    ) -> Result<(), VaultError> {
        let name = entry(profile, kind);
        match self.chosen() {
            SecretStore::Keychain(keychain) => keychain.set(&name, &value),
            SecretStore::File => self.with_passphrase(self.asking(), |word| {
                self.file.change(word, &name, Some(&value))
            }),
        }
    }

    fn remove(&self, profile: ProfileId, kind: SecretKind) -> Result<(), VaultError> {
        let name = entry(profile, kind);
        match self.chosen() {
            SecretStore::Keychain(keychain) => keychain.remove(&name),
            SecretStore::File if !self.file.exists() => Ok(()),
            SecretStore::File => self.with_passphrase(PassphraseUse::ToOpen, |word| {
                self.file.change(word, &name, None)
            }),
        }
    }

    fn unlock(&self, passphrase: Secret<String>) -> Result<(), VaultError> {
        if self.file.exists() {
            self.file.get(&passphrase, "")?;
        }
        *self
            .passphrase
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(passphrase);
        Ok(())
    }

    fn place(&self) -> VaultPlace {
        match self.chosen() {
            SecretStore::Keychain(_) => VaultPlace::Keychain,
            SecretStore::File => VaultPlace::SealedFile,
        }
    }
}
