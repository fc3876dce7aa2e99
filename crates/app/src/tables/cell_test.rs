//! One question to the cell of a column: what the funnel of a header and a right click on a cell ask.

use serde::{Deserialize, Serialize};

use recondesk_domain::{BillDate, SheetCell};

/// What a row must have in a column to be listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CellTest {
    /// Words that contain this text, capital letters alike.
    Contains(String),
    /// A number between these: fen, a count, days. Both ends belong to it.
    Between {
        /// The least.
        least: Option<i64>,
        /// The most.
        most: Option<i64>,
    },
    /// A time on one of the days between these, Beijing time. Both ends belong to it.
    Days {
        /// The first day.
        first: Option<BillDate>,
        /// The last day.
        last: Option<BillDate>,
    },
    /// One of these values, as scripts read them; an empty one is that of blank cells.
    OneOf(Vec<String>),
    /// None of these values.
    NoneOf(Vec<String>),
    /// Nothing.
    Blank,
    /// Something.
    Filled,
}

impl CellTest {
    /// True when a cell passes.
    #[must_use]
    pub fn passes(&self, cell: &SheetCell) -> bool {
        match self {
            Self::Contains(text) => contains(cell, text),
            Self::Between { least, most } => number(cell).is_some_and(|number| {
                least.is_none_or(|least| number >= least) && most.is_none_or(|most| number <= most)
            }),
            Self::Days { first, last } => day(cell).is_some_and(|day| {
                first.is_none_or(|first| day >= first) && last.is_none_or(|last| day <= last)
            }),
            Self::OneOf(values) => values.contains(&cell.plain()),
            Self::NoneOf(values) => !values.contains(&cell.plain()),
            Self::Blank => is_blank(cell),
            Self::Filled => !is_blank(cell),
        }
    }
}

/// True for a cell with nothing in it.
pub(super) fn is_blank(cell: &SheetCell) -> bool {
    match cell {
        SheetCell::Empty => true,
        SheetCell::Message(words) => words.is_empty(),
        SheetCell::Text(text) => text.is_empty(),
        SheetCell::Word(..)
        | SheetCell::Money(_)
        | SheetCell::Count(_)
        | SheetCell::Time(_)
        | SheetCell::Day(_) => false,
    }
}

/// True when what a person or a script reads in a cell contains a text, capital letters alike.
pub(super) fn contains(cell: &SheetCell, text: &str) -> bool {
    let wanted = text.trim().to_lowercase();
    let holds = |said: &str| said.to_lowercase().contains(&wanted);
    match cell {
        SheetCell::Empty => wanted.is_empty(),
        SheetCell::Word(word, term) => holds(word) || holds(term.zh) || holds(term.en),
        SheetCell::Money(fen) => holds(&fen.to_string()) || holds(&fen.grouped()),
        SheetCell::Text(_)
        | SheetCell::Message(_)
        | SheetCell::Count(_)
        | SheetCell::Time(_)
        | SheetCell::Day(_) => holds(&cell.plain()),
    }
}

/// The number of a cell that holds one.
pub(super) fn number(cell: &SheetCell) -> Option<i64> {
    match cell {
        SheetCell::Money(fen) => Some(fen.get()),
        SheetCell::Count(count) => i64::try_from(*count).ok(),
        SheetCell::Empty
        | SheetCell::Text(_)
        | SheetCell::Word(..)
        | SheetCell::Message(_)
        | SheetCell::Time(_)
        | SheetCell::Day(_) => None,
    }
}

fn day(cell: &SheetCell) -> Option<BillDate> {
    match cell {
        SheetCell::Time(at) => Some(at.day()),
        SheetCell::Day(day) => Some(*day),
        SheetCell::Empty
        | SheetCell::Text(_)
        | SheetCell::Word(..)
        | SheetCell::Message(_)
        | SheetCell::Money(_)
        | SheetCell::Count(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use recondesk_domain::{Fen, Instant, Term};

    #[test]
    fn each_kind_of_cell_answers_the_tests_that_fit_it() {
        let money = SheetCell::Money(Fen::new(29_900));
        let word = SheetCell::Word("paid", Term::new("已支付", "Paid"));
        let time = SheetCell::Time(Instant::parse_beijing("2026-03-08 23:59:59").unwrap());
        let between = |least, most| CellTest::Between { least, most };
        let days = |first: &str, last: &str| CellTest::Days {
            first: BillDate::parse(first),
            last: BillDate::parse(last),
        };

        assert!(between(Some(29_900), Some(29_900)).passes(&money));
        assert!(!between(Some(29_901), None).passes(&money));
        assert!(CellTest::Contains("299.0".to_owned()).passes(&money));
        assert!(CellTest::Contains("PAID".to_owned()).passes(&word));
        assert!(CellTest::Contains("已支".to_owned()).passes(&word));
        assert!(CellTest::OneOf(vec!["paid".to_owned()]).passes(&word));
        assert!(!CellTest::NoneOf(vec!["paid".to_owned()]).passes(&word));
        assert!(CellTest::OneOf(vec![String::new()]).passes(&SheetCell::Empty));
        assert!(days("2026-03-08", "2026-03-08").passes(&time));
        assert!(!days("2026-03-09", "").passes(&time));
        assert!(days("", "").passes(&time));
        assert!(!days("", "").passes(&SheetCell::Empty));
        assert!(CellTest::Blank.passes(&SheetCell::Empty) && CellTest::Filled.passes(&time));
        assert!(!between(None, None).passes(&word));
    }
}
