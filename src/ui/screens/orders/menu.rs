//! The menu of a row of orders, and rows as text for the clipboard.

use egui::Ui;

use crate::app::Command;
use crate::domain::{MOrder, PayStatus, formula_safe};
use crate::ui::action::{Action, Outbox};
use crate::ui::page::Page;
use crate::ui::widgets::table::TableMemory;

/// A deed of the menu of a row.
pub(super) enum Deed {
    /// Looks the order up.
    LookUp,
    /// Shows these states only, all when there is none.
    States(Vec<u8>),
    /// Copies the merchant's number.
    CopyNumber,
    /// Copies the business number.
    CopyBusiness,
    /// Copies the row.
    CopyRow,
}

/// What can be done with a row; nothing while the row is on its way.
pub(super) fn entries(page: &Page<'_>, row: u64) -> Vec<(String, Deed)> {
    let Some(order) = page.state.orders.rows.get(row).map(|row| &row.order) else {
        return Vec::new();
    };
    let (w, o) = (page.w, &page.w.orders);
    let state = o.pay_status(order.pay_status);
    let code = order.pay_status as u8;
    let others = STATES.into_iter().map(|state| state as u8);
    let others: Vec<u8> = others.filter(|other| *other != code).collect();
    let mut entries = vec![
        (w.lookup.open_lookup.to_owned(), Deed::LookUp),
        ((o.only)(state), Deed::States(vec![code])),
        ((o.without)(state), Deed::States(others)),
    ];
    let filter = page.state.orders.filter.as_ref();
    if filter.is_some_and(|filter| !filter.query.states.is_empty()) {
        entries.push((o.every.to_owned(), Deed::States(Vec::new())));
    }
    entries.push((w.cases.copy_number.to_owned(), Deed::CopyNumber));
    if !order.order_no.as_str().is_empty() {
        entries.push((o.copy_business.to_owned(), Deed::CopyBusiness));
    }
    entries.push((w.cases.copy_row.to_owned(), Deed::CopyRow));
    entries
}

/// All states that an order can be in.
const STATES: [PayStatus; 7] = [
    PayStatus::Created,
    PayStatus::Paying,
    PayStatus::Paid,
    PayStatus::Failed,
    PayStatus::Closed,
    PayStatus::Refunded,
    PayStatus::Unknown,
];

/// Does what was chosen.
pub(super) fn carry_out(ui: &Ui, page: &Page<'_>, (row, deed): (u64, Deed), out: &mut Outbox) {
    let orders = &page.state.orders;
    let Some(order) = orders.rows.get(row).map(|row| &row.order) else {
        return;
    };
    match deed {
        Deed::LookUp => out.push(Action::LookUp(order.out_trade_no.as_str().to_owned())),
        Deed::States(states) => {
            if let Some(filter) = &orders.filter {
                let mut next = filter.clone();
                next.query.states = states;
                out.run(Command::Orders(next));
            }
        }
        Deed::CopyNumber => ui.copy_text(order.out_trade_no.as_str().to_owned()),
        Deed::CopyBusiness => ui.copy_text(order.order_no.as_str().to_owned()),
        Deed::CopyRow => ui.copy_text(tsv(page, std::iter::once(order))),
    }
}

/// The selected rows that are here.
pub(super) fn chosen<'a>(
    table: &'a TableMemory,
    page: &'a Page<'_>,
) -> impl Iterator<Item = &'a MOrder> {
    let rows = &page.state.orders.rows;
    let all = table.all.then(|| 0..rows.len()).into_iter().flatten();
    let some = table.selected.iter().copied().filter(|_| !table.all);
    let chosen = all.chain(some);
    chosen.filter_map(|row| Some(&rows.get(row)?.order))
}

/// Rows as tab-separated text with a header, safe against formulas.
pub(super) fn tsv<'a>(page: &Page<'_>, rows: impl Iterator<Item = &'a MOrder>) -> String {
    let o = &page.w.orders;
    let head = [
        o.number, o.business, o.amount, o.pay, o.fulfil, o.created, o.paid,
    ];
    let mut out = head.join("\t");
    for order in rows {
        let cells = [
            formula_safe(order.out_trade_no.as_str()).into_owned(),
            formula_safe(order.order_no.as_str()).into_owned(),
            order.amount.to_string(),
            o.pay_status(order.pay_status).to_owned(),
            o.fulfil_status(order.fulfil_status).to_owned(),
            order.created_at.to_string(),
            order.paid_at.map(|at| at.to_string()).unwrap_or_default(),
        ];
        out.push('\n');
        out.push_str(&cells.join("\t"));
    }
    out
}
