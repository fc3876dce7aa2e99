//! Bills: what was fetched or imported, and each one's certificate.

mod detail;
mod menu;

use egui::{Rect, Sense, Ui, pos2, vec2};

use super::Status;
use super::columns::{self, Offer, OfferedColumn};
use super::grid::{Grid, GridAsk, GridData, Listed, LocalOrder, export_menu, filter_chips};
use crate::action::{Action, Outbox};
use crate::page::{Page, cut_right, cut_top};
use crate::theme::{Tone, TypeStyle};
use crate::widgets::button::{Button, icon_button};
use crate::widgets::card::{self, Empty};
use crate::widgets::chip::Chip;
use crate::widgets::table::{Cell, Column, Rows};
use crate::{format, icons, paint};
use recondesk_app::model::{BillRow, BillStanding, MerchantRow, account_of};
use recondesk_app::tables::TableView;
use recondesk_app::tables::bills::COLUMNS;
use recondesk_app::{BillChoice, Command};

use recondesk_domain::FundAccount;

/// What the screen remembers.
#[derive(Default)]
pub(super) struct BillsScreen {
    grid: Grid,
    order: LocalOrder,
    view: TableView,
    open: bool,
}

/// Name of the table, also of its layout.
const NAME: &str = "bills";

struct BillRows<'a> {
    page: &'a Page<'a>,
    rows: &'a [BillRow],
    order: &'a LocalOrder,
}

/// The bills that are here.
fn listed<'a>(page: &Page<'a>) -> &'a [BillRow] {
    page.state.bills.value().map_or(&[][..], Vec::as_slice)
}

impl BillsScreen {
    pub(super) fn moved(&mut self) {
        self.grid.reset();
        self.open = false;
    }

    pub(super) fn show(&mut self, ui: &mut Ui, page: &Page<'_>, out: &mut Outbox) {
        let slot = &page.state.bills;
        if page.keys.rerun {
            out.run(Command::Bills(page.state.merchant));
        }
        let rows = listed(page);
        self.order.follow(page, rows, &self.view);
        self.header(ui, page, rows, out);
        let mut body = page.body();
        if let Some(failure) = slot.failure() {
            let (place, rest) = cut_top(body, card::failed_height(failure), 12.0);
            body = rest;
            if card::failed(ui, place, failure).is_some() {
                out.run(Command::Bills(page.state.merchant));
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
        let left = self.chips(ui, left, page);
        self.table(ui, left, page, out);
        // A row that was opened in this frame gets its place in the next.
        if let Some(right) = right {
            self.panel(ui, right, page);
        }
    }

    /// The filters that are on, above the table; what is left of the area comes back.
    fn chips(&mut self, ui: &Ui, area: Rect, page: &Page<'_>) -> Rect {
        let offers = offers(page, self.open);
        let columns: Vec<Column> = offers.iter().map(|offer| offer.column).collect();
        let chips = filter_chips(page, &self.view, &columns);
        if chips.is_empty() {
            return area;
        }
        let (bar, rest) = cut_top(area, 28.0, 12.0);
        let mut x = bar.left();
        for (label, left) in chips {
            let chip = Chip {
                mark: None,
                label: &label,
                count: "",
                chosen: true,
            };
            if chip.show(ui, pos2(x, bar.center().y)).clicked() {
                self.view = left;
            }
            x += chip.width(ui) + 6.0;
        }
        rest
    }

    fn table(&mut self, ui: &mut Ui, rect: Rect, page: &Page<'_>, out: &mut Outbox) {
        let rows = listed(page);
        let offers = offers(page, self.open);
        let view = self.view.clone();
        let order = std::mem::take(&mut self.order);
        let data = GridData::Here {
            rows,
            order: &order,
        };
        let paint = BillRows {
            page,
            rows,
            order: &order,
        };
        let mut ask = GridAsk::new(
            page,
            NAME,
            &offers,
            Listed {
                paint: &paint,
                data: &data,
                view: &view,
            },
        );
        ask.roomy = !self.open || page.class.is_wide();
        let escape = page.keys.escape && !self.grid.owns_escape();
        let mut output = self.grid.show(ui, rect, &ask, out);
        if rows.is_empty() && page.state.bills.value().is_some() {
            let b = &page.w.bills;
            let frame = Rect::from_min_max(pos2(rect.left(), rect.top() + 32.0), rect.max);
            let empty = Empty {
                icon: icons::RECEIPT,
                mood: Tone::Info,
                title: b.empty_title,
                note: b.empty_note,
                button: Some((icons::FILE_PLUS, b.import)),
                primary: false,
            };
            let response = empty.show(ui, frame);
            if response.is_some_and(|response| response.clicked()) {
                out.push(Action::PickFiles);
            }
        }
        let own = |row: &BillRow| menu::entries(page, row);
        let chosen = self.grid.row_menu(ui, (&ask, &mut output), own, out);
        let open = output.open.or(output.moved.filter(|_| self.open));
        if let Some(row) = open.and_then(|row| order.get(rows, row)) {
            let shown = page.state.bill.value().map(|bill| bill.row.import);
            if !self.open || shown != Some(row.import) {
                out.run(Command::Bill(row.import));
            }
            self.open = true;
        }
        if let Some((row, deed)) = chosen
            && let Some(row) = order.get(rows, row)
        {
            self.open |= matches!(deed, menu::BillMenuAction::Open);
            menu::carry_out(ui, row, &deed, out);
        }
        if escape && self.open {
            self.open = false;
            if let Some(id) = output.table.id {
                ui.memory_mut(|memory| memory.request_focus(id));
            }
        }
        self.order = order;
        if let Some(view) = output.view {
            self.view = view;
        }
    }

    fn header(&mut self, ui: &mut Ui, page: &Page<'_>, rows: &[BillRow], out: &mut Outbox) {
        let w = page.w;
        let at = page.title(ui, w.frame.bills);
        let has_merchant = !page.state.merchants.is_empty();
        let day = page.state.day;
        let out_yet = page.state.now >= day.bill_available_from();
        let mine = page.state.merchant_or_first().map(|row| row.id);
        let here = rows.iter().any(|row| {
            let counts = row.state == BillStanding::Verified && row.account().is_none();
            row.day == day && counts && Some(row.profile) == mine
        });
        let fetch = (w.bills.fetch)(&format::short_day(day));
        let fetches = page
            .state
            .merchant_or_first()
            .is_some_and(MerchantRow::can_fetch);
        let (with_fetch, with_rows) = (fetches && !here, !rows.is_empty());
        let roomy = with_rows && (!self.open || page.class.is_wide());
        let mut buttons = Vec::new();
        if roomy {
            buttons.push(Button::secondary(w.table.views).icon(icons::BOOKMARK_SIMPLE));
            buttons.push(Button::secondary(w.frame.columns).icon(icons::COLUMNS));
            buttons.push(Button::secondary(w.frame.export).icon(icons::EXPORT));
        }
        if with_fetch {
            let button = Button::secondary(&fetch).icon(icons::DOWNLOAD_SIMPLE);
            buttons.push(button.enabled_or(out_yet, w.overview.wait_why));
        }
        if mine.is_some() {
            buttons.push(Button::secondary(w.funds.open).icon(icons::BANK));
        }
        if has_merchant {
            buttons.push(Button::primary(w.bills.import).icon(icons::FILE_PLUS));
        }
        let words = (w.bills.subtitle)(&format::count(rows.len() as u64));
        let (_, responses) = page.header(ui, at, &words, buttons);
        let mut rest = responses.as_slice();
        if let [views, columns, export, others @ ..] = rest
            && roomy
        {
            rest = others;
            self.table_buttons(page, [views, columns, export], rows, out);
        }
        if let [fetch, others @ ..] = rest
            && with_fetch
        {
            rest = others;
            if let Some(id) = mine.filter(|_| fetch.clicked()) {
                out.run(Command::Download(id, day, BillChoice::All));
            }
        }
        if let ([funds, others @ ..], Some(id)) = (rest, mine) {
            rest = others;
            if funds.clicked() {
                out.push(Action::Funds(id, day));
            }
        }
        let import = rest.first().is_some_and(egui::Response::clicked);
        if import || (page.keys.primary && has_merchant) {
            out.push(Action::PickFiles);
        }
    }

    fn table_buttons(
        &mut self,
        page: &Page<'_>,
        [views, columns, export]: [&egui::Response; 3],
        rows: &[BillRow],
        out: &mut Outbox,
    ) {
        let offers = offers(page, self.open);
        let view = self.view.clone();
        if let Some(view) = self.grid.views(views, page, (NAME, &view), out) {
            self.view = view;
        }
        columns::menu(columns, page, NAME, &offers, out);
        let data = GridData::Here {
            rows,
            order: &self.order,
        };
        let paint = BillRows {
            page,
            rows,
            order: &self.order,
        };
        let ask = GridAsk::new(
            page,
            NAME,
            &offers,
            Listed {
                paint: &paint,
                data: &data,
                view: &view,
            },
        );
        export_menu(export, &ask, out);
    }

    fn panel(&mut self, ui: &mut Ui, rect: Rect, page: &Page<'_>) {
        let (t, w) = (page.t, page.w);
        paint::card(ui.painter(), rect, t);
        let y = rect.top() + 25.0;
        let close = Rect::from_center_size(pos2(rect.right() - 24.0, y), vec2(28.0, 28.0));
        if icon_button(ui, close, icons::X, w.frame.close, false).clicked()
            || (page.class.is_narrow() && page.keys.escape)
        {
            self.open = false;
        }
        let Some(detail) = page.state.bill.value() else {
            if let Some(failure) = page.state.bill.failure() {
                let place = Rect::from_min_size(
                    pos2(rect.left(), rect.top() + 48.0),
                    vec2(rect.width(), card::failed_height(failure)),
                );
                card::failed(ui, place, failure);
            }
            return;
        };
        let title = format!("{} {}", detail.row.day, detail.row.merchant);
        let at = pos2(rect.left() + 16.0, y);
        let room = close.left() - at.x - 8.0;
        let (said, _) = paint::fit(
            ui.painter(),
            at,
            room,
            &title,
            (TypeStyle::Heading, t.text_1),
        );
        paint::say(ui, "bill title", said, &title);
        let body = Rect::from_min_max(
            pos2(rect.left() + 1.0, rect.top() + 48.0),
            rect.max - vec2(1.0, 1.0),
        );
        paint::region(ui, body, "bill panel", |ui| {
            egui::ScrollArea::vertical()
                .auto_shrink(false)
                .show(ui, |ui| {
                    let height = detail::height(detail);
                    let (inner, _) =
                        ui.allocate_exact_size(vec2(body.width(), height), Sense::hover());
                    detail::show(ui, inner.shrink2(vec2(15.0, 0.0)), page, detail);
                });
        });
    }

    pub(super) fn status(&self, page: &Page<'_>) -> Status {
        let w = page.w;
        let count = self.order.count();
        let k = &w.keys;
        let mut left = vec![(w.bills.subtitle)(&format::count(count))];
        left.extend_from_slice(self.grid.standing());
        Status {
            left,
            right: [k.move_hint, k.open_hint, k.hint]
                .map(str::to_owned)
                .to_vec(),
        }
    }
}

/// Every column there is; in a small window and beside an open panel fewer of them are usual.
fn offers(page: &Page<'_>, open: bool) -> Vec<Offer> {
    let (wide, narrow) = (page.class.is_wide(), page.class.is_narrow());
    let or = |yes: f32, no: f32| if wide { yes } else { no };
    let kind = if page.w.is_zh() { 92.0 } else { 118.0 };
    let mut offers = columns::offers(
        page,
        COLUMNS,
        &[
            OfferedColumn("day", 98.0, true),
            OfferedColumn("merchant", 96.0, true),
            OfferedColumn("kind", kind, true),
            OfferedColumn("state", 92.0, true),
            OfferedColumn("rows", or(84.0, 72.0), true),
            OfferedColumn("amount", or(122.0, 108.0), !open || wide),
            OfferedColumn("net", or(122.0, 108.0), !open && !narrow),
            OfferedColumn("certificate", 84.0, !open),
            OfferedColumn("file", or(260.0, 180.0), !open && !narrow),
            OfferedColumn("imported_at", 120.0, !open && wide),
        ],
    );
    for offer in &mut offers {
        if offer.column.id == "merchant" {
            offer.column = offer.column.elastic();
        }
    }
    offers
}

impl Rows for BillRows<'_> {
    fn count(&self) -> u64 {
        self.order.count()
    }

    fn name(&self, row: u64) -> Option<String> {
        let row = self.order.get(self.rows, row)?;
        let (_, state) = state(self.page, row.state);
        let kind = kind(self.page, &row.kind);
        let rows = (self.page.w.frame.rows)(&format::count(row.rows));
        Some(format!(
            "{} {} {kind} {state} {rows}",
            row.day, row.merchant
        ))
    }

    fn cell(&self, row: u64, cell: &Cell<'_>) {
        let Some(row) = self.order.get(self.rows, row) else {
            return;
        };
        let t = cell.t;
        let (value, quiet) = ((TypeStyle::Body, t.text_1), (TypeStyle::Body, t.text_2));
        let money = |fen: Option<recondesk_domain::Fen>| {
            let color = if fen.is_some() { t.text_1 } else { t.text_3 };
            cell.words(&format::money_or_dash(fen), (TypeStyle::Body, color));
        };
        match cell.column() {
            "day" => cell.words(&row.day.to_string(), value),
            "merchant" => cell.words(&row.merchant, value),
            "kind" => cell.words(kind(self.page, &row.kind), quiet),
            "state" => mark(cell, state(self.page, row.state)),
            "rows" => cell.words(&format::count(row.rows), value),
            "amount" => money(row.amount),
            "net" => money(row.net),
            "certificate" => {
                let (holds, of) = row.certificate;
                let mood = if holds == of { Tone::Ok } else { Tone::Urgent };
                mark(cell, (mood, &format!("{holds} / {of}")));
            }
            "file" => cell.words(&row.file, (TypeStyle::Small, t.text_2)),
            "imported_at" => {
                let time = format::time(row.imported_at, self.page.state.now);
                cell.words(&time, quiet);
            }
            _ => {}
        }
    }
}

fn mark(cell: &Cell<'_>, (mood, words): (Tone, &str)) {
    let t = cell.t;
    let y = cell.rect.center().y;
    let p = cell.ui.painter();
    paint::mark(p, pos2(cell.left() + 6.0, y), mood, t);
    let color = if mood == Tone::Ok {
        t.text_2
    } else {
        t.tone(mood).text
    };
    let at = pos2(cell.left() + 17.0, y);
    let said = paint::left(p, at, words, (TypeStyle::Body, color));
    cell.needs(said.right() + 10.0 - cell.rect.left());
}

fn kind(page: &Page<'_>, kind: &str) -> &'static str {
    let b = &page.w.bills;
    match kind {
        "SUCCESS" => b.success,
        "REFUND" => b.refund,
        other => match account_of(other) {
            Some(FundAccount::Basic) => b.fund_basic,
            Some(FundAccount::Operation) => b.fund_operation,
            Some(FundAccount::Fees) => b.fund_fees,
            None => b.all,
        },
    }
}

fn state(page: &Page<'_>, state: BillStanding) -> (Tone, &'static str) {
    let b = &page.w.bills;
    match state {
        BillStanding::Verified => (Tone::Ok, b.verified),
        BillStanding::Quarantined => (Tone::Urgent, b.quarantined),
        BillStanding::Replaced => (Tone::Info, b.replaced),
    }
}
