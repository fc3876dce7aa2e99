//! The rows behind a table: a long list of which some pages are here, or a list that is here whole.

use std::ops::Range;
use std::sync::Arc;

use crate::page::Page;
use crate::widgets::table::{Column, Selection, test_words};
use recondesk_app::tables::ask::ListFilter;
use recondesk_app::tables::{RowContext, TableRow, TableView, arrange};
use recondesk_app::{ListAnswers, ListKind, RowWindow};

/// The rows of a table.
pub(in crate::screens) enum GridData<'a, R> {
    /// A long list.
    List {
        /// What is listed.
        list: ListFilter,
        /// Its rows as far as they are here.
        window: &'a RowWindow<R>,
    },
    /// All rows are here.
    Here {
        /// The rows.
        rows: &'a [R],
        /// Which are listed, in order.
        order: &'a LocalOrder,
    },
}

/// The order of rows that are all here; made anew when they or what is asked of them change.
#[derive(Debug, Default)]
pub(in crate::screens) struct LocalOrder {
    made_of: Option<(u64, TableView)>,
    order: Arc<[u32]>,
    generation: u64,
}

impl LocalOrder {
    /// Puts rows in order, when something changed since.
    pub(in crate::screens) fn follow<R: TableRow>(
        &mut self,
        page: &Page<'_>,
        rows: &[R],
        view: &TableView,
    ) {
        let made_of = (page.state.answered, view.clone());
        if self.made_of.as_ref() == Some(&made_of) {
            return;
        }
        let order = with_known(page, |known| arrange(rows, view, known));
        if *self.order != *order {
            self.order = order.into();
            self.generation = self.generation.wrapping_add(1);
        }
        self.made_of = Some(made_of);
    }

    /// How many rows are listed.
    pub(in crate::screens) fn count(&self) -> u64 {
        self.order.len() as u64
    }

    /// The row at a place.
    pub(in crate::screens) fn get<'r, R>(&self, rows: &'r [R], row: u64) -> Option<&'r R> {
        let at = self.order.get(usize::try_from(row).ok()?)?;
        rows.get(usize::try_from(*at).ok()?)
    }
}

impl<'a, R: TableRow> GridData<'a, R> {
    /// No rows, while there is no list.
    pub(in crate::screens) fn none() -> Self {
        static NONE: std::sync::OnceLock<LocalOrder> = std::sync::OnceLock::new();
        Self::Here {
            rows: &[],
            order: NONE.get_or_init(LocalOrder::default),
        }
    }

    /// How many rows are listed.
    pub(super) fn count(&self) -> u64 {
        match self {
            Self::List { window, .. } => window.len(),
            Self::Here { order, .. } => order.count(),
        }
    }

    /// The row at a place, if it is here.
    pub(in crate::screens) fn get(&self, row: u64) -> Option<&'a R> {
        match self {
            Self::List { window, .. } => window.get(row),
            Self::Here { rows, order } => order.get(rows, row),
        }
    }

    /// Which order of rows this is.
    pub(super) fn generation(&self) -> u64 {
        match self {
            Self::List { window, .. } => window.generation(),
            Self::Here { order, .. } => order.generation,
        }
    }

    /// The long list, where it is one.
    pub(super) const fn list(&self) -> Option<&ListFilter> {
        match self {
            Self::List { list, .. } => Some(list),
            Self::Here { .. } => None,
        }
    }

    /// All rows, where they are here.
    pub(super) const fn rows_here(&self) -> &'a [R] {
        match self {
            Self::List { .. } => &[],
            Self::Here { rows, .. } => rows,
        }
    }

    /// Numbers of all listed rows of a long list.
    pub(super) fn ids(&self) -> Option<Arc<[u64]>> {
        match self {
            Self::List { window, .. } => Some(window.shared_ids()),
            Self::Here { .. } => None,
        }
    }

    /// Numbers of selected rows of a long list.
    pub(in crate::screens) fn ids_of(&self, selection: &Selection) -> Arc<[u64]> {
        let Self::List { window, .. } = self else {
            return Arc::from([]);
        };
        let all = selection.count() == window.len();
        if all {
            return window.shared_ids();
        }
        let stretch = |range: &Range<u64>| {
            let end = |row: u64| usize::try_from(row).unwrap_or(usize::MAX);
            window
                .ids()
                .get(end(range.start)..end(range.end))
                .unwrap_or_default()
        };
        let stretches: Vec<&[u64]> = selection.ranges().iter().map(stretch).collect();
        stretches.concat().into()
    }

    /// What was answered about the rows of a long list.
    pub(super) fn answers<'p>(&self, page: &'p Page<'_>) -> Option<&'p ListAnswers> {
        page.state.lists.get(&self.list()?.kind())
    }

    /// The rows of a long list that come into view.
    pub(super) fn wanted(&self, visible: &Range<u64>) -> Option<(ListKind, Range<u64>)> {
        let list = self.list()?;
        (!visible.is_empty()).then(|| (list.kind(), visible.clone()))
    }
}

/// Does something with what rows need to know beside themselves.
pub(super) fn with_known<T>(page: &Page<'_>, with: impl FnOnce(&RowContext<'_>) -> T) -> T {
    let name_of = |id| page.state.name_of(id).to_owned();
    with(&RowContext {
        today: page.state.now.day(),
        name_of: &name_of,
    })
}

/// The filters of a view in words, each with the view that is left without it.
pub(in crate::screens) fn filter_chips(
    page: &Page<'_>,
    view: &TableView,
    columns: &[Column],
) -> Vec<(String, TableView)> {
    let chip = |filter: &recondesk_app::tables::ColumnFilter| {
        let column = columns.iter().find(|column| column.id == filter.column)?;
        let mut left = view.clone();
        left.set_filter(column.id, None);
        Some((test_words(page.w, column, &filter.test), left))
    };
    view.filters.iter().filter_map(chip).collect()
}
