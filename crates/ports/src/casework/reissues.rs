//! Reissues as they are written down.

use recondesk_casework::{ReissueEvent, ReissueStage, ReissueWay};
use recondesk_domain::{Instant, ProfileId};

/// Number of a reissue in this workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReissueRowId(pub i64);

/// A reissue to be written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReissueDraft {
    /// The merchant.
    pub profile: ProfileId,
    /// Stable key of the case.
    pub case_key: String,
    /// `out_trade_no`.
    pub out_trade_no: String,
    /// How the shop learns of it.
    pub way: ReissueWay,
    /// Idempotency key: the same for every repeat.
    pub key: String,
    /// Who begins it.
    pub maker: String,
}

/// A reissue on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReissueRecord {
    /// Its number.
    pub id: ReissueRowId,
    /// What was written down.
    pub draft: ReissueDraft,
    /// Where it stands.
    pub stage: ReissueStage,
    /// When it was written down.
    pub created_at: Instant,
    /// When it changed last.
    pub changed_at: Instant,
}

/// One entry of a reissue's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReissueHistory {
    /// When.
    pub at: Instant,
    /// Who; empty for the program.
    pub actor: String,
    /// What happened.
    pub event: ReissueEvent,
    /// Where that led.
    pub stage: ReissueStage,
    /// What shows it, as a JSON document.
    pub evidence: String,
}
