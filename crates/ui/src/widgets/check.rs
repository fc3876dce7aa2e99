//! A box with a check beside its words.

use egui::accesskit::{Role, Toggled};
use egui::{Color32, Pos2, Rect, Response, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::theme::{TypeStyle, tokens};
use crate::{icons, paint};

/// Draws it from the left middle, the words behind it, small ones after them; clicked where it is to be turned round.
pub(crate) fn check_box(
    ui: &Ui,
    at: Pos2,
    (label, note): (&str, &str),
    checked: bool,
    enabled: bool,
) -> Response {
    let t = tokens(ui);
    let p = ui.painter();
    let width = 26.0 + paint::width(p, label, TypeStyle::Body);
    let rect = paint::from_left(at, vec2(width, 28.0));
    let sense = if enabled {
        Sense::click()
    } else {
        Sense::hover()
    };
    let response = ui.interact(rect, paint::id(ui, ("check", label)), sense);
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, enabled, checked, label));
    let toggled = if checked {
        Toggled::True
    } else {
        Toggled::False
    };
    ui.accesskit_node_builder(response.id, |node| node.set_toggled(toggled));
    let square = Rect::from_center_size(pos2(at.x + 8.0, at.y), vec2(16.0, 16.0));
    let (ground, edge, sign) = match (checked, enabled) {
        (true, true) => (t.accent_fill, t.accent_fill, t.on_accent),
        (true, false) => (t.pressed, t.line, t.disabled),
        (false, _) if response.hovered() => (t.hover, t.text_3, t.on_accent),
        (false, true) => (t.surface, t.line_input, t.on_accent),
        (false, false) => (t.sunken, t.line, t.on_accent),
    };
    paint::framed(p, square, 4, ground, Stroke::new(t.hairline, edge));
    if checked {
        paint::icon(p, square.center(), icons::CHECK, 12.0, sign);
    }
    let color: Color32 = if enabled { t.text_1 } else { t.text_2 };
    let words = paint::left(p, pos2(at.x + 26.0, at.y), label, (TypeStyle::Body, color));
    if !note.is_empty() {
        let at = pos2(words.left().max(at.x + 26.0) + 84.0, at.y);
        paint::left(p, at, note, (TypeStyle::Small, t.text_3));
    }
    if response.has_focus() {
        paint::ring(p, rect.expand2(vec2(4.0, 0.0)), 4, t);
    }
    response
}
