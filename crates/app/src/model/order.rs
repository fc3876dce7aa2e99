//! The table of orders, and one order in full.

use super::{RawLine, TimelineEvent};
use crate::tables::TableView;
use recondesk_domain::{BillDate, MOrder, ProfileId};

/// Which orders are listed, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderFilter {
    /// The merchant.
    pub profile: ProfileId,
    /// The day.
    pub day: BillDate,
    /// Only rows of which a number contains this text; empty for all.
    pub number: String,
    /// Order and filters of the columns.
    pub view: TableView,
}

impl OrderFilter {
    /// All orders of a day, as in the file.
    #[must_use]
    pub fn all(profile: ProfileId, day: BillDate) -> Self {
        Self {
            profile,
            day,
            number: String::new(),
            view: TableView::default(),
        }
    }

    /// The same order of rows over all of them.
    #[must_use]
    pub fn cleared(&self) -> Self {
        let mut all = Self::all(self.profile, self.day);
        all.view.sorts.clone_from(&self.view.sorts);
        all
    }

    /// True when not every row of the day is listed.
    #[must_use]
    pub fn narrows(&self) -> bool {
        !self.number.is_empty() || self.view.narrows()
    }
}

/// One row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderRow {
    /// Number of the stored row.
    pub id: u64,
    /// The order.
    pub order: MOrder,
    /// File it came from.
    pub source: String,
}

/// One order in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderDetail {
    /// Its row.
    pub row: OrderRow,
    /// Line of the file.
    pub line: Option<RawLine>,
    /// What happened, oldest first.
    pub timeline: Vec<TimelineEvent>,
}
