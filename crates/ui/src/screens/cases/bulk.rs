//! One decision about many cases: how many and how much first, then one after the other, then what came of each.

use egui::{Context, Rect, ScrollArea, Sense, Ui, pos2, vec2};

use super::decide::DecisionAction;
use crate::action::{Action, Outbox};
use crate::page::Page;
use crate::theme::TypeStyle;
use crate::widgets::button::Button;
use crate::widgets::dialog::{Dialog, Ended};
use crate::widgets::input::Field;
use crate::widgets::{progress, tabs};
use crate::{format, icons, paint};
use recondesk_app::model::{BulkAsk, BulkLine, BulkOutcome, BulkSummary, BulkWish, Decision};
use recondesk_app::{Command, Task, TaskId};
use recondesk_domain::CaseStatus;

/// What can be decided about many at once, and the state it leads to.
const DEEDS: [(DecisionAction, CaseStatus); 6] = [
    (DecisionAction::Take, CaseStatus::Assigned),
    (DecisionAction::HandOver, CaseStatus::Assigned),
    (DecisionAction::Carry, CaseStatus::Waiting),
    (DecisionAction::Resolve, CaseStatus::Resolved),
    (DecisionAction::Propose, CaseStatus::Proposed),
    (DecisionAction::Reopen, CaseStatus::Reopened),
];

/// Height of a line of results.
const LINE: f32 = 26.0;
/// Height of the list of results.
const LIST: f32 = 260.0;

/// The dialog, while it is open.
#[derive(Default)]
pub(super) struct BulkDialog {
    ask: Option<BulkAsk>,
    deed: usize,
    text: String,
    /// True once the decision went out.
    is_sent: bool,
}

impl BulkDialog {
    /// Opens it and asks what the cases are together.
    pub(super) fn start(&mut self, ask: BulkAsk, out: &mut Outbox) {
        out.run(Command::BulkSummary(Box::new(ask.clone())));
        *self = Self {
            ask: Some(ask),
            ..Self::default()
        };
    }

    /// Draws it; a confirmed decision goes out.
    pub(super) fn show(&mut self, ctx: &Context, page: &Page<'_>, out: &mut Outbox) {
        // The sign-in lies over it: Esc closes that alone.
        if self.ask.is_none() || page.state.desk.is_wanted {
            return;
        }
        let bulk = &page.state.bulk;
        let task = bulk
            .task
            .and_then(|id| Some((id, page.state.tasks.get(&id)?)));
        let closes = match (task, bulk.done.value()) {
            (Some(task), _) => {
                running(ctx, page, task, out);
                false
            }
            (None, Some(done)) if self.is_sent => results(ctx, page, done),
            (None, _) => self.asking(ctx, page, out),
        };
        if closes {
            *self = Self::default();
        }
    }

    /// Before it goes out; true when the dialog is left.
    fn asking(&mut self, ctx: &Context, page: &Page<'_>, out: &mut Outbox) -> bool {
        let w = page.w;
        let Some((deed, next)) = DEEDS.get(self.deed).copied() else {
            return true;
        };
        let slot = &page.state.bulk.summary;
        let summary = slot.value().map(AsRef::as_ref);
        let fits = summary.map_or(0, |summary| fitting(summary, next));
        let needs_text = deed != DecisionAction::Take;
        let name = deed.label(page).trim_end_matches(['…', '.']);
        let label = (w.work.bulk_do)(name, &format::count(fits));
        let failure = slot.failure().or(page.state.bulk.done.failure());
        let note = failure.map_or("", |failure| w.of(&failure.title));
        let dialog = Dialog {
            name: "bulk",
            title: w.work.bulk_title,
            width: 640.0,
            height: 192.0,
            note,
            leave: w.frame.cancel,
            deed: Button::primary(&label).key("Ctrl ↵"),
            ready: fits > 0 && (!needs_text || !self.text.trim().is_empty()),
        };
        let is_listed = self.ask.as_ref().is_some_and(|ask| ask.ids.is_none());
        let (chosen, text) = (&mut self.deed, &mut self.text);
        let ended = dialog.show(ctx, |ui, rect| {
            head(ui, rect, page, (is_listed, summary));
            let names = DEEDS.map(|(deed, _)| deed.label(page).trim_end_matches(['…', '.']));
            let width = tabs::segments_width(ui, &names).min(rect.width());
            let place =
                Rect::from_min_size(pos2(rect.left(), rect.top() + 60.0), vec2(width, 28.0));
            if let Some(nth) = tabs::segments(ui, place, w.work.bulk_title, &names, *chosen) {
                *chosen = nth;
            }
            let style = (TypeStyle::Small, page.t.text_2);
            if needs_text {
                let asks = deed.asks(page);
                let at = pos2(rect.left(), rect.top() + 106.0);
                paint::left(ui.painter(), at, asks, style);
                let place = Rect::from_min_size(
                    pos2(rect.left(), rect.top() + 116.0),
                    vec2(rect.width(), 30.0),
                );
                Field::new(text, asks).limit(200).show(ui, place);
            }
            if let Some(summary) = summary {
                let words = fit_words(page, summary, (next, fits));
                let at = pos2(rect.left(), rect.top() + 168.0);
                let (place, _) = paint::fit(ui.painter(), at, rect.width(), &words, style);
                paint::say(ui, "bulk fits", place, &words);
            }
        });
        match (ended, summary) {
            (Ended::Cancelled, _) => true,
            (Ended::Done, Some(_)) if page.state.desk.must_sign_in() => {
                out.push(Action::AskOperator);
                false
            }
            (Ended::Done, Some(summary)) => {
                let decision = match deed {
                    DecisionAction::Take => Decision::Take,
                    deed => deed.decision(&self.text),
                };
                self.is_sent = true;
                out.run(Command::Bulk(Box::new(BulkWish {
                    ids: summary.ids.clone(),
                    decision,
                })));
                false
            }
            (Ended::Done, None) | (Ended::No, _) => false,
        }
    }
}

/// How many may be decided so now.
fn fitting(summary: &BulkSummary, next: CaseStatus) -> u64 {
    let may = summary
        .states
        .iter()
        .filter(|(state, _)| state.may_become(next));
    may.map(|(_, n)| *n).sum()
}

fn fit_words(page: &Page<'_>, summary: &BulkSummary, (next, fits): (CaseStatus, u64)) -> String {
    let w = &page.w.work;
    let others = (summary.ids.len() as u64).saturating_sub(fits);
    if fits == 0 {
        let taken = |state: CaseStatus| {
            state.may_become(CaseStatus::Assigned) && CaseStatus::Assigned.may_become(next)
        };
        let helps = summary.states.iter().any(|(state, _)| taken(*state));
        let words = if helps && next != CaseStatus::Assigned {
            w.bulk_take_first
        } else {
            w.bulk_none
        };
        return words.to_owned();
    }
    if others == 0 {
        return w.bulk_fits_all.to_owned();
    }
    let join = if page.w.is_zh() { "；" } else { "; " };
    let (fits, others) = (format::count(fits), format::count(others));
    format!("{}{join}{}", (w.bulk_fits)(&fits), (w.bulk_others)(&others))
}

/// Which cases, and what they are together.
fn head(ui: &Ui, rect: Rect, page: &Page<'_>, (is_listed, summary): (bool, Option<&BulkSummary>)) {
    let (t, w) = (page.t, &page.w.work);
    let p = ui.painter();
    let of = if is_listed {
        w.bulk_listed
    } else {
        w.bulk_selection
    };
    let at = pos2(rect.left(), rect.top() + 8.0);
    let place = paint::left(p, at, of, (TypeStyle::Small, t.text_2));
    paint::say(ui, "bulk of", place, of);
    let words = match summary {
        None => w.bulk_adding.to_owned(),
        Some(summary) => {
            let n = format::count(summary.ids.len() as u64);
            match summary.at_stake {
                Some(sum) => (w.bulk_sum)(&n, &format::money(sum)),
                None => (w.bulk_sum_unknown)(&n),
            }
        }
    };
    let at = pos2(rect.left(), rect.top() + 34.0);
    let place = paint::left(p, at, &words, (TypeStyle::Heading, t.text_1));
    paint::say(ui, "bulk sum", place, &words);
}

/// While it runs: how far, and the way to stop it.
fn running(ctx: &Context, page: &Page<'_>, (id, task): (TaskId, &Task), out: &mut Outbox) {
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
        width: 640.0,
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
fn results(ctx: &Context, page: &Page<'_>, done: &BulkOutcome) -> bool {
    let w = &page.w.work;
    let refused = done.refused();
    let waiting = done.waiting();
    let good = (done.lines.len() as u64)
        .saturating_sub(refused)
        .saturating_sub(waiting);
    let mut words = (w.bulk_result)(
        &format::count(good),
        &format::count(refused),
        &format::count(done.left),
    );
    if waiting > 0 {
        words = format!("{}{words}", (w.bulk_waiting)(&format::count(waiting)));
    }
    let dialog = Dialog {
        name: "bulk",
        title: w.bulk_title,
        width: 640.0,
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
        paint::region(ui, list, "bulk results", |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ScrollArea::vertical().auto_shrink(false).show_rows(
                ui,
                LINE,
                done.lines.len(),
                |ui, rows| {
                    for nth in rows {
                        if let Some(line) = done.lines.get(nth) {
                            result_line(ui, page, (nth, line));
                        }
                    }
                },
            );
        });
    });
    ended != Ended::No
}

fn result_line(ui: &mut Ui, page: &Page<'_>, (nth, line): (usize, &BulkLine)) {
    let t = page.t;
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), LINE), Sense::hover());
    let p = ui.painter();
    let y = rect.center().y;
    let (icon, color) = match &line.result {
        // Nothing is closed before somebody else agrees.
        Ok(_) if line.waits => (icons::HOURGLASS, t.orange.text),
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
        Err(failure) => {
            let title = page.w.of(&failure.title);
            format!("{title}  {}", failure.detail).trim_end().to_owned()
        }
    };
    let at = pos2(rect.left() + 250.0, y);
    let room = rect.right() - at.x - 12.0;
    let (_, cut) = paint::fit(p, at, room, &words, (TypeStyle::Small, t.text_2));
    let said = paint::say(ui, ("bulk line", nth), rect, &format!("{name} {words}"));
    if cut {
        said.on_hover_text(&words);
    }
}
