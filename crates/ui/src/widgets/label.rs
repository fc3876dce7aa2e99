//! Small things that say something: pills, tags, chips, tabs, segments.

use egui::accesskit::Role;
use egui::{Align2, Pos2, Rect, Response, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::text::words;
use crate::theme::{Tone, TypeStyle, tokens};
use crate::{icons, paint};
use recondesk_domain::Severity;

/// How much of a pill is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Short {
    /// Mark and words.
    No,
    /// Mark and count only; the name keeps the words.
    Yes,
}

/// A pill from the left middle; returns its place.
pub(crate) fn pill(ui: &Ui, at: Pos2, mood: Tone, words: &str) -> Rect {
    let t = tokens(ui);
    let p = ui.painter();
    let tone = t.tone(mood);
    let inset = inset(mood);
    let width = inset + paint::width(p, words, TypeStyle::Small) + 8.0;
    let rect = paint::from_left(at, vec2(width, 20.0));
    let edge = if t.contrast {
        Stroke::new(1.5, tone.text)
    } else {
        Stroke::NONE
    };
    paint::framed(p, rect, 10, tone.tint, edge);
    paint::mark(p, pos2(rect.left() + 12.0, at.y), mood, t);
    paint::left(
        p,
        pos2(rect.left() + inset, at.y),
        words,
        (TypeStyle::Small, tone.text),
    );
    rect
}

/// Where the words of a pill begin; the check is wider than the other marks.
const fn inset(mood: Tone) -> f32 {
    if matches!(mood, Tone::Ok) { 22.0 } else { 20.0 }
}

/// Most that a pill takes.
pub(crate) fn pill_width(ui: &Ui, words: &str) -> f32 {
    30.0 + paint::width(ui.painter(), words, TypeStyle::Small)
}

/// A pill of a severity with a count; the node says both whatever is drawn.
pub(crate) fn severity_pill(
    ui: &Ui,
    at: Pos2,
    severity: Severity,
    count: &str,
    short: Short,
) -> Rect {
    let word = words(ui).severity(severity);
    let full = if count.is_empty() {
        word.to_owned()
    } else {
        format!("{word} {count}")
    };
    let shown = if short == Short::Yes {
        count
    } else {
        full.as_str()
    };
    let rect = pill(ui, at, severity.into(), shown);
    paint::say(
        ui,
        ("pill", word, rect.left() as i32, rect.top() as i32),
        rect,
        &full,
    );
    rect
}

/// A code on a grey ground, from the left middle; returns its place.
pub(crate) fn tag(ui: &Ui, at: Pos2, code: &str) -> Rect {
    let t = tokens(ui);
    let p = ui.painter();
    let width = paint::width(p, code, TypeStyle::MonoSmall) + 10.0;
    let rect = paint::from_left(at, vec2(width, 18.0));
    let edge = if t.contrast {
        Stroke::new(1.5, t.line)
    } else {
        Stroke::NONE
    };
    paint::framed(p, rect, 4, t.grey.tint, edge);
    let style = (TypeStyle::MonoSmall, t.text_2);
    paint::text(p, rect.center(), Align2::CENTER_CENTER, code, style);
    rect
}

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
        let response = ui.interact(part, paint::id(ui, ("card tab", nth)), Sense::click());
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
