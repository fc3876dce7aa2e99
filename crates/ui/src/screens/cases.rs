//! Cases: the table of what needs a person, and one of them in full beside it.

mod advice;
mod agree_all;
mod approvals;
mod attach;
mod bulk;
mod decide;
mod decision_dialog;
mod facts;
mod filter;
mod follow_up;
mod header;
mod ignore;
mod menu;
mod panel;
mod payout;
mod refunds;
mod send;
mod shop_ways;

pub(super) use panel::{closing_words, event_words};

mod table;
mod words;

use std::path::PathBuf;

use egui::{Rect, Ui, pos2};

use super::Status;
use super::grid::{Grid, GridAsk, GridData, Listed};
use crate::action::{Action, Outbox};
use crate::keys::Neighbour;
use crate::page::{Page, cut_right, cut_top};
use crate::theme::Tone;
use crate::widgets::card::Empty;
use crate::{format, icons};
use recondesk_app::model::{CaseDetail, CaseFilter, CaseRow};
use recondesk_app::tables::TableView;
use recondesk_app::tables::ask::ListFilter;
use recondesk_app::{Command, State};
use recondesk_ports::RefundRecord;

/// What the screen remembers.
#[derive(Default)]
pub(super) struct CasesScreen {
    grid: Grid,
    open: bool,
    text: filter::CaseFilterText,
    generation: u64,
    note: panel::NoteField,
    asking: decision_dialog::DecisionDialog,
    payout: payout::PayoutDialog,
    approvals: approvals::ApprovalsDialog,
    refunds: refunds::RefundsDialog,
    send: send::SendDialog,
    bulk: bulk::BulkDialog,
    attach: attach::AttachDialog,
    /// Where the open case stood before it left the list.
    left_at: Option<u64>,
}

impl CasesScreen {
    /// Another merchant or day: the list starts from its top.
    pub(super) fn moved(&mut self) {
        self.grid.reset();
        self.open = false;
    }

    /// The panel opens with the case that is about to be read.
    pub(super) fn open_panel(&mut self) {
        self.open = true;
        self.note.text.clear();
    }

    /// Opens what waits for a second person.
    pub(super) fn show_approvals(&mut self, out: &mut Outbox) {
        self.approvals.start(out);
    }

    /// Opens the refunds that are not at their end.
    pub(super) fn show_refunds(&mut self, state: &State, out: &mut Outbox) {
        self.refunds.start(state, out);
    }

    /// Asks before a refund goes out that was made earlier.
    pub(super) fn ask_to_send(&mut self, refund: Box<RefundRecord>, state: &State) {
        self.send.start(refund, state);
    }

    /// Asks why a refund is given up.
    pub(super) fn ask_to_withdraw(&mut self, refund: &RefundRecord) {
        self.asking.start_withdrawal(refund);
    }

    /// The case beside which dropped files would hang: the one in the open panel.
    pub(super) fn open_case<'a>(&self, state: &'a State) -> Option<&'a CaseDetail> {
        state
            .cases
            .open
            .value()
            .filter(|_| self.open)
            .map(AsRef::as_ref)
    }

    /// Asks what becomes of files that were dropped beside the open case; they come back where there is none.
    pub(super) fn offer_files(&mut self, state: &State, paths: Vec<PathBuf>) -> Vec<PathBuf> {
        let Some(detail) = self.open_case(state) else {
            return paths;
        };
        let (case, number) = (follow_up::name_of(detail), detail.row.number.clone());
        self.attach.start(case, number, paths);
        Vec::new()
    }

    pub(super) fn show(&mut self, ui: &mut Ui, page: &Page<'_>, out: &mut Outbox) {
        self.follow_list(page);
        self.header(ui, page, out);
        let body = page.body();
        let narrow = page.class.is_narrow();
        let panel_width = if narrow {
            body.width()
        } else {
            page.class.panel()
        };
        if self.open && narrow {
            self.panel(ui, body, page, out);
            self.dialogs(ui, page, out);
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
        self.dialogs(ui, page, out);
    }

    fn dialogs(&mut self, ui: &Ui, page: &Page<'_>, out: &mut Outbox) {
        self.asking.show(ui, page, out);
        self.payout.show(ui, page, out);
        self.approvals.show(ui, page, out);
        self.refunds.show(ui, page, out);
        self.send.show(ui, page, out);
        self.bulk.show(ui, page, out);
        self.attach.show(ui, page, out);
    }

    /// A new order of rows keeps the open case and its place, and forgets the rest.
    fn follow_list(&mut self, page: &Page<'_>) {
        let cases = &page.state.cases;
        if self.generation == cases.rows.generation() {
            return;
        }
        self.generation = cases.rows.generation();
        let kept = cases
            .open
            .value()
            .filter(|_| self.open)
            .and_then(|open| cases.rows.position(open.row.id));
        let stood = self.grid.table.cursor.filter(|_| self.open);
        self.grid.reset();
        match kept {
            Some(row) => self.grid.table.go_to(row),
            // A case that was dealt with leaves the list: its neighbours are those of its old place.
            None => self.left_at = stood.or(self.left_at),
        }
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
        let offers = table::offers(page, self.open);
        let data = data(page);
        let rows = table::CaseRows::new(page, self.open);
        let mut ask = GridAsk::new(
            page,
            table::NAME,
            &offers,
            Listed {
                paint: &rows,
                data: &data,
                view: &cases.filter.view,
            },
        );
        ask.frozen = 2;
        ask.roomy = table::is_roomy(page, self.open);
        let escape = page.keys.escape && !self.grid.owns_escape();
        let mut output = self.grid.show(ui, rect, &ask, out);
        if cases.rows.is_empty() && !cases.totals.is_loading() {
            Self::empty(ui, rect, page, out);
        }
        let own = |row: &CaseRow| menu::entries(page, row);
        let chosen = self.grid.row_menu(ui, (&ask, &mut output), own, out);
        if let Some((at, deed)) = chosen
            && let Some(row) = cases.rows.get(at)
            && menu::carry_out(ui, row, deed, out)
        {
            self.open_row(page, at, out);
        }
        if let Some(view) = output.view.take() {
            list(&cases.filter, view, out);
        }
        if let Some(row) = output.open {
            let same = self.open && Self::is_open(page, row);
            let entered = ui.input(|input| input.key_pressed(egui::Key::Enter));
            if same && entered {
                self.open = false;
            } else {
                self.open_row(page, row, out);
            }
        } else if let Some(row) = output
            .moved
            .filter(|row| self.open && !Self::is_open(page, *row))
        {
            self.open_row(page, row, out);
        }
        if escape && self.open {
            self.open = false;
            if let Some(id) = output.table.id {
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
            self.grid.table.go_to(next);
            self.open_row(page, next, out);
            return;
        }
        let here = self.grid.table.cursor.unwrap_or(0);
        let next = if forward {
            (here + 1).min(last)
        } else {
            here.saturating_sub(1)
        };
        if next != here {
            self.grid.table.go_to(next);
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
                    match deed {
                        decide::DecisionAction::Refund => {
                            let kind = payout::PayoutKind::Refund;
                            self.payout.start(kind, detail, out);
                        }
                        decide::DecisionAction::Reissue => {
                            let kind = payout::PayoutKind::Reissue;
                            self.payout.start(kind, detail, out);
                        }
                        _ if page.state.desk.must_sign_in() => out.push(Action::AskOperator),
                        deed => self.asking.start(deed, page, detail, out),
                    }
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
            view: TableView {
                sorts: filter.view.sorts.clone(),
                ..TableView::default()
            },
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

    pub(super) fn status(&self, page: &Page<'_>) -> Status {
        let w = page.w;
        let rows = page.state.cases.rows.len();
        let mut left = vec![(w.frame.rows)(&format::count(rows))];
        left.extend_from_slice(self.grid.standing());
        let k = &w.keys;
        let right = [k.move_hint, k.open_hint, k.filter_hint, k.hint];
        Status {
            left,
            right: right.map(str::to_owned).to_vec(),
        }
    }
}

fn data<'a>(page: &Page<'a>) -> GridData<'a, CaseRow> {
    GridData::List {
        list: ListFilter::Cases(page.state.cases.filter.clone()),
        window: &page.state.cases.rows,
    }
}

/// What is open, and what is listed beside it.
fn subtitle(page: &Page<'_>) -> String {
    let w = page.w;
    let Some(totals) = page.state.cases.totals.value() else {
        return w.frame.loading.to_owned();
    };
    let stake = format::money(totals.at_stake);
    let open = (w.cases.subtitle)(&format::count(totals.to_work), &stake);
    // What is watched, or done, is no open case.
    match totals.rows.saturating_sub(totals.to_work) {
        0 => open,
        others => (w.cases.and_others)(&open, &format::count(others)),
    }
}

/// The same cases in another view.
fn list(filter: &CaseFilter, view: TableView, out: &mut Outbox) {
    let next = CaseFilter {
        view,
        ..filter.clone()
    };
    out.run(Command::Cases(next));
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
