//! The Orders screen: the list, its pages, and one order in full.

use super::Views;
use crate::Failure;
use crate::command::{OrderList, RowOrder};
use crate::model::{OrderDetail, OrderFilter, OrderRow, TimelineEvent, TimelineKind};
use crate::tables::{self, orders::FileNames};
use recondesk_domain::{MOrder, ProfileId};
use recondesk_ports::{Book, BookDay, BookRow, RowId, RowList, StoreError, TableQuery, Watch};

impl Views<'_> {
    /// The rows of a filter in order, with the count of the day and the sum of what is listed.
    ///
    /// # Errors
    /// [`Failure`] when the workspace cannot be read or the work is cancelled.
    pub fn orders(&self, filter: &OrderFilter, watch: &dyn Watch) -> Result<OrderList, Failure> {
        let list = self.listed(filter, watch)?;
        Ok(RowOrder {
            ids: list.ids.into_iter().map(|id| id.0).collect(),
            totals: (list.of, list.sum),
        })
    }

    /// What the books list for a filter.
    pub(super) fn listed(
        &self,
        filter: &OrderFilter,
        watch: &dyn Watch,
    ) -> Result<RowList, Failure> {
        let place = BookDay {
            profile: filter.profile,
            book: Book::Orders,
            day: filter.day,
        };
        Ok(self.books.list(place, &self.order_query(filter)?, watch)?)
    }

    /// What the books are asked for a filter.
    pub(super) fn order_query(&self, filter: &OrderFilter) -> Result<TableQuery, Failure> {
        let files = self.file_names(filter.profile)?;
        Ok(tables::orders::query(&filter.view, &filter.number, &files))
    }

    /// Names of the files of a merchant, by import.
    pub(super) fn file_names(&self, profile: ProfileId) -> Result<FileNames, Failure> {
        let imports = self.books.imports(profile)?.into_iter();
        Ok(imports.map(|import| (import.import, import.name)).collect())
    }

    /// A page of rows.
    ///
    /// # Errors
    /// As [`Views::orders`].
    pub fn order_rows(&self, ids: &[u64]) -> Result<Vec<OrderRow>, Failure> {
        let wanted: Vec<RowId> = ids.iter().map(|id| RowId(*id)).collect();
        let rows = self.books.rows(&wanted)?;
        let mut names = ImportNames::default();
        let orders = ids.iter().zip(rows).filter_map(|(id, row)| match row {
            BookRow::Order(order) => Some((*id, order)),
            BookRow::Pay(_) | BookRow::Refund(_) | BookRow::MerchantRefund(_) => None,
        });
        Ok(orders
            .map(|(id, order)| OrderRow {
                id,
                order,
                source: names.of(self, &order),
            })
            .collect())
    }

    /// One order in full.
    ///
    /// # Errors
    /// As [`Views::orders`], and when the row is gone.
    pub fn order(&self, _profile: ProfileId, id: u64) -> Result<OrderDetail, Failure> {
        let row = self
            .order_rows(&[id])?
            .pop()
            .ok_or_else(|| StoreError::Missing(id.to_string()))?;
        let raw = self.books.raw_row(row.order.row)?;
        let line = self.raw_line(raw);
        let source = format!("{} {}", line.file, line.line);
        let timeline = order_events(&row.order, &source);
        Ok(OrderDetail {
            row,
            line: Some(line),
            timeline,
        })
    }
}

/// What the merchant's row tells, oldest first.
pub(super) fn order_events(order: &MOrder, source: &str) -> Vec<TimelineEvent> {
    let event = |at, kind| TimelineEvent {
        at,
        kind,
        source: source.to_owned(),
    };
    let created = order.created();
    let mut out = Vec::from_iter(created.map(|at| event(at, TimelineKind::Created)));
    out.extend(order.paid_at.map(|at| event(at, TimelineKind::Booked)));
    out.extend(order.closed_at.map(|at| event(at, TimelineKind::Closed)));
    out.extend(
        order
            .fulfilled_at
            .map(|at| event(at, TimelineKind::Fulfilled)),
    );
    out.sort_by_key(|event| event.at);
    out
}

/// File names of imports, asked once each.
#[derive(Default)]
struct ImportNames(std::collections::BTreeMap<u32, String>);

impl ImportNames {
    fn of(&mut self, views: &Views<'_>, order: &MOrder) -> String {
        let name = self.0.entry(order.row.import).or_insert_with(|| {
            views
                .books
                .raw_row(order.row)
                .map(|raw| raw.file)
                .unwrap_or_default()
        });
        name.clone()
    }
}
