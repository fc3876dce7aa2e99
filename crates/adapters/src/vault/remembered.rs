//! What the workspace remembers of its secrets, none of them a secret: where they lie and what they are called.
//!
//! Without it a vault that was deleted or exchanged looks like one in which no key was ever put.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};

use recondesk_ports::{Records, StoreError, VaultError, VaultPlace};

/// The preference that it is kept in.
const KEY: &str = "vault.remembered";

/// What is remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Remembered {
    pub(super) place: VaultPlace,
    /// Salt of the sealed file, in hexadecimal digits: it stays the same until the passphrase changes.
    pub(super) salt: String,
    /// Salt of the file that is about to take its place, while a passphrase is changed; else empty.
    pub(super) salt_next: String,
    /// Names of the entries.
    pub(super) names: BTreeSet<String>,
}

/// Keeps it in the records of the workspace, if there are any.
pub(super) struct KeyMemory(pub(super) Option<Arc<dyn Records>>);

fn broken(error: impl std::fmt::Display) -> VaultError {
    VaultError::Broken(error.to_string())
}

impl KeyMemory {
    /// What is remembered; `None` where no secret was ever kept.
    pub(super) fn load(&self) -> Result<Option<Remembered>, VaultError> {
        let Some(records) = &self.0 else {
            return Ok(None);
        };
        let text = records.preference(KEY).map_err(broken)?;
        let document: Option<Value> = text
            .map(|text| serde_json::from_str(&text).map_err(broken))
            .transpose()?;
        Ok(document
            .as_ref()
            .and_then(read)
            .filter(|known| !known.names.is_empty()))
    }

    /// Remembers, where something changed.
    pub(super) fn store(&self, remembered: &Remembered) -> Result<(), VaultError> {
        let Some(records) = &self.0 else {
            return Ok(());
        };
        let Remembered {
            place, salt, names, ..
        } = remembered;
        let mut document = json!({ "place": word(*place), "salt": salt, "names": names });
        if let (false, Some(fields)) = (remembered.salt_next.is_empty(), document.as_object_mut()) {
            fields.insert("salt_next".to_owned(), json!(remembered.salt_next));
        }
        let text = document.to_string();
        if records.preference(KEY).map_err(broken)?.as_deref() == Some(&text) {
            return Ok(());
        }
        records
            .set_preference(KEY, &text)
            .map_err(|error| match error {
                StoreError::Full => VaultError::Full,
                other => broken(other),
            })
    }
}

const fn word(place: VaultPlace) -> &'static str {
    match place {
        VaultPlace::Keychain => "keychain",
        VaultPlace::SealedFile => "file",
    }
}

fn read(document: &Value) -> Option<Remembered> {
    let place = document.get("place")?.as_str()?;
    let names = document.get("names")?.as_array()?.iter();
    Some(Remembered {
        place: [VaultPlace::Keychain, VaultPlace::SealedFile]
            .into_iter()
            .find(|known| word(*known) == place)?,
        salt: document.get("salt")?.as_str()?.to_owned(),
        salt_next: document
            .get("salt_next")
            .and_then(Value::as_str)
            .map_or_else(String::new, str::to_owned),
        names: names
            .map(|name| Some(name.as_str()?.to_owned()))
            .collect::<Option<_>>()?,
    })
}
