//! What the menu of a row of orders offers beside what every table offers.

use egui::Ui;

use crate::action::{Action, Outbox};
use crate::format;
use crate::page::Page;
use recondesk_app::model::{OrderFilter, OrderRow};
use recondesk_domain::BillDate;

/// A deed of the menu of a row.
pub(super) enum OrderMenuAction {
    /// Looks the order up.
    LookUp,
    /// Opens it beside the table.
    Open,
    /// Goes to another day.
    Day(BillDate),
    /// Writes the file that it came from somewhere, as it was imported.
    SaveOriginal,
    /// Copies the merchant's number.
    CopyNumber,
    /// Copies the business number.
    CopyBusiness,
}

/// What can be done with a row.
pub(super) fn entries(
    page: &Page<'_>,
    filter: Option<&OrderFilter>,
    row: &OrderRow,
) -> Vec<(String, OrderMenuAction)> {
    let (w, o, order) = (page.w, &page.w.orders, &row.order);
    let mut entries = vec![
        (w.lookup.open_lookup.to_owned(), OrderMenuAction::LookUp),
        (w.bills.open.to_owned(), OrderMenuAction::Open),
    ];
    let times = [order.paid_at, order.closed_at, order.fulfilled_at];
    let mut days: Vec<BillDate> = times
        .into_iter()
        .flatten()
        .map(recondesk_domain::Instant::day)
        .collect();
    days.sort_unstable();
    days.dedup();
    for day in days {
        if filter.is_some_and(|filter| filter.day != day) {
            let words = (o.to_day)(&format::short_day(day));
            entries.push((words, OrderMenuAction::Day(day)));
        }
    }
    entries.push((w.cases.copy_number.to_owned(), OrderMenuAction::CopyNumber));
    if !order.order_no.as_str().is_empty() {
        entries.push((o.copy_business.to_owned(), OrderMenuAction::CopyBusiness));
    }
    let words = w.bills.save_original.to_owned();
    entries.push((words, OrderMenuAction::SaveOriginal));
    entries
}

/// Does what was chosen; true when the order is to be opened.
pub(super) fn carry_out(ui: &Ui, row: &OrderRow, deed: &OrderMenuAction, out: &mut Outbox) -> bool {
    let order = &row.order;
    match deed {
        OrderMenuAction::Open => return true,
        OrderMenuAction::LookUp => out.push(Action::LookUp(order.out_trade_no.as_str().to_owned())),
        OrderMenuAction::Day(day) => out.push(Action::SetDay(*day)),
        OrderMenuAction::SaveOriginal => {
            let import = order.row.import;
            out.push(Action::PickOriginal(import, row.source.clone()));
        }
        OrderMenuAction::CopyNumber => ui.copy_text(order.out_trade_no.as_str().to_owned()),
        OrderMenuAction::CopyBusiness => ui.copy_text(order.order_no.as_str().to_owned()),
    }
    false
}
