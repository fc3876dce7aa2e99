//! Cases: the table of what needs a person, and one of them in full beside it.

mod decide;
mod filter;
mod menu;
mod panel;

pub(super) use panel::event_words;

mod table;
mod words;

use egui::{Rect, Ui, pos2};

use super::Status;
use super::row_menu::RowMenu;
use crate::action::{Action, Outbox};
use crate::keys::Neighbour;
use crate::page::{Page, cut_right, cut_top};
use crate::theme::Tone;
use crate::widgets::button::Button;
use crate::widgets::card::Empty;
use crate::widgets::table::TableMemory;
use crate::{format, icons};
use recondesk_app::model::{CaseFilter, CaseRow, CaseSort};
use recondesk_app::{Command, ListKind};
use recondesk_domain::Fen;

/// What the screen remembers.
#[derive(Default)]
pub(super) struct CasesScreen {
    table: TableMemory,
    open: bool,
    text: filter::CaseFilterText,
    generation: u64,
    note: panel::NoteField,
    asking: decide::DecisionDialog,
    menu: RowMenu,
    /// Where the open case stood before it left the list.
    left_at: Option<u64>,
}

impl CasesScreen {
    /// Another merchant or day: the list starts from its top.
    pub(super) fn moved(&mut self) {
        self.table.reset();
        self.menu.close();
        self.open = false;
    }

    /// The panel opens with the case that is about to be read.
    pub(super) fn open_panel(&mut self) {
        self.open = true;
        self.note.text.clear();
    }

    pub(super) fn show(&mut self, ui: &mut Ui, page: &Page<'_>, out: &mut Outbox) {
        self.follow_list(page);
        Self::header(ui, page, self.open, out);
        let body = page.body();
        let narrow = page.class.is_narrow();
        let panel_width = if narrow {
            body.width()
        } else {
            page.class.panel()
        };
        if self.open && narrow {
            self.panel(ui, body, page, out);
            self.asking.show(ui, page, out);
            return;
        }
        let (left, right) = if self.open {
            let (left, right) = cut_right(body, panel_width, 12.0);
            (left, Some(right))
        } else {
            (body, None)
        };
        let (bar, rest) = cut_top(left, 28.0, 12.0);
        self.text.bar(ui, bar, page, out);
        self.list(ui, rest, page, out);
        // A row that was opened in this frame gets its place in the next.
        if let Some(right) = right {
            self.panel(ui, right, page, out);
        }
        self.asking.show(ui, page, out);
    }

    /// A new order of rows keeps the open case and its place, and forgets the rest.
    fn follow_list(&mut self, page: &Page<'_>) {
        let cases = &page.state.cases;
        if self.generation == cases.rows.generation() {
            return;
        }
        self.generation = cases.rows.generation();
        self.menu.close();
        let kept = cases
            .open
            .value()
            .filter(|_| self.open)
            .and_then(|open| cases.rows.position(open.row.id));
        let stood = self.table.cursor.filter(|_| self.open);
        self.table.reset();
        match kept {
            Some(row) => self.table.go_to(row),
            // A case that was dealt with leaves the list: its neighbours are those of its old place.
            None => self.left_at = stood.or(self.left_at),
        }
    }

    fn header(ui: &mut Ui, page: &Page<'_>, open: bool, out: &mut Outbox) {
        let w = page.w;
        let at = page.title(ui, w.frame.cases);
        let filter = &page.state.cases.filter;
        let can_export = filter.profile.is_some() || page.state.merchants.len() == 1;
        let mut buttons = Vec::new();
        // Beside a panel a small window has room for the needed columns alone.
        let choice = page.class.is_wide() || !open;
        if choice {
            buttons.push(Button::secondary(w.frame.columns).icon(icons::COLUMNS));
        }
        if can_export && !page.state.cases.rows.is_empty() {
            buttons.push(Button::secondary(w.frame.export).icon(icons::EXPORT));
        }
        let (left, responses) = page.buttons(ui, buttons);
        if let Some(response) = responses.first().filter(|_| choice) {
            let offers = table::offers(page, open);
            super::columns::menu(response, page, (table::NAME, &offers), out);
        }
        if let Some(response) = responses.get(usize::from(choice)) {
            super::reconcile::export_menu(response, page, out);
        }
        if page.keys.export && can_export {
            out.push(Action::PickExport(recondesk_app::ExportFormat::Xlsx));
        }
        if page.keys.rerun {
            out.run(Command::Cases(filter.clone()));
        }
        let totals = page.state.cases.totals.value();
        let words = totals.map_or_else(
            || w.frame.loading.to_owned(),
            |t| (w.cases.subtitle)(&format::count(t.rows), &format::money(t.at_stake)),
        );
        page.subtitle(ui, at, left, &words);
    }

    fn list(&mut self, ui: &mut Ui, rect: Rect, page: &Page<'_>, out: &mut Outbox) {
        let cases = &page.state.cases;
        let mut rect = rect;
        if let Some(failure) = cases.totals.failure() {
            use crate::widgets::card;
            let (place, rest) = cut_top(rect, card::failed_height(failure), 12.0);
            rect = rest;
            if card::failed(ui, place, failure).is_some() {
                out.run(Command::Cases(cases.filter.clone()));
            }
        }
        let output = table::show(ui, rect, page, self.open, &mut self.table);
        if !output.visible.is_empty() {
            out.push(Action::Visible(ListKind::Cases, output.visible.clone()));
        }
        if cases.rows.is_empty() && !cases.totals.is_loading() {
            Self::empty(ui, rect, page, out);
        }
        if let Some(column) = output.sort {
            out.run(Command::Cases(table::sorted(&cases.filter, column)));
        }
        if let Some(row) = output.open {
            let same = self.open && Self::is_open(page, row);
            let entered = ui.input(|input| input.key_pressed(egui::Key::Enter));
            if same && entered {
                self.open = false;
            } else {
                self.open_row(page, row, out);
            }
        }
        if let Some(row) = output.moved.filter(|_| self.open) {
            self.open_row(page, row, out);
        }
        if output.copy {
            ui.copy_text(self.copied(page));
        }
        // Esc is for the menu alone while it is open.
        let escape = page.keys.escape && !self.menu.is_open();
        let asked = (&output, page.keys.escape);
        let chosen = self.menu.show(ui, asked, |row, _| menu::entries(page, row));
        if let Some(chosen) = chosen {
            menu::carry_out(ui, page, chosen, out);
        }
        if escape && self.open {
            self.open = false;
            if let Some(id) = output.id {
                ui.memory_mut(|memory| memory.request_focus(id));
            }
        }
        match page.keys.neighbour.filter(|_| self.open) {
            Some(Neighbour::Previous) => self.step(page, false, out),
            Some(Neighbour::Next) => self.step(page, true, out),
            None => {}
        }
    }

    fn is_open(page: &Page<'_>, row: u64) -> bool {
        let cases = &page.state.cases;
        let open = cases.open.value().map(|detail| detail.row.id);
        open.is_some() && open == cases.rows.id(row)
    }

    fn open_row(&mut self, page: &Page<'_>, row: u64, out: &mut Outbox) {
        if let Some(case) = page.state.cases.rows.get(row) {
            self.left_at = None;
            self.open = true;
            self.note.text.clear();
            out.run(Command::Case(case.profile, case.key.clone()));
        }
    }

    fn step(&mut self, page: &Page<'_>, forward: bool, out: &mut Outbox) {
        let last = page.state.cases.rows.len().saturating_sub(1);
        if let Some(gone) = self.left_at.filter(|_| !page.state.cases.rows.is_empty()) {
            let next = if forward {
                gone.min(last)
            } else {
                gone.saturating_sub(1).min(last)
            };
            self.table.go_to(next);
            self.open_row(page, next, out);
            return;
        }
        let here = self.table.cursor.unwrap_or(0);
        let next = if forward {
            (here + 1).min(last)
        } else {
            here.saturating_sub(1)
        };
        if next != here {
            self.table.go_to(next);
            self.open_row(page, next, out);
        }
    }

    fn panel(&mut self, ui: &mut Ui, rect: Rect, page: &Page<'_>, out: &mut Outbox) {
        let act = panel::show(ui, rect, page, &mut self.note, out);
        match act {
            Some(panel::CasePanelAction::Close) => self.open = false,
            Some(panel::CasePanelAction::Step(forward)) => self.step(page, forward, out),
            Some(panel::CasePanelAction::Decide(deed)) => {
                if let Some(detail) = page.state.cases.open.value() {
                    self.asking.start(deed, detail, out);
                }
            }
            None => {}
        }
        if page.class.is_narrow() && page.keys.escape {
            self.open = false;
        }
    }

    fn empty(ui: &Ui, rect: Rect, page: &Page<'_>, out: &mut Outbox) {
        let w = page.w;
        let filter = &page.state.cases.filter;
        let plain = CaseFilter {
            profile: filter.profile,
            sort: filter.sort,
            descending: filter.descending,
            ..CaseFilter::default()
        };
        let frame = Rect::from_min_max(pos2(rect.left(), rect.top() + 32.0), rect.max);
        if *filter == plain && never_compared(page) {
            let empty = Empty {
                icon: icons::SCALES,
                mood: Tone::Info,
                title: w.cases.not_run_title,
                note: w.cases.done_note,
                button: Some((icons::SCALES, w.cases.to_reconcile)),
                primary: true,
            };
            let response = empty.show(ui, frame);
            if response.is_some_and(|response| response.clicked()) || page.keys.primary {
                out.push(Action::Go(super::Screen::Reconcile));
            }
            return;
        }
        if *filter == plain {
            let empty = Empty {
                icon: icons::CHECK,
                mood: Tone::Ok,
                title: w.cases.done_title,
                note: w.cases.done_note,
                button: None,
                primary: false,
            };
            empty.show(ui, frame);
            return;
        }
        let empty = Empty {
            icon: icons::FUNNEL_X,
            mood: Tone::Info,
            title: w.cases.no_match_title,
            note: w.cases.no_match_note,
            button: Some((icons::FUNNEL_X, w.frame.clear_filter)),
            primary: false,
        };
        if empty
            .show(ui, frame)
            .is_some_and(|response| response.clicked())
        {
            out.run(Command::Cases(plain));
        }
    }

    fn chosen<'a>(&'a self, page: &'a Page<'_>) -> impl Iterator<Item = &'a CaseRow> {
        let rows = &page.state.cases.rows;
        let all = self.table.all.then(|| 0..rows.len()).into_iter().flatten();
        let some = self
            .table
            .selected
            .iter()
            .copied()
            .filter(|_| !self.table.all);
        all.chain(some).filter_map(|row| rows.get(row))
    }

    fn copied(&self, page: &Page<'_>) -> String {
        table::tsv(page, self.chosen(page))
    }

    pub(super) fn status(&self, page: &Page<'_>) -> Status {
        let w = page.w;
        let rows = page.state.cases.rows.len();
        let mut left = vec![(w.frame.rows)(&format::count(rows))];
        let count = if self.table.all {
            rows
        } else {
            self.table.selected.len() as u64
        };
        if count > 0 {
            left.push((w.frame.selected)(&format::count(count)));
            // Rows that are not read yet are in no sum.
            let here = self.chosen(page).count() as u64 == count;
            if here {
                let sums = self
                    .chosen(page)
                    .map(|row| row.wechat.or(row.merchant).unwrap_or(Fen::ZERO));
                let sum = sums.fold(Fen::ZERO, |sum, fen| sum.checked_add(fen).unwrap_or(sum));
                left.push((w.frame.sum)(&format::money(sum)));
                if count > 1 {
                    let mean = Fen::new(sum.get() / i64::try_from(count).unwrap_or(i64::MAX));
                    left.push((w.frame.mean)(&format::money(mean)));
                }
            }
        }
        let k = &w.keys;
        let right = [k.move_hint, k.open_hint, k.filter_hint, k.hint];
        Status {
            left,
            right: right.map(str::to_owned).to_vec(),
        }
    }
}

/// True while the day in view has no result of any merchant: no case is no good news then.
fn never_compared(page: &Page<'_>) -> bool {
    let model = page.state.overview.value();
    let in_view = |id| page.state.merchant.is_none_or(|chosen| chosen == id);
    model.is_some_and(|model| {
        let mut rows = model.merchants.iter().filter(|row| in_view(row.profile));
        rows.all(|row| row.matched.is_none())
    })
}

/// The order a click on a column asks for.
fn sort_of(column: &str) -> CaseSort {
    match column {
        "code" => CaseSort::Code,
        "number" => CaseSort::Number,
        "wechat" => CaseSort::Wechat,
        "merchant" => CaseSort::Merchant,
        "paid" => CaseSort::PaidAt,
        _ => CaseSort::Severity,
    }
}

/// Name of the column by which a list is sorted.
fn column_of(sort: CaseSort) -> &'static str {
    match sort {
        CaseSort::Severity => "severity",
        CaseSort::Code => "code",
        CaseSort::Number => "number",
        CaseSort::Wechat => "wechat",
        CaseSort::Merchant => "merchant",
        CaseSort::PaidAt => "paid",
    }
}
