//! Joins a table to what answers about its rows: sums, values, text for the clipboard, search, files, named views.
//!
//! Rows of a long list come by pages, so what is asked about all of them goes to the jobs; rows that are
//! here are answered at once. Either way the screen sees the same [`Grid`].

mod copy;
mod data;
mod menu;
mod views;

use egui::{Rect, Ui};

pub(super) use self::copy::export_menu;
pub(super) use self::data::{GridData, LocalOrder, filter_chips};
use super::columns::{self, Offer};
use super::row_menu::RowMenu;
use crate::action::{Action, Outbox};
use crate::format;
use crate::page::Page;
use crate::widgets::table::{Column, FindWish, Rows, Table, TableMemory, TableOutput};
use recondesk_app::Command;
use recondesk_app::tables::ask::{FindAsk, ListAsk, ValueCounts};
use recondesk_app::tables::{
    RowSum, Search, TableLayout, TableRow, TableView, column_values, find_row, sums,
};

/// Most rows that are added up or copied without a job, when all of them are here.
const AT_ONCE: u64 = 20_000;

/// What a table of a screen remembers.
#[derive(Default)]
pub(super) struct Grid {
    /// Cursor, selection, place.
    pub(super) table: TableMemory,
    /// The menu of a row.
    pub(super) menu: RowMenu,
    generation: u64,
    /// Which selection the sums are of: order of rows, version of the selection.
    summed: Option<(u64, u64)>,
    /// The sums of what is selected.
    sums: SelectionSums,
    /// Values of the column whose funnel is open, of rows that are here.
    values: Option<ValueCounts>,
    /// True while a search is on its way.
    finding: bool,
    /// True in the frame of the question: the answer that stands there is an older one.
    just_asked: bool,
    found_nothing: bool,
    copy_menu: copy::CopyMenu,
    naming: views::ViewNaming,
    standing: Vec<String>,
}

/// The sums of selected rows.
#[derive(Default)]
enum SelectionSums {
    /// A job makes them, or nothing was asked.
    #[default]
    Elsewhere,
    /// Made at once.
    Known(Vec<RowSum>),
    /// No number holds them.
    TooLarge,
}

/// The rows of a table, and what they are drawn by.
pub(super) struct Listed<'a, R> {
    /// Paints the rows.
    pub(super) paint: &'a dyn Rows,
    /// The rows.
    pub(super) data: &'a GridData<'a, R>,
    /// Order and filters.
    pub(super) view: &'a TableView,
}

/// What a table shows and how.
pub(super) struct GridAsk<'a, R: TableRow> {
    /// The page it stands on.
    pub(super) page: &'a Page<'a>,
    /// Its name, also of its layout and views.
    pub(super) name: &'static str,
    /// Columns it can show.
    pub(super) offers: &'a [Offer],
    /// Paints the rows.
    pub(super) paint: &'a dyn Rows,
    /// The rows.
    pub(super) data: &'a GridData<'a, R>,
    /// Order and filters.
    pub(super) view: &'a TableView,
    /// How many columns stay while nobody chose.
    pub(super) frozen: usize,
    /// True where a person's layout has room; beside an open panel in a small window it has none.
    pub(super) roomy: bool,
}

impl<'a, R: TableRow> GridAsk<'a, R> {
    /// A table with one column that stays, in the layout a person chose.
    pub(super) const fn new(
        page: &'a Page<'a>,
        name: &'static str,
        offers: &'a [Offer],
        Listed { paint, data, view }: Listed<'a, R>,
    ) -> Self {
        Self {
            page,
            name,
            offers,
            paint,
            data,
            view,
            frozen: 1,
            roomy: true,
        }
    }

    /// The columns that are shown, in order.
    pub(super) fn columns(&self) -> Vec<Column> {
        columns::chosen(&self.layout(), self.offers)
    }

    fn layout(&self) -> TableLayout {
        if self.roomy {
            columns::layout(self.page, self.name)
        } else {
            TableLayout::default()
        }
    }
}

/// What happened in a table during a frame.
#[derive(Default)]
pub(super) struct GridOutput {
    /// A row is to be opened.
    pub(super) open: Option<u64>,
    /// The keyboard row moved there.
    pub(super) moved: Option<u64>,
    /// Another order or other filters are wanted.
    pub(super) view: Option<TableView>,
    /// What the table itself said.
    pub(super) table: TableOutput,
}

impl Grid {
    /// Another list: it starts from its top.
    pub(super) fn reset(&mut self) {
        self.table.reset();
        self.menu.close();
        self.summed = None;
        self.sums = SelectionSums::Elsewhere;
        self.standing.clear();
    }

    /// True while something over the table has Esc for itself.
    pub(super) fn owns_escape(&self) -> bool {
        self.menu.is_open() || self.table.owns_escape() || self.naming.is_open()
    }

    /// The count, sums and means of exactly what copy will take, for the status bar; empty without a selection.
    pub(super) fn standing(&self) -> &[String] {
        &self.standing
    }

    /// True when the order of rows is another than in the frame before.
    pub(super) fn is_new<R: TableRow>(&mut self, data: &GridData<'_, R>) -> bool {
        let now = data.generation();
        let before = std::mem::replace(&mut self.generation, now);
        before != now
    }

    /// Draws the table and joins it to its data.
    pub(super) fn show<R: TableRow>(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        ask: &GridAsk<'_, R>,
        out: &mut Outbox,
    ) -> GridOutput {
        let page = ask.page;
        let layout = ask.layout();
        let shown = ask.columns();
        let answers = ask.data.answers(page);
        let values = self.values.as_ref().or_else(|| answers?.values.value());
        if page.keys.find_in_table {
            self.table.open_find();
        }
        let table = Table {
            name: ask.name,
            columns: &shown,
            frozen: layout
                .frozen
                .map_or(ask.frozen, usize::from)
                .min(shown.len()),
            row_height: page.row_height(),
            view: ask.view,
            layout: &layout,
            values,
            found_nothing: self.found_nothing,
            today: page.state.now.day(),
        };
        let output = table.show(ui, rect, ask.paint, &mut self.table);
        let order: Vec<String> = shown.iter().map(|column| column.id.to_owned()).collect();
        if let Some(layout) = output.layout.clone().filter(|_| ask.roomy) {
            columns::keep(page, ask.name, Some(layout), out);
        }
        if let Some(column) = output.values {
            self.ask_values(ask, column, out);
        }
        let mut moved = output.moved;
        if let Some(wish) = &output.find {
            moved = self.search(ask, &order, wish, out).or(moved);
        }
        moved = self.searched(ask).or(moved);
        self.add_up(ui, ask, out);
        if let Some(wish) = output.copy {
            self.copy_wished(ui, ask, (&order, wish), out);
        }
        self.copy_menu_shown(ui, ask, &order, out);
        if let Some((list, rows)) = ask.data.wanted(&output.visible) {
            out.push(Action::Visible(list, rows));
        }
        GridOutput {
            open: output.open,
            moved,
            view: output.view.clone(),
            table: output,
        }
    }

    fn ask_values<R: TableRow>(&mut self, ask: &GridAsk<'_, R>, column: &str, out: &mut Outbox) {
        self.values = None;
        if let Some(list) = ask.data.list() {
            let values = ListAsk::Values(list.clone(), column.to_owned());
            out.run(Command::Rows(Box::new(values)));
            return;
        }
        let most = recondesk_app::tables::ask::MOST_VALUES;
        let values = data::with_known(ask.page, |known| {
            column_values(ask.data.rows_here(), ask.view, column, most, known)
        });
        self.values = Some(ValueCounts {
            column: column.to_owned(),
            values,
        });
    }

    /// Begins a search; of rows that are here the row comes back at once.
    fn search<R: TableRow>(
        &mut self,
        ask: &GridAsk<'_, R>,
        columns: &[String],
        wish: &FindWish,
        out: &mut Outbox,
    ) -> Option<u64> {
        self.found_nothing = false;
        if let (Some(list), Some(ids)) = (ask.data.list(), ask.data.ids()) {
            self.finding = true;
            self.just_asked = true;
            let find = ListAsk::Find(FindAsk {
                list: list.clone(),
                ids,
                text: wish.text.clone(),
                columns: columns.to_vec(),
                from: self.table.cursor,
                back: wish.back,
            });
            out.run(Command::Rows(Box::new(find)));
            return None;
        }
        let search = Search {
            text: &wish.text,
            columns,
            from: self.table.cursor,
            back: wish.back,
        };
        let row_at = |row: u64| ask.data.get(row);
        let found = data::with_known(ask.page, |known| {
            find_row(ask.data.count(), row_at, &search, known)
        });
        self.take_found(found)
    }

    /// The row that a job found.
    fn searched<R: TableRow>(&mut self, ask: &GridAsk<'_, R>) -> Option<u64> {
        if std::mem::take(&mut self.just_asked) || !self.finding {
            return None;
        }
        let found = &ask.data.answers(ask.page)?.found;
        if found.is_loading() {
            return None;
        }
        self.finding = false;
        self.take_found(found.value().copied().flatten())
    }

    fn take_found(&mut self, found: Option<u64>) -> Option<u64> {
        self.found_nothing = found.is_none();
        if let Some(row) = found {
            self.table.go_to(row);
        }
        found
    }

    /// Adds the selection up: at once where all of its rows are here, else by a job.
    fn add_up<R: TableRow>(&mut self, ui: &Ui, ask: &GridAsk<'_, R>, out: &mut Outbox) {
        let selection = &self.table.selection;
        let count = selection.count();
        let key = (ask.data.generation(), selection.version());
        // A drag over a long list would ask anew with every row.
        let dragging = ui.input(|input| input.pointer.any_down());
        if count > 0 && self.summed != Some(key) && !(dragging && count > AT_ONCE) {
            self.summed = Some(key);
            let here: Option<Vec<&R>> = (count <= AT_ONCE)
                .then(|| selection.rows().map(|row| ask.data.get(row)).collect())
                .flatten();
            self.sums = match here.map(|rows| sums(rows.into_iter())) {
                Some(Some(known)) => SelectionSums::Known(known),
                Some(None) => SelectionSums::TooLarge,
                None => SelectionSums::Elsewhere,
            };
            if let (SelectionSums::Elsewhere, Some(list)) = (&self.sums, ask.data.list()) {
                let ids = ask.data.ids_of(selection);
                out.run(Command::Rows(Box::new(ListAsk::Sums(list.clone(), ids))));
            }
        }
        self.standing = self.say_sums(ask, count);
    }

    fn say_sums<R: TableRow>(&self, ask: &GridAsk<'_, R>, count: u64) -> Vec<String> {
        if count == 0 {
            return Vec::new();
        }
        let (page, w) = (ask.page, ask.page.w);
        let mut said = vec![(w.frame.selected)(&format::count(count))];
        let remote = ask.data.answers(page).map(|answers| &answers.sums);
        let known = match &self.sums {
            SelectionSums::Known(sums) => Some(sums),
            SelectionSums::TooLarge => None,
            SelectionSums::Elsewhere => remote.and_then(|sums| sums.value()),
        };
        let Some(known) = known else {
            let waits = remote.is_some_and(recondesk_app::Remote::is_loading);
            said.extend(waits.then(|| w.table.adding.to_owned()));
            return said;
        };
        for sum in known {
            let of = sum.of.in_language(w.lang);
            said.push((w.table.sum_of)(of, &format::money(sum.sum)));
            if let Some(mean) = sum.mean().filter(|_| sum.count > 1 && known.len() == 1) {
                said.push((w.table.mean_of)(&format::money(mean)));
            }
        }
        said
    }
}
