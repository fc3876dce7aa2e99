//! What is asked of a table: the order of its rows, and the filters of its columns.

use serde::{Deserialize, Serialize};

use super::CellTest;
use recondesk_domain::SheetCell;

/// One column of the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnSort {
    /// The column.
    pub column: String,
    /// Largest first.
    #[serde(default)]
    pub descending: bool,
}

/// The filter of a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnFilter {
    /// The column.
    pub column: String,
    /// The test.
    pub test: CellTest,
}

/// What is asked of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TableView {
    /// Columns of the order, the most important first; without any the table has an order of its own.
    pub sorts: Vec<ColumnSort>,
    /// Filters, at most one a column; a row passes all of them.
    pub filters: Vec<ColumnFilter>,
}

impl TableView {
    /// How a column takes part in the order: its place from 0, and whether it is turned round.
    #[must_use]
    pub fn sort_of(&self, column: &str) -> Option<(usize, bool)> {
        let mut sorts = self.sorts.iter().enumerate();
        let (at, sort) = sorts.find(|(_, sort)| sort.column == column)?;
        Some((at, sort.descending))
    }

    /// A click on a header: that column alone, and turned round by the next click. With `add` the column
    /// joins the order, is turned round by the next click, and leaves it by the third.
    pub fn sort_by(&mut self, column: &str, add: bool) {
        let known = self.sort_of(column);
        if !add {
            self.sorts.retain(|sort| sort.column == column);
        }
        let place = self.sorts.iter_mut().position(|sort| sort.column == column);
        match (place, known) {
            (Some(at), Some((_, true))) if add => {
                self.sorts.remove(at);
            }
            (Some(at), Some((_, descending))) => {
                if let Some(sort) = self.sorts.get_mut(at) {
                    sort.descending = !descending;
                }
            }
            (Some(_) | None, None) | (None, Some(_)) => self.sorts.push(ColumnSort {
                column: column.to_owned(),
                descending: false,
            }),
        }
    }

    /// The filter of a column.
    #[must_use]
    pub fn filter_of(&self, column: &str) -> Option<&CellTest> {
        let mut filters = self.filters.iter();
        filters
            .find(|filter| filter.column == column)
            .map(|filter| &filter.test)
    }

    /// Filters a column, or takes its filter away.
    pub fn set_filter(&mut self, column: &str, test: Option<CellTest>) {
        let place = self
            .filters
            .iter()
            .position(|filter| filter.column == column);
        match (test, place) {
            (Some(test), Some(at)) => {
                if let Some(filter) = self.filters.get_mut(at) {
                    filter.test = test;
                }
            }
            (Some(test), None) => self.filters.push(ColumnFilter {
                column: column.to_owned(),
                test,
            }),
            (None, Some(at)) => {
                self.filters.remove(at);
            }
            (None, None) => {}
        }
    }

    /// Only rows with the value of this cell.
    pub fn only(&mut self, column: &str, cell: &SheetCell) {
        self.set_filter(column, Some(CellTest::OneOf(vec![cell.plain()])));
    }

    /// No rows with the value of this cell, and none of those that were left out before.
    pub fn without(&mut self, column: &str, cell: &SheetCell) {
        let value = cell.plain();
        let test = match self.filter_of(column) {
            Some(CellTest::NoneOf(values)) => {
                let mut values = values.clone();
                values.push(value);
                CellTest::NoneOf(values)
            }
            Some(CellTest::OneOf(values)) => {
                let mut values = values.clone();
                values.retain(|known| *known != value);
                CellTest::OneOf(values)
            }
            Some(
                CellTest::Contains(_)
                | CellTest::Between { .. }
                | CellTest::Days { .. }
                | CellTest::Blank
                | CellTest::Filled,
            )
            | None => CellTest::NoneOf(vec![value]),
        };
        self.set_filter(column, Some(test));
    }

    /// True when not every row is listed.
    #[must_use]
    pub fn narrows(&self) -> bool {
        !self.filters.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(view: &TableView) -> Vec<(&str, bool)> {
        let sorts = view.sorts.iter();
        sorts
            .map(|sort| (sort.column.as_str(), sort.descending))
            .collect()
    }

    #[test]
    fn a_click_sorts_by_one_column_and_with_shift_by_several() {
        let mut view = TableView::default();
        view.sort_by("amount", false);
        view.sort_by("paid", true);
        assert_eq!(order(&view), [("amount", false), ("paid", false)]);

        view.sort_by("amount", true);
        assert_eq!(order(&view), [("amount", true), ("paid", false)]);

        view.sort_by("amount", true);
        assert_eq!(order(&view), [("paid", false)]);

        view.sort_by("paid", false);
        assert_eq!(order(&view), [("paid", true)]);

        view.sort_by("paid", false);
        assert_eq!(order(&view), [("paid", false)]);

        view.sort_by("number", false);
        assert_eq!(order(&view), [("number", false)]);
    }

    #[test]
    fn what_is_left_out_adds_up_and_only_begins_anew() {
        let text = |text: &str| SheetCell::text(text);
        let mut view = TableView::default();
        view.without("owner", &text("李雯"));
        view.without("owner", &SheetCell::Empty);
        let left_out = CellTest::NoneOf(vec!["李雯".to_owned(), String::new()]);
        assert_eq!(view.filter_of("owner"), Some(&left_out));

        view.only("owner", &text("陈默"));
        assert_eq!(
            view.filter_of("owner"),
            Some(&CellTest::OneOf(vec!["陈默".to_owned()]))
        );
        view.set_filter("owner", None);
        assert!(!view.narrows());
    }
}
