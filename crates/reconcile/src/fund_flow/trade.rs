//! The rows of the trade bill against the entries of the fund flow, by 微信支付业务单号 (I11; C01, C02, C03).
//!
//! Two customs are known and both are taken for what they are: a refund may leave whole with its fee coming back
//! beside it, or leave less its fee at once; and an account may not be charged fees per trade at all.

use std::collections::HashMap;

use super::finding::{FindingGroup, FundFinding};
use super::{FundOverflow, add, sub};
use recondesk_domain::{
    BillState, Category, Fee, Fen, FundEntry, FundKind, Instant, WPay, WRefund,
};
use serde::Serialize;

/// Rows of the trade bill. They come as the books hand them out.
pub struct TradeBill<'a> {
    /// Payments of the day.
    pub pays: &'a mut dyn Iterator<Item = WPay>,
    /// Refunds of the day.
    pub refunds: &'a mut dyn Iterator<Item = WRefund>,
    /// True for a number of the day before, whose money may have moved after midnight.
    pub was_yesterday: &'a dyn Fn(&str) -> bool,
    /// From here on money may move after midnight: the last minutes of the day.
    pub cut_off: Instant,
}

/// How fees appear in the fund flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FeeCustom {
    /// Each payment has an entry of its fee.
    PerTrade,
    /// No payment has one: fees are settled in another way.
    Elsewhere,
}

/// What the trade bill says of the money that moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TradeReport {
    /// Σ应结订单金额 of payments, fen.
    pub settled: Fen,
    /// Σ手续费 of payments, each rounded to fen.
    pub fees: Fen,
    /// Σ退款金额, fen.
    pub refunded: Fen,
    /// Fees that came back with refunds, each rounded to fen.
    pub fees_returned: Fen,
    /// How fees appear.
    pub fee_custom: FeeCustom,
    /// Rows of the trade bill whose money moved as it should.
    pub agreed: u64,
    /// C01, C02 and C03.
    pub groups: Vec<FindingGroup>,
    /// Late payments and refunds whose money may move after midnight: count and effect in fen.
    pub in_transit: FindingGroup,
    /// Entries of rows of the day before.
    pub carried_in: FindingGroup,
}

/// What moved under one number.
#[derive(Default, Clone, Copy)]
struct Moved<'a> {
    trade: Fen,
    trade_fee: Fen,
    refund: Fen,
    fee_return: Fen,
    first: Option<FundEntry<'a>>,
    /// Rows of the bill under the number; more than one where the bill repeats a row (P10).
    rows: u64,
    /// What these payments should have brought before fees.
    due_trade: Fen,
    /// What all these rows should have moved.
    due: Fen,
}

impl Moved<'_> {
    fn all(&self) -> Result<Fen, FundOverflow> {
        let paid = add(self.trade, self.trade_fee)?;
        add(paid, add(self.refund, self.fee_return)?)
    }

    fn expect(&mut self, trade: Fen, all: Fen) -> Result<(), FundOverflow> {
        self.rows = self.rows.saturating_add(1);
        self.due_trade = add(self.due_trade, trade)?;
        self.due = add(self.due, all)?;
        Ok(())
    }
}

/// Compares the trade bill with the entries of all accounts of the day.
///
/// # Errors
/// [`FundOverflow`] when sums leave the range of 64 bits.
pub fn compare(
    bill: TradeBill<'_>,
    entries: &[&[FundEntry<'_>]],
) -> Result<TradeReport, FundOverflow> {
    let (mut moved, has_fees) = gather(entries)?;
    let mut join = Join {
        report: TradeReport {
            settled: Fen::ZERO,
            fees: Fen::ZERO,
            refunded: Fen::ZERO,
            fees_returned: Fen::ZERO,
            fee_custom: if has_fees {
                FeeCustom::PerTrade
            } else {
                FeeCustom::Elsewhere
            },
            agreed: 0,
            groups: Vec::new(),
            in_transit: FindingGroup::new(Category::FundMissing),
            carried_in: FindingGroup::new(Category::FundExtra),
        },
        missing: FindingGroup::new(Category::FundMissing),
        differing: FindingGroup::new(Category::FundAmount),
        cut_off: bill.cut_off,
    };
    for pay in bill.pays.filter(|pay| pay.state == BillState::Success) {
        join.pay(&pay, moved.get_mut(pay.transaction_id.as_str()))?;
    }
    for refund in bill.refunds {
        join.refund(&refund, moved.get_mut(refund.refund_id.as_str()))?;
    }
    let mut extra = FindingGroup::new(Category::FundExtra);
    let mut all: Vec<_> = moved.iter().collect();
    all.sort_by_key(|(_, one)| one.first.map(|entry| entry.line));
    for (number, one) in all {
        if one.rows > 0 {
            join.settle(number, one)?;
            continue;
        }
        let group = if (bill.was_yesterday)(number) {
            &mut join.report.carried_in
        } else {
            &mut extra
        };
        let actual = one.all()?;
        group.push(actual, || row(number, one, None, Some(actual)))?;
    }
    join.report.groups = vec![join.missing, extra, join.differing];
    Ok(join.report)
}

/// Adds up what moved under each number, and whether any fee was charged.
fn gather<'a>(
    accounts: &[&[FundEntry<'a>]],
) -> Result<(HashMap<&'a str, Moved<'a>>, bool), FundOverflow> {
    let count = accounts.iter().map(|entries| entries.len()).sum::<usize>() / 2;
    let mut moved: HashMap<&str, Moved<'_>> = HashMap::with_capacity(count);
    let mut has_fees = false;
    for entry in accounts.iter().flat_map(|entries| entries.iter()) {
        let part = |one: &mut Moved<'a>| -> Result<(), FundOverflow> {
            let place = match entry.kind {
                FundKind::Trade => &mut one.trade,
                FundKind::TradeFee => &mut one.trade_fee,
                FundKind::Refund => &mut one.refund,
                FundKind::FeeReturn => &mut one.fee_return,
                FundKind::RefundClosed | FundKind::Other => return Ok(()),
            };
            *place = add(*place, entry.change)?;
            one.first.get_or_insert(*entry);
            Ok(())
        };
        if entry.kind.is_of_trade() {
            has_fees |= entry.kind == FundKind::TradeFee;
            part(moved.entry(entry.business_no).or_default())?;
        }
    }
    Ok((moved, has_fees))
}

fn row(number: &str, one: &Moved<'_>, expected: Option<Fen>, actual: Option<Fen>) -> FundFinding {
    let entry = one.first.as_ref();
    FundFinding {
        business_no: number.to_owned(),
        flow_no: entry.map_or_else(String::new, |entry| entry.flow_no.to_owned()),
        kind: entry.map_or_else(String::new, |entry| entry.kind_word.to_owned()),
        line: entry.map_or(0, |entry| entry.line),
        expected,
        actual,
    }
}

/// The nearest fen, halves away from zero, as the fee of a bill is printed.
fn rounded(fee: Fee) -> Fen {
    let half = Fee::UNITS_PER_FEN / 2;
    let units = fee.get();
    let moved = if units < 0 {
        units.saturating_sub(half)
    } else {
        units.saturating_add(half)
    };
    Fen::new(moved / Fee::UNITS_PER_FEN)
}

struct Join {
    report: TradeReport,
    missing: FindingGroup,
    differing: FindingGroup,
    cut_off: Instant,
}

impl Join {
    fn pay(&mut self, pay: &WPay, moved: Option<&mut Moved<'_>>) -> Result<(), FundOverflow> {
        let fee = rounded(pay.fee);
        self.report.settled = add(self.report.settled, pay.settled)?;
        self.report.fees = add(self.report.fees, fee)?;
        let charged = match self.report.fee_custom {
            FeeCustom::PerTrade => fee,
            FeeCustom::Elsewhere => Fen::ZERO,
        };
        let expected = sub(pay.settled, charged)?;
        let number = pay.transaction_id.as_str();
        let Some(moved) = moved else {
            return self.missing(number, "交易", pay.time, expected);
        };
        moved.expect(pay.settled, expected)
    }

    /// Compares what moved under one number with all rows that the bill has under it.
    fn settle(&mut self, number: &str, moved: &Moved<'_>) -> Result<(), FundOverflow> {
        let actual = moved.all()?;
        if moved.trade == moved.due_trade && actual == moved.due {
            self.report.agreed = self.report.agreed.saturating_add(moved.rows);
            return Ok(());
        }
        self.differing.push(sub(actual, moved.due)?, || {
            row(number, moved, Some(moved.due), Some(actual))
        })
    }

    fn refund(
        &mut self,
        refund: &WRefund,
        moved: Option<&mut Moved<'_>>,
    ) -> Result<(), FundOverflow> {
        let returned = sub(Fen::ZERO, rounded(refund.fee))?;
        self.report.refunded = add(self.report.refunded, refund.settled)?;
        self.report.fees_returned = add(self.report.fees_returned, returned)?;
        let back = match self.report.fee_custom {
            FeeCustom::PerTrade => returned,
            FeeCustom::Elsewhere => Fen::ZERO,
        };
        let expected = sub(back, refund.settled)?;
        let number = refund.refund_id.as_str();
        let Some(moved) = moved else {
            return self.missing(number, "退款", refund.time, expected);
        };
        moved.expect(Fen::ZERO, expected)
    }

    /// A row of the trade bill under whose number nothing moved.
    fn missing(
        &mut self,
        number: &str,
        kind: &str,
        time: Instant,
        expected: Fen,
    ) -> Result<(), FundOverflow> {
        if expected == Fen::ZERO {
            self.report.agreed = self.report.agreed.saturating_add(1);
            return Ok(());
        }
        let group = if time >= self.cut_off {
            &mut self.report.in_transit
        } else {
            &mut self.missing
        };
        group.push(sub(Fen::ZERO, expected)?, || FundFinding {
            business_no: number.to_owned(),
            flow_no: String::new(),
            kind: kind.to_owned(),
            line: 0,
            expected: Some(expected),
            actual: None,
        })
    }
}
