//! The two bars: what each book holds, matched rows first, the rest magnified.

use egui::accesskit::Role;
use egui::{Align2, Color32, Rect, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::domain::{Category, Severity};
use crate::ui::paint;
use crate::ui::text::words;
use crate::ui::theme::{Face, Mood, tokens};

/// Share of the width that the matched part takes.
const MATCHED: f32 = 0.36;
/// Height of a bar.
const HEIGHT: f32 = 36.0;
/// From the top of one bar to the next.
const STEP: f32 = 56.0;

/// One piece of the magnified part.
#[derive(Debug, Clone)]
pub(crate) struct Segment {
    /// What it counts.
    pub(crate) category: Category,
    /// Rows.
    pub(crate) count: u64,
}

/// One of the two books.
pub(crate) struct BookBar<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// Words inside the matched part.
    pub(crate) matched: &'a str,
    /// What is not matched.
    pub(crate) segments: &'a [Segment],
    /// Count and sum behind the bar.
    pub(crate) totals: (&'a str, &'a str),
}

/// Draws both bars, 92 high in all; returns the category whose piece was clicked.
pub(crate) fn two_bars(ui: &Ui, rect: Rect, books: &[BookBar<'_>; 2]) -> Option<Category> {
    let p = ui.painter();
    let left = rect.left() + 80.0;
    let counts = books
        .iter()
        .map(|book| paint::width(p, book.totals.0, Face::Body))
        .fold(0.0, f32::max);
    let sums = books
        .iter()
        .map(|book| paint::width(p, book.totals.1, Face::Heading))
        .fold(0.0, f32::max);
    let right = rect.right() - sums - counts - 76.0;
    let matched = (right - left) * MATCHED;
    let room = right - left - matched - 4.0;
    let least = least_width(books, room);
    let unit = unit_width(books, room, least);
    let mut clicked = None;
    for (nth, book) in books.iter().enumerate() {
        let top = rect.top() + nth as f32 * STEP;
        let bar = Rect::from_min_size(pos2(left, top), vec2(matched, HEIGHT));
        let totals_at = [rect.right(), rect.right() - sums - 20.0];
        labels(ui, rect.left(), bar, book, totals_at);
        let mut x = bar.right() + 3.0;
        for segment in book.segments {
            let width = width_of(segment.count, unit, least);
            let part = Rect::from_min_size(pos2(x, top), vec2(width, HEIGHT));
            if piece(ui, part, segment, nth) {
                clicked = Some(segment.category);
            }
            x += width + GAP;
        }
    }
    clicked
}

/// Least width of a piece that has room for its code.
const LEAST: f32 = 34.0;
/// Gap between pieces.
const GAP: f32 = 2.0;

fn width_of(count: u64, unit: f32, least: f32) -> f32 {
    (count as f32).sqrt().mul_add(unit, least).floor()
}

/// Where a day has more categories than codes find room, pieces get narrower; none leaves the card.
fn least_width(books: &[BookBar<'_>; 2], room: f32) -> f32 {
    let most = books.iter().map(|book| book.segments.len()).max();
    let pieces = most.unwrap_or_default().max(1) as f32;
    (room / pieces - GAP).clamp(4.0, LEAST)
}

/// The scale both bars share: small counts keep their least width, large ones grow with their root.
fn unit_width(books: &[BookBar<'_>; 2], room: f32, least: f32) -> f32 {
    books
        .iter()
        .filter(|book| !book.segments.is_empty())
        .map(|book| {
            let pieces = book.segments.len() as f32;
            let roots: f32 = book.segments.iter().map(|s| (s.count as f32).sqrt()).sum();
            (room - pieces * (least + GAP)).max(0.0) / roots.max(1.0)
        })
        .fold(28.0, f32::min)
}

fn labels(ui: &Ui, name_x: f32, bar: Rect, book: &BookBar<'_>, [sum_x, count_x]: [f32; 2]) {
    let t = tokens(ui);
    let p = ui.painter();
    let y = bar.center().y;
    paint::left(p, pos2(name_x, y), book.name, (Face::Body, t.text_1));
    let edge = if t.contrast {
        Stroke::new(1.5, t.line)
    } else {
        Stroke::NONE
    };
    paint::framed(p, bar, 3, t.matched, edge);
    for shift in [14.0, 8.0] {
        let from = pos2(bar.right() - shift - 2.0, bar.bottom());
        let to = pos2(bar.right() - shift + 3.0, bar.top());
        p.line_segment([from, to], Stroke::new(2.0, t.surface));
    }
    let room = bar.width() - 40.0;
    paint::fit(
        p,
        pos2(bar.left() + 12.0, y),
        room,
        book.matched,
        (Face::Body, t.text_1),
    );
    paint::right(p, pos2(count_x, y), book.totals.0, (Face::Body, t.text_2));
    paint::right(p, pos2(sum_x, y), book.totals.1, (Face::Heading, t.text_1));
    let said = format!(
        "{} {} {} {}",
        book.name, book.matched, book.totals.0, book.totals.1
    );
    paint::say(ui, ("bar", book.name), bar, &said);
}

fn piece(ui: &Ui, rect: Rect, segment: &Segment, book: usize) -> bool {
    let t = tokens(ui);
    let w = words(ui);
    let p = ui.painter();
    let name = segment.category.name();
    let response = ui.interact(rect, paint::id(ui, ("piece", name, book)), Sense::click());
    let cross = is_cross_day(segment.category);
    let count = crate::ui::format::count(segment.count);
    let said = format!(
        "{} {} {count}",
        segment.category.code(),
        w.category(segment.category)
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &said));
    let (ground, text) = colours(ui, segment.category);
    let edge = match segment.category.severity() {
        Severity::Watch if !cross => Stroke::new(1.0, t.yellow.fill),
        _ if t.contrast => Stroke::new(1.5, t.line),
        _ => Stroke::NONE,
    };
    paint::framed(p, rect, 3, ground, edge);
    let full = if cross {
        (w.day.cross)(&count)
    } else {
        format!("{} {count}", segment.category.code())
    };
    let room = rect.width() - 8.0;
    let label = if rect.width() >= 66.0 && paint::width(p, &full, Face::Small) <= room {
        full.as_str()
    } else {
        segment.category.code()
    };
    // A piece too narrow for its code says it when pointed at.
    if paint::width(p, label, Face::Small) <= rect.width() - 2.0 {
        let face = (Face::Small, text);
        paint::text(p, rect.center(), Align2::CENTER_CENTER, label, face);
    }
    if response.hovered() {
        paint::framed(p, rect, 3, Color32::TRANSPARENT, Stroke::new(1.5, t.text_1));
    }
    if response.has_focus() {
        paint::ring(p, rect, 3, t);
    }
    let clicked = response.clicked();
    response.on_hover_text(said);
    clicked
}

/// True for the categories that wait on the other side of midnight.
pub(crate) fn is_cross_day(category: Category) -> bool {
    matches!(
        category,
        Category::PayPendingW
            | Category::PayPendingM
            | Category::RefundPendingW
            | Category::RefundPendingM
    )
}

fn colours(ui: &Ui, category: Category) -> (Color32, Color32) {
    let t = tokens(ui);
    if is_cross_day(category) {
        return (t.cross_day, t.text_1);
    }
    match category.severity() {
        Severity::Urgent => (t.red.fill, t.on_red),
        Severity::Fault => (t.orange.fill, t.on_fill_dark),
        Severity::Watch => (t.segment_yellow, t.on_fill_dark),
        Severity::Info => (t.tone(Mood::Info).tint, t.text_1),
        Severity::Ok => (t.matched, t.text_1),
    }
}
