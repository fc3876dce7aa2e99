//! What a column of a table is, and what a row says in it.

use recondesk_domain::{BillDate, Fen, Heading, ProfileId, SheetCell, Term};

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text from outside: numbers of orders, names, files.
    Text,
    /// One of a few words of this program.
    Word,
    /// Money, fen.
    Money,
    /// A count.
    Count,
    /// An instant.
    Time,
    /// A day.
    Day,
}

impl ColumnKind {
    /// True for what is right-aligned and added up.
    #[must_use]
    pub const fn is_number(self) -> bool {
        matches!(self, Self::Money | Self::Count)
    }
}

/// A column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColumnSpec {
    /// Its name in views, layouts and tests; stable.
    pub id: &'static str,
    /// Its names outside: header of CSV, key of JSON, and what people read.
    pub heading: Heading,
    /// What stands in it.
    pub kind: ColumnKind,
}

impl ColumnSpec {
    /// A column; `name` is that of scripts.
    #[must_use]
    pub const fn new(id: &'static str, name: &'static str, kind: ColumnKind, label: Term) -> Self {
        let width = match kind {
            ColumnKind::Text => 30,
            ColumnKind::Word | ColumnKind::Money | ColumnKind::Count => 12,
            ColumnKind::Time => 20,
            ColumnKind::Day => 12,
        };
        Self {
            id,
            heading: Heading { name, label, width },
            kind,
        }
    }
}

/// The column of that name.
#[must_use]
pub fn spec(columns: &'static [ColumnSpec], id: &str) -> Option<&'static ColumnSpec> {
    columns.iter().find(|column| column.id == id)
}

/// What rows need to know beside themselves.
#[derive(Clone, Copy)]
pub struct RowContext<'a> {
    /// Today, for ages.
    pub today: BillDate,
    /// Names of merchants.
    pub name_of: &'a dyn Fn(ProfileId) -> String,
}

/// A row of a table.
pub trait TableRow {
    /// The columns there are, in their usual order.
    const COLUMNS: &'static [ColumnSpec];

    /// What stands in a column; nothing in one that there is not.
    fn cell(&self, column: &str, known: &RowContext<'_>) -> SheetCell;

    /// What the row is sorted by in a column of words that have an order of their own.
    fn rank(&self, column: &str) -> Option<i64> {
        let _ = column;
        None
    }

    /// The sums that the row counts into, each with its amount. Payments and refunds, and the two books,
    /// are never one sum.
    fn amounts(&self) -> Vec<(Term, Fen)>;
}

/// A sum over chosen rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowSum {
    /// What was added up.
    pub of: Term,
    /// Rows that have an amount there.
    pub count: u64,
    /// Their sum.
    pub sum: Fen,
}

impl RowSum {
    /// The mean, to the fen nearest zero; nothing over no rows.
    #[must_use]
    pub fn mean(&self) -> Option<Fen> {
        let count = i64::try_from(self.count).ok()?;
        self.sum.get().checked_div(count).map(Fen::new)
    }
}
