//! The date field of the top bar: a day back, the day, a day forward, and the calendar behind it.

use egui::accesskit::Role;
use egui::{Key, Popup, PopupCloseBehavior, Rect, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::calendar::{Months, height};
use super::input::Field;
use crate::text::words;
use crate::theme::{TypeStyle, tokens};
use crate::{format, icons, paint};
use recondesk_app::model::CalendarDay;
use recondesk_domain::BillDate;

/// What the date field remembers.
#[derive(Debug, Default)]
pub(crate) struct DateMemory {
    typed: String,
    back: u32,
}

/// Width of the field.
pub(crate) fn width(ui: &Ui, day: BillDate) -> f32 {
    let text = format::day_of_week(day, words(ui));
    60.0 + 28.0 + paint::width(ui.painter(), &text, TypeStyle::Body)
}

/// Draws it; returns a newly chosen day.
pub(crate) fn field(
    ui: &Ui,
    rect: Rect,
    (day, today): (BillDate, BillDate),
    days: &[CalendarDay],
    memory: &mut DateMemory,
) -> Option<BillDate> {
    let t = tokens(ui);
    let w = words(ui);
    let p = ui.painter();
    paint::framed(p, rect, 6, t.surface, Stroke::new(t.hairline, t.line));
    let left = Rect::from_min_size(rect.min, vec2(30.0, rect.height()));
    let right = Rect::from_min_max(pos2(rect.right() - 30.0, rect.top()), rect.max);
    let middle = Rect::from_min_max(left.right_top(), right.left_bottom());
    let mut chosen = None;
    if arrow(ui, left, icons::CARET_LEFT, w.frame.day_before, true) {
        chosen = Some(day.prev());
    }
    if arrow(
        ui,
        right,
        icons::CARET_RIGHT,
        w.frame.day_after,
        day.next() < today,
    ) {
        chosen = Some(day.next());
    }
    let response = ui.interact(middle, paint::id(ui, "day field"), Sense::click());
    let text = format::day_of_week(day, w);
    response.widget_info(|| {
        WidgetInfo::labeled(
            Role::ComboBox,
            true,
            format!("{}: {text}", w.frame.choose_day),
        )
    });
    if response.hovered() {
        p.rect_filled(middle.shrink2(vec2(1.0, 1.0)), 0, t.hover);
    }
    for x in [middle.left(), middle.right() - 1.0] {
        paint::vline(p, x, middle.y_range().shrink(1.0), t.line);
    }
    paint::text(
        p,
        middle.center(),
        egui::Align2::CENTER_CENTER,
        &text,
        (TypeStyle::Body, t.text_1),
    );
    if response.has_focus() {
        paint::ring(p, middle.shrink(2.0), 4, t);
    }
    let picked = Popup::menu(&response)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| calendar(ui, (day, today), days, memory))
        .and_then(|shown| shown.inner);
    if picked.is_some() {
        Popup::close_id(ui, Popup::default_response_id(&response));
        memory.typed.clear();
        memory.back = 0;
    }
    chosen.or(picked)
}

fn arrow(ui: &Ui, rect: Rect, icon: char, name: &str, enabled: bool) -> bool {
    let t = tokens(ui);
    let p = ui.painter();
    let sense = if enabled {
        Sense::click()
    } else {
        Sense::hover()
    };
    let response = ui.interact(rect, paint::id(ui, ("day arrow", name)), sense);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, name));
    if enabled && response.hovered() {
        p.rect_filled(rect.shrink(1.0), 5, t.hover);
    }
    let color = if enabled { t.text_2 } else { t.disabled };
    paint::icon(p, rect.center(), icon, 13.0, color);
    if response.has_focus() {
        paint::ring(p, rect.shrink(2.0), 4, t);
    }
    response.clicked()
}

fn calendar(
    ui: &mut Ui,
    (day, today): (BillDate, BillDate),
    days: &[CalendarDay],
    memory: &mut DateMemory,
) -> Option<BillDate> {
    let w = words(ui);
    let cell = 28.0;
    let size = vec2(3.0 * 210.0 + 36.0 + 24.0, 52.0 + height(cell));
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let area = rect.shrink(12.0);
    let y = area.top() + 15.0;
    let typed = Rect::from_min_size(area.min, vec2(220.0, 30.0));
    let error =
        !memory.typed.trim().is_empty() && format::parse_day(&memory.typed, today).is_none();
    let response = Field::new(&mut memory.typed, w.frame.choose_day)
        .number()
        .hint(w.frame.type_day)
        .icon(icons::CALENDAR_BLANK)
        .error(error)
        .limit(16)
        .show(ui, typed);
    let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    let older = Rect::from_center_size(pos2(area.right() - 48.0, y), vec2(30.0, 30.0));
    let newer = Rect::from_center_size(pos2(area.right() - 15.0, y), vec2(30.0, 30.0));
    if arrow(
        ui,
        older,
        icons::CARET_LEFT,
        w.frame.previous,
        memory.back < 120,
    ) {
        memory.back += 1;
    }
    if arrow(ui, newer, icons::CARET_RIGHT, w.frame.next, memory.back > 0) {
        memory.back -= 1;
    }
    let months = Months {
        today,
        chosen: Some(day),
        days,
        months: 3,
        back: memory.back,
        cell,
    };
    let below = Rect::from_min_max(pos2(area.left(), area.top() + 42.0), area.max);
    let clicked = months.show(ui, below);
    let typed_day = format::parse_day(&memory.typed, today).filter(|day| *day < today);
    clicked.or_else(|| typed_day.filter(|_| entered))
}
