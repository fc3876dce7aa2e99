//! Primitives on a painter: text at a rounded place, hairlines, marks, hatches, frames.
//!
//! Painted things cost one cached galley and no widget; what means something also gets a node
//! through [`say`] or the widget that draws it.

use std::sync::Arc;

use egui::accesskit::Role;
use egui::emath::GuiRounding as _;
use egui::epaint::StrokeKind;
use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{
    Align, Align2, Color32, CornerRadius, Galley, Id, Painter, Pos2, Rangef, Rect, Response, Sense,
    Shape, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::icons;
use super::theme::{Tokens, Tone, TypeStyle};

/// Lays out one line.
pub(crate) fn galley(p: &Painter, text: &str, face: TypeStyle, color: Color32) -> Arc<Galley> {
    p.layout_no_wrap(text.to_owned(), face.font(), color)
}

/// Width of one line.
pub(crate) fn width(p: &Painter, text: &str, face: TypeStyle) -> f32 {
    galley(p, text, face, Color32::PLACEHOLDER).size().x
}

/// Puts a galley so that `align` of it lies at `at`, on whole pixels.
pub(crate) fn put(p: &Painter, at: Pos2, align: Align2, galley: Arc<Galley>) -> Rect {
    let rect = align.anchor_size(at, galley.size());
    let place = rect.min.round_to_pixels(p.pixels_per_point());
    let rect = Rect::from_min_size(place, rect.size());
    p.galley(place, galley, Color32::PLACEHOLDER);
    rect
}

/// One line of text.
pub(crate) fn text(
    p: &Painter,
    at: Pos2,
    align: Align2,
    text: &str,
    (face, color): (TypeStyle, Color32),
) -> Rect {
    put(p, at, align, galley(p, text, face, color))
}

/// Text from `at` to the right, centred on its height.
pub(crate) fn left(p: &Painter, at: Pos2, words: &str, style: (TypeStyle, Color32)) -> Rect {
    text(p, at, Align2::LEFT_CENTER, words, style)
}

/// Text up to `at` from the left, centred on its height.
pub(crate) fn right(p: &Painter, at: Pos2, words: &str, style: (TypeStyle, Color32)) -> Rect {
    text(p, at, Align2::RIGHT_CENTER, words, style)
}

/// One line that ends in an ellipsis where it does not fit; true beside it when it was cut.
pub(crate) fn fit(
    p: &Painter,
    at: Pos2,
    width: f32,
    words: &str,
    (face, color): (TypeStyle, Color32),
) -> (Rect, bool) {
    let whole = galley(p, words, face, color);
    if whole.size().x <= width + 0.5 {
        return (put(p, at, Align2::LEFT_CENTER, whole), false);
    }
    let mut job = LayoutJob::simple_singleline(words.to_owned(), face.font(), color);
    job.wrap = TextWrapping::truncate_at_width(width.max(0.0));
    (put(p, at, Align2::LEFT_CENTER, p.layout_job(job)), true)
}

/// Several lines with an even line height; returns what they take.
pub(crate) fn paragraph(
    p: &Painter,
    area: Rect,
    words: &str,
    (face, color): (TypeStyle, Color32),
    most_rows: usize,
) -> Rect {
    let galley = p.layout_job(paragraph_job(words, face, color, area.width(), most_rows));
    put(p, area.min, Align2::LEFT_TOP, galley)
}

/// Height of a paragraph of that width.
pub(crate) fn paragraph_height(p: &Painter, width: f32, words: &str, face: TypeStyle) -> f32 {
    p.layout_job(paragraph_job(
        words,
        face,
        Color32::PLACEHOLDER,
        width,
        usize::MAX,
    ))
    .size()
    .y
}

fn paragraph_job(
    words: &str,
    face: TypeStyle,
    color: Color32,
    width: f32,
    most_rows: usize,
) -> LayoutJob {
    let mut job = LayoutJob::default();
    job.append(
        words,
        0.0,
        format(face, color, (face.size() * 1.55).round()),
    );
    job.wrap = TextWrapping {
        max_width: width,
        max_rows: most_rows,
        break_anywhere: matches!(
            face,
            TypeStyle::Mono | TypeStyle::MonoSmall | TypeStyle::MonoLarge
        ),
        overflow_character: Some('…'),
    };
    job
}

fn format(face: TypeStyle, color: Color32, line_height: f32) -> TextFormat {
    TextFormat {
        font_id: face.font(),
        color,
        line_height: Some(line_height),
        valign: Align::Center,
        ..TextFormat::default()
    }
}

/// Pieces of one line in different faces and colours.
#[derive(Default)]
pub(crate) struct Runs {
    pieces: Vec<(String, TypeStyle, Color32)>,
}

impl Runs {
    /// Adds a piece.
    pub(crate) fn add(&mut self, words: &str, face: TypeStyle, color: Color32) -> &mut Self {
        if !words.is_empty() {
            self.pieces.push((words.to_owned(), face, color));
        }
        self
    }

    /// The whole text, for accessibility.
    pub(crate) fn said(&self) -> String {
        self.pieces.iter().map(|piece| piece.0.as_str()).collect()
    }

    /// Lays it out on one line, or wrapped at a width.
    pub(crate) fn layout(&self, p: &Painter, wrap: f32) -> Arc<Galley> {
        let line = self
            .pieces
            .iter()
            .map(|piece| piece.1.line())
            .fold(0.0, f32::max);
        let mut job = LayoutJob::default();
        for (words, face, color) in &self.pieces {
            job.append(words, 0.0, format(*face, *color, line));
        }
        job.wrap.max_width = wrap;
        job.wrap.break_anywhere = wrap.is_finite();
        p.layout_job(job)
    }
}

/// Gives a painted text a node of its own, so that a screen reader and a test find it.
pub(crate) fn say(
    ui: &Ui,
    salt: impl std::hash::Hash + std::fmt::Debug,
    rect: Rect,
    words: &str,
) -> Response {
    say_as(ui, salt, rect, Role::Label, words)
}

/// The same with another role than a label.
pub(crate) fn say_as(
    ui: &Ui,
    salt: impl std::hash::Hash + std::fmt::Debug,
    rect: Rect,
    role: Role,
    words: &str,
) -> Response {
    let id = ui.scope_id().with(("said", salt));
    let response = ui.interact(rect, id, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(role, true, words));
    response
}

/// A horizontal hairline whose top is at `y`.
pub(crate) fn hline(p: &Painter, x: Rangef, y: f32, color: Color32) {
    let y = y.round_to_pixels(p.pixels_per_point());
    let rect = Rect::from_min_max(pos2(x.min, y), pos2(x.max, y + 1.0));
    p.rect_filled(rect, 0, color);
}

/// A vertical hairline whose left is at `x`.
pub(crate) fn vline(p: &Painter, x: f32, y: Rangef, color: Color32) {
    let x = x.round_to_pixels(p.pixels_per_point());
    let rect = Rect::from_min_max(pos2(x, y.min), pos2(x + 1.0, y.max));
    p.rect_filled(rect, 0, color);
}

/// A ground with an edge inside it.
pub(crate) fn framed(p: &Painter, rect: Rect, radius: u8, ground: Color32, edge: Stroke) {
    let rect = rect.round_to_pixels(p.pixels_per_point());
    p.rect(
        rect,
        CornerRadius::same(radius),
        ground,
        edge,
        StrokeKind::Inside,
    );
}

/// The focus ring around a control.
pub(crate) fn ring(p: &Painter, rect: Rect, radius: u8, t: &Tokens) {
    p.rect_stroke(
        rect.expand(3.0),
        CornerRadius::same(radius.saturating_add(3)),
        Stroke::new(2.0, t.accent),
        StrokeKind::Inside,
    );
}

/// The ground of a card.
pub(crate) fn card(p: &Painter, rect: Rect, t: &Tokens) {
    framed(p, rect, 8, t.surface, Stroke::new(t.hairline, t.line_weak));
}

/// An icon centred at a place.
pub(crate) fn icon(p: &Painter, at: Pos2, icon: char, size: f32, color: Color32) {
    let font = egui::FontId::proportional(size);
    let galley = p.layout_no_wrap(icon.to_string(), font, color);
    put(p, at, Align2::CENTER_CENTER, galley);
}

/// The mark of a mood, centred at a place; drawn, so that it is the same on every system.
pub(crate) fn mark(p: &Painter, at: Pos2, mood: Tone, t: &Tokens) {
    let at = at.round_to_pixels(p.pixels_per_point());
    let fill = t.tone(mood).fill;
    match mood {
        Tone::Urgent => diamond(p, at, 5.0, fill),
        Tone::Fault => {
            let points = vec![
                pos2(at.x, at.y - 4.6),
                pos2(at.x + 5.0, at.y + 4.0),
                pos2(at.x - 5.0, at.y + 4.0),
            ];
            p.add(Shape::convex_polygon(points, fill, Stroke::NONE));
        }
        Tone::Watch => {
            let mut points = Vec::with_capacity(18);
            for step in 0..=16_u8 {
                let angle =
                    std::f32::consts::FRAC_PI_2 + f32::from(step) / 16.0 * std::f32::consts::PI;
                points.push(at + 3.9 * vec2(angle.cos(), angle.sin()));
            }
            p.add(Shape::convex_polygon(points, fill, Stroke::NONE));
            p.circle_stroke(at, 3.9, Stroke::new(1.4, fill));
        }
        Tone::Info => {
            p.circle_stroke(at, 3.9, Stroke::new(1.4, fill));
        }
        Tone::Ok => icon(p, at, icons::CHECK, 13.0, t.green.text),
        Tone::Running => {
            p.circle_filled(at, 3.5, fill);
        }
    }
}

/// A filled diamond.
pub(crate) fn diamond(p: &Painter, at: Pos2, half: f32, fill: Color32) {
    let points = vec![
        at - vec2(0.0, half),
        at + vec2(half, 0.0),
        at + vec2(0.0, half),
        at - vec2(half, 0.0),
    ];
    p.add(Shape::convex_polygon(points, fill, Stroke::NONE));
}

/// Slanted lines inside a rectangle, at most 20 of them.
pub(crate) fn hatch(p: &Painter, rect: Rect, color: Color32) {
    let p = p.with_clip_rect(rect.intersect(p.clip_rect()));
    let span = rect.width() + rect.height();
    let step = (span / 20.0).max(4.0);
    let mut x = rect.left() - rect.height();
    while x < rect.right() {
        p.line_segment(
            [pos2(x, rect.bottom()), pos2(x + rect.height(), rect.top())],
            Stroke::new(1.0, color),
        );
        x += step;
    }
}

/// A dashed frame.
pub(crate) fn dashed(p: &Painter, rect: Rect, stroke: Stroke, dash: f32) {
    let rect = rect.shrink(stroke.width / 2.0);
    let corners = [
        rect.left_top(),
        rect.right_top(),
        rect.right_bottom(),
        rect.left_bottom(),
        rect.left_top(),
    ];
    p.extend(Shape::dashed_line(&corners, stroke, dash, dash * 0.75));
}

/// Pieces of a status line, joined by a dot of their own; returns the end.
pub(crate) fn meta(
    p: &Painter,
    at: Pos2,
    pieces: &[String],
    (face, color): (TypeStyle, Color32),
    t: &Tokens,
) -> f32 {
    let mut x = at.x;
    for (nth, piece) in pieces.iter().enumerate() {
        if nth > 0 {
            p.circle_filled(pos2(x + 9.5, at.y), 1.5, t.disabled);
            x += 19.0;
        }
        x = left(p, pos2(x, at.y), piece, (face, color)).right();
    }
    x
}

/// Width of such a line.
pub(crate) fn meta_width(p: &Painter, pieces: &[String], face: TypeStyle) -> f32 {
    let gaps = pieces.len().saturating_sub(1) as f32 * 19.0;
    pieces
        .iter()
        .map(|piece| width(p, piece, face))
        .sum::<f32>()
        + gaps
}

/// Cuts a long number in the middle, so that both of its ends stay.
pub(crate) fn elide_middle(text: &str, head: usize, tail: usize) -> String {
    let count = text.chars().count();
    if count <= head + tail + 1 {
        return text.to_owned();
    }
    let start: String = text.chars().take(head).collect();
    let end: String = text.chars().skip(count - tail).collect();
    format!("{start}…{end}")
}

/// A child `Ui` for a region, clipped to it.
pub(crate) fn region<R>(
    ui: &mut Ui,
    rect: Rect,
    salt: &str,
    content: impl FnOnce(&mut Ui) -> R,
) -> R {
    let mut child = ui.new_child(
        egui::UiBuilder::new()
            .id_salt(salt)
            .max_rect(rect)
            .layout(egui::Layout::top_down(Align::Min)),
    );
    child.shrink_clip_rect(rect);
    content(&mut child)
}

/// The id of a control inside a `Ui`, from a salt that is unique there.
pub(crate) fn id(ui: &Ui, salt: impl std::hash::Hash + std::fmt::Debug) -> Id {
    ui.scope_id().with(salt)
}

/// A rectangle of that size whose left middle is at `at`.
pub(crate) fn from_left(at: Pos2, size: Vec2) -> Rect {
    Rect::from_min_size(pos2(at.x, at.y - size.y / 2.0), size)
}

/// A rectangle of that size whose right middle is at `at`.
pub(crate) fn from_right(at: Pos2, size: Vec2) -> Rect {
    Rect::from_min_size(pos2(at.x - size.x, at.y - size.y / 2.0), size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_of_a_long_number_stay() {
        assert_eq!(
            elide_middle("4200002781202603087745393918", 10, 4),
            "4200002781…3918"
        );
        assert_eq!(elide_middle("QH26", 10, 4), "QH26");
    }
}
