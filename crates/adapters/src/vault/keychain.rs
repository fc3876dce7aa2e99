//! The keychain of the operating system: Credential Manager, Keychain, Secret Service.
//!
//! One credential on Windows holds 2 560 bytes, less than a PEM key, so long values are spread over
//! several entries. The first entry is written last and carries a digest of the whole: a write that was
//! cut short is noticed, not used.

use keyring::{Entry, Error};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use recondesk_domain::Secret;
use recondesk_ports::VaultError;

const SERVICE: &str = "recondesk";
/// Bytes of a value in one entry, well below what Windows holds.
const PIECE: usize = 2000;
/// No secret has more pieces.
const MOST_PIECES: u8 = 32;
const DIGEST: usize = 32;

/// The entries of one workspace.
#[derive(Debug)]
pub(super) struct Keychain {
    workspace_id: String,
}

impl Keychain {
    /// Opens the keychain if this session has one that answers.
    pub(super) fn of(workspace_id: &str) -> Result<Self, VaultError> {
        Entry::store_status()
            .as_ref()
            .map_err(|error| VaultError::Broken(error.to_string()))?;
        let keychain = Self {
            workspace_id: workspace_id.to_owned(),
        };
        // A bus without a keychain behind it shows only when it is asked.
        keychain.get("probe")?;
        Ok(keychain)
    }

    pub(super) fn get(&self, name: &str) -> Result<Option<Secret<Vec<u8>>>, VaultError> {
        let head = match self.entry(name, 0)?.get_secret() {
            Ok(head) => Zeroizing::new(head),
            Err(Error::NoEntry) => return Ok(None),
            Err(error) => return Err(judge(&error)),
        };
        let damaged = || VaultError::Broken(format!("keychain entry {name} is damaged"));
        let (digest, rest) = head.split_at_checked(DIGEST).ok_or_else(damaged)?;
        let (pieces, first) = rest.split_first().ok_or_else(damaged)?;
        if *pieces > MOST_PIECES {
            return Err(damaged());
        }
        let mut value = Zeroizing::new(first.to_vec());
        for piece in 1..*pieces {
            let more = match self.entry(name, piece)?.get_secret() {
                Ok(more) => Zeroizing::new(more),
                Err(Error::NoEntry) => return Err(damaged()),
                Err(error) => return Err(judge(&error)),
            };
            value.extend_from_slice(&more);
        }
        if !bool::from(Sha256::digest(value.as_slice()).as_slice().ct_eq(digest)) {
            return Err(damaged());
        }
        Ok(Some(Secret::new(std::mem::take(&mut *value))))
    }

    pub(super) fn set(&self, name: &str, value: &Secret<Vec<u8>>) -> Result<(), VaultError> {
        let bytes = value.expose();
        let pieces = u8::try_from(bytes.len().div_ceil(PIECE).max(1))
            .ok()
            .filter(|pieces| *pieces <= MOST_PIECES)
            .ok_or_else(|| VaultError::Broken("the secret is too long".to_owned()))?;
        let mut chunks = bytes.chunks(PIECE);
        let first = chunks.next().unwrap_or_default();
        for (at, chunk) in (1..pieces).zip(chunks) {
            self.entry(name, at)?
                .set_secret(chunk)
                .map_err(|error| judge(&error))?;
        }
        let mut head = Zeroizing::new(Sha256::digest(bytes).to_vec());
        head.push(pieces);
        head.extend_from_slice(first);
        self.entry(name, 0)?
            .set_secret(&head)
            .map_err(|error| judge(&error))
    }

    pub(super) fn remove(&self, name: &str) -> Result<(), VaultError> {
        for piece in 0..MOST_PIECES {
            match self.entry(name, piece)?.delete_credential() {
                Ok(()) => {}
                Err(Error::NoEntry) => break,
                Err(error) => return Err(judge(&error)),
            }
        }
        Ok(())
    }

    fn entry(&self, name: &str, piece: u8) -> Result<Entry, VaultError> {
        let user = format!("{}/{name}/{piece}", self.workspace_id);
        Entry::new(SERVICE, &user).map_err(|error| judge(&error))
    }
}

fn judge(error: &Error) -> VaultError {
    match error {
        Error::NoStorageAccess(_) => VaultError::Locked,
        // Never the attached bytes: they may be the secret.
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            VaultError::Broken("a keychain entry is damaged".to_owned())
        }
        other => VaultError::Broken(other.to_string()),
    }
}
