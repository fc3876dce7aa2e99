//! A bank's statement of an account, CSV or workbook, to entries: every row of it, or none.
//!
//! A row that is passed over would be money that nobody sees, so a file with one row that cannot be read is refused
//! whole, with that row and why. What a bank prints around its rows (titles, totals, balances carried forward) is told
//! from rows by having no date.

mod columns;
mod row;
mod table;

use std::io::{Read, Seek};

use super::IntakeError;
use columns::StatementColumns;
use recondesk_domain::BankEntry;
use row::StatementRowReader;

pub use row::StatementReason;

/// Rows of one statement at most.
const MOST_ROWS: usize = 1_000_000;
/// Rows of the beginning among which the header is looked for.
const LOOK: usize = 80;

/// A statement, read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankStatement {
    /// Its entries in the order of the file.
    pub entries: Vec<BankEntry>,
    /// True where it has a column of balances, by which its rows can be proven.
    pub has_balance: bool,
    /// Rows around the entries that were left out: titles, totals, balances carried forward.
    pub around: u64,
}

/// Why a file is no bank statement, or not one that can be read to its end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementFault {
    /// The file itself cannot be read.
    #[error(transparent)]
    File(#[from] IntakeError),
    /// No row names the columns that are needed.
    #[error("no row names a date and an amount received: this is no bank statement")]
    NoHeader,
    /// A row cannot be read.
    #[error("line {line}: {}", .why.en())]
    Row {
        /// Line in the file, from 1.
        line: u32,
        /// Why.
        why: StatementReason,
    },
    /// A header without rows.
    #[error("the statement has no entry")]
    NoRows,
    /// The amounts leave every range.
    #[error("a sum of the statement is out of range")]
    Sum,
    /// More rows than are read.
    #[error("the statement has more than {MOST_ROWS} rows")]
    TooMany,
}

impl StatementFault {
    /// The sentence in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::File(error) => error.zh(),
            Self::NoHeader => {
                "没有找到同时写明日期和收入（贷方）金额的表头，这不是银行流水".to_owned()
            }
            Self::Row { line, why } => format!("第 {line} 行：{}", why.zh()),
            Self::NoRows => "银行流水里没有一笔记录".to_owned(),
            Self::Sum => "银行流水的金额合计超出范围".to_owned(),
            Self::TooMany => format!("银行流水超过 {MOST_ROWS} 行"),
        }
    }
}

/// Reads a statement.
///
/// # Errors
/// [`StatementFault`] with the line; nothing of such a file may count.
pub fn read_statement<R: Read + Seek>(reader: R) -> Result<BankStatement, StatementFault> {
    let rows = table::rows(reader, MOST_ROWS)?;
    let cells: Vec<&[String]> = rows
        .iter()
        .take(LOOK)
        .map(|row| row.cells.as_slice())
        .collect();
    let (columns, header) = StatementColumns::find(&cells).ok_or(StatementFault::NoHeader)?;
    let body = rows.get(header + 1..).unwrap_or_default();
    let mut reader = StatementRowReader::new(&columns, body);
    let mut entries = Vec::new();
    let mut around = header as u64;
    for row in body {
        match reader.read(row.line, &row.cells) {
            Ok(Some(entry)) => entries.push(entry),
            Ok(None) => around = around.saturating_add(1),
            Err(why) => {
                return Err(StatementFault::Row {
                    line: row.line,
                    why,
                });
            }
        }
    }
    if entries.is_empty() {
        return Err(StatementFault::NoRows);
    }
    Ok(BankStatement {
        entries,
        has_balance: columns.has_balance(),
        around,
    })
}

#[cfg(test)]
mod tests;
