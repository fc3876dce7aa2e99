//! What a long table shows of a book: its order, its filters, and the answers without the rows themselves.

use recondesk_domain::Fen;

/// A column of a book that a table can be sorted and filtered by; a book without such a column has
/// nothing in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BookColumn {
    /// Line of the file.
    Line,
    /// The number the merchant gave: of the order, or of the refund.
    Number,
    /// Business order of the merchant.
    OrderNo,
    /// 微信订单号.
    TransactionId,
    /// App id.
    AppId,
    /// Amount, fen.
    Amount,
    /// State, the `repr` of the state enum of the book.
    State,
    /// State of fulfilment, the `repr` of `FulfilStatus`.
    Fulfilment,
    /// Business time: of the payment or refund in a bill, when an order was made.
    Time,
    /// When an order was paid.
    PaidAt,
    /// When an order was closed.
    ClosedAt,
    /// When an order was delivered.
    FulfilledAt,
    /// Refunded so far, fen.
    RefundTotal,
    /// The file it came from, as the number of its import.
    Import,
}

/// One column of the order of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SortColumn {
    /// The column.
    pub column: BookColumn,
    /// Largest first. Rows without a value come last either way.
    pub descending: bool,
}

/// What a row must have in a column to be listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowTest {
    /// A text that contains this one, capital letters alike.
    Contains(String),
    /// One of these texts, or none of them; an empty text is that of rows without a value.
    Texts {
        /// The texts.
        values: Vec<String>,
        /// True when it must be one of them.
        wanted: bool,
    },
    /// One of these numbers, or none of them: fen, seconds since 1970, states, imports; no number is that
    /// of rows without a value.
    Numbers {
        /// The numbers.
        values: Vec<Option<i64>>,
        /// True when it must be one of them.
        wanted: bool,
    },
    /// A number of fen, a line, or seconds since 1970 between these, both included.
    Between {
        /// The least.
        least: Option<i64>,
        /// The most.
        most: Option<i64>,
    },
    /// A value at all, or none.
    Present(bool),
}

/// A test of one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnTest {
    /// The column.
    pub column: BookColumn,
    /// The test.
    pub test: RowTest,
}

/// What a table shows of a book.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TableQuery {
    /// Order, the most important column first; equal rows come as in the file.
    pub sorts: Vec<SortColumn>,
    /// Only rows of which a number contains this text; empty for all.
    pub number: String,
    /// Only rows that pass all of these.
    pub tests: Vec<ColumnTest>,
}

/// Number of a stored row: stable for ever, 8 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowId(pub u64);

/// The rows of a table, in order, without their contents.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RowList {
    /// Rows in order.
    pub ids: Vec<RowId>,
    /// Rows of the day before filtering.
    pub of: u64,
    /// Sum of the amounts of the listed rows.
    pub sum: Fen,
}

/// A question for the values of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ValuesAsk {
    /// The column; its own tests in the query do not narrow the answer.
    pub column: BookColumn,
    /// Most different values that are of use.
    pub most: usize,
}

/// What stands in a column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BookValue {
    /// A text; empty for rows without one.
    Text(String),
    /// A state, or an import.
    Code(u32),
}

/// A value and how many rows have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueCount {
    /// The value.
    pub value: BookValue,
    /// Rows.
    pub count: u64,
}
