//! The table of bills, and one bill in full.

use recondesk_domain::{BillDate, Fen, Instant, ProfileId};

use super::{Certificate, RawLine};

/// Whether a bill's rows count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BillState {
    /// Its totals add up.
    Verified,
    /// Its rows and its summary disagree.
    Quarantined,
    /// A later one took its place.
    Replaced,
}

/// One row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillRow {
    /// Number of the import.
    pub import: u32,
    /// The merchant.
    pub profile: ProfileId,
    /// Its name.
    pub merchant: String,
    /// The day.
    pub day: BillDate,
    /// `ALL`, `SUCCESS`, `REFUND`.
    pub kind: String,
    /// Whether it counts.
    pub state: BillState,
    /// Rows.
    pub rows: u64,
    /// 订单总金额.
    pub amount: Option<Fen>,
    /// 应结净额.
    pub net: Option<Fen>,
    /// Identities that hold, and all of them.
    pub certificate: (u64, u64),
    /// Name of the file.
    pub file: String,
    /// When it was imported.
    pub imported_at: Instant,
}

/// One bill in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillDetail {
    /// Its row.
    pub row: BillRow,
    /// Its certificate.
    pub certificate: Certificate,
    /// The first lines of the file.
    pub head: Vec<RawLine>,
}
