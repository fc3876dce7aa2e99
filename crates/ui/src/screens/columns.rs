//! Which columns of a table are shown and in which order: by its header, or in a menu of the page; kept with
//! the preferences.

use egui::{Popup, PopupCloseBehavior, Response};

use crate::action::{Action, Outbox};
use crate::page::Page;
use crate::widgets::input;
use crate::widgets::table::Column;
use recondesk_app::tables::{ColumnSpec, TableLayout, spec};

/// A column that a table can show.
#[derive(Clone, Copy)]
pub(super) struct Offer {
    /// The column.
    pub(super) column: Column,
    /// True when it is shown without a choice.
    pub(super) usual: bool,
}

/// A column that is offered: its name, its width, and whether it is shown without a choice.
#[derive(Clone, Copy)]
pub(super) struct OfferedColumn(pub(super) &'static str, pub(super) f32, pub(super) bool);

/// Columns of a table that is known outside the window, in the order they are wanted.
pub(super) fn offers(
    page: &Page<'_>,
    all: &'static [ColumnSpec],
    wanted: &[OfferedColumn],
) -> Vec<Offer> {
    let offer = |&OfferedColumn(id, width, usual): &OfferedColumn| {
        let column = Column::of(spec(all, id)?, page.w.lang, width);
        Some(Offer { column, usual })
    };
    wanted.iter().filter_map(offer).collect()
}

/// The layout of a table that a person chose; the usual one without a choice.
pub(super) fn layout(page: &Page<'_>, table: &str) -> TableLayout {
    let kept = page.state.preferences.tables.get(table);
    kept.cloned().unwrap_or_default()
}

/// The columns to show, in order; one of them takes the rest of the width.
pub(super) fn chosen(layout: &TableLayout, offers: &[Offer]) -> Vec<Column> {
    let usual = || {
        let offers = offers.iter().filter(|offer| offer.usual);
        offers.map(|offer| offer.column).collect()
    };
    let known = |id: &String| {
        let mut offers = offers.iter();
        offers
            .find(|offer| offer.column.id == id)
            .map(|offer| offer.column)
    };
    let mut columns: Vec<Column> = match &layout.order {
        Some(order) => order.iter().filter_map(known).collect(),
        None => usual(),
    };
    if columns.is_empty() {
        columns = usual();
    }
    if !columns.iter().any(|column| column.elastic)
        && let Some(last) = columns.iter_mut().rev().find(|column| !column.is_number())
    {
        last.elastic = true;
    }
    columns
}

/// The menu under the button: each column with a check, and the way back to the usual ones.
pub(super) fn menu(
    response: &Response,
    page: &Page<'_>,
    table: &str,
    offers: &[Offer],
    out: &mut Outbox,
) {
    let layout = layout(page, table);
    let shown = chosen(&layout, offers);
    let is_shown = |id: &str| shown.iter().any(|column| column.id == id);
    let mut next = None;
    Popup::menu(response)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| {
            ui.set_width(200.0);
            ui.spacing_mut().item_spacing.y = 0.0;
            for (nth, offer) in (0..).zip(offers) {
                let id = offer.column.id;
                let label = if offer.column.label.is_empty() {
                    id
                } else {
                    offer.column.label
                };
                if input::menu_row(ui, label, nth, is_shown(id)).clicked() {
                    next = Some(Some(toggled(&shown, offers, id)));
                }
            }
            let changed = layout != TableLayout::default();
            if changed && input::menu_row(ui, page.w.frame.usual_columns, 99, false).clicked() {
                next = Some(None);
                ui.close();
            }
        });
    if let Some(order) = next {
        let layout = order.map(|order| TableLayout {
            order: Some(order),
            ..layout
        });
        keep(page, table, layout, out);
    }
}

/// The columns that are shown, with one more or one less; a new one goes where it usually stands.
fn toggled(shown: &[Column], offers: &[Offer], id: &str) -> Vec<String> {
    let mut order: Vec<String> = shown.iter().map(|column| column.id.to_owned()).collect();
    if let Some(at) = order.iter().position(|known| known == id) {
        if order.len() > 1 {
            order.remove(at);
        }
        return order;
    }
    let place = |id: &str| offers.iter().position(|offer| offer.column.id == id);
    let mine = place(id);
    let before = order.iter().rposition(|known| place(known) < mine);
    let at = before.map_or(0, |before| before.saturating_add(1));
    order.insert(at.min(order.len()), id.to_owned());
    order
}

/// Keeps a layout, or forgets it.
pub(super) fn keep(page: &Page<'_>, table: &str, layout: Option<TableLayout>, out: &mut Outbox) {
    let mut preferences = page.state.preferences.clone();
    match layout {
        Some(layout) => preferences.tables.insert(table.to_owned(), layout),
        None => preferences.tables.remove(table),
    };
    out.push(Action::Prefer(Box::new(preferences)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use recondesk_app::Language;
    use recondesk_app::tables::orders::COLUMNS;

    fn offers() -> Vec<Offer> {
        let columns = COLUMNS.iter().enumerate();
        columns
            .map(|(nth, spec)| Offer {
                column: Column::of(spec, Language::Zh, 90.0),
                usual: nth < 4,
            })
            .collect()
    }

    fn ids(columns: &[Column]) -> Vec<&str> {
        columns.iter().map(|column| column.id).collect()
    }

    #[test]
    fn the_usual_columns_stand_until_somebody_chooses() {
        let offers = offers();
        let usual = chosen(&TableLayout::default(), &offers);
        assert_eq!(ids(&usual), ["number", "amount", "pay", "fulfil"]);

        let layout = TableLayout {
            order: Some(vec![
                "pay".to_owned(),
                "gone".to_owned(),
                "number".to_owned(),
            ]),
            ..TableLayout::default()
        };
        assert_eq!(ids(&chosen(&layout, &offers)), ["pay", "number"]);
        let none = TableLayout {
            order: Some(vec!["gone".to_owned()]),
            ..TableLayout::default()
        };
        assert_eq!(ids(&chosen(&none, &offers)).len(), 4);
    }

    #[test]
    fn a_column_comes_back_where_it_usually_stands() {
        let offers = offers();
        let shown = chosen(&TableLayout::default(), &offers);
        assert_eq!(
            toggled(&shown, &offers, "amount"),
            ["number", "pay", "fulfil"]
        );
        let without: Vec<Column> = shown.iter().filter(|c| c.id != "amount").copied().collect();
        assert_eq!(
            toggled(&without, &offers, "amount"),
            ["number", "amount", "pay", "fulfil"]
        );
        let one = &shown[..1];
        assert_eq!(toggled(one, &offers, "number"), ["number"]);
    }
}
