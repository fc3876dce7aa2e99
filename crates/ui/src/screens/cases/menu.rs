//! What the menu of a row of cases offers beside what every table offers.

use egui::Ui;

use crate::action::{Action, Outbox};
use crate::page::Page;
use recondesk_app::Command;
use recondesk_app::model::{CaseFilter, CaseRow};

/// A deed of the menu of a row.
pub(super) enum CaseMenuAction {
    /// Opens it beside the table.
    Open,
    /// Looks its number up.
    LookUp,
    /// Lists something else.
    List(Box<CaseFilter>),
    /// Copies its number.
    CopyNumber,
}

/// What can be done with a row.
pub(super) fn entries(page: &Page<'_>, row: &CaseRow) -> Vec<(String, CaseMenuAction)> {
    let (w, c) = (page.w, &page.w.cases);
    let base = &page.state.cases.filter;
    let category = CaseFilter {
        categories: vec![row.category],
        ..base.clone()
    };
    let day = CaseFilter {
        day: Some(row.day),
        ..base.clone()
    };
    let mut entries = vec![
        (w.bills.open.to_owned(), CaseMenuAction::Open),
        (
            c.only_value.to_owned(),
            CaseMenuAction::List(Box::new(category)),
        ),
        (c.only_day.to_owned(), CaseMenuAction::List(Box::new(day))),
    ];
    // A finding about a whole day has no number.
    if !row.number.is_empty() {
        entries.insert(1, (w.lookup.open_lookup.to_owned(), CaseMenuAction::LookUp));
        entries.push((c.copy_number.to_owned(), CaseMenuAction::CopyNumber));
    }
    entries
}

/// Does what was chosen; true when the case is to be opened.
pub(super) fn carry_out(ui: &Ui, row: &CaseRow, deed: CaseMenuAction, out: &mut Outbox) -> bool {
    match deed {
        CaseMenuAction::Open => return true,
        CaseMenuAction::LookUp => out.push(Action::LookUp(row.number.clone())),
        CaseMenuAction::List(filter) => out.run(Command::Cases(*filter)),
        CaseMenuAction::CopyNumber => ui.copy_text(row.number.clone()),
    }
    false
}
