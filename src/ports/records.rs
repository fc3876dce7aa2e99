//! What people and runs leave in a workspace: profiles, preferences, runs, cases, history.

use super::StoreError;
use crate::domain::{Instant, MerchantProfile, ProfileId};

/// The records of one workspace. Every method that writes is one transaction.
pub trait Records: Send + Sync {
    /// All living profiles, by name.
    ///
    /// # Errors
    /// [`StoreError`] when the workspace cannot be read; the same holds for every method.
    fn profiles(&self) -> Result<Vec<(ProfileId, MerchantProfile)>, StoreError>;

    /// The living profile of that name.
    ///
    /// # Errors
    /// As above.
    fn profile(&self, name: &str) -> Result<Option<(ProfileId, MerchantProfile)>, StoreError>;

    /// Adds a profile.
    ///
    /// # Errors
    /// [`StoreError::Taken`] when the name is in use.
    fn add_profile(&self, profile: &MerchantProfile, now: Instant)
    -> Result<ProfileId, StoreError>;

    /// Replaces a profile, its name included.
    ///
    /// # Errors
    /// [`StoreError::Taken`] when the new name is in use, [`StoreError::Missing`] when it is gone.
    fn update_profile(&self, id: ProfileId, profile: &MerchantProfile) -> Result<(), StoreError>;

    /// Removes a profile; its books, cases and history stay, its name is free again.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when it is gone.
    fn remove_profile(&self, id: ProfileId, now: Instant) -> Result<(), StoreError>;

    /// A preference, as JSON.
    ///
    /// # Errors
    /// As above.
    fn preference(&self, key: &str) -> Result<Option<String>, StoreError>;

    /// Stores a preference.
    ///
    /// # Errors
    /// As above.
    fn set_preference(&self, key: &str, json: &str) -> Result<(), StoreError>;

    /// A column mapping of a profile, as TOML.
    ///
    /// # Errors
    /// As above.
    fn mapping(&self, profile: ProfileId, name: &str) -> Result<Option<String>, StoreError>;

    /// Names of the mappings of a profile.
    ///
    /// # Errors
    /// As above.
    fn mappings(&self, profile: ProfileId) -> Result<Vec<String>, StoreError>;

    /// Stores a column mapping over one of the same name.
    ///
    /// # Errors
    /// As above.
    fn set_mapping(&self, profile: ProfileId, name: &str, toml: &str) -> Result<(), StoreError>;
}
