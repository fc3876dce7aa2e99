//! The tables of the lists: their columns, their cells, and what a row offers.

use egui::{Rect, Ui, pos2};

use crate::action::Outbox;
use crate::page::Page;
use crate::screens::columns::{self, Offer, OfferedColumn};
use crate::screens::grid::{Grid, GridAsk, GridData, Listed, LocalOrder, export_menu};
use crate::theme::{Tone, TypeStyle};
use crate::widgets::table::{Cell, Rows};
use crate::{format, paint};
use recondesk_app::jobs::inquiry::QueryVerdict;
use recondesk_app::jobs::lookup::answers::{reason, verdict_word};
use recondesk_app::jobs::lookup::collect::pay_status_words;
use recondesk_app::jobs::lookup::live::LiveAnswer;
use recondesk_app::tables::{TableRow, TableView};
use recondesk_ports::ExchangeRecord;

/// A list that is here whole, with its order and its table.
#[derive(Default)]
pub(super) struct ListTable {
    pub(super) grid: Grid,
    order: LocalOrder,
    view: TableView,
}

/// What was chosen in the menu of a row.
enum ListMenuAction {
    LookUp,
    CopyNumber,
}

pub(super) struct LookupRows<'a, R> {
    page: &'a Page<'a>,
    rows: &'a [R],
    order: &'a LocalOrder,
}

/// What a list shows.
pub(super) struct ListSpec<'a, R> {
    /// Its name, also of its layout.
    pub(super) name: &'static str,
    /// The page it stands on.
    pub(super) page: &'a Page<'a>,
    /// Its rows.
    pub(super) rows: &'a [R],
    /// Columns it can show.
    pub(super) offers: &'a [Offer],
}

impl ListTable {
    /// Draws it; a chosen row's number comes back.
    pub(super) fn show<R: TableRow + Numbered>(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        asked: &ListSpec<'_, R>,
        out: &mut Outbox,
    ) -> Option<String>
    where
        for<'r> LookupRows<'r, R>: Rows,
    {
        let &ListSpec {
            name,
            page,
            rows,
            offers,
        } = asked;
        self.order.follow(page, rows, &self.view);
        let (order, view) = (std::mem::take(&mut self.order), self.view.clone());
        let paint = LookupRows {
            page,
            rows,
            order: &order,
        };
        let data = GridData::Here {
            rows,
            order: &order,
        };
        let ask = GridAsk::new(
            page,
            name,
            offers,
            Listed {
                paint: &paint,
                data: &data,
                view: &view,
            },
        );
        let mut output = self.grid.show(ui, rect, &ask, out);
        let w = page.w;
        let own = |row: &R| {
            if row.number().is_empty() {
                return Vec::new();
            }
            vec![
                (w.lookup.open_lookup.to_owned(), ListMenuAction::LookUp),
                (w.cases.copy_number.to_owned(), ListMenuAction::CopyNumber),
            ]
        };
        let chosen = self.grid.row_menu(ui, (&ask, &mut output), own, out);
        let number = |row| Some(order.get(rows, row)?.number().to_owned());
        let mut number_of = output.open.and_then(number);
        match chosen {
            Some((row, ListMenuAction::LookUp)) => number_of = number(row),
            Some((row, ListMenuAction::CopyNumber)) => {
                ui.copy_text(number(row).unwrap_or_default());
            }
            None => {}
        }
        self.order = order;
        if let Some(view) = output.view {
            self.view = view;
        }
        number_of
    }

    /// The menu that writes all rows into a file.
    pub(super) fn export<R: TableRow>(
        &self,
        response: &egui::Response,
        asked: &ListSpec<'_, R>,
        out: &mut Outbox,
    ) where
        for<'r> LookupRows<'r, R>: Rows,
    {
        let &ListSpec {
            name,
            page,
            rows,
            offers,
        } = asked;
        let paint = LookupRows {
            page,
            rows,
            order: &self.order,
        };
        let data = GridData::Here {
            rows,
            order: &self.order,
        };
        let ask = GridAsk::new(
            page,
            name,
            offers,
            Listed {
                paint: &paint,
                data: &data,
                view: &self.view,
            },
        );
        export_menu(response, &ask, out);
    }
}

/// A row with a number that can be looked up.
pub(super) trait Numbered {
    fn number(&self) -> &str;
}

impl Numbered for ExchangeRecord {
    fn number(&self) -> &str {
        &self.number
    }
}

impl Numbered for LiveAnswer {
    fn number(&self) -> &str {
        &self.number
    }
}

/// Names of the two tables, also of their layouts.
pub(super) const HISTORY: &str = "lookup-history";
pub(super) const ANSWERS: &str = "lookup-answers";

pub(super) fn history_offers(page: &Page<'_>) -> Vec<Offer> {
    elastic(
        columns::offers(
            page,
            ExchangeRecord::COLUMNS,
            &[
                OfferedColumn("at", 140.0, true),
                OfferedColumn("merchant", 120.0, true),
                OfferedColumn("operation", 120.0, true),
                OfferedColumn("number", 240.0, true),
                OfferedColumn("result", 150.0, true),
                OfferedColumn("took", 90.0, true),
            ],
        ),
        "number",
    )
}

pub(super) fn answer_offers(page: &Page<'_>) -> Vec<Offer> {
    elastic(
        columns::offers(
            page,
            LiveAnswer::COLUMNS,
            &[
                OfferedColumn("verdict", 96.0, true),
                OfferedColumn("number", 240.0, true),
                OfferedColumn("state", 110.0, true),
                OfferedColumn("amount", 100.0, true),
                OfferedColumn("paid", 130.0, true),
                OfferedColumn("transaction", 240.0, false),
                OfferedColumn("local", 96.0, true),
                OfferedColumn("why", 160.0, true),
            ],
        ),
        "why",
    )
}

fn elastic(mut offers: Vec<Offer>, column: &str) -> Vec<Offer> {
    for offer in &mut offers {
        if offer.column.id == column {
            offer.column = offer.column.elastic();
        }
    }
    offers
}

impl Rows for LookupRows<'_, ExchangeRecord> {
    fn count(&self) -> u64 {
        self.order.count()
    }

    fn name(&self, row: u64) -> Option<String> {
        let row = self.order.get(self.rows, row)?;
        Some(format!(
            "{} {} {} {}",
            row.at, row.operation, row.number, row.outcome
        ))
    }

    fn cell(&self, row: u64, cell: &Cell<'_>) {
        let Some(row) = self.order.get(self.rows, row) else {
            return;
        };
        let t = cell.t;
        match cell.column() {
            "at" => {
                let time = format::stamp(row.at, self.page.state.now);
                cell.words(&time, (TypeStyle::Body, t.text_2));
            }
            "merchant" => {
                let name = self.page.state.name_of(row.profile);
                cell.words(name, (TypeStyle::Body, t.text_2));
            }
            "operation" => cell.words(&row.operation, (TypeStyle::Mono, t.text_2)),
            "number" => cell.words(&row.number, (TypeStyle::Mono, t.text_1)),
            "result" => cell.words(&row.outcome, (TypeStyle::Body, t.text_1)),
            _ => {
                let took = format::took(row.took_ms, self.page.w);
                cell.words(&took, (TypeStyle::Body, t.text_2));
            }
        }
    }
}

impl Rows for LookupRows<'_, LiveAnswer> {
    fn count(&self) -> u64 {
        self.order.count()
    }

    fn name(&self, row: u64) -> Option<String> {
        let row = self.order.get(self.rows, row)?;
        Some(format!(
            "{} {}",
            verdict_words(self.page, row).1,
            row.number
        ))
    }

    fn cell(&self, row: u64, cell: &Cell<'_>) {
        let Some(asked) = self.order.get(self.rows, row) else {
            return;
        };
        let (t, w) = (cell.t, self.page.w);
        let state = match &asked.inquiry.verdict {
            QueryVerdict::Known(state) => Some(state),
            _ => None,
        };
        match cell.column() {
            "verdict" => {
                let (mood, said) = verdict_words(self.page, asked);
                let y = cell.rect.center().y;
                let p = cell.ui.painter();
                paint::mark(p, pos2(cell.left() + 5.0, y), mood, t);
                let style = (TypeStyle::Body, t.tone(mood).text);
                paint::left(p, pos2(cell.left() + 16.0, y), said, style);
            }
            "number" => cell.words(&asked.number, (TypeStyle::Mono, t.text_1)),
            "state" => {
                let name = state.map(|state| state.state.name());
                let said = name.map_or("—", |name| if w.is_zh() { name.zh } else { name.en });
                cell.words(said, (TypeStyle::Body, t.text_1));
            }
            "amount" => {
                let fee = state.and_then(|state| state.total_fee);
                cell.words(&format::money_or_dash(fee), (TypeStyle::Body, t.text_1));
            }
            "paid" => {
                let paid = state.and_then(|state| state.paid_at);
                let said = paid.map_or_else(
                    || "—".to_owned(),
                    |at| format::stamp(at, self.page.state.now),
                );
                cell.words(&said, (TypeStyle::Body, t.text_2));
            }
            "transaction" => {
                let number = state.map_or("", |state| state.transaction_id.as_str());
                let said = if number.is_empty() { "—" } else { number };
                cell.words(said, (TypeStyle::Mono, t.text_2));
            }
            "local" => {
                let local = asked.local.map(|order| pay_status_words(order.pay_status));
                let said = local.map_or("—", |(zh, en)| if w.is_zh() { zh } else { en });
                cell.words(said, (TypeStyle::Body, t.text_2));
            }
            _ => {
                let said = asked
                    .differences
                    .first()
                    .map_or_else(|| reason(asked), |differ| w.of(&differ.words).to_owned());
                cell.words(&said, (TypeStyle::Body, t.text_2));
            }
        }
    }
}

fn verdict_words(page: &Page<'_>, asked: &LiveAnswer) -> (Tone, &'static str) {
    let (word, term) = verdict_word(asked);
    let mood = match word {
        "agrees" => Tone::Ok,
        "differs" => Tone::Urgent,
        "not_found" if asked.agrees() => Tone::Info,
        "not_found" => Tone::Fault,
        _ => Tone::Watch,
    };
    (mood, if page.w.is_zh() { term.zh } else { term.en })
}
