//! A file of secrets sealed by a passphrase: Argon2id makes the key, XChaCha20-Poly1305 seals.
//!
//! `magic 8 | memory KiB 4 | passes 4 | lanes 4 | salt 16 | check 16 | nonce 24 | sealed JSON`; the whole
//! head is authenticated with the text. The check is a part of Argon2's output that is no part of the
//! key: it tells a wrong passphrase from a damaged file. Every write makes a new nonce and replaces the
//! file as a whole.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use subtle::ConstantTimeEq as _;
use zeroize::{Zeroize as _, Zeroizing};

use crate::clock::SystemRandom;
use crate::digest::hex;
use crate::files;
use recondesk_domain::Secret;
use recondesk_ports::VaultError;

const MAGIC: [u8; 8] = *b"RCNDVLT1";
const SALT: usize = 16;
const CHECK: usize = 16;
const NONCE: usize = 24;
const HEAD: usize = 8 + 12 + SALT + CHECK + NONCE;
/// What Argon2id costs.
#[derive(Clone, Copy, PartialEq, Eq)]
struct KeyCost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

/// What a new file costs: 64 MiB, three passes, one lane.
const COST: KeyCost = KeyCost {
    memory_kib: 65_536,
    passes: 3,
    lanes: 1,
};
/// A file that asks for more than this is damaged, or made to hurt.
const DEAREST: KeyCost = KeyCost {
    memory_kib: 1_048_576,
    passes: 16,
    lanes: 8,
};
/// Larger files are no vault of ours.
const LARGEST: u64 = 16 * 1024 * 1024;

/// The sealed file; holds no secret but the derived key of the last passphrase.
pub(super) struct SealedFile {
    path: PathBuf,
    derived: Mutex<Option<Derived>>,
}

/// What a passphrase becomes under one salt.
#[derive(Clone)]
struct Derived {
    salt: [u8; SALT],
    cost: KeyCost,
    /// SHA-256 of the passphrase under the salt would be a weaker copy of it: the text itself is compared.
    passphrase: Secret<String>,
    check: [u8; CHECK],
    key: Secret<[u8; 32]>,
}

type SealedEntries = BTreeMap<String, Zeroizing<String>>;

impl SealedFile {
    pub(super) fn new(path: PathBuf) -> Self {
        Self {
            path,
            derived: Mutex::new(None),
        }
    }

    /// True when there is one; a disk that does not say is no answer.
    pub(super) fn is_there(&self) -> Result<bool, VaultError> {
        self.path
            .try_exists()
            .map_err(|error| VaultError::Broken(error.to_string()))
    }

    /// Reads an entry.
    pub(super) fn get(
        &self,
        passphrase: &Secret<String>,
        name: &str,
    ) -> Result<Option<Secret<Vec<u8>>>, VaultError> {
        let (entries, _) = self.open(passphrase)?;
        entries.get(name).map(|text| from_hex(text)).transpose()
    }

    /// Sets or removes an entry.
    pub(super) fn change(
        &self,
        passphrase: &Secret<String>,
        name: &str,
        value: Option<&Secret<Vec<u8>>>,
    ) -> Result<(), VaultError> {
        let _lock = self.lock()?;
        let (mut entries, derived) = if self.is_there()? {
            self.open(passphrase)?
        } else {
            let mut salt = [0; SALT];
            random(&mut salt)?;
            (SealedEntries::new(), self.derive(passphrase, salt, COST)?)
        };
        match value {
            Some(value) => entries.insert(name.to_owned(), to_hex(value.expose())),
            None => entries.remove(name),
        };
        self.seal(&entries, &derived)
    }

    /// Seals all entries under another passphrase, with a salt of its own that `announce` hears of before.
    pub(super) fn reseal(
        &self,
        old: &Secret<String>,
        new: &Secret<String>,
        announce: impl FnOnce(&str) -> Result<(), VaultError>,
    ) -> Result<(), VaultError> {
        let _lock = self.lock()?;
        let (entries, _) = self.open(old)?;
        let mut salt = [0; SALT];
        random(&mut salt)?;
        let derived = self.derive(new, salt, COST)?;
        announce(&hex(&salt))?;
        self.seal(&entries, &derived)
    }

    /// Salt of the file, in hexadecimal digits: no secret, but another one in every vault. `None` without a file, or
    /// where it is cut short.
    pub(super) fn salt(&self) -> Result<Option<String>, VaultError> {
        if !self.is_there()? {
            return Ok(None);
        }
        let bytes = read(&self.path)?;
        Ok(bytes.get(20..20 + SALT).map(hex))
    }

    /// Lets one program at a time change the file.
    fn lock(&self) -> Result<std::fs::File, VaultError> {
        let mut options = std::fs::OpenOptions::new();
        options.create(true).truncate(false).write(true);
        files::for_owner_only(&mut options);
        let broken = |error: std::io::Error| unwritten(&error);
        let file = options
            .open(self.path.with_extension("lock"))
            .map_err(broken)?;
        file.lock().map_err(broken)?;
        Ok(file)
    }

    fn open(&self, passphrase: &Secret<String>) -> Result<(SealedEntries, Derived), VaultError> {
        let bytes = read(&self.path)?;
        let damaged = || VaultError::Broken("the sealed file is damaged".to_owned());
        let (head, text) = bytes.split_at_checked(HEAD).ok_or_else(damaged)?;
        let (magic, rest) = head.split_first_chunk::<8>().ok_or_else(damaged)?;
        let (cost, rest) = rest.split_first_chunk::<12>().ok_or_else(damaged)?;
        let (salt, rest) = rest.split_first_chunk::<SALT>().ok_or_else(damaged)?;
        let (check, rest) = rest.split_first_chunk::<CHECK>().ok_or_else(damaged)?;
        let nonce = rest.first_chunk::<NONCE>().ok_or_else(damaged)?;
        if *magic != MAGIC {
            return Err(damaged());
        }
        let cost = read_cost(cost).ok_or_else(damaged)?;
        let derived = self.derive(passphrase, *salt, cost)?;
        if !bool::from(derived.check.ct_eq(check)) {
            self.forget();
            return Err(VaultError::Locked);
        }
        let sealed = Payload {
            msg: text,
            aad: head,
        };
        let clear = cipher(&derived)
            .decrypt(&XNonce::from(*nonce), sealed)
            .map(Zeroizing::new)
            .map_err(|_opaque| damaged())?;
        let entries: BTreeMap<String, String> =
            serde_json::from_slice(&clear).map_err(|_may_quote_a_secret| damaged())?;
        let entries = entries
            .into_iter()
            .map(|(name, text)| (name, Zeroizing::new(text)))
            .collect();
        Ok((entries, derived))
    }

    fn seal(&self, entries: &SealedEntries, derived: &Derived) -> Result<(), VaultError> {
        let plain: BTreeMap<&str, &str> = entries
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .collect();
        let clear = serde_json::to_vec(&plain)
            .map(Zeroizing::new)
            .map_err(|error| VaultError::Broken(error.to_string()))?;
        let mut nonce = [0; NONCE];
        random(&mut nonce)?;
        let mut out = Vec::with_capacity(HEAD + clear.len() + 16);
        out.extend_from_slice(&MAGIC);
        let KeyCost {
            memory_kib,
            passes,
            lanes,
        } = derived.cost;
        for number in [memory_kib, passes, lanes] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        out.extend_from_slice(&derived.salt);
        out.extend_from_slice(&derived.check);
        out.extend_from_slice(&nonce);
        let payload = Payload {
            msg: &clear,
            aad: &out,
        };
        let sealed = cipher(derived)
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_opaque| VaultError::Broken("sealing failed".to_owned()))?;
        out.extend_from_slice(&sealed);
        files::replace(&self.path, &out).map_err(|error| unwritten(&error))
    }

    /// Runs Argon2id, or takes the answer of the last time when nothing has changed.
    fn derive(
        &self,
        passphrase: &Secret<String>,
        salt: [u8; SALT],
        cost: KeyCost,
    ) -> Result<Derived, VaultError> {
        let mut kept = self.derived.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept.as_ref()
            && known.salt == salt
            && known.cost == cost
            && bool::from(
                known
                    .passphrase
                    .expose()
                    .as_bytes()
                    .ct_eq(passphrase.expose().as_bytes()),
            )
        {
            return Ok(known.clone());
        }
        let broken = |error: argon2::Error| VaultError::Broken(error.to_string());
        let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, None).map_err(broken)?;
        let mut made = Zeroizing::new([0_u8; 32 + CHECK]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.expose().as_bytes(), &salt, made.as_mut_slice())
            .map_err(broken)?;
        let mut key = [0; 32];
        let mut check = [0; CHECK];
        for (to, from) in key.iter_mut().chain(check.iter_mut()).zip(made.iter()) {
            *to = *from;
        }
        let derived = Derived {
            salt,
            cost,
            passphrase: passphrase.clone(),
            check,
            key: Secret::new(key),
        };
        key.zeroize();
        *kept = Some(derived.clone());
        Ok(derived)
    }

    /// Drops the derived key.
    pub(super) fn forget(&self) {
        *self.derived.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

fn cipher(derived: &Derived) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&Key::from(*derived.key.expose()))
}

/// Why nothing could be written: a full disk harms no key, and asks for nothing but room.
fn unwritten(error: &std::io::Error) -> VaultError {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => VaultError::Full,
        _ => VaultError::Broken(error.to_string()),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, VaultError> {
    let broken = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => VaultError::Broken("the sealed file is gone".to_owned()),
        _ => VaultError::Broken(error.to_string()),
    };
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .map_err(broken)?
        .take(LARGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(broken)?;
    if bytes.len() as u64 > LARGEST {
        return Err(VaultError::Broken(
            "the sealed file is too large".to_owned(),
        ));
    }
    Ok(bytes)
}

fn read_cost(bytes: &[u8; 12]) -> Option<KeyCost> {
    let (words, _) = bytes.as_chunks::<4>();
    let [memory, passes, lanes] = words else {
        return None;
    };
    let cost = KeyCost {
        memory_kib: u32::from_le_bytes(*memory),
        passes: u32::from_le_bytes(*passes),
        lanes: u32::from_le_bytes(*lanes),
    };
    let is_bearable = cost.memory_kib <= DEAREST.memory_kib
        && cost.passes <= DEAREST.passes
        && cost.lanes <= DEAREST.lanes;
    is_bearable.then_some(cost)
}

fn random(bytes: &mut [u8]) -> Result<(), VaultError> {
    SystemRandom
        .fill(bytes)
        .map_err(|error| VaultError::Broken(error.to_string()))
}

fn to_hex(bytes: &[u8]) -> Zeroizing<String> {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    let mut text = Zeroizing::new(String::with_capacity(bytes.len() * 2));
    for byte in bytes {
        text.push(digit(byte >> 4));
        text.push(digit(byte & 15));
    }
    text
}

fn from_hex(text: &str) -> Result<Secret<Vec<u8>>, VaultError> {
    let nibble = |digit: u8| {
        char::from(digit)
            .to_digit(16)
            .and_then(|n| u8::try_from(n).ok())
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let bytes: Option<Vec<u8>> = pairs
        .iter()
        .map(|[high, low]| Some(nibble(*high)? << 4 | nibble(*low)?))
        .collect();
    match bytes {
        Some(bytes) if rest.is_empty() => Ok(Secret::new(bytes)),
        _ => Err(VaultError::Broken(
            "an entry of the sealed file is damaged".to_owned(),
        )),
    }
}
