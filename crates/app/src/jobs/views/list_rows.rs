//! The rows of a long list one after the other, read in batches: what copies and exports are made of.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use super::Views;
use crate::jobs::imports::Watching;
use crate::model::{CaseRow, OrderRow};
use crate::tables::ask::{ListFilter, ListRows};
use crate::tables::{ColumnSpec, RowContext, TableRow};
use crate::{Failure, FailureKind, Message, Progress, Reporter, Step};
use recondesk_domain::{ProfileId, SheetCell};

/// Rows that are read at a time.
const BATCH: usize = 200;

/// Where the rows come from.
enum RowSource {
    /// All of them are here, by number.
    Cases(HashMap<u64, CaseRow>),
    /// They are read from the books.
    Orders,
}

/// Reads rows; an error ends it, and is told at the end.
pub(super) struct ListReader<'a> {
    views: Views<'a>,
    columns: Vec<&'static ColumnSpec>,
    names: BTreeMap<ProfileId, String>,
    rows: RowSource,
    ids: Arc<[u64]>,
    at: usize,
    ready: VecDeque<Vec<SheetCell>>,
    given: u64,
    failure: Option<Failure>,
    reporter: &'a dyn Reporter,
}

impl<'a> ListReader<'a> {
    pub(super) fn new(
        views: Views<'a>,
        ask: &ListRows,
        reporter: &'a dyn Reporter,
    ) -> Result<Self, Failure> {
        let (rows, listed): (RowSource, Arc<[u64]>) = match &ask.list {
            ListFilter::Cases(filter) => {
                let (order, rows) = views.cases(filter)?;
                let rows = rows.into_iter().map(|row| (row.id, row)).collect();
                (RowSource::Cases(rows), order.ids.into())
            }
            ListFilter::Orders(filter) => {
                let ids = if let Some(ids) = &ask.ids {
                    Arc::clone(ids)
                } else {
                    let list = views.listed(filter, &Watching(reporter))?;
                    list.ids.into_iter().map(|id| id.0).collect()
                };
                (RowSource::Orders, ids)
            }
        };
        Ok(Self {
            views,
            columns: ask.specs(),
            names: views.names()?,
            rows,
            ids: ask.ids.clone().unwrap_or(listed),
            at: 0,
            ready: VecDeque::new(),
            given: 0,
            failure: None,
            reporter,
        })
    }

    /// How many rows were given.
    ///
    /// # Errors
    /// What ended them early; then fewer were given than asked for.
    pub(super) fn finish(self) -> Result<u64, Failure> {
        match self.failure {
            Some(failure) => Err(failure),
            None => Ok(self.given),
        }
    }

    fn fill(&mut self) -> Result<(), Failure> {
        if self.reporter.cancelled() {
            return Err(Failure::cancelled());
        }
        let end = self.at.saturating_add(BATCH).min(self.ids.len());
        let batch = self.ids.get(self.at..end).unwrap_or_default();
        match &self.rows {
            RowSource::Cases(rows) => {
                for id in batch {
                    let row = rows.get(id).ok_or_else(gone)?;
                    self.ready.push_back(self.cells(row));
                }
            }
            RowSource::Orders => {
                let rows: Vec<OrderRow> = self.views.order_rows(batch)?;
                if rows.len() != batch.len() {
                    return Err(gone());
                }
                for row in &rows {
                    self.ready.push_back(self.cells(row));
                }
            }
        }
        self.at = end;
        self.reporter.progress(Progress {
            step: Step::Export,
            done: end as u64,
            total: Some(self.ids.len() as u64),
        });
        Ok(())
    }

    fn cells<R: TableRow>(&self, row: &R) -> Vec<SheetCell> {
        let known = RowContext {
            today: self.views.now.day(),
            name_of: &|id| self.names.get(&id).cloned().unwrap_or_default(),
        };
        let columns = self.columns.iter();
        columns.map(|column| row.cell(column.id, &known)).collect()
    }
}

impl Iterator for ListReader<'_> {
    type Item = Vec<SheetCell>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failure.is_some() {
            return None;
        }
        if self.ready.is_empty()
            && self.at < self.ids.len()
            && let Err(failure) = self.fill()
        {
            self.failure = Some(failure);
            self.ready.clear();
            return None;
        }
        let row = self.ready.pop_front()?;
        self.given = self.given.saturating_add(1);
        Some(row)
    }
}

fn gone() -> Failure {
    Failure::new(
        FailureKind::Workspace,
        "rows.gone",
        Message::new(
            "列表已经变了，请刷新后再试",
            "The list has changed; ask for it again",
        ),
        Message::default(),
    )
}
