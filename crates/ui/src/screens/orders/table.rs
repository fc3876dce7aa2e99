//! Columns and cells of the table of orders.

use egui::Rect;

use crate::format;
use crate::page::Page;
use crate::screens::columns::{self, Offer};
use crate::theme::TypeStyle;
use crate::widgets::table::{Cell, Column, Rows, Table, TableMemory, TableOutput};
use recondesk_app::model::OrderFilter;
use recondesk_domain::Instant;
use recondesk_ports::SortBy;

/// Name of the table, also of its choice of columns.
pub(super) const NAME: &str = "orders";

struct OrderRows<'a>(&'a Page<'a>);

/// Draws the table.
pub(super) fn show(
    ui: &mut egui::Ui,
    rect: Rect,
    page: &Page<'_>,
    open: bool,
    memory: &mut TableMemory,
) -> TableOutput {
    let columns = columns(page, open);
    let filter = page.state.orders.filter.as_ref();
    let table = Table {
        name: NAME,
        columns: &columns,
        frozen: 1,
        row_height: page.row_height(),
        sort: filter.map(|filter| (column_of(filter.query.sort), filter.query.descending)),
    };
    table.show(ui, rect, &OrderRows(page), memory)
}

/// Every column there is; beside an open panel fewer of them are usual.
pub(super) fn offers(page: &Page<'_>, open: bool) -> Vec<Offer> {
    let o = &page.w.orders;
    let offer = |column, usual| Offer {
        column,
        usual,
        fixed: false,
    };
    let roomy = !open && page.class.is_wide();
    vec![
        Offer {
            fixed: true,
            ..offer(Column::text("number", o.number, 196.0).sorts(), true)
        },
        offer(Column::number("amount", o.amount, 96.0).sorts(), true),
        offer(Column::text("pay", o.pay, 84.0).sorts(), true),
        offer(Column::text("fulfil", o.fulfil, 84.0), true),
        offer(Column::text("business", o.business, 190.0), roomy),
        offer(Column::text("appid", o.appid, 160.0), false),
        offer(
            Column::text("transaction", page.w.compare.transaction_id, 240.0),
            false,
        ),
        offer(
            Column::text("created", o.created, 124.0),
            !open && !page.class.is_narrow(),
        ),
        offer(Column::text("paid", o.paid, 124.0).sorts(), true),
        offer(Column::text("closed", o.closed_at, 124.0), false),
        offer(Column::text("fulfilled", o.fulfilled_at, 124.0), false),
        offer(Column::text("source", o.source, 110.0).elastic(), true),
    ]
}

fn columns(page: &Page<'_>, open: bool) -> Vec<Column> {
    let mut offers = offers(page, open);
    if open && !page.class.is_wide() {
        // Beside the panel there is room for these alone.
        offers.truncate(4);
    }
    columns::chosen(page, NAME, &offers)
}

/// The filter with another order: the same column again turns it round.
pub(super) fn sorted(filter: &OrderFilter, column: &str) -> OrderFilter {
    let sort = match column {
        "number" => SortBy::Number,
        "amount" => SortBy::Amount,
        "pay" => SortBy::State,
        "paid" => SortBy::Time,
        _ => SortBy::Line,
    };
    let mut next = filter.clone();
    next.query.descending = filter.query.sort == sort && !filter.query.descending;
    next.query.sort = sort;
    next
}

const fn column_of(sort: SortBy) -> &'static str {
    match sort {
        SortBy::Line => "line",
        SortBy::Number => "number",
        SortBy::Time => "paid",
        SortBy::Amount => "amount",
        SortBy::State => "pay",
    }
}

impl Rows for OrderRows<'_> {
    fn count(&self) -> u64 {
        self.0.state.orders.rows.len()
    }

    fn name(&self, row: u64) -> Option<String> {
        let order = &self.0.state.orders.rows.get(row)?.order;
        let page = self.0;
        Some(format!(
            "{} {} {} {}",
            order.out_trade_no.as_str(),
            format::money(order.amount),
            page.w.orders.pay_status(order.pay_status),
            page.w.orders.fulfil_status(order.fulfil_status),
        ))
    }

    fn cell(&self, row: u64, cell: &Cell<'_>) {
        let page = self.0;
        let Some(row) = page.state.orders.rows.get(row) else {
            return;
        };
        let t = cell.t;
        let order = &row.order;
        let now = page.state.now;
        let quiet = (TypeStyle::Body, t.text_2);
        let absent = (TypeStyle::Body, t.text_3);
        let time = |at: Option<Instant>| match at {
            Some(at) => cell.words(&format::stamp(at, now), quiet),
            None => cell.words("—", absent),
        };
        let text = |text: &str| match text {
            "" => cell.words("—", absent),
            text => cell.words(text, (TypeStyle::Mono, t.text_2)),
        };
        match cell.column() {
            "number" => cell.words(order.out_trade_no.as_str(), (TypeStyle::Mono, t.text_1)),
            "business" => text(order.order_no.as_str()),
            "amount" => cell.words(&format::money(order.amount), (TypeStyle::Body, t.text_1)),
            "pay" => cell.words(page.w.orders.pay_status(order.pay_status), quiet),
            "fulfil" => cell.words(page.w.orders.fulfil_status(order.fulfil_status), quiet),
            "created" => cell.words(&format::stamp(order.created_at, now), quiet),
            "paid" => time(order.paid_at),
            "closed" => time(order.closed_at),
            "fulfilled" => time(order.fulfilled_at),
            "appid" => text(order.appid.as_str()),
            "transaction" => text(order.transaction_id.as_str()),
            "source" => {
                let place =
                    (page.w.cases.at_line)(&row.source, &format::count(u64::from(order.row.line)));
                cell.words(&place, (TypeStyle::Small, t.text_3));
            }
            _ => {}
        }
    }
}
