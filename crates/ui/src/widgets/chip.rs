//! A filter that can be switched on and off.

use egui::accesskit::Role;
use egui::{Pos2, Response, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::theme::{Tone, TypeStyle, tokens};
use crate::{icons, paint};

/// A filter chip.
pub(crate) struct Chip<'a> {
    /// Its mark.
    pub(crate) mark: Option<Tone>,
    /// Its words.
    pub(crate) label: &'a str,
    /// Its count, formatted; empty for none.
    pub(crate) count: &'a str,
    /// Chosen chips carry a cross.
    pub(crate) chosen: bool,
}

impl Chip<'_> {
    /// Its width.
    pub(crate) fn width(&self, ui: &Ui) -> f32 {
        let p = ui.painter();
        let mark = self.mark.map_or(0.0, |_| 14.0);
        let count = if self.count.is_empty() {
            0.0
        } else {
            6.0 + paint::width(p, self.count, TypeStyle::Small)
        };
        let cross = if self.chosen { 18.0 } else { 0.0 };
        24.0 + mark + paint::width(p, self.label, TypeStyle::Body) + count + cross
    }

    /// Draws it from the left middle.
    pub(crate) fn show(&self, ui: &Ui, at: Pos2) -> Response {
        let t = tokens(ui);
        let p = ui.painter();
        let rect = paint::from_left(at, vec2(self.width(ui), 28.0));
        let response = ui.interact(rect, paint::id(ui, ("chip", self.label)), Sense::click());
        let name = format!("{} {}", self.label, self.count);
        response
            .widget_info(|| WidgetInfo::selected(Role::Button, true, self.chosen, name.trim_end()));
        let (ground, edge, color) = if self.chosen {
            (t.selected, t.accent, t.accent)
        } else if response.hovered() {
            (t.hover, t.line, t.text_1)
        } else {
            (t.surface, t.line, t.text_1)
        };
        paint::framed(p, rect, 14, ground, Stroke::new(t.hairline, edge));
        let mut x = rect.left() + 12.0;
        if let Some(mood) = self.mark {
            paint::mark(p, pos2(x + 4.0, at.y), mood, t);
            x += 14.0;
        }
        x = paint::left(p, pos2(x, at.y), self.label, (TypeStyle::Body, color)).right();
        if !self.count.is_empty() {
            let tint = if self.chosen { t.accent } else { t.text_3 };
            let style = (TypeStyle::Small, tint);
            x = paint::left(p, pos2(x + 6.0, at.y), self.count, style).right();
        }
        if self.chosen {
            paint::icon(p, pos2(x + 12.0, at.y), icons::X, 12.0, t.accent);
        }
        if response.has_focus() {
            paint::ring(p, rect, 14, t);
        }
        response
    }
}
