//! The right side of signing and of the search: the answer in one sentence, the difference, the steps.

use egui::{Rect, Ui, pos2};

use super::difference::{self, DifferenceCursor};
use super::steps;
use crate::page::{Page, cut_top};
use crate::theme::{Tone, TypeStyle};
use crate::widgets::button::Button;
use crate::widgets::card::{self, Empty};
use crate::{icons, paint};
use recondesk_app::model::{LabAnswer, LabSigned, Steps, Why};
use recondesk_app::{Failure, Remote};
use wechatpay_codec::lab::explain::{Explanation, SignatureVerdict};
use wechatpay_codec::lab::visible::harmless_line;

/// What a person did on the right side.
pub(super) enum AnswerAction {
    /// Wants to paste.
    Paste,
    /// Puts the right signature into the form.
    Apply(String),
}

/// Draws the answer of a tab.
pub(super) fn show(
    ui: &mut Ui,
    rect: Rect,
    page: &Page<'_>,
    slot: &Remote<Box<LabAnswer>>,
    place: &mut DifferenceCursor,
) -> Option<AnswerAction> {
    if let Some(failure) = slot.failure() {
        refused(ui, rect, failure);
        return None;
    }
    match slot.value().map(AsRef::as_ref) {
        Some(LabAnswer::Signed(signed)) => {
            show_signed(ui, rect, page, signed);
            None
        }
        Some(LabAnswer::Why(why)) => show_why(ui, rect, page, why, (slot, place)),
        _ => empty(ui, rect, page),
    }
}

/// A failed card as high as it needs.
pub(super) fn refused(ui: &Ui, rect: Rect, failure: &Failure) {
    let height = card::failed_height(failure).min(rect.height());
    let (top, _) = cut_top(rect, height, 0.0);
    card::failed(ui, top, failure);
}

/// The card before anything was asked.
pub(super) fn empty(ui: &Ui, rect: Rect, page: &Page<'_>) -> Option<AnswerAction> {
    let w = &page.w.signature;
    paint::card(ui.painter(), rect, page.t);
    let empty = Empty {
        icon: icons::SIGNATURE,
        mood: Tone::Info,
        title: w.empty,
        note: w.empty_note,
        button: Some((icons::CLIPBOARD_TEXT, w.paste)),
        primary: false,
    };
    let pressed = empty
        .show(ui, rect)
        .is_some_and(|response| response.clicked());
    pressed.then_some(AnswerAction::Paste)
}

fn show_signed(ui: &mut Ui, rect: Rect, page: &Page<'_>, signed: &LabSigned) {
    steps::show(ui, rect, page, &signed.steps, Some(signed));
}

fn show_why(
    ui: &mut Ui,
    rect: Rect,
    page: &Page<'_>,
    why: &Why,
    (slot, place): (&Remote<Box<LabAnswer>>, &mut DifferenceCursor),
) -> Option<AnswerAction> {
    let w = &page.w.signature;
    let hints = match &why.verdict {
        SignatureVerdict::Unexplained { hints, .. } => hints.as_slice(),
        _ => &[],
    };
    let mends = match &why.verdict {
        SignatureVerdict::Explained(found) => found.changes.len(),
        _ => 0,
    };
    let extra = hints.len() + mends.saturating_sub(1);
    let (top, rest) = cut_top(rect, 86.0 + extra as f32 * 22.0, 12.0);
    let act = verdict_card(ui, top, page, why, slot);
    let aligned = why
        .aligned
        .as_ref()
        .filter(|a| a.first_difference.is_some());
    let both = match (&why.verdict, aligned) {
        (_, Some(aligned)) => Some((
            aligned.ours.as_slice(),
            aligned.server.as_slice(),
            [w.ours, w.server],
        )),
        (SignatureVerdict::Explained(found), None) => Some((
            found.theirs.as_slice(),
            found.right.as_slice(),
            [w.theirs, w.correct],
        )),
        _ => None,
    };
    let rest = match both {
        Some(both) => {
            let (card, rest) = cut_top(rest, difference::HEIGHT, 12.0);
            difference::show(ui, card, page, both, place);
            rest
        }
        None => rest,
    };
    if let Some(steps) = why.steps.as_ref().filter(|_| rest.height() > 60.0) {
        steps::show(ui, rest, page, steps, None);
    }
    act
}

fn verdict_card(
    ui: &mut Ui,
    rect: Rect,
    page: &Page<'_>,
    why: &Why,
    slot: &Remote<Box<LabAnswer>>,
) -> Option<AnswerAction> {
    let (t, w) = (page.t, &page.w.signature);
    paint::card(ui.painter(), rect, t);
    let y = rect.top() + 26.0;
    let x = rect.left() + 20.0;
    if let Remote::Loading(task, _) = slot {
        let progress = page.state.tasks.get(task).and_then(|task| task.progress);
        let number = |n: Option<u64>| n.map_or_else(String::new, |n| n.to_string());
        let done = number(progress.map(|progress| progress.done));
        let words = (w.trying)(&done, &number(progress.and_then(|progress| progress.total)));
        let said = paint::left(
            ui.painter(),
            pos2(x, y),
            &words,
            (TypeStyle::Reason, t.text_2),
        );
        paint::say(ui, "trying", said, &words);
        return None;
    }
    match &why.verdict {
        SignatureVerdict::Explained(found) => explained(ui, rect, page, found, why),
        verdict => {
            other(ui, rect, page, verdict, why);
            None
        }
    }
}

fn explained(
    ui: &mut Ui,
    rect: Rect,
    page: &Page<'_>,
    found: &Explanation,
    why: &Why,
) -> Option<AnswerAction> {
    let (t, w, lang) = (page.t, &page.w.signature, page.w.lang);
    let face = if page.class.is_wide() {
        TypeStyle::Reason
    } else {
        TypeStyle::Heading
    };
    card::result_bar(ui, rect, Tone::Ok);
    let mut act = None;
    let mut right = rect.right() - 16.0;
    if let Some(Steps::V2(steps)) = &why.steps {
        let at = pos2(right, rect.top() + 43.0);
        let button = Button::secondary(w.apply)
            .icon(icons::NOTE_PENCIL)
            .show_right(ui, at, 30.0);
        right = button.rect.left();
        if button.clicked() {
            act = Some(AnswerAction::Apply(steps.result().to_owned()));
        }
    }
    let x = rect.left() + 20.0;
    let room = right - x - 16.0;
    for (nth, change) in found.changes.iter().enumerate() {
        let y = rect.top() + 26.0 + nth as f32 * 22.0;
        let what = harmless_line(change.what.get(lang).as_bytes());
        let mut runs = paint::Runs::default();
        runs.add(w.reason, face, t.text_2);
        match what
            .find(&change.field)
            .filter(|_| !change.field.is_empty())
        {
            Some(at) => {
                let (head, rest) = what.split_at(at);
                let (field, tail) = rest.split_at(change.field.len());
                runs.add(head, face, t.text_1);
                runs.add(field, face, t.accent);
                runs.add(tail, face, t.text_1);
            }
            None => {
                runs.add(&what, face, t.text_1);
            }
        }
        let said = runs.said();
        let galley = runs.layout(ui.painter(), f32::INFINITY);
        let clip = Rect::from_min_max(pos2(x, y - 14.0), pos2(x + room, y + 14.0));
        let painter = ui.painter().with_clip_rect(clip.intersect(ui.clip_rect()));
        let place = paint::put(&painter, pos2(x, y), egui::Align2::LEFT_CENTER, galley);
        let mend = harmless_line(change.mend.get(lang).as_bytes());
        let place = place.intersect(clip);
        paint::say(ui, ("reason", nth), place, &said).on_hover_text(format!("{what}\n{mend}"));
    }
    let mend = found.changes.first().map(|change| change.mend.get(lang));
    let mut notes = vec![harmless_line(mend.unwrap_or(w.equal).as_bytes())];
    notes.push((w.tried)(&found.tried.to_string()));
    notes.push((w.took)(&why.took_ms.to_string()));
    note_line(ui, rect, page, &notes, room);
    act
}

fn note_line(ui: &Ui, rect: Rect, page: &Page<'_>, notes: &[String], room: f32) {
    let line = notes.join(" • ");
    let at = pos2(rect.left() + 20.0, rect.bottom() - 23.0);
    let (place, cut) = paint::fit(
        ui.painter(),
        at,
        room,
        &line,
        (TypeStyle::Small, page.t.text_2),
    );
    let said = paint::say(ui, "answer note", place, &line);
    if cut {
        said.on_hover_text(line);
    }
}

fn other(ui: &Ui, rect: Rect, page: &Page<'_>, verdict: &SignatureVerdict, why: &Why) {
    let (t, w, lang) = (page.t, &page.w.signature, page.w.lang);
    let aligned = why.aligned.as_ref();
    let (mood, title) = match verdict {
        SignatureVerdict::Right => (Tone::Ok, w.right.to_owned()),
        SignatureVerdict::Unexplained { tried, .. } => match aligned {
            Some(aligned) => (Tone::Fault, aligned.words.get(lang).to_owned()),
            None => (Tone::Info, (w.unexplained)(&tried.to_string())),
        },
        SignatureVerdict::NotASignature(words) => (Tone::Fault, words.get(lang).to_owned()),
        SignatureVerdict::Cancelled { tried } => (Tone::Info, (w.stopped)(&tried.to_string())),
        SignatureVerdict::Explained(_) => return,
    };
    card::result_bar(ui, rect, mood);
    let x = rect.left() + 20.0;
    let room = rect.width() - 40.0;
    let at = pos2(x, rect.top() + 26.0);
    let (place, _) = paint::fit(
        ui.painter(),
        at,
        room,
        &title,
        (TypeStyle::Reason, t.text_1),
    );
    paint::say(ui, "verdict", place, &title);
    if let SignatureVerdict::Unexplained { hints, .. } = verdict {
        for (nth, hint) in hints.iter().enumerate() {
            let at = pos2(x, rect.top() + 54.0 + nth as f32 * 22.0);
            let hint = hint.get(lang);
            let (place, _) = paint::fit(ui.painter(), at, room, hint, (TypeStyle::Small, t.text_2));
            paint::say(ui, ("hint", nth), place, hint);
        }
    }
    note_line(ui, rect, page, &[(w.took)(&why.took_ms.to_string())], room);
}
