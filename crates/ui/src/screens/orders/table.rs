//! Columns and cells of the table of orders.

use egui::Painter;

use crate::page::Page;
use crate::screens::columns::{self, Offer, OfferedColumn};
use crate::theme::TypeStyle;
use crate::widgets::table::{Cell, Rows};
use crate::{format, paint};
use recondesk_app::tables::orders::COLUMNS;
use recondesk_domain::Instant;

/// Name of the table, also of its layout.
pub(super) const NAME: &str = "orders";

/// Paints the rows of the table.
pub(super) struct OrderRows<'a>(pub(super) &'a Page<'a>);

/// False beside an open panel in a small window, which has room for few columns alone.
pub(super) fn is_roomy(page: &Page<'_>, open: bool) -> bool {
    !open || page.class.is_wide()
}

/// Every column there is; beside an open panel fewer of them are usual.
pub(super) fn offers(page: &Page<'_>, open: bool) -> Vec<Offer> {
    let roomy = is_roomy(page, open);
    let free = !open && page.class.is_wide();
    let mut offers = columns::offers(
        page,
        COLUMNS,
        &[
            OfferedColumn("number", 196.0, true),
            OfferedColumn("amount", 96.0, true),
            OfferedColumn("pay", 84.0, true),
            OfferedColumn("fulfil", 84.0, true),
            OfferedColumn("business", 190.0, free),
            OfferedColumn("appid", 160.0, false),
            OfferedColumn("transaction", 240.0, false),
            OfferedColumn("created", 124.0, !open && !page.class.is_narrow()),
            OfferedColumn("paid", 124.0, roomy),
            OfferedColumn("closed", 124.0, false),
            OfferedColumn("fulfilled", 124.0, false),
            OfferedColumn("refunded", 96.0, false),
            OfferedColumn("source", 110.0, roomy),
        ],
    );
    if let Some(last) = offers.last_mut() {
        last.column = last.column.elastic();
    }
    offers
}

/// Where an order is written: the row is what is looked for, so the name of the file gives way.
fn source(p: &Painter, page: &Page<'_>, (file, line): (&str, &str), room: f32) -> String {
    let file = page.w.file(file);
    let mut head = file.chars().count();
    loop {
        let short = if head == file.chars().count() {
            file.to_string()
        } else {
            paint::elide_middle(&file, head, 0)
        };
        let place = (page.w.cases.at_line)(&short, line);
        if head <= 3 || paint::width(p, &place, TypeStyle::Small) <= room {
            return place;
        }
        head -= 1;
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
            "refunded" => match order.refund_total {
                Some(total) => cell.words(&format::money(total), (TypeStyle::Body, t.text_1)),
                None => cell.words("—", absent),
            },
            "transaction" => text(order.transaction_id.as_str()),
            "source" => {
                let line = format::count(u64::from(order.row.line));
                let room = cell.rect.right() - cell.left() - 6.0;
                let p = cell.ui.painter();
                let place = source(p, page, (&row.source, &line), room);
                cell.words(&place, (TypeStyle::Small, t.text_3));
            }
            _ => {}
        }
    }
}
