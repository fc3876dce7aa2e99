//! The people who decide, and what waits for a second one of them.

use crate::StoreError;
use recondesk_casework::{ApprovalNeed, Judgement, Roles};
use recondesk_domain::Instant;

/// A person who may decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// The name; unique for ever.
    pub name: String,
    /// What this person may do.
    pub roles: Roles,
    /// When the person was entered.
    pub created_at: Instant,
    /// When the person was removed.
    pub removed_at: Option<Instant>,
}

/// A PIN that was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PinError {
    /// There is no such operator, or the PIN is wrong; which of the two is not told.
    #[error("the operator or the PIN is wrong")]
    Wrong,
    /// Too many wrong ones: wait until then.
    #[error("too many wrong PINs, wait until {0}")]
    Locked(Instant),
    /// The workspace cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Number of something that waits for a second person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApprovalId(pub i64);

/// Something that waits, or waited, for a second person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalRecord {
    /// Its number.
    pub id: ApprovalId,
    /// Why somebody must agree.
    pub need: ApprovalNeed,
    /// What it is about: `refund/RD…`, `case/…`, `sign_off/…`, `reissue/…`.
    pub subject: String,
    /// What the maker says.
    pub reason: String,
    /// Who asks.
    pub maker: String,
    /// When.
    pub asked_at: Instant,
    /// Who decided, what, and when.
    pub judged: Option<(String, Judgement, Instant)>,
}
