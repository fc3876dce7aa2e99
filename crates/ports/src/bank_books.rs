//! Bank statements as the books keep them.

use crate::{ImportRecord, Stored};
use recondesk_domain::{BillDate, Fen};
use recondesk_reconcile::fund_flow::{FundCheck, StatementReport};
use serde::{Deserialize, Serialize};

/// The kind of the import of a bank statement in the catalog.
pub const BANK_KIND: &str = "bank";

/// Facts of the import of a bank statement, as the catalog keeps them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BankFacts {
    /// Day of its earliest entry.
    pub first: BillDate,
    /// Day of its latest entry.
    pub last: BillDate,
    /// Balance before the earliest entry, fen.
    pub opening: Option<Fen>,
    /// Balance after the latest entry, fen.
    pub closing: Option<Fen>,
    /// What of the file was checked; nothing where it prints no balance.
    pub checks: Vec<FundCheck>,
}

/// The days of a statement out of stored facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct BankDays {
    /// Day of its earliest entry.
    pub first: BillDate,
    /// Day of its latest entry.
    pub last: BillDate,
}

impl BankDays {
    /// Reads them out of an import.
    #[must_use]
    pub fn of(record: &ImportRecord) -> Option<Self> {
        serde_json::from_str(&record.facts).ok()
    }
}

/// What an import of a bank statement did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankImport {
    /// What became of it: new, unchanged, or quarantined where its balances contradict its rows.
    pub stored: Stored,
    /// The import, or the earlier one of the same bytes.
    pub record: ImportRecord,
    /// What it is worth.
    pub report: StatementReport,
    /// Rows around its entries that were left out: titles, totals, balances carried forward.
    pub around: u64,
}
