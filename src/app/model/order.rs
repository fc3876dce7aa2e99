//! The table of orders, and one order in full.

use crate::domain::{AppId, BillDate, FulfilStatus, MOrder, ProfileId};
use crate::ports::TableQuery;

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
    /// What the rows that pass must hold beside that.
    pub only: OrderOnly,
}

impl OrderFilter {
    /// All orders of a day, as in the file.
    #[must_use]
    pub fn all(profile: ProfileId, day: BillDate) -> Self {
        Self {
            profile,
            day,
            query: TableQuery::default(),
            only: OrderOnly::default(),
        }
    }

    /// True when not every order of the day is listed.
    #[must_use]
    pub fn narrows(&self) -> bool {
        let query = &self.query;
        let all = query.number.is_empty() && query.states.is_empty() && query.amount.is_none();
        !all || !self.only.is_empty()
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

/// A filter over fields that the books do not filter by: the rows themselves are read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OrderOnly {
    /// One of these fulfilment states; empty for all.
    pub fulfil: Vec<FulfilStatus>,
    /// This appid.
    pub appid: Option<AppId>,
}

impl OrderOnly {
    /// True when every order passes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// True when this order passes.
    #[must_use]
    pub fn passes(&self, order: &MOrder) -> bool {
        (self.fulfil.is_empty() || self.fulfil.contains(&order.fulfil_status))
            && self.appid.is_none_or(|appid| order.appid == appid)
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
