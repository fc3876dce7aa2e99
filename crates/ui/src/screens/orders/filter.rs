//! The filter bar of the orders: a field for numbers, chips for states, and what else narrows the list.

use egui::{Rect, Ui, pos2, vec2};

use super::table;
use crate::action::Outbox;
use crate::icons;
use crate::page::Page;
use crate::screens::grid::filter_chips;
use crate::widgets::chip::Chip;
use crate::widgets::input::Field;
use crate::widgets::table::Column;
use recondesk_app::Command;
use recondesk_app::model::OrderFilter;
use recondesk_app::tables::CellTest;
use recondesk_app::tables::orders::PAY_STATES;
use recondesk_domain::PayStatus;

/// The states that have a chip of their own.
const CHIPS: [PayStatus; 4] = [
    PayStatus::Paid,
    PayStatus::Created,
    PayStatus::Closed,
    PayStatus::Refunded,
];

/// The text of the filter field, as typed.
#[derive(Default)]
pub(super) struct OrderFilterText {
    typed: String,
    known: String,
}

impl OrderFilterText {
    /// Draws field and chips; changes go out as a new list.
    pub(super) fn bar(&mut self, ui: &mut Ui, rect: Rect, page: &Page<'_>, out: &mut Outbox) {
        let Some(filter) = &page.state.orders.filter else {
            return;
        };
        let w = page.w;
        if self.known != filter.number {
            self.known.clone_from(&filter.number);
            self.typed.clone_from(&filter.number);
        }
        let place = Rect::from_min_size(rect.min, vec2(260.0_f32.min(rect.width()), 28.0));
        let hint = format!("{}  /", w.frame.filter);
        let response = Field::new(&mut self.typed, w.frame.filter)
            .hint(&hint)
            .icon(icons::FUNNEL)
            .limit(64)
            .show(ui, place);
        if page.keys.filter {
            response.request_focus();
        }
        if response.changed() {
            let mut next = filter.clone();
            self.typed.trim().clone_into(&mut next.number);
            self.known.clone_from(&next.number);
            out.run(Command::Orders(next));
        }
        let mut x = place.right() + 8.0;
        for (label, chosen, next) in chips(page, filter) {
            let chip = Chip {
                mark: None,
                label: &label,
                count: "",
                chosen,
            };
            let width = chip.width(ui);
            if x + width > rect.right() {
                break;
            }
            if chip.show(ui, pos2(x, rect.center().y)).clicked() {
                out.run(Command::Orders(next));
            }
            x += width + 6.0;
        }
    }
}

/// Label, whether it is chosen, and the list that a click asks for. What narrows the list comes first, so that it is
/// seen in a small window, too.
fn chips(page: &Page<'_>, filter: &OrderFilter) -> Vec<(String, bool, OrderFilter)> {
    let columns: Vec<Column> = table::offers(page, false)
        .iter()
        .map(|offer| offer.column)
        .collect();
    let with = |view| OrderFilter {
        view,
        ..filter.clone()
    };
    let states = filter.view.filter_of("pay");
    // States that have chips of their own show there.
    let in_chips = chosen(states).is_some_and(|states| states.iter().all(|s| CHIPS.contains(s)));
    let mut out: Vec<(String, bool, OrderFilter)> = filter_chips(page, &filter.view, &columns)
        .into_iter()
        .filter(|(_, left)| !(in_chips && left.filter_of("pay") != states))
        .map(|(label, left)| (label, true, with(left)))
        .collect();
    let states = chosen(states).filter(|_| in_chips).unwrap_or_default();
    for status in CHIPS {
        let is_chosen = states.contains(&status);
        let mut next = states.clone();
        if is_chosen {
            next.retain(|known| *known != status);
        } else {
            next.push(status);
        }
        let words = next.iter().map(|status| status.word().to_owned()).collect();
        let test = (!next.is_empty()).then_some(CellTest::OneOf(words));
        let mut view = filter.view.clone();
        view.set_filter("pay", test);
        let label = page.w.orders.pay_status(status).to_owned();
        out.push((label, is_chosen, with(view)));
    }
    out
}

/// The states that a filter lists one by one.
fn chosen(test: Option<&CellTest>) -> Option<Vec<PayStatus>> {
    let Some(CellTest::OneOf(words)) = test else {
        return None;
    };
    let known = |word: &String| PAY_STATES.into_iter().find(|status| status.word() == word);
    words.iter().map(known).collect()
}
