//! The menu of a row: what the screen offers, then what every table offers for the cell that was pointed at.

use egui::Ui;

use super::{Grid, GridAsk, GridOutput, data};
use crate::action::Outbox;
use crate::widgets::table::shown;
use recondesk_app::tables::text::CopyFormat;
use recondesk_app::tables::{TableRow, TableView};

/// An entry of the menu of a row.
pub(in crate::screens) enum GridEntry<T> {
    /// What the screen offers.
    Own(T),
    /// Other rows are listed.
    View(TableView),
    /// The cell goes to the clipboard.
    CopyCell(String),
    /// The selected rows go to the clipboard.
    Copy(CopyFormat),
}

impl Grid {
    /// Draws the menu while it is open; an entry of the screen's own comes back with its row.
    pub(in crate::screens) fn row_menu<R: TableRow, T>(
        &mut self,
        ui: &Ui,
        (ask, output): (&GridAsk<'_, R>, &mut GridOutput),
        own: impl FnOnce(&R) -> Vec<(String, T)>,
        out: &mut Outbox,
    ) -> Option<(u64, T)> {
        let mut menu = std::mem::take(&mut self.menu);
        let chosen = menu.show(ui, &output.table, ask.page.keys.escape, |wish| {
            let Some(row) = ask.data.get(wish.row) else {
                return Vec::new();
            };
            let own = own(row).into_iter();
            let mut entries: Vec<(String, GridEntry<T>)> = own
                .map(|(label, entry)| (label, GridEntry::Own(entry)))
                .collect();
            entries.extend(common(ask, row, wish.column));
            entries
        });
        self.menu = menu;
        let (wish, entry) = chosen?;
        match entry {
            GridEntry::Own(entry) => return Some((wish.row, entry)),
            GridEntry::View(view) => output.view = Some(view),
            GridEntry::CopyCell(text) => ui.copy_text(text),
            GridEntry::Copy(format) => {
                let shown = ask.columns();
                let order: Vec<String> = shown.iter().map(|column| column.id.to_owned()).collect();
                self.copy(ui, ask, (&order, format), out);
            }
        }
        None
    }
}

/// What every table offers for a row.
fn common<R: TableRow, T>(
    ask: &GridAsk<'_, R>,
    row: &R,
    column: Option<&'static str>,
) -> Vec<(String, GridEntry<T>)> {
    let page = ask.page;
    let w = &page.w.table;
    let mut entries = Vec::new();
    let offer = column.and_then(|id| ask.offers.iter().find(|offer| offer.column.id == id));
    if let Some(column) = offer
        .map(|offer| offer.column)
        .filter(|column| column.filters)
    {
        let cell = data::with_known(page, |known| row.cell(column.id, known));
        let value = shown(page.w, &cell);
        let (mut only, mut without) = (ask.view.clone(), ask.view.clone());
        only.only(column.id, &cell);
        without.without(column.id, &cell);
        entries.push(((w.only_value)(&value), GridEntry::View(only)));
        entries.push(((w.without_value)(&value), GridEntry::View(without)));
        entries.push((w.copy_cell.to_owned(), GridEntry::CopyCell(cell.plain())));
    }
    if ask.view.narrows() {
        let mut all = ask.view.clone();
        all.filters.clear();
        entries.push((page.w.frame.clear_filter.to_owned(), GridEntry::View(all)));
    }
    for format in CopyFormat::ALL {
        entries.push(((w.copy_as)(format.name()), GridEntry::Copy(format)));
    }
    entries
}
