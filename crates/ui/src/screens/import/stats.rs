//! The five figures of a file: rows that would be stored, rows refused, their sum, days, hours.

use egui::accesskit::Role;
use egui::{CursorIcon, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use crate::page::Page;
use crate::theme::{Tone, TypeStyle};
use crate::{format, paint};
use recondesk_intake::{Preview, UnitDoubt};

/// Height of a figure, and where the window is short.
pub(super) const HEIGHT: f32 = 74.0;
pub(super) const SHORT: f32 = 40.0;

struct Stat<'a> {
    label: &'a str,
    value: String,
    note: String,
    mood: Option<Tone>,
}

/// Draws them beside each other; the narrow class keeps the first three. The refused rows are a switch: a click shows
/// them alone, another one all rows.
pub(super) fn show(
    ui: &Ui,
    rect: Rect,
    page: &Page<'_>,
    (preview, refused_only): (&Preview, &mut bool),
) {
    let mut stats = vec![
        good(page, preview),
        rejected(page, preview),
        sum(page, preview),
    ];
    if !page.class.is_narrow() {
        stats.push(days(page, preview));
    }
    let hours = !page.class.is_narrow();
    let count = stats.len() + usize::from(hours);
    let width = (rect.width() - 12.0 * (count as f32 - 1.0)) / count as f32;
    let mut x = rect.left();
    for (nth, stat) in stats.iter().enumerate() {
        let place = Rect::from_min_size(pos2(x, rect.top()), vec2(width, rect.height()));
        if nth == 1 && !preview.rejects.is_empty() {
            switch(ui, place, page, stat, refused_only);
        } else {
            draw(ui, place, page, stat);
        }
        x += width + 12.0;
    }
    if hours {
        let place = Rect::from_min_size(pos2(x, rect.top()), vec2(width, rect.height()));
        coverage(ui, place, page, preview);
    }
}

/// A stat that can be pressed.
fn switch(ui: &Ui, rect: Rect, page: &Page<'_>, stat: &Stat<'_>, on: &mut bool) {
    let (t, w) = (page.t, &page.w.import);
    let response = ui.interact(rect, paint::id(ui, "refused rows"), Sense::click());
    if response.clicked() {
        *on = !*on;
    }
    face(ui, rect, page, stat);
    let p = ui.painter();
    let words = if *on { w.show_all } else { w.show_refused };
    let y = (rect.top() + 38.0).min(rect.center().y);
    let at = pos2(rect.right() - 14.0, y);
    paint::right(p, at, words, (TypeStyle::Small, t.accent));
    if *on || response.hovered() {
        let edge = Stroke::new(if *on { 2.0 } else { 1.0 }, t.accent);
        p.rect_stroke(rect, 8, edge, StrokeKind::Inside);
    }
    if response.has_focus() {
        paint::ring(p, rect, 8, t);
    }
    let said = format!("{} {} {}", stat.label, stat.value, stat.note);
    let shown = *on;
    response.widget_info(|| WidgetInfo::selected(Role::Switch, true, shown, &said));
    response
        .on_hover_cursor(CursorIcon::PointingHand)
        .on_hover_text(words);
}

fn draw(ui: &Ui, rect: Rect, page: &Page<'_>, stat: &Stat<'_>) {
    face(ui, rect, page, stat);
    let said = format!("{} {} {}", stat.label, stat.value, stat.note);
    let response = paint::say(ui, ("stat", stat.label), rect, &said);
    if rect.height() < HEIGHT {
        response.on_hover_text(&said);
    }
}

fn face(ui: &Ui, rect: Rect, page: &Page<'_>, stat: &Stat<'_>) {
    let (t, p) = (page.t, ui.painter());
    paint::card(p, rect, t);
    let x = rect.left() + 14.0;
    let room = rect.width() - 28.0;
    if rect.height() < HEIGHT {
        one_line(ui, rect, page, stat);
        return;
    }
    paint::fit(
        p,
        pos2(x, rect.top() + 16.0),
        room - 20.0,
        stat.label,
        (TypeStyle::Small, t.text_3),
    );
    let color = match stat.mood {
        Some(mood @ (Tone::Fault | Tone::Urgent)) => t.tone(mood).text,
        _ => t.text_1,
    };
    paint::fit(
        p,
        pos2(x, rect.top() + 37.0),
        room,
        &stat.value,
        (TypeStyle::Title, color),
    );
    paint::fit(
        p,
        pos2(x, rect.top() + 60.0),
        room,
        &stat.note,
        (TypeStyle::Small, t.text_3),
    );
    if let Some(mood) = stat.mood {
        paint::mark(p, pos2(rect.right() - 19.0, rect.top() + 16.0), mood, t);
    }
}

/// A figure where there is room for one line: its name, its value, and the rest as a hint.
fn one_line(ui: &Ui, rect: Rect, page: &Page<'_>, stat: &Stat<'_>) {
    let (t, p) = (page.t, ui.painter());
    let mut at = rect.left_center() + vec2(12.0, 0.0);
    if let Some(mood) = stat.mood {
        paint::mark(p, pos2(at.x + 5.0, at.y), mood, t);
        at.x += 16.0;
    }
    let label = paint::left(p, at, stat.label, (TypeStyle::Small, t.text_3));
    let color = match stat.mood {
        Some(mood @ (Tone::Fault | Tone::Urgent)) => t.tone(mood).text,
        _ => t.text_1,
    };
    at.x = label.right() + 8.0;
    let room = rect.right() - 12.0 - at.x;
    paint::fit(p, at, room, &stat.value, (TypeStyle::Body, color));
}

fn good<'a>(page: &'a Page<'_>, preview: &Preview) -> Stat<'a> {
    let w = &page.w.import;
    let stats = &preview.stats;
    let all = [stats.good, stats.bad, stats.others, stats.left_out()];
    let note = if preview.knows_fulfilment && !stats.lacks_delivery() {
        (w.of_rows)(&format::count(all.iter().sum()))
    } else {
        w.no_fulfilment.to_owned()
    };
    Stat {
        label: w.good,
        value: format::count(stats.good),
        note,
        mood: (stats.good > 0).then_some(Tone::Ok),
    }
}

fn rejected<'a>(page: &'a Page<'_>, preview: &Preview) -> Stat<'a> {
    let w = &page.w.import;
    let (bad, others) = (preview.stats.bad, preview.stats.others);
    let left_out = preview.stats.left_out();
    let note = match (bad, others) {
        (_, 0) if left_out > 0 => (w.left_out)(&format::count(left_out)),
        (0, 0) => w.none_rejected.to_owned(),
        (_, 0) => w.to_file.to_owned(),
        _ => (w.of_others)(&format::count(others)),
    };
    Stat {
        label: w.rejected,
        value: format::count(bad),
        note,
        mood: (bad > 0).then_some(Tone::Fault),
    }
}

fn sum<'a>(page: &'a Page<'_>, preview: &Preview) -> Stat<'a> {
    let w = &page.w.import;
    let stats = &preview.stats;
    let mean = stats.mean().map(format::money).unwrap_or_default();
    let (note, mood) = match preview.unit_doubt {
        Some(UnitDoubt::LooksLikeFen) => ((w.looks_like_fen)(&mean), Some(Tone::Fault)),
        Some(UnitDoubt::LooksLikeYuan) => ((w.looks_like_yuan)(&mean), Some(Tone::Fault)),
        None if mean.is_empty() => (String::new(), None),
        None => ((w.mean_good)(&mean), None),
    };
    Stat {
        label: w.sum,
        value: stats
            .sum()
            .map_or_else(|| "—".to_owned(), |sum| format!("¥{}", format::money(sum))),
        note,
        mood,
    }
}

fn days<'a>(page: &'a Page<'_>, preview: &Preview) -> Stat<'a> {
    let w = &page.w.import;
    let days = &preview.stats.days;
    let main = days.iter().max_by_key(|(_, day)| day.rows);
    let (value, note) = match (preview.stats.day_span(), main) {
        (Some((first, last)), Some(_)) if first == last => {
            (format::short_day(first), w.one_day.to_owned())
        }
        (Some((first, last)), Some((day, main))) => {
            let span = format!("{} – {}", format::short_day(first), format::short_day(last));
            let most = (w.most_on)(&format::short_day(*day), &format::count(main.rows));
            (span, most)
        }
        _ => ("—".to_owned(), String::new()),
    };
    Stat {
        label: w.days,
        value,
        note,
        mood: None,
    }
}

fn coverage(ui: &Ui, rect: Rect, page: &Page<'_>, preview: &Preview) {
    let (t, p) = (page.t, ui.painter());
    let hours = preview.stats.hours();
    let seen = hours.iter().filter(|rows| **rows > 0).count() as u64;
    let stat = Stat {
        label: page.w.import.hours,
        value: format!("{seen} / 24"),
        note: String::new(),
        mood: None,
    };
    draw(ui, rect, page, &stat);
    if rect.height() < HEIGHT {
        return;
    }
    let most = hours.iter().copied().max().unwrap_or(0).max(1) as f32;
    let area = Rect::from_min_max(
        pos2(rect.left() + 14.0, rect.top() + 44.0),
        pos2(rect.right() - 14.0, rect.bottom() - 8.0),
    );
    let step = area.width() / 24.0;
    for (nth, rows) in hours.iter().enumerate() {
        let share = *rows as f32 / most;
        let height = if *rows == 0 { 1.0 } else { 2.0 + share * 14.0 };
        let left = (area.left() + step * nth as f32).round();
        let right = (area.left() + step * (nth as f32 + 1.0)).round() - 1.0;
        let bar = Rect::from_min_max(
            pos2(left, area.bottom() - height),
            pos2(right, area.bottom()),
        );
        let color = if *rows == 0 { t.line } else { t.book_m };
        p.rect_filled(bar, 0, color);
    }
}
