//! The fund flow as the third book: does each account add up, and does the trade bill explain what moved?
//!
//! Per account: the summary (I7), the chain of balances (I8), the day before (I9), opening and closing (I10).
//! Over all accounts of a day: each row of the trade bill has its money (I11), and a bridge leads from the sum of
//! the trade bill to the change of the balances (I12); what is left of it is zero, or the arithmetic is at fault.
//! Beyond the accounts: what was withdrawn, and what of it arrived at the bank (C07 to C09).

mod account;
mod bridge;
mod finding;
mod settlement;
mod statement;
mod trade;

use recondesk_domain::Fen;
use serde::Serialize;

pub use account::{AccountDay, AccountReport, ClosedBefore, KindSum, examine};
pub use bridge::{Bridge, BridgeStep, StepKind};
pub use finding::{FindingGroup, FundFinding};
pub use settlement::{
    ARRIVES_WITHIN, SettledWithdrawal, Settlement, SettlementAsk, SettlementState, settle,
};
pub use statement::{StatementReport, examine_statement};
pub use trade::{FeeCustom, TradeBill, TradeReport, compare};

/// A sum of money left the range of 64 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sum of money is out of range")]
pub struct FundOverflow;

/// An identity of the fund flow with what it should be and what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FundCheck {
    /// `I7` to `I12`; `X1` for entries of another day.
    pub id: &'static str,
    /// What is compared, in Chinese.
    pub zh: &'static str,
    /// The same in English.
    pub en: &'static str,
    /// As it should be.
    pub expected: String,
    /// As it is.
    pub actual: String,
    /// True when they agree.
    pub holds: bool,
}

impl FundCheck {
    fn new<T: PartialEq + ToString>(
        id: &'static str,
        zh_en: (&'static str, &'static str),
        pair: &[T; 2],
    ) -> Self {
        let [expected, actual] = pair;
        Self {
            id,
            zh: zh_en.0,
            en: zh_en.1,
            expected: expected.to_string(),
            actual: actual.to_string(),
            holds: expected == actual,
        }
    }
}

fn add(sum: Fen, more: Fen) -> Result<Fen, FundOverflow> {
    sum.checked_add(more).ok_or(FundOverflow)
}

fn sub(sum: Fen, less: Fen) -> Result<Fen, FundOverflow> {
    sum.checked_sub(less).ok_or(FundOverflow)
}

#[cfg(test)]
mod tests;
