//! A deed for many cases while it runs, and what came of each.

use egui::{Context, Rect, ScrollArea, Sense, Ui, pos2, vec2};

use super::WIDTH;
use crate::action::{Action, Outbox};
use crate::page::Page;
use crate::theme::TypeStyle;
use crate::widgets::button::Button;
use crate::widgets::dialog::{Dialog, Ended};
use crate::widgets::progress;
use crate::{format, icons, paint};
use recondesk_app::model::{BulkKind, BulkLine, BulkOutcome};
use recondesk_app::{Task, TaskId};

/// Height of a line of results.
const LINE: f32 = 26.0;
/// Height of the list of results.
const LIST: f32 = 260.0;

/// While it runs: how far, and the way to stop it.
pub(in crate::screens::cases) fn running(
    ctx: &Context,
    page: &Page<'_>,
    (id, task): (TaskId, &Task),
    out: &mut Outbox,
) {
    let w = &page.w.work;
    let is_stopping = task.cancel.is_cancelled();
    let (done, of) = task
        .progress
        .map_or((0, 0), |at| (at.done, at.total.unwrap_or(0)));
    let words = if is_stopping {
        w.bulk_stopping.to_owned()
    } else {
        (w.bulk_running)(&format::count(done), &format::count(of))
    };
    let dialog = Dialog {
        name: "bulk",
        title: w.bulk_title,
        width: WIDTH,
        height: 64.0,
        note: "",
        leave: "",
        deed: Button::primary(w.stop).icon(icons::STOP).key("Esc"),
        ready: !is_stopping,
    };
    let ended = dialog.show(ctx, |ui, rect| {
        let style = (TypeStyle::Body, page.t.text_1);
        let at = pos2(rect.left(), rect.top() + 14.0);
        let place = paint::left(ui.painter(), at, &words, style);
        paint::say(ui, "bulk running", place, &words);
        let share = if of == 0 {
            0.0
        } else {
            done as f32 / of as f32
        };
        let bar = Rect::from_min_size(
            pos2(rect.left(), rect.top() + 38.0),
            vec2(rect.width(), 6.0),
        );
        progress::bar(ui, bar, share);
    });
    if ended != Ended::No && !is_stopping {
        out.push(Action::Cancel(id));
    }
}

/// What came of each; true when the dialog is left.
pub(in crate::screens::cases) fn results(
    ctx: &Context,
    page: &Page<'_>,
    done: &BulkOutcome,
) -> bool {
    let w = &page.w.work;
    let (waiting, moving) = (done.waiting(), done.under_way());
    let mut words = (w.bulk_result)(
        &format::count(done.done()),
        &format::count(done.refused()),
        &format::count(done.left),
    );
    if moving > 0 {
        words = format!("{}{words}", (w.bulk_moving)(&format::count(moving)));
    }
    if waiting > 0 {
        words = format!("{}{words}", (w.bulk_waiting)(&format::count(waiting)));
    }
    let dialog = Dialog {
        name: "bulk",
        title: match done.kind {
            BulkKind::Judged => page.w.payout.approvals,
            BulkKind::Decided | BulkKind::Refunded | BulkKind::Reissued => w.bulk_title,
        },
        width: WIDTH,
        height: 36.0 + LIST,
        note: "",
        leave: "",
        deed: Button::primary(page.w.frame.close),
        ready: true,
    };
    let ended = dialog.show(ctx, |ui, rect| {
        let style = (TypeStyle::Heading, page.t.text_1);
        let at = pos2(rect.left(), rect.top() + 12.0);
        let (place, _) = paint::fit(ui.painter(), at, rect.width(), &words, style);
        paint::say(ui, "bulk result", place, &words);
        let list = Rect::from_min_size(
            pos2(rect.left(), rect.top() + 36.0),
            vec2(rect.width(), LIST),
        );
        lines(ui, list, page, &done.lines);
    });
    ended != Ended::No
}

/// The lines, one below the other; those out of view are reached by the wheel.
pub(super) fn lines(ui: &mut Ui, list: Rect, page: &Page<'_>, lines: &[BulkLine]) {
    paint::region(ui, list, "bulk results", |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let area = ScrollArea::vertical().auto_shrink(false);
        area.show_rows(ui, LINE, lines.len(), |ui, rows| {
            for nth in rows {
                if let Some(line) = lines.get(nth) {
                    result_line(ui, page, nth, line);
                }
            }
        });
    });
}

fn result_line(ui: &mut Ui, page: &Page<'_>, nth: usize, line: &BulkLine) {
    let t = page.t;
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), LINE), Sense::hover());
    let p = ui.painter();
    let y = rect.center().y;
    let (icon, color) = match &line.result {
        // Nothing is closed before somebody else agrees.
        Ok(_) if line.waits => (icons::HOURGLASS, t.orange.text),
        Ok(_) if line.is_under_way => (icons::HOURGLASS, t.text_2),
        Ok(_) => (icons::CHECK, t.green.text),
        Err(_) => (icons::X, t.red.text),
    };
    paint::icon(p, pos2(rect.left() + 8.0, y), icon, 13.0, color);
    let name = if line.number.is_empty() {
        &line.key
    } else {
        &line.number
    };
    let shown = paint::elide_middle(name, 22, 6);
    let style = (TypeStyle::Mono, t.text_1);
    paint::left(p, pos2(rect.left() + 24.0, y), &shown, style);
    let words = match &line.result {
        Ok(said) => page.w.of(said).to_owned(),
        Err(failure) => page.w.of(&failure.title).to_owned(),
    };
    // What a technician reads is not a second half of the sentence.
    let detail = match &line.result {
        Err(failure) => failure.detail.as_str(),
        Ok(_) => "",
    };
    let at = pos2(rect.left() + 250.0, y);
    let room = rect.right() - at.x - 12.0;
    let (_, cut) = paint::fit(p, at, room, &words, (TypeStyle::Small, t.text_2));
    let said = paint::say(ui, ("bulk line", nth), rect, &format!("{name} {words}"));
    if cut || !detail.is_empty() {
        said.on_hover_text(format!("{words}\n{detail}").trim_end());
    }
}
