//! What the menu of a row of bills offers beside what every table offers.

use egui::Ui;

use crate::action::{Action, Outbox};
use crate::format;
use crate::page::Page;
use crate::screens::Screen;
use recondesk_app::Command;
use recondesk_app::model::BillRow;

/// A deed of the menu of a row.
pub(super) enum BillMenuAction {
    /// Opens it beside the table.
    Open,
    /// Puts its merchant alone in view.
    OnlyMerchant,
    /// Goes to the comparison of its day.
    Reconcile,
    /// Shows the fund flow of its day.
    Funds,
    /// Writes the file somewhere as it was imported.
    SaveOriginal,
    /// Copies the name of the file.
    CopyFile,
}

/// What can be done with a bill. It has no number of an order that could be looked up.
pub(super) fn entries(page: &Page<'_>, row: &BillRow) -> Vec<(String, BillMenuAction)> {
    let b = &page.w.bills;
    let mut entries = vec![
        (b.open.to_owned(), BillMenuAction::Open),
        (
            (b.to_day)(&format::short_day(row.day)),
            BillMenuAction::Reconcile,
        ),
    ];
    if page.state.merchant != Some(row.profile) {
        entries.push(((b.only)(&row.merchant), BillMenuAction::OnlyMerchant));
    }
    entries.push((page.w.funds.open.to_owned(), BillMenuAction::Funds));
    entries.push((b.save_original.to_owned(), BillMenuAction::SaveOriginal));
    entries.push((b.copy_file.to_owned(), BillMenuAction::CopyFile));
    entries
}

pub(super) fn carry_out(ui: &Ui, row: &BillRow, deed: &BillMenuAction, out: &mut Outbox) {
    match deed {
        BillMenuAction::Open => out.run(Command::Bill(row.import)),
        BillMenuAction::OnlyMerchant => out.push(Action::SetMerchant(Some(row.profile))),
        BillMenuAction::Reconcile => {
            out.push(Action::SetMerchant(Some(row.profile)));
            out.push(Action::SetDay(row.day));
            out.push(Action::Go(Screen::Reconcile));
        }
        BillMenuAction::Funds => out.push(Action::Funds(row.profile, row.day)),
        BillMenuAction::SaveOriginal => {
            out.push(Action::PickOriginal(row.import, row.file.clone()));
        }
        BillMenuAction::CopyFile => ui.copy_text(row.file.clone()),
    }
}
