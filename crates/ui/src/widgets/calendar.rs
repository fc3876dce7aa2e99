//! Months of days with their state: the bill calendar, and what the date field opens.

use egui::accesskit::Role;
use egui::{Align2, Color32, Pos2, Rect, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::format;
use crate::paint;
use crate::text::{Wording, words};
use crate::theme::{Tone, TypeStyle, tokens};
use crate::widgets::roving::Marks;
use recondesk_app::model::{CalendarDay, CalendarState};
use recondesk_domain::BillDate;

/// What a calendar shows.
pub(crate) struct Months<'a> {
    /// The last month is that of this day.
    pub(crate) today: BillDate,
    /// The day in view gets the accent edge instead of today where it is known.
    pub(crate) chosen: Option<BillDate>,
    /// Known days, in any order.
    pub(crate) days: &'a [CalendarDay],
    /// Months side by side.
    pub(crate) months: u32,
    /// Last month shown: months before the one of today.
    pub(crate) back: u32,
    /// Height of a cell.
    pub(crate) cell: f32,
}

/// Height that months need: head, weekdays, six weeks.
pub(crate) const fn height(cell: f32) -> f32 {
    44.0 + 6.0 * cell
}

impl Months<'_> {
    /// Draws the months into a rectangle; returns the day that was clicked.
    pub(crate) fn show(&self, ui: &Ui, rect: Rect) -> Option<BillDate> {
        let gap = 18.0;
        let count = self.months as f32;
        let width = (rect.width() - gap * (count - 1.0)) / count;
        let mut clicked = None;
        for nth in 0..self.months {
            let left = rect.left() + nth as f32 * (width + gap);
            let area = Rect::from_min_size(pos2(left, rect.top()), vec2(width, rect.height()));
            let back = self.back + self.months - 1 - nth;
            clicked = self.month(ui, area, back).or(clicked);
        }
        clicked
    }

    fn month(&self, ui: &Ui, area: Rect, back: u32) -> Option<BillDate> {
        let t = tokens(ui);
        let w = words(ui);
        let p = ui.painter();
        let (year, month) = months_back(self.today, back);
        let first = BillDate::ymd(year, month, 1)?;
        let name = w
            .frame
            .months
            .get(month as usize - 1)
            .copied()
            .unwrap_or("");
        let cell = (area.width() / 7.0).floor();
        let at = pos2(area.left() + 2.0, area.top() + 9.0);
        paint::left(p, at, name, (TypeStyle::Body, t.text_2));
        for (nth, sign) in w.frame.weekday_signs.iter().enumerate() {
            let at = pos2(area.left() + cell * (nth as f32 + 0.5), area.top() + 30.0);
            paint::text(
                p,
                at,
                Align2::CENTER_CENTER,
                sign,
                (TypeStyle::Micro, t.text_3),
            );
        }
        let mut clicked = None;
        let mut day = first;
        let mut week = 0.0;
        while day.ymd_parts().1 == month {
            let column = day.weekday() as f32;
            let place = pos2(
                area.left() + column * cell,
                area.top() + 42.0 + week * self.cell,
            );
            let rect = Rect::from_min_size(place, vec2(cell, self.cell)).shrink(1.0);
            if self.day(ui, rect, day) {
                clicked = Some(day);
            }
            if day.weekday() == 6 {
                week += 1.0;
            }
            day = day.next();
        }
        clicked
    }

    /// First day that is shown, and the first that is not yet over.
    fn walkable(&self) -> std::ops::Range<i32> {
        let (year, month) = months_back(self.today, self.back + self.months.saturating_sub(1));
        let first = BillDate::ymd(year, month, 1).unwrap_or(self.today);
        let (year, month) = months_back(self.today, self.back);
        let last = BillDate::ymd(year, month, 1).unwrap_or(self.today);
        let after = BillDate::ymd(year + i32::from(month == 12), month % 12 + 1, 1);
        let end = after.unwrap_or(last).min(self.today);
        first.number()..end.number()
    }

    /// One day; true when it was chosen.
    fn day(&self, ui: &Ui, rect: Rect, day: BillDate) -> bool {
        let t = tokens(ui);
        let w = words(ui);
        let p = ui.painter();
        let known = self.days.iter().find(|known| known.day == day);
        let coming = day >= self.today;
        let id_of = |number: i32| paint::id(ui, ("day", number));
        let marks = Marks {
            group: paint::id(ui, "days"),
            all: self.walkable(),
            home: self.chosen.unwrap_or_else(|| self.today.prev()).number(),
            across: 1,
            down: 7,
        };
        let sense = if coming {
            Sense::hover()
        } else {
            marks.sense(ui, day.number())
        };
        let response = ui.interact(rect, id_of(day.number()), sense);
        let focused = marks.walk(ui, &response, day.number(), id_of);
        let said = known.map_or_else(|| day.to_string(), |known| state_words(w, known));
        response.widget_info(|| {
            WidgetInfo::selected(
                Role::GridCell,
                !coming,
                self.chosen == Some(day),
                said.clone(),
            )
        });
        let look = DayLook::of(known.map(|known| &known.state), ui);
        let color = if coming && known.is_none() {
            t.disabled
        } else {
            look.digit
        };
        paint::framed(p, rect, 4, look.ground, look.edge);
        if look.dashed {
            paint::dashed(p, rect, Stroke::new(1.0, look.digit), 3.0);
        }
        let chosen = self.chosen == Some(day) || (self.chosen.is_none() && day == self.today);
        if chosen {
            paint::framed(p, rect, 4, Color32::TRANSPARENT, Stroke::new(1.5, t.accent));
        } else if response.hovered() && !coming {
            let edge = Stroke::new(1.0, t.line_input);
            paint::framed(p, rect, 4, Color32::TRANSPARENT, edge);
        }
        let text = day.ymd_parts().2.to_string();
        let digit = if chosen && known.is_none() {
            t.accent
        } else {
            color
        };
        paint::text(
            p,
            rect.center(),
            Align2::CENTER_CENTER,
            &text,
            (TypeStyle::Micro, digit),
        );
        look.signs(ui, rect);
        if focused {
            paint::ring(p, rect.shrink(2.0), 3, t);
        }
        let clicked = response.clicked();
        if known.is_some() {
            response.on_hover_text(said);
        }
        clicked
    }
}

struct DayLook {
    ground: Color32,
    edge: Stroke,
    digit: Color32,
    dashed: bool,
    corner: bool,
    underlined: bool,
}

impl DayLook {
    /// The corner of a day that needs work or failed, and the line under one without a bill.
    fn signs(&self, ui: &Ui, rect: Rect) {
        let t = tokens(ui);
        let p = ui.painter();
        if self.corner {
            let at = pos2(rect.right() - 2.0, rect.top() + 2.0);
            paint::diamond(p, at, 3.0, t.red.fill);
        }
        if self.underlined {
            let middle = rect.center();
            let line = egui::Rangef::new(middle.x - 4.0, middle.x + 4.0);
            paint::hline(p, line, middle.y + 8.0, t.grey.fill);
        }
    }

    fn of(state: Option<&CalendarState>, ui: &Ui) -> Self {
        let t = tokens(ui);
        let plain = Self {
            ground: Color32::TRANSPARENT,
            edge: Stroke::NONE,
            digit: t.text_3,
            dashed: false,
            corner: false,
            underlined: false,
        };
        let Some(state) = state else {
            return plain;
        };
        match state {
            CalendarState::Balanced => Self {
                ground: t.green.tint,
                // In high contrast every tint is the ground.
                edge: if t.contrast {
                    Stroke::new(1.0, t.green.text)
                } else {
                    Stroke::NONE
                },
                digit: t.green.text,
                ..plain
            },
            CalendarState::NeedsWork => Self {
                ground: t.red.tint,
                edge: Stroke::new(1.0, t.red.fill),
                digit: t.red.text,
                corner: true,
                ..plain
            },
            CalendarState::Faults => Self {
                ground: t.orange.tint,
                edge: Stroke::new(1.0, t.orange.fill),
                digit: t.orange.text,
                ..plain
            },
            CalendarState::Verified => Self {
                ground: t.grey.tint,
                edge: if t.contrast {
                    Stroke::new(1.0, t.grey.text)
                } else {
                    Stroke::NONE
                },
                digit: t.text_2,
                ..plain
            },
            CalendarState::Failed(_) => Self {
                digit: t.red.text,
                dashed: true,
                corner: true,
                ..plain
            },
            CalendarState::NotReady => Self {
                edge: if t.contrast {
                    Stroke::NONE
                } else {
                    Stroke::new(1.0, t.grey.fill)
                },
                digit: t.text_2,
                dashed: t.contrast,
                ..plain
            },
            CalendarState::Missing => Self {
                digit: t.orange.text,
                dashed: true,
                ..plain
            },
            CalendarState::NoBill => Self {
                ground: t.grey.tint,
                digit: t.grey.text,
                underlined: true,
                ..plain
            },
        }
    }
}

fn state_words(w: &Wording, known: &CalendarDay) -> String {
    let o = &w.overview;
    let state = match &known.state {
        CalendarState::Balanced => o.day_balanced,
        CalendarState::NeedsWork => o.day_work,
        CalendarState::Faults => o.day_faults,
        CalendarState::Verified => o.day_verified,
        CalendarState::NotReady => o.day_not_ready,
        CalendarState::Failed(reason) => {
            let said = (o.day_failed)(w.of(reason));
            return (o.day_and)(&known.day.to_string(), &said);
        }
        CalendarState::Missing => o.day_missing,
        CalendarState::NoBill => o.day_no_bill,
    };
    let mut said = (o.day_and)(&known.day.to_string(), state);
    if known.rows > 0 {
        said.push_str("  ");
        said.push_str(&(w.frame.rows)(&format::count(known.rows)));
    }
    said
}

/// The signs and their words under a calendar; returns the bottom.
pub(crate) fn legend(ui: &Ui, at: Pos2, width: f32, of_funds: bool) -> f32 {
    let w = words(ui);
    let t = tokens(ui);
    let p = ui.painter();
    let o = &w.overview;
    let here = (CalendarState::Verified, o.legend_verified);
    let missing = (CalendarState::Missing, o.legend_missing);
    let none = (CalendarState::NoBill, o.legend_none);
    let parts = if of_funds {
        vec![here, missing, none]
    } else {
        let balanced = (CalendarState::Balanced, o.legend_balanced);
        let work = (CalendarState::NeedsWork, o.legend_work);
        vec![balanced, work, missing, none, here]
    };
    let widths = parts
        .iter()
        .map(|(_, name)| 18.0 + paint::width(p, name, TypeStyle::Small));
    let all: f32 = widths.sum();
    // Where it is narrow the signs move together before one is left out.
    let gaps = parts.len().saturating_sub(1).max(1) as f32;
    let gap = ((width - all) / gaps).clamp(6.0, 18.0);
    let mut x = at.x;
    for (state, name) in parts {
        let needed = 18.0 + paint::width(p, name, TypeStyle::Small);
        if x + needed > at.x + width {
            break;
        }
        let look = DayLook::of(Some(&state), ui);
        let rect = Rect::from_min_size(pos2(x, at.y - 5.5), vec2(11.0, 11.0));
        paint::framed(p, rect, 3, look.ground, look.edge);
        if look.dashed {
            paint::dashed(p, rect, Stroke::new(1.0, t.orange.fill), 3.0);
        }
        if look.underlined {
            paint::hline(
                p,
                egui::Rangef::new(x + 3.0, x + 8.0),
                at.y + 2.0,
                t.grey.fill,
            );
        }
        let place = paint::left(p, pos2(x + 17.0, at.y), name, (TypeStyle::Small, t.text_2));
        paint::say(ui, ("legend", name), place, name);
        x += needed + gap;
    }
    at.y + 10.0
}

/// The line that names the most urgent missing day, and leads there; true when it was pressed.
pub(crate) fn missing(ui: &Ui, at: Pos2, day: BillDate, today: BillDate) -> bool {
    let t = tokens(ui);
    let w = words(ui);
    let p = ui.painter();
    let left = day
        .bill_available_until()
        .number()
        .saturating_sub(today.number())
        .max(0);
    let (mood, color) = match left {
        0..=4 => (Tone::Urgent, t.red.text),
        5..=13 => (Tone::Fault, t.orange.text),
        _ => (Tone::Fault, t.text_2),
    };
    paint::mark(p, pos2(at.x + 5.0, at.y), mood, t);
    let name = format::short_day(day);
    let words = match left {
        0 => (w.overview.missing_last)(&name),
        left => (w.overview.missing_day)(&name, &left.to_string()),
    };
    let at = pos2(at.x + 17.0, at.y);
    let said = paint::left(p, at, &words, (TypeStyle::Small, color));
    let id = paint::id(ui, "missing day");
    let response = ui.interact(said.expand(4.0), id, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Link, true, &words));
    if response.hovered() {
        paint::hline(p, said.x_range(), said.bottom() - 1.0, color);
        ui.set_cursor_icon(egui::CursorIcon::PointingHand);
    }
    if response.has_focus() {
        paint::ring(p, said, 4, t);
    }
    response.clicked()
}

fn months_back(today: BillDate, back: u32) -> (i32, u32) {
    let (year, month, _) = today.ymd_parts();
    let index = i64::from(year) * 12 + i64::from(month) - 1 - i64::from(back);
    let year = i32::try_from(index.div_euclid(12)).unwrap_or(year);
    let month = u32::try_from(index.rem_euclid(12)).unwrap_or(0) + 1;
    (year, month)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_go_back_over_new_year() {
        let today = BillDate::parse("2026-02-09").unwrap();
        assert_eq!(months_back(today, 0), (2026, 2));
        assert_eq!(months_back(today, 2), (2025, 12));
    }
}
