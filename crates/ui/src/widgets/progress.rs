//! The bar of a running job, its card and its chip.

use egui::accesskit::Role;
use egui::{Pos2, Rect, Response, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::text::{Wording, words};
use crate::theme::{TypeStyle, tokens};
use crate::{format, icons, paint};
use recondesk_app::{Step, Task, TaskKind};

/// A bar of 6 (or the height of `rect`); `share` from 0 to 1.
pub(crate) fn bar(ui: &Ui, rect: Rect, share: f32) {
    let t = tokens(ui);
    let p = ui.painter();
    let radius = (rect.height() / 2.0) as u8;
    p.rect_filled(rect, radius, t.pressed);
    let mut done = rect;
    done.set_width(rect.width() * share.clamp(0.0, 1.0));
    p.rect_filled(done, radius, t.accent_fill);
}

/// What a job does, in words.
pub(crate) fn kind_words(w: &'static Wording, kind: TaskKind) -> &'static str {
    match kind {
        TaskKind::Download => w.jobs.download,
        TaskKind::Preview => w.jobs.preview,
        TaskKind::Import => w.jobs.import,
        TaskKind::Reconcile => w.jobs.reconcile,
        TaskKind::Morning => w.jobs.morning,
        TaskKind::Backfill => w.jobs.backfill,
        TaskKind::Export => w.jobs.export,
        TaskKind::ExportBooks => w.jobs.export_books,
        TaskKind::Copy => w.frame.copy,
        TaskKind::Demo => w.jobs.demo,
        TaskKind::AskMany => w.jobs.ask_many,
        TaskKind::Resume => w.jobs.resume,
        TaskKind::Decide => w.jobs.decide,
        TaskKind::Attach => w.jobs.attach,
        TaskKind::Funds => w.jobs.funds,
        TaskKind::Payout => w.jobs.payout,
        TaskKind::Care => w.jobs.care,
        TaskKind::Read | TaskKind::Save | TaskKind::Ask => "",
    }
}

fn step_words(w: &'static Wording, step: Step) -> &'static str {
    match step {
        Step::Download => w.jobs.step_download,
        Step::Read => w.jobs.step_read,
        Step::Sort => w.jobs.step_sort,
        Step::Store => w.jobs.step_store,
        Step::Send => w.jobs.step_send,
        Step::Compare => w.jobs.step_compare,
        Step::Export => w.jobs.step_export,
        Step::Ask => w.jobs.step_ask,
        Step::Decide => w.jobs.step_decide,
    }
}

/// The steps of a kind of job, in order.
const fn steps(kind: TaskKind) -> &'static [Step] {
    match kind {
        TaskKind::Download | TaskKind::Funds => &[Step::Download, Step::Read, Step::Store],
        TaskKind::Import => &[Step::Read, Step::Sort, Step::Store],
        TaskKind::Reconcile => &[Step::Compare, Step::Store],
        TaskKind::Morning | TaskKind::Demo => &[
            Step::Download,
            Step::Read,
            Step::Sort,
            Step::Store,
            Step::Compare,
        ],
        TaskKind::Preview | TaskKind::Attach | TaskKind::Care => &[Step::Read],
        TaskKind::Resume | TaskKind::Payout => &[Step::Ask],
        TaskKind::Decide => &[Step::Decide],
        TaskKind::Export | TaskKind::ExportBooks | TaskKind::Copy => &[Step::Export],
        TaskKind::AskMany | TaskKind::Backfill => &[Step::Download],
        TaskKind::Read | TaskKind::Save | TaskKind::Ask => &[],
    }
}

/// Per cent of the step that runs, where known.
pub(crate) fn per_cent(task: &Task) -> Option<u64> {
    let progress = task.progress?;
    let total = progress.total.filter(|total| *total > 0)?;
    Some((progress.done.saturating_mul(100) / total).min(100))
}

/// Share of the whole job, as far as its steps tell.
fn share(task: &Task) -> f32 {
    let Some(progress) = task.progress else {
        return 0.0;
    };
    let steps = steps(task.kind);
    // Only a workspace with an object store has a step of its own for that.
    let step = match progress.step {
        Step::Send => Step::Store,
        step => step,
    };
    let at = steps.iter().position(|known| *known == step).unwrap_or(0);
    let inner = per_cent(task).map_or(0.5, |n| n as f32 / 100.0);
    (at as f32 + inner) / steps.len().max(1) as f32
}

/// The chip of the top bar for the jobs that run.
pub(crate) fn chip(ui: &Ui, rect: Rect, label: &str, task: &Task) -> Response {
    let t = tokens(ui);
    let p = ui.painter();
    let response = ui.interact(rect, paint::id(ui, "job chip"), Sense::click());
    let per_cent = per_cent(task).map_or_else(String::new, |n| format!("{n}%"));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("{label} {per_cent}")));
    let edge = if t.contrast {
        Stroke::new(1.5, t.accent)
    } else {
        Stroke::NONE
    };
    paint::framed(p, rect, 6, t.selected, edge);
    let y = rect.center().y - 1.0;
    paint::icon(
        p,
        pos2(rect.left() + 15.0, y),
        icons::CIRCLE_NOTCH,
        14.0,
        t.accent,
    );
    let style = (TypeStyle::Small, t.accent);
    let end = paint::right(p, pos2(rect.right() - 8.0, y), &per_cent, style);
    let room = end.left() - rect.left() - 36.0;
    paint::fit(p, pos2(rect.left() + 28.0, y), room, label, style);
    let line = Rect::from_min_max(
        pos2(rect.left() + 8.0, rect.bottom() - 5.0),
        pos2(rect.right() - 8.0, rect.bottom() - 2.0),
    );
    bar(ui, line, share(task));
    response
}

/// Height of a job card.
pub(crate) fn card_height(task: &Task) -> f32 {
    42.0 + 18.0 + steps(task.kind).len() as f32 * 30.0 + 14.0
}

/// The card of a running job: what for, how far, its steps.
pub(crate) fn card(ui: &Ui, rect: Rect, task: &Task, about: &str, elapsed_ms: u64) {
    let t = tokens(ui);
    let w = words(ui);
    let title = (w.jobs.running)(kind_words(w, task.kind));
    let body = super::card::titled(ui, rect, &title, about);
    let p = ui.painter();
    let elapsed = (w.jobs.elapsed)(&format::duration(elapsed_ms, w));
    let at = pos2(rect.right() - 16.0, rect.top() + 21.0);
    paint::right(p, at, &elapsed, (TypeStyle::Small, t.text_2));
    let track = Rect::from_min_size(
        pos2(rect.left() + 16.0, body.top() + 4.0),
        vec2(rect.width() - 32.0, 6.0),
    );
    bar(ui, track, share(task));
    let steps = steps(task.kind);
    let current = task
        .progress
        .and_then(|now| steps.iter().position(|step| *step == now.step));
    for (nth, step) in steps.iter().enumerate() {
        let y = track.bottom() + 27.0 + nth as f32 * 30.0;
        let place = match current {
            Some(at) if nth < at => ProgressPlace::Done,
            Some(at) if nth == at => ProgressPlace::Running,
            _ => ProgressPlace::Coming,
        };
        step_row(
            ui,
            pos2(rect.left(), y),
            rect.right(),
            step_words(w, *step),
            (place, task),
        );
    }
}

#[derive(Clone, Copy, PartialEq)]
enum ProgressPlace {
    Done,
    Running,
    Coming,
}

fn step_row(ui: &Ui, at: Pos2, right: f32, name: &str, (place, task): (ProgressPlace, &Task)) {
    let t = tokens(ui);
    let p = ui.painter();
    let mark = pos2(at.x + 24.0, at.y);
    let color = match place {
        ProgressPlace::Done => {
            paint::icon(p, mark, icons::CHECK, 14.0, t.green.text);
            t.text_1
        }
        ProgressPlace::Running => {
            paint::icon(p, mark, icons::CIRCLE_NOTCH, 14.0, t.accent);
            t.accent
        }
        ProgressPlace::Coming => {
            p.circle_filled(mark, 2.0, t.disabled);
            t.text_3
        }
    };
    paint::left(p, pos2(at.x + 42.0, at.y), name, (TypeStyle::Body, color));
    let Some(progress) = task.progress.filter(|_| place == ProgressPlace::Running) else {
        return;
    };
    let is_bytes = matches!(progress.step, Step::Download | Step::Read);
    let number = |n| {
        if is_bytes {
            format::bytes(n)
        } else {
            format::count(n)
        }
    };
    let counter = progress.total.map_or_else(
        || number(progress.done),
        |total| format!("{} / {}", number(progress.done), number(total)),
    );
    paint::left(
        p,
        pos2(at.x + 240.0, at.y),
        &counter,
        (TypeStyle::Small, t.text_2),
    );
    if let Some(n) = per_cent(task) {
        let style = (TypeStyle::Small, t.accent);
        paint::right(p, pos2(right - 16.0, at.y), &format!("{n}%"), style);
    }
}
