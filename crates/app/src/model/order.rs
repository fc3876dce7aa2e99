//! The table of orders, and one order in full.

use recondesk_domain::{BillDate, MOrder, ProfileId};
use recondesk_ports::TableQuery;

use super::{RawLine, TimelineEvent};

/// Which orders are listed, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderFilter {
    /// The merchant.
    pub profile: ProfileId,
    /// The day.
    pub day: BillDate,
    /// Filter and order.
    pub query: TableQuery,
}

impl OrderFilter {
    /// All orders of a day, as in the file.
    #[must_use]
    pub fn all(profile: ProfileId, day: BillDate) -> Self {
        Self {
            profile,
            day,
            query: TableQuery::default(),
        }
    }

    /// The same order of rows over all of them.
    #[must_use]
    pub fn cleared(&self) -> Self {
        let mut all = Self::all(self.profile, self.day);
        all.query.sort = self.query.sort;
        all.query.descending = self.query.descending;
        all
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
