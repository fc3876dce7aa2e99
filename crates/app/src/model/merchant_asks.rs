//! What is asked about a merchant beside its profile: the mappings that are kept with it, and its checks.

use recondesk_domain::ProfileId;
use recondesk_intake::RecordKind;

/// A question about a merchant, or a change of what is kept with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MerchantAsk {
    /// The mappings that are kept with it.
    Mappings(ProfileId),
    /// Another name for one of them.
    RenameMapping {
        /// The merchant.
        profile: ProfileId,
        /// Its name by now.
        from: String,
        /// The new one.
        to: String,
    },
    /// One of them is forgotten.
    RemoveMapping(ProfileId, String),
    /// Every check of keys, certificates and line.
    Examine(ProfileId),
}

/// A mapping that is kept with a merchant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptMapping {
    /// Its name.
    pub name: String,
    /// What the rows of its files are; nothing where it cannot be read any more.
    pub kind: Option<RecordKind>,
    /// The headers of the files that it takes, in the order of their meanings.
    pub sources: Vec<String>,
}
