//! The right side after sending: what the answer is worth, the code to scan, the order that is followed, its fields.

use egui::{Color32, Rect, Stroke, Ui, pos2, vec2};

use super::answer;
use super::texts::{meant_card, well};
use crate::page::{Page, cut_left, cut_top};
use crate::paint;
use crate::theme::{Tone, TypeStyle};
use crate::widgets::button::Button;
use crate::widgets::card;
use recondesk_app::model::{Follow, LabAsk, Sent, Worth};
use recondesk_app::{Lab, Remote};
use wechatpay_codec::lab::sending::CodePicture;
use wechatpay_codec::lab::visible::harmless_line;

/// What a person did on this side.
pub(super) enum SentAction {
    /// Asks about the order now.
    Ask(Box<LabAsk>),
    /// Stops following it.
    Stop,
}

const CODE: f32 = 168.0;

/// Draws what came of sending.
pub(super) fn show(ui: &mut Ui, rect: Rect, page: &Page<'_>, lab: &Lab) -> Option<SentAction> {
    if let Some(failure) = lab.sent.failure() {
        answer::refused(ui, rect, failure);
        return None;
    }
    let Some(sent) = lab.sent.value() else {
        let (top, _) = cut_top(rect, 86.0, 12.0);
        paint::card(ui.painter(), top, page.t);
        let words = page.w.signature.sending;
        let at = pos2(top.left() + 20.0, top.center().y);
        let said = paint::left(ui.painter(), at, words, (TypeStyle::Reason, page.t.text_2));
        paint::say(ui, "sending", said, words);
        return None;
    };
    let (top, rest) = cut_top(rect, 108.0, 12.0);
    verdict(ui, top, page, sent);
    let mut act = None;
    let rest = if sent.follow.is_some() {
        let height = if sent.code_url.is_empty() {
            132.0
        } else {
            CODE + 58.0
        };
        let (order, rest) = cut_top(rest, height, 12.0);
        act = order_card(ui, order, page, sent, lab);
        rest
    } else {
        rest
    };
    let w = &page.w.signature;
    let paid = lab.followed.value().filter(|followed| followed.paid);
    if let Some(followed) = paid {
        meant_card(ui, rest, page, w.query_answer, &followed.fields);
    } else if !sent.fields.is_empty() {
        meant_card(ui, rest, page, w.answer_fields, &sent.fields);
    } else if !sent.body.is_empty() && rest.height() > 80.0 {
        let body = card::titled(ui, rest, w.raw_answer, w.raw_note);
        let copied = String::from_utf8_lossy(&sent.body).into_owned();
        let place = body.shrink2(vec2(15.0, 8.0));
        well(ui, place, page, (&sent.body, &copied, "raw"));
    }
    act
}

fn verdict(ui: &Ui, rect: Rect, page: &Page<'_>, sent: &Sent) {
    let (t, lang) = (page.t, page.w.lang);
    paint::card(ui.painter(), rect, t);
    let mood = match sent.worth {
        Worth::Done => Tone::Ok,
        Worth::Refused => Tone::Fault,
        Worth::Nothing => Tone::Urgent,
    };
    card::result_bar(ui, rect, mood);
    let x = rect.left() + 20.0;
    let room = rect.width() - 40.0;
    let title = harmless_line(sent.title.get(lang).as_bytes());
    let at = pos2(x, rect.top() + 26.0);
    let (place, _) = paint::fit(
        ui.painter(),
        at,
        room,
        &title,
        (TypeStyle::Reason, t.text_1),
    );
    paint::say(ui, "sent", place, &title);
    let advice = match (sent.advice.get(lang), sent.detail.as_str()) {
        (advice, "") => advice.to_owned(),
        ("", detail) => detail.to_owned(),
        (advice, detail) => format!("{advice} • {detail}"),
    };
    let advice = harmless_line(advice.as_bytes());
    let at = pos2(x, rect.top() + 54.0);
    let (place, cut) = paint::fit(
        ui.painter(),
        at,
        room,
        &advice,
        (TypeStyle::Small, t.text_2),
    );
    let said = paint::say(ui, "sent advice", place, &advice);
    if cut {
        said.on_hover_text(advice);
    }
    let mut notes = vec![sent.address.clone()];
    notes.extend(sent.status.map(|status| format!("HTTP {status}")));
    notes.push((page.w.signature.took)(&sent.took_ms.to_string()));
    if !sent.request_id.is_empty() {
        notes.push(format!("Request-ID {}", sent.request_id));
    }
    let line = harmless_line(notes.join(" • ").as_bytes());
    let at = pos2(x, rect.bottom() - 24.0);
    let (place, _) = paint::fit(ui.painter(), at, room, &line, (TypeStyle::Small, t.text_3));
    paint::say(ui, "sent note", place, &line);
}

/// The code to scan at the left, what is heard of the order at its right.
fn order_card(
    ui: &mut Ui,
    rect: Rect,
    page: &Page<'_>,
    sent: &Sent,
    lab: &Lab,
) -> Option<SentAction> {
    let (t, w) = (page.t, &page.w.signature);
    let number = sent.follow.as_ref().map_or("", |follow| &follow.number);
    let body = card::titled(ui, rect, w.order, &harmless_line(number.as_bytes()));
    let inner = body.shrink2(vec2(16.0, 0.0));
    let right = match CodePicture::of(&sent.code_url) {
        Some(code) => {
            let (left, right) = cut_left(inner, CODE, 16.0);
            let square = Rect::from_min_size(left.min, vec2(CODE, CODE));
            draw_code(ui, square, &code);
            paint::say(
                ui,
                "code",
                square,
                &format!("{}: {}", w.code, sent.code_url),
            );
            let y = right.top() + 10.0;
            paint::left(
                ui.painter(),
                pos2(right.left(), y),
                w.scan,
                (TypeStyle::Body, t.text_1),
            );
            let at = pos2(right.left(), y + 22.0);
            let style = (TypeStyle::Mono, t.text_2);
            let shown = harmless_line(sent.code_url.as_bytes());
            paint::fit(ui.painter(), at, right.width(), &shown, style);
            right.with_min_y(right.top() + 48.0)
        }
        None => inner,
    };
    state_lines(ui, right, page, sent, lab)
}

fn state_lines(
    ui: &mut Ui,
    rect: Rect,
    page: &Page<'_>,
    sent: &Sent,
    lab: &Lab,
) -> Option<SentAction> {
    let followed = &lab.followed;
    let (t, w, lang) = (page.t, &page.w.signature, page.w.lang);
    let heard = followed
        .value()
        .map_or(&[][..], |known| known.heard.as_slice());
    let paid = followed.value().is_some_and(|known| known.paid);
    let next = match followed {
        Remote::Idle => sent.follow.as_deref(),
        _ if lab.is_stopped() => None,
        Remote::Failed(..) => None,
        known => known
            .value()
            .map_or(sent.follow.as_deref(), |known| known.next.as_deref()),
    };
    let shown = heard.get(heard.len().saturating_sub(2)..).unwrap_or(heard);
    let mut y = rect.top() + 8.0;
    for (nth, one) in shown.iter().enumerate() {
        let last = nth + 1 == shown.len();
        let mood = if last && paid { Tone::Ok } else { Tone::Info };
        paint::mark(ui.painter(), pos2(rect.left() + 7.0, y), mood, t);
        let words = format!("{}  {}", one.at, one.words.get(lang));
        let at = pos2(rect.left() + 22.0, y);
        let style = (TypeStyle::Body, if last { t.text_1 } else { t.text_3 });
        let (place, _) = paint::fit(ui.painter(), at, rect.width() - 22.0, &words, style);
        paint::say(ui, ("heard", nth), place, &words);
        y += 24.0;
    }
    let words = match (next, followed.failure()) {
        _ if paid => w.paid_note.to_owned(),
        (_, Some(failure)) => failure.title.get(lang).to_owned(),
        (Some(next), None) => (w.next_query)(&next.at.to_string()),
        (None, None) if lab.is_stopped() => w.stopped_query.to_owned(),
        (None, None) => w.plan_over.to_owned(),
    };
    let at = pos2(rect.left(), y);
    let (place, _) = paint::fit(
        ui.painter(),
        at,
        rect.width(),
        &words,
        (TypeStyle::Small, t.text_2),
    );
    paint::say(ui, "next query", place, &words);
    if paid {
        return None;
    }
    let at = pos2(rect.left(), y + 28.0);
    let ask = Button::secondary(w.query_now).show_left(ui, at, 28.0);
    if ask.clicked() {
        let known = followed.value().and_then(|known| known.next.as_deref());
        let again = known.or(sent.follow.as_deref()).cloned();
        return again.map(|follow| {
            let now = Follow {
                after_ms: 0,
                ..follow
            };
            SentAction::Ask(Box::new(LabAsk::Follow(Box::new(now))))
        });
    }
    if next.is_some() {
        let at = pos2(ask.rect.right() + 8.0, y + 28.0);
        if Button::ghost(w.stop_query)
            .show_left(ui, at, 28.0)
            .clicked()
        {
            return Some(SentAction::Stop);
        }
    }
    None
}

/// Dark modules on white in either theme, with the quiet zone that scanners need.
fn draw_code(ui: &Ui, square: Rect, code: &CodePicture) {
    let p = ui.painter();
    paint::framed(p, square, 4, Color32::WHITE, Stroke::NONE);
    let step = square.width() / (code.side + 8) as f32;
    let ratio = ui.ctx().pixels_per_point();
    let snap = |value: f32| (value * ratio).round() / ratio;
    for y in 0..code.side {
        for x in 0..code.side {
            if code.is_dark(x, y) {
                let at = |n: usize| (n + 4) as f32 * step;
                let min = square.min + vec2(at(x), at(y));
                let max = square.min + vec2(at(x + 1), at(y + 1));
                let module = Rect::from_min_max(
                    pos2(snap(min.x), snap(min.y)),
                    pos2(snap(max.x), snap(max.y)),
                );
                p.rect_filled(module, 0, Color32::BLACK);
            }
        }
    }
}
