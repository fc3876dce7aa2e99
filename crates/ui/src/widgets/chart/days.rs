//! Bars of 30 days, with the matched share above them.

use egui::accesskit::Role;
use egui::{Align2, CornerRadius, Pos2, Rangef, Rect, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::text::words;
use crate::theme::{TypeStyle, tokens};
use crate::widgets::roving::Marks;
use crate::{format, paint};
use recondesk_app::model::DayPoint;
use recondesk_domain::BillDate;

/// What the bars measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum By {
    /// Rows.
    #[default]
    Rows,
    /// Net amount.
    Net,
    /// Findings for a person.
    Cases,
}

impl By {
    fn value(self, point: &DayPoint) -> u64 {
        match self {
            Self::Rows => point.rows.unwrap_or(0),
            Self::Net => u64::try_from(point.net.get()).unwrap_or(0) / 100,
            Self::Cases => point.cases,
        }
    }
}

/// Draws the chart; returns the day whose bar was clicked.
pub(crate) fn thirty_days(ui: &Ui, rect: Rect, points: &[DayPoint], by: By) -> Option<BillDate> {
    let t = tokens(ui);
    let p = ui.painter();
    if points.iter().all(|point| point.rows.is_none()) {
        let text = words(ui).overview.no_history;
        paint::text(
            p,
            rect.center(),
            Align2::CENTER_CENTER,
            text,
            (TypeStyle::Body, t.text_3),
        );
        return None;
    }
    let left = rect.left() + 48.0;
    let plot = Rect::from_min_max(
        pos2(left, rect.top() + 34.0),
        pos2(rect.right() - 14.0, rect.bottom() - 28.0),
    );
    let most = points
        .iter()
        .map(|point| by.value(point))
        .max()
        .unwrap_or(0);
    let (top_value, step) = scale(most);
    grid(ui, plot, (top_value, step));
    let slot = plot.width() / points.len().max(1) as f32;
    let strip = Rect::from_min_max(
        pos2(left, rect.top() + 2.0),
        pos2(plot.right(), rect.top() + 18.0),
    );
    share_line(ui, strip, points, slot);
    let mut clicked = None;
    // Before the first bill nobody kept books: those days lack nothing.
    let first = points.iter().position(|point| point.rows.is_some());
    for (nth, point) in points.iter().enumerate() {
        let x = plot.left() + nth as f32 * slot;
        let column = Rect::from_min_max(pos2(x, plot.top()), pos2(x + slot, plot.bottom()));
        let last = nth + 1 == points.len();
        let reach = (
            number(nth),
            number(first.unwrap_or(0))..number(points.len()),
        );
        if first.is_some_and(|first| nth >= first)
            && bar(ui, (column, reach), point, (by, top_value), last)
        {
            clicked = Some(point.day);
        }
        if nth % 7 == 0 {
            let at = pos2(column.center().x, plot.bottom() + 13.0);
            let label = format::short_day(point.day);
            paint::text(
                p,
                at,
                Align2::CENTER_CENTER,
                &label,
                (TypeStyle::Micro, t.text_3),
            );
        }
    }
    clicked
}

/// The place of a bar as the marks count it.
fn number(place: usize) -> i32 {
    i32::try_from(place).unwrap_or(i32::MAX)
}

fn bar(
    ui: &Ui,
    (column, (nth, all)): (Rect, (i32, std::ops::Range<i32>)),
    point: &DayPoint,
    (by, top): (By, u64),
    last: bool,
) -> bool {
    let t = tokens(ui);
    let p = ui.painter();
    let w = words(ui);
    let first = point.day.number() - nth;
    let id_of = |nth: i32| paint::id(ui, ("bar", first + nth));
    let marks = Marks {
        group: paint::id(ui, "bars"),
        home: all.end - 1,
        all,
        across: 1,
        down: 0,
    };
    let response = ui.interact(column, id_of(nth), marks.sense(ui, nth));
    let focused = marks.walk(ui, &response, nth, id_of);
    let said = said(w, point);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &said));
    let width = (column.width() - 2.0).clamp(2.0, 28.0).floor();
    let x = column.center().x - width / 2.0;
    let edge = |rect| paint::framed(p, rect, 2, t.surface, Stroke::new(1.5, t.line));
    let bar_top = if point.rows.is_some() {
        let height = by.value(point) as f32 / top.max(1) as f32 * column.height();
        let rect = Rect::from_min_max(
            pos2(x, column.bottom() - height.max(1.0)),
            pos2(x + width, column.bottom()),
        );
        let corners = CornerRadius {
            nw: 2,
            ne: 2,
            sw: 0,
            se: 0,
        };
        if t.contrast && !last {
            edge(rect);
            paint::hatch(p, rect, t.text_3);
        } else {
            let fill = if last { t.accent_fill } else { t.chart_bar };
            p.rect_filled(rect, corners, fill);
        }
        rect.top()
    } else {
        let stub = Rect::from_min_max(
            pos2(x, column.bottom() - 18.0),
            pos2(x + width, column.bottom()),
        );
        paint::hatch(p, stub, t.text_3);
        paint::dashed(p, stub, Stroke::new(1.0, t.text_3), 3.0);
        stub.top()
    };
    if point.urgent_open {
        paint::diamond(p, pos2(column.center().x, bar_top - 9.0), 4.5, t.red.fill);
    }
    if focused {
        paint::ring(p, column.shrink(2.0), 3, t);
    }
    if response.hovered() {
        let ground = Rect::from_min_max(pos2(column.left(), column.top()), column.max);
        p.rect_stroke(
            ground,
            2,
            Stroke::new(1.0, t.line_input),
            egui::StrokeKind::Inside,
        );
    }
    let clicked = response.clicked();
    response.on_hover_text(said);
    clicked
}

fn said(w: &'static crate::text::Wording, point: &DayPoint) -> String {
    let day = format::day_of_week(point.day, w);
    let Some(rows) = point.rows else {
        return (w.overview.day_and)(&day, w.overview.no_bill_day);
    };
    let mut said = format!(
        "{day}  {}  ¥{}",
        (w.frame.rows)(&format::count(rows)),
        format::money(point.net)
    );
    if let Some(share) = point.matched {
        said.push_str("  ");
        said.push_str(w.overview.rate);
        said.push(' ');
        said.push_str(&format::share(share));
    }
    said
}

fn grid(ui: &Ui, plot: Rect, (top, step): (u64, u64)) {
    let t = tokens(ui);
    let p = ui.painter();
    let mut value = 0;
    while value <= top {
        let y = plot.bottom() - value as f32 / top.max(1) as f32 * plot.height();
        let color = if value == 0 { t.line } else { t.line_weak };
        let range = Rangef::new(plot.left(), plot.right());
        paint::hline(p, range, y, color);
        let at = pos2(plot.left() - 8.0, y);
        paint::right(p, at, &short(value), (TypeStyle::Micro, t.text_3));
        value += step;
    }
}

/// The lower end of the axis of shares, in hundredths of a per cent: every share lies on the axis.
fn least_share(points: &[DayPoint]) -> u32 {
    let least = points.iter().filter_map(|point| point.matched).min();
    let least = least.unwrap_or(10_000);
    [9_900, 9_500, 9_000, 8_000, 5_000]
        .into_iter()
        .find(|end| *end <= least)
        .unwrap_or(0)
}

fn share_line(ui: &Ui, strip: Rect, points: &[DayPoint], slot: f32) {
    let t = tokens(ui);
    let p = ui.painter();
    let least = least_share(points);
    let full = 10_000 - least;
    let bottom = format!("{}%", least / 100);
    for (label, y) in [("100%", strip.top()), (bottom.as_str(), strip.bottom())] {
        paint::right(
            p,
            pos2(strip.left() - 8.0, y),
            label,
            (TypeStyle::Micro, t.text_3),
        );
    }
    let place = |nth: usize, share: u32| -> Pos2 {
        let part = share.saturating_sub(least).min(full) as f32 / full as f32;
        pos2(
            strip.left() + (nth as f32 + 0.5) * slot,
            strip.bottom() - part * strip.height(),
        )
    };
    let mut run: Vec<Pos2> = Vec::new();
    for (nth, point) in points.iter().enumerate() {
        match point.matched {
            Some(share) => run.push(place(nth, share)),
            None => draw_run(p, &mut run, t.green.fill),
        }
    }
    draw_run(p, &mut run, t.green.fill);
}

fn draw_run(p: &egui::Painter, run: &mut Vec<Pos2>, color: egui::Color32) {
    match run.as_slice() {
        [] => {}
        [only] => {
            p.rect_filled(Rect::from_center_size(*only, vec2(4.0, 1.5)), 0, color);
        }
        _ => {
            p.line(run.clone(), Stroke::new(1.5, color));
        }
    }
    run.clear();
}

/// The top of the axis and the distance of its lines: at most four lines above the base.
fn scale(most: u64) -> (u64, u64) {
    let mut unit = 1_u64;
    loop {
        for factor in [1, 2, 5] {
            let step = unit.saturating_mul(factor);
            if step.saturating_mul(4) >= most.max(1) {
                let lines = most.max(1).div_ceil(step);
                return (lines.saturating_mul(step), step);
            }
        }
        unit = unit.saturating_mul(10);
        if unit > u64::MAX / 100 {
            return (u64::MAX, u64::MAX);
        }
    }
}

fn short(value: u64) -> String {
    match value {
        0..=9_999 => format::count(value),
        10_000..=9_999_999 => format!("{}k", value / 1000),
        _ => format!("{}M", value / 1_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_share_lies_on_its_axis() {
        let point = |matched| DayPoint {
            day: BillDate::parse("2026-03-08").unwrap(),
            rows: Some(1),
            net: recondesk_domain::Fen::ZERO,
            cases: 0,
            matched,
            urgent_open: false,
        };
        for (least, end) in [(10_000, 9_900), (9_900, 9_900), (9_276, 9_000), (1, 0)] {
            let points = [point(Some(10_000)), point(None), point(Some(least))];
            assert_eq!(least_share(&points), end);
        }
        assert_eq!(short(3_000), "3,000");
    }

    #[test]
    fn the_axis_has_at_most_four_lines_and_holds_every_bar() {
        for most in [0, 1, 3, 7, 99, 51_234, 60_000, 1_000_001, u64::MAX / 200] {
            let (top, step) = scale(most);
            assert!(top >= most, "{most}");
            assert!(top / step <= 4, "{most}: {top} / {step}");
        }
        assert_eq!(scale(51_234), (60_000, 20_000));
    }
}
