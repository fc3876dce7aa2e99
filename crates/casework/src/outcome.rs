//! One case has one outcome, and one order is either delivered or paid back.

use serde::{Deserialize, Serialize};

/// What is done about a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseOutcome {
    /// 补发货: the customer gets the goods.
    Reissue,
    /// 退款: the customer gets the money back.
    Refund,
    /// 核销: neither; the difference is accepted.
    WrittenOff,
}

impl CaseOutcome {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Reissue, Self::Refund, Self::WrittenOff];

    /// The stable word of the database and of exports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Reissue => "reissue",
            Self::Refund => "refund",
            Self::WrittenOff => "written_off",
        }
    }

    /// Reads that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.word() == word)
    }

    /// What finance staff read.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Reissue => "补发货",
            Self::Refund => "退款",
            Self::WrittenOff => "核销",
        }
    }

    /// The English term.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::Reissue => "Reissue",
            Self::Refund => "Refund",
            Self::WrittenOff => "Written off",
        }
    }
}

/// The case or the order has another outcome already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the outcome is {} already", .0.word())]
pub struct OutcomeError(pub CaseOutcome);

/// Whether `wanted` may be begun while `standing` outcomes are in force for the case and for its order.
///
/// A refund beside a refund is a further part of it; everything else excludes the rest.
///
/// # Errors
/// [`OutcomeError`] with the outcome that stands in the way.
pub fn may_claim(
    standing: impl IntoIterator<Item = CaseOutcome>,
    wanted: CaseOutcome,
) -> Result<(), OutcomeError> {
    let mut standing = standing.into_iter();
    match standing.find(|known| !(*known == CaseOutcome::Refund && wanted == CaseOutcome::Refund)) {
        Some(known) => Err(OutcomeError(known)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_further_part_of_a_refund_may_join_what_stands() {
        for standing in CaseOutcome::ALL {
            for wanted in CaseOutcome::ALL {
                let both_refunds = (standing, wanted) == (CaseOutcome::Refund, CaseOutcome::Refund);
                assert_eq!(may_claim([standing], wanted).is_ok(), both_refunds);
            }
        }
        assert_eq!(may_claim([], CaseOutcome::Reissue), Ok(()));
    }
}
