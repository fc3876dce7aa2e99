//! The table of bills, and one bill in full.

use recondesk_domain::{BillDate, Fen, FundAccount, Instant, ProfileId};

use super::{RawLine, ShownCertificate};

/// Whether a bill's rows count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BillStanding {
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
    /// `ALL`, `SUCCESS`, `REFUND`; `FUND.BASIC`, `FUND.OPERATION`, `FUND.FEES` for the fund flow of an account.
    pub kind: String,
    /// Whether it counts.
    pub state: BillStanding,
    /// Rows.
    pub rows: u64,
    /// 订单总金额; a fund-flow bill has none.
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

impl BillRow {
    /// The account whose fund flow it is; nothing for a trade bill.
    #[must_use]
    pub fn account(&self) -> Option<FundAccount> {
        account_of(&self.kind)
    }
}

/// The account that the kind of a bill names; nothing for a trade bill.
#[must_use]
pub fn account_of(kind: &str) -> Option<FundAccount> {
    let rest = kind.strip_prefix("FUND.")?;
    let account = rest.split('.').next().unwrap_or(rest);
    FundAccount::parse(&account.to_lowercase())
}

/// Balances of the account of a fund-flow bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FundBalances {
    /// Before the first entry.
    pub opening: Option<Fen>,
    /// After the last entry.
    pub closing: Option<Fen>,
}

/// One bill in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillDetail {
    /// Its row.
    pub row: BillRow,
    /// Its certificate.
    pub certificate: ShownCertificate,
    /// The balances of a fund-flow bill.
    pub balances: Option<FundBalances>,
    /// The first lines of the file.
    pub head: Vec<RawLine>,
}
