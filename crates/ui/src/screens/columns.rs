//! Which columns of a table are shown: chosen in a menu of the header, kept with the preferences.

use egui::{Popup, PopupCloseBehavior, Response};

use crate::action::{Action, Outbox};
use crate::page::Page;
use crate::widgets::input;
use crate::widgets::table::Column;

/// A column that a table can show.
#[derive(Clone, Copy)]
pub(super) struct Offer {
    /// The column.
    pub(super) column: Column,
    /// True when it is shown without a choice.
    pub(super) usual: bool,
    /// True when it is always shown.
    pub(super) fixed: bool,
}

/// The columns to show, in the order of the offers; one of them takes the rest of the width.
pub(super) fn chosen(page: &Page<'_>, table: &str, offers: &[Offer]) -> Vec<Column> {
    let shown = |offer: &&Offer| is_shown(page, table, offer);
    let mut columns: Vec<Column> = offers
        .iter()
        .filter(shown)
        .map(|offer| offer.column)
        .collect();
    if !columns.iter().any(|column| column.elastic)
        && let Some(last) = columns.iter_mut().rev().find(|column| !column.numeric)
    {
        last.elastic = true;
    }
    columns
}

fn is_shown(page: &Page<'_>, table: &str, offer: &Offer) -> bool {
    let choice = page.state.preferences.columns.get(table);
    let wanted = choice.map(|ids| ids.iter().any(|id| id == offer.column.id));
    offer.fixed || wanted.unwrap_or(offer.usual)
}

/// The menu under the button: each column with a check, and the way back to the usual ones.
pub(super) fn menu(
    response: &Response,
    page: &Page<'_>,
    (table, offers): (&str, &[Offer]),
    out: &mut Outbox,
) {
    let mut next = None;
    Popup::menu(response)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| {
            ui.set_width(200.0);
            ui.spacing_mut().item_spacing.y = 0.0;
            for (nth, offer) in (0..).zip(offers).filter(|(_, offer)| !offer.fixed) {
                let shown = is_shown(page, table, offer);
                if input::menu_row(ui, offer.column.label, nth, shown).clicked() {
                    let toggled = |known: &&Offer| {
                        is_shown(page, table, known) != (known.column.id == offer.column.id)
                    };
                    let ids = offers.iter().filter(toggled);
                    let ids: Vec<String> = ids.map(|known| known.column.id.to_owned()).collect();
                    next = Some(Some(ids));
                }
            }
            let changed = page.state.preferences.columns.contains_key(table);
            if changed && input::menu_row(ui, page.w.frame.usual_columns, 99, false).clicked() {
                next = Some(None);
                ui.close();
            }
        });
    if let Some(choice) = next {
        let mut preferences = page.state.preferences.clone();
        match choice {
            Some(ids) => preferences.columns.insert(table.to_owned(), ids),
            None => preferences.columns.remove(table),
        };
        out.push(Action::Prefer(Box::new(preferences)));
    }
}
