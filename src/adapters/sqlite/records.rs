//! [`Records`] over the workspace database: each method is one call into the file of its table family.

use super::{Database, merchants};
use crate::domain::{Instant, MerchantProfile, ProfileId};
use crate::ports::{Records, StoreError};

impl Records for Database {
    fn profiles(&self) -> Result<Vec<(ProfileId, MerchantProfile)>, StoreError> {
        merchants::all(self)
    }

    fn profile(&self, name: &str) -> Result<Option<(ProfileId, MerchantProfile)>, StoreError> {
        merchants::by_name(self, name)
    }

    fn add_profile(
        &self,
        profile: &MerchantProfile,
        now: Instant,
    ) -> Result<ProfileId, StoreError> {
        merchants::add(self, profile, now)
    }

    fn update_profile(&self, id: ProfileId, profile: &MerchantProfile) -> Result<(), StoreError> {
        merchants::update(self, id, profile)
    }

    fn remove_profile(&self, id: ProfileId, now: Instant) -> Result<(), StoreError> {
        merchants::remove(self, id, now)
    }

    fn preference(&self, key: &str) -> Result<Option<String>, StoreError> {
        merchants::preference(self, key)
    }

    fn set_preference(&self, key: &str, json: &str) -> Result<(), StoreError> {
        merchants::set_preference(self, key, json)
    }

    fn mapping(&self, profile: ProfileId, name: &str) -> Result<Option<String>, StoreError> {
        merchants::mapping(self, profile, name)
    }

    fn mappings(&self, profile: ProfileId) -> Result<Vec<String>, StoreError> {
        merchants::mappings(self, profile)
    }

    fn set_mapping(&self, profile: ProfileId, name: &str, toml: &str) -> Result<(), StoreError> {
        merchants::set_mapping(self, profile, name, toml)
    }
}
