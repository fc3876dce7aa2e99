//! Buttons of four kinds, icon buttons, links.

use egui::accesskit::Role;
use egui::{Align2, Color32, Pos2, Rect, Response, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::paint;
use crate::theme::{Tokens, TypeStyle, tokens};

/// What a button is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ButtonKind {
    /// The next step; one on a screen or dialog.
    Primary,
    /// Everything else.
    Secondary,
    /// Row actions, cancel.
    Ghost,
    /// The last step that moves money, in a dialog.
    Danger,
}

/// A button; draw it with [`Button::show`].
pub(crate) struct Button<'a> {
    kind: ButtonKind,
    label: &'a str,
    icon: Option<char>,
    key: Option<&'a str>,
    why_disabled: Option<&'a str>,
    enabled: bool,
    bare: bool,
    salt: u64,
}

impl<'a> Button<'a> {
    /// A button of any kind.
    pub(crate) fn new(kind: ButtonKind, label: &'a str) -> Self {
        Self {
            kind,
            label,
            icon: None,
            key: None,
            why_disabled: None,
            enabled: true,
            bare: false,
            salt: 0,
        }
    }

    /// The next step.
    pub(crate) fn primary(label: &'a str) -> Self {
        Self::new(ButtonKind::Primary, label)
    }

    /// Everything else.
    pub(crate) fn secondary(label: &'a str) -> Self {
        Self::new(ButtonKind::Secondary, label)
    }

    /// The last step that moves money, in a dialog.
    pub(crate) fn danger(label: &'a str) -> Self {
        Self::new(ButtonKind::Danger, label)
    }

    /// True when Ctrl Enter presses it as the deed of a dialog: never a button that gives something up or that has
    /// another key.
    pub(crate) fn has_the_key(&self) -> bool {
        self.is_filled() && self.key.is_none_or(|key| key != "Esc")
    }

    const fn is_filled(&self) -> bool {
        matches!(self.kind, ButtonKind::Primary | ButtonKind::Danger)
    }

    /// Row actions, cancel.
    pub(crate) fn ghost(label: &'a str) -> Self {
        Self::new(ButtonKind::Ghost, label)
    }

    /// With an icon before the label.
    pub(crate) fn icon(mut self, icon: char) -> Self {
        self.icon = Some(icon);
        self
    }

    /// With its key after the label.
    pub(crate) fn key(mut self, key: &'a str) -> Self {
        self.key = Some(key);
        self
    }

    /// Disabled unless true; the tooltip then says why.
    pub(crate) fn enabled_or(mut self, enabled: bool, why: &'a str) -> Self {
        self.enabled = enabled;
        self.why_disabled = Some(why);
        self
    }

    /// Disabled unless true as well; a tooltip that was given stays.
    pub(crate) fn only_if(mut self, enabled: bool) -> Self {
        self.enabled &= enabled;
        self
    }

    /// Tells it from another button with the same label in the same `Ui`.
    pub(crate) fn salt(mut self, salt: u64) -> Self {
        self.salt = salt;
        self
    }

    /// Its icon alone, the label as a tooltip, where it has one and is not the next step.
    pub(crate) fn bare(mut self) -> Self {
        self.bare = self.icon.is_some() && !self.is_filled();
        self
    }

    /// True when it can be made narrower by [`Button::bare`].
    pub(crate) fn can_be_bare(&self) -> bool {
        !self.bare && self.icon.is_some() && !self.is_filled()
    }

    /// Its natural width.
    pub(crate) fn width(&self, ui: &Ui) -> f32 {
        if self.bare {
            return 34.0;
        }
        24.0 + self.content_width(ui)
    }

    fn content_width(&self, ui: &Ui) -> f32 {
        let p = ui.painter();
        let icon = self.icon.map_or(0.0, |_| 22.0);
        let key = self.key.map_or(0.0, |key| 8.0 + key_width(ui, key));
        icon + paint::width(p, self.label, TypeStyle::Body) + key
    }

    /// Draws it with its natural width from the left middle; returns it.
    pub(crate) fn show_left(self, ui: &Ui, at: Pos2, height: f32) -> Response {
        let size = vec2(self.width(ui), height);
        self.show(ui, paint::from_left(at, size))
    }

    /// Draws it with its natural width up to the right middle; returns it.
    pub(crate) fn show_right(self, ui: &Ui, at: Pos2, height: f32) -> Response {
        let size = vec2(self.width(ui), height);
        self.show(ui, paint::from_right(at, size))
    }

    /// Draws it into a rectangle.
    pub(crate) fn show(self, ui: &Ui, rect: Rect) -> Response {
        let t = tokens(ui);
        let id = paint::id(ui, ("button", self.label, self.icon, self.salt));
        let sense = if self.enabled {
            Sense::click()
        } else {
            Sense::hover()
        };
        let response = ui.interact(rect, id, sense);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, self.enabled, self.label));
        let look = self.look(&response, t);
        let p = ui.painter();
        paint::framed(p, rect, 6, look.ground, look.edge);
        self.draw_content(ui, rect, look.text, t);
        if response.has_focus() {
            paint::ring(p, rect, 6, t);
        }
        match self.why_disabled {
            Some(why) if !self.enabled && !why.is_empty() => response.on_hover_text(why),
            _ if self.bare => response.on_hover_text(self.label),
            _ => response,
        }
    }

    fn draw_content(&self, ui: &Ui, rect: Rect, color: Color32, t: &Tokens) {
        let p = ui.painter();
        if let Some(icon) = self.icon.filter(|_| self.bare) {
            paint::icon(p, rect.center(), icon, 16.0, color);
            return;
        }
        let mut x = rect.center().x - self.content_width(ui) / 2.0;
        let y = rect.center().y;
        if let Some(icon) = self.icon {
            paint::icon(p, pos2(x + 8.0, y), icon, 16.0, color);
            x += 22.0;
        }
        x = paint::left(p, pos2(x, y), self.label, (TypeStyle::Body, color)).right();
        if let Some(key) = self.key {
            let filled = self.is_filled() && self.enabled;
            let (edge, text) = if filled {
                (color.gamma_multiply(0.45), color)
            } else {
                (t.line, if self.enabled { t.text_3 } else { t.disabled })
            };
            draw_key(ui, pos2(x + 8.0, y), key, edge, text);
        }
    }

    fn look(&self, response: &Response, t: &Tokens) -> ButtonLook {
        let down = response.is_pointer_button_down_on();
        let hover = response.hovered();
        let none = Stroke::NONE;
        if !self.enabled {
            let (ground, edge) = match self.kind {
                ButtonKind::Primary | ButtonKind::Danger => (t.pressed, none),
                ButtonKind::Secondary => (t.surface, Stroke::new(t.hairline, t.line_weak)),
                ButtonKind::Ghost => (Color32::TRANSPARENT, none),
            };
            return ButtonLook::new(ground, edge, t.disabled);
        }
        let pick = |rest, over, pressed| {
            if down {
                pressed
            } else if hover {
                over
            } else {
                rest
            }
        };
        let edge = Stroke::new(t.hairline, if hover { t.line_input } else { t.line });
        match self.kind {
            ButtonKind::Primary => ButtonLook::new(
                pick(t.accent_fill, t.accent_fill_hover, t.accent_fill_pressed),
                none,
                t.on_accent,
            ),
            ButtonKind::Danger => ButtonLook::new(
                pick(t.danger, t.danger_hover, t.danger_hover),
                none,
                t.on_accent,
            ),
            ButtonKind::Secondary => {
                ButtonLook::new(pick(t.surface, t.hover, t.pressed), edge, t.text_1)
            }
            ButtonKind::Ghost => ButtonLook::new(
                pick(Color32::TRANSPARENT, t.hover, t.pressed),
                none,
                t.text_2,
            ),
        }
    }
}

struct ButtonLook {
    ground: Color32,
    edge: Stroke,
    text: Color32,
}

impl ButtonLook {
    fn new(ground: Color32, edge: Stroke, text: Color32) -> Self {
        Self { ground, edge, text }
    }
}

/// Width of a key cap.
pub(crate) fn key_width(ui: &Ui, key: &str) -> f32 {
    paint::width(ui.painter(), key, TypeStyle::Micro) + 10.0
}

fn draw_key(ui: &Ui, at: Pos2, key: &str, edge: Color32, text: Color32) -> Rect {
    let rect = paint::from_left(at, vec2(key_width(ui, key), 18.0));
    let p = ui.painter();
    paint::framed(p, rect, 4, Color32::TRANSPARENT, Stroke::new(1.0, edge));
    let style = (TypeStyle::Micro, text);
    paint::text(p, rect.center(), Align2::CENTER_CENTER, key, style);
    rect
}

/// A key cap from the left middle; returns its place.
pub(crate) fn key_cap(ui: &Ui, at: Pos2, key: &str) -> Rect {
    let t = tokens(ui);
    draw_key(ui, at, key, t.line, t.text_3)
}

/// An icon of 30 × 30 (or what `rect` says) with a name, and a tooltip where the icon says too little.
pub(crate) fn icon_button(ui: &Ui, rect: Rect, icon: char, name: &str, tip: bool) -> Response {
    icon_button_if(ui, rect, (icon, name), tip, true)
}

/// The same, disabled unless `enabled`.
pub(crate) fn icon_button_if(
    ui: &Ui,
    rect: Rect,
    (icon, name): (char, &str),
    tip: bool,
    enabled: bool,
) -> Response {
    let t = tokens(ui);
    let sense = if enabled {
        Sense::click()
    } else {
        Sense::hover()
    };
    let response = ui.interact(rect, paint::id(ui, ("icon", icon, name)), sense);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, name));
    let p = ui.painter();
    let color = if enabled { t.text_2 } else { t.disabled };
    if enabled && response.is_pointer_button_down_on() {
        p.rect_filled(rect, 6, t.pressed);
    } else if enabled && response.hovered() {
        p.rect_filled(rect, 6, t.hover);
    }
    let size = if rect.height() >= 28.0 { 16.0 } else { 14.0 };
    paint::icon(p, rect.center(), icon, size, color);
    if response.has_focus() {
        paint::ring(p, rect, 6, t);
    }
    if tip {
        response.on_hover_text(name)
    } else {
        response
    }
}

/// Words in accent that lead somewhere; returns the response, `at` is the right middle.
pub(crate) fn link_right(ui: &Ui, at: Pos2, words: &str, salt: u64) -> Response {
    let t = tokens(ui);
    let p = ui.painter();
    let width = paint::width(p, words, TypeStyle::Body);
    let text_rect = paint::from_right(at, vec2(width, 20.0));
    let hit = text_rect.expand2(vec2(4.0, 4.0));
    let response = ui.interact(hit, paint::id(ui, ("link", words, salt)), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Link, true, words));
    paint::left(
        p,
        text_rect.left_center(),
        words,
        (TypeStyle::Body, t.accent),
    );
    if response.hovered() {
        paint::hline(p, text_rect.x_range(), text_rect.bottom() - 1.0, t.accent);
        ui.set_cursor_icon(egui::CursorIcon::PointingHand);
    }
    if response.has_focus() {
        paint::ring(p, hit.shrink(3.0), 4, t);
    }
    response
}
