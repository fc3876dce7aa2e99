//! When a day may be signed off (可签账): the rule at the end of reconciliation section 6.

use recondesk_domain::Category;
use serde::{Deserialize, Serialize};

/// What the rule looks at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SignOffFacts {
    /// A run speaks for the day.
    pub has_run: bool,
    /// The run was made from the files and decisions that are in force now.
    pub is_current: bool,
    /// The business day is over and its bill is out.
    pub is_over: bool,
    /// Names of identities that do not hold, of those the rule names: I1, I2, I14, I15.
    pub broken_identities: Vec<String>,
    /// Findings about bills and coverage (B*, K*).
    pub integrity: Vec<Category>,
    /// Urgent cases that are neither closed nor approved to be carried.
    pub open_urgent: u64,
    /// Refunds of the day's cases whose outcome is not known yet.
    pub unknown_refunds: u64,
}

/// Why a day cannot be signed off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "obstacle", content = "what")]
pub enum Obstacle {
    /// It was never compared.
    NoRun,
    /// Its files changed since.
    OldRun,
    /// It is not over, or its bill is not out.
    TooEarly,
    /// An identity does not hold.
    Identity(String),
    /// Something is wrong with a bill, or a stretch of the day is missing.
    Integrity(String),
    /// Urgent cases are open.
    OpenUrgent(u64),
    /// Money is under way of which nobody knows whether it arrived.
    UnknownRefunds(u64),
}

/// Everything that stands in the way of signing a day off; nothing when it may be.
#[must_use]
pub fn sign_off(facts: &SignOffFacts) -> Vec<Obstacle> {
    let mut out = Vec::new();
    if !facts.is_over {
        out.push(Obstacle::TooEarly);
    }
    if !facts.has_run {
        out.push(Obstacle::NoRun);
        return out;
    }
    if !facts.is_current {
        out.push(Obstacle::OldRun);
    }
    out.extend(
        facts
            .broken_identities
            .iter()
            .cloned()
            .map(Obstacle::Identity),
    );
    let mut integrity: Vec<&Category> = facts.integrity.iter().collect();
    integrity.sort_unstable();
    integrity.dedup();
    out.extend(
        integrity
            .into_iter()
            .map(|category| Obstacle::Integrity(category.code().to_owned())),
    );
    if facts.open_urgent > 0 {
        out.push(Obstacle::OpenUrgent(facts.open_urgent));
    }
    if facts.unknown_refunds > 0 {
        out.push(Obstacle::UnknownRefunds(facts.unknown_refunds));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_obstacle_alone_keeps_a_day_open() {
        let good = SignOffFacts {
            has_run: true,
            is_current: true,
            is_over: true,
            ..SignOffFacts::default()
        };
        assert_eq!(sign_off(&good), []);
        let spoilt: [fn(&mut SignOffFacts); 7] = [
            |f| f.has_run = false,
            |f| f.is_current = false,
            |f| f.is_over = false,
            |f| f.broken_identities.push("I14".to_owned()),
            |f| f.integrity.push(Category::MCoverage),
            |f| f.open_urgent = 1,
            |f| f.unknown_refunds = 1,
        ];
        for spoil in spoilt {
            let mut facts = good.clone();
            spoil(&mut facts);
            assert_eq!(sign_off(&facts).len(), 1, "{facts:?}");
        }
    }
}
