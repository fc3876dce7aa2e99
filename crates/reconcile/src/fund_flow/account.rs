//! One account and day: summary, chain of balances, the day before (I7 to I10; C04, C05).

use std::collections::BTreeMap;

use super::finding::{FindingGroup, FundFinding};
use super::{FundCheck, FundOverflow, add, sub};
use recondesk_domain::{BillDate, Category, Fen, FundAccount, FundEntry, FundKind, FundTotals};
use serde::Serialize;

/// The closing balance of an earlier day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClosedBefore {
    /// That day.
    pub day: BillDate,
    /// Its closing balance, fen.
    pub closing: Fen,
}

/// What is known of an account and day.
#[derive(Debug, Clone, Copy)]
pub struct AccountDay<'a> {
    /// The account.
    pub account: FundAccount,
    /// The day.
    pub day: BillDate,
    /// Entries in the order of the file.
    pub entries: &'a [FundEntry<'a>],
    /// The summary of the file.
    pub totals: FundTotals,
    /// The newest earlier day whose closing balance is known; days without a bill carry the balance on.
    pub before: Option<ClosedBefore>,
}

/// Entries of one 业务类型.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KindSum {
    /// 业务类型 as the file says.
    pub word: String,
    /// The same, judged.
    pub kind: FundKind,
    /// How many entries.
    pub count: u64,
    /// What they moved, fen; above zero came in.
    pub change: Fen,
}

/// What an account and day is worth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccountReport {
    /// The account.
    pub account: FundAccount,
    /// Balance before the first entry, fen; without entries that of the day before, where it is known.
    pub opening: Option<Fen>,
    /// Balance after the last entry, fen.
    pub closing: Option<Fen>,
    /// How many entries.
    pub entries: u64,
    /// I7 to I10.
    pub checks: Vec<FundCheck>,
    /// What moved, by 业务类型, in the order of the words.
    pub kinds: Vec<KindSum>,
    /// C04: entries whose balance does not follow from the one before.
    pub breaks: FindingGroup,
    /// C05: the day does not open with what the day before closed with.
    pub gap: FindingGroup,
}

impl AccountReport {
    /// True when every identity of the file itself holds (I7, I8, I10, and the day); I9 speaks of two files.
    #[must_use]
    pub fn adds_up(&self) -> bool {
        self.checks
            .iter()
            .all(|check| check.holds || check.id == "I9")
    }

    /// By how much the balance changed, fen.
    ///
    /// # Errors
    /// [`FundOverflow`].
    pub fn change(&self) -> Result<Fen, FundOverflow> {
        match (self.opening, self.closing) {
            (Some(opening), Some(closing)) => sub(closing, opening),
            _ => Ok(Fen::ZERO),
        }
    }
}

/// Examines one account and day.
///
/// # Errors
/// [`FundOverflow`] when sums leave the range of 64 bits.
pub fn examine(day: &AccountDay<'_>) -> Result<AccountReport, FundOverflow> {
    let counted = count(day.entries)?;
    let order = TimeOrder::of(day.entries);
    let chain = BalanceChain::walk(day.entries, order)?;
    let carried = day.before.map(|before| before.closing);
    let opening = chain.opening.or(carried);
    let closing = chain.closing.or(carried);
    let mut checks = summary_checks(&day.totals, &counted);
    checks.push(FundCheck::new(
        "I8",
        ("余额链断点", "breaks of the chain of balances"),
        &[0, chain.breaks.count],
    ));
    checks.push(FundCheck::new(
        "X1",
        ("不属于当日的流水", "entries of other days"),
        &[0, counted.other_days(day)],
    ));
    let mut gap = FindingGroup::new(Category::DayGap);
    if let (Some(before), Some(opening)) = (day.before, opening) {
        checks.push(FundCheck::new(
            "I9",
            ("期初 = 前一日期末", "opening = closing of the day before"),
            &[before.closing, opening],
        ));
        if before.closing != opening {
            gap.push(sub(opening, before.closing)?, || FundFinding {
                business_no: String::new(),
                flow_no: String::new(),
                kind: before.day.to_string(),
                line: 0,
                expected: Some(before.closing),
                actual: Some(opening),
            })?;
        }
    }
    if let (Some(opening), Some(closing)) = (opening, closing) {
        checks.push(FundCheck::new(
            "I10",
            (
                "期末 − 期初 = 收入 − 支出",
                "closing − opening = income − expense",
            ),
            &[
                sub(counted.totals.income, counted.totals.expense)?,
                sub(closing, opening)?,
            ],
        ));
    }
    Ok(AccountReport {
        account: day.account,
        opening,
        closing,
        entries: counted.totals.entries,
        checks,
        kinds: counted.kinds(),
        breaks: chain.breaks,
        gap,
    })
}

/// What the entries add up to.
#[derive(Default)]
struct EntryTotals<'a> {
    totals: FundTotals,
    kinds: BTreeMap<&'a str, (FundKindCount, Fen)>,
    days: BTreeMap<i32, u64>,
}

struct FundKindCount {
    kind: FundKind,
    count: u64,
}

impl EntryTotals<'_> {
    fn other_days(&self, day: &AccountDay<'_>) -> u64 {
        let others = self.days.iter().filter(|(at, _)| **at != day.day.number());
        others.map(|(_, count)| count).sum()
    }

    fn kinds(&self) -> Vec<KindSum> {
        self.kinds
            .iter()
            .map(|(word, (of, change))| KindSum {
                word: (*word).to_owned(),
                kind: of.kind,
                count: of.count,
                change: *change,
            })
            .collect()
    }
}

fn count<'a>(entries: &[FundEntry<'a>]) -> Result<EntryTotals<'a>, FundOverflow> {
    let mut out = EntryTotals::default();
    for entry in entries {
        let totals = &mut out.totals;
        totals.entries = totals.entries.saturating_add(1);
        if entry.change.is_negative() {
            totals.expense_count = totals.expense_count.saturating_add(1);
            totals.expense = sub(totals.expense, entry.change)?;
        } else {
            totals.income_count = totals.income_count.saturating_add(1);
            totals.income = add(totals.income, entry.change)?;
        }
        let new = || {
            let of = FundKindCount {
                kind: entry.kind,
                count: 0,
            };
            (of, Fen::ZERO)
        };
        let (of, change) = out.kinds.entry(entry.kind_word).or_insert_with(new);
        of.count = of.count.saturating_add(1);
        *change = add(*change, entry.change)?;
        let days = out.days.entry(entry.time.day_number()).or_default();
        *days = days.saturating_add(1);
    }
    Ok(out)
}

/// I7, with an entry of nothing counted by its word alone: 收入 of 0.00 and 支出 of 0.00 cannot be told apart by sums.
fn summary_checks(printed: &FundTotals, counted: &EntryTotals<'_>) -> Vec<FundCheck> {
    let found = &counted.totals;
    vec![
        FundCheck::new(
            "I7",
            ("资金流水总笔数", "number of entries"),
            &[printed.entries, found.entries],
        ),
        FundCheck::new(
            "I7",
            ("收入笔数 + 支出笔数", "incomes + expenses"),
            &[
                printed.entries,
                printed.income_count.saturating_add(printed.expense_count),
            ],
        ),
        FundCheck::new(
            "I7",
            ("收入金额", "income"),
            &[printed.income, found.income],
        ),
        FundCheck::new(
            "I7",
            ("支出金额", "expense"),
            &[printed.expense, found.expense],
        ),
    ]
}

/// Which way time runs through the file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TimeOrder {
    Ascending,
    Descending,
}

impl TimeOrder {
    /// By the times; where they say nothing, by which way the balances follow. A mixed order counts as ascending,
    /// and its chain breaks.
    fn of(entries: &[FundEntry<'_>]) -> Self {
        let falls = |(a, b): (&FundEntry<'_>, &FundEntry<'_>)| b.time < a.time;
        let rises = |(a, b): (&FundEntry<'_>, &FundEntry<'_>)| b.time > a.time;
        let pairs = || entries.iter().zip(entries.iter().skip(1));
        let (has_fall, has_rise) = (pairs().any(falls), pairs().any(rises));
        let by_balance = || {
            let follows = pairs().all(|(a, b)| b.balance.checked_sub(b.change) == Some(a.balance));
            let turned = pairs().all(|(a, b)| a.balance.checked_sub(a.change) == Some(b.balance));
            !follows && turned
        };
        if !has_rise && (has_fall || by_balance()) {
            Self::Descending
        } else {
            Self::Ascending
        }
    }
}

/// The chain of balances from the first entry in time to the last.
struct BalanceChain {
    opening: Option<Fen>,
    closing: Option<Fen>,
    breaks: FindingGroup,
}

impl BalanceChain {
    fn walk(entries: &[FundEntry<'_>], order: TimeOrder) -> Result<Self, FundOverflow> {
        let mut chain = Self {
            opening: None,
            closing: None,
            breaks: FindingGroup::new(Category::BalanceBreak),
        };
        match order {
            TimeOrder::Ascending => entries.iter().try_for_each(|entry| chain.step(entry))?,
            TimeOrder::Descending => entries
                .iter()
                .rev()
                .try_for_each(|entry| chain.step(entry))?,
        }
        Ok(chain)
    }

    fn step(&mut self, entry: &FundEntry<'_>) -> Result<(), FundOverflow> {
        let before = sub(entry.balance, entry.change)?;
        match self.closing {
            None => self.opening = Some(before),
            Some(last) if last != before => {
                let expected = add(last, entry.change)?;
                self.breaks.push(sub(before, last)?, || FundFinding {
                    business_no: entry.business_no.to_owned(),
                    flow_no: entry.flow_no.to_owned(),
                    kind: entry.kind_word.to_owned(),
                    line: entry.line,
                    expected: Some(expected),
                    actual: Some(entry.balance),
                })?;
            }
            Some(_) => {}
        }
        self.closing = Some(entry.balance);
        Ok(())
    }
}
