//! The filter bar of the orders: a field for numbers, chips for states, and what else narrows the list.

use egui::{Rect, Ui, pos2, vec2};

use crate::action::Outbox;
use crate::page::Page;
use crate::widgets::input::Field;
use crate::widgets::label::Chip;
use crate::{format, icons};
use recondesk_app::Command;
use recondesk_app::model::OrderFilter;
use recondesk_domain::{FulfilStatus, PayStatus};

/// The states that have a chip of their own.
const CHIPS: [PayStatus; 4] = [
    PayStatus::Paid,
    PayStatus::Created,
    PayStatus::Closed,
    PayStatus::Refunded,
];
/// All states of delivery.
pub(super) const FULFILMENT: [FulfilStatus; 5] = [
    FulfilStatus::NotKnown,
    FulfilStatus::Pending,
    FulfilStatus::Fulfilled,
    FulfilStatus::Failed,
    FulfilStatus::NotRequired,
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
        if self.known != filter.query.number {
            self.known.clone_from(&filter.query.number);
            self.typed.clone_from(&filter.query.number);
        }
        let place = Rect::from_min_size(rect.min, vec2(260.0_f32.min(rect.width()), 28.0));
        let hint = format!("{}  /", w.frame.filter);
        let response = Field::new(&mut self.typed, w.frame.filter)
            .hint(&hint)
            .icon(icons::FUNNEL)
            .limit(64)
            .show(ui, place);
        if page.keys.find {
            response.request_focus();
        }
        if response.changed() {
            let mut next = filter.clone();
            self.typed.trim().clone_into(&mut next.query.number);
            self.known.clone_from(&next.query.number);
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
    let o = &page.w.orders;
    let mut out = Vec::new();
    let query = &filter.query;
    if !query.fulfilments.is_empty() {
        let mut next = filter.clone();
        next.query.fulfilments.clear();
        out.push((fulfilment(page, &query.fulfilments), true, next));
    }
    if let Some(appid) = query.appid {
        let mut next = filter.clone();
        next.query.appid = None;
        out.push((appid.as_str().to_owned(), true, next));
    }
    if let Some((least, _)) = query.amount {
        let mut next = filter.clone();
        next.query.amount = None;
        out.push((format!("¥{}", format::money(least)), true, next));
    }
    for status in CHIPS {
        let code = status as u8;
        let chosen = query.states.contains(&code);
        let mut next = filter.clone();
        if chosen {
            next.query.states.retain(|known| *known != code);
        } else {
            next.query.states.push(code);
        }
        out.push((o.pay_status(status).to_owned(), chosen, next));
    }
    out
}

/// The one state that is left, or the one that is left out.
fn fulfilment(page: &Page<'_>, states: &[FulfilStatus]) -> String {
    let o = &page.w.orders;
    if let [one] = states {
        return (o.only)(o.fulfil_status(*one));
    }
    let gone = FULFILMENT.iter().find(|state| !states.contains(state));
    gone.map_or_else(String::new, |state| (o.without)(o.fulfil_status(*state)))
}
