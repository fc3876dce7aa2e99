//! Fund-flow bills as the books keep them.

use crate::{ImportRecord, Stored};
use recondesk_domain::{BillDate, Fen, FundAccount};
use recondesk_reconcile::fund_flow::FundCheck;
use serde::Serialize;

/// What a fund-flow bill must be to be accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FundExpect {
    /// The account; the file does not say.
    pub account: FundAccount,
    /// The day.
    pub day: BillDate,
    /// SHA-1 of the uncompressed bytes that the gateway announced (APIv3).
    pub sha1: Option<[u8; 20]>,
}

impl FundExpect {
    /// The kind of its import in the catalog: `fund.basic`, `fund.operation`, `fund.fees`.
    #[must_use]
    pub fn kind_word(&self) -> String {
        format!("fund.{}", self.account.word())
    }
}

/// Facts of the import of a fund-flow bill, as the catalog keeps them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FundFacts {
    /// Balance before the first entry, fen.
    pub opening: Option<Fen>,
    /// Balance after the last entry, fen: what the next day must open with (I9).
    pub closing: Option<Fen>,
    /// What of the file was checked.
    pub checks: Vec<FundCheck>,
}

impl FundFacts {
    /// The closing balance out of stored facts.
    #[must_use]
    pub fn closing_of(record: &ImportRecord) -> Option<Fen> {
        let facts: serde_json::Value = serde_json::from_str(&record.facts).ok()?;
        Some(Fen::new(facts.get("closing")?.as_i64()?))
    }
}

/// What an import of a fund-flow bill did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FundImport {
    /// What became of it.
    pub stored: Stored,
    /// The import, or the earlier one of the same bytes.
    pub record: ImportRecord,
}
