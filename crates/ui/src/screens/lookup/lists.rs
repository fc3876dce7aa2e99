//! History of questions, and many numbers at once.

use egui::{Rect, Ui, pos2, vec2};

use crate::action::{Action, Outbox};
use crate::page::{Page, buttons_right, cut_top};
use crate::screens::row_menu::RowMenu;
use crate::theme::{Tone, TypeStyle};
use crate::widgets::button::Button;
use crate::widgets::card::{self, Empty};
use crate::widgets::input::Field;
use crate::widgets::progress;
use crate::widgets::table::{Cell, Column, Rows, Table, TableMemory, TableOutput};
use crate::{format, icons, paint};
use recondesk_app::jobs::lookup::answers::{reason, verdict_word};
use recondesk_app::jobs::lookup::collect::pay_status_words;
use recondesk_app::jobs::lookup::live::LiveAnswer;
use recondesk_app::jobs::lookup::recognise::recognise_list;
use recondesk_app::jobs::query::QueryVerdict;
use recondesk_app::{Ask, Command, ExportFormat, Task, TaskKind};
use recondesk_ports::ExchangeRecord;

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
    history: TableMemory,
    answers: TableMemory,
    menu: RowMenu,
    /// The list was just opened: its field still has to get the focus.
    fresh: bool,
}

struct HistoryRows<'a> {
    page: &'a Page<'a>,
    rows: &'a [ExchangeRecord],
}

struct AnswerRows<'a> {
    page: &'a Page<'a>,
    rows: &'a [LiveAnswer],
}

impl Lists {
    /// True while the menu of a row is open.
    pub(super) const fn has_menu(&self) -> bool {
        self.menu.is_open()
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
        let columns = [
            Column::text("at", l.col_at, 140.0),
            Column::text("merchant", l.col_merchant, 120.0),
            Column::text("operation", l.col_operation, 120.0),
            Column::text("number", l.col_number, 240.0).elastic(),
            Column::text("result", l.col_result, 150.0),
            Column::number("took", l.col_took, 90.0),
        ];
        let table = Table {
            name: l.history,
            columns: &columns,
            frozen: 1,
            row_height: page.row_height(),
            sort: None,
        };
        let output = table.show(ui, rest, &HistoryRows { page, rows }, &mut self.history);
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
        let number = |row: u64| Some(at(rows, row)?.number.clone());
        self.row_menu(ui, page, &output, &number)
            .or_else(|| output.open.and_then(number))
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
        let columns = [
            Column::text("verdict", l.col_verdict, 96.0),
            Column::text("number", l.col_number, 240.0),
            Column::text("state", l.col_state, 110.0),
            Column::number("amount", l.col_amount, 100.0),
            Column::text("paid", l.col_paid, 130.0),
            Column::text("local", l.col_local, 96.0),
            Column::text("why", l.col_why, 160.0).elastic(),
        ];
        let table = Table {
            name: l.many,
            columns: &columns,
            frozen: 1,
            row_height: page.row_height(),
            sort: None,
        };
        let output = table.show(ui, rest, &AnswerRows { page, rows }, &mut self.answers);
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
        let number = |row: u64| Some(at(rows, row)?.number.clone());
        self.row_menu(ui, page, &output, &number)
            .or_else(|| output.open.and_then(number))
    }

    /// The menu of a row with a number; the number comes back when it is to be looked up.
    fn row_menu(
        &mut self,
        ui: &Ui,
        page: &Page<'_>,
        table: &TableOutput,
        number: &dyn Fn(u64) -> Option<String>,
    ) -> Option<String> {
        let w = page.w;
        let (row, looks_up) = self.menu.show(ui, (table, page.keys.escape), |row, _| {
            if number(row).is_none_or(|number| number.is_empty()) {
                return Vec::new();
            }
            vec![
                (w.lookup.open_lookup.to_owned(), true),
                (w.cases.copy_number.to_owned(), false),
            ]
        })?;
        let number = number(row)?;
        if looks_up {
            return Some(number);
        }
        ui.copy_text(number);
        None
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
            self.said.clear();
            self.count = recognise_list(&self.text).numbers.len();
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

fn at<T>(rows: &[T], row: u64) -> Option<&T> {
    usize::try_from(row).ok().and_then(|row| rows.get(row))
}

impl Rows for HistoryRows<'_> {
    fn count(&self) -> u64 {
        self.rows.len() as u64
    }

    fn name(&self, row: u64) -> Option<String> {
        let row = at(self.rows, row)?;
        Some(format!(
            "{} {} {} {}",
            row.at, row.operation, row.number, row.outcome
        ))
    }

    fn cell(&self, row: u64, cell: &Cell<'_>) {
        let Some(row) = at(self.rows, row) else {
            return;
        };
        let t = cell.t;
        match cell.column() {
            "at" => {
                let time = format::stamp(row.at, self.page.state.now);
                cell.words(&time, (TypeStyle::Body, t.text_2));
            }
            "merchant" => {
                let name = self.page.state.name_of(row.profile);
                cell.words(name, (TypeStyle::Body, t.text_2));
            }
            "operation" => cell.words(&row.operation, (TypeStyle::Mono, t.text_2)),
            "number" => cell.words(&row.number, (TypeStyle::Mono, t.text_1)),
            "result" => cell.words(&row.outcome, (TypeStyle::Body, t.text_1)),
            _ => {
                let took = format::took(row.took_ms, self.page.w);
                cell.words(&took, (TypeStyle::Body, t.text_2));
            }
        }
    }
}

impl Rows for AnswerRows<'_> {
    fn count(&self) -> u64 {
        self.rows.len() as u64
    }

    fn name(&self, row: u64) -> Option<String> {
        let row = at(self.rows, row)?;
        Some(format!(
            "{} {}",
            verdict_words(self.page, row).1,
            row.number
        ))
    }

    fn cell(&self, row: u64, cell: &Cell<'_>) {
        let Some(asked) = at(self.rows, row) else {
            return;
        };
        let (t, w) = (cell.t, self.page.w);
        let state = match &asked.inquiry.verdict {
            QueryVerdict::Known(state) => Some(state),
            _ => None,
        };
        match cell.column() {
            "verdict" => {
                let (mood, said) = verdict_words(self.page, asked);
                let y = cell.rect.center().y;
                let p = cell.ui.painter();
                paint::mark(p, pos2(cell.left() + 5.0, y), mood, t);
                let style = (TypeStyle::Body, t.tone(mood).text);
                paint::left(p, pos2(cell.left() + 16.0, y), said, style);
            }
            "number" => cell.words(&asked.number, (TypeStyle::Mono, t.text_1)),
            "state" => {
                let name = state.map(|state| state.state.name());
                let said = name.map_or("—", |name| if w.is_zh() { name.zh } else { name.en });
                cell.words(said, (TypeStyle::Body, t.text_1));
            }
            "amount" => {
                let fee = state.and_then(|state| state.total_fee);
                cell.words(&format::money_or_dash(fee), (TypeStyle::Body, t.text_1));
            }
            "paid" => {
                let paid = state.and_then(|state| state.paid_at);
                let said = paid.map_or_else(
                    || "—".to_owned(),
                    |at| format::stamp(at, self.page.state.now),
                );
                cell.words(&said, (TypeStyle::Body, t.text_2));
            }
            "local" => {
                let local = asked.local.map(|order| pay_status_words(order.pay_status));
                let said = local.map_or("—", |(zh, en)| if w.is_zh() { zh } else { en });
                cell.words(said, (TypeStyle::Body, t.text_2));
            }
            _ => {
                let said = asked
                    .differences
                    .first()
                    .map_or_else(|| reason(asked), |differ| w.of(&differ.words).to_owned());
                cell.words(&said, (TypeStyle::Body, t.text_2));
            }
        }
    }
}

fn verdict_words(page: &Page<'_>, asked: &LiveAnswer) -> (Tone, &'static str) {
    let (word, term) = verdict_word(asked);
    let mood = match word {
        "agrees" => Tone::Ok,
        "differs" => Tone::Urgent,
        "not_found" if asked.agrees() => Tone::Info,
        "not_found" => Tone::Fault,
        _ => Tone::Watch,
    };
    (mood, if page.w.is_zh() { term.zh } else { term.en })
}
