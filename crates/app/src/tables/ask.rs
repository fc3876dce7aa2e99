//! What is asked about the rows of a long list, whose rows are not all at hand: text for the clipboard, a file, sums,
//! the values of a column, the next row that holds a text.

use std::path::PathBuf;
use std::sync::Arc;

use super::columns::{ColumnSpec, RowSum, spec};
use super::text::CopyFormat;
use super::{TableRow, TableView};
use crate::model::{CaseFilter, CaseRow, OrderFilter, OrderRow};
use crate::{ExportFormat, ListKind};
use recondesk_domain::{Language, SheetCell};

/// A long list as it is filtered and sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListFilter {
    /// Cases.
    Cases(CaseFilter),
    /// Orders.
    Orders(OrderFilter),
}

impl ListFilter {
    /// Which list it is of.
    #[must_use]
    pub const fn kind(&self) -> ListKind {
        match self {
            Self::Cases(_) => ListKind::Cases,
            Self::Orders(_) => ListKind::Orders,
        }
    }

    /// Order and filters of its columns.
    #[must_use]
    pub const fn view(&self) -> &TableView {
        match self {
            Self::Cases(filter) => &filter.view,
            Self::Orders(filter) => &filter.view,
        }
    }
}

impl ListKind {
    /// The columns of the list.
    #[must_use]
    pub const fn columns(self) -> &'static [ColumnSpec] {
        match self {
            Self::Cases => CaseRow::COLUMNS,
            Self::Orders => OrderRow::COLUMNS,
        }
    }
}

/// Rows of a list, with columns.
#[derive(Debug, Clone)]
pub struct ListRows {
    /// The list.
    pub list: ListFilter,
    /// The rows, in order; `None` for all that the list has.
    pub ids: Option<Arc<[u64]>>,
    /// Their columns, in order.
    pub columns: Vec<String>,
    /// The language of words and labels.
    pub language: Language,
}

impl ListRows {
    /// The columns as the list has them; names it does not have are left out.
    #[must_use]
    pub fn specs(&self) -> Vec<&'static ColumnSpec> {
        let columns = self.columns.iter();
        let all = self.list.kind().columns();
        columns.filter_map(|id| spec(all, id)).collect()
    }
}

/// A question about the rows of a list.
#[derive(Debug, Clone)]
pub enum ListAsk {
    /// Rows as text for the clipboard.
    Copy(ListRows, CopyFormat),
    /// Rows into a file.
    Export(ListRows, ExportFormat, PathBuf),
    /// Sums over these rows.
    Sums(ListFilter, Arc<[u64]>),
    /// The values of a column, for its filter.
    Values(ListFilter, String),
    /// The next row that holds a text.
    Find(FindAsk),
}

/// A search in a list.
#[derive(Debug, Clone)]
pub struct FindAsk {
    /// The list.
    pub list: ListFilter,
    /// Its rows in order.
    pub ids: Arc<[u64]>,
    /// What is looked for.
    pub text: String,
    /// Columns that are looked at, where the list can look at each.
    pub columns: Vec<String>,
    /// Where the search begins; that row is looked at last.
    pub from: Option<u64>,
    /// Upwards.
    pub back: bool,
}

/// The answer to a [`ListAsk`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListAnswer {
    /// Text for the clipboard, and how many rows it has.
    Copied(Arc<str>, u64),
    /// Sums.
    Sums(Vec<RowSum>),
    /// Values of a column.
    Values(ValueCounts),
    /// The row that was found.
    Found(Option<u64>),
}

/// The different values of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueCounts {
    /// The column.
    pub column: String,
    /// Each value with its count, the most frequent first; `None` when there are too many to choose from.
    pub values: Option<Vec<(SheetCell, u64)>>,
}

/// Most values of a column that are offered to choose from.
pub const MOST_VALUES: usize = 500;
