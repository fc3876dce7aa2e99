//! The timeline card: everything known of an order, oldest first, up to now.

use egui::{Rangef, Rect, ScrollArea, Sense, Ui, pos2, vec2};

use crate::page::Page;
use crate::theme::{Tone, TypeStyle};
use crate::widgets::card;
use crate::{format, icons, paint};
use recondesk_app::jobs::lookup::OrderView;
use recondesk_app::jobs::lookup::timeline::{EntryKind, TimelineEntry};
use recondesk_domain::Instant;

const ROW: f32 = 52.0;

/// Draws it.
pub(super) fn show(ui: &mut Ui, rect: Rect, page: &Page<'_>, view: &OrderView) {
    let l = &page.w.lookup;
    let body = card::titled(ui, rect, l.timeline, l.timeline_note);
    let body = Rect::from_min_max(body.min, body.max - vec2(1.0, 1.0));
    paint::region(ui, body, "timeline", |ui| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            let count = view.entries.len() + 1;
            let size = vec2(body.width(), count as f32 * ROW + 8.0);
            let (area, _) = ui.allocate_exact_size(size, Sense::hover());
            let visible = ui.clip_rect();
            let mut before: Option<Instant> = None;
            for (nth, entry) in view.entries.iter().enumerate() {
                let top = area.top() + nth as f32 * ROW;
                let line = Rect::from_min_size(pos2(area.left(), top), vec2(area.width(), ROW));
                if line.intersects(visible) {
                    row(ui, line, page, (nth, entry, before));
                }
                before = entry.at.or(before);
            }
            let top = area.top() + (count - 1) as f32 * ROW;
            let line = Rect::from_min_size(pos2(area.left(), top), vec2(area.width(), ROW));
            now(ui, line, page, count > 1);
        });
    });
}

fn row(
    ui: &Ui,
    line: Rect,
    page: &Page<'_>,
    (nth, entry, before): (usize, &TimelineEntry, Option<Instant>),
) {
    let t = page.t;
    let p = ui.painter();
    let y = line.top() + 18.0;
    let time = time_words(entry.at, before, page.state.now);
    let style = (TypeStyle::Small, t.text_3);
    paint::right(p, pos2(line.left() + 118.0, y), &time, style);
    let (icon, mood) = look(entry);
    dot(ui, line, y, (icon, mood, nth > 0), page);
    let amount = entry.amount.map(|fen| format!("¥{}", format::money(fen)));
    let right = line.right() - 18.0;
    let mut room = right - line.left() - 164.0;
    if let Some(amount) = &amount {
        let place = paint::right(p, pos2(right, y), amount, (TypeStyle::Body, t.text_1));
        room -= place.width() + 12.0;
    }
    let said = what(entry, page);
    let at = pos2(line.left() + 164.0, y);
    let (_, cut) = paint::fit(p, at, room, &said, (TypeStyle::Body, t.text_1));
    let source = source(entry, page);
    let below = pos2(at.x, y + 18.0);
    paint::fit(p, below, room, &source, (TypeStyle::Small, t.text_3));
    let amount = amount.unwrap_or_default();
    let whole = format!("{time} {said} {amount} {source}");
    let response = paint::say(ui, ("entry", nth), line, whole.trim());
    if cut {
        response.on_hover_text(whole);
    }
}

fn now(ui: &Ui, line: Rect, page: &Page<'_>, joined: bool) {
    let t = page.t;
    let p = ui.painter();
    let y = line.top() + 18.0;
    let time = page.state.now.beijing().format("%H:%M").to_string();
    let style = (TypeStyle::Small, t.accent);
    paint::right(p, pos2(line.left() + 118.0, y), &time, style);
    dot(ui, line, y, (icons::CLOCK, Tone::Running, joined), page);
    let at = pos2(line.left() + 164.0, y);
    let place = paint::left(p, at, page.w.lookup.now, (TypeStyle::Body, t.accent));
    paint::say(ui, "now", place, page.w.lookup.now);
}

fn dot(ui: &Ui, line: Rect, y: f32, (icon, mood, joined): (char, Tone, bool), page: &Page<'_>) {
    let t = page.t;
    let p = ui.painter();
    let x = line.left() + 140.0;
    if joined {
        let range = Rangef::new(y - ROW + 14.0, y - 14.0);
        paint::vline(p, x, range, t.line);
    }
    let (ground, color) = match mood {
        Tone::Running => (t.selected, t.accent),
        Tone::Info => (t.grey.tint, t.text_2),
        mood => (t.tone(mood).tint, t.tone(mood).text),
    };
    p.circle_filled(pos2(x, y), 11.0, ground);
    paint::icon(p, pos2(x, y), icon, 13.0, color);
}

/// The time; the date only where it changes.
fn time_words(at: Option<Instant>, before: Option<Instant>, now: Instant) -> String {
    let Some(at) = at else {
        return "—".to_owned();
    };
    if before.is_some_and(|before| before.day() == at.day()) {
        at.beijing().format("%H:%M:%S").to_string()
    } else {
        format::stamp(at, now)
    }
}

fn look(entry: &TimelineEntry) -> (char, Tone) {
    let good = entry.state == "SUCCESS";
    match entry.kind {
        EntryKind::Order if entry.words.en == "Delivered" => (icons::TRUCK, Tone::Ok),
        EntryKind::Order => (icons::PLUS, Tone::Info),
        EntryKind::OlderOrder => (icons::CLOCK_COUNTER_CLOCKWISE, Tone::Info),
        EntryKind::BillPayment if good => (icons::CHECK, Tone::Ok),
        EntryKind::BillPayment => (icons::RECEIPT, Tone::Info),
        EntryKind::BillRefund | EntryKind::MerchantRefund => (icons::ARROW_U_UP_LEFT, Tone::Info),
        EntryKind::Notice => (icons::BELL, Tone::Ok),
        EntryKind::Aside => (icons::BELL, Tone::Urgent),
        EntryKind::Answer => (icons::FLOPPY_DISK, Tone::Ok),
        EntryKind::Question if good => (icons::MAGNIFYING_GLASS, Tone::Ok),
        EntryKind::Question => (icons::MAGNIFYING_GLASS, Tone::Info),
        EntryKind::Case if entry.state == "note" => (icons::CHAT_TEXT, Tone::Info),
        EntryKind::Case => (icons::SCALES, Tone::Urgent),
    }
}

fn what(entry: &TimelineEntry, page: &Page<'_>) -> String {
    let words = page.w.of(&entry.words);
    let tells_state = matches!(
        entry.kind,
        EntryKind::Question | EntryKind::Answer | EntryKind::Notice
    );
    if tells_state && !entry.state.is_empty() {
        let colon = if page.w.is_zh() { "：" } else { ": " };
        format!("{words}{colon}{}", entry.state)
    } else {
        words.to_owned()
    }
}

fn source(entry: &TimelineEntry, page: &Page<'_>) -> String {
    match (entry.row, entry.source.rsplit_once(':')) {
        (Some(row), Some((file, _))) => {
            (page.w.lookup.at_line)(file, &format::count(u64::from(row.line)))
        }
        _ => entry.source.clone(),
    }
}
