//! Cards and what stands in them: title rows, empty states, failures, wells, two books side by side.

use egui::{Align2, Pos2, Rect, Response, Stroke, Ui, pos2, vec2};

use super::button::{Button, icon_button};
use crate::text::words;
use crate::theme::{Tokens, Tone, TypeStyle, tokens};
use crate::{icons, paint};
use recondesk_app::Failure;
use recondesk_app::model::CompareRow;

/// The frame of a card with heading and note; returns what is left below the title row of 42.
pub(crate) fn titled(ui: &Ui, rect: Rect, heading: &str, note: &str) -> Rect {
    let t = tokens(ui);
    let p = ui.painter();
    paint::card(p, rect, t);
    let y = rect.top() + 21.0;
    let title = paint::left(
        p,
        pos2(rect.left() + 16.0, y),
        heading,
        (TypeStyle::Heading, t.text_1),
    );
    paint::say(ui, ("card", heading), title, heading);
    if !note.is_empty() {
        let room = rect.right() - title.right() - 26.0;
        paint::fit(
            p,
            pos2(title.right() + 10.0, y + 1.0),
            room,
            note,
            (TypeStyle::Small, t.text_3),
        );
    }
    Rect::from_min_max(pos2(rect.left(), rect.top() + 42.0), rect.max)
}

/// The bar at the left edge of a card that states a result.
pub(crate) fn result_bar(ui: &Ui, card: Rect, mood: Tone) {
    let t = tokens(ui);
    let bar = Rect::from_min_max(
        pos2(card.left(), card.top() + 14.0),
        pos2(card.left() + 3.0, card.bottom() - 14.0),
    );
    ui.painter().rect_filled(bar, 1, t.tone(mood).fill);
}

/// What an empty frame says, and the one button that brings content.
pub(crate) struct Empty<'a> {
    /// Icon of the tile.
    pub(crate) icon: char,
    /// Its colours.
    pub(crate) mood: Tone,
    /// Why it is empty.
    pub(crate) title: &'a str,
    /// What brings content.
    pub(crate) note: &'a str,
    /// The button, if there is one: icon and label.
    pub(crate) button: Option<(char, &'a str)>,
    /// True when that button is the primary one of the screen.
    pub(crate) primary: bool,
}

impl Empty<'_> {
    /// Draws it in the middle of a frame; the response is the button's.
    pub(crate) fn show(&self, ui: &Ui, frame: Rect) -> Option<Response> {
        let t = tokens(ui);
        let p = ui.painter();
        let center = frame.center();
        let top = (center.y - 78.0).max(frame.top() + 12.0);
        let tile = Rect::from_center_size(pos2(center.x, top + 24.0), vec2(48.0, 48.0));
        let tone = match self.mood {
            Tone::Info => t.tone(Tone::Running),
            mood => t.tone(mood),
        };
        let edge = if t.contrast {
            Stroke::new(1.5, tone.text)
        } else {
            Stroke::NONE
        };
        paint::framed(p, tile, 12, tone.tint, edge);
        paint::icon(p, tile.center(), self.icon, 24.0, tone.text);
        let at = pos2(center.x, tile.bottom() + 24.0);
        let title = paint::text(
            p,
            at,
            Align2::CENTER_CENTER,
            self.title,
            (TypeStyle::Heading, t.text_1),
        );
        paint::say(ui, ("empty", self.title), title, self.title);
        let at = pos2(center.x, tile.bottom() + 49.0);
        let note = paint::text(
            p,
            at,
            Align2::CENTER_CENTER,
            self.note,
            (TypeStyle::Body, t.text_3),
        );
        paint::say(ui, ("empty note", self.note), note, self.note);
        let (icon, label) = self.button?;
        let button = if self.primary {
            Button::primary(label)
        } else {
            Button::secondary(label)
        };
        // The same words may stand in the page header.
        let button = button.icon(icon).salt(u64::MAX);
        let size = vec2(button.width(ui), 30.0);
        let rect = Rect::from_center_size(pos2(center.x, tile.bottom() + 84.0), size);
        Some(button.show(ui, rect))
    }
}

/// What a person did with a failed card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FailedAct {
    /// Try again.
    Retry,
}

/// Height of a failed card of that width.
pub(crate) fn failed_height(failure: &Failure) -> f32 {
    if failure.detail.is_empty() {
        128.0
    } else {
        196.0
    }
}

/// The card of a failure: fact, advice, where it happened, what can be done.
pub(crate) fn failed(ui: &Ui, rect: Rect, failure: &Failure) -> Option<FailedAct> {
    let t = tokens(ui);
    let w = words(ui);
    let p = ui.painter();
    paint::card(p, rect, t);
    result_bar(ui, rect, Tone::Urgent);
    let x = rect.left() + 42.0;
    let y = rect.top() + 25.0;
    paint::mark(p, pos2(rect.left() + 26.0, y), Tone::Urgent, t);
    let title = w.of(&failure.title);
    let code = (TypeStyle::Mono, t.text_3);
    let code_rect = paint::right(p, pos2(rect.right() - 16.0, y), failure.code, code);
    let room = code_rect.left() - x - 16.0;
    let (said, _) = paint::fit(p, pos2(x, y), room, title, (TypeStyle::Heading, t.text_1));
    paint::say(ui, ("failed", failure.code), said, title);
    let room = rect.right() - x - 16.0;
    let advice = w.advice(failure);
    let at = pos2(x, y + 28.0);
    let (said, cut) = paint::fit(p, at, room, advice, (TypeStyle::Body, t.text_2));
    let said = paint::say(ui, ("failed advice", failure.code), said, advice);
    if cut {
        said.on_hover_text(advice);
    }
    let mut bottom = y + 44.0;
    if !failure.detail.is_empty() {
        let well = Rect::from_min_size(pos2(x, bottom + 8.0), vec2(room, 56.0));
        let edge = if t.contrast {
            Stroke::new(1.5, t.line_weak)
        } else {
            Stroke::NONE
        };
        paint::framed(p, well, 6, t.sunken, edge);
        let inner = well.shrink2(vec2(12.0, 9.0));
        paint::paragraph(p, inner, &failure.detail, (TypeStyle::Mono, t.text_2), 2);
        bottom = well.bottom();
    }
    let at = pos2(x, bottom + 28.0);
    let mut at_copy = at;
    let mut act = None;
    if failure.retryable {
        let retry = Button::primary(w.frame.retry).icon(icons::ARROW_CLOCKWISE);
        let response = retry.show_left(ui, at, 30.0);
        at_copy.x = response.rect.right() + 8.0;
        if response.clicked() {
            act = Some(FailedAct::Retry);
        }
    }
    let copy = Button::ghost(w.frame.copy_details).icon(icons::COPY);
    if copy.show_left(ui, at_copy, 30.0).clicked() {
        ui.copy_text(format!(
            "{} {title}\n{advice}\n{}",
            failure.code, failure.detail
        ));
    }
    act
}

/// A well with a file's line: head, then the text, the key in accent. Height 86.
pub(crate) fn raw_well(ui: &Ui, rect: Rect, (head, place): (&str, &str), text: &str, key: &str) {
    let t = tokens(ui);
    let w = words(ui);
    let p = ui.painter();
    let edge = if t.contrast {
        Stroke::new(1.5, t.line_weak)
    } else {
        Stroke::NONE
    };
    paint::framed(p, rect, 6, t.sunken, edge);
    let y = rect.top() + 14.0;
    let name = paint::left(
        p,
        pos2(rect.left() + 10.0, y),
        head,
        (TypeStyle::Small, t.text_2),
    );
    let room = rect.right() - name.right() - 44.0;
    paint::fit(
        p,
        pos2(name.right() + 10.0, y),
        room,
        place,
        (TypeStyle::Small, t.text_3),
    );
    let copy = Rect::from_center_size(pos2(rect.right() - 16.0, y), vec2(22.0, 22.0));
    let copy_name = format!("{} {head}", w.frame.copy);
    if icon_button(ui, copy, icons::COPY, &copy_name, false).clicked() {
        ui.copy_text(text.to_owned());
    }
    let area = Rect::from_min_max(
        pos2(rect.left() + 10.0, rect.top() + 26.0),
        pos2(rect.right() - 10.0, rect.bottom() - 6.0),
    );
    let mut runs = paint::Runs::default();
    match text.split_once(key).filter(|_| !key.is_empty()) {
        Some((before, after)) => {
            runs.add(before, TypeStyle::MonoSmall, t.text_2)
                .add(key, TypeStyle::MonoSmall, t.accent)
                .add(after, TypeStyle::MonoSmall, t.text_2);
        }
        None => {
            runs.add(text, TypeStyle::MonoSmall, t.text_2);
        }
    }
    let galley = runs.layout(p, area.width());
    // Whole lines alone: half a line at the bottom reads as dirt.
    let line = galley
        .rows
        .first()
        .map_or(area.height(), |row| row.height());
    let whole = (area.height() / line.max(1.0)).floor() * line;
    let seen = Rect::from_min_size(area.min, vec2(area.width(), whole));
    let clipped = p.with_clip_rect(seen.intersect(p.clip_rect()));
    paint::put(&clipped, area.min, Align2::LEFT_TOP, galley);
    paint::say(ui, ("raw", head), area, &format!("{head} {place}: {text}"));
}

/// The two books side by side, rows of 26; returns the bottom.
pub(crate) fn side_by_side(
    ui: &Ui,
    rect: Rect,
    heads: [&str; 3],
    rows: &[CompareRow],
    name_of: impl Fn(&CompareRow) -> &'static str,
) -> f32 {
    let t = tokens(ui);
    let p = ui.painter();
    let label = rect.left();
    let wechat = label + 92.0;
    let half = ((rect.right() - wechat) / 2.0).round();
    let merchant = wechat + half;
    let y = rect.top() + 13.0;
    for (x, head) in [label, wechat, merchant].into_iter().zip(heads) {
        paint::left(p, pos2(x, y), head, (TypeStyle::Small, t.text_3));
    }
    paint::hline(p, rect.x_range(), rect.top() + 25.0, t.line);
    let mut top = rect.top() + 26.0;
    for row in rows {
        let line = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), 26.0));
        compare_row(ui, line, [label, wechat, merchant], row, name_of(row));
        top += 26.0;
    }
    top
}

fn compare_row(
    ui: &Ui,
    line: Rect,
    [label, wechat, merchant]: [f32; 3],
    row: &CompareRow,
    name: &str,
) {
    let t = tokens(ui);
    let p = ui.painter();
    let y = line.center().y;
    if row.differs {
        let ground = Rect::from_min_max(
            pos2(wechat - 8.0, line.top()),
            pos2(line.right(), line.bottom() - 1.0),
        );
        p.rect_filled(ground, 0, t.orange.tint);
        let at = pos2(merchant - 16.0, y);
        paint::text(
            p,
            at,
            Align2::CENTER_CENTER,
            "≠",
            (TypeStyle::Body, t.orange.text),
        );
    }
    paint::left(p, pos2(label, y), name, (TypeStyle::Small, t.text_3));
    let room = merchant - wechat - 28.0;
    let w_cut = value(ui, pos2(wechat, y), room, row.wechat.as_deref(), t);
    let room = line.right() - merchant - 4.0;
    let m_cut = value(ui, pos2(merchant, y), room, row.merchant.as_deref(), t);
    paint::hline(p, line.x_range(), line.bottom() - 1.0, t.line_weak);
    let dash = "—";
    let (left, right) = (
        row.wechat.as_deref().unwrap_or(dash),
        row.merchant.as_deref().unwrap_or(dash),
    );
    let sign = if row.differs { "≠" } else { "|" };
    let said = format!("{name}: {left} {sign} {right}");
    let response = paint::say(ui, ("compare", name), line, &said);
    if w_cut || m_cut {
        response.on_hover_text(format!("{left}\n{right}"));
    }
}

fn value(ui: &Ui, at: Pos2, room: f32, text: Option<&str>, t: &Tokens) -> bool {
    let p = ui.painter();
    let Some(text) = text else {
        paint::left(p, at, "—", (TypeStyle::Body, t.text_3));
        return false;
    };
    let digits = text.len() > 16 && text.bytes().all(|b| b.is_ascii_alphanumeric());
    let wide = paint::width(p, text, TypeStyle::Body) > room;
    if digits && wide {
        let keep = ((room / 7.6) as usize).saturating_sub(6).max(4);
        let short = paint::elide_middle(text, keep, 4);
        paint::left(p, at, &short, (TypeStyle::Body, t.text_1));
        return true;
    }
    paint::fit(p, at, room, text, (TypeStyle::Body, t.text_1)).1
}

/// One row of 26 of a case's timeline.
pub(crate) struct TimelineRow<'a> {
    /// Time, as written.
    pub(crate) time: &'a str,
    /// Icon in the dot.
    pub(crate) icon: char,
    /// What happened.
    pub(crate) what: &'a str,
    /// Where that is written.
    pub(crate) source: &'a str,
}

/// The beginning and the end of a text, as much of both as fits.
fn ending(p: &egui::Painter, text: &str, room: f32) -> String {
    const TAIL: usize = 12;
    let fits = |text: &str| paint::width(p, text, TypeStyle::Small) <= room;
    let mut head = text.chars().count();
    let mut shown = text.to_owned();
    while !fits(&shown) && head > 1 {
        head -= 1;
        shown = paint::elide_middle(text, head, TAIL.min(head));
    }
    shown
}

/// A case's timeline, rows of 26; returns the bottom.
pub(crate) fn timeline(ui: &Ui, rect: Rect, rows: &[TimelineRow<'_>]) -> f32 {
    let t = tokens(ui);
    let p = ui.painter();
    let wide = rows
        .iter()
        .map(|row| paint::width(p, row.time, TypeStyle::Small))
        .fold(0.0, f32::max);
    let dot_x = rect.left() + wide + 22.0;
    for (nth, row) in rows.iter().enumerate() {
        let y = rect.top() + 13.0 + nth as f32 * 26.0;
        paint::left(
            p,
            pos2(rect.left(), y),
            row.time,
            (TypeStyle::Small, t.text_3),
        );
        if nth > 0 {
            let range = egui::Rangef::new(y - 18.0, y - 8.0);
            paint::vline(p, dot_x, range, t.line);
        }
        p.circle_filled(pos2(dot_x, y), 8.0, t.grey.tint);
        paint::icon(p, pos2(dot_x, y), row.icon, 11.0, t.text_2);
        // What happened stands whole; where that is written keeps its end, which is the row.
        let what_at = pos2(dot_x + 16.0, y);
        let what_width = paint::width(p, row.what, TypeStyle::Body);
        let all = rect.right() - what_at.x;
        let most = (all - what_width - 12.0).max(all * 0.25);
        let source = ending(p, row.source, most);
        let style = (TypeStyle::Small, t.text_3);
        let source_place = paint::right(p, pos2(rect.right(), y), &source, style);
        let room = source_place.left() - what_at.x - 8.0;
        let (_, cut) = paint::fit(p, what_at, room, row.what, (TypeStyle::Body, t.text_1));
        let line = Rect::from_min_size(pos2(rect.left(), y - 13.0), vec2(rect.width(), 26.0));
        let said = format!("{} {} {}", row.time, row.what, row.source);
        let response = paint::say(ui, ("timeline", nth), line, &said);
        if cut || source != row.source {
            response.on_hover_text(said);
        }
    }
    rect.top() + rows.len() as f32 * 26.0
}
