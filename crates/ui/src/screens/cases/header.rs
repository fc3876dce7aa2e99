//! The header of the cases: views, columns, export, many at once, refunds under way, what waits for a second person.
//!
//! In a small window its buttons are icons with their names; none of them goes away.

use egui::Ui;

use super::{CasesScreen, data, list, subtitle, table};
use crate::action::Outbox;
use crate::page::Page;
use crate::screens::columns;
use crate::screens::grid::{GridAsk, Listed, export_menu};
use crate::widgets::button::Button;
use crate::{format, icons};
use recondesk_app::Command;
use recondesk_app::model::BulkAsk;

impl CasesScreen {
    /// Many cases: those selected, or all that match the filter.
    fn start_bulk(&mut self, page: &Page<'_>, out: &mut Outbox) {
        let ids = (self.grid.table.selection.count() > 1)
            .then(|| data(page).ids_of(&self.grid.table.selection));
        let filter = page.state.cases.filter.clone();
        self.bulk.start(BulkAsk { filter, ids }, out);
    }

    pub(super) fn header(&mut self, ui: &mut Ui, page: &Page<'_>, out: &mut Outbox) {
        let w = page.w;
        let at = page.title(ui, w.frame.cases);
        let filter = &page.state.cases.filter;
        let roomy = table::is_roomy(page, self.open);
        let mut buttons = Vec::new();
        buttons.push(Button::secondary(w.table.views).icon(icons::BOOKMARK_SIMPLE));
        // Beside a panel a small window has room for the needed columns alone.
        if roomy {
            buttons.push(Button::secondary(w.frame.columns).icon(icons::COLUMNS));
        }
        let can_export = !page.state.cases.rows.is_empty();
        if can_export {
            buttons.push(Button::secondary(w.frame.export).icon(icons::EXPORT));
        }
        let n = match self.grid.table.selection.count() {
            chosen if chosen > 1 => (w.work.bulk_selected)(&format::count(chosen)),
            _ => (w.work.bulk)(&format::count(page.state.cases.rows.len())),
        };
        if can_export {
            buttons.push(Button::secondary(&n).icon(icons::LIST_CHECKS));
        }
        buttons.push(Button::secondary(w.work.unfinished).icon(icons::ARROW_U_UP_LEFT));
        let waiting = page.state.payout.approvals.value().map_or(0, Vec::len);
        let approvals = match waiting {
            0 => w.payout.approvals.to_owned(),
            n => format!("{} {}", w.payout.approvals, format::count(n as u64)),
        };
        buttons.push(Button::secondary(&approvals).icon(icons::SEAL_CHECK));
        let (_, mut responses) = page.header(ui, at, &subtitle(page), buttons);
        let mut pressed = || responses.pop().is_some_and(|response| response.clicked());
        if pressed() {
            self.approvals.start(out);
        }
        if pressed() {
            self.refunds.start(page.state, out);
        }
        if can_export && pressed() {
            self.start_bulk(page, out);
        }
        let offers = table::offers(page, self.open);
        if let Some(views) = responses.first() {
            let asked = (table::NAME, &filter.view);
            if let Some(view) = self.grid.views(views, page, asked, out) {
                list(filter, view, out);
            }
        }
        if let Some(columns) = responses.get(1).filter(|_| roomy) {
            columns::menu(columns, page, table::NAME, &offers, out);
        }
        if let Some(response) = responses.last().filter(|_| can_export) {
            let data = data(page);
            let rows = table::CaseRows::new(page, self.open);
            let mut ask = GridAsk::new(
                page,
                table::NAME,
                &offers,
                Listed {
                    paint: &rows,
                    data: &data,
                    view: &filter.view,
                },
            );
            ask.roomy = roomy;
            export_menu(response, &ask, out);
        }
        if page.keys.rerun {
            out.run(Command::Cases(filter.clone()));
        }
    }
}
