//! The two summary lines at the end of a bill, found by their first name and read by name.
//!
//! Current bills have seven cells, SUCCESS bills of some years four, legacy ones five.

use super::column::BillColumn;
use super::cut::bare;
use super::layout::{Layout, header_names};
use super::script::simplified;

/// First name of every summary of a trade bill.
pub(super) const FIRST_NAME: &str = "总交易单数";
/// The same in traditional characters.
const FIRST_NAME_TRADITIONAL: &str = "總交易單數";

/// What a summary cell sums up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SummaryColumn {
    /// Number of detail rows.
    Count,
    /// Σ应结订单金额, legacy Σ总金额.
    Settled,
    /// Σ退款金额.
    Refunded,
    /// Σ充值券退款金额.
    RefundCoupon,
    /// Σ手续费.
    Fee,
    /// Σ订单金额.
    Amount,
    /// Σ申请退款金额.
    RefundAsked,
    /// A name that no document knows.
    Unknown,
}

impl SummaryColumn {
    pub(super) fn by_name(name: &str) -> Self {
        match simplified(name).as_ref() {
            FIRST_NAME => Self::Count,
            "应结订单总金额" | "总交易额" => Self::Settled,
            "退款总金额" | "总退款金额" => Self::Refunded,
            "充值券退款总金额"
            | "总企业红包退款金额"
            | "企业红包退款总金额"
            | "总代金券或立减优惠退款金额"
            | "代金券或立减优惠退款总金额" => Self::RefundCoupon,
            "手续费总金额" | "返还手续费总金额" => Self::Fee,
            "订单总金额" => Self::Amount,
            "申请退款总金额" => Self::RefundAsked,
            _ => Self::Unknown,
        }
    }
}

/// One cell of the summary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SummaryCell {
    /// Its name in the file.
    pub name: String,
    /// What it sums up.
    pub column: SummaryColumn,
    /// Its text without the backtick; a decimal number in every honest bill.
    pub text: String,
}

/// The summary of a bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Line of the values.
    pub line: u32,
    /// The cells in file order.
    pub cells: Vec<SummaryCell>,
}

impl Summary {
    /// Names that no document knows; empty cells at the end are a spreadsheet's filling.
    pub(super) fn unknown_names(&self) -> impl Iterator<Item = &str> {
        let is_unknown = |cell: &&SummaryCell| {
            cell.column == SummaryColumn::Unknown && !(cell.name.is_empty() && cell.text.is_empty())
        };
        self.cells
            .iter()
            .filter(is_unknown)
            .map(|cell| cell.name.as_str())
    }

    /// Names that stand twice.
    pub(super) fn repeated_names(&self) -> impl Iterator<Item = &str> {
        let known = |cell: &&SummaryCell| cell.column != SummaryColumn::Unknown;
        let cells = self.cells.iter().enumerate();
        cells
            .filter(move |(at, cell)| {
                let mut before = self.cells.iter().take(*at).filter(known);
                known(cell) && before.any(|other| other.column == cell.column)
            })
            .map(|(_, cell)| cell.name.as_str())
    }

    /// Current names of the totals that the bill's columns call for and the summary lacks.
    /// The column that a total sums up, where the bill has no such column.
    pub(super) fn column_lacked(total: SummaryColumn, layout: &Layout) -> Option<BillColumn> {
        let entry = TOTALS.iter().find(|(_, known, _)| *known == total);
        entry
            .map(|(column, _, _)| *column)
            .filter(|column| !layout.has(*column))
    }

    pub(super) fn missing_names(&self, layout: &Layout) -> impl Iterator<Item = &'static str> {
        let has = |column| self.cells.iter().any(|cell| cell.column == column);
        TOTALS
            .iter()
            .filter(move |(column, total, _)| layout.has(*column) && !has(*total))
            .map(|(_, _, name)| *name)
    }
}

/// The columns that every documented summary adds up, where the bill has them.
const TOTALS: [(BillColumn, SummaryColumn, &str); 7] = [
    (BillColumn::Time, SummaryColumn::Count, FIRST_NAME),
    (
        BillColumn::Settled,
        SummaryColumn::Settled,
        "应结订单总金额",
    ),
    (BillColumn::Refunded, SummaryColumn::Refunded, "退款总金额"),
    (
        BillColumn::RefundCoupon,
        SummaryColumn::RefundCoupon,
        "充值券退款总金额",
    ),
    (BillColumn::Fee, SummaryColumn::Fee, "手续费总金额"),
    (BillColumn::Amount, SummaryColumn::Amount, "订单总金额"),
    (
        BillColumn::RefundAsked,
        SummaryColumn::RefundAsked,
        "申请退款总金额",
    ),
];

/// How much of the summary was seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum SummaryState {
    #[default]
    None,
    /// The line of names; the values must follow.
    Header(Vec<String>),
    Done(Summary),
}

/// True for the line that names the totals.
#[must_use]
pub fn is_header(line: &[u8]) -> bool {
    let line = bare(line);
    line.starts_with(FIRST_NAME.as_bytes()) || line.starts_with(FIRST_NAME_TRADITIONAL.as_bytes())
}

/// Reads the line of names; `None` if it is damaged.
pub(super) fn read_names(line: &[u8]) -> Option<Vec<String>> {
    header_names(line.trim_ascii()).ok()
}

/// Reads the line of values; `None` if it does not fit the names.
pub(super) fn read_values(names: Vec<String>, line: &[u8], number: u32) -> Option<Summary> {
    let values: Vec<&[u8]> = line.trim_ascii().split(|byte| *byte == b',').collect();
    if values.len() != names.len() {
        return None;
    }
    let cells = names
        .into_iter()
        .zip(values)
        .map(|(name, value)| {
            let text = std::str::from_utf8(bare(value.trim_ascii())).ok()?;
            Some(SummaryCell {
                column: SummaryColumn::by_name(&name),
                name,
                text: text.trim().to_owned(),
            })
        })
        .collect::<Option<Vec<_>>>()?;
    Some(Summary {
        line: number,
        cells,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_by_name_with_or_without_backtick() {
        let names = read_names("总交易单数，总交易额,手续费总金额\r".as_bytes()).unwrap();
        let summary = read_values(names, b"45.0,`0.47,`0.08\r", 9).unwrap();
        let texts: Vec<&str> = summary.cells.iter().map(|c| c.text.as_str()).collect();
        assert_eq!(texts, ["45.0", "0.47", "0.08"]);
        assert_eq!(summary.cells[1].column, SummaryColumn::Settled);
        assert_eq!(summary.line, 9);
    }

    #[test]
    fn values_that_do_not_fit_the_names_are_refused() {
        let names = vec!["总交易单数".to_owned(), "总交易额".to_owned()];
        assert_eq!(read_values(names, b"`1,`2,`3", 1), None);
    }
}
