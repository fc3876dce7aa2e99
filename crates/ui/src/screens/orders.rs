//! Orders of a day, as the merchant's file has them.

mod filter;
mod menu;
mod refused;
mod table;

pub(super) use refused::RefusedDialog;

use egui::{Rect, Sense, Ui, pos2, vec2};

use super::Status;
use super::cases::event_words;
use super::columns;
use super::grid::{Grid, GridAsk, GridData, Listed, export_menu};
use crate::action::{Action, Outbox};
use crate::page::{Page, cut_right, cut_top};
use crate::theme::{Tone, TypeStyle};
use crate::widgets::button::{Button, icon_button};
use crate::widgets::card::{self, Empty, TimelineRow};
use crate::{format, icons, paint};
use recondesk_app::Command;
use recondesk_app::model::{OrderDetail, OrderFilter, OrderRow};
use recondesk_app::tables::TableView;
use recondesk_app::tables::ask::ListFilter;
use recondesk_domain::MOrder;

/// What the screen remembers.
#[derive(Default)]
pub(super) struct OrdersScreen {
    grid: Grid,
    open: bool,
    text: filter::OrderFilterText,
}

impl OrdersScreen {
    pub(super) fn moved(&mut self) {
        self.grid.reset();
        self.open = false;
    }

    pub(super) fn show(&mut self, ui: &mut Ui, page: &Page<'_>, out: &mut Outbox) {
        let orders = &page.state.orders;
        if self.grid.is_new(&data(page)) {
            self.grid.reset();
        }
        self.header(ui, page, out);
        let mut body = page.body();
        if let Some(failure) = orders.totals.failure() {
            let (place, rest) = cut_top(body, card::failed_height(failure), 12.0);
            body = rest;
            if card::failed(ui, place, failure).is_some()
                && let Some(filter) = orders.filter.clone()
            {
                out.run(Command::Orders(filter));
            }
        }
        if self.open && page.class.is_narrow() {
            self.panel(ui, body, page);
            return;
        }
        let (left, right) = if self.open {
            let (left, right) = cut_right(body, page.class.panel(), 12.0);
            (left, Some(right))
        } else {
            (body, None)
        };
        let (bar, rest) = cut_top(left, 28.0, 12.0);
        self.text.bar(ui, bar, page, out);
        self.table(ui, rest, page, out);
        // A row that was opened in this frame gets its place in the next.
        if let Some(right) = right {
            self.panel(ui, right, page);
        }
    }

    fn table(&mut self, ui: &mut Ui, rect: Rect, page: &Page<'_>, out: &mut Outbox) {
        let orders = &page.state.orders;
        let offers = table::offers(page, self.open);
        let (data, rows) = (data(page), table::OrderRows(page));
        let view = view(page);
        let mut ask = GridAsk::new(
            page,
            table::NAME,
            &offers,
            Listed {
                paint: &rows,
                data: &data,
                view: &view,
            },
        );
        ask.roomy = table::is_roomy(page, self.open);
        let escape = page.keys.escape && !self.grid.owns_escape();
        let mut output = self.grid.show(ui, rect, &ask, out);
        if orders.rows.is_empty() && !orders.totals.is_loading() {
            empty(ui, rect, page, out);
        }
        let own = |row: &OrderRow| menu::entries(page, orders.filter.as_ref(), row);
        let chosen = self.grid.row_menu(ui, (&ask, &mut output), own, out);
        let mut open = output.open.or(output.moved.filter(|_| self.open));
        if let Some((at, deed)) = chosen
            && let Some(row) = orders.rows.get(at)
            && menu::carry_out(ui, row, &deed, out)
        {
            open = Some(at);
        }
        if let Some(view) = output.view.take() {
            list(page, view, out);
        }
        if let Some(row) = open
            && let (Some(id), Some(filter)) = (orders.rows.id(row), &orders.filter)
        {
            let same = orders.open.value().is_some_and(|open| open.row.id == id);
            if !(same && self.open) {
                self.open = true;
                out.run(Command::Order(filter.profile, id));
            }
        }
        if escape && self.open {
            self.open = false;
            if let Some(id) = output.table.id {
                ui.memory_mut(|memory| memory.request_focus(id));
            }
        }
    }

    fn header(&mut self, ui: &mut Ui, page: &Page<'_>, out: &mut Outbox) {
        let w = page.w;
        let at = page.title(ui, w.frame.orders);
        let has_merchant = !page.state.merchants.is_empty();
        let roomy = has_merchant && table::is_roomy(page, self.open);
        let mut buttons = Vec::new();
        // Beside a panel a small window has room for the needed columns alone.
        if roomy {
            buttons.push(Button::secondary(w.table.views).icon(icons::BOOKMARK_SIMPLE));
            buttons.push(Button::secondary(w.frame.columns).icon(icons::COLUMNS));
        }
        let can_export = !page.state.orders.rows.is_empty();
        if can_export {
            buttons.push(Button::secondary(w.frame.export).icon(icons::EXPORT));
        }
        let refused = page.state.refused.files.value();
        let refused = refused.and_then(|files| files.first());
        if refused.is_some() {
            buttons.push(Button::secondary(w.refused.open).icon(icons::WARNING));
        }
        if has_merchant {
            buttons.push(Button::primary(w.orders.import).icon(icons::FILE_PLUS));
        }
        let totals = page.state.orders.totals.value();
        let words = totals.map_or_else(String::new, |(rows, sum)| {
            (w.orders.subtitle)(&format::count(*rows), &format::money(*sum))
        });
        let (_, responses) = page.header(ui, at, &words, buttons);
        let offers = table::offers(page, self.open);
        let view = view(page);
        if let [views, columns, ..] = responses.as_slice()
            && roomy
        {
            if let Some(view) = self.grid.views(views, page, (table::NAME, &view), out) {
                list(page, view, out);
            }
            columns::menu(columns, page, table::NAME, &offers, out);
        }
        let place = if roomy { 2 } else { 0 };
        if let Some(response) = responses.get(place).filter(|_| can_export) {
            let (data, rows) = (data(page), table::OrderRows(page));
            let mut ask = GridAsk::new(
                page,
                table::NAME,
                &offers,
                Listed {
                    paint: &rows,
                    data: &data,
                    view: &view,
                },
            );
            ask.roomy = roomy;
            export_menu(response, &ask, out);
        }
        let place = responses.len().checked_sub(2);
        let mends = place.and_then(|place| responses.get(place));
        if let Some(file) = refused
            && mends.is_some_and(egui::Response::clicked)
        {
            out.push(Action::MendRows(file.profile, file.import));
        }
        let clicked = responses.last().is_some_and(egui::Response::clicked);
        if has_merchant && (clicked || page.keys.primary) {
            out.push(Action::PickOrders);
        }
    }

    fn panel(&mut self, ui: &mut Ui, rect: Rect, page: &Page<'_>) {
        let (t, w) = (page.t, page.w);
        paint::card(ui.painter(), rect, t);
        let y = rect.top() + 25.0;
        let close = Rect::from_center_size(pos2(rect.right() - 24.0, y), vec2(28.0, 28.0));
        let escape = page.class.is_narrow() && page.keys.escape;
        if icon_button(ui, close, icons::X, w.frame.close, false).clicked() || escape {
            self.open = false;
        }
        let Some(detail) = page.state.orders.open.value() else {
            return;
        };
        let number = detail.row.order.out_trade_no.as_str();
        let at = pos2(rect.left() + 16.0, y);
        let shown = paint::elide_middle(number, 30, 5);
        let place = paint::left(ui.painter(), at, &shown, (TypeStyle::Mono, t.text_1));
        paint::say(ui, "order number", place, number);
        let copy = Rect::from_center_size(pos2(place.right() + 16.0, y), vec2(22.0, 22.0));
        let name = format!("{} {number}", w.frame.copy);
        if icon_button(ui, copy, icons::COPY, &name, false).clicked() {
            ui.copy_text(number.to_owned());
        }
        let body = Rect::from_min_max(
            pos2(rect.left() + 1.0, rect.top() + 48.0),
            rect.max - vec2(1.0, 1.0),
        );
        paint::region(ui, body, "order panel", |ui| {
            egui::ScrollArea::vertical()
                .auto_shrink(false)
                .show(ui, |ui| {
                    let height = 150.0 + 28.0 * 9.0 + detail.timeline.len() as f32 * 26.0;
                    let size = vec2(body.width(), height.max(body.height()));
                    let (inner, _) = ui.allocate_exact_size(size, Sense::hover());
                    panel_content(ui, inner.shrink2(vec2(15.0, 0.0)), page, detail);
                });
        });
    }

    pub(super) fn status(&self, page: &Page<'_>) -> Status {
        let w = page.w;
        let rows = &page.state.orders.rows;
        let mut left = vec![(w.frame.rows)(&format::count(rows.len()))];
        left.extend_from_slice(self.grid.standing());
        let k = &w.keys;
        Status {
            left,
            right: [k.move_hint, k.open_hint, k.filter_hint, k.hint]
                .map(str::to_owned)
                .to_vec(),
        }
    }
}

fn data<'a>(page: &Page<'a>) -> GridData<'a, OrderRow> {
    let orders = &page.state.orders;
    match &orders.filter {
        Some(filter) => GridData::List {
            list: ListFilter::Orders(filter.clone()),
            window: &orders.rows,
        },
        None => GridData::none(),
    }
}

/// Order and filters in view.
fn view(page: &Page<'_>) -> TableView {
    let filter = page.state.orders.filter.as_ref();
    filter.map(|filter| filter.view.clone()).unwrap_or_default()
}

/// The same orders in another view.
fn list(page: &Page<'_>, view: TableView, out: &mut Outbox) {
    if let Some(filter) = page.state.orders.filter.clone() {
        out.run(Command::Orders(OrderFilter { view, ..filter }));
    }
}

fn panel_content(ui: &Ui, area: Rect, page: &Page<'_>, detail: &OrderDetail) {
    let (t, w) = (page.t, page.w);
    let p = ui.painter();
    let now = page.state.now;
    let mut top = facts(ui, area, page, &detail.row.order) + 12.0;
    if let Some(line) = &detail.line {
        let well = Rect::from_min_size(pos2(area.left(), top), vec2(area.width(), 86.0));
        let place = (w.cases.at_line)(&w.file(&line.file), &format::count(u64::from(line.line)));
        let key = detail.row.order.out_trade_no.as_str();
        card::raw_well(ui, well, (w.orders.raw, &place), &line.text, key);
        top += 98.0;
    }
    paint::left(
        p,
        pos2(area.left(), top + 14.0),
        w.orders.timeline,
        (TypeStyle::Small, t.text_3),
    );
    let said: Vec<(String, char, String)> = detail
        .timeline
        .iter()
        .map(|event| {
            let (icon, words) = event_words(w, &event.kind);
            (format::stamp(event.at, now), icon, words)
        })
        .collect();
    let rows: Vec<TimelineRow<'_>> = said
        .iter()
        .zip(&detail.timeline)
        .map(|((time, icon, what), event)| TimelineRow {
            time,
            icon: *icon,
            what,
            source: &event.source,
        })
        .collect();
    card::timeline(
        ui,
        Rect::from_min_max(pos2(area.left(), top + 28.0), area.max),
        &rows,
    );
}

/// The fields of an order, one a line; returns where they end.
fn facts(ui: &Ui, area: Rect, page: &Page<'_>, order: &MOrder) -> f32 {
    let (t, w) = (page.t, page.w);
    let p = ui.painter();
    let now = page.state.now;
    let time = |at: Option<recondesk_domain::Instant>| {
        at.map_or_else(|| "—".to_owned(), |at| format::stamp(at, now))
    };
    let text = |text: &str| {
        if text.is_empty() {
            "—".to_owned()
        } else {
            text.to_owned()
        }
    };
    let rows = [
        (w.orders.amount, format::money(order.amount)),
        (
            w.orders.pay,
            page.w.orders.pay_status(order.pay_status).to_owned(),
        ),
        (
            w.orders.fulfil,
            page.w.orders.fulfil_status(order.fulfil_status).to_owned(),
        ),
        (w.orders.created, format::stamp(order.created_at, now)),
        (w.orders.paid, time(order.paid_at)),
        (
            w.compare.transaction_id,
            text(order.transaction_id.as_str()),
        ),
        (w.orders.business, text(order.order_no.as_str())),
        (
            w.orders.refund_total,
            format::money_or_dash(order.refund_total),
        ),
    ];
    let mut top = area.top();
    for (name, value) in rows {
        let y = top + 13.0;
        paint::left(p, pos2(area.left(), y), name, (TypeStyle::Small, t.text_3));
        let at = pos2(area.left() + 110.0, y);
        let room = area.right() - at.x;
        let (said, _) = paint::fit(p, at, room, &value, (TypeStyle::Body, t.text_1));
        paint::say(ui, ("fact", name), said, &format!("{name} {value}"));
        paint::hline(p, area.x_range(), top + 25.0, t.line_weak);
        top += 26.0;
    }
    top
}

fn empty(ui: &Ui, rect: Rect, page: &Page<'_>, out: &mut Outbox) {
    let o = &page.w.orders;
    let frame = Rect::from_min_max(pos2(rect.left(), rect.top() + 32.0), rect.max);
    let has_merchant = !page.state.merchants.is_empty();
    let filter = page.state.orders.filter.as_ref();
    let filtered = filter.filter(|filter| filter.narrows());
    let empty = match filtered {
        Some(_) => Empty {
            icon: icons::FUNNEL_X,
            mood: Tone::Info,
            title: o.no_match_title,
            note: page.w.cases.no_match_note,
            button: Some((icons::FUNNEL_X, page.w.frame.clear_filter)),
            primary: false,
        },
        None => Empty {
            icon: icons::PACKAGE,
            mood: Tone::Info,
            title: o.empty_title,
            note: o.empty_note,
            button: has_merchant.then_some((icons::FILE_PLUS, o.import)),
            primary: false,
        },
    };
    let clicked = empty
        .show(ui, frame)
        .is_some_and(|response| response.clicked());
    match filtered {
        Some(filter) if clicked => out.run(Command::Orders(filter.cleared())),
        None if clicked => out.push(Action::PickOrders),
        _ => {}
    }
}
