//! What is pasted and is no order that the workspace knows: unknown numbers, notifications, error codes.

use egui::{Rect, ScrollArea, Sense, Ui, pos2, vec2};

use crate::action::{Action, Outbox};
use crate::page::{Page, buttons_right, cut_top};
use crate::screens::Screen;
use crate::theme::{Tone, TypeStyle};
use crate::widgets::button::{Button, icon_button};
use crate::widgets::card::{self, Empty, result_bar};
use crate::widgets::pill::{pill, tag};
use crate::{format, icons, paint};
use recondesk_app::Command;
use recondesk_app::jobs::lookup::explain::{CodeExplanation, MendAt};
use recondesk_app::jobs::lookup::session::{GatewayQuestion, Local};
use recondesk_app::jobs::notify::{NotificationFate, NotificationResult};
use recondesk_domain::{Instant, ProfileId};
use recondesk_ports::NumberKind;
use wechatpay_codec::v2::notify::RETRY_AFTER_S;

/// Merchants offered to be asked as.
const ASKED_AS: usize = 3;

/// Draws whatever the text is.
pub(super) fn show(
    ui: &mut Ui,
    rect: Rect,
    page: &Page<'_>,
    (local, _): (&Local, &str),
    out: &mut Outbox,
) {
    let l = &page.w.lookup;
    if local.notices > 0 {
        notices(ui, rect, page, local, out);
        return;
    }
    if !local.explained.is_empty() {
        explained(ui, rect, page, &local.explained, out);
        return;
    }
    if local.number.is_empty() {
        let empty = Empty {
            icon: icons::QUESTION,
            mood: Tone::Info,
            title: l.nothing_title,
            note: l.nothing_note,
            button: None,
            primary: false,
        };
        empty.show(ui, rect);
        return;
    }
    let (top, below) = cut_top(rect, 100.0, 12.0);
    unknown(ui, top, page, local, out);
    let asked = page.state.lookup.live.value().is_some() || !page.state.lookup.live.is_idle();
    if asked {
        super::live::show(ui, below, page, out);
    }
}

/// The card of a number that nobody here knows.
fn unknown(ui: &Ui, rect: Rect, page: &Page<'_>, local: &Local, out: &mut Outbox) {
    let (t, l) = (page.t, &page.w.lookup);
    let p = ui.painter();
    paint::card(p, rect, t);
    result_bar(ui, rect, Tone::Watch);
    let at = super::at(rect, 20.0, 26.0);
    let place = paint::left(p, at, l.unknown, (TypeStyle::OrderSummary, t.text_1));
    paint::say(ui, "sentence", place, l.unknown);
    let at = super::at(rect, 20.0, 54.0);
    let room = rect.width() - 40.0;
    paint::fit(p, at, room, l.searched, (TypeStyle::Small, t.text_3));
    let merchants: Vec<(ProfileId, String)> = page
        .state
        .merchants
        .iter()
        .filter(|row| {
            let may = page.state.lookup.may_ask(&page.state.merchants, row.id);
            may != recondesk_app::Ask::NoKey
        })
        .take(ASKED_AS)
        .map(|row| (row.id, (l.ask_of)(&row.profile.name)))
        .collect();
    let buttons = merchants
        .iter()
        .map(|(_, label)| Button::secondary(label).icon(icons::PAPER_PLANE_TILT))
        .collect();
    let y = rect.top() + 78.0;
    let (_, responses) = buttons_right(ui, pos2(rect.right() - 16.0, y), buttons, 30.0);
    let kinds = local.recognised.numbers.iter();
    let kind = kinds
        .filter(|found| found.number == local.number)
        .find_map(|found| found.kinds.first().copied());
    for ((id, _), response) in merchants.iter().zip(&responses) {
        if response.clicked() {
            out.run(Command::AskLive(GatewayQuestion {
                profile: *id,
                number: local.number.clone(),
                kind: kind.unwrap_or(NumberKind::OutTradeNo),
                poll: None,
                after_ms: 0,
            }));
        }
    }
}

/// Notifications: what they are, and what became of them.
fn notices(ui: &mut Ui, rect: Rect, page: &Page<'_>, local: &Local, out: &mut Outbox) {
    let (t, l) = (page.t, &page.w.lookup);
    let (top, below) = cut_top(rect, 84.0, 12.0);
    let p = ui.painter();
    paint::card(p, top, t);
    result_bar(ui, top, Tone::Info);
    let title = (l.notices)(&format::count(local.notices as u64));
    let at = super::at(top, 20.0, 28.0);
    let place = paint::left(p, at, &title, (TypeStyle::OrderSummary, t.text_1));
    paint::say(ui, "sentence", place, &title);
    let at = super::at(top, 20.0, 58.0);
    let room = top.width() - 260.0;
    paint::fit(p, at, room, l.notices_note, (TypeStyle::Small, t.text_3));
    // The message names its merchant; without one it is the merchant in view.
    let named = page
        .state
        .merchants
        .iter()
        .find(|row| local.ask.text.contains(&row.profile.mch_id))
        .or_else(|| page.state.merchant_or_first());
    if let Some(row) = named {
        let button = Button::secondary(l.notices_run).icon(icons::SHIELD_CHECK);
        let at = pos2(top.right() - 16.0, top.center().y);
        if button.show_right(ui, at, 32.0).clicked() {
            out.run(Command::Receive(row.id, local.ask.text.clone()));
        }
    }
    let slot = &page.state.lookup.received;
    if let Some(failure) = slot.failure() {
        let (place, _) = cut_top(below, card::failed_height(failure), 0.0);
        card::failed(ui, place, failure);
        return;
    }
    let Some(received) = slot.value() else {
        return;
    };
    paint::card(ui.painter(), below, t);
    paint::region(ui, below.shrink(1.0), "received", |ui| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            let size = vec2(below.width() - 2.0, received.len() as f32 * 92.0);
            let (area, _) = ui.allocate_exact_size(size, Sense::hover());
            for (nth, one) in received.iter().enumerate() {
                let top = area.top() + nth as f32 * 92.0;
                let line = Rect::from_min_size(pos2(area.left(), top), vec2(area.width(), 92.0));
                received_row(ui, line, page, nth, one);
            }
        });
    });
}

/// What became of a notification: its tone, a word for it, and why.
fn fate_words(page: &Page<'_>, fate: &NotificationFate) -> (Tone, String, String) {
    let (w, l) = (page.w, &page.w.lookup);
    match fate {
        NotificationFate::Applied => (Tone::Ok, l.applied.to_owned(), String::new()),
        NotificationFate::Repeated { first } => {
            let at = format::stamp(*first, page.state.now);
            (Tone::Info, (l.repeated)(&at), String::new())
        }
        NotificationFate::Elsewhere { mch_id } => {
            (Tone::Info, (l.elsewhere)(mch_id), String::new())
        }
        NotificationFate::Aside(reason) => {
            let words = reason.words();
            (
                Tone::Urgent,
                w.of(&words).to_owned(),
                w.of(&reason.particulars()).to_owned(),
            )
        }
    }
}

fn received_row(ui: &Ui, line: Rect, page: &Page<'_>, nth: usize, one: &NotificationResult) {
    let (t, w, l) = (page.t, page.w, &page.w.lookup);
    let p = ui.painter();
    let (mood, said, detail) = fate_words(page, &one.fate);
    let y = line.top() + 20.0;
    let fate = pill(ui, pos2(line.left() + 16.0, y), mood, &said);
    let kind = tag(ui, pos2(fate.right() + 10.0, y), one.kind);
    let facts = format!("{} {} {}", one.out_trade_no, one.wechat_number, one.state);
    let room = line.right() - kind.right() - 140.0;
    let at = pos2(kind.right() + 10.0, y);
    paint::fit(p, at, room, facts.trim(), (TypeStyle::Mono, t.text_1));
    if let Some(amount) = one.amount {
        let sum = format!("¥{}", format::money(amount));
        paint::right(
            p,
            pos2(line.right() - 16.0, y),
            &sum,
            (TypeStyle::Body, t.text_1),
        );
    }
    paint::say(
        ui,
        ("received", nth),
        line,
        &format!("{said} {facts} {detail}"),
    );
    let y = line.top() + 46.0;
    let reply = if one.answer.is_empty() {
        l.reply_empty
    } else {
        &one.answer
    };
    let label = paint::left(
        p,
        pos2(line.left() + 16.0, y),
        l.reply,
        (TypeStyle::Small, t.text_3),
    );
    let at = pos2(label.right() + 8.0, y);
    let room = line.right() - at.x - 60.0;
    let (place, _) = paint::fit(p, at, room, reply, (TypeStyle::MonoSmall, t.text_2));
    let copy = paint::from_left(pos2(place.right() + 4.0, y), vec2(22.0, 22.0));
    let name = format!("{} {} {nth}", w.frame.copy, l.reply);
    if icon_button(ui, copy, icons::COPY, &name, false).clicked() {
        ui.copy_text(one.answer.clone());
    }
    let y = line.top() + 70.0;
    let text = if detail.is_empty() {
        let first = match &one.fate {
            NotificationFate::Repeated { first } => *first,
            _ => page.state.now,
        };
        format!("{} {}", l.retries, retries(first))
    } else {
        detail
    };
    let at = pos2(line.left() + 16.0, y);
    paint::fit(
        p,
        at,
        line.width() - 32.0,
        &text,
        (TypeStyle::Small, t.text_3),
    );
    paint::hline(p, line.x_range(), line.bottom() - 1.0, t.line_weak);
}

/// The documented deliveries after the first one, in Beijing time.
fn retries(first: Instant) -> String {
    let mut at = first;
    let times = RETRY_AFTER_S.iter().map(|pause| {
        at = at.plus(i64::from(*pause));
        at.beijing().format("%H:%M:%S").to_string()
    });
    times.collect::<Vec<_>>().join("  ")
}

/// What codes mean, where they come from, where they are mended.
fn explained(ui: &mut Ui, rect: Rect, page: &Page<'_>, all: &[CodeExplanation], out: &mut Outbox) {
    let (t, w, l) = (page.t, page.w, &page.w.lookup);
    let quoted = all.iter().any(|one| !one.said.is_empty());
    let height = if quoted { 104.0 } else { 84.0 };
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        let size = vec2(rect.width(), all.len() as f32 * (height + 12.0));
        ui.advance_cursor_after_rect(Rect::from_min_size(rect.min, vec2(0.0, 0.0)));
        let (area, _) = ui.allocate_exact_size(size, Sense::hover());
        let area = area.translate(rect.min - area.min);
        for (nth, one) in all.iter().enumerate() {
            let top = area.top() + nth as f32 * (height + 12.0);
            let card = Rect::from_min_size(pos2(area.left(), top), vec2(area.width(), height));
            let p = ui.painter();
            paint::card(p, card, t);
            result_bar(ui, card, Tone::Fault);
            let code = tag(ui, super::at(card, 20.0, 24.0), &one.subject);
            let calls: Vec<&str> = one.calls.iter().map(|words| w.of(words)).collect();
            if !calls.is_empty() {
                let said = (l.where_from)(&calls.join(l.list_comma));
                let at = pos2(code.right() + 10.0, card.top() + 24.0);
                let room = card.right() - at.x - 16.0;
                paint::fit(p, at, room, &said, (TypeStyle::Small, t.text_3));
            }
            let text = w.of(&one.words);
            let place =
                Rect::from_min_max(super::at(card, 20.0, 38.0), card.max - vec2(150.0, 8.0));
            let used = paint::paragraph(p, place, text, (TypeStyle::Body, t.text_1), 2);
            paint::say(ui, ("explained", nth), used, text);
            if !one.said.is_empty() {
                let said = (l.said)(&one.said);
                let at = super::at(card, 20.0, 90.0);
                paint::fit(
                    p,
                    at,
                    card.width() - 180.0,
                    &said,
                    (TypeStyle::Small, t.text_3),
                );
            }
            let there = match one.mend_at {
                MendAt::Profile | MendAt::Certificate => Some(Screen::Merchants),
                MendAt::Bills => Some(Screen::Bills),
                MendAt::Lookup | MendAt::Console | MendAt::Nowhere => None,
            };
            if let Some(screen) = there {
                let label = (w.frame.open_screen)(screen.name(w));
                let button = Button::secondary(&label)
                    .icon(screen.icon())
                    .salt(nth as u64);
                let at = pos2(card.right() - 16.0, card.center().y + 10.0);
                if button.show_right(ui, at, 30.0).clicked() {
                    out.push(Action::Go(screen));
                }
            }
        }
    });
}
