//! A merchant of the workspace as jobs pass it on.

use recondesk_domain::{MerchantProfile, ProfileId};

/// A merchant: its number in the workspace, and what is known of it.
#[derive(Debug, Clone, Copy)]
pub struct MerchantRef<'a> {
    /// Its number in the workspace.
    pub id: ProfileId,
    /// Its profile.
    pub profile: &'a MerchantProfile,
}

impl<'a> MerchantRef<'a> {
    /// The merchant with this number.
    #[must_use]
    pub const fn new(id: ProfileId, profile: &'a MerchantProfile) -> Self {
        Self { id, profile }
    }
}
