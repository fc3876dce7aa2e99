//! The last link of the chain: what was withdrawn from WeChat Pay (提现), and what of it arrived at the bank.
//!
//! A credit is taken once. It is tied to a withdrawal by a number that its remark repeats, else by the amount, from
//! WeChat Pay or from a payer that the bank does not name; never by the amount alone from somebody else.

mod pairing;

use super::finding::{FindingGroup, FundFinding};
use super::{FundOverflow, add};
use pairing::Pairs;
use recondesk_domain::{BankEntry, BillDate, Category, Fen, FundMove};
use serde::Serialize;

/// Working days after which a withdrawal should have arrived.
pub const ARRIVES_WITHIN: u32 = 3;
/// Days beyond those in which a late arrival is still recognised.
const LATE_DAYS: i32 = 14;

/// What is known of withdrawals and of the bank.
#[derive(Debug, Clone, Copy)]
pub struct SettlementAsk<'a> {
    /// The day that is examined.
    pub day: BillDate,
    /// Withdrawals and returned ones: of the day, of those before it, and of those after it, to which later credits
    /// belong.
    pub moves: &'a [FundMove],
    /// Today: until its time is over a withdrawal is on the way.
    pub today: BillDate,
    /// Entries of the bank, each once.
    pub bank: &'a [BankEntry],
    /// First and last day of each statement.
    pub covered: &'a [(BillDate, BillDate)],
    /// Working days within which money arrives.
    pub within: u32,
    /// True where the fund flow of the day and of the day before is known, so that a credit without a withdrawal is one.
    pub knows_moves: bool,
}

/// Where a withdrawal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SettlementState {
    /// The same sum arrived in time.
    Arrived,
    /// The same sum arrived, after its time.
    ArrivedLate,
    /// It arrived in one sum with others of its day.
    ArrivedTogether,
    /// A credit belongs to it and has another sum.
    OtherSum,
    /// WeChat Pay took it back (提现退回).
    Returned,
    /// Its time is not over.
    OnTheWay,
    /// Its time is over, the statements cover it, and nothing arrived.
    NotArrived,
    /// Its time is over, and no statement covers it.
    NoStatement,
}

impl SettlementState {
    /// The name for people.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Arrived => ("已到账", "arrived"),
            Self::ArrivedLate => ("已到账（超期）", "arrived late"),
            Self::ArrivedTogether => ("已到账（合并入账）", "arrived with others"),
            Self::OtherSum => ("到账金额不符", "arrived with another sum"),
            Self::Returned => ("已退回", "returned"),
            Self::OnTheWay => ("在途", "on the way"),
            Self::NotArrived => ("未到账", "not arrived"),
            Self::NoStatement => ("没有银行流水", "no statement"),
        }
    }

    /// True where a person must look.
    #[must_use]
    pub const fn needs_look(self) -> bool {
        matches!(self, Self::OtherSum | Self::NotArrived)
    }

    /// True where nothing more will come of it.
    #[must_use]
    pub const fn is_settled(self) -> bool {
        matches!(
            self,
            Self::Arrived | Self::ArrivedLate | Self::ArrivedTogether | Self::Returned
        )
    }
}

/// A withdrawal and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SettledWithdrawal {
    /// Its entry in the fund flow.
    pub withdrawal: FundMove,
    /// The day of it.
    pub day: BillDate,
    /// The last day on which it should arrive.
    pub due: BillDate,
    /// What became of it.
    pub state: SettlementState,
    /// The credit at the bank.
    pub credit: Option<BankEntry>,
}

/// What became of all withdrawals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Settlement {
    /// Those of the day, and earlier ones that had not arrived before it, oldest first.
    pub rows: Vec<SettledWithdrawal>,
    /// Σ of them, fen.
    pub withdrawn: Fen,
    /// Σ of what of them arrived or came back, as the bank and the fund flow say, fen.
    pub settled: Fen,
    /// Working days within which money arrives.
    pub within: u32,
    /// True where there is any statement at all.
    pub has_statement: bool,
    /// C07 not arrived, C08 another sum, C09 a credit without a withdrawal.
    pub groups: Vec<FindingGroup>,
}

impl Settlement {
    /// True when nothing needs a look.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.groups.iter().all(|group| group.count == 0)
    }

    /// Withdrawals in a state.
    #[must_use]
    pub fn count(&self, state: SettlementState) -> usize {
        self.rows.iter().filter(|row| row.state == state).count()
    }
}

/// Ties withdrawals to what arrived.
///
/// # Errors
/// [`FundOverflow`] when sums leave the range of 64 bits.
pub fn settle(ask: &SettlementAsk<'_>) -> Result<Settlement, FundOverflow> {
    let pairs = Pairs::find(ask)?;
    let mut rows = Vec::new();
    for (at, withdrawal) in pairs.withdrawals.iter().enumerate() {
        let day = withdrawal.time.day();
        if day > ask.day {
            continue;
        }
        let due = working_day_after(day, ask.within);
        let (state, credit) = pairs.state_of(ask, at, due);
        let arrived = credit.map(|credit| credit.time.day());
        let is_of_day = day == ask.day || arrived == Some(ask.day);
        let was_done = state.is_settled() && arrived.is_none_or(|arrived| arrived < ask.day);
        if is_of_day || !was_done {
            rows.push(SettledWithdrawal {
                withdrawal: (*withdrawal).clone(),
                day,
                due,
                state,
                credit: credit.cloned(),
            });
        }
    }
    let (mut withdrawn, mut settled) = (Fen::ZERO, Fen::ZERO);
    for row in &rows {
        let size = size_of(&row.withdrawal)?;
        withdrawn = add(withdrawn, size)?;
        settled = match (row.state, &row.credit) {
            (SettlementState::OtherSum, Some(credit)) => add(settled, credit.change)?,
            (state, _) if state.is_settled() => add(settled, size)?,
            _ => settled,
        };
    }
    let groups = groups(ask, &rows, &pairs)?;
    Ok(Settlement {
        rows,
        withdrawn,
        settled,
        within: ask.within,
        has_statement: !ask.covered.is_empty(),
        groups,
    })
}

fn groups(
    ask: &SettlementAsk<'_>,
    rows: &[SettledWithdrawal],
    pairs: &Pairs<'_>,
) -> Result<Vec<FindingGroup>, FundOverflow> {
    let mut late = FindingGroup::new(Category::WithdrawalMissing);
    let mut other = FindingGroup::new(Category::WithdrawalAmount);
    let mut stray = FindingGroup::new(Category::BankExtra);
    for row in rows {
        let size = size_of(&row.withdrawal)?;
        let found = |credit: Option<&BankEntry>| FundFinding {
            business_no: row.withdrawal.business_no.clone(),
            flow_no: row.withdrawal.flow_no.clone(),
            kind: row.withdrawal.kind.clone(),
            line: credit.map_or(0, |credit| credit.line),
            expected: Some(size),
            actual: credit.map(|credit| credit.change),
        };
        match (row.state, &row.credit) {
            (SettlementState::NotArrived, _) => {
                late.push(negative(size)?, || found(None))?;
            }
            (SettlementState::OtherSum, Some(credit)) => {
                let effect = add(credit.change, negative(size)?)?;
                other.push(effect, || found(Some(credit)))?;
            }
            _ => {}
        }
    }
    let strays = pairs
        .free_credits()
        .filter(|credit| ask.knows_moves && is_of_wechat(credit) && credit.time.day() == ask.day);
    for credit in strays {
        stray.push(credit.change, || FundFinding {
            business_no: credit.reference.clone(),
            flow_no: String::new(),
            kind: credit.payer.clone(),
            line: credit.line,
            expected: None,
            actual: Some(credit.change),
        })?;
    }
    Ok(vec![late, other, stray])
}

/// The day `count` working days later. Saturdays and Sundays are none; holidays are not known.
fn working_day_after(day: BillDate, count: u32) -> BillDate {
    let mut day = day;
    let mut left = count;
    while left > 0 {
        day = day.next();
        if !is_weekend(day) {
            left -= 1;
        }
    }
    day
}

fn is_weekend(day: BillDate) -> bool {
    day.weekday() >= 5
}

/// True for a credit that names WeChat Pay as its payer.
fn is_of_wechat(entry: &BankEntry) -> bool {
    let words = format!("{} {}", entry.payer, entry.remark).to_lowercase();
    ["财付通", "微信", "tenpay", "wechat", "weixin"]
        .iter()
        .any(|word| words.contains(word))
}

fn size_of(withdrawal: &FundMove) -> Result<Fen, FundOverflow> {
    negative(withdrawal.change)
}

fn negative(sum: Fen) -> Result<Fen, FundOverflow> {
    super::sub(Fen::ZERO, sum)
}

#[cfg(test)]
mod tests;
