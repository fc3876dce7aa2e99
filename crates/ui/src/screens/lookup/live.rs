//! The live card: what WeChat Pay says beside the local record, those fields on top that differ.

use egui::{Rect, ScrollArea, Sense, Ui, pos2, vec2};

use crate::action::{Action, Outbox};
use crate::page::{Page, buttons_right};
use crate::screens::Screen;
use crate::theme::{Tone, TypeStyle};
use crate::widgets::button::Button;
use crate::widgets::card::{self, Empty};
use crate::{icons, paint};
use recondesk_app::gateway::ExchangeError;
use recondesk_app::jobs::inquiry::QueryVerdict;
use recondesk_app::jobs::lookup::fields::AnswerField;
use recondesk_app::jobs::lookup::session::Live;
use recondesk_app::jobs::lookup::ticket;
use recondesk_app::{Ask, Command};

/// What a person wants of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LiveAction {
    /// Enter it beside the order.
    Keep,
    /// See the messages.
    Raw,
}

const FOOT: f32 = 52.0;
const ROW: f32 = 29.0;

/// Draws it.
pub(super) fn show(
    ui: &mut Ui,
    rect: Rect,
    page: &Page<'_>,
    out: &mut Outbox,
) -> Option<LiveAction> {
    let l = &page.w.lookup;
    let lookup = &page.state.lookup;
    let body = card::titled(ui, rect, l.live, "");
    let may = lookup
        .question()
        .map(|question| lookup.may_ask(&page.state.merchants, question.profile));
    head(ui, rect, page, may, out);
    if let Some(failure) = lookup.live.failure() {
        let height = card::failed_height(failure);
        let place = Rect::from_min_size(
            pos2(rect.left() + 8.0, body.top()),
            vec2(rect.width() - 16.0, height),
        );
        if card::failed(ui, place, failure).is_some() {
            ask(page, out);
        }
        return None;
    }
    let Some(live) = lookup.live.value() else {
        if lookup.live.is_loading() {
            waiting(ui, body, page);
        } else {
            empty(ui, body, page, may, out);
        }
        return None;
    };
    answer(ui, rect, page, live)
}

fn ask(page: &Page<'_>, out: &mut Outbox) {
    if let Some(question) = page.state.lookup.question() {
        out.run(Command::AskLive(question));
    }
}

/// Ask again, or stop what is waited for.
fn head(ui: &Ui, rect: Rect, page: &Page<'_>, may: Option<Ask>, out: &mut Outbox) {
    let l = &page.w.lookup;
    let lookup = &page.state.lookup;
    if may.is_none_or(|may| may == Ask::NoKey) {
        return;
    }
    let stops = lookup.paused.is_some() || lookup.live.is_loading();
    let asking = lookup.live.is_loading() && lookup.paused.is_none();
    let mut buttons = Vec::new();
    if stops {
        buttons.push(Button::secondary(l.stop).icon(icons::STOP));
    }
    if !asking {
        let label = if lookup.live.is_idle() {
            l.ask
        } else {
            l.again
        };
        buttons.push(
            Button::secondary(label)
                .icon(icons::ARROW_CLOCKWISE)
                .key("F5"),
        );
    }
    let right = pos2(rect.right() - 12.0, rect.top() + 22.0);
    let (_, responses) = buttons_right(ui, right, buttons, 28.0);
    let clicked = |nth: usize| responses.get(nth).is_some_and(egui::Response::clicked);
    if stops && clicked(0) {
        out.push(Action::StopAsking);
    }
    if !asking && (clicked(usize::from(stops)) || page.keys.rerun) {
        ask(page, out);
    }
}

fn empty(ui: &Ui, body: Rect, page: &Page<'_>, may: Option<Ask>, out: &mut Outbox) {
    let l = &page.w.lookup;
    let (icon, title, note, button) = match may {
        Some(Ask::NoKey) => (
            icons::KEY,
            l.no_key_title,
            l.no_key_note,
            (icons::STOREFRONT, l.no_key_button),
        ),
        Some(Ask::OnRequest) => (
            icons::WIFI_SLASH,
            l.offline_title,
            l.offline_note,
            (icons::PAPER_PLANE_TILT, l.ask),
        ),
        Some(Ask::AtOnce) | None => (
            icons::PAPER_PLANE_TILT,
            l.idle_title,
            l.idle_note,
            (icons::PAPER_PLANE_TILT, l.ask),
        ),
    };
    let empty = Empty {
        icon,
        mood: Tone::Info,
        title,
        note,
        // With a key the button of the title row does the same.
        button: (may == Some(Ask::NoKey)).then_some(button),
        primary: false,
    };
    if empty.show(ui, body).is_some_and(|r| r.clicked()) {
        out.push(Action::Go(Screen::Merchants));
    }
}

/// The local column while the other one is on its way.
fn waiting(ui: &Ui, body: Rect, page: &Page<'_>) {
    let (t, l) = (page.t, &page.w.lookup);
    let p = ui.painter();
    let at = pos2(body.left() + 16.0, body.top() + 11.0);
    paint::mark(p, pos2(at.x + 5.0, at.y), Tone::Running, t);
    let place = paint::left(
        p,
        pos2(at.x + 18.0, at.y),
        l.asking,
        (TypeStyle::Small, t.text_2),
    );
    paint::say(ui, "asking", place, l.asking);
    let Some(order) = page
        .state
        .lookup
        .view()
        .and_then(|view| view.record.order())
    else {
        return;
    };
    let (zh, en) = recondesk_app::jobs::lookup::collect::pay_status_words(order.pay_status);
    let state = if page.w.is_zh() { zh } else { en };
    let paid = order
        .paid_at
        .map_or_else(|| "—".to_owned(), |at| at.to_string());
    let rows = [
        ("trade_state", state.to_owned()),
        ("total_fee", format!("¥{}", order.amount.grouped())),
        ("time_end", paid),
        ("out_trade_no", order.out_trade_no.to_string()),
    ];
    let columns = columns(body, page);
    heads(ui, body, page, columns);
    for (nth, (name, value)) in rows.iter().enumerate() {
        let y = body.top() + 56.0 + nth as f32 * ROW + ROW / 2.0;
        paint::left(
            p,
            pos2(columns[0], y),
            name,
            (TypeStyle::MonoSmall, t.text_3),
        );
        paint::left(p, pos2(columns[1], y), "…", (TypeStyle::Body, t.text_3));
        let room = body.right() - columns[2] - 12.0;
        paint::fit(
            p,
            pos2(columns[2], y),
            room,
            value,
            (TypeStyle::Body, t.text_1),
        );
        let line = egui::Rangef::new(body.left() + 16.0, body.right() - 16.0);
        paint::hline(p, line, y + ROW / 2.0 - 1.0, t.line_weak);
    }
}

/// Lefts of the three columns.
fn columns(rect: Rect, page: &Page<'_>) -> [f32; 3] {
    let left = rect.left() + 16.0;
    let first = left + if page.class.is_wide() { 106.0 } else { 100.0 };
    let rest = rect.right() - 16.0 - first;
    let share = if page.class.is_wide() { 0.52 } else { 0.66 };
    [left, first, first + (rest * share).round()]
}

fn heads(ui: &Ui, body: Rect, page: &Page<'_>, columns: [f32; 3]) {
    let (t, l) = (page.t, &page.w.lookup);
    let p = ui.painter();
    let y = body.top() + 43.0;
    for (x, head) in columns.into_iter().zip([l.field_name, l.theirs, l.ours]) {
        paint::left(p, pos2(x, y), head, (TypeStyle::Small, t.text_3));
    }
    let line = egui::Rangef::new(body.left() + 16.0, body.right() - 16.0);
    paint::hline(p, line, body.top() + 55.0, t.line);
}

fn answer(ui: &mut Ui, rect: Rect, page: &Page<'_>, live: &Live) -> Option<LiveAction> {
    let (t, l) = (page.t, &page.w.lookup);
    let body = Rect::from_min_max(pos2(rect.left(), rect.top() + 42.0), rect.max);
    let known = matches!(live.asked.inquiry.verdict, QueryVerdict::Known(_));
    standing(ui, body, page, live);
    let foot = Rect::from_min_max(pos2(rect.left(), rect.bottom() - FOOT), rect.max);
    if known {
        let columns = columns(body, page);
        heads(ui, body, page, columns);
        let list = Rect::from_min_max(
            pos2(rect.left(), body.top() + 56.0),
            pos2(rect.right(), foot.top()),
        );
        paint::region(ui, list, "fields", |ui| {
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                let size = vec2(list.width(), live.fields.len() as f32 * ROW);
                let (area, _) = ui.allocate_exact_size(size, Sense::hover());
                for (nth, field) in live.fields.iter().enumerate() {
                    let top = area.top() + nth as f32 * ROW;
                    let line = Rect::from_min_size(pos2(area.left(), top), vec2(area.width(), ROW));
                    field_row(ui, line, page, columns, field);
                }
            });
        });
    } else {
        verdict(ui, body, page, live);
    }
    paint::hline(
        ui.painter(),
        egui::Rangef::new(rect.left() + 16.0, rect.right() - 16.0),
        foot.top(),
        t.line_weak,
    );
    let mut x = rect.left() + 16.0;
    let y = foot.center().y;
    let mut act = None;
    if known {
        let keep = Button::secondary(l.keep).icon(icons::NOTE_PENCIL);
        let response = keep.show_left(ui, pos2(x, y), 30.0);
        x = response.rect.right() + 8.0;
        if response.clicked() {
            act = Some(LiveAction::Keep);
        }
    }
    let raw = Button::ghost(l.raw)
        .icon(icons::CODE)
        .show_left(ui, pos2(x, y), 30.0);
    if raw.clicked() {
        act = Some(LiveAction::Raw);
    }
    let at = pos2(raw.rect.right() + 4.0, y);
    let curl = Button::ghost(l.curl)
        .icon(icons::TERMINAL_WINDOW)
        .show_left(ui, at, 30.0);
    if curl.clicked()
        && let Some(exchange) = live.asked.inquiry.exchanges.first()
    {
        let gateway = page
            .state
            .merchants
            .iter()
            .find(|row| row.id == live.question.profile);
        let gateway = gateway.map_or("", |row| row.profile.gateway.as_str());
        ui.copy_text(ticket::curl(exchange, gateway));
    }
    act
}

/// Signature, time, duration, call; what is waited for.
fn standing(ui: &Ui, body: Rect, page: &Page<'_>, live: &Live) {
    let (t, l) = (page.t, &page.w.lookup);
    let p = ui.painter();
    let y = body.top() + 11.0;
    let left = body.left() + 16.0;
    let trusted = match &live.asked.inquiry.verdict {
        QueryVerdict::Known(_)
        | QueryVerdict::NotFound
        | QueryVerdict::ExchangeError(ExchangeError::Fault(_)) => true,
        QueryVerdict::ExchangeError(_) => false,
    };
    let exchange = live.asked.inquiry.exchanges.first();
    let took = exchange
        .and_then(|exchange| exchange.answer.as_ref())
        .map_or(0, |answer| answer.took_ms);
    let time = live.at.beijing().format("%H:%M:%S").to_string();
    let mut pieces = Vec::new();
    if trusted {
        pieces.push(l.signed.to_owned());
        paint::icon(p, pos2(left + 6.0, y), icons::CHECK, 14.0, t.green.text);
    }
    pieces.push((l.at_took)(&time, &crate::format::count(took)));
    if let Some(exchange) = exchange {
        pieces.push(exchange.call.word().to_owned());
    }
    let lookup = &page.state.lookup;
    if let Some(paused) = lookup.paused {
        let time = paused.until.beijing().format("%H:%M:%S").to_string();
        pieces.push((l.next_at)(&time));
    } else if lookup.live.is_loading() {
        pieces.push(l.asking.to_owned());
    }
    let x = if trusted { left + 18.0 } else { left };
    let width = paint::meta_width(p, &pieces, TypeStyle::Small);
    let clipped = p.with_clip_rect(body.shrink2(vec2(8.0, 0.0)).intersect(p.clip_rect()));
    paint::meta(
        &clipped,
        pos2(x, y),
        &pieces,
        (TypeStyle::Small, t.text_2),
        t,
    );
    let place = paint::from_left(pos2(x, y), vec2(width.min(body.width() - 34.0), 18.0));
    paint::say(ui, "standing", place, &pieces.join(" • "));
}

fn field_row(ui: &Ui, line: Rect, page: &Page<'_>, columns: [f32; 3], field: &AnswerField) {
    let (t, w) = (page.t, page.w);
    let p = ui.painter();
    let y = line.center().y;
    if field.differs {
        let ground = Rect::from_min_max(
            pos2(line.left() + 12.0, line.top()),
            pos2(line.right() - 12.0, line.bottom() - 1.0),
        );
        p.rect_filled(ground, 4, t.orange.tint);
        let style = (TypeStyle::Body, t.orange.text);
        paint::text(
            p,
            pos2(columns[2] - 16.0, y),
            egui::Align2::CENTER_CENTER,
            "≠",
            style,
        );
    }
    let [name_at, theirs_at, ours_at] = columns;
    let room = theirs_at - name_at - 6.0;
    paint::fit(
        p,
        pos2(name_at, y),
        room,
        &field.name,
        (TypeStyle::MonoSmall, t.text_3),
    );
    let theirs = w.of(&field.theirs);
    let room = ours_at - theirs_at - 28.0;
    value(ui, pos2(theirs_at, y), room, theirs, t.text_1);
    let ours = field.ours.as_ref().map(|words| w.of(words));
    let room = line.right() - 16.0 - ours_at;
    let color = if ours.is_some() { t.text_2 } else { t.text_3 };
    value(ui, pos2(ours_at, y), room, ours.unwrap_or("—"), color);
    let rule = egui::Rangef::new(line.left() + 16.0, line.right() - 16.0);
    paint::hline(p, rule, line.bottom() - 1.0, t.line_weak);
    let pick = |term: recondesk_domain::Term| if w.is_zh() { term.zh } else { term.en };
    let sign = if field.differs { "≠" } else { "|" };
    let said = format!("{}: {theirs} {sign} {}", field.name, ours.unwrap_or("—"));
    let response = paint::say(ui, ("field", &field.name), line, &said);
    let mut tip = format!("{} {}\n{theirs}", field.name, pick(field.meaning));
    if !pick(field.next).is_empty() {
        tip = format!("{tip}\n{}", pick(field.next));
    }
    response.on_hover_text(tip);
}

/// A value; long numbers keep both ends.
fn value(ui: &Ui, at: egui::Pos2, room: f32, text: &str, color: egui::Color32) {
    let p = ui.painter();
    let is_number = text.len() > 16 && text.bytes().all(|b| b.is_ascii_alphanumeric());
    if is_number && paint::width(p, text, TypeStyle::Body) > room {
        let keep = ((room / 8.2) as usize).saturating_sub(6).clamp(4, 14);
        paint::left(
            p,
            at,
            &paint::elide_middle(text, keep, 4),
            (TypeStyle::Body, color),
        );
    } else {
        paint::fit(p, at, room, text, (TypeStyle::Body, color));
    }
}

/// What there is to say when the order is not told.
fn verdict(ui: &Ui, body: Rect, page: &Page<'_>, live: &Live) {
    let (t, w, l) = (page.t, page.w, &page.w.lookup);
    let p = ui.painter();
    let (mood, title, note, detail) = match &live.asked.inquiry.verdict {
        QueryVerdict::Known(_) => return,
        QueryVerdict::NotFound => {
            let found = live.asked.differences.first();
            let mood = if found.is_some() {
                Tone::Urgent
            } else {
                Tone::Info
            };
            let note = found.map_or(l.not_found_note, |differ| w.of(&differ.words));
            (mood, l.not_found.to_owned(), note.to_owned(), String::new())
        }
        QueryVerdict::ExchangeError(ExchangeError::Untrusted(why)) => (
            Tone::Urgent,
            l.untrusted.to_owned(),
            l.unclear_note.to_owned(),
            why.clone(),
        ),
        QueryVerdict::ExchangeError(ExchangeError::Unclear(why)) => (
            Tone::Watch,
            (l.unclear)(&short(why)),
            l.unclear_note.to_owned(),
            why.clone(),
        ),
        QueryVerdict::ExchangeError(trouble) => {
            let (title, advice) = trouble.words();
            let (title, advice) = (w.of(&title).to_owned(), w.of(&advice).to_owned());
            (Tone::Fault, title, advice, trouble.to_string())
        }
    };
    let well = Rect::from_min_size(
        pos2(body.left() + 16.0, body.top() + 34.0),
        vec2(body.width() - 32.0, 130.0),
    );
    let tone = t.tone(mood);
    paint::framed(p, well, 6, tone.tint, egui::Stroke::NONE);
    let inner = well.shrink2(vec2(14.0, 12.0));
    paint::mark(p, pos2(inner.left() + 6.0, inner.top() + 11.0), mood, t);
    let at = pos2(inner.left() + 22.0, inner.top() + 11.0);
    let room = inner.width() - 22.0;
    let (place, _) = paint::fit(p, at, room, &title, (TypeStyle::Heading, tone.text));
    paint::say(ui, "verdict", place, &title);
    let text = Rect::from_min_max(pos2(at.x, inner.top() + 28.0), inner.max);
    let used = paint::paragraph(p, text, &note, (TypeStyle::Body, t.text_1), 2);
    paint::say(ui, "verdict note", used, &note);
    if !detail.is_empty() {
        let text = Rect::from_min_max(pos2(at.x, used.bottom() + 6.0), inner.max);
        paint::paragraph(p, text, &detail, (TypeStyle::MonoSmall, t.text_2), 2);
    }
    let mut request = live.asked.inquiry.exchanges.iter().rev();
    if let Some(id) = request.find_map(|exchange| exchange.request_id()) {
        let said = (l.request_id)(id);
        let at = pos2(body.left() + 16.0, well.bottom() + 18.0);
        paint::fit(
            p,
            at,
            body.width() - 32.0,
            &said,
            (TypeStyle::MonoSmall, t.text_3),
        );
    }
}

/// The head of a technical reason.
fn short(why: &str) -> String {
    let head = why.split([':', '：']).next().unwrap_or(why);
    head.chars().take(48).collect()
}
