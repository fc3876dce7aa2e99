//! What a comparison stands on: a day without a good bill was not compared, whatever its counts say.

use crate::Message;
use recondesk_domain::{Category, Fen, Finding, Language};
use recondesk_reconcile::RunSummary;

/// What a comparison stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// A bill that proves itself, or the word of the gateway that there is none.
    Compared,
    /// The bill has payments and the merchant's book of the day not one: nothing was compared.
    NoOrders {
        /// Sum of the payments that wait for the orders.
        paid: Fen,
    },
    /// There is no bill of the day: nothing was compared.
    NoBill {
        /// Sum of the merchant's orders that wait for it.
        waiting: Fen,
    },
    /// The bill of the day does not add up and counts for nothing: nothing was compared.
    Quarantined {
        /// Sum of the merchant's orders that wait for a good one.
        waiting: Fen,
    },
}

impl Basis {
    /// Reads it from what a run found.
    #[must_use]
    pub fn of(summary: &RunSummary, findings: &[Finding]) -> Self {
        let missing = findings
            .iter()
            .find(|finding| finding.category == Category::WCoverage);
        let Some(missing) = missing else {
            return if Self::lacks_orders(summary) {
                let paid = summary.pays.wechat.fen;
                Self::NoOrders { paid }
            } else {
                Self::Compared
            };
        };
        let waiting = missing.at_stake();
        let is_bad = |finding: &Finding| finding.category.code().starts_with('B');
        if findings.iter().any(is_bad) {
            Self::Quarantined { waiting }
        } else {
            Self::NoBill { waiting }
        }
    }

    /// True for a day whose bill has payments and whose merchant book has not one order, whatever was decided of it.
    #[must_use]
    pub const fn lacks_orders(summary: &RunSummary) -> bool {
        summary.pays.wechat.count > 0 && summary.pays.merchant.count == 0
    }

    /// The stable word of tables.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Compared => "ok",
            Self::NoOrders { .. } => "no_orders",
            Self::NoBill { .. } => "no_bill",
            Self::Quarantined { .. } => "quarantined",
        }
    }

    /// The state of the day in a table for people.
    #[must_use]
    pub const fn state(self, language: Language) -> &'static str {
        match self {
            Self::Compared => language.pick("已对账", "ok"),
            Self::NoOrders { .. } => language.pick("没有订单", "no_orders"),
            Self::NoBill { .. } => language.pick("没有账单", "no_bill"),
            Self::Quarantined { .. } => language.pick("账单被隔离", "quarantined"),
        }
    }

    /// Why nothing was compared; `None` where it was.
    #[must_use]
    pub fn words(self) -> Option<Message> {
        let told = |waiting: Fen, zh: &str, en: &str| {
            let sum = waiting.grouped();
            Message::new(
                format!("{zh}，没有对账；商户已付订单 ¥{sum} 在等账单"),
                format!("{en}, nothing was compared; paid orders of ¥{sum} wait for it"),
            )
        };
        match self {
            Self::Compared => None,
            Self::NoOrders { paid } => {
                let sum = paid.grouped();
                Some(Message::new(
                    format!("没有当天的商户订单，没有对账；账单里的 ¥{sum} 在等订单"),
                    format!(
                        "no orders of that day, nothing was compared; ¥{sum} of the bill wait for them"
                    ),
                ))
            }
            Self::NoBill { waiting } => {
                Some(told(waiting, "没有当天的账单", "no bill of that day"))
            }
            Self::Quarantined { waiting } => Some(told(
                waiting,
                "当天的账单已隔离，不能作数",
                "the bill of that day is quarantined and counts for nothing",
            )),
        }
    }
}
