//! The menu of a row of orders, and rows as text for the clipboard.

use egui::Ui;

use super::filter::FULFILMENT;
use crate::action::{Action, Outbox};
use crate::format;
use crate::page::Page;
use crate::widgets::table::TableMemory;
use recondesk_app::Command;
use recondesk_app::model::OrderFilter;
use recondesk_domain::{BillDate, FulfilStatus, Instant, MOrder, PayStatus, formula_safe};

/// A deed of the menu of a row.
pub(super) enum OrderMenuAction {
    /// Looks the order up.
    LookUp,
    /// Lists something else.
    List(Box<OrderFilter>),
    /// Goes to another day.
    Day(BillDate),
    /// Copies the merchant's number.
    CopyNumber,
    /// Copies the business number.
    CopyBusiness,
    /// Copies the row.
    CopyRow,
}

/// What can be done with a row; nothing while the row is on its way. What narrows the list depends on the column that
/// was pointed at.
pub(super) fn entries(
    page: &Page<'_>,
    row: u64,
    column: Option<&'static str>,
) -> Vec<(String, OrderMenuAction)> {
    let Some(order) = page.state.orders.rows.get(row).map(|row| &row.order) else {
        return Vec::new();
    };
    let (w, o) = (page.w, &page.w.orders);
    let mut entries = vec![(w.lookup.open_lookup.to_owned(), OrderMenuAction::LookUp)];
    if let Some(filter) = &page.state.orders.filter {
        entries.extend(narrowing(page, filter, order, column));
    }
    entries.push((w.cases.copy_number.to_owned(), OrderMenuAction::CopyNumber));
    if !order.order_no.as_str().is_empty() {
        entries.push((o.copy_business.to_owned(), OrderMenuAction::CopyBusiness));
    }
    entries.push((w.cases.copy_row.to_owned(), OrderMenuAction::CopyRow));
    entries
}

/// The entries that list something else: by the column pointed at, else by both states.
fn narrowing(
    page: &Page<'_>,
    filter: &OrderFilter,
    order: &MOrder,
    column: Option<&'static str>,
) -> Vec<(String, OrderMenuAction)> {
    let mut out = match column {
        Some("pay") => by_payment(page, filter, order),
        Some("fulfil") => by_fulfilment(page, filter, order),
        Some("appid") => by_appid(page, filter, order),
        Some("amount") => vec![by_amount(page, filter, order)],
        _ => {
            let mut both = by_payment(page, filter, order);
            both.extend(by_fulfilment(page, filter, order));
            both
        }
    };
    let day = match column {
        Some("created") => Some(order.created_at),
        Some("paid") => order.paid_at,
        Some("closed") => order.closed_at,
        Some("fulfilled") => order.fulfilled_at,
        _ => None,
    };
    if let Some(day) = day.map(Instant::day).filter(|day| *day != filter.day) {
        let words = (page.w.orders.to_day)(&format::short_day(day));
        out.insert(0, (words, OrderMenuAction::Day(day)));
    }
    if filter.query.narrows() {
        let all = OrderMenuAction::List(Box::new(filter.cleared()));
        out.push((page.w.frame.clear_filter.to_owned(), all));
    }
    out
}

fn listed(filter: &OrderFilter, change: impl FnOnce(&mut OrderFilter)) -> OrderMenuAction {
    let mut next = filter.clone();
    change(&mut next);
    OrderMenuAction::List(Box::new(next))
}

fn by_payment(
    page: &Page<'_>,
    filter: &OrderFilter,
    order: &MOrder,
) -> Vec<(String, OrderMenuAction)> {
    let o = &page.w.orders;
    let state = o.pay_status(order.pay_status);
    let code = order.pay_status as u8;
    let others = STATES.into_iter().map(|state| state as u8);
    let others: Vec<u8> = others.filter(|other| *other != code).collect();
    vec![
        (
            (o.only)(state),
            listed(filter, |next| next.query.states = vec![code]),
        ),
        (
            (o.without)(state),
            listed(filter, |next| next.query.states = others),
        ),
    ]
}

fn by_fulfilment(
    page: &Page<'_>,
    filter: &OrderFilter,
    order: &MOrder,
) -> Vec<(String, OrderMenuAction)> {
    let o = &page.w.orders;
    let state = order.fulfil_status;
    // A file that says nothing of delivery has nothing to filter by.
    if state == FulfilStatus::NotKnown {
        return Vec::new();
    }
    let others = FULFILMENT.into_iter().filter(|other| *other != state);
    let others: Vec<FulfilStatus> = others.collect();
    let said = o.fulfil_status(state);
    vec![
        (
            (o.only)(said),
            listed(filter, |next| next.query.fulfilments = vec![state]),
        ),
        (
            (o.without)(said),
            listed(filter, |next| next.query.fulfilments = others),
        ),
    ]
}

fn by_appid(
    page: &Page<'_>,
    filter: &OrderFilter,
    order: &MOrder,
) -> Vec<(String, OrderMenuAction)> {
    let appid = order.appid;
    if appid.as_str().is_empty() {
        return Vec::new();
    }
    let words = (page.w.orders.only)(appid.as_str());
    vec![(words, listed(filter, |next| next.query.appid = Some(appid)))]
}

fn by_amount(page: &Page<'_>, filter: &OrderFilter, order: &MOrder) -> (String, OrderMenuAction) {
    let amount = order.amount;
    let words = (page.w.orders.only)(&format!("¥{}", format::money(amount)));
    let deed = listed(filter, |next| next.query.amount = Some((amount, amount)));
    (words, deed)
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
pub(super) fn carry_out(
    ui: &Ui,
    page: &Page<'_>,
    (row, deed): (u64, OrderMenuAction),
    out: &mut Outbox,
) {
    let orders = &page.state.orders;
    let Some(order) = orders.rows.get(row).map(|row| &row.order) else {
        return;
    };
    match deed {
        OrderMenuAction::LookUp => out.push(Action::LookUp(order.out_trade_no.as_str().to_owned())),
        OrderMenuAction::List(filter) => out.run(Command::Orders(*filter)),
        OrderMenuAction::Day(day) => out.push(Action::SetDay(day)),
        OrderMenuAction::CopyNumber => ui.copy_text(order.out_trade_no.as_str().to_owned()),
        OrderMenuAction::CopyBusiness => ui.copy_text(order.order_no.as_str().to_owned()),
        OrderMenuAction::CopyRow => ui.copy_text(tsv(page, std::iter::once(order))),
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
