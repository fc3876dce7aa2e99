//! Rows that an import did not store, with their numbers: a payment of such a number is not nobody's.

use std::collections::HashMap;

use recondesk_intake::{LeftOut, Reject};

/// Rows of one import whose numbers are kept; a file with more is of something else.
const MOST: usize = 1_000_000;
/// Different reasons of one import; a cell is part of the reason.
const MOST_REASONS: usize = 20_000;
/// Signs of a cell that are kept with the reason.
const MOST_SIGNS: usize = 40;

/// Why rows were set aside.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SetAsideReason {
    /// True for refused rows, false for rows that are left out.
    pub refused: bool,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// A row that was set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetAsideRow<'a> {
    /// Its number, never empty.
    pub number: &'a str,
    /// Its line in the file.
    pub line: u32,
    /// Why.
    pub reason: &'a SetAsideReason,
}

/// Rows that an import sets aside, in the order of the file.
#[derive(Debug, Clone, Default)]
pub struct SetAsideRows {
    reasons: Vec<SetAsideReason>,
    known: HashMap<SetAsideReason, u32>,
    /// Number, line, place of the reason.
    rows: Vec<(Box<str>, u32, u32)>,
}

impl SetAsideRows {
    /// Keeps the number of a refused row, or each of the numbers that it may stand for.
    pub fn refuse(&mut self, reject: &Reject) {
        let value: String = reject.value.chars().take(MOST_SIGNS).collect();
        let (zh, en) = if reject.column.is_empty() {
            (reject.reason.zh(), reject.reason.en())
        } else {
            let (column, reason) = (&reject.column, reject.reason);
            (
                format!("「{column}」= {value:?}：{}", reason.zh()),
                format!("column {column:?}, value {value:?}: {}", reason.en()),
            )
        };
        let refused = true;
        let reason = SetAsideReason { refused, zh, en };
        for number in reject.numbers() {
            self.add(reason.clone(), &number, reject.row.line);
        }
    }

    /// Keeps the number of a row that is not WeChat Pay's.
    pub fn leave_out(&mut self, left: &LeftOut) {
        let reason = SetAsideReason {
            refused: false,
            zh: left.reason.zh(),
            en: left.reason.en(),
        };
        self.add(reason, &left.number, left.row.line);
    }

    fn add(&mut self, reason: SetAsideReason, number: &str, line: u32) {
        if number.is_empty() || self.rows.len() >= MOST {
            return;
        }
        let known = self.known.get(&reason).copied();
        let next = u32::try_from(self.reasons.len()).unwrap_or(u32::MAX);
        let at = known.or_else(|| {
            (self.reasons.len() < MOST_REASONS).then(|| {
                self.known.insert(reason.clone(), next);
                self.reasons.push(reason);
                next
            })
        });
        if let Some(at) = at {
            self.rows.push((number.into(), line, at));
        }
    }

    /// The rows, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = SetAsideRow<'_>> {
        self.rows.iter().filter_map(|(number, line, reason)| {
            Some(SetAsideRow {
                number,
                line: *line,
                reason: self.reasons.get(*reason as usize)?,
            })
        })
    }
}
