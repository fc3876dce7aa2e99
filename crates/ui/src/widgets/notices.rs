//! The panel of notices under the bell.

use egui::{Rect, Sense, Ui, pos2, vec2};

use super::button::{Button, icon_button, link_right};
use crate::text::words;
use crate::theme::{Tone, TypeStyle, tokens};
use crate::{format, icons, paint};
use recondesk_app::{Message, NextDeed, Notice, State, Surface};
use recondesk_domain::{BillDate, ProfileId};

/// What a person did in the panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoticeAction {
    /// Closes it.
    Close,
    /// Removes all notices.
    ClearAll,
    /// Removes one.
    Dismiss(u64),
    /// Goes to the day it is about.
    Go(ProfileId, BillDate),
    /// Mends the rows that an import refused.
    Mend(ProfileId, u32),
    /// Shows what waits for a second person.
    Approve,
}

const ROW: f32 = 66.0;

/// Draws the panel into a rectangle.
pub(crate) fn panel(ui: &mut Ui, rect: Rect, state: &State) -> Option<NoticeAction> {
    let t = tokens(ui);
    let w = words(ui);
    super::dialog::shadow(&ui.painter().clone(), rect, ui.visuals().popup_shadow);
    let edge = egui::Stroke::new(t.hairline, t.line);
    paint::framed(ui.painter(), rect, 8, t.raised, edge);
    let y = rect.top() + 24.0;
    let p = ui.painter();
    let title = paint::left(
        p,
        pos2(rect.left() + 16.0, y),
        w.frame.notices,
        (TypeStyle::Heading, t.text_1),
    );
    let unread = state.notices.iter().filter(|notice| notice.unread).count();
    if unread > 0 {
        let words = (w.frame.unread)(&unread.to_string());
        let at = pos2(title.right() + 10.0, y + 1.0);
        paint::left(p, at, &words, (TypeStyle::Small, t.text_3));
    }
    let mut act = None;
    let close = Rect::from_center_size(pos2(rect.right() - 24.0, y), vec2(30.0, 30.0));
    if icon_button(ui, close, icons::X, w.frame.close, false).clicked() {
        act = Some(NoticeAction::Close);
    }
    if !state.notices.is_empty() {
        let at = pos2(close.left() - 4.0, y);
        let clear = Button::ghost(w.frame.clear_all);
        if clear.show_right(ui, at, 28.0).clicked() {
            act = Some(NoticeAction::ClearAll);
        }
    }
    let top = rect.top() + 48.0;
    paint::hline(ui.painter(), rect.x_range(), top - 1.0, t.line_weak);
    let body = Rect::from_min_max(pos2(rect.left(), top), rect.max - vec2(0.0, 4.0));
    if state.notices.is_empty() {
        let empty = super::card::Empty {
            icon: icons::BELL,
            mood: Tone::Info,
            title: w.frame.no_notices,
            note: w.frame.no_notices_note,
            button: None,
            primary: false,
        };
        empty.show(ui, body);
        return act;
    }
    let rows = paint::region(ui, body, "notices", |ui| {
        let mut inner = None;
        egui::ScrollArea::vertical().show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for notice in &state.notices {
                let (line, _) = ui.allocate_exact_size(vec2(body.width(), ROW), Sense::hover());
                inner = row(ui, line, notice, state).or(inner);
            }
        });
        inner
    });
    rows.or(act)
}

fn row(ui: &Ui, rect: Rect, notice: &Notice, state: &State) -> Option<NoticeAction> {
    let t = tokens(ui);
    let w = words(ui);
    let p = ui.painter();
    let none = Message::default();
    let (mood, note, day) = match &notice.what {
        Ok(told) if told.attention => (Tone::Urgent, &told.note, told.day),
        Ok(told) => (Tone::Ok, &told.note, told.day),
        Err(failure) if notice.is_pressing() => {
            (Tone::Fault, failure.advice_at(Surface::Window), None)
        }
        Err(_) => (Tone::Info, &none, None),
    };
    let y = rect.top() + 20.0;
    paint::mark(p, pos2(rect.left() + 21.0, y), mood, t);
    let x = rect.left() + 38.0;
    let time = format::time(notice.at, state.now);
    let right = pos2(rect.right() - 16.0, y);
    let end = paint::right(p, right, &time, (TypeStyle::Small, t.text_3));
    let color = if notice.unread { t.text_1 } else { t.text_2 };
    let title = w.of(notice.title());
    let room = end.left() - x - 8.0;
    let (said, cut) = paint::fit(p, pos2(x, y), room, title, (TypeStyle::Body, color));
    let response = paint::say(ui, ("notice", notice.id), said, title);
    if cut {
        response.on_hover_text(title);
    }
    let y = rect.top() + 44.0;
    let right = pos2(rect.right() - 16.0, y);
    let next = notice
        .what
        .as_ref()
        .map_or(NextDeed::None, |told| told.next);
    let compare;
    let (words, act) = match (next, day) {
        (NextDeed::Mend(profile, import), _) => {
            (w.frame.mend_rows, NoticeAction::Mend(profile, import))
        }
        (NextDeed::Approve, _) => (w.payout.approvals, NoticeAction::Approve),
        (NextDeed::Compare, Some((profile, day))) => {
            compare = (w.frame.compare_day)(&format::short_day(day));
            (compare.as_str(), NoticeAction::Go(profile, day))
        }
        (_, Some((profile, day))) => (w.frame.go_there, NoticeAction::Go(profile, day)),
        (_, None) => (w.frame.dismiss, NoticeAction::Dismiss(notice.id)),
    };
    let link = link_right(ui, right, words, notice.id);
    // Of several merchants a notice says whose day it is.
    let whose = day.filter(|_| state.merchants.len() > 1);
    let whose = whose.map_or("", |(profile, _)| state.name_of(profile));
    let room = link.rect.left() - x - 8.0;
    let note = match (whose, w.of(note)) {
        ("", note) => note.to_owned(),
        (whose, "") => whose.to_owned(),
        (whose, note) => format!("{whose}  {note}"),
    };
    let note = note.as_str();
    let (said, cut) = paint::fit(p, pos2(x, y), room, note, (TypeStyle::Small, t.text_3));
    if !note.is_empty() {
        let response = paint::say(ui, ("notice note", notice.id), said, note);
        if cut {
            response.on_hover_text(note);
        }
    }
    paint::hline(p, rect.x_range(), rect.bottom() - 1.0, t.line_weak);
    link.clicked().then_some(act)
}
