//! One of several: tabs under a line, a segmented control, the small tabs of a card.

use egui::accesskit::Role;
use egui::{Align2, Pos2, Rect, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::paint;
use crate::theme::{TypeStyle, tokens};

/// Words with a line under the chosen one; returns the newly chosen place.
pub(crate) fn tabs(ui: &Ui, rect: Rect, names: &[&str], chosen: usize) -> Option<usize> {
    let t = tokens(ui);
    let p = ui.painter();
    paint::hline(p, rect.x_range(), rect.bottom() - 1.0, t.line_weak);
    let mut x = rect.left();
    let mut picked = None;
    for (nth, name) in names.iter().enumerate() {
        let width = paint::width(p, name, TypeStyle::Body);
        let text_rect = Rect::from_min_size(pos2(x, rect.top()), vec2(width, rect.height()));
        let hit = text_rect.expand2(vec2(8.0, 0.0));
        let response = ui.interact(hit, paint::id(ui, ("tab", nth)), Sense::click());
        response.widget_info(|| WidgetInfo::selected(Role::Tab, true, nth == chosen, name));
        let color = if nth == chosen {
            t.accent
        } else if response.hovered() {
            t.text_1
        } else {
            t.text_2
        };
        paint::left(p, text_rect.left_center(), name, (TypeStyle::Body, color));
        if nth == chosen {
            let line = Rect::from_min_max(
                pos2(text_rect.left(), rect.bottom() - 2.0),
                text_rect.right_bottom(),
            );
            p.rect_filled(line, 0, t.accent);
        }
        if response.has_focus() {
            paint::ring(p, hit.shrink2(vec2(4.0, 5.0)), 4, t);
        }
        if response.clicked() && nth != chosen {
            picked = Some(nth);
        }
        x += width + 26.0;
    }
    picked
}

/// Width of a segmented control.
pub(crate) fn segments_width(ui: &Ui, names: &[&str]) -> f32 {
    let p = ui.painter();
    4.0 + names
        .iter()
        .map(|name| paint::width(p, name, TypeStyle::Body) + 24.0)
        .sum::<f32>()
}

/// A segmented control; returns the newly chosen place.
pub(crate) fn segments(
    ui: &Ui,
    rect: Rect,
    name: &str,
    names: &[&str],
    chosen: usize,
) -> Option<usize> {
    let t = tokens(ui);
    let p = ui.painter();
    paint::framed(p, rect, 6, t.sunken, Stroke::new(t.hairline, t.line));
    let mut x = rect.left() + 2.0;
    let mut picked = None;
    for (nth, label) in names.iter().enumerate() {
        let width = paint::width(p, label, TypeStyle::Body) + 24.0;
        let part = Rect::from_min_size(pos2(x, rect.top() + 2.0), vec2(width, rect.height() - 4.0));
        let response = ui.interact(part, paint::id(ui, ("segment", name, nth)), Sense::click());
        response.widget_info(|| {
            WidgetInfo::selected(
                Role::RadioButton,
                true,
                nth == chosen,
                format!("{name}: {label}"),
            )
        });
        let color = if nth == chosen {
            let ground = if t.dark { t.raised } else { t.surface };
            let edge = if t.contrast { t.accent } else { t.line };
            paint::framed(p, part, 5, ground, Stroke::new(t.hairline, edge));
            t.text_1
        } else if response.hovered() {
            t.text_1
        } else {
            t.text_2
        };
        paint::text(
            p,
            part.center(),
            Align2::CENTER_CENTER,
            label,
            (TypeStyle::Body, color),
        );
        if response.has_focus() {
            paint::ring(p, part.shrink(1.0), 4, t);
        }
        if response.clicked() && nth != chosen {
            picked = Some(nth);
        }
        x += width;
    }
    picked
}

/// Small segments of a card's title row: the chosen one on `selected`; right middle at `at`.
pub(crate) fn card_tabs(ui: &Ui, at: Pos2, names: &[&str], chosen: usize) -> Option<usize> {
    let t = tokens(ui);
    let p = ui.painter();
    let total: f32 = names
        .iter()
        .map(|n| paint::width(p, n, TypeStyle::Small) + 20.0)
        .sum();
    let mut x = at.x - total;
    let mut picked = None;
    for (nth, label) in names.iter().enumerate() {
        let width = paint::width(p, label, TypeStyle::Small) + 20.0;
        let part = paint::from_left(pos2(x, at.y), vec2(width, 24.0));
        let response = ui.interact(part, paint::id(ui, ("card tab", label)), Sense::click());
        response.widget_info(|| WidgetInfo::selected(Role::Tab, true, nth == chosen, label));
        let color = if nth == chosen {
            let edge = if t.contrast {
                Stroke::new(1.5, t.accent)
            } else {
                Stroke::NONE
            };
            paint::framed(p, part, 5, t.selected, edge);
            t.accent
        } else if response.hovered() {
            t.text_1
        } else {
            t.text_2
        };
        paint::text(
            p,
            part.center(),
            Align2::CENTER_CENTER,
            label,
            (TypeStyle::Small, color),
        );
        if response.has_focus() {
            paint::ring(p, part.shrink(1.0), 4, t);
        }
        if response.clicked() && nth != chosen {
            picked = Some(nth);
        }
        x += width;
    }
    picked
}
