//! One case in full: why, both books side by side, the raw lines, what happened, notes.

use egui::{Rect, Sense, Ui, pos2, vec2};

use super::decide::{self, DecisionAction};
use super::ignore::reason_words;
use super::words::{field_name, in_words};
use super::{advice, facts, follow_up};
use crate::action::{Action, Outbox};
use crate::keys::Letter;
use crate::page::Page;
use crate::screens::reconcile::tag_words;
use crate::text::Wording;
use crate::theme::{Tone, TypeStyle};
use crate::widgets::button::{Button, icon_button};
use crate::widgets::card::{self, TimelineRow};
use crate::widgets::input::Field;
use crate::widgets::pill::{Short, pill, severity_pill, tag};
use crate::{format, icons, paint};
use recondesk_app::Command;
use recondesk_app::model::{
    CaseClosing, CaseDetail, CompareRow, RawLine, TimelineEvent, TimelineKind,
};
use recondesk_casework::ApprovalNeed;

/// The note that is being written.
#[derive(Default)]
pub(super) struct NoteField {
    /// What was typed.
    pub(super) text: String,
}

/// What was asked of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CasePanelAction {
    /// Decide about the case.
    Decide(DecisionAction),
    /// Close the panel.
    Close,
    /// To the next case, or the one before.
    Step(bool),
}

const WELL: f32 = 86.0;
const INSET: f32 = 16.0;

/// Draws the panel into its card.
pub(super) fn show(
    ui: &mut Ui,
    rect: Rect,
    page: &Page<'_>,
    note: &mut NoteField,
    out: &mut Outbox,
) -> Option<CasePanelAction> {
    paint::card(ui.painter(), rect, page.t);
    let slot = &page.state.cases.open;
    let Some(detail) = slot.value() else {
        if let Some(failure) = slot.failure() {
            card::failed(
                ui,
                Rect::from_min_size(rect.min, vec2(rect.width(), 180.0)),
                failure,
            );
        }
        return head_buttons(ui, rect, page);
    };
    let mut act = head(ui, rect, page, detail);
    let body = Rect::from_min_max(
        pos2(rect.left() + 1.0, rect.top() + 48.0),
        rect.max - vec2(1.0, 1.0),
    );
    let needed = content_height(ui, body.width() - 2.0 * INSET, page, detail);
    paint::region(ui, body, "case panel", |ui| {
        let mut area = egui::ScrollArea::vertical()
            .auto_shrink(false)
            .id_salt(&detail.row.key);
        if needed <= body.height() {
            area = area.scroll_bar_visibility(egui::scroll_area::ScrollBarVisibility::AlwaysHidden);
        }
        area.show(ui, |ui| {
            let size = vec2(body.width(), needed.max(body.height()));
            let (inner, _) = ui.allocate_exact_size(size, Sense::hover());
            let inner = inner.shrink2(vec2(INSET - 1.0, 0.0));
            let asked = content(ui, inner, page, detail, (note, out));
            act = asked.map(CasePanelAction::Decide).or(act);
        });
    });
    act
}

fn head_buttons(ui: &Ui, rect: Rect, page: &Page<'_>) -> Option<CasePanelAction> {
    let w = page.w;
    let y = rect.top() + 25.0;
    let place = |nth: f32| {
        Rect::from_center_size(pos2(rect.right() - 24.0 - nth * 29.0, y), vec2(28.0, 28.0))
    };
    let mut act = None;
    if icon_button(ui, place(2.0), icons::CARET_UP, w.frame.previous, true).clicked() {
        act = Some(CasePanelAction::Step(false));
    }
    if icon_button(ui, place(1.0), icons::CARET_DOWN, w.frame.next, true).clicked() {
        act = Some(CasePanelAction::Step(true));
    }
    let (icon, name) = if page.class.is_narrow() {
        (icons::ARROW_LEFT, w.frame.back)
    } else {
        (icons::X, w.frame.close)
    };
    if icon_button(ui, place(0.0), icon, name, false).clicked() {
        act = Some(CasePanelAction::Close);
    }
    act
}

fn head(ui: &Ui, rect: Rect, page: &Page<'_>, detail: &CaseDetail) -> Option<CasePanelAction> {
    let (t, w) = (page.t, page.w);
    let y = rect.top() + 25.0;
    let category = detail.row.category;
    let at = pos2(rect.left() + INSET, y);
    let status = detail.row.status;
    let pill = if status.is_closed() {
        // What is over needs nobody any more, however urgent it was.
        let words = if w.is_zh() { status.zh() } else { status.en() };
        pill(ui, at, Tone::Ok, words)
    } else {
        severity_pill(ui, at, category.severity(), "", Short::No)
    };
    let p = ui.painter();
    let at = pos2(pill.right() + 10.0, y);
    let code = paint::left(p, at, category.code(), (TypeStyle::Mono, t.text_2));
    let at = pos2(code.right() + 8.0, y);
    let room = rect.right() - at.x - 104.0;
    let name = w.category(category);
    let (place, _) = paint::fit(p, at, room, name, (TypeStyle::Heading, t.text_1));
    paint::say(
        ui,
        "case name",
        place,
        &format!("{} {name}", category.code()),
    );
    head_buttons(ui, rect, page)
}

fn content_height(ui: &Ui, width: f32, page: &Page<'_>, detail: &CaseDetail) -> f32 {
    let why = paint::paragraph_height(
        ui.painter(),
        width - 28.0,
        &advice::of(page, detail).reason,
        TypeStyle::Small,
    );
    let mut height = 34.0 + 54.0 + why + proposal_height(page, detail) + decide::HEIGHT + 16.0;
    height += facts::height(detail);
    height += 26.0 + detail.compare.len() as f32 * 26.0 + 12.0;
    let wells = usize::from(detail.bill_line.is_some()) + usize::from(detail.order_line.is_some());
    height += wells as f32 * (WELL + 10.0);
    height += 34.0 + detail.timeline.len() as f32 * 26.0 + 10.0;
    height += 34.0 + detail.notes.len() as f32 * 26.0 + 44.0;
    height += follow_up::refunds_height(ui, width, page, detail);
    height + follow_up::files_height(detail)
}

fn content(
    ui: &mut Ui,
    area: Rect,
    page: &Page<'_>,
    detail: &CaseDetail,
    (note, out): (&mut NoteField, &mut Outbox),
) -> Option<DecisionAction> {
    let top = number_line(ui, area, page, detail);
    let (top, asked) = suggestion(ui, area, top, page, (detail, out));
    let mut top = follow_up::refunds(ui, (area, top), page, detail, out);
    let c = &page.w.cases;
    let heads = [c.both_books, c.book_w, c.book_m];
    let place = Rect::from_min_max(pos2(area.left(), top), area.max);
    let w = page.w;
    let rows: Vec<CompareRow> = detail
        .compare
        .iter()
        .map(|row| in_words(page, row))
        .collect();
    top = card::side_by_side(ui, place, heads, &rows, |row| field_name(w, row)) + 12.0;
    let key = detail.row.number.as_str();
    for (line, head) in [
        (&detail.bill_line, c.bill_raw),
        (&detail.order_line, c.order_raw),
    ] {
        let Some(line) = line else { continue };
        let well = Rect::from_min_size(pos2(area.left(), top), vec2(area.width(), WELL));
        raw(ui, well, page, (head, line), key);
        top += WELL + 10.0;
    }
    top = timeline(ui, area, top, page, &detail.timeline);
    let top = notes(ui, (area, top), page, detail, (note, out));
    follow_up::files(ui, (area, top), page, detail, out);
    asked
}

/// `已于 10:21 由陈默：已处理，补发货`.
pub(in crate::screens) fn closing_words(
    page: &Page<'_>,
    closing: Option<&CaseClosing>,
    status: &str,
) -> String {
    let c = &page.w.cases;
    let Some(closing) = closing else {
        return status.to_owned();
    };
    let time = format::time(closing.at, page.state.now);
    let what = match closing.reason.as_str() {
        "" => status.to_owned(),
        reason => (c.status_of)(status, &reason_words(page.w, reason)),
    };
    if closing.by.is_empty() {
        (c.closed_itself)(&time, &what)
    } else {
        (c.closed_by)(&time, page.w.who(&closing.by), &what)
    }
}

fn number_line(ui: &Ui, area: Rect, page: &Page<'_>, detail: &CaseDetail) -> f32 {
    let (t, w) = (page.t, page.w);
    let p = ui.painter();
    let row = &detail.row;
    let y = area.top() + 12.0;
    let status = if w.is_zh() {
        row.status.zh()
    } else {
        row.status.en()
    };
    let state = match (row.owner.as_str(), row.status.is_closed()) {
        // Who closed it and when stands below.
        (_, true) => status.to_owned(),
        ("", false) => (w.cases.status_of)(status, w.cases.nobody),
        (owner, false) => (w.cases.status_of)(status, w.who(owner)),
    };
    let style = (TypeStyle::Small, t.text_3);
    let most = area.width() * 0.6;
    let width = paint::width(p, &state, TypeStyle::Small).min(most);
    let at = pos2(area.right() - width, y);
    let (right, cut) = paint::fit(p, at, most, &state, style);
    let response = paint::say(ui, "case state", right, &state);
    if cut {
        response.on_hover_text(&state);
    }
    let room = right.left() - area.left() - 40.0;
    let fits = (room / (TypeStyle::Mono.size() * 0.602)) as usize;
    let shown = paint::elide_middle(&row.number, fits.saturating_sub(7).max(6), 5);
    let number = paint::left(p, pos2(area.left(), y), &shown, (TypeStyle::Mono, t.text_1));
    paint::say(ui, "case number", number, &row.number).on_hover_text(&row.number);
    let copy = Rect::from_center_size(pos2(number.right() + 16.0, y), vec2(22.0, 22.0));
    let name = format!("{} {}", w.frame.copy, row.number);
    if icon_button(ui, copy, icons::COPY, &name, false).clicked() {
        ui.copy_text(row.number.clone());
    }
    let mut x = copy.right() + 8.0;
    for word in &detail.tags {
        let said = match tag_words(page, word) {
            "" => word,
            words => words,
        };
        let width = paint::width(p, said, TypeStyle::MonoSmall) + 10.0;
        if x + width > right.left() - 8.0 {
            break;
        }
        x = tag(ui, pos2(x, y), said).right() + 6.0;
    }
    area.top() + 34.0
}

fn suggestion(
    ui: &Ui,
    area: Rect,
    top: f32,
    page: &Page<'_>,
    (detail, out): (&CaseDetail, &mut Outbox),
) -> (f32, Option<DecisionAction>) {
    let t = page.t;
    let p = ui.painter();
    let advice::CaseAdvice { title, reason } = advice::of(page, detail);
    let reason = reason.as_str();
    let width = area.width() - 28.0;
    let words = paint::paragraph_height(p, width, reason, TypeStyle::Small);
    let height =
        54.0 + words + facts::height(detail) + proposal_height(page, detail) + decide::HEIGHT;
    let rect = Rect::from_min_size(pos2(area.left(), top), vec2(area.width(), height));
    let edge = if t.contrast {
        egui::Stroke::new(2.0, t.accent)
    } else {
        egui::Stroke::NONE
    };
    paint::framed(p, rect, 6, t.selected, edge);
    let y = rect.top() + 22.0;
    let (icon, color) = if detail.row.status.is_closed() {
        (icons::CHECK, t.text_1)
    } else if advice::is_moving(page, detail) {
        (icons::CIRCLE_NOTCH, t.accent)
    } else {
        (icons::ARROW_RIGHT, t.accent)
    };
    paint::icon(p, pos2(rect.left() + 21.0, y), icon, 15.0, color);
    let place = paint::left(
        p,
        pos2(rect.left() + 36.0, y),
        &title,
        (TypeStyle::Body, color),
    );
    paint::say(ui, "suggestion", place, &title);
    let text = Rect::from_min_size(
        pos2(rect.left() + 14.0, rect.top() + 38.0),
        vec2(width, words),
    );
    let said = paint::paragraph(p, text, reason, (TypeStyle::Small, t.text_2), 6);
    if !reason.is_empty() {
        paint::say(ui, "reason", said, reason);
    }
    let lines = Rect::from_min_size(
        pos2(text.left(), text.bottom() + 4.0),
        vec2(width, facts::height(detail)),
    );
    facts::show(ui, lines, page, detail, out);
    let mut at = pos2(rect.left() + 14.0, lines.bottom() + 4.0);
    if let Some(words) = proposal_words(page, detail) {
        let y = at.y + 9.0;
        paint::icon(p, pos2(at.x + 7.0, y), icons::PROHIBIT, 14.0, t.text_2);
        let from = pos2(at.x + 20.0, y);
        let (place, cut) = paint::fit(p, from, width - 20.0, &words, (TypeStyle::Small, t.text_1));
        let response = paint::say(ui, "proposal", place, &words);
        if cut {
            response.on_hover_text(&words);
        }
        at.y += proposal_height(page, detail);
    }
    let asked = decide::buttons(ui, at, width, page, detail);
    (rect.bottom() + 16.0, asked)
}

/// What somebody asked a second person to agree to about the case.
fn proposal_words(page: &Page<'_>, detail: &CaseDetail) -> Option<String> {
    let w = page.w;
    if let Some(made) = &detail.proposal {
        let reason = reason_words(w, &made.reason);
        return Some((w.cases.proposed_by)(w.who(&made.maker), &reason));
    }
    let row = &detail.row;
    let mut waiting = page.state.payout.approvals.value()?.iter();
    let carry = waiting.find(|one| {
        let case = one.case.as_ref();
        let is_this = case.is_some_and(|case| case.profile == row.profile && case.key == row.key);
        is_this && one.asked.need == ApprovalNeed::Carry
    })?;
    Some((w.people.carry_waits)(&carry.asked.maker))
}

/// Height of the line that tells of it.
fn proposal_height(page: &Page<'_>, detail: &CaseDetail) -> f32 {
    proposal_words(page, detail).map_or(0.0, |_| 28.0)
}

fn raw(ui: &Ui, rect: Rect, page: &Page<'_>, (head, line): (&str, &RawLine), key: &str) {
    let place = (page.w.cases.at_line)(
        &page.w.file(&line.file),
        &format::count(u64::from(line.line)),
    );
    card::raw_well(ui, rect, (head, &place), &line.text, key);
}

fn timeline(ui: &Ui, area: Rect, top: f32, page: &Page<'_>, events: &[TimelineEvent]) -> f32 {
    let (t, w) = (page.t, page.w);
    let p = ui.painter();
    let style = (TypeStyle::Small, t.text_3);
    paint::left(p, pos2(area.left(), top + 14.0), w.cases.timeline, style);
    let day = events.first().map(|event| event.at.day());
    let one_day = events.iter().all(|event| Some(event.at.day()) == day);
    let said: Vec<(String, char, String)> = events
        .iter()
        .map(|event| {
            let pattern = if one_day { "%H:%M:%S" } else { "%m-%d %H:%M" };
            let time = event.at.beijing().format(pattern).to_string();
            let (icon, words) = event_words(w, &event.kind);
            (time, icon, words)
        })
        .collect();
    let rows: Vec<TimelineRow<'_>> = said
        .iter()
        .zip(events)
        .map(|((time, icon, what), event)| TimelineRow {
            time,
            icon: *icon,
            what,
            source: w.who(&event.source),
        })
        .collect();
    let place = Rect::from_min_max(pos2(area.left(), top + 28.0), area.max);
    card::timeline(ui, place, &rows) + 10.0
}

/// Icon and words of an event.
pub(in crate::screens) fn event_words(w: &Wording, kind: &TimelineKind) -> (char, String) {
    let c = &w.cases;
    match kind {
        TimelineKind::Created => (icons::PLUS, c.created.to_owned()),
        TimelineKind::Booked => (icons::CHECK, c.booked.to_owned()),
        TimelineKind::Closed => (icons::X, c.order_closed.to_owned()),
        TimelineKind::Fulfilled => (icons::TRUCK, c.fulfilled.to_owned()),
        TimelineKind::Paid(fen) => (icons::CHECK, (c.paid)(&format::money(*fen))),
        TimelineKind::Refunded(fen) => (icons::ARROW_U_UP_LEFT, (c.refunded)(&format::money(*fen))),
        TimelineKind::Found(category) => (icons::SCALES, (c.found)(category.code())),
        TimelineKind::AutoClosed => (icons::SEAL_CHECK, c.auto_closed.to_owned()),
        TimelineKind::Note(text) => (icons::NOTE_PENCIL, text.clone()),
        TimelineKind::Moved(status, reason) => {
            let word = if w.is_zh() { status.zh() } else { status.en() };
            let said = if reason.is_empty() {
                word.to_owned()
            } else {
                (c.moved)(word, &reason_words(w, reason))
            };
            (icons::USER_CHECK, said)
        }
        TimelineKind::Given(name) => (icons::USER, (c.given)(w.who(name))),
    }
}

fn notes(
    ui: &mut Ui,
    (area, top): (Rect, f32),
    page: &Page<'_>,
    detail: &CaseDetail,
    (note, out): (&mut NoteField, &mut Outbox),
) -> f32 {
    let (t, w) = (page.t, page.w);
    let note = &mut note.text;
    let style = (TypeStyle::Small, t.text_3);
    paint::left(
        ui.painter(),
        pos2(area.left(), top + 14.0),
        w.cases.notes,
        style,
    );
    let mut top = top + 28.0;
    for (nth, (at, who, text)) in detail.notes.iter().enumerate() {
        let p = ui.painter();
        let y = top + 13.0;
        let stamp = format!("{} {}", format::time(*at, page.state.now), w.who(who));
        let end = paint::right(p, pos2(area.right(), y), &stamp, style);
        let room = end.left() - area.left() - 12.0;
        let (place, cut) = paint::fit(
            p,
            pos2(area.left(), y),
            room,
            text,
            (TypeStyle::Body, t.text_1),
        );
        let response = paint::say(ui, ("note", nth), place, text);
        if cut {
            response.on_hover_text(text);
        }
        top += 26.0;
    }
    let keep = Button::secondary(w.cases.save_note).enabled_or(!note.trim().is_empty(), "");
    let width = keep.width(ui);
    let y = top + 18.0;
    let field = Rect::from_min_max(
        pos2(area.left(), y - 14.0),
        pos2(area.right() - width - 8.0, y + 14.0),
    );
    let response = Field::new(note, w.cases.add_note)
        .hint(w.cases.add_note)
        .limit(500)
        .show(ui, field);
    if page.keys.letter == Some(Letter::Note) {
        response.request_focus();
        ui.scroll_to_rect(field, None);
    }
    let entered = response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
    let clicked = keep.show_right(ui, pos2(area.right(), y), 28.0).clicked();
    if (clicked || entered) && !note.trim().is_empty() {
        let row = &detail.row;
        if page.state.desk.must_sign_in() {
            // What was typed stays for after the sign-in.
            out.push(Action::AskOperator);
        } else {
            let text = note.trim().to_owned();
            out.run(Command::Note(row.profile, row.key.clone(), text));
            note.clear();
        }
    }
    top + 44.0
}
