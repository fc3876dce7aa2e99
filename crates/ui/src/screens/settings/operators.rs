//! The card of operators: who may decide, what each may do, from when on a second one must agree.

use egui::{Rect, Ui, pos2};

use super::people::PeopleDeed;
use super::{label_of, row};
use crate::action::Outbox;
use crate::page::Page;
use crate::paint;
use crate::theme::TypeStyle;
use crate::widgets::button::Button;
use crate::widgets::card;
use recondesk_app::Command;
use recondesk_app::jobs::operators::role_words;
use recondesk_app::model::OperatorsView;
use recondesk_ports::Operator;

/// Left of what an operator may do, from the left of the card.
const ROLES: f32 = 190.0;

/// Lines of the card.
pub(super) fn rows(page: &Page<'_>) -> f32 {
    let view = page.state.people.known.value();
    view.map_or(1.0, |view| view.operators.len().max(1) as f32 + 1.0)
}

/// Draws it; what is to be changed comes back.
pub(super) fn show(ui: &Ui, rect: Rect, page: &Page<'_>, out: &mut Outbox) -> Option<PeopleDeed> {
    let w = &page.w.people;
    card::titled(ui, rect, w.title, "");
    let slot = &page.state.people.known;
    let Some(view) = slot.value() else {
        unread(ui, row(rect, 0), page, out);
        return None;
    };
    let mut deed = None;
    let at = pos2(rect.right() - 8.0, rect.top() + 21.0);
    if Button::ghost(w.add).show_right(ui, at, 28.0).clicked() {
        deed = Some(PeopleDeed::Add);
    }
    if view.operators.is_empty() {
        let line = row(rect, 0);
        let words = (w.none)(page.w.who(&page.state.desk.person.name));
        let at = pos2(line.left() + 16.0, line.center().y);
        let style = (TypeStyle::Body, page.t.text_2);
        let room = line.width() - 32.0;
        let (place, cut) = paint::fit(ui.painter(), at, room, &words, style);
        let said = paint::say(ui, "no operators", place, &words);
        if cut {
            said.on_hover_text(words);
        }
        let edge = line.x_range().shrink(16.0);
        paint::hline(ui.painter(), edge, line.bottom() - 1.0, page.t.line_weak);
    }
    for (nth, operator) in view.operators.iter().enumerate() {
        if operator_line(ui, row(rect, nth), page, nth, operator) {
            deed = Some(PeopleDeed::Remove(operator.name.clone()));
        }
    }
    let last = row(rect, view.operators.len().max(1));
    if limits(ui, last, page, view) {
        deed = Some(PeopleDeed::Limits);
    }
    deed
}

/// The card while it is read, or could not be.
fn unread(ui: &Ui, line: Rect, page: &Page<'_>, out: &mut Outbox) {
    let (words, color) = match page.state.people.known.failure() {
        Some(failure) => (page.w.of(&failure.title), page.t.red.text),
        None => (page.w.frame.loading, page.t.text_3),
    };
    let at = pos2(line.left() + 16.0, line.center().y);
    let place = paint::left(ui.painter(), at, words, (TypeStyle::Body, color));
    paint::say(ui, "operators unread", place, words);
    let at = pos2(line.right() - 16.0, line.center().y);
    if page.state.people.known.failure().is_some()
        && Button::secondary(page.w.frame.retry)
            .show_right(ui, at, 28.0)
            .clicked()
    {
        out.run(Command::Operators);
    }
}

/// One operator; true when it is to be removed.
fn operator_line(ui: &Ui, line: Rect, page: &Page<'_>, nth: usize, operator: &Operator) -> bool {
    let (t, w) = (page.t, &page.w.people);
    let p = ui.painter();
    let y = line.center().y;
    let gone = operator
        .removed_at
        .map(|at| (w.removed)(&at.day().to_string()));
    let color = if gone.is_some() { t.text_3 } else { t.text_1 };
    let right = pos2(line.right() - 8.0, y);
    let remove = gone.is_none().then(|| {
        Button::ghost(w.remove)
            .salt(nth as u64)
            .show_right(ui, right, 28.0)
    });
    let is_here = gone.is_none() && page.state.desk.person.name == operator.name;
    let state = match &gone {
        Some(gone) => gone.as_str(),
        None if is_here => w.here,
        None => "",
    };
    let end = remove
        .as_ref()
        .map_or(line.right() - 16.0, |button| button.rect.left() - 8.0);
    let small = (TypeStyle::Small, t.text_3);
    let state_left = paint::right(p, pos2(end, y), state, small).left();
    let roles = role_words(operator.roles);
    let roles = page.w.of(&roles);
    let at = pos2(line.left() + 16.0, y);
    let room = ROLES - 28.0;
    let (name, cut) = paint::fit(p, at, room, &operator.name, (TypeStyle::Body, color));
    let at = pos2(line.left() + ROLES, y);
    let room = state_left - at.x - 12.0;
    paint::fit(
        p,
        at,
        room,
        roles,
        (
            TypeStyle::Body,
            if gone.is_some() { t.text_3 } else { t.text_2 },
        ),
    );
    let words = format!("{} {roles} {state}", operator.name);
    let said = paint::say(ui, ("operator", nth), name, words.trim_end());
    if cut {
        said.on_hover_text(&operator.name);
    }
    paint::hline(
        p,
        line.x_range().shrink(16.0),
        line.bottom() - 1.0,
        t.line_weak,
    );
    remove.is_some_and(|button| button.clicked())
}

/// From when on a second person must agree; true when that is to be changed.
fn limits(ui: &Ui, line: Rect, page: &Page<'_>, view: &OperatorsView) -> bool {
    let w = &page.w.people;
    let right = pos2(line.right() - 8.0, line.center().y);
    let change = Button::ghost(w.change).show_right(ui, right, 28.0);
    let end = label_of(ui, line, page, (w.limits, "", false));
    let sum = crate::format::money(view.limits.refund_over);
    let n = crate::format::count(u64::from(view.limits.bulk_over));
    let words = (w.limits_note)(&sum, &n);
    let at = pos2(end + 12.0, line.center().y);
    let room = change.rect.left() - at.x - 12.0;
    let style = (TypeStyle::Small, page.t.text_3);
    let (place, cut) = paint::fit(ui.painter(), at, room, &words, style);
    let said = paint::say(ui, "limits", place, &words);
    if cut {
        said.on_hover_text(words);
    }
    change.clicked()
}
