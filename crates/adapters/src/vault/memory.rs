//! Secrets that live as long as the program: for the demo, whose keys are worth nothing.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use recondesk_domain::{ProfileId, Secret, SecretKind};
use recondesk_ports::{Vault, VaultAccess, VaultError};

type SecretMap = BTreeMap<(ProfileId, SecretKind), Secret<Vec<u8>>>;

/// A vault in memory.
#[derive(Default)]
pub struct MemoryVault(Mutex<SecretMap>);

impl Vault for MemoryVault {
    fn get(
        &self,
        profile: ProfileId,
        kind: SecretKind,
    ) -> Result<Option<Secret<Vec<u8>>>, VaultError> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(kept.get(&(profile, kind)).cloned())
    }

    fn set(
        &self,
        profile: ProfileId,
        kind: SecretKind,
        value: Secret<Vec<u8>>,
    ) -> Result<(), VaultError> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert((profile, kind), value);
        Ok(())
    }

    fn remove(&self, profile: ProfileId, kind: SecretKind) -> Result<(), VaultError> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.remove(&(profile, kind));
        Ok(())
    }

    fn access(&self) -> VaultAccess {
        VaultAccess::Memory
    }
}
