//! What shows later what was done: attachments, signatures of days, the audit trail.

use crate::RunId;
use recondesk_domain::{BillDate, Instant, ProfileId};

/// A file on a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentRecord {
    /// When it was added.
    pub at: Instant,
    /// By whom.
    pub actor: String,
    /// Its name.
    pub name: String,
    /// Its digest.
    pub sha256: [u8; 32],
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A file on a case without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentInfo {
    /// When it was added.
    pub at: Instant,
    /// By whom.
    pub actor: String,
    /// Its name.
    pub name: String,
    /// Its digest.
    pub sha256: [u8; 32],
    /// How many bytes it has.
    pub bytes: u64,
}

/// A signed day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignOffRecord {
    /// Its number.
    pub id: i64,
    /// The merchant.
    pub profile: ProfileId,
    /// The day.
    pub day: BillDate,
    /// The run that was signed.
    pub run: RunId,
    /// By whom.
    pub signed_by: String,
    /// When.
    pub signed_at: Instant,
    /// The certificate, a JSON document.
    pub certificate: String,
}

/// One entry of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its place, from 1 and without gaps.
    pub id: i64,
    /// When.
    pub at: Instant,
    /// Who; empty for the program.
    pub actor: String,
    /// What was done: `refund.dispatch`, `operator.add`, …
    pub kind: String,
    /// What it was done to.
    pub subject: String,
    /// The rest, a JSON document without secrets.
    pub document: String,
    /// Seal of the entry before; zeros before the first.
    pub before: [u8; 32],
    /// Seal of this one.
    pub hash: [u8; 32],
}

/// Something to be written to the trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditDeed<'a> {
    /// When.
    pub at: Instant,
    /// Who; empty for the program.
    pub actor: &'a str,
    /// What was done.
    pub kind: &'a str,
    /// What it was done to.
    pub subject: &'a str,
    /// The rest, a JSON document without secrets.
    pub document: &'a str,
}

/// A row of history that is no longer as the trail sealed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryFault {
    /// Its table.
    pub table: &'static str,
    /// Its number or name; of many that were sealed together, the first and the last.
    pub row: String,
    /// What is wrong.
    pub kind: HistoryFaultKind,
}

/// What is wrong with a row of history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HistoryFaultKind {
    /// It was changed.
    Changed,
    /// It is gone.
    Missing,
    /// It was put in: nobody sealed it.
    Unsealed,
}
