//! A bank statement by itself: its days, what came and left, and the chain of its balances where it prints them.

use super::finding::{FindingGroup, FundFinding};
use super::{FundCheck, FundOverflow, add, sub};
use recondesk_domain::{BankEntry, BillDate, Category, Fen};
use serde::Serialize;

/// What a bank statement is worth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatementReport {
    /// How many entries.
    pub entries: u64,
    /// Day of the earliest entry.
    pub first: BillDate,
    /// Day of the latest entry.
    pub last: BillDate,
    /// Balance before the earliest entry, where balances are printed.
    pub opening: Option<Fen>,
    /// Balance after the latest entry.
    pub closing: Option<Fen>,
    /// Σ of what came, fen.
    pub income: Fen,
    /// Σ of what left, fen.
    pub expense: Fen,
    /// I8 and I10 of the statement; none where no balance is printed.
    pub checks: Vec<FundCheck>,
    /// C04: entries whose balance does not follow from the one before.
    pub breaks: FindingGroup,
}

impl StatementReport {
    /// True when its balances prove its rows.
    #[must_use]
    pub fn is_proven(&self) -> bool {
        !self.checks.is_empty() && self.adds_up()
    }

    /// True when nothing contradicts its rows.
    #[must_use]
    pub fn adds_up(&self) -> bool {
        self.checks.iter().all(|check| check.holds)
    }
}

/// Examines a statement; `None` for one without entries.
///
/// # Errors
/// [`FundOverflow`] when sums leave the range of 64 bits.
pub fn examine_statement(entries: &[BankEntry]) -> Result<Option<StatementReport>, FundOverflow> {
    let days = || entries.iter().map(|entry| entry.time.day());
    let (Some(first), Some(last)) = (days().min(), days().max()) else {
        return Ok(None);
    };
    let (mut income, mut expense) = (Fen::ZERO, Fen::ZERO);
    for entry in entries {
        if entry.change.is_negative() {
            expense = sub(expense, entry.change)?;
        } else {
            income = add(income, entry.change)?;
        }
    }
    let mut report = StatementReport {
        entries: entries.len() as u64,
        first,
        last,
        opening: None,
        closing: None,
        income,
        expense,
        checks: Vec::new(),
        breaks: FindingGroup::new(Category::BalanceBreak),
    };
    if entries.iter().all(|entry| entry.balance.is_some()) {
        let chain = if is_descending(entries) {
            walk(&mut entries.iter().rev())?
        } else {
            walk(&mut entries.iter())?
        };
        report.take(chain)?;
    }
    Ok(Some(report))
}

impl StatementReport {
    fn take(&mut self, chain: Chain) -> Result<(), FundOverflow> {
        let (Some(opening), Some(closing)) = (chain.opening, chain.closing) else {
            return Ok(());
        };
        self.checks.push(FundCheck::new(
            "I8",
            ("银行余额链断点", "breaks of the bank's chain of balances"),
            &[0, chain.breaks.count],
        ));
        self.checks.push(FundCheck::new(
            "I10",
            (
                "银行期末 − 期初 = 收入 − 支出",
                "closing − opening of the bank = income − expense",
            ),
            &[sub(self.income, self.expense)?, sub(closing, opening)?],
        ));
        (self.opening, self.closing) = (Some(opening), Some(closing));
        self.breaks = chain.breaks;
        Ok(())
    }
}

/// Statements run either way: the times say which, and where they say nothing, the balances.
fn is_descending(entries: &[BankEntry]) -> bool {
    let pairs = || entries.iter().zip(entries.iter().skip(1));
    let falls = pairs().any(|(a, b)| b.time < a.time);
    let rises = pairs().any(|(a, b)| b.time > a.time);
    let before = |entry: &BankEntry| entry.balance?.checked_sub(entry.change);
    let by_balance = || {
        let follows = pairs().all(|(a, b)| before(b) == a.balance);
        let turned = pairs().all(|(a, b)| before(a) == b.balance);
        !follows && turned
    };
    !rises && (falls || by_balance())
}

struct Chain {
    opening: Option<Fen>,
    closing: Option<Fen>,
    breaks: FindingGroup,
}

fn walk(entries: &mut dyn Iterator<Item = &BankEntry>) -> Result<Chain, FundOverflow> {
    let mut chain = Chain {
        opening: None,
        closing: None,
        breaks: FindingGroup::new(Category::BalanceBreak),
    };
    for entry in entries {
        let Some(balance) = entry.balance else {
            continue;
        };
        let before = sub(balance, entry.change)?;
        match chain.closing {
            None => chain.opening = Some(before),
            Some(last) if last != before => {
                let expected = add(last, entry.change)?;
                chain.breaks.push(sub(before, last)?, || FundFinding {
                    business_no: entry.reference.clone(),
                    flow_no: String::new(),
                    kind: entry.payer.clone(),
                    line: entry.line,
                    expected: Some(expected),
                    actual: Some(balance),
                })?;
            }
            Some(_) => {}
        }
        chain.closing = Some(balance);
    }
    Ok(chain)
}
