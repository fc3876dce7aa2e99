//! History of questions, and many numbers at once.

use egui::{Rect, Ui, pos2, vec2};

use super::list_table::{ANSWERS, HISTORY, ListSpec, ListTable, answer_offers, history_offers};
use crate::action::{Action, Outbox};
use crate::page::{Page, buttons_right, cut_top};
use crate::theme::{Tone, TypeStyle};
use crate::widgets::button::Button;
use crate::widgets::card::{self, Empty};
use crate::widgets::input::Field;
use crate::widgets::progress;
use crate::{format, icons, paint};
use recondesk_app::jobs::lookup::recognise::recognise_list;
use recondesk_app::{Ask, Command, ExportFormat, Task, TaskKind};

/// What the lists remember.
#[derive(Default)]
pub(super) struct Lists {
    find: String,
    text: String,
    /// Numbers of the text, counted when it changes.
    count: usize,
    /// Lists from files that were taken over into the text.
    taken: u64,
    /// What the text was taken from, until it is changed.
    said: String,
    history: ListTable,
    answers: ListTable,
    /// The list was just opened: its field still has to get the focus.
    fresh: bool,
}

impl Lists {
    /// True while something over a list has Esc for itself.
    pub(super) fn owns_escape(&self) -> bool {
        self.history.grid.owns_escape() || self.answers.grid.owns_escape()
    }

    /// Count and sums of what is selected.
    pub(super) fn standing(&self, history: bool) -> &[String] {
        if history {
            self.history.grid.standing()
        } else {
            self.answers.grid.standing()
        }
    }

    /// Questions asked so far; a chosen row's number comes back.
    pub(super) fn history(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        page: &Page<'_>,
        out: &mut Outbox,
    ) -> Option<String> {
        let l = &page.w.lookup;
        let (bar, rest) = cut_top(rect, 30.0, 12.0);
        let field = Field::new(&mut self.find, l.find_history)
            .hint(l.find_history)
            .icon(icons::MAGNIFYING_GLASS);
        let place = Rect::from_min_size(bar.min, vec2(320.0, 30.0));
        if field.show(ui, place).changed() {
            out.run(Command::LookupHistory(self.find.trim().to_owned()));
        }
        let slot = &page.state.lookup.history;
        if let Some(failure) = slot.failure() {
            let (place, _) = cut_top(rest, card::failed_height(failure), 12.0);
            card::failed(ui, place, failure);
            return None;
        }
        let rows = slot.value().map_or(&[][..], Vec::as_slice);
        let offers = history_offers(page);
        let asked = ListSpec {
            name: HISTORY,
            page,
            rows,
            offers: &offers,
        };
        if !rows.is_empty() {
            let button = Button::secondary(page.w.frame.export).icon(icons::EXPORT);
            let response = button.show_right(ui, bar.right_center(), 30.0);
            self.history.export(&response, &asked, out);
        }
        let chosen = self.history.show(ui, rest, &asked, out);
        if rows.is_empty() && slot.value().is_some() {
            let empty = Empty {
                icon: icons::CLOCK_COUNTER_CLOCKWISE,
                mood: Tone::Info,
                title: l.history_none,
                note: l.history_none_note,
                button: None,
                primary: false,
            };
            empty.show(
                ui,
                Rect::from_min_max(pos2(rest.left(), rest.top() + 32.0), rest.max),
            );
        }
        chosen
    }

    /// A pasted list and its answers; a chosen row's number comes back.
    pub(super) fn many(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        page: &Page<'_>,
        out: &mut Outbox,
    ) -> Option<String> {
        let l = &page.w.lookup;
        self.take_list(page);
        let (area, rest) = cut_top(rect, 112.0, 8.0);
        self.list_field(ui, area, page);
        let (bar, rest) = cut_top(rest, 32.0, 12.0);
        self.bar(ui, bar, page, out);
        let slot = &page.state.lookup.answers;
        let list = &page.state.lookup.list;
        if let Some(failure) = list.failure().or_else(|| slot.failure()) {
            let (place, _) = cut_top(rest, card::failed_height(failure), 12.0);
            card::failed(ui, place, failure);
            return None;
        }
        let rows = slot.value().map_or(&[][..], Vec::as_slice);
        let offers = answer_offers(page);
        let asked = ListSpec {
            name: ANSWERS,
            page,
            rows,
            offers: &offers,
        };
        let chosen = self.answers.show(ui, rest, &asked, out);
        if rows.is_empty() {
            let empty = Empty {
                icon: icons::LIST_CHECKS,
                mood: Tone::Info,
                title: l.many_none,
                note: l.many_none_note,
                button: None,
                primary: false,
            };
            empty.show(
                ui,
                Rect::from_min_max(pos2(rest.left(), rest.top() + 32.0), rest.max),
            );
        }
        chosen
    }

    /// The numbers of a file come into the field, one a line, once.
    fn take_list(&mut self, page: &Page<'_>) {
        let lookup = &page.state.lookup;
        let Some(list) = lookup.list.value().filter(|_| self.taken != lookup.lists) else {
            return;
        };
        self.taken = lookup.lists;
        let l = &page.w.lookup;
        self.count = list.numbers.len();
        self.text = list.numbers.join("\n");
        self.said = (l.list_read)(&format::count(self.count as u64), &list.name);
        if list.ruined > 0 {
            let said = (l.list_ruined)(&format::count(list.ruined as u64));
            self.said.push_str(&said);
        }
        self.said.push_str(&unused(page, &list.unused));
        if list.cut {
            self.said.push_str(l.list_cut);
        }
    }

    /// The list comes into view: what is typed or pasted goes into it.
    pub(super) fn opened(&mut self) {
        self.fresh = true;
    }

    fn list_field(&mut self, ui: &mut Ui, rect: Rect, page: &Page<'_>) {
        let (t, l) = (page.t, &page.w.lookup);
        let id = paint::id(ui, "many text");
        // In the frame of the click itself the field would give the focus up again.
        let clicked = ui.input(|input| input.pointer.any_click());
        if self.fresh && clicked {
            ui.ctx().request_repaint();
        } else if std::mem::take(&mut self.fresh) {
            ui.memory_mut(|memory| memory.request_focus(id));
        }
        let focused = ui.memory(|memory| memory.has_focus(id));
        let edge = if focused {
            egui::Stroke::new(2.0, t.accent)
        } else {
            egui::Stroke::new(t.hairline, t.line_input)
        };
        paint::framed(ui.painter(), rect, 6, t.surface, edge);
        let inner = rect.shrink2(vec2(10.0, 8.0));
        let changed = paint::region(ui, inner, "many", |ui| {
            let scroll = egui::ScrollArea::vertical().auto_shrink(false);
            let shown = scroll.show(ui, |ui| {
                let hint = egui::RichText::new(l.many_field)
                    .font(TypeStyle::Mono.font())
                    .color(t.text_3);
                let edit = egui::TextEdit::multiline(&mut self.text)
                    .id(id)
                    .font(TypeStyle::Mono.font())
                    .text_color(t.text_1)
                    .hint_text(hint)
                    .frame(egui::Frame::NONE)
                    .margin(egui::Margin::ZERO)
                    .desired_width(inner.width() - 12.0);
                let response = ui.add_sized(vec2(inner.width() - 12.0, inner.height()), edit);
                ui.accesskit_node_builder(id, |node| node.set_label(l.many_field));
                response.changed()
            });
            shown.inner
        });
        if changed {
            let found = recognise_list(&self.text);
            self.count = found.numbers.len();
            let lines: Vec<usize> = found.unused.iter().map(|one| one.line).collect();
            let said = unused(page, &lines);
            said.trim_start_matches(['，', ',', ' '])
                .clone_into(&mut self.said);
        }
    }

    fn bar(&mut self, ui: &Ui, bar: Rect, page: &Page<'_>, out: &mut Outbox) {
        let (t, l) = (page.t, &page.w.lookup);
        let y = bar.center().y;
        let job = page
            .state
            .jobs()
            .find(|(_, task)| task.kind == TaskKind::AskMany);
        if let Some((id, task)) = job {
            running(ui, bar, page, task);
            let stop = Button::secondary(l.stop).icon(icons::STOP);
            if stop.show_right(ui, pos2(bar.right(), y), 30.0).clicked() {
                out.push(Action::Cancel(id));
            }
            return;
        }
        let Some(row) = page.state.merchant_or_first() else {
            return;
        };
        let answers = page
            .state
            .lookup
            .answers
            .value()
            .filter(|rows| !rows.is_empty());
        let left = match answers {
            _ if !self.said.is_empty() => self.said.clone(),
            Some(rows) => {
                let odd = rows.iter().filter(|row| !row.agrees()).count();
                (l.differ_count)(
                    &format::count(odd as u64),
                    &format::count(rows.len() as u64),
                )
            }
            None => (l.many_of)(&row.profile.name),
        };
        let place = paint::left(
            ui.painter(),
            pos2(bar.left(), y),
            &left,
            (TypeStyle::Body, t.text_2),
        );
        paint::say(ui, "many standing", place, &left);
        let may = page.state.lookup.may_ask(&page.state.merchants, row.id) != Ask::NoKey;
        let run = (l.many_run)(&format::count(self.count as u64));
        let mut buttons = vec![Button::secondary(l.many_file).icon(icons::FILE_PLUS)];
        if answers.is_some() {
            buttons.push(Button::secondary("CSV").icon(icons::FILE_CSV));
            buttons.push(Button::secondary("Excel").icon(icons::FILE_XLS));
        }
        let ready = may && self.count > 0;
        let why = if may { "" } else { l.no_key_note };
        buttons.push(
            Button::secondary(&run)
                .icon(icons::PAPER_PLANE_TILT)
                .enabled_or(ready, why),
        );
        let (_, responses) = buttons_right(ui, pos2(bar.right(), y), buttons, 30.0);
        let clicked = |nth: usize| responses.get(nth).is_some_and(egui::Response::clicked);
        let last = responses.len().saturating_sub(1);
        if ready && clicked(last) {
            self.said.clear();
            out.run(Command::AskMany(row.id, self.text.clone()));
        }
        if clicked(0) {
            out.push(Action::PickList);
        }
        if answers.is_some() && clicked(1) {
            out.push(Action::PickAnswers(ExportFormat::Csv));
        }
        if answers.is_some() && (clicked(2) || page.keys.export) {
            out.push(Action::PickAnswers(ExportFormat::Xlsx));
        }
    }
}

/// How far the questions are.
fn running(ui: &Ui, bar: Rect, page: &Page<'_>, task: &Task) {
    let (t, y) = (page.t, bar.center().y);
    let (done, total) = task
        .progress
        .map_or((0, None), |progress| (progress.done, progress.total));
    let share = total
        .filter(|total| *total > 0)
        .map_or(0.0, |of| done as f32 / of as f32);
    let place = paint::from_left(pos2(bar.left(), y), vec2(260.0, 6.0));
    progress::bar(ui, place, share);
    let said = format!(
        "{} / {}",
        format::count(done),
        format::count(total.unwrap_or(0))
    );
    let at = pos2(place.right() + 12.0, y);
    let place = paint::left(ui.painter(), at, &said, (TypeStyle::Small, t.text_2));
    paint::say(ui, "many progress", place, &said);
}

/// Which lines of a list give no number; the first of them by their place.
fn unused(page: &Page<'_>, lines: &[usize]) -> String {
    const SHOWN: usize = 8;
    if lines.is_empty() {
        return String::new();
    }
    let comma = if page.w.is_zh() { "、" } else { ", " };
    let mut places: Vec<String> = lines.iter().take(SHOWN).map(ToString::to_string).collect();
    if lines.len() > SHOWN {
        places.push("…".to_owned());
    }
    let count = format::count(lines.len() as u64);
    (page.w.lookup.list_unused)(&count, &places.join(comma))
}
