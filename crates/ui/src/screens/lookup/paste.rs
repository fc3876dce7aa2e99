//! The paste box, what was recognised and cleaned, and the chips when several things are possible.

use egui::{Event, Key, Modifiers, Rect, Ui, pos2, vec2};

use super::LookupScreen;
use crate::action::{Action, Outbox};
use crate::page::Page;
use crate::text::Wording;
use crate::theme::{Tone, TypeStyle};
use crate::widgets::button::{Button, icon_button};
use crate::widgets::chip::Chip;
use crate::widgets::input::Field;
use crate::{icons, paint};
use recondesk_app::Command;
use recondesk_app::jobs::lookup::recognise::Cleaning;
use recondesk_app::jobs::lookup::session::{Local, LookUp};
use recondesk_ports::NumberKind;

/// Chips shown at most: a pasted list belongs under Many.
const CHIPS: usize = 12;

/// Name of a kind of number.
pub(super) fn kind_name(w: &'static Wording, kind: NumberKind) -> &'static str {
    let l = &w.lookup;
    match kind {
        NumberKind::OutTradeNo => l.out_trade_no,
        NumberKind::TransactionId => l.transaction_id,
        NumberKind::OutRefundNo => l.out_refund_no,
        NumberKind::RefundId => l.refund_id,
        NumberKind::OrderNo => l.order_no,
    }
}

impl LookupScreen {
    pub(super) fn field(&mut self, ui: &mut Ui, rect: Rect, page: &Page<'_>, out: &mut Outbox) {
        let w = &page.w.lookup;
        let id = Field::id_of(ui, w.field, 0);
        let focused = ui.memory(|memory| memory.has_focus(id));
        let free = ui.memory(|memory| memory.top_modal_layer().is_none());
        if free && (focused || !ui.ctx().text_edit_focused()) {
            // Taken before the field sees it: a field of one line would lose the line breaks.
            if let Some(text) = take_paste(ui) {
                self.start(text, out);
            }
        }
        let composing = ui.input(|input| input.events.iter().any(|e| matches!(e, Event::Ime(_))));
        let enter = focused
            && !composing
            && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
        let button = Button::primary(w.find).key("Enter");
        let width = button.width(ui);
        let field = Field::new(&mut self.text, w.field)
            .hint(w.hint)
            .icon(icons::MAGNIFYING_GLASS)
            .face(TypeStyle::MonoLarge)
            .right_inset(width + 52.0);
        let response = field.show(ui, rect);
        if !self.entered {
            response.request_focus();
        }
        let y = rect.center().y;
        let left = rect.right() - 7.0 - width;
        if !self.text.is_empty() {
            let cross = paint::from_right(pos2(left - 8.0, y), vec2(28.0, 28.0));
            if icon_button(ui, cross, icons::X, w.clear, false).clicked() {
                self.text.clear();
                response.request_focus();
            }
        }
        let place = paint::from_left(pos2(left, y), vec2(width, 30.0));
        let ready = !self.text.trim().is_empty();
        let pressed = button.enabled_or(ready, "").show(ui, place).clicked();
        if ready && (pressed || enter || page.keys.primary) {
            self.start(self.text.clone(), out);
        }
    }
}

/// Typing goes on behind what the window itself wrote into the box.
pub(super) fn cursor_to_end(ui: &Ui, page: &Page<'_>, text: &str) {
    let id = Field::id_of(ui, page.w.lookup.field, 0);
    if let Some(mut state) = egui::TextEdit::load_state(ui.ctx(), id) {
        let end = egui::text::CCursor::new(text.chars().count());
        let range = egui::text::CCursorRange::one(end);
        state.cursor.set_char_range(Some(range));
        state.store(ui.ctx(), id);
    }
}

fn take_paste(ui: &Ui) -> Option<String> {
    ui.input_mut(|input| {
        let at = input
            .events
            .iter()
            .position(|event| matches!(event, Event::Paste(_)))?;
        match input.events.remove(at) {
            Event::Paste(text) if !text.trim().is_empty() => Some(text),
            _ => None,
        }
    })
}

/// The line under the box: what it is, whose it is, what was cleaned.
pub(super) fn findings(ui: &Ui, rect: Rect, page: &Page<'_>, local: &Local) {
    let (t, w, l) = (page.t, page.w, &page.w.lookup);
    let p = ui.painter();
    let y = rect.center().y - 1.0;
    let mut x = rect.left() + 2.0;
    let found = local
        .recognised
        .numbers
        .iter()
        .find(|found| found.number == local.number);
    let view = page.state.lookup.view();
    let said = match (view, found.and_then(|found| found.kinds.first())) {
        (Some(view), _) => {
            let who = &view.record.profile.1.name;
            (l.recognised)(kind_name(w, view.kind), who)
        }
        // An error code or a message is explained below; nothing of it may be an order.
        (None, Some(kind)) if local.explained.is_empty() && local.notices == 0 => {
            (l.maybe)(kind_name(w, *kind))
        }
        (None, _) => String::new(),
    };
    if !said.is_empty() {
        let (icon, color) = if view.is_some() {
            (icons::CHECK, t.green.text)
        } else {
            (icons::QUESTION, t.text_3)
        };
        paint::icon(p, pos2(x + 7.0, y), icon, 14.0, color);
        let place = paint::left(p, pos2(x + 18.0, y), &said, (TypeStyle::Small, t.text_2));
        paint::say(ui, "recognised", place, &said);
        x = place.right() + 14.0;
    }
    if !local.recognised.cleaned.is_empty() {
        let pieces = local.recognised.cleaned.iter().map(|one| match one {
            Cleaning::FullWidth => l.full_width,
            Cleaning::Invisible => l.invisible,
            Cleaning::Spaces => l.spaces,
            Cleaning::LineBreaks => l.line_breaks,
            Cleaning::Quotes => l.quotes,
        });
        let said = (l.cleaned)(&pieces.collect::<Vec<_>>().join(l.list_comma));
        paint::icon(p, pos2(x + 7.0, y), icons::BROOM, 14.0, t.text_3);
        let place = paint::left(p, pos2(x + 18.0, y), &said, (TypeStyle::Small, t.text_3));
        paint::say(ui, "cleaned", place, &said);
        x = place.right() + 14.0;
    }
    let mut warnings: Vec<String> = local
        .recognised
        .ruined
        .iter()
        .map(|n| (l.ruined)(n))
        .collect();
    if found.is_some_and(|found| found.suspect) {
        warnings.push(l.suspect.to_owned());
    }
    for (nth, warning) in warnings.iter().take(2).enumerate() {
        paint::mark(p, pos2(x + 7.0, y), Tone::Fault, t);
        let room = (rect.right() - x - 18.0).max(0.0);
        let style = (TypeStyle::Small, t.orange.text);
        let (place, _) = paint::fit(p, pos2(x + 18.0, y), room, warning, style);
        paint::say(ui, ("ruined", nth), place, warning);
        x = place.right() + 14.0;
    }
}

/// Chips for several numbers, merchants or kinds; returns the height they took.
pub(super) fn chips(ui: &Ui, rect: Rect, page: &Page<'_>, local: &Local, out: &mut Outbox) -> f32 {
    let numbers = &local.recognised.numbers;
    if numbers.len() < 2 && local.stories.len() < 2 && local.near.is_empty() {
        return 0.0;
    }
    let y = rect.top() + 14.0;
    let mut x = rect.left();
    let mut place = |label: &str, chosen: bool| {
        let chip = Chip {
            mark: None,
            label,
            count: "",
            chosen,
        };
        let width = chip.width(ui);
        if x + width > rect.right() {
            return false;
        }
        let response = chip.show(ui, pos2(x, y));
        x += width + 8.0;
        response.clicked()
    };
    if numbers.len() > 1 {
        for found in numbers.iter().take(CHIPS) {
            let chosen = found.number == local.number;
            if place(&found.number, chosen) && !chosen {
                out.run(Command::LookUp(LookUp {
                    number: Some(found.number.clone()),
                    live: true,
                    ..local.ask.clone()
                }));
            }
        }
    }
    for number in &local.near {
        if place(&(page.w.lookup.near)(number), false) {
            // The number is asked about as if it had been pasted: what was pasted is not known.
            out.run(Command::LookUp(LookUp {
                text: number.clone(),
                number: None,
                live: true,
                ..local.ask.clone()
            }));
        }
    }
    if local.stories.len() > 1 {
        for (nth, view) in local.stories.iter().take(CHIPS).enumerate() {
            let record = &view.record;
            let kind = kind_name(page.w, view.kind);
            let label = format!("{} {} {kind}", record.profile.1.name, record.out_trade_no);
            let chosen = nth == page.state.lookup.chosen;
            if place(&label, chosen) && !chosen {
                out.push(Action::ChooseStory(nth));
            }
        }
    }
    36.0
}
