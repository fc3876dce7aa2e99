//! A stored fund-flow bill as the screens show it, read from the facts of its import.

use serde::Deserialize;

use super::certificate::{grouped, hex};
use crate::Message;
use crate::model::{FundBalances, IdentityRow, ShownCertificate};
use recondesk_domain::Fen;
use recondesk_ports::{ImportRecord, StoreError};

/// How the kind of such an import begins.
const KIND: &str = "fund.";

/// The part of stored facts that is shown; what is absent reads as nothing.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct FundBillFacts {
    opening: Option<i64>,
    closing: Option<i64>,
    checks: Vec<CheckFacts>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CheckFacts {
    id: String,
    zh: String,
    en: String,
    expected: String,
    actual: String,
    holds: bool,
}

/// True for a fund-flow bill.
pub(super) fn is_fund_bill(import: &ImportRecord) -> bool {
    import.kind.starts_with(KIND)
}

impl FundBillFacts {
    /// Reads the facts of an import.
    pub(super) fn of(import: &ImportRecord) -> Result<Self, StoreError> {
        import.read_facts()
    }

    /// Checks that hold, and all of them.
    pub(super) fn score(&self) -> (u64, u64) {
        let holding = self.checks.iter().filter(|check| check.holds).count();
        (holding as u64, self.checks.len() as u64)
    }

    /// The balances before the first entry and after the last.
    pub(super) fn balances(&self) -> FundBalances {
        FundBalances {
            opening: self.opening.map(Fen::new),
            closing: self.closing.map(Fen::new),
        }
    }

    /// What was checked, for the screen.
    pub(super) fn certificate(&self, import: &ImportRecord) -> ShownCertificate {
        ShownCertificate {
            kind: import.kind.to_uppercase(),
            columns: 0,
            gzip: import.name.to_ascii_lowercase().ends_with(".gz"),
            bytes: import.bytes,
            sha256: hex(&import.sha256),
            identities: self.checks.iter().map(identity).collect(),
            unknown_columns: Vec::new(),
        }
    }
}

fn identity(check: &CheckFacts) -> IdentityRow {
    IdentityRow {
        id: check.id.clone(),
        name: Message::new(check.zh.as_str(), check.en.as_str()),
        holds: check.holds,
        actual: grouped(&check.actual),
        expected: if check.holds {
            String::new()
        } else {
            grouped(&check.expected)
        },
    }
}
