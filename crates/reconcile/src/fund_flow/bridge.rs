//! The bridge from the sum of the trade bill to the change of the balances (I12), step by step.

use std::collections::BTreeMap;

use super::account::AccountReport;
use super::trade::{FeeCustom, TradeReport};
use super::{FundOverflow, add, sub};
use recondesk_domain::{Category, Fen, FundKind};
use serde::Serialize;

/// What a step stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// Σ应结订单金额.
    Settled,
    /// Σ手续费 of payments.
    Fees,
    /// Σ退款金额.
    Refunds,
    /// Fees that came back with refunds.
    FeesReturned,
    /// Fees that the accounts of this day were not charged.
    FeesElsewhere,
    /// Money of the last minutes that moves after midnight.
    InTransit,
    /// Money of the day before that moved on this day.
    CarriedIn,
    /// C01: rows of the trade bill without money.
    Missing,
    /// C02: money without a row of the trade bill.
    Extra,
    /// C03: other amounts.
    Differing,
    /// 退款关闭.
    RefundsClosed,
    /// C06: another 业务类型, by its word.
    Other(String),
    /// C04: the balance jumps.
    BalanceBreaks,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BridgeStep {
    /// What it stands for.
    pub kind: StepKind,
    /// By how much it changes the balance, fen.
    pub change: Fen,
    /// Rows behind it; 0 where the sum alone is known.
    pub count: u64,
}

/// The steps, and what is left when all of them are taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bridge {
    /// From the trade bill on, in the order in which they are read.
    pub steps: Vec<BridgeStep>,
    /// Closing less opening of all accounts, fen.
    pub change: Fen,
    /// What no step explains: zero, or the arithmetic is at fault.
    pub residual: Fen,
}

impl Bridge {
    /// Builds the bridge over all accounts of a day.
    ///
    /// # Errors
    /// [`FundOverflow`].
    pub fn build(trade: &TradeReport, accounts: &[AccountReport]) -> Result<Self, FundOverflow> {
        let mut steps = trade_steps(trade)?;
        let mut others: BTreeMap<(bool, &str), (u64, Fen)> = BTreeMap::new();
        let mut breaks = (0_u64, Fen::ZERO);
        let mut change = Fen::ZERO;
        for account in accounts {
            change = add(change, account.change()?)?;
            breaks.0 = breaks.0.saturating_add(account.breaks.count);
            breaks.1 = add(breaks.1, account.breaks.effect)?;
            for kind in account.kinds.iter().filter(|kind| !kind.kind.is_of_trade()) {
                let place = (kind.kind == FundKind::Other, kind.word.as_str());
                let of = others.entry(place).or_default();
                of.0 = of.0.saturating_add(kind.count);
                of.1 = add(of.1, kind.change)?;
            }
        }
        for ((is_other, word), (count, change)) in others {
            let kind = if is_other {
                StepKind::Other(word.to_owned())
            } else {
                StepKind::RefundsClosed
            };
            steps.push(BridgeStep {
                kind,
                change,
                count,
            });
        }
        if breaks.0 > 0 {
            steps.push(BridgeStep {
                kind: StepKind::BalanceBreaks,
                change: breaks.1,
                count: breaks.0,
            });
        }
        let mut explained = Fen::ZERO;
        for step in &steps {
            explained = add(explained, step.change)?;
        }
        Ok(Self {
            steps,
            change,
            residual: sub(change, explained)?,
        })
    }
}

fn trade_steps(trade: &TradeReport) -> Result<Vec<BridgeStep>, FundOverflow> {
    let negative = |sum| sub(Fen::ZERO, sum);
    let plain = |kind, change| BridgeStep {
        kind,
        change,
        count: 0,
    };
    let mut steps = vec![
        plain(StepKind::Settled, trade.settled),
        plain(StepKind::Fees, negative(trade.fees)?),
        plain(StepKind::Refunds, negative(trade.refunded)?),
        plain(StepKind::FeesReturned, trade.fees_returned),
    ];
    if trade.fee_custom == FeeCustom::Elsewhere {
        let fees = sub(trade.fees, trade.fees_returned)?;
        steps.push(plain(StepKind::FeesElsewhere, fees));
    }
    let mut group = |kind, count, change| {
        if count > 0 {
            steps.push(BridgeStep {
                kind,
                change,
                count,
            });
        }
    };
    let late = &trade.in_transit;
    group(StepKind::InTransit, late.count, late.effect);
    let carried = &trade.carried_in;
    group(StepKind::CarriedIn, carried.count, carried.effect);
    for found in &trade.groups {
        let kind = if found.category == Category::FundMissing {
            StepKind::Missing
        } else if found.category == Category::FundExtra {
            StepKind::Extra
        } else {
            StepKind::Differing
        };
        group(kind, found.count, found.effect);
    }
    Ok(steps)
}
