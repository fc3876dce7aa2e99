//! Where a table is scrolled to, and which rows that shows.
//!
//! Positions in the list are 64-bit floats: ten million rows of 30 are 300 million points, of which a
//! 32-bit float knows only every 32nd. What is drawn is the small difference to the top of the view.

use std::ops::Range;

use egui::accesskit::Role;
use egui::{Id, Rangef, Rect, Sense, Ui, Vec2, WidgetInfo, pos2, vec2};

use crate::theme::tokens;

/// Width of a scroll bar.
const BAR: f32 = 8.0;
/// Least length of the piece that is dragged.
const LEAST_THUMB: f32 = 28.0;

/// What the rows of a table take, and how much of them is seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Extent {
    /// How many rows there are.
    pub(super) rows: u64,
    /// Height of each.
    pub(super) row_height: f32,
    /// Height of the view.
    pub(super) height: f32,
    /// Width of the columns that scroll.
    pub(super) columns: f32,
    /// Width of the view over them.
    pub(super) width: f32,
}

/// A place in the list, in points from its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Scroll {
    pub(super) x: f32,
    pub(super) y: f64,
}

impl Extent {
    fn total(&self) -> f64 {
        self.rows as f64 * f64::from(self.row_height)
    }

    fn most_y(&self) -> f64 {
        (self.total() - f64::from(self.height)).max(0.0)
    }

    fn most_x(&self) -> f32 {
        (self.columns - self.width).max(0.0)
    }
}

impl Scroll {
    /// Stays within the list, on a whole pixel.
    pub(super) fn settle(&mut self, extent: &Extent, pixels_per_point: f32) {
        let pixels = f64::from(pixels_per_point);
        self.y = (self.y.clamp(0.0, extent.most_y()) * pixels).round() / pixels;
        self.x = (self.x.clamp(0.0, extent.most_x()) * pixels_per_point).round() / pixels_per_point;
    }

    /// The rows of which something is seen.
    pub(super) fn rows(&self, extent: &Extent) -> Range<u64> {
        let height = f64::from(extent.row_height);
        let first = (self.y / height).floor() as u64;
        let end = ((self.y + f64::from(extent.height)) / height).ceil() as u64;
        first.min(extent.rows)..end.min(extent.rows)
    }

    /// The top of a row, from the top of the view.
    pub(super) fn top_of(&self, row: u64, extent: &Extent) -> f32 {
        (row as f64 * f64::from(extent.row_height) - self.y) as f32
    }

    /// The row at a distance from the top of the view; before the first and behind the last it is these.
    pub(super) fn row_at(&self, y: f32, extent: &Extent) -> Option<u64> {
        let last = extent.rows.checked_sub(1)?;
        let row = (self.y + f64::from(y)) / f64::from(extent.row_height);
        Some((row.max(0.0) as u64).min(last))
    }

    /// Just so far that the whole row is seen.
    pub(super) fn show_row(&mut self, row: u64, extent: &Extent) {
        let height = f64::from(extent.row_height);
        let top = row as f64 * height;
        let least = top + height - f64::from(extent.height);
        self.y = self.y.min(top).max(least);
    }

    /// Just so far that a column, whose place is counted from the first that scrolls, is seen.
    pub(super) fn show_column(&mut self, place: Rangef, extent: &Extent) {
        self.x = self.x.max(place.max - extent.width).min(place.min);
    }

    /// Takes the wheel, and draws the bars over the right and the lower edge of `view`.
    pub(super) fn bars(&mut self, ui: &Ui, view: Rect, id: Id, extent: &Extent) {
        if ui.rect_contains_pointer(view) {
            let delta = ui.input_mut(|input| std::mem::take(&mut input.smooth_scroll_delta));
            self.y -= f64::from(delta.y);
            self.x -= delta.x;
        }
        self.settle(extent, ui.pixels_per_point());
        if extent.most_y() > 0.0 {
            let track = Rect::from_min_max(
                pos2(view.right() - BAR - 2.0, view.top() + 2.0),
                pos2(view.right() - 2.0, view.bottom() - 2.0),
            );
            let share = f64::from(extent.height) / extent.total();
            let bar = Bar {
                track,
                upright: true,
                share: share as f32,
                at: self.y / extent.most_y(),
            };
            if let Some(at) = bar.show(ui, id.with("down")) {
                self.y = at * extent.most_y();
            }
        }
        if extent.most_x() > 0.0 {
            let track = Rect::from_min_max(
                pos2(view.right() - extent.width + 2.0, view.bottom() - BAR - 2.0),
                pos2(view.right() - BAR - 4.0, view.bottom() - 2.0),
            );
            let bar = Bar {
                track,
                upright: false,
                share: extent.width / extent.columns,
                at: f64::from(self.x / extent.most_x()),
            };
            if let Some(at) = bar.show(ui, id.with("across")) {
                self.x = at as f32 * extent.most_x();
            }
        }
        self.settle(extent, ui.pixels_per_point());
    }
}

/// A scroll bar.
struct Bar {
    track: Rect,
    upright: bool,
    /// How much of the whole is seen.
    share: f32,
    /// Where the view stands, 0 to 1.
    at: f64,
}

impl Bar {
    /// Draws it; the new place comes back when it was dragged or clicked.
    fn show(&self, ui: &Ui, id: Id) -> Option<f64> {
        let t = tokens(ui);
        let long = |size: Vec2| if self.upright { size.y } else { size.x };
        let length = long(self.track.size());
        let thumb = (length * self.share).max(LEAST_THUMB).min(length);
        let room = length - thumb;
        let from = room * self.at as f32;
        let (offset, size) = if self.upright {
            (vec2(0.0, from), vec2(BAR, thumb))
        } else {
            (vec2(from, 0.0), vec2(thumb, BAR))
        };
        let place = Rect::from_min_size(self.track.min + offset, size);
        // Not in the way of Tab: the keys of the table scroll it.
        let response = ui.interact(self.track, id, Sense::CLICK | Sense::DRAG);
        response.widget_info(|| WidgetInfo::labeled(Role::ScrollBar, true, ""));
        let strength = if response.dragged() {
            0.55
        } else if response.hovered() {
            0.45
        } else {
            0.25
        };
        let thin = if response.hovered() || response.dragged() {
            place
        } else if self.upright {
            place.with_min_x(place.right() - BAR / 2.0)
        } else {
            place.with_min_y(place.bottom() - BAR / 2.0)
        };
        let color = t.text_2.gamma_multiply(strength);
        ui.painter().rect_filled(thin, 4, color);
        if room <= 0.0 {
            return None;
        }
        if response.dragged() {
            let moved = f64::from(long(response.drag_delta()) / room);
            return (moved != 0.0).then(|| (self.at + moved).clamp(0.0, 1.0));
        }
        let clicked = response
            .clicked()
            .then(|| response.interact_pointer_pos())??;
        if place.contains(clicked) {
            return None;
        }
        let at = long(clicked - self.track.min) - thumb / 2.0;
        Some(f64::from(at / room).clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEN_MILLION: u64 = 10_000_000;

    fn same(a: f64, b: f64) -> bool {
        (a - b).abs() < f64::EPSILON
    }

    fn extent(rows: u64, row_height: f32, height: f32) -> Extent {
        Extent {
            rows,
            row_height,
            height,
            columns: 900.0,
            width: 700.0,
        }
    }

    /// Scrolls through the whole list by views: each row is drawn once at its height, none is left out.
    #[test]
    fn every_row_of_ten_million_is_drawn_once_at_its_height() {
        for (row_height, height) in [(30.0, 840.0), (26.0, 858.0)] {
            let extent = extent(TEN_MILLION, row_height, height);
            let mut scroll = Scroll::default();
            let mut next = 0;
            while next < TEN_MILLION {
                scroll.settle(&extent, 1.0);
                let rows = scroll.rows(&extent);
                for row in rows.clone() {
                    let top = scroll.top_of(row, &extent);
                    let below = scroll.top_of(row + 1, &extent);
                    assert!(
                        same(f64::from(below - top), f64::from(row_height)),
                        "row {row}"
                    );
                    if row >= next {
                        assert_eq!(row, next);
                        next += 1;
                    }
                    assert_eq!(scroll.row_at(top + 1.0, &extent), Some(row));
                }
                assert!(next == TEN_MILLION || rows.end == next);
                scroll.y += f64::from(height);
            }
            assert!(same(scroll.y.min(extent.most_y()), extent.most_y()));
        }
    }

    #[test]
    fn the_last_row_of_ten_million_ends_where_the_view_ends() {
        let extent = extent(TEN_MILLION, 30.0, 841.0);
        for pixels in [1.0, 1.25, 1.5, 2.0] {
            let mut scroll = Scroll::default();
            scroll.show_row(TEN_MILLION - 1, &extent);
            scroll.settle(&extent, pixels);
            let end = scroll.top_of(TEN_MILLION, &extent);
            assert!(
                (end - extent.height).abs() <= 1.0 / pixels,
                "{pixels}: {end}"
            );
            assert_eq!(scroll.rows(&extent).end, TEN_MILLION);
        }
    }

    #[test]
    fn a_short_list_does_not_scroll_and_an_empty_one_has_no_row() {
        let mut scroll = Scroll { x: 900.0, y: 50.0 };
        let short = extent(3, 30.0, 300.0);
        scroll.settle(&short, 1.0);
        assert_eq!(scroll, Scroll { x: 200.0, y: 0.0 });
        assert_eq!(scroll.rows(&short), 0..3);
        assert_eq!(scroll.row_at(299.0, &short), Some(2));
        let none = extent(0, 30.0, 300.0);
        assert_eq!(scroll.rows(&none), 0..0);
        assert_eq!(scroll.row_at(10.0, &none), None);
    }

    #[test]
    fn a_row_is_scrolled_to_no_farther_than_needed() {
        let extent = extent(100, 30.0, 300.0);
        let mut scroll = Scroll::default();
        scroll.show_row(9, &extent);
        assert!(same(scroll.y, 0.0));
        scroll.show_row(10, &extent);
        assert!(same(scroll.y, 30.0));
        scroll.show_row(0, &extent);
        assert!(same(scroll.y, 0.0));
        scroll.show_column(Rangef::new(650.0, 750.0), &extent);
        assert!(same(f64::from(scroll.x), 50.0));
        scroll.show_column(Rangef::new(0.0, 100.0), &extent);
        assert!(same(f64::from(scroll.x), 0.0));
    }
}
