//! The navigation rail.

use egui::accesskit::Role;
use egui::{Align2, Pos2, Rangef, Rect, Response, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::screens::Screen;
use super::text::words;
use super::theme::{Class, TypeStyle, tokens};
use super::{format, icons, paint};

/// What the rail needs to know.
pub(crate) struct Rail {
    /// The screen in view.
    pub(crate) current: Screen,
    /// Cases to work.
    pub(crate) badge: u64,
    /// Digits are shown while Alt is held.
    pub(crate) alt: bool,
    /// Size class.
    pub(crate) class: Class,
}

impl Rail {
    /// Draws it; returns the screen that was chosen.
    pub(crate) fn show(&self, ui: &Ui, rect: Rect) -> Option<Screen> {
        let t = tokens(ui);
        paint::vline(
            ui.painter(),
            rect.right() - 1.0,
            rect.y_range(),
            t.line_weak,
        );
        self.brand(ui, rect);
        let wide = self.class.is_wide();
        let (height, group_gap) = match (wide, self.class.short) {
            (true, _) => (34.0, 14.0),
            (false, true) => (38.0, 9.0),
            (false, false) => (50.0, 9.0),
        };
        let mut y = rect.top() + 48.0 + 8.0;
        let mut chosen = None;
        for (nth, screen) in Screen::ALL.iter().enumerate() {
            let new_group = nth > 0
                && Screen::ALL
                    .get(nth - 1)
                    .is_some_and(|b| b.group() != screen.group());
            if new_group {
                if !wide {
                    let middle = rect.center().x;
                    let range = Rangef::new(middle - 16.0, middle + 16.0);
                    paint::hline(ui.painter(), range, y + 4.0, t.line);
                }
                y += group_gap;
            }
            let item = Rect::from_min_size(pos2(rect.left(), y), vec2(rect.width(), height));
            let response = self.item(ui, item, *screen, nth);
            if response.clicked() {
                chosen = Some(*screen);
            }
            Self::arrows(ui, &response, nth);
            y += height;
        }
        chosen
    }

    fn brand(&self, ui: &Ui, rect: Rect) {
        let t = tokens(ui);
        let p = ui.painter();
        let wide = self.class.is_wide();
        let x = if wide {
            rect.left() + 28.0
        } else {
            rect.center().x
        };
        let mark = Rect::from_center_size(pos2(x, rect.top() + 24.0), vec2(26.0, 26.0));
        paint::framed(p, mark, 7, t.accent_fill, Stroke::NONE);
        paint::icon(p, mark.center(), icons::SCALES, 17.0, t.on_accent);
        if wide {
            let at = pos2(mark.right() + 9.0, mark.center().y);
            paint::left(
                p,
                at,
                words(ui).frame.product,
                (TypeStyle::Heading, t.text_1),
            );
        }
    }

    fn item(&self, ui: &Ui, rect: Rect, screen: Screen, nth: usize) -> Response {
        let t = tokens(ui);
        let w = words(ui);
        let wide = self.class.is_wide();
        let hit = rect.shrink2(vec2(if wide { 10.0 } else { 6.0 }, 1.0));
        let name = screen.name(w);
        let selected = screen == self.current;
        let response = ui.interact(hit, Self::id(ui, nth), Sense::click());
        let badge = if screen == Screen::Cases {
            self.badge
        } else {
            0
        };
        let said = if badge > 0 {
            format!("{name} {badge}")
        } else {
            name.to_owned()
        };
        response.widget_info(|| WidgetInfo::selected(Role::Tab, true, selected, &said));
        let p = ui.painter();
        if selected {
            let edge = if t.contrast {
                Stroke::new(2.0, t.accent)
            } else {
                Stroke::NONE
            };
            paint::framed(p, hit, 6, t.selected, edge);
        } else if response.is_pointer_button_down_on() {
            p.rect_filled(hit, 6, t.pressed);
        } else if response.hovered() {
            p.rect_filled(hit, 6, t.hover);
        }
        let color = if selected { t.accent } else { t.text_1 };
        let icon_color = if selected { t.accent } else { t.text_2 };
        if wide {
            self.wide_item(ui, (rect, hit), screen, (nth, badge));
            paint::icon(
                p,
                pos2(hit.left() + 18.0, hit.center().y),
                screen.icon(),
                18.0,
                icon_color,
            );
            paint::left(
                p,
                pos2(hit.left() + 36.0, hit.center().y),
                name,
                (TypeStyle::Body, color),
            );
        } else if self.class.short {
            paint::icon(p, hit.center(), screen.icon(), 18.0, icon_color);
            corner_badge(ui, hit.center() + vec2(15.0, -9.0), badge);
        } else {
            let x = hit.center().x;
            paint::icon(
                p,
                pos2(x, hit.top() + 16.0),
                screen.icon(),
                18.0,
                icon_color,
            );
            let face = if w.is_zh() {
                TypeStyle::Small
            } else {
                TypeStyle::Micro
            };
            let at = pos2(x, hit.top() + 37.0);
            paint::text(p, at, Align2::CENTER_CENTER, name, (face, color));
            corner_badge(ui, pos2(x + 15.0, hit.top() + 10.0), badge);
        }
        if self.alt && nth < 9 {
            let digit = (nth + 1).to_string();
            let at = pos2(hit.right() - 8.0, hit.center().y);
            paint::right(p, at, &digit, (TypeStyle::Micro, t.text_3));
        }
        if response.has_focus() {
            paint::ring(p, hit.shrink(2.0), 6, t);
        }
        let tip = format!("{name}  Alt {}", nth + 1);
        response.on_hover_text(tip)
    }

    fn wide_item(
        &self,
        ui: &Ui,
        (rect, hit): (Rect, Rect),
        screen: Screen,
        (_, badge): (usize, u64),
    ) {
        let t = tokens(ui);
        let p = ui.painter();
        if screen == self.current {
            let bar = paint::from_left(pos2(rect.left() + 10.0, hit.center().y), vec2(3.0, 16.0));
            p.rect_filled(bar, 1, t.accent);
        }
        if badge > 0 && !self.alt {
            let text = format::count(badge);
            let width = (paint::width(p, &text, TypeStyle::Small) + 14.0).max(22.0);
            let at = pos2(hit.right() - 8.0, hit.center().y);
            let rect = paint::from_right(at, vec2(width, 18.0));
            let edge = if t.contrast {
                Stroke::new(1.5, t.red.text)
            } else {
                Stroke::NONE
            };
            paint::framed(p, rect, 9, t.red.tint, edge);
            let style = (TypeStyle::Small, t.red.text);
            paint::text(p, rect.center(), Align2::CENTER_CENTER, &text, style);
        }
    }

    /// Up and down walk the items.
    fn arrows(ui: &Ui, response: &Response, nth: usize) {
        if !response.has_focus() {
            return;
        }
        let filter = egui::EventFilter {
            vertical_arrows: true,
            ..egui::EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let (up, down) = ui.input(|input| {
            (
                input.key_pressed(egui::Key::ArrowUp),
                input.key_pressed(egui::Key::ArrowDown),
            )
        });
        let last = Screen::ALL.len() - 1;
        let next = match (up, down) {
            (true, _) => nth.saturating_sub(1),
            (_, true) => (nth + 1).min(last),
            _ => return,
        };
        ui.memory_mut(|memory| memory.request_focus(Self::id(ui, next)));
    }

    /// The id of the n-th item.
    pub(crate) fn id(ui: &Ui, nth: usize) -> egui::Id {
        paint::id(ui, ("rail", nth))
    }
}

fn corner_badge(ui: &Ui, at: Pos2, badge: u64) {
    if badge == 0 {
        return;
    }
    let t = tokens(ui);
    let p = ui.painter();
    let text = if badge > 99 {
        "99+".to_owned()
    } else {
        badge.to_string()
    };
    let width = (paint::width(p, &text, TypeStyle::Micro) + 9.0).max(16.0);
    let rect = Rect::from_center_size(at, vec2(width, 16.0));
    paint::framed(p, rect, 8, t.red.fill, Stroke::NONE);
    paint::text(
        p,
        rect.center(),
        Align2::CENTER_CENTER,
        &text,
        (TypeStyle::Micro, t.on_red),
    );
}
