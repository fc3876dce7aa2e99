//! The two bars: what each book holds, matched rows first, the rest magnified.

use egui::accesskit::Role;
use egui::{Align2, Color32, Popup, Rect, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::paint;
use crate::text::{Wording, words};
use crate::theme::{Tone, TypeStyle, tokens};
use crate::widgets::input;
use recondesk_domain::{Category, Severity};

/// Share of the width that the matched part takes.
const MATCHED: f32 = 0.36;
/// The same where a day has more categories than fit beside that.
const MATCHED_CROWDED: f32 = 0.22;
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
        .map(|book| paint::width(p, book.totals.0, TypeStyle::Body))
        .fold(0.0, f32::max);
    let sums = books
        .iter()
        .map(|book| paint::width(p, book.totals.1, TypeStyle::Heading))
        .fold(0.0, f32::max);
    let right = rect.right() - sums - counts - 76.0;
    let words = books
        .iter()
        .map(|book| paint::width(p, book.matched, TypeStyle::Body))
        .fold(0.0, f32::max);
    let layout = BarLayout::of(books, (right - left, words));
    let mut clicked = None;
    for (nth, book) in books.iter().enumerate() {
        let top = rect.top() + nth as f32 * STEP;
        let bar = Rect::from_min_size(pos2(left, top), vec2(layout.matched, HEIGHT));
        let totals_at = [rect.right(), rect.right() - sums - 20.0];
        labels(ui, rect.left(), bar, book, totals_at);
        let mut x = bar.right() + 3.0;
        let (shown, folded) = layout.split(book);
        for segment in shown {
            let width = layout.width_of(segment.count);
            let part = Rect::from_min_size(pos2(x, top), vec2(width, HEIGHT));
            if piece(ui, part, segment, nth) {
                clicked = Some(segment.category);
            }
            x += width + GAP;
        }
        if !folded.is_empty() {
            let part = Rect::from_min_size(pos2(x, top), vec2(FOLD, HEIGHT));
            clicked = fold(ui, part, folded, nth).or(clicked);
        }
    }
    clicked
}

/// Least width of a piece that has room for its code.
const LEAST: f32 = 34.0;
/// The same on a crowded day: the code alone.
const LEAST_CROWDED: f32 = 27.0;
/// Width of the piece that stands for those without room.
const FOLD: f32 = 40.0;
/// Gap between pieces.
const GAP: f32 = 2.0;

/// How both bars are laid out; they share one scale.
#[derive(Debug, Clone, Copy, PartialEq)]
struct BarLayout {
    /// Width of the matched part.
    matched: f32,
    /// Width of a piece before its count adds to it.
    least: f32,
    /// What the root of a count adds.
    unit: f32,
    /// Pieces that have room; those of a longer bar after these are folded into one.
    most: usize,
}

impl BarLayout {
    /// For bars of this width, whose matched part holds words of that width.
    fn of(books: &[BookBar<'_>; 2], (width, words): (f32, f32)) -> Self {
        let longest = books.iter().map(|book| book.segments.len()).max();
        let longest = longest.unwrap_or_default();
        let room = width * (1.0 - MATCHED) - 4.0;
        let widest = width * MATCHED;
        let (matched, least) = if longest as f32 * (LEAST + GAP) <= room {
            (widest, LEAST)
        } else {
            let narrow = (width * MATCHED_CROWDED).max(words + 42.0);
            (narrow.min(widest), LEAST_CROWDED)
        };
        let room = width - matched - 4.0;
        let fits = |room: f32| (room / (least + GAP)).max(0.0) as usize;
        let most = if fits(room) >= longest {
            longest
        } else {
            fits(room - FOLD - GAP)
        };
        let mut layout = Self {
            matched,
            least,
            unit: 0.0,
            most,
        };
        layout.unit = layout.unit(books, room);
        layout
    }

    /// Small counts keep their least width, large ones grow with their root as far as the fuller bar allows.
    fn unit(&self, books: &[BookBar<'_>; 2], room: f32) -> f32 {
        let units = books.iter().filter_map(|book| {
            let (shown, folded) = self.split(book);
            let fold = if folded.is_empty() { 0.0 } else { FOLD + GAP };
            let roots: f32 = shown.iter().map(|s| (s.count as f32).sqrt()).sum();
            let taken = shown.len() as f32 * (self.least + GAP) + fold;
            (!shown.is_empty()).then(|| (room - taken).max(0.0) / roots.max(1.0))
        });
        units.fold(28.0, f32::min)
    }

    fn split<'a>(&self, book: &BookBar<'a>) -> (&'a [Segment], &'a [Segment]) {
        let at = self.most.min(book.segments.len());
        book.segments.split_at_checked(at).unwrap_or_default()
    }

    fn width_of(&self, count: u64) -> f32 {
        (count as f32).sqrt().mul_add(self.unit, self.least).floor()
    }
}

/// The piece for the categories without room: a menu of them.
fn fold(ui: &Ui, rect: Rect, folded: &[Segment], book: usize) -> Option<Category> {
    let t = tokens(ui);
    let w = words(ui);
    let id = paint::id(ui, ("folded pieces", book));
    let response = ui.interact(rect, id, Sense::click());
    let label = format!("+{}", folded.len());
    let names: Vec<String> = folded.iter().map(|segment| named(w, segment)).collect();
    let said = format!("{label} {}", names.join(", "));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &said));
    let p = ui.painter();
    paint::framed(p, rect, 3, t.surface, Stroke::new(t.hairline, t.line));
    let style = (TypeStyle::Small, t.text_2);
    paint::text(p, rect.center(), Align2::CENTER_CENTER, &label, style);
    if response.hovered() {
        paint::framed(p, rect, 3, Color32::TRANSPARENT, Stroke::new(1.5, t.text_1));
    }
    if response.has_focus() {
        paint::ring(p, rect, 3, t);
    }
    let mut clicked = None;
    Popup::menu(&response).show(|ui| {
        ui.set_width(200.0);
        ui.spacing_mut().item_spacing.y = 0.0;
        for (segment, name) in folded.iter().zip(&names) {
            if input::menu_row(ui, name, book as u64, false).clicked() {
                clicked = Some(segment.category);
                ui.close();
            }
        }
    });
    if !Popup::is_id_open(ui.ctx(), Popup::default_response_id(&response)) {
        response.on_hover_text(names.join("\n"));
    }
    clicked
}

/// `P10 重复行（微信） 1`.
fn named(w: &Wording, segment: &Segment) -> String {
    let count = crate::format::count(segment.count);
    let category = segment.category;
    format!("{} {} {count}", category.code(), w.category(category))
}

fn labels(ui: &Ui, name_x: f32, bar: Rect, book: &BookBar<'_>, [sum_x, count_x]: [f32; 2]) {
    let t = tokens(ui);
    let p = ui.painter();
    let y = bar.center().y;
    paint::left(p, pos2(name_x, y), book.name, (TypeStyle::Body, t.text_1));
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
        (TypeStyle::Body, t.text_1),
    );
    paint::right(
        p,
        pos2(count_x, y),
        book.totals.0,
        (TypeStyle::Body, t.text_2),
    );
    paint::right(
        p,
        pos2(sum_x, y),
        book.totals.1,
        (TypeStyle::Heading, t.text_1),
    );
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
    let cross = segment.category.is_in_transit();
    let count = crate::format::count(segment.count);
    let said = named(w, segment);
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
    let label = if rect.width() >= 66.0 && paint::width(p, &full, TypeStyle::Small) <= room {
        full.as_str()
    } else if paint::width(p, segment.category.code(), TypeStyle::Small) <= rect.width() - 2.0 {
        segment.category.code()
    } else {
        // A long word would run over the edge; the tooltip has it.
        count.as_str()
    };
    let face = (TypeStyle::Small, text);
    paint::text(p, rect.center(), Align2::CENTER_CENTER, label, face);
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

fn colours(ui: &Ui, category: Category) -> (Color32, Color32) {
    let t = tokens(ui);
    if category.is_in_transit() {
        return (t.cross_day, t.text_1);
    }
    match category.severity() {
        Severity::Urgent => (t.red.fill, t.on_red),
        Severity::Fault => (t.orange.fill, t.on_fill_dark),
        Severity::Watch => (t.segment_yellow, t.on_fill_dark),
        Severity::Info => (t.tone(Tone::Info).tint, t.text_1),
        Severity::Ok => (t.matched, t.text_1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(pieces: usize, width: f32) -> (BarLayout, f32) {
        let segments: Vec<Segment> = Category::all()
            .take(pieces)
            .map(|category| Segment { category, count: 1 })
            .collect();
        let bar = || BookBar {
            name: "",
            matched: "",
            segments: &segments,
            totals: ("", ""),
        };
        let books = [bar(), bar()];
        let layout = BarLayout::of(&books, (width, 90.0));
        let (shown, folded) = layout.split(&books[0]);
        assert_eq!(shown.len() + folded.len(), pieces);
        let fold = if folded.is_empty() { 0.0 } else { FOLD + GAP };
        let pieces = shown.iter().map(|s| layout.width_of(s.count) + GAP);
        (layout, layout.matched + 4.0 + pieces.sum::<f32>() + fold)
    }

    #[test]
    fn every_piece_has_room_for_its_code_and_none_leaves_the_card() {
        for pieces in [0, 1, 5, 12, 20, 26] {
            for width in [300.0, 420.0, 630.0, 717.0, 1100.0] {
                let (layout, end) = layout(pieces, width);

                assert!(layout.least >= LEAST_CROWDED);
                assert!(end <= width + 0.5, "{pieces} pieces in {width}: {end}");
            }
        }
    }

    #[test]
    fn a_day_with_few_categories_folds_nothing() {
        let (layout, _) = layout(5, 600.0);

        assert_eq!(layout.most, 5);
        assert!((layout.matched - 600.0 * MATCHED).abs() < 0.01);
    }
}
