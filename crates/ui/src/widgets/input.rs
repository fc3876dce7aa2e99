//! Text fields, the secret field, selects.

use std::borrow::Cow;

use egui::accesskit::Role;
use egui::{
    Color32, Id, Popup, PopupCloseBehavior, Rect, Response, Sense, Stroke, TextEdit, Ui,
    WidgetInfo, pos2, vec2,
};

use crate::theme::{TypeStyle, tokens};
use crate::{icons, paint};
use recondesk_domain::half_width;

/// What is typed into a field.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FieldContent {
    Text,
    /// Dots instead of letters, and nothing kept of it.
    Secret,
    /// Full-width digits and signs of an input method become plain ones.
    Number,
}

/// A text field; draw it with [`Field::show`].
pub(crate) struct Field<'a> {
    text: &'a mut String,
    name: &'a str,
    hint: &'a str,
    icon: Option<char>,
    error: bool,
    content: FieldContent,
    face: TypeStyle,
    right_inset: f32,
    is_right: bool,
    limit: usize,
    salt: u64,
}

impl<'a> Field<'a> {
    /// A field over a text; the name is what a screen reader says.
    pub(crate) fn new(text: &'a mut String, name: &'a str) -> Self {
        Self {
            text,
            name,
            hint: "",
            icon: None,
            error: false,
            content: FieldContent::Text,
            face: TypeStyle::Body,
            right_inset: 10.0,
            is_right: false,
            limit: 4096,
            salt: 0,
        }
    }

    /// Grey words while it is empty.
    pub(crate) fn hint(mut self, hint: &'a str) -> Self {
        self.hint = hint;
        self
    }

    /// An icon before the text.
    pub(crate) fn icon(mut self, icon: char) -> Self {
        self.icon = Some(icon);
        self
    }

    /// Red edge.
    pub(crate) fn error(mut self, error: bool) -> Self {
        self.error = error;
        self
    }

    /// Dots instead of letters.
    pub(crate) fn masked(mut self) -> Self {
        self.content = FieldContent::Secret;
        self
    }

    /// Another face than body.
    pub(crate) fn face(mut self, face: TypeStyle) -> Self {
        self.face = face;
        self
    }

    /// Room at the right for what is drawn over it.
    pub(crate) fn right_inset(mut self, inset: f32) -> Self {
        self.right_inset = inset;
        self
    }

    /// The text stands at the right, as sums do.
    pub(crate) fn right(mut self) -> Self {
        self.is_right = true;
        self
    }

    /// A number is typed: full-width digits and signs of an input method become plain ones.
    pub(crate) fn number(mut self) -> Self {
        self.content = FieldContent::Number;
        self
    }

    /// Most characters accepted.
    pub(crate) fn limit(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }

    /// The id a field of that name will have.
    pub(crate) fn id_of(ui: &Ui, name: &str, salt: u64) -> Id {
        paint::id(ui, ("field", name, salt))
    }

    /// Draws it into a rectangle.
    pub(crate) fn show(self, ui: &mut Ui, rect: Rect) -> Response {
        let t = tokens(ui);
        let id = Self::id_of(ui, self.name, self.salt);
        let focused = ui.memory(|memory| memory.has_focus(id));
        let hovered = ui.rect_contains_pointer(rect);
        let edge = match (self.error, focused, hovered) {
            (true, _, _) => Stroke::new(t.hairline, t.red.fill),
            (_, true, _) => Stroke::new(2.0, t.accent),
            (_, _, true) => Stroke::new(t.hairline, t.text_3),
            _ => Stroke::new(t.hairline, t.line_input),
        };
        paint::framed(ui.painter(), rect, 6, t.surface, edge);
        let mut left = rect.left() + 10.0;
        if let Some(icon) = self.icon {
            paint::icon(
                ui.painter(),
                pos2(left + 8.0, rect.center().y),
                icon,
                16.0,
                t.text_2,
            );
            left += 24.0;
        }
        let inner = Rect::from_min_max(
            pos2(left, rect.top()),
            pos2(rect.right() - self.right_inset, rect.bottom()),
        );
        let hint = egui::RichText::new(self.hint)
            .font(self.face.font())
            .color(t.text_3);
        let edit = TextEdit::singleline(self.text)
            .id(id)
            .font(self.face.font())
            .text_color(t.text_1)
            .hint_text(hint)
            .frame(egui::Frame::NONE)
            .margin(egui::Margin::ZERO)
            .password(self.content == FieldContent::Secret)
            .char_limit(self.limit)
            .align(if self.is_right {
                egui::Align2::RIGHT_CENTER
            } else {
                egui::Align2::LEFT_CENTER
            })
            .desired_width(inner.width())
            .min_size(inner.size());
        let response = ui.put(inner, edit);
        if self.content == FieldContent::Number
            && response.changed()
            && let Cow::Owned(plain) = half_width(self.text)
        {
            *self.text = plain;
        }
        // What was typed into a secret's field is not kept for Ctrl+Z.
        if self.content == FieldContent::Secret
            && let Some(mut state) = TextEdit::load_state(ui.ctx(), id)
        {
            state.clear_undoer();
            TextEdit::store_state(ui.ctx(), id, state);
        }
        let name = self.name;
        ui.accesskit_node_builder(id, |node| node.set_label(name));
        response
    }
}

/// A stored secret: a key and dots, never its length.
pub(crate) fn secret(ui: &Ui, rect: Rect, name: &str, place_holder: Option<&str>) {
    let t = tokens(ui);
    let p = ui.painter();
    paint::framed(p, rect, 6, t.sunken, Stroke::new(t.hairline, t.line));
    let y = rect.center().y;
    let said = if let Some(words) = place_holder {
        paint::left(
            p,
            pos2(rect.left() + 10.0, y),
            words,
            (TypeStyle::Body, t.text_3),
        );
        format!("{name}: {words}")
    } else {
        paint::icon(p, pos2(rect.left() + 18.0, y), icons::KEY, 16.0, t.text_2);
        let room = ((rect.width() - 48.0) / 7.0).max(0.0) as usize;
        for nth in 0..room.min(32) {
            p.circle_filled(
                pos2(rect.left() + 38.0 + nth as f32 * 7.0, y),
                2.0,
                t.text_1,
            );
        }
        format!("{name}: ••••")
    };
    paint::say(ui, ("secret", name), rect, &said);
}

/// Tallest menu of a select, in points: thirteen rows.
const MENU: f32 = 364.0;

/// One of a few values behind a caret; returns the new one when it was changed.
pub(crate) fn select<V: Copy + PartialEq>(
    ui: &mut Ui,
    rect: Rect,
    name: &str,
    options: &[(V, &str)],
    current: V,
) -> Option<V> {
    let shown = options
        .iter()
        .find(|option| option.0 == current)
        .map_or("", |option| option.1);
    let response = select_frame(ui, rect, name, shown);
    let mut picked = None;
    Popup::menu(&response)
        .width(rect.width() - 12.0)
        .close_behavior(PopupCloseBehavior::CloseOnClick)
        .show(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            // Long menus scroll instead of growing out of a small window.
            egui::ScrollArea::vertical()
                .max_height(MENU)
                .show(ui, |ui| {
                    for (nth, (value, label)) in options.iter().enumerate() {
                        if menu_row(ui, label, nth as u64, *value == current).clicked() {
                            picked = Some(*value);
                        }
                    }
                });
        });
    picked
}

/// By which the select of that name gets the focus.
pub(crate) fn select_id(ui: &Ui, name: &str) -> Id {
    paint::id(ui, ("select", name))
}

/// The closed look of a select; its menu is up to the caller.
pub(crate) fn select_frame(ui: &Ui, rect: Rect, name: &str, shown: &str) -> Response {
    let t = tokens(ui);
    let response = ui.interact(rect, select_id(ui, name), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, format!("{name}: {shown}")));
    let open = Popup::is_id_open(ui, Popup::default_response_id(&response));
    let (ground, edge) = if open || response.hovered() {
        (t.hover, t.text_3)
    } else {
        (t.surface, t.line_input)
    };
    let p = ui.painter();
    paint::framed(p, rect, 6, ground, Stroke::new(t.hairline, edge));
    let y = rect.center().y;
    let (_, cut) = paint::fit(
        p,
        pos2(rect.left() + 10.0, y),
        rect.width() - 36.0,
        shown,
        (TypeStyle::Body, t.text_1),
    );
    paint::icon(
        p,
        pos2(rect.right() - 14.0, y),
        icons::CARET_DOWN,
        13.0,
        t.text_2,
    );
    if response.has_focus() {
        paint::ring(p, rect, 6, t);
    }
    if cut && !open {
        return response.on_hover_text(shown);
    }
    response
}

/// A row of 28 in a menu, with the key that does the same at its right end.
pub(crate) fn menu_row_with_key(ui: &mut Ui, (label, key): (&str, &str), salt: u64) -> Response {
    let response = menu_row(ui, label, salt, false);
    if !key.is_empty() {
        let t = tokens(ui);
        let at = pos2(response.rect.right() - 10.0, response.rect.center().y);
        paint::right(ui.painter(), at, key, (TypeStyle::Small, t.text_3));
    }
    response
}

/// A row of 28 in a menu; the chosen one has a check.
pub(crate) fn menu_row(ui: &mut Ui, label: &str, salt: u64, chosen: bool) -> Response {
    let t = tokens(ui);
    let width =
        (paint::width(ui.painter(), label, TypeStyle::Body) + 44.0).max(ui.available_width());
    let (rect, _) = ui.allocate_exact_size(vec2(width, 28.0), Sense::hover());
    let response = ui.interact(rect, paint::id(ui, ("menu", label, salt)), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::MenuItem, true, chosen, label));
    let p = ui.painter();
    let ground = if response.hovered() || response.has_focus() {
        t.hover
    } else {
        Color32::TRANSPARENT
    };
    p.rect_filled(rect, 6, ground);
    paint::left(
        p,
        pos2(rect.left() + 10.0, rect.center().y),
        label,
        (TypeStyle::Body, t.text_1),
    );
    if chosen {
        let at = pos2(rect.right() - 14.0, rect.center().y);
        paint::icon(p, at, icons::CHECK, 13.0, t.accent);
    }
    response
}

/// A read-only value in a sunken field.
pub(crate) fn read_only(ui: &Ui, rect: Rect, text: &str, name: &str) {
    let t = tokens(ui);
    paint::framed(
        ui.painter(),
        rect,
        6,
        t.sunken,
        Stroke::new(t.hairline, t.line),
    );
    let place = pos2(rect.left() + 10.0, rect.center().y);
    let (said, cut) = paint::fit(
        ui.painter(),
        place,
        rect.width() - 20.0,
        text,
        (TypeStyle::Body, t.text_2),
    );
    let response = paint::say(ui, ("read only", name), said, &format!("{name}: {text}"));
    if cut {
        response.on_hover_text(text);
    }
}
