//! One row of a statement: its time, which way how much money went, the balance after it, and its words.

use super::columns::{MoneyColumns, StatementColumns};
use crate::amount;
use crate::moment::{ForgivingTimeReader, clock_of};
use crate::value::is_placeholder;
use crate::{AmountUnit, TextRow};
use recondesk_domain::{BEIJING_OFFSET_S, BankEntry, Fen, Instant};

/// Longest text that is kept of a cell, in characters.
const LONGEST: usize = 256;

/// Words that begin a cell of a row that a bank prints around its entries.
const AROUND: [&str; 17] = [
    "合计",
    "总计",
    "小计",
    "本页",
    "承前页",
    "过次页",
    "期初",
    "期末",
    "上期",
    "本期",
    "上页",
    "累计",
    "总收入",
    "总支出",
    "收入合计",
    "支出合计",
    "收入总",
];
/// Why a row cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatementReason {
    /// Neither a date nor one of the rows around the entries.
    NoDate,
    /// A date that cannot be read, or could be two.
    Date,
    /// An amount that cannot be read exactly.
    Amount,
    /// Neither an amount that came nor one that left.
    NoAmount,
    /// Both an amount that came and one that left.
    BothSides,
    /// A word that does not say which way the money went.
    Direction,
    /// Neither a sign nor a word nor a balance says which way the money went.
    NoDirection,
    /// A balance that cannot be read, or is missing.
    Balance,
    /// Another currency than yuan.
    Currency,
}

impl StatementReason {
    /// The sentence in Chinese.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::NoDate => "有内容但没有交易日期",
            Self::Date => "交易日期读不出来",
            Self::Amount => "金额读不出来",
            Self::NoAmount => "收入和支出都没有金额",
            Self::BothSides => "收入和支出同时有金额",
            Self::Direction => "借贷标志读不出来",
            Self::NoDirection => "分不清是收入还是支出：没有正负号、借贷标志或余额列",
            Self::Balance => "余额读不出来",
            Self::Currency => "币种不是人民币",
        }
    }

    /// The sentence in English.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::NoDate => "something stands here, and no date",
            Self::Date => "the date cannot be read",
            Self::Amount => "the amount cannot be read",
            Self::NoAmount => "no amount came and none left",
            Self::BothSides => "an amount came and another left",
            Self::Direction => "the word for debit or credit cannot be read",
            Self::NoDirection => {
                "nothing says whether money came or left: no sign, no word, no balance"
            }
            Self::Balance => "the balance cannot be read",
            Self::Currency => "the currency is not yuan",
        }
    }
}

/// Reads rows by the columns of their header.
pub(super) struct StatementRowReader<'a> {
    columns: &'a StatementColumns,
    times: ForgivingTimeReader,
    /// The bank prints what left with a minus: its sign says nothing beyond the column or the word.
    minus_is_print: bool,
    /// Some amount has a minus: then the sign says which way.
    has_minus: bool,
}

impl<'a> StatementRowReader<'a> {
    pub(super) fn new(columns: &'a StatementColumns, rows: &[TextRow]) -> Self {
        let left = rows.iter().filter_map(|row| match columns.money {
            MoneyColumns::TwoSides { expense, .. } => money(cell(&row.cells, expense?)).ok(),
            MoneyColumns::Directed { amount, direction } => {
                let is_left = way(cell(&row.cells, direction)) == Some(false);
                money(cell(&row.cells, amount)).ok().filter(|_| is_left)
            }
            MoneyColumns::Signed { amount } => money(cell(&row.cells, amount)).ok(),
        });
        let (mut below, mut above) = (false, false);
        for fen in left {
            below |= fen.is_negative();
            above |= fen > Fen::ZERO;
        }
        Self {
            columns,
            times: ForgivingTimeReader::default(),
            minus_is_print: below && !above,
            has_minus: below,
        }
    }

    /// The entry of a row; `None` for what stands around the entries.
    pub(super) fn read(
        &mut self,
        line: u32,
        cells: &[String],
    ) -> Result<Option<BankEntry>, StatementReason> {
        let columns = self.columns;
        let has_money = self.has_money(cells);
        if is_repeated_header(columns, cells) || !has_money && says_around(cells) {
            return Ok(None);
        }
        let day = cell(cells, columns.day);
        let (time, has_clock) = match self.time(cells) {
            Ok(time) => time,
            // Without a date and without money it is something that the bank says beside its entries.
            Err(_) if !has_money => return Ok(None),
            Err(_) if says_around(cells) => return Ok(None),
            Err(_) if day.is_empty() => return Err(StatementReason::NoDate),
            Err(why) => return Err(why),
        };
        if let Some(at) = columns.currency {
            yuan(cell(cells, at))?;
        }
        let change = self.change(cells)?;
        let balance = match columns.balance {
            Some(at) => Some(signed(cell(cells, at)).ok_or(StatementReason::Balance)?),
            None => None,
        };
        Ok(Some(BankEntry {
            line,
            time,
            has_clock,
            change,
            balance,
            payer: columns
                .payer
                .map(|at| kept(cell(cells, at)))
                .unwrap_or_default(),
            remark: joined(cells, &columns.remarks),
            reference: joined(cells, &columns.references),
        }))
    }

    /// True where any cell of money has something in it beside nothing.
    fn has_money(&self, cells: &[String]) -> bool {
        let has = |at: usize| money(cell(cells, at)) != Ok(Fen::ZERO);
        match self.columns.money {
            MoneyColumns::TwoSides { income, expense } => has(income) || expense.is_some_and(has),
            MoneyColumns::Directed { amount, .. } | MoneyColumns::Signed { amount } => has(amount),
        }
    }

    fn time(&mut self, cells: &[String]) -> Result<(Instant, bool), StatementReason> {
        let day = cell(cells, self.columns.day);
        let mut read = |text: &str| self.times.read(text.as_bytes());
        let clock = self.columns.clock.map_or("", |at| cell(cells, at));
        let bare = clock.bytes().filter(u8::is_ascii_digit).count();
        let start = read(day).map_err(|_reason| StatementReason::Date)?;
        let seconds = start.plus(BEIJING_OFFSET_S).unix().rem_euclid(86_400);
        if seconds != 0 {
            return Ok((start, true));
        }
        if clock.is_empty() || is_placeholder(clock) {
            return Ok((start, false));
        }
        let spread = match (bare, clock.len()) {
            (6, 6) => clock
                .split_at_checked(2)
                .and_then(|(hour, rest)| Some((hour, rest.split_at_checked(2)?)))
                .map(|(hour, (minute, second))| format!("{hour}:{minute}:{second}")),
            _ => None,
        };
        if let Some(clock) = clock_of(spread.as_deref().unwrap_or(clock)) {
            return Ok((start.plus(clock), true));
        }
        // Some banks repeat the day beside the clock.
        let whole = read(clock).map_err(|_reason| StatementReason::Date)?;
        if whole.day() == start.day() {
            Ok((whole, true))
        } else {
            Ok((start, false))
        }
    }

    fn change(&self, cells: &[String]) -> Result<Fen, StatementReason> {
        let negated = |fen: Fen| Fen::ZERO.checked_sub(fen).ok_or(StatementReason::Amount);
        let size = |fen: Fen| {
            if self.minus_is_print && fen.is_negative() {
                negated(fen)
            } else {
                Ok(fen)
            }
        };
        match self.columns.money {
            MoneyColumns::TwoSides { income, expense } => {
                let came = money(cell(cells, income))?;
                let left = expense.map_or(Ok(Fen::ZERO), |at| money(cell(cells, at)))?;
                match (came == Fen::ZERO, left == Fen::ZERO) {
                    (false, false) => Err(StatementReason::BothSides),
                    (true, true) => Err(StatementReason::NoAmount),
                    (false, true) => Ok(came),
                    (true, false) => negated(size(left)?),
                }
            }
            MoneyColumns::Directed { amount, direction } => {
                let sum = money(cell(cells, amount))?;
                if sum == Fen::ZERO {
                    return Err(StatementReason::NoAmount);
                }
                if way(cell(cells, direction)).ok_or(StatementReason::Direction)? {
                    Ok(sum)
                } else {
                    negated(size(sum)?)
                }
            }
            MoneyColumns::Signed { amount } => {
                if !self.has_minus && !self.columns.has_balance() {
                    return Err(StatementReason::NoDirection);
                }
                let sum = money(cell(cells, amount))?;
                if sum == Fen::ZERO {
                    return Err(StatementReason::NoAmount);
                }
                Ok(sum)
            }
        }
    }
}

fn cell(cells: &[String], at: usize) -> &str {
    cells.get(at).map_or("", String::as_str)
}

/// An amount with its sign; an empty cell is nothing.
fn money(text: &str) -> Result<Fen, StatementReason> {
    if text.is_empty() || is_placeholder(text) {
        return Ok(Fen::ZERO);
    }
    signed(text).ok_or(StatementReason::Amount)
}

fn signed(text: &str) -> Option<Fen> {
    amount::read_signed(text, AmountUnit::Yuan).ok()
}

/// True for money that came, false for money that left.
fn way(word: &str) -> Option<bool> {
    match word.trim().to_lowercase().as_str() {
        "贷" | "贷方" | "收" | "收入" | "入" | "来账" | "转入" | "存入" | "进账" | "c" | "cr"
        | "credit" | "+" => Some(true),
        "借" | "借方" | "支" | "支出" | "付" | "出" | "往账" | "转出" | "支取" | "d" | "dr"
        | "debit" | "-" => Some(false),
        _ => None,
    }
}

fn yuan(word: &str) -> Result<(), StatementReason> {
    let word = word.trim().to_lowercase();
    let is_yuan = matches!(
        word.as_str(),
        "" | "人民币" | "人民币元" | "cny" | "rmb" | "156" | "01" | "001" | "人民币钞" | "人民币汇"
    );
    if is_yuan {
        Ok(())
    } else {
        Err(StatementReason::Currency)
    }
}

/// True for totals and balances carried forward, which a bank prints between its entries.
fn says_around(cells: &[String]) -> bool {
    let mut filled = cells.iter().filter(|cell| !cell.is_empty());
    filled.any(|cell| AROUND.iter().any(|word| cell.starts_with(word)))
}

/// Sheets of many pages repeat their header.
fn is_repeated_header(columns: &StatementColumns, cells: &[String]) -> bool {
    StatementColumns::find(&[cells]).is_some_and(|(found, _)| found == *columns)
}

fn kept(text: &str) -> String {
    text.chars()
        .filter(|sign| !sign.is_control())
        .take(LONGEST)
        .collect()
}

fn joined(cells: &[String], places: &[usize]) -> String {
    let words = places.iter().map(|at| cell(cells, *at));
    let words: Vec<&str> = words
        .filter(|word| !word.is_empty() && !is_placeholder(word))
        .collect();
    kept(&words.join(" "))
}
