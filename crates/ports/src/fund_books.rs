//! Fund-flow bills as the books keep them.

use crate::{ImportRecord, Stored};
use recondesk_domain::{BillDate, Fen, FundAccount, FundEntry, FundMove, MchId};
use recondesk_reconcile::fund_flow::FundCheck;
use serde::Serialize;

/// What a fund-flow bill must be to be accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FundExpect {
    /// The account; the file does not say.
    pub account: FundAccount,
    /// Whose it is: a sub-merchant's, or empty for the merchant's own.
    pub sub_mch_id: MchId,
    /// The day.
    pub day: BillDate,
    /// SHA-1 of the uncompressed bytes that the gateway announced (APIv3).
    pub sha1: Option<[u8; 20]>,
}

impl FundExpect {
    /// The kind of its import in the catalog: `fund.basic`, `fund.operation`, `fund.fees`; with the number of the
    /// sub-merchant behind it where it is one's.
    #[must_use]
    pub fn kind_word(&self) -> String {
        let account = self.account.word();
        if self.sub_mch_id.is_empty() {
            format!("fund.{account}")
        } else {
            format!("fund.{account}.{}", self.sub_mch_id)
        }
    }

    /// True for the kind of a fund-flow bill of this sub-merchant, or of the merchant itself where it is empty.
    #[must_use]
    pub fn is_kind_of(kind: &str, sub_mch_id: &MchId) -> bool {
        let Some(rest) = kind.strip_prefix("fund.") else {
            return false;
        };
        let (_, sub) = rest.split_once('.').unwrap_or((rest, ""));
        sub == sub_mch_id.as_str()
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
    /// Withdrawals to the bank, and those that came back.
    pub moves: Vec<FundMove>,
}

impl FundFacts {
    /// Entries that tell of the way to the bank.
    #[must_use]
    pub fn moves(account: FundAccount, entries: &[FundEntry<'_>]) -> Vec<FundMove> {
        entries
            .iter()
            .filter(|entry| FundMove::is_of_bank(entry.kind_word))
            .map(|entry| FundMove {
                time: entry.time,
                account,
                kind: entry.kind_word.to_owned(),
                business_no: entry.business_no.to_owned(),
                flow_no: entry.flow_no.to_owned(),
                change: entry.change,
            })
            .collect()
    }

    /// The same out of stored facts; `None` where they were not kept yet.
    #[must_use]
    pub fn moves_of(record: &ImportRecord) -> Option<Vec<FundMove>> {
        let facts: serde_json::Value = serde_json::from_str(&record.facts).ok()?;
        serde_json::from_value(facts.get("moves")?.clone()).ok()
    }

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
