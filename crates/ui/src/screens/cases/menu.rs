//! The menu of a row of cases.

use egui::Ui;

use super::table;
use crate::action::{Action, Outbox};
use crate::page::Page;
use recondesk_app::Command;
use recondesk_app::model::CaseFilter;

/// A deed of the menu of a row.
pub(super) enum CaseMenuAction {
    /// Looks its number up.
    LookUp,
    /// Lists something else.
    List(Box<CaseFilter>),
    /// Copies its number.
    CopyNumber,
    /// Copies the row.
    CopyRow,
}

/// What can be done with a row; nothing while the row is on its way.
pub(super) fn entries(page: &Page<'_>, row: u64) -> Vec<(String, CaseMenuAction)> {
    let Some(row) = page.state.cases.rows.get(row) else {
        return Vec::new();
    };
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
        (
            c.only_value.to_owned(),
            CaseMenuAction::List(Box::new(category)),
        ),
        (c.only_day.to_owned(), CaseMenuAction::List(Box::new(day))),
    ];
    // A finding about a whole day has no number.
    if !row.number.is_empty() {
        entries.insert(0, (w.lookup.open_lookup.to_owned(), CaseMenuAction::LookUp));
        entries.push((c.copy_number.to_owned(), CaseMenuAction::CopyNumber));
    }
    entries.push((c.copy_row.to_owned(), CaseMenuAction::CopyRow));
    entries
}

/// Does what was chosen.
pub(super) fn carry_out(
    ui: &Ui,
    page: &Page<'_>,
    (row, deed): (u64, CaseMenuAction),
    out: &mut Outbox,
) {
    let Some(row) = page.state.cases.rows.get(row) else {
        return;
    };
    match deed {
        CaseMenuAction::LookUp => out.push(Action::LookUp(row.number.clone())),
        CaseMenuAction::List(filter) => out.run(Command::Cases(*filter)),
        CaseMenuAction::CopyNumber => ui.copy_text(row.number.clone()),
        CaseMenuAction::CopyRow => ui.copy_text(table::tsv(page, std::iter::once(row))),
    }
}
