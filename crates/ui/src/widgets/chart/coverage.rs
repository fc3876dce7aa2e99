//! Coverage of a day: rows per quarter of an hour in both books, the cut-off window, holes.

use egui::{Align2, Rangef, Rect, Stroke, Ui, pos2, vec2};

use crate::text::{Wording, words};
use crate::theme::{TypeStyle, tokens};
use crate::{format, paint};
use recondesk_app::model::{CoverageHole, DayCoverage};
use recondesk_domain::BillDate;

/// Draws both strips, 36 high and 8 apart, with hours below; 96 high in all.
pub(crate) fn coverage(ui: &Ui, rect: Rect, day: BillDate, cover: &DayCoverage, rows: (u64, u64)) {
    let t = tokens(ui);
    let w = words(ui);
    let p = ui.painter();
    let left = rect.left() + 80.0;
    let most = cover
        .wechat
        .iter()
        .chain(&cover.merchant)
        .copied()
        .max()
        .unwrap_or(0)
        .max(1);
    let strips = [
        (w.day.book_w, rows.0, &cover.wechat, t.book_w),
        (w.day.book_m, rows.1, &cover.merchant, t.book_m),
    ];
    for (nth, (name, count, cells, color)) in strips.into_iter().enumerate() {
        let top = rect.top() + nth as f32 * 44.0;
        let strip = Rect::from_min_max(pos2(left, top), pos2(rect.right(), top + 36.0));
        let at = pos2(rect.left(), strip.center().y - 9.0);
        paint::left(p, at, name, (TypeStyle::Body, t.text_1));
        let at = pos2(rect.left(), strip.center().y + 9.0);
        paint::left(p, at, &format::count(count), (TypeStyle::Small, t.text_3));
        cells_of(ui, strip, cells, most, color);
        cut_off(ui, strip, cover.cut_off_minutes);
        let said = format!("{name} {}", (w.frame.rows)(&format::count(count)));
        paint::say(ui, ("strip", nth), strip, &said);
        let marked: Vec<(&CoverageHole, String)> = if nth == 1 {
            let words = |hole| (hole, hole_words(w, hole));
            cover.holes.iter().map(words).collect()
        } else {
            let words = |hole| (hole, wechat_hole_words(w, hole));
            cover.wechat_holes.iter().map(words).collect()
        };
        holes(ui, strip, nth, day, &marked);
    }
    for hour in (0..=24_u8).step_by(3) {
        let x = left + f32::from(hour) / 24.0 * (rect.right() - left);
        let align = match hour {
            0 => Align2::LEFT_CENTER,
            24 => Align2::RIGHT_CENTER,
            _ => Align2::CENTER_CENTER,
        };
        let label = format!("{hour:02}:00");
        paint::text(
            p,
            pos2(x, rect.top() + 90.0),
            align,
            &label,
            (TypeStyle::Micro, t.text_3),
        );
    }
}

fn cells_of(ui: &Ui, strip: Rect, cells: &[u32], most: u32, color: egui::Color32) {
    let t = tokens(ui);
    let p = ui.painter();
    paint::framed(p, strip, 3, t.sunken, edge(ui));
    let width = strip.width() / cells.len().max(1) as f32;
    for (nth, rows) in cells.iter().enumerate().filter(|(_, rows)| **rows > 0) {
        let height = (*rows as f32 / most as f32 * (strip.height() - 4.0)).max(1.0);
        let x = strip.left() + nth as f32 * width;
        let cell = Rect::from_min_max(
            pos2(x, strip.bottom() - height),
            pos2(x + (width - 1.0).max(1.0), strip.bottom()),
        );
        let fill = if t.contrast { t.text_2 } else { color };
        p.rect_filled(cell, 0, fill);
    }
}

fn edge(ui: &Ui) -> Stroke {
    let t = tokens(ui);
    if t.contrast {
        Stroke::new(1.5, t.line_weak)
    } else {
        Stroke::NONE
    }
}

fn cut_off(ui: &Ui, strip: Rect, minutes: u32) {
    if minutes == 0 {
        return;
    }
    let t = tokens(ui);
    let width = (minutes as f32 / 1440.0 * strip.width()).max(3.0);
    let rect = Rect::from_min_max(pos2(strip.right() - width, strip.top()), strip.max);
    paint::hatch(ui.painter(), rect, t.text_3);
    paint::vline(ui.painter(), rect.left(), strip.y_range(), t.text_3);
}

/// `13:20–14:30 缺商户订单，微信有 312 笔`.
pub(crate) fn hole_words(w: &Wording, hole: &CoverageHole) -> String {
    let time = |at: recondesk_domain::Instant| at.beijing().format("%H:%M").to_string();
    (w.day.hole)(&time(hole.from), &time(hole.to), &format::count(hole.rows))
}

/// `13:20–14:30 账单无支付，商户有 31 笔`.
pub(crate) fn wechat_hole_words(w: &Wording, hole: &CoverageHole) -> String {
    let time = |at: recondesk_domain::Instant| at.beijing().format("%H:%M").to_string();
    (w.day.wechat_hole)(&time(hole.from), &time(hole.to), &format::count(hole.rows))
}

fn holes(ui: &Ui, strip: Rect, book: usize, day: BillDate, marked: &[(&CoverageHole, String)]) {
    let t = tokens(ui);
    let place = |at: recondesk_domain::Instant| {
        let seconds = at
            .unix()
            .saturating_sub(day.start().unix())
            .clamp(0, 86_400);
        strip.left() + seconds as f32 / 86_400.0 * strip.width()
    };
    for (nth, (hole, said)) in marked.iter().enumerate() {
        let range = Rangef::new(place(hole.from), place(hole.to));
        let rect =
            Rect::from_x_y_ranges(range.min..=range.max.max(range.min + 4.0), strip.y_range());
        let p = ui.painter();
        paint::framed(p, rect, 0, t.yellow.tint, Stroke::new(1.0, t.yellow.fill));
        paint::hatch(p, rect, t.yellow.fill);
        let area = rect.expand2(vec2(2.0, 0.0));
        paint::say(ui, ("hole", book, nth), area, said).on_hover_text(said);
    }
}
